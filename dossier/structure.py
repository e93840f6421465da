"""Tags: what a section says of its own structure, and how they are written into its galley.

References are to ISO 32000-1 (PDF 1.7). Objects are pydyf's, the library with which WeasyPrint writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Tag:
    """A structure element: one for each element of the section, on however many pages it stands."""

    role: str
    """A standard structure type (14.8.4) without the slash."""
    kids: tuple[Tag | Content | LinkBox, ...]
    language: str = ""
    """BCP 47, where it differs from what is around it."""
    alt: str = ""
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
    root = pydyf.Dictionary({"Type": "/StructTreeRoot"})
    pdf.add_object(root)
    root["K"] = pydyf.Array([writer.element(tag, root.reference) for tag in tags])
    numbers: list[Any] = []
    for number, owners in enumerate(writer.owners):
        row = pydyf.Array(owners.get(mcid, b"null") for mcid in range(max(owners, default=-1) + 1))
        pdf.add_object(row)
        numbers += [number, row.reference]
    hrefs: list[str] = []
    for page, links in zip(writer.pages, writer.links, strict=True):
        if links:
            page["Annots"] = pydyf.Array(annotation.reference for annotation, _, _ in links)
        for annotation, owner, href in links:
            annotation["StructParent"] = len(writer.pages) + len(hrefs)
            numbers += [annotation["StructParent"], owner]
            hrefs.append(href)
    root["ParentTree"] = pydyf.Dictionary({"Nums": pydyf.Array(numbers)})
    pdf.catalog["StructTreeRoot"] = root.reference
    return tuple(hrefs)


class _Writer:
    """Writes elements, and remembers what belongs to whom."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages = [pdf.objects[number] for number in pdf.pages["Kids"][::3]]
        self.owners: list[dict[int, bytes]] = [{} for _ in self.pages]
        """Of each page's marked contents."""
        self.links: list[list[tuple[Any, bytes, str]]] = [[] for _ in self.pages]
        """Each page's annotations, with their element and address."""

    def element(self, tag: Tag, parent: bytes) -> bytes:
        """Write one element with all that is in it; return its reference."""
        element = pydyf.Dictionary({"S": f"/{tag.role}", "P": parent})
        self.pdf.add_object(element)
        own: bytes = element.reference
        home = next((kid.page for kid in tag.kids if not isinstance(kid, Tag)), None)
        if home is not None:
            element["Pg"] = self.pages[home].reference
        kids = pydyf.Array()
        for kid in tag.kids:
            if isinstance(kid, Tag):
                kids.append(self.element(kid, own))
            elif isinstance(kid, Content):
                self.owners[kid.page][kid.mcid] = own
                kids.append(kid.mcid if kid.page == home else self._elsewhere(kid))
            else:
                kids.append(self._link(kid, own, tag.href))
        element["K"] = kids
        _describe(element, tag)
        return own

    def _elsewhere(self, content: Content) -> Any:
        page = self.pages[content.page].reference
        return pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": content.mcid})

    def _link(self, place: LinkBox, owner: bytes, href: str) -> Any:
        page = self.pages[place.page].reference
        annotation = pydyf.Dictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Link",
                "Rect": _measures(place.box),
                "Border": pydyf.Array([0, 0, 0]),
                "F": 4,  # PDF/A-2, 6.3.2: the annotation prints
            }
        )
        self.pdf.add_object(annotation)
        self.links[place.page].append((annotation, owner, href))
        return pydyf.Dictionary({"Type": "/OBJR", "Obj": annotation.reference, "Pg": page})


def _describe(element: Any, tag: Tag) -> None:
    if tag.language:
        element["Lang"] = pydyf.String(tag.language)
    if tag.alt:
        element["Alt"] = pydyf.String(tag.alt)
    if tag.numbering:
        element["A"] = pydyf.Dictionary({"O": "/List", "ListNumbering": f"/{tag.numbering}"})
    if tag.box:
        element["A"] = pydyf.Dictionary(
            {"O": "/Layout", "Placement": "/Block", "BBox": _measures(tag.box)}
        )
    if tag.role in ("TH", "TD"):
        cell = pydyf.Dictionary({"O": "/Table"})
        if tag.scope:
            cell["Scope"] = f"/{tag.scope}"
        if tag.span[0] != 1:
            cell["RowSpan"] = tag.span[0]
        if tag.span[1] != 1:
            cell["ColSpan"] = tag.span[1]
        if len(cell) > 1:
            element["A"] = cell


def _measures(box: Sequence[float]) -> Any:
    return pydyf.Array(round(value, 2) for value in box)
