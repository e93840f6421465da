"""Reads the corpus: files in, typed records and every fault at once out.

The only module that opens files of the corpus. Nothing of it leaves the corpus's folder, by ``..`` or
by a symbolic link, and nothing is fetched from anywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dossier import bibtex, body, fonts, marked_yaml
from dossier.dates import read_date
from dossier.diagnostics import Diagnostic, Severity, did_you_mean
from dossier.faults import without_faults, wording
from dossier.marked_yaml import Mark, Marks
from dossier.matching import Authority, folded, wordings
from dossier.records import Corpus, CorpusLetter, SourceFile
from dossier.schema import (
    ID_PATTERN,
    FrontMatter,
    Names,
    Organization,
    Person,
    Publication,
    Reference,
    References,
)

MAX_BYTES = 20_000_000
MAX_LETTER_BYTES = 2_000_000
SUFFIX_OF_LETTERS = ".md"
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters, bidirectional overrides and others that hide in a text."""
ZOTERO = {
    "shortTitle": "title-short", "journalAbbreviation": "container-title-short", "custom": "",
    "categories": "",
}  # fmt: skip
"""Keys that reference managers write into CSL-JSON, and CSL's own; nothing for those without meaning."""
REPORT_FILES = ("reports.yaml", "reports.json", "reports.bib")

NOBODY = "?"
"""Signs in the place of a faulty signature, so that the others keep their numbers."""
PLACEHOLDERS: Mapping[type[BaseModel], dict[str, Any]] = {
    Publication: {"title": "?"},
    FrontMatter: {"title": "?", "date": "2000", "to": "?"},
}
STANDS_IN: Mapping[tuple[type[BaseModel], str], Any] = {(FrontMatter, "signatories"): NOBODY}

M = TypeVar("M", bound=BaseModel)


