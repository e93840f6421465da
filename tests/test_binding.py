"""How a book is put together: numbers, pieces, tables; what a broken table or tree does."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import Refused, write_files
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier.bind import book, catalog, numbers, pieces
from dossier.bind.deflate import deflated
from dossier.cli.main import main

LETTER = "---\ntitle: {title}\ndate: {date}\nto: X\nsignatories: [A, B]\n---\n{text}\n"
LINE = "And so on, as [the report](https://example.org/) has it [@w], to the next page.\n\n"
FILES = {
    "dossier.yaml": "title: Three letters\n",
    "reports.yaml": "references:\n- {id: w, type: book, title: A}\n",
    **{
        f"letters/{name}.md": LETTER.format(title=name, date=f"{year}-01-01", text=LINE * 30)
        for name, year in (("a", 2012), ("b", 2013), ("c", 2014))
    },
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_files(tmp_path / "corpus", FILES)
    return tmp_path / "corpus"


def build(folder: Path, output: Path, *more: str) -> bytes:
    arguments = ["build", "--corpus", str(folder), "--output", str(output), "--jobs", "1", *more]
    assert main(arguments) == 0
    return output.read_bytes()


def streams(raw: bytes) -> set[bytes]:
    """Return all streams of a file as they stand in it, with their numbers."""
    return set(re.findall(rb"\d+ 0 obj\n[^\n]*\nstream\n.*?\nendstream\nendobj\n", raw, re.DOTALL))


def test_a_letter_at_the_end_leaves_the_others_as_they_are(written: Path, tmp_path: Path) -> None:
    before = build(written, tmp_path / "x.pdf", "--no-cache")
    (written / "letters/d.md").write_text(LETTER.format(title="d", date="2015", text=LINE))
    after = build(written, tmp_path / "x.pdf", "--no-cache")
    with pikepdf.open(io.BytesIO(before)) as pdf:
        with pdf.open_outline() as outline:
            (group,) = [mark for mark in outline.root if mark.title == "Letters"]
            firsts = [mark.destination[0].objgen[0] for mark in group.children]
        pages = {page.obj.objgen[0] for page in pdf.pages}
    with pikepdf.open(io.BytesIO(after)) as pdf:
        assert pages <= {page.obj.objgen[0] for page in pdf.pages}
    assert len(firsts) == 3
    for first in firsts:
        own, again = (
            {one for one in streams(raw) if first <= int(one.split()[0]) < first + numbers.STEPS[0]}
            for raw in (before, after)
        )
        assert len(own) >= 2
        assert own == again


def test_any_reader_finds_what_the_file_holds(written: Path, tmp_path: Path) -> None:
    raw = build(written, tmp_path / "x.pdf", "--no-cache")
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        assert not pdf.check_pdf_syntax()
        names = {str(name) for node in pdf.Root.Names.Dests.Kids for name in list(node.Names)[::2]}
        for page in pdf.pages:
            for link in page.get("/Annots", ()):
                assert "/D" not in link.A or str(link.A.D) in names


@given(
    sizes=st.lists(st.tuples(st.integers(1, 3000), st.booleans()), min_size=1, max_size=40),
    added=st.integers(1, 3000),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ranges_hold_their_objects_and_stay(sizes: list[tuple[int, bool]], added: int) -> None:
    counts, many = [size for size, _ in sizes], [letter for _, letter in sizes]
    bases, end = numbers.bases(counts, many)
    ranges = sorted(zip(bases, counts, strict=True))
    for (first, size), (after, _) in zip(ranges, [*ranges[1:], (end, 0)], strict=True):
        assert first >= numbers.FIRST and first + size <= after
    more, _ = numbers.bases([*counts, added], [*many, True])
    assert more[:-1] == bases


@pytest.mark.parametrize("count", [1, 5000, 10_000, 70_000])
def test_numbers_stay_where_readers_can_follow(count: int) -> None:
    bases, end = numbers.bases([50] * count, [True] * count)
    assert end <= numbers.LAST
    assert len(set(bases)) == count


@given(contents=st.lists(st.binary(max_size=2000), max_size=6))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_compressed_is_the_same_again(contents: list[bytes]) -> None:
    assert [zlib.decompress(one) if one else b"" for one in deflated(contents)] == contents


# --- tables and trees that are wrong ---


def off_by_one(kind: int, place: int, index: int) -> bytes:
    return TRUE_ROW(kind, place + (kind == book.PACKED), index)


def in_the_wrong_place(kind: int, place: int, index: int) -> bytes:
    return TRUE_ROW(kind, place + (kind == book.ALONE and place > 5000), index)


def without_names(sections: Any, made: Any) -> dict[int, bytes]:
    return {}


def in_another_sequence(sections: Any, made: Any) -> dict[int, bytes]:
    ((number, text),) = TRUE_PLACES(sections, made).items()
    kids = re.findall(rb"\d+ 0 R", text)
    return {number: text.replace(kids[0], b"#").replace(kids[1], kids[0]).replace(b"#", kids[1])}


def with_wrong_limits(self: Any) -> bytes:
    return re.sub(rb"/Limits \[ \S+ ", b"/Limits [ (aaa) ", TRUE_NODE(self))


def one_page_on(self: Any) -> bytes:
    return re.sub(
        rb"\[ (\d+) 0 R /XYZ", lambda match: b"[ %d 0 R /XYZ" % (int(match[1]) + 2), TRUE_NODE(self)
    )


def owned_by_others(self: Any) -> bytes:
    first, rest = TRUE_OWNERS(self).split(b"/Nums [ ", 1)
    numbers_ = re.findall(rb"\d+ \d+ 0 R", rest)
    if len(numbers_) < 2:
        return TRUE_OWNERS(self)
    swapped = b" ".join([numbers_[1], numbers_[0], *numbers_[2:]])
    return b"%b/Nums [ %b ] >>" % (first, swapped)


TRUE_ROW, TRUE_PLACES = book._row, catalog.places
TRUE_NODE, TRUE_OWNERS = pieces._Maker._places, pieces._Maker._owners
TABLE = "The file is damaged: its table does not lead to the objects in it"
LOOKED_UP = "The targets of the document’s links cannot be looked up"
WRONG: dict[str, tuple[Any, str, Callable[..., Any], str]] = {
    "object streams are confused": (book, "_row", off_by_one, TABLE),
    "an offset is wrong": (book, "_row", in_the_wrong_place, TABLE),
    "no destinations": (catalog, "places", without_names, "leads nowhere"),
    "destinations out of sequence": (catalog, "places", in_another_sequence, LOOKED_UP),
    "wrong limits": (pieces._Maker, "_places", with_wrong_limits, LOOKED_UP),
    "destinations a page on": (pieces._Maker, "_places", one_page_on, "leads "),
    "owners out of sequence": (
        pieces._Maker, "_owners", owned_by_others, "The owners of the document’s content cannot be looked up"
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_file_in_which_nothing_is_found_is_refused(
    kind: str, written: Path, refused: Refused
) -> None:
    where, name, wrong, said = WRONG[kind]
    refused(written, where, name, wrong, said)


def test_tags_that_are_wrong_are_found_beside_those_known_from_before(
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A build that knows the tags of all letters finds what has changed in one of them."""
    build(written, tmp_path / "x.pdf")
    (tmp_path / "x.pdf").unlink()
    path = written / "letters/b.md"
    path.write_text(path.read_text().replace("And so on", "And so forth", 1))
    objects = pieces._Maker._objects

    def in_another_sequence(self: Any) -> Any:
        for one in objects(self):
            if self._section == "letters/b" and one.count(b" 0 R ") > 9 and b"/S /Art" in one:
                first, second = re.findall(rb"\d+ 0 R", one)[3:5]
                one = one.replace(first, b"#").replace(second, first).replace(b"#", second)
            yield one

    monkeypatch.setattr(pieces._Maker, "_objects", in_another_sequence)
    arguments = ["--corpus", str(written), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"]
    assert main(["build", *arguments]) == 1
    assert "Letter 2 should read" in capsys.readouterr().err


@pytest.mark.slow
def test_a_piece_whose_links_lead_elsewhere_is_made_anew(written: Path, tmp_path: Path) -> None:
    build(written, tmp_path / "x.pdf")
    more = "".join(f"- {{id: w{n}, type: book, title: A{n}}}\n" for n in range(60))
    letters = "".join(f"See it [@w{n}]. " for n in range(60))
    (written / "reports.yaml").write_text(FILES["reports.yaml"] + more)
    (written / "letters/d.md").write_text(LETTER.format(title="d", date="2011", text=letters))
    warm = build(written, tmp_path / "x.pdf")
    assert warm == build(written, tmp_path / "y.pdf", "--no-cache")
