"""Works out a second time how letters are numbered, named and related to each other.

The rules are those of docs/relations.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.language.dates import SEVERAL, read_date
from dossier.proof.signing import walk
from dossier.records.dossier import Corpus, CorpusLetter
from dossier.records.front_matter import FrontMatter
from dossier.records.numbering import LETTER, NUMBER
from dossier.records.relations import DRAFT, REVERSE


@dataclass(frozen=True)
class Tie:
    """A relation of a letter in words: those before, between and behind the names of others."""

    key: str
    """The key of its words."""
    names: tuple[tuple[str, str], ...]
    """The name and id of each other letter; the id is empty where the packet does not have it."""


def dates_of(head: FrontMatter) -> list[str]:
    """Return the dates of a letter, of one without a known date that at which it is placed."""
    return [head.sort_date] if head.sort_date else head.date.split(SEVERAL)


@dataclass(frozen=True)
class Rank:
    """The place of a letter among the others."""

    number: int
    """Of an annex that of its letter."""
    annex: int
    """Counted from 1 behind its letter; 0 for a letter."""
    draft: bool


def _in_letters(number: int) -> str:
    """Return the letters of an exhibit: after Z there are two, AA to ZZ, and so on."""
    length = 1
    while number > 26**length:
        number -= 26**length
        length += 1
    return "".join(
        chr(ord("A") + (number - 1) // 26**place % 26) for place in reversed(range(length))
    )


class Ranks:
    """The sequence, numbers and names of all letters of a corpus."""

    def __init__(self, corpus: Corpus, exhibits: str | None = None) -> None:
        """Rank the letters of a corpus; ``exhibits`` is the pattern of labels, if they have one."""
        self._words = corpus.words
        self._exhibits = exhibits or ""
        by_date = sorted(
            corpus.letters, key=lambda one: (read_date(dates_of(one.head)[0]).earliest, one.id)
        )
        heads = [letter for letter in by_date if not letter.head.annex_to]
        finished = [letter for letter in heads if letter.head.status != DRAFT]
        drafts = [letter for letter in heads if letter.head.status == DRAFT]
        annexes: dict[str, list[CorpusLetter]] = {}
        for letter in by_date:
            annexes.setdefault(letter.head.annex_to or "", []).append(letter)
        self.letters: list[CorpusLetter] = []
        """All letters in their sequence; without drafts, unless the corpus was read with them."""
        self.ranks: dict[str, Rank] = {}
        """The rank of each, by id."""
        for number, letter in enumerate(finished + (drafts if corpus.with_drafts else []), 1):
            draft = letter.head.status == DRAFT
            self._add(letter, Rank(number, 0, draft))
            for annex, one in enumerate(annexes.get(letter.id, ()), 1):
                self._add(one, Rank(number, annex, draft))
        self._stated: dict[tuple[str, str], list[str]] = {}
        """The letters that state a relation to another one, by its key and the other's id."""
        for key in REVERSE:
            for letter in self.letters:
                other = getattr(letter.head, key)
                self._stated.setdefault((key, other or ""), []).append(letter.id)

    def _add(self, letter: CorpusLetter, rank: Rank) -> None:
        self.letters.append(letter)
        self.ranks[letter.id] = rank

    def label(self, letter: str) -> str:
        """Return the label above a letter."""
        rank = self.ranks[letter]
        if rank.annex:
            return self._words("annex", annex=rank.annex, letter=self._parent(rank))
        if self._exhibits and not rank.draft:
            return self._exhibit(rank)
        return self._words("draft" if rank.draft else "letter", number=rank.number)

    def _exhibit(self, rank: Rank) -> str:
        before, placeholder, after = self._exhibits.partition(
            LETTER if LETTER in self._exhibits else NUMBER
        )
        said = _in_letters(rank.number) if placeholder == LETTER else str(rank.number)
        return before + said + after

    def name(self, letter: str) -> str:
        """Return the name of a letter inside a sentence."""
        rank = self.ranks[letter]
        if rank.annex:
            return self._words("in_text_annex", annex=rank.annex, letter=self._parent(rank))
        return self._parent(rank)

    def mark(self, letter: str) -> str:
        """Return what stands before the page in locators of a letter."""
        number = self.ranks[letter].number
        return _in_letters(number) if LETTER in self._exhibits else str(number)

    def _parent(self, rank: Rank) -> str:
        if self._exhibits and not rank.draft:
            return self._exhibit(rank)
        key = "in_text_draft" if rank.draft else "in_text_letter"
        return self._words(key, number=rank.number)

    def ties(self, letter: CorpusLetter, held: Collection[str]) -> Iterator[Tie]:
        """Yield the relations of a letter, those that it states first; ``held`` are the packet's."""
        for key in REVERSE:
            stated = getattr(letter.head, key)
            if stated:
                yield self._tie(key, [stated], held)
        for key, reverse in REVERSE.items():
            others = self._stated.get((key, letter.id), [])
            if others and key == "annex_to":
                # They are there if the letter is.
                numbers = [(self.ranks[one].annex, one) for one in others]
                names = [(self._words("in_text_own_annex", annex=n), one) for n, one in numbers]
                yield Tie(f"relation_{reverse}", tuple(names))
            elif others:
                yield self._tie(reverse, others, held)

    def _tie(self, key: str, others: Sequence[str], held: Collection[str]) -> Tie:
        names = tuple((self.name(one), one if one in held else "") for one in others)
        return Tie(f"relation_{key}", names)


def in_totals(letters: Mapping[str, CorpusLetter]) -> set[str]:
    """Return the ids of the letters of a packet whose signatures are in the totals.

    Letters that translate the same one, directly or not, are one letter: its own signatures count, or,
    where it has none or is not there, those of the first translation that has.
    """
    same: dict[str, list[str]] = {}
    for key, letter in letters.items():
        origin, there = key, letter
        while there.head.translation_of:
            origin = there.head.translation_of
            if origin not in letters:
                break
            there = letters[origin]
        if not letter.head.annex_to and any(walk(letter.head.signatories)):
            same.setdefault(origin, []).append(key)
    return {origin if origin in keys else keys[0] for origin, keys in same.items()}
