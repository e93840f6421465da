"""Tells whether what a page shows can be seen, stands in reading order, and is only text and furniture.

References are to ISO 32000-1 (PDF 1.7). Measures are points from a page's bottom left. Workers load this,
so it knows no more of the dossier than records that tell what is to be seen: see :mod:`.sheets`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from dossier.proof import bars
from dossier.proof.allowed import contents
from dossier.proof.allowed.contents import (
    ARTIFACT,
    CONTINUED,
    HEADER,
    SEPARATOR,
    Box,
    Colour,
    Content,
    Faces,
    Painted,
    Shown,
)
from dossier.proof.places import stamped
from dossier.proof.readback import around
from dossier.proof.tags import Finding, Link
from dossier.records.furniture import Furniture

UP = re.compile(rb"q 1 0 0 1 0 -?[\d.]+ cm\n(.*)\nQ", re.DOTALL)
"""Moves a running head to its line."""
FOLIO = re.compile(
    rb"/Artifact <</Type /Pagination>> BDC\n"
    rb"BT /([A-Z]{6}) ([\d.]+) Tf ([\d.]+) ([\d.]+) Td <((?:[0-9a-f]{4})+)> Tj ET\nEMC\n"
    rb"(?P<stamp>/Artifact <</Attached \[/(Top|Bottom)\] /Subtype /Bates /Type /Pagination>> BDC\n"
    rb"BT /([A-Z]{6}) ([\d.]+) Tf ([\d.]+) ([\d.]+) Td <((?:[0-9a-f]{4})+)> Tj ET\nEMC\n)?"
)
PAPER: Colour = (1.0, 1.0, 1.0)
LEAST = 2.5
"""The least contrast (WCAG 2.2) of a text with what it stands on."""
FAINTEST = 1.15
"""The least contrast of a line or an area with the paper: one that is fainter could only hide something."""
NEAR = 0.004
"""How far a colour may miss that of the design, by rounding."""
NEARLY = 0.06
"""Points by which a size may miss its value, by rounding."""
TOUCH = 0.5
"""Points by which a line or an area may reach into a text's box."""
THIN = contents.THIN
MIDDLE = 0.1, 0.9
"""The part of a text's box through which a line would strike it."""
RESERVED, NEAR_BY, HIGH, FIGURE = 35.0, 4.0, 30.0, 60.0
"""Points by which the frame of a link may be wider than its words, narrower, and higher; and by which the
box of a figure may be higher than what is drawn in it."""
LOWER = 5.0
"""Points by which a running head may stand off its line: fonts of other scripts move the baseline."""
BAND = 20.0
"""The height of the bands by which what is painted is looked up."""
HIGHEST = 1000
"""The last band, which has all that is still higher."""
UNNUMBERED = "–"
"""Stands for the label of a page on which no number is printed."""
LINE = 0.6
"""The part of a line's height by which the next text may stand above it and still be on it."""


@dataclass(frozen=True)
class Bars:
    """What bars of charts look like."""

    height: float
    colours: tuple[Colour, ...]


@dataclass(frozen=True)
class Looks:
    """What decides whether a page looks as it should."""

    colours: tuple[Colour, ...]
    """Those of the design; empty where the corpus has templates of its own."""
    struck: bool
    """Texts of the section may be struck through."""
    continues: bool = False
    """Columns of the section may repeat heads; :mod:`dossier.proof.continued` tells which."""
    parted: bool = False
    """The section may have what parts signatures; :mod:`dossier.proof.parted` tells where."""
    bars: bars.Counts = ()
    """The figures of the bars in the section's charts."""
    shape: Bars | None = None
    """What these look like; None without any."""
    furniture: float = 0.0
    """The size of running heads and page numbers; 0 where the corpus has templates of its own."""


@dataclass(frozen=True)
class Sheet:
    """What of the file decides how a page looks."""

    number: int
    parts: tuple[bytes, ...]
    """Its content streams."""
    size: tuple[float, float]
    order: tuple[int, ...]
    """Its marked content in reading order, without notes."""
    links: tuple[Link, ...]
    figures: tuple[tuple[frozenset[int], Box], ...]
    """The marked content of each figure, and its box."""
    volume: int = 0
    """The number of the volume in which it is; 0 where there is only one."""
    label: str = ""
    """What its page number must be; empty where plain numbers are compared elsewhere alone."""


@dataclass(frozen=True)
class Section:
    """The pages of a section that is not known from earlier files."""

    looks: Looks
    sheets: tuple[Sheet, ...]


