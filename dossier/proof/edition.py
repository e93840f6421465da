"""The expected lines of the HTML edition, worked out from the corpus and the pages of the proved PDF.

Texts that it shares with the print come from :mod:`.expected`. Each line has a level as a heading, 0 for
other lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dossier.language.words import Words
from dossier.proof import enclosed, expected, phrases
from dossier.proof.beside import Proved
from dossier.proof.faces import TEXT
from dossier.proof.letter import lines, notes, parts, signatures, ties, ties_inside
from dossier.proof.lettering import Label
from dossier.proof.lines import BREAK, anchored, linked
from dossier.proof.signers import Place
from dossier.proof.signing import TIED, Cell
from dossier.proof.truth import IndexEntry, Letter, See, Truth
from dossier.records.body import (
    Address,
    Block,
    CitationMark,
    Heading,
    Inline,
    Leaf,
    LineBreak,
    Link,
    ListItem,
    Node,
    NoteCall,
    Paragraph,
    Picture,
    TableCell,
    TableRow,
    Text,
)
from dossier.records.dossier import anchor_of_call, anchor_of_citation, anchor_of_note
from dossier.records.pictures import MARK
from dossier.records.sections import LETTERS, ORDER, section_of_letter

Lines = Iterator[tuple[int, str]]
Texts = Sequence[tuple[int, str]]
"""Lines, each with its level as a heading."""
HEADER = "header"


def anchor(section: str) -> str:
    """Return the anchor of a section in the page."""
    return section.replace(f"{LETTERS}/", "letter-")


def section_ids(truth: Truth) -> list[str]:
    """Return the ids of the page's sections in sequence; the header replaces the cover."""
    there = set(expected.section_ids(truth)) - {"cover"} - expected.enclosed_titles(truth).keys()
    return [HEADER, *sorted(there, key=_usual(truth).index)]


def _usual(truth: Truth) -> list[str]:
    """Return all sections in their usual sequence, which the page has in every packet."""
    letters = [section_of_letter(letter.id) for letter in truth.letters]
    found = [letters if section == LETTERS else [section] for section in ORDER]
    return [key for keys in found for key in keys]


def outside(truth: Truth) -> Lines:
    """Yield the lines outside all sections."""
    yield 0, linked(truth.words("screen_to_contents"), "#contents")


def header(truth: Truth) -> Iterator[str]:
    """Yield the phrases of the header, in sequence."""
    data, words = truth.publication, truth.words
    yield data.identifier or ""
    yield data.title
    yield data.subtitle or ""
    yield words("prepared_by", name=data.prepared_by) if data.prepared_by else ""
    yield words("edition", edition=data.edition) if data.edition else ""
    yield truth.date_words
    yield data.rights or ""


def about(truth: Truth) -> Iterator[str]:
    """Yield the phrases of the note to the reader."""
    yield from phrases.texts(phrases.about(truth, apart=False))
    yield truth.words("screen_same")


def colophon(proved: Proved) -> Iterator[str]:
    """Yield the phrases of the colophon; the program's version is not compared."""
    truth = proved.truth
    if "colophon" not in truth.publication.sections:
        return
    bound = enclosed.beginnings(proved.spans, proved.label)
    yield next(phrases.texts(phrases.colophon(truth, bound)))
    yield from truth.words("screen_made", version="\0").split("\0")


def checksums(truth: Truth) -> Iterator[str]:
    """Yield what the colophon says of the checksum of each source, on a line of its own."""
    for letter in truth.letters:
        if letter.source_file:
            yield truth.words("colophon_checksum", checksum=letter.source_file.sha256)


def sources(truth: Truth) -> list[str]:
    """Return the addresses in the colophon, in sequence."""
    found = [letter.head.source for letter in truth.letters if letter.head.source]
    return [url for source in found for url in (source.url, source.archived_url) if url]


def addresses(truth: Truth) -> dict[str, set[str]]:
    """Return the external addresses that each section may link to."""
    found = {"bibliography": {span.url for work in truth.works for span in work.spans}}
    found["colophon"] = set(sources(truth))
    if truth.introduction:
        found["introduction"] = _addresses(truth.introduction.nodes)
    return found | {
        section_of_letter(letter.id): _addresses(
            [*letter.body.nodes, *(part for note in letter.body.notes for part in note.paragraphs)]
        )
        for letter in truth.letters
    }


def _addresses(nodes: Sequence[Node]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, Link):
            found.add(node.href)
        if not isinstance(node, Leaf):
            found |= _addresses(node.children)
    return found


def labels(truth: Truth) -> list[str]:
    """Return the expected aria-labels: names of focusable regions, alternative texts of figures."""
    headings = expected.headings(truth)
    there = [key for key in ("contents", "glance") if key in truth.publication.sections]
    return [*(headings[key] for key in there), *phrases.alternatives(truth)]


