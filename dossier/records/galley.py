"""What is bound: leaves, each with its pages, their tags and the places of its anchors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

FOLIO = re.compile(rb"^%folio /(\S+) (\S+)$", re.MULTILINE)
"""Stands in a page's content where the page number of a link's target belongs, right-aligned in place of a
figure 0: the font's name and the address. To PDF it is a comment."""
PX = 0.75
"""Points in a CSS pixel."""


@dataclass(frozen=True)
class Anchor:
    """Where an element with an id stands."""

    page: int
    """Counted from 1 within the leaf."""
    x: float
    """Points from the page's left edge."""
    y: float
    """Points from the page's bottom edge to the element's top."""


@dataclass(frozen=True)
class FontUse:
    """What a galley uses of one font."""

    family: str
    weight: int
    style: str
    """``normal`` or ``italic``."""
    text: dict[int, str] = field(default_factory=dict)
    """What each glyph in use reads as."""
    widths: dict[int, int] = field(default_factory=dict)
    """The advance of each glyph in thousandths of the font size."""


@dataclass(frozen=True)
class Leaf:
    """Pages that can be bound: all that binding needs to know of them, wherever they come from."""

    pdf: bytes
    """A PDF of nothing but its pages, all of the paper's size, with a structure tree over them.

    Each page has a single content stream, which leaves the graphics state as it found it; all pages have
    the same resources. The ParentTree (ISO 32000-1, 14.7.4.4) has the pages first, each under its number
    from 0, then the link annotations, page after page; these have no action yet.
    """
    pages: int
    anchors: dict[str, Anchor] = field(default_factory=dict)
    """The places that links from elsewhere may lead to, by their ids."""
    links: tuple[str, ...] = ()
    """Where each link annotation leads, page after page."""
    folios: bool = False
    """Its pages have places for page numbers, see :data:`FOLIO`."""
    figures: bool = False
    """Its structure tree says where figures stand."""
    own_hyphens: bool = False
    """Its text itself has the character U+2010, with which typesetting divides words."""
    own_fonts: bool = False
    """Its pages are made of forms (8.10) with their own fonts; otherwise shared fonts join at binding."""


@dataclass(frozen=True)
class Galley(Leaf):
    """A leaf that was typeset here: it names fonts, and says what it uses of each, but has none."""

    font_uses: dict[str, FontUse] = field(default_factory=dict)
    """The fonts in use, by their names in the pages' resources."""


def merged(galleys: Iterable[Galley]) -> dict[str, FontUse]:
    """Return the fonts of all galleys together, each with all glyphs that any galley uses.

    Where two galleys read a glyph differently, the first that says anything has its way.
    """
    together: dict[str, FontUse] = {}
    for galley in galleys:
        for name, use in galley.font_uses.items():
            known = together.setdefault(name, FontUse(use.family, use.weight, use.style))
            for glyph, text in use.text.items():
                known.text[glyph] = known.text.get(glyph) or text
                known.widths.setdefault(glyph, use.widths[glyph])
    return dict(sorted(together.items()))
