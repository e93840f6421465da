"""Makes facsimiles of foreign pages: a picture of each in the size in which it is printed, and its words.

A page is drawn as a reader sees it, upright. So nothing of the foreign file gets into the dossier
but pixels and characters.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Literal

from PIL import Image, ImageChops

from dossier.records.enclosing import (
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
from dossier.viewer import BROKEN, Box, DamagedError, Document, Page

INCH = 72
NEXT = 0.6
"""By how many heights of a line the next may stand below it and still be of the same paragraph."""
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
    with Document(file.pdf) as pdf:
        pdf.show_forms()
        for number in range(file.pages):
            advance()
            with _page_of(pdf, number, file) as page:
                _check_pictures(file, number, page)
                made = _drawn(page, frame, resolution)
                if read and not made.paragraphs:
                    dots = _dots(page.size)
                    drawing = partial(page.image, dots / INCH, grey=True)
                    made = _with_words(made, read(number, drawing, dots))
                yield made


@contextmanager
def _page_of(pdf: Document, number: int, file: ForeignFile) -> Iterator[Page]:
    """Open a page of a file, counted from 0; raise UndrawableError where it is damaged."""
    try:
        with pdf.page(number) as page:
            yield page
    except DamagedError:
        raise UndrawableError(
            file,
            f"Page {number + 1} of the PDF “{file.path}” is damaged and cannot be drawn",
            "Fetch the file again, or save it anew from a PDF reader.",
        ) from None


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


def _check_pictures(file: ForeignFile, number: int, page: Page) -> None:
    """Raise UndrawableError for a picture that would take too much memory to be drawn."""
    for picture in page.pictures():
        wide, high = picture.dimensions()
        if wide * high > MOST_PIXELS:
            raise UndrawableError(
                file,
                f"A picture on page {number + 1} of the PDF “{file.path}” has "
                f"{wide:,} x {high:,} pixels",
                f"Save the file with pictures of {MOST_PIXELS / 1_000_000:g} million pixels at most.",
            )


def _drawn(page: Page, frame: Box, resolution: int) -> Facsimile:
    size = page.size
    box, scale = _placed(size, frame)
    image = page.image(scale * resolution / INCH)
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


def _words(page: Page, size: tuple[float, float], box: Box, scale: float) -> Iterator[Word]:
    """Yield the words of a page, as far as they stand on it."""
    for said, around in _runs(page):
        left, top = page.upright(around[0], around[3])
        right, bottom = page.upright(around[2], around[1])
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


def _runs(page: Page) -> Iterator[tuple[str, Box]]:
    """Yield what stands between spaces, with its box on the page as the file has it."""
    said, around = "", (0.0, 0.0, 0.0, 0.0)
    for char, here in page.characters():
        ends = char == BROKEN
        char = "-" if ends else char
        if not char or UNREAD.match(char):
            if said and (not char or char.isspace()):
                yield said, around
                said = ""
            continue
        around = _around(around, here) if said else here
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
