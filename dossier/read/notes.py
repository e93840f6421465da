"""Reads the footnotes of a letter: calls ``[^1]`` in the text, and definitions ``[^1]: The note.``.

The mark is the letter's own, ``1``, ``a`` or ``*``, and printed as it stands. What follows a slash is not
printed: it tells notes with the same mark apart, ``[^*/2]``. A definition stands at the margin; its further
paragraphs are indented by four spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from msgspec.structs import replace

from dossier.records.body import Block, Leaf, Note, NoteCall, Paragraph

CALL = re.compile(r"\[\^([^\[\]\s]+)\]")
DEFINITION = re.compile(r"\[\^([^\[\]\s]+)\]:")
IN_LINK = re.compile(r"(?<!\\)\[(?!\^)[^\[\]]*(\[\^[^\[\]\s]+\])[^\[\]]*\]\(")
"""A call among the words of a link, which is then not read as a link."""
INDENT = 4
"""The indent of a definition's further paragraphs."""
LONGEST_MARK = 8
"""The longest mark that fits in the margin of the notes."""


def add_rules(parser: MarkdownIt) -> None:
    """Make a parser read calls and definitions, as tokens ``note_call`` and ``note``."""
    parser.inline.ruler.before("link", "note_call", _call_rule)
    parser.block.ruler.before(
        "reference", "note", _definition_rule, {"alt": ["paragraph", "reference"]}
    )


def _call_rule(state: StateInline, silent: bool) -> bool:
    match = CALL.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("note_call", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _definition_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    match = DEFINITION.match(state.src, first, state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
    opening = state.push("note_open", "", 1)
    opening.content = match[1]
    # The words behind the colon are the first line of a block that is indented by four spaces.
    words = re.compile(r"[ \t]*").match(state.src, match.end(), state.eMarks[start])
    assert words is not None
    held = (state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType)
    state.blkIndent += INDENT
    state.bMarks[start], state.tShift[start] = match.end(), words.end() - match.end()
    state.sCount[start] = state.blkIndent
    state.parentType = "note"
    state.md.block.tokenize(state, start, end)
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = held
    state.blkIndent -= INDENT
    opening.map = [start, state.line]
    state.push("note_close", "", -1)
    return True


def in_links(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, message and remedy for each call among the words of a link."""
    for match in IN_LINK.finditer(text):
        message = f"“{match[1]}” stands among the words of a link"
        yield match.start(1), message, "Write it before or behind the link."


def mark_of(label: str) -> str:
    """Return the printed mark of a label: what stands before a slash."""
    return label.partition("/")[0] or label


@dataclass(frozen=True)
class _Place:
    line: int
    column: int


@dataclass
class Notes:
    """The calls and definitions of a text, in the sequence of the file."""

    report: Callable[[int, int, str, str], None]
    """Takes line, column, message and remedy of an error."""
    _calls: dict[str, _Place] = field(default_factory=dict)
    """The first call of each label."""
    _defined: dict[str, tuple[_Place, tuple[Paragraph, ...]]] = field(default_factory=dict)
    _inside: bool = False
    """The words of a definition are being read."""

    def call(self, label: str, line: int, column: int) -> NoteCall:
        """Note a call, and return it with its label as its mark."""
        if self._inside:
            message = f"“[^{label}]” calls a note inside a note"
            remedy = f"Call it in the text, or write “\\[^{label}]” to print these characters."
            self.report(line, column, message, remedy)
        if len(mark_of(label)) > LONGEST_MARK and label not in self._calls:
            message = f"The mark “{mark_of(label)}” is longer than {LONGEST_MARK} characters"
            self.report(line, column, message, "Use the mark that the letter prints.")
        self._calls.setdefault(label, _Place(line, column))
        return NoteCall(label, 0, is_first=False)

    def define(
        self, label: str, line: int, column: int, level: int, read: Callable[[], tuple[Block, ...]]
    ) -> None:
        """Note a definition at a level of nesting, 0 for none; ``read`` returns its blocks."""
        self._inside = True
        blocks = read()
        self._inside = False
        paragraphs = tuple(block for block in blocks if isinstance(block, Paragraph))
        if label in self._defined:
            first = self._defined[label][0].line
            message = f"The note “[^{label}]:” stands here a second time, after line {first}"
            remedy = (
                "Take one of them out. If the letter uses the mark for two notes, tell them apart behind a "
                f"slash, which is not printed: “[^{label}/2]”, in the text as well."
            )
            self.report(line, column, message, remedy)
        elif level:
            message = f"The note “[^{label}]:” stands in a block quote or a list"
            self.report(line, column, message, "Begin its line at the margin.")
        elif not blocks:
            message = f"The note “[^{label}]:” is empty"
            remedy = "Write its words behind the colon, or take out the note and its calls."
            self.report(line, column, message, remedy)
        elif len(paragraphs) < len(blocks):
            message = f"The note “[^{label}]:” has a list, a block quote or a heading"
            remedy = "Write it as paragraphs: a note has nothing else."
            self.report(line, column, message, remedy)
        self._defined.setdefault(label, (_Place(line, column), paragraphs))

    def check(self) -> None:
        """Report calls without a note, and notes without a call."""
        for label, place in self._calls.items():
            if label not in self._defined:
                message = f"“[^{label}]” calls a note that the letter does not have"
                remedy = (
                    f"Write the note on a line of its own, as “[^{label}]: The note.”, or write "
                    f"“\\[^{label}]” to print these characters."
                )
                self.report(place.line, place.column, message, remedy)
        for label, (place, _) in self._defined.items():
            if label not in self._calls:
                message = f"The note “[^{label}]:” is never called, and would not be printed"
                remedy = f"Write “[^{label}]” where the letter has its mark."
                self.report(place.line, place.column, message, remedy)

    def attached(self, blocks: Sequence[Block]) -> tuple[tuple[Block, ...], tuple[Note, ...]]:
        """Return blocks with each call's mark and note, and the notes in the sequence of first calls."""
        found: dict[str, Note] = {}
        with_notes = tuple(self._attached(block, found) for block in blocks)
        return with_notes, tuple(found.values())

    def _attached(self, node: Any, found: dict[str, Note]) -> Any:
        if isinstance(node, NoteCall):
            label = node.mark
            paragraphs = self._defined[label][1] if label in self._defined else ()
            is_first = label not in found
            note = found.setdefault(label, Note(mark_of(label), len(found) + 1, paragraphs))
            return NoteCall(note.mark, note.number, is_first, note)
        if isinstance(node, Leaf):
            return node
        return replace(node, children=tuple(self._attached(kid, found) for kid in node.children))
