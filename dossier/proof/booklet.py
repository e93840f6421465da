"""Proves the sheets of a booklet: folded, they are the pages of the proved dossier in their sequence.

Sheets are folded here one in another, as a hand does it, and the pages are turned over one by one: what the
printer has calculated is not calculated again. The line of a finding is the side of a sheet, from 1.
Measures are points. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.proof import printers
from dossier.proof.allowed import statements
from dossier.proof.allowed.printed import BOOKLET
from dossier.proof.beside import Proved
from dossier.proof.objects import MALFORMED, Objects
from dossier.proof.printers import Drawn, WrongError
from dossier.proof.tags import Finding
from dossier.records.printing import Print

CLAIMS = """<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
"""It conforms to PDF/A-2u: nothing is tagged."""
NUMBER = rb"(-?\d+(?:\.\d+)?)"
DRAWN = re.compile(rb"q %b 0 0 %b %b %b cm /P([1-9]\d*) Do Q" % ((NUMBER,) * 4))
TURNED = re.compile(rb"-1 0 0 -1 %b %b cm\n" % ((NUMBER,) * 2))
NEAR = 0.02
"""How far a page may miss its place."""
THICK = 0.1 * 72 / 25.4
"""The thickness of a sheet of paper: each one inside another comes out by so much."""
LARGEST = (421.0, 612.5)
"""Pages up to this size, A5 and half letter, keep it."""
SHEET = 4
"""The pages of a sheet."""


@dataclass(frozen=True)
class Half:
    """A page on the left or the right half of a side, as a reader who holds it upright sees it."""

    page: int
    """The number of the dossier's page whose content it has; 0 for nothing."""
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Face:
    """A side of a sheet."""

    left: Half | None
    right: Half | None
    upside_down: bool
    """It is printed with its head at the foot."""


def findings(content: bytes, proved: Proved) -> list[Finding]:
    """Return the findings in the file of a booklet."""
    printing = proved.truth.publication.printing
    assert printing and printing.booklet
    try:
        objects = printers.opened(content, BOOKLET)
        dossier = Objects(proved.pdf)
        return [
            *printers.said(objects, dossier, CLAIMS, statements.PROFILE),
            *_viewed(objects, printing, proved.truth.furniture.turned),
            *_folded(objects, dossier, printing, proved.truth.furniture.turned),
        ]
    except WrongError as error:
        return list(error.args[0])
    except MALFORMED as error:
        return [(0, f"The file is damaged: a part of it is not what it should be ({error})")]


def alone(content: bytes, listing: Mapping[str, Any]) -> list[Finding]:
    """Return what can be found in the file without the dossier: objects that it should not have.

    The listing says nothing of its pages.
    """
    try:
        printers.opened(content, BOOKLET)
    except WrongError as error:
        return list(error.args[0])
    return []


def _viewed(objects: Objects, printing: Print, turned: bool) -> Iterator[Finding]:
    """Compare how the file asks to be printed (table 150)."""
    wishes = objects.root["/ViewerPreferences"]
    edge = "Long" if printing.flip == "long" else "Short"
    if wishes["/Duplex"] != f"/DuplexFlip{edge}Edge":
        yield 0, f"The file does not ask for sheets that are turned over the {edge.lower()} edge"
    if ("/Direction" in wishes) != turned:
        yield 0, "The file says that its pages turn in the other direction"


