"""Compares the EPUB with the corpus and with the pages of the proved PDF.

It is independent of the module that makes the file; both follow docs/outputs.md. The files of its
sections are put together again as the HTML edition, which :mod:`.page` compares. The marks of pages are
compared with the pages of all anchors, and in letters with the first words of each page, as another
library reads them.
"""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from typing import Any

from dossier.language.direction import TURNING, language_runs_left
from dossier.proof import (
    active,
    anatomy,
    archives,
    edition,
    enclosed,
    expected,
    look,
    page,
    pictures,
)
from dossier.proof.beside import Proved
from dossier.proof.enclosed import FOREIGN
from dossier.proof.lettering import Label, of_listing
from dossier.proof.objects import Objects
from dossier.proof.readback import Readback
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.sections import VOLUMES, is_cover

HEADER = "cover"
MARK = re.compile(
    r'<span id="page-(\d+)" role="doc-pagebreak" aria-label="(\w+)" epub:type="pagebreak"></span>'
)
LINK = re.compile(r' href="([\w-]+)\.xhtml#([^"]*)"')
ANCHOR = re.compile(r'<\w+[^<>]* id="([^"]*)"')
TOKEN = re.compile(r"<[^<>]*>|[^<]+")
OPF, DC = "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
FIRST, FAR = 10, 40
"""How many letters at the beginning of a page are looked for, and how near behind its mark: a word away."""
FEATURES = {
    "tableOfContents", "readingOrder", "structuralNavigation", "pageBreakMarkers", "pageNavigation",
    "alternativeText", "displayTransformability",
}  # fmt: skip


class StrangeError(Exception):
    """The book is not as a build writes it; the message says why."""


def findings(content: bytes, proved: Proved) -> Iterator[Finding]:
    """Yield the findings in a book."""
    truth = proved.truth
    keys = [
        HEADER if key == edition.HEADER else edition.anchor(key)
        for key in edition.section_ids(truth)
    ]
    try:
        parts = archives.read(content, ("mimetype",))
        names = [
            "mimetype",
            "META-INF/container.xml",
            *(f"EPUB/{name}" for name in ("package.opf", "nav.xhtml", "style.css")),
        ]
        if list(parts) != [*names, *(f"EPUB/{key}.xhtml" for key in keys)]:
            raise StrangeError("it does not have the parts that it should have, in their sequence")
        texts = {name: raw.decode() for name, raw in parts.items()}
        bodies = {key: _body(texts[f"EPUB/{key}.xhtml"], truth, key) for key in keys}
        package, nav = (
            ET.fromstring(texts[f"EPUB/{name}"]) for name in ("package.opf", "nav.xhtml")
        )
    except (archives.MalformedError, StrangeError, UnicodeDecodeError, ET.ParseError) as error:
        yield 0, f"The file is damaged: {error}"
        return
    if texts["mimetype"] != "application/epub+zip" or texts["META-INF/container.xml"] != CONTAINER:
        yield 0, "The file does not say that it is an EPUB as a build says it"
    if not truth.has_templates and texts["EPUB/style.css"].strip("\n") != look.style(truth).strip(
        "\n"
    ):
        yield 0, "The style sheet is not that of the design"
    yield from _links(bodies)
    compared, _ = page.compare(
        _whole(bodies, truth, texts["EPUB/style.css"], proved.label), proved, {}
    )
    yield from ((0, f"In the book: {message}") for _, message in compared)
    around = [*_package(package, truth, keys, bodies), *_navigation(nav, proved, keys)]
    yield from ((0, message) for message in [*around, *_pages(bodies, proved, keys)])


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the title, the letters and the pages with those of the listing."""
    try:
        parts = archives.read(content, ("mimetype",))
        package = ET.fromstring(parts["EPUB/package.opf"].decode())
        pages = re.findall(r'#page-(\d+)">(\w*)<', parts["EPUB/nav.xhtml"].decode())
    except (archives.MalformedError, UnicodeDecodeError, ET.ParseError) as error:
        yield 0, f"The file is damaged: {error}"
        return
    titles = [one.text for one in package.iter() if str(one.tag).endswith("}title")]
    if titles != [listing["title"]]:
        yield 0, f"The title is not the listing’s, “{listing['title']}”"
    letters = [f"EPUB/letter-{letter['id']}.xhtml" for letter in listing["letters"]]
    if [name for name in parts if name.startswith("EPUB/letter-")] != letters:
        yield 0, "The letters are not those of the listing, in their sequence"
    # Foreign pages, blank ones and the covers of volumes stand in the print alone.
    wanted = sorted(
        number
        for one in listing["sections"]
        if not str(one["id"]).startswith((*FOREIGN, f"{VOLUMES}/"))
        for number in range(one["first_page"], one["last_page"] + 1, one.get("step", 1))
    )
    label = of_listing(listing)
    if pages != [(str(number), label(number)) for number in wanted]:
        yield 0, "The book does not list the pages of the listing"
    for name, raw in parts.items():
        if re.search(rb"<(script|iframe|object|embed|audio|video|form)\b|https?://[^\"]*\.js", raw):
            yield 0, f"{name} has something active"


def _titles(truth: Truth, keys: Sequence[str]) -> list[str]:
    titles = {edition.anchor(key): title for key, title in expected.titles(truth).items()}
    if "cover" not in truth.publication.sections:
        titles[HEADER] = truth.publication.title
    return [titles[key] for key in keys]


def _tags(truth: Truth, is_xml: bool) -> tuple[str, str]:
    """Return the attributes of the elements around each text: its language, and that of our words."""
    language, own = truth.publication.language, truth.words.language
    tags = [f' lang="{tag}"' + (f' xml:lang="{tag}"' if is_xml else "") for tag in (language, own)]
    way = ' dir="rtl"' if language_runs_left(own) else ""
    return tags[0] + way, tags[1] if own != language else ""


def _frame(truth: Truth, title: str) -> tuple[str, str]:
    """Return what stands before and behind the text of each file."""
    tag, body = _tags(truth, is_xml=True)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f"{tag}>\n<head>\n<title>{escape(title)}</title>\n"
        '<link rel="stylesheet" type="text/css" href="style.css"/>\n</head>\n'
        f"<body{body}>\n",
        "\n</body>\n</html>\n",
    )


def _body(text: str, truth: Truth, key: str) -> str:
    """Return the text of a file; raise StrangeError where something else stands around it."""
    before, behind = _frame(truth, _titles(truth, [key])[0])
    if not text.startswith(before) or not text.endswith(behind):
        raise StrangeError(f"{key}.xhtml does not begin or end as a build writes it")
    try:
        ET.fromstring(text)
    except ET.ParseError as error:
        raise StrangeError(f"{key}.xhtml is not XML ({error})") from None
    return text[len(before) : -len(behind)]


def _whole(bodies: Mapping[str, str], truth: Truth, style: str, label: Label) -> bytes:
    """Return the book as one page, the HTML edition, whose search and policy a book does not have."""
    tag, body = _tags(truth, is_xml=False)
    header, *sections = (_as_html(text, label) for text in bodies.values())
    title, skip = escape(truth.publication.title), escape(truth.words("screen_to_contents"))
    text = "\n".join(sections)
    return (
        f'<!DOCTYPE html>\n<html{tag}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{active.policy(chr(10) + style)}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body{body}>\n"
        f'<a class="skip" href="#contents">{skip}</a>\n{header}\n<main>\n{text}\n'
        f"</main>\n{active.block(truth.words)}\n</body>\n</html>\n"
    ).encode()


def _as_html(text: str, label: Label) -> str:
    """Return the text of a file as the HTML edition has it; a mark with a wrong label stays."""
    marked = MARK.sub(lambda mark: "" if mark[2] == label(int(mark[1])) else mark[0], text)
    text = LINK.sub(r' href="#\2"', marked)
    return re.sub(r"<(br|img)((?: [^<>]*)?)/>", r"<\1\2>", text)


def _links(bodies: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the links that lead to a file that does not have their target."""
    there = {key: {key, *ANCHOR.findall(text)} for key, text in bodies.items()}
    for key, text in bodies.items():
        for file, target in LINK.findall(text):
            if target not in there.get(file, ()):
                yield (
                    0,
                    f"In {key}.xhtml, a link leads to “{target}” in {file}.xhtml, where it is not",
                )
        if ' href="#' in text:
            yield 0, f"In {key}.xhtml, a link does not name its file"