@dataclass
class _Reader:
    """The corpus being read: its folder, how findings name it, and the findings so far."""

    root: Path
    shown: str
    found: list[Diagnostic] = field(default_factory=list)
    bodies: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The text of each letter's body and the line where it begins."""

    def name(self, relative: str) -> str:
        """Return how findings name a file of the corpus."""
        return str(PurePosixPath(self.shown) / relative)

    def fault(self, relative: str, line: int, column: int, message: str, remedy: str) -> None:
        """Note an error."""
        self.found.append(
            Diagnostic(self.name(relative), line, column, Severity.ERROR, message, remedy)
        )

    def resolve(self, relative: str) -> Path | None:
        """Return the file's path, or None where it is missing or lies outside the corpus."""
        path = self.root / relative
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return None
        return path if real.is_relative_to(self.root.resolve()) and real.is_file() else None

    def text(self, relative: str, limit: int = MAX_BYTES) -> tuple[str, bytes] | None:
        """Return a file's text and bytes, None where it cannot be used; the reason is noted."""
        path = self.resolve(relative)
        if path is None:
            self.fault(
                relative, 1, 1, "The file leads out of the corpus or is no plain file",
                "Put the file itself into the corpus.",
            )  # fmt: skip
            return None
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= limit else b""
        except OSError as error:
            self.fault(
                relative, 1, 1, f"The file cannot be read: {error.strerror}",
                "Check that you may read it.",
            )  # fmt: skip
            return None
        if size > limit:
            self.fault(
                relative, 1, 1, f"The file is larger than {limit // 1_000_000} MB",
                "Split it, or check that it is the right file.",
            )  # fmt: skip
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8", "replace")
            self.fault(
                relative, before.count("\n") + 1, len(before) - before.rfind("\n"),
                "The file is not UTF-8 from here on", "Save it with the encoding UTF-8.",
            )  # fmt: skip
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return (text, raw) if self.characters(text, relative) else None

    def characters(self, text: str, relative: str) -> bool:
        """Note characters that hide or have no glyph; tell whether the text can be parsed at all."""
        usable = True
        covered = fonts.covered()
        missing: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            for match in INVISIBLE.finditer(line):
                usable = False
                self.fault(
                    relative, number, match.start() + 1,
                    f"The invisible character U+{ord(match[0]):04X} stands here", "Delete it.",
                )  # fmt: skip
            if line.isascii():
                continue
            for column, char in enumerate(line, 1):
                if ord(char) not in covered and not INVISIBLE.match(char) and char != "\t":
                    if char not in missing:
                        self.no_glyph(relative, number, column, char)
                    missing[char] = missing.get(char, 0) + 1
        return usable

    def values(
        self, data: Any, marks: Marks, relative: str, raw: str, where: marked_yaml.Path = ()
    ) -> None:
        """Note what escapes have brought into the values of a document, past :meth:`characters`."""
        if isinstance(data, dict):
            for key, value in data.items():
                self.values(value, marks, relative, raw, (*where, key))
        elif isinstance(data, list):
            for place, value in enumerate(data):
                self.values(value, marks, relative, raw, (*where, place))
        elif (isinstance(data, str) and not data.isascii()) or (
            isinstance(data, str) and INVISIBLE.search(data)
        ):
            mark = marks.of(where)
            for char in dict.fromkeys(data):
                if char in raw or char == "\n":
                    continue
                if INVISIBLE.match(char):
                    message = f"The text has the invisible character U+{ord(char):04X}"
                    self.fault(relative, mark.line, mark.column, message, "Remove its escape.")
                elif ord(char) not in fonts.covered():
                    self.no_glyph(relative, mark.line, mark.column, char)

    def no_glyph(self, relative: str, line: int, column: int, char: str) -> None:
        """Note a character that no installed font can print."""
        package = fonts.package_for(char)
        remedy = (
            f"Install its font with: {_pip()} install {package}"
            if package
            else "No font package of this program has it. Write it in another way"
        )
        self.fault(
            relative, line, column,
            f"No installed font has the character {char} (U+{ord(char):04X})", remedy + ".",
        )  # fmt: skip

    def model(self, kind: type[M], data: Any, marks: Marks) -> M | None:
        """Return ``data`` as a record of ``kind``, the faults noted.

        Where there are faults, the record holds what is left without them, so that what refers to it
        can be checked in the same run; None where nothing is left.
        """
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            self.found += wording(error, kind, marks)
            if not isinstance(data, dict):
                return None
            rest = without_faults(error, data, PLACEHOLDERS.get(kind, {}))
        try:
            for key, item in rest.items():
                if isinstance(item, list):
                    rest[key] = [STANDS_IN.get((kind, key)) if one is None else one for one in item]
                    rest[key] = [one for one in rest[key] if one is not None]
            return kind.model_validate(rest)
        except ValidationError:
            return None

    def yaml(self, kind: type[M], relative: str, required: bool) -> tuple[M | None, Marks]:
        """Return a YAML file as a record of ``kind``, with the places of its values."""
        marks = Marks(self.name(relative))
        if not (self.root / relative).exists() and not (self.root / relative).is_symlink():
            if required:
                self.fault(relative, 1, 1, "The file is missing", "Create it; see the README.")
                return None, marks
            return kind(), marks
        read = self.text(relative)
        if read is None:
            return None, marks
        before = len(self.found)
        data, marks, found = marked_yaml.load(read[0], self.name(relative))
        self.found += found
        if len(self.found) > before and data is None:
            return None, marks
        self.values(data, marks, relative, read[0])
        return self.model(kind, {} if data is None else data, marks), marks


