"""Binds leaves into one PDF: pages, furniture, tags, links, bookmarks, metadata.

A section becomes a piece of finished bytes, which depends on little else; so binding is copying pieces, and
writing anew what the whole decides: page numbers, the page tree, bookmarks, tables. References are to
ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from dossier.bind import attaching, catalog, furniture, numbers, outline, pieces, signing, text
from dossier.bind.book import Book
from dossier.bind.cut import Cut, cut, filled
from dossier.bind.deflate import deflated
from dossier.bind.fonts import Fonts, taken
from dossier.bind.furniture import Digits
from dossier.bind.numbers import CATALOG, FONTS, INFO, METADATA, PAGES, PROFILE
from dossier.bind.pieces import (
    SCHEME,
    DanglingLinkError,
    Piece,
    Place,
    Target,
    place_name,
    stream_entries,
)
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.records.furniture import Furniture
from dossier.records.galley import Leaf
from dossier.records.job import Job, MissingCopyError, Section, page_count
from dossier.records.lettering import Lettering
from dossier.records.sections import is_cover, whole_section

BATCH = 50
"""How many pieces are made at once: their streams are compressed together."""
LeafOf = Callable[[str], Leaf | None]
"""Returns the leaf under a key; None for one that is not there."""


@dataclass(frozen=True)
class _Facts:
    """What is known of a leaf before its piece is made."""

    size: int
    anchors: Mapping[str, int]


class Binder:
    """Binds PDFs; keeps their pieces for later builds."""

    def __init__(self, store: Store | None, program_checksum: str) -> None:
        """Take the cache and the program's checksum, on which its entries depend."""
        self._cuts: dict[str, bytes] = {}
        """Leaves that are taken apart, packed: as objects they would take ten times the memory."""
        self._shelf = Shelf(store, "piece 1", program_checksum, Piece)
        self._fonts = Shelf(store, "bound fonts 1", program_checksum, Fonts)
        self._pieces: dict[str, Piece] = {}
        """By their own keys."""
        self._facts: dict[str, _Facts] = {}
        """By the keys of leaves."""
        self.sizes: dict[str, int] = {}
        """How many bytes each bound leaf takes in the file, by its key."""

    def recall(self, plan: Mapping[str, str]) -> None:
        """Read the pieces of an earlier build: their keys, by those of the leaves."""
        for leaf, key in plan.items():
            piece = self._shelf.get(key)
            if piece is not None:
                self._pieces[key] = piece
                self._facts[leaf] = _Facts(piece.size, piece.anchors)

    def knows(self, key: str) -> bool:
        """Tell whether a leaf is taken apart already."""
        return key in self._facts

    def take(self, key: str, leaf: Leaf) -> Cut:
        """Take a leaf apart."""
        apart = cut(leaf)
        self._cuts[key] = msgspec.msgpack.encode(apart)
        self._facts[key] = _Facts(apart.size, apart.anchor_pages)
        return apart

    def bind(self, job: Job, leaf_of: LeafOf) -> tuple[bytes, dict[str, str]]:
        """Return the bound PDF, and the keys of its pieces by those of their leaves.

        ``leaf_of`` gives a leaf that has not been taken apart. Raises MissingCopyError where it gives none,
        and DanglingLinkError for a link without a target. Hyphens set by hyphenation get the Unicode value
        of a soft hyphen (14.8.2.2.3), unless a text itself contains their character.
        """
        part = job.portion
        sections = part.sections if part else job.sections
        facts = [self._facts_of(section.key, leaf_of) for section in sections]
        many = [bool(section.under) for section in sections]
        bases, end = numbers.bases([fact.size for fact in facts], many)
        targets = Targets(sections, facts, bases, _elsewhere(job), job.lettering)
        stamp = job.furniture.stamp
        characters = (stamp.characters if stamp else "") + job.lettering.characters
        digits = furniture.digits_of(job.digits, characters)
        places = [
            Place(
                base,
                section.pages,
                job.furniture,
                lambda address: job.words("link_to_address", address=address),
                digits,
            )
            for section, base in zip(sections, bases, strict=True)
        ]
        common = self._common(job, digits)
        keys = [
            self._key(section, base, common, job)
            for section, base in zip(sections, bases, strict=True)
        ]
        found = self._current(keys, targets)
        missing = [place for place, key in enumerate(keys) if key not in found]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            made = pieces.made(
                [
                    (sections[n].id, self._cut_of(sections[n].key, leaf_of), places[n])
                    for n in batch
                ],
                targets,
            )
            for n, piece in zip(batch, made, strict=True):
                found[keys[n]] = piece
                self._shelf.put(keys[n], piece)
        in_sequence = [found[key] for key in keys]
        facsimiles = any(section.leaf.facsimiles for section in job.sections)
        # The fonts are those of the whole in each of its portions.
        own_hyphens = any(section.leaf.own_hyphens for section in job.sections)
        fonts = self._fonts_of(job.fonts, not own_hyphens, facsimiles)
        self.sizes |= {
            section.key: len(piece.body)
            for section, piece in zip(sections, in_sequence, strict=True)
        }
        plan = {section.key: key for section, key in zip(sections, keys, strict=True)}
        return _bound(job, in_sequence, end, fonts, digits), plan

    def _common(self, job: Job, digits: Digits) -> str:
        """Return the part that the keys of all pieces of a job share."""
        address = job.words("link_to_address", address="#")
        placed = job.furniture
        own = (placed.sides, placed.shift, placed.inward, placed.turned)
        return repr((address, digits, *own, *sorted(_elsewhere(job).items())))

    def _key(self, section: Section, base: int, common: str, job: Job) -> str:
        """Return the key of a piece."""
        side = furniture.outward(job.furniture, section.first_page)
        step = str(section.step) if section.step > 1 else ""
        return self._shelf.key(section.key, section.id, str(base), str(side) + step, common)

    def _current(self, keys: Sequence[str], targets: Targets) -> dict[str, Piece]:
        """Return the kept pieces whose links lead where they should, by their keys."""
        found = {}
        for key in keys:
            piece = self._pieces.pop(key, None) or self._shelf.get(key)
            if piece and pieces.is_current(piece, targets):
                found[key] = piece
        return found

    def _facts_of(self, key: str, leaf_of: LeafOf) -> _Facts:
        if key not in self._facts:
            self._cut_of(key, leaf_of)
        return self._facts[key]

    def _cut_of(self, key: str, leaf_of: LeafOf) -> Cut:
        """Return a leaf that is taken apart."""
        packed = self._cuts.get(key)
        if packed is not None:
            return msgspec.msgpack.decode(packed, type=Cut)
        leaf = leaf_of(key)
        if leaf is None:
            raise MissingCopyError
        return self.take(key, leaf)

    def _fonts_of(self, fonts: bytes, soft: bool, facsimiles: bool) -> Fonts:
        key = self._fonts.key(hashlib.sha256(fonts).hexdigest(), str(soft), str(facsimiles))
        kept = self._fonts.get(key)
        if kept is None:
            kept = taken(fonts, soft, facsimiles)
            self._fonts.put(key, kept)
        return kept


