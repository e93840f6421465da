"""The sections of a dossier: their order, and the HTML of each once the pages are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dossier.records.dossier import Dossier, IndexEntry, Letter, Locator, See, Work
from dossier.records.galley import Galley
from dossier.records.job import Section
from dossier.records.locators import PrintedPlaces, printed
from dossier.render import renderer as render
from dossier.render.chart import chart

LETTERS = "Letters"
"""The bookmark over all letters."""


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


def plans(dossier: Dossier) -> list[Plan]:
    """Return the sections in the dossier's order."""
    return list(_plans(dossier))


def _plans(dossier: Dossier) -> Iterator[Plan]:
    yield _plain("cover", "Cover", dossier)
    yield _plain("about", "About this dossier", dossier)
    yield Plan("contents", "Contents", partial(_contents, dossier))
    yield Plan("glance", "The letters at a glance", partial(_glance, dossier))
    if dossier.introduction:
        yield _plain("introduction", "Introduction", dossier)
    for one in dossier.letters:
        title = f"{one.number}. {one.head.title}"
        yield Plan(f"letters/{one.id}", title, partial(_letter, dossier, one), one)
    yield Plan("index", "Index of signatories", partial(_index, dossier), needs_places=True)
    yield Plan(
        "bibliography",
        "Bibliography of cited reports",
        partial(_works, dossier),
        needs_places=True,
    )
    yield _plain("colophon", "Colophon", dossier)


def _plain(name: str, title: str, dossier: Dossier) -> Plan:
    """Return a section that prints no page numbers."""
    return Plan(
        name, title, lambda pages: render.section(f"sections/{name}", dossier, heading=title)
    )


def _letter(dossier: Dossier, one: Letter, pages: Pages) -> str:
    return render.letter(dossier, one)


def _contents(dossier: Dossier, pages: Pages) -> str:
    return render.section(
        "sections/contents", dossier, heading="Contents", items=_lines(dossier, pages)
    )


def _glance(dossier: Dossier, pages: Pages) -> str:
    drawn = chart(dossier.bars, dossier.design)
    return render.section(
        "sections/glance", dossier, heading="The letters at a glance", chart=drawn
    )


def _index(dossier: Dossier, pages: Pages) -> str:
    return render.section(
        "sections/index", dossier, heading="Index of signatories", groups=_groups(dossier, pages)
    )


def _works(dossier: Dossier, pages: Pages) -> str:
    return render.section(
        "sections/bibliography",
        dossier,
        heading="Bibliography of cited reports",
        works=_entries(dossier, pages),
    )


def screen(dossier: Dossier, sections: Sequence[Section]) -> str:
    """Return the whole dossier as one self-contained page to read on a screen."""
    pages = Pages(
        [section.id for section in sections], {section.id: section.galley for section in sections}
    )
    return render.section(
        "screen",
        dossier,
        items=_lines(dossier, pages),
        groups=_groups(dossier, pages),
        works=_entries(dossier, pages),
        chart=chart(dossier.bars, dossier.design),
        sections={section.id: section for section in sections},
    )


# --- what the templates loop over ---


def _lines(dossier: Dossier, pages: Pages) -> list[ContentsLine]:
    return [
        ContentsLine(
            plan.id,
            plan.letter.head.title if plan.letter else plan.title,
            pages.first[plan.id],
            plan.letter.number if plan.letter else 0,
            plan.letter.date_words if plan.letter else "",
            plan.letter.language if plan.letter else "",
        )
        for plan in _plans(dossier)
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
