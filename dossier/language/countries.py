"""Recognizes countries as letters write them."""

from __future__ import annotations

import functools
import re
import unicodedata

from babel import Locale

from dossier.language.folding import folded

COUNTRY_WORDS = {
    "america": "US", "dprk": "KP", "holland": "NL", "korea": "KR", "republic of korea": "KR",
    "rok": "KR", "s korea": "KR", "the netherlands": "NL", "uk": "GB", "u k": "GB", "us": "US",
    "u s": "US", "usa": "US", "u s a": "US", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "czech republic": "CZ", "burma": "MM", "turkey": "TR",
    "한국": "KR", "남한": "KR", "북한": "KP", "アメリカ": "US", "米国": "US", "英国": "GB", "臺灣": "TW",
    "сша": "US",
}  # fmt: skip
"""Names of countries in letters that CLDR does not have, folded."""

LANGUAGES = {
    "ARABIC": ("ar", "fa", "ur"),
    "BENGALI": ("bn",),
    "CJK": ("ja", "zh", "zh_Hant"),
    "CYRILLIC": ("ru", "uk"),
    "DEVANAGARI": ("hi", "ne"),
    "GREEK": ("el",),
    "HANGUL": ("ko",),
    "HEBREW": ("he",),
    "KATAKANA": ("ja",),
    "KHMER": ("km",),
    "MYANMAR": ("my",),
    "TAMIL": ("ta",),
    "THAI": ("th",),
}
"""The languages in which a country is looked up, by the first word of its first letter's Unicode name.

Of the languages in Latin script only English is used: their names of countries can be other English words.
"""


@functools.cache
def country_of(words: str) -> str | None:
    """Return the ISO 3166-1 code of a country given by name, abbreviation or code; None if it is none."""
    if re.fullmatch("[A-Z]{2}", words) and words in Locale("en").territories:
        return words
    name = folded(words)
    script = unicodedata.name(name[:1] or " ", "").split()[0]
    return COUNTRY_WORDS.get(name) or next(
        (
            names[name]
            for language in LANGUAGES.get(script, ("en",))
            if name in (names := _country_names(language))
        ),
        None,
    )


@functools.cache
def _country_names(language: str) -> dict[str, str]:
    return {
        folded(name): code
        for code, name in Locale.parse(language).territories.items()
        if re.fullmatch("[A-Z]{2}", code)
    }
