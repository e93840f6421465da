"""Compares in which face, size and colour texts are set with what the design says of them.

Which role a text has is told beside the text (:class:`Look`); how large the roles are stands in the design.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dossier.language.direction import script_of
from dossier.machine import fonts
from dossier.proof.readback import Style
from dossier.records.design import Design

NEAR = 0.06
"""Points by which a size may miss its value, by rounding."""
BOLD = 550
"""The weight from which on a face is bold."""
LARGER = 2.0
"""Points by which texts may be larger where they run from right to left, as their faces look small."""
UNBOUND = 1000.0
WEIGHTS = {
    "Thin": 100, "Ultra-Light": 200, "Light": 300, "Semi-Light": 350, "Book": 380, "Medium": 500,
    "Semi-Bold": 600, "Bold": 700, "Ultra-Bold": 800, "Heavy": 900, "Ultra-Heavy": 1000,
}  # fmt: skip
"""The words for weights in the names of fonts."""
STYLE = re.compile(
    r"(?:-(?P<style>Italic|Oblique)|-(?P<weight>(?:Ultra-|Semi-)?(?:Thin|Light|Book|Medium|Bold|Heavy)))*"
)
NOT_BOLD, NOT_ITALIC = "not set in bold", "not set in italics"
EVEN = frozenset({"Jpan", "Kore", "Hans", "Hant"})
"""Scripts without italics, besides those from right to left."""


@dataclass(frozen=True)
class Look:
    """How a text should look; None where nothing is told."""

    role: str = ""
    """Its size: a key of the design's sizes, or another of :func:`_sizes`; empty where nothing is told."""
    italic: bool | None = None
    bold: bool | None = None
    accent: bool | None = None
    """It has the design's second colour, not the first."""
    mild: bool = False
    """Its italics are not set in books whose script has none."""
    among_hebrew: bool = False
    """It stands in a letter with Hebrew, which has no italics: what is emphasized may be bold."""

    @functools.cache  # noqa: B019  (there are few looks)
    def sized(self, role: str) -> Look:
        """Return the same in another size."""
        return replace(self, role=role)

    @property
    def emphasized(self) -> Look:
        """The same in italics."""
        return _emphasized(self)

    @property
    def strong(self) -> Look:
        """The same in bold."""
        return _strong(self)


@functools.cache
def _emphasized(look: Look) -> Look:
    bold = None if look.among_hebrew else look.bold
    return replace(look, italic=True, bold=bold, mild=False)


@functools.cache
def _strong(look: Look) -> Look:
    return replace(look, bold=True)


UNTOLD = Look()
TEXT = Look("text", italic=False, bold=False, accent=False)
TITLE = TEXT.sized("title")
SMALL = TEXT.sized("small")
LEGEND = Look("small", italic=True, bold=False, accent=False, mild=True)
HEADING = TEXT.sized("heading").strong
LABEL = Look("label", italic=False, bold=False, accent=True)
CELL = SMALL
HEAD_OF_COLUMN = LEGEND
BESIDE = Look("mark", italic=False, accent=True)
"""Words of the program beside those of a letter."""
Looks = Sequence[tuple[Look, int, int]]
"""How texts should look, and the offsets in the squeezed text between which they should."""


@dataclass(frozen=True)
class Shown:
    """The texts of a section in reading order."""

    places: Sequence[tuple[int, int, int]]
    """Where each begins in the squeezed text, its page, and its MCID."""
    end: int
    """The end of the last one."""
    styles: Sequence[Mapping[int, Sequence[Style]]]
    """What each marked content looks like, by page counted from 0."""
    read: Sequence[Mapping[int, tuple[str, object]]] = ()
    """What is read of each, in the same way."""

    def text(self, place: int) -> str:
        """Return what is read of the text that begins at a place."""
        at = bisect.bisect_right(self.places, place, key=lambda one: one[0]) - 1
        _, page, mcid = self.places[at]
        return self.read[page - 1].get(mcid, ("", None))[0] if self.read else ""

    def texts(self) -> Iterator[tuple[int, int, int, Sequence[Style]]]:
        """Yield where each text begins and ends, its page, and what it looks like."""
        ends = [*(start for start, _, _ in self.places), self.end][1:]
        for (start, page, mcid), end in zip(self.places, ends, strict=True):
            yield start, end, page, self.styles[page - 1].get(mcid, ())


