"""Gathers the tags of a typeset section from WeasyPrint's boxes.

WeasyPrint writes one structure element for each page that an element touches, and nothing of the
roles that HTML cannot say (https://github.com/Kozea/WeasyPrint/issues/2903). This walks the same boxes
and gives one tag for each HTML element, wherever its pieces stand. What a template can ask for:
``data-role`` names a role; ``data-artifact`` takes an element out of the structure, with the value
``header`` as a running head; ``data-folio`` keeps a place for the page number of the link's target, which
binding fills; ``data-leader`` is a dotted line from there to the end of the line.

Knows the shape of WeasyPrint's boxes and streams, but imports nothing of it.
"""

from __future__ import annotations

import re
import string
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dossier.machine import fonts
from dossier.records.galley import PX
from dossier.typeset import structure, textlinks
from dossier.typeset.structure import Content, LinkBox, Tag

HYPHEN = "\u2010"
"""What WeasyPrint puts at the end of a line where it divides a word."""

SHAPED = re.compile(
    "[\u0590-\u109f\u1100-\u11ff\u1780-\u18af\u1900-\u1aff\u200c-\u200f\u2066-\u2069\ua8e0-\uabff"
    "\ud7b0-\ud7ff\ufb1d-\ufdff\ufe00-\ufe0f\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
    "\U000e0100-\U000e01ef]"
)
"""Scripts whose glyphs stand in another order than their characters, or are not one for one character.

Their tags say what is read (ISO 32000-1, 14.9.4). What is drawn stays as it is: programs that copy and
search text know that it comes from the right, and would turn round what does not.
"""
WIDE = re.compile("[\u2190-\u2bff\u2e80-\uffef\U00020000-\U0003ffff]")
"""Chinese, Japanese and Korean, and signs, of which some share a glyph."""

ROLES = {
    "article": "Art", "blockquote": "BlockQuote", "caption": "Caption", "figcaption": "Caption",
    "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6", "li": "LI", "ol": "L",
    "p": "P", "section": "Sect", "table": "Table", "tbody": "TBody", "td": "TD", "th": "TH",
    "thead": "THead", "tr": "TR", "ul": "L", "a": "Link", "svg": "Figure", "img": "Figure",
}  # fmt: skip
"""Structure types of HTML elements; the others are transparent."""

FOLIO_WIDTH = 40.0
"""CSS pixels that a link has where it is only a page number."""
LEADER = 5.0
"""Points from dot to dot."""
ARTIFACTS = {
    "": [b"", b"BMC"],
    "header": [b"<</Type /Pagination /Subtype /Header>>", b"BDC"],
}
"""How the kinds of artifacts (14.8.2.2.2) are marked: properties and operator."""


@dataclass(frozen=True)
class Tagged:
    """What a document's tags say that its pages do not."""

    links: tuple[str, ...]
    """Where each link annotation leads, page after page."""
    folios: bool
    """There are places for page numbers."""
    figures: bool
    """There are figures, with their places."""


@dataclass
class _Draft(Tag):
    """A tag while its pieces are gathered, page by page."""

    first_page: int = 0
    folio: bool = False
    """A link that is a page number, which binding writes."""
    body: _Draft | None = None
    """A list item's LBody, which takes all but the label."""

    def prune(self) -> None:
        """Take out all children that stayed empty, but for a table's cells."""
        for kid in self.kids:
            if isinstance(kid, _Draft):
                kid.prune()
        self.kids = [
            kid for kid in self.kids if not isinstance(kid, Tag) or kid.kids or kid.role == "TD"
        ]


def tag(pdf: Any, document: Any, page_streams: Sequence[Any]) -> Tagged:
    """Write our tags into a PDF that WeasyPrint is writing; return what else there is to say of them."""
    writer = _TagWriter(document.fonts)
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        writer.page(number, page, stream)
    tags = [kid for kid in writer.root.kids if isinstance(kid, _Draft)]
    for one in tags:
        one.prune()
    return Tagged(structure.write(pdf, tags), writer.folios, writer.figures)


