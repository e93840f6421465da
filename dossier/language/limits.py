"""Limits of a text that the typesetter and the proof can handle; no real text comes near them.

They were found by experiment: each kind of text in growing sizes, on both papers, until a build failed or
took minutes.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

MAX_WORD = 2_500
"""Characters without a space: more take seconds to set, and with hyphens the time grows with the cube."""
WORD = re.compile(
    # Where words have no spaces between them, a line may end at any of their characters.
    "[^\\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f"
    f"\uff01-\uffe6\U00020000-\U0003fffd]{{{MAX_WORD + 1},}}"
)
MAX_MARKS = 10
"""Combining marks on a letter: Hebrew and Arabic have five at most; more reach into other lines."""
PERHAPS = re.compile(
    "[\u0300-\u1fff\u20d0-\u20f0\u2cef-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\U000e01ef]"
    f"{{{MAX_MARKS + 1}}}"
)
"""A cheap test that nearly every text without such a letter fails; :func:`_heap` is exact."""
PLACED = re.compile(
    "([^\\s\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]?)"
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0]{2,})"
)
"""A letter with combining marks that have a fixed position: a repeated mark covers the first."""
MAX_ROW = 500
"""The length of a title or an addressee: its row of the table of letters has to fit on a page."""
MAX_HEAD = 5_000
"""The length of the dossier's title, which stands in every running head."""
MAX_TEXT = 20_000
"""The length of any text among the keys: with a name of 280,000 characters the index takes minutes."""
MAX_DIGITS = 6
"""Digits of a list item's number: a longer one reaches over the page's edge, or into other text."""
MAX_INDENT = 480
"""Points by which nested block quotes and lists can indent a text before it leaves the page."""
WIDE = frozenset("mw@%…—‰жмфшщыю")
"""Characters as wide as capitals, about twice as wide as other letters."""


@dataclass(frozen=True)
class Beyond:
    """A part of a text that exceeds a limit."""

    place: int
    """The index of its first character, counted from 0."""
    message: str
    remedy: str


def beyond(text: str) -> Iterator[Beyond]:
    """Yield the words of ``text`` that are too long, and the letters with too many combining marks."""
    if len(text) > MAX_WORD:
        for match in WORD.finditer(text):
            message = f"A word of {len(match[0]):,} characters stands here; {MAX_WORD:,} can be set"
            yield Beyond(match.start(), message, "Put spaces into it, or shorten it.")
    if text.isascii():
        return
    heaps = [match.span() for match in _heap().finditer(text)] if PERHAPS.search(text) else []
    for start, end in heaps:
        message = f"{end - start} marks stand on one letter; {MAX_MARKS} can be printed"
        remedy = "Delete those that do not belong to it."
        yield Beyond(start, message, remedy)
    for match in PLACED.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in heaps):
            continue
        # The first mark may compose with its letter, as in é.
        left = unicodedata.normalize("NFC", match[0])[len(match[1]) :]
        mark, count = Counter(left).most_common(1)[0] if left else ("", 0)
        if count > 1:
            message = f"The mark U+{ord(mark):04X} stands on one letter more than once"
            yield Beyond(match.start(), message, "Delete the others: only one is seen.")


def length(text: str) -> int:
    """Return the printed length of ``text``, in letters of average width."""
    return sum(
        2 if char.isupper() or char in WIDE or unicodedata.east_asian_width(char) in "WF" else 1
        for char in unicodedata.normalize("NFKC", text)
    )


@functools.cache
def _heap() -> re.Pattern[str]:
    """Return a pattern of more combining marks in a row than can be printed."""
    marks = "".join(
        chr(point) for point in range(0x300, 0x20000) if unicodedata.category(chr(point))[0] == "M"
    )
    return re.compile(f"[{marks}]{{{MAX_MARKS + 1},}}")
