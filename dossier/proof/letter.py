"""The expected text of a letter in reading order, worked out from the corpus alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.language.direction import nearer_language
from dossier.language.words import Words
from dossier.proof.relations import Tie
from dossier.proof.signing import Cell, Under
from dossier.proof.truth import Letter
from dossier.records.body import (
    Address,
    BlockQuote,
    CitationMark,
    Heading,
    LineBreak,
    List,
    ListItem,
    Node,
    NoteCall,
    Paragraph,
    Picture,
    Table,
    Text,
)
from dossier.records.dossier import anchor_of_call, anchor_of_citation
from dossier.records.letter_parts import PARTS
from dossier.records.pictures import MARK

Link = Callable[[str, str], str]
UNTOLD = "?"
"""The block or the language of which nothing is expected."""


@dataclass(frozen=True)
class Piece:
    """A piece of a section's text."""

    text: str
    anchor: str = ""
    """The anchor at its beginning, if links lead to it."""
    begins_line: bool = False
    """It begins a line, as the cell of a table does, although another text stands beside it."""
    block: str = ""
    """The structure types, parted by “|”, of which the tag around the text from here on has one; it goes
    up to the next piece with a block. Of :data:`UNTOLD` ones only that they are no headings."""
    language: str = ""
    """The language from here on; :data:`UNTOLD` where nothing is expected of it."""


def parts(wanted: Letter) -> Iterator[str]:
    """Yield the names of a letter's parts in sequence: the stated one, or else the usual one."""
    stated = wanted.head.sequence
    for part in stated or PARTS:
        moved = part in ("date", "to") and not stated and wanted.head.date_position == "below"
        if moved:
            yield from ["to", "date"] if part == "to" else []
        else:
            yield part


