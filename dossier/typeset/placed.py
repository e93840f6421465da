"""Shows strips in their places on a page, see :mod:`.strips`: their operators and their tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from dossier.typeset.placing import Placed
from dossier.typeset.strips import Node

FONT = re.compile(r"^/(\S+) [\d.]+ Tf$", re.MULTILINE)
SHOWN = re.compile(r"^\[.*\] TJ$", re.MULTILINE)
DIGITS = 4
"""The digits behind the point of places, which are pixels."""


class Spaces(Protocol):
    """What adds word spaces, see :class:`.tagging.WordSpaces`."""

    glyphs: dict[Any, int]
    spaced: set[int]

    def spaced_out(self, shown: str, font: str) -> str:
        """Return an operator that shows text in a font, with a space behind the text."""


class Strips:
    """The strips of a document: what they show on the page that is being written, and the tags of all."""

    def __init__(self) -> None:
        """Begin with none."""
        self._operators: list[bytes] = []
        self._tags: dict[tuple[int, int], Any] = {}
        """The elements of the structure tree, by the number of an entry and of its node."""

    def show(self, placed: Placed, spaces: Spaces, free: int) -> tuple[Mapping[int, int], int]:
        """Show lines of a strip; return the MCIDs on the page by those in the strip, and the next one.

        ``free`` is the page's first unused MCID.
        """
        numbers: dict[int, int] = {}
        state: tuple[str, ...] = ()
        # A rounded 0 has no sign.
        left, down = (round(place, DIGITS) + 0.0 for place in (placed.left, placed.down))
        operators = ["q", f"1 0 0 1 {left:.{DIGITS}f} {down:.{DIGITS}f} cm"]
        for shown in placed.strip.shown:
            if shown.line not in placed.lines:
                continue
            for mcid in shown.mcids:
                numbers[mcid] = free + len(numbers)
            text = shown.text
            if shown.is_spaced and spaces.glyphs:
                text = _spaced(text, spaces)
                spaces.spaced.add(numbers[shown.mcids[0]])
            own = tuple(numbers[mcid] for mcid in shown.mcids)
            operators.append(shown.begin % own[:1])
            operators += [operator for operator in shown.state if operator not in state]
            operators.append(text % own[1:])
            state = shown.state
        self._operators.append("\n".join([*operators, "Q"]).encode("latin-1"))
        return numbers, free + len(numbers)

    def tags(self, placed: Placed, parent: Any, draft: Callable[..., Any]) -> _Tags:
        """Return what makes the elements of a strip, below ``parent``."""
        return _Tags(self._tags, placed, parent, draft)

    def insert(self, operators: list[Any]) -> None:
        """Insert what was shown into the operators of a page, behind all others."""
        if self._operators:
            # The last one restores what has scaled the page.
            operators[-1:-1] = self._operators
        self._operators = []


class _Tags:
    """Makes the elements of a strip that have content on a page."""

    def __init__(
        self,
        made: dict[tuple[int, int], Any],
        placed: Placed,
        parent: Any,
        draft: Callable[..., Any],
    ) -> None:
        self._made = made
        self._placed = placed
        self._parent = parent
        self._draft = draft
        self._parents = {kid.node: kid.parent for kid in placed.strip.kids if kid.node >= 0}

    def of(self, number: int) -> Any:
        """Return the element of a node; that of a list is the same for all of its entries."""
        if number == 0:
            return self._parent
        node: Node = self._placed.strip.nodes[number - 1]
        is_list = self._parents[number] == 0 and self._placed.list
        key = (-1, self._placed.list) if is_list else (self._placed.entry, number)
        if key not in self._made:
            self._made[key] = self._draft(
                node.role, language=node.language, numbering=node.numbering, href=node.href
            )
            self.of(self._parents[number]).kids.append(self._made[key])
        return self._made[key]


def _spaced(text: str, spaces: Spaces) -> str:
    """Return what shows a text, with a space behind it."""
    *_, last = (None, *SHOWN.finditer(text))
    fonts = FONT.findall(text)
    if last is None or not fonts:
        return text
    return text[: last.start()] + spaces.spaced_out(last[0], fonts[-1]) + text[last.end() :]
