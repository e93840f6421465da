"""Proves a finished PDF: reads it back from disk and compares it with the corpus and with dossier.json.

Distrusts all the other stages: what has to stand where is told from the corpus (:mod:`dossier.expected`),
what stands there is read by another library (:mod:`dossier.readback`). A finding's line is the page.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier import anatomy, expected, processes, readback
from dossier.diagnostics import Diagnostic, Severity
from dossier.expected import Words
from dossier.locators import printed
from dossier.readback import Page, Readback, UnreadableError
from dossier.records import Dossier, Letter
from dossier.textlinks import LOCATOR

REBUILD = "Do not use the file; build it again, and report this if it comes back."
UNSEEN = re.compile("[\\s\x02\u00ad\u2010\u2022\ufffe-]+")
"""Spaces, hyphens, which may stand at line ends, and bullets: layout, not words."""
LONG = 100
"""Pages from which on several processes read."""
DIVIDING = re.compile("[\x02\u00ad\ufffe]")
"""Hyphens that a word has at a line's end and nowhere else."""
CONTEXT = 30
"""Characters that a finding shows of a text that differs."""
NUMBER = re.compile(r"\d+")
CITATION = re.compile(r"\[(\d+)(?:,[^\]]*)?\]")


def prove(pdf: Path, shown: str, dossier: Dossier, jobs: int = 1) -> tuple[Diagnostic, ...]:
    """Return what is wrong with ``pdf``; findings name it ``shown``.

    The listing beside it says which pages are whose. ``jobs`` is how many processes may read. Raises
    OSError where a file cannot be read.
    """
    proof = _Proof(shown, dossier)
    if not pdf.is_file():
        proof.found.append(
            Diagnostic(shown, 0, 0, Severity.ERROR, "There is no such file", "Build it first.")
        )
        return tuple(proof.found)
    listing = proof.listing(pdf)
    try:
        book = Readback(pdf)
    except UnreadableError as error:
        proof.fault(0, f"The file {error}")
        return tuple(proof.found)
    try:
        fits = listing is not None and proof.sections(book, listing)
        read, about = _read(pdf, book, list(proof.first.values()), jobs if fits else 1)
        if fits:
            proof.compare(book, read)
    finally:
        book.close()
    for page, message in about:
        proof.fault(page, message)
    return tuple(sorted(set(proof.found)))


