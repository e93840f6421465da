"""Reads the program's own words from ``words/LANGUAGE.yaml`` in folders of templates.

Every file is checked against the English one: a missing key, a misspelt placeholder or a missing plural
form is an error with its place, so that no document is printed with half its words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from babel.core import get_global

from dossier.language.direction import script_of
from dossier.language.words import (
    CATEGORIES,
    ENGLISH,
    SPELLED,
    Text,
    Words,
    categories,
    cut,
    genders,
    placeholders,
)

FOLDER = "words"
SUFFIX = ".yaml"


class FaultyWordsError(Exception):
    """A file of words has an error."""

    def __init__(self, path: Path, line: int, column: int, message: str, remedy: str) -> None:
        """Take where the error is, what is wrong and what to do."""
        super().__init__(f"{path.as_posix()}:{line}:{column}: {message}. {remedy}")
        self.path, self.line, self.column = path, line, column
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class _Entry:
    """The text of a key, and where it stands."""

    text: Text
    path: Path
    line: int
    column: int

    def error(self, message: str, remedy: str) -> FaultyWordsError:
        return FaultyWordsError(self.path, self.line, self.column, message, remedy)

    @property
    def forms(self) -> list[str]:
        return [self.text] if isinstance(self.text, str) else list(self.text.values())


def languages(folders: Sequence[Path]) -> list[str]:
    """Return the languages that have a file of words, in alphabetical order."""
    found = {path.stem for folder in folders for path in (folder / FOLDER).glob(f"*{SUFFIX}")}
    return sorted(found)


def words_for(language: str, folders: Sequence[Path]) -> Words:
    """Return the words for a BCP 47 tag, English where its language has none.

    A key is taken from the first of ``folders`` that has it. The file of a region or script, such as
    ``fr-CA.yaml``, takes precedence over that of the language. Raises FaultyWordsError.
    """
    english_files = _files(ENGLISH, folders)
    english = _entries(english_files)
    files = _files(language, folders)
    if not files:
        language, files = ENGLISH, english_files
    found = english if files == english_files else _entries(files)
    for key, entry in found.items():
        _check(key, entry, english, language)
    missing = sorted(english.keys() - found.keys())
    if missing:
        remedy = f"Write them as {ENGLISH}{SUFFIX} has them, in the file's language."
        message = f"There is no {', '.join(f'“{key}”' for key in missing)}"
        raise FaultyWordsError(files[-1], 1, 1, message, remedy)
    return Words(language, {key: entry.text for key, entry in found.items()})


def _files(language: str, folders: Sequence[Path]) -> list[Path]:
    """Return the files of words for a language, in order of precedence."""
    main, *parts = language.lower().split("-")
    parts.insert(0, str(get_global("language_aliases").get(main, main)).lower())
    tags = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [
        path
        for tag in tags
        for folder in folders
        for path in sorted((folder / FOLDER).glob(f"*{SUFFIX}"))
        if path.stem.lower() == tag and script_of(path.stem) == script_of(language)
    ]


def _entries(files: Sequence[Path]) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for path in reversed(files):
        found |= _read(path)
    return found


def _check(key: str, entry: _Entry, english: Mapping[str, _Entry], language: str) -> None:
    """Raise FaultyWordsError where an entry does not agree with the English entry."""
    if key not in english:
        raise entry.error(f"The key “{key}” is unknown", "Remove it.")
    model = english[key]
    if isinstance(entry.text, str) != isinstance(model.text, str):
        form = "one text" if isinstance(model.text, str) else "a text for each plural category"
        raise entry.error(f"“{key}” must have {form}", f"Look how {ENGLISH}{SUFFIX} has it.")
    if not isinstance(entry.text, str):
        wanting = [category for category in categories(language) if category not in entry.text]
        if wanting:
            message = f"“{key}” has no form for {', '.join(wanting)}"
            raise entry.error(message, "Add it: the language has such plurals.")
    needed = placeholders(model.forms[-1])
    for form in entry.forms:
        if unknown := placeholders(form) - needed:
            message = f"“{key}” has a placeholder {{{min(unknown)}}}, which is not filled"
            there = ", ".join(f"{{{name}}}" for name in sorted(needed)) or "none"
            raise entry.error(message, f"There is: {there}.")
        for _, name, said in cut(form):
            gender = (
                said.removeprefix(SPELLED).removeprefix("-") if said.startswith(SPELLED) else ""
            )
            if gender and gender not in genders(language):
                message = (
                    f"“{key}” has a {gender} number {{{name}:{said}}}, which the language has not"
                )
                raise entry.error(message, f"Write {{{name}:{SPELLED}}} or {{{name}}}.")
    # The form for a small number may say it in words, as “a letter”.
    if lost := needed - placeholders(entry.forms[-1]):
        message = f"“{key}” has no placeholder {{{min(lost)}}}"
        raise entry.error(message, "Write it where the text should have it.")


def _read(path: Path) -> dict[str, _Entry]:
    """Return the entries of a file."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problem = error.problem_mark
        place = (problem.line + 1, problem.column + 1) if problem else (1, 1)
        remedy = "Write KEY: TEXT on a line, a text with a colon in quotation marks."
        message = f"The file is not YAML: {error.problem}"
        raise FaultyWordsError(path, *place, message, remedy) from None
    except (UnicodeDecodeError, yaml.YAMLError):
        message = "The file is not text in UTF-8"
        raise FaultyWordsError(path, 1, 1, message, "Save it as plain text in UTF-8.") from None
    found: dict[str, _Entry] = {}
    for key, value in _pairs(root, path, ()) if root else ():
        text: Text
        if isinstance(value, yaml.MappingNode):
            forms = {name: _text(form, path) for name, form in _pairs(value, path, CATEGORIES)}
            text = {name: forms[name] for name in CATEGORIES if name in forms}
        else:
            text = _text(value, path)
        found[key] = _Entry(text, path, value.start_mark.line + 1, value.start_mark.column + 1)
    return found


def _pairs(node: Any, path: Path, known: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a mapping; where ``known`` is not empty, any other key is an error."""
    if not isinstance(node, yaml.MappingNode):
        raise _error(node, path, "There are no keys here", "Write KEY: TEXT.")
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _error(key, path, "The key is not a text", "Write KEY: TEXT.")
        if key.value in seen:
            raise _error(key, path, f"The key “{key.value}” stands twice", "Remove one of them.")
        if known and key.value not in known:
            message = f"“{key.value}” is no plural category"
            raise _error(key, path, message, f"There is: {', '.join(known)}.")
        seen.add(key.value)
        yield str(key.value), value


def _text(node: Any, path: Path) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _error(node, path, "The value is not a text", "Write the text, in quotation marks.")
    try:
        placeholders(node.value)
    except ValueError as error:
        remedy = f"Take the placeholders as {ENGLISH}{SUFFIX} has them, as in {{name}}."
        raise _error(node, path, f"The placeholders cannot be read: {error}", remedy) from None
    return str(node.value)


def _error(node: Any, path: Path, message: str, remedy: str) -> FaultyWordsError:
    start = node.start_mark
    return FaultyWordsError(path, start.line + 1, start.column + 1, message, remedy)
