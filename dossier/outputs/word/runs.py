"""Paragraphs of a Word file: their text as runs, each of one look, language and direction."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import icu

from dossier.language.direction import TURNING, script_of

SPACES = re.compile(r"[ \t\n\r\f]+")
"""White space that HTML collapses."""
EAST_ASIAN = ("Jpan", "Hans", "Hant", "Hani", "Kore")
"""The scripts of languages that break lines between any two characters, or have Han characters."""
LINE = "\u2028"
"""Stands for a line break in the bidirectional algorithm."""


def bookmark(anchor: str) -> str:
    """Return the name of an anchor's bookmark.

    Word allows letters, digits and underscores, 40 of them, and takes no notice of capitals; a name with an
    underscore in front is not listed.
    """
    return f"_{hashlib.sha256(anchor.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Look:
    """How words look, and in which language they are."""

    language: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    small_caps: bool = False
    raised: str = ""
    """``superscript`` or ``subscript``."""
    style: str = ""
    """A character style."""


@dataclass(frozen=True)
class Words:
    """A piece of text."""

    text: str
    look: Look


@dataclass(frozen=True)
class Code:
    """Markup: the beginning of a bookmark, of a link; a call, a field, a picture."""

    xml: str
    shows: bool = False
    """Something of it is seen."""


@dataclass(frozen=True)
class Stop:
    """What ends a line, a line break or a tab."""

    xml: str


@dataclass(frozen=True)
class Turn:
    """The beginning or the end of an isolate (UAX #9), which decides how runs turn, and is not written."""

    mark: str


TO_RIGHT, TO_LEFT, BACK = Turn("\u2066"), Turn("\u2067"), Turn("\u2069")
BREAK, TAB = Stop("<w:r><w:br/></w:r>"), Stop("<w:r><w:tab/></w:r>")
Piece = Words | Code | Stop | Turn


def runs(pieces: Sequence[Piece], own: str, leftward: bool) -> str:
    """Return the content of a paragraph, which runs ``leftward`` or not.

    ``own`` is the language of the file, which runs do not state.
    """
    tidy = list(_tidied(pieces))
    text = "".join(
        piece.text
        if isinstance(piece, Words)
        else {Stop: LINE, Code: ""}.get(type(piece), getattr(piece, "mark", ""))
        for piece in tidy
    )
    levels = iter(_levels(text, leftward))
    found = []
    for piece in tidy:
        if isinstance(piece, Words):
            turned = [next(levels) % 2 == 1 for _ in piece.text]
            found.append(_of_words(piece, turned, own))
        elif isinstance(piece, Turn):
            next(levels)
        else:
            if isinstance(piece, Stop):
                next(levels)
            found.append(piece.xml)
    return "".join(found)


def _tidied(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces without the white space that HTML leaves out: all but one space between words."""
    tidy: list[Piece] = []
    begins = True
    for piece in pieces:
        if isinstance(piece, Words):
            text = SPACES.sub(" ", piece.text)
            if begins:
                text = text.removeprefix(" ")
            if text:
                begins = text.endswith(" ")
                tidy.append(Words(text, piece.look))
        else:
            begins = isinstance(piece, Stop) or (begins and not _shows(piece))
            tidy.append(piece)
    ends = True
    kept: list[Piece] = []
    for piece in reversed(tidy):
        if isinstance(piece, Words):
            text = piece.text.rstrip(" ") if ends else piece.text
            ends = ends and not text
            if text:
                kept.append(Words(text, piece.look))
        else:
            ends = isinstance(piece, Stop) or (ends and not _shows(piece))
            kept.append(piece)
    yield from reversed(kept)


def _shows(piece: Piece) -> bool:
    return isinstance(piece, Code) and piece.shows


def _levels(text: str, leftward: bool) -> list[int]:
    """Return the level of each character (UAX #9): odd from right to left."""
    if not leftward and not TURNING.search(text):
        return [0] * len(text)
    algorithm = icu.Bidi()
    held = icu.UnicodeString(text)
    algorithm.setPara(held, int(leftward))
    # The library counts in UTF-16.
    in_units = list(algorithm.getLevels())
    sizes = [1 + (ord(char) > 0xFFFF) for char in text]
    places = itertools.accumulate(sizes, initial=0)
    return [in_units[place] for place, _ in zip(places, text, strict=False)]


def _of_words(piece: Words, turned: Sequence[bool], own: str) -> str:
    found, start = [], 0
    for is_turned, group in itertools.groupby(turned):
        end = start + len(list(group))
        found.append(run(piece.text[start:end], piece.look, own, is_turned))
        start = end
    return "".join(found)


def run(text: str, look: Look, own: str, turned: bool = False, before: str = "") -> str:
    """Return a run, from right to left if it is ``turned``; ``before`` is markup before its text."""
    stated = (
        f"<w:rPr>{properties}</w:rPr>" if (properties := _properties(look, own, turned)) else ""
    )
    return f'<w:r>{stated}{before}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _properties(look: Look, own: str, turned: bool) -> str:
    """Return the properties of a run, in the sequence of the standard (17.3.2.28)."""
    found = [f'<w:rStyle w:val="{look.style}"/>'] if look.style else []
    found += ["<w:b/><w:bCs/>"] if look.bold else []
    found += ["<w:i/><w:iCs/>"] if look.italic else []
    found += ["<w:smallCaps/>"] if look.small_caps else []
    found += ["<w:strike/>"] if look.struck else []
    found += [f'<w:vertAlign w:val="{look.raised}"/>'] if look.raised else []
    found += ["<w:rtl/>"] if turned else []
    if look.language != own:
        found.append(spoken(look.language))
    return "".join(found)


def spoken(language: str) -> str:
    """Return the language of a run: of its Latin, its East Asian and its complex scripts.

    Of the Latin words in East Asian text nothing is said: LibreOffice would break them anywhere.
    """
    tag = quoteattr(language)
    latin = '"x-none"' if script_of(language) in EAST_ASIAN else tag
    return f"<w:lang w:val={latin} w:eastAsia={tag} w:bidi={tag}/>"
