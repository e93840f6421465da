"""Parses the objects of a finished PDF, in the form in which the binder or qpdf writes them.

Reading eighty thousand objects through a library takes ten times as long as binding them. A file in the
binder's form is scanned directly, from its first byte to its last; qpdf first rewrites any other file,
following its cross-references.
References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from dossier.proof import table
from dossier.proof.table import Run

BOUND = re.compile(rb"%PDF-(1\.[67])\n%\xbf\xf7\xa2\xfe\n")
STREAM = re.compile(rb"([1-9]\d*) 0 obj\n(<< [^\n]*>>)\n(stream\n)")
"""In the binder's form only streams stand alone; all other objects are in object streams."""
CLOSED = re.compile(rb"\nendstream\nendobj\n")
HEADER = re.compile(rb"%PDF-\d\.\d\n%[^\n]*\n")
OBJECT = re.compile(rb"(\d+) 0 obj\n([^\n]*)\n(stream\n|endobj\n+)")
"""An object's number and text, which qpdf writes on one line, since it escapes line ends in strings."""
END = re.compile(rb"\n?endstream\nendobj\n+")
LENGTH = re.compile(rb"/Length (\d+) >>")
"""Ends the dictionary of a stream. A string in it may have the same words, but not there."""
TABLE = re.compile(rb"xref\n0 \d+\n(?:\d{10} \d{5} [nf] \n)+trailer ([^\n]*)\n")
LAST = re.compile(rb"startxref\n(\d+)\n%%EOF\n")
TOKEN = re.compile(
    rb"<<|>>|\[|\]|\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|/[^\s<>\[\]()/]*|\d+ 0 R|[^\s<>\[\]()/]+"
)
SLASH, ZERO, NINE = b"/09"
OPENS, CLOSES = (b"<<", b"["), (b">>", b"]")
REFERENCE = re.compile(rb"(\d+) 0 R")
STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)")
ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


PDF_DOC = dict(
    zip(
        (*range(0x18, 0x20), *range(0x80, 0x9F), 0xA0),
        "˘ˇˆ˙˝˛˚˜•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž€",
        strict=True,
    )
)
"""The characters in which PDFDocEncoding (7.9.2.2, D.3) differs from Latin-1."""


MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""The exceptions of reading a file with an object of an unexpected type."""


class UnreadableError(Exception):
    """The file is not a PDF, is truncated or needs a password; the message says which."""


class _UnfamiliarError(Exception):
    """The file is not in the form that the binder writes."""


class Ref(int):
    """A reference: the number of another object."""


class Objects:
    """The objects of one file."""

    def __init__(self, raw: bytes, direct: bool = True) -> None:
        """Read the objects of a file; raise UnreadableError.

        Where it is not ``direct``, qpdf rewrites the file whatever its form.
        """
        self.is_bound = True
        """The file is in the binder's form, with nothing before, between or behind its objects."""
        self.text: dict[int, bytes] = {}
        """The text of each object; for a stream, of its dictionary."""
        self.version = ""
        """The version of PDF that the header of a file in the binder's form names."""
        self.encrypted = False
        self.trailer: Mapping[str, Any] = {}
        self._places: dict[int, int] = {}
        """The offset of each stream's data."""
        self.pack_of: dict[int, int] = {}
        """The number of the object stream in which an object stands."""
        self._checksums: dict[int, str] = {}
        if direct:
            with suppress(_UnfamiliarError):
                self._scan(raw, BOUND, STREAM, CLOSED)
                self._confirm_table()
                self.version = raw[5:8].decode()
                return
        self.is_bound = False
        try:
            self._scan(self._rewritten(raw), HEADER, OBJECT, END)
        except _UnfamiliarError:
            raise UnreadableError("is damaged") from None

    def _rewritten(self, raw: bytes) -> bytes:
        """Return the document without object streams, compression and encryption."""
        import pikepdf

        made = io.BytesIO()
        try:
            with pikepdf.open(io.BytesIO(raw)) as pdf:
                self.encrypted = pdf.is_encrypted
                pdf.save(
                    made,
                    static_id=True,
                    compress_streams=False,
                    encryption=False,
                    fix_metadata_version=False,
                    object_stream_mode=pikepdf.ObjectStreamMode.disable,
                    stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                )
        except pikepdf.PasswordError:
            raise UnreadableError("asks for a password") from None
        except pikepdf.PdfError:
            raise UnreadableError("is damaged") from None
        return made.getvalue()

    def _scan(
        self,
        raw: bytes,
        begins: re.Pattern[bytes],
        holds: re.Pattern[bytes],
        ends: re.Pattern[bytes],
    ) -> None:
        """Scan a file from end to end; raise _UnfamiliarError at anything that is not in the form.

        The form is that of the header, of the beginning of an object, and of the end of a stream.
        """
        self.text, self._places, self._raw = {}, {}, raw
        self._offsets: dict[int, int] = {}
        self._packed: list[Run] = []
        self._packs: dict[int, bytes] = {}
        self.pack_of = {}
        self._checksums = {}
        self._table = 0
        trailer = b""
        header = begins.match(raw)
        place = header.end() if header else 0
        while match := holds.match(raw, place):
            number, text = int(match[1]), match[2]
            if number in self.text:
                raise _UnfamiliarError
            self.text[number] = text
            self._offsets[number] = match.start()
            place = match.end()
            if match[3] == b"stream\n":
                self._places[number] = place
                place += _length(text)
                end = ends.match(raw, place)
                if not end:
                    raise _UnfamiliarError
                place = end.end()
                if b"/Type /ObjStm" in text:
                    self._unpack(number)
                elif b"/Type /XRef" in text:
                    trailer, self._table = text, number
        if plain := TABLE.match(raw, place):
            trailer, place = plain[1], plain.end()
        last = LAST.fullmatch(raw, place)
        if not trailer or not last:
            raise _UnfamiliarError
        self._start = int(last[1])
        self.trailer = parse(trailer)
        self.encrypted = self.encrypted or "/Encrypt" in self.trailer

    def _confirm_table(self) -> None:
        """Raise UnreadableError where the file's table does not lead to the scanned objects.

        Raises _UnfamiliarError for a table in another form than the binder's.
        """
        about = parse(self.text.get(self._table, b"<< >>"))
        if not table.is_usual(about):
            raise _UnfamiliarError
        packed = self.raw(self._table)
        try:
            rows = unpacked(packed)
        except zlib.error:
            rows = b""
        is_there = self._offsets.get(self._table) == self._start
        if not is_there or not table.is_right(about, rows, self._offsets, self._packed):
            raise UnreadableError("is damaged: its table does not lead to the objects in it")

    def is_identified(self) -> bool:
        """Tell whether the file's identifier (14.4) is the checksum of all before the table."""
        checksum = hashlib.sha256(memoryview(self._raw)[: self._start]).hexdigest()[:32].encode()
        return b"/ID [ <%b> <%b> ]" % (checksum, checksum) in self.text[self._table]

    def _unpack(self, number: int) -> None:
        """Unpack an object stream (7.5.7)."""
        self._packs[number] = self.text.pop(number)
        about = parse(self._packs[number])
        data, first = self.data(number, about), about["/First"]
        numbers = data[:first].split()
        held = list(map(int, numbers[::2]))
        if self.is_bound and not _is_plain(data, first, len(held), about):
            raise _UnfamiliarError
        self._packed += table.runs(held, number)
        self.pack_of |= dict.fromkeys(held, number)
        starts = [first + int(start) for start in numbers[1::2]]
        for name, start, end in zip(numbers[::2], starts, [*starts[1:], len(data)], strict=True):
            if int(name) in self.text:
                raise _UnfamiliarError
            self.text[int(name)] = data[start:end].strip()

    def data(self, number: int, about: Mapping[str, Any] | None = None) -> bytes:
        """Return a stream's decoded data; raise UnreadableError where it cannot be decoded."""
        about = about or parse(self.text[number])
        start = self._places[number]
        raw = self._raw[start : start + about["/Length"]]
        packed = about.get("/Filter")
        if packed is None or not raw:
            return raw
        try:
            if packed != "/FlateDecode" or "/DecodeParms" in about:
                raise ValueError(packed)
            return unpacked(raw)
        except (ValueError, zlib.error):
            raise UnreadableError("is damaged: a part of it cannot be unpacked") from None

    def is_stream(self, number: int) -> bool:
        """Tell whether an object is a stream."""
        return number in self._places

    def raw(self, number: int) -> bytes:
        """Return a stream's encoded data; empty for an object that is not a stream."""
        start = self._places.get(number)
        return b"" if start is None else self._raw[start : start + _length(self.text[number])]

    def checksum(self, pack: int) -> str:
        """Return the checksum of an object stream: of its data and of what its dictionary says of them."""
        if pack not in self._checksums:
            start, about = self._places[pack], self._packs[pack]
            raw = self._raw[start : start + _length(about)]
            self._checksums[pack] = hashlib.sha256(about + b"\0" + raw).hexdigest()
        return self._checksums[pack]

    def __getitem__(self, number: int) -> Any:
        """Return a parsed object; None for a missing one."""
        return parse(self.text.get(number, b"null"))

    def at(self, value: Any) -> Any:
        """Return a value; for a reference, the object that it refers to."""
        return self[value] if isinstance(value, Ref) else value

    @functools.cached_property
    def root(self) -> Mapping[str, Any]:
        """The catalog (7.7.2); empty where there is none."""
        return self.at(self.trailer.get("/Root")) or {}

    @functools.cached_property
    def info(self) -> Mapping[str, Any]:
        """The document information dictionary (14.3.3); empty where there is none."""
        return self.at(self.trailer.get("/Info")) or {}

    @functools.cached_property
    def tree(self) -> Mapping[str, Any]:
        """The root of the structure tree (14.7.2); empty where there is none."""
        return self.at(self.root.get("/StructTreeRoot")) or {}

    def pages(self) -> Sequence[int]:
        """Return the object numbers of the pages in sequence (7.7.3)."""
        return list(self._leaves(self.root.get("/Pages"), set()))

    def _leaves(self, node: Any, seen: set[int]) -> Iterator[int]:
        if not isinstance(node, Ref) or node in seen:
            return
        seen.add(node)
        if b"/Kids" not in self.text.get(node, b""):
            yield node
            return
        for kid in self.at(self[node]["/Kids"]) or ():
            yield from self._leaves(kid, seen)


