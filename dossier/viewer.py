"""Opens PDF files, tells what stands on their pages, and draws them: pdfium, which no other module knows.

Printer and proof both use it, as they both use ICU: it is a library in our words, and knows nothing of
dossiers, so neither is proved by the other's work.
Pages are counted from 0. Measures are points, from a page's bottom left where nothing else is said.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Kind = Literal["text", "path", "picture", "form", ""]
KINDS: Mapping[int, Kind] = {
    pdfium.FPDF_PAGEOBJ_TEXT: "text",
    pdfium.FPDF_PAGEOBJ_PATH: "path",
    pdfium.FPDF_PAGEOBJ_IMAGE: "picture",
    pdfium.FPDF_PAGEOBJ_FORM: "form",
}
"""The kinds of page objects; a shading has no name here. A form is a form XObject, which holds others."""
DamagedError = pypdfium2.PdfiumError
"""Raised by all that is here for a file or page that cannot be opened, read or drawn."""
BROKEN = "\x02"
"""What is read for the hyphen of a word that goes on in the next line."""
DEEPEST = 15
"""How many forms, one in another, are looked into."""
BOOKMARKS_DEEPEST = 4
FINE = 64
"""The parts of a point in which places on an upright page are told."""
ROOM = 100_000
"""The most bytes of a text that are read, in UTF-16."""
TURNED = re.compile("([\udc00-\udfff])([\ud800-\udbff])")
"""A surrogate pair in the wrong sequence."""


class PasswordError(Exception):
    """A file asks for a password."""


@dataclass(frozen=True)
class Bookmark:
    """A bookmark of the outline."""

    title: str
    page: int | None
    """The page to which it leads, if any."""


@dataclass(frozen=True)
class Pixels:
    """A page drawn in colours, row by row from above.

    Four bytes to a pixel: blue, green, red, and one that means nothing.
    """

    raw: bytes
    wide: int
    high: int


class _Room:
    """What the library writes its answers into, made once for a file, as there are many of them."""

    def __init__(self) -> None:
        self.measures = [ctypes.c_float() for _ in range(4)]
        self.bounds = [ctypes.byref(measure) for measure in self.measures]
        self.colour = [ctypes.c_uint() for _ in range(4)]
        self.parts = [ctypes.byref(part) for part in self.colour]
        self.matrix, self.size = pdfium.FS_MATRIX(), ctypes.c_float()
        self.of_matrix, self.of_size = ctypes.byref(self.matrix), ctypes.byref(self.size)
        self.bytes = (ctypes.c_ubyte * ROOM)()
        self.buffer = ctypes.cast(self.bytes, ctypes.POINTER(pdfium.FPDF_WCHAR))


class Document:
    """An opened file."""

    def __init__(self, raw: bytes) -> None:
        """Open a file; raise PasswordError or DamagedError."""
        try:
            self._pdf = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            if error.err_code == pdfium.FPDF_ERR_PASSWORD:
                raise PasswordError from None
            raise
        self._room = _Room()

    def __enter__(self) -> Self:
        """Return the file, which will be closed."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self._pdf)

    def show_forms(self) -> None:
        """Have what was filled into an interactive form drawn with its pages; one of XFA is not."""
        if self._pdf.get_formtype() in (pdfium.FORMTYPE_NONE, pdfium.FORMTYPE_ACRO_FORM):
            self._pdf.init_forms()

    def label(self, place: int) -> str:
        """Return the label of a page."""
        return str(self._pdf.get_page_label(place))

    def bookmarks(self) -> Iterator[Bookmark]:
        """Yield the outline, depth first."""
        for item in self._pdf.get_toc(max_depth=BOOKMARKS_DEEPEST):
            target = item.get_dest()
            yield Bookmark(item.get_title(), target.get_index() if target else None)

    def size(self, place: int) -> tuple[float, float]:
        """Return the width and height of a page as it is shown, without opening it."""
        width, height = self._pdf.get_page_size(place)
        return float(width), float(height)

    def page(self, place: int) -> Page:
        """Open a page."""
        return Page(self._pdf[place], self._room)


