"""Applies the bidirectional algorithm (UAX #9) to whole paragraphs.

WeasyPrint applies the algorithm to each inline element by itself. Where emphasis or a link stands inside
words of the other direction, the elements come out in the wrong sequence. So the algorithm runs here, and
each run of the other direction becomes a node of its own. No character is added, lost or moved.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence

import icu
from msgspec.structs import replace

from dossier.language.direction import TURNING, runs_left
from dossier.records.body import (
    Address,
    Block,
    BlockQuote,
    CitationMark,
    Heading,
    Inline,
    Leaf,
    LineBreak,
    NoteCall,
    Paragraph,
    Picture,
    Run,
    Table,
    TableRow,
    Text,
    text_of,
)

NAMES = ("ltr", "rtl")
Levels = Sequence[int]
"""The embedding level of each character: even from left to right, odd from right to left."""


def directed(nodes: Sequence[Block], around: bool = False) -> tuple[Block, ...]:
    """Return blocks with directions and runs, where any text runs from right to left.

    ``around`` says that the surrounding text does.
    """
    return tuple(_directed(node, around) for node in nodes)


def _directed(node: Block, around: bool) -> Block:
    text = text_of((node,))
    if isinstance(node, Picture):
        return node
    if not around and not TURNING.search(text):
        return node
    if isinstance(node, BlockQuote):
        return replace(node, children=directed(node.children, around))
    own = runs_left(text, around)
    direction = NAMES[own] if own or around else ""
    if isinstance(node, Paragraph | Heading):
        return replace(node, children=ordered(node.children, own), direction=direction)
    if isinstance(node, Table):
        rows = tuple(_directed_row(row, own) for row in node.children)
        return replace(node, children=rows, direction=direction)
    items = [replace(item, children=directed(item.children, own)) for item in node.children]
    return replace(node, children=tuple(items), direction=direction)


def _directed_row(row: TableRow, around: bool) -> TableRow:
    """Return a row of a table with the direction of each cell; ``around`` is that of the table."""
    cells = []
    for cell in row.children:
        own = runs_left(text_of(cell.children), around)
        direction = NAMES[own] if own != around else ""
        cells.append(replace(cell, children=ordered(cell.children, own), direction=direction))
    return TableRow(tuple(cells))


def ordered(nodes: Sequence[Inline], around: bool) -> tuple[Inline, ...]:
    """Return a paragraph's nodes; a run of the other direction over several nodes becomes a ``Run``.

    Emphasis and links that are only partly inside a run are split in two. ``around`` says that the
    paragraph runs from right to left.
    """
    text = "".join(_characters(node) for node in nodes)
    if not around and not TURNING.search(text):
        return tuple(nodes)
    return tuple(_ordered(nodes, _levels(text, around), int(around)))


def _characters(node: Inline) -> str:
    """Return the characters that stand for a node in the algorithm."""
    match node:
        case CitationMark() | NoteCall():
            # It takes the level of the character before it, as a combining mark does.
            return "\N{COMBINING GRAPHEME JOINER}"
        case LineBreak():
            return "\N{PARAGRAPH SEPARATOR}"
        case Address():
            # An address counts as one Latin word; the punctuation behind it is the sentence's.
            address = node.text.rstrip(".,;:!?)]}»”’\"'")
            return "a" * len(address) + node.text[len(address) :]
        case Text():
            return node.text
        case _:
            return "".join(_characters(child) for child in node.children)


def _levels(text: str, base: int) -> Levels:
    """Return the level of each character in a paragraph whose level is ``base``."""
    bidi = icu.Bidi()
    held = icu.UnicodeString(text)
    bidi.setPara(held, base % 2)
    # The library counts in UTF-16.
    levels = iter(bidi.getLevels())
    return [next(itertools.islice(levels, ord(char) > 0xFFFF, None)) for char in text]


def _ordered(nodes: Sequence[Inline], levels: Levels, base: int) -> Iterator[Inline]:
    """Yield ``nodes``, whose characters have ``levels``, for a text of the level ``base``."""
    ends = list(itertools.accumulate(len(_characters(node)) for node in nodes))
    rest, start = tuple(nodes), 0
    for first, last in _runs(levels, base):
        if bisect.bisect(ends, first) == bisect.bisect(ends, last - 1):
            continue
        before, inside = _cut(rest, first - start)
        inside, rest = _cut(inside, last - first)
        yield from _each(before, levels[start:first], base)
        yield _run(_ordered(inside, levels[first:last], base + 1), base + 1)
        start = last
    yield from _each(rest, levels[start:], base)


def _each(nodes: Sequence[Inline], levels: Levels, base: int) -> Iterator[Inline]:
    """Yield ``nodes``, where no run crosses the bounds of a node."""
    start = 0
    for node in nodes:
        end = start + len(_characters(node))
        own = levels[start:end]
        start = end
        if isinstance(node, Text | Address):
            yield from _words(node, own, base)
        elif isinstance(node, Leaf):
            yield node
        else:
            yield replace(node, children=tuple(_ordered(node.children, own, base)))


def _words(node: Text | Address, levels: Levels, base: int) -> Iterator[Inline]:
    """Yield a text, cut into runs where its context changes the level of a part of it."""
    alone = _levels(node.text, base)
    if all(own - base % 2 == level - base for own, level in zip(alone, levels, strict=True)):
        yield node
        return
    start = 0
    for first, last in [*_runs(levels, base), (len(levels), len(levels))]:
        if start < first:
            yield replace(node, text=node.text[start:first])
        if first < last:
            part = replace(node, text=node.text[first:last])
            yield _run(_words(part, levels[first:last], base + 1), base + 1)
        start = last


def _run(nodes: Iterable[Inline], level: int) -> Run:
    return Run(tuple(nodes), NAMES[level % 2])


def _runs(levels: Levels, base: int) -> list[tuple[int, int]]:
    """Return where the runs begin and end that lie deeper than ``base``."""
    found: list[tuple[int, int]] = []
    start = 0
    for deeper, members in itertools.groupby(levels, key=lambda level: level > base):
        end = start + len(list(members))
        if deeper:
            found.append((start, end))
        start = end
    return found


def _cut(nodes: Sequence[Inline], place: int) -> tuple[tuple[Inline, ...], tuple[Inline, ...]]:
    """Return ``nodes`` before and behind a place in their characters; a node around it is split."""
    before: list[Inline] = []
    for number, node in enumerate(nodes):
        if place <= 0:
            return tuple(before), tuple(nodes[number:])
        length = len(_characters(node))
        if place < length:
            first, second = _halves(node, place)
            return (*before, first), (second, *nodes[number + 1 :])
        before.append(node)
        place -= length
    return tuple(before), ()


def _halves(node: Inline, place: int) -> tuple[Inline, Inline]:
    """Return the two halves of a node that is split at a place inside it."""
    match node:
        case Text() | Address():
            return replace(node, text=node.text[:place]), replace(node, text=node.text[place:])
        case LineBreak() | CitationMark() | NoteCall():
            raise ValueError("a node of one character has no place inside it")
        case _:
            first, second = _cut(node.children, place)
            return replace(node, children=first), replace(node, children=second)