def read(root: Path, shown: str | None = None) -> tuple[Corpus | None, tuple[Diagnostic, ...]]:
    """Read a corpus.

    Takes its folder and how findings should name it. Returns the corpus, None where an error was
    found, and all findings in the order of files and lines. Raises MachineLacksError where a font
    package is missing.
    """
    reader = _Reader(root, shown if shown is not None else root.as_posix())
    if not root.is_dir():
        reader.fault(
            "", 1, 1, "There is no corpus here", "Create the folder, or name another with --corpus."
        )
        return None, tuple(reader.found)
    publication, marks = reader.yaml(Publication, "dossier.yaml", required=True)
    introduction = None
    if publication and publication.introduction:
        where = marks.of(("introduction",))
        introduction, found = body.parse(
            publication.introduction,
            reader.name("dossier.yaml"),
            where.line - (0 if "\n" in publication.introduction else 1),
        )
        reader.found += found
    names, name_marks = reader.yaml(Names, "names.yaml", required=False)
    name_ids = [str(where[1]) for where in name_marks.keys if len(where) == 2]
    if names:
        _check_names(names, name_ids, name_marks, reader)
    references, known = _references(reader)
    letters = _letters(reader)
    all_read = len(letters) == len(list(_letter_files(root)))
    for letter in letters:
        _check_citations(letter, known, reader)
        _check_near_citations(letter, *reader.bodies[letter.id], known or set(), reader)
    if names is not None and not any(item.path == name_marks.path for item in reader.found):
        _check_signatures(letters, Authority(names), reader)
    if references is not None and all_read:
        _check_uncited(references, letters, introduction, reader)
    found_all = tuple(sorted(set(reader.found)))
    if any(item.severity is Severity.ERROR for item in found_all):
        return None, found_all
    assert publication and names is not None and references is not None
    ordered = tuple(sorted(letters, key=lambda letter: (letter.date.earliest, letter.id)))
    items = tuple(reference for reference, _ in references.values())
    return Corpus(publication, introduction, ordered, names, items), found_all


# --- letters ---


def _letters(reader: _Reader) -> list[CorpusLetter]:
    folder = reader.root / "letters"
    if not folder.is_dir():
        reader.fault("letters", 1, 1, "The folder is missing", "Create it and put letters into it.")
        return []
    letters: list[CorpusLetter] = []
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror}"
        reader.fault("letters", 1, 1, message, "Check that you may read it.")
        return []
    for name in names:
        relative = f"letters/{name}"
        if not name.endswith(SUFFIX_OF_LETTERS):
            reader.fault(
                relative, 1, 1, "The file is not a letter", "Name it ID.md, or move it elsewhere."
            )
            continue
        stem = name.removesuffix(SUFFIX_OF_LETTERS)
        if not re.fullmatch(ID_PATTERN, stem):
            reader.fault(
                relative, 1, 1, f"The file's name “{stem}” cannot be an id",
                "Use small letters a to z, digits and single hyphens.",
            )  # fmt: skip
        elif letter := _letter(reader, stem, relative):
            letters.append(letter)
    if not names:
        reader.fault("letters", 1, 1, "There is no letter here", "Add a letter as letters/ID.md.")
    return letters


def _letter_files(root: Path) -> Iterator[Path]:
    """Yield the files that ought to be letters."""
    with suppress(OSError):
        yield from (
            path for path in (root / "letters").iterdir() if path.suffix == SUFFIX_OF_LETTERS
        )


def _letter(reader: _Reader, stem: str, relative: str) -> CorpusLetter | None:
    read = reader.text(relative, MAX_LETTER_BYTES)
    if read is None:
        return None
    text, raw = read
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        reader.fault(
            relative, 1, 1, "The letter does not begin with its front matter",
            "Put a line of three hyphens, the keys and another such line before the text.",
        )  # fmt: skip
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        reader.fault(
            relative, 1, 1, "The front matter has no end",
            "Put a line of three hyphens between the keys and the text.",
        )  # fmt: skip
        return None
    name = reader.name(relative)
    data, marks, found = marked_yaml.load("\n".join(lines[1:end]), name, line_offset=1)
    reader.found += found
    reader.bodies[stem] = ("\n".join(lines[end + 1 :]), end + 2)
    parsed, found_in_body = body.parse(reader.bodies[stem][0], name, end + 1)
    reader.found += found_in_body
    if data is None and found:
        return None
    reader.values(data, marks, relative, text)
    _cut_short(lines[1:end], relative, reader)
    head = reader.model(FrontMatter, {} if data is None else data, marks)
    if head is None:
        return None
    if not body.text_of(parsed.nodes):
        reader.fault(relative, end + 2, 1, "The letter has no text", "Write it below the keys.")
    places = tuple(marks.of(("signatories", n)) for n in range(len(head.signatories)))
    return CorpusLetter(
        id=stem,
        path=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        head=head,
        date=read_date(head.date),
        body=parsed,
        source_file=_source_file(reader, head, marks, relative),
        signature_marks=tuple((mark.line, mark.column) for mark in places),
    )


