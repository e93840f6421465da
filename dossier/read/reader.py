"""Opens the files of a corpus, decodes them, builds records from them, and notes all faults.

Only files inside the corpus's folder are opened, whatever ``..`` or symbolic links say, and nothing is
fetched from the network.
"""

from __future__ import annotations

import bisect
import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dossier.language import direction_marks, limits
from dossier.machine import fonts
from dossier.machine.files import MAX_BYTES
from dossier.read import placed_yaml, unseen
from dossier.read.placed_yaml import Place, Places
from dossier.read.wording import without_faults, wording
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.front_matter import FrontMatter, SignatureList
from dossier.records.publication import Publication

PRINTED = ("title", "subtitle", "name", "person", "organization", "signatories")
QUOTES = re.compile("([“„”«»])[^“„”«»]+([“”«»])")
"""A whole text in quotation marks that YAML does not recognize."""
NOBODY = "?"
"""The placeholder for a faulty signature, so that the others keep their numbers."""
PLACEHOLDERS: Mapping[type[BaseModel], dict[str, Any]] = {
    Publication: {"title": "?"},
    FrontMatter: {"title": "?", "date": "2000", "to": "?"},
}
STANDS_IN: Mapping[tuple[type[BaseModel], str], Any] = {
    (FrontMatter, "signatories"): NOBODY,
    (SignatureList, "signatories"): NOBODY,
}

MAX_ROUNDS = 8
NAMED = 3
"""How many of the characters without a glyph a finding names."""

M = TypeVar("M", bound=BaseModel)
Missing = dict[str, tuple[int, int]]
"""The first line and column of each character without a glyph, or variant that no font has."""


