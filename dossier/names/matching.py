"""Matches signatures with the entries of the authority file.

Only equal fingerprints match: no similarity measure tells "Human Rights Watch" from "Human Rights"
reliably. Names that merely look alike are ranked for the editor to decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dossier.language.countries import country_of
from dossier.language.folding import folded, visible, without_article
from dossier.records.authority import Names, Organization, Person

TRAILING = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]\s*$")
ACRONYM = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})[A-Za-z][A-Za-z.&-]{1,11}$")


@dataclass(frozen=True)
class Match:
    """The entries that a signature's text may belong to: none, one, or several."""

    ids: tuple[str, ...]
    country: str | None = None
    """The country that the signature itself states."""


def stripped(text: str) -> tuple[str, str | None]:
    """Return ``text`` without trailing ``(Country)`` and ``(ACRONYM)``, and the country it stated."""
    country: str | None = None
    text = visible(text)
    while match := TRAILING.search(text):
        inside = match[1].strip()
        stated = country_of(inside)
        if not match.start() or not (stated or ACRONYM.match(inside)):
            break
        country = country or stated
        text = text[: match.start()]
    return text, country


def without_country(text: str) -> str:
    """Return ``text`` without a trailing ``(Country)``."""
    match = TRAILING.search(visible(text))
    return visible(text)[: match.start()] if match and country_of(match[1].strip()) else text


def fingerprint(text: str) -> str:
    """Return a key that is equal for two wordings of the same name."""
    return folded(without_article(stripped(text)[0]))


class Authority:
    """The entries of the authority file, indexed by their wordings."""

    def __init__(self, names: Names) -> None:
        """Index the wordings of every entry of ``names``."""
        self.names = names
        self.organizations = _by_wording(names.organizations)
        self.people = _by_wording(names.people)
        entries: dict[str, Organization | Person] = {**names.organizations, **names.people}
        self._exact = {
            key: {folded(wording) for wording in wordings(entry)} for key, entry in entries.items()
        }
        self._matches: dict[tuple[str, str | None], Match] = {}
        self._distinct = {
            frozenset(words) for group in names.distinct for words in _pairs(self._keys(group))
        }

    def organization(self, text: str, country: str | None = None) -> Match:
        """Return the organizations that have the wording ``text``, told apart by country if need be."""
        known = self._matches.get((text, country))
        if known is None:
            known = self._matches[text, country] = self._organization(text, country)
        return known

    def _organization(self, text: str, country: str | None) -> Match:
        bare, stated = stripped(text)
        stated = country or stated
        entries = self.names.organizations
        ids = self.organizations.get(folded(text)) or self.organizations.get(fingerprint(text), ())
        ids = _narrowed(ids, lambda key: entries[key].country == stated)
        ids = _narrowed(ids, lambda key: folded(text) in self._exact[key])
        if len(ids) == 1 and not country:
            stated = self._stated(text, entries[ids[0]])
        return Match(ids, stated if bare != text or country else None)

    def _stated(self, text: str, entry: Organization) -> str | None:
        """Return the country that ``text`` states; the entry's own acronym is not a country code."""
        match = TRAILING.search(visible(text))
        if match and entry.acronym and folded(match[1]) == folded(entry.acronym):
            text = visible(text)[: match.start()]
        return stripped(text)[1]

    def person(self, text: str, organization: str | None = None) -> Match:
        """Return the people who have the wording ``text``, told apart by organization if need be.

        ``organization`` is the id of the entry of the person's organization, None where it has none.
        """
        entries = self.names.people
        ids = _narrowed(
            self.people.get(folded(text), ()),
            lambda key: entries[key].organization == organization,
        )
        return Match(_narrowed(ids, lambda key: folded(text) in self._exact[key]))

    def stands_under_distinct(self, text: str) -> bool:
        """Tell whether ``text`` is in any group under ``distinct``."""
        mine = self._keys((text,))[0]
        return any(mine in pair for pair in self._distinct)

    def told_apart(self, one: str, other: str) -> bool:
        """Tell whether two wordings, or ids of entries, are in one group under ``distinct``."""
        return frozenset(self._keys((one, other))) in self._distinct

    def _keys(self, group: Iterable[str]) -> list[str]:
        """Return the id of the entry of each id or wording; of a wording without entry its fingerprint."""
        keys = []
        for word in group:
            if word in self.names.organizations or word in self.names.people:
                keys.append(word)
                continue
            ids = self.organization(word).ids or self.person(word).ids
            keys.append(ids[0] if ids else fingerprint(word))
        return keys


def wordings(entry: Organization | Person) -> tuple[str, ...]:
    """Return every wording of an entry: name, aliases, native names, acronym, former names."""
    return tuple(dict.fromkeys(wording for _, wording in placed_wordings(entry)))


def placed_wordings(
    entry: Organization | Person,
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every wording of an entry with its path of keys in the entry."""
    yield ("name",), entry.name
    yield from ((("aliases", place), alias) for place, alias in enumerate(entry.aliases))
    yield from ((("native", tag), name) for tag, name in entry.native.items())
    if isinstance(entry, Organization):
        if entry.acronym:
            yield ("acronym",), entry.acronym
        for place, former in enumerate(entry.formerly):
            yield ("formerly", place, "name"), former.name


def _narrowed(ids: tuple[str, ...], fits: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the ids that fit; all of them where none fits or there is only one."""
    return tuple(filter(fits, ids)) or ids if len(ids) > 1 else ids


def _by_wording(entries: Mapping[str, Organization | Person]) -> dict[str, tuple[str, ...]]:
    table: dict[str, list[str]] = {}
    for key, entry in entries.items():
        for wording in wordings(entry):
            for print_ in {folded(wording), fingerprint(wording)}:
                if key not in table.setdefault(print_, []):
                    table[print_].append(key)
    return {print_: tuple(keys) for print_, keys in table.items()}


def _pairs(keys: list[str]) -> list[tuple[str, str]]:
    return [(a, b) for place, a in enumerate(keys) for b in keys[place + 1 :]]
