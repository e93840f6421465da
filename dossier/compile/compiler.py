"""Compiles the dossier: sequence and numbers of the letters, index headings, bibliography entries.

Pure: records in, records out.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dossier.compile import printing
from dossier.compile.enclosing import enclosed
from dossier.compile.parts import parts_of
from dossier.compile.relations import Naming, counted, numbers_of
from dossier.compile.selection import selected
from dossier.compile.signing import Filed, arranged, withdrawn_from, without_withdrawn
from dossier.language import family
from dossier.language.collation import Collation
from dossier.language.dates import (
    SEVERAL,
    babel_locale,
    day_in_words,
    letter_date,
    read_date,
)
from dossier.language.folding import folded, spelled
from dossier.language.words import Words
from dossier.names.filing import Customs, sure
from dossier.names.matching import Authority, Match, fingerprint, stripped, wordings
from dossier.names.unlisted import UnlistedHeadings, entries_of, names_of
from dossier.records.authority import Organization, Person
from dossier.records.dossier import (
    Bar,
    Corpus,
    CorpusLetter,
    Dossier,
    IndexEntry,
    IndexGroup,
    Letter,
    Locator,
    See,
    Span,
    Work,
    anchor_of_citation,
    anchor_of_signature,
)
from dossier.records.front_matter import Signatory
from dossier.records.headings import Kind
from dossier.records.packet import Packet
from dossier.records.references import Reference
from dossier.records.relations import DRAFT


@dataclass
class _Heading:
    """An index entry while its signatures are gathered."""

    id: str
    kind: Kind
    entry: Organization | Person | None
    name: str
    country: str | None = None
    locators: list[Locator] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    wordings: dict[str, list[str]] = field(default_factory=dict)
    """The marks of its letters by wording."""
    spellings: dict[str, str] = field(default_factory=dict)
    """Each wording's first spelling, by what is seen of it in print."""


@dataclass(frozen=True)
class _Links:
    """What the letters of a packet have to do with each other."""

    naming: Naming
    held: set[str]
    """The ids of the packet's letters."""
    counted: set[str]
    """The ids of those whose signatures are in the totals."""


@dataclass(frozen=True)
class _Known:
    """What is known of those who sign."""

    authority: Authority
    unlisted: UnlistedHeadings
    customs: Customs | None
    """Tells family names that nobody states; None where the corpus accepts none."""


Cite = Callable[[Sequence[Reference], Words], Sequence[tuple[Span, ...]]]
"""Formats works with the program's words; returns their entries in the same sequence."""


def compile_dossier(corpus: Corpus, packet: Packet, cite: Cite) -> Dossier:
    """Return the dossier of a packet of ``corpus``; ``cite`` formats the cited works.

    Letters and works keep their numbers from the whole corpus. Everything else, including
    the index headings, depends on the packet's letters alone.
    """
    language = packet.publication.language
    every = _cited(corpus, Collation(language))
    numbers = {reference.id: number for number, reference in enumerate(every, 1)}
    places = numbers_of(corpus.letters)
    held = selected(corpus, packet)
    withdrawn = packet.publication.withdrawn
    chosen = tuple(without_withdrawn(letter, withdrawn) for letter in held)
    left_out = {letter.id: withdrawn_from(letter.head) for letter in held}
    links = _Links(
        Naming(corpus.letters, corpus.words, packet.publication.exhibits),
        {one.id for one in chosen},
        counted(chosen),
    )
    used = {citation.report for letter in chosen for citation in letter.body.citations}
    cited = [reference for reference in every if reference.id in used]
    headings: dict[str, _Heading] = {}
    known = _known(corpus, chosen)
    on_paper = packet.publication.printing is not None
    foreign = {file.path: file for file in corpus.foreign}
    letters = tuple(
        replace(
            _letter(letter, places[letter.id], corpus, links, known, headings, numbers),
            left_out=left_out[letter.id] - withdrawn_from(letter.head),
            addresses=printing.hidden_addresses(letter.body) if on_paper else (),
            enclosed=tuple(enclosed(letter, packet.publication, foreign)),
        )
        for letter in chosen
    )
    headings = _indexed(headings, {letter.id for letter in chosen if not letter.head.index})
    day = _date(packet, chosen, corpus.references if packet.select is None else cited)
    return Dossier(
        publication=packet.publication,
        date=day,
        date_words=day_in_words(day, language),
        words=corpus.words,
        introduction=packet.introduction,
        letters=letters,
        index=_groups(headings, language, corpus.words),
        works=_works(
            cited, numbers, chosen, places, links.naming, lambda works: cite(works, corpus.words)
        ),
        bars=_bars(letters, language, corpus.words),
        design=packet.design,
        templates=corpus.templates,
        is_selection=packet.select is not None,
    )


