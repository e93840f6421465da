"""Proves the file for a print shop: its pages are those of the proved dossier, in one black ink.

Each page's content is read beside the dossier's, operator by operator. Then the clauses of PDF/X-4
(ISO 15930-7) that concern such a file are looked through. The line of a finding is the page. Measures are
points. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import printers
from dossier.proof.allowed import contents, sheets
from dossier.proof.allowed.printed import PRESS
from dossier.proof.beside import Proved
from dossier.proof.greys import Greys
from dossier.proof.objects import MALFORMED, STRING, Objects
from dossier.proof.printers import Drawn, WrongError
from dossier.proof.tags import Finding
from dossier.records.printing import Print

CLAIMS = """<pdf:Trapped>False</pdf:Trapped>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<xmpMM:DocumentID>uuid:{}-{}-{}-{}-{}</xmpMM:DocumentID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
<xmpMM:VersionID>1</xmpMM:VersionID>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
PROFILE = "c0694fdb342efc376e292d59644c26411ce567acfd0947ec54118af847ab832c"
"""The checksum of the colour profile of one black ink."""
MM = 72 / 25.4
NEAR = 0.1 * MM
"""How far a box may miss its place."""
GAP, LENGTH = 3 * MM, 5 * MM
"""Crop marks begin outside of the bleed, at least so far from the page, and are so long."""
SHADE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (rg|RG)")
GREY = re.compile(rb"([\d.]+) ([gG])")
LINE = re.compile(rb"0 G 0\.25 w (-?[\d.]+) (-?[\d.]+) m (-?[\d.]+) (-?[\d.]+) l S")
ALIKE = 0.002
"""How far two shades may differ, by rounding."""
ENOUGH = 4.5
"""The least contrast of black text with what it stands on (WCAG 2.2)."""


def findings(content: bytes, proved: Proved) -> list[Finding]:
    """Return the findings in a file for a print shop."""
    printing = proved.truth.publication.printing
    assert printing
    try:
        objects, dossier = printers.opened(content, PRESS, "1.6"), Objects(proved.pdf)
        digits = hashlib.sha256(proved.pdf).hexdigest()
        claims = CLAIMS.format(
            digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]
        )
        return [
            *printers.said(objects, dossier, claims, PROFILE),
            *_information(objects, dossier),
            *clauses(objects),
            *_pages(objects, dossier, printing),
            *_pictures(objects, content, proved.pdf),
        ]
    except WrongError as error:
        return list(error.args[0])
    except MALFORMED as error:
        return [(0, f"The file is damaged: a part of it is not what it should be ({error})")]


def alone(content: bytes, listing: Mapping[str, Any]) -> list[Finding]:
    """Return what can be found in the file without the dossier: objects and clauses.

    The listing says nothing of its pages.
    """
    try:
        return list(clauses(printers.opened(content, PRESS, "1.6")))
    except WrongError as error:
        return list(error.args[0])
    except MALFORMED as error:
        return [(0, f"The file is damaged: a part of it is not what it should be ({error})")]


def _information(objects: Objects, dossier: Objects) -> Iterator[Finding]:
    if dict(objects.info) != {**dossier.info, "/Trapped": "/False"}:
        yield 0, "The file says other things of itself than the dossier"


# --- pages ---


def _pages(objects: Objects, dossier: Objects, printing: Print) -> Iterator[Finding]:
    """Compare the pages with those of the dossier."""
    mine, theirs = objects.pages(), dossier.pages()
    if len(mine) != len(theirs):
        yield 0, f"The file has {len(mine)} pages of {len(theirs)}"
        return
    pressed, proved = Drawn(objects), Drawn(dossier)
    faces = sheets.faces(dossier, stamped=False)
    compared: dict[tuple[int, int], bool] = {}
    for number, (one, other) in enumerate(zip(mine, theirs, strict=True), 1):
        page, model = objects[one], dossier[other]
        yield from ((number, message) for message in _boxes(page, model, printing))
        content = proved.content(model)
        if not _is_in_black(pressed.content(page), content, _frame(model, printing)):
            yield number, "The page does not show what that of the dossier shows, in black"
        if _is_unreadable(content, faces):
            yield number, "A text of the page cannot be read where it stands, in black"
        if "/Contents" in model:
            pair = int(page["/Resources"]), int(model["/Resources"])
            if pair not in compared:
                compared[pair] = _are_alike(pressed, proved, *pair)
            if not compared[pair]:
                yield number, "The page has other fonts or pictures than that of the dossier"
        elif page["/Resources"]:
            yield number, "The page has something to draw with, and should be blank"


