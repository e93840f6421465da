"""Makes the file for a print shop: a bound dossier's pages in one black ink, with bleed and crop marks.

It is made to PDF/X-4 (ISO 15930-7). Other references are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Iterable, Iterator, Mapping

import pikepdf
from pikepdf import Pdf

from dossier.bind import numbers, text
from dossier.bind.book import Book
from dossier.bind.copies import add_copies, add_statements, content_of, resources_of
from dossier.bind.cut import inner, text_of
from dossier.bind.deflate import deflated
from dossier.records.bound import Bound
from dossier.records.printing import MARK_GAP, MARK_LENGTH, Print

COLOUR = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (rg|RG)")
BLACK = 0.0
CLAIMS = re.compile(rb"<pdfaid:part>.*", re.DOTALL)
"""What the dossier says of PDF/A and PDF/UA."""
MADE_TO = """<pdf:Trapped>False</pdf:Trapped>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<xmpMM:DocumentID>uuid:{uuid}</xmpMM:DocumentID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
<xmpMM:VersionID>1</xmpMM:VersionID>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
INTENT = (
    b"<< /DestOutputProfile %d 0 R /Info (One black ink) /OutputConditionIdentifier (Custom) "
    b"/S /GTS_PDFX /Type /OutputIntent >>"
) % numbers.PROFILE
GAMMA = 1.75
"""How the tones of the ink spread: about that of a press with a dot gain of 20 %."""


def made(bound: Bound) -> bytes:
    """Return the pages for a print shop, which are those of the bound PDF."""
    printing = bound.dossier.publication.printing
    assert printing
    return press(bound.pdf(), printing)


def press(raw: bytes, printing: Print) -> bytes:
    """Return the pages of a bound dossier, as a print shop needs them."""
    with Pdf.open(io.BytesIO(raw)) as pdf:
        book = Book(numbers.FIRST, b"1.6")
        resources = _add_resources(book, pdf)
        _add_pages(book, pdf, resources, printing)
        digits = hashlib.sha256(raw).hexdigest()[:32]
        uuid = "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
        claims = MADE_TO.format(uuid=uuid).encode()
        shape = (
            b"<< /Lang %b /Metadata %d 0 R /OutputIntents [ %b ] /Pages %d 0 R /Type /Catalog "
            b"/ViewerPreferences << /DisplayDocTitle true >> >>"
        )
        add_statements(
            book,
            shape % (pdf.Root.Lang.unparse(), numbers.METADATA, INTENT, numbers.PAGES),
            b"<< %b/Trapped /False >>" % inner(text_of(pdf.trailer.Info)),
            CLAIMS.sub(lambda _: claims, pdf.Root.Metadata.read_bytes()),
            (b"/N 1 ", profile()),
        )
        return book.finished()


def profile() -> bytes:
    """Return the ICC profile (ISO 15076-1) of an output device with one black ink."""
    name = b"One black ink\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(78)
    tags = {
        b"cprt": b"text" + bytes(4) + b"No copyright, use freely\0",
        b"desc": described,
        b"kTRC": b"curv" + bytes(4) + struct.pack(">IH", 1, round(GAMMA * 256)) + bytes(2),
        b"wtpt": b"XYZ " + bytes(4) + D50,
    }
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for key, value in tags.items():
        table += key + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(
        ">I4sI4s4s4s6H4sI4sI4sQI12s4s44x",
        start + len(data), bytes(4), 0x02100000, b"prtr", b"GRAY", b"XYZ ", 2026, 1, 1, 0, 0, 0,
        b"acsp", 0, bytes(4), 0, bytes(4), 0, 0, D50, bytes(4),
    )  # fmt: skip
    return header + table + data


D50 = struct.pack(">3i", *(round(value * 65536) for value in (0.9642, 1.0, 0.8249)))
"""The white of the profile connection space."""


# --- pages ---


def margin(printing: Print) -> float:
    """Return how far the paper extends beyond the trimmed page: for the bleed, or for the marks."""
    return max(printing.bleed, MARK_GAP) + MARK_LENGTH if printing.marks else printing.bleed


