"""Remembers the letters in which nothing was found wrong, from one build to the next.

A letter's record depends on the bytes of its file and on the program alone. What a letter's file refers to
is looked at every time.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.keep.store import Store
from dossier.records.dossier import CorpusLetter

OURS = (
    "dossier.read.markdown",
    "dossier.language.dates",
    "dossier.records.dossier",
    "dossier.keep.remembered",
    "dossier.records.schema",
)


@dataclass(frozen=True)
class Remembered:
    """A letter that has been read."""

    checksum: bytes
    """The SHA-256 of its file."""
    letter: CorpusLetter
    """Without its source file."""
    body: tuple[str, int]
    """The text below the front matter and the line where it begins."""
    source_mark: tuple[int, int]
    """Line and column where it names its source file."""


class Memory:
    """The letters of one corpus."""

    def __init__(self, store: Store | None = None, setup: str = "", corpus: Path = Path()) -> None:
        """Recall what a store has of ``corpus`` as the program with the checksum ``setup`` read it."""
        self._store = store
        name = f"letters 1\0{setup}\0{corpus}\0{corpus.resolve()}"
        self._key = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()
        kept = store.get(self._key) if store else None
        self._before: dict[str, Remembered] = _Letters(io.BytesIO(kept)).load() if kept else {}
        self._now: dict[str, Remembered] = {}

    def recall(self, name: str, raw: bytes) -> Remembered | None:
        """Return the letter in the file ``name`` if it had the content ``raw``."""
        one = self._before.get(name)
        if one is None or one.checksum != hashlib.sha256(raw).digest():
            return None
        self._now[name] = one
        return one

    def remember(self, name: str, one: Remembered) -> None:
        """Remember a letter without findings."""
        self._now[name] = one

    def keep(self) -> None:
        """Keep what is remembered, where it is not what was recalled."""
        same = self._now.keys() == self._before.keys() and all(
            self._now[name] is self._before[name] for name in self._now
        )
        if self._store and not same:
            self._store.put(self._key, pickle.dumps(self._now, protocol=5))


class _Letters(pickle.Unpickler):
    """Reads records of letters and nothing else: no other class is ever made from a file."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of our records; raise for any other."""
        if module in OURS or (module, name) == ("datetime", "date"):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a letter")