@dataclass
class Reader:
    """The corpus being read: its folder, its name in findings, and the findings so far."""

    root: Path
    shown: str
    found: list[Diagnostic] = field(default_factory=list)
    bodies: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The text of each letter's body and the line where it begins."""
    version: int = 1
    """The version of the corpus format that dossier.yaml states."""
    relations: dict[tuple[str, str], Place] = field(default_factory=dict)
    """Where each letter names another, by its id and the key."""
    enclosed: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """Line and column at which each letter names its source or its certificate, by its id and which."""
    texts: dict[str, str] = field(default_factory=dict)
    """The text of each YAML file."""
    placed: list[Diagnostic] = field(default_factory=list)
    """Findings whose places are in the file, not in the cleaned text."""
    _cleaned: dict[str, unseen.Cleaned] = field(default_factory=dict)
    """The texts from which invisible characters were removed, by the names of their files in findings."""
    _left_out: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    """The harmless invisible characters removed from each file, with their places in it."""
    _inside: dict[Path, bool] = field(default_factory=dict)
    """Whether a folder lies in the corpus, for each folder checked so far."""

    @functools.cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def name(self, relative: str) -> str:
        """Return the name of a file of the corpus in findings."""
        return str(PurePosixPath(self.shown) / relative)

    def fault(self, relative: str, line: int, column: int, message: str, remedy: str) -> None:
        """Note an error."""
        self.found.append(
            Diagnostic(self.name(relative), line, column, Severity.ERROR, message, remedy)
        )

    def warn(self, relative: str, line: int, column: int, message: str, remedy: str) -> None:
        """Note a warning."""
        self.found.append(
            Diagnostic(self.name(relative), line, column, Severity.WARNING, message, remedy)
        )

    def is_as_saved(self, relative: str) -> bool:
        """Tell whether the text of a file that was decoded is the one that was saved."""
        name = self.name(relative)
        return name not in self._cleaned and relative not in self._left_out

    def findings(self) -> tuple[Diagnostic, ...]:
        """Return all findings, sorted by file and line, with their places in the files as saved."""
        every = list(self.placed)
        for item in self.found:
            line, column = self._place(item.path, item.line, item.column)
            every.append(replace(item, line=line, column=column))
        for relative, chars in self._left_out.items():
            line, column, _ = min(chars)
            message, remedy = unseen.warning(char for *_, char in sorted(chars))
            every.append(
                Diagnostic(self.name(relative), line, column, Severity.WARNING, message, remedy)
            )
        return tuple(sorted(set(every)))

    def _place(self, name: str, line: int, column: int) -> tuple[int, int]:
        """Return the place in a file, by its name in findings, of a place in its cleaned text."""
        cleaned = self._cleaned.get(name)
        return cleaned.place(line, column) if cleaned else (line, column)

    def resolve(self, relative: str) -> Path | None:
        """Return the path of a file; None where it is missing or lies outside the corpus."""
        path = self.root / relative
        folder = path.parent
        try:
            if folder not in self._inside:
                self._inside[folder] = folder.resolve().is_relative_to(self._real_root)
            inside = self._inside[folder]
            if path.is_symlink():
                inside = path.resolve(strict=True).is_relative_to(self._real_root)
            return path if inside and path.is_file() else None
        except (OSError, RuntimeError, ValueError):
            return None

    def raw(self, relative: str, limit: int = MAX_BYTES) -> bytes | None:
        """Return a file's bytes; None, with the reason noted, where it cannot be used."""
        path = self.resolve(relative)
        if path is None:
            self.fault(
                relative, 1, 1, "The file leads out of the corpus or is no plain file",
                "Put the file itself into the corpus.",
            )  # fmt: skip
            return None
        try:
            with path.open("rb") as file:
                raw = file.read(limit + 1)
        except OSError as error:
            self.fault(
                relative, 1, 1, f"The file cannot be read: {error.strerror}",
                "Check that you may read it.",
            )  # fmt: skip
            return None
        if len(raw) > limit:
            self.fault(
                relative, 1, 1, f"The file is larger than {limit / 1_000_000:g} MB",
                "Split it, or check that it is the right file.",
            )  # fmt: skip
            return None
        return raw

    def text(self, relative: str) -> str | None:
        """Return a file's text; None, with the reason noted, where it cannot be used."""
        raw = self.raw(relative)
        return self.decoded(raw, relative) if raw is not None else None

    def decoded(self, raw: bytes, relative: str) -> str | None:
        """Return the text of a file's bytes; None, with the reason noted, where it cannot be used."""
        try:
            text = plain_text(raw)
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8", "replace")
            self.fault(
                relative, before.count("\n") + 1, len(before) - before.rfind("\n"),
                "The file is not UTF-8 from here on", "Save it with the encoding UTF-8.",
            )  # fmt: skip
            return None
        text = self._without_unseen(text, relative)
        self.characters(text, relative)
        return text

    def _without_unseen(self, text: str, relative: str) -> str:
        """Return a file's text without its invisible characters, which are noted."""
        if not unseen.INVISIBLE.search(text):
            return text
        begins = unseen.line_starts(text)
        for match in unseen.INVISIBLE.finditer(text):
            line = bisect.bisect_right(begins, match.start())
            column = match.start() - begins[line - 1] + 1
            char = match[0]
            if unseen.harmless(char):
                self._left_out.setdefault(relative, []).append((line, column, char))
                continue
            message = f"The invisible character U+{ord(char):04X} stands here"
            self.placed.append(
                Diagnostic(
                    self.name(relative), line, column, Severity.ERROR, message, unseen.remedy(char)
                )
            )
        # The text of a letter begins below its front matter.
        end = text.find("\n---", 3) if relative.endswith(".md") else -1
        cleaned = unseen.cleaned(text, end + 1 if end >= 0 else len(text))
        self._cleaned[self.name(relative)] = cleaned
        return cleaned.text

    def characters(self, text: str, relative: str) -> None:
        """Note replacement characters, and characters without a glyph."""
        missing: Missing = {}
        for number, line in enumerate(text.split("\n"), 1):
            if "\ufffd" in line:
                message = "The sign \ufffd stands where a character was lost"
                self.warn(
                    relative, number, line.index("\ufffd") + 1, message, "Write the character."
                )
            if not line.isascii():
                for column, char in _unprintable(line):
                    missing.setdefault(char, (number, column))
        self.no_glyphs(relative, missing)

    def values(self, data: Any, places: Places, relative: str, raw: str) -> Any:
        """Return the values of a document without invisible characters, which come from escapes.

        Notes these; characters without a glyph, unless :meth:`decoded` has noted them in ``raw``; and
        text beyond the limits of typesetting.
        """
        missing: Missing = {}
        for where, text in _texts(data):
            for beyond in limits.beyond(text):
                place = places.of(where)
                self.fault(relative, place.line, place.column, beyond.message, beyond.remedy)
            if text.isascii() and not unseen.INVISIBLE.search(text):
                continue
            place = places.of(where)
            key = next((part for part in reversed(where) if isinstance(part, str)), "")
            if key in PRINTED and (quotes := QUOTES.fullmatch(text.strip())):
                message = f"The quotation marks {quotes[1]} {quotes[2]} will be printed"
                remedy = "Remove them, or use straight ones."
                self.found.append(places.warning(place, message, remedy))
            # An introduction has several paragraphs, which its parser checks one by one.
            offset = None if key == "introduction" else direction_marks.unbalanced(text)
            if offset is not None:
                self.fault(relative, place.line, place.column, *direction_marks.fault(text[offset]))
            self._escaped(unseen.INVISIBLE.findall(text), place, relative)
            for _, char in _unprintable(text):
                if char not in raw:
                    missing.setdefault(char, (place.line, place.column))
        self.no_glyphs(relative, missing)
        for where, place in places.keys.items():
            hidden = unseen.INVISIBLE.findall(str(where[-1]))
            for char in dict.fromkeys(hidden):
                message = f"The key has the invisible character U+{ord(char):04X}"
                self.fault(relative, place.line, place.column, message, "Remove its escape.")
        return _cleaned(data)

    def _escaped(self, chars: list[str], place: Place, relative: str) -> None:
        """Note the invisible characters of a value, which come from escapes."""
        line, column = self._place(self.name(relative), place.line, place.column)
        for char in chars:
            if unseen.harmless(char):
                self._left_out.setdefault(relative, []).append((line, column, char))
        for char in dict.fromkeys(chars):
            if unseen.harmless(char):
                continue
            message = f"The text has the invisible character U+{ord(char):04X}"
            remedy = "Remove its escape."
            if "\ud800" <= char <= "\udfff":
                message = f"The text has half of a character, U+{ord(char):04X}"
                remedy = "Write the character itself."
            self.fault(relative, place.line, place.column, message, remedy)

    def no_glyphs(self, relative: str, missing: Missing) -> None:
        """Note the characters that no installed font can print, in one finding per remedy."""
        groups: dict[str | None, list[str]] = {}
        single = [char for char in missing if len(char) == 1]
        for char in missing:
            package = fonts.package_for(char, single) if len(char) == 1 else ""
            groups.setdefault(package, []).append(char)
        for package, chars in groups.items():
            named = [_named(char) for char in chars[:NAMED]]
            more = len(chars) - len(named)
            which = f"{', '.join(named)} and {more} more" if more else " and ".join(named)
            what = "character" if package != "" else "variant"
            if package:
                remedy = f"Install their font with: {fonts.pip_install(package)}."
            elif package is None:
                combining = all(unicodedata.category(char)[0] == "M" for char in chars)
                otherwise = (
                    "Leave them out" if combining else "Write them in other letters, transcribed"
                )
                remedy = (
                    f"No font package for them is known. {otherwise}, or ask the makers of this "
                    "program for a font."
                )
            else:
                remedy = "Delete the last of its characters, which chooses the variant."
            if len(chars) == 1:
                remedy = remedy.replace("their font", "its font").replace("them", "it")
            self.fault(
                relative, *missing[chars[0]],
                f"No installed font has the {what}{'s' if len(chars) > 1 else ''} {which}", remedy,
            )  # fmt: skip

    def model(self, kind: type[M], data: Any, places: Places) -> M | None:
        """Return ``data`` as a record of ``kind``; note the faults.

        A record of faulty data has only the sound values, so that references to it can be checked in the
        same run; None where too little is left.
        """
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            self.found += wording(error, kind, places)
            if not isinstance(data, dict):
                return None
            fault = error
        # Whatever has lost a required value is removed in the next round.
        for _ in range(MAX_ROUNDS):
            data = PLACEHOLDERS.get(kind, {}) | without_faults(fault, data)
            for key, item in data.items():
                if isinstance(item, list):
                    stand_in = STANDS_IN.get((kind, key))
                    parts = [stand_in if part is None else part for part in item]
                    data[key] = [part for part in parts if part is not None]
            try:
                return kind.model_validate(data)
            except ValidationError as error:
                fault = error
        return None

    def yaml(self, kind: type[M], relative: str, required: bool) -> tuple[M | None, Places]:
        """Return a YAML file as a record of ``kind``, with the places of its values."""
        places = Places(self.name(relative))
        if not (self.root / relative).exists() and not (self.root / relative).is_symlink():
            if required:
                remedy = "Create it, with a line such as “title: Open letters”."
                self.fault(relative, 1, 1, "The file is missing", remedy)
                return None, places
            return kind(), places
        text = self.text(relative)
        if text is None:
            return None, places
        self.texts[relative] = text
        before = len(self.found)
        data, places, found = placed_yaml.load(text, self.name(relative))
        self.found += found
        if len(self.found) > before and data is None:
            return None, places
        data = self.values(data, places, relative, text)
        return self.model(kind, {} if data is None else data, places), places


