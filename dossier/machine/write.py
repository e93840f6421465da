"""Writes the files of a run and removes obsolete ones, as a single transaction.

All files are written beside their targets first, under temporary names, and the old files get backup
names. Then a hidden journal records both, and the new files are renamed to their targets one after another.
After the last rename, the journal is removed. A journal that is still there belongs to a run that was
killed: the next start rolls it back. A lock on the folder excludes other runs meanwhile.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from dossier.machine import files
from dossier.machine.processes import left_behind
from dossier.records.diagnostics import NO_ROOM, CannotWriteError
from dossier.records.outputs import CHECKSUMS_SUFFIX, LISTING_SUFFIX, SUFFIXES

JOURNAL = re.compile(r"\..+\.journal", re.DOTALL)
ENDINGS = (".pdf", *SUFFIXES.values(), LISTING_SUFFIX, CHECKSUMS_SUFFIX, ".txt")
"""The suffixes of the files that a run writes."""


@dataclass(frozen=True)
class _Step:
    """The replacement or removal of one file. All names are in the same folder."""

    target: str
    """The name of the file."""
    made: str | None
    """The temporary name of the new file; None for a removal."""
    new: str | None
    """The SHA-256 of the new file; None for a removal."""
    kept: str | None
    """The backup name of the old file; None where there was none."""


def write_all(
    content: Mapping[Path, bytes], check: Callable[[], Collection[Path]] = lambda: ()
) -> None:
    """Write all files of a run, which are in one folder, or none.

    ``check`` runs under the lock: it raises if the files must not be written, and returns the obsolete
    files of the folder, which are removed with this run. Raises CannotWriteError if a folder or file cannot
    be written; then everything is as before. A killed run is rolled back first and its temporary files are
    removed.
    """
    targets = list(content)
    folder = targets[0].parent
    made: dict[Path, Path] = {}
    kept: list[Path] = []
    try:
        for target, raw in content.items():
            with _reported(target):
                folder.mkdir(parents=True, exist_ok=True)
                made[target] = _beside(target, raw)
        with alone(targets):
            obsolete = check()
            steps: list[_Step] = []
            kept = [_backup_of_replaced(path) for path in made.values()]
            kept += [_backup_of_removed(path) for path in obsolete]
            try:
                for target, path in made.items():
                    new = hashlib.sha256(content[target]).hexdigest()
                    with _reported(target):
                        old = _back_up(target, _backup_of_replaced(path))
                        steps.append(_Step(target.name, path.name, new, old))
                for target in obsolete:
                    with _reported(target):
                        old = _back_up(target, _backup_of_removed(target))
                    if old is not None:
                        steps.append(_Step(target.name, None, None, old))
                _replace(targets[0], steps)
            finally:
                if not _journal(targets[0]).exists():
                    _remove(kept)
    finally:
        _remove(made.values())


@contextmanager
def alone(targets: Sequence[Path]) -> Iterator[None]:
    """Lock the folder of a run's files; roll back a killed run first.

    Raises CannotWriteError if that is not possible.
    """
    folder = targets[0].parent
    with _reported(targets[0]):
        there = folder.is_dir()
    if not there:
        yield
        return
    with _locked(folder):
        with _reported(targets[0]):
            _recover(targets)
        yield


def _recover(targets: Sequence[Path]) -> None:
    """Roll back each killed run that has one of the files, and remove its temporary files."""
    folder = targets[0].parent
    own = {_journal(target) for target in targets}
    names = {target.name for target in targets}
    for journal in sorted(path for path in folder.iterdir() if JOURNAL.fullmatch(path.name)):
        steps = _steps(journal)
        if steps is None and journal in own:
            raise CannotWriteError(
                f"“{journal}” should be the journal of a run that was killed, but is not. Remove it if "
                "you do not know what it is, or name another place with --output. Nothing was changed."
            )
        if steps and (journal in own or not names.isdisjoint(step.target for step in steps)):
            _roll_back(folder, steps)
            journal.unlink()
    _remove(_litter(targets))


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # it belongs to another user, and only takes up space
            path.unlink(missing_ok=True)


def _steps(journal: Path) -> list[_Step] | None:
    """Return the steps in a journal; None where no run can have written it."""
    try:
        steps = [_Step(**step) for step in json.loads(journal.read_bytes())]
        targets = [Path(step.target) for step in steps]
        if not steps or _journal(journal.with_name(targets[0].name)) != journal:
            return None
        for step, target in zip(steps, targets, strict=True):
            beside = [name for name in (step.made, step.kept) if name is not None]
            if not beside or target.name != step.target:
                return None
            if target.suffix.lower() not in ENDINGS:
                return None
            if not all(name.startswith(f".{step.target}.") and "/" not in name for name in beside):
                return None
    except (AttributeError, IndexError, OSError, TypeError, ValueError):
        return None
    return steps


def _litter(targets: Sequence[Path]) -> list[Path]:
    """Return the temporary files that killed runs have left beside the targets."""
    written = [*targets, _journal(targets[0])]
    return [path for file in written for path in left_behind(file.parent, f".{file.name}.")]


def _replace(first: Path, steps: Sequence[_Step]) -> None:
    """Run the steps under a journal; roll all back if a step fails."""
    folder, journal = first.parent, _journal(first)
    written: Path | None = None
    try:
        with _reported(first):
            written = _beside(journal, json.dumps([asdict(step) for step in steps]).encode())
            written.replace(journal)
            _sync(folder)
        for step in steps:
            target = folder / step.target
            with _reported(target):
                if step.made is None:
                    target.unlink(missing_ok=True)
                else:
                    (folder / step.made).replace(target)
        with _reported(first):
            _sync(folder)
            journal.unlink()
    except BaseException:
        _remove([written] if written else [])
        _roll_back(folder, steps)
        journal.unlink(missing_ok=True)
        raise
    # The run is complete. If a power failure brings the journal back, the next start rolls it back, and
    # no file is lost.
    with suppress(OSError):
        _sync(folder)


def _roll_back(folder: Path, steps: Sequence[_Step]) -> None:
    """Restore the old files. May be interrupted at any point and repeated."""
    for step in steps:
        target = folder / step.target
        kept = folder / step.kept if step.kept else None
        there = _checksum(target)
        try:
            if kept is None:
                if there == step.new:
                    target.unlink()
            # A file that somebody has put there since stays.
            elif os.path.lexists(kept) and there in (None, step.new) and _checksum(kept) != there:
                kept.replace(target)
        except OSError as error:
            raise CannotWriteError(
                f"“{target}” cannot be put back as it was: {error.strerror}. What was there before is "
                f"kept beside it{f' as “{step.kept}”' if kept else ''}; the next start tries again."
            ) from None
    _sync(folder)
    _remove(folder / name for step in steps for name in (step.kept, step.made) if name)


def _checksum(path: Path) -> str | None:
    return files.checksum(path)[0] if path.is_file() else None


def _back_up(target: Path, kept: Path) -> str | None:
    """Keep an existing file as ``kept``, a link or a copy; return that name, None if there is no file."""
    if not os.path.lexists(target):
        return None
    try:
        os.link(target, kept, follow_symlinks=False)
    except OSError:  # an immutable file, or a file system without hard links
        shutil.copyfile(target, kept, follow_symlinks=False)
        if not kept.is_symlink():
            kept.chmod(target.stat().st_mode & 0o777)
            with kept.open("rb") as file:
                os.fsync(file.fileno())
    return kept.name


def _backup_of_replaced(made: Path) -> Path:
    """Return the backup name of the file that ``made`` replaces."""
    return made.with_name(f"{made.name}.old")


def _backup_of_removed(target: Path) -> Path:
    """Return the backup name of a file that is removed."""
    return target.with_name(f".{target.name}.{os.getpid()}-gone.old")


def _journal(first: Path) -> Path:
    return first.with_name(f".{first.name}.journal")


def _sync(folder: Path) -> None:
    """Flush a folder to disk, so that renames survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # not supported here
            raise
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; wait until no other run holds it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # using the folder reports what is wrong with it
        yield
        return
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _beside(target: Path, raw: bytes) -> Path:
    """Write a temporary file beside its target; return its path."""
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.{os.getpid()}-", dir=target.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(0o644)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


@contextmanager
def _reported(target: Path) -> Iterator[None]:
    """Turn an OSError from writing a file into a CannotWriteError."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, (FileExistsError, NotADirectoryError)):
            reason = "a part of its path is a file, not a folder"
        remedy = "Make room or name" if error.errno in NO_ROOM else "Name"
        raise CannotWriteError(
            f"“{target}” cannot be written: {reason}. "
            f"{remedy} another place with --output; what was there before is unchanged."
        ) from None
