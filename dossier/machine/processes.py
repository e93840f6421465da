"""Child processes: how they start, stop and crash, and the folder for their temporary files."""

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
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

from dossier.records.diagnostics import MachineLacksError

T = TypeVar("T")
PREFIX = "dossier-"
SPAWN = multiprocessing.get_context("spawn")
STOP_SIGNALS = {
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
}
"""Ctrl-C, a request to terminate, a closed terminal window."""


@contextmanager
def _stop_signals_blocked() -> Iterator[set[int]]:
    """Block :data:`STOP_SIGNALS` in this thread; yield the signal mask from before.

    Child processes and threads started meanwhile inherit the mask: only the main process handles these
    signals. A child process that is still starting would print a traceback.
    """
    # The resource tracker of multiprocessing unblocks signals when it starts, so it is started first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield {int(number) for number in before}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _signal_mask(numbers: set[int]) -> Iterator[None]:
    """Set this signal mask for a while, inside :func:`_stop_signals_blocked`."""
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, numbers)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)


class WorkerDiedError(BrokenExecutor):
    """A worker died: before its task, during it, or halfway through a message."""


class Worker:
    """A child process and the pipe to it.

    Neither side keeps the other's end of the pipe open, so each notices at once when the other dies, even
    halfway through a message. Messages are pickled; both sides are this program.
    """

    def __init__(self, main: Callable[[Connection], None]) -> None:
        """Start a child process that runs ``main`` with its end of the pipe."""
        self._end_lock = threading.Lock()
        with _stop_signals_blocked():
            self._pipe, far_end = SPAWN.Pipe()
            self._process = SPAWN.Process(target=main, args=(far_end,))
            try:
                self._process.start()
                _living.add(self)
            except BaseException:
                self._pipe.close()
                raise
            finally:
                far_end.close()

    def send(self, message: object) -> None:
        """Send a message; return when the worker has taken it, raise WorkerDiedError where it is dead."""
        self.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def send_bytes(self, raw: bytes) -> None:
        """Send a message that is already pickled."""
        try:
            self._pipe.send_bytes(raw)
        except OSError:
            raise WorkerDiedError from None

    def receive_bytes(self) -> bytes:
        """Wait for a message; return it still pickled, raise WorkerDiedError where the worker is dead."""
        try:
            return self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise WorkerDiedError from None

    def give(self, task: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Queue a task for a worker that runs :func:`serve`, now or later."""
        self.send((task, args, more))

    def answer(self) -> Any:
        """Return the result of the oldest unanswered task; raise what it raised, or WorkerDiedError."""
        return _result_of(self.receive_bytes())

    def kill(self) -> None:
        """Kill the process; whoever waits for an answer gets WorkerDiedError."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def end(self) -> None:
        """Kill the process, wait until it has exited, and close the pipe."""
        self.kill()
        with self._end_lock:  # two threads may call this
            self._process.join()
            self._pipe.close()
            _living.discard(self)


_living: set[Worker] = set()
"""The workers that nobody has ended yet."""


@atexit.register
def end_all() -> None:
    """Kill the workers that nobody has ended yet; return when all have exited.

    A build that is interrupted while a worker starts holds no reference to it, and at exit
    multiprocessing would wait for it without end.
    """
    for worker in list(_living):
        worker.end()


def serve(pipe: Connection, *context: object) -> None:
    """Run one task after another until the other end of the pipe is closed. Runs in the worker.

    Each task is called with ``context``, then with the arguments that were sent.
    """
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer_to(pipe.recv_bytes(), context))


