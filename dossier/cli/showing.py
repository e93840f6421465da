"""Prints findings and counts, for all commands."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from dossier.records.diagnostics import Diagnostic, Severity, fold, printable, stops


def program() -> str:
    """Return the name by which the editor runs this program."""
    return "dossier" if Path(sys.argv[0]).name == "dossier" else "generate.py"


def show(
    diagnostics: Sequence[Diagnostic],
    options: argparse.Namespace,
    stopped: str = "; nothing was written.",
) -> None:
    """Print the findings and their number, followed by ``stopped`` if they stop a build.

    Many warnings of one kind are printed as a line with their number and, below it, the worst of them,
    unless the option ``--full`` is given.
    """
    shown, kinds = (diagnostics, ()) if vars(options).get("full") else fold(diagnostics)
    for item in shown:
        print(item, file=sys.stderr)
    for folded in kinds:
        print(f"{folded.all} warnings like: {printable(folded.kind)}.", file=sys.stderr)
        for item in folded.worst:
            print(f"  {item}", file=sys.stderr)
    if kinds:
        corpus = options.corpus.as_posix()
        where = "" if corpus == "corpus" else f" --corpus {shlex.quote(corpus)}"
        print(f"All of them: {program()} check{where} --full", file=sys.stderr)
    errors = sum(item.severity is Severity.ERROR for item in diagnostics)
    warnings = len(diagnostics) - errors
    if diagnostics:
        summary = ", ".join(
            count(number, word)
            for number, word in ((errors, "error"), (warnings, "warning"))
            if number
        )
        strict = vars(options).get("strict", False)
        print(f"{summary}{stopped if stops(diagnostics, strict) else '.'}", file=sys.stderr)


def count(number: int, word: str) -> str:
    """Return a number with its noun: ``1 letter``, ``2 letters``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def enumerated(files: Sequence[Path]) -> str:
    """Return the names of files as an enumeration: ``a``, ``a and b``, ``a, b and c``."""
    *names, last = [path.name for path in files]
    return f"{', '.join(names)} and {last}" if names else last
