"""The dossier in each of its languages: proved, with no English of ours in it, and in Arabic turned."""

from __future__ import annotations

import dataclasses
import re
import shutil
import string
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import icu
import pytest
from conftest import ENGLISH, ROOT, Edition, make_edition, stand_in, write_files
from pki import PASSPHRASE
from test_words import (
    APART,
    CORPUS,
    DENSE,
    FILES,
    RELATED,
    command,
    forms,
    in_word,
    on_screen,
    own_templates,
    prepared,
    seen,
)

from dossier.bind import catalog, furniture
from dossier.cli.main import main
from dossier.language.collation import Collation
from dossier.language.word_files import words_for
from dossier.language.words import Words
from dossier.machine import templates
from dossier.records import placement
from dossier.records.environment import VARIABLE

__all__ = ["own_templates"]  # a fixture
OTHERS = [path.stem for path in FILES if path.stem not in ("en", "fr")]
QUICK = ("ar", "ja")
"""One that is written from right to left, and one of East Asia."""
EACH = [
    pytest.param(one, marks=[] if one in QUICK else [pytest.mark.slow]) for one in OTHERS
]  # fmt: skip
FACING = str.maketrans("()", ")(")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")


def latin(text: str) -> set[str]:
    """Return the words in Latin letters, without placeholders; other scripts may touch them."""
    return set(LATIN.findall(re.sub(r"\{.*?\}", " ", text).lower()))


def vocabulary(words: Words) -> set[str]:
    return set().union(*(latin(form) for text in words.texts.values() for form in forms(text)))


def of(language: str) -> Words:
    return words_for(language, (templates.folder(),))


def english_of_ours(language: str, corpus: Iterable[str]) -> set[str]:
    """Return the English words of the program that neither the language nor the corpus has."""
    # Without the keys; braces are those of YAML.
    texts = [re.sub(r"[\w-]+:\s", " ", text.replace("{", " ")) for text in corpus]
    said = set().union(*map(latin, texts))
    return vocabulary(ENGLISH) - vocabulary(of(language)) - said


def in_language(language: str, folder: Path) -> Path:
    """Write the project's own corpus as one in a language, of letters in English."""
    shutil.copytree(ROOT / "corpus", folder)
    settings = folder / "dossier.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("language: en-US", f"language: {language}"), encoding="utf-8")
    for path in (folder / "letters").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("---\n", "---\nlanguage: en-US\n", 1), encoding="utf-8")
    return folder


Real = Callable[[str], Edition]


