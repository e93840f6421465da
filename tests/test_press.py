"""Files for a print shop: boxes, crop marks, one black ink, and the clauses of PDF/X-4."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import forger
import pikepdf
import pypdfium2
import pytest
from conftest import write_files
from forger import Forged
from PIL import Image, ImageCms
from test_printing import files_of

from dossier import outputs_table
from dossier.bind import press as maker
from dossier.outputs_table import OUTPUTS, Output
from dossier.pipeline import BuildRequest, build, received, verify
from dossier.proof import press
from dossier.proof.beside import Proved
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.records.printing import MM, Print

SETTINGS = """title: Printed
format: 2
packets:
  shop: {print: {bleed: 4mm, marks: true, sides: two, recto: letters}}
  marked: {print: {marks: true}}
  bled: {paper: Letter, print: {bleed: 3mm}}
"""
PICTURES = (
    "\n![Red and blue](pictures/a.png)\n\n![Green](pictures/b.jpg)\n\n![Grey](pictures/c.png)\n"
)
SIGNED = "[{organization: C, country: JP}, {organization: D, country: KR}]"
PICTURED = f"---\ntitle: Pictures\ndate: 2012\nto: X\nsignatories: {SIGNED}\n---\nText.\n{PICTURES}"
Made = tuple[Path, dict[str, Proved]]


def draw(folder: Path) -> None:
    folder.mkdir(parents=True)
    halves = Image.new("RGB", (300, 200), (200, 20, 20))
    halves.paste((20, 20, 200), (150, 0, 300, 200))
    halves.save(folder / "a.png")
    Image.radial_gradient("L").resize((240, 160)).convert("RGB").save(folder / "b.jpg")
    Image.linear_gradient("L").resize((240, 160)).save(folder / "c.png")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A folder with the corpus and its files, and what is proved of each, by the packet's name."""
    folder = tmp_path_factory.mktemp("press")
    write_files(folder / "corpus", files_of(SETTINGS) | {"letters/p.md": PICTURED})
    draw(folder / "corpus/pictures")
    found: dict[str, Proved] = {}

    def noted(content: bytes, proved: Proved) -> list[Finding]:
        found[proved.truth.packet] = proved
        return press.findings(content, proved)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(outputs_table.OUTPUTS, "press", Output(OUTPUTS["press"].make, noted))
        names = ("shop", "marked", "bled")
        build(BuildRequest(folder / "corpus", folder / "shop.pdf", jobs=1, packets=names))
    return folder, found


@pytest.mark.parametrize(
    ("name", "bleed", "out"), [("shop", 4, 9), ("marked", 0, 8), ("bled", 3, 3)]
)
def test_the_boxes_are_right_to_a_tenth_of_a_millimetre(
    made: Made, name: str, bleed: float, out: float
) -> None:
    width, height = (612, 792) if name == "bled" else (210 * MM, 297 * MM)
    with pikepdf.open(made[0] / f"{name}.press.pdf") as pdf:
        for page in pdf.pages:
            for key, beyond in (("MediaBox", out), ("BleedBox", bleed), ("TrimBox", 0)):
                low = (out - beyond) * MM
                wanted = [low, low, (out + beyond) * MM + width, (out + beyond) * MM + height]
                assert list(map(float, page.obj[f"/{key}"])) == pytest.approx(wanted, abs=0.1 * MM)


def test_the_pages_are_grey_and_their_words_black(made: Made) -> None:
    with pypdfium2.PdfDocument((made[0] / "shop.press.pdf").read_bytes()) as book:
        for page in book:
            drawn = page.render(scale=0.5).to_pil().convert("RGB")
            assert all(red == green == blue for _, (red, green, blue) in drawn.getcolors(99999))
    with pikepdf.open(made[0] / "shop.press.pdf") as pdf:
        for page in pdf.pages:
            fill, saved = [0.0], []
            for operands, operator in pikepdf.parse_content_stream(page):
                match str(operator):
                    case "g":
                        fill = [float(operands[0])]
                    case "q":
                        saved.append(fill)
                    case "Q":
                        fill = saved.pop()
                    case "TJ" | "Tj":
                        assert fill == [0.0]
                    case other:
                        assert other not in ("rg", "RG", "k", "K", "cs", "CS", "scn", "SCN")


