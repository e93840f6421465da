"""Makes the finished bytes of a section: a piece, which is copied into the book as it is.

A piece depends on its leaf, on its first object number, and on where its links lead, and on nothing else of
the book: not on its pages' numbers, nor on what other sections hold. So it is kept for the next build.
References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dossier.bind import furniture, text
from dossier.bind.cut import ADDED, BOX, PACK, Cut, Frame, LinkBox, Stream, filled
from dossier.bind.deflate import deflated
from dossier.bind.furniture import Digits
from dossier.records.furniture import Furniture
from dossier.records.galley import FOLIO

SCHEME = "dossier:"
"""The private scheme of links from one section to another: ``dossier:SECTION#ANCHOR``."""
ABOVE = 6.0
"""Points shown above the target of a link."""
PLAIN = "!#$%&'()*+,/:;=?@[]~"
"""Characters that are not percent-encoded in an address (RFC 3986), besides letters and digits."""


class DanglingLinkError(Exception):
    """The target of a link does not exist: an error in the templates."""


@dataclass(frozen=True)
class Target:
    """What a link leads to."""

    place: str
    """The name of the destination."""
    spoken: int
    """The number of the object that describes links to the page."""
    label: str
    """What is printed for the page."""
    file: str = ""
    """The name of another file to whose pages it belongs."""
    said: str = ""
    """The description of links to the page, where it belongs to another file."""


TargetOf = Callable[[str], Target]
"""Returns the target of an address; raises DanglingLinkError."""
Resolved = tuple[tuple[str, int, str], ...]
"""The addresses in a piece, the number of what describes their page, and its label where it is shown."""


@dataclass(frozen=True)
class Place:
    """What a piece depends on, besides its leaf and the targets of its links."""

    base: int
    """The number of its first object."""
    pages: Sequence[int]
    """Its pages, counted from 1 in the dossier; only which of them are rectos matters."""
    furniture: Furniture
    link_to_address: Callable[[str], str]
    """Describes a link that leads out of the file."""
    digits: Digits


@dataclass(frozen=True)
class Piece:
    """The finished bytes of a section, and what the book's tables have to know of it."""

    base: int
    body: bytes
    """Its streams, as they stand in the file: the pages' contents, others, the object streams."""
    offsets: tuple[int, ...]
    """Where each of these begins; they are numbered in sequence."""
    packed: int
    """The number of objects in its object streams, numbered behind these."""
    pages: tuple[bytes, ...]
    """The entries of its page dictionaries, but for the contents."""
    paper: tuple[float, float]
    """The width and height of all pages, in points."""
    anchors: dict[str, int]
    """The page of each anchor, counted from 0."""
    tops: tuple[int, ...]
    identified: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, str], ...]
    own_hyphens: bool
    resolved: Resolved
    """What its links lead to; where that has changed, the piece is made anew."""

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return 2 * len(self.pages) + len(self.offsets) + self.packed

    @property
    def first_stream(self) -> int:
        """The number of its first stream."""
        return self.base + 2 * len(self.pages)

    @property
    def owners(self) -> int:
        """The number of its node of the parent tree."""
        return self.first_stream + len(self.offsets)

    @property
    def places(self) -> int:
        """The number of its node of the tree of destinations."""
        return self.owners + 1

    def page(self, place: int) -> int:
        """Return the number of a page, counted from 0."""
        return self.base + 2 * place

    def content(self, place: int) -> int:
        """Return the number of a page's content."""
        return self.first_stream + place


def is_current(piece: Piece, target: TargetOf) -> bool:
    """Tell whether the links of a piece still lead to the same objects and pages."""
    for address, spoken, label in piece.resolved:
        there = target(address)
        if there.spoken != spoken or (label and there.label != label):
            return False
    return True


def _resolved(cut: Cut, target: TargetOf) -> Resolved:
    """Return what the addresses in a leaf lead to."""
    found = {
        (link.address, target(link.address).spoken, "")
        for link in cut.links
        if link.address.startswith(SCHEME)
    }
    if cut.folios:
        for content in cut.contents:
            for _, address in FOLIO.findall(content):
                there = target(address.decode())
                found.add((address.decode(), there.spoken, there.label))
    return tuple(sorted(found))


