"""The front matter of ``letters/ID.md``: the parts of the letter, signatures, source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dossier.language.family import divided
from dossier.records.letter_dates import Dates, placed
from dossier.records.letter_parts import Addressees, Paragraphs, PartLines, Sequence, nothing_lost
from dossier.records.relations import Answer, fitting
from dossier.records.values import (
    Country,
    Day,
    Edtf,
    Language,
    Record,
    ShortTitle,
    Text,
    TextOfLines,
    Url,
    collapsed,
    fault,
    limited,
    not_in_the_name,
    written_value,
)


class Signatory(Record):
    """A signature under a letter."""

    organization: Text | None = None
    person: Text | None = None
    role: Text | None = None
    country: Country | None = None
    as_signed: TextOfLines | None = None
    honorific: Text | None = None
    post_nominals: Text | None = None
    party: Text | None = None
    place: Text | None = None
    qualifier: Text | None = None
    """The signer's own restriction, such as “in an individual capacity”."""
    separator: Text | None = None
    """What stands behind the name in place of the comma; None takes that of the group around."""
    on_behalf_of: Text | None = None
    """The organization that the signer represents."""
    added: Day | None = None
    withdrawn: Day | None = None
    email: Text | None = None
    """Kept for the editor, never printed."""
    anonymous: Annotated[int, Field(ge=1)] | None = None
    """How many signed without a name, in place of the names."""
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
    def _is_signed(self) -> Signatory:
        if getattr(self, "group", None) is None:
            self._check()
        return self

    def _check(self) -> None:
        """Refuse a signature that names nobody, or contradicts itself."""
        if self.anonymous is not None:
            _refuse_with(self, "anonymous", ("as_signed", "added", "withdrawn"))
        elif self.organization is None and self.person is None:
            raise fault(
                "signatory",
                "The signature names nobody",
                "Give it an “organization” or a “person”.",
            )
        if self.on_behalf_of and self.as_signed is None:
            raise fault(
                "signatory",
                "The signature is on behalf of another, and its line is not given",
                "Add “as_signed”: the whole line in the words of the letter.",
            )
        if self.added and self.withdrawn and self.withdrawn < self.added:
            message = "The signature was withdrawn before it was added"
            raise fault("signatory", message, "Correct one of the two days.")

    @property
    def printed(self) -> str:
        """The signature's line as the letter prints it; empty for people without names.

        The rule is that of docs/corpus-format.md, “Signatories”.
        """
        if self.as_signed is not None or self.anonymous is not None:
            return self.as_signed or ""
        name = " ".join(part for part in (self.honorific, self.person, self.post_nominals) if part)
        parts = (name, self.role, self.organization, self.party, self.place)
        first, *others = [part for part in parts if part] or [""]
        sign = self.separator or ","
        before = "" if sign.startswith(CLOSE) else " "
        line = f"{first}{before}{sign} {', '.join(others)}" if others else first
        if not self.qualifier:
            return line
        words = self.qualifier
        return f"{line} {words}" if words.startswith(BRACKETS) else f"{line} ({words})"

    def name_within(self, line: str) -> tuple[int, int]:
        """Return where the name of who signs begins and ends in the printed ``line``.

        It is the same place for none.
        """
        if self.as_signed is None:
            person = (self.honorific, self.person, self.post_nominals)
            whole = " ".join(part for part in person if part)
            return 0, len(whole or self.role or self.organization or "") if line else 0
        name = next(
            (name for name in (self.person, self.organization) if name and name in line), ""
        )
        start = line.find(name)
        return (0 if line[:start] == f"{self.honorific} " else start), start + len(name)

    @property
    def count(self) -> int:
        """The number of signatures: one, unless people sign without names."""
        return self.anonymous or 1

    @property
    def represented(self) -> Signatory | None:
        """The signature of the organization that the signer represents, if there is one.

        The country is this organization's where the signature names no other.
        """
        if self.on_behalf_of is None:
            return None
        country = None if self.organization else self.country
        return Signatory(organization=self.on_behalf_of, country=country)


BRACKETS = ("(", "[", "（")
"""A qualifier that begins with one of these has its own brackets."""
CLOSE = (",", ";", ":", ".", "，", "；", "：", "、")
"""A separator that begins with one of these follows the name without a space."""


def _refuse_with(record: Record, key: str, allowed: tuple[str, ...]) -> None:
    """Refuse keys that cannot stand beside ``key``."""
    given = (name for name in type(record).model_fields if getattr(record, name) is not None)
    wrong = next((name for name in given if name not in (key, *allowed)), None)
    if wrong:
        message = f"“{wrong}” cannot stand beside “{key}”"
        raise fault("signatory", message, "Begin another entry of the list for it.")


GROUP_KEYS = ("heading", "numbering", "form", "signatories", "file", "columns")
"""Keys that a group has and a signature has not."""