def test_crop_marks_stand_outside_of_the_bleed(made: Made) -> None:
    for name, marked in (("shop", True), ("bled", False)):
        with pypdfium2.PdfDocument((made[0] / f"{name}.press.pdf").read_bytes()) as book:
            page = book[1]  # blank, and its marks
            drawn = page.render(scale=4).to_pil().convert("L")
            wide, high = drawn.size
            inside = drawn.crop(
                (int(6 * MM * 4), int(6 * MM * 4), wide - int(6 * MM * 4), high - int(6 * MM * 4))
            )
            if marked:
                assert inside.getextrema()[0] == 255
                for x in (9 * MM * 4, wide - 9 * MM * 4):
                    strip = drawn.crop((int(x) - 3, 0, int(x) + 3, int(4 * MM * 4)))
                    assert strip.getextrema()[0] < 200
            else:
                assert drawn.crop((0, 0, wide, 8)).getextrema()[0] == 255


def test_the_profile_is_read_by_another_library() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(maker.profile())).profile
    assert (profile.device_class, profile.xcolor_space.strip()) == ("prtr", "GRAY")


def test_it_is_verified_with_and_without_the_corpus(made: Made) -> None:
    for name in ("shop", "marked", "bled"):
        pdf = made[0] / f"{name}.pdf"
        assert pdf.with_suffix(".press.pdf") in verify(pdf, made[0] / "corpus").beside
        assert not verify(pdf, made[0] / "corpus").faults
        assert not received(pdf).faults


def contents(forged: Forged) -> list[int]:
    return [
        int(re.search(rb"/Contents (\d+)", forged.texts[page])[1])  # type: ignore[index]
        for page in forged.pages
    ]


def where(forged: Forged, words: bytes) -> int:
    return next(number for number in contents(forged) if words in forged.data[number])


def trimmed(forged: Forged) -> None:
    forged.texts[forged.pages[2]] = re.sub(
        rb"/TrimBox \[ \S+", b"/TrimBox [ 26.1", forged.texts[forged.pages[2]]
    )


def coloured(forged: Forged) -> None:
    number = where(forged, b"\n0 g\nBT")
    forged.redraw(number, b"\n0 g\nBT", b"\n0.5 g\nBT")


def red(forged: Forged) -> None:
    number = where(forged, b"\n0 g\nBT")
    forged.redraw(number, b"\n0 g\nBT", b"\n1 0 0 rg\nBT")


def paler(forged: Forged) -> None:
    number = where(forged, b" re\nf\n")
    forged.data[number] = re.sub(rb"\n0\.\d+ g\n", b"\n0.9 g\n", forged.data[number])


def reworded(forged: Forged) -> None:
    number = where(forged, b"] TJ")
    forged.data[number] = re.sub(rb"<([0-9a-f]{4})", b"<0003", forged.data[number], count=1)


def unmarked(forged: Forged) -> None:
    number = contents(forged)[0]
    forged.data[number] = forged.data[number].rsplit(b"\n0 G", 1)[0]


def mark_moved(forged: Forged) -> None:
    number = contents(forged)[0]
    head, last = forged.data[number].rsplit(b"0.25 w ", 1)
    forged.data[number] = head + b"0.25 w 9" + last


def pictured_otherwise(forged: Forged) -> None:
    number = forged.having(b"/Subtype /Image", b"/FlateDecode")[0]
    height = int(re.search(rb"/Height (\d+)", forged.texts[number])[1])  # type: ignore[index]
    width = int(re.search(rb"/Width (\d+)", forged.texts[number])[1])  # type: ignore[index]
    forged.texts[number] = re.sub(rb"/DecodeParms << [^>]*>> ", b"", forged.texts[number])
    forged.data[number] = zlib.compress(bytes([128]) * (width * height))


def tagged(forged: Forged) -> None:
    forged.change(1, b"/Type /Catalog", b"/MarkInfo << /Marked true >> /Type /Catalog")


def conforming(forged: Forged) -> None:
    number = forged.having(b"/Subtype /XML")[0]
    forged.redraw(number, b"<pdf:Trapped>", b"<pdfaid:part>2</pdfaid:part>\n<pdf:Trapped>")


def named(forged: Forged) -> None:
    forged.change(6, b"/Trapped /False", b"/Trapped /True")


FORGERIES = (
    trimmed, coloured, red, paler, reworded, unmarked, mark_moved, pictured_otherwise, tagged,
    conforming, named,
)  # fmt: skip


def rewritten(forged: Forged) -> bytes:
    """Return a forged file with the header of the true one, and the identifier mended."""
    return forger.written(forged, b"1.6")


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_file_is_found(made: Made, forge: Callable[[Forged], None]) -> None:
    folder, proved = made
    raw = (folder / "shop.press.pdf").read_bytes()
    assert not press.findings(rewritten(forger.opened(raw)), proved["shop"])
    forged = forger.opened(raw)
    forge(forged)
    changed = rewritten(forged)
    assert press.findings(changed, proved["shop"])


