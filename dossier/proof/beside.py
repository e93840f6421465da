"""Proves the further outputs of a packet against the corpus and the pages of the proved PDF."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dossier.keep.store import Store
from dossier.proof.decisive import Decisive
from dossier.proof.lettering import Label, labelled, prefixes
from dossier.proof.parts import joined
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES

ENDS = (*SUFFIXES.values(), "")


@dataclass(frozen=True)
class Proved:
    """A proved PDF: its truth, and the pages on which everything was found."""

    truth: Truth
    decisive: Decisive
    """Its checksums."""
    spans: Mapping[str, range]
    """The pages of each section, or of each part of one that is longer than a volume."""
    anchors: Mapping[str, int]
    """The page of each signature, citation, work and heading of the index."""
    ids: Mapping[str, str]
    """The id of each index heading in the listing and the HTML, by its id in the truth."""
    checksums: Mapping[str, str]
    """The checksum of each further output in the listing, by name."""
    pdf: bytes
    """The file itself, for outputs that are made of its pages."""
    store: Store | None = None
    """Where a build keeps what was compared."""
    program_checksum: str = ""

    @functools.cached_property
    def wholes(self) -> Mapping[str, Sequence[int]]:
        """The pages of sections, also of those that are longer than a volume."""
        return joined(self.spans)

    @functools.cached_property
    def label(self) -> Label:
        """What is printed for each page."""
        return labelled(prefixes(self.truth, self.spans))


def are_the_same(claimed: Proved, proved: Proved) -> bool:
    """Tell whether all that was claimed of a PDF before it was proved is what its proof has found."""
    return (
        claimed.truth.volumes == proved.truth.volumes
        and claimed.spans == proved.spans
        and claimed.anchors == proved.anchors
        and claimed.ids == proved.ids
        and claimed.checksums == proved.checksums
    )


def findings(
    path: Path,
    name: str,
    content: bytes,
    proved: Proved,
    there: Iterable[Finding],
    remedy: str,
) -> tuple[Diagnostic, ...]:
    """Return the findings in the output ``name``, a file at ``path``.

    ``there`` are the findings of its own proof, with lines counted from 1, 0 for the whole file. ``remedy``
    is the remedy of all of them.
    """
    found = [] if checked(content, name, proved) else [(0, not_the_listed(path))]
    found += there
    return located(path, found, remedy)


def located(path: Path, found: Iterable[Finding], remedy: str) -> tuple[Diagnostic, ...]:
    """Return the findings in the file at ``path``, each with its line."""
    return tuple(
        Diagnostic(path.as_posix(), line, 0, Severity.ERROR, message, remedy)
        for line, message in sorted(set(found))
    )


def checked(content: bytes, name: str, proved: Proved) -> bool:
    """Tell whether an output has the checksum that the listing states."""
    return proved.checksums.get(name) == hashlib.sha256(content).hexdigest()


def not_the_listed(path: Path) -> str:
    """Return the message for an output whose checksum differs from the listing's."""
    stem = next(path.name.removesuffix(end) for end in ENDS if path.name.endswith(end))
    listing = f"{stem}{LISTING_SUFFIX}"
    message = "The file was changed or saved anew after it was built"
    return f"{message}: it is not the one that {listing} describes"
