"""The order of an index: word by word, after Chicago (18th ed., chapter 15) and NISO TR03.

Spaces before digits before letters; a hyphen or slash is a space, other punctuation is ignored;
accented letters file as their base letters; a leading article is passed over. ICU compares.
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
"""More than all alphabets together: above its limit, ICU leaves out letters here and there."""
HAN = ("Hani", "Hans", "Hant")


# What ICU does not know would otherwise get the letters of whoever runs the program.
icu.Locale.setDefault(icu.Locale("en"))


class Collation:
    """The alphabet of one language, with room for the scripts of others."""

    def __init__(
        self, language: str, others: Iterable[str] = (), headings: Iterable[str] = ()
    ) -> None:
        """Take the index's language and what gives labels to other scripts: languages and headings.

        Languages are BCP 47 tags.
        """
        locale = icu.Locale.forLanguageTag(language)
        self._language = language
        self._scripts = babel_locale(language).scripts
        self._collator = icu.Collator.createInstance(locale)
        index = icu.AlphabeticIndex(locale)
        index.maxLabelCount = LABELS
        own = _script(locale)
        found = {
            _likely(script) for script in {_script_of(filed(one, language)) for one in headings}
        }
        for other in sorted({*others, *found}):
            tag = icu.Locale.forLanguageTag(other)
            # Accented letters file as their base letters, so that one Latin alphabet does. Han has
            # no letters; its characters as labels would say nothing of those that follow them.
            if _script(tag) == "Latn":
                tag = icu.Locale("en")
            if _script(tag) not in (own, *HAN):
                index.addLabels(tag)
        self._index = index
        self._labels = tuple(str(label) for label, _ in index)

    def key(self, heading: str) -> tuple[bytes, str]:
        """Return the sort key of a heading: equal for equal letters, then by code point."""
        words = filed(heading, self._language)
        return bytes(self._collator.getSortKey(words)), heading

    def place(self, heading: str) -> int:
        """Return the place among all labels of the one that a heading stands under.

        It may differ from the heading's order, as where Chinese words follow A to Z, but stand under
        the letters of their pronunciation.
        """
        words = filed(heading, self._language)
        return 0 if not words or words[0].isdigit() else int(self._index.getBucketIndex(words))

    def label(self, heading: str) -> str:
        """Return the letter under which a heading stands, :data:`DIGITS` or its script's name.

        It is empty where the language has no name for the script either.
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
    """Return the language that a script most probably writes."""
    return str(icu.Locale(f"und_{script}").addLikelySubtags().getLanguage())


@functools.cache
def filed(heading: str, language: str) -> str:
    """Return a heading as it is filed: articles and punctuation away, hyphens and slashes as spaces."""
    words = without_article(unicodedata.normalize("NFC", visible(heading)), language)
    words = re.sub(r"[-‐‑–—/]", " ", words)
    kept = "".join(char for char in words if unicodedata.category(char)[0] not in "PS")
    return " ".join(kept.split())
