"""Computes the geometry of the chart of signatures by country, which the template draws."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dossier.records.design import Design
from dossier.records.dossier import LONGEST_LABEL, Bar

SLACK = 4.0
"""Points added to the widest name, since letters are wider or narrower than the mean."""
LAST_LATIN = 0x36F
WIDER = 1.25
"""The width of a letter of another alphabet, in Latin letters."""


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its position and width in points."""

    label: str
    count: int
    top: float
    baseline: float
    width: float
    muted: bool


@dataclass(frozen=True)
class Chart:
    """A chart ready to be drawn."""

    bars: tuple[DrawnBar, ...]
    width: float
    height: float
    axis: float
    """The left edge of the bars."""
    gap: float
    """Between a name and its bar."""
    thickness: float
    shown: tuple[Bar, ...]
    """The bars that the chart shows."""
    gathered: tuple[Bar, ...]
    """The bars that the chart has no room for, gathered under one."""

    @property
    def signatures_gathered(self) -> int:
        """The number of signatures in the gathered bars."""
        return _total(self.gathered)


def chart(bars: Sequence[Bar], design: Design, others: str = "") -> Chart:
    """Return the chart of ``bars``: countries by number of signatures, then ``others``, the unstated last.

    Under ``others`` are those for which the design has no bars.
    """
    stated, most = [bar for bar in bars if not bar.unstated], design.chart.most
    rest = tuple(stated[most:])
    gathered = [Bar(others, _total(rest))] if rest else []
    shown = [*stated[:most], *gathered, *(bar for bar in bars if bar.unstated)]
    shape, measure = design.chart, design.text.measure
    longest = max((_extent(_label(bar)) for bar in shown), default=0)
    axis = shape.gap + SLACK + max(shape.labels, shape.letter * longest)
    unit = (measure - axis - shape.figures) / max((bar.count for bar in shown), default=1)
    drawn = tuple(
        DrawnBar(
            _label(bar),
            bar.count,
            top=place * shape.row + (shape.row - shape.bar) / 2,
            baseline=place * shape.row + shape.row / 2 + 3.5,
            width=round(bar.count * unit, 2),
            muted=bar.unstated,
        )
        for place, bar in enumerate(shown)
    )
    return Chart(
        drawn, measure, len(drawn) * shape.row, axis, shape.gap, shape.bar, tuple(shown), rest
    )


def _total(bars: Sequence[Bar]) -> int:
    return sum(bar.count for bar in bars)


def _label(bar: Bar) -> str:
    """Return a country's name, truncated with an ellipsis where it leaves no room for the bars."""
    if _width(bar.label) <= LONGEST_LABEL:
        return bar.label
    end = max(end for end in range(LONGEST_LABEL) if _width(bar.label[:end]) < LONGEST_LABEL)
    while unicodedata.category(bar.label[end]).startswith("M"):
        end -= 1
    return f"{bar.label[:end]}…"


def _width(label: str) -> int:
    """Return the width of a label in letters; East Asian wide characters count twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


def _extent(label: str) -> float:
    """Return how much room a label takes, in letters: others than Latin are wider."""
    others = sum(
        char.isalpha() and ord(char) > LAST_LATIN and unicodedata.east_asian_width(char) not in "WF"
        for char in label
    )
    return _width(label) + (WIDER - 1) * others
