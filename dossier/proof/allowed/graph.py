"""Tells whether every object of a file is of a known kind, and is reached from the trailer.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dossier.proof.allowed import kinds
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding

ONCE = frozenset(
    {"catalog", "info", "xmp", "profile", "pages", "outline", "tree", "fonts", "table", "notes"}
)
"""The kinds of which a document has no more than one object."""
PARENT = re.compile(rb"/P (\d+) 0 R (?:/Pg \d+ 0 R )?(?:/S /\w+ |/Type /StructElem |/S /Document )")
SHOWN = 200


@dataclass(frozen=True)
class Graph:
    """The kinds of a file's objects, and what refers to them."""

    kinds: Mapping[int, str]
    findings: tuple[Finding, ...]


def graph(objects: Objects) -> Graph:
    """Return the kinds of all objects of a file, with findings."""
    known = {number: kinds.kind_of(text) for number, text in objects.text.items()}
    return Graph(known, tuple(_findings(objects, known)))


def _findings(objects: Objects, known: Mapping[int, str]) -> Iterator[Finding]:
    for number, kind in known.items():
        if not kind:
            text = objects.text[number][:SHOWN].decode("latin-1")
            yield 0, f"Object {number} has a key or a value that the program never writes: {text}"
    held: Counter[int] = Counter()
    parents: dict[int, int] = {}
    for number, kind in known.items():
        for found in kinds.references(kind, objects.text[number]):
            if known.get(found.number, "") not in found.kinds.split():
                yield (
                    0,
                    f"Object {number} refers to object {found.number}, which is of another kind",
                )
            if not found.upward:
                held[found.number] += 1
            is_kid = kind == found.kinds == "element" and not found.upward
            if is_kid and parents.setdefault(found.number, number) != number:
                yield 0, f"The tag {found.number} is in two others"
    for number, kind in known.items():
        # Each page has a description of links to it, behind itself, also where no link leads to it.
        described = kind == "spoken" and known.get(number - 1) == "page"
        if kind != "table" and not held[number] and not described:
            yield 0, f"Nothing refers to object {number} of the file"
        if kind == "element" and number in parents:
            match = PARENT.search(objects.text[number])
            if not match or int(match[1]) != parents[number]:
                yield 0, f"The tag {number} names another parent than the tag in which it is"
    for kind, count in Counter(known.values()).items():
        if kind in ONCE and count > 1:
            yield 0, f"The document has {count} objects of a kind that it should have once ({kind})"
    yield from _streams(objects, known)


def _streams(objects: Objects, known: Mapping[int, str]) -> Iterator[Finding]:
    """Yield streams that are not packed as they should be: whole, and nothing behind their end."""
    streams = {"content", "fontfile", "image", "profile", "xmp", "table"}
    for number, kind in known.items():
        if (kind in streams) != objects.is_stream(number):
            yield 0, f"Object {number} is not the stream that it should be, or has a stream"
