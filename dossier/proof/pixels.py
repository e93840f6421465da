"""Drawings of a page in pixels, and the contrast of what is drawn (WCAG 2.2, 1.4.3).

Places in a drawing are counted from its upper left corner. Rows are compared as bytes, which is fast enough
and needs no library for numbers.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from dossier.viewer import Box, Page, Pixels

SCALE = 1.5
"""Pixels per point: 108 to an inch, as on a good screen."""
WHITE = 0xFFFFFF
FULL = 0xFF
INK = 200
"""The grey up to which a pixel of black text counts as inked, and not as its faint edge."""
SOLID = 24
"""The grey of black text, or the least in a text that is thinner, up to which a pixel shows its colour."""
ROUNDING = 0.05
"""The error of a contrast for what a pixel with whole numbers cannot say, at full cover."""
Area = tuple[int, int, int, int]
"""Columns and rows: left, top, right, bottom; the last two do not belong to it."""


def _row(drawn: Pixels, number: int, left: int, right: int) -> memoryview:
    """Return a part of a row as numbers: 0xFFRRGGBB."""
    start = number * drawn.wide
    return memoryview(drawn.raw).cast("I")[start + left : start + right]


@dataclass(frozen=True)
class Shades:
    """A page whose texts are drawn in black, one byte to a pixel: 0 where ink covers it fully."""

    raw: bytes
    stride: int

    def row(self, number: int, left: int, right: int) -> bytes:
        """Return a part of a row."""
        return self.raw[number * self.stride + left : number * self.stride + right]

    def darkest(self, area: Area) -> int:
        """Return the darkest shade in an area; white for an empty one."""
        left, top, right, bottom = area
        rows = (self.row(number, left, right) for number in range(top, bottom))
        return min((min(row) for row in rows if row), default=FULL)


def shaded(page: Page) -> Shades:
    """Draw a page whose texts are black in shades of grey."""
    # Glyphs are placed otherwise in a drawing without colours, so one of the three is taken.
    drawn = page.pixels(SCALE, annotated=False)
    return Shades(drawn.raw[::4], drawn.wide)


def area(box: Box, size: tuple[float, float], drawn: Pixels, margin: int = 1) -> Area:
    """Return the pixels of a box in points from the bottom left, with a margin of some pixels."""
    across, down = drawn.wide / size[0], drawn.high / size[1]

    def within(value: float, most: int) -> int:
        return max(0, min(most, math.floor(value) if math.isfinite(value) else most))

    left, bottom, right, top = box
    return (
        within(left * across - margin, drawn.wide),
        within((size[1] - top) * down - margin, drawn.high),
        within(right * across + margin + 1, drawn.wide),
        within((size[1] - bottom) * down + margin + 1, drawn.high),
    )


def difference(one: Pixels, other: Pixels, but: Sequence[Area]) -> Area | None:
    """Return where two drawings of a page begin to differ, from above; None where they are alike.

    The areas ``but`` are not compared.
    """
    if one.raw == other.raw:
        return None
    patched = bytearray(one.raw)
    across = one.wide * 4
    for left, top, right, bottom in but:
        for start in range(top * across, bottom * across, across):
            part = slice(start + left * 4, start + right * 4)
            patched[part] = other.raw[part]
    first: Area | None = None
    for number in range(one.high):
        start = number * across
        ours, theirs = patched[start : start + across], other.raw[start : start + across]
        if ours != theirs:
            columns = [place // 4 for place in range(across) if ours[place] != theirs[place]]
            here = (min(columns), number, max(columns) + 1, number + 1)
            first = here if first is None else _around(first, here)
        elif first is not None:
            break
    return first


def _around(one: Area, other: Area) -> Area:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def inked(drawn: Pixels, black: Shades, place: Area) -> Iterator[tuple[int, int]]:
    """Yield each pair of a colour and a shade of the pixels that text covers as fully as any there."""
    least = max(SOLID, black.darkest(place))
    if least >= INK:
        return
    covers = bytes(int(shade <= least) for shade in range(256))
    left, top, right, bottom = place
    found: set[tuple[int, int]] = set()
    for number in range(top, bottom):
        shades = black.row(number, left, right)
        colours = _row(drawn, number, left, right)
        covered = shades.translate(covers)
        found.update(zip(compress(colours, covered), compress(shades, covered), strict=True))
    yield from sorted(found)


def paper(drawn: Pixels, black: Shades, place: Area) -> int:
    """Return the commonest colour of the pixels in an area that no text touches; white where all are."""
    empty = bytes(int(shade == FULL) for shade in range(256))
    left, top, right, bottom = place
    found: Counter[int] = Counter()
    for number in range(top, bottom):
        colours = _row(drawn, number, left, right)
        found.update(compress(colours, black.row(number, left, right).translate(empty)))
    return found.most_common(1)[0][0] & WHITE if found else WHITE


@functools.lru_cache(maxsize=4096)
def contrast(colour: int, shade: int, paper: int) -> float:
    """Return the contrast of ink and paper, where a pixel of a colour is covered as a shade says.

    That of a pixel that is not fully covered is made out with an error, which is in favour of the ink.
    """
    cover = (FULL - shade) / FULL
    ink = [
        min(255.0, max(0.0, there - (there - seen) / cover))
        for there, seen in zip(_channels(paper), _channels(colour), strict=True)
    ]
    one, other = sorted((_luminance(ink), _luminance(list(map(float, _channels(paper))))))
    return (other + 0.05) / (one + 0.05) + (ROUNDING / cover if shade else 0.0)


def _channels(colour: int) -> tuple[int, int, int]:
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255


def _luminance(channels: list[float]) -> float:
    """Return the relative luminance of red, green and blue."""
    parts = [value / 255 for value in channels]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
