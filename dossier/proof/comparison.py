"""Compares the pages of a finished PDF with what is expected on them."""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType

from dossier.language.direction import language_runs_left, script_of
from dossier.proof import (
    continued,
    enclosed,
    expected,
    faces,
    footnotes,
    hanging,
    headings,
    layout,
    lettering,
    marks,
    parted,
    parts,
    phrases,
    pictures,
    printing,
    spaces,
    strikes,
    tables,
)
from dossier.proof.anatomy import Anatomy
from dossier.proof.breaks import Line, broken
from dossier.proof.decisive import Decisive, checksum
from dossier.proof.heard import Heard
from dossier.proof.leading import Leading
from dossier.proof.leads import Leads
from dossier.proof.letter import Piece
from dossier.proof.places import SMALL, Sheet, stamped
from dossier.proof.readback import Bookmark, Page, Text, around, reading
from dossier.proof.tags import Finding, Passage
from dossier.proof.truth import Truth
from dossier.proof.wanted import (
    HYPHEN,
    SHAPED,
    Wanted,
    difference,
    hyphens,
    hyphens_of,
    squeezed,
    words_around,
)
from dossier.records.dossier import anchor_of_note
from dossier.records.front_matter import Entry
from dossier.records.furniture import Furniture
from dossier.records.pictures import MARK
from dossier.records.sections import (
    INDEX_VOLUME,
    goes_on,
    is_cover,
    section_of_letter,
    section_of_volume,
    whole_section,
)
from dossier.viewer import Box

LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Scripts that are written from right to left."""
LAST_PLAIN = "\u0530"
"""The first character after Latin, Greek and Cyrillic."""
INDIC = "\u0900"
"""The first character of scripts whose letters may be read back differently."""
ENOUGH, LOST = 8, 0.25
"""In a text of at least ENOUGH letters, the part LOST may be read back differently. The highest part found
was a fifth, in Khmer, whose vowels are drawn around their consonants."""


MANY, LONG = 6, 200
"""From how many signatures on none of a list stands alone on a page, if none has so many letters."""


@dataclass(frozen=True)
class _Read:
    """The text of a section as read back, and the offsets of its pages in it."""

    text: str
    """Squeezed."""
    starts: list[int]
    pages: Sequence[int]
    raw: str
    """With its spaces."""
    lines: list[Line]
    boxes: list[tuple[int, int, Box]]
    """Where each text begins: offset, page and box."""
    lengths: Mapping[tuple[int, int], int]
    """The length of each text, by page and MCID."""
    places: list[tuple[int, int, int]]
    """Where each text begins: offset, page and MCID."""

    @property
    def first(self) -> int:
        """The first of its pages."""
        return self.pages[0]

    def page(self, place: int) -> int:
        """Return the page of an offset in the squeezed text."""
        return self.pages[max(0, bisect.bisect_right(self.starts, place) - 1)]


Places = dict[str, int]
"""The page of each anchor among those of a section, counted from 0."""
NONE: Mapping[str, Places] = MappingProxyType({})


LISTING = ("contents", "glance")
"""The sections that print the first page of others, drawn at binding."""


class Comparison:
    """The comparison of one file."""

    def __init__(
        self,
        dossier: Truth,
        decisive: Decisive,
        spans: Mapping[str, range],
        pages: Sequence[Page],
        anatomy: Anatomy,
        drawings: Sequence[str] = (),
        known: Mapping[str, Places] = NONE,
        known_leads: Collection[str] = (),
    ) -> None:
        """Take the truth and its checksums, the pages of each section, and what was read back.

        ``drawings`` has the checksum of each page's drawing, empty for one without; ``known`` the
        sections in which nothing was found in earlier files, under keys of all that decides this, and
        ``known_leads`` such keys of sections whose links lead where they should.
        """
        self._decided = decisive
        self._judge = faces.Judge(
            dossier.design, dossier.publication.language, dossier.words.right_to_left
        )
        self._leading = Leading(dossier.design)
        self._drawings = drawings
        self._known = known
        self.compared: dict[str, Places] = {}
        """The sections of this file, under the same kind of keys."""
        self._furniture = dossier.furniture
        self._dossier = dossier
        self._known_leads = known_leads
        self.leads: tuple[str, ...] = ()
        """The same of the links of this file."""
        self._names = {
            section_of_letter(letter.id): expected.short_name(letter) for letter in dossier.letters
        }
        self._letter_of = {section_of_letter(letter.id): letter for letter in dossier.letters}
        self._headings = expected.headings(dossier)
        self._spans = spans
        self._wholes = parts.joined(spans)
        """The pages of sections, also of those that are longer than a volume."""
        self._first = {key: span.start for key, span in spans.items()}
        begins = lettering.prefixes(dossier, spans)
        self._label, self._printed = lettering.labelled(begins), lettering.printed(begins)
        self._volumes = expected.volumes_on(dossier, spans)
        replaced = self._replaced = {page for page, _ in anatomy.actual}
        self._read_back = pages
        self._contradicted = list(_contradicted(pages, anatomy))
        self._pages = [
            with_actual_text(number, page, anatomy) if number in replaced else page
            for number, page in enumerate(pages, 1)
        ]
        self._pages = [_with_marks(page) for page in self._pages]
        self._anatomy = anatomy
        self._links = anatomy.links
        if dossier.publication.section_letters:
            listing = [key for key in self._wholes if key in LISTING or is_cover(key)]
            for number in (n for key in listing for n in self._wholes[key]):
                self._pages[number - 1] = self._unturned(number)
        sections = {page: key for key, span in self._wholes.items() for page in span}
        passages: dict[str, list[Passage]] = {}
        for one in anatomy.passages:
            if one.places:
                passages.setdefault(sections.get(one.places[0][0], ""), []).append(one)
        self._passages = {key: parts.follow(several) for key, several in passages.items()}
        """What is read aloud of each section."""
        self._spots: dict[str, list[tuple[str, int, float]]] = {}
        """The named destinations of each section: name, page and height."""
        for name, (page, top) in anatomy.places.items():
            part, _, anchor = name.partition("#")
            section = whole_section(part)
            self._spots.setdefault(section, []).append((anchor, page, top))
        self._order, self._notes = (
            [
                [mcid for mcid in order if ((number, mcid) in anatomy.notes) is in_notes]
                for number, order in enumerate(anatomy.order, 1)
            ]
            for in_notes in (False, True)
        )
        """The marked content of the pages without their notes, and of their notes."""
        self.anchors: dict[str, int] = {}
        """The page on which each signature, citation, work and index entry was found."""

    def _unturned(self, number: int) -> Page:
        """Return a page with the labels that its links show as they are drawn.

        The viewer turns those around that stand in a line with text from right to left.
        """
        page = self._pages[number - 1]
        texts = dict(page.texts)
        turning = [box for text, box in page.texts.values() if LEFTWARD.search(text)]
        for link in self._links[number - 1]:
            for mcid in link.words:
                said, box = page.texts.get(mcid, ("", None))
                right = lettering.unturned(said.strip(), True)
                is_label = box and link.target and right == self._label(link.target)
                if (
                    box
                    and is_label
                    and (
                        self._dossier.words.right_to_left
                        or any(_beside(box, one) for one in turning)
                    )
                ):
                    texts[mcid] = right, box
        return replace(page, texts=texts)

    def findings(self, labels: Sequence[str], bookmarks: Sequence[Bookmark]) -> Iterator[Finding]:
        """Yield all differences between the file and what is expected."""
        blank = set(printing.blanks(list(self._spans.values())))
        foreign = enclosed.pages_of(self._spans)
        turned = self._dossier.words.right_to_left
        for number, (page, label) in enumerate(zip(self._pages, labels, strict=True), 1):
            if number in blank:
                if label != self._label(number):
                    yield number, f"The page’s label is “{label}”"
                if "/Contents" in self._anatomy.pages[number - 1] or page.texts or page.folio:
                    yield number, "The page should be blank"
                continue
            for wrong, message in (
                (page.empty, "The page is empty"),
                (page.leaving, f"A text leaves the page: {_quoted(page, page.leaving)}"),
                (
                    page.crowded and number not in foreign,
                    f"A text runs into another: {_quoted(page, page.crowded)}",
                ),
                (
                    page.bare,
                    "A text on the page is neither tagged nor marked as an artifact: "
                    f"{_quoted(page, page.bare)}",
                ),
                (
                    lettering.unturned(reading(page.folio), turned) != self._printed(number),
                    f"The page number reads “{reading(page.folio)}”",
                ),
                (label != self._label(number), f"The page’s label is “{label}”"),
                (
                    not self._is_stamped(page, number),
                    f"The Bates number reads “{reading(page.stamp)}”",
                ),
            ):
                if wrong:
                    yield number, message
        publication = self._dossier.publication
        for there, should, what in (
            (self._anatomy.title, publication.title, "title"),
            (self._anatomy.language, publication.language, "language"),
            (self._paper(), publication.paper, "paper"),
        ):
            if there and there != should:
                yield 0, f"The document’s {what} is “{there}”, and should be “{should}”"
        if self._anatomy.turned != self._dossier.words.right_to_left:
            yield 0, "The document says that its pages turn in the other direction"
        alternatives = self._alternatives()
        if sorted(self._anatomy.alternatives) != sorted(alternatives):
            wanted = " and ".join(f"“{text}”" for text in alternatives) or "nothing"
            yield 0, f"The alternative text of figures should be {wanted}"
        yield from pictures.findings(
            self._dossier, enclosed.without(self._wholes), self._read_back, self._anatomy.figures
        )
        yield from tables.findings(self._dossier, self._anatomy.roles)
        yield from headings.findings(self._dossier, self._anatomy.roles)
        yield from self._contradicted
        yield from self._texts()
        yield from self._furnished()
        leads = Leads(
            self._dossier, self._spans, self._pages, self._links, self._order, self.page_of,
            self._label, self._keys_of_links(), self._known_leads,
        )  # fmt: skip
        yield from leads.findings(bookmarks)
        self.leads = tuple(leads.keys.values())

    def _alternatives(self) -> list[str]:
        """Return the alternative texts of all figures: charts, pictures, facsimiles."""
        found = phrases.alternatives(self._dossier)
        for shown in pictures.expected(self._dossier).values():
            found += [picture.alt for picture in shown]
        return [*found, *expected.alternatives(self._dossier, self._anatomy.alternatives)]

    def _is_stamped(self, page: Page, number: int) -> bool:
        """Tell whether a page has its Bates number.

        Where the book runs from right to left, the viewer may turn its parts around; see also
        :mod:`.allowed.sheets`.
        """
        there, should = reading(page.stamp), ""
        if self._printed(number):
            should = stamped(self._furniture.stamp, number, self._volumes.get(number, 0))
        if self._dossier.words.right_to_left:
            return sorted(there) == sorted(should)
        return there == should

    def _keys_of_links(self) -> dict[str, str]:
        """Return for each section a checksum of all that decides what is found in its links."""
        if not self._drawings:
            return {}
        others = self._decided.with_pages(self._spans, self.anchors)
        found = {}
        for key, span in self._wholes.items():
            pages = [(self._drawings[n - 1], self._links[n - 1]) for n in span]
            if all(drawn for drawn, _ in pages) and not self._replaced & {*span}:
                found[key] = checksum(key, others, pages)
        return found

    def _paper(self) -> str:
        size = self._anatomy.pages[0].get("/MediaBox", [])[2:]
        papers = self._dossier.design.papers.items()
        return next(
            (name for name, paper in papers if [paper.width, paper.height] == size), "unknown"
        )

    def _furnished(self) -> Iterator[Finding]:
        """Compare running heads, and the places of running heads, folios and text blocks."""
        heads = expected.heads(self._dossier)
        guides = expected.guides(self._dossier, self.page_of)
        publication = self._dossier.publication
        paper = self._anatomy.pages[0]["/MediaBox"]
        if len(paper) != 4:
            return  # Another finding says so.
        width, height = map(float, paper[2:])
        text = self._dossier.design.text
        size = text.size if text.plain else SMALL
        for key, span in self._spans.items():
            for number in span:
                page, sheet = self._pages[number - 1], Sheet(self._furniture, number, width, size)
                name, context = heads[key]
                if whole_section(key) == "index":
                    context = guides.get(number, context)
                is_headed = number > span.start or goes_on(key)
                wanted = sheet.head(name, context) if is_headed else ("", "")
                if not _are_heads(sheet.halves(page.head), wanted):
                    yield number, f"The running head reads “{reading(page.head)}”"
                for message in sheet.misplaced(page):
                    yield number, message
                yield from printing.clear(
                    self._furniture, publication, number, page, (width, height)
                )

    def _texts(self) -> Iterator[Finding]:
        dossier = self._dossier
        read: dict[str, _Read] = {}
        compared: set[str] = set()
        for key, told, wanted in self._sections():
            compared.add(key)
            decisive = self._decisive(key, told())
            if decisive in self._known:
                places = self.compared[decisive] = self._known[decisive]
                pages = self._wholes[key]
                self.anchors |= {anchor: pages[place] for anchor, place in places.items()}
                continue
            read[key], words = self._read(self._wholes[key]), Wanted.of(wanted())
            yield from self._text(key, read[key], words)
            yield from self._heard(key, read[key], words)
            yield from self._looks(key, read[key], words)
            yield from self._laid(key, read[key], words)
            yield from self._marks(key, read[key], words)
            yield from self._parted(key, read[key], words)
            yield from self._footnotes(key, read[key], words)
            yield from self._strikes(key)
            yield from self._alone(key)
            if key == "index" and read[key].text == words.text:
                yield from self._continued()
                yield from self._hanging(read[key], words)
            if decisive:
                self._remember(key, decisive, words)
        compared |= self._wholes.keys() - enclosed.without(self._wholes).keys()
        read |= {
            key: self._read(pages) for key, pages in self._wholes.items() if key not in compared
        }
        for there in read.values():
            if not there.text:
                yield there.first, "The section that begins here has no tags"
        if "glance" in read:
            yield from self._table(read["glance"])
        for key, said in (
            ("about", phrases.about(dossier, expected.are_apart(dossier))),
            ("glance", phrases.chart(dossier)),
            ("colophon", self._colophon()),
        ):
            compared.add(key)
            if key in read:
                found = Phrases(f"“{self._headings[key]}”", read[key])
                yield from found.findings(said)
                whole = self._row_by_row() if key == "glance" else found.told
                yield from self._outlined(key, read[key], whole)
        for key in sorted(read.keys() - compared):
            yield read[key].first, f"The proof has no expected text of “{self._headings[key]}”"

    def _colophon(self) -> Iterator[phrases.Phrase]:
        """Yield the phrases of the colophon; nothing where the packet has none."""
        if "colophon" in self._spans:
            bound = enclosed.beginnings(self._spans, self._label)
            yield from phrases.colophon(self._dossier, bound)

    def _remember(self, key: str, decisive: str, words: Wanted) -> None:
        """Keep that a section was compared; it is of use only if nothing is found in the file."""
        index = self._wholes[key].index
        self.compared[decisive] = {anchor: index(self.anchors[anchor]) for anchor in words.places}

    def _decisive(self, key: str, told: str) -> str:
        """Return a checksum of all that decides what is found in a section's text.

        ``told`` is that of the expected text. Empty for a section that is compared anew in every file: with
        notes, which are compared with the links, or with ActualText.
        """
        letter, span = self._letter_of.get(key), self._wholes[key]
        if not self._drawings or (letter and letter.body.notes):
            return ""
        pages = [(self._drawings[n - 1], self._order[n - 1], self._notes[n - 1]) for n in span]
        heard = self._passages.get(key)
        tags = (heard.blocks, heard.spoken, len(heard.places)) if heard else ()
        spots = [(name, page - span[0], top) for name, page, top in self._spots.get(key, ())]
        steps = [number - span[0] for number in span]
        if any(notes or not drawn for drawn, _, notes in pages) or self._replaced & {*span}:
            return ""
        return checksum(key, told, pages, steps, tags, spots)

    def _sections(
        self,
    ) -> Iterator[tuple[str, Callable[[], str], Callable[[], Iterator[Piece]]]]:
        """Yield the sections that are compared word for word: what decides their text, and the text.

        Those that print pages of anchors come last.
        """
        dossier, decided = self._dossier, self._decided
        others = partial(decided.with_pages, self._spans, self.anchors)
        for key, told in expected.PLAIN.items():
            if key in self._spans:
                yield key, others, partial(told, dossier)
        numbers = {work.id: work.number for work in dossier.works}
        for letter in dossier.letters:
            key = section_of_letter(letter.id)
            text = partial(expected.letter, dossier, letter, numbers)
            yield key, partial(decided.of_letter, letter), text
        yield "contents", others, partial(expected.contents, dossier, self._first, self._label)
        for number in range(1, len(dossier.volumes) + 1):
            told = partial(expected.volume, dossier, number, self._spans, self._label)
            yield section_of_volume(number), others, told
        if INDEX_VOLUME in self._spans:
            told = partial(expected.index_volume, dossier, self._spans, self._label)
            yield INDEX_VOLUME, others, told
        for key, lines in (("index", expected.index), ("bibliography", expected.bibliography)):
            if key in self._spans:
                yield key, others, partial(lines, dossier, self.page_of, self._label)

    def page_of(self, anchor: str) -> int:
        """Return the page on which an anchor was found, 0 for none."""
        return self.anchors.get(anchor, 0)

    def _read(self, span: Sequence[int], order: Sequence[Sequence[int]] | None = None) -> _Read:
        """Return the text of pages, or of their marked content in ``order``."""
        order = self._order if order is None else order
        own = [
            "".join(texts[mcid][0] for mcid in order[number - 1] if mcid in texts)
            for number in span
            for texts in [self._pages[number - 1].texts]
        ]
        squeezed_pages = [squeezed(body) for body in own]
        starts = [0]
        for part in squeezed_pages:
            starts.append(starts[-1] + len(part))
        text = "".join(squeezed_pages)
        return _Read(text, starts[:-1], span, " ".join(own), *self._lines(span, order))

    def _lines(
        self, span: Sequence[int], order: Sequence[Sequence[int]]
    ) -> tuple[
        list[Line],
        list[tuple[int, int, Box]],
        dict[tuple[int, int], int],
        list[tuple[int, int, int]],
    ]:
        """Return the lines of a section in reading order; where each text begins; how long each is."""
        places: list[tuple[int, int, int]] = []
        found: list[Line] = []
        boxes: list[tuple[int, int, Box]] = []
        lengths: dict[tuple[int, int], int] = {}
        end = 0
        for number in span:
            texts = self._pages[number - 1].texts
            for mcid in order[number - 1]:
                text, box = texts.get(mcid, ("", (0, 0, 0, 0)))
                start, end = end, end + len(squeezed(text))
                if end == start:
                    continue
                boxes.append((start, number, box))
                places.append((start, number, mcid))
                lengths[number, mcid] = end - start
                hyphen = HYPHEN.match(text.rstrip()[-1:]) is not None
                if found and found[-1].page == number and _beside(found[-1].box, box):
                    before = found.pop()
                    start, box = before.start, around(before.box, box)
                found.append(Line(number, start, end, box, hyphen))
        return found, boxes, lengths, places

    def _footnotes(self, key: str, text: _Read, words: Wanted) -> Iterator[Finding]:
        """Compare the notes of a section, their places and their links."""
        span = self._wholes[key]
        letter = self._letter_of.get(key)
        there = self._read(span, self._notes)
        if letter is None or not (letter.body.notes or there.text):
            if there.text:
                yield there.first, "A footnote stands in a section that has none"
            return
        numbers = {work.id: work.number for work in self._dossier.works}
        wanted = Wanted.of(footnotes.pieces(letter, numbers))
        name = f"A note of letter {letter.number}"
        yield from self._text(key, there, wanted, name)
        yield from self._looks(key, there, wanted, name)
        starts = [
            wanted.places[anchor_of_note(letter.id, note.number)] for note in letter.body.notes
        ]
        ends = [there.page(place - 1) for place in [*starts[1:], len(wanted.text)]]
        opening = {line.page: line for line in reversed(text.lines)}
        first = {
            anchor
            for anchor, place in words.places.items()
            if any(line.start <= place < line.end for line in opening.values())
        }
        yield from footnotes.misplaced(letter, self.page_of, ends, first)
        links = []
        for number in span:
            page, notes = self._pages[number - 1], self._notes[number - 1]
            if footnotes.above(page, notes, self._order[number - 1]):
                yield number, "A note stands above a line of the text"
            for link in self._links[number - 1]:
                said = "".join(page.texts[mcid][0] for mcid in link.words if mcid in page.texts)
                if not link.address:
                    in_note = any((number, mcid) in self._anatomy.notes for mcid in link.words)
                    links.append((number, link, said.strip(), in_note))
        yield from footnotes.leads(letter, links, self.page_of)

    def _strikes(self, key: str) -> Iterator[Finding]:
        """Compare what is struck through in a letter."""
        if letter := self._letter_of.get(key):
            pages = [(n, self._pages[n - 1], self._order[n - 1]) for n in self._wholes[key]]
            yield from strikes.findings(letter, self._dossier.words, pages)

    def _marks(self, key: str, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Look for citations that are parted from the words before them."""
        letter = self._letter_of.get(key)
        if letter and there.text == wanted.text and not self._dossier.has_templates:
            yield from marks.separated(self._names[key], letter, there.lines, wanted)

    def _parted(self, key: str, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Compare what parts the signatures of a letter that stand in paragraphs."""
        letter = self._letter_of.get(key)
        if letter is None or not letter.separator or there.text != wanted.text:
            return
        told = parted.told(self._dossier, letter, wanted.places)
        drawn = [
            parted.Drawn(page, start, end, box)
            for (start, page, box), (end, _, _) in itertools.pairwise(
                [*there.boxes, (len(there.text), 0, (0.0, 0.0, 0.0, 0.0))]
            )
        ]
        asides = {number: self._pages[number - 1].asides for number in self._wholes[key]}
        yield from parted.findings(self._names[key], letter.separator, told, drawn, asides)

    def _outlined(self, key: str, there: _Read, told: Wanted) -> Iterator[Finding]:
        """Compare tags and looks of a section that is compared by phrases, as far as they are ``told``."""
        passage, own, ours = (
            self._passages.get(key),
            self._anatomy.language,
            self._dossier.words.language,
        )
        if passage and not self._dossier.has_templates:
            heard = Heard(passage, there.lengths, self._anatomy.notes, own, ours)
            wanted = phrases.outline(self._dossier, key)
            name = f"“{self._headings[key]}”"
            yield from heard.headings(name, there.text, wanted)
            yield from heard.doubtful(name, there.text, told.languages)
            if told.text == there.text:
                yield from heard.findings(name, told, own)
                yield from spaces.findings(name, there.raw, told, there.page)
                yield from self._looks(key, there, told)

    def _heard(self, key: str, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Compare the tags of a section."""
        passage, letter = self._passages.get(key), self._letter_of.get(key)
        if self._dossier.has_templates or there.text != wanted.text or passage is None:
            return
        own = self._anatomy.language
        ours = self._dossier.words.language
        begins = [
            there.starts[there.pages.index(self._first[part])]
            for part in expected.parts_of(self._dossier, key)[1:]
        ]
        wanted = replace(wanted, blocks=parts.levelled(wanted.blocks, begins))
        heard = Heard(passage, there.lengths, self._anatomy.notes, own, ours)
        name = self._names.get(key) or f"“{self._headings[key]}”"
        yield from heard.findings(name, wanted, letter.language if letter else own)
        if key != "index":
            yield from heard.doubtful(name, there.text, wanted.languages)
        elif own == ours:
            yield from heard.passages(name, there.text, expected.native(self._dossier))

    def _looks(self, key: str, there: _Read, wanted: Wanted, name: str = "") -> Iterator[Finding]:
        """Compare faces, sizes and colours: of a section the first that is another."""
        if self._dossier.has_templates or there.text != wanted.text:
            return
        name = name or self._names.get(key) or f"“{self._headings[key]}”"
        letter = self._letter_of.get(key)
        turned = letter is not None and bool(language_runs_left(letter.language))
        styles = [page.styles for page in self._pages]
        texts = [page.texts for page in self._pages]
        shown = faces.Shown(there.places, len(there.text), styles, texts)
        for place, page, wrong in self._judge.findings(shown, wanted.looks, turned):
            yield page, f"{name} has “{words_around(wanted.raw, place)}”, {wrong}"
            return
        if turned or self._dossier.words.right_to_left or self._dossier.design.text.plain:
            return
        baselines = [page.baselines for page in self._pages]
        languages = self._dossier.words.language, letter.language if letter else "en"
        plain = all(script_of(language) == "Latn" for language in languages)
        for place, page, wrong in self._leading.findings(shown, wanted, baselines, plain):
            yield page, f"{name} has “{words_around(wanted.raw, place)}”, {wrong}"
            return

    def _laid(self, key: str, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Compare what white space tells in a letter, or in the introduction."""
        letter, dossier = self._letter_of.get(key), self._dossier
        is_text = letter is not None or key == "introduction"
        if not is_text or dossier.has_templates or there.text != wanted.text:
            return
        language = letter.language if letter else dossier.publication.language
        paper = self._anatomy.pages[0]["/MediaBox"]
        if len(paper) != 4:
            return  # Another finding says so.
        width = float(paper[2])
        laid = layout.Laid(
            there.lines,
            [start for start, _, _ in there.boxes],
            [(page, box) for _, page, box in there.boxes],
            [self._pages[page - 1].baselines.get(mcid, 0.0) for _, page, mcid in there.places],
            partial(_edges, dossier.furniture, width),
            bool(language_runs_left(language)),
            dossier.design.text,
        )
        name = self._names.get(key) or f"“{self._headings[key]}”"
        yield from layout.findings(name, laid, wanted)

    def _row_by_row(self) -> Wanted:
        """Return the whole text of the table of letters and the chart."""
        rows = expected.table(self._dossier, self._first, self._label)
        charts = itertools.chain.from_iterable(phrases.chart(self._dossier))
        return Wanted.of([*rows, *charts])

    def _alone(self, key: str) -> Iterator[Finding]:
        """Look for a signature that stands alone on a page, apart from all others of a list."""
        letter = self._letter_of.get(key)
        if letter is None or self._dossier.has_templates or len(letter.signatures) < MANY:
            return
        if letter.separator:  # lines of a paragraph stand on the page, not signatures
            return
        if any(isinstance(one, Entry) and one.group for one in letter.head.signatories):
            return
        lengths = [
            len(one.printed) if "\n" not in one.printed else LONG for one in letter.signatures
        ]
        if max(lengths) >= LONG:
            return
        pages = Counter(self.anchors[one.anchor] for one in letter.signatures)
        for page in [page for page, count in pages.items() if count == 1]:
            yield page, f"{self._names[key]} has a signature that stands alone on the page"

    def _continued(self) -> Iterator[Finding]:
        """Compare what the columns of the index repeat at their heads."""
        pages = {number: self._pages[number - 1] for number in self._wholes["index"]}
        told = continued.parts(self._dossier, self.page_of, self._label)
        yield from continued.findings(
            self._dossier, told, pages, lambda number: self._order[number - 1], _is_again
        )

    def _hanging(self, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Compare how the entries of the index stand; templates of a corpus may have them otherwise."""
        if not self._dossier.has_templates:
            name, from_right = f"“{self._headings['index']}”", self._dossier.words.right_to_left
            yield from hanging.findings(name, there.lines, wanted, from_right)

    def _text(self, key: str, there: _Read, wanted: Wanted, name: str = "") -> Iterator[Finding]:
        """Compare a section's text, and record the page of each of its anchors."""
        name = name or self._names.get(key) or f"“{self._headings[key]}”"
        if wanted.text != there.text:
            place = difference(wanted.text, there.text)
            yield (
                there.page(min(place, len(there.text) - 1)),
                f"{name} should read “{words_around(wanted.raw, place)}” here, and reads "
                f"“{words_around(there.raw, place)}”",
            )
        else:
            for place, hyphen in hyphens(wanted.hyphens, hyphens_of(there.raw)):
                around = words_around(wanted.raw, place)
                yield there.page(place), f"{name} should have {hyphen} hyphen in “{around}”"
            yield from broken(name, there.lines, wanted)
            yield from self._spotted(key, name, there, wanted)
            if not self._dossier.has_templates:
                yield from spaces.findings(name, there.raw, wanted, there.page)
        for anchor, place in wanted.places.items():
            self.anchors[anchor] = there.page(place)

    def _spotted(self, key: str, name: str, there: _Read, wanted: Wanted) -> Iterator[Finding]:
        """Compare the named destinations with the lines to which they should lead."""
        if self._dossier.has_templates:
            return
        starts = [start for start, _, _ in there.boxes]
        spots = {name: (page, top) for name, page, top in self._spots.get(key, ())}
        for anchor, place in wanted.places.items():
            spot = spots.get(anchor)
            number = bisect.bisect_right(starts, place) - 1
            if spot is None or number < 0:
                continue
            (_, on, box), (page, top) = there.boxes[number], spot
            text = self._dossier.design.text
            # The ink of a full stop or of a low line is at the foot of its line.
            low = text.size if box[3] - box[1] < text.size / 2 else 0.0
            if page != on or not 0 <= top - box[3] <= text.leading + low:
                words = words_around(wanted.raw, place)
                yield page, f"{name} has a place of links that is not at “{words}”"

    def _table(self, there: _Read) -> Iterator[Finding]:
        """Compare the rows of the table of letters."""
        head = squeezed(expected.table_head(self._dossier))
        heads = "".join(sorted(head))
        wanted = Wanted.of(expected.glance(self._dossier, self._first, self._label))
        above = self._headings["glance"] + expected.text_in(expected.told_once(self._dossier))
        text = there.text.removeprefix(squeezed(above))
        before = len(there.text) - len(text)
        # Its head is repeated on every page, read back in another sequence.
        kept, lines = "", list[Line]()
        for start, end in itertools.pairwise([*there.starts, len(there.text)]):
            start = max(start, before)
            repeated = "".join(sorted(there.text[start : start + len(head)])) == heads
            start += len(head) if repeated else 0
            moved = (
                line.moved(len(kept) - start) for line in there.lines if start <= line.start < end
            )
            lines += moved
            kept += there.text[start:end]
        chart = Wanted.of(itertools.chain.from_iterable(phrases.chart(self._dossier)))
        if kept.startswith(wanted.text):
            yield from broken("The table of letters", lines, wanted)
            below = kept.removeprefix(wanted.text)
            # A template of the corpus may say more.
            if not (chart.text or below == "" or self._dossier.has_templates):
                page = there.page(before + len(wanted.text))
                yield page, "Below the table of letters stands more than the corpus tells"
        else:
            place = difference(wanted.text, kept)
            yield (
                there.first,
                f"The table of letters should have “{words_around(wanted.raw, place)}” here",
            )


class Phrases:
    """The phrases of a section that is compared by them, with any text between these."""

    def __init__(self, name: str, there: _Read) -> None:
        """Take the section's name in findings, and its text."""
        self._name = name
        self._there = there
        self._found: list[tuple[int, Sequence[Piece]]] = []

    def findings(self, phrases: Iterable[Sequence[Piece]]) -> Iterator[Finding]:
        """Look for phrases in sequence."""
        there, place = self._there, 0
        for phrase in phrases:
            wanted = Wanted.of(phrase)
            found = there.text.find(wanted.text, place)
            if found < 0:
                said = " ".join(wanted.raw.split())
                yield there.page(place), f"{self._name} should say “{said}” here"
            else:
                self._found.append((found, phrase))
                lines = [line.moved(-found) for line in there.lines]
                yield from broken(self._name, lines, wanted)
                place = found + len(wanted.text)

    @property
    def told(self) -> Wanted:
        """What is told of the phrases that were found."""
        return Wanted.within(self._there.text, self._there.raw, self._found)


def _edges(furniture: Furniture, width: float, number: int) -> tuple[float, float]:
    """Return where the text block of a page begins and ends."""
    sheet = Sheet(furniture, number, width)
    return sheet.left, sheet.right


def _quoted(page: Page, texts: Sequence[Text]) -> str:
    """Return the words of a page's texts in quotation marks, of tagged texts with their ActualText."""
    words = [page.texts.get(mcid, (drawn,))[0] for mcid, drawn in texts]
    return " and ".join(f"“{expected.cut(' '.join(word.split()))}”" for word in words)


def _are_heads(there: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether both texts of a running head are as expected."""
    is_right = _is_shaped_head if SHAPED.search("".join(wanted)) else _is_head
    return all(
        is_right(squeezed(found), squeezed(words))
        for found, words in zip(there, wanted, strict=True)
    )


def _is_head(there: str, wanted: str) -> bool:
    """Tell whether a text of a running head is as expected, whole or truncated with “…”."""
    dots = squeezed("…")
    return there == wanted or (there.endswith(dots) and wanted.startswith(there[: -len(dots)]))


def _is_again(there: str, wanted: str) -> bool:
    """Tell whether the head of a column is as expected; of some scripts, in any sequence."""
    if not SHAPED.search(wanted):
        return there == wanted
    said, drawn = (Counter(filter(str.isalnum, text)) for text in (wanted, there))
    lost = said - drawn
    return (
        not drawn - said
        and all(char >= INDIC for char in lost)
        and lost.total() <= LOST * said.total()
    )


def _is_shaped_head(there: str, wanted: str) -> bool:
    """Tell whether a text of a running head has the expected letters, in any sequence."""
    said, drawn = (Counter(filter(str.isalnum, text)) for text in (wanted, there))
    lost = (said - drawn).total()
    is_whole = squeezed("…") in there or lost <= LOST * said.total()
    return not drawn - said and is_whole and bool(drawn) == bool(said)


def _contradicted(pages: Sequence[Page], anatomy: Anatomy) -> Iterator[Finding]:
    """Yield where ActualText differs from the drawn text, as far as that can be determined.

    Glyphs of Latin, Greek and Cyrillic are read back right, in any sequence, and so are most others.
    """
    for (number, mcid), words in anatomy.actual.items():
        there = pages[number - 1].texts.get(mcid, ("",))[0]
        said, drawn = (Counter(filter(str.isalnum, squeezed(text))) for text in (words, there))
        # In small capitals one glyph is drawn for both, and read as one of them.
        said["i"] += said.pop("ı", 0)
        drawn["i"] += drawn.pop("ı", 0)
        missing = said - drawn
        plain = any(char.isalpha() and char < LAST_PLAIN for char in missing)
        if plain or (said.total() >= ENOUGH and missing.total() > LOST * said.total()):
            yield number, f"What is drawn is not what is to be read aloud, “{words.strip()}”"


def with_actual_text(number: int, page: Page, anatomy: Anatomy) -> Page:
    """Return a page whose texts are replaced by their ActualText."""
    texts = {
        mcid: (anatomy.actual.get((number, mcid), text), box)
        for mcid, (text, box) in page.texts.items()
    }
    return replace(page, texts=texts)


def _with_marks(page: Page) -> Page:
    """Return a page with a mark among its texts for each of its pictures."""
    if not page.images:
        return page
    marks = {image.mcid: (MARK, image.box) for image in page.images if image.mcid >= 0}
    return replace(page, texts=page.texts | marks)


def _beside(one: Box, other: Box) -> bool:
    """Tell whether two boxes are on the same line."""
    common = min(one[3], other[3]) - max(one[1], other[1])
    return common > 0.3 * min(one[3] - one[1], other[3] - other[1])
