"""Compares a whole file with the allow-list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

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


class Examination:
    """The comparison of one file: its pages may be examined in workers meanwhile."""

    def __init__(
        self,
        objects: Objects,
        truth: Truth,
        spans: Mapping[str, range],
        anatomy: Anatomy,
        kept: Approved,
        send: sheets.Send,
        of_graph: Callable[[], list[Finding]] | None = None,
    ) -> None:
        """Compare the kinds of all objects, and send the pages to be examined.

        What is ``kept`` was found to be right in earlier files of the program and is not compared again:
        object streams, sections and fonts whose bytes are the same. ``verify`` keeps nothing.
        ``of_graph`` waits for the result of :func:`.graph.of_file`, if a worker has it in hand.
        """
        self._file = objects, truth, spans, anatomy, kept
        self._examined: list[Callable[[], list[Finding]]] = []
        self._wrong: list[Finding] = []
        self._numbers: frozenset[int] = frozenset()
        if not objects.is_bound or objects.version != "1.7":
            message = "The file is not in the form in which the program writes it"
            self._wrong = [(0, f"{message}: something was added or changed")]
            return
        self._numbers = _new(objects, kept)
        if of_graph and len(self._numbers) == len(objects.text):
            self._wrong = of_graph()
        else:
            self._wrong = list(graph.findings(objects, self._numbers))
        own = enclosed.without(spans)
        if not self._wrong:
            label = sheets.printed(truth, spans)
            self._examined = list(sheets.sent(objects, truth, own, anatomy, kept, send, label))

    def findings(self) -> Iterator[Finding]:
        """Yield all that the file has and should not have, or says otherwise than the corpus."""
        if self._wrong:
            yield from self._wrong
            return
        objects, truth, spans, anatomy, kept = self._file
        yield from statements.findings(objects, truth, spans, anatomy, self._numbers)
        yield from attached.findings(objects, truth)
        yield from field.findings(objects, truth, anatomy)
        yield from tagged.findings(objects, truth, anatomy, self._numbers)
        yield from glyphs.findings(objects, truth, kept)
        for found in self._examined:
            yield from found()
        yield from facsimiles.findings(objects, truth, spans, anatomy, kept)


def _new(objects: Objects, kept: Approved) -> frozenset[int]:
    """Return the numbers of the objects that are not in object streams of earlier files."""
    packs = set(objects.pack_of.values())
    same = {pack for pack in sorted(packs) if kept.knows(objects.checksum(pack))}
    return frozenset(number for number in objects.text if objects.pack_of.get(number) not in same)