class Page:
    """An opened page."""

    def __init__(self, page: Any, room: _Room) -> None:
        """Take what the library opened."""
        self._page = page
        self._opened: Any = None
        self.room = room
        self.fonts: dict[int, str] = {}
        """The names of the fonts that were asked for, by address."""

    def __enter__(self) -> Self:
        """Return the page, which will be closed."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the page; its objects must not be used any more."""
        if self._opened is not None:
            self._opened.close()
        self._page.close()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, as the page is shown."""
        wide, high = self._page.get_size()
        return float(wide), float(high)

    @property
    def rotation(self) -> int:
        """The degrees by which the page is turned clockwise to be shown."""
        return int(self._page.get_rotation())

    @property
    def shown(self) -> Box:
        """The part of the page that is shown: of its CropBox what its MediaBox has (14.11.2).

        Both may be inherited from the page tree.
        """
        left, bottom, right, top = self._page.get_bbox()
        return float(left), float(bottom), float(right), float(top)

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in points from the left and from the top of the page as it is shown."""
        across, down = ctypes.c_int(), ctypes.c_int()
        wide, high = (round(side * FINE) for side in self.size)
        pdfium.FPDF_PageToDevice(
            self._page.raw, 0, 0, wide, high, 0, x, y, ctypes.byref(across), ctypes.byref(down)
        )
        return across.value / FINE, down.value / FINE

    # --- what stands on it ---

    def objects(self) -> Iterator[PageObject]:
        """Yield what the page's content draws, in drawing sequence; a form as one object."""
        raw = self._page.raw
        for place in range(pdfium.FPDFPage_CountObjects(raw)):
            yield PageObject(self, pdfium.FPDFPage_GetObject(raw, place))

    def pictures(self) -> Iterator[PageObject]:
        """Yield the pictures, those in forms too."""
        only = (pdfium.FPDF_PAGEOBJ_IMAGE,)
        for shown in self._page.get_objects(filter=only, max_depth=DEEPEST):
            yield PageObject(self, shown.raw)

    def text(self) -> str:
        """Return all characters."""
        return str(self._text().get_text_range())

    def characters(self) -> Iterator[tuple[str, Box]]:
        """Yield each character with the box that its font has for it; an empty one where it has no code."""
        text = self.text_handle()
        here = pdfium.FS_RECTF()
        pointer = ctypes.byref(here)
        for place in range(pdfium.FPDFText_CountChars(text)):
            code = pdfium.FPDFText_GetUnicode(text, place)
            if not pdfium.FPDFText_GetLooseCharBox(text, place, pointer):
                raise DamagedError("A character has no place")
            box = (here.left, here.bottom, here.right, here.top)
            yield chr(code) if code <= 0x10FFFF else "", box

    def glyphs(self) -> dict[int, list[Box]]:
        """Return the boxes of what is drawn of each character, by the address of the text object."""
        text = self.text_handle()
        found: dict[int, list[Box]] = {}
        measures = [ctypes.c_double() for _ in range(4)]
        pointers = [ctypes.byref(measure) for measure in measures]
        left, right, bottom, top = measures
        for place in range(pdfium.FPDFText_CountChars(text)):
            holder = pdfium.FPDFText_GetTextObject(text, place)
            if holder and pdfium.FPDFText_GetCharBox(text, place, *pointers):
                box = (left.value, bottom.value, right.value, top.value)
                found.setdefault(_address(holder), []).append(box)
        return found

    def _text(self) -> Any:
        if self._opened is None:
            self._opened = self._page.get_textpage()
        return self._opened

    def text_handle(self) -> Any:
        """Return the library's handle of all characters: for the texts of the page."""
        return self._text().raw

    # --- drawing ---

    def pixels(self, scale: float, annotated: bool) -> Pixels:
        """Draw the page in ``scale`` pixels per point, with its annotations or without."""
        drawn = self._page.render(
            scale=scale, prefer_bgrx=True, may_draw_forms=annotated, draw_annots=annotated
        )
        return Pixels(bytes(drawn.buffer), drawn.width, drawn.height)

    def image(self, scale: float, grey: bool = False) -> Image.Image:
        """Draw the page with its annotations in ``scale`` pixels per point, in RGB or in shades of grey."""
        drawn = self._page.render(scale=scale, grayscale=grey, rev_byteorder=not grey)
        image: Image.Image = drawn.to_pil()
        return image if grey else image.convert("RGB")

    def remove(self, objects: Iterable[PageObject]) -> None:
        """Take objects out of the page as it will be drawn."""
        for one in objects:
            pdfium.FPDFPage_RemoveObject(self._page.raw, one.handle)
            pdfium.FPDFPageObj_Destroy(one.handle)


