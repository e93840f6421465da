"""The kinds of values of the corpus format, as pydantic types with their messages."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import unquote

from babel import Locale
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from dossier.language import direction_marks, limits
from dossier.language.dates import read_date

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


def not_in_the_name(key: str, part: str, whole: str, name: str) -> PydanticCustomError:
    """Return the error that ``part``, the value of ``key``, is no part of ``name``, that of ``whole``."""
    return fault(
        key,
        f"The “{key}” name “{part}” is no part of the “{whole}” “{name}”",
        f"Write whole words of “{whole}”, spelt as there.",
    )


def collapsed(value: Any) -> Any:
    """Collapse the white space of a text, as line breaks in YAML mean nothing."""
    return " ".join(value.split()) if isinstance(value, str) else value


def lines_collapsed(value: Any) -> Any:
    """Collapse the white space of each line of a text, and leave out empty lines."""
    if not isinstance(value, str):
        return value
    return "\n".join(line for line in map(collapsed, value.splitlines()) if line)


def limited(value: str) -> str:
    """Refuse a text that is longer than a key's value may be."""
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
    BeforeValidator(collapsed, json_schema_input_type=str | int | float),
    Field(min_length=1),
    AfterValidator(limited),
]
TextOfLines = Annotated[
    str,
    BeforeValidator(lines_collapsed, json_schema_input_type=str | int | float),
    Field(min_length=1),
    AfterValidator(limited),
]
"""A text that keeps its line breaks."""
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


class Record(BaseModel):
    """A frozen record that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def listed(value: Any) -> Any:
    """Return a single text as a list of one."""
    return [value] if isinstance(value, str) else value


def written_value(value: Any) -> Any:
    """Refuse a key without a value, where a missing key would mean everything."""
    if value is None:
        raise fault("empty", "The key has no value", "Write its value, or remove the key.")
    return value


def switch(remedy: str, spelt: Callable[[str], str] = str) -> BeforeValidator:
    """Return the validator of ``true`` or ``false``; ``{key}`` stands in the remedy for the key.

    ``spelt`` returns a value in the spelling that counts.
    """

    def checked(value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool):
            return value
        known = spelt(value) if isinstance(value, str) else value
        if known not in ("true", "false"):
            told = remedy.format(key=info.field_name)
            raise fault("switch", f"“{value}” is neither true nor false", told)
        return known == "true"

    return BeforeValidator(checked, json_schema_input_type=bool)


Switch = Annotated[bool, switch("Write true or false, without quotation marks.")]
"""``true`` or ``false``."""
Several = Annotated[
    tuple[Text, ...],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
    Field(min_length=1),
]
