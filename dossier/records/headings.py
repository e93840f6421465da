"""The kinds of headings of the index: data that printer and proof read alike, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Kind:
    """A kind of headings of the index of signatories."""

    name: str
    """Its name in the listing and in the CSV."""
    key: str
    """The key of a signature under which the heading's wordings stand."""
    entries: Literal["organizations", "people", ""] = ""
    """The key of names.yaml with its entries; empty where it has none."""
    folds: Literal["name", "text"] = "text"
    """What of a wording makes no difference: with ``text`` capitals, spaces and punctuation, with ``name``
    also a leading article, and countries and acronyms in parentheses at the end."""
    apart: Literal["country", "affiliation", ""] = ""
    """What keeps signatures of one wording without an entry apart: different countries; or different
    organizations, and without these different roles."""
    has_country: bool = False
    """A heading has a country, for which the chart counts its signatures."""
    by_family: bool = False
    """A heading is filed by its family name, where that is stated."""
    details: tuple[str, ...] = ()
    """The keys of a signature that stand behind the heading, as signed."""
    signs: bool = True
    """The heading is one of who signs; a letter can be selected by it."""
    words: str = ""
    """The key of the words with which a heading is printed; empty where it is printed as it stands."""


ORGANIZATION = Kind(
    "organization",
    "organization",
    entries="organizations",
    folds="name",
    apart="country",
    has_country=True,
)
PERSON = Kind(
    "person",
    "person",
    entries="people",
    apart="affiliation",
    by_family=True,
    details=("role", "organization"),
)
KINDS = (ORGANIZATION, PERSON)
"""All kinds, in the sequence in which a signature's headings are made. Of those that sign, the last that a
signature has is its signer. Who is represented has a signature of his own, with ``organization``."""
