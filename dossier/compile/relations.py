"""Numbers letters and annexes, and links those that relate to each other. Pure: records in, records out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from string import ascii_uppercase

from dossier.language.words import Words
from dossier.records.dossier import CorpusLetter
from dossier.records.numbering import LETTER, NUMBER
from dossier.records.relations import DRAFT, KINDS, REVERSE, Related, Relation


def numbers_of(letters: Sequence[CorpusLetter]) -> dict[str, int]:
    """Return the number of each letter of a corpus; an annex has that of its letter."""
    own = [letter.id for letter in letters if not letter.head.annex_to]
    numbers = {key: number for number, key in enumerate(own, 1)}
    return {letter.id: numbers[letter.head.annex_to or letter.id] for letter in letters}


def counted(letters: Sequence[CorpusLetter]) -> set[str]:
    """Return the ids of the letters of a packet whose signatures are in the totals.

    Of a letter and its translations only one counts: the letter if it has signatures, else the first that
    has. Annexes do not count.
    """
    by_id = {letter.id: letter for letter in letters}
    chosen: dict[str, str] = {}
    for letter in letters:
        if letter.head.annex_to or not letter.head.signatures:
            continue
        origin = _origin(letter, by_id)
        if letter.id == origin or origin not in chosen:
            chosen[origin] = letter.id
    return set(chosen.values())


def signature_count(letters: Sequence[CorpusLetter]) -> int:
    """Return the number of signatures in the totals, from the letters of a packet as it prints them."""
    count = counted(letters)
    return sum(
        signatory.count
        for letter in letters
        if letter.id in count
        for signatory in letter.head.signatures
    )


def _origin(letter: CorpusLetter, by_id: Mapping[str, CorpusLetter]) -> str:
    """Return the id of the letter of which all translations are made, as far as it can be followed."""
    found = letter.id
    while letter.head.translation_of:
        found = letter.head.translation_of
        if found not in by_id:
            break
        letter = by_id[found]
    return found


def _lettered(number: int) -> str:
    """Return a number in letters: A to Z, then AA, AB and so on, as columns of spreadsheets are."""
    found = ""
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        found = ascii_uppercase[rest] + found
    return found


class Naming:
    """The names of the letters of a corpus in the program's words."""

    def __init__(
        self, letters: Sequence[CorpusLetter], words: Words, exhibits: str | None = None
    ) -> None:
        """Take all letters of the corpus, in their sequence; ``exhibits`` is the pattern of labels."""
        self._words = words
        self._exhibits = exhibits
        self._by_id = {letter.id: letter for letter in letters}
        self._numbers = numbers_of(letters)
        self._annexes: dict[str, int] = {}
        self._stating: dict[tuple[str, str], list[CorpusLetter]] = {}
        """The letters that state a relation to another, by its kind and the other's id."""
        for letter in letters:
            for kind in KINDS:
                other = getattr(letter.head, kind) or ""
                self._stating.setdefault((kind, other), []).append(letter)
        before = Counter[str]()
        for letter in letters:
            if letter.head.annex_to:
                before[letter.head.annex_to] += 1
                self._annexes[letter.id] = before[letter.head.annex_to]

    def label(self, letter: CorpusLetter) -> str:
        """Return the label above a letter."""
        return self._said(letter, "annex", "draft", "letter")

    def name(self, letter: CorpusLetter) -> str:
        """Return the name of a letter inside a sentence."""
        return self._said(letter, "in_text_annex", "in_text_draft", "in_text_letter")

    @property
    def are_exhibits(self) -> bool:
        """Tell whether letters are called by a pattern of their packet."""
        return bool(self._exhibits)

    def mark(self, letter: CorpusLetter) -> str:
        """Return what stands for a letter where pages are given: its number, or its letter."""
        number = self._numbers[letter.id]
        if self._exhibits and LETTER in self._exhibits:
            return _lettered(number)
        return str(number)

    def _said(self, letter: CorpusLetter, annex: str, draft: str, other: str) -> str:
        if letter.head.annex_to:
            parent = self.name(self._by_id[letter.head.annex_to])
            return self._words(annex, annex=self._annexes[letter.id], letter=parent)
        is_draft = letter.head.status == DRAFT
        if self._exhibits and not is_draft:
            mark = self.mark(letter)
            return self._exhibits.replace(NUMBER, mark).replace(LETTER, mark)
        return self._words(draft if is_draft else other, number=self._numbers[letter.id])

    def relations(self, letter: CorpusLetter, held: AbstractSet[str]) -> Iterator[Relation]:
        """Yield a letter's relations, then those of others to it; ``held`` are the ids in the packet."""
        for kind in KINDS:
            target = getattr(letter.head, kind)
            if target:
                yield Relation(kind, tuple(self._related([self._by_id[target]], held)))
        for kind, reverse in REVERSE.items():
            others = self._stating.get((kind, letter.id))
            if others:
                yield Relation(reverse, tuple(self._related(others, held, reverse)))

    def _related(
        self, letters: Iterable[CorpusLetter], held: AbstractSet[str], kind: str = ""
    ) -> Iterator[Related]:
        for letter in letters:
            name = self.name(letter)
            if kind == REVERSE["annex_to"]:
                # Its letter need not be named beside the letter itself.
                name = self._words("in_text_own_annex", annex=self._annexes[letter.id])
            yield Related(letter.id, name, letter.id in held)
