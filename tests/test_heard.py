"""What a screen reader says besides the words: other tags and languages in a finished file are found."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, Refused, command, make_edition, write_files
from forger import Forged, opened, put, written

from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.proof.prover import Proof
from dossier.proof.truth import truth_of
from dossier.stages import read
from dossier.typeset import tagging

FILES: dict[str, str | bytes] = {
    "dossier.yaml": "title: Three tongues\nformat: 2\n",
    "introduction.md": "First of all.\n\n# Why\n\nFor a reason.\n",
    "names.yaml": "organizations:\n  bund: {name: The League, native: {de: Der Bund}}\n",
    "reports.yaml": "references:\n  - {id: z, type: book, title: Zeit, issued: 2001, language: de}\n",
    "letters/un.md": """---
title: Une lettre
date: 2012-01-08
to: Quelqu’un
language: fr
heading: Lettre ouverte
signatories:
  - group: {heading: Les ligues, numbering: through, signatories: [La Ligue, Le Parti]}
  - {person: Anne Dupont, added: 2012-02-01}
---
Nous disons [@z, p. 3] ceci[^1].

# Pourquoi

1. Premier
2. Second

- Un point

| a | b |
| - | - |
| c | d |

> Une citation.

[^1]: Une note.
""",
    "letters/zwei.md": "---\ntitle: Ein Brief\ndate: 2013-01-08\nto: Jemand\nlanguage: de\n"
    "signatories: [Der Bund]\n---\nWir sagen es.\n\nUnd noch einmal.\n",
}
FOREIGN: dict[str, str | bytes] = {
    "dossier.yaml": "title: Brieven\nsubtitle: Twee brieven\nprepared_by: De redactie\nedition: 2\ndate: 2020-01-02\n"
    "language: nl\nformat: 2\nsections: [cover, about, contents, glance, letters, index, bibliography, colophon]\n",
    "reports.yaml": "references:\n  - {id: z, type: book, title: Время, issued: 2001, language: ru, note: Kort.}\n",
    "letters/a.md": "---\ntitle: Открытое письмо\ndate: 2012-01-08\nto: [Президенту, Министру]\nlanguage: ru\n"
    'note: Naar een kopie.\nsource: {url: "https://example.org/a", note: Een blad.}\nsignatories: [Союз, {person: Anna, country: NL}, {person: Ivan, country: RU}]\n---\n'
    "Мы говорим [@z].\n",
    "letters/b.md": "---\ntitle: Een antwoord\ndate: 2013-01-08\nto: Iemand\nreply_to: a\n"
    "signatories: [De bond]\n---\nWij zeggen het.\n",
}
"""A corpus in a language in which the program has no words."""
Change = Callable[[Forged], None]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("heard")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("foreign")
    write_files(folder / "corpus", FOREIGN)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def found_in(file: Forged, edition: Edition, folder: Path) -> list[str]:
    corpus, _ = read(edition.corpus, "c")
    assert corpus
    pdf = folder / "x.pdf"
    put(written(file), edition.pdf.with_suffix(".json"), pdf)
    with Proof(pdf, "x.pdf") as proof:
        truth = truth_of(corpus, corpus.everything, entries)
        found = proof.compared(truth, pdf.with_suffix(".json").read_bytes())
    return [item.message for item in found]


def instead(words: bytes, old: bytes, new: bytes, place: int = 0) -> Change:
    """Return a change of one of the objects in whose text some words stand."""

    def change(file: Forged) -> None:
        file.change(file.having(words)[place], old, new)

    return change


def on_page(page: int, words: bytes, old: bytes, new: bytes) -> Change:
    """Return a change of the first tag on a page in whose text some words stand."""

    def change(file: Forged) -> None:
        here = b"/Pg %d 0 R " % file.pages[page - 1]
        file.change(file.having(words, here)[0], old, new)

    return change


def swapped(file: Forged) -> None:
    """Exchange the structure types of a heading and a paragraph, so that as many are there."""
    heading, paragraph = file.having(b"/S /H2 ")[0], file.having(b"/S /P ")[0]
    file.change(heading, b"/S /H2", b"/S /P")
    file.change(paragraph, b"/S /P", b"/S /H2")


def joined(file: Forged) -> None:
    """Give the content of a paragraph to the one before it."""
    (div,) = file.having(b"/S /Div", b"/Lang (de)")
    kids = list(map(int, re.findall(rb"(\d+) 0 R", file.texts[div].partition(b" /P ")[0])))
    paragraphs = [n for n in kids if b"/S /P " in file.texts[n]]
    one, other = paragraphs[-2:]
    content = re.search(rb"/K (?:\[ (.*?) \]|(\d+))", file.texts[other])
    assert content
    first = re.search(rb"/K (\d+)", file.texts[one])
    assert first
    file.change(one, first[0], b"/K [ %b %b ]" % (first[1], content[1] or content[2]))
    file.change(other, content[0], b"/K [ ]")


def emptied(file: Forged) -> None:
    """Take its content from the page of the colophon."""
    page = file.pages[8]
    content = re.search(rb"/Contents \[[^\]]*\]", file.texts[page])
    assert content
    file.change(page, content[0], b"/Contents /S")


FORGERIES: dict[str, tuple[Change, str]] = {
    "a page without content": (emptied, "The page is empty"),
    "a heading and a paragraph exchanged": (swapped, "has other headings"),
    "a heading of a letter of a higher level": (
        instead(b"/S /H3 ", b"/S /H3", b"/S /H4"), "not tagged as a heading of level 3"),
    "a title that is none": (
        instead(b"/S /H1 ", b"/S /H1", b"/S /P", 4), "which is not tagged as a heading of level 1"),
    "two paragraphs as one": (joined, "which is not tagged as a paragraph"),
    "a label as an item": (
        instead(b"/S /Lbl ", b"/S /Lbl", b"/S /P"), "which is not tagged as a label"),
    "a work as a paragraph": (
        instead(b"/S /BibEntry ", b"/S /BibEntry", b"/S /P"), "which is not tagged as a work"),
    "a letter in another language": (
        instead(b"/Lang (fr)", b"(fr)", b"(de)"), "said to be in the language “de” instead of “fr”"),
    "a letter in no language": (
        instead(b"/S /Div", b"/Lang (fr) ", b""), "said to be in the language “en” instead of “fr”"),
    "a paragraph in another language": (
        instead(b"/S /P ", b" /P ", b" /Lang (de) /P ", 3), "said to be in the language “de”"),
    "a paragraph of the note to the reader as a label": (
        on_page(2, b"/S /P ", b"/P >", b"/Lbl >"), "“About this dossier” has “"),
    "a cell of the table as a head of its row": (
        on_page(4, b"/S /TD ", b"/TD >", b"/TH >"), "“The letters at a glance” has “"),
    "a paragraph of the colophon as a label": (
        on_page(9, b"/S /P ", b"/P >", b"/Lbl >"), "“Colophon” has “"),
    "an item of the index in another language": (
        on_page(7, b"/S /LBody ", b" /P ", b" /Lang (fr) /P "), "“Index of signatories” has “"),
    "a note that is looked up by another name": (
        instead(b"/Names [ (note-", b"(note-un-1)", b"(note-un-2)"), "A note cannot be looked up by its ID"),
    "a name in another language": (
        instead(b"/S /Span", b"/Lang (de)", b"/Lang (fr)"), "has “DerBund”, which should be said to be"),
    "a work in another language": (
        instead(b"/S /BibEntry", b"/Lang (de)", b"/Lang (fr)"), "said to be in the language “fr” instead of “de”"),
}  # fmt: skip


@functools.cache
def whole(edition: Edition) -> bytes:
    return edition.pdf.read_bytes()


def test_what_is_not_forged_is_not_found(several: Edition, tmp_path: Path) -> None:
    assert found_in(opened(whole(several)), several, tmp_path) == []


@pytest.mark.parametrize("name", FORGERIES)
def test_other_tags_are_found(name: str, several: Edition, tmp_path: Path) -> None:
    file = opened(whole(several))
    change, message = FORGERIES[name]
    change(file)
    found = found_in(file, several, tmp_path)
    assert any(message in one for one in found), found


@pytest.mark.parametrize(
    ("element", "role", "message"),
    [("h2", "P", "has other headings"), ("p", "H4", "tagged as a heading of level 4")],
)
def test_a_printer_with_other_tags_is_refused(
    element: str,
    role: str,
    message: str,
    several: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(tagging.ROLES, element, role)
    assert main(command(several.corpus, tmp_path / "x.pdf")) == 1
    assert message in capsys.readouterr().err


def test_a_printer_with_another_language_is_refused(several: Edition, refused: Refused) -> None:
    true = tagging.TagWriter._describe

    def describe(self: Any, draft: Any, box: Any, element: Any, name: str, own: str) -> None:
        true(self, draft, box, element, name, own and "de")

    refused(
        several.corpus, tagging.TagWriter, "_describe", describe, "language “de” instead of “fr”"
    )


@pytest.mark.slow
def test_every_passage_without_its_language_is_found(foreign: Edition, tmp_path: Path) -> None:
    file = opened(whole(foreign))
    unnoticed, tried = [], dict[int, int]()
    for number, text in sorted(file.texts.items()):
        # A name that a screen reader says in another language, in each section and each kind of place.
        if b" /Lang (" not in text or not (page := re.search(rb"/Pg (\d+) 0 R", text)):
            continue
        on = file.pages.index(int(page[1])) + 1
        tried[on] = tried.get(on, 0) + 1
        if tried[on] > 7:
            continue
        changed = opened(whole(foreign))
        changed.texts[number] = re.sub(rb" /Lang \(\w+\)", b"", text)
        if not any("language" in one for one in found_in(changed, foreign, tmp_path)):
            unnoticed.append((on, text))
    assert not unnoticed
    assert len(tried) >= 7, tried


def test_a_printer_that_leaves_the_languages_of_passages_out_is_refused(
    foreign: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = tagging.TagWriter._describe

    def describe(self: Any, draft: Any, box: Any, element: Any, name: str, own: str) -> None:
        true(self, draft, box, element, name, "" if name == "span" else own)

    monkeypatch.setattr(tagging.TagWriter, "_describe", describe)
    assert main(command(foreign.corpus, tmp_path / "x.pdf")) == 1
    errors = capsys.readouterr().err
    for name in (
        "“About this dossier”",
        "“The letters at a glance”",
        "“Index of signatories”",
        "“Colophon”",
    ):
        assert re.search(
            f"{name} has “[^”]*”, said to be in the language “en” instead of", errors
        ), name