class _TagWriter:
    """Walks the boxes of one page after another and grows one tree of tags."""

    def __init__(self, fonts: dict[Any, Any]) -> None:
        self.root = _Draft("Document")
        self.drafts: dict[tuple[Any, str], _Draft] = {}
        self.number = 0
        self.stream: Any = None
        self.height = 0.0
        self.spaces = _WordSpaces(fonts)
        self.fonts = {font.hash: textlinks.metrics(font) for font in fonts.values()}
        self.hrefs: dict[Any, textlinks.Hrefs] = {}
        self.contents: dict[int, int] = {}
        self.free = 0
        self.last_text: int | None = None
        self.texts: list[tuple[_Draft, Content, Any]] = []
        """The page's texts: where they are in the tree, and their boxes."""
        self.turned = False
        """Something on it is set from right to left."""
        self.leaders: list[str] = []
        self.block: Any = None
        self.folios = self.figures = False

    def page(self, number: int, page: Any, stream: Any) -> None:
        """Add the content of one page, counted from 0."""
        self.number, self.stream, self.height = number, stream, page.height
        self.last_text = None
        self.texts.clear()
        self.turned = False
        self.spaces.begin_page()
        self.contents = _contents(stream.stream)
        self.free = len(self.contents)
        for child in page._page_box.children:
            self._visit(child, self.root)
        if stream._tags:
            raise ValueError(f"{len(stream._tags)} pieces of content have no tag")
        # One such text on a line, and readers turn the others round as well.
        if self.turned or any(_speaks_otherwise(box.text) for _, _, box in self.texts):
            for holder, content, box in self.texts:
                said = _said(box) + (" " if content.mcid in self.spaces.spaced else "")
                span = _Draft("Span", [content], actual=said)
                holder.kids[holder.kids.index(content)] = span
        # Binding adds content of its own behind this.
        operators = [b"q", *stream.stream, *self.leaders, b"Q"]
        self.leaders.clear()
        packed = zlib.compress(b"\n".join(_data(item) for item in operators))
        stream.stream[:] = [packed]
        stream.extra["Filter"] = "/FlateDecode"

    def _visit(self, box: Any, parent: _Draft) -> None:
        box = getattr(box, "_box", box)
        content = self.stream._tags.pop(box, None)
        element = getattr(box, "element", None)
        tag = getattr(box, "element_tag", None) or ""
        if _is_text(box):
            self._text(box, content, parent)
            return
        if element is not None and element.get("data-leader") is not None:
            self._leader(box)
        hidden = None if element is None else element.get("data-artifact")
        draft = None if hidden is not None else self._draft(box, element, tag, parent)
        if draft is None:
            if content:
                self.stream._tags[box] = content
            self._hide(box, hidden or "")
            return
        if tag == "a" and type(box).__name__ in ("InlineBox", "BlockBox"):
            left, top, width, height = box.hit_area()
            if draft.folio:
                # The figures will stand to the left of the one in their place.
                left, width = left + width - FOLIO_WIDTH, FOLIO_WIDTH
            # At the end of a line a link may have begun without a word of it.
            texts = [inner.text for inner in _inside(box) if _is_text(inner)]
            if width > 0 and "".join(texts).strip("\u200b" + string.whitespace):
                self._holder(draft).kids.append(self._link(left, left + width, top, height))
        if content:
            self._holder(draft).kids.append(Content(self.number, content["mcid"]))
        lines = [child for child in getattr(box, "children", ()) if _is_line(child)]
        if lines:
            self.block = box
        for line in lines:
            self.spaces.end(line, element, self.stream, self.contents)
        for child in getattr(box, "children", ()):
            self._visit(child, draft)

    def _text(self, box: Any, content: Any, parent: _Draft) -> None:
        if content is None:
            return
        if not box.text.strip(" \t\n"):
            # A space that WeasyPrint does not draw: it goes to the text before.
            _make_artifact(self.stream.stream, self.contents[content["mcid"]])
            if self.last_text is not None:
                self.spaces.append(self.stream.stream, self.contents, self.last_text)
            return
        self.last_text = content["mcid"]
        holder = self._holder(parent)
        element = box.element
        if element is not None and element.get("data-folio") is not None:
            self._folio(self.contents[content["mcid"]], element.get("data-href"))
        if element is None or element.get("data-hrefs") is None:
            shown = Content(self.number, content["mcid"])
            holder.kids.append(shown)
            if element is None or element.get("data-folio") is None:
                self.texts.append((holder, shown, box))
            if box.style["direction"] == "rtl":
                self.turned = True
            return
        if element not in self.hrefs:
            self.hrefs[element] = textlinks.Hrefs(element)
        pieces = textlinks.cut(
            self.stream.stream,
            self.contents[content["mcid"]],
            self.fonts,
            self.hrefs[element],
            content["mcid"],
            self.free,
        )
        self.free += len(pieces) - 1
        for piece in pieces:
            if isinstance(piece, textlinks.Rest):
                holder.kids.append(Content(self.number, piece.mcid))
            else:
                link = _Draft("Link", href=piece.href)
                link.kids += [
                    self._link(piece.left, piece.right, box.position_y, box.height),
                    Content(self.number, piece.mcid),
                ]
                holder.kids.append(link)

    def _folio(self, place: int, href: str) -> None:
        """Put the mark of a page number in the place of the figure 0 that is shown at ``place``."""
        operators, font = self.stream.stream, ""
        while operators[place] != b"EMC":
            words = textlinks.text_of(operators[place])
            if match := textlinks.FONT.match(words):
                font = match[1]
            elif words.endswith("] TJ"):
                operators[place] = f"%folio /{font} {href}".encode("ascii")
                self.folios = True
            place += 1

    def _leader(self, box: Any) -> None:
        """Draw a leader from ``box`` to the end of its block's line, its dots in line with all others."""
        left = box.position_x * PX + LEADER
        right = (self.block.content_box_x() + self.block.width) * PX
        dots = int((right - left) / LEADER)
        y = (box.position_y + box.baseline) * PX
        if dots > 0:
            self.leaders.append(
                f"/Artifact BMC\nq .5 G .9 w 1 J [0 {LEADER:g}] 0 d "
                f"{right - dots * LEADER:.2f} {y - 0.45:.2f} m {right:.2f} {y - 0.45:.2f} l S Q\nEMC"
            )

    def _link(self, left: float, right: float, top: float, height: float) -> LinkBox:
        """Return the place of a link; the measures are CSS pixels from the page's top left."""
        bottom = self.height - top - height
        box = (left * PX, bottom * PX, right * PX, (self.height - top) * PX)
        return LinkBox(self.number, box)

    def _draft(self, box: Any, element: Any, tag: str, parent: _Draft) -> _Draft | None:
        """Return the draft that takes the content of ``box``; None where it repeats a header."""
        if element is None:
            return parent
        name, _, pseudo = tag.partition("::")
        name = name.rsplit("}", 1)[-1]
        if pseudo and pseudo != "marker":
            return parent
        role = "Lbl" if pseudo else element.get("data-role") or ROLES.get(name, "")
        own = element.get("lang") or ""
        if not role and own and name == "span":
            role = "Span"
        if not role:
            return parent
        key = (element, pseudo)
        draft = self.drafts.get(key)
        if draft is None:
            draft = self.drafts[key] = _Draft(role, first_page=self.number)
            self._describe(draft, box, element, name, own)
            self._holder(parent, role).kids.append(draft)
            if parent.role == "LI" and role == "LBody":
                parent.body = draft
        elif role == "THead" and draft.first_page != self.number:
            return None
        return draft

    def _holder(self, parent: _Draft, role: str = "") -> _Draft:
        """Return what takes a child of ``role``: of a list item, all but the label its LBody."""
        if parent.role != "LI" or role in ("Lbl", "LBody"):
            return parent
        if parent.body is None:
            parent.body = _Draft("LBody")
            parent.kids.append(parent.body)
        return parent.body

    def _describe(self, draft: _Draft, box: Any, element: Any, name: str, own: str) -> None:
        draft.language = own if name != "html" else ""
        if draft.role == "Figure":
            self.figures = True
            draft.alt = element.get("aria-label") or element.get("alt") or ""
            left, top = box.content_box_x(), box.content_box_y()
            draft.box = (
                left * PX,
                (self.height - top - box.height) * PX,
                (left + box.width) * PX,
                (self.height - top) * PX,
            )
        elif draft.role == "Link":
            draft.href = element.get("data-href") or ""
            draft.folio = element.get("data-folio") is not None
        elif draft.role == "TH":
            draft.scope = "Row" if element.get("scope") == "row" else "Column"
        elif draft.role == "L":
            draft.numbering = element.get("data-numbering") or (
                "Decimal" if name == "ol" else "Disc"
            )
        if draft.role in ("TD", "TH"):
            draft.span = (box.rowspan, box.colspan)

    def _hide(self, box: Any, kind: str = "") -> None:
        """Make all content of ``box`` an artifact of a kind."""
        box = getattr(box, "_box", box)
        content = self.stream._tags.pop(box, None)
        if content:
            _make_artifact(self.stream.stream, self.contents[content["mcid"]], kind)
        if _is_text(box) and SHAPED.search(box.text):
            self.turned = True
        for child in getattr(box, "children", ()):
            self._hide(child, kind)


