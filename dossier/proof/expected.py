"""The expected text of each section in reading order, worked out from the corpus alone.

It duplicates other stages on purpose. It uses no compiled headings, templates, HTML or galleys, and so
finds what these have lost. :mod:`.truth` works out who signs and what is cited.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote

from dossier.language.direction import nearer_language
from dossier.language.words import Words
from dossier.proof.faces import HEADING, LABEL, LEGEND, SMALL, TEXT, TITLE, Look
from dossier.proof.faces import UNTOLD as UNTOLD_LOOK
from dossier.proof.letter import UNTOLD, Piece, around, pieces_of, ties_inside, told
from dossier.proof.letter import letter as letter_text
from dossier.proof.lettering import Label
from dossier.proof.places import stamped
from dossier.proof.signers import Place
from dossier.proof.truth import IndexEntry, Letter, See, Truth
from dossier.records.body import (
    Leaf,
    Link,
    Node,
    text_of,
)
from dossier.records.dossier import Span
from dossier.records.enclosing import FACING, Enclosed
from dossier.records.relations import DRAFT
from dossier.records.sections import (
    INDEX_VOLUME,
    LETTERS,
    ORDER,
    goes_on,
    section_of_letter,
    section_of_volume,
    whole_section,
)

T = TypeVar("T")
PageOf = Callable[[str], int]
"""Returns the page of an anchor."""
SHOWN = 60
"""The maximum number of characters of a title or a line in a finding."""
TITLED = tuple(section for section in ORDER if section != LETTERS)
"""The ids of the sections whose headings are among the program's words."""
LISTED = tuple(key for key in TITLED if key not in ("cover", "contents"))
"""The sections of these that the contents list."""


def headings(dossier: Truth) -> dict[str, str]:
    """Return the headings of the sections in :data:`TITLED` and of the covers of volumes, by id."""
    count = len(dossier.volumes)
    found = {key: dossier.words(f"heading_{key}") for key in TITLED} | {
        section_of_volume(number): dossier.words("volume", number=number, count=count)
        for number in range(1, count + 1)
    }
    return found | ({INDEX_VOLUME: dossier.words("volume_index")} if has_index(dossier) else {})


def has_index(dossier: Truth) -> bool:
    """Tell whether there is an index volume: not where nothing is divided."""
    stated = dossier.publication.volumes
    return bool(stated and stated.index and dossier.volumes)


def last_numbered(spans: Mapping[str, range]) -> int:
    """Return the last page of all volumes but the index volume, which has no numbers."""
    if INDEX_VOLUME in spans:
        return spans[INDEX_VOLUME].start - 1
    return max(span[-1] for span in spans.values())


def section_ids(dossier: Truth) -> list[str]:
    """Return the ids of a dossier's sections in sequence."""
    found: list[str] = []
    for section in dossier.publication.sections:
        if section == LETTERS:
            for letter in dossier.letters:
                found += sections_of(dossier, letter)
        elif _is_there(dossier, section):
            found.append(section)
    return found


def sections_of(dossier: Truth, letter: Letter) -> list[str]:
    """Return the ids of a letter's sections: its own, and those of what is bound in with it."""
    bound = [f"{one.kind}s/{letter.id}" for one in letter.enclosed]
    own = section_of_letter(letter.id)
    if dossier.publication.enclose == FACING and bound[:1] == [f"sources/{letter.id}"]:
        return [bound[0], own, *bound[1:]]
    return [own, *bound]


def enclosed_titles(dossier: Truth) -> dict[str, str]:
    """Return the titles of the sections of foreign pages."""
    return {
        f"{one.kind}s/{letter.id}": dossier.words(
            f"enclosed_{one.kind}s", label=letter.label, count=one.pages
        )
        for letter in dossier.letters
        for one in letter.enclosed
    }


def parts_of(dossier: Truth, section: str) -> list[str]:
    """Return the parts of a section that is longer than a volume; of any other, itself."""
    return [
        section,
        *(one for one in dossier.volumes if goes_on(one) and whole_section(one) == section),
    ]


def _with_parts(
    dossier: Truth, titles: dict[str, T], change: Callable[[T], T] = lambda same: same
) -> dict[str, T]:
    """Add what is said of the parts that go on in another volume, by their sections' titles."""
    return titles | {
        part: change(titles[whole_section(part)])
        for part in dossier.volumes
        if goes_on(part) and whole_section(part) in titles
    }


def alternatives(truth: Truth, there: Collection[str]) -> Iterator[str]:
    """Yield the alternative text of each facsimile.

    Where pages are read by machine, ``there`` tells of which one it says so; whether it should is proved
    with the page.
    """
    for letter in truth.letters:
        for one in letter.enclosed:
            for page in range(1, one.pages + 1):
                read = alternative(truth, letter.label, one, page, True)
                by_machine = truth.publication.enclose_ocr and read in there
                yield read if by_machine else alternative(truth, letter.label, one, page)


