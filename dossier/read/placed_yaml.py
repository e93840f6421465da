"""Reads YAML as plain text values and records the place of each in the file.

Scalars are never interpreted: ``NO`` remains the code of Norway and ``2012-01-08`` a text, so the schema
alone decides what a value means. Only an empty plain scalar, ``~`` and ``null`` become None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from dossier.records.diagnostics import Diagnostic, Severity

KeyPath = tuple[str | int, ...]
"""The keys and list positions that lead from the root of a document to a value."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
IMPLICIT_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ["str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"]
)
MAX_DEPTH = 24
MAX_NODES = 400_000


@dataclass(frozen=True)
class Place:
    """A line and column of a file, both counted from 1."""

    line: int
    column: int


@dataclass
class Places:
    """The places of all keys and values of one document."""

    path: str
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)

    def of(self, where: KeyPath) -> Place:
        """Return the place of the value at ``where``, or of the nearest value around it."""
        while where:
            if where in self.values:
                return self.values[where]
            where = where[:-1]
        return self.values.get((), Place(1, 1))

    def of_key(self, where: KeyPath) -> Place:
        """Return the place of the key at ``where``, or of the value where it has no key."""
        return self.keys.get(where) or self.of(where)

    def error(self, place: Place, message: str, remedy: str) -> Diagnostic:
        """Return an error at a place in the document."""
        return Diagnostic(self.path, place.line, place.column, Severity.ERROR, message, remedy)

    def warning(self, place: Place, message: str, remedy: str) -> Diagnostic:
        """Return a warning at a place in the document."""
        return Diagnostic(self.path, place.line, place.column, Severity.WARNING, message, remedy)


