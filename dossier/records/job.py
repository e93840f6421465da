"""What is bound: sections in their places, and what the document says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.language.words import Words
from dossier.records.galley import Galley


@dataclass(frozen=True)
class Section:
    """A typeset section in its place."""

    id: str
    title: str
    galley: Galley
    first_page: int
    """Counted from 1 in the dossier."""
    under: str = ""
    """The bookmark that groups it with its neighbours, if any."""
    key: str = ""
    """What its galley is kept under: the same for two sections that are alike."""

    @property
    def last_page(self) -> int:
        """The section's last page, counted from 1 in the dossier."""
        return self.first_page + self.galley.pages - 1

    def page_of(self, anchor: str) -> int:
        """Return the page of an anchor, or of the section's beginning for an empty one."""
        return self.first_page + (self.galley.anchors[anchor].page - 1 if anchor else 0)


@dataclass(frozen=True)
class Info:
    """The document's metadata."""

    title: str
    language: str
    date: str
    """YYYY-MM-DD."""
    creator: str
    producer: str
    author: str = ""
    subject: str = ""
    identifier: str = ""
    rights: str = ""


@dataclass(frozen=True)
class Job:
    """All that is bound together."""

    sections: Sequence[Section]
    fonts: bytes
    """A PDF whose first page has the fonts of all galleys."""
    digits: Galley
    """It shows the ten digits where a folio stands: every page gets its number from them."""
    info: Info
    xmp: bytes
    """The metadata packet."""
    profile: bytes
    """The ICC profile that says what the colours of the pages mean."""
    words: Words
    """Those of ours, for bookmarks and links."""


class NotStandingError(Exception):
    """A galley was taken for copied, and is not."""
