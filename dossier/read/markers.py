"""Reads list items with letters, roman figures and paragraph numbers: ``(a)``, ``iv.``, ``(3)``, ``2.1.``

CommonMark has only digits with one point or parenthesis. These items follow its rules for lists
(https://spec.commonmark.org/0.31.2/#list-items) but for two: the first item does not interrupt a paragraph,
where a line may happen to begin with “(a)”, except inside an item; and an item ends at a line with the
next marker.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.list import markTightParagraphs

MARKER = re.compile(
    r"(?:\((?P<inside>[A-Za-z]|[ivx]{2,5}|[IVX]{2,5}|\d{1,3})\)"
    r"|(?P<before>[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})\)"
    r"|(?P<small>[a-z]|[ivx]{2,5})\."
    r"|(?P<whole>\d{1,2}\.)(?P<part>\d{1,2})\.)"
    r"(?=[ \t]+\S)"
)
"""A marker, as wide as the margin at most; ``A.`` is none, since it may be an initial of a name."""
MAX_SPACES = 4
FIRST = frozenset("aAiI1")
ROMAN = {"i": 1, "v": 5, "x": 10}


def read_markers(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a list that begins at the line ``start``; the rule of the parser."""
    marker = _marker(state, start)
    if silent or marker is None:
        # Asked while a paragraph is read: only inside an item may a list follow without an empty line.
        return marker is not None and state.listIndent >= 0 and marker[0].strip("().") in FIRST
    opening = state.push("ordered_list_open", "ol", 1)
    opening.map = lines = [start, 0]
    first, parent = len(state.tokens) - 1, state.parentType
    state.parentType = "list"
    tight, line = True, start
    while marker is not None:
        ends_empty = _item(state, line, end, marker)
        tight = tight and state.tight
        line, before = state.line, marker
        marker = _marker(state, line) if line < end else None
        if marker is None or not follows(before, marker):
            break
        tight = tight and not ends_empty
    state.push("ordered_list_close", "ol", -1)
    lines[1] = state.line = line
    state.parentType = parent
    state.tight = True
    if tight:
        markTightParagraphs(state, first)
    return True


def _marker(state: StateBlock, line: int) -> re.Match[str] | None:
    """Return the marker at the beginning of a line."""
    if not 0 <= state.sCount[line] - state.blkIndent < MAX_SPACES:
        return None
    begin = state.bMarks[line] + state.tShift[line]
    return MARKER.match(state.src, begin, state.eMarks[line])


def _item(state: StateBlock, line: int, end: int, marker: re.Match[str]) -> bool:
    """Read an item; tell whether an empty line ends it. ``state.tight`` says whether it has none inside."""
    content = marker.end()
    while state.src[content] in " \t":
        content += 1
    spaces = content - marker.end()
    width = len(marker[0]) + (spaces if spaces <= MAX_SPACES else 1)
    indent = state.sCount[line] + width
    token = state.push("list_item_open", "li", 1)
    token.map, token.info = [line, 0], marker[0]
    last = _end(state, line, end, indent, marker)
    kept = state.blkIndent, state.listIndent, state.tShift[line], state.sCount[line], state.lineMax
    state.lineMax = last
    state.listIndent, state.blkIndent = state.blkIndent, indent
    state.tShift[line], state.sCount[line] = content - state.bMarks[line], indent
    state.tight = True
    state.md.block.tokenize(state, line, last)
    state.blkIndent, state.listIndent, state.tShift[line], state.sCount[line], state.lineMax = kept
    state.push("list_item_close", "li", -1)
    token.map[1] = state.line
    return state.line - line > 1 and state.isEmpty(state.line - 1)


def _end(state: StateBlock, line: int, end: int, indent: int, marker: re.Match[str]) -> int:
    """Return the line behind an item: one after an empty line that is not indented, or the next item."""
    empty = False
    for number in range(line + 1, end):
        if state.isEmpty(number):
            empty = True
            continue
        if state.sCount[number] < indent:
            following = None if empty else _marker(state, number)
            if empty or (following and follows(marker, following)):
                return number
        empty = False
    return end


def follows(before: re.Match[str], after: re.Match[str]) -> bool:
    """Tell whether a marker is the next after another: ``(b)`` after ``(a)``, ``(ii)`` after ``(i)``."""
    form = [name for name, value in before.groupdict().items() if value]
    if form != [name for name, value in after.groupdict().items() if value]:
        return False
    if before["whole"] != after["whole"]:
        return False
    one, other = before[form[-1]], after[form[-1]]
    return any(value + 1 in _values(other) for value in _values(one))


def _values(marker: str) -> set[int]:
    """Return what a marker may count: “i” is one as a figure and nine as a letter; kinds are kept apart."""
    if marker.isdigit():
        return {int(marker)}
    shift = 1000 if marker.isupper() else 2000
    found = {shift + ord(marker.lower())} if len(marker) == 1 else set()
    figures = [ROMAN[char] for char in marker.lower() if char in ROMAN]
    if len(figures) == len(marker):
        pairs = zip(figures, [*figures[1:], 0], strict=True)
        found.add(shift * 10 + sum(-one if one < after else one for one, after in pairs))
    return found
