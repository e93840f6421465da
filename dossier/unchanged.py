"""Knows a build in which nothing has changed, without loading what a build needs.

A build leaves a note in its cache: the checksums of all that went in and of what came out. Where both
are still the same, there is nothing to do.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from dossier import templates
from dossier.store import Store

PACKAGES = (
    "babel", "bibtexparser", "citeproc-py", "edtf", "fontpkg-amiri", "fontpkg-frank-ruhl-libre",
    "fontpkg-noto-sans-devanagari", "fontpkg-noto-sans-khmer", "fontpkg-noto-sans-tamil",
    "fontpkg-noto-sans-telugu", "fontpkg-noto-sans-thai", "fontpkg-noto-serif", "fontpkg-spectral",
    "fonttools", "jinja2", "langcodes", "markdown-it-py", "noto-cjk-sans-jp-regular", "pikepdf",
    "pydantic", "pyicu-wheels", "pyphen", "pyyaml", "rapidfuzz", "weasyprint",
)  # fmt: skip
"""The packages whose versions decide what a build gives."""


@dataclass(frozen=True)
class Note:
    """What a build took and gave."""

    inputs: str
    outputs: dict[str, str]
    """Each file's checksum under its path."""
    pages: int
    letters: int
    diagnostics: list[dict[str, str | int]]


def setup() -> str:
    """Return a checksum of the program itself: its code, templates, packages and Python."""
    own = Path(__file__).parent
    files = [*own.glob("*.py"), *(path for path in templates.folder().iterdir() if path.is_file())]
    parts = [sys.version, *_versions(), *_checksums(files, own)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def inputs(corpus: Path, options: Iterable[str]) -> str:
    """Return a checksum of all that a build of ``corpus`` with ``options`` depends on."""
    files = [path for path in corpus.rglob("*") if path.is_file()]
    parts = [setup(), *options, *_checksums(files, corpus)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def outputs(pdf: Path) -> dict[str, str]:
    """Return the checksums of the three files of a build; empty where one is missing."""
    files = [pdf, pdf.with_suffix(".html"), pdf.with_suffix(".json")]
    try:
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    except OSError:
        return {}


def recall(store: Store, pdf: Path, inputs: str) -> Note | None:
    """Return the note of an earlier build that took and gave the same; None where there is none."""
    kept = store.get(_key(pdf))
    if kept is None:
        return None
    note = Note(**json.loads(kept))
    return note if note.inputs == inputs and note.outputs == outputs(pdf) else None


def remember(store: Store, pdf: Path, note: Note) -> None:
    """Leave a note of a build."""
    store.put(_key(pdf), json.dumps(asdict(note)).encode())


def _key(pdf: Path) -> str:
    return hashlib.sha256(f"note {pdf.resolve()}".encode()).hexdigest()


def _checksums(files: Iterable[Path], root: Path) -> Iterator[str]:
    for path in sorted(files):
        try:
            checksum = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            checksum = f"unreadable: {error}"
        yield f"{path.relative_to(root) if path.is_relative_to(root) else path.name} {checksum}"


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {importlib.metadata.version(name)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{name} none"
