"""Embeds the sources of letters in the bound PDF (ISO 19005-3, 6.8).

References are to ISO 32000-1 (PDF 1.7) unless another is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from pikepdf import String

from dossier.bind import text
from dossier.bind.book import Book
from dossier.bind.deflate import deflated
from dossier.records.job import AttachedFile, Job


def add(book: Book, job: Job) -> list[int]:
    """Write the files and what describes them; return the numbers of their specifications (7.11.3)."""
    files = job.attached
    if not files:
        return []
    first = book.number(2 * len(files))
    stamp = text.string(f"D:{job.info.date.replace('-', '')}000000Z")
    packed = deflated([file.data for file in files])
    entries = [text.DEFLATED + _entries(file, stamp) for file in files]
    book.add_streams(first, zip(entries, packed, strict=True))
    specifications = range(first + len(files), first + 2 * len(files))
    book.add_objects(
        specifications.start,
        [_specification(file, first + place) for place, file in enumerate(files)],
    )
    return list(specifications)


def _entries(file: AttachedFile, stamp: bytes) -> bytes:
    """Return the entries of an embedded file (7.11.4).

    The standard asks for a date of change. The times of files differ from machine to machine: it is that of
    the dossier.
    """
    kind = file.about.media_type.replace("/", "#2f").encode()
    return b"/Params << /ModDate %b /Size %d >> /Subtype /%b /Type /EmbeddedFile " % (
        stamp,
        len(file.data),
        kind,
    )


def _specification(file: AttachedFile, stream: int) -> bytes:
    name = text.string(file.about.name)
    return (
        b"<< /AFRelationship /Source /Desc %b /EF << /F %d 0 R /UF %d 0 R >> "
        b"/F %b /Type /Filespec /UF %b >>"
    ) % (text.string(file.about.description), stream, stream, name, name)


def associated(files: Sequence[int]) -> bytes:
    """Return the entry of the catalog for files that go with the document (ISO 19005-3, annex E)."""
    return b"/AF %b " % text.references(files) if files else b""


def names(attached: Sequence[AttachedFile], files: Sequence[int]) -> bytes:
    """Return the entry of the name dictionary (7.7.4) for embedded files, sorted by name."""
    if not files:
        return b""
    pairs = sorted(
        (_key(file.about.name), number) for file, number in zip(attached, files, strict=True)
    )
    entries = [b"%b %d 0 R" % (bytes(String(name).unparse()), number) for name, number in pairs]
    return b"/EmbeddedFiles << /Names %b >> " % text.array(entries)


def _key(name: str) -> bytes:
    """Return a name as a key of a name tree, whose sequence is that of bytes (7.9.6)."""
    return name.encode() if name.isascii() else b"\xfe\xff" + name.encode("utf-16-be")
