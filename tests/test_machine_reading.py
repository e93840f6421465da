"""Scans that are read by machine: their words lie where they stand, are called what they are, and are compared."""

from __future__ import annotations

import dataclasses
import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ENGLISH, command, write_files
from forger import opened, put, written
from pikepdf import Pdf
from PIL import Image, ImageDraw, ImageFont
from reader import Reading
from test_enclosing import hexed, scan, spans, typed_pdf

from dossier import facsimiles as making
from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.language.machine_reading import reading_data
from dossier.machine import fonts, tesseract
from dossier.pipeline import verify
from dossier.proof import machine_words
from dossier.proof.prover import Proof
from dossier.proof.truth import truth_of
from dossier.read import enclosing
from dossier.records.enclosing import Facsimile
from dossier.stages import read
from dossier.typeset.machine_reading import read as printed

SETTINGS = "title: Read\ndate: 2026-11-22\nenclose: after\nenclose_resolution: 72\noutputs: []\n"
LETTER = """\
---
title: {title}
date: 2020-01-0{day}
to: Somebody
signatories: [House]
{more}source: {{file: sources/{file}}}
---
As it is written.
"""
FILES = {
    "dossier.yaml": SETTINGS + "enclose_ocr: true\n",
    "letters/first.md": LETTER.format(title="A scan", day=1, file="scan.png", more=""),
    "letters/second.md": LETTER.format(title="Scans", day=2, file="scans.pdf", more="language: en\n"),
    "letters/third.md": LETTER.format(title="Typed", day=3, file="typed.pdf", more="language: sw\n"),
}  # fmt: skip
SCANNED = "We ask for a true answer."
NOTICE = "The words over it were read by a machine and may be wrong"


def scanned_pdf() -> bytes:
    """Return a PDF of three pages: one on its side, one that is blank, one with words."""
    held = io.BytesIO()
    page = scan("", size=(1240, 1754))
    ImageDraw.Draw(page).text((120, 300), "Released on Monday", fill="black", font_size=60)
    page.rotate(90, expand=True).save(held, format="PDF", resolution=150)
    with Pdf.open(held) as made, Pdf.open(io.BytesIO(typed_pdf(1))) as typed:
        del made.trailer["/Info"]  # it has the time
        made.pages[0].rotate(90, relative=False)
        made.add_blank_page(page_size=(595, 842))
        made.pages.extend(typed.pages)
        output = io.BytesIO()
        made.save(output, deterministic_id=True)
    return output.getvalue()


def write_corpus(folder: Path) -> Path:
    corpus = folder / "corpus"
    write_files(corpus, FILES)
    (corpus / "sources").mkdir()
    page = scan("", size=(1240, 1754))
    ImageDraw.Draw(page).text((200, 400), SCANNED, fill="black", font_size=60)
    page.save(corpus / "sources/scan.png")
    (corpus / "sources/scans.pdf").write_bytes(scanned_pdf())
    (corpus / "sources/typed.pdf").write_bytes(typed_pdf(1))
    return corpus


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read")
    assert main(command(write_corpus(folder), folder / "d.pdf")) == 0
    return folder / "d.pdf"


def alternatives(pdf: Path) -> list[str]:
    with pikepdf.open(pdf) as book:
        found = [one for one in book.objects if isinstance(one, pikepdf.Dictionary)]
        return [str(one.Alt) for one in found if one.get("/S") == "/Figure"]


# --- what is read ---


@pytest.mark.tesseract
@pytest.mark.slow
def test_the_words_of_a_scan_are_found_where_they_stand(made: Path) -> None:
    there, reading = spans(made), Reading(made)
    sheet = reading.plumber.pages[there["sources/first"][0] - 1]
    words = {word["text"]: word for word in sheet.extract_words()}
    assert [word for word in SCANNED.split() if word not in words] == []
    (image,) = sheet.images
    scale = (image["x1"] - image["x0"]) / 1240
    assert abs(words["We"]["x0"] - image["x0"] - 200 * scale) < 3
    assert 0 < words["We"]["top"] - image["top"] - 400 * scale < 12
    assert words["true"]["x0"] > words["ask"]["x1"]


@pytest.mark.tesseract
@pytest.mark.slow
def test_only_pages_without_words_are_read_and_each_says_so(made: Path) -> None:
    there, reading = spans(made), Reading(made)
    first, blank, typed = (
        reading.plumber.pages[number - 1].extract_text() for number in there["sources/second"]
    )
    assert {"Released", "on", "Monday"} <= {*first.split()}
    assert "Released" not in blank
    assert "Source page 1 of this letter" in typed
    assert sorted(alternatives(made)) == [
        f"Letter 1, source: facsimile of page 1 of 1. {NOTICE}",
        f"Letter 2, source: facsimile of page 1 of 3. {NOTICE}",
        "Letter 2, source: facsimile of page 2 of 3",
        "Letter 2, source: facsimile of page 3 of 3",
        "Letter 3, source: facsimile of page 1 of 1",
    ]
    colophon = reading.plumber.pages[there["colophon"][-1] - 1].extract_text()
    assert ENGLISH("colophon_read") in " ".join(colophon.split())


