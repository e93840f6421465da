"""Measures builds of a synthetic corpus: ``python -m benchmarks.run [LETTERS]`` in the environment.

Prints, as Markdown, for a cold build and for builds after typical changes: the seconds, their share of the
cold build, the memory of the process tree, the pages and bytes of the PDF and the time of each stage; then
the same book by a single run of WeasyPrint and, where the package ``typst`` is installed, by Typst. All in
one run, each the median of several, since machines are busy and shares of one run say more than seconds.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import random
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import synthetic
from benchmarks.watching import Measured, watched
from dossier.machine import processes

FEWER = 5
"""The smaller corpus beside the large one has this part of its letters."""


def main() -> None:
    """Make the corpora, build them again and again, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="?", default=100)
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="builds of each kind")
    parser.add_argument("--no-single", action="store_true", help="leave out the slow single run")
    options = parser.parse_args()
    letters: int = options.letters
    print(
        f"{letters} letters, {_machine()}, Python {platform.python_version()}, median of {options.repeat}\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = _cold(folder / "small", max(1, letters // FEWER), options.repeat)[0]
        rounds = [_round(folder / f"round-{number}", letters) for number in range(options.repeat)]
        size = (folder / "round-0/build/dossier.pdf").stat().st_size
        cold = _median([one["cold"] for one in rounds])
        print("| build | s | of cold | memory, MB | pages |\n| --- | --- | --- | --- | --- |")
        for step in rounds[0]:
            _row(step, _median([one[step] for one in rounds]), cold)
        _row(f"cold, {max(1, letters // FEWER)} letters", small, cold)
        others = {"Typst, whole book": _typst} if importlib.util.find_spec("typst") else {}
        if not options.no_single:
            others["WeasyPrint, one run"] = _single
        sizes = {"this program": size}
        for title, other in others.items():
            pdf = folder / f"{title.split()[0]}.pdf"
            _row(title, other(folder / "round-0/corpus", pdf), cold)
            sizes[title] = pdf.stat().st_size
        print("\n| file | MB |\n| --- | --- |")
        for title, size in sizes.items():
            print(f"| {title} | {size / 1e6:.2f} |")
        print("\n| stage, s | cold | one word | page longer |\n| --- | --- | --- | --- |")
        wanted = [_median([one[step] for one in rounds]).stages for step in list(rounds[0])]
        for stage in wanted[0]:
            if stage:
                parts = " | ".join(f"{wanted[n].get(stage, 0):.1f}" for n in (0, 2, 3))
                print(f"| {stage} | {parts} |")


def _round(folder: Path, letters: int) -> dict[str, Measured]:
    """Build cold, and after each change."""
    corpus = folder / "corpus"
    cold, output = _cold(folder, letters, 1)
    steps: tuple[tuple[str, Callable[[Path, int], None]], ...] = (
        ("nothing changed", lambda corpus, count: None),
        ("one word changed", _one_word),
        ("first letter a page longer", _page_longer),
        ("a letter added at the end", _added),
    )
    found = {"cold": cold}
    for step, change in steps:
        change(corpus, letters)
        found[step] = _build(corpus, output)
    return found


def _cold(folder: Path, letters: int, repeat: int) -> tuple[Measured, Path]:
    corpus, output = folder / "corpus", folder / "build/dossier.pdf"
    synthetic.write(corpus, letters)
    found = []
    for _ in range(repeat):
        shutil.rmtree(output.parent, ignore_errors=True)
        found.append(_build(corpus, output))
    return _median(found), output


def _median(found: Sequence[Measured]) -> Measured:
    middle = statistics.median_low(one.seconds for one in found)
    one = next(one for one in found if one.seconds == middle)
    return replace(one, megabytes=max(any_.megabytes for any_ in found))


def _row(title: str, one: Measured, cold: Measured) -> None:
    share = one.seconds / cold.seconds
    of_cold = f"{share:.1%}" if share < 2 else f"{share:.1f} times"
    print(
        f"| {title} | {one.seconds:.2f} | {of_cold} | {one.megabytes:.0f} | {one.said} |",
        flush=True,
    )


def _build(corpus: Path, output: Path) -> Measured:
    return watched("staged", "build", "--corpus", str(corpus), "--output", str(output))


def _single(corpus: Path, output: Path) -> Measured:
    return watched("single", str(corpus), str(output))


def _typst(corpus: Path, output: Path) -> Measured:
    return watched("typst_book", str(corpus), str(output))


def _machine() -> str:
    """Return the processors at hand, with their name where the system tells it (Linux)."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if "model name" in line), "")
    return f"{processes.processors()} processors{f' ({name})' if name else ''}"


def _one_word(corpus: Path, letters: int) -> None:
    path = corpus / f"letters/letter-{letters // 2:04}.md"
    head, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    path.write_text(
        "---\n".join((head, front, body.replace(" the ", " that ", 1))), encoding="utf-8"
    )


def _page_longer(corpus: Path, letters: int) -> None:
    path = corpus / "letters/letter-0001.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n" + "Another sentence of the letter. " * 120 + "\n", encoding="utf-8")


def _added(corpus: Path, letters: int) -> None:
    names = [f"Body {number}" for number in range(synthetic.ORGANIZATIONS)]
    synthetic.write_letter(corpus, letters, random.Random(letters), names)


if __name__ == "__main__":
    main()
