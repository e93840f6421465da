"""Sorts an index word by word, as in Chicago (18th ed., chapter 15) and NISO TR03.

Spaces sort before digits, digits before letters; a hyphen or slash counts as a space, other punctuation is
ignored; accented letters sort as their base letters; a leading article is skipped. ICU compares.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

import icu

from dossier.language.dates import babel_locale
from dossier.language.folding import visible, without_article

DIGITS = "0–9"
"""The label over headings that begin with a digit."""
LABELS = 2000
"""More labels than all alphabets have: where there are more, ICU leaves some out."""
HAN = ("Hani", "Hans", "Hant")


class Collation:
    """The sort order and the index letters of a language, with the letters of other scripts added."""

    def __init__(
        self, language: str, others: Iterable[str] = (), headings: Iterable[str] = ()
    ) -> None:
        """Take the index's language; ``others`` and the scripts of ``headings`` add letters.

        Languages are BCP 47 tags.
        """
        locale = _locale(language)
        self._language = language
        self._scripts = babel_locale(language).scripts
        self._collator = icu.Collator.createInstance(locale)
        index = icu.AlphabeticIndex(locale)
        index.maxLabelCount = LABELS
        own = _script(locale)
        found = {
            _likely(script)
            for script in {_script_of(filed(heading, language)) for heading in headings}
        }
        for other in sorted({*others, *found}):
            tag = _locale(other)
            # Accented letters sort as their base letters, so one Latin alphabet is enough. Han has no
            # letters, and a character as a label would not say which others stand under it.
            if _script(tag) == "Latn":
                tag = icu.Locale("en")
            if _script(tag) not in (own, *HAN):
                index.addLabels(tag)
        self._index = index
        self._labels = tuple(str(label) for label, _ in index)

    def key(self, heading: str) -> tuple[bytes, str]:
        """Return the sort key of a heading: ICU's key, then the code points."""
        words = filed(heading, self._language)
        return bytes(self._collator.getSortKey(words)), heading

    def place(self, heading: str) -> int:
        """Return the index of the label under which a heading stands.

        It may disagree with the sort key: Chinese words sort after Z, but stand under the letter of their
        pronunciation.
        """
        words = filed(heading, self._language)
        return 0 if not words or words[0].isdigit() else int(self._index.getBucketIndex(words))

    def label(self, heading: str) -> str:
        """Return the letter under which a heading stands, :data:`DIGITS` or the name of its script.

        The label is empty where the index's language has no name for the script.
        """
        words = filed(heading, self._language)
        if not words or words[0].isdigit():
            return DIGITS
        label = self._labels[self.place(heading)]
        if label != "…":
            return label
        if unicodedata.category(words[0])[0] == "N":
            return DIGITS
        base = unicodedata.normalize("NFD", words)[0]
        name = str(self._scripts.get(_script_of(words), ""))
        return base if base in self._labels else name[:1].upper() + name[1:]


@functools.cache
def _languages() -> frozenset[str]:
    """Return the languages whose alphabets ICU knows."""
    return frozenset(name.partition("_")[0] for name in icu.Locale.getAvailableLocales())


def _locale(language: str) -> icu.Locale:
    """Return the locale of a BCP 47 tag, the English one where ICU does not know its language.

    ICU itself would take the locale of the machine.
    """
    locale = icu.Locale.forLanguageTag(language)
    return locale if locale.getLanguage() in _languages() else icu.Locale("en")


def _script(locale: icu.Locale) -> str:
    """Return the script in which a language is usually written."""
    likely = icu.Locale(locale.getName())
    return str(likely.addLikelySubtags().getScript())


def _script_of(words: str) -> str:
    """Return the script of the first character that has one."""
    for char in words:
        name = str(icu.Script.getScript(char).getShortName())
        if name not in ("Zyyy", "Zinh", "Zzzz"):
            return name
    return "Zyyy"


@functools.cache
def _likely(script: str) -> str:
    """Return the language that is most probably written in a script."""
    return str(icu.Locale(f"und_{script}").addLikelySubtags().getLanguage())


@functools.cache
def filed(heading: str, language: str) -> str:
    """Return a heading as it is sorted: without article and punctuation, hyphens and slashes as spaces."""
    words = without_article(unicodedata.normalize("NFC", visible(heading)), language)
    words = re.sub(r"[-‐‑–—/]", " ", words)
    kept = "".join(char for char in words if unicodedata.category(char)[0] not in "PS")
    return " ".join(kept.split())
