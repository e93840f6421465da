"""The further outputs of a packet: what makes each kind of file, and what proves it.

Every packet has a PDF and a listing. What makes and proves the others is imported where they are wanted:
loading all would be a fifth of the time of starting. The kinds stand in :data:`.records.outputs.KINDS`.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from dossier.keep.store import Store
from dossier.proof.beside import Proved
from dossier.proof.tags import Finding
from dossier.records.bound import Bound
from dossier.records.dossier import Corpus, Dossier
from dossier.records.job import Section
from dossier.records.outputs import KINDS
from dossier.render.edition import page


@dataclass(frozen=True)
class Output:
    """A kind of file that is made from a packet or from its PDF."""

    make: Callable[[Bound], bytes]
    prove: Callable[[bytes, Proved], Iterable[Finding]]
    """Shares no code with the maker."""


def bound(
    dossier: Dossier,
    sections: Sequence[Section],
    corpus: Corpus,
    pdf: Callable[[], bytes],
    store: Store | None,
    program_checksum: str,
) -> Bound:
    """Return what the outputs of a packet are made of; ``pdf`` waits for its bound file."""

    def lines(section: Section) -> Sequence[object]:
        from dossier.bind import words

        return words.lines(section.leaf)

    def deflated(contents: Sequence[bytes]) -> list[bytes]:
        from dossier.bind import deflate

        return deflate.deflated(contents)

    edition = functools.cache(partial(page, dossier, sections, store, program_checksum))
    return Bound(dossier, sections, corpus, pdf, edition, lines, deflated)


def _made(module: str, bound: Bound) -> bytes:
    content: bytes = importlib.import_module(f"dossier.{module}").made(bound)
    return content


def _findings(module: str, content: bytes, proved: Proved) -> Iterable[Finding]:
    found: Iterable[Finding] = importlib.import_module(f"dossier.{module}").findings(
        content, proved
    )
    return found


OUTPUTS = {
    name: Output(partial(_made, kind.maker), partial(_findings, kind.prover))
    for name, kind in KINDS.items()
}
"""By their names in ``outputs`` of dossier.yaml."""
