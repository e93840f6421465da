"""Proves a finished PDF: reads it back from disk and compares it with the corpus and with its listing.

Distrusts all the other stages: what has to stand where is told from the corpus (:mod:`.expected`),
what stands there is read by another library (:mod:`.readback`). A finding's line is the page.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.proof import anatomy, expected, listed, readback
from dossier.proof.anatomy import Anatomy, Marks
from dossier.proof.beside import Proved
from dossier.proof.comparison import Comparison, Wanted, wanted_of_letters
from dossier.proof.drawing import Drawing, drawings
from dossier.proof.objects import Objects, UnreadableError
from dossier.proof.readback import Page, Readback, Run, reading
from dossier.proof.truth import Cite, Truth, told
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.dossier import Corpus
from dossier.records.packet import Packet

REBUILD = "Do not use the file; build it again, and report this if it comes back."
REPORT = "The program has made a mistake, not you: please report this with the corpus."
LOOK_AT_TEMPLATES = (
    "Look at the corpus’s own templates first: without them the file may be right. If it comes back, "
    "please report it with the corpus."
)
LONG = 60
"""Pages from which on several processes read."""
PORTION = 20
"""Pages that a process reads at a time."""
MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading a PDF raises in which something of another kind stands in the place of what is asked for."""
AGAIN = 30
"""How many pages of an earlier proof are read anew all the same: some tenth of a second."""
FORMAT = "readings 2"
"""Changes when what is kept of a proof does."""


@dataclass(frozen=True)
class Kept:
    """What proved files of earlier builds have shown, so that it is not read again.

    What pdfium reads on a page depends on nothing but its drawing, which includes its fonts. So a reading
    is evidence of every page that is drawn the same. That it was this drawing which was read is proved by
    the store's seal alone, against whoever has not the user's key, and by reading :data:`AGAIN` such pages
    anew in every proof. That finds what has gone wrong with the readings as a whole; a single false one it
    finds by chance only. ``verify`` reads every page.
    """

    pages: Mapping[str, tuple[Page, Marks]] = field(default_factory=dict)
    """By the key of a drawing without its folio."""
    folios: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    """By the key of a folio's drawing."""


