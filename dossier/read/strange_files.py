"""Tells what a file among the letters is that is not a letter, and what to do with it."""

from __future__ import annotations

from dossier.read import guesses

WORD = ("a Word document", "Word file")
PDF = ("a PDF", "PDF")
RTF = ("an RTF document", "RTF file")
OPEN_DOCUMENT = ("an OpenDocument text", "file itself")
DOCUMENTS = {"doc": WORD, "docx": WORD, "odt": OPEN_DOCUMENT, "pdf": PDF, "rtf": RTF}
"""Formats that are not plain text, by suffix: their names in a message and in a remedy."""
BEGINNINGS = {b"PK\x03\x04": WORD, b"\xd0\xcf\x11\xe0": WORD, b"%PDF": PDF, b"{\\rtf": RTF}
"""The same by the first bytes of the file."""


def what_file(name: str, is_folder: bool, names: list[str]) -> tuple[str, str]:
    """Return message and remedy for a file or folder among the letters, ``names``, that is not a letter."""
    if is_folder:
        remedy = "Put its letters into “letters” itself, or move it elsewhere."
        return "The folder is not a letter", remedy
    document = DOCUMENTS.get(name.rpartition(".")[2].lower())
    if document:
        return guesses.plain_text(*document, name.rpartition(".")[0])
    return "The file is not a letter", _remedy_of_name(name, names)


def _remedy_of_name(name: str, names: list[str]) -> str:
    stem, _, suffix = name.partition(".")
    renamed = guesses.file_name(stem, names)
    if renamed and suffix.lower() in ("md", "markdown", "mdown", "txt", "text", "md.txt"):
        return renamed
    return "Name it ID.md, or move it elsewhere."


def what_document(raw: bytes, stem: str) -> tuple[str, str] | None:
    """Return message and remedy for a file that holds a document, None where it may be plain text."""
    for beginning, document in BEGINNINGS.items():
        if raw.startswith(beginning):
            return guesses.plain_text(*document, stem)
    return None
