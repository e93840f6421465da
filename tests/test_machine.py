"""Where the machine has too little of something, or a place for words: what is said, and the exit status."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, earlier_build, still_there

from dossier.cli.main import main
from dossier.records.diagnostics import (
    CannotWriteError,
    CommandLineError,
    CorpusFaultError,
    MachineLacksError,
    Status,
    StopError,
)

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits are others elsewhere")
FILES = (
    "dossier: it may not open enough files at once. Allow more, for example with “ulimit -n 1024”; a build "
    "needs fewer with --jobs 1. What was built before is unchanged.\n"
)


def shell(
    line: str, *arguments: str | Path, python: str | Path = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the program as ``line`` says, in which ``RUN`` stands for it with its arguments."""
    return subprocess.run(
        ["bash", "-c", line.replace("RUN", '"$0" -m dossier "$@"'), str(python), *map(str, arguments)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small corpus and its dossier."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "corpus/letters").mkdir(parents=True)
    (folder / "corpus/dossier.yaml").write_text("title: Test\n")
    (folder / "corpus/letters/one.md").write_text(
        "---\ntitle: One\ndate: 2012\nto: X\n---\nText.\n"
    )
    output = folder / "x.pdf"
    arguments = ["--corpus", str(folder / "corpus"), "--output", str(output), "--jobs", "1"]
    assert main([*arguments, "--no-cache"]) == 0
    return folder / "corpus", output


@pytest.fixture
def commands(built: tuple[Path, Path], tmp_path: Path) -> dict[str, list[str]]:
    """Every command with arguments with which it succeeds."""
    corpus = ["--corpus", str(built[0])]
    return {
        "build": ["build", *corpus, "--output", str(tmp_path / "y.pdf"), "--jobs", "2", "--no-cache"],
        "check": ["check", *corpus],
        "check json": ["check", *corpus, "--format", "json"],
        "verify": ["verify", str(built[1]), *corpus],
        "verify json": ["verify", str(built[1]), *corpus, "--format", "json"],
        "schema": ["schema", "--output", str(tmp_path / "schema")],
        "help": ["--help"],
        "version": ["--version"],
    }  # fmt: skip


EVERY = ["build", "check", "check json", "verify", "verify json", "schema", "help", "version"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "closed"),
    [
        *((name, closed) for name in EVERY for closed in (">&-", "2>&-")),
        ("build", "<&- >&- 2>&-"),
        ("check json", "<&- >&- 2>&-"),
    ],
)
def test_where_nobody_listens_the_work_is_done_all_the_same(
    name: str, closed: str, commands: dict[str, list[str]], tmp_path: Path
) -> None:
    done = shell(f"RUN {closed}", *commands[name])
    assert done.returncode == 0
    assert done.stderr == "" or closed == ">&-"
    assert (done.stdout == "") is (closed != "2>&-")
    if name == "build":
        assert (tmp_path / "y.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
@FULL
@pytest.mark.parametrize(
    ("name", "unbuffered"), [*((name, "") for name in EVERY), ("check json", "1"), ("version", "1")]
)
def test_what_cannot_be_written_to_a_full_device_is_no_success(
    name: str, unbuffered: str, commands: dict[str, list[str]], tmp_path: Path
) -> None:
    done = shell("RUN > /dev/full", *commands[name], PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 3
    assert done.stderr.endswith(
        "dossier: standard output cannot be written: No space left on device. Some messages are lost.\n"
    )
    assert "Traceback" not in done.stderr
    assert "temporary files" not in done.stderr
    if name == "build":
        assert (tmp_path / "y.pdf").read_bytes().startswith(b"%PDF-")


@FULL
def test_findings_that_cannot_be_written_are_no_success_and_no_less_a_finding(
    built: tuple[Path, Path], corpus: Callable[..., Path]
) -> None:
    faulty = corpus(**{"dossier.yaml": "titel: X\n"})
    assert shell("RUN 2> /dev/full", "check", "--corpus", faulty).returncode == 1
    assert shell("RUN > /dev/full 2> /dev/full", "check", "--corpus", faulty).returncode == 1
    warned = corpus(**{"dossier.yaml": "title: X\n", "letters/one.md": LIKE_ANOTHER})
    done = shell("RUN", "check", "--corpus", warned)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "1 warning.")
    assert shell("RUN 2> /dev/full", "check", "--corpus", warned).returncode == 3
    # Nothing was to be said there.
    assert shell("RUN 2> /dev/full", "verify", built[1], "--corpus", built[0]).returncode == 0
    assert shell("RUN 2> /dev/full", "biuld").returncode == 2


LIKE_ANOTHER = """---
title: One
date: 2012
to: X
signatories: [Amnesty International, Amnesty Internationl]
---
A text.
"""


@pytest.mark.slow
@pytest.mark.parametrize("stream", ["2>&1 |", "2>/dev/null |", "3>&1 1>/dev/null 2>&3 |"])
def test_a_reader_who_goes_changes_no_status(stream: str, corpus: Callable[..., Path]) -> None:
    """``| head -1`` is enough for its reader."""
    faults = "".join(f"key{number}: x\n" for number in range(2000))
    for settings, status in (("title: Test\n", 0), (faults, 1)):
        folder = corpus(**{"dossier.yaml": settings})
        line = f"RUN {stream} true; echo ${{PIPESTATUS[0]}}"
        for form in ("text", "json"):
            done = shell(line, "check", "--corpus", folder, "--format", form)
            assert (done.stdout.split(), done.stderr) == ([str(status)], "")


# --- too little of something ---


@LINUX
@pytest.mark.parametrize("limit", [5, 7, 8, 11])
def test_few_file_descriptors_are_said(
    limit: int, commands: dict[str, list[str]], tmp_path: Path
) -> None:
    before = earlier_build(tmp_path / "y.pdf")
    done = shell(f"ulimit -n {limit}; exec RUN", *commands["build"])
    assert (done.returncode, done.stdout, done.stderr) == (3, "", FILES)
    assert still_there(before)


@LINUX
@pytest.mark.parametrize("name", ["build", "check", "schema"])
@pytest.mark.parametrize("limit", [25_000, 60_000])
def test_little_memory_is_said(name: str, limit: int, commands: dict[str, list[str]]) -> None:
    done = shell(f"ulimit -v {limit}; exec RUN", *commands[name])
    if done.returncode:
        assert done.returncode == 3, done.stderr
        assert done.stderr.startswith("dossier: ")
        assert "memory" in done.stderr or "another process" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    else:
        assert name != "build"


# --- packages ---


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment of its own whose packages are links to those of this one."""
    folder = tmp_path / "environment"
    packages = folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    packages.mkdir(parents=True)
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        (packages / path.name).symlink_to(path)
    (folder / "bin").mkdir()
    (folder / "bin/python").symlink_to(Path(sys.executable).resolve())
    home = Path(sys.executable).resolve().parent
    (folder / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n")
    (folder / "prepared").write_text("{}")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lost", "name", "package"),
    [
        ("yaml", "check", "yaml"),
        ("pydantic_core", "schema", "pydantic_core"),
        ("weasyprint", "build", "weasyprint"),
        ("weasyprint", "build alone", "weasyprint"),
        ("pikepdf", "build", "pikepdf"),
        ("pypdfium2", "verify", "pypdfium2"),
        ("weasyprint-*.dist-info", "build alone", "weasyprint"),
        ("jinja2", "build", "jinja2"),
    ],
)
def test_a_package_that_is_not_there_is_said_and_will_be_repaired(
    lost: str, name: str, package: str, environment: Path, commands: dict[str, list[str]]
) -> None:
    (link,) = environment.glob(f"lib/*/site-packages/{lost}")
    link.unlink()
    arguments = commands[name.removesuffix(" alone")]
    if name == "build alone":
        arguments = ["1" if word == "2" else word for word in arguments]
    done = shell("RUN", *arguments, python=environment / "bin/python")
    assert done.stderr == (
        f"dossier: The Python package “{package}” is missing or damaged. Run python3 generate.py again: it "
        "repairs that.\n"
    )
    assert done.returncode == 3
    assert not (environment / "prepared").exists()


def test_a_module_of_a_package_that_is_not_there_is_said_too(
    environment: Path, commands: dict[str, list[str]]
) -> None:
    (link,) = environment.glob("lib/*/site-packages/yaml")
    files = list(link.resolve().iterdir())
    link.unlink()
    link.mkdir()
    for file in files:
        if file.name != "loader.py":
            (link / file.name).symlink_to(file)
    (environment / "prepared").unlink()
    done = shell("RUN", *commands["check"], python=environment / "bin/python")
    assert done.returncode == 3
    assert done.stderr == (
        "dossier: The Python package “yaml” is missing or damaged. Install this program and its packages "
        "again.\n"
    )


# --- exit statuses ---


def test_the_status_belongs_to_the_kind_of_error() -> None:
    assert [
        kind.status
        for kind in (CorpusFaultError, CommandLineError, MachineLacksError, CannotWriteError)
    ] == [1, 2, 3, 3]
    assert StopError.status == Status.OURS == 4


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (CommandLineError("words"), 2, "dossier: words\n"),
        (MachineLacksError("words"), 3, "dossier: words\n"),
        (CannotWriteError("words"), 3, "dossier: words\n"),
        (MemoryError(), 3, "dossier: there is not enough memory."),
        (RuntimeError("can't start new thread"), 3, "dossier: it may not start another process."),
        (BlockingIOError(11, "Resource temporarily unavailable"), 3, "dossier: it may not start another"),
        (ImportError("x.so: failed to map segment from shared object"), 3, "dossier: there is not enough"),
        (PermissionError(13, "Permission denied", "a/b"), 3, "dossier: “a/b” cannot be used: Permission denied."),
        (importlib.metadata.PackageNotFoundError("nothing"), 3, "dossier: The Python package “nothing” is"),
        (ImportError("no x in dossier.y", name="dossier.y"), 4, "dossier: a bug in the program: Imp"),
        (SystemError("error return without exception set"), 3, "dossier: there is not enough memory."),
        (SystemError("x"), 4, "dossier: a bug in the program: SystemError: x"),
        (KeyError("x"), 4, "dossier: a bug in the program: KeyError"),
        (KeyboardInterrupt(), 130, "dossier: stopped."),
    ],
)  # fmt: skip
def test_every_end_has_its_status(
    raised: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def fail(_: object) -> int:
        raise raised

    monkeypatch.setattr("dossier.cli.check.run", fail)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.delenv("DOSSIER_TRACEBACK", raising=False)
    assert main(["check"]) == status
    assert capsys.readouterr().err.startswith(said)


def test_a_file_to_verify_that_does_not_exist_is_a_wrong_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 would say that a file has been read and is not to be trusted."""
    assert main(["verify", str(tmp_path / "x.pdf")]) == 2
    assert (
        capsys.readouterr().err == f"dossier: there is no file {tmp_path}/x.pdf. Build it first.\n"
    )
