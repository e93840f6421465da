"""Letters that translate, answer and accompany others, and drafts: printed, linked, counted, proved."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, make_edition, write_files
from test_oracle import Damage, compiled_wrongly, in_letter, refused

from dossier import stages
from dossier.cli.main import main
from dossier.compile.compiler import compile_dossier
from dossier.machine import templates
from dossier.proof.relations import Ranks, in_totals
from dossier.read.corpus import read
from dossier.records.dossier import Dossier

FILES = {
    "dossier.yaml": "title: Letters that know each other\noutputs: [html, csv]\npackets:\n"
    "  some: {title: Some, select: {tags: [some]}}\n",
    "letters/ask.md": "---\ntitle: The question\ndate: 2020-01-02\nto: The Commission\ntags: [some]\n"
    "signatories: [Ann Lee, Bob Ray]\n---\nWe ask a question.\n",
    "letters/ask-list.md": "---\ntitle: List of schools\ndate: 2020-01-01\nannex_to: ask\nendorsed: false\n"
    "signatories: [Dora Fox, Ann Lee]\n---\nA list of schools.\n",
    "letters/ask-map.md": "---\ntitle: Map of schools\ndate: 2020-01-02\nannex_to: ask\n---\nA map.\n",
    "letters/frage.md": "---\ntitle: Die Frage\ndate: 2020-01-03\nto: Die Kommission\nlanguage: de\n"
    "translation_of: ask\nsignatories: [Ann Lee, Bob Ray]\n---\nWir stellen eine Frage.\n",
    "letters/answer.md": "---\ntitle: The answer\ndate: 2020-02-02\nto: Ann Lee\nreply_to: ask\n"
    "tags: [some]\nsignatories: [{organization: The Commission, country: CH}]\n---\nWe answer.\n",
    "letters/rejoinder.md": "---\ntitle: A rejoinder\ndate: 2020-01-15\nto: The Commission\n"
    "reply_to: answer\nstatus: draft\nsignatories: [Ann Lee]\n---\nWe are not content.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("relations")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def build(corpus: Path, pdf: Path, *options: str) -> int:
    arguments = ["--corpus", str(corpus), "--output", str(pdf), "--jobs", "1", "--no-cache"]
    return main(["build", *options, *arguments])


def page_of(edition: Edition, section: str) -> int:
    found = next(item for item in edition.json["sections"] if item["id"] == section)
    return int(found["first_page"])


def said_on(edition: Edition, section: str) -> str:
    return " ".join(edition.reading.text(page_of(edition, section)).split())


def links_on(edition: Edition, section: str) -> list[int]:
    """Return the pages to which the first page of a section links, in sequence."""
    page = page_of(edition, section)
    reading = edition.reading
    return [reading.target(link.A.D) for number, link in reading.links() if number == page]


def test_an_annex_follows_its_letter_without_a_number(built: Edition) -> None:
    assert [item["title"] for item in built.json["sections"] if "letters/" in item["id"]] == [
        "1. The question", "Annex 1 to letter 1: List of schools", "Annex 2 to letter 1: Map of schools",
        "2. Die Frage", "3. The answer",
    ]  # fmt: skip


def test_each_letter_names_the_others(built: Edition) -> None:
    assert (
        "Translated in letter 2 Answered by letter 3 With annex 1, annex 2 January 2, 2020"
        in said_on(built, "letters/ask")
    )
    assert "Annexed to letter 1 Not endorsed by those who signed the letter" in said_on(
        built, "letters/ask-list"
    )
    assert "Translation of letter 1" in said_on(built, "letters/frage")
    assert "Reply to letter 1" in said_on(built, "letters/answer")


def test_each_letter_links_to_the_others(built: Edition) -> None:
    first = page_of(built, "letters/ask")
    others = ["frage", "answer", "ask-list", "ask-map"]
    pages = [page_of(built, f"letters/{other}") for other in others]
    assert links_on(built, "letters/ask") == pages
    for other in others:
        assert links_on(built, f"letters/{other}") == [first]
    for section in ("contents", "glance"):
        assert links_on(built, section).count(first) >= 5


def test_the_totals_count_each_signature_once(built: Edition) -> None:
    assert "3 letters · 2 annexes · 3 signatures" in said_on(built, "cover")
    assert "Switzerland 1 Not stated 2" in said_on(built, "glance")
    assert "its signatures are in the totals only once" in said_on(built, "about")
    found, _ = read(built.corpus, "")
    assert found
    assert [item.signatures for item in stages.holdings(found)] == [3, 3]
    assert [item.numbers for item in stages.holdings(found)] == [(1, 2, 3), (1, 3)]


def test_the_index_and_the_spreadsheet_have_them_all(built: Edition) -> None:
    index = said_on(built, "index")
    pages = [page_of(built, f"letters/{one}") for one in ("ask", "ask-list", "frage")]
    assert f"Ann Lee, 1:{pages[0]}; 1:{pages[1]}; 2:{pages[2]}" in index
    rows = built.pdf.with_suffix(".csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [row.split(",")[:2] for row in rows] == [
        ["ask", "1"], ["ask", "1"], ["ask-list", "1"], ["ask-list", "1"], ["frage", "2"], ["frage", "2"],
        ["answer", "3"],
    ]  # fmt: skip


def test_a_letter_outside_the_packet_has_no_link(built: Edition, tmp_path: Path) -> None:
    assert build(built.corpus, tmp_path / "x.pdf", "some") == 0
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    article = re.search('<article id="letter-ask">.*?</article>', page, re.DOTALL)
    assert article and "Translated in letter 2 (not in this selection)" in article[0]
    assert 'href="#letter-frage"' not in page and 'href="#letter-ask-list"' in article[0]


def test_drafts_are_left_out_and_counted(
    built: Edition, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--corpus", str(built.corpus)]) == 0
    assert "1 draft is left out of every packet." in capsys.readouterr().out
    assert "rejoinder" not in built.html
    assert 'Answered by <a href="#letter-answer">letter 3</a></p>' in built.html
    assert "drafts" not in built.json


def test_drafts_stand_behind_the_others_when_asked_for(
    built: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = tmp_path / "x.pdf"
    assert build(built.corpus, pdf, "--drafts") == 0
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    titles = [item["title"] for item in listing["sections"] if "letters/" in item["id"]]
    assert titles[3:] == ["2. Die Frage", "3. The answer", "Draft 4: A rejoinder"]
    assert listing["drafts"] is True
    page = pdf.with_suffix(".html").read_text(encoding="utf-8")
    assert '<a href="#letter-rejoinder">draft 4</a>' in page and "1 letter is a draft" in page
    assert main(["verify", str(pdf), "--corpus", str(built.corpus)]) == 0
    assert "4 letters word for word, 4 signatures" in capsys.readouterr().out


def test_a_build_with_drafts_is_not_taken_for_one_without(built: Edition, tmp_path: Path) -> None:
    command = ["--corpus", str(built.corpus), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"]
    pages = []
    for options in ([], ["--drafts"], []):
        assert main(["build", *options, *command]) == 0
        pages.append(json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["pages"])
    assert pages == [pages[0], pages[0] + 1, pages[0]]


def test_an_annex_to_a_draft_is_left_out_with_it(corpus: Callable[..., Path]) -> None:
    files = {
        "letters/two.md": "---\ntitle: X\ndate: 2012\nstatus: draft\n---\nA.\n",
        "letters/three.md": "---\ntitle: X\ndate: 2012\nannex_to: two\n---\nA.\n",
    }
    folder = corpus(**files)
    found, _ = read(folder)
    assert found and [letter.id for letter in found.letters] == ["one"] and found.left_out == 2
    found, _ = read(folder, drafts=True)
    assert found and [letter.id for letter in found.letters] == ["one", "two", "three"]
    assert Ranks(found).label("three") == "Annex 1 to draft 2"


def test_a_translation_counts_where_its_letter_has_no_signatures(
    corpus: Callable[..., Path],
) -> None:
    signed = "signatories: [A, B]\n"
    folder = corpus(
        **{
            "letters/two.md": f"---\ntitle: X\ndate: 2013\ntranslation_of: one\n{signed}---\nA.\n",
            "letters/three.md": f"---\ntitle: X\ndate: 2014\ntranslation_of: two\n{signed}---\nA.\n",
        }
    )
    found, _ = read(folder)
    assert found
    made = compile_dossier(found, found.everything, lambda works, words: [])
    assert [letter.counts for letter in made.letters] == [False, True, False]
    assert made.signature_count == 2
    assert in_totals({letter.id: letter for letter in found.letters}) == {"two"}


# --- what goes wrong is found ---


def without_relation(number: int, kind: str) -> Damage:
    return in_letter(
        number, relations=lambda it: tuple(one for one in it.relations if one.kind != kind)
    )


def all_count(it: Dossier) -> Dossier:
    letters = tuple(dataclasses.replace(letter, counts=True) for letter in it.letters)
    return dataclasses.replace(it, letters=letters)


def renamed(kind: str, **changes: Any) -> Callable[[Any], Any]:
    def change(it: Any) -> Any:
        return tuple(
            dataclasses.replace(
                one, letters=tuple(dataclasses.replace(o, **changes) for o in one.letters)
            )
            if one.kind == kind
            else one
            for one in it.relations
        )

    return change


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a reply is not said": (without_relation(5, "reply_to"), "Letter 3 should read"),
    "that it was answered is not said": (
        without_relation(1, "answered"),
        "Letter 1 should read",
    ),
    "a translation is called a reply": (
        in_letter(4, relations=lambda it: (dataclasses.replace(it.relations[0], kind="reply_to"),)),
        "Letter 2 should read",
    ),
    "another letter is named": (
        in_letter(5, relations=renamed("reply_to", name="letter 2")),
        "Letter 3 should read",
    ),
    "a link leads to another letter": (
        in_letter(5, relations=renamed("reply_to", id="frage")),
        "The link “letter 1” leads to page",
    ),
    "an annex has another label": (
        in_letter(2, label=lambda it: "Annex 2 to letter 1"),
        "The annex “ask-list” should read",
    ),
    "an annex has a number": (in_letter(3, is_numbered=lambda it: True), "“Contents” should read"),
    "an annex is lost": (
        lambda it: without_relation(1, "annexed")(
            dataclasses.replace(it, letters=(*it.letters[:2], *it.letters[3:]))
        ),
        "The file does not have the sections",
    ),
    "the signatures of annex and translation are in the totals": (
        all_count,
        "“Cover” should read",
    ),
    "that an annex is not endorsed is not said": (
        in_letter(2, head=lambda it: it.head.model_copy(update={"endorsed": None})),
        "The annex “ask-list” should read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_wrong_relation_is_found(
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "partials/relations.html",
            '<a {{ href }}="{{ prefix }}{{ other.id }}">{{ other.name }}</a>',
            "{{ other.name }}",
            "has no link to the letter on page",
        ),
        (
            "sections/contents.html",
            'relations.inside(item.whole, "data-href"',
            'relations.inside(item.whole, "data-role"',
            "“Contents” has too few links to page",
        ),
        (
            "sections/glance.html",
            'relations.inside(letter, "data-href"',
            'relations.inside(letter, "data-role"',
            "“The letters at a glance” has too few links to page",
        ),
        (
            "screen.html",
            'relations.inside(letter, "href", "#letter-")',
            'relations.inside(letter, "href", "#letter-ask")',
            "x.html",
        ),
    ],
)
def test_a_link_that_is_lost_is_found(
    name: str,
    old: str,
    new: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = (templates.folder() / name).read_text(encoding="utf-8")
    assert old in own
    write_files(tmp_path / "c", FILES | {f"templates/{name}": own.replace(old, new)})
    assert build(tmp_path / "c", tmp_path / "o/x.pdf") == 1
    assert said in capsys.readouterr().err


def test_a_draft_that_gets_in_is_found(
    built: Edition, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    every, _ = read(built.corpus, "", drafts=True)
    assert every
    compiled_wrongly(
        monkeypatch,
        lambda it, packet, cite: compile_dossier(
            dataclasses.replace(it, letters=every.letters), packet, cite
        ),
    )
    refused((built.corpus, built.pdf), "The listing’s pages of “index” do not follow", capsys)
