"""What the HTML edition has to say, told from the corpus and the pages of the proved PDF.

Of what it shares with the print, :mod:`.expected` tells the words; here stand its own lines and links. Each
line goes with the level of its heading, 0 for what is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dossier.proof import expected, phrases
from dossier.proof.beside import Proved
from dossier.proof.lines import BREAK, linked, marked
from dossier.proof.signers import Place
from dossier.proof.truth import IndexEntry, Letter, See, Truth
from dossier.records.body import Node
from dossier.records.dossier import anchor_of_citation
from dossier.records.sections import ORDER

Said = Iterator[tuple[int, str]]
HEADER = "header"


def anchor(section: str) -> str:
    """Return the anchor of a section."""
    return section.replace("letters/", "letter-")


def section_ids(truth: Truth) -> list[str]:
    """Return the sections of the page in order; the cover stands in its header."""
    return [HEADER, *sorted(set(expected.section_ids(truth)) - {"cover"}, key=_usual(truth).index)]


def _usual(truth: Truth) -> list[str]:
    """Return all sections in their usual order, which the page keeps in every packet."""
    letters = [f"letters/{one.id}" for one in truth.letters]
    found = [letters if section == "letters" else [section] for section in ORDER]
    return [key for keys in found for key in keys]


def outside(truth: Truth) -> Said:
    """Yield what stands in no section."""
    yield 0, linked(truth.words("screen_to_contents"), "#contents")


def header(truth: Truth) -> Iterator[str]:
    """Yield what the header has to say, in order."""
    it, words = truth.publication, truth.words
    yield it.identifier or ""
    yield it.title
    yield it.subtitle or ""
    yield words("prepared_by", name=it.prepared_by) if it.prepared_by else ""
    yield words("edition", edition=it.edition) if it.edition else ""
    yield truth.date_words
    yield it.rights or ""


def about(truth: Truth) -> Iterator[str]:
    """Yield what the note to the reader has to say."""
    yield from phrases.about(truth)
    yield truth.words("screen_same")


def colophon(truth: Truth) -> Iterator[str]:
    """Yield what the colophon has to say; with which version it was made is not compared."""
    yield next(phrases.colophon(truth))
    yield from truth.words("screen_made", version="\0").split("\0")


def sources(truth: Truth) -> list[str]:
    """Return the addresses that the colophon names, in order."""
    found = [one.head.source for one in truth.letters if one.head.source]
    return [url for one in found for url in (one.url, one.archived_url) if url]


def addresses(truth: Truth) -> dict[str, set[str]]:
    """Return where the links of each section may lead out of the page."""
    found = {"bibliography": {one.url for work in truth.works for one in work.spans}}
    found["colophon"] = set(sources(truth))
    if truth.introduction:
        found["introduction"] = _addresses(truth.introduction.nodes)
    return found | {f"letters/{one.id}": _addresses(one.body.nodes) for one in truth.letters}


def _addresses(nodes: Sequence[Node]) -> set[str]:
    found = {node.text for node in nodes if node.kind == "a"}
    return found.union(*(_addresses(node.children) for node in nodes))


def labels(truth: Truth) -> list[str]:
    """Return the texts that stand for figures, and the names of what is reached by a key."""
    headings = expected.headings(truth)
    there = [key for key in ("contents", "glance") if key in truth.publication.sections]
    return [*(headings[key] for key in there), *phrases.alternatives(truth)]


def contents(proved: Proved) -> Said:
    """Yield the contents."""
    truth, words = proved.truth, proved.truth.words
    yield 2, words("heading_contents")
    letters = {f"letters/{one.id}": one for one in truth.letters}
    for key, span in proved.spans.items():
        page, href = words("pages", count=1, pages=span.start), f"#{anchor(key)}"
        if key in letters:
            one = letters[key]
            title = linked(one.head.title, href)
            titled = words("letter_titled", number=one.number, title=title)
            yield 0, f"{titled} {one.date_words} {page}"
        elif key in expected.LISTED:
            yield 0, f"{linked(words(f'heading_{key}'), href)} {page}"


def glance(truth: Truth) -> Said:
    """Yield the table of letters, which the chart follows."""
    words = truth.words
    yield 2, words("heading_glance")
    for key in ("number", "date", "letter", "signatures", "works"):
        yield 0, words(f"table_{key}")
    for one in truth.letters:
        yield 0, str(one.number)
        yield 0, one.date_words
        yield 0, one.head.to.name + BREAK + linked(one.head.title, f"#letter-{one.id}")
        yield 0, str(len(one.signatures))
        yield 0, str(len(one.works) or words("nothing"))


def introduction(truth: Truth) -> Said:
    """Yield the editor's introduction."""
    yield 2, truth.words("heading_introduction")
    if truth.introduction:
        yield from _blocks(truth.introduction.nodes, "introduction", {}, 3)


