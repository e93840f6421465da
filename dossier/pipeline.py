"""The public API of the library: build, check, verify. The command line calls nothing else.

Stages are imported only when they are needed, so a build in which nothing has changed ends at once.
"""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from dossier.keep import unchanged
from dossier.keep.store import Store
from dossier.keep.unchanged import Note
from dossier.machine import earlier, processes, rejected, streams
from dossier.machine.progress import Progress
from dossier.machine.write import alone, write_all
from dossier.records.diagnostics import (
    BrokenRuleError,
    CommandLineError,
    CorpusFaultError,
    Diagnostic,
    MachineLacksError,
    RefusedError,
    stops,
)
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES
from dossier.records.packet import EVERYTHING, Holding

if TYPE_CHECKING:
    from dossier import receiving, stages, verification
    from dossier.records.profile import Profile

SILENT = Progress()
NO_VOLUMES: Mapping[Path, Sequence[Path]] = MappingProxyType({})


def nobody(name: str) -> str | None:
    """Return no passphrase: there is nobody to ask."""
    return None


@dataclass(frozen=True)
class BuildRequest:
    """The arguments of a build."""

    corpus: Path
    output: Path | None = None
    """The PDF of the first packet, by default ``build/NAME.pdf``; all other files go beside it."""
    shown: str | None = None
    """The name of the corpus in findings; by default its path."""
    strict: bool = False
    """A warning stops the build too."""
    jobs: int = 0
    """How many processes set letters and read the finished file; 0 for one per processor."""
    cache: bool = True
    """Use the cache, and add to it."""
    packets: tuple[str, ...] = (EVERYTHING,)
    """The names of the packets to build."""
    all_packets: bool = False
    """Build all packets of the corpus instead."""
    drafts: bool = False
    """The letters that are not finished are in them, too."""
    ask: Callable[[str], str | None] = field(default=nobody, repr=False)
    """Asks for the passphrase of a key, given its name; returns None where nobody can be asked."""
    signs: bool = True
    """Sign the packets that ask for it."""

    @property
    def name(self) -> str:
        """The name of the corpus in findings."""
        return self.corpus.as_posix() if self.shown is None else self.shown


@dataclass(frozen=True)
class WrittenPacket:
    """A packet whose files are written."""

    name: str
    pdf: Path
    pages: int
    letters: int
    beside: tuple[Path, ...]
    """The files written beside the PDF."""
    by_hand: tuple[str, ...] = ()
    """What its receiver asks for and no file is read for."""


@dataclass(frozen=True)
class BuildResult:
    """The files of a build, written in this run or found unchanged."""

    packets: tuple[WrittenPacket, ...]
    diagnostics: tuple[Diagnostic, ...]
    """All warnings about the corpus, and about rules of profiles that only warn."""
    is_new: bool = True
    """The files were written in this run; otherwise nothing had changed."""
    cache: Path | None = None
    """The folder of the cache, if this build created it."""
    trouble: str = ""
    """Why nothing could be added to the cache; empty if it could."""


def cache_of(pdf: Path) -> Path:
    """Return the folder of the cache that builds of a PDF use."""
    return pdf.parent / ".cache"


def build(request: BuildRequest, progress: Progress = SILENT) -> BuildResult:
    """Build packets of a corpus: the files of all are written, or none.

    Raises CorpusFaultError with all findings if the corpus has faults; RefusedError if the proof finds
    faults in a finished file, which is then kept beside the output for the editor to inspect; and
    MachineLacksError, CannotWriteError or CommandLineError. In each case nothing else but the cache is
    written.
    """
    names = (EVERYTHING,) if request.all_packets else tuple(dict.fromkeys(request.packets))
    first = request.output or Path(f"build/{names[0]}.pdf")
    targets = _targets(names, first)
    _may_be_written(request, targets)
    store = Store(cache_of(first)) if request.cache else None
    makes_cache = store is not None and not store.folder.exists()
    program_checksum = inputs = ""
    notes: list[Note] | None = None
    if store is not None:
        program_checksum = unchanged.program_checksum()
        try:
            inputs = unchanged.inputs(request.corpus, request.name, program_checksum)
            inputs += " with drafts" if request.drafts else ""
            notes = _recalled(request, store, inputs, targets)
        except OSError:
            store = None  # reading the corpus reports the cause
    if notes is not None:
        if stops(_told(notes), request.strict):
            raise CorpusFaultError(_told(notes))
        written = _written(notes, first)
        for packet in written:
            rejected.remove(packet.pdf)
        return BuildResult(written, _told(notes), is_new=False)
    notes = _built(request, targets, store, program_checksum, inputs, progress)
    return BuildResult(
        _written(notes, first),
        _told(notes),
        cache=store.folder if store and makes_cache and store.folder.is_dir() else None,
        trouble=f"{store.folder}: {store.trouble}" if store and store.trouble else "",
    )


