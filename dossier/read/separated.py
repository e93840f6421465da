"""Reads CSV (RFC 4180) and TSV with the place of each cell, which the standard library does not tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t", "|")
"""What may stand between cells; of several as frequent in the first line, the first here."""


@dataclass(frozen=True)
class Cell:
    """A cell, with the line and column where it begins, both counted from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Table:
    """The names of the columns, and the rows below up to the last that is not empty."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


class UnreadableTableError(Exception):
    """A text is no table, for a reason at a place in it."""

    def __init__(self, message: str, remedy: str, line: int, column: int) -> None:
        """Take the message, the remedy and the place."""
        super().__init__(message)
        self.remedy, self.line, self.column = remedy, line, column


def parsed(text: str, separator: str | None = None) -> Table:
    """Return the table in a text with line feeds; its first row has the names of the columns.

    The ``separator`` is found in the first line where it is not given. Raises UnreadableTableError.
    """
    separator = separator or _separator(text)
    rows = _rows(text, separator)
    while rows and not any(cell.text.strip() for cell in rows[-1]):
        rows.pop()
    if not rows:
        message, remedy = "The file is empty", "Write the names of the columns into its first line."
        raise UnreadableTableError(message, remedy, 1, 1)
    return Table(rows[0], tuple(rows[1:]))


def _separator(text: str) -> str:
    """Return the separator that is the most frequent in the first line, outside quotation marks."""
    line = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(SEPARATORS, key=line.count)


def _rows(text: str, separator: str) -> list[tuple[Cell, ...]]:
    """Return all rows of a text."""
    sign = re.escape(separator)
    cell = re.compile(rf'"((?:[^"]|"")*)"(?=[{sign}\n]|\Z)|([^{sign}\n]*)')
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    at, line, begin = 0, 1, 0
    while at <= len(text):
        match = cell.match(text, at)
        assert match is not None  # an empty cell matches everywhere
        quoted, plain = match.groups()
        column = at - begin + 1
        if quoted is None and plain.startswith('"'):
            raise UnreadableTableError(
                "The cell begins with a quotation mark, which is not closed at its end",
                "Put the whole cell in quotation marks, and write each that stands within it twice.",
                line,
                column,
            )
        row.append(Cell(plain if quoted is None else quoted.replace('""', '"'), line, column))
        if breaks := match[0].count("\n"):
            line, begin = line + breaks, match.start() + match[0].rfind("\n") + 1
        at = match.end()
        if text[at : at + 1] != separator:
            rows.append(tuple(row))
            row, line, begin = [], line + 1, at + 1
        at += 1
    return rows