def _cut_short(lines: list[str], relative: str, reader: _Reader) -> None:
    """Warn of a text in which YAML takes the rest for a comment, as in ``Appeal #2``."""
    for number, line in enumerate(lines, 2):
        match = re.search(r"(?<=\S) #(?=\w)", line)
        if match and not re.search(r"['\"]", line[: match.start()]):
            reader.found.append(
                Diagnostic(
                    reader.name(relative),
                    number,
                    match.start() + 2,
                    Severity.WARNING,
                    "What follows the # is not read",
                    "Put the whole text in quotes.",
                )
            )


def _source_file(
    reader: _Reader, head: FrontMatter, marks: Marks, relative: str
) -> SourceFile | None:
    if head.source is None or head.source.file is None:
        return None
    mark = marks.of(("source", "file"))
    name = head.source.file
    path = reader.resolve(name)
    if path is None:
        there = [
            file.relative_to(reader.root).as_posix()
            for file in sorted((reader.root / "sources").rglob("*"))
            if file.is_file()
        ]
        remedy = did_you_mean(name, there, "Put the file into the corpus, or remove the key.")
        reader.fault(
            relative, mark.line, mark.column, f"There is no file “{name}” in the corpus", remedy
        )
        return None
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = f"The file “{name}” cannot be read: {error.strerror}"
        reader.fault(relative, mark.line, mark.column, message, "Check that you may read it.")
        return None
    return SourceFile(name, hashlib.sha256(raw).hexdigest(), len(raw))


# --- the authority file ---


def _check_names(names: Names, ids: list[str], marks: Marks, reader: _Reader) -> None:
    """Report ids that do not exist and wordings that two entries claim; ``ids`` are all there are."""
    for key in names.people:
        if key in names.organizations:
            mark = marks.of_key(("people", key))
            message = f"The id “{key}” is an organization's and a person's"
            reader.found.append(marks.error(mark, message, "Rename one of them."))
    entries: tuple[tuple[str, Mapping[str, Organization | Person]], ...] = (
        ("organizations", names.organizations),
        ("people", names.people),
    )
    for kind, group in entries:
        claimed: dict[tuple[str, str | None], str] = {}
        for key, entry in group.items():
            for place, other in enumerate(entry.see_also):
                _check_id(other, ids, marks, (kind, key, "see_also", place), reader)
            if isinstance(entry, Person) and entry.organization is not None:
                where = (kind, key, "organization")
                _check_id(entry.organization, ids, marks, where, reader)
            country = entry.country if isinstance(entry, Organization) else None
            for word in wordings(entry):
                first = claimed.setdefault((folded(word), country), key)
                if first != key:
                    message = f"“{word}” is also a wording of “{first}”"
                    remedy = "Keep it in one entry, or give both their countries."
                    reader.found.append(marks.error(marks.of_key((kind, key)), message, remedy))


def _check_id(
    word: str, ids: Iterable[str], marks: Marks, where: marked_yaml.Path, reader: _Reader
) -> None:
    if word not in ids:
        remedy = did_you_mean(word, ids, "Use the id of an entry of names.yaml.")
        reader.found.append(marks.error(marks.of(where), f"There is no entry “{word}”", remedy))


