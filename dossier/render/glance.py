"""Tells which columns the table of letters has, and what it says once for all letters."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.records.dossier import Dossier, Letter


@dataclass(frozen=True)
class Table:
    """The shape of the table of letters; its facts are those of :func:`_facts`."""

    columns: frozenset[str]
    """The facts that differ between the letters, each told in its row."""
    same: tuple[str, ...]
    """The facts that are the same of all letters, told once above the table."""


def _facts(letter: Letter) -> dict[str, object]:
    """Return what the table can tell of a letter beside title and page; what is false is not there."""
    return {
        "number": letter.number if letter.is_numbered else 0,
        "date": letter.date_words,
        "addressee": tuple(addressee.name for addressee in letter.head.to),
        "signatures": letter.signature_count,
        "works": len(letter.works),
    }


def table(dossier: Dossier) -> Table:
    """Return the shape of the table: it has no column for what is not there, or the same in all rows."""
    rows = [_facts(letter) for letter in dossier.letters]
    there = [key for key in rows[0] if any(row[key] for row in rows)]
    same = {key for key in there if len(rows) > 1 and all(row[key] == rows[0][key] for row in rows)}
    if not dossier.is_long:
        # The addressee stands on a line of its own, where it takes no room from the title.
        same.discard("addressee")
    return Table(frozenset(there) - same, tuple(key for key in there if key in same))
