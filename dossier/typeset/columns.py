"""Lays out balanced columns in one pass.

WeasyPrint balances columns by laying out their whole content for every height that it tries: four to six
times for a list of signatures, and for every page of an index. Here the content is laid out once, as a
strip of a column's width, and the strip is cut between unbreakable blocks. Lines, breaks and positions are
the same as WeasyPrint's.

Depends on the structure of WeasyPrint's boxes but imports nothing of it: the functions it calls are passed
in. Lengths are CSS pixels.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dossier.typeset import continued
from dossier.typeset.continued import Heads, Path

AVOIDED = ("avoid", "avoid-page", "avoid-column")
AHEAD = 400
"""How many children of a box are laid out for a page at first: more than fit, not all of a long list."""
FEW = 3
"""How many items of a list stand at the foot of a page, and at the head of the next, at least."""
PARTED = 0.5
"""The part of a column above which an entry is high that goes on in the next."""
ROUNDING = 0.01
"""The greatest rounding error of a sum of heights."""


@dataclass(frozen=True)
class Piece:
    """An unbreakable part of a strip."""

    top: float
    bottom: float
    head: float = 0.0
    """The height of what a column that begins with it repeats above it."""


def balanced(pieces: Sequence[Piece], height: float, count: int) -> list[int]:
    """Return the indices of the pieces with which at most ``count`` columns begin, then that of the end.

    Where all pieces fit into columns of ``height``, the columns are as low as possible; otherwise they are
    filled. The first piece of a column may be higher than ``height``.
    """
    filled = _filled(pieces, height, count)
    if filled[-1] < len(pieces):
        return filled
    low = sum(piece.bottom - piece.top for piece in pieces) / count
    while True:
        cut = _filled(pieces, low, count)
        if cut[-1] == len(pieces) or low >= height:
            return cut if cut[-1] == len(pieces) else filled
        # The least height at which one of the columns takes one more piece.
        low = min(
            height,
            min(
                _height(pieces, start, end)
                for start, end in itertools.pairwise(cut)
                if end < len(pieces)
            ),
        )


def _parted(
    pieces: Sequence[Piece], height: float, count: int, cuts: list[int], behind: int
) -> list[int]:
    """Return where the columns of a list begin if neither page is to have fewer items than :data:`FEW`.

    ``cuts`` is where they would begin, ``behind`` the number of items behind these pieces. Returns nothing
    if the list has to begin on the next page.
    """
    left = len(pieces) - cuts[-1] + behind
    if not left:
        return cuts
    here = cuts[-1] - max(0, FEW - left)
    if here < FEW:
        return []
    return cuts if here == cuts[-1] else balanced(pieces[:here], height, count)


def _filled(pieces: Sequence[Piece], height: float, count: int) -> list[int]:
    """Fill at most ``count`` columns of ``height``; a higher piece has a column of its own."""
    cuts = [0]
    for _ in range(count):
        start = end = cuts[-1]
        while end < len(pieces) and (
            end == start or _height(pieces, start, end) <= height + ROUNDING
        ):
            end += 1
        cuts.append(end)
        if end == len(pieces):
            break
    return cuts


def _height(pieces: Sequence[Piece], start: int, last: int) -> float:
    """Return the height of a column from one piece to another."""
    return pieces[start].head + pieces[last].bottom - pieces[start].top


@dataclass(frozen=True)
class _Row:
    """An unbreakable block of the strip, with its ancestors."""

    box: Any
    parents: tuple[Any, ...]
    path: Path
    """Its index among the source's children, at each level."""
    glued: bool
    """No column may end before it."""


