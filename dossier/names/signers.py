"""Resolves an id of names.yaml, or a wording, to the signatures that an editor means by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.language.folding import folded
from dossier.names.matching import Authority, fingerprint
from dossier.names.unlisted import entries_of, names_of
from dossier.records.dossier import CorpusLetter
from dossier.records.front_matter import Signatory


class Signers:
    """The signatures of all letters, indexed by signer.

    A word means the entry of names.yaml with this id, else the entry with this wording. Otherwise it means
    the signatures without an entry whose folded text is equal or, where there is none, those whose
    fingerprint is: it also leaves out a leading “the” and a trailing country or acronym.
    """

    def __init__(self, authority: Authority, letters: Sequence[CorpusLetter]) -> None:
        """Take the entries, and all letters of the corpus."""
        self._authority = authority
        self._signed = {
            letter.id: {
                key
                for signatory in letter.head.signatures
                for signer in (signatory, signatory.represented)
                if signer
                for key in self._keys(signer)
            }
            for letter in letters
        }
        self.wordings = sorted(
            {
                text
                for letter in letters
                for signatory in letter.head.signatures
                for signer in (signatory, signatory.represented)
                for kind, text in (names_of(signer) if signer else ())
                if kind.signs
            }
        )
        """Every name under which somebody signs."""
        self._all = {key for keys in self._signed.values() for key in keys}

    def entries(self, word: str) -> tuple[str, ...]:
        """Return the ids of all entries that a word may mean."""
        names = self._authority.names
        if word in names.organizations or word in names.people:
            return (word,)
        people = self._authority.people.get(folded(word), ())
        return (*self._authority.organization(word).ids, *people)

    def is_known(self, word: str) -> bool:
        """Tell whether a word means an entry, or a signature in any letter."""
        return bool(self.entries(word)) or not self._meant(word).isdisjoint(self._all)

    def has_signed(self, letter: CorpusLetter, word: str) -> bool:
        """Tell whether a signer whom a word means signed a letter, or is represented by a signatory."""
        return not self._meant(word).isdisjoint(self._signed[letter.id])

    def _meant(self, word: str) -> set[tuple[str, str]]:
        """Return the keys of the signers that a word means; a signature of theirs has at least one."""
        entries = self.entries(word)
        if entries:
            return {("entry", entry) for entry in entries}
        exact = ("reads", folded(word))
        return {exact} if exact in self._all else {("alike", fingerprint(word))}

    def _keys(self, signatory: Signatory) -> Iterator[tuple[str, str]]:
        """Yield the keys of a signature's signers: their entries, else the folded text."""
        for kind, text in names_of(signatory):
            if not kind.signs:
                continue
            entries = entries_of(self._authority, kind, signatory).ids
            yield from (("entry", entry) for entry in entries)
            if not entries:
                yield "reads", folded(text)
                if kind.folds == "name":
                    yield "alike", fingerprint(text)
