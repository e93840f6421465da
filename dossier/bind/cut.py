"""Takes a leaf apart: its objects as text, ready to get their numbers and their place in a book.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from dossier.bind import numbers
from dossier.bind.deflate import deflated
from dossier.bind.text import DEFLATED
from dossier.records.galley import Anchor, Leaf

TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|(\d+) 0 R", re.DOTALL)
"""A string, which may hold anything, or a reference."""
BOX = b"/@Box"
"""Stands in the text of a figure for its bounding box."""
BARE_POINT = re.compile(rb"\.(?=[ \]])")
"""The point behind a whole number, which is left of one that was nearly whole."""
PER_PAGE = 3
"""The objects that each page has: itself, the description of links to it, its content."""
PACK = 240
"""The greatest number of objects in an object stream: a reader unpacks all of them to get one."""
ADDED = 2
"""The objects that are added to a leaf's: its nodes of the parent tree and of the tree of destinations."""
ENCODING = ("/Length", "/Filter", "/DecodeParms")
"""The entries of a stream that say how it is encoded."""

Template = tuple[bytes, tuple[int, ...]]
"""An object's text with a ``%d`` for the number in each reference, and these numbers, counted from the
leaf's first."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points from the page's bottom left."""


@dataclass(frozen=True)
class Frame:
    """A rectangle that moves with the text block."""

    page: int
    """Counted from 0 in the leaf."""
    box: Box
    text: bytes
    """The rectangle as the leaf states it."""


@dataclass(frozen=True)
class LinkBox:
    """A link annotation without its target."""

    place: int
    """Its index among the objects."""
    frame: Frame
    owner: int
    """The number of its structure element."""
    address: str


@dataclass(frozen=True)
class Stream:
    """A stream besides those of the pages: a form, a picture."""

    dictionary: Template
    """Its entries but those of :data:`ENCODING`."""
    encoding: bytes
    """The entries of its filters."""
    data: bytes
    """Encoded."""


@dataclass(frozen=True)
class Cut:
    """A leaf that is taken apart.

    Its objects are numbered from 0: for each page itself and the description of links to it, then the
    pages' contents, further streams, the object streams, and what is in these.
    """

    pages: tuple[Template, ...]
    """The page dictionaries without what their place decides."""
    contents: tuple[bytes, ...]
    """The pages' contents, compressed unless page numbers have yet to be written into them."""
    streams: tuple[Stream, ...]
    objects: tuple[Template, ...]
    """All others; empty where a link stands."""
    links: tuple[LinkBox, ...]
    """Page after page."""
    figures: tuple[tuple[int, Frame], ...]
    """Each bounding box of a figure (14.8.5.4.3), with the figure's index among the objects."""
    rows: tuple[int, ...]
    """The number of each page's row in the parent tree (14.7.4.4)."""
    tops: tuple[int, ...]
    """The numbers of the elements directly below the document's."""
    identified: tuple[tuple[str, int], ...]
    """The elements with an ID."""
    roles: tuple[tuple[str, str], ...]
    """Structure types that are not standard ones, with those that stand for them (14.7.3)."""
    paper: tuple[float, float]
    """Width and height of all pages, in points."""
    anchors: dict[str, Anchor]
    folios: bool
    own_hyphens: bool

    @property
    def anchor_pages(self) -> dict[str, int]:
        """The page of each anchor, counted from 0."""
        return {name: anchor.page - 1 for name, anchor in self.anchors.items()}

    @property
    def first_object(self) -> int:
        """The number of the first object in an object stream."""
        return _first_object(len(self.pages), len(self.streams), len(self.objects))

    @property
    def size(self) -> int:
        """How many numbers it takes."""
        return self.first_object + ADDED + len(self.objects)


def _first_object(pages: int, streams: int, objects: int) -> int:
    return PER_PAGE * pages + streams + packs(ADDED + objects)