def _check_signatures(
    letters: Iterable[CorpusLetter], authority: Authority, reader: _Reader
) -> None:
    """Warn of signatures without an entry, report those that fit several."""
    unmatched: dict[tuple[bool, str], tuple[CorpusLetter, int]] = {}
    for letter in letters:
        for number, signatory in enumerate(letter.head.signatories):
            if signatory.organization and signatory.organization != NOBODY:
                match = authority.organization(signatory.organization, signatory.country)
                if not match.ids:
                    unmatched.setdefault((False, signatory.organization), (letter, number))
                elif len(match.ids) > 1:
                    _ambiguous(letter, number, signatory.organization, match.ids, reader)
                else:
                    stated = match.country
                    listed = authority.names.organizations[match.ids[0]].country
                    if stated and listed and stated != listed:
                        _other_country(letter, number, match.ids[0], stated, listed, reader)
            if signatory.person:
                people = authority.person(signatory.person).ids
                if not people:
                    unmatched.setdefault((True, signatory.person), (letter, number))
                elif len(people) > 1:
                    _ambiguous(letter, number, signatory.person, people, reader)
    for (is_person, text), (letter, number) in unmatched.items():
        others = [other for kind, other in unmatched if kind == is_person and other != text]
        alike = authority.alike(text, is_person, others)
        if not alike and authority.stands_under_distinct(text):
            continue
        near = f", but it looks like {_quoted(alike[:3])}" if alike else ""
        section = "people" if is_person else "organizations"
        line, column = letter.signature_marks[number]
        entry = f"add under “{section}” in names.yaml: {_slug(text)}: {{name: {_scalar(text)}}}"
        remedy = f"A{entry[1:]}"
        if alike:
            pair = f"[{_scalar(text)}, {_scalar(alike[0])}]"
            remedy = (
                f"If it is the same, add it to that entry's aliases. If not: {entry}, or add under "
                f"“distinct”: - {pair}"
            )
        reader.found.append(
            Diagnostic(
                letter.path,
                line,
                column,
                Severity.WARNING,
                f"“{text}” has no entry in names.yaml{near}",
                remedy,
            )
        )


def _ambiguous(
    letter: CorpusLetter, number: int, text: str, ids: tuple[str, ...], reader: _Reader
) -> None:
    line, column = letter.signature_marks[number]
    reader.found.append(
        Diagnostic(
            letter.path,
            line,
            column,
            Severity.ERROR,
            f"“{text}” fits several entries of names.yaml: {_quoted(ids)}",
            "Give the signature its “country”, or the entry this wording as an alias.",
        )
    )


def _other_country(
    letter: CorpusLetter, number: int, key: str, stated: str, listed: str, reader: _Reader
) -> None:
    line, column = letter.signature_marks[number]
    reader.found.append(
        Diagnostic(
            letter.path,
            line,
            column,
            Severity.WARNING,
            f"The signature says {stated}, but “{key}” in names.yaml is of {listed}",
            "Correct the entry's country, or give the other body an entry of its own.",
        )
    )


# --- reports ---


def _references(
    reader: _Reader,
) -> tuple[dict[str, tuple[Reference, Diagnostic]] | None, set[str] | None]:
    """Return the works with the place of each, and the ids that may be cited (None: unknown)."""
    there = [name for name in REPORT_FILES if (reader.root / name).exists()]
    if len(there) > 1:
        reader.fault(there[0], 1, 1, f"The corpus has {_quoted(there)}", "Keep one of them.")
    relative = there[-1] if there else REPORT_FILES[0]
    marks = Marks(reader.name(relative))
    if not there:
        return {}, set()
    read = reader.text(relative)
    if read is None:
        return None, None
    found: list[Diagnostic]
    if relative.endswith(".bib"):
        data, marks, found = bibtex.load(read[0], reader.name(relative))
    else:
        # JSON is YAML, and read in the same way it keeps its lines and columns.
        text = read[0].replace("\t", " ") if relative.endswith(".json") else read[0]
        data, marks, found = marked_yaml.load(text, reader.name(relative))
        reader.values(data, marks, relative, text)
        if isinstance(data, list):
            data, marks = {"references": data}, _moved(marks, ("references",))
        _from_zotero(data)
    reader.found += found
    if data is None and found:
        return None, None
    listed = data.get("references") if isinstance(data, dict) else None
    ids = {
        str(item["id"]) for item in listed or () if isinstance(item, dict) and item.get("id")
    } if isinstance(listed, list) else set()  # fmt: skip
    before = len(reader.found)
    model = reader.model(References, {} if data is None else data, marks)
    if model is None or len(reader.found) > before:
        return None, ids
    works: dict[str, tuple[Reference, Diagnostic]] = {}
    for place, item in enumerate(model.references):
        mark = marks.of(("references", place, "id"))
        if item.id in works:
            message = f"The id “{item.id}” stands twice"
            reader.found.append(marks.error(mark, message, "Give one of the works another id."))
            continue
        unused = marks.warning(
            mark, f"No letter cites “{item.id}”",
            f"Cite it with [@{item.id}] where a letter names it, or remove it.",
        )  # fmt: skip
        works[item.id] = (item, unused)
    return works, ids


