"""Compares the HTML edition with what the corpus has to say."""

from __future__ import annotations

from collections.abc import Iterator

from dossier.proof.anatomy import Fault
from dossier.proof.beside import Proved


def faults(content: bytes, proved: Proved) -> Iterator[Fault]:
    """Yield where an HTML is not what it should be."""
    yield from ()