def _contents(operators: list[Any]) -> dict[int, int]:
    """Return where the property list of each marked content stands in a page's stream."""
    return {
        operand["MCID"]: place
        for place, operand in enumerate(operators)
        if isinstance(operand, dict) and "MCID" in operand
    }


def _data(operator: Any) -> bytes:
    """Return an operator of a page's stream as it is written."""
    if isinstance(operator, str):
        return operator.encode("ascii")
    data: bytes = operator if isinstance(operator, bytes) else operator.data
    return data


def _make_artifact(operators: list[Any], place: int, kind: str = "") -> None:
    """Turn the marked content whose property list stands at ``place`` into an artifact of a kind."""
    operators[place - 1 : place + 2] = ["/Artifact", *ARTIFACTS[kind]]


# --- word spaces ---


class _WordSpaces:
    """Gives words the spaces after them that WeasyPrint does not draw.

    It drops the space at a line's end and that between two inline elements, so that words run
    together for a reader of the structure; ISO 32000-1, 14.8.2.5, asks for them.
    """

    def __init__(self, fonts: dict[Any, Any]) -> None:
        self.glyphs = {
            font.hash: glyph
            for font in fonts.values()
            for glyph, text in font.to_unicode.items()
            if text == " "
        }
        """The space's glyph in each font that has one in use."""
        self.sources: dict[Any, str] = {}
        self.reached: dict[Any, int] = {}
        self.spaced: set[int] = set()

    def begin_page(self) -> None:
        """Forget the marked content of the page before."""
        self.spaced.clear()

    def end(self, line: Any, element: Any, stream: Any, contents: dict[int, int]) -> None:
        """Add the space after one line of ``element`` where its source has one."""
        texts = [box for box in _inside(line) if _is_text(box)]
        words = " ".join("".join(box.text for box in texts).split())
        if element is None or not words:
            return
        if element not in self.sources:
            self.sources[element] = " ".join("".join(element.itertext()).split())
        source, start = self.sources[element], self.reached.get(element, 0)
        divided = words.endswith(HYPHEN) and source.find(words, start) < 0
        place = source.find(words.removesuffix(HYPHEN) if divided else words, start)
        if place < 0:
            return
        end = place + len(words) - divided
        self.reached[element] = end
        content = next((stream._tags.get(box) for box in reversed(texts) if box.text.strip()), None)
        if content and source[end : end + 1] == " ":
            self.append(stream.stream, contents, content["mcid"])

    def append(self, operators: list[Any], contents: dict[int, int], mcid: int) -> None:
        """Put a space behind the last text that the marked content shows, moving no operator."""
        if mcid in self.spaced or not self.glyphs:
            return
        self.spaced.add(mcid)
        font, shown = "", -1
        place = contents[mcid]
        while operators[place] != b"EMC":
            words = textlinks.text_of(operators[place])
            if match := textlinks.FONT.match(words):
                font = match[1]
            elif words.endswith("] TJ"):
                shown = place
            place += 1
        if shown < 0:
            return
        before = textlinks.text_of(operators[shown])
        if font in self.glyphs:
            after = f"{before[:-4]}<{self.glyphs[font]:04x}>] TJ"
        else:
            # The font in use has no space among its glyphs: borrow one.
            other, glyph = next(iter(self.glyphs.items()))
            after = f"{before}\n/{other} 1 Tf\n[<{glyph:04x}>] TJ"
        operators[shown] = after.encode("latin-1")


def _is_text(box: Any) -> bool:
    return type(box).__name__ == "TextBox"


def _speaks_otherwise(text: str) -> bool:
    """Tell whether the glyphs of a text do not say what it is."""
    if text.isascii():
        return False
    if SHAPED.search(text):
        return True
    return bool(WIDE.search(text)) and not fonts.twins().isdisjoint(map(ord, text))


def _said(box: Any) -> str:
    """Return what a text box says: a hyphen that divides a word is a soft one."""
    text = str(box.text)
    if not text.endswith(HYPHEN) or HYPHEN in "".join(box.element.itertext()):
        return text
    return f"{text[:-1]}\u00ad"


def _is_line(box: Any) -> bool:
    return type(box).__name__ == "LineBox"


def _inside(box: Any) -> list[Any]:
    """Return all boxes inside ``box`` in order."""
    found: list[Any] = []
    for child in getattr(box, "children", ()):
        child = getattr(child, "_box", child)
        found.append(child)
        found += _inside(child)
    return found
