"""Proves what parts the signatures of a letter that stand in paragraphs, one behind another.

Behind each but the last of a paragraph there is one sign, on the line on which the signature ends and right
beside its words. It is decoration: a screen reader goes through a list.
"""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.proof.letter import signatures
from dossier.proof.tags import Finding
from dossier.proof.truth import Letter, Truth
from dossier.proof.wanted import squeezed
from dossier.viewer import Box

BESIDE = 8.0
"""Points between the words of a signature and the sign behind it, at most."""
COMMON = 0.5
"""The part of a sign's height that it has in common with the words on its line."""


@dataclass(frozen=True)
class Drawn:
    """A text of a letter as it is drawn."""

    page: int
    start: int
    """Its offset in the squeezed text of the letter."""
    end: int
    box: Box


@dataclass(frozen=True)
class Signed:
    """A signature with a sign behind it."""

    words: str
    start: int
    end: int
    """Its offsets in the squeezed text of the letter."""


def told(truth: Truth, letter: Letter, places: Mapping[str, int]) -> list[Signed]:
    """Return the signatures with a sign behind them; ``places`` are the offsets of anchors."""
    found = []
    for cell in signatures(truth.words, letter, truth.publication.language):
        if cell.behind:
            words = cell.text.removeprefix(cell.numeral)
            start = places[cell.anchor] + len(squeezed(cell.numeral))
            found.append(Signed(words, start, start + len(squeezed(words))))
    return found


def findings(
    name: str,
    separator: str,
    signed: Sequence[Signed],
    drawn: Sequence[Drawn],
    asides: Mapping[int, Sequence[tuple[str, Box]]],
) -> Iterator[Finding]:
    """Yield the signs that are missing, and those that part nothing; ``asides`` are what is decoration.

    The text of the letter is the expected one.
    """
    counts: Counter[int] = Counter()
    for page, decoration in asides.items():
        here = [one for one in drawn if one.page == page]
        for words, box in decoration:
            if squeezed(words) == separator:
                behind = _behind(signed, here, box)
                if not behind:
                    yield page, f"{name} has “{separator}” where no signature ends"
                # The next signature stands beside it, too, and may end on this line.
                counts.update([min(behind, key=lambda one: (counts[one], one))] if behind else [])
    pages = {one.end: one.page for one in drawn}
    for number, one in enumerate(signed):
        if counts[number] != 1:
            yield (
                pages.get(one.end, drawn[0].page),
                f"{name} should have one “{separator}” behind “{one.words}”, and has {counts[number]}",
            )


def _behind(signed: Sequence[Signed], here: Sequence[Drawn], sign: Box) -> set[int]:
    """Return the signatures that end on the line of a sign, with words beside it; none inside of one."""
    line = [one for one in here if _on_one_line(one.box, sign)]
    ends = {one.end for one in line}
    before, after = _beside(line, sign)
    sides = {_whose(signed, one) for one in (before, after) if one}
    if before and after and len(sides) == 1:
        return set()
    return {number for number in sides if number >= 0 and signed[number].end in ends}


def _beside(line: Sequence[Drawn], sign: Box) -> tuple[Drawn | None, Drawn | None]:
    """Return the nearest words at the left and at the right of a sign, where they are near."""
    middle = (sign[0] + sign[2]) / 2
    near = [one for one in line if _gap(one.box, sign) <= BESIDE]
    left = [one for one in near if one.box[0] + one.box[2] < 2 * middle]
    right = [one for one in near if one.box[0] + one.box[2] >= 2 * middle]
    return (
        max(left, key=lambda one: one.box[2], default=None),
        min(right, key=lambda one: one.box[0], default=None),
    )


def _whose(signed: Sequence[Signed], text: Drawn) -> int:
    """Return the signature to which a text belongs, counted from 0; -1 for none with a sign behind it."""
    number = bisect.bisect_left(signed, text.end, key=lambda one: one.end)
    return number if number < len(signed) and signed[number].start < text.end else -1


def _on_one_line(words: Box, sign: Box) -> bool:
    """Tell whether a sign stands at the height of words."""
    common = min(words[3], sign[3]) - max(words[1], sign[1])
    return common > COMMON * (sign[3] - sign[1])


def _gap(words: Box, sign: Box) -> float:
    """Return the points between words and a sign on their line."""
    return max(sign[0] - words[2], words[0] - sign[2], 0.0)
