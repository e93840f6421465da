"""Tables and headings in letters: tagged, repeated at the head of each page, and proved word for word."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Edition, make_edition, write_files

from dossier.cli.main import main
from dossier.machine import templates
from dossier.pipeline import BuildRequest, build
from dossier.read import markdown, tables
from dossier.records.body import Heading, Table, TableCell, TableRow, Text
from dossier.records.diagnostics import RefusedError

ROWS = "".join(f"| {n} | Country {n} | *{n * 7}* | |\n" for n in range(1, 81))
LETTER = f"""---
title: To the commission
date: 2012-01-08
to: The Commission
{{heading}}---
# First

| No. | Country | Children | Nothing |
|----:|:--------|:--------:|---|
{ROWS}
## Second

> | Alone |
> |---|
> | See [@a, p. 3] and [there](https://example.org) |

### Third

| {"Donaudampfschifffahrtsgesellschaft | " * 5}
|{"---|" * 5}
| {"Donaudampfschifffahrtsgesellschaft | " * 5}

#### Fourth

- in a list

  | head |
  |---|
  | cell |

##### Fifth

The end.
"""
FILES = {
    "dossier.yaml": "title: Tables\nformat: 2\ndate: 2013-01-01\nsections: [contents, letters, index, bibliography]\n",
    "reports.yaml": "references:\n  - {id: a, type: book, title: Zeal, issued: 2010}\n",
    "letters/one.md": LETTER.format(heading=""),
    "letters/two.md": LETTER.format(heading="heading: To all\nlanguage: ar\n"),
}

SMALL = FILES | {
    "letters/one.md": "---\ntitle: a\ndate: 2012\nto: b\n---\n| a | b |\n|---|---|\n| c | d |\n| e | f |\n"
}
del SMALL["letters/two.md"]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("tables")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "x.pdf")


def table_of(text: str) -> Table:
    body, found = markdown.parse(text, "x.md", 0, version=2)
    assert not found
    (node,) = body.nodes
    assert isinstance(node, Table)
    return node


def test_a_table_is_tagged_as_one(edition: Edition) -> None:
    first = edition.reading.structure().all("Art")[0]
    whole, alone, *_ = first.all("Table")
    assert [part.role for part in whole.parts] == ["THead", "TBody"]
    (head,) = whole.all("THead")
    assert [cell.text.strip() for cell in head.all("TH")] == [
        "No.",
        "Country",
        "Children",
        "Nothing",
    ]
    rows = whole.all("TBody")[0].all("TR")
    assert [row.all("TD")[1].text.strip() for row in rows] == [f"Country {n}" for n in range(1, 81)]
    assert len(whole.pages) > 1
    assert [cell.text.strip() for cell in alone.all("TD")] == ["See [1, p. 3] and there"]


def test_the_head_stands_on_every_page(edition: Edition) -> None:
    whole = edition.reading.structure().all("Art")[0].all("Table")[0]
    for number in sorted(whole.pages):
        words = edition.reading.plumber.pages[number - 1].extract_text()
        assert words.count("Nothing") == 1


def test_a_table_stays_within_the_measure(edition: Edition) -> None:
    pages = edition.reading.plumber.pages
    whole = edition.reading.structure().all("Art")[0].all("Table")[0]
    for number in sorted(whole.pages):
        chars = [char for char in pages[number - 1].chars if char["text"].strip()]
        assert max(char["x1"] for char in chars) <= pages[number - 1].width - 90


def test_five_levels_have_tags_without_gaps(edition: Edition) -> None:
    for letter, first in zip(edition.reading.structure().all("Art"), (2, 3), strict=True):
        found = [
            element.role
            for element in letter.walk()
            if element.role in ("H2", "H3", "H4", "H5", "H6", "H7")
        ]
        wanted = [f"H{level}" for level in range(first, first + 5)]
        assert found == (["H2"] if first == 3 else []) + wanted


def test_five_levels_look_different(edition: Edition) -> None:
    looks = set()
    for word in ("First", "Second", "Third", "Fourth", "Fifth"):
        for page in edition.reading.plumber.pages:
            found = page.extract_words(extra_attrs=["fontname", "size", "non_stroking_color"])
            for item in found:
                if item["text"].lower() == word.lower() and item["x0"] < 120:
                    looks.add(
                        (word, item["fontname"], item["size"], str(item["non_stroking_color"]))
                    )
    by_word = {word: {look[1:] for look in looks if look[0] == word} for word, *_ in looks}
    in_first = [min(by_word[word]) for word in sorted(by_word)]
    assert len(set(in_first)) == len(in_first) >= 4


@pytest.mark.parametrize(("language", "word"), [("ja", "自由"), ("he", "שלום")])
def test_five_levels_look_different_without_italics(
    language: str, word: str, tmp_path: Path
) -> None:
    text = "\n\n".join(f"{'#' * level} {word}\n\n{word}\n" for level in range(1, 6))
    head = f"---\ntitle: A\ndate: 2012\nlanguage: {language}\nheading: B\n---\n"
    write_files(
        tmp_path / "corpus",
        {"dossier.yaml": "title: Levels\nformat: 2\n", "letters/one.md": head + text},
    )
    made = make_edition(tmp_path / "corpus", tmp_path / "x.pdf")
    page = next(page for page in made.reading.plumber.pages if word[0] in page.extract_text())
    first, last = [
        [char for char in page.chars if char["text"] == letter] for letter in (word[0], word[-1])
    ]
    looks = []
    for one, other in zip(first, last, strict=True):
        edge = max(one["x1"], other["x1"]) if language == "he" else min(one["x0"], other["x0"])
        wide = round(abs(one["x0"] - other["x0"]) / one["size"], 2)
        below = [line for line in page.rects if 0 < line["bottom"] - one["bottom"] < 9]
        color = str(one["non_stroking_color"])
        looks.append(
            (one["fontname"], round(one["size"], 1), color, round(edge), wide, bool(below))
        )
    headings, words = looks[::2], set(looks[1::2])
    assert len(set(headings)) == 5, headings
    assert not words & set(headings), headings


def test_a_heading_tagged_as_another_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (templates.folder() / "partials/body.html").read_text(encoding="utf-8")
    for old, new in (('data-role="H{{ own }}"', ""), ("[own, 6] | min", "[own, 4] | min")):
        assert old in text
        write_files(
            tmp_path / "corpus",
            {"dossier.yaml": "title: Levels\nformat: 2\noutputs: []\n",
             "templates/partials/body.html": text.replace(old, new),
             "letters/one.md": "---\ntitle: A\ndate: 2012\nheading: B\n---\n# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n"},
        )  # fmt: skip
        command = ["--corpus", str(tmp_path / "corpus"), "--output", str(tmp_path / "x.pdf")]
        assert main([*command, "--jobs", "1", "--no-cache"]) == 1
        assert "headings tagged as H" in capsys.readouterr().err


def test_the_edition_has_the_table(edition: Edition) -> None:
    assert edition.html.count("<table") == 8
    assert '<th scope="col" class="right">No.</th>' in edition.html


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<td{% if cell.align", '<td data-artifact=""{% if cell.align'),
        ("node.children[1:]", "node.children[2:]"),
        ("node.children[1:]", "node.children[1:] | reverse"),
        ("node.children[0].children", "node.children[-1].children"),
        ("<table", '<table data-role="Div"'),
        ('<th scope="col"', '<th data-role="TD"'),
        ("<td", '<td data-role="Span"'),
        ("{% for cell in row.children %}", "{% for cell in row.children | reverse %}"),
        ("{{ table(node, letter_id, numbers, link) }}", ""),
    ],
)
def test_a_table_printed_wrongly_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = (templates.folder() / "partials/body.html").read_text(encoding="utf-8")
    assert old in text
    page = {"templates/partials/body.html": text.replace(old, new)}
    write_files(tmp_path / "corpus", SMALL | page)
    with pytest.raises(RefusedError):
        build(BuildRequest(tmp_path / "corpus", tmp_path / "x.pdf", jobs=1, cache=False))


def test_columns_get_the_room_of_their_words() -> None:
    made = table_of("| No. | Remark |\n|---|---|\n| 1 | " + "a long remark " * 20 + "|\n")
    assert made.width == 100
    assert made.columns[0] < 12 < made.columns[1]
    assert sum(made.columns) == pytest.approx(100, abs=0.2)
    assert table_of("| a |\n|---|\n| b |\n").width < 20


def test_a_bar_in_a_cell_and_empty_cells_are_kept() -> None:
    made = table_of("| a |\n|:-:|\n| b \\| c |\n|  |\n")
    assert made.children[1] == TableRow((TableCell((Text("b | c"),), "center"),))
    assert made.children[2] == TableRow((TableCell((), "center"),))


def test_version_1_prints_a_table_as_written() -> None:
    body, _ = markdown.parse("| a |\n|---|\n| b |\n", "x.md", 0)
    assert not any(isinstance(node, Table) for node in body.nodes)


def test_what_is_too_many_cells_is_counted() -> None:
    assert tables.excess("> | a | b |", 1) == 1
    assert tables.excess("a | b", 2) == 0
    assert tables.excess(r"| a \| b | |", 2) == 0


def test_a_heading_is_never_two_levels_below_the_one_before() -> None:
    body, _ = markdown.parse("# a\n\n###### b\n\n## c\n", "x.md", 0, version=2)
    levels = [node.level for node in body.nodes if isinstance(node, Heading)]
    assert levels == [1, 2, 2]


def test_headings_of_one_level_under_the_same_heading_look_alike() -> None:
    text = "### a\n\n### b\n\n## c\n\n##### d\n\n### e\n\n# f\n"
    body, _ = markdown.parse(text, "x.md", 0, version=2)
    levels = [node.level for node in body.nodes if isinstance(node, Heading)]
    assert levels == [1, 1, 1, 2, 2, 1]
