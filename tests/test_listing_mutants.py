"""Nothing in the JSON listing and the CSV can be changed, added or left out without being found by ``verify``."""

from __future__ import annotations

import copy
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, make_edition, write_files
from test_listing import FILES, PICTURE

from dossier import verification
from dossier.machine import earlier
from dossier.outputs.checksums import checksums
from dossier.outputs.listing import _value as written_value
from dossier.pipeline import verify
from dossier.proof import listed, spreadsheet, warnings
from dossier.proof.beside import Proved
from dossier.proof.prover import Proof

Way = tuple[str | int, ...]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A dossier with all that a listing may have: groups, relations, drafts, pictures, works, a warning."""
    folder = tmp_path_factory.mktemp("mutants")
    texts = {name: text for name, text in FILES.items() if isinstance(text, str)}
    texts["dossier.yaml"] = (
        "title: Listed\nformat: 2\nwithdrawn: struck\noutputs: [html, csv]\nprofile: email\n"
    )
    texts["letters/frage.md"] = texts["letters/frage.md"].replace("Wir", "Wir\u00ad [@z, p. 3]")
    texts["reports.yaml"] = "references:\n  - {id: z, type: book, title: Zeal, issued: 2001}\n"
    write_files(folder / "corpus", texts)
    (folder / "corpus/pictures").mkdir()
    (folder / "corpus/pictures/map.png").write_bytes(PICTURE)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def written(listing: dict[str, Any]) -> bytes:
    """Return a listing in the form that a build gives it."""
    entries = [f"{json.dumps(key)}: {written_value(value)}" for key, value in listing.items()]
    return ("{\n" + ",\n".join(entries) + "\n}\n").encode()


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to each value in a listing, of objects and lists too."""
    if way:
        yield way
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from ways(item, (*way, key))


def others(value: Any) -> list[Any]:
    """Return other values that look much like a value."""
    match value:
        case bool():
            return [not value, int(value), None]
        case int():
            return [value + 1, float(value), str(value), value == 1, -value - 1]
        case str():
            return [value + " ", value[:-1], None, f"{value}x"] if value else ["x", None]
        case list():
            return [[*value, value[-1]] if value else [{}], value[1:], None, value[::-1]]
    return [{}, None, [value]]


def changed(listing: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a listing with each value changed, each key or item left out, and a key added to each object."""
    for way in ways(listing):
        *before, last = way

        def copied(before: list[Any] = before) -> tuple[Any, Any]:
            whole = inside = copy.deepcopy(listing)
            for step in before:
                inside = inside[step]
            return whole, inside

        whole, inside = copied()
        value = inside[last]
        for other in others(value):
            if json.dumps(other) != json.dumps(value):
                whole, inside = copied()
                inside[last] = other
                yield f"{way} is {other!r}", whole
        whole, inside = copied()
        del inside[last]
        yield f"{way} is left out", whole
        if isinstance(value, dict):
            whole, inside = copied()
            inside[last]["approved"] = True
            yield f"{way} has one key more", whole
    yield "one key more", listing | {"approved": True}


def proved(edition: Edition) -> tuple[Proof, Proved]:
    """Return the proof of a PDF with its own listing."""
    listing = edition.pdf.with_suffix(".json").read_bytes()
    found, _ = verification.read(edition.corpus, edition.corpus.name)
    assert found
    with Proof(edition.pdf, "x.pdf") as proof:
        cite = verification.styled.citing(
            found.everything, verification.entries, verification.KeptStyles().formatted
        )
        assert proof.against(found, found.everything, cite, listing) == ()
    assert proof.proved
    return proof, proof.proved


@pytest.mark.slow
@pytest.mark.parametrize("which", ["real", "rich"])
def test_every_change_of_the_listing_is_found(which: str, request: pytest.FixtureRequest) -> None:
    edition: Edition = request.getfixturevalue(which)
    _, there = proved(edition)
    _, diagnostics = verification.read(edition.corpus, edition.corpus.name)
    files = {name: edition.pdf.with_suffix(f".{name}").read_bytes() for name in there.truth.outputs}
    digest = hashlib.sha256(edition.pdf.read_bytes()).hexdigest()

    def refused(content: bytes) -> bool:
        """Do what `verify` does with a listing, without reading the same PDF a thousand times."""
        listing = json.loads(content)
        if listing.get("sha256") != digest:
            return True
        page_of = there.anchors.__getitem__
        if list(listed.findings(content, listing, there.truth, there.spans, page_of)):
            return True
        if list(warnings.findings(content, diagnostics, edition.corpus.name)):
            return True
        return listed.checksums(listing) != {
            name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()
        }

    content = edition.pdf.with_suffix(".json").read_bytes()
    assert written(edition.json) == content and not refused(content)
    assert which == "real" or edition.json["diagnostics"]
    count = 0
    for what, listing in changed(edition.json):
        assert refused(written(listing)), what
        count += 1
    assert count > 1000
    # What other programs may read otherwise, or what was saved anew.
    twice = content.replace(b'"pages":', b'"pages": 1,\n"pages":', 1)
    for other in (
        twice,
        content + b"\n",
        content.replace(b"\n", b"\r\n"),
        json.dumps(edition.json).encode(),
    ):
        assert refused(other)


def test_verify_refuses_what_was_changed(rich: Edition, tmp_path: Path) -> None:
    """The same by the command's own way, for one value of each kind."""
    pdf = tmp_path / "x.pdf"
    for path in earlier.of_run(rich.pdf):
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert not verify(pdf, rich.corpus).faults
    kinds: dict[str, tuple[str, dict[str, Any]]] = {}
    for what, listing in changed(rich.json):
        kinds[what.partition(" is ")[0].strip("()").partition(",")[0]] = what, listing
    assert len(kinds) >= len(rich.json)
    for what, listing in kinds.values():
        pdf.with_suffix(".json").write_bytes(written(listing))
        there = [path for path in earlier.of_run(pdf)[:-1] if path.is_file()]
        files = {path: path.read_bytes() for path in there}
        pdf.with_suffix(".sha256").write_bytes(checksums(files))
        assert verify(pdf, rich.corpus).faults, what


def test_every_change_of_a_cell_is_found(rich: Edition) -> None:
    _, there = proved(rich)
    content = rich.pdf.with_suffix(".csv").read_bytes()
    assert not list(spreadsheet.findings(content, there))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            for other in {f"{cell}x", f"{cell} ", cell[:-1], "", f"'{cell}", "=1"} - {cell}:
                mutant = [
                    *rows[:number],
                    [*row[:column], other, *row[column + 1 :]],
                    *rows[number + 1 :],
                ]
                assert list(spreadsheet.findings(as_csv(mutant), there)), (number, column, other)
            mutant = [*rows[:number], [*row[:column], *row[column + 1 :]], *rows[number + 1 :]]
            assert list(spreadsheet.findings(as_csv(mutant), there)), (number, column)
        for mutant in (
            [*rows[:number], *rows[number + 1 :]],
            [*rows[:number], row, *rows[number:]],
        ):
            assert list(spreadsheet.findings(as_csv(mutant), there)), number
    for place in range(len(content)):
        mutated = content[:place] + b"\t" + content[place + 1 :]
        assert list(spreadsheet.findings(mutated, there)), place


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()
