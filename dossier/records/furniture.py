"""Furniture, which binding draws: running heads, folios and Bates numbers, and their places on a page.

Measures are points. A recto has an odd page number and is a right-hand page, or a left-hand page in a book
that is read from right to left; a verso has an even number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dossier.records.numbering import Bates


@dataclass(frozen=True)
class RunningHead:
    """The two texts of a running head, which every page of a section has but the first."""

    name: str
    """The title of the section or letter."""
    context: str
    """The publication's title, or the letter's number and date."""


@dataclass(frozen=True)
class Furniture:
    """The places of the furniture on all pages."""

    sides: Literal["single", "facing"]
    """Whether all pages are laid out alike, or rectos and versos mirror each other."""
    heads: Literal["left", "outer"]
    """Where the name stands in a running head; the context stands at the other end of the measure. On
    single-sided pages the outer end is the right. All sides are those of a book that is read from left to
    right; one that is ``turned`` is its mirror image."""
    folio: Literal["centre", "outer"]
    """Where the page number stands in the measure."""
    measure: float
    """The width of the text block, of the running head and of the folio's line."""
    head_line: float
    """The baseline of running heads, from the paper's upper edge."""
    folio_line: float
    """The baseline of folios, from the paper's lower edge."""
    shift: float
    """How far text block and furniture are shifted from the paper's middle toward the outer margin;
    negative toward the inner margin. Single-sided pages are not shifted."""
    stamp_line: float
    """The baseline of Bates numbers, from the paper's lower or upper edge."""
    stamp: Bates | None = None
    """The Bates numbers, where the packet has them; they are stamped between folio and edge."""
    inward: float = 0.0
    """How far they are moved away from the binding edge besides, for a gutter, holes or a staple: on
    single-sided pages too, where that edge is the left, or the right of a book that is ``turned``."""
    turned: bool = False
    """The book is read from right to left: furniture and shift are mirrored."""

    @property
    def outward(self) -> float:
        """How far they are shifted toward the outer margin; single-sided pages are not."""
        return self.shift if self.sides == "facing" else 0.0
