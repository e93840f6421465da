"""Finds the family name in a person's name, and the form in which the name stands in an index.

An index files people by their family names (Chicago, 18th ed., chapter 15). Only what is stated is used: a
family name given apart, or one that the name itself sets in capitals, as in “Aarón SUÁREZ”.
"""

from __future__ import annotations

import unicodedata

from dossier.language.folding import folded

SHORTEST = 4
"""Capitals of fewer letters at the end of a name may be a degree or an order: MBE, PhD, SJ."""
VOWELS = frozenset("aeiouyøæœı")
"""A family name has one of them; FRCP and LLM are titles."""


def divided(name: str, family: str) -> tuple[str, str, str] | None:
    """Return the words of a name before, in and after its family name, None where it is no part of it.

    Capitals and punctuation make no difference. Of several places the last counts.
    """
    words, wanted = name.split(), folded(family)
    for start in reversed(range(len(words))):
        for end in range(len(words), start, -1):
            if folded(" ".join(words[start:end])) == wanted:
                return " ".join(words[:start]), " ".join(words[start:end]), " ".join(words[end:])
    return ("", family, name.removeprefix(family)) if name.startswith(family) else None


def in_capitals(name: str) -> str | None:
    """Return the family name that stands in capitals at the end of a name, None where there is none.

    Words of two letters, as in “DE LA TOUR”, belong to it, but it does not end in one.
    """
    words = name.split()
    start = len(words)
    least = SHORTEST
    while start and _is_capitals(words[start - 1], least):
        start -= 1
        least = 2
    mixed = any(any(map(str.islower, word)) for word in words[:start])
    return " ".join(words[start:]) if mixed and start < len(words) else None


def _is_capitals(word: str, least: int) -> bool:
    letters = [char for char in unicodedata.normalize("NFD", word.casefold()) if char.isalpha()]
    is_name = len(letters) >= least and not VOWELS.isdisjoint(letters)
    return word.isupper() and is_name and not any(char in ".0123456789()" for char in word)


def heading(name: str, family: str | None) -> str:
    """Return the heading of a person: “Family, Given”; as it reads where the family name stands first.

    Without a family name, given or in capitals, the heading is the name as it reads.
    """
    parts = divided(name, family) if family else None
    if parts is None:
        capitals = None if "," in name else in_capitals(name)
        parts = divided(name, capitals) if capitals else None
    if parts is None or not parts[0]:
        return name
    before, found, after = parts
    return ", ".join(part for part in (found.rstrip(","), before, after.lstrip(", ")) if part)
