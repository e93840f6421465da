"""The sections of a dossier: their sequence, and the HTML of each once the pages are known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from dossier.records.attaching import ATTACHED
from dossier.records.dossier import (
    Dossier,
    IndexEntry,
    Letter,
    Locator,
    See,
    Work,
    anchor_of_citation,
)
from dossier.records.enclosing import FACING, Enclosed
from dossier.records.furniture import RunningHead
from dossier.records.galley import Leaf
from dossier.records.job import Section, page_count
from dossier.records.lettering import PLAIN, Lettering, lettering
from dossier.records.locators import PrintedPlaces, printed
from dossier.records.numbering import Bates
from dossier.records.sections import (
    INDEX_VOLUME,
    LETTERS,
    ORDER,
    goes_on,
    is_cover,
    section_of_letter,
    section_of_part,
    section_of_volume,
    whole_section,
)
from dossier.records.signatures import usual
from dossier.render import decisive
from dossier.render import renderer as render
from dossier.render.chart import Chart, chart
from dossier.render.glance import table

NOTHING: Mapping[str, str] = MappingProxyType({})


class Pages:
    """The page numbers of sections and anchors, provisional until all sections are set."""

    def __init__(
        self,
        ids: Sequence[str],
        leaves: Mapping[str, Leaf],
        rectos: Container[str] = (),
        facing: Mapping[str, str] = NOTHING,
    ) -> None:
        """Number the pages of the sections ``ids``; a section without a leaf counts as one page.

        Those among ``rectos`` begin on a recto: where the page before is one, an empty verso comes between.
        ``facing`` has the sections whose pages stand on versos, each with the next section, whose pages
        stand opposite; where one of the two is shorter, empty pages stand in its place.
        """
        self.first: dict[str, int] = {}
        self.step: dict[str, int] = {}
        """From each page of a section to the next, where that is not the next of the dossier."""
        self.volume: dict[str, int] = {}
        """The volume of each section; empty where there is only one."""
        self._pages: dict[str, Sequence[int]] = {}
        """All pages of each section."""
        self._parts: dict[str, list[str]] = {}
        """The parts of each section; one that is not longer than a volume has itself."""
        self._leaves = leaves
        opposite = set(facing.values())
        page = end = 1
        before = ""
        volume = 0
        for key in ids:
            volume += is_cover(key)
            if volume:
                self.volume[key] = volume
            if key in opposite:
                page = self.first[before] + 1
            elif key in facing:
                page += page % 2
            else:
                page += key in rectos and page % 2 == 0
            self.first[key] = page
            if key in facing or key in opposite:
                self.step[key] = 2
            count = leaves[key].pages if key in leaves else 1
            step = self.step.get(key, 1)
            self._pages[key] = range(page, page + step * count, step)
            self._parts.setdefault(whole_section(key), []).append(key)
            end = max(end, self._pages[key][-1] + 1)
            page, before = end, key
        self.last = end - 1
        """The last page."""

    @classmethod
    def bound(cls, sections: Sequence[Section]) -> Pages:
        """Return the page numbers of sections that have them."""
        made = cls((), {section.id: section.leaf for section in sections})
        made.first |= {section.id: section.first_page for section in sections}
        made.step |= {section.id: section.step for section in sections if section.step > 1}
        made._pages |= {section.id: section.pages for section in sections}
        for section in sections:
            made._parts.setdefault(whole_section(section.id), []).append(section.id)
        made.last = page_count(sections)
        return made

    def of(self, letter: str, anchor: str) -> int:
        """Return the page of a letter's anchor."""
        parts = self._parts[section_of_letter(letter)]
        part = next((one for one in parts if anchor in self._leaves[one].anchors), parts[0])
        return self._pages[part][self._leaves[part].anchors[anchor].page - 1]

    def count(self, section: str) -> int:
        """Return how many pages all parts of a section have."""
        return sum(len(self._pages[part]) for part in self._parts.get(section, ()))

    def last_volume(self, section: str) -> int:
        """Return the volume in which a section ends, 0 where there is only one."""
        return self.volume.get(self._parts.get(section, [""])[-1], 0)

    def lettering(self, dossier: Dossier) -> Lettering:
        """Return what is printed for each page of a dossier."""
        return lettering(dossier.publication.section_letters, self.first.items())

    def printed(self, locators: Sequence[Locator], lettering: Lettering) -> PrintedPlaces:
        """Return printed locators."""
        return printed(locators, self.of, lettering)

    @functools.cached_property
    def decisive(self) -> str:
        """A checksum of all page numbers."""
        places = {
            key: [(anchor, place.page) for anchor, place in leaf.anchors.items()]
            for key, leaf in self._leaves.items()
        }
        return decisive.checksum([self.first, self.step, places])


