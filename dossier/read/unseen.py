"""Invisible characters: some are removed from a text, the others are faults.

Pasted text is full of them. Most only allow or forbid a line break: the text reads the same without them,
so they are removed, with one warning per file. The others can make a reader, a screen reader or a copy of
the text show something other than the file says: these are faults. Direction marks and isolates are
neither: Arabic and Hebrew need them (:mod:`.direction_marks`).
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEFT_OUT = {
    "\u00ad": "soft hyphen",
    "\u034f": "combining grapheme joiner",  # orders marks in dictionaries; the marks stay
    "\u180e": "Mongolian vowel separator",  # it only shapes Mongolian, for which there is no font
    "\u200b": "zero-width space",
    "\u2060": "word joiner",
    "\u2061": "function application",  # formulas copied from a web page have this and the next three
    "\u2062": "invisible times",
    "\u2063": "invisible separator",
    "\u2064": "invisible plus",
    "\ufeff": "byte-order mark",  # from joined files, or as a zero-width no-break space
}
"""Characters that print nothing and do not change how other characters print."""
SPACES = {
    "\x0b": "line tabulation",  # Word's line break inside a paragraph
    "\x0c": "form feed",  # the end of a page in text taken from a PDF
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
}
"""Characters used instead of white space, which separate words and lines."""
INVISIBLE = re.compile(
    # In scripts without spaces between words, U+200B marks where a line may break.
    "(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b|"
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u180e\u2028-\u202e\u2060-\u2065\u206a-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""All invisible characters. Those in neither table above are faults:

U+0000 to U+001F, U+007F    control characters: they move and delete text on a terminal; U+0002, U+001E and
                            U+001F are hyphens in text copied from PDF readers and Word
U+0080 to U+009F            control characters, mostly from Windows-1252 text read as Latin-1
U+202A to U+202E            embeddings and overrides: the text is displayed in another order
U+2065, U+E0000 to U+E007F  tags and code points reserved for them: they hide a message in a text
U+206A to U+206F            deprecated: they change digits, mirroring and how letters join
U+D800 to U+DFFF            surrogates, which only an escape can bring into a text
U+FFF9 to U+FFFB            interlinear annotations: the text between them is shown or hidden
U+FFFE, U+FFFF              noncharacters
"""
HALVES = re.compile("[\ud800-\udfff]")
HYPHENS = "\x02\x1e\x1f\ufffe"
"""Characters that hyphens become when text is copied from Word or from some PDF readers."""
NAMED = 4
"""How many kinds of characters a finding names."""


@dataclass(frozen=True)
class Cleaned:
    """A text without invisible characters, and the place of each of its characters in the file."""

    text: str
    _begins: Sequence[int]
    """The offset in ``text`` where each change begins."""
    _ends: Sequence[int]
    """The offset in ``text`` where each change ends."""
    _files: Sequence[tuple[int, int]]
    """The offsets in the file's text where each change begins and ends."""
    _original: str

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Return the line and column in the file of a place in the text, all counted from 1."""
        if not self._begins or line > len(self._lines):
            return line, column
        at = self._lines[line - 1] + column - 1
        change = bisect.bisect_right(self._begins, at) - 1
        if change >= 0:
            begin, end = self._files[change]
            at = begin if at < self._ends[change] else end + at - self._ends[change]
        number = bisect.bisect_right(self._file_lines, at) - 1
        return number + 1, at - self._file_lines[number] + 1

    @functools.cached_property
    def _lines(self) -> list[int]:
        return line_starts(self.text)

    @functools.cached_property
    def _file_lines(self) -> list[int]:
        return line_starts(self._original)


def line_starts(text: str) -> list[int]:
    """Return the offset of each line of ``text``."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def cleaned(text: str, prose: int) -> Cleaned:
    """Return ``text`` without its invisible characters, including those that are faults.

    Those used as white space are replaced: in the text of a letter, which begins at the offset ``prose``,
    by the end of a line or paragraph; before it, in keys and values, by a space.
    """
    parts: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    files: list[tuple[int, int]] = []
    read = length = 0
    before = "\n"
    found = list(INVISIBLE.finditer(text))
    for match, following in zip(found, _following(text, found), strict=True):
        start, end = match.span()
        if start > read:
            parts.append(text[read:start])
            length += start - read
            before = text[start - 1]
        new = ""
        if match[0] in SPACES:
            new = _white(match[0], before, following, start >= prose)
        begins.append(length)
        parts.append(new)
        length += len(new)
        ends.append(length)
        files.append((start, end))
        before = new[-1:] or before
        read = end
    parts.append(text[read:])
    return Cleaned("".join(parts), begins, ends, files, text)


def _following(text: str, found: Sequence[re.Match[str]]) -> list[str]:
    """Return, for each invisible character, the next character that is not invisible."""
    chars: list[str] = []
    begin, char = len(text), "\n"
    for match in reversed(found):
        char = char if match.end() == begin else text[match.end()]
        begin = match.start()
        chars.append(char)
    return chars[::-1]


def _white(char: str, before: str, following: str, is_prose: bool) -> str:
    """Return the white space that replaces ``char``, given the characters before and after it."""
    if is_prose and char == "\u2029":
        return "\n\n"
    if is_prose:
        return "" if "\n" in (before, following) else "\n"
    return "" if before.isspace() or following.isspace() else " "


def without(text: str) -> str:
    """Return a value of a document without its invisible characters, those used as white space as spaces.

    Surrogates become replacement characters, so that the value is not empty.
    """
    if not INVISIBLE.search(text):
        return text
    return cleaned(HALVES.sub("\ufffd", text), len(text)).text


def harmless(char: str) -> bool:
    """Tell whether an invisible character is not a fault."""
    return char in LEFT_OUT or char in SPACES


def remedy(char: str) -> str:
    """Return the remedy for an invisible character that is a fault."""
    if char in HYPHENS:
        return "Write a hyphen if one stood there, or delete it."
    if "\x80" <= char <= "\x9f":
        meant = char.encode("latin-1").decode("cp1252", "ignore")
        return f"Write “{meant}” if that stood there, or delete it." if meant else "Delete it."
    return "Delete it."


def warning(chars: Iterable[str]) -> tuple[str, str]:
    """Return message and remedy for the harmless invisible characters of a file."""
    counts = Counter(chars).most_common()
    names = [
        f"U+{ord(char):04X} {LEFT_OUT.get(char) or SPACES[char]}"
        + (f" ({count} times)" if count > 1 else "")
        for char, count in counts
    ]
    more = [f"{len(names) - NAMED} more kinds"] if len(names) > NAMED else []
    total = sum(count for _, count in counts)
    which = ", ".join(names[:NAMED] + more)
    if total == 1:
        return f"An invisible character is left out: {which}", "Delete it, or leave it."
    message = f"{total} invisible characters are left out: {which}"
    return message, "Delete them, or leave them."