def _compose(text: str) -> yaml.Node | None:
    """Return the document's node tree.

    libyaml is ten times faster. What it rejects is parsed again in Python, whose errors are those that
    :data:`COMPLAINTS` explains. Raises a YAML error.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                problem = f"nested deeper than {MAX_DEPTH} levels"
                mark: Any = event.start_mark
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        return yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        if "nested deeper" in (error.problem or ""):
            raise
        return yaml.compose(text, Loader=yaml.SafeLoader)


def load(text: str, path: str, line_offset: int = 0) -> tuple[Any, Places, list[Diagnostic]]:
    """Read one YAML document.

    ``path`` is the file's name in findings; ``line_offset`` is the number of lines before ``text`` in the
    file. Returns the data (dicts, lists, texts and None), the places and the findings; the data is None
    where the text is not YAML. Raises nothing.
    """
    places = Places(path)
    found: list[Diagnostic] = []
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        if explained := _explained_by_lines(error, text):
            number, column, problem, remedy = explained
            found.append(places.error(Place(number + 1 + line_offset, column + 1), problem, remedy))
            return None, places, found
        problem, remedy, at_context = _explained(error, text)
        mark = (error.context_mark if at_context else None) or error.problem_mark
        where = Place(mark.line + 1 + line_offset, mark.column + 1) if mark else Place(1, 1)
        found.append(places.error(where, problem, remedy))
        return None, places, found
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = Place(before.count("\n") + 1 + line_offset, len(before) - before.rfind("\n"))
        found.append(
            places.error(where, f"The character U+{_code(error):04X} is not allowed", "Delete it.")
        )
        return None, places, found
    if node is None:
        places.values[()] = Place(1 + line_offset, 1)
        return None, places, found
    budget = [MAX_NODES]
    data = _convert(node, (), places, found, line_offset, budget)
    if budget[0] < 0:
        message = f"The file holds more than {MAX_NODES:,} values once its aliases are written out"
        found.append(places.error(Place(1 + line_offset, 1), message, "Write it without aliases."))
        return None, places, found
    return data, places, found


def _convert(
    node: yaml.Node,
    where: KeyPath,
    places: Places,
    found: list[Diagnostic],
    offset: int,
    budget: list[int],
) -> Any:
    """Return the plain value of ``node``; record its place and add its faults to ``found``."""
    place = Place(node.start_mark.line + 1 + offset, node.start_mark.column + 1)
    places.values[where] = place
    budget[0] -= 1
    if budget[0] < 0 or len(where) > MAX_DEPTH:
        budget[0] = -1
        return None
    if node.tag not in IMPLICIT_TAGS:
        message = f"The YAML tag “{node.tag}” is not part of the format"
        found.append(places.error(place, message, "Remove the tag."))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        runs_on = False  # into the next entry of its list, whose hyphen is missing
        for key_node, value_node in node.value:
            key_place = Place(key_node.start_mark.line + 1 + offset, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                found.append(places.error(key_place, "A key must be a text", "Write a plain word."))
                continue
            key = key_node.value
            if key in result:
                first = places.keys[(*where, key)]
                message = f"The key “{key}” stands twice, first in line {first.line}"
                remedy = "Keep one of them."
                if key == "id" and where and isinstance(where[-1], int) and not node.flow_style:
                    remedy += " If another work begins here, put “- ” before its id."
                    runs_on = True
                elif runs_on:
                    continue
                found.append(places.error(key_place, message, remedy))
                continue
            places.keys[(*where, key)] = key_place
            result[key] = _convert(value_node, (*where, key), places, found, offset, budget)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [
            _convert(item, (*where, position), places, found, offset, budget)
            for position, item in enumerate(node.value)
        ]
    assert isinstance(node, yaml.ScalarNode)
    if not node.style and node.value in NULLS:
        return None
    return _joined(node.value)


SURROGATE = re.compile("[\ud800-\udfff]")


def _joined(value: str) -> str:
    """Return a text with surrogate pairs, which come from JSON escapes, as the characters they encode.

    Lone surrogates remain and are reported later.
    """
    if value.isascii() or not SURROGATE.search(value):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _code(error: yaml.reader.ReaderError) -> int:
    char = error.character
    return ord(char) if isinstance(char, str) else int(char)


COLON = ("mapping values are not allowed", "A colon followed by a space stands inside a text",
         "Put the whole text in quotes.", False)  # fmt: skip
UNCLOSED = ("while parsing a flow", "A bracket is opened and never closed", "Close it.", True)
COMPLAINTS = (
    COLON,
    ("while scanning a quoted scalar", "A quotation mark is opened and never closed",
     "Close it, or write the apostrophe in a text that is itself in double quotes.", True),
    UNCLOSED,
    ("found character '\\t'", "The line is indented with a tab", "Indent with spaces.", False),
    ("expected <block end>", "The line does not fit those before it",
     "Indent it as its neighbours are; put a text that begins with a quotation mark or a bracket "
     "wholly into quotes.", False),
    ("expected alphabetic or numeric character", "A text begins with an asterisk or an ampersand",
     "Put the whole text in quotes.", True),
    ("cannot start any token", "A text begins with a character that YAML keeps for itself",
     "Put the whole text in quotes.", False),
    ("could not find expected ':'", "A line is neither a key with a colon nor part of a text",
     "Add the colon, or indent the line under the key it belongs to.", True),
    ("undefined alias", "A text begins with an asterisk", "Put the whole text in quotes.", False),
    ("but found another document", "A second document begins here", "Remove the line “---”.", False),
    ("nested deeper", f"The values are nested deeper than {MAX_DEPTH} levels", "Write it flatter.",
     False),
    ("while scanning a block scalar", "A text begins with > or |",
     "Put the whole text in quotes, or begin it on the next line.", True),
    ("sequence entries are not allowed", "A text begins with a hyphen and a space",
     "Put the whole text in quotes, or begin the list on the next line.", False),
    ("escape", "A backslash stands in double quotes", "Write it twice, or use single quotes.", False),
    ("undefined tag handle", "A text begins with an exclamation mark", "Put the whole text in quotes.",
     False),
)  # fmt: skip
"""Words of the parser's error, our message, the remedy, and whether the place is the error's context."""


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str, bool]:
    """Return message and remedy for a parser's error, and whether the place is its context."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark
    line = "".join(text.split("\n")[mark.line : mark.line + 1])[: mark.column] if mark else ""
    if found := _explained_by_line(said, line):
        return found
    for words, message, remedy, at_context in COMPLAINTS:
        if words in said:
            return message, remedy, at_context
    return (
        f"This is not valid YAML: {error.problem}",
        "Check the indentation, the quotes and the brackets here and in the line before.",
        False,
    )