def _add_pages(book: Book, pdf: Pdf, resources: Mapping[int, int], printing: Print) -> None:
    """Add all pages (7.7.3), and their contents."""
    out = margin(printing)
    width, height = (float(pdf.pages[0].mediabox[place]) for place in (2, 3))
    marks = b"".join(crop_marks(width, height, out)) if printing.marks else b""
    contents = [
        b"q 1 0 0 1 %b %b cm\n%b\nQ\n%b"
        % (text.decimal(out), text.decimal(out), grey(content_of(page)), marks)
        for page in pdf.pages
    ]
    first = book.number(2 * len(contents))
    book.add_streams(first, ((text.DEFLATED, data) for data in deflated(contents)))
    boxes = tuple(
        text.array(map(text.decimal, (low, low, width + 2 * out - low, height + 2 * out - low)))
        for low in (out - printing.bleed, 0.0, out)
    )
    kids = range(first + len(contents), first + 2 * len(contents))
    for place, (kid, page) in enumerate(zip(kids, pdf.pages, strict=True)):
        used = b"<< >>"
        if "/Contents" in page.obj:
            used = text.reference(resources[page.obj.Resources.objgen[0]])
        entries = (boxes[0], first + place, boxes[1], numbers.PAGES, used, boxes[2])
        shape = (
            b"<< /BleedBox %b /Contents %d 0 R /MediaBox %b /Parent %d 0 R /Resources %b /TrimBox %b "
            b"/Type /Page >>"
        )
        book.add_objects(kid, [shape % entries])
    tree = b"<< /Count %d /Kids %b /Type /Pages >>" % (len(kids), text.references(kids))
    book.add_objects(numbers.PAGES, [tree])


def crop_marks(width: float, height: float, out: float) -> Iterator[bytes]:
    """Yield the lines that show where the paper is cut: two at each corner, outside of the bleed."""
    far = (out + width, out + height)
    for x, y in ((out, out), (far[0], out), (out, far[1]), far):
        side = 0.0 if x == out else 2 * out + width
        end = 0.0 if y == out else 2 * out + height
        for line in (
            (side, y, side + (MARK_LENGTH if x == out else -MARK_LENGTH), y),
            (x, end, x, end + (MARK_LENGTH if y == out else -MARK_LENGTH)),
        ):
            yield b"0 G 0.25 w %b %b m %b %b l S\n" % tuple(map(text.decimal, line))


def grey(content: bytes) -> bytes:
    """Return a page's content in shades of grey; all text is black."""
    found: list[bytes] = []
    fill, saved, in_text = BLACK, list[float](), False
    for line in content.split(b"\n"):
        colour = COLOUR.fullmatch(line)
        if colour and colour[4] == b"RG":
            line = b"%b G" % text.decimal(_grey(colour))
        elif colour:
            fill = round(_grey(colour), 3)
            if in_text:
                continue
            line = b"%b g" % text.decimal(fill)
        elif line == b"BT":
            in_text = True
            found.append(b"0 g")
        elif line == b"ET":
            in_text = False
            found.append(line)
            line = b"%b g" % text.decimal(fill)
        elif line == b"q":
            saved.append(fill)
        elif line == b"Q" and saved:
            fill = saved.pop()
        found.append(line)
    return b"\n".join(found)


def _grey(colour: re.Match[bytes]) -> float:
    """Return a colour as a shade of grey (10.3.3)."""
    red, green, blue = (float(colour[place]) for place in (1, 2, 3))
    return 0.3 * red + 0.59 * green + 0.11 * blue


# --- what they are drawn with ---


def _add_resources(book: Book, pdf: Pdf) -> dict[int, int]:
    """Add the fonts and pictures of all pages, and resources without colours; return their new numbers."""
    known = resources_of(pdf)
    held = [pdf.get_object(number, 0) for number in known]
    fonts = list(dict.fromkeys(one.Font.objgen[0] for one in held))
    pictures = dict.fromkeys(picture.objgen[0] for one in held for picture in one.XObject.values())
    converted = list(_converted(pdf, pictures))
    data = deflated([pixels for _, _, pixels in converted])
    changed = {
        number: (entries, packed)
        for (number, entries, _), packed in zip(converted, data, strict=True)
    }
    copies = add_copies(book, pdf, [*fonts, *pictures], changed)
    first = book.number(len(held))
    for place, one in enumerate(held):
        shown = b"".join(
            b"%b %d 0 R " % (name.encode(), copies[picture.objgen[0]])
            for name, picture in one.XObject.items()
        )
        entries = (text_of(one.ExtGState), copies[one.Font.objgen[0]], shown)
        book.add_objects(
            first + place, [b"<< /ExtGState %b /Font %d 0 R /XObject << %b>> >>" % entries]
        )
    return {number: first + place for place, number in enumerate(known)}


def _converted(pdf: Pdf, pictures: Iterable[int]) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the coloured pictures in grey: their numbers, entries and pixels."""
    for number in pictures:
        picture = pdf.get_object(number, 0)
        assert isinstance(picture, pikepdf.Stream)
        if picture.ColorSpace == "/DeviceGray":
            continue
        pixels = pikepdf.PdfImage(picture).as_pil_image().convert("L").tobytes()
        entries = (
            b"/BitsPerComponent 8 /ColorSpace /DeviceGray /Height %d /Interpolate false /Subtype /Image "
            b"/Type /XObject /Width %d " % (picture.Height, picture.Width)
        )
        yield number, entries + text.DEFLATED, pixels