def alternative(
    truth: Truth, label: str, one: Enclosed, page: int, by_machine: bool = False
) -> str:
    """Return the alternative text of a facsimile, its page counted from 1."""
    told = truth.words(f"facsimile_of_{one.kind}s", label=label, page=page, last=one.pages)
    return truth.words("facsimile_read", facsimile=told) if by_machine else told


def printed_ids(dossier: Truth) -> list[str]:
    """Return the ids of a PDF's sections in sequence: those of a dossier, and the covers of volumes."""
    found: list[str] = []
    for section in (part for one in section_ids(dossier) for part in parts_of(dossier, one)):
        if section in dossier.volumes:
            found.append(section_of_volume(dossier.volumes.index(section) + 1))
        found.append(section)
    return [*found, INDEX_VOLUME] if has_index(dossier) else found


def volume_of(dossier: Truth) -> dict[str, int]:
    """Return the volume of each section, or part of one; nothing for a dossier that is not divided."""
    found, number = {}, 0
    for section in (part for one in section_ids(dossier) for part in parts_of(dossier, one)):
        number += section in dossier.volumes
        if number:
            found[section] = number
    return found


def volumes_on(dossier: Truth, spans: Mapping[str, range]) -> dict[int, int]:
    """Return the volume of each page; nothing for a dossier that is not divided."""
    found: dict[int, int] = {}
    number = 0
    for section, span in spans.items():
        if section == INDEX_VOLUME:
            continue
        if number < len(dossier.volumes) and section == section_of_volume(number + 1):
            number += 1
        if number:
            found |= dict.fromkeys(span, number)
    return found


def _is_there(dossier: Truth, section: str) -> bool:
    """Tell whether a dossier has a section: no heading stands over nothing."""
    text = {
        "introduction": dossier.introduction,
        "index": dossier.index,
        "bibliography": dossier.works,
    }
    return bool(text.get(section, True))


def heads(dossier: Truth) -> dict[str, tuple[str, str]]:
    """Return the running head of each section: name and context, on its pages from the second on."""
    title = dossier.publication.title
    plain = headings(dossier) | enclosed_titles(dossier)
    found = {key: (words, title) for key, words in plain.items()} | {
        section_of_letter(letter.id): (
            letter.head.title,
            dossier.words("letter_dated", number=letter.number, date=letter.date_words)
            if letter.plain
            else dossier.words("labelled_dated", label=letter.label, date=letter.date_words),
        )
        for letter in dossier.letters
    }
    return _with_parts(dossier, found)


def guides(dossier: Truth, page_of: PageOf) -> dict[int, str]:
    """Return what stands in the running head of each page of the index: its first and its last heading.

    Only a long index has them.
    """
    if not is_long(dossier):
        return {}
    there: dict[int, list[str]] = {}
    for entry in dossier.entries:
        there.setdefault(page_of(f"entry-{entry.id}"), []).append(_guide(dossier, entry.heading))
    return {
        page: names[0]
        if names[0] == names[-1]
        else dossier.words("index_guide", first=names[0], last=names[-1])
        for page, names in there.items()
    }


def is_long(dossier: Truth) -> bool:
    """Tell whether the index has so many headings that it is dense, with what helps to find one."""
    return not len(dossier.entries) < dossier.design.lists.entries


def _guide(dossier: Truth, heading: str) -> str:
    """Return a heading as far as a running head has room for it."""
    short = heading[: dossier.design.lists.guide]
    return heading if short == heading else short.rstrip() + "…"


