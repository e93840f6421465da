"""The words of ours: every sentence that the program itself prints in a document, by language.

A key has a text with ``{placeholders}``, or such a text for each of CLDR's plural categories, between which
the value ``count`` decides. :mod:`.word_files` reads them.
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
"""The language of the words where there are none in a publication's."""
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural categories (Unicode Technical Standard 35, part 3)."""
COUNT = "count"
"""The value that decides which plural form is taken."""
GROUPED, SPELLED = "grouped", "spelled"
"""How a number may be asked for, ``{count:grouped}`` as 12,345 and ``{count:spelled}`` as twelve."""
MOST_SPELLED = 12
"""Numbers above it stand in figures (Oxford Style Manual, 7.1)."""

Text = str | Mapping[str, str]


@dataclass(frozen=True)
class Words:
    """The words of ours in one language; calling it with a key and values gives a plain text."""

    language: str
    """The BCP 47 tag of the language that they are in."""
    texts: Mapping[str, Text]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of ``key`` with its placeholders filled.

        Raises KeyError for an unknown key and a placeholder that gets no value, TypeError for a value that
        no form of the text has a place for.
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
        if form == SPELLED:
            return spelled(value, self.language)
        return value if isinstance(value, str) else str(value)


@functools.lru_cache(maxsize=4096)
def _category(language: str, count: Any) -> str:
    return str(babel_locale(language).plural_form(count))


@functools.cache
def cut(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return the words before each placeholder, its name and form, both empty at the end of the text."""
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
    """Return the names of a text's placeholders; raise ValueError where they cannot be read."""
    return frozenset(name for _, name, _ in cut(text) if name)


def categories(language: str) -> list[str]:
    """Return the plural categories of a language, in CLDR's order."""
    tags = babel_locale(language).plural_form.tags
    return [one for one in CATEGORIES if one in tags or one == "other"]


@functools.cache
def _speller(language: str) -> Any:
    locale = icu.Locale(str(babel_locale(language)))
    return icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, locale)


def spelled(number: int, language: str) -> str:
    """Return a number in words of a language up to twelve, in figures above."""
    return str(number) if number > MOST_SPELLED else str(_speller(language).format(number))
