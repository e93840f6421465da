"""The index volume: what it lists, that its pages have no numbers, and that a wrong one is refused."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from conftest import command
from test_volumes import KEPT, Divided, broken, changed, copy, corpus_of, divided_from, listed, read

from dossier import volumes
from dossier.bind import binder, catalog, furniture
from dossier.cli.main import main
from dossier.proof.readback import Readback, reading
from dossier.render import sections
from dossier.render.sections import ContentsLine

KEYS = "volumes: {max_pages: 6, index: true}\nbates: {prefix: '{volume}-ER-', digits: 0}\n"
assert copy  # a fixture


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Divided:
    """The project's corpus in volumes of six pages, with an index volume and Bates numbers."""
    folder = tmp_path_factory.mktemp("index")
    return divided_from(corpus_of(folder, KEYS), folder)


def remote(path: Path) -> list[tuple[str, str]]:
    """Return the files and places to which the links of a file lead, in sequence."""
    with pikepdf.open(path) as pdf:
        links = [note for page in pdf.pages for note in page.obj.get("/Annots", ())]
        return [(str(one.A.F.F), str(one.A.D)) for one in links]


def test_it_lists_all_sections_with_what_cites_their_pages(divided: Divided) -> None:
    listing = divided.edition.json
    index = divided.files[-1]
    assert index.name == "dossier.index.pdf"
    said = read(index, lambda book: " ".join(t for t, _ in book.page(1).texts.values()))
    said = " ".join(said.split())
    assert "Index volume" in said
    wanted, place = [], 0
    for number, one in enumerate(listing["volumes"][:-1], 1):
        own = range(one["first_page"], one["last_page"] + 1)
        assert f"Volume {number} of 3 Pages {own[0]}–{own[-1]} of 16" in said
        for section in listing["sections"]:
            if section["first_page"] in own and not section["id"].startswith(("volumes", "co")):
                wanted += 2 * [(one["file"], f"{section['id']}#")]
                title = re.sub(r"^\d+\. ", "", section["title"])
                line = rf"{re.escape(title)}[^0-9]*[A-Za-z0-9, ]* {number}-ER-{section['first_page']}\b"
                match = re.compile(line).search(said, place)
                assert match, (line, said)
                place = match.end()
    colophon = next(one for one in listing["sections"] if one["id"] == "colophon")
    wanted += 2 * [(listing["volumes"][2]["file"], "colophon#")]
    assert f"Colophon 3-ER-{colophon['first_page']}" in said
    assert remote(index) == wanted


def test_its_pages_have_no_numbers_and_move_none(divided: Divided) -> None:
    for path, labels in ((divided.files[-1], ["i"]), (divided.edition.pdf, ["16", "i"])):
        assert read(path, lambda book: book.labels())[-len(labels) :] == labels
        page = read(path, lambda book: book.page(book.pages))
        assert not page.folio
        assert not page.stamp
    for number, path in enumerate(divided.files[:-1], 1):
        first = read(path, lambda book: book.page(1))
        start = divided.edition.json["volumes"][number - 1]["first_page"]
        assert reading(first.stamp) == f"{number}-ER-{start}"
    assert divided.edition.json["bates"] == {"first": "1-ER-1", "last": "3-ER-16"}
    assert [one.get("index") for one in divided.edition.json["volumes"]] == [None, None, None, True]


def test_its_bookmarks_lead_into_all_volumes(divided: Divided) -> None:
    def titles(book: Readback) -> list[tuple[str, int]]:
        return [(mark.title, mark.page) for mark in book.bookmarks()]

    marks = read(divided.files[-1], titles)
    assert marks[0] == ("Index volume, p. i", 1)
    assert [title for title, _ in marks if title.startswith("Volume")] == [
        f"Volume {number} of 3, p. {one['first_page']}"
        for number, one in enumerate(divided.edition.json["volumes"][:-1], 1)
    ]
    assert read(divided.files[0], titles)[-1][0] == "Index volume, p. i"


