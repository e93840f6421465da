"""Keeps bytes from one build to the next, under names.

Safe against whatever may happen to a folder of files: an entry is written whole under another name and
then moved to its place, and begins with a seal over its name and content (HMAC-SHA-256, RFC 2104) that only
the user's own key makes. One that is damaged, was moved to another name or comes from elsewhere is as good
as missing. Two builds may use the same store at once.
"""

from __future__ import annotations

import hmac
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dossier.machine.files import opened_as_it_is
from dossier.machine.secret import user_key

LIMIT = 512 * 1024 * 1024
"""How many bytes a store holds at the most before the longest unused entries go."""
SEAL = 32
"""Bytes of the seal before an entry's content."""
PART = re.compile("[0-9a-f]{2}")
ENTRY = re.compile(r"[0-9a-f]{62}|\.new-.*")
TAG = "CACHEDIR.TAG"
TAGGED = """Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by dossier: backups may leave the folder out.
# For information about cache directory tags, see https://bford.info/cachedir/
"""


class Store:
    """A folder of entries, each under a name of 64 hexadecimal digits."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        """Use ``folder``, which is made when the first entry is kept."""
        self.folder = folder
        self.limit = limit
        self._key, reason = user_key()
        self.trouble = f"the key to it cannot be kept: {reason}" if reason else ""
        """Why nothing can be kept for the next build, where that is so."""
        self.used = False
        """Something of an earlier build was found."""
        self._own: set[str] = set()
        """What this build has kept."""
        self._forgotten = self._closed = False

    def get(self, key: str) -> bytes | None:
        """Return an entry, None where there is none or it is damaged."""
        if self._forgotten and key not in self._own:
            return None
        path = self._path(key)
        raw = self._read(path)
        if raw is None or not hmac.compare_digest(self._seal(key, raw[SEAL:]), raw[:SEAL]):
            return None
        self.used = self.used or key not in self._own
        # The time of its last use, by which the longest unused entries go first; no content depends on it.
        with suppress(OSError):  # another build has just removed it, or it is another user's
            os.utime(path)
        return raw[SEAL:]

    def has(self, key: str) -> bool:
        """Tell whether there is an entry, damaged or not."""
        there = (key in self._own or not self._forgotten) and self._path(key).exists()
        self.used = self.used or (there and key not in self._own)
        return there

    def put(self, key: str, payload: bytes) -> None:
        """Keep an entry; where the folder cannot be written, remember why and go without."""
        if self._closed:
            return
        path = self._path(key)
        made: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._tag()
            handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            made = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(self._seal(key, payload) + payload)
            made.replace(path)
            self._own.add(key)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            self._closed = True
            if made:
                made.unlink(missing_ok=True)

    def forget(self) -> None:
        """Take all that was kept until now for missing; what is kept from now on replaces it."""
        self._forgotten = True
        self._own.clear()

    def prune(self) -> None:
        """Delete the longest unused entries above the limit, and what killed builds left unfinished."""
        entries: list[tuple[float, int, Path]] = []
        now = 0.0
        for path in self._entries():
            try:
                about = path.stat()
            except OSError:
                continue
            now = max(now, about.st_mtime)
            entries.append((about.st_mtime, about.st_size, path))
        size = sum(entry[1] for entry in entries)
        for used, bytes_, path in sorted(entries):
            unfinished = path.name.startswith(".new-") and used < now - 3600
            if size > self.limit or unfinished:
                with suppress(OSError):  # another user's; it only takes room
                    path.unlink(missing_ok=True)
                size -= bytes_

    def empty(self) -> int:
        """Delete all entries, and the folder if nothing else is in it; return how many bytes they had.

        Raises OSError where that is forbidden.
        """
        freed = 0
        for path in self._entries():
            freed += path.lstat().st_size
            path.unlink()
        tag = self.folder / TAG
        if tag.is_file() and tag.read_text(encoding="utf-8", errors="replace") == TAGGED:
            tag.unlink()
        with suppress(OSError):  # what is no part of the cache stays
            for part in self._parts():
                part.rmdir()
            self.folder.rmdir()
        return freed

    def _parts(self) -> list[Path]:
        """Return the folders in which entries are: the folder may be a larger one that others use too."""
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if PART.fullmatch(path.name)]
        return [path for path in found if path.is_dir() and not path.is_symlink()]

    def _entries(self) -> Iterator[Path]:
        for part in self._parts():
            for path in list(part.iterdir()):
                if ENTRY.fullmatch(path.name) and not path.is_dir():
                    yield path

    def _tag(self) -> None:
        """Let backups know that the folder is a cache, unless others use it too."""
        tag = self.folder / TAG
        if not tag.exists() and all(PART.fullmatch(path.name) for path in self.folder.iterdir()):
            tag.write_text(TAGGED, encoding="utf-8")

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def _seal(self, key: str, payload: bytes) -> bytes:
        seal = hmac.new(self._key, key.encode(), "sha256")
        seal.update(payload)
        return seal.digest()

    def _read(self, path: Path) -> bytes | None:
        """Return the bytes of a file; None for one too large, a link, or a device, which may never end."""
        try:
            with opened_as_it_is(path) as (file, about):
                return file.read() if about.st_size <= self.limit else None
        except OSError:
            return None
