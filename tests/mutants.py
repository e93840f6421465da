"""Changes the objects and streams of a finished file by machine, one change in each mutant.

Each kind of object and each operator has the same chance, so that rare ones are tried as often as those of
which there are thousands.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forger import Forged

TOKEN = re.compile(
    rb"<<|>>|\[|\]|\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>|/[^\s<>\[\]()/]*|\d+ 0 R|[^\s<>\[\]()/]+",
    re.DOTALL,
)
NUMBER = re.compile(rb"-?\d*\.?\d+|-?\d+\.")
OPERATORS = (b"q", b"Q", b"cm", b"rg", b"RG", b"g", b"w", b"re", b"f", b"S", b"n", b"W", b"Td", b"Tm", b"Tr", b"Ts",
             b"Tj", b"TJ", b"T*", b"Do", b"BT", b"ET", b"EMC", b"BMC", b"BDC", b"gs", b"sh", b"i", b"Tc", b"Tw", b"Tz")  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed file."""

    kind: str
    """What was changed, and how."""
    number: int
    """The number of the changed object."""
    before: bytes
    after: bytes
    file: Forged


def kind_of(file: Forged, number: int) -> str:
    """Return what an object is, as far as its text tells it."""
    text = file.texts[number]
    if number <= 15:
        return f"object {number}"
    if match := re.search(rb"/(?:Type|Subtype|S) /(\w+)", text):
        return match[1].decode()
    if number in file.data:
        if file.data[number].startswith((b"/Artifact", b"q 1 0 0 1")):
            return "furniture"
        return "content" if b"BDC" in file.data[number] or b"BT" in file.data[number] else "stream"
    return (
        "array" if text.startswith(b"[") else "string" if text.startswith((b"(", b"<")) else "dict"
    )


def mutants(file: Forged, chance: random.Random) -> Iterator[Mutant]:
    """Yield changed copies of a file without end."""
    by_kind: dict[str, list[int]] = {}
    for number in sorted(file.texts):
        by_kind.setdefault(kind_of(file, number), []).append(number)
    kinds = sorted(by_kind)
    while True:
        kind = chance.choice(kinds)
        number = chance.choice(by_kind[kind])
        streams = number in file.data and kind not in ("Image",) and chance.random() < 0.7
        changed = _stream(file.data[number], chance) if streams else None
        how: str
        if changed:
            before, (how, after) = file.data[number], changed
        else:
            before = file.texts[number]
            how, after = _dictionary(before, sorted(file.texts), chance)
        if before == after:
            continue
        mutant = Forged(dict(file.texts), dict(file.data), file.table)
        (mutant.data if changed else mutant.texts)[number] = after
        yield Mutant(f"{kind}: {how}", number, before, after, mutant)


def _stream(data: bytes, chance: random.Random) -> tuple[str, bytes] | None:
    """Return a change of a stream's data, with its kind; None for one without data."""
    if not data:
        return None
    if b"\0" in data or b"BT" not in data:
        return _bytes(data, chance)
    lines = data.split(b"\n")
    operators: dict[bytes, list[int]] = {}
    for place, line in enumerate(lines):
        if line.strip():
            operators.setdefault(line.split()[-1], []).append(place)
    name = chance.choice(sorted(operators))
    place = chance.choice(operators[name])
    line, kind = lines[place], name.decode("latin-1")
    how = chance.choice(
        ("lost", "twice", "swapped", "number", "operator", "name", "glyphs", "put elsewhere")
    )
    match how:
        case "lost":
            del lines[place]
        case "twice":
            lines.insert(place, line)
        case "swapped" if place + 1 < len(lines):
            lines[place : place + 2] = lines[place + 1], line
        case "put elsewhere":
            lines.insert(chance.randrange(len(lines)), lines.pop(place))
        case "operator":
            lines[place] = line[: len(line) - len(name)] + chance.choice(OPERATORS)
        case "number":
            lines[place] = _one(line, NUMBER, lambda found: _number(found, chance), chance)
        case "name":
            names = re.compile(rb"(?<=/)\w+")
            lines[place] = _one(line, names, lambda found: found[:-1] + b"B", chance)
        case "glyphs":
            others = re.findall(rb"[0-9a-f]{4}", data)
            glyphs = re.compile(rb"(?<=<)[0-9a-f]{4}")
            lines[place] = _one(
                line, glyphs, lambda found: chance.choice(others or [found]), chance
            )
    return f"{kind} {how}", b"\n".join(lines)


