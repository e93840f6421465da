"""Makes facsimiles of foreign pages: a picture of each in the size in which it is printed, and its words.

A page is drawn by pdfium as a reader sees it, upright. So nothing of the foreign file gets into the dossier
but pixels and characters.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops

from dossier.records.enclosing import (
    BROKEN,
    LEAST_DOTS,
    MOST_PIXELS,
    MOST_READ,
    PHOTOGRAPH,
    QUALITY,
    READ_AT,
    UNREAD,
    Facsimile,
    ForeignFile,
    Reading,
    UndrawableError,
    Word,
)
from dossier.records.pictures import PictureFile

INCH = 72
FINE = 64
"""The parts of a point in which pdfium tells where something stands on an upright page."""
DEEPEST = 15
"""How many form XObjects, one in another, are looked into."""
NEXT = 0.6
"""By how many heights of a line the next may stand below it and still be of the same paragraph."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""
Coded = tuple[Literal["png", "jpeg"], Literal[1, 3], bytes]
"""How a picture is coded, the number of its colours, its data."""
Read = Callable[[int, Callable[[], Image.Image], int], Reading]
"""Returns what is read by machine on a page, given its number from 0, what draws it, and its dots per inch,
0 for unknown."""


def facsimiles(
    file: ForeignFile,
    frame: Box,
    resolution: int,
    advance: Callable[[], None],
    read: Read | None = None,
) -> Iterator[Facsimile]:
    """Yield the pages of a file as facsimiles, each at the top of ``frame`` and in its middle.

    A page that is larger than the frame is made smaller, none larger. ``read`` reads those that have no
    words. Raises UndrawableError.
    """
    for number, picture in enumerate(file.pictures):
        advance()
        made = _scan(picture, frame)
        opened = partial(_opened, picture)
        yield _with_words(made, read(number, opened, 0)) if read else made
    if not file.pdf:
        return
    pdf = pypdfium2.PdfDocument(file.pdf)
    try:
        if pdf.get_formtype() in (pdfium.FORMTYPE_ACRO_FORM, pdfium.FORMTYPE_NONE):
            pdf.init_forms()
        for number in range(file.pages):
            advance()
            try:
                page = pdf[number]
            except pypdfium2.PdfiumError:
                raise UndrawableError(
                    file,
                    f"Page {number + 1} of the PDF “{file.path}” is damaged and cannot be drawn",
                    "Fetch the file again, or save it anew from a PDF reader.",
                ) from None
            try:
                _check_pictures(file, number, page)
                made = _drawn(page, frame, resolution)
                if read and not made.paragraphs:
                    dots = _dots(page.get_size())
                    made = _with_words(made, read(number, partial(_at, page, dots), dots))
                yield made
            finally:
                page.close()
    finally:
        pdf.close()


def _with_words(page: Facsimile, reading: Reading) -> Facsimile:
    """Return a page with the words that were read on its picture."""
    left, bottom, right, top = page.box
    wide, high = right - left, top - bottom
    paragraphs = tuple(
        tuple(
            Word(
                word.text,
                round(left + wide * word.left, 2),
                round(top - high * word.bottom, 2),
                round(left + wide * word.right, 2),
                round(top - high * word.top, 2),
            )
            for word in words
        )
        for words in reading
    )
    return replace(page, paragraphs=paragraphs, by_machine=bool(paragraphs))


def _opened(picture: PictureFile) -> Image.Image:
    """Return the picture of a scan."""
    return Image.open(io.BytesIO(picture.data))


def _dots(size: tuple[float, float]) -> int:
    """Return in how many dots per inch a page of a size in points is drawn to be read."""
    area = size[0] * size[1] / INCH**2
    return min(READ_AT, int((MOST_READ / area) ** 0.5))


def _at(page: Any, dots: int) -> Image.Image:
    """Return a page of a PDF, drawn in so many dots per inch."""
    bitmap = page.render(scale=dots / INCH, draw_annots=True, may_draw_forms=True, grayscale=True)
    image = bitmap.to_pil()
    bitmap.close()
    return image  # type: ignore[no-any-return]


def _placed(size: tuple[float, float], frame: Box) -> tuple[Box, float]:
    """Return where a page of a size in points goes, and by what it is scaled."""
    left, bottom, right, top = frame
    scale = min(1.0, (right - left) / size[0], (top - bottom) / size[1])
    wide, high = size[0] * scale, size[1] * scale
    begin = left + (right - left - wide) / 2
    box = (round(begin, 3), round(top - high, 3), round(begin + wide, 3), round(top, 3))
    return box, scale


# --- scans ---


