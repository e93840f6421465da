"""Runs the stages in sequence, from a corpus to the proved files of a dossier: read this first."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from dossier import __version__, volumes
from dossier.bind.bindery import Bindery
from dossier.compile import printing, styled
from dossier.compile.attaching import attachments
from dossier.compile.bibliography import entries_of_proof, kept_entries
from dossier.compile.compiler import compile_dossier
from dossier.compile.relations import numbers_of, signature_count
from dossier.compile.selection import selected
from dossier.compile.signing import without_withdrawn
from dossier.compile.styled import KeptStyles
from dossier.compile.volumes import Limits, TooLongError
from dossier.further import Further
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import earlier, processes
from dossier.machine.files import DOSSIER, TEMPLATES
from dossier.machine.progress import Progress
from dossier.names.likeness import did_you_mean
from dossier.names.matching import Authority
from dossier.names.proposals import proposed
from dossier.outputs.checksums import checksums as listed_checksums
from dossier.outputs.listing import BoundVolume, manifest
from dossier.outputs_table import OUTPUTS
from dossier.outputs_table import bound as bound_of
from dossier.pagination import Paginated, PartOf, paginate
from dossier.proof import checksums as proved_checksums
from dossier.proof import rules, warnings
from dossier.proof import volumes as proved_volumes
from dossier.proof.beside import Proved, located
from dossier.proof.prover import REPORT, Prover
from dossier.proof.truth import Truth
from dossier.read import corpus as reading
from dossier.read.attaching import contents
from dossier.read.designs import read_templates
from dossier.read.kept_letters import KeptLetters
from dossier.read.profiles import FOLDER as FOLDER_OF_PROFILES
from dossier.read.profiles import Profiles
from dossier.read.reader import Reader
from dossier.read.suggestions import Suggestions
from dossier.records import placement
from dossier.records.body import pictures_of
from dossier.records.diagnostics import (
    BrokenRuleError,
    CommandLineError,
    CorpusFaultError,
    Diagnostic,
    LostAnchorError,
    RefusedError,
    Severity,
    StyleSheetError,
    printable,
)
from dossier.records.dossier import Corpus, CorpusLetter, Dossier
from dossier.records.enclosing import UndrawableError
from dossier.records.furniture import Furniture
from dossier.records.galley import Galley, Leaf, merged
from dossier.records.job import (
    Info,
    Job,
    Portion,
    Section,
    anchors,
    joined,
    numbered_count,
    page_count,
)
from dossier.records.lettering import LETTERED
from dossier.records.lettering import lettering as lettering_of
from dossier.records.outputs import CHECKSUMS_SUFFIX, LISTING_SUFFIX, SUFFIXES
from dossier.records.packet import Holding, Packet
from dossier.records.profile import Profile
from dossier.records.sections import INDEX_VOLUME, section_of_letter
from dossier.records.signing import ROOM
from dossier.render import renderer as render
from dossier.render.sections import Plan, plans
from dossier.sign.keys import Key, KeyFaultError, Keyring
from dossier.typeset.color import srgb_profile
from dossier.typeset.workshop import Document, Workshop


@dataclass(frozen=True)
class Tools:
    """What every packet of a run is built with."""

    workshop: Workshop
    bindery: Bindery
    jobs: int
    """How many processes read the finished file."""
    store: Store | None
    """The cache."""
    program_checksum: str
    """Empty where there is no cache."""
    styles: KeptStyles
    """What formats works in the styles that packets name."""
    progress: Progress
    keys: Mapping[str, Key] | None = None
    """The key of each packet that is signed, by name; None where nothing is signed in this run."""


@dataclass(frozen=True)
class Task:
    """A packet to be built from a corpus."""

    corpus: Corpus
    packet: Packet
    diagnostics: tuple[Diagnostic, ...]
    """All warnings about the corpus."""
    output: Path
    """The PDF; the other files go beside it."""
    shown: str
    """The name of the corpus in findings."""
    root: Path
    """The folder of the corpus."""


@dataclass(frozen=True)
class ProvedPacket:
    """A packet whose files are proved but not yet written."""

    files: Mapping[Path, bytes]
    pages: int
    letters: int
    warnings: tuple[Diagnostic, ...] = ()
    """The rules of its profile that it breaks, and that only warn."""
    volumes: tuple[Path, ...] = ()
    """Those of the files that are volumes."""


@dataclass(frozen=True)
class _TypesetPacket:
    """A packet that is typeset but not yet bound."""

    task: Task
    dossier: Dossier
    job: Job
    prover: Callable[[], Prover]
    measured: Sequence[bytes] = ()
    """The files of its volumes, where they were bound already to be measured."""


def read(
    root: Path,
    shown: str,
    drafts: bool = False,
    styles: KeptStyles | None = None,
    letters: KeptLetters | None = None,
) -> tuple[Corpus | None, tuple[Diagnostic, ...]]:
    """Return a corpus, None where an error was found, and all findings, which call it ``shown``.

    With ``drafts`` it has the letters that are not finished, behind all others. ``styles`` formats the
    works of packets that name a style, and ``letters`` has those read before, by default none.
    """
    corpus, diagnostics = reading.read(root, shown, drafts, letters)
    if corpus and (faults := render.faults(corpus.templates)):
        return None, tuple(sorted({*diagnostics, *faults}))
    empty = [packet for packet in corpus.packets if not selected(corpus, packet)] if corpus else []
    if not empty:
        return _formattable(corpus, diagnostics, styles or KeptStyles())
    path = (PurePosixPath(shown) / DOSSIER).as_posix()
    message = "No letter is in the packet “{}”"
    remedy = "All that is named under “select” must hold for a letter: leave something out of it."
    more = [
        Diagnostic(path, *packet.place, Severity.ERROR, message.format(packet.name), remedy)
        for packet in empty
    ]
    return None, tuple(sorted({*diagnostics, *more}))


def _formattable(
    corpus: Corpus | None, diagnostics: tuple[Diagnostic, ...], styles: KeptStyles
) -> tuple[Corpus | None, tuple[Diagnostic, ...]]:
    """Return a corpus, None where a citation style cannot be used, and all findings."""
    found = styled.findings(corpus, corpus.packets, styles.formatted) if corpus else []
    if not found:
        return corpus, diagnostics
    stops = any(item.severity is Severity.ERROR for item in found)
    return None if stops else corpus, tuple(sorted({*diagnostics, *found}))


def sources(corpus: Corpus) -> dict[str, str]:
    """Return the checksums of the files that letters name or show, and of keys, by path."""
    found = {file.path: file.sha256 for letter in corpus.letters for file in letter.lists}
    for packet in corpus.packets:
        sign = packet.publication.sign
        if sign and sign.pkcs12:
            found[sign.pkcs12] = packet.key_sha256
    for letter in corpus.letters:
        for file in letter.files.values():
            found[file.path] = file.sha256
        for picture in pictures_of(letter.body.nodes):
            found[picture.file.path] = picture.file.sha256
    return found


def make(tasks: Sequence[Task], tools: Tools) -> list[ProvedPacket]:
    """Return the files of each task, all proved: the PDF, its further outputs and the listing.

    What is printed may come from the cache; what the proof expects is worked out anew from the corpus.
    Raises RefusedError if the proof finds a fault, BrokenRuleError if a rule of a profile is broken.
    """
    typeset = [_typeset(task, tools, is_first=task is tasks[0]) for task in tasks]
    proved = []
    for packet in typeset:
        is_first = packet is typeset[0]
        output = packet.task.output
        bindery = tools.bindery
        if not is_first:
            bindery = Bindery(tools.store, tools.program_checksum, output, apart=False)
        bindery.bind(packet.job)
        proved.append(_proved(packet, bindery, tools, tools.workshop.lend() if is_first else None))
    return proved


def _typeset(task: Task, tools: Tools, is_first: bool) -> _TypesetPacket:
    """Typeset a packet; the first sends its plan to the bindery, whose worker copies galleys ahead."""
    workshop, packet = tools.workshop, task.packet
    style = render.style_sheet(task.corpus.templates, packet.design, packet.publication.paper)
    workshop.use(style, len(task.corpus.letters))
    dossier = compile_dossier(
        task.corpus,
        task.packet,
        styled.citing(
            task.packet,
            lambda cited, words: kept_entries(cited, words, tools.store, tools.program_checksum),
            tools.styles.formatted,
        ),
    )
    plan = tools.bindery.plan if is_first else _no_plan
    bates = dossier.publication.bates
    furniture = placement.furniture(
        dossier.design, dossier.publication, dossier.words.right_to_left
    )
    heads_of = partial(render.heads, dossier)
    prover = processes.Meanwhile(partial(_prover, task, tools))
    characters = bates.characters if bates else ""
    characters += LETTERED if dossier.publication.section_letters else ""
    page = {"digits": Document.of(render.section(dossier, "folio", prefix=characters))}
    try:
        digits = workshop.set_all(page, lambda name, kept: None)["digits"]
        run = partial(
            paginate,
            heads_of=heads_of,
            furniture=furniture,
            workshop=workshop,
            plan=plan,
            progress=tools.progress,
            part_of=_part_of(),
            # One at a time: what the proofs of many packets need would fill the memory.
            waiting=prover.begin if is_first else _nothing,
        )
        job_of = partial(_job, task, dossier, workshop, digits, furniture)
        paginated, measured = _divided(task, dossier, run, job_of, tools)
        tools.progress.stage("Binding the pages")
        job = job_of(paginated)
    except StyleSheetError as error:
        faults = render.faults_of_style(dossier.templates, style, error.complaints)
        if not faults:
            raise
        raise CorpusFaultError(faults) from None
    except LostAnchorError as error:
        faults = render.faults_of_anchor(dossier.templates, error.section, error.anchor)
        if not faults:
            raise
        raise CorpusFaultError(faults) from None
    _check_bates(task, numbered_count(paginated.sections))
    return _TypesetPacket(task, dossier, job, prover.result, measured)


def _prover(task: Task, tools: Tools) -> Prover:
    """Return what proves the file of a task."""
    return Prover(
        task.corpus,
        task.packet,
        styled.citing(
            task.packet,
            lambda cited, words: entries_of_proof(
                cited, words, tools.store, tools.program_checksum
            ),
            tools.styles.formatted,
        ),
        task.output.as_posix(),
        tools.store,
        tools.program_checksum,
    )


def _part_of() -> PartOf:
    """Return what parts leaves, each in the same way only once."""
    known: dict[tuple[str, int, int, int], Leaf] = {}

    def part(key: str, leaf: Leaf, pages: range, number: int) -> Leaf:
        place = key, pages.start, pages.stop, number
        if place not in known:
            # Few books are divided, and none else needs a library for PDF objects in this process.
            from dossier.bind import parting

            known[place] = parting.part(leaf, pages, number)
        return known[place]

    return part


def _job(
    task: Task,
    dossier: Dossier,
    workshop: Workshop,
    digits: Galley,
    furniture: Furniture,
    paginated: Paginated,
) -> Job:
    """Return the job of binding typeset sections."""
    attached = attachments(dossier)
    info = _info(dossier, 3 if attached else 2)
    return Job(
        paginated.sections,
        workshop.cast(merged([*paginated.galleys, digits, *paginated.heads])),
        digits,
        paginated.heads,
        furniture,
        info,
        render.metadata(info),
        srgb_profile(),
        dossier.words,
        attached=contents(task.root, task.shown, attached),
        is_signed=dossier.publication.sign is not None,
        lettering=lettering_of(
            dossier.publication.section_letters,
            ((section.id, section.first_page) for section in paginated.sections),
        ),
    )


def _divided(
    task: Task,
    dossier: Dossier,
    run: Callable[[Sequence[Plan]], Paginated],
    job_of: Callable[[Paginated], Job],
    tools: Tools,
) -> tuple[Paginated, Sequence[bytes]]:
    """Return the typeset sections of a packet, with the covers of volumes if it has several.

    Behind them are the files of all volumes, if they were bound to be measured.
    """
    stated = dossier.publication.volumes
    plans = _planned(dossier, task, tools)
    if stated is None:
        return run(plans), ()
    from dossier.bind.volumes import VolumeBinder

    limits = Limits(stated.max_pages, None, printing.volumes_begin_on_recto(dossier))
    binder = VolumeBinder(tools.store, tools.program_checksum, str(task.output.resolve()))
    last: list[tuple[Paginated, Sequence[bytes]]] = []

    def tried(made: Paginated) -> list[int]:
        job = job_of(made)
        portions = _portions(task, dossier, job)
        files = binder.bound(job, portions)
        last[:] = [(made, files)] if portions else []
        return [len(one) for one in files]

    attached = _attached_sizes(task, dossier) if stated.max_bytes is not None else {}

    def weigh(section: Section) -> int:
        return binder.size(section) + attached.get(section.id, 0)

    def roughly(made: Paginated) -> int:
        galleys = sum(len(one.leaf.pdf) + attached.get(one.id, 0) for one in made.sections)
        return len(job_of(made).fonts) + galleys

    try:
        settled = volumes.settled(
            limits,
            _most_bytes(dossier),
            lambda limits: volumes.paginated(dossier, plans, limits, run, weigh),
            tried,
            weigh,
            roughly,
        )
    except TooLongError as error:
        raise _too_long(task, plans, error) from None
    return settled, next((files for made, files in last if made is settled), ())


def _most_bytes(dossier: Dossier) -> int | None:
    """Return how many bytes a volume may have when it is bound: a signature needs some more."""
    stated, sign = dossier.publication.volumes, dossier.publication.sign
    most = stated.max_bytes if stated else None
    return most if most is None or sign is None else most - ROOM


def _attached_sizes(task: Task, dossier: Dossier) -> dict[str, int]:
    """Return how many bytes the source of each letter takes that is attached, by the letter's section."""
    found: dict[str, int] = {}
    for file in contents(task.root, task.shown, attachments(dossier)):
        size = len(zlib.compress(file.data))
        found |= {section_of_letter(letter): size for letter in file.about.letters}
    return found


