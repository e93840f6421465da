"""Looks up the values of a style that no rule gives, without the steps that only rules need.

WeasyPrint works out each value of each element when it is first asked for: 2,800 a page. Of nine in ten no
rule says anything; they are the parent's, or the initial ones. Values are the same as WeasyPrint's. Imports
nothing of it: what is needed is passed in.

A property such as a margin to the left can also be given by a logical one, such as that at the beginning of
a line: where a rule gives the other, WeasyPrint decides which counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

Missing = Callable[[Any, str], Any]

KEYWORDS = ("inherit", "initial")
"""Values of rules that stand for others."""
SPECIFIED = ("position", "float", "display")
"""Properties whose specified values are kept beside the computed ones; each needs those before it."""


def missing(
    original: Missing,
    inherited: Collection[str],
    initial: Mapping[str, Any],
    not_computed: Collection[str],
    physical: Mapping[str, Callable[..., str]],
    computers: Mapping[str, Callable[[Any, str, Any], Any]],
    is_open: Callable[[Any], bool],
) -> Missing:
    """Return the replacement of ``ComputedStyle.__missing__``.

    ``inherited`` are the properties that are, ``initial`` the initial values, ``not_computed`` those whose
    initial values are worked out by ``computers``, ``physical`` those that others can give, with what names
    the other in a writing direction. ``is_open`` tells whether a rule's value has variables or functions.
    """
    plain = frozenset(initial) - frozenset(not_computed) - {*physical, *SPECIFIED, "page"}
    plain = frozenset(key for key in plain if not key.startswith(("__", "text_decoration_")))
    of_parent = plain & frozenset(inherited)
    others = {
        key: frozenset(named(block="ttb", inline=inline) for inline in ("ltr", "rtl"))
        for key, named in physical.items()
        if key not in inherited and not key.startswith("text_decoration_")
    }
    before = {
        key: SPECIFIED[:place] for place, key in enumerate(SPECIFIED) if key not in not_computed
    }

    def value_of(style: Any, key: str) -> Any:
        cascaded = style.cascaded
        if key in cascaded:
            value = cascaded[key][0]
            is_own = key in plain or (key in others and others[key].isdisjoint(cascaded))
            if not is_own or value in KEYWORDS or is_open(value):
                return original(style, key)
            style[key] = value = computers[key](style, key, value) if key in computers else value
            return value
        if key in of_parent:
            return _of_parent(style, key)
        if key in plain:
            style[key] = value = initial[key]
            return value
        if key in others:
            if not others[key].isdisjoint(cascaded):
                return original(style, key)
            value = initial[key]
            style[key] = value = computers[key](style, key, value) if key in not_computed else value
            return value
        if key == "page" and "page" not in computers:
            # That of the ancestor where nothing is said.
            style[key] = value = "" if style.parent_style is None else style.parent_style[key]
            return value
        if key in before:
            for other in before[key][-1:]:
                style[other]
            style[key] = style.specified[key] = value = initial[key]
            return value
        return original(style, key)

    def _of_parent(style: Any, key: str) -> Any:
        if style.parent_style is None:
            return original(style, key)
        value = style.parent_style[key]
        # A parent's value can be a function that is worked out again for the child.
        if type(value) is tuple or getattr(value, "type", None) == "function":
            return original(style, key)
        style[key] = value
        return value

    return value_of


def missing_of_anonymous(
    original: Missing,
    inherited: Collection[str],
    initial: Mapping[str, Any],
    not_computed: Collection[str],
) -> Missing:
    """Return the replacement of ``AnonymousStyle.__missing__``, whose boxes have no rules at all."""
    of_parent = frozenset(inherited)
    plain = frozenset(initial) - frozenset(not_computed) - of_parent - {"page"}
    plain = frozenset(key for key in plain if not key.startswith(("__", "text_decoration_")))

    def value_of(style: Any, key: str) -> Any:
        if key in of_parent:
            style[key] = value = style.parent_style[key]
            return value
        if key in plain:
            style[key] = value = initial[key]
            return value
        return original(style, key)

    return value_of
