"""Finds the project's templates, in a checkout and in an installed package alike."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """Return the folder of the templates, style sheets and the bibliography's style."""
    inside = Path(__file__).parent / "templates"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"