def _too_long(task: Task, plans: Sequence[Plan], error: TooLongError) -> CorpusFaultError:
    """Return the error that a section does not fit into a volume."""
    title = next((plan.title for plan in plans if plan.id == error.section), error.section)
    stated = task.packet.publication.volumes
    most = stated.max_pages if stated else None
    what = f"page {error.page} of “{title}”" if error.page else f"“{title}”"
    if most is not None and error.pages > most:
        message = (
            f"With its cover and {what} alone a volume has {error.pages} pages, and may have {most}"
        )
        if not error.page:
            message += "; pages that face each other are not divided between volumes"
        remedy = f"Write “max_pages: {error.pages}” or more, or make a packet without it."
    elif not error.section:
        message = "What each volume has, its fonts above all, takes more than a volume may have"
        remedy = "Raise “max_mb”."
    else:
        what = what[0].upper() + what[1:]
        message = f"{what} alone takes more than a volume may have"
        remedy = "Raise “max_mb”, or make a packet without it."
    path = (PurePosixPath(task.shown) / DOSSIER).as_posix()
    place = task.packet.volumes_place
    return CorpusFaultError([Diagnostic(path, *place, Severity.ERROR, message, remedy)])


def _portions(task: Task, dossier: Dossier, job: Job) -> list[Portion]:
    """Return the volumes of a packet; none where it has no more than one."""
    stated, found = dossier.publication.volumes, volumes.volumes(job.sections)
    if stated is None or not found:
        return []
    if not task.output.stem.isprintable():
        # Links name the files of volumes.
        raise CommandLineError(
            f"“{printable(task.output.name)}” has characters that no link can name, and the packet has "
            "volumes. Name another file with --output. Nothing was written."
        )

    count = sum(not volume.is_index for volume in found)

    def about(volume: volumes.Volume) -> tuple[Info, bytes]:
        said = dossier.words("volume", number=volume.number, count=count)
        said = dossier.words("volume_index") if volume.is_index else said
        info = replace(job.info, title=dossier.words("labelled", label=job.info.title, title=said))
        return info, render.metadata(info)

    names = volumes.file_names(stated, task.output.stem, count)
    return volumes.portions(found, names, about, job.attached)


