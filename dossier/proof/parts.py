"""Puts the parts of sections that are longer than a volume together again."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence

from dossier.proof.tags import Passage, Stretch
from dossier.records.sections import BELOW_COVER, whole_section


def joined(spans: Mapping[str, range]) -> dict[str, Sequence[int]]:
    """Return the pages of each section in all volumes, given those of its parts."""
    found: dict[str, Sequence[int]] = {}
    for key, span in spans.items():
        section = whole_section(key)
        found[section] = (*found[section], *span) if section in found else span
    return found


def follow(passages: Sequence[Passage]) -> Passage:
    """Return what several parts say, one behind another.

    What goes on in the next part is tagged anew there. So an element at the end of a part and one of the
    same type at the beginning of the next may be one of the corpus, or two: both are among the blocks. A
    heading never goes on on another page.
    """
    first, *rest = passages
    for part in rest:
        end = len(first.places)
        blocks = [*first.blocks, *_moved(part.blocks, end)]
        for role, start, stop in _at_end(first.blocks, end):
            blocks += [
                (role, start, behind)
                for other, begin, behind in _moved(part.blocks, end)
                if other == role and begin == end and stop < behind
            ]
        first = Passage(
            (*first.places, *part.places),
            tuple(blocks),
            (*first.spoken, *_moved(part.spoken, end)),
        )
    return first


def levelled(blocks: Sequence[Stretch], begins: Sequence[int]) -> tuple[Stretch, ...]:
    """Return what a section must be tagged as, with the levels that headings have in further parts.

    ``begins`` has where each of these begins. What their first headings stand under is in another file, and
    no level may be skipped: these go up to the third level, below the two of the volume’s cover, and
    headings that stand under them follow.
    """
    made: list[Stretch] = []
    open_levels: list[tuple[int, int]] = []
    current = 0
    for roles, start, end in blocks:
        part = bisect.bisect_right(begins, start)
        if part != current:
            current, open_levels = part, []
        if part and roles[0] == "H":
            level = int(roles[1:])
            open_levels = [one for one in open_levels if one[0] < level]
            shown = min(level, open_levels[-1][1] + 1) if open_levels else min(level, BELOW_COVER)
            open_levels.append((level, shown))
            roles = f"H{shown}"
        made.append((roles, start, end))
    return tuple(made)


def _moved(stretches: Sequence[Stretch], by: int) -> Iterator[Stretch]:
    return ((what, start + by, end + by) for what, start, end in stretches)


def _at_end(blocks: Sequence[Stretch], end: int) -> list[Stretch]:
    """Return the elements with which a part ends, that may go on in the next."""
    return [one for one in blocks if one[2] == end and one[1] < end and one[0][0] != "H"]
