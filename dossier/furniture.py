"""Running heads and folios: what is printed on the pages but belongs to no section's text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dossier.bind import Section
from dossier.records import Dossier


@dataclass(frozen=True)
class RunningHead:
    """The line above a page's text."""

    left: str
    right: str


@dataclass(frozen=True)
class Sheet:
    """The furniture of one page."""

    folio: int
    """The page's number, counted from 1."""
    head: RunningHead | None
    """None on the page on which a section opens."""


def sheets(dossier: Dossier, sections: Sequence[Section]) -> Iterator[Sheet]:
    """Yield the furniture of every page in order."""
    letters = {f"letters/{letter.id}": letter for letter in dossier.letters}
    for section in sections:
        letter = letters.get(section.id)
        right = f"Letter {letter.number}, {letter.date_words}" if letter else ""
        left = letter.head.title if letter else section.title
        for page in range(section.first_page, section.last_page + 1):
            opening = page == section.first_page
            yield Sheet(
                page, None if opening else RunningHead(left, right or dossier.publication.title)
            )