def _check_bates(task: Task, pages: int) -> None:
    """Raise CorpusFaultError if the Bates numbers of so many pages have more figures than all may have."""
    bates = task.packet.publication.bates
    if bates is None or not bates.digits:
        return
    if len(str(bates.start + pages - 1)) <= bates.digits:
        return
    last = bates.start + pages - 1
    raise CorpusFaultError(
        [
            Diagnostic(
                (PurePosixPath(task.shown) / DOSSIER).as_posix(),
                *task.packet.bates_place,
                Severity.ERROR,
                f"The Bates number of the last page is {last}, which has more than "
                f"{bates.digits} figures",
                f"Write “digits: {len(str(last))}”, or another “start”.",
            )
        ]
    )


def _planned(dossier: Dossier, task: Task, tools: Tools) -> list[Plan]:
    """Return the sections of a dossier, those that begin on a recto among them, with foreign pages.

    Raises CorpusFaultError where one of these cannot be drawn.
    """
    found = plans(dossier)
    begins = printing.begins_on_recto(dossier.publication)
    first = next((plan.id for plan in found if plan.letter), "")
    placed = [
        replace(plan, recto=begins(plan.letter is not None, plan.id == first))
        if not plan.encloses  # what is bound in follows its letter
        else plan
        for plan in found
    ]
    if not any(plan.encloses for plan in placed):
        return placed
    letters = {
        one.section(letter.id): letter for letter in dossier.letters for one in letter.enclosed
    }
    count = sum(plan.encloses.pages for plan in placed if plan.encloses)
    tools.progress.stage("Drawing the enclosed pages", count)
    # Most corpora enclose nothing, and do not load what draws foreign pages.
    from dossier.facsimiles import with_leaves

    try:
        return with_leaves(
            placed, letters, task.corpus.foreign, dossier.design, dossier.publication,
            dossier.words, tools.store, tools.program_checksum, tools.progress.advance,
        )  # fmt: skip
    except UndrawableError as error:
        fault = Diagnostic(*error.place, Severity.ERROR, error.message, error.remedy)
        raise CorpusFaultError([fault]) from None


