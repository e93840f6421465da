"""``packets``: lists what each packet would hold."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.cli.showing import count
from dossier.records.diagnostics import printable


def run(options: argparse.Namespace) -> int:
    """Read the corpus, and print a line for each packet; nothing is built."""
    for one in pipeline.packets(options.corpus):
        what = "everything" if one.is_everything else f"no. {_runs(one.numbers)}"
        print(
            f"{one.name}: {count(len(one.numbers), 'letter')} ({what}), "
            f"{count(one.signatures, 'signature')}, {count(one.works, 'cited work')}: "
            f"{printable(one.title)}"
        )
    return 0


def _runs(numbers: tuple[int, ...]) -> str:
    """Return ascending numbers with those that follow each other as one range: ``2, 5–7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
