"""The cited works as CSL-JSON: what stands in it, that it is valid, and that its proof finds what is wrong."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from conftest import built_with, command, write_files

from dossier import outputs_table
from dossier.cli.main import main
from dossier.outputs_table import OUTPUTS, Output
from dossier.pipeline import received
from dossier.records.references import (
    CSL_DATES,
    CSL_NAMES,
    CSL_TEXTS,
    CSL_TYPES,
    NO_CSL_JSON,
    Reference,
)

DATES = (
    "2012", "2012-05", "2012-05-01", "2012~", "2012-05?", "2012-05-01%", "201X", "19XX", "2012-XX", "2012-XX-XX",
    "2012-05-XX", "2012-21", "2012-24~", "2012/2013-05", "2012-05-01/2012-05-03", "2012-21/2012-23", "201X/2022",
)  # fmt: skip
WORKS: list[dict[str, Any]] = [
    {
        "id": "rich", "type": "report", "title": "A “rich” report", "language": "fr", "license": "CC0",
        "author": [{"family": "Abe", "given": "Keiko"}, {"literal": "The Office"}], "issued": "2012-05-01?",
        "URL": "https://example.org/a?b=c", "archive-url": "https://example.net/a", "archived": "2020-01-02",
        "publisher-place": "東京", "number": "A/HRC/1", "note": "A note", "DOI": "10.1000/1", "accessed": "2020-01-03",
    },
    *({"id": f"d{number:02}", "type": "book", "title": f"Book {number:02}", "issued": date} for number, date in enumerate(DATES)),
]  # fmt: skip
CITED = " ".join(f"See [@{work['id']}]." for work in reversed(WORKS))
FILES = {
    "dossier.yaml": "title: T\ndate: 2026-01-01\noutputs: [csl]\npackets:\n"
    "  some: {title: S, select: {letters: two}}\n",
    "reports.yaml": yaml.safe_dump({"references": WORKS}, allow_unicode=True),
    "letters/one.md": f"---\ntitle: One\ndate: 2012-01-08\nto: X\n---\n{CITED}\n",
    "letters/two.md": "---\ntitle: Two\ndate: 2012-01-09\nto: X\n---\nSee [@rich, p. 3].\n",
}
EXACT = {"date-parts": [[2012, 5, 1], [2012, 5, 3]]}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Build all packets; return corpus, PDF, and what proves a file as if the build had made it."""
    folder = tmp_path_factory.mktemp("csl")
    write_files(folder / "corpus", FILES)
    return built_with("csl", folder)


@pytest.fixture
def built(run: Any) -> tuple[Path, Path]:
    corpus, pdf, _ = run
    return corpus, pdf


@pytest.fixture
def made_by(run: Any) -> Callable[[bytes], list[tuple[int, str]]]:
    prove: Callable[[bytes], list[tuple[int, str]]] = run[2]
    return prove


def works_in(pdf: Path) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(pdf.with_suffix(".csl.json").read_text("utf-8"))
    return made


def test_the_works_have_their_numbers_and_keys(built: tuple[Path, Path]) -> None:
    items = works_in(built[1])
    listing = json.loads(built[1].with_suffix(".json").read_text("utf-8"))
    assert [(item["citation-number"], item["id"]) for item in items] == [
        (work["number"], work["id"]) for work in listing["bibliography"]
    ]
    rich = next(item for item in items if item["id"] == "rich")
    number = rich["citation-number"]
    assert rich == {
        **{key: value for key, value in WORKS[0].items() if key not in ("issued", "accessed", *NO_CSL_JSON)},
        "issued": {"date-parts": [[2012, 5, 1]], "circa": True},
        "accessed": {"date-parts": [[2020, 1, 3]]},
        "citation-number": number,
        "custom": {
            "license": "CC0", "archive-url": "https://example.net/a", "archived": "2020-01-02",
            "edtf": {"issued": "2012-05-01?"},
        },
    }  # fmt: skip
    dates = {item["title"]: item["issued"] for item in items}
    assert dates["Book 14"] == EXACT and dates["Book 06"] == {"date-parts": [[2010], [2019]]}
    assert dates["Book 11"] == {"date-parts": [[2012]], "season": 1}
    # A selection keeps the numbers of the whole.
    (some,) = works_in(built[1].with_name("some.pdf"))
    assert some == rich


