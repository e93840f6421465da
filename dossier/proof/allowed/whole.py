"""Compares a whole file with the allow-list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dossier.proof import enclosed
from dossier.proof.allowed import (
    attached,
    facsimiles,
    field,
    glyphs,
    graph,
    sheets,
    statements,
    tagged,
)
from dossier.proof.allowed.approved import Approved
from dossier.proof.anatomy import Anatomy
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth


def findings(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    anatomy: Anatomy,
    kept: Approved,
) -> Iterator[Finding]:
    """Yield all that the file has and should not have, or says otherwise than the corpus.

    What is ``kept`` was found to be right in earlier files of the program and is not compared again: object
    streams, sections and fonts whose bytes are the same. ``verify`` keeps nothing.
    """
    if not objects.is_bound or objects.version != "1.7":
        message = "The file is not in the form in which the program writes it"
        yield 0, f"{message}: something was added or changed"
        return
    numbers = _new(objects, kept)
    wrong = list(graph.findings(objects, numbers))
    if wrong:
        yield from wrong
        return
    yield from statements.findings(objects, truth, spans, numbers)
    yield from attached.findings(objects, truth)
    yield from field.findings(objects, truth, anatomy)
    yield from tagged.findings(objects, truth, anatomy, numbers)
    yield from glyphs.findings(objects, truth, kept)
    yield from sheets.findings(objects, truth, enclosed.without(spans), anatomy, kept)
    yield from facsimiles.findings(objects, truth, spans, anatomy, kept)


def _new(objects: Objects, kept: Approved) -> frozenset[int]:
    """Return the numbers of the objects that are not in object streams of earlier files."""
    packs = set(objects.pack_of.values())
    same = {pack for pack in sorted(packs) if kept.knows(objects.checksum(pack))}
    return frozenset(number for number in objects.text if objects.pack_of.get(number) not in same)