class Columns:
    """The replacement of WeasyPrint's ``columns_layout``."""

    def __init__(
        self,
        original: Callable[..., Any],
        block_box_layout: Callable[..., Any],
        block_level_width: Callable[..., Any],
        break_between: Callable[[Any, Any], str],
        resolve_percentages: Callable[..., Any],
        collapse_margin: Callable[..., float],
    ) -> None:
        """Take the replaced function, and other functions of WeasyPrint."""
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
        """Lay out a box in columns.

        Falls back to the original for a box that cannot be cut between unbreakable blocks: spanning
        blocks, fixed heights, floats, a block higher than the page.
        """
        margins = list(adjoining_margins or [])
        box, heads = continued.parted(box)

        def original() -> Any:
            context.in_column = False
            return self._original(
                context, box, bottom_space, skip_stack, containing_block, page_is_empty,
                absolute_boxes, fixed_boxes, margins, *styles,
            )  # fmt: skip

        if not _is_plain(box):
            return original()
        context.in_column = True
        set_box = box.copy_with_children(box.children)
        set_box.position_y += self._collapse_margin(adjoining_margins)
        self._block_level_width(set_box, containing_block)
        top = set_box.content_box_y()
        room = context.page_bottom - top - bottom_space
        ((skip, inside),) = (skip_stack or {0: None}).items()
        frame = Frame(set_box, containing_block, heads, room)
        bottom = context.page_bottom - top - frame.count * max(room, 0)
        rows, resume_at = self._strip(context, frame, skip, inside, bottom, styles)
        if not rows:
            return original()
        groups = _groups(rows)
        repeated = functools.cache(partial(self._repeated, context, frame, styles))
        pieces = [
            _piece(group, repeated(continued.head_of(heads, group[0].path, skip)))
            for group in groups
        ]
        highest = max(piece.head + piece.bottom - piece.top for piece in pieces)
        if highest > room + ROUNDING:
            return original() if page_is_empty else on_the_next_page(context)
        cuts = full = balanced(pieces, room, frame.count)
        if all(len(row.path) == 1 for row in rows):  # the items of a single list
            behind = len(frame.box.children) - skip - len(pieces) if resume_at else 0
            cuts = _parted(pieces, room, frame.count, full, behind) or (
                full if page_is_empty else []
            )
        if not cuts:
            return on_the_next_page(context)
        columns = [
            self._column_of(
                frame,
                number,
                groups[start:end],
                repeated(continued.head_of(heads, groups[start][0].path, skip)),
            )
            for number, (start, end) in enumerate(itertools.pairwise(cuts))
        ]
        set_box.height = max(column.height for column in columns)
        for column in columns:
            column.height = set_box.height
        set_box.children = columns
        if cuts[-1] < len(groups):
            resume_at = groups[cuts[-1]][0].path
        if resume_at:
            resume_at = (resume_at[0] + skip, *resume_at[1:])
        context.in_column = False
        return set_box, stack_of(resume_at), {"break": "any", "page": None}, [], False

    def _strip(
        self,
        context: Any,
        frame: Frame,
        skip: int,
        inside: Any,
        bottom: float,
        styles: Sequence[Any],
    ) -> tuple[list[_Row], Path]:
        """Lay out the content as one strip; return its rows, and the path at which it resumes.

        The strip ends at ``bottom``. There are no rows where the strip cannot be cut into columns.
        """
        children = frame.box.children[skip:]
        number = AHEAD
        while True:
            strip = self._column(frame, [child.copy() for child in children[:number]])
            absolute: list[Any] = []
            set_strip, rest, *_ = self._block_box_layout(
                context, strip, bottom, {0: inside}, frame.containing_block, True, absolute, absolute, [],
                *styles, discard=False, max_lines=None,
            )  # fmt: skip
            # Where the strip ends before the last of these, those behind it make no difference.
            if number >= len(children) or (rest and min(rest) < number - 1):
                break
            number *= 4
        start = (0, *path_of(inside))
        begin_of = partial(frame.begin_of, skip, start)
        rows = list(_rows(set_strip, self._break_between, begin_of)) if set_strip else []
        resume_at = path_of(rest)
        if rows and resume_at[: len(rows[-1].path)] == rows[-1].path:
            # The strip ends inside a row: with those that it is glued to, it goes to the next page.
            last = rows.pop()
            while rows and last.glued:
                last = rows.pop()
            if not frame.heads:
                return [], resume_at
            resume_at = last.path
        return ([] if absolute else rows), resume_at

    def _repeated(self, context: Any, frame: Frame, styles: Sequence[Any], source: Any) -> Any:
        """Lay out what columns repeat at their heads, at the left edge of the box; None for nothing."""
        if source is None:
            return None
        column = self._column(frame, [source.deepcopy()])
        laid_out, *_ = self._block_box_layout(
            context, column, -math.inf, None, frame.containing_block, True, [], [], [],
            *styles, discard=False, max_lines=None,
        )  # fmt: skip
        return laid_out.children[0]

    def _column_of(self, frame: Frame, number: int, groups: Sequence[list[_Row]], head: Any) -> Any:
        """Return groups of rows as a column; columns are counted from 0 in reading direction."""
        piece = _piece([row for group in groups for row in group], head)
        column = self._column(frame, _with_ancestors([row for group in groups for row in group]))
        top = frame.box.content_box_y()
        for child in column.children:
            child.translate(frame.start_of(number), top + piece.head - piece.top)
        if head:
            head = head.deepcopy()  # several columns may repeat it
            head.translate(frame.start_of(number), 0)
            column.children = [head, *column.children]
        column.position_x += frame.start_of(number)
        column.height = piece.head + piece.bottom - piece.top
        return column

    def _column(self, frame: Frame, children: Sequence[Any]) -> Any:
        """Return a column with ``children`` at the left edge of the box."""
        column = frame.box.anonymous_from(frame.box, children)
        self._resolve_percentages(column, frame.containing_block)
        column.is_column = True
        column.width = frame.width
        column.position_x, column.position_y = frame.box.content_box_x(), frame.box.content_box_y()
        return column


def on_the_next_page(context: Any) -> Any:
    """Return what tells WeasyPrint to begin a box on the next page."""
    context.in_column = False
    return None, (0, None), {"break": "any", "page": None}, [], False


