"""Proves a finished PDF: reads it back from disk and compares it with the corpus and with its listing.

It distrusts all other stages: the expected text is worked out from the corpus (:mod:`.expected`), the
pages are read back by another library (:mod:`.readback`). The line of a finding is the page.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.proof import (
    anatomy,
    enclosed,
    expected,
    lettering,
    listed,
    printing,
    readback,
    seen,
    typefaces,
    volumes,
    works,
)
from dossier.proof.allowed import drawn, graph, whole
from dossier.proof.allowed.approved import Approved
from dossier.proof.anatomy import Anatomy, Held, MarkedContent
from dossier.proof.beside import Proved
from dossier.proof.comparison import Comparison, Places
from dossier.proof.decisive import Decisive
from dossier.proof.drawing import Drawing, drawings
from dossier.proof.objects import MALFORMED, Objects, UnreadableError
from dossier.proof.readback import Page, Readback, Run, reading
from dossier.proof.tags import Branch, Finding
from dossier.proof.truth import Cite, Truth, truth_of
from dossier.proof.typefaces import Typeface
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.dossier import ANCHORS, Corpus
from dossier.records.packet import Packet

T = TypeVar("T")
REBUILD = "Do not use the file; build it again, and report this if it comes back."
REPORT = "The program has made a mistake, not you: please report this with the corpus."
LOOK_AT_TEMPLATES = (
    "Look at the corpus’s own templates first: without them the file may be right. If it comes back, "
    "please report it with the corpus."
)
LONG = 60
"""The number of pages from which on workers read them."""
SEVERAL = 8
"""The number of pages from which on workers read them that run already."""
BATCH = 20
"""The most pages per task of a worker."""
AGAIN = 30
"""How many cached pages are read again nevertheless, which takes about a tenth of a second."""
LARGE = 600
"""The number of pages from which on workers that have set them do not read all."""
DRAWN = 20
"""The number of pages from which on workers draw them."""
FEW = 10
"""How many known branches of the structure tree are walked, and known sections compared, nevertheless."""
FORMAT = "readings 12"
"""The version of the cached readings."""


@dataclass(frozen=True)
class Kept:
    """Cached readings of the pages of earlier, proved files.

    What is read on a page depends only on its drawing and on its fonts. So a reading holds for every
    page with the same drawing, as long as no font has lost or changed a glyph. That a reading belongs to
    its drawing rests on the store's seal, which takes the user's key, and on a sample: every proof reads
    :data:`AGAIN` cached pages again. The sample finds readings that are wrong as a whole; a single wrong
    reading it finds only by chance. ``verify`` reads every page.
    """

    pages: Mapping[str, tuple[Page, MarkedContent]] = field(default_factory=dict)
    """By the checksum of a page's drawing without its folio."""
    folios: Mapping[str, tuple[tuple[Run, ...], tuple[Run, ...]]] = field(default_factory=dict)
    """Folios and Bates numbers, by the checksum of their drawing."""
    branches: Mapping[str, Branch] = field(default_factory=dict)
    """Branches of the structure tree, by the checksum of the object stream in which they begin."""
    sections: Mapping[str, Places] = field(default_factory=dict)
    """The sections in whose text nothing was found, by all that decides this."""
    leads: tuple[str, ...] = ()
    """Such checksums of the sections in whose links nothing was found."""
    approved: frozenset[str] = frozenset()
    """The checksums of object streams, pages and fonts that are as the program writes them."""
    typefaces: Mapping[str, Typeface] = field(default_factory=dict)
    """The fonts, by name."""

    def without_pages(self) -> Kept:
        """Return this without anything that was read on pages."""
        return replace(self, pages={}, folios={}, sections={}, leads=())

    def without_sample(self, digest: str) -> Kept:
        """Return this without a sample of them, which the checksum of a file selects."""

        def place(key: str) -> bytes:
            return hashlib.sha256(f"{digest} {key}".encode()).digest()

        branches = {key: self.branches[key] for key in sorted(self.branches, key=place)[FEW:]}
        sections = {key: self.sections[key] for key in sorted(self.sections, key=place)[FEW:]}
        leads = tuple(sorted(self.leads, key=place)[FEW:])
        approved = frozenset(sorted(self.approved, key=place)[FEW:])
        return replace(self, branches=branches, sections=sections, leads=leads, approved=approved)


