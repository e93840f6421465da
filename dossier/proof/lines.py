"""Lines of text with what leads from them and to them: as an HTML page has them, and as it should.

What the page should say is written as texts in which :func:`linked` and :func:`marked` stand, so that the
words of ours can be put around them. No corpus has the characters with which these begin and end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LINK, BEHIND, END, PLACE, BREAK = "\x01", "\x02", "\x03", "\x04", "\x05"
TOKEN = re.compile(f"({LINK}[^{BEHIND}]*{BEHIND}|{PLACE}[^{BEHIND}]*{BEHIND}|{END}|{BREAK})")
SPACES = re.compile(r"[ \t\n\r\f]+")
"""What HTML shows as one space, or as none at the end of a line."""


def linked(text: str, href: str) -> str:
    """Return a text from which a link should lead to ``href``."""
    return f"{LINK}{href}{BEHIND}{text}{END}"


def marked(anchor: str) -> str:
    """Return what stands in a text where an anchor should be."""
    return f"{PLACE}{anchor}{BEHIND}"


@dataclass(frozen=True)
class Link:
    """A part of a line that leads elsewhere."""

    start: int
    end: int
    """Places in the line's text."""
    href: str


@dataclass(frozen=True)
class Line:
    """A paragraph, a heading, an item or a cell; or a part of it up to a line break."""

    text: str
    level: int
    """A heading's, 1 to 6; 0 for what is none."""
    links: tuple[Link, ...]
    anchors: frozenset[str]
    number: int
    """The line of the file in which it begins, counted from 1."""


class Lines:
    """Lines while they are written."""

    def __init__(self, spaced: bool, number_of: Callable[[int], int] = int) -> None:
        """Keep the spaces between words where ``spaced``, otherwise none.

        ``number_of`` gives the line of the file in which a place is.
        """
        self._number_of = number_of
        self.lines: list[Line] = []
        self._spaced = spaced
        self._text = ""
        self._links: list[Link] = []
        self._opened: tuple[int, str] | None = None
        self._anchors: set[str] = set()
        self._place = 0

    @property
    def has_begun(self) -> bool:
        """Tell whether there is a text in the line."""
        return bool(self._text)

    def text(self, text: str, place: int = 0) -> None:
        """Add a text, which stands at a place of the file."""
        text = SPACES.sub(" ", text) if self._spaced else "".join(text.split())
        if text.startswith(" ") and (not self._text or self._text.endswith(" ")):
            text = text[1:]
        if text and not self._text:
            self._place = place
        self._text += text

    def anchor(self, name: str) -> None:
        """Note an anchor."""
        self._anchors.add(name)

    def open(self, href: str) -> None:
        """Begin a link."""
        self._opened = (len(self._text), href)

    def close(self) -> None:
        """End the link."""
        if self._opened is not None:
            start, href = self._opened
            before = self._links[-1] if self._links else None
            # A link that runs in two directions is set as two.
            if before and (before.end, before.href) == (start, href):
                start = self._links.pop().start
            self._links.append(Link(start, len(self._text), href))
        self._opened = None

    def end(self, level: int = 0) -> None:
        """End the line, if there is any; ``level`` is that of a heading."""
        opened = self._opened
        self.close()
        text = self._text.rstrip(" ")
        if text:
            links = [Link(one.start, min(one.end, len(text)), one.href) for one in self._links]
            # A link of nothing but spaces has no place in it.
            seen = tuple(one for one in links if text[one.start : one.end].strip())
            number = self._number_of(self._place)
            self.lines.append(Line(text, level, seen, frozenset(self._anchors), number))
            self._anchors = set()
        self._text, self._links = "", []
        if opened:
            self.open(opened[1])


def written(texts: Iterable[tuple[int, str]], spaced: bool) -> list[Line]:
    """Return lines that should be there; each text goes with the level of its heading, 0 for none."""
    lines = Lines(spaced)
    for level, text in texts:
        for token in TOKEN.split(text):
            if token.startswith(LINK):
                lines.open(token[1:-1])
            elif token.startswith(PLACE):
                lines.anchor(token[1:-1])
            elif token == END:
                lines.close()
            elif token == BREAK:
                lines.end(level)
            else:
                lines.text(token)
        lines.end(level)
    return lines.lines
