"""``check``: lists every fault of the corpus."""

from __future__ import annotations

import argparse

from dossier import pipeline
from dossier.cli.showing import count, show
from dossier.records.diagnostics import Status, as_json, printable, stops


def run(options: argparse.Namespace) -> int:
    """Read the corpus, and print all findings, or under ``--names`` the family names proposed."""
    if options.names:
        return _names(options)
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


def _names(options: argparse.Namespace) -> int:
    """Print the lines for names.yaml."""
    lines = pipeline.family_names(options.corpus)
    if lines:
        print("# To file these people by family name, add the lines that are right to names.yaml.")
        print("# If the file has the key “people” already, put the lines under it.")
        print("people:")
    else:
        print("# The family name of everyone who needs one is known.")
    for line in lines:
        print(f"  {printable(line)}")
    return Status.DONE
