"""Proposes the family names of the people who sign, for an editor to accept; none is printed unasked.

The custom of the letter's language decides: Chinese, Japanese, Korean, Hungarian and Vietnamese names begin
with the family name, Spanish ones end in two, others in one; a particle before it belongs to it.
What custom leaves open is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dossier.language.family import divided, in_capitals
from dossier.language.folding import folded
from dossier.names.matching import Authority
from dossier.names.unlisted import UnlistedHeadings
from dossier.records.dossier import CorpusLetter

FAMILY_FIRST = frozenset(("hu", "ja", "ko", "vi", "zh"))
"""Languages in which the family name stands first."""
TWO_FAMILIES = frozenset(("es", "ca", "eu", "gl"))
"""Languages of countries where a person has a family name of each parent."""
PARTICLES = frozenset(
    "af al av bin ben binti da das de degli dei del della den der di do dos du el i la las le los ten ter "
    "van vom von y zu zum zur".split()
)
"""Words that stand before a family name."""
AFTER = frozenset(("jr", "jnr", "sr", "snr", "ii", "iii", "iv", "phd", "md", "obe", "mbe", "cbe"))
"""Words after a name that are no part of it."""


@dataclass(frozen=True)
class Proposal:
    """A person's family name, as custom has it."""

    name: str
    family: str
    doubt: str
    """Why it is in doubt; empty where it is not."""


def proposed(
    letters: Sequence[CorpusLetter], authority: Authority, language: str
) -> list[Proposal]:
    """Return proposals for the people without an entry, sorted by first signature.

    ``language`` is that of letters that state none. People are left out whose family name is known: stated,
    in capitals or before a comma, or whose name is a single word.
    """
    headings = UnlistedHeadings(letters, authority).people()
    namesakes: dict[str, int] = {}
    for heading in headings:
        namesakes[folded(heading.name)] = namesakes.get(folded(heading.name), 0) + 1
    people = (one.person or "" for letter in letters for one in letter.head.signatures)
    givens = {folded(words[0]) for name in people if len(words := name.split()) > 1}
    found = []
    for heading in headings:
        name = heading.name
        if heading.family or "," in name or in_capitals(name) or len(name.split()) < 2:
            continue
        own = letters[heading.first[0]].head.language or language
        made = _proposal(name, own.split("-")[0].lower(), givens)
        if namesakes[folded(name)] > 1:
            made = Proposal(name, made.family, "the name signs with different affiliations")
        if divided(name, made.family):
            found.append(made)
    return found


def _proposal(name: str, language: str, givens: Iterable[str]) -> Proposal:
    """Return the proposal for a name of several words; ``givens`` are first words of names, folded."""
    words = name.split()
    if language in FAMILY_FIRST:
        doubt = "" if len(words) == 2 or not name.isascii() else "it may be in Western order"
        return Proposal(name, words[0], doubt)
    doubt = ""
    if folded(words[-1]).replace(" ", "") in AFTER and len(words) > 2:
        doubt = "the last word may be a title"
        words = words[:-1]
    start = len(words) - 1
    if language in TWO_FAMILIES and len(words) > 2:
        start = _before_particles(words, start) - 1
        if start < 1:
            return Proposal(name, " ".join(words[1:]), "it may be one family name or two")
        if len(words[:start]) == 1 and folded(words[1]) in givens:
            doubt = doubt or f"“{words[1]}” is also the first name of others"
    start = _before_particles(words, max(start, 1))
    if _is_particle(words[start]):
        doubt = doubt or "it begins with a particle, which some file and some do not"
    elif language not in TWO_FAMILIES and start > 1 and _may_be_family(words[start - 1], givens):
        doubt = doubt or f"“{words[start - 1]}” may belong to it"
    return Proposal(name, " ".join(words[start:]), doubt)


def _before_particles(words: Sequence[str], start: int) -> int:
    """Return the place of the first of the particles before the word at ``start``, never the first word."""
    while start > 1 and _is_particle(words[start - 1]):
        start -= 1
    return start


def _is_particle(word: str) -> bool:
    """Tell whether a word is a particle, in small letters or, but for an initial, with a capital."""
    return word in PARTICLES or (len(word) > 1 and word.istitle() and word.lower() in PARTICLES)


def _may_be_family(word: str, givens: Iterable[str]) -> bool:
    """Tell whether a word inside a name is neither an initial nor a first name."""
    return len(word) > 2 and not word.endswith(".") and folded(word) not in givens
