"""Reads the signatures of a letter: those of its front matter, and those in the files of its groups.

A file is a table (CSV, TSV) or a list (YAML, JSON). Every value in it is a text, and every finding has its
line and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.names.likeness import did_you_mean
from dossier.read import placed_yaml
from dossier.read.encodings import examples, guesses
from dossier.read.named_files import named_file
from dossier.read.placed_yaml import KeyPath, Place, Places
from dossier.read.reader import Reader
from dossier.read.separated import Cell, Table, UnreadableTableError, parsed
from dossier.records.dossier import SourceFile
from dossier.records.front_matter import (
    Entry,
    FrontMatter,
    Group,
    Signatory,
    SignatureList,
)

USUAL = "signatories/list.csv"
"""What a file of signatures may be called."""
TABLES, LISTS = (".csv", ".tsv"), (".yaml", ".yml", ".json")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""The byte-order marks of UTF-16, which spreadsheets write as “Unicode text”."""
KEYS = tuple(Signatory.model_fields)
"""What a column may hold."""
NAMING = ("person", "organization", "family", "anonymous")
"""One of these columns says who signs."""


@dataclass(frozen=True)
class Signed:
    """A letter's front matter with the signatures from files."""

    head: FrontMatter
    places: tuple[tuple[str, int, int], ...]
    """The file of each signature, as findings call it, with line and column."""
    files: tuple[SourceFile, ...]


def signatures_of(head: FrontMatter, places: Places, relative: str, reader: Reader) -> Signed:
    """Return the head of a letter, the file ``relative``, with the signatures that its groups name."""
    work = _Lists(reader, relative, places)
    entries = tuple(work.entries(head.signatories, ("signatories",)))
    whole = head.model_copy(update={"signatories": entries}) if entries else head
    return Signed(whole, tuple(work.found), tuple(dict.fromkeys(work.files)))