class Targets:
    """Finds what links lead to."""

    def __init__(
        self,
        sections: Sequence[Section],
        facts: Sequence[_Facts],
        bases: Sequence[int],
        elsewhere: Mapping[str, Target],
        lettering: Lettering,
    ) -> None:
        """Take all sections, the anchors of their leaves and their first numbers.

        ``elsewhere`` has the targets of addresses in other files.
        """
        self._elsewhere = elsewhere
        self._lettering = lettering
        self._sections: Mapping[str, tuple[Section, _Facts, int]] = {
            section.id: (section, fact, base)
            for section, fact, base in zip(sections, facts, bases, strict=True)
        }
        self._parts: dict[str, list[str]] = {}
        """The parts of each section that are here, in sequence."""
        for section in sections:
            self._parts.setdefault(whole_section(section.id), []).append(section.id)
        self._found: dict[str, Target] = {}

    def __call__(self, address: str) -> Target:
        """Return the target of an address; raise DanglingLinkError if there is none."""
        known = self._found.get(address)
        if known is not None:
            return known
        if address in self._elsewhere:
            return self._elsewhere[address]
        identifier, _, anchor = address.removeprefix(SCHEME).partition("#")
        if anchor:
            # A section that is longer than a volume has its places in several parts.
            parts = self._parts.get(identifier, [])
            found = (part for part in parts if anchor in self._sections[part][1].anchors)
            identifier = next(found, identifier)
        there = self._sections.get(identifier)
        if there is None or (anchor and anchor not in there[1].anchors):
            raise DanglingLinkError(address)
        section, facts, base = there
        page = facts.anchors[anchor] if anchor else 0
        label = self._lettering.label(section.pages[page])
        made = Target(place_name(identifier, anchor), base + 2 * page + 1, label)
        self._found[address] = made
        return made


