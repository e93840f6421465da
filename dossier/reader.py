"""Opens the files of a corpus and turns each into text, data and records, noting every fault.

Nothing of it leaves the corpus's folder, by ``..`` or by a symbolic link, and nothing is fetched from
anywhere.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dossier import fonts, marked_yaml
from dossier.diagnostics import Diagnostic, Severity
from dossier.faults import without_faults, wording
from dossier.marked_yaml import Marks
from dossier.schema import FrontMatter, Publication

MAX_BYTES = 5_000_000
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""Control characters, bidirectional overrides and others that hide in a text."""
NOBODY = "?"
"""Signs in the place of a faulty signature, so that the others keep their numbers."""
PLACEHOLDERS: Mapping[type[BaseModel], dict[str, Any]] = {
    Publication: {"title": "?"},
    FrontMatter: {"title": "?", "date": "2000", "to": "?"},
}
STANDS_IN: Mapping[tuple[type[BaseModel], str], Any] = {(FrontMatter, "signatories"): NOBODY}

MAX_ROUNDS = 8

M = TypeVar("M", bound=BaseModel)


@dataclass
class Reader:
    """The corpus being read: its folder, how findings name it, and the findings so far."""

    root: Path
    shown: str
    found: list[Diagnostic] = field(default_factory=list)
    bodies: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The text of each letter's body and the line where it begins."""
    texts: dict[str, str] = field(default_factory=dict)
    """The text of each YAML file."""
    _inside: dict[Path, bool] = field(default_factory=dict)
    """Folders that have been looked at, and whether they lie in the corpus."""

    @functools.cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def name(self, relative: str) -> str:
        """Return how findings name a file of the corpus."""
        return str(PurePosixPath(self.shown) / relative)

    def fault(self, relative: str, line: int, column: int, message: str, remedy: str) -> None:
        """Note an error."""
        self.found.append(
            Diagnostic(self.name(relative), line, column, Severity.ERROR, message, remedy)
        )

    def resolve(self, relative: str) -> Path | None:
        """Return the file's path, or None where it is missing or lies outside the corpus."""
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
        """Return a file's bytes, None where it cannot be used; the reason is noted."""
        path = self.resolve(relative)
        if path is None:
            self.fault(
                relative, 1, 1, "The file leads out of the corpus or is no plain file",
                "Put the file itself into the corpus.",
            )  # fmt: skip
            return None
        try:
            size = path.stat().st_size
            raw = path.read_bytes() if size <= limit else b""
        except OSError as error:
            self.fault(
                relative, 1, 1, f"The file cannot be read: {error.strerror}",
                "Check that you may read it.",
            )  # fmt: skip
            return None
        if size > limit:
            self.fault(
                relative, 1, 1, f"The file is larger than {limit / 1_000_000:g} MB",
                "Split it, or check that it is the right file.",
            )  # fmt: skip
            return None
        return raw

    def text(self, relative: str) -> str | None:
        """Return a file's text, None where it cannot be used; the reason is noted."""
        raw = self.raw(relative)
        return self.decoded(raw, relative) if raw is not None else None

    def decoded(self, raw: bytes, relative: str) -> str | None:
        """Return the text of a file's bytes, None where it cannot be used; the reason is noted."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start].decode("utf-8", "replace")
            self.fault(
                relative, before.count("\n") + 1, len(before) - before.rfind("\n"),
                "The file is not UTF-8 from here on", "Save it with the encoding UTF-8.",
            )  # fmt: skip
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.characters(text, relative)
        # What hides is reported; the rest is read as it will be when that is deleted.
        return INVISIBLE.sub("", text)

    def characters(self, text: str, relative: str) -> None:
        """Note characters that hide or have no glyph."""
        missing: dict[str, int] = {}
        for number, line in enumerate(text.split("\n"), 1):
            for match in INVISIBLE.finditer(line):
                self.fault(
                    relative, number, match.start() + 1,
                    f"The invisible character U+{ord(match[0]):04X} stands here", "Delete it.",
                )  # fmt: skip
            if line.isascii():
                continue
            for column, char in enumerate(line, 1):
                if ord(char) not in fonts.covered() and not INVISIBLE.match(char) and char != "\t":
                    if char not in missing:
                        self.no_glyph(relative, number, column, char)
                    missing[char] = missing.get(char, 0) + 1

    def values(
        self, data: Any, marks: Marks, relative: str, raw: str, where: marked_yaml.Path = ()
    ) -> None:
        """Note what escapes have brought into the values of a document, past :meth:`characters`."""
        if isinstance(data, dict):
            for key, value in data.items():
                self.values(value, marks, relative, raw, (*where, key))
        elif isinstance(data, list):
            for place, value in enumerate(data):
                self.values(value, marks, relative, raw, (*where, place))
        elif (isinstance(data, str) and not data.isascii()) or (
            isinstance(data, str) and INVISIBLE.search(data)
        ):
            mark = marks.of(where)
            for char in dict.fromkeys(data):
                if char in raw or char == "\n":
                    continue
                if INVISIBLE.match(char):
                    message = f"The text has the invisible character U+{ord(char):04X}"
                    self.fault(relative, mark.line, mark.column, message, "Remove its escape.")
                elif ord(char) not in fonts.covered():
                    self.no_glyph(relative, mark.line, mark.column, char)

    def no_glyph(self, relative: str, line: int, column: int, char: str) -> None:
        """Note a character that no installed font can print."""
        package = fonts.package_for(char)
        remedy = (
            f"Install its font with: {_pip()} install {package}"
            if package
            else "No font package of this program has it. Write it in another way"
        )
        self.fault(
            relative, line, column,
            f"No installed font has the character {char} (U+{ord(char):04X})", remedy + ".",
        )  # fmt: skip

    def model(self, kind: type[M], data: Any, marks: Marks) -> M | None:
        """Return ``data`` as a record of ``kind``, the faults noted.

        Where there are faults, the record holds what is left without them, so that what refers to it
        can be checked in the same run; None where nothing is left.
        """
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            self.found += wording(error, kind, marks)
            if not isinstance(data, dict):
                return None
            fault = error
        # What has lost a required value is itself a fault in the next round.
        for _ in range(MAX_ROUNDS):
            data = PLACEHOLDERS.get(kind, {}) | without_faults(fault, data)
            for key, item in data.items():
                if isinstance(item, list):
                    data[key] = [STANDS_IN.get((kind, key)) if one is None else one for one in item]
                    data[key] = [one for one in data[key] if one is not None]
            try:
                return kind.model_validate(data)
            except ValidationError as error:
                fault = error
        return None

    def yaml(self, kind: type[M], relative: str, required: bool) -> tuple[M | None, Marks]:
        """Return a YAML file as a record of ``kind``, with the places of its values."""
        marks = Marks(self.name(relative))
        if not (self.root / relative).exists() and not (self.root / relative).is_symlink():
            if required:
                remedy = "Create it, with a line such as “title: Open letters”."
                self.fault(relative, 1, 1, "The file is missing", remedy)
                return None, marks
            return kind(), marks
        text = self.text(relative)
        if text is None:
            return None, marks
        self.texts[relative] = text
        before = len(self.found)
        data, marks, found = marked_yaml.load(text, self.name(relative))
        self.found += found
        if len(self.found) > before and data is None:
            return None, marks
        self.values(data, marks, relative, text)
        return self.model(kind, {} if data is None else data, marks), marks


def _pip() -> str:
    return ".venv/bin/pip"
