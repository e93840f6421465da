"""Arranges the signatures under a letter as they are printed: groups, numbers, the words beside them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from dossier.language.dates import babel_locale, day_in_words
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Entry, FrontMatter, Group, Signatory
from dossier.records.signatures import Signature, SignatureGroup

LEFT_OUT = "left_out"
"""The value of “withdrawn” with which withdrawn signatures are not printed."""


def without_withdrawn(letter: CorpusLetter, withdrawn: str) -> CorpusLetter:
    """Return a letter as a packet prints it: without withdrawn signatures, if it leaves them out."""
    head = letter.head
    if withdrawn != LEFT_OUT or not withdrawn_from(head):
        return letter
    kept = head.model_copy(update={"signatories": tuple(_kept(head.signatories))})
    return replace(letter, head=kept)


def withdrawn_from(head: FrontMatter) -> int:
    """Return how many of a letter's signatures were withdrawn."""
    return sum(signatory.count for signatory in head.signatures if signatory.withdrawn)


def _kept(entries: Iterable[Signatory]) -> Iterator[Signatory]:
    """Yield the entries of a list without withdrawn signatures; groups stay, even without any."""
    for entry in entries:
        if isinstance(entry, Entry) and entry.group:
            held = tuple(_kept(entry.group.signatories))
            group = entry.group.model_copy(update={"signatories": held})
            yield entry.model_copy(update={"group": group})
        elif not entry.withdrawn:
            yield entry


@dataclass(frozen=True)
class _Manner:
    """How the signatures of a group are printed."""

    numbering: str = "none"
    form: str = "list"
    headings: tuple[str, ...] = ()
    """The headings under which they stand, the outer one first."""

    def inside(self, group: Group) -> _Manner:
        """Return the manner of a group, which takes from the one around it what it does not say."""
        return _Manner(
            group.numbering or self.numbering,
            group.form or self.form,
            (*self.headings, *([group.heading] if group.heading else [])),
        )


class Filed(NamedTuple):
    """Where a signature is filed; see :class:`.signatures.Signature`."""

    anchor: str
    heading: str
    kind: str
    country: str | None


class _Arrangement:
    """The groups of a letter, made in its sequence."""

    def __init__(self, signed: Iterable[Filed], letter: str, dossier: str) -> None:
        """Take where its signatures are filed, and the languages of letter and dossier."""
        self._signed = iter(signed)
        self._nations = babel_locale(letter).territories
        self._dossier = dossier
        self._through = 0
        self.groups: list[SignatureGroup] = []

    def add(self, entries: Sequence[Signatory], manner: _Manner, group: Group | None) -> None:
        """Add the entries of a group, or those of the letter itself."""
        begins, qualifier = bool(group and group.heading), (group and group.qualifier) or ""
        held: list[Signature] = []
        own = 0
        for entry in entries:
            if isinstance(entry, Entry) and entry.group:
                self._close(manner, begins, qualifier, held)
                begins, qualifier, held = False, "", []
                self.add(entry.group.signatories, manner.inside(entry.group), entry.group)
                continue
            number = 0
            if entry.anonymous is None and manner.numbering == "through":
                self._through += 1
                number = self._through
            elif entry.anonymous is None and manner.numbering == "group":
                own += 1
                number = own
            held.append(self._printed(entry, number))
        self._close(manner, begins, qualifier, held)

    def _close(
        self, manner: _Manner, begins: bool, qualifier: str, held: Sequence[Signature]
    ) -> None:
        """Add the signatures ``held`` so far, or a heading or qualifier without any."""
        if held or begins or qualifier:
            made = SignatureGroup(manner.headings, begins, qualifier, manner.form, tuple(held))
            self.groups.append(made)

    def _printed(self, signatory: Signatory, number: int) -> Signature:
        """Return the next signature as it is printed."""
        filed, line, code = next(self._signed), signatory.printed, signatory.country or ""
        return Signature(
            filed.anchor,
            line,
            filed.heading,
            filed.kind,
            filed.country,
            signatory.count,
            signatory.anonymous is not None,
            number,
            str(self._nations.get(code, code)),
            self._day(signatory.added),
            self._day(signatory.withdrawn),
            signatory.name_within(line),
        )

    def _day(self, day: str | None) -> str:
        return day_in_words(datetime.date.fromisoformat(day), self._dossier) if day else ""


def arranged(
    head: FrontMatter, signed: Iterable[Filed], letter: str, dossier: str
) -> tuple[SignatureGroup, ...]:
    """Return the groups of a letter with its signatures; ``signed`` tells in sequence where each is filed.

    ``letter`` and ``dossier`` are the languages of the two.
    """
    arrangement = _Arrangement(signed, letter, dossier)
    arrangement.add(head.signatories, _Manner(), None)
    return tuple(arrangement.groups)
