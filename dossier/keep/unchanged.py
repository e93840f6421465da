"""Detects that nothing has changed since the last build, without importing the stages.

A build leaves a note in the cache: the checksums of its inputs and of its outputs. If both are still the
same, there is nothing to do. The outputs were proved when they were built; ``verify`` proves them again.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import files, templates, tesseract
from dossier.records.diagnostics import Diagnostic

FORMAT = "note 6"
"""Changes when the fields of a note do."""
READING = b"enclose_ocr"
"""The key with which pages are read by Tesseract, another version of which may read otherwise."""


@dataclass(frozen=True)
class Note:
    """The inputs and outputs of a build, for one packet."""

    packet: str
    packets: tuple[str, ...]
    """The names of all packets of the corpus."""
    inputs: str
    """The checksum that :func:`inputs` returns."""
    sources: dict[str, str]
    """The checksums of the files that letters name as their sources, by path in the corpus."""
    outputs: dict[str, str]
    """The checksums of the packet's files, by path."""
    pages: int
    letters: int
    diagnostics: tuple[Diagnostic, ...]
    by_hand: tuple[str, ...] = ()
    """What the receiver asks for and no file is read for."""


def program_checksum() -> str:
    """Return a checksum of the program itself: code, templates, packages, text libraries, Python."""
    code = _tree(Path(__file__).parent.parent, "*.py")
    parts = [
        sys.version,
        *sorted(set(_packages())),
        *_libraries(),
        *code,
        *_tree(templates.folder(), "*"),
    ]
    return _of(parts)


def inputs(corpus: Path, shown: str, program_checksum: str) -> str:
    """Return a checksum of all that a build of ``corpus`` depends on except the files named as sources.

    ``shown`` is the name of the corpus in findings.
    """
    real = corpus.resolve()
    parts = [program_checksum, shown]
    for folder in (corpus, corpus / files.LETTERS):
        parts += _folder(folder, real)
    for path in [*files.templates_of(corpus), *files.styles_of(corpus)]:
        parts.append(path.relative_to(corpus).as_posix())
        if files.lies_in(path, real) and path.is_file():
            parts.append(files.checksum(path)[0])
    if _is_read_by_machine(corpus):
        parts.append(tesseract.installed())
    return _of(parts)


def _is_read_by_machine(corpus: Path) -> bool:
    """Tell whether a corpus may ask for it: whether the key is anywhere in its settings."""
    found = (corpus / files.DOSSIER, *files.templates_of(corpus))
    real = corpus.resolve()
    there = (path for path in found if files.lies_in(path, real) and path.is_file())
    return any(
        READING in path.read_bytes() for path in there if path.stat().st_size <= files.MAX_BYTES
    )


def checksums(files: Mapping[Path, bytes]) -> dict[str, str]:
    """Return the checksums of files that are not yet written, by path."""
    return {str(path): hashlib.sha256(content).hexdigest() for path, content in files.items()}


def _on_disk(outputs: Iterable[str]) -> dict[str, str]:
    """Return the checksums of written files, by path; empty where a file is missing."""
    try:
        return {path: files.checksum(Path(path))[0] for path in outputs}
    except OSError:
        return {}


def _sources(corpus: Path, paths: Mapping[str, str]) -> dict[str, str]:
    """Return the checksums of the files named as sources that exist inside the corpus."""
    real = corpus.resolve()
    there = [
        path for path in paths if files.lies_in(corpus / path, real) and (corpus / path).is_file()
    ]
    return {path: files.checksum(corpus / path)[0] for path in there}


def recall(store: Store, pdf: Path, packet: str, inputs: str, corpus: Path) -> Note | None:
    """Return the note of the last build if inputs and outputs are still the same; None otherwise.

    ``pdf`` is the file of the ``packet``. Raises OSError if a file of ``corpus`` cannot be read.
    """
    shelf, key = _place(store, pdf)
    saved = shelf.get(key)
    if saved is None:
        return None
    try:
        note = msgspec.convert(json.loads(saved), Note)
    except (ValueError, RecursionError):  # another shape
        return None
    expected = {str(pdf.parent / Path(path).name) for path in note.outputs}
    same = (
        (note.packet, note.inputs) == (packet, inputs)
        and note.outputs.keys() == expected
        and note.outputs == _on_disk(note.outputs)
    )
    return note if same and note.sources == _sources(corpus, note.sources) else None


def remember(store: Store, pdf: Path, note: Note) -> None:
    """Save the note of a build."""
    shelf, key = _place(store, pdf)
    shelf.put(key, json.dumps(asdict(note)))


def _place(store: Store, pdf: Path) -> tuple[Shelf[str], str]:
    # As JSON: MessagePack has no texts that are not UTF-8, as file names may be.
    shelf = Shelf(store, FORMAT, "", str)
    return shelf, shelf.key(str(pdf.resolve()))


def _of(parts: Iterable[str]) -> str:
    # File names need not be UTF-8.
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _tree(folder: Path, pattern: str) -> Iterator[str]:
    """Yield the relative path and checksum of each file in a folder tree of the program."""
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            yield f"{path.relative_to(folder).as_posix()} {files.checksum(path)[0]}"


def _folder(folder: Path, real_root: Path) -> Iterator[str]:
    """Yield the names in a folder of the corpus, and the checksums of the files that would be read.

    A link that leads out of the corpus is not followed; only its target's path counts.
    """
    if folder.is_symlink():
        yield f"-> {folder.readlink()}"
    if not folder.is_dir() or not files.lies_in(folder, real_root):
        yield "no folder"
        return
    yield f"{folder.name}/"
    with os.scandir(folder) as entries:
        there = sorted(entries, key=lambda entry: entry.name)
    for entry in there:
        yield entry.name
        inside, path = True, Path(entry.path)
        # Of a link the path tells, which knows what to say of links in a circle.
        about: os.DirEntry[str] | Path = path if entry.is_symlink() else entry
        if about is path:
            yield f"-> {path.readlink()}"
            inside = files.lies_in(path, real_root)
        if about.is_dir():
            yield "/"
        elif inside and files.is_read_by_name(path) and about.is_file():
            size = about.stat().st_size
            yield str(size) if size > files.MAX_BYTES else files.checksum(path)[0]


def _packages() -> Iterator[str]:
    """Yield the names and versions of the installed packages, as the names of their folders give them.

    Reading each one's metadata, as importlib.metadata does, takes a hundred times as long.
    """
    for folder in dict.fromkeys(map(Path, sys.path)):
        if folder.is_dir():
            for path in folder.iterdir():
                if path.name.endswith((".dist-info", ".egg-info")):
                    yield path.name


def _libraries() -> Iterator[str]:
    """Yield the versions of the system's text libraries, on which line breaks depend."""
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
