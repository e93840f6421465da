"""The structure tree of a section: its elements, and how they are written into the galley.

References are to ISO 32000-1 (PDF 1.7). Objects are those of pydyf, the library with which WeasyPrint
writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pydyf


@dataclass(frozen=True)
class Content:
    """A marked-content sequence: the page of the galley, counted from 0, and the MCID."""

    page: int
    mcid: int


@dataclass(frozen=True)
class LinkBox:
    """The rectangle of a link annotation."""

    page: int
    """The page of the galley, counted from 0."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the page's bottom left."""


@dataclass
class Tag:
    """A structure element: one for each HTML element, on however many pages that stands."""

    role: str
    """The standard structure type (14.8.4), without the slash."""
    kids: list[Tag | Content | LinkBox] = field(default_factory=list)
    language: str = ""
    """BCP 47, where it differs from the parent's."""
    alt: str = ""
    actual: str = ""
    """The ActualText (14.9.4), where the glyphs do not give the text."""
    scope: str = ""
    """The scope of a table's header cell: ``Row`` or ``Column``."""
    numbering: str = ""
    """A list's ListNumbering (table 347)."""
    span: tuple[int, int] = (1, 1)
    """The rows and columns that a table cell spans."""
    box: tuple[float, float, float, float] | None = None
    """The bounding box of a figure: left, bottom, right, top, in points from the page's bottom left."""
    href: str = ""
    """The target of a link."""
    identifier: str = ""
    """The ID (14.7.2), unique in the dossier; ISO 14289-1, 7.9, requires one of a note."""


def write(pdf: Any, tags: Sequence[Tag]) -> tuple[str, ...]:
    """Write ``tags`` as the structure tree of a galley; return the targets of its links.

    The ParentTree (14.7.4.4) has the pages first, each under its number, then the link annotations, page
    after page, in the sequence of the returned targets. The annotations have no action yet.
    """
    writer = _Writer(pdf)
    root = _reserved(pdf)
    kids = [writer.element(tag, root.reference) for tag in tags]
    numbers: list[bytes] = []
    for number, owners in enumerate(writer.owners):
        row = _reserved(pdf)
        row.data = b"[%b]" % b" ".join(
            owners.get(mcid, b"null") for mcid in range(max(owners, default=-1) + 1)
        )
        numbers.append(b"%d %b" % (number, row.reference))
    hrefs: list[str] = []
    for page, links in zip(writer.pages, writer.links, strict=True):
        if links:
            page["Annots"] = pydyf.Array(annotation.reference for annotation, _, _ in links)
        for annotation, owner, href in links:
            key = len(writer.pages) + len(hrefs)
            annotation.data = b"<<%b/StructParent %d>>" % (annotation.data, key)
            numbers.append(b"%d %b" % (key, owner))
            hrefs.append(href)
    root.data = b"<</Type/StructTreeRoot/K[%b]/ParentTree<</Nums[%b]>>%b%b>>" % (
        b" ".join(kids),
        b" ".join(numbers),
        _identified(writer.identified),
        b"/RoleMap<</H7/P>>" if writer.has_deep_headings else b"",
    )
    pdf.catalog["StructTreeRoot"] = root.reference
    return tuple(hrefs)


class _Written(pydyf.Object):  # type: ignore[misc]
    """An object given as bytes; pydyf's dictionaries take ten times as long to write."""

    data = b""


def _reserved(pdf: Any) -> _Written:
    """Return a numbered object without content."""
    made = _Written()
    pdf.add_object(made)
    return made


class _Writer:
    """Writes structure elements; collects which element owns each marked content and link."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
        self.references = [page.reference for page in self.pages]
        self.owners: list[dict[int, bytes]] = [{} for _ in self.pages]
        """The element of each marked content by MCID, for each page."""
        self.links: list[list[tuple[_Written, bytes, str]]] = [[] for _ in self.pages]
        """The link annotations of each page, with their elements and targets."""
        self.identified: dict[str, bytes] = {}
        """The elements with an ID."""
        self.has_deep_headings = False
        """A heading has the level 7, which is mapped to a standard type (14.7.3)."""

    def element(self, tag: Tag, parent: bytes) -> bytes:
        """Write an element and its descendants; return its reference."""
        element = _reserved(self.pdf)
        own: bytes = element.reference
        home = next((kid.page for kid in tag.kids if not isinstance(kid, Tag)), None)
        kids: list[bytes] = []
        if tag.identifier:
            self.identified[tag.identifier] = own
        if tag.role == "H7":
            self.has_deep_headings = True
        for kid in tag.kids:
            if isinstance(kid, Tag):
                kids.append(self.element(kid, own))
            elif isinstance(kid, Content):
                self.owners[kid.page][kid.mcid] = own
                where = b"<</Type/MCR/Pg %b/MCID %d>>" % (self.references[kid.page], kid.mcid)
                kids.append(b"%d" % kid.mcid if kid.page == home else where)
            else:
                kids.append(self._link(kid, own, tag.href))
        page = b"" if home is None else b"/Pg %b" % self.references[home]
        content = kids[0] if len(kids) == 1 else b"[%b]" % b" ".join(kids)
        element.data = b"<</S/%b/P %b%b/K %b%b>>" % (
            tag.role.encode(), parent, page, content, _described(tag),
        )  # fmt: skip
        return own

    def _link(self, place: LinkBox, owner: bytes, href: str) -> bytes:
        """Write a link annotation; return the reference by which its element holds it."""
        annotation = _reserved(self.pdf)
        # PDF/A-2, 6.3.2: an annotation prints (F 4).
        annotation.data = b"/Type/Annot/Subtype/Link/Border[0 0 0]/F 4/Rect%b" % _measures(
            place.box
        )
        self.links[place.page].append((annotation, owner, href))
        page = self.references[place.page]
        return b"<</Type/OBJR/Obj %b/Pg %b>>" % (annotation.reference, page)


def _identified(elements: Mapping[str, bytes]) -> bytes:
    """Return the IDTree (14.7.2, table 322) of the elements with an ID; nothing where there are none."""
    if not elements:
        return b""
    names = (pydyf.String(name).data + elements[name] for name in sorted(elements))
    return b"/IDTree<</Names[%b]>>" % b" ".join(names)


def _described(tag: Tag) -> bytes:
    """Return an element's entries for language, alternative text and attributes."""
    entries = b""
    if tag.identifier:
        entries += b"/ID %b" % pydyf.String(tag.identifier).data
    if tag.language:
        entries += b"/Lang %b" % pydyf.String(tag.language).data
    if tag.alt:
        entries += b"/Alt %b" % pydyf.String(tag.alt).data
    if tag.actual:
        entries += b"/ActualText %b" % pydyf.String(tag.actual).data
    if tag.numbering:
        entries += b"/A<</O/List/ListNumbering/%b>>" % tag.numbering.encode()
    if tag.box:
        entries += b"/A<</O/Layout/Placement/Block/BBox%b>>" % _measures(tag.box)
    if tag.role in ("TH", "TD"):
        cell = b"/Scope/%b" % tag.scope.encode() if tag.scope else b""
        for key, count in zip((b"RowSpan", b"ColSpan"), tag.span, strict=True):
            cell += b"/%b %d" % (key, count) if count != 1 else b""
        entries += b"/A<</O/Table%b>>" % cell if cell else b""
    return entries


def _measures(box: Sequence[float]) -> bytes:
    return b"[%b]" % b" ".join(b"%g" % round(value, 2) for value in box)
