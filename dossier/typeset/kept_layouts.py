"""Keeps the shape of a line from layout until it is drawn.

WeasyPrint gives up the Pango layout of each line as soon as it is measured, and makes it again, from the
font description to the glyphs, to draw the line: one of the three times that a line is shaped. Here the
layout stays. A justified line is shaped anew, with its spaces; so is whatever would not be drawn as it is.
Imports nothing of WeasyPrint: what is needed is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEPARATORS = frozenset("\n\r\u2029")
"""Characters that may end a paragraph within a line, which is to be drawn in one."""


def deactivated(original: Callable[[Any], None]) -> Callable[[Any], None]:
    """Return the replacement of ``Layout.deactivate``."""

    def deactivate(layout: Any) -> None:
        if is_kept(layout) or layout.justification_spacing or layout.style["word_spacing"]:
            layout.is_kept = False
            original(layout)
        else:
            layout.is_kept = True

    return deactivate


def reactivated(original: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Return the replacement of ``Layout.reactivate``."""

    def reactivate(layout: Any, style: Any) -> None:
        if not is_kept(layout) or layout.get_first_line()[1] is not None:
            layout.is_kept = False
            original(layout, style)

    return reactivate


def is_kept(layout: Any) -> bool:
    """Tell whether a layout is still that which was measured."""
    return getattr(layout, "is_kept", False)


def is_one_paragraph(layout: Any) -> bool:
    """Tell whether Pango needs not be told that the text of a layout is a single paragraph."""
    return is_kept(layout) and SEPARATORS.isdisjoint(layout.text)
