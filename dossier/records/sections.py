"""The sections that a packet may have, by their ids; printer and proof alike call them so."""

LETTERS = "letters"
"""Stands for all letters, each of which is a section of its own."""
ORDER = (
    "cover", "about", "contents", "glance", "introduction", LETTERS, "index", "bibliography", "colophon",
)  # fmt: skip
"""All of them, in their usual order."""
REQUIRED = ("contents", LETTERS, "index", "bibliography")
"""What no packet does without: they are the evidence, and links lead to them."""
BEHIND_LETTERS = ("index", "bibliography")
"""They print the pages of the letters, and so cannot move them."""


def section_of_letter(letter: str) -> str:
    """Return the id of the section that is a letter, from the letter's own id."""
    return f"{LETTERS}/{letter}"
