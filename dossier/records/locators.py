"""Turns places into printed locators: page numbers known, duplicates and runs folded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dossier.records.dossier import Locator
from dossier.records.sections import section_of_letter


@dataclass(frozen=True)
class PrintedLocator:
    """A locator as the index and the bibliography print it."""

    letter: str
    number: int
    """The letter's number."""
    first: int
    last: int
    """The page, counted from 1, or the pages of a run."""
    anchor: str
    """Where the link leads: the first place that the locator stands for."""

    @property
    def pages(self) -> int:
        """How many pages it names."""
        return self.last - self.first + 1

    @property
    def text(self) -> str:
        """The page or pages, a run written in full (``42–45``)."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


class PrintedPlaces(tuple[PrintedLocator, ...]):
    """The locators of one heading or work."""

    @property
    def words(self) -> tuple[str, ...]:
        """Each as the print shows it (``3:17``)."""
        return tuple(f"{place.number}:{place.text}" for place in self)

    @property
    def hrefs(self) -> str:
        """Return where each leads, separated by spaces."""
        return " ".join(
            f"dossier:{section_of_letter(place.letter)}#{place.anchor}" for place in self
        )


def printed(locators: Iterable[Locator], page_of: Callable[[str, str], int]) -> PrintedPlaces:
    """Fold locators: one for each page, and one for three or more pages that follow one another.

    ``page_of`` gives the page of a letter's anchor. Nothing is folded across letters: a locator is a
    place in one letter.
    """
    folded: list[PrintedLocator] = []
    for locator in locators:
        page = page_of(locator.letter, locator.anchor)
        place = PrintedLocator(locator.letter, locator.number, page, page, locator.anchor)
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
            yield PrintedLocator(first.letter, first.number, first.first, last.last, first.anchor)
        else:
            yield from single[start : end + 1]
        start = end + 1