def _scan(picture: PictureFile, frame: Box) -> Facsimile:
    """Return a picture as a page; it keeps its pixels."""
    points = INCH / LEAST_DOTS
    box, _ = _placed((picture.width * points, picture.height * points), frame)
    if picture.kind == "png":
        return Facsimile(picture.width, picture.height, *_rows(picture.data), box)
    with Image.open(io.BytesIO(picture.data)) as image:
        colours: Literal[1, 3] = 1 if image.mode == "L" else 3
    return Facsimile(picture.width, picture.height, "jpeg", colours, picture.data, box)


def _rows(png: bytes) -> Coded:
    """Return the coding, the number of colours and the compressed rows of a PNG file."""
    place, rows = 8, []
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            rows.append(png[place + 8 : place + 8 + length])
        place += 12 + length
    return "png", 1 if png[25] == 0 else 3, b"".join(rows)


# --- the pages of a PDF ---


def _check_pictures(file: ForeignFile, number: int, page: Any) -> None:
    """Raise UndrawableError for a picture that would take too much memory to be drawn."""
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    for shown in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=DEEPEST):
        handle = shown.raw
        pdfium.FPDFImageObj_GetImagePixelSize(handle, ctypes.byref(wide), ctypes.byref(high))
        if wide.value * high.value > MOST_PIXELS:
            raise UndrawableError(
                file,
                f"A picture on page {number + 1} of the PDF “{file.path}” has "
                f"{wide.value:,} x {high.value:,} pixels",
                f"Save the file with pictures of {MOST_PIXELS / 1_000_000:g} million pixels at most.",
            )


def _drawn(page: Any, frame: Box, resolution: int) -> Facsimile:
    size = page.get_size()
    box, scale = _placed(size, frame)
    bitmap = page.render(
        scale=scale * resolution / INCH, draw_annots=True, may_draw_forms=True, rev_byteorder=True
    )
    image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    coding, colours, data = _coded(image)
    words = list(_words(page, size, box, scale))
    wide, high = image.size
    return Facsimile(wide, high, coding, colours, data, box, tuple(_paragraphs(words)))


def _coded(image: Image.Image) -> Coded:
    """Return the coding, the number of colours and the data of a drawn page."""
    red, green, blue = image.split()
    if not (
        ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox()
    ):
        image = red
    made = io.BytesIO()
    image.save(made, format="PNG")
    found = _rows(made.getvalue())
    if len(found[2]) <= PHOTOGRAPH:
        return found
    made = io.BytesIO()
    image.save(made, format="JPEG", quality=QUALITY, subsampling=0)
    return "jpeg", found[1], made.getvalue()


# --- words ---


def _words(page: Any, size: tuple[float, float], box: Box, scale: float) -> Iterator[Word]:
    """Yield the words of a page, as far as they stand on it."""
    text = page.get_textpage()
    try:
        for said, around in _runs(text.raw):
            left, top = _upright(page, size, around[0], around[3])
            right, bottom = _upright(page, size, around[2], around[1])
            left, right = sorted((left, right))
            top, bottom = sorted((top, bottom))
            if not (0 <= (left + right) / 2 <= size[0] and 0 <= (top + bottom) / 2 <= size[1]):
                continue
            yield Word(
                said,
                round(box[0] + scale * max(0.0, left), 2),
                round(box[3] - scale * min(size[1], bottom), 2),
                round(box[0] + scale * min(size[0], right), 2),
                round(box[3] - scale * max(0.0, top), 2),
            )
    finally:
        text.close()


def _runs(text: Any) -> Iterator[tuple[str, Box]]:
    """Yield what stands between spaces, with its box on the page as the file has it."""
    said, around = "", (0.0, 0.0, 0.0, 0.0)
    here = pdfium.FS_RECTF()
    for place in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, place)
        char = chr(code) if code < 0x110000 else ""
        ends = char == BROKEN
        char = "-" if ends else char
        if not char or UNREAD.match(char):
            if said and (not char or char.isspace()):
                yield said, around
                said = ""
            continue
        pdfium.FPDFText_GetLooseCharBox(text, place, ctypes.byref(here))
        one = (here.left, here.bottom, here.right, here.top)
        around = _around(around, one) if said else one
        said += char
        if ends:
            yield said, around
            said = ""
    if said:
        yield said, around


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]),
    )  # fmt: skip


def _upright(page: Any, size: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """Return a place in points from the left and from the top of the page as it is shown."""
    across, down = ctypes.c_int(), ctypes.c_int()
    wide, high = (round(side * FINE) for side in size)
    pdfium.FPDF_PageToDevice(
        page.raw, 0, 0, wide, high, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value / FINE, down.value / FINE


def _paragraphs(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Yield the words in paragraphs: one ends where the next line is far below, or above."""
    found: list[Word] = []
    for word in words:
        if found:
            before = found[-1]
            gap = NEXT * (before.top - before.bottom)
            if word.top < before.bottom - gap or word.bottom > before.top + gap:
                yield tuple(found)
                found = []
        found.append(word)
    if found:
        yield tuple(found)
