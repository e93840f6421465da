"""Saves files that the proof has refused, with the findings, for the editor to inspect.

Their names differ from the dossier's own, and the next successful build of the dossier removes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dossier.machine import files
from dossier.machine.earlier import is_our_pdf
from dossier.machine.write import write_all
from dossier.records.diagnostics import CannotWriteError, Diagnostic
from dossier.records.outputs import CHECKSUMS_SUFFIX, SUFFIXES

MARK = ".rejected"
HEAD = "The proof of a build refused {names}. It is not the dossier: do not hand it out.\n"
BEGUN = HEAD.partition("{")[0].encode()
LINE = "{name} has the SHA-256 {checksum}.\n"
"""The line about each file in the findings, by which the next build recognizes it."""


def _places(output: Path) -> tuple[dict[str, Path], Path]:
    """Return the paths of the files that may be refused with an output, by suffix, and of the findings."""
    pdf = output.with_name(f"{output.stem}{MARK}.pdf")
    suffixes = (".pdf", *SUFFIXES.values(), CHECKSUMS_SUFFIX)
    return {suffix: pdf.with_suffix(suffix) for suffix in suffixes}, pdf.with_suffix(".txt")


def keep(
    output: Path, refused: Mapping[str, bytes], found: Sequence[Diagnostic]
) -> tuple[Path, ...]:
    """Save refused files and their findings beside ``output``; return their paths, none if that fails.

    ``refused`` has their contents by suffix. Files of others are not overwritten.
    """
    places, findings = _places(output)
    content = {places[suffix]: raw for suffix, raw in refused.items()}
    names = " and ".join(path.name for path in content)
    text = HEAD.format(names=names)
    for path, raw in content.items():
        text += LINE.format(name=path.name, checksum=hashlib.sha256(raw).hexdigest())
    text += "\n" + "".join(f"{item}\n" for item in found)
    try:
        if not all(_is_free(path, findings) for path in (*content, findings)):
            return ()
        others = [path for path in places.values() if path not in content and path.is_file()]
        obsolete = [path for path in others if _is_free(path, findings)]
        write_all({**content, findings: text.encode(errors="backslashreplace")}, lambda: obsolete)
    except (CannotWriteError, OSError):  # the printed findings matter more
        return ()
    return tuple(content)


def remove(output: Path) -> None:
    """Remove the refused files that an earlier build of ``output`` has saved."""
    places, findings = _places(output)
    # The findings last: they identify the other files as ours.
    for path in (*places.values(), findings):
        # A leftover is harmless: its name says that it was rejected.
        with suppress(OSError, CannotWriteError):
            if path.is_file() and _is_free(path, findings):
                path.unlink()


def _is_free(path: Path, findings: Path) -> bool:
    """Tell whether a path has no file, or a refused file that an earlier build has saved."""
    if not path.exists() and not path.is_symlink():
        return True
    if not path.is_file():
        return False
    if path == findings.with_suffix(".pdf"):
        return is_our_pdf(path)
    if not findings.is_file() or not _begins(findings, BEGUN):
        return False
    line = LINE.format(name=path.name, checksum=files.checksum(path)[0])
    return path == findings or line.encode() in findings.read_bytes()


def _begins(path: Path, words: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(words)) == words
