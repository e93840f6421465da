"""The text of a letter as a tree of frozen nodes, each kind of node a class of its own."""

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
"""What is never divided with a hyphen: web and mail addresses."""

# --- in a line; ``kind`` is what templates tell nodes apart by ---


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
    """The end of a line that the letter itself ends."""

    kind: ClassVar[str] = "line-break"


@dataclass(frozen=True)
class CitationMark:
    """Where the number of a cited work stands in the text; the :class:`Citation` tells its line."""

    kind: ClassVar[str] = "citation"
    report: str
    """The id of the cited work."""
    locator: str
    """Where in the cited work (``p. 12``), or nothing."""
    order: int
    """Counted from 1 within the letter."""


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
    """Words that lead to an address."""

    kind: ClassVar[str] = "link"
    children: tuple[Inline, ...]
    href: str


@dataclass(frozen=True)
class Run:
    """A part of a paragraph with a direction of its own; only rendering makes such."""

    kind: ClassVar[str] = "run"
    children: tuple[Inline, ...]
    direction: str
    """``ltr`` or ``rtl``."""


# --- blocks; their direction is ``ltr`` or ``rtl`` once rendering has told it, where either is around ---


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
    """Blocks that the letter quotes."""

    kind: ClassVar[str] = "quote"
    children: tuple[Block, ...]


@dataclass(frozen=True)
class ListItem:
    """An item of a list."""

    kind: ClassVar[str] = "item"
    children: tuple[Block, ...]
    marker: str
    """The number as it is written, with its point or parenthesis; empty in a list of bullets."""


@dataclass(frozen=True)
class List:
    """A list, of bullets or numbered."""

    kind: ClassVar[str] = "list"
    children: tuple[ListItem, ...]
    numbered: bool
    tight: bool
    """It has no blank lines between its items."""
    direction: str = ""


Leaf = Text | Address | LineBreak | CitationMark
"""What has nothing inside."""
Inline = Leaf | Emphasis | Strong | Link | Run
"""What stands in a line."""
Block = Paragraph | Heading | BlockQuote | List
"""What stands below one another."""
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
    """A parsed body."""

    nodes: tuple[Block, ...]
    citations: tuple[Citation, ...] = ()


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
                pass  # the number is not the letter's own
            case Emphasis() | Strong() | Link() | Run():
                parts.append(text_of(node.children))
            case _:
                parts.append(f" {text_of(node.children)} ")
    return re.sub(r"\s+", " ", "".join(parts)).strip()
