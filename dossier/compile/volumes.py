"""Divides the sections of a packet into volumes, as many as need be and none larger than it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Portioned:
    """A section, as far as it decides what a volume holds."""

    id: str
    pages: int
    recto: bool
    """It begins on a recto."""
    weight: int
    """About how many bytes it takes in a file."""


@dataclass(frozen=True)
class Limits:
    """What a volume may have."""

    pages: int | None
    weight: int | None
    recto: bool
    """Volumes begin on rectos."""

    @property
    def most_pages(self) -> int | None:
        """The greatest number of pages; even where a blank one may have to follow."""
        if self.pages is None:
            return None
        return self.pages - self.pages % 2 if self.recto else self.pages


class TooLongError(Exception):
    """A section alone is larger than a volume."""

    def __init__(self, section: str, pages: int) -> None:
        """Take its id, and how many pages a volume would have that holds nothing else."""
        super().__init__(section)
        self.section, self.pages = section, pages


def starts(sections: Sequence[Portioned], covers: Sequence[int], limits: Limits) -> list[int]:
    """Return at which of the sections volumes begin; the first one is 0.

    ``covers`` has the pages of their covers, as far as these are known; a cover of which nothing is known
    has one page. A volume takes as many sections as fit into it. Raises TooLongError.
    """
    found: list[int] = []
    begin = page = 1
    weight = 0
    for place, section in enumerate(sections):
        behind = _behind(section, page)
        if found and _fits(begin, behind, weight + section.weight, limits):
            page, weight = behind, weight + section.weight
            continue
        begin = page + (limits.recto and page % 2 == 0)
        cover = covers[len(found)] if len(found) < len(covers) else 1
        page, weight = _behind(section, begin + cover), section.weight
        found.append(place)
        if not _fits(begin, page, weight, limits):
            raise TooLongError(section.id, page - begin)
    return found


def _behind(section: Portioned, page: int) -> int:
    """Return the page behind a section that begins on a page, or on the recto behind it."""
    return page + (section.recto and page % 2 == 0) + section.pages


def _fits(begin: int, behind: int, weight: int, limits: Limits) -> bool:
    """Tell whether a volume may have the pages from ``begin`` to those before ``behind``."""
    most = limits.most_pages
    return (most is None or behind - begin <= most) and (
        limits.weight is None or weight <= limits.weight
    )
