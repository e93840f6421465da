"""Lines of text with their links and anchors: as found in an HTML page, and as expected.

Expected lines are texts with control characters around links and anchors, see :func:`linked` and
:func:`anchored`, so that they can be filled into the program's words. No corpus contains these characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

LINK, BEHIND, END, PLACE, BREAK = "\x01", "\x02", "\x03", "\x04", "\x05"
TOKEN = re.compile(f"({LINK}[^{BEHIND}]*{BEHIND}|{PLACE}[^{BEHIND}]*{BEHIND}|{END}|{BREAK})")
SPACES = re.compile(r"[ \t\n\r\f]+")
"""White space that HTML collapses."""


def linked(text: str, href: str) -> str:
    """Return a text that should link to ``href``."""
    return f"{LINK}{href}{BEHIND}{text}{END}"


def anchored(anchor: str) -> str:
    """Return the code for an anchor in a text."""
    return f"{PLACE}{anchor}{BEHIND}"


@dataclass(frozen=True)
class Link:
    """A link in a line."""

    start: int
    end: int
    """Offsets in the line's text."""
    href: str


@dataclass(frozen=True)
class Line:
    """A paragraph, heading, list item or table cell, or a part of these up to a line break."""

    text: str
    level: int
    """The level of a heading, from 1; 0 for other lines."""
    links: tuple[Link, ...]
    anchors: frozenset[str]
    number: int
    """The line of the file on which it begins, counted from 1."""


class Lines:
    """Collects lines from texts, links and anchors."""

    def __init__(self, spaced: bool, number_of: Callable[[int], int] = int) -> None:
        """Start without lines; ``spaced`` keeps the spaces between words.

        ``number_of`` returns the line of the file at an offset.
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
        """Tell whether the current line has text."""
        return bool(self._text)

    def text(self, text: str, place: int = 0) -> None:
        """Add a text, which stands at the offset ``place`` of the file."""
        text = SPACES.sub(" ", text) if self._spaced else "".join(text.split())
        if text.startswith(" ") and (not self._text or self._text.endswith(" ")):
            text = text[1:]
        if text and not self._text:
            self._place = place
        self._text += text

    def anchor(self, name: str) -> None:
        """Add an anchor to the current line."""
        self._anchors.add(name)

    def open(self, href: str) -> None:
        """Begin a link."""
        self._opened = (len(self._text), href)

    def close(self) -> None:
        """End the link."""
        if self._opened is not None:
            start, href = self._opened
            before = self._links[-1] if self._links else None
            # A link with two directions is rendered as two elements.
            if before and (before.end, before.href) == (start, href):
                start = self._links.pop().start
            self._links.append(Link(start, len(self._text), href))
        self._opened = None

    def end(self, level: int = 0) -> None:
        """End the current line, if it has text; ``level`` is its level as a heading."""
        opened = self._opened
        self.close()
        text = self._text.rstrip(" ")
        if text:
            links = [Link(link.start, min(link.end, len(text)), link.href) for link in self._links]
            # Links on white space alone are dropped.
            seen = tuple(link for link in links if text[link.start : link.end].strip())
            number = self._number_of(self._place)
            self.lines.append(Line(text, level, seen, frozenset(self._anchors), number))
            self._anchors = set()
        self._text, self._links = "", []
        if opened:
            self.open(opened[1])


def written(texts: Iterable[tuple[int, str]], spaced: bool) -> list[Line]:
    """Return the expected lines of texts, each with its level as a heading, 0 for none."""
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
