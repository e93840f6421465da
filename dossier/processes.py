"""Other processes: how they begin, end and die, and the folder for their temporary files."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from dossier.diagnostics import MachineLacksError

T = TypeVar("T")
PREFIX = "dossier-"


SPAWN = multiprocessing.get_context("spawn")


CALLS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
"""Ctrl-C, a polite end of the process, a closed terminal window."""


class _Pool(ProcessPoolExecutor):
    """Starts its processes deaf to all calls, from their first moment: it is for this process to answer.

    Nor is this process interrupted while it starts one, which would say so with a traceback.
    """

    def submit(self, task: Callable[..., T], /, *args: Any, **more: Any) -> Future[T]:
        """Give a task to a process, starting one where that is needed."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, CALLS)
        try:
            return super().submit(task, *args, **more)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pool(workers: int, initializer: Callable[..., None], *arguments: object) -> ProcessPoolExecutor:
    """Return an executor whose processes start when they are first needed, each with ``initializer``."""
    return _Pool(workers, mp_context=SPAWN, initializer=initializer, initargs=arguments)


def begin() -> None:
    """Make the process of a pool end with the one that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


def close(executor: ProcessPoolExecutor) -> None:
    """End the processes of a pool at once: what they have given back is all that is wanted of them."""
    for process in list((executor._processes or {}).values()):
        process.kill()
    executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def deaths() -> Iterator[None]:
    """Say in words that a process has died."""
    try:
        yield
    except (BrokenProcessPool, ConnectionError):
        raise MachineLacksError(
            "A process that was setting, binding or reading pages has died; the machine may be short of "
            "memory. Try again with --jobs 1. What was built before is unchanged."
        ) from None


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a closed terminal window and a polite end of the process be what Ctrl-C is: all is tidied up."""
    in_charge = threading.current_thread() is threading.main_thread()
    numbers = sorted(CALLS - {signal.SIGINT}) if in_charge else []
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler == signal.SIG_DFL:  # what nohup has set stays
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def scratch() -> Iterator[None]:
    """Let all temporary files, those of other processes too, be in one folder that goes in the end.

    What a killed build has left is swept up by the next.
    """
    before = os.environ.get("TMPDIR")
    for left in left_behind(Path(tempfile.gettempdir()), PREFIX):
        shutil.rmtree(left, ignore_errors=True)  # another user's stays
    with tempfile.TemporaryDirectory(
        prefix=f"{PREFIX}{os.getpid()}-", ignore_cleanup_errors=True
    ) as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = None
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


def left_behind(folder: Path, prefix: str) -> Iterator[Path]:
    """Yield what killed processes have left: ``prefix``, the number of one that lives no more, a hyphen."""
    for path in folder.glob(f"{prefix}[0-9]*-*"):
        if not _alive(int(path.name.removeprefix(prefix).split("-")[0])):
            yield path


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        pass
    return True
