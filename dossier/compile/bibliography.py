"""Formats the cited works: turns CSL data into entries of plain, italic and linked spans.

citeproc-py applies the program's style, ``templates/bibliography.csl``. The style's terms are among the
program's words; names of months, quotation marks and the like come from the library.
"""

from __future__ import annotations

import functools
import io
import re
import warnings
from collections.abc import Sequence
from html import escape, unescape
from typing import Any

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.language import direction_marks
from dossier.language.dates import babel_locale, read_date
from dossier.language.words import ENGLISH, Words
from dossier.machine import templates
from dossier.records.dossier import Span
from dossier.records.references import CSL_DATES, Reference

ADDRESS = re.compile(
    rf"https?://[^\s<>{direction_marks.CHARACTERS}]*[^\s<>.,;)\]{direction_marks.CHARACTERS}]"
)
UN_SYMBOL = re.compile(r"(A|S|E|T|ST|CCPR|CERD|CEDAW|CAT|CRC|CMW|CRPD|CED|HRI|TD)/[A-Z0-9]")
"""The beginning of a United Nations document symbol (UN Editorial Manual)."""
GUARD = str.maketrans("<>&", "\ue000\ue001\ue003")
RELEASE = str.maketrans("\ue000\ue001\ue003", "<>&")
"""Translations to private-use characters: while the library formats, they replace what begins markup."""
ENDED = re.compile(r"[.?!…．。？！][”’»」』\"']*$")
"""Matches a text that ends with its own punctuation, after which a full stop is superfluous."""
NO_STOP = "\ue002"
"""Appended to those texts while the library formats, which overlooks a full stop before markup."""
SECOND_STOP = re.compile(rf"{NO_STOP}((?:</\w+>|[”’])*)\.?")
EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\ufe00-\ufe0f\uff66-\uff9f\U00020000-\U0003ffff\U000e0100-\U000e01ef]+"
)
"""Han, kana and hangul: names in them have the family name first and no space after it."""
AS_IN_STYLE = "en-GB"
"""The locale for English dates with the day first, as in the style: 8 January 2012."""
QUOTES = {
    "ar": {"open-quote": "«", "close-quote": "»"},
    "es": {"open-quote": "“", "close-quote": "”"},
    "pt": {"open-quote": "“", "close-quote": "”"},
}
"""The quotation marks of titles where the library has those of a typewriter, or others than our words."""
JAPANESE = "ja"
TERM = re.compile(r'(?<=term=")\w+')
"""A term of the style, which is a key of the program's words."""
MARKUP = re.compile(r"<(/?)(i|b|span|sup|sub)\b[^>]*>")


def kept_entries(
    references: Sequence[Reference],
    words: Words,
    store: Store | None,
    program_checksum: str,
    user: str = "print",
) -> list[tuple[Span, ...]]:
    """Return the entries of :func:`entries`, from the cache if possible.

    ``program_checksum`` is the checksum of the program and its templates; each ``user`` has entries of its
    own.
    """
    shelf = Shelf(store, f"entries 6 for {user}", program_checksum, list[tuple[Span, ...]])
    own_words = [words.language, *(f"{key} {text}" for key, text in sorted(words.texts.items()))]
    key = shelf.key(*own_words, *(reference.model_dump_json() for reference in references))
    kept = shelf.get(key)
    if kept is not None:
        return kept
    made = entries(references, words)
    shelf.put(key, made)
    return made


def entries_of_proof(
    references: Sequence[Reference], words: Words, store: Store | None, program_checksum: str
) -> list[tuple[Span, ...]]:
    """Return the same for the proof, whose entries are kept apart from the printer's.

    An entry that the printer has kept wrongly must not be right there for that reason.
    """
    return kept_entries(references, words, store, program_checksum, "proof")


