"""The parts of a letter around its text: read, printed in their sequence, proved."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, make_edition, write_files
from test_oracle import Damage, Misreading, compiled_wrongly, head, in_letter, refused

from dossier import stages
from dossier.compile.compiler import compile_dossier
from dossier.machine import templates
from dossier.read.corpus import read
from dossier.records.dossier import Corpus

FILES = {
    "dossier.yaml": "title: Letters with all their parts\npackets:\n"
    "  trade: {title: To the commissioner for trade, select: {addressee: Vera Trade}}\n"
    "  copies: {title: All, select: {addressee: [the president]}}\n",
    "letters/one.md": """---
title: Seeds
date: 2021-05-20
letterhead: [Circle of Seeds, "Mill Road 60, Oldtown"]
references: ["Our ref.: AB/12", "Your ref.: 668"]
via: Via email and registered post
to:
  - {name: The President, lines: ["To: The President", Commission of the Union]}
  - {name: Vera Trade, lines: [Vera Trade, Commissioner for Trade]}
  - Jutta Partner
cc: [The press, "The Permanent Mission"]
subject: "Re: Seeds for all"
closing: Yours sincerely,
contact: ["Contact: Heidi Alder", seeds@example.org]
signatories: [Heidi Alder, Circle of Seeds]
---
Dear President,

The seeds belong to all.
""",
    "letters/two.md": """---
title: To nobody
date: 2021-06
note: [The letter lay in a drawer., "Its corners are lost."]
update: The house answered in July.
sequence: [subject, date, text, signatories, closing, cc, contact, letterhead]
letterhead: A small circle
subject: An appeal
closing: Done.
cc: {name: Everybody, lines: ["cc: Everybody", in both houses]}
contact: circle@example.org
signatories: [Heidi Alder]
---
Whoever reads this, answer.
""",
    "letters/three.md": """---
title: الرسالة
date: 2021-07
language: ar
letterhead: [جمعية الرسائل الحرة, "Free Letters, Beirut"]
to: [السيد الرئيس, Ms. Jane Doe]
date_position: below
subject: "الموضوع: طلب"
---
نحن الموقعون أدناه نؤمن بضرورة الاستقلالية.
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("parts")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def page_with(edition: Edition, title: str) -> str:
    """Return the words of a letter as read back, with single spaces."""
    section = next(item for item in edition.json["sections"] if item["title"].endswith(title))
    return " ".join(edition.reading.text(section["first_page"]).split())


def test_every_part_is_printed_in_the_usual_sequence(built: Edition) -> None:
    said = page_with(built, "Seeds")
    parts = [
        "Circle of Seeds Mill Road 60, Oldtown", "Our ref.: AB/12 Your ref.: 668", "May 20, 2021",
        "Via email and registered post", "To: The President Commission of the Union",
        "Vera Trade Commissioner for Trade", "Jutta Partner", "The press The Permanent Mission",
        "Re: Seeds for all", "Dear President,", "Yours sincerely,", "Heidi Alder Circle of Seeds",
        "Contact: Heidi Alder seeds@example.org",
    ]  # fmt: skip
    assert " ".join(parts[:9]) in said
    assert " ".join(parts[10:]) in said


def test_a_sequence_of_its_own(built: Edition) -> None:
    assert (
        "An appeal June 2021 Whoever reads this, answer. Heidi Alder Done. cc: Everybody in both houses "
        "circle@example.org A small circle"
    ) in page_with(built, "To nobody")


def test_notes_of_the_editor_stand_before_the_letter(built: Edition) -> None:
    assert (
        "Editor’s note The letter lay in a drawer. Its corners are lost. Update The house answered in July. "
        "An appeal"
    ) in page_with(built, "To nobody")
    assert "A note between two rules" in built.html
    assert built.html.count('<div class="editorial">') == 2


def test_the_html_has_the_same_parts(built: Edition) -> None:
    article = re.search('<article id="letter-two">.*?</article>', built.html, re.DOTALL)
    assert article
    classes = re.findall(r'<(?:p|div|ul) class="([\w -]+)"', article[0])
    assert classes == [
        "printed-on", "editorial", "kind", "editorial", "kind", "verbatim", "subject", "dateline", "body", "signatures", "closing", "copies",
        "contact", "letterhead",
    ]  # fmt: skip


def test_the_table_of_letters_names_the_first_addressee(built: Edition) -> None:
    first = next(item for item in built.json["sections"] if item["id"] == "glance")["first_page"]
    said = " ".join(built.reading.text(first).split())
    assert "The President and two others" in said
    assert "June 2021 –" in said
    assert "and one other" in said


def test_a_packet_selects_by_any_addressee(built: Edition) -> None:
    found, _ = read(built.corpus, "")
    assert found
    assert [len(item.numbers) for item in stages.holdings(found)] == [3, 1, 1]


