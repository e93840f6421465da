"""The further outputs of a packet: what makes each kind of file, and what proves it.

Every packet has a PDF and a listing. docs/extending.md says how to add an output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.outputs.spreadsheet import spreadsheet
from dossier.proof import page
from dossier.proof import spreadsheet as rows
from dossier.proof.beside import Prove
from dossier.records.dossier import Dossier
from dossier.records.job import Section
from dossier.render.sections import screen


@dataclass(frozen=True)
class Cache:
    """What makers may keep from one build to the next."""

    store: Store | None
    program_checksum: str


@dataclass(frozen=True)
class Output:
    """A kind of file that is made from a paginated packet."""

    make: Callable[[Dossier, Sequence[Section], Cache], bytes]
    prove: Prove
    """Shares no code with the maker."""


def _page(dossier: Dossier, sections: Sequence[Section], cache: Cache) -> bytes:
    """Return the HTML edition. Its maker is in ``render``, the only room that knows the templates."""
    shelf = Shelf(cache.store, "articles 1", cache.program_checksum, dict[str, str])
    own = [part for text in dossier.templates.texts for part in text]
    key = shelf.key(dossier.publication.title, *own)
    known = shelf.get(key) or {}
    html, articles = screen(dossier, sections, known)
    if articles.keys() != known.keys():
        shelf.put(key, articles)
    return html.encode()


def _rows(dossier: Dossier, sections: Sequence[Section], cache: Cache) -> bytes:
    return spreadsheet(dossier, sections)


OUTPUTS = {
    "html": Output(_page, page.findings),
    "csv": Output(_rows, rows.findings),
}
"""By their names in ``outputs`` of dossier.yaml, in the sequence of :data:`.records.outputs.SUFFIXES`."""
