"""Puts finished files in their place: each whole, and none before all have been written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from dossier.diagnostics import NO_ROOM, CannotWriteError
from dossier.processes import left_behind


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write every file beside its final place, then move them all there.

    Raises CannotWriteError where a folder or file cannot be written; no half-written file is left, and what
    a killed build has left is swept up.
    """
    waiting: dict[Path, Path] = {}
    try:
        for target, content in files.items():
            with _said(target):
                waiting[target] = _beside(target, content)
        for target, made in waiting.items():
            with _said(target):
                made.replace(target)
    finally:
        for made in waiting.values():
            made.unlink(missing_ok=True)


def _beside(target: Path, content: bytes) -> Path:
    """Write a file beside its final place; return where."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    prefix = f".{target.name}."
    for left in left_behind(target.parent, prefix):
        with suppress(OSError):  # another user's
            left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{prefix}{os.getpid()}-", dir=target.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
    except OSError:
        made.unlink(missing_ok=True)
        raise
    return made


@contextmanager
def _said(target: Path) -> Iterator[None]:
    """Say in words that a file cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, (FileExistsError, NotADirectoryError)):
            reason = "a part of its path is a file and no folder"
        remedy = "Make room or name" if error.errno in NO_ROOM else "Name"
        raise CannotWriteError(
            f"“{target}” cannot be written: {reason}. "
            f"{remedy} another place with --output; what was there before is unchanged."
        ) from None
