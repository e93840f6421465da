"""How packets are printed: sides, blank pages, gutter, holes and staples; each proved from the pages."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import forger
import pikepdf
import pytest
from conftest import ENGLISH, default_design, write_files
from reader import Reading

from dossier.bind import binder, furniture
from dossier.compile import printing as compiled
from dossier.pipeline import BuildRequest, build, received, verify
from dossier.proof import printing
from dossier.proof.readback import Page
from dossier.records import placement
from dossier.records.diagnostics import RefusedError, Severity
from dossier.records.furniture import Furniture
from dossier.records.printing import MM, Print
from dossier.records.publication import Publication

LINE = "And so on, as [the report](https://example.org/) has it, to the next page.\n\n"
PACKETS = """title: Printed
packets:
  two: {print: {sides: two}}
  apart: {print: {sides: two, recto: sections}}
  each: {print: {sides: two, recto: letters, gutter: 10mm, holes: 4, staple: true}}
  centred: {print: {recto: letters}}
  single: {design: facing, print: {sides: one, gutter: 0.5in}}
"""


def files_of(settings: str = PACKETS) -> dict[str, str]:
    head = "date: 2012\nto: X\nsignatories: [A, B]\n"
    return {
        "dossier.yaml": settings,
        "letters/a.md": f"---\ntitle: One\n{head}---\n{LINE}",
        "letters/b.md": f"---\ntitle: Two\n{head}---\n{LINE * 42}",
        "letters/c.md": f"---\ntitle: Three\n{head}---\n{LINE}",
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the corpus, and beside it all its packets."""
    folder = tmp_path_factory.mktemp("printing")
    write_files(folder / "corpus", files_of())
    build(BuildRequest(folder / "corpus", folder / "dossier.pdf", jobs=1, all_packets=True))
    return folder


def sections_of(pdf: Path) -> dict[str, range]:
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    return {
        one["id"]: range(one["first_page"], one["last_page"] + 1) for one in listing["sections"]
    }


def left_of(reading: Reading, number: int) -> float:
    """Return where the text of a page begins."""
    words = reading.plumber.pages[number - 1].extract_words()
    return float(min(word["x0"] for word in words if 80 < word["top"] < 700))


@pytest.mark.parametrize("name", ["two", "apart", "each", "centred", "single"])
def test_every_file_is_verified_with_and_without_its_corpus(built: Path, name: str) -> None:
    pdf = built / f"{name}.pdf"
    assert not verify(pdf, built / "corpus", thorough=True).faults
    assert not received(pdf).faults


def test_what_begins_on_a_recto(built: Path) -> None:
    plain = sections_of(built / "two.pdf")
    assert any(span.start % 2 == 0 for span in plain.values())
    apart, each = sections_of(built / "apart.pdf"), sections_of(built / "each.pdf")
    assert {key: len(span) for key, span in plain.items()} == {
        key: len(span) for key, span in each.items()
    }
    assert all(span.start % 2 for span in each.values())
    assert sections_of(built / "centred.pdf") == each
    letters = [key for key in apart if key.startswith("letters/")]
    assert all(span.start % 2 for key, span in apart.items() if key not in letters[1:])
    assert [apart[key].start for key in letters[1:]] == [
        apart[letters[0]].stop, apart[letters[1]].stop,
    ]  # fmt: skip


def test_a_blank_page_counts_and_says_nothing(built: Path) -> None:
    reading = Reading(built / "each.pdf")
    printed = {page for span in sections_of(built / "each.pdf").values() for page in span}
    blank = set(range(1, reading.pages + 1)) - printed
    assert blank and all(number % 2 == 0 for number in blank)
    for number in blank:
        page = reading.plumber.pages[number - 1]
        assert not page.objects.get("char") and not page.rects and not page.lines
        assert "/Contents" not in reading.pdf.pages[number - 1]
    for number in printed:
        assert reading.text(number).split()[-1] == str(number)


def test_sides_and_gutter_move_text_and_furniture(built: Path) -> None:
    side = default_design().side("A4")
    shift = default_design().furniture.two_sided.shift
    for name, recto, verso in (
        ("two", shift, -shift),
        ("each", shift + 5 * MM, -shift - 5 * MM),
        ("centred", 0.0, 0.0),
        ("single", 18.0, 18.0),
    ):
        reading = Reading(built / f"{name}.pdf")
        span = sections_of(built / f"{name}.pdf")["letters/b"]
        for number in span[:2]:
            wanted = side + (recto if number % 2 else verso)
            assert left_of(reading, number) == pytest.approx(wanted, abs=1), (name, number)
            folio = reading.plumber.pages[number - 1].extract_words()[-1]
            if name in ("two", "each"):
                edge = folio["x1"] if number % 2 else folio["x0"]
                end = wanted + (default_design().text.measure if number % 2 else 0)
                assert edge == pytest.approx(end, abs=1)
    layouts = {}
    for name in ("two", "centred", "single"):
        with pikepdf.open(built / f"{name}.pdf") as pdf:
            layouts[name] = str(pdf.Root.PageLayout)
    assert layouts == {"two": "/TwoPageRight", "centred": "/SinglePage", "single": "/SinglePage"}


