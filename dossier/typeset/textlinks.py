"""Cuts locators out of a line of text, to make links of them without a box for each.

An index of a thousand pages has more than ten thousand locators. As elements of their own they make
WeasyPrint's layout many times slower than the same words as plain text. So a template writes plain text
and gives the element the targets in ``data-hrefs``, separated by spaces; after layout the text-showing
operators of each line are cut at the locators, which become marked content of their own, with the place
that the glyphs' advances give (ISO 32000-1, 9.4.3 and 9.4.4).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOCATOR = re.compile(r"\d+:\d+")
"""A letter's number and a page."""
ITEM = re.compile(r"<([0-9a-f]*)>|(-?\d+(?:\.\d+)?)")
SHOW = re.compile(r"^\[(.*)\]\s*TJ$", re.DOTALL)
FONT = re.compile(r"^/(\S+) ([\d.]+) Tf$")
MATRIX = re.compile(r"^(?:[-\d.]+ ){4}([-\d.]+) [-\d.]+ Tm$")


@dataclass(frozen=True)
class Cut:
    """A locator that has become marked content of its own."""

    mcid: int
    href: str
    left: float
    right: float
    """Its extent in CSS pixels from the page's left edge."""


@dataclass(frozen=True)
class Rest:
    """The text before, between or after locators."""

    mcid: int


class Hrefs:
    """The targets of an element's locators, in the order in which its lines come up."""

    def __init__(self, element: Any) -> None:
        """Take an element whose own text, apart from its children's, has a locator for each target.

        Raise ValueError where it has not: a heading with figures like them belongs into a child.
        """
        self.hrefs = element.get("data-hrefs").split()
        own = " ".join([element.text or "", *(child.tail or "" for child in element)])
        if len(LOCATOR.findall(own)) != len(self.hrefs):
            raise ValueError(f"not as many locators as targets in “{own}”")

    def next(self) -> str:
        """Return the next locator's target."""
        return str(self.hrefs.pop(0))


Metrics = Mapping[str, tuple[str, float]]
"""How each glyph of a font reads and how wide it is, under the glyph in hexadecimal digits."""


def cut(
    operators: list[Any],
    start: int,
    fonts: Mapping[str, Metrics],
    hrefs: Hrefs,
    mcid: int,
    free: int,
) -> list[Cut | Rest]:
    """Cut the marked content whose property list stands at ``start`` of a page's ``operators``.

    ``fonts`` are the document's by their names, ``mcid`` is the content's own number and ``free`` the
    first that the page has left. Changes operators in place without moving any; returns the pieces in
    order, the first with the number that the content had.
    """
    pieces: list[Cut | Rest] = [Rest(mcid)]
    font: Any = None
    size = x = 0.0
    place = start
    while operators[place] != b"EMC":
        words = text_of(operators[place])
        if match := MATRIX.match(words):
            x = float(match[1])
        elif match := FONT.match(words):
            font, size = fonts[match[1]], float(match[2])
        elif match := SHOW.match(words):
            glyphs = _glyphs(match[1])
            starts: list[int] = []
            lefts: list[float] = []
            texts: list[str] = []
            reached = 0
            for glyph in glyphs:
                starts.append(reached)
                lefts.append(x)
                if isinstance(glyph, str):
                    text, width = font[glyph]
                    texts.append(text)
                    reached += len(text)
                    x += width * size / 1000
                else:
                    x -= glyph * size / 1000
            lefts.append(x)
            text = "".join(texts)
            parts: list[str] = []
            shown = 0
            for found in LOCATOR.finditer(text):
                first = bisect_right(starts, found.start()) - 1
                after = bisect_left(starts, found.end())
                parts += [
                    _shown(glyphs[shown:first]),
                    f"EMC\n/Link <</MCID {free}>> BDC",
                    _shown(glyphs[first:after]),
                    f"EMC\n/Span <</MCID {free + 1}>> BDC",
                ]
                pieces += [Cut(free, hrefs.next(), lefts[first], lefts[after]), Rest(free + 1)]
                free += 2
                shown = after
            parts.append(_shown(glyphs[shown:]))
            operators[place] = "\n".join(parts).encode("latin-1")
        place += 1
    return pieces


def text_of(operator: Any) -> str:
    """Return an operator of a page's stream as text."""
    return operator.decode("latin-1") if isinstance(operator, bytes) else str(operator)


def metrics(font: Any) -> Metrics:
    """Return what is needed of one of WeasyPrint's fonts."""
    return {
        f"{glyph:04x}": (text, font.widths.get(glyph, 0)) for glyph, text in font.to_unicode.items()
    }


def _glyphs(shown: str) -> list[str | float]:
    """Return the glyphs of a TJ array in hexadecimal digits, and its moves in thousandths of the size."""
    found: list[str | float] = []
    for digits, move in ITEM.findall(shown):
        if move:
            found.append(float(move))
        else:
            found += [digits[n : n + 4] for n in range(0, len(digits), 4)]
    return found


def _shown(glyphs: list[str | float]) -> str:
    """Return the operator that shows ``glyphs``; an empty array where there are none."""
    parts = [f"<{glyph}>" if isinstance(glyph, str) else f"{glyph:g}" for glyph in glyphs]
    return f"[{''.join(parts)}] TJ"
