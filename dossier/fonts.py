"""The font files that the dossier is set in, all from the project's dependencies.

Nothing of the system's own fonts is used, so that pages break alike on every machine.
"""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from dossier.diagnostics import MachineLacksError


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
FALLBACKS = (
    Face("Noto Serif", "fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf"),
    Face("Noto Sans CJK JP", "noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf"),
    Face("Amiri", "fontpkg_amiri", "files/Amiri-Regular.ttf"),
    Face("Frank Ruhl Libre", "fontpkg_frank_ruhl_libre", "files/FrankRuhlLibre[wght].ttf"),
)
FACES = (*SPECTRAL, *FALLBACKS)
"""Every face, in the order in which a character looks for one that has it."""

UNSET = frozenset({0x0890, 0x0891})
"""Characters that a font has and Pango does not set: the Arabic pound and piastre marks."""
OPTIONAL_PACKAGES = (
    (0x0900, 0x097F, "fontpkg-noto-sans-devanagari"),
    (0x0B80, 0x0BFF, "fontpkg-noto-sans-tamil"),
    (0x0C00, 0x0C7F, "fontpkg-noto-sans-telugu"),
    (0x0E00, 0x0E7F, "fontpkg-noto-sans-thai"),
    (0x1780, 0x17FF, "fontpkg-noto-sans-khmer"),
)
"""Scripts that are set once their font package is installed: first and last code point, package."""

OPTIONAL_FACES = (
    Face("Noto Sans Devanagari", "fontpkg_noto_sans_devanagari", "files"),
    Face("Noto Sans Tamil", "fontpkg_noto_sans_tamil", "files"),
    Face("Noto Sans Telugu", "fontpkg_noto_sans_telugu", "files"),
    Face("Noto Sans Thai", "fontpkg_noto_sans_thai", "files"),
    Face("Noto Sans Khmer", "fontpkg_noto_sans_khmer", "files"),
)


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
    found += [(face, path) for face in OPTIONAL_FACES if (path := _locate(face))]
    return tuple(found)


@functools.cache
def covered() -> frozenset[int]:
    """Return every code point that some installed face has a glyph for."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for _, path in installed():
        with TTFont(path, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points - UNSET)


@functools.cache
def twins() -> frozenset[int]:
    """Return the code points that share a glyph with another: it can read as one of them only."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for _, path in installed():
        with TTFont(path, lazy=True) as font:
            owners: dict[str, int] = {}
            for point, glyph in font.getBestCmap().items():
                if owners.setdefault(glyph, point) != point:
                    points |= {point, owners[glyph]}
    return frozenset(points)


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


def package_for(char: str) -> str | None:
    """Return the name of the font package that would have a glyph for ``char``, where we know one."""
    point = ord(char)
    return next((name for first, last, name in OPTIONAL_PACKAGES if first <= point <= last), None)


def _locate(face: Face) -> Path | None:
    spec = importlib.util.find_spec(face.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / face.file
    if path.is_dir():
        upright = sorted(file for file in path.glob("*.ttf") if "Italic" not in file.name)
        return upright[0] if upright else None
    return path if path.is_file() else None
