"""What the print has to say, told from the corpus alone: each section's words in reading order.

Written a second time on purpose: it knows nothing of headings that were compiled, of templates, HTML or
galleys, so that it can find what these have lost. :mod:`.truth` has worked out who signs and what is cited.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dossier.proof.signers import Place
from dossier.proof.truth import IndexEntry, Letter, See, Truth
from dossier.records.body import Node, text_of
from dossier.records.dossier import (
    LONGEST_LABEL,
    MOST_BARS,
    UNSTATED,
    anchor_of_citation,
)


@dataclass(frozen=True)
class Words:
    """A piece of a section's text."""

    text: str
    anchor: str = ""
    """What stands there, where something leads to it."""


PageOf = Callable[[str], int]
"""The page of a letter's anchor."""
SHOWN = 60
"""Characters that a finding shows of a title or a line."""
BY_COUNTRY = "Signatures by country"
COUNTED = (
    "A signature counts for the country of the organization that signed, or for which a person signed, "
    "where a letter or the name states it."
)
HEADINGS = {
    "about": "About this dossier",
    "contents": "Contents",
    "glance": "The letters at a glance",
    "introduction": "Introduction",
    "index": "Index of signatories",
    "bibliography": "Bibliography of cited reports",
    "colophon": "Colophon",
}
NUMBERS = (
    "Letters and publications have the numbers that they have in the whole collection, from which this "
    "is a selection."
)
TABLE_HEAD = "No. Date Addressee and title Signatures Works cited Page"
INDEX_LEGEND = (
    "Organizations and people in one alphabet. 12:84 is page 84, on which that signature of letter 12 "
    "is printed."
)
WORKS_LEGEND = (
    "The figure before a work is the one that stands in brackets where a letter cites it. Cited in "
    "12:84 means letter 12, page 84."
)


def section_ids(dossier: Truth) -> list[str]:
    """Return the sections that a dossier has to have, in order."""
    return [
        "cover", "about", "contents", "glance",
        *(["introduction"] if dossier.introduction else []),
        *(f"letters/{one.id}" for one in dossier.letters),
        "index", "bibliography", "colophon",
    ]  # fmt: skip


def heads(dossier: Truth) -> dict[str, tuple[str, str]]:
    """Return the running head of each section: what stands left and right from its second page on."""
    title = dossier.publication.title
    sections = {key: (words, title) for key, words in HEADINGS.items()}
    return (
        {"cover": ("Cover", title)}
        | sections
        | {
            f"letters/{one.id}": (one.head.title, f"Letter {one.number}, {one.date_words}")
            for one in dossier.letters
        }
    )