def _elsewhere(job: Job) -> dict[str, Target]:
    """Return the targets of all addresses in the sections that a portion does not have."""
    files = job.portion.files if job.portion else {}
    found: dict[str, Target] = {}
    for section in (one for one in job.sections if one.id in files):
        for anchor in ("", *section.leaf.anchors):
            page = job.lettering.label(section.page_of(anchor))
            # Whoever links to a place in a section need not know in which part of it that is.
            address = f"{whole_section(section.id)}#{anchor}" if anchor else section.id
            found[f"{SCHEME}{address}"] = Target(
                place_name(section.id, anchor), 0, page, files[section.id],
                job.words("link_to_page", title=section.title, page=page),
            )  # fmt: skip
    return found


def _bound(job: Job, pieces: Sequence[Piece], end: int, fonts: Fonts, digits: Digits) -> bytes:
    """Return the bound PDF of a job's pieces, whose numbers are below ``end``.

    ``digits`` are the figures of page numbers.
    """
    sections = job.portion.sections if job.portion else job.sections
    info, xmp = (job.portion.info, job.portion.xmp) if job.portion else (job.info, job.xmp)
    book = Book(end)
    for piece in pieces:
        book.add_piece(piece)
    _add_fonts(book, fonts)
    contents = list(_furniture(book, job, sections, pieces, digits))
    field = signing.reserved(book, job)
    last = _add_pages(book, job, sections, pieces, contents, field.number if field else 0)
    if field:
        signing.add(book, job, field, last)
    files = attaching.add(book, job)
    (profile,) = deflated([job.profile])
    book.add_streams(PROFILE, [(text.DEFLATED + catalog.PROFILE, profile)])
    book.add_streams(METADATA, [(catalog.METADATA, xmp)])
    once = (
        catalog.tree(pieces, field)
        | catalog.places(sections, pieces)
        | {
            CATALOG: catalog.catalog(job, pieces, files, field.number if field else 0),
            INFO: catalog.info(info),
        }
    )
    marks = outline.bookmarks(sections, pieces, job.words, job.lettering)
    marks += outline.elsewhere(job)
    once |= outline.objects(marks, book.number(outline.count(marks)))
    for number, one in sorted(once.items()):
        book.add_objects(number, [one])
    return book.finished()


def _add_fonts(book: Book, fonts: Fonts) -> None:
    first = book.number(len(fonts.streams) + len(fonts.objects))
    streams = [(stream_entries(stream, first), stream.data) for stream in fonts.streams]
    book.add_streams(first, streams)
    objects = [filled(one, first) for one in fonts.objects]
    book.add_objects(first + len(fonts.streams), objects)
    book.add_objects(FONTS, [filled(fonts.dictionary, first)])


def _furniture(
    book: Book, job: Job, sections: Sequence[Section], pieces: Sequence[Piece], digits: Digits
) -> Iterator[bytes]:
    """Write running heads and folios; yield the contents of each page that is not blank."""
    placed = job.furniture
    paper = pieces[0].paper
    heads = furniture.heads(job.heads, paper[1] - placed.head_line - digits.line)
    # A section of two pages has no use for the running head of a recto, or of a verso.
    used = {head: place for place, head in enumerate(sorted(_heads_in_use(sections)))}
    first_head = book.number(len(used))
    made = ((text.DEFLATED, data) for data in deflated([heads[head] for head in used]))
    book.add_streams(first_head, made)
    pages = [page for section in sections for page in section.pages]
    first_folio = book.number(len(pages))
    next_folio = itertools.count(first_folio)
    stamped = _stamped(job)
    folios = (_folio(job, stamped.get(page, placed), digits, page, paper) for page in pages)
    book.add_streams(first_folio, ((b"", folio) for folio in folios))
    # Where each section has one page and begins on a recto, nothing stands on versos.
    moves = sorted({furniture.outward(placed, page) for page in pages} - {0.0})
    first_move = book.number(len(moves) + 1)
    if moves:
        shown = [*map(furniture.shifted, moves), furniture.BACK]
        book.add_streams(first_move, ((b"", one) for one in shown))
    for section, piece in zip(sections, pieces, strict=True):
        for place, page in enumerate(section.pages):
            parts = [piece.content(place)]
            if section.heads and place >= section.headed_from:
                parts.append(first_head + used[_head_on(section, page)])
            shift = furniture.outward(placed, page)
            if shift:
                parts = [first_move + moves.index(shift), *parts, first_move + len(moves)]
            yield text.references([*parts, next(next_folio)])


