"""The further outputs of a packet: one row for each kind of file, the only place that names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of file that is made from a packet or from its PDF.

    Its maker and its prover are named, not imported: no stage is loaded before it is wanted, and the rooms
    below know the names and suffixes.
    """

    suffix: str
    maker: str
    """The module with ``made(bound)``, which returns the file; see :class:`.bound.Bound`."""
    prover: str
    """The module with ``findings(content, proved)`` and, for receivers, ``alone(content, listing)``.

    It shares no code with the maker.
    """
    is_chosen: bool = True
    """The key ``outputs`` may name it; otherwise another key asks for it."""
    is_archive: bool = False
    """It is an archive of files (ZIP)."""
    is_apart: bool = False
    """Its prover does without the bound PDF, and works while that is still being bound."""


KINDS = {
    "html": Kind(".html", "render.edition", "proof.page", is_apart=True),
    "csv": Kind(".csv", "outputs.spreadsheet", "proof.spreadsheet", is_apart=True),
    "csl": Kind(".csl.json", "outputs.references", "proof.cited", is_apart=True),
    "cmif": Kind(".cmif.xml", "outputs.correspondence", "proof.exchanged", is_apart=True),
    "docx": Kind(".docx", "outputs.word.document", "proof.word", is_archive=True, is_apart=True),
    "epub": Kind(".epub", "outputs.book", "proof.bookread", is_archive=True),
    "booklet": Kind(".booklet.pdf", "bind.booklet", "proof.booklet", is_chosen=False),
    "press": Kind(".press.pdf", "bind.press", "proof.press", is_chosen=False),
}
"""The outputs besides the PDF and its listing, in the sequence in which they are made and listed.

docs/extending.md says how to add one.
"""
CHOSEN = tuple(name for name, kind in KINDS.items() if kind.is_chosen)
"""The outputs that ``outputs`` may name."""
SUFFIXES = {name: kind.suffix for name, kind in KINDS.items()}
"""The suffixes of the outputs that a packet may have besides its PDF and its listing."""
LISTING_SUFFIX = ".json"
CHECKSUMS_SUFFIX = ".sha256"
"""The suffix of the file with the checksums of all others."""
