"""Tells which foreign pages must be bound in, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from dossier.records.dossier import CorpusLetter
from dossier.records.enclosing import KINDS, Enclosed, ForeignFile
from dossier.records.publication import Publication

FOREIGN = tuple(f"{kind}s/" for kind in KINDS)
"""How the ids of sections of foreign pages begin."""


def bound_in(
    letter: CorpusLetter, publication: Publication, files: Sequence[ForeignFile]
) -> tuple[Enclosed, ...]:
    """Return the files whose pages a packet has bound in with a letter: the source comes first."""
    return tuple(
        Enclosed(kind, file.path, file.sha256, file.pages)
        for kind, about in KINDS.items()
        if getattr(publication, about.switch) in about.values
        for file in files
        if file.path == _stated(letter, about.key)
    )


def _stated(letter: CorpusLetter, key: Sequence[str]) -> object:
    """Return what a letter states under a key, given by the names that lead to it."""
    value: object = letter.head
    for name in key:
        value = value and getattr(value, name)
    return value


Span = TypeVar("Span", range, Sequence[int])


def without(spans: Mapping[str, Span]) -> dict[str, Span]:
    """Return the pages of the sections that are typeset."""
    return {key: span for key, span in spans.items() if not key.startswith(FOREIGN)}


def pages_of(spans: Mapping[str, range]) -> set[int]:
    """Return all foreign pages."""
    return {page for key, span in spans.items() if key.startswith(FOREIGN) for page in span}


def beginnings(spans: Mapping[str, range], label: Callable[[int], str]) -> dict[str, str]:
    """Return what is printed for the first page of each source, by the letter's id."""
    sources = FOREIGN[0]
    return {
        key.removeprefix(sources): label(span.start)
        for key, span in spans.items()
        if key.startswith(sources)
    }


def faced_pages(spans: Mapping[str, range]) -> set[int]:
    """Return the pages of letters that stand opposite their sources."""
    others = without(spans)
    return {page for span in others.values() if span.step > 1 for page in span}
