"""The functions of pdfium that are called for each text of a page, with plain addresses for its objects.

pypdfium2 makes a pointer of each object and checks its type, which takes longer than most of the calls.
"""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_uint, c_ulong, c_void_p
from typing import Any

import pypdfium2.raw as pdfium


def _plain(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a function that takes and returns addresses as numbers; a result of None is no object."""
    address = ctypes.cast(function, c_void_p).value or 0
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


P = c_void_p
count_objects = _plain(pdfium.FPDFPage_CountObjects, c_int, P)
get_object = _plain(pdfium.FPDFPage_GetObject, P, P, c_int)
type_of = _plain(pdfium.FPDFPageObj_GetType, c_int, P)
bounds = _plain(pdfium.FPDFPageObj_GetBounds, c_int, P, P, P, P, P)
mcid_of = _plain(pdfium.FPDFPageObj_GetMarkedContentID, c_int, P)
count_marks = _plain(pdfium.FPDFPageObj_CountMarks, c_int, P)
get_mark = _plain(pdfium.FPDFPageObj_GetMark, P, P, c_ulong)
matrix_of = _plain(pdfium.FPDFPageObj_GetMatrix, c_int, P, P)
size_of = _plain(pdfium.FPDFTextObj_GetFontSize, c_int, P, P)
fill_of = _plain(pdfium.FPDFPageObj_GetFillColor, c_int, P, P, P, P, P)
font_of = _plain(pdfium.FPDFTextObj_GetFont, P, P)
font_name = _plain(pdfium.FPDFFont_GetBaseFontName, c_ulong, P, c_char_p, c_ulong)
count_kids = _plain(pdfium.FPDFFormObj_CountObjects, c_int, P)
get_kid = _plain(pdfium.FPDFFormObj_GetObject, P, P, c_ulong)
text_of = _plain(pdfium.FPDFTextObj_GetText, c_ulong, P, P, P, c_ulong)
count_chars = _plain(pdfium.FPDFText_CountChars, c_int, P)
object_of_char = _plain(pdfium.FPDFText_GetTextObject, P, P, c_int)
box_of_char = _plain(pdfium.FPDFText_GetCharBox, c_int, P, c_int, P, P, P, P)


def address(handle: Any) -> int:
    """Return the address of an object that pypdfium2 holds, 0 for none."""
    return ctypes.cast(handle, c_void_p).value or 0


class Numbers:
    """Room for numbers that a function writes, one beside another."""

    def __init__(self, kind: Any, count: int) -> None:
        """Make room for ``count`` numbers of a kind."""
        self._there = (kind * count)()
        first, size = ctypes.addressof(self._there), ctypes.sizeof(kind)
        self.places = tuple(first + number * size for number in range(count))
        """The address of each."""

    @property
    def all(self) -> Any:
        """The numbers."""
        return self._there[:]


def floats(count: int) -> Numbers:
    """Return room for numbers of single precision."""
    return Numbers(ctypes.c_float, count)


def doubles(count: int) -> Numbers:
    """Return room for numbers of double precision."""
    return Numbers(ctypes.c_double, count)


def parts() -> Numbers:
    """Return room for the parts of a colour: red, green, blue and opacity."""
    return Numbers(c_uint, 4)
