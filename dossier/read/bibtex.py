"""Reads BibTeX and BibLaTeX: converts the entries of a ``reports.bib`` to CSL data with places.

Types and fields are mapped according to the BibLaTeX manual (sections 2.1 and 2.2).
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bibtexparser import middlewares
from bibtexparser.entrypoint import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from dossier.names.likeness import did_you_mean
from dossier.read.placed_yaml import KeyPath, Place, Places
from dossier.records.diagnostics import Diagnostic

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
COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
STYLES = frozenset(
    "bf bfseries em it itshape normalfont protect relax rm sc scshape sf sl textmd textsf textsubscript "
    "textsuperscript texttt textup tt upshape url".split()
)
"""Commands that print nothing themselves, and that the decoder does not know."""
UNTOUCHED = ("url", "doi", "abstract", "keywords")
"""Fields that are not decoded: taken literally, or not printed."""
SIGNS = {"%": "\ufdd0", "&": "\ufdd1"}
"""Characters that LaTeX reads as commands and an editor means literally, with their placeholders."""
KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^\s,={}]+)[ \t]*(,|\n)")
"""The beginning of an entry that has an id, with or without the comma after it."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # our findings report the same
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)


def load(text: str, path: str) -> tuple[dict[str, Any], Places, list[Diagnostic]]:
    """Read a BibTeX file; return CSL data as in ``reports.yaml``, its places and the findings."""
    places = Places(path, {(): Place(1, 1)})
    text, found = _with_commas(text, places)
    lines = text.split("\n")
    plain = parse_string(text, ())
    for entry in plain.entries:
        found += _lost_commands(entry, text, lines, places)
    for string in plain.strings:
        begins = Place((string.start_line or 0) + 1, 1)
        commands = COMMAND.finditer(str(string.value))
        found += [
            places.error(begins, *_unknown_command(command[0]))
            for command in commands
            if _vanishes(command[1])
        ]
    # Addresses are taken literally: in LaTeX, % begins a comment and ~ is a space.
    raw = {
        entry.key: {field.key.lower(): str(field.value).strip("{} ") for field in entry.fields}
        for entry in parse_string(text).entries
    }
    library = parse_string(text, append_middleware=[_Decoding()])
    items: list[dict[str, Any]] = []
    for block in library.failed_blocks:
        found.append(_failed(block, lines, places))
        begun = KEY.match(block.raw or "")
        if begun and type(block).__name__ != "DuplicateBlockKeyBlock":
            # A placeholder for the unreadable work, so that citations of it are not reported as well.
            places.values["references", len(items)] = Place((block.start_line or 0) + 1, 1)
            items.append({"id": begun[1], "type": "document", "title": "?"})
    for position, entry in enumerate(library.entries, len(items)):
        where = ("references", position)
        items.append(_work(entry, where, raw.get(entry.key, {}), lines, places, found))
    return {"references": items}, places, found


def _work(
    entry: Any,
    where: KeyPath,
    raw: Mapping[str, str],
    lines: Sequence[str],
    places: Places,
    found: list[Diagnostic],
) -> dict[str, Any]:
    """Return an entry as CSL data; record its places under ``where``, and add its faults to ``found``.

    ``raw`` has its fields before decoding.
    """
    place = Place((entry.start_line or 0) + 1, 1)
    places.values[where] = place
    places.values[(*where, "id")] = _place_of_key(lines, entry.start_line or 0)
    kind = entry.entry_type.lower()
    item: dict[str, Any] = {"id": entry.key, "type": TYPES.get(kind, "document")}
    if kind not in TYPES:
        message = f"The entry type “@{kind}” is unknown"
        remedy = did_you_mean(kind, TYPES, f"The types are: {', '.join(sorted(TYPES))}.")
        found.append(places.error(place, message, remedy))
    values = {field.key.lower(): str(field.value) for field in entry.fields}
    starts = {field.key.lower(): field.start_line or 0 for field in entry.fields}
    for key, value in values.items():
        csl = FIELDS.get(key) or DATES.get(key) or NAMES.get(key)
        if key in IGNORED:
            continue
        if csl is None:
            message = f"The field “{key}” is unknown"
            otherwise = "Remove it, or write the works as CSL in reports.yaml."
            remedy = did_you_mean(key, (*FIELDS, *DATES, *NAMES, "year"), otherwise)
            found.append(places.warning(_place_of_field(lines, starts[key], key), message, remedy))
            continue
        places.values[(*where, csl)] = _place_of_value(lines, starts[key], key)
        if key in ("url", "doi"):
            item[csl] = raw.get(key, value)
        else:
            item[csl] = _names(value) if key in NAMES else _clean(value)
    if "subtitle" in values and "title" in item:
        item["title"] += f": {_clean(values['subtitle'])}"
    if kind in ("article", "periodical") and "number" in item:
        item["issue"] = item.pop("number")
    if "issued" not in item and "year" in values:
        item["issued"] = _year(values)
        places.values[(*where, "issued")] = _place_of_value(lines, starts["year"], "year")
    if "title" not in item:
        found.append(places.error(place, "The entry has no title", "Add “title = {…},”."))
        item["title"] = "?"
    return item


