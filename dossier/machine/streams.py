"""Standard output and standard error, which may be closed, full, or read by nobody any more.

None of that stops a build: what cannot be said is left unsaid, and the exit status tells it in the end.
"""

from __future__ import annotations

import io
import os
import select
import sys
import threading
from typing import Any


class _Watched(io.RawIOBase):
    """A stream that takes everything; the first error of the one behind it is remembered."""

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
                    select.select(
                        [], [self], []
                    )  # another process has made it one that does not wait
                return written
            except OSError as error:
                self.trouble = error
        return view.nbytes


_watched: dict[str, _Watched] = {}


def watch() -> None:
    """Put streams that never fail in the place of the process's own, as its first act.

    A closed one gets an end that takes everything: otherwise the next file that is opened would get its
    number, and with it all that libraries say there.
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
            # Under PYTHONUNBUFFERED there is nothing between it and the file.
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
    """Keep standard error for this program's own words, before it starts others.

    What dies for want of memory says so at length and to nobody's use: other processes, threads, libraries.
    Our own words tell of it. With the variable DOSSIER_TRACEBACK, all is to be seen.
    """
    if "stderr" not in _watched or os.name == "nt" or os.environ.get("DOSSIER_TRACEBACK"):
        return
    sys.stderr.flush()
    _watched["stderr"].stream = io.FileIO(os.dup(2), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    threading.excepthook = lambda _: None
    sys.unraisablehook = lambda _: None


def finish(status: int) -> int:
    """Write what is left and return the exit status, which is ``status`` if all could be written.

    A reader who has gone had what he wanted. Where something else was lost, a success is none.
    """
    lost = []
    for name, words in (("stdout", "standard output"), ("stderr", "standard error")):
        getattr(sys, name).flush()
        trouble = _watched[name].trouble if name in _watched else None
        if trouble is not None and not isinstance(trouble, BrokenPipeError):
            lost.append(f"{words} cannot be written: {trouble.strerror}")
    for what in lost:
        sys.stderr.write(f"dossier: {what}. Not all is said that should be.\n")
    sys.stderr.flush()
    return 3 if lost and status == 0 else status
