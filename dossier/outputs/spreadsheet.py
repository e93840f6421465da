"""``NAME.csv``: all signatures, one a row, for a spreadsheet (docs/outputs.md has its columns)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence

from dossier.records.dossier import Dossier, Letter, Signature
from dossier.records.job import Section
from dossier.records.schema import Signatory

COLUMNS = (
    "letter", "letter number", "date", "number", "as signed", "heading id", "heading", "kind", "role",
    "organization", "country", "page",
)  # fmt: skip
BOM = "\ufeff"
"""By which Excel knows that the file is UTF-8."""
FORMULAS = "=+-@"
"""With any of these a cell begins that a spreadsheet may take for a formula."""
QUOTE = "'"


def spreadsheet(dossier: Dossier, sections: Sequence[Section]) -> bytes:
    """Return the signatures of all letters in printed order, as RFC 4180 has it, in UTF-8 with a mark."""
    headings = {entry.id: entry.heading for entry in dossier.entries}
    by_id = {section.id: section for section in sections}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for letter in dossier.letters:
        section = by_id[f"letters/{letter.id}"]
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
    """Yield the cells of a signature; ``heading`` is the id of the heading that it stands under."""
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

    One that could be taken for one gets an apostrophe before it, and so does one that has an apostrophe
    there already: who takes one away from each cell that begins with one has the texts as they were.
    """
    if cell.startswith(QUOTE) or begins_formula(cell):
        return QUOTE + cell
    return cell


def begins_formula(cell: str) -> bool:
    """Tell whether a cell may be taken for a formula: whatever nobody sees before it does not matter.

    The sign may have another width (``＝``), as input methods for Chinese and Japanese write it.
    """
    for char in cell:
        if char in "\t\r\n":
            return True
        if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"):
            return unicodedata.normalize("NFKC", char)[:1] in FORMULAS
    return False
