"""Tells a person's family name by the custom of the letter's language, and where custom leaves it open.

The rules stand in docs/names.md, "Names by custom"; the words that they know in
:mod:`dossier.language.naming_customs`. A rule decides only what it can be sure of: a name in doubt is
printed as it reads, and its editor told so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dossier.language.family import SHORTEST, in_capitals
from dossier.language.folding import folded, plain
from dossier.language.naming_customs import (
    ALPHABETS,
    BEHIND,
    COMPOUNDS,
    DAUGHTERS,
    EASTERN,
    EASTERN_SCRIPTS,
    FAMILIES,
    FAMILY_FIRST,
    GENERATIONS,
    GIVENS,
    JOINED_BEHIND,
    LINKS,
    NOT_FILED,
    ONE_FAMILY,
    PARTICLES,
    PATRONYMIC_LANGUAGES,
    PATRONYMICS,
    SONS,
    TITLES,
    TWO_FAMILIES,
)
from dossier.names.matching import wordings
from dossier.records.authority import Person
from dossier.records.dossier import CorpusLetter

OTHER_WORDS = frozenset('()[]{}<>"“”„«»&/@|;:*=+#0123456789')
"""A name with one of these characters has words in it that are no name."""


@dataclass(frozen=True)
class Filed:
    """A person's family name, as custom has it."""

    family: str
    """Empty where nothing speaks for any part of the name."""
    doubt: str = ""
    """Why it is in doubt; empty where it is not."""


@dataclass(frozen=True)
class Others:
    """The first and the last words of all names in a corpus, which tell given from family names."""

    first: frozenset[str]
    last: frozenset[str]


class Customs:
    """Files the people of a corpus by custom."""

    def __init__(self, letters: Sequence[CorpusLetter], language: str) -> None:
        """Take all letters of the corpus, so that every packet files a name alike.

        ``language`` is that of letters that state none.
        """
        self._language = language
        self._languages: dict[str, str] = {}
        first, last = set(), set()
        for letter in letters:
            own = (letter.head.language or language).lower()
            for signatory in letter.head.signatures:
                name = signatory.person or ""
                self._languages.setdefault(folded(name), own)
                words = name.split()
                if len(words) > 1 and "," not in name:
                    first.add(plain(words[0]))
                    last.add(plain(words[-1]))
        self._others = Others(frozenset(first), frozenset(last))

    def of_signer(self, name: str) -> Filed | None:
        """Return the family name of a person without an entry, None where the name states it itself.

        The language is that of the first letter that somebody signed under this name.
        """
        return filed(name, self._languages[folded(name)], self._others)

    def of_entry(self, entry: Person) -> Filed | None:
        """Return the family name of a person with an entry, None where it is stated how it is filed."""
        if entry.family or entry.index_as or entry.sort_as:
            return None
        signed = (self._languages.get(folded(wording)) for wording in wordings(entry))
        language = next(filter(None, signed), self._language.lower())
        return filed(entry.name, language, self._others)


def sure(found: Filed | None) -> str | None:
    """Return a family name that is not in doubt."""
    return found.family if found and not found.doubt else None


def filed(name: str, language: str, others: Others) -> Filed | None:
    """Return the family name in a person's name, None where the name states it itself or is one word.

    ``language`` is the letter's, without capitals.
    """
    words = name.split()
    core = _without_titles(words)
    if len(words) < 2 or "," in " ".join(core).rstrip(",") or in_capitals(name):
        return None
    if len(core) < 2:
        return Filed(" ".join(core or words), "it has a title and only one name")
    core[-1] = core[-1].rstrip(",")
    if odd := _odd(core):
        return odd
    found = _by_script(core) or _by_language(core, language, others)
    if found.family == core[0] != words[0] and not found.doubt:
        return Filed(found.family, "a title stands before the family name")
    return found


def _without_titles(words: Sequence[str]) -> list[str]:
    """Return the words of a name without the titles before and the letters behind it."""
    start, end = 0, len(words)
    while start < end and plain(words[start]) in TITLES:
        start += 1
    while end > start and _is_behind(words[end - 1]):
        end -= 1
    return list(words[start:end])


def _is_behind(word: str) -> bool:
    letters = plain(word).replace(" ", "")
    return letters in GENERATIONS or (letters in BEHIND and sum(map(str.isupper, word)) > 1)


def _odd(core: Sequence[str]) -> Filed | None:
    """Return the doubt about a name that does not depend on the language, None where there is none."""
    if not OTHER_WORDS.isdisjoint("".join(core)):
        return Filed("", "it has other words than a name")
    if sum(map(str.isalpha, core[-1])) < 2 or core[-1].endswith("."):
        return Filed("", "its last word is an abbreviation")
    if 1 < len(core[-1]) < SHORTEST and core[-1].isupper() and any(map(str.islower, core[0])):
        return Filed("", "its last word may be a title")
    heads = [plain(word).partition(" ")[0] for word in core]
    if not COMPOUNDS.isdisjoint(heads) or not LINKS.isdisjoint(heads[1:]):
        return Filed(core[-1], "it has a word that may belong to the next")
    return None


