"""What stands beside a proved PDF: its further outputs are compared with the corpus and with its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dossier.proof.anatomy import Fault
from dossier.proof.truth import Truth
from dossier.records.diagnostics import Diagnostic, Severity


@dataclass(frozen=True)
class Proved:
    """A PDF that is as it should be: what it had to say, and on which pages that was found."""

    truth: Truth
    spans: Mapping[str, range]
    """The pages of each section."""
    anchors: Mapping[str, int]
    """The page of each signature, citation, work and heading of the index."""
    ids: Mapping[str, str]
    """What the listing and the HTML call each heading of the index, by its id in the truth."""
    checksums: Mapping[str, str]
    """The SHA-256 that the listing has of each further output, by its name."""


Prove = Callable[[bytes, Proved], Iterator[Fault]]
"""Yields what is wrong with an output, each finding with its line, 0 for none."""


def findings(
    path: Path, name: str, content: bytes, proved: Proved, prove: Prove, remedy: str
) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the output ``name``, which stands at ``path``.

    ``remedy`` says what to do where it is not what the corpus has to say.
    """
    found = [] if checked(content, name, proved) else [(0, not_the_listed(path))]
    found += prove(content, proved)
    return tuple(
        Diagnostic(path.as_posix(), line, 0, Severity.ERROR, message, remedy)
        for line, message in sorted(set(found))
    )


def checked(content: bytes, name: str, proved: Proved) -> bool:
    """Tell whether an output is the one of which the listing has the checksum."""
    return proved.checksums.get(name) == hashlib.sha256(content).hexdigest()


def not_the_listed(path: Path) -> str:
    """Return what to say of an output that is another than the listing's."""
    listing = path.with_suffix(".json").name
    message = "The file was changed or saved anew after it was built"
    return f"{message}: it is not the one that {listing} describes"
