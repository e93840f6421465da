"""Parses the body of a letter from CommonMark to a tree of frozen nodes.

Only these are markup: paragraphs, emphasis, lists, block quotes, headings, links, hard line breaks, and
our own citations ``[@id, p. 12]``. Everything else is printed literally, so that the parser drops no word:
HTML and its entities, code, images and link definitions are disabled, and a thematic break is printed as
its characters.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from dossier.language import direction_marks, limits
from dossier.read import notes, tables
from dossier.read.markers import read_markers
from dossier.records.body import (
    ADDRESS,
    Address,
    Block,
    BlockQuote,
    Body,
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

CITATION = re.compile(r"\[@([A-Za-z0-9][A-Za-z0-9_:.#$%&+?<>~/-]*?)(?:\s*,\s*([^\]\[]+?))?\s*\]")
PICTURE = re.compile(r"!\[[^\]]{0,2000}\]\([^)]{0,2000}\)")
UNSPACED = re.compile(
    "[\u2e80-\u312f\u3190-\u31ff\u3220-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
"""Characters of Chinese and Japanese, which have no spaces between words; Korean has."""
SHARED = "“”‘’—…·"
"""Punctuation that Chinese and Japanese share with other scripts."""
NOT_MARKUP = (
    "html_block", "html_inline", "code", "fence", "backticks", "image", "autolink", "reference",
    "entity",
)  # fmt: skip
EMPTY = {"heading": "#", "blockquote": ">"}
"""The marker of a block, which is printed literally where the block has no words."""
INDENTS = {"blockquote": 18, "bullet_list": 18, "ordered_list": 32}
"""The indent of each block in points, relative to the block around it."""
TABLES = PICTURES = 2
"""The version of the corpus format from which on tables and pictures are read."""
SIGNATORIES = "[signatories]"
"""A line of the text that stands for the signatures; what follows is printed behind them."""
FindPicture = Callable[[str], PictureFile | tuple[str, str]]
"""Returns the picture of a path, or message and remedy of its fault."""
SOURCE = re.compile(r"(?:[—―–]|--)\s*\S")
"""Matches the beginning of the line with an epigraph's source."""
MAX_DEPTH = 20
MAX_BRACKETS = 5_000
"""The greatest number of opening square brackets; the parser's time is quadratic in their number."""


def parse(
    text: str,
    path: str,
    line_offset: int,
    column_offset: int = 0,
    version: int = 1,
    picture: FindPicture | None = None,
) -> tuple[Body, list[Diagnostic]]:
    """Parse a body; return the tree and the findings.

    ``path`` is the file's name in findings; the offsets are the number of lines before the text in that
    file and of characters before each of its lines. ``version`` is that of the corpus format;
    ``picture`` finds the pictures, without which there are none.
    """
    found: list[Diagnostic] = []
    if text.count("[") > MAX_BRACKETS:
        message = f"The text has more than {MAX_BRACKETS:,} opening square brackets"
        remedy = "Check that it is the right text, or split it."
        found.append(Diagnostic(path, line_offset + 1, 1, Severity.ERROR, message, remedy))
        return Body(()), found
    find = picture if version >= PICTURES else None
    parser = _parser(version, find is not None)
    environment: dict[str, dict[str, dict[str, str]]] = {}
    tokens = parser.parse(text, environment)
    tree = SyntaxTreeNode(tokens)
    deep = _too_deep(tree)
    if deep is not None:
        line, message = deep
        remedy = "Take out block quotes or lists."
        place = (line_offset + 1 + line, column_offset + 1)
        found.append(Diagnostic(path, *place, Severity.ERROR, message, remedy))
        return Body(()), found
    places = _Places(text, line_offset, column_offset, find is not None)
    if direction_marks.ISOLATES.search(text):
        lines = text.split("\n")
        for block in (token for token in tokens if token.type == "inline"):
            found += _unbalanced(block, lines, path, places)
    builder = _Builder(path, places, _levels(tree), version, find)
    if version >= 2:
        for offset, message, remedy in notes.in_links(text):
            builder.error(*places.at(offset), message, remedy)
    nodes = builder.blocks(tree)
    builder.notes.check()
    nodes, called = builder.notes.attached(nodes)
    body = Body(nodes, tuple(builder.citations), called, builder.signed_at)
    return body, found + builder.found


