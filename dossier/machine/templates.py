"""Finds the program's templates, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Return the folder of the templates, the style sheets and the bibliography's CSL style."""
    package = Path(__file__).parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
