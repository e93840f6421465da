"""Looks at the pages of a finished PDF as a viewer draws them: ink where a text is, paper elsewhere.

A page is drawn three times: as a reader sees it; its texts alone; its texts alone in black. The first two
must be alike but where something else may stand; the third says which pixels show the colour of a text.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier.proof.pixels import (
    INK,
    SCALE,
    WHITE,
    Shades,
    area,
    contrast,
    difference,
    inked,
    paper,
    shaded,
)
from dossier.proof.readback import THIN
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.galley import MARGIN
from dossier.viewer import Box, DamagedError, Document, Page, PageObject, Pixels

ENOUGH = 4.5
"""The least contrast of a text (WCAG 2.2, 1.4.3, AA)."""
SLACK = 2.0
"""Points by which a rule may leave the block of text, and a text its clip path at the sides."""
CUT = 0.75
"""Points by which a text may leave its clip path above and below."""
LEADER = 0x808080
"""The colour of the dots in the contents."""
RULED = 0.34
"""The part of a text's font size that rules may cover together: one under it and one through it."""
INCH, MILLIMETRES = 72, 25.4
SELECTORS = frozenset(map(chr, (0x34F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks without ink of their own."""
LONG = 60
"""Characters of a text that a finding quotes."""
MOST = 3
"""Findings that a page has by itself."""


@dataclass(frozen=True)
class Known:
    """What may be drawn besides texts and pictures, and on what."""

    size: tuple[float, float]
    """Width and height of the paper in points."""
    colours: frozenset[int]
    """Those of rules."""
    bars: frozenset[int]
    """Those of the chart's bars."""
    bar: float
    """The thickness of these."""
    rule: float
    """The greatest thickness of a rule in points."""
    measure: float
    """The width of the text block, and how far it is shifted to one side or the other."""
    designed: bool
    """The corpus has templates of its own, which may draw other shapes under its texts."""
    foreign: frozenset[int] = frozenset()
    """The pages with facsimiles, over which words lie that are not drawn."""


@dataclass(frozen=True)
class Written:
    """A text object."""

    words: str
    box: Box
    size: float
    """Its font size in points."""
    cut: bool
    """A clip path or a mask may hide a part of it."""

    @property
    def visible(self) -> bool:
        """It has characters that leave ink."""
        return any(
            unicodedata.category(sign)[0] not in "ZC" and sign not in SELECTORS
            for sign in self.words
        )


@dataclass(frozen=True)
class Shape:
    """Anything else that is drawn: a path, a picture."""

    kind: str
    """``rule``, ``bar``, ``picture``; empty for what is not known."""
    box: Box


@dataclass(frozen=True)
class Sight:
    """A page: its objects and drawings."""

    size: tuple[float, float]
    texts: Sequence[Written]
    shapes: Sequence[Shape]
    whole: Pixels
    alone: Pixels
    black: Shades


def known(truth: Truth) -> Known:
    """Return what a packet's design draws besides texts."""
    colours = truth.design.colours

    def numbers(*names: str) -> frozenset[int]:
        return frozenset(int(name[1:], 16) for name in names)

    sheet = truth.design.papers[truth.publication.paper]
    return Known(
        (sheet.width, sheet.height),
        numbers(*colours.model_dump().values()) | {LEADER},
        numbers(colours.accent, colours.muted),
        truth.design.chart.bar,
        max(THIN, truth.design.notes.rule),
        truth.furniture.measure + 2 * (abs(truth.furniture.shift) + truth.furniture.inward),
        truth.has_templates,
    )


def look(path: Path, numbers: Iterable[int], may: Known, charted: Collection[int]) -> list[Finding]:
    """Look at some pages of a file, ``charted`` those that may have a chart: a task for a worker."""
    with Document(path.read_bytes()) as pdf:
        return [
            (number, message)
            for number in numbers
            for message in _first(_messages(pdf, number, may, number in charted))
        ]


def _messages(pdf: Document, number: int, may: Known, charted: bool) -> Iterator[str]:
    """Yield what is wrong with the sight of a page."""
    try:
        with pdf.page(number - 1) as page:
            wide, high = page.size
            if abs(wide - may.size[0]) > SLACK or abs(high - may.size[1]) > SLACK:
                yield "The page is not of the size of its paper, and is not drawn"
                return
            sight = _sight(page, may, charted, number in may.foreign)
    except DamagedError:
        yield "The page cannot be drawn"
        return
    yield from _faint(sight, may)
    yield from _covered(sight)
    if not may.designed:
        yield from _strange(sight, may)
    yield from _changed(sight)


def _first(messages: Iterable[str]) -> Iterator[str]:
    """Yield the first of the messages about a page, and how many more there are."""
    every = list(messages)
    yield from every[:MOST]
    if len(every) > MOST:
        yield f"On this page, {len(every) - MOST} further texts or shapes do not look as they should"


def _sight(page: Page, may: Known, charted: bool, foreign: bool) -> Sight:
    """Draw a page in its three ways; it is changed and must not be used again."""
    whole = page.pixels(SCALE, annotated=True)
    every = list(page.objects())
    others = [one for one in every if one.kind != "text"]
    # A text in rendering mode 3 is a finding on all pages but facsimiles.
    texts = [one for one in every if one.kind == "text" and not (foreign and one.is_invisible())]
    written = [_written(one) for one in texts]
    shapes = [_shape(one, may, charted) for one in others]
    page.remove(others)
    alone = page.pixels(SCALE, annotated=False)
    for one in texts:
        one.blacken()
    return Sight(page.size, written, shapes, whole, alone, shaded(page))


def _written(shown: PageObject) -> Written:
    """Read a text object."""
    box = shown.box()
    cut = shown.is_transparent() or any(
        len(set(across)) > 2 or len(set(up)) > 2  # not a rectangle
        or box[0] < min(across) - SLACK or box[2] > max(across) + SLACK
        or box[1] < min(up) - CUT or box[3] > max(up) + CUT
        for across, up in shown.clips()
    )  # fmt: skip
    size, _ = shown.setting()
    return Written(shown.words(), box, size, cut)


def _shape(shown: PageObject, may: Known, charted: bool) -> Shape:
    """Read an object that is not a text."""
    box = shown.box()
    for across, up in shown.clips():
        box = (
            max(box[0], min(across)),
            max(box[1], min(up)),
            min(box[2], max(across)),
            min(box[3], max(up)),
        )
    if shown.kind == "picture" and shown.mcid() >= 0:
        return Shape("picture", box)
    if shown.kind != "path":
        return Shape("", box)
    colour = _colour(shown)
    if min(box[2] - box[0], box[3] - box[1]) <= may.rule and colour in may.colours:
        return Shape("rule", box)
    if charted and colour in may.bars and abs(box[3] - box[1] - may.bar) < SLACK:
        return Shape("bar", box)
    return Shape("", box)


def _colour(path: PageObject) -> int | None:
    """Return the colour of a path that is only filled or only stroked, and opaque; None for others."""
    filled, stroked = path.painting()
    if filled == stroked:
        return None
    colour, opacity = path.fill() if filled else path.stroke()
    return colour if opacity == 255 else None


def _faint(sight: Sight, may: Known) -> Iterator[str]:
    """Yield the words on a page that leave no ink, or too little that differs from the paper."""
    for text in filter(_is_visible, sight.texts):
        place = area(text.box, sight.size, sight.whole)
        under = paper(sight.whole, sight.black, place) if may.designed else WHITE
        pairs = inked(sight.whole, sight.black, place)
        least = min((contrast(colour, shade, under) for colour, shade in pairs), default=None)
        if least is None:
            yield f"The words “{short(text.words)}” leave no ink"
        elif least < ENOUGH:
            told = math.floor(least * 10) / 10
            yield f"The words “{short(text.words)}” can hardly be seen: their contrast is {told:.1f}:1"
        elif text.cut and not may.designed:
            yield f"The words “{short(text.words)}” are cut off, or drawn transparently"


def _covered(sight: Sight) -> Iterator[str]:
    """Yield the words over or under a picture or a bar, and those under rules that hide them."""
    for text in filter(_is_visible, sight.texts):
        rules: list[Box] = []
        for shape in sight.shapes:
            common = _common(text.box, shape.box)
            if common is None:
                continue
            if shape.kind == "rule":
                rules.append(common)
            elif (
                shape.kind and sight.black.darkest(area(common, sight.size, sight.whole, -1)) < INK
            ):
                yield f"A {shape.kind} covers the words “{short(text.words)}”"
        if _thickness(rules) > RULED * text.size:
            yield f"Lines cover the words “{short(text.words)}”"


def _thickness(rules: Sequence[Box]) -> float:
    """Return the greatest height that rules have together at one place of a line."""
    return max(
        (sum(top - low for left, low, right, top in rules if left <= place < right)
         for place, *_ in rules),
        default=0.0,
    )  # fmt: skip


def _strange(sight: Sight, may: Known) -> Iterator[str]:
    """Yield the shapes that no design of the program draws, and lines in the margins."""
    wide, high = sight.size
    margin = (wide - may.measure) / 2 - SLACK
    for shape in sight.shapes:
        left, bottom, right, top = shape.box
        place = _place(left, high - top)
        if not shape.kind:
            yield f"A shape is drawn that is no line, bar or picture of the dossier, {place}"
        elif left < margin or right > wide - margin or bottom < MARGIN or top > high - MARGIN:
            yield f"A {shape.kind} is drawn in the margin, {place}"


def _changed(sight: Sight) -> Iterator[str]:
    """Yield where a page does not look as its texts do alone, outside of its shapes."""
    but = [area(shape.box, sight.size, sight.whole) for shape in sight.shapes]
    where = difference(sight.whole, sight.alone, but)
    if where is None:
        return
    for text in filter(_is_visible, sight.texts):
        left, top, right, bottom = area(text.box, sight.size, sight.whole)
        if left < where[2] and where[0] < right and top < where[3] and where[1] < bottom:
            yield f"Something is drawn over the words “{short(text.words)}”"
            return
    scale = sight.size[0] / sight.whole.wide
    yield f"Something is drawn where nothing should be, {_place(where[0] * scale, where[1] * scale)}"


def _is_visible(text: Written) -> bool:
    return text.visible


def _common(one: Box, other: Box) -> Box | None:
    """Return the box that two boxes have in common; None where they only touch."""
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _place(left: float, top: float) -> str:
    across, down = (round(value / INCH * MILLIMETRES) for value in (left, top))
    return f"{across} mm from the left and {down} mm from the top"


def short(words: str) -> str:
    """Return the words for a finding."""
    words = " ".join(words.split())
    return words if len(words) <= LONG else f"{words[:LONG].rstrip()} …"
