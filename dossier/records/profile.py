"""Profiles: what a kind of receiver asks for, as settings of a packet and rules for its finished files."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dossier.records.numbering import Bates, Pattern, Volumes
from dossier.records.outputs import CHOSEN
from dossier.records.printing import MM, Print
from dossier.records.publication import Enclose, Outputs, Sections, Withdrawn
from dossier.records.values import (
    Day,
    Id,
    PaperName,
    Record,
    Switch,
    Text,
    fault,
    written_value,
)

BY_HAND = "by_hand"
"""The kind of a rule that the editor has to see to: no file is read for it."""
MAX_BYTES = "max_bytes"
PDF, ALL = "pdf", "all"
OF = (PDF, ALL, *CHOSEN)
"""What ``of`` may name besides an output: the PDF, or all files together."""
BYTES = {"kB": 1_000, "MB": 1_000_000}
COUNT = re.compile(r"[1-9]\d{0,8}")
NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
AMOUNT = re.compile(r"(\d{1,6}(?:\.\d{1,2})?) ?(kB|MB)")
STAMP = re.compile(r"[^{}]*(?:\{volume\}[^{}]*)?\{page\}")
SIZE = re.compile(r"(\d{2,4}(?:\.\d{1,2})?) ?[x×] ?(\d{2,4}(?:\.\d{1,2})?) ?mm")


def _is_pattern(value: str) -> bool:
    """Tell whether a text is a regular expression, and one that will mean the same tomorrow."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(value)
    except (re.error, OverflowError, RecursionError, Warning):
        return False
    return True


VALUES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "max_pages": (COUNT.fullmatch, "Write a number of pages, as in 300."),
    "max_words": (COUNT.fullmatch, "Write a number of words, as in 3000."),
    MAX_BYTES: (AMOUNT.fullmatch, "Write a size in kB or MB, as in 30 MB."),
    "paper": (SIZE.fullmatch, "Write width and height, as in 210 x 297 mm."),
    "type_size": (NUMBER.fullmatch, "Write a size in points, as in 12."),
    "leading": (NUMBER.fullmatch, "Write a multiple of the type size, as in 1.5."),
    "file_name": (_is_pattern, "Write a regular expression, as in '[A-Za-z0-9._ -]+'."),
    "volume_names": (_is_pattern, "Write a regular expression, as in '.* Part [0-9]+[.]pdf'."),
    "page_stamps": (
        STAMP.fullmatch,
        "Write what is printed, with {page}, as in '{volume}-ER-{page}'.",
    ),
    "output_present": (CHOSEN.__contains__, "Write the name of an output, as in docx."),
}
"""The kinds of rules that have a value: what is true of a sound one, and the remedy for another."""
PLAIN = (
    "no_attachments", "no_forms", "no_encryption", "no_links", "no_external_links", "no_scripts",
    "page_labels", "section_letters", "bookmarks", "text_searchable", "contents_linked",
    "certified_translations", "volume_covers", "index_volume", BY_HAND,
)  # fmt: skip
"""The kinds of rules that have none."""
KINDS = (*VALUES, *PLAIN)


def _id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        remedy = "Use small letters a to z, digits and single hyphens, as in page-labels."
        raise fault("rule", f"“{value}” cannot be the id of a rule", remedy)
    return value


def _as_written(value: Any) -> Any:
    """Return a value as it is: all values of a file arrive as texts, numbers too."""
    return value


