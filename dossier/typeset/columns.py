"""Lays out columns in one pass.

WeasyPrint balances columns by setting their whole content again for every height that it tries: four to
six times for a list of signatures, and for every page of an index. Here the content is set once, as one
strip of a column's width, and the strip is cut between blocks that hold together. Lines, breaks and
places come out as WeasyPrint's own.

Knows the shape of WeasyPrint's boxes; what it needs of its functions it is given. Lengths are CSS pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

AVOIDED = ("avoid", "avoid-page", "avoid-column")


@dataclass(frozen=True)
class Piece:
    """A part of a strip inside which no column may end."""

    top: float
    bottom: float


def balanced(pieces: Sequence[Piece], height: float, count: int) -> list[int]:
    """Return where each of at most ``count`` columns begins, the last number where all columns end.

    Where all pieces fit into columns no higher than ``height``, the columns are as low as they can be;
    where not, they are filled. The first column takes a piece however high it is.
    """
    filled = _filled(pieces, height, count)
    if filled[-1] < len(pieces):
        return filled
    low = sum(piece.bottom - piece.top for piece in pieces) / count
    while True:
        cut = _filled(pieces, low, count)
        if cut[-1] == len(pieces) or low >= height:
            return cut if cut[-1] == len(pieces) else filled
        # The least that makes room for one more piece in one of the columns.
        low = min(
            height,
            min(
                pieces[end].bottom - pieces[start].top
                for start, end in itertools.pairwise(cut)
                if end < len(pieces)
            ),
        )


def _filled(pieces: Sequence[Piece], height: float, count: int) -> list[int]:
    """Fill up to ``count`` columns of ``height``; a piece that is higher has a column of its own."""
    cuts = [0]
    for _ in range(count):
        start = end = cuts[-1]
        while end < len(pieces) and (
            end == start or pieces[end].bottom - pieces[start].top <= height + ROUNDING
        ):
            end += 1
        cuts.append(end)
        if end == len(pieces):
            break
    return cuts


ROUNDING = 0.01
"""Sums of the same heights may differ by so much."""


@dataclass(frozen=True)
class _Row:
    """A block of the strip, and the way to it."""

    box: Any
    parents: tuple[Any, ...]
    path: tuple[int, ...]
    """Its place among the children of each of its ancestors in the source."""
    glued: bool
    """Nothing may end between the row before and this one."""


class Columns:
    """What stands in for WeasyPrint's ``columns_layout``."""

    def __init__(
        self,
        original: Callable[..., Any],
        block_box_layout: Callable[..., Any],
        block_level_width: Callable[..., Any],
        break_between: Callable[[Any, Any], str],
        resolve_percentages: Callable[..., Any],
        collapse_margin: Callable[..., float],
    ) -> None:
        """Take what it stands in for, and some of WeasyPrint's other functions."""
        self._original = original
        self._block_box_layout = block_box_layout
        self._block_level_width = block_level_width
        self._break_between = break_between
        self._resolve_percentages = resolve_percentages
        self._collapse_margin = collapse_margin

    def layout(
        self, context: Any, box: Any, bottom_space: float, skip_stack: Any, containing_block: Any,
        page_is_empty: bool, absolute_boxes: Any, fixed_boxes: Any, adjoining_margins: Any,
        *styles: Any,
    ) -> Any:  # fmt: skip
        """Set a box in columns.

        What is not made of blocks that hold together (spanning blocks, fixed heights, floats, a block
        higher than the page) is left to the original.
        """
        margins = list(adjoining_margins or [])

        def leave_it() -> Any:
            context.in_column = False
            return self._original(
                context, box, bottom_space, skip_stack, containing_block, page_is_empty,
                absolute_boxes, fixed_boxes, margins, *styles,
            )  # fmt: skip

        if not _is_plain(box):
            return leave_it()
        context.in_column = True
        set_box = box.copy_with_children(box.children)
        set_box.position_y += self._collapse_margin(adjoining_margins)
        self._block_level_width(set_box, containing_block)
        top = set_box.content_box_y()
        room = context.page_bottom - top - bottom_space
        ((skip, inside),) = (skip_stack or {0: None}).items()
        frame = _Frame(set_box, containing_block)
        bottom = context.page_bottom - top - frame.count * max(room, 0)
        rows, goes_on = self._strip(context, frame, skip, inside, bottom, styles)
        if not rows:
            return leave_it()
        groups = _groups(rows)
        pieces = [_piece(group) for group in groups]
        highest = max(piece.bottom - piece.top for piece in pieces)
        if highest > room + ROUNDING:
            if page_is_empty:
                return leave_it()
            context.in_column = False
            return None, (0, None), {"break": "any", "page": None}, [], False

        cuts = balanced(pieces, room, frame.count)
        columns = [
            self._column_of(frame, number, groups[start:end], top)
            for number, (start, end) in enumerate(itertools.pairwise(cuts))
        ]
        set_box.height = max(column.height for column in columns)
        for column in columns:
            column.height = set_box.height
        set_box.children = columns
        if cuts[-1] < len(groups):
            goes_on = groups[cuts[-1]][0].path
        if goes_on:
            goes_on = (goes_on[0] + skip, *goes_on[1:])
        context.in_column = False
        return set_box, _stack(goes_on), {"break": "any", "page": None}, [], False

    def _strip(
        self,
        context: Any,
        frame: _Frame,
        skip: int,
        inside: Any,
        bottom: float,
        styles: Sequence[Any],
    ) -> tuple[list[_Row], tuple[int, ...]]:
        """Set the content as one strip; return its rows, and where it goes on after ``bottom``.

        No rows where the strip cannot be cut into columns.
        """
        children = [child.copy() for child in frame.box.children[skip:]]
        strip = self._column(frame, children)
        absolute: list[Any] = []
        set_strip, rest, *_ = self._block_box_layout(
            context, strip, bottom, {0: inside}, frame.containing_block, True, absolute, absolute, [],
            *styles, discard=False, max_lines=None,
        )  # fmt: skip
        rows = list(_rows(set_strip, self._break_between)) if set_strip else []
        goes_on = _path(rest)
        inside_a_row = rows and goes_on[: len(rows[-1].path)] == rows[-1].path
        return ([] if absolute or inside_a_row else rows), goes_on

    def _column_of(
        self, frame: _Frame, number: int, groups: Sequence[list[_Row]], top: float
    ) -> Any:
        """Return groups of rows as a column, counted from 0 in the order in which columns are read."""
        rows = [row for group in groups for row in group]
        piece = _piece(rows)
        column = self._column(frame, _regrown(rows))
        for child in column.children:
            child.translate(frame.start_of(number), top - piece.top)
        column.position_x += frame.start_of(number)
        column.height = piece.bottom - piece.top
        return column

    def _column(self, frame: _Frame, children: Sequence[Any]) -> Any:
        """Return a column with ``children`` where the first one stands."""
        column = frame.box.anonymous_from(frame.box, children)
        self._resolve_percentages(column, frame.containing_block)
        column.is_column = True
        column.width = frame.width
        column.position_x, column.position_y = frame.box.content_box_x(), frame.box.content_box_y()
        return column


