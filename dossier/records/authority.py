"""``names.yaml``: the authority file of organizations and people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from dossier.language.family import divided
from dossier.records.values import (
    Country,
    Edtf,
    Id,
    Language,
    Record,
    Text,
    Url,
    fault,
    not_in_the_name,
)

ADDRESSES = {
    "bnf": "https://data.bnf.fr/ark:/12148/cb{}", "geonames": "https://www.geonames.org/{}",
    "gnd": "https://d-nb.info/gnd/{}", "isni": "https://isni.org/isni/{}",
    "lc": "https://id.loc.gov/authorities/names/{}", "ndl": "https://id.ndl.go.jp/auth/ndlna/{}",
    "orcid": "https://orcid.org/{}", "ror": "https://ror.org/{}", "viaf": "https://viaf.org/viaf/{}",
    "wikidata": "https://www.wikidata.org/entity/{}",
}  # fmt: skip
"""The addresses that identifiers stand for, by their keys in ``identifiers``."""


class FormerName(Record):
    """A name that an organization no longer bears."""

    name: Text
    until: Edtf | None = None


class Organization(Record):
    """An organization of the authority file."""

    name: Text
    country: Country | None = None
    acronym: Text | None = None
    native: dict[Language, Text] = Field(default_factory=dict)
    aliases: tuple[Text, ...] = ()
    formerly: tuple[FormerName, ...] = ()
    sort_as: Text | None = None
    see_also: tuple[str, ...] = ()
    url: Url | None = None
    identifiers: dict[Text, Text] = Field(default_factory=dict)
    note: Text | None = None


class Person(Record):
    """A person of the authority file."""

    name: Text
    index_as: Text | None = None
    native: dict[Language, Text] = Field(default_factory=dict)
    aliases: tuple[Text, ...] = ()
    organization: str | None = None
    sort_as: Text | None = None
    see_also: tuple[str, ...] = ()
    url: Url | None = None
    identifiers: dict[Text, Text] = Field(default_factory=dict)
    note: Text | None = None
    family: Text | None = None
    """The part of ``name`` by which the index files it."""

    @model_validator(mode="after")
    def _has_its_family(self) -> Person:
        if self.family and self.index_as:
            raise fault(
                "family",
                "The entry has a “family” name and “index_as”, which both give the heading",
                "Leave out one of them.",
            )
        if self.family and divided(self.name, self.family) is None:
            raise not_in_the_name("family", self.family, "name", self.name)
        return self


class Names(Record):
    """``names.yaml``: the authority file."""

    organizations: dict[Id, Organization] = Field(default_factory=dict)
    people: dict[Id, Person] = Field(default_factory=dict)
    distinct: tuple[Annotated[tuple[Text, ...], Field(min_length=2)], ...] = ()
