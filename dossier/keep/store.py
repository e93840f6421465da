"""The cache: a folder of entries that outlive a build.

Entries appear by atomic rename. Each begins with a seal (HMAC-SHA-256, RFC 2104) over its key and content,
made with the user's secret key. An entry that is damaged, was moved to another key or was made elsewhere
counts as missing. Several builds may use the same store at once.
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
"""The size limit in bytes, beyond which the least recently used entries are removed."""
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
    """A folder of entries, each under a key of 64 hexadecimal digits."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        """Use ``folder``, which is created with the first entry."""
        self.folder = folder
        self.limit = limit
        self._key, reason = user_key()
        self.trouble = f"the key to it cannot be kept: {reason}" if reason else ""
        """Why entries cannot be saved; empty if they can."""
        self.used = False
        """An entry of an earlier build was found."""
        self._own: set[str] = set()
        """The keys of the entries that this build has saved."""
        self._forgotten = self._closed = False

    def get(self, key: str) -> bytes | None:
        """Return the content of an entry; None where there is none or its seal does not match."""
        if self._forgotten and key not in self._own:
            return None
        path = self._path(key)
        raw = self._read(path)
        if raw is None or not hmac.compare_digest(self._seal(key, raw[SEAL:]), raw[:SEAL]):
            return None
        self.used = self.used or key not in self._own
        # The time of last use: the least recently used entries are removed first. No output depends on it.
        with suppress(
            OSError
        ):  # another build has just removed the entry, or it belongs to another user
            os.utime(path)
        return raw[SEAL:]

    def has(self, key: str) -> bool:
        """Tell whether there is an entry, valid or not."""
        there = (key in self._own or not self._forgotten) and self._path(key).exists()
        self.used = self.used or (there and key not in self._own)
        return there

    def put(self, key: str, payload: bytes) -> None:
        """Save an entry; if the folder cannot be written, record why and save nothing more."""
        if self._closed:
            return
        path = self._path(key)
        temporary: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._tag()
            handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            temporary = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(self._seal(key, payload) + payload)
            temporary.replace(path)
            self._own.add(key)
        except OSError as error:
            self.trouble = error.strerror or str(error)
            self._closed = True
            if temporary:
                temporary.unlink(missing_ok=True)

    def forget(self) -> None:
        """Ignore all entries saved so far; entries saved from now on replace them."""
        self._forgotten = True
        self._own.clear()

    def prune(self) -> None:
        """Remove the least recently used entries above the limit, and temporary files of killed builds."""
        entries: list[tuple[float, int, Path]] = []
        now = 0.0
        for part in self._parts():
            with suppress(OSError), os.scandir(part) as there:
                for entry in there:
                    with suppress(OSError):  # another build has just removed it
                        if ENTRY.fullmatch(entry.name) and not entry.is_dir():
                            status = entry.stat(follow_symlinks=False)
                            entries.append((status.st_mtime, status.st_size, Path(entry.path)))
                            now = max(now, status.st_mtime)
        size = sum(entry[1] for entry in entries)
        for used, bytes_, path in sorted(entries):
            unfinished = path.name.startswith(".new-") and used < now - 3600
            if size > self.limit or unfinished:
                with suppress(OSError):  # it belongs to another user, and only takes up space
                    path.unlink(missing_ok=True)
                size -= bytes_

    def empty(self) -> int:
        """Remove all entries, and the folder if nothing else is in it; return how many bytes were freed.

        Raises OSError where that is not permitted.
        """
        freed = 0
        for path in self._entries():
            freed += path.lstat().st_size
            path.unlink()
        tag = self.folder / TAG
        if tag.is_file() and tag.read_text(encoding="utf-8", errors="replace") == TAGGED:
            tag.unlink()
        with suppress(OSError):  # files of others in the folder stay
            for part in self._parts():
                part.rmdir()
            self.folder.rmdir()
        return freed

    def _parts(self) -> list[Path]:
        """Return the subfolders of entries; the folder may have others, which are not the cache's."""
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
        """Mark the folder as a cache for backup programs, unless it has other files too."""
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
        """Return the bytes of a file; None for a file above the limit, a link, a pipe or a device."""
        try:
            with opened_as_it_is(path) as (file, status):
                return file.read() if status.st_size <= self.limit else None
        except OSError:
            return None
