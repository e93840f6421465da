"""``reports.yaml``: the cited works, a field for each variable of CSL 1.0.2, appendix IV."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, create_model, model_validator

from dossier.records.values import REPORT_ID_PATTERN, Day, Edtf, Language, Record, Text, Url, fault

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

CUSTOM = "custom"
"""The field of CSL-JSON for what its schema has no field for."""
NO_CSL_JSON = (
    "license", "part-number", "printing-number", "supplement-number", "archive-url", "archived",
)  # fmt: skip
"""The keys of a work that the schema of CSL-JSON does not have."""


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
