"""Makes ``NAME.csl.json``: the cited works as CSL-JSON, which Zotero and pandoc read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dossier.records.bound import Bound
from dossier.records.dossier import Work
from dossier.records.references import CSL_DATES, CUSTOM, NO_CSL_JSON, Reference

QUALIFIERS = "?~%"
"""What EDTF says of a date that is uncertain, approximate, or both."""
UNSPECIFIED = "X"
"""A digit of a date that EDTF leaves open."""
SEASONS = range(21, 25)
"""The months that stand for seasons in EDTF."""


def made(bound: Bound) -> bytes:
    """Return the works of a packet as CSL-JSON."""
    return references(bound.dossier.works, bound.corpus.references)


def references(works: Sequence[Work], stated: Sequence[Reference]) -> bytes:
    """Return the works in the sequence of the bibliography; ``stated`` has what the editor says of each."""
    by_id = {reference.id: reference for reference in stated}
    items = [_item(work.number, by_id[work.id]) for work in works]
    return (json.dumps(items, ensure_ascii=False, indent=2) + "\n").encode()


def _item(number: int, reference: Reference) -> dict[str, Any]:
    """Return a work; what the schema of CSL-JSON has no field for is under ``custom``."""
    item: dict[str, Any] = {}
    own: dict[str, Any] = {}
    inexact: dict[str, str] = {}
    for key, value in reference.csl().items():
        if key in NO_CSL_JSON:
            own[key] = value
        elif key in CSL_DATES:
            item[key], is_exact = _date(value)
            if not is_exact:
                inexact[key] = value
        else:
            item[key] = value
    if inexact:
        own["edtf"] = inexact
    return item | {"citation-number": number} | ({CUSTOM: own} if own else {})


def _date(edtf: str) -> tuple[dict[str, Any], bool]:
    """Return a date of CSL-JSON, and whether it says as much as the date in EDTF."""
    ends = [end.rstrip(QUALIFIERS) for end in edtf.split("/")]
    parts = [numbers for end in ends for numbers in _numbers(end)]
    date: dict[str, Any] = {"date-parts": [parts[0], *parts[1:][-1:]]}
    season = _season(ends[0])
    is_exact = UNSPECIFIED not in edtf and not (len(ends) > 1 and any(map(_season, ends)))
    if season and len(ends) == 1:
        date["season"] = season
    if any(sign in edtf for sign in QUALIFIERS):
        date["circa"] = True
        is_exact = False
    return date, is_exact


def _season(plain: str) -> int:
    """Return the season of a date, counted from 1; 0 for a date of another kind."""
    month = plain[5:7]
    return int(month) - 20 if month.isdecimal() and int(month) in SEASONS else 0


def _numbers(plain: str) -> list[list[int]]:
    """Return year, month and day, as far as they are known; of a decade or century two years."""
    year, *others = plain.split("-")
    if UNSPECIFIED in year:
        return [[int(year.replace(UNSPECIFIED, digit))] for digit in "09"]
    known = [] if _season(plain) else [int(part) for part in others if UNSPECIFIED not in part]
    # A day of an unknown month is not known to CSL-JSON either.
    is_whole = not others or UNSPECIFIED not in others[0]
    return [[int(year), *(known if is_whole else [])]]
