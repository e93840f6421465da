"""Makes the nodes of a letter from those of the Markdown parser, with the findings about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from markdown_it.tree import SyntaxTreeNode

from dossier.language import limits
from dossier.read import notes, tables
from dossier.read.inline_text import line_end, merged
from dossier.read.text_places import TextPlaces
from dossier.records.body import (
    Block,
    BlockQuote,
    Citation,
    CitationMark,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    NoteCall,
    Paragraph,
    Picture,
    Strong,
    Table,
    TableCell,
    TableRow,
    Text,
)
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.pictures import PictureFile
from dossier.records.values import is_address

EMPTY = {"heading": "#", "blockquote": ">"}
"""The marker of a block, which is printed literally where the block has no words."""
TABLES = PICTURES = 2
"""The version of the corpus format from which on tables and pictures are read."""
SIGNATORIES = "[signatories]"
"""A line of the text that stands for the signatures; what follows is printed behind them."""
FindPicture = Callable[[str], PictureFile | tuple[str, str]]
"""Returns the picture of a path, or message and remedy of its fault."""
SOURCE = re.compile(r"(?:[—―–]|--)\s*\S")
"""Matches the beginning of the line with an epigraph's source."""


class Builder:
    """Converts the parser's nodes to ours, and collects citations and findings."""

    def __init__(
        self,
        path: str,
        places: TextPlaces,
        levels: dict[int, int],
        version: int,
        picture: FindPicture | None,
    ) -> None:
        """Take the file's name in findings, the places and levels of headings, and what is read.

        ``version`` is that of the corpus format; ``picture`` finds the pictures, None where there are none.
        """
        self.path = path
        self.version = version
        self.picture = picture
        self.places = places
        self.levels = levels
        self.citations: list[Citation] = []
        self.found: list[Diagnostic] = []
        self.notes = notes.Notes(self.error)
        self.signed_at: int | None = None
        """The number of blocks before the line that stands for the signatures, if there is one."""

    def blocks(self, parent: SyntaxTreeNode) -> tuple[Block, ...]:
        """Return the blocks inside the document, a block quote, a list item or a note."""
        return tuple(self._each(parent.children))

    def _each(self, nodes: Iterable[SyntaxTreeNode]) -> list[Block]:
        found: list[Block] = []
        for child in nodes:
            if child.type == "note":
                self._note(child)
                continue
            if self.version >= 2 and _is_for_signatures(child):
                self._signed_behind(child, len(found))
                continue
            images = _pictures_alone(child)
            found += self._pictures(images) if images else [self._block(child)]
        return found

    def _pictures(self, images: list[SyntaxTreeNode]) -> Iterator[Block]:
        """Yield the pictures of a paragraph that has nothing else; a faulty one as nothing."""
        assert self.picture is not None
        for image in images:
            line, column = self.places.find("![", block_line(image))
            path, alt = unquote(str(image.attrs.get("src", ""))), " ".join(_alt(image).split())
            if title := image.attrs.get("title"):
                message = f"The title of the picture, “{title}”, would not be printed"
                self.error(line, column, message, "Remove it, or write it below the picture.")
            if not alt:
                message = "The picture has no words for those who cannot see it"
                remedy = "Write between its square brackets what is to be seen, as in ![A map of Japan](…)."
                self.error(line, column, message, remedy)
            found = self.picture(path)
            if isinstance(found, PictureFile):
                yield Picture(found, alt)
            else:
                self.error(line, column, *found)

    def _signed_behind(self, node: SyntaxTreeNode, blocks: int) -> None:
        """Note that the signatures stand behind so many blocks of the text."""
        if self.signed_at is not None:
            place = self.places.find(SIGNATORIES, block_line(node))
            message = f"The line {SIGNATORIES} stands twice"
            self.error(*place, message, "Remove one; a backslash before it prints the words.")
            return
        self.signed_at = blocks

    def _note(self, node: SyntaxTreeNode) -> None:
        """Read the definition of a note."""
        label = node.content
        place = self.places.find(f"[^{label}]:", block_line(node))
        self.notes.define(label, *place, node.level, lambda: self.blocks(node))

    def _block(self, node: SyntaxTreeNode) -> Block:
        line = block_line(node)
        if node.type == "hr":
            return Paragraph((Text(self.places.rule(line, node.markup[0])),))
        if is_empty(node):
            return Paragraph((Text(self.places.markers(node, EMPTY[node.type])),))
        match node.type:
            case "paragraph":
                if self.version >= TABLES:
                    self._table_not_read(node)
                return Paragraph(self._line(node))
            case "heading":
                return Heading(self._line(node), self.levels[line])
            case "blockquote" if self.version >= TABLES and _is_first(node):
                return self._quotation_above(node)
            case "blockquote":
                return BlockQuote(self.blocks(node))
            case "table":
                return self._table(node)
            case "bullet_list" | "ordered_list":
                items = tuple(self._item(child) for child in node.children)
                return List(items, node.type == "ordered_list", _is_tight(node))
        raise ValueError(f"no letter has a block of the kind “{node.type}”")

    def _quotation_above(self, node: SyntaxTreeNode) -> BlockQuote:
        """Return the quotation above a letter's text: an epigraph if its last line begins with a dash."""
        last = node.children[-1]
        inline = last.children[0] if last.type == "paragraph" else None
        parts = inline.children if inline else []
        breaks = [n for n, part in enumerate(parts) if part.type in ("softbreak", "hardbreak")]
        place = breaks[-1] + 1 if breaks else 0
        begins = parts[place].content if place < len(parts) else ""
        if not inline or not SOURCE.match(begins) or (not place and len(node.children) == 1):
            return BlockQuote(self.blocks(node))
        found = self._each(node.children[:-1])
        if place:
            inline.children = parts[: place - 1]
            found.append(Paragraph(self._line(last)))
        inline.children = parts[place:]
        source = Paragraph(self._line(last), is_source=True)
        return BlockQuote((*found, source), is_epigraph=True)

    def _table_not_read(self, paragraph: SyntaxTreeNode) -> None:
        """Warn of a table's row of hyphens among the words of a paragraph."""
        first, end = paragraph.map or (0, 0)
        for number in range(first + 1, end):
            line = self.places.lines[number]
            if "|" in line and tables.RULE.fullmatch(line):
                message = "The lines here are not read as a table, and run together"
                remedy = (
                    "The row of hyphens must have as many columns as the row above it, which must be "
                    "the first line after an empty one."
                )
                place = self.places.of_line(number)
                self.found.append(Diagnostic(self.path, *place, Severity.WARNING, message, remedy))

    def _table(self, node: SyntaxTreeNode) -> Table:
        found = [row for part in node.children for row in part.children]
        for row in found[1:]:
            line = block_line(row)
            more = tables.excess(self.places.lines[line], len(found[0].children))
            if more:
                cells = f"{more} more cell{'s' if more > 1 else ''}"
                message = (
                    f"This row has {cells} than the table’s head, and would not be printed whole"
                )
                remedy = (
                    "Add columns to the head and to the row of hyphens, or write “\\|” for a bar."
                )
                self.error(*self.places.of_line(line), message, remedy)
        made = tables.table(
            [
                TableRow(
                    tuple(
                        TableCell(
                            self._line(cell),
                            str(cell.attrs.get("style", "")).removeprefix("text-align:"),
                        )
                        for cell in row.children
                    )
                )
                for row in found
            ]
        )
        for number, message, remedy in tables.too_large(made):
            line = block_line(found[number])
            self.error(*self.places.of_line(line), message, remedy)
        return made

    def _item(self, node: SyntaxTreeNode) -> ListItem:
        number = node.info + node.markup if node.info else ""
        if node.info.isdigit() and len(node.info) > limits.MAX_DIGITS:
            line, column = self.places.find(number, block_line(node))
            message = f"“{number}” is too long for the number of a list"
            remedy = f"Write “{node.info}\\{node.markup}” to begin a paragraph with it."
            self.error(line, column, message, remedy)
        return ListItem(self.blocks(node), number)

    def _line(self, parent: SyntaxTreeNode) -> tuple[Inline, ...]:
        """Return the inline nodes of a paragraph, a heading, an emphasis or a link."""
        return merged(self._inlines(parent))

    def _inlines(self, parent: SyntaxTreeNode) -> Iterator[Inline]:
        for child in parent.children:
            match child.type:
                case "inline":
                    yield from self._inlines(child)
                case "text":
                    yield Text(child.content)
                case "softbreak":
                    yield Text(line_end(child))
                case "hardbreak":
                    yield LineBreak()
                case "em":
                    yield Emphasis(self._line(child))
                case "strong":
                    yield Strong(self._line(child))
                case "link":
                    yield self._link(child)
                case "citation":
                    yield self._citation(child)
                case "image":
                    line, column = self.places.find("![", block_line(child))
                    message = "The picture stands among words, and would tear the lines apart"
                    remedy = "Put it on a line of its own, between empty lines."
                    self.error(line, column, message, remedy)
                    yield Text(_alt(child))
                case "note_call":
                    yield self._note_call(child)
                case kind:
                    raise ValueError(f"no letter has “{kind}” in a line")

    def _link(self, node: SyntaxTreeNode) -> Link:
        line, column = self.places.find("](", block_line(node))
        if title := node.attrs.get("title"):
            message = f"The title of the link, “{title}”, would not be printed"
            self.error(line, column, message, "Remove it, or write it into the text.")
        if not node.children:
            message = "The link has no words, and would not be printed"
            remedy = "Write words between its square brackets, or the address alone."
            self.error(line, column, message, remedy)
        href = str(node.attrs.get("href", ""))
        _check_link(href, self.path, line, column + 2, self.found)
        return Link(self._line(node), href)

    def _citation(self, node: SyntaxTreeNode) -> CitationMark:
        line, column = self.places.find(node.meta["source"], block_line(node))
        mark = CitationMark(node.content, node.meta["locator"], len(self.citations) + 1)
        self.citations.append(Citation(mark.report, mark.locator, mark.order, line, column))
        return mark

    def _note_call(self, node: SyntaxTreeNode) -> NoteCall:
        place = self.places.find(f"[^{node.content}]", block_line(node))
        return self.notes.call(node.content, *place)

    def error(self, line: int, column: int, message: str, remedy: str) -> None:
        """Report an error."""
        self.found.append(Diagnostic(self.path, line, column, Severity.ERROR, message, remedy))


