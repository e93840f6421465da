"""BibTeX and BibLaTeX as CSL: the entries of a ``reports.bib`` in, CSL data with places out.

The types and fields are mapped as the BibLaTeX manual (sections 2.1 and 2.2) describes them.
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
from dossier.read.marked_yaml import Mark, Marks, Path
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
"""Commands that print nothing of their own, and the decoder does not know."""
UNTOUCHED = ("url", "doi", "abstract", "keywords")
"""Fields that are taken as they stand, or are not printed."""
SIGNS = {"%": "\ufdd0", "&": "\ufdd1"}
"""What LaTeX reads as commands and an editor writes as signs, and what stands for them meanwhile."""
KEY = re.compile(r"@\s*\w+\s*[{(]\s*([^\s,={}]+)[ \t]*(,|\n)")
"""How an entry begins that has an id, with or without the comma after it."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it says, the findings say
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)


def load(text: str, path: str) -> tuple[dict[str, Any], Marks, list[Diagnostic]]:
    """Read a BibTeX file; return CSL data as in ``reports.yaml``, the places and the findings."""
    marks = Marks(path, {(): Mark(1, 1)})
    text, found = _with_commas(text, marks)
    lines = text.split("\n")
    plain = parse_string(text, ())
    for entry in plain.entries:
        found += _lost_commands(entry, text, lines, marks)
    for string in plain.strings:
        begins = Mark((string.start_line or 0) + 1, 1)
        lost = (one for one in COMMAND.finditer(str(string.value)) if _vanishes(one[1]))
        found += [marks.error(begins, *_unknown_command(match[0])) for match in lost]
    # Addresses are taken as they stand: to LaTeX a % begins a comment and ~ is a space.
    raw = {
        entry.key: {field.key.lower(): str(field.value).strip("{} ") for field in entry.fields}
        for entry in parse_string(text).entries
    }
    library = parse_string(text, append_middleware=[_Decoding()])
    items: list[dict[str, Any]] = []
    for block in library.failed_blocks:
        found.append(_failed(block, lines, marks))
        begun = KEY.match(block.raw or "")
        if begun and type(block).__name__ != "DuplicateBlockKeyBlock":
            # Letters may cite it: that it cannot be read is fault enough.
            marks.values["references", len(items)] = Mark((block.start_line or 0) + 1, 1)
            items.append({"id": begun[1], "type": "document", "title": "?"})
    for place, entry in enumerate(library.entries, len(items)):
        where = ("references", place)
        items.append(_work(entry, where, raw.get(entry.key, {}), lines, marks, found))
    return {"references": items}, marks, found


def _work(
    entry: Any,
    where: Path,
    raw: Mapping[str, str],
    lines: Sequence[str],
    marks: Marks,
    found: list[Diagnostic],
) -> dict[str, Any]:
    """Return an entry as CSL data that stands at ``where``, its places and faults noted.

    ``raw`` has its fields as they were written.
    """
    mark = Mark((entry.start_line or 0) + 1, 1)
    marks.values[where] = mark
    marks.values[(*where, "id")] = _place_of_key(lines, entry.start_line or 0)
    kind = entry.entry_type.lower()
    item: dict[str, Any] = {"id": entry.key, "type": TYPES.get(kind, "document")}
    if kind not in TYPES:
        message = f"The entry type “@{kind}” is unknown"
        remedy = did_you_mean(kind, TYPES, f"The types are: {', '.join(sorted(TYPES))}.")
        found.append(marks.error(mark, message, remedy))
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
            found.append(marks.warning(_place_of_field(lines, starts[key], key), message, remedy))
            continue
        marks.values[(*where, csl)] = _place_of_value(lines, starts[key], key)
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
        marks.values[(*where, "issued")] = _place_of_value(lines, starts["year"], "year")
    if "title" not in item:
        found.append(marks.error(mark, "The entry has no title", "Add “title = {…},”."))
        item["title"] = "?"
    return item


class _Decoding(middlewares.LatexDecodingMiddleware):
    """Decodes LaTeX, with ``%`` and ``&`` as the signs that they are."""

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
    """Tell whether something of ``\\command{words}`` would not be printed."""
    if not command.isalpha() or command in STYLES:
        return False
    decoder = LatexNodes2Text()
    if command == "today" or decoder.latex_context.get_macro_spec(command) is None:
        return True
    try:
        printed = decoder.latex_to_text(f"\\{command}{{x}}{{y}}{{z}}")
    except Exception:  # it fails in many ways where arguments are missing
        return True
    printed = unicodedata.normalize("NFKD", printed)
    return "<" in printed or not all(char in printed for char in "xyz")


