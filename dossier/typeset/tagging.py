"""Builds the structure elements of a typeset section from WeasyPrint's boxes.

WeasyPrint writes a structure element for each page that an HTML element touches, and cannot give roles
that HTML lacks (https://github.com/Kozea/WeasyPrint/issues/2903). This module walks the same boxes and
writes one structure element for each HTML element. Templates control it with attributes: ``data-role``
names a role; ``data-artifact`` makes an element an artifact, with the value ``header`` a running head, with
``continued`` the repeated head of a column, with ``separator`` what parts the items of a paragraph;
``data-folio`` reserves the place for the page number of the link's target, which is drawn at binding;
``data-leader`` draws a dotted line from there to the end of the line.

Depends on the structure of WeasyPrint's boxes and streams, but imports nothing of it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.machine import fonts
from dossier.records.galley import PX, FontUse
from dossier.typeset import structure, textlinks
from dossier.typeset.placed import Strips
from dossier.typeset.placing import Placed
from dossier.typeset.structure import Content, LinkBox, Tag

NONE: Mapping[str, FontUse] = {}
HYPHEN = "\u2010"
"""The character that WeasyPrint sets at the end of a line where it hyphenates a word."""

SHAPED = re.compile(
    "[\u0590-\u109f\u1100-\u11ff\u1780-\u18af\u1900-\u1aff\u200c-\u200f\u2066-\u2069\ua8e0-\uabff"
    "\ud7b0-\ud7ff\ufb1d-\ufdff\ufe00-\ufe0f\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff"
    "\U000e0100-\U000e01ef]"
)
"""Scripts whose glyphs are not in the sequence of the characters, or do not match them one to one.