@pytest.mark.tesseract
@pytest.mark.slow
def test_the_finished_file_is_verified(made: Path) -> None:
    assert verify(made, made.parent / "corpus").faults == ()
    assert main(["verify", str(made), "--no-corpus"]) == 0


@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.verapdf
def test_the_finished_file_conforms(made: Path) -> None:
    call = ["verapdf", "-f", "ua1,2a", str(made)]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@pytest.mark.tesseract
@pytest.mark.slow
def test_a_receiver_who_asks_for_words_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = write_corpus(tmp_path)
    settings = corpus / "dossier.yaml"
    said = settings.read_text("utf-8") + "profile: us-federal\n"
    settings.write_text(said, encoding="utf-8")
    assert main(command(corpus, tmp_path / "d.pdf")) == 0
    settings.write_text(said.replace("enclose_ocr: true", "enclose_ocr: false"), encoding="utf-8")
    assert main(command(corpus, tmp_path / "d.pdf")) == 1
    refused = (
        "no text on the page can be searched; with “enclose_ocr: true” scans are read by machine"
    )
    assert refused in capsys.readouterr().err


@pytest.mark.tesseract
@pytest.mark.slow
def test_each_page_is_read_once_and_warm_builds_give_the_same(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, runs = write_corpus(tmp_path), list[str]()
    true = tesseract.Tesseract.read

    def counted(self: Any, picture: bytes, code: str, form: str, dots: int = 0) -> str:
        runs.append(form)
        return true(self, picture, code, form, dots)

    monkeypatch.setattr(tesseract.Tesseract, "read", counted)
    call = ["build", "--corpus", str(corpus), "--output", str(tmp_path / "d.pdf"), "--jobs", "1"]
    assert main(call) == 0
    assert sorted(runs) == ["alto"] * 3 + ["tsv"] * 3
    assert (tmp_path / "d.pdf").read_bytes() == made.read_bytes()
    letter = corpus / "letters/third.md"
    letter.write_text(letter.read_text("utf-8").replace("As it", "So it"), encoding="utf-8")
    assert main(call) == 0
    assert "tsv" not in runs[6:]
    assert len(runs) < 9, "the proof reads a sample again"
    runs.clear()
    # Another version of it may read otherwise: then nothing that is kept holds.
    other = dataclasses.replace(tesseract.tesseract(), version="tesseract 99")
    for room in (tesseract, enclosing, making, machine_words):
        monkeypatch.setattr(room, "tesseract", lambda: other)
    monkeypatch.setattr("dossier.keep.unchanged.tesseract.installed", lambda: "another")
    assert main(call) == 0
    assert sorted(runs) == ["alto"] * 3 + ["tsv"] * 3


# --- what is forged, and printed wrongly ---


@pytest.mark.tesseract
@pytest.mark.slow
def test_forgeries_are_found(made: Path, tmp_path: Path) -> None:
    corpus, _ = read(made.parent / "corpus", "corpus")
    assert corpus
    truth, there = truth_of(corpus, corpus.packets[0], entries), spans(made)

    def found(change: Callable[[Any], None]) -> str:
        file, pdf = opened(made.read_bytes()), tmp_path / "forged.pdf"
        change(file)
        put(written(file), made.with_suffix(".json"), pdf)
        with Proof(pdf, pdf.as_posix()) as proof:
            listing = pdf.with_suffix(".json").read_bytes()
            return "\n".join(item.message for item in proof.compared(truth, listing))

    def content(file: Any, section: str) -> int:
        parts = (file.content(there[section][0], part) for part in range(2))
        return next(part for part in parts if b"/Figure" in file.data[part])

    def another_word(file: Any) -> None:
        file.redraw(content(file, "sources/first"), hexed("true"), hexed("false"))

    def without_words(file: Any) -> None:
        number = content(file, "sources/second")
        file.data[number] = file.data[number].split(b"\nq\nBT")[0]

    def without_notice(file: Any) -> None:
        number = next(n for n in file.having(b"/S /Figure") if b"Letter 1, source" in file.texts[n])
        file.change(number, b". " + NOTICE.encode(), b"")

    def with_notice(file: Any) -> None:
        number = next(n for n in file.having(b"/S /Figure") if b"Letter 3, source" in file.texts[n])
        file.change(number, b"page 1 of 1", b"page 1 of 1. " + NOTICE.encode())

    assert found(lambda file: None) == ""
    said = found(another_word)
    assert "The words over page 1 of “sources/scan.png” have “false”, and it has “true”" in said
    assert "another version of Tesseract or of its data may read otherwise" in said
    assert "Over page 1 of “sources/scans.pdf” stand 0 words" in found(without_words)
    for change in (without_notice, with_notice):
        assert "The facsimile is read aloud as" in found(change)


def misread(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    for page in pages:
        held = [
            tuple(
                dataclasses.replace(word, text=word.text.replace("true", "fine")) for word in words
            )
            for words in page.paragraphs
        ]
        yield dataclasses.replace(page, paragraphs=tuple(held))


def unsaid(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    for page in pages:
        yield dataclasses.replace(page, by_machine=False)


@pytest.mark.tesseract
@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "message"),
    [(misread, "have “fine”, and it has “true”"), (unsaid, "The facsimile is read aloud as")],
)
def test_a_printer_that_makes_mistakes_is_refused(
    broken: Callable[[Iterator[Facsimile]], Iterator[Facsimile]],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, true = write_corpus(tmp_path), making.facsimiles
    monkeypatch.setattr(making, "facsimiles", lambda *given: broken(true(*given)))
    assert main(command(corpus, tmp_path / "d.pdf")) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "d.pdf").exists()


@pytest.mark.tesseract
def test_printer_and_proof_read_arabic_alike() -> None:
    """What both read of a page in Arabic has the same words in the same sequence and places."""
    there = tesseract.tesseract()
    assert there
    font = next(path for face, path in fonts.installed() if face.family == "Amiri")
    page = Image.new("L", (1200, 500), "white")
    ImageDraw.Draw(page).text(
        (1100, 100), "نطلب جوابا صادقا\nمن اللجنة", fill="black", anchor="ra", direction="rtl",
        font=ImageFont.truetype(str(font), 80),
    )  # fmt: skip
    words = [word for held in printed(page, 300, there, "ara") for word in held]
    other = list(machine_words.machine_words(page, 300, "ara", (0, 0, *page.size)))
    assert [word.text for word in words][2:] == ["صادقا", "من", "اللجنة"]
    assert [word.text for word in words] == [text for text, _ in other]
    wide, high = page.size
    for word, (_, box) in zip(words, other, strict=True):
        place = (
            wide * word.left,
            high * (1 - word.bottom),
            wide * word.right,
            high * (1 - word.top),
        )
        assert box == pytest.approx(place, abs=0.01)


# --- what the machine lacks ---


def findings(corpus: Path) -> list[str]:
    return [str(item) for item in read(corpus, "")[1]]


def test_without_tesseract_the_finding_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path)
    monkeypatch.setattr(enclosing, "tesseract", lambda: None)
    (found,) = findings(corpus)
    assert found == (
        "dossier.yaml:6:1: error: Tesseract, which reads scans such as “sources/scan.png”, is not "
        "installed. Install it (apt-get install tesseract-ocr tesseract-ocr-eng; with Homebrew "
        "tesseract tesseract-lang), or leave out “enclose_ocr”."
    )
    # Files that have words of their own need nothing.
    for name in ("first", "second"):
        (corpus / f"letters/{name}.md").unlink()
    assert findings(corpus) == []


