"""Looks up the values of a style that no rule gives, without the steps that only rules need.

WeasyPrint works out each value of each element when it is first asked for: 2,800 a page. Of nine in ten no
rule says anything; they are the parent's, or the initial ones. Values are the same as WeasyPrint's. Imports
nothing of it: what is needed is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Missing = Callable[[Any, str], Any]

DEPENDENT = frozenset(["display", "float", "page", "position"])
"""Properties whose values depend on others, or on more than the parent."""


def missing(
    original: Missing,
    inherited: Collection[str],
    initial: Mapping[str, Any],
    not_computed: Collection[str],
    physical: Collection[str],
) -> Missing:
    """Return the replacement of ``ComputedStyle.__missing__``.

    ``inherited`` are the properties that are, ``initial`` the initial values, ``not_computed`` those whose
    initial values are worked out, ``physical`` those that others can give, depending on the direction.
    """
    plain = frozenset(initial) - frozenset(not_computed) - frozenset(physical) - DEPENDENT
    plain = frozenset(key for key in plain if not key.startswith(("__", "text_decoration_")))
    of_parent = plain & frozenset(inherited)

    def value_of(style: Any, key: str) -> Any:
        if key not in plain or key in style.cascaded:
            return original(style, key)
        if key not in of_parent:
            style[key] = value = initial[key]
            return value
        if style.parent_style is None:
            return original(style, key)
        value = style.parent_style[key]
        # A parent's value can be a function that is worked out again for the child.
        if type(value) is tuple or getattr(value, "type", None) == "function":
            return original(style, key)
        style[key] = value
        return value

    return value_of
