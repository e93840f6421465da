"""Checks the files that a run would overwrite: only what an earlier run wrote may be overwritten."""

from __future__ import annotations

import functools
import json
import mmap
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from dossier.machine import files
from dossier.machine.shortage import shortage
from dossier.records.diagnostics import CannotWriteError, CommandLineError
from dossier.records.outputs import CHECKSUMS_SUFFIX, LISTING_SUFFIX, SUFFIXES

LISTING = {"format", "title", "pages", "sha256", "sections", "index", "bibliography", "diagnostics"}
"""The keys of a listing, see :mod:`dossier.outputs.listing`."""
OUR_LISTING = b'{\n"format": '
OUR_PAGE = b'<meta name="generator" content="dossier '
HTML = "html"
"""The output whose head names the program that made it."""
HEAD = 10_000
"""Bytes at the beginning of an HTML file in which its head names the program."""
OUR_PDF = b"<xmp:CreatorTool>dossier "
"""Part of the XMP metadata of our PDFs, which is not compressed."""
CHECKSUM = re.compile(rb"\\?[0-9a-f]{64}  ([^\n]+)\n")
"""Matches a line of a list of checksums."""
NAME = re.compile(r"[^/\\\0]+\.pdf")
"""Matches the name of a PDF in the same folder."""
LONGEST = 1_000_000
"""Bytes that a list of the checksums of a packet never has."""
KEPT = 64
"""How many files are remembered as they were read, each in one state."""
CHANGED, OTHERS = "was changed after it was built", "was not written by this program"
"""Why a file may not be overwritten."""


@dataclass(frozen=True)
class _Listed:
    """The checksums in the listing of an earlier build."""

    pdf: str
    """The PDF's SHA-256."""
    outputs: Mapping[str, str] | None
    """The SHA-256 of each further output, by name; None where the listing has none."""
    is_signed: bool
    """The build has signed the PDF, which has another checksum then: it stands in the list of checksums."""
    volumes: Mapping[str, str]
    """The SHA-256 of the file of each volume, by its name."""


def of_run(pdf: Path, outputs: Iterable[str] = SUFFIXES) -> list[Path]:
    """Return the paths of a packet's files: PDF, further ``outputs``, listing, checksums.

    By default those of all outputs that a packet may have.
    """
    further = [pdf.with_suffix(SUFFIXES[name]) for name in outputs]
    return [pdf, *further, pdf.with_suffix(LISTING_SUFFIX), pdf.with_suffix(CHECKSUMS_SUFFIX)]


def volumes_of(pdf: Path) -> dict[Path, str]:
    """Return the paths of the volumes that the listing of a PDF names, with their checksums."""
    listing = pdf.with_suffix(LISTING_SUFFIX)
    listed = _listed(listing) if listing.is_file() else None
    return {pdf.with_name(name): sha for name, sha in listed.volumes.items()} if listed else {}


def whole_of(path: Path) -> Path:
    """Return the PDF of which a file is a volume, as a listing in its folder says; else the file itself."""
    if path.with_suffix(LISTING_SUFFIX).exists() or not path.parent.is_dir():
        return path
    for listing in sorted(path.parent.glob(f"*{LISTING_SUFFIX}")):
        if listing.is_file() and path in volumes_of(listing.with_suffix(".pdf")):
            return listing.with_suffix(".pdf")
    return path


def spare_corpus(
    pdf: Path,
    corpus: Path,
    read: Collection[str] = (),
    outputs: Iterable[str] = SUFFIXES,
    volumes: Iterable[Path] = (),
) -> None:
    """Raise CommandLineError if a file of a run would overwrite a file of the corpus.

    ``read`` has the paths of further files of the corpus, relative to it; ``outputs`` the names of the
    outputs beside the PDF, ``volumes`` the files into which it is divided.
    """
    root = _real(corpus)
    # Some file systems ignore case.
    own = {name.casefold() for name in (*files.FILES, *files.REPORT_FILES, *read)}
    for target in (*of_run(pdf, outputs), *volumes):
        for place in (_real(target), _real(target.parent) / target.name):
            if not place.is_relative_to(root):
                continue
            inside = place.relative_to(root)
            folder = inside.parts[0].casefold() if len(inside.parts) > 1 else ""
            if folder in (files.LETTERS, files.SOURCES) or inside.as_posix().casefold() in own:
                raise CommandLineError(
                    f"“{target}” would become a part of the corpus. "
                    "Name a place outside its folder with --output. Nothing was written."
                )


