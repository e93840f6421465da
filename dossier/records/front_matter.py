"""The front matter of ``letters/ID.md``: addressee, signatures, source."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from dossier.language.family import divided
from dossier.records.values import (
    Country,
    Day,
    Edtf,
    Language,
    Record,
    ShortName,
    ShortTitle,
    Text,
    Url,
    collapsed,
    fault,
    limited,
    not_in_the_name,
)


class Addressee(Record):
    """The addressee of a letter."""

    name: ShortName
    lines: tuple[Text, ...] = ()


def _addressee(value: Any) -> Any:
    if isinstance(value, list):
        raise fault(
            "addressee",
            "“to” must be a text, or a “name” with “lines”, not a list",
            "Write “name: …” and “lines: [… , …]” under it.",
        )
    return {"name": value, "lines": [value]} if isinstance(value, str) else value


class Signatory(Record):
    """A signature under a letter."""

    organization: Text | None = None
    person: Text | None = None
    role: Text | None = None
    country: Country | None = None
    as_signed: Text | None = None
    family: Text | None = None
    """The part of ``person`` by which the index files it."""
    given: Text | None = None
    """The person's other names."""

    @model_validator(mode="before")
    @classmethod
    def _composed(cls, value: Any) -> Any:
        """Compose the person from the given and the family name, in this sequence, where it is left out."""
        if not isinstance(value, dict) or value.get("person") or not value.get("family"):
            return value
        parts = (value.get("given"), value["family"])
        if not all(part is None or isinstance(part, str) for part in parts):
            return value  # their types are refused in their places
        return {**value, "person": " ".join(filter(None, parts))}

    @model_validator(mode="after")
    def _has_its_parts(self) -> Signatory:
        if self.given and not self.family:
            raise fault(
                "signatory",
                "The signature has a “given” name without a “family” name",
                "Add the “family” name, or write the whole name under “person”.",
            )
        for key, part in (("family", self.family), ("given", self.given)):
            if part and divided(self.person or "", part) is None:
                raise not_in_the_name(key, part, "person", self.person or "")
        return self

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
    date: Edtf
    to: Annotated[Addressee, BeforeValidator(_addressee, json_schema_input_type=str | Addressee)]
    heading: Text | None = None
    date_line: Annotated[str, BeforeValidator(collapsed), AfterValidator(limited)] | None = None
    date_position: Literal["above", "below"] = "above"
    place: Text | None = None
    language: Language | None = None
    closing: Text | None = None
    signatories: tuple[
        Annotated[Signatory, BeforeValidator(_signatory, json_schema_input_type=str | Signatory)],
        ...,
    ] = ()
    source: Source | None = None
    tags: tuple[Text, ...] = ()
