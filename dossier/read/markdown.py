"""Parses the body of a letter from CommonMark to a tree of frozen nodes.

Only these are markup: paragraphs, emphasis, lists, block quotes, headings, links, hard line breaks, and
our own citations ``[@id, p. 12]``. Everything else is printed literally, so that the parser drops no word:
HTML and its entities, code, images and link definitions are disabled, and a thematic break is printed as
its characters.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from dossier.language import direction_marks, limits
from dossier.read import notes
from dossier.read.markers import read_markers
from dossier.read.nodes import PICTURES, TABLES, Builder, FindPicture, block_line, is_empty
from dossier.read.text_places import PICTURE, TextPlaces
from dossier.records.body import (
    Body,
)
from dossier.records.diagnostics import Diagnostic, Severity

CITATION = re.compile(r"\[@([A-Za-z0-9][A-Za-z0-9_:.#$%&+?<>~/-]*?)(?:\s*,\s*([^\]\[]+?))?\s*\]")
NOT_MARKUP = (
    "html_block", "html_inline", "code", "fence", "backticks", "image", "autolink", "reference",
    "entity",
)  # fmt: skip
INDENTS = {"blockquote": 18, "bullet_list": 18, "ordered_list": 32}
"""The indent of each block in points, relative to the block around it."""
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
    places = TextPlaces(text, line_offset, column_offset, find is not None)
    if direction_marks.ISOLATES.search(text):
        lines = text.split("\n")
        for block in (token for token in tokens if token.type == "inline"):
            found += _unbalanced(block, lines, path, places)
    builder = Builder(path, places, _levels(tree), version, find)
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


def _unbalanced(
    block: Token, lines: list[str], path: str, places: TextPlaces
) -> Iterator[Diagnostic]:
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


def _levels(tree: SyntaxTreeNode) -> dict[int, int]:
    """Return the level of each heading, by its line: one below that of the heading it stands under."""
    levels: dict[int, int] = {}
    above: list[str] = []
    for node in tree.walk():
        if node.type == "heading" and not is_empty(node):
            above = [*(tag for tag in above if tag < node.tag), node.tag]
            levels[block_line(node)] = len(above)
    return levels


def _too_deep(tree: SyntaxTreeNode) -> tuple[int, str] | None:
    """Return the line, counted from 0, of a block that is nested too deep, and the message."""
    level, depth = [(tree, 0)], -1
    while level:
        depth += 1
        if depth > 2 * MAX_DEPTH:
            return block_line(level[0][0]), f"The text is nested deeper than {MAX_DEPTH} levels"
        for node, indent in level:
            if indent > limits.MAX_INDENT:
                message = (
                    "The block quotes and lists around this leave no room for words on the page"
                )
                return block_line(node), message
        level = [
            (child, indent + INDENTS.get(child.type, 0))
            for node, indent in level
            for child in node.children
        ]
    return None