def _from_zotero(data: Any) -> None:
    """Give the keys of CSL-JSON exports that are not of CSL 1.0.2 their names in it."""
    items = data.get("references") if isinstance(data, dict) else None
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            for old, new in ZOTERO.items():
                if old in item:
                    value = item.pop(old)
                    if new:
                        item.setdefault(new, value)


def _check_citations(letter: CorpusLetter, known: set[str] | None, reader: _Reader) -> None:
    for citation in letter.body.citations:
        if known is not None and citation.report not in known:
            remedy = did_you_mean(citation.report, known, "Add the work to the reports file.")
            message = f"There is no work “{citation.report}” in the reports file"
            reader.found.append(
                Diagnostic(
                    letter.path, citation.line, citation.column, Severity.ERROR, message, remedy
                )
            )


def _check_near_citations(
    letter: CorpusLetter, text: str, line: int, known: set[str], reader: _Reader
) -> None:
    """Warn of a work's id after an @ that is not read as a citation."""
    for number, words in enumerate(text.split("\n"), line):
        rest = body.CITATION.sub(lambda match: " " * len(match[0]), words)
        for match in re.finditer(r"@([\w:.-]*\w)", rest):
            if match[1] in known:
                message = f"“@{match[1]}” is not read as a citation here"
                remedy = f"Write [@{match[1]}] or [@{match[1]}, p. 12], one work in each pair of brackets."
                reader.found.append(
                    Diagnostic(
                        letter.path, number, match.start() + 1, Severity.WARNING, message, remedy
                    )
                )


def _check_uncited(
    works: Mapping[str, tuple[Reference, Diagnostic]],
    letters: Iterable[CorpusLetter],
    introduction: body.Body | None,
    reader: _Reader,
) -> None:
    cited = {citation.report for letter in letters for citation in letter.body.citations}
    if introduction:
        for citation in introduction.citations:
            reader.fault(
                "dossier.yaml", citation.line, citation.column,
                "The introduction cites a work", "Name the work in words: only letters cite works.",
            )  # fmt: skip
    reader.found += [unused for key, (_, unused) in works.items() if key not in cited]


def _moved(marks: Marks, under: marked_yaml.Path) -> Marks:
    """Return ``marks`` with every place one level further in."""
    return Marks(
        marks.path,
        {(): Mark(1, 1)} | {(*under, *where): mark for where, mark in marks.values.items()},
        {(*under, *where): mark for where, mark in marks.keys.items()},
    )


# --- small words ---


def _quoted(words: Iterable[str]) -> str:
    items = [f"“{word}”" for word in words]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _slug(text: str) -> str:
    words = "-".join(re.findall("[a-z0-9]+", folded(text)))
    return (
        words
        if folded(text).isascii()
        else f"entry-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    )


def _scalar(text: str) -> str:
    """Return ``text`` as it may stand in a YAML line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _pip() -> str:
    return ".venv/bin/pip"
