"""Tells which pages stand side by side on the sheets of a booklet.

A gathering is a pile of sheets that is folded once; each sheet has four pages, two on its front and two on
its back. The gatherings are stitched one behind another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PER_SHEET = 4


@dataclass(frozen=True)
class Side:
    """A side of a sheet, before it is folded."""

    left: int
    """The number of the page at the left; 0 where it is blank."""
    right: int
    is_back: bool
    depth: int
    """How many sheets lie around this one in its gathering."""


def imposed(pages: int, gathering: int, turned: bool) -> list[Side]:
    """Return the sides of all sheets, as they are printed: front, back, front, back.

    ``pages`` is the number of pages of the book, ``gathering`` that of a gathering; the last one may have
    fewer. A book that is read from right to left is ``turned``.
    """
    found: list[Side] = []
    for start in range(1, pages + 1, gathering):
        rest = pages + 1 - start
        length = min(gathering, -(-rest // PER_SHEET) * PER_SHEET)
        found += _gathered(start, length, pages, turned)
    return found


def _gathered(start: int, length: int, pages: int, turned: bool) -> Iterator[Side]:
    """Yield the sides of a gathering of ``length`` pages, of which the first is ``start``."""

    def side(left: int, right: int, is_back: bool, depth: int) -> Side:
        left, right = (page if page <= pages else 0 for page in (left, right))
        return Side(right, left, is_back, depth) if turned else Side(left, right, is_back, depth)

    first, last = start, start + length - 1
    for depth in range(length // PER_SHEET):
        yield side(last, first, False, depth)
        yield side(first + 1, last - 1, True, depth)
        first, last = first + 2, last - 2