class Frame:
    """A box, its containing block, and the measures of its columns."""

    def __init__(self, box: Any, containing_block: Any, heads: Heads, room: float) -> None:
        """Take these, the boxes that repeat heads, and the height of columns."""
        self.box = box
        self.heads = heads
        self.room = room
        self.containing_block = containing_block
        self.count: int = box.style["column_count"]
        self._gap: float = box.style["column_gap"].value
        self.width: float = max(0, box.width - (self.count - 1) * self._gap) / self.count

    def start_of(self, number: int) -> float:
        """Return the left offset of a column; columns are counted from 0 in reading direction."""
        from_left = self.count - 1 - number if self.box.style["direction"] == "rtl" else number
        return from_left * (self.width + self._gap)

    def begin_of(self, skip: int, start: Path, path: Path, box: Any) -> Path | None:
        """Return where the first line of a row begins that is to be parted; None for one that is not.

        Parted are a paragraph of items, and a row that is higher than a good part of a column, with a head
        to be repeated, or where this page resumes inside it, at ``start``. Paths begin behind the ``skip``
        children of pages before.
        """
        is_paragraph = _is_paragraph_of_items(box)
        if not (is_paragraph or continued.has_head(self.heads, path, skip)):
            return None
        if start[: len(path)] == path and any(start[len(path) :]):
            return start
        return path if is_paragraph or box.border_height() > PARTED * self.room else None


def _is_plain(box: Any) -> bool:
    """Tell whether the style of a box gives only the number of its columns and the gap."""
    style = box.style
    sizes = (style["column_width"], style["height"], getattr(style["column_gap"], "unit", ""))
    return (
        bool(box.children)
        and style["column_count"] != "auto"
        and sizes == ("auto", "auto", "px")
        and not _has_span(box)
    )


def _is_paragraph_of_items(box: Any) -> bool:
    """Tell whether a box with lines is a list, whose items stand in these lines one behind another."""
    return box.element is not None and box.element.get("data-role") == "L"


def _has_span(box: Any) -> bool:
    """Tell whether a child spans the columns; asked again on each page, of a list that may be long."""
    if not hasattr(box, "has_span"):
        box.has_span = any(child.style["column_span"] == "all" for child in box.children)
    return bool(box.has_span)


def _rows(
    box: Any,
    break_between: Callable[[Any, Any], str],
    begin_of: Callable[[Path, Any], Path | None],
    parents: tuple[Any, ...] = (),
    path: Path = (),
    glued: bool = True,
) -> Iterator[_Row]:
    """Yield the unbreakable blocks of a strip in sequence, and the lines of those that are to be parted."""
    before = None
    for child in box.children:
        here = (*path, child.index)
        together = glued if before is None else break_between(before, child) in AVOIDED
        before = child
        has_lines = any(type(inner).__name__ == "LineBox" for inner in child.children)
        if not has_lines and child.style["break_inside"] not in AVOIDED:
            yield from _rows(child, break_between, begin_of, (*parents, child), here, together)
        elif has_lines and (begin := begin_of(here, child)) is not None:
            yield from _lines(child, (*parents, child), here, begin, together)
        else:
            yield _Row(child, parents, here, together)


def _lines(
    box: Any, parents: tuple[Any, ...], path: Path, begin: Path, glued: bool
) -> Iterator[_Row]:
    """Yield the lines of a block as rows; neither the first nor the last stands alone."""
    for number, line in enumerate(box.children):
        yield _Row(
            line, parents, begin, number in (1, len(box.children) - 1) or (not number and glued)
        )
        begin = (*path, 0, *path_of(line.resume_at))


def _groups(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return the rows in groups that are glued together."""
    groups: list[list[_Row]] = []
    for row in rows:
        if row.glued and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _piece(rows: Sequence[_Row], head: Any = None) -> Piece:
    last = rows[-1].box
    bottom = last.border_box_y() + last.border_height()
    return Piece(rows[0].box.border_box_y(), bottom, head.border_height() if head else 0.0)


def _with_ancestors(rows: Sequence[_Row], depth: int = 0) -> list[Any]:
    """Return rows inside copies of their ancestors below ``depth``."""
    grown: list[Any] = []
    for parent, held in itertools.groupby(
        rows, lambda row: row.parents[depth] if len(row.parents) > depth else row
    ):
        inner = list(held)
        if isinstance(parent, _Row):
            grown.append(parent.box)
            continue
        copy = parent.copy_with_children(_with_ancestors(inner, depth + 1))
        piece = _piece(inner)
        copy.position_y += piece.top - copy.content_box_y()
        copy.height = piece.bottom - piece.top
        grown.append(copy)
    return grown


def path_of(stack: Any) -> Path:
    """Return a resume position of WeasyPrint as a path: the index at each level."""
    found = []
    while stack:
        ((index, stack),) = stack.items()
        found.append(index)
    return tuple(found)


def stack_of(path: Sequence[int]) -> Any:
    """Return ``path`` as a resume position of WeasyPrint."""
    stack: Any = None
    for index in reversed(path):
        stack = {index: stack}
    return stack
