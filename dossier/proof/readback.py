"""Reads back the pages of a finished PDF with a viewer, which had no part in making it.

Measures are points from a page's bottom left; pages are counted from 1.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dossier import viewer
from dossier.machine import files
from dossier.proof.objects import UnreadableError
from dossier.records.galley import MARGIN
from dossier.viewer import Box, DamagedError, PageObject, PasswordError

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
Text = tuple[int, str]
"""The MCID of a text's marked content, -1 for none, and its words."""
Run = tuple[str, float, float]
"""A piece of a line: its words, left and right edge."""
Style = tuple[str, float, int]
"""What a text looks like: the name of its font, its size, and its colour as the number RRGGBB."""


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
    """A marked text: a piece of a line; the viewer splits off its combining marks."""

    mcid: int
    box: Box
    words: str = ""
    pieces: dict[int, Box] = field(default_factory=dict)
    """The boxes of its text objects, by address."""

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
            self._pdf = viewer.Document(raw)
        except PasswordError:
            raise UnreadableError("asks for a password") from None
        except DamagedError:
            raise UnreadableError("is damaged") from None
        self.pages = len(self._pdf)

    def close(self) -> None:
        """Close the file."""
        self._pdf.close()

    def labels(self) -> list[str]:
        """Return the page labels."""
        return [self._pdf.label(place) for place in range(self.pages)]

    def bookmarks(self) -> list[Bookmark]:
        """Return the outline, depth first."""
        return [
            Bookmark(item.title, 0 if item.page is None else item.page + 1)
            for item in self._pdf.bookmarks()
        ]

    def size(self, number: int) -> tuple[float, float]:
        """Return the width and height of a page as it is displayed."""
        return self._pdf.size(number - 1)

    def shows_paper(self, number: int) -> bool:
        """Tell whether all that a page shows are pictures of nothing, such as the scan of an empty page."""
        with self._opened(number) as page:
            shown = list(page.objects())
            pictures = [one for one in shown if one.kind == "picture"]
            others = {one.kind for one in shown} - {"picture", "text"}
            shades = [one.image().convert("L").reduce(SPECK).histogram() for one in pictures]
            return bool(shades) and not others and not any(any(dark[: INK + 1]) for dark in shades)

    def typed(self, number: int) -> list[Typed]:
        """Return the tagged texts of a page, in drawing sequence; those in pictures are left out."""
        found = []
        with self._opened(number) as page:
            for shown in page.objects():
                if shown.kind != "text":
                    continue
                said = shown.words()
                if shown.mcid() < 0 or not said.strip():
                    continue
                size, baseline = shown.setting()
                left, _, right, _ = shown.box()
                found.append(Typed(said, size, baseline, left, right))
        return found

    def page(self, number: int) -> Page:
        """Read a page."""
        with self._opened(number) as page:
            return _read(page)

    @contextmanager
    def _opened(self, number: int) -> Iterator[viewer.Page]:
        """Open a page; raise UnreadableError where something on it cannot be read."""
        try:
            with self._pdf.page(number - 1) as page:
                yield page
        except DamagedError:
            raise UnreadableError(f"is damaged: page {number} cannot be read") from None


def _read(page: viewer.Page) -> Page:
    """Read an opened page."""
    width, height = page.size
    found = _Found(height)
    for place, shown in enumerate(page.objects()):
        if shown.kind:
            found.add(place, shown)
    drawn = list(found.drawn.values())
    return Page(
        found.texts,
        found.empty,
        tuple(found.head),
        tuple(found.folio),
        tuple(found.stamp),
        found.bare,
        tuple(piece.text for piece in drawn if _leaves(piece.box, width, height))[:1],
        _crowded(drawn, functools.cache(page.glyphs)),
        tuple(found.images),
        _struck(found.written, found.rules),
        tuple(found.asides),
        found.styles,
        found.baselines,
    )


