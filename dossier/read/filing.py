"""Reports the people of whom custom does not tell the family name, where a corpus accepts what it tells."""

from __future__ import annotations

from collections.abc import Iterator

from dossier.names.filing import Customs, Filed
from dossier.names.matching import Authority
from dossier.names.unlisted import UnlistedHeadings, employer
from dossier.read.suggestions import scalar
from dossier.records.authority import Person
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.dossier import Corpus
from dossier.records.headings import PERSON

MESSAGE = "The family name of “{}” is in doubt, and the index has the name as it reads"


def check_filing(corpus: Corpus) -> list[Diagnostic]:
    """Return a warning for each person whose family name is in doubt; none where only stated ones count."""
    if corpus.publication.family_names != "accepted":
        return []
    customs = Customs(corpus.letters, corpus.publication.language)
    return [*_of_signers(corpus, customs), *_of_entries(corpus, customs)]


def _of_signers(corpus: Corpus, customs: Customs) -> Iterator[Diagnostic]:
    """Yield the warnings about people without an entry, each at the first signature."""
    for heading in UnlistedHeadings(corpus.letters, Authority(corpus.names)).all_of(PERSON):
        filed = None if heading.family else customs.of_signer(heading.name)
        if filed and filed.doubt:
            letter, number = heading.first
            remedy = _stating(filed, "the signature") + (
                "If the name is right as it reads, give the person an entry in names.yaml with "
                f"index_as: {scalar(heading.name)}"
            )
            place = corpus.letters[letter].signature_places[number]
            yield _warning(place, heading.name, filed, remedy, heading.signatures)


def _of_entries(corpus: Corpus, customs: Customs) -> Iterator[Diagnostic]:
    """Yield the warnings about people with an entry who sign, each at the first signature."""
    authority = Authority(corpus.names)
    signed: dict[str, list[tuple[str, int, int]]] = {}
    for letter in corpus.letters:
        for place, signatory in zip(letter.signature_places, letter.head.signatures, strict=True):
            if signatory.person:
                ids = authority.person(signatory.person, employer(authority, signatory)).ids
                signed.setdefault(ids[0] if ids else "", []).append(place)
    for key, places in signed.items():
        entry: Person | None = corpus.names.people.get(key)
        filed = customs.of_entry(entry) if entry else None
        if entry and filed and filed.doubt:
            remedy = _stating(filed, f"“{key}” in names.yaml") + (
                f"If the name is right as it reads, add index_as: {scalar(entry.name)}"
            )
            yield _warning(places[0], entry.name, filed, remedy, len(places))


def _stating(filed: Filed, where: str) -> str:
    """Return how to state a family name in doubt."""
    if not filed.family:
        return f"Add to {where} its “family”, the words of the name by which it is filed. "
    return f"If it is “{filed.family}”, add to {where}: family: {scalar(filed.family)}. "


def _warning(
    place: tuple[str, int, int], name: str, filed: Filed, remedy: str, rank: int
) -> Diagnostic:
    reason = filed.doubt[0].upper() + filed.doubt[1:]
    return Diagnostic(*place, Severity.WARNING, MESSAGE.format(name), f"{reason}. {remedy}", rank)
