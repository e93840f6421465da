"""Compares the files that are embedded in a PDF with the sources in the corpus.

References are to ISO 32000-1 (PDF 1.7) unless another is named.
"""

from __future__ import annotations

import hashlib
import itertools
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth


def findings(objects: Objects, truth: Truth) -> Iterator[Finding]:
    """Yield the differences; the shapes of the objects are allowed."""
    wanted = truth.attachments
    stamp = f"D:{truth.day.isoformat().replace('-', '')}000000Z"
    there = objects.root.get("/AF", [])
    yield from _named(objects)
    for file, number in itertools.zip_longest(wanted, there):
        if file is None or number is None:
            yield 0, f"The document has {len(there)} attachments, and should have {len(wanted)}"
            return
        about = objects[number]
        stream = about["/EF"]["/F"]
        entries = objects[stream]
        sound, data = _data(objects, stream)
        if not sound:
            yield 0, f"The attachment “{file.name}” cannot be unpacked"
            continue
        for what, found, value in (
            ("name", about["/F"], file.name),
            ("relationship", about["/AFRelationship"], "/Source"),
            ("description", about["/Desc"], file.description),
            ("media type", _type(entries["/Subtype"]), file.media_type),
            ("date", entries["/Params"]["/ModDate"], stamp),
            ("size", entries["/Params"]["/Size"], file.size),
        ):
            if found != value:
                yield (
                    0,
                    f"The {what} of the attachment “{file.name}” is “{found}”, and should be “{value}”",
                )
        if hashlib.sha256(data).hexdigest() != file.sha256 or len(data) != file.size:
            yield 0, f"The attachment “{file.name}” is not the file “{file.path}” of the corpus"


def _data(objects: Objects, stream: int) -> tuple[bool, bytes]:
    """Return the file in a stream, which is one packed string and nothing behind it."""
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(objects.raw(stream))
    except zlib.error:
        return False, b""
    return unpacker.eof and not unpacker.unused_data, data


def _type(name: str) -> str:
    return name[1:].replace("#2f", "/")


def _named(objects: Objects) -> Iterator[Finding]:
    """Compare the name tree (7.9.6) with the list of associated files (ISO 19005-3, 6.8)."""
    names: Mapping[str, Any] = objects.root["/Names"].get("/EmbeddedFiles", {})
    pairs = names.get("/Names", [])
    keys, numbers = pairs[::2], pairs[1::2]
    there = objects.root.get("/AF", [])
    if sorted(numbers) != sorted(there) or len(set(there)) != len(there):
        yield 0, "The attachments by name are not the files that belong to the document"
        return
    if any(key != objects[number]["/F"] for key, number in zip(keys, numbers, strict=True)):
        yield 0, "An attachment is filed under another name than its own"
    in_bytes = [
        key.encode() if key.isascii() else b"\xfe\xff" + key.encode("utf-16-be") for key in keys
    ]
    if any(one >= after for one, after in itertools.pairwise(in_bytes)):
        yield 0, "The attachments cannot be looked up by their names"
