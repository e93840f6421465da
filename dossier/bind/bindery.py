"""Binds in a worker process, which starts while the corpus is still being read.

Most galleys of a build are those of the build before. So the bindery remembers their keys, its plan, and
the worker copies them into a new PDF at once. When it gets the plan of this build, it replaces the galleys
that have changed, and waits for those that are still being set.
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
from dossier.records.job import Job, MissingCopyError

PAUSE = 0.02
"""Seconds between two attempts to read a galley that is being set."""


class Bindery:
    """Binds one file, within a context."""

    def __init__(self, store: Store | None, output: Path, apart: bool) -> None:
        """Take the cache of galleys, the file to be bound, and whether a worker may bind it."""
        self._store = store
        self._plans = Shelf(store, "plan 1", "", list[str])
        self._key = self._plans.key(str(output.resolve()))
        self._apart = apart and store is not None
        self._worker: processes.Worker | None = None

    def __enter__(self) -> Self:
        """Start the worker with the plan of the build before."""
        if self._apart and self._store:
            self._worker = processes.Worker(_serve)
            with processes.deaths():
                self._worker.send((self._store, self._plans.get(self._key) or []))
        return self

    def __exit__(self, *_: object) -> None:
        """End the worker."""
        self.close()

    def close(self) -> None:
        """End the worker; from now on this process binds."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def plan(self, keys: Sequence[str | None]) -> None:
        """Announce the keys of the galleys in sequence, None for a key that is not known yet.

        The galleys are in the cache, or will be soon.
        """
        if self._worker is not None:
            with processes.deaths():
                self._worker.send(list(keys))

    def bind(self, job: Job) -> None:
        """Start to bind; :meth:`result` returns the PDF."""
        self._plans.put(self._key, [section.key for section in job.sections])
        if self._worker is not None:
            with processes.deaths():
                self._worker.send(None)
                self._worker.give(_bind, _without_pages(job))

    def result(self, job: Job) -> bytes:
        """Return the PDF of a job that was started; raises what :meth:`.binder.Binder.bind` raises."""
        if self._worker is None:
            return _bound(job)
        pdf: bytes
        with processes.deaths():
            try:
                pdf = self._worker.answer()
            except MissingCopyError:
                # The cache has lost a galley, or could not be written.
                self._worker.give(_bind_all, job)
                pdf = self._worker.answer()
        return pdf


def _without_pages(job: Job) -> Job:
    """Return the job without the pages that the worker finds in the cache."""
    bare = [
        dataclasses.replace(section, leaf=dataclasses.replace(section.leaf, pdf=b"", font_uses={}))
        if isinstance(section.leaf, Galley)
        else section
        for section in job.sections
    ]
    return dataclasses.replace(job, sections=bare)


def _bound(job: Job) -> bytes:
    """Bind all leaves of a job, in this process."""
    from dossier.bind.binder import Binder

    pages = {section.key: section.leaf.pdf for section in job.sections}
    return Binder().bind(job, pages.get)


# --- in the worker ---


class _Ahead:
    """Copies galleys ahead of binding."""

    def __init__(self, shelf: Shelf[Pages]) -> None:
        """Take the cache of galleys."""
        # The binder's module, and with it pikepdf, is imported only in the worker.
        from dossier.bind.binder import Binder

        self._shelf = shelf
        self._new_binder = Binder
        self._binder = Binder()

    def copy(self, pipe: Connection, keys: list[str]) -> None:
        """Copy the galleys of the plan ``keys``, and of each plan that the pipe brings.

        Returns when the pipe brings None.
        """
        all_agree = True
        while True:
            place = self._binder.copied
            if pipe.poll(None if all_agree and place == len(keys) else 0):
                plan = pipe.recv()
                if plan is None:
                    return
                keys = _completed(plan, keys)
                all_agree = self._binder.replace_changed(keys, self._cached)
            elif place < len(keys) and (galley := self._cached(keys[place])) is not None:
                self._binder.copy(keys[place], galley)
            else:
                time.sleep(PAUSE)
                all_agree = all_agree or self._binder.replace_changed(keys, self._cached)

    def forget(self) -> None:
        """Drop all copies."""
        self._binder = self._new_binder()

    def bind(self, job: Job) -> bytes:
        """Bind a job with the galleys copied so far; take a new binder for the next job."""
        foreign = {
            section.key: section.leaf.pdf
            for section in job.sections
            if not isinstance(section.leaf, Galley)
        }
        binder, self._binder = self._binder, self._new_binder()
        return binder.bind(job, lambda key: foreign.get(key) or self._cached(key))

    def _cached(self, key: str) -> bytes | None:
        """Return the PDF of the galley in the cache under a key."""
        cached = self._shelf.get(key)
        return cached.pdf if cached else None


def _serve(pipe: Connection) -> None:
    processes.exit_with_parent()
    gc.disable()
    with suppress(EOFError, OSError):  # the other end of the pipe is closed
        store, keys = pipe.recv()
        ahead = _Ahead(galleys.shelf_of_pages(store))
        try:
            ahead.copy(pipe, keys)
        except Exception:
            # The copies are dropped. Binding the job starts from nothing, and fails again if the error is
            # the job's own and not that of an outdated plan.
            ahead.forget()
            while pipe.recv() is not None:
                pass
        processes.serve(pipe, ahead)


def _completed(plan: Sequence[str | None], before: Sequence[str]) -> list[str]:
    """Return a plan with unknown keys taken from the plan before, counted from the end.

    The result ends where a key is still unknown.
    """
    keys: list[str] = []
    for from_end, key in enumerate(reversed(plan), 1):
        keys.append(key or (before[-from_end] if from_end <= len(before) else ""))
    keys.reverse()
    return keys[: keys.index("")] if "" in keys else keys


def _bind(ahead: _Ahead, job: Job) -> bytes:
    return ahead.bind(job)


def _bind_all(ahead: _Ahead, job: Job) -> bytes:
    ahead.forget()
    return _bound(job)
