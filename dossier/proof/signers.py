"""Works out a second time who signed, and so which headings the index must have.

It is independent of the compiler and written plainly, so that a reader can compare it with docs/names.md
and docs/corpus-format.md, "names.yaml". It shares with the rest of the program only the folding of texts
(:mod:`dossier.language.folding`), the names of countries and the table of the kinds of headings.
"""

from __future__ import annotations

import functools
import hashlib
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dossier.language.countries import country_of
from dossier.language.folding import folded, spelled, visible, without_article
from dossier.proof.customs import Usage
from dossier.proof.families import filed_as
from dossier.proof.signing import line, signers, walk, weight
from dossier.records.authority import Names, Organization, Person
from dossier.records.dossier import CorpusLetter, anchor_of_signature
from dossier.records.front_matter import Signatory
from dossier.records.headings import KINDS, ORGANIZATION, Kind

OPENING, CLOSING = "(（[", ")）]"
ACRONYM = string.ascii_letters + ".&-"
"""The characters of an acronym in parentheses."""
Key = tuple[str, ...]
"""The key that the signatures of one heading share."""


@dataclass(frozen=True)
class Place:
    """A place in a letter that the index or the bibliography refers to."""

    letter: str
    mark: str
    """What is printed for the letter: its number, or as an exhibit its letter."""
    anchor: str


@dataclass(frozen=True)
class Signature:
    """A signature's printed line, and the country that it counts for."""

    anchor: str
    printed: str
    country: str | None
    """ISO 3166-1 code."""
    count: int
    """How many signatures it stands for."""
    nameless: bool
    """It stands for people without names."""


@dataclass(frozen=True)
class Heading:
    """A heading of the index with all its signatures."""

    id: str
    """The entry's id in names.yaml; without an entry, one made of what its signatures have in common."""
    kind: Kind
    entry: Organization | Person | None
    name: str
    country: str | None
    """ISO 3166-1 code."""
    locators: tuple[Place, ...]
    details: tuple[str, ...]
    """A person's roles and organizations, as signed."""
    wordings: tuple[tuple[str, tuple[str, ...]], ...]
    """Each wording that signed, with the numbers of its letters."""


@dataclass(frozen=True)
class _Signed:
    """A signature under one of its names."""

    place: Place
    signatory: Signatory
    text: str


# --- names ---


@functools.cache
def bared(text: str) -> tuple[str, str | None]:
    """Return a name without countries and acronyms in parentheses at its end, and the last country."""
    text, country = visible(text), None
    while end := _parentheses(text):
        before, inside = end
        code = country_of(inside)
        if not before or not (code or _is_acronym(inside)):
            break
        text, country = before, country or code
    return text, country


def _parentheses(text: str) -> tuple[str, str] | None:
    """Return the text before and in the parentheses at the end of a text, None without any."""
    text = text.rstrip()
    start = max(text.rfind(char) for char in OPENING)
    inside = text[start + 1 : -1]
    if start < 0 or text[-1] not in CLOSING or any(char in CLOSING for char in inside):
        return None
    return text[:start].rstrip(), inside.strip()


def _is_acronym(text: str) -> bool:
    """Tell whether a text is an acronym: 2 to 12 of its characters, at least 2 capitals."""
    return (
        2 <= len(text) <= 12
        and text[0] in string.ascii_letters
        and all(char in ACRONYM for char in text)
        and sum(char in string.ascii_uppercase for char in text) >= 2
    )


def same_name(text: str) -> str:
    """Return an organization's name without case, article and parentheses, for comparison."""
    return folded(without_article(bared(text)[0]))


def wordings(entry: Organization | Person) -> list[str]:
    """Return all wordings of an entry."""
    found = [entry.name, *entry.aliases, *entry.native.values()]
    if isinstance(entry, Organization):
        found += [entry.acronym] if entry.acronym else []
        found += [former.name for former in entry.formerly]
    return found