def _bytes(data: bytes, chance: random.Random) -> tuple[str, bytes]:
    at = chance.randrange(len(data))
    how = chance.choice(("byte", "byte lost", "byte more"))
    if how == "byte":
        return how, data[:at] + bytes(((data[at] + chance.randint(1, 255)) % 256,)) + data[at + 1 :]
    return how, data[:at] + (
        data[at + 1 :] if how == "byte lost" else data[at : at + 1] + data[at:]
    )


def _dictionary(text: bytes, numbers: list[int], chance: random.Random) -> tuple[str, bytes]:
    """Return a change of an object's text, with its kind."""
    tokens = TOKEN.findall(text)
    # The length is written anew with the file.
    entries = [one for one in _entries(tokens) if tokens[one[0]] != b"/Length"]
    how = chance.choice(("lost", "twice", "changed", "changed", "added", "renamed", "exchanged"))
    if how == "added" and b"<<" in tokens:
        places = [place for place, token in enumerate(tokens) if token == b"<<"]
        place = chance.choice(places) + 1
        return "entry added", b" ".join([*tokens[:place], b"/Extra", b"1", *tokens[place:]])
    if not entries:
        return "changed", _one(text, TOKEN, lambda found: _scalar(found, numbers, chance), chance)
    start, end = chance.choice(entries)
    key = tokens[start].decode("latin-1")
    if how == "lost":
        del tokens[start:end]
    elif how == "twice":
        tokens[start:start] = tokens[start:end]
    elif how == "renamed":
        tokens[start] += b"x"
    elif how == "exchanged" and len(entries) > 1:
        other, stop = chance.choice([one for one in entries if one != (start, end)])
        if other > end or stop < start:
            one, two = sorted([(start, end), (other, stop)])
            tokens[two[0] + 1 : two[1]], tokens[one[0] + 1 : one[1]] = (
                tokens[one[0] + 1 : one[1]],
                tokens[two[0] + 1 : two[1]],
            )
    else:
        how = "changed"
        places = [
            place
            for place in range(start + 1, end)
            if tokens[place] not in (b"<<", b">>", b"[", b"]")
        ]
        if places:
            place = chance.choice(places)
            tokens[place] = _scalar(tokens[place], numbers, chance)
    return f"{key} {how}", b" ".join(tokens)