class _Decoding(middlewares.LatexDecodingMiddleware):
    """Decodes LaTeX, but takes ``%`` and ``&`` literally."""

    def _transform_python_value_string(self, python_string: str) -> tuple[str, str]:
        text = COMMAND.sub(lambda match: SIGNS.get(match[1], match[0]), python_string)
        for sign, other in SIGNS.items():
            text = text.replace(sign, other)
        text, error = super()._transform_python_value_string(text)
        for sign, other in SIGNS.items():
            text = text.replace(other, sign)
        return (python_string, "") if error else (text, "")


@functools.cache
def _vanishes(command: str) -> bool:
    """Tell whether decoding ``\\command{words}`` would lose words or leave a placeholder."""
    if not command.isalpha() or command in STYLES:
        return False
    decoder = LatexNodes2Text()
    if command == "today" or decoder.latex_context.get_macro_spec(command) is None:
        return True
    try:
        printed = decoder.latex_to_text(f"\\{command}{{x}}{{y}}{{z}}")
    except Exception:  # raised in many kinds if arguments are missing
        return True
    printed = unicodedata.normalize("NFKD", printed)
    return "<" in printed or not all(char in printed for char in "xyz")


def _lost_commands(entry: Any, text: str, lines: list[str], places: Places) -> Iterator[Diagnostic]:
    """Yield an error for each LaTeX command in an entry that would not be printed."""
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    for field in entry.fields:
        key = field.key.lower()
        if key in UNTOUCHED or key not in {*FIELDS, *NAMES, *DATES, "subtitle", "year", "month"}:
            continue
        begins = _place_of_value(lines, field.start_line or 0, field.key, inside=False)
        raw = str(field.value)
        for match in COMMAND.finditer(raw):
            if not _vanishes(match[1]):
                continue
            start = starts[begins.line - 1] + begins.column - 1
            at = max(start, text.find(raw, start)) + match.start()
            line = text.count("\n", 0, at)
            place = Place(line + 1, at - starts[line] + 1)
            yield places.error(place, *_unknown_command(match[0]))


def _unknown_command(command: str) -> tuple[str, str]:
    return (
        f"The command “{command}” of LaTeX is unknown, and would not be printed",
        "Write the words or signs that it stands for.",
    )


def _with_commas(text: str, places: Places) -> tuple[str, list[Diagnostic]]:
    """Return ``text`` with missing commas inserted between fields, and the findings.

    Otherwise the parser would read everything up to the next comma as part of the value.
    """
    found: list[Diagnostic] = []
    gaps: list[int] = []
    library = parse_string(text, ())
    defined = {*MONTHS, *(string.key.lower() for string in library.strings)}
    lines = text.split("\n")
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    for entry in library.entries:
        for field in entry.fields:
            begins = _place_of_value(lines, field.start_line or 0, field.key, inside=False)
            start = starts[begins.line - 1] + begins.column - 1
            raw = str(field.value)
            if not text.startswith(raw, start):
                continue
            for at, gap, message, remedy in _faults_of_value(raw, defined):
                line = text.count("\n", 0, start + at)
                place = Place(line + 1, start + at - starts[line] + 1)
                found.append(places.error(place, message, remedy))
                gaps += [start + gap] if gap else []
    for gap in sorted(gaps, reverse=True):
        text = f"{text[:gap]},{text[gap + (text[gap] == ' ') :]}"
    return text, found


