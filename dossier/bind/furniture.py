"""Draws running heads and folios and shifts the text block, depending on whether a page is recto or verso.

References are to ISO 32000-1 (PDF 1.7). Furniture is a pagination artifact (14.8.2.2.2). Measures are
points from a page's bottom left.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Pdf

from dossier.records.furniture import Furniture
from dossier.records.galley import PX, Galley

OPAQUE = re.compile(rb"^/a1\.0 gs\n", re.MULTILINE)
"""Sets full opacity, which is the initial state of a page."""
BACK = b"Q"
GRAPHICS_STATE = re.compile(rb"^/\S+ gs$", re.MULTILINE)


def is_recto(page: int) -> bool:
    """Tell whether a page, counted from 1, is a recto."""
    return page % 2 == 1


def outward(furniture: Furniture, page: int) -> float:
    """Return how many points a page's text block is shifted to the right."""
    if furniture.sides == "single":
        return -furniture.inward if furniture.turned else furniture.inward
    shift = furniture.shift + furniture.inward
    return shift if is_recto(page) != furniture.turned else -shift


@dataclass(frozen=True)
class Digits:
    """The font, the size and the glyphs of page numbers."""

    font: str
    size: float
    codes: tuple[str, ...]
    """The glyphs of the digits 0 to 9, as hexadecimal strings."""
    advances: tuple[float, ...]
    """The widths of the digits in thousandths of the size."""
    prefix: tuple[tuple[str, str, int], ...]
    """The characters of Bates prefixes and section letters, with their glyphs as hexadecimal strings and
    their widths in thousandths of the size."""
    line: float
    """The baseline on which the digits and the running heads were set."""

    def width(self, number: str) -> float:
        """Return the width of a page's label or Bates number in points."""
        return sum(self._glyph(char)[1] for char in number) * self.size / 1000

    def show(self, label: str, x: float, y: float) -> bytes:
        """Return the operators that show a page's label, beginning at a point on the baseline."""
        return self._artifact("/Type /Pagination", self._codes(label), x, y)

    def _glyph(self, char: str) -> tuple[str, float]:
        """Return the glyph of a character of a label or Bates number, and its width."""
        for known, code, width in self.prefix:
            if known == char:
                return code, width
        return self.codes[int(char)], self.advances[int(char)]

    def stamp(self, number: str, edge: str, x: float, y: float) -> bytes:
        """Return the operators that show a Bates number at an ``edge`` of the page, Top or Bottom.

        The artifact is of a subtype that ISO 32000-2 has for such numbers (14.8.2.2.2).
        """
        entries = f"/Attached [/{edge}] /Subtype /Bates /Type /Pagination"
        return self._artifact(entries, self._codes(number), x, y)

    def _artifact(self, entries: str, codes: str, x: float, y: float) -> bytes:
        return (
            f"/Artifact <<{entries}>> BDC\nBT /{self.font} {self.size:g} Tf "
            f"{x:.3f} {y:.3f} Td <{codes}> Tj ET\nEMC\n"
        ).encode()

    def instead(self, label: str, font: str, turned: bool) -> bytes:
        """Return the operator that shows a page's label in place of a 0, aligned with it at the line's end.

        That is its right, and where a book is ``turned`` its left.
        """
        if font != self.font:
            raise ValueError(f"a page number is set in {font}, the digits are in {self.font}")
        wider = sum(self._glyph(char)[1] for char in label) - self.advances[0]
        adjustment = 0.0 if turned else wider
        return f"[{adjustment:g} <{self._codes(label)}>] TJ".encode()

    def _codes(self, label: str) -> str:
        return "".join(self._glyph(char)[0] for char in label)


def folio(
    furniture: Furniture, digits: Digits, number: int, label: str, paper: tuple[float, float]
) -> bytes:
    """Return the operators that show the ``label`` of a page, and its Bates number if it has one."""
    width, height = paper
    wide = digits.width(label)
    x = _place(furniture, number, width, wide, furniture.folio) + outward(furniture, number)
    shown = digits.show(label, x, furniture.folio_line)
    stamp = furniture.stamp
    if stamp is None:
        return shown
    edge, end = stamp.place.split("-")
    shown_number = stamp.prefix + str(stamp.start + number - 1).zfill(stamp.digits)
    wide = digits.width(shown_number)
    x = _place(furniture, number, width, wide, end) + outward(furniture, number)
    if edge == "foot":
        return shown + digits.stamp(shown_number, "Bottom", x, furniture.stamp_line)
    return shown + digits.stamp(shown_number, "Top", x, height - furniture.stamp_line)


def shifted(by: float) -> bytes:
    """Return the operator that shifts what follows to the right, until :data:`BACK`."""
    return b"q 1 0 0 1 %g 0 cm" % by


def _place(furniture: Furniture, number: int, width: float, wide: float, end: str) -> float:
    """Return the left edge of a number ``wide`` points wide, on a page of ``width`` without shift.

    It stands in the ``centre`` of the measure or at its ``left``, ``right`` or ``outer`` end.
    """
    if end == "centre":
        return (width - wide) / 2
    margin = (width - furniture.measure) / 2
    outer_is_right = furniture.sides == "single" or is_recto(number)
    at_right = end == "right" or (end == "outer" and outer_is_right != furniture.turned)
    return width - margin - wide if at_right else margin


def heads(galleys: Sequence[Galley], up: float) -> list[bytes]:
    """Return the operators of each running head, moved up by some points."""
    found = []
    for galley in galleys:
        with Pdf.open(io.BytesIO(galley.pdf)) as source:
            found += [_content(page, round(up, 2)) for page in source.pages]
    return found


def _content(page: pikepdf.Page, up: float) -> bytes:
    """Return the operators that show a running head on any page; they need no resources but fonts."""
    resources = page.obj.Resources
    if any(resources.get(kind) for kind in ("/XObject", "/Pattern", "/Shading")):
        raise ValueError("a running head has content other than text")
    content = OPAQUE.sub(b"", page.obj.Contents.read_bytes())
    if GRAPHICS_STATE.search(content):
        raise ValueError("a running head sets a graphics state")
    return b"q 1 0 0 1 0 %g cm\n%b\nQ" % (up, content) if up else content


def digits_of(galley: Galley, prefix: str) -> Digits:
    """Return the digits as a galley shows them, and behind them the prefix of Bates numbers."""
    with Pdf.open(io.BytesIO(galley.pdf)) as source:
        page = source.pages[0]
        height = float(page.mediabox[3])
        size = line = 0.0
        font, glyphs = "", b""
        instructions: Any = pikepdf.parse_content_stream(page)
        for operands, operator in instructions:
            match str(operator):
                case "Tf":
                    font, size = str(operands[0])[1:], float(operands[1]) * PX
                case "Tm":
                    line = height - float(operands[5]) * PX
                case "TJ":
                    shown = [item for item in operands[0] if isinstance(item, pikepdf.String)]
                    glyphs += b"".join(bytes(item) for item in shown)
    codes = [int.from_bytes(glyphs[n : n + 2], "big") for n in range(0, len(glyphs), 2)]
    if len(codes) != 10 + len(prefix):
        raise ValueError("the galley of the folios does not show ten digits and the prefix")
    widths = galley.font_uses[font].widths
    return Digits(
        font,
        round(size, 3),
        tuple(f"{code:04x}" for code in codes[:10]),
        tuple(widths[code] for code in codes[:10]),
        tuple(
            (char, f"{code:04x}", widths[code])
            for char, code in zip(prefix, codes[10:], strict=True)
        ),
        line,
    )
