"""Dates of letters: parses EDTF level 1 (Library of Congress, 2019), gives sortable days and wording."""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import functools
import re
from contextlib import suppress

import babel
import babel.core
import babel.dates

PLAIN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
LEVEL_1 = re.compile(
    r"(\d{4}|\d{3}X|\d\dXX|\d{4}-(0[1-9]|1[0-2]|2[1-4]|XX)|\d{4}-(0[1-9]|1[0-2])-(\d\d|XX)|\d{4}-XX-XX)"
    r"[?~%]?",
    re.ASCII,
)
"""A single date of EDTF level 1 with a year of four digits; months 21 to 24 are seasons."""
NO_DATE = "is not a date in the form YYYY-MM-DD, YYYY-MM or YYYY"
NO_DAY = "is not in the calendar"
SEASONS = ("21", "22", "23", "24")
WORDS = {
    "ar": ("{} {}", "ربيع صيف خريف شتاء", "نحو {}"),
    "de": ("{} {}", "Frühling Sommer Herbst Winter", "ca. {}"),
    "en": ("{} {}", "Spring Summer Autumn Winter", "ca. {}"),
    "es": ("{} de {}", "primavera verano otoño invierno", "ca. {}"),
    "fr": ("{} {}", "printemps été automne hiver", "vers {}"),
    "he": ("{} {}", "אביב קיץ סתיו חורף", "בסביבות {}"),
    "it": ("{} {}", "primavera estate autunno inverno", "ca. {}"),
    "ja": ("{1}年{0}", "春 夏 秋 冬", "{}頃"),
    "ko": ("{1}년 {0}", "봄 여름 가을 겨울", "{}경"),
    "nl": ("{} {}", "lente zomer herfst winter", "ca. {}"),
    "pt": ("{} de {}", "primavera verão outono inverno", "ca. {}"),
    "ru": ("{} {} г.", "весна лето осень зима", "ок. {}"),
    "yue": ("{1}年{0}", "春 夏 秋 冬", "約{}"),
    "zh": ("{1}年{0}", "春 夏 秋 冬", "约{}"),
    "zh_Hant": ("{1}年{0}", "春 夏 秋 冬", "約{}"),
}
"""Patterns and words that CLDR lacks: a season with its year, the seasons, an approximate date.

All other languages use the English ones.
"""


FRENCH = "fr"
UNKNOWN = "unknown"
"""The date of a letter of which nobody knows when it was written."""
SEVERAL = "; "
"""Stands between the dates of a letter that has several."""
NEVER = "0001"
"""Sorts a letter with a fault in its date."""


@dataclasses.dataclass(frozen=True)
class LetterDate:
    """A date as an editor wrote it, with the range of days that it may mean."""

    edtf: str
    earliest: datetime.date
    """The earliest possible day, by which letters are sorted."""
    latest: datetime.date

    def in_words(self, language: str) -> str:
        """Return the date in the usual form of ``language`` (BCP 47).

        An uncertain, approximate or incomplete date is an editor's addition, and stands in square brackets
        as in scholarly editions: ``[January 8, 2012?]``, ``[ca. January 2012]``, ``[January 2012]``.
        Several dates are printed one after the other, an unknown one not at all.
        """
        if self.edtf == UNKNOWN:
            return ""
        if SEVERAL in self.edtf:
            return SEVERAL.join(
                read_date(one).in_words(language) for one in self.edtf.split(SEVERAL)
            )
        locale = babel_locale(language)
        ends = self.edtf.split("/")
        days = (self.earliest, self.latest) if len(ends) == 2 else (self.earliest,)
        if len(ends) == 2:
            days = (read_date(ends[0]).earliest, read_date(ends[1]).earliest)
        words = " – ".join(
            _words(end.rstrip("?~%"), day, locale) + ("?" if end.endswith(("?", "%")) else "")
            for end, day in zip(ends, days, strict=True)
        )
        if not any(qualifier in self.edtf for qualifier in "?~%X"):
            return words
        about = _phrases(locale)[2] if "~" in self.edtf or "%" in self.edtf else "{}"
        return f"[{about.format(words)}]"


def letter_date(text: str, sort_date: str | None = None) -> LetterDate:
    """Return the date of a letter: one, several with the letter's own first, or an unknown one.

    An unknown date is sorted by ``sort_date``. The earliest possible day is that of the first date.
    """
    if text == UNKNOWN:
        return dataclasses.replace(read_date(sort_date or NEVER), edtf=UNKNOWN)
    dates = [read_date(one) for one in text.split(SEVERAL)]
    return LetterDate(text, dates[0].earliest, max(date.latest for date in dates))


