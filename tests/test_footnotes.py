"""Footnotes stand at the foot of the page that calls them, with the letter's own marks, and are proved."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import make_edition, write_files

from dossier.cli.main import main
from dossier.proof import footnotes
from dossier.read import markdown
from dossier.records.body import Body, Note, text_of
from dossier.render import renderer
from dossier.typeset import footnotes as typeset_notes

SENTENCE = "The undersigned ask that the commission consider every report. "
HEAD = "---\ntitle: {}\ndate: 2012-01-{:02}\nto: Somebody\nsignatories: [A Union]\n---\n"
LONG = "\n\n    ".join([SENTENCE * 25] * 4)
FILES = {
    "dossier.yaml": "title: Notes\nformat: 2\n",
    "reports.yaml": "references: [{id: wp, type: report, title: A White Paper, issued: 2012}]\n",
    "letters/one.md": HEAD.format("One", 1)
    + f"""{SENTENCE}[^1] An *emphasis*[^*] and once more.[^1]

## A heading[^h]

- An item.[^b]

> A quotation.[^*/2]

[^1]: The first note, [with a link](https://example.org/x) and a work [@wp, p. 3].

    Its *second* paragraph.

[^*]: The first asterisk.
[^h]: The note of a heading.
[^b]: The note of an item.
[^*/2]: The second asterisk.
""",
    "letters/two.md": HEAD.format("Two", 2)
    + f"{SENTENCE * 8}[^1] {SENTENCE}\n\n{SENTENCE * 30}\n\n[^1]: {LONG}\n",
    "letters/three.md": HEAD.format("Three", 3).replace("to:", "language: he\nto:")
    + "שלום לכולם[^א] וברכה.\n\n[^א]: הערה של המכתב.\n",
}


def parsed(text: str) -> Body:
    body, found = markdown.parse(text, "x.md", 0, version=2)
    assert not found
    return body


def test_marks_and_notes_are_the_letters_own() -> None:
    body = parsed(FILES["letters/one.md"].partition("---\n")[2].partition("---\n")[2])
    assert [note.mark for note in body.notes] == ["1", "*", "h", "b", "*"]
    assert text_of(body.notes[0].paragraphs).endswith("Its second paragraph.")
    assert text_of(body.notes[4].paragraphs) == "The second asterisk."


def test_version_1_prints_the_marks_as_they_stand() -> None:
    body, _ = markdown.parse("A[^1]\n\n[^1]: Note.\n", "x.md", 0)
    assert not body.notes
    assert "[^1]" in text_of(body.nodes)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("footnotes")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "x.pdf")


def test_notes_stand_at_the_end_of_the_html_edition(built: Any) -> None:
    assert 'href="#note-one-1"' in built.html
    assert '<li id="note-one-1"' in built.html
    assert 'href="#call-one-1"' in built.html


BROKEN: dict[str, Callable[[str], str]] = {
    "a word is lost": lambda html: html.replace("The note of a heading", "The note of heading"),
    "two notes are swapped": lambda html: (
        html.replace("The note of a heading", "\0")
        .replace("The note of an item", "The note of a heading")
        .replace("\0", "The note of an item")
    ),
    "the mark at a call is wrong": lambda html: html.replace("note-one-3\">h</a>", "note-one-3\">i</a>"),
    "the mark at a note is wrong": lambda html: html.replace("call-one-3\">h</a>", "call-one-3\">i</a>"),
    "a call is no link": lambda html: html.replace(
        'data-href="dossier:letters/one#note-one-3"', 'data-href="https://example.org/x"'
    ),
    "a note is dropped": lambda html: html.replace(
        "The note of a heading.", ""
    ),
    "a note stands in the middle of the text": lambda html: html.replace(
        'class="footnote" data-role="Note" id="note-one-3"',
        'class="plain" data-role="Note" id="note-one-3"',
    ),
    "a note is part of the text": lambda html: html.replace(
        'class="footnote" data-role="Note" id="note-one-3"',
        'class="plain" data-role="Span" id="note-one-3"',
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_printed_wrongly_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    kept = {key: text for key, text in FILES.items() if "two" not in key and "three" not in key}
    write_files(corpus, kept | {"dossier.yaml": FILES["dossier.yaml"] + "outputs: []\n"})
    true = renderer.letter

    def wrong(*arguments: Any) -> str:
        made = true(*arguments)
        broken = BROKEN[kind](made)
        assert broken != made
        return broken

    monkeypatch.setattr(renderer, "letter", wrong)
    output = tmp_path / "x.pdf"
    code = main(
        ["build", "--corpus", str(corpus), "--output", str(output), "--no-cache", "--jobs", "1"]
    )
    assert code != 0
    assert not output.exists()
    assert "etter 1" in capsys.readouterr().err


ON_SCREEN: dict[str, tuple[str, str]] = {
    "a call leads to another note": ('href="#note-one-3">h</a>', 'href="#note-one-4">h</a>'),
    "a note leads back to another call": ('href="#call-one-3">h</a>', 'href="#call-one-4">h</a>'),
    "a call is no link": ('href="#note-one-3">h</a>', '>h</a>'),
    "two notes are exchanged": ("The note of a heading", "The note of an item"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", ON_SCREEN)
def test_a_note_that_is_wrong_in_the_html_edition_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    write_files(corpus, {key: FILES[key] for key in FILES if "two" not in key})
    true = renderer.article
    right, wrong = ON_SCREEN[kind]

    def exchanged(*arguments: Any) -> str:
        made = true(*arguments)
        return made.replace(right, "\0").replace(wrong, right).replace("\0", wrong)

    monkeypatch.setattr(renderer, "article", exchanged)
    output = tmp_path / "x.pdf"
    assert main(["build", "--corpus", str(corpus), "--output", str(output), "--no-cache"]) == 1
    assert not output.exists()
    assert "x.html:" in capsys.readouterr().err


def test_a_note_on_another_page_than_its_call_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The typesetter by itself moves a note that does not fit to the next page."""
    corpus = tmp_path / "corpus"
    note = SENTENCE * 20
    text = f"{SENTENCE * 28}[^1] {SENTENCE * 20}\n\n[^1]: {note}\n"
    write_files(
        corpus,
        {"dossier.yaml": FILES["dossier.yaml"], "letters/one.md": HEAD.format("One", 1) + text},
    )
    command = ["build", "--corpus", str(corpus), "--jobs", "1", "--no-cache", "--output"]
    assert main([*command, str(tmp_path / "right.pdf")]) == 0

    def put_off(self: Any, moved: Any) -> None:
        self._restore()
        self._context.current_page_footnotes.remove(moved)
        self._context.reported_footnotes.append(moved)
        moved.style["footnote_policy"] = "auto"  # its line stays
        self._update()

    monkeypatch.setattr(typeset_notes.Footnotes, "put_off", put_off)
    capsys.readouterr()
    assert main([*command, str(tmp_path / "wrong.pdf")]) == 1
    assert "The note “1” stands here, and is called on page" in capsys.readouterr().err


def test_a_design_says_how_large_notes_are_and_how_thick_their_rule(tmp_path: Path) -> None:
    design = "notes: {size: 8, leading: 10, rule: 2}\n"
    write_files(
        tmp_path / "corpus",
        {"dossier.yaml": f"{FILES['dossier.yaml']}design: house\noutputs: [html]\n",
         "letters/three.md": FILES["letters/three.md"], "templates/designs/house.yaml": design},
    )  # fmt: skip
    pages = make_edition(tmp_path / "corpus", tmp_path / "x.pdf").reading.plumber.pages
    page = next(page for page in pages if any(char["text"] == "ע" for char in page.chars))
    assert {round(char["size"], 1) for char in page.chars if char["text"] == "ע"} == {8.0}
    # A border is filled between two rectangles.
    inner, outer = sorted(round(rect["height"], 1) for rect in page.rects if rect["width"] > 300)
    assert outer - inner == pytest.approx(2)


def test_a_call_does_not_lower_the_words_of_its_cell(tmp_path: Path) -> None:
    table = "| Cats | Dogs |\n|---|---|\n| zebra[^1] | gnu |\n\n[^1]: The note.\n"
    write_files(
        tmp_path / "corpus",
        {"dossier.yaml": FILES["dossier.yaml"], "letters/one.md": HEAD.format("One", 1) + table},
    )
    pages = make_edition(tmp_path / "corpus", tmp_path / "x.pdf").reading.plumber.pages
    words = [word for page in pages for word in page.extract_words(extra_attrs=["size"])]
    (one,) = (word["bottom"] for word in words if word["text"].startswith("zebra"))
    (two,) = (word["bottom"] for word in words if word["text"] == "gnu")
    assert one == pytest.approx(two, abs=0.1)


@pytest.mark.parametrize(
    ("begins", "first", "is_right"),
    [
        ({1: 4, 2: 4}, (), True),
        ({1: 4, 2: 5}, (), False),
        ({1: 3, 2: 4}, (), False),
        ({1: 4, 2: 5}, ("call-one-2",), True),
        ({1: 5, 2: 5}, (), False),
    ],
)
def test_a_note_begins_on_the_page_of_its_call(
    begins: dict[int, int], first: tuple[str, ...], is_right: bool
) -> None:
    notes = (Note("1", 1, ()), Note("2", 2, ()))
    letter: Any = SimpleNamespace(id="one", body=Body((), (), notes))

    def page_of(anchor: str) -> int:
        kind, _, number = anchor.split("-")
        return 4 if kind == "call" else begins[int(number)]

    found = list(footnotes.misplaced(letter, page_of, [begins[1], begins[2]], first))
    assert (not found) is is_right


def test_a_note_may_begin_behind_one_that_goes_on() -> None:
    notes = (Note("1", 1, ()), Note("2", 2, ()))
    letter: Any = SimpleNamespace(id="one", body=Body((), (), notes))
    pages = {"call-one-1": 4, "call-one-2": 4, "note-one-1": 4, "note-one-2": 5}
    assert not list(footnotes.misplaced(letter, pages.__getitem__, [5, 5], ()))


@pytest.mark.slow
@pytest.mark.verapdf
def test_notes_are_tagged_as_pdf_ua_requires(built: Any) -> None:
    for profile in ("ua1", "2a"):
        done = subprocess.run(
            ["verapdf", "-f", profile, "--format", "text", str(built.pdf)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.startswith("PASS"), done.stdout
