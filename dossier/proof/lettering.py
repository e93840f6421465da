"""Tells what must be printed for each page, from the pages of sections or from the listing alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dossier.proof.enclosed import FOREIGN
from dossier.proof.truth import Truth
from dossier.records.sections import LETTERS

Label = Callable[[int], str]
"""Returns what is printed for a page, counted from 1."""
WITH_LETTERS = (f"{LETTERS}/", *FOREIGN)
"""How the ids of letters begin, and of what is bound in with them."""


def prefixes(truth: Truth, spans: Mapping[str, range]) -> dict[int, str]:
    """Return the first page of each part with the part's letter; empty where pages have plain numbers.

    What stands before the letters is a part, the letters are one, and what follows them.
    """
    if not truth.publication.section_letters:
        return {}
    there = [key for key in spans if key.startswith(WITH_LETTERS)]
    begin = min(spans[key].start for key in there)
    end = max(spans[key][-1] for key in there)
    firsts = {begin}
    firsts |= {span.start for span in spans.values() if span.start < begin and span.start == 1}
    behind = [span.start for span in spans.values() if span.start > end]
    firsts |= {min(behind)} if behind else set()
    return {page: "ABC"[place] for place, page in enumerate(sorted(firsts))}


TURNED = re.compile("([0-9]+)([A-Z])")


def unturned(said: str, turned: bool) -> str:
    """Return a label as it is drawn, given what pdfium reads.

    In a book that is ``turned``, from right to left, pdfium has the figures before the letter. The
    sequence in which they are drawn is compared in :mod:`.allowed.sheets`.
    """
    return TURNED.sub(r"\2\1", said) if turned and TURNED.fullmatch(said) else said


def labelled(begins: Mapping[int, str]) -> Label:
    """Return the labels of pages, given the first page of each part with its letter."""
    if not begins:
        return str

    def label(page: int) -> str:
        first = max((one for one in begins if one <= page), default=0)
        return f"{begins[first]}{page - first + 1}" if first else ""

    return label


def of_listing(listing: Mapping[str, Any]) -> Label:
    """Return the labels of pages as the listing has them; raises one of MALFORMED where it is damaged."""
    begins = {int(one["first_page"]): str(one["prefix"]) for one in listing.get("page_labels", ())}
    if begins and min(begins) != 1:
        raise ValueError("the first page has no label")
    return labelled(begins)
