"""Computes checksums over everything that the appearance of a page depends on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dossier.proof.objects import REFERENCE, Objects

ELSEWHERE = re.compile(
    rb" /(?:Annots|Contents) (?:\[[^][]*\]|\d+ 0 R)| /Parent \d+ 0 R| /StructParents \d+"
)
"""Entries of a page dictionary that do not affect its drawing, and /Contents, which is hashed apart."""
FIGURES = re.compile(rb"<[0-9a-f]*>(?= Tj)")
CONTENTS = re.compile(rb"/Contents \[ ([^][]*) (\d+) 0 R \]")


@dataclass(frozen=True)
class Drawing:
    """The checksums of a page's drawing."""

    page: str
    """The checksum without the figures of folio and Bates number, but with their count and place."""
    folio: str


def drawings(objects: Objects, pages: Sequence[int], without: int = 0) -> Iterator[Drawing | None]:
    """Yield the drawing of each page, given by object number.

    None for a page whose folio is not its last content stream. What the object ``without`` holds, such as
    the fonts of all pages, is left out.
    """
    known: dict[int, bytes] = {without: b""}
    for page in pages:
        text = objects.text[page]
        contents = CONTENTS.search(text)
        if not contents:
            yield None
            continue
        around = _resolved(objects, ELSEWHERE.sub(b"", text), known)
        shown = objects.data(int(contents[2]))
        rest = hashlib.sha256(around + b"%d" % sum(map(len, FIGURES.findall(shown))))
        for part in REFERENCE.findall(contents[1]):
            rest.update(_digest(objects, int(part), known))
        rest.update(FIGURES.sub(b"", shown))
        folio = hashlib.sha256(around + objects.raw(int(contents[2])))
        yield Drawing(rest.hexdigest(), folio.hexdigest())


def _digest(objects: Objects, number: int, known: dict[int, bytes]) -> bytes:
    """Return the checksum of an object and all objects it refers to, independent of object numbers."""
    if number not in known:
        known[number] = b""  # ends circular references
        text = _resolved(objects, objects.text.get(number, b""), known)
        known[number] = hashlib.sha256(text + b"\0" + objects.raw(number)).digest()
    return known[number]


def _resolved(objects: Objects, text: bytes, known: dict[int, bytes]) -> bytes:
    return REFERENCE.sub(lambda match: _digest(objects, int(match[1]), known), text)