def refuse_others(pdf: Path, outputs: Iterable[str] = (), volumes: Iterable[Path] = ()) -> None:
    """Raise CannotWriteError if a run would overwrite a file that no earlier run has written.

    ``outputs`` has the names of the outputs beside the PDF and its listing, ``volumes`` the files into
    which it is divided. A PDF of ours that was changed
    since, for example signed or annotated, is not overwritten either: the listing has its checksum.
    """
    listing = pdf.with_suffix(LISTING_SUFFIX)
    listed = None
    if _is_there(listing) and (listed := _listed(listing)) is None:
        _refuse(listing, "was not written by this program")
    for name in outputs:
        path = pdf.with_suffix(SUFFIXES[name])
        if _is_there(path) and not _may_go(path, name, listed):
            _refuse(path, _reason(name, listed))
    for path in volumes:
        if _is_there(path) and not _is_volume(path, pdf, listed):
            known = listed and path.name in listed.volumes
            _refuse(path, CHANGED if known else OTHERS)
    checksums = pdf.with_suffix(CHECKSUMS_SUFFIX)
    ours = [*of_run(pdf)[:-1], *volumes_of(pdf)]
    if _is_there(checksums) and not _lists(checksums, ours):
        _refuse(checksums, "was not written by this program")
    if not _is_there(pdf):
        return
    if not is_our_pdf(pdf):
        _refuse(pdf, "was not written by this program, or was saved anew by another")
    if listed is None:
        _refuse(
            pdf,
            f"may have been changed since it was built ({listing.name}, "
            "which has its checksum, is missing)",
        )
    if _checksum(pdf) != listed.pdf and not (listed.is_signed and _is_as_signed(pdf, pdf)):
        _refuse(pdf, "was changed after it was built, as by a signature or a comment")


def obsolete_outputs(
    pdf: Path, outputs: Collection[str], volumes: Collection[Path] = ()
) -> list[Path]:
    """Return the files of an earlier build that are no longer among the ``outputs`` or ``volumes``.

    A file that was changed since is left out: it holds somebody's work.
    """
    listing = pdf.with_suffix(LISTING_SUFFIX)
    listed = _listed(listing) if listing.is_file() else None
    if listed is None:
        return []
    paths = {name: pdf.with_suffix(suffix) for name, suffix in SUFFIXES.items()}
    found = [
        path
        for name, path in paths.items()
        if name not in outputs and path.is_file() and _is_as_built(path, name, listed)
    ]
    former = [path for path in map(pdf.with_name, listed.volumes) if path not in volumes]
    return found + [path for path in former if path.is_file() and _is_volume(path, pdf, listed)]


def _is_volume(path: Path, pdf: Path, listed: _Listed | None) -> bool:
    """Tell whether a file is the volume that an earlier run wrote, with its signature if it has one."""
    if listed is None or path.name not in listed.volumes:
        return False
    if listed.volumes[path.name] == _checksum(path):
        return True
    return listed.is_signed and _is_as_signed(path, pdf)


def _is_as_built(path: Path, name: str, listed: _Listed) -> bool:
    """Tell whether a further output has the checksum that the listing states."""
    if listed.outputs is None:
        return name == HTML and _has(path, OUR_PAGE, HEAD)
    return listed.outputs.get(name) == _checksum(path)


def _may_go(path: Path, name: str, listed: _Listed | None) -> bool:
    """Tell whether a further output may be overwritten, by its head or by its checksum."""
    if name == HTML:
        return _has(path, OUR_PAGE, HEAD)
    return listed is not None and _is_as_built(path, name, listed)


