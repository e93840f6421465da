"""Follows a content stream through the operators that pages use, and tells what it shows, and where.

Any other operator, in any other form, is a finding. Measures of what is shown are points from the page's
bottom left. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""
Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""


@dataclass(frozen=True)
class Face:
    """What a font of the file says of its glyphs."""

    widths: Mapping[int, float]
    """In thousandths of the size."""
    blank: frozenset[int]
    """The glyphs that are read as spaces."""
    read: Mapping[bytes, str]
    """What glyphs are read as, by their codes in hexadecimal digits: those of single characters."""
    runs: dict[bytes, Run] = field(default_factory=dict, compare=False)
    """The runs measured so far: most are in a text many times."""

    def run(self, codes: bytes) -> Run:
        """Return the measures of glyphs that stand side by side, by their codes in hexadecimal digits."""
        found = self.runs.get(codes)
        if found is None:
            found = self.runs[codes] = _measured(self, codes)
        return found


Faces = Mapping[str, Face]


@dataclass(frozen=True)
class Run:
    """The measures of glyphs that stand side by side, in ems from where the first begins."""

    least: float
    """Where the one farthest to the left begins."""
    most: float
    """Where the one farthest to the right begins."""
    inked: float
    """Where the last one that is no space ends."""
    width: float
    goes_back: bool
    """One of them begins far before another that is drawn before it."""
    glyphs: str
    """Their codes, without those of spaces."""


def _measured(face: Face, codes: bytes) -> Run:
    x = least = most = 0.0
    inked, goes_back = -math.inf, False
    glyphs: list[str] = []
    for place in range(0, len(codes), 4):
        code = codes[place : place + 4].decode()
        glyph = int(code, 16)
        goes_back = goes_back or x < most - BACK
        least, most = min(least, x), max(most, x)
        x += face.widths.get(glyph, 0.0) / 1000
        if glyph not in face.blank:
            glyphs.append(code)
            inked = max(inked, x)
    return Run(least, most, inked, x, goes_back, "".join(glyphs))


N = rb"(-?\d*\.?\d+|-?\d+\.)"
HEX = rb"<(?:[0-9a-f]{4})*>"
NUMBERS = re.compile(rb"-?\d*\.?\d+|-?\d+\.")
STEPS = re.compile(
    rb"(?P<q>q\n)|(?P<Q>Q\n)|(?P<gs>/[aA]1(?:\.0)? gs\n)"
    rb"|(?P<cm>-?[\d.]+ 0 0 -?[\d.]+ -?[\d.]+ -?[\d.]+ cm\n)"
    rb"|(?P<rg>[\d.]+ [\d.]+ [\d.]+ rg\n)|(?P<RG>[\d.]+ [\d.]+ [\d.]+ RG\n)|(?P<w>[\d.]+ w\n)"
    rb"|(?P<d>\[[\d. ]*\] [\d.]+ d\n|[012] [Jj]\n)"
    rb"|(?P<path>(?:(?:-?[\d.]+ ){2}[ml]\n|(?:-?[\d.]+ ){4}re\n|(?:-?[\d.]+ ){6}c\n|h\n)+)"
    rb"(?P<paint>W\*?\nn\n|S\n|f\*?\n)"
    rb"|/(?P<tag>Span|Link|Figure)(?:\n| )<</MCID (?P<mcid>\d+)>>(?:\n| )BDC\n"
    rb"|(?P<header>/Artifact\n<</Type /Pagination /Subtype /Header>>\nBDC\n)"
    rb"|(?P<continued>/Artifact\n<</Type /Pagination>>\nBDC\n)"
    rb"|(?P<separator>/Artifact\n<</Type /Layout>>\nBDC\n)"
    rb"|(?P<leader>/Artifact BMC\nq \.5 G \.9 w 1 J \[0 5\] 0 d [\d.]+ [\d.]+ m [\d.]+ [\d.]+ l S Q\nEMC\n)"
    rb"|(?P<artifact>/Artifact\n\n?BMC\n)|(?P<EMC>EMC\n)"
    rb"|(?P<BT>BT\n)(?:1 0 0 -1 (?P<x>-?[\d.]+) (?P<y>-?[\d.]+) Tm\n)?|(?P<ET>ET\n)"
    rb"|/(?P<font>[A-Z]{6}) (?P<size>[\d.]+) Tf\n|(?P<rise>-?[\d.]+) Ts\n"
    rb"|(?P<TJ>\[(?:%b|-?[\d.]+| )*\] TJ\n)|(?P<image>/i[0-9a-f]+ Do\n)" % HEX
)
SHOWN = re.compile(rb"<([0-9a-f]*)>|(-?[\d.]+)")
SMALLEST = 4.0
"""Points below which no text is set."""
BACK = 0.4
"""How far, in ems, a glyph may begin before the one that is drawn before it."""
LEFT = 3.5
"""How far, in ems, a page number may extend to the left of its place: by six figures."""
RISE = 0.7
"""How far, in ems, a glyph may be moved from its baseline."""
SLACK = 1.0
"""Points by which a text may extend beyond what it is clipped to, as a slanted letter does."""
THIN = 2.1
"""A stroke or an area that is thinner is a line."""


@dataclass(frozen=True)
class Shown:
    """A text that is shown by one text object within one marked content."""

    mcid: int
    """That of its marked content, -1 for an artifact."""
    box: Box
    """From its baseline to the height of its font size."""
    colour: Colour
    glyphs: str
    """The font and the glyphs, without spaces."""
    place: int
    """Its place in the sequence of all that is drawn."""
    left: float
    """Where the text begins on the page as the typesetter measures it."""
    size: float
    """That of its type, in points."""


@dataclass(frozen=True)
class Painted:
    """A line, an area or a picture."""

    box: Box
    colour: Colour | None
    """None for a picture."""
    place: int
    mcid: int


@dataclass
class Content:
    """What a content stream shows."""

    texts: list[Shown] = field(default_factory=list)
    painted: list[Painted] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


@dataclass
class _State:
    """The graphics state (8.4.1), as far as pages use it; scales and moves only along the axes."""

    a: float = 1.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0
    fill: Colour = (0.0, 0.0, 0.0)
    stroke: Colour = (0.0, 0.0, 0.0)
    width: float = 1.0
    clip: Box | None = None
    font: str = ""
    size: float = 0.0
    rise: float = 0.0

    def copy(self) -> _State:
        return _State(**vars(self))

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.e, self.d * y + self.f


ARTIFACT, HEADER, NONE, CONTINUED, SEPARATOR = -1, -2, -3, -4, -5
"""The marked content of decoration, of a running head, of what stands in none, of what a column repeats at
its head, and of what parts the signatures of a paragraph."""
MARKS = {
    "artifact": ARTIFACT,
    "header": HEADER,
    "continued": CONTINUED,
    "separator": SEPARATOR,
}


def read(content: bytes, faces: Faces) -> Content:
    """Return what a content stream shows."""
    return _Reader(content, faces).read()


class _Reader:
    """Follows one content stream."""

    def __init__(self, content: bytes, faces: Faces) -> None:
        self._content = content if content.endswith(b"\n") else content + b"\n"
        self._faces = faces
        self._state = _State()
        self._saved: list[_State] = []
        self._mark = NONE
        self._place = 0
        self._pen: tuple[float, float] | None = None
        """Where the next glyph goes, in the units of the text object; None outside a text object."""
        self._inside = False
        """The marked content begins inside a text object."""
        self._found = Content()

    def read(self) -> Content:
        content, place, end = self._content, 0, len(self._content)
        while place < end:
            match = STEPS.match(content, place)
            if not match:
                there = content[place : place + 40].split(b"\n")[0].decode("latin-1")
                self._wrong(f"what the program never writes: {there}")
                return self._found
            place = match.end()
            self._place += 1
            self._step(match)
        if self._saved or self._mark != NONE or self._pen is not None:
            self._wrong("something that is not closed")
        return self._found

    def _wrong(self, message: str) -> None:
        if message not in self._found.findings:
            self._found.findings.append(message)

    def _step(self, match: re.Match[bytes]) -> None:
        """Do one step; the name of the last group that took part is its kind."""
        kind, state = match.lastgroup, self._state
        if kind == "TJ":
            self._show(match["TJ"])
        elif kind in ("y", "BT", "ET"):
            self._text_object(match)
        elif kind == "size":
            state.font, state.size = match["font"].decode(), float(match["size"])
        elif kind in ("mcid", *MARKS, "EMC"):
            self._marked(match)
        elif kind == "q":
            self._saved.append(state.copy())
        elif kind == "Q":
            if self._saved:
                self._state = self._saved.pop()
            else:
                self._wrong("a state that was never saved")
        elif kind == "paint":
            self._paint(match["path"], match["paint"])
        elif kind == "cm":
            a, _, _, d, e, f = map(float, match["cm"].split()[:6])
            state.e, state.f = state.at(e, f)
            state.a, state.d = state.a * a, state.d * d
        elif kind == "rg":
            state.fill = _colour(match["rg"])
        elif kind == "RG":
            state.stroke = _colour(match["RG"])
        elif kind == "w":
            state.width = float(match["w"][:-2])
        elif kind == "rise":
            state.rise = float(match["rise"])
        elif kind == "image":
            self._image()
        elif kind == "leader":
            self._leader(match["leader"])

    def _text_object(self, match: re.Match[bytes]) -> None:
        begins = match.lastgroup != "ET"
        if begins == (self._pen is not None):
            self._wrong("a text object that is not closed, or was not begun")
        has_place = begins and match["x"] is not None
        self._pen = (float(match["x"]), float(match["y"])) if has_place else (0.0, 0.0)
        self._begun = has_place
        if not begins:
            self._pen = None
            if self._inside:
                self._nested()

    def _nested(self) -> None:
        """Compare where a marked content ends, or a text object in which it begins (14.6.1)."""
        if self._mark != NONE and self._inside != (self._pen is not None):
            self._wrong("marked content and text objects that overlap")

    def _marked(self, match: re.Match[bytes]) -> None:
        kind = match.lastgroup
        if (kind == "EMC") == (self._mark == NONE):
            self._wrong("marked content inside other marked content, or none that ends")
        if kind == "EMC":
            self._nested()
        else:
            self._inside = self._pen is not None
        if kind == "mcid":
            self._mark = int(match["mcid"])
        else:
            self._mark = MARKS.get(kind or "", NONE)

    def _show(self, operand: bytes) -> None:
        """Show glyphs, one beside another (9.4.3)."""
        state = self._state
        if self._pen is None or not self._begun or self._mark == NONE:
            self._wrong("a text outside of text objects and tags")
            return
        face = self._faces.get(state.font)
        if face is None:
            self._wrong("a text in a font that the page does not have")
            return
        x, y = self._pen
        start, em = x, state.size
        farthest = x - LEFT * em
        end = x  # the right edge of what is inked: no space at the end of a line
        glyphs: list[str] = []
        is_first = True
        for codes, number in SHOWN.findall(operand):
            if number:
                x -= float(number) * em / 1000
                continue
            if not codes:
                continue
            run = face.run(codes)
            if run.goes_back or x + run.least * em < farthest - BACK * em:
                self._wrong("glyphs that go back over others")
            begins = x + run.least * em
            start = begins if is_first else min(start, begins)
            is_first = False
            farthest = max(farthest, x + run.most * em)
            if run.glyphs:
                glyphs.append(run.glyphs)
                end = max(end, x + run.inked * em)
            x += run.width * em
        self._pen = x, y
        if glyphs:
            self._shown(start, end, y, f"{state.font} {''.join(glyphs)}")

    def _shown(self, start: float, end: float, y: float, glyphs: str) -> None:
        """Note a text, and what is wrong with its size and its place."""
        state = self._state
        left, base = state.at(start, y)
        right, _ = state.at(end, y)
        size = state.size * state.a
        if not (state.a > 0 and abs(state.a + state.d) < 1e-6) and state.d > 0:
            self._wrong("a text that is mirrored or distorted")
        if abs(state.a) != abs(state.d) or size < SMALLEST:
            self._wrong("a text that is too small to be read, or distorted")
        if abs(state.rise) > RISE * state.size:
            self._wrong("a text away from its line")
        box = (left, base, right, base + 0.7 * size)
        clip = state.clip
        # A long running head ends with “…”, of which a part may be cut off.
        slack = size if self._mark == HEADER else SLACK
        if clip and not (
            clip[0] - slack <= left
            and right <= clip[2] + slack
            and clip[1] - SLACK <= base
            and base + 0.5 * size <= clip[3] + SLACK
        ):
            self._wrong("a text that is cut off")
        place, mark = self._place, self._mark
        self._found.texts.append(Shown(mark, box, state.fill, glyphs, place, round(left, 1), size))

    def _paint(self, path: bytes, paint: bytes) -> None:
        """Clip to a path, or draw it (8.5)."""
        state = self._state
        box = self._around(path)
        if paint.startswith(b"W"):
            clip = state.clip or box
            state.clip = (
                max(box[0], clip[0]), max(box[1], clip[1]),
                min(box[2], clip[2]), min(box[3], clip[3]),
            )  # fmt: skip
            return
        if self._mark in (NONE, HEADER, CONTINUED, SEPARATOR) or self._pen is not None:
            self._wrong("a line or an area that is not decoration")
        colour = state.fill
        if paint == b"S\n":
            colour, half = state.stroke, state.width * abs(state.a) / 2
            box = (box[0], box[1] - half, box[2], box[3] + half)
            if box[3] - box[1] > THIN:
                box = (box[0] - half, box[1], box[2] + half, box[3])
        if state.clip:
            clip = state.clip
            box = (
                max(box[0], clip[0]), max(box[1], clip[1]),
                min(box[2], clip[2]), min(box[3], clip[3]),
            )  # fmt: skip
        if box[2] > box[0] and box[3] > box[1]:
            self._found.painted.append(Painted(box, colour, self._place, self._mark))

    def _around(self, path: bytes) -> Box:
        """Return the box around a path."""
        points: list[tuple[float, float]] = []
        for line in path.split(b"\n"):
            words = line.split()
            values = list(map(float, words[:-1]))
            if words[-1:] == [b"re"]:
                x, y, wide, high = values
                points += [(x, y), (x + wide, y + high)]
            else:
                points += zip(values[::2], values[1::2], strict=True)
        placed = [self._state.at(x, y) for x, y in points]
        xs, ys = [x for x, _ in placed], [y for _, y in placed]
        return min(xs), min(ys), max(xs), max(ys)

    def _image(self) -> None:
        """Draw a picture: the unit square, upright."""
        state = self._state
        left, bottom = state.at(0, 0)
        right, top = state.at(1, 1)
        if self._mark < 0 or right <= left or top <= bottom:
            self._wrong("a picture that is not a figure, or is mirrored")
        clip = state.clip
        if clip and (
            min(left - clip[0], bottom - clip[1], clip[2] - right, clip[3] - top) < -SLACK
        ):  # fmt: skip
            self._wrong("a picture that is cut off")
        box = (left, bottom, right, top)
        self._found.painted.append(Painted(box, None, self._place, self._mark))

    def _leader(self, leader: bytes) -> None:
        """Draw the dots of a leader."""
        left, y, right, _ = map(float, NUMBERS.findall(leader.split(b" d ")[1]))
        if self._mark != NONE or self._pen is not None:
            self._wrong("a leader inside other content")
        x, low = self._state.at(left, y - 0.5)
        end, high = self._state.at(right, y + 0.5)
        box = (x, low, end, high)
        self._found.painted.append(Painted(box, (0.5, 0.5, 0.5), self._place, ARTIFACT))


def _colour(operands: bytes) -> Colour:
    red, green, blue = map(float, operands.split()[:3])
    return red, green, blue
