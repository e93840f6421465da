"""Which files of a corpus may be opened, and their checksums; imports nothing that is slow to load."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

CHUNK = 65_536
"""Bytes of a file that are read at once; most letters have fewer."""
MAX_BYTES = 5_000_000
"""The size limit of a corpus file; the file that a letter names as its source may have any size."""
DOSSIER = "dossier.yaml"
FILES = (DOSSIER, "names.yaml")
REPORT_FILES = ("reports.yaml", "reports.json", "reports.bib")
LETTERS, SOURCES, TEMPLATES = "letters", "sources", "templates"
STYLES = "styles"
"""The folder of a corpus's own citation styles."""
SUFFIX_OF_LETTERS = ".md"


def checksum(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file and its size in bytes, reading it in chunks."""
    with path.open("rb", buffering=0) as file:
        first = file.read(CHUNK)
        if len(first) < CHUNK and not file.read(1):
            return hashlib.sha256(first).hexdigest(), len(first)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


State = tuple[int, int, int, int]
"""What changes when a file does: its inode, its size, and when it and its inode were changed."""


def state(path: Path) -> State:
    """Return the state of a file; raise OSError where there is none."""
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


@contextmanager
def opened_as_it_is(path: Path) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """Open the regular file at ``path``; yield it with its status.

    Raises OSError for a symbolic link, which may lead anywhere, and for a pipe or device, whose data may
    never end.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file")
    with os.fdopen(handle, "rb") as file:
        yield file, about


def is_read_by_name(path: Path) -> bool:
    """Tell by its name whether a file in the corpus's folder, or in that of the letters, is read."""
    return path.suffix == SUFFIX_OF_LETTERS or path.name in (*FILES, *REPORT_FILES)


def templates_of(root: Path) -> list[Path]:
    """Return the files of a corpus's own templates, sorted by path; hidden files are left out.

    Folders that are symbolic links are not entered.
    """
    found: list[Path] = []
    for folder, inside, names in os.walk(root / TEMPLATES, followlinks=False):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        found += [Path(folder) / name for name in names if not name.startswith(".")]
    return sorted(found)


def styles_of(root: Path) -> list[Path]:
    """Return the citation styles of a corpus, sorted by path."""
    return sorted((root / STYLES).glob("*.csl"))


def lies_in(path: Path, real_root: Path) -> bool:
    """Tell whether ``path`` lies in the folder ``real_root`` once all symbolic links are resolved."""
    try:
        return path.resolve(strict=True).is_relative_to(real_root)
    except (OSError, RuntimeError, ValueError):  # no such file, a loop of links, an impossible name
        return False
