"""What a letter prints behind its signatures, closings of several lines, and addressees named by a line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Edition, make_edition, write_files
from test_furniture_of_letters import page_with
from test_oracle import Misreading, compiled_wrongly, head, refused

from dossier.compile.compiler import compile_dossier
from dossier.machine import templates
from dossier.read.corpus import read
from dossier.records.body import Body
from dossier.records.dossier import Corpus
from dossier.records.front_matter import FrontMatter, Signatory

LETTER = """---
title: The well
date: 2019-03-02
to: |
  The Mayor of Oldtown,
  Town Hall
cc: {lines: [The press, 'Radio Oldtown']}
letterhead: |
  Friends of the Well
  Pump Street 3
closing: |
  Yours faithfully,

  Concerned neighbours
note: |
  The letter was read
  aloud.

  Nobody answered.
signatories: [Friends of the Well, Ida Brook]
contact: brook@example.org
---
The water is *brown*.[^1]

# What we ask

Mend the pump.

[signatories]

## About the neighbours

- Ida lives there.[^2]

P.S. See our report [@wells].

[^1]: It was clear in May.
[^2]: In the yellow house.
"""
PLAIN = """---
title: The bridge
date: 2019-04-01
to:
  - lines: ["To:", The Mayor]
sequence: [text, postscript, to, signatories]
date_line: ""
signatories: [Ida Brook]
---
\\[signatories]

> [signatories]

[signatories]

Affiliations are given for identification only.
"""
PUMP = """---
title: The pump
date: 2019-05-01
signatories:
  - {person: Ann Stone, role: Smith}
  - person: Rosa Fields
    withdrawn: 2019-06-01
    as_signed: |
      Rosa Fields

      Chair of the  Well
  - group:
      separator: /
      signatories:
        - group: {heading: Neighbours, file: signatories/list.csv}
        - group: {separator: ":", signatories: [{organization: Pump Club, place: Oldtown}]}
