"""``print:`` of a packet: how it is printed, bound and folded.

Lengths become points, of which an inch has 72.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from dossier.records.values import Record, fault, switch, written_value

POINTS = {"mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0, "pt": 1.0}
"""The points of each unit of length."""
MM = POINTS["mm"]
LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,4})?) ?(mm|cm|in|pt)")
PUNCHED = 20 * MM
"""The strip at the binding edge that holes take, in which no text stands. ISO 838 has holes of 6 mm whose
middles are 12 mm from the edge, each with a tolerance; holes in American binders are not farther away."""
STAPLED = 15 * MM
"""The sides of the square in the corner that a staple takes."""
LEAST_MARGIN = 5 * MM
"""The least outer margin: printers do not reach the edge of the paper."""
LEAST_BLEED = 3 * MM
MOST_BLEED = 20 * MM
CREEP = 0.1 * MM
"""By how much each sheet inside another comes out of it: the thickness of paper of 80 g/m²."""
OWN_SIZE = (421.0, 612.5)
"""Pages of a booklet up to this size, that of A5 and half letter, are not reduced."""
MARK_GAP, MARK_LENGTH = 3 * MM, 5 * MM
"""Crop marks stand outside of the bleed, and no nearer to the page than this; and their length."""
GATHERING = range(4, 33, 4)
"""The pages that a gathering of a booklet may have."""


def _length(value: Any) -> Any:
    """Return a length in points."""
    match = LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        remedy = "Write a number and its unit, mm, cm, in or pt, for example 10mm."
        raise fault("length", f"“{value}” is not a length", remedy)
    return round(float(match[1]) * POINTS[match[2]], 3)


def _holes(value: Any) -> Any:
    if value not in ("2", "3", "4", 2, 3, 4):
        remedy = "Write 2 or 4, which are 80 mm apart (ISO 838), or 3, which are 108 mm apart."
        raise fault("holes", f"“{value}” is not a number of holes", remedy)
    return int(value)


def _gathering(value: Any) -> Any:
    if not str(value).isdecimal() or int(value) not in GATHERING:
        remedy = "Write how many pages are folded into each other: 4, 8, 12, 16, 20, 24, 28 or 32."
        raise fault("booklet", f"“{value}” is not a number of pages for a gathering", remedy)
    return int(value)


def _bleed(value: float) -> float:
    if not LEAST_BLEED - 0.01 <= value <= MOST_BLEED:
        remedy = "Write 3mm, or what the print shop asks for, up to 20mm."
        raise fault("bleed", f"A bleed of {value / MM:.3g} mm is not usual", remedy)
    return value


Length = Annotated[float, BeforeValidator(_length, json_schema_input_type=str)]
Switch = Annotated[bool, switch("Write true, or remove it.", str.lower)]
Written = BeforeValidator(written_value)


class Print(Record):
    """How a packet is printed. Each key stands by itself."""

    sides: Annotated[Literal["one", "two"] | None, Written] = None
    """None for what the design says."""
    recto: Annotated[Literal["none", "sections", "letters"], Written] = "none"
    """What begins on a page with an odd number."""
    gutter: Annotated[Length, Written] = 0.0
    """The width of the strip at the spine that binding takes."""
    holes: Annotated[
        Literal[2, 3, 4] | None, BeforeValidator(_holes, json_schema_input_type=int), Written
    ] = None
    staple: Annotated[Switch, Written] = False
    booklet: Annotated[
        int | None, BeforeValidator(_gathering, json_schema_input_type=int), Written
    ] = None
    """The pages of a gathering of the booklet."""
    flip: Annotated[Literal["short", "long"] | None, Written] = None
    """The edge over which the printer turns the booklet's sheets; None for the short one."""
    bleed: Annotated[Length, AfterValidator(_bleed), Written] = 0.0
    marks: Annotated[Switch, Written] = False

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the files for printers that are made beside the PDF."""
        booklet = ("booklet",) if self.booklet else ()
        return (*booklet, *(("press",) if self.bleed or self.marks else ()))

    def inward(self, margin: float, top: float) -> float:
        """Return how far text must be moved away from the binding edge.

        ``margin`` is the width of the margin there, ``top`` the height of the free strip above all text.
        """
        wanted = margin + self.gutter / 2
        if self.holes:
            wanted = max(wanted, PUNCHED)
        if self.staple and top < STAPLED:
            wanted = max(wanted, STAPLED)
        return round(wanted - margin, 3)
