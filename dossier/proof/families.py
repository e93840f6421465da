"""Works out a second time how a person is filed (docs/names.md, "Family names")."""

from __future__ import annotations

import unicodedata

from dossier.language.folding import folded

DIGITS_AND_MARKS = frozenset(".0123456789()")
VOWELS = frozenset("aeiouyøæœı")


def filed_as(name: str, family: str | None) -> str:
    """Return a person's heading: the family name first, if it is stated and does not stand first."""
    words = name.split()
    spans = [
        (first, last)
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
        if family and folded(" ".join(words[first:last])) == folded(family)
    ]
    if not spans and not (family and name.startswith(family)):
        number = _capitals(words)
        spans = [(len(words) - number, len(words))] if number and "," not in name else []
    if not spans or not max(spans)[0]:
        return name
    first, last = max(spans)
    pieces = [" ".join(words[first:last]).rstrip(","), " ".join(words[:first])]
    rest = " ".join(words[last:]).lstrip(", ")
    return ", ".join([*pieces, rest] if rest else pieces)


def _capitals(words: list[str]) -> int:
    """Return how many words at the end are a family name in capitals; the rest must have small letters."""
    number = 0
    for word in reversed(words):
        base = [char for char in unicodedata.normalize("NFD", word.casefold()) if char.isalpha()]
        if (
            not word.isupper()
            or len(base) < (2 if number else 4)
            or not VOWELS & set(base)
            or DIGITS_AND_MARKS & set(word)
        ):
            break
        number += 1
    small = any(char.islower() for word in words[: len(words) - number] for char in word)
    return number if small else 0