def place_name(section: str, anchor: str) -> str:
    """Return the name of a destination; those of a section stand together when names are sorted."""
    return f"{section}#{anchor}"


def made(cuts: Sequence[tuple[str, Cut, Place]], target: TargetOf) -> list[Piece]:
    """Return the pieces of sections, given by id, leaf and place."""
    unpacked = [_Maker(section, cut, place, target) for section, cut, place in cuts]
    contents = [maker.contents() if maker.cut.folios else [] for maker in unpacked]
    packs = [list(maker.packs()) for maker in unpacked]
    plain = [content for several in contents for content in several]
    plain += [data for several in packs for _, data in several]
    compressed = iter(deflated(plain))
    written = [[next(compressed) for _ in several] for several in contents]
    packed = [[(entries, next(compressed)) for entries, _ in several] for several in packs]
    return [
        maker.piece(content or list(maker.cut.contents), pack)
        for maker, content, pack in zip(unpacked, written, packed, strict=True)
    ]


class _Maker:
    """Makes one piece."""

    def __init__(self, section: str, cut: Cut, place: Place, target: TargetOf) -> None:
        self.cut = cut
        self._section = section
        self._place = place
        self._target = target
        self._first_object = place.base + cut.first_object

    def contents(self) -> list[bytes]:
        """Return the pages' contents with the page numbers written into them."""
        digits = self._place.digits

        def number(match: re.Match[bytes]) -> bytes:
            label = self._target(match[2].decode()).label
            return digits.instead(label, match[1].decode(), self._place.furniture.turned)

        return [FOLIO.sub(number, content) for content in self.cut.contents]

    def packs(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the entries and the data of each object stream (7.5.7)."""
        texts = [self._owners(), self._places(), *self._objects()]
        for start in range(0, len(texts), PACK):
            yield packed(enumerate(texts[start : start + PACK], self._first_object + start))

    def piece(self, contents: Sequence[bytes], packs: Sequence[tuple[bytes, bytes]]) -> Piece:
        """Return the piece; all data are compressed."""
        cut, base = self.cut, self._place.base
        streams = [(text.DEFLATED, content) for content in contents]
        streams += [(stream_entries(stream, base), stream.data) for stream in cut.streams]
        streams += [(text.DEFLATED + entries, data) for entries, data in packs]
        first = base + 2 * len(cut.pages)
        written = [
            text.stream(number, entries, data)
            for number, (entries, data) in enumerate(streams, first)
        ]
        offsets, end = [], 0
        for one in written:
            offsets.append(end)
            end += len(one)
        return Piece(
            base,
            b"".join(written),
            tuple(offsets),
            ADDED + len(cut.objects),
            tuple(self._pages()),
            cut.paper,
            cut.anchor_pages,
            tuple(base + top for top in cut.tops),
            tuple((name, base + element) for name, element in cut.identified),
            cut.roles,
            cut.own_hyphens,
            _resolved(cut, self._target),
        )

    def _pages(self) -> Iterator[bytes]:
        """Yield the entries of the page dictionaries, but for the contents and the parent."""
        links: list[list[int]] = [[] for _ in self.cut.pages]
        for link in self.cut.links:
            links[link.frame.page].append(self._number(link.place))
        for place, (page, here) in enumerate(zip(self.cut.pages, links, strict=True)):
            number = self._place.base + 2 * place
            entries = filled(page, self._place.base).removeprefix(b"<< ").removesuffix(b" >>")
            annotations = b"/Annots %b " % text.references(here) if here else b""
            yield b"%b%b /StructParents %d" % (annotations, entries, number)

    def _number(self, place: int) -> int:
        """Return the number of an object, given by its index."""
        return self._first_object + ADDED + place

    def _objects(self) -> Iterator[bytes]:
        links = {link.place: link for link in self.cut.links}
        figures = dict(self.cut.figures)
        for place, one in enumerate(self.cut.objects):
            if place in links:
                yield self._link(links[place])
                continue
            made = filled(one, self._place.base)
            if place in figures:
                # The attributes (/A) stand before all that an editor has written.
                made = made.replace(BOX, self._rectangle(figures[place]), 1)
            yield made

    def _link(self, link: LinkBox) -> bytes:
        """Return a link annotation (12.5.6.5) with its action and description (ISO 14289-1, 7.18.5)."""
        address = link.address
        if address.startswith(SCHEME):
            there = self._target(address)
            action = b"/D %b /S /GoTo" % text.string(there.place)
            spoken = text.reference(there.spoken)
            if there.file:
                action = remote(there)
                spoken = text.string(there.said)
        else:
            action = b"/S /URI /URI %b" % text.string(quote(address, safe=PLAIN))
            spoken = text.string(self._place.link_to_address(address))
        # An annotation's key in the parent tree is its own number.
        return (
            b"<< /A << %b >> /Border [ 0 0 0 ] /Contents %b /F 4 /Rect %b /StructParent %d "
            b"/Subtype /Link /Type /Annot >>"
        ) % (action, spoken, self._rectangle(link.frame), self._number(link.place))

    def _rectangle(self, frame: Frame) -> bytes:
        """Return a rectangle, moved with the text block of its page."""
        shift = furniture.outward(self._place.furniture, self._place.pages[frame.page])
        if not shift:
            return frame.text
        left, bottom, right, top = frame.box
        return text.measures((left + shift, bottom, right + shift, top))

    def _owners(self) -> bytes:
        """Return the section's node of the parent tree (14.7.4.4): pages and links by their own numbers."""
        base = self._place.base
        rows = [(base + 2 * place, base + row) for place, row in enumerate(self.cut.rows)]
        rows += sorted((self._number(link.place), base + link.owner) for link in self.cut.links)
        entries = text.array(b"%d %d 0 R" % row for row in rows)
        return b"<< /Limits [ %d %d ] /Nums %b >>" % (rows[0][0], rows[-1][0], entries)

    def _places(self) -> bytes:
        """Return the section's node of the tree of destinations (12.3.2.3): its top, and all its anchors.

        They lie at a height of a page, at its left edge, and do not depend on the text block's shift.
        """
        base, height = self._place.base, self.cut.paper[1]
        there = {"": (0, height)} | {
            name: (anchor.page - 1, min(round(anchor.y + ABOVE, 2), height))
            for name, anchor in self.cut.anchors.items()
        }
        named = sorted((place_name(self._section, name), where) for name, where in there.items())
        entries = [
            b"%b [ %d 0 R /XYZ 0 %b 0 ]" % (text.string(name), base + 2 * page, text.decimal(top))
            for name, (page, top) in named
        ]
        limits = text.array(text.string(name) for name in (named[0][0], named[-1][0]))
        return b"<< /Limits %b /Names %b >>" % (limits, text.array(entries))


def remote(target: Target) -> bytes:
    """Return the entries of an action that leads into another file (12.6.4.3)."""
    name = text.string(target.file)
    return b"/D %b /F << /F %b /UF %b >> /S /GoToR" % (
        text.string(target.place), name, name,
    )  # fmt: skip


def packed(objects: Iterable[tuple[int, bytes]]) -> tuple[bytes, bytes]:
    """Return the entries and the data of an object stream (7.5.7) of numbered objects."""
    header, texts, place = [], [], 0
    for number, one in objects:
        header.append(b"%d %d" % (number, place))
        texts.append(one)
        place += len(one) + 1
    head = b" ".join(header) + b"\n"
    return b"/First %d /N %d /Type /ObjStm " % (len(head), len(texts)), head + b"\n".join(texts)


def stream_entries(stream: Stream, base: int) -> bytes:
    """Return the entries of a stream's dictionary but the length."""
    return filled(stream.dictionary, base) + stream.encoding
