"""The row of facsimiles: a picture at its place, the words over it, and both those of the foreign page.

References are to ISO 32000-1 (PDF 1.7). Measures are points from a page's bottom left.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from dossier.language.machine_reading import reading_data
from dossier.proof import expected, trees
from dossier.proof.allowed.approved import Approved
from dossier.proof.allowed.drawn import Drawn, Looks
from dossier.proof.allowed.sheets import faces, of_design, packed, printed, sheet_of
from dossier.proof.anatomy import Anatomy
from dossier.proof.machine_words import identity
from dossier.proof.objects import Objects, Ref
from dossier.proof.originals import Original, is_alike, original
from dossier.proof.parts import joined
from dossier.proof.tags import Finding
from dossier.proof.truth import Letter, Truth
from dossier.records.enclosing import DESCENT, EDGE, FONT, Enclosed, ForeignFile
from dossier.viewer import Box

N = rb"-?\d+(?:\.\d+)?"
WORD = re.compile(
    rb"/%b (%b) Tf (%b) Tz 1 0 0 1 (%b) (%b) Tm <((?:[0-9a-f]{4})+)> Tj\n"
    % (FONT.encode(), N, N, N, N)
)
PARAGRAPH = re.compile(rb"/P <</MCID (\d+)>> BDC\n((?:/%b [^\n]* Tj\n)+)EMC\n" % FONT.encode())
PARAGRAPH_BEGINS = re.compile(rb"/P <</MCID \d+>> BDC\n")
PAGE = re.compile(
    rb"/Figure <</MCID 0>> BDC\nq\n(%b) 0 0 (%b) (%b) (%b) cm\n/(i[0-9a-f]+) Do\nQ\nEMC"
    rb"(?:\nq\nBT\n3 Tr\n((?:/P .*\n)(?:.*\n)*?)ET\nQ)?" % (N, N, N, N)
)
NEAR = 0.02
"""Points by which a picture may miss its place, by rounding."""
BESIDE = 0.75
"""Points by which a word may."""
LEAST = 0.5
"""Points that a word is wide and high at least."""
ANOTHER = "; both were read by machine, and another version of Tesseract or of its data may read otherwise"
DAMAGED = (OSError, SyntaxError, ValueError, zlib.error, struct.error)
"""The exceptions of reading a picture that is none."""


@dataclass(frozen=True)
class _Part:
    """A section of facsimiles."""

    letter: Letter
    enclosed: Enclosed
    file: ForeignFile
    span: Sequence[int]
    frame: Box
    resolution: int
    code: str
    """The code of its language where pages without words are read by machine."""


def findings(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    anatomy: Anatomy,
    kept: Approved,
) -> Iterator[Finding]:
    """Yield what is wrong with the pages of facsimiles; all objects are of the kinds that are allowed.

    A page that was compared with its original in an earlier file, under the same checksums, is not drawn
    again.
    """
    known = faces(objects, truth.furniture.stamp is not None or truth.publication.section_letters)
    label = printed(truth, spans)
    known.pop(FONT, None)
    rows = trees.owners(objects)[0]
    volumes = expected.volumes_on(truth, spans)
    looks = Looks(() if truth.has_templates else of_design(truth), False)
    for part in _parts(truth, spans):
        if len(part.span) != part.enclosed.pages:
            yield part.span[0], f"{len(part.span)} pages stand here for {part.enclosed.pages}"
            continue
        used: dict[int, list[str]] = {}
        for place, number in enumerate(part.span):
            page = anatomy.pages[number - 1]
            sheet = Drawn(
                sheet_of(
                    objects, anatomy, number, volume=volumes.get(number, 0), label=label(number)
                ),
                truth.furniture,
                known,
            )
            one = _Facsimile(objects, part, place, page, sheet, rows)
            body, *furniture = sheet.parts(place > 0)[0] or [b""]
            if place and furniture:
                yield from ((number, f"The page has {m}") for m in sheet.head(furniture[0], looks))
            yield from ((number, f"The page has {message}") for message in sheet.folio())
            yield from ((number, message) for message in one.findings(body, truth, anatomy, kept))
            used.setdefault(page["/Resources"], []).append(one.name)
        # In each volume, the pages share what they are drawn with.
        for resources, names in used.items():
            if sorted(names) != sorted(name[1:] for name in objects[resources]["/XObject"]):
                yield part.span[0], "The pages have other pictures than one each"


def _parts(truth: Truth, spans: Mapping[str, range]) -> Iterator[_Part]:
    """Yield the sections of facsimiles."""
    files, wholes = {file.path: file for file in truth.foreign}, joined(spans)
    paper, publication = truth.design.papers[truth.publication.paper], truth.publication
    side = (paper.width - truth.design.text.measure) / 2
    frame = (side, EDGE, paper.width - side, paper.height - EDGE)
    for letter in truth.letters:
        for one in letter.enclosed:
            span = wholes[f"{one.kind}s/{letter.id}"]
            code = reading_data(letter.language) if publication.enclose_ocr else ""
            yield _Part(
                letter, one, files[one.path], span, frame, publication.enclose_resolution, code
            )


class _Facsimile:
    """A page with a facsimile."""

    def __init__(
        self,
        objects: Objects,
        part: _Part,
        place: int,
        page: Mapping[str, Any],
        sheet: Drawn,
        rows: Mapping[int, int],
    ) -> None:
        self._objects = objects
        self._part = part
        self._place = place
        self._page = page
        self._sheet = sheet
        self._rows = rows
        self.name = ""
        """That of its picture among the resources."""

    def findings(
        self, body: bytes, truth: Truth, anatomy: Anatomy, kept: Approved
    ) -> Iterator[str]:
        """Yield what is wrong with the page; ``body`` is its content without furniture."""
        match = PAGE.fullmatch(body)
        if not match or not _is_words(match[6] or b""):
            yield "The page has something else than a picture and the words over it"
            return
        self.name = match[5].decode()
        number = self._part.span[self._place]
        wide, high, left, bottom = (float(match[group]) for group in range(1, 5))
        box = (left, bottom, left + wide, bottom + high)
        yield from self._tags(anatomy, number, box, match[6])
        part = self._part
        picture = self._objects[self._page["/Resources"]]["/XObject"][f"/{self.name}"]
        told = [figure.alternative for figure in anatomy.figures if (number, 0) in figure.content]
        # Whether words were read by machine is known only when they are read again.
        should = [
            expected.alternative(truth, part.letter.label, part.enclosed, self._place + 1, read)
            for read in (False, True)
        ]
        key = kept.key(
            "facsimile", part.enclosed.sha256, str(self._place), repr(part.frame),
            str(part.resolution), body, packed(self._objects, picture),
            part.code and identity(part.code), repr(told), repr(should),
        )  # fmt: skip
        if kept.knows(key):
            return
        there = original(part.file, self._place, part.frame, part.resolution, part.code)
        name = f"page {self._place + 1} of “{part.enclosed.path}”"
        if told != [should[there.by_machine]]:
            yield f"The facsimile is read aloud as “{' '.join(told)}”"
        if not _is_near(box, there.box, NEAR):
            yield f"The facsimile of {name} stands in another place, or is of another size"
        if not self._shows(picture, there):
            yield f"The picture is not {name}"
        words = list(_words(match[6] or b""))
        for difference in _compared(words, there.words, name):
            yield f"{difference}{ANOTHER if there.by_machine else ''}"

    def _tags(self, anatomy: Anatomy, number: int, box: Box, words: bytes | None) -> Iterator[str]:
        """Yield what is wrong with the tags of the page: a figure, then paragraphs."""
        figures = [figure for figure in anatomy.figures if (number, 0) in figure.content]
        shift = self._sheet.shift
        moved = (box[0] + shift, box[1], box[2] + shift, box[3])
        if len(figures) != 1 or figures[0].content != ((number, 0),):
            yield "The facsimile is not a figure by itself"
        elif not figures[0].box or not _is_near(figures[0].box, moved, NEAR):
            yield "The facsimile is said to stand elsewhere"
        numbers = [int(found[1]) for found in PARAGRAPH.finditer(words or b"")]
        if numbers != list(range(1, len(numbers) + 1)):
            yield "The words over the facsimile are not in paragraphs, one behind another"
        if anatomy.order[number - 1] != [0, *numbers]:
            yield "The facsimile is not read aloud before its words, or these in another sequence"
        owners = self._objects[self._rows.get(self._page["/StructParents"], 0)] or []
        roles = [self._objects[owner]["/S"] for owner in owners if isinstance(owner, Ref)]
        if roles != ["/Figure", *["/P"] * len(numbers)]:
            yield "The words over the facsimile are tagged otherwise than as paragraphs"

    def _shows(self, number: int, there: Original) -> bool:
        """Tell whether a picture of the file shows the original."""
        about, raw = self._objects[number], self._objects.raw(number)
        is_jpeg = about["/Filter"] == "/DCTDecode"
        mode = "L" if about["/ColorSpace"] == "/DeviceGray" else "RGB"
        size = (about["/Width"], about["/Height"])
        try:
            with Image.open(io.BytesIO(raw if is_jpeg else _as_png(about, raw))) as image:
                image.load()
                if (image.mode, image.size) != (mode, size):
                    return False
                if there.drawn:
                    data = raw if is_jpeg else image.tobytes()
                    return hashlib.sha256(data).hexdigest() == there.drawn
                return is_alike(image, there.image, not is_jpeg)
        except DAMAGED:
            return False


def _as_png(about: Mapping[str, Any], raw: bytes) -> bytes:
    """Return a picture with the predictors of PNG (7.4.4.4) as a PNG file."""
    wide, high, rows = about["/Width"], about["/Height"], about["/DecodeParms"]
    colours = 1 if about["/ColorSpace"] == "/DeviceGray" else 3
    if rows["/Columns"] != wide or rows.get("/Colors", 1) != colours:
        raise ValueError(rows)
    unpacked = zlib.decompressobj()
    if len(unpacked.decompress(raw)) != high * (1 + colours * wide) or unpacked.unused_data:
        raise ValueError(high)
    header = struct.pack(">IIBBBBB", wide, high, 8, 0 if colours == 1 else 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", raw), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


# --- words ---


def _is_words(said: bytes) -> bool:
    """Tell whether paragraphs of words stand here, and nothing else."""
    lines = said.splitlines(keepends=True)
    return all(
        WORD.fullmatch(line) or line == b"EMC\n" or PARAGRAPH_BEGINS.fullmatch(line)
        for line in lines
    ) and not PARAGRAPH.sub(b"", said)


def _words(said: bytes) -> Iterator[tuple[str, Box]]:
    """Yield the words over a facsimile with their boxes."""
    for size, narrowed, left, base, codes in WORD.findall(said):
        text = bytes.fromhex(codes.decode()).decode("utf-16-be", "replace")
        high = float(size)
        bottom = float(base) - DESCENT * high
        wide = (len(text) - 1) * high * float(narrowed) / 100
        yield text, (float(left), bottom, float(left) + wide, bottom + high)


def _compared(
    there: Sequence[tuple[str, Box]], wanted: Sequence[tuple[str, Box]], name: str
) -> Iterator[str]:
    """Yield the first difference between the words over a facsimile and those of its original."""
    for (said, box), (should, place) in zip(there, wanted, strict=False):
        if said != f"{_in_sequence(should)} ":
            yield f"The words over {name} have “{said.strip()}”, and it has “{should}”"
            return
        left, bottom, right, top = place
        least = (left, bottom, max(right, left + LEAST), max(top, bottom + LEAST))
        if not _is_near(box, least, BESIDE):
            yield f"“{should}” stands elsewhere over {name}"
            return
    if len(there) != len(wanted):
        yield f"Over {name} stand {len(there)} words, and it has {len(wanted)}"


def _in_sequence(word: str) -> str:
    """Return a word as it is drawn, from left to right."""
    if {"R", "AL"} & {*map(unicodedata.bidirectional, word)}:
        return "".join(reversed(word))
    return word


def _is_near(one: Box, other: Box, points: float) -> bool:
    return all(abs(a - b) <= points for a, b in zip(one, other, strict=True))
