"""The CSV of signatures: what stands in it, that no spreadsheet computes it, and that its proof finds what is wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import write_files
from test_oracle import FILES

from dossier import outputs_table, stages
from dossier.cli.main import main
from dossier.outputs import spreadsheet
from dossier.outputs_table import OUTPUTS, Output
from dossier.proof import prover

Rows = list[list[str]]
WITH_CSV = FILES | {"dossier.yaml": FILES["dossier.yaml"] + "outputs: [html, csv]\n"}


def command(corpus: Path, pdf: Path) -> list[str]:
    return ["build", "--corpus", str(corpus), "--output", str(pdf), "--jobs", "1"]


def rows_of(path: Path) -> Rows:
    """Return the rows as a program reads them that takes the apostrophes away."""
    text = path.read_bytes().decode("utf-8-sig")
    return [
        [cell.removeprefix("'") for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""))
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("csv")
    write_files(folder / "corpus", WITH_CSV)
    pdf = folder / "out/x.pdf"
    assert main(command(folder / "corpus", pdf)) == 0
    return folder / "corpus", pdf


def test_every_signature_is_a_row_with_its_heading_and_page(built: tuple[Path, Path]) -> None:
    _, pdf = built
    head, *rows = rows_of(pdf.with_suffix(".csv"))
    assert head == [
        "letter", "letter number", "date", "number", "as signed", "heading id", "heading", "kind",
        "role", "organization", "country", "page", "group", "qualifier", "on behalf of", "party", "place",
        "added", "withdrawn", "anonymous",
    ]  # fmt: skip
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    pages = {one["id"]: one["first_page"] for one in listing["sections"]}
    assert [(row[0], row[3]) for row in rows] == [
        (letter, str(number))
        for letter, count in (("one", 4), ("two", 4), ("three", 2))
        for number in range(1, count + 1)
    ]
    assert {(row[0], row[1], row[2]) for row in rows} == {
        ("one", "1", "2012-01-08"), ("two", "2", "2012-02-08"), ("three", "3", "2012-03"),
    }  # fmt: skip
    assert all(int(row[11]) == pages[f"letters/{row[0]}"] for row in rows)
    assert rows[0][4:11] == [
        "Free Letters Union", "free-letters-union", "Free Letters Union", "organization", "",
        "Free Letters Union", "JP",
    ]  # fmt: skip
    assert rows[2][4:11] == [
        "Keiko Sato, Chair, FLU", "keiko-sato", "Satō, Keiko", "person", "Chair", "FLU", "JP",
    ]  # fmt: skip
    assert rows[4][4:7] == ["Letters League", "free-letters-union", "Free Letters Union"]
    headings = {one["id"]: one for one in listing["index"]}
    for row in rows:
        place = {"letter": row[0], "page": int(row[11])}
        assert place in headings[row[5]]["locators"]
        assert (headings[row[5]]["kind"], headings[row[5]]["heading"][: len(row[6])]) == (
            row[7],
            row[6],
        )


def test_the_file_is_as_the_standard_has_it(built: tuple[Path, Path]) -> None:
    raw = built[1].with_suffix(".csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfletter,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r") == 11
    assert b'\r\none,1,2012-01-08,3,"Keiko Sato, Chair, FLU",keiko-sato,"Sat' in raw


RISKY = [
    "=1+1", "=cmd|'/C calc'!A0", "+41 22 000", "-Minus", "@all", "＝SUM(A1)", "＋plus", "－x", "＠x",
    "﹦x", "\u200e=mark", "'Quoted' society", "''", "'=1",
]  # fmt: skip
HARMLESS = ["A, B", 'The "B" society', "A = B", "a@b.org", "Ärzte", "正義 =", "1-2", "“=”"]


def test_no_cell_is_a_formula_and_each_can_be_had_back(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    names = [*RISKY, *HARMLESS]
    signed = "".join(f"  - {json.dumps(name, ensure_ascii=False)}\n" for name in names)
    head = "---\ntitle: One\ndate: 2012-01-08\nto: X\nsignatories:\n"
    folder = corpus(
        **{
            "dossier.yaml": "title: T\noutputs: csv\n",
            "letters/one.md": f"{head}{signed}---\nText.\n",
        }
    )
    output = tmp_path / "out/x.pdf"
    assert main(command(folder, output)) == 0
    written = sorted(path.name for path in output.parent.glob("x.*"))
    assert written == ["x.csv", "x.json", "x.pdf", "x.sha256"]
    text = output.with_suffix(".csv").read_bytes().decode("utf-8-sig")
    cells = [row[4] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert cells == [f"'{name}" for name in RISKY] + HARMLESS
    assert [row[4] for row in rows_of(output.with_suffix(".csv"))][1:] == names
    assert all(
        row[9].startswith("'") == row[4].startswith("'")
        for row in csv.reader(io.StringIO(text, newline=""))
    )


# --- what its proof finds ---


def made(change: Callable[[bytes], bytes]) -> Output:
    """Return the CSV's row of the table with a maker that does something else."""
    true = OUTPUTS["csv"]
    return Output(lambda *given: change(true.make(*given)), true.prove)


