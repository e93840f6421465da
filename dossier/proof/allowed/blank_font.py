"""Tells whether the font of the words over facsimiles draws nothing, and reads as it should.

References are to ISO 32000-1 (PDF 1.7) and to OpenType.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.proof.objects import Objects
from dossier.records.enclosing import FONT

NAME = f"/{FONT}+Facsimile"
WIDE = 1000
"""The width of all glyphs in thousandths of the size, where a font states no other (9.7.4.3)."""
TABLES = {b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp"}
ENTRY = struct.Struct(">4sIII")
RANGE = re.compile(rb"<([0-9a-f]{2})([0-9a-f]{2})> <([0-9a-f]{2})([0-9a-f]{2})> <([0-9a-f]{4})>")
MAP = re.compile(
    rb"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< "
    rb"/Registry \(Adobe\)\n/Ordering \(UCS\)\n/Supplement 0\n>> def\n"
    rb"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    rb"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
    rb"(?P<ranges>(?:\d+ beginbfrange\n(?:<[0-9a-f]{4}> <[0-9a-f]{4}> <[0-9a-f]{4}>\n)+endbfrange\n)+)"
    rb"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
)
DESCRIBED = {
    "/Ascent": 800, "/CapHeight": 800, "/Descent": -200, "/Flags": 4,
    "/FontBBox": [0, -200, 1000, 800], "/FontFamily": "Facsimile", "/ItalicAngle": 0,
    "/StemH": 80, "/StemV": 80,
}  # fmt: skip


def findings(objects: Objects, font: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the font; its objects are of the kinds that are allowed."""
    glyphs = objects[font["/DescendantFonts"][0]]
    about = objects[glyphs["/FontDescriptor"]]
    if {font["/BaseFont"], glyphs["/BaseFont"], about["/FontName"]} != {NAME}:
        yield "The font of the words over facsimiles has another name"
    if glyphs["/W"] or any(about.get(key) != value for key, value in DESCRIBED.items()):
        yield "The font of the words over facsimiles is described otherwise than it is"
    if glyphs["/Subtype"] != "/CIDFontType2" or "/FontFile2" not in about:
        yield "The font of the words over facsimiles is of another kind"
        return
    place = about["/FontFile2"]
    file = objects.data(place)
    if objects[place]["/Length1"] != len(file) or not _is_blank(file):
        yield "The font of the words over facsimiles draws something"
    if not _reads_itself(objects.data(font["/ToUnicode"])):
        yield "The words over facsimiles are read otherwise than they are written"


def _is_blank(file: bytes) -> bool:
    """Tell whether a font file has nothing but blank glyphs of one width."""
    count = int.from_bytes(file[4:6])
    found = {
        tag: (start, length)
        for tag, _, start, length in ENTRY.iter_unpack(file[12 : 12 + 16 * count])
    }
    if found.keys() != TABLES or count != len(TABLES):
        return False
    places = sorted(found.values())
    ends = [start + -(-length // 4) * 4 for start, length in places]
    if [start for start, _ in places] != [12 + 16 * count, *ends[:-1]] or ends[-1] != len(file):
        return False
    data = {tag: file[start : start + length] for tag, (start, length) in found.items()}
    units = int.from_bytes(data[b"head"][18:20])
    one_width = int.from_bytes(data[b"hhea"][34:36]) == 1
    width = int.from_bytes(data[b"hmtx"][:2])
    return (
        not any(data[b"loca"])  # each glyph ends where it begins
        and not any(data[b"glyf"])
        and not any(data[b"hmtx"][2:])
        and one_width
        and (units, width) == (WIDE, WIDE)
    )


def _reads_itself(said: bytes) -> bool:
    """Tell whether each glyph is read as the character of its number."""
    match = MAP.fullmatch(said)
    if not match:
        return False
    told = RANGE.findall(match["ranges"])
    # A range does not leave the numbers that share their first byte (9.10.3).
    return bool(told) and all(
        high == last_high and (high + low) == first and low <= last_low
        for high, low, last_high, last_low, first in told
    )