def cut(text: str) -> str:
    """Return a text, truncated as findings show it."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def names(dossier: Truth) -> dict[str, str]:
    """Return the name of each section in findings."""
    return _with_parts(
        dossier,
        headings(dossier)
        | enclosed_titles(dossier)
        | {
            section_of_letter(letter.id): f"{short_name(letter)}, “{letter.head.title}”"
            for letter in dossier.letters
        },
    )


def titles(dossier: Truth) -> dict[str, str]:
    """Return the title of each section in bookmarks and listing."""
    return _with_parts(
        dossier,
        headings(dossier)
        | enclosed_titles(dossier)
        | {
            section_of_letter(letter.id): titled(dossier.words, letter, letter.head.title)
            for letter in dossier.letters
        },
        lambda title: dossier.words("index_continued", heading=title),
    )


def titled(words: Words, letter: Letter, title: str) -> str:
    """Return the title of a letter behind its number, or behind its label where it has none."""
    if letter.plain:
        return words("letter_titled", number=letter.number, title=title)
    return words("labelled", label=letter.label, title=title)


def short_name(letter: Letter) -> str:
    """Return the name of a letter in findings."""
    if letter.head.annex_to:
        return f"The annex “{letter.id}”"
    return f"Letter {letter.number}"


def _heading(dossier: Truth, section: str) -> Piece:
    """Return the heading of a section."""
    words = dossier.words
    return Piece(words(f"heading_{section}"), block="H1", language=words.language, look=TITLE)


def of_corpus(dossier: Truth, text: str, look: Look, language: str = "") -> Piece:
    """Return a text of the corpus among our words; in ``language`` only if its script shows it."""
    own = dossier.publication.language
    return Piece(text, language=nearer_language(text, language or own, own), look=look)


def text_in(pieces: Sequence[Piece]) -> str:
    """Return the text of pieces that stand directly behind each other."""
    return "".join(piece.text for piece in pieces)


def lines_of(pieces: Iterable[Piece]) -> Iterator[str]:
    """Yield the texts of pieces, of those that stand directly behind another with it."""
    line: list[Piece] = []
    for piece in pieces:
        if line and not piece.joined:
            yield text_in(line)
            line = []
        line.append(piece)
    yield text_in(line)


def _sized(look: Look, dense: bool, role: str = "dense") -> Look:
    """Return how a text looks in a list that may be ``dense``."""
    return look.sized(role) if dense else look


def cover(dossier: Truth) -> Iterator[Piece]:
    """Yield the cover."""
    publication, words = dossier.publication, dossier.words
    dot = words("between_facts")
    imprint = TEXT.sized("label")
    edition = words("edition", edition=publication.edition) + dot if publication.edition else ""
    counts = [
        words("letters", count=len(dossier.letters) - dossier.annexes),
        *([words("annexes", count=dossier.annexes)] if dossier.annexes else []),
        *([words("signatures", count=dossier.signature_count)] if dossier.signature_count else []),
        *([words("works_cited", count=len(dossier.works))] if dossier.works else []),
    ]
    yield _of_cover(dossier, publication.identifier, TEXT)
    yield replace(_of_cover(dossier, publication.title, TITLE.sized("cover")), block="H1")
    yield _of_cover(dossier, publication.subtitle, TEXT.sized("subtitle").emphasized)
    if publication.prepared_by:
        name = [of_corpus(dossier, publication.prepared_by, imprint)]
        yield from told(words, "prepared_by", imprint, name=name)
    yield Piece(edition, language=words.language, look=imprint)
    yield replace(of_corpus(dossier, dossier.date_words, imprint), joined=True)
    yield Piece(dot.join(counts), language=words.language, look=imprint)
    yield _of_cover(dossier, publication.rights, imprint)


def _of_cover(dossier: Truth, text: str | None, look: Look) -> Piece:
    """Return a line of the cover in the editor's words, empty where the dossier has none."""
    return replace(of_corpus(dossier, text or "", look), block=UNTOLD)


def is_dense(dossier: Truth) -> bool:
    """Tell whether contents and table are as dense as the design has them for that many letters."""
    return not len(dossier.letters) < dossier.design.lists.letters


def columns(dossier: Truth) -> list[tuple[str, list[str]]]:
    """Return the columns that the table of letters may have beside the title, with a text for each letter.

    The text is empty where there is nothing to tell.
    """
    letters = dossier.letters
    return [
        ("number", [str(one.number) if one.plain else "" for one in letters]),
        ("date", [one.date_words for one in letters]),
        ("signatures", [str(one.signature_count or "") for one in letters]),
        ("works", [str(len(one.works) or "") for one in letters]),
    ]


def told_once(dossier: Truth) -> list[Piece]:
    """Return what stands above the table of letters: what is the same in all rows, if anything is."""
    words, first = dossier.words, dossier.letters[0]
    works = words("works_cited", count=len(first.works))
    signatures = words("signatures", count=first.signature_count)
    facts = {
        "to": told(words, "table_to", LEGEND, name=addressed(dossier, first, LEGEND)),
        "date": [of_corpus(dossier, first.date_words, LEGEND)],
        "signatures": [Piece(signatures, language=words.language, look=LEGEND)],
        "works": [Piece(works, language=words.language, look=LEGEND)],
    }
    known = columns(dossier)
    # Dates come before addressees, figures behind them.
    known.insert(2, ("to", _addressees(dossier) if is_dense(dossier) else []))
    same = [facts[name] for name, texts in known if _is_same(texts)]
    between = Piece(words("between_facts"), language=words.language, look=LEGEND)
    return told(words, "table_same", LEGEND, facts=chained(same, between)) if same else []


def _addressees(dossier: Truth) -> list[str]:
    """Return the names of all addressees of each letter."""
    return ["\n".join(one.name for one in letter.head.to) for letter in dossier.letters]


def _names_addressees(dossier: Truth) -> bool:
    """Tell whether the rows of the table of letters name addressees."""
    named = _addressees(dossier)
    return any(named) and not (is_dense(dossier) and _is_same(named))


