"""Tells which foreign pages must be bound in, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dossier.records.dossier import CorpusLetter
from dossier.records.enclosing import AFTER, FACING, Enclosed, ForeignFile
from dossier.records.publication import Publication

if TYPE_CHECKING:
    from dossier.proof.truth import Truth

FOREIGN = ("sources/", "certificates/")
"""How the ids of sections of foreign pages begin."""


def bound_in(
    letter: CorpusLetter, publication: Publication, files: Sequence[ForeignFile]
) -> tuple[Enclosed, ...]:
    """Return the files whose pages a packet has bound in with a letter: the source comes first."""
    found = []
    source = letter.head.source.file if letter.head.source else None
    for file in files:
        if publication.enclose in (AFTER, FACING) and file.path == source:
            found.insert(0, Enclosed("source", file.path, file.sha256, file.pages))
        if publication.certificates and file.path == letter.head.certificate:
            found.append(Enclosed("certificate", file.path, file.sha256, file.pages))
    return tuple(found)


def without(spans: Mapping[str, range]) -> dict[str, range]:
    """Return the pages of the sections that are typeset."""
    return {key: span for key, span in spans.items() if not key.startswith(FOREIGN)}


def pages_of(spans: Mapping[str, range]) -> set[int]:
    """Return all foreign pages."""
    return {page for key, span in spans.items() if key.startswith(FOREIGN) for page in span}


def faced_pages(spans: Mapping[str, range]) -> set[int]:
    """Return the pages of letters that stand opposite their sources."""
    others = without(spans)
    return {page for span in others.values() if span.step > 1 for page in span}


def alternatives(truth: Truth) -> Iterator[str]:
    """Yield the alternative text of each facsimile."""
    for letter in truth.letters:
        for one in letter.enclosed:
            for page in range(1, one.pages + 1):
                yield alternative(truth, letter.label, one, page)


def alternative(truth: Truth, label: str, one: Enclosed, page: int) -> str:
    """Return the alternative text of a facsimile, its page counted from 1."""
    return truth.words(f"facsimile_of_{one.kind}s", label=label, page=page, last=one.pages)
