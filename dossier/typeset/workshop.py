"""Sets many sections at once: in worker processes, keeping what it has set.

The workers are any executor of ``concurrent.futures``. Each loads WeasyPrint and the fonts once. What is
in the store is not set again, and where all is, WeasyPrint is never loaded.
"""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, as_completed
from contextlib import suppress
from typing import Self

from dossier.keep import galleys
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.records.diagnostics import MachineLacksError
from dossier.records.galley import Galley, Type
from dossier.typeset import typesetter as typeset
from dossier.typeset.typesetter import Typesetter

SMALL = 300_000
"""Up to so many characters of HTML are set by one worker: starting another takes longer."""
LONG = 50_000
"""Characters of HTML up to which one document is as good as another to begin with."""
LITTER = 200_000
"""New objects since the last garbage collection from which on there is another, between two sections."""
PORTION = 8
"""How many sections a worker gets at a time, at the most."""


class Workshop:
    """A context manager; with more than one job its workers are other processes."""

    def __init__(
        self,
        jobs: int,
        store: Store | None = None,
        setup: str = "",
        executor: Executor | None = None,
    ) -> None:
        """Take how many processes may work, and where galleys are kept.

        ``setup`` is what the result depends on besides style and HTML: the versions of programs and
        fonts. ``executor`` does the work in place of processes of our own; :func:`warm` makes its workers
        ready ahead of time.
        """
        self._jobs = jobs
        self._galleys = galleys.shelf(store, setup)
        self._fonts = Shelf(store, "fonts 1", setup, bytes)
        self._given = executor
        self._executor: Executor | None = executor
        self._style = ""
        self._held: dict[str, Galley] = {}
        """All galleys of this run: what several packets have in common is set once."""

    def use(self, style: str) -> None:
        """Set everything from now on in ``style``, a style sheet."""
        self._style = style

    def __enter__(self) -> Self:
        """Start the first worker, so that it is warm when there is something to set."""
        if self._given is None and self._jobs > 1:
            self._workers().submit(warmed)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the workshop."""
        self.close()

    def close(self) -> None:
        """End the workers, which frees their memory; others are started where more is to be set."""
        if isinstance(self._executor, processes.Pool) and self._given is None:
            self._executor.close()
            self._executor = None
        if self._jobs == 1:
            _typesetter.cache_clear()  # its temporary files do not outlive the build

    def set_all(
        self, html: Mapping[str, str], done: Callable[[str, bool], None]
    ) -> dict[str, Galley]:
        """Return the galleys of the HTML documents ``html``, under the same names.

        ``done`` is called with each name and whether its galley was kept from before.
        """
        keys = {name: self.key(text) for name, text in html.items()}
        galleys: dict[str, Galley] = {}
        missing: list[str] = []
        held = {name: self._held[key] for name, key in keys.items() if key in self._held}
        known = {
            name: key for name, key in keys.items() if name not in held and self._galleys.has(key)
        }
        # The workers set these while the kept ones are read.
        awaited = self._set([name for name in html if name not in known | held], html)
        for name, galley in held.items():
            galleys[name] = galley
            done(name, True)
        for name, key in known.items():
            kept = self._galleys.get(key)
            if kept is None:
                missing.append(name)
            else:
                galleys[name] = kept
                done(name, True)
        for name, made in itertools.chain(awaited, self._set(missing, html)):
            galleys[name] = made
            self._galleys.put(keys[name], made)
            done(name, False)
        self._held |= {keys[name]: galley for name, galley in galleys.items()}
        return {name: galleys[name] for name in html}

    def forget(self) -> None:
        """Close the workshop, and take nothing for set any more."""
        self.close()
        self._held.clear()

    def cast(self, types: Mapping[str, Type]) -> bytes:
        """Return the PDF of the shared fonts, see :meth:`dossier.typeset.Typesetter.cast`."""
        key = self._fonts.key(self._style, repr(sorted(types.items())))
        kept = self._fonts.get(key)
        if kept is not None:
            return kept
        if self._executor is None:
            pdf = cast(self._style, types)
        else:
            with processes.deaths():
                pdf = self._executor.submit(cast, self._style, types).result()
        self._fonts.put(key, pdf)
        return pdf

    def _set(self, names: list[str], html: Mapping[str, str]) -> Iterator[tuple[str, Galley]]:
        """Begin to set some documents; return their names and galleys as they are done."""
        if not names:
            return iter(())
        if self._given is None and self._jobs == 1:
            return ((name, set_portion(self._style, [html[name]])[0]) for name in names)
        executor = self._workers()
        # The longest first, so that no worker is left alone with it at the end; the others in the order
        # in which they are bound.
        ordered = sorted(names, key=lambda name: -max(len(html[name]), LONG))
        size = max(1, min(PORTION, len(names) // (self._jobs * 4)))
        if sum(len(html[name]) for name in names) < SMALL:
            size = len(names)
        portions = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        with processes.deaths():
            waiting = {
                executor.submit(set_portion, self._style, [html[name] for name in portion]): portion
                for portion in portions
            }
        return _finished(waiting)

    def _workers(self) -> Executor:
        if self._executor is None:
            self._executor = processes.Pool(self._jobs, warm)
        return self._executor

    def key(self, text: str) -> str:
        """Return what the galley of a HTML document is kept under."""
        return self._galleys.key(self._style, text)


def _finished(waiting: Mapping[Future[list[Galley]], list[str]]) -> Iterator[tuple[str, Galley]]:
    """Yield names and galleys of portions as they are done."""
    with processes.deaths():
        for future in as_completed(waiting):
            yield from zip(waiting[future], future.result(), strict=True)


# --- in the workers ---


@functools.lru_cache(maxsize=1)
def _typesetter(style: str) -> Typesetter:
    """Return a typesetter with its fonts loaded.

    Garbage collection is off, since it would take a fifth of the time and find nothing while a section is
    set; :func:`set_portion` collects between sections, when nearly all is garbage. The typesetter itself
    never is.
    """
    made = Typesetter(style)
    gc.collect()
    gc.freeze()
    gc.disable()
    return made


def warm() -> None:
    """Make a worker ready: load WeasyPrint."""
    # The first portion will say it.
    with suppress(MachineLacksError, ImportError, MemoryError, OSError):
        typeset.load()


def warmed() -> None:
    """Do nothing, so that a worker is started."""


def set_portion(style: str, html: list[str]) -> list[Galley]:
    """Typeset some documents in a style; return their galleys."""
    galleys: list[Galley] = []
    for text in html:
        galleys.append(_typesetter(style).set(text))
        if gc.get_count()[0] > LITTER:
            gc.collect()
    return galleys


def cast(style: str, types: Mapping[str, Type]) -> bytes:
    """Cast the shared fonts."""
    return _typesetter(style).cast(types)
