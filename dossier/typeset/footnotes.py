"""Divides footnotes over pages, and keeps each on the page on which it is called.

WeasyPrint never divides a note: one that does not fit moves to the next page as a whole, away from its
call, and one that is longer than a page is cut off (https://github.com/Kozea/WeasyPrint/issues/1833). Here
all notes of a page are one text with a greatest height; what does not fit is continued at the foot of the
next page. A line whose note cannot begin on its page moves to the next page with it.

Depends on the structure of WeasyPrint's boxes and layout context, but imports nothing of it. Lengths are
CSS pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

MOST = 0.6
"""The part of a page that notes continued from the page before may fill, so that the text can go on."""
UNKNOWN = float("-inf")


class Footnotes:
    """The footnotes of one document: replacements of methods of WeasyPrint's ``LayoutContext``.

    ``current_page_footnotes`` and ``reported_footnotes`` have WeasyPrint's meaning: the notes at the foot
    of this page and those of the next; a divided note is in both.
    """

    def __init__(self, context: Any, layout: Callable[..., Any], boxes: Callable[..., Any]) -> None:
        """Take the context, and WeasyPrint's ``block_level_layout`` and ``create_anonymous_boxes``."""
        self._context = context
        self._layout = layout
        self._boxes = boxes
        self._skip: Any = None
        """Where the first note of this page is continued."""
        self._rest: Any = None
        """Where the first note of the next page is continued."""
        self._limit: float | None = None
        """The greatest height of this page's notes, if one is divided."""
        self._due: list[Any] = []
        """The notes of the page before that are to be set on this page."""
        self._share = MOST
        self._bottom = 0.0
        """The bottom of the page without notes."""
        self._reached = UNKNOWN
        """The bottom of the line that is being set."""
        self._queries = 0
        """How often it was asked whether a line fits, since the last note was set."""
        self._kept: list[Any] | None = None
        """The notes of this page while WeasyPrint is told that there are none."""

    def begin_page(self, is_blank: bool) -> None:
        """Begin a page; a blank page has nothing but notes."""
        context = self._context
        self._due = list(context.reported_footnotes)
        self._skip, self._rest = (self._rest if self._due else None), None
        self._limit, self._kept, self._reached = None, None, UNKNOWN
        self._share = 1.0 if is_blank else MOST
        # WeasyPrint sets the notes one by one; the first stands for all.
        context.reported_footnotes = self._due[:1]

    def set_note(self, note: Any) -> bool:
        """Replace ``layout_footnote``: add a note to this page."""
        self._restore()
        context = self._context
        if self._due:
            return self._continue_notes()
        if not context.current_page_footnotes:
            self._bottom = context.page_bottom + self._height()
        context.footnotes.remove(note)
        context.current_page_footnotes.append(note)
        self._queries = 0
        self._update()
        return False

    def take_back(self, note: Any) -> None:
        """Replace ``unlayout_footnote``: take a note from this page, for its line moves to the next."""
        self._restore()
        context = self._context
        if note in context.footnotes:
            return
        context.footnotes.append(note)
        if note in context.reported_footnotes:
            if context.reported_footnotes[0] is note:
                self._rest = None
            context.reported_footnotes.remove(note)
            if note in context.current_page_footnotes:
                self._limit = None
        if note in context.current_page_footnotes:
            context.current_page_footnotes.remove(note)
        self._update()

    def put_off(self, note: Any) -> None:
        """Replace ``report_footnote``: continue the last note on the next page, or move it there.

        WeasyPrint asks this because the note does not fit below its line, or because a line needs the room
        of the notes above.
        """
        self._restore()
        context = self._context
        if self._queries > 1:
            # A line asks for the room of the notes above. It would be set without its own notes, so it
            # moves to the next page.
            self._kept, context.current_page_footnotes = context.current_page_footnotes, []
            return
        divided = self._divided()
        if divided is not None:
            context.reported_footnotes.append(note)
            self._limit, self._rest = divided
            note.style["footnote_policy"] = "auto"
            self._update()
        else:
            context.current_page_footnotes.remove(note)
            context.reported_footnotes.append(note)
            note.style["footnote_policy"] = "line"
            self._update()
        self._queries = 2

    def query(self, bottom: float) -> None:
        """Take notice that WeasyPrint asks whether a line with this bottom fits on the page."""
        self._reached = bottom
        self._queries += 1

    def set_area(self, area: Any, *arguments: Any, **named: Any) -> Any:
        """Set the notes of a finished page."""
        self._restore()
        return self._set(area, self._limit)

    def _restore(self) -> None:
        if self._kept is not None:
            self._context.current_page_footnotes, self._kept = self._kept, None

    def _height(self) -> float:
        area = self._context.current_footnote_area
        return 0.0 if area.height == "auto" else float(area.margin_height())

    def _continue_notes(self) -> bool:
        """Set the notes of the page before, as far as they fit."""
        context = self._context
        notes, self._due = self._due, []
        self._bottom = context.page_bottom
        room = self._share * context.current_footnote_area.page.height
        context.footnotes.remove(notes[0])
        _, resume = self._trial(notes, room, page_is_empty=True)
        last = len(notes) if resume is None else next(iter(resume))
        rest = None if resume is None else resume[last]
        context.current_page_footnotes += notes[: last + (rest is not None)]
        if resume is not None:
            context.reported_footnotes += notes[last:]
            self._limit, self._rest = room, rest
        self._queries = 2
        self._update()
        return False

    def _divided(self) -> tuple[float, Any] | None:
        """Return the height and the rest of this page's notes if the last is divided, else None."""
        context = self._context
        notes = context.current_page_footnotes
        if context.reported_footnotes:
            return None
        room = self._bottom - self._reached
        area, resume = self._trial(notes, room, page_is_empty=False)
        if area is None or resume is None:
            return None
        last = next(iter(resume))
        if last < len(notes) - 1 or resume[last] is None:
            return None
        return room, resume[last]

    def _trial(self, notes: Sequence[Any], room: float, page_is_empty: bool) -> Any:
        area = self._context.current_footnote_area
        held, area.children = area.children, list(notes)
        found = self._set(self._boxes(area.deepcopy()), room, page_is_empty)
        area.children = held
        return found[:2]

    def _set(self, area: Any, limit: float | None, page_is_empty: bool = True) -> Any:
        """Set an area of notes that is at most ``limit`` high."""
        context = self._context
        space = UNKNOWN
        if limit is not None:
            space = context.page_bottom - area.position_y - limit
        skip = None if self._skip is None else {0: self._skip}
        held = self._reached, self._queries, context.current_page_footnotes
        # The lines of notes ask for room as those of the text do, which no other note can make.
        context.current_page_footnotes = []
        made = self._layout(context, area, space, skip, area.page, page_is_empty)
        self._reached, self._queries, context.current_page_footnotes = held
        return made

    def _update(self) -> None:
        """Set this page's notes, and make the page so much lower."""
        context = self._context
        area = context.current_footnote_area
        if area.height != "auto" and not context.in_column:
            context.page_bottom += area.margin_height()
        area.children = context.current_page_footnotes
        if area.children:
            area.height = self._set(self._boxes(area.deepcopy()), self._limit)[0].height
        else:
            area.height = 0
        if not context.in_column:
            context.page_bottom -= area.margin_height()


