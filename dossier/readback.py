"""Reads a finished PDF back, with pdfium: another library than those that made it.

Measures are points from a page's bottom left; pages are counted from 1.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

ROOM = 100_000
"""Bytes of the longest text that is drawn in one piece."""
SLACK = 1.0
"""Points by which a text may leave the page."""
TOUCHING = 0.45
"""The part of a text that another may cover: accents and descenders do."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
MARGIN = 75.0
"""Between the text and the paper's upper and lower edges stand running heads and folios, this high."""


@dataclass(frozen=True)
class Link:
    """A link on a page."""

    text: str
    """What stands under it."""
    target: int
    """The page it leads to, 0 where it leads out of the file."""
    address: str
    """Where it leads out of the file."""


@dataclass(frozen=True)
class Bookmark:
    """A line of the outline."""

    title: str
    page: int
    """0 where it leads nowhere."""


@dataclass(frozen=True)
class Page:
    """What is on a page."""

    number: int
    body: str
    """Its tagged text in the order of the tags: all but running head and folio."""
    empty: bool
    """Nothing stands between running head and folio, tagged or not."""
    folio: str
    """What stands below the text."""
    label: str
    links: tuple[Link, ...]
    leaving: bool
    """A text leaves the page."""
    crowded: bool
    """A text runs into another."""


class UnreadableError(Exception):
    """The file is no PDF, or is cut, or asks for a password; the message says which."""


class Readback:
    """An opened PDF."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raise UnreadableError and OSError."""
        raw = path.read_bytes()
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

    def read(self, first: int, last: int) -> list[Page]:
        """Read some pages."""
        return [self.page(number) for number in range(first, last + 1)]

    def page(self, number: int) -> Page:
        """Read a page."""
        page = self._pdf[number - 1]
        text = page.get_textpage()
        try:
            width, height = page.get_size()
            boxes, pieces = self._texts(page, text)
            return Page(
                number,
                self._body(page, pieces),
                not text.get_text_bounded(0, MARGIN, width, height - MARGIN).strip(),
                text.get_text_bounded(0, 0, width, MARGIN).strip(),
                str(self._pdf.get_page_label(number - 1)),
                tuple(self._links(page, text)),
                any(_leaves(box, width, height) for box in boxes),
                _crowded(boxes),
            )
        finally:
            text.close()
            page.close()

    def _texts(self, page: Any, text: Any) -> tuple[list[Box], dict[int, list[str]]]:
        """Return the extents of a page's texts, and the words of each marked content."""
        boxes: list[Box] = []
        pieces: dict[int, list[str]] = {}
        measures = [ctypes.c_float() for _ in range(4)]
        pointers = [ctypes.byref(measure) for measure in measures]
        for place in range(pdfium.FPDFPage_CountObjects(page.raw)):
            one = pdfium.FPDFPage_GetObject(page.raw, place)
            if pdfium.FPDFPageObj_GetType(one) != pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            pdfium.FPDFPageObj_GetBounds(one, *pointers)
            left, bottom, right, top = (measure.value for measure in measures)
            boxes.append((left, bottom, right, top))
            mcid = pdfium.FPDFPageObj_GetMarkedContentID(one)
            if mcid >= 0:
                length = pdfium.FPDFTextObj_GetText(one, text.raw, self._buffer, ROOM)
                raw = ctypes.string_at(self._bytes, max(0, length - 2))
                pieces.setdefault(mcid, []).append(raw.decode("utf-16-le", "replace"))
        return boxes, pieces

    def _body(self, page: Any, pieces: dict[int, list[str]]) -> str:
        """Return the marked contents in the order of the tags."""
        tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
        try:
            order: list[int] = []
            for place in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                self._order(pdfium.FPDF_StructTree_GetChildAtIndex(tree, place), order)
        finally:
            pdfium.FPDF_StructTree_Close(tree)
        return "".join("".join(pieces.get(mcid, ())) for mcid in order)

    def _order(self, element: Any, order: list[int]) -> None:
        """Append the marked contents under an element."""
        for place in range(pdfium.FPDF_StructElement_CountChildren(element)):
            mcid = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, place)
            if mcid >= 0:
                order.append(mcid)
            elif child := pdfium.FPDF_StructElement_GetChildAtIndex(element, place):
                self._order(child, order)

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline, depth first."""
        found = []
        for item in self._pdf.get_toc(max_depth=4):
            target = item.get_dest()
            index = target.get_index() if target else None
            found.append(Bookmark(item.get_title(), 0 if index is None else index + 1))
        return found

    def _links(self, page: Any, text: Any) -> Iterator[Link]:
        place, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
        while pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(place), ctypes.byref(link)):
            pdfium.FPDFLink_GetAnnotRect(link, ctypes.byref(box))
            words = text.get_text_bounded(
                box.left + 0.3, box.bottom + 3, box.right - 0.3, box.top - 3
            )
            target = pdfium.FPDFLink_GetDest(self._pdf.raw, link)
            index = pdfium.FPDFDest_GetDestPageIndex(self._pdf.raw, target) if target else -1
            yield Link(str(words), index + 1, "" if target else self._address(link))

    def _address(self, link: Any) -> str:
        action = pdfium.FPDFLink_GetAction(link)
        if not action:
            return ""
        length = pdfium.FPDFAction_GetURIPath(self._pdf.raw, action, None, 0)
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(self._pdf.raw, action, buffer, length)
        return buffer.value.decode("utf-8", "replace")


def pages(path: Path, first: int, last: int) -> list[Page]:
    """Read some pages of a file: a task for another process."""
    book = Readback(path)
    try:
        return book.read(first, last)
    finally:
        book.close()


def _leaves(box: Box, width: float, height: float) -> bool:
    left, bottom, right, top = box
    return left < -SLACK or bottom < -SLACK or right > width + SLACK or top > height + SLACK


def _crowded(boxes: list[Box]) -> bool:
    """Tell whether a text covers a good part of another."""
    boxes = sorted(boxes, key=lambda box: -box[3])
    for place, (left, bottom, right, top) in enumerate(boxes):
        for other in itertools.islice(boxes, place + 1, None):
            if other[3] <= bottom:
                break
            wide = min(right, other[2]) - max(left, other[0])
            high = min(top, other[3]) - max(bottom, other[1])
            if wide <= 0 or high <= 0:
                continue
            least = min(
                (right - left) * (top - bottom), (other[2] - other[0]) * (other[3] - other[1])
            )
            if wide * high > TOUCHING * least:
                return True
    return False
