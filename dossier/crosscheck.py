"""Checks what refers to something else: ids, wordings, signatures, citations."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from babel import Locale

from dossier import body, marked_yaml
from dossier.diagnostics import Diagnostic, Severity, did_you_mean, nearest, quoted
from dossier.marked_yaml import Marks
from dossier.matching import Authority, fingerprint, folded, placed_wordings, spelled, wordings
from dossier.reader import NOBODY, Reader
from dossier.records import CorpusLetter
from dossier.schema import ID_PATTERN, Names, Organization, Person

# --- the authority file ---


def check_names(names: Names, ids: Iterable[str], marks: Marks, reader: Reader) -> None:
    """Report ids that do not exist and wordings that two entries claim.

    ``ids`` are all that stand in the file, also those of entries with faults.
    """
    for key in names.people:
        if key in names.organizations:
            mark = marks.of_key(("people", key))
            message = f"The id “{key}” is an organization's and a person's"
            reader.found.append(marks.error(mark, message, "Rename one of them."))
    entries: tuple[tuple[str, Mapping[str, Organization | Person]], ...] = (
        ("organizations", names.organizations),
        ("people", names.people),
    )
    organizations = [
        where[1] for where in marks.keys if where[0] == "organizations" and len(where) == 2
    ]
    known = {key: entry.name for _, group in entries for key, entry in group.items()}
    for kind, group in entries:
        claimed: dict[tuple[str, str | None], str] = {}
        for key, entry in group.items():
            for place, other in enumerate(entry.see_also):
                where: marked_yaml.Path = (kind, key, "see_also", place)
                _check_id(other, ids, known, marks, where, reader)
                if other == key:
                    message = "The entry refers to itself"
                    remedy = "Use the id of another entry, or remove it."
                    reader.found.append(marks.error(marks.of(where), message, remedy))
            if isinstance(entry, Person) and entry.organization is not None:
                where = (kind, key, "organization")
                if entry.organization in names.people and entry.organization not in organizations:
                    message = f"“{entry.organization}” is a person, not an organization"
                    remedy = "Use the id of an entry under “organizations”."
                    reader.found.append(marks.error(marks.of(where), message, remedy))
                else:
                    _check_id(entry.organization, ids, known, marks, where, reader)
            country = entry.country if isinstance(entry, Organization) else None
            for inside, word in placed_wordings(entry):
                first = claimed.setdefault((folded(word), country), key)
                if first != key:
                    message = f"“{word}” is also a wording of “{first}”"
                    remedy = "Keep it in one entry, or give both their countries."
                    if country or kind == "people":
                        remedy = "Keep it in one entry."
                    mark = marks.of((kind, key, *inside))
                    reader.found.append(marks.error(mark, message, remedy))


def check_distinct(
    names: Names, ids: Iterable[str], letters: Iterable[CorpusLetter], marks: Marks, reader: Reader
) -> None:
    """Report pairs that tell nothing apart: ids that do not exist, and the same thing twice.

    A word that is neither an id nor stands in the corpus may be a signature's in a letter with faults.
    """
    paths = {letter.path for letter in letters}
    all_sound = not any(
        item.path in paths and item.severity is Severity.ERROR for item in reader.found
    )
    texts = {
        folded(text)
        for letter in letters
        for one in letter.head.signatories
        for text in (one.organization, one.person)
        if text
    }
    entries: list[tuple[str, Organization | Person]] = [
        *names.organizations.items(),
        *names.people.items(),
    ]
    owners = {folded(wording): key for key, entry in entries for wording in wordings(entry)}
    known = {key: entry.name for key, entry in entries}
    for place, group in enumerate(names.distinct):
        seen: set[str] = set()
        for number, word in enumerate(group):
            where = ("distinct", place, number)
            is_text = folded(word) in texts or folded(word) in owners
            if re.fullmatch(ID_PATTERN, word) and all_sound and not is_text:
                _check_id(word, ids, known, marks, where, reader)
            one = word if word in ids else owners.get(folded(word), folded(word))
            if one in seen:
                message = f"“{word}” stands twice in a pair"
                remedy = "Name two things that are different."
                reader.found.append(marks.error(marks.of(where), message, remedy))
            seen.add(one)


def faulty_entries(marks: Marks, found: Iterable[Diagnostic]) -> set[str]:
    """Return the ids of the entries of names.yaml in which something was found."""
    begins = {str(where[1]): mark.line for where, mark in marks.keys.items() if len(where) == 2}
    faulty: set[str] = set()
    for item in found:
        if item.path == marks.path:
            first = max((line for line in begins.values() if line <= item.line), default=0)
            faulty |= {key for key, line in begins.items() if line == first}
    return faulty


def _check_id(
    word: str,
    ids: Iterable[str],
    known: Mapping[str, str],
    marks: Marks,
    where: marked_yaml.Path,
    reader: Reader,
) -> None:
    """Report an id that is not among ``ids``; ``known`` has the entries' names, often taken for ids."""
    if word not in ids:
        named = next((key for key, name in known.items() if folded(name) == folded(word)), None)
        remedy = did_you_mean(word, ids, "Use the id of an entry of names.yaml.")
        remedy = f"Did you mean “{named}”?" if named else remedy
        reader.found.append(marks.error(marks.of(where), f"There is no entry “{word}”", remedy))


