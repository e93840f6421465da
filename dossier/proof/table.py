"""Tells whether the cross-reference stream of a file leads to the objects where they are.

A reader finds an object by this table alone, so a file whose table is wrong may show a reader other things
than were scanned. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FREE = (0, 0, 255)
"""The entry of object 0 (table 18)."""
FORM = {"/Columns": 6, "/Predictor": 12}
"""The rows have six bytes, and a PNG predictor (7.4.4.4)."""
WIDTHS = [1, 4, 1]


@dataclass(frozen=True)
class Run:
    """Consecutive numbers of objects that stand one behind another in an object stream."""

    first: int
    count: int
    pack: int
    """The number of the object stream."""
    index: int
    """The place of the first in it."""


def runs(numbers: Sequence[int], pack: int) -> Iterator[Run]:
    """Yield the runs of the objects in an object stream, given by their numbers in sequence."""
    start = 0
    for place in range(1, len(numbers) + 1):
        if place == len(numbers) or numbers[place] != numbers[place - 1] + 1:
            yield Run(numbers[start], place - start, pack, start)
            start = place


def is_usual(entries: Mapping[str, Any]) -> bool:
    """Tell whether a table, given by its dictionary, has the form in which the binder writes it."""
    return entries.get("/W") == WIDTHS and entries.get("/DecodeParms") == FORM


def is_right(
    entries: Mapping[str, Any], rows: bytes, offsets: Mapping[int, int], packed: Sequence[Run]
) -> bool:
    """Tell whether a table is that of a file.

    ``entries`` and ``rows`` are the dictionary and the decoded data of the table, before the predictor is
    undone; ``offsets`` has the place of each object that stands alone, ``packed`` all others.
    """
    listed = [(0, 1, iter([FREE]))]
    listed += [(number, 1, iter([(1, offset, 0)])) for number, offset in offsets.items()]
    listed += [(run.first, run.count, _places(run)) for run in packed]
    listed.sort(key=lambda item: item[0])
    index: list[int] = []
    made: list[bytes] = []
    above = bytes(6)
    for first, count, places in listed:
        if index and first < index[-2] + index[-1]:
            return False
        if index and first == index[-2] + index[-1]:
            index[-1] += count
        else:
            index += [first, count]
        for kind, place, last in itertools.islice(places, 2):
            row = bytes((kind, *place.to_bytes(4), last))
            made.append(
                bytes((2, *((new - old) % 256 for new, old in zip(row, above, strict=True))))
            )
            above = row
        if count > 2:
            # Each further row differs from the one above by 1 in its last byte, and so does the last.
            made.append(made[-1] * (count - 2))
            above = bytes((*above[:5], above[5] + count - 2))
    return (
        entries.get("/Index") == index
        and entries.get("/Size") == index[-2] + index[-1]
        and rows == b"".join(made)
    )


def _places(run: Run) -> Iterator[tuple[int, int, int]]:
    return ((2, run.pack, run.index + place) for place in range(run.count))
