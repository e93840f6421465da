"""Typesets sections in parallel, in worker processes, and caches their galleys.

The workers belong to an executor of ``concurrent.futures``. Each loads WeasyPrint and the fonts once. A
galley in the cache is not set again; where all are, WeasyPrint and its stand-ins are never loaded.
"""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from dossier.keep import galleys
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.records.diagnostics import MachineLacksError
from dossier.records.galley import FontUse, Galley
from dossier.typeset import placing, strips
from dossier.typeset.kept_strips import KeptStrips
from dossier.typeset.strips import Divided, Part, UnfitError

if TYPE_CHECKING:
    from dossier.typeset.typesetter import Typesetter

SMALL = 300_000
"""Characters of HTML below which one worker sets all: starting another would take longer."""
LONG = 50_000
"""Characters of HTML from which a document counts as long; the longest are set first."""
GARBAGE_THRESHOLD = 200_000
"""New objects after which garbage is collected between two sections."""
MOST_OTHERS = 4
"""How many times as many documents of earlier builds are remembered as a build has."""
FEW = 250
"""The most sections that workers set and are still small."""
BATCH = 8
"""The greatest number of sections in a task for a worker."""
MANY = 50
"""The number of documents from which on workers get some before all are known."""
EARLY = 4
"""How many sections are then in a task."""


@dataclass(frozen=True)
class Document:
    """An HTML document to be typeset."""

    render: Callable[[], str]
    """Returns the HTML; called once, and not at all where the document is known."""
    decisive: str = ""
    """A checksum of all that decides the HTML, the program apart; empty where there is none."""

    @functools.cached_property
    def html(self) -> str:
        """The HTML."""
        return self.render()

    @classmethod
    def of(cls, html: str) -> Self:
        """Return a document whose HTML is there already."""
        return cls(lambda: html)