def check_signatures(
    letters: Iterable[CorpusLetter], authority: Authority, faulty: set[str], reader: Reader
) -> None:
    """Warn of signatures without an entry, report those that fit several.

    Nothing is said that may only be so because of the ``faulty`` entries of names.yaml.
    """
    doubtful = fingerprint(reader.texts.get("names.yaml", "")) if faulty else ""
    unmatched: dict[tuple[bool, str], tuple[CorpusLetter, int]] = {}
    for letter in letters:
        for number, signatory in enumerate(letter.head.signatories):
            if signatory.organization and signatory.organization != NOBODY:
                match = authority.organization(signatory.organization, signatory.country)
                if not match.ids:
                    unmatched.setdefault((False, spelled(signatory.organization)), (letter, number))
                elif faulty.intersection(match.ids):
                    continue
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
                    unmatched.setdefault((True, spelled(signatory.person)), (letter, number))
                elif len(people) > 1:
                    _ambiguous(letter, number, signatory.person, people, reader)
    for (is_person, text), (letter, number) in unmatched.items():
        others = [other for kind, other in unmatched if kind == is_person and other != text]
        if fingerprint(text) in doubtful:
            continue
        alike = authority.alike(text, is_person, others)
        if not alike and authority.stands_under_distinct(text):
            continue
        near = f", but it looks like {quoted(alike[:3])}" if alike else ""
        signatory = letter.head.signatories[number]
        others_kind = authority.organization(text) if is_person else authority.person(text)
        if others_kind.ids and not (signatory.organization and signatory.person):
            kind, right = (
                ("an organization", "organization") if is_person else ("a person", "person")
            )
            message = f"“{text}” is {kind} in names.yaml"
            plain = text if re.fullmatch(r"\w[\w .'’-]*", text) else _scalar(text)
            remedy = f"Write {{{right}: {plain}}}."
            reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))
            continue
        section = "people" if is_person else "organizations"
        entry = f"add under “{section}” in names.yaml: {_slug(text)}: {{name: {_scalar(text)}}}"
        remedy = f"A{entry[1:]}"
        if alike:
            pair = f"[{_scalar(text)}, {_scalar(alike[0])}]"
            same = _add_alias(text, alike[0], authority, is_person)
            remedy = (
                f"If it is the same, {same}. If not: {entry}, or add under “distinct”: - {pair}"
            )
        message = f"“{text}” has no entry in names.yaml{near}"
        reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))


def _add_alias(text: str, alike: str, authority: Authority, is_person: bool) -> str:
    """Return how to make ``text`` an alias of the entry that has the wording ``alike``."""
    names = authority.names
    entries: Mapping[str, Organization | Person] = (
        names.people if is_person else names.organizations
    )
    for key, entry in entries.items():
        if alike in wordings(entry):
            aliases = ", ".join(_scalar(alias) for alias in (*entry.aliases, text))
            return f"add to “{key}” in names.yaml: aliases: [{aliases}]"
    return "give them one entry, with the other wording among its aliases"


