"""Works out a second time, from the corpus, what a dossier must contain.

Nothing here comes from the stages that make the dossier, so what these lose, merge, sort or number wrongly
is right here. The rules are those of docs/corpus-format.md and docs/names.md. Records with the names of
:mod:`dossier.records.dossier` have the same meaning.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dossier.language.collation import Collation
from dossier.language.dates import SEVERAL, UNKNOWN, babel_locale, day_in_words, read_date
from dossier.language.folding import folded
from dossier.language.words import Words
from dossier.proof.customs import Usage
from dossier.proof.enclosed import bound_in
from dossier.proof.printing import furniture_of, unseen
from dossier.proof.relations import Ranks, Tie, dates_of, in_totals
from dossier.proof.selection import chosen
from dossier.proof.signers import Heading, Place, Signature, Signers, bared, same_name, wordings
from dossier.proof.signing import in_paragraphs, printed, withdrawals
from dossier.records.attaching import ANY_TYPE, ATTACHED, MEDIA_TYPES
from dossier.records.authority import Names, Organization
from dossier.records.body import Body
from dossier.records.design import Design
from dossier.records.dossier import (
    Bar,
    Corpus,
    CorpusLetter,
    SourceFile,
    Span,
    anchor_of_citation,
)
from dossier.records.enclosing import Enclosed, ForeignFile
from dossier.records.front_matter import FrontMatter
from dossier.records.furniture import Furniture
from dossier.records.headings import Kind
from dossier.records.packet import Packet
from dossier.records.profile import Profile
from dossier.records.publication import Publication
from dossier.records.references import Reference
from dossier.records.relations import DRAFT
from dossier.records.templates import Templates

Cite = Callable[[Sequence[Reference], Words], Sequence[tuple[Span, ...]]]
"""Formats works with the program's words; returns their entries in the same sequence."""


@dataclass(frozen=True)
class Letter:
    """A letter as it must be printed."""

    id: str
    number: int
    head: FrontMatter
    date_words: str
    date_line: str
    body: Body
    language: str
    signatures: tuple[Signature, ...]
    withdrawn: int
    """How many signatures were withdrawn."""
    struck: bool
    """They are printed, struck through."""
    works: frozenset[str]
    """The ids of the cited works."""
    source_file: SourceFile | None
    label: str = ""
    """Its label: “Letter 3”, “Annex 1 to letter 3”, “Draft 8”."""
    plain: bool = True
    """It is called by its number alone: it is neither an annex nor a draft nor an exhibit."""
    mark: str = ""
    """What stands for it where pages are given: its number, or as an exhibit its letter."""
    ties: tuple[Tie, ...] = ()
    """How it relates to other letters."""
    counts: bool = True
    """Its signatures are in the totals."""
    addresses: tuple[tuple[str, str], ...] = ()
    """What the editor lists behind it: the words of links, and where they lead."""
    enclosed: tuple[Enclosed, ...] = ()
    """The files whose pages are bound in with it."""
    separator: str = ""
    """What parts its signatures, if they are so many that they stand in paragraphs."""

    @property
    def named(self) -> list[tuple[str, str]]:
        """The names and ids of the letters to which it links."""
        return [(name, key) for tie in self.ties for name, key in tie.names if key]

    @property
    def signature_count(self) -> int:
        """The number of its signatures, those without names too."""
        return sum(signature.count for signature in self.signatures)


@dataclass(frozen=True)
class See:
    """A see reference from a wording to a heading."""

    heading: str
    target: str
    """The id of the heading."""
    target_heading: str


@dataclass(frozen=True)
class IndexEntry:
    """A heading of the index."""

    id: str
    """The id of the :class:`.signers.Heading`."""
    heading: str
    shown: str
    """The heading as it is printed."""
    kind: Kind
    details: tuple[str, ...]
    native: tuple[tuple[str, str], ...]
    locators: tuple[Place, ...]
    see_also: tuple[tuple[str, str], ...]
    """Ids and headings of related entries."""
    wordings: tuple[tuple[str, tuple[str, ...]], ...]
    listed: bool
    """It has an entry in names.yaml."""


@dataclass(frozen=True)
class IndexGroup:
    """The entries under one letter of the alphabet."""

    label: str
    items: tuple[IndexEntry | See, ...]


