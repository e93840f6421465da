"""Divides the sections of a packet into volumes, as many as need be and none larger than it may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Portioned:
    """A section, as far as it decides what a volume holds; or two whose pages face each other."""

    id: str
    pages: int
    recto: bool
    """It begins on a recto."""
    weight: int
    """About how many bytes it takes in a file."""
    weights: Callable[[], Sequence[int]] = field(default=tuple, compare=False)
    """Returns about how many bytes each of its pages takes."""
    verso: bool = False
    """It begins on a verso, and its pages stay together."""


@dataclass(frozen=True, order=True)
class Start:
    """Where a volume begins."""

    place: int
    """The section, counted from 0."""
    page: int = 0
    """The page of the section, counted from 0: a section longer than a volume goes on in the next."""


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
    """What is not divided is larger than a volume: a page, or pages that face those of another section."""

    def __init__(self, section: str, pages: int, page: int | None = None) -> None:
        """Take the section's id, and how many pages a volume would have that holds nothing else.

        ``page`` is the page of the section, counted from 1, that alone is too large.
        """
        super().__init__(section)
        self.section, self.pages, self.page = section, pages, page


class _Volume:
    """The volume that is being filled."""

    def __init__(self, begin: int, cover: int) -> None:
        self.begin = begin
        self.page = begin + cover
        """The next page."""
        self.weight = 0


class _Divider:
    """Fills one volume after another."""

    def __init__(self, covers: Sequence[int], limits: Limits) -> None:
        self._covers = covers
        self._limits = limits
        self._volume = _Volume(1, 0)
        self.starts: list[Start] = []

    def add(self, place: int, section: Portioned) -> None:
        """Put a section into the volume if it fits, else into the next, or into as many as it needs."""
        if self.starts and self._takes(section):
            return
        self._open(Start(place), self._volume.page)
        if self._takes(section):
            return
        if section.verso:
            behind = _behind(section, self._volume.page)
            raise TooLongError(section.id, behind - self._volume.begin)
        self._divide(place, section)

    def _open(self, start: Start, page: int) -> None:
        """Begin a volume with its cover on a page, or on the recto behind it."""
        begin = page + (self._limits.recto and page % 2 == 0)
        number = len(self.starts)
        self._volume = _Volume(begin, self._covers[number] if number < len(self._covers) else 1)
        self.starts.append(start)

    def _takes(self, section: Portioned) -> bool:
        """Put a section into the volume, if it fits."""
        volume = self._volume
        behind = _behind(section, volume.page)
        if not self._fits(behind, volume.weight + section.weight):
            return False
        volume.page, volume.weight = behind, volume.weight + section.weight
        return True

    def _divide(self, place: int, section: Portioned) -> None:
        """Fill the volume with the first pages of a section, and further volumes with the others."""
        weights = section.weights() if self._limits.weight is not None else [0] * section.pages
        self._volume.page = _first(section, self._volume.page)
        for page, weight in enumerate(weights):
            if not self._fits(self._volume.page + 1, self._volume.weight + weight):
                if page > self.starts[-1].page or self.starts[-1].place != place:
                    self._open(Start(place, page), self._volume.page)
                if not self._fits(self._volume.page + 1, weight):
                    pages = self._volume.page + 1 - self._volume.begin
                    raise TooLongError(section.id, pages, page + 1)
            self._volume.page += 1
            self._volume.weight += weight

    def _fits(self, behind: int, weight: int) -> bool:
        """Tell whether the volume may have the pages before ``behind``, and so many bytes."""
        most = self._limits.most_pages
        return (most is None or behind - self._volume.begin <= most) and (
            self._limits.weight is None or weight <= self._limits.weight
        )


def starts(sections: Sequence[Portioned], covers: Sequence[int], limits: Limits) -> list[Start]:
    """Return where volumes begin; the first one begins with the first section.

    ``covers`` has the pages of their covers, as far as these are known; a cover of which nothing is known
    has one page. A volume takes as many sections as fit into it. A section that is longer than a volume
    begins one of its own, fills it, and goes on in the next. Raises TooLongError.
    """
    divider = _Divider(covers, limits)
    for place, section in enumerate(sections):
        divider.add(place, section)
    return divider.starts


def _first(section: Portioned, page: int) -> int:
    """Return the first page of a section that may begin on a page, or on one behind it."""
    if section.verso:
        return page + page % 2
    return page + (section.recto and page % 2 == 0)


def _behind(section: Portioned, page: int) -> int:
    """Return the page behind a section that may begin on a page."""
    return _first(section, page) + section.pages
