"""Keeps a file that its proof has refused, and what was found in it, for an editor to look at.

It never stands under the dossier's own name, and the next good build of that name removes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dossier.machine.earlier import is_our_pdf
from dossier.machine.write import write_all
from dossier.records.diagnostics import CannotWriteError, Diagnostic

SUFFIX = ".rejected"
HEAD = "The proof of a build refused {pdf}. It is not the dossier: do not hand it out.\n\n"
BEGUN = HEAD.partition("{")[0].encode()


def places(output: Path) -> tuple[Path, Path]:
    """Return where the refused file of an output is kept, and what was found in it."""
    pdf = output.with_name(f"{output.stem}{SUFFIX}.pdf")
    return pdf, pdf.with_suffix(".txt")


def keep(output: Path, pdf: bytes, found: Sequence[Diagnostic]) -> Path | None:
    """Keep a refused file and its findings beside ``output``; return where, None where it cannot be kept.

    What somebody else has put there stays.
    """
    file, findings = places(output)
    text = HEAD.format(pdf=file.name) + "".join(f"{item}\n" for item in found)
    try:
        if not all(_is_free(path) for path in (file, findings)):
            return None
        write_all({file: pdf, findings: text.encode(errors="backslashreplace")})
    except (CannotWriteError, OSError):  # the findings that are printed matter more
        return None
    return file


def remove(output: Path) -> None:
    """Remove what an earlier build of ``output`` has kept so."""
    for path in places(output):
        with suppress(OSError, CannotWriteError):  # it says itself that it is not the dossier
            if path.is_file() and _is_free(path):
                path.unlink()


def _is_free(path: Path) -> bool:
    """Tell whether nothing stands there, or something that an earlier build has kept so."""
    if not path.exists() and not path.is_symlink():
        return True
    if not path.is_file():
        return False
    if path.suffix == ".pdf":
        return is_our_pdf(path)
    with path.open("rb") as file:
        return file.read(len(BEGUN)) == BEGUN