def _known(corpus: Corpus, letters: Sequence[CorpusLetter]) -> _Known:
    """Return what is known of those who sign the letters of a packet."""
    authority = Authority(corpus.names)
    publication = corpus.publication
    accepts = publication.family_names == "accepted"
    customs = Customs(corpus.letters, publication.language) if accepts else None
    return _Known(authority, UnlistedHeadings(letters, authority), customs)


def _date(
    packet: Packet, letters: Sequence[CorpusLetter], references: Sequence[Reference]
) -> datetime.date:
    """Return the packet's date: the given one, else the newest date of its letters, sources and works."""
    if packet.publication.date:
        return datetime.date.fromisoformat(packet.publication.date)
    days = [letter.date.latest for letter in letters]
    for letter in letters:
        source = letter.head.source
        if source:
            given = [day for day in (source.accessed, source.archived) if day]
            days += [datetime.date.fromisoformat(day) for day in given]
    for reference in references:
        given = [day for day in (reference.accessed, reference.archived) if day]
        days += [read_date(day).latest for day in given]
    return max(days)


def _letter(
    letter: CorpusLetter,
    number: int,
    corpus: Corpus,
    links: _Links,
    known: _Known,
    headings: dict[str, _Heading],
    works: dict[str, int],
) -> Letter:
    dossier_language = corpus.publication.language
    language = letter.head.language or dossier_language
    head = letter.head
    date_line = head.date_line
    if date_line is None:
        # Of several dates the first is the letter's own.
        date_line = letter_date(head.date.split(SEVERAL)[0], head.sort_date).in_words(language)
    cited = {citation.report for citation in letter.body.citations}
    mark = links.naming.mark(letter)
    signed = _filed(letter, number, mark, known, headings)
    return Letter(
        id=letter.id,
        number=number,
        head=head,
        date=letter.date,
        date_words=letter.date.in_words(dossier_language) or corpus.words("date_unknown"),
        date_line=date_line,
        parts=parts_of(head),
        language=language,
        body=letter.body,
        groups=arranged(head, signed, language, dossier_language),
        left_out=0,
        works=tuple(sorted(cited, key=works.__getitem__)),
        source_file=letter.source_file,
        label=links.naming.label(letter),
        mark=mark,
        is_numbered=not (head.annex_to or head.status == DRAFT or links.naming.are_exhibits),
        relations=tuple(links.naming.relations(letter, links.held)),
        counts=letter.id in links.counted,
    )


def _filed(
    letter: CorpusLetter,
    number: int,
    mark: str,
    known: _Known,
    headings: dict[str, _Heading],
) -> Iterator[Filed]:
    """Yield where a letter's signatures are filed, adding each to its headings."""
    for place, signatory in enumerate(letter.head.signatures, 1):
        anchor = anchor_of_signature(letter.id, place)
        locator = Locator(letter.id, number, anchor, mark)
        countries: list[str | None] = []
        filed = kind_name = ""
        for signed in filter(None, (signatory, signatory.represented)):
            for kind, text in names_of(signed):
                match = entries_of(known.authority, kind, signed)
                heading = _heading(kind, match, signed, known)
                heading = headings.setdefault(heading.id, heading)
                _sign(heading, locator, text)
                _add_details(heading, kind, signed)
                if kind.has_country:
                    countries.append(heading.country or signatory.country or match.country)
                if kind.signs and signed is signatory:
                    filed, kind_name = heading.id if letter.head.index else "", kind.name
        country = countries[0] if countries else signatory.country
        yield Filed(anchor, filed, kind_name, country)


