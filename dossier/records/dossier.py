"""The records that pass from one stage to the next. All are frozen and hold no files or PDF objects."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dossier.language.dates import UNKNOWN, LetterDate
from dossier.language.direction import language_runs_left, runs_left
from dossier.language.words import Words
from dossier.records.authority import Names
from dossier.records.body import Body, text_of
from dossier.records.design import Design
from dossier.records.enclosing import Enclosed, ForeignFile, Kind
from dossier.records.front_matter import FrontMatter
from dossier.records.numbering import LETTER
from dossier.records.packet import Packet
from dossier.records.publication import Publication
from dossier.records.references import Reference
from dossier.records.relations import DRAFT, Relation
from dossier.records.signatures import Signature, SignatureGroup
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
    signature_places: tuple[tuple[str, int, int], ...]
    """The file of each signature, as findings call it, with line and column."""
    lists: tuple[SourceFile, ...] = ()
    """The files from which its signatures come, beside its own."""
    files: Mapping[Kind, SourceFile] = field(default_factory=dict)
    """The files that it names, such as its source."""

    @property
    def source_file(self) -> SourceFile | None:
        """The file with its source, if it names one."""
        return self.files.get("source")

    @property
    def paths(self) -> set[str]:
        """The files of the letter, as findings call them."""
        return {self.path, *(path for path, _, _ in self.signature_places)}


@dataclass(frozen=True)
class Corpus:
    """A corpus without faults."""

    publication: Publication
    introduction: Body | None
    letters: tuple[CorpusLetter, ...]
    """By date, then by id; each annex behind its letter."""
    names: Names
    references: tuple[Reference, ...]
    packets: tuple[Packet, ...]
    """The packet of the whole corpus, then the others in the sequence of dossier.yaml."""
    words: Words
    """The program's words, in the publication's language where they are translated into it."""
    templates: Templates = NONE
    """The corpus's own templates, which replace the program's."""
    with_drafts: bool = False
    """The letters include drafts, behind all others."""
    left_out: int = 0
    """How many drafts, and annexes to drafts, are left out."""
    foreign: tuple[ForeignFile, ...] = ()
    """The files whose pages a packet has bound in."""

    @property
    def everything(self) -> Packet:
        """The packet that holds the whole corpus."""
        return self.packets[0]


@dataclass(frozen=True)
class HiddenAddress:
    """An address to which words of a letter lead, and which they do not show."""

    words: str
    address: str


@dataclass(frozen=True)
class Letter:
    """A letter in the dossier."""

    id: str
    number: int
    """Counted from 1 in the sequence of the whole corpus; an annex has that of its letter."""
    head: FrontMatter
    date: LetterDate
    date_words: str
    """The date in the dossier's language."""
    date_line: str
    """The date line as printed; empty where the letter prints none."""
    parts: tuple[str, ...]
    """The names of its parts in the sequence in which they are printed, also of those that it lacks."""
    language: str
    body: Body
    groups: tuple[SignatureGroup, ...]
    """Its signatures as they stand under it."""
    left_out: int
    """How many signatures were withdrawn and are not printed."""
    works: tuple[str, ...]
    """The ids of the cited works, each once, in the sequence of the bibliography."""
    source_file: SourceFile | None
    label: str
    """Its name in the program's words: “Letter 3”, “Annex 1 to letter 3” or “Draft 8”."""
    mark: str
    """What stands for it where pages are given: its number, “3”, or as an exhibit its letter, “C”."""
    is_numbered: bool
    """It is called by its number alone: it is neither an annex nor a draft nor an exhibit."""
    relations: tuple[Relation, ...]
    counts: bool
    """Its signatures are in the totals: it is no annex, and no translation whose letter is there."""
    addresses: tuple[HiddenAddress, ...] = ()
    """Those that are listed behind it, where the packet is made for paper."""
    enclosed: tuple[Enclosed, ...] = ()
    """What is bound in with it, its source first."""

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """Its signatures, without their groups."""
        return tuple(signature for group in self.groups for signature in group.signatures)

    @property
    def signature_count(self) -> int:
        """The number of its signatures, those without names too."""
        return sum(signature.count for signature in self.signatures)

    @property
    def struck(self) -> int:
        """How many of its signatures were withdrawn and are printed struck through."""
        return sum(signature.count for signature in self.signatures if signature.withdrawn)

    @property
    def has_words_at_signatures(self) -> bool:
        """Tell whether words of the program's stand among its signatures."""
        return bool(
            self.left_out
            or any(signature.has_own_words for signature in self.signatures)
            or any(group.form == "table" and group.signatures for group in self.groups)
        )

    @property
    def has_source(self) -> bool:
        """Tell whether it is recorded where its text was taken from."""
        source = self.head.source
        return bool(self.source_file or (source and source.url))

    @property
    def is_in_colophon(self) -> bool:
        """Tell whether the colophon has anything to say of it."""
        source = self.head.source
        noted = source and (source.note or source.archived_url)
        return bool(self.has_source or noted or self.head.place)

    @property
    def right_to_left(self) -> bool:
        """Tell whether its language is written from right to left."""
        known = language_runs_left(self.language)
        return runs_left(text_of(self.body.nodes)) if known is None else known


