"""Selects the letters of a packet. Pure: records in, records out."""

from __future__ import annotations

from collections.abc import Iterator

from dossier.compile.signing import without_withdrawn
from dossier.language.dates import read_date
from dossier.language.folding import folded, spelled
from dossier.names.matching import Authority
from dossier.names.signers import Signers
from dossier.records.dossier import Corpus, CorpusLetter
from dossier.records.packet import Packet
from dossier.records.publication import Conditions


def selected(corpus: Corpus, packet: Packet) -> tuple[CorpusLetter, ...]:
    """Return the letters of ``packet`` in the sequence of the corpus."""
    select = packet.select
    if select is None:
        return corpus.letters
    withdrawn = packet.publication.withdrawn
    printed = [without_withdrawn(letter, withdrawn) for letter in corpus.letters]
    signers = Signers(Authority(corpus.names), printed)
    left_out = select.but
    held = {
        letter.id
        for letter in corpus.letters
        if all(_tests(select, letter, signers))
        and not (left_out and all(_tests(left_out, letter, signers)))
    }
    # An annex goes with its letter.
    return tuple(letter for letter in corpus.letters if (letter.head.annex_to or letter.id) in held)


def _tests(conditions: Conditions, letter: CorpusLetter, signers: Signers) -> Iterator[bool]:
    """Yield, for each condition given, whether it holds for a letter."""
    if conditions.letters:
        yield letter.id in conditions.letters
    if conditions.since:
        yield letter.date.latest >= read_date(conditions.since).earliest
    if conditions.until:
        yield letter.date.earliest <= read_date(conditions.until).latest
    if conditions.addressee:
        names = {folded(addressee.name) for addressee in letter.head.to}
        yield any(folded(word) in names for word in conditions.addressee)
    if conditions.signed_by:
        yield any(signers.has_signed(letter, word) for word in conditions.signed_by)
    if conditions.cites:
        yield any(citation.report in conditions.cites for citation in letter.body.citations)
    if conditions.tags:
        tags = {spelled(tag) for tag in letter.head.tags}
        yield any(spelled(tag) in tags for tag in conditions.tags)
