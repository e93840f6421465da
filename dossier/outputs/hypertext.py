"""Reads the HTML edition as a tree. Other editions are made of it, so that they say what templates say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from dossier.records.bound import Bound
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity

VOID = frozenset(("br", "img", "meta"))


def of_page(bound: Bound, name: str, make: Callable[[str], bytes]) -> bytes:
    """Return an edition made of the HTML edition, which messages call ``name``.

    Raises CorpusFaultError where templates of the corpus make this of other parts than the program's do.
    """
    try:
        return make(bound.page())
    except (LookupError, RuntimeError, StopIteration, ValueError):
        own = bound.dossier.templates
        if not own.texts:
            raise
        message = f"No {name} can be made of the HTML edition as the corpus’s own templates have it"
        remedy = "Keep the elements, classes and ids of the program's, or leave out this output."
        raise CorpusFaultError(
            [Diagnostic(own.shown, 0, 0, Severity.ERROR, message, remedy)]
        ) from None


@dataclass
class Element:
    """An element with its attributes and what is in it."""

    tag: str
    values: dict[str, str] = field(default_factory=dict)
    inside: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Its classes."""
        return self.values.get("class", "").split()

    @property
    def elements(self) -> list[Element]:
        """The elements directly in it."""
        return [one for one in self.inside if isinstance(one, Element)]

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(one if isinstance(one, str) else one.text for one in self.inside)

    def walk(self) -> Iterator[Element]:
        """Yield the element, then all in it, in reading order."""
        yield self
        for one in self.elements:
            yield from one.walk()

    def find(self, is_wanted: Callable[[Element], bool]) -> Element | None:
        """Return the first element in it that is wanted."""
        return next(filter(is_wanted, self.walk()), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def parsed(page: str) -> Element:
    """Return the body of an HTML page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    body = reader.root.find(lambda one: one.tag == "body")
    return body or reader.root


def sections(body: Element) -> dict[str, Element]:
    """Return the sections of the HTML edition by their anchors, the header under ``cover``."""
    found = {}
    for one in body.walk():
        if one.tag == "header":
            found["cover"] = one
        elif one.tag in ("section", "nav", "article") and "id" in one.values:
            found[one.values["id"]] = one
    return found