def _is_same(texts: Sequence[str]) -> bool:
    """Tell whether all of several letters have the same text in a column."""
    return len(texts) > 1 and len(set(texts)) == 1 and bool(texts[0])


def told_in_rows(dossier: Truth) -> dict[str, list[str]]:
    """Return the columns of the table of letters that have a text for some letters and tell them apart."""
    return {name: texts for name, texts in columns(dossier) if any(texts) and not _is_same(texts)}


def table_head(dossier: Truth) -> str:
    """Return the head of the table of letters."""
    return " ".join(piece.text for piece in _heads(dossier))


def _heads(dossier: Truth) -> list[Piece]:
    """Return the heads of the columns of the table of letters."""
    there, words = told_in_rows(dossier), dossier.words
    addressed = _names_addressees(dossier)
    heads = {name: words(f"table_{name}") for name in there}
    texts = (
        heads.get("number"),
        heads.get("date"),
        words("table_letter" if addressed else "table_title"),
        heads.get("signatures"),
        heads.get("works"),
        words("table_page"),
    )
    look = _sized(LEGEND, is_dense(dossier))
    return [Piece(text, block="TH", look=look) for text in texts if text]


def table(dossier: Truth, first: Mapping[str, int], label: Label) -> Iterator[Piece]:
    """Yield the whole text of the section with the table of letters, up to the chart."""
    yield _heading(dossier, "glance")
    if above := told_once(dossier):
        yield Piece("", block="P")
        yield from above
    yield Piece("", language=dossier.words.language)
    yield from _heads(dossier)
    yield from glance(dossier, first, label)


def addresses(dossier: Truth) -> dict[str, set[str]]:
    """Return the external addresses that each section links to, in ASCII as PDF requires."""
    sources = [letter.head.source for letter in dossier.letters if letter.head.source]
    found = {
        "introduction": _links(dossier.introduction.nodes) if dossier.introduction else [],
        "bibliography": [span.url for work in dossier.works for span in work.spans],
        "colophon": [url or "" for source in sources for url in (source.url, source.archived_url)],
    } | {section_of_letter(letter.id): _links_of_letter(letter) for letter in dossier.letters}
    there = set(section_ids(dossier))
    return {
        key: {in_ascii(url) for url in urls if url} for key, urls in found.items() if key in there
    }


def in_ascii(address: str) -> str:
    """Return an address, or a text with an address, in ASCII as PDF requires."""
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~")


@dataclass(frozen=True)
class Aloud:
    """The alternate descriptions of links."""

    words: Words
    titles: Mapping[int, str]
    """The title of each page's section."""
    label: Label

    def page(self, target: int) -> str:
        """Return the description of a link to a page."""
        return self.words("link_to_page", title=self.titles[target], page=self.label(target))

    def address(self, address: str) -> str:
        """Return the description of a link to an address."""
        return self.words("link_to_address", address=address)


def _links_of_letter(letter: Letter) -> list[str]:
    noted = [paragraph for note in letter.body.notes for paragraph in note.paragraphs]
    return _links([*letter.body.nodes, *noted])


def _links(nodes: Sequence[Node]) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, Leaf):
            continue
        # A link on white space alone is not printed.
        if isinstance(node, Link) and text_of(node.children):
            found.append(node.href)
        found += _links(node.children)
    return found


def letter(dossier: Truth, wanted: Letter, numbers: Mapping[str, int]) -> Iterator[Piece]:
    """Yield a letter, and before it what its separator says; ``numbers`` are those of cited works."""
    if dossier.publication.separators:
        label = LABEL.sized("separator")
        yield Piece(wanted.label, language=dossier.words.language, look=label)
        yield of_corpus(dossier, wanted.head.title, TEXT, wanted.language)
        yield of_corpus(dossier, wanted.date_words, TEXT)
    own, many = dossier.publication.language, dossier.design.lists.signatures
    yield from letter_text(dossier.words, wanted, numbers, own, many)


def introduction(dossier: Truth) -> Iterator[Piece]:
    """Yield the editor's introduction."""
    yield _heading(dossier, "introduction")
    if dossier.introduction:
        yield Piece("", block=UNTOLD, language=dossier.publication.language)
        own = around(TEXT, dossier.publication.language, dossier.introduction)
        yield from pieces_of(dossier.introduction.nodes, "introduction", {}, look=own)