class PageObject:
    """What a page's content draws by one operator or more: a text, a path, a picture, a form."""

    __slots__ = ("_page", "handle", "kind")

    def __init__(self, page: Page, handle: Any) -> None:
        """Take what the library found."""
        self._page = page
        self.handle = handle
        self.kind: Kind = KINDS.get(pdfium.FPDFPageObj_GetType(handle), "")

    @property
    def address(self) -> int:
        """A number of its own on the open page."""
        return _address(self.handle)

    def box(self) -> Box:
        """Return the box in which it draws; one without extent where it has none."""
        room = self._page.room
        if not pdfium.FPDFPageObj_GetBounds(self.handle, *room.bounds):
            return 0.0, 0.0, 0.0, 0.0
        left, bottom, right, top = room.measures
        return left.value, bottom.value, right.value, top.value

    def mcid(self) -> int:
        """Return the number of its marked content, -1 for none."""
        return int(pdfium.FPDFPageObj_GetMarkedContentID(self.handle))

    def mark(self) -> int | None:
        """Return the address of the innermost marked content in which it stands, tagged or not."""
        mark = self._mark()
        return _address(mark) if mark else None

    def has_property(self, name: str) -> bool:
        """Tell whether its innermost marked content has a property."""
        mark = self._mark()
        if not mark:
            return False
        key, length = (ctypes.c_ushort * 16)(), ctypes.c_ulong()
        for place in range(pdfium.FPDFPageObjMark_CountParams(mark)):
            read = pdfium.FPDFPageObjMark_GetParamKey(
                mark, place, key, ctypes.sizeof(key), ctypes.byref(length)
            )
            if read and bytes(key)[: length.value].decode("utf-16-le").rstrip("\0") == name:
                return True
        return False

    def _mark(self) -> Any:
        marks = pdfium.FPDFPageObj_CountMarks(self.handle)
        return pdfium.FPDFPageObj_GetMark(self.handle, marks - 1) if marks else None

    def is_transparent(self) -> bool:
        """Tell whether it may be drawn transparently, or through a mask."""
        return bool(pdfium.FPDFPageObj_HasTransparency(self.handle))

    def fill(self) -> tuple[int, int]:
        """Return the colour that fills it, as the number RRGGBB, and its opacity up to 255; 0 for none."""
        return self._painted(pdfium.FPDFPageObj_GetFillColor)

    def stroke(self) -> tuple[int, int]:
        """Return the colour of its strokes, as :meth:`fill` does."""
        return self._painted(pdfium.FPDFPageObj_GetStrokeColor)

    def _painted(self, get: Any) -> tuple[int, int]:
        room = self._page.room
        if not get(self.handle, *room.parts):
            return 0, 0
        red, green, blue, opacity = room.colour
        return red.value << 16 | green.value << 8 | blue.value, opacity.value

    def clips(self) -> Iterator[tuple[list[float], list[float]]]:
        """Yield the corners of each of its clip paths: their places from the left, and those from below."""
        clip = pdfium.FPDFPageObj_GetClipPath(self.handle)
        x, y = ctypes.c_float(), ctypes.c_float()
        for place in range(max(0, pdfium.FPDFClipPath_CountPaths(clip)) if clip else 0):
            across, up = [0.0], [0.0]
            for number in range(pdfium.FPDFClipPath_CountPathSegments(clip, place)):
                segment = pdfium.FPDFClipPath_GetPathSegment(clip, place, number)
                pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
                across.append(round(x.value, 2))
                up.append(round(y.value, 2))
            # An empty path lets nothing be seen.
            yield across[1:] or across, up[1:] or up

    # --- of texts ---

    def words(self) -> str:
        """Return the characters of a text, or of all texts in a form."""
        handle = self.handle
        if self.kind == "form":
            kids = (
                PageObject(self._page, pdfium.FPDFFormObj_GetObject(handle, place))
                for place in range(pdfium.FPDFFormObj_CountObjects(handle))
            )
            return "".join(kid.words() for kid in kids)
        if self.kind != "text":
            return ""
        room, text = self._page.room, self._page.text_handle()
        length = pdfium.FPDFTextObj_GetText(handle, text, room.buffer, ROOM)
        return _decoded(ctypes.string_at(room.bytes, max(0, min(length, ROOM) - 2)))

    def setting(self) -> tuple[float, float]:
        """Return the size of a text's type, and the distance of its baseline from the page's lower edge."""
        room = self._page.room
        pdfium.FPDFPageObj_GetMatrix(self.handle, room.of_matrix)
        pdfium.FPDFTextObj_GetFontSize(self.handle, room.of_size)
        return abs(room.size.value * room.matrix.d), room.matrix.f

    def font(self) -> str:
        """Return the name of a text's font."""
        font = pdfium.FPDFTextObj_GetFont(self.handle)
        fonts, address = self._page.fonts, _address(font)
        if address not in fonts:
            length = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
            name = ctypes.create_string_buffer(length)
            pdfium.FPDFFont_GetBaseFontName(font, name, length)
            fonts[address] = name.value.decode("utf-8", "replace")
        return fonts[address]

    def is_invisible(self) -> bool:
        """Tell whether a text is in rendering mode 3, and leaves no ink."""
        mode = pdfium.FPDFTextObj_GetTextRenderMode(self.handle)
        return bool(mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)

    def blacken(self) -> None:
        """Have a text drawn in plain black."""
        pdfium.FPDFPageObj_SetFillColor(self.handle, 0, 0, 0, 255)
        pdfium.FPDFTextObj_SetTextRenderMode(self.handle, pdfium.FPDF_TEXTRENDERMODE_FILL)
        pdfium.FPDFPageObj_SetBlendMode(self.handle, b"Normal")

    # --- of paths and pictures ---

    def painting(self) -> tuple[bool, bool]:
        """Tell whether a path is filled, and whether it is stroked."""
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        pdfium.FPDFPath_GetDrawMode(self.handle, ctypes.byref(filled), ctypes.byref(stroked))
        return bool(filled.value), bool(stroked.value)

    def dimensions(self) -> tuple[int, int]:
        """Return the width and height of a picture in pixels."""
        wide, high = ctypes.c_uint(), ctypes.c_uint()
        pdfium.FPDFImageObj_GetImagePixelSize(self.handle, ctypes.byref(wide), ctypes.byref(high))
        return wide.value, high.value

    def data(self) -> bytes:
        """Return the data of a picture with all filters undone but that of a JPEG."""
        length = pdfium.FPDFImageObj_GetImageDataDecoded(self.handle, None, 0)
        data = (ctypes.c_ubyte * length)()
        pdfium.FPDFImageObj_GetImageDataDecoded(self.handle, data, length)
        return bytes(data)

    def image(self) -> Image.Image:
        """Return a picture as the file has it, in RGB or in shades of grey, without masks."""
        found = pdfium.FPDFImageObj_GetBitmap(self.handle)
        if not found:
            raise DamagedError("A picture cannot be read")
        image: Image.Image = pypdfium2.PdfBitmap.from_raw(found).to_pil()
        return image if image.mode == "L" else image.convert("RGB")


def _address(handle: Any) -> int:
    """Return the address of what the library found, unique on an open page."""
    return ctypes.addressof(handle.contents) if handle else 0


def _decoded(raw: bytes) -> str:
    """Decode UTF-16; where the library has reversed a text, its surrogate pairs are reversed too."""
    try:
        return raw.decode("utf-16-le")
    except UnicodeDecodeError:
        text = TURNED.sub(r"\2\1", raw.decode("utf-16-le", "surrogatepass"))
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
