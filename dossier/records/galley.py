"""Leaves and galleys: pages ready to be bound, with their tags and the places of their anchors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

FOLIO = re.compile(rb"^%folio /(\S+) (\S+)$", re.MULTILINE)
"""A comment in a content stream where the page number of a link's target is to be drawn, right-aligned in
place of a figure 0. It has the font's name and the link's address."""
PX = 0.75
"""Points in a CSS pixel."""
MARGIN = 75.0
"""Height of the strips at the paper's upper and lower edges that hold running heads and folios (points)."""


@dataclass(frozen=True)
class Anchor:
    """The place of an element with an id."""

    page: int
    """Counted from 1 within the leaf."""
    x: float
    """Points from the page's left edge."""
    y: float
    """Points from the page's bottom edge to the element's top."""


@dataclass(frozen=True)
class FontUse:
    """The glyphs of one font that a galley uses."""

    family: str
    weight: int
    style: str
    """``normal`` or ``italic``."""
    text: dict[int, str] = field(default_factory=dict)
    """The text of each used glyph."""
    widths: dict[int, int] = field(default_factory=dict)
    """The advance width of each used glyph in thousandths of the font size."""


@dataclass(frozen=True)
class Leaf:
    """Pages that can be bound, typeset here or foreign."""

    pdf: bytes
    """A PDF of the pages, all of the paper's size, with their structure tree.

    Each page has a single content stream, which restores the graphics state; all pages share their
    resources. The ParentTree (ISO 32000-1, 14.7.4.4) has the pages first, numbered from 0,
    then the link annotations, page after page; these have no action yet.
    """
    pages: int
    anchors: dict[str, Anchor] = field(default_factory=dict)
    """The places that links of other sections may lead to, by their ids."""
    links: tuple[str, ...] = ()
    """The target of each link annotation, page after page."""
    folios: bool = False
    """The pages contain :data:`FOLIO` comments."""
    figures: bool = False
    """The structure tree has figures with their bounding boxes."""
    own_hyphens: bool = False
    """The text itself contains U+2010, the character that hyphenation inserts."""
    facsimiles: bool = False
    """Each page is a facsimile: it needs the font of the words that lie over one."""


@dataclass(frozen=True)
class Galley(Leaf):
    """A typeset leaf. It names its fonts and the glyphs it uses, but embeds none."""

    font_uses: dict[str, FontUse] = field(default_factory=dict)
    """The used fonts, by their names in the pages' resources."""


class _Using(Protocol):
    """Something that uses fonts."""

    @property
    def font_uses(self) -> Mapping[str, FontUse]:
        """The fonts, by their names."""


def merged(galleys: Iterable[_Using]) -> dict[str, FontUse]:
    """Return the fonts of all galleys, or of their pieces, in the sequence of their names."""
    return dict(sorted(together(galley.font_uses for galley in galleys).items()))


def together(uses: Iterable[Mapping[str, FontUse]]) -> dict[str, FontUse]:
    """Return all fonts, each with every glyph that is used.

    Where a glyph has different texts, the first text that is not empty is taken.
    """
    found: dict[str, FontUse] = {}
    for fonts in uses:
        for name, use in fonts.items():
            known = found.setdefault(name, FontUse(use.family, use.weight, use.style))
            for glyph, text in use.text.items():
                known.text[glyph] = known.text.get(glyph) or text
                known.widths.setdefault(glyph, use.widths[glyph])
    return found
