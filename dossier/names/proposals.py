"""Proposes the family names of the people who sign, for an editor to look through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dossier.language.folding import folded
from dossier.names.filing import Customs
from dossier.names.matching import Authority
from dossier.names.unlisted import UnlistedHeadings
from dossier.records.dossier import CorpusLetter
from dossier.records.headings import PERSON


@dataclass(frozen=True)
class Proposal:
    """A person's family name, as custom has it."""

    name: str
    family: str
    doubt: str
    """Why it is in doubt; empty where it is not."""


def proposed(
    letters: Sequence[CorpusLetter], authority: Authority, language: str, are_accepted: bool = False
) -> list[Proposal]:
    """Return proposals for the people without an entry, sorted by first signature.

    ``language`` is that of letters that state none. People are left out whose family name is known: stated,
    in capitals or before a comma, or whose name is a single word; those of whom nothing can be proposed;
    and where custom ``are_accepted``, those of whom it leaves no doubt.
    """
    headings = UnlistedHeadings(letters, authority).all_of(PERSON)
    customs = Customs(letters, language)
    namesakes = Counter(folded(heading.name) for heading in headings)
    found = []
    for heading in headings:
        filed = None if heading.family else customs.of_signer(heading.name)
        if not filed or not filed.family or (are_accepted and not filed.doubt):
            continue
        doubt = filed.doubt
        if namesakes[folded(heading.name)] > 1:
            doubt = "the name signs with different affiliations"
        found.append(Proposal(heading.name, filed.family, doubt))
    return found