def loaded() -> None:
    """Do nothing: a task that makes a worker load what reads and examines pages."""


def examined(sections: Sequence[Section], furniture: Furniture, known: Faces) -> list[Finding]:
    """Return what is wrong with the pages of sections. A worker may call this."""
    return [item for one in sections for item in _examined(one, furniture, known)]


def _examined(section: Section, furniture: Furniture, known: Faces) -> Iterator[Finding]:
    before: list[Shown] = []
    lengths: list[tuple[int, float]] = []
    for place, sheet in enumerate(section.sheets):
        page = Drawn(sheet, furniture, known)
        for message in page.findings(section.looks, place > 0, before):
            yield sheet.number, f"The page has {message}"
        if message := _disorder(page.body, sheet.order):
            yield sheet.number, message
        for message in page.frames(sheet.links):
            yield sheet.number, f"The page has {message}"
        if not all(page.is_around(here, box) for here, box in sheet.figures):
            yield sheet.number, "A figure on the page is said to stand elsewhere"
        before += page.body.texts
        lengths += [(sheet.number, length) for length in page.bars(section.looks.shape)]
    if section.looks.bars:
        yield from bars.findings(section.looks.bars, lengths, section.sheets[0].number)


class Drawn:
    """A page with its content streams."""

    def __init__(self, sheet: Sheet, furniture: Furniture, known: Faces) -> None:
        """Take what decides how a page looks, and the fonts that it may use."""
        self._furniture = furniture
        self._number = number = sheet.number
        self._volume = sheet.volume
        self._label = sheet.label
        self._known = known
        self._parts = sheet.parts
        self._size = sheet.size
        facing = self._furniture.sides == "facing"
        at_right = (number % 2 == 1 or not facing) != self._furniture.turned
        outward = self._furniture.inward + (self._furniture.shift if facing else 0)
        self.shift = outward if at_right else -outward
        self.body = Content()

    def findings(self, looks: Looks, headed: bool, before: Sequence[Shown]) -> Iterator[str]:
        """Yield what the page should not have; ``headed`` tells whether it has a running head."""
        parts, message = self.parts(headed)
        if message:
            yield message
            return
        self.body = contents.read(parts[0], self._known)
        yield from self.body.findings
        if any(text.mcid == HEADER for text in self.body.texts):
            yield "a running head within its text"
        yield from _looks(self.body, looks)
        yield from self._artifacts(before)
        if not looks.continues and any(text.mcid == CONTINUED for text in self.body.texts):
            yield "the head of a column where no column has one"
        if not looks.parted and any(text.mcid == SEPARATOR for text in self.body.texts):
            yield "what parts signatures where nothing parts them"
        if headed:
            yield from self.head(parts[1], looks)
        yield from self.folio(looks.furniture)

    def parts(self, headed: bool) -> tuple[list[bytes], str]:
        """Return the page's text, its running head if it has one, its page number; or what is wrong."""
        parts = list(self._parts)
        if self.shift:
            moved = b"q 1 0 0 1 %g 0 cm" % self.shift
            if len(parts) < 3 or parts.pop(0) != moved or parts.pop(-2) != b"Q":
                return [], "a text block that is not in its place"
        if len(parts) != 2 + headed:
            return [], "other parts than its text and its furniture"
        return parts, ""

    def frames(self, links: Sequence[Link]) -> Iterator[str]:
        """Yield links whose frame is not around their words."""
        boxes: dict[int, list[Box]] = {}
        for text in self.body.texts:
            boxes.setdefault(text.mcid, []).append(text.box)
        for link in links:
            words = [box for mcid in link.words for box in boxes.get(mcid, ())]
            left, bottom, right, top = link.box
            frame = (left - self.shift, bottom, right - self.shift, top)
            # A link that goes on in the next line has a frame in each.
            inside = [box for box in words if _overlap(frame, box, 0.0)]
            if not words:
                continue
            box = functools.reduce(around, inside) if inside else None
            if not box or not (_frames(frame, box, RESERVED) or self._is_blank(frame, box, link)):
                yield "a frame of a link that is not around its words"

    def _is_blank(self, frame: Box, words: Box, link: Link) -> bool:
        """Tell whether a frame is around words and spaces, which may be wide in a justified line.

        It does not leave the block of text.
        """
        left = min(text.box[0] for text in self.body.texts) - TOUCH
        right = max(text.box[2] for text in self.body.texts) + TOUCH
        if frame[0] < left or right < frame[2]:
            return False
        beyond = (
            text.box
            for text in self.body.texts
            if text.mcid not in link.words and _overlap(frame, text.box, TOUCH)
        )
        return _frames(frame, words, self._size[0]) and not any(beyond)

    def is_around(self, content: Set[int], box: Box) -> bool:
        """Tell whether the box of a figure is around its content, and hardly larger."""
        drawn = [text.box for text in self.body.texts if text.mcid in content]
        drawn += [one.box for one in self.body.painted if one.mcid in content]
        if not drawn:
            return True
        left, bottom, right, top = functools.reduce(around, drawn)
        shift = self.shift
        return (
            box[0] - shift - NEAR_BY < left and right < box[2] - shift + NEAR_BY
            and box[1] - NEAR_BY < bottom and top < box[3] + NEAR_BY
            and top > box[3] - FIGURE and bottom < box[1] + FIGURE
            and box[0] > 0 and box[2] < self._size[0]
        )  # fmt: skip

    def bars(self, shape: Bars | None) -> Iterator[float]:
        """Yield the lengths of what is drawn as bars of a chart are, in sequence."""
        if shape is None:
            return
        for one in self.body.painted:
            is_high = abs(one.box[3] - one.box[1] - shape.height) < NEAR
            if is_high and one.colour and _is_one_of(one.colour, shape.colours):
                yield one.box[2] - one.box[0]

    def _artifacts(self, before: Sequence[Shown]) -> Iterator[str]:
        """Yield decoration with words, unless it repeats the head of a table from a page before."""
        tagged = [text for text in self.body.texts if text.mcid >= 0]
        for text in self.body.texts:
            if text.mcid != ARTIFACT:
                continue
            repeats = any(text.glyphs == one.glyphs and text.left == one.left for one in before)
            if not repeats or any(one.box[1] > text.box[3] for one in tagged):
                yield "words that are not tagged"

    def head(self, part: bytes, looks: Looks) -> Iterator[str]:
        """Yield what is wrong with the running head."""
        moved = UP.fullmatch(part)
        head = contents.read(moved[1] if moved else part, self._known)
        yield from head.findings
        if any(text.mcid != HEADER for text in head.texts) or head.painted:
            yield "something else than words in its running head"
        size = looks.furniture
        if size and any(abs(text.size - size) > NEARLY for text in head.texts):
            yield "a running head of another size"
        yield from _looks(head, looks)
        if moved:
            up = float(part.split(b" ", 7)[6])
            line = {round(text.box[1] + up, 1) for text in head.texts}
        else:
            line = {round(text.box[1], 1) for text in head.texts}
        wanted = self._size[1] - self._furniture.head_line
        if any(abs(one - wanted) > LOWER for one in line):
            yield "a running head on another line"

    def folio(self, size: float = 0.0) -> Iterator[str]:
        """Yield what is wrong with the page number; ``size`` is that of its type, 0 if none is told."""
        match = FOLIO.fullmatch(self._parts[-1])
        if self._label == UNNUMBERED:
            if self._parts[-1]:
                yield "something at its foot, where no page number is to be"
        elif not match:
            yield "something else than a page number at its foot"
        elif (
            float(match[4]) != round(self._furniture.folio_line, 3)
            or match[1].decode() not in self._known
        ):
            yield "a page number in another place or font"
        elif size and abs(float(match[2]) - size) > NEARLY:
            yield "a page number of another size"
        elif self._label and self._drawn(match[1], match[5]) != self._label:
            yield f"the page number “{self._drawn(match[1], match[5])}”"
        elif bool(match["stamp"]) != bool(self._furniture.stamp):
            yield "a Bates number that it should not have, or none"
        elif match["stamp"] and not self._is_stamped(match):
            yield "a Bates number in another place, size or font"
        elif match["stamp"]:
            said = self._drawn(match[1], match[12])
            if said != stamped(self._furniture.stamp, self._number, self._volume):
                yield f"the Bates number “{said}”"

    def _drawn(self, font: bytes, codes: bytes) -> str:
        """Return the characters of glyphs in the sequence in which they are drawn.

        The viewer may turn them where a page runs from right to left.
        """
        read = self._known[font.decode()].read
        return "".join(read.get(codes[at : at + 4], "?") for at in range(0, len(codes), 4))

    def _is_stamped(self, match: re.Match[bytes]) -> bool:
        """Tell whether a Bates number is set as the page number is, on its own line."""
        stamp = self._furniture.stamp
        at_foot = stamp is not None and stamp.place.startswith("foot")
        line = self._furniture.stamp_line
        line = line if at_foot else self._size[1] - line
        return (
            match[7] == (b"Bottom" if at_foot else b"Top")
            and (match[8], match[9]) == (match[1], match[2])
            and abs(float(match[11]) - line) < 0.001
        )