def _out(printing: Print) -> float:
    """Return how far the medium extends beyond the trimmed page."""
    return (
        (printing.bleed if printing.bleed > GAP else GAP) + LENGTH
        if printing.marks
        else printing.bleed
    )


def _boxes(page: Mapping[str, Any], model: Mapping[str, Any], printing: Print) -> Iterator[str]:
    """Compare the boxes of a page (14.11.2)."""
    width, height = model["/MediaBox"][2:]
    out = _out(printing)
    for key, beyond in (("/MediaBox", out), ("/BleedBox", printing.bleed), ("/TrimBox", 0.0)):
        wanted = (out - beyond, out - beyond, out + width + beyond, out + height + beyond)
        if any(abs(one - two) > NEAR for one, two in zip(page[key], wanted, strict=True)):
            yield f"The {key[1:]} of the page is not where it should be"


def _frame(model: Mapping[str, Any], printing: Print) -> tuple[float, set[tuple[float, ...]]]:
    """Return by how much a page's content is moved, and the crop marks around it."""
    out, (width, height) = _out(printing), model["/MediaBox"][2:]
    if not printing.marks:
        return out, set()
    marks: set[tuple[float, ...]] = set()
    for x in (out, out + width):
        for low in (0.0, 2 * out + height - LENGTH):
            marks.add((x, low, x, low + LENGTH))
    for y in (out, out + height):
        for left in (0.0, 2 * out + width - LENGTH):
            marks.add((left, y, left + LENGTH, y))
    return out, marks