@dataclass(frozen=True)
class Work:
    """A numbered work of the bibliography."""

    id: str
    number: int
    spans: tuple[Span, ...]
    note: str
    cited_in: tuple[Place, ...]
    reference: Reference
    """The work as the editor states it."""

    @property
    def text(self) -> str:
        """The entry as plain text."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Attached:
    """A file that must be embedded in the PDF."""

    name: str
    media_type: str
    description: str
    sha256: str
    size: int
    path: str
    """Relative to the corpus."""
    letters: tuple[str, ...]
    """The ids of the letters of which it is the source."""


@dataclass(frozen=True)
class Truth:
    """Everything that a dossier must contain, except page numbers."""

    publication: Publication
    design: Design
    has_templates: bool
    """The corpus has its own templates."""
    words: Words
    """The program's words."""
    date_words: str
    introduction: Body | None
    letters: tuple[Letter, ...]
    index: tuple[IndexGroup, ...]
    works: tuple[Work, ...]
    has_citation_style: bool
    """The works are set in a style that is not the program's own."""
    bars: tuple[Bar, ...]
    packet: str
    """The packet's name."""
    is_selection: bool
    outputs: tuple[str, ...]
    """The names of the outputs besides the PDF and its listing."""
    day: datetime.date
    """The packet's date."""
    names: Names
    """The authority file."""
    profile: Profile | None = None
    """What the receiver asks for."""
    fonts: tuple[tuple[str, bytes], ...] = ()
    """The corpus's own font files, by name."""

    foreign: tuple[ForeignFile, ...] = ()
    """The files whose pages packets have bound in."""

    tells_sources: bool = True
    """The colophon tells where sources are in the PDF, as no template of the corpus did before it could."""

    volumes: tuple[str, ...] = ()
    """The section at which each volume begins, by id; empty for a packet that is not divided."""

    @property
    def attachments(self) -> tuple[Attached, ...]:
        """The files that are embedded in the PDF, in the sequence of their letters."""
        return attached(self) if self.publication.enclose == ATTACHED else ()

    @property
    def furniture(self) -> Furniture:
        """Where running heads, folios and text blocks stand; a book from right to left is turned."""
        return furniture_of(self.design, self.publication, self.words.right_to_left)

    @property
    def native_languages(self) -> set[str]:
        """The languages of names that stand behind others in the index."""
        return {tag for entry in self.entries for tag, _ in entry.native}

    @property
    def languages(self) -> set[str]:
        """All languages that a passage may have."""
        found = {self.publication.language, self.words.language}
        found |= {letter.language for letter in self.letters}
        found |= {work.reference.language for work in self.works if work.reference.language}
        return found | self.native_languages

    @property
    def entries(self) -> tuple[IndexEntry, ...]:
        """The headings of the index, without see references."""
        return tuple(
            item for group in self.index for item in group.items if isinstance(item, IndexEntry)
        )

    @property
    def signature_count(self) -> int:
        """The number of signatures in the totals."""
        return sum(letter.signature_count for letter in self.letters if letter.counts)

    @property
    def annexes(self) -> int:
        """The number of annexes."""
        return len([letter for letter in self.letters if letter.head.annex_to])


def attached(truth: Truth) -> tuple[Attached, ...]:
    """Return the sources of the letters as they must be embedded."""
    labels: dict[str, list[Letter]] = {}
    files: dict[str, SourceFile] = {}
    for letter in truth.letters:
        if letter.source_file:
            files[letter.source_file.path] = letter.source_file
            labels.setdefault(letter.source_file.path, []).append(letter)
    words = truth.words
    return tuple(
        Attached(
            path.rpartition("/")[2],
            MEDIA_TYPES.get(f".{path.rpartition('.')[2].lower()}", ANY_TYPE),
            words(
                "attached_source",
                letters=words("between_items").join(letter.label for letter in labels[path]),
            ),
            file.sha256,
            file.size,
            path,
            tuple(letter.id for letter in labels[path]),
        )
        for path, file in files.items()
    )


