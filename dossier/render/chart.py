"""The geometry of the chart of signatures by country; the template draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.records.dossier import UNSTATED, Bar
from dossier.render.renderer import MEASURE

EM = 5.2
"""The mean width of a letter in points."""
LONGEST = 38
"""From how many letters on a label is cut short."""
ROW = 17.0
THICKNESS = 9.0
MOST = 20
"""How many countries the chart shows at the most."""


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its place; lengths in points."""

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
    thickness: float
    description: str
    """What the chart shows, in words, for readers who do not see it."""
    left_out: str
    """What the chart does not show, or nothing."""


def chart(bars: Sequence[Bar]) -> Chart:
    """Return the chart of ``bars``: the countries with most signatures first, the unstated last."""
    stated = [bar for bar in bars if bar.label != UNSTATED]
    shown = stated[:MOST] + [bar for bar in bars if bar.label == UNSTATED]
    rest = stated[MOST:]
    axis = max(118.0, 12 + EM * max((len(_label(bar)) for bar in shown), default=0))
    unit = (MEASURE - axis - 30) / max((bar.count for bar in shown), default=1)
    drawn = tuple(
        DrawnBar(
            _label(bar),
            bar.count,
            top=place * ROW + (ROW - THICKNESS) / 2,
            baseline=place * ROW + ROW / 2 + 3.5,
            width=round(bar.count * unit, 2),
            muted=bar.label == UNSTATED,
        )
        for place, bar in enumerate(shown)
    )
    words = ", ".join(f"{bar.label} {bar.count}" for bar in shown)
    left_out = (
        f"{len(rest)} more with {sum(bar.count for bar in rest)} signatures are not shown."
        if rest
        else ""
    )
    return Chart(
        drawn, MEASURE, len(drawn) * ROW, axis, THICKNESS,
        f"Bar chart of the signatures by country: {words}.", left_out,
    )  # fmt: skip


def _label(bar: Bar) -> str:
    """Return a country's name, cut short where it leaves no room for the bars."""
    return bar.label if len(bar.label) <= LONGEST else f"{bar.label[: LONGEST - 1]}…"
