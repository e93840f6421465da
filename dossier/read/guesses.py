"""Guesses what an editor meant by a value that is not allowed: each function returns a remedy, or None."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from babel import Locale
from babel.core import get_global

from dossier.language.countries import country_of
from dossier.language.dates import PLAIN, read_date
from dossier.names.likeness import nearest
from dossier.records.outputs import SUFFIXES
from dossier.records.schema import COUNTRIES, LINK_SCHEMES

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DOMAIN = re.compile(r"(?:([a-z]+):/*)?((?:[\w-]+\.)+[a-z]{2,}(?:[/:?#]\S*)?)", re.IGNORECASE)

FILE = re.compile(r"[\w-]+\.(md|html?|pdf|txt|docx?)", re.IGNORECASE)
"""What looks like a domain and is the name of a file."""


QUOTED = re.compile(r"([“„”«‘‚'\"])([^“”„«»]+)([”“»’‘'\"])")
"""A whole value in quotation marks, which YAML does not take for its own unless they are straight."""


def unquoted(value: object) -> str | None:
    """Name a value that was put in quotation marks without them."""
    match = QUOTED.fullmatch(value.strip()) if isinstance(value, str) else None
    return f"Remove the quotation marks: {match[2].strip()}" if match else None


def country(value: str) -> str | None:
    """Name the code of a country that is written out, misspelt or in another code."""
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
    """Name the tag of a language whose name is written, or the country that speaks it."""
    import langcodes  # its data is large, and most corpora name no language

    languages = Locale("en").languages
    names = {name: tag for tag, name in languages.items() if len(tag) < 4}
    likely = get_global("likely_subtags").get(f"und_{value.upper()}") or ""
    tags = [value.replace("_", "-"), likely.split("_")[0], names.get(_name(value, names))]
    found = next((tag for tag in tags if tag and langcodes.tag_is_valid(tag)), None)
    name = languages.get((found or "").replace("-", "_"))
    return f"Did you mean “{found}”{f' ({name})' if name else ''}?" if found else None


def date(value: str, day: bool = False) -> str | None:
    """Name the date that is stated in another form; None where it may be read in two ways, as 7/5/2013.

    With ``day`` only a whole date will do.
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
    """Tell whether ``text`` is a date, with ``day`` a whole one."""
    try:
        read_date(text)
    except ValueError:
        return False
    return not day or (len(text) == 10 and PLAIN.fullmatch(text) is not None)


def _ascii_digits(value: str) -> str:
    """Return ``value`` with the digits of any script as those from 0 to 9."""
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in unicodedata.normalize("NFKC", value)
    )


def address(value: str) -> str | None:
    """Name the address of which a part is missing or misspelt."""
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+\.[a-z]+", value):
        return f"Did you mean “mailto:{value}”?"
    match = None if FILE.fullmatch(value) else DOMAIN.fullmatch(value)
    scheme = nearest(match[1], LINK_SCHEMES[:2]) if match and match[1] else "https"
    return f"Did you mean “{scheme}://{match[2]}”?" if match and scheme else None


def output(value: str) -> str | None:
    """Name the output that is misspelt."""
    found = nearest(value, SUFFIXES)
    return f"Did you mean “{found}”?" if found else None


def identifier(value: str, capitals: bool = False) -> str | None:
    """Name the id that comes nearest to ``value``, for a work's with its ``capitals``."""
    found = _letters(value, capitals)
    return f"Did you mean “{found}”?" if found else None


def file_name(stem: str, there: Collection[str]) -> str | None:
    """Name a letter's file so that its stem is an id; ``there`` are the files that exist."""
    found = _letters(stem, False)
    if f"{found}.md" in there:
        return f"There is already a letter {found}.md: choose another name, or delete the copy."
    return f"Rename it to {found}.md." if found else None


def plain_text(what: str, short: str, stem: str) -> tuple[str, str]:
    """Return what to say of a letter that is no plain text, but ``what``."""
    return (
        f"This is {what}",
        f"Open it, save its text as plain text in UTF-8, name that {_letters(stem, False) or 'ID'}.md, "
        f"and keep the {short} in sources/.",
    )


def _name(value: str, names: Iterable[str]) -> str:
    """Return the name that comes nearest to a word; a code comes near too many."""
    return nearest(value, names) or "" if len(value) > 3 else ""


def _letters(value: str, capitals: bool) -> str:
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    plain = plain if capitals else plain.lower()
    return "-".join(re.findall("[A-Za-z0-9]+", plain))
