"""Reads the pages of a finished PDF back, with pdfium: another library than those that made it.

Measures are points from a page's bottom left; pages are counted from 1.
"""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from dossier.objects import UnreadableError

ROOM = 100_000
"""Bytes of the longest text that is drawn in one piece."""
SLACK = 1.0
"""Points by which a text may leave the page."""
TOUCHING = 0.45
"""The part of a text that another may cover: accents and descenders do."""
OVERHANG = 2.0
"""Points by which a slanted letter may lean over a narrow one beside it."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
TURNED = re.compile("([\udc00-\udfff])([\ud800-\udbff])")
"""The two halves of a character in UTF-16, the second first."""
MARGIN = 75.0
"""Between the text and the paper's upper and lower edges stand running heads and folios, this high."""


@dataclass(frozen=True)
class Bookmark:
    """A line of the outline."""

    title: str
    page: int
    """0 where it leads nowhere."""


@dataclass(frozen=True)
class Page:
    """What is drawn on a page."""

    texts: dict[int, tuple[str, Box]]
    """The text of each marked content, and around what it stands."""
    empty: bool
    """Nothing stands between running head and folio, tagged or not."""
    head: str
    """What stands above the text, in the order in which it is drawn."""
    folio: str
    """What stands below the text, in that order."""
    bare: bool
    """A text is neither tagged nor marked as an artifact."""
    leaving: bool
    """A text leaves the page."""
    crowded: bool
    """A text runs into another."""


class Readback:
    """An opened PDF."""

    def __init__(self, raw: bytes) -> None:
        """Open a file's bytes; raise UnreadableError."""
        if not raw.startswith(b"%PDF-"):
            raise UnreadableError("is not a PDF")
        if b"%%EOF" not in raw[-1024:]:
            raise UnreadableError("is cut: its end is missing")
        try:
            self._pdf = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            word = "asks for a password" if "assword" in str(error) else "is damaged"
            raise UnreadableError(word) from None
        self.pages = len(self._pdf)
        self._bytes = (ctypes.c_ubyte * ROOM)()
        self._buffer = ctypes.cast(self._bytes, ctypes.POINTER(pdfium.FPDF_WCHAR))

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    def labels(self) -> list[str]:
        """Return the pages' labels."""
        return [str(self._pdf.get_page_label(place)) for place in range(self.pages)]

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline, depth first."""
        found = []
        for item in self._pdf.get_toc(max_depth=4):
            target = item.get_dest()
            index = target.get_index() if target else None
            found.append(Bookmark(item.get_title(), 0 if index is None else index + 1))
        return found

    def page(self, number: int) -> Page:
        """Read a page."""
        try:
            page = self._pdf[number - 1]
        except pypdfium2.PdfiumError:
            raise UnreadableError(f"is damaged: page {number} cannot be read") from None
        text = page.get_textpage()
        try:
            return self._page(page, text)
        finally:
            text.close()
            page.close()

    def _page(self, page: Any, text: Any) -> Page:
        width, height = page.get_size()
        boxes: list[tuple[Box, int]] = []
        texts: dict[int, tuple[str, Box]] = {}
        head, folio = "", ""
        bare, empty = False, True
        measures = [ctypes.c_float() for _ in range(4)]
        pointers = [ctypes.byref(measure) for measure in measures]
        for place in range(pdfium.FPDFPage_CountObjects(page.raw)):
            one = pdfium.FPDFPage_GetObject(page.raw, place)
            kind = pdfium.FPDFPageObj_GetType(one)
            if kind not in (pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM):
                continue
            pdfium.FPDFPageObj_GetBounds(one, *pointers)
            box = (measures[0].value, measures[1].value, measures[2].value, measures[3].value)
            mcid = pdfium.FPDFPageObj_GetMarkedContentID(one)
            said = self._said(one, kind, text)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                boxes.append((box, mcid))
            if mcid >= 0:
                before, around = texts.get(mcid, ("", box))
                texts[mcid] = (before + said, _around(around, box))
            elif pdfium.FPDFPageObj_CountMarks(one) == 0:
                bare = True
            if box[1] > height - MARGIN:
                head += said
            elif box[3] < MARGIN:
                folio += said
            elif said.strip():
                empty = False
        return Page(
            texts,
            empty,
            head.strip(),
            folio.strip(),
            bare,
            any(_leaves(box, width, height) for box, _ in boxes),
            _crowded(boxes),
        )

    def _said(self, one: Any, kind: int, text: Any) -> str:
        """Return the words of a text, or of all texts in a form, which a figure is."""
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            kids = (
                pdfium.FPDFFormObj_GetObject(one, place)
                for place in range(pdfium.FPDFFormObj_CountObjects(one))
            )
            return "".join(self._said(kid, pdfium.FPDFPageObj_GetType(kid), text) for kid in kids)
        if kind != pdfium.FPDF_PAGEOBJ_TEXT:
            return ""
        length = pdfium.FPDFTextObj_GetText(one, text.raw, self._buffer, ROOM)
        raw = ctypes.string_at(self._bytes, max(0, min(length, ROOM) - 2))
        return _decoded(raw)


def _decoded(raw: bytes) -> str:
    """Return a text; where pdfium turned it round, it did so with the halves of characters too."""
    try:
        return raw.decode("utf-16-le")
    except UnicodeDecodeError:
        text = TURNED.sub(r"\2\1", raw.decode("utf-16-le", "surrogatepass"))
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def ready() -> None:
    """Do nothing, so that a process is started and has pdfium loaded."""


def pages(path: Path, numbers: Iterable[int]) -> list[Page]:
    """Read some pages of a file: a task for another process."""
    book = Readback(path.read_bytes())
    try:
        return [book.page(number) for number in numbers]
    finally:
        book.close()


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _leaves(box: Box, width: float, height: float) -> bool:
    left, bottom, right, top = box
    return left < -SLACK or bottom < -SLACK or right > width + SLACK or top > height + SLACK


def _crowded(boxes: list[tuple[Box, int]]) -> bool:
    """Tell whether a text covers a good part of another; vowel marks and their letters are one content."""
    boxes = sorted(boxes, key=lambda one: -one[0][3])
    for place, ((left, bottom, right, top), content) in enumerate(boxes):
        for other, its in itertools.islice(boxes, place + 1, None):
            if other[3] <= bottom:
                break
            if its == content >= 0:
                continue
            wide = min(right, other[2]) - max(left, other[0])
            high = min(top, other[3]) - max(bottom, other[1])
            if wide <= OVERHANG or high <= 0:
                continue
            least = min(
                (right - left) * (top - bottom), (other[2] - other[0]) * (other[3] - other[1])
            )
            if wide * high > TOUCHING * least:
                return True
    return False
