"""The sections of a dossier: their order, and the HTML of each once the pages are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dossier.records.dossier import Dossier, IndexEntry, Letter, Locator, See, Work
from dossier.records.furniture import RunningHead
from dossier.records.galley import Leaf
from dossier.records.job import Section
from dossier.records.locators import PrintedPlaces, printed
from dossier.render import renderer as render
from dossier.render.chart import chart

LETTERS = "Letters"
"""The bookmark over all letters."""


class Pages:
    """The pages of everything, as far as they are known: provisional until they settle."""

    def __init__(self, ids: Sequence[str], leaves: Mapping[str, Leaf]) -> None:
        """Count through the sections ``ids``; one without a leaf counts as one page."""
        self.first: dict[str, int] = {}
        self._leaves = leaves
        page = 1
        for key in ids:
            self.first[key] = page
            page += leaves[key].pages if key in leaves else 1

    def of(self, letter: str, anchor: str) -> int:
        """Return the page of a letter's anchor."""
        section = f"letters/{letter}"
        return self.first[section] + self._leaves[section].anchors[anchor].page - 1

    def printed(self, locators: Sequence[Locator]) -> PrintedPlaces:
        """Return locators as they are printed."""
        return printed(locators, self.of)


@dataclass(frozen=True)
class Plan:
    """A section to be set."""

    id: str
    title: str
    html: Callable[[Pages], str]
    head: RunningHead
    letter: Letter | None = None
    needs_places: bool = False
    """It prints the places of anchors, so that it waits for the letters."""

    @property
    def under(self) -> str:
        """The bookmark that groups the section with its neighbours."""
        return LETTERS if self.letter else ""


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
    def plan(name: str, title: str, html: Html, needs_places: bool = False) -> Plan:
        """Return a section that is no letter."""
        set_ = partial(html, dossier, folder)
        head = render.head_of_section(dossier, title)
        return Plan(name, title, set_, head, needs_places=needs_places)

    yield plan("cover", "Cover", _plain("cover"))
    yield plan("about", "About this dossier", _plain("about"))
    yield plan("contents", "Contents", _contents)
    yield plan("glance", "The letters at a glance", _glance)
    if dossier.introduction:
        yield plan("introduction", "Introduction", _plain("introduction"))
    for one in dossier.letters:
        title = f"{one.number}. {one.head.title}"
        html = partial(_letter, dossier, folder, one)
        yield Plan(f"letters/{one.id}", title, html, render.head_of_letter(one), one)
    yield plan("index", "Index of signatories", _index, needs_places=True)
    yield plan("bibliography", "Bibliography of cited reports", _works, needs_places=True)
    yield plan("colophon", "Colophon", _plain("colophon"))


Html = Callable[[Dossier, Path, Pages], str]


def _plain(name: str) -> Html:
    """Return how a section is set that prints no page numbers."""
    return lambda dossier, folder, pages: render.section(folder, name, dossier)


def _letter(dossier: Dossier, folder: Path, one: Letter, pages: Pages) -> str:
    return render.letter(folder, dossier, one)


def _contents(dossier: Dossier, folder: Path, pages: Pages) -> str:
    return render.section(folder, "contents", dossier, items=_lines(dossier, folder, pages))


def _glance(dossier: Dossier, folder: Path, pages: Pages) -> str:
    return render.section(folder, "glance", dossier, chart=chart(dossier.bars))


def _index(dossier: Dossier, folder: Path, pages: Pages) -> str:
    return render.section(folder, "index", dossier, groups=_groups(dossier, pages))


def _works(dossier: Dossier, folder: Path, pages: Pages) -> str:
    return render.section(folder, "bibliography", dossier, works=_entries(dossier, pages))


def screen(dossier: Dossier, folder: Path, sections: Sequence[Section]) -> str:
    """Return the whole dossier as one self-contained page to read on a screen."""
    pages = Pages(
        [section.id for section in sections], {section.id: section.leaf for section in sections}
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
