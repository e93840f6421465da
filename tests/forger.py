"""Changes a finished dossier as a forger would, who knows the form in which the program writes it.

It reads and writes that form by itself, so that a forgery is found by what it says, not by how it is saved.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path

STREAM = re.compile(rb"(\d+) 0 obj\n(<< [^\n]*/Length (\d+) >>)\nstream\n")
PACK = 200
HEADER = b"%PDF-1.7\n%\xbf\xf7\xa2\xfe\n"


@dataclass
class Forged:
    """The objects of a file, to be changed."""

    texts: dict[int, bytes] = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)
    """The data of each stream, unpacked but for those of pictures."""
    table: bytes = b""

    def content(self, page: int, part: int = 0) -> int:
        """Return the number of one of the contents of a page."""
        parts = re.search(rb"/Contents \[ ([^]]*) \]", self.texts[self.pages[page - 1]])
        assert parts
        return int(parts[1].split()[::3][part])

    @property
    def pages(self) -> list[int]:
        """The numbers of the pages."""
        return [
            int(number)
            for number in re.search(rb"/Kids \[ ([^]]*)\]", self.texts[2])[1].split()[::3]
        ]  # type: ignore[index]

    def change(self, number: int, old: bytes, new: bytes, count: int = 1) -> None:
        """Replace a part of an object's text, which has to be there."""
        assert old in self.texts[number], (old, self.texts[number])
        self.texts[number] = self.texts[number].replace(old, new, count)

    def redraw(self, number: int, old: bytes, new: bytes, count: int = 1) -> None:
        """Replace a part of a stream's data, which has to be there."""
        assert old in self.data[number], old
        self.data[number] = self.data[number].replace(old, new, count)

    def add(self, text: bytes, data: bytes | None = None) -> int:
        """Add an object; return its number."""
        number = max(self.texts) + 1
        self.texts[number] = text
        if data is not None:
            self.data[number] = data
        return number

    def having(self, *words: bytes) -> list[int]:
        """Return the numbers of the objects in whose text some words stand."""
        return [n for n, text in sorted(self.texts.items()) if all(word in text for word in words)]


def opened(raw: bytes) -> Forged:
    """Take a finished file apart."""
    found = Forged()
    place = len(HEADER)
    while match := STREAM.match(raw, place):
        number, text = int(match[1]), match[2]
        end = match.end() + int(match[3])
        data = raw[match.end() : end]
        place = end + len(b"\nendstream\nendobj\n")
        if b"/Filter /FlateDecode" in text and b"/Type /XRef" not in text and b"/Image" not in text:
            data = zlib.decompress(data)
        if b"/Type /ObjStm" in text:
            first = int(re.search(rb"/First (\d+)", text)[1])  # type: ignore[index]
            numbers = list(map(int, data[:first].split()[::2]))
            found.texts |= dict(zip(numbers, data[first:].split(b"\n"), strict=True))
        elif b"/Type /XRef" in text:
            found.table = text
        else:
            found.texts[number], found.data[number] = text, data
    return found


def written(forged: Forged, version: bytes = b"1.7") -> bytes:
    """Return the file in the form in which the program writes it."""
    offsets: dict[int, tuple[int, int, int]] = {}
    parts = [HEADER.replace(b"1.7", version)]

    def write(number: int, text: bytes, data: bytes) -> None:
        if b"/Filter /FlateDecode" in text and b"/Image" not in text:
            data = zlib.compress(data, 9)
        text = re.sub(rb"/Length \d+ >>$", b"/Length %d >>" % len(data), text)
        offsets[number] = (1, sum(map(len, parts)), 0)
        parts.append(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, text, data))

    for number, data in sorted(forged.data.items()):
        write(number, forged.texts[number], data)
    plain = sorted(forged.texts.keys() - forged.data.keys())
    free = max(forged.texts) + 1
    for pack, start in enumerate(range(0, len(plain), PACK), free):
        held = plain[start : start + PACK]
        head, place = [], 0
        for index, number in enumerate(held):
            head.append(b"%d %d" % (number, place))
            place += len(forged.texts[number]) + 1
            offsets[number] = (2, pack, index)
        first = b" ".join(head) + b"\n"
        text = b"<< /Filter /FlateDecode /First %d /N %d /Type /ObjStm /Length 0 >>" % (
            len(first),
            len(held),
        )
        write(pack, text, first + b"\n".join(forged.texts[number] for number in held))
    table = max(offsets) + 1
    start = sum(map(len, parts))
    offsets |= {0: (0, 0, 255), table: (1, start, 0)}
    index: list[int] = []
    above, rows = bytes(6), b""
    for number in sorted(offsets):
        if index and index[-2] + index[-1] == number:
            index[-1] += 1
        else:
            index += [number, 1]
        kind, where, last = offsets[number]
        row = bytes((kind, *where.to_bytes(4), last))
        rows += b"\x02" + bytes((new - old) % 256 for new, old in zip(row, above, strict=True))
        above = row
    identifier = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode()
    text = re.sub(
        rb"/ID \[ [^]]* \]", b"/ID [ <%b> <%b> ]" % (identifier, identifier), forged.table
    )
    text = re.sub(
        rb"/Index \[ [^]]* \]", b"/Index [ %b ]" % b" ".join(b"%d" % n for n in index), text
    )
    text = re.sub(rb"/Size \d+", b"/Size %d" % (table + 1), text)
    write(table, text, rows)
    return b"".join(parts) + b"startxref\n%d\n%%%%EOF\n" % start


def put(raw: bytes, listing: Path, pdf: Path) -> None:
    """Write a forged file and beside it the listing of the true one with the checksum mended."""
    pdf.write_bytes(raw)
    there = listing.read_text(encoding="utf-8")
    was = json.loads(there)["sha256"]
    mended = there.replace(was, hashlib.sha256(raw).hexdigest())
    pdf.with_suffix(".json").write_text(mended, encoding="utf-8")
