"""Looks at the pages of a finished PDF as pdfium draws them: ink where a text is, paper elsewhere.

A page is drawn three times: as a reader sees it; its texts alone; its texts alone in black. The first two
must be alike but where something else may stand; the third says which pixels show the colour of a text.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from dossier.proof.pixels import (
    INK,
    WHITE,
    Drawn,
    Shades,
    area,
    coloured,
    contrast,
    difference,
    inked,
    paper,
    shaded,
)
from dossier.proof.readback import THIN, Box
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.design import MARGIN

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
ROOM = 50_000
"""The greatest number of characters of a text, in UTF-16."""
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
    whole: Drawn
    alone: Drawn
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
    pdf = pypdfium2.PdfDocument(path.read_bytes())
    try:
        return [
            (number, message)
            for number in numbers
            for message in _first(_messages(pdf, number, may, number in charted))
        ]
    finally:
        pdf.close()


def _messages(pdf: Any, number: int, may: Known, charted: bool) -> Iterator[str]:
    """Yield what is wrong with the sight of a page."""
    try:
        page = pdf[number - 1]
        try:
            wide, high = page.get_size()
            if abs(wide - may.size[0]) > SLACK or abs(high - may.size[1]) > SLACK:
                yield "The page is not of the size of its paper, and is not drawn"
                return
            sight = _sight(page, may, charted, number in may.foreign)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
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


def _sight(page: Any, may: Known, charted: bool, foreign: bool) -> Sight:
    """Draw a page in its three ways; it is changed and must not be used again."""
    whole = coloured(page, annotated=True)
    size = page.get_size()
    every = [
        pdfium.FPDFPage_GetObject(page.raw, place)
        for place in range(pdfium.FPDFPage_CountObjects(page.raw))
    ]
    is_text = [pdfium.FPDFPageObj_GetType(one) == pdfium.FPDF_PAGEOBJ_TEXT for one in every]
    handles = [
        one
        for one, right in zip(every, is_text, strict=True)
        if right and not (foreign and _is_invisible(one))
    ]
    others = [one for one, right in zip(every, is_text, strict=True) if not right]
    text = page.get_textpage()
    try:
        texts = [_written(one, text) for one in handles]
    finally:
        text.close()
    shapes = [_shape(one, may, charted) for one in others]
    for one in others:
        pdfium.FPDFPage_RemoveObject(page.raw, one)
        pdfium.FPDFPageObj_Destroy(one)
    alone = coloured(page, annotated=False)
    for one in handles:
        pdfium.FPDFPageObj_SetFillColor(one, 0, 0, 0, 255)
        pdfium.FPDFTextObj_SetTextRenderMode(one, pdfium.FPDF_TEXTRENDERMODE_FILL)
        pdfium.FPDFPageObj_SetBlendMode(one, b"Normal")
    return Sight(size, texts, shapes, whole, alone, shaded(page))


def _is_invisible(handle: Any) -> bool:
    """Tell whether a text is in rendering mode 3, which is a finding on all pages but facsimiles."""
    return bool(
        pdfium.FPDFTextObj_GetTextRenderMode(handle) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
    )


def _box(handle: Any) -> Box:
    measures = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(handle, *map(ctypes.byref, measures))
    left, bottom, right, top = (measure.value for measure in measures)
    return left, bottom, right, top


def _written(handle: Any, text: Any) -> Written:
    """Read a text object."""
    buffer = (ctypes.c_ushort * ROOM)()
    length = pdfium.FPDFTextObj_GetText(handle, text.raw, buffer, ROOM * 2)
    raw = ctypes.string_at(buffer, max(0, min(length, ROOM * 2) - 2))
    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(handle, ctypes.byref(matrix))
    pdfium.FPDFTextObj_GetFontSize(handle, ctypes.byref(size))
    box = _box(handle)
    cut = pdfium.FPDFPageObj_HasTransparency(handle) or any(
        len(set(across)) > 2 or len(set(up)) > 2  # not a rectangle
        or box[0] < min(across) - SLACK or box[2] > max(across) + SLACK
        or box[1] < min(up) - CUT or box[3] > max(up) + CUT
        for across, up in _clips(handle)
    )  # fmt: skip
    return Written(raw.decode("utf-16-le", "replace"), box, abs(size.value * matrix.d), bool(cut))


def _clips(handle: Any) -> Iterator[tuple[list[float], list[float]]]:
    """Yield the places of the corners of each of an object's clip paths, from left and from below."""
    clip = pdfium.FPDFPageObj_GetClipPath(handle)
    x, y = ctypes.c_float(), ctypes.c_float()
    for place in range(max(0, pdfium.FPDFClipPath_CountPaths(clip)) if clip else 0):
        across, up = [0.0], [0.0]
        for number in range(pdfium.FPDFClipPath_CountPathSegments(clip, place)):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, place, number)
            pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            across.append(round(x.value, 2))
            up.append(round(y.value, 2))
        # An empty path lets nothing be seen.
        yield across[1:] or across, up[1:] or up


def _shape(handle: Any, may: Known, charted: bool) -> Shape:
    """Read an object that is not a text."""
    box = _box(handle)
    for across, up in _clips(handle):
        box = (
            max(box[0], min(across)),
            max(box[1], min(up)),
            min(box[2], max(across)),
            min(box[3], max(up)),
        )
    kind = pdfium.FPDFPageObj_GetType(handle)
    if kind == pdfium.FPDF_PAGEOBJ_IMAGE and pdfium.FPDFPageObj_GetMarkedContentID(handle) >= 0:
        return Shape("picture", box)
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return Shape("", box)
    colour = _colour(handle)
    if min(box[2] - box[0], box[3] - box[1]) <= may.rule and colour in may.colours:
        return Shape("rule", box)
    if charted and colour in may.bars and abs(box[3] - box[1] - may.bar) < SLACK:
        return Shape("bar", box)
    return Shape("", box)


def _colour(handle: Any) -> int | None:
    """Return the colour of a path that is only filled or only stroked, and opaque; None for others."""
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(handle, ctypes.byref(filled), ctypes.byref(stroked))
    if bool(filled.value) == bool(stroked.value):
        return None
    get = pdfium.FPDFPageObj_GetFillColor if filled.value else pdfium.FPDFPageObj_GetStrokeColor
    parts = [ctypes.c_uint() for _ in range(4)]
    get(handle, *map(ctypes.byref, parts))
    red, green, blue, alpha = (part.value for part in parts)
    return red << 16 | green << 8 | blue if alpha == 255 else None


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