class Workshop:
    """Sets sections, within a context; with more than one job, in child processes."""

    def __init__(
        self,
        jobs: int,
        store: Store | None = None,
        program_checksum: str = "",
        executor: Executor | None = None,
    ) -> None:
        """Take the number of worker processes, and the cache of galleys.

        ``program_checksum`` stands for what galleys depend on besides style sheet and HTML: the versions
        of program, libraries and fonts. ``executor`` replaces the workshop's own worker processes;
        :func:`warm` can be its initializer.
        """
        self._jobs = jobs
        self._galleys = galleys.shelf(store, program_checksum)
        self._fonts = Shelf(store, "fonts 1", program_checksum, bytes)
        self._documents = Shelf(store, "documents 1", program_checksum, dict[str, str])
        self._strips = KeptStrips(store, program_checksum)
        self._known: dict[str, str] = {}
        """The keys of galleys by what decides their HTML, as the cache has them for the style sheet."""
        self._decided: dict[str, str] = {}
        """The same of the documents of this run."""
        self._given = executor
        self._executor: Executor | None = executor
        self._style = ""
        self._made = 0
        """How many sections the workers have set."""
        self._in_memory: dict[str, Galley] = {}
        """All galleys of this run by key: a section that several packets share is set once."""

    def use(self, style: str, documents: int) -> None:
        """Use the style sheet ``style`` from now on; a worker that has started loads it meanwhile.

        ``documents`` is about the number of those to be set with it. If they are many, and none is known
        from an earlier build, all workers start.
        """
        if style != self._style:
            self._style = style
            self._known = self._documents.get(self._documents.key(style)) or {}
            self._decided = {}
            if self._executor and self._given is None:
                starting = 1 if self._known or documents < MANY else self._jobs
                with processes.deaths():
                    for _ in range(starting):
                        self._executor.submit(_prepare, style)

    def __enter__(self) -> Self:
        """Start the first worker, so that it has loaded WeasyPrint when there is something to set."""
        if self._given is None and self._jobs > 1:
            self._workers().submit(_start)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the workshop."""
        self.close()

    def close(self) -> None:
        """End the workers, to free their memory; new ones start when more is to be set."""
        if isinstance(self._executor, processes.Pool) and self._given is None:
            self._executor.close()
            self._executor = None
        if self._jobs == 1:
            _typesetter.cache_clear()  # removes its temporary files

    def lend(self) -> processes.Pool | None:
        """Close the workshop, but give away the workers that run, if they are still small.

        Whoever takes them ends them.
        """
        pool = self._executor
        may = self._given is None and self._made <= FEW
        if may and isinstance(pool, processes.Pool) and pool.running:
            pool.hold()
            self._executor = None
            return pool
        self.close()
        return None

    def set_all(
        self,
        documents: Mapping[str, Document],
        done: Callable[[str, bool], None],
        begun: Callable[[Mapping[str, str]], None] | None = None,
    ) -> dict[str, Galley]:
        """Return the galleys of ``documents``, under the same names.

        ``done`` is called for each name, with whether its galley was in the cache; ``begun`` once the
        workers have all that they are to set, with the keys of the galleys by name.
        """
        keys: dict[str, str] = {}
        in_memory: dict[str, Galley] = {}
        cached: dict[str, str] = {}
        tasks = self._tasks(documents)
        for name, document in documents.items():
            key = keys[name] = self.key(document)
            if key in self._in_memory:
                in_memory[name] = self._in_memory[key]
            elif self._galleys.has(key):
                cached[name] = key
            else:
                tasks.add(name)
        # The workers set these while the cached ones are read.
        pending = tasks.all()
        if begun:
            begun(keys)
        galleys: dict[str, Galley] = {}
        missing: list[str] = []
        for name, galley in in_memory.items():
            galleys[name] = galley
            done(name, True)
        for name, key in cached.items():
            kept = self._galleys.get(key)
            if kept is None:
                missing.append(name)
            else:
                galleys[name] = kept
                done(name, True)
        for name, made in itertools.chain(pending, self._tasks(documents, missing).all()):
            galleys[name] = made
            self._made += 1
            self._galleys.put(keys[name], made)
            done(name, False)
        self._in_memory |= {keys[name]: galley for name, galley in galleys.items()}
        self._keep_documents()
        return {name: galleys[name] for name in documents}

    def forget(self) -> None:
        """Close the workshop, and forget the galleys of this run and what earlier ones have kept."""
        self.close()
        self._in_memory.clear()
        self._known, self._decided = {}, {}
        self._strips.clear()

    def cast(self, fonts: Mapping[str, FontUse]) -> bytes:
        """Return the PDF of the shared fonts, see :meth:`.typesetter.Typesetter.cast`."""
        key = self._fonts.key(self._style, repr(sorted(fonts.items())))
        kept = self._fonts.get(key)
        if kept is not None:
            return kept
        if self._executor is None:
            pdf = cast(self._style, fonts)
        else:
            with processes.deaths():
                pdf = self._executor.submit(cast, self._style, fonts).result()
        self._fonts.put(key, pdf)
        return pdf

    def _tasks(self, documents: Mapping[str, Document], names: Sequence[str] = ()) -> _Tasks:
        """Return what sets documents; it begins with those of ``names``."""
        workers = None if self._given is None and self._jobs == 1 else self._workers
        return _Tasks(documents, names, self._style, self._jobs, workers, self._strips)

    def _workers(self) -> Executor:
        if self._executor is None:
            self._executor = processes.Pool(self._jobs, warm)
        return self._executor

    def key(self, document: Document) -> str:
        """Return the cache key of a document's galley."""
        decisive = document.decisive
        key = self._decided.get(decisive) or self._known.get(decisive)
        # The HTML of a document whose galley is lost is needed anyway.
        if key is None or not (key in self._in_memory or self._galleys.has(key)):
            key = self._galleys.key(self._style, document.html)
        if decisive:
            self._decided[decisive] = key
        return key

    def _keep_documents(self) -> None:
        """Keep the keys of this run's documents, if there are new ones, and a number of others."""
        if self._decided.keys() - self._known.keys():
            others = self._known if len(self._known) < MOST_OTHERS * len(self._decided) else {}
            self._known = others | self._decided
            self._documents.put(self._documents.key(self._style), self._known)


