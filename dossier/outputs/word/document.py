"""Puts a Word file together: its sections in the packet's sequence, and the parts around them."""

from __future__ import annotations

from collections.abc import Iterator

from dossier.outputs.archive import Deflate, Part, archive
from dossier.outputs.hypertext import Element, of_page, parsed, sections
from dossier.outputs.word import parts
from dossier.outputs.word.blocks import Around, Document, field_of
from dossier.outputs.word.runs import Look, Words, run
from dossier.records.body import pictures_of
from dossier.records.bound import Bound
from dossier.records.dossier import Dossier
from dossier.records.sections import LETTERS

TWIPS = 20
"""Units in a point."""
FIELD = 'TOC \\o "1-1" \\h \\z'
"""The contents: of headings of level 1, with links."""


def made(bound: Bound) -> bytes:
    """Return a packet as a Word file."""
    return of_page(bound, "Word file", lambda page: document(page, bound.dossier, bound.deflate))


def document(page: str, dossier: Dossier, deflate: Deflate) -> bytes:
    """Return a Word file with the words of ``page``, the HTML edition of a dossier."""
    own, leftward = dossier.words.language, dossier.words.right_to_left
    bodies = [
        *([dossier.introduction] if dossier.introduction else []),
        *(one.body for one in dossier.letters),
    ]
    pictures = [picture.file for body in bodies for picture in pictures_of(body.nodes)]
    made = Document(own, dossier.design.text.measure, pictures)
    found = sections(parsed(page))
    around = Around(Look(own), leftward)
    for key in _keys(dossier):
        if key == "cover":
            made.section(key)
            made.body += _cover(made, dossier, around)
        elif key in found:
            made.section(key)
            made.body += _section(made, found[key], around, dossier)
    return archive(_parts(made, dossier), deflate)


def _keys(dossier: Dossier) -> Iterator[str]:
    """Yield the anchors of the sections in the packet's sequence."""
    for section in dossier.publication.sections:
        if section == LETTERS:
            yield from (f"letter-{letter.id}" for letter in dossier.letters)
        else:
            yield section


def _cover(made: Document, dossier: Dossier, around: Around) -> Iterator[str]:
    """Yield the cover, as it is printed."""
    publication, words = dossier.publication, dossier.words
    dot = words("between_facts")
    edition = words("edition", edition=publication.edition) + dot if publication.edition else ""
    told = {
        "letters": dossier.letter_count,
        "annexes": dossier.annex_count,
        "signatures": dossier.signature_count,
        "works_cited": len(dossier.works),
    }
    counts = dot.join(
        words(key, count=count) for key, count in told.items() if count or key == "letters"
    )
    prepared = publication.prepared_by
    corpus = Look(publication.language)
    for style, text, look in (
        ("CoverText", publication.identifier, corpus),
        ("Title", publication.title, corpus),
        ("Subtitle", publication.subtitle, corpus),
        ("CoverText", words("prepared_by", name=prepared) if prepared else "", around.look),
        ("CoverText", f"{edition}{dossier.date_words}", around.look),
        ("CoverText", counts, around.look),
        ("CoverText", publication.rights, corpus),
    ):
        if text:
            yield made.paragraph([Words(text, look)], around, style)


def _section(made: Document, element: Element, around: Around, dossier: Dossier) -> Iterator[str]:
    made.notes = {
        item.values["id"]: item
        for listed in element.walk()
        if "notes" in listed.classes
        for item in listed.elements
    }
    blocks = made.blocks(element, around)
    if element.values.get("id") == "contents":
        yield from _contents(list(blocks))
        return
    if element.values.get("id") == "about":
        _say_of_the_file(element, dossier)
    yield from blocks


def _contents(blocks: list[str]) -> Iterator[str]:
    """Yield the contents: the heading, then a field that has the lines for its result."""
    heading, *lines = blocks
    begin, _, end = field_of(FIELD, "\0").partition("\0")
    yield heading
    first, last = lines[0], lines[-1]
    if len(lines) == 1:
        yield _with(first, begin, end)
        return
    yield _with(first, begin, "")
    yield from lines[1:-1]
    yield _with(last, "", end)


