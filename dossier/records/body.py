"""The text of a letter as a tree of frozen nodes, with a class for each kind of node."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from dossier.language import direction_marks

ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s{direction_marks.CHARACTERS}]+"
    r"|(?<![^\s@])[^\s@]+@[^\s@]+\.[a-z]{2,}"
)
"""Web and mail addresses, which are never hyphenated."""

# --- inline nodes; templates tell nodes apart by ``kind`` ---


@dataclass(frozen=True)
class Text:
    """Words."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class Address:
    """A web or mail address among the words, which is never hyphenated."""

    kind: ClassVar[str] = "address"
    text: str


@dataclass(frozen=True)
class LineBreak:
    """A line break of the letter's own."""

    kind: ClassVar[str] = "line-break"


@dataclass(frozen=True)
class CitationMark:
    """The place of a cited work's number in the text; the :class:`Citation` has its line in the file."""

    kind: ClassVar[str] = "citation"
    report: str
    """The id of the cited work."""
    locator: str
    """Where in the cited work (``p. 12``), or nothing."""
    order: int
    """Counted from 1 within the letter."""


@dataclass(frozen=True)
class NoteCall:
    """The letter's own mark that calls a note."""

    kind: ClassVar[str] = "note-call"
    mark: str
    """As the letter prints it: a number, a letter, an asterisk."""
    number: int
    """The note's number in the sequence of first calls, from 1; 0 while the text is being read."""
    is_first: bool
    """The note is printed at the foot of the page of its first call."""
    note: Note | None = None
    """The called note; None while the text is being read."""


@dataclass(frozen=True)
class Emphasis:
    """Emphasized words, in italics."""

    kind: ClassVar[str] = "emphasis"
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Strong:
    """Strongly emphasized words, in semi-bold."""

    kind: ClassVar[str] = "strong"
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Link:
    """A link to a web or mail address."""

    kind: ClassVar[str] = "link"
    children: tuple[Inline, ...]
    href: str


@dataclass(frozen=True)
class Run:
    """A part of a paragraph with its own direction; only rendering makes these."""

    kind: ClassVar[str] = "run"
    children: tuple[Inline, ...]
    direction: str
    """``ltr`` or ``rtl``."""


# --- blocks; rendering sets their direction to ``ltr`` or ``rtl`` where a text has both ---


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    kind: ClassVar[str] = "paragraph"
    children: tuple[Inline, ...]
    direction: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside the text."""

    kind: ClassVar[str] = "heading"
    children: tuple[Inline, ...]
    level: int
    """From 1 to 6, and never more than one below the heading before."""
    direction: str = ""


@dataclass(frozen=True)
class BlockQuote:
    """A block quotation."""

    kind: ClassVar[str] = "quote"
    children: tuple[Block, ...]


@dataclass(frozen=True)
class ListItem:
    """An item of a list."""

    kind: ClassVar[str] = "item"
    children: tuple[Block, ...]
    marker: str
    """The number as written, with its point or parenthesis; empty in a bulleted list."""


@dataclass(frozen=True)
class List:
    """A bulleted or numbered list."""

    kind: ClassVar[str] = "list"
    children: tuple[ListItem, ...]
    numbered: bool
    tight: bool
    """No blank lines stand between the items."""
    direction: str = ""


@dataclass(frozen=True)
class Note:
    """A footnote of the letter's own."""

    mark: str
    number: int
    """In the sequence of first calls, from 1."""
    paragraphs: tuple[Paragraph, ...]


Leaf = Text | Address | LineBreak | CitationMark | NoteCall
"""An inline node without children."""
Inline = Leaf | Emphasis | Strong | Link | Run
"""A node inside a paragraph or heading."""
Block = Paragraph | Heading | BlockQuote | List
"""A node that stands on lines of its own."""
Node = Inline | Block | ListItem


@dataclass(frozen=True)
class Citation:
    """One place at which the editor cites a work."""

    report: str
    """The id of the cited work."""
    locator: str
    """Where in the cited work (``p. 12``), or nothing."""
    order: int
    """Counted from 1 within the letter."""
    line: int
    column: int


@dataclass(frozen=True)
class Body:
    """A parsed text: a letter's or the introduction's."""

    nodes: tuple[Block, ...]
    citations: tuple[Citation, ...] = ()
    notes: tuple[Note, ...] = ()
    """The footnotes in the sequence of their first calls."""


def text_of(nodes: Sequence[Node]) -> str:
    """Return the letter's own words in ``nodes`` in reading order, one space between blocks."""
    parts: list[str] = []
    for node in nodes:
        match node:
            case Text() | Address():
                parts.append(node.text)
            case LineBreak():
                parts.append(" ")
            case CitationMark():
                pass  # the number is the editor's, not the letter's
            case NoteCall():
                pass  # its words are those of a note
            case Emphasis() | Strong() | Link() | Run():
                parts.append(text_of(node.children))
            case _:
                parts.append(f" {text_of(node.children)} ")
    return re.sub(r"\s+", " ", "".join(parts)).strip()
