"""Measures builds of synthetic corpora: ``python -m benchmarks.run [LETTERS ...]`` in the environment.

Prints, as Markdown, for each number of letters, for a cold build and for builds after typical changes: the
seconds, their share of the cold build, the memory of the process tree, the pages and bytes of the PDF and
the time of each stage; then the same book by a single run of WeasyPrint (of the smallest corpus) and, where
the package ``typst`` is installed, by Typst: the whole book, and after one changed word in a process that
has set it before. At the end each build's time as a multiple of the same build of the smallest corpus. All
in one run, each the median of several, since machines are busy and shares of one run say more than seconds.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import random
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import synthetic
from benchmarks.watching import Measured, watched
from dossier.machine import processes


def main() -> None:
    """Make the corpora, build them again and again, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="*", default=[100])
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="builds of each kind")
    parser.add_argument("--no-single", action="store_true", help="leave out the slow single run")
    options = parser.parse_args()
    sizes: list[int] = sorted(options.letters)
    print(f"{_machine()}, Python {platform.python_version()}, median of {options.repeat}")
    found = {}
    for letters in sizes:
        with tempfile.TemporaryDirectory() as name:
            single = not options.no_single and letters == sizes[0]
            found[letters] = _of_size(Path(name), letters, options.repeat, single)
    first, *others = sizes
    if others:
        print(f"\n| times that of {first} letters | {' | '.join(map(str, others))} |")
        print("| --- |" + " --- |" * len(others))
        for step, one in found[first].items():
            parts = (f"{found[size][step].seconds / one.seconds:.1f}" for size in others)
            print(f"| {step} | {' | '.join(parts)} |")


def _of_size(folder: Path, letters: int, repeat: int, single: bool) -> dict[str, Measured]:
    """Build a corpus of so many letters, cold and after each change, and print the tables."""
    rounds = [_round(folder / f"round-{number}", letters) for number in range(repeat)]
    found = {step: _median([one[step] for one in rounds]) for step in rounds[0]}
    cold = found["cold"]
    head = "| s | of cold | memory, MB | pages |\n| --- | --- | --- | --- | --- |"
    print(f"\n| {letters} letters {head}")
    for step, one in found.items():
        _row(step, one, cold)
    others: dict[str, Callable[[Path, Path], Measured]] = {}
    if importlib.util.find_spec("typst"):
        others |= {"Typst, whole book": _typst, "Typst kept warm, one word changed": _warm_typst}
    if single:
        others["WeasyPrint, one run"] = _single
    files = {"this program": folder / "round-0/build/dossier.pdf"}
    for title, other in others.items():
        files[title] = folder / f"{len(files)}.pdf"
        corpus = folder / "round-0/corpus"
        made = [other(corpus, files[title]) for _ in range(1 if other is _single else repeat)]
        _row(title, _median(made), cold)
    print("\n| file | MB |\n| --- | --- |")
    for title, pdf in files.items():
        print(f"| {title} | {pdf.stat().st_size / 1e6:.2f} |")
    shown = ("cold", "one word changed", "first letter a page longer")
    print(f"\n| stage, s | {' | '.join(shown)} |\n| --- | --- | --- | --- |")
    for stage in filter(None, cold.stages):
        parts = (f"{found[step].stages.get(stage, 0):.1f}" for step in shown)
        print(f"| {stage} | {' | '.join(parts)} |")
    return found


def _round(folder: Path, letters: int) -> dict[str, Measured]:
    """Build cold, and after each change."""
    corpus = folder / "corpus"
    output = folder / "build/dossier.pdf"
    synthetic.write(corpus, letters)
    steps: tuple[tuple[str, Callable[[Path, int], None]], ...] = (
        ("nothing changed", lambda corpus, count: None),
        ("one word changed", _one_word),
        ("first letter a page longer", _page_longer),
        ("a letter added, with twenty new names", _added),
    )
    found = {"cold": _build(corpus, output)}
    for step, change in steps:
        change(corpus, letters)
        found[step] = _build(corpus, output)
    return found


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


def _warm_typst(corpus: Path, output: Path) -> Measured:
    """Measure what Typst needs for one changed word if it has set the book before."""
    one = watched("typst_book", str(corpus), str(output), "--warm")
    return replace(one, seconds=one.stages["warm"])


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
