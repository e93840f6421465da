"""Object numbers of the bound PDF: each section has a range of its own, given by its place.

A section's range depends on the number of sections before it and hardly on what they hold. So a section
keeps its numbers, and with them its bytes, while others change. Numbers between the ranges are not used: a
cross-reference stream may leave gaps (ISO 32000-1, 7.5.8).
"""

from __future__ import annotations

from collections.abc import Sequence

CATALOG, PAGES, DOCUMENT, TREE, FONTS, INFO, METADATA, PROFILE, OWNERS, PLACES, OUTLINE, NOTES = (
    range(1, 13)
)
"""The objects that a document has once: those of the sections refer to them."""
FIRST = 16
"""The first number of the first section."""
STEPS = (512, 64, 1)
"""A range is a multiple of one of these; the greatest is taken that lets all numbers fit."""
LAST = 4_000_000
"""No number is above this, if possible: PDFium reads none above 4 194 304."""


def bases(sizes: Sequence[int], many: Sequence[bool]) -> tuple[list[int], int]:
    """Return the first number of each section, and the first that is free after all.

    ``sizes`` has the number of objects of each section. The sections of which there are ``many``, the
    letters, come last, so that all others keep their ranges when a letter is added. The range of any other
    section grows by doubling, so that it seldom moves those behind it.
    """
    for step in STEPS:
        found, end = _bases(sizes, many, step)
        if end <= LAST:
            break
    return found, end


def _bases(sizes: Sequence[int], many: Sequence[bool], step: int) -> tuple[list[int], int]:
    found = [0] * len(sizes)
    number = FIRST
    for wanted in (False, True):
        for place, (size, is_one_of_many) in enumerate(zip(sizes, many, strict=True)):
            if is_one_of_many != wanted:
                continue
            found[place] = number
            steps = -(-size // step)
            doubled = 1 << (steps - 1).bit_length()
            number += step * (steps if wanted or step == 1 else doubled)
    return found, number
