"""Where text and furniture stand on a packet's pages: as its design says, and as it is to be printed."""

from __future__ import annotations

from dataclasses import replace

from dossier.records.design import Design
from dossier.records.furniture import Furniture
from dossier.records.printing import Print
from dossier.records.publication import Publication

HEIGHT = 10.0
"""Points that a running head is higher than its baseline, at most."""
NONE = Print()


def furniture(design: Design, publication: Publication, turned: bool) -> Furniture:
    """Return the places of furniture and text on a packet's pages, ``turned`` in a book from the right."""
    printing = publication.printing or NONE
    placed = replace(design.placed_furniture, turned=turned, stamp=publication.bates)
    if printing.sides == "one":
        placed = replace(placed, sides="single")
    elif printing.sides == "two" and placed.sides == "single":
        placed = replace(placed, sides="facing", **design.furniture.two_sided.model_dump())
    margin = design.side(publication.paper) + placed.outward
    top = min(placed.head_line - HEIGHT, design.text.head)
    return replace(placed, inward=printing.inward(margin, top))
