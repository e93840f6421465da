"""`verify --thorough`: what a finished PDF says by its tags is seen on its pages, and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from conftest import ROOT, Edition, make_edition, write_files
from pikepdf import Array, Dictionary, Name, Pdf
from test_footnotes import built  # noqa: F401  (a fixture)
from test_listing_mutants import rich  # noqa: F401
from test_pictures import FILES as PICTURES
from test_pictures import put
from test_scripts import scripts, vocalised  # noqa: F401
from test_tables import edition as tables  # noqa: F401

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
    assert ("Drawn and looked at" in said.out) == ("--thorough" in more and not said.err)
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


def transparent(pdf: Pdf, number: int, box: Box) -> None:
    """Let the paper shine through a line a little."""
    states = pdf.pages[number - 1].Resources.ExtGState
    states["/thin"] = Dictionary(ca=0.95)
    before_line(lambda lines, place: lines.insert(_begin(lines, place), b"/thin gs"))(
        pdf, number, box
    )


def on_a_large_sheet(pdf: Pdf, number: int, box: Box) -> None:
    """Let all pages be so large that nobody could draw them."""
    for page in pdf.pages:
        page.MediaBox = Array([0, 0, 14400, 14400])


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
    "transparent letters": (transparent, ("are cut off, or drawn transparently",)),
    "sheets of another size": (on_a_large_sheet, ("The page is not of the size of its paper, and is not drawn",)),
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
    # That the file was changed at all is found in any case.
    assert "seen" not in verify(copy, small.corpus, capsys, "--thorough")


STYLES: dict[str, tuple[str, str, str]] = {
    "pale signatures": ("signatures", ".signatures li { color: #999 }", "their contrast is 2.8:1"),
    "grey on grey": ("signatures", ".signatures { background: #ccc } .signatures li { color: #777 }", "contrast is 2."),
    "a ground of its own": ("signatures", ".signatures { background: #eee; border-radius: 4pt }", ""),
    "white on dark": ("signatures", ".signatures { background: #235; color: white }", ""),
}  # fmt: skip
"""What is added to which part of the style sheet, and what is said of it."""


@pytest.mark.parametrize(
    "kind",
    [kind if "pale" in kind else pytest.param(kind, marks=pytest.mark.slow) for kind in STYLES],
)
def test_words_that_a_corpus_of_its_own_look_hides_are_seen_missing(
    kind: str, small: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part, more, said = STYLES[kind]
    shutil.copytree(small.corpus, tmp_path / "corpus")
    style = f"styles/print/{part}.css"
    before = (ROOT / "templates" / style).read_text("utf-8")
    write_files(tmp_path / "corpus/templates", {style: f"{before}\n{more}\n"})
    edition = make_edition(tmp_path / "corpus", tmp_path / "x.pdf")
    assert verify(edition.pdf, edition.corpus, capsys) == ""
    found = verify(edition.pdf, edition.corpus, capsys, "--thorough")
    assert said in found if said else found == ""


def up_to_the_picture(pdf: Pdf, number: int, box: Box) -> None:
    """Move a line up until the picture above it covers its upper half."""
    stream = pdf.pages[number - 1].Contents[0]
    lines = stream.read_bytes().split(b"\n")
    height = float(pdf.pages[number - 1].MediaBox[3])
    place = next(
        place
        for place, line in enumerate(lines)
        if line.endswith(b" Tm") and abs(height - float(line.split()[5]) * 0.75 - box[1]) < 1
    )
    matrix = next(line for line in lines if line.endswith(b" re")).split()
    bottom = float(matrix[1]) + float(matrix[3])
    parts = lines[place].split()
    parts[5] = b"%f" % (bottom + 6)
    lines[place] = b" ".join(parts)
    stream.write(b"\n".join(lines))


def test_a_line_under_a_picture_is_seen(
    pictures: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, _ = forged(pictures, tmp_path, up_to_the_picture, "Words between.")
    found = verify(copy, pictures.corpus, capsys, "--thorough")
    assert "A picture covers the words “Words between.”" in found


def with_a_note(pdf: Pdf, number: int, box: Box) -> None:
    """Add an annotation whose appearance is a black square over a line."""
    left, bottom = box[:2]
    look = pdf.make_stream(b"0 0 0 rg 0 0 30 12 re f", Type=Name.XObject, Subtype=Name.Form)
    look.BBox = Array([0, 0, 30, 12])
    rect = [left, bottom, left + 30, bottom + 12]
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=rect, F=4, AP={"/N": look})
    page = pdf.pages[number - 1]
    page.Annots = Array([*page.get("/Annots", []), pdf.make_indirect(note)])


def test_what_an_annotation_draws_is_seen(
    small: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, _ = forged(small, tmp_path, with_a_note)
    found = verify(copy, small.corpus, capsys, "--thorough")
    assert f"Something is drawn over the words “{LINE}" in found


def of_real(folder: Path, more: str, less: str = "") -> Edition:
    """Build the project's own corpus with another line in its settings."""
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(settings.read_text("utf-8").replace(less, "") + f"\n{more}\n", "utf-8")
    return make_edition(folder / "corpus", folder / "x.pdf")


@pytest.fixture(scope="module")
def facing(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return of_real(tmp_path_factory.mktemp("facing"), "design: facing")


@pytest.fixture(scope="module")
def french(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return of_real(tmp_path_factory.mktemp("french"), "language: fr", "language: en-US\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["real", "real_on_letter", "facing", "french", "big", "pictures", "scripts", "rich", "built", "tables"],
)  # fmt: skip
def test_nothing_is_said_against_good_pages(
    name: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    one: Edition = request.getfixturevalue(name)
    assert verify(one.pdf, one.corpus, capsys, "--thorough") == ""


@pytest.mark.slow
def test_nothing_is_said_against_signs_above_letters(
    vocalised: Edition,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The upper signs of running heads were once cut off."""
    assert verify(vocalised.pdf, vocalised.corpus, capsys, "--thorough") == ""
