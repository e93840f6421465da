"""What a further output is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.records.dossier import Corpus, Dossier
from dossier.records.job import Section


@dataclass(frozen=True)
class Bound:
    """A packet with its pages, which may still be in the binding."""

    dossier: Dossier
    sections: Sequence[Section]
    corpus: Corpus
    """For what has more of it than is printed."""
    pdf: Callable[[], bytes]
    """Waits for the bound PDF: only what is made of its pages needs it."""
    page: Callable[[], str]
    """Returns the HTML edition, of which other editions are made too."""
    lines: Callable[[Section], Sequence[Any]]
    """Reads the lines of a section's pages, as :mod:`dossier.bind.words` has them."""
    deflate: Callable[[Sequence[bytes]], list[bytes]]
    """Compresses what goes into archives, to the same bytes everywhere."""