def _nothing() -> None:
    """Do nothing while a packet is being set."""


def _no_plan(keys: Sequence[str | None]) -> None:
    """Ignore the keys of the galleys: this packet is bound without a worker."""


def _proved(
    packet: _TypesetPacket, bindery: Bindery, tools: Tools, workers: processes.Pool | None
) -> ProvedPacket:
    """Return the files of a packet that is being bound; raise RefusedError if a proof finds a fault.

    ``workers`` have set the packet and have nothing else to do.
    """
    task, dossier, job = packet.task, packet.dossier, packet.job
    result = functools.cache(partial(bindery.result, job))
    bound = bound_of(
        dossier, joined(job.sections), task.corpus, result, tools.store, tools.program_checksum
    )
    further = {name: OUTPUTS[name].make(bound) for name in task.packet.outputs}
    checksums = {name: hashlib.sha256(raw).hexdigest() for name, raw in further.items()}
    beside = Further(task.output, further)
    divided = _bound_volumes(packet, tools)
    pages = page_count(job.sections)
    with packet.prover().ready(pages, tools.jobs, workers) as prover:
        listing_of = manifest(
            dossier,
            job.sections,
            _concerning(dossier, task, tools.styles),
            task.packet.name,
            checksums,
            task.packet.profile,
            [file.about for file in job.attached],
            divided,
        )
        beside.begin(prover.claimed(_encoded(listing_of("")), anchors(job.sections)))
        pdf = bound.pdf()
        # Its worker has all pieces of the book in memory, which the proof has use for.
        bindery.close()
        listing = _encoded(listing_of(hashlib.sha256(pdf).hexdigest()))
        tools.progress.stage("Reading the pages back")
        wrong = prover.prove(pdf, listing)
    if wrong:
        raise RefusedError(wrong, {".pdf": pdf}, task.output)
    assert prover.proved is not None
    wanted = warnings_of(
        task.corpus, task.packet, prover.proved.truth, task.diagnostics, tools.styles
    )
    path = task.output.with_suffix(LISTING_SUFFIX)
    wrong = located(path, warnings.findings(listing, wanted, ""), REPORT)
    if wrong:
        raise RefusedError(wrong, {".pdf": pdf}, task.output)
    beside.prove(prover.proved)
    _prove_volumes(task.output, divided, prover.proved)
    paths = tuple(task.output.with_name(one.file) for one in divided)
    bound_files = (pdf, *(one.content for one in divided))
    signed, weaker = _all_signed(
        task, dict(zip((task.output, *paths), bound_files, strict=True)), tools
    )
    *places, last = earlier.of_run(task.output, further)
    files = dict(zip(places, (signed[task.output], *further.values(), listing), strict=True))
    files |= {path: signed[path] for path in paths}
    files[last] = _checksums(last, files)
    warned = (*_kept(task.packet, task.output, files), *weaker)
    return ProvedPacket(files, pages, dossier.letter_count, warned, paths)


