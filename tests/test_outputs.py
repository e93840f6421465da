"""Where a dossier may be written: over an earlier one, and over nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition, earlier_build, still_there

from dossier import stages
from dossier.cli.main import main
from dossier.machine import earlier
from dossier.outputs_table import OUTPUTS, Output
from dossier.proof.beside import Proved
from dossier.proof.tags import Finding
from dossier.records.outputs import KINDS


def build(corpus: Path, output: Path) -> int:
    return main(["--corpus", str(corpus), "--output", str(output), "--jobs", "1"])


def tree(folder: Path) -> dict[str, bytes]:
    """Return all that is in a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    "name",
    ["reports.pdf", "Reports.pdf", "letters/x.pdf", "letters/deeper/x.pdf", "sources/x.pdf",
     "../link/x.pdf"],
)  # fmt: skip
def test_an_output_that_would_become_a_part_of_the_corpus(
    name: str, corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"reports.json": "[]", "sources/a.txt": "A"})
    (tmp_path / "link").symlink_to("corpus/letters")
    before = tree(tmp_path)
    assert build(folder, folder / name) == 2
    said = capsys.readouterr().err
    assert (
        "would become a part of the corpus. Name a place outside its folder with --output." in said
    )
    assert said.count("\n") == 1
    assert tree(tmp_path) == before


