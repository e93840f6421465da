"""Breaks a word only where it is longer than the line.

WeasyPrint takes the first text inside an element that begins a line for the beginning of the line, and
breaks its first word where it finds the line full, instead of before it
(https://github.com/Kozea/WeasyPrint/issues/1614). CSS allows this only "if there are no
otherwise-acceptable break points in the line" (CSS Text 3, 5.4): here that is looked up.

Knows the shape of WeasyPrint's boxes; what it needs of its functions it is given. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Lines:
    """What stands in for two of WeasyPrint's functions, which set a line and a text on it."""

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
        """Where each text on the line begins, and what it is."""

    def next_line(self, *arguments: Any) -> Any:
        """Set a line."""
        around, self._before = self._before, []
        try:
            return self._next_line(*arguments)
        finally:
            self._before = around

    def split_text(
        self, context: Any, box: Any, room: float | None, skip: int, is_line_start: bool = True
    ) -> Any:
        """Set as much of a text as has ``room``, and something of its first word where it must be."""
        made = self._split_text(context, box, room, skip, is_line_start=False)
        if room is None or made[0] is None:
            return made
        # A line that turned out too long is set again from one of its texts on.
        self._before = [one for one in self._before if one[0] < box.position_x]
        text = box.text.encode()[skip:].decode()
        if made[0].width > room:
            before = "".join(words for _, words in self._before)
            if not self._can_break(before + text[:1], box.style["lang"]):
                made = self._split_text(context, box, room, skip, is_line_start=True)
        self._before.append((box.position_x, text))
        return made
