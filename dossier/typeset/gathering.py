"""Reads strips, see :mod:`.strips`, from the pages on which WeasyPrint has drawn them, one on each.

Depends on the structure of WeasyPrint's boxes and streams, but imports nothing of it.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dossier.records.galley import FontUse
from dossier.typeset.apart import measured
from dossier.typeset.strips import Kid, Node, Shown, Strip, UnfitError
from dossier.typeset.structure import Content, LinkBox
from dossier.typeset.tagging import Draft, TagWriter, WordSpaces, data_of, is_line

MCID = re.compile(r"/MCID (\d+)")
HARMLESS = (b"q", b"Q")
"""Operators between texts that draw nothing; so do those that move or scale."""
MOVES = b" cm"


def paint_apart(paint: Callable[..., None], fonts: list[Any]) -> Callable[..., None]:
    """Return what paints a page as if it were the first of its document.

    Each text sets its colour, and the fonts with the glyphs of this page alone are added to ``fonts``.
    """

    def painted(stream: Any, scale: float = 1) -> None:
        marked = stream.marked

        def fresh(box: Any, role: str) -> Any:
            stream._current_color = stream._current_alpha = None
            return marked(box, role)

        stream.marked = fresh
        paint(stream, scale)
        fonts.append({key: font for key, font in stream._fonts.items() if font.to_unicode})
        for key, font in stream._fonts.items():
            stream._fonts[key] = copy.copy(font)
            stream._fonts[key].to_unicode, stream._fonts[key].widths = {}, {}

    return painted


def strip(
    page: Any, column: Any, stream: Any, fonts: Mapping[Any, Any], used: Mapping[str, FontUse]
) -> Strip:
    """Return the strip on a page, from its column, the page's stream and its fonts."""
    writer = _StripWriter(fonts)
    writer.begin(0, page, stream)
    writer.visit(column, writer.root)
    if stream._tags:
        raise UnfitError("content of a list has no structure element")
    nodes: list[Node] = []
    top = writer.drafts.get((column.element, ""), writer.root)
    kids: list[Kid] = []
    _collect(top, 0, nodes, kids)
    anchors = {name: (x, y) for name, (x, y, *_) in page.anchors.items()}
    return Strip(
        **measured(column),
        shown=tuple(writer.shown()),
        nodes=tuple(nodes),
        kids=tuple(kids),
        texts={content.mcid: text for _, content, text in writer.texts},
        needs_texts=writer.needs_texts,
        is_rtl=writer.has_rtl,
        anchors=anchors,
        font_uses=dict(used),
    )


class _LaterSpaces(WordSpaces):
    """Notes which texts a word space follows; it is added in a document whose fonts are all known."""

    def append(self, operators: list[Any], contents: dict[int, int], mcid: int) -> None:
        """Note a text."""
        self.spaced.add(mcid)


class _StripWriter(TagWriter):
    """Collects the content of a strip; the number of a page is that of a line."""

    def __init__(self, fonts: Mapping[Any, Any]) -> None:
        super().__init__(fonts)
        self.spaces = _LaterSpaces(fonts)
        self._lines = -1
        self._is_inside = False
        self._line_of: dict[int, int] = {}

    def visit(self, box: Any, parent: Draft) -> None:
        """Add the content of a box to that of ``parent``."""
        if is_line(box) and not self._is_inside:
            self._lines += 1
            self.number, self._is_inside = self._lines, True
            self._note(box)
            super().visit(box, parent)
            self._is_inside = False
        else:
            super().visit(box, parent)

    def _note(self, box: Any) -> None:
        """Note the line of all content in a box."""
        box = getattr(box, "_box", box)
        if content := self.stream._tags.get(box):
            self._line_of[content["mcid"]] = self.number
        for child in getattr(box, "children", ()):
            self._note(child)

    def _hide(self, box: Any, kind: str = "") -> None:
        for line, child in enumerate(
            child for child in getattr(box, "children", ()) if is_line(child)
        ):
            self.number = line
            self._note(child)
        super()._hide(box, kind)

    def shown(self) -> Iterator[Shown]:
        """Yield the texts in sequence."""
        operators = [data_of(operator) for operator in self.stream.stream]
        reached = 0
        for mcid, place in sorted(self.contents.items(), key=lambda one: one[1]):
            begin, end = place - 1, operators.index(b"EMC", place)
            _check(operators[reached:begin])
            reached = end + 1
            text = operators.index(b"BT", place, end) if b"BT" in operators[place:end] else end
            state = tuple(operator.decode("latin-1") for operator in operators[place + 2 : text])
            begins = b"\n".join(operators[begin : place + 2]).decode("latin-1")
            rest = b"\n".join(operators[text : end + 1]).decode("latin-1")
            if "%" in begins + rest:
                raise UnfitError("a text has a sign that stands for a number")
            yield Shown(
                self._line_of.get(mcid, 0),
                tuple(map(int, MCID.findall(begins + rest))),
                MCID.sub("/MCID %d", begins),
                state,
                MCID.sub("/MCID %d", rest),
                mcid in self.spaces.spaced,
            )
        _check(operators[reached:])


def _check(operators: list[bytes]) -> None:
    for operator in operators:
        if operator not in HARMLESS and not operator.endswith(MOVES):
            raise UnfitError(f"a list draws more than text: {operator!r}")


def _collect(draft: Draft, number: int, nodes: list[Node], kids: list[Kid]) -> None:
    """Add what an element holds and its descendants hold to ``kids``, and the elements to ``nodes``."""
    for kid in draft.kids:
        if isinstance(kid, Content):
            kids.append(Kid(number, line=kid.page, mcid=kid.mcid))
        elif isinstance(kid, LinkBox):
            kids.append(Kid(number, line=kid.page, box=kid.box))
        elif isinstance(kid, Draft):
            if kid.alt or kid.actual or kid.box or kid.identifier or kid.folio or kid.scope:
                raise UnfitError(f"a list has a {kid.role}")
            nodes.append(Node(kid.role, kid.language, kid.numbering, kid.href))
            own = len(nodes)
            kids.append(Kid(number, node=own))
            _collect(kid, own, nodes, kids)
