"""``packets``: lists the packets and their contents."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.cli.showing import count
from dossier.records.diagnostics import printable


def run(options: argparse.Namespace) -> int:
    """Read the corpus, and print a line for each packet; nothing is built."""
    for packet in pipeline.packets(options.corpus):
        what = "everything" if packet.is_everything else f"no. {_ranges(packet.numbers)}"
        print(
            f"{packet.name}: {count(len(packet.numbers), 'letter')} ({what}), "
            f"{count(packet.signatures, 'signature')}, {count(packet.works, 'cited work')}: "
            f"{printable(packet.title)}"
        )
    return 0


def _ranges(numbers: tuple[int, ...]) -> str:
    """Return ascending numbers, consecutive ones as a range: ``2, 5–7``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
