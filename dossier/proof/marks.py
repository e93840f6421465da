"""Finds citations that begin a line although words stand before them, to which they belong."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Sequence

from dossier.proof.breaks import Line
from dossier.proof.tags import Finding
from dossier.proof.truth import Letter
from dossier.proof.wanted import Wanted, words_around
from dossier.records.body import (
    CitationMark,
    Heading,
    Leaf,
    LineBreak,
    Node,
    Paragraph,
    TableCell,
    text_of,
)
from dossier.records.dossier import anchor_of_citation

LONGEST = 24
"""The letters of a word from which a citation may be parted if it has more: of an address, for example.

So may a citation whose locator has more.
"""

TOGETHER = 3
"""After so many citations behind one another a line may end."""


def separated(
    name: str, letter: Letter, lines: Sequence[Line], wanted: Wanted
) -> Iterator[Finding]:
    """Yield the citations that are parted from the word before them.

    The offsets of ``lines`` are those in the text of ``wanted``. A word that begins the line before may be
    as wide as that, so that the citation has no room beside it.
    """
    before = {line.start: earlier for earlier, line in itertools.pairwise(lines)}
    for mark in _behind_words(letter.body.nodes):
        place = wanted.places.get(anchor_of_citation(letter.id, mark.order))
        if place is None or place not in before:
            continue
        if len(wanted.word(place - 1)) > LONGEST or len(mark.locator) > LONGEST:
            continue
        first = bisect.bisect_left(wanted.ends, place)
        if wanted.ends[first + 1 : first + 2] == [place]:
            continue  # the word before it is nothing but a hyphen, which is in no text that is compared
        unit = wanted.around(place - 1)
        if unit is None or unit[0] > before[place].start:
            said = words_around(wanted.raw, place)
            yield before[place].page, f"{name} parts a citation from the word before it in “{said}”"


def _behind_words(nodes: Iterable[Node]) -> Iterator[CitationMark]:
    """Yield the citations that do not begin a paragraph, a heading, a cell or a line.

    One that begins an emphasis, a link and the like is bound to what it has behind it.
    """
    for node in nodes:
        if isinstance(node, Paragraph | Heading | TableCell):
            has_words = False
            run = 0
            for inner, begins in _flat(node.children):
                if isinstance(inner, CitationMark):
                    if has_words and not begins and (run == 0 or run % TOGETHER):
                        yield inner
                    run += 1
                elif text_of([inner]).strip():
                    run = 0
                has_words = not isinstance(inner, LineBreak) and (
                    has_words or isinstance(inner, CitationMark) or bool(text_of([inner]).strip())
                )
        elif not isinstance(node, Leaf):
            yield from _behind_words(node.children)


def _flat(nodes: Iterable[Node], inside: bool = False) -> Iterator[tuple[Node, bool]]:
    """Yield the leaves of inline nodes in sequence, each with whether it begins one ``inside`` others."""
    for place, node in enumerate(nodes):
        if isinstance(node, Leaf):
            yield node, inside and place == 0
        else:
            yield from _flat(node.children, True)