@dataclass(frozen=True)
class Plan:
    """A section to be typeset, or of foreign pages."""

    id: str
    title: str
    html: Callable[[Pages], str]
    head: RunningHead
    letter: Letter | None = None
    needs_places: bool = False
    """It prints the page numbers of anchors in letters, so it is set after them."""
    under: str = ""
    """The title of the bookmark that groups the section with its neighbours, if any."""
    leaf: Leaf | None = None
    """Foreign pages, which are bound as they are; None where the section is typeset from its HTML."""
    anchors: tuple[str, ...] = ()
    """What its pages must have, as other sections or files print the pages of these."""
    recto: bool = False
    """It begins on a recto."""
    faces: str = ""
    """The id of the next section, if its pages stand opposite those of this one."""
    encloses: Enclosed | None = None
    """The file of which these pages are facsimiles."""
    cut: tuple[int, int | None] | None = None
    """Of a section that is longer than a volume: its first page in one, counted from 0, and the first that
    is not in it; None for all pages to the end."""
    continued: str = ""
    """The title of a part that goes on in a volume."""
    decisive: Callable[[Pages], str] = lambda pages: ""
    """Returns a checksum of all that decides its HTML, see :mod:`.decisive`; empty where there is none."""
    guides: Callable[[Leaf, int], Sequence[str]] = lambda leaf, first: ()
    """Returns the guide words of each page from a ``first`` one on: the context of its running head."""

    def part(self, number: int, cut: tuple[int, int | None], title: str) -> Plan:
        """Return the plan of a part of this section; ``title`` is that of one that goes on in a volume."""
        section = section_of_part(self.id, number)
        faces = self.faces and section_of_part(self.faces, number)
        if number == 1:
            return replace(self, cut=cut)
        return replace(self, id=section, continued=title, cut=cut, faces=faces, recto=False)

    def heads(self, leaf: Leaf) -> list[RunningHead]:
        """Return the running head of each page that has one, or a single one for all of these."""
        guides = self.guides(leaf, 1 if goes_on(self.id) else 2)
        return [replace(self.head, context=one or self.head.context) for one in guides] or [
            self.head
        ]


@dataclass(frozen=True)
class ContentsLine:
    """A line of the contents."""

    id: str
    title: str
    page: str
    """What is printed for its first page."""
    letter: str = ""
    """The letter's id, empty for other sections."""
    number: int = 0
    """The letter's number, 0 for other sections."""
    date: str = ""
    language: str = ""
    """The letter's language."""
    whole: Letter | None = None
    """The letter itself, None for other sections."""
    is_enclosed: bool = False
    """It is of foreign pages, which the print alone has."""
    volume: int = 0
    """The volume in which it is; 0 where there is only one."""
    last_volume: int = 0
    """The volume in which it ends: another one if it is longer than a volume."""
    stamp: str = ""
    """In the index volume, the Bates number of its first page; empty where pages have none."""
    part: tuple[int, str, int] | None = None
    """Of a section that is longer than a volume: how many of its pages are in one, which, and how many it
    has."""


@dataclass(frozen=True)
class PrintedHeading:
    """An index heading with its printed locators."""

    entry: IndexEntry
    locators: PrintedPlaces

    @property
    def is_long(self) -> bool:
        """Whether it may be higher than a column, and go on in the next."""
        return len(self.locators.words) >= LONG


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


GAP = "\0"
"""Stands around the id of a letter where its HTML belongs; no text of a corpus has this character."""

