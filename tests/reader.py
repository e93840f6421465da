"""Reads a finished PDF back with libraries that had no part in writing its text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf

SOFT_HYPHEN = "\u00ad"


def words(text: str) -> list[str]:
    """Return the words of a text; a word divided at a line's end is one word."""
    return re.sub(SOFT_HYPHEN, "", text).split()


@dataclass
class Element:
    """A structure element with the text that it holds itself and in its children, in order."""

    role: str
    parts: list[Any]
    pages: set[int]
    actual: str | None = None
    """What is read in its place."""

    @property
    def text(self) -> str:
        if self.actual is not None:
            return self.actual
        return "".join(part.text if isinstance(part, Element) else part for part in self.parts)

    def walk(self) -> Iterator[Element]:
        yield self
        for part in self.parts:
            if isinstance(part, Element):
                yield from part.walk()

    def all(self, role: str) -> list[Element]:
        return [element for element in self.walk() if element.role == role]


class Reading:
    """One PDF, read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pdf = pikepdf.open(io.BytesIO(path.read_bytes()))
        self.plumber = pdfplumber.open(io.BytesIO(path.read_bytes()))
        self.pages = len(self.pdf.pages)
        self._numbers = {page.objgen: n for n, page in enumerate(self.pdf.pages, 1)}
        nodes = [list(node.Names) for node in self.pdf.Root.Names.Dests.Kids]
        self._places = {
            str(name): place
            for node in nodes
            for name, place in zip(node[::2], node[1::2], strict=True)
        }
        self.marked: dict[tuple[int, int], str] = {}
        self.unmarked: dict[int, str] = {}
        self.fonts: dict[str, set[str]] = {}
        for number, page in enumerate(self.plumber.pages, 1):
            for char in page.chars:
                mcid = char.get("mcid")
                if mcid is None:
                    self.unmarked[number] = self.unmarked.get(number, "") + char["text"]
                else:
                    key = (number, mcid)
                    self.marked[key] = self.marked.get(key, "") + char["text"]

    def structure(self) -> Element:
        """Return the structure tree's Document with its text."""
        root = self.pdf.Root.StructTreeRoot.K
        root = root[0] if isinstance(root, pikepdf.Array) else root
        return self._element(root, None)

    def _element(self, item: Any, page: Any) -> Element:
        page = item.get("/Pg", page)
        kids = item.get("/K", [])
        if not isinstance(kids, pikepdf.Array):
            kids = [kids]
        actual = str(item.ActualText) if "/ActualText" in item else None
        element = Element(str(item.S)[1:], [], set(), actual)
        for kid in kids:
            if isinstance(kid, int):
                number = self._numbers[page.objgen]
                element.parts.append(self.marked.get((number, kid), ""))
                element.pages.add(number)
            elif kid.get("/Type") == "/MCR":
                number = self._numbers[kid.Pg.objgen]
                element.parts.append(self.marked.get((number, int(kid.MCID)), ""))
                element.pages.add(number)
            elif kid.get("/Type") != "/OBJR":
                child = self._element(kid, page)
                element.parts.append(child)
                element.pages |= child.pages
        return element

    def tags(self) -> Iterator[Any]:
        """Yield every structure element as it stands in the file."""
        waiting = [self.pdf.Root.StructTreeRoot]
        while waiting:
            kids = waiting.pop().K
            for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
                if isinstance(kid, pikepdf.Dictionary) and "/S" in kid and "/K" in kid:
                    yield kid
                    waiting.append(kid)

    def text(self, number: int) -> str:
        """Return all text on a page, counted from 1, as a reader of the print sees it."""
        return self.plumber.pages[number - 1].extract_text()

    def flat(self, number: int) -> str:
        """Return the marked text on a page without any white space."""
        parts = [text for (page, _), text in sorted(self.marked.items()) if page == number]
        return re.sub(rf"[\s{SOFT_HYPHEN}]", "", "".join(parts))

    def links(self) -> Iterator[tuple[int, Any]]:
        """Yield every link annotation with its page."""
        for number, page in enumerate(self.pdf.pages, 1):
            for annotation in page.get("/Annots", []):
                yield number, annotation

    def place(self, destination: Any) -> Any:
        """Return a destination as an array of a page and a place on it."""
        if isinstance(destination, pikepdf.String):
            return self._places[str(destination)]
        return destination

    def target(self, destination: Any) -> int:
        """Return the page of a destination."""
        return self._numbers[self.place(destination)[0].objgen]

    def words_in(self, number: int, box: Any) -> str:
        """Return the text inside a rectangle in PDF points."""
        page = self.plumber.pages[number - 1]
        left, bottom, right, top = (float(value) for value in box)
        height = float(page.height)

        def inside(item: dict[str, Any]) -> bool:
            x, y = (item["x0"] + item["x1"]) / 2, height - (item["top"] + item["bottom"]) / 2
            return left <= x <= right and bottom <= y <= top

        return " ".join(page.filter(inside).extract_text().split())
