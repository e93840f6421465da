"""Formats the cited works: CSL data in, entries made of plain, italic and linked spans out.

citeproc-py does the work with the style that the project brings, ``templates/bibliography.csl``, whose
terms are among the words of ours; names of months, quotation marks and the like are the library's own.
"""

from __future__ import annotations

import datetime
import functools
import io
import re
import warnings
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from babel.dates import format_date

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.language import direction_marks
from dossier.language.dates import babel_locale, read_date
from dossier.language.words import ENGLISH, Words
from dossier.machine import templates
from dossier.records.dossier import Span
from dossier.records.schema import CSL_DATES, Reference

ADDRESS = re.compile(
    rf"https?://[^\s<>{direction_marks.CHARACTERS}]*[^\s<>.,;)\]{direction_marks.CHARACTERS}]"
)
UN_SYMBOL = re.compile(r"(A|S|E|T|ST|CCPR|CERD|CEDAW|CAT|CRC|CMW|CRPD|CED|HRI|TD)/[A-Z0-9]")
"""How the symbol of a United Nations document begins (UN Editorial Manual)."""
GUARD = str.maketrans("<>", "\ue000\ue001")
RELEASE = str.maketrans("\ue000\ue001", "<>")
"""Private characters that stand for angle brackets while the library is at work."""
ENDED = re.compile(r"[.?!…．。？！][”’»」』\"']*$")
"""A text that brings its own full stop."""
NO_STOP = "\ue002"
"""Stands behind such a text while the library is at work, which sees no full stop behind markup."""
SECOND_STOP = re.compile(rf"{NO_STOP}((?:</\w+>|[”’])*)\.?")
EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\ufe00-\ufe0f\uff66-\uff9f\U00020000-\U0003ffff\U000e0100-\U000e01ef]+"
)
"""Han, kana and hangul, in which the family name comes first and no space follows it."""
PLAIN_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?")
AS_IN_STYLE = "en-GB"
"""Of all kinds of English, that whose dates have the order in which the style arranges: 8 January 2012."""
TERMS = (
    "work_in", "work_volume", "work_issue", "work_edition", "work_version", "work_undated",
    "work_page", "work_publisher", "work_doi", "work_accessed",
)  # fmt: skip
"""Those of the words of ours that the style takes for its terms."""
MARKUP = re.compile(r"<(/?)(i|b|span|sup|sub)\b[^>]*>")


def kept_entries(
    references: Sequence[Reference], words: Words, store: Store | None, setup: str
) -> list[tuple[Span, ...]]:
    """Return what :func:`entries` does, from ``store`` where the same was asked before.

    ``setup`` is the checksum of the program and its style.
    """
    shelf = Shelf(store, "entries 3", setup, list[tuple[Span, ...]])
    said = [words.language, *(f"{key} {text}" for key, text in sorted(words.texts.items()))]
    key = shelf.key(*said, *(reference.model_dump_json() for reference in references))
    kept = shelf.get(key)
    if kept is not None:
        return kept
    made = entries(references, words)
    shelf.put(key, made)
    return made


def entries(references: Sequence[Reference], words: Words) -> list[tuple[Span, ...]]:
    """Return the formatted entry of each reference, in the order given, with ``words`` of ours.

    The style is CSL 1.0.2. Whatever a type of work leaves unsaid is left out; the archived
    copy's address and date follow the entry, as CSL 1.0.2 has no variables for them.
    """
    if not references:
        return []
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
    from citeproc import formatter as formatters
    from citeproc.source.json import CiteProcJSON

    # Keys of our own: the library folds the case of ids.
    keys = [f"work{number}" for number in range(len(references))]
    data = [
        _citeproc(reference, words) | {"id": key}
        for key, reference in zip(keys, references, strict=True)
    ]
    with warnings.catch_warnings():
        # The library warns of every CSL variable that its style has no use for.
        warnings.simplefilter("ignore", UserWarning)
        source = CiteProcJSON(data)
        bibliography = CitationStylesBibliography(
            CitationStylesStyle(_style(words), locale=_locale(words.language), validate=False),
            source,
            formatters.html,
        )
        for key in keys:
            bibliography.register(Citation([CitationItem(key)]))
        formatted = ["".join(str(part) for part in item) for item in bibliography.bibliography()]
    return [
        _spans(SECOND_STOP.sub(r"\1", entry) + _archived(reference, words))
        for entry, reference in zip(formatted, references, strict=True)
    ]


