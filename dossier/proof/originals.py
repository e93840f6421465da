"""Draws foreign pages a second time, and reads their words, to compare a dossier's facsimiles with them.

It shares no function with what makes these: the places of words are worked out from the page's own boxes
and rotation, and the words from its characters one by one.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from PIL import Image, ImageChops

from dossier.proof.machine_words import machine_words
from dossier.proof.objects import UnreadableError
from dossier.records.enclosing import LEAST_DOTS, MOST_READ, READ_AT, UNREAD, ForeignFile
from dossier.viewer import BROKEN, Box, DamagedError, Document, Page, PasswordError

POINTS = 72
BLOCK = 4
"""The side of the squares in which a page that was coded with loss is compared, in pixels."""
LOST = 20
"""By how much the shade of such a square may differ, of 255: in pages of noise, 16 was the most."""


@dataclass(frozen=True)
class Original:
    """A foreign page as it must be seen in the dossier."""

    box: Box
    image: Image.Image
    words: tuple[tuple[str, Box], ...]
    drawn: str = ""
    """Of a scan, the checksum of its pixels or of its JPEG data."""
    by_machine: bool = False
    """Its words were read on its picture."""


def _fitted(wide: float, high: float, frame: Box) -> tuple[float, Box]:
    """Return how much smaller a page of a size in points is, and where it stands: at the frame's top."""
    ratio = min(1.0, (frame[2] - frame[0]) / wide, (frame[3] - frame[1]) / high)
    middle = (frame[0] + frame[2]) / 2
    left = middle - wide * ratio / 2
    return ratio, (left, frame[3] - high * ratio, left + wide * ratio, frame[3])


def original(
    file: ForeignFile, place: int, frame: Box, resolution: int, code: str = ""
) -> Original:
    """Return a page of a file, counted from 0; raise UnreadableError where it cannot be drawn.

    With the ``code`` of a language, its words are read by machine if it has none.
    """
    if file.pictures:
        scan = file.pictures[place]
        size = (scan.width * POINTS / LEAST_DOTS, scan.height * POINTS / LEAST_DOTS)
        image = Image.open(io.BytesIO(scan.data))
        box = _fitted(*size, frame)[1]
        words = tuple(machine_words(image, 0, code, box)) if code else ()
        return Original(box, image, words, scan.drawn, bool(words))
    try:
        with Document(file.pdf) as pdf:
            pdf.show_forms()
            with pdf.page(place) as page:
                found = _of_page(page, frame, resolution)
                return _read(page, found, code) if code and not found.words else found
    except (DamagedError, PasswordError):
        raise UnreadableError(
            f"“{file.path}” has a page {place + 1} that cannot be drawn"
        ) from None


def _of_page(page: Page, frame: Box, resolution: int) -> Original:
    wide, high = page.size
    ratio, box = _fitted(wide, high, frame)
    image = page.image(ratio * resolution / POINTS)
    bands = image.split()
    if all(ImageChops.difference(bands[0], band).getbbox() is None for band in bands[1:]):
        image = bands[0]
    return Original(box, image, tuple(_words(page, (wide, high), box)))


def _read(page: Page, found: Original, code: str) -> Original:
    """Return a page without words with those that are read on it, drawn as large as it can be."""
    wide, high = page.size
    inches = wide / POINTS * high / POINTS
    dots = min(READ_AT, math.floor(math.sqrt(MOST_READ / inches)))
    words = tuple(machine_words(page.image(dots / POINTS, grey=True), dots, code, found.box))
    return replace(found, words=words, by_machine=bool(words))


def is_alike(one: Image.Image, other: Image.Image, exactly: bool) -> bool:
    """Tell whether two pictures show the same: pixel by pixel, or as near as a coding with loss comes."""
    if one.mode != other.mode or one.size != other.size:
        return False
    apart = ImageChops.difference(one, other)
    if exactly:
        return apart.getbbox() is None
    coarse = apart.reduce(BLOCK)
    return not any(sum(band.histogram()[LOST + 1 :]) for band in coarse.split())


def _words(page: Page, size: tuple[float, float], box: Box) -> Iterator[tuple[str, Box]]:
    """Yield the words that stand on a page, each with the box in which it must stand in the dossier."""
    ratio = (box[2] - box[0]) / size[0]
    for group in _groups(page):
        corners = [_turned(page, x, y) for _, (a, b, c, d) in group for x, y in ((a, b), (c, d))]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        middle = (min(across) + max(across)) / 2, (min(down) + max(down)) / 2
        if not (0 <= middle[0] <= size[0] and 0 <= middle[1] <= size[1]):
            continue
        ends = (
            max(0.0, min(across)), min(size[1], max(down)),
            min(size[0], max(across)), max(0.0, min(down)),
        )  # fmt: skip
        yield (
            "".join(char for char, _ in group),
            (
                box[0] + ratio * ends[0], box[3] - ratio * ends[1],
                box[0] + ratio * ends[2], box[3] - ratio * ends[3],
            ),
        )  # fmt: skip


def _groups(page: Page) -> Iterator[list[tuple[str, Box]]]:
    """Yield the characters of each word with their boxes on the page as the file has it."""
    run = 0
    numbered = []
    for char, box in page.characters():
        if char == BROKEN:
            numbered.append((run, "-", box))
        elif char and not UNREAD.match(char):
            numbered.append((run, char, box))
        run += char == BROKEN or not char or char.isspace()
    for _, held in itertools.groupby(numbered, lambda item: item[0]):
        yield [(char, box) for _, char, box in held]


def _turned(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return a place on a page as the distance from the left and from the top, as the page is shown."""
    left, bottom, right, top = page.shown
    across, up = x - left, y - bottom
    wide, high = right - left, top - bottom
    return {
        0: (across, high - up),
        90: (up, across),
        180: (wide - across, up),
        270: (high - up, wide - across),
    }[page.rotation]
