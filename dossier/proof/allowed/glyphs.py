"""Compares the fonts in a file with the font files of this machine, glyph by glyph.

Glyphs keep their numbers where a font is reduced to those that are used. References are to ISO 32000-1
(PDF 1.7) and to OpenType.
"""

from __future__ import annotations

import functools
import io
import re
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont, TTLibError

from dossier.machine import fonts
from dossier.proof.allowed import blank_font
from dossier.proof.allowed.approved import Approved
from dossier.proof.allowed.font_files import misfits
from dossier.proof.faces import BOLD, style_of
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.proof.wanted import SHAPED
from dossier.records.enclosing import FONT

TABLES = frozenset(
    ["CFF ", "GDEF", "OS/2", "STAT", "VORG", "cmap", "gasp", "glyf", "head", "hhea", "hmtx", "loca", "maxp",
     "meta", "name", "post", "vhea", "vmtx"]
)  # fmt: skip
"""The tables that a reduced font may have."""
INSTRUCTIONS = frozenset(["fpgm", "prep", "cvt "])
"""The tables of programs that move outlines; they are those of the font file, or are left out."""
FIXED, SERIF, SYMBOLIC, ITALIC = 1, 2, 4, 64
"""The flags of a font's description (9.8.2)."""
STEM = 80
"""The thickness of stems that every font is said to have."""
MAP = re.compile(
    rb"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n<< "
    rb"/Registry \(Adobe\)\n/Ordering \(UCS\)\n/Supplement 0\n>> def\n"
    rb"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    rb"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
    rb"((?:\d+ beginbfchar\n(?:<[0-9a-f]{4}> <(?:[0-9a-f]{4})*>\n)*endbfchar\n)*)"
    rb"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n?"
)
"""A ToUnicode map (9.10.3)."""
ENTRY = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
NEAR = 1.5
"""Units by which an outline or a width may miss that of a variable font, by rounding."""
DEEPEST = 4
"""The most substitutions, one behind another, that lead to a glyph."""
DAMAGED = (TTLibError, AttributeError, AssertionError, LookupError, TypeError, ValueError)
"""The exceptions of reading a font that is none."""
CIRCLE = 0x25CC
"""The dotted circle."""
SOFT, HYPHEN = "\u00ad", "\u2010"
Source = Path | bytes
"""A font file of this machine, or the data of one that the corpus brings."""
Sources = Mapping[str, Sequence[tuple[str, ...]]]
"""The glyphs that a font replaces by each glyph."""


def findings(objects: Objects, truth: Truth, kept: Approved) -> Iterator[Finding]:
    """Yield fonts that are not those of this machine; all objects are of the kinds that are allowed."""
    own = dict(truth.fonts)
    shared_font = objects[objects[objects.pages()[0]]["/Resources"]]["/Font"]
    shared = objects[shared_font]
    if (FONT in {name[1:] for name in shared}) != any(one.enclosed for one in truth.letters):
        yield 0, "The font of the words over facsimiles is missing, or there are none of these"
    for name, number in shared.items():
        font = objects[number]
        if name[1:] == FONT:
            yield from ((0, message) for message in blank_font.findings(objects, font))
            continue
        inner = objects[font["/DescendantFonts"][0]]
        about = objects[inner["/FontDescriptor"]]
        label, family = str(font["/BaseFont"])[1:], str(about["/FontFamily"])
        if {label, str(inner["/BaseFont"])[1:], str(about["/FontName"])[1:]} != {label} or not (
            label.startswith(f"{name[1:]}+{family.replace(' ', '-')}")
        ):
            yield 0, f"The font {label} has several names"
        widths = widths_of(inner["/W"])
        if objects.text[shared_font].count(b"/") != len(shared):
            yield 0, "A font has several entries among those of the pages"
        if not _is_described(about, label, family, widths):
            yield 0, f"The font {label} is described otherwise than it is"
        place = about.get("/FontFile2") or about["/FontFile3"]
        file = objects.data(place)
        if objects[place].get("/Length1", len(file)) != len(file):
            yield 0, f"The font {label} is said to have another size"
        said = MAP.fullmatch(objects.data(font["/ToUnicode"]))
        if not said:
            yield 0, f"The letters of the font {label} are not told in the way of the program"
            continue
        upright = (about["/Ascent"], about["/Descent"])
        brought = [
            (own[face.file], int(face.weight))
            for face in truth.design.fonts.faces
            if face.family == family and face.style == _style(label) and face.file in own
        ]
        key = kept.key("font", label, family, repr((inner["/W"], upright)), said[1], file,
                       *(data for data, _ in brought))  # fmt: skip
        if not kept.knows(key):
            faces: list[tuple[Source, int]] = [*brought, *_faces(label, family)]
            faces = _as_bold(label, family, faces)
            texts = texts_of(said[1])
            yield from _compared(label, faces, file, texts, widths, upright)
            if HYPHEN in texts.values() and not _is_written(HYPHEN, truth):
                yield 0, f"Hyphens at the ends of lines are read as those of words (font {label})"


