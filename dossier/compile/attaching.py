"""Lists the sources of the letters of a dossier as attachments of its PDF."""

from __future__ import annotations

from pathlib import PurePosixPath

from dossier.records.attaching import ATTACHED, Attachment, media_type
from dossier.records.dossier import Dossier, Letter


def attachments(dossier: Dossier) -> tuple[Attachment, ...]:
    """Return the files to be embedded, in the sequence of the letters; none where a packet does not ask."""
    if dossier.publication.enclose != ATTACHED:
        return ()
    letters: dict[str, list[Letter]] = {}
    for letter in dossier.letters:
        if letter.source_file:
            letters.setdefault(letter.source_file.path, []).append(letter)
    return tuple(_attachment(dossier, those) for those in letters.values())


def _attachment(dossier: Dossier, letters: list[Letter]) -> Attachment:
    """Return the source that letters share."""
    file, words = letters[0].source_file, dossier.words
    assert file
    said = words("between_items").join(letter.label for letter in letters)
    return Attachment(
        file.path,
        PurePosixPath(file.path).name,
        media_type(file.path),
        words("attached_source", letters=said),
        file.sha256,
        file.size,
        tuple(letter.id for letter in letters),
    )