class Judge:
    """Judges what the texts of a book look like."""

    def __init__(self, design: Design, language: str, turned: bool) -> None:
        """Take the design, the language of the dossier, and whether its pages run from right to left."""
        self._plain = design.text.plain
        self._turned = turned
        self._even = self._turned or script_of(language) in EVEN
        self._sizes = _sizes(design)
        self._families = _families(design)
        self._colours = [
            int(colour[1:], 16) for colour in (design.colours.ink, design.colours.accent)
        ]
        self._judged: dict[tuple[Look, Style, bool], str] = {}

    def findings(self, shown: Shown, looks: Looks, around: bool) -> Iterator[tuple[int, int, str]]:
        """Yield where a text looks otherwise than it should: offset, page, and how.

        ``around`` says that the section's texts run from right to left.
        """
        starts = [start for _, start, _ in looks]
        for start, end, page, styles in shown.texts():
            first = max(0, bisect.bisect_right(starts, start) - 1)
            for look, begin, stop in itertools.islice(looks, first, None):
                if begin >= end:
                    break
                wrong = self.wrong(look, styles, around) if stop > start else ""
                if wrong in (NOT_BOLD, NOT_ITALIC):
                    said = shown.text(start)
                    wrong = self.wrong(
                        look, [one for one in styles if not self._is_lacking(one, said)], around
                    )
                if wrong:
                    yield max(start, begin), page, wrong

    def _is_lacking(self, style: Style, said: str) -> bool:
        """Tell whether a text has a character that bolder or italic faces of a style's family lack."""
        family, slant, weight = self._of(style[0])
        lacked = frozenset[str]()
        if weight < BOLD:
            lacked |= _lacked(family, bold=True)
        if slant == "normal":
            lacked |= _lacked(family, bold=False)
        return not lacked.isdisjoint(said)

    def _of(self, font: str) -> tuple[str, str, int]:
        """Return the family of a font, given by its name in the file, its style and weight."""
        name = font.partition("+")[2]
        family = max(filter(name.startswith, self._families), key=len, default="")
        return family, *style_of(name.removeprefix(family))

    def wrong(self, look: Look, styles: Iterable[Style], around: bool = False) -> str:
        """Return how a text looks otherwise than it should; empty if it does not."""
        for style in styles:
            key = look, style, around
            if key not in self._judged:
                self._judged[key] = self._wrong(*key)
            if self._judged[key]:
                return self._judged[key]
        return ""

    def _wrong(self, look: Look, style: Style, around: bool) -> str:
        font, size, colour = style
        least, most = self._sizes[look.role]
        most += LARGER if around or self._turned else 0.0
        if not least - NEAR <= size <= most + NEAR:
            return f"set in {size:g} points instead of {least:g}"
        if look.accent is not None and not _near(colour, self._colours[look.accent]):
            right = self._colours[look.accent]
            return f"set in the colour #{colour:06x} instead of #{right:06x}"
        return self._face(look, font)

    def _face(self, look: Look, font: str) -> str:
        """Return in what wrong face a text is set, if any is."""
        family, style, weight = self._of(font)
        has = self._families.get(family, frozenset())
        italic = None if look.mild and self._even else look.italic and not self._plain
        if italic and ("italic", False) not in has:
            # Some of these families have another weight instead.
            return ""
        if italic is not None and italic != (style == "italic"):
            return NOT_ITALIC if italic else "set in italics"
        bold = None if self._plain else look.bold
        if bold and ("normal", True) not in has:
            return ""
        if bold is not None and bold != (weight >= BOLD):
            return NOT_BOLD if bold else "set in bold"
        return ""


def style_of(rest: str) -> tuple[str, int]:
    """Return the style and the weight that the end of a font's name states."""
    match = STYLE.fullmatch(rest)
    weight = WEIGHTS.get(match["weight"] or "", 400) if match else 400
    return "italic" if match and match["style"] else "normal", weight


@functools.cache
def _lacked(family: str, bold: bool) -> frozenset[str]:
    """Return the characters of an installed family that a bold face lacks, or an italic one."""
    from fontTools.ttLib import TTFont

    every, least = set[int](), list[set[int]]()
    for face, path in fonts.installed():
        if face.family.replace(" ", "-") == family:
            with TTFont(path, lazy=True) as font:
                there = set(font.getBestCmap())
            every |= there
            if int(face.weight) >= BOLD if bold else face.style == "italic":
                least.append(there)
    lacked = {char for char in every if not all(char in one for one in least)}
    return frozenset(map(chr, lacked))


def _near(one: int, other: int) -> bool:
    """Tell whether two colours are the same, but for rounding."""
    return all(abs((one >> at & 255) - (other >> at & 255)) <= 1 for at in (0, 8, 16))


def _families(design: Design) -> dict[str, frozenset[tuple[str, bool]]]:
    """Return the faces of each family, by its name in a font's: their styles, and whether they are bold."""
    found: dict[str, set[tuple[str, bool]]] = {}
    here = [(face.family, face.style, face.weight) for face, _ in fonts.installed()]
    brought = [(face.family, face.style, face.weight) for face in design.fonts.faces]
    for family, style, weight in here + brought:
        faces = found.setdefault(family.replace(" ", "-"), set())
        faces.add((style, int(weight) >= BOLD))
    return {name: frozenset(faces) for name, faces in found.items()}


def _sizes(design: Design) -> dict[str, tuple[float, float]]:
    """Return the least and the largest size of each role, in a book from left to right."""
    text, lists, sizes = design.text.size, design.lists, design.sizes
    exact = {name: (size, size) for name, size in sizes.model_dump().items()} | {
        "text": (text, text),
        "note": (design.notes.size, design.notes.size),
        "dense": (lists.size, lists.size),
        "names": (lists.name_size, lists.name_size),
    }
    if design.text.plain:
        # Nothing is smaller than the text, but marks, which are never below 12 points.
        marks = min(text, max(text - 2, 12.0))
        least = dict.fromkeys(exact, text) | {
            "mark": marks, "call": min(marks, text - 2),
            "note": min(design.notes.size, marks), "subtitle": min(text, sizes.subtitle),
        }  # fmt: skip
        exact = {name: (size, UNBOUND) for name, size in least.items()}
    return exact | {"": (0.0, UNBOUND)}
