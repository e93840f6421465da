"""Sources that are attached to the PDF: as they stand in the corpus, and found again by other programs."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import command
from forger import Forged, opened, put, written
from reader import Reading

from dossier.bind import attaching
from dossier.cli.main import main
from dossier.render import sections

LETTER = """---
title: Letter {name}
date: 2012-01-0{day}
to: Somebody
signatories: [Amnesty International]
source: {{file: {file}}}
---
The text of letter {name}.
"""
FILES = {
    "sources/a letter.txt": b"As it was sent.\n",
    "sources/zwei/Brief – zwölf.pdf": b"%PDF-1.4 no matter what\n",
}


def made(folder: Path) -> Path:
    """Write a corpus of three letters with two sources."""
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "letters").mkdir()
    first, second = FILES
    for day, (name, file) in enumerate((("one", first), ("two", second), ("three", first)), 1):
        text = LETTER.format(name=name, day=day, file=file)
        (folder / f"letters/{name}.md").write_text(text, encoding="utf-8")
    (folder / "dossier.yaml").write_text(
        "title: Attached\ndate: 2026-11-30\nenclose: attached\npackets:\n"
        "  bare: {enclose: null}\n  booklet: {print: {booklet: 16}}\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a corpus and the PDF of its first packet."""
    folder = tmp_path_factory.mktemp("enclosed")
    corpus, pdf = made(folder / "corpus"), folder / "x.pdf"
    assert main(command(corpus, pdf, "--all")) == 0
    return corpus, pdf


def test_other_programs_save_the_sources_as_they_are(built: tuple[Path, Path]) -> None:
    _, pdf = built
    listed = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))["attachments"]
    with pikepdf.open(pdf) as book:
        found = dict(book.attachments.items())
        for item, (path, content) in zip(listed, FILES.items(), strict=True):
            spec = found[item["name"]]
            data = spec.get_file().read_bytes()
            assert (item["file"], data) == (path, content)
            assert hashlib.sha256(data).hexdigest() == item["sha256"]
            assert spec.get_file().mime_type == item["type"]
            assert spec.description == item["description"]
            assert spec.relationship == pikepdf.Name.Source
    assert len(found) == len(FILES)
    assert [item["description"] for item in listed] == [
        "Letter 1, Letter 3: source of the text",
        "Letter 2: source of the text",
    ]
    assert [item["letters"] for item in listed] == [["one", "three"], ["two"]]
    # The colophon prints the checksums, in lines.
    import pdfplumber

    with pdfplumber.open(pdf) as pages:
        said = "".join("".join(page.extract_text().split()) for page in pages.pages)
    assert all(item["sha256"] in said for item in listed)


def colophon(pdf: Path) -> str:
    text = "".join(one.text for one in Reading(pdf).structure().all("Sect")[-1:])
    return "".join(text.split())


def test_the_colophon_names_them(built: tuple[Path, Path]) -> None:
    _, pdf = built
    assert colophon(pdf).count("AttachedtothePDFasaletter.txt") == 2
    assert colophon(pdf).count("AttachedtothePDFasBrief–zwölf.pdf") == 1
    assert "Attached to the PDF as a letter.txt" in pdf.with_suffix(".html").read_text("utf-8")
    assert "Attached" not in colophon(pdf.with_name("bare.pdf"))


