"""The whole of a build, top to bottom: a corpus in, the three files of the dossier out."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import tempfile
from pathlib import Path

from dossier import __version__
from dossier.bind.bindery import Bindery
from dossier.compile.bibliography import entries, kept_entries
from dossier.compile.compiler import compile_dossier
from dossier.keep import unchanged
from dossier.keep.store import Store
from dossier.keep.unchanged import Note
from dossier.machine import earlier, rejected, templates
from dossier.machine.progress import Progress
from dossier.machine.write import write_all
from dossier.outputs.listing import manifest
from dossier.pagination import paginate
from dossier.proof.prover import Proof, Prover, checksum_in
from dossier.proof.signatures import Signed, signed
from dossier.read.corpus import read
from dossier.records.diagnostics import (
    CorpusFaultError,
    Diagnostic,
    MachineLacksError,
    RefusedError,
    Severity,
    stops,
)
from dossier.records.dossier import Corpus, Dossier
from dossier.records.galley import merged
from dossier.records.job import Info, Job
from dossier.render import renderer as render
from dossier.render.sections import plans, screen
from dossier.typeset.color import srgb_profile
from dossier.typeset.workshop import Workshop


@dataclasses.dataclass(frozen=True)
class Order:
    """What a build is asked for."""

    corpus: Path
    shown: str
    """How findings name the corpus."""
    output: Path
    """The PDF; the other two files go beside it."""
    strict: bool = False
    """A warning counts as a fault."""
    jobs: int = 1
    """How many processes read the finished file."""
    store: Store | None = None
    """Where galleys are kept between builds."""
    setup: str = ""
    """A checksum of the program, where galleys are kept."""
    inputs: str = ""
    """A checksum of all that the build depends on, where it leaves a note of itself."""


@dataclasses.dataclass(frozen=True)
class Built:
    """What a build wrote."""

    pages: int
    letters: int
    diagnostics: tuple[Diagnostic, ...]


def build(order: Order, workshop: Workshop, bindery: Bindery, progress: Progress) -> Built:
    """Build a dossier, set in ``workshop`` and bound in ``bindery``.

    Raises CorpusFaultError with every finding where the corpus has faults, RefusedError where the finished
    file has, which is then kept beside for its editor to look at, MachineLacksError, CannotWriteError and
    CommandLineError; then nothing else is written but the store.
    """
    progress.stage("Reading the corpus")
    found, diagnostics = read(order.corpus, order.shown)
    if found is None or stops(diagnostics, order.strict):
        raise CorpusFaultError(diagnostics)
    named = [letter.source_file for letter in found.letters if letter.source_file]
    sources = {one.path: one.sha256 for one in named}
    earlier.spare_corpus(order.output, order.corpus, sources)
    try:
        made, pages = _made_surely(order, found, diagnostics, workshop, bindery, progress)
    except RefusedError as error:
        error.kept = str(rejected.keep(order.output, error.pdf, error.diagnostics) or "")
        raise
    files = dict(zip(earlier.of_run(order.output), made, strict=True))
    progress.stage("Writing the files")
    write_all(files, lambda: earlier.refuse_others(order.output))
    rejected.remove(order.output)
    built = Built(pages, len(found.letters), diagnostics)
    if order.store and order.inputs:
        checksums = unchanged.checksums(files)
        note = Note(order.inputs, sources, checksums, built.pages, built.letters, diagnostics)
        unchanged.remember(order.store, order.output, note)
        order.store.prune()
    return built


@dataclasses.dataclass(frozen=True)
class Verified:
    """What was found in a finished file."""

    faults: tuple[Diagnostic, ...]
    """What is wrong with it, or with the corpus where they were not ``compared``."""
    compared: bool = True
    letters: int = 0
    signatures: int = 0
    """How many stand under the letters."""
    signed: Signed | None = None
    """What was appended to the file since it was built, where that is all that happened to it."""


def verify(pdf: Path, corpus: Path, jobs: int = 1) -> Verified:
    """Read a finished PDF back and compare it with ``corpus`` and with the listing beside it.

    Of a file that was digitally signed, what stood there before is compared, and what was appended looked
    at by itself. Raises OSError where the file cannot be read.
    """
    beside = pdf.with_suffix(".json")
    listing = beside.read_bytes() if beside.is_file() else None
    raw = pdf.read_bytes()
    appended = signed(raw, checksum_in(listing))
    with tempfile.TemporaryDirectory() as folder:
        path = pdf
        if appended:
            path = Path(folder) / "proved.pdf"
            path.write_bytes(raw[: appended.length])
        with Proof(path, pdf.as_posix(), jobs) as proof:
            found, diagnostics = read(corpus, corpus.as_posix())
            if found is None:
                return Verified(diagnostics, compared=False)
            faults = proof.against(found, entries, listing)
    faults += tuple(
        Diagnostic(pdf.as_posix(), 0, 0, Severity.ERROR, message, BEHIND)
        for message in (appended.faults if appended else ())
    )
    signatures = sum(len(letter.head.signatories) for letter in found.letters)
    return Verified(faults, True, len(found.letters), signatures, appended)


BEHIND = "Do not use the file: ask for it as it was built, or build it again."


def _made_surely(
    order: Order,
    found: Corpus,
    diagnostics: tuple[Diagnostic, ...],
    workshop: Workshop,
    bindery: Bindery,
    progress: Progress,
) -> tuple[tuple[bytes, bytes, bytes], int]:
    """Return what :func:`_made` does; if that fails, what it does without anything that was kept."""
    try:
        return _made(order, found, diagnostics, workshop, bindery, progress)
    except MachineLacksError:
        raise
    except Exception:
        # What was kept may be to blame, so it is asked no more: only what then still fails is reported.
        if order.store is None or not order.store.used:
            raise
        order.store.forget()
        workshop.close()
        bindery.close()
        return _made(order, found, diagnostics, workshop, bindery, progress)


def _made(
    order: Order,
    found: Corpus,
    diagnostics: tuple[Diagnostic, ...],
    workshop: Workshop,
    bindery: Bindery,
    progress: Progress,
) -> tuple[tuple[bytes, bytes, bytes], int]:
    """Return the PDF, proved, the HTML and the listing of what was read, and the number of pages.

    Whatever is printed may come from the store; what should stand there is told to the proof from the
    corpus as it was read in this run. Raises RefusedError where the proof finds anything.
    """
    dossier = compile_dossier(found, lambda cited: kept_entries(cited, order.store, order.setup))
    folder = templates.folder()
    workshop.use(render.style_sheet(folder, dossier.publication.paper))
    sections = paginate(plans(dossier, folder), workshop, bindery.order, progress)
    progress.stage("Binding the pages")
    page = {"digits": render.section(folder, "folio", dossier)}
    digits = workshop.set_all(page, lambda name, kept: None)["digits"]
    fonts = workshop.cast(merged([*(section.galley for section in sections), digits]))
    info = _info(dossier)
    job = Job(sections, fonts, digits, info, render.metadata(folder, info), srgb_profile())
    bindery.bind(job)
    workshop.close()
    html = screen(dossier, folder, sections).encode()
    pages = sections[-1].last_page
    shown = order.output.as_posix()
    with Prover(found, entries, shown, pages, order.jobs, order.store, order.setup) as prover:
        pdf = bindery.result(job)
        digest = hashlib.sha256(pdf).hexdigest()
        # What is not UTF-8 in a file's name becomes one of JSON's escapes.
        listing = manifest(dossier, sections, digest, diagnostics).encode(errors="backslashreplace")
        progress.stage("Reading the pages back")
        wrong = prover.prove(pdf, listing)
    if wrong:
        raise RefusedError(wrong, pdf)
    return (pdf, html, listing), pages


def _info(dossier: Dossier) -> Info:
    """Return the PDF's metadata; the dates are the publication's, never the clock's."""
    it = dossier.publication
    return Info(
        title=it.title,
        language=it.language,
        date=dossier.date.isoformat(),
        creator=f"dossier {__version__}",
        producer=", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in ("weasyprint", "pikepdf")
        ),
        author=it.prepared_by or "",
        subject=it.subtitle or "",
        identifier=it.identifier or "",
        rights=it.rights or "",
    )
