"""Compares what white space tells in running text: where paragraphs begin, what is set in or set off.

A reader tells a quotation from the text by its indent, a paragraph by that of its first line, a heading by
the space above it. Measures are points; an inset is one from the edge at which lines begin.
"""

from __future__ import annotations

import bisect
import itertools
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dossier.proof.breaks import Line
from dossier.proof.tags import Finding
from dossier.proof.wanted import Wanted, words_around
from dossier.records.design import Text as TextDesign
from dossier.viewer import Box

STEP = 9.0
"""Points by which each quotation or list is set in at least."""
NESTED = 4.0
"""Points by which one inside another is set in at least beyond what stands there."""
FLUSH = 0.6
"""Of the size of the text: how far a line may begin from its edge, as the ink of a wide character does."""
BEGINS = 8.0
"""Points by which the first line of a paragraph is set in at least, if it is."""
APART = 1.2
"""Of the distance of lines: how far below another block one begins at least that is set off."""
OFF = 1.1
"""Of the distance of lines: how far below a line a heading begins at least; one may follow another."""
SAME_LINE = 5.0
"""Points by which two texts on one line may differ in height, as the call of a note does."""
LEFTWARD = ("R", "AL")


@dataclass(frozen=True)
class Laid:
    """The texts of a section as they stand on the pages."""

    lines: Sequence[Line]
    starts: Sequence[int]
    """The offset in the squeezed text at which each text begins."""
    boxes: Sequence[tuple[int, Box]]
    """The page of each text, and its box."""
    bases: Sequence[float]
    """The baseline of each text."""
    edge: Callable[[int], tuple[float, float]]
    """Returns where the text block of a page begins and ends."""
    from_right: bool
    """Lines begin at the right."""
    text: TextDesign

    @property
    def indents(self) -> bool:
        """The first lines of paragraphs are set in; elsewhere a space parts paragraphs."""
        return not (self.text.plain or self.from_right)

    def inset(self, page: int, box: Box) -> float:
        """Return how far from the edge a text begins."""
        left, right = self.edge(page)
        return right - box[2] if self.from_right else box[0] - left

    def gap(self, start: int) -> float | None:
        """Return how far the line of a text is below the one before it; None at the head of a page."""
        number = bisect.bisect_left(self.starts, start)
        page = self.boxes[number][0]
        before = number - 1
        while before >= 0 and self.boxes[before][0] == page:
            # A text that stands higher on the same line is a call or a mark.
            apart = self.bases[before] - self.bases[number]
            if apart > SAME_LINE:
                line = [
                    self.bases[other] - self.bases[number]
                    for other in range(max(0, before - 3), before + 1)
                    if self.boxes[other][0] == page
                    and abs(self.bases[other] - self.bases[before]) < SAME_LINE
                ]
                return min(line)
            if apart < -SAME_LINE:
                return None
            before -= 1
        return None


def findings(name: str, laid: Laid, wanted: Wanted) -> Iterator[Finding]:
    """Yield the first paragraph or heading that is set as something else than it is."""
    for start, page, wrong in itertools.chain(_headings(laid, wanted), _paragraphs(laid, wanted)):
        yield page, f"{name} has “{words_around(wanted.raw, start)}”, {wrong}"
        return


def _headings(laid: Laid, wanted: Wanted) -> Iterator[tuple[int, int, str]]:
    """Yield the headings that stand directly below a line of text.

    One that begins an item of a list stands below the item's label, which is on a line of its own.
    """
    labelled = {end for role, _, end in wanted.blocks if role == "Lbl"}
    for role, start, _ in wanted.blocks:
        if start in labelled:
            continue
        number = bisect.bisect_left(laid.starts, start)
        if role[0] != "H" or laid.starts[number : number + 1] != [start]:
            continue
        gap = laid.gap(start)
        if gap is not None and gap < OFF * laid.text.leading:
            yield start, laid.boxes[number][0], "a heading that no space sets off"


def _paragraphs(laid: Laid, wanted: Wanted) -> Iterator[tuple[int, int, str]]:
    """Yield the paragraphs that are set in otherwise than they should be, or whose beginning shows nowhere.

    Where words of one paragraph run against those of another, insets are on either side: then nothing is
    compared.
    """
    texts = [(inset, start, end) for inset, start, end in wanted.insets if start < end]
    if any(_runs_left(wanted.text[start:end]) != laid.from_right for _, start, end in texts):
        return
    outer: dict[tuple[int, ...], float] = {}
    """How far in the paragraphs of each quotation and list item begin."""
    flush, firsts = FLUSH * laid.text.size, [line.start for line in laid.lines]
    for inset, start, end in texts:
        number = bisect.bisect_left(laid.starts, start)
        if number >= len(laid.starts) or laid.starts[number] != start:
            continue
        page, box = laid.boxes[number]
        first = laid.inset(page, box)
        lines = range(bisect.bisect_right(firsts, start), bisect.bisect_left(firsts, end))
        others = [laid.inset(laid.lines[one].page, laid.lines[one].box) for one in lines]
        way = inset.inside
        around = [outer[way[:at]] for at in range(len(way)) if way[:at] in outer]
        least = max([STEP * inset.depth, *(one + NESTED for one in around)])
        if inset.depth:
            outer.setdefault(way, min(others, default=first))
        if inset.depth and min([first, *others]) < least:
            yield start, page, "not set in as a quotation or a list is"
        elif not inset.depth and max(others, default=0.0) > flush:
            yield start, page, "which has a line set in as if a quotation or a paragraph began"
        elif others and max(others) - min(others) > flush:
            yield start, page, "which has a line set in as if another paragraph began"
        elif inset.begins and not _begins(laid, start, first - min(others, default=least)):
            yield start, page, "which should begin a paragraph, and no indent or space shows it"
        elif not inset.begins and not inset.depth and first > flush:
            yield start, page, "which is set in, and should not be"


def _begins(laid: Laid, start: int, indent: float) -> bool:
    """Tell whether a reader sees that a paragraph begins, or cannot where a page begins with it."""
    gap = laid.gap(start)
    if gap is None:
        return indent >= BEGINS or not laid.indents
    return indent >= BEGINS or gap > APART * laid.text.leading


def _runs_left(text: str) -> bool:
    """Tell whether the first letter of a text runs from right to left."""
    kinds = map(unicodedata.bidirectional, text)
    return next((kind in LEFTWARD for kind in kinds if kind in ("L", *LEFTWARD)), False)