@pytest.fixture(scope="module")
def real_in(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """Return a function that builds the project's own corpus in a language, once."""
    made: dict[str, Edition] = {}

    def build(language: str) -> Edition:
        if language not in made:
            folder = tmp_path_factory.mktemp(language)
            made[language] = make_edition(in_language(language, folder / "c"), folder / "x.pdf")
        return made[language]

    return build


@pytest.mark.parametrize("language", EACH)
def test_the_real_letters_in_each_language(language: str, real_in: Real) -> None:
    edition = real_in(language)
    words = of(language)
    headings = {text for key, text in words.texts.items() if key.startswith("heading_")}
    assert {item["title"] for item in edition.json["sections"]} & headings
    assert not any(item["path"].endswith("dossier.yaml") for item in edition.json["diagnostics"])
    assert f'<html lang="{language}"' in edition.html
    assert "lang=" not in re.findall("<body.*?>", edition.html)[0]
    paths = (edition.corpus).rglob("*.*")
    english = english_of_ours(language, [path.read_text(encoding="utf-8") for path in paths])
    assert len(english) > 75
    for text in (" ".join(seen(edition.pdf)), on_screen(edition.pdf.with_suffix(".html"))):
        assert latin(text) & english == set()
    assert main(["verify", str(edition.pdf), "--corpus", str(edition.corpus)]) == 0
    assert main(["verify", str(edition.pdf), "--no-corpus"]) == 0


@pytest.mark.slow
@pytest.mark.verapdf
@pytest.mark.parametrize("language", EACH)
def test_a_dossier_conforms_in_each_language(language: str, real_in: Real) -> None:
    arguments = ["verapdf", "-f", "ua1,2a", str(real_in(language).pdf)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def squeezed(text: str) -> str:
    return re.sub(r"\s+|\u00ad|\u200b", "", text)


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_a_language_is_printed_and_none_of_english(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With letters that use every feature of the words."""
    told = []
    for name, files, more in (
        ("dossier", CORPUS, []),
        ("related", RELATED, ["--drafts"]),
        ("dense", DENSE, []),
        ("apart", APART, []),
    ):
        changed = {
            path: text.replace("language: fr", f"language: {language}")
            if path == "dossier.yaml"
            else text.replace("---\n", "---\nlanguage: fr\n", 1) if path.endswith(".md") else text
            for path, text in files.items()
        }  # fmt: skip
        write_files(tmp_path / name, changed)
        prepared(tmp_path / name)
        stand_in(tmp_path, monkeypatch)
        monkeypatch.setenv(VARIABLE, PASSPHRASE)  # a build takes it out
        assert main([*command(tmp_path / name, tmp_path / f"out/{name}.pdf"), *more]) == 0
    pdfs = list((tmp_path / "out").glob("*.pdf"))
    pdfs = [pdf for pdf in pdfs if not re.search(r"-\d-of-\d|\.index", pdf.name)]
    assert len(pdfs) == 8
    for pdf in pdfs:
        told += [*seen(pdf), on_screen(pdf.with_suffix(".html"))]
    told.append(in_word(tmp_path / "out/parente.pdf"))
    english = english_of_ours(
        language, [text for files in (CORPUS, RELATED, DENSE, APART) for text in files.values()]
    )
    assert len(english) > 140
    assert latin(" ".join(told)) & english == set()
    everything = squeezed(" ".join(told))

    def is_there(form: str) -> bool:
        parts = [squeezed(part) for part, *_ in string.Formatter().parse(form)]
        # What is in no tag is read as it is drawn: in Arabic backwards, with mirrored brackets.
        drawn = (part[::-1].translate(FACING) for part in parts)
        return all(
            one in everything or two in everything for one, two in zip(parts, drawn, strict=True)
        )

    lost = [
        key for key, text in of(language).texts.items() if not any(map(is_there, forms(text)))
    ]  # fmt: skip
    # The language has a name for every script that is set.
    assert set(lost) <= {"index_other_scripts"}


# --- CLDR ---


@pytest.mark.parametrize("language", OTHERS)
def test_quotation_marks_are_those_of_cldr(language: str) -> None:
    data = icu.LocaleData(language)
    kinds = icu.ULocaleDataDelimiterType
    marks = [str(data.getDelimiter(kind)) for kind in (kinds.QUOTATION_START, kinds.QUOTATION_END)]
    text = of(language).texts["about_wording"]
    assert isinstance(text, str)
    assert text.startswith("{}wording{}".format(marks[0] + "{", "}" + marks[1]))
    others = set('“”„«»‹›「」『』"') - set(marks)
    for key, text in of(language).texts.items():
        assert not others & set("".join(forms(text))), key


def test_counts_take_the_plural_of_their_language() -> None:
    for language, count, said in (
        ("ru", 1, "1 письмо"), ("ru", 3, "3 письма"), ("ru", 5, "5 писем"), ("ru", 21, "21 письмо"),
        ("ar", 1, "رسالة واحدة"), ("ar", 2, "رسالتان"), ("ar", 3, "3 رسائل"), ("ar", 11, "11 رسالة"),
        ("ar", 100, "100 رسالة"), ("de", 2, "2 Briefe"), ("es", 1_000_000, "1000000 de cartas"),
        ("ja", 1, "書簡1通"), ("zh", 2, "2封信函"), ("ko", 2, "서한 2통"), ("pt", 2, "2 cartas"),
    ):  # fmt: skip
        assert of(language)("letters", count=count) == said
    for language, count, said in (
        ("pt", 2, "duas cartas abertas"), ("ru", 1, "одно открытое письмо"), ("es", 2, "dos cartas abiertas"),
        ("de", 2, "zwei offene Briefe"), ("ru", 21, "21 открытое письмо"),
    ):  # fmt: skip
        assert of(language)("about_open_letters", count=count) == said


@pytest.mark.parametrize(
    ("language", "names"),
    [
        # The article is written in one word with the noun; God’s name keeps it.
        ("ar", {"الله": "ا", "المنظمة": "م", "رابطة": "ر", "الشبكة": "ش", "Amnesty": "A"}),
        ("ja", {"あすの会": "あ", "ガザの会": "か", "アムネスティ": "あ", "日本": "漢字"}),
        ("ko", {"까치회": "ㄱ", "나라": "ㄴ", "평화": "ㅍ"}),
        ("ru", {"Ёлка": "Е", "Щит": "Щ", "Amnesty": "A"}),
        ("zh", {"北京之春": "B", "重庆之友": "C", "人权观察": "R", "3月": "0–9"}),
        ("de", {"Ärzte": "A", "Der Bund": "B"}),
        ("es", {"Ñandú": "Ñ", "La Unión": "U"}),
        ("pt", {"A União": "U", "Ética": "E"}),
    ],
)
def test_the_index_has_the_letters_of_its_language(language: str, names: dict[str, str]) -> None:
    alphabet = Collation(language, (), names)
    assert {name: alphabet.label(name) for name in names} == names


# --- Arabic: the whole book turns ---


def page_of(edition: Edition, section: str) -> Any:
    number = next(one["first_page"] for one in edition.json["sections"] if one["id"] == section)
    return edition.reading.plumber.pages[number - 1]


def rows(page: Any, top: float = 0.0) -> list[list[dict[str, Any]]]:
    """Return the glyphs of a page below ``top`` and above the folio, line by line from left to right."""
    found: list[list[dict[str, Any]]] = []
    chars = [
        char for char in page.chars if char["text"].strip() and top < char["top"] < 750
    ]  # fmt: skip
    for char in sorted(chars, key=lambda char: -char["matrix"][5]):
        # Signs above the letters stand higher.
        if not found or found[-1][0]["matrix"][5] - char["matrix"][5] > 6:
            found.append([])
        found[-1].append(char)
    return [sorted(line, key=lambda char: float(char["x0"])) for line in found]


LEFT, RIGHT = 90.1, 505.2
"""The edges of the text block on A4."""


def test_the_contents_of_an_arabic_dossier_have_their_pages_at_the_left(real_in: Real) -> None:
    lines = rows(page_of(real_in("ar"), "contents"), 130)
    assert len(lines) >= 7
    for line in lines:
        number = "".join(char["text"] for char in line if char["x1"] < LEFT + 14)
        assert number.isdigit()
        assert line[0]["x0"] == pytest.approx(LEFT, abs=1)
        assert line[-1]["x1"] == pytest.approx(RIGHT, abs=2)
    assert [line[-1]["text"] for line in lines if line[-1]["text"] in "12"] == ["1", "2"]


def test_table_and_chart_of_an_arabic_dossier_begin_at_the_right(real_in: Real) -> None:
    page = page_of(real_in("ar"), "glance")
    lines = ["".join(char["text"] for char in line) for line in rows(page)]
    first = next(line for line in lines if line.endswith("1") and "2012" in line)
    assert first.startswith("5")
    bars = [rect for rect in page.rects if 8 < rect["height"] < 10]
    assert len(bars) > 10
    assert len({round(bar["x1"]) for bar in bars}) == 1
    assert len({round(bar["x0"]) for bar in bars}) > 3


def test_the_first_column_of_an_arabic_index_is_the_right_one(real_in: Real) -> None:
    page = page_of(real_in("ar"), "index")
    middle = (LEFT + RIGHT) / 2
    place = {char["text"]: char["x0"] for char in page.chars if char["size"] == pytest.approx(12)}
    assert place["A"] > middle > place["H"]
    # Lines that go on hang from the right, too.
    ends = [max(char["x1"] for char in line) for line in rows(page, 200) if line[-1]["x1"] > middle]
    hanging = [end for end in ends if end == pytest.approx(RIGHT - 14, abs=2)]
    assert len(hanging) > 8
    assert len(hanging) + len([end for end in ends if end == pytest.approx(RIGHT, abs=2)]) == len(
        ends
    )


def columns(page: Any) -> list[list[str]]:
    """Return the lines of both columns of a page, as their characters stand."""
    middle = (LEFT + RIGHT) / 2
    halves = [(0, 0, middle, page.height), (middle, 0, page.width, page.height)]
    return [
        ["".join(char["text"] for char in line) for line in rows(page.crop(half))]
        for half in halves
    ]


def test_a_country_in_an_arabic_see_reference_stands_at_the_left_of_the_name(real_in: Real) -> None:
    _, lines = columns(page_of(real_in("ar"), "index"))
    (line,) = [line for line in lines if "FENCE" in line]
    country, _, see = line.partition("FENCE")
    assert "(" in country and ")" in country
    assert len(see.strip()) >= 4


def test_no_line_of_a_japanese_index_ends_inside_a_country(real_in: Real) -> None:
    for lines in columns(page_of(real_in("ja"), "index")):
        assert any("（" in line for line in lines)
        assert all(line.count("（") == line.count("）") for line in lines), lines


@pytest.mark.slow
def test_heads_and_folios_of_an_arabic_dossier_mirror_each_other(tmp_path: Path) -> None:
    edition = make_edition(facing(tmp_path), tmp_path / "x.pdf")
    for number, page in enumerate(edition.reading.plumber.pages, 1):
        folio = [char for char in page.chars if char["top"] > 770]
        # A recto is the left page of two.
        outer = page.width / 2 - folio[0]["x0"] if number % 2 else folio[-1]["x1"] - page.width / 2
        assert outer > 180, number
    assert edition.reading.pdf.Root.ViewerPreferences.Direction == "/R2L"


def facing(folder: Path) -> Path:
    """Write the corpus in Arabic, to be printed on both sides."""
    corpus = in_language("ar", folder / "c")
    settings = corpus / "dossier.yaml"
    settings.write_text(settings.read_text("utf-8") + "design: facing\n", encoding="utf-8")
    return corpus


def test_a_letter_from_left_to_right_stays_as_it_is_in_an_arabic_dossier(real_in: Real) -> None:
    edition, page = real_in("ar"), page_of(real_in("ar"), "letters/2012-01-08-supreme-commander")
    assert re.search(r'<div class="verbatim" lang="en-US"[^>]* dir="ltr">', edition.html)
    line = next(line for line in rows(page) if line[0]["text"] == "w")
    assert "".join(char["text"] for char in line).startswith("weareseriously")
    assert line[0]["x0"] == pytest.approx(LEFT, abs=1)


# --- a printer that is broken ---


def refused(corpus: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(command(corpus, folder / "out/x.pdf")) == 1
    assert not list((folder / "out").glob("x.pdf"))
    return capsys.readouterr().err


SPOILT = {
    "the pages of another letter": (
        "ar", "partials/locators.html", 'data-href="{{ place.href }}"', 'data-href="{{ places[0].href }}"',
        "leads to page",
    ),
    "a locator that is no link": (
        "ar", "partials/locators.html", "<a class", "<span class", "“فهرس الموقّعين” has ",
    ),
    "the locators turned round": (
        "ar", "partials/locators.html", "in places -", "in places | reverse -", "“فهرس الموقّعين” should read",
    ),
    "English in the legend of the index": (
        "ja", "sections/index.html", 'ours("index_legend")', '"Everyone in one alphabet."', "“署名者索引” should",
    ),
    "a comma of another language": (
        "ja", "sections/index.html", 'ours("index_details", heading=heading, details=details)',
        'heading ~ ", " ~ details', "“署名者索引” should read",
    ),
}  # fmt: skip


FIRST = ("the locators turned round", "English in the legend of the index")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=[] if kind in FIRST else [pytest.mark.slow]) for kind in SPOILT
    ],
)  # fmt: skip
def test_a_template_that_spoils_a_language_is_refused(
    kind: str, own_templates: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    language, name, right, wrong, said = SPOILT[kind]
    path = own_templates / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    text = text.replace(right, wrong)
    path.write_text(text.replace("</a>", "</span>") if "<span" in wrong else text, encoding="utf-8")
    assert said in refused(in_language(language, tmp_path / "c"), tmp_path, capsys)


def test_a_book_that_is_not_turned_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(placement, "replace", lambda furniture, **changes: furniture)
    said = refused(facing(tmp_path), tmp_path, capsys)
    assert "The running head reads “" in said
    assert "The page number stands in the wrong place" in said
    assert "The document says that its pages turn in the other direction" in said


@pytest.mark.slow
def test_a_viewer_that_is_told_the_wrong_direction_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true = catalog.catalog

    def wrong(job: Any, *more: Any) -> bytes:
        return true(
            dataclasses.replace(job, furniture=dataclasses.replace(job.furniture, turned=False)),
            *more,
        )

    monkeypatch.setattr(catalog, "catalog", wrong)
    said = refused(in_language("ar", tmp_path / "c"), tmp_path, capsys)
    assert "The document says that its pages turn in the other direction" in said


def test_a_wrong_page_in_arabic_contents_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    true = furniture.Digits.instead
    monkeypatch.setattr(
        furniture.Digits,
        "instead",
        lambda self, label, *rest: true(self, str(int(label) + 1), *rest),
    )
    assert "“المحتويات” should read" in refused(
        in_language("ar", tmp_path / "c"), tmp_path, capsys
    )  # fmt: skip
