"""The chart of signatures by country: every country is told, however many there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Edition, default_design, make_edition

from dossier.cli.main import main
from dossier.proof import phrases
from dossier.records import values
from dossier.records.design import Design
from dossier.records.dossier import Bar, Dossier
from dossier.render import chart

LONG = ["GS", "HK", "MO", "TF", "UM", "PS", "VC", "SJ"]
CODES = LONG + sorted(set(values.COUNTRIES) - set(LONG))
Corpus = Callable[..., Path]


def signed(corpus: Corpus, counts: list[int], language: str) -> Path:
    """Write a letter that as many sign in each country as ``counts`` says, and one without a country."""
    signers: list[object] = ["Nobody’s Friends"]
    for code, count in zip(CODES, counts, strict=False):
        signers += [{"organization": f"{code} {n}", "country": code} for n in range(count)]
    head = {"title": "One", "date": "2012-01-08", "to": "X", "signatories": signers}
    return corpus(
        **{
            "dossier.yaml": f"title: Test\nlanguage: {language}\n",
            "letters/one.md": f"---\n{yaml.safe_dump(head)}---\nA text.\n",
        }
    )


def told(edition: Edition) -> str:
    """Return the text of the table's pages."""
    section = next(one for one in edition.json["sections"] if one["id"] == "glance")
    pages = range(section["first_page"], section["last_page"] + 1)
    return re.sub(r"\s+", " ", " ".join(edition.reading.text(page) for page in pages))


@pytest.mark.parametrize(
    ("counts", "language", "rest"),
    [
        ([2] * 20, "en", ""),
        ([2] * 20 + [1], "en", "“Other countries” is 1 country with 1 signature: Australia 1."),
        ([3] * 10 + [1] * 15, "en", "“Other countries” are 5 countries with 5 signatures: "),
        pytest.param(
            [1] * 60,
            "da",
            "“Other countries” are 40 countries with 40 signatures: ",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            [3] * 25,
            "mt",
            "“Other countries” are 5 countries with 15 signatures: ",
            marks=pytest.mark.slow,
        ),
        ([2] * 25, "yue", "“Other countries” are 5 countries with 10 signatures: "),
        ([2] * 25, "he", "“Other countries” are 5 countries with 10 signatures: "),
        pytest.param(
            [2] * 25,
            "fa",
            "“Other countries” are 5 countries with 10 signatures: ",
            marks=pytest.mark.slow,
        ),
        ([2] * 8, "sl", ""),
    ],
)
def test_every_country_is_told(
    counts: list[int], language: str, rest: str, corpus: Corpus, tmp_path: Path
) -> None:
    edition = make_edition(signed(corpus, counts, language), tmp_path / "x.pdf")
    text = told(edition)
    assert rest in text
    assert bool(rest) == ("Other countries" in text) == ("Other countries" in edition.html)
    figures = re.findall(
        r"(?<=[^\d,.]) (\d+)(?=[ ,.]|$)", text[text.index("Signatures by country") :]
    )
    stated = [count for count in counts if figures.count(str(count)) >= counts.count(count)]
    assert len(stated) == len(counts)


