"""Proves of a finished PDF what can be proved without its corpus.

A receiver has none. What can be compared then are the files with each other: the PDF's objects, tags,
labels, folios, running heads and links, and the listing with the PDF's own words.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import anatomy, enclosed
from dossier.proof.anatomy import Anatomy, Held
from dossier.proof.comparison import with_actual_text
from dossier.proof.lettering import Label, begins_of, of_listing, printed, unturned
from dossier.proof.objects import MALFORMED, Objects, UnreadableError
from dossier.proof.parts import joined
from dossier.proof.readback import Bookmark, Page, Readback, reading
from dossier.proof.tags import Finding, Link
from dossier.proof.wanted import squeezed
from dossier.records.sections import section_of_letter, whole_section

LOCATOR = re.compile(r"([0-9]+|[A-Z]+):([A-Z]?[0-9]+)(?:–[A-Z]?[0-9]+)?")
"""A printed locator: letter and page."""
Listing = Mapping[str, Any]


def findings(raw: bytes, listing: Listing) -> Iterator[Finding]:
    """Yield the findings in a PDF and in the parsed listing beside it, each with its page."""
    try:
        book = Readback(raw)
    except UnreadableError as error:
        yield 0, f"The file {error}"
        return
    try:
        objects = Objects(raw, False)
        held = Held(bool(listing.get("attachments")), "signature" in listing)
        found = anatomy.dissect(objects, held=held)
        if len(found.pages) != book.pages:
            raise UnreadableError("is damaged: its pages cannot be counted")
        contents = [anatomy.marked_content(objects, page) for page in found.pages]
        yield from found.findings
        spans, label = _spans(listing), of_listing(listing)
        typed = printed(begins_of(listing))
        foreign = enclosed.pages_of(spans), enclosed.faced_pages(spans)
        yield from anatomy.tag_mismatches(objects, found, contents, *foreign)
        pages = [book.page(number) for number in range(1, book.pages + 1)]
        blank = {number for number, page in enumerate(found.pages, 1) if "/Contents" not in page}
        yield from _pages(pages, book.labels(), blank, foreign[0], (label, typed), found.turned)
        yield from _links(pages, found, label)
        yield from _held(objects, listing)
    except UnreadableError as error:
        yield 0, f"The file {error}"
        return
    except MALFORMED as error:
        yield 0, f"The file is damaged: a part of it is not what it should be ({error})"
        return
    else:
        try:
            said = [with_actual_text(number, page, found) for number, page in enumerate(pages, 1)]
            yield from _listed(said, found, book.bookmarks(), listing)
        except MALFORMED:
            yield 0, "The listing is damaged: a part of it is not what it should be"
    finally:
        book.close()


def _pages(
    pages: Sequence[Page],
    labels: Sequence[str],
    blank: Container[int],
    foreign: Container[int],
    numbers: tuple[Label, Label],
    turned: bool,
) -> Iterator[Finding]:
    """Yield what is wrong with pages by themselves; those that are ``blank`` have no content at all.

    ``numbers`` returns what a viewer displays for a page, and what is printed on it.
    Over the pictures of ``foreign`` pages, words may lie as near to each other as they were.
    """
    for number, (page, label) in enumerate(zip(pages, labels, strict=True), 1):
        displayed, typed = (told(number) for told in numbers)
        if label != displayed:
            yield number, f"The page’s label is “{label}”"
        if number in blank:
            continue
        if unturned(reading(page.folio), turned) != typed:
            yield number, f"The page number reads “{reading(page.folio)}”"
        for wrong, message in (
            (page.empty, "The page is empty"),
            (page.bare, "A text on the page is neither tagged nor marked as an artifact"),
            (page.leaving, "A text leaves the page"),
            (page.crowded and number not in foreign, "A text runs into another"),
        ):
            if wrong:
                yield number, message


def _held(objects: Objects, listing: Listing) -> Iterator[Finding]:
    """Compare the attachments and the field for a signature with those of the listing."""
    if "signature" in listing and "/AcroForm" not in objects.root:
        yield 0, "The document lacks the field for its signature"
    wanted = [
        [*(item.get(key) for key in ("name", "type", "description", "sha256")), "/Source"]
        for item in listing.get("attachments", ())
    ]
    there, named = [], {}
    for number in objects.root.get("/AF", ()):
        about = objects[number]
        stream = about["/EF"]["/F"]
        kind = objects[stream]["/Subtype"][1:].replace("#2f", "/")
        checksum = hashlib.sha256(objects.data(stream)).hexdigest()
        there.append([about["/F"], kind, about["/Desc"], checksum, about["/AFRelationship"]])
        named[about["/F"]] = number
    names = (objects.root.get("/Names") or {}).get("/EmbeddedFiles", {}).get("/Names", [])
    if there != wanted or dict(zip(names[::2], names[1::2], strict=True)) != named:
        yield 0, "The attachments of the document are not those of the listing"


def _said(page: Page, link: Link) -> str:
    return "".join(page.texts[mcid][0] for mcid in link.words if mcid in page.texts).strip()


def _links(pages: Sequence[Page], found: Anatomy, label: Label) -> Iterator[Finding]:
    """Yield the links that lead nowhere, or to another page than the one they name."""
    for number, (page, links) in enumerate(zip(pages, found.links, strict=True), 1):
        for link in links:
            said = _said(page, link)
            if not link.target and not link.address:
                yield number, f"The link “{said}” leads nowhere"
            match = LOCATOR.fullmatch(said)
            if match and link.target and match[2] != label(link.target):
                yield number, f"The link “{said}” leads to page {link.target}"


def _listed(
    pages: Sequence[Page], found: Anatomy, bookmarks: Sequence[Bookmark], listing: Listing
) -> Iterator[Finding]:
    """Yield the differences between the listing and the pages."""
    if listing["pages"] != len(pages):
        yield 0, f"The file has {len(pages)} pages, the listing {listing['pages']}"
        return
    if found.title != listing["title"]:
        yield 0, f"The document’s title is “{found.title}”, and the listing’s “{listing['title']}”"
    texts = [squeezed(_words(page, order)) for page, order in zip(pages, found.order, strict=True)]
    marks = [(squeezed(mark.title), mark.page) for mark in bookmarks]
    spans = _spans(listing)
    blank = {number for number, page in enumerate(found.pages, 1) if "/Contents" not in page}
    titles = {one["id"]: one["title"] for one in listing["sections"]}
    if message := _misplaced(spans, blank, len(pages)):
        yield message
        return
    for key, span in spans.items():
        title = titles[key]
        if blank & {*span}:
            yield span.start, f"A page of “{key}” is blank"
        if not any(page == span.start and squeezed(title) in said for said, page in marks):
            yield (
                span.start,
                f"No bookmark leads to “{title}” on the page that the listing has for it",
            )
        is_index = whole_section(key) == "index"
        yield from (
            _guides(pages, span, titles["index"]) if is_index else _heads(pages, span, title)
        )
    yield from _headings(texts, joined(spans), listing)


def _spans(listing: Listing) -> dict[str, range]:
    """Return the pages of each section of the listing."""
    return {
        str(one["id"]): range(one["first_page"], one["last_page"] + 1, one.get("step", 1))
        for one in listing["sections"]
    }


def _misplaced(spans: Mapping[str, range], blank: Container[int], count: int) -> Finding | None:
    """Return where sections do not follow each other, or do not have all pages of the file."""
    after, before = 1, ""
    for key, span in spans.items():
        first = span.start
        faces = span.step == 2 and key.startswith(enclosed.FOREIGN)
        faced = span.step == 2 and not faces and key.partition("/")[2] == before.partition("/")[2]
        # An empty page may come between, so that the section begins on a recto, or faces one.
        gap = first == after + 1 and first % 2 != faces and after in blank
        right = first == spans[before].start + 1 if faced else first == after or gap
        if not span or not right or span.step not in (1, 2) or (span.step == 2) != (faces or faced):
            return after, f"The listing’s pages of “{key}” do not follow those before"
        after, before = max(after, span[-1] + 1), key
    there = {page for span in spans.values() for page in span}
    lost = [page for page in range(1, after) if page not in there and page not in blank]
    if lost:
        return lost[0], "The page belongs to no section of the listing"
    if after - 1 != count:
        return 0, f"The listing’s sections end on page {after - 1} of {count}"
    return None


def _words(page: Page, order: Sequence[int]) -> str:
    return "".join(page.texts[mcid][0] for mcid in order if mcid in page.texts)


def _heads(pages: Sequence[Page], span: range, title: str) -> Iterator[Finding]:
    """Yield the pages whose running head is not that of the page two before in the same section."""
    for number in span[2 // span.step or 1 :]:
        there, before = (reading(pages[at - 1].head) for at in (number, number - 2))
        # The first page of a section may have none.
        if before and there != before:
            yield number, f"The running head of “{title}” reads “{there}”, and “{before}” before"


def _guides(pages: Sequence[Page], span: range, title: str) -> Iterator[Finding]:
    """Yield the pages of the index whose running head has not its title; its guide words differ."""
    wanted = Counter(filter(str.isalnum, squeezed(title)))
    for number in span[1:]:
        there = reading(pages[number - 1].head)
        if wanted - Counter(filter(str.isalnum, squeezed(there))):
            yield number, f"The running head of “{title}” reads “{there}”"


def _headings(
    texts: Sequence[str], spans: Mapping[str, Sequence[int]], listing: Listing
) -> Iterator[Finding]:
    """Yield the headings and works of the listing that are not printed as it says."""
    there = spans.get("index", ())
    index = "".join(texts[page - 1] for page in there)
    for heading in listing["index"]:
        if squeezed(heading["heading"]) not in index:
            yield min(there, default=0), f"The index does not have “{heading['heading']}”"
        for place in heading["locators"]:
            if place["page"] not in spans[section_of_letter(place["letter"])]:
                yield place["page"], f"“{heading['heading']}” signed on no page of its letter"
    for work in listing["bibliography"]:
        if squeezed(work["text"]) not in "".join(texts[page - 1] for page in spans["bibliography"]):
            yield work["page"], f"The bibliography does not have “{work['text']}”"
        for cited in work["cited_in"]:
            if cited["page"] not in spans[section_of_letter(cited["letter"])]:
                yield cited["page"], f"“{work['id']}” is cited on no page of its letter"
            elif f"[{work['number']}" not in texts[cited["page"] - 1]:
                yield cited["page"], f"“{work['id']}”, [{work['number']}], is not cited on the page"
    for letter in listing["letters"]:
        first = spans[section_of_letter(letter["id"])][0]
        total = sum(group["signatures"] for group in letter["groups"])
        if letter["signatures"] != total:
            yield (
                first,
                f"The groups of “{letter['title']}” have {total} signatures of {letter['signatures']}",
            )