def truth_of(corpus: Corpus, packet: Packet, cite: Cite) -> Truth:
    """Return the truth of a packet of ``corpus``; ``cite`` formats the cited works."""
    language = corpus.publication.language
    ranks = Ranks(corpus, packet.publication.exhibits)
    ordered = ranks.letters
    withdrawn = packet.publication.withdrawn
    gone = {letter.id: withdrawals(letter) for letter in ordered}
    signed = [replace(letter, head=printed(letter.head, withdrawn)) for letter in ordered]
    held = chosen(signed, packet.select, corpus.names)
    numbered = [(ranks.ranks[key].number, letter) for key, letter in held.items()]
    by_custom = corpus.publication.family_names == "accepted"
    marked = [(ranks.mark(key), letter) for key, letter in held.items()]
    signers = Signers(marked, corpus.names, Usage(ordered, language) if by_custom else None)
    in_all = in_totals(held)
    letters = tuple(
        replace(
            _letter(letter, number, signers, language, corpus.words),
            withdrawn=gone[letter.id],
            struck=withdrawn == "struck",
            label=ranks.label(letter.id),
            mark=ranks.mark(letter.id),
            plain=not (
                letter.head.annex_to or letter.head.status == DRAFT or packet.publication.exhibits
            ),
            ties=tuple(ranks.ties(letter, held)),
            counts=letter.id in in_all,
            addresses=tuple(unseen(letter.body)) if packet.publication.printing else (),
            enclosed=bound_in(letter, packet.publication, corpus.foreign),
            separator=_separator(letter.head, packet.design, corpus.templates),
        )
        for number, letter in numbered
    )
    works = _numbered_works(corpus, ordered)
    cited = {key for letter in letters for key in letter.works}
    dated = [work for work in corpus.references if packet.select is None or work.id in cited]
    day = _day(packet, letters, dated)
    return Truth(
        packet.publication,
        packet.design,
        bool(corpus.templates.texts),
        corpus.words,
        day_in_words(day, language),
        packet.introduction,
        letters,
        _index(_with_places(signers.headings, letters), language, corpus.words),
        _works(
            {number: work for number, work in works.items() if work.id in cited},
            letters,
            lambda references: cite(references, corpus.words),
        ),
        packet.style is not None,
        _bars(letters, language, corpus.words),
        packet.name,
        packet.select is not None,
        packet.outputs,
        day,
        corpus.names,
        packet.profile,
        corpus.templates.fonts,
        corpus.foreign,
        "attached_as" in texts_of(corpus.templates).get(COLOPHON, "attached_as"),
    )


def _day(
    packet: Packet, letters: Sequence[Letter], references: Sequence[Reference]
) -> datetime.date:
    """Return the packet's date: the given one, else the newest date of letters, sources and works."""
    if packet.publication.date:
        return datetime.date.fromisoformat(packet.publication.date)
    days = [read_date(text).latest for letter in letters for text in dates_of(letter.head)]
    sources = [letter.head.source for letter in letters if letter.head.source]
    seen = [day for source in sources for day in (source.accessed, source.archived)]
    seen += [day for work in references for day in (work.accessed, work.archived)]
    days += [read_date(day).latest for day in seen if day]
    return max(days)


SIGNATURES = "partials/signatures.html"
"""The template that sets signatures in paragraphs."""
COLOPHON = "partials/colophon.html"
"""The template that tells where sources are."""


def texts_of(own: Templates) -> dict[str, str]:
    """Return the corpus's own templates by name."""
    return dict(own.texts)


def _separator(head: FrontMatter, design: Design, own: Templates) -> str:
    """Return what parts the signatures of a letter that stand in paragraphs; empty where none do.

    A template of the corpus that was made before there were such paragraphs sets none.
    """
    if design.text.plain or not design.lists.run_in:
        return ""
    if "run-in.html" not in texts_of(own).get(SIGNATURES, "run-in.html"):
        return ""
    return design.lists.separator if in_paragraphs(head) >= design.lists.run_in else ""


def _letter(
    letter: CorpusLetter, number: int, signers: Signers, language: str, words: Words
) -> Letter:
    head, date_line = letter.head, letter.head.date_line
    dates = [] if head.date == UNKNOWN else dates_of(head)
    if date_line is None:
        own = dates[:1]
        date_line = "".join(read_date(text).in_words(head.language or language) for text in own)
    said = SEVERAL.join(read_date(text).in_words(language) for text in dates)
    return Letter(
        letter.id,
        number,
        head,
        said or words("date_unknown"),
        date_line,
        letter.body,
        head.language or language,
        signers.of(letter),
        0,
        True,
        frozenset(citation.report for citation in letter.body.citations),
        letter.source_file,
    )


# --- the index ---


def _with_places(headings: Sequence[Heading], letters: Sequence[Letter]) -> list[Heading]:
    """Return the headings that have a place in a letter whose signatures are in the index."""
    there = {letter.id for letter in letters if letter.head.index}
    placed = [
        replace(one, locators=tuple(place for place in one.locators if place.letter in there))
        for one in headings
    ]
    return [one for one in placed if one.locators]


def _index(headings: Sequence[Heading], language: str, words: Words) -> tuple[IndexGroup, ...]:
    """Return the index: headings and see references, grouped by letter of the alphabet."""
    alphabet = _alphabet(headings, language)
    shown = {heading.id: _shown(heading, language, words) for heading in headings}
    # Sort key, tie-breaker and item.
    lines: list[tuple[str, str, IndexEntry | See]] = []
    for heading in headings:
        entry = heading.entry
        related = [(key, shown[key]) for key in (entry.see_also if entry else ()) if key in shown]
        native = sorted(entry.native.items()) if entry else []
        made = IndexEntry(
            heading.id,
            heading.name,
            shown[heading.id],
            heading.kind,
            heading.details,
            tuple(native),
            heading.locators,
            tuple(sorted(related, key=lambda pair: alphabet.key(pair[1]))),
            heading.wordings,
            entry is not None,
        )
        filed = (entry.sort_as if entry else None) or heading.name
        lines.append((filed, f"{filed} {shown[heading.id]}", made))
        for wording in _variants(heading):
            lines.append((wording, wording, See(wording, heading.id, shown[heading.id])))
    lines.sort(key=lambda line: (alphabet.place(line[0]), alphabet.key(line[1])))
    groups: dict[str, list[IndexEntry | See]] = {}
    for filed, _, item in lines:
        label = alphabet.label(filed) or words("index_other_scripts")
        groups.setdefault(label, []).append(item)
    return tuple(IndexGroup(label, tuple(items)) for label, items in groups.items())


