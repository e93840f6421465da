"""How a packet numbers its letters as exhibits and its pages with Bates numbers; and its volumes."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dossier.records.values import Record, Switch, Text, fault, written_value

NUMBER, LETTER = "{number}", "{letter}"
"""What stands in the pattern of exhibits for a letter's number: 3, or C."""
PREFIX = re.compile(r"[A-Za-z0-9 ._/-]*")
VOLUME = "{volume}"
"""What stands in the prefix of Bates numbers for the volume. Without volumes it is left out, with a hyphen
behind it."""
NAME, COUNT = "{name}", "{count}"
"""What stands in the name of a volume's file for the packet's, and for the number of volumes."""
INDEX_SUFFIX = ".index.pdf"
"""The end of the name of the index volume's file."""
FILE_NAME = re.compile(r"(?:[A-Za-z0-9 ._()-]|\{name\}|\{number\}|\{count\})*")
MEGABYTE = 1_000_000


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
    if len(value) > 24 or not PREFIX.fullmatch(value.replace(VOLUME, "", 1)):
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
    digits: Annotated[int, Field(ge=0, le=12)] = 6
    """The number of figures: shorter numbers get zeros before them; 0 for those that each number has."""
    start: Annotated[int, Field(ge=0, le=999_999_999_999)] = 1
    """The number of the first page."""
    place: Place = "foot-right"

    def in_volume(self, number: int) -> Bates:
        """Return the Bates numbers of a volume; 0 is that of a packet without volumes."""
        if VOLUME not in self.prefix:
            return self
        gap = VOLUME if number or f"{VOLUME}-" not in self.prefix else f"{VOLUME}-"
        prefix = self.prefix.replace(gap, str(number) if number else "")
        return self.model_copy(update={"prefix": prefix})

    @property
    def characters(self) -> str:
        """The characters of the prefix."""
        return self.prefix.replace(VOLUME, "")


def _file_name(value: str) -> str:
    """Refuse a name that does not tell files of several packets and volumes apart."""
    if not FILE_NAME.fullmatch(value) or value.count(NAME) != 1 or value.count(NUMBER) != 1:
        raise fault(
            "volume_name",
            f"“{value}” cannot be the name of each volume’s file",
            f"Write {NAME} and {NUMBER} there once each, as in “{NAME} Part {NUMBER}”, and otherwise "
            "unaccented letters, figures, spaces, and . _ - ( ).",
        )
    return value


class Volumes(Record):
    """How a packet is divided into volumes, each a file of its own."""

    max_pages: Annotated[int | None, Field(ge=2, le=100_000), BeforeValidator(written_value)] = None
    """The greatest number of pages of a volume, its cover and blank pages among them."""
    max_mb: Annotated[float | None, Field(gt=0, le=10_000), BeforeValidator(written_value)] = None
    """The greatest size of a volume's file, in millions of bytes."""
    name: Annotated[Text, AfterValidator(_file_name)] = f"{NAME}-{NUMBER}-of-{COUNT}"
    """The names of the volumes' files, without “.pdf”."""
    index: Annotated[Switch, BeforeValidator(written_value)] = False
    """Beside several volumes there is one with the contents of all, whose pages have no numbers."""

    @model_validator(mode="after")
    def _has_a_limit(self) -> Volumes:
        if self.max_pages is None and self.max_mb is None:
            message = "Nothing says how large a volume may be"
            raise fault("volumes", message, "Write “max_pages: 300”, or “max_mb: 25”.")
        return self

    @property
    def max_bytes(self) -> int | None:
        """The greatest size of a file in bytes."""
        return None if self.max_mb is None else round(self.max_mb * MEGABYTE)