def _lost_commands(entry: Any, text: str, lines: list[str], marks: Marks) -> Iterator[Diagnostic]:
    """Yield an error for each command of LaTeX in an entry that would not be printed."""
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    for field in entry.fields:
        key = field.key.lower()
        if key in UNTOUCHED or key not in {*FIELDS, *NAMES, *DATES, "subtitle", "year", "month"}:
            continue
        mark = _place_of_value(lines, field.start_line or 0, field.key, inside=False)
        raw = str(field.value)
        for match in COMMAND.finditer(raw):
            if not _vanishes(match[1]):
                continue
            begin = starts[mark.line - 1] + mark.column - 1
            at = max(begin, text.find(raw, begin)) + match.start()
            line = text.count("\n", 0, at)
            place = Mark(line + 1, at - starts[line] + 1)
            yield marks.error(place, *_unknown_command(match[0]))


def _unknown_command(command: str) -> tuple[str, str]:
    return (
        f"The command “{command}” of LaTeX is unknown, and would not be printed",
        "Write the words or signs that it stands for.",
    )


def _with_commas(text: str, marks: Marks) -> tuple[str, list[Diagnostic]]:
    """Return ``text`` with the commas that are missing between its fields, and the findings.

    The parser takes all that follows a value, up to the next comma, for a part of it.
    """
    found: list[Diagnostic] = []
    gaps: list[int] = []
    library = parse_string(text, ())
    defined = {*MONTHS, *(string.key.lower() for string in library.strings)}
    lines = text.split("\n")
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    for entry in library.entries:
        for field in entry.fields:
            mark = _place_of_value(lines, field.start_line or 0, field.key, inside=False)
            start = starts[mark.line - 1] + mark.column - 1
            raw = str(field.value)
            if not text.startswith(raw, start):
                continue
            for at, gap, message, remedy in _faults_of_value(raw, defined):
                line = text.count("\n", 0, start + at)
                place = Mark(line + 1, start + at - starts[line] + 1)
                found.append(marks.error(place, message, remedy))
                gaps += [start + gap] if gap else []
    for gap in sorted(gaps, reverse=True):
        text = f"{text[:gap]},{text[gap + (text[gap] == ' ') :]}"
    return text, found


def _faults_of_value(raw: str, defined: set[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield where something is wrong in a field's value, where a comma ought to stand, and the words."""
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
    """Return where a word, or a text in braces or quotes, ends that begins at ``position``."""
    if raw[position] not in '{"':
        bare = re.compile(r'[^\s#{}"]*').match(raw, position)
        return bare.end() if bare else len(raw)
    depth = 0
    for place in range(position, len(raw)):
        depth += (raw[place] == "{") - (raw[place] == "}")
        closes = raw[place] == ("}" if raw[position] == "{" else '"') and place > position
        if depth == 0 and closes:
            return place + 1
    return len(raw)


def _failed(block: Any, lines: list[str], marks: Marks) -> Diagnostic:
    """Return what is wrong with a part of the file that the parser refuses."""
    start = block.start_line or 0
    kind = type(block).__name__
    if kind == "DuplicateBlockKeyBlock":
        mark = _place_of_key(lines, start)
        message = f"The id “{block.key}” stands twice"
        return marks.error(mark, message, "Give one of the works another id.")
    if kind == "DuplicateFieldKeyBlock":
        (name, *_) = sorted(block.duplicate_keys)
        places = [
            field.start_line for field in block.ignore_error_block.fields if field.key == name
        ]
        message = f"The field “{name}” stands twice in this entry"
        return marks.error(_place_of_field(lines, places[-1], name), message, "Keep one of them.")
    mark = Mark(start + 1, 1)
    key = KEY.match(block.raw or "")
    if key is None:
        message = "The entry has no id"
        remedy = "Begin it with an id and a comma, as in “@report{white-paper-2012,”."
        return marks.error(mark, message, remedy)
    if key[2] != ",":
        message = f"The comma after “{key[1]}” is missing"
        return marks.error(_place_of_key(lines, start), message, "Put it after the id.")
    message = "A brace or a quotation mark of this entry is opened and never closed"
    return marks.error(mark, message, "Close it.")


def _place_of_key(lines: Sequence[str], start: int) -> Mark:
    """Return where the id of the entry that begins in line ``start``, from 0, stands."""
    match = re.search(r"@\s*\w+\s*[{(]\s*(?=\S)", lines[start])
    return Mark(start + 1, match.end() + 1 if match else 1)


def _place_of_field(lines: Sequence[str], start: int, name: str) -> Mark:
    """Return where the name of a field of line ``start``, from 0, stands."""
    match = re.search(rf"(?<![\w-]){re.escape(name)}\s*=", lines[start], re.IGNORECASE)
    return Mark(start + 1, match.start() + 1 if match else 1)


def _place_of_value(lines: Sequence[str], start: int, name: str, inside: bool = True) -> Mark:
    """Return where the value of a field stands, ``inside`` its braces or with them."""
    field = _place_of_field(lines, start, name)
    opening = '[{"]*' if inside else ""
    value = re.compile(rf"{re.escape(name)}\s*=\s*{opening}(?=\S)", re.IGNORECASE)
    match = value.match(lines[start], field.column - 1)
    return Mark(start + 1, match.end() + 1) if match else field


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
