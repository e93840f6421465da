"""The signatures under a letter of the dossier, in the groups in which they are printed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


def usual(texts: Iterable[str]) -> int:
    """Return the number of letters that nine in ten texts have at most; wide letters count twice."""
    lengths = sorted(
        sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text) for text in texts
    )
    return lengths[(len(lengths) * 9 - 1) // 10] if lengths else 0


@dataclass(frozen=True)
class Signature:
    """One signature in the dossier."""

    anchor: str
    """Unique in the dossier: ``sig-LETTER-NUMBER``."""
    printed: str
    heading: str
    """The id of the index heading of who signs; empty for people without names."""
    kind: str
    """The kind of this heading."""
    country: str | None
    """ISO 3166-1 code from the authority file, else from the signature."""
    count: int = 1
    """The number of signatures for which it stands."""
    anonymous: bool = False
    """It stands for people without names."""
    number: int = 0
    """Its printed number in its group, counted from 1; 0 where the letter numbers none."""
    nation: str = ""
    """The country that the signature states, in the letter's language."""
    added: str = ""
    """The day on which it was added, in words."""
    withdrawn: str = ""
    """The day on which it was withdrawn, in words."""
    name: tuple[int, int] = (0, 0)
    """Where the name of who signs begins and ends in what is printed; the same place for none."""

    @property
    def has_own_words(self) -> bool:
        """Tell whether words of the program's stand beside it."""
        return bool(self.added or self.withdrawn or not self.printed)

    @property
    def is_name(self) -> bool:
        """Tell whether it is nothing but a name."""
        return self.name == (0, len(self.printed))


@dataclass(frozen=True)
class SignatureGroup:
    """Signatures under a letter that stand together."""

    headings: tuple[str, ...]
    """The headings under which they stand, the outer one first."""
    begins: bool
    """The last of these is printed above them."""
    qualifier: str
    form: str
    """``list``, ``columns`` or ``table``."""
    signatures: tuple[Signature, ...]

    @property
    def heading(self) -> str:
        """The heading that is printed above them, if any."""
        return self.headings[-1] if self.begins else ""

    @property
    def level(self) -> int:
        """The level of this heading below that of the letter, counted from 0."""
        return len(self.headings) - 1

    @cached_property
    def usual_length(self) -> int:
        """The number of letters that nine in ten of its lines have at most."""
        return usual(signature.printed for signature in self.signatures)

    # Templates ask for these at each of its signatures, of which there may be thousands.
    @cached_property
    def is_numbered(self) -> bool:
        """Tell whether its signatures have numbers."""
        return any(signature.number for signature in self.signatures)

    @cached_property
    def has_details(self) -> bool:
        """Tell whether a signature of it says more than a name."""
        return not all(signature.is_name for signature in self.signatures)

    @cached_property
    def lines_run_in(self) -> int:
        """The number of its signatures, if they may stand in a paragraph: no letter says otherwise."""
        may = self.form == "list" and not any("\n" in one.printed for one in self.signatures)
        return len(self.signatures) if may else 0

    @cached_property
    def has_nations(self) -> bool:
        """Tell whether a signature of it states its country."""
        return any(signature.nation for signature in self.signatures)
