"""Text direction, and what a script tells of a text's language."""

from __future__ import annotations

import functools
import re
import unicodedata

import icu

SCRIPTS = frozenset("Adlm Arab Aran Armi Hebr Mand Nkoo Rohg Samr Syrc Thaa".split())
"""ISO 15924 codes of the right-to-left scripts in use today, and Imperial Aramaic."""
TURNING = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""Right-to-left characters and direction controls; a text without any runs from left to right."""
MIXED = {
    "Jpan": {"Hani", "Hira", "Kana"},
    "Kore": {"Hani", "Hang"},
    "Hans": {"Hani"},
    "Hant": {"Hani"},
}
"""ISO 15924 codes that stand for a mix of scripts, with the scripts of their characters."""


@functools.cache
def script_of(language: str) -> str:
    """Return the script that a BCP 47 tag names or implies; an empty text where it is unknown."""
    locale = icu.Locale.forLanguageTag(language)
    if locale.getLanguage() and not locale.getScript():
        locale.addLikelySubtags()
    return str(locale.getScript())


def language_runs_left(language: str) -> bool | None:
    """Tell whether a BCP 47 tag has a right-to-left script; None where its script is unknown."""
    return script_of(language) in SCRIPTS if script_of(language) else None


def nearer_language(text: str, language: str, other: str) -> str:
    """Return which of two languages a text is in, judged by its script; ``other`` in case of doubt."""
    own, others = (MIXED.get(script_of(tag), {script_of(tag)}) for tag in (language, other))
    if own == others:
        return other
    scripts = [icu.Script.getScript(char).getShortName() for char in text]
    for_own = sum(script in own - others for script in scripts)
    for_other = sum(script in others - own for script in scripts)
    shared = any(script in own & others for script in scripts)
    return language if for_own > for_other or (for_own == for_other and shared) else other


def runs_left(text: str, around: bool = False) -> bool:
    """Tell whether a text runs from right to left; ``around`` says whether the surrounding text does.

    A text has the direction opposite to its surroundings only if its first letter and most of its letters
    have that direction: a sentence that begins with a foreign name is not foreign.
    """
    if not around and not TURNING.search(text):
        return False
    classes = (unicodedata.bidirectional(char) for char in text)
    strong = [kind != "L" for kind in classes if kind in ("L", "R", "AL")]
    other = not around
    turns = strong and strong[0] is other and 2 * strong.count(other) > len(strong)
    return other if turns else around
