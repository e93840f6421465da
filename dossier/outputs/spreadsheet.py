"""Makes ``NAME.csv``: all signatures, one per row, for a spreadsheet (columns: docs/outputs.md)."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence

from dossier.records.bound import Bound
from dossier.records.dossier import Dossier, Letter
from dossier.records.front_matter import Signatory
from dossier.records.job import Section
from dossier.records.lettering import lettering
from dossier.records.sections import section_of_letter
from dossier.records.signatures import Signature, SignatureGroup

COLUMNS = (
    "letter", "letter number", "date", "number", "as signed", "heading id", "heading", "kind", "role",
    "organization", "country", "page", "group", "qualifier", "on behalf of", "party", "place", "added",
    "withdrawn", "anonymous",
)  # fmt: skip
BETWEEN_HEADINGS = " / "
"""Between the heading of a group and that of the group in it."""
BOM = "\ufeff"
"""The byte-order mark, by which Excel recognizes UTF-8."""
FORMULAS = "=+-@"
"""The first characters of a formula."""
QUOTE = "'"


def made(bound: Bound) -> bytes:
    """Return the signatures of a packet as a table."""
    return spreadsheet(bound.dossier, bound.sections)


def spreadsheet(dossier: Dossier, sections: Sequence[Section]) -> bytes:
    """Return the signatures of all letters in printed sequence as CSV (RFC 4180), in UTF-8 with a BOM."""
    headings = {entry.id: entry.heading for entry in dossier.entries}
    by_id = {section.id: section for section in sections}
    labels = lettering(
        dossier.publication.section_letters, ((one.id, one.first_page) for one in sections)
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for letter in dossier.letters:
        section = by_id[section_of_letter(letter.id)]
        grouped = [(group, signed) for group in letter.groups for signed in group.signatures]
        pairs = zip(letter.head.signatures, grouped, strict=True)
        for number, (signatory, (group, signature)) in enumerate(pairs, 1):
            writer.writerow(
                [
                    safe(cell)
                    for cell in _row(
                        letter, number, signatory, signature, headings.get(signature.heading, ""),
                        labels.label(section.page_of(signature.anchor)), group,
                    )
                ]
            )  # fmt: skip
    return (BOM + text.getvalue()).encode()


def _row(
    letter: Letter,
    number: int,
    signatory: Signatory,
    signature: Signature,
    name: str,
    page: str,
    group: SignatureGroup,
) -> Iterator[str]:
    """Yield the cells of a signature of a group.

    ``name`` is that of its index heading, empty for people without names.
    """
    yield letter.id
    yield str(letter.number)
    yield letter.head.date
    yield str(number)
    yield signature.printed.replace("\n", " ")
    yield signature.heading
    yield name
    yield "anonymous" if signature.anonymous else signature.kind
    yield signatory.role or ""
    yield signatory.organization or ""
    yield signature.country or ""
    yield page
    yield BETWEEN_HEADINGS.join(group.headings)
    yield signatory.qualifier or ""
    yield signatory.on_behalf_of or ""
    yield signatory.party or ""
    yield signatory.place or ""
    yield signatory.added or ""
    yield signatory.withdrawn or ""
    yield str(signatory.anonymous or "")


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
