"""A style of citation: a file in the Citation Style Language (CSL 1.0.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CitationStyle:
    """A style that a packet names, complete in itself: a dependent style is replaced by its parent."""

    name: str
    """As in dossier.yaml: the id of a style, or the path of a file in the corpus."""
    source: str
    """The style's XML."""
    has_bibliography: bool
    """Otherwise its notes or citations are the entries."""
    path: str
    """The file that names it, in findings."""
    place: tuple[int, int]
    """Line and column of its name."""