def _frames(frame: Box, words: Box, reserved: float) -> bool:
    """Tell whether the frame of a link is around words, and wider by no more than is ``reserved``.

    A page number is set at the right of its frame.
    """
    return (
        words[0] - reserved < frame[0] < words[0] + NEAR_BY
        and words[2] - NEAR_BY < frame[2] < words[2] + reserved
        and words[1] - HIGH < frame[1] < words[1] + NEAR_BY
        and words[3] - NEAR_BY < frame[3] < words[3] + HIGH
    )


def _looks(content: Content, looks: Looks) -> Iterator[str]:
    """Yield what cannot be seen, or hides something."""
    bands = _bands(content.painted)
    for text in content.texts:
        ground = PAPER
        for area in _beside(bands, text.box):
            if area.place < text.place and area.colour and _overlap(area.box, text.box, TOUCH):
                ground = area.colour
            yield from _struck_or_hidden(text, area, looks)
        if _contrast(text.colour, ground) < LEAST:
            yield "a text that cannot be seen"
        if looks.colours and not _is_one_of(text.colour, looks.colours):
            yield "a text in a colour that the design does not have"
    for area in content.painted:
        colour = area.colour
        if colour and _contrast(colour, PAPER) < FAINTEST:
            yield "a line or an area that cannot be seen"
        if colour and looks.colours and not _is_one_of(colour, (*looks.colours, (0.5, 0.5, 0.5))):
            yield "a line or an area in a colour that the design does not have"


