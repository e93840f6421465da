"""Finds names and words that look alike. An editor decides: similarity alone never merges two names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dossier.names.candidates import compared
from dossier.names.matching import fingerprint

LIKENESS = 85.0
"""The least similarity ratio (100 is equal) of two names that look alike, words in alphabetical order."""
SLIP = 80.0
"""The least similarity ratio of two words of which one may be a misspelling of the other."""

Owner = TypeVar("Owner", bound=Hashable)


@dataclass(frozen=True)
class Alike(Generic[Owner]):
    """Two wordings of different owners that look alike."""

    score: float
    """The similarity ratio, up to 100."""
    one: tuple[Owner, str]
    other: tuple[Owner, str]
    """Owner and wording."""


def alike(wordings: Iterable[tuple[Owner, str]]) -> Iterator[Alike[Owner]]:
    """Yield the pairs of ``wordings`` (owner, text) that look alike and have different owners.

    Wordings with the same fingerprint are left out: they are one name, or told apart by something else.
    Of up to :data:`~dossier.names.candidates.FEW` wordings each is compared with each; of more only those
    that :mod:`dossier.names.candidates` puts side by side, so that the work grows as the list does.
    """
    entries = sorted(
        (_Wording(_sorted(print_), print_, owner, text) for owner, text in wordings
         if (print_ := fingerprint(text))),
        key=lambda entry: (len(entry.words), entry.words),
    )  # fmt: skip
    for score, place, other_place in compared([entry.words for entry in entries], LIKENESS):
        other, entry = entries[place], entries[other_place]
        if other.owner != entry.owner and other.fingerprint != entry.fingerprint:
            yield Alike(score, (other.owner, other.text), (entry.owner, entry.text))


def differ_by_a_word(one: str, other: str) -> bool:
    """Tell whether each of two names has words that the other lacks, and these do not look alike.

    That is so for bodies of two places, but not for a misspelling.
    """
    from rapidfuzz import fuzz

    words, others = Counter(fingerprint(one).split()), Counter(fingerprint(other).split())
    mine, its = (" ".join((a - b).elements()) for a, b in ((words, others), (others, words)))
    return bool(mine and its) and fuzz.ratio(mine, its) < SLIP


@dataclass(frozen=True)
class _Wording(Generic[Owner]):
    words: str
    """The words of the fingerprint in alphabetical order, which are compared."""
    fingerprint: str
    owner: Owner
    text: str


def _sorted(print_: str) -> str:
    return " ".join(sorted(print_.split()))


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that is most similar to ``word``, or None where none is similar."""
    from rapidfuzz import fuzz, process

    found: list[tuple[str, float, Any]] = process.extract(
        word, sorted(choices), scorer=fuzz.ratio, processor=_plain, score_cutoff=60, limit=None
    )
    # Of choices that are equally similar, one with the same letters is nearer: two changed places.
    letters = sorted(_plain(word))
    best = max(
        found, key=lambda match: (match[1], sorted(_plain(match[0])) == letters), default=None
    )
    return best[0] if best else None


def _plain(word: str) -> str:
    """Return ``word`` with case folded, and spaces and underscores as hyphens."""
    return word.casefold().replace("_", "-").replace(" ", "-")


def did_you_mean(word: str, choices: Iterable[str], otherwise: str) -> str:
    """Return a remedy that names the most similar choice, or ``otherwise`` where none is similar."""
    found = nearest(word, choices)
    return f"Did you mean “{found}”?" if found else otherwise
