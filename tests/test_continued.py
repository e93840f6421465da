"""Where the index goes on in another column, its letter or its heading is repeated, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import command, write_files
from forger import Forged, opened, put, written

from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.proof.prover import Proof
from dossier.proof.readback import Readback
from dossier.proof.truth import Truth, truth_of
from dossier.stages import read

pytestmark = pytest.mark.slow
LETTERS = 31
DESIGN = """\
papers: {A4: {width: 330, height: 330, lines: 9}}
text: {measure: 240}
lists: {entries: 5}
"""
NAMES = {
    "en": ("Amnesty Union", "Zebra Society", "Aa Ab Ac Ad Ae Af Ag Ah Ba Bb Bc Bd Be Bf"),
    "ar": (
        "منظمة العفو",
        "Zebra Society",
        "باء بيان بحر برهان بناء بدر بلد بيت بريد بستان بركة Alpha Amity Beta",
    ),
}
HEAD = re.compile(rb"/Artifact\n<</Type /Pagination>>\nBDC\n.*?\nEMC\n", re.DOTALL)


@dataclass(frozen=True)
class Book:
    """A finished dossier with a long index on small pages."""

    pdf: Path
    truth: Truth
    heads: dict[int, list[str]]
    """The heads of the columns of each page."""

    def found(self, change: Callable[[Forged, list[int]], None], folder: Path) -> list[str]:
        """Return what is found once the pages that have heads were changed."""
        forged = opened(self.pdf.read_bytes())
        change(forged, [forged.content(page) for page in self.heads])
        pdf = folder / "x.pdf"
        put(written(forged), self.pdf.with_suffix(".json"), pdf)
        with Proof(pdf, "x.pdf") as proof:
            found = proof.compared(self.truth, pdf.with_suffix(".json").read_bytes())
        return [item.message for item in found]


@pytest.fixture(scope="module", params=NAMES)
def book(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Book]:
    folder, language = tmp_path_factory.mktemp("continued"), str(request.param)
    first, last, more = NAMES[language]
    others = more.split()
    files = {
        "dossier.yaml": f"title: Many\ndate: 2026-01-01\nlanguage: {language}\ndesign: tiny\n"
        "sections: [cover, contents, letters, index, bibliography]\n",
        "templates/designs/tiny.yaml": DESIGN,
    }
    for number in range(LETTERS):
        signed = [first, last, others[number % 14], others[(number + 1) % 14]]
        lines = "".join(f"  - {name}\n" for name in signed)
        files[f"letters/l{number:02}.md"] = (
            f"---\ntitle: Letter\ndate: 2020-01-{number + 1:02}\nsignatories:\n{lines}---\n\nText.\n"
        )
    write_files(folder / "corpus", files)
    pdf = folder / "many.pdf"
    assert main(command(folder / "corpus", pdf)) == 0
    corpus, _ = read(folder / "corpus", "c")
    assert corpus
    reading = Readback(pdf.read_bytes())
    pages = {number: reading.page(number).asides for number in range(1, reading.pages + 1)}
    reading.close()
    heads = {number: [said for said, _ in told] for number, told in pages.items() if told}
    assert len(heads) > 1
    yield Book(pdf, truth_of(corpus, corpus.everything, entries), heads)


def test_letters_and_headings_are_repeated_where_they_go_on(book: Book) -> None:
    told = " ".join(head.strip() for heads in book.heads.values() for head in heads)
    if book.truth.words.right_to_left:  # pdfium has its own sequence of such words
        assert told.count("تابع") > 3
        assert {"Zebra", "Society", "ب"} <= {*told.split()}
    else:
        assert "Amnesty Union (continued)" in told
        assert "A (continued)" in told


def test_a_head_that_is_missing_is_found(book: Book, tmp_path: Path) -> None:
    def change(file: Forged, contents: list[int]) -> None:
        file.redraw(contents[-1], heads_of(file, contents[-1])[-1], b"")

    found = book.found(change, tmp_path)
    assert any("A column of the index should have the head" in message for message in found), found


def test_a_head_that_reads_otherwise_is_found(book: Book, tmp_path: Path) -> None:
    def change(file: Forged, contents: list[int]) -> None:
        # The most glyphs that stand together are gone.
        head = max(heads_of(file, contents[0]), key=len)
        glyphs = max(re.findall(rb"<[0-9a-f]+>", head), key=len)
        file.redraw(contents[0], head, head.replace(glyphs, b"<>", 1))

    found = book.found(change, tmp_path)
    assert any("A column of the index should" in message for message in found), found


def test_a_head_below_the_beginning_of_its_column_is_found(book: Book, tmp_path: Path) -> None:
    def change(file: Forged, contents: list[int]) -> None:
        head = heads_of(file, contents[-1])[-1]
        place = re.search(rb"1 0 0 -1 (\S+) (\S+) Tm\n", head)
        assert place
        moved = b"1 0 0 -1 %b %g Tm\n" % (place[1], float(place[2]) + 30)
        file.redraw(contents[-1], head, head.replace(place[0], moved))

    found = book.found(change, tmp_path)
    assert any(
        "stands below the beginning" in message or "into another" in message for message in found
    ), found


def test_a_head_in_another_section_is_found(book: Book, tmp_path: Path) -> None:
    def change(file: Forged, contents: list[int]) -> None:
        head = heads_of(file, contents[-1])[-1]
        cover = file.content(1)
        file.data[cover] = re.sub(rb"((?:Q\n?)+)\Z", lambda end: head + end[0], file.data[cover])

    found = book.found(change, tmp_path)
    assert any("the head of a column where no column has one" in message for message in found), (
        found
    )


def heads_of(file: Forged, content: int) -> list[bytes]:
    """Return what draws the heads of the columns of a page."""
    return HEAD.findall(file.data[content])
