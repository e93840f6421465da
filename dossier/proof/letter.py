"""The expected text of a letter in reading order, worked out from the corpus alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.language.words import Words
from dossier.proof.truth import Letter
from dossier.records.body import (
    Address,
    CitationMark,
    LineBreak,
    List,
    ListItem,
    Node,
    NoteCall,
    Text,
)
from dossier.records.dossier import anchor_of_call, anchor_of_citation


@dataclass(frozen=True)
class Piece:
    """A piece of a section's text."""

    text: str
    anchor: str = ""
    """The anchor at its beginning, if links lead to it."""


def opening(wanted: Letter) -> Iterator[tuple[int, str]]:
    """Yield the lines before a letter's text, each with its heading level below the title, 0 for none."""
    yield 1, wanted.head.heading or ""
    above = wanted.head.date_position == "above"
    yield 0, wanted.date_line if above else ""
    for line in wanted.head.to.lines:
        yield 0, line
    yield 0, "" if above else wanted.date_line


def letter(words: Words, wanted: Letter, numbers: Mapping[str, int]) -> Iterator[Piece]:
    """Yield a letter word for word, under its title; ``numbers`` are the numbers of the cited works."""
    yield Piece(f"{words('letter', number=wanted.number)} {wanted.head.title}")
    for _, text in opening(wanted):
        yield Piece(text)
    yield from pieces_of(wanted.body.nodes, wanted.id, numbers)
    yield Piece(wanted.head.closing or "")
    yield from signatures(wanted)


def signatures(wanted: Letter) -> Iterator[Piece]:
    """Yield the signatures under a letter."""
    for signature in wanted.signatures:
        yield Piece(signature.printed, signature.anchor)


def pieces_of(nodes: Sequence[Node], letter_id: str, numbers: Mapping[str, int]) -> Iterator[Piece]:
    """Yield the text of nodes; ``numbers`` are the numbers of the cited works."""
    for node in nodes:
        if isinstance(node, CitationMark):
            locator = f", {node.locator}" if node.locator else ""
            anchor = anchor_of_citation(letter_id, node.order)
            yield Piece(f"[{numbers[node.report]}{locator}]", anchor)
        elif isinstance(node, NoteCall):
            yield Piece(node.mark, anchor_of_call(letter_id, node.number) if node.is_first else "")
        elif isinstance(node, Text | Address):
            yield Piece(node.text)
        elif not isinstance(node, LineBreak):
            yield Piece(node.marker if isinstance(node, ListItem) else "")
            for child in node.children:
                yield Piece("•" if isinstance(node, List) and not node.numbered else "")
                yield from pieces_of([child], letter_id, numbers)
