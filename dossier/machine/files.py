"""What may be opened of a corpus, and checksums of files of any size; loads nothing that takes time."""

from __future__ import annotations

import hashlib
from pathlib import Path

MAX_BYTES = 5_000_000
"""The largest file of a corpus that is read; what a letter names as its source may have any size."""
DOSSIER = "dossier.yaml"
FILES = (DOSSIER, "names.yaml")
REPORT_FILES = ("reports.yaml", "reports.json", "reports.bib")
LETTERS, SOURCES = "letters", "sources"
SUFFIX_OF_LETTERS = ".md"


def checksum(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file and how many bytes it has, reading a part at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def is_read_by_name(path: Path) -> bool:
    """Tell whether something of the corpus's folder, or of its letters, is read for its name."""
    return path.suffix == SUFFIX_OF_LETTERS or path.name in (*FILES, *REPORT_FILES)


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
