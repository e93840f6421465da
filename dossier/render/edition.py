"""Makes ``NAME.html``, the dossier as one page to read on a screen."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.bound import Bound
from dossier.records.dossier import Dossier
from dossier.records.job import Section
from dossier.render.sections import screen


def made(bound: Bound) -> bytes:
    """Return the HTML edition."""
    return bound.page().encode()


def page(
    dossier: Dossier, sections: Sequence[Section], store: Store | None, program_checksum: str
) -> str:
    """Return the HTML edition; its parts are cached in ``store``."""
    shelf = Shelf(store, "articles 2", program_checksum, dict[str, str])
    own = [part for text in dossier.templates.texts for part in text]
    key = shelf.key(dossier.publication.title, *own)
    known = shelf.get(key) or {}
    html, articles = screen(dossier, sections, known)
    if articles.keys() != known.keys():
        shelf.put(key, articles)
    return html
