"""The program's own words: every sentence that it prints in a document around the letters, by language.

A key has a text with ``{placeholders}``, or one such text for each of CLDR's plural categories; the value
``count`` then selects the text. :mod:`.word_files` reads them.
"""

from __future__ import annotations

import functools
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import icu
from babel.numbers import format_decimal

from dossier.language.dates import babel_locale
from dossier.language.direction import language_runs_left

ENGLISH = "en"
"""The fallback where a publication's language has no words."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories (Unicode Technical Standard 35, part 3)."""
COUNT = "count"
"""The value that selects the plural form."""
GROUPED, SPELLED = "grouped", "spelled"
"""Formats of a number: ``{count:grouped}`` gives 12,345 and ``{count:spelled}`` gives twelve."""
GENDERS = ("feminine", "masculine", "neuter")
"""Genders in which a number may be spelled: ``{count:spelled-feminine}`` gives duas in Portuguese."""
FORMS = ("", GROUPED, SPELLED, *(f"{SPELLED}-{gender}" for gender in GENDERS))
MOST_SPELLED = 12
"""The greatest number that is spelled out (Oxford Style Manual, 7.1)."""

Text = str | Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The program's words in one language; a call with a key and values returns the text."""

    language: str
    """Their language, a BCP 47 tag."""
    texts: Mapping[str, Text]

    @property
    def right_to_left(self) -> bool:
        """Tell whether they are written from right to left, as then all pages are laid out."""
        return bool(language_runs_left(self.language))

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with its placeholders filled.

        Raises KeyError for an unknown key or a placeholder without a value, TypeError for a value without
        a placeholder in any form of the text.
        """
        found = []
        for words, name, form in cut(self.form(key, values)):
            found.append(words)
            if name:
                found.append(self.said(values[name], form))
        return "".join(found)

    def form(self, key: str, values: Mapping[str, Any]) -> str:
        """Return the text of ``key``, of several forms the one for ``count``, with its placeholders.

        For :func:`cut`, where our words have to be told from others, as in HTML. Raises as calling does.
        """
        text = self.texts[key]
        if not isinstance(text, str):
            text = text[self.category(values[COUNT])]
        if values and (unknown := values.keys() - self._placeholders[key]):
            raise TypeError(f"“{key}” has no place for {', '.join(sorted(unknown))}")
        return text

    @functools.cached_property
    def _placeholders(self) -> dict[str, frozenset[str]]:
        """The names of the placeholders of each key, in any of its forms."""
        found = {}
        for key, text in self.texts.items():
            forms = [text] if isinstance(text, str) else text.values()
            count = frozenset() if isinstance(text, str) else frozenset((COUNT,))
            found[key] = count.union(*map(placeholders, forms))
        return found

    def category(self, count: Any) -> str:
        """Return the plural category of a number."""
        return _category(self.language, count)

    def said(self, value: Any, form: str) -> str:
        """Return a value as the text has it for which it was asked in a form."""
        if form == GROUPED:
            return format_decimal(value, locale=babel_locale(self.language))
        if form.startswith(SPELLED):
            return spelled(value, self.language, form.removeprefix(SPELLED).removeprefix("-"))
        return value if isinstance(value, str) else str(value)


@functools.lru_cache(maxsize=4096)
def _category(language: str, count: Any) -> str:
    return str(babel_locale(language).plural_form(count))


@functools.cache
def cut(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return the words before each placeholder, its name and form, both empty at the end of the text."""
    found = []
    for words, name, form, conversion in string.Formatter().parse(text):
        if name is not None and (not name.isidentifier() or conversion or form not in FORMS):
            raise ValueError(f"“{{{name}}}” is no placeholder")
        found.append((words, name or "", form or ""))
    return tuple(found)


@functools.cache
def placeholders(text: str) -> frozenset[str]:
    """Return the names of a text's placeholders; raise ValueError where they cannot be read."""
    return frozenset(name for _, name, _ in cut(text) if name)


def categories(language: str) -> list[str]:
    """Return the plural categories of a language, in CLDR's order."""
    tags = babel_locale(language).plural_form.tags
    return [category for category in CATEGORIES if category in tags or category == "other"]


def genders(language: str) -> frozenset[str]:
    """Return the genders that the numbers of a language are spelled in."""
    speller = _speller(language)
    names = {speller.getRuleSetName(n) for n in range(speller.getNumberOfRuleSetNames())}
    return frozenset(gender for gender in GENDERS if _cardinal(gender) in names)


@functools.cache
def _speller(language: str) -> Any:
    locale = icu.Locale(str(babel_locale(language)))
    return icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, locale)


def _cardinal(gender: str) -> str:
    """Return ICU's name of the rules for a cardinal number of a gender."""
    return f"%spellout-cardinal-{gender}"


def spelled(number: int, language: str, gender: str = "") -> str:
    """Return a number in words up to twelve, above in figures; in a gender, if one is asked for."""
    if number > MOST_SPELLED:
        return str(number)
    speller = _speller(language)
    if gender:
        return str(speller.format(number, _cardinal(gender)))
    return str(speller.format(number))