def volume(
    dossier: Truth, number: int, spans: Mapping[str, range], label: Label
) -> Iterator[Piece]:
    """Yield the cover of a volume; ``spans`` has the pages of sections."""
    words, publication = dossier.words, dossier.publication
    line, ours = _sized(TEXT, is_dense(dossier)), words.language
    yield of_corpus(dossier, publication.identifier or "", TEXT)
    yield of_corpus(dossier, publication.title, TEXT.sized("subtitle"))
    title = words("volume", number=number, count=len(dossier.volumes))
    yield Piece(title, language=ours, look=TITLE.sized("volume"))
    yield Piece(_span_of(dossier, number, spans, label), look=TEXT)
    yield Piece(words("volume_holds"), look=HEADING)
    named, numbers = _listed(dossier, line)
    for section in _held(dossier, number):
        whole = whole_section(section)
        yield Piece(numbers.get(whole, ""), language=ours, look=line)
        yield from named[whole]
        yield Piece(_part(dossier, section, spans), language=ours, look=line, joined=True)
        yield Piece(label(spans[section].start), language=ours, look=line)


def index_volume(dossier: Truth, spans: Mapping[str, range], label: Label) -> Iterator[Piece]:
    """Yield the index volume: the contents of all volumes, each page with what cites it."""
    words, publication = dossier.words, dossier.publication
    dense, ours = is_dense(dossier), words.language
    line, aside = _sized(TEXT, dense), _sized(LEGEND, dense)
    named, numbers = _listed(dossier, line)
    dates = {section_of_letter(letter.id): letter.date_words for letter in dossier.letters}
    yield of_corpus(dossier, publication.identifier or "", TEXT)
    yield of_corpus(dossier, publication.title, TEXT.sized("subtitle"))
    yield Piece(words("volume_index"), block="H1", language=ours, look=TITLE.sized("volume"))
    for number in range(1, len(dossier.volumes) + 1):
        title = words("volume", number=number, count=len(dossier.volumes))
        yield Piece(title, block="H2", language=ours, look=HEADING)
        span = _span_of(dossier, number, spans, label)
        yield Piece(span, block="P", language=ours, look=TEXT)
        for section in _held(dossier, number):
            whole = whole_section(section)
            yield Piece(numbers.get(whole, ""), block="Reference", language=ours, look=line)
            yield from named[whole]
            yield of_corpus(dossier, dates.get(whole, ""), aside)
            yield Piece(_part(dossier, section, spans), language=ours, look=line)
            cited = cited_as(dossier, spans[section].start, number, label)
            yield Piece(cited, language=ours, look=line)


def cited_as(dossier: Truth, page: int, volume: int, label: Label) -> str:
    """Return what cites a page of a volume: its Bates number or, without these, its page number."""
    bates = dossier.publication.bates
    return stamped(bates, page, volume) if bates else label(page)


def _span_of(dossier: Truth, number: int, spans: Mapping[str, range], label: Label) -> str:
    """Return the line that says which pages a volume has, of how many."""
    last = last_numbered(spans)
    following = spans.get(section_of_volume(number + 1))
    end = following.start - 1 if following else last
    begin = spans[section_of_volume(number)].start
    return dossier.words("volume_pages", first=label(begin), last=label(end), pages=last)


def _listed(dossier: Truth, look: Look) -> tuple[dict[str, list[Piece]], dict[str, str]]:
    """Return the titles of sections in lists of volumes, and the numbers before these."""
    ours = dossier.words.language
    plain = headings(dossier) | enclosed_titles(dossier)
    named = {key: [Piece(text, language=ours, look=look)] for key, text in plain.items()}
    numbers: dict[str, str] = {}
    for letter in dossier.letters:
        key = section_of_letter(letter.id)
        named[key] = list(_titled(dossier, letter, look))
        if letter.plain:
            numbers[key] = str(letter.number)
    return named, numbers


def _held(dossier: Truth, number: int) -> list[str]:
    """Return the sections, and parts of these, that are listed on the cover of a volume."""
    return [
        section
        for section, there in volume_of(dossier).items()
        if there == number and whole_section(section) not in ("cover", "contents")
    ]


def _part(dossier: Truth, section: str, spans: Mapping[str, range]) -> str:
    """Return which of its pages a volume has of a section that is longer than one, empty for others."""
    parts = parts_of(dossier, whole_section(section))
    if len(parts) == 1:
        return ""
    before = sum(len(spans[part]) for part in parts[: parts.index(section)])
    here, count = len(spans[section]), sum(len(spans[part]) for part in parts)
    pages = f"{before + 1}–{before + here}" if here > 1 else f"{before + 1}"
    there = dossier.words("pages", count=here, pages=pages)
    told = dossier.words("volume_part", pages=there, count=count)
    return dossier.words("between_facts") + told


