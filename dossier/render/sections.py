"""The sections of a dossier: their order, and the HTML of each once the pages are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dossier.records.dossier import Dossier, IndexEntry, Letter, Locator, See, Work
from dossier.records.galley import Galley
from dossier.records.job import Section
from dossier.records.locators import PrintedPlaces, printed
from dossier.render import renderer as render
from dossier.render.chart import chart


class Pages:
    """The pages of everything, as far as they are known: provisional until they settle."""

    def __init__(self, ids: Sequence[str], galleys: Mapping[str, Galley]) -> None:
        """Count through the sections ``ids``; one without a galley counts as one page."""
        self.first: dict[str, int] = {}
        self._galleys = galleys
        page = 1
        for key in ids:
            self.first[key] = page
            page += galleys[key].pages if key in galleys else 1

    def of(self, letter: str, anchor: str) -> int:
        """Return the page of a letter's anchor."""
        section = f"letters/{letter}"
        return self.first[section] + self._galleys[section].anchors[anchor].page - 1

    def printed(self, locators: Sequence[Locator]) -> PrintedPlaces:
        """Return locators as they are printed."""
        return printed(locators, self.of)


@dataclass(frozen=True)
class Plan:
    """A section to be set."""

    id: str
    title: str
    html: Callable[[Pages], str]
    letter: Letter | None = None
    needs_places: bool = False
    """It prints the places of anchors, so that it waits for the letters."""
    under: str = ""
    """The bookmark that groups the section with its neighbours, if any."""


@dataclass(frozen=True)
class ContentsLine:
    """A line of the contents."""

    id: str
    title: str
    page: int
    number: int = 0
    """The letter's number, 0 for other sections."""
    date: str = ""
    language: str = ""
    """The letter's."""


@dataclass(frozen=True)
class PrintedHeading:
    """An index heading with its page numbers."""

    entry: IndexEntry
    locators: PrintedPlaces


@dataclass(frozen=True)
class PrintedGroup:
    """A letter of the index with its headings and see references."""

    label: str
    items: tuple[PrintedHeading | See, ...]


@dataclass(frozen=True)
class PrintedWork:
    """A work of the bibliography with its back-references."""

    work: Work
    locators: PrintedPlaces


def plans(dossier: Dossier, folder: Path) -> list[Plan]:
    """Return the sections in the dossier's order; ``folder`` holds the templates."""
    return list(_plans(dossier, folder))


def _plans(dossier: Dossier, folder: Path) -> Iterator[Plan]:
    words = dossier.words
    yield _plan("cover", _plain, dossier, folder)
    yield _plan("about", _plain, dossier, folder)
    yield _plan("contents", _contents, dossier, folder)
    yield _plan("glance", _glance, dossier, folder)
    if dossier.introduction:
        yield _plan("introduction", _plain, dossier, folder)
    for one in dossier.letters:
        title = words("letter_titled", number=one.number, title=one.head.title)
        html = partial(_letter, dossier, folder, one)
        yield Plan(f"letters/{one.id}", title, html, one, under=words("heading_letters"))
    yield _plan("index", _index, dossier, folder, needs_places=True)
    yield _plan("bibliography", _works, dossier, folder, needs_places=True)
    yield _plan("colophon", _plain, dossier, folder)


Values = Callable[[Dossier, Path, Pages], Mapping[str, Any]]
"""Returns what a section's template needs besides the dossier."""


def _plan(
    name: str, values: Values, dossier: Dossier, folder: Path, needs_places: bool = False
) -> Plan:
    """Return a section under a heading of ours."""
    heading = dossier.words(f"heading_{name}")

    def html(pages: Pages) -> str:
        return render.section(
            folder, name, dossier, heading=heading, **values(dossier, folder, pages)
        )

    return Plan(name, heading, html, needs_places=needs_places)


def _letter(dossier: Dossier, folder: Path, one: Letter, pages: Pages) -> str:
    return render.letter(folder, dossier, one)


def _plain(dossier: Dossier, folder: Path, pages: Pages) -> Mapping[str, Any]:
    return {}


def _contents(dossier: Dossier, folder: Path, pages: Pages) -> Mapping[str, Any]:
    return {"items": _lines(dossier, folder, pages)}


def _glance(dossier: Dossier, folder: Path, pages: Pages) -> Mapping[str, Any]:
    return {"chart": chart(dossier.bars)}


def _index(dossier: Dossier, folder: Path, pages: Pages) -> Mapping[str, Any]:
    return {"groups": _groups(dossier, pages)}


def _works(dossier: Dossier, folder: Path, pages: Pages) -> Mapping[str, Any]:
    return {"works": _entries(dossier, pages)}


def screen(dossier: Dossier, folder: Path, sections: Sequence[Section]) -> str:
    """Return the whole dossier as one self-contained page to read on a screen."""
    pages = Pages(
        [section.id for section in sections], {section.id: section.galley for section in sections}
    )
    return render.section(
        folder,
        "screen",
        dossier,
        items=_lines(dossier, folder, pages),
        groups=_groups(dossier, pages),
        works=_entries(dossier, pages),
        chart=chart(dossier.bars),
        sections={section.id: section for section in sections},
    )


# --- what the templates loop over ---


def _lines(dossier: Dossier, folder: Path, pages: Pages) -> list[ContentsLine]:
    return [
        ContentsLine(
            plan.id,
            plan.letter.head.title if plan.letter else plan.title,
            pages.first[plan.id],
            plan.letter.number if plan.letter else 0,
            plan.letter.date_words if plan.letter else "",
            plan.letter.language if plan.letter else "",
        )
        for plan in _plans(dossier, folder)
        if plan.id not in ("cover", "contents")
    ]


def _groups(dossier: Dossier, pages: Pages) -> list[PrintedGroup]:
    return [
        PrintedGroup(
            group.label,
            tuple(
                item
                if isinstance(item, See)
                else PrintedHeading(item, pages.printed(item.locators))
                for item in group.items
            ),
        )
        for group in dossier.index
    ]


def _entries(dossier: Dossier, pages: Pages) -> list[PrintedWork]:
    return [PrintedWork(work, pages.printed(work.cited_in)) for work in dossier.works]