def packs(objects: int) -> int:
    """Return how many object streams hold a number of objects."""
    return -(-objects // PACK)


def cut(leaf: Leaf) -> Cut:
    """Take a leaf apart."""
    with Pdf.open(io.BytesIO(leaf.pdf)) as pdf:
        return _Cutter(pdf, leaf).cut()


class _Cutter:
    """Takes apart one leaf."""

    def __init__(self, pdf: Pdf, leaf: Leaf) -> None:
        self._pdf = pdf
        self._leaf = leaf
        self._pages = [page.obj for page in pdf.pages]
        self._tree = pdf.Root.StructTreeRoot
        self._roles = self._tree.get(Name.RoleMap, Dictionary())
        self._fonts = pdf.make_indirect(Dictionary())
        self._box = pdf.make_indirect(Dictionary())
        self._page_of = {page.objgen[0]: place for place, page in enumerate(self._pages)}

    def cut(self) -> Cut:
        """Return the leaf, taken apart."""
        contents = [page.Contents.read_bytes() for page in self._pages]
        annotations = [
            (place, annotation)
            for place, page in enumerate(self._pages)
            for annotation in page.get("/Annots", ())
        ]
        width, height = (float(self._pages[0].MediaBox[place]) for place in (2, 3))
        self._share_fonts()
        self._strip_pages()
        owners = [owner.objgen[0] for owner in list(self._tree.ParentTree.Nums)[1::2]]
        tops = [kid.objgen[0] for kid in self._tree.K]
        known: dict[int, int | bytes] = {
            self._fonts.objgen[0]: b"%d 0 R" % numbers.FONTS,
            self._box.objgen[0]: BOX,
            self._tree.objgen[0]: b"%d 0 R" % numbers.DOCUMENT,
        }
        known |= {number: 2 * place for number, place in self._page_of.items()}
        roots = [*map(text_of, self._pages), *(b"%d 0 R" % number for number in (*owners, *tops))]
        found = gathered(self._pdf, roots, known)
        objects = {number: self._pdf.get_object(number, 0) for number in found}
        streams = [number for number in found if isinstance(objects[number], pikepdf.Stream)]
        others = [n for n in found if not isinstance(objects[n], pikepdf.Stream)]
        before = PER_PAGE * len(self._pages)
        first = _first_object(len(self._pages), len(streams), len(others)) + ADDED
        known |= {number: before + place for place, number in enumerate(streams)}
        known |= {number: first + place for place, number in enumerate(others)}
        places = {number: place for place, number in enumerate(others)}
        of_links = [_number(known[owner]) for owner in owners[len(self._pages) :]]
        links = tuple(
            LinkBox(places[link.objgen[0]], self._frame(page, link.Rect), owner, address)
            for (page, link), owner, address in zip(
                annotations, of_links, self._leaf.links, strict=True
            )
        )
        figures = tuple(self._figures(objects, places)) if self._leaf.figures else ()
        drawn = {link.place for link in links}
        return Cut(
            tuple(template(text_of(page), known) for page in self._pages),
            tuple(contents if self._leaf.folios else deflated(contents)),
            tuple(stream_of(objects[number], known) for number in streams),
            tuple(
                (b"", ()) if place in drawn else template(text_of(objects[number]), known)
                for place, number in enumerate(others)
            ),
            links,
            figures,
            tuple(_number(known[owner]) for owner in owners[: len(self._pages)]),
            tuple(_number(known[top]) for top in tops),
            tuple(self._identified(known)),
            tuple((key[1:], str(role)[1:]) for key, role in self._roles.items()),
            (width, height),
            self._leaf.anchors,
            self._leaf.folios,
            self._leaf.own_hyphens,
        )

    def _share_fonts(self) -> None:
        """Give the pages, and the forms on them, the document's fonts."""
        # The pages of a leaf share their resources.
        resources = self._pages[0].Resources
        resources.Font = self._fonts
        for form in resources.get("/XObject", {}).values():
            if Name.Resources in form:
                form.Resources.Font = self._fonts

    def _strip_pages(self) -> None:
        """Take from the pages what the binder gives them anew."""
        for page in self._pages:
            for entry in ("/BleedBox", "/MediaBox", "/TrimBox"):
                if entry in page and BARE_POINT.search(page[entry].unparse()):
                    page[entry] = pikepdf.Object.parse(BARE_POINT.sub(b"", page[entry].unparse()))
            for entry in ("/Annots", "/Contents", "/Parent", "/StructParents"):
                if entry in page:
                    del page[entry]

    def _frame(self, page: int, box: Any) -> Frame:
        left, bottom, right, top = map(float, box)
        return Frame(page, (left, bottom, right, top), bytes(box.unparse()))

    def _figures(
        self, objects: Mapping[int, Any], places: Mapping[int, int]
    ) -> Iterator[tuple[int, Frame]]:
        """Yield the bounding boxes of figures, and put a mark in their place."""
        for number, place in places.items():
            element = objects[number]
            attributes = element.get("/A") if isinstance(element, Dictionary) else None
            if isinstance(attributes, Dictionary) and Name.BBox in attributes:
                page = self._page_of[_page_of(element).objgen[0]]
                yield place, self._frame(page, attributes.BBox)
                attributes.BBox = self._box

    def _identified(self, known: Mapping[int, int | bytes]) -> Iterator[tuple[str, int]]:
        if Name.IDTree in self._tree:
            names = list(self._tree.IDTree.Names)
            for name, element in zip(names[::2], names[1::2], strict=True):
                yield str(name), _number(known[element.objgen[0]])


def _number(place: int | bytes) -> int:
    assert isinstance(place, int)
    return place


def _page_of(element: Any) -> Any:
    """Return the page on which an element begins: its own, or that of its first kid that has a page."""
    while Name.Pg not in element:
        kids = element.K
        element = kids[0] if isinstance(kids, Array) else kids
    return element.Pg


def stream_of(found: Any, places: Mapping[int, int | bytes]) -> Stream:
    """Return a stream, compressed unless it has a filter already."""
    dictionary = found.stream_dict
    entries = {key: dictionary[key] for key in dictionary if key not in ENCODING}
    if Name.Filter not in dictionary:
        (data,), encoding = deflated([found.read_bytes()]), DEFLATED
    else:
        kept = {key: dictionary[key] for key in ENCODING[1:] if key in dictionary}
        data, encoding = found.read_raw_bytes(), inner(Dictionary(kept).unparse())
    text, places_in = template(Dictionary(entries).unparse(), places)
    return Stream((inner(text), places_in), encoding, data)


def inner(dictionary: bytes) -> bytes:
    """Return the entries of a dictionary's text."""
    return dictionary.removeprefix(b"<< ").removesuffix(b">>")


def gathered(pdf: Pdf, roots: Iterable[bytes], known: Container[int]) -> list[int]:
    """Return the numbers of the objects to which texts lead, besides those ``known``, in sequence."""
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        for token in TOKEN.finditer(waiting.pop()):
            number = int(token[1] or 0)
            if number and number not in found and number not in known:
                found.add(number)
                waiting.append(text_of(pdf.get_object(number, 0)))
    return sorted(found)


def text_of(found: Any) -> bytes:
    """Return an object's text; of a stream, that of its dictionary."""
    if isinstance(found, pikepdf.Stream):
        found = found.stream_dict
    return bytes(found.unparse(resolved=True))


def template(text: bytes, places: Mapping[int, int | bytes]) -> Template:
    """Return a text as a template; ``places`` has the new number of each reference, or what replaces it."""
    parts: list[bytes] = []
    found: list[int] = []
    start = 0
    for token in TOKEN.finditer(text):
        if not token[1]:
            continue
        place = places[int(token[1])]
        parts.append(text[start : token.start()].replace(b"%", b"%%"))
        if isinstance(place, int):
            found.append(place)
        parts.append(b"%d 0 R" if isinstance(place, int) else place)
        start = token.end()
    parts.append(text[start:].replace(b"%", b"%%"))
    return b"".join(parts), tuple(found)


def filled(made: Template, base: int) -> bytes:
    """Return the text of a template whose numbers begin at ``base``."""
    text, places = made
    return text % tuple([base + place for place in places])
