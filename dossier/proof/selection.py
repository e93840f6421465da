"""Works out a second time which letters a packet must hold.

The rules are those of docs/corpus-format.md, "dossier.yaml".
"""

from __future__ import annotations

from collections.abc import Sequence

from dossier.language.dates import read_date
from dossier.language.folding import folded, spelled
from dossier.proof.signers import Register, same_name
from dossier.proof.signing import signers, walk
from dossier.records.authority import Names
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Signatory
from dossier.records.headings import KINDS
from dossier.records.publication import Conditions, Selection


def chosen(
    letters: Sequence[CorpusLetter], select: Selection | None, names: Names
) -> dict[str, CorpusLetter]:
    """Return the selected ones of all ``letters``, with the signatures that the packet prints, by id."""
    every = {letter.id: letter for letter in letters}
    found = {key: letter for key, letter in every.items() if not letter.head.annex_to}
    if select is not None:
        found = _held(select, letters, found, names)
        if select.but is not None:
            for key in _held(select.but, letters, found, names):
                del found[key]
    # An annex is there if its letter is.
    return {
        key: letter for key, letter in every.items() if {key, letter.head.annex_to} & found.keys()
    }


def _held(
    conditions: Conditions,
    all_letters: Sequence[CorpusLetter],
    found: dict[str, CorpusLetter],
    names: Names,
) -> dict[str, CorpusLetter]:
    """Return those of ``found`` that meet all given conditions."""
    if conditions.letters:
        found = {key: letter for key, letter in found.items() if key in conditions.letters}
    if conditions.since:
        first = read_date(conditions.since).earliest
        found = {key: letter for key, letter in found.items() if first <= letter.date.latest}
    if conditions.until:
        last = read_date(conditions.until).latest
        found = {key: letter for key, letter in found.items() if letter.date.earliest <= last}
    if conditions.addressee:
        wanted = set(map(folded, conditions.addressee))
        found = {
            key: letter
            for key, letter in found.items()
            if not wanted.isdisjoint(folded(addressed.name) for addressed in letter.head.to)
        }
    if conditions.signed_by:
        signed = set()
        for word in conditions.signed_by:
            signed |= _signed_by(word, all_letters, Register(names))
        found = {key: letter for key, letter in found.items() if key in signed}
    if conditions.cites:
        works = set(conditions.cites)
        found = {
            key: letter
            for key, letter in found.items()
            if works & {citation.report for citation in letter.body.citations}
        }
    if conditions.tags:
        tags = set(map(spelled, conditions.tags))
        found = {
            key: letter
            for key, letter in found.items()
            if tags & set(map(spelled, letter.head.tags))
        }
    return found


def _signed_by(word: str, letters: Sequence[CorpusLetter], register: Register) -> set[str]:
    """Return the ids of the letters signed by, or on behalf of, whom ``word`` names."""
    signed = [
        (letter.id, signer)
        for letter in letters
        for signatory in walk(letter.head.signatories)
        for signer in signers(signatory)
    ]
    names = register.names
    kinds = [kind for kind in KINDS if kind.signs]
    entries = {word}
    if word not in names.organizations and word not in names.people:
        meant = Signatory(organization=word), Signatory(person=word)
        found = register.organization(meant[0]), register.person(meant[1])
        entries = {key for key in found if key}
    if entries:
        return {
            key
            for key, signatory in signed
            for kind in kinds
            if register.entry(kind, signatory) in entries
        }
    texts = [
        (key, kind, getattr(signatory, kind.key))
        for key, signatory in signed
        for kind in kinds
        if getattr(signatory, kind.key) and not register.entry(kind, signatory)
    ]
    exact = {key for key, _, text in texts if folded(text) == folded(word)}
    return exact or {
        key
        for key, kind, text in texts
        if kind.folds == "name" and same_name(text) == same_name(word)
    }
