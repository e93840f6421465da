"""The user's secret key, with which every cache entry is authenticated.

It belongs to one user on one machine: an entry made elsewhere, which came with an archive, a clone or a
shared folder, does not pass. The key appears in no output.
"""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from dossier.machine.files import opened_as_it_is

SIZE = 32
"""Bytes of the key: the length of a SHA-256 digest."""


def user_key() -> tuple[bytes, str]:
    """Return the user's key, made at first use, and an empty text.

    Where the key cannot be saved, return a key for this process alone, and why.
    """
    try:
        path = _folder() / "dossier/key"
        return _kept(path) or _made(path), ""
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return secrets.token_bytes(SIZE), reason


def _folder() -> Path:
    """Return the folder for a user's state (XDG Base Directory Specification 0.8).

    Raises RuntimeError where the user has no home directory.
    """
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".local/state"


def _kept(path: Path) -> bytes | None:
    """Return the saved key; None where there is none, or others may read or have made it."""
    try:
        with opened_as_it_is(path) as (file, about):
            private = about.st_uid == os.geteuid() and not stat.S_IMODE(about.st_mode) & 0o077
            return file.read(SIZE) if private and about.st_size == SIZE else None
    except OSError:
        return None


def _made(path: Path) -> bytes:
    """Make and save the key, or return the key that another build saved first; raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # readable by the user alone
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        # Linking fails where the file exists: of two builds, the first decides.
        with suppress(FileExistsError):
            os.link(made, path)
        key = _kept(path)
        if key is None:  # the file there is damaged, or readable by others
            made.replace(path)
            key = _kept(path)
    finally:
        made.unlink(missing_ok=True)
    if key is None:
        raise OSError("a file there does not stay private to the user")
    return key
