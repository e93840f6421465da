"""Tells what the machine lacks from a bug of the program."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dossier.records.diagnostics import NO_ROOM, MachineLacksError

UNCHANGED = "What was built before is unchanged."
MEMORY = "there is not enough memory. Close other programs; a build needs less with --jobs 1."
FILES = (
    "it may not open enough files at once. Allow more, for example with “ulimit -n 1024”; "
    "a build needs fewer with --jobs 1."
)
PROCESSES = (
    "it may not start another process. Close other programs; a build needs none with --jobs 1."
)
BY_NUMBER = {
    errno.ENOMEM: MEMORY,
    errno.EMFILE: FILES,
    errno.ENFILE: FILES,
    errno.EAGAIN: PROCESSES,
}
BY_WORDS = {
    os.strerror(errno.ENOMEM): MEMORY,
    "failed to map segment": MEMORY,
    "cannot allocate": MEMORY,
    "without exception set": MEMORY,
    "without setting an exception": MEMORY,
    os.strerror(errno.EMFILE): FILES,
    os.strerror(errno.ENFILE): FILES,
    "can't start new thread": PROCESSES,
}
"""Error texts that come without an errno: from the dynamic loader, from threads, and from C extensions that
fail without setting an exception when they get no memory."""


def shortage(error: BaseException | None) -> str:
    """Return the shortage behind ``error``, in words; an empty text where there is none."""
    for cause in _causes(error):
        if isinstance(cause, MemoryError):
            return MEMORY
        if isinstance(cause, OSError) and cause.errno in BY_NUMBER:
            return BY_NUMBER[cause.errno]
        if isinstance(cause, OSError | ImportError | RuntimeError | SystemError):
            for words, lack in BY_WORDS.items():
                if words in str(cause):
                    return lack
    return ""


def lacking(error: Exception) -> MachineLacksError | None:
    """Return ``error`` as what the machine lacks; None where it is a bug."""
    lack = shortage(error)
    if lack:
        return MachineLacksError(f"{lack} {UNCHANGED}")
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return MachineLacksError(
            f"there is no room for temporary files ({error.strerror}). Make room in "
            f"{tempfile.gettempdir()}, or name another folder in the variable TMPDIR. {UNCHANGED}"
        )
    if isinstance(error, OSError) and error.strerror:
        what = f"“{error.filename}” cannot be used" if error.filename else "The system refuses"
        return MachineLacksError(f"{what}: {error.strerror}. {UNCHANGED}")
    package = (error.name or "").partition(".")[0] if isinstance(error, ImportError) else ""
    if package and package != "dossier":
        return MachineLacksError(
            f"The Python package “{package}” is missing or damaged. {_to_be_repaired()}"
        )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _to_be_repaired() -> str:
    """Remove the stamp that says the environment is complete, where there is one; return the remedy."""
    try:
        (Path(sys.prefix) / "prepared").unlink()
    except FileNotFoundError:
        return "Install this program and its packages again."
    except OSError:
        return f"Remove the folder {sys.prefix}, then run python3 generate.py, which makes it anew."
    return "Run python3 generate.py again: it repairs that."
