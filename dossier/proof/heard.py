"""Compares what a screen reader says besides the words: headings, lists, cells, and languages.

References are to ISO 32000-1 (PDF 1.7). Of footnotes, only the language is compared.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.language.direction import nearer_language
from dossier.proof.tags import Finding, Passage
from dossier.proof.wanted import Stretch, Wanted, squeezed, words_around

NAMES = {
    "P": "a paragraph", "Lbl": "a label", "LBody": "an item of a list", "TD": "a cell of a table",
    "TH": "a head of a table", "BibEntry": "a work", "Reference": "a line of the contents",
} | {f"H{level}": f"a heading of level {level}" for level in range(1, 8)}  # fmt: skip
Place = tuple[int, int]
"""A page and an MCID."""


@dataclass(frozen=True)
class Heard:
    """The tags of one section."""

    passage: Passage
    lengths: Mapping[Place, int]
    """The length of each squeezed text."""
    notes: Collection[Place]
    own: str
    """The language of the document, which holds where no tag states another (14.9.2)."""
    ours: str
    """The language of the program's words."""

    def findings(self, name: str, wanted: Wanted, noted: str) -> Iterator[Finding]:
        """Compare the tags of a section with ``wanted``, whose text is that of the section.

        ``name`` is the section's in findings, ``noted`` the language of its footnotes.
        """
        yield from self._blocks(name, wanted, self._offsets)
        yield from self._languages(name, wanted, self._offsets, noted)

    def headings(
        self, name: str, text: str, wanted: Iterable[tuple[int, str]]
    ) -> Iterator[Finding]:
        """Compare the headings of a section, given by its squeezed ``text``, with levels and words."""
        offsets = self._offsets
        found = [
            (role, text[offsets[start] : offsets[end]])
            for role, start, end in self.passage.blocks
            if role[0] == "H"
        ]
        should = [(f"H{level}", squeezed(words)) for level, words in wanted]
        if [one for one in found if one[1]] != should:
            yield self.passage.places[0][0], f"{name} has other headings, or of other levels"

    def doubtful(self, name: str, text: str, told: Sequence[Stretch] = ()) -> Iterator[Finding]:
        """Yield what is said to be in a language that its letters do not show, where none is ``told``."""
        offsets = self._offsets
        for language, start, end in self.passage.spoken:
            first, last = offsets[start], offsets[end]
            if language in (self.own, self.ours) or first == last:
                continue
            if any(begin < last and first < stop for _, begin, stop in told):
                continue
            words = text[first:last]
            if nearer_language(words, language, self.own) != language:
                page = self.passage.places[start][0]
                yield page, f"{name} has “{words}”, said to be in the language “{language}”"

    def passages(
        self, name: str, text: str, wanted: Iterable[tuple[str, str]]
    ) -> Iterator[Finding]:
        """Compare all that states a language in a section, in any sequence, with languages and words."""
        offsets = self._offsets
        found = Counter(
            (language, text[offsets[start] : offsets[end]])
            for language, start, end in self.passage.spoken
        )
        should = Counter((language, squeezed(words)) for language, words in wanted)
        for language, words in sorted((found - should) | (should - found)):
            yield (
                self.passage.places[0][0],
                f"{name} has “{words}”, which should be said to be in the language “{language}”, "
                "and is not; or it is said, and should not be",
            )

    @functools.cached_property
    def _offsets(self) -> Sequence[int]:
        """The offset of each text, without notes, and of the end."""
        lengths = (
            0 if place in self.notes else self.lengths.get(place, 0)
            for place in self.passage.places
        )
        return list(itertools.accumulate(lengths, initial=0))

    def _page(self, offsets: Sequence[int], offset: int) -> int:
        number = bisect.bisect_right(offsets, offset) - 1
        return self.passage.places[min(number, len(self.passage.places) - 1)][0]

    def _blocks(self, name: str, wanted: Wanted, offsets: Sequence[int]) -> Iterator[Finding]:
        """Compare structure types (14.8.4), where any is told."""
        if not wanted.blocks:
            return
        there = {(role, offsets[start], offsets[end]) for role, start, end in self.passage.blocks}
        headings = {one for one in there if one[0][0] == "H" and one[1] < one[2]}
        for roles, start, end in wanted.blocks:
            found = {(role, start, end) for role in roles.split("|")} & there
            headings -= found
            if not found:
                what = " or ".join(NAMES[role] for role in roles.split("|"))
                words = words_around(wanted.raw, start)
                yield (
                    self._page(offsets, start),
                    f"{name} has “{words}”, which is not tagged as {what}",
                )
        for role, start, _ in sorted(headings, key=lambda one: one[1:]):
            words = words_around(wanted.raw, start)
            yield self._page(offsets, start), f"{name} has “{words}”, tagged as {NAMES[role]}"

    def _languages(
        self, name: str, wanted: Wanted, offsets: Sequence[int], noted: str
    ) -> Iterator[Finding]:
        """Compare the languages of passages."""
        spoken = [self.own] * len(self.passage.places)
        for language, start, end in reversed(self.passage.spoken):
            spoken[start:end] = [language] * (end - start)
        told = wanted.languages
        starts = [start for _, start, _ in told]
        for number, language in enumerate(spoken):
            place = self.passage.places[number]
            should = language
            if place in self.notes:
                should = noted
            elif offsets[number] < offsets[number + 1]:
                found = bisect.bisect_right(starts, offsets[number]) - 1
                if found >= 0 and offsets[number] < told[found][2]:
                    should = told[found][0]
            if should != language:
                words = words_around(wanted.raw, offsets[number])
                yield (
                    place[0],
                    f"{name} has “{words}”, said to be in the language “{language}” instead of “{should}”",
                )
                return