def lines(wanted: Letter, part: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a part, each with its heading level below the title, 0 for none.

    Text and signatures have none here.
    """
    head = wanted.head
    match part:
        case "heading":
            yield 1, head.heading or ""
        case "date":
            yield 0, wanted.date_line
        case "to" | "cc":
            for addressed in head.to if part == "to" else head.cc:
                yield from ((0, line) for line in addressed.lines)
        case "subject":
            yield 0, head.subject or ""
        case "letterhead" | "references" | "via" | "closing" | "contact":
            yield from ((0, line) for line in getattr(head, part))


def ties(words: Words, wanted: Letter, link: Link = lambda name, _: name) -> Iterator[str]:
    """Yield the lines that say how a letter relates to others; ``link`` links a name to a letter's id."""
    yield from (tied(words, tie, link) for tie in wanted.ties)
    if wanted.head.endorsed is False:
        yield words("annex_unendorsed")


def tied(words: Words, tie: Tie, link: Link = lambda name, _: name) -> str:
    """Return a relation of a letter in words."""
    names = [
        link(name, key) if key else words("relation_elsewhere", letter=name)
        for name, key in tie.names
    ]
    return words(tie.key, letters=words("between_items").join(names))


def ties_inside(words: Words, wanted: Letter, link: Link = lambda name, _: name) -> str:
    """Return all relations of a letter on one line."""
    return words("between_facts").join(tied(words, tie, link) for tie in wanted.ties)


def notes(words: Words, wanted: Letter) -> Iterator[str]:
    """Yield the paragraphs of the editor's notes before a letter, each note with its heading."""
    head = wanted.head
    for heading, paragraphs in (("editorial_note", head.note), ("editorial_update", head.update)):
        if paragraphs:
            yield words(heading)
            yield from paragraphs


def letter(words: Words, wanted: Letter, numbers: Mapping[str, int], own: str) -> Iterator[Piece]:
    """Yield a letter word for word, under its title.

    ``numbers`` are the numbers of the cited works, ``own`` is the language of the dossier.
    """
    title = wanted.head.title
    yield Piece(wanted.label, block="P", language=words.language)
    yield Piece(title, block="H1", language=nearer_language(title, wanted.language, own))
    yield Piece("", block=UNTOLD, language=UNTOLD)
    for line in ties(words, wanted):
        yield Piece(line)
    for text in notes(words, wanted):
        yield Piece(text)
    above = 2 if wanted.head.heading else 1
    for part in parts(wanted):
        yield Piece("", block=UNTOLD, language=wanted.language)
        if part == "text":
            nodes = wanted.body.nodes
            yield from pieces_of(nodes[: wanted.body.signed_at], wanted.id, numbers, above)
        elif part == "postscript" and wanted.body.signed_at is not None:
            nodes = wanted.body.nodes[wanted.body.signed_at :]
            yield from pieces_of(nodes, wanted.id, numbers, above)
        elif part == "signatories":
            yield from _signed(signatures(words, wanted, own), above, wanted.language)
        for level, text in lines(wanted, part):
            yield Piece(text, block=f"H{1 + level}" if level else UNTOLD)
    yield Piece("", block=UNTOLD, language=UNTOLD)
    if wanted.addresses:
        yield Piece(words("editorial_addresses"))
    for said, address in wanted.addresses:
        yield Piece(words("editorial_address", wording=said, address=address))


def _signed(cells: Iterator[Cell], above: int, language: str) -> Iterator[Piece]:
    """Yield the lines of the signatures; ``above`` is the level of the heading above them."""
    for cell in cells:
        block = "LBody|TD" if cell.anchor else UNTOLD
        if cell.level:
            block = f"H{min(above + cell.level, 6)}"
        said = UNTOLD if cell.of_ours else language
        if cell.numeral:
            yield Piece(cell.numeral, block="Lbl", language=UNTOLD)
        text = cell.text.removeprefix(cell.numeral)
        yield Piece(text, cell.anchor, block=block, language=said)


def signatures(words: Words, wanted: Letter, own: str) -> Iterator[Cell]:
    """Yield the lines of the signatures under a letter; ``own`` is the language of the dossier."""
    under = Under(
        wanted.id, wanted.head, wanted.withdrawn, wanted.struck, words, own, wanted.separator
    )
    yield from under.lines(wanted.language)


def pieces_of(
    nodes: Sequence[Node], letter_id: str, numbers: Mapping[str, int], above: int = 1
) -> Iterator[Piece]:
    """Yield the text of nodes.

    ``numbers`` are the numbers of the cited works, ``above`` is the level of the heading above them.
    """
    for node in nodes:
        if isinstance(node, CitationMark):
            locator = f", {node.locator}" if node.locator else ""
            anchor = anchor_of_citation(letter_id, node.order)
            yield Piece(f"[{numbers[node.report]}{locator}]", anchor)
        elif isinstance(node, NoteCall):
            yield Piece(node.mark, anchor_of_call(letter_id, node.number) if node.is_first else "")
        elif isinstance(node, Text | Address):
            yield Piece(node.text)
        elif isinstance(node, Picture):
            yield Piece(MARK, block=UNTOLD)
        elif isinstance(node, Table):
            for number, row in enumerate(node.children):
                for cell in row.children:
                    yield Piece("", begins_line=True, block="TD" if number else "TH")
                    yield from pieces_of(cell.children, letter_id, numbers)
        elif not isinstance(node, LineBreak):
            yield Piece(
                node.marker if isinstance(node, ListItem) else "", block=_block(node, above)
            )
            for child in node.children:
                if isinstance(node, List) and not node.numbered:
                    yield Piece("•", block="Lbl")
                yield from pieces_of([child], letter_id, numbers, above)


def _block(node: Node, above: int) -> str:
    """Return the structure type of a node that holds others; nothing of one inside a line."""
    match node:
        case Paragraph():
            return "P"
        case Heading():
            return f"H{above + node.level}"
        case ListItem():
            return "Lbl" if node.marker else ""
        case BlockQuote() | List():
            return UNTOLD
    return ""
