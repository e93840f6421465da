"""Finds what a column repeats at its head: that of a list or an entry that began in an earlier column.

In the HTML, an element with ``data-artifact="continued"`` stands behind the list or the entry whose head it
repeats. It takes no place there: columns without it are laid out, and it is set wherever one begins inside
what it stands behind. Depends on the structure of WeasyPrint's boxes but imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Path = tuple[int, ...]
"""The index of a box among the children of its parent, at each level; below a line, where it begins."""
Heads = Mapping[Path, Any]
"""The box that repeats a head, by the path of what it stands behind."""
CONTINUED = "continued"


def parted(box: Any) -> tuple[Any, Heads]:
    """Return a box in columns without the boxes that repeat heads, and these.

    The paths are those in the box that is returned, which is the same on each page.
    """
    if not hasattr(box, "parted"):  # found once, for all pages
        found: dict[Path, Any] = {}
        box.parted = _without(box, (), found).children, found
    children, heads = box.parted
    return (box.copy_with_children(children) if heads else box), heads


def _without(box: Any, path: Path, heads: dict[Path, Any]) -> Any:
    """Return a box without the boxes that repeat heads, which are added to ``heads``."""
    children: list[Any] = []
    for child in box.children:
        if _repeats(child):
            heads[(*path, len(children) - 1)] = child
        elif any(_repeats(inner) for inner in getattr(child, "children", ())):
            children.append(_without(child, (*path, len(children)), heads))
        else:
            children.append(child)
    return box.copy_with_children(children) if len(children) < len(box.children) or heads else box


def _repeats(box: Any) -> bool:
    element = getattr(box, "element", None)
    return element is not None and element.get("data-artifact") == CONTINUED


def has_head(heads: Heads, path: Path, skip: int) -> bool:
    """Tell whether a box has a head that is repeated where it goes on; its path begins behind ``skip``."""
    return (path[0] + skip, *path[1:]) in heads


def head_of(heads: Heads, path: Path, skip: int) -> Any:
    """Return what a column repeats that begins with a row; None where it begins with a head itself.

    Of a list and its entry, both of which go on, it is the head of the entry.
    """
    whole = (path[0] + skip, *path[1:])
    return next(
        (
            heads[whole[:depth]]
            for depth in reversed(range(1, len(whole)))
            if whole[:depth] in heads and any(whole[depth:])
        ),
        None,
    )