BREAKS: dict[str, tuple[bytes, bytes]] = {
    "the metadata name PDF/X-4": (b"PDF/X-4<", b"PDF/X-1<"),
    "the metadata identify document, version and rendition": (b"xmpMM:VersionID>", b"xmpMM:Version>"),
    "title, dates, creator and producer are stated": (b"/Creator (", b"/Author (" ),
    "the dates of metadata and information agree": (b"<xmp:ModifyDate>2", b"<xmp:ModifyDate>1"),
    "it says whether it is trapped, twice": (b"<pdf:Trapped>False", b"<pdf:Trapped>True"),
    "it has one output intent": (b"/S /GTS_PDFX ", b"/S /GTS_PDFA1 "),
    "the output intent is identified and described": (b"/Info (One black ink) ", b""),
    "the profile of the output is embedded, that of a printer": (b"prtr", b"mntr"),
    "each page has its boxes, one in the other": (b"/BleedBox [ 14", b"/BleedBox [ 34"),
    "no page has an art box beside the trim box": (b"/TrimBox", b"/ArtBox [ 0 0 9 9 ] /TrimBox"),
    "only shades of grey are used": (b"\n0 g\n", b"\n0 0 0 1 k\n"),
    "all fonts are embedded": (b"/FontFile2", b"/FontFyle2"),
    "nothing is transparent": (b"/ca 1", b"/ca .5"),
    "there are no annotations and no forms": (b"/Type /Page ", b"/Annots [ ] /Type /Page "),
    "there are no actions and no scripts": (b"/Type /Catalog", b"/OpenAction [ ] /Type /Catalog"),
    "there are no transfer functions and halftones": (b"/ca 1", b"/ca 1 /TR2 /Default"),
    "there are no alternate pictures, proxies and PostScript": (b"/Subtype /Image", b"/Alternates [ ] /Subtype /Image"),
    "nothing is outside of the file": (b"/Type /Catalog", b"/F (x) /Type /Catalog"),
    "nothing is compressed with LZW": (b"/Type /Catalog", b"/Z /LZWDecode /Type /Catalog"),
    "there are no layers": (b"/Type /Catalog", b"/OCProperties << >> /Type /Catalog"),
}  # fmt: skip
ELSEWHERE = {"the version of PDF is 1.6 or less", "it is not encrypted", "it has an identifier"}


def test_every_clause_can_be_broken(made: Made) -> None:
    assert BREAKS.keys() | ELSEWHERE == press.CLAUSES.keys()
    raw = (made[0] / "shop.press.pdf").read_bytes()
    assert not list(press.clauses(Objects(raw)))
    for clause, (old, new) in BREAKS.items():
        forged = forger.opened(raw)
        for number in sorted(forged.texts):
            if old in forged.texts[number]:
                forged.texts[number] = forged.texts[number].replace(old, new, 1)
                break
            if old in forged.data.get(number, b""):
                forged.data[number] = forged.data[number].replace(old, new, 1)
                break
        else:
            raise AssertionError(clause)
        found = [said for _, said in press.clauses(Objects(rewritten(forged)))]
        assert any(clause in said for said in found), (clause, found)
    assert any(
        "1.6" in said for _, said in press.clauses(Objects(forger.written(forger.opened(raw))))
    )
    assert press.alone(raw[:-1], {}) and press.alone(raw + b"%", {})


def all_black(content: bytes) -> bytes:
    return re.sub(
        rb"(?m)^[\d.]+ [\d.]+ [\d.]+ (rg|RG)$",
        lambda m: b"0 " + m[1][:1].lower() if m[1] == b"rg" else b"0 G",
        content,
    )


def still_coloured(content: bytes) -> bytes:
    return content


def luminous(content: bytes) -> bytes:
    return re.sub(rb"(?m)^0 g$", b"0.2 g", maker_grey(content))


maker_grey = maker.grey


@pytest.mark.parametrize("broken", [all_black, still_coloured, luminous])
def test_a_printer_that_errs_is_found(
    made: Made, broken: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, proved = made
    printing = proved["shop"].truth.publication.printing
    assert printing
    monkeypatch.setattr(maker, "grey", broken)
    assert press.findings(maker.press((folder / "shop.pdf").read_bytes(), printing), proved["shop"])
    monkeypatch.undo()
    right = maker.press((folder / "shop.pdf").read_bytes(), printing)
    assert right == (folder / "shop.press.pdf").read_bytes()
    other = maker.press((folder / "shop.pdf").read_bytes(), Print(bleed="3mm", marks="true"))
    assert press.findings(other, proved["shop"])
