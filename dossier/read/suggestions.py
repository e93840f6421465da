"""Suggests what to add to names.yaml: finds signatures and entries that look alike.

All suggestions of a run can be followed together: no id and no wording is suggested for two entries.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dossier.language.folding import folded
from dossier.names.likeness import alike, differ_by_a_word
from dossier.names.matching import Authority, fingerprint, without_country, wordings
from dossier.names.unlisted import Unlisted
from dossier.read.placed_yaml import NULLS
from dossier.records.authority import Names, Organization, Person
from dossier.records.diagnostics import quoted

SHOWN = 3
"""How many look-alikes a finding names."""
LONGEST_ID = 60
"""The greatest length of a suggested id, in characters."""
LATIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
)
"""ASCII forms of letters that do not decompose into a base letter and a combining mark."""


@dataclass(frozen=True)
class Near:
    """A wording that looks like a heading."""

    score: float
    """The similarity, up to 100."""
    wording: str
    entry: str | None
    """The id of its entry; None for another heading without an entry."""
    heading: str
    """The id of the heading without an entry; empty for an entry."""


@dataclass(frozen=True)
class Likenesses:
    """The look-alikes among the headings and entries of one kind."""

    headings: Sequence[Unlisted]
    """The headings without entries to report; of people with the same name only the first."""
    near: Mapping[str, Sequence[Near]]
    """The look-alikes of a heading, by its id, the most similar first; a pair of headings occurs once."""
    named: AbstractSet[str]
    """The ids of headings that the finding about another heading names."""
    apart: Sequence[tuple[Unlisted, Unlisted]]
    """The first two headings of people who have the same name and different affiliations."""
    split: AbstractSet[str]
    """The ids of headings that differ from another only by country."""
    entries: Sequence[tuple[tuple[str, str], tuple[str, str]]]
    """Pairs of entries, each an id and a wording, the later in the file first."""


def likenesses(
    headings: Sequence[Unlisted], authority: Authority, is_person: bool, signing: AbstractSet[str]
) -> Likenesses:
    """Compare headings without entries, and the entries whose ids are ``signing``, with all others."""
    entries: Mapping[str, Organization | Person] = (
        authority.names.people if is_person else authority.names.organizations
    )
    bodies: dict[str, list[Unlisted]] = defaultdict(list)
    for heading in headings:
        bodies[folded(heading.name) if is_person else fingerprint(heading.name)].append(heading)
    several = [group for group in bodies.values() if len(group) > 1]
    heads = [group[0] for group in bodies.values()] if is_person else list(headings)
    known = {heading.id: heading for heading in heads}
    near: dict[str, list[Near]] = defaultdict(list)
    named: set[str] = set()
    pairs: dict[tuple[str, str], tuple[tuple[str, str], tuple[str, str]]] = {}
    places = {key: place for place, key in enumerate(entries)}
    names = [(key, word) for key, entry in entries.items() for word in wordings(entry)]
    names += [(heading.id, heading.name) for heading in heads]
    for pair in alike(names):
        one, other = pair.one, pair.other
        if authority.told_apart(one[1], other[1]):
            continue
        if one[0] in entries and other[0] in entries:
            later, earlier = sorted((one, other), key=lambda item: -places[item[0]])
            acronyms = [text for key, text in (one, other) if _is_acronym(text, entries[key])]
            # Entries that differ by an acronym or a word are two on purpose.
            is_deliberate = acronyms or differ_by_a_word(one[1], other[1])
            if {one[0], other[0]} <= signing and not is_deliberate:
                pairs.setdefault((later[0], earlier[0]), (later, earlier))
        elif one[0] in entries or other[0] in entries:
            entry, signed = (one, other) if one[0] in entries else (other, one)
            near[signed[0]].append(Near(pair.score, entry[1], entry[0], ""))
        else:
            behind, ahead = sorted(
                (known[one[0]], known[other[0]]), key=lambda item: (item.signatures, _behind(item))
            )
            near[behind.id].append(Near(pair.score, ahead.name, None, ahead.id))
            named.add(ahead.id)
    ranked = {
        key: sorted(found, key=lambda item: (-item.score, item.wording))
        for key, found in near.items()
    }
    return Likenesses(
        heads,
        ranked,
        named | {group[0].id for group in several if is_person},
        [(group[0], group[1]) for group in several if is_person],
        {heading.id for group in several if not is_person for heading in group},
        [pairs[key] for key in sorted(pairs, key=lambda key: [places[entry] for entry in key])],
    )


def _behind(heading: Unlisted) -> tuple[int, int]:
    return -heading.first[0], -heading.first[1]


def _is_acronym(text: str, entry: Organization | Person) -> bool:
    return isinstance(entry, Organization) and text == entry.acronym


class Suggestions:
    """The lines to add to a names.yaml, none of which contradicts another."""

    def __init__(self, names: Names, taken: Iterable[str]) -> None:
        """Take the entries of the file, and all ids in it, including those of faulty entries."""
        self._names = names
        self._taken = {*taken, *NULLS}
        self._aliases: dict[str, list[str]] = {}
        """The aliases of an entry, with those suggested so far."""
        self._placed: set[str] = set()
        """The ids of the headings for which a line has been suggested."""

    def with_family(self, name: str, family: str) -> str:
        """Return the line that gives a person an entry with a family name."""
        return f"{self._id(name)}: {{name: {scalar(name)}, family: {scalar(family)}}}"

    def by_country(self, heading: Unlisted) -> tuple[str, str]:
        """Return message and remedy for a heading that differs from another only by country."""
        message = f"“{heading.name}” has no entry in names.yaml, and signs for different countries"
        return message, f"A{self._entry(heading, False, True)[1:]}"

    def look_alike(
        self, heading: Unlisted, near: Sequence[Near], is_person: bool
    ) -> tuple[str, str]:
        """Return message and remedy for a heading that looks like others, the most similar first."""
        names = list(dict.fromkeys(other.wording for other in near))
        message = f"“{heading.name}” has no entry in names.yaml, but it looks like {quoted(names[:SHOWN])}"
        same = self._same(heading, near[0], is_person)
        pair = f"[{scalar(heading.name)}, {scalar(near[0].wording)}]"
        return message, f"If it is the same, {same}. If not, add under “distinct”: - {pair}"

    def same_name(self, heading: Unlisted) -> tuple[str, str]:
        """Return message and remedy for a name that signs with different affiliations."""
        message = f"“{heading.name}” signs with different affiliations, and has a heading for each"
        entry = self._entry(heading, True, False)
        return message, (
            f"If it is one person, {entry}. If not, give each an entry with its “organization”"
        )

    def _same(self, heading: Unlisted, near: Near, is_person: bool) -> str:
        """Return the remedy that merges a heading with its look-alike."""
        free = heading.id not in self._placed
        if near.entry is not None and free:
            self._placed.add(heading.id)
            entries: Mapping[str, Organization | Person] = (
                self._names.people if is_person else self._names.organizations
            )
            aliases = self._aliases.setdefault(near.entry, list(entries[near.entry].aliases))
            aliases.append(heading.name)
            listed = ", ".join(scalar(alias) for alias in aliases)
            return f"add to “{near.entry}” in names.yaml: aliases: [{listed}]"
        if near.entry is None and free and near.heading not in self._placed:
            self._placed |= {heading.id, near.heading}
            section = "people" if is_person else "organizations"
            fields = f"{{name: {scalar(near.wording)}, aliases: [{scalar(heading.name)}]}}"
            return f"add under “{section}” in names.yaml: {self._id(near.wording)}: {fields}"
        return "give them one entry, with the other wording among its aliases"

    def _entry(self, heading: Unlisted, is_person: bool, by_country: bool) -> str:
        """Return the remedy that gives a heading an entry of its own."""
        self._placed.add(heading.id)
        section = "people" if is_person else "organizations"
        name, country = heading.name, ""
        if by_country and heading.country:
            name, country = without_country(name), f", country: {heading.country}"
        fields = f"{{name: {scalar(name)}{country}}}"
        return f"add under “{section}” in names.yaml: {self._id(heading.name)}: {fields}"

    def _id(self, name: str) -> str:
        """Return a new id for a name."""
        wanted = found = _slug(name)
        number = 1
        while found in self._taken:
            number += 1
            found = f"{wanted}-{number}"
        self._taken.add(found)
        return found


def scalar(text: str) -> str:
    """Return ``text`` as a double-quoted YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _slug(text: str) -> str:
    plain = "".join(
        char
        for char in unicodedata.normalize("NFKD", folded(text).translate(LATIN))
        if not unicodedata.combining(char)
    )
    words = "-".join(re.findall("[a-z0-9]+", plain))
    if not words or not plain.isascii():
        return f"entry-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    return (
        words[:LONGEST_ID].rpartition("-")[0] or words[:LONGEST_ID]
        if len(words) > LONGEST_ID
        else words
    )
