"""The corpus format, version 1, as pydantic models.

The models validate and hold data; they know nothing of files. Their JSON Schema gives editors completion
in a text editor (``generate.py schema``).
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dossier.language import direction_marks, limits
from dossier.language.dates import read_date
from dossier.records.outputs import SUFFIXES
from dossier.records.sections import BEHIND_LETTERS, ORDER, REQUIRED

NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
"""Territories of CLDR that ISO 3166-1 does not list."""
COUNTRIES = (
    frozenset(code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code))
    - NO_COUNTRIES
)
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
REPORT_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_:.#$%&+?<>~/-]*$"
LINK_SCHEMES = ("http", "https", "mailto")


def fault(kind: str, message: str, remedy: str, written: str = "") -> PydanticCustomError:
    """Return a validation error; ``message`` says what is wrong, ``remedy`` what to do.

    ``written`` is the text that suggestions are made for, where it is not the value itself.
    """
    context = {"message": message, "remedy": remedy, "written": written}
    return PydanticCustomError(kind, "{message}", context)


def _text(value: Any) -> Any:
    """Collapse the white space of a text, as line breaks in YAML mean nothing."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _limited(value: str) -> str:
    if len(value) > limits.MAX_TEXT:
        raise fault(
            "text",
            f"The text has {len(value):,} characters; one among the keys may have {limits.MAX_TEXT:,}",
            "Shorten it, or write it into the text of a letter.",
        )
    return value


def _title(value: str) -> str:
    if len(value) > limits.MAX_HEAD:
        raise fault(
            "title",
            f"The title has {len(value):,} characters; it may have {limits.MAX_HEAD:,}",
            "Shorten it: it stands at the head of every page.",
        )
    return value


def _short_title(value: str) -> str:
    return _row(value, "Write a short title of your own, and the letter's as its “heading”.")


def _short_name(value: str) -> str:
    return _row(value, "Write a short “name”, and what the letter prints under “lines”.")


def _row(value: str, remedy: str) -> str:
    """Refuse a text that is too long for the table of letters, whose rows cannot break across pages."""
    if limits.length(value) > limits.MAX_ROW:
        message = (
            f"The text has {len(value):,} characters; the table of letters has room for "
            f"{limits.MAX_ROW}, capitals and wide ones counted twice"
        )
        raise fault("row", message, remedy)
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise fault(
            "country",
            f"“{value}” is not an ISO 3166-1 country code",
            "Write its two capital letters, for example JP, KR or US.",
        )
    return value


def _language(value: str) -> str:
    import langcodes  # its data is large, and most corpora name no language

    if not langcodes.tag_is_valid(value) or "_" in value:
        raise fault(
            "language",
            f"“{value}” is not a BCP 47 language tag",
            "Write, for example, en, ko or zh-Hant.",
        )
    return value


def _edtf(value: str) -> str:
    try:
        read_date(value)
    except ValueError as error:
        remedy = "Write, for example, 2012-01-08, 2012-01, 2012-01-08? or 2012-01-08/2012-01-10."
        message = f"The date “{value}” {error}" if value else "The date is empty"
        raise fault("edtf", message, remedy) from None
    return value


