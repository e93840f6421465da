"""Formats the cited works in the citation style of a packet, and finds what the style leaves out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from dossier.compile.bibliography import ENDED, archived, entries
from dossier.compile.pandoc import StyleError, formatted, linked
from dossier.compile.selection import selected
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.language.words import Words
from dossier.records.citation_style import CitationStyle
from dossier.records.diagnostics import Diagnostic, Severity, quoted
from dossier.records.dossier import Corpus, Span
from dossier.records.packet import Packet
from dossier.records.references import Reference

Cite = Callable[[Sequence[Reference], Words], Sequence[tuple[Span, ...]]]
"""Formats works with the program's words; returns their entries in the same sequence."""
Formatter = Callable[[Sequence[Reference], CitationStyle, str], Sequence[tuple[Span, ...]]]
"""Formats works in a style, with the terms of a language; raises StyleError."""
EVERYTHING = "entry"
"""What is missing where a style has no form for a work."""


class KeptStyles:
    """Formats works in styles, each only once: in a run, and with a cache in all runs.

    The entry of a work depends on that work alone, so each is kept by itself. That a kept entry is the one
    that was made rests on the store's seal; ``verify`` uses no cache, and so makes each entry anew.
    """

    def __init__(self, store: Store | None = None, program_checksum: str = "") -> None:
        """Take the cache; ``program_checksum`` also covers the installed packages, pandoc's among them."""
        self._shelf = Shelf(store, "styled entries 1", program_checksum, tuple[Span, ...])
        self._made: dict[str, tuple[Span, ...]] = {}

    def forget(self) -> None:
        """Forget the entries of this run, as the store forgets those of earlier ones."""
        self._made.clear()

    def formatted(
        self, references: Sequence[Reference], style: CitationStyle, language: str
    ) -> list[tuple[Span, ...]]:
        """Return the entry of each reference, as :func:`.pandoc.formatted` does."""
        # A style has up to 200 kB, which need not be hashed with each work.
        of_style = self._shelf.key(style.source, str(style.has_bibliography), language)
        keys = [self._shelf.key(of_style, reference.model_dump_json()) for reference in references]
        missing: dict[str, Reference] = {}
        for key, reference in zip(keys, references, strict=True):
            if key in self._made:
                continue
            kept = self._shelf.get(key)
            if kept is None:
                missing[key] = reference
            else:
                self._made[key] = kept
        made = formatted(list(missing.values()), style, language)
        for key, spans in zip(missing, made, strict=True):
            self._made[key] = spans
            self._shelf.put(key, spans)
        return [self._made[key] for key in keys]


def citing(packet: Packet, own: Cite, formatter: Formatter) -> Cite:
    """Return what formats the works of a packet: ``own`` where it names no style."""
    style = packet.style
    if style is None:
        return own
    language = packet.publication.language
    return lambda references, words: styled(references, words, style, language, formatter)


def styled(
    references: Sequence[Reference],
    words: Words,
    style: CitationStyle,
    language: str,
    formatter: Formatter = formatted,
) -> list[tuple[Span, ...]]:
    """Return the entry of each reference in a style, with the terms of a language (BCP 47).

    A work for which the style prints nothing has the entry of the program's own style. Address and date of
    an archived copy follow each entry, as there: CSL has no variables for them.
    """
    made = []
    for reference, spans in zip(references, formatter(references, style, language), strict=True):
        if not spans:
            made += entries([reference], words)
            continue
        copy = archived(reference, words)
        if copy:
            text = "".join(span.text for span in spans)
            copy = copy if ENDED.search(text) else f".{copy}"
            spans = (*spans, *linked(Span(copy)))
        made.append(spans)
    return made


def findings(corpus: Corpus, packets: Sequence[Packet], formatter: Formatter) -> list[Diagnostic]:
    """Return what the styles of packets leave out of works, and the styles that pandoc refuses."""
    found: list[Diagnostic] = []
    lacking: dict[tuple[CitationStyle, str], set[str]] = {}
    for packet in packets:
        style = packet.style
        if style is None:
            continue
        letters = selected(corpus, packet)
        used = {citation.report for letter in letters for citation in letter.body.citations}
        cited = [reference for reference in corpus.references if reference.id in used]
        try:
            made = formatter(cited, style, packet.publication.language)
        except StyleError as error:
            message = f"The citation style “{style.name}” cannot be used: {error}"
            remedy = "Correct the style, or choose another."
            found.append(_finding(style, Severity.ERROR, message, remedy))
            continue
        for reference, spans in zip(cited, made, strict=True):
            for what in _left_out(reference, spans):
                lacking.setdefault((style, what), set()).add(reference.id)
    for (style, what), ids in lacking.items():
        works = quoted([reference.id for reference in corpus.references if reference.id in ids])
        message = f"The citation style “{style.name}” prints no {what} of {works}"
        remedy = "Write it under “note” if its readers need it, or choose another style."
        if what == EVERYTHING:
            message = f"The citation style “{style.name}” has no form for {works}"
            remedy = "It is printed in the program’s own: give it another “type”, or choose another style."
        found.append(_finding(style, Severity.WARNING, message, remedy))
    return found


def _left_out(reference: Reference, spans: Sequence[Span]) -> Iterator[str]:
    """Yield what an entry does not print: title, number (a document's symbol), address, or everything."""
    text = "".join(span.text for span in spans)
    if not text:
        yield EVERYTHING
        return
    addresses = [address for address in (reference.URL, reference.DOI) if address]
    # The work's address may have the words of its title or the figures of its symbol in it.
    words = _plain(
        "".join(
            span.text for span in spans if not (span.url and span.url.endswith(tuple(addresses)))
        )
    )
    if _plain(reference.title) not in words:
        yield "title"
    if _plain(reference.number or "") not in words:
        yield "number"
    if addresses and not any(address in text for address in addresses):
        yield "address"


def _plain(text: str) -> str:
    """Return a text without what a style may change in it: capitals, quotation marks, spaces."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).casefold())


def _finding(style: CitationStyle, severity: Severity, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(style.path, *style.place, severity, message, remedy)
