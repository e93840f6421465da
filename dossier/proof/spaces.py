"""Compares the spaces between words."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator

from dossier.proof.tags import Finding
from dossier.proof.wanted import SHAPED, Wanted, gaps_of, squeezed, words_around
from dossier.viewer import BROKEN

NEAR_BY = 80
"""Letters around a space among which none is of a script that is read back in another sequence."""


def findings(
    name: str, raw: str, wanted: Wanted, page_of: Callable[[int], int]
) -> Iterator[Finding]:
    """Yield the first space that is lost or added in a text that has the expected words.

    ``raw`` is the text as it was read back, ``page_of`` tells the page of an offset in its squeezed form.
    Not compared is what stands between the texts of two pages, and among scripts that are read back in
    another sequence.
    """
    there = frozenset(gaps_of(raw)[:-1])
    if there == wanted.spaces:
        return
    starts = [start for start, _ in wanted.spaced]
    for place in sorted((there ^ wanted.spaces) - {*_hyphens(raw)}):
        number = bisect.bisect_left(starts, place) - 1
        if (
            number >= 0
            and place < wanted.spaced[number][1]
            and page_of(place - 1) == page_of(place)
            and not SHAPED.search(wanted.text, max(0, place - NEAR_BY), place + NEAR_BY)
        ):
            should = "no space" if place in there else "a space"
            words = words_around(wanted.raw, place)
            yield page_of(place), f"{name} should have {should} in “{words}”"
            return


def _hyphens(raw: str) -> Iterator[int]:
    """Yield the offsets of hyphens at the ends of lines; no space is read behind one."""
    at = 0
    for part in raw.split(BROKEN)[:-1]:
        at += len(squeezed(part))
        yield at