def _heading(kind: Kind, match: Match, signatory: Signatory, known: _Known) -> _Heading:
    """Return a heading of a kind for a signature; ``match`` has its entries."""
    names, customs = known.authority.names, known.customs
    if not match.ids:
        shared = known.unlisted.of(kind, signatory)
        name = shared.name
        if kind.by_family:
            stated = shared.family
            if customs and not stated:
                stated = sure(customs.of_signer(name))
            name = family.heading(name, stated)
        return _Heading(shared.id, kind, None, name, shared.country)
    key = match.ids[0]
    if kind.entries == "organizations":
        body = names.organizations[key]
        return _Heading(key, kind, body, body.name, body.country)
    someone = names.people[key]
    by_custom = sure(customs.of_entry(someone)) if customs else None
    name = someone.index_as or family.heading(someone.name, someone.family or by_custom)
    return _Heading(key, kind, someone, name)


def _add_details(heading: _Heading, kind: Kind, signatory: Signatory) -> None:
    """Add what stands behind a heading, as signed."""
    detail = ", ".join(filter(None, (getattr(signatory, key) for key in kind.details)))
    if detail and detail not in heading.details:
        heading.details.append(detail)


def _sign(heading: _Heading, locator: Locator, wording: str) -> None:
    heading.locators.append(locator)
    # Spellings that look the same in print are one wording, represented by the first.
    same = heading.spellings.setdefault(spelled(wording), wording)
    numbers = heading.wordings.setdefault(same, [])
    # Letters come in sequence, so a letter that is listed already is the last.
    if numbers[-1:] != [locator.mark]:
        numbers.append(locator.mark)


# --- the index ---


def _indexed(headings: Mapping[str, _Heading], unindexed: set[str]) -> dict[str, _Heading]:
    """Return the headings without their places in letters that the index leaves out."""
    found: dict[str, _Heading] = {}
    for key, heading in headings.items():
        places = [place for place in heading.locators if place.letter not in unindexed]
        if places:
            found[key] = replace(heading, locators=places)
    return found


def _groups(headings: dict[str, _Heading], language: str, words: Words) -> tuple[IndexGroup, ...]:
    """Return the index: headings and see references in one alphabetical sequence, grouped by letter."""
    collation, others = _alphabet(headings, language), words("index_other_scripts")
    countries = {key: _country(heading, language) for key, heading in headings.items()}
    shown = {key: _shown(heading, countries[key], words) for key, heading in headings.items()}
    items: list[tuple[tuple[int, tuple[bytes, str]], str, IndexEntry | See]] = []
    for key, heading in headings.items():
        entry = heading.entry
        sort_as = (entry.sort_as if entry else None) or heading.name
        related = entry.see_also if entry else ()
        record = IndexEntry(
            id=key,
            heading=heading.name,
            shown=shown[key],
            kind=heading.kind.name,
            country=countries[key],
            details=tuple(heading.details),
            native=tuple(sorted(entry.native.items())) if entry else (),
            locators=tuple(heading.locators),
            see_also=tuple(
                sorted(
                    ((other, shown[other]) for other in related if other in headings),
                    key=lambda pair: collation.key(pair[1]),
                )
            ),
            wordings=tuple((text, tuple(numbers)) for text, numbers in heading.wordings.items()),
            words=heading.kind.words,
        )
        sort_key = collation.place(sort_as), collation.key(sort_as + " " + shown[key])
        items.append((sort_key, collation.label(sort_as) or others, record))
        if entry is not None:
            for wording, tag in _variants(entry, heading.name):
                see = See(wording, key, shown[key], tag)
                sort_key = collation.place(wording), collation.key(wording)
                items.append((sort_key, collation.label(wording) or others, see))
    items.sort(key=lambda item: item[0])
    groups: dict[str, list[IndexEntry | See]] = {}
    for _, label, item in items:
        groups.setdefault(label, []).append(item)
    return tuple(IndexGroup(label, tuple(members)) for label, members in groups.items())


def _alphabet(headings: dict[str, _Heading], language: str) -> Collation:
    """Return the collation of the index, with the letters of all its scripts."""
    entries = [heading.entry for heading in headings.values() if heading.entry]
    names = {heading.name for heading in headings.values()}
    names |= {words for entry in entries for words in (*wordings(entry), entry.sort_as) if words}
    return Collation(language, {tag for entry in entries for tag in entry.native}, names)