@dataclass
class _Lists:
    """The files that a letter names, and the places of its signatures, in sequence."""

    reader: Reader
    relative: str
    """The letter's file."""
    places: Places
    found: list[tuple[str, int, int]] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)

    def entries(
        self, entries: Sequence[Signatory], where: KeyPath, separator: str | None = None
    ) -> Iterator[Signatory]:
        """Yield the entries at ``where``, with the signatures from files, and note all places.

        ``separator`` is that of the group around.
        """
        for number, entry in enumerate(entries):
            here: KeyPath = (*where, number)
            if not isinstance(entry, Entry) or entry.group is None:
                place = self.places.of(here)
                self.found.append((self.places.path, place.line, place.column))
                yield _separated(entry, separator)
                continue
            group, under = entry.group, (*here, "group")
            own = group.separator or separator
            if group.file is None:
                held = tuple(self.entries(group.signatories, (*under, "signatories"), own))
            else:
                signed = self._signatures(group.file, group, under)
                held = tuple(_separated(one, own) for one in signed)
            yield entry.model_copy(update={"group": group.model_copy(update={"signatories": held})})

    def _signatures(self, name: str, group: Group, under: KeyPath) -> tuple[Signatory, ...]:
        """Return the signatures in a file that the group at ``under`` names; none where it is faulty."""
        reader, place = self.reader, self.places.of((*under, "file"))
        if not name.lower().endswith((*TABLES, *LISTS)):
            message = f"“{name}” is no list of signatories"
            remedy = "Save it as .csv, .tsv, .yaml or .json; a spreadsheet as “CSV UTF-8”."
            reader.fault(self.relative, place.line, place.column, message, remedy)
            return ()
        file = named_file(reader, name, USUAL, place, self.relative)
        raw = reader.raw(name) if file else None
        text = _text(raw, name, reader) if raw is not None else None
        if file is None or text is None:
            return ()
        self.files.append(file)
        wanted = self._columns(group, under)
        if group.columns and not wanted:
            return ()
        read = self._table if name.lower().endswith(TABLES) else self._list
        rows, places = read(name, text, wanted, under)
        if rows is None:
            return ()
        rows = reader.values(rows, places, name, text)
        held = reader.model(SignatureList, rows, places)
        signed = held.signatories if held else ()
        for number in range(len(signed)):
            at = places.of(("signatories", number))
            self.found.append((places.path, at.line, at.column))
        return signed

    def _columns(self, group: Group, under: KeyPath) -> dict[str, str]:
        """Return the columns that a group names, by the keys of signatures."""
        for key in group.columns:
            if key not in KEYS:
                place = self.places.of_key((*under, "columns", key))
                remedy = did_you_mean(key, KEYS, f"The keys here are: {', '.join(KEYS)}.")
                if group.columns[key] in KEYS:
                    remedy = f"Write it the other way round: {group.columns[key]}: {key}."
                message = f"A signature has no key “{key}”"
                self.reader.fault(self.relative, place.line, place.column, message, remedy)
        return {key: name for key, name in group.columns.items() if key in KEYS}

    def _missing(
        self, name: str, wanted: Mapping[str, str], there: Sequence[str], under: KeyPath
    ) -> None:
        """Report the columns that a group names and its file does not have."""
        for key, column in wanted.items():
            if column not in there:
                place = self.places.of((*under, "columns", key))
                message = f"There is no column “{column}” in {name}"
                remedy = did_you_mean(column, there, f"There is: {', '.join(there)}.")
                self.reader.fault(self.relative, place.line, place.column, message, remedy)

    def _table(
        self, name: str, text: str, wanted: Mapping[str, str], under: KeyPath
    ) -> tuple[Any, Places]:
        """Return the rows of a table as values of the keys, None where it cannot be read."""
        reader, places = self.reader, Places(self.reader.name(name))
        try:
            table = parsed(text, "\t" if name.lower().endswith(".tsv") else None)
        except UnreadableTableError as error:
            reader.fault(name, error.line, error.column, str(error), error.remedy)
            return None, places
        if not table.rows:
            message = "The list has no signatures below the names of its columns"
            reader.fault(name, 1, 1, message, "Add them, or remove the group.")
            return None, places
        keys = self._keys(name, table, wanted, under)
        if not keys:
            return None, places
        rows = list(_rows(name, table, keys, places, reader))
        return {"signatories": rows}, places

    def _keys(
        self, name: str, table: Table, wanted: Mapping[str, str], under: KeyPath
    ) -> dict[int, str]:
        """Return the key of each column that is read, by its number; nothing where they are faulty."""
        headings = [" ".join(cell.text.split()) for cell in table.head]
        twice = [number for number, text in enumerate(headings) if text in headings[:number]]
        for number in twice:
            if headings[number] in wanted.values() or (not wanted and headings[number]):
                cell, message = table.head[number], f"The column “{headings[number]}” stands twice"
                self.reader.fault(name, cell.line, cell.column, message, "Rename one of them.")
                return {}
        if wanted:
            self._missing(name, wanted, headings, under)
            return {headings.index(text): key for key, text in wanted.items() if text in headings}
        keys = {number: text.casefold().replace(" ", "_") for number, text in enumerate(headings)}
        known = {number: key for number, key in keys.items() if key in KEYS}
        if not set(NAMING).intersection(known.values()):
            message = "No column is called “person” or “organization”"
            remedy = "Say in the letter which is which, as in columns: {person: Name}."
            self.reader.fault(name, 1, 1, message, remedy)
            return {}
        for number in keys.keys() - known.keys():
            cell, message = table.head[number], f"The column “{headings[number]}” is not read"
            otherwise = "Name all that are to be read under “columns” in the letter."
            remedy = did_you_mean(keys[number], KEYS, otherwise)
            self.reader.warn(name, cell.line, cell.column, message, remedy)
        return known

    def _list(
        self, name: str, text: str, wanted: Mapping[str, str], under: KeyPath
    ) -> tuple[Any, Places]:
        """Return the entries of a list in YAML or JSON, None where it cannot be read."""
        # JSON is YAML, but for the tabs of its indents.
        text = text.replace("\t", " ") if name.lower().endswith(".json") else text
        data, there, found = placed_yaml.load(text, self.reader.name(name))
        self.reader.found += found
        places = Places(there.path)
        if data is None and found:
            return None, places
        if not isinstance(data, list):
            message = "The file must be a list of signatures"
            self.reader.fault(name, 1, 1, message, "Begin each of them with “- ” on a new line.")
            return None, places
        names = {column: key for key, column in wanted.items()}
        places.values |= {_moved(where, names): place for where, place in there.values.items()}
        places.keys |= {_moved(where, names): place for where, place in there.keys.items()}
        if wanted:
            keys = dict.fromkeys(key for entry in data if isinstance(entry, dict) for key in entry)
            self._missing(name, wanted, list(keys), under)
            data = [
                {names[key]: value for key, value in entry.items() if key in names}
                if isinstance(entry, dict)
                else entry
                for entry in data
            ]
        return {"signatories": data}, places


