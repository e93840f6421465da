"""Tells the encoding of a text that is not UTF-8 by the words that it gives: those of an old spreadsheet.

An encoding of one byte per character gives words in any case. The wrong one gives words of two scripts,
with signs and capitals inside, or of accented letters alone. Where several encodings give sound words, and
these differ, nobody can tell which words were meant.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

NAMES = {"cp1252": "Windows-1252", "cp1250": "Windows-1250", "cp1251": "Windows-1251"}
"""The encodings of Western, Central European and Cyrillic Windows; the first contains Latin-1."""
WORD = re.compile(r"(?:[A-Za-z]|[^\x00-\xa0\s])+")
OPENING, CLOSING = "“„‘«‹–—", "”’»›–—"
"""Punctuation before and behind words."""
FOREIGN = 3
"""A word of as many letters, all with accents, is in no language of Latin script."""


@dataclass(frozen=True)
class Guess:
    """A way to read a text."""

    encoding: str
    """Its usual name."""
    text: str
    words: tuple[str, ...]
    """Its words with letters outside ASCII; there is one."""


def guesses(raw: bytes) -> tuple[Guess, ...]:
    """Return the ways to read bytes that give sound words, without those that give the same text again."""
    found: dict[str, Guess] = {}
    for codec, name in NAMES.items():
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        # In the encodings of DOS these are letters.
        if text.count("”") != text.count("“") + text.count("„"):
            continue
        parts = [part.lstrip(OPENING).rstrip(CLOSING) for part in WORD.findall(text)]
        words = tuple(part for part in parts if not part.isascii())
        if words and all(map(_is_sound, words)):
            found.setdefault(text, Guess(name, text, words))
    return tuple(found.values())


def examples(found: Sequence[Guess]) -> tuple[str, ...]:
    """Return the first word in which several ways to read a text differ, of each way."""
    rows = zip(*(guess.words for guess in found), strict=False)
    first = tuple(guess.words[0] for guess in found)
    return next((words for words in rows if len({*words}) > 1), first)


def _is_sound(word: str) -> bool:
    """Tell whether a word is of letters of one script, with its capitals where capitals are."""
    letters = [char for part in word.split("’") for char in part]
    if not all(unicodedata.category(char)[0] == "L" for char in letters):
        return False
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in letters}
    if len(scripts) > 1 or any(
        before.islower() and char.isupper() and not char.isascii()
        for before, char in itertools.pairwise(word)
    ):
        return False
    has_plain = any(char.isascii() for char in letters)
    return "CYRILLIC" in scripts or has_plain or len(letters) < FOREIGN
