"""BibTeX and BibLaTeX as CSL: the entries of a ``reports.bib`` in, CSL data with places out.

The types and fields are mapped as the BibLaTeX manual (sections 2.1 and 2.2) describes them.
"""

from __future__ import annotations

import re
from typing import Any

from bibtexparser import middlewares
from bibtexparser.entrypoint import parse_string

from dossier.diagnostics import Diagnostic
from dossier.marked_yaml import Mark, Marks

TYPES = {
    "article": "article-journal",
    "book": "book",
    "booklet": "pamphlet",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "inreference": "entry",
    "jurisdiction": "legal_case",
    "legal": "treaty",
    "legislation": "legislation",
    "letter": "personal_communication",
    "manual": "report",
    "mastersthesis": "thesis",
    "misc": "document",
    "mvbook": "book",
    "online": "webpage",
    "patent": "patent",
    "periodical": "periodical",
    "phdthesis": "thesis",
    "proceedings": "book",
    "reference": "book",
    "report": "report",
    "software": "software",
    "standard": "standard",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "video": "motion_picture",
    "www": "webpage",
}
FIELDS = {
    "abstract": "abstract",
    "address": "publisher-place",
    "booktitle": "container-title",
    "chapter": "chapter-number",
    "doi": "DOI",
    "edition": "edition",
    "eventtitle": "event-title",
    "howpublished": "medium",
    "institution": "publisher",
    "isbn": "ISBN",
    "issn": "ISSN",
    "journal": "container-title",
    "journaltitle": "container-title",
    "keywords": "keyword",
    "location": "publisher-place",
    "note": "note",
    "number": "number",
    "organization": "publisher",
    "pages": "page",
    "pagetotal": "number-of-pages",
    "publisher": "publisher",
    "school": "publisher",
    "series": "collection-title",
    "shorttitle": "title-short",
    "title": "title",
    "type": "genre",
    "url": "URL",
    "venue": "event-place",
    "version": "version",
    "volume": "volume",
}
DATES = {
    "date": "issued",
    "urldate": "accessed",
    "eventdate": "event-date",
    "origdate": "original-date",
}
NAMES = {"author": "author", "editor": "editor", "translator": "translator"}
IGNORED = {
    "year",
    "month",
    "subtitle",
    "file",
    "timestamp",
    "owner",
    "langid",
    "language",
    "hyphenation",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def load(text: str, path: str) -> tuple[dict[str, Any], Marks, list[Diagnostic]]:
    """Read a BibTeX file; return CSL data as in ``reports.yaml``, the places and the findings."""
    marks = Marks(path, {(): Mark(1, 1)})
    found: list[Diagnostic] = []
    # Addresses are taken as they stand: to LaTeX a % begins a comment and ~ is a space.
    raw = {
        entry.key: {field.key.lower(): str(field.value).strip("{} ") for field in entry.fields}
        for entry in parse_string(text).entries
    }
    library = parse_string(text, append_middleware=[middlewares.LatexDecodingMiddleware()])
    for block in library.failed_blocks:
        mark = Mark((block.start_line or 0) + 1, 1)
        message = "This BibTeX entry cannot be read"
        if type(block).__name__ == "DuplicateBlockKeyBlock":
            message = "An entry with this key stands above already"
        found.append(marks.error(mark, message, "Check its braces, commas and key."))
    items: list[dict[str, Any]] = []
    for place, entry in enumerate(library.entries):
        where = ("references", place)
        mark = Mark((entry.start_line or 0) + 1, 1)
        marks.values[where] = mark
        kind = entry.entry_type.lower()
        item: dict[str, Any] = {"id": entry.key, "type": TYPES.get(kind, "document")}
        if kind not in TYPES:
            message = f"The entry type “@{kind}” is unknown"
            found.append(marks.error(mark, message, f"The types are: {', '.join(sorted(TYPES))}."))
        values = {field.key.lower(): str(field.value) for field in entry.fields}
        lines = {field.key.lower(): (field.start_line or 0) + 1 for field in entry.fields}
        for key, value in values.items():
            csl = FIELDS.get(key) or DATES.get(key) or NAMES.get(key)
            if key in IGNORED:
                continue
            if csl is None:
                message = f"The field “{key}” is unknown"
                remedy = "Remove it, or write the works as CSL in reports.yaml."
                found.append(marks.warning(Mark(lines[key], 1), message, remedy))
                continue
            marks.values[(*where, csl)] = Mark(lines[key], 1)
            if key in ("url", "doi"):
                item[csl] = raw.get(entry.key, {}).get(key, value)
            else:
                item[csl] = _names(value) if key in NAMES else _clean(value)
        if "subtitle" in values and "title" in item:
            item["title"] += f": {_clean(values['subtitle'])}"
        if kind in ("article", "periodical") and "number" in item:
            item["issue"] = item.pop("number")
        if "issued" not in item and "year" in values:
            item["issued"] = _year(values)
        items.append(item)
    return {"references": items}, marks, found


def _clean(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").replace("--", "–").split())


def _names(value: str) -> list[dict[str, str]]:
    """Return the names of an author field; a name in braces is a body's."""
    names: list[dict[str, str]] = []
    for part in re.split(r"\s+and\s+(?![^{]*\})", value.strip()):
        if not part.strip():
            continue
        if part == "others":
            names.append({"literal": "others"})
        elif part.startswith("{") and part.endswith("}"):
            names.append({"literal": _clean(part)})
        elif "," in part:
            family, given = part.split(",", 1)
            names.append({"family": _clean(family), "given": _clean(given)})
        else:
            words = _clean(part).split()
            if len(words) == 1:
                names.append({"literal": words[0]})
            else:
                names.append({"family": words[-1], "given": " ".join(words[:-1])})
    return names


def _year(values: dict[str, str]) -> str:
    year, month = _clean(values["year"]), _clean(values.get("month", "")).lower()
    if month[:3] in MONTHS:
        return f"{year}-{MONTHS.index(month[:3]) + 1:02d}"
    return f"{year}-{int(month):02d}" if re.fullmatch("0?[1-9]|1[0-2]", month) else year