def test_it_is_verified(divided: Divided, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy / "dossier.index.pdf"
    for how in (["--corpus", str(divided.edition.corpus)], ["--no-corpus"]):
        assert main(["verify", str(path), *how]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"{copy / 'dossier.pdf'} ")
        assert "dossier.index.pdf" in said
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Annots[1].A.F.F = "dossier-3-of-3.pdf"
        pdf.save(path)
    listed(copy, path.name)
    for how in (["--corpus", str(divided.edition.corpus)], ["--no-corpus"]):
        assert main(["verify", str(path), *how]) == 1
        assert "dossier.index.pdf:" in capsys.readouterr().err
    path.unlink()
    assert main(["verify", str(copy / "dossier.pdf"), "--no-corpus"]) == 0
    assert "dossier.index.pdf:0:0: warning: The file was made" in capsys.readouterr().err


def test_a_packet_of_one_volume_has_none(
    corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(
        **{"dossier.yaml": "title: T\noutputs: []\nvolumes: {max_pages: 60, index: true}\n"}
    )
    assert main(command(folder, folder.parent / "out/x.pdf")) == 0
    assert sorted(path.name for path in (folder.parent / "out").iterdir()) == [
        "x.json", "x.pdf", "x.sha256",
    ]  # fmt: skip
    assert main(["verify", str(folder.parent / "out/x.pdf"), "--corpus", str(folder)]) == 0


# --- the printer is wrong ---


def test_a_link_into_the_wrong_file_is_found(divided: Divided) -> None:
    assert divided.bound(4) == ""
    files = dict.fromkeys(divided.portions[3].files, "dossier-3-of-3.pdf")
    assert "A link should lead into dossier-2-of-3.pdf" in divided.bound(4, files=files)


def listing(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Any], Any]:
    """Return what makes an index volume whose volumes and lines are changed."""

    def wrong(told: Any) -> Any:
        def made(dossier: Any, every: list[dict[str, Any]], *more: Any) -> Any:
            every = [{**one, "items": list(one["items"])} for one in every]
            change(every)
            return told(dossier, every, *more)

        return made

    return wrong


def swapped(every: list[dict[str, Any]]) -> None:
    every[2]["items"].reverse()


def led_elsewhere(every: list[dict[str, Any]]) -> None:
    first, second = every[0]["items"][:2]
    every[0]["items"][0] = dataclasses.replace(first, id=second.id)
    every[0]["items"][1] = dataclasses.replace(second, id=first.id)


def on_a_wrong_page(told: Any) -> Any:
    def stamped(line: ContentsLine, known: Any, bates: Any, volume: int) -> ContentsLine:
        return dataclasses.replace(told(line, known, bates, volume), stamp=f"{volume}-ER-2")

    return stamped


WRONG: dict[str, tuple[Any, str, Callable[[Any], Any], str]] = {
    "a wrong page": (sections, "_stamped", on_a_wrong_page, "“Index volume” should read"),
    "a wrong volume": (
        sections, "_stamped", lambda told: lambda line, known, bates, _: told(line, known, bates, 1),
        "“Index volume” should read",
    ),
    "an entry is left out": (
        sections, "_index_volume", listing(lambda every: every[1]["items"].pop()),
        "“Index volume” should read",
    ),
    "two are swapped": (sections, "_index_volume", listing(swapped), "“Index volume” should read"),
    "a volume is left out": (
        sections, "_index_volume", listing(lambda every: every.pop()), "“Index volume” should read",
    ),
    "two links lead to each other’s section": (
        sections, "_index_volume", listing(led_elsewhere), "leads to page",
    ),
    "a number is printed": (
        binder, "_folio",
        lambda told: lambda job, placed, digits, page, paper: told(job, placed, digits, page, paper)
        or furniture.folio(placed, digits, page, "1", paper),
        "The page number reads “1”",
    ),
    "its labels are not Roman": (
        catalog, "_range",
        lambda told: lambda one: told(dataclasses.replace(one, is_roman=False)),
        "The page’s label is “1”",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_printer_is_found(
    kind: str,
    divided: Divided,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where, name, wrong, said = WRONG[kind]
    monkeypatch.setattr(where, name, wrong(getattr(where, name)))
    assert main(command(divided.edition.corpus, tmp_path / "out/dossier.pdf")) == 1
    told = capsys.readouterr().err
    assert said in told, told
    assert not (tmp_path / "out/dossier.pdf").exists()


@pytest.mark.slow
def test_a_missing_index_volume_is_found(
    divided: Divided,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    covered, named = volumes.with_covers, volumes.file_names
    monkeypatch.setattr(volumes, "with_covers", lambda *given: covered(*given)[:-1])
    monkeypatch.setattr(volumes, "file_names", lambda *given: named(*given)[:-1])
    assert main(command(divided.edition.corpus, tmp_path / "out/dossier.pdf")) == 1
    assert "does not have the sections that it should have" in capsys.readouterr().err


# --- the rule of a receiver ---


def without_a_link(pdf: pikepdf.Pdf) -> None:
    for place in (0, 1):
        pdf.pages[0].Annots[place].A.D = pikepdf.String("colophon#")


def numbered(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].S = pikepdf.Name.D


def test_an_index_volume_breaks_its_rule_alone(divided: Divided) -> None:
    paths = [divided.edition.pdf, divided.edition.pdf.with_suffix(".json"), *divided.files]
    files = {path: path.read_bytes() for path in paths}
    index = divided.files[-1]
    kept = KEPT | {"index_volume": ""}
    for kind, value in kept.items():
        assert broken(divided, files, kind, value) == [], kind
    for wrong, said in (
        (changed(files, index, without_a_link), "1: The rule “a” of the profile “test” is broken: no line leads to “About this dossier” and cites it as 1-ER-3"),
        (changed(files, index, numbered), "a viewer displays “1” for a page of the index volume"),
        ({path: raw for path, raw in files.items() if path != index}, "no index volume beside them"),
    ):  # fmt: skip
        told = {kind: broken(divided, wrong, kind, value) for kind, value in kept.items()}
        (message,) = told.pop("index_volume")
        assert said in message
        assert not any(told.values()), told


# --- with other keys ---


@pytest.mark.slow
@pytest.mark.parametrize(
    "keys",
    [
        "language: ar\nbates: {prefix: '{volume}-ER-', digits: 0}\n",
        "language: ja\ndesign: facing\nprint: {recto: sections}\n",
        "language: ru\nsection_letters: true\nexhibits: 'Annex {letter}'\n",
        "design: large-print\nbates: {prefix: 'A very long prefix 2024 ', place: head-left}\n",
    ],
)
def test_it_goes_with_other_keys(
    keys: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus_of(tmp_path, "volumes: {max_pages: 8, index: true}\n")
    settings = folder / "dossier.yaml"
    text = settings.read_text(encoding="utf-8")
    if "language" in keys:
        text = text.replace("language: en-US\n", "")
    settings.write_text(text + keys, encoding="utf-8")
    assert main(command(folder, tmp_path / "out/x.pdf")) == 0, capsys.readouterr().err
    for how in (["--corpus", str(folder)], ["--no-corpus"]):
        assert main(["verify", str(tmp_path / "out/x.index.pdf"), *how]) == 0
    if "{volume}" in keys:
        # What cites a page runs from left to right, also where lines do not.
        with pdfplumber.open(tmp_path / "out/x.index.pdf") as pdf:
            drawn = sorted(pdf.pages[0].chars, key=lambda char: (round(char["top"]), char["x0"]))
        assert "1-ER-3" in "".join(char["text"] for char in drawn)


@pytest.mark.slow
def test_from_the_cache_it_is_the_same(divided: Divided, tmp_path: Path) -> None:
    shutil.copytree(divided.edition.corpus, tmp_path / "corpus")
    build = ["build", "--corpus", str(tmp_path / "corpus"), "--jobs", "1", "--output"]
    assert main([*build, str(tmp_path / "warm/dossier.pdf")]) == 0
    letter = tmp_path / "corpus/letters/2013-05-07-explanation.md"
    text = letter.read_text(encoding="utf-8")
    letter.write_text(text.replace("title: Request for", "title: Demand for"), encoding="utf-8")
    assert main([*build, str(tmp_path / "warm/dossier.pdf")]) == 0
    assert main([*build, str(tmp_path / "cold/dossier.pdf"), "--no-cache"]) == 0
    warm, cold = (
        {path.name: path.read_bytes() for path in (tmp_path / name).glob("dossier*")}
        for name in ("warm", "cold")
    )
    assert json.loads(warm["dossier.json"])["volumes"][-1]["file"] == "dossier.index.pdf"
    assert warm == cold
