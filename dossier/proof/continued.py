"""Proves what the columns of the index repeat at their heads: whose list, or whose entry, goes on there.

Printed is “B (continued)” above a column that begins inside the list of that letter, if the index is long,
and “Heading (continued)” above one that begins inside an entry; above no other.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.proof import expected
from dossier.proof.lettering import Label
from dossier.proof.readback import Page
from dossier.proof.tags import Finding
from dossier.proof.truth import See, Truth
from dossier.proof.wanted import squeezed
from dossier.viewer import Box

NEAR = 2.5
"""How many times its height a head may stand above the column at most."""
GUTTER = 0.5
"""The part of the gap between columns that parts the texts of two columns at least."""
IsRight = Callable[[str, str], bool]
"""Tells whether a drawn text is the wanted one."""


@dataclass(frozen=True)
class Part:
    """A piece of the index."""

    start: int
    """Its offset in the squeezed text."""
    inside: str = ""
    """What a column repeats that begins inside of it."""
    before: str = ""
    """What a column repeats that begins with it."""
    in_columns: bool = True


def parts(dossier: Truth, page_of: expected.PageOf, printed: Label) -> list[Part]:
    """Return the pieces of the index, in sequence."""
    blocks, starts, end = list[str](), list[int](), 0
    for piece in expected.index(dossier, page_of, printed):
        if piece.block:
            blocks.append(piece.block)
            starts.append(end)
        end += len(squeezed(piece.text))
    # Heading and legend stand above all groups.
    above = blocks.index("H2") if "H2" in blocks else len(blocks)
    told = [_Said(in_columns=False)] * above
    for group in dossier.index:
        label = _again(dossier, group.label) if expected.is_long(dossier) else ""
        told.append(_Said())
        for item in group.items:
            own = label if isinstance(item, See) else _again(dossier, item.shown)
            told.append(_Said(own, label))
    behind = itertools.repeat(_Said(in_columns=False))
    return [
        Part(start, said.inside, said.before, said.in_columns)
        for start, said in zip(starts, itertools.chain(told, behind), strict=False)
    ]


@dataclass(frozen=True)
class _Said:
    inside: str = ""
    before: str = ""
    in_columns: bool = True


def _again(dossier: Truth, heading: str) -> str:
    return dossier.words("index_continued", heading=heading)


def findings(
    dossier: Truth,
    told: Sequence[Part],
    pages: Mapping[int, Page],
    order: Callable[[int], Sequence[int]],
    is_right: IsRight,
) -> Iterator[Finding]:
    """Yield where the index does not repeat the heads that it should, or others.

    Its text is the expected one; ``order`` returns the marked content of a page in reading order.
    """
    if dossier.has_templates and not any(page.asides for page in pages.values()):
        return  # a template of before there were such heads
    starts = [part.start for part in told]
    gutter = GUTTER * dossier.design.text.gap
    reached = 0
    for number, page in pages.items():
        lines: list[tuple[int, Part, Box]] = []
        for mcid in order(number):
            words, box = page.texts.get(mcid, ("", (0.0, 0.0, 0.0, 0.0)))
            if squeezed(words):
                part = told[bisect.bisect_right(starts, reached) - 1]
                lines += [(reached, part, box)] if part.in_columns else []
                reached += len(squeezed(words))
        boxes = [box for _, _, box in lines] + [box for _, box in page.asides]
        for left, right in _columns(boxes, gutter):
            texts = [line for line in lines if left <= line[2][0] <= right]
            heads = [(said, box) for said, box in page.asides if left <= box[0] <= right]
            yield from ((number, wrong) for wrong in _wrong(texts, heads, is_right))


def _columns(boxes: Sequence[Box], gutter: float) -> Iterator[tuple[float, float]]:
    """Yield the left and right edges of the columns in which boxes stand."""
    found: list[tuple[float, float]] = []
    for left, _, right, _ in sorted(boxes):
        if found and left < found[-1][1] + gutter:
            found[-1] = found[-1][0], max(found[-1][1], right)
        else:
            found.append((left, right))
    yield from found


def _wrong(
    texts: Sequence[tuple[int, Part, Box]],
    heads: Sequence[tuple[str, Box]],
    is_right: IsRight,
) -> Iterator[str]:
    """Yield what is wrong with the head of a column."""
    there = "".join(said for said, _ in heads)
    if not texts:
        yield f"The index repeats “{there.strip()}” above nothing"
        return
    place, part, (_, low, _, high) = texts[0]
    wanted = part.inside if place > part.start else part.before
    if not is_right(squeezed(there), squeezed(wanted)):
        yield (
            f"A column of the index should have the head “{wanted}”, and has “{there.strip()}”"
            if wanted and heads
            else f"A column of the index should have the head “{wanted}”"
            if wanted
            else f"A column of the index should not have the head “{there.strip()}”"
        )
    elif any(box[1] < low for _, box in heads):
        yield f"The head “{wanted}” stands below the beginning of its column"
    elif heads and min(box[1] for _, box in heads) - high > NEAR * (high - low):
        yield f"The head “{wanted}” does not stand at the beginning of its column"
