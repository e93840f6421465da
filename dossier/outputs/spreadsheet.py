"""Makes ``NAME.csv``: all signatures, one per row, for a spreadsheet (columns: docs/outputs.md)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence

from dossier.records.dossier import Dossier, Letter, Signature
from dossier.records.front_matter import Signatory
from dossier.records.job import Section
from dossier.records.sections import section_of_letter

COLUMNS = (
    "letter", "letter number", "date", "number", "as signed", "heading id", "heading", "kind", "role",
    "organization", "country", "page",
)  # fmt: skip
BOM = "\ufeff"
"""The byte-order mark, by which Excel recognizes UTF-8."""
FORMULAS = "=+-@"
"""The first characters of a formula."""
QUOTE = "'"


def spreadsheet(dossier: Dossier, sections: Sequence[Section]) -> bytes:
    """Return the signatures of all letters in printed sequence as CSV (RFC 4180), in UTF-8 with a BOM."""
    headings = {entry.id: entry.heading for entry in dossier.entries}
    by_id = {section.id: section for section in sections}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for letter in dossier.letters:
        section = by_id[section_of_letter(letter.id)]
        pairs = zip(letter.head.signatories, letter.signatures, strict=True)
        for number, (signatory, signature) in enumerate(pairs, 1):
            heading = signature.person or signature.organization or ""
            writer.writerow(
                [
                    safe(cell)
                    for cell in _row(
                        letter, number, signatory, signature, heading, headings[heading],
                        section.page_of(signature.anchor),
                    )
                ]
            )  # fmt: skip
    return (BOM + text.getvalue()).encode()


def _row(
    letter: Letter,
    number: int,
    signatory: Signatory,
    signature: Signature,
    heading: str,
    name: str,
    page: int,
) -> Iterator[str]:
    """Yield the cells of a signature; ``heading`` is the id of its index heading, ``name`` its name."""
    yield letter.id
    yield str(letter.number)
    yield letter.head.date
    yield str(number)
    yield signature.printed
    yield heading
    yield name
    yield "person" if signature.person else "organization"
    yield signatory.role or ""
    yield signatory.organization or ""
    yield signature.country or ""
    yield str(page)


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    A cell that may be taken for a formula gets an apostrophe in front, and so does a cell that begins with
    an apostrophe: removing one apostrophe from the front of each cell restores all texts.
    """
    if cell.startswith(QUOTE) or begins_formula(cell):
        return QUOTE + cell
    return cell


def begins_formula(cell: str) -> bool:
    """Tell whether a cell may be taken for a formula, after invisible characters too.

    The sign may be fullwidth (``＝``), as input methods for Chinese and Japanese write it.
    """
    for char in cell:
        if char in "\t\r\n":
            return True
        if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"):
            return unicodedata.normalize("NFKC", char)[:1] in FORMULAS
    return False