@functools.cache
def _parser(version: int, has_pictures: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.disable(list(NOT_MARKUP))
    if version >= TABLES:
        parser.enable("table")
        parser.block.ruler.before("list", "markers", read_markers, {"alt": ["paragraph"]})
    parser.inline.ruler.before("link", "citation", _citation_rule)
    if has_pictures:
        parser.enable("image")
    else:
        parser.inline.ruler.before("link", "picture", _picture_rule)
    if version >= 2:
        notes.add_rules(parser)
    # Faulty link addresses are reported here; the parser would silently print them as text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def _citation_rule(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match[1]
        token.meta = {"locator": " ".join((match[2] or "").split()), "source": match[0]}
    state.pos = match.end()
    return True


def _picture_rule(state: StateInline, silent: bool) -> bool:
    """Print the markup of a picture literally."""
    match = PICTURE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


class _Places:
    """Finds the place of markup in the file, searching on from the previous find."""

    def __init__(self, text: str, line_offset: int, column_offset: int, has_pictures: bool) -> None:
        # A picture that is printed literally has brackets like those of links.
        self.text = (
            text
            if has_pictures
            else PICTURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        )
        self.line_offset = line_offset
        self.column_offset = column_offset
        self.lines = self.text.split("\n")
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.reached = 0

    def rule(self, number: int, char: str) -> str:
        """Return the ``char``s at the end of line ``number``, counted from 0, literally."""
        match = re.search(rf"{re.escape(char)}[\s{re.escape(char)}]*$", self.lines[number])
        return match[0].strip() if match else char * 3

    def markers(self, block: SyntaxTreeNode, char: str) -> str:
        """Return the markers, ``char``, of a block that has nothing else, literally."""
        lines = self.lines[slice(*(block.map or (0, 0)))]
        found = [re.search(rf"{char}[\s{char}]*$", line) for line in lines]
        return " ".join(match[0].strip() for match in found if match)

    def of_line(self, number: int) -> tuple[int, int]:
        """Return line and column of the beginning of line ``number``, counted from 0."""
        line = self.lines[number]
        column = len(line) - len(line.lstrip()) + 1 + self.column_offset
        return number + 1 + self.line_offset, column

    def find(self, markup: str, block_line: int) -> tuple[int, int]:
        """Return line and column of the next ``markup`` at or after ``block_line``."""
        start = max(self.reached, self.starts[min(block_line, len(self.starts) - 1)])
        position = self.text.find(markup, start)
        if position < 0:
            return block_line + 1 + self.line_offset, 1 + self.column_offset
        self.reached = position + len(markup)
        return self.at(position)

    def at(self, position: int) -> tuple[int, int]:
        """Return line and column of an offset in the text."""
        line = bisect.bisect_right(self.starts, position) - 1
        column = position - self.starts[line] + 1 + self.column_offset
        return line + 1 + self.line_offset, column


class _Builder:
    """Converts the parser's nodes to ours, and collects citations and findings."""

    def __init__(
        self,
        path: str,
        places: _Places,
        levels: dict[int, int],
        version: int,
        picture: FindPicture | None,
    ) -> None:
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
            line, column = self.places.find("![", _block_line(image))
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
            place = self.places.find(SIGNATORIES, _block_line(node))
            message = f"The line {SIGNATORIES} stands twice"
            self.error(*place, message, "Remove one; a backslash before it prints the words.")
            return
        self.signed_at = blocks

    def _note(self, node: SyntaxTreeNode) -> None:
        """Read the definition of a note."""
        label = node.content
        place = self.places.find(f"[^{label}]:", _block_line(node))
        self.notes.define(label, *place, node.level, lambda: self.blocks(node))

    def _block(self, node: SyntaxTreeNode) -> Block:
        line = _block_line(node)
        if node.type == "hr":
            return Paragraph((Text(self.places.rule(line, node.markup[0])),))
        if _is_empty(node):
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
            line = _block_line(row)
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
            line = _block_line(found[number])
            self.error(*self.places.of_line(line), message, remedy)
        return made

    def _item(self, node: SyntaxTreeNode) -> ListItem:
        number = node.info + node.markup if node.info else ""
        if node.info.isdigit() and len(node.info) > limits.MAX_DIGITS:
            line, column = self.places.find(number, _block_line(node))
            message = f"“{number}” is too long for the number of a list"
            remedy = f"Write “{node.info}\\{node.markup}” to begin a paragraph with it."
            self.error(line, column, message, remedy)
        return ListItem(self.blocks(node), number)

    def _line(self, parent: SyntaxTreeNode) -> tuple[Inline, ...]:
        """Return the inline nodes of a paragraph, a heading, an emphasis or a link."""
        return _merged(self._inlines(parent))

    def _inlines(self, parent: SyntaxTreeNode) -> Iterator[Inline]:
        for child in parent.children:
            match child.type:
                case "inline":
                    yield from self._inlines(child)
                case "text":
                    yield Text(child.content)
                case "softbreak":
                    yield Text(_line_end(child))
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
                    line, column = self.places.find("![", _block_line(child))
                    message = "The picture stands among words, and would tear the lines apart"
                    remedy = "Put it on a line of its own, between empty lines."
                    self.error(line, column, message, remedy)
                    yield Text(_alt(child))
                case "note_call":
                    yield self._note_call(child)
                case kind:
                    raise ValueError(f"no letter has “{kind}” in a line")

    def _link(self, node: SyntaxTreeNode) -> Link:
        line, column = self.places.find("](", _block_line(node))
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
        line, column = self.places.find(node.meta["source"], _block_line(node))
        mark = CitationMark(node.content, node.meta["locator"], len(self.citations) + 1)
        self.citations.append(Citation(mark.report, mark.locator, mark.order, line, column))
        return mark

    def _note_call(self, node: SyntaxTreeNode) -> NoteCall:
        place = self.places.find(f"[^{node.content}]", _block_line(node))
        return self.notes.call(node.content, *place)

    def error(self, line: int, column: int, message: str, remedy: str) -> None:
        """Report an error."""
        self.found.append(Diagnostic(self.path, line, column, Severity.ERROR, message, remedy))


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


def _line_end(node: SyntaxTreeNode) -> str:
    """Return what a soft line break prints: a space, or nothing in Chinese and Japanese."""
    before, after = _beside(node.previous_sibling, -1), _beside(node.next_sibling, 0)
    wide = [bool(UNSPACED.match(char)) for char in (before, after)]
    alike = all(
        is_wide or (char and char in SHARED)
        for is_wide, char in zip(wide, (before, after), strict=True)
    )
    return "" if any(wide) and alike else " "


def _beside(node: SyntaxTreeNode | None, place: int) -> str:
    """Return the first character at or after ``node``; with ``place`` -1, the last at or before it."""
    while node is not None:
        if node.children:
            node = node.children[place]
        elif node.type == "text" and node.content:
            return node.content[place]
        elif node.type in ("text", "citation", "note_call"):
            node = node.previous_sibling if place else node.next_sibling
        else:
            return ""
    return ""


def _is_tight(item_list: SyntaxTreeNode) -> bool:
    """Tell whether a list has no blank lines between its items."""
    return any(
        paragraph.hidden
        for item in item_list.children
        for paragraph in item.children
        if paragraph.type == "paragraph"
    )


def _merged(nodes: Iterable[Inline]) -> tuple[Inline, ...]:
    """Return ``nodes`` with adjacent texts joined, and the addresses in them as nodes of their own."""
    found: list[Inline] = []
    for _, members in groupby(nodes, key=lambda node: isinstance(node, Text)):
        group = list(members)
        texts = [node.text for node in group if isinstance(node, Text)]
        found += _texts("".join(texts)) if texts else group
    return tuple(found)


def _texts(text: str) -> Iterator[Text | Address]:
    """Yield the parts of a text, its addresses as nodes of their own."""
    start = 0
    for match in ADDRESS.finditer(text):
        if match.start() > start:
            yield Text(text[start : match.start()])
        yield Address(match[0])
        start = match.end()
    if start < len(text):
        yield Text(text[start:])


def _block_line(node: SyntaxTreeNode | None) -> int:
    """Return the first line, counted from 0, of the nearest block around ``node``."""
    while node is not None and not node.is_root:
        if node.map:
            return node.map[0]
        node = node.parent
    return 0


def _is_empty(block: SyntaxTreeNode) -> bool:
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


def _unbalanced(block: Token, lines: list[str], path: str, places: _Places) -> Iterator[Diagnostic]:
    """Yield an error for a block with an isolate that is not closed."""
    place = direction_marks.unbalanced(block.content)
    if place is None:
        return
    before = block.content[:place].split("\n")
    number = (block.map or [0])[0] + len(before) - 1
    char = block.content[place]
    # The block lacks the markup before the line's text, so the column is found by counting occurrences.
    alike = [match.start() for match in re.finditer(char, lines[number])]
    column = alike[before[-1].count(char)] + 1 + places.column_offset
    message, remedy = direction_marks.fault(char)
    line = number + 1 + places.line_offset
    yield Diagnostic(path, line, column, Severity.ERROR, message, remedy)


def _is_for_signatures(node: SyntaxTreeNode) -> bool:
    """Tell whether a block is the line that stands for the signatures, in no list, quote or note."""
    at_margin = node.parent is not None and node.parent.is_root
    return at_margin and node.type == "paragraph" and node.children[0].content == SIGNATORIES


def _levels(tree: SyntaxTreeNode) -> dict[int, int]:
    """Return the level of each heading, by its line: one below that of the heading it stands under."""
    levels: dict[int, int] = {}
    above: list[str] = []
    for node in tree.walk():
        if node.type == "heading" and not _is_empty(node):
            above = [*(tag for tag in above if tag < node.tag), node.tag]
            levels[_block_line(node)] = len(above)
    return levels


def _too_deep(tree: SyntaxTreeNode) -> tuple[int, str] | None:
    """Return the line, counted from 0, of a block that is nested too deep, and the message."""
    level, depth = [(tree, 0)], -1
    while level:
        depth += 1
        if depth > 2 * MAX_DEPTH:
            return _block_line(level[0][0]), f"The text is nested deeper than {MAX_DEPTH} levels"
        for node, indent in level:
            if indent > limits.MAX_INDENT:
                message = (
                    "The block quotes and lists around this leave no room for words on the page"
                )
                return _block_line(node), message
        level = [
            (child, indent + INDENTS.get(child.type, 0))
            for node, indent in level
            for child in node.children
        ]
    return None
