"""The font files that the dossier is set in, all from the project's dependencies.

Nothing of the system's own fonts is used, so that pages break alike on every machine.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.records.diagnostics import MachineLacksError


@dataclass(frozen=True)
class Face:
    """One font file and how the style sheets call it."""

    family: str
    package: str
    file: str
    """Path inside the package."""
    weight: str = "400"
    style: str = "normal"


SPECTRAL = tuple(
    Face("Spectral", "fontpkg_spectral", f"files/Spectral-{name}.ttf", weight, style)
    for name, weight, style in (
        ("Regular", "400", "normal"),
        ("Italic", "400", "italic"),
        ("SemiBold", "600", "normal"),
        ("SemiBoldItalic", "600", "italic"),
    )
)
SERIF, SERIF_ITALIC = "files/NotoSerif[wdth,wght].ttf", "files/NotoSerif-Italic[wdth,wght].ttf"
RUHL = "files/FrankRuhlLibre[wght].ttf"
FALLBACKS = (
    Face("Noto Serif", "fontpkg_noto_serif", SERIF),
    Face("Noto Serif", "fontpkg_noto_serif", SERIF_ITALIC, style="italic"),
    Face("Noto Serif", "fontpkg_noto_serif", SERIF, "600"),
    Face("Noto Serif", "fontpkg_noto_serif", SERIF_ITALIC, "600", "italic"),
    Face("Noto Sans CJK JP", "noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
    Face("Amiri", "fontpkg_amiri", "files/Amiri-Regular.ttf"),
    Face("Amiri", "fontpkg_amiri", "files/Amiri-Italic.ttf", style="italic"),
    Face("Amiri", "fontpkg_amiri", "files/Amiri-Bold.ttf", "600"),
    Face("Amiri", "fontpkg_amiri", "files/Amiri-BoldItalic.ttf", "600", "italic"),
    Face("Frank Ruhl Libre", "fontpkg_frank_ruhl_libre", RUHL),
    Face("Frank Ruhl Libre", "fontpkg_frank_ruhl_libre", RUHL, "600"),
)
FACES = (*SPECTRAL, *FALLBACKS)
"""Every face, in the order in which a character looks for one that has it."""

UNSET = frozenset({0x0890, 0x0891})
"""Characters that a font has and Pango does not set: the Arabic pound and piastre marks."""


def _of_manimgx(name: str) -> Face:
    return Face(f"Noto Sans {name}", "manimgx_fonts", f"NotoSans{name}[wght].ttf")


OPTIONAL = {
    "Deva": Face("Noto Sans Devanagari", "fontpkg_noto_sans_devanagari", "files"),
    "Taml": Face("Noto Sans Tamil", "fontpkg_noto_sans_tamil", "files"),
    "Telu": Face("Noto Sans Telugu", "fontpkg_noto_sans_telugu", "files"),
    "Thai": Face("Noto Sans Thai", "fontpkg_noto_sans_thai", "files"),
    "Khmr": Face("Noto Sans Khmer", "fontpkg_noto_sans_khmer", "files"),
    "Armn": _of_manimgx("Armenian"),
    "Beng": _of_manimgx("Bengali"),
    "Ethi": _of_manimgx("Ethiopic"),
    "Geor": _of_manimgx("Georgian"),
    "Gujr": _of_manimgx("Gujarati"),
    "Guru": _of_manimgx("Gurmukhi"),
    "Knda": _of_manimgx("Kannada"),
    "Laoo": _of_manimgx("Lao"),
    "Mlym": _of_manimgx("Malayalam"),
    "Mymr": _of_manimgx("Myanmar"),
    "Orya": _of_manimgx("Oriya"),
    "Sinh": _of_manimgx("Sinhala"),
    "Zsye": Face("Noto Emoji", "manimgx_fonts", "NotoEmoji[wght].ttf"),
}
"""Scripts (ISO 15924) that are set once the package of their face is installed."""
ORDER = {script: place for place, script in enumerate(OPTIONAL)}
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What chooses one of a character's forms and prints nothing itself."""
STYLES = ("\ufe0e", "\ufe0f")
"""Selectors that ask for letters or for pictures; a font that has only one of them prints that one."""


