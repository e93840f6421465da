"""Groups the signatures that have no entry in the authority file under headings.

What has to be equal for that depends on the kind of heading (``records/headings.py``): of organizations the
fingerprint, unless they state different countries; of people the folded name and the affiliation. Nothing
else is merged.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dossier.language.folding import folded, spelled
from dossier.names.matching import Authority, Match, fingerprint
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Signatory
from dossier.records.headings import KINDS, ORGANIZATION, Kind


@dataclass(frozen=True)
class Unlisted:
    """A heading that signatures without an entry share."""

    id: str
    name: str
    """The most frequent wording; of several, the earliest."""
    country: str | None
    """The ISO 3166-1 code that its signatures state, if any."""
    signatures: int
    first: tuple[int, int]
    """The indices of letter and signature of its first signature, counted from 0."""
    family: str | None = None
    """A person's family name, as the first of the signatures states it that do."""


class UnlistedHeadings:
    """All headings of signatures without an entry."""

    def __init__(self, letters: Sequence[CorpusLetter], authority: Authority) -> None:
        """Group the signatures of ``letters`` that have no entry in ``authority``."""
        self._authority = authority
        self._countries: dict[tuple[str, str], set[str]] = defaultdict(set)
        signatories = [
            ((number, place), signer)
            for number, letter in enumerate(letters)
            for place, signatory in enumerate(letter.head.signatures)
            for signer in (signatory, signatory.represented)
            if signer
        ]
        unlisted = [
            (where, signatory, kind, text)
            for where, signatory in signatories
            for kind, text in names_of(signatory)
            if not entries_of(authority, kind, signatory).ids
        ]
        for _, signatory, kind, text in unlisted:
            country = self._stated(kind, signatory)
            if country:
                self._countries[kind.name, _alike(kind, text)].add(country)
        signed: dict[tuple[str, ...], list[_Signed]] = {}
        for where, signatory, kind, text in unlisted:
            family = signatory.family if kind.by_family else None
            signature = _Signed(where, text, self._stated(kind, signatory), family)
            signed.setdefault(self._key(kind, signatory), []).append(signature)
        self._headings = {key: _heading(key, signatures) for key, signatures in signed.items()}

    def of(self, kind: Kind, signatory: Signatory) -> Unlisted:
        """Return the heading of a kind for a signature that has no entry of this kind."""
        return self._headings[self._key(kind, signatory)]

    def all_of(self, kind: Kind) -> list[Unlisted]:
        """Return all headings of a kind, sorted by first signature."""
        found = [heading for key, heading in self._headings.items() if key[0] == kind.name]
        return sorted(found, key=lambda heading: heading.first)

    def _stated(self, kind: Kind, signatory: Signatory) -> str | None:
        """Return the country stated by a signature that has no entry of a kind."""
        if not kind.has_country:
            return None
        match = entries_of(self._authority, kind, signatory)
        return None if match.ids else signatory.country or match.country

    def _key(self, kind: Kind, signatory: Signatory) -> tuple[str, ...]:
        """Return what the signatures of a heading have in common, the kind and the folded text first."""
        text = _alike(kind, getattr(signatory, kind.key) or "")
        return kind.name, text, *self._apart(kind, signatory, text)

    def _apart(self, kind: Kind, signatory: Signatory, text: str) -> tuple[str, ...]:
        """Return what tells a signature apart from others with the same folded text."""
        if kind.apart == "country":
            several = len(self._countries[kind.name, text]) > 1
            return ((self._stated(kind, signatory) or "") if several else "",)
        if kind.apart != "affiliation":
            return ()
        if not signatory.organization:
            return "role", folded(signatory.role or "")
        entries = entries_of(self._authority, ORGANIZATION, signatory).ids
        return entries or self._key(ORGANIZATION, signatory)


def names_of(signatory: Signatory) -> Iterator[tuple[Kind, str]]:
    """Yield the kinds of headings that a signature has, each with its wording."""
    for kind in KINDS:
        text = getattr(signatory, kind.key)
        if text:
            yield kind, text


def entries_of(authority: Authority, kind: Kind, signatory: Signatory) -> Match:
    """Return the entries that a signature's wording for a kind of headings may belong to."""
    text = getattr(signatory, kind.key) or ""
    if kind.entries == "organizations":
        return authority.organization(text, signatory.country)
    if kind.entries == "people":
        return authority.person(text, employer(authority, signatory))
    return Match(())


def _alike(kind: Kind, text: str) -> str:
    """Return a wording without what makes no difference for a kind of headings."""
    return fingerprint(text) if kind.folds == "name" else folded(text)


def employer(authority: Authority, signatory: Signatory) -> str | None:
    """Return the entry's id of the organization for which a person signs, None where it has none."""
    if not signatory.organization:
        return None
    ids = authority.organization(signatory.organization, signatory.country).ids
    return ids[0] if ids else None


@dataclass(frozen=True)
class _Signed:
    """A signature without an entry: its indices, counted from 0, and what it states."""

    where: tuple[int, int]
    text: str
    country: str | None
    family: str | None = None


def _heading(key: tuple[str, ...], signed: Sequence[_Signed]) -> Unlisted:
    """Return the heading of signatures."""
    wordings = Counter(spelled(item.text) for item in signed)
    most = max(wordings.values())
    # The first signature with the most frequent wording.
    name = next(item.text for item in signed if wordings[spelled(item.text)] == most)
    digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:8]
    return Unlisted(
        "-".join(["signed", *re.findall("[a-z0-9]+", key[1]), digest]),
        name,
        next((item.country for item in signed if item.country), None),
        len(signed),
        signed[0].where,
        next((item.family for item in signed if item.family), None),
    )