class Register:
    """The authority file, which resolves signatures to entries."""

    def __init__(self, names: Names) -> None:
        """Take the authority file."""
        self.names = names
        self._organizations = _claims(names.organizations)
        self._people = _claims(names.people)
        self._found: dict[tuple[str, str | None], str | None] = {}
        """The organization of each wording and stated country that was looked up."""

    def organization(self, signatory: Signatory) -> str | None:
        """Return the id of the organization that signs or is represented, None where it has no entry.

        The whole text is looked up first, then the text without article and parentheses. Of several entries
        with the same wording, the one with the signature's country is taken, else the one with the exact
        wording.
        """
        text = signatory.organization
        if not text:
            return None
        key = text, signatory.country
        if key not in self._found:
            self._found[key] = self._organization(text, signatory.country)
        return self._found[key]

    def _organization(self, text: str, country: str | None) -> str | None:
        entries = self.names.organizations
        found = self._organizations.get(folded(text)) or self._organizations.get(same_name(text))
        country = country or bared(text)[1]
        found = _narrowed(
            found or [], [key for key in found or [] if entries[key].country == country]
        )
        return _one(found, text, entries)

    def person(self, signatory: Signatory) -> str | None:
        """Return the id of the person who signs, None where there is no entry.

        Of several people with the same name, the one of the signature's organization is taken.
        """
        text = signatory.person
        if not text:
            return None
        entries = self.names.people
        found = self._people.get(folded(text), [])
        employer = self.organization(signatory)
        found = _narrowed(found, [key for key in found if entries[key].organization == employer])
        return _one(found, text, entries)

    def entry(self, kind: Kind, signatory: Signatory) -> str | None:
        """Return the id of a signature's entry for a kind of headings, None where it has none."""
        if kind.entries == "organizations":
            return self.organization(signatory)
        return self.person(signatory) if kind.entries == "people" else None

    def country(self, signatory: Signatory) -> str | None:
        """Return the country that a signature states, in its key or its organization's parentheses."""
        text = signatory.organization
        if signatory.country or not text:
            return signatory.country
        key, end = self.organization(signatory), _parentheses(visible(text))
        acronym = self.names.organizations[key].acronym if key else None
        if end and acronym and folded(end[1]) == folded(acronym):
            text = end[0]  # the parentheses have the organization's acronym, not a country
        return bared(text)[1]


def _claims(entries: Mapping[str, Organization | Person]) -> dict[str, list[str]]:
    """Return the entries of each wording, whole or without article and parentheses."""
    claims: dict[str, list[str]] = {}
    for key, entry in entries.items():
        for text in wordings(entry):
            for form in (folded(text), same_name(text)):
                if key not in claims.setdefault(form, []):
                    claims[form].append(key)
    return claims


def _narrowed(found: list[str], fitting: list[str]) -> list[str]:
    """Return the fitting ones of several entries; all of them where none fits."""
    return fitting if len(found) > 1 and fitting else found


def _one(found: list[str], text: str, entries: Mapping[str, Organization | Person]) -> str | None:
    """Return the first entry, of those with the exact wording ``text`` if there are any."""
    whole = [key for key in found if folded(text) in map(folded, wordings(entries[key]))]
    return next(iter(_narrowed(found, whole)), None)


# --- headings ---


