"""Compares the CSV of signatures with the corpus and the page numbers of the proved PDF.

It is independent of the module that makes the file; both follow docs/outputs.md.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dossier.language.folding import spelled
from dossier.proof.beside import Proved
from dossier.proof.lettering import of_listing
from dossier.proof.tags import Finding
from dossier.proof.truth import IndexEntry
from dossier.records.front_matter import Entry, Signatory
from dossier.records.headings import KINDS, Kind

HEAD = [
    "letter", "letter number", "date", "number", "as signed", "heading id", "heading", "kind", "role",
    "organization", "country", "page", "group", "qualifier", "on behalf of", "party", "place", "added",
    "withdrawn", "anonymous",
]  # fmt: skip
BOM = b"\xef\xbb\xbf"
"""The byte-order mark of UTF-8."""
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""The categories of invisible characters: control characters, direction marks, spaces."""
APOSTROPHE = "'"
"""Put in front of a cell that may be taken for a formula or begins with an apostrophe itself."""


def findings(content: bytes, proved: Proved) -> Iterator[Finding]:
    """Yield the findings in a CSV, each with its row."""
    if not content.startswith(BOM):
        yield 1, "The file does not begin with the byte-order mark of UTF-8"
    try:
        text = content.removeprefix(BOM).decode()
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        yield 0, f"The file is damaged: it cannot be read as CSV in UTF-8 ({error})"
        return
    if text != "".join(map(_written, rows)):
        yield 0, "The file is not written as RFC 4180 has it, with CRLF at the end of each row"
    for line, row in enumerate(rows, 1):
        for cell in row:
            if _may_compute(cell):
                yield line, f"A spreadsheet may take the cell “{cell}” for a formula"
    wanted = [HEAD, *_rows(proved)]
    for line, (right, found) in enumerate(itertools.zip_longest(wanted, rows), 1):
        if right is None or found is None:
            yield line, f"The file has {_count(len(rows))}, and should have {_count(len(wanted))}"
            return
        if right != found:
            yield line, _difference(right, found)
            return


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the signatures with the letters and headings of the listing."""
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        rows = list(csv.DictReader(text, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        yield 0, f"The file is damaged: it cannot be read as CSV in UTF-8 ({error})"
        return
    label = of_listing(listing)
    names = {item["id"]: item for item in listing["index"]}
    counts: Counter[str] = Counter()
    for line, row in enumerate(rows, 2):
        counts[row["letter"]] += int(row["anonymous"] or 1)
        place = (row["letter"], row["page"])
        heading = names.get(row["heading id"])
        there = (
            [(one["letter"], label(one["page"])) for one in heading["locators"]] if heading else []
        )
        if row["heading id"] and place not in there:
            yield (
                line,
                f"The index of the listing does not have “{row['heading']}” on page {row['page']}",
            )
        elif heading and not heading["heading"].startswith(row["heading"].removeprefix("'")):
            yield line, f"The heading is “{heading['heading']}” in the listing"
    for letter in listing["letters"]:
        if counts[letter["id"]] != letter["signatures"]:
            yield (
                0,
                f"“{letter['title']}” has {counts[letter['id']]} signatures of {letter['signatures']}",
            )


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"


def _difference(right: Sequence[str], found: Sequence[str]) -> str:
    """Return a message about the first cell that differs."""
    if len(right) != len(found):
        return f"The row has {len(found)} cells of {len(right)}"
    column = next(place for place in range(len(right)) if right[place] != found[place])
    return f"“{HEAD[column]}” should be “{right[column]}” here, and is “{found[column]}”"


def _written(row: Sequence[str]) -> str:
    """Return a row as RFC 4180 writes it, quoted only where necessary."""
    # A row of one empty cell would be an empty line.
    cells = [
        '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) else cell for cell in row
    ]
    return ",".join(cells) + "\r\n"


def _rows(proved: Proved) -> Iterator[list[str]]:
    """Yield the expected rows, worked out from the corpus and the pages of the PDF."""
    entries: dict[str, list[IndexEntry]] = {}
    for entry in proved.truth.entries:
        for place in entry.locators:
            entries.setdefault(place.anchor, []).append(entry)
    for letter in proved.truth.letters:
        signed = zip(_grouped(letter.head.signatories, ()), letter.signatures, strict=True)
        for number, ((signatory, headings), signature) in enumerate(signed, 1):
            filed = ["", "", "anonymous"]
            if not (signature.nameless or letter.head.index):
                filed = ["", "", _kinds(signatory)[-1].name]
            elif not signature.nameless:
                entry = signing(signatory, entries[signature.anchor])
                filed = [proved.ids[entry.id], entry.heading, entry.kind.name]
            row = [
                letter.id, str(letter.number), letter.head.date, str(number),
                " ".join(signature.printed.split("\n")),
                *filed, signatory.role or "",
                signatory.organization or "", signature.country or "",
                proved.label(proved.anchors[signature.anchor]), " / ".join(headings),
                *(
                    str(value or "")
                    for value in (
                        signatory.qualifier, signatory.on_behalf_of, signatory.party, signatory.place,
                        signatory.added, signatory.withdrawn, signatory.anonymous,
                    )
                ),
            ]  # fmt: skip
            yield [
                APOSTROPHE + cell if _may_compute(cell) or cell[:1] == APOSTROPHE else cell
                for cell in row
            ]


def _kinds(signatory: Signatory) -> list[Kind]:
    """Return the kinds of the headings of who signs."""
    return [kind for kind in KINDS if kind.signs and getattr(signatory, kind.key)]


def signing(signatory: Signatory, entries: Sequence[IndexEntry]) -> IndexEntry:
    """Return the heading of who signs, of all headings under which the signature stands.

    It is the person's, else that of the organization, not of the one on whose behalf it signs.
    """
    kind = _kinds(signatory)[-1]
    of_kind = [entry for entry in entries if entry.kind is kind]
    text = spelled(getattr(signatory, kind.key))
    return next(
        entry
        for entry in of_kind
        if len(of_kind) == 1 or text in [spelled(wording) for wording, _ in entry.wordings]
    )


def _grouped(
    entries: Iterable[Signatory], around: tuple[str, ...]
) -> Iterator[tuple[Signatory, tuple[str, ...]]]:
    """Yield the signatures of a list, each with the headings of the groups in which it stands."""
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group is None:
            yield entry, around
        else:
            here = (*around, group.heading) if group.heading else around
            yield from _grouped(group.signatories, here)


def _may_compute(cell: str) -> bool:
    """Tell whether a spreadsheet may take a cell for a formula; its sign may be fullwidth."""
    visible = (at for at, char in enumerate(cell) if unicodedata.category(char) not in UNSEEN)
    place = next(visible, len(cell))
    first = unicodedata.normalize("NFKC", cell[place : place + 1])
    return first[:1] in ("=", "+", "-", "@") or re.search(r"[\t\r\n]", cell[:place]) is not None
