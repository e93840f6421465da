"""Turns the elements of the HTML edition into paragraphs and tables of a Word file."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import escape, quoteattr

from dossier.language.direction import TURNING
from dossier.outputs.hypertext import Element
from dossier.outputs.word.runs import (
    BACK,
    BREAK,
    TAB,
    TO_LEFT,
    TO_RIGHT,
    Code,
    Look,
    Piece,
    Words,
    bookmark,
    run,
    runs,
)
from dossier.records.pictures import RESOLUTION, PictureFile

BLOCKS = frozenset(
    "article blockquote div figure h1 h2 h3 h4 h5 h6 header li nav ol p section svg table ul".split()
)
STYLES: Mapping[str, str] = {
    "dateline": "Date", "closing": "Closing", "addressee": "Addressee", "copies": "Addressee",
    "subject": "Subject", "by": "QuoteSource", "note": "Note", "legend": "Note", "cited": "Note",
    "relation": "Note", "printed-on": "Note", "file": "Note", "kind": "EditorialHeading",
    "letterhead": "Letterhead", "run-in": "Signature",
    "references": "Addressee", "via": "Addressee", "contact": "Letterhead",
}  # fmt: skip
"""The styles of paragraphs, by their classes in the HTML edition."""
LOOKS: Mapping[str, Mapping[str, object]] = {
    "em": {"italic": True}, "i": {"italic": True}, "strong": {"bold": True}, "b": {"bold": True},
    "s": {"struck": True}, "sup": {"raised": "superscript"}, "sub": {"raised": "subscript"},
    "code": {"style": "Checksum"},
    ".small-caps": {"small_caps": True}, ".superscript": {"raised": "superscript"},
    ".subscript": {"raised": "subscript"}, ".cite": {"style": "Citation"}, ".label": {"style": "Label"},
    ".beside": {"style": "Addition"},
}  # fmt: skip
"""How words look, by elements and classes."""
EMU = 914400
"""Units in an inch."""
TWIPS = 20
"""Units in a point."""
LETTER = 130
"""The width that is reckoned for a letter in a table, in twips."""
PADDING = 230
"""What the cells of a table add to the width of their texts, in twips."""
BOLD = 1.25
"""How much wider the letters of heads are reckoned."""
WHOLE = 300
"""Letters of a row that is not parted between two pages, if it has fewer."""
LONGEST = 24
"""Letters of a word for which a column makes room."""
STEP = 360
"""How far each level of lists and quotations is indented, in twips."""


@dataclass(frozen=True)
class Around:
    """What holds for the blocks in an element."""

    look: Look
    leftward: bool
    style: str = "BodyText"
    level: int = 0
    """How deep in lists and quotations."""
    letter: str = ""
    """The section whose footnotes are called."""

    def inside(self, element: Element) -> Around:
        """Return what holds in an element with a language or direction of its own."""
        language = element.values.get("lang", self.look.language)
        way = element.values.get("dir")
        leftward = way == "rtl" if way else self.leftward
        return replace(self, look=replace(self.look, language=language), leftward=leftward)


@dataclass
class Document:
    """A Word file in the making."""

    own: str
    """Its language."""
    measure: float
    """The width of a line in points."""
    pictures: Sequence[PictureFile]
    body: list[str] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    """The addresses that links lead to."""
    media: dict[str, bytes] = field(default_factory=dict)
    """The pictures by their names in the file."""
    notes: dict[str, Element] = field(default_factory=dict)
    """The footnotes of the current letter, by their anchors."""
    _anchors: list[str] = field(default_factory=list)
    """Those that the next paragraph begins with."""
    _marks: int = 0
    _begins: bool = False
    """The next paragraph begins a page."""

    # --- paragraphs ---

    def section(self, anchor: str) -> None:
        """Begin a section on a page of its own."""
        self._begins = bool(self.body)
        self._anchors.append(anchor)

    def paragraph(
        self,
        pieces: Sequence[Piece],
        around: Around,
        style: str = "",
        more: str = "",
        indent: str = "",
    ) -> str:
        """Return a paragraph; ``more`` are properties before, ``indent`` those behind its direction."""
        new_page, self._begins = ("<w:pageBreakBefore/>" if self._begins else ""), False
        bidi = "<w:bidi/>" if around.leftward else ""
        given = f'<w:pStyle w:val="{style or around.style}"/>{new_page}{more}{bidi}{indent}'
        anchors = [Code(self._bookmark(anchor)) for anchor in self._anchors]
        self._anchors.clear()
        text = runs([*anchors, *pieces], self.own, around.leftward)
        return f"<w:p><w:pPr>{given}</w:pPr>{text}</w:p>\n"

    def _bookmark(self, anchor: str) -> str:
        self._marks += 1
        name = bookmark(anchor)
        number = f'w:id="{self._marks}"'
        return f'<w:bookmarkStart {number} w:name="{name}"/><w:bookmarkEnd {number}/>'

    # --- blocks ---

    def blocks(self, element: Element, around: Around) -> Iterator[str]:
        """Yield the paragraphs and tables of what is in an element."""
        around = around.inside(element)
        if "id" in element.values and element.tag not in ("nav", "article", "section"):
            self._anchors.append(element.values["id"])
        match element.tag:
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                level = int(element.values.get("aria-level", element.tag[1])) - 1
                yield self.paragraph(self.inline(element, around), around, f"Heading{level}")
            case "p":
                style = next((STYLES[one] for one in element.classes if one in STYLES), "")
                yield self.paragraph(
                    self.inline(element, around), around, style, indent=_indented(around.level)
                )
            case "ul" | "ol":
                yield from self._list(element, around)
            case "table":
                yield self._table(element, around)
            case "svg":
                yield self._chart(element, around)
            case "img":
                yield self.paragraph([self._picture(element)], around, "Picture")
            case "blockquote":
                inner = replace(around, style="Quote", level=around.level + 1)
                for one in element.elements:
                    yield from self.blocks(one, inner)
            case _:
                inner = (
                    replace(around, style="Editorial") if "editorial" in element.classes else around
                )
                for one in element.elements:
                    yield from self.blocks(one, inner)

    def _list(self, element: Element, around: Around) -> Iterator[str]:
        classes = element.classes
        if "notes" in classes:
            return
        for item in element.elements:
            inner = around.inside(item)
            if "id" in item.values:
                self._anchors.append(item.values["id"])
            if "signatures" in classes:
                yield self.paragraph(self.inline(item, inner), inner, "Signature")
            elif "plain" in classes:
                yield self.paragraph(self.inline(item, inner), inner, "Index1")
            elif "toc" in classes:
                yield self.paragraph(self._contents_line(item, inner), inner, "TOC1")
            else:
                is_text = not any(one.tag in BLOCKS for one in item.elements)
                yield from self._item(item, inner, element, is_text)

    def _item(self, item: Element, around: Around, within: Element, is_text: bool) -> Iterator[str]:
        """Yield an item of a list; its first paragraph has its number or bullet."""
        level = around.level
        hanging = _indented(level + 1, STEP)
        marker = next(
            (one for one in item.elements if {"marker", "number"} & set(one.classes)), None
        )
        inner = replace(around, level=level + 1)
        before: list[Piece] = [*self.inline(marker, around), TAB] if marker else []
        style = "Work" if "works" in within.classes else "ListNumber" if marker else "ListBullet"
        more = (
            ""
            if marker
            else f'<w:numPr><w:ilvl w:val="{min(level, 8)}"/><w:numId w:val="1"/></w:numPr>'
        )
        rest = [one for one in item.inside if one is not marker]
        if is_text:
            pieces = [*before, *self.inline(Element("", {}, rest), around)]
            yield self.paragraph(pieces, around, style, more, hanging)
            return
        others = [one for one in rest if isinstance(one, Element)]
        if not others or others[0].tag != "p":
            yield self.paragraph(before, around, style, more, hanging)
        elif others:
            first = around.inside(others[0])
            pieces = [*before, *self.inline(others[0], first)]
            yield self.paragraph(pieces, first, style, more, hanging)
            others = others[1:]
        for one in others:
            yield from self.blocks(one, inner)

    def _contents_line(self, item: Element, around: Around) -> list[Piece]:
        """Return a line of the contents; its page number is a field that Word fills in."""
        page = next(one for one in item.elements if "page" in one.classes)
        link = item.find(lambda one: one.tag == "a")
        target = bookmark(link.values.get("href", "")[1:]) if link else ""
        text = self.inline(Element("", {}, [one for one in item.inside if one is not page]), around)
        before, number, behind = re.split(r"([ABC]?[0-9]+)", page.text, maxsplit=1)
        look = around.look
        shown = run(number, look, self.own)
        place = Code(field_of(f"PAGEREF {target} \\h", shown, dirty=True), shows=True)
        return [*text, TAB, Words(before, look), place, Words(behind, look)]

    def _table(self, element: Element, around: Around) -> str:
        rows = [one for one in element.walk() if one.tag == "tr"]
        cells = [row.elements for row in rows]
        texts = [[(cell.text, BOLD if cell.tag == "th" else 1) for cell in row] for row in cells]
        widths = _widths(texts, self.measure)
        made = []
        for row in cells:
            is_head = all(cell.tag == "th" for cell in row)
            # A long row would leave much of a page empty.
            whole = "<w:cantSplit/>" if sum(len(cell.text) for cell in row) < WHOLE else ""
            about = f"{whole}<w:tblHeader/>" if is_head else whole
            head = f"<w:trPr>{about}</w:trPr>" if about else ""
            filled = "".join(
                self._cell(cell, around, width, is_head)
                for cell, width in zip(row, widths, strict=False)
            )
            made.append(f"<w:tr>{head}{filled}</w:tr>\n")
        return table("".join(made), widths, around.leftward)

    def _cell(self, cell: Element, around: Around, width: int, is_head: bool) -> str:
        inner = around.inside(cell)
        if "id" in cell.values:
            self._anchors.append(cell.values["id"])
        # From right to left, Word takes “right” for the end of the line.
        right, left = ("left", "right") if inner.leftward else ("right", "left")
        sides = {"n": "right", "right": right, "center": "center", "left": left}
        side = next((sides[one] for one in cell.classes if one in sides), "")
        indent = f'<w:jc w:val="{side}"/>' if side else ""
        style = "TableHead" if is_head else "TableText"
        held = self.paragraph(self.inline(cell, inner), inner, style, indent=indent)
        return cell_of(held, width)

    def _chart(self, element: Element, around: Around) -> str:
        """Return the chart as a table of its names and figures."""
        texts = [one for one in element.elements if one.tag == "text"]
        widths = [int(self.measure * TWIPS * share) for share in (0.7, 0.3)]
        rows = []
        for name, count in zip(texts[::2], texts[1::2], strict=True):
            filled = "".join(
                cell_of(self.paragraph(self.inline(one, around), around, "TableText", indent=side), width)
                for one, width, side in (
                    (name, widths[0], ""), (count, widths[1], '<w:jc w:val="right"/>'),
                )
            )  # fmt: skip
            rows.append(f"<w:tr>{filled}</w:tr>\n")
        return table("".join(rows), widths, around.leftward)

    # --- inside a paragraph ---

    def inline(self, element: Element, around: Around) -> list[Piece]:
        """Return the pieces of text in an element."""
        found: list[Piece] = []
        for one in element.inside:
            if isinstance(one, str):
                found.append(Words(one, around.look))
            elif one.tag == "br":
                found.append(BREAK)
            else:
                found += self._inline(one, _looking(one, around.inside(one)))
        return found

    def _inline(self, element: Element, around: Around) -> list[Piece]:
        href, anchor = element.values.get("href", ""), element.values.get("id", "")
        mark = [Code(self._bookmark(anchor))] if anchor else []
        if "call" in element.classes and anchor:
            return [*mark, Code(self._call(element, href[1:], around), shows=True)]
        within = self.inline(element, around)
        if "dir" in element.values:
            within = [TO_LEFT if element.values["dir"] == "rtl" else TO_RIGHT, *within, BACK]
        if href:
            # A raised call of a note that is called before.
            return [
                *mark,
                Code(f"<w:hyperlink {self._target(href)}>"),
                *within,
                Code("</w:hyperlink>"),
            ]
        return [*mark, *within]

    def _target(self, href: str) -> str:
        if href.startswith("#"):
            return f'w:anchor="{bookmark(href[1:])}"'
        if href not in self.targets:
            self.targets.append(href)
        return f'r:id="link{self.targets.index(href) + 1}"'

    def _call(self, element: Element, target: str, around: Around) -> str:
        """Return the first call of a footnote, and keep the note."""
        note = self.notes[target]
        inner = Around(Look(around.look.language), note.values.get("dir") == "rtl")
        waiting, self._anchors = self._anchors, [target]
        paragraphs = []
        for one in note.elements:
            own = inner.inside(one)
            paragraphs.append(self.paragraph(self.inline(one, own), own, "FootnoteText"))
        self._anchors = waiting
        number = len(self.footnotes) + 2
        self.footnotes.append(f'<w:footnote w:id="{number}">{"".join(paragraphs)}</w:footnote>\n')
        before = f'<w:footnoteReference w:customMarkFollows="1" w:id="{number}"/>'
        look = Look(around.look.language, style="FootnoteReference")
        return run(element.text, look, self.own, bool(TURNING.search(element.text)), before)

    def _picture(self, element: Element) -> Code:
        """Return a picture with its alternative text, in the size of the print."""
        data = base64.b64decode(element.values["src"].partition(",")[2])
        file = next(one for one in self.pictures if one.data == data)
        name = f"image{len(self.media) + 1}.{file.kind}"
        number = len(self.media) + 1
        self.media[name] = data
        inches = min(file.width / RESOLUTION, self.measure / 72)
        size = f'cx="{int(inches * EMU)}" cy="{int(inches * EMU * file.height / file.width)}"'
        alt = quoteattr(element.values.get("alt", ""))
        return Code(
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
            f'<wp:docPr id="{number}" name="{name}" descr={alt}/><a:graphic>'
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr id="{number}" name="{name}" descr={alt}/><pic:cNvPicPr/></pic:nvPicPr>'
            "<pic:blipFill>"
            f'<a:blip r:embed="image{number}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>",
            shows=True,
        )


def _looking(element: Element, around: Around) -> Around:
    """Return what holds in an inline element."""
    names = [element.tag, *(f".{one}" for one in element.classes)]
    changes = {key: value for name in names for key, value in LOOKS.get(name, {}).items()}
    if "call" in element.classes or "mark" in element.classes:
        changes = {"style": "FootnoteReference"}
    return replace(around, look=replace(around.look, **changes))  # type: ignore[arg-type]


def field_of(instruction: str, result: str, dirty: bool = False) -> str:
    """Return a field: what Word is to fill in, and what stands there until it does."""
    begun = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{begun}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _indented(level: int, hanging: int = 0) -> str:
    if not level:
        return ""
    by = f' w:hanging="{hanging}"' if hanging else ""
    return f'<w:ind w:left="{level * STEP}"{by}/>'


def _widths(texts: Sequence[Sequence[tuple[str, float]]], measure: float) -> list[int]:
    """Return the widths of a table's columns in twips: for the longest word, then by the longest text.

    ``texts`` are those of the cells, each with how much wider its letters are than others.
    """
    columns = [
        [row[place] for row in texts if place < len(row)]
        for place in range(max(map(len, texts), default=0))
    ]
    words = [
        max((wide * _width(word) for text, wide in column for word in text.split()), default=0)
        for column in columns
    ]
    whole = [
        max((wide * _width(text.strip()) for text, wide in column), default=0) for column in columns
    ]
    least = [int(min(longest, LONGEST) * LETTER) + PADDING for longest in words]
    room = measure * TWIPS - sum(least)
    if room < 0:
        return [int(measure * TWIPS * width / sum(least)) for width in least]
    more = [
        max(0, min(length * LETTER + PADDING, measure * TWIPS) - width)
        for length, width in zip(whole, least, strict=True)
    ]
    share = min(1, room / sum(more)) if sum(more) else 0
    rest = (room - share * sum(more)) / len(least)
    return [int(width + share * extra + rest) for width, extra in zip(least, more, strict=True)]


def _width(text: str) -> int:
    """Return the width of a text in letters; those of East Asian scripts are twice as wide."""
    return sum(1 + (unicodedata.east_asian_width(char) in ("W", "F")) for char in text)


def table(rows: str, widths: Sequence[int], leftward: bool) -> str:
    """Return a table of rows, with an empty paragraph behind it, as two tables would become one."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    bidi = "<w:bidiVisual/>" if leftward else ""
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/>{bidi}<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>\n{rows}</w:tbl>\n'
        '<w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr></w:p>\n'
    )


def cell_of(held: str, width: int) -> str:
    """Return a cell of a table."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{held.strip()}</w:tc>'