def _separated(signatory: Signatory, separator: str | None) -> Signatory:
    """Return a signature with the separator of the group around it, if it has none of its own."""
    if separator is None or signatory.separator is not None:
        return signatory
    return signatory.model_copy(update={"separator": separator})


def _moved(where: KeyPath, names: Mapping[str, str]) -> KeyPath:
    """Return the path of a value of a list among the signatories, under the key of a signature."""
    if len(where) == 2:
        return "signatories", where[0], names.get(str(where[1]), where[1])
    return "signatories", *where


def _rows(
    name: str, table: Table, keys: Mapping[int, str], places: Places, reader: Reader
) -> Iterator[dict[str, str]]:
    """Yield the rows of a table as values of ``keys``; note their places and faults."""
    count = 0
    for row in table.rows:
        if not any(cell.text.strip() for cell in row):
            message = "The row is empty"
            reader.warn(name, row[0].line, 1, message, "Delete it.")
            continue
        for cell in row[len(table.head) :]:
            if cell.text.strip():
                message = "The row has more cells than there are names of columns"
                remedy = "Put a cell that holds the separator itself in quotation marks."
                reader.fault(name, cell.line, cell.column, message, remedy)
                break
        where: KeyPath = ("signatories", count)
        places.values[where] = Place(row[0].line, row[0].column)
        values = {}
        for number, key in keys.items():
            cell = row[number] if number < len(row) else Cell("", row[0].line, row[0].column)
            if cell.text.strip():
                values[key] = cell.text
                places.values[*where, key] = Place(cell.line, cell.column)
        count += 1
        yield values


def _text(raw: bytes, name: str, reader: Reader) -> str | None:
    """Return the text of a file, whose encoding is found; None, with the reason noted."""
    if raw.startswith(UTF_16):
        try:
            raw = raw.decode("utf-16").encode()
        except UnicodeError:
            message = "The file begins like UTF-16, but is not"
            reader.fault(name, 1, 1, message, "Save it with the encoding UTF-8.")
            return None
        return reader.decoded(raw, name)
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _guessed(raw, error.start, name, reader)
        if text is None:
            return None
        raw = text.encode()
    return reader.decoded(raw, name)


def _guessed(raw: bytes, start: int, name: str, reader: Reader) -> str | None:
    """Return the text of bytes that are not UTF-8 from ``start`` on, where only one can be meant."""
    found = guesses(raw)
    before = raw[:start].decode("utf-8", "replace")
    place = before.count("\n") + 1, len(before) - before.rfind("\n")
    if not found:
        message = "The file is not UTF-8 from here on"
        reader.fault(name, *place, message, "Save it with the encoding UTF-8.")
        return None
    if len(found) > 1:
        pairs = zip(found, examples(found), strict=True)
        ways = " or ".join(f"{guess.encoding} (“{word}”)" for guess, word in pairs)
        message = f"The file is not UTF-8, and may be {ways}"
        remedy = "Open it in the program that wrote it, and save it with the encoding UTF-8."
        reader.fault(name, *place, message, remedy)
        return None
    (guess,) = found
    example = guess.words[0]
    message = (
        f"The file is not UTF-8, and is read as {guess.encoding}, with words such as “{example}”"
    )
    remedy = "Look whether its words are right, and save it with the encoding UTF-8."
    reader.warn(name, *place, message, remedy)
    return guess.text
