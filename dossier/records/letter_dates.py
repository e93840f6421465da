"""The dates of a letter: one, several, or an unknown one with a place among the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter

from dossier.language.dates import SEVERAL, UNKNOWN
from dossier.records.values import Edtf, fault

_Each = TypeAdapter(Annotated[tuple[Edtf, ...], Field(min_length=2)])


def _joined(value: Any) -> Any:
    if isinstance(value, list) and len(value) == 1:
        message = "“date” is a list of one date"
        raise fault("dates", message, "Write it without brackets, or add the others.")
    return SEVERAL.join(_Each.validate_python(value)) if isinstance(value, list) else value


def _one_or_several(value: str) -> str:
    if value != UNKNOWN:
        for one in value.split(SEVERAL):
            _Edtf.validate_python(one)
    return value


_Edtf: TypeAdapter[str] = TypeAdapter(Edtf)
Dates = Annotated[
    str,
    BeforeValidator(_joined, json_schema_input_type=str | list[str]),
    AfterValidator(_one_or_several),
]
"""A date, ``unknown``, or a list of two dates and more, which are kept in one text."""


def placed(date: str, data: Mapping[str, Any]) -> str:
    """Refuse an unknown date without a ``sort_date`` among ``data``, the other keys, and the reverse."""
    if "sort_date" in data and (date == UNKNOWN) != (data["sort_date"] is not None):
        if date == UNKNOWN:
            message = "The date is unknown, and so is where the letter is to stand"
            remedy = "Add “sort_date: …”, the date at which it is to stand among the others."
        else:
            message = "“sort_date” stands beside a date that is known"
            remedy = "Remove it: the letter stands at its date."
        raise fault("dates", message, remedy)
    return date
