"""``verify``: compares a finished PDF with its corpus."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dossier import pipeline
from dossier.cli.showing import count, enumerated, show
from dossier.machine.earlier import whole_of
from dossier.records.diagnostics import (
    CommandLineError,
    CorpusFaultError,
    Status,
    as_json,
    printable,
    stops,
)
from dossier.records.outputs import SUFFIXES

if TYPE_CHECKING:  # whoever verifies nothing does not load the models of the corpus
    from dossier.records.signing import Validity

CHECKED = (
    "the checksums of all files; the PDF’s objects, tags, page numbers, running heads and links; its "
    "sections, index and bibliography against the listing"
)
OF_HTML = "; what runs or is fetched in the HTML"
OF_VOLUMES = "the checksums and objects of the volumes, and their page numbers"
UNCHECKED = (
    "whether the words, signatures and counts are those of the letters. Whoever can change all files can "
    "change their checksums, too: compare them with a list that you received in another way, or ask for "
    "the corpus"
)


def run(options: argparse.Namespace) -> int:
    """Read the file back, and print its faults."""
    if options.no_corpus or (options.corpus == Path("corpus") and not options.corpus.exists()):
        for name in ("rebuild", "thorough"):
            if getattr(options, name):
                raise CommandLineError(
                    f"“--{name}” needs the corpus: name its folder with --corpus."
                )
        return _run_without_corpus(options)
    try:
        verified = pipeline.verify(options.file, options.corpus, options.thorough)
        if options.rebuild:
            differences = pipeline.rebuilt(options.file, options.corpus)
            verified = replace(verified, faults=(*verified.faults, *differences))
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
                f"{whole_of(options.file)} is as it should be: {count(verified.letters, 'letter')} word "
                f"for word, {count(verified.signatures, 'signature')}, all page numbers and links."
            )
        if verified.filled and verified.filled.validity and not wrong:
            print(_filled_message(verified.filled.length, verified.filled.validity))
        elif verified.signed and not verified.signed.findings:
            print(_signing_message(verified.signed.length, verified.signed.names))
        if verified.beside and not wrong:
            names = enumerated(verified.beside)
            are = "is" if len(verified.beside) == 1 else "are"
            print(f"So {are} {names} beside it.")
        if verified.profile and not wrong:
            print(f"It keeps the rules of the profile “{verified.profile}”, as far as files tell.")
        if options.thorough and not wrong:
            print("Drawn and looked at, all texts on its pages can be seen.")
        if options.rebuild and not wrong:
            but = ", but for the signature" if verified.filled else ""
            print(f"Built again on this machine, all files have the same bytes{but}.")
    return Status.FINDINGS if wrong else 0


def _run_without_corpus(options: argparse.Namespace) -> int:
    """Compare the files with each other; print their faults, and what could not be compared."""
    received = pipeline.received(options.file)
    wrong = stops(received.faults, strict=False)
    if options.format == "json":
        print(as_json(received.faults))
        return Status.FINDINGS if wrong else 0
    show(received.faults, options, "; the files are not to be trusted.")
    if wrong:
        return Status.FINDINGS
    if not received.whole:
        listing, *volumes = received.beside
        print(
            f"{enumerated(volumes)} agree with {listing.name}. Compared: {OF_VOLUMES}. "
            "Not compared, as the PDF of the whole is not there: what stands on the pages."
        )
        return Status.DONE
    has_html = any(path.suffix == SUFFIXES["html"] for path in received.beside)
    print(
        f"{whole_of(options.file)} agrees with {enumerated(received.beside)} beside it. Compared: "
        f"{CHECKED}{OF_HTML if has_html else ''}."
    )
    if received.filled and received.filled.validity:
        print(_filled_message(received.filled.length, received.filled.validity))
    elif received.signed:
        print(_signing_message(received.signed.length, received.signed.names))
    if received.profile:
        print(f"It keeps the rules of the profile “{received.profile}”, as far as files tell.")
    print(f"Not compared, for want of the corpus: {UNCHECKED}.")
    if received.unproved:
        print(
            f"Not proved: the rules of the profile “{printable(received.unproved)}”, which is the corpus’s "
            "own or of another version of this program."
        )
    return Status.DONE


def _filled_message(length: int, known: Validity) -> str:
    """Return the message about the signature of a packet that asks for one."""
    clock = "by a time-stamp server" if known.is_stamped else "by the signer’s own clock"
    return (
        f"Its first {length:,} bytes are the dossier as it was built. The rest is its signature, and does "
        f"nothing else. The signature is valid, level {known.level}: by the key of "
        f"“{printable(known.signer)}”, whose certificate “{printable(known.issuer)}” has issued, on "
        f"{known.time} {clock}. Whether to trust that certificate is for you to say."
    )


def _signing_message(length: int, signers: Sequence[str]) -> str:
    """Return the message about a dossier to which only digital signatures were appended."""
    names = ", ".join(printable(name) or "no name" for name in signers)
    times = f" {len(signers)} times" if len(signers) > 1 else ""
    return (
        f"Its first {length:,} bytes are the dossier as it was built. After that it was digitally "
        f"signed{times} ({names}), and nothing else was changed. Whether the certificate is valid is for "
        "a PDF reader to say."
    )
