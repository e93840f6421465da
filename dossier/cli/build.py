"""``build``: builds the dossier, or packets of it."""

from __future__ import annotations

import argparse
import shlex
import sys
import time

from dossier import pipeline
from dossier.cli.passphrase import Passphrase
from dossier.cli.showing import count, enumerated, program, show
from dossier.cli.terminal import TerminalProgress
from dossier.machine.progress import Progress
from dossier.records.diagnostics import CommandLineError, printable
from dossier.records.packet import EVERYTHING


def run(options: argparse.Namespace) -> int:
    """Build, and print which files were written."""
    start = time.monotonic()
    if options.all and options.packets:
        raise CommandLineError("“--all” builds every packet: name none beside it.")
    progress = TerminalProgress() if sys.stderr.isatty() else None
    request = pipeline.BuildRequest(
        options.corpus,
        options.output,
        strict=options.strict,
        jobs=options.jobs or 0,
        cache=not options.no_cache,
        packets=tuple(options.packets) or (EVERYTHING,),
        all_packets=options.all,
        drafts=options.drafts,
        ask=Passphrase(progress.pause) if progress else Passphrase(),
    )
    if progress:
        with progress:
            built = pipeline.build(request, progress)
    else:
        built = pipeline.build(request, Progress())
    show(built.diagnostics, options)
    if built.trouble:
        print(
            f"dossier: nothing could be kept for the next build in {built.trouble}. "
            "The dossier is complete; make room there, or build with --no-cache.",
            file=sys.stderr,
        )
    verb = "Wrote" if built.is_new else "Nothing has changed in"
    duration = f", {time.monotonic() - start:.1f} s"
    several = len(built.packets) > 1
    for packet in built.packets:
        print(
            f"{verb} {packet.pdf}: {count(packet.pages, 'page')}, {count(packet.letters, 'letter')}"
            f"{'' if several else duration} (beside it {enumerated(packet.beside)})"
        )
    for packet in built.packets:
        for said in packet.by_hand:
            print(f"Not proved, see to it for {packet.pdf.name}: {printable(said)}")
    if several:
        print(f"{count(len(built.packets), 'packet')}{duration}")
    if built.cache:
        print(
            f"Typeset letters are kept for the next build in {built.cache}; to empty it: "
            f"{program()} clean --output {shlex.quote(str(built.packets[0].pdf))}"
        )
    return 0
