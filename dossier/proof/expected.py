"""What the print has to say, told from the corpus alone: each section's words in reading order.

Written a second time on purpose: it knows nothing of headings that were compiled, of templates, HTML or
galleys, so that it can find what these have lost. :mod:`.truth` has worked out who signs and what is cited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dossier.language.words import Words
from dossier.proof.signers import Place
from dossier.proof.truth import IndexEntry, Letter, See, Truth
from dossier.records.body import Node, text_of
from dossier.records.dossier import anchor_of_citation


@dataclass(frozen=True)
class Piece:
    """A piece of a section's text."""

    text: str
    anchor: str = ""
    """What stands there, where something leads to it."""


PageOf = Callable[[str], int]
"""The page of a letter's anchor."""
SHOWN = 60
"""Characters that a finding shows of a title or a line."""
TITLED = (
    "cover", "about", "contents", "glance", "introduction", "index", "bibliography", "colophon",
)  # fmt: skip
"""The sections that have a heading of ours, as their ids."""
LISTED = tuple(key for key in TITLED if key not in ("cover", "contents"))
"""Those of them that the contents list."""


def headings(dossier: Truth) -> dict[str, str]:
    """Return the heading of each section that has one of ours."""
    return {key: dossier.words(f"heading_{key}") for key in TITLED}


def section_ids(dossier: Truth) -> list[str]:
    """Return the sections that a dossier has to have, in order."""
    found: list[str] = []
    for section in dossier.publication.sections:
        if section == "letters":
            found += [f"letters/{one.id}" for one in dossier.letters]
        elif section != "introduction" or dossier.introduction:
            found.append(section)
    return found


def heads(dossier: Truth) -> dict[str, tuple[str, str]]:
    """Return the running head of each section: what stands left and right from its second page on."""
    title = dossier.publication.title
    return {key: (words, title) for key, words in headings(dossier).items()} | {
        f"letters/{one.id}": (
            one.head.title,
            dossier.words("letter_dated", number=one.number, date=one.date_words),
        )
        for one in dossier.letters
    }


def cut(text: str) -> str:
    """Return as much of a text as a finding shows."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def names(dossier: Truth) -> dict[str, str]:
    """Return how a finding names each section."""
    return headings(dossier) | {
        f"letters/{one.id}": f"Letter {one.number}, “{one.head.title}”" for one in dossier.letters
    }


def titles(dossier: Truth) -> dict[str, str]:
    """Return the title of each section as bookmarks and the listing have it."""
    return headings(dossier) | {
        f"letters/{one.id}": dossier.words("letter_titled", number=one.number, title=one.head.title)
        for one in dossier.letters
    }


def cover(dossier: Truth) -> Iterator[Piece]:
    """Yield the cover."""
    it, words = dossier.publication, dossier.words
    dot = words("between_facts")
    edition = words("edition", edition=it.edition) + dot if it.edition else ""
    for text in (
        it.identifier,
        it.title,
        it.subtitle,
        words("prepared_by", name=it.prepared_by) if it.prepared_by else "",
        f"{edition}{dossier.date_words}",
        words("letters", count=len(dossier.letters))
        + dot
        + words("signatures", count=dossier.signature_count)
        + dot
        + words("works_cited", count=len(dossier.works)),
        it.rights,
    ):
        yield Piece(str(text or ""))


def table_head(dossier: Truth) -> str:
    """Return the head of the table of letters."""
    columns = ("number", "date", "letter", "signatures", "works", "page")
    return " ".join(dossier.words(f"table_{key}") for key in columns)


def addresses(dossier: Truth) -> dict[str, set[str]]:
    """Return where the links of each section lead out of the file, in ASCII as PDF wants it."""
    sources = [one.head.source for one in dossier.letters if one.head.source]
    found = {
        "introduction": _links(dossier.introduction.nodes) if dossier.introduction else [],
        "bibliography": [span.url for work in dossier.works for span in work.spans],
        "colophon": [url or "" for one in sources for url in (one.url, one.archived_url)],
    } | {f"letters/{one.id}": _links(one.body.nodes) for one in dossier.letters}
    return {
        key: {in_ascii(url) for url in urls if url}
        for key, urls in found.items()
        if key in section_ids(dossier)
    }


def in_ascii(address: str) -> str:
    """Return an address, or words with one, as PDF wants it."""
    return quote(address, safe="!#$%&'()*+,/:;=?@[]~")


@dataclass(frozen=True)
class Aloud:
    """What is read aloud of links."""

    words: Words
    titles: Mapping[int, str]
    """Of the section of each page."""

    def page(self, target: int) -> str:
        """Return it of a link to a page."""
        return self.words("link_to_page", title=self.titles[target], page=target)

    def address(self, address: str) -> str:
        """Return it of a link out of the file."""
        return self.words("link_to_address", address=address)


def _links(nodes: Sequence[Node]) -> list[str]:
    # A link of nothing but spaces has no place on the page.
    found = [node.text for node in nodes if node.kind == "a" and text_of(node.children)]
    return found + [url for node in nodes for url in _links(node.children)]


def letter(dossier: Truth, one: Letter, numbers: Mapping[str, int]) -> Iterator[Piece]:
    """Yield a letter word for word, under its title; ``numbers`` are those of the cited works."""
    yield Piece(f"{dossier.words('letter', number=one.number)} {one.head.title}")
    yield Piece(one.head.heading or "")
    above = one.head.date_position == "above"
    yield Piece(one.date_line if above else "")
    yield Piece(" ".join(one.head.to.lines or ()))
    yield Piece("" if above else one.date_line)
    yield from _nodes(one.body.nodes, one.id, numbers)
    yield Piece(one.head.closing or "")
    for signature in one.signatures:
        yield Piece(signature.printed, signature.anchor)


def introduction(dossier: Truth) -> Iterator[Piece]:
    """Yield the editor's introduction."""
    yield Piece(dossier.words("heading_introduction"))
    if dossier.introduction:
        yield from _nodes(dossier.introduction.nodes, "introduction", {})


