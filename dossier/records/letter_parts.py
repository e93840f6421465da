"""The parts of a letter around its text: letterhead, addressees, subject, copies, and their sequence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from dossier.language.dates import UNKNOWN
from dossier.records.values import Record, ShortName, Text, fault, listed

PARTS = (
    "letterhead", "heading", "references", "date", "via", "to", "cc", "subject", "text", "closing",
    "signatories", "contact",
)  # fmt: skip
"""The parts of a letter in their usual sequence."""
LINES = ("letterhead", "references", "via", "contact")
"""The parts that are lines of text, one below the other."""


class Addressee(Record):
    """An addressee of a letter, or one who receives a copy of it."""

    name: ShortName
    lines: tuple[Text, ...] = ()


def _addressees(value: Any) -> Any:
    """Return one or several addressees as a list; a text is both the name and the printed line."""
    if isinstance(value, dict):
        return (Addressee.model_validate(value),)
    if isinstance(value, list):
        return [_named(item) for item in value]
    return (Addressee.model_validate(_named(value)),) if isinstance(value, str) else value


def _named(value: Any) -> Any:
    return {"name": value, "lines": [value]} if isinstance(value, str) else value


def _lines(value: Any) -> Any:
    if isinstance(value, dict):
        raise fault(
            "lines",
            "These must be lines as the letter prints them, not keys and values",
            "Write a text, or a list of texts, with the letter's own words, as in “Our ref.: AB/12”.",
        )
    return listed(value)


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    twice = [part for place, part in enumerate(value) if part in value[:place]]
    if twice:
        raise fault("sequence", f"“{twice[0]}” stands twice", "Remove one of them.")
    if "text" not in value:
        raise fault("sequence", "There is no “text”", "Add it: every letter has a text.")
    if "heading" in value and value.index("heading") > value.index("text"):
        raise fault("sequence", "“heading” stands behind “text”", "Move it before the text.")
    return value


ADDRESSEE: Any = str | Addressee
Addressees = Annotated[
    tuple[Addressee, ...],
    BeforeValidator(_addressees, json_schema_input_type=ADDRESSEE | list[ADDRESSEE]),
    Field(min_length=1),
]
"""A text, a ``name`` with ``lines``, or a list of these."""
PartLines = Annotated[
    tuple[Text, ...],
    BeforeValidator(_lines, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
"""A text, or a list of texts that are printed one below the other."""
Sequence = Annotated[
    tuple[Literal[PARTS], ...],  # type: ignore[valid-type]
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
    AfterValidator(_each_once),
]
"""The parts in the sequence of the letter."""


def nothing_lost(sequence: tuple[str, ...] | None, data: Mapping[str, Any]) -> None:
    """Refuse a sequence of parts that leaves one out which the letter has; ``data`` are its other keys."""
    if not sequence:
        return
    if data.get("date_position"):
        message = "“sequence” and “date_position” both say where the date stands"
        raise fault("sequence", message, "Remove “date_position”.")
    there = {part: data.get(part) for part in PARTS}
    unprinted = ("",) if data.get("date") != UNKNOWN else ("", None)
    there["date"] = data.get("date") and data.get("date_line") not in unprinted
    lost = [part for part in PARTS if there[part] and part not in sequence]
    if lost:
        message = f"The letter has a part “{lost[0]}” that the sequence does not name"
        remedy = f"Add “{lost[0]}” where the letter has it."
        if lost[0] == "date":
            remedy = 'Add “date” where the letter has it, or write “date_line: ""” if it has none.'
        raise fault("sequence", message, remedy)
