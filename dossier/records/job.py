"""The job of binding: sections with their pages, and the document's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dossier.language.words import Words
from dossier.records.attaching import Attachment
from dossier.records.furniture import Furniture
from dossier.records.galley import Galley, Leaf
from dossier.records.lettering import PLAIN, Lettering


@dataclass(frozen=True)
class Head:
    """The pages that hold a section's running head, counted from 0 over all heads."""

    recto: int
    verso: int
    """The same page as ``recto`` where the head looks alike on both sides."""


@dataclass(frozen=True)
class Section:
    """A section with its place in the dossier: typeset, or made of foreign pages."""

    id: str
    title: str
    leaf: Leaf
    first_page: int
    """Counted from 1 in the dossier."""
    under: str = ""
    """The title of the bookmark that groups it with its neighbours, if any."""
    key: str = ""
    """The key of its leaf in the cache."""
    heads: tuple[Head, ...] = ()
    """The running head of each page from the second on, or a single one for all of these; none where the
    section has one page."""
    step: int = 1
    """From each of its pages to the next; 2 where the pages of another section stand opposite."""

    @property
    def pages(self) -> range:
        """Its pages, counted from 1 in the dossier."""
        return range(self.first_page, self.last_page + 1, self.step)

    @property
    def last_page(self) -> int:
        """The section's last page, counted from 1 in the dossier."""
        return self.first_page + self.step * (self.leaf.pages - 1)

    def page_of(self, anchor: str) -> int:
        """Return the page of an anchor; the section's first page for an empty anchor."""
        return self.first_page + (self.step * (self.leaf.anchors[anchor].page - 1) if anchor else 0)


def page_count(sections: Sequence[Section]) -> int:
    """Return how many pages a dossier has."""
    return max(section.last_page for section in sections)


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
    part: int = 2
    """The part of PDF/A (ISO 19005) that the file conforms to: files are attached by part 3 only."""


@dataclass(frozen=True)
class AttachedFile:
    """A file to be embedded."""

    about: Attachment
    data: bytes


@dataclass(frozen=True)
class Portion:
    """The pages of a job that are bound into a file of their own: a volume."""

    sections: Sequence[Section]
    first_page: int
    last_page: int
    """A blank page behind the last section may belong to it."""
    files: Mapping[str, str]
    """The names of the files that have the other sections, by the sections' ids."""
    info: Info
    xmp: bytes


@dataclass(frozen=True)
class Job:
    """Everything that is bound into one PDF."""

    sections: Sequence[Section]
    fonts: bytes
    """A PDF whose first page has the fonts of all galleys as resources."""
    digits: Galley
    """The ten digits in the font of the folios, which every page number is drawn from."""
    heads: Sequence[Galley]
    """The running heads, one a page."""
    furniture: Furniture
    info: Info
    xmp: bytes
    """The XMP packet."""
    profile: bytes
    """The ICC profile of the output intent."""
    words: Words
    """The program's words, for bookmarks and links."""
    attached: Sequence[AttachedFile] = ()
    is_signed: bool = False
    """It gets a field for a signature."""
    lettering: Lettering = PLAIN
    """What is printed for each page."""
    portion: Portion | None = None
    """What is bound of it; None for the whole."""


class MissingCopyError(Exception):
    """A galley is not in the cache, nor what was made of it."""
