"""YAML read as plain text values, every one of them with the place where it stands.

Scalars are never interpreted: ``NO`` stays the code of Norway and ``2012-01-08`` a text, so that the
schema alone decides what a value means. Only an empty plain scalar, ``~`` and ``null`` are None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from dossier.records.diagnostics import Diagnostic, Severity

Path = tuple[str | int, ...]
"""Where a value stands inside a document: keys and list positions from the root."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
IMPLICIT_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ["str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge", "value"]
)
MAX_DEPTH = 24
MAX_NODES = 400_000


@dataclass(frozen=True)
class Mark:
    """A place in a file, both numbers counted from 1."""

    line: int
    column: int


@dataclass
class Marks:
    """The places of all keys and values of one document."""

    path: str
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def of(self, where: Path) -> Mark:
        """Return the place of the value at ``where``, or of the nearest thing that holds it."""
        while where:
            if where in self.values:
                return self.values[where]
            where = where[:-1]
        return self.values.get((), Mark(1, 1))

    def of_key(self, where: Path) -> Mark:
        """Return the place of the key at ``where``, or of its value where it has none."""
        return self.keys.get(where) or self.of(where)

    def error(self, mark: Mark, message: str, remedy: str) -> Diagnostic:
        """Return an error at ``mark`` of this document's file."""
        return Diagnostic(self.path, mark.line, mark.column, Severity.ERROR, message, remedy)

    def warning(self, mark: Mark, message: str, remedy: str) -> Diagnostic:
        """Return a warning at ``mark`` of this document's file."""
        return Diagnostic(self.path, mark.line, mark.column, Severity.WARNING, message, remedy)


def _compose(text: str) -> yaml.Node | None:
    """Return the document's node tree.

    libyaml composes where it can, being ten times faster; what it refuses goes to the Python parser,
    whose complaints are the ones we know how to word. Raises a YAML error.
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


def load(text: str, path: str, line_offset: int = 0) -> tuple[Any, Marks, list[Diagnostic]]:
    """Read one YAML document.

    Takes the text, the file's name for the findings and the number of lines that stand before the
    text in its file. Returns the data (dicts, lists, texts and None), the places and the findings;
    the data is None where the text is not YAML. Raises nothing.
    """
    marks = Marks(path)
    found: list[Diagnostic] = []
    try:
        node = _compose(text)
    except yaml.MarkedYAMLError as error:
        if told := _told_by_lines(error, text):
            number, column, problem, remedy = told
            found.append(marks.error(Mark(number + 1 + line_offset, column + 1), problem, remedy))
            return None, marks, found
        problem, remedy, at_context = _explained(error, text)
        mark = (error.context_mark if at_context else None) or error.problem_mark
        where = Mark(mark.line + 1 + line_offset, mark.column + 1) if mark else Mark(1, 1)
        found.append(marks.error(where, problem, remedy))
        return None, marks, found
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = Mark(before.count("\n") + 1 + line_offset, len(before) - before.rfind("\n"))
        found.append(
            marks.error(where, f"The character U+{_code(error):04X} is not allowed", "Delete it.")
        )
        return None, marks, found
    if node is None:
        marks.values[()] = Mark(1 + line_offset, 1)
        return None, marks, found
    budget = [MAX_NODES]
    data = _convert(node, (), marks, found, line_offset, budget)
    if budget[0] < 0:
        message = f"The file holds more than {MAX_NODES:,} values once its aliases are written out"
        found.append(marks.error(Mark(1 + line_offset, 1), message, "Write it without aliases."))
        return None, marks, found
    return data, marks, found


def _convert(
    node: yaml.Node,
    where: Path,
    marks: Marks,
    found: list[Diagnostic],
    offset: int,
    budget: list[int],
) -> Any:
    """Return the plain value of ``node``, noting places and faults as it goes."""
    mark = Mark(node.start_mark.line + 1 + offset, node.start_mark.column + 1)
    marks.values[where] = mark
    budget[0] -= 1
    if budget[0] < 0 or len(where) > MAX_DEPTH:
        budget[0] = -1
        return None
    if node.tag not in IMPLICIT_TAGS:
        message = f"The YAML tag “{node.tag}” is not part of the format"
        found.append(marks.error(mark, message, "Remove the tag."))
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        runs_on = False  # into the next entry of its list, whose hyphen is missing
        for key_node, value_node in node.value:
            key_mark = Mark(key_node.start_mark.line + 1 + offset, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                found.append(marks.error(key_mark, "A key must be a text", "Write a plain word."))
                continue
            key = key_node.value
            if key in result:
                first = marks.keys[(*where, key)]
                message = f"The key “{key}” stands twice, first in line {first.line}"
                remedy = "Keep one of them."
                if key == "id" and where and isinstance(where[-1], int) and not node.flow_style:
                    remedy += " If another work begins here, put “- ” before its id."
                    runs_on = True
                elif runs_on:
                    continue
                found.append(marks.error(key_mark, message, remedy))
                continue
            marks.keys[(*where, key)] = key_mark
            result[key] = _convert(value_node, (*where, key), marks, found, offset, budget)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [
            _convert(item, (*where, position), marks, found, offset, budget)
            for position, item in enumerate(node.value)
        ]
    assert isinstance(node, yaml.ScalarNode)
    if not node.style and node.value in NULLS:
        return None
    return _joined(node.value)


SURROGATE = re.compile("[\ud800-\udfff]")


def _joined(value: str) -> str:
    """Return a text whose characters beyond U+FFFF, if it has them as two escapes, are one again.

    Halves that have no other half stay, for the findings.
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
"""What the parser says, and how an editor would: wording, remedy, whether the start is the place."""


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str, bool]:
    """Return the wording and remedy of a parser's complaint, and whether its context is the place."""
    said = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark
    line = "".join(text.split("\n")[mark.line : mark.line + 1])[: mark.column] if mark else ""
    if found := _told_by_the_line(said, line):
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
"""How an entry of a list begins in a text that is pasted; after a hyphen, only the space is missing."""


def no_space(key: str, value: str) -> tuple[str, str]:
    """Return what to say of a key that has no space after its colon."""
    return (
        f"After the colon of “{key}” a space is missing",
        f"Write “{key}: {value.strip()}”.",
    )


def bullet(sign: str) -> str:
    """Return what to do where an entry of a list begins with another sign than it ought to."""
    otherwise = ": the space is missing." if sign == "-" else f", not with “{sign}”."
    return f"An entry begins with a hyphen and a space, “- ”{otherwise}"


def _told_by_lines(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str] | None:
    """Find the line that an editor would correct, at the parser's places or before them.

    Returns its number and the column, both from 0, the message and the remedy.
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


def _told_by_the_line(said: str, before: str) -> tuple[str, str, bool] | None:
    """Explain complaints that mean several things, told apart by the line ``before`` their place."""
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
