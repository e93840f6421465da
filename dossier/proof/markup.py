"""Parses an HTML page strictly: well nested, without hidden text, external resources or unknown scripts.

Only the elements and attributes listed here are allowed, and one block of controls with their script, known
byte for byte. So all browsers parse the page alike, and no list of everything that a browser can do is
needed.
"""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from dossier.proof.lines import Line, Lines
from dossier.proof.tags import Finding
from dossier.records.pictures import MARK

PHRASES = frozenset("a abbr b br code em i mark rect small s span strong sub sup".split())
"""Inline elements."""
BLOCKS = frozenset(
    "address article aside blockquote body dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 head "
    "header html li main meta nav ol p section style svg table tbody td text th thead title tr ul".split()
)
ELEMENTS = PHRASES | BLOCKS | {"img"}
DEEPER = {"7": 7, "8": 8}
"""The levels of headings for which HTML has no element."""
LEVELS = {f"h{level}": level for level in range(1, 7)}
VOID = frozenset(("br", "img", "meta"))
HOLDS: Mapping[str, frozenset[str]] = {
    "html": frozenset(("head", "body")), "head": frozenset(("meta", "style", "title")),
    "ul": frozenset(("li",)), "ol": frozenset(("li",)), "dl": frozenset(("dt", "dd")),
    "table": frozenset(("thead", "tbody")), "thead": frozenset(("tr",)), "tbody": frozenset(("tr",)),
    "tr": frozenset(("th", "td")), "svg": frozenset(("text", "rect")),
}  # fmt: skip
"""The only children that an element may have; it has no text of its own."""
LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "text", "title", *PHRASES))
"""Elements that contain only text and inline elements."""
OUTSIDE = ""
"""The key of the lines outside all sections."""
EVERYWHERE = frozenset(
    "class id lang dir role tabindex aria-label data-role data-numbering".split()
)
OWN: Mapping[str, frozenset[str]] = {
    "a": frozenset(("href",)), "meta": frozenset(("charset", "name", "content", "http-equiv")),
    "img": frozenset(("src", "alt")), "th": frozenset(("scope",)), "h6": frozenset(("aria-level",)),
    "svg": frozenset(("xmlns", "viewbox", "width", "height")),
    "text": frozenset(("x", "y", "text-anchor", "font-size")),
    "rect": frozenset(("x", "y", "width", "height")),
}  # fmt: skip
"""The attributes that an element may have besides those in EVERYWHERE."""
METAS = ("viewport", "generator")
POLICY = "Content-Security-Policy"
ACTIVE = re.compile("<template|<script")
TOKEN = re.compile(
    r'<(?P<tag>[a-z][a-z0-9]*)(?P<values>(?:\s+[A-Za-z-]+="[^"<>]*")*)\s*(?P<closed>/?)>'
    r"|</(?P<end>[a-z][a-z0-9]*)>|(?P<text>[^<>]+)|<!(?P<type>DOCTYPE html)>"
)
"""Matches tags, texts and the document type; nothing else is allowed in a page."""
VALUE = re.compile(r'([A-Za-z-]+)="([^"]*)"')
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-f]+);)")
UNSEEN = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]")
"""Matches control characters and those that change the direction of text."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SKIP = re.compile(r"\.skip\s*\{[^{}]*\}")
"""Matches the style of the skip link, which is shown when it has the focus."""
UNPRINTED = re.compile(r"\.controls \{ display: none \}")
"""Matches the style of the controls in print; only the script puts them into the page."""
FETCHES = re.compile(
    r"url\s*\(|@import|@font-face|@namespace|image(-set)?\s*\(|src\s*\(|expression\s*\(|(?<!-)behavior\s*:|binding"
    r"|\\|</",
    re.IGNORECASE,
)
HIDES = re.compile(
    r"(?<![-\w])(content\s*:|display\s*:\s*none|visibility\s*:|opacity\s*:|font-size\s*:\s*0(?![.\d])"
    r"|(color|fill)\s*:\s*transparent|clip(-path)?\s*:|(left|top|right|bottom|text-indent|margin)[^;:]*:\s*-\d{3}"
    r"|unicode-bidi\s*:|direction\s*:)",
    re.IGNORECASE,
)


class MalformedError(Exception):
    """The page cannot be parsed; ``args`` are the line and the message."""


@dataclass(frozen=True)
class Known:
    """A section that was compared before: what the rest of the page has to know of it."""

    length: int
    """In characters, from its start tag to behind its end tag."""
    anchors: tuple[str, ...]
    links: tuple[tuple[str, int], ...]
    """The target of each link, and its line, counted from 0 at the beginning of the section."""
    labels: tuple[str, ...]


@dataclass
class Markup:
    """The content of a page."""

    sections: list[tuple[str, list[Line]]] = field(default_factory=list)
    """The anchor and lines of each section in sequence; the lines outside all sections come first.

    A section that was known has no lines."""
    spans: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """The beginning, end and first line of each section that was read; places are offsets of characters."""
    anchors: dict[str, str] = field(default_factory=dict)
    """The section of each anchor."""
    links: list[tuple[str, str, int]] = field(default_factory=list)
    """The target, section and line of each link."""
    labels: list[tuple[str, str]] = field(default_factory=list)
    """The aria-labels, each with its section."""
    bars: list[float] = field(default_factory=list)
    """The lengths of the chart's bars."""
    pictures: list[tuple[str, str, int]] = field(default_factory=list)
    """The address, section and line of each picture; the words of the section have its alternative text."""
    title: str = ""
    language: str = ""
    struck: list[tuple[int, str]] = field(default_factory=list)
    """The texts that are struck through, each with its line."""
    in_all: set[str] = field(default_factory=set)
    """The sections with something that is compared in the page as a whole: struck texts, pictures."""
    policies: list[str] = field(default_factory=list)
    """The policies on what may run and load (Content Security Policy)."""
    style: str = ""
    """The style sheet."""
    is_active: bool = False
    """The known block of controls and script stands at its place."""
    unprinted: int = 0
    """The number of elements with the class of the controls, which are not printed."""
    skipping: int = 0
    """The number of elements with the class of the skip link, which is off the page."""
    findings: list[Finding] = field(default_factory=list)

    def known(self, keys: Iterable[str]) -> dict[str, Known]:
        """Return what the rest of the page has to know of some of its sections."""
        anchors: dict[str, list[str]] = {}
        links: dict[str, list[tuple[str, int]]] = {}
        labels: dict[str, list[str]] = {}
        for anchor, section in self.anchors.items():
            anchors.setdefault(section, []).append(anchor)
        for href, section, number in self.links:
            links.setdefault(section, []).append((href, number))
        for section, label in self.labels:
            labels.setdefault(section, []).append(label)
        found: dict[str, Known] = {}
        for key in keys:
            start, end, first_line = self.spans[key]
            found[key] = Known(
                end - start,
                tuple(anchors.get(key, ())),
                tuple((href, number - first_line) for href, number in links.get(key, ())),
                tuple(labels.get(key, ())),
            )
        return found


