"""What may be opened of a corpus, and checksums of files of any size; loads nothing that takes time."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 5_000_000
"""The largest file of a corpus that is read; what a letter names as its source may have any size."""
DOSSIER = "dossier.yaml"
FILES = (DOSSIER, "names.yaml")
REPORT_FILES = ("reports.yaml", "reports.json", "reports.bib")
LETTERS, SOURCES, TEMPLATES = "letters", "sources", "templates"
SUFFIX_OF_LETTERS = ".md"


def checksum(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file and how many bytes it has, reading a part at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


@contextmanager
def opened_as_it_is(path: Path) -> Iterator[tuple[BinaryIO, os.stat_result]]:
    """Open a plain file that stands at ``path`` itself, and tell what it is.

    Raises OSError for a link, which may lead anywhere, and for a pipe or device, which may never end.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no plain file")
    with os.fdopen(handle, "rb") as file:
        yield file, about


def is_read_by_name(path: Path) -> bool:
    """Tell whether something of the corpus's folder, or of its letters, is read for its name."""
    return path.suffix == SUFFIX_OF_LETTERS or path.name in (*FILES, *REPORT_FILES)


def templates_of(root: Path) -> list[Path]:
    """Return the files of a corpus's own templates, sorted by their names; hidden ones are none.

    What lies in a folder that is a link is not among them.
    """
    found: list[Path] = []
    for folder, inside, names in os.walk(root / TEMPLATES, followlinks=False):
        inside[:] = sorted(name for name in inside if not name.startswith("."))
        found += [Path(folder) / name for name in names if not name.startswith(".")]
    return sorted(found)


def lies_in(path: Path, real_root: Path) -> bool:
    """Tell whether what is at ``path``, when all links are followed, lies in a folder that is none."""
    try:
        return path.resolve(strict=True).is_relative_to(real_root)
    except (
        OSError,
        RuntimeError,
        ValueError,
    ):  # nothing is there, links in a circle, a name no system has
        return False
