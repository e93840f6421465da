"""Folds away the differences in spelling that do not make two names different."""

from __future__ import annotations

import functools
import re
import unicodedata

from dossier.language import direction_marks

ARTICLES = {
    "de": ("der", "die", "das"),
    "en": ("the",),
    "es": ("el", "la", "los", "las"),
    "fr": ("le", "la", "les", "l"),
    "it": ("il", "lo", "la", "gli", "i", "le", "l"),
    "nl": ("de", "het"),
    "pt": ("o", "a", "os", "as"),
}
"""Leading articles by language."""
JOINED = {"ar": re.compile(r"ال(?=\w{3})(?!له\b|لهم\b)")}
"""Leading articles that are written in one word with the noun, but not where they begin the word God."""
QUOTES = re.compile(r"[’'‘`´]")
STROKED = str.maketrans({"đ": "d", "ł": "l", "ø": "o"})
"""Letters with a stroke, which Unicode does not take apart."""
UNSEEN = re.compile(f"[{direction_marks.CHARACTERS}\u200b]")
"""Direction marks and zero-width spaces."""


@functools.cache
def folded(text: str) -> str:
    """Return ``text`` in NFKC, case-folded, without quotes and punctuation, with single spaces.

    Letters, numbers and combining marks stay: in many scripts the marks are the vowels. A text without
    letters and numbers keeps its punctuation.
    """
    return _letters(text) or " ".join(
        unicodedata.normalize("NFKC", visible(text)).casefold().split()
    )


def _letters(text: str) -> str:
    # Quotes go first: NFKC turns an acute accent used as a quote into a space and a combining mark.
    text = unicodedata.normalize("NFKC", QUOTES.sub("", visible(text))).casefold()
    if text.isascii():
        return " ".join(re.sub(r"[\W_]+", " ", text).split())
    kept: list[str] = []
    for char in unicodedata.normalize("NFKC", QUOTES.sub("", text)):
        kind = unicodedata.category(char)[0]
        # NFKC turns a spacing accent into a combining mark that has no base letter.
        stays = kind in "LN" or (kind == "M" and kept and kept[-1] != " ")
        kept.append(char if stays else " ")
    return " ".join("".join(kept).split())


@functools.cache
def plain(text: str) -> str:
    """Return ``text`` folded and without accents, for comparison with lists of words."""
    letters = unicodedata.normalize("NFD", folded(text).translate(STROKED))
    return "".join(char for char in letters if not unicodedata.combining(char))


@functools.cache
def spelled(text: str) -> str:
    """Return ``text`` in NFC, visible, with single spaces: equal for texts that look alike in print."""
    return " ".join(unicodedata.normalize("NFC", visible(text)).split())


def visible(text: str) -> str:
    """Return ``text`` without invisible characters: direction marks and zero-width spaces."""
    return text if text.isascii() else UNSEEN.sub("", text)


@functools.cache
def without_article(text: str, language: str = "en") -> str:
    """Return ``text`` without a leading article of ``language``."""
    main = language.split("-")[0]
    if joined := JOINED.get(main):
        return joined.sub("", text, count=1) if joined.match(text) else text
    first, _, rest = text.partition(" ")
    words = ARTICLES.get(main, ())
    return rest if rest and folded(first) in words else text