# --- what stands around the text ---


def _package(
    root: ET.Element, truth: Truth, keys: Sequence[str], bodies: Mapping[str, str]
) -> Iterator[str]:
    data, day = truth.publication, truth.day.isoformat()
    what = "\n".join([data.identifier or data.title, data.edition or "", day])
    edition_said = truth.words("edition", edition=data.edition) if data.edition else ""
    visual = any(pictures.expected(truth).values())
    wanted = [
        ("identifier", uuid.uuid5(uuid.NAMESPACE_URL, what).urn), ("title", data.title),
        ("language", data.language), ("date", day), ("creator", data.prepared_by), ("rights", data.rights),
        ("description", data.subtitle),
        ("dcterms:modified", f"{day}T00:00:00Z"),
        ("pageBreakSource", ", ".join(filter(None, [data.title, edition_said, day]))),
        ("schema:accessMode", "textual"), ("schema:accessMode", "visual" if visual else None),
        ("schema:accessModeSufficient", "textual"), ("schema:accessibilityHazard", "none"),
        *(("schema:accessibilityFeature", feature) for feature in FEATURES),
    ]  # fmt: skip
    metadata = root.find(f"{OPF}metadata")
    said = [
        (one.get("property") or str(one.tag).removeprefix(DC), one.text)
        for one in (() if metadata is None else metadata)
    ]
    if sorted(said, key=str) != sorted(((key, text) for key, text in wanted if text), key=str):
        yield f"The metadata of the book are {said}, and should be {wanted}"
    items = [tuple(sorted(one.attrib.items())) for one in root.iterfind(f"{OPF}manifest/*")]
    xhtml = ("media-type", "application/xhtml+xml")
    files = [
        (("href", "nav.xhtml"), ("id", "nav"), xhtml, ("properties", "nav")),
        (("href", "style.css"), ("id", "style"), ("media-type", "text/css")),
        *(
            (("href", f"{key}.xhtml"), ("id", f"s-{key}"), xhtml,
             *[("properties", "svg")] * ("<svg" in bodies[key]))
            for key in keys
        ),
    ]  # fmt: skip
    if items != files:
        yield "The manifest of the book does not have its files, in their sequence"
    spine = root.find(f"{OPF}spine")
    way = {"page-progression-direction": "rtl"} if language_runs_left(truth.words.language) else {}
    if (
        spine is None
        or dict(spine.attrib) != way
        or [dict(one.attrib) for one in spine] != [{"idref": f"s-{key}"} for key in keys]
    ):
        yield "The book is not read in its sequence"
    if [str(one.tag).removeprefix(OPF) for one in root] != ["metadata", "manifest", "spine"]:
        yield "The package of the book has other parts than it should have"