def _entries(tokens: list[bytes]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last place, exclusively, of each entry of a dictionary, at any depth."""
    opened: list[tuple[bytes, int]] = []
    key = -1
    keys: list[int] = []
    for place, token in enumerate(tokens):
        inside = opened[-1][0] if opened else b""
        if token in (b"<<", b"["):
            opened.append((token, place))
            keys.append(key)
            key = -1
            continue
        if token in (b">>", b"]"):
            opened.pop()
            key = keys.pop()
            inside = opened[-1][0] if opened else b""
        elif inside == b"<<" and key < 0:
            key = place
            continue
        if inside == b"<<" and key >= 0:
            yield key, place + 1
            key = -1


def _one(
    text: bytes, shape: re.Pattern[bytes], change: Callable[[bytes], bytes], chance: random.Random
) -> bytes:
    """Return a text in which one match is changed; the text itself where there is none."""
    found = list(shape.finditer(text))
    if not found:
        return text
    match = chance.choice(found)
    return text[: match.start()] + change(match[0]) + text[match.end() :]


def _number(found: bytes, chance: random.Random) -> bytes:
    more = chance.choice((-20, -3, -1, 1, 3, 20))
    return b"%g" % (float(found) + more) if b"." in found else b"%d" % (int(found) + more)


def _scalar(token: bytes, numbers: list[int], chance: random.Random) -> bytes:
    """Return another value of the same type."""
    if token.endswith(b" 0 R"):
        return b"%d 0 R" % chance.choice(numbers)
    if NUMBER.fullmatch(token):
        return _number(token, chance)
    if token.startswith(b"/"):
        return chance.choice((token + b"x", token[:-1], b"/Span", b"/Artifact"))
    if token.startswith((b"(", b"<")) and len(token) > 4:
        at = chance.randrange(1, len(token) - 1)
        if token[at : at + 1].isalnum():
            other = b"0" if token[at : at + 1] != b"0" else b"1"
            return token[:at] + other + token[at + 1 :]
        return token[:1] + token[1:-1] * 2 + token[-1:]
    return {b"true": b"false", b"false": b"true"}.get(token, token)


# --- the program ---


@dataclass(frozen=True)
class Program:
    """A changed file of the program."""

    path: str
    what: str
    text: str


STATEMENT = re.compile(r"\{%-? *(if|elif|for) (.*?) *-?%\}")
EXPRESSION = re.compile(r"\{\{.*?\}\}")
DECLARATION = re.compile(r"(?<=[{;])\s*[\w-]+\s*:[^;{}]+")
ROOMS = ("compile", "render", "bind", "outputs", "typeset")


def program_mutants(root: Path, chance: random.Random) -> Iterator[Program]:
    """Yield changed files of templates, style sheets and of the rooms that print, without end."""
    templates = sorted((root / "templates").rglob("*.html"))
    sheets = sorted((root / "templates/styles/print").glob("*.css"))
    modules = [path for room in ROOMS for path in sorted((root / "dossier" / room).glob("*.py"))]
    while True:
        kind = chance.choice((_template, _sheet, _module, _module))
        among = {_template: templates, _sheet: sheets, _module: modules}[kind]
        path = chance.choice(among)
        right = path.read_text(encoding="utf-8")
        changed = kind(right, chance)
        if changed and changed[1] != right:
            yield Program(path.relative_to(root).as_posix(), *changed)


def _template(text: str, chance: random.Random) -> tuple[str, str] | None:
    how = chance.choice(("expression", "condition", "loop"))
    if how == "expression":
        found = list(EXPRESSION.finditer(text))
        if not found:
            return None
        match = chance.choice(found)
        return f"without {match[0]}", text[: match.start()] + text[match.end() :]
    found = [m for m in STATEMENT.finditer(text) if (m[1] == "for") == (how == "loop")]
    if not found:
        return None
    match = chance.choice(found)
    if how == "loop":
        names, _, values = match[2].partition(" in ")
        new = f"{{% for {names} in ({values}) | list | reverse %}}"
    else:
        new = f"{{% {match[1]} not ({match[2]}) %}}"
    return f"{match[0]} -> {new}", text[: match.start()] + new + text[match.end() :]


def _sheet(text: str, chance: random.Random) -> tuple[str, str] | None:
    found = list(DECLARATION.finditer(text))
    if not found:
        return None
    match = chance.choice(found)
    return f"without {match[0].strip()}", text[: match.start()] + " " + text[match.end() :]


class _Places(ast.NodeVisitor):
    """Collects what can be changed in a module."""

    def __init__(self) -> None:
        self.found: list[ast.AST] = []

    def generic_visit(self, node: ast.AST) -> None:
        is_number = isinstance(node, ast.Constant) and type(node.value) is int
        if isinstance(node, ast.Compare | ast.BoolOp | ast.IfExp | ast.If) or is_number:
            self.found.append(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self.found.append(node)
        super().generic_visit(node)


def _module(text: str, chance: random.Random) -> tuple[str, str] | None:
    tree = ast.parse(text)
    places = _Places()
    for node in tree.body:
        # What stands outside functions is tables and constants, seldom reached by a single corpus.
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            places.visit(node)
    if not places.found:
        return None
    node = chance.choice(places.found)
    before = ast.unparse(node).splitlines()[0][:80]
    match node:
        case ast.Compare():
            opposite = {
                ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE,
                ast.LtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
            }  # fmt: skip
            node.ops[0] = opposite[type(node.ops[0])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.IfExp() | ast.If():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Constant():
            node.value = int(node.value) + 1  # type: ignore[arg-type]
        case ast.Expr():
            node.value = ast.Constant(None)
    what = f"line {node.lineno}: {before} -> {ast.unparse(node).splitlines()[0][:80]}"  # type: ignore[attr-defined]
    return what, ast.unparse(ast.fix_missing_locations(tree))
