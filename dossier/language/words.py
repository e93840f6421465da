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

ENGLISH = "en"
"""The fallback where a publication's language has no words."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories (Unicode Technical Standard 35, part 3)."""
COUNT = "count"
"""The value that selects the plural form."""
GROUPED, SPELLED = "grouped", "spelled"
"""Formats of a number: ``{count:grouped}`` gives 12,345 and ``{count:spelled}`` gives twelve."""
MOST_SPELLED = 12
"""The greatest number that is spelled out (Oxford Style Manual, 7.1)."""

Text = str | Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The program's words in one language; a call with a key and values returns the text."""

    language: str
    """Their language, a BCP 47 tag."""
    texts: Mapping[str, Text]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with its placeholders filled.

        Raises KeyError for an unknown key or a placeholder without a value, TypeError for a value without
        a placeholder in any form of the text.
        """
        return "".join(map(str, self.pieces(key, **values)))

    def pieces(self, key: str, /, **values: object) -> list[object]:
        """Return the text of ``key`` split at its placeholders, with the values in their places.

        Numbers are formatted as text. HTML needs the pieces to mark up the program's words and the values
        differently.
        """
        text = self.texts[key]
        forms = [text] if isinstance(text, str) else list(text.values())
        known = set().union(*map(placeholders, forms))
        if not isinstance(text, str):
            known.add(COUNT)
            text = text[self.category(values[COUNT])]
        if unknown := values.keys() - known:
            raise TypeError(f"“{key}” has no place for {', '.join(sorted(unknown))}")
        found: list[object] = []
        for words, name, form in _cut(text):
            found += [words] if words else []
            if name:
                found.append(self._said(values[name], form))
        return found

    def category(self, count: Any) -> str:
        """Return the plural category of a number."""
        return str(babel_locale(self.language).plural_form(count))

    def _said(self, value: Any, form: str) -> object:
        if form == GROUPED:
            return format_decimal(value, locale=babel_locale(self.language))
        if form == SPELLED:
            return spelled(value, self.language)
        return value if isinstance(value, str) else str(value)


@functools.cache
def _cut(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return the words before each placeholder, its name and its format; both are empty after the last."""
    found = []
    for words, name, form, conversion in string.Formatter().parse(text):
        if name is not None and (
            not name.isidentifier() or conversion or form not in ("", GROUPED, SPELLED)
        ):
            raise ValueError(f"“{{{name}}}” is no placeholder")
        found.append((words, name or "", form or ""))
    return tuple(found)


@functools.cache
def placeholders(text: str) -> frozenset[str]:
    """Return the names of a text's placeholders; raise ValueError where they cannot be parsed."""
    return frozenset(name for _, name, _ in _cut(text) if name)


def categories(language: str) -> list[str]:
    """Return the plural categories of a language, in CLDR's order."""
    tags = babel_locale(language).plural_form.tags
    return [category for category in CATEGORIES if category in tags or category == "other"]


@functools.cache
def _speller(language: str) -> Any:
    locale = icu.Locale(str(babel_locale(language)))
    return icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, locale)


def spelled(number: int, language: str) -> str:
    """Return a number in words up to twelve, above in figures."""
    return str(number) if number > MOST_SPELLED else str(_speller(language).format(number))