def placed(wishes: Print, **changed: object) -> Furniture:
    design = default_design()
    own = design.furniture.model_copy(update=changed)
    design = design.model_copy(update={"furniture": own})
    publication = Publication(title="?", print=wishes)
    mine = placement.furniture(design, publication, turned=False)
    assert mine == printing.furniture_of(design, publication, False)
    return mine


def test_holes_and_staples_move_only_what_stands_in_their_way() -> None:
    assert placed(Print(holes="4", staple="true")).inward == 0
    near = {"sides": "facing", "shift": -60.0}
    assert placed(Print(holes="2"), **near).inward == pytest.approx(
        20 * MM - (default_design().side("A4") - 60), abs=0.01
    )
    assert placed(Print(staple="true"), **near).inward == 0  # the head stands below it
    assert placed(Print(staple="true"), head_line=50.0, **near).inward > 12
    # A gutter that leaves room enough is room enough.
    assert placed(Print(gutter="20mm", holes="2"), **near).inward == pytest.approx(
        10 * MM, abs=0.01
    )


@pytest.mark.parametrize("count", [2, 3, 4])
def test_what_stands_in_a_hole_is_found(count: int) -> None:
    wishes = Publication(title="?", print=Print(holes=str(count), staple="true"))
    single = default_design().placed_furniture
    turned = dataclasses.replace(single, turned=True)
    facing = dataclasses.replace(single, sides="facing")
    paper = (595.276, 841.89)

    def found(furniture: Furniture, number: int, x: float, y: float) -> list[str]:
        page = Page({0: ("words", (x, y, x + 5, y + 10))}, False, (), (), (), (), (), ())
        return [said for _, said in printing.clear(furniture, wishes, number, page, paper)]

    apart = 108 * MM if count == 3 else 80 * MM
    for place in range(count):
        y = paper[1] / 2 + (place - (count - 1) / 2) * apart
        assert found(single, 2, 12 * MM, y) and found(turned, 1, paper[0] - 13 * MM, y)
        assert found(facing, 2, paper[0] - 13 * MM, y) and not found(
            facing, 1, paper[0] - 13 * MM, y
        )
        assert not found(single, 1, 12 * MM, y - 30) and not found(single, 1, 18 * MM, y)
    assert found(single, 1, 10 * MM, paper[1] - 12 * MM) == [
        "Something stands where the staple goes"
    ]


def wrong_side(placed: Furniture, page: int) -> float:
    return -placed.shift - placed.inward if page % 2 else placed.shift + placed.inward


def half_the_gutter(placed: Furniture, page: int) -> float:
    return (placed.shift + placed.inward / 2) * (1 if page % 2 else -1)


def folio_too(book: binder.Book, paper: tuple[float, float]) -> int:
    number, content = book.number(), book.number()
    book.add_streams(content, [(b"", b"0 0 m 9 9 l S")])
    box = b"[ 0 0 %g %g ]" % paper
    entries = (
        b"/BleedBox %b /Contents [ %d 0 R ] /MediaBox %b /Parent 2 0 R /Resources << >> /TrimBox %b"
    )
    book.add_objects(number, [b"<< %b /Type /Page >>" % (entries % (box, content, box, box))])
    return number


