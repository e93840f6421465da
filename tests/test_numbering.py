"""Exhibits, separators and Bates numbers: on the pages, in the other files, and when they are wrong."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Edition, command, make_edition
from forger import Forged, opened, put, written

from dossier.bind import furniture
from dossier.cli.main import main
from dossier.compile import relations
from dossier.proof.readback import Page, Readback, reading
from dossier.render import renderer

PATTERN = 'exhibits: "Exhibit {letter}"\nseparators: true\n'
BATES = "bates: {prefix: KJU-, digits: 4, start: 95}\n"


def made(folder: Path, keys: str) -> Edition:
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n" + keys, encoding="utf-8")
    return make_edition(folder / "corpus", folder / "dossier.pdf")


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's corpus with everything that numbers it."""
    return made(tmp_path_factory.mktemp("numbered"), PATTERN + BATES)


def pages_of(pdf: Path) -> list[Page]:
    book = Readback(pdf.read_bytes())
    try:
        return [book.page(number) for number in range(1, book.pages + 1)]
    finally:
        book.close()


def words_of(page: Page) -> str:
    return " ".join(text for text, _ in page.texts.values())


def test_each_page_has_the_next_bates_number(numbered: Edition) -> None:
    pages = pages_of(numbered.pdf)
    assert [reading(page.stamp) for page in pages] == [
        f"KJU-{number:04}" for number in range(95, 95 + len(pages))
    ]
    assert [reading(page.folio) for page in pages] == [str(n) for n in range(1, len(pages) + 1)]


def test_a_separator_stands_before_each_exhibit(numbered: Edition, real: Edition) -> None:
    pages = pages_of(numbered.pdf)
    assert len(pages) == len(pages_of(real.pdf)) + 2
    for section, label in (
        ("2012-01-08-supreme-commander", "Exhibit A"),
        ("2013-05-07-explanation", "Exhibit B"),
    ):
        (there,) = [one for one in numbered.json["sections"] if one["id"] == f"letters/{section}"]
        (letter,) = [one for one in numbered.json["letters"] if one["id"] == section]
        sheet, first = pages[there["first_page"] - 1 : there["first_page"] + 1]
        assert words_of(sheet).startswith(f"{label} {letter['title']}")
        assert words_of(first).startswith(f"{label} {letter['title']}")
        assert letter["label"] == label
        assert there["title"] == f"{label}: {letter['title']}"


def test_the_index_says_what_stands_for_an_exhibit(numbered: Edition) -> None:
    text = "".join(numbered.reading.flat(page) for page in range(1, numbered.reading.pages + 1))
    assert "AstandsforExhibitA." in text
    assert "AmnestyInternational,A:8" in text
    assert "<b>A</b>" in numbered.html
    assert "A stands for Exhibit A." in numbered.html


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (702, "ZZ"), (703, "AAA")]
)
def test_letters_go_on_behind_z(number: int, letters: str) -> None:
    assert relations._lettered(number) == letters


PLACES = [
    f"{edge}-{end}" for edge in ("foot", "head") for end in ("left", "centre", "right", "outer")
]


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("design", ["default", "facing"])
def test_bates_numbers_stand_where_they_should(place: str, design: str, tmp_path: Path) -> None:
    edition = made(tmp_path, f"design: {design}\nbates: {{prefix: B, place: {place}}}\n")
    edge, end = place.split("-")
    for number, page in enumerate(pages_of(edition.pdf), 1):
        shift = {"default": 0, "facing": 12}[design] * (1 if number % 2 else -1)
        left = (595.276 - 415) / 2 + shift
        at_left = end == "left" or (end == "outer" and design == "facing" and number % 2 == 0)
        box = min(run[1] for run in page.stamp), max(run[2] for run in page.stamp)
        if end == "centre":
            assert sum(box) / 2 == pytest.approx(left + 415 / 2, abs=1.5)
        else:
            assert box[0 if at_left else 1] == pytest.approx(
                left if at_left else left + 415, abs=1.5
            )
    raw = opened(edition.pdf.read_bytes())
    last = raw.data[raw.content(1, -1)]
    line = {"foot": b"28.000 Td", "head": b"813.890 Td"}[edge]
    assert line in last


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ar", "ja", "ru", "fr"])
def test_exhibits_in_other_languages(language: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    settings = tmp_path / "corpus/dossier.yaml"
    text = settings.read_text(encoding="utf-8").replace("language: en-US", f"language: {language}")
    settings.write_text(text + "\n" + PATTERN + BATES, encoding="utf-8")
    edition = make_edition(tmp_path / "corpus", tmp_path / "dossier.pdf")
    assert [letter["label"] for letter in edition.json["letters"]] == ["Exhibit A", "Exhibit B"]
    assert (
        main(["verify", str(edition.pdf), "--corpus", str(tmp_path / "corpus"), "--thorough"]) == 0
    )


def build(corpus: Path, *words: str) -> int:
    output = corpus.parent / "out/dossier.pdf"
    return main(["build", "--corpus", str(corpus), "--output", str(output), "--jobs", "1", *words])


def test_bates_numbers_that_grow_too_long(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "title: T\nbates: {digits: 3, start: 998}\n"})
    assert build(folder) == 1
    told = capsys.readouterr().err
    assert re.search(
        r"dossier.yaml:2:8: error: The Bates number of the last page is 100\d, which has more than 3 "
        r"figures. Write “digits: 4”, or another “start”.",
        told,
    )
    assert not (folder.parent / "out/dossier.pdf").exists()


