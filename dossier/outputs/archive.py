"""Makes ZIP archives, the same bytes each time: fixed times, a fixed sequence, and a deflate of its own."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Deflate = Callable[[Sequence[bytes]], Sequence[bytes]]
"""Returns each content as a zlib stream (RFC 1950), the same on every system."""
STORED, DEFLATED = 0, 8
VERSION = 20
"""The version of the format that a reader must know: 2.0."""
UTF_8 = 0x0800
MIDNIGHT, DAY = 0, 0x21
"""The earliest time and day that the format can say: 1 January 1980, 00:00."""


@dataclass(frozen=True)
class Part:
    """A file in an archive."""

    name: str
    content: bytes
    is_packed: bool = True


def archive(parts: Sequence[Part], deflate: Deflate) -> bytes:
    """Return an archive of ``parts`` in their sequence."""
    packed = iter(deflate([part.content for part in parts if part.is_packed]))
    body, directory = bytearray(), bytearray()
    for part in parts:
        # A zlib stream is a deflated one between a head of two bytes and a checksum of four.
        data = bytes(next(packed)[2:-4]) if part.is_packed else part.content
        name = part.name.encode()
        entry = struct.pack(
            "<HHHHHIIIHH",
            VERSION, 0 if part.name.isascii() else UTF_8, DEFLATED if part.is_packed else STORED,
            MIDNIGHT, DAY, binascii.crc32(part.content), len(data), len(part.content), len(name), 0,
        )  # fmt: skip
        place = len(body)
        body += b"PK\3\4" + entry + name + data
        directory += b"PK\1\2" + struct.pack("<H", VERSION) + entry
        directory += struct.pack("<HHHII", 0, 0, 0, 0, place) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return bytes(body + directory + b"PK\5\6" + end)