def _with(paragraph: str, before: str, behind: str) -> str:
    """Return a paragraph with markup before and behind its text."""
    head, _, rest = paragraph.partition("</w:pPr>")
    text = rest.removesuffix("</w:p>\n")
    return f"{head}</w:pPr>{before}{text}{behind}</w:p>\n"


def _say_of_the_file(element: Element, dossier: Dossier) -> None:
    """Let the note to the reader speak of this file instead of the page on the screen."""
    for one in element.walk():
        if one.text == dossier.words("screen_same"):
            one.inside = [dossier.words("word_same")]


def _parts(made: Document, dossier: Dossier) -> list[Part]:
    """Return all parts of the file in their sequence."""
    publication, design = dossier.publication, dossier.design
    own, leftward = dossier.words.language, dossier.words.right_to_left
    measure = str(round(design.text.measure * TWIPS))
    look = Look(own)
    relations = [
        (name, f"{parts.RELATION}/{name.rstrip('1')}", f"{name}.xml") for name in parts.PARTS
    ]
    images = [
        (f"image{number}", f"{parts.RELATION}/image", f"media/{name}")
        for number, name in enumerate(made.media, 1)
    ]
    head = run(publication.title, Look(publication.language), own, leftward)
    root = [
        ("document", f"{parts.RELATION}/officeDocument", "word/document.xml"),
        ("core", f"{parts.OOXML}/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
    ]  # fmt: skip
    core = parts.core(
        publication.title, publication.prepared_by or "", publication.subtitle or "",
        publication.identifier or "", publication.language, dossier.date.isoformat(),
    )  # fmt: skip
    noted = [(key, kind, target) for key, kind, target in images if key in "".join(made.footnotes)]
    texts = {
        "[Content_Types].xml": parts.content_types(list(made.media)),
        "_rels/.rels": parts.relationships(root),
        "docProps/core.xml": core,
        "word/document.xml": _body(made, dossier),
        "word/_rels/document.xml.rels": parts.relationships([*relations, *images], made.targets),
        "word/styles.xml": parts.styles(design, own).replace("MEASURE", measure),
        "word/settings.xml": parts.settings(),
        "word/numbering.xml": parts.numbering(),
        "word/fontTable.xml": parts.font_table(design),
        "word/footnotes.xml": parts.footnotes(made.footnotes),
        "word/_rels/footnotes.xml.rels": parts.relationships(noted, made.targets),
        "word/header1.xml": parts.furniture("hdr", "Header", head, leftward),
        "word/footer1.xml": parts.furniture(
            "ftr", "Footer", field_of("PAGE", run("1", look, own)), leftward
        ),
    }
    packed = [Part(name, text.encode()) for name, text in texts.items()]
    # Pictures are compressed already.
    return packed + [Part(f"word/media/{name}", data, False) for name, data in made.media.items()]


def _body(made: Document, dossier: Dossier) -> str:
    """Return the text with the shape of its pages."""
    design = dossier.design
    paper = design.papers[dossier.publication.paper]
    width, height = round(paper.width * TWIPS), round(paper.height * TWIPS)
    side = round(design.side(dossier.publication.paper) * TWIPS)
    foot = round(design.foot(dossier.publication.paper) * TWIPS)
    head, line = round(design.text.head * TWIPS), round(design.furniture.head_line * TWIPS)
    bidi = "<w:bidi/>" if dossier.words.right_to_left else ""
    shape = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/>'
        '<w:footerReference w:type="default" r:id="footer1"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/><w:pgMar w:top="{head}" w:right="{side}" w:bottom="{foot}" '
        f'w:left="{side}" w:header="{line - 240}" w:footer="{line - 240}" w:gutter="0"/>'
        f"<w:titlePg/>{bidi}</w:sectPr>"
    )
    text = "".join(made.body)
    return f"{parts.HEAD}<w:document {parts.NAMESPACES}><w:body>\n{text}{shape}</w:body></w:document>\n"
