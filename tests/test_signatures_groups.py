"""Signatures in groups and from files, added, withdrawn, without names: read, printed, and proved."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import write_files
from reader import Reading
from test_oracle import command, compiled_wrongly, refused
from test_spreadsheet import cell, made, rows_of

from dossier import outputs_table
from dossier.cli.main import main
from dossier.compile.compiler import compile_dossier
from dossier.compile.selection import selected
from dossier.proof import signing
from dossier.read.corpus import read
from dossier.read.separated import parsed
from dossier.records.dossier import Corpus, Dossier
from dossier.records.front_matter import Signatory
from dossier.records.signatures import Signature, SignatureGroup
from dossier.render import renderer

FILES = {
    "dossier.yaml": """title: Signed by many
outputs: [html, csv]
packets:
  kept: {title: Kept, withdrawn: left_out}
""",
    "names.yaml": """organizations:
  sea-birds: {name: Sea Birds, country: CA}
  night-birds: {name: Night Birds}
  seoul-circle: {name: Seoul Circle, country: KR}
people:
  ann-lee: {name: Ann Lee}
  bob-low: {name: Bob Low}
  keiko-sato: {name: Keiko Sato}
""",
    "letters/one.md": """---
title: To the commission
date: 2020-04-01
to: The Commission
heading: Open letter
signatories:
  - Seoul Circle
  - {person: Keiko Sato, honorific: Dr, post_nominals: KC, role: Chair, organization: Night Birds,
     qualifier: in an individual capacity, party: Green, place: Oslo, email: keiko@example.org,
     added: 2020-04-30, withdrawn: 2020-05-02}
  - group:
      heading: Organizations
      qualifier: Affiliations for identification only
      numbering: through
      signatories:
        - "<b>Sea & Birds</b>"
        - 255
        - NO
        - group:
            heading: From abroad
            signatories:
              - {person: Ann Lee, as_signed: "Ann Lee, for the Sea Birds", on_behalf_of: Sea Birds}
              - {organization: Night Birds, as_signed: "Night Birds, for the Sea Birds", on_behalf_of: Sea Birds}
              - {anonymous: 12}
        - "*x*"
  - group: {heading: People, form: table, numbering: through, file: signatories/people.csv}
  - group: {form: columns, numbering: group, signatories: ["chr[]", Night Birds]}
  - {anonymous: 486, as_signed: 486 workers}
