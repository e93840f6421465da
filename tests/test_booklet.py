"""Booklets: sheets that, printed and folded, are the pages of the dossier in their sequence."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import forger
import pypdfium2
import pytest
from conftest import write_files
from forger import Forged
from test_printing import files_of

from dossier import outputs_table
from dossier.bind import booklet as maker
from dossier.bind.imposition import Side, imposed
from dossier.outputs_table import OUTPUTS, Output
from dossier.pipeline import BuildRequest, build, received, verify
from dossier.proof import booklet
from dossier.proof.beside import Proved
from dossier.proof.booklet import Face, Half
from dossier.proof.tags import Finding
from dossier.records.diagnostics import CommandLineError
from dossier.records.printing import CREEP

SETTINGS = """title: Printed
packets:
  folded: {print: {booklet: 8, sides: two, recto: letters}}
  long: {paper: Letter, print: {booklet: 4, flip: long}}
"""
Made = tuple[Path, dict[str, Proved]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A folder with the corpus and its booklets, and what is proved of each, by the packet's name."""
    folder = tmp_path_factory.mktemp("booklet")
    write_files(folder / "corpus", files_of(SETTINGS))
    found: dict[str, Proved] = {}

    def noted(content: bytes, proved: Proved) -> list[Finding]:
        found[proved.truth.packet] = proved
        return booklet.findings(content, proved)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(outputs_table.OUTPUTS, "booklet", Output(OUTPUTS["booklet"].make, noted))
        build(
            BuildRequest(
                folder / "corpus", folder / "folded.pdf", jobs=1, packets=("folded", "long")
            )
        )
    return folder, found


@pytest.mark.parametrize("turned", [False, True])
def test_folded_sheets_have_all_pages_in_sequence(turned: bool) -> None:
    def half(page: int) -> Half | None:
        return Half(page, 0, 0, 1) if page else None

    for pages in range(1, 201):
        for gathering in range(4, 33, 4):
            sides = imposed(pages, gathering, turned)
            faces = [Face(half(one.left), half(one.right), False) for one in sides]
            read: list[int] = []
            for _, pile in booklet._piles(faces, pages, gathering):
                assert len(pile) <= gathering // 2
                read += booklet._leafed(pile, turned)
            assert read == [*range(1, pages + 1)] + [0] * (-pages % 4)
            assert max(one.depth for one in sides) < gathering // 4


def halves(pdf: Path, upside_down: bool) -> list[tuple[str, str]]:
    """Return the words on the left and the right of each side of a sheet, held upright."""
    found = []
    with pypdfium2.PdfDocument(pdf.read_bytes()) as book:
        for number, page in enumerate(book):
            wide, high = page.get_size()
            text = page.get_textpage()
            left, right = (
                " ".join(text.get_text_bounded(a, 0, b, high).split())
                for a, b in ((0, wide / 2), (wide / 2, wide))
            )
            found.append((right, left) if upside_down and number % 2 else (left, right))
    return found


@pytest.mark.parametrize(("name", "size"), [("folded", (841.89, 595.28)), ("long", (792, 612))])
def test_another_reader_finds_the_words_of_each_page_on_its_half(
    made: Made, name: str, size: tuple[float, float]
) -> None:
    folder, _ = made
    there = halves(folder / f"{name}.booklet.pdf", name == "long")
    with pypdfium2.PdfDocument((folder / f"{name}.pdf").read_bytes()) as book:
        words = [" ".join(page.get_textpage().get_text_bounded().split()) for page in book]
    with pypdfium2.PdfDocument((folder / f"{name}.booklet.pdf").read_bytes()) as book:
        assert all(page.get_size() == pytest.approx(size, abs=0.1) for page in book)
    sides = imposed(len(words), 8 if name == "folded" else 4, False)
    assert len(sides) == len(there)
    for side, (left, right) in zip(sides, there, strict=True):
        for page, found in ((side.left, left), (side.right, right)):
            wanted = words[page - 1] if page else ""
            assert sorted(found.split()) == sorted(wanted.split()), (side, found, wanted)


def test_inner_sheets_move_toward_the_fold(made: Made) -> None:
    raw = (made[0] / "folded.booklet.pdf").read_bytes()
    forged = forger.opened(raw)
    places = []
    for number in forged.pages[:4]:
        content = int(re.search(rb"/Contents (\d+)", forged.texts[number])[1])  # type: ignore[index]
        drawn = re.findall(rb"q \S+ 0 0 \S+ (\S+) ", forged.data[content])
        places.append({float(x) > 400: float(x) for x in drawn})
    (outer,) = {side[True] for side in places[:2] if True in side}
    (inner,) = {side[True] for side in places[2:] if True in side}
    assert inner - outer == pytest.approx(-CREEP, abs=0.001)


def test_it_is_verified_with_and_without_the_corpus(made: Made) -> None:
    for name in ("folded", "long"):
        pdf = made[0] / f"{name}.pdf"
        assert pdf.with_suffix(".booklet.pdf") in verify(pdf, made[0] / "corpus").beside
        assert not verify(pdf, made[0] / "corpus").faults
        assert not received(pdf).faults


def test_it_is_not_verified_by_itself(made: Made) -> None:
    for check in (received, lambda path: verify(path, made[0] / "corpus")):
        with pytest.raises(CommandLineError, match=r"made beside folded\.pdf"):
            check(made[0] / "folded.booklet.pdf")


