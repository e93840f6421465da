"""Proves that the bars of the printed charts are as long as their figures say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dossier.proof.tags import Finding

if TYPE_CHECKING:
    from dossier.proof.truth import Truth

NEAR = 0.6
"""Points by which a bar may differ from its figure, by rounding."""
Counts = tuple[tuple[int, ...], ...]
"""The figures of each chart that have a bar: nothing has none."""


def counts(truth: Truth) -> Counts:
    """Return the figures of the bars of each chart, in sequence."""
    # Workers load this module, and need no more of it than the comparison.
    from dossier.proof import phrases

    years = [count for _, count in phrases.years_of(truth)]
    countries = [bar.count for bar in phrases.shown(truth)]
    charts = (tuple(filter(None, figures)) for figures in (years, countries))
    return tuple(figures for figures in charts if figures)


def findings(wanted: Counts, drawn: Sequence[tuple[int, float]], first: int) -> Iterator[Finding]:
    """Yield the bars of another length; ``drawn`` has the page and the length of each in sequence."""
    total = sum(map(len, wanted))
    if len(drawn) != total:
        yield first, f"The charts have {len(drawn)} bars, and should have {total}"
        return
    place = 0
    for figures in wanted:
        bars = drawn[place : place + len(figures)]
        place += len(figures)
        longest = max(length for _, length in bars)
        for (page, length), count in zip(bars, figures, strict=True):
            if abs(length - longest * count / max(figures)) > NEAR:
                yield page, f"The chart’s bar of {count} has another length"
