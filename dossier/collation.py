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

from dossier.matching import without_article

DIGITS = "0–9"
"""The label over headings that begin with a digit."""
OTHERS = "Other scripts"
"""The label over headings in a script whose letters the index has no labels for."""


class Collation:
    """The alphabet of one language, with room for the scripts of others."""

    def __init__(self, language: str, scripts: Iterable[str] = ()) -> None:
        """Take the BCP 47 tags of the index's language and of others whose letters get labels."""
        locale = icu.Locale.forLanguageTag(language)
        self._language = language
        self._collator = icu.Collator.createInstance(locale)
        self._labels = icu.AlphabeticIndex(locale)
        for other in sorted(set(scripts)):
            self._labels.addLabels(icu.Locale.forLanguageTag(other))

    def key(self, heading: str) -> tuple[bytes, str]:
        """Return the sort key of a heading: equal for equal letters, then by code point."""
        words = filed(heading, self._language)
        return bytes(self._collator.getSortKey(words)), heading

    def label(self, heading: str) -> str:
        """Return the letter under which a heading stands, :data:`DIGITS` or :data:`OTHERS`."""
        words = filed(heading, self._language)
        if not words or words[0].isdigit():
            return DIGITS
        place = self._labels.getBucketIndex(words)
        label = str(tuple(self._labels)[place][0])
        return OTHERS if label == "…" else label


@functools.cache
def filed(heading: str, language: str) -> str:
    """Return a heading as it is filed: articles and punctuation away, hyphens and slashes as spaces."""
    words = without_article(unicodedata.normalize("NFC", heading), language)
    words = re.sub(r"[-‐‑–—/]", " ", words)
    kept = "".join(char for char in words if unicodedata.category(char)[0] not in "PS")
    return " ".join(kept.split())
