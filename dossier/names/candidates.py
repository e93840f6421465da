"""Picks the names worth comparing from a list of any length.

To compare each of 20,000 names with each other takes 200 million comparisons. Two names that look
alike share all words but one, or their consonants, or they begin or end alike. So names are gathered in
blocks by these keys. A block of few names is compared whole; in a greater one each name is compared with
its neighbours in the alphabet, read forwards and backwards (the sorted neighbourhood of Hernández and
Stolfo, 1995): a slip in the first half leaves the second half as it was. A name has a fixed number of keys
and of neighbours, so the work grows in step with the list.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

FEW = 300
"""The greatest number of names in a block that are compared each with each."""
NEIGHBOURS = 12
"""How many names after it, in either alphabet, a name of a greater block is compared with."""
LONGEST = 8
"""A name of more words is not divided further."""
VOWELS = frozenset("aeiouy ")


def compared(texts: Sequence[str], least: float) -> Iterator[tuple[float, int, int]]:
    """Yield the similarity of two texts and their places, where it is ``least`` (100 is equal) or more.

    Each pair is yielded once, the lesser place first, sorted by the greater place, then by the lesser.
    """
    from rapidfuzz import fuzz

    pairs: set[tuple[int, int]] = set()
    for block in _blocks(texts):
        pairs.update(_pairs(block, texts, least))
    for later, earlier in sorted(pairs):
        score = fuzz.ratio(texts[later], texts[earlier], score_cutoff=least)
        if score:
            yield score, earlier, later


def _blocks(texts: Sequence[str]) -> Iterator[list[int]]:
    """Yield the blocks: all texts, and if these are many, those that share a key; places from 0."""
    every = list(range(len(texts)))
    yield every
    if len(every) <= FEW:
        return
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for key in _keys(text):
            found[key].append(place)
    yield from (block for block in found.values() if len(block) > 1)


def _keys(text: str) -> set[tuple[str, ...]]:
    """Return the keys of a text of words in alphabetical order: all words but one, and its consonants."""
    words = text.split()
    bones = sorted(_consonants(word) for word in words)
    keys: set[tuple[str, ...]] = {("consonants", *bones)}
    if 1 < len(words) <= LONGEST:
        for place in range(len(words)):
            keys.add(("words", *words[:place], *words[place + 1 :]))
            keys.add(("bones", *bones[:place], *bones[place + 1 :]))
    return keys


@functools.cache
def _consonants(word: str) -> str:
    """Return a word without accents, vowels after its first letter, and doubled letters."""
    plain = [char for char in unicodedata.normalize("NFD", word) if char.isalnum()]
    kept = plain[:1]
    for before, char in itertools.pairwise(plain):
        if char not in VOWELS and char != before:
            kept.append(char)
    return "".join(kept)


def _pairs(block: Sequence[int], texts: Sequence[str], least: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a block worth comparing, the greater place first."""
    if len(block) <= FEW:
        yield from _each_with_each(sorted(block), texts, least)
        return
    for order in (
        sorted(block, key=lambda place: (texts[place], place)),
        sorted(block, key=lambda place: (texts[place][::-1], place)),
    ):
        for place, one in enumerate(order):
            for other in order[place + 1 : place + 1 + NEIGHBOURS]:
                yield max(one, other), min(one, other)


def _each_with_each(
    places: Sequence[int], texts: Sequence[str], least: float
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a small block that are similar enough."""
    from rapidfuzz import fuzz, process

    words = [texts[place] for place in places]
    for number, place in enumerate(places):
        near = process.extract(
            words[number], words[:number], scorer=fuzz.ratio, score_cutoff=least, limit=None
        )
        yield from ((place, places[behind]) for _, _, behind in near)