def _is_plain(data: bytes, first: int, count: int, about: Mapping[str, Any]) -> bool:
    """Tell whether an object stream has nothing but its objects, each on a line of its own."""
    numbers = data[:first].split()
    lines = data[first:].split(b"\n")
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)][:count]
    return (
        data[:first] == b" ".join(numbers) + b"\n"
        and len(lines) == count == about["/N"]
        and list(map(int, numbers[1::2])) == starts
    )


def unpacked(raw: bytes) -> bytes:
    """Return decompressed data; raise zlib.error where they are not whole or more follows."""
    stream = zlib.decompressobj()
    data = stream.decompress(raw)
    if not stream.eof or stream.unused_data:
        raise zlib.error
    return data


def _length(text: bytes) -> int:
    match = LENGTH.match(text, text.rfind(b"/Length "))
    if not match or match.end() != len(text):
        raise _UnfamiliarError
    return int(match[1])


def parse(text: bytes) -> Any:
    """Return the parsed text of an object: dictionaries, lists, numbers, references, strings, names.

    Names keep their slash, strings are decoded, null is None.
    """
    stack: list[list[Any]] = [[]]
    items = stack[0]
    for token in TOKEN.findall(text):
        first = token[0]
        if first == SLASH:
            items.append(_name(token))
        elif ZERO <= first <= NINE:
            items.append(Ref(token[:-4]) if token[-2:] == b" R" else _number(token))
        elif token in OPENS:
            items = []
            stack.append(items)
        elif token in CLOSES:
            closed = stack.pop()
            if not stack:
                raise _UnfamiliarError
            items = stack[-1]
            items.append(
                closed if token == b"]" else dict(zip(closed[::2], closed[1::2], strict=True))
            )
        else:
            items.append(_string(token) if first in b"(<" else _number(token))
    return stack[0][0] if stack[0] else None


@functools.lru_cache(maxsize=4_000)
def _name(token: bytes) -> str:
    """Return a name; most are in a file many times."""
    return token.decode("latin-1")


def _string(token: bytes) -> str:
    plain = token[1:-1]
    raw = bytes.fromhex(plain.decode()) if token[:1] == b"<" else ESCAPE.sub(_unescaped, plain)
    if raw[:2] == b"\xfe\xff":
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("latin-1").translate(PDF_DOC)


def _unescaped(match: re.Match[bytes]) -> bytes:
    char = match[1]
    return bytes([int(char, 8)]) if len(char) == 3 else PLAIN.get(char, char)


def _number(token: bytes) -> float | int | bool | None:
    try:
        return int(token)
    except ValueError:
        pass
    try:
        return float(token)
    except ValueError:
        return {b"true": True, b"false": False}.get(token)