class _Tasks:
    """Documents that are set by workers, a batch at a time.

    Of many, the workers begin with the first half while the HTML of the others is still being made. The
    others are set longest first, so that no worker is left alone with a long one at the end.
    """

    def __init__(
        self,
        documents: Mapping[str, Document],
        names: Sequence[str],
        style: str,
        jobs: int,
        workers: Callable[[], Executor] | None,
        kept: KeptStrips,
    ) -> None:
        """Take all documents, the names of those to begin with, and what returns the workers, if any.

        ``kept`` has the strips of lists that are set in pieces.
        """
        self._documents = documents
        self._style = style
        self._jobs = jobs
        self._workers = workers
        self._strips = kept
        self._early = len(documents) // 2 if len(documents) >= MANY and workers else 0
        """How many documents the workers may be given as they come."""
        self._waiting: list[str] = []
        self._divided: dict[str, Divided] = {}
        """Those that are set in pieces."""
        self._characters = 0
        self._futures: dict[Future[list[Galley]], list[str]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Have another document set."""
        html = self._documents[name].html
        if found := _divided(html):
            self._divided[name] = found
            return
        self._waiting.append(name)
        self._characters += len(html)
        if self._early > 0 and self._characters >= SMALL and len(self._waiting) >= EARLY:
            self._early -= len(self._waiting)
            self._submit(self._waiting, EARLY)
            self._waiting = []

    def all(self) -> Iterator[tuple[str, Galley]]:
        """Have the rest set; return an iterator of all names and galleys in the sequence of completion."""
        if self._workers is None:
            names = (*self._waiting, *self._divided)
            return ((name, self._set(self._documents[name].html)) for name in names)
        with processes.deaths():
            apart = {
                name: [
                    (parts, self._workers().submit(set_apart, self._style, text))
                    for parts, text in found.documents(self._strips.lacking(self._style, found))
                ]
                for name, found in self._divided.items()
            }
        length = {name: len(self._documents[name].html) for name in self._waiting}
        # Those that are not long keep the sequence in which they are bound.
        longest_first = sorted(length, key=lambda name: -max(length[name], LONG))
        size = max(1, min(BATCH, len(length) // (self._jobs * 4)))
        every = (*self._waiting, *self._divided)
        if not self._futures and sum(len(self._documents[one].html) for one in every) < SMALL:
            size = max(1, len(length))
        self._submit(longest_first, size)
        return self._completed(apart)

    def _set(self, html: str) -> Galley:
        """Set a document in this process."""
        divided = _divided(html)
        if divided is None:
            return set_batch(self._style, [html])[0]
        for parts, text in divided.documents(self._strips.lacking(self._style, divided)):
            self._strips.add(self._style, parts, set_apart(self._style, text))
        return set_placed(self._style, html, self._strips.of(self._style, divided))[0]

    def _submit(self, names: Sequence[str], size: int) -> None:
        assert self._workers
        with processes.deaths():
            for start in range(0, len(names), size):
                batch = list(names[start : start + size])
                html = [self._documents[name].html for name in batch]
                self._futures[self._workers().submit(set_batch, self._style, html)] = batch

    def _completed(
        self,
        apart: Mapping[str, list[tuple[list[Part], Future[list[bytes]]]]],
    ) -> Iterator[tuple[str, Galley]]:
        """Yield the names and galleys of batches and of divided documents in the sequence of completion."""
        assert self._workers
        with processes.deaths():
            for name, tasks in apart.items():
                for parts, future in tasks:
                    self._strips.add(self._style, parts, future.result())
                placed = self._workers().submit(
                    set_placed,
                    self._style,
                    self._documents[name].html,
                    self._strips.of(self._style, self._divided[name]),
                )
                self._futures[placed] = [name]
            for done in as_completed(self._futures):
                yield from zip(self._futures[done], done.result(), strict=True)


def _divided(html: str) -> Divided | None:
    """Return a document whose list is set in pieces; None for one that is set as a whole."""
    try:
        return strips.divided(html)
    except UnfitError:
        return None


# --- in the workers ---


@functools.lru_cache(maxsize=1)
def _typesetter(style: str) -> Typesetter:
    """Return a typesetter with its fonts loaded.

    Automatic garbage collection is off: it would take a fifth of the time, and finds nothing while a
    section is being set. :func:`set_batch` collects between sections, when nearly every object is garbage.
    The typesetter itself is frozen.
    """
    from dossier.typeset.typesetter import Typesetter

    made = Typesetter(style)
    gc.collect()
    gc.freeze()
    gc.disable()
    return made


def warm() -> None:
    """Initialize a worker: load WeasyPrint."""
    from dossier.typeset import typesetter

    # The first batch raises the error again.
    with suppress(MachineLacksError, ImportError, MemoryError, OSError):
        typesetter.load()


def _start() -> None:
    """Do nothing: a task that makes the pool start a worker."""


def _prepare(style: str) -> None:
    """Load a style sheet and its fonts ahead of time."""
    # The first batch raises the error again.
    with suppress(Exception):
        _typesetter(style)


def set_batch(style: str, html: list[str]) -> list[Galley]:
    """Typeset HTML documents with a style sheet; return their galleys."""
    galleys: list[Galley] = []
    for text in html:
        galleys.append(_typesetter(style).set(text))
        if gc.get_count()[0] > GARBAGE_THRESHOLD:
            gc.collect()
    return galleys


def set_apart(style: str, html: str) -> list[bytes]:
    """Typeset the strips of a list; return each as it is kept: one is empty where it is no strip."""
    made = [strips.packed(strip) for strip in _typesetter(style).set_apart(html)]
    if gc.get_count()[0] > GARBAGE_THRESHOLD:
        gc.collect()
    return made


def set_placed(style: str, html: str, kept: Sequence[bytes]) -> list[Galley]:
    """Typeset a divided document from its strips, or whole where that cannot be."""
    divided = _divided(html)
    try:
        if divided is None:
            raise UnfitError("it is not divided")
        held = placing.entries(divided.parts, [strips.unpacked(strip) for strip in kept])
        galley = _typesetter(style).set(divided.frame, held)
    except UnfitError:
        return set_batch(style, [html])
    return [replace(galley, own_hyphens=divided.own_hyphens)]


def cast(style: str, fonts: Mapping[str, FontUse]) -> bytes:
    """Return the PDF of the shared fonts."""
    return _typesetter(style).cast(fonts)