def test_a_country_that_is_not_told_is_noticed_before_anything_is_written(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = signed(corpus, [2] * 22, "en")
    true = chart.chart

    def short(bars: Sequence[Bar], design: Design, others: str = "") -> chart.Chart:
        shape = design.chart.model_copy(update={"most": 19})
        return true(bars, design.model_copy(update={"chart": shape}), others)

    monkeypatch.setattr("dossier.render.sections.chart", short)
    arguments = ["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"]
    assert main(arguments) == 1
    assert "“The letters at a glance” should say “Signatures by country " in capsys.readouterr().err


@pytest.mark.parametrize(
    "label",
    ["Chad", "x" * 38, "x" * 39, "島" * 19, "島" * 20, "x" * 36 + "é" * 3, "x" * 36 + "e\u0301e\u0301e\u0301"],
)  # fmt: skip
def test_a_long_name_is_cut_between_letters(label: str) -> None:
    drawn = chart.chart([Bar(label, 1)], default_design()).bars[0].label
    assert drawn == phrases._label(label)
    assert drawn == label or (drawn[-1] == "…" and label.startswith(drawn[:-1]))
    assert drawn == label or not re.match("\u0301", label[len(drawn) - 1 :])
    assert drawn == label or chart._width(drawn) in (37, 38)


# --- signatures by year ---


def of_years(corpus: Corpus, years: list[int], signed: bool = True) -> Path:
    """Write a letter of each year, the first signed by one, the second by two …"""
    files: dict[str, str | None] = {"letters/one.md": None}
    for place, year in enumerate(years, 1):
        signers = [f"Union {year} {number}" for number in range(place)] if signed else []
        head = {"title": f"Of {year}", "date": str(year), "to": "X", "signatories": signers}
        head = {key: value for key, value in head.items() if value}
        files[f"letters/l{place:03}.md"] = f"---\n{yaml.safe_dump(head)}---\nA text.\n"
    files["letters/unknown.md"] = (
        "---\ntitle: Undated\ndate: unknown\nsort_date: 1900\nto: X\nsignatories: [A]\n---\nA text.\n"
    )
    return corpus(**files)


def test_letters_of_several_years_have_a_chart_of_these(corpus: Corpus, tmp_path: Path) -> None:
    edition = make_edition(of_years(corpus, [2001, 2003, 2003, 2010]), tmp_path / "x.pdf")
    text = told(edition)
    assert "Signatures by year 2001 (1 letter) 1 2003 (2 letters) 5 2010 (1 letter) 4" in text
    assert "1900" not in text
    assert edition.html.count("<rect") == 3
    assert (
        "Bar chart of the signatures by year: 2001 (1 letter) 1, 2003 (2 letters) 5, 2010 (1 letter) 4."
        in edition.html
    )


@pytest.mark.parametrize(
    ("years", "signed"), [([2001, 2002], True), ([2001, 2002, 2003], False)], ids=["few", "nobody"]
)
def test_where_years_tell_nothing_there_is_no_chart(
    years: list[int], signed: bool, corpus: Corpus, tmp_path: Path
) -> None:
    folder = of_years(corpus, years, signed)
    (folder / "letters/unknown.md").unlink()
    edition = make_edition(folder, tmp_path / "x.pdf")
    assert "by year" not in told(edition)
    assert "<svg" not in edition.html


def test_many_years_are_told_in_periods(corpus: Corpus, tmp_path: Path) -> None:
    edition = make_edition(of_years(corpus, list(range(1990, 2012))), tmp_path / "x.pdf")
    text = told(edition)
    assert "Signatures by year 1990–1994 (5 letters) 15 1995–1999 (5 letters) 40" in text
    assert "2010–2014 (2 letters) 43" in text


def test_countries_of_few_signatures_tell_nothing(corpus: Corpus, tmp_path: Path) -> None:
    signers = ["{organization: A, country: JP}", *(f"Union {number}" for number in range(12))]
    text = f"---\ntitle: One\ndate: 2012\nsignatories: [{', '.join(signers)}]\n---\nText.\n"
    edition = make_edition(corpus(**{"letters/one.md": text}), tmp_path / "x.pdf")
    assert "Signatures by country" not in told(edition)
    few = text.replace("Union 11, ", "").replace(", Union 11", "").replace("Union 10, ", "")
    few = few.replace(", Union 10", "").replace(", Union 9", "")
    edition = make_edition(corpus(**{"letters/one.md": few}), tmp_path / "few.pdf")
    assert "Japan 1 Not stated 9" in told(edition)


def spoilt_years(dossier: Any) -> Any:
    first, *rest = TRUE_YEARS(dossier)
    return (replace(first, count=first.count + 1), *rest)


TRUE_YEARS: Any = Dossier.bars_of_years.fget  # type: ignore[attr-defined]


def test_a_wrong_count_of_a_year_is_refused(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = of_years(corpus, [2001, 2003, 2010])
    monkeypatch.setattr(Dossier, "bars_of_years", property(spoilt_years))
    arguments = [
        "--corpus",
        str(folder),
        "--output",
        str(tmp_path / "x.pdf"),
        "--jobs",
        "1",
        "--no-cache",
    ]
    assert main(arguments) == 1
    assert "should say “Signatures by year 2001 (1 letter) 1" in capsys.readouterr().err


def test_a_long_name_in_cyrillic_does_not_run_into_its_bar(corpus: Corpus, tmp_path: Path) -> None:
    signers = [
        *({"organization": code, "country": code} for code in ("TF", "GH", "CN")),
        *({"organization": f"B{n}"} for n in range(2)),
    ]
    head = {"title": "One", "date": "2012-01-08", "to": "X", "signatories": signers}
    folder = corpus(
        **{
            "dossier.yaml": "title: Test\nlanguage: ru\n",
            "letters/one.md": f"---\n{yaml.safe_dump(head)}---\nA text.\n",
        }
    )
    assert "Французские Южные территории" in told(make_edition(folder, tmp_path / "x.pdf"))
