"""Other processes: how they begin, end and die, and the folder for their temporary files."""

from __future__ import annotations

import atexit
import glob
import multiprocessing
import multiprocessing.connection
import os
import pickle
import queue
import shutil
import signal
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from dossier.records.diagnostics import MachineLacksError

T = TypeVar("T")
PREFIX = "dossier-"


SPAWN = multiprocessing.get_context("spawn")


CALLS = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
"""Ctrl-C, a polite end of the process, a closed terminal window."""


@contextmanager
def _deaf() -> Iterator[set[int]]:
    """Block the signals of :data:`CALLS` in this thread; yield what it blocked before.

    Child processes and threads that it starts inherit the mask: only the main process answers signals. A
    child process that is just starting would answer with a traceback.
    """
    # The tracker of multiprocessing lets calls through when it starts: it has to be there before.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, CALLS)
    try:
        yield {int(number) for number in before}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _blocking(numbers: set[int]) -> Iterator[None]:
    """Block only these signals, inside :func:`_deaf`."""
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, numbers)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, CALLS)


class WorkerDiedError(BrokenExecutor):
    """A worker has died, before its task, in it, or in the middle of a message."""


class Worker:
    """Another process and the line to it.

    Neither side keeps the other's end of the line. So each sees at once when the other is gone, in the
    middle of a message too. Messages are pickled; both sides are this program.
    """

    def __init__(self, main: Callable[[Connection], None]) -> None:
        """Start a process that runs ``main`` with its end of the line."""
        self._ending = threading.Lock()
        with _deaf():
            self._line, far_end = SPAWN.Pipe()
            self._process = SPAWN.Process(target=main, args=(far_end,))
            try:
                self._process.start()
                _living.add(self)
            except BaseException:
                self._line.close()
                raise
            finally:
                far_end.close()

    def send(self, message: object) -> None:
        """Send a message; return when it is taken. Raises WorkerDiedError where nobody takes it."""
        self.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def send_bytes(self, raw: bytes) -> None:
        """Send a message that is pickled already."""
        try:
            self._line.send_bytes(raw)
        except OSError:
            raise WorkerDiedError from None

    def receive_bytes(self) -> bytes:
        """Wait for a message and return it as it is; raise WorkerDiedError where none will come."""
        try:
            return self._line.recv_bytes()
        except (EOFError, OSError):
            raise WorkerDiedError from None

    def give(self, task: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Give a task to a process that is in :func:`serve`, or will be."""
        self.send((task, args, more))

    def answer(self) -> Any:
        """Return what the oldest task given returns; raise what it raises, or WorkerDiedError."""
        return _opened(self.receive_bytes())

    def kill(self) -> None:
        """Kill the process; whoever waits for it is told."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def end(self) -> None:
        """Kill the process, wait until it is gone, and close the line."""
        self.kill()
        with self._ending:  # two threads may want it
            self._process.join()
            self._line.close()
            _living.discard(self)


_living: set[Worker] = set()
"""The workers that have not been ended."""


@atexit.register
def end_all() -> None:
    """Kill the workers that nobody has ended, and return when all are gone.

    A build that is interrupted while a worker starts does not know of it; multiprocessing would wait for it
    for ever.
    """
    for worker in list(_living):
        worker.end()


def serve(line: Connection, *held: object) -> None:
    """Do one task after another until the other end of the line is closed; runs in the worker.

    Each task is given what the worker has ``held``, before what was sent with it.
    """
    with suppress(EOFError, OSError):
        while True:
            line.send_bytes(_done(line.recv_bytes(), held))


def _done(raw: bytes, held: tuple[object, ...]) -> bytes:
    """Do a task; return the answer, which may be that it failed."""
    try:
        task, args, more = pickle.loads(raw)
        return pickle.dumps((True, task(*held, *args, **more)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        known: BaseException = error
        try:
            pickle.loads(pickle.dumps(error))
            sound = isinstance(error, Exception)
        except Exception:
            sound = False
        if not sound:
            known = RuntimeError(f"{type(error).__name__}: {error}")
        # From where the answer is read, the place of the error cannot be seen.
        known.add_note("".join(traceback.format_exception(error)).rstrip())
        return pickle.dumps((False, known), pickle.HIGHEST_PROTOCOL)


def _opened(raw: bytes) -> Any:
    """Return what an answer says, or raise it."""
    succeeded, result = pickle.loads(raw)
    if succeeded:
        return result
    raise result


def _serve_in_pool(line: Connection) -> None:
    begin()
    serve(line)


class Pool(Executor):
    """Workers that start when they are first needed; when one dies, all waiting tasks fail at once.

    A thread for each worker sends it a task, waits for the answer, and takes the next.
    """

    def __init__(self, workers: int, initializer: Callable[[], object]) -> None:
        """Take how many workers there may be, and what each does before its first task."""
        self._most = workers
        self._initializer = initializer
        self._tasks: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._threads: list[threading.Thread] = []
        self._open = 0
        """How many tasks have no answer yet."""
        self._ended: BaseException | None = None
        """Why nothing can be given any more, where that is so."""

    def submit(self, task: Callable[..., T], /, *args: Any, **more: Any) -> Future[T]:
        """Give a task to a worker, starting one where that is needed."""
        future: Future[T] = Future()
        try:
            raw = pickle.dumps((task, args, more), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            future.set_exception(error)
            return future
        with _deaf(), self._lock:
            if self._ended:
                raise self._ended
            if self._open >= len(self._workers) < self._most:
                self._workers.append(Worker(_serve_in_pool))
                attend = threading.Thread(
                    target=self._attend, args=(self._workers[-1],), daemon=True
                )
                attend.start()
                self._threads.append(attend)
            self._open += 1
            self._tasks.put((future, raw))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no task any more; end the workers when all are done, or all begun."""
        with _deaf(), self._lock:
            self._ended = self._ended or RuntimeError("no task can be given after the end")
            while cancel_futures and (item := self._next()):
                item[0].cancel()
                item[0].set_running_or_notify_cancel()
            for _ in self._workers:
                self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def close(self) -> None:
        """End the workers at once: what they have given back is all that is wanted of them."""
        self._break(WorkerDiedError())
        self.shutdown()

    def _attend(self, worker: Worker) -> None:
        """Send tasks to a worker and receive the answers, one after another."""
        try:
            worker.give(self._initializer)
            worker.answer()
            while (item := self._tasks.get()) is not None:
                future, raw = item
                if future.set_running_or_notify_cancel():
                    self._do(worker, future, raw)
                else:
                    self._answered()
                del item, future, raw  # they may be large, and the next may come late
        except BaseException as error:
            self._break(error)
        finally:
            worker.end()

    def _do(self, worker: Worker, future: Future[Any], raw: bytes) -> None:
        try:
            worker.send_bytes(raw)
            answer = worker.receive_bytes()
        except BaseException as error:
            # The rest of a message may still be in the line: the worker is of no more use.
            future.set_exception(error)
            raise
        self._answered()
        try:
            result = _opened(answer)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _answered(self) -> None:
        with self._lock:
            self._open -= 1

    def _break(self, error: BaseException) -> None:
        """Let ``error`` be the end of all that is waiting, and kill the workers."""
        with _deaf(), self._lock:
            self._ended = self._ended or error
            for worker in self._workers:
                worker.kill()
            while item := self._next():
                if item[0].set_running_or_notify_cancel():
                    item[0].set_exception(error)
            for _ in self._workers:
                self._tasks.put(None)

    def _next(self) -> tuple[Future[Any], bytes] | None:
        """Return the next task that waits, None where none does or the end is near."""
        try:
            return self._tasks.get_nowait()
        except queue.Empty:
            return None


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def begin() -> None:
    """Make this process, a worker, end with the one that started it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


@contextmanager
def deaths() -> Iterator[None]:
    """Say in words that a process has died."""
    try:
        yield
    except BrokenExecutor:
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
    """Let all temporary files, those of child processes too, be in one folder that goes in the end.

    All workers end before: one that is still being killed might write a file into a folder that is just
    being emptied. (A thread that waits for one is no proof that it is gone: Thread.join of CPython 3.11
    takes a thread for ended when a signal interrupts the waiting.) Nor does a second Ctrl-C leave half of
    the folder. What a killed build has left is removed by the next.
    """
    before = os.environ.get("TMPDIR")
    for left in left_behind(Path(tempfile.gettempdir()), PREFIX):
        shutil.rmtree(left, ignore_errors=True)  # another user's stays
    with _deaf() as blocked:
        folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        try:
            with _blocking(blocked):
                os.environ["TMPDIR"] = tempfile.tempdir = folder
                yield
        finally:
            end_all()
            shutil.rmtree(folder, ignore_errors=True)
            tempfile.tempdir = None
            if before is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = before


def left_behind(folder: Path, prefix: str) -> Iterator[Path]:
    """Yield what killed processes have left: ``prefix``, the number of one that lives no more, a hyphen."""
    for path in folder.glob(f"{glob.escape(prefix)}[0-9]*-*"):
        number = path.name.removeprefix(prefix).split("-")[0]
        if number.isdecimal() and not _alive(int(number)):
            yield path


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or no number of a process
        pass
    return True
