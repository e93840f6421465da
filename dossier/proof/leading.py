"""Compares the distances of lines with what the design says of them."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.proof.faces import Shown
from dossier.proof.wanted import Wanted
from dossier.records.design import Design

NEAR = 0.35
"""Points by which a distance may miss its value, by rounding."""
LOWER = 5.0
"""Points by which a font of another script may move the baseline of its line down, towards the next."""
SAME = 1.0
"""Points by which a line is at least below the one before."""
RAISED = 5.0
"""Points by which two texts on one line may differ in height, as the call of a note does."""


class Leading:
    """Judges how far apart the lines of paragraphs, items and works are."""

    def __init__(self, design: Design) -> None:
        """Take the design."""
        lists = design.lists
        self._distances: Mapping[str, float] = {
            "text": design.text.leading,
            "note": design.notes.leading,
            "dense": lists.leading,
            "names": lists.name_leading,
        }
        self._family = f"+{design.fonts.text.replace(' ', '-')}"

    def findings(
        self,
        shown: Shown,
        wanted: Wanted,
        baselines: Sequence[Mapping[int, float]],
        plain: bool,
    ) -> Iterator[tuple[int, int, str]]:
        """Yield where two lines are another distance apart: offset, page, and how.

        Letters of other fonts or sizes than the others' push lines apart; so does another script, as the
        section has that is not ``plain``.
        """
        before: _Line | None = None
        for line in self._lines(shown, wanted, baselines):
            is_next = before and before.block == line.block and before.base - line.base > SAME
            # A line that has nothing but a raised call is not judged.
            is_next = is_next and bool(before and before.sizes & line.sizes)
            if before and is_next and before.distance and line.distance:
                apart = before.base - line.base
                is_own = all(self._family in font for font, _ in before.fonts | line.fonts)
                is_even = plain and is_own and len(before.fonts | line.fonts) == 1
                slack = NEAR if is_own else LOWER
                if apart < line.distance - slack or (is_even and apart > line.distance + NEAR):
                    said = f"{apart:.1f} points below the line before instead of {line.distance:g}"
                    yield line.start, line.block[0], said
            before = line

    def _lines(
        self, shown: Shown, wanted: Wanted, baselines: Sequence[Mapping[int, float]]
    ) -> Iterator[_Line]:
        """Yield the lines of all blocks."""
        looks, blocks = ([start for _, start, _ in told] for told in (wanted.looks, wanted.blocks))
        line: _Line | None = None
        for (start, _, page, styles), (_, _, mcid) in zip(shown.texts(), shown.places, strict=True):
            number, block = (bisect.bisect_right(starts, start) - 1 for starts in (looks, blocks))
            if block < 0 or start >= wanted.blocks[block][2]:
                continue
            base = baselines[page - 1].get(mcid, 0.0)
            role = wanted.looks[number][0].role if number >= 0 else ""
            fonts = {(font, size) for font, size, _ in styles}
            if line and line.block == (page, block) and abs(line.base - base) < RAISED:
                line.fonts |= fonts
                # A line may begin with a raised call.
                line.base = min(line.base, base)
            else:
                if line:
                    yield line
                distance = self._distances.get(role, 0.0)
                line = _Line((page, block), start, base, distance, fonts)
        if line:
            yield line


@dataclass
class _Line:
    block: tuple[int, int]
    """Its page, and the number of its block."""
    start: int
    base: float
    distance: float
    """How far it should be from the line before; 0 where that is not told."""
    fonts: set[tuple[str, float]]
    """The fonts of its texts, with their sizes."""

    @property
    def sizes(self) -> set[float]:
        return {size for _, size in self.fonts}