@dataclass
class _Found:
    """What was found on a page so far; for the names that :class:`Page` has, see there."""

    height: float
    """The height of the page."""
    texts: dict[int, tuple[str, Box]] = field(default_factory=dict)
    empty: bool = True
    head: list[Run] = field(default_factory=list)
    folio: list[Run] = field(default_factory=list)
    stamp: list[Run] = field(default_factory=list)
    bare: tuple[Text, ...] = ()
    images: list[Image] = field(default_factory=list)
    asides: list[tuple[str, Box]] = field(default_factory=list)
    styles: dict[int, tuple[Style, ...]] = field(default_factory=dict)
    baselines: dict[int, float] = field(default_factory=dict)
    drawn: dict[int, _Drawn] = field(default_factory=dict)
    """The texts by the address of their marked content; those without by a number below 0."""
    written: list[tuple[int, PageObject, Box]] = field(default_factory=list)
    """The tagged texts."""
    rules: list[Box] = field(default_factory=list)

    def add(self, place: int, shown: PageObject) -> None:
        """Add an object, the one at ``place`` in the drawing sequence."""
        box = shown.box()
        if shown.kind == "picture":
            drawn = hashlib.sha256(shown.data()).hexdigest()
            self.images.append(Image(shown.mcid(), drawn, shown.dimensions(), box))
            self.empty = False
        elif shown.kind == "path":
            if box[3] - box[1] < THIN < box[2] - box[0]:
                self.rules.append(box)
        else:
            self._add_words(place, shown, box)

    def _add_words(self, place: int, shown: PageObject, box: Box) -> None:
        """Add a text, or a form with all its texts, as of a figure."""
        mcid, said, mark = shown.mcid(), shown.words(), shown.mark()
        if shown.kind == "text":
            piece = self.drawn.setdefault(-place - 1 if mark is None else mark, _Drawn(mcid, box))
            piece.add(shown.address, box, said)
        if mcid >= 0:
            if shown.kind == "text":
                # The viewer leaves out a space that is an object of its own.
                said = said or " "
                self.written.append((mcid, shown, box))
                self._add_style(mcid, shown, said)
            before, old = self.texts.get(mcid, ("", box))
            self.texts[mcid] = (before + said, around(old, box))
        elif mark is None:
            self.bare = self.bare or ((mcid, said),)
        run = said, box[0], box[2]
        above, below = box[1] > self.height - MARGIN, box[3] < MARGIN
        # An artifact that is attached to an edge of the page is a Bates number.
        if (above or below) and shown.has_property("Attached"):
            self.stamp.append(run)
        elif above:
            self.head.append(run)
        elif below:
            self.folio.append(run)
        elif said.strip():
            self.empty = False
            if mcid < 0 and mark is not None:
                self.asides.append((said, box))

    def _add_style(self, mcid: int, shown: PageObject, said: str) -> None:
        """Add what a tagged text looks like."""
        size, baseline = shown.setting()
        style = shown.font(), round(size, 2), shown.fill()[0]
        others = self.styles.get(mcid, ())
        if style not in others and said.strip():
            self.styles[mcid] = (*others, style)
            self.baselines.setdefault(mcid, round(baseline, 2))


def reading(runs: Sequence[Run]) -> str:
    """Return the words of a line."""
    return "".join(run[0] for run in runs).strip()


def ready() -> None:
    """Do nothing: a task that makes a worker start and load the viewer."""


def pages(path: Path, numbers: Iterable[int]) -> list[Page]:
    """Read some pages of a file: a task for a worker, which keeps the file open for the next such task.

    To open a book of thousands of pages takes longer than to read twenty of them.
    """
    book = _kept_open(path, files.state(path))
    return [book.page(number) for number in numbers]


@functools.lru_cache(maxsize=1)
def _kept_open(path: Path, state: files.State) -> Readback:
    """Return a file in one of its states, opened."""
    return Readback(path.read_bytes())


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


def _struck(
    written: Sequence[tuple[int, PageObject, Box]], rules: Sequence[Box]
) -> dict[int, float]:
    """Return the part of each marked content's width through which rules are drawn, where there are any."""
    wide: dict[int, float] = {}
    through: dict[int, float] = {}
    if not rules:
        return through
    for mcid, shown, (left, _, right, _) in written:
        em, baseline = shown.setting()
        low, high = (baseline + part * em for part in MIDDLE)
        wide[mcid] = wide.get(mcid, 0.0) + right - left
        for rule in rules:
            if low < (rule[1] + rule[3]) / 2 < high:
                common = min(right, rule[2]) - max(left, rule[0])
                through[mcid] = through.get(mcid, 0.0) + max(0.0, common)
    return {mcid: length / wide[mcid] for mcid, length in through.items() if length > 0}


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
