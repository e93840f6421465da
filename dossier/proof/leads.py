"""Compares the bookmarks and links of a finished PDF with where they should lead."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from dossier.proof import expected, parts
from dossier.proof.lettering import Label
from dossier.proof.readback import Bookmark, Page
from dossier.proof.signers import Place
from dossier.proof.tags import Finding, Link
from dossier.proof.truth import See, Truth
from dossier.proof.wanted import squeezed
from dossier.records.sections import (
    INDEX_VOLUME,
    is_cover,
    section_of_letter,
    section_of_volume,
    whole_section,
)

NOWHERE = -1
"""The expected page of a link whose text names a missing target."""
NUMBER = re.compile(r"[A-Z]?\d+")
LOCATOR = re.compile(r"([0-9]+|[A-Z]+):[A-Z]?[0-9]+")
"""A printed locator: letter and page."""
CITATION = re.compile(r"\[(\d+)(?:,[^\]]*)?\]")


class Leads:
    """The bookmarks and links of one file."""

    def __init__(
        self,
        dossier: Truth,
        spans: Mapping[str, range],
        pages: Sequence[Page],
        links: Sequence[Sequence[Link]],
        order: Sequence[Sequence[int]],
        page_of: Callable[[str], int],
        label: Label,
        keys: Mapping[str, str],
        known: Collection[str],
    ) -> None:
        """Take the truth, the pages of each section, what was read back, and the pages of anchors.

        ``order`` has the marked content of each page in reading order.

        ``keys`` has checksums of all that decides what is found in the links of sections; those whose keys
        are ``known`` lead where they should.
        """
        self.keys = keys
        self._known = {key for key, decisive in keys.items() if decisive in known}
        self._dossier = dossier
        self._spans = spans
        self._wholes = parts.joined(spans)
        self._first = {key: span.start for key, span in spans.items()}
        self._headings = expected.headings(dossier)
        self._letters = {section_of_letter(letter.id) for letter in dossier.letters}
        self._pages = pages
        self._links = links
        self._order = order
        self.page_of = page_of
        self._label = label
        self._numbers = {label(page): page for page in range(1, len(pages) + 1)}
        """The pages by their labels."""
        titles = expected.titles(dossier)
        self._aloud = expected.Aloud(
            dossier.words,
            {page: titles[key] for key, span in spans.items() for page in span},
            label,
        )

    def findings(self, bookmarks: Sequence[Bookmark]) -> Iterator[Finding]:
        """Yield all bookmarks and links that are missing or lead elsewhere."""
        yield from self._outline(bookmarks)
        yield from self._leads()
        yield from self._addresses()

    def _outline(self, there: Sequence[Bookmark]) -> Iterator[Finding]:
        """Compare the bookmarks."""
        words, titles = self._dossier.words, expected.titles(self._dossier)
        wanted: list[Bookmark] = []
        those = self._letters | expected.enclosed_titles(self._dossier).keys()
        grouped = False
        for key, page in self._first.items():
            is_one = whole_section(key) in those
            if is_one and not grouped:
                wanted.append(Bookmark(words("heading_letters"), page))
            grouped = is_one
            wanted.append(
                Bookmark(words("bookmark", title=titles[key], page=self._label(page)), page)
            )
        right, found = set(wanted), set(there)
        for mark in [mark for mark in wanted if mark not in found]:
            yield mark.page, f"The bookmark “{mark.title}” is missing or leads elsewhere"
        for mark in [mark for mark in there if mark not in right]:
            yield mark.page, f"The bookmark “{mark.title}” should not be there"
        if right == found and wanted != list(there):
            yield 0, "The bookmarks are in another order than the sections, or one stands twice"

    def _leads(self) -> Iterator[Finding]:
        """Compare the targets of links with their text, and count the links of sections."""
        locators = Counter[str]()
        listed = self._listed()
        numbers: dict[str, set[int]] = {key: set() for key in listed}
        promised = self._promises(locators, numbers)
        for key, span in self._spans.items():
            whole = whole_section(key)
            for number in () if whole in self._known else span:
                page = self._pages[number - 1]
                for link in self._links[number - 1]:
                    wrong = list(_lead(number, page, link, partial(promised, whole), self._aloud))
                    yield from wrong or self._elsewhere(whole, number, link)
        for key, places in (
            ("index", [entry.locators for entry in self._dossier.entries]),
            ("bibliography", [work.cited_in for work in self._dossier.works]),
        ):
            if key in self._known or key not in self._first:
                continue
            count = sum(len(expected.places(cited, self.page_of, self._label)) for cited in places)
            if locators[key] != count:
                message = f"“{self._headings[key]}” has {locators[key]} links of {count}"
                yield self._first[key], message
            else:
                yield from self._spots(key, places)
        for key, count in listed.items():
            is_compared = key in self._first and key not in self._known
            if is_compared and len(numbers[key]) != count:
                message = f"“{self._headings[key]}” has {len(numbers[key])} links of {count}"
                yield self._first[key], message

    def _elsewhere(self, key: str, number: int, link: Link) -> Iterator[Finding]:
        """Yield a link that leads to the right page, and there to another place."""
        texts = self._pages[number - 1].texts
        said = squeezed("".join(texts[mcid][0] for mcid in link.words if mcid in texts))
        allowed: Collection[str] = ()
        place = link.place
        if key in ("contents", "glance") or is_cover(key):
            allowed = self._tops.get(link.target, ())
        else:
            place = _named(place)
        if key == "index":
            allowed = [f"index#entry-{name}" for heading, name in self._related if said in heading]
        elif key in self._letters and (match := CITATION.fullmatch(said)):
            allowed = [f"bibliography#{self._works.get(int(match[1]), '')}"]
        if allowed and not link.address and place not in allowed:
            yield number, f"The link “{said}” leads to another place on its page"

    @functools.cached_property
    def _tops(self) -> Mapping[int, Collection[str]]:
        """The tops of the sections that begin on each page."""
        found: dict[int, list[str]] = {}
        for section, page in self._first.items():
            found.setdefault(page, []).append(f"{section}#")
        return found

    @functools.cached_property
    def _works(self) -> Mapping[int, str]:
        """The anchors of works by number."""
        return {work.number: f"work-{work.id}" for work in self._dossier.works}

    @functools.cached_property
    def _related(self) -> Sequence[tuple[str, str]]:
        """The headings, squeezed, to which the index refers, with the ids of their entries."""
        items = [item for group in self._dossier.index for item in group.items]
        leading = [(see.target_heading, see.target) for see in items if isinstance(see, See)]
        for entry in self._dossier.entries:
            leading += [(heading, name) for name, heading in entry.see_also]
        return [(squeezed(heading), name) for heading, name in leading]

    def _spots(self, key: str, places: Iterable[Sequence[Place]]) -> Iterator[Finding]:
        """Compare to which places the locators of a section lead, one behind another."""
        wanted = (
            spot
            for several in places
            for spot in expected.spots(several, self.page_of, self._label)
        )
        found: list[tuple[int, int, str, str]] = []
        for number in self._wholes[key]:
            texts = self._pages[number - 1].texts
            ranks = {mcid: rank for rank, mcid in enumerate(self._order[number - 1])}
            for link in self._links[number - 1]:
                words = [mcid for mcid in link.words if mcid in texts]
                said = "".join("".join(texts[mcid][0] for mcid in words).split())
                if LOCATOR.fullmatch(said):
                    found.append((number, min(map(ranks.__getitem__, words)), said, link.place))
        for (number, _, said, place), (locator, spot) in zip(sorted(found), wanted, strict=True):
            if locator == said and spot != _named(place):
                yield number, f"The link “{said}” leads to another place on its page"

    def _listed(self) -> dict[str, int]:
        """Return how many sections are listed, with their pages, in those that list sections."""
        there = self._first.keys() & {*expected.section_ids(self._dossier)} - {"cover", "contents"}
        volumes = expected.volume_of(self._dossier)
        unlisted = ("cover", "contents")
        held = Counter(
            there for key, there in volumes.items() if whole_section(key) not in unlisted
        )
        listed = {"contents": len(there), "glance": len(self._dossier.letters)} | {
            section_of_volume(number): held[number]
            for number in range(1, len(self._dossier.volumes) + 1)
        }
        return listed | ({INDEX_VOLUME: held.total()} if INDEX_VOLUME in self._first else {})

    @functools.cached_property
    def _cited(self) -> Mapping[str, int]:
        """The pages by what cites them in the index volume."""
        found = {}
        for key, volume in expected.volume_of(self._dossier).items():
            page = self._first[key]
            found[expected.cited_as(self._dossier, page, volume, self._label)] = page
        return found

    def _promises(
        self, locators: Counter[str], numbers: Mapping[str, set[int]]
    ) -> Callable[[str, Link, str], int]:
        """Return a function that tells which page a link should lead to by its text, 0 for any.

        It counts the sections' locators in ``locators`` and collects the targets of page numbers in
        ``numbers``.
        """
        works = self._works
        titles, on_covers = _Titles(), _Titles()
        listed = {key: self._headings[key] for key in expected.LISTED if key in self._first}
        listed |= expected.enclosed_titles(self._dossier)
        for letter in self._dossier.letters:
            listed[section_of_letter(letter.id)] = letter.head.title
        for key, title in listed.items():
            titles.add(title, self._first[key])
            for part in expected.parts_of(self._dossier, key):
                on_covers.add(title, self._first[part])
        named = {
            section_of_letter(letter.id): {
                squeezed(name): self._first[section_of_letter(other)]
                for name, other in letter.named
            }
            for letter in self._dossier.letters
            if letter.ties
        }
        for others in named.values():
            for name, page in others.items():
                titles.add(name, page)
        entries = _Titles()
        for heading, name in self._related:
            entries.add(heading, self.page_of(f"entry-{name}"))

        def promised(key: str, link: Link, said: str) -> int:
            match = LOCATOR.fullmatch(said)
            if match and key in ("index", "bibliography"):
                locators[key] += 1
                return self._numbers.get(match[0].partition(":")[2], NOWHERE)
            if key in numbers:
                titled = (on_covers if is_cover(key) else titles).pages_of(said)
                cited = self._cited.get(said, 0) if key == INDEX_VOLUME else 0
                if (cited or NUMBER.fullmatch(said)) and link.target not in titled:
                    there = cited or self._numbers.get(said, NOWHERE)
                    numbers[key].add(there)
                    return there
                if said == self._label(
                    link.target
                ):  # a title that is a label and happens to be its page
                    numbers[key].add(link.target)
                return link.target if link.target in titled else min(titled, default=NOWHERE)
            if key == "index":
                pages = entries.pages_of(said)
                return link.target if link.target in pages else min(pages, default=NOWHERE)
            if (match := CITATION.fullmatch(said)) and int(match[1]) in works:
                return self.page_of(works[int(match[1])])
            return named.get(key, {}).get(squeezed(said), 0)

        return promised

    def _addresses(self) -> Iterator[Finding]:
        """Compare external links, and count the links of citations."""
        for key, wanted in expected.addresses(self._dossier).items():
            links = [link for number in self._wholes[key] for link in self._links[number - 1]]
            there = {link.address for link in links if link.address}
            for address in sorted(wanted - there):
                yield self._first[key], f"The link to “{address}” is missing"
            for address in sorted(there - wanted):
                yield (
                    self._first[key],
                    f"A link leads to “{address}”, which the corpus does not have",
                )
        yield from self._between_letters()
        for letter in self._dossier.letters:
            key = section_of_letter(letter.id)
            bibliography = self._wholes.get("bibliography", ())
            count = sum(
                link.target in bibliography
                for number in self._wholes[key]
                for link in self._links[number - 1]
            )
            if count < len(letter.body.citations):
                citations = len(letter.body.citations)
                message = f"Letter {letter.number} has {count} links of {citations} citations"
                yield self._first[key], message

    def _between_letters(self) -> Iterator[Finding]:
        """Look for the links between letters, at the head of each and in contents and table."""
        wanted = Counter[int]()
        for letter in self._dossier.letters:
            page = self._first[section_of_letter(letter.id)]
            targets = [self._first[section_of_letter(other)] for _, other in letter.named]
            wanted += Counter(targets)
            separator = bool(self._dossier.publication.separators)
            there = {link.target for link in self._links[page - 1 + separator]}
            for target in sorted(set(targets) - there):
                name = expected.short_name(letter)
                yield page, f"{name} has no link to the letter on page {target}"
        for key in [key for key in ("contents", "glance") if key in self._spans]:
            links = [link for number in self._wholes[key] for link in self._links[number - 1]]
            found = Counter(link.target for link in links)
            for target in sorted(wanted):
                # The line of the letter itself has a link, too.
                if found[target] <= wanted[target]:
                    message = f"“{self._headings[key]}” has too few links to page {target}"
                    yield self._first[key], message


def _named(place: str) -> str:
    """Return the name of a destination in a part of a section as if it were in the whole section."""
    part, _, anchor = place.partition("#")
    return f"{whole_section(part)}#{anchor}"


class _Titles:
    """Titles and the pages to which their links may lead."""

    def __init__(self) -> None:
        self._pages: dict[str, set[int]] = {}

    def add(self, title: str, page: int) -> None:
        """Add a title."""
        self._pages.setdefault(squeezed(title), set()).add(page)

    def pages_of(self, said: str) -> set[int]:
        """Return the pages of titles that equal ``said``, else of titles that contain it.

        A link that continues on the next page has only a part of the title.
        """
        words = squeezed(said)
        exact = self._pages.get(words)
        if exact or not words:
            return exact or set()
        return set().union(*(pages for title, pages in self._pages.items() if words in title))


def _lead(
    number: int,
    page: Page,
    link: Link,
    promised: Callable[[Link, str], int],
    aloud: expected.Aloud,
) -> Iterator[Finding]:
    """Yield the findings in a link."""
    left, bottom, right, top = link.box
    own = [page.texts[mcid] for mcid in link.words if mcid in page.texts]
    said = " ".join("".join(text for text, _ in own).split())
    page_promised = promised(link, said)
    if link.address:
        if not link.address.lower().startswith(("http://", "https://", "mailto:")):
            yield number, f"A link leads to “{link.address}”"
        elif expected.in_ascii(link.aloud) != expected.in_ascii(aloud.address(link.address)):
            yield number, f"The link “{said}” is read aloud as “{link.aloud}”"
    elif not link.target:
        yield number, f"The link “{said}” leads nowhere"
    elif link.target != (page_promised or link.target):
        yield number, f"The link “{said}” leads to page {link.target}"
    elif link.aloud != aloud.page(link.target):
        yield number, f"The link “{said}” is read aloud as “{link.aloud}”"
    if not any(
        left <= (box[0] + box[2]) / 2 <= right and bottom <= (box[1] + box[3]) / 2 <= top
        for _, box in own
    ):
        yield number, f"The link “{said}” does not lie on its words"
