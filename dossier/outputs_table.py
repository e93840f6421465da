"""The table of further outputs: for each kind of file, its maker and its prover.

Every packet has a PDF and a listing. To add an output, write its maker in ``dossier/outputs/`` and its
prover in ``dossier/proof/``, then give it a name and a suffix in :data:`.records.outputs.SUFFIXES` and a
row here.
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
    """A kind of file that is made from a paginated packet."""

    make: Callable[[Dossier, Sequence[Section]], bytes]
    prove: Prove
    """Shares no code with the maker."""


def _page(dossier: Dossier, sections: Sequence[Section]) -> bytes:
    """Return the HTML edition. Its maker is in ``render``, the only room that knows the templates."""
    return screen(dossier, sections).encode()


OUTPUTS = {
    "html": Output(_page, page.findings),
    "csv": Output(spreadsheet, rows.findings),
}
"""By their names in ``outputs`` of dossier.yaml, in the sequence of :data:`.records.outputs.SUFFIXES`."""