class Proof:
    """The proof of one file: a context manager that starts to read its pages on entry."""

    def __init__(
        self,
        pdf: Path,
        shown: str,
        jobs: int = 1,
        fresh: bool = False,
        kept: Kept | None = None,
        executor: processes.Pool | None = None,
    ) -> None:
        """Take the file, its path in findings, and the number of workers.

        ``fresh`` says that this build has just bound the file, see :class:`.objects.Objects`; ``kept`` has
        cached readings; ``executor`` has workers that are ready to read.
        """
        self._pdf = pdf
        self._shown = shown
        self._jobs = jobs
        self._fresh = fresh
        self._kept = kept or Kept()
        self._found: list[Diagnostic] = []
        self._book: Readback | None = None
        self._unreadable = False
        self._has_begun = False
        """Pages are being read already."""
        self._executor = executor
        self._awaited: list[tuple[Sequence[int], Future[list[Page]]]] = []
        self._of_graph: Callable[[], list[Finding]] | None = None
        """Waits for the comparison of the kinds of all objects."""
        self._read: dict[int, Page] = {}
        self._drawings: Sequence[str] = ()
        self._sampled = Kept()
        self._confirmed: Callable[[], bool] = _nothing_sampled
        """Waits for the sample of known pages; tells whether they were read as they are kept."""
        self._remedy = REPORT if fresh else REBUILD
        self._held = anatomy.NOTHING
        self._shared_fonts = 0
        """The number of the dictionary of fonts."""
        self._typefaces: dict[str, Typeface] = {}
        self._label: lettering.Label = str
        self._turned = False
        self._spanned: Mapping[str, range] = {}
        """The pages of each section, once the file was compared."""
        self.proved: Proved | None = None
        """Set once the file is proved without findings."""

    def __enter__(self) -> Self:
        """Open the file and start to read it; raises OSError where it cannot be read."""
        self._raw = self._pdf.read_bytes()
        self._digest = hashlib.sha256(self._raw).hexdigest()
        try:
            self._book = Readback(self._raw)
            if not self._kept.pages:
                if self._executor:
                    self._of_graph = self._sent(graph.of_file, self._pdf)
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
        thorough: bool = False,
    ) -> tuple[Diagnostic, ...]:
        """Return the findings in the file, compared with a packet of ``corpus`` and the listing.

        ``cite`` formats the cited works; ``listing`` is the content of the JSON file, None if missing.
        With ``thorough`` its pages are looked at, too.
        """
        truth = volumes.divided(truth_of(corpus, packet, cite), listing)
        found = self.compared(truth, listing)
        return self._looked_at(truth) if thorough else found

    def compared(
        self, truth: Truth, content: bytes | None, decisive: Decisive | None = None
    ) -> tuple[Diagnostic, ...]:
        """Return the findings in the file, where its truth, and its checksums, are already worked out."""
        decisive = decisive or Decisive(truth)
        found = self._compared(truth, content, decisive)
        with processes.deaths():
            if self._confirmed():
                return found
        # Nothing that was kept of earlier files is used.
        self._kept, self._found, self._read, self._has_begun = Kept(), [], {}, False
        self._awaited, self._confirmed, self.proved = [], _nothing_sampled, None
        return self._compared(truth, content, decisive)

    def _compared(
        self, truth: Truth, content: bytes | None, decisive: Decisive
    ) -> tuple[Diagnostic, ...]:
        if self._fresh and truth.has_templates:
            self._remedy = LOOK_AT_TEMPLATES
        self._held = Held(bool(truth.attachments), truth.publication.sign is not None)
        listing = self._listing(content)
        if self._unreadable or self._book is None:
            return tuple(self._found)
        try:
            objects = Objects(self._raw)
            self._compare_fonts(objects)
            found = self._dissected(objects)
            if len(found.pages) != self._book.pages:
                raise UnreadableError("is damaged: its pages cannot be counted")
            spans = self._spans(truth, listing, self._book.pages)
            approved = Approved(self._sampled.approved)
            self._turned = truth.words.right_to_left
            self._label = lettering.printed(lettering.prefixes(truth, spans) if spans else {})
            # Workers read and examine pages meanwhile.
            examination = self._examination(objects, truth, spans, found, approved)
            pages, contents = self._pages(objects, found)
            foreign = enclosed.pages_of(spans), enclosed.faced_pages(spans)
            inside = [*found.findings, *anatomy.tag_mismatches(objects, found, contents, *foreign)]
        except UnreadableError as error:
            self._wrong(0, f"The file {error}")
            return tuple(self._found)
        except MALFORMED as error:
            self._wrong(0, f"The file is damaged: a part of it is not what it should be ({error})")
            return tuple(self._found)
        if spans and listing:
            comparison = Comparison(
                truth, decisive, spans, pages, found, self._drawings, self._sampled.sections,
                self._sampled.leads,
            )  # fmt: skip
            inside += comparison.findings(self._book.labels(), self._book.bookmarks())
            inside += volumes.planned(truth, spans)
            if examination:
                with self._malformed(), processes.deaths():
                    inside += examination.findings()
            self._kept = replace(
                self._kept, sections=comparison.compared, leads=comparison.leads,
                approved=frozenset(approved.seen),
            )  # fmt: skip
            if not inside:
                inside += listed.findings(content or b"", listing, truth, spans, comparison.page_of)
            if not inside:
                inside += works.findings(listing, truth, comparison.page_of)
            if not inside and not self._found:
                self.proved = Proved(
                    truth, decisive, spans, comparison.anchors, listed.ids(listing, truth),
                    listed.checksums(listing), self._raw,
                )  # fmt: skip
        self._spanned = spans
        self._tell(truth, inside)
        return tuple(sorted(set(self._found)))

    def _examination(
        self,
        objects: Objects,
        truth: Truth,
        spans: Mapping[str, range],
        found: Anatomy,
        approved: Approved,
    ) -> whole.Examination | None:
        """Begin to compare the whole file with what it may have; None where that cannot be done."""
        if not spans:
            return None
        with self._malformed():
            return whole.Examination(
                objects, truth, spans, found, approved, self._sent, self._of_graph
            )
        return None

    @contextmanager
    def _malformed(self) -> Iterator[None]:
        """Turn what a part that is not what it should be raises into a finding."""
        try:
            yield
        except (UnreadableError, *MALFORMED) as error:
            self._wrong(0, f"The file has a part that the program never writes ({error})")

    def _sent(self, task: Callable[..., T], *args: Any) -> Callable[[], T]:
        """Return what waits for the result of a task: in a worker, if there are any."""
        if self._executor is None:
            return partial(task, *args)
        with processes.deaths():
            return self._executor.submit(task, *args).result

    def _looked_at(self, truth: Truth) -> tuple[Diagnostic, ...]:
        """Draw all pages and return what does not look as it should, too; the file was compared before.

        Where the file and its listing do not fit, nothing is drawn: which page is which is not known.
        """
        pages = range(1, max((span.stop for span in self._spanned.values()), default=1))
        if not pages:
            return tuple(sorted(set(self._found)))
        may, charted = seen.known(truth), frozenset(self._spanned.get("glance", ()))
        may = replace(may, foreign=frozenset(enclosed.pages_of(self._spanned)))
        if self._jobs == 1 or len(pages) < DRAWN:
            found = seen.look(self._pdf, pages, may, charted)
        else:
            self._executor = self._executor or readers(self._jobs)
            with processes.deaths():
                tasks = [
                    self._executor.submit(
                        seen.look, self._pdf, pages[start : start + BATCH], may, charted
                    )
                    for start in range(0, len(pages), BATCH)
                ]
                found = [finding for task in tasks for finding in task.result()]
        self._tell(truth, found)
        return tuple(sorted(set(self._found)))

    def _tell(self, truth: Truth, inside: Sequence[Finding]) -> None:
        """Add findings, with the sections in which they are."""
        names = expected.names(truth)
        sections = {page: names[key] for key, span in self._spanned.items() for page in span}
        for page, message in inside:
            section = sections.get(page, "")
            # A message such as “Letter 1 should read …” names its section already.
            letter = f"{section.partition(',')[0]} "
            named = not section or message.startswith(letter) or f"“{section}”" in message
            self._wrong(page, message if named else f"{message} ({section})")

    def _compare_fonts(self, objects: Objects) -> None:
        """Drop what was read on earlier pages if a font has changed otherwise than by more glyphs."""
        if not self._fresh:
            return
        self._shared_fonts = typefaces.shared(objects)
        if self._shared_fonts:
            before = self._kept.typefaces
            self._typefaces = typefaces.typefaces(objects, self._shared_fonts, before)
        if not typefaces.have_grown(self._kept.typefaces, self._typefaces):
            self._kept = self._kept.without_pages()

    def _dissected(self, objects: Objects) -> Anatomy:
        """Return the anatomy of the file; where a sample contradicts what is kept, without that."""
        self._sampled = self._kept.without_sample(self._digest) if self._fresh else Kept()
        found = anatomy.dissect(objects, self._sampled.branches, self._held)
        kept = self._kept.branches
        again = kept.keys() & found.branches.keys() - self._sampled.branches.keys()
        if any(found.branches[key] != kept[key] for key in again):
            found = anatomy.dissect(objects, held=self._held)
        return found

    def shown(self) -> Kept:
        """Return the readings of this file, to be cached if there were no findings."""
        return self._kept

    def _fault(self, page: int, message: str, remedy: str) -> None:
        self._found.append(Diagnostic(self._shown, page, 0, Severity.ERROR, message, remedy))

    def _wrong(self, page: int, message: str) -> None:
        self._fault(page, message, self._remedy)

    def _begin(self, numbers: Sequence[int]) -> None:
        """Read pages, or submit them to workers where there are enough to be worth it."""
        assert self._book is not None
        self._has_begun = True
        if self._jobs == 1 or len(numbers) < (SEVERAL if self._executor else LONG):
            for number in numbers:
                self._read[number] = self._book.page(number)
            return
        self._executor = self._executor or readers(self._jobs)
        size = min(BATCH, -(-len(numbers) // (2 * self._jobs)))
        with processes.deaths():
            # Longest first: the pages of the index, behind the letters, take most time.
            for start in reversed(range(0, len(numbers), size)):
                batch = numbers[start : start + size]
                task = self._executor.submit(readback.pages, self._pdf, batch)
                self._awaited.append((batch, task))

    def _pages(self, objects: Objects, found: Anatomy) -> tuple[list[Page], list[MarkedContent]]:
        """Return the readings of all pages, and keep them by drawing."""
        assert self._book is not None
        drawn: list[Drawing | None] = [None] * self._book.pages
        contents: dict[int, MarkedContent] = {}
        if self._fresh:
            drawn = list(drawings(objects, found.numbers, self._shared_fonts))
            known = self._known(drawn)
            if self._is_sampled(known, objects, found):
                self._read |= {number: page for number, (page, _) in known.items()}
                contents |= {number: content for number, (_, content) in known.items()}
            if not self._has_begun:
                self._begin([n for n in range(1, self._book.pages + 1) if n not in self._read])
        for number, page in enumerate(found.pages, 1):
            if number not in contents:
                contents[number] = anatomy.marked_content(objects, page)
        with processes.deaths():
            for numbers, task in self._awaited:
                self._read.update(zip(numbers, task.result(), strict=True))
        every = range(1, self._book.pages + 1)
        readings = [
            (drawing, self._read[number], contents[number])
            for number, drawing in zip(every, drawn, strict=True)
            if drawing
        ]
        self._kept = Kept(
            {drawing.page: (page, content) for drawing, page, content in readings},
            {drawing.folio: (page.folio, page.stamp) for drawing, page, _ in readings},
            found.branches if self._fresh else {},
            typefaces=self._typefaces,
        )
        self._drawings = [drawing.page if drawing else "" for drawing in drawn]
        return [self._read[number] for number in every], [contents[number] for number in every]

    def _known(self, drawn: Sequence[Drawing | None]) -> dict[int, tuple[Page, MarkedContent]]:
        """Return the cached readings of pages whose drawings are the same as in earlier files."""
        known: dict[int, tuple[Page, MarkedContent]] = {}
        for number, drawing in enumerate(drawn, 1):
            kept = self._kept.pages.get(drawing.page) if drawing else None
            numbers = self._kept.folios.get(drawing.folio) if drawing else None
            if (
                kept
                and numbers
                and lettering.unturned(reading(numbers[0]), self._turned) == self._label(number)
            ):
                folio, stamp = numbers
                known[number] = replace(kept[0], folio=folio, stamp=stamp), kept[1]
        return known

    def _is_sampled(
        self, known: Mapping[int, tuple[Page, MarkedContent]], objects: Objects, found: Anatomy
    ) -> bool:
        """Begin to read a sample of the known pages again; tell whether nothing contradicts them so far.

        The file's checksum selects the pages pseudo-randomly. If there are workers, they read them
        meanwhile.
        """
        assert self._book is not None

        def place(number: int) -> bytes:
            return hashlib.sha256(f"{self._digest} {number}".encode()).digest()

        numbers = sorted(known, key=place)[:AGAIN]
        wanted = [known[number][0] for number in numbers]
        if any(
            known[number][1] != anatomy.marked_content(objects, found.pages[number - 1])
            for number in numbers
        ):
            return False
        if self._executor and len(numbers) >= SEVERAL:
            with processes.deaths():
                task = self._executor.submit(readback.pages, self._pdf, numbers)
            self._confirmed = lambda: task.result() == wanted
            return True
        return all(
            self._book.page(number) == page for number, page in zip(numbers, wanted, strict=True)
        )

    def _listing(self, content: bytes | None) -> Mapping[str, Any] | None:
        """Return the parsed listing, None where it is missing or damaged."""
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
        except (ValueError, KeyError, TypeError, RecursionError):
            self._wrong(0, f"The listing {name} beside the file is damaged")
            return None
        if checksum != self._digest:
            message = "The file was changed or saved anew after it was built"
            self._wrong(0, f"{message}: it is not the one that {name} describes")
        return dict(listing)

    def _spans(
        self, truth: Truth, listing: Mapping[str, Any] | None, pages: int
    ) -> dict[str, range]:
        """Return the pages of each section in the listing; empty where they do not fit the file."""
        if listing is None:
            return {}
        try:
            spans = _stated(truth, listing)
        except (KeyError, OverflowError, TypeError, ValueError):
            if self._fresh:
                self._wrong(0, "The file does not have the sections that it should have")
            else:
                message = "The file was built from another corpus, or before letters were added or removed"
                self._fault(0, message, "Name its folder with --corpus, or build it again.")
            return {}
        lengths = {key: len(span) for key, span in spans.items()}
        facing = truth.furniture.sides == "facing"
        should = printing.first_pages(truth.publication, list(spans), lengths, facing)
        page = 1
        for key, span in spans.items():
            if span.start != should[key] or not span:
                self._wrong(page, f"The listing’s pages of “{key}” do not follow those before")
                return {}
            page = span.stop
        last = max(span[-1] for span in spans.values())
        if last != pages:
            self._wrong(0, f"The file has {pages} pages, the listing {last}")
            return {}
        return spans


def _stated(truth: Truth, listing: Mapping[str, Any]) -> dict[str, range]:
    """Return the pages of each section as a listing states them; raises what a damaged one raises."""
    items = {str(item["id"]): item for item in listing["sections"]}
    keys = expected.printed_ids(truth)
    faced = printing.faced(truth.publication, keys)
    return {
        key: range(
            int(items[key]["first_page"]),
            int(items[key]["last_page"]) + 1,
            2 if key in faced or key in faced.values() else 1,
        )
        for key in keys
    }


def checksum_in(listing: bytes | None) -> str:
    """Return the PDF's checksum in a listing, empty where there is none."""
    try:
        return str(json.loads(listing or b"")["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _nothing_sampled() -> bool:
    return True


def readers(jobs: int) -> processes.Pool:
    """Return an executor whose workers, already started, read pages."""
    executor = processes.Pool(jobs, readback.ready)
    with processes.deaths():
        for _ in range(jobs):
            executor.submit(readback.ready)
    return executor


class Prover:
    """Proves the file of a build, once it is bound; what that needs besides the file is prepared before."""

    def __init__(
        self,
        corpus: Corpus,
        packet: Packet,
        cite: Cite,
        shown: str,
        store: Store | None,
        program_checksum: str,
    ) -> None:
        """Take corpus and packet, and the file's path in findings; work out what must stand in the file.

        ``cite`` formats the cited works. ``store`` caches the readings of proved files, under the program's
        checksum.
        """
        self._truth = truth_of(corpus, packet, cite)
        self._decisive: Decisive | None = None
        """The checksums of the truth that was asked for last."""
        self._shown = shown
        self._store = store
        self._program_checksum = program_checksum
        self._readings = Shelf(store, FORMAT, program_checksum, Kept)
        self._key = self._readings.key(shown)
        self._kept = self._readings.get(self._key)
        self._jobs = 1
        self._executor: processes.Pool | None = None
        self.proved: Proved | None = None
        """Set once the file is proved without findings."""

    @contextmanager
    def ready(self, pages: int, jobs: int, workers: processes.Pool | None = None) -> Iterator[Self]:
        """Start workers for a file of so many pages, if all of them will be read; end them afterwards.

        ``jobs`` is their number; ``workers`` run already. Those that have set the pages need too much
        memory to read all of a large book; for others they will do, and load what that takes while the
        file is bound.
        """
        self._jobs, self._executor = jobs, workers
        most = LARGE if workers and workers.running == jobs else LONG
        if workers and self._kept is None and pages > most:
            workers.close()
            self._executor = None
        if self._executor:
            with processes.deaths():
                for _ in range(self._executor.running):
                    self._executor.submit(drawn.loaded)
        elif not (self._kept or jobs == 1 or pages < LONG):
            self._executor = readers(jobs)
        try:
            yield self
        finally:
            if self._executor:
                self._executor.close()

    def _of(self, listing: bytes) -> tuple[Truth, Decisive]:
        """Return the truth with the volumes of a listing, and its checksums."""
        truth = volumes.divided(self._truth, listing)
        if self._decisive is None or self._decisive.truth.volumes != truth.volumes:
            self._decisive = Decisive(truth)
        return self._decisive.truth, self._decisive

    def claimed(self, listing: bytes, pages: Mapping[str, int]) -> Proved | None:
        """Return what the printer claims of a PDF that is not bound yet; None where it is no claim.

        ``listing`` is the listing but for the PDF's checksum, ``pages`` has the page of each anchor.
        """
        truth, decisive = self._of(listing)
        try:
            said = json.loads(listing)
            spans, ids = _stated(truth, said), listed.ids(said, truth)
        except (KeyError, TypeError, ValueError):
            return None
        anchors = {key: page for key, page in pages.items() if key.startswith(ANCHORS)}
        return Proved(
            truth, decisive, spans, anchors, ids, listed.checksums(said), b"", self._store,
            self._program_checksum,
        )  # fmt: skip

    def prove(self, pdf: bytes, listing: bytes) -> tuple[Diagnostic, ...]:
        """Return the findings in a PDF that was just bound, read back from a temporary file."""
        with tempfile.TemporaryDirectory() as folder:
            # Not beside the output: a killed build must leave nothing there.
            path = Path(folder) / "bound.pdf"
            path.write_bytes(pdf)
            with Proof(path, self._shown, self._jobs, True, self._kept, self._executor) as proof:
                truth, decisive = self._of(listing)
                found = proof.compared(truth, listing, decisive)
                if proof.proved:
                    self.proved = replace(
                        proof.proved, store=self._store, program_checksum=self._program_checksum
                    )
                if not found:
                    self._readings.put(self._key, proof.shown())
        return found
