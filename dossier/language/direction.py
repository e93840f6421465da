"""Which way text runs, and what its script tells of its language."""

from __future__ import annotations

import functools
import re
import unicodedata

import icu

SCRIPTS = frozenset("Adlm Arab Aran Armi Hebr Mand Nkoo Rohg Samr Syrc Thaa".split())
"""ISO 15924 codes of the living scripts that are written from right to left, and Imperial Aramaic."""
TURNING = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefe"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""What may run from right to left, or make other text do so. A text without it needs no thought."""
MIXED = {
    "Jpan": {"Hani", "Hira", "Kana"},
    "Kore": {"Hani", "Hang"},
    "Hans": {"Hani"},
    "Hant": {"Hani"},
}
"""Scripts that are names for what one language writes in, and the scripts of its characters."""


@functools.cache
def script_of(language: str) -> str:
    """Return the script that a BCP 47 tag names or that its language is written in, or nothing."""
    locale = icu.Locale.forLanguageTag(language)
    if locale.getLanguage() and not locale.getScript():
        locale.addLikelySubtags()
    return str(locale.getScript())


def language_runs_left(language: str) -> bool | None:
    """Tell whether a BCP 47 tag means writing from right to left; None where it tells of no script."""
    return script_of(language) in SCRIPTS if script_of(language) else None


def nearer_language(text: str, language: str, other: str) -> str:
    """Return in which of two languages a text is by its script; where that does not tell, ``other``."""
    own, others = (MIXED.get(script_of(tag), {script_of(tag)}) for tag in (language, other))
    if own == others:
        return other
    scripts = [icu.Script.getScript(char).getShortName() for char in text]
    for_own = sum(script in own - others for script in scripts)
    for_other = sum(script in others - own for script in scripts)
    shared = any(script in own & others for script in scripts)
    return language if for_own > for_other or (for_own == for_other and shared) else other


def runs_left(text: str, around: bool = False) -> bool:
    """Tell whether a text runs from right to left that stands in a text which does if ``around``.

    It goes another way than what is around it if it begins so and most of its letters do: a sentence
    that begins with a foreign name is not foreign.
    """
    if not around and not TURNING.search(text):
        return False
    classes = (unicodedata.bidirectional(char) for char in text)
    strong = [kind != "L" for kind in classes if kind in ("L", "R", "AL")]
    other = not around
    turns = strong and strong[0] is other and 2 * strong.count(other) > len(strong)
    return other if turns else around