def test_data_of_a_language_that_are_missing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path)
    monkeypatch.setattr(
        enclosing, "tesseract", lambda: tesseract.Tesseract("t", "tesseract 5", {"eng": None})
    )
    assert findings(corpus) == []
    letter = corpus / "letters/second.md"
    letter.write_text(letter.read_text("utf-8").replace("language: en", "language: zh-TW"), "utf-8")
    (found,) = findings(corpus)
    assert found == (
        "letters/second.md:7:16: error: Tesseract has no data, “chi_tra”, to read “sources/scans.pdf” in "
        "its letter’s language. Install it (apt-get install tesseract-ocr tesseract-ocr-chi-tra; with "
        "Homebrew tesseract tesseract-lang), or leave out “enclose_ocr”."
    )


def program(folder: Path, script: str) -> tesseract.Tesseract:
    """Return a program that does something else than to read."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return tesseract.Tesseract(str(path), "tesseract 5", {"eng": None, "swa": None})


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo Out of order >&2; exit 1", "Tesseract does not read page 1 of “sources/scan.png”: Out of order."),
        ("exec sleep 9", "it takes more than 0.3 seconds"),
        ("rm \"$0\"; exit 1", "it ended with status 1"),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_a_finding(
    script: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, broken = write_corpus(tmp_path), program(tmp_path, script)
    monkeypatch.setattr(tesseract, "PATIENCE", 0.3)
    for room in (enclosing, making):
        monkeypatch.setattr(room, "tesseract", lambda: broken)
    assert main(command(corpus, tmp_path / "d.pdf")) == 1
    shown = capsys.readouterr().err
    assert "letters/first.md:6:16: error: " in shown
    assert said in shown


def test_each_language_has_its_data() -> None:
    tags = "en-GB fr ar zh zh-Hant zh-HK ja ko ru de es pt sr sr-Latn nb fa el uk he ckb und-Latn".split()
    codes = "eng fra ara chi_sim chi_tra chi_tra jpn kor rus deu spa por srp srp_latn nor fas ell ukr heb ckb eng"
    assert [reading_data(tag) for tag in tags] == codes.split()
