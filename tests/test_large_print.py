"""Large print: nothing smaller than it should be, no italics, no hyphens, lines of a readable length."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest
import yaml
from conftest import Edition, make_edition, write_files
from reader import Reading

from dossier.pipeline import BuildRequest, build, received, verify

SENTENCE = "The undersigned *urgently* ask the commission to consider every **report** that was submitted. "
LONG = "Menschenrechtsverletzungsdokumentationsstelle"
LETTER = f"""---
{
    yaml.safe_dump(
        {
            "title": "Request of the Internationally Known Organizations for an Explanation",
            "date": "2012-01-08/2012-02-10",
            "to": "The Commission of Inquiry",
            "closing": "Yours,",
            "signatories": [f"Organization Number {n}" for n in range(40)],
        }
    )
}---
{SENTENCE * 8}[@w, p. 3]

## A heading

{SENTENCE * 5}The {LONG} has a note.[^1]

| Country | What was reported |
| --- | ---: |
| Korea | {SENTENCE} |

1. One
2. Two

[^1]: {SENTENCE}
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("large")
    write_files(
        folder / "corpus",
        {
            "dossier.yaml": "title: Large\nformat: 2\ndesign: large-print\nintroduction: Some *words* before.\n",
            "reports.yaml": "references:\n- {id: w, type: book, title: A book}\n",
            "letters/a.md": LETTER,
            # As many signatures and works: the table has no columns for these, and page numbers stand first.
            "letters/b.md": LETTER.replace("2012-01-08/2012-02-10", "2013"),
        },
    )
    return make_edition(folder / "corpus", folder / "dossier.pdf")


def test_all_text_is_large_and_upright_and_without_serifs(large: Edition) -> None:
    sizes: Counter[float] = Counter()
    for page in large.reading.plumber.pages:
        for char in page.chars:
            if char["text"].strip():
                sizes[round(char["size"], 1)] += 1
                assert "Noto-Sans" in char["fontname"] and "Italic" not in char["fontname"]
    assert min(sizes) >= 16
    # Only what is no part of a letter's own words, references and marks of notes, is smaller than 18.
    assert sum(count for size, count in sizes.items() if size < 18) < 30
    assert sizes[18.0] > 0.9 * sizes.total()


def test_lines_are_short_and_begin_at_the_left(large: Edition) -> None:
    left: Counter[int] = Counter()
    for page in large.reading.plumber.pages:
        for line in page.extract_text_lines():
            assert len(line["text"]) <= 70, line["text"]
            assert line["x1"] <= page.width - 49 and line["x0"] >= 49
            left[round(line["x0"])] += 1
    assert left.most_common(1)[0][0] == 50


def test_page_numbers_of_a_narrow_table_stand_below_its_titles(large: Edition) -> None:
    pages = {one["id"]: one["first_page"] for one in large.json["sections"]}
    assert pages["letters/b"] >= 10
    words = large.reading.plumber.pages[pages["glance"] - 1].extract_words()
    (number,) = [word for word in words if word["text"] == str(pages["letters/b"])]
    assert number["x0"] >= 49


@pytest.mark.slow
def test_the_numbers_of_a_long_list_have_room(tmp_path: Path) -> None:
    names = [
        f"{hashlib.sha256(bytes([n])).hexdigest()[:30]} Departamento Central" for n in range(120)
    ]
    group = {"heading": "Firmas", "numbering": "group", "signatories": names}
    head = {"title": "A", "date": "2012", "to": "X", "signatories": [{"group": group}]}
    write_files(
        tmp_path / "corpus",
        {
            "dossier.yaml": "title: Large\nformat: 2\ndesign: large-print\n",
            "letters/a.md": f"---\n{yaml.safe_dump(head)}---\nText.\n",
        },
    )
    # Where a number runs into a name, the proof refuses the file.
    edition = make_edition(tmp_path / "corpus", tmp_path / "dossier.pdf")
    assert edition.json["letters"][0]["signatures"] == 120


def test_no_word_is_divided_and_emphasis_is_bold(large: Edition) -> None:
    (first,) = [one["first_page"] for one in large.json["sections"] if one["id"] == "letters/a"]
    page = large.reading.plumber.pages[first - 1]
    text = "".join(char["text"] for char in page.chars)
    assert "\u00ad" not in text and "\u2010" not in text
    bold = "".join(char["text"] for char in page.chars if "Bold" in char["fontname"])
    assert "urgently" in bold and "report" in bold and "commission to" not in bold
    other = [page for page in large.reading.plumber.pages[first:] if LONG in page.extract_text()]
    assert other


def test_it_is_proved(large: Edition) -> None:
    assert not verify(large.pdf, large.corpus, thorough=True).faults
    assert not received(large.pdf).faults


def test_the_look_of_other_designs_has_no_trace_of_it(tmp_path: Path) -> None:
    from conftest import default_style

    assert "!important" not in default_style()


@pytest.mark.slow
def test_no_signature_stands_alone_at_the_foot_of_a_page(tmp_path: Path) -> None:
    """Letters whose signatures begin on each of the last lines of a page, in one column."""
    signed = "\n".join(f"- House {number}" for number in range(12))
    head = f"---\ntitle: {{}}\ndate: 2012\nto: X\nclosing: Yours,\nsignatories:\n{signed}\n---\n"
    letters = {
        f"letters/l{count}.md": head.format(count) + "\n\n".join(["A line."] * count)
        for count in range(12, 22)
    }
    files = {"dossier.yaml": "title: T\ndesign: clear-print\noutputs: []\n", **letters}
    write_files(tmp_path / "corpus", files)
    pdf = tmp_path / "d.pdf"
    build(BuildRequest(tmp_path / "corpus", pdf, "corpus", jobs=1, cache=False))
    ends = Counter(
        sum(line.startswith("House ") for line in page.extract_text().splitlines())
        for page in Reading(pdf).plumber.pages
    )
    assert ends[1] == ends[2] == 0
    assert ends[3], "one ends with the fewest that may be"
