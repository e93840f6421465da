"""The text of a line: what a line end prints, and the addresses among the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markdown_it.tree import SyntaxTreeNode

from dossier.records.body import ADDRESS, Address, Inline, Text

UNSPACED = re.compile(
    "[\u2e80-\u312f\u3190-\u31ff\u3220-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6"
    "\U00020000-\U0003fffd]"
)
"""Characters of Chinese and Japanese, which have no spaces between words; Korean has."""
SHARED = "“”‘’—…·"
"""Punctuation that Chinese and Japanese share with other scripts."""


HYPHENATED = re.compile(r"(?:\S*[^\W\d_])-$")
"""Matches a word at the end of a line that ends with a hyphen."""
LEFT_OPEN = frozenset(
    "and or nor to und oder bis bzw sowie et ou y o e u ed i a en of och og eller и или".split()
)
"""Words behind a hyphen that is meant: “pre- and post-war”."""
WEB = re.compile(r"(?:https?://|www\.)\S*[^\s.,;:)\]>»”]$")
"""Matches an address at the end of a line that no punctuation ends."""
WEB_GOES_ON = re.compile(
    r"(?!https?:|www\.)[\w~%.-]*(?:[=&_]|%[0-9A-Fa-f]{2}|\.(?:html?|pdf|php|aspx?)\b|/[\w.-]*/|\d\S*/|/\S*\d)"
)
"""Matches the beginning of a line that can only be the rest of an address."""


def broken_word(before: str, line: str) -> str:
    """Return the word or address at the end of a line that goes on in the next; empty without one."""
    end, begin = before.rstrip().rpartition(" ")[2], line.split()[:1]
    if not begin or not end:
        return ""
    first = begin[0]
    is_word = HYPHENATED.match(end) and first[0].islower() and first.strip(",;:") not in LEFT_OPEN
    is_address = WEB.search(end) and WEB_GOES_ON.match(first)
    return end if is_word or is_address else ""


def line_end(node: SyntaxTreeNode) -> str:
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


def merged(nodes: Iterable[Inline]) -> tuple[Inline, ...]:
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
