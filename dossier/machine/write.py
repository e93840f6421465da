"""Puts the files of a run in their place, and takes away what it makes no more: all together, or none.

All are written beside their places first. Then a journal is left beside them, hidden, that names what was
there before and where it is kept; and only then one after another is put in its place. Without a journal
all is as it should be. Where there is one, the run was killed: the next start puts back what was there
before. Whoever writes or puts back locks the folder meanwhile.
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
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES

JOURNAL = re.compile(r"\..+\.journal", re.DOTALL)
ENDINGS = (".pdf", *SUFFIXES.values(), LISTING_SUFFIX, ".txt")
"""How the names of files end that a run writes."""


@dataclass(frozen=True)
class _Step:
    """One file that is put in its place, or taken away."""

    target: str
    """Its name; all are in one folder."""
    made: str | None
    """The name under which it was written; None where it is taken away."""
    new: str | None
    """Its SHA-256; None where it is taken away."""
    kept: str | None
    """The name under which what was there before is kept, None where nothing was."""


def write_all(
    content: Mapping[Path, bytes], check: Callable[[], Collection[Path]] = lambda: ()
) -> None:
    """Write all files of a run, which are in one folder, or none.

    ``check`` raises where they must not be written after all, and returns files of the folder that are
    taken away with this run; no other run is at it meanwhile. Raises CannotWriteError where a folder or
    file cannot be written; then all is as it was before. What a killed run has left is put back and swept
    up.
    """
    targets = list(content)
    folder = targets[0].parent
    made: dict[Path, Path] = {}
    kept: list[Path] = []
    try:
        for target, raw in content.items():
            with _said(target):
                folder.mkdir(parents=True, exist_ok=True)
                made[target] = _beside(target, raw)
        with alone(targets):
            gone = check()
            steps: list[_Step] = []
            kept = [_kept_as(path) for path in made.values()] + [_kept_of(path) for path in gone]
            try:
                for target, path in made.items():
                    new = hashlib.sha256(content[target]).hexdigest()
                    with _said(target):
                        old = _keep(target, _kept_as(path))
                        steps.append(_Step(target.name, path.name, new, old))
                for target in gone:
                    with _said(target):
                        old = _keep(target, _kept_of(target))
                    if old is not None:
                        steps.append(_Step(target.name, None, None, old))
                _replace(targets[0], steps)
            finally:
                if not _journal(targets[0]).exists():
                    _sweep(kept)
    finally:
        _sweep(made.values())


@contextmanager
def alone(targets: Sequence[Path]) -> Iterator[None]:
    """Let no other run change the files of a run; first put back what a killed one left half done.

    Raises CannotWriteError where that is not possible.
    """
    folder = targets[0].parent
    with _said(targets[0]):
        there = folder.is_dir()
    if not there:
        yield
        return
    with _locked(folder):
        with _said(targets[0]):
            _settle(targets)
        yield


def _settle(targets: Sequence[Path]) -> None:
    """Put back what a killed run has left half done, if any of the files is of it."""
    folder = targets[0].parent
    own = {_journal(target) for target in targets}
    names = {target.name for target in targets}
    for journal in sorted(path for path in folder.iterdir() if JOURNAL.fullmatch(path.name)):
        steps = _steps(journal)
        if steps is None and journal in own:
            raise CannotWriteError(
                f"“{journal}” should be the journal of a run that was killed, and is none. Remove it if "
                "you do not know what it is, or name another place with --output. Nothing was changed."
            )
        if steps and (journal in own or not names.isdisjoint(step.target for step in steps)):
            _put_back(folder, steps)
            journal.unlink()
    _sweep(_litter(targets))


def _sweep(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # another user's; it takes room and does no harm
            path.unlink(missing_ok=True)


def _steps(journal: Path) -> list[_Step] | None:
    """Return what a journal says; None where no run can have left it."""
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
            if not all(one.startswith(f".{step.target}.") and "/" not in one for one in beside):
                return None
    except (AttributeError, IndexError, OSError, TypeError, ValueError):
        return None
    return steps


def _litter(targets: Sequence[Path]) -> list[Path]:
    """Return what killed runs have written beside the places of the files."""
    every = [*targets, _journal(targets[0])]
    return [path for one in every for path in left_behind(one.parent, f".{one.name}.")]


def _replace(first: Path, steps: Sequence[_Step]) -> None:
    """Put files in their places, under a journal; where one cannot be, put all back."""
    folder, journal = first.parent, _journal(first)
    written: Path | None = None
    try:
        with _said(first):
            written = _beside(journal, json.dumps([asdict(step) for step in steps]).encode())
            written.replace(journal)
            _sync(folder)
        for step in steps:
            target = folder / step.target
            with _said(target):
                if step.made is None:
                    target.unlink(missing_ok=True)
                else:
                    (folder / step.made).replace(target)
        with _said(first):
            _sync(folder)
            journal.unlink()
    except BaseException:
        _sweep([written] if written else [])
        _put_back(folder, steps)
        journal.unlink(missing_ok=True)
        raise
    with suppress(
        OSError
    ):  # it is done, and nothing is lost if it is undone after a failure of the machine
        _sync(folder)


def _put_back(folder: Path, steps: Sequence[_Step]) -> None:
    """Put back what was there before; may be done again, wherever it came to an end."""
    for step in steps:
        target = folder / step.target
        kept = folder / step.kept if step.kept else None
        there = _checksum(target)
        try:
            if kept is None:
                if there == step.new:
                    target.unlink()
            # What somebody has put there since stays.
            elif os.path.lexists(kept) and there in (None, step.new) and _checksum(kept) != there:
                kept.replace(target)
        except OSError as error:
            raise CannotWriteError(
                f"“{target}” cannot be put back as it was: {error.strerror}. What was there before is "
                f"kept beside it{f' as “{step.kept}”' if kept else ''}; the next start tries again."
            ) from None
    _sync(folder)
    _sweep(folder / name for step in steps for name in (step.kept, step.made) if name)


def _checksum(path: Path) -> str | None:
    return files.checksum(path)[0] if path.is_file() else None


def _keep(target: Path, kept: Path) -> str | None:
    """Keep what is there under another name; return it, None where nothing is there."""
    if not os.path.lexists(target):
        return None
    try:
        os.link(target, kept, follow_symlinks=False)
    except OSError:  # a file that may not be changed, or a system that has no second name for one
        shutil.copyfile(target, kept, follow_symlinks=False)
        if not kept.is_symlink():
            kept.chmod(target.stat().st_mode & 0o777)
            with kept.open("rb") as file:
                os.fsync(file.fileno())
    return kept.name


def _kept_as(made: Path) -> Path:
    return made.with_name(f"{made.name}.old")


def _kept_of(gone: Path) -> Path:
    """Return under which name a file is kept that is taken away."""
    return gone.with_name(f".{gone.name}.{os.getpid()}-gone.old")


def _journal(first: Path) -> Path:
    return first.with_name(f".{first.name}.journal")


def _sync(folder: Path) -> None:
    """Let the names in a folder outlive a failure of the machine."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a system that does so by itself
            raise
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let no other run write to a folder, once it has come to its end."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # what is wrong with it is said where it is used
        yield
        return
    try:
        with suppress(OSError):  # a system that has no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _beside(target: Path, raw: bytes) -> Path:
    """Write a file beside its final place; return where."""
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
def _said(target: Path) -> Iterator[None]:
    """Say in words that a file cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if isinstance(error, (FileExistsError, NotADirectoryError)):
            reason = "a part of its path is a file and no folder"
        remedy = "Make room or name" if error.errno in NO_ROOM else "Name"
        raise CannotWriteError(
            f"“{target}” cannot be written: {reason}. "
            f"{remedy} another place with --output; what was there before is unchanged."
        ) from None