def schema() -> dict[str, Any]:
    """Return the rules of the schema of CSL-JSON 1.0.2 for the keys of the corpus format."""
    text, number = {"type": "string"}, {"type": ["string", "number"]}
    name = {
        "type": "object", "additionalProperties": False,
        "properties": dict.fromkeys(
            ("family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle"), text
        ),
    }  # fmt: skip
    parts = {"type": "array", "minItems": 1, "maxItems": 3, "items": number}
    date = {
        "type": "object", "additionalProperties": False,
        "properties": {
            "date-parts": {"type": "array", "minItems": 1, "maxItems": 2, "items": parts},
            "season": number, "circa": {"type": ["string", "number", "boolean"]},
            "literal": text, "raw": text,
        },
    }  # fmt: skip
    keys = dict.fromkeys(sorted({*CSL_TEXTS, "language", "URL", "title"} - {*NO_CSL_JSON}), text)
    people = {"type": "array", "items": name}
    keys.update((key, people) for key in CSL_NAMES)
    keys.update((key, date) for key in CSL_DATES)
    keys |= {
        "type": {"enum": list(CSL_TYPES)},
        "id": number,
        "citation-number": number,
        "custom": {"type": "object"},
    }
    one = {
        "type": "object",
        "properties": keys,
        "required": ["type", "id"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": one}


def test_it_is_valid_by_the_schema(built: tuple[Path, Path]) -> None:
    for name in ("x.pdf", "some.pdf"):
        jsonschema.validate(works_in(built[1].with_name(name)), schema())


def test_every_key_of_a_work_has_its_place() -> None:
    """Each key of the corpus format is one of the schema's or goes under “custom”, and comes out again."""
    fields = {field.alias or name for name, field in Reference.model_fields.items()}
    names, dates = typing.get_args(CSL_NAMES) or CSL_NAMES, CSL_DATES
    data = {
        key: [{"literal": "N"}] if key in names else "2012" if key in dates else "book" if key == "type" else
        "https://example.org/" if key in ("URL", "archive-url") else "2012-01-02" if key == "archived" else
        "en" if key == "language" else "w" if key == "id" else f"text of {key}"
        for key in sorted(fields)
    }  # fmt: skip
    from dossier.outputs.references import references
    from dossier.records.dossier import Work

    made = json.loads(references([Work("w", 7, (), "", ())], [Reference.model_validate(data)]))
    jsonschema.validate(made, schema())
    (item,) = made
    custom = item.pop("custom")
    assert item.pop("citation-number") == 7
    assert {*item, *custom} == fields


# --- what its proof finds ---

Change = Callable[[list[dict[str, Any]]], Any]


def changed(change: Change) -> Callable[[bytes], bytes]:
    def made(raw: bytes) -> bytes:
        items = json.loads(raw)
        change(items)
        return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode()

    return made


def of(key: str, value: Any) -> Callable[[bytes], bytes]:
    return changed(lambda items: items[0].update({key: value}))


def at(date: str, value: Any) -> Callable[[bytes], bytes]:
    """Change the date of the book that has a date of the corpus."""
    title = f"Book {DATES.index(date):02}"

    def change(items: list[dict[str, Any]]) -> None:
        (item,) = [item for item in items if item["title"] == title]
        assert item["issued"] != value
        item["issued"] = value

    return changed(change)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a work is lost": (changed(lambda items: items.pop()), "The file has 17 works, and should have 18"),
    "a work stands twice": (changed(lambda items: items.append(items[0])), "19 works"),
    "two works change places": (changed(lambda items: items.insert(0, items.pop(1))), "“citation-number” should be"),
    "another number": (of("citation-number", 9), "“citation-number” should be “1”"),
    "a number as a text": (of("citation-number", "1"), "“citation-number” should be “1”"),
    "another title": (of("title", "A rich report"), "“title” should be “A “rich” report”"),
    "another name": (of("author", [{"family": "Abe", "given": "Keiko"}]), "“author” should be"),
    "a key is lost": (changed(lambda items: items[0].pop("DOI")), "“DOI” is missing"),
    "a key more": (of("ISBN", "1"), "“ISBN” should not be there"),
    "custom is lost": (changed(lambda items: items[0].pop("custom")), "“archive-url” is missing"),
    "custom is a text": (of("custom", "x"), "its “custom” is damaged"),
    "an empty custom": (changed(lambda items: items[1].update(custom={})), "“custom” should have"),
    "another address": (
        changed(lambda items: items[0]["custom"].update({"archive-url": "https://example.net/b"})), "“archive-url” should be",
    ),
    "another exact date": (
        changed(lambda items: items[0]["custom"]["edtf"].update(issued="2012-05-01~")), "“custom” should have the dates",
    ),
    "another day": (at("2012-05-01", {"date-parts": [[2012, 5, 2]]}), "“issued” should be 2012-05-01"),
    "less of a date": (at("2012-05-01", {"date-parts": [[2012, 5]]}), "“issued” should be 2012-05-01"),
    "another season": (at("2012-21", {"date-parts": [[2012]], "season": 2}), "“issued” should be 2012-21"),
    "no doubt": (at("2012~", {"date-parts": [[2012]]}), "“issued” should be 2012~"),
    "a doubt": (at("2012", {"date-parts": [[2012]], "circa": True}), "“issued” should be 2012"),
    "another decade": (at("201X", {"date-parts": [[2010], [2018]]}), "“issued” should be 201X"),
    "a date as a text": (at("2012", "2012"), "“issued” should be 2012"),
    "a date of texts": (at("2012", {"date-parts": [["2012"]]}), "“issued” should be 2012"),
    "a literal date": (at("2012", {"date-parts": [[2012]], "literal": "2013"}), "“issued” should be 2012"),
    "a key twice": (lambda raw: raw.replace(b'"id": ', b'"id": 1,\n    "id": ', 1), "not written as a build"),
    "another form": (lambda raw: raw.replace(b"\n", b"\r\n"), "not written as a build"),
    "no list": (lambda raw: b"{}\n", "The file is not a list of works"),
    "no JSON": (lambda raw: raw[:-3], "it is not JSON in UTF-8"),
    "another encoding": (lambda raw: raw.decode().encode("utf-16"), "it is not JSON in UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_wrong_in_the_file_is_found(
    kind: str, built: tuple[Path, Path], made_by: Callable[[bytes], list[tuple[int, str]]]
) -> None:
    raw = built[1].with_suffix(".csl.json").read_bytes()
    assert made_by(raw) == []
    change, said = DAMAGES[kind]
    damaged = change(raw)
    assert damaged != raw
    assert any(said in message for _, message in made_by(damaged)), made_by(damaged)


def test_a_build_with_a_wrong_file_is_refused(
    built: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = OUTPUTS["csl"]
    wrong = Output(lambda *given: of("title", "Other")(true.make(*given)), true.prove)
    monkeypatch.setitem(outputs_table.OUTPUTS, "csl", wrong)
    assert main(command(built[0], tmp_path / "x.pdf", "--all")) == 1
    assert "“title” should be “A “rich” report”, and is “Other”" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "x.rejected.csl.json", "x.rejected.txt",
    ]  # fmt: skip


def test_it_is_verified_built_again_and_removed(
    built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, pdf = built
    verify = ["verify", str(pdf), "--corpus", str(corpus)]
    assert main([*verify, "--rebuild"]) == 0
    assert not received(pdf).faults
    path, listing = pdf.with_suffix(".csl.json"), pdf.with_suffix(".json")
    before, listed = path.read_bytes(), listing.read_bytes()
    path.write_bytes(before.replace(b"2012", b"2013", 1))
    capsys.readouterr()
    assert main(verify) == 1
    assert "x.csl.json:" in capsys.readouterr().err
    assert main([*verify, "--rebuild"]) == 1
    assert "The file differs from the one built again, here first" in capsys.readouterr().err
    assert any("another checksum" in fault.message for fault in received(pdf).faults)
    path.write_bytes(before)
    # A name of the program's own suffix does not shadow the listing's.
    assert listing.read_bytes() == listed
