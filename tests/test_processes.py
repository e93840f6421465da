"""Workers: what they give back, and what is said when one dies at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, wait
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from dossier.machine import processes
from dossier.records.diagnostics import MachineLacksError

LARGE = 400_000_000
LIMIT = 20
"""Seconds after which a test that waits has failed."""


@pytest.fixture
def pools() -> Iterator[Callable[..., processes.Pool]]:
    """Return a function that makes pools; all are closed in the end."""
    made: list[processes.Pool] = []

    def make(workers: int, initializer: Callable[[], object] = os.getpid) -> processes.Pool:
        made.append(processes.Pool(workers, initializer))
        return made[-1]

    yield make
    for pool in made:
        begun = time.monotonic()
        pool.close()
        assert time.monotonic() - begun < 5
    assert multiprocessing.active_children() == []


# --- tasks ---


class KillsWhenPickled:
    """Stands behind a large answer: when it is pickled, only the sending is left."""

    def __reduce__(self) -> tuple[Any, ...]:
        threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return (str, ())


def large_answer_and_death() -> tuple[bytes, KillsWhenPickled]:
    return bytes(LARGE), KillsWhenPickled()


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def size(value: bytes) -> tuple[int, int]:
    return len(value), os.getpid()


def blocked() -> set[int]:
    return {int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())}


def fail() -> None:
    raise LookupError("no such letter", 7)


def fail_oddly() -> None:
    class OddError(Exception):
        pass

    raise OddError("never to be pickled")


def leave() -> None:
    sys.exit(4)


def unpicklable() -> Any:
    return lambda: 0


def serve_alone(line: Connection) -> None:
    processes.serve(line)


# --- answers ---


def test_tasks_are_answered_by_as_many_workers_as_are_needed(
    pools: Callable[..., processes.Pool],
) -> None:
    pool = pools(2)
    assert multiprocessing.active_children() == []
    assert pool.submit(nap, 0.0).result(LIMIT) == 0.0
    assert len(multiprocessing.active_children()) == 1
    naps = [pool.submit(nap, 0.3) for _ in range(4)]
    assert len(multiprocessing.active_children()) == 2
    assert [one.result(LIMIT) for one in naps] == [0.3] * 4
    value = bytes(5_000_000)
    assert {pool.submit(size, value).result(LIMIT)[0] for _ in range(3)} == {5_000_000}


def test_workers_block_stop_signals_from_their_first_moment(
    pools: Callable[..., processes.Pool],
) -> None:
    pool = pools(3)
    for one in [pool.submit(blocked) for _ in range(3)]:
        assert one.result(LIMIT) >= {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    assert not blocked() & processes.STOP_SIGNALS


def test_an_error_comes_back_as_it_was_with_its_place(pools: Callable[..., processes.Pool]) -> None:
    pool = pools(1)
    with pytest.raises(LookupError) as raised:
        pool.submit(fail).result(LIMIT)
    assert raised.value.args == ("no such letter", 7)
    assert "in fail" in raised.value.__notes__[0]
    with pytest.raises(RuntimeError, match="OddError: never to be pickled"):
        pool.submit(fail_oddly).result(LIMIT)
    with pytest.raises(RuntimeError, match="SystemExit: 4"):
        pool.submit(leave).result(LIMIT)
    with pytest.raises(Exception, match="pickle"):
        pool.submit(unpicklable).result(LIMIT)
    with pytest.raises(Exception, match="pickle"):
        pool.submit(lambda: 0).result(LIMIT)
    assert pool.submit(nap, 0.0).result(LIMIT) == 0.0


def test_what_goes_wrong_at_the_start_of_a_worker_is_said(
    pools: Callable[..., processes.Pool],
) -> None:
    pool = pools(2, fail)
    with pytest.raises(LookupError, match="no such letter"):
        pool.submit(nap, 0.0).result(LIMIT)
    with pytest.raises(LookupError, match="no such letter"):
        pool.submit(nap, 0.0)


def test_the_end_waits_for_what_was_given_and_nothing_is_taken_after(
    pools: Callable[..., processes.Pool],
) -> None:
    with pools(1) as pool:
        naps = [pool.submit(nap, 0.1) for _ in range(3)]
    assert [one.result(0) for one in naps] == [0.1] * 3
    with pytest.raises(RuntimeError):
        pool.submit(nap, 0.1)
    pool = pools(1)
    naps = [pool.submit(nap, 0.5) for _ in range(3)]
    while not naps[0].running():
        time.sleep(0.01)
    pool.shutdown(cancel_futures=True)
    assert [one.cancelled() for one in naps] == [False, True, True]


# --- deaths ---


def all_broken(futures: list[Future[Any]]) -> None:
    done, still = wait(futures, LIMIT)
    assert not still
    assert all(isinstance(one.exception(), BrokenExecutor) for one in done)


def test_a_worker_killed_while_it_sends_a_large_answer(
    pools: Callable[..., processes.Pool],
) -> None:
    pool = pools(2)
    futures = [pool.submit(large_answer_and_death), *(pool.submit(nap, 60.0) for _ in range(4))]
    all_broken(futures)
    with pytest.raises(MachineLacksError, match="has died"), processes.deaths():
        futures[0].result()
    with pytest.raises(MachineLacksError, match="has died"), processes.deaths():
        pool.submit(nap, 0.0)


def test_a_worker_killed_while_it_is_sent_a_large_task(
    pools: Callable[..., processes.Pool],
) -> None:
    pool = pools(1)
    _, worker = pool.submit(size, b"").result(LIMIT)
    os.kill(worker, signal.SIGSTOP)
    future = pool.submit(size, bytes(LARGE))
    while not future.running():
        time.sleep(0.01)
    time.sleep(0.2)
    assert not future.done()
    os.kill(worker, signal.SIGKILL)
    all_broken([future])


def test_a_worker_killed_at_work_or_while_it_waits(pools: Callable[..., processes.Pool]) -> None:
    pool = pools(2)
    futures = [pool.submit(nap, 60.0) for _ in range(6)]
    multiprocessing.active_children()[0].kill()
    all_broken(futures)
    pool = pools(1)
    _, worker = pool.submit(size, b"").result(LIMIT)
    os.kill(worker, signal.SIGKILL)
    time.sleep(0.1)
    with pytest.raises(BrokenExecutor):
        pool.submit(nap, 0.0).result(LIMIT)


@pytest.mark.parametrize("task", [large_answer_and_death, nap], ids=["sending", "at work"])
def test_a_pool_is_closed_at_once(
    task: Callable[..., Any], pools: Callable[..., processes.Pool]
) -> None:
    pool = pools(2)
    arguments = (60.0,) if task is nap else ()
    futures = [pool.submit(task, *arguments), *(pool.submit(nap, 60.0) for _ in range(3))]
    while not futures[0].running():
        time.sleep(0.01)
    time.sleep(0.1)
    begun = time.monotonic()
    pool.close()
    assert time.monotonic() - begun < 5
    all_broken(futures)


def test_a_line_to_one_worker_breaks_in_both_directions() -> None:
    worker = processes.Worker(serve_alone)
    try:
        worker.give(size, b"four")
        length, number = worker.answer()
        assert length == 4
        os.kill(number, signal.SIGSTOP)
        threading.Timer(0.3, os.kill, (number, signal.SIGKILL)).start()
        with pytest.raises(BrokenExecutor):
            worker.give(size, bytes(LARGE))
        with pytest.raises(BrokenExecutor):
            worker.answer()
    finally:
        worker.end()
    assert multiprocessing.active_children() == []


SCRIPT = """
import time
from dossier.machine import processes
if __name__ == "__main__":
    pool = processes.Pool(2, int)
    first = pool.submit(time.sleep, 60)
    while not first.running():
        time.sleep(0.01)
    print("running", flush=True)
    %s
