"""Makes ``NAME.epub`` (EPUB 3.3): the HTML edition as a book, with the pages of the print."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from dossier.outputs.archive import Deflate, Part, archive
from dossier.outputs.hypertext import of_page
from dossier.outputs.pagebreaks import Lines, breaks
from dossier.records.body import pictures_of
from dossier.records.bound import Bound
from dossier.records.dossier import Dossier
from dossier.records.job import Section
from dossier.records.lettering import Lettering, lettering
from dossier.records.sections import LETTERS

START = re.compile(r'^<(?:section|nav|article) id="([^"]+)"', re.MULTILINE)
"""Matches the beginning of a section of the HTML edition."""
VOID = re.compile(r"<(br|img)((?: [^<>]*)?)>")
HREF = re.compile(r' href="#([^"]*)"')
ID = re.compile(r' id="([^"]*)"')
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
CONTAINER = (
    f'{XML}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
)
COVER = "cover"
Read = Callable[[Section], Sequence[Lines]]
"""Reads the lines of a section's pages."""


def made(bound: Bound) -> bytes:
    """Return a packet as a book."""

    def of(page: str) -> bytes:
        return book(page, bound.dossier, bound.sections, bound.lines, bound.deflate)

    return of_page(bound, "book", of)


def book(
    page: str, dossier: Dossier, sections: Sequence[Section], read: Read, deflate: Deflate
) -> bytes:
    """Return a book made of ``page``, the HTML edition of a dossier."""
    pieces = _pieces(page)
    printed = {section.id.replace(f"{LETTERS}/", "letter-"): section for section in sections}
    sheets = {f"letter-{one.id}" for one in dossier.letters if dossier.publication.separators}
    labels = lettering(
        dossier.publication.section_letters, ((one.id, one.first_page) for one in sections)
    )
    marked = {
        key: _marked(piece, printed.get(key), read, key in sheets, labels)
        for key, piece in pieces.items()
    }
    files = {anchor: key for key, piece in marked.items() for anchor in [key, *ID.findall(piece)]}
    style = page.partition("<style>")[2].partition("</style>")[0].strip("\n") + "\n"
    titles = _titles(dossier, printed, pieces)
    texts = {
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": _package(dossier, marked),
        "EPUB/nav.xhtml": _navigation(dossier, titles, marked),
        "EPUB/style.css": style,
        **{
            f"EPUB/{key}.xhtml": _file(dossier, titles[key], _inside(piece, files))
            for key, piece in marked.items()
        },
    }
    first = Part("mimetype", b"application/epub+zip", is_packed=False)
    return archive([first, *(Part(name, text.encode()) for name, text in texts.items())], deflate)


def _pieces(page: str) -> dict[str, str]:
    """Return the HTML of each section, the header under ``cover``."""
    header = page[page.index("<header>") : page.index("</header>")] + "</header>"
    main = page[page.index("<main>") + len("<main>") : page.rindex("</main>")]
    starts = [(match[1], match.start()) for match in START.finditer(main)]
    ends = [*(start for _, start in starts[1:]), len(main)]
    return {COVER: header} | {
        key: main[start:end].strip("\n") for (key, start), end in zip(starts, ends, strict=True)
    }


def _marked(
    piece: str, section: Section | None, read: Read, with_sheet: bool, labels: Lettering
) -> str:
    """Return the HTML of a section with a mark where each of its pages begins.

    ``with_sheet`` says that its first page is a separator, which the book does not have: the next one
    begins where this does.
    """
    if section is None:
        return piece
    pages = {
        anchor: max(1, place.page - with_sheet) for anchor, place in section.leaf.anchors.items()
    }
    # A letter's own anchor is another in print.
    first = [piece.index(">") + 1] * (1 + with_sheet)
    places = [*first, *breaks(piece, read(section)[with_sheet:], pages)]
    made = piece
    for number, place in reversed(list(enumerate(places))):
        page = section.pages[number]
        mark = (
            f'<span id="page-{page}" role="doc-pagebreak" aria-label="{labels.label(page)}" '
            'epub:type="pagebreak"></span>'
        )
        made = made[:place] + mark + made[place:]
    return made


def _inside(piece: str, files: Mapping[str, str]) -> str:
    """Return the HTML of a section as XHTML, its links as those between files."""
    linked = HREF.sub(lambda match: f' href="{files[match[1]]}.xhtml#{match[1]}"', piece)
    return VOID.sub(r"<\1\2/>", linked).replace("&nbsp;", "&#160;")


