"""``dossier.yaml``: the publication, its packets and what they select."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dossier.records.enclosing import RESOLUTION, RESOLUTIONS
from dossier.records.numbering import Bates, Pattern, Volumes
from dossier.records.outputs import CHOSEN
from dossier.records.printing import Print
from dossier.records.sections import BEHIND_LETTERS, ORDER, REQUIRED
from dossier.records.signing import Sign
from dossier.records.values import (
    Day,
    Edtf,
    Id,
    Language,
    Lines,
    PaperName,
    Record,
    Several,
    Switch,
    Text,
    Title,
    fault,
    listed,
    written_value,
)

DEFAULT_DESIGN = "default"


def _output(value: str) -> str:
    if value not in CHOSEN:
        remedy = f"PDF and JSON are always made; beside them there can be: {', '.join(CHOSEN)}."
        raise fault("output", f"There is no output “{value}”", remedy)
    return value


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


def _version(value: Any) -> Any:
    """Return a version as a number: all values of a file arrive as texts."""
    return {"1": 1, "2": 2}.get(value, value) if isinstance(value, str) else value


Sections = Annotated[
    tuple[Literal[ORDER], ...],  # type: ignore[valid-type]
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
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
        Conditions | None, BeforeValidator(written_value, json_schema_input_type=Conditions)
    ] = Field(None, alias="except")


OUTPUT_NAME: Any = Literal[tuple(CHOSEN)]
Outputs = Annotated[
    tuple[Annotated[str, AfterValidator(_output)], ...],
    BeforeValidator(listed),
    BeforeValidator(written_value, json_schema_input_type=OUTPUT_NAME | list[OUTPUT_NAME]),
]
"""The outputs besides the PDF and its listing; an empty list for none."""


Withdrawn = Literal["struck", "left_out"]
"""What becomes of withdrawn signatures."""
FamilyNames = Literal["stated", "accepted"]
"""Which family names file people in the index: those that are stated, or those of custom too."""


Enclose = Literal["attached", "after", "facing"]
"""How the sources of letters go with the dossier: embedded in the PDF, or bound in as pages."""


def _resolution(value: Any) -> Any:
    """Return a resolution in dots per inch."""
    if not str(value).isdecimal() or int(value) not in RESOLUTIONS:
        remedy = f"Write a number from {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}, as in {RESOLUTION}."
        raise fault("resolution", f"“{value}” is not a number of dots per inch", remedy)
    return int(value)


Resolution = Annotated[int, BeforeValidator(_resolution, json_schema_input_type=int)]


class PacketEntry(Record):
    """A packet of ``dossier.yaml``: its letters, and the keys that override the publication's."""

    title: Title | None = None
    subtitle: Text | None = None
    prepared_by: Text | None = None
    identifier: Text | None = None
    rights: Text | None = None
    edition: Text | None = None
    date: Day | None = None
    profile: Id | None = None
    paper: PaperName | None = None
    design: Id | None = None
    introduction: Lines | None = None
    outputs: Annotated[Outputs | None, BeforeValidator(written_value)] = None
    withdrawn: Annotated[Withdrawn | None, BeforeValidator(written_value)] = None
    sections: Annotated[Sections | None, BeforeValidator(written_value)] = None
    citation_style: Text | None = None
    exhibits: Pattern | None = None
    separators: Annotated[Switch | None, BeforeValidator(written_value)] = None
    section_letters: Annotated[Switch | None, BeforeValidator(written_value)] = None
    bates: Bates | None = None
    enclose: Enclose | None = None
    enclose_resolution: Annotated[Resolution | None, BeforeValidator(written_value)] = None
    enclose_ocr: Annotated[Switch | None, BeforeValidator(written_value)] = None
    certificates: Annotated[Switch | None, BeforeValidator(written_value)] = None
    volumes: Volumes | None = None
    printing: Annotated[
        Print | None, BeforeValidator(written_value, json_schema_input_type=Print)
    ] = Field(None, alias="print")
    sign: Sign | None = None
    select: Annotated[
        Selection | None, BeforeValidator(written_value, json_schema_input_type=Selection)
    ] = None


class Publication(Record):
    """``dossier.yaml``: the publication as a whole."""

    title: Title
    format: Annotated[Literal[1, 2], BeforeValidator(_version)] = 1
    """The version of the corpus format, which decides what is markup in letters."""
    subtitle: Text | None = None
    prepared_by: Text | None = None
    identifier: Text | None = None
    rights: Text | None = None
    edition: Text | None = None
    date: Day | None = None
    language: Language = "en"
    profile: Id | None = None
    """The name of the profile of its receiver."""
    paper: PaperName = "A4"
    design: Id = DEFAULT_DESIGN
    introduction: Lines | None = None
    outputs: Outputs = ("html",)
    sections: Sections = ORDER
    withdrawn: Withdrawn = "struck"
    citation_style: Text | None = None
    exhibits: Pattern | None = None
    """The label of each letter."""
    separators: Annotated[Switch, BeforeValidator(written_value)] = False
    """A sheet with its label stands before each letter."""
    section_letters: Annotated[Switch, BeforeValidator(written_value)] = False
    """Pages are numbered anew in each part, behind its letter."""
    bates: Bates | None = None
    enclose: Annotated[Enclose | None, BeforeValidator(written_value)] = None
    """How the sources of letters go with the dossier."""
    enclose_resolution: Annotated[Resolution, BeforeValidator(written_value)] = RESOLUTION
    """Dots per inch."""
    enclose_ocr: Annotated[Switch, BeforeValidator(written_value)] = False
    """Bound pages that have no words of their own are read by machine."""
    certificates: Annotated[Switch, BeforeValidator(written_value)] = False
    """The certificate of a translation stands behind it."""
    volumes: Volumes | None = None
    """How its pages are divided into several files."""
    family_names: FamilyNames = "stated"
    printing: Annotated[
        Print | None, BeforeValidator(written_value, json_schema_input_type=Print)
    ] = Field(None, alias="print")
    sign: Sign | None = None
    """How the PDF is signed."""
    packets: dict[Id, PacketEntry] = Field(default_factory=dict)
