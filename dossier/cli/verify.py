"""``verify``: compares a finished PDF with its corpus."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from dossier import pipeline
from dossier.cli.showing import count, show
from dossier.records.diagnostics import CorpusFaultError, Status, as_json, printable, stops


def run(options: argparse.Namespace) -> int:
    """Read the file back, and print its faults."""
    try:
        verified = pipeline.verify(options.file, options.corpus)
    except CorpusFaultError as error:
        stopped = "; no file can be compared with a corpus that has faults."
        show(error.diagnostics, options, stopped)
        return error.status
    wrong = stops(verified.faults, strict=False)
    if options.format == "json":
        print(as_json(verified.faults))
    else:
        stopped = "; the file is not to be trusted, or is older than the corpus."
        show(verified.faults, options, stopped)
        if not wrong:
            print(
                f"{options.file} is as it should be: {count(verified.letters, 'letter')} word for "
                f"word, {count(verified.signatures, 'signature')}, all page numbers and links."
            )
        if verified.signed and not verified.signed.findings:
            print(_signing_message(verified.signed.length, verified.signed.names))
        if verified.beside and not wrong:
            names = " and ".join(path.name for path in verified.beside)
            are = "is" if len(verified.beside) == 1 else "are"
            print(f"So {are} {names} beside it.")
    return Status.FINDINGS if wrong else 0


def _signing_message(length: int, signers: Sequence[str]) -> str:
    """Return the message about a dossier to which only digital signatures were appended."""
    names = ", ".join(printable(name) or "no name" for name in signers)
    times = f" {len(signers)} times" if len(signers) > 1 else ""
    return (
        f"Its first {length:,} bytes are the dossier as it was built. After that it was digitally "
        f"signed{times} ({names}), and nothing else was changed. Whether the certificate is valid is for "
        "a PDF reader to say."
    )