def _targets(names: Sequence[str], first: Path) -> dict[str, Path]:
    """Return the path of each packet's PDF; raise CommandLineError if two packets have the same path."""
    targets = {names[0]: first} | {name: first.with_name(f"{name}.pdf") for name in names[1:]}
    # Some file systems ignore case.
    taken = {first.stem.casefold(): names[0]}
    for name in names[1:]:
        other = taken.setdefault(name, name)
        if other != name:
            raise CommandLineError(
                f"“{first}” would be the packets “{other}” and “{name}” at once. "
                "Name another file with --output. Nothing was written."
            )
    return targets


def _may_be_written(request: BuildRequest, targets: Mapping[str, Path]) -> None:
    """Raise if a PDF or its listing may not be written, before the build takes any time."""
    for pdf in targets.values():
        earlier.spare_corpus(pdf, request.corpus, outputs=())
    with alone([path for pdf in targets.values() for path in earlier.of_run(pdf)]):
        for pdf in targets.values():
            earlier.refuse_others(pdf)


def _spare(tasks: Sequence[stages.Task], corpus: Path, sources: Mapping[str, str]) -> None:
    """Raise if any file of the tasks may not be written, now that their outputs are known."""
    for task in tasks:
        earlier.spare_corpus(task.output, corpus, sources, task.packet.outputs)
    _obsolete(tasks)


def _obsolete(
    tasks: Sequence[stages.Task], divided: Mapping[Path, Sequence[Path]] = NO_VOLUMES
) -> list[Path]:
    """Return the files of earlier builds to remove; raise if a file must not be overwritten.

    ``divided`` has the volumes of each PDF, as far as they are known.
    """
    found: list[Path] = []
    for task in tasks:
        own = divided.get(task.output, ())
        earlier.refuse_others(task.output, task.packet.outputs, own)
        found += earlier.obsolete_outputs(task.output, task.packet.outputs, own)
    return found


def _files(
    tasks: Sequence[stages.Task],
    proved: Sequence[stages.ProvedPacket],
    corpus: Path,
    sources: Mapping[str, str],
) -> dict[Path, bytes]:
    """Return the files of all packets; raise if two are the same, or a volume is one of the corpus."""
    files: dict[Path, bytes] = {}
    for task, packet in zip(tasks, proved, strict=True):
        earlier.spare_corpus(task.output, corpus, sources, task.packet.outputs, packet.volumes)
        taken = {path.name.casefold() for path in files}
        twice = [path for path in packet.files if path.name.casefold() in taken]
        if twice:
            raise CommandLineError(
                f"“{twice[0]}” would be a file of the packet “{task.packet.name}” and of another. "
                "Give one of the packets another name. Nothing was written."
            )
        files |= packet.files
    return files


def _recalled(
    request: BuildRequest, store: Store, inputs: str, targets: Mapping[str, Path]
) -> list[Note] | None:
    """Return the notes of earlier builds of all packets; None if anything has changed."""
    notes: list[Note] = []
    names = list(targets)
    first = targets[names[0]]
    for name in names:
        pdf = targets.get(name) or first.with_name(f"{name}.pdf")
        note = unchanged.recall(store, pdf, name, inputs, request.corpus)
        if note is None:
            return None
        if request.all_packets and not notes:
            names += [other for other in note.packets if other != name]
        notes.append(note)
    return notes


def _told(notes: Sequence[Note]) -> tuple[Diagnostic, ...]:
    """Return the warnings about a corpus, and those about the files of its packets."""
    return tuple(sorted({item for note in notes for item in note.diagnostics}))


def _written(notes: Sequence[Note], first: Path) -> tuple[WrittenPacket, ...]:
    targets = _targets([note.packet for note in notes], first)
    return tuple(
        WrittenPacket(
            note.packet,
            targets[note.packet],
            note.pages,
            note.letters,
            tuple(path for path in map(Path, note.outputs) if path != targets[note.packet]),
            note.by_hand,
        )
        for note in notes
    )