Their structure elements have an ActualText (ISO 32000-1, 14.9.4). The glyphs keep their visual sequence:
programs that copy and search text reverse right-to-left text themselves.
"""
WIDE = re.compile("[\u2190-\u2bff\u2e80-\uffef\U00020000-\U0003ffff]")
"""Chinese, Japanese, Korean and symbols, of which some share a glyph."""

ROLES = {
    "article": "Art", "blockquote": "BlockQuote", "caption": "Caption", "figcaption": "Caption",
    "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6", "li": "LI", "ol": "L",
    "p": "P", "section": "Sect", "table": "Table", "tbody": "TBody", "td": "TD", "th": "TH",
    "thead": "THead", "tr": "TR", "ul": "L", "a": "Link", "svg": "Figure", "img": "Figure",
}  # fmt: skip
"""The structure types of HTML elements; elements not listed here have none, only their children do."""

FOLIO_WIDTH = 40.0
"""The width in CSS pixels of a link that consists only of a page number."""
LEADER = 5.0
"""The distance between the dots of a leader, in points."""
ARTIFACTS = {
    "": [b"", b"BMC"],
    "header": [b"<</Type /Pagination /Subtype /Header>>", b"BDC"],
    "continued": [b"<</Type /Pagination>>", b"BDC"],
    "separator": [b"<</Type /Layout>>", b"BDC"],
}
"""The property list and the operator with which each kind of artifact (14.8.2.2.2) begins."""


@dataclass(frozen=True)
class Tagged:
    """What was found while the tags of a document were written."""

    links: tuple[str, ...]
    """The target of each link annotation, page after page."""
    folios: bool
    """There are places for page numbers."""
    figures: bool
    """There are figures, with their bounding boxes."""
    anchors: dict[str, tuple[int, float, float]]
    """The places of anchors in strips: the page, counted from 0, and CSS pixels from its top left."""


@dataclass
class Draft(Tag):
    """A structure element while its kids are collected, page by page."""

    first_page: int = 0
    folio: bool = False
    """A link whose text is a page number, drawn at binding."""
    called: list[Draft] = field(default_factory=list)
    """The notes that a reference calls, which are read behind it."""
    body: Draft | None = None
    """The LBody of a list item, which holds all but the label."""

    def prune(self) -> None:
        """Remove all descendants without content, except table cells."""
        for kid in self.kids:
            if isinstance(kid, Draft):
                kid.prune()
        self.kids = [
            kid for kid in self.kids if not isinstance(kid, Tag) or kid.kids or kid.role == "TD"
        ]


def tag(
    pdf: Any, document: Any, page_streams: Sequence[Any], font_uses: Mapping[str, FontUse]
) -> Tagged:
    """Write the structure tree into a PDF that WeasyPrint is writing; return what was found.

    ``font_uses`` are the fonts of the strips that are placed in it, see :mod:`.strips`.
    """
    writer = TagWriter(document.fonts, font_uses)
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        writer.page(number, page, stream)
    tags = [kid for kid in writer.root.kids if isinstance(kid, Draft)]
    for draft in tags:
        draft.prune()
    return Tagged(structure.write(pdf, tags), writer.folios, writer.figures, writer.anchors)


class TagWriter:
    """Walks the boxes of each page and builds one structure tree."""

    def __init__(self, fonts: Mapping[Any, Any], font_uses: Mapping[str, FontUse] = NONE) -> None:
        """Take WeasyPrint's fonts of a document, and those of strips."""
        self.root = Draft("Document")
        self.drafts: dict[tuple[Any, str], Draft] = {}
        self.number = 0
        self.stream: Any = None
        self.height = 0.0
        self.spaces = WordSpaces(fonts, font_uses)
        self.fonts = {font.hash: textlinks.metrics(font) for font in fonts.values()}
        self.hrefs: dict[Any, textlinks.Hrefs] = {}
        self.contents: dict[int, int] = {}
        self.free = 0
        self.last_text: int | None = None
        self.texts: list[tuple[Draft, Content, str]] = []
        """The page's texts: their parents in the tree, marked contents and what they say."""
        self.needs_texts = False
        """Some text on the page cannot be extracted from its glyphs."""
        self.has_rtl = False
        """Some text on the page runs from right to left."""
        self.leaders: list[str] = []
        self.block: Any = None
        self.folios = self.figures = False
        self.strips = Strips()
        self.anchors: dict[str, tuple[int, float, float]] = {}

    def begin(self, number: int, page: Any, stream: Any) -> None:
        """Begin with the content of a page, counted from 0."""
        self.number, self.stream, self.height = number, stream, page.height
        self.last_text = None
        self.texts.clear()
        self.needs_texts = False
        # The running head of a book from right to left stands above all of its pages.
        self.has_rtl = page._page_box.style["direction"] == "rtl"
        self.spaces.begin_page()
        self.contents = _contents(stream.stream)
        self.free = len(self.contents)

    def page(self, number: int, page: Any, stream: Any) -> None:
        """Add the content of one page, counted from 0."""
        self.begin(number, page, stream)
        for child in page._page_box.children:
            self.visit(child, self.root)
        if stream._tags:
            raise ValueError(f"{len(stream._tags)} marked contents have no structure element")
        # Where a line has one such text, programs that read it reverse the other texts too.
        if self.has_rtl or self.needs_texts:
            for holder, content, text in self.texts:
                actual = text + (" " if content.mcid in self.spaces.spaced else "")
                span = Draft("Span", [content], actual=actual)
                holder.kids[holder.kids.index(content)] = span
        # Binding appends content of its own.
        self.strips.insert(stream.stream)
        operators = [b"q", *stream.stream, *self.leaders, b"Q"]
        self.leaders.clear()
        packed = zlib.compress(b"\n".join(data_of(item) for item in operators))
        stream.stream[:] = [packed]
        stream.extra["Filter"] = "/FlateDecode"

    def visit(self, box: Any, parent: Draft) -> None:
        """Add the content of a box to that of ``parent``."""
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
                # The number will be aligned with the placeholder at the end of the line.
                if box.style["direction"] == "ltr":
                    left += width - FOLIO_WIDTH
                width = FOLIO_WIDTH
            # At the end of a line a link may have begun without any text but a space, of whatever width.
            texts = [inner.text for inner in _inside(box) if _is_text(inner)]
            if width > 0 and "".join(texts).replace("\u200b", "").strip():
                self._holder(draft).kids.append(self._link(left, left + width, top, height))
        if content:
            self._holder(draft).kids.append(Content(self.number, content["mcid"]))
        lines = [child for child in getattr(box, "children", ()) if is_line(child)]
        if lines:
            self.block = box
        for line in lines:
            self.spaces.end(line, element, self.stream, self.contents)
        for child in getattr(box, "children", ()):
            self.visit(child, draft)
        for placed in getattr(box, "placed", ()):
            self._place(placed, draft)
        if draft.called:
            self._holder(parent).kids += draft.called
            draft.called = []

    def _text(self, box: Any, content: Any, parent: Draft) -> None:
        if content is None:
            return
        if not box.text.strip(" \t\n"):
            # WeasyPrint does not draw this space, so it is added to the text before.
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
                self.texts.append((holder, shown, _actual_text(box)))
                self.needs_texts = self.needs_texts or _needs_actual_text(box.text)
            if box.style["direction"] == "rtl":
                self.has_rtl = True
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
                link = Draft("Link", href=piece.href)
                link.kids += [
                    self._link(piece.left, piece.right, box.position_y, box.height),
                    Content(self.number, piece.mcid),
                ]
                holder.kids.append(link)

    def _place(self, placed: Placed, parent: Draft) -> None:
        """Add lines of a strip: their content to the stream, their elements to those of ``parent``."""
        strip = placed.strip
        self.has_rtl = self.has_rtl or strip.is_rtl
        self.needs_texts = self.needs_texts or strip.needs_texts
        contents, self.free = self.strips.show(placed, self.spaces, self.free)
        tags = self.strips.tags(placed, parent, Draft)
        for kid in strip.kids:
            if kid.node >= 0 or kid.line not in placed.lines:
                continue
            holder = tags.of(kid.parent)
            if kid.box:
                holder.kids.append(LinkBox(self.number, placed.moved(kid.box)))
                continue
            content = Content(self.number, contents[kid.mcid])
            holder.kids.append(content)
            if kid.mcid in strip.texts:
                self.texts.append((holder, content, strip.texts[kid.mcid]))
        if 0 in placed.lines:
            for name, (x, y) in strip.anchors.items():
                place = (self.number, x + placed.left, y + placed.down)
                self.anchors.setdefault(name, place)

    def _folio(self, place: int, href: str) -> None:
        """Replace the digit 0 shown at ``place`` with the placeholder of a page number."""
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
        """Draw a leader from ``box`` to the end of its line, with dots aligned at that end."""
        place = box.position_x * PX
        edge = self.block.content_box_x() * PX
        if box.style["direction"] == "rtl":
            dots = int((place - LEADER - edge) / LEADER)
            left, right = edge, edge + dots * LEADER
        else:
            right = edge + self.block.width * PX
            dots = int((right - place - LEADER) / LEADER)
            left = right - dots * LEADER
        y = (box.position_y + box.baseline) * PX
        if dots > 0:
            self.leaders.append(
                f"/Artifact BMC\nq .5 G .9 w 1 J [0 {LEADER:g}] 0 d "
                f"{left:.2f} {y - 0.45:.2f} m {right:.2f} {y - 0.45:.2f} l S Q\nEMC"
            )

    def _link(self, left: float, right: float, top: float, height: float) -> LinkBox:
        """Return the rectangle of a link; the measures are CSS pixels from the page's top left."""
        bottom = self.height - top - height
        box = (left * PX, bottom * PX, right * PX, (self.height - top) * PX)
        return LinkBox(self.number, box)

    def _draft(self, box: Any, element: Any, tag: str, parent: Draft) -> Draft | None:
        """Return the draft that holds the content of ``box``; None for a repeated table head."""
        if element is None:
            return parent
        name, _, pseudo = tag.partition("::")
        name = name.rsplit("}", 1)[-1]
        if pseudo == "footnote-call":
            # The note itself is drawn later, at the foot of this page or of a following one.
            note = Draft("Note", identifier=element.get("id"), first_page=self.number)
            self.drafts[element, ""] = note
            parent.called.append(note)
            return parent
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
            draft = self.drafts[key] = Draft(role, first_page=self.number)
            self._describe(draft, box, element, name, own)
            self._holder(parent, role).kids.append(draft)
            if parent.role == "LI" and role == "LBody":
                parent.body = draft
        elif role == "THead" and draft.first_page != self.number:
            return None
        return draft

    def _holder(self, parent: Draft, role: str = "") -> Draft:
        """Return the parent of a child of ``role``: in a list item, the LBody for all but the label."""
        if parent.role != "LI" or role in ("Lbl", "LBody"):
            return parent
        if parent.body is None:
            parent.body = Draft("LBody")
            parent.kids.append(parent.body)
        return parent.body

    def _describe(self, draft: Draft, box: Any, element: Any, name: str, own: str) -> None:
        """Set a draft's language, alternative text and attributes."""
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
            self.has_rtl = True
        for child in getattr(box, "children", ()):
            self._hide(child, kind)


