"""Checks references inside the corpus: ids, wordings, signatures, citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from babel import Locale

from dossier.language.folding import folded
from dossier.names.likeness import did_you_mean, nearest
from dossier.names.matching import Authority, fingerprint, placed_wordings, wordings
from dossier.names.unlisted import Unlisted, UnlistedHeadings, employer
from dossier.read import markdown, placed_yaml
from dossier.read.placed_yaml import Places
from dossier.read.reader import NOBODY, Reader
from dossier.read.suggestions import Likenesses, Suggestions, likenesses, scalar
from dossier.records.authority import Names, Organization, Person
from dossier.records.body import Body
from dossier.records.diagnostics import Diagnostic, Severity, quoted
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Signatory
from dossier.records.headings import ORGANIZATION, PERSON
from dossier.records.values import ID_PATTERN

# --- the authority file ---


def check_names(names: Names, ids: Iterable[str], places: Places, reader: Reader) -> None:
    """Report ids that do not exist and wordings that two entries share.

    ``ids`` are all ids in the file, including those of faulty entries.
    """
    for key in names.people:
        if key in names.organizations:
            place = places.of_key(("people", key))
            message = f"The id “{key}” is an organization's and a person's"
            reader.found.append(places.error(place, message, "Rename one of them."))
    entries: tuple[tuple[str, Mapping[str, Organization | Person]], ...] = (
        ("organizations", names.organizations),
        ("people", names.people),
    )
    organizations = [
        where[1] for where in places.keys if where[0] == "organizations" and len(where) == 2
    ]
    known = {key: entry.name for _, group in entries for key, entry in group.items()}
    for kind, group in entries:
        claimed: dict[tuple[str, str | None], str] = {}
        for key, entry in group.items():
            for position, other in enumerate(entry.see_also):
                where: placed_yaml.KeyPath = (kind, key, "see_also", position)
                _check_id(other, ids, known, places, where, reader)
                if other == key:
                    message = "The entry refers to itself"
                    remedy = "Use the id of another entry, or remove it."
                    reader.found.append(places.error(places.of(where), message, remedy))
            if isinstance(entry, Person) and entry.organization is not None:
                where = (kind, key, "organization")
                if entry.organization in names.people and entry.organization not in organizations:
                    message = f"“{entry.organization}” is a person, not an organization"
                    remedy = "Use the id of an entry under “organizations”."
                    reader.found.append(places.error(places.of(where), message, remedy))
                else:
                    _check_id(entry.organization, ids, known, places, where, reader)
            apart: str | None
            if isinstance(entry, Person):
                apart, what = entry.organization, "each its “organization”"
            else:
                apart, what = entry.country, "both their countries"
            for inside, word in placed_wordings(entry):
                first = claimed.setdefault((folded(word), apart), key)
                if first != key:
                    message = f"“{word}” is also a wording of “{first}”"
                    remedy = "Keep it in one entry"
                    remedy += "." if apart else f", or give {what}."
                    place = places.of((kind, key, *inside))
                    reader.found.append(places.error(place, message, remedy))


def check_distinct(
    names: Names,
    ids: Iterable[str],
    letters: Iterable[CorpusLetter],
    places: Places,
    reader: Reader,
) -> None:
    """Report pairs under “distinct” with an id that does not exist, or with the same heading twice.

    While a letter is faulty, a word that looks like an unknown id may be one of its signatures.
    """
    paths = {path for letter in letters for path in letter.paths}
    all_sound = not any(
        item.path in paths and item.severity is Severity.ERROR for item in reader.found
    )
    texts = {
        folded(text)
        for letter in letters
        for signatory in letter.head.signatures
        for text in (signatory.organization, signatory.person, signatory.on_behalf_of)
        if text
    }
    entries: list[tuple[str, Organization | Person]] = [
        *names.organizations.items(),
        *names.people.items(),
    ]
    owners = {folded(wording): key for key, entry in entries for wording in wordings(entry)}
    known = {key: entry.name for key, entry in entries}
    for position, group in enumerate(names.distinct):
        seen: set[str] = set()
        for number, word in enumerate(group):
            where = ("distinct", position, number)
            is_text = folded(word) in texts or folded(word) in owners
            if re.fullmatch(ID_PATTERN, word) and all_sound and not is_text:
                _check_id(word, ids, known, places, where, reader)
            meant = word if word in ids else owners.get(folded(word), folded(word))
            if meant in seen:
                message = f"“{word}” stands twice in a pair"
                remedy = "Name two things that are different."
                reader.found.append(places.error(places.of(where), message, remedy))
            seen.add(meant)


def faulty_entries(places: Places, found: Iterable[Diagnostic]) -> set[str]:
    """Return the ids of the entries of names.yaml that have findings."""
    begins = {str(where[1]): place.line for where, place in places.keys.items() if len(where) == 2}
    faulty: set[str] = set()
    for item in found:
        if item.path == places.path:
            first = max((line for line in begins.values() if line <= item.line), default=0)
            faulty |= {key for key, line in begins.items() if line == first}
    return faulty


def _check_id(
    word: str,
    ids: Iterable[str],
    known: Mapping[str, str],
    places: Places,
    where: placed_yaml.KeyPath,
    reader: Reader,
) -> None:
    """Report an id that is not among ``ids``; ``known`` has the entries' names, often mistaken for ids."""
    if word not in ids:
        named = next((key for key, name in known.items() if folded(name) == folded(word)), None)
        remedy = did_you_mean(word, ids, "Use the id of an entry of names.yaml.")
        remedy = f"Did you mean “{named}”?" if named else remedy
        reader.found.append(places.error(places.of(where), f"There is no entry “{word}”", remedy))