def _is_written(char: str, truth: Truth) -> bool:
    """Tell whether a character stands in a text of the dossier, which the records' text forms show."""
    texts = (truth.publication, truth.introduction, truth.letters, truth.index, truth.works)
    return char in repr(texts) or char in repr(dict(truth.words.texts))


def _is_described(
    about: Mapping[str, Any], label: str, family: str, widths: Mapping[int, float]
) -> bool:
    """Tell whether a font's description (9.8) says what its name, its widths and its own lines say."""
    fixed = len(widths) > 1 and len(set(widths.values())) == 1
    flags = FIXED * fixed + SERIF * ("Serif" in family.split()) + SYMBOLIC
    flags += ITALIC * (_style(label) == "italic")
    box = about["/FontBBox"]
    return bool(
        box[:2] == [0, about["/Descent"]]
        and abs(box[2] - max(widths.values(), default=0)) < 1
        and box[3] == about["/Ascent"] == about["/CapHeight"]
        and about["/Flags"] == flags
        and (about["/ItalicAngle"], about["/StemH"], about["/StemV"]) == (0, STEM, STEM)
    )


def texts_of(entries: bytes) -> dict[int, str]:
    """Return what each glyph is read as, by a ToUnicode map's entries."""
    return {
        int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "surrogatepass")
        for glyph, text in ENTRY.findall(entries)
    }


def widths_of(listed: Sequence[Any]) -> dict[int, float]:
    """Return the width of each glyph, as a font lists them (9.7.4.3)."""
    return {
        first + place: float(width)
        for first, several in zip(listed[::2], listed[1::2], strict=True)
        for place, width in enumerate(several)
    }


def _compared(
    label: str,
    faces: Sequence[tuple[Source, int]],
    file: bytes,
    texts: Mapping[int, str],
    widths: Mapping[int, float],
    upright: tuple[float, float],
) -> Iterator[Finding]:
    """Compare a font with the faces of its family; that with the same outlines is its own."""
    if not faces:
        yield 0, f"The font {label} cannot be compared: no package of this machine has it"
        return
    try:
        with TTFont(io.BytesIO(file), lazy=True) as font:
            if not _is_whole(font, file):
                yield 0, f"The font {label} holds something besides its glyphs"
                return
            wrong: list[list[str]] = []
            for source, weight in faces:
                wrong.append(_differences(label, font, source, weight, texts, widths, upright))
                if not wrong[-1]:
                    return
    except (*DAMAGED, struct.error) as error:
        yield 0, f"The font {label} is damaged ({error})"
        return
    yield 0, min(wrong, key=len)[0]


def _faces(label: str, family: str) -> Iterator[tuple[Path, int]]:
    """Yield the files and the weights of the faces that a font can be of."""
    for face, path in fonts.installed():
        if face.family == family and face.style == _style(label):
            yield path, int(face.weight)


def _as_bold(
    label: str, family: str, faces: Sequence[tuple[Source, int]]
) -> list[tuple[Source, int]]:
    """Return the faces that are bold, or are not, as the font's name says; all if none is so."""
    _, stated = style_of(label.partition("+")[2].removeprefix(family.replace(" ", "-")))
    same = [one for one in faces if (one[1] >= BOLD) == (stated >= BOLD)]
    return same or list(faces)


def _opened(source: Source) -> TTFont:
    return TTFont(io.BytesIO(source) if isinstance(source, bytes) else source, lazy=True)


def _style(label: str) -> str:
    return "italic" if "Italic" in label or "Oblique" in label else "normal"


