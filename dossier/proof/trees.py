"""Reads name trees and number trees, and whether a reader can look things up in them.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from dossier.proof.objects import Objects, Ref, parse

T = TypeVar("T")
DEEPEST = 20
"""The maximum depth of a tree."""
PLACES = re.compile(
    rb"(\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>) \[ (\d+) 0 R /XYZ [\d.]+ ([\d.]+) [\d.]+ \] ?"
)
"""A name and its explicit destination in the usual form."""
ALL_PLACES = re.compile(rb"(?:%b)*" % PLACES.pattern)
NAMES = re.compile(rb"<< (?:/Limits \[ ([^][]*) \] )?/Names \[ (.*)\] >>", re.DOTALL)
NUMBERS = re.compile(rb"<< (?:/Limits \[ (\d+) (\d+) \] )?/Nums \[ ((?:\d+ \d+ 0 R )*)\] >>")

Leaf = tuple[Sequence[Any] | None, list[tuple[Any, Any]]]
"""The limits and the entries of a node without others below it."""
Spot = tuple[int, float]
"""The object number of a page, and the height on it that is shown at the top of the window."""
Usual = Callable[[bytes], Leaf | None]
"""Reads such a node from its text; None where that is not in the usual form."""
Value = Callable[[Objects, Any], Any]
"""Returns what is wanted of an entry's value."""


@dataclass
class Tree:
    """The leaves of a tree, from first to last."""

    entries: list[tuple[Any, Any]] = field(default_factory=list)
    """Keys and values."""
    is_sound: bool = True
    """The keys are in sequence and inside the limits of their nodes, so that a reader finds each."""


_KNOWN: WeakKeyDictionary[Objects, dict[str, Any]] = WeakKeyDictionary()
"""The trees of each file: several rules look things up in them."""


def destinations(objects: Objects) -> tuple[dict[str, Spot], bool]:
    """Return where each named destination (12.3.2.3) leads, and whether each can be looked up."""
    return _once(objects, "destinations", _destinations)


def owners(objects: Objects) -> tuple[dict[int, int], bool]:
    """Return what the parent tree (14.7.4.4) has for each number, and whether each can be looked up."""
    return _once(objects, "owners", _owners)


def _once(objects: Objects, name: str, read: Callable[[Objects], T]) -> T:
    """Return a tree of a file, which is read once."""
    known = _KNOWN.setdefault(objects, {})
    if name not in known:
        known[name] = read(objects)
    found: T = known[name]
    return found


def _destinations(objects: Objects) -> tuple[dict[str, Spot], bool]:
    names = objects.at(objects.root.get("/Names")) or {}
    root = names.get("/Dests") if isinstance(names, Mapping) else None
    tree = _read(objects, root, _places, _spot_of)
    found = dict(tree.entries)
    return found, tree.is_sound and len(found) == len(tree.entries)


def _owners(objects: Objects) -> tuple[dict[int, int], bool]:
    tree = _read(objects, objects.tree.get("/ParentTree"), _numbers, _reference)
    found = dict(tree.entries)
    return found, tree.is_sound and len(found) == len(tree.entries)


def notes(objects: Objects) -> tuple[dict[str, int], bool]:
    """Return the element of each ID (14.7.4.1), and whether each can be looked up."""
    tree = _read(objects, objects.tree.get("/IDTree"), lambda text: None, _reference)
    found = dict(tree.entries)
    return found, tree.is_sound and len(found) == len(tree.entries)


def _read(objects: Objects, root: Any, usual: Usual, value: Value) -> Tree:
    """Read a tree whose root is given."""
    tree = Tree()
    for limits, found in _leaves(objects, root, usual, value, 0):
        if limits is not None and (not found or list(limits) != [found[0][0], found[-1][0]]):
            tree.is_sound = False
        tree.entries += found
    keys = [key for key, _ in tree.entries]
    if any(key >= after for key, after in itertools.pairwise(keys)):
        tree.is_sound = False
    return tree


def _leaves(objects: Objects, node: Any, usual: Usual, value: Value, depth: int) -> Iterator[Leaf]:
    """Yield each node without others below it (7.9.6, 7.9.7)."""
    if depth > DEEPEST:
        return
    known = usual(objects.text.get(node, b"null")) if isinstance(node, Ref) else None
    if known is not None:
        yield known
        return
    found = objects.at(node)
    if not isinstance(found, Mapping):
        return
    kids = objects.at(found.get("/Kids"))
    for kid in kids if isinstance(kids, list) else ():
        yield from _leaves(objects, kid, usual, value, depth + 1)
    listed = objects.at(found.get("/Names", found.get("/Nums")))
    if isinstance(listed, list):
        pairs = zip(listed[::2], listed[1::2], strict=False)
        limits = objects.at(found.get("/Limits"))
        yield limits, [(key, value(objects, there)) for key, there in pairs]


def _spot_of(objects: Objects, value: Any) -> Spot:
    """Return where a destination (12.3.2) leads; page 0 for none, height 0 for another kind."""
    place = objects.at(value)
    if isinstance(place, Mapping):
        place = objects.at(place.get("/D"))
    if not (isinstance(place, list) and place and isinstance(place[0], Ref)):
        return 0, 0.0
    top = place[3] if len(place) > 3 and place[1] == "/XYZ" else 0
    return place[0], float(top) if isinstance(top, int | float) else 0.0


def _reference(_: Objects, value: Any) -> int:
    return value if isinstance(value, Ref) else 0


def name_of(text: bytes) -> str:
    """Return the name in the text of a string."""
    plain = text[1:-1]
    if text[:1] == b"(" and b"\\" not in plain and plain.isascii():
        return plain.decode()
    return str(parse(text))


def _places(text: bytes) -> Leaf | None:
    """Read a node of destinations in the usual form."""
    node = NAMES.fullmatch(text)
    found = PLACES.findall(node[2]) if node else []
    # Each has a place, and the array nothing else.
    if not node or len(found) != node[2].count(b"/XYZ") or not ALL_PLACES.fullmatch(node[2]):
        return None
    limits = parse(b"[ %b ]" % node[1]) if node[1] is not None else None
    return limits, [(name_of(name), (int(page), float(top))) for name, page, top in found]


def _numbers(text: bytes) -> Leaf | None:
    """Read a node of the parent tree in the usual form."""
    node = NUMBERS.fullmatch(text)
    if not node:
        return None
    words = node[3].split()
    limits = [int(node[1]), int(node[2])] if node[1] is not None else None
    return limits, [
        (int(key), int(there)) for key, there in zip(words[::4], words[1::4], strict=True)
    ]
