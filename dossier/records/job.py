"""The job of binding: sections with their pages, and the document's metadata."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dossier.language.words import Words
from dossier.records.attaching import Attachment
from dossier.records.furniture import Furniture
from dossier.records.galley import Galley, Leaf
from dossier.records.lettering import PLAIN, Lettering
from dossier.records.sections import INDEX_VOLUME, goes_on, whole_section


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
    whole: Leaf | None = None
    """The pages of all parts, where this is the first part of a section that is longer than a volume."""
    apart: tuple[int, ...] = ()
    """Its pages, where they do not follow each other in such steps: see :func:`joined`."""

    @property
    def pages(self) -> Sequence[int]:
        """Its pages, counted from 1 in the dossier."""
        stop = self.first_page + self.step * self.leaf.pages
        return self.apart or range(self.first_page, stop, self.step)

    @property
    def last_page(self) -> int:
        """The section's last page, counted from 1 in the dossier."""
        return self.pages[-1]

    @property
    def headed_from(self) -> int:
        """The first of its pages, counted from 0, that has a running head instead of a title."""
        return 0 if goes_on(self.id) else 1

    def page_of(self, anchor: str) -> int:
        """Return the page of an anchor; the section's first page for an empty anchor."""
        return self.pages[self.leaf.anchors[anchor].page - 1] if anchor else self.first_page


def anchors(sections: Sequence[Section]) -> dict[str, int]:
    """Return the page of each anchor in sections; where one is in two of them, that of the last."""
    return {
        anchor: section.pages[place.page - 1]
        for section in sections
        for anchor, place in section.leaf.anchors.items()
    }


def joined(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections with those whole that are longer than a volume, for whatever is not divided."""
    return tuple(_joined(sections))


def _joined(sections: Sequence[Section]) -> Iterator[Section]:
    pages: dict[str, list[int]] = {}
    for section in sections:
        pages.setdefault(whole_section(section.id), []).extend(section.pages)
    for section in (one for one in sections if not goes_on(one.id)):
        if section.whole is None:
            yield section
        else:
            yield replace(section, leaf=section.whole, apart=tuple(pages[section.id]))


def page_count(sections: Sequence[Section]) -> int:
    """Return how many pages a dossier has."""
    return max(section.last_page for section in sections)


def numbered_count(sections: Sequence[Section]) -> int:
    """Return how many pages of a dossier are numbered: all but those of the index volume behind them."""
    last = sections[-1]
    return last.first_page - 1 if last.id == INDEX_VOLUME else page_count(sections)


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
    attached: Sequence[AttachedFile] = ()
    """The sources of the letters that it has, or in which these begin."""


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
