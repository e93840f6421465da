"""Lays out a list that is set in pieces: each by itself, or the columns of a page filled with all.

See :mod:`.strips`. Depends on the structure of WeasyPrint's boxes but imports nothing of it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from dossier.typeset import placing
from dossier.typeset.columns import AVOIDED, Columns, Frame, on_the_next_page, path_of, stack_of
from dossier.typeset.placing import Entry
from dossier.typeset.strips import APART, MARK, PLACED, REPEATED, Strip, UnfitError

held: ContextVar[Sequence[Entry]] = ContextVar("held", default=())
"""The entries of the list in the document that is being set."""
LEAST = 0.2
"""The part of a page above which an entry is high that may be parted: less than half a column, on all pages
but those with little room."""
REPEATS, IS_REPEATED = REPEATED.replace('"', "").split("=")


class StripColumns(Columns):
    """The replacement of WeasyPrint's ``columns_layout``, for such lists too."""

    def layout(
        self, context: Any, box: Any, bottom_space: float, skip_stack: Any, containing_block: Any,
        page_is_empty: bool, absolute_boxes: Any, fixed_boxes: Any, adjoining_margins: Any,
        *styles: Any,
    ) -> Any:  # fmt: skip
        """Lay out a box in columns."""
        kind = box.element.get(MARK) if box.element is not None else None
        if kind not in (APART, PLACED):
            return super().layout(
                context, box, bottom_space, skip_stack, containing_block, page_is_empty,
                absolute_boxes, fixed_boxes, adjoining_margins, *styles,
            )  # fmt: skip
        set_box = box.copy_with_children([])
        set_box.position_y += self._collapse_margin(adjoining_margins)
        self._block_level_width(set_box, containing_block)
        room = context.page_bottom - set_box.content_box_y() - bottom_space
        frame = Frame(set_box, containing_block, {}, room)
        if kind == APART:
            set_box.children = self._apart(context, frame, box.children, styles)
            set_box.height, set_box.are_apart = 0, True
            return set_box, None, {"break": "any", "page": None}, [], False
        at = (*path_of(skip_stack), 0, 0)[:2]
        return self._filled(context, frame, (at[0], at[1]), page_is_empty)

    def _apart(
        self, context: Any, frame: Frame, children: Sequence[Any], styles: Sequence[Any]
    ) -> list[Any]:
        """Return a column for each heading and each entry of a list, and for what is to be repeated.

        That of an entry stands behind it, where the entry may be high enough to be parted.
        """
        columns: list[Any] = []
        for part, again in _parts(children):
            column = self._alone(context, frame, part, styles)
            columns.append(column)
            column.may_go_on, column.has_again = again is not None, False
            if again is not None and column.height > LEAST * context.page_bottom:
                columns.append(self._alone(context, frame, again, styles))
                column.has_again = True
        return columns

    def _alone(self, context: Any, frame: Frame, part: Any, styles: Sequence[Any]) -> Any:
        """Return a column with a heading or an entry."""
        column = self._column(frame, [part])
        laid_out, *_ = self._block_box_layout(
            context, column, -math.inf, None, frame.containing_block, True, [], [], [],
            *styles, discard=False, max_lines=None,
        )  # fmt: skip
        return laid_out

    def _filled(self, context: Any, frame: Frame, at: tuple[int, int], page_is_empty: bool) -> Any:
        """Fill the columns of a page with what begins at a line of an entry."""
        entries, box = held.get(), frame.box
        if entries[0].strip.width != frame.width:
            raise UnfitError("columns have another width")
        lefts = [box.content_box_x() + frame.start_of(number) for number in range(frame.count)]
        columns, resume_at = placing.page(
            entries, at, frame.room, frame.count, box.content_box_y(), lefts
        )
        if not columns:
            if page_is_empty:
                raise UnfitError("an entry is higher than a page")
            return on_the_next_page(context)
        box.height = max(column.height for column in columns)
        box.placed = [placed for column in columns for placed in column.placed]
        resume = None
        if resume_at:
            resume = stack_of(resume_at if resume_at[1] else resume_at[:1])
        return box, resume, {"break": "any", "page": None}, [], False


def _parts(children: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the headings and entries of a list, before layout, with what is repeated where one goes on.

    An entry stands in a list of its own.
    """
    for child in children:
        if child.element_tag != "ul":
            yield child.copy(), None
            continue
        for entry, following in itertools.zip_longest(child.children, child.children[1:]):
            if not _is_repeated(entry):
                again = following.copy() if _is_repeated(following) else None
                yield child.copy_with_children([entry.copy()]), again


def _is_repeated(box: Any) -> bool:
    return box is not None and box.element.get(REPEATS) == IS_REPEATED


def strips_on(pages: Sequence[Any]) -> Iterator[Strip]:
    """Yield the strips on pages, each as often as a part of it is placed."""
    for page in pages:
        *_, columns = (None, *_found(page._page_box, "placed"))
        for placed in columns.placed if columns else ():
            yield placed.strip


def columns_of(box: Any) -> tuple[Any, ...]:
    """Return a box whose parts are set apart, behind the boxes that it stands in; nothing for none."""
    return _found(box, "are_apart")


def _found(box: Any, attribute: str) -> tuple[Any, ...]:
    """Return the first box with an attribute, behind the boxes that it stands in; nothing for none."""
    if hasattr(box, attribute):
        return (box,)
    for child in getattr(box, "children", ()):
        if found := _found(child, attribute):
            return (box, *found)
    return ()


def alone(boxes: Sequence[Any], column: Any) -> Any:
    """Return the outermost of nested boxes with nothing but one column in the innermost."""
    made = column
    for box in reversed(boxes):
        made = box.copy_with_children([made])
    return made


def measured(column: Any) -> dict[str, Any]:
    """Return the measures of a strip from its column, by the names of the record."""
    outer = column.children[0]
    is_list = outer.element_tag == "ul"
    box = outer.children[0] if is_list else outer
    if is_list and (outer.padding_top, outer.padding_bottom) != (0, 0):
        raise UnfitError("a list has a padding")
    lines = [
        (line.border_box_y(), line.border_box_y() + line.border_height()) for line in box.children
    ]
    # A head that is drawn elsewhere leaves its place as it is.
    is_moved = box.style["position"] == "relative"
    top = column.content_box_y() if is_moved else box.border_box_y()
    return {
        "left": column.position_x,
        "width": column.width,
        "top": top,
        "bottom": top + box.border_height(),
        "lines": tuple(lines),
        "margins": (box.margin_top, box.margin_bottom),
        "list_margins": (outer.margin_top, outer.margin_bottom) if is_list else (0, 0),
        "may_go_on": getattr(column, "may_go_on", False),
        "avoids": (box.style["break_before"] in AVOIDED, box.style["break_after"] in AVOIDED),
    }
