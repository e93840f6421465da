"""Section letters: on the pages, in a viewer, in the other files, and when they are wrong."""

from __future__ import annotations

import csv
import dataclasses
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import ROOT, Edition, Refused, make_edition
from forger import opened, put, written

from dossier import stages
from dossier.bind import catalog, furniture, outline
from dossier.cli.main import main
from dossier.outputs import listing
from dossier.proof import lettering as proof
from dossier.proof.readback import Readback, reading
from dossier.records.lettering import PLAIN, Lettering, lettering

KEYS = "\nsection_letters: true\noutputs: [html, csv, epub, docx]\n"
LABELS = [*(f"A{n}" for n in range(1, 5)), *(f"B{n}" for n in range(1, 6)), "C1", "C2", "C3", "C4"]


@pytest.fixture(scope="module")
def lettered(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's corpus with section letters."""
    folder = tmp_path_factory.mktemp("lettered")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + KEYS, encoding="utf-8")
    return make_edition(folder / "corpus", folder / "dossier.pdf")


def test_each_page_has_its_letter_and_number(lettered: Edition) -> None:
    book = Readback(lettered.pdf.read_bytes())
    assert [reading(book.page(number).folio) for number in range(1, book.pages + 1)] == LABELS
    assert book.labels() == LABELS
    titles = [mark.title for mark in book.bookmarks()]
    book.close()
    assert titles[0] == "Cover, p. A1"
    assert "2. Request for an explanation, p. B4" in titles
    with pikepdf.open(lettered.pdf) as pdf:
        first, letters, behind = [dict(one) for one in list(pdf.Root.PageLabels.Nums)[1::2]]
        assert [str(one["/P"]) for one in (first, letters, behind)] == ["A", "B", "C"]
        said = [str(link.Contents) for link in pdf.pages[2].Annots]
    assert "2. Request for an explanation, page B4" in said


def test_sections_that_print_pages_print_the_same(lettered: Edition) -> None:
    contents, table, index, works = (lettered.reading.flat(page) for page in (3, 4, 10, 12))
    assert "RequestforanexplanationMay7,20132B4" in contents
    assert "B4" in table
    assert "1:B3;2:B5" in index
    assert "asinB12." in index
    assert "2:B4" in works
    assert "behind which its pages are counted from 1" in lettered.html
    assert "Printed on pages B4–B5" in lettered.html
    assert "p.\u00a0B4" in lettered.html


def test_other_files_have_the_same_labels(lettered: Edition) -> None:
    assert lettered.json["page_labels"] == [
        {"first_page": 1, "prefix": "A"},
        {"first_page": 5, "prefix": "B"},
        {"first_page": 10, "prefix": "C"},
    ]
    with zipfile.ZipFile(lettered.pdf.with_suffix(".epub")) as book:
        found = re.findall(r'#page-\d+">(\w+)<', book.read("EPUB/nav.xhtml").decode())
    assert found == LABELS
    with lettered.pdf.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["page"] for row in csv.DictReader(file)} == {"B3", "B5"}
    assert main(["verify", str(lettered.pdf), "--no-corpus"]) == 0
    assert main(["verify", str(lettered.pdf), "--corpus", str(lettered.corpus)]) == 0


FACING = [("cover", 1), ("contents", 2), ("sources/a", 4), ("letters/a", 5), ("index", 9)]


@pytest.mark.parametrize(
    ("first", "starts"),
    [
        (FACING, (1, 4, 9)),
        ([("letters/a", 1), ("contents", 3)], (1, 3)),
        ([("contents", 1), ("letters/a", 2)], (1, 2)),
    ],
)
def test_parts_begin_with_their_first_section(
    first: list[tuple[str, int]], starts: tuple[int, ...]
) -> None:
    made = lettering(True, first)
    assert made.starts == starts
    assert [made.label(page) for page in starts] == ["A1", "B1", "C1"][: len(starts)]
    assert lettering(False, first) == PLAIN
    assert PLAIN.label(12) == "12"


# --- the printer is wrong ---

LABEL, STARTS = Lettering.label, lettering


def label_of_another_part(self: Lettering, page: int) -> str:
    return LABEL(self, page).replace("B4", "C4") if self.starts else str(page)


def never_anew(self: Lettering, page: int) -> str:
    return f"{LABEL(self, page)[0]}{page}" if self.starts else str(page)


def folio_alone(furniture_: Any, digits: Any, number: int, label: str, paper: Any) -> bytes:
    return FOLIO(furniture_, digits, number, "B3" if label == "B2" else label, paper)


FOLIO = furniture.folio
WRONG: dict[str, tuple[Any, str, Any, str]] = {
    "a label of another part": (Lettering, "label", label_of_another_part, ":8:0: error: The page"),
    "numbers that run on": (Lettering, "label", never_anew, "The page number reads “B5”"),
    "a folio alone": (furniture, "folio", folio_alone, "The page number reads “B3”"),
    "labels of a viewer alone": (
        catalog, "_labels", lambda job: b"0 << /P (A) /S /D /St 1 >>", "The page’s label is “A5”",
    ),
    "the bookmarks alone": (
        outline, "bookmarks", lambda sections, pieces, words, labels: BOOKMARKS(sections, pieces, words, PLAIN),
        "The bookmark “Cover, p. 1” should not be there",
    ),
    "the listing alone": (
        listing, "lettering", lambda *several: Lettering((1, 6)), "The listing’s “page_labels” is",
    ),
    "a range over two parts": (
        Lettering, "range", lambda self, first, last: f"{LABEL(self, first)}–{last}",
        "reads “…International Global Council, 1:B3–7Amnesty",
    ),
}  # fmt: skip
BOOKMARKS = outline.bookmarks


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_printer_is_found(kind: str, lettered: Edition, refused: Refused) -> None:
    where, name, wrong, said = WRONG[kind]
    refused(lettered.corpus, where, name, wrong, said)


