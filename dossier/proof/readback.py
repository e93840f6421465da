"""Reads back the pages of a finished PDF with pdfium, a library that had no part in making it.

Measures are points from a page's bottom left; pages are counted from 1.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from dossier.proof import handles
from dossier.proof.objects import UnreadableError
from dossier.records.design import MARGIN

ROOM = 100_000
"""The size of the text buffer in bytes."""
SPECK = 4
"""The side of the squares, in pixels, of which one must be dark for a picture to show something."""
INK = 150
"""The shade, of 255, above which such a square is paper."""
SLACK = 1.0
"""Points by which a text may extend beyond the page."""
TOUCHING = 0.45
"""The part of a text's box that another may overlap, as accents and descenders do."""
INKED = 0.1
"""The part of a text’s glyph boxes that another’s may overlap; two lines in one place overlap by half."""
OVERHANG = 2.0
"""Points by which a slanted letter may overhang the letter beside it."""
THIN = 2.0
"""A path is a rule if it is lower than this, and wider."""
MIDDLE = 0.1, 0.6
"""The part of the height of letters, in ems above the baseline, in which a rule strikes them through."""
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Text = tuple[int, str]
"""The MCID of a text's marked content, -1 for none, and its words."""
Run = tuple[str, float, float]
"""A piece of a line: its words, left and right edge."""
Style = tuple[str, float, int]
"""What a text looks like: the name of its font, its size, and its colour as the number RRGGBB."""
TURNED = re.compile("([\udc00-\udfff])([\ud800-\udbff])")
"""A surrogate pair in the wrong sequence."""


@dataclass(frozen=True)
class Bookmark:
    """A bookmark of the outline."""

    title: str
    page: int
    """Its target, 0 for none."""


@dataclass(frozen=True)
class Image:
    """A picture on a page."""

    mcid: int
    """That of its marked content, -1 for none."""
    drawn: str
    """The checksum of its data: a JPEG file, or pixels row by row."""
    size: tuple[int, int]
    """Width and height in pixels."""
    box: Box


@dataclass(frozen=True)
class Page:
    """The texts on a page."""

    texts: dict[int, tuple[str, Box]]
    """The words and box of each marked content, by MCID."""
    empty: bool
    """No text stands between running head and folio, tagged or not."""
    head: tuple[Run, ...]
    """The running head, in drawing sequence."""
    folio: tuple[Run, ...]
    """The folio, in drawing sequence."""
    stamp: tuple[Run, ...]
    """The Bates number, in drawing sequence."""
    bare: tuple[Text, ...]
    """The first text that is neither tagged nor marked as an artifact, if any."""
    leaving: tuple[Text, ...]
    """The first text that extends beyond the page, if any."""
    crowded: tuple[Text, ...]
    """The first two texts that overlap, if any."""
    images: tuple[Image, ...] = ()
    """The pictures, in drawing sequence."""
    struck: dict[int, float] = field(default_factory=dict)
    """The part of its width through which a line is drawn, of each marked content that has such a line."""
    asides: tuple[tuple[str, Box], ...] = ()
    """The texts between running head and folio that are artifacts, in drawing sequence."""
    styles: dict[int, tuple[Style, ...]] = field(default_factory=dict)
    """What each marked content looks like, by MCID: in all fonts that it has."""
    baselines: dict[int, float] = field(default_factory=dict)
    """The height of the baseline of each marked content, by MCID."""


@dataclass(frozen=True)
class Typed:
    """A piece of a line of tagged text."""

    words: str
    size: float
    """The size of its type."""
    baseline: float
    """Its distance from the page's lower edge."""
    left: float
    right: float


@dataclass
class _Drawn:
    """A marked text: a piece of a line; pdfium splits off its combining marks."""

    mcid: int
    box: Box
    words: str = ""
    pieces: dict[int, Box] = field(default_factory=dict)
    """The boxes of pdfium's text objects, by address."""

    @property
    def text(self) -> Text:
        return self.mcid, self.words

    def add(self, address: int, box: Box, words: str) -> None:
        """Add a text object."""
        self.pieces[address] = box
        self.box = around(self.box, box)
        self.words += words


