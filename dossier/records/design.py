"""The design: how pages look, read from ``templates/designs/NAME.yaml``. All lengths are in points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from dossier.records.furniture import Furniture
from dossier.records.galley import MARGIN
from dossier.records.numbering import Bates
from dossier.records.values import Record, fault

LINE = 14.0
"""The least distance between the baselines of a Bates number and of other furniture, in points."""
Length = Annotated[float, Field(gt=0, le=5000)]
Share = Annotated[float, Field(ge=0, le=5000)]
Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]


def _colour(value: str) -> str:
    if not re.fullmatch("#[0-9A-Fa-f]{6}", value):
        remedy = 'Write # and the six hexadecimal digits of red, green and blue, as in "#5b2333".'
        raise fault("colour", f"“{value}” is not a colour", remedy)
    return value.lower()


def _families(value: str) -> str:
    if not re.fullmatch(r"[\w \",-]+", value):
        remedy = "Write names of families, with commas between them."
        raise fault("families", f"“{value}” cannot be a name of a font family", remedy)
    return value


def _family(value: str) -> str:
    if not re.fullmatch(r"[^\W_](?:[^\W_]|[ -])*", value):
        remedy = "Write its name as the font file has it: letters, figures, spaces and hyphens."
        raise fault("family", f"“{value}” cannot be the name of a font family", remedy)
    return value


def _font_file(value: str) -> str:
    if not re.fullmatch(r"[\w .-]+\.(?:ttf|otf)", value):
        remedy = "Write the name of a .ttf or .otf file in templates/fonts."
        raise fault("font", f"“{value}” is no font file", remedy)
    return value


def _languages(value: dict[str, str]) -> dict[str, str]:
    for tag in value:
        if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag):
            raise fault(
                "language", f"“{tag}” is not a language tag", "Write, for example, el or ko."
            )
    return value


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _separator(value: str) -> str:
    if not re.fullmatch(r"[^\w\s,.;:()\[\]\"'&@-]", value):
        remedy = "Write one sign that no name and no affiliation has, as in •, ◆ or |."
        raise fault("separator", f"“{value}” cannot separate signatures", remedy)
    return value


LEAST_CONTRAST = 4.5
"""The least contrast of a text on the screen (WCAG 2.2, 1.4.3, AA)."""
Colour = Annotated[str, AfterValidator(_colour)]
Separator = Annotated[str, AfterValidator(_separator)]
Family = Annotated[str, AfterValidator(_family)]
Families = Annotated[str, AfterValidator(_families)]


class Paper(Record):
    """A sheet of paper."""

    width: Length
    height: Length
    lines: Annotated[int, Field(ge=5, le=500)]
    """Lines on a full page."""


class Text(Record):
    """The block of text, the same on every paper, so that lines break alike."""

    head: Length
    """From the paper's upper edge to the first line."""
    measure: Length
    """The width of the text block."""
    leading: Length
    """The distance between baselines: the unit of all vertical measures."""
    size: Length
    """The font size of the letters."""
    gap: Length
    """Between two columns."""
    leftward: Annotated[float, Field(ge=1, le=2)]
    """How many times as large texts from right to left are in a plain design, as their faces look small."""
    plain: bool
    """For people with low vision: no italics, no hyphenation, one column, nothing much smaller."""


class NoteShape(Record):
    """The footnotes of letters."""

    size: Length
    """The font size."""
    leading: Length
    """The distance between baselines."""
    rule: Share
    """The thickness of the rule above the notes of a page; 0 for none."""


class Lists(Record):
    """Lists, which are set densely where they are long. A count is the number from which on a list is."""

    letters: Count
    """Letters: contents and table have one or two lines for each."""
    works: Count
    """Cited works."""
    signatures: Count
    """Signatures of a letter that stand together."""
    run_in: CountOrNone
    """Signatures of a letter, which then stand in paragraphs; with 0 never."""
    separator: Separator
    """What stands between two of these."""
    entries: Count
    """Headings of the index."""
    wordings: Count
    """Headings with several wordings, which are then listed behind the index."""
    narrow: Count
    """The letters that fit on a line in the third of a page's width."""
    guide: Count
    """The letters that a heading has at most in the running heads of the index."""
    size: Length
    """The font size of dense contents, of the table and the bibliography."""
    leading: Length
    """The distance between their baselines."""
    name_size: Length
    """The font size of a dense index and of dense signatures."""
    name_leading: Length
    """The distance between their baselines."""


class Sizes(Record):
    """The font sizes of what is neither the text of letters nor a note nor a dense list.

    In a plain design all of that has the size of the text, but for headings of pages.
    """

    cover: Length
    """The dossier's title on the cover."""
    volume: Length
    """The number of a volume on its cover."""
    separator: Length
    """The label on the sheet before a letter."""
    title: Length
    """The titles of sections and letters."""
    subtitle: Length
    """The dossier's subtitle, its title on the covers of volumes, and a letter's own heading."""
    heading: Length
    """Headings inside sections and letters, and the letters of the index."""
    label: Length
    """A letter's label, its lesser headings and epigraph; the note to the reader and the colophon."""
    small: Length
    """Tables, the chart, columns of signatures, what stands around a letter's text, the editor's notes."""
    list: Length
    """The index, and the files of the colophon."""
    mark: Length
    """Citations, and what the program says beside signatures."""
    call: Length
    """The calls of notes."""
    furniture: Length
    """Running heads, page numbers and Bates numbers."""


class Face(Record):
    """A font file of the corpus, in ``templates/fonts/``."""

    family: Family
    file: Annotated[str, AfterValidator(_font_file)]
    weight: Literal["400", "600"] = "400"
    style: Literal["normal", "italic"] = "normal"


