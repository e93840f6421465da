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
FEW = 40
"""The most sections that workers set and are still small."""
BATCH = 8
"""The greatest number of sections in a task for a worker."""


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
        self._kept_strips = Shelf(store, "strips 1", program_checksum, dict[str, bytes])
        self._strips: dict[str, dict[str, bytes]] = {}
        """The strips of this run and of earlier ones, by style sheet and key."""
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

    def use(self, style: str) -> None:
        """Use the style sheet ``style`` from now on; a worker that has started loads it meanwhile."""
        if style != self._style:
            if self._executor and self._given is None:
                with processes.deaths():
                    self._executor.submit(_prepare, style)
            self._style = style
            self._known = self._documents.get(self._documents.key(style)) or {}
            self._decided = {}

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
        """Close the workshop, but give away its workers if all run and are still small.

        Whoever takes them ends them.
        """
        pool = self._executor
        may = self._given is None and self._made <= FEW
        if may and isinstance(pool, processes.Pool) and pool.running == self._jobs:
            self._executor = None
            return pool
        self.close()
        return None

    def set_all(
        self, documents: Mapping[str, Document], done: Callable[[str, bool], None]
    ) -> dict[str, Galley]:
        """Return the galleys of ``documents``, under the same names.

        ``done`` is called for each name, with whether its galley was in the cache.
        """
        keys = {name: self.key(document) for name, document in documents.items()}
        galleys: dict[str, Galley] = {}
        missing: list[str] = []
        in_memory = {
            name: self._in_memory[key] for name, key in keys.items() if key in self._in_memory
        }
        cached = {
            name: key
            for name, key in keys.items()
            if name not in in_memory and self._galleys.has(key)
        }
        # The workers set these while the cached ones are read.
        new = [name for name in documents if name not in cached | in_memory]
        pending = self._set(new, documents)
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
        for name, made in itertools.chain(pending, self._set(missing, documents)):
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

    def _set(
        self, names: list[str], documents: Mapping[str, Document]
    ) -> Iterator[tuple[str, Galley]]:
        """Start to set documents; return an iterator of names and galleys in the sequence of completion."""
        if not names:
            return iter(())
        html = {name: documents[name].html for name in names}
        if self._given is None and self._jobs == 1:
            return ((name, self._set_one(html[name])) for name in names)
        executor = self._workers()
        divided = {name: found for name in names if (found := _divided(html[name]))}
        with processes.deaths():
            apart = {
                name: [
                    (parts, executor.submit(set_apart, self._style, text))
                    for parts, text in found.documents(self._unknown(found))
                ]
                for name, found in divided.items()
            }
        names = [name for name in names if name not in divided]
        # Longest first, so that no worker is left alone with a long one at the end; the others in the
        # sequence in which they are bound.
        longest_first = sorted(names, key=lambda name: -max(len(html[name]), LONG))
        size = max(1, min(BATCH, len(names) // (self._jobs * 4)))
        if sum(map(len, html.values())) < SMALL:
            size = max(1, len(names))
        batches = [
            longest_first[start : start + size] for start in range(0, len(longest_first), size)
        ]
        with processes.deaths():
            futures = {
                executor.submit(set_batch, self._style, [html[name] for name in batch]): batch
                for batch in batches
            }
        return self._completed(executor, divided, apart, html, futures)

    def _completed(
        self,
        executor: Executor,
        divided: Mapping[str, Divided],
        apart: Mapping[str, list[tuple[list[Part], Future[list[bytes]]]]],
        html: Mapping[str, str],
        futures: dict[Future[list[Galley]], list[str]],
    ) -> Iterator[tuple[str, Galley]]:
        """Yield the names and galleys of batches and of divided documents in the sequence of completion."""
        for name, tasks in apart.items():
            with processes.deaths():
                self._add(
                    {
                        part.key: strip
                        for parts, future in tasks
                        for part, strip in zip(parts, future.result(), strict=True)
                    }
                )
                future = executor.submit(
                    set_placed, self._style, html[name], self._strips_of(divided[name])
                )
            futures[future] = [name]
        yield from _as_completed(futures)

    def _set_one(self, html: str) -> Galley:
        """Set a document in this process."""
        divided = _divided(html)
        if divided is None:
            return set_batch(self._style, [html])[0]
        for parts, text in divided.documents(self._unknown(divided)):
            made = set_apart(self._style, text)
            self._add({part.key: strip for part, strip in zip(parts, made, strict=True)})
        return set_placed(self._style, html, self._strips_of(divided))[0]

    def _unknown(self, divided: Divided) -> list[Part]:
        """Return the parts of a list that are to be set."""
        known = self._strips_by_key()
        return list({part.key: part for part in divided.parts if part.key not in known}.values())

    def _strips_of(self, divided: Divided) -> list[bytes]:
        """Return the strips of a list; those that this run has no use for may be forgotten."""
        known = self._strips_by_key()
        used = {part.key: known[part.key] for part in divided.parts}
        if len(known) > MOST_OTHERS * len(used):
            known.clear()
        known |= used
        self._kept_strips.put(self._kept_strips.key(self._style), known)
        return [used[part.key] for part in divided.parts]

    def _strips_by_key(self) -> dict[str, bytes]:
        """Return the strips that are known for the style sheet, by the keys of their parts."""
        if self._style not in self._strips:
            kept = self._kept_strips.get(self._kept_strips.key(self._style))
            self._strips[self._style] = kept or {}
        return self._strips[self._style]

    def _add(self, made: Mapping[str, bytes]) -> None:
        self._strips_by_key().update(made)

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


def _as_completed(
    futures: Mapping[Future[list[Galley]], list[str]],
) -> Iterator[tuple[str, Galley]]:
    """Yield the names and galleys of batches in the sequence of completion."""
    with processes.deaths():
        for future in as_completed(futures):
            yield from zip(futures[future], future.result(), strict=True)


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