def test_an_unknown_addressee_of_a_packet(corpus: Callable[..., Path]) -> None:
    packet = "title: X\npackets:\n  p: {title: Y, select: {addressee: The Presidant}}\n"
    _, found = read(corpus(**{"dossier.yaml": packet, "letters/two.md": FILES["letters/one.md"]}))
    assert "There is no letter to “The Presidant”. Did you mean “The President”?" in str(found[0])


# --- what goes wrong is found ---


MISREAD: dict[str, tuple[Misreading, str]] = {
    "the letterhead is lost": (head("one", letterhead=lambda it: ()), "Letter 1 should read"),
    "a line of the references is lost": (
        head("one", references=lambda it: it.references[1:]),
        "Letter 1 should read",
    ),
    "the delivery is lost": (head("one", via=lambda it: ()), "Letter 1 should read"),
    "an addressee is lost": (head("one", to=lambda it: it.to[:2]), "table of letters"),
    "two addressees change places": (
        head("one", to=lambda it: (it.to[0], *it.to[:0:-1])),
        "Letter 1 should read",
    ),
    "a copy is lost": (head("one", cc=lambda it: it.cc[1:]), "Letter 1 should read"),
    "the subject is lost": (head("two", subject=lambda it: None), "Letter 2 should read"),
    "the contact is lost": (head("two", contact=lambda it: ()), "Letter 2 should read"),
}
MISREAD |= {
    "a note is lost": (head("two", note=lambda it: ()), "Letter 2 should read"),
    "all notes are lost": (
        head("two", note=lambda it: (), update=lambda it: ()),
        "“About this dossier” should say",
    ),
    "a paragraph of a note is lost": (
        head("two", note=lambda it: it.note[:1]),
        "Letter 2 should read",
    ),
    "a note and an update change places": (
        head("two", note=lambda it: it.update, update=lambda it: it.note),
        "Letter 2 should read",
    ),
}
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a part is lost": (
        in_letter(2, parts=lambda it: it.parts[:-1]),
        "Letter 2 should read",
    ),
    "two parts change places": (
        in_letter(
            1, parts=lambda it: ("heading", "letterhead", "date", *it.parts[4:], "references")
        ),
        "Letter 1 should read",
    ),
    "the date goes above": (
        in_letter(3, parts=lambda it: ("date", *(one for one in it.parts if one != "date"))),
        "Letter 3 should read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MISREAD)
def test_a_part_that_is_misread_is_found(
    kind: str,
    built: Edition,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    misread, said = MISREAD[kind]
    compiled_wrongly(
        monkeypatch, lambda it, packet, cite: compile_dossier(misread(it), packet, cite)
    )
    refused((built.corpus, built.pdf), said, capsys)


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_part_in_the_wrong_place_is_found(
    kind: str,
    built: Edition,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    damage, said = DAMAGES[kind]
    compiled_wrongly(
        monkeypatch, lambda it, packet, cite: damage(compile_dossier(it, packet, cite))
    )
    refused((built.corpus, built.pdf), said, capsys)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<p class="subject">', '<p class="subject">Re: ', "Letter 1 should read"),
        ('lined("addressee", addressee.lines)', 'lined("addressee", addressee.lines[:1])', "Letter 1"),
        ("lined(part, head[part])", "lined(part, head[part][::-1])", "Letter 1 should read"),
    ],
)  # fmt: skip
def test_a_template_that_prints_a_part_wrongly_is_found(
    old: str,
    new: str,
    said: str,
    built: Edition,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = (templates.folder() / "partials/letter.html").read_text(encoding="utf-8")
    assert old in own
    write_files(tmp_path / "c", FILES | {"templates/partials/letter.html": own.replace(old, new)})
    assert _build(tmp_path) == 1
    assert said in capsys.readouterr().err


def _build(folder: Path) -> int:
    from dossier.cli.main import main

    return main(
        ["build", "--corpus", str(folder / "c"), "--output", str(folder / "o/x.pdf"), "--jobs", "1"]
    )


def test_a_packet_that_takes_another_letter_is_found(
    built: Edition, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from dossier.cli.main import main

    def all_letters(it: Corpus, packet: Any) -> Any:
        return it.letters

    monkeypatch.setattr("dossier.compile.compiler.selected", all_letters)
    command = ["build", "trade", "--corpus", str(built.corpus), "--output", str(tmp_path / "x.pdf")]
    assert main([*command, "--jobs", "1", "--no-cache"]) == 1


def test_the_parts_of_today_stand_where_they_stood(corpus: Callable[..., Path]) -> None:
    found, _ = read(corpus(**{"letters/one.md": FILES["letters/three.md"]}))
    assert found
    made = compile_dossier(found, found.everything, lambda works, words: [])
    parts = made.letters[0].parts
    assert parts.index("date") == parts.index("to") + 1
    letter = dataclasses.replace(
        found.letters[0],
        head=found.letters[0].head.model_copy(update={"date_position": None}),
    )
    made = compile_dossier(
        dataclasses.replace(found, letters=(letter,)), found.everything, lambda works, words: []
    )
    parts = made.letters[0].parts
    assert parts.index("date") < parts.index("to")
