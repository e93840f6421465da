"""What typesetting one section gives: pages with their tags, places of anchors, and the type it used."""

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
    """Counted from 1 within the galley."""
    x: float
    """Points from the page's left edge."""
    y: float
    """Points from the page's bottom edge to the element's top."""


@dataclass(frozen=True)
class Type:
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
class Galley:
    """One typeset section."""

    pdf: bytes
    """Its pages with their structure tree and link annotations, see :mod:`dossier.typeset.structure`.

    Without fonts: these are shared by all galleys and join at binding, as do the links' targets.
    """
    pages: int
    anchors: dict[str, Anchor]
    links: tuple[str, ...] = ()
    """Where each link annotation leads, page after page."""
    types: dict[str, Type] = field(default_factory=dict)
    """The fonts in use, by their names in the pages' resources."""
    folios: bool = False
    """Its pages have places for page numbers, see :data:`FOLIO`."""
    own_hyphens: bool = False
    """Its text itself has the character U+2010, with which typesetting divides words."""


def merged(galleys: Iterable[Galley]) -> dict[str, Type]:
    """Return the fonts of all galleys together, each with all glyphs that any galley uses.

    Where two galleys read a glyph differently, the first that says anything has its way.
    """
    together: dict[str, Type] = {}
    for galley in galleys:
        for name, one in galley.types.items():
            known = together.setdefault(name, Type(one.family, one.weight, one.style))
            for glyph, text in one.text.items():
                known.text[glyph] = known.text.get(glyph) or text
                known.widths.setdefault(glyph, one.widths[glyph])
    return dict(sorted(together.items()))
