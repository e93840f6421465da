"""Tesseract, the program that reads what stands on a picture: whether it is there, and a run of it."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dossier.machine.files import checksum

COMMAND = "tesseract"
PATIENCE = 300
"""Seconds that it may take for a page."""
FOLDER = re.compile(r'in "(.+)" \(\d+\):')
"""Where its data are, as it heads its list of languages."""
FORMS = {"tsv": "tessedit_create_tsv", "alto": "tessedit_create_alto"}
"""Its variables for the forms in which it tells what it has read."""


class UnreadError(Exception):
    """A picture could not be read; the message says what Tesseract says."""


@dataclass(frozen=True)
class Tesseract:
    """The program, as it is installed."""

    path: str
    version: str
    data: Mapping[str, Path | None] = field(repr=False)
    """The file of each language, by its code; None where it is not told."""

    def identity(self, code: str) -> str:
        """Return what decides how it reads a language, besides the picture."""
        file = self.data.get(code)
        return f"{self.version} {code} {_checksum(file) if file else ''}"

    def read(self, picture: bytes, code: str, form: str, dots: int = 0) -> str:
        """Return what it reads on a picture, in one of its forms; raise UnreadError where it cannot.

        ``dots`` are those per inch, 0 for unknown. It may use one processor only: on several, it does not
        always read the same.
        """
        resolution = ["--dpi", str(dots)] if dots else []
        call = [self.path, "stdin", "stdout", "-l", code, *resolution, "-c", f"{FORMS[form]}=1"]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        try:
            ended = subprocess.run(
                call,
                input=picture,
                capture_output=True,
                env=environment,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadError(f"it takes more than {PATIENCE} seconds") from None
        except OSError as error:
            raise UnreadError(error.strerror or str(error)) from None
        if ended.returncode:
            said = " ".join(ended.stderr.decode(errors="replace").split())
            raise UnreadError(said or f"it ended with status {ended.returncode}")
        return ended.stdout.decode(errors="replace")


@functools.cache
def tesseract() -> Tesseract | None:
    """Return the program; None where it is not installed, or does not run."""
    path = shutil.which(COMMAND)
    if path is None:
        return None
    version, listed = _said(path, "--version"), _said(path, "--list-langs")
    if not version or not listed:
        return None
    head, *codes = listed.splitlines()
    folder = FOLDER.search(head)
    files = {code: Path(folder[1], f"{code}.traineddata") if folder else None for code in codes}
    found = {code: file if file and file.is_file() else None for code, file in files.items()}
    return Tesseract(path, version.splitlines()[0].strip(), found)


def installed() -> str:
    """Return what decides what is read, as far as it can be told at once: version and sizes of data."""
    there = tesseract()
    if there is None:
        return "no tesseract"
    sizes = (
        f"{code} {file.stat().st_size if file else ''}" for code, file in sorted(there.data.items())
    )
    return "\n".join([there.version, *sizes])


def remedy(code: str = "") -> str:
    """Return how it is installed, with the data of a language."""
    packages = ["tesseract-ocr", *([f"tesseract-ocr-{code.replace('_', '-')}"] if code else [])]
    brew = "tesseract tesseract-lang" if code else "tesseract"
    return (
        f"Install it (apt-get install {' '.join(packages)}; with Homebrew {brew}), "
        "or leave out “enclose_ocr”."
    )


@functools.cache
def _checksum(file: Path) -> str:
    return checksum(file)[0]


def _said(path: str, option: str) -> str:
    """Return what it says of itself; nothing where it does not run."""
    try:
        ended = subprocess.run([path, option], capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    # Some versions say it on standard error.
    return (ended.stdout or ended.stderr).decode(errors="replace") if not ended.returncode else ""