def install(context: Any, page: Any, build: Any) -> None:
    """Replace methods of WeasyPrint's class ``context``, and functions of its module ``page``.

    ``build`` is its module that builds boxes.
    """
    layout, make_page = page.block_level_layout, page.make_page
    overflows = context.overflows_page

    def notes_of(of: Any) -> Footnotes:
        found: Footnotes | None = getattr(of, "dossier_footnotes", None)
        if found is None:
            found = of.dossier_footnotes = Footnotes(of, layout, build.create_anonymous_boxes)
        return found

    def overflows_page(self: Any, bottom_space: float, position_y: float) -> Any:
        notes_of(self).query(position_y + bottom_space)
        return overflows(self, bottom_space, position_y)

    def page_made(of: Any, root_box: Any, page_type: Any, *rest: Any) -> Any:
        notes_of(of).begin_page(page_type.blank)
        return make_page(of, root_box, page_type, *rest)

    def area_layout(of: Any, box: Any, *arguments: Any, **named: Any) -> Any:
        if type(box).__name__ == "FootnoteAreaBox":
            return notes_of(of).set_area(box)
        return layout(of, box, *arguments, **named)

    context.layout_footnote = lambda self, note: notes_of(self).set_note(note)
    context.unlayout_footnote = lambda self, note: notes_of(self).take_back(note)
    context.report_footnote = lambda self, note: notes_of(self).put_off(note)
    context.overflows_page = overflows_page
    page.make_page, page.block_level_layout = page_made, area_layout
