"""All files of a run change together or not at all, whenever it is killed and whatever cannot be written."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dossier.cli.main import main
from dossier.machine.write import alone, write_all
from dossier.records.diagnostics import CannotWriteError

NAMES = ("x[1].pdf", "x[1].html", "x[1].json")
STEPS = ("fsync", "link", "open", "replace", "unlink")
"""Calls of the system between which a run may be killed."""


def before(folder: Path, count: int) -> list[Path]:
    """Return the files of a run, of which the first ``count`` are there."""
    files = [folder / name for name in NAMES]
    for file in files[:count]:
        file.write_bytes(f"before {file.name}".encode())
    return files


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def settle(files: list[Path]) -> None:
    with alone(files):
        pass


def after(files: list[Path]) -> dict[Path, bytes]:
    return {file: f"after {file.name}".encode() for file in files}


def gone_of(folder: Path) -> list[Path]:
    """Return a file that is taken away with a run, and that is there."""
    path = folder / "x[1].csv"
    path.write_bytes(b"before x[1].csv")
    return [path]


def at_call(number: int, do: Callable[[], None], patch: pytest.MonkeyPatch) -> Iterator[int]:
    """Let ``do`` happen at one of the calls of the system; count them."""
    calls = [0]

    def counted(true: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            calls[0] += 1
            if calls[0] == number:
                do()
            return true(*args, **more)

        return call

    for name in STEPS:
        patch.setattr(os, name, counted(getattr(os, name)))
    yield calls[0]


def in_a_process_killed_at(number: int, files: list[Path], gone: Sequence[Path] = ()) -> bool:
    """Write in another process that is killed at a call of the system; tell whether it was.

    ``gone`` is taken away with it.
    """
    child = os.fork()
    if child == 0:
        patch = pytest.MonkeyPatch()
        next(at_call(number, lambda: os.kill(os.getpid(), signal.SIGKILL), patch))
        write_all(after(files), lambda: gone)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 3], ids=["nothing", "one", "all"])
def test_a_run_killed_at_any_moment_is_undone_or_complete(count: int, tmp_path: Path) -> None:
    seen = set()
    for number in range(1, 200):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = before(folder, count)
        old, new = state(folder), {file.name: raw for file, raw in after(files).items()}
        if not in_a_process_killed_at(number, files):
            assert state(folder) == new
            break
        settle(files)
        there = state(folder)
        assert there in (old, new), number
        seen.add(there == new)
        write_all(after(files))
        assert state(folder) == new
    else:
        pytest.fail("it never came to its end")
    assert seen == {False, True}
    assert number > 15


@pytest.mark.parametrize("count", [0, 3], ids=["nothing", "all"])
def test_what_is_made_no_more_goes_with_the_rest_or_stays(count: int, tmp_path: Path) -> None:
    seen = set()
    for number in range(1, 200):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = before(folder, count)
        gone = gone_of(folder)
        old, new = state(folder), {file.name: raw for file, raw in after(files).items()}
        if not in_a_process_killed_at(number, files, gone):
            assert state(folder) == new
            break
        settle([*files, *gone])
        there = state(folder)
        assert there in (old, new), number
        seen.add(there == new)
    assert seen == {False, True}
    assert number > 15


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPERM], ids=["no room", "forbidden"])
def test_what_cannot_be_taken_away_leaves_all_as_it_was(number: int, tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(number, os.strerror(number))

    failed = 0
    for call in range(1, 60):
        folder = tmp_path / str(call)
        folder.mkdir()
        files = before(folder, 3)
        gone = gone_of(folder)
        old, new = state(folder), {file.name: raw for file, raw in after(files).items()}
        with pytest.MonkeyPatch.context() as patch:
            next(at_call(call, fail, patch))
            try:
                write_all(after(files), lambda gone=gone: gone)  # type: ignore[misc]
            except CannotWriteError:
                failed += 1
                expected = old
            else:
                expected = new
        settle([*files, *gone])
        there = {name: raw for name, raw in state(folder).items() if name[0] != "."}
        assert there == expected, call
    assert 10 < failed < 55


def test_what_came_in_the_place_of_what_was_taken_away_stays(tmp_path: Path) -> None:
    number = 0
    while (tmp_path / "x[1].csv").exists() or not number:
        number += 1
        files = before(tmp_path, 3)
        gone = gone_of(tmp_path)
        assert in_a_process_killed_at(number, files, gone)
        if (tmp_path / "x[1].csv").exists():
            settle([*files, *gone])
    assert (tmp_path / ".x[1].pdf.journal").exists()
    gone[0].write_bytes(b"my own")
    settle([*files, *gone])
    assert state(tmp_path) == {name: f"before {name}".encode() for name in NAMES} | {
        "x[1].csv": b"my own"
    }


def test_putting_back_may_be_killed_too(tmp_path: Path) -> None:
    for first in range(12, 40, 4):
        folder = tmp_path / str(first)
        folder.mkdir()
        files = before(folder, 3)
        old, new = state(folder), {file.name: raw for file, raw in after(files).items()}
        if not in_a_process_killed_at(first, files):
            break
        for again in range(1, 30):
            child = os.fork()
            if child == 0:
                patch = pytest.MonkeyPatch()
                next(at_call(again, lambda: os.kill(os.getpid(), signal.SIGKILL), patch))
                settle(files)
                os._exit(0)
            if not os.WIFSIGNALED(os.waitpid(child, 0)[1]):
                break
        settle(files)
        assert state(folder) in (old, new)
    assert first > 16


@pytest.mark.parametrize("count", [0, 1, 3], ids=["nothing", "one", "all"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EPERM], ids=["no room", "forbidden"])
def test_a_call_that_fails_leaves_all_as_it_was(number: int, count: int, tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError(number, os.strerror(number))

    failed = 0
    for call in range(1, 60):
        folder = tmp_path / str(call)
        folder.mkdir()
        files = before(folder, count)
        old, new = state(folder), {file.name: raw for file, raw in after(files).items()}
        with pytest.MonkeyPatch.context() as patch:
            next(at_call(call, fail, patch))
            try:
                write_all(after(files))
            except CannotWriteError as error:
                assert os.strerror(number) in str(error)
                failed += 1
                expected = old
            else:
                expected = new
        settle(files)
        there = state(folder)
        # What could not be swept up goes when this process has ended.
        assert {name: raw for name, raw in there.items() if name[0] != "."} == expected, call
        assert len(there) - len(expected) <= 1
    assert 10 < failed < 50


def test_what_somebody_put_there_after_a_kill_stays(tmp_path: Path) -> None:
    number = 1
    while not (tmp_path / ".x[1].pdf.journal").exists():
        files = before(tmp_path, 3)
        assert in_a_process_killed_at(number, files)
        if not (tmp_path / ".x[1].pdf.journal").exists():
            settle(files)
        number += 1
    files[1].unlink()
    files[1].write_bytes(b"my own")
    settle(files)
    assert state(tmp_path) == {
        NAMES[0]: b"before x[1].pdf", NAMES[1]: b"my own", NAMES[2]: b"before x[1].json",
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"no JSON", b"7", b'{"a": 1}',
        json.dumps([{"target": "../y", "made": "a", "new": "b", "kept": None}]).encode(),
        json.dumps([{"target": "x[1].pdf", "made": ".x[1].pdf.1-a", "new": "b", "kept": "../y"}]).encode(),
    ],
)  # fmt: skip
def test_a_journal_that_is_none_is_said_and_moves_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "y").write_bytes(b"elsewhere")
    files = before(tmp_path / "out", 3)
    (tmp_path / "out/.x[1].pdf.journal").write_bytes(content)
    old = state(tmp_path / "out")
    with pytest.raises(CannotWriteError, match="should be the journal"):
        settle(files)
    with pytest.raises(CannotWriteError, match="should be the journal"):
        write_all(after(files))
    assert state(tmp_path / "out") == old
    assert (tmp_path / "y").read_bytes() == b"elsewhere"


def test_a_link_in_the_place_of_a_file_is_replaced_and_put_back(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").write_bytes(b"elsewhere")
    files = before(tmp_path / "out", 3)
    files[1].unlink()
    files[1].symlink_to("../elsewhere")
    with pytest.MonkeyPatch.context() as patch:
        true = os.replace

        def no_json(source: Any, target: Any) -> None:
            if str(target).endswith(".json"):
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            true(source, target)

        patch.setattr(os, "replace", no_json)
        with pytest.raises(CannotWriteError, match="json” cannot be written"):
            write_all(after(files))
    assert files[1].readlink() == Path("../elsewhere")
    assert sorted(state(tmp_path / "out")) == sorted(NAMES)
    write_all(after(files))
    assert not files[1].is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == b"elsewhere"


@pytest.mark.parametrize("command", ["build", "verify"])
def test_the_next_start_undoes_a_build_that_was_killed_while_it_wrote(
    command: str, corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    arguments = ["--corpus", str(folder), "--output", str(output), "--jobs", "1"]
    assert main(arguments) == 0
    old = {path.name: path.read_bytes() for path in output.parent.glob("x.*")}
    files = [output.with_suffix(suffix) for suffix in (".pdf", ".html", ".json")]
    number = 1
    while output.read_bytes() == old["x.pdf"]:
        settle(files)
        assert in_a_process_killed_at(number, files)
        number += 1
    assert files[1].read_bytes() == old["x.html"]  # a mix
    capsys.readouterr()
    if command == "build":
        assert main(arguments) == 0
        assert capsys.readouterr().out.startswith("Nothing has changed")
    else:
        assert main(["verify", str(output), "--corpus", str(folder)]) == 0
    assert {path.name: path.read_bytes() for path in output.parent.glob("x.*")} == old
    assert sorted(path.name for path in output.parent.iterdir()) == [".cache", *sorted(old)]


@pytest.fixture
def immutable() -> Iterator[Callable[[Path], None]]:
    made: list[Path] = []

    def make(path: Path) -> None:
        made.append(path)
        done = subprocess.run(["chattr", "+i", str(path)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("no file can be made immutable here")

    yield make
    for path in made:
        subprocess.run(["chattr", "-i", str(path)], capture_output=True, check=False)


@pytest.mark.parametrize("which", ["x.html", "x.json", "x.pdf"])
@pytest.mark.parametrize("options", [[], ["--no-cache"]], ids=["cache", "no cache"])
def test_an_immutable_file_leaves_all_as_it_was(
    which: str,
    options: list[str],
    immutable: Callable[[Path], None],
    corpus: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, out = corpus(), tmp_path / "out"
    arguments = ["--corpus", str(folder), "--output", str(out / "x.pdf"), "--jobs", "1", *options]
    assert main(arguments) == 0
    immutable(out / which)
    old = {path.name: path.read_bytes() for path in out.glob("x.*")}
    (folder / "dossier.yaml").write_text("title: Another\n", encoding="utf-8")
    assert main(arguments) == 3
    assert f"{which}” cannot be written: Operation not permitted" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in out.glob("x.*")} == old
    assert sorted(path.name for path in out.iterdir() if path.name != ".cache") == sorted(old)
