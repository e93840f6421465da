"""Where lines of letters end, and what they keep together."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, make_edition

from dossier.cli.main import main
from dossier.machine import templates
from dossier.read.inline_text import broken_word

Corpus = Callable[..., Path]
WORK = "references:\n  - {id: w, type: book, title: Zeal}\n"


def cited(signs: str) -> str:
    """Return paragraphs of all lengths of a line that end with a citation; ``signs`` stand before it."""
    lines = [
        f"{'m' * place} We ask for {'a' * (place % 7 + 1)} reply to what the undersigned have asked{signs}[@w]"
        for place in range(1, 26)
    ]
    return "---\ntitle: One\ndate: 2012\n---\n" + "\n\n".join(lines) + "\n"


@pytest.mark.parametrize("signs", [" ", ".", ". [@w, p. 3] ", "[@w]", "* "])
def test_a_citation_stays_with_the_word_before_it(
    signs: str, corpus: Corpus, tmp_path: Path
) -> None:
    text = cited(signs) if signs != "* " else cited(" *again* ")
    edition = make_edition(
        corpus(**{"letters/one.md": text, "reports.yaml": WORK}), tmp_path / "x.pdf"
    )
    section = next(one for one in edition.json["sections"] if one["id"] == "letters/one")
    pages = edition.reading.plumber.pages[section["first_page"] - 1 : section["last_page"]]
    lines = [line["text"] for page in pages for line in page.extract_text_lines()]
    assert len([line for line in lines if "[1]" in line]) == 25
    assert not [line for line in lines if line.startswith("[")]


@pytest.mark.parametrize("signs", [" ", "."])
def test_a_citation_that_begins_a_line_is_refused(
    signs: str,
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    path = tmp_path / "templates/styles/print/letters.css"
    rule = ".tied { white-space: nowrap }"
    assert rule in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(rule, ""), encoding="utf-8")
    monkeypatch.setattr(templates, "folder", lambda: tmp_path / "templates")
    folder = corpus(**{"letters/one.md": cited(signs), "reports.yaml": WORK})
    arguments = ["--corpus", str(folder), "--output", str(tmp_path / "x.pdf")]
    assert main([*arguments, "--jobs", "1", "--no-cache"]) == 1
    assert "parts a citation from the word before it" in capsys.readouterr().err


def test_a_line_with_an_address_is_not_spread(corpus: Corpus, tmp_path: Path) -> None:
    address = "https://example.org/" + "documents/" * 5 + "letter.html"
    text = f"---\ntitle: One\ndate: 2012\n---\nWe have asked the commission and refer to\n{address} for all of it.\n"
    edition = make_edition(corpus(**{"letters/one.md": text}), tmp_path / "x.pdf")
    section = next(one for one in edition.json["sections"] if one["id"] == "letters/one")
    page = edition.reading.plumber.pages[section["first_page"] - 1]
    words = page.extract_words()
    line = [
        word
        for word in words
        if word["text"] in "We have asked the commission and refer to".split()
    ]
    gaps = [b["x0"] - a["x1"] for a, b in itertools.pairwise(line) if a["top"] == b["top"]]
    assert max(gaps) < 4


def test_the_lines_of_a_closing_are_kept(corpus: Corpus, tmp_path: Path) -> None:
    text = "---\ntitle: One\ndate: 2012\nclosing: |\n  With respect,\n  in hope,\n---\nText.\n"
    edition = make_edition(corpus(**{"letters/one.md": text}), tmp_path / "x.pdf")
    section = next(one for one in edition.json["sections"] if one["id"] == "letters/one")
    lines = edition.reading.text(section["first_page"]).splitlines()
    assert lines.index("in hope,") == lines.index("With respect,") + 1
    assert "With respect,<br>in hope," in edition.html


@pytest.mark.parametrize(
    ("before", "line", "found"),
    [
        ("of a third-", "party nature", "third-"),
        ("pre-", "and post-war", ""),
        ("Vor-", "und Nachteile", ""),
        ("the end -", "of it", ""),
        ("A-", "B", ""),
        ("see https://example.org/a-", "b/c.html for it", "https://example.org/a-"),
        ("see https://example.org/reports/", "2012/05/all for it", "https://example.org/reports/"),
        ("see https://example.org/reports", "and/or others", ""),
        ("see https://example.org/reports.", "It says so", ""),
        ("see https://example.org/reports", "https://example.org/more", ""),
        ("", "word", ""),
    ],
)
def test_a_word_that_goes_on_in_the_next_line_is_noticed(
    before: str, line: str, found: str
) -> None:
    assert broken_word(before, line) == found


def test_a_long_subtitle_keeps_clear_of_the_rule(corpus: Corpus, tmp_path: Path) -> None:
    settings = f"title: Letters\nsubtitle: {'A long subtitle of many words ' * 12}\n"
    edition = make_edition(corpus(**{"dossier.yaml": settings}), tmp_path / "x.pdf")
    page = edition.reading.plumber.pages[0]
    rule = next(one for one in [*page.rects, *page.lines] if one["width"] > 300)
    words = [word for word in page.extract_words() if word["bottom"] <= rule["top"] + 1]
    assert rule["top"] - max(word["bottom"] for word in words) > 12
    assert re.search("subtitle", page.extract_text())
