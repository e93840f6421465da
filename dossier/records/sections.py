"""How the sections of a dossier are named, by its printer and its proof alike."""

from __future__ import annotations

LETTERS = "letters"
"""What the names of all letters' sections begin with."""


def section_of_letter(letter: str) -> str:
    """Return the name of the section that is a letter, of which ``letter`` is the id."""
    return f"{LETTERS}/{letter}"