class Readback:
    """An opened PDF."""

    def __init__(self, raw: bytes) -> None:
        """Open a file; raise UnreadableError."""
        if not raw.startswith(b"%PDF-"):
            raise UnreadableError("is not a PDF")
        if b"%%EOF" not in raw[-1024:]:
            raise UnreadableError("is truncated: its end is missing")
        try:
            self._pdf = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            word = "asks for a password" if "assword" in str(error) else "is damaged"
            raise UnreadableError(word) from None
        self.pages = len(self._pdf)
        self._bytes = (ctypes.c_ubyte * ROOM)()
        self._buffer = ctypes.addressof(self._bytes)
        self._words = memoryview(self._bytes).cast("B")
        self._fonts: dict[int, str] = {}
        """The names of a page's fonts, by address."""
        self._matrix, self._size = handles.floats(6), handles.floats(1)
        self._colour = handles.parts()

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    def labels(self) -> list[str]:
        """Return the page labels."""
        return [str(self._pdf.get_page_label(place)) for place in range(self.pages)]

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline, depth first."""
        found = []
        for item in self._pdf.get_toc(max_depth=4):
            target = item.get_dest()
            index = target.get_index() if target else None
            found.append(Bookmark(item.get_title(), 0 if index is None else index + 1))
        return found

    def size(self, number: int) -> tuple[float, float]:
        """Return the width and height of a page as it is displayed."""
        width, height = self._pdf.get_page_size(number - 1)
        return float(width), float(height)

    def shows_paper(self, number: int) -> bool:
        """Tell whether all that a page shows are pictures of nothing, such as the scan of an empty page."""
        try:
            page = self._pdf[number - 1]
            shown = list(page.get_objects(max_depth=1))
            pictures = [one for one in shown if one.type == pdfium.FPDF_PAGEOBJ_IMAGE]
            others = {one.type for one in shown} - {
                pdfium.FPDF_PAGEOBJ_IMAGE,
                pdfium.FPDF_PAGEOBJ_TEXT,
            }
            shades = [one.get_bitmap().to_pil().convert("L").reduce(SPECK) for one in pictures]
            return bool(shades) and not others and all(one.getextrema()[0] > INK for one in shades)
        except pypdfium2.PdfiumError:
            raise UnreadableError(f"is damaged: page {number} cannot be read") from None

    def typed(self, number: int) -> list[Typed]:
        """Return the tagged texts of a page, in drawing sequence; those in pictures are left out."""
        try:
            page = self._pdf[number - 1]
            text = page.get_textpage()
            try:
                return list(self._typed(page, text))
            finally:
                text.close()
                page.close()
        except pypdfium2.PdfiumError:
            raise UnreadableError(f"is damaged: page {number} cannot be read") from None

    def _typed(self, page: Any, text: Any) -> Iterator[Typed]:
        sheet, spoken, measures = (
            handles.address(page.raw),
            handles.address(text.raw),
            handles.floats(4),
        )
        for place in range(handles.count_objects(sheet)):
            handle = handles.get_object(sheet, place)
            if handles.type_of(handle) != pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            said = self._said(handle, pdfium.FPDF_PAGEOBJ_TEXT, spoken)
            if handles.mcid_of(handle) < 0 or not said.strip():
                continue
            size, base = self._sized(handle)
            handles.bounds(handle, *measures.places)
            left, _, right, _ = measures.all
            yield Typed(said, size, base, left, right)

    def page(self, number: int) -> Page:
        """Read a page."""
        try:
            page = self._pdf[number - 1]
            text = page.get_textpage()
            try:
                return self._page(page, text)
            finally:
                text.close()
                page.close()
        except pypdfium2.PdfiumError:
            raise UnreadableError(f"is damaged: page {number} cannot be read") from None

    def _page(self, page: Any, text: Any) -> Page:
        width, height = page.get_size()
        self._fonts.clear()
        drawn: dict[int, _Drawn] = {}
        texts: dict[int, tuple[str, Box]] = {}
        head: list[Run] = []
        folio: list[Run] = []
        stamp: list[Run] = []
        bare: tuple[Text, ...] = ()
        empty = True
        images: list[Image] = []
        written: list[tuple[int, int, Box]] = []
        rules: list[Box] = []
        asides: list[tuple[str, Box]] = []
        styles: dict[int, tuple[Style, ...]] = {}
        baselines: dict[int, float] = {}
        measures = handles.floats(4)
        sheet, spoken = handles.address(page.raw), handles.address(text.raw)
        for place in range(handles.count_objects(sheet)):
            handle = handles.get_object(sheet, place)
            kind = handles.type_of(handle)
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                images.append(_image(pdfium.FPDFPage_GetObject(page.raw, place)))
                empty = False
            if kind not in (
                pdfium.FPDF_PAGEOBJ_TEXT,
                pdfium.FPDF_PAGEOBJ_FORM,
                pdfium.FPDF_PAGEOBJ_PATH,
            ):
                continue
            handles.bounds(handle, *measures.places)
            box = tuple(measures.all)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                if box[3] - box[1] < THIN < box[2] - box[0]:
                    rules.append(box)
                continue
            mcid = handles.mcid_of(handle)
            said = self._said(handle, kind, spoken)
            marked = handles.count_marks(handle)
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                mark = handles.get_mark(handle, marked - 1) if marked else None
                # A text without marked content stands by itself.
                piece = drawn.setdefault(mark or -place - 1, _Drawn(mcid, box))
                piece.add(handle, box, said)
            if mcid >= 0:
                if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                    # pdfium leaves out a space that is an object of its own.
                    said = said or " "
                    written.append((mcid, handle, box))
                    if said.strip():
                        (style, base), others = self._style(handle), styles.get(mcid, ())
                        if style not in others:
                            styles[mcid] = (*others, style)
                            baselines.setdefault(mcid, round(base, 2))
                before, old = texts.get(mcid, ("", box))
                texts[mcid] = (before + said, around(old, box))
            elif not marked:
                bare = bare or ((mcid, said),)
            at_edge = box[1] > height - MARGIN or box[3] < MARGIN
            if at_edge and _is_attached(pdfium.FPDFPage_GetObject(page.raw, place), marked):
                stamp.append((said, box[0], box[2]))
            elif box[1] > height - MARGIN:
                head.append((said, box[0], box[2]))
            elif box[3] < MARGIN:
                folio.append((said, box[0], box[2]))
            elif said.strip():
                empty = False
                if mcid < 0 and marked:
                    asides.append((said, box))
        return Page(
            texts,
            empty,
            tuple(head),
            tuple(folio),
            tuple(stamp),
            bare,
            tuple(piece.text for piece in drawn.values() if _leaves(piece.box, width, height))[:1],
            _crowded(list(drawn.values()), functools.cache(lambda: _glyphs(spoken))),
            tuple(images),
            self._struck(written, rules),
            tuple(asides),
            styles,
            baselines,
        )

    def _sized(self, handle: int) -> tuple[float, float]:
        """Return the size of a text object, in points, and its baseline."""
        handles.matrix_of(handle, *self._matrix.places[:1])
        handles.size_of(handle, *self._size.places)
        _, _, _, d, _, f = self._matrix.all
        return abs(self._size.all[0] * d), f

    def _style(self, handle: int) -> tuple[Style, float]:
        """Return what a text object looks like, and its baseline."""
        size, base = self._sized(handle)
        handles.fill_of(handle, *self._colour.places)
        font = handles.font_of(handle)
        if font not in self._fonts:
            length = handles.font_name(font, None, 0)
            name = ctypes.create_string_buffer(length)
            handles.font_name(font, name, length)
            self._fonts[font] = name.value.decode("utf-8", "replace")
        red, green, blue, _ = self._colour.all
        return (self._fonts[font], round(size, 2), red << 16 | green << 8 | blue), base

    def _said(self, handle: int, kind: int, text: int) -> str:
        """Return the words of a text object, or of all texts in a form XObject, as of a figure."""
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            kids = (handles.get_kid(handle, place) for place in range(handles.count_kids(handle)))
            return "".join(self._said(kid, handles.type_of(kid), text) for kid in kids)
        if kind != pdfium.FPDF_PAGEOBJ_TEXT:
            return ""
        length = handles.text_of(handle, text, self._buffer, ROOM)
        return _decoded(self._words[: max(0, min(length, ROOM) - 2)].tobytes())

    def _struck(
        self, written: Sequence[tuple[int, int, Box]], rules: Sequence[Box]
    ) -> dict[int, float]:
        """Return the part of each marked content's width through which rules are drawn."""
        wide: dict[int, float] = {}
        through: dict[int, float] = {}
        if not rules:
            return through
        for mcid, handle, (left, _, right, _) in written:
            em, base = self._sized(handle)
            low, high = (base + part * em for part in MIDDLE)
            wide[mcid] = wide.get(mcid, 0.0) + right - left
            for rule in rules:
                if low < (rule[1] + rule[3]) / 2 < high:
                    common = min(right, rule[2]) - max(left, rule[0])
                    through[mcid] = through.get(mcid, 0.0) + max(0.0, common)
        return {mcid: length / wide[mcid] for mcid, length in through.items() if length > 0}


