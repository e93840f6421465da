"""How a packet numbers its letters as exhibits, and its pages with Bates numbers."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dossier.records.values import Record, Text, fault

NUMBER, LETTER = "{number}", "{letter}"
"""What stands in the pattern of exhibits for a letter's number: 3, or C."""
PREFIX = re.compile(r"[A-Za-z0-9 ._/-]*")


def _pattern(value: str) -> str:
    """Refuse a pattern that does not tell letters apart."""
    found = re.findall(r"\{.*?\}|[{}]", value)
    if found not in ([NUMBER], [LETTER]):
        raise fault(
            "exhibits",
            f"“{value}” does not say where the number of an exhibit stands",
            f"Write {NUMBER} there once, as in “Annex {NUMBER}”, or {LETTER}, as in “Exhibit {LETTER}”.",
        )
    return value


def _prefix(value: str) -> str:
    if len(value) > 24 or not PREFIX.fullmatch(value):
        raise fault(
            "prefix",
            f"“{value}” cannot stand before a Bates number",
            "Write up to 24 unaccented letters, figures, spaces and the characters - . _ /",
        )
    return value


Pattern = Annotated[Text, AfterValidator(_pattern)]
"""The label of each letter, with :data:`NUMBER` or :data:`LETTER` in it."""
Place = Literal[
    "foot-left", "foot-centre", "foot-right", "foot-outer",
    "head-left", "head-centre", "head-right", "head-outer",
]  # fmt: skip
"""Where a Bates number stands on a page."""


class Bates(Record):
    """Bates numbers: one on each page, as legal teams number what they produce."""

    prefix: Annotated[str, AfterValidator(_prefix)] = ""
    digits: Annotated[int, Field(ge=1, le=12)] = 6
    """The least number of figures: shorter numbers get zeros before them."""
    start: Annotated[int, Field(ge=0, le=999_999_999_999)] = 1
    """The number of the first page."""
    place: Place = "foot-right"
