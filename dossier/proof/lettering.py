"""Tells what must be printed for each page, from the pages of sections or from the listing alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dossier.proof.enclosed import FOREIGN
from dossier.proof.truth import Truth
from dossier.records.sections import LETTERS, is_cover

Label = Callable[[int], str]
"""Returns what is printed for a page, counted from 1."""
WITH_LETTERS = (f"{LETTERS}/", *FOREIGN)
"""How the ids of letters begin, and of what is bound in with them."""


def prefixes(truth: Truth, spans: Mapping[str, range]) -> dict[int, str]:
    """Return the first page of each part with the part's letter; empty where pages have plain numbers.

    What stands before the letters is a part, the letters are one, and what follows them. The cover of a
    volume is numbered with what follows it.
    """
    if not truth.publication.section_letters:
        return {}
    keys = list(spans)
    there = [place for place, key in enumerate(keys) if key.startswith(WITH_LETTERS)]
    before = keys[there[0] - 1] if there[0] else ""
    begin = spans[before if is_cover(before) else keys[there[0]]].start
    end = max(spans[keys[place]][-1] for place in there)
    behind = [span.start for span in spans.values() if span.start > end]
    firsts = {1, begin, *([min(behind)] if behind else [])}
    return {page: "ABC"[place] for place, page in enumerate(sorted(firsts))}


TURNED = re.compile("([0-9]+)([A-Z])")


def unturned(said: str, turned: bool) -> str:
    """Return a label as it is drawn, given what the viewer reads.

    In a book that is ``turned``, from right to left, the viewer has the figures before the letter. The
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


def ranges(begins: Mapping[int, str], pages: range) -> list[Any]:
    """Return the page labels (ISO 32000-1, 12.4.2) of a file that has some ``pages`` of a dossier."""
    if not begins:
        return [0, {"/S": "/D", "/St": pages.start}]
    found: list[Any] = []
    for page in pages:
        first = max(one for one in begins if one <= page)
        if page in (first, pages.start):
            number = page - first + 1
            found += [page - pages.start, {"/P": begins[first], "/S": "/D", "/St": number}]
    return found


def of_listing(listing: Mapping[str, Any]) -> Label:
    """Return the labels of pages as the listing has them; raises one of MALFORMED where it is damaged."""
    return labelled(begins_of(listing))


def begins_of(listing: Mapping[str, Any]) -> dict[int, str]:
    """Return the first page of each part with its letter, as the listing has them; raises as above."""
    begins = {int(one["first_page"]): str(one["prefix"]) for one in listing.get("page_labels", ())}
    if begins and min(begins) != 1:
        raise ValueError("the first page has no label")
    return begins
