"""Keeps the strips of long lists: what is set once of each entry, by its HTML and the style sheet."""

from __future__ import annotations

from collections.abc import Iterable

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.typeset.strips import Divided, Part

MOST_OTHERS = 4
"""How many times as many strips of earlier builds are remembered as a list has."""


class KeptStrips:
    """The strips of this run and of earlier ones."""

    def __init__(self, store: Store | None, program_checksum: str) -> None:
        """Take the cache, and the checksum of the program, on which strips depend."""
        self._shelf = Shelf(store, "strips 1", program_checksum, dict[str, bytes])
        self._strips: dict[str, dict[str, bytes]] = {}
        """By style sheet and key."""

    def clear(self) -> None:
        """Forget the strips of this run."""
        self._strips.clear()

    def lacking(self, style: str, divided: Divided) -> list[Part]:
        """Return the parts of a list that are to be set."""
        known = self._of(style)
        return list({part.key: part for part in divided.parts if part.key not in known}.values())

    def add(self, style: str, parts: Iterable[Part], strips: Iterable[bytes]) -> None:
        """Add strips that were set."""
        self._of(style).update({part.key: strip for part, strip in zip(parts, strips, strict=True)})

    def of(self, style: str, divided: Divided) -> list[bytes]:
        """Return the strips of a list, and keep them; those it has no use for may be forgotten."""
        known = self._of(style)
        used = {part.key: known[part.key] for part in divided.parts}
        if len(known) > MOST_OTHERS * len(used):
            known.clear()
        known |= used
        self._shelf.put(self._shelf.key(style), known)
        return [used[part.key] for part in divided.parts]

    def _of(self, style: str) -> dict[str, bytes]:
        if style not in self._strips:
            self._strips[style] = self._shelf.get(self._shelf.key(style)) or {}
        return self._strips[style]
