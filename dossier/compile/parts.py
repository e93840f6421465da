"""Puts the parts of a letter into their sequence. Pure: records in, records out."""

from __future__ import annotations

from dossier.records.front_matter import FrontMatter
from dossier.records.letter_parts import PARTS


def parts_of(head: FrontMatter) -> tuple[str, ...]:
    """Return the names of a letter's parts in the sequence in which they are printed."""
    if head.sequence:
        return head.sequence
    if head.date_position != "below":
        return PARTS
    others = [part for part in PARTS if part != "date"]
    place = others.index("to") + 1
    return (*others[:place], "date", *others[place:])
