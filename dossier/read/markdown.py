"""The body of a letter: CommonMark in, a tree of frozen nodes out.

Only what the format allows is markup: paragraphs, emphasis, lists, block quotes, headings, links and
hard line breaks, and our own citations ``[@id, p. 12]``. Everything else prints as it stands, so that
no word of a letter can be lost to a parser: HTML and its entities, code, images and link definitions
are switched off, and a line of asterisks prints as one.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from dossier.language import direction_marks, limits
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
    Paragraph,
    Strong,
    Text,
)
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.schema import is_address

CITATION = re.compile(r"\[@([A-Za-z0-9][A-Za-z0-9_:.#$%&+?<>~/-]*?)(?:\s*,\s*([^\]\[]+?))?\s*\]")
PICTURE = re.compile(r"!\[[^\]]{0,2000}\]\([^)]{0,2000}\)")
UNSPACED = re.compile(
    "[\u2e80-\u312f\u3190-\u31ff\u3220-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
"""Characters of Chinese and Japanese, which have no spaces between words; not Korean's."""
SHARED = "“”‘’—…·"
"""Punctuation that such text has in common with other text."""
NOT_MARKUP = (
    "html_block", "html_inline", "code", "fence", "backticks", "image", "autolink", "reference",
    "entity",
)  # fmt: skip
EMPTY = {"heading": "#", "blockquote": ">"}
"""What marks a block, and prints where it has no words."""
INDENTS = {"blockquote": 18, "bullet_list": 18, "ordered_list": 32}
"""How far in points each sets its text in from what is around it."""
MAX_DEPTH = 20
MAX_BRACKETS = 5_000
"""Opening square brackets: for each of them, the parser looks for its end through all the others."""


def parse(
    text: str, path: str, line_offset: int, column_offset: int = 0
) -> tuple[Body, list[Diagnostic]]:
    """Parse a body.

    Takes the text, its file's name and the numbers of lines before the text in that file and of
    characters before each of its lines. Returns the tree and the findings: links of other schemes,
    words that would vanish, nesting too deep.
    """
    found: list[Diagnostic] = []
    if text.count("[") > MAX_BRACKETS:
        message = f"The text has more than {MAX_BRACKETS:,} opening square brackets"
        remedy = "Check that it is the right text, or split it."
        found.append(Diagnostic(path, line_offset + 1, 1, Severity.ERROR, message, remedy))
        return Body(()), found
    parser = _parser()
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
    places = _Places(text, line_offset, column_offset)
    if direction_marks.ISOLATES.search(text):
        lines = text.split("\n")
        for block in (token for token in tokens if token.type == "inline"):
            found += _unbalanced(block, lines, path, places)
    builder = _Builder(path, places, _levels(tree))
    nodes = builder.blocks(tree)
    return Body(nodes, tuple(builder.citations)), found + builder.found


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.disable(list(NOT_MARKUP))
    parser.inline.ruler.before("link", "citation", _citation_rule)
    parser.inline.ruler.before("link", "picture", _picture_rule)
    # Faulty link addresses are ours to report: the parser would print them as text in silence.
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
    """Let the markup of a picture print as it stands."""
    match = PICTURE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.pending += match[0]
    state.pos = match.end()
    return True


class _Places:
    """Finds where in the file a piece of markup stands, reading on from the last find."""

    def __init__(self, text: str, line_offset: int, column_offset: int) -> None:
        # Pictures print as they stand, and have brackets like those of links.
        self.text = PICTURE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        self.line_offset = line_offset
        self.column_offset = column_offset
        self.lines = self.text.split("\n")
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.reached = 0

    def rule(self, number: int, char: str) -> str:
        """Return the ``char``s that end a line of the text, counted from 0, as they stand."""
        match = re.search(rf"{re.escape(char)}[\s{re.escape(char)}]*$", self.lines[number])
        return match[0].strip() if match else char * 3

    def marks(self, block: SyntaxTreeNode, char: str) -> str:
        """Return the ``char``s of a block that has nothing else, as they stand."""
        lines = self.lines[slice(*(block.map or (0, 0)))]
        found = [re.search(rf"{char}[\s{char}]*$", line) for line in lines]
        return " ".join(match[0].strip() for match in found if match)

    def find(self, markup: str, block_line: int) -> tuple[int, int]:
        """Return line and column of the next ``markup`` in or after the block at ``block_line``."""
        start = max(self.reached, self.starts[min(block_line, len(self.starts) - 1)])
        position = self.text.find(markup, start)
        if position < 0:
            return block_line + 1 + self.line_offset, 1 + self.column_offset
        self.reached = position + len(markup)
        line = bisect.bisect_right(self.starts, position) - 1
        column = position - self.starts[line] + 1 + self.column_offset
        return line + 1 + self.line_offset, column


