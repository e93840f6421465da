"""Works out a second time which family name custom gives a person (docs/names.md, "Names by custom").

It shares with the printer the lists of words, and none of the rules.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dossier.language import naming_customs as known
from dossier.language.folding import folded, plain
from dossier.proof.families import filed_as
from dossier.proof.signing import walk
from dossier.records.dossier import CorpusLetter

FOREIGN = re.compile(r'[()\[\]{}<>"“”„«»&/@|;:*=+#0-9]')
"""What stands in no name."""


class Usage:
    """How the people of a corpus are filed where nobody states it."""

    def __init__(self, letters: Sequence[CorpusLetter], language: str) -> None:
        """Take all letters in their sequence, and the language of those that state none."""
        signed = [
            (signatory.person, (letter.head.language or language).lower())
            for letter in letters
            for signatory in walk(letter.head.signatories)
            if signatory.person
        ]
        self._default = language.lower()
        # Of several letters, the first decides.
        self._tags = {folded(name): tag for name, tag in reversed(signed)}
        several = [name.split() for name, _ in signed if "," not in name and len(name.split()) > 1]
        self._first = {plain(words[0]) for words in several}
        self._last = {plain(words[-1]) for words in several}

    def family(self, name: str, wordings: Sequence[str]) -> str | None:
        """Return the family name in a name; None where it is stated there, or in doubt."""
        there = [self._tags[folded(text)] for text in wordings if folded(text) in self._tags]
        words = name.split()
        if len(words) < 2 or filed_as(name, None) != name:
            return None
        found = self._of([*words], there[0] if there else self._default)
        # A title in front of a family name that stands first has no place in a heading.
        is_first = found and found == next(
            word for word in words if plain(word) not in known.TITLES
        )
        return None if is_first and plain(words[0]) in known.TITLES else found

    def _of(self, words: list[str], tag: str) -> str | None:
        while words and plain(words[0]) in known.TITLES:
            del words[0]
        while words and self._stands_behind(words[-1]):
            del words[-1]
        if len(words) < 2:
            return None
        words[-1] = words[-1].rstrip(",")
        if "," in "".join(words) or FOREIGN.search("".join(words)) or self._is_joined(words):
            return None
        letters = [char for char in words[-1] if char.isalpha()]
        if len(letters) < 2 or words[-1][-1] == "." or self._may_be_title(words):
            return None
        scripts = {unicodedata.name(char).split()[0] for char in "".join(words) if char.isalpha()}
        if not scripts - known.EASTERN_SCRIPTS:
            return words[0]
        if len(scripts) != 1 or scripts - known.ALPHABETS:
            return None
        return self._in_alphabet(words, tag)

    @staticmethod
    def _stands_behind(word: str) -> bool:
        bare = "".join(plain(word).split())
        capitals = len([char for char in word if char.isupper()])
        return bare in known.GENERATIONS or (bare in known.BEHIND and capitals >= 2)

    @staticmethod
    def _is_joined(words: Sequence[str]) -> bool:
        """Tell whether a word of a name may belong to the next, as “Abdul” and “al-” do."""
        begins = [(plain(word).split() or [""])[0] for word in words]
        return bool(known.COMPOUNDS & {*begins} or known.LINKS & {*begins[1:]})

    def _in_alphabet(self, words: Sequence[str], tag: str) -> str | None:
        main, given, last = tag.split("-")[0], plain(words[0]), plain(words[-1])
        is_patronymic = last.endswith(known.DAUGHTERS)
        if is_patronymic or (main == "is" and last.endswith(known.SONS)):
            return words[0]
        if main in known.FAMILY_FIRST:
            families, givens = known.FAMILIES[main], known.GIVENS.get(main, frozenset())
            begins = given in families or last in givens
            ends = last in families or given in givens
            return None if begins is ends else words[0] if begins else words[-1]
        if main not in known.ONE_FAMILY and main not in known.TWO_FAMILIES:
            return None
        low = self._low(words[-1])  # “Jae-myung” is no family name
        if low or given in known.EASTERN:
            return words[0] if low and given in known.EASTERN else None
        if main in known.PATRONYMIC_LANGUAGES and len(words) == 3:
            middle, end = (plain(word).endswith(known.PATRONYMICS) for word in words[1:])
            if end and not middle:
                return words[0]
        if not words[-1][0].isupper():
            return None
        return self._two(words) if main in known.TWO_FAMILIES else self._one(words, tag, main)

    @staticmethod
    def _low(word: str) -> bool:
        """Tell whether a small letter follows the first hyphen of a word."""
        return re.match("[^-]*-.", word) is not None and word[word.index("-") + 1].islower()

    @staticmethod
    def _may_be_title(words: Sequence[str]) -> bool:
        """Tell whether the last word is two or three capitals behind a word with small letters."""
        *_, last = words
        capitals = last == last.upper() and last != last.lower()
        return capitals and len(last) in (2, 3) and any(char.islower() for char in words[0])

    @staticmethod
    def _particles(words: Sequence[str]) -> int:
        """Return how many particles stand at the end of some words, of which the first never counts."""
        number = 0
        for word in reversed(words[1:]):
            is_initial = len(word) == 1 and word.isupper()
            if is_initial or word.casefold() not in known.PARTICLES:
                break
            number += 1
        return number

    def _two(self, words: Sequence[str]) -> str | None:
        *rest, last = words
        if len(words) >= 4 and rest[-1] in {"y", "i", "e"}:
            return " ".join(words[-3:])
        number = self._particles(rest)
        before = rest[: len(rest) - number]
        if len(before) == 1:
            return None if number else last
        word = plain(before[-1])
        family = word in known.FAMILIES["es"] or word in self._last
        given = word in known.GIVENS["es"] or word in self._first
        if not family and not given:
            is_first = len(before) == 2 or plain(before[-2]) in known.GIVENS["es"]
            if not is_first or plain(last) not in known.FAMILIES["es"]:
                return None
            family = True
        if family and given:
            return None
        if family:
            return " ".join(words[len(before) - 1 :])
        return None if number else last

    def _one(self, words: Sequence[str], tag: str, main: str) -> str | None:
        joined = known.JOINED_BEHIND.get(main, frozenset())
        size = 2 if len(words) > 2 and plain(words[-1]) in joined else 1
        rest, family = words[:-size], words[-size:]
        number = self._particles(rest)
        if number:
            run = rest[-number:]
            if not [word for word in run if not word[0].isupper()]:
                return " ".join([*run, *family])
            unfiled = known.NOT_FILED.get(tag) or known.NOT_FILED.get(main) or frozenset()
            return " ".join(family) if unfiled.issuperset(run) else None
        spanish = known.FAMILIES["es"] - known.GIVENS["es"]
        if main != "pt" and len(words) > 2 and plain(words[-2]) in spanish:
            return None
        return " ".join(family)