@functools.cache
def read_date(text: str) -> LetterDate:
    """Parse an EDTF level 1 date; raise ValueError, with the reason, where ``text`` is not one."""
    if PLAIN.fullmatch(text):
        # The most frequent form by far, and the library parses it slowly.
        year, month, day = (int(part) for part in (text + "-00-00")[:10].split("-"))
        try:
            earliest = datetime.date(year, month or 1, day or 1)
            latest = earliest.replace(
                month=month or 12, day=day or calendar.monthrange(year, month or 12)[1]
            )
        except ValueError:
            raise ValueError(NO_DAY) from None
        return LetterDate(text, earliest, latest)
    if re.fullmatch(r"\d{4}-\d\d(-\d\d)?", text, re.ASCII) and text[5:7] not in SEASONS:
        raise ValueError(NO_DAY)
    if not all(LEVEL_1.fullmatch(part) for part in text.split("/")) or text.count("/") > 1:
        raise ValueError(NO_DATE)
    # The library gets one unqualified date at a time: it knows only some intervals and qualifiers.
    if "/" in text:
        begin, end = (read_date(part) for part in text.split("/"))
        if end.latest < begin.earliest:
            raise ValueError("ends before it begins")
        return LetterDate(text, begin.earliest, end.latest)
    if text.endswith(("?", "~", "%")):
        return dataclasses.replace(read_date(text[:-1]), edtf=text)
    import edtf
    from edtf.parser.edtf_exceptions import EDTFParseException
    from edtf.parser.parser_classes import Season, Unspecified

    try:
        parsed = edtf.parse_edtf(text)
        if not isinstance(parsed, (Season, Unspecified)):
            raise ValueError(NO_DATE)
        return LetterDate(text, _day(parsed.lower_strict()), _day(parsed.upper_strict()))
    except (EDTFParseException, TypeError, OverflowError, AttributeError, IndexError):
        raise ValueError(NO_DATE) from None


@functools.cache
def babel_locale(language: str) -> babel.Locale:
    """Return Babel's nearest locale for a BCP 47 tag, English where there is none.

    Region and script decide how a date is written. Babel's own negotiation prefers the region, so a locale
    in another script than the tag's is skipped.
    """
    main, *parts = language.split("-")
    if parts and len(parts[0]) == 3 and parts[0].isalpha():
        main = parts.pop(0)  # the extended language in zh-yue is the language itself
    known_as = babel.core.get_global("language_aliases").get(main.lower(), main)
    tag = [*known_as.split("_"), *parts]
    script = tag[1].title() if len(tag) > 1 and len(tag[1]) == 4 and tag[1].isalpha() else None
    while tag:
        with suppress(babel.UnknownLocaleError, ValueError):
            found = babel.Locale.parse("_".join(tag))
            if script is None or found.script in (None, script):
                return found
        tag.pop()
    return babel.Locale("en")


def day_in_words(day: datetime.date, language: str) -> str:
    """Return a day in the long form of ``language``."""
    return day_in_form(day, "long", babel_locale(language))


def day_in_form(day: datetime.date, form: str, locale: babel.Locale) -> str:
    """Return a day in a form of Babel's; the first of a French month as “1er”, not “1”.

    CLDR has no ordinals in dates.
    """
    said = babel.dates.format_date(day, form, locale)
    if locale.language == FRENCH and said.startswith("1 "):
        return f"1er{said[1:]}"
    return said


def _day(moment: tuple[int, ...]) -> datetime.date:
    try:
        return datetime.date(*moment[:3])
    except ValueError:
        raise ValueError("lies outside the years 1 to 9999") from None


def _phrases(locale: babel.Locale) -> tuple[str, str, str]:
    written = WORDS.get(f"{locale.language}_{locale.script}") or WORDS.get(locale.language)
    return written or WORDS["en"]


def _words(plain: str, earliest: datetime.date, locale: babel.Locale) -> str:
    parts = plain.split("-")
    known = [part for part in parts if "X" not in part]
    if not known:
        last = plain.replace("X", "9")
        return f"{earliest.year}–{last}"
    if len(known) == 1:
        return known[0]
    if known[1] in SEASONS:
        pattern, seasons, _ = _phrases(locale)
        return pattern.format(seasons.split()[SEASONS.index(known[1])], known[0])
    if len(known) == 2:
        return babel.dates.format_skeleton("yMMMM", earliest, locale=locale)
    return day_in_form(earliest, "long", locale)
