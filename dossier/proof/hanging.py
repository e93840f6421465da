"""Compares how the lines of an index entry stand: the first begins farther out than those below it."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from dossier.proof.breaks import Line
from dossier.proof.tags import Finding
from dossier.proof.wanted import Wanted, words_around

LEAST = 4.0
"""Points by which the first line begins farther out at least."""


def findings(
    name: str, lines: Sequence[Line], wanted: Wanted, from_right: bool
) -> Iterator[Finding]:
    """Yield the entries whose lines do not hang; ``from_right`` tells where lines begin.

    Of an entry that goes on in another column, the lines there are not compared.
    """
    starts = [line.start for line in lines]
    for role, start, end in wanted.blocks:
        at = bisect.bisect_left(starts, start)
        entry = [line for line in lines[at : at + 2] if line.start >= start and line.end <= end]
        if role != "LBody" or len(entry) < 2:
            continue
        (first, second), page = (line.box for line in entry), entry[0].page
        is_below = entry[1].page == page and second[3] < first[3] - LEAST
        out = first[2] - second[2] if from_right else second[0] - first[0]
        if is_below and out < LEAST:
            words = words_around(wanted.raw, start)
            yield page, f"{name} has “{words}”, whose first line does not begin farther out"
