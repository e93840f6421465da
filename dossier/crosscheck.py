"""Checks what refers to something else: ids, wordings, signatures, citations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from dossier import body, marked_yaml
from dossier.diagnostics import Diagnostic, Severity, did_you_mean, quoted
from dossier.marked_yaml import Marks
from dossier.matching import Authority, folded, wordings
from dossier.reader import NOBODY, Reader
from dossier.records import CorpusLetter
from dossier.schema import Names, Organization, Person, Reference

# --- the authority file ---


def check_names(names: Names, ids: list[str], marks: Marks, reader: Reader) -> None:
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
    word: str, ids: Iterable[str], marks: Marks, where: marked_yaml.Path, reader: Reader
) -> None:
    if word not in ids:
        remedy = did_you_mean(word, ids, "Use the id of an entry of names.yaml.")
        reader.found.append(marks.error(marks.of(where), f"There is no entry “{word}”", remedy))


def check_signatures(letters: Iterable[CorpusLetter], authority: Authority, reader: Reader) -> None:
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
        near = f", but it looks like {quoted(alike[:3])}" if alike else ""
        section = "people" if is_person else "organizations"
        entry = f"add under “{section}” in names.yaml: {_slug(text)}: {{name: {_scalar(text)}}}"
        remedy = f"A{entry[1:]}"
        if alike:
            pair = f"[{_scalar(text)}, {_scalar(alike[0])}]"
            remedy = (
                f"If it is the same, add it to that entry's aliases. If not: {entry}, or add under "
                f"“distinct”: - {pair}"
            )
        message = f"“{text}” has no entry in names.yaml{near}"
        reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))


def _ambiguous(
    letter: CorpusLetter, number: int, text: str, ids: tuple[str, ...], reader: Reader
) -> None:
    message = f"“{text}” fits several entries of names.yaml: {quoted(ids)}"
    remedy = "Give the signature its “country”, or the entry this wording as an alias."
    reader.found.append(_at_signature(letter, number, Severity.ERROR, message, remedy))


def _other_country(
    letter: CorpusLetter, number: int, key: str, stated: str, listed: str, reader: Reader
) -> None:
    message = f"The signature says {stated}, but “{key}” in names.yaml is of {listed}"
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


def check_introduction(introduction: body.Body | None, reader: Reader) -> None:
    """Report citations outside letters."""
    for citation in introduction.citations if introduction else ():
        reader.fault(
            "dossier.yaml", citation.line, citation.column,
            "The introduction cites a work", "Name the work in words: only letters cite works.",
        )  # fmt: skip


def check_uncited(
    works: Mapping[str, tuple[Reference, Diagnostic]],
    letters: Iterable[CorpusLetter],
    reader: Reader,
) -> None:
    """Warn of works that no letter cites."""
    cited = {citation.report for letter in letters for citation in letter.body.citations}
    reader.found += [unused for key, (_, unused) in works.items() if key not in cited]


# --- small words ---


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
