"""Tags: what a section says of its own structure, and how they are written into its galley.

References are to ISO 32000-1 (PDF 1.7). Objects are pydyf's, the library with which WeasyPrint writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pydyf


@dataclass(frozen=True)
class Content:
    """A piece of marked content: the page of the galley, from 0, and its MCID there."""

    page: int
    mcid: int


@dataclass(frozen=True)
class LinkBox:
    """A link's place on a page."""

    page: int
    """The page of the galley, from 0."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the bottom left."""


@dataclass
class Tag:
    """A structure element: one for each element of the section, on however many pages it stands."""

    role: str
    """A standard structure type (14.8.4) without the slash."""
    kids: list[Tag | Content | LinkBox] = field(default_factory=list)
    language: str = ""
    """BCP 47, where it differs from what is around it."""
    alt: str = ""
    actual: str = ""
    """What is read in place of the glyphs, where they do not say it."""
    scope: str = ""
    """``Row`` or ``Column`` of a table's header cell."""
    numbering: str = ""
    """A list's ListNumbering (table 347)."""
    span: tuple[int, int] = (1, 1)
    """Rows and columns that a table's cell covers."""
    box: tuple[float, float, float, float] | None = None
    """A figure's place on its page: left, bottom, right, top, in points from the bottom left."""
    href: str = ""
    """Where a link leads."""


def write(pdf: Any, tags: Sequence[Tag]) -> tuple[str, ...]:
    """Write ``tags`` as the structure tree of a galley; return where its links lead.

    The ParentTree (14.7.4.4) has the pages first, each under its number, then the link annotations, page
    after page, in the order in which the addresses are returned. The annotations have no action yet.
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
    root.data = b"<</Type/StructTreeRoot/K[%b]/ParentTree<</Nums[%b]>>>>" % (
        b" ".join(kids),
        b" ".join(numbers),
    )
    pdf.catalog["StructTreeRoot"] = root.reference
    return tuple(hrefs)


class _Written(pydyf.Object):  # type: ignore[misc]
    """An object as bytes: a thousand dictionaries as pydyf's take ten times as long."""

    data = b""


def _reserved(pdf: Any) -> _Written:
    """Return an object that has its number, and no content yet."""
    made = _Written()
    pdf.add_object(made)
    return made


class _Writer:
    """Writes elements, and remembers what belongs to whom."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
        self.references = [page.reference for page in self.pages]
        self.owners: list[dict[int, bytes]] = [{} for _ in self.pages]
        """Of each page's marked contents."""
        self.links: list[list[tuple[_Written, bytes, str]]] = [[] for _ in self.pages]
        """Each page's annotations, with their element and address."""

    def element(self, tag: Tag, parent: bytes) -> bytes:
        """Write one element with all that is in it; return its reference."""
        element = _reserved(self.pdf)
        own: bytes = element.reference
        home = next((kid.page for kid in tag.kids if not isinstance(kid, Tag)), None)
        kids: list[bytes] = []
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
        annotation = _reserved(self.pdf)
        # PDF/A-2, 6.3.2: an annotation prints (F 4).
        annotation.data = b"/Type/Annot/Subtype/Link/Border[0 0 0]/F 4/Rect%b" % _measures(
            place.box
        )
        self.links[place.page].append((annotation, owner, href))
        page = self.references[place.page]
        return b"<</Type/OBJR/Obj %b/Pg %b>>" % (annotation.reference, page)


def _described(tag: Tag) -> bytes:
    """Return the entries of an element that say more than its role."""
    entries = b""
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
