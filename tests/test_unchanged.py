"""What is looked at to know that nothing has changed: all that reading opens, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

from dossier.cli.main import main
from dossier.keep import unchanged
from dossier.read.corpus import read

LIMIT = 30
"""Seconds after which a build that waits for something has failed."""
NOT_UTF_8 = os.fsdecode(b"caf\xe9")
SOURCED = "---\ntitle: One\ndate: 2012\nto: X\nsource:\n  file: %s\n---\nText.\n"


def run(
    *arguments: str | Path, command: str = "build", memory: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with so many bytes of memory where that is said."""

    def little() -> None:
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    return subprocess.run(
        [sys.executable, "-m", "dossier", command, *arguments], cwd=ROOT, preexec_fn=little,
        capture_output=True, text=True, errors="surrogateescape", check=False, timeout=LIMIT,
    )  # fmt: skip


def built(corpus: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """Build; return the first word of what was said."""
    capsys.readouterr()
    output = str(corpus.parent / "out/x.pdf")
    assert main(["--corpus", str(corpus), "--output", output, "--jobs", "1", *more]) == 0
    return capsys.readouterr().out.split()[0]


@pytest.mark.parametrize(
    "key", ["source: {file: proof/x.txt}", "translation_of: two\ncertificate: proof/x.txt"]
)
def test_a_file_that_a_letter_names_is_looked_at(
    key: str, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\n%s\n---\nText.\n"
    second = "---\ntitle: Two\ndate: 2012\nto: X\nlanguage: de\n---\nText.\n"
    given = corpus(**{"letters/one.md": letter % key, "letters/two.md": second, "proof/x.txt": "A"})
    assert built(given, capsys) == "Wrote"
    assert built(given, capsys) == "Nothing"
    (given / "proof/x.txt").write_text("B", encoding="utf-8")
    assert built(given, capsys) == "Wrote"


@pytest.mark.parametrize("place", [".", "letters/.hidden", "sources", "pictures"])
@pytest.mark.parametrize("target", ["/usr", "/proc/kmsg", "/proc/self/mem", "/dev/zero"])
def test_a_link_out_of_the_corpus_is_not_followed(
    place: str, target: str, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus()
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "away").symlink_to(target)
    begun = time.monotonic()
    first = unchanged.inputs(folder, "c", "s")
    assert time.monotonic() - begun < 1
    if target == "/proc/kmsg":
        assert built(folder, capsys) == "Wrote"
        assert built(folder, capsys) == "Nothing"
    (folder / place / "away").unlink()
    (folder / place / "away").symlink_to("/usr/lib")
    assert (unchanged.inputs(folder, "c", "s") != first) == (place == ".")


def test_pipes_sockets_and_folders_that_lead_back_are_not_opened(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"sources/a.txt": "A"})
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "sources/pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(folder)
        bound.bind("socket")
        os.chdir(here)
    (folder / "around").symlink_to(".")
    (folder / "circle").symlink_to("circle")
    assert built(folder, capsys) == "Wrote"
    assert built(folder, capsys) == "Nothing"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["dossier.yaml", "names.yaml", "reports.yaml", "letters/two.md", "letters/x"]
)
@pytest.mark.parametrize("kind", ["pipe", "link to /proc/kmsg", "link to a pipe"])
def test_what_is_no_file_in_the_place_of_one_is_said(
    name: str, kind: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder = corpus()
    (folder / name).unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "link to a pipe":
        os.mkfifo(folder / "elsewhere")
        (folder / name).symlink_to(folder / "elsewhere")
    else:
        (folder / name).symlink_to("/proc/kmsg")
    done = run("--corpus", folder, "--output", tmp_path / "x.pdf", "--jobs", "1")
    assert done.returncode == 1
    assert f"{folder}/{name}:1:1: error: The file" in done.stderr


@pytest.mark.slow
def test_files_of_six_gigabytes_are_no_matter(corpus: Callable[..., Path], tmp_path: Path) -> None:
    """They have holes and take no room; nobody has so much memory here."""
    folder = corpus(**{"film.mp4": "", "sources/scan.tif": ""})
    for name in ("film.mp4", "sources/scan.tif"):
        os.truncate(folder / name, 6_000_000_000)
    arguments = ("--corpus", folder, "--output", tmp_path / "x.pdf", "--jobs", "1")
    for word in ("Wrote", "Nothing"):
        done = run(*arguments, memory=4_000_000_000)
        assert (done.returncode, done.stdout.split()[:1]) == (0, [word]), done.stderr
    os.truncate(folder / "dossier.yaml", 6_000_000_000)
    done = run(*arguments, memory=4_000_000_000)
    assert done.returncode == 1
    assert "dossier.yaml:1:1: error: The file is larger than 5 MB" in done.stderr


def test_a_source_file_of_any_size_is_read_in_parts(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{"letters/one.md": SOURCED % "scans/a.tif", "scans/a.tif": ""})
    os.truncate(folder / "scans/a.tif", 300_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, _ = read(folder)
    assert found is not None
    source = found.letters[0].source_file
    assert source is not None
    assert source.size == 300_000_000
    million = bytes(1_000_000)
    zeros = hashlib.sha256()
    for _ in range(300):
        zeros.update(million)
    assert source.sha256 == zeros.hexdigest()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_change_in_anything_that_is_read_is_seen(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"letters/one.md": SOURCED % "scans/a.txt", "scans/a.txt": "A", "notes": "n"})
    (folder / "names.real").write_text("{}\n", encoding="utf-8")
    (folder / "names.yaml").symlink_to("names.real")
    assert built(folder, capsys) == "Wrote"
    assert built(folder, capsys) == "Nothing"
    for name, text in {
        "scans/a.txt": "B",
        "names.real": "# nobody\n",
        "dossier.yaml": "title: Other\n",
        "letters/two.md": "---\ntitle: Two\ndate: 2013\nto: X\n---\nText.\n",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
        assert built(folder, capsys) == "Wrote", name
        assert built(folder, capsys) == "Nothing", name
    (folder / "notes").write_text("not read", encoding="utf-8")
    (folder / "scans/b.txt").write_text("not read", encoding="utf-8")
    assert built(folder, capsys) == "Nothing"
    (folder / "name.yaml").write_text("{}", encoding="utf-8")
    assert built(folder, capsys) == "Wrote"


def test_the_program_itself_has_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(
        ROOT / "dossier", tmp_path / "dossier", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(unchanged, "__file__", str(tmp_path / "dossier/unchanged.py"))
    seen = {unchanged.program_checksum()}
    (tmp_path / "dossier/press").mkdir()
    (tmp_path / "dossier/press/bind.py").write_text("x = 1\n", encoding="utf-8")
    seen.add(unchanged.program_checksum())
    (tmp_path / "dossier/press/bind.py").write_text("x = 2\n", encoding="utf-8")
    seen.add(unchanged.program_checksum())
    assert len(seen) == 3


# --- names that are not UTF-8 ---


@pytest.mark.parametrize("place", [".", "letters/.hidden", "sources"])
def test_a_file_whose_name_is_not_utf_8_is_no_matter(
    place: str, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus()
    (folder / place).mkdir(exist_ok=True)
    (folder / place / NOT_UTF_8).write_text("x", encoding="utf-8")
    assert built(folder, capsys) == "Wrote"
    assert built(folder, capsys) == "Nothing"


def test_a_letter_whose_name_is_not_utf_8_is_said(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    letter = SOURCED % "sources/cafe"
    folder = corpus(**{"letters/one.md": letter, "sources/a": ""})
    (folder / f"letters/{NOT_UTF_8}.md").write_text("x", encoding="utf-8")
    (folder / f"sources/{NOT_UTF_8}").write_text("x", encoding="utf-8")
    done = run("--corpus", folder, "--output", tmp_path / "x.pdf", "--jobs", "1")
    assert done.returncode == 1
    assert (
        r"letters/caf\udce9.md:1:1: error: The file's name “caf\udce9” cannot be an id"
        in done.stderr
    )
    assert r"Did you mean “sources/caf\udce9”?" in done.stderr
    done = run("--corpus", folder, "--format", "json", command="check")
    assert done.returncode == 1
    said = [item["message"] for item in json.loads(done.stdout)]
    assert f"The file's name “{NOT_UTF_8}” cannot be an id" in said


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_folders_whose_names_are_not_utf_8(
    jobs: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    signed = "---\ntitle: One\ndate: 2012\nto: X\nsignatories: [Odhikar, Odhikars]\n---\nText.\n"
    folder = corpus(**{"letters/one.md": signed}).rename(tmp_path / NOT_UTF_8)
    output = tmp_path / f"out {NOT_UTF_8}" / f"{NOT_UTF_8}.pdf"
    for word in ("Wrote", "Nothing"):
        done = run("--corpus", folder, "--output", output, "--jobs", jobs)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(word)
        assert r"caf\udce9/letters/one.md:5:24: warning: “Odhikars”" in done.stderr
    listing = json.loads(output.with_suffix(".json").read_bytes())
    assert listing["diagnostics"][0]["path"] == f"{folder}/letters/one.md"
    done = run(output, "--corpus", folder, command="verify")
    assert done.returncode == 0, done.stderr
    (folder / "dossier.yaml").write_text("titel: x\n", encoding="utf-8")
    assert run("--corpus", folder, "--output", output).returncode == 1