def check_signatures(
    letters: Sequence[CorpusLetter],
    authority: Authority,
    ids: Iterable[str],
    faulty: set[str],
    places: Places,
    reader: Reader,
) -> None:
    """Report signatures that match several entries; warn of those that look like others.

    ``ids`` are all ids in names.yaml, ``places`` its places. Findings that may only be consequences of
    its ``faulty`` entries are left out.
    """
    signing = {
        entry
        for letter in letters
        for number, signatory in enumerate(letter.head.signatures)
        for signer in (signatory, signatory.represented)
        if signer
        for entry in _check_entries(letter, number, signer, authority, faulty, reader)
    }
    for letter in letters:
        _check_headings(letter, reader)
        _check_twice(letter, authority, reader)
    doubtful = fingerprint(reader.texts.get("names.yaml", "")) if faulty else ""
    taken = {*ids, *authority.names.organizations, *authority.names.people}
    suggestions = Suggestions(authority.names, taken)
    headings = UnlistedHeadings(letters, authority)
    for kind in (ORGANIZATION, PERSON):
        is_person = kind is PERSON
        strangers = [
            heading
            for heading in headings.all_of(kind)
            if heading.name != NOBODY
            and not (doubtful and fingerprint(heading.name) in doubtful)
            and not _is_of_other_kind(heading, is_person, letters, authority, reader)
        ]
        found = likenesses(strangers, authority, is_person, signing - faulty)
        for one, other in found.entries:
            reader.found.append(_alike_entries(one, other, is_person, places))
        _warn_of_headings(found, is_person, letters, authority, suggestions, reader)


def _check_entries(
    letter: CorpusLetter,
    number: int,
    signatory: Signatory,
    authority: Authority,
    faulty: set[str],
    reader: Reader,
) -> set[str]:
    """Report a signature that matches several entries or contradicts its entry; return the entries' ids."""
    signing: set[str] = set()
    if signatory.organization and signatory.organization != NOBODY:
        match = authority.organization(signatory.organization, signatory.country)
        signing.update(match.ids)
        if faulty.intersection(match.ids):
            return signing
        if len(match.ids) > 1:
            remedy = "Give the signature its “country”, or the entry this wording as an alias."
            _ambiguous(letter, number, signatory.organization, match.ids, remedy, reader)
        elif match.ids:
            listed = authority.names.organizations[match.ids[0]].country
            if match.country and listed and match.country != listed:
                _other_country(letter, number, match.ids[0], match.country, listed, reader)
    if signatory.person:
        people = authority.person(signatory.person, employer(authority, signatory)).ids
        signing.update(people)
        if len(people) > 1:
            remedy = "Give the signature the organization of one of them."
            _ambiguous(letter, number, signatory.person, people, remedy, reader)
    return signing


def _check_headings(letter: CorpusLetter, reader: Reader) -> None:
    """Warn of signatures that end with a colon, as the heading of a group does."""
    for number, signatory in enumerate(letter.head.signatures):
        text = signatory.organization or ""
        if text.endswith((":", "：")) and not signatory.person:
            message = f"“{text}” looks like a heading, and counts as a signature"
            remedy = "Make it the “heading” of a “group” that holds the signatures below it."
            reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))


