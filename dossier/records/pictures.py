"""A picture of a letter: a file of the corpus, as it is printed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

RESOLUTION = 100
"""The resolution in dots per inch in which a picture is printed, or a higher one where it would be wider
than the text."""

MARK = "\ufffc"
"""Stands for a picture among the words that the proof compares (OBJECT REPLACEMENT CHARACTER)."""


@dataclass(frozen=True)
class PictureFile:
    """A file with a picture."""

    path: str
    """Relative to the corpus."""
    sha256: str
    """The checksum of the file."""
    kind: str
    """``png`` or ``jpeg``."""
    width: int
    """In pixels."""
    height: int
    """In pixels."""
    data: bytes = field(repr=False)
    """What is printed: the file without its metadata; of a PNG the same pixels on white, without alpha."""
    drawn: str
    """The checksum of what a PDF holds: of a JPEG its data, of a PNG its pixels, row by row."""

    @property
    def address(self) -> str:
        """The picture as a ``data:`` URL (RFC 2397)."""
        return f"data:image/{self.kind};base64,{base64.b64encode(self.data).decode('ascii')}"