@pytest.mark.slow
@pytest.mark.parametrize("names", [{}, {"one": "Brief – zwölf.pdf", "two": "a letter.txt"}])
def test_a_colophon_that_names_other_files_is_refused(
    names: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = sections._sources
    monkeypatch.setattr(sections, "_sources", lambda *given: true(*given) | {"attached_as": names})
    corpus = made(tmp_path / "corpus")
    assert main(command(corpus, tmp_path / "x.pdf")) == 1
    assert "“Colophon” should say" in capsys.readouterr().err


@pytest.mark.poppler
@pytest.mark.qpdf
def test_readers_list_and_save_them(built: tuple[Path, Path], tmp_path: Path) -> None:
    _, pdf = built

    def said(*call: str) -> str:
        return subprocess.run(call, check=True, capture_output=True, text=True).stdout

    assert "1: a letter.txt\n2: Brief – zwölf.pdf\n" in said("pdfdetach", "-list", str(pdf))
    said("pdfdetach", "-saveall", "-o", str(tmp_path), str(pdf))
    for path, content in FILES.items():
        assert (tmp_path / Path(path).name).read_bytes() == content
    assert said("qpdf", "--list-attachments", str(pdf)).count("->") == len(FILES)


@pytest.mark.verapdf
@pytest.mark.slow
def test_the_file_conforms_to_both_standards(built: tuple[Path, Path]) -> None:
    _, pdf = built
    call = ["verapdf", "-q", "-f", "3a,ua1", str(pdf)]
    said = subprocess.run(call, check=False, capture_output=True, text=True).stdout
    assert said.count("PASS") == 2, said


def test_a_packet_without_them_has_none(built: tuple[Path, Path]) -> None:
    _, pdf = built
    raw = pdf.with_name("bare.pdf").read_bytes()
    assert b"pdfaid:part>2<" in raw and b"pdfaid:part>3<" in pdf.read_bytes()
    assert b"/EmbeddedFile" not in raw
    assert not pikepdf.open(io.BytesIO(raw)).attachments
    assert "attachments" not in json.loads(pdf.with_name("bare.json").read_bytes())


def specs(file: Forged) -> list[int]:
    return file.having(b"/Filespec")


def another_byte(file: Forged) -> None:
    file.redraw(file.having(b"/EmbeddedFile /Length")[0], b"sent", b"lent")


def another_name(file: Forged) -> None:
    number = specs(file)[0]
    file.change(number, b"(a letter.txt)", b"(another.txt)", 2)


def another_name_in_the_tree(file: Forged) -> None:
    file.change(1, b"(a letter.txt)", b"(a ledger.txt)")


def one_dropped(file: Forged) -> None:
    first, second = specs(file)
    text = file.texts[1]
    start = text.index(b"/AF [")
    file.texts[1] = text[:start] + text[start:].replace(b" %d 0 R" % second, b"", 1)
    _, _, rest = file.texts[1].partition(b"/EmbeddedFiles << /Names [ ")
    kept = b"(a letter.txt) %d 0 R ] >>" % first
    file.change(1, rest[: rest.index(b">>") + 2], kept)
    stream = max(file.having(b"/EmbeddedFile /Length"))
    for number in (second, stream):
        del file.texts[number]
    del file.data[stream]


def one_added(file: Forged) -> None:
    spec = file.texts[specs(file)[0]]
    stream = file.add(
        file.texts[file.having(b"/EmbeddedFile /Length")[0]].replace(b"/Size 16", b"/Size 1"), b"x"
    )
    old = spec.split(b"/EF << /F ")[1].split(b" ")[0]
    number = file.add(
        spec.replace(b" %b 0 R" % old, b" %d 0 R" % stream).replace(b"a letter", b"b letter")
    )
    file.change(1, b" ] /", b" %d 0 R ] /" % number)
    file.change(1, b"(a letter.txt)", b"(b letter.txt) %d 0 R (a letter.txt)" % number)


def another_relationship(file: Forged) -> None:
    file.change(specs(file)[0], b"/Source", b"/Data")


def another_description(file: Forged) -> None:
    file.change(specs(file)[0], b"source", b"sauce")


def another_type(file: Forged) -> None:
    file.change(file.having(b"/EmbeddedFile /Length")[0], b"#2fplain", b"#2fhtml")


def another_day(file: Forged) -> None:
    file.change(file.having(b"/EmbeddedFile /Length")[0], b"D:2026", b"D:2025")


def another_size(file: Forged) -> None:
    file.change(file.having(b"/EmbeddedFile /Length")[0], b"/Size 16", b"/Size 17")


def only_by_name(file: Forged) -> None:
    text = file.texts[1]
    file.texts[1] = b"<< " + text[text.index(b"/Lang") :]


def only_associated(file: Forged) -> None:
    text = file.texts[1]
    start = text.index(b"/EmbeddedFiles")
    file.texts[1] = text[:start] + text[text.index(b">> ", start) + 3 :]


FORGERIES: dict[Callable[[Forged], None], str] = {
    another_byte: "is not the file “sources/a letter.txt” of the corpus",
    another_name: "An attachment is filed under another name than its own",
    another_name_in_the_tree: "An attachment is filed under another name than its own",
    one_dropped: "The document has 1 attachments, and should have 2",
    one_added: "The document has 3 attachments, and should have 2",
    another_relationship: "has a key or a value that the program never writes",
    another_description: "The description of the attachment “a letter.txt” is",
    another_type: "The media type of the attachment “a letter.txt” is “text/html”",
    another_day: "The date of the attachment “a letter.txt”",
    another_size: "The size of the attachment “a letter.txt” is “17”, and should be “16”",
    only_by_name: "The attachments by name are not the files that belong to the document",
    only_associated: "The attachments by name are not the files that belong to the document",
}


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_attachment_is_found(
    forge: Callable[[Forged], None],
    built: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, pdf = built
    file = opened(pdf.read_bytes())
    forge(file)
    put(written(file), pdf.with_suffix(".json"), tmp_path / "x.pdf")
    capsys.readouterr()
    assert main(["verify", str(tmp_path / "x.pdf"), "--corpus", str(corpus)]) == 1
    assert FORGERIES[forge] in capsys.readouterr().err
    known = main(["verify", str(tmp_path / "x.pdf"), "--no-corpus"])
    seen_without = forge not in (another_day, another_size)
    assert known == int(seen_without), capsys.readouterr().err


def changed(file: Any) -> Any:
    return replace(file, data=file.data + b"\n")


def renamed(file: Any) -> Any:
    return replace(file, about=replace(file.about, description="Something else"))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda files: [changed(one) for one in files], "is not the file"),
        (lambda files: [renamed(one) for one in files], "The description of the attachment"),
        (lambda files: files[:1], "The document has 1 attachments, and should have 2"),
        (lambda files: files[::-1], "The name of the attachment"),
    ],
    ids=["changed", "renamed", "dropped", "reversed"],
)
def test_a_printer_that_attaches_wrongly_is_refused(
    how: Callable[[Any], Any],
    said: str,
    built: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, _ = built
    true_add, true_names = attaching.add, attaching.names

    def add(book: Any, job: Any) -> list[int]:
        return true_add(book, replace(job, attached=how(job.attached)))

    def names(attached: Any, files: Any) -> bytes:
        return true_names(how(attached), files)

    monkeypatch.setattr(attaching, "add", add)
    monkeypatch.setattr(attaching, "names", names)
    assert main(command(corpus, tmp_path / "x.pdf")) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


@pytest.fixture
def corpus_of_my_own(tmp_path: Path) -> Iterator[Path]:
    yield made(tmp_path / "corpus")


@pytest.mark.slow
def test_a_changed_source_is_attached_anew_and_an_unchanged_one_costs_nothing(
    corpus_of_my_own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = tmp_path / "x.pdf"
    build = ["build", "--corpus", str(corpus_of_my_own), "--output", str(pdf), "--jobs", "1"]
    assert main(build) == 0 == main(build)
    assert "Nothing has changed" in capsys.readouterr().out
    (corpus_of_my_own / "sources/a letter.txt").write_bytes(b"Another.\n")
    assert main(build) == 0
    with pikepdf.open(pdf) as book:
        assert book.attachments["a letter.txt"].get_file().read_bytes() == b"Another.\n"
    cold = tmp_path / "cold/x.pdf"
    assert main(command(corpus_of_my_own, cold)) == 0
    assert cold.read_bytes() == pdf.read_bytes()


def test_a_source_that_is_changed_in_the_meantime_is_a_finding(
    corpus_of_my_own: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from dossier import stages

    true = stages.contents

    def late(root: Path, *more: Any) -> Any:
        (root / "sources/a letter.txt").unlink()
        return true(root, *more)

    monkeypatch.setattr(stages, "contents", late)
    assert main(command(corpus_of_my_own, tmp_path / "x.pdf")) == 1
    said = capsys.readouterr().err
    assert "sources/a letter.txt:1:1: error: The file was changed or removed while" in said
