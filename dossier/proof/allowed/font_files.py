"""Tells whether a reduced font file says nothing besides what the whole font says.

References are to OpenType 1.9.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.ttLib.sfnt import calcChecksum

# What is odd about a damaged font is told by the findings, in the program's words.
logging.getLogger("fontTools").setLevel(logging.CRITICAL)

SAME = frozenset(["gasp", "meta"])
"""Tables that are copied, or left out."""
REDUCED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "head": frozenset(["checkSumAdjustment", "indexToLocFormat", "flags"]),
        "hhea": frozenset(["numberOfHMetrics"]),
        "vhea": frozenset(["numberOfVMetrics"]),
        "maxp": frozenset(
            ["numGlyphs", "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs",
             "maxInstructionDefs", "maxStackElements", "maxSizeOfInstructions"]
        ),
        "OS/2": frozenset(
            ["panose", "ulUnicodeRange1", "ulUnicodeRange2", "ulUnicodeRange3", "ulUnicodeRange4",
             "usFirstCharIndex", "usLastCharIndex", "usMaxContext", "usWeightClass", "usWidthClass"]
        ),
        "post": frozenset(["formatType", "extraNames", "mapping", "glyphOrder", "data"]),
    }
)  # fmt: skip
"""What becomes other in the tables of a font that has fewer glyphs; a variable font's measures do, too."""


def misfits(font: TTFont, whole: TTFont, varies: bool) -> Iterator[str]:
    """Yield what a reduced font says otherwise than the ``whole``, apart from its glyphs.

    A font that ``varies`` is one of many that its file describes: its measures are worked out.
    """
    for tag in font.reader.keys():  # noqa: SIM118  (the reader is no mapping)
        entry, data = font.reader.tables[tag], font.reader[tag]
        summed = data[:8] + bytes(4) + data[12:] if tag == "head" else data
        if calcChecksum(summed) != entry.checkSum:
            yield f"the table {tag.strip()} with a wrong checksum"
            return
        if tag in SAME and (tag not in whole or whole.reader[tag] != data):
            yield f"another table {tag.strip()}"
    if not varies:
        for tag, reduced in REDUCED.items():
            if tag in font and _values(font[tag], reduced) != _values(whole[tag], reduced):
                yield f"another table {tag.strip()}"
    yield from _names(font, whole)
    yield from _characters(font, whole)


def _values(table: Any, reduced: Collection[str]) -> dict[str, Any]:
    """Return the plain values of a table, but for those that are reduced."""
    return {
        key: value
        for key, value in vars(table).items()
        if key not in reduced and isinstance(value, int | float | str | bytes)
    }


def _names(font: TTFont, whole: TTFont) -> Iterator[str]:
    """Yield that a font has names that the whole does not have."""
    if "name" not in font:
        return
    there, right = (
        {(one.nameID, one.platformID, one.langID, one.string) for one in both["name"].names}
        for both in (font, whole)
    )
    if there - right:
        yield "names that are not its own"


def _characters(font: TTFont, whole: TTFont) -> Iterator[str]:
    """Yield that a font assigns characters to other glyphs (cmap)."""
    if "cmap" not in font:
        return
    order, own = whole.getGlyphOrder(), font.getReverseGlyphMap()
    for table in font["cmap"].tables:
        if table.format == 14:
            continue
        right: list[Mapping[int, str]] = [
            one.cmap
            for one in whole["cmap"].tables
            if one.format != 14
            and (one.platformID, one.platEncID) == (table.platformID, table.platEncID)
        ]
        for char, name in table.cmap.items():
            if not any(one.get(char) == order[own[name]] for one in right):
                yield "a character that is assigned to another glyph"
                return
