"""The text of a letter as a tree of frozen nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dossier.language import direction_marks

ADDRESS = re.compile(
    rf"(?:https?://|www\.)[^\s{direction_marks.CHARACTERS}]+"
    r"|(?<![^\s@])[^\s@]+@[^\s@]+\.[a-z]{2,}"
)
"""What is never divided with a hyphen: web and mail addresses."""


@dataclass(frozen=True)
class Node:
    """One piece of a letter's body."""

    kind: str
    """A value of :data:`.markdown.KINDS`; or ``run``, a part of a paragraph with a direction of its own."""
    children: tuple[Node, ...] = ()
    text: str = ""
    """The words of a text; the address of a link; the id of a cited work."""
    level: int = 0
    """A heading's level, 1 to 6, without gaps; a citation's order."""
    locator: str = ""
    """Where in the cited work (``p. 12``)."""
    tight: bool = False
    """A list without blank lines between its items."""
    marker: str = ""
    """The number of an ordered list's item as it is written, with its point or parenthesis."""
    direction: str = ""
    """``ltr`` or ``rtl``, where either is among what is around; only :mod:`.order` tells."""


@dataclass(frozen=True)
class Citation:
    """One place at which the editor cites a work."""

    report: str
    locator: str
    order: int
    """Counted from 1 within the letter."""
    line: int
    column: int


@dataclass(frozen=True)
class Body:
    """A parsed body."""

    nodes: tuple[Node, ...]
    citations: tuple[Citation, ...] = ()


def text_of(nodes: tuple[Node, ...]) -> str:
    """Return the letter's own words in ``nodes`` in reading order, one space between blocks."""
    parts: list[str] = []
    for node in nodes:
        if node.kind == "citation":
            continue
        if node.kind in ("text", "address"):
            parts.append(node.text)
        elif node.kind == "br":
            parts.append(" ")
        else:
            inner = text_of(node.children)
            parts.append(inner if node.kind in ("em", "strong", "a") else f" {inner} ")
    return re.sub(r"\s+", " ", "".join(parts)).strip()