@dataclass(frozen=True)
class Locator:
    """A place in a letter that an index or bibliography entry refers to."""

    letter: str
    number: int
    """The letter's number."""
    anchor: str
    mark: str
    """What is printed for the letter before the page: its number or, as an exhibit, its letter."""


@dataclass(frozen=True)
class See:
    """A see reference from a wording to a heading."""

    heading: str
    target: str
    """The id of the heading's entry."""
    target_heading: str
    language: str = ""


@dataclass(frozen=True)
class IndexEntry:
    """A heading of the index of signatories with its locators."""

    id: str
    heading: str
    shown: str
    """The heading as it is printed, with its country and the words of its kind."""
    kind: str
    """The name of a kind of ``records/headings.py``."""
    country: str
    """The country's name in the dossier's language, or nothing."""
    details: tuple[str, ...]
    """A person's roles and organizations, as signed."""
    native: tuple[tuple[str, str], ...]
    """Names in other scripts: language and name."""
    locators: tuple[Locator, ...]
    see_also: tuple[tuple[str, str], ...]
    """Ids and headings of related entries."""
    wordings: tuple[tuple[str, tuple[str, ...]], ...]
    """Each wording that signed, with the marks of its letters."""
    words: str = ""
    """The key of the words of its kind, if it has any."""


@dataclass(frozen=True)
class IndexGroup:
    """The entries under one letter of the alphabet."""

    label: str
    items: tuple[IndexEntry | See, ...]


@dataclass(frozen=True)
class Span:
    """A piece of a formatted bibliography entry."""

    text: str
    italic: bool = False
    url: str = ""
    forms: tuple[str, ...] = ()
    """What else its letters are: ``bold``, ``small-caps``, ``superscript``, ``subscript``."""


@dataclass(frozen=True)
class Work:
    """A numbered work of the bibliography."""

    id: str
    number: int
    spans: tuple[Span, ...]
    note: str
    cited_in: tuple[Locator, ...]
    language: str = ""
    """The language of the work, where the reference states it."""

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
    """The bar counts the signatures whose country neither letter nor authority file states."""


