"""Copies what a bound dossier's pages are drawn with, and what it says of itself, into another file.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pikepdf
from pikepdf import Pdf

from dossier.bind import numbers
from dossier.bind.book import Book
from dossier.bind.cut import filled, gathered, stream_of, template, text_of
from dossier.bind.deflate import deflated
from dossier.bind.pieces import stream_entries
from dossier.bind.text import DEFLATED

Changed = Mapping[int, tuple[bytes, bytes]]
"""The entries and the data of streams that are not copied as they are, by their numbers."""


def content_of(page: pikepdf.Page) -> bytes:
    """Return the content of a page, its parts joined as a reader joins them (7.8.2)."""
    parts = page.obj.get("/Contents")
    if parts is None:
        return b""
    return b"\n".join(part.read_bytes() for part in parts)


def resources_of(pdf: Pdf) -> list[int]:
    """Return the numbers of the resources of all pages that show something, each once."""
    shown = [page.obj.Resources.objgen[0] for page in pdf.pages if "/Contents" in page.obj]
    return list(dict.fromkeys(shown))


def add_copies(book: Book, pdf: Pdf, roots: Sequence[int], changed: Changed) -> dict[int, int]:
    """Add objects of a file and all that they refer to; return their new numbers."""
    found = gathered(pdf, [b"%d 0 R" % number for number in roots], {})
    objects = {number: pdf.get_object(number, 0) for number in found}
    streams = [number for number in found if isinstance(objects[number], pikepdf.Stream)]
    others = [number for number in found if number not in set(streams)]
    first = book.number(len(found))
    places = {number: first + place for place, number in enumerate([*streams, *others])}
    written = []
    for number in streams:
        if number in changed:
            written.append(changed[number])
            continue
        copy = stream_of(objects[number], places)
        written.append((stream_entries(copy, 0), copy.data))
    book.add_streams(first, written)
    texts = [filled(template(text_of(objects[number]), places), 0) for number in others]
    book.add_objects(first + len(streams), texts)
    return places


def add_statements(
    book: Book, catalog: bytes, info: bytes, xmp: bytes, profile: tuple[bytes, bytes]
) -> None:
    """Add what a file says of itself, under the numbers that every file has it.

    ``profile`` has the entries and the data, not compressed, of the colour profile's stream.
    """
    (data,) = deflated([profile[1]])
    book.add_streams(numbers.PROFILE, [(DEFLATED + profile[0], data)])
    book.add_streams(numbers.METADATA, [(b"/Subtype /XML /Type /Metadata ", xmp)])
    book.add_objects(numbers.CATALOG, [catalog])
    book.add_objects(numbers.INFO, [info])
