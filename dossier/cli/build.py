"""``build``: makes the dossier, or packets of it."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from dossier import pipeline
from dossier.cli.showing import count, program, show
from dossier.cli.terminal import TerminalProgress
from dossier.machine.progress import Progress
from dossier.records.diagnostics import CommandLineError
from dossier.records.packet import EVERYTHING


def run(options: argparse.Namespace) -> int:
    """Build, and say what was written."""
    start = time.monotonic()
    if options.all and options.packets:
        raise CommandLineError("“--all” builds every packet: name none beside it.")
    order = pipeline.Order(
        options.corpus,
        options.output,
        strict=options.strict,
        jobs=options.jobs or 0,
        cache=not options.no_cache,
        packets=tuple(options.packets) or (EVERYTHING,),
        all_packets=options.all,
    )
    if sys.stderr.isatty():
        with TerminalProgress() as progress:
            built = pipeline.build(order, progress)
    else:
        built = pipeline.build(order, Progress())
    show(built.diagnostics, options)
    if built.trouble:
        print(
            f"dossier: nothing could be kept for the next build in {built.trouble}. "
            "The dossier is complete; make room there, or build with --no-cache.",
            file=sys.stderr,
        )
    verb = "Wrote" if built.is_new else "Nothing has changed in"
    taken = f", {time.monotonic() - start:.1f} s"
    several = len(built.packets) > 1
    for one in built.packets:
        print(
            f"{verb} {one.pdf}: {count(one.pages, 'page')}, {count(one.letters, 'letter')}"
            f"{'' if several else taken} (beside it {_named(one.beside)})"
        )
    if several:
        print(f"{count(len(built.packets), 'packet')}{taken}")
    if built.cache:
        print(
            f"What the next build need not set again is kept in {built.cache}; to empty it: "
            f"{program()} clean --output {shlex.quote(str(built.packets[0].pdf))}"
        )
    return 0


def _named(files: Sequence[Path]) -> str:
    """Return the names of files as an enumeration: ``a``, ``a and b``, ``a, b and c``."""
    *names, last = [path.name for path in files]
    return f"{', '.join(names)} and {last}" if names else last