def _folded(objects: Objects, dossier: Objects, printing: Print, turned: bool) -> Iterator[Finding]:
    """Fold the sheets, and compare pages and their places."""
    pages = [dossier[number] for number in dossier.pages()]
    width, height = pages[0]["/MediaBox"][2:]
    wide, high, scale = _sheet(width, height)
    faces = list(_faces(objects, dossier, pages))
    for number, sheet in enumerate(objects.pages(), 1):
        if (
            max(
                abs(one - two)
                for one, two in zip(objects[sheet]["/MediaBox"][2:], (wide, high), strict=True)
            )
            > NEAR
        ):
            yield number, "The sheet is not of the size that it should have"
    for number, face in enumerate(faces, 1):
        if face is None:
            yield number, "The sheet has something else than pages of the dossier"
            return
        shown = face.left or face.right
        if shown and face.upside_down != (printing.flip == "long" and number % 2 == 0):
            yield number, "The sheet is printed upside down, or should be"
    sound = [face for face in faces if face]
    order: list[int] = []
    for start, pile in _piles(sound, len(pages), printing.booklet or SHEET):
        order += _leafed(pile, turned)
        for place, face in enumerate(pile):
            out = (place // 2) * THICK
            for half, x in (
                (face.left, wide / 2 - scale * width + out), (face.right, wide / 2 - out)
            ):  # fmt: skip
                if half and not (
                    abs(half.x - x) < NEAR and abs(half.y - (high - scale * height) / 2) < NEAR
                    and abs(half.scale - scale) < 0.0001
                ):  # fmt: skip
                    yield (
                        start + place + 1,
                        "A page stands in another place of the sheet than it should",
                    )
    blank = {n for n, page in enumerate(pages, 1) if "/Contents" not in page}
    wanted = [0 if n in blank else n for n in range(1, len(pages) + 1)]
    wanted += [0] * (-len(pages) % SHEET)
    if order != wanted:
        where = next(
            (
                n
                for n, (one, other) in enumerate(zip(order, wanted, strict=False), 1)
                if one != other
            ),
            min(len(order), len(wanted)) + 1,
        )
        yield 0, f"Folded, the booklet has not page {where} of the dossier where it belongs"


def _sheet(width: float, height: float) -> tuple[float, float, float]:
    """Return the size of a sheet for pages of a size, and their scale on it."""
    if width <= LARGEST[0] and height <= LARGEST[1]:
        return width * 2, height, 1.0
    return height, width, min(height / (2 * width), width / height)


def _piles(
    faces: Sequence[Face], pages: int, gathering: int
) -> Iterator[tuple[int, Sequence[Face]]]:
    """Yield the gatherings as piles of sheets, the outer one first, and where each begins."""
    start = 0
    while start < len(faces):
        rest = pages - 2 * start
        sheets = min(gathering // SHEET, max(1, (rest + SHEET - 1) // SHEET))
        yield start, faces[start : start + 2 * sheets]
        start += 2 * sheets


def _leafed(pile: Sequence[Face], turned: bool) -> list[int]:
    """Return the pages of a folded pile in the sequence in which they are read.

    Each sheet lies in the one before. Its half under the reader's thumb is read on the way to the middle:
    front, then back; the other half on the way out.
    """
    inward: list[int] = []
    outward: list[int] = []
    for front, back in zip(pile[::2], pile[1::2], strict=True):
        # Turned over its fold, the back shows at the left what is behind the right half of the front.
        near, far = (front.left, front.right) if turned else (front.right, front.left)
        behind_near, behind_far = (back.right, back.left) if turned else (back.left, back.right)
        inward += [_page(near), _page(behind_near)]
        outward += [_page(far), _page(behind_far)]
    return inward + outward[::-1]


def _page(half: Half | None) -> int:
    return half.page if half else 0


def _faces(
    objects: Objects, dossier: Objects, pages: Sequence[Mapping[str, Any]]
) -> Iterator[Face | None]:
    """Yield each side; None for one on which something else is drawn than pages of the dossier."""
    sheets, book = Drawn(objects), Drawn(dossier)
    known = {
        number: (book.content(page), book.used(page))
        for number, page in enumerate(pages, 1)
        if "/Contents" in page
    }
    box = pages[0]["/MediaBox"]
    for number in objects.pages():
        sheet = objects[number]
        forms = sheet["/Resources"]["/XObject"]
        content = objects.data(sheet["/Contents"])
        wide, high = sheet["/MediaBox"][2:]
        back = TURNED.match(content)
        if back and (abs(float(back[1]) - wide) > NEAR or abs(float(back[2]) - high) > NEAR):
            yield None
            continue
        lines = (content[back.end() :] if back else content).split(b"\n") if content else []
        halves: list[Half] = []
        for line in lines:
            match = DRAWN.fullmatch(line)
            form = objects[forms.get(f"/P{match[5].decode()}", 0)] if match else None
            named = int(match[5]) if match else 0
            if (
                not match or not form or match[1] != match[2] or form["/BBox"] != box
                or known.get(named) != (objects.data(forms[f"/P{named}"]), sheets.used(form))
            ):  # fmt: skip
                break
            halves.append(Half(named, float(match[3]), float(match[4]), float(match[1])))
        if len(halves) != len(lines) or len(halves) != len(forms):
            yield None
            continue
        left = [half for half in halves if half.x + half.scale * box[2] / 2 < wide / 2]
        right = [half for half in halves if half not in left]
        if len(left) > 1 or len(right) > 1:
            yield None
            continue
        yield Face(left[0] if left else None, right[0] if right else None, back is not None)
