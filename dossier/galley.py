"""What typesetting one section gives: pages, places of anchors, tags, and the type it used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PX = 0.75
"""Points in a CSS pixel."""


@dataclass(frozen=True)
class Content:
    """A piece of marked content: the page of the galley, from 0, and its MCID there."""

    page: int
    mcid: int


@dataclass(frozen=True)
class LinkBox:
    """A link's place on a page."""

    page: int
    """The page of the galley, from 0."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the bottom left."""


@dataclass(frozen=True)
class Tag:
    """A structure element: one for each element of the section, on however many pages it stands."""

    role: str
    """A standard structure type (ISO 32000-1, 14.8.4) without the slash."""
    kids: tuple[Tag | Content | LinkBox, ...]
    language: str = ""
    """BCP 47, where it differs from what is around it."""
    alt: str = ""
    scope: str = ""
    """``Row`` or ``Column`` of a table's header cell."""
    numbering: str = ""
    """A list's ListNumbering (ISO 32000-1, table 347)."""
    span: tuple[int, int] = (1, 1)
    """Rows and columns that a table's cell covers."""
    box: tuple[float, float, float, float] | None = None
    """A figure's place on its page: left, bottom, right, top, in points from the bottom left."""
    href: str = ""
    """Where a link leads."""


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
    """Its pages, without fonts: these are shared by all galleys and join at binding."""
    pages: int
    anchors: dict[str, Anchor]
    tags: tuple[Tag, ...]
    """The children of the document's structure that this section adds."""
    types: dict[str, Type] = field(default_factory=dict)
    """The fonts in use, by their names in the pages' resources."""
    own_hyphens: bool = False
    """Its text itself has the character U+2010, with which typesetting divides words."""


def merged(galleys: Iterable[Galley]) -> dict[str, Type]:
    """Return the fonts of all galleys together, each with all glyphs that any galley uses.

    Where two galleys read a glyph differently, the first has its way.
    """
    together: dict[str, Type] = {}
    for galley in galleys:
        for name, one in galley.types.items():
            known = together.setdefault(name, Type(one.family, one.weight, one.style))
            for glyph, text in one.text.items():
                known.text.setdefault(glyph, text)
                known.widths.setdefault(glyph, one.widths[glyph])
    return dict(sorted(together.items()))
