"""Puts finished files in their place: each whole, and none before all have been written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dossier.diagnostics import CannotWriteError


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write every file beside its final place, then move them all there.

    Raises CannotWriteError where a folder or file cannot be written; no half-written file is left.
    """
    waiting: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for target, content in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise IsADirectoryError(None, "it is a folder")
            handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
            waiting.append((Path(name), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
        for made, target in waiting:
            made.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotWriteError(
            f"“{target}” cannot be written: {reason}. "
            "Make room or name another place with --output; what was there before is unchanged."
        ) from None
    finally:
        for made, _ in waiting:
            made.unlink(missing_ok=True)
