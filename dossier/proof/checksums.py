"""Compares ``NAME.sha256`` with the files of a packet; the format is that of ``sha256sum``."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dossier.proof.tags import Finding

LINE = re.compile(rb"(\\?)([0-9a-f]{64})  ([^\n]+)\n")
"""Matches a line: the mark of an escaped name, the checksum, the name."""
ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
MEANS = {b"\\": b"\\", b"n": b"\n", b"r": b"\r"}


def findings(content: bytes, files: Mapping[Path, bytes | None]) -> Iterator[Finding]:
    """Yield the findings in a list of checksums, each with its line.

    ``files`` are those that it should list, in sequence, None for one that is not there.
    """
    lines = content.splitlines(keepends=True)
    for number, (line, path) in enumerate(itertools.zip_longest(lines, files), 1):
        if line is None:
            yield number, f"The list of checksums ends before “{path.name}”"
            return
        read = _read(line)
        if read is None:
            yield number, "The line is not written as sha256sum does"
            return
        checksum, name = read
        if path is None or os.fsencode(path.name) != name:
            should = f"“{path.name}”" if path else "nothing more"
            yield (
                number,
                f"The list of checksums should have {should} here, and has “{os.fsdecode(name)}”",
            )
            return
        there = files[path]
        if there is not None and hashlib.sha256(there).hexdigest() != checksum:
            yield number, f"The checksum is not that of “{path.name}”"


def _read(line: bytes) -> tuple[str, bytes] | None:
    """Return the checksum and the name in a line; None if it is not written as it should be."""
    match = LINE.fullmatch(line)
    if match is None:
        return None
    mark, checksum, name = match.groups()
    if not mark:
        return None if b"\\" in name or b"\r" in name else (checksum.decode(), name)
    escapes = [found[1] for found in ESCAPE.finditer(name)]
    if not escapes or any(one not in MEANS for one in escapes):
        return None
    return checksum.decode(), ESCAPE.sub(lambda found: MEANS[found[1]], name)
