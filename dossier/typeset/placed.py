"""Shows strips in their places on a page, see :mod:`.strips`: their operators and their tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from dossier.typeset.placing import Placed
from dossier.typeset.strips import Node, Shown

MCID = re.compile(r"/MCID (\d+)")
MATRIX = re.compile(r"([-\d.]+) ([-\d.]+) Tm$", re.MULTILINE)
FONT = re.compile(r"^/(\S+) [\d.]+ Tf$", re.MULTILINE)
SHOWN = re.compile(r"^\[.*\] TJ$", re.MULTILINE)
DIGITS = 4
"""The digits behind the point of places: a ten-thousandth of a pixel."""


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
        self._state: tuple[str, ...] = ()
        self._tags: dict[tuple[int, int], Any] = {}
        """The elements of the structure tree, by the number of an entry and of its node."""

    def show(self, placed: Placed, spaces: Spaces, free: int) -> tuple[Mapping[int, int], int]:
        """Show lines of a strip; return the MCIDs on the page by those in the strip, and the next one.

        ``free`` is the page's first unused MCID.
        """
        numbers: dict[int, int] = {}

        def number(found: re.Match[str]) -> str:
            numbers[int(found[1])] = free + len(numbers)
            return f"/MCID {free + len(numbers) - 1}"

        def place(found: re.Match[str]) -> str:
            x, y = float(found[1]) + placed.left, float(found[2]) + placed.down
            return f"{round(x, DIGITS):g} {round(y, DIGITS):g} Tm"

        for shown in placed.strip.shown:
            if shown.line not in placed.lines:
                continue
            text = MATRIX.sub(place, _spaced(shown, spaces) if shown.is_spaced else shown.text)
            begin = MCID.sub(number, shown.begin)
            if shown.is_spaced and spaces.glyphs:
                spaces.spaced.add(numbers[shown.mcid])
            self._operators.append(
                "\n".join([begin, *self._changed(shown.state), MCID.sub(number, text)]).encode(
                    "latin-1"
                )
            )
        return numbers, free + len(numbers)

    def _changed(self, state: tuple[str, ...]) -> list[str]:
        """Return the operators that set what is not set already."""
        before, self._state = self._state, state
        return [operator for operator in state if operator not in before]

    def tags(self, placed: Placed, parent: Any, draft: Callable[..., Any]) -> _Tags:
        """Return what makes the elements of a strip, below ``parent``."""
        return _Tags(self._tags, placed, parent, draft)

    def insert(self, operators: list[Any]) -> None:
        """Insert what was shown into the operators of a page, behind all others."""
        if self._operators:
            # The last one restores what has scaled the page.
            operators[-1:-1] = [b"q", *self._operators, b"Q"]
        self._operators, self._state = [], ()


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


def _spaced(shown: Shown, spaces: Spaces) -> str:
    """Return what shows a text, with a space behind it."""
    last = None
    for last in SHOWN.finditer(shown.text):
        pass
    fonts = FONT.findall(shown.text)
    if last is None or not fonts or not spaces.glyphs:
        return shown.text
    return (
        shown.text[: last.start()]
        + spaces.spaced_out(last[0], fonts[-1])
        + shown.text[last.end() :]
    )
