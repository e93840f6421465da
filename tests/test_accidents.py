"""What a build leaves behind when it is killed, cannot write, or runs beside another."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, earlier_build, still_there

from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.machine import processes
from dossier.machine.write import write_all
from dossier.proof import prover as proof
from dossier.read.corpus import read
from dossier.records.diagnostics import CannotWriteError, MachineLacksError

FILES = ("x.pdf", "x.html", "x.json")
WITH_PROC = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")


def places(folder: Path) -> tuple[Path, Path]:
    """Return where to write the dossier, and an empty folder for temporary files."""
    (folder / "tmp").mkdir()
    return folder / "out/x.pdf", folder / "tmp"


def start(
    corpus: Path, output: Path, temporary: Path, jobs: str = "2", **more: Any
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dossier", "--corpus", str(corpus), "--output", str(output)]
    return subprocess.Popen(
        [*command, "--jobs", jobs],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TMPDIR": str(temporary)}, start_new_session=True, **more,
    )  # fmt: skip


def alone(corpus: Path, output: Path) -> str:
    """Return the checksum of the dossier as one process builds it."""
    arguments = ["--corpus", str(corpus), "--output", str(output), "--jobs", "1", "--no-cache"]
    assert main(arguments) == 0
    return checksum(output)


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def session(leader: int) -> list[int]:
    """Return the living processes of a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(entry.parent.name))
    return found


def workers(leader: int) -> list[int]:
    """Return the workers of a build; a worker's own child has its command line until it runs another."""
    return [
        pid
        for pid in session(leader)
        if "spawn_main" in command_line(pid) and parent_of(pid) == leader
    ]