def plain(truth: Truth, section: str) -> Lines:
    """Yield the lines of a section that says the same as in print, its heading first."""
    heading, *lines = expected.lines_of(expected.PLAIN[section](truth))
    yield 2, heading
    yield from ((0, line) for line in lines)


def contents(proved: Proved) -> Lines:
    """Yield the contents."""
    truth, words, label = proved.truth, proved.truth.words, proved.label
    yield 2, words("heading_contents")
    letters = {section_of_letter(letter.id): letter for letter in truth.letters}
    for key, span in proved.spans.items():
        page, href = words("pages", count=1, pages=label(span.start)), f"#{anchor(key)}"
        if key in letters:
            listed = letters[key]
            title = linked(listed.head.title, href)
            titled = expected.titled(words, listed, title)
            # The relations stand on a line of their own.
            ties = ties_inside(words, listed, _to_letter)
            yield 0, f"{titled} {listed.date_words} {BREAK if ties else ''}{ties} {page}"
        elif key in expected.LISTED:
            yield 0, f"{linked(words(f'heading_{key}'), href)} {page}"


def glance(truth: Truth) -> Lines:
    """Yield the table of letters, without the chart below it."""
    words = truth.words
    yield 2, words("heading_glance")
    for key in ("number", "date", "letter", "signatures", "works"):
        yield 0, words(f"table_{key}")
    for row in truth.letters:
        yield 0, str(row.number) if row.plain else words("nothing")
        yield 0, row.date_words
        title = linked(row.head.title, f"#letter-{row.id}")
        title = title if row.plain else expected.titled(words, row, title)
        to = expected.text_in(expected.addressed(truth, row, TEXT))
        yield 0, BREAK.join([to, title])
        yield 0, ties_inside(words, row, _to_letter)
        yield 0, str(row.signature_count)
        yield 0, str(len(row.works) or words("nothing"))


def _to_letter(name: str, letter: str) -> str:
    return linked(name, f"#letter-{letter}")


def introduction(truth: Truth) -> Lines:
    """Yield the editor's introduction."""
    yield 2, truth.words("heading_introduction")
    if truth.introduction:
        yield from _blocks(truth.introduction.nodes, "introduction", {}, 3)


def letters(proved: Proved) -> Iterator[tuple[str, Lines]]:
    """Yield the sections of the letters, with their lines."""
    numbers = {work.id: work.number for work in proved.truth.works}
    for wanted in proved.truth.letters:
        yield section_of_letter(wanted.id), letter(proved, wanted, numbers)


def letter(proved: Proved, wanted: Letter, numbers: Mapping[str, int]) -> Lines:
    """Yield a letter word for word, under its title; ``numbers`` are the numbers of the cited works."""
    words, span, head = proved.truth.words, proved.wholes[section_of_letter(wanted.id)], wanted.head
    yield 2, f"{wanted.label} {head.title}"
    yield 0, printed_on(words, span, proved.label)
    yield from ((0, line) for line in ties(words, wanted, _to_letter))
    yield from ((0, piece.text) for piece in notes(words, wanted, ""))
    base = 3 if head.heading else 2
    for part in parts(wanted):
        if part == "text":
            nodes = wanted.body.nodes[: wanted.body.signed_at]
            yield from _blocks(nodes, wanted.id, numbers, base + 1)
        elif part == "postscript" and wanted.body.signed_at is not None:
            nodes = wanted.body.nodes[wanted.body.signed_at :]
            yield from _blocks(nodes, wanted.id, numbers, base + 1)
        elif part == "signatories":
            yield from _signed(signatures(words, wanted, proved.truth.publication.language), base)
        for level, text in lines(wanted, part):
            yield 2 + level if level else 0, text
    yield from _notes(wanted, numbers)


def _signed(cells: Iterator[Cell], base: int) -> Lines:
    """Yield the lines of the signatures; those of a paragraph are one. ``base`` is as for blocks."""
    before = ""
    for cell in cells:
        before += anchored(cell.anchor) if cell.anchor else ""
        line, *others = cell.text.split("\n")
        if cell.behind:
            before += f"{line}{TIED}{cell.behind} "
            continue
        yield min(base + cell.level, 6) if cell.level else 0, before + line
        yield from ((0, other) for other in others)
        before = ""


def printed_on(words: Words, span: Sequence[int], label: Label) -> str:
    """Return what a letter says of its pages in the print."""
    first, last = label(span[0]), label(span[-1])
    pages = first if first == last else f"{first}–{last}"
    return words("screen_printed", count=len(span), pages=pages)


def _notes(wanted: Letter, numbers: Mapping[str, int]) -> Lines:
    """Yield the notes at the end of a letter."""
    for note in wanted.body.notes:
        mark = linked(note.mark, f"#{anchor_of_call(wanted.id, note.number)}")
        before = anchored(anchor_of_note(wanted.id, note.number)) + mark + " "
        for paragraph in note.paragraphs:
            yield 0, before + _inside(paragraph.children, wanted.id, numbers)
            before = ""


