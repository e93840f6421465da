"""Puts the pieces of a paragraph that runs in two directions in order.

WeasyPrint orders the characters of each piece of text as the bidirectional algorithm asks (UAX #9), but
lays the pieces themselves one after another: where emphasis or a link stands inside words of the other
direction, these come out in the wrong order. So the algorithm runs here over whole paragraphs, and what
runs the other way is put into a node of its own. No character is added, lost or moved.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import icu

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
    Paragraph,
    Run,
    Text,
    text_of,
)

NAMES = ("ltr", "rtl")
Levels = Sequence[int]
"""Of each character of a text: even from left to right, odd from right to left, deeper where greater."""


def directed(nodes: Sequence[Block], around: bool = False) -> tuple[Block, ...]:
    """Return blocks with the direction of each where any runs left, their texts in order for it."""
    return tuple(_directed(node, around) for node in nodes)


def _directed(node: Block, around: bool) -> Block:
    text = text_of((node,))
    if not around and not TURNING.search(text):
        return node
    if isinstance(node, BlockQuote):
        return replace(node, children=directed(node.children, around))
    own = runs_left(text, around)
    direction = NAMES[own] if own or around else ""
    if isinstance(node, Paragraph | Heading):
        return replace(node, children=ordered(node.children, own), direction=direction)
    items = [replace(item, children=directed(item.children, own)) for item in node.children]
    return replace(node, children=tuple(items), direction=direction)


def ordered(nodes: Sequence[Inline], around: bool) -> tuple[Inline, ...]:
    """Return what is in a paragraph, all that runs another way and is in several nodes in one ``Run``.

    Emphasis and links that only a part of a run is in become two.
    """
    text = "".join(_characters(node) for node in nodes)
    if not around and not TURNING.search(text):
        return tuple(nodes)
    return tuple(_ordered(nodes, _levels(text, around), int(around)))


def _characters(node: Inline) -> str:
    """Return what the algorithm reads of a node."""
    match node:
        case CitationMark():
            # Goes with what is before it, as an accent does.
            return "\N{COMBINING GRAPHEME JOINER}"
        case LineBreak():
            return "\N{PARAGRAPH SEPARATOR}"
        case Address():
            # One word, whatever it is made of; the punctuation behind it is the sentence's.
            address = node.text.rstrip(".,;:!?)]}»”’\"'")
            return "a" * len(address) + node.text[len(address) :]
        case Text():
            return node.text
        case _:
            return "".join(_characters(child) for child in node.children)


def _levels(text: str, base: int) -> Levels:
    """Return the level of each character in a paragraph of the direction of ``base``."""
    bidi = icu.Bidi()
    held = icu.UnicodeString(text)
    bidi.setPara(held, base % 2)
    # The library counts in UTF-16.
    levels = iter(bidi.getLevels())
    return [next(itertools.islice(levels, ord(char) > 0xFFFF, None)) for char in text]


def _ordered(nodes: Sequence[Inline], levels: Levels, base: int) -> Iterator[Inline]:
    """Yield ``nodes``, whose characters have ``levels``, to be laid in the direction of ``base``."""
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
    """Yield ``nodes``, each of which holds all of every run that it has a part in."""
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
    """Yield a text, cut at its runs where its neighbours turn a part of it that would not turn alone."""
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
    """Return ``nodes`` before and after a place in their characters; what lies around it becomes two."""
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
    """Return what becomes of a node that is cut at a place inside it."""
    match node:
        case Text() | Address():
            return replace(node, text=node.text[:place]), replace(node, text=node.text[place:])
        case LineBreak() | CitationMark():
            raise ValueError("a node of one character has no place inside it")
        case _:
            first, second = _cut(node.children, place)
            return replace(node, children=first), replace(node, children=second)
