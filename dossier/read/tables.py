"""Builds the tables of a letter's text, and finds what a printed table cannot hold.

Tables are those of GitHub Flavored Markdown (https://github.github.com/gfm/#tables-extension-). A row that
stands on two pages would be read aloud in a wrong sequence, so each has to fit on one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from markdown_it.rules_block.table import escapedSplit

from dossier.language import limits
from dossier.records.body import Table, TableRow, text_of

MEASURE = 80
"""The number of average letters on a full line of a table."""
MAX_COLUMNS = 12
MAX_LINES = 25
"""The greatest height of a row in lines; with the head, which may be as high, it fills a page."""
MAX_HEAD = 10
"""The greatest height of the head in lines."""
GAP = 3
"""The space between two columns, in average letters."""
RULE = re.compile(r"[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
"""Matches the row of hyphens under a table's head."""


def table(rows: Sequence[TableRow]) -> Table:
    """Return a table of ``rows``, its columns as wide as their words ask for.

    A column gets the width of its longest cell where all fit; otherwise that of its longest word and, of
    what is left, a part in proportion to its longest cell.
    """
    columns = list(zip(*(row.children for row in rows), strict=True))
    texts = [[text_of(cell.children) for cell in column] for column in columns]
    longest = [max(map(limits.length, column)) + GAP for column in texts]
    words = [
        max(limits.length(word) for text in column for word in text.split() or [""]) + GAP
        for column in texts
    ]
    room = MEASURE
    if sum(longest) <= room:
        widths: list[float] = list(longest)
    elif sum(words) >= room:
        # A word of an address may be broken; others give up less.
        widths = [math.sqrt(word) for word in words]
    else:
        wish = [whole - word for whole, word in zip(longest, words, strict=True)]
        part = (room - sum(words)) / sum(wish)
        widths = [word + more * part for word, more in zip(words, wish, strict=True)]
    used = 100 if sum(longest) > room else min(100.0, 100 * sum(longest) / room * 1.15)
    return Table(
        tuple(rows), round(used, 1), tuple(round(100 * width / sum(widths), 1) for width in widths)
    )


def too_large(made: Table) -> Iterator[tuple[int, str, str]]:
    """Yield the number of each row, counted from 0, that cannot be printed, with message and remedy."""
    if len(made.columns) > MAX_COLUMNS:
        message = f"The table has {len(made.columns)} columns; {MAX_COLUMNS} have room side by side"
        yield 0, message, "Divide it into two tables, or write its rows as lists."
        return
    letters = [MEASURE * made.width / 100 * width / 100 for width in made.columns]
    for number, row in enumerate(made.children):
        lines = max(
            math.ceil(1.2 * limits.length(text_of(cell.children)) / max(room - GAP, 1))
            for cell, room in zip(row.children, letters, strict=True)
        )
        most = MAX_LINES if number else MAX_HEAD
        if lines > most:
            message = (
                f"This row of the table would be about {lines} lines high; {most} have room, as a row "
                "is not divided between pages"
            )
            yield number, message, "Divide its longest cell into several rows, or write it as text."


def excess(line: str, columns: int) -> int:
    """Return the number of cells in a row's ``line`` beyond the ``columns`` of the table's head."""
    cells = escapedSplit(re.sub(r"^[\s>]+", "", line).rstrip())
    if cells and not cells[0].strip():
        cells = cells[1:]
    if cells and not cells[-1].strip():
        cells = cells[:-1]
    return max(0, len(cells) - columns)