def _bound_volumes(packet: _TypesetPacket, tools: Tools) -> list[BoundVolume]:
    """Return the files of all volumes of a packet."""
    task, stated = packet.task, packet.dossier.publication.volumes
    portions = _portions(task, packet.dossier, packet.job)
    if not portions or stated is None:
        return []
    files = packet.measured
    if not files:
        from dossier.bind.volumes import VolumeBinder

        place = str(task.output.resolve())
        files = VolumeBinder(tools.store, tools.program_checksum, place).bound(packet.job, portions)
    indexes = [portion.sections[0].id == INDEX_VOLUME for portion in portions]
    names = volumes.file_names(stated, task.output.stem, indexes.count(False))
    return [
        BoundVolume(name, content, portion.first_page, portion.last_page, is_index)
        for name, content, portion, is_index in zip(names, files, portions, indexes, strict=True)
    ]


def _prove_volumes(pdf: Path, divided: Sequence[BoundVolume], proved: Proved) -> None:
    """Raise RefusedError if the file of a volume has faults."""
    names = [one.file for one in divided]
    sizes = [len(one.content) for one in divided] or [len(proved.pdf)]
    wrong = list(located(pdf, proved_volumes.sized(proved.truth, sizes), REPORT))
    for number, one in enumerate(divided, 1):
        found = proved_volumes.findings(one.content, proved, number, names)
        wrong += located(pdf.with_name(one.file), found, REPORT)
    if wrong:
        raise RefusedError(wrong, {".pdf": proved.pdf}, pdf)