def contents(dossier: Truth, first: Mapping[str, int]) -> Iterator[Piece]:
    """Yield the lines of the contents; ``first`` has the page on which each section begins."""
    yield Piece(dossier.words("heading_contents"))
    letters = {f"letters/{one.id}": one for one in dossier.letters}
    for section, page in first.items():
        if section in letters:
            one = letters[section]
            yield Piece(f"{one.number} {one.head.title} {one.date_words} {page}")
        elif section in LISTED:
            yield Piece(f"{dossier.words(f'heading_{section}')} {page}")


def glance(dossier: Truth, first: Mapping[str, int]) -> Iterator[Piece]:
    """Yield the rows of the table of letters."""
    for one in dossier.letters:
        yield Piece(
            f"{one.number} {one.date_words} {one.head.to.name} {one.head.title} {len(one.signatures)} "
            f"{len(one.works) or dossier.words('nothing')} {first[f'letters/{one.id}']}"
        )


def index(dossier: Truth, page_of: PageOf) -> Iterator[Piece]:
    """Yield the index of signatories."""
    words = dossier.words
    yield Piece(f"{words('heading_index')} {words('index_legend')}")
    for group in dossier.index:
        yield Piece(group.label)
        for item in group.items:
            if isinstance(item, See):
                see = words("index_see_word")
                leads = {"wording": item.heading, "see": see, "heading": item.target_heading}
                yield Piece(words("index_see", **leads))
            else:
                yield Piece(_entry(dossier, item, page_of), f"entry-{item.id}")


def named(dossier: Truth, entry: IndexEntry) -> str:
    """Return a heading of the index with its country, where it shows that."""
    if not entry.country:
        return entry.heading
    return dossier.words("index_country", name=entry.heading, country=entry.country)


def _entry(dossier: Truth, entry: IndexEntry, page_of: PageOf) -> str:
    words, groups = dossier.words, dossier.words("between_groups")
    heading = " ".join([named(dossier, entry), *(name for _, name in entry.native)])
    if entry.details:
        heading = words("index_details", heading=heading, details=groups.join(entry.details))
    there = groups.join(places(entry.locators, page_of))
    if entry.see_also:
        there = words(
            "index_see_also",
            places=there,
            see_also=words("index_see_also_words"),
            headings=groups.join(heading for _, heading in entry.see_also),
        )
    return f"{words('index_heading', heading=heading)} {there}"


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


def bibliography(dossier: Truth, page_of: PageOf) -> Iterator[Piece]:
    """Yield the bibliography with its back-references."""
    words = dossier.words
    yield Piece(words("heading_bibliography"))
    yield Piece(words("works_legend" if dossier.works else "works_none"))
    for work in dossier.works:
        there = words("between_groups").join(places(work.cited_in, page_of))
        cited = words("works_cited_in", places=there)
        yield Piece(f"{work.number} {work.text} {work.note} {cited}", f"work-{work.id}")


def _nodes(nodes: Sequence[Node], letter_id: str, numbers: Mapping[str, int]) -> Iterator[Piece]:
    for node in nodes:
        if node.kind in ("text", "address"):
            yield Piece(node.text)
        elif node.kind == "citation":
            locator = f", {node.locator}" if node.locator else ""
            yield Piece(
                f"[{numbers[node.text]}{locator}]", anchor_of_citation(letter_id, node.level)
            )
        else:
            yield Piece(node.marker)
            for child in node.children:
                yield Piece("•" if node.kind == "ul" else "")
                yield from _nodes([child], letter_id, numbers)
