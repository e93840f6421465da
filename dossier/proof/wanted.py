"""What text is expected, and in what form expected and found texts are compared."""

from __future__ import annotations

import bisect
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import icu

from dossier.proof import faces
from dossier.proof.faces import Look
from dossier.proof.letter import NOWHERE, UNTOLD, Inset, Piece
from dossier.viewer import BROKEN

T = TypeVar("T")
WIDE = "\u3000"
"""The ideographic space."""
UNSEEN = re.compile(
    f"[\\s{BROKEN}\u00ad\u034f\u115f\u1160\u200b-\u200f\u2010\u2060-\u2069\u3164\ufe00-\ufe0f\uffa0\ufffe"
    "\U000e0100-\U000e01ef-]+"
)
"""Spaces, which are not compared; hyphens, which are compared apart; and invisible characters: joiners,
direction marks, fillers and variation selectors."""
SHAPED = re.compile(
    "[\u0590-\u109f\u1780-\u18af\u1900-\u1aff\ua8e0-\uabff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00011fff]"
)
"""Scripts whose characters are read back in another sequence: written from right to left, or with vowels
before their consonants."""
DIVIDING = re.compile(f"[{BROKEN}\u00ad\ufffe]")
"""Hyphens at line ends, a word's own or inserted: the viewer does not distinguish them."""
HYPHEN = re.compile(f"([-\u2010{BROKEN}\u00ad\ufffe])")
CONTEXT = 30
"""Characters that a finding shows on either side of a difference."""
UNBROKEN = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), "\u2060") | {0x200B: " "}
"""No-break spaces, and the zero-width space, at which a line may end."""
NO_BREAK = "\u2011"
"""The no-break hyphen."""
Stretch = tuple[str, int, int]
"""What holds of the squeezed text, and the offsets between which it does."""
JOINT = re.compile(r"[–—/](?=[^\W\d])")


def squeezed(text: str) -> str:
    """Return a text without spaces, hyphens and invisible characters, in NFKD."""
    if text.isascii():
        return UNSEEN.sub("", text)
    return UNSEEN.sub(
        "", unicodedata.normalize("NFKD", UNSEEN.sub("", text)).replace("\u2044", "/")
    )


@dataclass(frozen=True)
class Wanted:
    """The expected text of a section."""

    text: str
    """Squeezed."""
    raw: str
    """With its spaces."""
    places: Mapping[str, int]
    """The offsets of its anchors in the squeezed text."""
    begins: frozenset[int] = frozenset()
    """The offsets in the squeezed text at which the cells of tables begin."""
    blocks: tuple[Stretch, ...] = ()
    """What is expected of tags: their structure types, see :attr:`.letter.Piece.block`."""
    languages: tuple[Stretch, ...] = ()
    """What is expected of languages."""
    looks: tuple[tuple[Look, int, int], ...] = ()
    """How texts should look."""
    insets: tuple[tuple[Inset, int, int], ...] = ()
    """How paragraphs stand."""
    spaces: frozenset[int] = frozenset()
    """The offsets in the squeezed text at which there is a space."""
    spaced: tuple[tuple[int, int], ...] = ()
    """The offsets between which all spaces are told."""

    @classmethod
    def of(cls, pieces: Iterable[Piece]) -> Self:
        """Return the text of all pieces together."""
        return cls.within("", "", [(0, list(pieces))])

    @classmethod
    def within(cls, text: str, raw: str, told: Iterable[tuple[int, Sequence[Piece]]]) -> Self:
        """Return pieces that stand in a text, given squeezed and with its spaces, from some offsets on.

        If no text is given, it is that of the pieces.
        """
        parts, words, at = list[str](), list[str](), 0
        places: dict[str, int] = {}
        begins: set[int] = set()
        blocks, languages = [(UNTOLD, 0)], [(UNTOLD, 0)]
        looks, insets = [(faces.UNTOLD, 0)], [(NOWHERE, 0)]
        spacing = _Spacing()
        for at, pieces in told:
            for piece in pieces:
                if piece.begins_line:
                    begins.add(at)
                if piece.block:
                    blocks.append((piece.block, at))
                    insets.append((piece.inset or NOWHERE, at))
                if piece.language:
                    languages.append((piece.language, at))
                if piece.look and piece.look != looks[-1][0]:
                    looks.append((piece.look, at))
                if piece.anchor:
                    places[piece.anchor] = at
                spacing.add(at, piece)
                parts.append(squeezed(piece.text))
                words.append(piece.text if piece.joined else f" {piece.text}")
                at += len(parts[-1])
        end = len(text) or at
        return cls(
            text or "".join(parts), raw or "".join(words).removeprefix(" "), places, frozenset(begins),
            tuple(_stretches(blocks, end, UNTOLD)), tuple(_stretches(languages, end, UNTOLD)),
            tuple(_stretches(looks, end, faces.UNTOLD)), tuple(_stretches(insets, end, NOWHERE)),
            frozenset(spacing.spaces), tuple((start, stop) for start, stop in spacing.told),
        )  # fmt: skip

    @functools.cached_property
    def hyphens(self) -> Mapping[int, str]:
        """The hyphens inside it, by their offsets in the squeezed text."""
        return hyphens_of(DIVIDING.sub("", self.raw))

    @functools.cached_property
    def ends(self) -> Sequence[int]:
        """The offsets of spaces that are no no-break spaces, in ascending sequence."""
        return _ends_of(self.raw)

    def word(self, place: int) -> str:
        """Return what stands between spaces around an offset in the squeezed text."""
        return _between_spaces(self.raw)[bisect.bisect_left(self.ends, place) - 1]

    def around(self, place: int) -> tuple[int, int] | None:
        """Return the offsets between which no line may end; None where one may end at ``place`` itself.

        A line may end at a space, and behind a hyphen, a dash or a slash inside a word, if the rules of
        UAX #14 allow it.
        """
        number = bisect.bisect_left(self.ends, place)
        if self.ends[number] == place or place in self._allowed:
            return None
        allowed = self._allowed
        start = next(end for end in reversed(self.ends[:number]) if end in allowed)
        end = next(end for end in self.ends[number:] if end in allowed)
        for chance in self._joints(start, end):
            if chance in allowed:
                start, end = (
                    (max(start, chance), end) if chance < place else (start, min(end, chance))
                )
        return start, end

    def _joints(self, start: int, end: int) -> Iterator[int]:
        """Yield the offsets behind hyphens, dashes and slashes inside a word."""
        yield from (match.end() for match in JOINT.finditer(self.text, start, end))
        if NO_BREAK not in self.raw:
            for place in self.hyphens:
                if start < place < end and self.text[place - 1 : place + 1].isalpha():
                    yield place

    @functools.cached_property
    def _allowed(self) -> frozenset[int]:
        """The offsets in the squeezed text at which a line may end (UAX #14), with its two ends."""
        reached = [0]
        for char in self.raw:
            # The library counts in UTF-16.
            reached += [reached[-1]] * (ord(char) > 0xFFFF)
            reached.append(reached[-1] + len(squeezed(char)))
        breaks = icu.BreakIterator.createLineInstance(icu.Locale.getRoot())
        breaks.setText(self.raw)
        return frozenset([0, *(reached[place] for place in breaks), len(self.text)])