def keys_of(tasks: Sequence[Task], keyring: Keyring) -> dict[str, Key]:
    """Return the keys of all packets that are signed, by name.

    Raises CorpusFaultError where one cannot be used.
    """
    found: dict[str, Key] = {}
    wrong = []
    for task in tasks:
        sign = task.packet.publication.sign
        try:
            if sign:
                found[task.packet.name] = keyring.key(sign)
        except KeyFaultError as error:
            wrong.append(_of_key(task, error))
    if wrong:
        raise CorpusFaultError(tuple(sorted(set(wrong))))
    return found


def _of_key(task: Task, error: KeyFaultError) -> Diagnostic:
    name = (PurePosixPath(task.shown) / DOSSIER).as_posix()
    place = task.packet.sign_place
    return Diagnostic(name, *place, Severity.ERROR, error.message, error.remedy)


def _all_signed(
    task: Task, bound: Mapping[Path, bytes], tools: Tools
) -> tuple[dict[Path, bytes], list[Diagnostic]]:
    """Return the proved PDF and its volumes with their signatures, and warnings; raises as `_signed`."""
    signed: dict[Path, bytes] = {}
    weaker: list[Diagnostic] = []
    for path, content in bound.items():
        signed[path], lost = _signed(task, path, content, tools)
        weaker += [one for one in lost if one not in weaker]
    _check_signed_sizes(task, [len(raw) for path, raw in signed.items() if path != task.output])
    return signed, weaker