def contents(dossier: Truth, first: Mapping[str, int], label: Label) -> Iterator[Piece]:
    """Yield the lines of the contents; ``first`` has the first page of each section."""
    words, volumes = dossier.words, volume_of(dossier)
    dense = is_dense(dossier)
    line, aside = _sized(TEXT, dense), _sized(LEGEND, dense)

    def where(section: str) -> str:
        if section not in volumes:
            return ""
        begin, end = volumes[section], volumes[parts_of(dossier, section)[-1]]
        if end > begin:
            return words("between_facts") + words("in_volumes", first=begin, last=end)
        return words("between_facts") + words("in_volume", number=begin)

    yield _heading(dossier, "contents")
    letters = {section_of_letter(letter.id): letter for letter in dossier.letters}
    enclosed = enclosed_titles(dossier)
    for section, page in ((key, label(page)) for key, page in first.items()):
        if section in letters:
            letter = letters[section]
            number = str(letter.number) if letter.plain else ""
            yield Piece(number, block="Reference", language=words.language, look=line)
            yield from _titled(dossier, letter, line)
            yield of_corpus(dossier, letter.date_words, aside)
            # In long contents, all stands on one line.
            before = words("between_facts") if letter.ties and dense else ""
            yield Piece(before, language=words.language, look=line)
            yield Piece(ties_inside(words, letter), language=words.language, look=aside)
            yield from _ending(words, line, where(section), page)
        elif section in LISTED or section in enclosed:
            title = enclosed.get(section) or words(f"heading_{section}")
            yield Piece(title, block="Reference", language=words.language, look=line)
            yield from _ending(words, line, where(section), page)


def _ending(words: Words, look: Look, where: str, page: str) -> Iterator[Piece]:
    """Yield the end of a line of the contents: ``where`` its section is, and its page."""
    yield Piece(where, language=words.language, look=look)
    yield Piece(page, look=look)


def _titled(dossier: Truth, letter: Letter, look: Look) -> list[Piece]:
    """Return the title of a letter, behind its label where it has no number."""
    title = [of_corpus(dossier, letter.head.title, look, letter.language)]
    if letter.plain:
        return title
    return told(dossier.words, "labelled", look, label=letter.label, title=title)


def glance(dossier: Truth, first: Mapping[str, int], label: Label) -> Iterator[Piece]:
    """Yield the rows of the table of letters, cell by cell."""
    words, there = dossier.words, told_in_rows(dossier)
    look, named = _sized(SMALL, is_dense(dossier)), _names_addressees(dossier)

    def cell(text: str, language: str = "") -> Piece:
        return Piece(text, block="TD", language=language or words.language, look=look)

    for row, letter in enumerate(dossier.letters):
        cells = {name: texts[row] or words("nothing") for name, texts in there.items()}
        if "signatures" in cells:
            cells["signatures"] = str(letter.signature_count)
        if "number" in cells:
            yield cell(cells["number"])
        if "date" in cells:
            yield replace(of_corpus(dossier, cells["date"], look), block="TD")
        yield cell("", UNTOLD)
        yield from _about(dossier, letter, look, named)
        for name in ("signatures", "works"):
            if name in cells:
                yield cell(cells[name])
        yield cell(label(first[section_of_letter(letter.id)]))


def _about(dossier: Truth, letter: Letter, look: Look, named: bool) -> Iterator[Piece]:
    """Yield what a row of the table says of a letter; rows are ``named`` that name addressees."""
    words, dense = dossier.words, is_dense(dossier)
    said: list[list[Piece]] = []
    if named and (letter.head.to or not dense):
        said.append(addressed(dossier, letter, look))
    said.append(_titled(dossier, letter, look.emphasized))
    if ties := ties_inside(words, letter):
        said.append([Piece(ties, language=words.language, look=look)])
    between = Piece(words("between_facts"), language=words.language, look=look)
    yield from chained(said, between) if dense else itertools.chain.from_iterable(said)


def addressed(dossier: Truth, letter: Letter, look: Look) -> list[Piece]:
    """Return to whom a letter is written, as the table of letters says it."""
    words, to = dossier.words, letter.head.to
    name = [of_corpus(dossier, one.name, look, letter.language) for one in to[:1]]
    if len(to) > 1:
        return told(words, "table_addressees", look, name=name, count=len(to) - 1)
    return name or [Piece(words("nothing"), language=words.language, look=look)]


def exhibit(dossier: Truth) -> str:
    """Return the sentences that say what stands for exhibits in locators, and for parts; else nothing."""
    first, words = dossier.letters[0], dossier.words
    said = ""
    if dossier.publication.exhibits:
        told = words("locator_exhibit", mark=first.mark, label=first.label)
        said += words("between_sentences") + told
    if dossier.publication.section_letters:
        said += words("between_sentences") + words("locator_lettered")
    return said


