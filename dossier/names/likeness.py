"""Which names and words look alike, for an editor to decide: likeness alone never joins two names."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dossier.names.matching import fingerprint

LIKENESS = 85.0
"""From which ratio on (100 is equal) two names look alike, their words in alphabetical order."""

SLIP = 80.0
"""From which ratio on one word may be a slip of the pen for another."""

Owner = TypeVar("Owner", bound=Hashable)


@dataclass(frozen=True)
class Alike(Generic[Owner]):
    """Two wordings of different owners that look alike."""

    score: float
    """The ratio, up to 100."""
    one: tuple[Owner, str]
    other: tuple[Owner, str]
    """Owner and wording."""


def alike(wordings: Iterable[tuple[Owner, str]]) -> Iterator[Alike[Owner]]:
    """Yield the pairs of ``wordings`` (owner, text) that look alike and have not the same owner.

    Of what folds alike nothing is said: these are one name, or told apart by something else.
    """
    from rapidfuzz import fuzz, process

    # Only what is of nearly the same length can be alike: so everything is compared with its neighbours.
    entries = sorted(
        (_Wording(_sorted(print_), print_, owner, text) for owner, text in wordings
         if (print_ := fingerprint(text))),
        key=lambda entry: (len(entry.words), entry.words),
    )  # fmt: skip
    texts = [entry.words for entry in entries]
    lengths = [len(text) for text in texts]
    for place, entry in enumerate(entries):
        # A ratio is twice what two texts share, of the length of both (Indel).
        shortest = len(entry.words) * LIKENESS / (200 - LIKENESS)
        start = bisect.bisect_left(lengths, shortest)
        near = process.extract(
            entry.words, texts[start:place], scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=None
        )
        for _, score, behind in sorted(near, key=lambda item: item[2]):
            other = entries[start + behind]
            if other.owner != entry.owner and other.fingerprint != entry.fingerprint:
                yield Alike(score, (other.owner, other.text), (entry.owner, entry.text))


def differ_by_a_word(one: str, other: str) -> bool:
    """Tell whether two names that look alike have words of their own which do not look alike themselves.

    So it is with bodies of two places, and not with a slip of the pen.
    """
    from rapidfuzz import fuzz

    words, others = Counter(fingerprint(one).split()), Counter(fingerprint(other).split())
    mine, its = (" ".join((a - b).elements()) for a, b in ((words, others), (others, words)))
    return bool(mine and its) and fuzz.ratio(mine, its) < SLIP


@dataclass(frozen=True)
class _Wording(Generic[Owner]):
    words: str
    """Those of the fingerprint in alphabetical order: what is measured."""
    fingerprint: str
    owner: Owner
    text: str


def _sorted(print_: str) -> str:
    return " ".join(sorted(print_.split()))


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` was probably meant to be, or None where none comes near."""
    from rapidfuzz import fuzz, process

    match: tuple[str, float, Any] | None = process.extractOne(
        word, sorted(choices), scorer=fuzz.ratio, processor=_plain, score_cutoff=60
    )
    return match[0] if match else None


def _plain(word: str) -> str:
    """Return ``word`` without what is easily mistaken: capitals, and how its parts are joined."""
    return word.casefold().replace("_", "-").replace(" ", "-")


def did_you_mean(word: str, choices: Iterable[str], otherwise: str) -> str:
    """Return a remedy that names the nearest choice, or ``otherwise`` where none comes near."""
    found = nearest(word, choices)
    return f"Did you mean “{found}”?" if found else otherwise
