"""Compares the entry of each work with the work as its editor states it, whatever style has set it.

A style may leave something out, since its rules say so; then the listing has a finding that names the work.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dossier.proof.tags import Finding
from dossier.proof.truth import Truth, Work


def findings(
    listing: Mapping[str, Any], truth: Truth, page_of: Callable[[str], int]
) -> Iterator[Finding]:
    """Yield the works whose entry lacks a part without a finding that says so."""
    said = [str(item) for item in listing.get("diagnostics") or ()]
    for work in truth.works:
        for part in _lacking(work):
            if not any(part in item and f"“{work.id}”" in item for item in said):
                message = f"The entry of “{work.id}” lacks its {part}, and no finding says so"
                yield page_of(f"work-{work.id}"), message


def _lacking(work: Work) -> Iterator[str]:
    """Yield the parts that an entry lacks: its title, its number or symbol, its address."""
    stated = work.reference
    there = [address for address in (stated.URL, stated.DOI, stated.archive_url) if address]
    # Their letters may be those of the title or the symbol.
    apart = [span.text for span in work.spans if not span.url.endswith(tuple(there) or ("\0",))]
    letters = _letters("".join(apart))
    if _letters(stated.title) not in letters:
        yield "title"
    if _letters(stated.number or "") not in letters:
        yield "number"
    its_own = [address for address in (stated.URL, stated.DOI) if address]
    if its_own and not any(address in work.text for address in its_own):
        yield "address"


def _letters(text: str) -> str:
    """Return the letters and digits of a text, without the capitals and marks that a style may change."""
    return "".join(
        char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum()
    )