def plain_text(raw: bytes) -> str:
    """Return the text of bytes in UTF-8, with the line ends of Unix; raises UnicodeDecodeError."""
    return raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _texts(data: Any, where: placed_yaml.KeyPath = ()) -> Iterator[tuple[placed_yaml.KeyPath, str]]:
    """Yield every text in the values of a document, with its key path."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*where, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from _texts(value, (*where, position))
    elif isinstance(data, str):
        yield where, data


def _cleaned(data: Any) -> Any:
    """Return the values of a document without their invisible characters."""
    if isinstance(data, dict):
        return {key: _cleaned(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_cleaned(value) for value in data]
    return unseen.without(data) if isinstance(data, str) else data


def _unprintable(line: str) -> Iterator[tuple[int, str]]:
    """Yield each character or variant that no installed font can print, with its column."""
    for column, (before, char) in enumerate(pairwise(" " + line), 1):
        if char in "\t\n" or unseen.INVISIBLE.match(char) or direction_marks.MARKS.match(char):
            continue
        if fonts.prints(char, before):
            continue
        if fonts.SELECTORS.match(char) and ord(before) in fonts.covered():
            yield column, before + char
        else:
            yield column, char


def _named(char: str) -> str:
    """Return the name of a character in findings: itself, if it is visible, and its code point."""
    number = " ".join(f"U+{ord(part):04X}" for part in char)
    if unicodedata.category(char[0])[0] in "CMZ" or fonts.SELECTORS.match(char[-1]):
        return number
    return f"{char} ({number})"
