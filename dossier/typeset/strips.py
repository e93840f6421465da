"""Long lists in columns, set in pieces: each heading and each entry once, wherever it will stand.

A template marks such a list with ``data-strips``: headings and lists follow one another in it, and nothing
in it depends on what stands before, but for the first entry behind a heading. Each of these is laid out
and drawn at the width of a column: a strip. The document itself is set with the list empty; columns and
pages are filled with strips, see :mod:`.placing`. So strips can be set by several workers, and are kept by
their HTML: of an index in which a few entries have changed, only these are set again.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from dossier.records.galley import FontUse

MARK = "data-strips"
"""The attribute of a list to be set in pieces."""
APART, PLACED = "apart", "placed"
"""Its values where each strip is to be set by itself, and where all are to be placed."""
LIST = re.compile(rf"<div\b[^>]* {MARK}>(.*?)</div>", re.DOTALL)
PART = re.compile(r"\s*(?:<(h2|li)\b([^>]*)>.*?</\1>|(<ul\b[^>]*>)|</ul>)\s*", re.DOTALL)
REPEATED = 'data-artifact="continued"'
ROOM = 150_000
"""Characters of HTML that are set in one document: it takes half a second."""


class UnfitError(Exception):
    """A list cannot be set in pieces: it is set as a whole."""


@dataclass(frozen=True)
class Node:
    """An element of the structure tree, see :class:`.structure.Tag`."""

    role: str
    language: str = ""
    numbering: str = ""
    href: str = ""


@dataclass(frozen=True)
class Kid:
    """What a node holds: another node, or on a line marked content or the rectangle of a link."""

    parent: int
    """The number of a node; 0 is the list that has the strips."""
    node: int = -1
    line: int = 0
    mcid: int = -1
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Shown:
    """A text as it is drawn: a sequence of operators that begins and ends marked content."""

    line: int
    mcids: tuple[int, ...]
    """The numbers of its marked contents: that of a link is one of its own. An artifact has none."""
    begin: str
    """The operators with which it begins, with a place for the first number."""
    state: tuple[str, ...]
    """Those that set transparency and colour, where they are not set already."""
    text: str
    """The rest, with a place for each further number."""
    is_spaced: bool
    """A word space is to follow the last glyph."""


@dataclass(frozen=True)
class Strip:
    """A heading or an entry, drawn as if it stood in the first column of a page, in CSS pixels."""

    left: float
    """The left edge of that column."""
    width: float
    top: float
    bottom: float
    lines: tuple[tuple[float, float], ...]
    """The top and the bottom of each line, at which it may be parted."""
    margins: tuple[float, float]
    """Those above and below."""
    list_margins: tuple[float, float]
    """Those of the list in which it is an entry."""
    avoids: tuple[bool, bool]
    """No column may begin with it, or end with it."""
    shown: tuple[Shown, ...]
    nodes: tuple[Node, ...]
    kids: tuple[Kid, ...]
    texts: dict[int, str]
    """The text of marked contents that do not give it themselves where a page is written from right to
    left, by MCID."""
    needs_texts: bool
    is_rtl: bool
    anchors: dict[str, tuple[float, float]]
    font_uses: dict[str, FontUse] = field(default_factory=dict)
    may_go_on: bool = False
    """It may be parted."""
    again: Strip | None = None
    """What is repeated where it goes on in another column; None for one that is too low to be parted."""

    @property
    def height(self) -> float:
        """The height without margins."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Part:
    """A heading or an entry of a list, in HTML."""

    html: str
    """With what is repeated where an entry goes on."""
    group: int
    """The heading under which it stands, counted from 1."""
    is_heading: bool = False
    is_first: bool = False
    """It follows its heading."""
    repeats: bool = False
    """It is repeated where the list below the heading goes on."""

    @property
    def key(self) -> str:
        """All that decides how it looks, the style sheet apart."""
        return f"{self.is_heading} {self.is_first} {self.repeats} {self.html}"


