"""Every type of work that the format claims comes out complete and without machine marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ENGLISH, Refused, write_files

from dossier.compile import bibliography
from dossier.compile.bibliography import entries
from dossier.language.word_files import words_for
from dossier.machine import templates
from dossier.proof import works
from dossier.read.corpus import read
from dossier.records.references import CSL_TYPES, Reference

FULL = {
    "author": [{"literal": "Letters Database Center"}, {"family": "Satō", "given": "Keiko"}],
    "title": "A White Paper", "container-title": "The Journal", "publisher": "Press & Co",
    "publisher-place": "Seoul", "issued": "2012-05-07", "number": "A/HRC/25/63", "volume": "3",
    "issue": "2", "page": "12-19", "URL": "https://example.org/wp?a=1&b=2", "accessed": "2013-05-07",
    "archive-url": "https://example.org/archived/wp", "archived": "2014-02-03",
}  # fmt: skip


def text_of(**fields: object) -> str:
    reference = Reference.model_validate({"id": "w", "type": "report"} | fields)
    return "".join(span.text for span in entries([reference], ENGLISH)[0])


@pytest.mark.parametrize("kind", CSL_TYPES)
def test_every_type_shows_its_parts_once(kind: str) -> None:
    text = text_of(**FULL | {"type": kind})
    for part in (
        "Letters Database Center and Keiko Satō", "A White Paper", "The Journal", "vol. 3", "no. 2",
        "Seoul: Press & Co", "7 May 2012", "p. 12–19", "UN Doc. A/HRC/25/63",
        "https://example.org/wp?a=1&b=2", "Accessed 7 May 2013",
        "Archived 3 February 2014: https://example.org/archived/wp.",
    ):  # fmt: skip
        assert text.count(part) == 1, (part, text)
    for wrong in ("None", "..", ",,", " ,", "  ", "<", "&amp;"):
        assert wrong not in text, text


@pytest.mark.parametrize("kind", CSL_TYPES)
def test_every_type_does_with_a_title_alone(kind: str) -> None:
    text = text_of(type=kind, title="Only a title")
    assert text in ("Only a title. n.d.", "“Only a title”. n.d.")


@pytest.mark.parametrize(
    ("issued", "printed"),
    [
        ("2012", "2012."),
        ("2012-05", "May 2012."),
        ("2012-05-07", "7 May 2012."),
        ("2012?", "[2012?]."),
        ("2012~", "[ca. 2012]."),
        ("2012-05/2012-06", "May 2012 – June 2012."),
        ([["2012", "5"]], "May 2012."),
        ({"date-parts": [["2012", "5", "7"]]}, "7 May 2012."),
        ([{"year": "2012", "month": "5"}], "May 2012."),
    ],
)
def test_dates_as_csl_and_pandoc_write_them(issued: object, printed: str) -> None:
    assert text_of(title="A", issued=issued) == f"A. {printed}"


@pytest.mark.parametrize(
    ("family", "given", "printed"),
    [
        ("佐藤", "恵子", "佐藤恵子"),
        ("さとう", "ケイコ", "さとうケイコ"),
        ("김", "민지", "김민지"),
        ("王", "小明", "王小明"),
        ("辻󠄀", "太郎", "辻󠄀太郎"),
        ("Satō", "Keiko", "Keiko Satō"),
        ("佐藤", "Keiko", "Keiko 佐藤"),
        ("Иванов", "Пётр", "Пётр Иванов"),
    ],
)
def test_the_order_of_a_name_is_that_of_its_script(family: str, given: str, printed: str) -> None:
    makers = [{"family": family, "given": given}, {"literal": "Press"}]
    assert text_of(title="A", author=makers) == f"{printed} and Press. A. n.d."


@pytest.mark.parametrize("kind", ["report", "article-journal", "treaty"])
@pytest.mark.parametrize(
    "title",
    [
        "Letters. 2nd ed.",
        "Why?",
        "Why?!",
        "No!",
        "And so on...",
        "Wait... what. ..",
        "題名。",
        "The “end.”",
    ],
)
def test_a_title_with_its_own_full_stop_gets_no_second_one(kind: str, title: str) -> None:
    shown = f"“{title}”" if kind == "article-journal" else title
    assert text_of(type=kind, title=title, author=["X Inc."]) == f"X Inc. {shown} n.d."
    assert text_of(type=kind, title="A", publisher="X Inc.", issued="2012?").endswith(
        "X Inc., [2012?]."
    )


def test_titles_of_books_in_japanese_stand_in_their_quotation_marks() -> None:
    words = words_for("ja", (templates.folder(),))

    def told(kind: str, title: str) -> tuple[str, bool]:
        reference = Reference.model_validate({"id": "w", "type": kind, "title": title})
        spans = entries([reference], words)[0]
        return "".join(span.text for span in spans), any(span.italic for span in spans)

    assert told("book", "人権白書") == ("『人権白書』. 刊行年不明.", False)
    assert told("article-journal", "人権の話") == ("「人権の話」. 刊行年不明.", False)
    assert told("book", "A White Paper") == ("A White Paper. 刊行年不明.", True)


def test_the_word_edition_stands_once() -> None:
    for edition in ("2nd", "2nd ed.", "2nd edition"):
        assert text_of(title="A", edition=edition) == "A. 2nd ed., n.d."


def test_words_that_look_like_markup_are_printed() -> None:
    text = text_of(title="A <b>bold & brave</b> title", author=["Freedom <House>"])
    assert text == "Freedom <House>. A <b>bold & brave</b> title. n.d."


def test_words_that_look_like_an_entity_are_printed() -> None:
    text = text_of(title="Press &amp; Co &lt;x> & more", author=["A &amp; B"], number="A&lt;1")
    assert text == "A &amp; B. Press &amp; Co &lt;x> & more. n.d. A&lt;1."


def test_addresses_are_links_without_the_full_stop() -> None:
    reference = Reference.model_validate({"id": "w", "type": "report"} | FULL)
    urls = [span.url for span in entries([reference], ENGLISH)[0] if span.url]
    assert urls == ["https://example.org/wp?a=1&b=2", "https://example.org/archived/wp"]


def test_two_works_of_one_maker_and_year_stand_apart_by_number() -> None:
    works = [
        Reference.model_validate({"id": key, "type": "book", "title": key, "issued": "2012"})
        for key in ("W", "w")
    ]
    assert ["".join(s.text for s in item) for item in entries(works, ENGLISH)] == [
        "W. 2012.",
        "w. 2012.",
    ]


BIB = """@report{white-paper-2012,
  author = {{Letters Database Center} and Satō, Keiko},
  title = {A White Paper},
  institution = {Press \\& Co},
  location = {Seoul},
  date = {2012-05-07},
  url = {https://example.org/%C3%A9/a--b~c},
  urldate = {2013-05-07},
}
@article{old, author = {Kim M{\\"u}ller}, title = {An Article}, journal = {The Journal}, year = 2011, number = 4}
"""
JSON = """[{"id": "white-paper-2012", "type": "report", "title": "A White Paper",
 "author": [{"literal": "Letters Database Center"}], "issued": {"date-parts": [[2012, 5, 7]]}},
 {"id": "old", "type": "article-journal", "title": "An Article", "issue": 4}]
"""
LETTER = (
    "---\ntitle: One\ndate: 2012-01-08\nto: X\n---\nA [@white-paper-2012, p. 12] and [@old] text.\n"
)


@pytest.mark.parametrize(("name", "text"), [("reports.bib", BIB), ("reports.json", JSON)])
def test_bibtex_and_csl_json_are_read_in_place_of_yaml(
    name: str, text: str, corpus: Callable[..., Path]
) -> None:
    found, diagnostics = read(corpus(**{name: text, "letters/one.md": LETTER}), "c")
    assert not diagnostics
    assert found is not None
    formatted = ["".join(span.text for span in item) for item in entries(found.references, ENGLISH)]
    assert formatted[0].startswith("Letters Database Center")
    assert "A White Paper" in formatted[0]
    assert "7 May 2012" in formatted[0]
    assert "An Article" in formatted[1]
    assert "no. 4" in formatted[1]
    if name.endswith("bib"):
        assert "Seoul: Press & Co" in formatted[0]
        assert "https://example.org/%C3%A9/a--b~c" in formatted[0]
        assert formatted[1].startswith("Kim Müller. ")


def test_signs_that_latex_keeps_for_itself_are_printed(corpus: Callable[..., Path]) -> None:
    bib = (
        "@report{old, title = {Justice & Peace: 50% of the~prisoners in A\\%, B\\&C, $5 & 6% of $7},\n"
        "note = {#2, caf\\'{e} na\\\"\\i ve, \\emph{so}, \\textsuperscript{2}},\n"
        "url = {https://example.org/a%20b&c=~d}}\n"
    )
    letter = LETTER.replace("[@white-paper-2012, p. 12]", "")
    found, diagnostics = read(corpus(**{"reports.bib": bib, "letters/one.md": letter}), "c")
    assert not diagnostics
    assert found is not None
    (work,) = [one.csl() for one in found.references]
    assert work["title"] == "Justice & Peace: 50% of the prisoners in A%, B&C, $5 & 6% of $7"
    assert work["note"] == "#2, café naïve, so, 2"
    assert work["URL"] == "https://example.org/a%20b&c=~d"


def test_a_bibtex_entry_that_cannot_be_read_is_reported(corpus: Callable[..., Path]) -> None:
    bib = "@report{a,\n title = {A}\n}\n@report{a,\n title = {B}\n}\n@foo{b, title = {B}, wat = {x}}\n"
    _, diagnostics = read(corpus(**{"reports.bib": bib}), "c")
    lines = [str(item) for item in diagnostics]
    assert any(
        line.startswith("c/reports.bib:4:9: error: The id “a” stands twice") for line in lines
    )
    assert any(line.startswith("c/reports.bib:7:1: error: The entry type “@foo”") for line in lines)
    assert any("The field “wat” is unknown" in line for line in lines)


TITLES = ("A White Paper", "Why?", "Letters. 2nd ed.", "And so on...", "題名。", "International", "The “end.”", "تقرير",
          "See https://example.org/a now", "«Доклад»")  # fmt: skip
MORE: tuple[dict[str, object], ...] = (
    {},
    FULL,
    {"author": [{"literal": "X Inc."}], "publisher": "Why? Ltd."},
    {
        "author": [{"literal": "Amnesty International"}],
        "number": "No. 4.",
        "URL": "https://e.org/a.",
    },
)


def stops(language: str) -> list[str]:
    """Return what the proof says of works of many kinds, as the printer sets them now."""
    cited = [
        Reference.model_validate(more | {"id": f"w{n}", "type": kind, "title": title})
        for kind in ("report", "article-journal")
        for n, title in enumerate(TITLES)
        for more in MORE
    ]
    spans_of = entries(cited, words_for(language, (templates.folder(),)))
    found = []
    for reference, spans in zip(cited, spans_of, strict=True):
        text = "".join(span.text for span in spans)
        work = SimpleNamespace(id=reference.id, reference=reference, spans=spans, text=text)
        truth = SimpleNamespace(works=[work], has_citation_style=False)
        found += [f"{said}: {text}" for _, said in works.findings({}, truth, lambda _: 1)]  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("language", ["ar", "de", "en", "fr", "ja", "ru", "zh"])
def test_the_full_stops_of_works_are_no_false_alarm(language: str) -> None:
    assert not stops(language)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "title", "said"),
    [
        ("$", "A plain title", "lacks a full stop at “A plain title”"),
        ("(?!)", "And so on.", "lacks a full stop at “And so on.”, or has one twice"),
    ],
)
def test_a_printer_that_loses_or_doubles_the_full_stops_of_works_is_refused(
    tmp_path: Path, refused: Refused, wrong: str, title: str, said: str
) -> None:
    corpus = tmp_path / "corpus"
    letter = "---\ntitle: T\ndate: 2012-01-08\nsignatories: [X]\n---\n\nWords [@w].\n"
    works_of = f"references:\n  - {{id: w, type: book, title: {title}, issued: 2001}}\n"
    write_files(
        corpus, {"dossier.yaml": "title: D\n", "letters/a.md": letter, "reports.yaml": works_of}
    )
    refused(corpus, bibliography, "ENDED", re.compile(wrong), said)