def _titles(
    dossier: Dossier, printed: Mapping[str, Section], pieces: Mapping[str, str]
) -> dict[str, str]:
    """Return the title of each section."""
    own = {key: section.title for key, section in printed.items()}
    return {key: own.get(key, dossier.publication.title) for key in pieces}


def _file(dossier: Dossier, title: str, inside: str) -> str:
    tag = f'lang="{dossier.publication.language}" xml:lang="{dossier.publication.language}"'
    way = ' dir="rtl"' if dossier.words.right_to_left else ""
    own = dossier.words.language
    body = f' lang="{own}" xml:lang="{own}"' if own != dossier.publication.language else ""
    return (
        f"{XML}<!DOCTYPE html>\n<html {XHTML} {tag}{way}>\n<head>\n<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" type="text/css" href="style.css"/>\n</head>\n'
        f"<body{body}>\n{inside}\n</body>\n</html>\n"
    )


def _package(dossier: Dossier, pieces: Mapping[str, str]) -> str:
    """Return the package document: metadata, the files, and their sequence."""
    manifest = "".join(
        f'<item id="s-{key}" href="{key}.xhtml" media-type="application/xhtml+xml"'
        f"{' properties=' + chr(34) + 'svg' + chr(34) if '<svg' in piece else ''}/>\n"
        for key, piece in pieces.items()
    )
    spine = "".join(f'<itemref idref="s-{key}"/>\n' for key in pieces)
    way = ' page-progression-direction="rtl"' if dossier.words.right_to_left else ""
    language = dossier.publication.language
    return (
        f'{XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f'xml:lang="{language}">\n'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"{''.join(_metadata(dossier))}</metadata>\n<manifest>\n"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
        '<item id="style" href="style.css" media-type="text/css"/>\n'
        f"{manifest}</manifest>\n<spine{way}>\n{spine}</spine>\n</package>\n"
    )


def _metadata(dossier: Dossier) -> Iterator[str]:
    publication, day = dossier.publication, dossier.date.isoformat()
    what = "\n".join([publication.identifier or publication.title, publication.edition or "", day])
    for key, text in (
        ('identifier id="id"', uuid.uuid5(uuid.NAMESPACE_URL, what).urn),
        ("title", publication.title),
        ("language", publication.language),
        ("date", day),
        ("creator", publication.prepared_by),
        ("rights", publication.rights),
        ("description", publication.subtitle),
    ):
        if text:
            yield f"<dc:{key}>{escape(text)}</dc:{key.partition(' ')[0]}>\n"
    yield f'<meta property="dcterms:modified">{day}T00:00:00Z</meta>\n'
    edition = dossier.words("edition", edition=publication.edition) if publication.edition else ""
    source = ", ".join(filter(None, [publication.title, edition, day]))
    yield f'<meta property="pageBreakSource">{escape(source)}</meta>\n'
    bodies = [letter.body for letter in dossier.letters]
    has_pictures = any(True for body in bodies for _ in pictures_of(body.nodes))
    modes = ["textual", "visual"] if has_pictures else ["textual"]
    for key, values in (
        ("accessMode", modes),
        ("accessModeSufficient", ["textual"]),
        ("accessibilityFeature", FEATURES),
        ("accessibilityHazard", ["none"]),
    ):
        yield from (f'<meta property="schema:{key}">{value}</meta>\n' for value in values)


FEATURES = (
    "tableOfContents", "readingOrder", "structuralNavigation", "pageBreakMarkers", "pageNavigation",
    "alternativeText", "displayTransformability",
)  # fmt: skip
"""What helps readers, in the terms of the Accessibility Properties for Discoverability."""


def _navigation(dossier: Dossier, titles: Mapping[str, str], pieces: Mapping[str, str]) -> str:
    """Return the navigation document: the sections, and the pages of the print."""
    contents = dossier.words("heading_contents")
    items = "".join(f'<li><a href="{key}.xhtml">{escape(titles[key])}</a></li>\n' for key in pieces)
    pages = "".join(
        f'<li><a href="{key}.xhtml#page-{page}">{label}</a></li>\n'
        for page, label, key in sorted(
            (int(page), label, key)
            for key, piece in pieces.items()
            for page, label in re.findall(
                r'<span id="page-(\d+)" role="doc-pagebreak" aria-label="(\w+)"', piece
            )
        )
    )
    return _file(
        dossier,
        dossier.publication.title,
        f'<nav epub:type="toc" role="doc-toc">\n<h1>{escape(contents)}</h1>\n<ol>\n{items}</ol>\n</nav>\n'
        f'<nav epub:type="page-list" role="doc-pagelist" hidden="hidden">\n<ol>\n{pages}</ol>\n</nav>',
    )
