"""The fonts in which the dossier is set: those of ``templates/fonts.yaml``, from Python packages.

The system's own fonts are never used, so that pages break alike on every machine.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.machine import templates
from dossier.records.diagnostics import MachineLacksError


@dataclass(frozen=True)
class Face:
    """One font file and the name that style sheets have for it."""

    family: str
    package: str
    file: str
    """Path inside the package."""
    weight: str = "400"
    style: str = "normal"


UNSET = frozenset({0x0890, 0x0891})
"""Characters for which a font has a glyph that Pango does not draw: the Arabic pound and piastre marks."""
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: each chooses a glyph for the character before it, and has none itself."""
STYLES = ("\ufe0e", "\ufe0f")
"""Selectors of text and of emoji style; a font that has only one of the two shows that one."""


@functools.cache
def faces() -> tuple[Face, ...]:
    """Return every face of ``fonts.yaml``, in the order of font fallback."""
    return tuple(_face(entry) for entry in _catalogue()["faces"])


@functools.cache
def named() -> tuple[Face, ...]:
    """Return the faces of families that are used only where a design names them, and for no other text."""
    return tuple(_face(entry) for entry in _catalogue()["named"])


@functools.cache
def by_script() -> dict[str, Face]:
    """Return the face of each script (ISO 15924) whose font package is optional."""
    return {script: _face(entry) for script, entry in _catalogue()["scripts"].items()}


def _face(entry: dict[str, Any]) -> Face:
    return Face(**{key: str(value) for key, value in entry.items()})


@functools.cache
def _catalogue() -> Any:
    import yaml

    return yaml.load((templates.folder() / "fonts.yaml").read_text("utf-8"), yaml.CSafeLoader)


@functools.cache
def installed() -> tuple[tuple[Face, Path], ...]:
    """Return the installed faces with their files; raise MachineLacksError where a required one is not."""
    found: list[tuple[Face, Path]] = []
    for face in (*faces(), *named()):
        path = _locate(face)
        if path is None:
            name = face.package.replace("_", "-")
            raise MachineLacksError(
                f"The font package “{name}” is not installed. Install it with: {pip_install(name)}"
            )
        found.append((face, path))
    found += [(face, path) for face in by_script().values() if (path := _locate(face))]
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
    """Return the code points that share a glyph with another: ToUnicode can map it to one of them only."""
    points: set[int] = set()
    for font in _opened():
        owners: dict[str, int] = {}
        for point, glyph in font.getBestCmap().items():
            if owners.setdefault(glyph, point) != point:
                points |= {point, owners[glyph]}
    return frozenset(points)


@functools.cache
def variants() -> frozenset[tuple[int, int]]:
    """Return every pair of character and selector for which the character's face has a variant."""
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
    """Yield the font of each face that any text may be set in; it is closed when the next is asked for."""
    from fontTools.ttLib import TTFont

    apart = named()
    for face, path in installed():
        if face in apart:
            continue
        with TTFont(path, lazy=True) as font:
            yield font


def prints(char: str, before: str) -> bool:
    """Tell whether the installed faces can print ``char`` after the character ``before``."""
    if SELECTORS.match(char):
        return char in STYLES or (before != "" and (ord(before), ord(char)) in variants())
    return ord(char) in covered()


def font_faces() -> str:
    """Return the ``@font-face`` rules of the installed faces, with the addresses of their files."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; src: url("{path.as_uri()}"); '
        f"font-weight: {face.weight}; font-style: {face.style} }}"
        for face, path in installed()
    )


def families(first: str) -> str:
    """Return the value of ``font-family``: the text's family, then the fallbacks."""
    apart = named()
    known = (face.family for face, _ in installed() if face not in apart)
    return ", ".join(f'"{name}"' for name in dict.fromkeys((first, *known)))


def package_for(char: str, others: Iterable[str] = ()) -> str | None:
    """Return the name of a font package that has a glyph for ``char``, or None where none is known.

    For a character of several scripts, such as the danda, a script of the characters ``others`` goes first.
    """
    near = set().union(*(used for other in others if len(used := _scripts(other)) == 1))
    known = by_script()
    rank = {script: number for number, script in enumerate(known)}
    scripts = sorted(
        _scripts(char) & known.keys(), key=lambda script: (script not in near, rank[script])
    )
    # An installed face has no glyph for the character, or nobody would ask.
    face = next((known[script] for script in scripts if not _locate(known[script])), None)
    return face.package.replace("_", "-") if face else None


def _scripts(char: str) -> set[str]:
    """Return the scripts that use a character (ISO 15924); emoji count as one."""
    import icu

    if icu.Char.hasBinaryProperty(char, icu.UProperty.EMOJI):
        return {"Zsye"}
    return {icu.Script(code).getShortName() for code in icu.Script.getScriptExtensions(char)}


def pip_install(package: str) -> str:
    """Return the command that installs a package into this program's environment."""
    environment = Path(sys.prefix)
    if environment.name == ".venv":
        pip = ".venv/Scripts/pip" if os.name == "nt" else ".venv/bin/pip"
        return f"{pip} install {package}"
    return f"{sys.executable} -m pip install {package}"


def _locate(face: Face) -> Path | None:
    spec = importlib.util.find_spec(face.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / face.file
    if path.is_dir():
        upright = sorted(file for file in path.glob("*.ttf") if "Italic" not in file.name)
        return upright[0] if upright else None
    return path if path.is_file() else None
