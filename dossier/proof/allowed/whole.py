"""Compares a whole file with the allow-list.

A build looks only at its pages (:mod:`.sheets`): it has written all objects itself, and templates and
style sheets can change nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dossier.proof.allowed import glyphs, sheets, statements, tagged
from dossier.proof.allowed.graph import graph
from dossier.proof.anatomy import Anatomy
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth


def findings(
    objects: Objects, truth: Truth, spans: Mapping[str, range], anatomy: Anatomy
) -> Iterator[Finding]:
    """Yield all that the file has and should not have, or says otherwise than the corpus."""
    if not objects.is_bound:
        yield (
            0,
            "The file is not in the form in which the program writes it: something was added or changed",
        )
        return
    there = graph(objects)
    if there.findings:
        yield from there.findings
        return
    yield from statements.findings(objects, truth, spans)
    yield from tagged.findings(objects, truth, anatomy, there.kinds)
    yield from glyphs.findings(objects, truth)
    yield from sheets.findings(objects, truth, spans, anatomy)[0]
