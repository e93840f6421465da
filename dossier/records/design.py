"""How pages look: a value, read from ``templates/designs/NAME.yaml``. All lengths are in points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dossier.records.schema import Record, fault

MARGIN = 75.0
"""So high are the strips along the paper's upper and lower edges that running heads and folios have."""
Length = Annotated[float, Field(gt=0, le=5000)]
Share = Annotated[float, Field(ge=0, le=5000)]
Colour = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Family = Annotated[str, Field(pattern=r"^[^\W_](?:[^\W_]|[ -])*$")]
Stack = Annotated[str, Field(pattern=r"^[\w \",-]+$")]


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
    """The length of a line."""
    leading: Length
    """The distance of the base lines: the unit of all vertical measures."""
    size: Length
    """Of the letters' type."""
    gap: Length
    """Between two columns."""


class Face(Record):
    """A font file of the corpus, in ``templates/fonts/``."""

    family: Family
    file: Annotated[str, Field(pattern=r"^[\w .-]+\.(?:ttf|otf)$")]
    weight: Literal["400", "600"] = "400"
    style: Literal["normal", "italic"] = "normal"


class Fonts(Record):
    """The families of type."""

    text: Family
    """The first of all; a character that it has not is printed by those of ``fonts.yaml``."""
    languages: dict[str, Family]
    """What comes before it in texts of a language (BCP 47)."""
    faces: tuple[Face, ...] = ()
    """Those that are no package's."""


class Colours(Record):
    """What is printed in which colour (sRGB)."""

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
    """The mean width of a letter in the chart's type."""
    labels: Length
    """The least room for the countries' names."""
    gap: Share
    """Between a name and its bar."""
    figures: Share
    """The room for the figures behind the bars."""


class ScreenColours(Record):
    """The colours of the HTML edition."""

    ink: Colour
    paper: Colour
    accent: Colour
    faint: Colour
    rule: Colour
    muted: Colour


class Screen(Record):
    """The look of the HTML edition."""

    fonts: Stack
    measure: Length
    """The greatest length of a line, in units of the type's size."""
    light: ScreenColours
    dark: ScreenColours


class Design(Record):
    """How the pages of a packet look."""

    papers: dict[str, Paper]
    text: Text
    fonts: Fonts
    colours: Colours
    chart: ChartShape
    screen: Screen

    @model_validator(mode="after")
    def _fits(self) -> Design:
        if self.text.head < MARGIN:
            message = f"The text begins {self.text.head:g} points below the paper's edge"
            remedy = f"Make “head” {MARGIN:g} at least: the running heads stand above it."
            raise fault("head", message, remedy)
        for name, paper in self.papers.items():
            if self.text.measure >= paper.width:
                message = f"A line of {self.text.measure:g} points does not fit on {name} paper"
                remedy = f"It is {paper.width:g} points wide: make “measure” less."
                raise fault("measure", message, remedy)
            room = int((paper.height - self.text.head - MARGIN) // self.text.leading)
            if paper.lines > room:
                message = f"{paper.lines} lines do not fit on {name} paper"
                raise fault("lines", message, f"Under the head there is room for {room} at most.")
        return self

    def side(self, paper: str) -> float:
        """Return the margins at the left and right of a text block that stands in the middle."""
        return (self.papers[paper].width - self.text.measure) / 2

    def foot(self, paper: str) -> float:
        """Return what is left below the last line of a full page."""
        sheet = self.papers[paper]
        return sheet.height - self.text.head - sheet.lines * self.text.leading

    def properties(self) -> Iterator[tuple[str, str]]:
        """Yield the custom properties of the printed style sheet (CSS Custom Properties 1)."""
        for name, length in self.text.model_dump().items():
            yield f"--{name}", f"{length:g}pt"
        for name, colour in self.colours.model_dump().items():
            yield f"--{name}", colour