@pytest.mark.parametrize(
    ("at", "name", "broken", "message"),
    [
        (furniture, "outward", wrong_side, "wrong place"),
        (furniture, "outward", half_the_gutter, "not in its place"),
        (binder, "_add_blank", folio_too, "should be blank"),
        (
            compiled, "begins_on_recto", lambda publication: lambda is_letter, is_first: False,
            "do not follow those before",
        ),
    ],
)  # fmt: skip
def test_a_printer_that_errs_is_refused(
    at: object, name: str, broken: object, message: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write_files(tmp_path / "corpus", files_of())
    monkeypatch.setattr(at, name, broken)
    request = BuildRequest(tmp_path / "corpus", tmp_path / "x.pdf", jobs=1, packets=("each",))
    with pytest.raises(RefusedError) as error:
        build(dataclasses.replace(request, cache=False))
    assert any(message in str(item) for item in error.value.diagnostics), error.value.diagnostics


LINKS = """---
title: Links
date: 2012
to: X
---
As [the report](https://example.org/report?a=1) says, and <https://example.org/plain>, and
[www.example.org/shown](https://www.example.org/shown/), and [the *report*](https://example.org/report?a=1),
and [write](mailto:desk@example.org), twice [write](mailto:desk@example.org).[^1]

[^1]: See [there](https://example.org/note).
"""
LISTED = [
    ("the report", "https://example.org/report?a=1"),
    ("write", "desk@example.org"),
    ("there", "https://example.org/note"),
]


def test_addresses_that_words_hide_are_listed_behind_the_letter(tmp_path: Path) -> None:
    settings = "title: T\nformat: 2\npackets:\n  paper: {print: {marks: true}}\n"
    write_files(tmp_path / "corpus", {"dossier.yaml": settings, "letters/a.md": LINKS})
    packets = ("paper", "dossier")
    build(BuildRequest(tmp_path / "corpus", tmp_path / "paper.pdf", jobs=1, packets=packets))
    words = {}
    for name in packets:
        first = sections_of(tmp_path / f"{name}.pdf")["letters/a"].start
        words[name] = Reading(tmp_path / f"{name}.pdf").flat(first)
    heading = ENGLISH("editorial_addresses").replace(" ", "")
    assert heading not in words["dossier"] and "https://example.org/note" not in words["dossier"]
    there = words["paper"].partition(heading)[2]
    for said, address in LISTED:
        assert f"{said.replace(' ', '')}:{address}" in there
        assert there.count(address) == 1
    assert "plain" not in there and "shown" not in there
    assert heading not in (tmp_path / "paper.html").read_text(encoding="utf-8").replace(" ", "")
    assert not verify(tmp_path / "paper.pdf", tmp_path / "corpus").faults


@pytest.mark.parametrize("kept", [(), slice(1), slice(None, None, -1)])
def test_addresses_that_are_lost_or_exchanged_are_found(
    kept: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = "title: T\nformat: 2\nprint: {sides: two}\n"
    write_files(tmp_path / "corpus", {"dossier.yaml": settings, "letters/a.md": LINKS})
    true = compiled.hidden_addresses
    monkeypatch.setattr(
        compiled, "hidden_addresses",
        lambda body: true(body)[kept] if isinstance(kept, slice) else (),
    )  # fmt: skip
    with pytest.raises(RefusedError):
        build(BuildRequest(tmp_path / "corpus", tmp_path / "x.pdf", jobs=1, cache=False))


def written_on(forged: forger.Forged) -> bytes:
    """Write a hidden line on a blank page."""
    number = next(page for page in forged.pages if b"/Contents" not in forged.texts[page])
    content = forged.content(1)
    forged.change(number, b" /MediaBox", b" /Contents [ %d 0 R ] /MediaBox" % content)
    return forger.written(forged)


def blanked(forged: forger.Forged) -> bytes:
    """Take away what a page shows."""
    blank = next(
        text for text in map(forged.texts.get, forged.pages) if text and b"/Contents" not in text
    )
    forged.texts[forged.pages[0]] = blank
    return forger.written(forged)


def swapped(forged: forger.Forged) -> bytes:
    """Exchange a blank page and the one behind it."""
    place = next(n for n, page in enumerate(forged.pages) if b"/Contents" not in forged.texts[page])
    kids = b"%d 0 R %d 0 R"
    pair = tuple(forged.pages[place : place + 2])
    forged.change(2, kids % pair, kids % pair[::-1])
    return forger.written(forged)


def of_another_version(forged: forger.Forged) -> bytes:
    return forger.written(forged, b"1.6")


@pytest.mark.parametrize("forge", [written_on, blanked, swapped, of_another_version])
def test_a_forged_file_with_blank_pages_is_found(
    built: Path, forge: Callable[[forger.Forged], bytes], tmp_path: Path
) -> None:
    true = built / "each.pdf"
    same = forger.written(forger.opened(true.read_bytes()))
    for raw, is_right in ((same, True), (forge(forger.opened(true.read_bytes())), False)):
        forger.put(raw, true.with_suffix(".json"), tmp_path / "each.pdf")
        found = verify(tmp_path / "each.pdf", built / "corpus").faults
        wrong = [item for item in found if item.severity is Severity.ERROR]
        assert (not wrong) == is_right, wrong
