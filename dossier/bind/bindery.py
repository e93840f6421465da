"""Binds in a process of its own, which begins while the corpus is still being read.

Most galleys of a build are those of the build before. So the bindery remembers which these were, and its
process copies them into a new PDF at once. When it is told the true order, it goes on from the first galley
that has changed, and waits for those that are still being set.
"""

from __future__ import annotations

import dataclasses
import gc
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from dossier.keep import galleys
from dossier.keep.galleys import Pages
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.records.galley import Galley
from dossier.records.job import Job, NotStandingError

PAUSE = 0.02
"""Seconds between two looks for a galley that is being set."""


class Bindery:
    """A context manager for one build of one file."""

    def __init__(self, store: Store | None, output: Path, apart: bool) -> None:
        """Take the store of galleys, the file that will be bound, and whether another process may do it."""
        self._store = store
        self._orders = Shelf(store, "order 2", "", list[str])
        self._key = self._orders.key(str(output.resolve()))
        self._apart = apart and store is not None
        self._worker: processes.Worker | None = None

    def __enter__(self) -> Self:
        """Begin with the galleys of the build before."""
        if self._apart and self._store:
            self._worker = processes.Worker(_serve)
            with processes.deaths():
                self._worker.send((self._store, self._orders.get(self._key) or []))
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """End the other process; what is bound from now on is bound in this one."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def order(self, keys: Sequence[str | None]) -> None:
        """Tell what will be bound, None for what is not known yet; it is kept already or will be soon."""
        if self._worker is not None:
            with processes.deaths():
                self._worker.send(list(keys))

    def bind(self, job: Job) -> None:
        """Begin to bind; :meth:`result` gives the PDF."""
        self._orders.put(self._key, [section.key for section in job.sections])
        if self._worker is not None:
            with processes.deaths():
                self._worker.send(None)
                self._worker.give(_bind, _without_pages(job))

    def result(self, job: Job) -> bytes:
        """Return the PDF of a job that was begun; raises what :meth:`.binder.Binder.bind` does."""
        if self._worker is None:
            return _bound(job)
        pdf: bytes
        with processes.deaths():
            try:
                pdf = self._worker.answer()
            except NotStandingError:
                # The store has lost a galley, or could keep none.
                self._worker.give(_bind_all, job)
                pdf = self._worker.answer()
        return pdf


def _without_pages(job: Job) -> Job:
    """Return the job without what the other process finds in the store."""
    bare = [
        dataclasses.replace(section, leaf=dataclasses.replace(section.leaf, pdf=b"", types={}))
        if isinstance(section.leaf, Galley)
        else section
        for section in job.sections
    ]
    return dataclasses.replace(job, sections=bare)


def _bound(job: Job) -> bytes:
    """Bind from the beginning."""
    from dossier.bind.binder import Binder

    pages = {section.key: section.leaf.pdf for section in job.sections}
    return Binder().bind(job, pages.get)


# --- in the other process ---


class _Ahead:
    """What the other process has copied before it was told to bind."""

    def __init__(self, shelf: Shelf[Pages]) -> None:
        """Take where galleys are kept."""
        # The binder's module, and so pikepdf, is loaded here and not with this one.
        from dossier.bind.binder import Binder

        self._shelf = shelf
        self._begin = Binder
        self._binder = Binder()

    def stand(self, line: Connection, keys: list[str]) -> None:
        """Copy the galleys that are kept under ``keys``, or those of the order as soon as there is one.

        Ends when the line brings None.
        """
        agreed = True
        while True:
            place = self._binder.standing
            if line.poll(None if agreed and place == len(keys) else 0):
                known = line.recv()
                if known is None:
                    return
                keys = _guessed(known, keys)
                agreed = self._binder.agrees(keys, self._kept)
            elif place < len(keys) and (galley := self._kept(keys[place])) is not None:
                self._binder.stand(keys[place], galley)
            else:
                time.sleep(PAUSE)
                agreed = agreed or self._binder.agrees(keys, self._kept)

    def forget(self) -> None:
        """Begin again."""
        self._binder = self._begin()

    def bind(self, job: Job) -> bytes:
        """Bind with what is copied, and begin again for a job after this."""
        given = {one.key: one.leaf.pdf for one in job.sections if not isinstance(one.leaf, Galley)}
        binder, self._binder = self._binder, self._begin()
        return binder.bind(job, lambda key: given.get(key) or self._kept(key))

    def _kept(self, key: str) -> bytes | None:
        """Return the PDF of the galley that is kept under a key."""
        kept = self._shelf.get(key)
        return kept.pdf if kept else None


def _serve(line: Connection) -> None:
    processes.begin()
    gc.disable()
    with suppress(EOFError, OSError):  # the other end of the line is closed
        store, keys = line.recv()
        ahead = _Ahead(galleys.shelf_of_pages(store))
        try:
            ahead.stand(line, keys)
        except Exception:
            # What was done ahead is lost. Binding the job begins anew, and meets the error again where it
            # is the job's own and not of what was guessed.
            ahead.forget()
            while line.recv() is not None:
                pass
        processes.serve(line, ahead)


def _guessed(known: Sequence[str | None], before: Sequence[str]) -> list[str]:
    """Return the order as far as it is known or as the build before had it."""
    keys: list[str] = []
    for behind, key in enumerate(reversed(known), 1):
        keys.append(key or (before[-behind] if behind <= len(before) else ""))
    keys.reverse()
    return keys[: keys.index("")] if "" in keys else keys


def _bind(ahead: _Ahead, job: Job) -> bytes:
    return ahead.bind(job)


def _bind_all(ahead: _Ahead, job: Job) -> bytes:
    ahead.forget()
    return _bound(job)