def _decoded(raw: bytes) -> str:
    """Decode UTF-16; where pdfium has reversed a text, its surrogate pairs are reversed too."""
    try:
        return raw.decode("utf-16-le")
    except UnicodeDecodeError:
        text = TURNED.sub(r"\2\1", raw.decode("utf-16-le", "surrogatepass"))
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def reading(runs: Sequence[Run]) -> str:
    """Return the words of a line."""
    return "".join(run[0] for run in runs).strip()


def ready() -> None:
    """Do nothing: a task that makes a worker start and load pdfium."""


def pages(path: Path, numbers: Iterable[int]) -> list[Page]:
    """Read some pages of a file: a task for a worker."""
    book = Readback(path.read_bytes())
    try:
        return [book.page(number) for number in numbers]
    finally:
        book.close()


def around(one: Box, other: Box) -> Box:
    """Return the bounding box of two boxes."""
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _leaves(box: Box, width: float, height: float) -> bool:
    left, bottom, right, top = box
    return left < -SLACK or bottom < -SLACK or right > width + SLACK or top > height + SLACK


def _is_attached(handle: Any, marked: int) -> bool:
    """Tell whether a text is an artifact that is attached to an edge of the page, as Bates numbers are."""
    mark = pdfium.FPDFPageObj_GetMark(handle, marked - 1) if marked else None
    if not mark:
        return False
    key, length = (ctypes.c_ushort * 16)(), ctypes.c_ulong()
    for place in range(pdfium.FPDFPageObjMark_CountParams(mark)):
        read = pdfium.FPDFPageObjMark_GetParamKey(
            mark, place, key, ctypes.sizeof(key), ctypes.byref(length)
        )
        if read and bytes(key)[: length.value].decode("utf-16-le").rstrip("\0") == "Attached":
            return True
    return False