class Proof:
    """A context manager that proves one file; its pages are read while the corpus is."""

    def __init__(
        self,
        pdf: Path,
        shown: str,
        jobs: int = 1,
        fresh: bool = False,
        kept: Kept | None = None,
        executor: processes.Pool | None = None,
    ) -> None:
        """Take the file, how findings name it, and how many processes may read.

        ``fresh`` says that it was bound a moment ago, see :class:`.objects.Objects`; ``kept`` what
        need not be read again; ``executor`` has processes that are ready to read.
        """
        self._pdf = pdf
        self._shown = shown
        self._jobs = jobs
        self._fresh = fresh
        self._kept = kept or Kept()
        self._found: list[Diagnostic] = []
        self._book: Readback | None = None
        self._unreadable = False
        self._executor = executor
        self._awaited: list[tuple[Sequence[int], Future[list[Page]]]] = []
        self._read: dict[int, Page] = {}
        self._remedy = REPORT if fresh else REBUILD
        self.proved: Proved | None = None
        """What the file has shown, once it is known to be as it should be."""

    def __enter__(self) -> Self:
        """Open the file and begin to read it; raises OSError where it cannot be read."""
        self._raw = self._pdf.read_bytes()
        self._digest = hashlib.sha256(self._raw).hexdigest()
        try:
            self._book = Readback(self._raw)
            if not self._kept.pages:
                self._begin(range(1, self._book.pages + 1))
        except UnreadableError as error:
            self._wrong(0, f"The file {error}")
            self._unreadable = True
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        if self._executor:
            self._executor.close()
        if self._book:
            self._book.close()

    def against(
        self,
        corpus: Corpus,
        packet: Packet,
        cite: Cite,
        listing: bytes | None,
    ) -> tuple[Diagnostic, ...]:
        """Return what is wrong with the file; nothing where it is ``packet`` as ``listing`` has it.

        ``cite`` formats the works that are cited; ``listing`` is the content of the JSON file of it,
        None where there is none.
        """
        truth = told(corpus, packet, cite)
        return self.compared(truth, wanted_of_letters(truth), listing)

    def compared(
        self,
        truth: Truth,
        letters: Mapping[str, Wanted],
        content: bytes | None,
    ) -> tuple[Diagnostic, ...]:
        """Return what is wrong with the file, where it has been told already what should be there."""
        if self._fresh and truth.has_templates:
            self._remedy = LOOK_AT_TEMPLATES
        listing = self._listing(content)
        if self._unreadable or self._book is None:
            return tuple(self._found)
        try:
            objects = Objects(self._raw, self._fresh)
            found = anatomy.dissect(objects)
            if len(found.pages) != self._book.pages:
                raise UnreadableError("is damaged: its pages cannot be told")
            pages, marks = self._pages(objects, found)
            inside = [*found.faults, *anatomy.disowned(objects, found, marks)]
        except UnreadableError as error:
            self._wrong(0, f"The file {error}")
            return tuple(self._found)
        except MALFORMED as error:
            self._wrong(0, f"The file is damaged: a part of it is not what it should be ({error})")
            return tuple(self._found)
        spans = self._spans(truth, listing, self._book.pages)
        if spans and listing:
            comparison = Comparison(truth, letters, spans, pages, found)
            inside += comparison.faults(self._book.labels(), self._book.bookmarks())
            if not inside:
                inside += listed.faults(listing, truth, self._book.pages, comparison.page_of)
            if not inside and not self._found:
                self.proved = Proved(
                    truth, spans, comparison.anchors, listed.ids(listing, truth),
                    listed.checksums(listing),
                )  # fmt: skip
        names = expected.names(truth)
        sections = {page: names[key] for key, span in spans.items() for page in span}
        for page, message in inside:
            section = sections.get(page, "")
            # “Letter 1 should read …” names it already.
            letter = f"{section.partition(',')[0]} "
            named = not section or message.startswith(letter) or f"“{section}”" in message
            self._wrong(page, message if named else f"{message} ({section})")
        return tuple(sorted(set(self._found)))

    def shown(self) -> Kept:
        """Return what this file has shown; only for one that has been found good."""
        return self._kept

    def _fault(self, page: int, message: str, remedy: str) -> None:
        self._found.append(Diagnostic(self._shown, page, 0, Severity.ERROR, message, remedy))

    def _wrong(self, page: int, message: str) -> None:
        self._fault(page, message, self._remedy)

    def _begin(self, numbers: Sequence[int]) -> None:
        """Begin to read some pages, in several processes where that is worth starting them."""
        assert self._book is not None
        if self._jobs == 1 or len(numbers) < LONG:
            for number in numbers:
                self._read[number] = self._book.page(number)
            return
        self._executor = self._executor or readers(self._jobs)
        with processes.deaths():
            # The index stands behind the letters, and its pages take the longest.
            for start in reversed(range(0, len(numbers), PORTION)):
                part = numbers[start : start + PORTION]
                task = self._executor.submit(readback.pages, self._pdf, part)
                self._awaited.append((part, task))

    def _pages(self, objects: Objects, found: Anatomy) -> tuple[list[Page], list[Marks]]:
        """Return what is on each page, and remember it by its drawing."""
        assert self._book is not None
        drawn: list[Drawing | None] = [None] * self._book.pages
        marks: dict[int, Marks] = {}
        if self._fresh:
            drawn = list(drawings(objects, found.numbers))
            known = self._known(drawn)
            if self._borne_out(known, objects, found):
                self._read |= {number: page for number, (page, _) in known.items()}
                marks |= {number: its for number, (_, its) in known.items()}
            if self._kept.pages:
                self._begin([n for n in range(1, self._book.pages + 1) if n not in self._read])
        for number, page in enumerate(found.pages, 1):
            if number not in marks:
                marks[number] = anatomy.marks(objects, page)
        with processes.deaths():
            for numbers, task in self._awaited:
                self._read.update(zip(numbers, task.result(), strict=True))
        every = range(1, self._book.pages + 1)
        about = [(one, self._read[n], marks[n]) for n, one in zip(every, drawn, strict=True) if one]
        self._kept = Kept(
            {one.page: (page, mark) for one, page, mark in about},
            {one.folio: page.folio for one, page, _ in about},
        )
        return [self._read[number] for number in every], [marks[number] for number in every]

    def _known(self, drawn: Sequence[Drawing | None]) -> dict[int, tuple[Page, Marks]]:
        """Return what earlier files have shown of the pages that are drawn as theirs."""
        known: dict[int, tuple[Page, Marks]] = {}
        for number, one in enumerate(drawn, 1):
            kept = self._kept.pages.get(one.page) if one else None
            folio = self._kept.folios.get(one.folio) if one else None
            if kept and folio and reading(folio) == str(number):
                known[number] = replace(kept[0], folio=folio), kept[1]
        return known

    def _borne_out(
        self, known: Mapping[int, tuple[Page, Marks]], objects: Objects, found: Anatomy
    ) -> bool:
        """Read some of the known pages anew; tell whether all show what is known of them.

        Which pages these are depends on the file, and is as good as chance.
        """
        assert self._book is not None

        def place(number: int) -> bytes:
            return hashlib.sha256(f"{self._digest} {number}".encode()).digest()

        for number in sorted(known, key=place)[:AGAIN]:
            page = self._read[number] = self._book.page(number)
            if known[number] != (page, anatomy.marks(objects, found.pages[number - 1])):
                return False
        return True

    def _listing(self, content: bytes | None) -> Mapping[str, Any] | None:
        """Return the listing, None where it is none."""
        name = Path(self._shown).with_suffix(".json").name
        if content is None:
            message = f"The listing {name} does not stand beside the file"
            remedy = "Put it there: it was made together with the file."
            if Path(self._shown).stem.endswith(".rejected"):
                message = "The proof of the build that made this file has refused it"
                remedy = f"Do not use it: what was found in it stands in {Path(name).stem}.txt."
            self._fault(0, message, remedy)
            return None
        try:
            listing: Any = json.loads(content)
            checksum = listing["sha256"]
        except (ValueError, KeyError, TypeError):
            self._wrong(0, f"The listing {name} beside the file is damaged")
            return None
        if checksum != self._digest:
            message = "The file was changed or saved anew after it was built"
            self._wrong(0, f"{message}: it is not the one that {name} describes")
        return dict(listing)

    def _spans(
        self, truth: Truth, listing: Mapping[str, Any] | None, pages: int
    ) -> dict[str, range]:
        """Return the pages of each section as the listing has them; nothing where it cannot be right."""
        if listing is None:
            return {}
        try:
            items = {str(item["id"]): item for item in listing["sections"]}
            spans = {
                key: range(int(items[key]["first_page"]), int(items[key]["last_page"]) + 1)
                for key in expected.section_ids(truth)
            }
        except (KeyError, TypeError, ValueError):
            if self._fresh:
                self._wrong(0, "The file has not the sections that it should have")
            else:
                message = "The file was built from another corpus, or before letters came or went"
                self._fault(0, message, "Name its folder with --corpus, or build it again.")
            return {}
        page = 1
        for key, span in spans.items():
            if span.start != page or not span:
                self._wrong(page, f"The listing’s pages of “{key}” do not follow those before")
                return {}
            page = span.stop
        if page - 1 != pages:
            self._wrong(0, f"The file has {pages} pages, the listing {page - 1}")
            return {}
        return spans