def _by_script(core: Sequence[str]) -> Filed | None:
    """Return what the script of a name decides, None for an alphabet."""
    scripts = {unicodedata.name(char).split()[0] for char in "".join(core) if char.isalpha()}
    if scripts <= EASTERN_SCRIPTS:
        return Filed(core[0])
    if len(scripts) > 1 or not scripts <= ALPHABETS:
        return Filed(core[-1], "its script has no capitals to tell the names apart")
    return None


def _by_language(core: Sequence[str], language: str, others: Others) -> Filed:
    """Return what custom says of a name in an alphabet."""
    main = language.split("-")[0]
    last = plain(core[-1])
    if last.endswith(DAUGHTERS) or (main == "is" and last.endswith(SONS)):
        return Filed(core[0])
    if main in FAMILY_FIRST:
        return _either_end(core, main)
    if main not in ONE_FAMILY | TWO_FAMILIES:
        return Filed(core[-1], "the custom of the letter’s language does not decide it")
    is_given = core[-1].partition("-")[2][:1].islower()  # as “Jae-myung” is
    if is_given or plain(core[0]) in EASTERN:
        is_sure = is_given and plain(core[0]) in EASTERN
        return Filed(core[0], "" if is_sure else f"“{core[0]}” may be the family name")
    patronymics = [_is_patronymic(word) for word in core[1:]]
    if main in PATRONYMIC_LANGUAGES and patronymics == [False, True]:
        return Filed(core[0])
    if not core[-1][0].isupper():
        return Filed(core[-1], "its last word has no capital")
    if main in TWO_FAMILIES:
        return _two_families(core, others)
    return _one_family(core, language, main)


def _is_patronymic(word: str) -> bool:
    return plain(word).endswith(PATRONYMICS)


def _either_end(core: Sequence[str], main: str) -> Filed:
    """Return the family name of a language in which it stands first, unless the name is a foreign one."""
    first, last = plain(core[0]), plain(core[-1])
    givens = GIVENS.get(main, frozenset())
    begins = first in FAMILIES[main] or last in givens
    ends = last in FAMILIES[main] or first in givens
    if begins == ends:
        return Filed(core[0], "it may begin or end with the family name")
    return Filed(core[0] if begins else core[-1])


def _particles(core: Sequence[str], end: int, known: Collection[str] = PARTICLES) -> int:
    """Return the place of the first of the particles before the word at ``end``, never the first word."""
    start = end
    while start > 1 and _is_particle(core[start - 1], known):
        start -= 1
    return start


def _is_particle(word: str, known: Collection[str]) -> bool:
    """Tell whether a word is a particle, and no initial."""
    return word in known or (len(word) > 1 and word.casefold() in known)


def _two_families(core: Sequence[str], others: Others) -> Filed:
    """Return the family names of a person who has one of each parent, or only one."""
    end = len(core) - 1
    if len(core) > 3 and core[-2] in ("y", "i", "e"):
        return Filed(" ".join(core[-3:]))
    start = _particles(core, end)
    before = plain(core[start - 1])
    if start < 2:
        if start == end:
            return Filed(core[end])
        return Filed(
            " ".join(core[start:]), "it begins with a particle, which some file and some do not"
        )
    is_family = before in FAMILIES["es"] or before in others.last
    is_given = before in GIVENS["es"] or before in others.first
    # Family names are many more than given names: an unknown word before one is a family name, too.
    is_unknown = not is_family and not is_given and plain(core[end]) in FAMILIES["es"]
    behind_given = start == 2 or plain(core[start - 2]) in GIVENS["es"]
    if (is_family and not is_given) or (is_unknown and behind_given):
        return Filed(" ".join(core[start - 1 :]))
    if is_given and not is_family and start == end:
        return Filed(core[end])
    return Filed(
        " ".join(core[start - 1 :]), f"“{core[start - 1]}” may be a given or a family name"
    )


def _one_family(core: Sequence[str], language: str, main: str) -> Filed:
    """Return the family name of a person who has one, at the end of the name."""
    end = len(core) - 1
    first = end
    if len(core) > 2 and plain(core[end]) in JOINED_BEHIND.get(main, ()):
        first = end - 1
    start = _particles(core, first)
    family = " ".join(core[first:])
    if start < first:
        run = core[start:first]
        if all(word[0].isupper() for word in run):
            return Filed(" ".join(core[start:]))
        if set(run) <= NOT_FILED.get(language, NOT_FILED.get(main, frozenset())):
            return Filed(family)
        family = " ".join(core[start:]) if run[0][0].isupper() else family
        return Filed(family, "it begins with a particle, which some file and some do not")
    before = plain(core[end - 1])
    if main != "pt" and len(core) > 2 and before in FAMILIES["es"] - GIVENS["es"]:
        return Filed(" ".join(core[end - 1 :]), "it may be one family name or two")
    return Filed(family)
