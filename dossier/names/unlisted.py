"""Groups the signatures that have no entry in the authority file under headings.

Signatures of organizations share a heading where their fingerprints are equal, unless they state different
countries; those of people where the folded name and the affiliation are equal. Nothing else is merged.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dossier.language.folding import folded, spelled
from dossier.names.matching import Authority, fingerprint
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Signatory


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
        self._countries: dict[str, set[str]] = defaultdict(set)
        signatories = [
            ((number, place), signer)
            for number, letter in enumerate(letters)
            for place, signatory in enumerate(letter.head.signatures)
            for signer in (signatory, signatory.represented)
            if signer
        ]
        for _, signatory in signatories:
            country = self._stated(signatory)
            if country:
                self._countries[fingerprint(signatory.organization or "")].add(country)
        signed: dict[tuple[str, ...], list[_Signed]] = {}
        for where, signatory in signatories:
            if signatory.organization and not self._entries(signatory):
                signature = _Signed(where, signatory.organization, self._stated(signatory))
                signed.setdefault(self._organization_key(signatory), []).append(signature)
            person, affiliation = signatory.person, employer(authority, signatory)
            if person and not authority.person(person, affiliation).ids:
                signature = _Signed(where, person, None, signatory.family)
                signed.setdefault(self._person_key(signatory), []).append(signature)
        self._headings = {key: _heading(key, signatures) for key, signatures in signed.items()}

    def organization(self, signatory: Signatory) -> Unlisted:
        """Return the heading of a signature's organization, which has no entry."""
        return self._headings[self._organization_key(signatory)]

    def person(self, signatory: Signatory) -> Unlisted:
        """Return the heading of a signature's person, who has no entry."""
        return self._headings[self._person_key(signatory)]

    def organizations(self) -> list[Unlisted]:
        """Return all headings of organizations, sorted by first signature."""
        return self._of_kind("organization")

    def people(self) -> list[Unlisted]:
        """Return all headings of people, sorted by first signature."""
        return self._of_kind("person")

    def _of_kind(self, kind: str) -> list[Unlisted]:
        found = [heading for key, heading in self._headings.items() if key[0] == kind]
        return sorted(found, key=lambda heading: heading.first)

    def _entries(self, signatory: Signatory) -> tuple[str, ...]:
        assert signatory.organization is not None
        return self._authority.organization(signatory.organization, signatory.country).ids

    def _stated(self, signatory: Signatory) -> str | None:
        """Return the country stated by the signature of an organization that has no entry."""
        if not signatory.organization:
            return None
        match = self._authority.organization(signatory.organization, signatory.country)
        return None if match.ids else signatory.country or match.country

    def _organization_key(self, signatory: Signatory) -> tuple[str, ...]:
        body = fingerprint(signatory.organization or "")
        apart = len(self._countries[body]) > 1
        return "organization", body, (self._stated(signatory) or "" if apart else "")

    def _person_key(self, signatory: Signatory) -> tuple[str, ...]:
        name = folded(signatory.person or "")
        if not signatory.organization:
            return "person", name, "role", folded(signatory.role or "")
        entries = self._entries(signatory)
        return "person", name, *(entries or self._organization_key(signatory))


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
