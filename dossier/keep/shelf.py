"""The only access to the cache: values of one type, each under a key made from all that it depends on.

Values are serialized as MessagePack and decoded as exactly one type (msgspec). Decoding creates records,
texts and numbers and can create nothing else; data of any other shape counts as missing.
"""

from __future__ import annotations

import hashlib
from typing import Generic, TypeVar

import msgspec

from dossier.keep.store import Store

T = TypeVar("T")


class Shelf(Generic[T]):
    """The cache entries of one kind; empty without a store."""

    def __init__(
        self, store: Store | None, kind: str, program_checksum: str, type_: type[T]
    ) -> None:
        """Take the store, and what all entries depend on besides the parts of their keys.

        ``kind`` changes when the fields of ``type_`` do. ``program_checksum`` is empty for values that any
        version of the program may read.
        """
        self._store = store
        self._prefix = hashlib.sha256()
        _update(self._prefix, kind)
        _update(self._prefix, program_checksum)
        self._decoder = msgspec.msgpack.Decoder(type_)

    def key(self, *parts: str) -> str:
        """Return the key of the value that depends on ``parts``."""
        digest = self._prefix.copy()
        for part in parts:
            _update(digest, part)
        return digest.hexdigest()

    def has(self, key: str) -> bool:
        """Tell whether there is an entry under ``key``, valid or not."""
        return self._store is not None and self._store.has(key)

    def get(self, key: str) -> T | None:
        """Return the value under ``key``; None where there is none, or it cannot be decoded."""
        payload = self._store.get(key) if self._store else None
        if payload is None:
            return None
        try:
            return self._decoder.decode(payload)
        except (
            ValueError,
            RecursionError,
        ):  # another shape, not MessagePack, not UTF-8, or nested too deep
            return None

    def put(self, key: str, value: T) -> None:
        """Save ``value`` under ``key``, unless it has a lone surrogate, as some file names have."""
        if self._store is None:
            return
        try:
            payload = msgspec.msgpack.encode(value)
        except UnicodeEncodeError:
            return
        self._store.put(key, payload)


def _update(digest: hashlib._Hash, part: str) -> None:
    """Add a part to a digest, preceded by its length: no two sequences of parts give the same digest."""
    raw = part.encode("utf-8", "surrogatepass")
    digest.update(len(raw).to_bytes(8) + raw)