def parent_of(process: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def kept(output: Path) -> list[Path]:
    """Return what is in the store of galleys."""
    return list((output.parent / ".cache").glob("??/[!.]*"))


def command_line(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text()
    return ""


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".cache")


@pytest.mark.slow
@WITH_PROC
@pytest.mark.parametrize("moment", ["its workers start", "something is kept"])
def test_a_killed_build_takes_its_processes_along_and_leaves_the_earlier_file(
    letters: Path, tmp_path: Path, moment: str
) -> None:
    output, temporary = places(tmp_path)
    before = earlier_build(output)
    process = start(letters, output, temporary)
    limit = time.monotonic() + 30
    while time.monotonic() < limit and not (
        workers(process.pid) if moment == "its workers start" else kept(output)
    ):
        time.sleep(0.01)
    process.kill()
    process.communicate()
    limit = time.monotonic() + 20
    while session(process.pid) and time.monotonic() < limit:
        time.sleep(0.05)
    assert session(process.pid) == []
    assert still_there(before)
    assert left_over(output.parent) == sorted(FILES)

    again = start(letters, output, temporary)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert checksum(output) == alone(letters, tmp_path / "alone/x.pdf")
    assert list(temporary.iterdir()) == []  # what the killed build had left there is swept up


@pytest.mark.slow
@pytest.mark.parametrize(
    "call", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=["ended", "window closed", "Ctrl-C"]
)
def test_a_build_that_is_asked_to_end_tidies_up(
    letters: Path, tmp_path: Path, call: signal.Signals
) -> None:
    output, temporary = places(tmp_path)
    before = earlier_build(output)
    process = start(letters, output, temporary)
    limit = time.monotonic() + 120
    while time.monotonic() < limit and not kept(output):
        time.sleep(0.01)
    assert kept(output)
    if call == signal.SIGINT:
        os.killpg(process.pid, call)  # a terminal calls all processes
    else:
        process.send_signal(call)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert said.startswith("dossier: stopped. The files of the last build are as they were;")
    assert still_there(before)
    assert left_over(output.parent) == sorted(FILES)
    assert list(temporary.iterdir()) == []


def test_a_build_killed_while_it_writes_is_swept_up_by_the_next(tmp_path: Path) -> None:
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    (tmp_path / f".x.pdf.{dead}-abc").write_bytes(b"half a fi")
    (tmp_path / f".x.pdf.{os.getpid()}-abc").write_bytes(b"another build is at it")
    write_all({tmp_path / "x.pdf": b"whole"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f".x.pdf.{os.getpid()}-abc", "x.pdf",
    ]  # fmt: skip


@pytest.mark.parametrize("which", [0, 1, 2], ids=FILES)
def test_a_full_disk_leaves_the_earlier_files_whole(
    which: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / name for name in FILES]
    for file in files:
        file.write_bytes(b"earlier")
    fill_the_disk(which, monkeypatch)
    with pytest.raises(CannotWriteError) as raised:
        write_all(dict.fromkeys(files, b"later"))
    said = f"“{files[which]}” cannot be written: No space left on device. Make room or "
    assert str(raised.value).startswith(said)
    assert [file.read_bytes() for file in files] == [b"earlier"] * 3
    assert left_over(tmp_path) == sorted(FILES)


def test_a_disk_that_is_full_at_the_end_of_a_build_is_said(
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "out/x.pdf"
    fill_the_disk(2, monkeypatch)
    arguments = ["--corpus", str(corpus()), "--output", str(output), "--jobs", "1", "--no-cache"]
    assert main(arguments) == 3
    said = capsys.readouterr().err
    assert said == (
        f"dossier: “{output.with_suffix('.json')}” cannot be written: No space left on device. Make room or "
        "name another place with --output; what was there before is unchanged.\n"
    )
    assert left_over(output.parent) == []


def fill_the_disk(which: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no room for the file of that number."""
    calls = iter(range(3))

    def full(_: int) -> None:
        if next(calls) == which:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("dossier.machine.write.os.fsync", full)


@pytest.mark.parametrize("name", FILES)
def test_a_folder_in_the_place_of_a_file_is_said_and_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(CannotWriteError, match=f"{name}” cannot be written: it is a folder"):
        write_all({tmp_path / one: b"later" for one in FILES})
    assert left_over(tmp_path) == [name]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_said(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out/x.pdf"
    output.parent.mkdir()
    output.parent.chmod(0o555)
    assert main(["--corpus", str(corpus()), "--output", str(output), "--jobs", "1"]) == 3
    assert "cannot be written: Permission denied." in capsys.readouterr().err
    assert list(output.parent.iterdir()) == []


def test_a_process_that_dies_while_it_reads_the_file_back_is_said(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "x.pdf"
    alone(letters, output)
    found, _ = read(letters, "c")
    assert found is not None
    monkeypatch.setattr(proof, "LONG", 1)
    with processes.scratch(), proof.Proof(output, "x.pdf", 2) as one:
        for reader in multiprocessing.active_children():
            reader.kill()
        with pytest.raises(MachineLacksError, match="reading pages has died"):
            one.against(found, found.everything, entries, output.with_suffix(".json").read_bytes())


@WITH_PROC
@pytest.mark.parametrize("victims", ["all", "the first", "the second"])
def test_a_worker_that_dies_is_said_and_the_earlier_file_stays(
    letters: Path, tmp_path: Path, victims: str
) -> None:
    output, temporary = places(tmp_path)
    before = earlier_build(output)
    process = start(letters, output, temporary)
    limit = time.monotonic() + 20
    while len(workers(process.pid)) < 2 and time.monotonic() < limit:
        time.sleep(0.02)
    both = sorted(workers(process.pid))
    for pid in {"all": both, "the first": both[:1], "the second": both[1:]}[victims]:
        os.kill(pid, signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    assert "has died; the machine may be short of memory. Try again with --jobs 1." in said
    assert "Traceback" not in said
    assert still_there(before)
    assert left_over(output.parent) == sorted(FILES)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_no_room_for_temporary_files_is_said(letters: Path, tmp_path: Path, jobs: str) -> None:
    output, temporary = places(tmp_path)
    process = start(letters, output, temporary, jobs, preexec_fn=small_files_only)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "dossier: there is no room for temporary files (File too large). Make room in " in said
    assert "Traceback" not in said
    assert left_over(output.parent) == []
    assert list(temporary.iterdir()) == []


def small_files_only() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@pytest.mark.slow
def test_two_builds_at_once_give_the_same_right_file(letters: Path, tmp_path: Path) -> None:
    output, temporary = places(tmp_path)
    both = [start(letters, output, temporary) for _ in range(2)]
    for process in both:
        _, said = process.communicate(timeout=90)
        assert process.returncode == 0, said
    assert checksum(output) == alone(letters, tmp_path / "alone/x.pdf")
    assert left_over(output.parent) == ["x.html", "x.json", "x.pdf", "x.sha256"]
    assert list(temporary.iterdir()) == []
