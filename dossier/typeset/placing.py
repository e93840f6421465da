"""Cuts strips into columns and pages, see :mod:`.strips`; the columns are those of :mod:`.columns`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dossier.records.galley import PX
from dossier.typeset.columns import PARTED, ROUNDING, Piece, balanced
from dossier.typeset.strips import Part, Strip, UnfitError

At = tuple[int, int]
"""Where a page begins: an entry of the list, and a line of it."""


@dataclass(frozen=True)
class Entry:
    """A heading or an entry of a list, with what is repeated where it goes on."""

    strip: Strip
    group: int
    is_heading: bool
    top: float
    """Its place on the strip of all."""
    head: Strip | None
    """What a column repeats that begins with it."""


@dataclass(frozen=True)
class Placed:
    """Lines of a strip in their place."""

    strip: Strip
    lines: range
    left: float
    """How far the strip is moved to the right."""
    down: float
    entry: int
    """The number of the entry."""
    list: int
    """The number of its list; 0 for a heading."""
    is_repeated: bool = False

    def moved(self, box: Sequence[float]) -> tuple[float, float, float, float]:
        """Return a rectangle in its place: left, bottom, right, top, in points from the bottom left."""
        left, down = self.left * PX, self.down * PX
        return (box[0] + left, box[1] - down, box[2] + left, box[3] - down)


@dataclass(frozen=True)
class Column:
    """A column of a page."""

    placed: tuple[Placed, ...]
    height: float


@dataclass(frozen=True)
class _Row:
    """An unbreakable part of an entry."""

    at: At
    lines: range
    top: float
    bottom: float
    glued: bool


def entries(parts: Sequence[Part], strips: Sequence[Strip]) -> list[Entry]:
    """Return the entries of a list, each in its place on one long strip."""
    together = list(zip(parts, strips, strict=True))
    of_group = {part.group: strip for part, strip in together if part.repeats and part.is_heading}
    found: list[Entry] = []
    bottom = 0.0
    before: tuple[Part, Strip] | None = None
    for part, strip in together:
        if part.repeats:
            continue
        head = None if part.is_heading or part.is_first else of_group.get(part.group)
        top = bottom + (_gap(*before, part, strip) if before else 0)
        found.append(Entry(strip, part.group, part.is_heading, top, head))
        bottom = top + strip.height
        before = part, strip
    return found


def _gap(part: Part, strip: Strip, next_part: Part, next_strip: Strip) -> float:
    """Return the distance of two entries: the greatest of the margins that meet (CSS 2, 8.3.1)."""
    margins = [strip.margins[1], next_strip.margins[0]]
    if next_part.is_heading and not part.is_heading:
        margins.append(strip.list_margins[1])
    if part.is_heading and not next_part.is_heading:
        margins.append(next_strip.list_margins[0])
    if min(margins) < 0:
        raise UnfitError("a list has a negative margin")
    return max(margins)


def page(
    held: Sequence[Entry], at: At, room: float, count: int, top: float, lefts: Sequence[float]
) -> tuple[list[Column], At | None]:
    """Return the columns of a page that begins at an entry, and where the next page begins.

    ``room`` is the height of columns, ``top`` their top edge and ``lefts`` the left edge of each. There are
    no columns where nothing fits.
    """
    groups = _groups(_rows(held, at, room, count * room))
    begin = groups[0][0].top
    # What could not stand in columns even without gaps is of another page, so it plays no part here.
    groups = [
        group for group in groups if group[-1].bottom - begin <= count * room + ROUNDING
    ] or groups[:1]
    heads = [_head(held, group[0]) for group in groups]
    pieces = [
        Piece(group[0].top, group[-1].bottom, head.height if head else 0.0)
        for group, head in zip(groups, heads, strict=True)
    ]
    if max(piece.head + piece.bottom - piece.top for piece in pieces) > room + ROUNDING:
        return [], at
    cuts = balanced(pieces, room, count)
    columns = [
        _column(held, groups[start:end], heads[start], top, lefts[number])
        for number, (start, end) in enumerate(itertools.pairwise(cuts))
    ]
    if cuts[-1] < len(groups):
        return columns, groups[cuts[-1]][0].at
    last = groups[-1][-1]
    number, line = last.at[0], last.lines.stop
    if line < len(held[number].strip.lines):
        return columns, (number, line)
    return columns, (number + 1, 0) if number + 1 < len(held) else None


def _rows(held: Sequence[Entry], at: At, room: float, most: float) -> Iterator[_Row]:
    """Yield the rows of entries from a place on; those behind ``most`` pixels make no difference."""
    first, line = at
    begin = held[first].top + held[first].strip.lines[line][0] - held[first].strip.lines[0][0]
    avoids = True
    for number in range(first, len(held)):
        entry, strip = held[number], held[number].strip
        shift = entry.top - strip.top
        glued = avoids or strip.avoids[0]
        avoids = strip.avoids[1]
        start = line if number == first else 0
        if start or (strip.may_go_on and strip.height > PARTED * room):
            if strip.again is None:
                raise UnfitError("pages have less room than was thought")
            last = len(strip.lines) - 1
            for place in range(start, last + 1):
                top, bottom = strip.lines[place]
                # Neither the first line nor the last stands alone.
                tied = place - start == 1 or place == last or (place == start and glued)
                yield _Row(
                    (number, place), range(place, place + 1), top + shift, bottom + shift, tied
                )
        else:
            lines = range(len(strip.lines))
            yield _Row((number, 0), lines, entry.top, entry.top + strip.height, glued)
        if entry.top - begin > most:  # with what is tied to it
            return


def _groups(rows: Iterator[_Row]) -> list[list[_Row]]:
    groups: list[list[_Row]] = []
    for row in rows:
        if row.glued and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _head(held: Sequence[Entry], row: _Row) -> Strip | None:
    entry = held[row.at[0]]
    return entry.strip.again if row.at[1] else entry.head


def _column(
    held: Sequence[Entry], groups: Sequence[list[_Row]], head: Strip | None, top: float, left: float
) -> Column:
    """Return groups of rows as a column."""
    rows = [row for group in groups for row in group]
    above = head.height if head else 0.0
    placed: list[Placed] = []
    if head:
        number = rows[0].at[0]
        lines = range(len(head.lines))
        placed.append(Placed(head, lines, left - head.left, top - head.top, number, 0, True))
    for row in rows:
        number = row.at[0]
        entry = held[number]
        down = top + above - rows[0].top + entry.top - entry.strip.top
        of_list = 0 if entry.is_heading else entry.group
        placed.append(
            Placed(entry.strip, row.lines, left - entry.strip.left, down, number, of_list)
        )
    return Column(tuple(placed), above + rows[-1].bottom - rows[0].top)
