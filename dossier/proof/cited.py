"""Compares the CSL-JSON of the cited works with the works as their editor states them.

It is independent of the module that makes the file; both follow docs/outputs.md.
"""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.language.dates import read_date
from dossier.proof.beside import Proved
from dossier.proof.tags import Finding
from dossier.proof.truth import Work
from dossier.records.references import CSL_DATES, CUSTOM, NO_CSL_JSON

NUMBER = "citation-number"
EDTF = "edtf"
"""Under ``custom``, the dates that CSL-JSON cannot say exactly."""
OPEN = ("?", "~", "%", "X")
"""What makes a date in EDTF more or less than a day, a month, a year or a span of these."""


def findings(content: bytes, proved: Proved) -> Iterator[Finding]:
    """Yield the findings in a file, each with its line."""
    try:
        text = content.decode()
        items = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        yield 0, f"The file is damaged: it is not JSON in UTF-8 ({error})"
        return
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield 0, "The file is not a list of works"
        return
    # A key that stands there twice, for example, is read in two ways.
    if text != json.dumps(items, ensure_ascii=False, indent=2) + "\n":
        yield 0, "The file is not written as a build writes it"
        return
    for work, item in itertools.zip_longest(proved.truth.works, items):
        if work is None or item is None:
            yield (
                0,
                f"The file has {_count(len(items))}, and should have {_count(len(proved.truth.works))}",
            )
            return
        for message in _differences(work, item):
            yield _line(text, item), f"The work “{work.id}”: {message}"


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the works with those of the listing."""
    there = [(item["citation-number"], item["id"]) for item in json.loads(content)]
    wanted = [(item["number"], item["id"]) for item in listing["bibliography"]]
    if there != wanted:
        yield 0, "The works are not those of the listing, in their sequence"


def _count(works: int) -> str:
    return "1 work" if works == 1 else f"{works} works"


def _line(text: str, item: Mapping[str, Any]) -> int:
    """Return the line on which a work states its id."""
    stated = f'\n    "id": {json.dumps(item.get("id"), ensure_ascii=False)}'
    place = text.find(stated)
    return text.count("\n", 0, place) + 2 if place >= 0 else 0


def _differences(work: Work, item: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a work of the file does not say as the editor does."""
    stated = work.reference.csl()
    own = item.get(CUSTOM, {})
    edtf = own.get(EDTF, {}) if isinstance(own, dict) else None
    if not isinstance(own, dict) or not isinstance(edtf, dict):
        yield f"its “{CUSTOM}” is damaged"
        return
    wanted = {key: value for key, value in stated.items() if key not in NO_CSL_JSON}
    yield from _compared(wanted | {NUMBER: work.number}, item, edtf, (CUSTOM,))
    yield from _compared(
        {key: stated[key] for key in NO_CSL_JSON if key in stated}, own, {}, (EDTF,)
    )
    inexact = {key: stated[key] for key in CSL_DATES if _is_inexact(stated.get(key, ""))}
    if edtf != inexact or (EDTF in own and not edtf) or (CUSTOM in item and not own):
        yield f"“{CUSTOM}” should have the dates {inexact}, and has {edtf}"


def _is_inexact(edtf: str) -> bool:
    """Tell whether CSL-JSON cannot say a date: it is qualified or open, or a span of seasons."""
    seasons = [part for part in edtf.split("/") if part[5:7] in ("21", "22", "23", "24")]
    return any(sign in edtf for sign in OPEN) or ("/" in edtf and bool(seasons))


def _compared(
    wanted: Mapping[str, Any],
    there: Mapping[str, Any],
    edtf: Mapping[str, Any],
    others: tuple[str, ...],
) -> Iterator[str]:
    """Yield the keys of ``there`` that say something else than those ``wanted``, but for ``others``."""
    for key in sorted({*wanted, *there} - set(others)):
        if key not in there:
            yield f"“{key}” is missing"
        elif key not in wanted:
            yield f"“{key}” should not be there"
        elif key in CSL_DATES:
            if not _is_date(wanted[key], there[key], key in edtf):
                yield f"“{key}” should be {wanted[key]}, and is {json.dumps(there[key])}"
        # As texts: to Python, 1, 1.0 and True are equal, and so are a list and its first half in a tuple.
        elif json.dumps(there[key]) != json.dumps(wanted[key]):
            yield f"“{key}” should be “{wanted[key]}”, and is “{there[key]}”"


def _is_date(edtf: str, there: Any, by_range: bool) -> bool:
    """Tell whether a date of CSL-JSON says a date; one ``by_range`` if its days are the same."""
    is_circa = any(sign in edtf for sign in OPEN[:3])
    if not isinstance(there, dict) or there.get("circa", False) is not is_circa:
        return False
    if there.keys() - {"date-parts", "season", "circa"} or ("circa" in there) != is_circa:
        return False
    try:
        ends = [_written(numbers) for numbers in there["date-parts"]]
        if "season" in there:
            ends = [f"{end}-{20 + there['season']}" for end in ends]
        if not by_range:
            return "/".join(ends) == edtf
        return _days("/".join(ends)) == _whole_days(edtf)
    except (LookupError, TypeError, ValueError):
        return False


def _written(numbers: list[int]) -> str:
    """Return year, month and day as EDTF writes them."""
    if any(type(number) is not int for number in numbers):
        raise ValueError("a date is made of numbers")
    return "-".join(f"{number:0{4 if place == 0 else 2}}" for place, number in enumerate(numbers))


def _days(edtf: str) -> tuple[datetime.date, datetime.date]:
    date = read_date(edtf)
    return date.earliest, date.latest


def _whole_days(edtf: str) -> tuple[datetime.date, datetime.date]:
    """Return the days of a date; of a season in a span, those of its year, as CSL-JSON says no more."""
    if "/" not in edtf:
        return _days(edtf)
    first, last = (
        end[:4] if end[5:7] in ("21", "22", "23", "24") else end for end in edtf.split("/")
    )
    return _days(first)[0], _days(last)[1]
