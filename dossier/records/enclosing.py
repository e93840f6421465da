"""Sources and certificates that are bound in as pages: their files, and their pages as they are printed.

References are to ISO 32000-1 (PDF 1.7). Measures of printed pages are points from the page's bottom left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dossier.records.pictures import PictureFile

AFTER, FACING = BOUND = ("after", "facing")
"""Where sources stand that are bound in: behind their letters, or opposite, page by page."""
Kind = Literal["source", "certificate"]
"""What a file is whose pages are bound in."""


@dataclass(frozen=True)
class KindOfFile:
    """How a letter names the file, and which packets have its pages bound in."""

    key: tuple[str, ...]
    """The key of the letter that names it."""
    switch: str
    """The key of a packet that asks for it."""
    values: tuple[object, ...]
    """The values of that key with which its pages are bound in."""
    example: str
    """The path of such a file, as an example."""
    must_have_pages: bool = True
    """A text is a mistake."""

    def is_asked_for(self, publication: object) -> bool:
        """Tell whether a packet, given by its publication, has the pages of such files bound in."""
        return getattr(publication, self.switch) in self.values


KINDS: Mapping[Kind, KindOfFile] = {
    "source": KindOfFile(("source", "file"), "enclose", BOUND, "sources/letter.txt", False),
    "certificate": KindOfFile(("certificate",), "certificates", (True,), "sources/certificate.pdf"),
}
"""In the sequence in which they stand behind a letter. Printer and proof both read it."""
RESOLUTION = 200
"""Dots per inch in which the pages of a PDF are drawn, in the size in which they are printed."""
RESOLUTIONS = range(72, 601)
MOST_BYTES = 200_000_000
MOST_PAGES = 1000
LONGEST = 3400.0
"""The greatest width and height of a foreign page in points: somewhat more than that of A0."""
SHORTEST = 36.0
MOST_PIXELS = 100_000_000
"""The greatest picture on a foreign page, width times height: it takes 400 MB of memory to be drawn."""
LEAST_DOTS = 100
"""A picture by itself is printed in as many dots per inch at least, so a small one is not enlarged."""
EDGE = 76.0
"""The least distance of a facsimile from the upper and the lower edge of the paper, in points: running
heads and page numbers stand nearer to it."""
READ_AT = 300
"""Dots per inch in which a page of a PDF without words is drawn to be read by machine."""
MOST_READ = 40_000_000
"""The most pixels of a page that is drawn for it."""
PHOTOGRAPH = 1_500_000
"""A drawn page that takes more bytes without loss is coded as JPEG, as a photograph is."""
QUALITY = 90
"""The quality of this coding."""
FONT = "FACSIM"
"""The name of the font of the words that lie over a facsimile: it draws nothing."""
ASCENT, DESCENT = 0.8, 0.2
"""The parts of a word's height above and below its baseline."""
UNREAD = re.compile("[^\u0021-\u007e\u00a1-\u00ac\u00ae-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\ud7ff"
                    "\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uffef]")  # fmt: skip
"""Characters of foreign texts that are not read: spaces, signs that nobody sees, private ones, and those
beyond U+FFFF."""


@dataclass(frozen=True)
class ForeignFile:
    """A file whose pages are bound in: a PDF, or pictures."""

    path: str
    """Relative to the corpus."""
    sha256: str
    size: int
    """In bytes."""
    pages: int
    place: tuple[str, int, int]
    """Where a letter names it: the letter's file as findings call it, line and column."""
    pdf: bytes = field(default=b"", repr=False)
    """The file, if it is a PDF."""
    pictures: tuple[PictureFile, ...] = ()
    """Its pages, if it is no PDF."""


@dataclass(frozen=True)
class Enclosed:
    """What a letter has bound in: told beside it, as it decides the text of other sections."""

    kind: Kind
    path: str
    sha256: str
    pages: int

    def section(self, letter: str) -> str:
        """Return the id of its section."""
        return f"{self.kind}s/{letter}"


@dataclass(frozen=True)
class Word:
    """A word of a foreign page, and where it stands on the printed one."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class ReadWord:
    """A word that was read by machine, and where: in parts of the picture's width and height.

    Counted from the left and from the top.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float


Reading = tuple[tuple[ReadWord, ...], ...]
"""What was read on a picture by machine: its paragraphs."""


@dataclass(frozen=True)
class Facsimile:
    """A foreign page as a picture, ready to be bound."""

    width: int
    """In pixels."""
    height: int
    coding: Literal["png", "jpeg"]
    """How the data are coded: as the rows of a PNG file, or as a JPEG file."""
    colours: Literal[1, 3]
    data: bytes
    box: tuple[float, float, float, float]
    """Left, bottom, right, top."""
    paragraphs: tuple[tuple[Word, ...], ...] = ()
    """Its words in reading order."""
    by_machine: bool = False
    """It has no words of its own: these were read on the picture."""


class UndrawableError(Exception):
    """A page of a foreign file cannot be drawn, or not be read by machine."""

    def __init__(self, file: ForeignFile, message: str, remedy: str) -> None:
        """Take the file, and what the finding says."""
        super().__init__(message)
        self.place, self.message, self.remedy = file.place, message, remedy
