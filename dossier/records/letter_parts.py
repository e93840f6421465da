"""The parts of a letter around its text: letterhead, addressees, subject, copies, and their sequence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dossier.language.dates import UNKNOWN
from dossier.records.values import Record, ShortName, Text, fault, listed

PARTS = (
    "letterhead", "heading", "references", "date", "via", "to", "cc", "subject", "text", "closing",
    "signatories", "postscript", "contact",
)  # fmt: skip
"""The parts of a letter in their usual sequence."""

ABOVE_NAME = re.compile(r"\w{,3}\W*|.*:")
"""A line above the addressee's name: “To,”, “An”, “For the attention of:”."""


def _texts(value: Any, between: str = r"\n\s*\n") -> Any:
    """Return the paragraphs of a part as a list; empty lines divide those of a text."""
    if isinstance(value, dict):
        raise fault(
            "lines",
            "These must be lines as the letter prints them, not keys and values",
            "Write a text, or a list of texts, with the letter's own words, as in “Our ref.: AB/12”.",
        )
    if isinstance(value, str):
        return [part for part in re.split(between, value) if part.strip()] or [value]
    return value


def _lines(value: Any) -> Any:
    """Return the lines of a part as a list; a text of several lines is as many of them."""
    return _texts(value, r"\n")


class Addressee(Record):
    """An addressee of a letter, or one who receives a copy of it."""

    name: ShortName = ""
    """What the table of letters prints: the first line with more than a “To:”, where it is left out."""
    lines: Annotated[
        tuple[Text, ...],
        BeforeValidator(_lines, json_schema_input_type=str | list[str]),
    ] = ()

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        lines = _lines(value.get("lines") or []) if isinstance(value, dict) else []
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return value  # refused in its place
        names = [line for line in lines if not ABOVE_NAME.fullmatch(line.strip())] or lines
        if not names or value.get("name"):
            return value
        return {**value, "name": names[0].strip().rstrip(",;:")}

    @model_validator(mode="after")
    def _has_either(self) -> Addressee:
        if not self.name:
            message = "The addressee has neither a “name” nor “lines”"
            raise fault("addressee", message, "Add the “lines” that the letter prints.")
        return self


def _addressees(value: Any) -> Any:
    """Return one or several addressees as a list."""
    if isinstance(value, dict):
        return (Addressee.model_validate(value),)
    if isinstance(value, list):
        return [_named(item) for item in value]
    return (Addressee.model_validate(_named(value)),) if isinstance(value, str) else value


def _named(value: Any) -> Any:
    """Return a text as an addressee: it is the printed lines and, where there is one, the name."""
    if not isinstance(value, str):
        return value
    return {"lines": value} if "\n" in value.strip() else {"name": value, "lines": [value]}


def _each_once(value: tuple[str, ...]) -> tuple[str, ...]:
    twice = [part for place, part in enumerate(value) if part in value[:place]]
    if twice:
        raise fault("sequence", f"“{twice[0]}” stands twice", "Remove one of them.")
    if "text" not in value:
        raise fault("sequence", "There is no “text”", "Add it: every letter has a text.")
    if "heading" in value and value.index("heading") > value.index("text"):
        raise fault("sequence", "“heading” stands behind “text”", "Move it before the text.")
    if "postscript" in value and value.index("postscript") < value.index("text"):
        raise fault("sequence", "“postscript” stands before “text”", "Move it behind the text.")
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
"""A text, or a list of texts, that are printed one line below the other."""
Paragraphs = Annotated[
    tuple[Text, ...],
    BeforeValidator(_texts, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
"""A text, or a list of texts: a paragraph each, whatever its lines in the file."""
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