def _navigation(root: ET.Element, proved: Proved, keys: Sequence[str]) -> Iterator[str]:
    """Compare the lists of sections and of pages."""
    truth = proved.truth
    texts = [text for text in (part.strip() for part in root.itertext()) if text]
    links = [one.get("href") for one in root.iter(f"{XHTML}a")]
    pages = [
        (number, HEADER if key == "cover" else edition.anchor(key))
        for key, span in enclosed.without(proved.wholes).items()
        # The covers of volumes are not in the book, which is not divided.
        if not is_cover(key)
        for number in span
    ]
    wanted = [f"{key}.xhtml" for key in keys] + [
        f"{key}.xhtml#page-{number}" for number, key in sorted(pages)
    ]
    if links != wanted:
        yield "The navigation of the book does not lead to its sections and pages, in their sequence"
    said = [
        truth.publication.title,
        truth.words("heading_contents"),
        *_titles(truth, keys),
        *(proved.label(number) for number, _ in sorted(pages)),
    ]
    if texts != [" ".join(text.split()) if "\n" in text else text for text in said]:
        yield "The navigation of the book does not name its sections and pages"


# --- pages ---


def _pages(bodies: Mapping[str, str], proved: Proved, keys: Sequence[str]) -> Iterator[str]:
    """Compare the marks of pages with the PDF."""
    spans = {
        HEADER if key == "cover" else edition.anchor(key): span
        for key, span in proved.wholes.items()
    }
    ids = {f"entry-{key}": f"entry-{proved.ids[key]}" for key in proved.ids}
    pages = {ids.get(anchor, anchor): number for anchor, number in proved.anchors.items()}
    book = Readback(proved.pdf)
    order = anatomy.dissect(Objects(proved.pdf, False)).order
    try:
        for key in keys:
            marks, anchors, letters = _marks(bodies[key])
            if [number for number, _ in marks] != list(spans.get(key, ())):
                yield f"{key}.xhtml does not have the marks of its pages, in their sequence"
                continue
            for anchor, at in anchors.items():
                right, there = pages.get(anchor, 0), _page_at(marks, at)
                if right and right != there:
                    yield f"“{anchor}” stands on page {right}, and the book has it on page {there}"
            if key.startswith("letter-"):
                yield from _beginnings(book, order, marks, letters)
    finally:
        book.close()


def _page_at(marks: Sequence[tuple[int, int]], at: int) -> int:
    """Return the page of a place: that of the last mark before it."""
    return max((number for number, place in marks if place <= at), default=0)


def _marks(text: str) -> tuple[list[tuple[int, int]], dict[str, int], str]:
    """Return the marks of pages and the anchors, each with the letters before it, and the letters.

    The notes at the end of a letter are left out: in print they stand on the pages that call them.
    """
    letters: list[str] = []
    marks: list[tuple[int, int]] = []
    anchors: dict[str, int] = {}
    end = None
    for match in TOKEN.finditer(text):
        token = match[0]
        if token == '<ol class="notes">':
            end = len(letters)
        if not token.startswith("<"):
            letters += filter(str.isalnum, unescape(token))
        elif mark := re.match(r'<span id="page-(\d+)"', token):
            marks.append((int(mark[1]), len(letters)))
        elif end is None and (anchor := ANCHOR.match(token)):
            anchors[unescape(anchor[1])] = len(letters)
    return marks, anchors, "".join(letters[:end])


def _beginnings(
    book: Readback, order: Sequence[Sequence[int]], marks: Sequence[tuple[int, int]], letters: str
) -> Iterator[str]:
    """Yield the pages of a letter that begin elsewhere than the PDF has them begin.

    A page with text from right to left is drawn in another sequence, and is not compared, nor one that
    begins with a note, or with words that the letter has several times.
    """
    for number, place in marks[1:]:
        texts = book.page(number).texts
        said = "".join(texts[mcid][0] for mcid in order[number - 1] if mcid in texts)
        first = "".join(filter(str.isalnum, said))[:FIRST]
        near = letters[place : place + FAR + FIRST]
        if TURNING.search(said) or letters.count(first) != 1:
            continue
        if first not in near:
            yield f"Page {number} begins with “{first}”, and in the book with “{near[:FIRST]}”"