class _Spacing:
    """Collects at which offsets in the squeezed text there are spaces, piece by piece."""

    def __init__(self) -> None:
        self.spaces: set[int] = set()
        self.told: list[list[int]] = []
        self._ends_in_space = False

    def add(self, at: int, piece: Piece) -> None:
        """Add a piece; at its own line ends, no spaces are told."""
        behind = piece.joined or piece.inline
        for line in piece.text.split("\n"):
            at += self._line(at, line, behind)
            behind = False

    def _line(self, at: int, text: str, behind: bool) -> int:
        """Add a line; return its length."""
        gaps = gaps_of(text)
        length = gaps.pop()
        if WIDE in text:
            # The viewer does not read it everywhere: the spaces of this line are not told.
            self.told.append([at + length, at + length])
            return length
        if behind and self.told and self.told[-1][1] == at:
            self.told[-1][1] = at + length
            if self._ends_in_space:
                self.spaces.add(at)
        else:
            self.told.append([at, at + length])
        self.spaces.update(at + gap for gap in gaps)
        if text:
            self._ends_in_space = text[-1].isspace()
        return length


def gaps_of(text: str) -> list[int]:
    """Return the offsets of spaces in the squeezed text, none at its end, and then the text's length."""
    gaps = [0] if text[:1].isspace() else []
    at, words = 0, text.replace(BROKEN, "").split()
    for word in words:
        at += len(word) - word.count("-") if word.isascii() else len(squeezed(word))
        gaps.append(at)
    return gaps if words else [*gaps, 0]


def _stretches(told: Sequence[tuple[T, int]], end: int, untold: T) -> Iterator[tuple[T, int, int]]:
    """Yield what holds from each of several offsets up to the next, where something is told."""
    ends = [offset for _, offset in told[1:]]
    for (what, start), stop in zip(told, [*ends, end], strict=True):
        if what != untold and start < stop:
            yield what, start, stop


def difference(wanted: str, there: str) -> int:
    """Return the offset of the first difference between two texts."""
    for place, (one, other) in enumerate(zip(wanted, there, strict=False)):
        if one != other:
            return place
    return min(len(wanted), len(there))


def hyphens(right: Mapping[int, str], found: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the offset of each missing (“a”) and each wrong (“no”) hyphen."""
    for place, hyphen in right.items():
        if found.get(place, "") != hyphen and not DIVIDING.search(found.get(place, "")):
            yield place, "a"
    for place, hyphen in found.items():
        # Hyphenation inserts U+2010, which few letters contain themselves.
        if place not in right and "-" in hyphen:
            yield place, "no"


def hyphens_of(text: str) -> dict[int, str]:
    """Return the hyphens of a text by offset in the squeezed text; soft hyphens only at line ends."""
    found: dict[int, str] = {}
    parts = HYPHEN.split(unicodedata.normalize("NFKD", text))
    place = 0
    for words, hyphen in zip(parts[::2], [*parts[1::2], ""], strict=True):
        place += len(UNSEEN.sub("", words))
        if hyphen:
            found[place] = found.get(place, "") + hyphen
    return found


def words_around(text: str, place: int) -> str:
    """Return a few words of a text around an offset in its squeezed form."""
    text = " ".join(DIVIDING.sub("", unicodedata.normalize("NFKD", text)).split())
    kept = [number for number, char in enumerate(text) if not UNSEEN.match(char)]
    at = kept[place] if place < len(kept) else len(text)
    start = text.rfind(" ", 0, max(0, at - CONTEXT)) + 1
    end = text.find(" ", min(len(text), at + CONTEXT))
    return f"…{unicodedata.normalize('NFC', text[start : end if end >= 0 else len(text)])}…"


def _between_spaces(text: str) -> list[str]:
    """Return the parts of a text between spaces that are no no-break spaces."""
    return text.translate(UNBROKEN).split()


def _ends_of(text: str) -> list[int]:
    """Return the offsets in the squeezed text of spaces that are no no-break spaces."""
    words = _between_spaces(text)
    ends = itertools.accumulate(
        len(word) - word.count("-") if word.isascii() else len(squeezed(word)) for word in words
    )
    return [0, *ends]
