"""`verify --thorough`: what a finished PDF says by its tags is seen on its pages, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition, make_edition, write_files
from pikepdf import Array, Pdf
from test_pictures import FILES as PICTURES
from test_pictures import put

from dossier.cli.main import main
from dossier.outputs.checksums import checksums
from dossier.proof import readback
from dossier.proof.readback import Box

Damage = Callable[[Pdf, int, Box], None]
LINE = "We ask that every prisoner be released at once"
LETTER = f"""---
title: To the commission
date: 2012-01-08
to: The Commission
signatories: ["Union of Letters (Japan)", "Circle of Friends (South Korea)"]
---
{LINE}. {"A sentence that fills the paragraph follows. " * 9}

And ~~nothing~~ else.
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("seen")
    texts = {"dossier.yaml": "title: Seen\nformat: 2\n", "letters/one.md": LETTER}
    write_files(folder / "corpus", texts)
    return make_edition(folder / "corpus", folder / "x.pdf")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("pictures")
    return make_edition(put(folder / "corpus", PICTURES), folder / "x.pdf")


def verify(pdf: Path, corpus: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """Return what `verify` says against a PDF; nothing where it finds nothing."""
    capsys.readouterr()
    status = main(["verify", str(pdf), "--corpus", str(corpus), *more])
    said = capsys.readouterr()
    assert status == (1 if said.err else 0)
    assert ("Drawn, its pages show" in said.out) == ("--thorough" in more and not said.err)
    return said.err


def place_of(pdf: Path, words: str) -> tuple[int, Box]:
    """Return the page and the box of a text that begins with some words."""
    book = readback.Readback(pdf.read_bytes())
    try:
        for number in range(1, book.pages + 1):
            for text, box in book.page(number).texts.values():
                if text.startswith(words):
                    return number, box
    finally:
        book.close()
    raise AssertionError(words)


def forged(edition: Edition, folder: Path, damage: Damage, words: str = LINE) -> tuple[Path, int]:
    """Return a damaged copy, with the listing and the checksums that a forger would mend, and its page."""
    for path in edition.pdf.parent.glob("x.*"):
        shutil.copy(path, folder)
    copy = folder / edition.pdf.name
    number, box = place_of(edition.pdf, words)
    with Pdf.open(edition.pdf) as pdf:
        damage(pdf, number, box)
        pdf.save(copy, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    listing = copy.with_suffix(".json")
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    listing.write_text(listing.read_text("utf-8").replace(edition.json["sha256"], digest), "utf-8")
    files = [path for path in sorted(folder.glob("x.*")) if path.suffix not in (".sha256", ".json")]
    listed = [*(path for path in files if path.suffix == ".pdf"), *files, listing]
    copy.with_suffix(".sha256").write_bytes(checksums({path: path.read_bytes() for path in listed}))
    return copy, number


def drawn(operators: Callable[[Box], str]) -> Damage:
    """Return a damage that draws something over all that stands on a page."""

    def damage(pdf: Pdf, number: int, box: Box) -> None:
        page = pdf.pages[number - 1]
        more = pdf.make_stream(f"q {operators(box)} Q".encode())
        first, *others = page.Contents
        page.Contents = Array([first, more, *others])

    return damage


def rectangle(colour: str, left: float, bottom: float, wide: float, high: float) -> str:
    return f"{colour} rg {left:.2f} {bottom:.2f} {wide:.2f} {high:.2f} re f"


def before_line(change: Callable[[list[bytes], int], None]) -> Damage:
    """Return a damage to the lines of a page's content, of which the longest text is given."""

    def damage(pdf: Pdf, number: int, box: Box) -> None:
        stream = pdf.pages[number - 1].Contents[0]
        lines = stream.read_bytes().split(b"\n")
        shown = [place for place, line in enumerate(lines) if line.endswith(b"TJ")]
        change(lines, max(shown, key=lambda place: len(lines[place])))
        stream.write(b"\n".join(lines))

    return damage


def coloured(colour: bytes) -> Damage:
    def change(lines: list[bytes], place: int) -> None:
        lines[place] = b"%b rg %b 0 0 0 rg" % (colour, lines[place])

    return before_line(change)


FORGERIES: dict[str, tuple[Damage, tuple[str, ...]]] = {
    "white letters": (coloured(b"1 1 1"), ("can hardly be seen: their contrast is 1.0:1",)),
    "light grey letters": (coloured(b".467 .467 .467"), ("their contrast is 4.4:1",)),
    "a white rectangle over a line": (
        drawn(lambda box: rectangle("1 1 1", box[0], box[1], box[2] - box[0], 12)),
        (f"The words “{LINE}", "their contrast is 1.0:1", "A shape is drawn that is no line, bar or picture"),
    ),
    "a white rectangle over three letters": (
        drawn(lambda box: rectangle("1 1 1", box[0] + 30, box[1], 15, 12)),
        (f"The words “{LINE}", "their contrast is 1.0:1"),
    ),
    "a thin white line over a line": (
        drawn(lambda box: rectangle("1 1 1", box[0], box[1] + 4, box[2] - box[0], 1.5)),
        ("their contrast is 1.0:1",),
    ),
    "a line of the design in the margin": (
        drawn(lambda box: rectangle(".7333 .7333 .7333", 20, 400, 40, 1)),
        ("A rule is drawn in the margin, 7 mm from the left and 15",),
    ),
    "a block in the margin": (
        drawn(lambda box: rectangle("0 0 0", 20, 400, 9, 9)), ("A shape is drawn", "7 mm from the left and 15"),
    ),
    "a curve between the lines": (
        drawn(lambda box: "1 w 200 300 m 220 340 240 340 260 300 c S"), ("A shape is drawn",),
    ),
    "black lines over a line": (
        drawn(lambda box: " ".join(rectangle("0 0 0", box[0], box[1] + up, 200, 1.5) for up in (1, 3, 5, 7))),
        (f"Lines cover the words “{LINE}",),
    ),
    "a bar in a letter": (
        drawn(lambda box: rectangle(".3569 .1373 .2", 200, 200, 60, 9)), ("A shape is drawn",),
    ),
    "a line that is cut off": (
        before_line(lambda lines, place: lines.insert(_begin(lines, place), b"0 0 250 2000 re W n")),
        ("are cut off",),
    ),
}  # fmt: skip


def _begin(lines: list[bytes], place: int) -> int:
    return max(number for number in range(place) if lines[number].endswith(b"BT"))


def test_a_good_file_is_seen_as_it_should(
    small: Edition, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(small.pdf, small.corpus, capsys, "--thorough") == ""


@pytest.mark.parametrize("kind", FORGERIES)
def test_what_hides_words_or_adds_marks_is_seen(
    kind: str, small: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, said = FORGERIES[kind]
    copy, number = forged(small, tmp_path, damage)
    found = verify(copy, small.corpus, capsys, "--thorough")
    for words in said:
        assert words in found
    assert f"x.pdf:{number}:0: error: " in found and "(Letter 1, “To the commission”)" in found
    assert "x.sha256" not in found and "x.json" not in found


def test_grey_of_just_enough_contrast_is_ink(
    small: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, _ = forged(small, tmp_path, coloured(b".463 .463 .463"))
    assert verify(copy, small.corpus, capsys, "--thorough") == ""