def named(words: Words, letters: Sequence[Letter]) -> str:
    """Return the names of letters, the numbers of those that have their own in ranges."""
    numbers = [letter.number for letter in letters if letter.plain]
    others = [letter for letter in letters if not letter.plain]
    told: list[str] = []
    # Exhibits that follow each other have numbers as far apart as their places are.
    apart = [
        (letter.id, 0)
        if letter.head.annex_to or letter.head.status == DRAFT
        else ("", letter.number - place)
        for place, letter in enumerate(others)
    ]
    for _, group in itertools.groupby(zip(apart, others, strict=True), lambda pair: pair[0]):
        labels = [letter.label for _, letter in group]
        told += labels if len(labels) < 3 else [f"{labels[0]}–{labels[-1]}"]
    if numbers:
        several = words("between_items").join(runs(numbers))
        # Of more than five, the plural is that of five in each language.
        told = [words("letters_numbered", count=min(len(numbers), 5), numbers=several), *told]
    return words("between_groups").join(told)


def left_out(dossier: Truth) -> str:
    """Return the sentence about letters whose signatories are not in the index, empty without any."""
    there = [letter for letter in dossier.letters if letter.signatures and not letter.head.index]
    return dossier.words("index_left_out", letters=named(dossier.words, there)) if there else ""


def merged(dossier: Truth) -> list[IndexEntry]:
    """Return the headings with several wordings."""
    return [entry for entry in dossier.entries if len(entry.wordings) > 1]


def are_apart(dossier: Truth) -> bool:
    """Tell whether the wordings of headings stand behind the index, in print."""
    return not len(merged(dossier)) < dossier.design.lists.wordings


def native(dossier: Truth) -> Iterator[tuple[str, str]]:
    """Yield the names in other languages that the index prints, each behind its language."""
    names = {entry.id: entry.native for entry in dossier.entries}
    for group in dossier.index:
        for item in group.items:
            own = names[item.target if isinstance(item, See) else item.id]
            if isinstance(item, See):
                own = tuple((tag, name) for tag, name in own if name == item.heading)[:1]
            yield from own


def wordings(dossier: Truth) -> Iterator[list[Piece]]:
    """Yield the headings with several wordings, each with these and the numbers of their letters."""
    words, dense = dossier.words, are_apart(dossier)
    look = _sized(SMALL, dense, "names")
    between = Piece(words("between_groups"), language=words.language, look=look)
    for entry in merged(dossier):
        several = [
            told(
                words,
                "about_wording",
                look,
                wording=[of_corpus(dossier, wording, look)],
                numbers=words("between_items").join(numbers),
            )
            for wording, numbers in entry.wordings
        ]
        yield told(
            words,
            "about_wordings",
            look,
            heading=[of_corpus(dossier, entry.heading, look.strong)],
            wordings=chained(several, between),
        )


def index(dossier: Truth, page_of: PageOf, label: Label) -> Iterator[Piece]:
    """Yield the index of signatories."""
    words, dense = dossier.words, is_long(dossier)
    by_custom = dossier.publication.family_names == "accepted"
    legend = words("index_legend_accepted" if by_custom else "index_legend")
    yield _heading(dossier, "index")
    yield Piece(legend + exhibit(dossier), block=UNTOLD, look=LEGEND)
    yield Piece(left_out(dossier), look=LEGEND)
    first = replace(HEADING, role="small" if dense else "heading", accent=True)
    look = TEXT.sized("names" if dense else "list")
    names = {entry.id: entry.native for entry in dossier.entries}
    for group in dossier.index:
        yield Piece(group.label, block="H2", language=words.language, look=first)
        for item in group.items:
            if isinstance(item, See):
                tags = (tag for tag, name in names[item.target] if name == item.heading)
                yield Piece("", block="LBody")
                yield from _see(dossier, item, next(tags, ""), look)
            else:
                yield Piece("", f"entry-{item.id}", block="LBody")
                yield from _entry(dossier, item, page_of, label, look)
    if are_apart(dossier):
        yield Piece(words("index_wordings"), block="H2", language=words.language, look=HEADING)
        yield Piece(words("about_merged"), block="P", look=LEGEND)
        for one in wordings(dossier):
            yield Piece("", block="LBody")
            yield from one


def _see(dossier: Truth, item: See, language: str, look: Look) -> list[Piece]:
    """Return a see reference; ``language`` is that of its wording, if it has another than the dossier."""
    words, own = dossier.words, dossier.publication.language
    return told(
        words,
        "index_see",
        look,
        wording=[Piece(item.heading, language=language or own, look=look)],
        see=[Piece(words("index_see_word"), language=words.language, look=look.emphasized)],
        heading=[Piece(item.target_heading, language=own, look=look)],
    )


def _joined(pieces: Sequence[Piece], between: Piece) -> list[Piece]:
    """Return pieces with another between each two."""
    return chained([[piece] for piece in pieces], between)


def chained(parts: Iterable[Sequence[Piece]], between: Piece) -> list[Piece]:
    """Return the pieces of several parts with another between each two of these."""
    between = replace(between, joined=True)
    found = [one for part in parts for one in (between, *(replace(p, joined=True) for p in part))]
    return [replace(one, joined=False) for one in found[1:2]] + found[2:]


