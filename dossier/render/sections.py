"""The sections of a dossier: their sequence, and the HTML of each once the pages are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from dossier.records.diagnostics import LostPlaceError
from dossier.records.dossier import Dossier, IndexEntry, Letter, Locator, See, Work
from dossier.records.furniture import RunningHead
from dossier.records.galley import Leaf
from dossier.records.job import Section
from dossier.records.locators import PrintedPlaces, printed
from dossier.records.sections import LETTERS, section_of_letter
from dossier.render import renderer as render
from dossier.render.chart import Chart, chart


class Pages:
    """The page numbers of sections and anchors, provisional until all sections are set."""

    def __init__(self, ids: Sequence[str], leaves: Mapping[str, Leaf]) -> None:
        """Number the pages of the sections ``ids``; a section without a leaf counts as one page."""
        self.first: dict[str, int] = {}
        self._leaves = leaves
        page = 1
        for key in ids:
            self.first[key] = page
            page += leaves[key].pages if key in leaves else 1

    def of(self, letter: str, anchor: str) -> int:
        """Return the page of a letter's anchor; raise LostPlaceError where it is not on the pages."""
        section = section_of_letter(letter)
        place = self._leaves[section].anchors.get(anchor)
        if place is None:
            raise LostPlaceError(letter, anchor)
        return self.first[section] + place.page - 1

    def printed(self, locators: Sequence[Locator]) -> PrintedPlaces:
        """Return printed locators."""
        return printed(locators, self.of)


@dataclass(frozen=True)
class Plan:
    """A section to be typeset."""

    id: str
    title: str
    html: Callable[[Pages], str]
    head: RunningHead
    letter: Letter | None = None
    needs_places: bool = False
    """It prints the page numbers of anchors in letters, so it is set after them."""
    under: str = ""
    """The title of the bookmark that groups the section with its neighbours, if any."""


@dataclass(frozen=True)
class ContentsLine:
    """A line of the contents."""

    id: str
    title: str
    page: int
    letter: str = ""
    """The letter's id, empty for other sections."""
    number: int = 0
    """The letter's number, 0 for other sections."""
    date: str = ""
    language: str = ""
    """The letter's language."""
    whole: Letter | None = None
    """The letter itself, None for other sections."""


@dataclass(frozen=True)
class PrintedHeading:
    """An index heading with its printed locators."""

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


Values = Callable[[Dossier, Pages], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """A kind of section."""

    id: str
    """Also its template's name, ``sections/ID.html``."""
    words: str
    """The key of its heading among the words."""
    values: Values = lambda dossier, pages: {}
    """Returns the template's variables besides the dossier."""
    needs_places: bool = False
    """It prints the page numbers of anchors in letters, so it is set after them and stands behind them."""
    is_there: Callable[[Dossier], bool] = lambda dossier: True
    """Tells whether a dossier has this section."""


ROWS = (
    Row("cover", "heading_cover"),
    Row("about", "heading_about"),
    Row("contents", "heading_contents", lambda dossier, pages: {"items": _lines(dossier, pages)}),
    Row("glance", "heading_glance", lambda dossier, pages: {"chart": _chart(dossier)}),
    Row("introduction", "heading_introduction", is_there=lambda dossier: bool(dossier.introduction)),
    Row(LETTERS, "heading_letters"),  # stands for all letters, each a section under one bookmark
    Row(
        "index", "heading_index", lambda dossier, pages: {"groups": _groups(dossier, pages)},
        needs_places=True,
    ),
    Row(
        "bibliography", "heading_bibliography",
        lambda dossier, pages: {"works": _entries(dossier, pages)}, needs_places=True,
    ),
    Row("colophon", "heading_colophon"),
)  # fmt: skip
SECTIONS = {row.id: row for row in ROWS}
"""The kinds of sections by their ids; the packet has their sequence."""


def plans(dossier: Dossier) -> list[Plan]:
    """Return the sections of a dossier in their sequence."""
    found: list[Plan] = []
    for row in (SECTIONS[section] for section in dossier.publication.sections):
        heading = dossier.words(row.words)
        if row.id == LETTERS:
            found += [_letter(letter, heading, dossier) for letter in dossier.letters]
        elif row.is_there(dossier):
            html = partial(_filled, row, dossier)
            head = render.head_of_section(dossier, heading)
            found.append(Plan(row.id, heading, html, head, needs_places=row.needs_places))
    return found


def _filled(row: Row, dossier: Dossier, pages: Pages) -> str:
    return render.section(f"sections/{row.id}", dossier, **row.values(dossier, pages))


def _letter(letter: Letter, heading: str, dossier: Dossier) -> Plan:
    title = render.title_of_letter(dossier, letter)

    def html(pages: Pages) -> str:
        return render.letter(dossier, letter)

    return Plan(
        section_of_letter(letter.id),
        title,
        html,
        render.head_of_letter(dossier, letter),
        letter,
        under=heading,
    )


def screen(
    dossier: Dossier, sections: Sequence[Section], known: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the whole dossier as one self-contained page to read on a screen, and its letters.

    ``known`` has the letters of an earlier build, under keys of all that decides how one looks; those are
    not filled in again. The letters of this build are returned under the same kind of keys.
    """
    pages = Pages(
        [section.id for section in sections], {section.id: section.leaf for section in sections}
    )
    by_id = {section.id: section for section in sections}
    kept: dict[str, str] = {}
    articles: dict[str, Markup] = {}
    for letter in dossier.letters:
        section = by_id[section_of_letter(letter.id)]
        # The key of its galley is made of the HTML of the printed letter, which has all of its words.
        key = f"{section.key} {section.first_page}–{section.last_page}"
        kept[key] = known.get(key) or render.article(dossier, letter, section)
        articles[letter.id] = Markup(kept[key])
    html = render.section(
        "screen",
        dossier,
        items=_lines(dossier, pages),
        groups=_groups(dossier, pages),
        works=_entries(dossier, pages),
        chart=_chart(dossier),
        articles=articles,
    )
    return html, kept


# --- the items that templates loop over ---


def _lines(dossier: Dossier, pages: Pages) -> list[ContentsLine]:
    return [
        ContentsLine(
            plan.id,
            plan.letter.head.title if plan.letter else plan.title,
            pages.first[plan.id],
            plan.letter.id if plan.letter else "",
            plan.letter.number if plan.letter else 0,
            plan.letter.date_words if plan.letter else "",
            plan.letter.language if plan.letter else "",
            plan.letter,
        )
        for plan in plans(dossier)
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


def _chart(dossier: Dossier) -> Chart:
    return chart(dossier.bars, dossier.design)
