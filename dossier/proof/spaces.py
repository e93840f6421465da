"""Compares the spaces between words."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator

from dossier.proof.tags import Finding
from dossier.proof.wanted import Wanted, gaps_of, squeezed, words_around

BROKEN = "\x02"
"""What pdfium reads a hyphen at the end of a line as; it leaves out a space behind it."""


def findings(
    name: str, raw: str, wanted: Wanted, page_of: Callable[[int], int]
) -> Iterator[Finding]:
    """Yield the first space that is lost or added in a text that has the expected words.

    ``raw`` is the text as it was read back, ``page_of`` tells the page of an offset in its squeezed form.
    What stands between the texts of two pages is not compared.
    """
    there = frozenset(gaps_of(raw))
    if there == wanted.spaces:
        return
    starts = [start for start, _ in wanted.spaced]
    for place in sorted(there ^ wanted.spaces):
        number = bisect.bisect_left(starts, place) - 1
        if number < 0 or place >= wanted.spaced[number][1] or page_of(place - 1) != page_of(place):
            continue
        if place not in there and place in _broken(raw):
            continue
        should = "no space" if place in there else "a space"
        yield page_of(place), f"{name} should have {should} in “{words_around(wanted.raw, place)}”"
        return


def _broken(raw: str) -> set[int]:
    """Return the offsets of hyphens at the ends of lines."""
    found, at = set[int](), 0
    for part in raw.split(BROKEN)[:-1]:
        at += len(squeezed(part))
        found.add(at)
    return found