---
A text.
""",
    "signatories/people.csv": "Person;Role;Country;Added\nBob Low;Poet;DE;\nNULL;;;2020-06-01\n"
    + "".join(f"Signer {number};;JP;\n" for number in range(60)),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("groups")
    write_files(folder / "corpus", FILES)
    pdf = folder / "out/dossier.pdf"
    assert main([*command(folder / "corpus", pdf), "--all"]) == 0
    return folder / "corpus", pdf


def joined(text: str) -> str:
    """Return a text without its spaces, which the tags do not have at line ends."""
    return re.sub(r"\s+", "", text.replace("\u00ad", ""))


def everything(pdf: Path) -> str:
    return joined(Reading(pdf).structure().text)


# --- what is printed ---


def test_signatures_stand_in_their_groups(built: tuple[Path, Path]) -> None:
    text = everything(built[1])
    line = "Dr Keiko Sato KC, Chair, Night Birds, Green, Oslo (in an individual capacity)"
    for words in (
        f"Seoul Circle {line} [added April 30, 2020] [withdrawn May 2, 2020] Organizations",
        "Organizations Affiliations for identification only 1. <b>Sea & Birds</b> 2. 255 3. NO From abroad",
        "4. Ann Lee, for the Sea Birds 5. Night Birds, for the Sea Birds 12 signatures without names 6. *x*",
        "People No. Name Country 7 Bob Low, Poet Germany 8 NULL [added June 1, 2020] 9 Signer 0 Japan",
        "1. chr[] 2. Night Birds 486 workers 1 signature was withdrawn later; it is struck through.",
        "At signatures these are ours",
        "1 letter · 570 signatures",
    ):
        assert joined(words) in text, words
    assert "keiko@example.org" not in text


def test_withdrawn_signatures_are_left_out_where_the_packet_says_so(
    built: tuple[Path, Path],
) -> None:
    kept = built[1].with_name("kept.pdf")
    text = everything(kept)
    assert "Keiko" not in text
    assert joined("1 signature was withdrawn later and is left out.") in text
    assert joined("1 letter · 569 signatures") in text
    assert "Keiko" not in kept.with_suffix(".html").read_text("utf-8")
    assert "Keiko" not in kept.with_suffix(".csv").read_text("utf-8-sig")


def test_tables_and_headings_of_groups_are_tagged_as_such(built: tuple[Path, Path]) -> None:
    tree = Reading(built[1]).structure()
    tables = [table for table in tree.all("Table") if "Bob Low" in table.text]
    (table,) = tables
    assert [cell.text.strip() for cell in table.all("TH")] == ["No.", "Name", "Country"]
    assert len(table.all("TR")) == 63
    assert len(table.all("TD")) == 62 * 3
    assert [one.text.strip() for one in tree.all("H3")][-2:] == ["Organizations", "People"]
    assert "From abroad" in [one.text.strip() for one in tree.all("H4")]
    labels = [one.text.strip() for one in tree.all("Lbl")]
    assert labels[-8:] == ["1.", "2.", "3.", "4.", "5.", "6.", "1.", "2."]


def test_the_head_of_a_table_is_on_each_of_its_pages(built: tuple[Path, Path]) -> None:
    reading = Reading(built[1])
    sections = json.loads(built[1].with_suffix(".json").read_text("utf-8"))["sections"]
    (letter,) = [one for one in sections if one["id"] == "letters/one"]
    pages = range(letter["first_page"], letter["last_page"] + 1)
    held = [text for text in map(reading.text, pages) if "Signer" in text]
    assert len(held) > 1
    assert all("No. Name Country" in text for text in held)


def test_the_index_has_those_on_whose_behalf_is_signed(built: tuple[Path, Path]) -> None:
    found, _ = read(built[0])
    assert found
    made = compile_dossier(found, found.everything, lambda works, words: [])
    places = {one.heading: [place.anchor for place in one.locators] for one in made.entries}
    assert places["Sea Birds"] == ["sig-one-6", "sig-one-7"]
    assert places["Ann Lee"] == ["sig-one-6"]
    assert not any("workers" in heading or heading == "12" for heading in places)
    counted = {bar.label: bar.count for bar in made.bars}
    assert counted["Japan"] == 60
    assert sum(counted.values()) == 570 - 12 - 486


def test_a_row_says_all_of_a_signature(built: tuple[Path, Path]) -> None:
    head, *rows = rows_of(built[1].with_suffix(".csv"))
    of = [dict(zip(head, row, strict=True)) for row in rows]
    assert len(of) == 74
    keiko, night, nameless, workers = of[1], of[6], of[7], of[-1]
    assert (keiko["qualifier"], keiko["party"], keiko["place"], keiko["added"], keiko["withdrawn"]) == (
        "in an individual capacity", "Green", "Oslo", "2020-04-30", "2020-05-02",
    )  # fmt: skip
    assert (night["group"], night["heading"], night["on behalf of"]) == (
        "Organizations / From abroad", "Night Birds", "Sea Birds",
    )  # fmt: skip
    assert (nameless["kind"], nameless["anonymous"], nameless["as signed"]) == (
        "anonymous",
        "12",
        "",
    )
    assert (workers["kind"], workers["anonymous"], workers["as signed"]) == (
        "anonymous", "486", "486 workers",
    )  # fmt: skip
    assert of[10]["as signed"] == "NULL"


@pytest.mark.verapdf
@pytest.mark.slow
def test_the_file_is_accessible(built: tuple[Path, Path]) -> None:
    import subprocess

    for flavour in ("ua1", "2a"):
        said = subprocess.run(
            ["verapdf", "-f", flavour, "--format", "text", built[1]],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        assert said.startswith("PASS"), said


# --- how a line is composed ---


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ({"organization": "A"}, "A"),
        ({"person": "P", "role": "R", "organization": "A", "country": "JP"}, "P, R, A"),
        ({"person": "P", "honorific": "Dr", "post_nominals": "KC", "party": "G"}, "Dr P KC, G"),
        ({"organization": "A", "qualifier": "for one"}, "A (for one)"),
        ({"organization": "A", "qualifier": "[for one]"}, "A [for one]"),
        ({"person": "P", "place": "Oslo", "as_signed": "P of Oslo"}, "P of Oslo"),
        ({"person": "P", "role": "R", "place": "Oslo", "separator": "/"}, "P / R, Oslo"),
        ({"organization": "A", "place": "Oslo", "separator": " : "}, "A: Oslo"),
        ({"person": "P", "separator": "|", "qualifier": "for one"}, "P (for one)"),
        ({"anonymous": "3"}, ""),
    ],
)
def test_a_line_is_composed_by_one_rule(keys: dict[str, Any], line: str) -> None:
    signatory = Signatory.model_validate(keys)
    assert signatory.printed == line
    assert signing.line(signatory) == line


# --- files ---


def signed_in(folder: Path, name: str, raw: bytes, columns: str = "") -> list[tuple[Any, ...]]:
    """Return person, role and organization of the signatures in a file."""
    write_files(folder, {
        "dossier.yaml": "title: T\n",
        "letters/one.md": f"---\ntitle: A\ndate: 2012\nto: X\nsignatories: [{{group: {{file: {name}{columns}}}}}]\n"
        "---\nText.\n",
    })  # fmt: skip
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(raw)
    found, diagnostics = read(folder)
    assert found, diagnostics
    return [(one.person, one.role, one.organization) for one in found.letters[0].head.signatures]


@pytest.mark.parametrize(
    "raw",
    [
        b"person,role\nNO,x\n255,y\n",
        b"\xef\xbb\xbfperson;role\r\nNO;x\r\n255;y\r\n",
        "person\trole\nNO\tx\n255\ty\n".encode("utf-16"),
        b'"person"|Role\n"NO"|"x"\n"255"|y\n\n|\n',
    ],
)
def test_a_table_is_read_however_it_was_saved(raw: bytes, tmp_path: Path) -> None:
    assert signed_in(tmp_path, "signatories/l.csv", raw) == [
        ("NO", "x", None),
        ("255", "y", None),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("l.yaml", "- {Name: NO, Body: 1.50}\n- {Name: yes, Body: 2012-01-01, Other: z}\n"),
        ("l.json", '[\n\t{"Name": "NO", "Body": "1.50"},\n\t{"Name": "yes", "Body": "2012-01-01"}\n]'),
        ("l.tsv", "Body\tOther\tName\n1.50\t\tNO\n2012-01-01\tz\tyes\n"),
    ],
)  # fmt: skip
def test_the_columns_are_those_that_the_letter_names(name: str, text: str, tmp_path: Path) -> None:
    columns = ", columns: {person: Name, organization: Body}"
    assert signed_in(tmp_path, name, text.encode(), columns) == [
        ("NO", None, "1.50"),
        ("yes", None, "2012-01-01"),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_a_table_is_read_as_the_standard_library_reads_it(seed: int) -> None:
    chance = random.Random(seed)
    cells = ["", "a", "x, y", 'say "so"', "two\nlines", " b ", "ü", ";", '"']
    rows = [[chance.choice(cells) for _ in range(4)] for _ in range(30)] + [["z"] * 4]
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows([list("abcd"), *rows])
    table = parsed(made.getvalue())
    assert [[cell.text for cell in row] for row in table.rows] == rows
    lines = made.getvalue().split("\n")
    for row in table.rows:
        for one in row:
            there = lines[one.line - 1][one.column - 1 :]
            assert there.removeprefix('"').startswith(one.text.split("\n")[0].replace('"', '""'))


def test_a_list_that_has_changed_is_read_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, pdf = tmp_path / "corpus", tmp_path / "out/x.pdf"
    write_files(folder, {
        "dossier.yaml": "title: T\n",
        "letters/one.md": "---\ntitle: A\ndate: 2012\nto: X\nsignatories: [{group: {file: l.csv}}]\n---\nText.\n",
        "l.csv": "person\nAnn Lee\n",
    })  # fmt: skip
    for text, word in (("", "Wrote"), ("", "Nothing"), ("Bob Low\n", "Wrote")):
        with (folder / "l.csv").open("a", encoding="utf-8") as file:
            file.write(text)
        capsys.readouterr()
        assert main(command(folder, pdf)) == 0
        assert capsys.readouterr().out.startswith(word)
    assert "BobLow" in everything(pdf)


# --- whatever is printed wrongly is found ---

Damage = Callable[[Dossier], Dossier]


def in_group(number: int, **changes: Callable[[SignatureGroup], Any]) -> Damage:
    """Change a group of the letter, counted from 0."""

    def damage(it: Dossier) -> Dossier:
        (letter,) = it.letters
        groups = list(letter.groups)
        new = {key: change(groups[number]) for key, change in changes.items()}
        groups[number] = dataclasses.replace(groups[number], **new)
        return dataclasses.replace(it, letters=(dataclasses.replace(letter, groups=tuple(groups)),))

    return damage


def signature(group: int, place: int, /, **changes: Any) -> Damage:
    """Change a signature of a group, both counted from 0."""

    def changed(it: SignatureGroup) -> tuple[Signature, ...]:
        held = list(it.signatures)
        held[place] = dataclasses.replace(held[place], **changes)
        return tuple(held)

    return in_group(group, signatures=changed)


def swapped(it: Dossier) -> Dossier:
    """Let the group of people come before the organizations."""
    (letter,) = it.letters
    first, *rest = letter.groups
    return dataclasses.replace(
        it, letters=(dataclasses.replace(letter, groups=(first, rest[-3], *rest[:-3], *rest[-2:])),)
    )


def bars_with_nameless(it: Dossier) -> Dossier:
    bars = [dataclasses.replace(bar, count=bar.count + 12 * bar.unstated) for bar in it.bars]
    return dataclasses.replace(it, bars=tuple(bars))


READS = "Letter 1 should read"
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a heading is lost": (in_group(1, begins=lambda _: False), READS),
    "a heading is another": (in_group(1, headings=lambda _: ("Bodies",)), READS),
    "the words under it are lost": (in_group(1, qualifier=lambda _: ""), READS),
    "a group is no table": (in_group(4, form=lambda _: "list"), READS),
    "groups change places": (swapped, READS),
    "a number is another": (signature(1, 1, number=7), READS),
    "a number is lost": (signature(4, 3, number=0), READS),
    "a country is another": (signature(4, 0, nation="France"), READS),
    "a day is another": (signature(0, 1, added="May 1, 2020"), READS),
    "nothing says that it was withdrawn": (signature(0, 1, withdrawn=""), READS),
    "nothing says that it was added": (signature(4, 1, added=""), READS),
    "a line is another": (signature(0, 1, printed="Keiko Sato"), READS),
    "how many have no name": (signature(2, 2, count=13), "“Cover” should read"),
    "those without names are in the chart": (bars_with_nameless, "“The letters at a glance” should say"),
    "what was withdrawn is said to be left out": (
        lambda it: dataclasses.replace(
            it, letters=(dataclasses.replace(it.letters[0], left_out=1),)
        ),
        READS,
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_compiled_wrongly_is_found(
    damage: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, said = DAMAGES[damage]

    def wrong(corpus: Corpus, packet: Any, cite: Any) -> Dossier:
        return change(compile_dossier(corpus, packet, cite))

    compiled_wrongly(monkeypatch, wrong)
    refused(built, said, capsys)


TEMPLATES = {
    "the statement is lost": ('ours("signatures_struck", count=verbatim.struck)', '""'),
    "a number is not printed": ("{{ signature.number }}.</span> ", "</span> "),
    "a country is not printed": ("{{ signature.nation | in_own_direction(around) }}", ""),
    "the head of a table is lost": ('{{ ours("signer_name") }}', ""),
    "nobody says that there are no names": (
        'ours("signature_anonymous", count=signature.count)',
        '""',
    ),
    "one that was withdrawn is not struck through": ("<s>{{ line }}</s>", "{{ line }}"),
    "the day is lost": ('ours("signature_added", date=signature.added)', '""'),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", TEMPLATES)
def test_whatever_the_template_prints_wrongly_is_found(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = TEMPLATES[fault]
    name = "partials/signatures.html"
    there = (renderer.templates.folder() / name).read_text("utf-8")
    assert old in there
    write_files(tmp_path / "corpus", FILES | {f"templates/{name}": there.replace(old, new)})
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 1
    said = "should be struck through" if "struck" in fault else "Letter 1 should read"
    assert said in capsys.readouterr().err


STRIKES = {
    "the line is lost": ("<s>{{ line }}</s>", "{{ line }}", ("Keiko", "should be struck through")),
    "the line goes through another": (
        "{%- if signature.withdrawn %}<s>", "{%- if signature.added %}<s>",
        ("is struck through, which nobody has withdrawn",),
    ),
    "the line goes on through the words beside": (
        '<span class="beside"{{ apart }}>{{ ours("signature_withdrawn"',
        '<span style="text-decoration: line-through"{{ apart }}>{{ ours("signature_withdrawn"',
        ("[withdrawn May 2, 2020]", "which nobody has withdrawn"),
    ),
    "all are struck": (
        '<ul class="signatures', '<ul style="text-decoration: line-through" class="signatures',
        ("Seoul Circle", "which nobody has withdrawn"),
    ),
    "the line is an underline": (
        "<s>{{ line }}</s>", '<span style="text-decoration: underline">{{ line }}</span>',
        ("Keiko", "should be struck through"),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", STRIKES)
def test_a_line_through_other_words_than_those_withdrawn_is_found_in_the_pdf(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, said = STRIKES[fault]
    name = "partials/signatures.html"
    there = (renderer.templates.folder() / name).read_text("utf-8")
    assert old in there
    files = {
        "dossier.yaml": "title: Signed\noutputs: []\n",
        f"templates/{name}": there.replace(old, new),
    }
    write_files(tmp_path / "corpus", FILES | files)
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 1
    err = capsys.readouterr().err
    assert all(words in err for words in said), err


def test_a_packet_without_withdrawn_signatures_is_not_selected_by_them(tmp_path: Path) -> None:
    two = "---\ntitle: Two\ndate: 2021\nsignatories: [{person: Keiko Sato}]\n---\nText.\n"
    packets = "".join(
        f"  {name}: {{title: {name}, withdrawn: {name}, select: {{signed_by: Keiko Sato}}}}\n"
        for name in ("struck", "left_out")
    ).replace("  left_out:", "  left-out:")
    files = {
        "dossier.yaml": f"title: Signed\noutputs: []\npackets:\n{packets}",
        "letters/two.md": two,
    }
    write_files(tmp_path / "corpus", FILES | files)
    corpus, found = read(tmp_path / "corpus")
    assert corpus is not None, found
    held = {packet.name: [one.id for one in selected(corpus, packet)] for packet in corpus.packets}
    assert (held["struck"], held["left-out"]) == (["one", "two"], ["two"])
    assert main([*command(tmp_path / "corpus", tmp_path / "out/x.pdf"), "--all"]) == 0


@pytest.mark.slow
def test_a_heading_of_another_level_is_found_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "partials/signatures.html"
    there = (renderer.templates.folder() / name).read_text("utf-8")
    wrong = there.replace("base + group.level, 6", "base, 6")
    assert wrong != there
    write_files(tmp_path / "corpus", FILES | {f"templates/{name}": wrong})
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 1
    assert "a heading of level 5 in “From abroad”" in capsys.readouterr().err


CELLS = {
    "the groups": (7, 12, "Organizations", "“group” should be “Organizations / From abroad”"),
    "the restriction": (2, 13, "", "“qualifier” should be “in an individual capacity”"),
    "on whose behalf": (7, 14, "", "“on behalf of” should be “Sea Birds”"),
    "the heading of the one represented": (7, 6, "Sea Birds", "“heading” should be “Night Birds”"),
    "the party": (2, 15, "Red", "“party” should be “Green”"),
    "the place": (2, 16, "Rome", "“place” should be “Oslo”"),
    "the day added": (2, 17, "2020-04-01", "“added” should be “2020-04-30”"),
    "the day withdrawn": (2, 18, "", "“withdrawn” should be “2020-05-02”"),
    "how many have no name": (8, 19, "11", "“anonymous” should be “12”"),
    "the kind of those without names": (8, 7, "person", "“kind” should be “anonymous”"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", CELLS)
def test_what_is_wrong_in_the_csv_is_found(
    kind: str,
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    row, column, value, said = CELLS[kind]
    corpus, pdf = built
    monkeypatch.setitem(outputs_table.OUTPUTS, "csv", made(cell(row, column, value)))
    assert main(command(corpus, pdf.with_name("csv.pdf"))) == 1
    assert said in capsys.readouterr().err


def test_a_list_in_an_old_encoding_is_printed_with_its_words(tmp_path: Path) -> None:
    letter = "---\ntitle: One\ndate: 2020\nsignatories:\n  - group: {file: signatories/list.csv}\n---\nText.\n"
    write_files(
        tmp_path / "corpus",
        {"dossier.yaml": "title: Signed\noutputs: []\n", "letters/one.md": letter,
         "signatories/list.csv": ""},
    )  # fmt: skip
    raw = "organization\nСоюз писателей\n".encode("cp1251")
    (tmp_path / "corpus/signatories/list.csv").write_bytes(raw)
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 0
    assert joined("Союз писателей") in everything(tmp_path / "out/x.pdf")


def test_a_name_too_wide_for_the_line_of_its_number_is_no_false_alarm(tmp_path: Path) -> None:
    """The place of a signature is that of its number, which may stand on a line of its own."""
    letter = (
        "---\ntitle: Wide\ndate: 2012\nsignatories:\n  - group:\n      numbering: group\n      form: columns\n"
        f"      signatories: [Ann Lee, {'W' * 60}-x, Joe Reed]\n---\nText.\n"
    )
    write_files(tmp_path / "c", {"dossier.yaml": "title: T\n", "letters/wide.md": letter})
    assert main(command(tmp_path / "c", tmp_path / "x.pdf")) == 0
