"""Breaks a word only where it is longer than the line, and indents lines from the right.

WeasyPrint treats the first text of an element at the beginning of a line as the beginning of the line.
Where the line is full it then breaks the text's first word, instead of the line before that word
(https://github.com/Kozea/WeasyPrint/issues/1614). CSS allows this only "if there are no
otherwise-acceptable break points in the line" (CSS Text 3, 5.4), which is checked here.

Depends on the structure of WeasyPrint's boxes but imports nothing of it: the functions it calls are passed
in. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Lines:
    """Replacements of two functions of WeasyPrint, which set a line and a text in it."""

    def __init__(
        self,
        next_line: Callable[..., Any],
        split_text: Callable[..., Any],
        can_break: Callable[[str, str | None], bool],
    ) -> None:
        """Take WeasyPrint's ``get_next_linebox``, ``split_text_box`` and ``can_break_text``."""
        self._next_line = next_line
        self._split_text = split_text
        self._can_break = can_break
        self._before: list[tuple[float, str]] = []
        """The left edge and the text of each text box on the line so far."""

    def next_line(self, *arguments: Any) -> Any:
        """Set a line."""
        around, self._before = self._before, []
        try:
            line, resume_at = self._next_line(*arguments)
        finally:
            self._before = around
        indent = arguments[1].text_indent
        if line is not None and indent and arguments[5].style["direction"] == "rtl":
            # WeasyPrint ends a line from right to left at the right edge, whatever its indent.
            line.translate(-indent, 0, ignore_floats=True)
        return line, resume_at

    def split_text(
        self, context: Any, box: Any, room: float | None, skip: int, is_line_start: bool = True
    ) -> Any:
        """Set as much of a text as fits into ``room``; break its first word only where unavoidable."""
        made = self._split_text(context, box, room, skip, is_line_start=False)
        if room is None or made[0] is None:
            return made
        # WeasyPrint sets a line that is too long again, starting with any of its texts.
        self._before = [(left, words) for left, words in self._before if left < box.position_x]
        text = box.text.encode()[skip:].decode()
        if made[0].width > room:
            before = "".join(words for _, words in self._before)
            if not self._can_break(before + text[:1], box.style["lang"]):
                made = self._split_text(context, box, room, skip, is_line_start=True)
        self._before.append((box.position_x, text))
        return made
