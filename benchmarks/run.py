"""Measures builds of a synthetic corpus: ``python -m benchmarks.run [LETTERS]`` in the environment.

Prints, for a cold build and for builds after typical changes, the seconds, their share of the cold
build, the pages and bytes of the PDF and the memory of the process tree.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import synthetic

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Make the corpus, build it again and again, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="?", default=100)
    letters = parser.parse_args().letters
    with tempfile.TemporaryDirectory() as name:
        corpus, output = Path(name) / "corpus", Path(name) / "build/dossier.pdf"
        synthetic.write(corpus, letters)
        steps: tuple[tuple[str, Callable[[Path, int], None]], ...] = (
            ("cold", lambda folder, count: None),
            ("nothing changed", lambda folder, count: None),
            ("one word changed", _one_word),
            ("first letter a page longer", _page_longer),
            ("a letter added at the end", _added),
        )
        print(
            f"{letters} letters on {len(os.sched_getaffinity(0))} processors, {sys.version.split()[0]}"
        )
        cold = 0.0
        for step, change in steps:
            change(corpus, letters)
            seconds, megabytes, said = _build(corpus, output)
            cold = cold or seconds
            print(
                f"{step:28} {seconds:7.2f} s  {seconds / cold:6.1%} of cold  {megabytes:5.0f} MB  "
                f"{output.stat().st_size / 1e6:.1f} MB  {said}",
                flush=True,
            )


def _build(corpus: Path, output: Path) -> tuple[float, float, str]:
    """Build once in a process of its own; return seconds, megabytes of its tree and pages."""
    command = [sys.executable, "-m", "dossier", "--corpus", str(corpus), "--output", str(output)]
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _tree_memory(process.pid))
        time.sleep(0.1)
    seconds = time.monotonic() - start
    said = process.stdout.read() if process.stdout else ""
    if process.stdout:
        process.stdout.close()
    if process.returncode:
        raise SystemExit(f"the build failed with {process.returncode}")
    pages = re.search(r"\d+ pages", said)
    return seconds, peak, pages[0] if pages else ""


def _tree_memory(root: int) -> float:
    """Return the resident megabytes of a process and all below it (Linux), 0 elsewhere."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/statm"):
        try:
            pid = int(entry.parent.name)
            resident[pid] = int(entry.read_text().split()[1]) * resource.getpagesize()
            parents[pid] = int((entry.parent / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError, IndexError):
            continue  # the process has just ended
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(resident.get(pid, 0) for pid in tree) / 1e6


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
