"""``NAME.sha256``: what every receiver's own ``sha256sum -c`` can check, and what a build and ``verify`` make of it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edition

from dossier import stages
from dossier.cli.main import main
from dossier.outputs.checksums import checksums
from dossier.pipeline import verify
from dossier.proof.checksums import findings


def build(corpus: Path, output: Path) -> int:
    return main(["--corpus", str(corpus), "--output", str(output), "--jobs", "1"])


@pytest.fixture
def copy(real: Edition, tmp_path: Path) -> Path:
    """The files of the real dossier, to be damaged."""
    for suffix in (".pdf", ".html", ".json", ".sha256"):
        shutil.copy(real.pdf.with_suffix(suffix), tmp_path)
    return tmp_path / real.pdf.with_suffix(".sha256").name


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="the command sha256sum is not installed")
def test_sha256sum_reads_it(copy: Path) -> None:
    def checked() -> tuple[int, str]:
        command = ["sha256sum", "--check", "--strict", copy.name]
        done = subprocess.run(command, cwd=copy.parent, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert checked() == (0, "dossier.pdf: OK\ndossier.html: OK\ndossier.json: OK\n")
    with copy.with_suffix(".html").open("ab") as page:
        page.write(b"\n")
    assert checked() == (1, "dossier.pdf: OK\ndossier.html: FAILED\ndossier.json: OK\n")


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="the command sha256sum is not installed")
@pytest.mark.parametrize(
    "name", ["a b.pdf", "Ünion.pdf", "a\\nb.pdf", "a\nb.pdf", "\\.pdf", "a\r.pdf"]
)
def test_strange_names_are_written_as_sha256sum_does(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    done = subprocess.run(["sha256sum", "--", name], cwd=tmp_path, capture_output=True, check=True)
    files = {Path(name): b"x"}
    assert checksums(files) == done.stdout
    assert not list(findings(done.stdout, files))


def test_every_change_of_the_list_is_found(copy: Path, real: Edition) -> None:
    true = copy.read_bytes()
    pdf = copy.with_suffix(".pdf")
    assert not verify(pdf, real.corpus).faults
    for place in range(len(true)):
        for byte in b"0a\n \\":
            changed = true[:place] + bytes([byte]) + true[place + 1 :]
            if changed != true:
                assert wrong(changed, copy), (place, byte)
        assert wrong(true[:place] + true[place + 1 :], copy), place
    lines = true.splitlines(keepends=True)
    for changed, said in (
        (lines[:2], "ends before “dossier.json”"),
        ([*lines, lines[0]], "should have nothing more here, and has “dossier.pdf”"),
        ([lines[1], lines[0], lines[2]], "should have “dossier.pdf” here, and has “dossier.html”"),
        ([lines[0], lines[0][:66] + lines[1][66:], lines[2]], "is not that of “dossier.html”"),
    ):
        copy.write_bytes(b"".join(changed))
        (fault,) = verify(pdf, real.corpus).faults
        assert said in fault.message and fault.path == copy.as_posix()


def wrong(content: bytes, copy: Path) -> list[tuple[int, str]]:
    files = [copy.with_suffix(suffix) for suffix in (".pdf", ".html", ".json")]
    return list(findings(content, {path: path.read_bytes() for path in files}))


def test_a_missing_list_is_a_warning(copy: Path, real: Edition) -> None:
    copy.unlink()
    (fault,) = verify(copy.with_suffix(".pdf"), real.corpus).faults
    assert "was made together with the PDF, but is not beside it" in fault.message
    assert str(fault.severity) == "warning"


def test_a_build_writes_it_anew_where_it_is_missing_or_changed(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    assert build(folder, output) == 0
    listed = output.with_suffix(".sha256")
    true = listed.read_bytes()
    for change in (listed.unlink, lambda: listed.write_bytes(b"0" * 64 + true[64:])):
        change()
        capsys.readouterr()
        assert build(folder, output) == 0
        assert capsys.readouterr().out.startswith("Wrote")
        assert listed.read_bytes() == true
    assert build(folder, output) == 0
    assert capsys.readouterr().out.startswith("Nothing has changed")
    listed.write_bytes(true + b"my notes\n")
    assert build(folder, output) == 3
    assert "x.sha256” was not written by this program" in capsys.readouterr().err


def test_a_build_that_lists_falsely_is_refused(
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    own = stages.listed_checksums
    monkeypatch.setattr(
        stages, "listed_checksums", lambda files: own(files).replace(b"html", b"htm")
    )
    assert build(folder, output) == 1
    assert "should have “x.html” here, and has “x.htm”" in capsys.readouterr().err
    names = [path.name for path in output.parent.iterdir() if path.is_file()]
    assert sorted(names) == ["x.rejected.sha256", "x.rejected.txt"]
    monkeypatch.undo()
    assert build(folder, output) == 0
    names = [path.name for path in output.parent.iterdir() if path.is_file()]
    assert sorted(names) == ["x.html", "x.json", "x.pdf", "x.sha256"]
