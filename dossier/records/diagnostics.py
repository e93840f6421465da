"""Findings and errors as values: collected by the stages, printed by the command line."""

from __future__ import annotations

import dataclasses
import errno
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, ClassVar

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The error numbers of a full disk or an exceeded quota."""
MOST = 10
"""How many warnings of one kind are shown at most."""


class Severity(StrEnum):
    """How much a finding matters: an error stops the build, a warning only under ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One finding, with its place and its remedy."""

    path: str
    """The file, as the editor named the corpus; with ``/`` on every system."""
    line: int
    """Counted from 1; 0 where the finding concerns the whole file."""
    column: int
    """Counted from 1, in characters; 0 where the finding concerns the whole line or file."""
    severity: Severity
    message: str
    """What is wrong, as a phrase without a full stop."""
    remedy: str
    """What to do, as one or more sentences."""
    rank: int = 0
    """How much it matters among findings of its kind: the highest are shown first."""

    @property
    def kind(self) -> str:
        """The message without quotations and numbers: equal for findings of one kind."""
        emptied = re.sub(r"“[^”]*”+", "“…”", self.message)
        return re.sub(r"\d+", "…", re.sub(r"“…”(?:(?:, | and )“…”)+", "“…”", emptied))

    def __str__(self) -> str:
        """Return the finding in the form of the format: ``FILE:LINE:COLUMN: error: What. Do.``."""
        place = f"{printable(self.path)}:{self.line}:{self.column}"
        return f"{place}: {self.severity}: {printable(self.message)}. {printable(self.remedy)}"


class Status(IntEnum):
    """The command's exit status."""

    DONE = 0
    FINDINGS = 1
    """The corpus or the finished file has faults."""
    COMMAND_LINE = 2
    MACHINE = 3
    """The machine lacks something, or a file cannot be read or written."""
    OURS = 4
    """A bug in the program."""
    INTERRUPTED = 130


class StopError(Exception):
    """Ends the command with a message, which names the remedy, and an exit status."""

    status: ClassVar[Status] = Status.OURS


class CorpusFaultError(StopError):
    """The corpus cannot be built; the findings say why."""

    status = Status.FINDINGS

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Keep all ``diagnostics``, warnings included."""
        super().__init__(f"{len(diagnostics)} findings")
        self.diagnostics = tuple(diagnostics)


class RefusedError(CorpusFaultError):
    """The proof of a build has refused finished files; the findings say why."""

    def __init__(
        self, diagnostics: Sequence[Diagnostic], refused: Mapping[str, bytes], output: Path
    ) -> None:
        """Keep the findings, the files by suffix, and the path that the PDF was meant for."""
        super().__init__(diagnostics)
        self.refused = refused
        self.output = output
        self.kept: tuple[Path, ...] = ()
        """Where the refused files are kept, for the editor to look at."""


class BrokenRuleError(RefusedError):
    """Finished files that are proved break a rule of their receiver; the findings say which."""


class StyleSheetError(Exception):
    """The typesetter does not understand the style sheet or does not support a part of it."""

    def __init__(self, complaints: Sequence[str]) -> None:
        """Keep the typesetter's complaints."""
        super().__init__(complaints)
        self.complaints = tuple(complaints)

    def __str__(self) -> str:
        """Return the complaints."""
        return f"the typesetter complains: {'; '.join(self.complaints)}"


class LostAnchorError(Exception):
    """A typeset section lacks an anchor to which others lead: a template has lost its ``id``."""

    def __init__(self, section: str, anchor: str) -> None:
        """Keep the ids of the section and of the anchor."""
        super().__init__(f"“{section}” has no anchor “{anchor}”")
        self.section, self.anchor = section, anchor


class CommandLineError(StopError):
    """The command line cannot be carried out; the message says why and names the remedy."""

    status = Status.COMMAND_LINE


class MachineLacksError(StopError):
    """The machine lacks something that the program needs; the message names it and the remedy."""

    status = Status.MACHINE


class CannotWriteError(StopError):
    """An output file or folder could not be written; the message names it and the remedy."""

    status = Status.MACHINE


def stops(diagnostics: Iterable[Diagnostic], strict: bool) -> bool:
    """Tell whether the findings stop a build; under ``strict`` a warning does."""
    return any(strict or item.severity is Severity.ERROR for item in diagnostics)


@dataclass(frozen=True)
class Folded:
    """A kind of findings that are not all shown."""

    kind: str
    worst: tuple[Diagnostic, ...]
    """Those that are shown, the highest rank first."""
    all: int


def fold(
    diagnostics: Sequence[Diagnostic], most: int = MOST
) -> tuple[tuple[Diagnostic, ...], tuple[Folded, ...]]:
    """Return the findings to show one by one, and the kinds with more than ``most`` warnings.

    Of those kinds the highest ranks are shown, the first among equals. All errors are shown.
    """
    kinds: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        if item.severity == Severity.WARNING:
            kinds.setdefault(item.kind, []).append(item)
    many = {kind: found for kind, found in kinds.items() if len(found) > most}
    hidden = {item for found in many.values() for item in found}
    told = tuple(
        Folded(kind, tuple(sorted(found, key=lambda item: -item.rank)[:most]), len(found))
        for kind, found in many.items()
    )
    return tuple(item for item in diagnostics if item not in hidden), told


def as_data(item: Diagnostic) -> dict[str, Any]:
    """Return a finding as it is written to JSON."""
    data = dataclasses.asdict(item)
    del data["rank"]
    return data


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the findings as a JSON array of objects, with the fields' names as keys.

    Characters that could move or hide text on a terminal are written as JSON escapes.
    """
    text = json.dumps([as_data(item) for item in diagnostics], ensure_ascii=False, indent=2)
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def quoted(words: Iterable[str]) -> str:
    """Return words in quotation marks, joined by commas and “and”."""
    items = [f"“{word}”" for word in words]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def printable(text: str) -> str:
    """Return ``text`` with control and formatting characters escaped, safe for a terminal."""
    return "".join(
        char
        if char.isprintable()
        else f"\\u{ord(char):04x}"
        if ord(char) < 0x10000
        else f"\\U{ord(char):08x}"
        for char in text.replace("\n", " ")
    )