def test_a_forged_page_number_is_found_without_the_corpus(
    lettered: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = opened(lettered.pdf.read_bytes())
    one, other = (file.data[file.content(page, -1)] for page in (6, 7))
    codes = [re.findall(rb"<([0-9a-f]+)> Tj", data)[0] for data in (one, other)]
    file.redraw(file.content(6, -1), codes[0], codes[1])
    forged = tmp_path / "dossier.pdf"
    put(written(file), lettered.pdf.with_suffix(".json"), forged)
    for suffix in (".html", ".csv", ".epub", ".docx", ".sha256"):
        shutil.copy(lettered.pdf.with_suffix(suffix), forged.with_suffix(suffix))
    for told in (["--corpus", str(lettered.corpus)], ["--no-corpus"]):
        assert main(["verify", str(forged), *told]) == 1
        assert "The page number reads “B3”" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "turned", "should"),
    [("3B", True, "B3"), ("B3", True, "B3"), ("3B", False, "3B"), ("12", True, "12")],
)
def test_what_is_read_in_another_sequence_from_right_to_left(
    said: str, turned: bool, should: str
) -> None:
    assert proof.unturned(said, turned) == should


def test_the_profile_of_the_family_court_proves_them(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "title: T\nprofile: family-court\noutputs: []\n"})
    output = tmp_path / "out/dossier.pdf"
    words = ["build", "--corpus", str(folder), "--output", str(output), "--jobs", "1"]
    assert main(words) == 0
    settings = folder / "dossier.yaml"
    settings.write_text(settings.read_text("utf-8") + "section_letters: false\n", encoding="utf-8")
    capsys.readouterr()
    assert main(words) == 1
    told = capsys.readouterr().err
    assert "the page is numbered “1”, which does not follow the one before" in told


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_bound_in_belongs_to_the_letters(language: str, tmp_path: Path) -> None:
    from test_enclosing import write_corpus

    corpus = write_corpus(tmp_path)
    settings = corpus / "dossier.yaml"
    said = f"language: {language}\nsection_letters: true\n"
    settings.write_text(settings.read_text(encoding="utf-8") + said, encoding="utf-8")
    words = ["build", "--all", "--corpus", str(corpus), "--output", str(tmp_path / "d.pdf")]
    assert main([*words, "--jobs", "1"]) == 0
    for name, parts in (("d", (4, 9, 2)), ("facing", (5, 10, 2)), ("rectos", (8, 10, 3))):
        book = Readback((tmp_path / f"{name}.pdf").read_bytes())
        labels = [f"{'ABC'[n]}{page + 1}" for n in range(3) for page in range(parts[n])]
        assert book.labels() == labels
        book.close()


# --- over volumes ---


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("lettered-volumes")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    keys = "\nsection_letters: true\nvolumes: {max_pages: 3}\nprofile: family-court\n"
    settings.write_text(settings.read_text(encoding="utf-8") + keys, encoding="utf-8")
    return make_edition(folder / "corpus", folder / "dossier.pdf")


@pytest.mark.slow
def test_section_letters_hold_over_volumes(divided: Edition) -> None:
    labels, folios, covers = [], [], []
    for item in divided.json["volumes"]:
        book = Readback((divided.pdf.parent / item["file"]).read_bytes())
        labels += book.labels()
        folios += [reading(book.page(number).folio) for number in range(1, book.pages + 1)]
        said = " ".join(text for text, _ in book.page(1).texts.values())
        covers.append((book.labels()[0], book.labels()[-1], said))
        book.close()
    assert labels == folios
    letters = [label[0] for label in labels]
    assert letters == sorted(letters)
    for letter in "ABC":
        count = letters.count(letter)
        own = [label for label in labels if label[0] == letter]
        assert own == [f"{letter}{number}" for number in range(1, count + 1)]
    assert all(f"{first}–{last} of {len(labels)}" in said for first, last, said in covers)
    # The cover of a volume is numbered with what follows it.
    first = next(one["first_page"] for one in divided.json["sections"] if "letters/" in one["id"])
    assert labels[first - 2] == "B1"
    assert main(["verify", str(divided.pdf), "--corpus", str(divided.corpus)]) == 0
    assert main(["verify", str(divided.pdf), "--no-corpus"]) == 0


WRONG_VOLUMES: dict[str, tuple[Any, str, Callable[[Any], Any], str]] = {
    "labels begin anew in each volume": (
        Lettering,
        "ranges",
        lambda told: (
            lambda self, first, last: [
                dataclasses.replace(one, number=1 if first > 1 else one.number)
                for one in told(self, first, last)
            ]
        ),
        "PageLabels",
    ),
    "covers belong to what stands before": (
        stages,
        "lettering_of",
        lambda told: (
            lambda is_lettered, first: Lettering(
                tuple(start + (start > 1) for start in told(is_lettered, first).starts)
            )
        ),
        "The page",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG_VOLUMES)
def test_wrong_letters_in_volumes_are_found(kind: str, divided: Edition, refused: Refused) -> None:
    where, name, wrong, said = WRONG_VOLUMES[kind]
    refused(divided.corpus, where, name, wrong(getattr(where, name)), said)
