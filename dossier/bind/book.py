"""Puts a book together: its pieces, one after another, and the tables that find the objects in them.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dossier.bind import numbers, text
from dossier.bind.cut import PACK, packs
from dossier.bind.deflate import deflated
from dossier.bind.pieces import Piece, packed

HEADER = b"%%PDF-%b\n%%\xbf\xf7\xa2\xfe\n"
WIDTHS = (1, 4, 1)
"""The bytes of each field in the cross-reference stream (7.5.8.2)."""
UP = b"\x02"
"""A row of the table holds its differences from the row above (7.4.4.4)."""
FREE, ALONE, PACKED = 0, 1, 2
"""The types of its entries (table 18)."""
NEXT = UP + bytes(sum(WIDTHS) - 1) + b"\x01"
"""The row of an object behind another in the same object stream."""


@dataclass(frozen=True)
class _Alone:
    """Streams, numbered in sequence."""

    first: int
    offsets: Sequence[int]


@dataclass(frozen=True)
class _Packed:
    """Objects in an object stream, numbered in sequence and standing there one behind another."""

    first: int
    count: int
    pack: int
    """The number of the object stream."""
    index: int
    """Where the first stands in it."""


class Book:
    """A file that is being written from its beginning."""

    def __init__(self, end: int, version: bytes = b"1.7") -> None:
        """Begin a file of a version of PDF; ``end`` is the first number that no piece takes."""
        self._parts: list[bytes] = [HEADER % version]
        self._length = len(self._parts[0])
        self._segments: list[_Alone | _Packed] = []
        self._next = end
        self._objects: list[tuple[int, bytes]] = []

    def number(self, count: int = 1) -> int:
        """Reserve numbers behind all pieces; return the first."""
        self._next += count
        return self._next - count

    def add_piece(self, piece: Piece) -> None:
        """Write a piece."""
        offsets = [self._length + offset for offset in piece.offsets]
        self._segments.append(_Alone(piece.first_stream, offsets))
        first = piece.owners - packs(piece.packed)
        for place in range(0, piece.packed, PACK):
            count = min(PACK, piece.packed - place)
            self._segments.append(_Packed(piece.owners + place, count, first + place // PACK, 0))
        self._write(piece.body)

    def add_streams(self, first: int, streams: Iterable[tuple[bytes, bytes]]) -> None:
        """Write streams, numbered from ``first``, of entries without the length and encoded data."""
        offsets = []
        for number, (entries, data) in enumerate(streams, first):
            offsets.append(self._length)
            self._write(text.stream(number, entries, data))
        self._segments.append(_Alone(first, offsets))

    def add_objects(self, first: int, objects: Iterable[bytes]) -> None:
        """Add objects, numbered from ``first``; they are written at the end."""
        self._objects.extend(enumerate(objects, first))

    def finished(self) -> bytes:
        """Return the file."""
        self._write_objects()
        table = self.number()
        start = self._length
        self._segments.append(_Alone(table, [start]))
        index, rows = self._table()
        identifier = hashlib.sha256(b"".join(self._parts)).hexdigest()[:32].encode()
        entries = (
            b"%b/DecodeParms << /Columns %d /Predictor 12 >> /ID [ <%b> <%b> ] /Index %b /Info %d 0 R "
            b"/Root %d 0 R /Size %d /Type /XRef /W %b "
        ) % (
            text.DEFLATED,
            sum(WIDTHS),
            identifier,
            identifier,
            text.array(b"%d %d" % pair for pair in index),
            numbers.INFO,
            numbers.CATALOG,
            self._next,
            text.array(b"%d" % width for width in WIDTHS),
        )
        self._write(text.stream(table, entries, deflated([rows])[0]))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)
        return b"".join(self._parts)

    def _write(self, part: bytes) -> None:
        self._parts.append(part)
        self._length += len(part)

    def _write_objects(self) -> None:
        """Write the object streams of all objects that belong to no piece."""
        count = packs(len(self._objects))
        first = self.number(count)
        batches = [
            self._objects[start : start + PACK] for start in range(0, len(self._objects), PACK)
        ]
        made = [packed(batch) for batch in batches]
        compressed = deflated([data for _, data in made])
        entries = [text.DEFLATED + one for one, _ in made]
        self.add_streams(first, zip(entries, compressed, strict=True))
        for pack, batch in enumerate(batches, first):
            start = 0
            for place in range(1, len(batch) + 1):
                if place == len(batch) or batch[place][0] != batch[place - 1][0] + 1:
                    self._segments.append(_Packed(batch[start][0], place - start, pack, start))
                    start = place

    def _table(self) -> tuple[list[tuple[int, int]], bytes]:
        """Return the ranges of the cross-reference table, and its rows."""
        index = [(0, 1)]
        last = _row(FREE, 0, 255)
        rows = [UP + last]
        for segment in sorted(self._segments, key=lambda segment: segment.first):
            if isinstance(segment, _Packed):
                count = segment.count
                row = _row(PACKED, segment.pack, segment.index)
                rows += [_difference(last, row), NEXT * (count - 1)]
                last = _row(PACKED, segment.pack, segment.index + count - 1)
            else:
                count = len(segment.offsets)
                for offset in segment.offsets:
                    row = _row(ALONE, offset, 0)
                    rows.append(_difference(last, row))
                    last = row
            first, before = index[-1]
            if first + before == segment.first:
                index[-1] = (first, before + count)
            else:
                index.append((segment.first, count))
        return index, b"".join(rows)


def _row(kind: int, place: int, index: int) -> bytes:
    return b"%c%b%c" % (kind, place.to_bytes(WIDTHS[1]), index)


def _difference(last: bytes, row: bytes) -> bytes:
    """Return a row of the table as its differences from the row above."""
    return UP + bytes((new - old) & 255 for old, new in zip(last, row, strict=True))
