"""Guesses what an editor meant by an invalid value: each function returns a remedy, or None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from babel import Locale
from babel.core import get_global

from dossier.language.countries import country_of
from dossier.language.dates import PLAIN, read_date
from dossier.names.likeness import nearest
from dossier.records.outputs import CHOSEN
from dossier.records.values import COUNTRIES, LINK_SCHEMES

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DOMAIN = re.compile(r"(?:([a-z]+):/*)?((?:[\w-]+\.)+[a-z]{2,}(?:[/:?#]\S*)?)", re.IGNORECASE)

FILE = re.compile(r"[\w-]+\.(md|html?|pdf|txt|docx?)", re.IGNORECASE)
"""A file name that looks like a domain."""


QUOTED = re.compile(r"([“„”«‘‚'\"])([^“”„«»]+)([”“»’‘'\"])")
"""A whole value in quotation marks; YAML recognizes straight ones only."""


OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "addressee": ("to",),
    "addressees": ("to",),
    "affiliation": ("organization",),
    "city": ("place",),
    "copies": ("cc",),
    "copy": ("cc",),
    "degree": ("post_nominals",),
    "function": ("role",),
    "institution": ("organization",),
    "lang": ("language",),
    "location": ("place",),
    "mail": ("email",),
    "name": ("person", "organization"),
    "office": ("role",),
    "org": ("organization",),
    "position": ("role",),
    "recipient": ("to",),
    "recipients": ("to",),
    "ref": ("references",),
    "reference": ("references",),
    "signatures": ("signatories",),
    "signed": ("signatories",),
    "signers": ("signatories",),
    "title": ("role", "honorific"),
    "university": ("organization",),
}
"""Other names of keys."""
IN_TEXT = "Write it below the keys, in the text of the letter."
BEHIND_SIGNATURES = (
    "Write it below the text, behind a line [signatories]; see docs/corpus-format.md."
)
PARTS_OF_TEXT: Mapping[str, str] = {
    "body": IN_TEXT,
    "content": IN_TEXT,
    "salutation": IN_TEXT,
    "text": IN_TEXT,
    "enclosures": BEHIND_SIGNATURES,
    "footer": BEHIND_SIGNATURES,
    "postscript": BEHIND_SIGNATURES,
    "ps": BEHIND_SIGNATURES,
}
"""Parts of a letter that have no key, and where to write them."""


def unquoted(value: object) -> str | None:
    """Suggest a value without the quotation marks around it."""
    match = QUOTED.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"Remove the quotation marks: {match[2].strip()}" if match else None


def country(value: str) -> str | None:
    """Suggest the code of a country that is written out, misspelt or in another code."""
    territories = Locale("en").territories
    names = {territories[code]: code for code in COUNTRIES}
    codes = [
        value.upper(),
        country_of(value),
        *get_global("territory_aliases").get(value.upper(), ()),  # USA, JPN
        names.get(_name(value, names)),
    ]
    found = next((code for code in codes if code in COUNTRIES), None)
    return f"Did you mean “{found}” ({territories[found]})?" if found else None


def language(value: str) -> str | None:
    """Suggest the tag of a language given by its name or by the code of a country."""
    import langcodes  # slow to import, and most corpora name no language

    languages = Locale("en").languages
    names = {name: tag for tag, name in languages.items() if len(tag) < 4}
    likely = get_global("likely_subtags").get(f"und_{value.upper()}") or ""
    tags = [value.replace("_", "-"), likely.split("_")[0], names.get(_name(value, names))]
    found = next((tag for tag in tags if tag and langcodes.tag_is_valid(tag)), None)
    name = languages.get((found or "").replace("-", "_"))
    return f"Did you mean “{found}”{f' ({name})' if name else ''}?" if found else None


def date(value: str, day: bool = False) -> str | None:
    """Suggest a date in the right form; None where the value is ambiguous, as 7/5/2013.

    With ``day``, only a date with its day is suggested.
    """
    plain = _ascii_digits(value)
    if plain != value and _is_date(plain, day):
        return f"Did you mean “{plain}”?"
    parts = [part.lower() for part in re.findall(r"\d+|[^\W\d_]+", plain)]
    words = [place for place, part in enumerate(parts) if part[:3] in MONTHS]
    if len(words) == 1 and len(parts) in (2, 3) and len(parts[-1]) == 4:
        month = str(MONTHS.index(parts.pop(words[0])[:3]) + 1)
        parts = [parts[-1], month, *parts[:-1]]
    found = "-".join(part.zfill(2) for part in parts)
    first, slash, last = plain.partition("/")
    if slash and not day and PLAIN.fullmatch(first) and PLAIN.fullmatch(last):
        found = f"{last}/{first}"
    elif not PLAIN.fullmatch(found) or ".." in plain:
        return None
    return f"Did you mean “{found}”?" if _is_date(found, day) else None


def _is_date(text: str, day: bool) -> bool:
    """Tell whether ``text`` is a date; with ``day``, one that has a day."""
    try:
        read_date(text)
    except ValueError:
        return False
    return not day or (len(text) == 10 and PLAIN.fullmatch(text) is not None)


def _ascii_digits(value: str) -> str:
    """Return ``value`` with the digits of all scripts as ASCII digits."""
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in unicodedata.normalize("NFKC", value)
    )


def address(value: str) -> str | None:
    """Suggest an address for one with a missing or misspelt part."""
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+\.[a-z]+", value):
        return f"Did you mean “mailto:{value}”?"
    match = None if FILE.fullmatch(value) else DOMAIN.fullmatch(value)
    scheme = nearest(match[1], LINK_SCHEMES[:2]) if match and match[1] else "https"
    return f"Did you mean “{scheme}://{match[2]}”?" if match and scheme else None


def output(value: str) -> str | None:
    """Suggest the output whose name is misspelt."""
    found = nearest(value, CHOSEN)
    return f"Did you mean “{found}”?" if found else None


def identifier(value: str, capitals: bool = False) -> str | None:
    """Suggest a valid id made from ``value``; ids of works may have ``capitals``."""
    found = _letters(value, capitals)
    return f"Did you mean “{found}”?" if found else None


def key(name: str, known: Collection[str]) -> str | None:
    """Suggest the keys that an editor calls ``name``, of those ``known`` in this place."""
    word = name.casefold().strip("-_ ").replace(" ", "_").replace("-", "_")
    if "letterhead" in known and word in PARTS_OF_TEXT:
        return PARTS_OF_TEXT[word]
    meant = [one for one in OTHER_NAMES.get(word, ()) if one in known]
    return f"Did you mean {' or '.join(f'“{one}”' for one in meant)}?" if meant else None


def file_name(stem: str, there: Collection[str]) -> str | None:
    """Suggest a file name for a letter whose stem is a valid id; ``there`` are the existing files."""
    found = _letters(stem, False)
    if f"{found}.md" in there:
        return f"There is already a letter {found}.md: choose another name, or delete the copy."
    return f"Rename it to {found}.md." if found else None


def plain_text(what: str, short: str, stem: str) -> tuple[str, str]:
    """Return message and remedy for a letter that is ``what``, not plain text."""
    return (
        f"This is {what}",
        f"Open it, save its text as plain text in UTF-8, name that {_letters(stem, False) or 'ID'}.md, "
        f"and keep the {short} in sources/.",
    )


def _name(value: str, names: Iterable[str]) -> str:
    """Return the name most similar to a word; none for a code, which is similar to too many."""
    return nearest(value, names) or "" if len(value) > 3 else ""


def _letters(value: str, capitals: bool) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    plain = plain if capitals else plain.lower()
    return "-".join(re.findall("[A-Za-z0-9]+", plain))