class Rule(Record):
    """A rule that the finished files of a packet must keep."""

    id: Annotated[Text, AfterValidator(_id)]
    kind: Literal[KINDS]  # type: ignore[valid-type]
    value: Annotated[
        Text | None, BeforeValidator(_as_written, json_schema_input_type=str | float | None)
    ] = None
    of: Literal[OF] | None = None  # type: ignore[valid-type]
    """The file whose bytes are counted; None for the PDF."""
    warns: Annotated[Switch, BeforeValidator(written_value)] = False
    """A file that breaks it is written nevertheless, with a warning."""
    says: Text
    """What the receiver asks for, as a sentence for editors."""
    source: Text
    """Where this was read."""
    read: Day
    """When it was read."""

    @field_validator("value")
    @classmethod
    def _fits_the_kind(cls, value: str | None, info: ValidationInfo) -> str | None:
        kind = info.data.get("kind", "")
        if value is None or kind not in KINDS:
            return value
        if kind in PLAIN:
            message = f"A rule of the kind “{kind}” has no value"
            raise fault("value", message, "Remove the value.")
        is_sound, remedy = VALUES[kind]
        if not is_sound(value):
            raise fault("value", f"“{value}” is not a value of a rule “{kind}”", remedy)
        return value

    @model_validator(mode="after")
    def _is_complete(self) -> Rule:
        if self.kind in VALUES and self.value is None:
            message = f"The rule “{self.id}” has no value"
            raise fault("value", message, f"Add “value: …”. {VALUES[self.kind][1]}")
        if self.of and self.kind != MAX_BYTES:
            message = f"The rule “{self.id}” has “of”, which only “{MAX_BYTES}” has"
            raise fault("of", message, "Remove “of”.")
        if self.warns and self.kind == BY_HAND:
            message = f"The rule “{self.id}” has “warns”, and no file is read for it"
            raise fault("warns", message, "Remove “warns”.")
        return self

    @property
    def number(self) -> float:
        """The value as a number: of pages, words, points, or bytes."""
        if match := AMOUNT.fullmatch(self.value or ""):
            return float(match[1]) * BYTES[match[2]]
        return float(self.value or 0)

    @property
    def paper(self) -> tuple[float, float]:
        """The value as the width and height of paper, in points."""
        match = SIZE.fullmatch(self.value or "")
        assert match
        return float(match[1]) * MM, float(match[2]) * MM


class Settings(Record):
    """Keys of a packet that a profile sets where the packet does not state them."""

    paper: PaperName | None = None
    design: Id | None = None
    outputs: Annotated[Outputs | None, BeforeValidator(written_value)] = None
    withdrawn: Annotated[Withdrawn | None, BeforeValidator(written_value)] = None
    sections: Annotated[Sections | None, BeforeValidator(written_value)] = None
    citation_style: Text | None = None
    exhibits: Pattern | None = None
    separators: Annotated[Switch | None, BeforeValidator(written_value)] = None
    section_letters: Annotated[Switch | None, BeforeValidator(written_value)] = None
    bates: Bates | None = None
    enclose: Annotated[Enclose | None, BeforeValidator(written_value)] = None
    enclose_ocr: Annotated[Switch | None, BeforeValidator(written_value)] = None
    certificates: Annotated[Switch | None, BeforeValidator(written_value)] = None
    volumes: Volumes | None = None
    printing: Annotated[
        Print | None, BeforeValidator(written_value, json_schema_input_type=Print)
    ] = Field(None, alias="print")

    @property
    def stated(self) -> dict[str, Any]:
        """The settings that the profile states, by the names of fields."""
        found = {key: getattr(self, key) for key in self.model_fields_set}
        return {key: value for key, value in found.items() if value is not None}


def _rules(value: tuple[Rule, ...]) -> tuple[Rule, ...]:
    ids = [rule.id for rule in value]
    twice = [one for place, one in enumerate(ids) if one in ids[:place]]
    if twice:
        raise fault("rules", f"Two rules have the id “{twice[0]}”", "Give one another id.")
    return value


class ProfileFile(Record):
    """``templates/profiles/NAME.yaml``."""

    title: Text
    source: Text
    read: Day
    settings: Annotated[
        Settings, BeforeValidator(written_value, json_schema_input_type=Settings)
    ] = Settings.model_validate({})
    rules: Annotated[Annotated[tuple[Rule, ...], Field(min_length=1)], AfterValidator(_rules)]


@dataclass(frozen=True)
class Profile:
    """A profile with its name."""

    name: str
    sha256: str
    """The checksum of its file."""
    stated: ProfileFile

    @property
    def refusing(self) -> tuple[Rule, ...]:
        """The rules that are proved, and that no written file breaks."""
        rules = self.stated.rules
        return tuple(rule for rule in rules if not rule.warns and rule.kind != BY_HAND)

    @property
    def by_hand(self) -> tuple[Rule, ...]:
        """The rules that the editor has to see to."""
        return tuple(rule for rule in self.stated.rules if rule.kind == BY_HAND)