def checksum_in(listing: bytes | None) -> str:
    """Return the checksum that a listing has of its PDF, nothing where it has none."""
    try:
        return str(json.loads(listing or b"")["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def readers(jobs: int) -> processes.Pool:
    """Start processes that read pages."""
    executor = processes.Pool(jobs, readback.ready)
    with processes.deaths():
        for _ in range(jobs):
            executor.submit(readback.ready)
    return executor


class Prover:
    """A context manager that proves the file of a build; it gets ready while that is still being bound."""

    def __init__(
        self,
        corpus: Corpus,
        packet: Packet,
        cite: Cite,
        shown: str,
        pages: int,
        jobs: int,
        store: Store | None,
        setup: str,
    ) -> None:
        """Take what was read, what is made of it, and how findings name the file of so many ``pages``.

        As many as ``jobs`` processes may read it. ``cite`` formats the works that are cited. ``store``
        keeps what good files have shown, under ``setup``, a checksum of the program.
        """
        self._truth = told(corpus, packet, cite)
        self._jobs = jobs
        self._shown = shown
        self._readings = Shelf(store, FORMAT, setup, Kept)
        self._key = self._readings.key(shown)
        self._kept = self._readings.get(self._key)
        self._pages = pages
        self._executor: processes.Pool | None = None
        self._letters = wanted_of_letters(self._truth)
        self.proved: Proved | None = None
        """What the file has shown, once it is known to be as it should be."""

    def __enter__(self) -> Self:
        """Start the processes that read; with nothing kept, all pages will be read."""
        if not (self._kept or self._jobs == 1 or self._pages < LONG):
            self._executor = readers(self._jobs)
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes that were to read."""
        if self._executor:
            self._executor.close()

    def prove(self, pdf: bytes, listing: bytes) -> tuple[Diagnostic, ...]:
        """Write a file that was just bound where it can be read, and return what is wrong with it."""
        with tempfile.TemporaryDirectory() as folder:
            # Not beside its final place: a killed build leaves nothing there.
            path = Path(folder) / "bound.pdf"
            path.write_bytes(pdf)
            with Proof(path, self._shown, self._jobs, True, self._kept, self._executor) as proof:
                found = proof.compared(self._truth, self._letters, listing)
                self.proved = proof.proved
                if not found:
                    self._readings.put(self._key, proof.shown())
        return found