def _check_signed_sizes(task: Task, sizes: Sequence[int]) -> None:
    """Raise CorpusFaultError if a volume is larger than it may be, now that it is signed."""
    stated = task.packet.publication.volumes
    most = stated.max_bytes if stated else None
    if most is None or max(sizes, default=0) <= most:
        return
    raise CorpusFaultError(
        [
            Diagnostic(
                (PurePosixPath(task.shown) / DOSSIER).as_posix(),
                *task.packet.volumes_place,
                Severity.ERROR,
                f"With its signature a volume has {max(sizes):,} bytes, and may have {most:,}",
                "Raise “max_mb”, or ask for less under “sign”.",
            )
        ]
    )


def _signed(
    task: Task, path: Path, pdf: bytes, tools: Tools
) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """Return a proved PDF with its signature, and a warning where this has not the level asked for.

    A file that is the same as in an earlier build keeps its signature. What is appended is proved: raises
    RefusedError if it does anything but fill the field, CorpusFaultError if the key does not sign.
    """
    sign = task.packet.publication.sign
    if sign is None or tools.keys is None:
        return pdf, ()
    # Whoever signs nothing does not load what signs.
    from dossier.proof.filled import filled
    from dossier.sign.signer import signed

    tools.progress.stage("Signing")
    key = tools.keys[task.packet.name]
    shelf = Shelf(tools.store, "signature 1", "", bytes)
    place = shelf.key(hashlib.sha256(pdf).hexdigest(), key.sha256, repr(sign))
    update, lost = shelf.get(place), ""
    if update is None:
        try:
            made = signed(pdf, sign, key)
        except KeyFaultError as error:
            raise CorpusFaultError((_of_key(task, error),)) from None
        update, lost = made.update, made.lost
    whole = pdf + update
    found = filled(whole, len(pdf), sign.stated)
    if found.findings:
        wrong = located(path, ((0, message) for message in found.findings), REPORT)
        raise RefusedError(wrong, {".pdf": whole}, task.output)
    if lost:
        remedy = "Build again later with --no-cache, or ask for less under “sign”."
        name = (PurePosixPath(task.shown) / DOSSIER).as_posix()
        place_of = task.packet.sign_place
        return whole, (Diagnostic(name, *place_of, Severity.WARNING, lost, remedy),)
    shelf.put(place, update)
    return whole, ()


def _kept(packet: Packet, pdf: Path, files: Mapping[Path, bytes]) -> tuple[Diagnostic, ...]:
    """Return the warnings of a packet's profile; raise BrokenRuleError if its files break another rule."""
    if packet.profile is None:
        return ()
    broken, warned = rules.findings(packet.profile, pdf, files)
    if broken:
        raise BrokenRuleError((*broken, *warned), {".pdf": files[pdf]}, pdf)
    return warned


def by_hand(packet: Packet) -> tuple[str, ...]:
    """Return what an editor has to see to, as sentences: no file is read for what a receiver asks."""
    found = packet.profile.by_hand if packet.profile else ()
    told = [f"{rule.says} ({rule.source}, read on {rule.read})" for rule in found]
    if packet.publication.sign:
        unsigned = [SUFFIXES[name] for name in packet.outputs if SUFFIXES[name].endswith(".pdf")]
        told += [f"Only the PDF is signed, not the file ending in {suffix}" for suffix in unsigned]
    return tuple(told)


def _checksums(path: Path, files: Mapping[Path, bytes]) -> bytes:
    """Return the list of the checksums of all files; raise RefusedError if it has faults."""
    content = listed_checksums(files)
    wrong = located(path, proved_checksums.findings(content, files), REPORT)
    if wrong:
        raise RefusedError(wrong, {CHECKSUMS_SUFFIX: content}, next(iter(files)))
    return content


def _encoded(listing: str) -> bytes:
    """Return the bytes of a listing; those in file names that are not UTF-8 become JSON escapes."""
    return listing.encode(errors="backslashreplace")