@dataclass(frozen=True)
class Divided:
    """A document whose list is set in pieces."""

    frame: str
    """The document with an empty list."""
    around: tuple[str, str]
    """What stands around the list in a document for strips, which has nothing else."""
    parts: tuple[Part, ...]
    own_hyphens: bool
    """See :class:`.galley.Leaf`."""

    def documents(self, wanted: Sequence[Part]) -> list[tuple[list[Part], str]]:
        """Return documents in which each of these parts is set as a strip, with the parts of each."""
        made: list[tuple[list[Part], str]] = []
        held: list[Part] = []
        size = 0
        for part in wanted:
            held.append(part)
            size += len(part.html)
            if size > ROOM:
                made.append((held, self._document(held)))
                held, size = [], 0
        if held:
            made.append((held, self._document(held)))
        return made

    def _document(self, parts: Sequence[Part]) -> str:
        """Return a document for strips; each part stands behind what it stands behind in the list."""
        html: list[str] = []
        kinds = itertools.groupby(parts, lambda part: (part.is_heading, part.is_first))
        for (is_heading, is_first), alike in kinds:
            if is_heading:
                html += [part.html for part in alike]
            elif is_first:
                html += [f"<h2 {SKIPPED}></h2>{UL}{part.html}</ul>" for part in alike]
            else:
                html.append(f"<ul {SKIPPED}></ul>{UL}{''.join(part.html for part in alike)}</ul>")
        return "\n".join(html).join(self.around)


SKIPPED = 'style="display: none"'
"""The attribute of what is no strip itself, and is not set, but stands before one."""
UL = '<ul data-numbering="None">'


def divided(html: str) -> Divided | None:
    """Divide a document; return None where nothing in it is to be set in pieces."""
    found = LIST.search(html)
    if not found:
        return None
    parts = _parts(found[1])
    start, end = found.span(1)
    head, opening = html[: found.start()], html[found.start() : start]
    body = head[head.index("<body") : head.index(">", head.index("<body")) + 1]
    before = head[: head.index("<body")] + body
    section = head[head.rindex("<section") : head.index(">", head.rindex("<section")) + 1]
    around = (
        f"""{before}{section}{opening.replace(MARK, f'{MARK}="{APART}"')}""",
        "</div></section></body></html>",
    )
    filler = "<p></p>"
    frame = (
        html[: found.start()] + opening.replace(MARK, f'{MARK}="{PLACED}"') + filler + html[end:]
    )
    return Divided(frame, around, tuple(parts), "\u2010" in html)


def _parts(html: str) -> list[Part]:
    """Return the parts of a list in sequence; raise UnfitError where it has anything else."""
    parts: list[Part] = []
    place = group = 0
    is_first = False
    while place < len(html):
        found = PART.match(html, place)
        if not found:
            raise UnfitError(f"a list has “{html[place : place + 40]}”")
        place = found.end()
        name, attributes, opens = found.groups()
        repeats = REPEATED in (attributes or "")
        if name == "h2":
            group += not repeats
            parts.append(Part(found[0].strip(), group, True, repeats=repeats))
        elif name == "li" and repeats:
            parts[-1] = replace(parts[-1], html=parts[-1].html + found[0].strip())
        elif name == "li":
            parts.append(Part(found[0].strip(), group, False, is_first))
            is_first = False
        elif opens:
            if opens != UL:
                raise UnfitError(f"a list begins with “{opens}”")
            is_first = True
    return parts


_decoder = msgspec.msgpack.Decoder(Strip | None)


def packed(strip: Strip | None) -> bytes:
    """Return a strip as it is kept; None stands for one that cannot be made."""
    return msgspec.msgpack.encode(strip)


def unpacked(data: bytes) -> Strip:
    """Return a kept strip; raise UnfitError where it could not be made, or is none."""
    try:
        strip: Strip | None = _decoder.decode(data)
    except (ValueError, RecursionError):  # another shape, see :mod:`.shelf`
        strip = None
    if strip is None:
        raise UnfitError("a part of a list is no strip")
    return strip
