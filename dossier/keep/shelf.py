"""The one way to what is kept between builds: values of one kind, each under all that it depends on.

Values are written as MessagePack and read as exactly one type (msgspec): reading makes records, texts and
numbers and can make nothing else, and what has another shape is as good as missing.
"""

from __future__ import annotations

import hashlib
from typing import Generic, TypeVar

import msgspec

from dossier.keep.store import Store

T = TypeVar("T")


class Shelf(Generic[T]):
    """Things of one kind in a store; without a store, nothing is ever there."""

    def __init__(self, store: Store | None, kind: str, setup: str, made_of: type[T]) -> None:
        """Take the store and what things of this kind depend on besides their own parts.

        ``kind`` names the kind and changes when the fields of ``made_of`` do; ``setup`` is the checksum of
        the program, or nothing for what any version may read.
        """
        self._store = store
        self._begun = hashlib.sha256()
        _mix(self._begun, kind)
        _mix(self._begun, setup)
        self._decoder = msgspec.msgpack.Decoder(made_of)

    def key(self, *parts: str) -> str:
        """Return what the thing that depends on ``parts`` is kept under."""
        digest = self._begun.copy()
        for part in parts:
            _mix(digest, part)
        return digest.hexdigest()

    def has(self, key: str) -> bool:
        """Tell whether something is kept under ``key``, which need not be whole."""
        return self._store is not None and self._store.has(key)

    def get(self, key: str) -> T | None:
        """Return what is kept under ``key``; None where there is nothing, or something else."""
        payload = self._store.get(key) if self._store else None
        if payload is None:
            return None
        try:
            return self._decoder.decode(payload)
        except (ValueError, RecursionError):  # another shape, no MessagePack, no UTF-8; or too deep
            return None

    def put(self, key: str, value: T) -> None:
        """Keep ``value`` under ``key``; one with half a character, as in some file names, is not kept."""
        if self._store is None:
            return
        try:
            payload = msgspec.msgpack.encode(value)
        except UnicodeEncodeError:
            return
        self._store.put(key, payload)


def _mix(digest: hashlib._Hash, part: str) -> None:
    """Add a part to a checksum, behind its length, so that no two lists of parts are alike."""
    raw = part.encode("utf-8", "surrogatepass")
    digest.update(len(raw).to_bytes(8) + raw)
