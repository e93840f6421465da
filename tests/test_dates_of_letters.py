"""Letters without a date, with several dates, and drafts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edition, make_edition, write_files
from test_oracle import Damage, compiled_wrongly, in_letter, refused

from dossier import stages
from dossier.compile.compiler import compile_dossier
from dossier.read.corpus import read

FILES = {
    "dossier.yaml": "title: Letters and their dates\noutputs: [html, csv]\npackets:\n"
    "  late: {title: Late, select: {since: 2014}}\n  early: {title: Early, select: {until: 2012}}\n",
    "letters/first.md": "---\ntitle: First\ndate: 2012-01\nto: X\n---\nA text.\n",
    "letters/undated.md": "---\ntitle: Found in a drawer\ndate: unknown\nsort_date: 2012-03\nto: X\n"
    "signatories: [Somebody]\n---\nA text.\n",
    "letters/hijri.md": "---\ntitle: In another calendar\ndate: 2013-05-01\ndate_line: 20 Jumada II 1434\n"
    "to: X\n---\nA text.\n",
    "letters/twice.md": "---\ntitle: Published later\ndate: [2013-06, 2014-07-01]\nto: X\n---\nA text.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("dates")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def said_on(edition: Edition, section: str) -> str:
    found = next(item for item in edition.json["sections"] if item["id"] == section)
    return " ".join(edition.reading.text(found["first_page"]).split())


def test_a_letter_stands_at_its_sort_date_and_prints_none(built: Edition) -> None:
    contents = said_on(built, "contents")
    assert contents.index("Found in a drawer") < contents.index("In another calendar")
    assert "undated" in contents and "undated" in said_on(built, "glance")
    letter = said_on(built, "letters/undated")
    assert "Letter 2" in letter and "2012" not in letter and "undated" not in letter


def test_of_two_dates_the_letter_prints_its_own(built: Edition) -> None:
    assert "June 2013" in said_on(built, "letters/twice")
    assert "2014" not in said_on(built, "letters/twice")
    assert "June 2013; July 1, 2014" in said_on(built, "contents")


def test_a_date_line_in_another_calendar_stands(built: Edition) -> None:
    assert "20 Jumada II 1434" in said_on(built, "letters/hijri")


def test_the_date_of_the_dossier_is_the_newest_of_all(built: Edition) -> None:
    assert "July 1, 2014" in said_on(built, "cover")


def test_the_spreadsheet_has_the_date_as_written(built: Edition) -> None:
    text = built.pdf.with_suffix(".csv").read_text(encoding="utf-8")
    assert "undated,2,unknown,1,Somebody" in text


def test_packets_select_by_any_of_the_dates(built: Edition) -> None:
    found, _ = read(built.corpus, "")
    assert found
    assert [item.numbers for item in stages.holdings(found)] == [(1, 2, 3, 4), (4,), (1, 2)]


DAMAGES: dict[str, tuple[Damage, str]] = {
    "an unknown date is printed": (
        in_letter(2, date_line=lambda _: "March 2012"),
        "Letter 2 should read",
    ),
    "an unknown date is made up": (
        in_letter(2, date_words=lambda _: "March 2012"),
        "“Contents” should read",
    ),
    "the second date is lost": (
        in_letter(4, date_words=lambda _: "June 2013"),
        "“Contents” should read",
    ),
    "the second date is printed as the letter's": (
        in_letter(4, date_line=lambda one: one.date_words),
        "Letter 4 should read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_wrong_date_is_found(
    kind: str,
    built: Edition,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage, said = DAMAGES[kind]
    compiled_wrongly(
        monkeypatch, lambda it, packet, cite: damage(compile_dossier(it, packet, cite))
    )
    refused((built.corpus, built.pdf), said, capsys)


def test_a_sequence_need_not_name_a_date_that_is_not_printed(corpus: Callable[..., Path]) -> None:
    head = "title: X\ndate: unknown\nsort_date: 2012\nsequence: text\n"
    found, diagnostics = read(corpus(**{"letters/one.md": f"---\n{head}---\nA text.\n"}))
    assert found and not diagnostics