class Fonts(Record):
    """The font families."""

    text: Family
    """The family tried first; characters that it lacks are taken from the families of ``fonts.yaml``."""
    languages: Annotated[dict[str, Family], AfterValidator(_languages)]
    """Families that come before it, by the language of the text (BCP 47)."""
    faces: tuple[Face, ...] = ()
    """Font files that no package installs."""


class Colours(Record):
    """The colours of print (sRGB)."""

    ink: Colour
    accent: Colour
    """Labels, citations, the bars of the chart."""
    rule: Colour
    """The lines of tables."""
    muted: Colour
    """The bar of signatures without a country."""


class ChartShape(Record):
    """The measures of the chart of signatures by country."""

    row: Length
    bar: Length
    """The thickness of a bar."""
    letter: Length
    """The mean width of a letter in the chart's font."""
    labels: Length
    """The minimum width for the countries' names."""
    gap: Share
    """Between a name and its bar."""
    figures: Share
    """The width for the figures behind the bars."""
    years: Count
    """From how many years or periods on there is a chart of these."""
    most: Count
    """The countries, years or periods that have a bar of their own at most; one bar is for all others."""
    known: Annotated[float, Field(ge=0, le=1)]
    """The least part of signatures of known country with which there is a chart of countries."""


class TwoSided(Record):
    """What a packet that is printed on both sides changes in a design for one."""

    heads: Literal["left", "outer"]
    folio: Literal["centre", "outer"]
    shift: Annotated[float, Field(ge=-200, le=200)]


class Places(Record):
    """The places of running heads, folios and Bates numbers, see :class:`.furniture.Furniture`."""

    sides: Literal["single", "facing"]
    heads: Literal["left", "outer"]
    folio: Literal["centre", "outer"]
    head_line: Length
    folio_line: Length
    stamp_line: Length
    shift: Annotated[float, Field(ge=-200, le=200)]
    two_sided: TwoSided


class ScreenColours(Record):
    """The colours of the HTML edition."""

    ink: Colour
    paper: Colour
    accent: Colour
    faint: Colour
    rule: Colour
    muted: Colour

    @model_validator(mode="after")
    def _can_be_read(self) -> ScreenColours:
        for name in ("ink", "accent", "faint"):
            found = contrast(getattr(self, name), self.paper)
            if found < LEAST_CONTRAST:
                raise fault(
                    "contrast",
                    f"“{name}” can hardly be read on “paper”: the contrast of {getattr(self, name)} and "
                    f"{self.paper} is {int(found * 10) / 10}:1",
                    f"Choose a darker and a lighter colour: {LEAST_CONTRAST}:1 at least (WCAG 2.2, 1.4.3).",
                )
        return self


class Screen(Record):
    """The look of the HTML edition."""

    fonts: Families
    measure: Length
    """The maximum width of a line, in units of the font size."""
    light: ScreenColours
    dark: ScreenColours


class Design(Record):
    """The design of a packet's pages."""

    papers: dict[str, Paper]
    text: Text
    notes: NoteShape
    lists: Lists
    sizes: Sizes
    fonts: Fonts
    colours: Colours
    chart: ChartShape
    furniture: Places
    screen: Screen

    @property
    def run_in(self) -> int:
        """From how many signatures of a letter on they stand in paragraphs; 0 for never.

        In a plain design each has a line of its own, which people with low vision find again.
        """
        return 0 if self.text.plain else self.lists.run_in

    def misfit(self, name: str) -> tuple[str, str] | None:
        """Return why the text does not fit on a paper, and the remedy; None where it fits."""
        paper = self.papers[name]
        if self.text.head < MARGIN:
            return (
                f"the text begins {self.text.head:g} points below the paper's edge",
                f"Make “head” {MARGIN:g} at least: the running heads stand above it.",
            )
        if self.text.measure >= paper.width:
            return (
                f"a line of {self.text.measure:g} points does not fit on {name} paper",
                f"It is {paper.width:g} points wide: reduce “measure”.",
            )
        room = int((paper.height - self.text.head - MARGIN) // self.text.leading)
        if paper.lines > room:
            return (
                f"{paper.lines} lines do not fit on {name} paper",
                f"Under the head there is room for {room} at most: reduce “lines”.",
            )
        return None

    def crowds(self, stamp: Bates) -> tuple[str, str] | None:
        """Return why Bates numbers have no room, and the remedy; None where they have."""
        at_foot = stamp.place.startswith("foot")
        other, key = ("page number", "folio_line") if at_foot else ("running head", "head_line")
        line = getattr(self.furniture, key)
        if abs(line - self.furniture.stamp_line) >= LINE:
            return None
        return (
            f"the {other} stands {line:g} points from the paper's edge, and the Bates number "
            f"{self.furniture.stamp_line:g}",
            f"Change “stamp_line” or “{key}”: there must be {LINE:g} points between them.",
        )

    @property
    def placed_furniture(self) -> Furniture:
        """The places of the furniture on all pages."""
        return Furniture(
            measure=self.text.measure, **self.furniture.model_dump(exclude={"two_sided"})
        )

    def side(self, paper: str) -> float:
        """Return the width of the left and the right margin of a centred text block."""
        return (self.papers[paper].width - self.text.measure) / 2

    def foot(self, paper: str) -> float:
        """Return the height of the margin below a full page."""
        sheet = self.papers[paper]
        return sheet.height - self.text.head - sheet.lines * self.text.leading

    def properties(self) -> Iterator[tuple[str, str]]:
        """Yield the custom properties of the printed style sheet (CSS Custom Properties 1)."""
        for name, length in self.text.model_dump(exclude={"plain"}).items():
            yield f"--{name}", f"{length:g}pt"
        for name, colour in self.colours.model_dump().items():
            yield f"--{name}", colour