def in_rows(change: Callable[[Rows], Any]) -> Callable[[bytes], bytes]:
    """Change the rows of a file, its head among them, and leave its form."""

    def changed(raw: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
        rows = change(rows) or rows
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        return b"\xef\xbb\xbf" + text.getvalue().encode()

    return changed


def cell(row: int, column: int, value: str) -> Callable[[bytes], bytes]:
    def change(rows: Rows) -> None:
        assert rows[row][column] != value
        rows[row][column] = value

    return in_rows(change)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a row is lost": (in_rows(lambda rows: rows[:5] + rows[6:]), "x.csv:6:0: error: “number” should"),
    "the last row is lost": (in_rows(lambda rows: rows[:-1]), "x.csv:11:0: error: The file has 10 rows"),
    "a row stands twice": (in_rows(lambda rows: [*rows, rows[-1]]), "12 rows, and should have 11"),
    "two rows change places": (in_rows(lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]]), "x.csv:3:0"),
    "two signatures change places": (
        in_rows(lambda rows: rows[1].__setitem__(4, rows[2][4])), "“as signed” should be “Free Letters Union”",
    ),
    "another letter": (cell(1, 0, "two"), "“letter” should be “one” here, and is “two”"),
    "another number of the letter": (cell(1, 1, "2"), "“letter number” should be “1”"),
    "another date": (cell(1, 2, "8 January 2012"), "“date” should be “2012-01-08”"),
    "another heading's id": (cell(2, 5, "seoul-circle"), "“heading id” should be"),
    "another heading": (cell(3, 6, "Keiko Sato"), "“heading” should be “Satō, Keiko”"),
    "another kind": (cell(3, 7, "organization"), "“kind” should be “person”"),
    "no role": (cell(3, 8, ""), "“role” should be “Chair”"),
    "no organization": (cell(3, 9, ""), "“organization” should be “FLU”"),
    "the country in words": (cell(1, 10, "Japan"), "“country” should be “JP”"),
    "another page": (cell(4, 11, "1"), "x.csv:5:0: error: “page” should be"),
    "a column is lost": (in_rows(lambda rows: [row[:-1] for row in rows]), "The row has 19 cells of 20"),
    "the head in another order": (in_rows(lambda rows: rows[0].reverse()), "“letter” should be “letter” here, and is “anonymous”"),
    "no mark at the beginning": (lambda raw: raw[3:], "x.csv:1:0: error: The file does not begin with"),
    "another encoding": (lambda raw: raw[:3] + raw[3:].decode().encode("utf-16"), "it cannot be read as CSV"),
    "line feeds alone": (lambda raw: raw.replace(b"\r\n", b"\n"), "not written as RFC 4180 has it"),
    "quotes everywhere": (
        lambda raw: raw.replace(b"three,3,", b'"three",3,'), "not written as RFC 4180 has it",
    ),
    "an open quote": (lambda raw: raw + b'"', "it cannot be read as CSV"),
    "nothing": (lambda raw: b"", "The file has 0 rows, and should have 11"),
}  # fmt: skip


def refused(
    built: tuple[Path, Path], said: str, capsys: pytest.CaptureFixture[str], kept: str = "csv"
) -> None:
    """Build again, and see it refused with ``said``, and nothing written but the refused file."""
    corpus, pdf = built
    output = pdf.with_name("new") / "x.pdf"
    assert main(command(corpus, output)) == 1
    told = capsys.readouterr().err
    assert said in told and prover.REPORT in told
    assert (
        f"; the file that was refused is {output.with_name(f'x.rejected.{kept}')}, to look at."
        in told
    )
    names = sorted(path.name for path in output.parent.iterdir() if path.is_file())
    assert names == [f"x.rejected.{kept}", "x.rejected.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_wrong_in_the_file_is_found(
    kind: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, said = DAMAGES[kind]
    monkeypatch.setitem(outputs_table.OUTPUTS, "csv", made(change))
    refused(built, said, capsys)


@pytest.mark.parametrize("safe", [str, lambda text: f'="{text}"'])
def test_a_cell_that_a_spreadsheet_computes_is_found(
    safe: Callable[[str], str],
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    letter = "---\ntitle: One\ndate: 2012\nto: X\nsignatories: ['=1+1']\n---\nText.\n"
    folder = corpus(**{"dossier.yaml": "title: T\noutputs: [csv]\n", "letters/one.md": letter})
    monkeypatch.setattr(spreadsheet, "safe", safe)
    refused((folder, tmp_path / "x.pdf"), "A spreadsheet may take the cell “=", capsys)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda made: {"html": made["html"]}, "“outputs” has 1 items of 2"),
        (lambda made: {"csv": made["csv"], "html": made["html"]}, "“name” of item 1 should be 'html'"),
        (lambda made: {}, "“outputs” has 0 items of 2"),
    ],
)  # fmt: skip
def test_a_listing_of_other_outputs_is_found(
    change: Callable[[dict[str, str]], dict[str, str]],
    said: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = stages.manifest
    monkeypatch.setattr(
        stages, "manifest", lambda *given: true(*given[:4], change(given[4]), *given[5:])
    )
    refused(built, said, capsys, "pdf")


def test_a_listing_with_another_checksum_is_found(
    built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true = stages.manifest
    wrong = "0" * 64
    monkeypatch.setattr(
        stages, "manifest", lambda *given: true(*given[:4], given[4] | {"csv": wrong}, *given[5:])
    )
    refused(built, "it is not the one that x.json describes", capsys)