class _Builder:
    """Makes our nodes of the parser's; gathers citations and findings on the way, as they come up."""

    def __init__(self, path: str, places: _Places, levels: dict[int, int]) -> None:
        self.path = path
        self.places = places
        self.levels = levels
        self.citations: list[Citation] = []
        self.found: list[Diagnostic] = []

    def blocks(self, parent: SyntaxTreeNode) -> tuple[Block, ...]:
        """Return the blocks in the text, a block quote or an item of a list."""
        return tuple(self._block(child) for child in parent.children)

    def _block(self, node: SyntaxTreeNode) -> Block:
        line = _block_line(node)
        if node.type == "hr":
            return Paragraph((Text(self.places.rule(line, node.markup[0])),))
        if _is_empty(node):
            return Paragraph((Text(self.places.marks(node, EMPTY[node.type])),))
        match node.type:
            case "paragraph":
                return Paragraph(self._line(node))
            case "heading":
                return Heading(self._line(node), self.levels[line])
            case "blockquote":
                return BlockQuote(self.blocks(node))
            case "bullet_list" | "ordered_list":
                items = tuple(self._item(child) for child in node.children)
                return List(items, node.type == "ordered_list", _is_tight(node))
        raise ValueError(f"no letter has a block of the kind “{node.type}”")

    def _item(self, node: SyntaxTreeNode) -> ListItem:
        number = node.info + node.markup if node.info else ""
        if len(node.info) > limits.MAX_DIGITS:
            line, column = self.places.find(number, _block_line(node))
            message = f"“{number}” is too long for the number of a list"
            remedy = f"Write “{node.info}\\{node.markup}” to begin a paragraph with it."
            self._error(line, column, message, remedy)
        return ListItem(self.blocks(node), number)

    def _line(self, parent: SyntaxTreeNode) -> tuple[Inline, ...]:
        """Return what stands in a paragraph, a heading, an emphasis or a link."""
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
                case kind:
                    raise ValueError(f"no letter has “{kind}” in a line")

    def _link(self, node: SyntaxTreeNode) -> Link:
        line, column = self.places.find("](", _block_line(node))
        if title := node.attrs.get("title"):
            message = f"The title of the link, “{title}”, would not be printed"
            self._error(line, column, message, "Remove it, or write it into the text.")
        if not node.children:
            message = "The link has no words, and would not be printed"
            remedy = "Write words between its square brackets, or the address alone."
            self._error(line, column, message, remedy)
        href = str(node.attrs.get("href", ""))
        _check_link(href, self.path, line, column + 2, self.found)
        return Link(self._line(node), href)

    def _citation(self, node: SyntaxTreeNode) -> CitationMark:
        line, column = self.places.find(node.meta["source"], _block_line(node))
        mark = CitationMark(node.content, node.meta["locator"], len(self.citations) + 1)
        self.citations.append(Citation(mark.report, mark.locator, mark.order, line, column))
        return mark

    def _error(self, line: int, column: int, message: str, remedy: str) -> None:
        self.found.append(Diagnostic(self.path, line, column, Severity.ERROR, message, remedy))


def _line_end(node: SyntaxTreeNode) -> str:
    """Return what the end of a line in the source prints: a space, or in Chinese and Japanese nothing."""
    before, after = _beside(node.previous_sibling, -1), _beside(node.next_sibling, 0)
    wide = [bool(UNSPACED.match(char)) for char in (before, after)]
    alike = all(
        is_wide or (char and char in SHARED)
        for is_wide, char in zip(wide, (before, after), strict=True)
    )
    return "" if any(wide) and alike else " "


def _beside(node: SyntaxTreeNode | None, place: int) -> str:
    """Return the first character at or after ``node``, or the last at or before it if ``place`` is -1."""
    while node is not None:
        if node.children:
            node = node.children[place]
        elif node.type == "text" and node.content:
            return node.content[place]
        elif node.type in ("text", "citation"):
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
    """Return ``nodes`` with neighbouring texts as one, and the addresses in them apart."""
    found: list[Inline] = []
    for _, members in groupby(nodes, key=lambda node: isinstance(node, Text)):
        group = list(members)
        texts = [node.text for node in group if isinstance(node, Text)]
        found += _texts("".join(texts)) if texts else group
    return tuple(found)


def _texts(text: str) -> Iterator[Text | Address]:
    """Yield a text and the addresses in it."""
    start = 0
    for match in ADDRESS.finditer(text):
        if match.start() > start:
            yield Text(text[start : match.start()])
        yield Address(match[0])
        start = match.end()
    if start < len(text):
        yield Text(text[start:])


def _block_line(node: SyntaxTreeNode | None) -> int:
    """Return the line, from 0, at which the nearest block around ``node`` begins."""
    while node is not None and not node.is_root:
        if node.map:
            return node.map[0]
        node = node.parent
    return 0


def _is_empty(block: SyntaxTreeNode) -> bool:
    """Tell whether a heading or a block quote has no words, as a line of only ``#`` or ``>``."""
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
    """Yield a fault for a block in which an isolate does not end."""
    place = direction_marks.unbalanced(block.content)
    if place is None:
        return
    before = block.content[:place].split("\n")
    number = (block.map or [0])[0] + len(before) - 1
    char = block.content[place]
    # Markup before the line's text is not part of the block: count what is alike instead.
    alike = [match.start() for match in re.finditer(char, lines[number])]
    column = alike[before[-1].count(char)] + 1 + places.column_offset
    message, remedy = direction_marks.fault(char)
    line = number + 1 + places.line_offset
    yield Diagnostic(path, line, column, Severity.ERROR, message, remedy)


def _levels(tree: SyntaxTreeNode) -> dict[int, int]:
    """Return each heading's level by its line, counted from 1 and never skipping one downwards."""
    headings = [node for node in tree.walk() if node.type == "heading" and not _is_empty(node)]
    ranks = {tag: rank for rank, tag in enumerate(sorted({node.tag for node in headings}), 1)}
    levels: dict[int, int] = {}
    before = 0
    for node in headings:
        before = min(ranks[node.tag], before + 1)
        levels[_block_line(node)] = before
    return levels


def _too_deep(tree: SyntaxTreeNode) -> tuple[int, str] | None:
    """Return the line, from 0, of what has too much around it, and what to say of it."""
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