@dataclass(frozen=True)
class Dossier:
    """A packet ready to be printed, complete but for its page numbers."""

    publication: Publication
    date: datetime.date
    date_words: str
    words: Words
    """The program's words."""
    introduction: Body | None
    letters: tuple[Letter, ...]
    index: tuple[IndexGroup, ...]
    works: tuple[Work, ...]
    bars: tuple[Bar, ...]
    """Signatures by country, the most first."""
    design: Design
    templates: Templates
    """The corpus's own templates."""
    is_selection: bool = False
    """The packet selects letters; letters and works keep their numbers from the whole corpus."""

    @property
    def right_to_left(self) -> bool:
        """Tell whether its language is written from right to left."""
        return bool(language_runs_left(self.publication.language))

    @property
    def is_read_by_machine(self) -> bool:
        """Tell whether enclosed pages without words of their own are read by machine."""
        return self.publication.enclose_ocr and any(letter.enclosed for letter in self.letters)

    @property
    def links_locators(self) -> bool:
        """Tell whether each locator is to be a link of its own in the HTML.

        The typesetter makes links of others, much faster, but knows figures only, from left to right.
        """
        return self.words.right_to_left or LETTER in (self.publication.exhibits or "")

    @property
    def is_long(self) -> bool:
        """Tell whether contents and table are dense, for the number of letters."""
        return len(self.letters) >= self.design.lists.letters

    @property
    def told_bars(self) -> tuple[Bar, ...]:
        """The bars of a chart that tells something: two at least, and countries of enough signatures."""
        known = sum(bar.count for bar in self.bars if not bar.unstated)
        enough = self.design.chart.known * sum(bar.count for bar in self.bars)
        return self.bars if len(self.bars) > 1 and known >= enough else ()

    @property
    def bars_of_years(self) -> tuple[Bar, ...]:
        """Signatures by the years of their letters, or by longer periods; none where these are few."""
        dated = [
            letter
            for letter in self.letters
            if letter.head.date != UNKNOWN and not letter.head.annex_to
        ]
        years, most = [letter.date.earliest.year for letter in dated], self.design.chart.most
        step = next((step for step in PERIODS if len({year // step for year in years}) <= most), 1)
        counts: dict[int, tuple[int, int]] = {}
        for year, letter in sorted(zip(years, dated, strict=True), key=lambda pair: pair[0]):
            start = year // step * step
            letters, signatures = counts.get(start, (0, 0))
            counts[start] = (
                letters + 1,
                signatures + (letter.signature_count if letter.counts else 0),
            )
        if len(counts) < self.design.chart.years or not any(pair[1] for pair in counts.values()):
            return ()
        return tuple(
            Bar(
                self.words(
                    "chart_year",
                    year=f"{start}–{start + step - 1}" if step > 1 else str(start),
                    letters=self.words("letters", count=letters),
                ),
                signatures,
            )
            for start, (letters, signatures) in counts.items()
        )

    @property
    def without_source(self) -> tuple[Letter, ...]:
        """The letters of which no source is recorded."""
        return tuple(letter for letter in self.letters if not letter.has_source)

    @property
    def unindexed(self) -> tuple[Letter, ...]:
        """The letters whose signatories are not in the index."""
        return tuple(
            letter for letter in self.letters if letter.signatures and not letter.head.index
        )

    def named(self, letters: Sequence[Letter]) -> str:
        """Return the names of letters: “Letters 1–5, 8; Annex 1 to letter 3”, “Exhibit A–Exhibit C”."""
        numbered = [letter.number for letter in letters if letter.is_numbered]
        names: list[str] = []
        run: list[Letter] = []
        for letter in (one for one in letters if not one.is_numbered):
            if not (run and self._follow(run[-1], letter)):
                names += _labels(run)
                run = []
            run.append(letter)
        names += _labels(run)
        if numbered:
            ranges = self.words("between_items").join(ranges_of(numbered))
            # What decides the form of the word is that there are several, not their number.
            count = min(len(numbered), SEVERAL)
            names.insert(0, self.words("letters_numbered", count=count, numbers=ranges))
        return self.words("between_groups").join(names)

    def _follow(self, one: Letter, other: Letter) -> bool:
        """Tell whether two letters are exhibits that follow each other; annexes and drafts are none."""
        heads = (one.head, other.head)
        are_others = any(head.annex_to or head.status == DRAFT for head in heads)
        is_next = other.number == one.number + 1
        return bool(self.publication.exhibits) and is_next and not are_others

    @property
    def has_notes(self) -> bool:
        """Tell whether a note of the editor's stands before any letter."""
        return any(letter.head.note or letter.head.update for letter in self.letters)

    @property
    def entries(self) -> tuple[IndexEntry, ...]:
        """The headings of the index, without see references."""
        return tuple(
            item for group in self.index for item in group.items if isinstance(item, IndexEntry)
        )

    @property
    def merged(self) -> tuple[IndexEntry, ...]:
        """The headings of the index under which several wordings stand."""
        return tuple(entry for entry in self.entries if len(entry.wordings) > 1)

    @property
    def has_wordings_apart(self) -> bool:
        """Tell whether these wordings are so many that they stand behind the index."""
        return len(self.merged) >= self.design.lists.wordings

    @property
    def signature_count(self) -> int:
        """The number of signatures under all letters that count."""
        return sum(letter.signature_count for letter in self.letters if letter.counts)

    @property
    def letter_count(self) -> int:
        """The number of letters, without annexes."""
        return sum(letter.head.annex_to is None for letter in self.letters)

    @property
    def annex_count(self) -> int:
        """The number of annexes."""
        return len(self.letters) - self.letter_count

    @property
    def draft_count(self) -> int:
        """The number of drafts, without their annexes."""
        return sum(letter.head.status == DRAFT for letter in self.letters)

    @property
    def has_translations(self) -> bool:
        """Tell whether a letter is a translation of another whose signatures are in the totals."""
        return any(
            not letter.counts and letter.signatures and not letter.head.annex_to
            for letter in self.letters
        )


SEVERAL = 5
"""A number whose plural form is that of several in every language of the words."""
PERIODS = (1, 5, 10, 25, 50, 100)
"""The years that a bar of the chart by years may stand for: the least with which there are not too many."""
LONGEST_LABEL = 38
"""Letters of a country's name that the chart shows at most; longer names are truncated."""


def ranges_of(numbers: Sequence[int]) -> list[str]:
    """Return ascending numbers as words, three or more consecutive ones as a range: “1–5”, “8”."""
    found: list[str] = []
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        found += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run)
    return found


def _labels(run: Sequence[Letter]) -> list[str]:
    """Return the labels of consecutive letters, of three or more as a range."""
    labels = [letter.label for letter in run]
    return [f"{labels[0]}–{labels[-1]}"] if len(labels) > 2 else labels


ANCHORS = ("call-", "cite-", "entry-", "note-", "sig-", "work-")
"""With what the anchors begin of calls, citations, headings of the index, notes, signatures, works."""


def anchor_of_citation(letter: str, order: int) -> str:
    """Return the anchor of a letter's citation, counted from 1."""
    return f"cite-{letter}-{order}"


def anchor_of_note(letter: str, number: int) -> str:
    """Return the anchor of a letter's footnote, counted from 1."""
    return f"note-{letter}-{number}"


def anchor_of_call(letter: str, number: int) -> str:
    """Return the anchor of the first call of a letter's footnote, counted from 1."""
    return f"call-{letter}-{number}"


def anchor_of_signature(letter: str, number: int) -> str:
    """Return the anchor of a letter's signature, counted from 1."""
    return f"sig-{letter}-{number}"
