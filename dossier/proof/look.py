"""Proves of the HTML edition what its words do not show: style sheet, languages, directions, values.

The style sheet is compared with the program's, filled in by itself. Where a passage has a language or a
direction, these are compared with what its letter and its words say.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.language.direction import language_runs_left, runs_left
from dossier.machine import templates
from dossier.proof.markup import TOKEN, VALUE, VOID
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.body import text_of
from dossier.records.sections import ORDER, section_of_letter

LETTER, FIGURE = re.compile("[A-Za-z]"), re.compile("[0-9]")
LOOP = re.compile(r"\{% for name, value in ([\w.]+) %\}(.*?)\{% endfor %\}")
LEFTWARD = re.compile(r"\{% if words\.right_to_left %\}\n(.*?)\{% endif %\}\n", re.DOTALL)
FILLED = re.compile(r"\{\{ ([\w.]+)(?: \| safe)? \}\}")
VALUES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "role": "region|img|list|listitem",
        "tabindex": "0",
        "scope": "col",
        "data-role": "[A-Z][A-Za-z0-9]*",
        "data-numbering": "None|Decimal|Disc|(Lower|Upper)(Alpha|Roman)",
        "xmlns": r"http://www\.w3\.org/2000/svg",
        "text-anchor": "end",
        "font-size": r"10\.5",
        "class": r"[a-z][a-z0-9 -]*",
        "content": r"width=device-width, initial-scale=1|dossier [0-9][0-9a-z.+]*",
        "name": "viewport|generator",
    }.items()
}
"""What an attribute may say, of those that say the same in every dossier."""
NEEDED: Mapping[str, set[str]] = {
    "text": {"x", "y", "class", "font-size"},
    "rect": {"x", "y", "width", "height", "class"},
    "th": {"scope"},
    "svg": {"role", "aria-label", "viewbox", "width", "height"},
}
ID = re.compile(f"(letter|sig|cite|work|entry|index|note|call)-.+|{'|'.join(ORDER)}")
BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th")
ROLES = {"svg": "img", "div": "region"}
ITEMS = {"L": "list", "LI": "listitem"}
"""The roles of what stands in a paragraph and is a list, by their structure types in print."""


def style(truth: Truth) -> str:
    """Return the style sheet of the page in the packet's design."""
    leftward = language_runs_left(truth.words.language)
    text = LEFTWARD.sub(r"\1" if leftward else "", _source())

    def value(way: str) -> Any:
        return functools.reduce(getattr, way.removeprefix("design.").split("."), truth.design)

    def repeated(match: re.Match[str]) -> str:
        return "".join(
            match[2].replace("{{ name }}", name).replace("{{ value }}", str(item))
            for name, item in value(match[1])
        )

    return FILLED.sub(lambda match: str(value(match[1])), LOOP.sub(repeated, text))


@functools.cache
def _source() -> str:
    path = templates.folder() / "styles/screen.css"
    return path.read_text(encoding="utf-8").removesuffix("\n")


@dataclass
class _Open:
    """An element that is open."""

    tag: str
    start: int
    language: str
    leftward: bool
    own: str | None
    """Its own ``dir``."""
    is_note: bool
    letter: str
    """The language of the letter in whose words it stands; empty elsewhere."""
    texts: list[str] = field(default_factory=list)
    unturned: list[str] = field(default_factory=list)
    """Of the texts, those that run as the element does, in no element with a direction of its own."""


def findings(text: str, truth: Truth, known: Sequence[tuple[int, int]]) -> Iterator[Finding]:
    """Yield the findings in a well-formed page; ``known`` are the places of sections that are not read."""
    if not truth.has_templates and not _has_style(text, truth):
        yield 0, "The style sheet is not that of the design"
    for place, message in [*_verbatim(text, truth), *_elements(text, truth, dict(known))]:
        yield text.count("\n", 0, place) + 1, message


def _has_style(text: str, truth: Truth) -> bool:
    start = text.find("<style>") + len("<style>")
    return text[start : text.find("</style>", start)].strip("\n") == style(truth).strip("\n")


def _verbatim(text: str, truth: Truth) -> Iterator[Finding]:
    """Yield the letters whose words have another language or direction than the letter."""
    if truth.has_templates:
        return
    around, start = bool(language_runs_left(truth.words.language)), 0
    for letter in truth.letters:
        anchor = section_of_letter(letter.id).replace("letters/", "letter-")
        # The letters stand in their sequence.
        start = text.find(f'<article id="{anchor}"', max(start, 0))
        found = re.compile('<div class="verbatim"([^<>]*)>').search(text, start)
        known = language_runs_left(letter.language)
        own = runs_left(text_of(letter.body.nodes)) if known is None else known
        direction = f' dir="{"rtl" if own else "ltr"}"' if own != around else ""
        role = ' data-role="Div"' if letter.language != truth.words.language else ""
        if not found or found[1] != f' lang="{letter.language}"{role}{direction}':
            yield (
                start,
                f"The words of {letter.label} are not in their language, “{letter.language}”",
            )


