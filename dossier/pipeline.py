"""The library's calls, which are all that the command line does: build, check, verify.

No stage is loaded before it is needed: where nothing has changed, a build is over at once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dossier.keep import unchanged
from dossier.keep.store import Store
from dossier.keep.unchanged import Note
from dossier.machine import earlier, processes, rejected, streams
from dossier.machine.progress import Progress
from dossier.machine.write import alone, write_all
from dossier.records.diagnostics import (
    CommandLineError,
    CorpusFaultError,
    Diagnostic,
    MachineLacksError,
    RefusedError,
    stops,
)
from dossier.records.packet import EVERYTHING, Holding

if TYPE_CHECKING:
    from dossier import stages, verification

SILENT = Progress()


@dataclass(frozen=True)
class Order:
    """What a build is asked for."""

    corpus: Path
    output: Path | None = None
    """The PDF of the first packet, by default ``build/NAME.pdf``; all other files go beside it."""
    shown: str | None = None
    """How findings name the corpus; by default as ``corpus`` does."""
    strict: bool = False
    """A warning counts as a fault."""
    jobs: int = 0
    """How many processes set letters and read the finished file; 0 for one a processor."""
    cache: bool = True
    """Use what earlier builds have set, and keep what this one sets."""
    packets: tuple[str, ...] = (EVERYTHING,)
    """The names of those to make."""
    all_packets: bool = False
    """Make all that the corpus has instead."""

    @property
    def name(self) -> str:
        """How findings name the corpus."""
        return self.corpus.as_posix() if self.shown is None else self.shown


@dataclass(frozen=True)
class Written:
    """A packet that stands in its files."""

    name: str
    pdf: Path
    pages: int
    letters: int
    beside: tuple[Path, ...]
    """The other files that were made with the PDF."""


@dataclass(frozen=True)
class Built:
    """What a build wrote, or found written already."""

    packets: tuple[Written, ...]
    diagnostics: tuple[Diagnostic, ...]
    """All warnings of the corpus."""
    is_new: bool = True
    """It was written in this run; otherwise nothing had changed."""
    cache: Path | None = None
    """The folder in which the build keeps what it has set, where it made this folder."""
    trouble: str = ""
    """Why nothing could be kept for the next build, where that is so."""


def cache_of(pdf: Path) -> Path:
    """Return the folder in which builds of a PDF keep what they have set."""
    return pdf.parent / ".cache"


def build(order: Order, progress: Progress = SILENT) -> Built:
    """Build packets of a corpus, together: the files of all are written, or none.

    Raises CorpusFaultError with every finding where the corpus has faults, RefusedError where a finished
    file has, which is then kept beside for its editor to look at, MachineLacksError, CannotWriteError and
    CommandLineError; then nothing else is written but the cache.
    """
    names = (EVERYTHING,) if order.all_packets else tuple(dict.fromkeys(order.packets))
    first = order.output or Path(f"build/{names[0]}.pdf")
    targets = _targets(names, first)
    _may_be_written(order, targets)
    store = Store(cache_of(first)) if order.cache else None
    makes_cache = store is not None and not store.folder.exists()
    setup = inputs = ""
    notes: list[Note] | None = None
    if store is not None:
        setup = unchanged.setup()
        try:
            inputs = unchanged.inputs(order.corpus, order.name, setup)
            notes = _recalled(order, store, inputs, targets)
        except OSError:
            store = None  # reading the corpus will say what is wrong with it
    if notes is not None:
        if stops(notes[0].diagnostics, order.strict):
            raise CorpusFaultError(notes[0].diagnostics)
        written = _written(notes, first)
        for one in written:
            rejected.remove(one.pdf)
        return Built(written, notes[0].diagnostics, is_new=False)
    notes = _built(order, targets, store, setup, inputs, progress)
    return Built(
        _written(notes, first),
        notes[0].diagnostics,
        cache=store.folder if store and makes_cache and store.folder.is_dir() else None,
        trouble=f"{store.folder}: {store.trouble}" if store and store.trouble else "",
    )


def _targets(names: Sequence[str], first: Path) -> dict[str, Path]:
    """Return the PDF of each packet; raise CommandLineError where two would be the same file."""
    targets = {names[0]: first} | {name: first.with_name(f"{name}.pdf") for name in names[1:]}
    # A system may take capitals and small letters for the same.
    taken = {first.stem.casefold(): names[0]}
    for name in names[1:]:
        other = taken.setdefault(name, name)
        if other != name:
            raise CommandLineError(
                f"“{first}” would be the packets “{other}” and “{name}” at once. "
                "Name another file with --output. Nothing was written."
            )
    return targets


def _may_be_written(order: Order, targets: Mapping[str, Path]) -> None:
    """Raise where a PDF or its listing may not be written: nobody should wait for a build to be told so."""
    for pdf in targets.values():
        earlier.spare_corpus(pdf, order.corpus, outputs=())
    with alone([path for pdf in targets.values() for path in earlier.of_run(pdf)]):
        for pdf in targets.values():
            earlier.refuse_others(pdf)


def _spare(tasks: Sequence[stages.Task], corpus: Path, sources: Mapping[str, str]) -> None:
    """Raise where any file of the tasks may not be written, now that their outputs are known."""
    for task in tasks:
        earlier.spare_corpus(task.output, corpus, sources, task.packet.outputs)
    _replaced(tasks)


def _replaced(tasks: Sequence[stages.Task]) -> list[Path]:
    """Return the files of earlier builds that go; raise where one would be written over that may not be."""
    for task in tasks:
        earlier.refuse_others(task.output, task.packet.outputs)
    gone = [earlier.no_longer_made(task.output, task.packet.outputs) for task in tasks]
    return [path for paths in gone for path in paths]


def _recalled(
    order: Order, store: Store, inputs: str, targets: Mapping[str, Path]
) -> list[Note] | None:
    """Return the notes of earlier builds of all packets; None where anything has changed."""
    notes: list[Note] = []
    names = list(targets)
    first = targets[names[0]]
    for name in names:
        pdf = targets.get(name) or first.with_name(f"{name}.pdf")
        note = unchanged.recall(store, pdf, name, inputs, order.corpus)
        if note is None:
            return None
        if order.all_packets and not notes:
            names += [other for other in note.packets if other != name]
        notes.append(note)
    return notes


def _written(notes: Sequence[Note], first: Path) -> tuple[Written, ...]:
    targets = _targets([note.packet for note in notes], first)
    return tuple(
        Written(
            note.packet,
            targets[note.packet],
            note.pages,
            note.letters,
            tuple(path for path in map(Path, note.outputs) if path != targets[note.packet]),
        )
        for note in notes
    )


def _built(
    order: Order,
    targets: Mapping[str, Path],
    store: Store | None,
    setup: str,
    inputs: str,
    progress: Progress,
) -> list[Note]:
    """Build what has changed; return a note of each packet."""
    from dossier.bind.bindery import Bindery
    from dossier.typeset.workshop import Workshop

    jobs = order.jobs or processes.processors()
    first = next(iter(targets.values()))
    with _at_work(quiet=jobs > 1):
        workshop = Workshop(jobs, store, setup)
        bindery = Bindery(store, first, apart=jobs > 1)
        with workshop, bindery:
            # The larger part of the program is loaded while their processes start.
            from dossier import stages

            progress.stage("Reading the corpus")
            corpus, diagnostics = stages.read(order.corpus, order.name)
            if corpus is None or stops(diagnostics, order.strict):
                raise CorpusFaultError(diagnostics)
            every = tuple(packet.name for packet in corpus.packets)
            if order.all_packets:
                targets = _targets(every, first)
                _may_be_written(order, targets)
            sources = stages.sources(corpus)
            tasks = [
                stages.Task(corpus, stages.packet_of(corpus, name, order.name), diagnostics, pdf)
                for name, pdf in targets.items()
            ]
            _spare(tasks, order.corpus, sources)
            tools = stages.Tools(workshop, bindery, jobs, store, setup, progress)
            try:
                made = _made_surely(tasks, tools)
            except RefusedError as error:
                error.kept = rejected.keep(error.output, error.refused, error.diagnostics)
                raise
            progress.stage("Writing the files")
            files = {path: content for one in made for path, content in one.files.items()}
            write_all(files, lambda: _replaced(tasks))
            for pdf in targets.values():
                rejected.remove(pdf)
            notes = [
                Note(
                    name, every, inputs, sources, unchanged.checksums(one.files), one.pages,
                    one.letters, diagnostics,
                )
                for name, one in zip(targets, made, strict=True)
            ]  # fmt: skip
            if store is not None and inputs:
                for note, pdf in zip(notes, targets.values(), strict=True):
                    unchanged.remember(store, pdf, note)
                store.prune()
    return notes


def _made_surely(tasks: Sequence[stages.Task], tools: stages.Tools) -> list[stages.Made]:
    """Return what :func:`.stages.make` does; if that fails, what it does without anything that was kept."""
    from dossier import stages

    try:
        return stages.make(tasks, tools)
    except MachineLacksError:
        raise
    except Exception:
        # What was kept may be to blame, so it is asked no more: only what then still fails is reported.
        if tools.store is None or not tools.store.used:
            raise
        tools.store.forget()
        tools.workshop.forget()
        tools.bindery.close()
        return stages.make(tasks, tools)


def check(corpus: Path, shown: str | None = None) -> tuple[Diagnostic, ...]:
    """Return every finding about a corpus; ``shown`` is how they name it.

    Raises MachineLacksError where a font is missing.
    """
    from dossier import stages

    return stages.read(corpus, corpus.as_posix() if shown is None else shown)[1]


def packets(corpus: Path, shown: str | None = None) -> list[Holding]:
    """Return what each packet of a corpus would hold; raise CorpusFaultError where that has faults."""
    from dossier import stages

    found, diagnostics = stages.read(corpus, corpus.as_posix() if shown is None else shown)
    if found is None:
        raise CorpusFaultError(diagnostics)
    return stages.holdings(found)


def verify(pdf: Path, corpus: Path) -> verification.Verified:
    """Read a finished PDF back, and what was made beside it, and compare it with its corpus.

    Raises CorpusFaultError where the corpus has faults, CommandLineError where there is no such file.
    """
    with alone(earlier.of_run(pdf)):
        pass  # a build that was killed while it wrote is undone
    if not pdf.is_file():
        raise CommandLineError(f"there is no file {pdf.as_posix()}. Build it first.")
    with _at_work():
        from dossier import verification

        return verification.verify(pdf, corpus, processes.processors())


@contextmanager
def _at_work(quiet: bool = True) -> Iterator[None]:
    """Set the process up for work that takes a while.

    Its hundreds of thousands of records all live to its end: looking through them for garbage, again and
    again, takes a third of the time and finds nothing.
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
