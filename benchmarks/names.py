"""Measures how reading and checking grow with the number of signatures of persons.

``python -m benchmarks.names`` prints a row for each size; ``--build`` also builds and proves the dossier.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

import yaml

from benchmarks.watching import watched
from dossier import pipeline

SIZES = (12_500, 25_000, 50_000)
"""Signatures."""
A_LETTER = 250
"""Signatures of a letter."""
DIFFERENT = 2 / 5
"""Different names for each signature: 20,000 of 50,000."""
SLIPS = 1 / 200
"""The share of signatures with a misspelt name."""


def write(folder: Path, signatures: int, a_letter: int = A_LETTER) -> None:
    """Write a corpus with so many signatures of persons into ``folder``, the same every time."""
    chance = random.Random(20130507)
    (folder / "letters").mkdir(parents=True)
    (folder / "dossier.yaml").write_text("title: Many names\ndate: 2026-01-01\n")
    (folder / "names.yaml").write_text("organizations: {}\n")
    (folder / "reports.yaml").write_text("references: []\n")
    families = [_word(chance, 3) for _ in range(max(50, signatures // 10))]
    givens = [_word(chance, 2) for _ in range(400)]
    people = [
        f"{chance.choice(givens)} {chance.choice(families)} {chance.choice(families)}"
        for _ in range(int(signatures * DIFFERENT))
    ]
    for number in range(-(-signatures // a_letter)):
        held = min(a_letter, signatures - number * a_letter)
        signers = [{"person": _slip(chance, name)} for name in _drawn(chance, people, held)]
        head = {
            "title": f"Request {number + 1}",
            "date": f"{1990 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}",
            "to": "The Commission of Inquiry",
            "signatories": signers,
        }
        front = yaml.dump(head, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        path = folder / f"letters/letter-{number + 1:04}.md"
        path.write_text(f"---\n{front}---\nWe ask for an inquiry.\n", encoding="utf-8")


def _drawn(chance: random.Random, people: list[str], number: int) -> list[str]:
    """Return so many people, each once as long as there are enough."""
    whole, rest = divmod(number, len(people))
    return [*people * whole, *chance.sample(people, rest)]


def _word(chance: random.Random, syllables: int) -> str:
    pairs = (chance.choice("bcdfghjklmnprstvz") + chance.choice("aeiou") for _ in range(syllables))
    return "".join(pairs).capitalize()


def _slip(chance: random.Random, name: str) -> str:
    """Return a name, now and then without one of its letters."""
    if chance.random() > SLIPS:
        return name
    place = chance.randrange(1, len(name))
    return name[:place] + name[place + 1 :]


def main() -> None:
    """Print what each size takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", action="store_true", help="build and prove as well")
    parser.add_argument("--stages", action="store_true", help="print the seconds of each stage too")
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES), metavar="SIGNATURES")
    parser.add_argument("--letter", type=int, default=A_LETTER, help="signatures of a letter")
    options = parser.parse_args()
    print("signatures  read and check  warnings  build and proof  of processors  memory, MB  pages")
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "corpus"
            write(folder, size, options.letter)
            start = time.perf_counter()
            findings = pipeline.check(folder)
            row = f"{size:10,}  {time.perf_counter() - start:12.1f} s  {len(findings):8,}"
            stages: dict[str, float] = {}
            if options.build:
                places = ["--corpus", str(folder), "--output", str(Path(name) / "names.pdf")]
                built = watched("staged", "build", "--no-cache", *places)
                row += f"  {built.seconds:13.1f} s  {built.processor:11.1f} s"
                row += f"  {built.megabytes:10,.0f}  {int(built.said):5,}"
                stages = built.stages if options.stages else {}
            print(row, flush=True)
            for stage, seconds in stages.items():
                print(f"            {seconds:12.1f} s  {stage}", flush=True)


if __name__ == "__main__":
    main()
