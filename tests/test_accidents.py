"""What a build leaves behind when it is killed, cannot write, or runs beside another."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from dossier.cli import main

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
    return [pid for pid in session(leader) if "spawn_main" in command_line(pid)]


def kept(output: Path) -> list[Path]:
    """Return what is in the store of galleys."""
    return list((output.parent / ".cache").glob("??/[!.]*"))


def command_line(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text()
    return ""


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".cache")


@WITH_PROC
@pytest.mark.parametrize("moment", ["its workers start", "something is kept"])
def test_a_killed_build_takes_its_processes_along_and_leaves_the_earlier_file(
    letters: Path, tmp_path: Path, moment: str
) -> None:
    output, temporary = places(tmp_path)
    output.parent.mkdir()
    output.write_bytes(b"earlier")
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
    assert output.read_bytes() == b"earlier"
    assert left_over(output.parent) == ["x.pdf"]

    again = start(letters, output, temporary)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert checksum(output) == alone(letters, tmp_path / "alone/x.pdf")
    assert list(temporary.iterdir()) == []  # what the killed build had left there is swept up


@WITH_PROC
@pytest.mark.parametrize("victims", ["all", "the first", "the second"])
def test_a_worker_that_dies_is_said_and_the_earlier_file_stays(
    letters: Path, tmp_path: Path, victims: str
) -> None:
    output, temporary = places(tmp_path)
    output.parent.mkdir()
    output.write_bytes(b"earlier")
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
    assert output.read_bytes() == b"earlier"
    assert left_over(output.parent) == ["x.pdf"]
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


def test_two_builds_at_once_give_the_same_right_file(letters: Path, tmp_path: Path) -> None:
    output, temporary = places(tmp_path)
    both = [start(letters, output, temporary) for _ in range(2)]
    for process in both:
        _, said = process.communicate(timeout=90)
        assert process.returncode == 0, said
    assert checksum(output) == alone(letters, tmp_path / "alone/x.pdf")
    assert left_over(output.parent) == ["x.html", "x.json", "x.pdf"]
    assert list(temporary.iterdir()) == []
