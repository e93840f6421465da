"""Keeps files that their proof has refused, and what was found in them, for an editor to look at.

They never stand under the dossier's own name, and the next good build of that name removes them.
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
from dossier.records.outputs import SUFFIXES

MARK = ".rejected"
HEAD = "The proof of a build refused {names}. It is not the dossier: do not hand it out.\n"
BEGUN = HEAD.partition("{")[0].encode()
LINE = "{name} has the SHA-256 {checksum}.\n"
"""What the findings say of each file, so that the next build knows it again."""


def _places(output: Path) -> tuple[list[Path], Path]:
    """Return where the refused files of an output may be kept, and where what was found in them."""
    pdf = output.with_name(f"{output.stem}{MARK}.pdf")
    return [pdf, *(pdf.with_suffix(suffix) for suffix in SUFFIXES.values())], pdf.with_suffix(
        ".txt"
    )


def keep(
    output: Path, refused: Mapping[str, bytes], found: Sequence[Diagnostic]
) -> tuple[Path, ...]:
    """Keep refused files and their findings beside ``output``; return where, none if they cannot be kept.

    ``refused`` has their contents by suffix. What somebody else has put there stays.
    """
    places, findings = _places(output)
    content = {path: refused[path.suffix] for path in places if path.suffix in refused}
    names = " and ".join(path.name for path in content)
    text = HEAD.format(names=names)
    for path, raw in content.items():
        text += LINE.format(name=path.name, checksum=hashlib.sha256(raw).hexdigest())
    text += "\n" + "".join(f"{item}\n" for item in found)
    try:
        if not all(_is_free(path, findings) for path in (*content, findings)):
            return ()
        kept = [path for path in places if path not in content and path.is_file()]
        gone = [path for path in kept if _is_free(path, findings)]
        write_all({**content, findings: text.encode(errors="backslashreplace")}, lambda: gone)
    except (CannotWriteError, OSError):  # the findings that are printed matter more
        return ()
    return tuple(content)


def remove(output: Path) -> None:
    """Remove what an earlier build of ``output`` has kept so."""
    places, findings = _places(output)
    # The findings last: they tell which of the others are ours.
    for path in (*places, findings):
        with suppress(OSError, CannotWriteError):  # it says itself that it is not the dossier
            if path.is_file() and _is_free(path, findings):
                path.unlink()


def _is_free(path: Path, findings: Path) -> bool:
    """Tell whether nothing stands there, or something that an earlier build has kept so."""
    if not path.exists() and not path.is_symlink():
        return True
    if not path.is_file():
        return False
    if path.suffix == ".pdf":
        return is_our_pdf(path)
    if not findings.is_file() or not _begins(findings, BEGUN):
        return False
    line = LINE.format(name=path.name, checksum=files.checksum(path)[0])
    return path == findings or line.encode() in findings.read_bytes()


def _begins(path: Path, words: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(words)) == words
