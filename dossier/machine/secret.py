"""The user's key, with which everything that is kept between builds is sealed.

It belongs to one user on one machine: an entry that was sealed elsewhere, and came with an archive, a clone
or a shared folder, does not open with it. It reaches no output.
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
"""Bytes of the key: as many as SHA-256 gives."""


def user_key() -> tuple[bytes, str]:
    """Return the user's key, which is made at first use, and nothing.

    Where it cannot be kept, return one for this process alone and the reason.
    """
    try:
        path = _folder() / "dossier/key"
        return _kept(path) or _made(path), ""
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return secrets.token_bytes(SIZE), reason


def _folder() -> Path:
    """Return where programs keep what is the user's own (XDG Base Directory Specification 0.8).

    Raises RuntimeError where the user has no home.
    """
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".local/state"


def _kept(path: Path) -> bytes | None:
    """Return the key, None where there is none, or one that is not the user's alone."""
    try:
        with opened_as_it_is(path) as (file, about):
            private = about.st_uid == os.geteuid() and not stat.S_IMODE(about.st_mode) & 0o077
            return file.read(SIZE) if private and about.st_size == SIZE else None
    except OSError:
        return None


def _made(path: Path) -> bytes:
    """Make the key, or take the one that another build has made meanwhile; raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # readable for the user alone
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
            file.flush()
            os.fsync(file.fileno())
        # A link is made only where nothing stands: of two builds, the first decides.
        with suppress(FileExistsError):
            os.link(made, path)
        key = _kept(path)
        if key is None:  # a damaged one, or one that others may read, stands in the way
            made.replace(path)
            key = _kept(path)
    finally:
        made.unlink(missing_ok=True)
    if key is None:
        raise OSError("it does not stay the user’s alone there")
    return key
