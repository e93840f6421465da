"""Keeps typeset galleys from one build to the next."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.galley import Galley

KIND = "galley 3"
"""Changes when the fields of a galley do."""


@dataclass(frozen=True)
class Pages:
    """A galley of which nothing is wanted but its pages: the rest of it is passed over."""

    pdf: bytes


def shelf(store: Store | None, setup: str) -> Shelf[Galley]:
    """Return where galleys are kept, under their style sheet and HTML."""
    return Shelf(store, KIND, setup, Galley)


def shelf_of_pages(store: Store) -> Shelf[Pages]:
    """Return the same to one who knows the keys and wants the pages alone."""
    return Shelf(store, KIND, "", Pages)