def _struck_or_hidden(text: Shown, area: Painted, looks: Looks) -> Iterator[str]:
    """Yield that a line goes through a text, or an area lies over it."""
    left, bottom, right, top = area.box
    if min(top - bottom, right - left) < THIN:
        low, high = text.box[1], text.box[3]
        middle = tuple(low + part * (high - low) for part in MIDDLE)
        core = (text.box[0] + TOUCH, middle[0], text.box[2] - TOUCH, middle[1])
        if not looks.struck and _overlap(area.box, core, 0.0):
            yield "a line through a text"
    elif area.place > text.place and _overlap(area.box, text.box, TOUCH):
        yield "an area or a picture over a text"


Bands = Mapping[int, Sequence[tuple[int, Painted]]]
"""What is painted in each horizontal band of a page, numbered in the sequence in which it is drawn."""


def _bands(painted: Sequence[Painted]) -> Bands:
    """Return what is painted by bands: a text is compared only with what stands at its height."""
    found: dict[int, list[tuple[int, Painted]]] = {}
    for place, area in enumerate(painted):
        for band in _across(area.box):
            found.setdefault(band, []).append((place, area))
    return found


def _beside(bands: Bands, box: Box) -> Iterator[Painted]:
    """Yield what is painted at the height of a box, in the sequence in which it is drawn."""
    there = dict(item for band in _across(box) for item in bands.get(band, ()))
    for place in sorted(there):
        yield there[place]


def _across(box: Box) -> range:
    """Return the numbers of the bands that a box touches."""
    low, high = (int(max(-1.0, min(line // BAND, HIGHEST))) for line in (box[1], box[3]))
    return range(low, high + 1)


def _overlap(one: Box, other: Box, least: float) -> bool:
    """Tell whether two boxes overlap by more than some points each way."""
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > least
        and min(one[3], other[3]) - max(one[1], other[1]) > least
    )


@functools.cache
def _is_one_of(colour: Colour, colours: tuple[Colour, ...]) -> bool:
    return any(
        all(abs(one - other) < NEAR for one, other in zip(colour, there, strict=True))
        for there in colours
    )


@functools.cache
def _contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _disorder(content: Content, order: Sequence[int]) -> str:
    """Return a message where texts do not stand in reading order: down the page, column after column."""
    boxes: dict[int, Box] = {}
    for text in content.texts:
        boxes.setdefault(text.mcid, text.box)
    last: Box | None = None
    for mcid in order:
        box = boxes.get(mcid)
        if box is None:
            continue
        if last:
            rise = box[1] - last[1]
            beside = box[0] >= last[2] - 2 or box[2] <= last[0] + 2
            if rise > LINE * (last[3] - last[1]) and not beside:
                return "The texts of the page do not stand in the order in which they are read"
        last = box
    return ""
