"""Tells which data Tesseract needs to read a language: its own codes, mostly those of ISO 639-3."""

from __future__ import annotations

import icu

OWN = {
    ("az", "Cyrl"): "aze_cyrl",
    ("ku", "Latn"): "kmr",
    ("nb", "Latn"): "nor",
    ("nn", "Latn"): "nor",
    ("sr", "Latn"): "srp_latn",
    ("uz", "Cyrl"): "uzb_cyrl",
    ("zh", "Hans"): "chi_sim",
    ("zh", "Hant"): "chi_tra",
}
"""The codes that are none of ISO 639-3, by language and script."""


def reading_data(language: str) -> str:
    """Return the code of the data with which a language is read, a BCP 47 tag: “en-GB” is “eng”."""
    locale = icu.Locale.forLanguageTag(language)
    likely = icu.Locale(locale.getName())
    likely.addLikelySubtags()
    own = OWN.get((likely.getLanguage(), likely.getScript()))
    return own or icu.Locale(likely.getLanguage()).getISO3Language() or likely.getLanguage()
