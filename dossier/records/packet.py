"""A packet: what is made of the corpus for one receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dossier.records.outputs import SUFFIXES

if (
    TYPE_CHECKING
):  # they take a while to load, and the name of the whole is asked for by every build
    from dossier.records.body import Body
    from dossier.records.design import Design
    from dossier.records.schema import Publication, Selection

EVERYTHING = "dossier"
"""The name of the packet that holds the whole corpus."""


@dataclass(frozen=True)
class Packet:
    """A selection from the corpus, and what it is printed as."""

    name: str
    publication: Publication
    """What the whole corpus says of itself, with what this packet says otherwise."""
    introduction: Body | None
    design: Design
    select: Selection | None = None
    """Which letters it holds; None for all."""
    place: tuple[int, int] = (1, 1)
    """Line and column in dossier.yaml of what selects."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the files that are made beside the PDF and the listing, in the order of SUFFIXES."""
        return tuple(name for name in SUFFIXES if name in self.publication.outputs)


@dataclass(frozen=True)
class Holding:
    """What a packet holds."""

    name: str
    title: str
    numbers: tuple[int, ...]
    """Of its letters, in the whole corpus."""
    signatures: int
    works: int
    is_everything: bool