def warnings_of(
    corpus: Corpus,
    packet: Packet,
    truth: Truth,
    found: Sequence[Diagnostic],
    styles: KeptStyles,
) -> list[Diagnostic]:
    """Return the warnings that the proof expects in the listing of a packet."""
    of_style = styled.findings(corpus, [packet], styles.formatted)
    return warnings.concerning(packet, truth, corpus.letters, found, of_style)


def _concerning(dossier: Dossier, task: Task, styles: KeptStyles) -> list[Diagnostic]:
    """Return the findings that concern a packet: all, or for a selection those in its letters and style."""
    if not dossier.is_selection:
        return list(task.diagnostics)
    held = {letter.id for letter in dossier.letters}
    paths = {path for letter in task.corpus.letters if letter.id in held for path in letter.paths}
    # What its style leaves out is found again, as a packet must not name the works of other letters.
    found = [item for item in task.diagnostics if item.path in paths]
    return sorted([*found, *styled.findings(task.corpus, [task.packet], styles.formatted)])


def holdings(corpus: Corpus) -> list[Holding]:
    """Return what each packet of a corpus holds."""
    numbers = numbers_of(corpus.letters)
    found = []
    for packet in corpus.packets:
        letters = selected(corpus, packet)
        cited = {citation.report for letter in letters for citation in letter.body.citations}
        found.append(
            Holding(
                packet.name,
                packet.publication.title,
                tuple(numbers[letter.id] for letter in letters if not letter.head.annex_to),
                _signatures(letters, packet),
                len(cited),
                packet.select is None,
            )
        )
    return found


def _signatures(letters: Sequence[CorpusLetter], packet: Packet) -> int:
    """Return how many signatures a packet prints under its letters."""
    return signature_count(
        [without_withdrawn(letter, packet.publication.withdrawn) for letter in letters]
    )


def profiles(root: Path, shown: str) -> tuple[list[Profile], tuple[Diagnostic, ...]]:
    """Return all profiles, those of a corpus that findings call ``shown`` too, and the errors in these."""
    reader = Reader(root, shown)
    found = Profiles(read_templates(reader), reader).all()
    folder = reader.name(f"{TEMPLATES}/{FOLDER_OF_PROFILES}/")
    wrong = [item for item in reader.findings() if item.path.startswith(folder)]
    return found, tuple(item for item in wrong if item.severity is Severity.ERROR)


def family_names(corpus: Corpus) -> list[str]:
    """Return lines for names.yaml with the family names that are proposed; those in doubt are comments."""
    suggestions = Suggestions(corpus.names, (*corpus.names.organizations, *corpus.names.people))
    lines = []
    publication = corpus.publication
    accepted = publication.family_names == "accepted"
    for one in proposed(corpus.letters, Authority(corpus.names), publication.language, accepted):
        line = suggestions.with_family(one.name, one.family)
        lines.append(f"# in doubt, {one.doubt}: {line}" if one.doubt else line)
    return lines


def packet_of(corpus: Corpus, name: str, shown: str) -> Packet:
    """Return the packet called ``name``; raise CommandLineError if the corpus ``shown`` has none."""
    names = [packet.name for packet in corpus.packets]
    if name in names:
        return corpus.packets[names.index(name)]
    path = (PurePosixPath(shown) / DOSSIER).as_posix()
    remedy = did_you_mean(name, names, f"There is: {', '.join(names)}.")
    raise CommandLineError(f"there is no packet “{printable(name)}” in {path}. {remedy}")


def _info(dossier: Dossier, part: int) -> Info:
    """Return the PDF's metadata, with its part of PDF/A; the dates are never the clock's."""
    publication = dossier.publication
    return Info(
        title=publication.title,
        language=publication.language,
        date=dossier.date.isoformat(),
        creator=f"dossier {__version__}",
        producer=", ".join(
            f"{name} {importlib.metadata.version(name)}" for name in ("weasyprint", "pikepdf")
        ),
        author=publication.prepared_by or "",
        subject=publication.subtitle or "",
        identifier=publication.identifier or "",
        rights=publication.rights or "",
        part=part,
    )
