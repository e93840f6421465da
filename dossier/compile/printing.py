"""Works out where text and furniture stand on a packet's pages, and which sections begin on a recto."""

from __future__ import annotations

from collections.abc import Callable
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
    placed = replace(design.placed_furniture, turned=turned)
    if printing.sides == "one":
        placed = replace(placed, sides="single")
    elif printing.sides == "two" and placed.sides == "single":
        placed = replace(placed, sides="facing", **design.furniture.two_sided.model_dump())
    outward = placed.shift if placed.sides == "facing" else 0.0
    margin = design.side(publication.paper) + outward
    top = min(placed.head_line - HEIGHT, design.text.head)
    return replace(placed, inward=printing.inward(margin, top))


def begins_on_recto(publication: Publication) -> Callable[[bool, bool], bool]:
    """Return a function that tells of a section whether it begins on a recto.

    It takes whether the section is a letter, and whether it is the first one.
    """
    wanted = (publication.printing or NONE).recto

    def begins(is_letter: bool, is_first: bool) -> bool:
        if wanted == "none":
            return False
        return wanted == "letters" or not is_letter or is_first

    return begins
