"""A file that its proof refuses is kept for its editor to look at, and never under its own name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import earlier_build, still_there

from dossier.bind.furniture import Digits
from dossier.cli.main import main

Corpus = Callable[..., Path]


def build(folder: Path, output: Path, *more: str) -> int:
    return main(["--corpus", str(folder), "--output", str(output), "--jobs", "1", *more])


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let every page say that it is the next one."""
    shown = Digits.show

    def off(self: Digits, label: str, x: float, y: float) -> bytes:
        return shown(self, str(int(label) + 1), x, y)

    monkeypatch.setattr(Digits, "show", off)
    return monkeypatch


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".cache")


def test_a_refused_file_is_kept_beside_until_the_next_good_build(
    wrong: pytest.MonkeyPatch, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    before = earlier_build(output)
    assert build(folder, output) == 1
    found = capsys.readouterr().err
    assert "error: The page number reads “2”" in found
    refused = output.with_name("x.rejected.pdf")
    assert found.endswith(f"errors; the file that was refused is {refused}, to look at.\n")
    assert still_there(before)
    assert refused.read_bytes().startswith(b"%PDF-1.7")
    text = refused.with_suffix(".txt").read_text(encoding="utf-8")
    assert text.startswith("The proof of a build refused x.rejected.pdf. It is not the dossier")
    assert [line for line in found.splitlines() if ": error: " in line] == text.splitlines()[3:]

    assert main(["verify", str(refused), "--corpus", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "The proof of the build that made this file has refused it. Do not use it" in said

    wrong.undo()
    assert build(folder, output) == 0
    assert names(output.parent) == ["x.html", "x.json", "x.pdf", "x.sha256"]


def test_it_goes_too_where_nothing_has_changed(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    assert build(folder, output) == 0
    letter = folder / "letters/one.md"
    text = letter.read_text(encoding="utf-8")
    letter.write_text(text.replace("A text", "Another text"), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(Digits, "show", lambda self, number, x, y: b"")
        assert build(folder, output) == 1
    assert "x.rejected.pdf" in names(output.parent)
    letter.write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert build(folder, output) == 0
    assert capsys.readouterr().out.startswith("Nothing has changed in ")
    assert names(output.parent) == ["x.html", "x.json", "x.pdf", "x.sha256"]


def test_a_file_of_somebody_else_by_that_name_stays(
    wrong: pytest.MonkeyPatch, corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out/x.pdf"
    output.parent.mkdir()
    mine = output.with_name("x.rejected.txt")
    mine.write_text("my own notes", encoding="utf-8")
    assert build(corpus(), output) == 1
    assert capsys.readouterr().err.endswith("; nothing was written.\n")
    assert mine.read_text(encoding="utf-8") == "my own notes"
    assert names(output.parent) == ["x.rejected.txt"]
    wrong.undo()
    assert build(corpus(), output) == 0
    assert mine.read_text(encoding="utf-8") == "my own notes"
