"""Tells whether the pictures of a page are those of another one in shades of grey."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from dossier.viewer import Document

FARTHEST = 4
"""How far a pixel may miss its shade, of 255: two decoders of JPEG do not agree exactly."""
MEAN = 1.0
"""How far all pixels may miss theirs on average."""


class Greys:
    """The pictures of two files with the same pages."""

    def __init__(self, grey: bytes, coloured: bytes) -> None:
        """Open the files."""
        self._files = [Document(raw) for raw in (grey, coloured)]

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def are_alike(self, page: int) -> bool:
        """Tell whether the pictures of a page, counted from 1, are the same, in the same sequence."""
        grey, coloured = (list(_pictures(file, page - 1)) for file in self._files)
        if [size for size, _ in grey] != [size for size, _ in coloured]:
            return False
        return all(
            _is_near(one, other) for (_, one), (_, other) in zip(grey, coloured, strict=True)
        )


def _pictures(file: Document, place: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield size and shades of each picture of a page."""
    with file.page(place) as page:
        for picture in page.pictures():
            image = picture.image()
            raw = image.tobytes()
            yield image.size, raw if image.mode == "L" else _shades(raw)


def _shades(raw: bytes) -> bytes:
    """Return the shades of colours, as a television without colours shows them (ITU-R BT.601)."""
    shade = functools.lru_cache(maxsize=100_000)(
        lambda red, green, blue: (299 * red + 587 * green + 114 * blue + 500) // 1000
    )
    return bytes(map(shade, raw[::3], raw[1::3], raw[2::3]))


def _is_near(one: bytes, other: bytes) -> bool:
    if len(one) != len(other):
        return False
    total = 0
    for here, there in zip(one, other, strict=True):
        if here != there:
            off = abs(here - there)
            if off > FARTHEST:
                return False
            total += off
    return total <= MEAN * len(one)
