"""Makes ``NAME.sha256``: the checksums of all files of a packet, as ``sha256sum -c`` reads them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path


def checksums(files: Mapping[Path, bytes]) -> bytes:
    """Return a line for each file, with its name alone: the files are handed out in one folder."""
    return b"".join(_line(path.name, content) for path, content in files.items())


def _line(name: str, content: bytes) -> bytes:
    written = os.fsencode(name)
    escaped = written.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    # A backslash in front says that the name is escaped.
    mark = b"\\" if escaped != written else b""
    return mark + hashlib.sha256(content).hexdigest().encode() + b"  " + escaped + b"\n"