"""


@pytest.mark.parametrize("then", ["pass", "time.sleep(60)"], ids=["at its end", "killed"])
def test_workers_end_with_their_parent(then: str, tmp_path: Any) -> None:
    (tmp_path / "script.py").write_text(SCRIPT % then, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    if then != "pass":
        process.kill()
    # The workers have the same output, which ends when the last of them does.
    assert process.communicate(timeout=LIMIT)[0] == ""


# --- the end of a run ---


def write_for_ever(folder: str) -> None:
    number = 0
    while True:
        number += 1
        (Path(folder) / str(number % 50)).mkdir(exist_ok=True)


def test_no_worker_writes_into_the_folder_of_temporary_files_while_it_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt), processes.scratch():
            # One that the interrupted build does not know of any more.
            worker = processes.Worker(serve_alone)
            worker.give(write_for_ever, tempfile.gettempdir())
            limit = time.monotonic() + LIMIT
            while time.monotonic() < limit and not list(tmp_path.glob("*/*")):
                time.sleep(0.01)
            raise KeyboardInterrupt
        assert list(tmp_path.iterdir()) == []
        assert multiprocessing.active_children() == []


TWICE = """
import os, shutil, signal, time
from dossier.machine import processes

remove = shutil.rmtree

def slowly(folder, **more):
    os.kill(os.getpid(), signal.SIGTERM)
    remove(folder, **more)

shutil.rmtree = slowly
with processes.stoppable():
    try:
        with processes.scratch():
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(20)
    except KeyboardInterrupt:
        print("stopped")
"""


def test_a_second_signal_does_not_stop_the_tidying_up(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWICE],
        env=os.environ | {"TMPDIR": str(tmp_path)}, cwd=ROOT, capture_output=True, text=True,
        timeout=LIMIT,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("stopped\n", "")
    assert list(tmp_path.iterdir()) == []