LONG = 15
"""How many locators a heading has at least that may be higher than a column: each has a line at most."""
ROWS_OF_HEADING = 2
"""How many lines most headings have at most where the index has three columns."""
Values = Callable[[Dossier, Pages], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """A kind of section. Its heading is ``heading_ID`` among the words."""

    id: str
    """Also its template's name: ``sections/ID.html`` or, if it says the same on the screen,
    ``partials/ID.html``."""
    values: Values = lambda dossier, pages: {}
    """Returns the template's variables besides the dossier."""
    needs_places: Callable[[Dossier], bool] = lambda dossier: False
    """Tells whether it prints the page numbers of anchors in letters or of foreign pages, so that it is set
    after them and stands behind them."""
    is_there: Callable[[Dossier], bool] = lambda dossier: True
    """Tells whether a dossier has this section."""
    anchors: Callable[[Dossier], tuple[str, ...]] = lambda dossier: ()
    """Returns the anchors that its pages must have."""
    guides: Callable[[Dossier, Leaf, int], Sequence[str]] = lambda dossier, leaf, first: ()
    """Returns the guide words of each page from a ``first`` one on."""


ROWS = (
    Row("contents", lambda dossier, pages: {"items": _lines(dossier, pages)}),
    Row(
        "glance",
        lambda dossier, pages: {
            "chart": _chart(dossier),
            "years": chart(dossier.bars_of_years, dossier.design),
            "table": table(dossier),
        },
    ),
    Row("introduction", is_there=lambda dossier: bool(dossier.introduction)),
    Row(
        "index",
        lambda dossier, pages: _index(dossier, pages),
        needs_places=lambda dossier: True,
        is_there=lambda dossier: bool(dossier.index),
        guides=lambda dossier, leaf, first: _guides(dossier, leaf, first),
    ),
    Row(
        "bibliography",
        lambda dossier, pages: {"works": _entries(dossier, pages)},
        needs_places=lambda dossier: True,
        is_there=lambda dossier: bool(dossier.works),
        anchors=lambda dossier: tuple(f"work-{work.id}" for work in dossier.works),
    ),
    Row(
        "colophon",
        lambda dossier, pages: _sources(dossier, pages),
        needs_places=lambda dossier: bool(_told_in_colophon(dossier)),
    ),
)
"""The sections that need more than the dossier."""
SECTIONS = {section: Row(section) for section in ORDER} | {row.id: row for row in ROWS}
"""The kinds of sections by their ids; the packet has their sequence. Letters are a section each, all under
one bookmark."""


def plans(dossier: Dossier) -> list[Plan]:
    """Return the sections of a dossier in their sequence."""
    found: list[Plan] = []
    of_all = functools.cache(partial(decisive.of_dossier, dossier))
    others = functools.cache(partial(decisive.of_front_and_back, dossier))
    for row in (SECTIONS[section] for section in dossier.publication.sections):
        heading = dossier.words(f"heading_{row.id}")
        if row.id == LETTERS:
            found += [
                plan
                for one in dossier.letters
                for plan in _of_letter(one, heading, dossier, of_all)
            ]
        elif row.is_there(dossier):
            html = partial(_filled, row, dossier)
            head = render.head_of_section(dossier, heading)
            anchors = row.anchors(dossier)
            key = partial(_decisive, row, row.needs_places(dossier), others)
            found.append(
                Plan(
                    row.id, heading, html, head, needs_places=row.needs_places(dossier),
                    anchors=anchors, decisive=key, guides=partial(row.guides, dossier),
                )
            )  # fmt: skip
    return found


def _decisive(row: Row, needs_places: bool, others: Callable[[], str], pages: Pages) -> str:
    """Return a checksum of all that decides the HTML of a section that is no letter."""
    front_and_back = others()
    if not front_and_back:
        return ""
    return decisive.checksum(
        [row.id, front_and_back, pages.decisive if needs_places else pages.first]
    )


def _filled(row: Row, dossier: Dossier, pages: Pages) -> str:
    return render.section(
        dossier,
        f"sections/{row.id}",
        "sections/plain",
        section=row.id,
        on_screen=False,
        top=2,
        **row.values(dossier, pages),
    )


def _of_letter(
    letter: Letter, heading: str, dossier: Dossier, of_all: Callable[[], str]
) -> list[Plan]:
    """Return the sections of a letter, all under one bookmark: its own pages; foreign pages may follow.

    ``of_all`` returns the checksum of what all letters are rendered with.
    """
    title = render.title_of_letter(dossier, letter)

    def html(pages: Pages) -> str:
        return render.letter(dossier, letter)

    head = render.head_of_letter(dossier, letter)
    anchors = (
        *(signature.anchor for signature in letter.signatures),
        *(anchor_of_citation(letter.id, mark.order) for mark in letter.body.citations),
    )
    section = section_of_letter(letter.id)

    def key(pages: Pages) -> str:
        return decisive.of_letter(of_all(), letter, render.work_numbers(dossier, letter))

    own = Plan(section, title, html, head, letter, under=heading, anchors=anchors, decisive=key)
    enclosed = [_of_enclosed(one, letter, heading, dossier) for one in letter.enclosed]
    if enclosed and letter.enclosed[0].kind == "source" and dossier.publication.enclose == FACING:
        return [replace(enclosed[0], faces=section), own, *enclosed[1:]]
    return [own, *enclosed]


def _of_enclosed(one: Enclosed, letter: Letter, heading: str, dossier: Dossier) -> Plan:
    """Return the section of pages that are bound in with a letter; its leaf is made later."""
    title = dossier.words(f"enclosed_{one.kind}s", label=letter.label, count=one.pages)
    head = render.head_of_section(dossier, title)
    return Plan(one.section(letter.id), title, lambda pages: "", head, under=heading, encloses=one)


def with_covers(
    dossier: Dossier,
    found: Sequence[Plan],
    starts: Sequence[tuple[int, int]],
    known: Pages,
    recto: bool,
) -> list[Plan]:
    """Return the sections with a cover before each of those at which a volume begins.

    ``starts`` has the section with which each volume begins, and its page, both counted from 0; ``known``
    the pages of sections, as far as they are known. With ``recto`` volumes begin on rectos.
    """
    made: list[Plan] = []
    end = known.first.get(INDEX_VOLUME, known.last + 1) - 1
    every: list[Mapping[str, Any]] = []
    for number, held in enumerate(_held(dossier, found, starts), 1):
        title = dossier.words("volume", number=number, count=len(starts))
        following = section_of_volume(number + 1)
        last = known.first[following] - 1 if following in known.first else end
        label = known.lettering(dossier).label
        values = {
            "volume": title,
            "first": label(known.first.get(section_of_volume(number), 1)),
            "last": label(last),
            "pages": end,
            "items": _lines(dossier, known, held),
        }
        every.append(values)
        made.append(
            Plan(
                section_of_volume(number),
                title,
                partial(_cover_of_volume, dossier, values),
                render.head_of_section(dossier, title),
                recto=recto,
            )
        )
        made += held
    stated = dossier.publication.volumes
    return [*made, _index_volume(dossier, every, known, recto)] if stated and stated.index else made


def _index_volume(
    dossier: Dossier, every: Sequence[Mapping[str, Any]], known: Pages, recto: bool
) -> Plan:
    """Return the index volume; ``every`` has what the cover of each volume says."""
    title = dossier.words("volume_index")
    bates = dossier.publication.bates
    volumes = [
        {**said, "items": [_stamped(line, known, bates, number) for line in said["items"]]}
        for number, said in enumerate(every, 1)
    ]
    wide = max((len(line.stamp) for one in volumes for line in one["items"]), default=0)
    return Plan(
        INDEX_VOLUME,
        title,
        lambda pages: render.section(dossier, "sections/index-volume", volumes=volumes, wide=wide),
        render.head_of_section(dossier, title),
        recto=recto,
    )


def _stamped(line: ContentsLine, known: Pages, bates: Bates | None, volume: int) -> ContentsLine:
    """Return a line of the index volume with the Bates number by which its page is cited, if it has one."""
    if bates is None:
        return line
    number = str(bates.start + known.first.get(line.id, 1) - 1).zfill(bates.digits)
    return replace(line, stamp=f"{bates.in_volume(volume).prefix}{number}")


def _held(
    dossier: Dossier, found: Sequence[Plan], starts: Sequence[tuple[int, int]]
) -> Iterator[list[Plan]]:
    """Yield the sections of each volume, with those parts of it that are longer than a volume."""
    parts: dict[str, int] = {}
    for (place, page), (end, stop) in zip(starts, [*starts[1:], (len(found), 0)], strict=True):
        held = []
        for here in range(place, end + (stop > 0)):
            first, behind = page if here == place else 0, stop if here == end else None
            plan = found[here]
            if first or behind is not None:
                number = parts[plan.id] = parts.get(plan.id, 0) + 1
                title = dossier.words("index_continued", heading=plan.title)
                plan = plan.part(number, (first, behind), title)
            held.append(plan)
        yield held


def _cover_of_volume(dossier: Dossier, values: Mapping[str, Any], pages: Pages) -> str:
    return render.section(dossier, "sections/volume", **values)


def screen(
    dossier: Dossier, sections: Sequence[Section], known: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the whole dossier as one self-contained page to read on a screen, and its parts.

    ``known`` has the parts of an earlier build, under keys of all that decides how one looks; those are not
    filled in again. The parts of this build, the letters and the page around them, are returned under the
    same kind of keys.
    """
    pages = Pages.bound(sections)
    by_id = {section.id: section for section in sections}
    labels = pages.lettering(dossier)
    kept: dict[str, str] = {}
    articles: dict[str, str] = {}
    for letter in dossier.letters:
        section = by_id[section_of_letter(letter.id)]
        # The key of its galley is made of the HTML of the printed letter, which has all of its words.
        key = section.key
        if dossier.templates.texts:  # they may print the numbers of its pages wherever they like
            key = f"{section.key} {section.first_page}–{section.last_page} {section.step}"
        kept[key] = known.get(key) or render.article(dossier, letter, section, GAP)
        articles[letter.id] = kept[key].replace(GAP, render.printed_on(dossier, section, labels), 1)
    front_and_back = decisive.of_front_and_back(dossier)
    if not front_and_back:
        return _page(dossier, pages, articles), kept
    key = decisive.checksum([front_and_back, pages.decisive])
    gaps = {letter: f"{GAP}{letter}{GAP}" for letter in articles}
    kept[key] = known.get(key) or _page(dossier, pages, gaps)
    parts = kept[key].split(GAP)
    parts[1::2] = [articles[letter] for letter in parts[1::2]]
    return "".join(parts), kept


def _page(dossier: Dossier, pages: Pages, articles: Mapping[str, str]) -> str:
    """Return the page to read on a screen, with the HTML of each letter."""
    return render.screen(
        dossier,
        sections=[
            section
            for section in ORDER
            # The page's header has what the cover says.
            if section in dossier.publication.sections
            and section != "cover"
            and SECTIONS[section].is_there(dossier)
        ],
        top=3,
        items=[line for line in _lines(dossier, pages) if not line.is_enclosed],
        groups=_groups(dossier, pages),
        entries_by_id={entry.id: entry for entry in dossier.entries},
        works=_entries(dossier, pages),
        chart=_chart(dossier),
        years=chart(dossier.bars_of_years, dossier.design),
        **_sources(dossier, pages),
        articles={letter: Markup(html) for letter, html in articles.items()},
    )


# --- the items that templates loop over ---


def _lines(
    dossier: Dossier, pages: Pages, found: Sequence[Plan] | None = None
) -> list[ContentsLine]:
    """Return the lines of the contents, by default of the whole dossier."""
    label = pages.lettering(dossier).label
    return [
        ContentsLine(
            plan.id,
            plan.letter.head.title if plan.letter else plan.title,
            label(pages.first.get(plan.id, 0)),
            plan.letter.id if plan.letter else "",
            plan.letter.number if plan.letter else 0,
            plan.letter.date_words if plan.letter else "",
            plan.letter.language if plan.letter else "",
            plan.letter,
            plan.encloses is not None,
            pages.volume.get(plan.id, 0),
            pages.last_volume(plan.id),
            part=_part(plan, pages),
        )
        for plan in (plans(dossier) if found is None else found)
        if plan.id not in ("cover", "contents")
    ]


def _part(plan: Plan, pages: Pages) -> tuple[int, str, int] | None:
    """Return which pages of a section a volume has, and how many there are; None where it has all."""
    if plan.cut is None:
        return None
    count = pages.count(whole_section(plan.id))
    first, behind = plan.cut
    behind = behind or count
    return behind - first, PLAIN.range(first + 1, behind), count


def _groups(dossier: Dossier, pages: Pages) -> list[PrintedGroup]:
    labels = pages.lettering(dossier)
    return [
        PrintedGroup(
            group.label,
            tuple(
                item
                if isinstance(item, See)
                else PrintedHeading(item, pages.printed(item.locators, labels))
                for item in group.items
            ),
        )
        for group in dossier.index
    ]


def _index(dossier: Dossier, pages: Pages) -> dict[str, Any]:
    """Return the variables of the index, with its shape: empty, ``dense``, or ``dense three`` columns."""
    groups, lists = _groups(dossier, pages), dossier.design.lists
    shape = ""
    if len(dossier.entries) >= lists.entries:
        items = [item for group in groups for item in group.items]
        is_narrow = usual(map(_words, items)) <= ROWS_OF_HEADING * lists.narrow
        shape = "dense three" if is_narrow else "dense"
    return {
        "groups": groups,
        "shape": shape,
        "entries_by_id": {one.id: one for one in dossier.entries},
    }


def _guides(dossier: Dossier, leaf: Leaf, first: int) -> list[str]:
    """Return the guide words of each page of the index from a ``first`` one on: its first and last heading.

    A short index has none.
    """
    if len(dossier.entries) < dossier.design.lists.entries:
        return []
    headings: dict[int, list[str]] = {}
    for entry in dossier.entries:
        anchor = leaf.anchors.get(f"entry-{entry.id}")
        if anchor:
            headings.setdefault(anchor.page, []).append(entry.heading)
    pages = [headings.get(page, []) for page in range(first, leaf.pages + 1)]
    return [render.guide(dossier, there[0], there[-1]) if there else "" for there in pages]


def _words(item: PrintedHeading | See) -> str:
    """Return about what the index prints of a heading or a see reference."""
    if isinstance(item, See):
        return f"{item.heading} {item.target_heading}"
    return " ".join([item.entry.shown, *item.entry.details, *item.locators.words])


def _entries(dossier: Dossier, pages: Pages) -> list[PrintedWork]:
    labels = pages.lettering(dossier)
    return [PrintedWork(work, pages.printed(work.cited_in, labels)) for work in dossier.works]


def _sources(dossier: Dossier, pages: Pages) -> dict[str, Any]:
    """Return what the colophon says of where sources are in the PDF, by the letters' ids.

    These are the names of attached files, and the first pages of those that are bound in.
    """
    attached = dossier.publication.enclose == ATTACHED
    label = pages.lettering(dossier).label
    return {
        "attached_as": {
            letter.id: PurePosixPath(letter.source_file.path).name
            for letter in dossier.letters
            if attached and letter.source_file
        },
        "bound_in_on": {
            letter: label(pages.first[section])
            for letter, section in _told_in_colophon(dossier).items()
        },
    }


def _told_in_colophon(dossier: Dossier) -> dict[str, str]:
    """Return the sections of sources whose pages the colophon tells, by the letters' ids.

    It tells none if it stands before the letters, as it could move them.
    """
    sections = dossier.publication.sections
    if "colophon" not in sections or sections.index("colophon") < sections.index(LETTERS):
        return {}
    return {
        letter.id: one.section(letter.id)
        for letter in dossier.letters
        for one in letter.enclosed
        if one.kind == "source"
    }


def _chart(dossier: Dossier) -> Chart:
    return chart(dossier.told_bars, dossier.design, dossier.words("chart_other"))
