"""The text of a letter as a tree of frozen nodes, with a class for each kind of node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct

from dossier.language import direction_marks
from dossier.records.pictures import PictureFile

ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s{direction_marks.CHARACTERS}]+"
    r"|(?<![^\s@])[^\s@]+@[^\s@]+\.[a-z]{2,}"
)
"""Web and mail addresses, which are never hyphenated."""


class _Node(Struct, frozen=True):
    """A node: a structure that is told from others by its tag when it is read back from the cache."""


# --- inline nodes; templates tell nodes apart by ``kind`` ---


class Text(_Node, frozen=True, tag=True):
    """Words."""

    kind: ClassVar[str] = "text"
    text: str


class Address(_Node, frozen=True, tag=True):
    """A web or mail address among the words, which is never hyphenated."""

    kind: ClassVar[str] = "address"
    text: str


class LineBreak(_Node, frozen=True, tag=True):
    """A line break of the letter's own."""

    kind: ClassVar[str] = "line-break"


class CitationMark(_Node, frozen=True, tag=True):
    """The place of a cited work's number in the text; the :class:`Citation` has its line in the file."""

    kind: ClassVar[str] = "citation"
    report: str
    """The id of the cited work."""
    locator: str
    """Where in the cited work (``p. 12``), or nothing."""
    order: int
    """Counted from 1 within the letter."""


class NoteCall(_Node, frozen=True, tag=True):
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


class Emphasis(_Node, frozen=True, tag=True):
    """Emphasized words, in italics."""

    kind: ClassVar[str] = "emphasis"
    children: tuple[Inline, ...]


class Strong(_Node, frozen=True, tag=True):
    """Strongly emphasized words, in semi-bold."""

    kind: ClassVar[str] = "strong"
    children: tuple[Inline, ...]


class Link(_Node, frozen=True, tag=True):
    """A link to a web or mail address."""

    kind: ClassVar[str] = "link"
    children: tuple[Inline, ...]
    href: str


class Run(_Node, frozen=True, tag=True):
    """A part of a paragraph with its own direction; only rendering makes these."""

    kind: ClassVar[str] = "run"
    children: tuple[Inline, ...]
    direction: str
    """``ltr`` or ``rtl``."""


# --- blocks; rendering sets their direction to ``ltr`` or ``rtl`` where a text has both ---


class Paragraph(_Node, frozen=True, tag=True):
    """A paragraph."""

    kind: ClassVar[str] = "paragraph"
    children: tuple[Inline, ...]
    direction: str = ""
    is_source: bool = False
    """It names whom an epigraph quotes."""


class Heading(_Node, frozen=True, tag=True):
    """A heading inside the text."""

    kind: ClassVar[str] = "heading"
    children: tuple[Inline, ...]
    level: int
    """From 1 to 6, and never more than one below the heading before."""
    direction: str = ""


class BlockQuote(_Node, frozen=True, tag=True):
    """A block quotation."""

    kind: ClassVar[str] = "quote"
    children: tuple[Block, ...]
    is_epigraph: bool = False
    """It stands above the text, with its source."""


class ListItem(_Node, frozen=True, tag=True):
    """An item of a list."""

    kind: ClassVar[str] = "item"
    children: tuple[Block, ...]
    marker: str
    """The number as written, with its point or parenthesis; empty in a bulleted list."""


class List(_Node, frozen=True, tag=True):
    """A bulleted or numbered list."""

    kind: ClassVar[str] = "list"
    children: tuple[ListItem, ...]
    numbered: bool
    tight: bool
    """No blank lines stand between the items."""
    direction: str = ""

    @property
    def numbering(self) -> str:
        """The kind of its markers as PDF names it (ISO 32000-1, table 347); empty for plain figures."""
        marker = re.sub(r"\W", "", self.children[0].marker)
        if not self.numbered or not marker.isalpha():
            return ""
        case = "Upper" if marker.isupper() else "Lower"
        last = re.sub(r"\W", "", self.children[-1].marker).lower()
        figures = marker.lower()[0] == "i" and set(last) <= set("ivx")
        return case + ("Roman" if figures else "Alpha")


# --- tables, from version 2 of the corpus format on ---


class TableCell(_Node, frozen=True, tag=True):
    """A cell of a table."""

    kind: ClassVar[str] = "cell"
    children: tuple[Inline, ...]
    align: str = ""
    """``left``, ``center`` or ``right``, where the letter's table says so."""
    direction: str = ""


class TableRow(_Node, frozen=True, tag=True):
    """A row of a table."""

    kind: ClassVar[str] = "row"
    children: tuple[TableCell, ...]


class Table(_Node, frozen=True, tag=True):
    """A table; its first row is its head."""

    kind: ClassVar[str] = "table"
    children: tuple[TableRow, ...]
    width: float
    """Its width as a part of the measure, in percent."""
    columns: tuple[float, ...]
    """The widths of its columns as parts of its own, in percent."""
    direction: str = ""


# --- pictures, from version 2 on ---


class Picture(_Node, frozen=True, tag=True):
    """A picture on lines of its own."""

    kind: ClassVar[str] = "picture"
    file: PictureFile
    alt: str
    """What is read aloud in its place."""
    children: tuple[()] = ()


class Note(_Node, frozen=True, tag=True):
    """A footnote of the letter's own."""

    mark: str
    number: int
    """In the sequence of first calls, from 1."""
    paragraphs: tuple[Paragraph, ...]


Leaf = Text | Address | LineBreak | CitationMark | NoteCall
"""An inline node without children."""
Inline = Leaf | Emphasis | Strong | Link | Run
"""A node inside a paragraph or heading."""
Block = Paragraph | Heading | BlockQuote | List | Table | Picture
"""A node that stands on lines of its own."""
Node = Inline | Block | ListItem | TableRow | TableCell


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
    signed_at: int | None = None
    """The number of nodes before the line that stands for the signatures, if there is one."""

    @property
    def text(self) -> tuple[Block, ...]:
        """The nodes before the signatures: all, where none is said to stand behind them."""
        return self.nodes[: self.signed_at]

    @property
    def postscript(self) -> tuple[Block, ...]:
        """The nodes behind the signatures."""
        return () if self.signed_at is None else self.nodes[self.signed_at :]


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


def pictures_of(nodes: Sequence[Node]) -> Iterator[Picture]:
    """Yield the pictures among ``nodes`` in reading order."""
    for node in nodes:
        if isinstance(node, Picture):
            yield node
        elif not isinstance(node, Leaf):
            yield from pictures_of(node.children)
