"""Reads an HTML page strictly: it has to be nested well, to hide, to run and to fetch nothing.

Only the elements and attributes that are named here may stand in it, so that all readers take it for the
same, and nothing has to be known of all that a browser could be told to do.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from dossier.proof.anatomy import Fault
from dossier.proof.lines import Line, Lines

PHRASES = frozenset("a abbr b br code em i mark rect small span strong sub sup".split())
"""What stands inside a line."""
BLOCKS = frozenset(
    "address article aside blockquote body dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 head "
    "header html li main meta nav ol p section style svg table tbody td text th thead title tr ul".split()
)
VOID = frozenset(("br", "meta"))
HOLDS: Mapping[str, frozenset[str]] = {
    "html": frozenset(("head", "body")), "head": frozenset(("meta", "style", "title")),
    "ul": frozenset(("li",)), "ol": frozenset(("li",)), "dl": frozenset(("dt", "dd")),
    "table": frozenset(("thead", "tbody")), "thead": frozenset(("tr",)), "tbody": frozenset(("tr",)),
    "tr": frozenset(("th", "td")), "svg": frozenset(("text", "rect")),
}  # fmt: skip
"""What may stand directly in an element, and no text."""
LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "text", "title", *PHRASES))
"""What has nothing in it but text and what stands inside a line."""
OUTSIDE = ""
"""The key of what stands in no section."""
EVERYWHERE = frozenset(
    "class id lang dir role tabindex aria-label data-role data-numbering".split()
)
OWN: Mapping[str, frozenset[str]] = {
    "a": frozenset(("href",)), "meta": frozenset(("charset", "name", "content")),
    "th": frozenset(("scope",)),
    "svg": frozenset(("xmlns", "font-family", "viewbox", "width", "height")),
    "text": frozenset(("x", "y", "text-anchor", "font-size")),
    "rect": frozenset(("x", "y", "width", "height", "fill")),
}  # fmt: skip
"""The attributes that an element may have beside those of all."""
METAS = ("viewport", "generator")
TAG = re.compile(r'<[a-z][a-z0-9]*(\s+[A-Za-z-]+="[^"<>]*")*\s*/?>')
"""A tag as every reader understands it."""
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#\d+|#x[0-9a-f]+);)")
UNSEEN = re.compile("[\\0-\\x08\\x0b-\\x1f\\x7f\\u202a-\\u202e\\u206a-\\u206f\\ufeff]")
"""Control characters, and those that move text."""
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SKIP = re.compile(r"\.skip\s*\{[^{}]*\}")
"""The style of the link for readers who use no mouse, which is seen once it is reached."""
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
    """The page is not nested as it should be; ``args`` are the line and what is wrong."""


@dataclass
class Markup:
    """What stands on a page."""

    sections: list[tuple[str, list[Line]]] = field(default_factory=list)
    """The lines of each section by its anchor, in order; those outside all of them first."""
    anchors: set[str] = field(default_factory=set)
    links: list[tuple[str, str, int]] = field(default_factory=list)
    """Where each leads, the section in which it stands, and its line."""
    labels: list[str] = field(default_factory=list)
    """What is read aloud in place of a thing, or as its name."""
    bars: list[float] = field(default_factory=list)
    """How long those of the chart are."""
    title: str = ""
    language: str = ""
    skipping: int = 0
    """How many things have the class that moves a link off the page."""
    faults: list[Fault] = field(default_factory=list)


def read(text: str, sections: frozenset[str], verbatim: frozenset[str]) -> Markup:
    """Return what stands on a page; ``sections`` are the anchors of its sections.

    In those that are ``verbatim`` the spaces between words count. Raises MalformedError.
    """
    for pattern, what in ((REFERENCE, "reference"), (UNSEEN, "character that nobody sees")):
        if match := pattern.search(text):
            raise MalformedError(text.count("\n", 0, match.start()) + 1, f"A {what} stands here")
    parser = _Parser(sections, verbatim)
    parser.feed(text)
    parser.close()
    return parser.finished()


class _Parser(HTMLParser):
    """Follows a page from its first tag to its last."""

    def __init__(self, sections: frozenset[str], verbatim: frozenset[str]) -> None:
        super().__init__(convert_charrefs=False)
        self._keys, self._verbatim = sections, verbatim
        self._found = Markup()
        self._stack: list[str] = []
        self._within: list[tuple[int, Lines, str]] = [(0, Lines(False), OUTSIDE)]
        """How deep each section began that is open, its lines and its key."""
        self._begun = [(OUTSIDE, self._within[0][1])]
        self._style, self._styled = "", 0
        """The style sheet, and the line in which it begins."""
        self._declared = False

    def finished(self) -> Markup:
        """Return what was found; raise where something was left open."""
        if self._stack:
            self._stop(f"<{self._stack[-1]}> is not closed")
        self._lines.end()
        found = self._found
        found.sections = [(key, lines.lines) for key, lines in self._begun]
        style = SKIP.sub(_blank, COMMENT.sub(_blank, self._style), count=1)
        for pattern, does in (
            (FETCHES, "fetches something, or may"),
            (HIDES, "hides or adds text"),
        ):
            if match := pattern.search(style):
                line = self._styled + style.count("\n", 0, match.start())
                found.faults.append((line, f"The style sheet {does}: “{match[0]}”"))
        return found

    @property
    def _lines(self) -> Lines:
        return self._within[-1][1]

    @property
    def _line(self) -> int:
        return self.getpos()[0]

    def _wrong(self, message: str) -> None:
        self._found.faults.append((self._line, message))

    def _stop(self, message: str) -> None:
        raise MalformedError(self._line, message)

    def _level(self) -> int:
        """Return the level of the heading in which the reader stands, 0 for none."""
        block = next((tag for tag in reversed(self._stack) if tag not in PHRASES), "")
        return int(block[1]) if re.fullmatch("h[1-6]", block) else 0

    # --- what the parser calls ---

    def handle_decl(self, decl: str) -> None:
        """Take the document type."""
        if decl.lower() != "doctype html" or self._declared or self._stack:
            self._stop("A declaration stands here")
        self._declared = True

    def handle_comment(self, data: str) -> None:
        """Refuse a comment: some readers take what stands in it for text."""
        self._stop("A comment stands here")

    def handle_pi(self, data: str) -> None:
        """Refuse an instruction."""
        self._stop("An instruction stands here")

    def unknown_decl(self, data: str) -> None:
        """Refuse what is no HTML."""
        self._stop("A declaration stands here")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        self._enter(tag, attrs)
        if tag not in VOID:
            self._stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element that is closed at once, as only those of a drawing are."""
        if tag != "rect":
            self._stop(f"<{tag}/> is not closed everywhere")
        self._enter(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if not self._stack or self._stack[-1] != tag:
            inside = f" inside <{self._stack[-1]}>" if self._stack else ""
            self._stop(f"</{tag}> stands here{inside}")
        if tag == "a":
            self._lines.close()
        if tag not in PHRASES:
            self._lines.end(self._level())
        self._stack.pop()
        if len(self._within) > 1 and self._within[-1][0] == len(self._stack):
            self._within.pop()

    def handle_data(self, data: str) -> None:
        """Take a text."""
        inside = self._stack[-1] if self._stack else ""
        if inside == "style":
            self._styled = self._styled or self._line
            self._style += data
        elif inside == "title":
            self._found.title += data
        elif "<" in data or ">" in data:
            self._stop("A bracket stands here that is no tag")
        elif data.strip() and (inside in HOLDS or not inside):
            self._stop(f"A text stands directly in <{inside or 'html'}>")
        else:
            self._lines.text(data, self._line)

    def handle_entityref(self, name: str) -> None:
        """Take a character by its name."""
        self._character(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """Take a character by its number."""
        self._character(html.unescape(f"&#{name};"))

    def _character(self, char: str) -> None:
        if UNSEEN.search(char):
            self._stop("A character stands here that nobody sees")
        if self._stack[-1:] == ["title"]:
            self._found.title += char
        else:
            self._lines.text(char, self._line)

    # --- elements ---

    def _enter(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in PHRASES | BLOCKS:
            self._stop(f"<{tag}> stands here, which is none of the elements of such a page")
        if not TAG.fullmatch(self.get_starttag_text() or "") or len(values) < len(attrs):
            self._stop(f"The tag <{tag}> is not written as every reader understands it")
        self._place(tag)
        self._found.faults += self._attributes(tag, values)
        if tag not in PHRASES or tag == "br":
            self._lines.end(self._level())
        self._begin(tag, values.get("id", ""))
        if "id" in values:
            if values["id"] in self._found.anchors:
                self._wrong(f"The anchor “{values['id']}” stands here a second time")
            self._found.anchors.add(values["id"])
            self._lines.anchor(values["id"])
        if tag == "a":
            if "href" not in values or "a" in self._stack:
                self._stop("A link stands in another, or leads nowhere")
            self._found.links.append((values["href"], self._within[-1][2], self._line))
            self._lines.open(values["href"])
        if tag == "rect":
            self._found.bars.append(_number(values.get("width", "")))
        if tag == "html":
            self._found.language = values.get("lang", "")
        self._found.labels += [values["aria-label"]] if "aria-label" in values else []
        self._found.skipping += "skip" in values.get("class", "").split()

    def _place(self, tag: str) -> None:
        """Stop where an element must not stand in the one that is open."""
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
            self._stop(f"<{tag}> stands {f'in <{inside}>' if inside else 'outside the page'}")

    def _begin(self, tag: str, anchor: str) -> None:
        """Begin a section, if the element is one."""
        key = "header" if tag == "header" else anchor
        if key not in self._keys:
            return
        if len(self._within) > 1:
            self._wrong(f"The section “{key}” stands inside another")
        lines = Lines(key in self._verbatim)
        self._within.append((len(self._stack), lines, key))
        self._begun.append((key, lines))

    def _attributes(self, tag: str, values: Mapping[str, str]) -> Iterator[Fault]:
        """Yield what attributes must not be there."""
        for name, value in values.items():
            if name not in EVERYWHERE | OWN.get(tag, frozenset()):
                yield self._line, f"<{tag}> has “{name}”, which such a page has not"
            if name == "dir" and value not in ("ltr", "rtl"):
                yield self._line, f"<{tag}> runs in no known direction, “{value}”"
        if tag == "meta" and not (
            values == {"charset": "utf-8"}
            or (values.get("name") in METAS and "charset" not in values)
        ):
            yield self._line, "A <meta> stands here that such a page has not"


def _blank(match: re.Match[str]) -> str:
    """Return as many lines as something had that is left out."""
    return " " + "\n" * match[0].count("\n")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1
