"""Finds words that a line breaks although they fit on one."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dossier.proof.tags import Finding
from dossier.proof.wanted import Wanted
from dossier.records.body import ADDRESS
from dossier.viewer import Box

NEARLY = 0.8
"""The part of a line's width from which on a word counts as wider than the line."""
SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\uabff\uac00-\ud7ff"
    "\uf900-\ufaff\uff00-\uffef\U00016fe0-\U0003ffff]"
)
"""Scripts without spaces between words, or in which a line may end inside a word."""
WITHIN = re.compile(r"(?:[^\W_]|[\u0300-\u036f]){2}")
"""Two adjacent characters of a word."""


@dataclass(frozen=True)
class Line:
    """A line of text on a page."""

    page: int
    start: int
    """Its offset in the squeezed text of the section."""
    end: int
    box: Box
    hyphen: bool
    """A hyphen stands at its end."""

    def moved(self, by: int) -> Line:
        """Return the line with its offsets moved ``by`` characters."""
        return replace(self, start=self.start + by, end=self.end + by)

    def width_of(self, start: int, end: int) -> float:
        """Return the approximate width of a part of its text."""
        part = min(end, self.end) - max(start, self.start)
        return (self.box[2] - self.box[0]) * part / (self.end - self.start)

    def room(self, after: Line) -> float:
        """Return the full width of lines, where this line is full and ``after`` is the next."""
        if after.page != self.page or after.box[3] > self.box[3]:  # in another column
            return self.box[2] - self.box[0]
        return max(self.box[2] - after.box[0], after.box[2] - self.box[0])


def _goes_on(line: Line, wanted: Wanted) -> bool:
    """Tell whether a line goes on with a word too wide for the line before.

    What is too wide may end a line anywhere, and with it what stands behind it without a space.
    """
    unit = wanted.around(line.start)
    return unit is not None and unit[0] < line.start


def broken(name: str, lines: Sequence[Line], wanted: Wanted) -> Iterator[Finding]:
    """Yield where a line ends inside a word, without a hyphen, although the word fits on a line.

    The offsets of ``lines`` are those in the text of ``wanted``. A word that begins the line was too wide
    for it. Widths are approximate, all characters of a line counted alike, so words nearly as wide as a
    line are not reported.
    """
    for line, after in itertools.pairwise(lines):
        place = line.end
        if line.hyphen or after.start != place or not 0 < place < len(wanted.text):
            continue
        if not WITHIN.fullmatch(wanted.text, place - 1, place + 1):
            continue
        unit = wanted.around(place)
        if unit is None:
            continue
        start, end = unit
        whole = wanted.word(place)
        if SPACELESS.search(whole) or ADDRESS.search(whole):
            continue
        width = line.width_of(start, place) + after.width_of(place, end)
        if start in wanted.begins or _goes_on(line, wanted):
            continue
        if line.start < start < place and end <= after.end and width < NEARLY * line.room(after):
            word, part = (
                unicodedata.normalize("NFC", wanted.text[start:to]) for to in (end, place)
            )
            yield line.page, f"{name} breaks “{word}” at the end of a line, behind “{part}”"
