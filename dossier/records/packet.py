"""A packet: a selection from the corpus for one receiver, with its title, design and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dossier.records.outputs import SUFFIXES

# Every build imports EVERYTHING, and these modules take a while to load.
if TYPE_CHECKING:
    from dossier.records.body import Body
    from dossier.records.citation_style import CitationStyle
    from dossier.records.design import Design
    from dossier.records.profile import Profile
    from dossier.records.publication import Publication, Selection

EVERYTHING = "dossier"
"""The name of the packet that holds the whole corpus."""


@dataclass(frozen=True)
class Packet:
    """A selection from the corpus, with its publication data and design."""

    name: str
    publication: Publication
    """The publication data of the corpus, overridden by the packet's own."""
    introduction: Body | None
    design: Design
    select: Selection | None = None
    """Which letters it holds; None for all."""
    place: tuple[int, int] = (1, 1)
    """Line and column of “select” in dossier.yaml."""
    bates_place: tuple[int, int] = (1, 1)
    """Line and column of “bates”."""
    volumes_place: tuple[int, int] = (1, 1)
    """Line and column of “volumes”."""
    style: CitationStyle | None = None
    """The style of its bibliography; None for the program's own."""
    profile: Profile | None = None
    """What its receiver asks for."""

    key_sha256: str = ""
    """The checksum of the file with the key by which its PDF is signed; empty for a key on a token."""
    sign_place: tuple[int, int] = (1, 1)
    """Line and column of “sign”."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs besides the PDF and the listing, in the sequence of SUFFIXES."""
        printing = self.publication.printing
        wanted = {*self.publication.outputs, *(printing.outputs if printing else ())}
        return tuple(name for name in SUFFIXES if name in wanted)


@dataclass(frozen=True)
class Holding:
    """A summary of a packet's content."""

    name: str
    title: str
    numbers: tuple[int, ...]
    """The numbers of its letters in the whole corpus."""
    signatures: int
    works: int
    is_everything: bool