def _is_whole(font: TTFont, file: bytes) -> bool:
    """Tell whether a font file has only known tables, and nothing between and behind them."""
    names = frozenset(font.keys()) - {"GlyphOrder"}
    ends = [entry.offset + (entry.length + 3) // 4 * 4 for entry in font.reader.tables.values()]
    size = 12 + 16 * len(names) + sum(-(-e.length // 4) * 4 for e in font.reader.tables.values())
    return names <= TABLES | INSTRUCTIONS and max(ends) >= len(file) and size >= len(file)


def _differences(
    label: str,
    font: TTFont,
    source: Source,
    weight: int,
    texts: Mapping[int, str],
    widths: Mapping[int, float],
    upright: tuple[float, float],
) -> list[str]:
    """Return what is other in a font than in a file of this machine, or of the corpus."""
    with _opened(source) as whole:
        axes = {axis.axisTag for axis in whole["fvar"].axes} if "fvar" in whole else set()
        place = {"wght": weight} if "wght" in axes else {}
        there, right = font.getGlyphSet(), whole.getGlyphSet(location=place)
        units = whole["head"].unitsPerEm
        found: list[str] = []
        if font["head"].unitsPerEm != units:
            found.append(f"The glyphs of the font {label} are of another size")
        lines = whole["hhea"].ascent, whole["hhea"].descent
        if any(
            abs(said - line * 1000 / units) > 1 for said, line in zip(upright, lines, strict=True)
        ):
            found.append(f"The font {label} is said to be of another height")
        other = (f"The font {label} has {what}" for what in misfits(font, whole, bool(place)))
        found += other
        for table in INSTRUCTIONS & frozenset(font.keys()):
            if table not in whole or font.reader[table] != whole.reader[table]:
                found.append(f"The font {label} has a program that moves outlines")
        near = NEAR if place else 0.0
        order = whole.getGlyphOrder()
        if max(widths.keys() | texts.keys(), default=0) >= len(order):
            return [*found, f"Glyphs of the font {label} are not in the font"]
        for glyph in sorted(widths.keys() | texts.keys()):
            name, own = order[glyph], font.getGlyphOrder()[glyph]
            if not _alike(_outline(there, own), _outline(right, name), near):
                found.append(
                    f"A glyph of the font {label} is drawn otherwise than in the font: {name}"
                )
            wanted = right[name].width * 1000 / units
            if abs(widths.get(glyph, wanted) - wanted) > 1 + near:
                found.append(f"A glyph of the font {label} has another width: {name}")
        found += _misread(label, source, whole, order, texts)
        return found


def _outline(glyphs: Any, name: str) -> list[tuple[str, tuple[Any, ...]]]:
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    return list(pen.value)


def _alike(one: Sequence[Any], other: Sequence[Any], near: float) -> bool:
    """Tell whether two outlines are the same, but for rounding."""
    if not near:
        return one == other
    return len(one) == len(other) and all(
        kind == its_kind
        and len(points) == len(its_points)
        and all(
            (here is None and there is None)
            or (here is not None and there is not None
                and all(abs(a - b) <= near for a, b in zip(here, there, strict=True)))
            for here, there in zip(points, its_points, strict=True)
        )
        for (kind, points), (its_kind, its_points) in zip(one, other, strict=True)
    )  # fmt: skip


# --- what glyphs say ---


def _misread(
    label: str, source: Source, font: TTFont, order: Sequence[str], texts: Mapping[int, str]
) -> Iterator[str]:
    """Yield glyphs whose text is none that the font would draw with them."""
    letters = font.getBestCmap()
    odd = {
        order[glyph]: text
        for glyph, text in texts.items()
        if not (SHAPED.search(text) or _is_joint(text) or _draws(letters, text, order[glyph]))
    }
    sources = _sources(source) if odd else {}
    for name, text in odd.items():
        if not _says(letters, sources, name, text, 0):
            yield f"A glyph of the font {label} is read as “{text}”, and is another: {name}"


def _is_joint(text: str) -> bool:
    """Tell whether a text is nothing but a character that joins others, which takes part in their glyph."""
    return all(unicodedata.category(char) == "Cf" and char != SOFT for char in text)


def _draws(letters: Mapping[int, str], text: str, name: str) -> bool:
    """Tell whether a font draws a text with a glyph without replacing it by another."""
    one = unicodedata.normalize("NFC", text)
    if letters.get(CIRCLE) == name and text and unicodedata.category(text[0])[0] == "M":
        return True  # it stands for the letter below a mark that has none
    return len(one) == 1 and (
        letters.get(ord(one)) == name
        # A font may have another glyph for a character that is canonically the same.
        or (len(text) == 1 and letters.get(ord(text)) == name)
        or (one == SOFT and letters.get(ord(HYPHEN)) == name)
        # Pango draws other spaces with that of the font, as wide as they should be.
        or (one.isspace() and letters.get(ord(" ")) == name)
    )


def _says(letters: Mapping[int, str], sources: Sources, name: str, text: str, depth: int) -> bool:
    """Tell whether replacing glyphs leads from a text to a glyph."""
    if _draws(letters, text, name):
        return True
    if depth > DEEPEST:
        return False
    return any(_say(letters, sources, parts, text, depth + 1) for parts in sources.get(name, ()))


def _say(
    letters: Mapping[int, str], sources: Sources, parts: Sequence[str], text: str, depth: int
) -> bool:
    """Tell whether glyphs, one behind another, are drawn for a text."""
    if len(parts) == 1:
        return _says(letters, sources, parts[0], text, depth)
    return any(
        _says(letters, sources, parts[0], text[:end], depth)
        and _say(letters, sources, parts[1:], text[end:], depth)
        for end in range(1, len(text))
    )


@functools.cache
def _sources(source: Source) -> Sources:
    """Return what each glyph of a font file replaces, by the table of substitutions (GSUB)."""
    found: dict[str, list[tuple[str, ...]]] = {}
    with _opened(source) as font:
        for made, parts in _replaced(font):
            found.setdefault(made, []).append(parts)
    return found


def _replaced(font: TTFont) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield glyphs with those that they replace."""
    if "GSUB" not in font:
        return
    lookups = font["GSUB"].table.LookupList
    for lookup in lookups.Lookup if lookups else ():
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            kind = table.LookupType
            if kind == 1:
                yield from ((made, (source,)) for source, made in table.mapping.items())
            elif kind in (2, 3):
                several = table.mapping if kind == 2 else table.alternates
                for source, all_made in several.items():
                    yield from ((made, (source,)) for made in all_made)
            elif kind == 4:
                for first, ligatures in table.ligatures.items():
                    for one in ligatures:
                        yield one.LigGlyph, (first, *one.Component)