def test_a_packet_may_number_otherwise(corpus: Callable[..., Path]) -> None:
    folder = corpus(
        **{
            "dossier.yaml": "title: T\npackets:\n  x: {exhibits: 'Annex {number}', bates: {start: 7}}\n"
        }
    )
    assert build(folder, "--all") == 0
    plain, packet = (folder.parent / f"out/{name}.pdf" for name in ("dossier", "x"))
    assert not pages_of(plain)[0].stamp
    assert reading(pages_of(packet)[0].stamp) == "000007"
    listing = json.loads(packet.with_suffix(".json").read_text(encoding="utf-8"))
    assert listing["letters"][0]["label"] == "Annex 1"


# --- the printer is wrong ---


def spoilt_stamp(furniture_: Any, digits: Any, number: int, *rest: Any) -> bytes:
    stamp = furniture_.stamp
    wrong = dataclasses.replace(
        furniture_, stamp=stamp.model_copy(update={"start": stamp.start + (number == 3)})
    )
    return FOLIO(wrong, digits, number, *rest)


def no_stamp(furniture_: Any, digits: Any, number: int, *rest: Any) -> bytes:
    kept = furniture_ if number != 2 else dataclasses.replace(furniture_, stamp=None)
    return FOLIO(kept, digits, number, *rest)


def moved_stamp(furniture_: Any, digits: Any, number: int, *rest: Any) -> bytes:
    stamp = furniture_.stamp.model_copy(update={"place": "foot-left"})
    return FOLIO(dataclasses.replace(furniture_, stamp=stamp), digits, number, *rest)


def no_separator(template: str, dossier: Any, printed: Any, **values: Any) -> str:
    return LETTER(template, dossier, printed, **values | {"separated": False})


FOLIO, LETTER = furniture.folio, renderer._letter
WRONG: dict[str, tuple[Any, str, Any, str]] = {
    "a number twice": (furniture, "folio", spoilt_stamp, "The Bates number reads “KJU-0098”"),
    "a page without": (
        furniture,
        "folio",
        no_stamp,
        "a Bates number that it should not have, or none",
    ),
    "another place": (
        furniture,
        "folio",
        moved_stamp,
        "The Bates number stands in the wrong place",
    ),
    "no separators": (
        renderer,
        "_letter",
        no_separator,
        "Exhibit A Appeal to the Supreme…” here, and reads",
    ),
    "another letter": (relations, "_lettered", lambda n: "BAC"[n - 1], "Exhibit A"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_printer_is_found(
    kind: str,
    numbered: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where, name, wrong, said = WRONG[kind]
    monkeypatch.setattr(where, name, wrong)
    shutil.copytree(numbered.corpus, tmp_path / "corpus")
    assert build(tmp_path / "corpus", "--no-cache") == 1
    told = capsys.readouterr().err
    assert said in told, told
    assert not (tmp_path / "out/dossier.pdf").exists()


# --- the file is forged ---


def folio_of(file: Forged, page: int = 6) -> int:
    return file.content(page, -1)


def another_number(file: Forged) -> None:
    one, other = (file.data[folio_of(file, page)] for page in (6, 7))
    codes = [re.findall(rb"<([0-9a-f]+)> Tj", data)[1] for data in (one, other)]
    file.redraw(folio_of(file), codes[0], codes[1])


def another_line(file: Forged) -> None:
    file.redraw(folio_of(file), b" 28.000 Td", b" 38.000 Td")


def larger(file: Forged) -> None:
    data = file.data[folio_of(file)]
    file.data[folio_of(file)] = re.sub(rb"\n(BT /\w+) [\d.]+ (Tf [\d.]+ 28)", rb"\n\1 30 \2", data)


def untagged(file: Forged) -> None:
    file.redraw(folio_of(file), b"/Attached [/Bottom] /Subtype /Bates ", b"")


def taken_away(file: Forged) -> None:
    data = file.data[folio_of(file)]
    file.data[folio_of(file)] = data[: data.index(b"/Artifact <</Attached")]


def twice(file: Forged) -> None:
    data = file.data[folio_of(file)]
    file.data[folio_of(file)] = data + data[data.index(b"/Artifact <</Attached") :]


FORGERIES = (another_number, another_line, larger, untagged, taken_away, twice)


@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_a_forged_bates_number_is_found(
    change: Callable[[Forged], None],
    numbered: Edition,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = opened(numbered.pdf.read_bytes())
    change(file)
    forged = tmp_path / "dossier.pdf"
    put(written(file), numbered.pdf.with_suffix(".json"), forged)
    for suffix in (".html", ".sha256"):
        shutil.copy(numbered.pdf.with_suffix(suffix), forged.with_suffix(suffix))
    assert main(["verify", str(forged), "--corpus", str(numbered.corpus)]) == 1
    assert ":6:" in capsys.readouterr().err


def test_exhibits_that_follow_each_other_are_named_as_a_range(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        f"letters/{name}.md": f"---\ntitle: Of {name}\ndate: 2012-01-0{number}\nto: X\n{more}---\nA text.\n"
        for number, (name, more) in enumerate(
            [("a", ""), ("b", ""), ("c", ""), ("d", ""), ("e", ""), ("x", "annex_to: b\n")], 1
        )
    }
    dossier = "title: T\nexhibits: 'Exhibit {letter}'\noutputs: [html]\n"
    folder = corpus(**files, **{"letters/one.md": None, "dossier.yaml": dossier})
    assert main(command(folder, folder.parent / "out/x.pdf")) == 0, capsys.readouterr().err
    html = (folder.parent / "out/x.html").read_text(encoding="utf-8")
    said = "Exhibit A; Exhibit B; Annex 1 to Exhibit B; Exhibit C–Exhibit E"
    assert said in html, re.findall("No source[^<]*", html)
