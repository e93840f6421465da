"""Standard output and standard error, which may be closed, on a full disk, or a pipe that nobody reads.

None of that stops a build: output that cannot be written is dropped, and the exit status reports it.
"""

from __future__ import annotations

import io
import os
import select
import sys
import threading
from typing import Any


class _Watched(io.RawIOBase):
    """A stream whose writes never fail; it records the first error of the stream behind it."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self.stream = stream
        self.trouble: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.stream.fileno()

    def isatty(self) -> bool:
        return self.stream.isatty()

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        if self.trouble is None:
            try:
                while (written := self.stream.write(view)) is None:
                    select.select([], [self], [])  # another process made it non-blocking
                return written
            except OSError as error:
                self.trouble = error
        return view.nbytes


_watched: dict[str, _Watched] = {}


def watch() -> None:
    """Replace standard output and error with streams that never fail; called first of all.

    A closed descriptor is opened on the null device. Otherwise the next file opened would get its number,
    and libraries would print into that file.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            made: io.TextIOBase = io.StringIO()
        elif isinstance(stream, io.TextIOWrapper):
            # Under PYTHONUNBUFFERED the stream has no buffered writer.
            raw: Any = getattr(stream.buffer, "raw", stream.buffer)
            _watched[name] = _Watched(raw)
            made = io.TextIOWrapper(
                io.BufferedWriter(_watched[name]),
                stream.encoding,
                "backslashreplace",
                line_buffering=stream.line_buffering or stream.write_through,
            )
        else:
            continue
        setattr(sys, name, made)


def hush() -> None:
    """Reserve standard error for this program's own messages, before it starts child processes.

    Child processes, threads and libraries that run out of memory print tracebacks that help nobody; the
    program says in one message what is wrong. The variable DOSSIER_TRACEBACK shows everything.
    """
    if "stderr" not in _watched or os.name == "nt" or os.environ.get("DOSSIER_TRACEBACK"):
        return
    sys.stderr.flush()
    _watched["stderr"].stream = io.FileIO(os.dup(2), "w")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 2)
    os.close(null)
    threading.excepthook = lambda _: None
    sys.unraisablehook = lambda _: None


def finish(status: int) -> int:
    """Flush both streams; return the exit status, which is ``status`` if everything was written.

    A reader that closed its pipe has what it wanted. Any other loss turns success into failure.
    """
    lost = []
    for name, words in (("stdout", "standard output"), ("stderr", "standard error")):
        getattr(sys, name).flush()
        trouble = _watched[name].trouble if name in _watched else None
        if trouble is not None and not isinstance(trouble, BrokenPipeError):
            lost.append(f"{words} cannot be written: {trouble.strerror}")
    for what in lost:
        sys.stderr.write(f"dossier: {what}. Some messages are lost.\n")
    sys.stderr.flush()
    return 3 if lost and status == 0 else status
