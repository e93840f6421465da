"""The expected text of a letter in reading order, worked out from the corpus alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dossier.language.direction import nearer_language
from dossier.language.words import Words, cut
from dossier.proof.faces import (
    BESIDE,
    HEAD_OF_COLUMN,
    HEADING,
    LABEL,
    SMALL,
    TEXT,
    TITLE,
    Look,
)
from dossier.proof.relations import Tie
from dossier.proof.signing import Cell, Under
from dossier.proof.truth import Letter
from dossier.records.body import (
    Address,
    BlockQuote,
    Body,
    CitationMark,
    Emphasis,
    Heading,
    LineBreak,
    List,
    ListItem,
    Node,
    NoteCall,
    Paragraph,
    Picture,
    Strong,
    Table,
    Text,
    text_of,
)
from dossier.records.dossier import anchor_of_call, anchor_of_citation
from dossier.records.letter_parts import PARTS
from dossier.records.pictures import MARK

Link = Callable[[str, str], str]
HEBREW = re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")
KIND = LABEL.sized("small")
"""How the headings of what an editor says look."""
LOOKS: Mapping[str, Look] = {
    "heading": TEXT.sized("subtitle").strong,
    "letterhead": replace(SMALL, accent=True),
    "references": SMALL,
    "contact": SMALL,
    "cc": SMALL,
    "via": TEXT.emphasized,
    "subject": TEXT.strong,
}
"""How the parts of a letter look that do not look like its text."""
LOWEST = LABEL
HEADINGS: Mapping[int, Look] = {
    2: HEADING,
    3: TEXT.sized("heading").emphasized,
    4: TEXT.sized("label"),
    5: TEXT.sized("label").emphasized.strong,
    6: LOWEST,
    7: replace(LABEL.emphasized, role="small"),
}
"""How the headings inside a letter look, by level; lower ones look as the sixth."""
UNTOLD = "?"
"""The block or the language of which nothing is expected."""


@dataclass(frozen=True)
class Inset:
    """How a paragraph stands among the others of a text."""

    depth: int
    """The number of quotations and lists around it; -1 where nothing is told."""
    begins: bool = False
    """It follows another paragraph, from which an indent or a space tells it apart."""
    inside: tuple[int, ...] = ()
    """The way to what holds it: the place of each node among those beside it."""


NOWHERE, TOP = Inset(-1), Inset(0)


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
    look: Look | None = None
    """How the text looks from here on; None for as before."""
    joined: bool = False
    """It stands directly behind the piece before, without a space."""
    inset: Inset | None = None
    """How the paragraph stands that begins here; nothing is told of other blocks."""
    inline: bool = False
    """It stands in one line with the piece before, with no other spaces than those of both."""


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


def around(look: Look, language: str, body: Body) -> Look:
    """Return the look of a text, given for one without Hebrew."""
    said = (text_of(body.nodes), *(text_of(note.paragraphs) for note in body.notes))
    among = language in ("he", "yi") or any(map(HEBREW.search, said))
    return replace(look, among_hebrew=among)


def told(words: Words, key: str, look: Look, **parts: Sequence[Piece] | str | int) -> list[Piece]:
    """Return one of the program's sentences, each of its ``parts`` as it is told.

    A part that is no piece is in the program's words, too.
    """
    found: list[Piece] = []
    for said, name, form in cut(words.form(key, parts)):
        found.append(Piece(said, language=words.language, look=look, joined=bool(found)))
        part = parts[name] if name else ()
        if isinstance(part, str | int):
            part = [Piece(words.said(part, form), language=words.language, look=look)]
        found += [replace(one, joined=True) for one in part[:1]]
        found += part[1:]
    return found


def notes(words: Words, wanted: Letter, own: str) -> Iterator[Piece]:
    """Yield the paragraphs of the editor's notes before a letter, each note with its heading.

    ``own`` is the language of the dossier.
    """
    head = wanted.head
    for heading, paragraphs in (("editorial_note", head.note), ("editorial_update", head.update)):
        if paragraphs:
            yield Piece(words(heading), language=words.language, look=KIND)
            for paragraph in paragraphs:
                yield Piece(paragraph, language=own, look=SMALL)


def letter(
    words: Words, wanted: Letter, numbers: Mapping[str, int], own: str, many: int
) -> Iterator[Piece]:
    """Yield a letter word for word, under its title.

    ``numbers`` are the numbers of the cited works, ``own`` is the language of the dossier. Signatures are
    dense from ``many`` on that stand together.
    """
    title = wanted.head.title
    yield Piece(wanted.label, block="P", language=words.language, look=LABEL)
    near = nearer_language(title, wanted.language, own)
    yield Piece(title, block="H1", language=near, look=TITLE)
    yield Piece("", block=UNTOLD, language=words.language)
    for line in ties(words, wanted):
        yield Piece(line, look=replace(SMALL.emphasized, accent=True))
    yield from notes(words, wanted, own)
    above = 2 if wanted.head.heading else 1
    own_look = around(TEXT, wanted.language, wanted.body)
    for part in parts(wanted):
        yield Piece("", block=UNTOLD, language=wanted.language, look=LOOKS.get(part, TEXT))
        if part == "text":
            nodes = wanted.body.nodes[: wanted.body.signed_at]
            yield from pieces_of(nodes, wanted.id, numbers, above, own_look)
        elif part == "postscript" and wanted.body.signed_at is not None:
            nodes = wanted.body.nodes[wanted.body.signed_at :]
            yield from pieces_of(nodes, wanted.id, numbers, above, own_look)
        elif part == "signatories":
            cells = list(signatures(words, wanted, own))
            yield from _signed(cells, above, wanted.language, words.language, many)
        for level, text in lines(wanted, part):
            yield Piece(text, block=f"H{1 + level}" if level else UNTOLD)
    yield Piece("", block=UNTOLD, language=words.language)
    if wanted.addresses:
        yield Piece(words("editorial_addresses"), look=KIND)
    for said, address in wanted.addresses:
        near = nearer_language(said, wanted.language, own)
        wording = [Piece(said, language=near, look=SMALL)]
        yield from told(words, "editorial_address", SMALL, wording=wording, address=address)


def _look_of(cell: Cell, dense: bool) -> Look:
    """Return how a line under a letter looks; ``dense`` tells whether one of its groups is long."""
    if cell.level:
        return HEADING if cell.level == 1 else replace(TEXT.emphasized, role="heading")
    if cell.form == "qualifier":
        return SMALL.emphasized
    if cell.form == "sentence":
        return replace(SMALL.emphasized, accent=True)
    if cell.form == "run-in":
        return replace(TEXT.sized("names"), bold=None)  # names are, beside more than names
    look = HEAD_OF_COLUMN if cell.form == "head" else TEXT if cell.form == "list" else SMALL
    return look.sized("names") if dense else look


def _signed(
    cells: Sequence[Cell], above: int, language: str, ours: str, many: int
) -> Iterator[Piece]:
    """Yield the lines of the signatures; ``above`` is the level of the heading above them.

    They are dense from ``many`` on that stand together. ``language`` is that of the letter, ``ours`` that
    of the program's words.
    """
    dense = max((cell.among for cell in cells), default=0) >= many
    for cell in cells:
        look = _look_of(cell, dense)
        block = "LBody|TD" if cell.anchor else UNTOLD
        if cell.level:
            block = f"H{min(above + cell.level, 6)}"
        own, aside = cell.text.removeprefix(cell.numeral), ""
        beside = cell.of_ours and cell.form in ("list", "columns", "run-in", "table")
        if beside:
            own, aside = cell.own, own.removeprefix(cell.own)
        if cell.numeral:
            accent = cell.form == "run-in"
            numeral = replace(look, accent=True) if accent and look.accent is not None else look
            yield Piece(cell.numeral, cell.anchor, block="Lbl", language=language, look=numeral)
        said = ours if cell.of_ours and not beside else language
        # A name that is wider than what is left behind its number stands on the next line.
        anchor = "" if cell.numeral else cell.anchor
        yield Piece(own, anchor, block=block, language=said, look=look)
        if beside:
            yield Piece(aside, language=ours, look=BESIDE, joined=True)


def signatures(words: Words, wanted: Letter, own: str) -> Iterator[Cell]:
    """Yield the lines of the signatures under a letter; ``own`` is the language of the dossier."""
    under = Under(
        wanted.id, wanted.head, wanted.withdrawn, wanted.struck, words, own, wanted.separator
    )
    yield from under.lines(wanted.language)


def pieces_of(
    nodes: Sequence[Node],
    letter_id: str,
    numbers: Mapping[str, int],
    above: int = 1,
    look: Look = TEXT,
    place: Inset = TOP,
    before: Node | None = None,
    at: int = 0,
) -> Iterator[Piece]:
    """Yield the text of nodes.

    ``numbers`` are the numbers of the cited works, ``above`` is the level of the heading above them.
    ``look`` is that of the text around them, ``place`` where they stand. The first is the node number
    ``at`` there, behind ``before``.
    """
    for here, (previous, node) in enumerate(zip([before, *nodes], nodes, strict=False), at):
        if isinstance(node, CitationMark):
            locator = f", {node.locator}" if node.locator else ""
            anchor = anchor_of_citation(letter_id, node.order)
            own = replace(look, role="mark", italic=False, accent=True)
            yield Piece(f"[{numbers[node.report]}{locator}]", anchor, look=own, inline=True)
        elif isinstance(node, NoteCall):
            anchor = anchor_of_call(letter_id, node.number) if node.is_first else ""
            own = replace(look, role="call", italic=False, bold=False)
            yield Piece(node.mark, anchor, look=own, inline=True)
        elif isinstance(node, Text | Address):
            yield Piece(node.text, look=look, inline=True)
        elif isinstance(node, Picture):
            yield Piece(MARK, block=UNTOLD)
        elif isinstance(node, Table):
            for number, row in enumerate(node.children):
                for cell in row.children:
                    yield Piece("", begins_line=True, block="TD" if number else "TH")
                    own = SMALL if number else HEAD_OF_COLUMN
                    own = replace(own, among_hebrew=look.among_hebrew)
                    yield from pieces_of(cell.children, letter_id, numbers, look=own)
        elif isinstance(node, LineBreak):
            yield Piece("")
        else:
            own = _look(node, above, look)
            marker = node.marker if isinstance(node, ListItem) else ""
            yield Piece(
                marker, block=_block(node, above), look=own, inset=_inset(node, place, previous)
            )
            deeper = place.depth + isinstance(node, BlockQuote | List)
            inner = Inset(deeper, inside=(*place.inside, here))
            for number, child in enumerate(node.children):
                if isinstance(node, List) and not node.numbered:
                    yield Piece("•", block="Lbl", look=own)
                # The lines of an epigraph begin alike.
                of_epigraph = isinstance(node, BlockQuote) and node.is_epigraph
                first = node.children[number - 1] if number and not of_epigraph else None
                yield from pieces_of([child], letter_id, numbers, above, own, inner, first, number)


def _inset(node: Node, place: Inset, before: Node | None) -> Inset | None:
    """Return how a paragraph stands at a ``place``, behind another node; None for what is none."""
    if not isinstance(node, Paragraph) or node.is_source:
        return None
    return replace(place, begins=isinstance(before, Paragraph))


def _look(node: Node, above: int, look: Look) -> Look:
    """Return how the text of a node looks; ``look`` is that of the text around it."""
    match node:
        case Emphasis():
            return look.emphasized
        case Strong():
            return look.strong
        case BlockQuote():
            return look.sized("label") if node.is_epigraph else look
        case Heading():
            own = HEADINGS.get(above + node.level, LOWEST)
            return replace(own, among_hebrew=look.among_hebrew)
    return look


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
