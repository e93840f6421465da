"""Sources and certificates bound in as pages: what they look like, and that each change is found."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import command, write_files
from fontTools.ttLib import TTFont
from forger import Forged, opened, put, written
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw
from reader import Reading

from dossier import facsimiles as making
from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.machine import fonts
from dossier.pipeline import verify
from dossier.proof import rules
from dossier.proof.originals import is_alike, original
from dossier.proof.prover import Proof
from dossier.proof.truth import truth_of
from dossier.read.scans import read_scans
from dossier.records.enclosing import Facsimile, ForeignFile, UndrawableError
from dossier.records.profile import Profile, ProfileFile
from dossier.render import sections
from dossier.stages import read
from dossier.typeset.facsimile import facsimiles

SETTINGS = """\
title: Enclosed
date: 2026-11-22
format: 2
enclose: after
enclose_resolution: 72
certificates: true
outputs: [html, docx, epub]
packets:
  facing: {title: Opposite, enclose: facing, print: {sides: two}}
  rectos: {title: Each letter on a recto, print: {recto: letters}}
  divided: {title: In two volumes, volumes: {max_pages: 10}, outputs: []}
"""
LETTER = """\
---
title: {title}
date: 2020-01-0{day}
to: Somebody
signatories: [{signed}]
source: {{file: {file}}}
{more}---
{text}
"""
FILES = {
    "dossier.yaml": SETTINGS,
    "letters/first.md": LETTER.format(
        title="A typed letter", day=1, signed="House One", file="sources/typed.pdf", more="",
        text="\n\n".join(["We write word for word what the source has, and more. " * 12] * 9),
    ),
    "letters/second.md": LETTER.format(
        title="편지", day=2, signed="House Two", file="sources/scan.png", more="language: ko\n",
        text="글자 그대로입니다.",
    ),
    "letters/third.md": LETTER.format(
        title="The letter in English", day=2, signed="House Two", file="sources/plain.txt",
        more="translation_of: second\ncertificate: sources/certificate.jpg\n", text="As it is written.",
    ),
    "sources/plain.txt": "As it is written.",
}  # fmt: skip
SOURCE, SCAN, CERTIFICATE = "sources/first", "sources/second", "certificates/third"


def typed_pdf(pages: int = 2) -> bytes:
    """Return a PDF with words, a font of its own, an action, an odd size and pages that lie on their side."""
    made = Pdf.new()
    font = made.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    )
    for number in range(1, pages + 1):
        page = made.add_blank_page(page_size=(700, 500))
        page.obj.Resources = Dictionary(Font=Dictionary(F=font))
        lines = (
            b"BT /F 24 Tf 60 420 Td (Source page %d of this letter) Tj 0 -200 Td (ends here.) Tj ET"
        )
        page.obj.Contents = made.make_stream(lines % number + b" 0.9 0.2 0.1 rg 60 60 90 40 re f")
        action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array([60, 60, 150, 100]), A=action
        )
        page.obj.Annots = Array([made.make_indirect(link)])
        if number % 2 == 0:
            page.obj.Rotate = 90
    output = io.BytesIO()
    made.save(output, deterministic_id=True)
    return output.getvalue()


def scan(words: str, mode: str = "L", size: tuple[int, int] = (420, 594)) -> Image.Image:
    """Return a picture of a page."""
    made = Image.new(mode, size, "white")
    ImageDraw.Draw(made).text((40, 60), words, fill="black", font_size=30)
    return made


def write_corpus(folder: Path) -> Path:
    corpus = folder / "corpus"
    write_files(corpus, FILES)
    (corpus / "sources/typed.pdf").write_bytes(typed_pdf())
    scan("Sealed").save(corpus / "sources/scan.png")
    scan("I certify", "RGB").save(corpus / "sources/certificate.jpg", quality=90)
    return corpus


@pytest.fixture(scope="module")
def bound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packets with enclosed pages: behind the letters, and opposite."""
    folder = tmp_path_factory.mktemp("bound")
    assert main(command(write_corpus(folder), folder / "d.pdf", "--all")) == 0
    return folder


def spans(pdf: Path) -> dict[str, list[int]]:
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    return {
        one["id"]: list(range(one["first_page"], one["last_page"] + 1, one.get("step", 1)))
        for one in listing["sections"]
    }


# --- what they look like ---