def _answer_to(raw: bytes, context: tuple[object, ...]) -> bytes:
    """Run a pickled task; return its pickled result or exception."""
    try:
        task, args, more = pickle.loads(raw)
        return pickle.dumps((True, task(*context, *args, **more)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        known: BaseException = error
        try:
            pickle.loads(pickle.dumps(error))
            can_be_sent = isinstance(error, Exception)
        except Exception:
            can_be_sent = False
        if not can_be_sent:
            known = RuntimeError(f"{type(error).__name__}: {error}")
        # The process that reads the answer does not have this traceback.
        known.add_note("".join(traceback.format_exception(error)).rstrip())
        return pickle.dumps((False, known), pickle.HIGHEST_PROTOCOL)


def _result_of(answer: bytes) -> Any:
    """Return the result in a pickled answer, or raise its exception."""
    succeeded, result = pickle.loads(answer)
    if succeeded:
        return result
    raise result


def _serve_in_pool(pipe: Connection) -> None:
    exit_with_parent()
    serve(pipe)


class Pool(Executor):
    """An executor whose workers start on demand; when one dies, all pending tasks fail at once.

    Each worker has a thread that sends it a task, waits for the answer, and takes the next task.
    """

    def __init__(self, workers: int, initializer: Callable[[], object]) -> None:
        """Take the greatest number of workers, and what each runs before its first task."""
        self._most = workers
        self._initializer = initializer
        self._tasks: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._threads: list[threading.Thread] = []
        self._unanswered = 0
        """How many tasks have no answer yet."""
        self._closed_by: BaseException | None = None
        """What :meth:`submit` raises once the pool takes no more tasks."""

    @property
    def running(self) -> int:
        """How many workers have been started."""
        return len(self._workers)

    def hold(self) -> None:
        """Start no more workers than run already."""
        with self._lock:
            self._most = len(self._workers)

    def submit(self, task: Callable[..., T], /, *args: Any, **more: Any) -> Future[T]:
        """Queue a task; start another worker where all are busy."""
        future: Future[T] = Future()
        try:
            raw = pickle.dumps((task, args, more), pickle.HIGHEST_PROTOCOL)
        except Exception as error:
            future.set_exception(error)
            return future
        with _stop_signals_blocked(), self._lock:
            if self._closed_by:
                raise self._closed_by
            if self._unanswered >= len(self._workers) < self._most:
                self._workers.append(Worker(_serve_in_pool))
                thread = threading.Thread(target=self._run, args=(self._workers[-1],), daemon=True)
                thread.start()
                self._threads.append(thread)
            self._unanswered += 1
            self._tasks.put((future, raw))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; end the workers when all queued tasks, or only the running ones, are done."""
        with _stop_signals_blocked(), self._lock:
            self._closed_by = self._closed_by or RuntimeError("the pool is closed")
            while cancel_futures and (item := self._next()):
                item[0].cancel()
                item[0].set_running_or_notify_cancel()
            for _ in self._workers:
                self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def close(self) -> None:
        """Kill the workers; the results received so far are all that is needed."""
        self._fail(WorkerDiedError())
        self.shutdown()

    def _run(self, worker: Worker) -> None:
        """Send tasks to a worker and receive its answers, one after another. Runs in a thread."""
        try:
            worker.give(self._initializer)
            worker.answer()
            while (item := self._tasks.get()) is not None:
                future, raw = item
                if future.set_running_or_notify_cancel():
                    self._run_task(worker, future, raw)
                else:
                    self._count_answer()
                del item, future, raw  # they may be large, and the next task may come late
        except BaseException as error:
            self._fail(error)
        finally:
            worker.end()

    def _run_task(self, worker: Worker, future: Future[Any], raw: bytes) -> None:
        try:
            worker.send_bytes(raw)
            answer = worker.receive_bytes()
        except BaseException as error:
            # Half a message may be left in the pipe, so the worker cannot be used again.
            future.set_exception(error)
            raise
        self._count_answer()
        try:
            result = _result_of(answer)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _count_answer(self) -> None:
        with self._lock:
            self._unanswered -= 1

    def _fail(self, error: BaseException) -> None:
        """Kill the workers and fail all pending tasks with ``error``."""
        with _stop_signals_blocked(), self._lock:
            self._closed_by = self._closed_by or error
            for worker in self._workers:
                worker.kill()
            while item := self._next():
                if item[0].set_running_or_notify_cancel():
                    item[0].set_exception(error)
            for _ in self._workers:
                self._tasks.put(None)

    def _next(self) -> tuple[Future[Any], bytes] | None:
        """Return the next pending task; None where there is none, or the pool is shutting down."""
        try:
            return self._tasks.get_nowait()
        except queue.Empty:
            return None


class Meanwhile(Generic[T]):
    """A task for a thread of this process, which works while the others wait for child processes."""

    def __init__(self, task: Callable[[], T]) -> None:
        """Take what returns the result."""
        self._task = task
        self._result: Future[T] | None = None

    def begin(self) -> None:
        """Begin, unless it has begun."""
        if self._result is None:
            self._result = Future()
            with _stop_signals_blocked():
                threading.Thread(target=self._run, args=[self._result], daemon=True).start()

    def result(self) -> T:
        """Return the result; raises what the task raises."""
        self.begin()
        assert self._result is not None
        return self._result.result()

    def _run(self, result: Future[T]) -> None:
        try:
            result.set_result(self._task())
        except BaseException as error:  # for whoever asks for the result
            result.set_exception(error)


def processors() -> int:
    """Return the number of processors available to this process."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def exit_with_parent() -> None:
    """Make this worker exit as soon as its parent process does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)


@contextmanager
def deaths() -> Iterator[None]:
    """Turn the death of a worker into a MachineLacksError."""
    try:
        yield
    except BrokenExecutor:
        raise MachineLacksError(
            "A process that was setting, binding or reading pages has died; the machine may be short of "
            "memory. Try again with --jobs 1. What was built before is unchanged."
        ) from None


@contextmanager
def stoppable() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP as Ctrl-C is handled, by KeyboardInterrupt, so that all is cleaned up."""
    is_main = threading.current_thread() is threading.main_thread()
    numbers = sorted(STOP_SIGNALS - {signal.SIGINT}) if is_main else []
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler == signal.SIG_DFL:  # nohup ignores SIGHUP, and that stays so
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def scratch() -> Iterator[None]:
    """Keep all temporary files, those of child processes too, in one folder that is removed at the end.

    All workers are ended first: a dying worker could still write into the folder while it is being
    removed. (A joined thread does not prove that its worker has exited: when a signal interrupts
    Thread.join, CPython 3.11 takes the thread for finished.) A second Ctrl-C cannot interrupt the removal.
    What a killed build has left behind is removed by the next build.
    """
    before = os.environ.get("TMPDIR")
    for left in left_behind(Path(tempfile.gettempdir()), PREFIX):
        shutil.rmtree(left, ignore_errors=True)  # another user's stays
    with _stop_signals_blocked() as mask:
        folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        try:
            with _signal_mask(mask):
                os.environ["TMPDIR"] = tempfile.tempdir = folder
                yield
        finally:
            end_all()
            _remove(Path(folder))
            tempfile.tempdir = None
            if before is None:
                os.environ.pop("TMPDIR", None)
            else:
                os.environ["TMPDIR"] = before


def _remove(folder: Path) -> None:
    """Remove a folder; for a second, try again where something has still been written into it."""
    limit = time.monotonic() + 1
    while folder.exists() and time.monotonic() < limit:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.01)


def left_behind(folder: Path, prefix: str) -> Iterator[Path]:
    """Yield what killed processes have left behind: names of ``prefix``, a dead process's id, a hyphen."""
    for path in folder.glob(f"{glob.escape(prefix)}[0-9]*-*"):
        pid = path.name.removeprefix(prefix).split("-")[0]
        if pid.isdecimal() and not _is_alive(int(pid)):
            yield path


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's, or not a process id
        pass
    return True
