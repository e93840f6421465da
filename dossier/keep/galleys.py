"""The cache of typeset galleys."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.galley import Galley

KIND = "galley 3"
"""Changes when the fields of a galley do."""


@dataclass(frozen=True)
class Pages:
    """The pages of a galley; its other fields are skipped when it is read."""

    pdf: bytes


def shelf(store: Store | None, program_checksum: str) -> Shelf[Galley]:
    """Return the shelf of galleys, whose keys are made from style sheet and HTML."""
    return Shelf(store, KIND, program_checksum, Galley)


def shelf_of_pages(store: Store) -> Shelf[Pages]:
    """Return the same shelf for a reader that has the keys and needs only the pages."""
    return Shelf(store, KIND, "", Pages)
