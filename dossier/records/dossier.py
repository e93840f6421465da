"""The records that pass from one stage to the next. All are frozen and hold no files or PDF objects."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from dossier.language.dates import LetterDate
from dossier.language.direction import language_runs_left, runs_left
from dossier.language.words import Words
from dossier.records.body import Body, text_of
from dossier.records.design import Design
from dossier.records.packet import Packet
from dossier.records.schema import FrontMatter, Names, Publication, Reference
from dossier.records.templates import NONE, Templates


@dataclass(frozen=True)
class SourceFile:
    """A file of ``sources/``."""

    path: str
    """Relative to the corpus."""
    sha256: str
    size: int
    """In bytes."""


@dataclass(frozen=True)
class CorpusLetter:
    """A letter as its editor wrote it."""

    id: str
    path: str
    head: FrontMatter
    date: LetterDate
    body: Body
    source_file: SourceFile | None
    signature_places: tuple[tuple[int, int], ...]
    """Line and column of each signature."""


@dataclass(frozen=True)
class Corpus:
    """Everything that was read, free of faults."""

    publication: Publication
    introduction: Body | None
    letters: tuple[CorpusLetter, ...]
    """By date, then by id."""
    names: Names
    references: tuple[Reference, ...]
    packets: tuple[Packet, ...]
    """The packet of everything first, the others as they stand in dossier.yaml."""
    words: Words
    """The words of ours, in the publication's language where there are such."""
    templates: Templates = NONE
    """What the corpus brings in place of the program's own templates."""

    @property
    def everything(self) -> Packet:
        """The packet that holds the whole corpus."""
        return self.packets[0]


@dataclass(frozen=True)
class Signature:
    """One signature in the dossier."""

    anchor: str
    """Unique in the dossier: ``sig-LETTER-NUMBER``."""
    printed: str
    organization: str | None
    """The id of the index entry of the organization, if one signs or is represented."""
    person: str | None
    """The id of the index entry of the person, if one signs."""
    country: str | None
    """ISO 3166-1 code: of the authority file, else as the signature states it."""


@dataclass(frozen=True)
class Letter:
    """A letter in the dossier."""

    id: str
    number: int
    """Counted from 1 in the order of the whole corpus."""
    head: FrontMatter
    date: LetterDate
    date_words: str
    """The date in the dossier's language."""
    date_line: str
    """The date line as printed; empty where the letter prints none."""
    language: str
    body: Body
    signatures: tuple[Signature, ...]
    works: tuple[str, ...]
    """The ids of the works it cites, each once, in the order of the bibliography."""
    source_file: SourceFile | None

    @property
    def right_to_left(self) -> bool:
        """Tell whether its language is written from right to left."""
        known = language_runs_left(self.language)
        return runs_left(text_of(self.body.nodes)) if known is None else known


@dataclass(frozen=True)
class Locator:
    """A place that an index entry or a bibliography entry points to."""

    letter: str
    number: int
    """The letter's number."""
    anchor: str


@dataclass(frozen=True)
class See:
    """A see reference: an entry without locators that leads to a heading."""

    heading: str
    target: str
    """The id of the entry it leads to."""
    target_heading: str
    language: str = ""


@dataclass(frozen=True)
class IndexEntry:
    """A heading of the index of signatories with its locators."""

    id: str
    heading: str
    kind: str
    """``organization`` or ``person``."""
    country: str
    """The country's name in the dossier's language, or nothing."""
    details: tuple[str, ...]
    """A person's roles and organizations, as signed."""
    native: tuple[tuple[str, str], ...]
    """Names in other scripts: language and name."""
    locators: tuple[Locator, ...]
    see_also: tuple[tuple[str, str], ...]
    """Ids and headings of related entries."""
    wordings: tuple[tuple[str, tuple[int, ...]], ...]
    """Every wording under which it signed, with the numbers of the letters."""


@dataclass(frozen=True)
class IndexGroup:
    """The entries under one letter of the alphabet, in order."""

    label: str
    items: tuple[IndexEntry | See, ...]


@dataclass(frozen=True)
class Span:
    """A piece of a formatted bibliography entry."""

    text: str
    italic: bool = False
    url: str = ""


@dataclass(frozen=True)
class Work:
    """A numbered work of the bibliography."""

    id: str
    number: int
    spans: tuple[Span, ...]
    note: str
    cited_in: tuple[Locator, ...]
    language: str = ""
    """The work's, where its reference gives it."""

    @property
    def text(self) -> str:
        """The entry as plain text."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Bar:
    """A bar of the chart."""

    label: str
    count: int
    unstated: bool = False
    """It is of the signatures whose country neither letter nor authority file gives."""


@dataclass(frozen=True)
class Dossier:
    """The publication, complete but for its page numbers."""

    publication: Publication
    date: datetime.date
    date_words: str
    words: Words
    """Those of ours."""
    introduction: Body | None
    letters: tuple[Letter, ...]
    index: tuple[IndexGroup, ...]
    works: tuple[Work, ...]
    bars: tuple[Bar, ...]
    """Signatures by country, the most first."""
    design: Design
    templates: Templates
    """What the corpus brings in place of the program's own."""
    is_selection: bool = False
    """It need not hold the whole corpus, from which its letters and works have their numbers."""

    @property
    def right_to_left(self) -> bool:
        """Tell whether its language is written from right to left."""
        return bool(language_runs_left(self.publication.language))

    @property
    def entries(self) -> tuple[IndexEntry, ...]:
        """All headings of the index that have locators, in order."""
        return tuple(
            item for group in self.index for item in group.items if isinstance(item, IndexEntry)
        )

    @property
    def signature_count(self) -> int:
        """How many signatures stand under all letters."""
        return sum(len(letter.signatures) for letter in self.letters)


MOST_BARS = 20
"""How many countries the chart shows at the most, to fit on a page; the others are told below it."""
LONGEST_LABEL = 38
"""How many letters wide a country's name in the chart is at the most; a longer one is cut short."""


def anchor_of_citation(letter: str, order: int) -> str:
    """Return the anchor of a letter's citation, counted from 1."""
    return f"cite-{letter}-{order}"


def anchor_of_signature(letter: str, number: int) -> str:
    """Return the anchor of a letter's signature, counted from 1."""
    return f"sig-{letter}-{number}"
