"""Makes leaves of facsimiles: a picture on each page, and over it the words of the foreign page, not drawn.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
import struct
import unicodedata
from collections.abc import Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from dossier.records.enclosing import ASCENT, DESCENT, FONT, Facsimile, Word
from dossier.records.galley import Leaf

GLYPHS = 0xFFFF
"""A glyph for each character up to U+FFFE: glyph and character have the same number."""
SMALLEST = 0.5
"""Points that a word is wide and high at least."""


def leaf_of(
    pages: Sequence[Facsimile], alternatives: Sequence[str], paper: tuple[float, float]
) -> Leaf:
    """Return a leaf of facsimiles, each on a page of ``paper``, in points, with its alternative text."""
    made = Pdf.new()
    root = made.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    part = made.make_indirect(Dictionary(S=Name.Sect, P=root))
    resources = made.make_indirect(
        Dictionary(ExtGState=Dictionary(), Font=Dictionary(), XObject=Dictionary())
    )
    kids: list[Any] = []
    numbers: list[Any] = []
    size = pikepdf.Object.parse(b"[ 0 0 %b %b ]" % tuple(_number(side) for side in paper))
    for place, (page, said) in enumerate(zip(pages, alternatives, strict=True)):
        name = f"/i{place:x}"
        resources.XObject[name] = _image(made, page)
        sheet = made.add_blank_page(page_size=paper)
        for box in (Name.BleedBox, Name.MediaBox, Name.TrimBox):
            sheet.obj[box] = size
        sheet.obj.Tabs = Name.S
        sheet.obj.Resources = resources
        sheet.obj.Contents = made.make_stream(_content(page, name))
        bounds = pikepdf.Object.parse(b"[ %b ]" % b" ".join(map(_number, page.box)))
        layout = Dictionary(O=Name.Layout, Placement=Name.Block, BBox=bounds)
        tags = [
            Dictionary(S=Name.Figure, P=part, Pg=sheet.obj, K=0, Alt=String(said), A=layout),
            *(
                Dictionary(S=Name.P, P=part, Pg=sheet.obj, K=mcid)
                for mcid, _ in enumerate(page.paragraphs, 1)
            ),
        ]
        held = [made.make_indirect(tag) for tag in tags]
        kids += held
        numbers += [place, made.make_indirect(Array(held))]
    part.K = Array(kids)
    root.K = Array([part])
    root.ParentTree = Dictionary(Nums=Array(numbers))
    made.Root.StructTreeRoot = root
    output = io.BytesIO()
    made.save(output, deterministic_id=True)
    return Leaf(output.getvalue(), len(pages), figures=True, facsimiles=True)


def _image(made: Pdf, page: Facsimile) -> Any:
    """Return the picture of a page as an image XObject (8.9.5)."""
    entries = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=page.width,
        Height=page.height,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceGray if page.colours == 1 else Name.DeviceRGB,
        Interpolate=False,
    )
    image = made.make_stream(b"", entries)
    if page.coding == "jpeg":
        image.write(page.data, filter=Name.DCTDecode)
    else:
        # The rows of a PNG file are those of a stream with its predictors (7.4.4.4).
        rows = Dictionary(Colors=page.colours, Columns=page.width, Predictor=15)
        image.write(page.data, filter=Name.FlateDecode, decode_parms=rows)
    return image


def _content(page: Facsimile, name: str) -> bytes:
    """Return the content of a page: the picture, and over it the words in rendering mode 3 (9.3.6)."""
    left, bottom, right, top = page.box
    lines = [
        b"/Figure <</MCID 0>> BDC",
        b"q",
        b"%b 0 0 %b %b %b cm" % tuple(map(_number, (right - left, top - bottom, left, bottom))),
        b"%b Do" % name.encode(),
        b"Q",
        b"EMC",
    ]
    if page.paragraphs:
        lines += [b"q", b"BT", b"3 Tr"]
        for mcid, words in enumerate(page.paragraphs, 1):
            lines.append(b"/P <</MCID %d>> BDC" % mcid)
            lines += map(_shown, words)
            lines.append(b"EMC")
        lines += [b"ET", b"Q"]
    return b"\n".join(lines)


def _shown(word: Word) -> bytes:
    """Return the operators that show a word, as high and as wide as it stands on the foreign page.

    Behind it comes a space, for readers that look for one.
    """
    high, wide = max(SMALLEST, word.top - word.bottom), max(SMALLEST, word.right - word.left)
    size = high / (ASCENT + DESCENT)
    # Each glyph is as wide as it is high.
    narrowed = 100 * wide / (len(word.text) * size)
    said = _as_drawn(word.text) + " "
    codes = said.encode("utf-16-be").hex().encode()
    return b"/%b %b Tf %b Tz 1 0 0 1 %b %b Tm <%b> Tj" % (
        FONT.encode(),
        _number(size),
        _number(narrowed),
        _number(word.left),
        _number(word.bottom + DESCENT * size),
        codes,
    )


def _as_drawn(word: str) -> str:
    """Return a word as it is drawn, from left to right: readers turn scripts from right to left around."""
    runs_left = any(unicodedata.bidirectional(char) in ("R", "AL") for char in word)
    return word[::-1] if runs_left else word


def _number(value: float) -> bytes:
    return f"{value:.3f}".rstrip("0").rstrip(".").encode()


# --- the font ---


def add_font(pdf: Pdf, fonts: Any) -> None:
    """Add the font of the words over facsimiles to a dictionary of fonts: each of its glyphs is blank."""
    name = Name(f"/{FONT}+Facsimile")
    file = pdf.make_stream(_font_file())
    file.Length1 = len(file.read_bytes())
    about = Dictionary(
        Type=Name.FontDescriptor, FontName=name, FontFamily=String("Facsimile"), Flags=4,
        FontBBox=[0, -200, 1000, 800], Ascent=800, CapHeight=800, Descent=-200, ItalicAngle=0,
        StemH=80, StemV=80, FontFile2=file,
    )  # fmt: skip
    glyphs = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name,
        CIDSystemInfo=Dictionary(
            Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
        ),
        CIDToGIDMap=Name.Identity, FontDescriptor=pdf.make_indirect(about), W=Array([]),
    )  # fmt: skip
    fonts[f"/{FONT}"] = pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(glyphs)]),
            ToUnicode=pdf.make_stream(_map()),
        )
    )  # fmt: skip


def _map() -> bytes:
    """Return the ToUnicode map (9.10.3): each glyph reads as the character of its number."""
    ranges = [b"<%02x00> <%02xff> <%02x00>\n" % (high, high, high) for high in range(256)]
    ranges[0] = b"<0001> <00ff> <0001>\n"
    ranges[-1] = b"<ff00> <fffd> <ff00>\n"
    blocks = b"".join(
        b"%d beginbfrange\n%bendbfrange\n" % (len(some), b"".join(some))
        for some in (ranges[:100], ranges[100:200], ranges[200:])
    )
    return (
        b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
        b"<< /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n"
        b"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        b"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n%b"
        b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ) % blocks


def _font_file() -> bytes:
    """Return a TrueType font of blank glyphs, all as wide as they are high (OpenType, 1.9)."""
    tables = {
        b"glyf": bytes(4),
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            0x10000, 0x10000, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 0, -200, 1000, 800, 0, 8, 2, 0, 0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, 800, -200, 0, 1000, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1
        ),
        b"hmtx": struct.pack(">Hh", 1000, 0) + bytes(2 * (GLYPHS - 1)),
        b"loca": bytes(2 * (GLYPHS + 1)),
        b"maxp": struct.pack(">I14H", 0x10000, GLYPHS, *(0, 0, 0, 0, 2, *([0] * 8))),
    }  # fmt: skip
    header = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    place, entries, data = 12 + 16 * len(tables), b"", b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        entries += tag + struct.pack(">III", total, place + len(data), len(table))
        data += padded
    return header + entries + data