def _day(value: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        datetime.date.fromisoformat(value)
    except ValueError:
        message = f"“{value}” is not a day of the calendar"
        raise fault("day", message, "Write it as YYYY-MM-DD.") from None
    return value


def _url(value: str) -> str:
    if not is_address(value) or " " in value:
        whole = "Write the whole address, beginning with https:// or http://."
        spaces = "Write %20 for each space in it."
        remedy = spaces if is_address(value) else whole
        raise fault("url", f"“{value}” is not a web address", remedy)
    return value


def is_address(value: str) -> bool:
    """Tell whether ``value`` is a complete web or mail address that a link may lead to."""
    if direction_marks.MARKS.search(unquote(value)):
        return False
    scheme, _, rest = value.partition(":")
    if scheme.lower() == "mailto":
        return re.fullmatch(r"[^\s@]+@[^\s@]\S*", rest) is not None
    return scheme.lower() in LINK_SCHEMES and bool(re.match(r"//[^\s/]", rest))


Text = Annotated[
    str,
    BeforeValidator(_text, json_schema_input_type=str | int | float),
    Field(min_length=1),
    AfterValidator(_limited),
]
Title = Annotated[Text, AfterValidator(_title)]
ShortTitle = Annotated[Text, AfterValidator(_short_title)]
ShortName = Annotated[Text, AfterValidator(_short_name)]
Lines = Annotated[str, Field(min_length=1)]
Country = Annotated[str, AfterValidator(_country)]
Language = Annotated[str, AfterValidator(_language)]
Edtf = Annotated[str, AfterValidator(_edtf)]
Day = Annotated[str, AfterValidator(_day)]
Url = Annotated[str, AfterValidator(_url)]
Id = Annotated[str, Field(pattern=ID_PATTERN)]
PaperName = Annotated[str, Field(min_length=1)]
"""A paper of the design, by default ``A4`` or ``Letter``."""
DEFAULT_DESIGN = "default"


class Record(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _listed(value: Any) -> Any:
    """Return a single text as a list of one."""
    return [value] if isinstance(value, str) else value


def _written(value: Any) -> Any:
    """Refuse a key without a value, where a missing key would mean everything."""
    if value is None:
        raise fault("empty", "The key has no value", "Write its value, or remove the key.")
    return value


def _output(value: str) -> str:
    if value not in SUFFIXES:
        remedy = f"PDF and JSON are always made; beside them there can be: {', '.join(SUFFIXES)}."
        raise fault("output", f"There is no output “{value}”", remedy)
    return value


Several = Annotated[
    tuple[Text, ...],
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]


def _sections(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse sections that occur twice, are missing, or stand before the pages that they refer to."""
    twice = [section for place, section in enumerate(value) if section in value[:place]]
    if twice:
        raise fault("sections", f"“{twice[0]}” stands twice", "Remove one of them.")
    missing = [section for section in REQUIRED if section not in value]
    if missing:
        message = f"There is no “{missing[0]}”"
        raise fault("sections", message, f"Every packet has {', '.join(REQUIRED)}: add it.")
    for section in BEHIND_LETTERS:
        if value.index(section) < value.index("letters"):
            message = f"“{section}” stands before “letters”"
            remedy = "Move it behind them: it prints their page numbers."
            raise fault("sections", message, remedy)
    return value


Sections = Annotated[
    tuple[Literal[ORDER], ...],  # type: ignore[valid-type]
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
    AfterValidator(_sections),
]


class Conditions(Record):
    """Conditions on letters: all that are given must hold; of a list, any entry."""

    letters: Several = ()
    since: Edtf = ""
    until: Edtf = ""
    addressee: Several = ()
    signed_by: Several = ()
    cites: Several = ()
    tags: Several = ()

    @model_validator(mode="after")
    def _states_something(self) -> Conditions:
        if not self.model_fields_set:
            message = "There is no condition for selecting letters"
            raise fault(
                "conditions", message, f"Write one of: {', '.join(Conditions.model_fields)}."
            )
        return self


class Selection(Conditions):
    """The letters that a packet holds."""

    but: Annotated[
        Conditions | None, BeforeValidator(_written, json_schema_input_type=Conditions)
    ] = Field(None, alias="except")


OUTPUT_NAME: Any = Literal[tuple(SUFFIXES)]
Outputs = Annotated[
    tuple[Annotated[str, AfterValidator(_output)], ...],
    BeforeValidator(_listed),
    BeforeValidator(_written, json_schema_input_type=OUTPUT_NAME | list[OUTPUT_NAME]),
]
"""The outputs besides the PDF and its listing; an empty list for none."""


class PacketEntry(Record):
    """A packet of ``dossier.yaml``: its letters, and the keys that override the publication's."""

    title: Title | None = None
    subtitle: Text | None = None
    prepared_by: Text | None = None
    identifier: Text | None = None
    rights: Text | None = None
    edition: Text | None = None
    date: Day | None = None
    paper: PaperName | None = None
    design: Id | None = None
    introduction: Lines | None = None
    outputs: Annotated[Outputs | None, BeforeValidator(_written)] = None
    sections: Annotated[Sections | None, BeforeValidator(_written)] = None
    select: Annotated[
        Selection | None, BeforeValidator(_written, json_schema_input_type=Selection)
    ] = None


class Publication(Record):
    """``dossier.yaml``: the publication as a whole."""

    title: Title
    subtitle: Text | None = None
    prepared_by: Text | None = None
    identifier: Text | None = None
    rights: Text | None = None
    edition: Text | None = None
    date: Day | None = None
    language: Language = "en"
    paper: PaperName = "A4"
    design: Id = DEFAULT_DESIGN
    introduction: Lines | None = None
    outputs: Outputs = ("html",)
    sections: Sections = ORDER
    packets: dict[Id, PacketEntry] = {}


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
    date_line: Annotated[str, BeforeValidator(_text), AfterValidator(_limited)] | None = None
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


class FormerName(Record):
    """A name that an organization no longer bears."""

    name: Text
    until: Edtf | None = None


class Organization(Record):
    """An organization of the authority file."""

    name: Text
    country: Country | None = None
    acronym: Text | None = None
    native: dict[Language, Text] = {}
    aliases: tuple[Text, ...] = ()
    formerly: tuple[FormerName, ...] = ()
    sort_as: Text | None = None
    see_also: tuple[str, ...] = ()
    url: Url | None = None
    identifiers: dict[Text, Text] = {}
    note: Text | None = None


class Person(Record):
    """A person of the authority file."""

    name: Text
    index_as: Text | None = None
    native: dict[Language, Text] = {}
    aliases: tuple[Text, ...] = ()
    organization: str | None = None
    sort_as: Text | None = None
    see_also: tuple[str, ...] = ()
    url: Url | None = None
    identifiers: dict[Text, Text] = {}
    note: Text | None = None


class Names(Record):
    """``names.yaml``: the authority file."""

    organizations: dict[Id, Organization] = {}
    people: dict[Id, Person] = {}
    distinct: tuple[Annotated[tuple[Text, ...], Field(min_length=2)], ...] = ()


# --- reports.yaml: a field for each variable of CSL 1.0.2, appendix IV ---

CSL_TYPES = (
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book",
    "broadcast", "chapter", "classic", "collection", "dataset", "document", "entry",
    "entry-dictionary", "entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview",
    "legal_case", "legislation", "manuscript", "map", "motion_picture", "musical_score", "pamphlet",
    "paper-conference", "patent", "performance", "periodical", "personal_communication", "post",
    "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech",
    "standard", "thesis", "treaty", "webpage",
)  # fmt: skip
CSL_NAMES = (
    "author", "chair", "collection-editor", "compiler", "composer", "container-author",
    "contributor", "curator", "director", "editor", "editorial-director", "executive-producer",
    "guest", "host", "illustrator", "interviewer", "narrator", "organizer", "original-author",
    "performer", "producer", "recipient", "reviewed-author", "script-writer", "series-creator",
    "translator",
)  # fmt: skip
CSL_DATES = ("accessed", "available-date", "event-date", "issued", "original-date", "submitted")
CSL_TEXTS = (
    "abstract", "annote", "archive", "archive-place", "archive_collection", "archive_location",
    "authority", "call-number", "chapter-number", "citation-key", "citation-label",
    "collection-number", "collection-title", "container-title", "container-title-short",
    "dimensions", "division", "DOI", "edition", "event-place", "event-title", "genre", "ISBN",
    "ISSN", "issue", "jurisdiction", "keyword", "license", "locator", "medium", "note", "number",
    "number-of-pages", "number-of-volumes", "original-publisher", "original-publisher-place",
    "original-title", "page", "page-first", "part-number", "part-title", "PMCID", "PMID",
    "printing-number", "publisher", "publisher-place", "references", "reviewed-genre",
    "reviewed-title", "scale", "section", "source", "status", "supplement-number", "title",
    "title-short", "version", "volume", "volume-title", "year-suffix",
)  # fmt: skip


class CslName(Record):
    """A name of an author, editor or other contributor: ``literal`` for a body, parts for a person."""

    family: Text | None = None
    given: Text | None = None
    literal: Text | None = None
    suffix: Text | None = None
    dropping_particle: Text | None = Field(None, alias="dropping-particle")
    non_dropping_particle: Text | None = Field(None, alias="non-dropping-particle")

    @model_validator(mode="after")
    def _names_someone(self) -> CslName:
        if self.family is None and self.literal is None:
            raise fault(
                "csl-name",
                "The name has neither “family” nor “literal”",
                "Give a person a “family” name, a body a “literal” one.",
            )
        return self


def _csl_name(value: Any) -> Any:
    return {"literal": value} if isinstance(value, str) else value


CslNames = Annotated[
    tuple[
        Annotated[CslName, BeforeValidator(_csl_name, json_schema_input_type=str | CslName)], ...
    ],
    Field(min_length=1),
]


def _csl_date(value: Any) -> Any:
    """Return a date of CSL-YAML, CSL-JSON or pandoc as EDTF."""
    if isinstance(value, list):
        return "/".join(_date_parts(part) for part in value)
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("date-parts"), list):
        return "/".join(_date_parts(part) for part in value["date-parts"])
    if "year" in value:
        return _date_parts(value)
    for key in ("raw", "literal", "edtf"):
        if key in value:
            return value[key]
    raise fault("csl-date", "The date has no year", "Write it as YYYY, YYYY-MM or YYYY-MM-DD.")


def _date_parts(part: Any) -> str:
    numbers = [part[key] for key in ("year", "month", "day") if key in part] if isinstance(
        part, dict
    ) else list(part) if isinstance(part, list) else [part]  # fmt: skip
    try:
        if not all(str(number).isascii() for number in numbers):
            raise ValueError
        return "-".join(
            f"{int(number):0{4 if place == 0 else 2}d}" for place, number in enumerate(numbers)
        )
    except (TypeError, ValueError):
        remedy, written = "Write it as YYYY-MM-DD.", "-".join(map(str, numbers))
        raise fault("parts", "The date is not made of numbers", remedy, written) from None


CslDate = Annotated[
    Edtf, BeforeValidator(_csl_date, json_schema_input_type=str | int | list[Any] | dict[str, Any])
]

_ReferenceFields = create_model(  # type: ignore[call-overload]
    "_ReferenceFields",
    __base__=Record,
    **{
        name.replace("-", "_"): (kind | None, Field(None, alias=name))
        for names, kind in ((CSL_NAMES, CslNames), (CSL_DATES, CslDate), (CSL_TEXTS, Text))
        for name in names
    },
)


class Reference(_ReferenceFields):  # type: ignore[misc, valid-type]
    """A work of ``reports.yaml``, in the variables of CSL 1.0.2 and two for its archived copy."""

    id: Annotated[str, Field(pattern=REPORT_ID_PATTERN)]
    type: Literal[CSL_TYPES]  # type: ignore[valid-type]
    title: Text
    language: Language | None = None
    URL: Url | None = None
    archive_url: Url | None = Field(None, alias="archive-url")
    archived: Day | None = None

    def csl(self) -> dict[str, Any]:
        """Return the work as CSL-JSON, dates as EDTF texts, without the keys that are not set."""
        data: dict[str, Any] = self.model_dump(by_alias=True, exclude_none=True)
        return data


class References(Record):
    """``reports.yaml``: the works that the letters cite."""

    references: tuple[Reference, ...] = ()