def _alphabet(headings: Sequence[Heading], language: str) -> Collation:
    """Return the collation of the language, with the letters of all scripts of the names."""
    entries = [heading.entry for heading in headings if heading.entry]
    names = [heading.name for heading in headings]
    for entry in entries:
        names += [*wordings(entry), entry.sort_as or ""]
    return Collation(
        language, {tag for entry in entries for tag in entry.native}, filter(None, names)
    )


def _shown(heading: Heading, language: str, words: Words) -> str:
    """Return a heading as it is printed: with its country, but where it names this itself, as signed."""
    text = heading.name
    if heading.country and (heading.entry or not bared(text)[1]):
        text = words("index_country", name=text, country=_in_words(heading.country, language))
    return words(heading.kind.words, name=text) if heading.kind.words else text


def _in_words(code: str, language: str) -> str:
    return str(babel_locale(language).territories.get(code, code))


def _variants(heading: Heading) -> list[str]:
    """Return the wordings of an entry that get a see reference.

    A wording that begins with the words of the heading, or of another see reference, gets none: it would
    be filed beside that.
    """
    entry = heading.entry
    if not entry:
        return []
    candidates: list[str] = []
    if isinstance(entry, Organization):
        candidates += [entry.acronym or "", *(former.name for former in entry.formerly)]
    candidates += [*entry.aliases, *(entry.native[tag] for tag in sorted(entry.native))]
    there = [same_name(heading.name).split(), folded(heading.name).split()]
    found = []
    for wording in filter(None, candidates):
        words = same_name(wording).split()
        if not any(words[: len(first)] == first for first in there):
            found.append(wording)
            there.append(words)
    return found


# --- the bibliography ---


def _numbered_works(corpus: Corpus, letters: Sequence[CorpusLetter]) -> dict[int, Reference]:
    """Return all cited works by number: sorted by authors and editors, or else title, then by date."""
    used = {citation.report for letter in letters for citation in letter.body.citations}
    alphabet = Collation(corpus.publication.language)
    cited = sorted(
        (reference for reference in corpus.references if reference.id in used),
        key=lambda reference: (
            alphabet.key(_maker(reference)),
            reference.issued or "",
            alphabet.key(reference.title),
        ),
    )
    return dict(enumerate(cited, 1))


def _works(
    numbered: Mapping[int, Reference],
    letters: Sequence[Letter],
    cite: Callable[[Sequence[Reference]], Sequence[tuple[Span, ...]]],
) -> tuple[Work, ...]:
    """Return the works of a packet, with the places at which letters cite them."""
    places: dict[str, list[Place]] = {}
    for letter in letters:
        for citation in letter.body.citations:
            at = Place(letter.id, letter.mark, anchor_of_citation(letter.id, citation.order))
            places.setdefault(citation.report, []).append(at)
    formatted = cite(list(numbered.values()))
    return tuple(
        Work(
            reference.id,
            number,
            tuple(spans),
            reference.note or "",
            tuple(places[reference.id]),
            reference,
        )
        for (number, reference), spans in zip(numbered.items(), formatted, strict=True)
    )


def _maker(work: Reference) -> str:
    """Return the authors and editors of a work, family names first, or else its title."""
    names = [
        " ".join(part for part in (name.family, name.given, name.literal) if part)
        for name in (*(work.author or ()), *(work.editor or ()))
    ]
    return " ".join(names) or work.title


# --- the chart ---


def _bars(letters: Sequence[Letter], language: str, words: Words) -> tuple[Bar, ...]:
    """Return the bars of the chart: most signatures first, the unstated country last."""
    signed = [
        signature.country
        for letter in letters
        if letter.counts
        for signature in letter.signatures
        if not signature.nameless
    ]
    counts = Counter(_in_words(code, language) for code in signed if code)
    alphabet = Collation(language)
    stated = sorted(counts.items(), key=lambda item: (-item[1], alphabet.key(item[0])))
    unstated = len(signed) - counts.total()
    last = [Bar(words("country_unstated"), unstated, unstated=True)] if unstated else []
    return tuple([Bar(*item) for item in stated] + last)
