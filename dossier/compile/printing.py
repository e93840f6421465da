"""Works out what paper asks for: places of text, sections that begin on a recto, addresses to be shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from dossier.records.body import Body, Leaf, Link, Node, text_of
from dossier.records.dossier import Dossier, HiddenAddress
from dossier.records.enclosing import FACING
from dossier.records.placement import furniture
from dossier.records.printing import Print
from dossier.records.publication import Publication

NONE = Print()


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


def volumes_begin_on_recto(dossier: Dossier) -> bool:
    """Tell whether each volume begins on a recto, as its own file is printed from its first page on."""
    publication = dossier.publication
    placed = furniture(dossier.design, publication, dossier.words.right_to_left)
    return (
        placed.sides == "facing"
        or (publication.printing or NONE).recto != "none"
        or publication.enclose == FACING
    )


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