class Signers:
    """The signers of some letters, with their headings."""

    def __init__(
        self, letters: Sequence[tuple[str, CorpusLetter]], names: Names, usage: Usage | None = None
    ) -> None:
        """Take the letters with their marks, in the dossier's sequence, and the authority file.

        ``usage`` tells the family names that nobody states, where the corpus accepts these.
        """
        self._register = Register(names)
        self._usage = usage
        signed = [
            (Place(letter.id, mark, anchor_of_signature(letter.id, count)), signer)
            for mark, letter in letters
            for count, signatory in enumerate(walk(letter.head.signatories), 1)
            for signer in signers(signatory)
        ]
        named = [
            (kind, _Signed(place, signatory, getattr(signatory, kind.key)))
            for place, signatory in signed
            for kind in KINDS
            if getattr(signatory, kind.key)
        ]
        self._countries: dict[tuple[str, str], set[str]] = {}
        for kind, item in named:
            code = self._register.country(item.signatory) if kind.has_country else None
            if code and not self._register.entry(kind, item.signatory):
                self._countries.setdefault((kind.name, _same(kind, item.text)), set()).add(code)
        gathered: dict[tuple[Kind, Key], list[_Signed]] = {}
        for kind, item in named:
            gathered.setdefault((kind, self._key(kind, item.signatory)), []).append(item)
        self._headings = {of: self._heading(*of, items) for of, items in gathered.items()}

    @property
    def headings(self) -> list[Heading]:
        """All headings, in the sequence of their first signatures."""
        return list(self._headings.values())

    def of(self, letter: CorpusLetter) -> tuple[Signature, ...]:
        """Return the signatures under a letter."""
        return tuple(
            Signature(
                anchor_of_signature(letter.id, count),
                line(signatory),
                self._country(signatory),
                weight(signatory),
                signatory.anonymous is not None,
            )
            for count, signatory in enumerate(walk(letter.head.signatories), 1)
        )

    def _country(self, signatory: Signatory) -> str | None:
        """Return the country that a signature counts for.

        It is that of its first heading of a kind with countries, else its own.
        """
        for signer in signers(signatory):
            for kind in KINDS:
                if kind.has_country and getattr(signer, kind.key):
                    heading = self._headings[kind, self._key(kind, signer)]
                    return heading.country or self._register.country(signer)
        return self._register.country(signatory)

    def _key(self, kind: Kind, signatory: Signatory) -> Key:
        """Return the key that a signature shares with the others under its heading of a kind.

        Where signatures of one name state different countries, the country is a part of the key, and
        signatures without a country share a key of their own. With people it is the organization, or else
        the role.
        """
        entry = self._register.entry(kind, signatory)
        if entry:
            return "entry", entry
        name = _same(kind, getattr(signatory, kind.key) or "")
        if kind.apart == "country":
            several = len(self._countries.get((kind.name, name), ())) > 1
            return "name", name, (self._register.country(signatory) or "") if several else ""
        if kind.apart == "affiliation" and signatory.organization:
            return "name", name, *self._key(ORGANIZATION, signatory)
        if kind.apart == "affiliation":
            return "name", name, "role", folded(signatory.role or "")
        return "name", name

    def _heading(self, kind: Kind, key: Key, signed: Sequence[_Signed]) -> Heading:
        entry: Organization | Person | None = None
        country = None
        if key[0] == "entry" and kind.entries == "organizations":
            entry = body = self._register.names.organizations[key[1]]
            name, country = body.name, body.country
        elif key[0] == "entry":
            entry = someone = self._register.names.people[key[1]]
            family = someone.family
            if self._usage and not (family or someone.sort_as):
                family = self._usage.family(someone.name, wordings(someone))
            name = someone.index_as or filed_as(someone.name, family)
        else:
            name = _most_frequent([item.text for item in signed])
            if kind.by_family:
                family = next(filter(None, (item.signatory.family for item in signed)), None)
                if self._usage and not family:
                    family = self._usage.family(name, [name])
                name = filed_as(name, family)
            if kind.has_country:
                codes = [self._register.country(item.signatory) for item in signed]
                country = next(filter(None, codes), None)
        return Heading(
            key[1] if entry else _made_id(kind, key),
            kind,
            entry,
            name,
            country,
            tuple(item.place for item in signed),
            _details(kind, signed),
            _wordings(signed),
        )


def _made_id(kind: Kind, key: Key) -> str:
    """Return the id of a heading without an entry: its words, then what tells it from all others."""
    parts, rest = [kind.name, key[1]], list(key[2:])
    if rest[:1] == ["entry"]:
        parts += rest[1:]
    elif rest[:1] == ["name"]:
        parts += [ORGANIZATION.name, *rest[1:]]
    else:
        parts += rest
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return "-".join(["signed", *re.findall("[a-z0-9]+", key[1]), digest[:8]])


def _same(kind: Kind, text: str) -> str:
    """Return a wording for comparison, without what makes no difference for a kind of headings."""
    return same_name(text) if kind.folds == "name" else folded(text)


def _most_frequent(texts: Sequence[str]) -> str:
    """Return the most frequent wording, the earliest among equals, in its first spelling."""
    counts = Counter(map(spelled, texts))
    most = max(counts.values())
    return next(text for text in texts if counts[spelled(text)] == most)


def _details(kind: Kind, signed: Sequence[_Signed]) -> tuple[str, ...]:
    """Return what stands behind a heading, such as the roles and organizations of a person, each once."""
    found = [
        ", ".join(filter(None, [getattr(item.signatory, key) for key in kind.details]))
        for item in signed
    ]
    return tuple(dict.fromkeys(filter(None, found)))


def _wordings(signed: Sequence[_Signed]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the wordings in their first spellings, with the marks of their letters."""
    texts: dict[str, str] = {}
    numbers: dict[str, dict[str, None]] = {}
    for item in signed:
        texts.setdefault(spelled(item.text), item.text)
        numbers.setdefault(spelled(item.text), {})[item.place.mark] = None
    return tuple((texts[form], tuple(numbers[form])) for form in texts)