def test_one_that_was_saved_anew_is_not_the_listed_one(made: Made, tmp_path: Path) -> None:
    for name in ("folded.pdf", "folded.json", "folded.booklet.pdf"):
        (tmp_path / name).write_bytes((made[0] / name).read_bytes())
    other = tmp_path / "folded.booklet.pdf"
    other.write_bytes(other.read_bytes() + b"%")
    found = [str(item) for item in verify(tmp_path / "folded.pdf", made[0] / "corpus").faults]
    assert any("is not the one that folded.json describes" in item for item in found)


def sheet(forged: Forged, number: int) -> int:
    """Return the number of what is drawn on a sheet."""
    return int(re.search(rb"/Contents (\d+)", forged.texts[forged.pages[number - 1]])[1])  # type: ignore[index]


def form(forged: Forged, place: int = 0) -> int:
    return forged.having(b"/Subtype /Form")[place]


def swapped(forged: Forged) -> None:
    one, other = form(forged), form(forged, 1)
    forged.data[one], forged.data[other] = forged.data[other], forged.data[one]


def moved(forged: Forged) -> None:
    forged.redraw(sheet(forged, 3), b" cm /P", b"1 cm /P")


def reworded(forged: Forged) -> None:
    found = next(n for n in forged.having(b"/Subtype /Form") if b"> Tj" in forged.data[n])
    forged.data[found] = re.sub(rb"<([0-9a-f]{4})> Tj", b"<0003> Tj", forged.data[found], count=1)


def hidden(forged: Forged) -> None:
    forged.data[sheet(forged, 1)] += b"\nBT /F 1 Tf 3 Tr (no) Tj ET"


def twice(forged: Forged) -> None:
    drawn = forged.data[sheet(forged, 1)].split(b"\n")
    forged.data[sheet(forged, 1)] = b"\n".join([*drawn, drawn[0]])


def linked(forged: Forged) -> None:
    link = forged.add(
        b"<< /A << /S /URI /URI (https://x.example/) >> /Rect [ 0 0 9 9 ] /Subtype /Link /Type /Annot >>"
    )
    forged.change(forged.pages[0], b"<< /Contents", b"<< /Annots [ %d 0 R ] /Contents" % link)


def scripted(forged: Forged) -> None:
    forged.change(1, b"<< /Lang", b"<< /AA << /WC << /JS (x) /S /JavaScript >> >> /Lang")


def claimed(forged: Forged) -> None:
    number = forged.having(b"/Subtype /XML")[0]
    forged.redraw(
        number, b"</rdf:Description>", b"<pdfuaid:part>1</pdfuaid:part>\n</rdf:Description>"
    )


def turned(forged: Forged) -> None:
    forged.change(1, b"/DuplexFlipShortEdge", b"/DuplexFlipLongEdge")


def other_font(forged: Forged) -> None:
    fonts = next(
        n
        for n, text in forged.texts.items()
        if re.fullmatch(rb"<< (?:/[A-Z]{6} \d+ 0 R )+>>", text)
    )
    first, second = re.findall(rb"\d+ 0 R", forged.texts[fonts])[:2]
    swapped = {first: second, second: first}
    forged.texts[fonts] = re.sub(
        rb"\d+ 0 R", lambda match: swapped.get(match[0], match[0]), forged.texts[fonts]
    )


def unused(forged: Forged) -> None:
    forged.add(b"<< /Lang (en) >>")


FORGERIES = (
    swapped, moved, reworded, hidden, twice, linked, scripted, claimed, turned, other_font, unused,
)  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_booklet_is_found(made: Made, forge: Callable[[Forged], None]) -> None:
    folder, proved = made
    raw = (folder / "folded.booklet.pdf").read_bytes()
    # What is only written in another way is not found: a forgery is found by what it says.
    assert not booklet.findings(forger.written(forger.opened(raw)), proved["folded"])
    forged = forger.opened(raw)
    forge(forged)
    changed = forger.written(forged)
    assert changed != raw
    assert booklet.findings(changed, proved["folded"])


def test_a_damaged_booklet_is_found(made: Made) -> None:
    folder, proved = made
    raw = (folder / "folded.booklet.pdf").read_bytes()
    assert booklet.findings(raw + b"\n", proved["folded"])
    assert booklet.findings(raw[:-500], proved["folded"])
    assert booklet.findings(b"", proved["folded"])


def in_pairs(pages: int, gathering: int, turned: bool) -> list[Side]:
    """Impose as if sheets were not folded."""
    return [Side(n, n + 1, bool(n // 2 % 2), 0) for n in range(1, pages + 1, 2)]


def mirrored(pages: int, gathering: int, turned: bool) -> list[Side]:
    return imposed(pages, gathering, not turned)


def one_gathering(pages: int, gathering: int, turned: bool) -> list[Side]:
    return imposed(pages, 2 * gathering, turned)


def flat(pages: int, gathering: int, turned: bool) -> list[Side]:
    return [dataclasses.replace(side, depth=0) for side in imposed(pages, gathering, turned)]


@pytest.mark.parametrize("broken", [in_pairs, mirrored, one_gathering, flat])
def test_a_printer_that_imposes_wrongly_is_found(
    made: Made, broken: Callable[[int, int, bool], list[Side]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, proved = made
    monkeypatch.setattr(maker, "imposed", broken)
    printing = proved["folded"].truth.publication.printing
    assert printing
    wrong = maker.booklet((folder / "folded.pdf").read_bytes(), printing, False)
    assert booklet.findings(wrong, proved["folded"])
    monkeypatch.undo()
    right = maker.booklet((folder / "folded.pdf").read_bytes(), printing, False)
    assert right == (folder / "folded.booklet.pdf").read_bytes()
