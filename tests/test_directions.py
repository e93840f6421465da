"""Text of two directions stands in its order and on its side, told from the finished PDF's glyphs."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import icu
import pytest
from conftest import Edition, make_edition
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.read import markdown
from dossier.records.body import CitationMark, Inline, Paragraph, Run, Text, text_of
from dossier.render import bidi

LETTERS = {
    "hebrew": """title: למה לא?
date: 2012-01-01
language: he
to: {name: X, lines: [X, Free Letters Inc.]}
signatories: [איגוד המכתבים, Free Letters Inc.]
source: {note: A copy.}
---
קראנו ב-The *New York* Times אתמול, ושם [Human *Rights* לכל אדם](https://example.org/a/) נכתב.

*דג* פסקה שנייה, ארוכה דיה כדי למלא שורה שלמה ועוד חצי שורה, וכך רואים באיזה צד מתחילה השורה השנייה.

1. חתול
2. כלב

This *whole* paragraph is English.
""",
    "english": """title: In English
date: 2012-01-02
to: X
signatories: [שלום וברכה!]
---
They wrote שלום **לכל** העולם[@r] here. Again שלום means peace.

האם *גם* בעברית?
""",
    "chinese": """title: 致金正恩的信
date: 2012-01-03
to: 陛下
language: zh
signatories: [A]
---
今天[@z]直接返回中文。
""",
    "greek": """title: Δύο λόγια
date: 2012-01-04
to: X
language: el
---
Κάθε *άνθρωπος* έχει **δικαίωμα** στη Δμπ. كل *فرد* له **حق** هنا.
""",
}


def written(folder: Path, settings: str, letters: dict[str, str]) -> Edition:
    (folder / "c/letters").mkdir(parents=True)
    (folder / "c/dossier.yaml").write_text(settings, encoding="utf-8")
    (folder / "c/reports.yaml").write_text(
        "references:\n- {id: r, type: book, title: למה לא?, author: [{literal: איגוד}]}\n"
        "- {id: z, type: book, title: 白皮书, language: zh}\n",
        encoding="utf-8",
    )
    for name, text in letters.items():
        (folder / f"c/letters/{name}.md").write_text(f"---\n{text}", encoding="utf-8")
    return make_edition(folder / "c", folder / "dossier.pdf")


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A dossier in English of letters in other scripts."""
    return written(tmp_path_factory.mktemp("scripts"), "title: Scripts\n", LETTERS)


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A dossier in Hebrew."""
    letter = "title: א\ndate: 2012-01-01\nto: ב\nsignatories: [{organization: ג, country: IL}, גם]\n---\nד.\n"
    settings = "title: מכתבים אלינו!\nlanguage: he\nintroduction: מבוא.\n"
    return written(tmp_path_factory.mktemp("hebrew"), settings, {"one": letter})


def glyphs(edition: Edition, section: str) -> list[dict[str, Any]]:
    """Return the glyphs on the first page of a section, in the order in which they are written."""
    page = next(item["first_page"] for item in edition.json["sections"] if item["id"] == section)
    return list(edition.reading.plumber.pages[page - 1].chars)


def line(chars: list[dict[str, Any]], of: str) -> str:
    """Return the line with the word ``of`` as it looks, from left to right, without spaces."""
    first = chars["".join(char["text"][0] for char in chars).index(of)]
    row = [char for char in chars if abs(char["matrix"][5] - first["matrix"][5]) < 4]
    return "".join(char["text"].strip() for char in sorted(row, key=lambda char: char["x0"]))


def seen(words: str) -> str:
    """Return Hebrew words as an eye sees them from left to right, without spaces."""
    return "".join(words.split())[::-1]


def test_words_of_the_other_direction_keep_their_order_around_emphasis(scripts: Edition) -> None:
    hebrew = line(glyphs(scripts, "letters/hebrew"), "Times")
    assert hebrew.endswith(f"TheNewYorkTimes{seen('קראנו ב-')}")
    assert f"{seen('לכל אדם')}HumanRights{seen(', ושם')}" in hebrew
    english = line(glyphs(scripts, "letters/english"), "They")
    assert english == f"Theywrote[1]{seen('שלום לכל העולם')}here.Again{seen('שלום')}meanspeace."


def test_a_paragraph_in_the_other_direction_runs_in_its_own(scripts: Edition) -> None:
    assert line(glyphs(scripts, "letters/english"), "?") == seen("האם גם בעברית?")
    assert line(glyphs(scripts, "letters/hebrew"), "This") == "ThiswholeparagraphisEnglish."


def edges(chars: list[dict[str, Any]], of: str) -> tuple[float, float]:
    """Return where the line with the word ``of`` begins and ends, left to right."""
    first = chars["".join(char["text"][0] for char in chars).index(of)]
    row = [
        char for char in chars
        if abs(char["matrix"][5] - first["matrix"][5]) < 4 and char["text"].strip()
    ]  # fmt: skip
    return min(char["x0"] for char in row), max(char["x1"] for char in row)


def test_a_letter_written_from_right_to_left_is_set_from_the_right(scripts: Edition) -> None:
    chars = glyphs(scripts, "letters/hebrew")
    right = edges(chars, seen("קראנו"))[1]
    assert right == pytest.approx(505, abs=1)
    for words in ("בינואר", "פסקה", "השנייה.", "איגוד"):
        assert edges(chars, seen(words))[1] == pytest.approx(right, abs=1.5), words
    assert edges(chars, "Inc")[1] == pytest.approx(right, abs=1.5)


def test_numbers_of_a_list_stand_to_the_right_of_what_runs_from_there(scripts: Edition) -> None:
    chars = glyphs(scripts, "letters/hebrew")
    for words, number in (("חתול", "1"), ("כלב", "2")):
        assert line(chars, seen(words)) == f"{seen(words)}.{number}"


@pytest.mark.parametrize("section", ["letters/hebrew", "contents", "glance", "colophon"])
def test_the_mark_of_a_title_stands_where_the_title_ends(scripts: Edition, section: str) -> None:
    assert seen("למה לא?") in line(glyphs(scripts, section), seen("למה"))


def test_an_entry_of_the_bibliography_runs_as_it_begins(scripts: Edition) -> None:
    row = line(glyphs(scripts, "bibliography"), seen("למה"))
    assert row == f"1.n.d{seen('איגוד. למה לא?')}"


def test_names_keep_their_punctuation(scripts: Edition) -> None:
    assert line(glyphs(scripts, "letters/hebrew"), "Free") == "FreeLettersInc."
    assert line(glyphs(scripts, "letters/english"), seen("וברכה")) == seen("שלום וברכה!")
    assert line(glyphs(scripts, "index"), seen("וברכה")).startswith(seen("שלום וברכה!") + ",")


def languages(edition: Edition) -> dict[str, set[str]]:
    """Return the roles of the tags that say a language, by that."""
    found: dict[str, set[str]] = {}
    for tag in edition.reading.tags():
        if "/Lang" in tag:
            found.setdefault(str(tag.Lang), set()).add(str(tag.S))
    return found


def test_what_is_in_another_language_is_tagged_as_such(scripts: Edition) -> None:
    # Letters, titles and addressees in headings, contents, table and colophon; the entry of a work.
    assert languages(scripts) == {
        "el": {"/Div", "/H1", "/Link", "/Span"},
        "he": {"/Div", "/H1", "/Link", "/Span"},
        "zh": {"/Div", "/H1", "/Link", "/Span", "/BibEntry"},
    }


def test_our_english_in_a_dossier_of_another_language_is_tagged_as_english(hebrew: Edition) -> None:
    assert languages(hebrew)["en"] == {"/Sect", "/Art"}
    assert {"/Div", "/H1", "/Link", "/Span"} <= languages(hebrew)["he"]


def test_title_dates_and_chart_of_a_hebrew_dossier_read_right(hebrew: Edition) -> None:
    assert line(glyphs(hebrew, "cover"), "!") == seen("מכתבים אלינו!")
    assert line(glyphs(hebrew, "cover"), "2012") == "2012" + seen("בינואר") + "1"
    assert line(glyphs(hebrew, "glance"), seen("ישראל")) == seen("ישראל") + "1"


def test_emphasis_has_its_face_in_every_script_that_has_one(scripts: Edition) -> None:
    greek, mixed = glyphs(scripts, "letters/greek"), glyphs(scripts, "letters/hebrew")
    for chars, words, face in (
        (greek, "ρωπος", "Noto-Serif-Italic"),
        (greek, "δικα", "Noto-Serif-Semi-Bold"),
        (greek, "Δμπ", "Noto-Serif"),
        (greek, "درف", "Amiri-Italic"),
        (greek, "قح", "Amiri-Semi-Bold"),
        (mixed, seen("דג"), "Frank-Ruhl-Libre-Semi-Bold"),
    ):
        start = "".join(char["text"][0] for char in chars).index(words)
        faces = {char["fontname"].partition("+")[2] for char in chars[start : start + len(words)]}
        assert faces == {face}, words


@pytest.mark.slow
@pytest.mark.verapdf
def test_letters_in_other_scripts_conform(scripts: Edition) -> None:
    command = ["verapdf", "-f", "ua1,2a", str(scripts.pdf)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("今天\n直接", "今天直接"),
        ("今*天*[@z]\n直接", "今天直接"),
        ("カタ。\n*ひら*", "カタ。ひら"),
        ("他说“今天”\n直接", "他说“今天”直接"),
        ("한국\n편지", "한국 편지"),
        ("今天\nin words", "今天 in words"),
        ("in”\n“words", "in” “words"),
        ("今天\\\n直接", "今天 直接"),
    ],
)
def test_lines_of_chinese_and_japanese_join_without_a_space(source: str, printed: str) -> None:
    assert text_of(markdown.parse(source, "x.md", 0)[0].nodes) == printed


PIECES = [
    "ab",
    "אב",
    "عب",
    "12",
    "٣",
    " ",
    ".",
    ", ",
    "(",
    ")",
    "-",
    "*",
    "**",
    "[@r]",
    "[",
    "](mailto:x)",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.booleans())
def test_a_paragraph_is_laid_as_the_bidirectional_algorithm_asks(text: str, around: bool) -> None:
    for block in markdown.parse(text, "x.md", 0)[0].nodes:
        if not isinstance(block, Paragraph):
            continue
        made = bidi.ordered(block.children, around)
        assert flat(made) == flat(block.children)
        wanted = turned(flat(block.children), around)
        assert laid(made, around).replace(" ", "") == wanted.replace(" ", "")


def flat(nodes: Sequence[Inline]) -> str:
    """Return all characters of nodes; a citation is one that goes with what is before it."""
    return "".join(
        "\u034f" if isinstance(node, CitationMark) else
        node.text if isinstance(node, Text) else flat(node.children)
        for node in nodes
    )  # fmt: skip


def turned(text: str, around: bool) -> str:
    """Return a text as it is seen from left to right."""
    bidi, held = icu.Bidi(), icu.UnicodeString(text)
    bidi.setPara(held, int(around))
    return "".join(text[place] for place in bidi.getVisualMap())


def laid(nodes: Sequence[Inline], around: bool) -> str:
    """Return nodes as WeasyPrint lays them: each text for itself, all one after another."""
    parts = []
    for node in nodes:
        if isinstance(node, Text | CitationMark):
            parts.append(turned(flat([node]), around))
        else:
            parts.append(
                laid(node.children, node.direction == "rtl" if isinstance(node, Run) else around)
            )
    return "".join(reversed(parts) if around else parts)


def test_letters_written_from_left_to_right_are_left_as_they_are() -> None:
    nodes = markdown.parse("A *text*, 12 [words](https://example.org) – Ünï Жж 中文.", "x.md", 0)[
        0
    ].nodes
    assert bidi.directed(nodes) == nodes


def test_the_name_of_a_script_in_the_index_runs_in_its_own_direction(tmp_path: Path) -> None:
    """Persian calls the names in Han by a word of its own, in a dossier whose words are English."""
    letter = "title: One\ndate: 2012-01-01\nto: X\nsignatories: [恵子, Ann]\n---\nText.\n"
    edition = written(tmp_path, "title: T\nlanguage: fa\n", {"one": letter})
    assert ' dir="rtl">هان</h3>' in edition.html
