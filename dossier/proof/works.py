"""Compares the entry of each work with the work as its editor states it, whatever style has set it.

A style may leave something out, since its rules say so; then the listing has a finding that names the work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dossier.language import direction_marks
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth, Work
from dossier.records.references import CSL_DATES

MARK = ".?!…．。？！"
"""What ends a sentence; a full stop stands behind none of the others, and behind no other full stop."""
RUN = re.compile(f"[{MARK}]{{2,}}")
CLOSING = "[\\s\"'”’“‘»›」』》〉]*"
"""What may stand between a text and its full stop."""
OPENING = ' \t\u00a0\u202f"“‘«„「『《〈”»'
IN_DOUBT = ".?"
"""The end of a date in doubt in languages that write “г.” or “r.” behind its year."""
UNSEEN = re.compile(f"[{direction_marks.CHARACTERS}]")
ENDED = re.compile(f"[{MARK}]{CLOSING}$")


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
        for message in [] if truth.has_citation_style else _stops(work):
            yield page_of(f"work-{work.id}"), f"The entry of “{work.id}” {message}"


def _stops(work: Work) -> Iterator[str]:
    """Yield where the program's own style lacks a full stop, or has one too many.

    It sets one behind makers, title, number and address, but for those that end with a mark of their own,
    and one at the end. Words that the style has changed are not compared.
    """
    csl = work.reference.csl()
    stated = _texts(csl)
    if any("?" in str(csl.get(key, "")) for key in CSL_DATES):
        stated.append(IN_DOUBT)
    # Addresses may have any marks in them.
    text = "".join("\0" if span.url else span.text for span in work.spans)
    for run in RUN.finditer(text):
        if not any(run[0] in RUN.findall(one) for one in stated):
            yield f"has “{run[0]}”, which its editor does not write"
    if not ENDED.search(text):
        yield "does not end with a full stop"
    whole = UNSEEN.sub("", work.text)
    for value, is_first in (
        (work.reference.title, True),
        (work.reference.number, False),
        (work.reference.URL, True),
    ):
        shape = re.escape(UNSEEN.sub("", value or "\0"))
        around = [(whole[: m.start()], m[0], whole[m.end() :]) for m in re.finditer(shape, whole)]
        # The same words may stand elsewhere, too, as those of a title in the name of its publisher.
        if around and not any(
            _is_ended(there, behind) and not (is_first and _runs_on(before))
            for before, there, behind in around
        ):
            yield f"lacks a full stop at “{value}”, or has one twice"


def _runs_on(before: str) -> bool:
    """Tell whether a part of an entry stands behind another that has no full stop."""
    return bool(before.strip(OPENING)) and not ENDED.search(before.rstrip(OPENING))


def _is_ended(text: str, behind: str) -> bool:
    """Tell whether one full stop ends a text, its own or one behind it."""
    if ENDED.search(text):
        return not re.match("[”’]*\\.", behind)
    return bool(re.match(f"{CLOSING}[{MARK}]", behind))


def _texts(value: Any) -> list[str]:
    """Return all texts of a work as its editor states it."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


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
