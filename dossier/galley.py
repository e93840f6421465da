"""What typesetting one section gives: pages, the places of its anchors, and what its tags mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """A piece of marked content: the page of the galley, from 0, and its MCID there."""

    page: int
    mcid: int


@dataclass(frozen=True)
class LinkBox:
    """A link annotation: the page of the galley, from 0, and its place in the page's /Annots."""

    page: int
    place: int


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
class Galley:
    """One typeset section."""

    pdf: bytes
    pages: int
    anchors: dict[str, Anchor]
    tags: tuple[Tag, ...]
    """The children of the document's structure that this section adds."""
    warnings: tuple[str, ...] = ()
    """What the typesetter complained of."""