@functools.cache
def installed() -> tuple[tuple[Face, Path], ...]:
    """Return the faces at hand with their files; raise MachineLacksError where a core one is not."""
    found: list[tuple[Face, Path]] = []
    for face in FACES:
        path = _locate(face)
        if path is None:
            name = face.package.replace("_", "-")
            raise MachineLacksError(
                f"The font package “{name}” is not installed. "
                f"Install it with: python3 -m pip install {name}"
            )
        found.append((face, path))
    found += [(face, path) for face in OPTIONAL.values() if (path := _locate(face))]
    return tuple(found)


@functools.cache
def covered() -> frozenset[int]:
    """Return every code point that some installed face has a glyph for."""
    points: set[int] = set()
    for font in _opened():
        points.update(font.getBestCmap())
    return frozenset(points - UNSET)


@functools.cache
def twins() -> frozenset[int]:
    """Return the code points that share a glyph with another: it can read as one of them only."""
    points: set[int] = set()
    for font in _opened():
        owners: dict[str, int] = {}
        for point, glyph in font.getBestCmap().items():
            if owners.setdefault(glyph, point) != point:
                points |= {point, owners[glyph]}
    return frozenset(points)


@functools.cache
def variants() -> frozenset[tuple[int, int]]:
    """Return every character with a selector that the face which prints the character knows."""
    points: set[int] = set()
    found: set[tuple[int, int]] = set()
    for font in _opened():
        for table in font["cmap"].tables:
            if table.format == 14:
                found |= {
                    (base, selector)
                    for selector, forms in table.uvsDict.items()
                    for base, _ in forms
                    if base not in points
                }
        points.update(font.getBestCmap())
    return frozenset(found)


def _opened() -> Iterator[Any]:
    """Yield each installed face's font, open until the next."""
    from fontTools.ttLib import TTFont

    for _, path in installed():
        with TTFont(path, lazy=True) as font:
            yield font


def prints(char: str, before: str) -> bool:
    """Tell whether the faces have what ``char`` needs where it stands behind ``before``."""
    if SELECTORS.match(char):
        return char in STYLES or (before != "" and (ord(before), ord(char)) in variants())
    return ord(char) in covered()


def font_faces() -> str:
    """Return the style sheet that makes the faces known, with their files as addresses."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; src: url("{path.as_uri()}"); '
        f"font-weight: {face.weight}; font-style: {face.style} }}"
        for face, path in installed()
    )


def family_stack() -> str:
    """Return the value of ``font-family``: the text face and then what steps in for it."""
    return ", ".join(dict.fromkeys(f'"{face.family}"' for face, _ in installed()))


def package_for(char: str, others: Iterable[str] = ()) -> str | None:
    """Return the name of the package that brings a glyph for ``char``, where we know one.

    What several scripts use, as the danda, comes with the package for a script of ``others``.
    """
    near = set().union(*(used for other in others if len(used := _scripts(other)) == 1))
    scripts = sorted(
        _scripts(char) & OPTIONAL.keys(), key=lambda one: (one not in near, ORDER[one])
    )
    # A face that is there already and has no glyph for it will not have one later.
    face = next((OPTIONAL[one] for one in scripts if not _locate(OPTIONAL[one])), None)
    return face.package.replace("_", "-") if face else None


def _scripts(char: str) -> set[str]:
    """Return the scripts that use a character; pictures are a script, too."""
    import icu

    if icu.Char.hasBinaryProperty(char, icu.UProperty.EMOJI):
        return {"Zsye"}
    return {icu.Script(code).getShortName() for code in icu.Script.getScriptExtensions(char)}


def _locate(face: Face) -> Path | None:
    spec = importlib.util.find_spec(face.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / face.file
    if path.is_dir():
        upright = sorted(file for file in path.glob("*.ttf") if "Italic" not in file.name)
        return upright[0] if upright else None
    return path if path.is_file() else None