def _read(
    pdf: Path, book: Readback, firsts: list[int], jobs: int
) -> tuple[list[Page], list[tuple[int, str]]]:
    """Return all pages, and what is wrong inside the file; a long one is read by several processes."""
    if jobs == 1 or book.pages < LONG:
        return book.read(1, book.pages), anatomy.faults(pdf, firsts)
    size = -(-book.pages // (jobs * 4))
    starts = range(1, book.pages + 1, size)
    executor = processes.pool(jobs, processes.begin)
    try:
        with processes.deaths():
            about = executor.submit(anatomy.faults, pdf, firsts)
            parts = [
                executor.submit(readback.pages, pdf, start, min(start + size - 1, book.pages))
                for start in starts
            ]
            return [page for part in parts for page in part.result()], about.result()
    finally:
        processes.close(executor)


@dataclass(frozen=True)
class _Read:
    """A section's text as it was found, squeezed, and where each of its pages begins in it."""

    text: str
    starts: list[int]
    first: int
    raw: str
    """The text with its spaces."""

    def page(self, place: int) -> int:
        """Return the page of a place in the text."""
        return self.first + max(0, bisect.bisect_right(self.starts, place) - 1)


def squeezed(text: str) -> str:
    """Return a text without what layout adds and takes."""
    return UNSEEN.sub("", unicodedata.normalize("NFKC", UNSEEN.sub(" ", text)))


class _Proof:
    """The comparison of one file, and what it finds."""

    def __init__(self, shown: str, dossier: Dossier) -> None:
        self.shown = shown
        self.dossier = dossier
        self.found: list[Diagnostic] = []
        self.first: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.anchors: dict[str, int] = {}
        """The page of each signature, citation, work and index entry, as it was found."""

    def fault(self, page: int, message: str) -> None:
        """Note a finding."""
        self.found.append(Diagnostic(self.shown, page, 0, Severity.ERROR, message, REBUILD))

    def listing(self, pdf: Path) -> dict[str, Any] | None:
        """Return the listing beside the PDF, None where it is not this PDF's."""
        path = pdf.with_suffix(".json")
        try:
            listing: Any = json.loads(path.read_bytes())
            checksum = listing["sha256"]
        except (ValueError, KeyError, TypeError, FileNotFoundError):
            self.fault(0, f"The listing {path.name} beside the file is missing or damaged")
            return None
        if checksum != hashlib.sha256(pdf.read_bytes()).hexdigest():
            self.fault(0, f"The file is not the one that {path.name} describes")
        return dict(listing)

    def sections(self, book: Readback, listing: Mapping[str, Any]) -> bool:
        """Take the sections' pages from the listing; tell whether they fill the file."""
        wanted = [
            "cover", "about", "contents", "glance",
            *(["introduction"] if self.dossier.introduction else []),
            *(f"letters/{one.id}" for one in self.dossier.letters),
            "index", "bibliography", "colophon",
        ]  # fmt: skip
        try:
            listed = {str(item["id"]): item for item in listing["sections"]}
            self.first = {key: int(listed[key]["first_page"]) for key in wanted}
            self.last = {key: int(listed[key]["last_page"]) for key in wanted}
        except (KeyError, TypeError, ValueError):
            self.fault(0, "The listing has not the sections of this corpus")
            return False
        page = 1
        for key in wanted:
            if self.first[key] != page or self.last[key] < page:
                self.fault(page, f"The listing’s pages of “{key}” do not follow those before")
                return False
            page = self.last[key] + 1
        if page - 1 != book.pages:
            self.fault(0, f"The file has {book.pages} pages, the listing {page - 1}")
            return False
        return True

    def compare(self, book: Readback, pages: Sequence[Page]) -> None:
        """Compare everything that is printed."""
        bodies = [page.body for page in pages]
        for page in pages:
            for wrong, message in (
                (page.empty, "The page is empty"),
                (page.leaving, "A text leaves the page"),
                (page.crowded, "A text runs into another"),
                (page.folio != str(page.number), f"The page number reads “{page.folio}”"),
                (page.label != str(page.number), f"The page’s label is “{page.label}”"),
            ):
                if wrong:
                    self.fault(page.number, message)
        read = {key: self._read(bodies, key) for key in self.first}
        numbers = {work.id: work.number for work in self.dossier.works}
        for one in self.dossier.letters:
            self._text(f"letters/{one.id}", read, expected.letter(one, numbers), one)
        if self.dossier.introduction:
            self._text("introduction", read, expected.introduction(self.dossier))
        self._text("contents", read, expected.contents(self.dossier, self.first))
        self._table(read["glance"])
        self._text("index", read, expected.index(self.dossier, self._page_of))
        self._text("bibliography", read, expected.bibliography(self.dossier, self._page_of))
        for key in ("about", "colophon"):
            if not read[key].text.startswith(squeezed(expected.HEADINGS[key])):
                self.fault(self.first[key], f"“{expected.HEADINGS[key]}” does not begin here")
        self._bookmarks(book)
        self._links(pages)

    def _page_of(self, letter: str, anchor: str) -> int:
        return self.anchors.get(anchor, 0)

    def _read(self, bodies: Sequence[str], key: str) -> _Read:
        own = bodies[self.first[key] - 1 : self.last[key]]
        parts = [squeezed(body) for body in own]
        starts = [0]
        for part in parts:
            starts.append(starts[-1] + len(part))
        return _Read("".join(parts), starts[:-1], self.first[key], " ".join(own))

    def _text(
        self,
        key: str,
        read: Mapping[str, _Read],
        words: Iterable[Words],
        letter: Letter | None = None,
    ) -> None:
        """Compare a section's text, and note on which page each of its anchors was found."""
        there, parts, raw, at = read[key], [], [], 0
        places: dict[str, int] = {}
        for piece in words:
            part = squeezed(piece.text)
            if piece.anchor:
                places[piece.anchor] = at
            parts.append(part)
            raw.append(piece.text)
            at += len(part)
        wanted = "".join(parts)
        name = f"Letter {letter.number}" if letter else f"“{expected.HEADINGS.get(key, key)}”"
        if _turned(wanted):
            # Right-to-left text comes back in another order: only that nothing is missing can be told.
            if Counter(wanted) != Counter(there.text):
                self.fault(there.first, f"{name} has not the characters that it should have")
        elif wanted != there.text:
            place = _difference(wanted, there.text)
            self.fault(
                there.page(min(place, len(there.text) - 1)),
                f"{name} should read “{_around(' '.join(raw), place)}” here, and reads "
                f"“{_around(there.raw, place)}”",
            )
        for anchor, place in places.items():
            self.anchors[anchor] = there.page(place)

    def _table(self, there: _Read) -> None:
        """Compare the rows of the table of letters."""
        head = squeezed(expected.TABLE_HEAD)
        heads = "".join(sorted(head))
        rows = "".join(squeezed(row.text) for row in expected.glance(self.dossier, self.first))
        text = there.text.removeprefix(squeezed(expected.HEADINGS["glance"]))
        # Its head stands on every page, in an order of its own.
        ends = [start - (len(there.text) - len(text)) for start in there.starts]
        kept = ""
        for start, end in zip(ends, [*ends[1:], len(text)], strict=True):
            part = text[max(start, 0) : end]
            repeated = "".join(sorted(part[: len(head)])) == heads
            kept += part[len(head) :] if repeated else part
        if not kept.startswith(rows):
            place = _difference(rows, kept)
            self.fault(
                there.first,
                f"The table of letters should read “{_around(rows, place)}”, and reads "
                f"“{_around(kept, place)}”",
            )

    # --- bookmarks and links ---

    def _bookmarks(self, book: Readback) -> None:
        """Compare the bookmarks."""
        titles = {
            f"letters/{one.id}": f"{one.number}. {one.head.title}" for one in self.dossier.letters
        }
        wanted: list[tuple[str, int]] = []
        for key, page in self.first.items():
            if key in titles and not any(title == "Letters" for title, _ in wanted):
                wanted.append(("Letters", page))
            title = titles.get(key, expected.HEADINGS.get(key, "Cover"))
            wanted.append((f"{title}, p. {page}", page))
        there = [(mark.title, mark.page) for mark in book.bookmarks()]
        for bookmark in [mark for mark in wanted if mark not in there]:
            self.fault(bookmark[1], f"The bookmark “{bookmark[0]}” is missing or leads elsewhere")
        for bookmark in [mark for mark in there if mark not in wanted]:
            self.fault(bookmark[1], f"The bookmark “{bookmark[0]}” should not be there")

    def _links(self, pages: Sequence[Page]) -> None:
        """Compare where links lead with what they say."""
        works = {work.number: f"work-{work.id}" for work in self.dossier.works}
        titles = {squeezed(one.head.title): f"letters/{one.id}" for one in self.dossier.letters}
        alone = Counter(squeezed(one.head.title) for one in self.dossier.letters)
        locators, numbers = Counter[str](), Counter[str]()

        def wanted(key: str, said: str) -> int:
            """Return the page that a link of a section promises, 0 where it promises none."""
            if match := LOCATOR.fullmatch(said):
                locators[key] += 1
                return int(match[0].partition(":")[2])
            if NUMBER.fullmatch(said):
                numbers[key] += 1
                return int(said)
            if key == "contents" and alone[squeezed(said)] == 1:
                return self.first[titles[squeezed(said)]]
            if (match := CITATION.fullmatch(said)) and int(match[1]) in works:
                return self.anchors.get(works[int(match[1])], 0)
            return 0

        owners = [key for key in self.first for _ in range(self.first[key], self.last[key] + 1)]
        for key, page in zip(owners, pages, strict=True):
            for link in page.links:
                said = " ".join(link.text.split())
                if link.address:
                    if not link.address.startswith(("http://", "https://", "mailto:")):
                        self.fault(page.number, f"A link leads to “{link.address}”")
                elif not link.target:
                    self.fault(page.number, f"The link “{said}” leads nowhere")
                elif link.target != (wanted(key, said) or link.target):
                    self.fault(page.number, f"The link “{said}” leads to page {link.target}")
        for key, places in (
            ("index", [entry.locators for entry in self.dossier.entries]),
            ("bibliography", [work.cited_in for work in self.dossier.works]),
        ):
            count = sum(len(printed(one, self._page_of)) for one in places)
            if locators[key] != count:
                message = f"“{expected.HEADINGS[key]}” has {locators[key]} links of {count}"
                self.fault(self.first[key], message)

        for key, count in (
            ("contents", len(self.first) - 2),  # all but the cover and itself
            ("glance", len(self.dossier.letters)),
        ):
            if numbers[key] != count:
                message = f"“{expected.HEADINGS[key]}” has {numbers[key]} links of {count}"
                self.fault(self.first[key], message)


def _turned(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def _difference(wanted: str, there: str) -> int:
    """Return the first place at which two texts differ."""
    for place, (one, other) in enumerate(zip(wanted, there, strict=False)):
        if one != other:
            return place
    return min(len(wanted), len(there))


def _around(text: str, place: int) -> str:
    """Return a few words of a text around a place of the same text squeezed."""
    text = " ".join(DIVIDING.sub("", unicodedata.normalize("NFKC", text)).split())
    kept = [number for number, char in enumerate(text) if not UNSEEN.match(char)]
    at = kept[place] if place < len(kept) else len(text)
    start = text.rfind(" ", 0, max(0, at - CONTEXT)) + 1
    end = text.find(" ", min(len(text), at + CONTEXT))
    return f"…{text[start : end if end >= 0 else len(text)]}…"
