"""Compresses streams."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pikepdf import Array, Name, ObjectStreamMode, Pdf

CONTENTS = Name("/Contents")


def deflated(contents: Sequence[bytes]) -> list[bytes]:
    """Return each content as a stream with the filter FlateDecode holds it (ISO 32000-1, 7.4.4).

    qpdf compresses, since it brings its own deflate. Python's is the system's, and not all systems give
    the same bytes.
    """
    if not contents:
        return []
    with Pdf.new() as pdf:
        pdf.Root[CONTENTS] = Array([pdf.make_stream(content) for content in contents])
        output = io.BytesIO()
        pdf.save(
            output,
            static_id=True,
            compress_streams=True,
            object_stream_mode=ObjectStreamMode.disable,
        )
    with Pdf.open(output) as pdf:
        return [stream.read_raw_bytes() for stream in pdf.Root[CONTENTS]]
