"""Parts a leaf: pages of it become a leaf of their own, with their tags, links and anchors.

A section that is longer than a volume goes on in the next, and each volume is a file with tags of its own.
References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, String

from dossier.records.galley import Anchor, Leaf
from dossier.records.sections import BELOW_COVER, PART

SHOWN = re.compile(rb"/(\S+) Do(?!\S)")
"""Shows a picture or a form of the page's resources."""

HEADING = re.compile("/H[1-7]")


def page_weights(leaf: Leaf, weight: int) -> list[int]:
    """Return about how many of ``weight`` bytes each page of a leaf takes: its content and its pictures."""
    with Pdf.open(io.BytesIO(leaf.pdf)) as pdf:
        shown = pdf.pages[0].obj.Resources.get("/XObject", Dictionary())
        sizes = [
            len(page.obj.Contents.read_raw_bytes())
            + sum(len(shown[name].read_raw_bytes()) for name in _shown([page.obj]))
            for page in pdf.pages
        ]
    whole = max(sum(sizes), 1)
    return [-(-weight * size // whole) for size in sizes]


def part(leaf: Leaf, pages: range, number: int) -> Leaf:
    """Return some pages of a leaf, counted from 0, as its part of a ``number``."""
    with Pdf.open(io.BytesIO(leaf.pdf)) as pdf:
        counts = [len(page.obj.get("/Annots", ())) for page in pdf.pages]
        _Parter(pdf, pages, counts, number).part()
        output = io.BytesIO()
        pdf.save(output, deterministic_id=True)
    first = sum(counts[: pages.start])
    # A galley's own fonts are those of the whole.
    same = {field.name: getattr(leaf, field.name) for field in fields(Leaf)}
    changed = {
        "pdf": output.getvalue(),
        "pages": len(pages),
        "anchors": {
            name: Anchor(anchor.page - pages.start, anchor.x, anchor.y)
            for name, anchor in leaf.anchors.items()
            if anchor.page - 1 in pages
        },
        "links": leaf.links[first : first + sum(counts[pages.start : pages.stop])],
    }
    return Leaf(**(same | changed))


def _shown(pages: list[Any]) -> Iterator[str]:
    """Yield the names of the pictures and forms that pages show, each once."""
    contents = b"\n".join(page.Contents.read_bytes() for page in pages)
    yield from sorted({f"/{name.decode()}" for name in SHOWN.findall(contents)})


class _Parter:
    """Takes all other pages out of a leaf."""

    def __init__(self, pdf: Pdf, pages: range, counts: list[int], number: int) -> None:
        self._pdf = pdf
        self._range = pages
        self._counts = counts
        self._number = number
        every = [page.obj for page in pdf.pages]
        self._pages = every[pages.start : pages.stop]
        self._kept = {page.objgen for page in self._pages}
        self._before = {page.objgen for page in every[: pages.start]}
        self._named: dict[str, Any] = {}
        """The tags with an ID that are left."""
        self._headings: list[Any] = []
        """Those of headings."""

    def part(self) -> None:
        """Take the other pages out, their tags and their pictures."""
        tree = self._pdf.Root.StructTreeRoot
        tree.K = Array([kid for kid in tree.K if self._left(kid)[0]])
        if self._number > 1:
            _follow(self._headings)
        self._name(tree)
        self._own(tree)
        resources = self._pages[0].Resources
        if "/XObject" in resources:
            shown = {*_shown(self._pages)}
            for name in [name for name in map(str, resources.XObject) if name not in shown]:
                del resources.XObject[name]
        del self._pdf.pages[self._range.stop :]
        del self._pdf.pages[: self._range.start]

    def _left(self, tag: Any) -> tuple[bool, bool]:
        """Take out of a tag what is on other pages.

        Returns whether anything of it is on these pages, and whether it begins on one before.
        """
        found: list[Any] = []
        is_left = begins_before = False
        for kid in _kids(tag):
            if _is_tag(kid):
                has_content, is_early = self._left(kid)
                if has_content:
                    found.append(kid)
                elif tag.S == Name.TR:
                    # Each row has all cells.
                    found.append(_emptied(kid))
            else:
                page = tag.Pg if isinstance(kid, int) else kid.Pg
                has_content = page.objgen in self._kept
                is_early = page.objgen in self._before
                if has_content:
                    found.append(_of_page(kid, page))
            is_left |= has_content
            begins_before |= is_early
        if is_left:
            self._write(tag, found, begins_before)
        return is_left, begins_before

    def _write(self, tag: Any, kids: list[Any], begins_before: bool) -> None:
        """Give a tag its kids in the form in which galleys have them."""
        home = next((kid.Pg for kid in kids if not _is_tag(kid)), None)
        if home is None:
            if Name.Pg in tag:
                del tag.Pg
        else:
            tag.Pg = home
        written = [
            int(kid.MCID)
            if home is not None and Name.MCID in kid and kid.Pg.objgen == home.objgen
            else kid
            for kid in kids
        ]
        tag.K = written[0] if len(written) == 1 else Array(written)
        if HEADING.fullmatch(str(tag.S)):
            self._headings.append(tag)
        if Name.ID in tag:
            # A note that began in another part is another tag there.
            if begins_before:
                tag.ID = String(f"{tag.ID}{PART}{self._number}")
            self._named[str(tag.ID)] = tag
        if tag.S == Name.L and begins_before and not any(map(_is_labelled, _kids(tag))):
            # Only the rest of an item is here.
            tag.A = Dictionary(O=Name.List, ListNumbering=Name("/None"))

    def _name(self, tree: Any) -> None:
        """Write the names of the notes that are left (14.7.2)."""
        if self._named:
            entries = [
                one for name in sorted(self._named) for one in (String(name), self._named[name])
            ]
            tree.IDTree = Dictionary(Names=Array(entries))
        elif Name.IDTree in tree:
            del tree.IDTree

    def _own(self, tree: Any) -> None:
        """Write who owns what is on the pages (14.7.4.4): pages from 0 on, then links."""
        owners = list(tree.ParentTree.Nums)[1::2]
        count = len(self._counts)
        first = count + sum(self._counts[: self._range.start])
        links = sum(self._counts[self._range.start : self._range.stop])
        left = [*owners[self._range.start : self._range.stop], *owners[first : first + links]]
        entries = [one for pair in enumerate(left) for one in pair]
        tree.ParentTree = Dictionary(Nums=Array(entries))
        annotations = [note for page in self._pages for note in page.get("/Annots", ())]
        for number, held in enumerate([*self._pages, *annotations]):
            key = Name.StructParents if number < len(self._pages) else Name.StructParent
            held[key] = number


def _follow(headings: list[Any]) -> None:
    """Let the headings of a part follow those of the volume's cover (ISO 14289-1, 7.4.2: none is skipped).

    What the first ones stand under is in a volume before. Each is now one level below that of the part
    under which it stands, and no deeper than it was.
    """
    above: list[tuple[int, int]] = []
    for tag in headings:
        level = int(str(tag.S)[2:])
        while above and above[-1][0] >= level:
            above.pop()
        now = min(level, above[-1][1] + 1 if above else BELOW_COVER)
        above.append((level, now))
        tag.S = Name(f"/H{now}")


def _kids(tag: Any) -> list[Any]:
    return list(tag.K) if isinstance(tag.K, Array) else [tag.K]


def _is_tag(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and Name.S in kid


def _is_labelled(item: Any) -> bool:
    """Tell whether an item of a list has its label."""
    return any(_is_tag(kid) and Name.Lbl == kid.S for kid in _kids(item))


def _emptied(cell: Any) -> Any:
    """Return the cell of a table without its content."""
    cell.K = Array([])
    if Name.Pg in cell:
        del cell.Pg
    return cell


def _of_page(kid: Any, page: Any) -> Any:
    """Return what a tag holds on a page, with the page."""
    return Dictionary(Type=Name.MCR, Pg=page, MCID=kid) if isinstance(kid, int) else kid
