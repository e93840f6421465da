"""A further kind of index headings is a row of a table: it is printed, listed and proved without more."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import pytest
from conftest import write_files
from reader import Reading

from dossier.cli.main import main
from dossier.names import unlisted
from dossier.proof import selection, signers, spreadsheet
from dossier.records.headings import KINDS, Kind

PLACE = Kind("place", "place", signs=False)
FILES = {
    "dossier.yaml": "title: Letters from places\noutputs: [html, csv]\nlanguage: en\n",
    "letters/one.md": """---
title: To the commission
date: 2012-01-08
to: The Commission
signatories:
  - {organization: Seoul Circle, place: Busan}
  - {person: Ann Lee, role: Poet, place: Zagreb}
---
A text.
""",
    "letters/two.md": """---
title: To the council
date: 2012-02-08
to: The Council
signatories:
  - {person: Keiko Sato, organization: Seoul Circle, place: "BUSAN"}
  - Sea Bird Society
---
Another text.
""",
}


def read_by(patch: pytest.MonkeyPatch, kinds: tuple[Kind, ...], *modules: object) -> None:
    for module in modules:
        patch.setattr(module, "KINDS", kinds)


def run(folder: Path) -> int:
    write_files(folder / "corpus", FILES)
    pdf = folder / "out/x.pdf"
    return main(["build", "--corpus", str(folder / "corpus"), "--output", str(pdf), "--jobs", "1"])


def test_a_row_of_the_table_is_a_kind_in_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = (*KINDS, dataclasses.replace(PLACE, words="prepared_by"))
    read_by(monkeypatch, kinds, unlisted, signers, selection, spreadsheet)
    assert run(tmp_path) == 0
    pdf = tmp_path / "out/x.pdf"
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    places = [entry for entry in listing["index"] if entry["kind"] == "place"]
    # The kind's own words stand in the heading, but it is filed by the name alone.
    assert [entry["heading"] for entry in places] == ["Prepared by Busan", "Prepared by Zagreb"]
    assert [place["letter"] for place in places[0]["locators"]] == ["one", "two"]
    page = next(one["first_page"] for one in listing["sections"] if one["id"] == "index")
    printed = Reading(pdf).text(page)
    first, second = (place["page"] for place in places[0]["locators"])
    assert f"Prepared by Busan, 1:{first}; 2:{second}" in " ".join(printed.split())
    assert "Prepared by Zagreb," in pdf.with_suffix(".html").read_text(encoding="utf-8")
    rows = list(csv.DictReader(pdf.with_suffix(".csv").read_text("utf-8-sig").splitlines()))
    assert [row["kind"] for row in rows] == ["organization", "person", "person", "organization"]


@pytest.mark.parametrize("ahead", [True, False], ids=["only printed", "only expected"])
def test_a_kind_that_one_side_does_not_know_is_found(
    ahead: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read_by(monkeypatch, (*KINDS, PLACE), unlisted if ahead else signers)
    assert run(tmp_path) == 1
    assert "index" in capsys.readouterr().err.lower()


def test_a_person_named_like_the_organization_represented_stands_before_it(
    tmp_path: Path,
) -> None:
    write_files(tmp_path / "corpus", FILES)
    letter = FILES["letters/two.md"].replace(
        "  - Sea Bird Society\n",
        "  - {person: Solidarity, on_behalf_of: Solidarity, as_signed: Solidarity for Solidarity}\n",
    )
    (tmp_path / "corpus/letters/two.md").write_text(letter, encoding="utf-8")
    pdf = tmp_path / "out/x.pdf"
    command = ["build", "--corpus", str(tmp_path / "corpus"), "--output", str(pdf), "--jobs", "1"]
    assert main(command) == 0
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    both = [entry["kind"] for entry in listing["index"] if entry["heading"] == "Solidarity"]
    assert both == ["person", "organization"]
