"""Remembers what was found to be as it should in earlier files, by its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Set


class Approved:
    """What is known from earlier files, and what this file has of it and of new things."""

    def __init__(self, known: Set[str]) -> None:
        """Take the checksums of what was approved in earlier files."""
        self._known = known
        self.seen: set[str] = set()
        """The checksums of what this file has; they may be known next time if nothing is found in it."""

    @staticmethod
    def key(*parts: str | bytes) -> str:
        """Return the checksum of some parts."""
        digest = hashlib.sha256()
        for part in parts:
            raw = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8) + raw)
        return digest.hexdigest()

    def knows(self, key: str) -> bool:
        """Tell whether something was approved in an earlier file; remember that this file has it."""
        self.seen.add(key)
        return key in self._known