def cut(text: str) -> str:
    """Return as much of a text as a finding shows."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def names(dossier: Truth) -> dict[str, str]:
    """Return how a finding names each section."""
    return (
        {"cover": "Cover"}
        | HEADINGS
        | {
            f"letters/{one.id}": f"Letter {one.number}, “{one.head.title}”"
            for one in dossier.letters
        }
    )


def cover(dossier: Truth) -> Iterator[Words]:
    """Yield the cover."""
    it = dossier.publication
    edition = f"Edition {it.edition} · " if it.edition else ""
    works = "work" if len(dossier.works) == 1 else "works"
    for text in (
        it.identifier,
        it.title,
        it.subtitle,
        f"Prepared by {it.prepared_by}" if it.prepared_by else "",
        f"{edition}{dossier.date_words}",
        f"{_count(len(dossier.letters), 'letter')} · {_count(dossier.signature_count, 'signature')} · "
        f"{len(dossier.works)} cited {works}",
        it.rights,
    ):
        yield Words(str(text or ""))


def about(dossier: Truth) -> Iterator[str]:
    """Yield what the note to the reader has to say of this corpus, in order."""
    yield HEADINGS["about"]
    yield dossier.date_words
    yield dossier.publication.prepared_by or ""
    yield NUMBERS if dossier.is_selection else ""
    for entry in dossier.entries:
        if len(entry.wordings) > 1:
            yield f"{entry.heading}:" + ";".join(
                f" “{wording}” ({', '.join(str(number) for number in numbers)})"
                for wording, numbers in entry.wordings
            )


def chart(dossier: Truth) -> Iterator[str]:
    """Yield the bars of the chart between the words around it: in one piece, so that no figure goes on."""
    if not dossier.bars:
        return
    stated = [bar for bar in dossier.bars if bar.label != UNSTATED]
    rest, unstated = stated[MOST_BARS:], [bar for bar in dossier.bars if bar.label == UNSTATED]
    bars = " ".join(f"{_label(bar.label)} {bar.count}" for bar in (*stated[:MOST_BARS], *unstated))
    told = ""
    if rest:
        countries = "1 more country" if len(rest) == 1 else f"{len(rest)} more countries"
        told = (
            f" {countries} with {_count(sum(bar.count for bar in rest), 'signature')} "
            f"{'is' if len(rest) == 1 else 'are'} not shown: "
            + ", ".join(f"{bar.label} {bar.count}" for bar in rest)
            + "."
        )
    yield f"{BY_COUNTRY} {bars} {COUNTED}{told}"


def _label(country: str) -> str:
    """Return a country as the chart names it: a long one cut short, with “…” as its last letter."""
    parts: list[str] = []
    """Its letters, each with its accents."""
    for char in country:
        if parts and unicodedata.category(char)[0] == "M":
            parts[-1] += char
        else:
            parts.append(char)
    places = list(
        itertools.accumulate(
            sum(1 + (unicodedata.east_asian_width(char) in ("W", "F")) for char in part)
            for part in parts
        )
    )
    if places[-1] <= LONGEST_LABEL:
        return country
    return (
        "".join(part for part, place in zip(parts, places, strict=True) if place < LONGEST_LABEL)
        + "…"
    )


def colophon(dossier: Truth) -> Iterator[str]:
    """Yield where each letter was taken from, in one piece."""
    letters = " ".join(_sources(dossier))
    yield f"{HEADINGS['colophon']} Sources of the letters {letters} Production"


def _sources(dossier: Truth) -> Iterator[str]:
    for one in dossier.letters:
        source, file = one.head.source, one.source_file
        place = f", {one.head.place}" if one.head.place else ""
        yield f"Letter {one.number}. {one.head.title}, {one.date_words}{place}."
        yield (source.note if source else None) or ""
        if file:
            yield f"Source: {file.path}, {file.size:,} bytes SHA-256 {file.sha256}"
        if source and source.url:
            read = f", read on {source.accessed}" if source.accessed else ""
            yield f"Published at {source.url}{read}"
        if source and source.archived_url:
            on = f" on {source.archived}" if source.archived else ""
            yield f"Archived at {source.archived_url}{on}"
        if not file and not (source and source.url):
            yield "No source is recorded."


def addresses(dossier: Truth) -> dict[str, set[str]]:
    """Return where the links of each section lead out of the file, in ASCII as PDF wants it."""
    sources = [one.head.source for one in dossier.letters if one.head.source]
    found = {
        "introduction": _links(dossier.introduction.nodes) if dossier.introduction else [],
        "bibliography": [span.url for work in dossier.works for span in work.spans],
        "colophon": [url or "" for one in sources for url in (one.url, one.archived_url)],
    } | {f"letters/{one.id}": _links(one.body.nodes) for one in dossier.letters}
    return {
        key: {quote(url, safe="!#$%&'()*+,/:;=?@[]~") for url in urls if url}
        for key, urls in found.items()
        if key != "introduction" or dossier.introduction
    }


def _links(nodes: Sequence[Node]) -> list[str]:
    # A link of nothing but spaces has no place on the page.
    found = [node.text for node in nodes if node.kind == "a" and text_of(node.children)]
    return found + [url for node in nodes for url in _links(node.children)]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def letter(one: Letter, numbers: Mapping[str, int]) -> Iterator[Words]:
    """Yield a letter word for word, under its title; ``numbers`` are those of the cited works."""
    yield Words(f"Letter {one.number} {one.head.title}")
    yield Words(one.head.heading or "")
    above = one.head.date_position == "above"
    yield Words(one.date_line if above else "")
    yield Words(" ".join(one.head.to.lines or ()))
    yield Words("" if above else one.date_line)
    yield from _nodes(one.body.nodes, one.id, numbers)
    yield Words(one.head.closing or "")
    for signature in one.signatures:
        yield Words(signature.printed, signature.anchor)


def introduction(dossier: Truth) -> Iterator[Words]:
    """Yield the editor's introduction."""
    yield Words(HEADINGS["introduction"])
    if dossier.introduction:
        yield from _nodes(dossier.introduction.nodes, "introduction", {})


