"""Which signatures an editor means by an id of names.yaml, or by a wording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.language.folding import folded
from dossier.names.matching import Authority, fingerprint
from dossier.names.unlisted import employer
from dossier.records.dossier import CorpusLetter
from dossier.records.schema import Signatory


class Signers:
    """The signatures of all letters, ready to be looked up.

    A word means the entry of names.yaml with this id, else the one that has it among its wordings; else
    the signatures without an entry that read so, with capitals, spaces and punctuation folded, or, where
    none does, a leading “the” and a trailing country or acronym left out as well.
    """

    def __init__(self, authority: Authority, letters: Sequence[CorpusLetter]) -> None:
        """Take the entries, and all letters of the corpus."""
        self._authority = authority
        self._signed = {
            letter.id: {mark for one in letter.head.signatories for mark in self._marks(one)}
            for letter in letters
        }
        self.wordings = sorted(
            {
                text
                for letter in letters
                for one in letter.head.signatories
                for text in (one.organization, one.person)
                if text
            }
        )
        """Every name under which somebody signs."""
        self._all = {mark for marks in self._signed.values() for mark in marks}

    def entries(self, word: str) -> tuple[str, ...]:
        """Return the ids of the entries that a word may mean; one of them is right."""
        names = self._authority.names
        if word in names.organizations or word in names.people:
            return (word,)
        people = self._authority.people.get(folded(word), ())
        return (*self._authority.organization(word).ids, *people)

    def is_known(self, word: str) -> bool:
        """Tell whether a word means an entry, or a signature of any letter."""
        return bool(self.entries(word)) or not self._meant(word).isdisjoint(self._all)

    def has_signed(self, letter: CorpusLetter, word: str) -> bool:
        """Tell whether somebody whom a word means signed a letter, or is represented by who did."""
        return not self._meant(word).isdisjoint(self._signed[letter.id])

    def _meant(self, word: str) -> set[tuple[str, str]]:
        """Return the marks that a signature of somebody whom a word means has, any of them."""
        entries = self.entries(word)
        if entries:
            return {("entry", one) for one in entries}
        exact = ("reads", folded(word))
        return {exact} if exact in self._all else {("alike", fingerprint(word))}

    def _marks(self, signatory: Signatory) -> Iterator[tuple[str, str]]:
        """Yield what tells whose a signature is: entries, or how it reads where there is none."""
        if signatory.organization:
            text = signatory.organization
            entries = self._authority.organization(text, signatory.country).ids
            yield from (("entry", one) for one in entries)
            if not entries:
                yield "reads", folded(text)
                yield "alike", fingerprint(text)
        if signatory.person:
            text = signatory.person
            entries = self._authority.person(text, employer(self._authority, signatory)).ids
            yield from (("entry", one) for one in entries)
            if not entries:
                yield "reads", folded(text)