def _entry(
    dossier: Truth, entry: IndexEntry, page_of: PageOf, label: Label, look: Look
) -> list[Piece]:
    """Return an entry of the index."""
    words, own = dossier.words, dossier.publication.language
    groups = Piece(words("between_groups"), language=words.language, look=look)
    # What stands around a name, such as its country, is among the program's words.
    before, name, behind = entry.shown.partition(entry.heading)
    heading = [
        Piece(before, language=words.language, look=look),
        Piece(name, language=own, look=look, joined=True),
        Piece(behind, language=words.language, look=look, joined=True),
        *(Piece(native, language=tag, look=look) for tag, native in entry.native),
    ]
    if entry.details:
        given = [Piece(text, language=own, look=look.emphasized) for text in entry.details]
        details = _joined(given, groups)
        heading = told(words, "index_details", look, heading=heading, details=details)
    there = [
        Piece(place, language=words.language, look=look)
        for place in places(entry.locators, page_of, label)
    ]
    there = _joined(there, groups)
    if entry.see_also:
        also = Piece(words("index_see_also_words"), language=words.language, look=look.emphasized)
        related = [Piece(heading, language=own, look=look) for _, heading in entry.see_also]
        there = told(
            words,
            "index_see_also",
            look,
            places=there,
            see_also=[also],
            headings=_joined(related, groups),
        )
    return [*told(words, "index_heading", look, heading=heading), *there]


def places(locators: Sequence[Place], page_of: PageOf, label: Label) -> list[str]:
    """Return the printed locators of a heading or a work, “12:84” or “12:84–86”.

    A page of a letter is printed once; three or more consecutive pages are printed as a range.
    """
    pages: dict[tuple[str, str], list[int]] = {}
    for place in locators:
        page, before = page_of(place.anchor), pages.setdefault((place.letter, place.mark), [])
        if page not in before:
            before.append(page)
    return [f"{mark}:{run}" for (_, mark), those in pages.items() for run in runs(those, label)]


def spots(locators: Sequence[Place], page_of: PageOf, label: Label) -> Iterator[tuple[str, str]]:
    """Yield each printed locator, of a range its first, with the named destination to which it links."""
    there = first_places(locators, page_of, label)
    for place in places(locators, page_of, label):
        first = place.partition("–")[0]
        one = there[first]
        yield first, f"{section_of_letter(one.letter)}#{one.anchor}"


def first_places(locators: Sequence[Place], page_of: PageOf, label: Label) -> dict[str, Place]:
    """Return the first place on each page of a letter, by how a locator names the two: “12:84”."""
    return {f"{one.mark}:{label(page_of(one.anchor))}": one for one in reversed(locators)}


def runs(numbers: Sequence[int], label: Label = str) -> Iterator[str]:
    """Yield numbers as words, three or more consecutive ones as a range."""
    rest = list(numbers)
    while rest:
        length = 1
        while length < len(rest) and rest[length] == rest[0] + length:
            length += 1
        if length < 3:
            yield from map(label, rest[:length])
        else:
            yield f"{label(rest[0])}–{label(rest[length - 1])}"
        rest = rest[length:]


def bibliography(dossier: Truth, page_of: PageOf, label: Label) -> Iterator[Piece]:
    """Yield the bibliography with its back-references."""
    words = dossier.words
    yield _heading(dossier, "bibliography")
    yield Piece(words("works_legend") + exhibit(dossier), block="P", look=LEGEND)
    dense = not len(dossier.works) < dossier.design.lists.works
    look, below = _sized(TEXT, dense), _sized(SMALL, dense)
    for work in dossier.works:
        there = words("between_groups").join(places(work.cited_in, page_of, label))
        cited = words("works_cited_in", places=there)
        language = work.reference.language or dossier.publication.language
        number = str(work.number)
        yield Piece(number, f"work-{work.id}", block="Lbl", language=words.language, look=look)
        yield Piece("", block="BibEntry", language=language)
        for span in work.spans:
            yield Piece(span.text, look=_look_of(span, look), joined=True)
        note = of_corpus(dossier, work.note, below.emphasized)
        yield replace(note, block="P")
        yield Piece(cited, block="P", language=words.language, look=below)


def _look_of(span: Span, look: Look) -> Look:
    """Return how a piece of a work's entry looks."""
    if {"superscript", "subscript"} & {*span.forms}:
        return UNTOLD_LOOK
    look = look.strong if "bold" in span.forms else look
    return look.emphasized if span.italic and not span.url else look


PLAIN: Mapping[str, Callable[[Truth], Iterator[Piece]]] = {
    "cover": cover,
    "introduction": introduction,
}
"""The sections whose text is exactly this and has no page numbers. What has no lines of its own in
:mod:`.edition` says the same there."""
