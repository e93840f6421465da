"""Draws lines of text faster than glyph by glyph: a glyph that was drawn before is looked up.

A line is a list of glyphs, with the distance to the next where this is not the glyph's own width.
WeasyPrint reads each property of each glyph from Pango and works out the distance anew. Here the properties
of a run are read at once, and what is written for a glyph of a width is kept. Lines with anything else
(pictures in place of glyphs, missing glyphs, raised ones, an ellipsis) are left to WeasyPrint. Imports
nothing of it: what is needed is passed in.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from dossier.typeset.kept_layouts import is_one_paragraph

Draw = Callable[..., list[Any]]

GLYPH = struct.Struct("=IiiiI")
"""Pango's PangoGlyphInfo: the glyph, its width, its offset to the right and downwards, and flags."""
SMALLEST = 1e-6
"""The font size, in CSS pixels, below which WeasyPrint draws nothing."""
OF_FONT = 14802
"""The version of Pango from which on its fonts know their size (issue 530 of GNOME/pango)."""


class UnusualError(Exception):
    """A line has more than glyphs side by side."""


class GlyphRuns:
    """The replacement of ``draw_first_line``."""

    def __init__(self, original: Draw, pango: Any, ffi: Any, from_units: float) -> None:
        """Take WeasyPrint's function, its interface to Pango, and CSS pixels in a unit of Pango."""
        self._original = original
        self._pango = pango
        self._ffi = ffi
        self._from_units = from_units
        self._known: WeakKeyDictionary[Any, dict[tuple[float, int, int], str]] = WeakKeyDictionary()
        """What is written for a glyph of a font, by font size, glyph and width."""

    def draw(
        self, stream: Any, textbox: Any, text_overflow: str, block_ellipsis: str, matrix: Any
    ) -> list[Any]:
        """Draw a line of text; return what is drawn over it."""
        if text_overflow == "ellipsis" or block_ellipsis != "none" or not textbox.text.strip():
            return self._original(stream, textbox, text_overflow, block_ellipsis, matrix)
        try:
            runs = list(self._runs(stream, textbox))
        except UnusualError:
            return self._original(stream, textbox, text_overflow, block_ellipsis, matrix)
        stream.set_text_matrix(*matrix.values)
        before, shown = None, ""
        for pango_font, name, size, text in runs:
            if pango_font != before:
                if shown:
                    stream.show_text(shown)
                before, shown = pango_font, ""
                stream.set_font_size(name, size)
            shown += text
        stream.show_text(shown)
        return []

    def _runs(self, stream: Any, textbox: Any) -> Iterator[tuple[Any, str, float, str]]:
        """Yield each run: its Pango font, the font's name and size, and the text as it is written."""
        pango, layout = self._pango, textbox.pango_layout
        if (
            textbox.style["font_size"] < SMALLEST
            or self._ffi.sizeof("PangoGlyphInfo") != GLYPH.size
        ):
            raise UnusualError
        if not is_one_paragraph(layout):  # a layout that is told is shaped anew
            pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
        line, _ = layout.get_first_line()
        run, before = line.runs[0], None
        font: Any = None
        size = 0.0
        while run != self._ffi.NULL:
            item, run = run.data, run.next
            pango_font = item.item.analysis.font
            if pango_font != before:
                before = pango_font
                font, size = stream.add_font(pango_font)
                if font.bitmap or font.png or font.svg or font.colr:
                    raise UnusualError
                if pango.pango_version() < OF_FONT:
                    size = textbox.style["font_size"]
            written = "<" + "".join(self._glyphs(stream, layout, item, font, size))
            # Behind a last distance, and in a run without glyphs, nothing is to be closed.
            ends = written.removesuffix("<") if written.endswith("<") else written + ">"
            yield pango_font, font.hash, size, ends

    def _glyphs(self, stream: Any, layout: Any, item: Any, font: Any, size: float) -> Iterator[str]:
        """Yield what is written for each glyph of a run."""
        known = self._known.setdefault(font, {})
        count = item.glyphs.num_glyphs
        raw = self._ffi.buffer(item.glyphs.glyphs, count * GLYPH.size)
        for place, (glyph, width, right, down, _) in enumerate(GLYPH.iter_unpack(raw)):
            made = None if right or down else known.get((size, glyph, width))
            if made is None:
                if down or glyph >= self._pango.PANGO_GLYPH_EMPTY:  # missing ones are above it
                    raise UnusualError
                if glyph not in font.to_unicode:
                    font.to_unicode[glyph] = self._text_of(layout, item, place, count)
                made = self._written(stream, item, font, size, glyph, width, right)
                if not right:
                    known[size, glyph, width] = made
            yield made

    def _text_of(self, layout: Any, item: Any, place: int, count: int) -> str:
        """Return the text for which a glyph of a run stands."""
        clusters, length = item.glyphs.log_clusters, item.item.length
        leftward = item.item.analysis.level % 2
        after = place - 1 if leftward else place + 1
        end = clusters[after] if 0 <= after < count else length
        begin = item.item.offset
        text: str = layout.text.encode()[begin + clusters[place] : begin + end].decode()
        return text

    def _written(
        self, stream: Any, item: Any, font: Any, size: float, glyph: int, width: int, right: int
    ) -> str:
        """Return what is written for a glyph: where it is moved, its number, the distance to the next."""
        if glyph not in font.widths:
            self._pango.pango_font_get_glyph_extents(
                item.item.analysis.font, glyph, stream.ink_rect, stream.logical_rect
            )
            own = stream.logical_rect.width
            font.widths[glyph] = round(own * 1000 * self._from_units / size)
        offset = right / size
        moved = f">{-offset}<" if offset else ""
        distance = font.widths[glyph] + offset - width * 1000 * self._from_units / size
        return f"{moved}{glyph:04x}" + (f">{int(distance)}<" if distance else "")
