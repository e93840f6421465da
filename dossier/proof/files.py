"""Compares the files beside a PDF with the listing alone, where there is no corpus."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.proof import active, archives, booklet, markup, press
from dossier.proof.enclosed import FOREIGN
from dossier.proof.lettering import of_listing
from dossier.proof.tags import Finding
from dossier.proof.word_text import StrangeError, W, parsed, strange, value
from dossier.records.sections import VOLUMES

Listing = Mapping[str, Any]
TEI = "{http://www.tei-c.org/ns/1.0}"
HREF = re.compile(r' href="#([^"<>]*)"')
ANCHOR = re.compile(r' id="([^"<>]*)"')


def findings(name: str, content: bytes, listing: Listing) -> Iterator[Finding]:
    """Yield the findings in an output, compared with the listing; ``name`` is that of its kind."""
    stated = [item["sha256"] for item in listing["outputs"] if item["name"] == name]
    if stated != [hashlib.sha256(content).hexdigest()]:
        yield (
            0,
            "The file was changed or saved anew after it was built: the listing has another checksum",
        )
    yield from KINDS[name](content, listing)


def _page(content: bytes, listing: Listing) -> Iterator[Finding]:
    """Yield what is active or fetched, and links inside that lead nowhere; then compare the letters."""
    try:
        text = content.decode()
        there = markup.read(text, frozenset(), frozenset(), {}, active.block_in(text))
    except UnicodeDecodeError as error:
        yield 0, f"The file is damaged: it is not UTF-8 ({error})"
        return
    except markup.MalformedError as error:
        line, message = error.args
        yield line, message
        return
    yield from there.findings
    yield from active.findings(there, may_lack=True)
    if there.title != listing["title"]:
        yield 0, f"The page’s title is “{there.title}”, and the listing’s “{listing['title']}”"
    anchors = set(map(html.unescape, ANCHOR.findall(text)))
    for target in map(html.unescape, HREF.findall(text)):
        if target not in anchors:
            yield 0, f"A link leads to “#{target}”, which is not there"
    for key, items in (("letter", "letters"), ("entry", "index"), ("work", "bibliography")):
        wanted = {f"{key}-{item['id']}" for item in listing[items]}
        if {anchor for anchor in anchors if anchor.startswith(f"{key}-")} != wanted:
            yield 0, f"The page does not have the {items} of the listing"


def _rows(content: bytes, listing: Listing) -> Iterator[Finding]:
    """Compare the signatures with the letters and headings of the listing."""
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        rows = list(csv.DictReader(text, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        yield 0, f"The file is damaged: it cannot be read as CSV in UTF-8 ({error})"
        return
    label = of_listing(listing)
    names = {item["id"]: item for item in listing["index"]}
    counts: Counter[str] = Counter()
    for line, row in enumerate(rows, 2):
        counts[row["letter"]] += int(row["anonymous"] or 1)
        place = (row["letter"], row["page"])
        heading = names.get(row["heading id"])
        there = (
            [(one["letter"], label(one["page"])) for one in heading["locators"]] if heading else []
        )
        if row["heading id"] and place not in there:
            yield (
                line,
                f"The index of the listing does not have “{row['heading']}” on page {row['page']}",
            )
        elif heading and not heading["heading"].startswith(row["heading"].removeprefix("'")):
            yield line, f"The heading is “{heading['heading']}” in the listing"
    for letter in listing["letters"]:
        if counts[letter["id"]] != letter["signatures"]:
            yield (
                0,
                f"“{letter['title']}” has {counts[letter['id']]} signatures of {letter['signatures']}",
            )


def _works(content: bytes, listing: Listing) -> Iterator[Finding]:
    """Compare the works with those of the listing."""
    there = [(item["citation-number"], item["id"]) for item in json.loads(content)]
    wanted = [(item["number"], item["id"]) for item in listing["bibliography"]]
    if there != wanted:
        yield 0, "The works are not those of the listing, in their sequence"


def _letters(content: bytes, listing: Listing) -> Iterator[Finding]:
    """Compare the described letters with those of the listing, of which some are not described."""
    if b"<!" in content:
        yield 0, "The file has declarations or comments"
        return
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        yield 0, f"The file is damaged: it is not XML ({error})"
        return
    there = [item.get("key") for item in root.iter(f"{TEI}correspDesc")]
    numbers = [str(letter["number"]) for letter in listing["letters"]]
    if there != [number for number in dict.fromkeys(numbers) if number in there]:
        yield 0, "The letters are not those of the listing, in their sequence"
    if root.findtext(f".//{TEI}titleStmt/{TEI}title") != listing["title"]:
        yield 0, f"The title is not the listing’s, “{listing['title']}”"


def _word(content: bytes, listing: Listing) -> Iterator[Finding]:
    """Compare the title and the headings with the letters of the listing."""
    try:
        parts = archives.read(content)
        core, body = parsed(parts["docProps/core.xml"]), parsed(parts["word/document.xml"])
    except (archives.MalformedError, StrangeError) as error:
        yield 0, f"The file is damaged: {error}"
        return
    yield from ((0, message) for message in strange(body))
    titles = [one.text for one in core if str(one.tag).endswith("}title")]
    if titles != [listing["title"]]:
        yield 0, f"The title is not the listing’s, “{listing['title']}”"
    headings = []
    for one in body.iter(f"{W}p"):
        if value(one.find(f"{W}pPr/{W}pStyle")) == "Heading1":
            headings.append("".join("".join(text.text or "" for text in one.iter(f"{W}t")).split()))
    for letter in listing["letters"]:
        if "".join(f"{letter['label']}{letter['title']}".split()) not in headings:
            yield 0, f"“{letter['title']}” has no heading in the file"


def _booklet(content: bytes, listing: Listing) -> list[Finding]:
    """Return what a booklet has that none should have."""
    return booklet.alone(content)


def _press(content: bytes, listing: Listing) -> list[Finding]:
    """Return what a file for a print shop has that none should have."""
    return press.alone(content)


def _book(content: bytes, listing: Listing) -> Iterator[Finding]:
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


KINDS = {
    "html": _page, "csv": _rows, "csl": _works, "cmif": _letters, "docx": _word, "epub": _book,
    "booklet": _booklet, "press": _press,
}  # fmt: skip
"""What compares an output with the listing, by the output's name."""
