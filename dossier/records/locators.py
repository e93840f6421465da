"""Turns locators into printed ones: with page numbers, without duplicates, with page ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dossier.records.dossier import Locator
from dossier.records.lettering import PLAIN, Lettering
from dossier.records.sections import section_of_letter


@dataclass(frozen=True)
class PrintedLocator:
    """A locator as the index and the bibliography print it."""

    letter: str
    number: int
    """The letter's number."""
    mark: str
    """What is printed for the letter."""
    first: int
    last: int
    """The first and the last page, counted from 1; the same for a single page."""
    anchor: str
    """The anchor that the link leads to: the first of the folded places."""
    lettering: Lettering = PLAIN
    """What is printed for each page."""

    @property
    def pages(self) -> int:
        """The number of pages."""
        return self.last - self.first + 1

    @property
    def text(self) -> str:
        """The page or page range, in full figures (``42–45``)."""
        return self.lettering.range(self.first, self.last)

    @property
    def href(self) -> str:
        """The target of its link."""
        return f"dossier:{section_of_letter(self.letter)}#{self.anchor}"


class PrintedPlaces(tuple[PrintedLocator, ...]):
    """The locators of one heading or work."""

    @property
    def words(self) -> tuple[str, ...]:
        """Each locator as printed (``3:17``)."""
        return tuple(f"{place.mark}:{place.text}" for place in self)

    @property
    def hrefs(self) -> str:
        """The targets of the links, separated by spaces."""
        return " ".join(place.href for place in self)


def printed(
    locators: Iterable[Locator], page_of: Callable[[str, str], int], lettering: Lettering
) -> PrintedPlaces:
    """Return one locator for each page, and one for three or more consecutive pages.

    ``page_of`` gives the page of a letter's anchor. Pages of different letters are never folded.
    """
    folded: list[PrintedLocator] = []
    for locator in locators:
        page = page_of(locator.letter, locator.anchor)
        place = PrintedLocator(
            locator.letter, locator.number, locator.mark, page, page, locator.anchor, lettering
        )
        if not folded or (folded[-1].letter, folded[-1].last) != (place.letter, page):
            folded.append(place)
    return PrintedPlaces(_runs(folded))


def _runs(single: list[PrintedLocator]) -> Iterable[PrintedLocator]:
    start = 0
    while start < len(single):
        end = start
        while (
            end + 1 < len(single)
            and single[end + 1].letter == single[start].letter
            and single[end + 1].first == single[end].first + 1
        ):
            end += 1
        if end - start >= 2:
            first, last = single[start], single[end]
            yield replace(first, last=last.last)
        else:
            yield from single[start : end + 1]
        start = end + 1
