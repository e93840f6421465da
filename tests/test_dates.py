"""Dates in words, as readers of each country write them: the expected words are written out here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ENGLISH, make_edition

from dossier.compile.bibliography import entries
from dossier.language.dates import read_date
from dossier.records.references import Reference

DAYS = {
    "en": "January 8, 2012",
    "en-US": "January 8, 2012",
    "en-CA": "January 8, 2012",
    "en-GB": "8 January 2012",
    "en-AU": "8 January 2012",
    "en-NZ": "8 January 2012",
    "en-IE": "8 January 2012",
    "en-IN": "8 January 2012",
    "en-gb": "8 January 2012",
    "en-GB-oxendict": "8 January 2012",
    "en-Latn-AU": "8 January 2012",
    "en-AU-u-ca-gregory": "8 January 2012",
    "en-x-house": "January 8, 2012",
    "de": "8. Januar 2012",
    "de-AT": "8. Jänner 2012",
    "de-Latn-AT": "8. Jänner 2012",
    "fr-CA": "8 janvier 2012",
    "pt-BR": "8 de janeiro de 2012",
    "es-419": "8 de enero de 2012",
    "sr": "8. јануар 2012.",
    "sr-Latn": "8. januar 2012.",
    "sr-Latn-US": "8. januar 2012.",
    "sh": "8. januar 2012.",
    "pa-Arab-IN": "8 جنوری 2012",
    "zh-Hant-TW": "2012年1月8日",
    "ko-KR": "2012년 1월 8일",
}


@pytest.mark.parametrize("language", DAYS)
def test_a_day_has_the_order_and_the_letters_of_its_language_and_region(language: str) -> None:
    assert read_date("2012-01-08").in_words(language) == DAYS[language]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("fr", "2012-03-01", "1er mars 2012"),
        ("fr-CA", "2012-03-01?", "[1er mars 2012?]"),
        ("fr", "2012-03-01/2012-03-11", "1er mars 2012 – 11 mars 2012"),
        ("fr", "2012-03", "mars 2012"),
        ("en-AU", "2012-01", "January 2012"),
        ("en-AU", "2012-01-08?", "[8 January 2012?]"),
        ("en-AU", "2012-01-08~", "[ca. 8 January 2012]"),
        ("en-AU", "2012-01-XX", "[January 2012]"),
        ("en-AU", "2012-01-08/2012-01-10", "8 January 2012 – 10 January 2012"),
        ("en-AU", "2012-01-08/2012-02", "8 January 2012 – February 2012"),
        ("de-AT", "2012-01", "Jänner 2012"),
        ("pt-BR", "2012-01/2012-02", "janeiro de 2012 – fevereiro de 2012"),
        ("sr-Latn-US", "2012-01~", "[ca. januar 2012.]"),
        ("zh-Hant-CN", "2012-01-08~", "[約2012年1月8日]"),
        ("zh-Hans-TW", "2012-01-08~", "[约2012年1月8日]"),
        ("zh-yue-HK", "2012-01~", "[約2012年1月]"),
    ],
)
def test_months_ranges_and_doubtful_dates_follow(language: str, text: str, words: str) -> None:
    assert read_date(text).in_words(language) == words


@pytest.mark.parametrize("language", ["en-AU", "en-GB"])
def test_a_dossier_of_australia_or_britain_has_no_american_date(
    language: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder = corpus(
        **{
            "dossier.yaml": f"title: Test\nlanguage: {language}\n",
            "letters/one.md": "---\ntitle: One\ndate: 2012-01-08\nto: X\nsource: {note: A copy.}\n---\nA text [@work].\n",
            "letters/two.md": "---\ntitle: Two\ndate: 2012-01-09?\nto: X\nsource: {note: A copy.}\n---\nA text.\n",
            "letters/three.md": "---\ntitle: Three\ndate: 2013\nto: X\nlanguage: en-US\n---\nA text.\n",
            "reports.yaml": "references:\n  - {id: work, type: report, title: A work, issued: 2012-01-07?}\n",
        }
    )
    edition = make_edition(folder, tmp_path / "x.pdf")
    print_ = " ".join(page.extract_text() or "" for page in edition.reading.plumber.pages)
    for text in (print_, edition.html):
        # In the letter, in the contents, in the table and in the colophon.
        assert text.count("8 January 2012") >= 4
        assert text.count("[9 January 2012?]") >= 4
        assert "[7 January 2012?]" in text
        assert "January 8" not in text
        assert "January 9" not in text


def test_a_doubtful_date_of_a_work_is_worded_as_the_others_are() -> None:
    dates = ("2012-01-08", "2012-01-08?")
    works = [
        Reference.model_validate({"id": f"w{date}", "type": "report", "title": "T", "issued": date})
        for date in dates
    ]
    sure, doubtful = ("".join(span.text for span in entry) for entry in entries(works, ENGLISH))
    assert "8 January 2012" in sure
    assert "[8 January 2012?]" in doubtful