def _ambiguous(
    letter: CorpusLetter, number: int, text: str, ids: tuple[str, ...], reader: Reader
) -> None:
    message = f"“{text}” fits several entries of names.yaml: {quoted(ids)}"
    remedy = "Give the signature its “country”, or the entry this wording as an alias."
    reader.found.append(_at_signature(letter, number, Severity.ERROR, message, remedy))


def _other_country(
    letter: CorpusLetter, number: int, key: str, stated: str, listed: str, reader: Reader
) -> None:
    said, known = (
        f"{Locale('en').territories.get(code, code)} ({code})" for code in (stated, listed)
    )
    message = f"The signature says {said}, but “{key}” in names.yaml is of {known}"
    remedy = "Correct the entry's country, or give the other body an entry of its own."
    reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))


def _at_signature(
    letter: CorpusLetter, number: int, severity: Severity, message: str, remedy: str
) -> Diagnostic:
    """Return a finding at a letter's signature, counted from 0."""
    line, column = letter.signature_marks[number]
    return Diagnostic(letter.path, line, column, severity, message, remedy)


# --- citations ---


def check_citations(letter: CorpusLetter, known: set[str] | None, reader: Reader) -> None:
    """Report citations of works that are not there; ``known`` is None where the works are unknown."""
    for citation in letter.body.citations:
        if known is not None and citation.report not in known:
            remedy = did_you_mean(citation.report, known, "Add the work to the reports file.")
            message = f"There is no work “{citation.report}” in the reports file"
            reader.found.append(
                Diagnostic(
                    letter.path, citation.line, citation.column, Severity.ERROR, message, remedy
                )
            )


def check_near_citations(
    letter: CorpusLetter, text: str, line: int, known: set[str], reader: Reader
) -> None:
    """Warn of what looks like a citation and is not read as one."""

    def warn(number: int, column: int, words: str, remedy: str) -> None:
        message = f"“{words}” is not read as a citation here"
        reader.found.append(
            Diagnostic(letter.path, number, column, Severity.WARNING, message, remedy)
        )

    for number, words in enumerate(text.split("\n"), line):
        if "@" not in words:
            continue
        rest = body.CITATION.sub(_but_its_locator, words)
        reported: set[int] = set()
        for match in re.finditer(r"@([\w:.-]*\w)", rest):
            if match[1] in known:
                form = f"[@{match[1]}] or [@{match[1]}, p. 12]"
                remedy = f"Write {form}, one work in each pair of brackets."
                warn(number, match.start() + 1, f"@{match[1]}", remedy)
                reported.add(match.start())
        for match in re.finditer(r"\[([^\[\]@]*)(?<!\w)@([\w:.-]*)[^\[\]]*\]?", rest):
            if reported.intersection(range(*match.span())):
                continue
            meant = nearest(match[2], known)
            if not match[1].strip() or meant:
                remedy = f"Did you mean [@{meant}]?" if meant else "Write [@id] or [@id, p. 12]."
                warn(number, match.start() + 1, match[0], remedy)


def _but_its_locator(citation: re.Match[str]) -> str:
    """Return a citation as spaces, with its locator, where another may hide, as it stands."""
    start = citation.start(2) - citation.start() if citation[2] else len(citation[0])
    return " " * start + citation[0][start:]


def check_introduction(introduction: body.Body | None, reader: Reader) -> None:
    """Report citations outside letters."""
    for citation in introduction.citations if introduction else ():
        reader.fault(
            "dossier.yaml", citation.line, citation.column,
            "The introduction cites a work", "Name the work in words: only letters cite works.",
        )  # fmt: skip


def check_uncited(
    unused: Mapping[str, Diagnostic], letters: Iterable[CorpusLetter], reader: Reader
) -> None:
    """Warn of works that no letter cites; ``unused`` has the warning for each."""
    cited = {citation.report for letter in letters for citation in letter.body.citations}
    reader.found += [warning for key, warning in unused.items() if key not in cited]


# --- small words ---

LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
"""Letters that are no letter with a mark, as they are written without them."""


def _slug(text: str) -> str:
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", folded(text).translate(LATIN))
        if not unicodedata.combining(char)
    )
    words = "-".join(re.findall("[a-z0-9]+", plain))
    return (
        words
        if words and plain.isascii()
        else f"entry-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    )


def _scalar(text: str) -> str:
    """Return ``text`` as it may stand in a YAML line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
