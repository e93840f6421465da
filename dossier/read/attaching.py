"""Reads the sources that a packet encloses, and checks that they can be enclosed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from dossier.machine import files
from dossier.read.placed_yaml import Places
from dossier.read.reader import Reader
from dossier.read.signing import check_rule
from dossier.records.attaching import ATTACHED, Attachment
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity
from dossier.records.dossier import CorpusLetter
from dossier.records.job import AttachedFile
from dossier.records.packet import Packet


def check_attaching(
    packets: Sequence[Packet],
    letters: Sequence[CorpusLetter],
    places: Places,
    reader: Reader,
) -> None:
    """Note what cannot be attached: to a file of some receivers anything, and two files of one name."""
    attaching = [packet for packet in packets if packet.publication.enclose == ATTACHED]
    for packet in attaching:
        check_rule(packet, "enclose", f"enclose: {ATTACHED}", "no_attachments", places, reader)
    if not attaching:
        return
    known: dict[str, str] = {}
    for letter in letters:
        path = letter.source_file.path if letter.source_file else ""
        # Some file systems ignore case.
        name = PurePosixPath(path).name.casefold()
        if path and known.setdefault(name, path) != path:
            line, column = reader.enclosed[letter.id, "source"]
            message = (
                f"“{path}” and “{known[name]}” have the same name, and both are to be attached"
            )
            reader.fault(
                f"{files.LETTERS}/{letter.id}{files.SUFFIX_OF_LETTERS}", line, column,
                message, "Give one of them another name.",
            )  # fmt: skip


def contents(root: Path, shown: str, attached: Iterable[Attachment]) -> list[AttachedFile]:
    """Return the files to be attached, as they were when the corpus ``root`` was read.

    Findings call it ``shown``. Raises CorpusFaultError where one cannot be read or was changed since.
    """
    found, wrong = [], []
    real = root.resolve()
    for one in attached:
        path = root / one.path
        try:
            data = path.read_bytes() if files.lies_in(path, real) else b""
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != one.sha256:
            name = (PurePosixPath(shown) / one.path).as_posix()
            message = "The file was changed or removed while the dossier was being built"
            remedy = "Build again when nothing is being written to the corpus."
            wrong.append(Diagnostic(name, 1, 1, Severity.ERROR, message, remedy))
        found.append(AttachedFile(one, data))
    if wrong:
        raise CorpusFaultError(wrong)
    return found