def test_an_output_in_the_place_of_a_source_file(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\nsource:\n  file: scans/old.pdf\n---\nText.\n"
    folder = corpus(**{"letters/one.md": letter})
    before = earlier_build(folder / "scans/old.pdf")
    assert build(folder, folder / "scans/old.pdf") == 2
    assert "would become a part of the corpus" in capsys.readouterr().err
    assert still_there(before)


def test_an_output_beside_what_is_read_is_written(corpus: Callable[..., Path]) -> None:
    folder = corpus()
    for _ in range(2):
        assert build(folder, folder / "printed/x.pdf") == 0
        assert build(folder, folder / "x.pdf") == 0


FOREIGN = {
    "x.pdf": b"%PDF-1.7\nA scan of last year\n%%EOF\n",
    "x.html": b"<!DOCTYPE html>\n<title>Our home page</title>\n",
    "x.json": b'{\n"format": 1,\n"title": "A catalog"\n}\n',
    "x.sha256": b"0" * 64 + b"  our-photographs.zip\n",
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("content", ["other", "empty", "text"])
@pytest.mark.parametrize("among", [True, False], ids=["among ours", "alone"])
def test_what_no_build_has_written_is_not_written_over(
    name: str,
    content: str,
    among: bool,
    corpus: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    output.parent.mkdir()
    if among:
        earlier_build(output)
    (output.parent / name).write_bytes(
        {"other": FOREIGN[name], "empty": b"", "text": b"{" * 99_999}[content]
    )
    before = tree(tmp_path)
    assert build(folder, output) == 3
    said = capsys.readouterr().err
    assert f"/out/{name}” was not written by this program" in said
    assert "Move it elsewhere, or name another place with --output. Nothing was written.\n" in said
    assert tree(tmp_path) == before


def test_a_pipe_in_the_place_of_a_file_is_not_opened(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "x.html")
    assert build(corpus(), tmp_path / "x.pdf") == 3
    assert "x.html” is no plain file" in capsys.readouterr().err


def test_an_earlier_dossier_is_written_over(real: Edition, corpus: Callable[..., Path]) -> None:
    folder, output = corpus(), real.pdf.parent / "again/x.pdf"
    output.parent.mkdir()
    for suffix in (".pdf", ".html", ".json"):
        shutil.copy(real.pdf.with_suffix(suffix), output.with_suffix(suffix))
    assert build(folder, output) == 0
    assert output.read_bytes() != real.pdf.read_bytes()
    for gone in (".pdf", ".html"):
        output.with_suffix(gone).unlink()
        assert build(folder, output) == 0


def annotated(pdf: Path) -> None:
    """Let somebody comment a PDF and save it anew."""
    with pikepdf.open(pdf, allow_overwriting_input=True) as opened:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[9, 9, 30, 30], Contents="No!"
        )
        opened.pages[0].Annots = opened.make_indirect([opened.make_indirect(note)])
        opened.save(pdf)


def signed(pdf: Path) -> None:
    """Let something be added behind the end of a PDF, as a signature is."""
    with pdf.open("ab") as file:
        file.write(b"\n9999 0 obj\n<</Type/Sig>>\nendobj\n%%EOF\n")


@pytest.mark.parametrize("change", [annotated, signed])
def test_work_that_was_done_on_a_dossier_is_not_destroyed(
    change: Callable[[Path], None],
    corpus: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    assert build(folder, output) == 0
    change(output)
    for _ in range(2):
        before = tree(output.parent)
        capsys.readouterr()
        assert build(folder, output) == 3
        said = capsys.readouterr().err
        assert (
            "/out/x.pdf” was changed after it was built, as by a signature or a comment, and"
            in said
        )
        assert tree(output.parent) == before
        (folder / "dossier.yaml").write_text("title: Other\n", encoding="utf-8")
    output.with_suffix(".json").unlink()
    assert build(folder, output) == 3
    assert "may have been changed since it was built (x.json, which" in capsys.readouterr().err


def test_what_came_there_during_the_build_is_not_written_over(
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    true = stages.manifest

    def meanwhile(*arguments: object) -> Callable[[str], str]:
        output.with_suffix(".html").write_bytes(FOREIGN["x.html"])
        return true(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stages, "manifest", meanwhile)
    assert build(folder, output) == 3
    assert "x.html” was not written by this program" in capsys.readouterr().err
    assert output.with_suffix(".html").read_bytes() == FOREIGN["x.html"]
    assert sorted(path.name for path in output.parent.iterdir()) == [".cache", "x.html"]


def test_it_is_told_before_the_corpus_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.json").write_bytes(FOREIGN["x.json"])
    assert build(tmp_path / "no corpus", tmp_path / "x.pdf") == 3
    assert "There is no corpus" not in capsys.readouterr().err


def test_a_build_looks_like_one_of_ours(real: Edition) -> None:
    earlier.refuse_others(real.pdf)


# --- what is made beside the PDF ---

ALWAYS = [".json", ".pdf", ".sha256"]


def says(folder: Path, outputs: str) -> None:
    (folder / "dossier.yaml").write_text(f"title: T\n{outputs}\n", encoding="utf-8")


def beside(output: Path) -> list[str]:
    return sorted(path.suffix for path in output.parent.iterdir() if path.is_file())


def test_the_corpus_says_what_stands_beside_the_pdf(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    for outputs, files, said in (
        ("", [".html"], "x.html, x.json and x.sha256)"),
        ("outputs: [csv, html]", [".csv", ".html"], "x.html, x.csv, x.json and x.sha256)"),
        ("outputs: [html, csv, csv]", [".csv", ".html"], "x.csv, x.json and x.sha256)"),
        ("outputs: csv", [".csv"], "(beside it x.csv, x.json and x.sha256)"),
        ("outputs: []", [], "(beside it x.json and x.sha256)"),
        ("outputs: [csv]", [".csv"], "(beside it x.csv, x.json and x.sha256)"),
        ("outputs: [html]", [".html"], "(beside it x.html, x.json and x.sha256)"),
    ):
        says(folder, outputs)
        for verb in ("Wrote", "Nothing has changed in"):
            assert build(folder, output) == 0
            out = capsys.readouterr().out
            assert out.startswith(verb) and said in out
            assert beside(output) == [*files, *ALWAYS]
        assert main(["verify", str(output), "--corpus", str(folder)]) == 0
        *names, last = [
            f"x{suffix}" for suffix in (".html", ".csv", ".sha256") if suffix in files
        ] + ["x.sha256"]
        out = capsys.readouterr().out
        if names:
            assert out.endswith(f"So are {', '.join(names)} and {last} beside it.\n")
        else:
            assert out.endswith("page numbers and links.\nSo is x.sha256 beside it.\n")


def test_packets_have_outputs_of_their_own(corpus: Callable[..., Path], tmp_path: Path) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    packets = "  a: {outputs: csv}\n  b: {outputs: []}\n  c: {title: C}\n"
    says(folder, f"outputs: [html, csv]\npackets:\n{packets}")
    assert (
        main(["build", "--all", "--corpus", str(folder), "--output", str(output), "--jobs", "1"])
        == 0
    )
    assert sorted(path.name for path in output.parent.iterdir() if path.is_file()) == [
        "a.csv", "a.json", "a.pdf", "a.sha256", "b.json", "b.pdf", "b.sha256",
        "c.csv", "c.html", "c.json", "c.pdf", "c.sha256", "x.csv", "x.html", "x.json", "x.pdf", "x.sha256",
    ]  # fmt: skip
    for name in "abcx":
        pdf = output.with_name(f"{name}.pdf")
        assert main(["verify", str(pdf), "--corpus", str(folder)]) == 0


def edited(csv: Path) -> None:
    """Let somebody save a table anew."""
    csv.write_bytes(csv.read_bytes().replace(b"\r\n", b"\n"))


@pytest.mark.parametrize("gone", ["csv", "html"])
def test_a_file_of_somebody_else_stays_where_none_is_made(
    gone: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    says(folder, "outputs: []")
    output.parent.mkdir()
    mine = output.with_suffix(f".{gone}")
    mine.write_bytes(b"my own")
    for title in ("One", "Two"):
        (folder / "dossier.yaml").write_text(f"title: {title}\noutputs: []\n", encoding="utf-8")
        assert build(folder, output) == 0
    assert mine.read_bytes() == b"my own"


@pytest.mark.parametrize("gone", ["csv", "html"])
def test_a_file_that_was_changed_since_stays_when_it_is_made_no_more(
    gone: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    says(folder, "outputs: [csv, html]")
    assert build(folder, output) == 0
    mine = output.with_suffix(f".{gone}")
    mine.write_bytes(mine.read_bytes() + b"more")
    says(folder, "outputs: []")
    assert build(folder, output) == 0
    assert beside(output) == sorted([f".{gone}", *ALWAYS])
    assert mine.read_bytes().endswith(b"more")


def test_a_page_of_a_build_that_did_not_list_it_goes_too(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    earlier_build(output)
    says(folder, "outputs: []")
    assert build(folder, output) == 0
    assert beside(output) == ALWAYS


def test_a_table_of_somebody_else_is_not_written_over(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    csv = output.with_suffix(".csv")
    output.parent.mkdir()
    csv.write_bytes(b"letter,signatures\r\n")
    says(folder, "outputs: csv")
    before = tree(tmp_path)
    for _ in range(2):
        assert build(folder, output) == 3
        assert (
            "x.csv” was not written by this program, and is not overwritten"
            in capsys.readouterr().err
        )
        assert tree(tmp_path) == before
    csv.unlink()
    assert build(folder, output) == 0
    edited(csv)
    before = tree(output.parent)
    (folder / "dossier.yaml").write_text("title: Other\noutputs: csv\n", encoding="utf-8")
    assert build(folder, output) == 3
    assert (
        "x.csv” was changed after it was built, and is not overwritten" in capsys.readouterr().err
    )
    assert tree(output.parent) == before


def test_a_table_in_the_place_of_a_source_file(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\nsource:\n  file: scans/old.csv\n---\nText.\n"
    folder = corpus(**{"letters/one.md": letter, "scans/old.csv": "A"})
    assert build(folder, folder / "scans/old.pdf") == 0
    says(folder, "outputs: csv")
    capsys.readouterr()
    assert build(folder, folder / "scans/old.pdf") == 2
    assert "old.csv” would become a part of the corpus" in capsys.readouterr().err


def test_verify_says_what_is_missing_or_another_beside_the_pdf(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = corpus(), tmp_path / "out/x.pdf"
    says(folder, "outputs: [html, csv]")
    assert build(folder, output) == 0

    def verified() -> str:
        capsys.readouterr()
        assert main(["verify", str(output), "--corpus", str(folder)]) == 1
        return capsys.readouterr().err

    csv, html = output.with_suffix(".csv"), output.with_suffix(".html")
    true = csv.read_bytes()
    edited(csv)
    assert (
        "x.csv:0:0: error: The file was changed or saved anew after it was built: it is not the"
        in verified()
    )
    csv.unlink()
    capsys.readouterr()
    assert main(["verify", str(output), "--corpus", str(folder)]) == 0
    said = capsys.readouterr()
    assert (
        "x.csv:0:0: warning: The file was made together with the PDF, but is not beside it"
        in said.err
    )
    assert said.err.endswith("\n1 warning.\n")
    assert said.out.endswith(
        " all page numbers and links.\nSo are x.html and x.sha256 beside it.\n"
    )
    csv.write_bytes(true)
    html.write_bytes(html.read_bytes() + b"\n")
    assert "x.html:0:0: error: The file was changed or saved anew" in verified()
    says(folder, "outputs: csv")
    assert "In the listing’s “outputs”, “name” of item 1 should be 'csv'" in verified()


def test_an_output_may_be_made_of_the_finished_pages(
    corpus: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved_with: list[bytes] = []

    def prove(content: bytes, proved: Proved) -> Iterable[Finding]:
        proved_with.append(proved.pdf)
        return [] if content == proved.pdf[::-1] else [(1, "Wrong")]

    backwards = Output(lambda bound: bound.pdf()[::-1], prove)
    monkeypatch.setitem(OUTPUTS, "csv", backwards)
    monkeypatch.setitem(KINDS, "csv", replace(KINDS["csv"], is_apart=False))
    folder = corpus(**{"dossier.yaml": "title: Test\noutputs: [csv, html]\n"})
    assert build(folder, tmp_path / "x.pdf") == 0
    pdf = (tmp_path / "x.pdf").read_bytes()
    assert proved_with == [pdf]
    assert (tmp_path / "x.csv").read_bytes() == pdf[::-1]
    assert main(["verify", str(tmp_path / "x.pdf"), "--corpus", str(folder)]) == 0