class _Frame:
    """A box, its containing block, and the columns that there are to be in it."""

    def __init__(self, box: Any, containing_block: Any) -> None:
        self.box = box
        self.containing_block = containing_block
        self.count: int = box.style["column_count"]
        self._gap: float = box.style["column_gap"].value
        self.width: float = max(0, box.width - (self.count - 1) * self._gap) / self.count

    def start_of(self, number: int) -> float:
        """Return how far from the left a column begins, counted from 0 as they are read."""
        from_left = self.count - 1 - number if self.box.style["direction"] == "rtl" else number
        return from_left * (self.width + self._gap)


def _is_plain(box: Any) -> bool:
    """Tell whether a box asks for columns of which only their number and distance are given."""
    style = box.style
    sizes = (style["column_width"], style["height"], getattr(style["column_gap"], "unit", ""))
    return (
        bool(box.children)
        and style["column_count"] != "auto"
        and sizes == ("auto", "auto", "px")
        and not any(child.style["column_span"] == "all" for child in box.children)
    )


def _rows(
    box: Any,
    break_between: Callable[[Any, Any], str],
    parents: tuple[Any, ...] = (),
    path: tuple[int, ...] = (),
    glued: bool = True,
) -> Iterator[_Row]:
    """Yield the blocks of a strip that hold together, in order."""
    before = None
    for child in box.children:
        here = (*path, child.index)
        together = glued if before is None else break_between(before, child) in AVOIDED
        before = child
        if child.style["break_inside"] in AVOIDED or any(
            type(inner).__name__ == "LineBox" for inner in child.children
        ):
            yield _Row(child, parents, here, together)
        else:
            yield from _rows(child, break_between, (*parents, child), here, together)


def _groups(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return rows together with those that are glued to them."""
    groups: list[list[_Row]] = []
    for row in rows:
        if row.glued and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _piece(rows: Sequence[_Row]) -> Piece:
    last = rows[-1].box
    return Piece(rows[0].box.border_box_y(), last.border_box_y() + last.border_height())


def _regrown(rows: Sequence[_Row], depth: int = 0) -> list[Any]:
    """Return rows inside copies of those of their ancestors that are below ``depth``."""
    grown: list[Any] = []
    for parent, held in itertools.groupby(
        rows, lambda row: row.parents[depth] if len(row.parents) > depth else row
    ):
        inner = list(held)
        if isinstance(parent, _Row):
            grown.append(parent.box)
            continue
        copy = parent.copy_with_children(_regrown(inner, depth + 1))
        piece = _piece(inner)
        copy.position_y += piece.top - copy.content_box_y()
        copy.height = piece.bottom - piece.top
        grown.append(copy)
    return grown


def _path(stack: Any) -> tuple[int, ...]:
    """Return a place where WeasyPrint goes on as the index at each level."""
    found = []
    while stack:
        ((index, stack),) = stack.items()
        found.append(index)
    return tuple(found)


def _stack(path: Sequence[int]) -> Any:
    """Return the place ``path`` as WeasyPrint writes it."""
    stack: Any = None
    for index in reversed(path):
        stack = {index: stack}
    return stack