def entries(references: Sequence[Reference], words: Words) -> list[tuple[Span, ...]]:
    """Return the formatted entry of each reference, in the same sequence.

    Variables that the style does not use for a type of work are left out. Address and date of the
    archived copy follow the entry, since CSL 1.0.2 has no variables for them.
    """
    if not references:
        return []
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
    from citeproc import formatter as formatters
    from citeproc.source.json import CiteProcJSON

    # The library folds the case of ids, so entries get keys of their own.
    keys = [f"work{number}" for number in range(len(references))]
    data = [
        _citeproc(reference, words) | {"id": key}
        for key, reference in zip(keys, references, strict=True)
    ]
    with warnings.catch_warnings():
        # The library warns about every CSL variable that the style does not use.
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
        _spans(_titled(SECOND_STOP.sub(r"\1", entry), words) + archived(reference, words))
        for entry, reference in zip(formatted, references, strict=True)
    ]


def _titled(entry: str, words: Words) -> str:
    """Return an entry with the titles of books between 『 and 』 where they are in Japanese.

    The script has no italics, in which the style has them.
    """
    if babel_locale(words.language).language != JAPANESE:
        return entry

    def marked(match: re.Match[str]) -> str:
        return f"『{match[1]}』" if EAST_ASIAN.search(match[1]) else match[0]

    return re.sub(r"<i>(.*?)</i>", marked, entry)


def _style(words: Words) -> Any:
    """Return the style as a file, with its terms taken from ``words``."""
    style = (templates.folder() / "bibliography.csl").read_text(encoding="utf-8")
    keys = sorted(set(TERM.findall(style)))
    told = {key: words(key) for key in keys} | QUOTES.get(babel_locale(words.language).language, {})
    terms = "".join(f'<term name="{key}">{escape(text)}</term>' for key, text in told.items())
    locale = f"</info><locale><terms>{terms}</terms></locale>"
    return io.BytesIO(style.replace("</info>", locale, 1).encode())


@functools.cache
def _locale(language: str) -> str:
    """Return the library's locale for a language, its primary dialect: fr-FR for French."""
    from citeproc import PRIMARY_DIALECTS

    main = babel_locale(language).language
    return str(PRIMARY_DIALECTS.get(main) or PRIMARY_DIALECTS[ENGLISH])


def _day_language(words: Words) -> str:
    """Return the language for dates that stand among dates formatted by the style."""
    return AS_IN_STYLE if babel_locale(words.language).language == ENGLISH else words.language


def _citeproc(reference: Reference, words: Words) -> dict[str, Any]:
    """Return a work as CSL-JSON for the library: names as dicts, dates in words."""
    data = reference.csl()
    for key in ("archive-url", "archived", "note", "language"):
        data.pop(key, None)
    if UN_SYMBOL.match(data.get("number", "")):
        data["number"] = words("work_un_document", symbol=data["number"])
    for key in CSL_DATES:
        if key in data:
            data[key] = _date(data[key], words)
    if "edition" in data:
        # The style adds “ed.” itself.
        data["edition"] = re.sub(
            r"\s*\b([eé]d|edn|[eé]dition)\.?$", "", data["edition"], flags=re.I
        )
    return {key: _guarded(value) for key, value in data.items()}


def _guarded(value: Any) -> Any:
    """Return a value guarded against the library's markup, its order of names and its full stops."""
    if isinstance(value, str):
        return value.translate(GUARD) + (NO_STOP if ENDED.search(value) else "")
    if isinstance(value, dict):
        if value.keys() == {"family", "given"} and EAST_ASIAN.fullmatch("".join(value.values())):
            return {"literal": value["family"] + value["given"]}
        return {key: _guarded(item) for key, item in value.items()}
    return [_guarded(item) for item in value] if isinstance(value, list | tuple) else value


def _date(text: str, words: Words) -> dict[str, Any]:
    """Return a date in words: the library knows only the sequence and the terms of some languages."""
    return {"literal": read_date(text).in_words(_day_language(words))}


def archived(reference: Reference, words: Words) -> str:
    """Return what follows an entry: address and date of the archived copy, if there is one."""
    address = reference.archive_url
    if not address:
        return ""
    if not reference.archived:
        return f" {words('work_archived', address=address)}"
    date = read_date(reference.archived).in_words(_day_language(words))
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