def _built(
    request: BuildRequest,
    targets: Mapping[str, Path],
    store: Store | None,
    program_checksum: str,
    inputs: str,
    progress: Progress,
) -> list[Note]:
    """Build the packets; return the note of each."""
    from dossier.bind.bindery import Bindery
    from dossier.typeset.workshop import Workshop

    jobs = request.jobs or processes.processors()
    first = next(iter(targets.values()))
    with _long_task(quiet=jobs > 1):
        workshop = Workshop(jobs, store, program_checksum)
        bindery = Bindery(store, program_checksum, first, apart=jobs > 1)
        with workshop, ExitStack() as opened:
            # Most of the program is imported while the worker processes start.
            from dossier import stages
            from dossier.compile.styled import KeptStyles
            from dossier.read.kept_letters import KeptLetters
            from dossier.sign.keys import Keyring

            progress.stage("Reading the corpus")
            styles = KeptStyles(store, program_checksum)
            letters = KeptLetters(store, program_checksum)
            corpus, diagnostics = stages.read(
                request.corpus, request.name, request.drafts, styles, letters
            )
            if corpus is None or stops(diagnostics, request.strict):
                raise CorpusFaultError(diagnostics)
            # Not before: while three processes load their modules, two processors are too few.
            opened.enter_context(bindery)
            names = tuple(packet.name for packet in corpus.packets)
            if request.all_packets:
                targets = _targets(names, first)
                _may_be_written(request, targets)
            sources = stages.sources(corpus)
            tasks = [
                stages.Task(
                    corpus,
                    stages.packet_of(corpus, name, request.name),
                    diagnostics,
                    pdf,
                    request.name,
                    request.corpus,
                )
                for name, pdf in targets.items()
            ]
            _spare(tasks, request.corpus, sources)
            letters.save()
            # Before anything takes time: a passphrase may be wrong.
            keyring = opened.enter_context(Keyring(request.corpus, request.ask))
            keys = stages.keys_of(tasks, keyring) if request.signs else None
            tools = stages.Tools(
                workshop, bindery, jobs, store, program_checksum, styles, progress, keys
            )
            try:
                proved = _proved_packets(tasks, tools)
            except RefusedError as error:
                error.kept = rejected.keep(error.output, error.refused, error.diagnostics)
                raise
            warned = [item for packet in proved for item in packet.warnings]
            if stops(warned, request.strict):
                raise CorpusFaultError(tuple(sorted({*diagnostics, *warned})))
            progress.stage("Writing the files")
            files = _files(tasks, proved, request.corpus, sources)
            divided = {
                task.output: packet.volumes for task, packet in zip(tasks, proved, strict=True)
            }
            write_all(files, lambda: _obsolete(tasks, divided))
            for pdf in targets.values():
                rejected.remove(pdf)
            notes = [
                Note(
                    task.packet.name, names, inputs, sources, unchanged.checksums(packet.files),
                    packet.pages, packet.letters, (*diagnostics, *packet.warnings),
                    stages.by_hand(task.packet),
                )
                for task, packet in zip(tasks, proved, strict=True)
            ]  # fmt: skip
            if store is not None and inputs:
                for note, pdf in zip(notes, targets.values(), strict=True):
                    unchanged.remember(store, pdf, note)
                store.prune()
    return notes


def _proved_packets(tasks: Sequence[stages.Task], tools: stages.Tools) -> list[stages.ProvedPacket]:
    """Call :func:`.stages.make`; if it fails, call it again without the entries of the cache."""
    from dossier import stages

    try:
        return stages.make(tasks, tools)
    except (BrokenRuleError, MachineLacksError):
        raise
    except Exception:
        # The cache may be the cause: only an error that also occurs without it is reported.
        if tools.store is None or not tools.store.used:
            raise
        tools.store.forget()
        tools.styles.forget()
        tools.workshop.forget()
        tools.bindery.close()
        return stages.make(tasks, tools)


def check(corpus: Path, shown: str | None = None) -> tuple[Diagnostic, ...]:
    """Return all findings about a corpus, which they call ``shown``.

    Raises MachineLacksError if a font is missing.
    """
    return checked(corpus, shown).diagnostics


@dataclass(frozen=True)
class Checked:
    """The findings about a corpus, and what a build would leave out."""

    diagnostics: tuple[Diagnostic, ...]
    drafts: int
    """How many letters are drafts, with their annexes; 0 where the corpus has faults."""


