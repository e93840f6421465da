"""The further outputs of a packet: for each kind of file, what makes it and what proves it.

A PDF and a listing every packet has. To add an output, write its maker into ``dossier/outputs/`` and its
prover into XX it a name and a suffix in :data:`.records.outputs.SUFFIXES` and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dossier.outputs.spreadsheet import spreadsheet
from dossier.proof import page
from dossier.proof import spreadsheet as rows
from dossier.proof.beside import Prove
from dossier.records.dossier import Dossier
from dossier.records.job import Section
from dossier.render.sections import screen


@dataclass(frozen=True)
class Output:
    """A kind of file that is made of a packet whose pages are known."""

    make: Callable[[Dossier, Sequence[Section]], bytes]
    prove: Prove
    """Knows nothing of what made the file."""


def _page(dossier: Dossier, sections: Sequence[Section]) -> bytes:
    """Return the HTML edition. Its maker stands in ``render``, which alone knows the templates."""
    return screen(dossier, sections).encode()


OUTPUTS = {
    "html": Output(_page, page.findings),
    "csv": Output(spreadsheet, rows.findings),
}
"""By their names in ``outputs`` of dossier.yaml, in the order of :data:`.records.outputs.SUFFIXES`."""
