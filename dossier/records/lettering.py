"""The labels of pages: their numbers, or behind the letter of a part a number that begins anew in it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

LETTERED = "ABC"
"""The letters of parts: of what stands before the letters, of the letters, of what stands behind them."""


@dataclass(frozen=True)
class Lettering:
    """The parts of a packet whose pages have section letters."""

    starts: tuple[int, ...] = ()
    """The first page of each part, counted from 1 in the dossier; none where pages have plain numbers."""

    @property
    def characters(self) -> str:
        """The letters that labels may have."""
        return LETTERED if self.starts else ""

    def label(self, page: int) -> str:
        """Return what is printed for a page, counted from 1 in the dossier."""
        if not self.starts:
            return str(page)
        part = max(bisect.bisect_right(self.starts, page) - 1, 0)
        return f"{LETTERED[part]}{page - self.starts[part] + 1}"

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The letter and the first page of each part."""
        return tuple(zip(LETTERED, self.starts, strict=False))

    def range(self, first: int, last: int) -> str:
        """Return what is printed for one page or several."""
        if first == last:
            return self.label(first)
        return f"{self.label(first)}–{self.label(last)}"


PLAIN = Lettering()
"""Pages have plain numbers."""


def lettering(is_lettered: bool, first: Iterable[tuple[str, int]]) -> Lettering:
    """Return the parts of a packet, given the ids of its sections in sequence, each with its first page.

    A blank page between two parts belongs to the one before it.
    """
    if not is_lettered:
        return PLAIN
    # What goes with a letter has its id behind a slash, as the letter itself.
    parts = itertools.groupby(first, key=lambda section: "/" in section[0])
    return Lettering(tuple(min(page for _, page in part) for _, part in parts))