def _is_in_black(there: bytes, model: bytes, frame: tuple[float, set[tuple[float, ...]]]) -> bool:
    """Tell whether a content draws what the model draws, moved, in grey, with black text, in its marks."""
    out, marks = frame
    lines = there.rstrip(b"\n").split(b"\n")
    end = len(lines) - len(marks)
    drawn = [LINE.fullmatch(line) for line in lines[end:]]
    if not all(drawn) or len(marks) != len({match and match[0] for match in drawn}):
        return False
    for match in drawn:
        x, y, to_x, to_y = (float(match[place]) for place in (1, 2, 3, 4)) if match else (0,) * 4
        ends = (min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
        if not any(all(abs(a - b) < NEAR for a, b in zip(ends, one, strict=True)) for one in marks):
            return False
    moved = re.fullmatch(rb"q 1 0 0 1 ([\d.]+) ([\d.]+) cm", lines[0])
    if not moved or any(abs(float(moved[place]) - out) > NEAR for place in (1, 2)):
        return False
    return lines[end - 1] == b"Q" and _agree(lines[1 : end - 1], model.split(b"\n"))


def _agree(there: Sequence[bytes], model: Sequence[bytes]) -> bool:
    """Tell whether two contents have the same operators, but for those that set colours.

    Both are followed with the colours in force (8.4.2): areas are of the same shade, text is black.
    """
    mine, theirs = _Inks(), _Inks()
    left, right = iter(there), iter(model)
    while True:
        one, other = mine.next(left), theirs.next(right)
        if one != other:
            return False
        if one is None:
            return True
        if one == b"S" and abs(mine.stroke - theirs.stroke) > ALIKE:
            return False
        if one in (b"f", b"f*") and abs(mine.fill - theirs.fill) > ALIKE:
            return False
        if one.endswith((b"TJ", b"Tj", b"Tj ET")) and mine.fill != 0:
            return False


class _Inks:
    """The colours in force, as shades of grey, while a content is read."""

    def __init__(self) -> None:
        self.fill = self.stroke = 0.0
        self._saved: list[tuple[float, float]] = []

    def next(self, lines: Iterator[bytes]) -> bytes | None:
        """Return the next line that sets no colour, None at the end."""
        for line in lines:
            shade, grey = SHADE.fullmatch(line), GREY.fullmatch(line)
            if shade:
                # A device without colours shows them so (10.3.3).
                red, green, blue = (float(shade[place]) for place in (1, 2, 3))
                self._set(shade[4] == b"RG", 0.3 * red + 0.59 * green + 0.11 * blue)
            elif grey:
                self._set(grey[2] == b"G", float(grey[1]))
            else:
                if line == b"q":
                    self._saved.append((self.fill, self.stroke))
                elif line == b"Q" and self._saved:
                    self.fill, self.stroke = self._saved.pop()
                return line
        return None

    def _set(self, is_stroke: bool, value: float) -> None:
        if is_stroke:
            self.stroke = value
        else:
            self.fill = value


def _is_unreadable(content: bytes, faces: contents.Faces) -> bool:
    """Tell whether a text stands on an area that is too dark for black."""
    if b"\nf" not in content:
        return False
    shown = contents.read(content, faces)
    for area in shown.painted:
        if area.colour is None:
            continue
        red, green, blue = area.colour
        grey = 0.3 * red + 0.59 * green + 0.11 * blue
        light = grey / 12.92 if grey <= 0.04045 else ((grey + 0.055) / 1.055) ** 2.4
        if (light + 0.05) / 0.05 >= ENOUGH:
            continue
        for text in shown.texts:
            box, other = area.box, text.box
            across = min(box[2], other[2]) - max(box[0], other[0])
            up = min(box[3], other[3]) - max(box[1], other[1])
            if area.place < text.place and across > 1 and up > contents.THIN:
                return True
    return False


def _are_alike(pressed: Drawn, proved: Drawn, mine: int, theirs: int) -> bool:
    """Tell whether two resources have the same fonts and states, and as many pictures."""
    one, other = pressed.objects[mine], proved.objects[theirs]
    if (
        one["/ExtGState"] != other["/ExtGState"]
        or one["/XObject"].keys() != other["/XObject"].keys()
    ):
        return False
    return pressed.digest(one["/Font"]) == proved.digest(other["/Font"])


def _pictures(objects: Objects, content: bytes, pdf: bytes) -> Iterator[Finding]:
    """Yield pages with other pictures than the dossier’s in grey; their content is compared already."""
    used = [
        number
        for number, page in enumerate(objects.pages(), 1)
        if objects[page]["/Resources"] and (objects.at(objects[page]["/Resources"]))["/XObject"]
    ]
    if not used:
        return
    greys = Greys(content, pdf)
    try:
        for number in used:
            if not greys.are_alike(number):
                yield number, "A picture on the page is not that of the dossier in grey"
    finally:
        greys.close()


# --- the clauses of PDF/X-4 ---

Clause = Callable[[Objects], bool]


def _all(objects: Objects, *kinds: bytes) -> Iterator[bytes]:
    """Yield the texts of objects in which all of some words stand, without their strings."""
    for text in objects.text.values():
        bare = STRING.sub(b"()", text)
        if all(kind in bare for kind in kinds):
            yield bare


def _has_no(*words: bytes) -> Clause:
    found = re.compile(rb"/(?:%b)(?![A-Za-z0-9])" % b"|".join(words))
    return lambda objects: not any(found.search(text) for text in _all(objects))


def _intents(objects: Objects) -> list[Mapping[str, Any]]:
    return [one for one in objects.root["/OutputIntents"] if one["/S"] == "/GTS_PDFX"]


def _is_printer(objects: Objects) -> bool:
    """Tell whether the profile (ISO 15076-1) is one of an output device, and as long as it says."""
    intents = _intents(objects)
    if len(intents) != 1:
        return False
    raw = objects.data(intents[0]["/DestOutputProfile"])
    size, kind, space, sign = struct.unpack(">I8x4s4s16x4s", raw[:40])
    count = struct.unpack(">I", raw[128:132])[0]
    rows = [raw[132 + 12 * n : 144 + 12 * n] for n in range(count)]
    tags = {row[:4]: struct.unpack(">II", row[4:]) for row in rows}
    return (
        (size, kind, space, sign) == (len(raw), b"prtr", b"GRAY", b"acsp")
        and tags.keys() >= {b"desc", b"cprt", b"wtpt", b"kTRC"}
        and all(start + length <= len(raw) for start, length in tags.values())
    )


def _metadata(objects: Objects) -> str:
    return objects.data(objects.root["/Metadata"]).decode()


def _dates_agree(objects: Objects) -> bool:
    said = _metadata(objects)
    return all(
        f"<xmp:{name}>{day[2:6]}-{day[6:8]}-{day[8:10]}T" in said
        for key, name in (("/CreationDate", "CreateDate"), ("/ModDate", "ModifyDate"))
        for day in [objects.info[key]]
    )


def _nested(objects: Objects) -> bool:
    for number in objects.pages():
        page = objects[number]
        media, bleed, trim = (page[key] for key in ("/MediaBox", "/BleedBox", "/TrimBox"))
        for outer, inside in ((media, bleed), (bleed, trim)):
            if not (
                outer[0] <= inside[0] < inside[2] <= outer[2]
                and outer[1] <= inside[1] < inside[3] <= outer[3]
            ):
                return False
    return True


def _grey_alone(objects: Objects) -> bool:
    """Tell whether contents and pictures have no colour space but DeviceGray."""
    spaces = list(_all(objects, b"/ColorSpace"))
    operators = re.compile(rb"(?m)^(?:[\d.]+ )*(?:rg|RG|k|K|cs|CS|sc|SC|scn|SCN|sh)$")
    return all(b"/ColorSpace /DeviceGray" in text for text in spaces) and not any(
        operators.search(objects.data(objects[number]["/Contents"])) for number in objects.pages()
    )


CLAUSES: Mapping[str, Clause] = {
    "the version of PDF is 1.6 or less": lambda objects: objects.version <= "1.6",
    "it is not encrypted": lambda objects: not objects.encrypted and "/Encrypt" not in objects.trailer,
    "it has an identifier": lambda objects: objects.is_identified(),
    "the metadata name PDF/X-4": lambda objects: (
        "<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>" in _metadata(objects)
    ),
    "the metadata identify document, version and rendition": lambda objects: all(
        f"<xmpMM:{key}>" in _metadata(objects) for key in ("DocumentID", "VersionID", "RenditionClass")
    ),
    "title, dates, creator and producer are stated": lambda objects: (
        {"/Title", "/CreationDate", "/ModDate", "/Creator", "/Producer"} <= objects.info.keys()
    ),
    "the dates of metadata and information agree": _dates_agree,
    "it says whether it is trapped, twice": lambda objects: (
        objects.info.get("/Trapped") == "/False"
        and "<pdf:Trapped>False</pdf:Trapped>" in _metadata(objects)
    ),
    "it has one output intent": lambda objects: len(_intents(objects)) == 1,
    "the output intent is identified and described": lambda objects: all(
        one.get("/OutputConditionIdentifier") and one.get("/Info") for one in _intents(objects)
    ),
    "the profile of the output is embedded, that of a printer": _is_printer,
    "each page has its boxes, one in the other": _nested,
    "no page has an art box beside the trim box": _has_no(b"ArtBox"),
    "only shades of grey are used": _grey_alone,
    "all fonts are embedded": lambda objects: all(
        b"/FontFile" in text for text in _all(objects, b"/Type /FontDescriptor")
    ) and all(
        b"/DescendantFonts" in text or b"/FontDescriptor" in text
        for text in _all(objects, b"/Type /Font ")
    ),
    "nothing is transparent": lambda objects: all(
        float(value) == 1
        for text in _all(objects, b"/ExtGState")
        for value in re.findall(rb"/(?:ca|CA) ([\d.]+)", text)
    ) and _has_no(b"SMask", b"BM", b"Group")(objects),
    "there are no annotations and no forms": _has_no(b"Annots", b"Annot", b"AcroForm"),
    "there are no actions and no scripts": _has_no(b"AA", b"OpenAction", b"JavaScript", b"JS", b"A"),
    "there are no transfer functions and halftones": _has_no(b"TR", b"TR2", b"HT", b"HTP", b"BG2", b"UCR2"),
    "there are no alternate pictures, proxies and PostScript": _has_no(b"Alternates", b"OPI", b"PS"),
    "nothing is outside of the file": _has_no(b"F", b"FFilter", b"Ref", b"EmbeddedFiles"),
    "nothing is compressed with LZW": _has_no(b"LZWDecode"),
    "there are no layers": _has_no(b"OCProperties", b"OC"),
}  # fmt: skip
"""The clauses of PDF/X-4, and what tells whether a file keeps them."""


def clauses(objects: Objects) -> Iterator[Finding]:
    """Yield the clauses of PDF/X-4 that a file does not keep."""
    for clause, keeps in CLAUSES.items():
        if not keeps(objects):
            yield 0, f"The file is not made to PDF/X-4, in which {clause}"