def _lists(path: Path, targets: Collection[Path]) -> bool:
    """Tell whether a list of checksums names nothing but files of a run: it is then as good as ours."""
    ours = {_as_listed(target) for target in targets}
    with _readable(path), path.open("rb") as file:
        if path.stat().st_size > LONGEST:
            return False
        matches = [CHECKSUM.fullmatch(line) for line in file]
    return bool(matches) and all(match and match[1] in ours for match in matches)


def _is_as_signed(path: Path, pdf: Path) -> bool:
    """Tell whether a signed file is the one that the list of checksums beside the PDF names."""
    checksums = pdf.with_suffix(CHECKSUMS_SUFFIX)
    if not checksums.is_file() or checksums.stat().st_size > LONGEST:
        return False
    line = _checksum(path).encode() + b"  " + _as_listed(path) + b"\n"
    with _readable(checksums):
        return line in checksums.read_bytes()


def _as_listed(path: Path) -> bytes:
    """Return the name of a file as sha256sum writes it."""
    name = os.fsencode(path.name).replace(b"\\", b"\\\\")
    return name.replace(b"\n", b"\\n").replace(b"\r", b"\\r")


def _reason(name: str, listed: _Listed | None) -> str:
    """Return why a further output may not be overwritten."""
    if listed and listed.outputs and name in listed.outputs:
        return CHANGED
    return OTHERS


def is_our_pdf(path: Path) -> bool:
    """Tell whether this program has made a PDF; raise CannotWriteError if it cannot be read."""
    return _has(path, OUR_PDF)


def _refuse(path: Path, why: str) -> NoReturn:
    raise CannotWriteError(
        f"“{path}” {why}, and is not overwritten. "
        "Move it elsewhere, or name another place with --output. Nothing was written."
    )


def _is_there(path: Path) -> bool:
    """Tell whether a file exists; raise CannotWriteError if the path is not a regular file."""
    try:
        there = path.exists()
    except OSError:  # writing reports what is wrong with the folder
        return False
    if path.is_dir():
        raise CannotWriteError(
            f"“{path}” cannot be written: it is a folder. "
            "Name another place with --output; what was there before is unchanged."
        )
    if there and not path.is_file():
        _refuse(path, "is no plain file")
    return there


def _listed(listing: Path) -> _Listed | None:
    """Return the checksums in a listing of ours; None for any other file."""
    with _readable(listing):
        return _listed_in(listing, files.state(listing))


@functools.lru_cache(maxsize=KEPT)
def _listed_in(listing: Path, state: files.State) -> _Listed | None:
    """Return the checksums in a listing of ours, which is read once in each of its states."""
    if not _has(listing, OUR_LISTING, len(OUR_LISTING)):
        return None
    try:
        data: Any = json.loads(listing.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not data.keys() >= LISTING:
        return None
    if not isinstance(data["sha256"], str):
        return None
    return _Listed(data["sha256"], _checksums_in(data), "signature" in data, _volumes_in(data))


def _checksums_in(listing: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the checksums of further outputs in a listing; None where it has none."""
    try:
        return {str(output["name"]): str(output["sha256"]) for output in listing["outputs"]}
    except (LookupError, TypeError):
        return None


def _volumes_in(listing: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksums of volumes in a listing, by name; none of files elsewhere."""
    try:
        found = {str(one["file"]): str(one["sha256"]) for one in listing.get("volumes", ())}
    except (LookupError, TypeError):
        return {}
    return {name: sha for name, sha in found.items() if NAME.fullmatch(name)}


def _has(path: Path, words: bytes, end: int = sys.maxsize) -> bool:
    """Tell whether a file, of any size, contains ``words`` before its byte ``end``."""
    with _readable(path), path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return whole.find(words, 0, end) >= 0


def _checksum(path: Path) -> str:
    with _readable(path):
        return _checksum_in(path, files.state(path))


@functools.lru_cache(maxsize=KEPT)
def _checksum_in(path: Path, state: files.State) -> str:
    """Return the checksum of a file, which is read once in each of its states."""
    return files.checksum(path)[0]


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links: no file can be there
        return path.absolute()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn an OSError from reading a file into a CannotWriteError."""
    try:
        yield
    except OSError as error:
        if shortage(error):
            raise
        _refuse(path, f"cannot be read ({error.strerror})")
