"""Binds in a worker process, which starts while the corpus is still being read.

Most pieces of a book are those of the build before. So the bindery remembers their keys, its plan, and the
worker reads them at once. When it gets the keys of this build's galleys, it takes apart those that are new,
while others are still being set.
"""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from dossier.keep import galleys
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.machine import processes
from dossier.records.galley import Galley
from dossier.records.job import Job, MissingCopyError

PAUSE = 0.02
"""Seconds between two attempts to read a galley that is being set."""
AT_ONCE = 20
"""How many galleys are looked for between two looks at the pipe."""


class Bindery:
    """Binds one file, within a context."""

    def __init__(
        self, store: Store | None, program_checksum: str, output: Path, apart: bool
    ) -> None:
        """Take the cache, the program's checksum, the file to be bound; whether a worker may bind it."""
        self._store = store
        self._program_checksum = program_checksum
        self._plans = Shelf(store, "plan 2", "", dict[str, str])
        self._key = self._plans.key(str(output.resolve()))
        self._apart = apart and store is not None
        self._worker: processes.Worker | None = None

    def __enter__(self) -> Self:
        """Start the worker with the plan of the build before."""
        if self._apart and self._store:
            self._worker = processes.Worker(_serve)
            with processes.deaths():
                plan = self._plans.get(self._key) or {}
                self._worker.send((self._store, self._program_checksum, plan))
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
        if self._worker is not None:
            with processes.deaths():
                self._worker.send(None)
                self._worker.give(_bind, _without_pages(job))

    def result(self, job: Job) -> bytes:
        """Return the PDF of a job that was started; raises what :meth:`.binder.Binder.bind` raises."""
        pdf: bytes
        plan: dict[str, str]
        if self._worker is None:
            pdf, plan = _bound(job, self._store, self._program_checksum)
        else:
            with processes.deaths():
                try:
                    pdf, plan = self._worker.answer()
                except MissingCopyError:
                    # The cache has lost a galley, or could not be written.
                    self._worker.give(_bind_all, job)
                    pdf, plan = self._worker.answer()
        self._plans.put(self._key, plan)
        return pdf


def _without_pages(job: Job) -> Job:
    """Return the job without the pages that the worker finds in the cache."""
    bare = [
        dataclasses.replace(
            section,
            leaf=dataclasses.replace(section.leaf, pdf=b"", anchors={}, links=(), font_uses={}),
        )
        if isinstance(section.leaf, Galley)
        else dataclasses.replace(section, whole=None)
        for section in job.sections
    ]
    return dataclasses.replace(job, sections=bare)


def _bound(job: Job, store: Store | None, program_checksum: str) -> tuple[bytes, dict[str, str]]:
    """Bind all leaves of a job, in this process."""
    from dossier.bind.binder import Binder

    leaves = {section.key: section.leaf for section in job.sections}
    return Binder(store, program_checksum).bind(job, leaves.get)


# --- in the worker ---


class _Ahead:
    """Takes galleys apart ahead of binding."""

    def __init__(self, store: Store, program_checksum: str) -> None:
        """Take the cache and the program's checksum, on which its entries depend."""
        # The binder's module, and with it pikepdf, is imported only in the worker.
        from dossier.bind.binder import Binder

        self._shelf = galleys.shelf_of_leaves(store)
        self._new_binder = partial(Binder, store, program_checksum)
        self._binder = self._new_binder()

    def read(self, pipe: Connection, plan: Mapping[str, str]) -> None:
        """Read the pieces of an earlier build, then take apart the galleys whose keys the pipe brings.

        Returns when the pipe brings None.
        """
        self._binder.recall(plan)
        waiting: list[str] = []
        while True:
            if pipe.poll(PAUSE if waiting else None):
                keys = pipe.recv()
                if keys is None:
                    return
                waiting = [key for key in keys if key and not self._binder.knows(key)]
            for key in waiting[:AT_ONCE]:
                galley = self._shelf.get(key)
                if galley is not None:
                    self._binder.take(key, galley)
            waiting = [key for key in waiting if not self._binder.knows(key)]

    def forget(self) -> None:
        """Drop what has been read."""
        self._binder = self._new_binder()

    def bind(self, job: Job) -> tuple[bytes, dict[str, str]]:
        """Bind a job."""
        foreign = {
            section.key: section.leaf
            for section in job.sections
            if not isinstance(section.leaf, Galley)
        }
        return self._binder.bind(job, lambda key: foreign.get(key) or self._shelf.get(key))


def _serve(pipe: Connection) -> None:
    processes.exit_with_parent()
    gc.disable()
    with suppress(EOFError, OSError):  # the other end of the pipe is closed
        store, program_checksum, plan = pipe.recv()
        ahead = _Ahead(store, program_checksum)
        try:
            ahead.read(pipe, plan)
        except Exception:
            # What has been read is dropped. Binding the job starts from nothing, and fails again if the
            # error is the job's own and not that of an outdated plan.
            ahead.forget()
            while pipe.recv() is not None:
                pass
        processes.serve(pipe, ahead)


def _bind(ahead: _Ahead, job: Job) -> tuple[bytes, dict[str, str]]:
    return ahead.bind(job)


def _bind_all(ahead: _Ahead, job: Job) -> tuple[bytes, dict[str, str]]:
    return _bound(job, None, "")