def _blocks(
    nodes: Sequence[Block | ListItem | TableRow | TableCell],
    letter: str,
    numbers: Mapping[str, int],
    base: int,
) -> Lines:
    """Yield the lines of blocks; ``base`` is the level of the highest heading."""
    for node in nodes:
        match node:
            case Paragraph() | TableCell():
                yield 0, _inside(node.children, letter, numbers)
            case Picture():
                yield 0, f"{MARK} {node.alt}"
            case Heading():
                yield base + node.level - 1, _inside(node.children, letter, numbers)
            case ListItem():
                yield 0, node.marker
                yield from _blocks(node.children, letter, numbers, base)
            case _:
                yield from _blocks(node.children, letter, numbers, base)


def _inside(nodes: Sequence[Inline], letter: str, numbers: Mapping[str, int]) -> str:
    """Return the text of inline nodes, with links, anchors and line breaks."""
    parts = []
    for node in nodes:
        match node:
            case Text() | Address():
                parts.append(node.text)
            case LineBreak():
                parts.append(BREAK)
            case CitationMark():
                locator = f", {node.locator}" if node.locator else ""
                figure = linked(f"[{numbers[node.report]}{locator}]", f"#work-{node.report}")
                parts.append(anchored(anchor_of_citation(letter, node.order)) + figure)
            case NoteCall():
                place = anchored(anchor_of_call(letter, node.number)) if node.is_first else ""
                parts.append(place + linked(node.mark, f"#{anchor_of_note(letter, node.number)}"))
            case Link():
                parts.append(linked(_inside(node.children, letter, numbers), node.href))
            case _:
                parts.append(_inside(node.children, letter, numbers))
    return "".join(parts)


def index(proved: Proved) -> Lines:
    """Yield the index of signatories."""
    truth, words = proved.truth, proved.truth.words
    yield 2, words("heading_index")
    by_custom = truth.publication.family_names == "accepted"
    legend = words("screen_index_legend_accepted" if by_custom else "screen_index_legend")
    yield 0, legend + expected.exhibit(truth)
    labels = [linked(group.label, f"#index-{place}") for place, group in enumerate(truth.index, 1)]
    yield 0, " ".join(labels)
    for place, group in enumerate(truth.index, 1):
        yield 3, anchored(f"index-{place}") + group.label
        for item in group.items:
            if isinstance(item, See):
                heading = linked(item.target_heading, f"#entry-{proved.ids[item.target]}")
                see = words("index_see_word")
                yield 0, words("index_see", wording=item.heading, see=see, heading=heading)
            else:
                yield 0, anchored(f"entry-{proved.ids[item.id]}") + _entry(proved, item)


def _entry(proved: Proved, entry: IndexEntry) -> str:
    words = proved.truth.words
    groups = words("between_groups")
    heading = " ".join([entry.shown, *(name for _, name in entry.native)])
    if entry.details:
        heading = words("index_details", heading=heading, details=groups.join(entry.details))
    there = groups.join(_places(proved, entry.locators, "screen_place"))
    if entry.see_also:
        also = [linked(name, f"#entry-{proved.ids[key]}") for key, name in entry.see_also]
        see_also = words("index_see_also_words")
        there = words("index_see_also", places=there, see_also=see_also, headings=groups.join(also))
    return f"{words('index_heading', heading=heading)} {there}"


def _places(proved: Proved, locators: Sequence[Place], words_of_place: str) -> Iterator[str]:
    """Yield printed locators, each linked to the first place that it covers."""
    words, page_of, label = proved.truth.words, proved.anchors.__getitem__, proved.label
    numbers = {label(page): page for page in map(page_of, (one.anchor for one in locators))}
    there = expected.first_places(locators, page_of, label)
    for place in expected.places(locators, page_of, label):
        mark, _, pages = place.partition(":")
        first, _, last = pages.partition("–")
        target = there[f"{mark}:{first}"]
        count = numbers[last or first] - numbers[first] + 1
        link = linked(words("pages", count=count, pages=pages), f"#{target.anchor}")
        yield words(words_of_place, letter=mark, pages=link)


def bibliography(proved: Proved) -> Lines:
    """Yield the bibliography with its back-references."""
    truth, words = proved.truth, proved.truth.words
    yield 2, words("heading_bibliography")
    for work in truth.works:
        yield 0, anchored(f"work-{work.id}") + str(work.number)
        spans = (linked(span.text, span.url) if span.url else span.text for span in work.spans)
        yield 0, "".join(spans)
        yield 0, work.note
        places = words("between_groups").join(_places(proved, work.cited_in, "screen_cited"))
        yield 0, words("works_cited_in", places=places)
