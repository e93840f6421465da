"""Lists of thousands of names: what looks alike is found without comparing each with each."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from rapidfuzz import fuzz

from benchmarks import names as many
from dossier.names import candidates
from dossier.names.likeness import LIKENESS
from dossier.pipeline import BuildRequest, build
from dossier.records.signatures import Signature, SignatureGroup
from dossier.typeset import columns


def texts(number: int) -> list[str]:
    """Return names as they are compared, their words in alphabetical order, some of them misspelt."""
    chance = random.Random(number)
    families = [many._word(chance, 3) for _ in range(number // 8)]
    givens = [many._word(chance, 2) for _ in range(60)]
    found = [
        f"{chance.choice(givens)} {chance.choice(families)} {chance.choice(families)}"
        for _ in range(number)
    ]
    found += [many._slip(random.Random(place), name) for place, name in enumerate(found)]
    words = {" ".join(sorted(name.casefold().split())) for name in found}
    return sorted(words, key=lambda text: (len(text), text))


def test_a_slip_in_a_list_of_thousands_is_found() -> None:
    chance = random.Random(7)
    plain = texts(2000)
    slips = []
    for text in chance.sample(plain, 300):
        place = chance.randrange(len(text))
        letter = chance.choice("abcdefghiklmnoprstuvwz")
        changed = text[:place] + letter + text[place + chance.randrange(2) :]
        slips.append((" ".join(sorted(changed.split())), text))
    every = sorted({*plain, *(slip for slip, _ in slips)})
    found = {
        frozenset((every[one], every[other]))
        for _, one, other in candidates.compared(every, LIKENESS)
    }
    wanted = {
        frozenset(pair) for pair in slips if pair[0] != pair[1] and fuzz.ratio(*pair) >= LIKENESS
    }
    assert len(wanted) > 250
    assert len(wanted - found) <= len(wanted) // 100, sorted(map(sorted, wanted - found))


def test_a_short_list_is_compared_whole() -> None:
    few = texts(candidates.FEW // 4)[: candidates.FEW]
    every = {
        (one, other)
        for other in range(len(few))
        for one in range(other)
        if fuzz.ratio(few[one], few[other]) >= LIKENESS
    }
    assert {(one, other) for _, one, other in candidates.compared(few, LIKENESS)} == every


def test_the_number_of_comparisons_grows_as_the_list(tmp_path: Path) -> None:
    """Among names with a given share of namesakes, not even the worst list makes it grow faster."""
    made = []
    for number in (4000, 16000):
        chance = random.Random(1)
        same = [f"ana garcia {many._word(chance, 4).casefold()}" for _ in range(number)]
        pairs: set[tuple[int, int]] = set()
        for block in candidates._blocks(same):
            pairs.update(candidates._pairs(block, same, LIKENESS))
        made.append(len(pairs) / number)
    assert made[1] < made[0] * 1.3


@pytest.mark.slow
def test_how_much_of_a_list_is_laid_out_at_first_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    many.write(corpus, 200, 200)
    made = []
    for number in (3, 10_000):
        monkeypatch.setattr(columns, "AHEAD", number)
        output = tmp_path / f"{number}/x.pdf"
        build(BuildRequest(corpus, output, "corpus", jobs=1, cache=False))
        made.append(output.read_bytes())
    assert made[0] == made[1]


def test_a_group_is_asked_for_its_countries_once() -> None:
    """A template asks at each signature; each answer looks at all of them."""
    looked = 0

    class Watched(Signature):
        def __getattribute__(self, name: str) -> object:
            nonlocal looked
            looked += name in ("nation", "number")
            return super().__getattribute__(name)

    signed = tuple(Watched(f"sig-{n}", "x", None, None, None) for n in range(100))
    group = SignatureGroup((), False, "", "list", signed)
    for _ in signed:
        assert not group.has_nations
        assert not group.is_numbered
    assert looked == 200
