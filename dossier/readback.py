"""Reads a finished PDF back, with pdfium: another library than those that made it.

Measures are points from a page's bottom left; pages are counted from 1.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

ROOM = 100_000
"""Bytes of the longest text that is drawn in one piece."""
MARGIN = 75.0
"""Between the text and the paper's upper and lower edges stand running heads and folios, this high."""


@dataclass(frozen=True)
class Link:
    """A link on a page."""

    page: int
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
        self._text: dict[int, Any] = {}

    def close(self) -> None:
        """Close the file."""
        for page, text in self._text.values():
            text.close()
            page.close()
        self._pdf.close()

    def body(self, number: int) -> str:
        """Return the tagged text of a page in the order of the tags: all but running head and folio."""
        page, text = self._page(number)
        pieces: dict[int, list[str]] = {}
        for place in range(pdfium.FPDFPage_CountObjects(page.raw)):
            one = pdfium.FPDFPage_GetObject(page.raw, place)
            if pdfium.FPDFPageObj_GetType(one) != pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            mcid = pdfium.FPDFPageObj_GetMarkedContentID(one)
            if mcid >= 0:
                length = pdfium.FPDFTextObj_GetText(one, text.raw, self._buffer, ROOM)
                words = bytes(self._bytes[: max(0, length - 2)]).decode("utf-16-le", "replace")
                pieces.setdefault(mcid, []).append(words)
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

    def visible(self, number: int) -> str:
        """Return the text between running head and folio, tagged or not."""
        page, text = self._page(number)
        width, height = page.get_size()
        return str(text.get_text_bounded(0, MARGIN, width, height - MARGIN))

    def folio(self, number: int) -> str:
        """Return what stands below the text of a page."""
        page, text = self._page(number)
        return str(text.get_text_bounded(0, 0, page.get_size()[0], MARGIN)).strip()

    def label(self, number: int) -> str:
        """Return a page's label."""
        return str(self._pdf.get_page_label(number - 1))

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline, depth first."""
        found = []
        for item in self._pdf.get_toc(max_depth=4):
            target = item.get_dest()
            index = target.get_index() if target else None
            found.append(Bookmark(item.get_title(), 0 if index is None else index + 1))
        return found

    def links(self, number: int) -> Iterator[Link]:
        """Yield the links of a page."""
        page, text = self._page(number)
        place, link, box = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
        while pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(place), ctypes.byref(link)):
            pdfium.FPDFLink_GetAnnotRect(link, ctypes.byref(box))
            words = text.get_text_bounded(
                box.left + 0.3, box.bottom + 3, box.right - 0.3, box.top - 3
            )
            target = pdfium.FPDFLink_GetDest(self._pdf.raw, link)
            index = pdfium.FPDFDest_GetDestPageIndex(self._pdf.raw, target) if target else -1
            yield Link(number, str(words), index + 1, "" if target else self._address(link))

    def boxes(self, number: int) -> list[tuple[float, float, float, float]]:
        """Return the extents of the texts of a page: left, bottom, right, top."""
        page, _ = self._page(number)
        found = []
        measures = [ctypes.c_float() for _ in range(4)]
        pointers = [ctypes.byref(measure) for measure in measures]
        for place in range(pdfium.FPDFPage_CountObjects(page.raw)):
            one = pdfium.FPDFPage_GetObject(page.raw, place)
            if pdfium.FPDFPageObj_GetType(one) == pdfium.FPDF_PAGEOBJ_TEXT:
                pdfium.FPDFPageObj_GetBounds(one, *pointers)
                left, bottom, right, top = (measure.value for measure in measures)
                found.append((left, bottom, right, top))
        return found

    def size(self, number: int) -> tuple[float, float]:
        """Return a page's width and height."""
        width, height = self._page(number)[0].get_size()
        return float(width), float(height)

    def _page(self, number: int) -> tuple[Any, Any]:
        if number not in self._text:
            page = self._pdf[number - 1]
            self._text[number] = (page, page.get_textpage())
        found: tuple[Any, Any] = self._text[number]
        return found

    def _address(self, link: Any) -> str:
        action = pdfium.FPDFLink_GetAction(link)
        if not action:
            return ""
        length = pdfium.FPDFAction_GetURIPath(self._pdf.raw, action, None, 0)
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(self._pdf.raw, action, buffer, length)
        return buffer.value.decode("utf-8", "replace")
