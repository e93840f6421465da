"""``check``: lists every fault of the corpus."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.cli.showing import count, show
from dossier.records.diagnostics import Status, as_json, stops


def run(options: argparse.Namespace) -> int:
    """Read the corpus, and print all findings."""
    checked = pipeline.checked(options.corpus)
    diagnostics = checked.diagnostics
    if options.format == "json":
        print(as_json(diagnostics))
    else:
        show(diagnostics, options, ".")
        if not diagnostics:
            print(f"No faults in {options.corpus.as_posix()}.")
        if checked.drafts:
            are = "is" if checked.drafts == 1 else "are"
            print(f"{count(checked.drafts, 'draft')} {are} left out of every packet.")
    return Status.FINDINGS if stops(diagnostics, options.strict) else 0
