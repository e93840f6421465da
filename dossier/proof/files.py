"""Compares the files beside a PDF with the listing alone, where there is no corpus."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from dossier.proof import booklet, markup, press
from dossier.proof.tags import Finding

Listing = Mapping[str, Any]
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
        there = markup.read(text, frozenset(), frozenset(), {})
    except UnicodeDecodeError as error:
        yield 0, f"The file is damaged: it is not UTF-8 ({error})"
        return
    except markup.MalformedError as error:
        line, message = error.args
        yield line, message
        return
    yield from there.findings
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
    names = {item["id"]: item for item in listing["index"]}
    counts: Counter[str] = Counter()
    for line, row in enumerate(rows, 2):
        counts[row["letter"]] += int(row["anonymous"] or 1)
        place = {"letter": row["letter"], "page": int(row["page"])}
        heading = names.get(row["heading id"])
        if row["heading id"] and (not heading or place not in heading["locators"]):
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


def _booklet(content: bytes, listing: Listing) -> list[Finding]:
    """Return what a booklet has that none should have."""
    return booklet.alone(content)


def _press(content: bytes, listing: Listing) -> list[Finding]:
    """Return what a file for a print shop has that none should have."""
    return press.alone(content)


KINDS = {"html": _page, "csv": _rows, "booklet": _booklet, "press": _press}
"""What compares an output with the listing, by the output's name."""
