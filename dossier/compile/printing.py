"""Works out what paper asks for: places of text, sections that begin on a recto, addresses to be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from dossier.records.body import Body, Leaf, Link, Node, text_of
from dossier.records.design import Design
from dossier.records.dossier import HiddenAddress
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


SCHEME = re.compile(r"https?://(?:www\.)?|mailto:", re.IGNORECASE)


def hidden_addresses(body: Body) -> tuple[HiddenAddress, ...]:
    """Return the addresses of a letter that its words do not show, each with its words, and once."""
    noted = [paragraph for note in body.notes for paragraph in note.paragraphs]
    found = [
        HiddenAddress(" ".join(text_of(link.children).split()), link.href.removeprefix("mailto:"))
        for link in _links([*body.nodes, *noted])
        if not _shows(text_of(link.children), link.href)
    ]
    return tuple(dict.fromkeys(one for one in found if one.words))


def _shows(words: str, address: str) -> bool:
    """Tell whether words have an address in them, with or without what browsers leave out."""
    core = SCHEME.sub("", address, count=1).rstrip("/").casefold()
    return core in "".join(words.split()).casefold()


def _links(nodes: Sequence[Node]) -> Iterator[Link]:
    for node in nodes:
        if isinstance(node, Link):
            yield node
        if not isinstance(node, Leaf):
            yield from _links(node.children)