def _country(heading: _Heading, language: str) -> str:
    """Return the name of a heading's country; none where one without an entry, as signed, names it."""
    code = heading.country
    if not code or (heading.entry is None and stripped(heading.name)[1] is not None):
        return ""
    return str(babel_locale(language).territories.get(code, code))


def _shown(heading: _Heading, country: str, words: Words) -> str:
    """Return a heading as the index prints it, with its country and the words of its kind."""
    name = heading.name
    name = words("index_country", name=name, country=country) if country else name
    return words(heading.kind.words, name=name) if heading.kind.words else name


def _variants(entry: Organization | Person, heading: str) -> list[tuple[str, str]]:
    """Return the wordings that need a see reference; native names with their language.

    A wording that begins with the words of the heading, or of another wording with a see reference, sorts
    beside it, where the reader has already looked.
    """
    candidates: list[tuple[str, str]] = []
    if isinstance(entry, Organization):
        candidates += [(entry.acronym, "")] if entry.acronym else []
        candidates += [(former.name, "") for former in entry.formerly]
    candidates += [(alias, "") for alias in entry.aliases]
    candidates += [(name, tag) for tag, name in sorted(entry.native.items())]
    taken = [fingerprint(heading), folded(heading)]
    chosen: list[tuple[str, str]] = []
    for wording, tag in candidates:
        print_ = fingerprint(wording)
        if not any(print_ == other or print_.startswith(other + " ") for other in taken):
            chosen.append((wording, tag))
            taken.append(print_)
    return chosen


# --- the bibliography ---


def _cited(corpus: Corpus, collation: Collation) -> list[Reference]:
    """Return the cited works in the bibliography's sequence: by author, editor or title, then by date."""
    used = {citation.report for letter in corpus.letters for citation in letter.body.citations}

    def sort_key(reference: Reference) -> tuple[tuple[bytes, str], str, tuple[bytes, str]]:
        data = reference.csl()
        names = [
            " ".join(name.get(part, "") for part in ("family", "given", "literal")).strip()
            for variable in ("author", "editor")
            for name in data.get(variable, ())
        ]
        first = " ".join(names) or reference.title
        return collation.key(first), data.get("issued", ""), collation.key(reference.title)

    return sorted((work for work in corpus.references if work.id in used), key=sort_key)


def _works(
    cited: Sequence[Reference],
    numbers: Mapping[str, int],
    letters: Iterable[CorpusLetter],
    places: Mapping[str, int],
    naming: Naming,
    cite: Callable[[Sequence[Reference]], Sequence[tuple[Span, ...]]],
) -> tuple[Work, ...]:
    """Return the works ``cited`` in ``letters``; ``numbers`` are those of works, ``places`` of letters."""
    locators: dict[str, list[Locator]] = {}
    for letter in letters:
        for citation in letter.body.citations:
            anchor = anchor_of_citation(letter.id, citation.order)
            locator = Locator(letter.id, places[letter.id], anchor, naming.mark(letter))
            locators.setdefault(citation.report, []).append(locator)
    formatted = cite(cited)
    return tuple(
        Work(
            reference.id,
            numbers[reference.id],
            spans,
            reference.note or "",
            tuple(locators[reference.id]),
            reference.language or "",
        )
        for reference, spans in zip(cited, formatted, strict=True)
    )


# --- the chart ---


def _bars(letters: Iterable[Letter], language: str, words: Words) -> tuple[Bar, ...]:
    """Return the chart's bars: signatures by the country of the signing or represented organization."""
    territories = babel_locale(language).territories
    counts: Counter[str] = Counter()
    unstated = 0
    for letter in letters:
        for signature in letter.signatures if letter.counts else ():
            code = signature.country
            if signature.anonymous:
                continue
            if code:
                counts[territories.get(code, code)] += 1
            else:
                unstated += 1
    collation = Collation(language)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], collation.key(item[0])))
    bars = [Bar(label, count) for label, count in ranked]
    if unstated:
        bars.append(Bar(words("country_unstated"), unstated, unstated=True))
    return tuple(bars)
