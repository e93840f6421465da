"""Has the words of a picture read by Tesseract; what it says comes as rows of a table (its form “tsv”)."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

from PIL import Image

from dossier.machine.tesseract import Tesseract
from dossier.records.enclosing import UNREAD, Reading, ReadWord

WORD = "5"
"""The level of a row that is a word, not a line or more."""
COLUMNS = 12
FINE = 6
"""The digits of places."""
Row = list[str]


def read(image: Image.Image, dots: int, reader: Tesseract, code: str) -> Reading:
    """Return the words on a picture of so many dots per inch, 0 for unknown; raise UnreadError."""
    packed = io.BytesIO()
    image.convert("L").save(packed, format="PNG", compress_level=1)
    said = reader.read(packed.getvalue(), code, "tsv", dots)
    rows = [line.split("\t") for line in said.splitlines()]
    words = [row for row in rows if len(row) == COLUMNS and row[0] == WORD]
    # The columns: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    paragraphs = (
        tuple(_words(held, image.size))
        for _, held in itertools.groupby(words, lambda row: (row[2], row[3]))
    )
    return tuple(filter(None, paragraphs))


def _words(rows: Iterator[Row], size: tuple[int, int]) -> Iterator[ReadWord]:
    for row in rows:
        left, top, wide, high = map(int, row[6:10])
        text = UNREAD.sub("", row[11])
        if text:
            yield ReadWord(
                text,
                round(left / size[0], FINE),
                round(top / size[1], FINE),
                round((left + wide) / size[0], FINE),
                round((top + high) / size[1], FINE),
            )
