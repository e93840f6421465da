"""The labels of pages: their numbers, or behind the letter of a part a number that begins anew in it.

Those of the index volume are Roman; they are not printed."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass

from dossier.records.sections import INDEX_VOLUME, is_cover

LETTERED = "ABC"
"""The letters of parts: of what stands before the letters, of the letters, of what stands behind them."""
ROMAN = (
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


@dataclass(frozen=True)
class LabelRange:
    """Pages of a file whose labels are numbered in one way."""

    before: int
    """How many pages of the file are before the first of them."""
    prefix: str
    number: int
    """That of the first page."""
    is_roman: bool = False


@dataclass(frozen=True)
class Lettering:
    """The parts of a packet whose pages have section letters."""

    starts: tuple[int, ...] = ()
    """The first page of each part, counted from 1 in the dossier; none where pages have plain numbers."""
    index: int = 0
    """The first page of the index volume, which is the last; 0 where there is none."""

    @property
    def characters(self) -> str:
        """The letters that labels may have."""
        return LETTERED if self.starts else ""

    def label(self, page: int) -> str:
        """Return what a viewer displays for a page, counted from 1 in the dossier."""
        if self.is_unnumbered(page):
            return _roman(page - self.index + 1)
        if not self.starts:
            return str(page)
        part = max(bisect.bisect_right(self.starts, page) - 1, 0)
        return f"{LETTERED[part]}{page - self.starts[part] + 1}"

    def is_unnumbered(self, page: int) -> bool:
        """Tell whether no number is printed on a page: on those of the index volume."""
        return 0 < self.index <= page

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """The letter and the first page of each part."""
        return tuple(zip(LETTERED, self.starts, strict=False))

    def ranges(self, first: int, last: int) -> list[LabelRange]:
        """Return how the labels of some pages are numbered."""
        starts = (*self.starts, *([self.index] if self.index else []))
        found = []
        for page in (first, *(start for start in starts if first < start <= last)):
            if self.is_unnumbered(page):
                found.append(LabelRange(page - first, "", page - self.index + 1, is_roman=True))
            elif self.starts:
                label = self.label(page)
                found.append(LabelRange(page - first, label[0], int(label[1:])))
            else:
                found.append(LabelRange(page - first, "", page))
        return found

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
    pages = dict(first)
    index = pages.get(INDEX_VOLUME, 0)
    if not is_lettered:
        return Lettering(index=index) if index else PLAIN
    starts: list[int] = []
    before: bool | None = None
    cover: int | None = None
    for section, page in pages.items():
        if is_cover(section):
            cover = page
            continue
        # What goes with a letter has its id behind a slash, as the letter itself.
        of_letters = "/" in section
        if of_letters != before:
            starts.append(page if cover is None else cover)
        before, cover = of_letters, None
    return Lettering(tuple(starts), index)


def _roman(number: int) -> str:
    """Return a number in small Roman figures, as viewers display it."""
    found = ""
    for value, figures in ROMAN:
        count, number = divmod(number, value)
        found += count * figures
    return found