def _folio(
    job: Job, placed: Furniture, digits: Digits, page: int, paper: tuple[float, float]
) -> bytes:
    """Return what shows the numbers of a page; nothing in the index volume."""
    if job.lettering.is_unnumbered(page):
        return b""
    return furniture.folio(placed, digits, page, job.lettering.label(page), paper)


def _stamped(job: Job) -> dict[int, Furniture]:
    """Return the furniture of each page in a volume, with the Bates numbers of this volume."""
    stamp, found = job.furniture.stamp, dict[int, Furniture]()
    volume = 0
    for section in job.sections if stamp else ():
        volume += is_cover(section.id)
        own = replace(job.furniture, stamp=stamp.in_volume(volume) if stamp else None)
        found |= dict.fromkeys(range(section.first_page, section.last_page + 1), own)
    return found


def _heads_in_use(sections: Sequence[Section]) -> set[int]:
    """Return the places of the running heads that a page shows."""
    return {
        _head_on(section, page)
        for section in sections
        if section.heads
        for page in section.pages[section.headed_from :]
    }


def _head_on(section: Section, page: int) -> int:
    """Return the running head of a page that has one."""
    place = section.pages.index(page) - section.headed_from
    head = section.heads[place if len(section.heads) > 1 else 0]
    return head.recto if furniture.is_recto(page) else head.verso


def _add_pages(
    book: Book,
    job: Job,
    sections: Sequence[Section],
    pieces: Sequence[Piece],
    contents: Sequence[bytes],
    field: int,
) -> int:
    """Add the page tree (7.7.3), its pages, and what is said of links to each; return the last one shown.

    Blank are those that no section has: where one begins on a recto, or its pages face those of another.
    A ``field``, 0 for none, is on the last page that is not blank.
    """
    part = job.portion
    before, last = (part.first_page - 1, part.last_page) if part else (0, page_count(sections))
    shown_last = page_count(sections)
    shown = iter(contents)
    kids: dict[int, int] = {}
    for section, piece in zip(sections, pieces, strict=True):
        for page in range(max(kids, default=before) + 1, section.first_page):
            kids[page] = _add_blank(book, piece.paper)
        objects: list[bytes] = []
        for place, (page, entries) in enumerate(zip(section.pages, piece.pages, strict=True)):
            kids[page] = piece.page(place)
            if field and page == shown_last:
                entries = signing.on_page(entries, field)
            label = job.lettering.label(page)
            said = job.words("link_to_page", title=section.title, page=label)
            objects.append(b"<< /Contents %b /Parent %d 0 R %b >>" % (next(shown), PAGES, entries))
            objects.append(text.string(said))
        book.add_objects(piece.base, objects)
    for page in range(before + 1, last + 1):
        if page not in kids:
            kids[page] = _add_blank(book, pieces[-1].paper)
    in_sequence = text.references(kids[page] for page in sorted(kids))
    tree = b"<< /Count %d /Kids %b /Type /Pages >>" % (len(kids), in_sequence)
    book.add_objects(PAGES, [tree])
    return kids[shown_last]


def _add_blank(book: Book, paper: tuple[float, float]) -> int:
    """Add a page that shows nothing; return its number."""
    number = book.number()
    box = text.array([b"0", b"0", *map(text.decimal, paper)])
    entries = b"/BleedBox %b /MediaBox %b /Parent %d 0 R /Resources << >> /TrimBox %b" % (
        box, box, PAGES, box,
    )  # fmt: skip
    book.add_objects(number, [b"<< %b /Type /Page >>" % entries])
    return number