def _style(words: Words) -> Any:
    """Return the style as a file that has its terms from ``words``."""
    terms = "".join(f'<term name="{key}">{escape(words(key))}</term>' for key in TERMS)
    style = (templates.folder() / "bibliography.csl").read_text(encoding="utf-8")
    locale = f"</info><locale><terms>{terms}</terms></locale>"
    return io.BytesIO(style.replace("</info>", locale, 1).encode())


@functools.cache
def _locale(language: str) -> str:
    """Return the library's locale for a language: its most usual one where it has several, as fr-FR."""
    from citeproc import PRIMARY_DIALECTS

    main = babel_locale(language).language
    return str(PRIMARY_DIALECTS.get(main) or PRIMARY_DIALECTS[ENGLISH])


def _day_language(words: Words) -> str:
    """Return the language in which a date stands among those that the style arranges."""
    return AS_IN_STYLE if babel_locale(words.language).language == ENGLISH else words.language


def _citeproc(reference: Reference, words: Words) -> dict[str, Any]:
    """Return the work as the library wants it: names as dicts, dates as numbers."""
    data = reference.csl()
    for key in ("archive-url", "archived", "note", "language"):
        data.pop(key, None)
    if UN_SYMBOL.match(data.get("number", "")):
        data["number"] = words("work_un_document", symbol=data["number"])
    for key in CSL_DATES:
        if key in data:
            data[key] = _date_parts(data[key], words)
    if "edition" in data:
        # The style says “ed.” itself.
        data["edition"] = re.sub(
            r"\s*\b([eé]d|edn|[eé]dition)\.?$", "", data["edition"], flags=re.I
        )
    return {key: _guarded(value) for key, value in data.items()}


def _guarded(value: Any) -> Any:
    """Return a value that the library takes neither for markup nor for a name in another order."""
    if isinstance(value, str):
        return value.translate(GUARD) + (NO_STOP if ENDED.search(value) else "")
    if isinstance(value, dict):
        if value.keys() == {"family", "given"} and EAST_ASIAN.fullmatch("".join(value.values())):
            return {"literal": value["family"] + value["given"]}
        return {key: _guarded(item) for key, item in value.items()}
    return [_guarded(item) for item in value] if isinstance(value, list | tuple) else value


def _date_parts(text: str, words: Words) -> dict[str, Any]:
    """Return a plain date as numbers, for the style to arrange; any other in our own words."""
    date = read_date(text)
    if not PLAIN_DATE.fullmatch(text):
        return {"literal": date.printed(_day_language(words))}
    parts = [date.earliest.year, date.earliest.month, date.earliest.day]
    return {"date-parts": [parts[: text.count("-") + 1]]}


def _archived(reference: Reference, words: Words) -> str:
    address = reference.archive_url
    if not address:
        return ""
    if not reference.archived:
        return f" {words('work_archived', address=address)}"
    day = datetime.date.fromisoformat(reference.archived)
    date = format_date(day, "d MMMM y", babel_locale(words.language))
    return f" {words('work_archived_on', date=date, address=address)}"


def _spans(markup: str) -> tuple[Span, ...]:
    """Return the formatter's HTML as spans."""
    spans: list[Span] = []
    italic = False
    start = 0
    for match in [*MARKUP.finditer(markup), None]:
        end = match.start() if match else len(markup)
        spans += _linked(unescape(markup[start:end]).translate(RELEASE), italic)
        if match and match[2] == "i":
            italic = not match[1]
        start = match.end() if match else end
    return tuple(spans)


def _linked(text: str, italic: bool) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for match in ADDRESS.finditer(text):
        if match.start() > start:
            spans.append(Span(text[start : match.start()], italic))
        spans.append(Span(match[0], italic, match[0]))
        start = match.end()
    return [*spans, *([Span(text[start:], italic)] if start < len(text) else [])]