def contents(dossier: Truth, first: Mapping[str, int]) -> Iterator[Words]:
    """Yield the lines of the contents; ``first`` has the page on which each section begins."""
    yield Words(HEADINGS["contents"])
    letters = {f"letters/{one.id}": one for one in dossier.letters}
    for section, page in first.items():
        if section in letters:
            one = letters[section]
            yield Words(f"{one.number} {one.head.title} {one.date_words} {page}")
        elif section not in ("cover", "contents"):
            yield Words(f"{HEADINGS[section]} {page}")


def glance(dossier: Truth, first: Mapping[str, int]) -> Iterator[Words]:
    """Yield the rows of the table of letters."""
    for one in dossier.letters:
        yield Words(
            f"{one.number} {one.date_words} {one.head.to.name} {one.head.title} {len(one.signatures)} "
            f"{len(one.works) or '–'} {first[f'letters/{one.id}']}"
        )


def index(dossier: Truth, page_of: PageOf) -> Iterator[Words]:
    """Yield the index of signatories."""
    yield Words(f"{HEADINGS['index']} {INDEX_LEGEND}")
    for group in dossier.index:
        yield Words(group.label)
        for item in group.items:
            if isinstance(item, See):
                yield Words(f"{item.heading}, see {item.target_heading}")
            else:
                yield Words(_entry(item, page_of), f"entry-{item.id}")


def _entry(entry: IndexEntry, page_of: PageOf) -> str:
    country = f" ({entry.country})" if entry.country else ""
    native = "".join(f" {name}" for _, name in entry.native)
    details = ", " + "; ".join(entry.details) if entry.details else ""
    also = "; ".join(heading for _, heading in entry.see_also)
    return (
        f"{entry.heading}{country}{native}{details}, {'; '.join(places(entry.locators, page_of))}"
        f"{'. See also ' + also if also else ''}"
    )


def places(locators: Sequence[Place], page_of: PageOf) -> list[str]:
    """Return the locators of a heading or a work as they are printed, “12:84” or “12:84–86”.

    A page of a letter is named once; three or more that follow one another are named together.
    """
    pages: dict[int, list[int]] = {}
    for one in locators:
        page, before = page_of(one.anchor), pages.setdefault(one.number, [])
        if page not in before:
            before.append(page)
    return [f"{number}:{run}" for number, those in pages.items() for run in _runs(those)]


def _runs(pages: Sequence[int]) -> Iterator[str]:
    rest = list(pages)
    while rest:
        length = 1
        while length < len(rest) and rest[length] == rest[0] + length:
            length += 1
        if length < 3:
            yield from map(str, rest[:length])
        else:
            yield f"{rest[0]}–{rest[length - 1]}"
        rest = rest[length:]


def bibliography(dossier: Truth, page_of: PageOf) -> Iterator[Words]:
    """Yield the bibliography with its back-references."""
    yield Words(HEADINGS["bibliography"])
    yield Words(WORKS_LEGEND if dossier.works else "The letters cite no publications.")
    for work in dossier.works:
        yield Words(
            f"{work.number} {work.text} {work.note} Cited in {'; '.join(places(work.cited_in, page_of))}",
            f"work-{work.id}",
        )


def _nodes(nodes: Sequence[Node], letter_id: str, numbers: Mapping[str, int]) -> Iterator[Words]:
    for node in nodes:
        if node.kind in ("text", "address"):
            yield Words(node.text)
        elif node.kind == "citation":
            locator = f", {node.locator}" if node.locator else ""
            yield Words(
                f"[{numbers[node.text]}{locator}]", anchor_of_citation(letter_id, node.level)
            )
        else:
            yield Words(node.marker)
            for child in node.children:
                yield Words("•" if node.kind == "ul" else "")
                yield from _nodes([child], letter_id, numbers)
