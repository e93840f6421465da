"""Tells what must be printed for each page, from the pages of sections or from the listing alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from dossier.proof.enclosed import FOREIGN
from dossier.proof.truth import Truth
from dossier.records.sections import INDEX_VOLUME, LETTERS, is_cover

Label = Callable[[int], str]
"""Returns what is printed for a page, counted from 1."""
WITH_LETTERS = (f"{LETTERS}/", *FOREIGN)
"""How the ids of letters begin, and of what is bound in with them."""
ROMAN = "i"
"""Stands for the letter of a part whose pages a viewer numbers in small Roman figures: the index volume."""


def prefixes(truth: Truth, spans: Mapping[str, range]) -> dict[int, str]:
    """Return the first page of each part with the part's letter; empty where pages have plain numbers.

    What stands before the letters is a part, the letters are one, and what follows them. The cover of a
    volume is numbered with what follows it. The pages of the index volume have :data:`ROMAN`, and plain
    numbers then an empty letter.
    """
    found = _of_sections(spans) if truth.publication.section_letters else {}
    return _with_index(found, spans[INDEX_VOLUME].start if INDEX_VOLUME in spans else 0)


def _with_index(begins: Mapping[int, str], first: int) -> dict[int, str]:
    """Add the ``first`` page of the index volume, 0 where there is none."""
    return {1: "", **begins, first: ROMAN} if first else dict(begins)


def _of_sections(spans: Mapping[str, range]) -> dict[int, str]:
    """Return the first page of each part with the part's letter, as :func:`prefixes`."""
    keys = [key for key in spans if key != INDEX_VOLUME]
    there = [place for place, key in enumerate(keys) if key.startswith(WITH_LETTERS)]
    before = keys[there[0] - 1] if there[0] else ""
    begin = spans[before if is_cover(before) else keys[there[0]]].start
    end = max(spans[keys[place]][-1] for place in there)
    behind = [spans[key].start for key in keys if spans[key].start > end]
    firsts = {1, begin, *([min(behind)] if behind else [])}
    return {page: "ABC"[place] for place, page in enumerate(sorted(firsts))}


def unnumbered(begins: Mapping[int, str]) -> int:
    """Return the first page on which no number is printed, and on all behind it; 0 where all have one."""
    return max((page for page, letter in begins.items() if letter == ROMAN), default=0)


def printed(begins: Mapping[int, str]) -> Label:
    """Return what must be printed as page numbers, given the first page of each part with its letter."""
    label, first = labelled(begins), unnumbered(begins)
    return (lambda page: "" if page >= first else label(page)) if first else label


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
        if not first:
            return ""
        number = page - first + 1
        return _in_roman(number) if begins[first] == ROMAN else f"{begins[first]}{number}"

    return label


def ranges(begins: Mapping[int, str], pages: range) -> list[Any]:
    """Return the page labels (ISO 32000-1, 12.4.2) of a file that has some ``pages`` of a dossier."""
    if not begins:
        return [0, {"/S": "/D", "/St": pages.start}]
    found: list[Any] = []
    for page in pages:
        first = max(one for one in begins if one <= page)
        if page in (first, pages.start):
            style = {"/S": "/r" if begins[first] == ROMAN else "/D", "/St": page - first + 1}
            prefix = {"/P": begins[first]} if begins[first] not in ("", ROMAN) else {}
            found += [page - pages.start, prefix | style]
    return found


def _in_roman(number: int) -> str:
    """Return a number below 400 in small Roman figures."""
    tens = ["", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx", "xc"]
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    hundreds, rest = divmod(number, 100)
    return "c" * hundreds + tens[rest // 10] + ones[rest % 10]


def of_listing(listing: Mapping[str, Any]) -> Label:
    """Return the labels of pages as the listing has them; raises one of MALFORMED where it is damaged."""
    return labelled(begins_of(listing))


def begins_of(listing: Mapping[str, Any]) -> dict[int, str]:
    """Return the first page of each part with its letter, as the listing has them; raises as above."""
    begins = {int(one["first_page"]): str(one["prefix"]) for one in listing.get("page_labels", ())}
    if begins and min(begins) != 1:
        raise ValueError("the first page has no label")
    index = [one for one in listing["sections"] if one["id"] == INDEX_VOLUME]
    return _with_index(begins, int(index[0]["first_page"]) if index else 0)