def read(
    text: str,
    sections: frozenset[str],
    verbatim: frozenset[str],
    known: Mapping[int, tuple[str, Known]],
    block: str,
) -> Markup:
    """Return the content of a page; ``sections`` are the anchors of its sections.

    In ``verbatim`` sections the spaces between words count. ``known`` are the sections that are not read
    again, by their beginnings, with their anchors. ``block`` is all that may be active in the page: the
    controls and their script, once, behind all else. Raises MalformedError.
    """
    reader = _Reader(text, sections, verbatim, known, block)
    start = 0
    for part in text.split(block):
        # The reader stops at another block and at another script, whatever stands in it.
        before = ACTIVE.split(part, maxsplit=1)[0]
        for pattern, what in ((REFERENCE, "reference"), (UNSEEN, "character that nobody sees")):
            if match := pattern.search(before):
                reader.stop(start + match.start(), f"A {what} stands here")
        start += len(part) + len(block)
    return reader.read()


class _Reader:
    """Parses a page from its first tag to its last; places are character offsets."""

    def __init__(
        self,
        text: str,
        sections: frozenset[str],
        verbatim: frozenset[str],
        known: Mapping[int, tuple[str, Known]],
        block: str,
    ) -> None:
        self._text, self._keys, self._verbatim = text, sections, verbatim
        self._known, self._block = known, block
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._found = Markup()
        self._stack: list[str] = []
        self._within: list[tuple[int, Lines, str]] = [(0, Lines(False, self._number), OUTSIDE)]
        """The depth, lines and key of each open section."""
        self._begun = [(OUTSIDE, self._within[0][1])]
        self._lines = self._within[0][1]
        """The lines of the current section."""
        self._starts: dict[str, int] = {}
        """The beginning of each section."""
        self._place = 0
        self._deeper = 0
        """The level of the current heading, where it is deeper than the elements of HTML."""
        self._declared = False

    def read(self) -> Markup:
        """Return the content of the page."""
        text = self._text
        token = TOKEN.match
        while self._place < len(text):
            match = token(text, self._place)
            if match is None:
                self.stop(
                    self._place,
                    "What stands here is not written as every reader takes it",
                )
            elif self._place in self._known:
                self._pass_over(match["tag"], *self._known[self._place])
                continue
            elif match["tag"] == "template":
                self._activate()
                continue
            elif tag := match["tag"]:
                self._enter(tag, match["values"], bool(match["closed"]))
            elif tag := match["end"]:
                self._leave(tag)
            elif match["text"]:
                self._say(match["text"])
            elif self._declared:
                self.stop(self._place, "A declaration stands here")
            else:
                self._declared = True
            self._place = match.end()
            if match["tag"] == "style":
                self._style()
        if self._stack:
            self.stop(self._place, f"<{self._stack[-1]}> is not closed")
        self._lines.end()
        self._found.sections = [(key, lines.lines) for key, lines in self._begun]
        return self._found

    def stop(self, place: int, message: str) -> NoReturn:
        """Stop reading: raise MalformedError."""
        raise MalformedError(self._number(place), message)

    def _number(self, place: int) -> int:
        """Return the line of the file at a place."""
        return bisect.bisect_left(self._ends, place) + 1

    def _wrong(self, message: str) -> None:
        self._found.findings.append((self._number(self._place), message))

    def _end(self) -> None:
        """End the current line, if there is one, with the level of the current heading."""
        if self._lines.has_begun:
            block = next((tag for tag in reversed(self._stack) if tag not in PHRASES), "")
            self._lines.end(self._deeper or LEVELS.get(block, 0))
        self._deeper = 0

    def _say(self, text: str) -> None:
        """Read a text."""
        inside = self._stack[-1] if self._stack else ""
        if "&" in text:
            text = html.unescape(text)
            if UNSEEN.search(text):
                self.stop(self._place, "A character stands here that nobody sees")
        if inside == "title":
            self._found.title += text
        elif (inside in HOLDS or not inside) and not text.isspace():
            self.stop(self._place, f"A text stands directly in <{inside or 'html'}>")
        else:
            self._lines.text(text, self._place)
            self._strike(text)

    def _strike(self, text: str) -> None:
        """Add a text to the one that is struck through, if it stands in one."""
        if "s" in self._stack:
            place, before = self._found.struck.pop()
            self._found.struck.append((place, before + text))

    def _style(self) -> None:
        """Read the style sheet, which must neither fetch anything nor hide or add text."""
        end = self._text.find("</style>", self._place)
        self._found.style = self._text[self._place : max(end, self._place)]
        style = COMMENT.sub(_blank, self._found.style)
        for shown in (SKIP, UNPRINTED):
            style = shown.sub(_blank, style, count=1)
        for pattern, does in (
            (FETCHES, "fetches something, or may"),
            (HIDES, "hides or adds text"),
        ):
            if match := pattern.search(style):
                number = self._number(self._place + match.start())
                self._found.findings.append((number, f"The style sheet {does}: “{match[0]}”"))
        self._place += len(style)

    def _activate(self) -> None:
        """Pass over the controls and their script, which must be the known ones, at the end of the body."""
        block, place = self._block, self._place
        if self._stack != ["html", "body"] or self._found.is_active:
            self.stop(place, "<template> stands here, which is not allowed")
        if not self._text.startswith(block, place):
            pairs = enumerate(zip(block, self._text[place:], strict=False))
            at = next((at for at, (one, other) in pairs if one != other), 0)
            start = place + block.rfind("\n", 0, at) + 1
            line = self._text[start : self._text.find("\n", place + at)]
            self.stop(
                place + at, f"The search and its script are not the program’s: “{line.strip()}”"
            )
        if self._text[place + len(block) :].strip() != "</body>\n</html>":
            self._place += len(block)
            self._wrong("Something stands behind the script")
            self._place = place
        self._found.is_active = True
        self._place += len(block)

    def _leave(self, tag: str) -> None:
        """Read an end tag."""
        if not self._stack or self._stack[-1] != tag:
            inside = f" inside <{self._stack[-1]}>" if self._stack else ""
            self.stop(self._place, f"</{tag}> stands here{inside}")
        if tag == "a":
            self._lines.close()
        elif tag not in PHRASES:
            self._end()
        self._stack.pop()
        if len(self._within) > 1 and self._within[-1][0] == len(self._stack):
            key = self._within.pop()[2]
            start = self._starts[key]
            self._found.spans[key] = start, self._place + len(f"</{tag}>"), self._number(start)
            self._lines = self._within[-1][1]

    def _enter(self, tag: str, written: str, closed: bool) -> None:
        """Read a start tag."""
        if tag not in ELEMENTS:
            self.stop(self._place, f"<{tag}> stands here, which is not allowed")
        if closed != (tag == "rect"):
            self.stop(self._place, f"<{tag}> is not closed as HTML requires")
        values = self._values(tag, written) if written else {}
        self._fit(tag)
        if tag not in PHRASES or tag == "br":
            self._end()
            self._strike(" ")
        if "aria-level" in values:
            self._deeper = DEEPER.get(values["aria-level"], 0)
            if not self._deeper:
                self._wrong(f"<{tag}> has the level “{values['aria-level']}”")
        if name := "header" if tag == "header" else values.get("id", ""):
            self._begin(name)
        if name := values.get("id", ""):
            self._anchor(name, self._within[-1][2])
            self._lines.anchor(name)
        if "aria-label" in values:
            self._found.labels.append((self._within[-1][2], values["aria-label"]))
        if tag == "a":
            if "href" not in values or "a" in self._stack:
                self.stop(self._place, "A link stands in another, or leads nowhere")
            place = self._number(self._place)
            self._found.links.append((values["href"], self._within[-1][2], place))
            self._lines.open(values["href"])
        elif tag == "s":
            self._found.struck.append((self._number(self._place), ""))
            self._found.in_all.add(self._within[-1][2])
        elif tag == "img":
            shown = (values.get("src", ""), values.get("alt", ""))
            key = self._within[-1][2]
            self._found.pictures.append((shown[0], key, self._number(self._place)))
            self._found.in_all.add(key)
            self._lines.text(f"{MARK} {shown[1]}", self._place)
            self._end()
        elif tag == "rect":
            self._found.bars.append(_number(values.get("width", "")))
        elif tag == "html":
            self._found.language = values.get("lang", "")
        if tag not in VOID and not closed:
            self._stack.append(tag)

    def _pass_over(self, tag: str, key: str, known: Known) -> None:
        """Take a section that was compared before as it was read then."""
        self._fit(tag)
        self._end()
        if len(self._within) > 1:
            self._wrong(f"The section “{key}” stands inside another")
        for anchor in known.anchors:
            self._anchor(anchor, key)
        first = self._number(self._place)
        self._found.links += [(href, key, first + line) for href, line in known.links]
        self._found.labels += [(key, label) for label in known.labels]
        self._begun.append((key, Lines(True, self._number)))
        self._place += known.length

    def _anchor(self, name: str, key: str) -> None:
        """Note an anchor of a section."""
        if name in self._found.anchors:
            self._wrong(f"The anchor “{name}” stands here a second time")
        self._found.anchors[name] = key

    def _fit(self, tag: str) -> None:
        """Stop where the current element must not contain ``tag``."""
        inside = self._stack[-1] if self._stack else ""
        if not inside:
            right = tag == "html" and self._declared and not self._found.language
        elif inside in HOLDS:
            right = tag in HOLDS[inside]
        elif tag in ("html", "head", "body", "meta", "style", "title", "li", "tr", "td", "th"):
            right = False
        else:
            right = tag in PHRASES if inside in LINES else True
        if not right:
            self.stop(
                self._place, f"<{tag}> stands {f'in <{inside}>' if inside else 'outside the page'}"
            )

    def _begin(self, key: str) -> None:
        """Begin a section, if the element is one."""
        if key not in self._keys:
            return
        if len(self._within) > 1:
            self._wrong(f"The section “{key}” stands inside another")
        lines = Lines(key in self._verbatim, self._number)
        self._starts[key] = self._place
        self._within.append((len(self._stack), lines, key))
        self._lines = lines
        self._begun.append((key, lines))

    def _values(self, tag: str, written: str) -> dict[str, str]:
        """Return the values of an element's attributes, and record findings in them."""
        pairs = VALUE.findall(written)
        values = {name.lower(): html.unescape(value) for name, value in pairs}
        if len(values) < len(pairs):
            self.stop(self._place, f"<{tag}> has a value twice")
        for name, value in values.items():
            if name not in EVERYWHERE and name not in OWN.get(tag, ()):
                self._wrong(f"<{tag}> has “{name}”, which is not allowed")
            if name == "dir" and value not in ("ltr", "rtl"):
                self._wrong(f"<{tag}> runs in no known direction, “{value}”")
        known = values == {"charset": "utf-8"} or values.get("name") in METAS
        if tag == "meta" and values.get("http-equiv") == POLICY:
            self._found.policies.append(values.get("content", ""))
            known = True
        if tag == "meta" and (not known or len(values) > 2):
            self._wrong("A <meta> stands here that is not allowed")
        classes = values.get("class", "").split()
        self._found.skipping += "skip" in classes
        self._found.unprinted += "controls" in classes
        return values


def _blank(match: re.Match[str]) -> str:
    """Return spaces for a match, with its line ends kept."""
    return re.sub("[^\n]", " ", match[0])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1