def checked(corpus: Path, shown: str | None = None) -> Checked:
    """Return what is to be said about a corpus, which findings call ``shown``.

    Raises MachineLacksError if a font is missing.
    """
    from dossier import stages

    found, diagnostics = stages.read(corpus, corpus.as_posix() if shown is None else shown)
    return Checked(diagnostics, found.left_out if found else 0)


def packets(corpus: Path, shown: str | None = None) -> list[Holding]:
    """Return what each packet of a corpus would hold; raise CorpusFaultError if the corpus has faults."""
    from dossier import stages

    found, diagnostics = stages.read(corpus, corpus.as_posix() if shown is None else shown)
    if found is None:
        raise CorpusFaultError(diagnostics)
    return stages.holdings(found)


def profiles(corpus: Path) -> list[Profile]:
    """Return the profiles that packets may name: the program's, and those of ``corpus`` if it is there.

    Raises CorpusFaultError if one of the corpus has faults.
    """
    from dossier import stages

    found, diagnostics = stages.profiles(corpus, corpus.as_posix())
    if diagnostics:
        raise CorpusFaultError(diagnostics)
    return found


def family_names(corpus: Path) -> list[str]:
    """Return lines for names.yaml, with a family name for each person of whom none is known.

    Raises CorpusFaultError if the corpus has faults.
    """
    from dossier import stages

    found, diagnostics = stages.read(corpus, corpus.as_posix())
    if found is None:
        raise CorpusFaultError(diagnostics)
    return stages.family_names(found)


def verify(pdf: Path, corpus: Path, thorough: bool = False) -> verification.Verified:
    """Read a finished PDF and the files beside it, and compare them with the corpus.

    With ``thorough``, its pages are drawn and looked at, too.

    Raises CorpusFaultError if the corpus has faults, CommandLineError if there is no such file.
    """
    pdf = earlier.whole_of(pdf)
    with alone(earlier.of_run(pdf)):
        pass  # rolls back a build that was killed while it wrote
    if not pdf.is_file():
        raise CommandLineError(f"there is no file {pdf.as_posix()}. Build it first.")
    _refuse_beside(pdf)
    with _long_task():
        from dossier import verification

        return verification.verify(pdf, corpus, processes.processors(), thorough)


def rebuilt(pdf: Path, corpus: Path) -> tuple[Diagnostic, ...]:
    """Build the packet of a finished PDF again, and return where its files differ, byte for byte.

    The cache is not used. Raises what :func:`build` raises; nothing is written but in a scratch folder.
    """
    from dossier import rebuilding

    pdf = earlier.whole_of(pdf)
    listing = pdf.with_suffix(LISTING_SUFFIX)
    packet, drafts, shown = rebuilding.named(
        listing.read_bytes() if listing.is_file() else None, corpus
    )
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / pdf.name
        # No signature is the same twice: what it signs is built again.
        build(
            BuildRequest(
                corpus, again, shown, cache=False, packets=(packet,), drafts=drafts, signs=False
            )
        )
        return rebuilding.differences(pdf, again)


def received(pdf: Path) -> receiving.Received:
    """Compare a finished PDF with the files beside it, without its corpus.

    Raises CommandLineError if there is no such file.
    """
    pdf = earlier.whole_of(pdf)
    if not pdf.is_file() and not any(path.is_file() for path in earlier.volumes_of(pdf)):
        raise CommandLineError(f"there is no file {pdf.as_posix()}.")
    _refuse_beside(pdf)
    with _long_task():
        from dossier import receiving

        return receiving.received(pdf)


def _refuse_beside(pdf: Path) -> None:
    """Raise CommandLineError for a file that was made beside a PDF and is proved with that."""
    for suffix in SUFFIXES.values():
        whole = pdf.with_name(f"{pdf.name.removesuffix(suffix)}.pdf")
        listing = pdf.with_suffix(LISTING_SUFFIX)
        if pdf.name.endswith(suffix) and whole.is_file() and not listing.is_file():
            raise CommandLineError(
                f"{pdf.as_posix()} was made beside {whole.name}. Verify that: both are compared."
            )


@contextmanager
def _long_task(quiet: bool = True) -> Iterator[None]:
    """Disable garbage collection, handle signals, and keep temporary files together for a long task.

    Nearly all objects live until the end of the task: garbage collection would take a third of the time
    and free nothing.
    """
    collects = gc.isenabled()
    gc.disable()
    if quiet:
        streams.hush()
    try:
        with processes.stoppable(), processes.scratch():
            yield
    finally:
        if collects:
            gc.enable()