def _contents(operators: list[Any]) -> dict[int, int]:
    """Return the index of each marked content's property list in a page's operators, by MCID."""
    return {
        operand["MCID"]: place
        for place, operand in enumerate(operators)
        if isinstance(operand, dict) and "MCID" in operand
    }


def data_of(operator: Any) -> bytes:
    """Return an operator of a page's stream as bytes."""
    if isinstance(operator, str):
        return operator.encode("ascii")
    data: bytes = operator if isinstance(operator, bytes) else operator.data
    return data


def _make_artifact(operators: list[Any], place: int, kind: str = "") -> None:
    """Turn the marked content with the property list at index ``place`` into an artifact of a kind."""
    operators[place - 1 : place + 2] = ["/Artifact", *ARTIFACTS[kind]]


# --- word spaces ---


class WordSpaces:
    """Adds the word spaces that WeasyPrint does not draw.

    WeasyPrint drops the space at the end of a line and between two inline elements, so that words run
    together when text is extracted; ISO 32000-1, 14.8.2.5, requires word spaces.
    """

    def __init__(self, fonts: Mapping[Any, Any], font_uses: Mapping[str, FontUse] = NONE) -> None:
        """Take WeasyPrint's fonts of a document, and those of strips."""
        texts = [(font.hash, font.to_unicode) for font in fonts.values()]
        texts += [(name, use.text) for name, use in font_uses.items()]
        self.glyphs = {
            name: glyph
            for name, to_unicode in texts
            for glyph, text in sorted(to_unicode.items(), key=lambda one: one[1] == " ")
            if text.isspace()
        }
        """The glyph of a space in each font that uses one: wider and narrower ones may share it."""
        self.sources: dict[Any, str] = {}
        self.reached: dict[Any, int] = {}
        self.spaced: set[int] = set()

    def begin_page(self) -> None:
        """Forget the marked content of the page before."""
        self.spaced.clear()

    def end(self, line: Any, element: Any, stream: Any, contents: dict[int, int]) -> None:
        """Add the space after a line of ``element`` where its source has one."""
        texts = [box for box in _inside(line) if _is_text(box)]
        words = " ".join("".join(box.text for box in texts).split())
        if element is None or not words:
            return
        if element not in self.sources:
            self.sources[element] = " ".join(_own_text(element).split())
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
        """Append a space to the last text of a marked content; all operators keep their indices."""
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
        after = self.spaced_out(textlinks.text_of(operators[shown]), font)
        operators[shown] = after.encode("latin-1")

    def spaced_out(self, shown: str, font: str) -> str:
        """Return an operator that shows text in a font, with a space behind the text."""
        if font in self.glyphs:
            return f"{shown[:-4]}<{self.glyphs[font]:04x}>] TJ"
        # The current font uses no space, so the space of another font is shown.
        other, glyph = next(iter(self.glyphs.items()))
        return f"{shown}\n/{other} 1 Tf\n[<{glyph:04x}>] TJ"


def _own_text(element: Any) -> str:
    """Return the text of an element without the notes that are called in it."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if child.get("data-role") == "Note" else _own_text(child), child.tail or ""]
    return "".join(parts)


def _is_text(box: Any) -> bool:
    return type(box).__name__ == "TextBox"


def _needs_actual_text(text: str) -> bool:
    """Tell whether a text cannot be extracted from its glyphs."""
    if text.isascii():
        return False
    if SHAPED.search(text):
        return True
    return bool(WIDE.search(text)) and not fonts.twins().isdisjoint(map(ord, text))


def _actual_text(box: Any) -> str:
    """Return the text of a box; a hyphen added by hyphenation becomes a soft hyphen."""
    text = str(box.text)
    if not text.endswith(HYPHEN) or HYPHEN in "".join(box.element.itertext()):
        return text
    return f"{text[:-1]}\u00ad"


def is_line(box: Any) -> bool:
    """Tell whether a box is a line of text."""
    return type(box).__name__ == "LineBox"


def _inside(box: Any) -> list[Any]:
    """Return all descendants of ``box`` in sequence."""
    found: list[Any] = []
    for child in getattr(box, "children", ()):
        child = getattr(child, "_box", child)
        found.append(child)
        found += _inside(child)
    return found
