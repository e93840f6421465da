"""The labels of pages: their numbers, or behind the letter of a part a number that begins anew in it."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from dossier.records.sections import is_cover

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

    def ranges(self, first: int, last: int) -> list[tuple[int, str, int]]:
        """Return where labels begin anew on some pages: how many of them before, the letter, the number."""
        if not self.starts:
            return []
        begins = [first, *(page for page in self.starts if first < page <= last)]
        labels = [(page, self.label(page)) for page in begins]
        return [(page - first, label[0], int(label[1:])) for page, label in labels]

    def range(self, first: int, last: int) -> str:
        """Return what is printed for one page or several."""
        if first == last:
            return self.label(first)
        return f"{self.label(first)}–{self.label(last)}"


PLAIN = Lettering()
"""Pages have plain numbers."""


def lettering(is_lettered: bool, first: Iterable[tuple[str, int]]) -> Lettering:
    """Return the parts of a packet, given the ids of its sections in sequence, each with its first page.

    A blank page between two parts belongs to the one before it, the cover of a volume to what follows it.
    """
    if not is_lettered:
        return PLAIN
    starts: list[int] = []
    before: bool | None = None
    cover: int | None = None
    for section, page in first:
        if is_cover(section):
            cover = page
            continue
        # What goes with a letter has its id behind a slash, as the letter itself.
        of_letters = "/" in section
        if of_letters != before:
            starts.append(page if cover is None else cover)
        before, cover = of_letters, None
    return Lettering(tuple(starts))
