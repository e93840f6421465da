"""Finds where in the HTML of a section each printed page begins."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

TOKEN = re.compile(r"<[^>]*>|&[#\w]+;|[^<&]")
ANCHOR = re.compile(r'<\w+[^>]* id="([^"]*)"')
SURE, NEARBY = (48, 32, 24, 16), (16, 12, 8)
"""How many letters of a page's beginning are looked for, the most first: first where they stand only once,
then near the end of the page before."""
LINES = 8
"""How many lines are looked for together."""
NEAR, FAR = 80, 300
"""How many letters may stand between two lines, and around the end of a page where the next one begins.

On the screen there are more words than in print, such as the line with the pages of a letter; and lines of
notes may be found among those of the text.
"""
SHORTEST = 4
"""Letters of a line that is looked for: shorter ones stand anywhere."""
HEAD = 3
"""How many lines of a page may be the head of a table, which is repeated there."""
Lines = Sequence[Sequence[str]]
"""The lines of a page, as the texts of their glyphs."""


@dataclass(frozen=True)
class Letters:
    """The letters and figures of a section, each with its place in the HTML."""

    text: str
    places: Sequence[int]
    anchors: Mapping[str, int]
    """How many letters stand before each anchor."""
    ends: int
    """How many letters stand before the notes at the end of a letter."""


def letters_of(markup: str) -> Letters:
    """Return the letters of a section, but for those of a drawing, in which no mark can stand."""
    text: list[str] = []
    places: list[int] = []
    anchors: dict[str, int] = {}
    ends = 0
    drawn = False
    for match in TOKEN.finditer(markup):
        token = match[0]
        if token.startswith("<"):
            drawn = token.startswith("<svg") or (drawn and token != "</svg>")
            if anchor := ANCHOR.match(token):
                anchors[html.unescape(anchor[1])] = len(text)
            if token == '<ol class="notes">':
                ends = len(text)
            continue
        for char in html.unescape(token) if len(token) > 1 else token:
            if char.isalnum() and not drawn:
                text.append(char)
                places.append(match.start())
    return Letters("".join(text), places, anchors, ends or len(text))


def breaks(markup: str, pages: Sequence[Lines], anchors: Mapping[str, int]) -> list[int]:
    """Return the place in the HTML at which each page but the first begins.

    ``anchors`` has the pages of anchors, counted from 1. A page whose beginning is not found, as it has
    only notes for example, begins with its first anchor, or where the next one does.
    """
    letters = letters_of(markup)
    known = [
        (page, letters.anchors[key])
        for key, page in anchors.items()
        if letters.anchors.get(key, letters.ends) < letters.ends
    ]
    main = letters.text[: letters.ends]
    found: list[int] = []
    read = 0
    for number, (before, lines) in enumerate(itertools.pairwise(pages), 2):
        read = _behind(main, read, before)
        least = max([0, *(place + 1 for page, place in known if page < number), *found[-1:]])
        most = min([*(place for page, place in known if page >= number), letters.ends])
        place = _begun(main, min(max(read, least), most), (least, most), lines)
        # Behind an anchor of the page before, a page begins with its own first anchor.
        found.append(most if place < 0 else place)
        read = found[-1]
    return [_before_word(markup, letters, at) for at in found]


def _behind(text: str, start: int, lines: Lines) -> int:
    """Return the place behind the last line of a page, of which all are looked for in sequence."""
    at = start
    for line in lines:
        for said in (_letters("".join(line)), _letters("".join(reversed(line)))):
            place = text.find(said, at, at + len(said) + NEAR) if len(said) >= SHORTEST else -1
            if place >= 0:
                at = place + len(said)
                break
    return at


def _begun(text: str, read: int, bounds: tuple[int, int], lines: Lines) -> int:
    """Return where a page begins, as near to ``read`` as possible.

    Without any of its lines, it begins at ``read``, or nowhere (-1) if that is one of the ``bounds``.
    """
    least, most = bounds
    starts = [one for head in range(HEAD + 1) for one in _beginnings(lines[head:])]
    for start in starts:
        for part in (start[:length] for length in SURE if len(start) >= length):
            place = text.find(part)
            # A head of a table that is repeated stands in the text before the lines of the page before.
            if max(least, read - FAR) <= place <= most and text.count(part) == 1:
                return place
    first, last = max(least, read - FAR), min(most, read + FAR)
    for length in NEARBY:
        for start in starts:
            # Matches may overlap where words are repeated.
            part = f"(?={re.escape(start[:length])})"
            places = [
                match.start() + first for match in re.finditer(part, text[first : last + length])
            ]
            near = [place for place in places if start and place <= last]
            if near:
                return min(near, key=lambda place: abs(place - read))
    return read if read > least else -1


def _beginnings(lines: Lines) -> Iterator[str]:
    """Yield the letters of the first lines, and of the first alone, as drawn and from right to left.

    What stands below the first line may be drawn later than what stands further below.
    """
    if lines:
        yield _letters("".join(glyph for line in lines[:LINES] for glyph in line))
        yield _letters("".join(lines[0]))
        yield _letters("".join(reversed(lines[0])))


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _before_word(markup: str, letters: Letters, at: int) -> int:
    """Return the place before the word in which a letter stands."""
    if at >= len(letters.places):
        return markup.rindex("</")
    place = letters.places[at]
    while place and markup[place - 1].isalnum() and at and letters.places[at - 1] == place - 1:
        place, at = place - 1, at - 1
    return place
