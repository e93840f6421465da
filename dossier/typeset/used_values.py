"""Sets the used values of boxes, and the place of lines, without the steps that most boxes do not need.

WeasyPrint works out margins, paddings, borders and sizes of a box whenever it lays it out, several times a
line. Where none of them depends on anything else, they are always the same: they are worked out once for
all boxes with the same computed values. Imports nothing of WeasyPrint: what is needed is passed in.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping
from typing import Any

Resolve = Callable[[Any, Any], None]
Avoid = Callable[..., tuple[float, float, float]]

SIDES = ("top", "right", "bottom", "left")
LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in SIDES),
    *(f"{bound}{size}" for bound in ("", "min_", "max_") for size in ("width", "height")),
)
BORDERS = tuple(f"border_{side}_width" for side in SIDES)
DECISIVE = ("border_collapse", "box_sizing", *BORDERS, *LENGTHS)
_values: Callable[[Any], tuple[Any, ...]] = operator.itemgetter(*DECISIVE)


def resolved(original: Resolve) -> Resolve:
    """Return the replacement of ``resolve_percentages``, which falls back on the original."""
    known: dict[Hashable, Mapping[str, Any] | None] = {}

    def resolve(box: Any, containing_block: Any) -> None:
        values = _values(box.style)
        try:
            if values not in known:
                known[values] = _fixed(*values)
            fixed = known[values]
        except TypeError:  # a function is not hashable
            fixed = None
        if fixed is None:
            original(box, containing_block)
        else:
            vars(box).update(fixed)

    return resolve


def _fixed(collapse: str, sizing: str, *values: Any) -> Mapping[str, Any] | None:
    """Return the used values of a box by attribute; None where they depend on more than the values."""
    if collapse == "collapse" or sizing != "content-box":
        return None
    found = dict(zip(BORDERS, values, strict=False))
    for name, value in zip(LENGTHS, values[len(BORDERS) :], strict=True):
        if value == "auto":
            found[name] = 0 if name.startswith("min_") else value
        elif getattr(value, "unit", None) == "px":
            found[name] = value.value
        else:
            return None
    return found


def lines_without_floats(original: Avoid, line: type[Any]) -> Avoid:
    """Return the replacement of ``avoid_collisions``: on most pages no line has a float beside it."""

    def avoid(
        context: Any, box: Any, containing_block: Any, outer: bool = True
    ) -> tuple[float, float, float]:
        if context.excluded_shapes or type(box) is not line:
            return original(context, box, containing_block, outer)
        left: float = containing_block.content_box_x()
        right: float = left + containing_block.width
        rightward = containing_block.style["direction"] != "rtl"
        if outer:
            return left if rightward else right, box.position_y, right - left
        left, right = left + box.margin_left, right - box.margin_right
        begins = left if rightward else right
        return begins - box.margin_left, box.border_box_y() - box.margin_top, right - left

    return avoid


def in_normal_flow(original: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return the replacement of ``Box.is_in_normal_flow``, which is asked 700 times a page."""

    def is_in_normal_flow(box: Any) -> bool:
        style = box.style
        if style["float"] == "none" and style["position"] in ("static", "relative"):
            return True
        return original(box)

    return is_in_normal_flow
