"""Finds the project's templates, in a checkout and in an installed package alike."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Return the folder of the templates, style sheets and the bibliography's style."""
    package = Path(__file__).parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"
