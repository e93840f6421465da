"""Tells whether the fonts of a file draw and say what those of an earlier file did.

The fonts of a file have the glyphs that its pages use, so a letter that no page had before changes a font
and with it, byte for byte, what every page is drawn with. It changes no page that does without it: a page
looks and reads as before where each font has every glyph that it had, the same in outline, width and text.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from dossier.proof.allowed.approved import Approved
from dossier.proof.allowed.glyphs import DAMAGED, MAP, texts_of, widths_of
from dossier.proof.objects import Objects

GROWING = frozenset(
    ["/DescendantFonts", "/FontBBox", "/FontDescriptor", "/FontFile2", "/FontFile3", "/ToUnicode", "/W"]
)  # fmt: skip
"""What a font's dictionaries have for each glyph, or of all: of the box only the greatest width changes."""


@dataclass(frozen=True)
class Typeface:
    """A font of a file."""

    checksum: str
    """Of all of it."""
    about: str = ""
    """A checksum of what does not depend on the glyphs that it has."""
    glyphs: Mapping[int, str] = field(default_factory=dict)
    """A checksum of outline, width and text of each glyph, by its number."""


DAMAGED_FONT = Typeface("")
"""A font that cannot be read."""


def shared(objects: Objects) -> int:
    """Return the number of the dictionary of fonts that all pages share; 0 where there is none."""
    numbers = objects.pages()
    resources = objects[numbers[0]].get("/Resources") if numbers else None
    if isinstance(resources, int):
        resources = objects[resources]
    found = resources.get("/Font") if isinstance(resources, dict) else None
    return found if isinstance(found, int) else 0


def typefaces(
    objects: Objects, dictionary: int, known: Mapping[str, Typeface]
) -> dict[str, Typeface]:
    """Return the fonts in a dictionary by name; those whose bytes are the same as before are ``known``."""
    found = {}
    for name, number in objects[dictionary].items():
        try:
            found[name] = _read(objects, number, known.get(name, DAMAGED_FONT))
        except (*DAMAGED, struct.error):
            found[name] = DAMAGED_FONT  # the comparison of fonts says what is wrong
    return found


def have_grown(before: Mapping[str, Typeface], now: Mapping[str, Typeface]) -> bool:
    """Tell whether fonts have all that they had before, and perhaps more."""
    return all(name in now and _has_grown(one, now[name]) for name, one in before.items())


def _has_grown(before: Typeface, now: Typeface) -> bool:
    if now.checksum == before.checksum:
        return bool(now.checksum)
    if not now.about or now.about != before.about:
        return False
    return before.glyphs.items() <= now.glyphs.items()


def _read(objects: Objects, number: int, before: Typeface) -> Typeface:
    font = objects[number]
    inner = objects[font["/DescendantFonts"][0]]
    about = objects[inner["/FontDescriptor"]]
    file = objects.data(about.get("/FontFile2") or about["/FontFile3"])
    said = objects.data(font["/ToUnicode"])
    box = about["/FontBBox"]
    rest = [
        sorted((key, value) for key, value in one.items() if key not in GROWING)
        for one in (font, inner, about)
    ]
    checksum = Approved.key(repr((rest, box, inner["/W"])), said, file)
    if before.checksum == checksum:
        return before
    entries = MAP.fullmatch(said)
    if entries is None:
        return Typeface(checksum)  # that of the words over facsimiles: the same or another
    widths, texts = widths_of(inner["/W"]), texts_of(entries[1])
    with TTFont(io.BytesIO(file), lazy=True) as opened:
        lines = opened["head"].unitsPerEm, opened["hhea"].ascent, opened["hhea"].descent
        order, outlines = opened.getGlyphOrder(), opened.getGlyphSet()
        glyphs = {}
        for glyph in sorted(widths.keys() | texts.keys()):
            pen = DecomposingRecordingPen(outlines)
            outlines[order[glyph]].draw(pen)
            glyphs[glyph] = Approved.key(repr((widths.get(glyph), texts.get(glyph), pen.value)))
    return Typeface(checksum, Approved.key(repr((rest, box[1::2], lines))), glyphs)
