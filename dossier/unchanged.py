"""Knows a build in which nothing has changed, without loading what a build needs.

A build leaves a note in its cache: the checksums of all that went in and of what came out. Where both
are still the same, there is nothing to do.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from dossier import templates
from dossier.store import Store

FORMAT = "note 2"
"""Changes when the fields of a note do."""
DEEPEST = 12
"""How many folders inside one another are looked into: a link may lead back up."""


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
    """Return a checksum of the program itself: code, templates, packages, text libraries, Python."""
    packages = sorted(
        f"{item.metadata['Name']} {item.version}" for item in importlib.metadata.distributions()
    )
    own = sorted(Path(__file__).parent.glob("*.py"))
    code = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own]
    folder = templates.folder()
    parts = [sys.version, *packages, *_libraries(), *code, *_tree(folder, folder)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def inputs(corpus: Path, shown: str, setup: str) -> str:
    """Return a checksum of all that a build of ``corpus`` depends on.

    ``shown`` is how findings name the corpus, ``setup`` the program's own checksum.
    """
    parts = [setup, shown, *_tree(corpus, corpus)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def checksums(files: Mapping[Path, bytes]) -> dict[str, str]:
    """Return the checksum of each file's content under its path."""
    return {str(path): hashlib.sha256(content).hexdigest() for path, content in files.items()}


def outputs(pdf: Path) -> dict[str, str]:
    """Return the checksums of the three files of a build as they are; empty where one is missing."""
    files = [pdf, pdf.with_suffix(".html"), pdf.with_suffix(".json")]
    try:
        return checksums({path: path.read_bytes() for path in files})
    except OSError:
        return {}


def recall(store: Store, pdf: Path, inputs: str) -> Note | None:
    """Return the note of an earlier build that took and gave the same; None where there is none."""
    kept = store.get(_key(pdf))
    if kept is None:
        return None
    note = Note(**json.loads(kept))
    there = outputs(pdf)
    return note if there and note.inputs == inputs and note.outputs == there else None


def remember(store: Store, pdf: Path, note: Note) -> None:
    """Leave a note of a build."""
    store.put(_key(pdf), json.dumps(asdict(note)).encode())


def _key(pdf: Path) -> str:
    return hashlib.sha256(f"{FORMAT} {pdf.resolve()}".encode()).hexdigest()


def _tree(path: Path, root: Path) -> Iterator[str]:
    """Yield each thing below ``path`` with its kind and content; links are followed, as in reading."""
    name = path.relative_to(root).as_posix()
    if path.is_symlink():
        yield f"{name} -> {path.readlink()}"
    if path.is_dir():
        yield f"{name}/"
        if len(path.relative_to(root).parts) < DEEPEST:
            for child in sorted(path.iterdir()):
                yield from _tree(child, root)
    elif path.is_file():
        yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    else:
        yield f"{name} ?"


def _libraries() -> Iterator[str]:
    """Yield the versions of the system's text libraries, which decide where lines break."""
    for name, function in (
        ("pango-1.0", "pango_version_string"),
        ("harfbuzz", "hb_version_string"),
    ):
        for file in (f"lib{name}.so.0", f"lib{name}.dylib", f"/opt/homebrew/lib/lib{name}.dylib"):
            try:
                version = getattr(ctypes.CDLL(file), function)
            except (OSError, AttributeError):
                continue
            version.restype = ctypes.c_char_p
            yield f"{name} {version().decode()}"
            break
