"""The front matter of ``letters/ID.md``: the parts of the letter, signatures, source."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dossier.records.letter_dates import Dates, placed
from dossier.records.letter_parts import Addressees, PartLines, Sequence, nothing_lost
from dossier.records.relations import Answer, fitting
from dossier.records.values import (
    Country,
    Day,
    Edtf,
    Id,
    Language,
    Record,
    ShortTitle,
    Text,
    Url,
    collapsed,
    fault,
    limited,
    written_value,
)


class Signatory(Record):
    """A signature under a letter."""

    organization: Text | None = None
    person: Text | None = None
    role: Text | None = None
    country: Country | None = None
    as_signed: Text | None = None

    @model_validator(mode="after")
    def _names_someone(self) -> Signatory:
        if self.organization is None and self.person is None:
            raise fault(
                "signatory",
                "The signature names nobody",
                "Give it an “organization” or a “person”.",
            )
        return self

    @property
    def printed(self) -> str:
        """The signature's line as the letter prints it."""
        if self.as_signed is not None:
            return self.as_signed
        return ", ".join(part for part in (self.person, self.role, self.organization) if part)


def _signatory(value: Any) -> Any:
    return {"organization": value} if isinstance(value, str) else value


class Source(Record):
    """The source of a letter's text."""

    file: Text | None = None
    url: Url | None = None
    archived_url: Url | None = None
    archived: Day | None = None
    accessed: Day | None = None
    note: Text | None = None


class FrontMatter(Record):
    """The head of ``letters/ID.md``."""

    title: ShortTitle
    # Before the date, which has to fit it.
    sort_date: Edtf | None = None
    date: Dates
    to: Addressees = ()
    cc: Addressees = ()
    letterhead: PartLines = ()
    references: PartLines = ()
    via: PartLines = ()
    subject: Text | None = None
    contact: PartLines = ()
    heading: Text | None = None
    date_line: Annotated[str, BeforeValidator(collapsed), AfterValidator(limited)] | None = None
    date_position: Literal["above", "below"] | None = None
    place: Text | None = None
    language: Language | None = None
    closing: Text | None = None
    signatories: tuple[
        Annotated[Signatory, BeforeValidator(_signatory, json_schema_input_type=str | Signatory)],
        ...,
    ] = ()
    note: PartLines = ()
    update: PartLines = ()
    status: Literal["final", "draft"] = "final"
    translation_of: Id | None = None
    reply_to: Id | None = None
    annex_to: Id | None = None
    endorsed: Answer | None = None
    source: Source | None = None
    tags: tuple[Text, ...] = ()
    # Behind all that it has to name.
    sequence: Annotated[
        Sequence | None, BeforeValidator(written_value, json_schema_input_type=Sequence)
    ] = None

    @field_validator("date")
    @classmethod
    def _placed(cls, value: str, info: ValidationInfo) -> str:
        return placed(value, info.data)

    @field_validator("annex_to", "endorsed")
    @classmethod
    def _fitting(cls, value: Any, info: ValidationInfo) -> Any:
        return fitting(info.field_name or "", value, info.data)

    @field_validator("sequence")
    @classmethod
    def _names_all(
        cls, value: tuple[str, ...] | None, info: ValidationInfo
    ) -> tuple[str, ...] | None:
        nothing_lost(value, info.data)
        return value
