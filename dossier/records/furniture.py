"""Furniture: what binding draws on a page besides its text, and where it stands by the page's side.

Measures are points. A recto has an odd number and lies on the right of an opened book, a verso has an even.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class RunningHead:
    """The two texts of the line above the text of all pages but a section's first."""

    name: str
    """What the section, or the letter, is called."""
    context: str
    """What it belongs to: the publication's title, or a letter's number and date."""


@dataclass(frozen=True)
class Furniture:
    """Where the furniture of all pages stands."""

    sides: Literal["single", "facing"]
    """Whether all pages are alike, or rectos and versos face each other."""
    heads: Literal["left", "outer"]
    """Where the name in a running head stands; the context stands at the other end of the measure. On pages
    that do not face each other the outer end is the right."""
    folio: Literal["centre", "outer"]
    """Where in the measure the page's number stands."""
    measure: float
    """The width of the text block, and so of the line of the running head and that of the folio."""
    head_line: float
    """The base line of running heads, from the paper's upper edge."""
    folio_line: float
    """The base line of folios, from the paper's lower edge."""
    shift: float
    """How far the text block, and the furniture with it, stands from the middle of the paper toward the
    outer margin; less than nothing for the inner. Pages that do not face each other are not shifted."""
