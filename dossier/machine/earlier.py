"""Looks at what stands where the files of a run go: only what an earlier run wrote is written over."""

from __future__ import annotations

import json
import mmap
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from dossier.machine import files
from dossier.machine.shortage import shortage
from dossier.records.diagnostics import CannotWriteError, CommandLineError

LISTING = {"format", "title", "pages", "sha256", "sections", "index", "bibliography", "diagnostics"}
"""The keys of a listing, see :mod:`dossier.outputs.listing`."""
OUR_LISTING = b'{\n"format": '
OUR_PAGE = b'<meta name="generator" content="dossier '
HEAD = 10_000
"""Bytes at the beginning of a HTML file in which its head says what made it."""
OUR_PDF = b"<xmp:CreatorTool>dossier "
"""In the metadata of our PDFs, which are not compressed."""


def of_run(pdf: Path) -> list[Path]:
    """Return the files of one packet: PDF, HTML, listing."""
    return [pdf, pdf.with_suffix(".html"), pdf.with_suffix(".json")]


def spare_corpus(pdf: Path, corpus: Path, read: Collection[str] = ()) -> None:
    """Raise CommandLineError where a file of a run would lie in the place of one that is read.

    ``read`` names further files of the corpus, relative to it.
    """
    root = _real(corpus)
    # A system may take capitals and small letters for the same.
    own = {one.casefold() for one in (*files.FILES, *files.REPORT_FILES, *read)}
    for target in of_run(pdf):
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


def refuse_others(pdf: Path) -> None:
    """Raise CannotWriteError where a file of a run would be written over what no run has written.

    Nor is a PDF of ours written over that was changed since, because somebody has signed or annotated it:
    its listing beside it has its checksum.
    """
    _, page, listing = of_run(pdf)
    listed = None
    if _is_there(listing) and (listed := _listed(listing)) is None:
        _refuse(listing, "was not written by this program")
    if _is_there(page) and not _has(page, OUR_PAGE, HEAD):
        _refuse(page, "was not written by this program")
    if not _is_there(pdf):
        return
    if not is_our_pdf(pdf):
        _refuse(pdf, "was not written by this program, or was saved anew by another")
    if listed is None:
        _refuse(
            pdf, f"may have been changed since it was built (without {listing.name} nobody knows)"
        )
    if _checksum(pdf) != listed:
        _refuse(pdf, "was changed after it was built, as by a signature or a comment")


def is_our_pdf(path: Path) -> bool:
    """Tell whether this program has made a PDF; raise CannotWriteError where it cannot be read."""
    return _has(path, OUR_PDF)


def _refuse(path: Path, why: str) -> NoReturn:
    raise CannotWriteError(
        f"“{path}” {why}, and is not written over. "
        "Move it elsewhere, or name another place with --output. Nothing was written."
    )


def _is_there(path: Path) -> bool:
    """Tell whether something stands there; raise CannotWriteError where it is no plain file."""
    try:
        there = path.exists()
    except OSError:  # what is wrong with its folder is said when it is written to
        return False
    if path.is_dir():
        raise CannotWriteError(
            f"“{path}” cannot be written: it is a folder. "
            "Name another place with --output; what was there before is unchanged."
        )
    if there and not path.is_file():
        _refuse(path, "is no plain file")
    return there


def _listed(listing: Path) -> str | None:
    """Return the checksum that a listing of ours has of its PDF, None for another file."""
    if not _has(listing, OUR_LISTING, len(OUR_LISTING)):
        return None
    try:
        data: Any = json.loads(listing.read_bytes())
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict) and data.keys() >= LISTING and isinstance(data["sha256"], str):
        return data["sha256"]
    return None


def _has(path: Path, words: bytes, end: int = sys.maxsize) -> bool:
    """Tell whether a file has some bytes in it, before its byte ``end``; however large it is."""
    with _readable(path), path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            return whole.find(words, 0, end) >= 0


def _checksum(path: Path) -> str:
    with _readable(path):
        return files.checksum(path)[0]


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links in a circle: nothing can be there
        return path.absolute()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in words that nobody can tell what stands there."""
    try:
        yield
    except OSError as error:
        if shortage(error):
            raise
        _refuse(path, f"cannot be read ({error.strerror})")
