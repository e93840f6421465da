"""Binds in a process of its own, which begins while the corpus is still being read.

Most galleys of a build are those of the build before. So the bindery remembers which these were, and its
process copies them into a new PDF at once. When it is told the true order, it goes on from the first galley
that has changed, and waits for those that are still being set.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from dossier import processes
from dossier.galley import pdf_of
from dossier.job import Job, NotStandingError
from dossier.store import Store

PAUSE = 0.02
"""Seconds between two looks for a galley that is being set."""


class Bindery:
    """A context manager for one build of one file."""

    def __init__(self, store: Store | None, output: Path, apart: bool) -> None:
        """Take the store of galleys, the file that will be bound, and whether another process may do it."""
        self._store = store
        self._key = hashlib.sha256(f"bindery 1 {output.resolve()}".encode()).hexdigest()
        self._apart = apart and store is not None
        self._executor: ProcessPoolExecutor | None = None
        self._line: Connection | None = None

    def __enter__(self) -> Self:
        """Begin with the galleys of the build before."""
        if self._apart and self._store:
            self._line, far_end = processes.SPAWN.Pipe()
            self._executor = processes.pool(1, _begin, self._store, far_end)
            kept = self._store.get(self._key)
            self._executor.submit(_stand, json.loads(kept) if kept else [])
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        if self._executor is not None:
            processes.close(self._executor)

    def order(self, keys: Sequence[str | None]) -> None:
        """Tell what will be bound, None for what is not known yet; it is kept already or will be soon."""
        if self._line is not None:
            with processes.deaths():
                self._line.send(list(keys))

    def bind(self, job: Job) -> Future[bytes]:
        """Return the PDF to come; raises what :meth:`dossier.bind.Binder.bind` does when asked for it."""
        if self._store:
            keys = [section.key for section in job.sections]
            self._store.put(self._key, json.dumps(keys).encode())
        if self._executor is None or self._line is None:
            done: Future[bytes] = Future()
            done.set_result(_bound(job))
            return done
        with processes.deaths():
            self._line.send(None)
            return self._executor.submit(_bind, _without_pages(job))

    def result(self, future: Future[bytes], job: Job) -> bytes:
        """Return the PDF of ``future``, for which ``job`` was given."""
        with processes.deaths():
            try:
                return future.result()
            except NotStandingError:
                # The store has lost a galley, or could keep none.
                assert self._executor is not None
                return self._executor.submit(_bound, job).result()


def _without_pages(job: Job) -> Job:
    """Return the job without what the other process finds in the store."""
    bare = [
        dataclasses.replace(section, galley=dataclasses.replace(section.galley, pdf=b"", types={}))
        for section in job.sections
    ]
    return dataclasses.replace(job, sections=bare)


def _bound(job: Job) -> bytes:
    """Bind from the beginning."""
    from dossier.bind import Binder

    pages = {section.key: section.galley.pdf for section in job.sections}
    return Binder().bind(job, pages.get)


# --- in the other process ---

_binder: Any = None
"""The one that has galleys standing. Its module, and so pikepdf, is loaded here and not with this one."""
_store: Store
_line: Connection


def _begin(store: Store, line: Connection) -> None:
    global _store, _line
    _store, _line = store, line
    processes.begin()
    gc.disable()


def _stand(keys: list[str]) -> None:
    """Copy the galleys that are kept under ``keys``, or those of the order as soon as there is one.

    Ends when the line brings None.
    """
    global _binder
    from dossier.bind import Binder

    _binder = Binder()
    agreed = True
    while True:
        place = _binder.standing
        if _line.poll(None if agreed and place == len(keys) else 0):
            known = _line.recv()
            if known is None:
                return
            keys = _guessed(known, keys)
            agreed = _binder.agrees(keys, _kept)
        elif place < len(keys) and (galley := _kept(keys[place])) is not None:
            _binder.stand(keys[place], galley)
        else:
            time.sleep(PAUSE)
            agreed = agreed or _binder.agrees(keys, _kept)


def _kept(key: str) -> bytes | None:
    """Return the PDF of the galley that is kept under a key."""
    payload = _store.get(key)
    return pdf_of(payload) if payload is not None else None


def _guessed(known: Sequence[str | None], before: Sequence[str]) -> list[str]:
    """Return the order as far as it is known or as the build before had it."""
    keys: list[str] = []
    for behind, key in enumerate(reversed(known), 1):
        keys.append(key or (before[-behind] if behind <= len(before) else ""))
    keys.reverse()
    return keys[: keys.index("")] if "" in keys else keys


def _bind(job: Job) -> bytes:
    global _binder
    binder, _binder = _binder, None
    pdf: bytes = binder.bind(job, _kept)
    return pdf