@pytest.mark.slow
def test_sources_stand_behind_their_letters(bound: Path) -> None:
    there = spans(bound / "d.pdf")
    letters = [key for key in there if "/" in key]
    assert letters == [
        "letters/first", SOURCE, "letters/second", SCAN, "letters/third", CERTIFICATE,
    ]  # fmt: skip
    pages = [page for span in there.values() for page in span]
    assert pages == list(range(1, len(pages) + 1))
    assert [len(there[key]) for key in (SOURCE, SCAN, CERTIFICATE)] == [2, 1, 1]


@pytest.mark.slow
def test_each_page_of_a_source_faces_that_of_its_letter(bound: Path) -> None:
    there = spans(bound / "facing.pdf")
    letter, source = there["letters/first"], there[SOURCE]
    assert all(page % 2 == 0 for page in source)
    assert letter[: len(source)] == [page + 1 for page in source]
    used = {page for span in there.values() for page in span}
    with pikepdf.open(bound / "facing.pdf") as pdf:
        blank = {n for n, page in enumerate(pdf.pages, 1) if "/Contents" not in page.obj}
        assert blank == set(range(1, len(pdf.pages) + 1)) - used
    listed = json.loads((bound / "facing.json").read_text(encoding="utf-8"))
    assert listed["pages"] == max(used)
    html = (bound / "facing.html").read_text(encoding="utf-8")
    assert "source, 2 pages" not in html


@pytest.mark.slow
@pytest.mark.parametrize("name", ["d", "facing", "divided"])
def test_the_colophon_tells_on_which_page_a_source_begins(name: str, bound: Path) -> None:
    there = spans(bound / f"{name}.pdf")
    reading = Reading(bound / f"{name}.pdf")
    text = "".join(reading.text(number) for number in there["colophon"])
    told = re.findall(r"Bound into the PDF from page (\d+) on", text)
    assert told == [str(there[key][0]) for key in (SOURCE, SCAN)]


@pytest.mark.slow
@pytest.mark.parametrize("pages", [{}, {"first": "1", "second": "1"}])
def test_a_colophon_that_tells_other_pages_is_refused(
    pages: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = sections._sources
    monkeypatch.setattr(sections, "_sources", lambda *given: true(*given) | {"bound_in_on": pages})
    assert main(command(write_corpus(tmp_path), tmp_path / "d.pdf")) == 1
    assert "“Colophon” should say" in capsys.readouterr().err


@pytest.mark.slow
def test_what_is_bound_in_follows_its_letter_where_letters_begin_on_rectos(bound: Path) -> None:
    there = spans(bound / "rectos.pdf")
    assert all(span[0] % 2 for key, span in there.items() if key.startswith("letters/"))
    assert there[SOURCE][0] == there["letters/first"][-1] + 1
    assert there[SCAN][0] == there["letters/second"][-1] + 1


@pytest.mark.slow
def test_words_of_a_source_are_found_where_they_stand(bound: Path) -> None:
    page = spans(bound / "d.pdf")[SOURCE][0]
    reading = Reading(bound / "d.pdf")
    sheet = reading.plumber.pages[page - 1]
    words = {word["text"]: word for word in sheet.extract_words()}
    (image,) = sheet.images
    scale = (image["x1"] - image["x0"]) / 700
    assert abs(words["Source"]["x0"] - (image["x0"] + 60 * scale)) < 1
    assert words["Source"]["top"] > image["top"]
    assert abs(image["bottom"] - image["top"] - 500 * scale) < 0.1
    assert "ends here." in sheet.extract_text()
    turned = reading.plumber.pages[page]
    (image,) = turned.images
    assert image["bottom"] - image["top"] > image["x1"] - image["x0"], (
        "turned by 90°, as readers do"
    )


@pytest.mark.slow
def test_nothing_of_a_foreign_file_gets_in_but_pixels_and_words(bound: Path) -> None:
    with pikepdf.open(bound / "d.pdf") as pdf:
        text = b"".join(one.unparse() for one in pdf.objects if not isinstance(one, pikepdf.Stream))
        assert b"JavaScript" not in text
        assert b"Helvetica" not in text
        sizes = {tuple(page.mediabox) for page in pdf.pages}
        assert len(sizes) == 1
        first = pdf.pages[spans(bound / "d.pdf")[SOURCE][0] - 1]
        assert "/Annots" not in first.obj
        pictures = [image for page in pdf.pages for image in page.get_images().values()]
        assert {str(image.ColorSpace) for image in pictures} == {"/DeviceGray", "/DeviceRGB"}


@pytest.mark.slow
def test_contents_and_listing_name_what_is_enclosed(bound: Path) -> None:
    there = spans(bound / "d.pdf")
    reading = Reading(bound / "d.pdf")
    contents = reading.plumber.pages[there["contents"][0] - 1].extract_text()
    assert re.search(rf"Letter 1: source, 2 pages .*{there[SOURCE][0]}", contents)
    assert "Letter 3: certificate of the translation, 1 page" in contents
    listed = json.loads((bound / "d.json").read_text(encoding="utf-8"))
    first, second, third = listed["letters"]
    assert [one["section"] for one in first["enclosed"]] == [SOURCE]
    assert [one["file"] for one in second["enclosed"]] == ["sources/scan.png"]
    assert [one["section"] for one in third["enclosed"]] == [CERTIFICATE]
    (warning,) = [one for one in listed["diagnostics"] if "not bound in" in one["message"]]
    assert warning["path"].endswith("third.md")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["d", "facing"])
