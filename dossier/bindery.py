"""Binds in a process of its own, which begins while the corpus is still being read.

Most galleys of a build are those of the build before. So the bindery remembers which these were, and its
process copies them into a new PDF at once; what has changed by then joins, what is gone is not bound.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any, Self

from dossier import processes
from dossier.galley import pdf_of
from dossier.job import Job, NotStandingError
from dossier.store import Store


class Bindery:
    """A context manager for one build of one file."""

    def __init__(self, store: Store | None, output: Path, apart: bool) -> None:
        """Take the store of galleys, the file that will be bound, and whether another process may do it."""
        self._store = store
        self._key = hashlib.sha256(f"bindery 1 {output.resolve()}".encode()).hexdigest()
        self._apart = apart and store is not None
        self._executor: ProcessPoolExecutor | None = None
        self._standing: frozenset[str] = frozenset()

    def __enter__(self) -> Self:
        """Begin with the galleys of the build before."""
        if self._apart and self._store:
            self._executor = processes.pool(1, _begin)
            kept = self._store.get(self._key)
            keys = json.loads(kept) if kept else []
            self._standing = frozenset(keys)
            self._executor.submit(_stand, self._store, keys)
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        if self._executor is not None:
            processes.close(self._executor)

    def bind(self, job: Job) -> Future[bytes]:
        """Return the PDF to come; raises what :meth:`dossier.bind.Binder.bind` does when asked for it."""
        if self._store:
            keys = [section.key for section in job.sections]
            self._store.put(self._key, json.dumps(keys).encode())
        if self._executor is None:
            done: Future[bytes] = Future()
            done.set_result(_bind(job))
            return done
        return self._executor.submit(_bind, self._light(job))

    def result(self, future: Future[bytes], job: Job) -> bytes:
        """Return the PDF of ``future``, for which ``job`` was given."""
        with processes.deaths():
            try:
                return future.result()
            except NotStandingError:
                # The store has lost a galley since this process read it.
                assert self._executor is not None
                return self._executor.submit(_bind, job).result()

    def _light(self, job: Job) -> Job:
        """Return the job without the pages that the process has already."""
        return dataclasses.replace(
            job,
            sections=[
                dataclasses.replace(
                    section,
                    galley=dataclasses.replace(
                        section.galley,
                        pdf=b"" if section.key in self._standing else section.galley.pdf,
                        types={},
                    ),
                )
                for section in job.sections
            ],
        )


# --- in the other process ---

_binder: Any = None
"""The one that has galleys standing. Its module is loaded here: pikepdf is not needed in this program's
first process."""


def _begin() -> None:
    processes.begin()
    gc.disable()


def _stand(store: Store, keys: Sequence[str]) -> None:
    """Copy the galleys that are kept under ``keys``."""
    global _binder
    from dossier.bind import Binder

    _binder = Binder()
    for key in keys:
        kept = store.get(key)
        if kept is not None:
            _binder.stand(key, pdf_of(kept))


def _bind(job: Job) -> bytes:
    global _binder
    from dossier.bind import Binder

    binder, _binder = _binder or Binder(), None
    pdf: bytes = binder.bind(job)
    return pdf
