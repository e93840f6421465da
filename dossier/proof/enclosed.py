"""Tells which foreign pages must be bound in, and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from dossier.records.dossier import CorpusLetter
from dossier.records.enclosing import AFTER, FACING, Enclosed, ForeignFile
from dossier.records.publication import Publication

FOREIGN = ("sources/", "certificates/")
"""How the ids of sections of foreign pages begin."""


def bound_in(
    letter: CorpusLetter, publication: Publication, files: Sequence[ForeignFile]
) -> tuple[Enclosed, ...]:
    """Return the files whose pages a packet has bound in with a letter: the source comes first."""
    found: list[Enclosed] = []
    source = letter.head.source.file if letter.head.source else None
    for file in files:
        if publication.enclose in (AFTER, FACING) and file.path == source:
            found.insert(0, Enclosed("source", file.path, file.sha256, file.pages))
        if publication.certificates and file.path == letter.head.certificate:
            found.append(Enclosed("certificate", file.path, file.sha256, file.pages))
    return tuple(found)


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
