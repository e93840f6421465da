"""Finds the files of the corpus that a letter names: its source, and its lists of signatories."""

from __future__ import annotations

from pathlib import PurePosixPath

from dossier.machine import files
from dossier.names.likeness import did_you_mean
from dossier.read import guesses
from dossier.read.placed_yaml import Place
from dossier.read.reader import Reader
from dossier.records.dossier import SourceFile


def named_file(
    reader: Reader, name: str, usual: str, place: Place, relative: str
) -> SourceFile | None:
    """Return the file that a letter, the file ``relative``, names at ``place``; note its faults.

    ``usual`` is the path of such a file, as an example.
    """
    folder = PurePosixPath(usual).parent
    where = place.line, place.column
    inside = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
    path = reader.resolve(name) if inside else None
    if not inside:
        message = f"“{name}” is not a path inside the corpus"
        remedy = f"Put the file into the corpus, and write its path from there, as in {usual}."
        reader.fault(relative, *where, message, remedy)
        return None
    if path is None:
        there = [
            file.relative_to(reader.root).as_posix()
            for file in sorted((reader.root / folder).rglob("*"))
            if file.is_file()
        ]
        remedy = guesses.unquoted(name) or did_you_mean(
            name, there, "Put the file into the corpus, or remove the key."
        )
        reader.fault(relative, *where, f"There is no file “{name}” in the corpus", remedy)
        return None
    try:
        checksum, size = files.checksum(path)
    except OSError as error:
        message = f"The file “{name}” cannot be read: {error.strerror}"
        reader.fault(relative, *where, message, "Check that you may read it.")
        return None
    return SourceFile(name, checksum, size)