def _check_twice(letter: CorpusLetter, authority: Authority, reader: Reader) -> None:
    """Warn of an organization that signs a letter twice."""
    seen: dict[tuple[str, ...], int] = {}
    for number, signatory in enumerate(letter.head.signatures):
        text = signatory.organization
        if not text or text == NOBODY or signatory.person or signatory.as_signed:
            continue
        match = authority.organization(text, signatory.country)
        ids = match.ids
        others = (
            match.country or signatory.country,
            signatory.place,
            signatory.party,
            signatory.role,
        )
        key = (
            ids[0] if len(ids) == 1 else f" {fingerprint(text)}",
            *(folded(one or "") for one in others),
        )
        first = seen.setdefault(key, number)
        if first != number:
            path, line, _ = letter.signature_places[first]
            is_same_file = path == letter.signature_places[number][0]
            place = f"in line {line}" if is_same_file else f"in {path}, line {line}"
            message = f"“{text}” signs the letter twice, first {place}"
            remedy = "Remove one of them, unless the letter lists it twice, too."
            reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))


def _warn_of_headings(
    found: Likenesses,
    is_person: bool,
    letters: Sequence[CorpusLetter],
    authority: Authority,
    suggestions: Suggestions,
    reader: Reader,
) -> None:
    """Warn of headings without an entry that look like others, or differ only by country."""
    for heading, second in found.apart:
        letter, number = letters[second.first[0]], second.first[1]
        message, remedy = suggestions.same_name(heading)
        reader.found.append(
            _at_signature(letter, number, Severity.WARNING, message, remedy, second.signatures)
        )
    for heading in found.headings:
        letter, number = letters[heading.first[0]], heading.first[1]
        near = found.near.get(heading.id, [])
        # A signature needs no entry; only what may be another name is worth a line.
        is_split = heading.id in found.split and heading.id not in found.named
        if not near and (not is_split or authority.stands_under_distinct(heading.name)):
            continue
        message, remedy = (
            suggestions.look_alike(heading, near, is_person)
            if near
            else suggestions.by_country(heading)
        )
        rank = round(100 * near[0].score) if near else heading.signatures
        reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy, rank))


def _is_of_other_kind(
    heading: Unlisted,
    is_person: bool,
    letters: Sequence[CorpusLetter],
    authority: Authority,
    reader: Reader,
) -> bool:
    """Warn of a person who signs as an organization, or vice versa; tell whether this is the case."""
    letter, number = letters[heading.first[0]], heading.first[1]
    text = heading.name
    other = authority.organization(text) if is_person else authority.person(text)
    if not other.ids:
        return False
    signatory = letter.head.signatures[number]
    if signatory.organization and signatory.person:
        return False
    kind, right = ("an organization", "organization") if is_person else ("a person", "person")
    message = f"“{text}” is {kind} in names.yaml"
    plain = text if re.fullmatch(r"\w[\w .'’-]*", text) else scalar(text)
    remedy = f"Write {{{right}: {plain}}}."
    reader.found.append(_at_signature(letter, number, Severity.WARNING, message, remedy))
    return True


def _alike_entries(
    one: tuple[str, str], other: tuple[str, str], is_person: bool, places: Places
) -> Diagnostic:
    """Return the warning about two entries, each an id and a wording, that look alike."""
    (key, text), (other_key, other_text) = one, other
    place = places.of_key(("people" if is_person else "organizations", key))
    message = f"“{text}” looks like “{other_text}”, which has an entry of its own"
    remedy = (
        f"If it is the same, make one entry of “{key}” and “{other_key}”. "
        f"If not, add under “distinct”: - [{key}, {other_key}]"
    )
    return places.warning(place, message, remedy)


def _ambiguous(
    letter: CorpusLetter,
    number: int,
    text: str,
    ids: tuple[str, ...],
    remedy: str,
    reader: Reader,
) -> None:
    message = f"“{text}” fits several entries of names.yaml: {quoted(ids)}"
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
    letter: CorpusLetter,
    number: int,
    severity: Severity,
    message: str,
    remedy: str,
    rank: int = 0,
) -> Diagnostic:
    """Return a finding at a letter's signature, counted from 0."""
    return Diagnostic(*letter.signature_places[number], severity, message, remedy, rank)


# --- citations ---


def check_citations(letter: CorpusLetter, known: set[str] | None, reader: Reader) -> None:
    """Report citations of works that do not exist; ``known`` is None where the works could not be read."""
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
    """Warn of text that looks like a citation but is not read as one."""

    def warn(number: int, column: int, words: str, remedy: str) -> None:
        message = f"“{words}” is not read as a citation here"
        reader.found.append(
            Diagnostic(letter.path, number, column, Severity.WARNING, message, remedy)
        )

    for number, words in enumerate(text.split("\n"), line):
        if "@" not in words:
            continue
        rest = markdown.CITATION.sub(_but_its_locator, words)
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
    """Return a citation as spaces, except for its locator, which may hide another citation."""
    start = citation.start(2) - citation.start() if citation[2] else len(citation[0])
    return " " * start + citation[0][start:]


def check_introduction(introduction: Body | None, reader: Reader) -> None:
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