def letter(proved: Proved, one: Letter, numbers: Mapping[str, int]) -> Said:
    """Yield a letter word for word, under its title; ``numbers`` are those of the cited works."""
    words, span, head = proved.truth.words, proved.spans[f"letters/{one.id}"], one.head
    yield 2, f"{words('letter', number=one.number)} {head.title}"
    first, last = span.start, span.stop - 1
    pages = str(first) if first == last else f"{first}–{last}"
    yield 0, words("screen_printed", count=last - first + 1, pages=pages)
    yield 3, head.heading or ""
    above = head.date_position == "above"
    yield 0, one.date_line if above else ""
    for line in head.to.lines or ():
        yield 0, line
    yield 0, "" if above else one.date_line
    yield from _blocks(one.body.nodes, one.id, numbers, 4 if head.heading else 3)
    yield 0, head.closing or ""
    for signature in one.signatures:
        yield 0, marked(signature.anchor) + signature.printed


def _blocks(nodes: Sequence[Node], letter: str, numbers: Mapping[str, int], base: int) -> Said:
    """Yield paragraphs; ``base`` is the level of the highest heading."""
    for node in nodes:
        if node.kind == "p":
            yield 0, _inside(node.children, letter, numbers)
        elif node.kind == "heading":
            yield min(base + node.level - 1, 6), _inside(node.children, letter, numbers)
        else:
            if node.kind == "li":
                yield 0, node.marker
            yield from _blocks(node.children, letter, numbers, base)


def _inside(nodes: Sequence[Node], letter: str, numbers: Mapping[str, int]) -> str:
    """Return what stands in a paragraph."""
    parts = []
    for node in nodes:
        if node.kind in ("text", "address"):
            parts.append(node.text)
        elif node.kind == "br":
            parts.append(BREAK)
        elif node.kind == "citation":
            locator = f", {node.locator}" if node.locator else ""
            figure = linked(f"[{numbers[node.text]}{locator}]", f"#work-{node.text}")
            parts.append(marked(anchor_of_citation(letter, node.level)) + figure)
        elif node.kind == "a":
            parts.append(linked(_inside(node.children, letter, numbers), node.text))
        else:
            parts.append(_inside(node.children, letter, numbers))
    return "".join(parts)


def index(proved: Proved) -> Said:
    """Yield the index of signatories."""
    truth, words = proved.truth, proved.truth.words
    yield 2, words("heading_index")
    yield 0, words("screen_index_legend")
    labels = [linked(one.label, f"#index-{place}") for place, one in enumerate(truth.index, 1)]
    yield 0, " ".join(labels)
    for place, group in enumerate(truth.index, 1):
        yield 3, marked(f"index-{place}") + group.label
        for item in group.items:
            if isinstance(item, See):
                heading = linked(item.target_heading, f"#entry-{proved.ids[item.target]}")
                see = words("index_see_word")
                yield 0, words("index_see", wording=item.heading, see=see, heading=heading)
            else:
                yield 0, marked(f"entry-{proved.ids[item.id]}") + _entry(proved, item)


def _entry(proved: Proved, entry: IndexEntry) -> str:
    words = proved.truth.words
    groups = words("between_groups")
    heading = " ".join([expected.named(proved.truth, entry), *(name for _, name in entry.native)])
    if entry.details:
        heading = words("index_details", heading=heading, details=groups.join(entry.details))
    there = groups.join(_places(proved, entry.locators, "screen_place"))
    if entry.see_also:
        also = [linked(name, f"#entry-{proved.ids[key]}") for key, name in entry.see_also]
        see_also = words("index_see_also_words")
        there = words("index_see_also", places=there, see_also=see_also, headings=groups.join(also))
    return f"{words('index_heading', heading=heading)} {there}"


def _places(proved: Proved, locators: Sequence[Place], words_of_place: str) -> Iterator[str]:
    """Yield locators with their links, each of which leads to the first place that it stands for."""
    words, page_of = proved.truth.words, proved.anchors.__getitem__
    for place in expected.places(locators, page_of):
        number, _, pages = place.partition(":")
        first, _, last = pages.partition("–")
        leads = next(
            one.anchor
            for one in locators
            if (str(one.number), str(page_of(one.anchor))) == (number, first)
        )
        count = int(last or first) - int(first) + 1
        link = linked(words("pages", count=count, pages=pages), f"#{leads}")
        yield words(words_of_place, letter=number, pages=link)


def bibliography(proved: Proved) -> Said:
    """Yield the bibliography with its back-references."""
    truth, words = proved.truth, proved.truth.words
    yield 2, words("heading_bibliography")
    if not truth.works:
        yield 0, words("works_none")
    for work in truth.works:
        yield 0, marked(f"work-{work.id}") + str(work.number)
        yield 0, "".join(linked(one.text, one.url) if one.url else one.text for one in work.spans)
        yield 0, work.note
        places = words("between_groups").join(_places(proved, work.cited_in, "screen_cited"))
        yield 0, words("works_cited_in", places=places)
