"""What is bound: sections in their places, and what the document says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.language.words import Words
from dossier.records.furniture import Furniture
from dossier.records.galley import Galley, Leaf


@dataclass(frozen=True)
class Head:
    """Where a section's running head is among the pages of all heads, counted from 0."""

    recto: int
    verso: int
    """The same page where the head looks alike on both sides."""


@dataclass(frozen=True)
class Section:
    """A section in its place: typeset, or made of pages from elsewhere."""

    id: str
    title: str
    leaf: Leaf
    first_page: int
    """Counted from 1 in the dossier."""
    under: str = ""
    """The bookmark that groups it with its neighbours, if any."""
    key: str = ""
    """What its leaf is known by: the same for two sections that are alike."""
    head: Head | None = None
    """None where its pages have no running head."""

    @property
    def last_page(self) -> int:
        """The section's last page, counted from 1 in the dossier."""
        return self.first_page + self.leaf.pages - 1

    def page_of(self, anchor: str) -> int:
        """Return the page of an anchor, or of the section's beginning for an empty one."""
        return self.first_page + (self.leaf.anchors[anchor].page - 1 if anchor else 0)


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
    """It shows the ten digits in the type of the folios: every page gets its number from them."""
    heads: Sequence[Galley]
    """Their pages show the running heads, one a page."""
    furniture: Furniture
    info: Info
    xmp: bytes
    """The metadata packet."""
    profile: bytes
    """The ICC profile that says what the colours of the pages mean."""
    words: Words
    """Those of ours, for bookmarks and links."""


class NotStandingError(Exception):
    """A galley that was to be copied ahead of binding is missing from the copies and from the cache."""
