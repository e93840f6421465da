"""Tells whether every object of a file is of a known kind, and is referred to.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from dossier.proof.allowed import kinds
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding

ONCE = frozenset(
    {
        "catalog",
        "field",
        "info",
        "xmp",
        "profile",
        "pages",
        "outline",
        "tree",
        "fonts",
        "table",
        "notes",
    }
)
"""The kinds of which a document has no more than one object."""
STREAMS = frozenset(
    {"attachment", "content", "fontfile", "form", "image", "profile", "xmp", "table"}
)
PARENT = re.compile(rb"/P (\d+) 0 R (?:/Pg \d+ 0 R )?(?:/S /\w+ |/Type /StructElem |/S /Document )")
SHOWN = 200


def findings(
    objects: Objects, numbers: Collection[int], table: kinds.Table = kinds.DOSSIER
) -> Iterator[Finding]:
    """Yield what is wrong with objects of a kind of file; with all of one, also what nothing refers to."""
    is_all = len(numbers) == len(objects.text)
    known: dict[int, str] = {}

    def kind_of(number: int) -> str:
        if number not in known:
            known[number] = kinds.kind_of(objects.text.get(number, b""), table)
        return known[number]

    held: set[int] = set()
    parents: dict[int, int] = {}
    for number in numbers:
        kind, text = kind_of(number), objects.text[number]
        if not kind:
            shown = text[:SHOWN].decode("latin-1")
            yield 0, f"Object {number} has a key or a value that the program never writes: {shown}"
        if (kind in STREAMS) != objects.is_stream(number):
            yield 0, f"Object {number} is not the stream that it should be, or has a stream"
        is_element = kind == "element"
        for several, other, upward in kinds.references(kind, text, table):
            found = known.get(other) or kind_of(other)
            if not found or (found != several and found not in _several(several)):
                yield 0, f"Object {number} refers to object {other}, of another kind"
            if upward:
                continue
            held.add(other)
            if is_element and several == "element" and parents.setdefault(other, number) != number:
                yield 0, f"The tag {other} is in two others"
    for number, parent in parents.items():
        match = PARENT.search(objects.text[number])
        if not match or int(match[1]) != parent:
            yield 0, f"The tag {number} names another parent than the tag in which it is"
    if is_all:
        yield from _whole(known, held)


def of_file(pdf: Path) -> list[Finding]:
    """Return what is wrong with the objects of a dossier. A worker may call this."""
    objects = Objects(pdf.read_bytes())
    return list(findings(objects, objects.text.keys()))


@functools.cache
def _several(kinds_: str) -> frozenset[str]:
    """Return the kinds in a list of them."""
    return frozenset(kinds_.split())


def _whole(known: Mapping[int, str], held: Collection[int]) -> Iterator[Finding]:
    """Yield objects that nothing refers to, or that are there too often."""
    for number, kind in known.items():
        # Each page has a description of links to it, behind itself, also where no link leads to it.
        described = kind == "spoken" and known.get(number - 1) == "page"
        if kind != "table" and number not in held and not described:
            yield 0, f"Nothing refers to object {number} of the file"
    for kind, count in Counter(known.values()).items():
        if kind in ONCE and count > 1:
            yield 0, f"The document has {count} objects of a kind that it should have once ({kind})"
