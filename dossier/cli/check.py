"""``check``: lists every fault of the corpus."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.cli.showing import show
from dossier.records.diagnostics import Status, as_json, stops


def run(options: argparse.Namespace) -> int:
    """Read the corpus, and print all findings."""
    diagnostics = pipeline.check(options.corpus)
    if options.format == "json":
        print(as_json(diagnostics))
    else:
        show(diagnostics, options, ".")
        if not diagnostics:
            print(f"No faults in {options.corpus.as_posix()}.")
    return Status.FINDINGS if stops(diagnostics, options.strict) else 0
