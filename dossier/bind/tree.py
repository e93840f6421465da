"""Grafts the structure trees of the leaves onto the bound PDF, and resolves the links.

References are to ISO 32000-1 (PDF 1.7), or to ISO 14289-1 (PDF/UA-1) where that is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from pikepdf import Array, Dictionary, Name, String

from dossier.bind.binding import SCHEME, Binding, text_string
from dossier.bind.furniture import outward
from dossier.records.furniture import Furniture
from dossier.records.job import Section

PLAIN = "!#$%&'()*+,/:;=?@[]~"
"""Characters that are not percent-encoded in an address (RFC 3986), besides letters and digits."""
GOTO = Name.GoTo
"""Written ten thousand times: making the name takes longer than writing it."""


def graft(
    binding: Binding, sections: Sequence[Section], trees: Sequence[Any], furniture: Furniture
) -> None:
    """Graft the structure trees of all leaves onto one Document element (14.7.2), and resolve the links."""
    pdf = binding.pdf
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    kids: list[Any] = []
    numbers: list[Any] = []
    of_links: list[Any] = []
    identified: dict[str, Any] = {}
    role_map: dict[str, Any] = {}
    for section, tree in zip(sections, trees, strict=True):
        for kid in tree.K:
            kid.P = document
            kids.append(kid)
        if Name.IDTree in tree:
            names = list(tree.IDTree.Names)
            identified |= zip(map(str, names[::2]), names[1::2], strict=True)
        role_map |= tree.get(Name.RoleMap, Dictionary()).items()
        owners = list(tree.ParentTree.Nums)[1::2]
        first = section.first_page - 1
        pages = section.leaf.pages
        links = zip(section.leaf.links, owners[pages:], strict=True)
        for place, owner in zip(range(first, first + pages), owners[:pages], strict=True):
            page = binding.pages[place]
            page.StructParents = place
            numbers += [place, owner]
            shift = outward(furniture, place + 1)
            for annotation in page.get("/Annots", ()):
                href, holder = next(links)
                _resolve(binding, annotation, href)
                if shift:
                    annotation.Rect = _moved(annotation.Rect, shift)
                annotation.StructParent = len(binding.pages) + len(of_links)
                of_links.append(holder)
        if section.leaf.figures:
            _move_figures(binding, tree, furniture)
    for number, owner in enumerate(of_links, len(binding.pages)):
        numbers += [number, owner]
    document.K = Array(kids)
    root.K = Array([document])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = len(binding.pages) + len(of_links)
    if identified:
        names = [entry for name in sorted(identified) for entry in (String(name), identified[name])]
        root.IDTree = pdf.make_indirect(Dictionary(Names=Array(names)))
    if role_map:
        root.RoleMap = Dictionary(role_map)
    pdf.Root.StructTreeRoot = root


def _resolve(binding: Binding, annotation: Any, address: str) -> None:
    """Give a link annotation its action and a description of its target (PDF/UA-1, 7.18.5)."""
    if not address.startswith(SCHEME):
        annotation.A = Dictionary(S=Name.URI, URI=String(quote(address, safe=PLAIN)))
        annotation.Contents = String(binding.words("link_to_address", address=address))
        return
    section, anchor = binding.target(address)
    annotation.A = Dictionary(S=GOTO, D=binding.destination(section, anchor))
    page = section.page_of(anchor)
    annotation.Contents = text_string(binding.words("link_to_page", title=section.title, page=page))


def _move_figures(binding: Binding, tree: Any, furniture: Furniture) -> None:
    """Shift the bounding boxes of figures (14.8.5.4.3) with the text blocks of their pages."""
    if not any(outward(furniture, page) for page in (1, 2)):
        return
    numbers = {page.objgen: number for number, page in enumerate(binding.pages, 1)}
    for element in _elements(tree):
        attributes = element.get("/A")
        if isinstance(attributes, Dictionary) and Name.BBox in attributes:
            shift = outward(furniture, numbers[_page_of(element).objgen])
            attributes.BBox = _moved(attributes.BBox, shift)


def _page_of(element: Any) -> Any:
    """Return the page on which an element begins: its own, or that of its first kid that has a page."""
    while Name.Pg not in element:
        kids = element.K
        element = kids[0] if isinstance(kids, Array) else kids
    return element.Pg


def _elements(holder: Any) -> Iterator[Any]:
    """Yield all structure elements below an element or the root."""
    kids = holder.get("/K")
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield kid
            yield from _elements(kid)


def _moved(box: Any, shift: float) -> Array:
    """Return a rectangle moved ``shift`` points to the right."""
    left, bottom, right, top = box
    return Array([round(float(left) + shift, 2), bottom, round(float(right) + shift, 2), top])