---
Mend it.
"""
WORKS = "references:\n  - {id: wells, type: report, title: Wells of Oldtown, issued: 2018}\n"
FILES = {
    "dossier.yaml": "title: Wells\nformat: 2\n",
    "letters/pump.md": PUMP,
    "signatories/list.csv": "person,role,separator\nIda Brook,Plumber,\nJoe Reed,,\nMae Well,Baker,–\n",
    "letters/bridge.md": PLAIN,
    "letters/well.md": LETTER,
    "reports.yaml": WORKS,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("behind")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def test_the_text_goes_on_behind_the_signatures(built: Edition) -> None:
    said = page_with(built, "The well")
    assert (
        "What we ask Mend the pump. Yours faithfully, Concerned neighbours Friends of the Well Ida Brook "
        "About the neighbours • Ida lives there.2"
    ) in said
    section = next(item for item in built.json["sections"] if item["title"].endswith("The well"))
    last = " ".join(built.reading.text(section["last_page"]).split())
    assert "P.S. See our report [1]. brook@example.org" in last
    assert "[signatories]" not in said + last


def test_footnotes_and_headings_run_on_behind_the_signatures(built: Edition) -> None:
    article = re.search('<article id="letter-well">.*?</article>', built.html, re.DOTALL)
    assert article
    assert re.findall(r"<(h\d)", article[0]) == ["h2", "h3", "h4"]
    assert re.findall(r">(\d)</a>", article[0]) == ["1", "2", "1", "2"]


def test_the_line_is_printed_where_it_is_no_line_of_its_own(built: Edition) -> None:
    said = page_with(built, "The bridge")
    assert (
        "[signatories] [signatories] Affiliations are given for identification only. To: The Mayor "
        "Ida Brook"
    ) in said


def test_lines_of_a_text_are_lines_and_paragraphs_of_a_note_are_paragraphs(built: Edition) -> None:
    found, _ = read(built.corpus, "")
    assert found
    one = next(letter.head for letter in found.letters if letter.id == "well")
    assert one.letterhead == ("Friends of the Well", "Pump Street 3")
    assert one.closing == ("Yours faithfully,", "Concerned neighbours")
    assert one.note == ("The letter was read aloud.", "Nobody answered.")
    assert "Yours faithfully,<br>Concerned neighbours" in built.html


def test_an_addressee_is_named_by_its_first_line(built: Edition) -> None:
    found, _ = read(built.corpus, "")
    assert found
    names = {letter.id: letter.head.to[0].name for letter in found.letters if letter.head.to}
    assert names == {"well": "The Mayor of Oldtown", "bridge": "The Mayor"}
    first = next(item for item in built.json["sections"] if item["id"] == "glance")["first_page"]
    assert "The Mayor of Oldtown" in " ".join(built.reading.text(first).split())


def test_a_separator_stands_behind_the_names_of_a_group(built: Edition) -> None:
    assert (
        "Ann Stone, Smith Rosa Fields Chair of the Well [withdrawn June 1, 2019] Neighbours Ida Brook / Plumber Joe Reed Mae Well – Baker Pump Club: Oldtown"
    ) in page_with(built, "The pump")


def test_a_signature_has_the_lines_of_the_letter(built: Edition) -> None:
    page = next(item for item in built.json["sections"] if item["title"].endswith("The pump"))
    lines = built.reading.text(page["first_page"]).splitlines()
    assert [line.strip() for line in lines if "Rosa" in line] == ["Rosa Fields"]
    assert "<s><span>Rosa Fields<br>Chair of the Well</span></s>" in built.html


# --- what goes wrong is found ---


def _body(change: Callable[[Body], Body]) -> Misreading:
    def misread(it: Corpus) -> Corpus:
        letters = [
            dataclasses.replace(one, body=change(one.body)) if one.id == "well" else one
            for one in it.letters
        ]
        return dataclasses.replace(it, letters=tuple(letters))

    return misread


def _unseparated(it: FrontMatter) -> list[Signatory]:
    return [one.model_copy(update={"separator": None}) for one in it.signatures[1:]]


def _on_one_line(it: FrontMatter) -> tuple[Signatory, ...]:
    first, second, *others = it.signatories
    line = (second.as_signed or "").replace("\n", " ")
    return (first, second.model_copy(update={"as_signed": line}), *others)


MISREAD: dict[str, tuple[Misreading, str]] = {
    "the signatures stand behind all": (
        _body(lambda it: dataclasses.replace(it, signed_at=None)),
        "Letter 1 should read",
    ),
    "the signatures stand a block too early": (
        _body(lambda it: dataclasses.replace(it, signed_at=1)),
        "Letter 1 should read",
    ),
    "a heading behind the signatures is lost": (
        _body(lambda it: dataclasses.replace(it, nodes=(*it.text, *it.postscript[1:]))),
        "Letter 1",
    ),
    "a separator is lost": (
        head("pump", signatories=lambda it: (it.signatories[0], *_unseparated(it))),
        "Letter 3 should read",
    ),
    "a line of the closing is lost": (
        head("well", closing=lambda it: it.closing[:1]),
        "Letter 1 should read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MISREAD)
def test_what_is_misread_is_found(
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


def test_two_lines_of_a_signature_that_become_one_are_found(
    built: Edition, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dossier.cli.main import main

    misread = head("pump", signatories=_on_one_line)
    compiled_wrongly(
        monkeypatch, lambda it, packet, cite: compile_dossier(misread(it), packet, cite)
    )
    output = built.pdf.with_name("lines.pdf")
    assert main(["--corpus", str(built.corpus), "--output", str(output), "--jobs", "1"]) == 1
    assert "Letter 3 should read “Rosa Fields” here" in capsys.readouterr().err
    assert not output.exists()


def test_a_template_that_loses_a_heading_behind_the_signatures_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dossier.cli.main import main

    own = (templates.folder() / "partials/letter.html").read_text(encoding="utf-8")
    changed = own.replace("verbatim.body[part]", "(verbatim.body[part] | list)[-2:]")
    assert changed != own
    write_files(tmp_path / "c", FILES | {"templates/partials/letter.html": changed})
    output = tmp_path / "o/x.pdf"
    assert main(["--corpus", str(tmp_path / "c"), "--output", str(output), "--jobs", "1"]) == 1
    assert "Letter 1" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "old", "lost"),
    [
        ("letter", "verbatim.body[part]", "cite-well-1"),
        ("signatures", ' id="{{ signature.anchor }}"', "sig-well-1"),
    ],
)
def test_a_template_that_loses_a_place_is_a_finding(
    name: str, old: str, lost: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dossier.cli.main import main

    path = f"partials/{name}.html"
    own = (templates.folder() / path).read_text(encoding="utf-8")
    changed = own.replace(old, "[]" if name == "letter" else "")
    assert changed != own
    write_files(tmp_path / "c", FILES | {f"templates/{path}": changed})
    output = tmp_path / "o/x.pdf"
    assert main(["--corpus", str(tmp_path / "c"), "--output", str(output), "--jobs", "1"]) == 1
    said = capsys.readouterr().err
    assert f"/c/templates/{path}:0:0: error: The template does not print the id “{lost}”" in said
    assert not output.exists()


def test_a_closing_without_signatures_is_not_alone_on_its_page(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    head = "---\ntitle: One\ndate: 2012\nclosing: The neighbours of the well\n---\n"
    line = (
        "The water of the well is brown, and nobody of the town has come to look at it so far.\n\n"
    )
    alone = []
    for count in (33, 34, 35):
        letters = {"dossier.yaml": "title: X\n", "letters/one.md": head + line * count}
        made = make_edition(corpus(**letters), tmp_path / f"{count}/x.pdf")
        section = next(item for item in made.json["sections"] if item["title"].endswith("One"))
        pages = range(section["first_page"], section["last_page"] + 1)
        alone += [count for page in pages if "brown" not in made.reading.text(page)]
    assert not alone