def _faults_of_value(raw: str, defined: set[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield for each fault in a value: its offset, that of a missing comma or 0, message and remedy."""
    position = 0
    while position < len(raw):
        end = _end_of_term(raw, position)
        bare = raw[position:end].lower()
        if bare[:1] not in ("{", '"') and not bare.isdecimal() and bare not in defined:
            message = f"“{raw[position:end]}” stands without braces and is not defined by @string"
            yield position, 0, message, "Put the whole value in braces."
            return
        position = end + len(raw[end:]) - len(raw[end:].lstrip())
        if field := re.match(r"[\w-]+\s*=\s*", raw[position:]):
            yield position, end, "The comma before this field is missing", "Put it before this."
            position += field.end()
        elif raw[position : position + 1] == "#":
            position += len(raw[position:]) - len(raw[position:].lstrip("# \n"))
        elif position < len(raw):
            message = "This stands outside the braces of the value before it"
            yield position, 0, message, "Put the whole value in one pair of braces."
            return


def _end_of_term(raw: str, position: int) -> int:
    """Return the end of the word, or of the text in braces or quotes, that begins at ``position``."""
    if raw[position] not in '{"':
        bare = re.compile(r'[^\s#{}"]*').match(raw, position)
        return bare.end() if bare else len(raw)
    depth = 0
    for index in range(position, len(raw)):
        depth += (raw[index] == "{") - (raw[index] == "}")
        closes = raw[index] == ("}" if raw[position] == "{" else '"') and index > position
        if depth == 0 and closes:
            return index + 1
    return len(raw)


def _failed(block: Any, lines: list[str], places: Places) -> Diagnostic:
    """Return the finding about a part of the file that the parser rejects."""
    start = block.start_line or 0
    kind = type(block).__name__
    if kind == "DuplicateBlockKeyBlock":
        place = _place_of_key(lines, start)
        message = f"The id “{block.key}” stands twice"
        return places.error(place, message, "Give one of the works another id.")
    if kind == "DuplicateFieldKeyBlock":
        (name, *_) = sorted(block.duplicate_keys)
        numbers = [
            field.start_line for field in block.ignore_error_block.fields if field.key == name
        ]
        message = f"The field “{name}” stands twice in this entry"
        return places.error(_place_of_field(lines, numbers[-1], name), message, "Keep one of them.")
    place = Place(start + 1, 1)
    key = KEY.match(block.raw or "")
    if key is None:
        message = "The entry has no id"
        remedy = "Begin it with an id and a comma, as in “@report{white-paper-2012,”."
        return places.error(place, message, remedy)
    if key[2] != ",":
        message = f"The comma after “{key[1]}” is missing"
        return places.error(_place_of_key(lines, start), message, "Put it after the id.")
    message = "A brace or a quotation mark of this entry is opened and never closed"
    return places.error(place, message, "Close it.")


def _place_of_key(lines: Sequence[str], start: int) -> Place:
    """Return the place of the id of the entry that begins in line ``start``, counted from 0."""
    match = re.search(r"@\s*\w+\s*[{(]\s*(?=\S)", lines[start])
    return Place(start + 1, match.end() + 1 if match else 1)


def _place_of_field(lines: Sequence[str], start: int, name: str) -> Place:
    """Return the place of the name of a field in line ``start``, counted from 0."""
    match = re.search(rf"(?<![\w-]){re.escape(name)}\s*=", lines[start], re.IGNORECASE)
    return Place(start + 1, match.start() + 1 if match else 1)


def _place_of_value(lines: Sequence[str], start: int, name: str, inside: bool = True) -> Place:
    """Return the place of the value of a field, ``inside`` its braces or at them."""
    field = _place_of_field(lines, start, name)
    opening = '[{"]*' if inside else ""
    value = re.compile(rf"{re.escape(name)}\s*=\s*{opening}(?=\S)", re.IGNORECASE)
    match = value.match(lines[start], field.column - 1)
    return Place(start + 1, match.end() + 1) if match else field


def _clean(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").replace("--", "–").split())


def _names(value: str) -> list[dict[str, str]]:
    """Return the names of an author field; a name in braces is that of a corporate body."""
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