class Entry(Signatory):
    """An entry of the list of signatories: a signature, or a group of them."""

    group: Group | None = None

    @model_validator(mode="before")
    @classmethod
    def _group_is_held(cls, value: Any) -> Any:
        """Refuse the keys of a group that stand beside it, as they do where they are not indented."""
        group = value.get("group") if isinstance(value, dict) else None
        beside = [key for key in GROUP_KEYS if isinstance(value, dict) and key in value]
        if isinstance(value, dict) and "group" in value and beside and not isinstance(group, dict):
            message = f"“{beside[0]}” stands beside “group”, not in it"
            remedy = "Indent the keys of the group more than “group”"
            if isinstance(group, str):
                remedy += f", and write “heading: {group}” among them"
            raise fault("group", message, f"{remedy}.")
        return value

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Entry:
        if self.group is not None:
            _refuse_with(self, "group", ())
        return self


def _entry(value: Any) -> Any:
    return {"organization": value} if isinstance(value, str) else value


class SignatureList(Record):
    """The signatures in a file that a group names."""

    signatories: Annotated[
        tuple[
            Annotated[Signatory, BeforeValidator(_entry, json_schema_input_type=str | Signatory)],
            ...,
        ],
        Field(min_length=1),
    ]


Entries = tuple[
    Annotated[Entry, BeforeValidator(_entry, json_schema_input_type=str | Entry)],
    ...,
]
Numbering = Literal["none", "through", "group"]


class Group(Record):
    """Signatures under a heading of the letter's."""

    heading: Text | None = None
    qualifier: Text | None = None
    """The letter's own words under the heading."""
    separator: Text | None = None
    """What stands behind each name in place of the comma; None takes that of the group around this one."""
    numbering: Numbering | None = None
    """None takes that of the group around this one, if any."""
    form: Literal["columns", "table"] | None = None
    """None takes that of the group around this one; without, it is a list, in columns if it is long."""
    signatories: Entries = ()
    file: Text | None = None
    """A file of the corpus that holds the signatures instead."""
    columns: dict[str, Text] = Field(default_factory=dict)
    """The heading of the file's column for each key of a signature."""

    @model_validator(mode="after")
    def _holds_signatures(self) -> Group:
        if bool(self.signatories) == (self.file is not None):
            message = "The group has no signatures" if self.file is None else "The group has both"
            message = message if self.file is None else f"{message} “signatories” and a “file”"
            raise fault("group", message, "Give it either “signatories” or a “file”.")
        if self.columns and self.file is None:
            message = "“columns” are those of a file, and the group names none"
            raise fault("group", message, "Add “file: …”, or remove the key.")
        inner = [entry.group for entry in self.signatories if entry.group]
        if any(entry.group for group in inner for entry in group.signatories):
            message = "The groups are nested deeper than a group in a group"
            raise fault("group", message, "Move the innermost group one level up.")
        return self


Entry.model_rebuild()


def _no_file_alone(value: Any) -> Any:
    """Refuse a file in place of the list, which only a group can name."""
    name = value.get("file") if isinstance(value, dict) else value
    if isinstance(name, str) and name.lower().endswith((".csv", ".tsv", ".yaml", ".yml", ".json")):
        message = f"The file “{name}” stands in place of the list of signatures"
        raise fault("list", message, f"Write on a line of its own: - group: {{file: {name}}}")
    return value


def signatures_of(entries: Iterable[Signatory]) -> Iterator[Signatory]:
    """Yield the signatures of a list of signatories, those in groups too."""
    for entry in entries:
        if isinstance(entry, Entry) and entry.group:
            yield from signatures_of(entry.group.signatories)
        else:
            yield entry


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
    closing: PartLines = ()
    signatories: Annotated[
        Entries, BeforeValidator(_no_file_alone, json_schema_input_type=Entries)
    ] = ()
    note: Paragraphs = ()
    update: Paragraphs = ()
    status: Literal["final", "draft"] = "final"
    translation_of: Text | None = None
    reply_to: Text | None = None
    annex_to: Text | None = None
    endorsed: Answer | None = None
    certificate: Text | None = None
    """A file of the corpus: somebody's word that the translation is right."""
    source: Source | None = None
    index: Answer = True
    """Those who sign it are in the index."""
    tags: tuple[Text, ...] = ()
    # Behind all that it has to name.
    sequence: Annotated[
        Sequence | None, BeforeValidator(written_value, json_schema_input_type=Sequence)
    ] = None

    @field_validator("date")
    @classmethod
    def _placed(cls, value: str, info: ValidationInfo) -> str:
        return placed(value, info.data)

    @field_validator("annex_to", "endorsed", "certificate")
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

    def value(self, key: Iterable[str]) -> Any:
        """Return the value of a key, given by the names that lead to it; None where it is not stated."""
        found: Any = self
        for name in key:
            found = None if found is None else getattr(found, name)
        return found

    @property
    def signatures(self) -> tuple[Signatory, ...]:
        """All signatures in the sequence of the letter, without their groups."""
        return tuple(signatures_of(self.signatories))