def _is_for_signatures(node: SyntaxTreeNode) -> bool:
    """Tell whether a block is the line that stands for the signatures, in no list, quote or note."""
    at_margin = node.parent is not None and node.parent.is_root
    return at_margin and node.type == "paragraph" and node.children[0].content == SIGNATORIES


def _is_first(node: SyntaxTreeNode) -> bool:
    """Tell whether a block is the first of the whole text."""
    return node.parent is not None and node.parent.is_root and node.previous_sibling is None


def _pictures_alone(node: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    """Return the pictures of a paragraph that has nothing else; empty for every other block."""
    if node.type != "paragraph":
        return []
    inside = [part for line in node.children for part in line.children]
    others = [part for part in inside if part.type != "image"]
    if any(part.type not in ("softbreak", "hardbreak") and part.content.strip() for part in others):
        return []
    if any(part.children for part in others):
        return []
    return [part for part in inside if part.type == "image"]


def _alt(image: SyntaxTreeNode) -> str:
    """Return the words between a picture's square brackets, without markup."""
    parts = [part.content or " " * (part.type == "softbreak") for part in image.walk()][1:]
    return "".join(parts)


def _is_tight(item_list: SyntaxTreeNode) -> bool:
    """Tell whether a list has no blank lines between its items."""
    return any(
        paragraph.hidden
        for item in item_list.children
        for paragraph in item.children
        if paragraph.type == "paragraph"
    )


def block_line(node: SyntaxTreeNode | None) -> int:
    """Return the first line, counted from 0, of the nearest block around ``node``."""
    while node is not None and not node.is_root:
        if node.map:
            return node.map[0]
        node = node.parent
    return 0


def is_empty(block: SyntaxTreeNode) -> bool:
    """Tell whether a heading or a block quote has no words, only ``#`` or ``>``."""
    return block.type in EMPTY and not any(
        child.content or child.type != "inline" for child in block.children
    )


def _check_link(href: str, path: str, line: int, column: int, found: list[Diagnostic]) -> None:
    if is_address(href):
        return
    from dossier.read import guesses  # only faults need it

    message = f"The link leads to “{href}”, which is neither a web address nor an e-mail address"
    if not href:
        message = "The link leads nowhere"
    remedy = "Use a link that begins with https:, http: or mailto:, or write the words without it."
    remedy = guesses.address(href) or remedy
    found.append(Diagnostic(path, line, column, Severity.ERROR, message, remedy))