def test_finished_files_are_verified(name: str, bound: Path) -> None:
    pdf = bound / f"{name}.pdf"
    assert verify(pdf, bound / "corpus", thorough=True).faults == ()
    assert main(["verify", str(pdf), "--no-corpus"]) == 0


@pytest.mark.slow
@pytest.mark.verapdf
@pytest.mark.parametrize("name", ["d", "facing"])
def test_finished_files_conform(name: str, bound: Path) -> None:
    arguments = ["verapdf", "-f", "ua1,2a", str(bound / f"{name}.pdf")]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


# --- the rule about certified translations ---


def broken(pdf: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Return what breaks the rule in a file whose listing is changed."""
    rule = {
        "id": "t",
        "kind": "certified_translations",
        "says": "So.",
        "source": "S",
        "read": "2026-01-01",
    }
    stated = {"title": "T", "source": "S", "read": "2026-01-01", "rules": [rule]}
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    change(listing)
    files = {pdf: pdf.read_bytes(), pdf.with_suffix(".json"): json.dumps(listing).encode()}
    found, _ = rules.findings(Profile("p", "", ProfileFile.model_validate(stated)), pdf, files)
    return [f"{item.line} {item.message}" for item in found]


@pytest.mark.slow
def test_a_letter_in_another_language_needs_a_certified_translation(bound: Path) -> None:
    pdf = bound / "d.pdf"
    page = spans(pdf)["letters/second"][0]

    def uncertified(listing: dict[str, Any]) -> None:
        del listing["letters"][2]["enclosed"]

    def elsewhere(listing: dict[str, Any]) -> None:
        listing["letters"][2]["enclosed"][0]["section"] = "letters/third"

    def untranslated(listing: dict[str, Any]) -> None:
        del listing["letters"][2]["translation_of"]

    def translated_from_english(listing: dict[str, Any]) -> None:
        untranslated(listing)
        listing["letters"][1]["translation_of"] = "third"

    assert broken(pdf, lambda listing: None) == []
    assert broken(pdf, translated_from_english) == []
    start = f"{page} The rule “t” of the profile “p” is broken: "
    for change in (uncertified, elsewhere):
        assert broken(pdf, change) == [f"{start}the translation of “편지” has no certificate"]
    alone = "“편지” is in another language, and no translation stands beside it"
    assert broken(pdf, untranslated) == [start + alone]


@pytest.mark.slow
def test_a_certificate_that_a_profile_asks_for_is_bound_in(
    bound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(bound / "corpus", tmp_path / "corpus")
    settings = "title: Appeal\nprofile: california-appeal\nlanguage: en-US\nformat: 2\n"
    (tmp_path / "corpus/dossier.yaml").write_text(settings, encoding="utf-8")
    assert main(command(tmp_path / "corpus", tmp_path / "d.pdf")) == 1
    # The scan has no words that can be searched.
    refused = capsys.readouterr().err
    assert "The rule “text” of the profile “california-appeal” is broken" in refused
    assert "certified" not in refused
    letter = tmp_path / "corpus/letters/third.md"
    said = letter.read_text(encoding="utf-8").replace("certificate: sources/certificate.jpg\n", "")
    letter.write_text(said, encoding="utf-8")
    assert main(command(tmp_path / "corpus", tmp_path / "d.pdf")) == 1
    assert "the translation of “편지” has no certificate" in capsys.readouterr().err


# --- forgeries ---

Change = Callable[[Forged, dict[str, list[int]]], None]
FORGERIES: dict[str, Change] = {}


def forgery(change: Change) -> Change:
    FORGERIES[change.__name__.replace("_", " ")] = change
    return change


def body(file: Forged, there: dict[str, list[int]], key: str = SOURCE, place: int = 0) -> int:
    """Return the number of the content of a facsimile."""
    # Where the text block is moved, that stands before it.
    parts = (file.content(there[key][place], part) for part in range(2))
    return next(part for part in parts if b"/Figure" in file.data[part])


def picture(file: Forged, there: dict[str, list[int]], key: str) -> int:
    """Return the number of the first picture of a section."""
    page = file.texts[file.pages[there[key][0] - 1]]
    resources = int(re.search(rb"/Resources (\d+)", page)[1])  # type: ignore[index]
    return int(re.search(rb"/i0 (\d+)", file.texts[resources])[1])  # type: ignore[index]


def hexed(word: str) -> bytes:
    return word.encode("utf-16-be").hex().encode()


def figure(file: Forged, words: bytes) -> int:
    return next(n for n in file.having(b"/S /Figure") if words in file.texts[n])


@forgery
def the_picture_of_another_page(file: Forged, there: dict[str, list[int]]) -> None:
    file.redraw(body(file, there), b"/i0 Do", b"/i1 Do")
    file.redraw(body(file, there, place=1), b"/i1 Do", b"/i0 Do")


@forgery
def a_picture_is_moved(file: Forged, there: dict[str, list[int]]) -> None:
    number = body(file, there)
    old = re.search(rb"q\n(\S+ 0 0 \S+ )(\S+)( \S+ cm)", file.data[number])
    assert old
    file.redraw(number, old[0], b"q\n%b%b%b" % (old[1], b"95", old[3]))


@forgery
def a_picture_is_made_smaller(file: Forged, there: dict[str, list[int]]) -> None:
    number = body(file, there)
    old = re.search(rb"q\n(\S+)( 0 0 \S+ \S+ \S+ cm)", file.data[number])
    assert old
    file.redraw(number, old[0], b"q\n%g%b" % (float(old[1]) - 2, old[2]))


@forgery
def a_word_is_another(file: Forged, there: dict[str, list[int]]) -> None:
    file.redraw(body(file, there), hexed("letter"), hexed("latter"))


@forgery
def a_word_stands_elsewhere(file: Forged, there: dict[str, list[int]]) -> None:
    number = body(file, there)
    old = re.search(rb"1 0 0 1 (\S+) (\S+ Tm <%b)" % hexed("letter"), file.data[number])
    assert old
    file.redraw(number, old[0], b"1 0 0 1 %g %b" % (float(old[1]) + 30, old[2]))


@forgery
def a_word_is_left_out(file: Forged, there: dict[str, list[int]]) -> None:
    number = body(file, there)
    line = re.search(rb"/FACSIM [^\n]*%b[^\n]*\n" % hexed("this"), file.data[number])
    assert line
    file.redraw(number, line[0], b"")


@forgery
def a_word_is_added(file: Forged, there: dict[str, list[int]]) -> None:
    number = body(file, there)
    line = re.search(rb"/FACSIM [^\n]*%b[^\n]*\n" % hexed("this"), file.data[number])
    assert line
    file.redraw(number, line[0], line[0] * 2)


@forgery
def words_over_a_scan_that_has_none(file: Forged, there: dict[str, list[int]]) -> None:
    words = b"\nq\nBT\n3 Tr\n/FACSIM 9 Tf 60 Tz 1 0 0 1 120 600 Tm <%b> Tj\nET\nQ" % hexed("Paid ")
    file.data[body(file, there, SCAN)] += words


@forgery
def words_are_drawn(file: Forged, there: dict[str, list[int]]) -> None:
    file.redraw(body(file, there), b"3 Tr", b"0 Tr")


@forgery
def a_picture_has_another_text(file: Forged, there: dict[str, list[int]]) -> None:
    number = figure(file, b"page 2 of 2")
    file.change(number, b"page 2 of 2", b"page 9 of 9")


@forgery
def a_picture_is_said_to_stand_elsewhere(file: Forged, there: dict[str, list[int]]) -> None:
    number = figure(file, b"page 2 of 2")
    old = re.search(rb"/BBox \[ (\S+)", file.texts[number])
    assert old
    file.change(number, old[0], b"/BBox [ %g" % (float(old[1]) + 3))


@forgery
def words_are_tagged_as_a_heading(file: Forged, there: dict[str, list[int]]) -> None:
    number = next(n for n in file.having(b"/K 1 ", b"/S /P >>") if b"/Pg" in file.texts[n])
    page = file.pages[there[SOURCE][0] - 1]
    number = next(n for n in file.having(b"/Pg %d 0 R /S /P >>" % page) if number)
    file.change(number, b"/S /P >>", b"/S /H1 >>")


@forgery
def two_pages_are_exchanged(file: Forged, there: dict[str, list[int]]) -> None:
    one, other = body(file, there), body(file, there, place=1)
    file.data[one], file.data[other] = file.data[other], file.data[one]


@forgery
def a_page_is_missing(file: Forged, there: dict[str, list[int]]) -> None:
    page = file.pages[there[SOURCE][1] - 1]
    file.change(2, b" %d 0 R" % page, b"")
    count = len(file.pages)
    file.change(2, b"/Count %d" % (count + 1), b"/Count %d" % count)


@forgery
def an_annotation_of_the_source_is_kept(file: Forged, there: dict[str, list[int]]) -> None:
    link = file.add(
        b"<< /A << /JS (app.alert\\(1\\)) /S /JavaScript >> /Rect [ 60 60 150 100 ] /Subtype /Link "
        b"/Type /Annot >>"
    )
    page = file.pages[there[SOURCE][0] - 1]
    file.change(page, b"/BleedBox", b"/Annots [ %d 0 R ] /BleedBox" % link)


@forgery
def a_font_of_the_source_is_kept(file: Forged, there: dict[str, list[int]]) -> None:
    font = file.add(b"<< /BaseFont /Helvetica /Subtype /Type1 /Type /Font >>")
    number = next(n for n in file.having(b"<< /FACSIM ") if b"/Type" not in file.texts[n])
    file.change(number, b"<< ", b"<< /ABCDEF %d 0 R " % font)


@forgery
def the_blank_font_draws(file: Forged, there: dict[str, list[int]]) -> None:
    about = next(iter(file.having(b"/FontFamily (Facsimile)")))
    number = int(re.search(rb"/FontFile2 (\d+)", file.texts[about])[1])  # type: ignore[index]
    path = next(path for face, path in fonts.installed() if path.suffix == ".ttf")
    made = io.BytesIO()
    with TTFont(path) as font:
        for table in set(font.keys()) - {"GlyphOrder", *"glyf head hhea hmtx loca maxp".split()}:
            del font[table]
        font.save(made)
    file.data[number] = made.getvalue()
    length = b"/Length1 %d" % len(made.getvalue())
    file.texts[number] = re.sub(rb"/Length1 \d+", length, file.texts[number])


@forgery
def the_blank_font_reads_otherwise(file: Forged, there: dict[str, list[int]]) -> None:
    number = next(iter(file.having(b"/BaseFont /FACSIM+Facsimile", b"/ToUnicode")))
    said = int(re.search(rb"/ToUnicode (\d+)", file.texts[number])[1])  # type: ignore[index]
    file.redraw(said, b"<0001> <00ff> <0001>", b"<0001> <00ff> <0002>")


@forgery
def the_blank_font_hides_words_of_a_letter(file: Forged, there: dict[str, list[int]]) -> None:
    parts = (file.content(there["letters/first"][0], part) for part in range(2))
    number = next(part for part in parts if b" Tf" in file.data[part])
    old = re.search(rb"/[A-Z]{6} (\S+ Tf)", file.data[number])
    assert old
    file.redraw(number, old[0], b"/FACSIM %b" % old[1])


@forgery
def pixels_of_a_scan_are_changed(file: Forged, there: dict[str, list[int]]) -> None:
    number = picture(file, there, SCAN)
    made = io.BytesIO()
    scan("Settled").save(made, format="PNG")
    png, rows, place = made.getvalue(), b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            rows += png[place + 8 : place + 8 + length]
        place += 12 + length
    file.data[number] = rows


@forgery
def a_certificate_is_another(file: Forged, there: dict[str, list[int]]) -> None:
    made = io.BytesIO()
    scan("I testify", "RGB").save(made, format="JPEG", quality=90)
    file.data[picture(file, there, CERTIFICATE)] = made.getvalue()


@forgery
def something_is_drawn_over_a_facsimile(file: Forged, there: dict[str, list[int]]) -> None:
    file.data[body(file, there)] += b"\nq\n1 1 1 rg\n120 500 90 40 re\nf\nQ"


@forgery
def a_picture_is_hidden_among_the_resources(file: Forged, there: dict[str, list[int]]) -> None:
    page = file.texts[file.pages[there[SOURCE][0] - 1]]
    resources = int(re.search(rb"/Resources (\d+)", page)[1])  # type: ignore[index]
    file.change(resources, b"/XObject << ", b"/XObject << /ff %d 0 R " % picture(file, there, SCAN))


PLACES = (
    "a picture is moved", "a picture is said to stand elsewhere", "two pages are exchanged",
    "a page is missing", "a word stands elsewhere",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", ["d", "facing"])
def test_forgeries_are_found(name: str, bound: Path, tmp_path: Path) -> None:
    corpus, _ = read(bound / "corpus", "corpus")
    assert corpus
    packet = next(one for one in corpus.packets if one.name == ("dossier", "facing")[name != "d"])
    truth = truth_of(corpus, packet, entries)
    original = bound / f"{name}.pdf"
    there = spans(original)
    missed = []

    def found(raw: bytes) -> list[str]:
        pdf = tmp_path / "forged.pdf"
        put(raw, original.with_suffix(".json"), pdf)
        with Proof(pdf, pdf.as_posix()) as proof:
            listing = pdf.with_suffix(".json").read_bytes()
            return [item.message for item in proof.compared(truth, listing)]

    assert found(written(opened(original.read_bytes()))) == []
    # The second packet has the same facsimiles in other places.
    changes = FORGERIES if name == "d" else {key: FORGERIES[key] for key in PLACES}
    for title, change in changes.items():
        file = opened(original.read_bytes())
        change(file, there)
        if not found(written(file)):
            missed.append(title)
    assert missed == []


# --- printers that make mistakes ---

Broken = Callable[[Iterator[Facsimile]], Iterator[Facsimile]]


def without_a_word(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    for page in pages:
        yield dataclasses.replace(page, paragraphs=page.paragraphs[1:])


def in_another_place(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    for page in pages:
        left, bottom, right, top = page.box
        yield dataclasses.replace(page, box=(left, bottom - 9, right, top - 9))


def in_another_sequence(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    yield from reversed(list(pages))


def without_the_last(pages: Iterator[Facsimile]) -> Iterator[Facsimile]:
    *others, last = pages
    yield from [last, *others[:0]] if not others else [*others, others[0]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (without_a_word, "The words over page 1 of “sources/typed.pdf” have"),
        (in_another_place, "The facsimile of page 1 of “sources/typed.pdf” stands in another place"),
        (in_another_sequence, "The picture is not page 1 of “sources/typed.pdf”"),
        (without_the_last, "The picture is not page 2 of “sources/typed.pdf”"),
    ],
)  # fmt: skip
def test_a_printer_that_makes_mistakes_is_refused(
    broken: Broken,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus = write_corpus(tmp_path)
    true = making.facsimiles
    monkeypatch.setattr(making, "facsimiles", lambda *given: broken(true(*given)))
    assert main(command(corpus, tmp_path / "d.pdf")) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "d.pdf").exists()


# --- pages of all kinds, drawn twice ---

FRAME = (90.0, 76.0, 505.0, 766.0)


def foreign(pdf: Pdf) -> ForeignFile:
    made = io.BytesIO()
    pdf.save(made, deterministic_id=True)
    return ForeignFile("x.pdf", "", 0, len(pdf.pages), ("letters/x.md", 3, 7), made.getvalue())


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize(("cropped", "inherited"), [(False, False), (True, False), (True, True)])
def test_a_page_is_drawn_and_read_alike_by_printer_and_proof(
    turned: int, cropped: bool, inherited: bool
) -> None:
    with Pdf.open(io.BytesIO(typed_pdf(1))) as pdf:
        page = pdf.pages[0].obj
        if inherited:
            del page.MediaBox
            page = page.Parent
        page.Rotate = turned
        if cropped:
            page.MediaBox = Array([-50, -20, 700, 500])
            page.CropBox = Array([40, 30, 640, 460])
        file = foreign(pdf)
    (made,) = facsimiles(file, FRAME, 100, lambda: None)
    there = original(file, 0, FRAME, 100)
    words = [word for several in made.paragraphs for word in several]
    # Lines that lie on their side may be read in another sequence.
    said = "Source page 1 of this letter ends here.".split()
    assert sorted(word.text for word in words) == sorted(said)
    assert [word.text for word in words] == [text for text, _ in there.words]
    for word, (_, box) in zip(words, there.words, strict=True):
        assert (word.left, word.bottom, word.right, word.top) == pytest.approx(box, abs=0.1)
    assert made.box == pytest.approx(there.box, abs=0.01)
    assert (made.width, made.height) == there.image.size
    wide = made.box[2] - made.box[0]
    sides = (600, 430) if cropped else (700, 500)
    across, down = sides if turned in (0, 180) else sides[::-1]
    assert (made.box[3] - made.box[1]) / wide == pytest.approx(down / across, abs=0.001)
    # Ink lies where the words are said to be.
    for word in words:
        scale = made.width / wide
        place = (
            int((word.left - made.box[0]) * scale), int((made.box[3] - word.top) * scale),
            int((word.right - made.box[0]) * scale) + 1, int((made.box[3] - word.bottom) * scale) + 1,
        )  # fmt: skip
        assert there.image.convert("L").crop(place).getextrema()[0] < 128


def test_a_small_page_is_not_enlarged() -> None:
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(100, 200))
    (made,) = facsimiles(foreign(pdf), FRAME, 72, lambda: None)
    assert made.box == (247.5, 566.0, 347.5, 766.0)
    assert (made.width, made.height) == (100, 200)
    assert made.colours == 1


@pytest.mark.slow
def test_a_photograph_is_coded_with_loss_and_a_change_in_it_is_seen() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((1000, 1200), 100) for _ in range(3)])
    changed = noise.copy()
    ImageDraw.Draw(changed).text((400, 500), "2016", fill="black", font_size=30)
    made: list[Facsimile] = []
    seen: list[Image.Image] = []
    for picture in (noise, changed):
        raw = io.BytesIO()
        picture.save(raw, format="PDF", resolution=100, quality=95)
        with Pdf.open(raw) as pdf:
            file = foreign(pdf)
        made += facsimiles(file, FRAME, 300, lambda: None)
        seen.append(original(file, 0, FRAME, 300).image)
    assert [one.coding for one in made] == ["jpeg", "jpeg"]
    with Image.open(io.BytesIO(made[1].data)) as drawn:
        assert is_alike(drawn, seen[1], exactly=False)
        assert not is_alike(drawn, seen[0], exactly=False)


def test_a_picture_that_takes_too_much_memory_is_not_drawn() -> None:
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(500, 500)).obj
    image = pdf.make_stream(
        bytes(100), Type=Name.XObject, Subtype=Name.Image, Width=60_000, Height=60_000,
        BitsPerComponent=8, ColorSpace=Name.DeviceGray,
    )  # fmt: skip
    page.Resources = Dictionary(XObject=Dictionary(I=image))
    page.Contents = pdf.make_stream(b"q 100 0 0 100 0 0 cm /I Do Q")
    with pytest.raises(UndrawableError, match="has 60,000 x 60,000 pixels"):
        list(facsimiles(foreign(pdf), FRAME, 72, lambda: None))


def test_all_pages_of_a_tiff_file_are_read() -> None:
    first = scan("One").convert("1")
    made = io.BytesIO()
    first.save(
        made, format="TIFF", compression="group4", save_all=True, append_images=[scan("Two").convert("1")]
    )  # fmt: skip
    pages = read_scans("x.tif", made.getvalue())
    assert [page.kind for page in pages] == ["png", "png"]
    assert pages[0].drawn != pages[1].drawn
    assert pages[0].sha256 == pages[1].sha256