NO_SPACE = re.compile(r"\s*(?:- +)?([^\W\d][\w-]*):(?!//)([^\s:].*)")
"""A key without a space after its colon."""
BULLET = re.compile(r"\s*(?:([•‣◦▪●·–—―−])|(\*)\s|(-)[^\s-])")
"""A bullet that begins an entry in pasted text, or a hyphen without its space."""


def no_space(key: str, value: str) -> tuple[str, str]:
    """Return message and remedy for a key without a space after its colon."""
    return (
        f"After the colon of “{key}” a space is missing",
        f"Write “{key}: {value.strip()}”.",
    )


def bullet(sign: str) -> str:
    """Return the remedy for a list entry that begins with ``sign`` instead of a hyphen and a space."""
    otherwise = ": the space is missing." if sign == "-" else f", not with “{sign}”."
    return f"An entry begins with a hyphen and a space, “- ”{otherwise}"


def _explained_by_lines(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str] | None:
    """Find the faulty line at or before the places of a parser's error; None where it is not obvious.

    Returns the line and column, both counted from 0, the message and the remedy.
    """
    lines = text.split("\n")
    said = f"{error.context or ''} {error.problem or ''}"
    if "'<document start>'" in said:
        first = next((n for n, line in enumerate(lines) if line.strip()), 0)
        if lines[first].startswith(" "):
            message = "The first key is indented, and the others are not"
            return first, 0, message, "Delete the spaces before it."
    if not re.search("mapping values|could not find expected ':'|expected alphabetic", said):
        return None
    numbers = [mark.line for mark in (error.context_mark, error.problem_mark) if mark]
    before = [n for n in range(min(numbers, default=0)) if lines[n].strip()][-1:]
    for number in sorted({*numbers, *before} & set(range(len(lines)))):
        indent = len(lines[number]) - len(lines[number].lstrip())
        if match := NO_SPACE.fullmatch(lines[number]):
            return number, match.start(1), *no_space(match[1], match[2])
        if match := BULLET.match(lines[number]):
            sign = match[1] or match[2] or match[3]
            return number, indent, f"The line begins with “{sign}”", bullet(sign)
    return None


def _explained_by_line(said: str, before: str) -> tuple[str, str, bool] | None:
    """Explain an ambiguous error by the text ``before`` its place in the same line."""
    if COLON[0] in said and not re.search(r":\s", before):
        return (
            "The line is indented deeper than the one before it, and is read as part of its text",
            "Indent a key as its neighbours are; put a text that has a colon wholly into quotes.",
            False,
        )
    if COLON[0] in said and re.search(r"(?:^|[:-])\s+[“”„«]", before):
        straight = "Put the whole text in straight quotes, \" or '; “ and ” do not count."
        return COLON[1], straight, False
    if UNCLOSED[0] in said and "got ':'" in said:
        return COLON[1:] if re.search(r":\s", before) else UNCLOSED[1:]
    if UNCLOSED[0] in said and "got '<scalar>'" in said:
        return (
            "A comma or a closing bracket is missing before this",
            "Add it, or put the whole text in quotes.",
            False,
        )
    if "expected <block end>" in said and before.rstrip().endswith(("'", '"')):
        return (
            "The quotation mark before this ends the text",
            "Put the whole text in quotation marks of the other kind, \" or '.",
            False,
        )
    if "expected <block end>" in said and before.rstrip().endswith(("]", "}")):
        return "The bracket before this ends the text", "Put the whole text in quotes.", False
    return None
