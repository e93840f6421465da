"""How findings and counts are printed, whatever the command."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from dossier.records.diagnostics import Diagnostic, Severity, fold, printable, stops


def program() -> str:
    """Return the name under which the editor runs this program."""
    return "dossier" if Path(sys.argv[0]).name == "dossier" else "generate.py"


def show(
    diagnostics: Sequence[Diagnostic],
    options: argparse.Namespace,
    stopped: str = "; nothing was written.",
) -> None:
    """Print the findings and how many there are; ``stopped`` follows where they stop a build.

    Of many warnings of one kind only some are printed, unless all were asked for.
    """
    shown, kinds = (diagnostics, ()) if vars(options).get("full") else fold(diagnostics)
    for item in shown:
        print(item, file=sys.stderr)
    for one in kinds:
        print(f"{one.all - one.shown} more warnings like: {printable(one.kind)}.", file=sys.stderr)
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