def _elements(text: str, truth: Truth, known: Mapping[int, int]) -> Iterator[Finding]:
    """Yield the findings in the attributes of a page, with their places."""
    allowed, stack, place = truth.languages, [_Open("", 0, "", False, None, False, "")], 0
    while match := TOKEN.match(text, place):
        if match.start() in known:
            place += known[match.start()]
            continue
        if match["tag"] == "template":
            # What is in it was compared as the page was read, and the script behind it.
            place = text.find("</script>", place) + len("</script>")
            continue
        if tag := match["tag"]:
            values = {
                name.lower(): html.unescape(said) for name, said in VALUE.findall(match["values"])
            }
            yield from (
                (place, message) for message in _wrong(tag, values, stack[-1], truth, allowed)
            )
            if tag not in VOID and not match["closed"]:
                stack.append(_opened(tag, place, values, stack[-1], truth))
        elif match["end"]:
            closed = stack.pop()
            yield from _directed(closed, stack[-1].leftward)
            stack[-1].texts += closed.texts
            stack[-1].unturned += [] if closed.own else closed.unturned
        elif words := match["text"]:
            said = html.unescape(words)
            stack[-1].texts.append(said)
            stack[-1].unturned.append(said)
        place = match.end()
        if match["tag"] == "style":
            place = text.find("</style>", place)


def _opened(tag: str, place: int, values: Mapping[str, str], around: _Open, truth: Truth) -> _Open:
    own = values.get("dir")
    language = values.get("lang", around.language)
    letter = around.letter
    if values.get("class") == "verbatim":
        letter = language
    return _Open(
        tag, place, language, own == "rtl" if own else around.leftward, own,
        _is_note(tag, values), letter,
    )  # fmt: skip


def _is_note(tag: str, values: Mapping[str, str]) -> bool:
    """Tell whether an element is a footnote, which has its direction in any case."""
    return tag == "li" and values.get("id", "").startswith("note-")


def _wrong(
    tag: str, values: Mapping[str, str], around: _Open, truth: Truth, allowed: set[str]
) -> Iterator[str]:
    """Yield what is wrong in the values of a start tag."""
    language = values.get("lang")
    if language is not None and language not in allowed:
        yield f"<{tag}> has the language “{language}”, which nothing in the dossier has"
    elif language and around.letter and not (language == truth.words.language and _ours(values)):
        yield f"<{tag}> in a letter has the language “{language}”"
    elif (
        language
        and language == around.language
        and tag not in ("div", "html")
        and language
        not in truth.native_languages  # names in other languages say theirs in any case
    ):
        yield f"<{tag}> has the language “{language}” of what stands around it"
    noted = around.is_note or _is_note(tag, values)
    # In a text from right to left each block says so once more.
    if values.get("dir") == "ltr" and not around.leftward and not noted:
        yield f"<{tag}> has the direction of what stands around it"
    if truth.has_templates:
        return
    if (tag in VOID or tag == "rect") and values.keys() & {"dir", "lang"}:
        yield f"<{tag}> has a language or a direction, and no words"
    leftward = bool(language_runs_left(truth.publication.language))
    if tag == "div" and values.get("class") != "verbatim" and "dir" in values:
        of_introduction = values.get("class") == "body" and not around.letter
        if not of_introduction or leftward != (values["dir"] == "rtl"):
            yield f"<{tag}> has another direction than it should have"
    if "id" in values and not ID.fullmatch(values["id"]):
        yield f"<{tag}> has an anchor to which nothing leads, “{values['id']}”"
    needed = {"dir"} if _is_note(tag, values) else NEEDED.get(tag, set())
    if tag == "text" and values.get("class") == "name":
        needed = needed | {"text-anchor"}
    if missing := sorted(needed - values.keys()):
        yield f"<{tag}> lacks its {missing[0]}"
    for name in values.keys() & VALUES.keys():
        if "http-equiv" not in values and not VALUES[name].fullmatch(values[name]):
            yield f"<{tag}> has the {name} “{values[name]}”"
    role = ROLES.get(tag) if "aria-label" in values else ITEMS.get(values.get("data-role", ""))
    if values.get("role") != role:
        yield f"<{tag}> has another role than it should have"
    scrolls = values.get("role") == "region" or (tag, values.get("class")) == ("div", "grid")
    if ("tabindex" in values) != scrolls:
        yield f"<{tag}> is reached by the keyboard, or is not, as it should not"


def _ours(values: Mapping[str, str]) -> bool:
    """Tell whether an element in a letter has words of the program, not of the letter."""
    return values.get("class") in ("beside", "n", "name", "nation", "note")


def _directed(element: _Open, around: bool) -> Iterator[Finding]:
    """Yield a finding if an element does not run as its words do, where these leave no doubt."""
    leftward = _side("".join(element.texts))
    if leftward is None or element.tag == "div":
        return
    if element.own is None:
        # A letter of the alphabet alone reads the same in either direction.
        rest = "".join(element.unturned)
        turned = leftward and not around and element.tag in BLOCKS
        if turned and len(rest.strip()) > 1 and _side(rest) is not None:
            yield element.start, f"“{_shown(rest)}” does not run as its words do"
    elif element.leftward != leftward:
        words = _shown("".join(element.texts))
        yield element.start, f"“{words}” runs in another direction than its words"


def _side(words: str) -> bool | None:
    """Tell whether all letters of a text are written from right to left; None for both kinds, or none."""
    if words.isascii():
        # The same, several times as fast: its letters are written from left to right.
        return False if LETTER.search(words) and not FIGURE.search(words) else None
    kinds = {unicodedata.bidirectional(char) for char in set(words)}
    strong = kinds & {"L", "R", "AL"}
    # Figures make a direction doubtful.
    mixed = "L" in strong and len(strong) > 1
    return None if not strong or mixed or kinds & {"EN", "AN"} else "L" not in strong


def _shown(words: str) -> str:
    return " ".join(words.split())[:40]
