"""Checks the places of furniture and text on rectos and versos, by the furniture record alone.

Measures are points from a page's left edge; pages are counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dossier.proof.readback import Page, Run
from dossier.records.furniture import Furniture

if TYPE_CHECKING:
    from dossier.records.numbering import Bates

NEAR = 0.2
"""How far a folio may miss its place, in ems: as far as a figure's side bearings."""
SMALL = 10.0
"""The size of folios, but in designs in which all is large."""
OVER = 3.0
"""How far a text may extend beyond the text block."""
FEW = 2
"""How many texts of a page may stand outside the text block, as long list markers do."""


def stamped(stamp: Bates | None, number: int, volume: int = 0) -> str:
    """Return the Bates number of a page; nothing where the packet has none.

    ``volume`` is that of the page; without one its place is left out, and the hyphen behind it.
    """
    if stamp is None:
        return ""
    before, placed, behind = stamp.prefix.partition("{volume}")
    if placed and not volume:
        behind = behind.removeprefix("-")
    prefix = f"{before}{volume if placed and volume else ''}{behind}"
    return f"{prefix}{stamp.start + number - 1:0{stamp.digits}d}"


class Sheet:
    """A page with the places of its furniture."""

    def __init__(
        self, furniture: Furniture, number: int, width: float, size: float = SMALL
    ) -> None:
        """Take the page number, the width of the paper, and the size of folios."""
        self._furniture = furniture
        self._near = NEAR * size
        self._recto = number % 2 == 1
        facing = furniture.sides == "facing"
        at_right = self._recto != furniture.turned
        moved = furniture.inward + (furniture.shift if facing else 0)
        self._shifted = abs(moved) > OVER
        self._outer_is_right = (self._recto or not facing) != furniture.turned
        self.middle = width / 2
        """The middle of the text block."""
        binds_left = at_right if facing else not furniture.turned
        self.middle += moved if binds_left else -moved
        self.left = self.middle - furniture.measure / 2
        self.right = self.middle + furniture.measure / 2

    def head(self, name: str, context: str) -> tuple[str, str]:
        """Return the left and the right text of a running head."""
        name_is_right = self._furniture.turned
        if self._furniture.heads == "outer":
            name_is_right = self._outer_is_right
        return (context, name) if name_is_right else (name, context)

    def halves(self, runs: Sequence[Run]) -> tuple[str, str]:
        """Return the text of a line in the left and in the right half of the text block."""
        is_left = [start + end < 2 * self.middle for _, start, end in runs]
        left, right = (
            "".join(run[0] for run, here in zip(runs, is_left, strict=True) if here == wanted)
            for wanted in (True, False)
        )
        return left, right

    def _off(self, runs: Sequence[Run], place: str) -> float:
        """Return how far a number stands from its place in the measure."""
        start, end = min(run[1] for run in runs), max(run[2] for run in runs)
        if place == "outer":
            place = "right" if self._outer_is_right else "left"
        return {
            "centre": (start + end) / 2 - self.middle,
            "left": start - self.left,
            "right": end - self.right,
        }[place]

    def misplaced(self, page: Page) -> Iterator[str]:
        """Yield messages about folio and text in wrong places."""
        stamp = self._furniture.stamp
        at_end = stamp.place.partition("-")[2] if stamp else ""
        for runs, place, name in (
            (page.folio, self._furniture.folio, "page"),
            (page.stamp, at_end, "Bates"),
        ):
            if runs and place and abs(self._off(runs, place)) > self._near:
                yield f"The {name} number stands in the wrong place"
        boxes = [box for text, box in page.texts.values() if text.strip()] if self._shifted else []
        outside = [box for box in boxes if box[0] < self.left - OVER or box[2] > self.right + OVER]
        if outside and (len(outside) > FEW or len(outside) == len(boxes)):
            yield "The text is not in its place"
