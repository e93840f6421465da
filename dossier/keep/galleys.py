"""The cache of typeset galleys."""

from __future__ import annotations

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.galley import Galley, Leaf

KIND = "galley 3"
"""Changes when the fields of a galley do."""


def shelf(store: Store | None, program_checksum: str) -> Shelf[Galley]:
    """Return the shelf of galleys, whose keys are made from style sheet and HTML."""
    return Shelf(store, KIND, program_checksum, Galley)


def shelf_of_leaves(store: Store) -> Shelf[Leaf]:
    """Return the same shelf for a reader that has the keys and needs no fonts."""
    return Shelf(store, KIND, "", Leaf)