def _glyphs(text: int) -> dict[int, list[Box]]:
    """Return the glyph boxes of a page, by the address of their text object."""
    found: dict[int, list[Box]] = {}
    measures = handles.doubles(4)
    for place in range(handles.count_chars(text)):
        holder = handles.object_of_char(text, place)
        if holder and handles.box_of_char(text, place, *measures.places):
            left, right, bottom, top = measures.all
            found.setdefault(holder, []).append((left, bottom, right, top))
    return found


def _image(handle: Any) -> Image:
    """Read a picture: its data with all filters undone but that of a JPEG."""
    measures = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(handle, *map(ctypes.byref, measures))
    left, bottom, right, top = (measure.value for measure in measures)
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    pdfium.FPDFImageObj_GetImagePixelSize(handle, ctypes.byref(wide), ctypes.byref(high))
    length = pdfium.FPDFImageObj_GetImageDataDecoded(handle, None, 0)
    data = (ctypes.c_ubyte * length)()
    pdfium.FPDFImageObj_GetImageDataDecoded(handle, data, length)
    return Image(
        pdfium.FPDFPageObj_GetMarkedContentID(handle),
        hashlib.sha256(bytes(data)).hexdigest(),
        (wide.value, high.value),
        (left, bottom, right, top),
    )


def _crowded(
    drawn: list[_Drawn], glyphs: Callable[[], Mapping[int, Sequence[Box]]]
) -> tuple[Text, ...]:
    """Return the first two texts of which one overlaps a good part of the other; empty for none.

    Where boxes overlap, ``glyphs`` are compared, since one tall character makes the whole box tall.
    """
    drawn = sorted(drawn, key=lambda piece: -piece.box[3])
    for place, upper in enumerate(drawn):
        for other in itertools.islice(drawn, place + 1, None):
            if other.box[3] <= upper.box[1]:
                break
            # Most stand beside each other.
            wide = min(upper.box[2], other.box[2]) - max(upper.box[0], other.box[0])
            near = wide > OVERHANG and _covered([upper.box], [other.box], OVERHANG) > TOUCHING
            if near and _covered(_inked(upper, glyphs()), _inked(other, glyphs())) > INKED:
                return upper.text, other.text
    return ()


def _inked(drawn: _Drawn, glyphs: Mapping[int, Sequence[Box]]) -> list[Box]:
    return [box for address, whole in drawn.pieces.items() for box in glyphs.get(address, (whole,))]


def _covered(ones: Sequence[Box], others: Sequence[Box], least: float = 0.0) -> float:
    """Return the overlap as a part of the smaller area, without overlaps up to ``least`` points wide."""
    common = 0.0
    for one in ones:
        for other in others:
            wide = min(one[2], other[2]) - max(one[0], other[0])
            high = min(one[3], other[3]) - max(one[1], other[1])
            if wide > least and high > 0:
                common += wide * high
    areas = (sum((box[2] - box[0]) * (box[3] - box[1]) for box in of) for of in (ones, others))
    smaller = min(areas)
    return common / smaller if smaller > 0 else 0.0
