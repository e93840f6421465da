"""Makes links of the locators in a line of text, without an HTML element for each.

An index of a thousand pages has more than ten thousand locators. As HTML elements they make WeasyPrint's
layout many times slower than plain text. So a template writes plain text, and gives the element the targets
in ``data-hrefs``, separated by spaces. After layout, the text-showing operators of each line are cut at the
locators. Each locator becomes marked content of its own, with a text object of its own (ISO 32000-1,
14.6.1); its position follows from the glyph advances (9.4.3 and 9.4.4).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOCATOR = re.compile(r"\d+:[A-C]?\d+")
"""A locator as printed: a letter's number and a page, which may have a section letter."""
ITEM = re.compile(r"<([0-9a-f]*)>|(-?\d+(?:\.\d+)?)")
SHOW = re.compile(r"^\[(.*)\]\s*TJ$", re.DOTALL)
FONT = re.compile(r"^/(\S+) ([\d.]+) Tf$")
MATRIX = re.compile(r"^((?:[-\d.]+ ){4})([-\d.]+) ([-\d.]+) Tm$")


@dataclass(frozen=True)
class Cut:
    """A locator that has become marked content of its own."""

    mcid: int
    href: str
    left: float
    right: float
    """Its left and right edge in CSS pixels from the page's left edge."""


@dataclass(frozen=True)
class Rest:
    """The text before, between or after locators."""

    mcid: int


class Hrefs:
    """The targets of an element's locators, in the sequence of its lines."""

    def __init__(self, element: Any) -> None:
        """Take an element whose own text, without its children's, has a locator for each target.

        Raises ValueError where the numbers differ: a heading that looks like a locator belongs in a child.
        """
        self.hrefs = element.get("data-hrefs").split()
        own = " ".join([element.text or "", *(child.tail or "" for child in element)])
        if len(LOCATOR.findall(own)) != len(self.hrefs):
            raise ValueError(f"not as many locators as targets in “{own}”")

    def next(self) -> str:
        """Return the next locator's target."""
        return str(self.hrefs.pop(0))


Metrics = Mapping[str, tuple[str, float]]
"""The text and the width of each glyph of a font, by the glyph in hexadecimal digits."""


def cut(
    operators: list[Any],
    start: int,
    fonts: Mapping[str, Metrics],
    hrefs: Hrefs,
    mcid: int,
    free: int,
) -> list[Cut | Rest]:
    """Cut the marked content with the property list at index ``start`` of a page's ``operators``.

    ``fonts`` are the document's fonts by name, ``mcid`` is the content's MCID and ``free`` the first unused
    MCID of the page. Operators are changed in place, and keep their indices. Returns the pieces in
    sequence; the first has the content's MCID.
    """
    pieces: list[Cut | Rest] = [Rest(mcid)]
    font: Any = None
    size = x = 0.0
    turned = y = ""
    place = start
    while operators[place] != b"EMC":
        words = text_of(operators[place])
        if match := MATRIX.match(words):
            turned, x, y = match[1], float(match[2]), match[3]
        elif match := FONT.match(words):
            font, size = fonts[match[1]], float(match[2])
        elif match := SHOW.match(words):
            glyphs = _glyphs(match[1])
            line = _measured(glyphs, font, size, x)
            x = line.lefts[-1]
            parts: list[str] = []
            shown = 0
            for found in LOCATOR.finditer(line.text):
                first = bisect_right(line.starts, found.start()) - 1
                after = bisect_left(line.starts, found.end())
                left, right = line.lefts[first], line.lefts[after]
                parts += [
                    _shown(glyphs[shown:first]),
                    f"ET\nEMC\n/Link <</MCID {free}>> BDC\nBT\n{turned}{left:.4f} {y} Tm",
                    _shown(glyphs[first:after]),
                    f"ET\nEMC\n/Span <</MCID {free + 1}>> BDC\nBT\n{turned}{right:.4f} {y} Tm",
                ]
                pieces += [Cut(free, hrefs.next(), left, right), Rest(free + 1)]
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
    """Return the metrics of one of WeasyPrint's fonts."""
    return {
        f"{glyph:04x}": (text, font.widths.get(glyph, 0)) for glyph, text in font.to_unicode.items()
    }


@dataclass(frozen=True)
class _Measured:
    """The text of a TJ array, with the position of each of its items."""

    text: str
    starts: list[int]
    """The index in the text at which each item begins."""
    lefts: list[float]
    """The left edge of each item, then the right edge of the last, in CSS pixels."""


def _measured(glyphs: list[str | float], font: Metrics, size: float, x: float) -> _Measured:
    """Return the text and the positions of the items of a TJ array that begins at ``x``."""
    texts: list[str] = []
    starts: list[int] = []
    lefts: list[float] = []
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
    return _Measured("".join(texts), starts, [*lefts, x])


def _glyphs(array: str) -> list[str | float]:
    """Return the items of a TJ array: glyphs in hexadecimal digits, and numeric adjustments."""
    found: list[str | float] = []
    for digits, adjustment in ITEM.findall(array):
        if adjustment:
            found.append(float(adjustment))
        else:
            found += [digits[n : n + 4] for n in range(0, len(digits), 4)]
    return found


def _shown(glyphs: list[str | float]) -> str:
    """Return the TJ operator that shows ``glyphs``."""
    parts = [f"<{glyph}>" if isinstance(glyph, str) else f"{glyph:g}" for glyph in glyphs]
    return f"[{''.join(parts)}] TJ"
