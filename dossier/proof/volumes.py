"""Proves volumes: which sections each must hold, and that its file has the pages of the proved whole.

The whole file is proved against the corpus, the covers of volumes included. So a volume is proved against
the whole, object by object (:mod:`.portion`); what differs is worked out here: where links lead into other
volumes, numbers, titles, bookmarks. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from dossier.proof import expected, lettering, printers
from dossier.proof.allowed import statements
from dossier.proof.allowed.printed import VOLUME
from dossier.proof.beside import Proved
from dossier.proof.lettering import Label
from dossier.proof.objects import MALFORMED, Objects
from dossier.proof.portion import Portion, UnlikeError, Whole
from dossier.proof.printers import WrongError
from dossier.proof.printing import faced
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.enclosing import FACING
from dossier.records.numbering import Volumes
from dossier.records.sections import (
    INDEX_VOLUME,
    LETTERS,
    goes_on,
    is_cover,
    section_of_letter,
    section_of_volume,
)
from dossier.records.signing import ROOM

MANY = 8
"""The cover of a volume with so many lines may need another page for one more section."""

SPARE = 0.8
"""Two volumes whose files would fill no more than this part of one are one too many."""


def divided(truth: Truth, listing: bytes | None) -> Truth:
    """Return the truth with the volumes of a listing; whether these are right, :func:`planned` tells.

    Of a listing that is damaged, or of a packet that has no volumes, nothing is taken.
    """
    try:
        sections: Any = json.loads(listing or b"")["sections"]
        ids = [str(item["id"]) for item in sections]
    except (KeyError, TypeError, ValueError, RecursionError):
        return truth
    if truth.publication.volumes is None:
        return truth
    begin = [section for cover, section in pairwise(ids) if is_cover(cover)]
    return replace(truth, volumes=tuple(begin))


def planned(truth: Truth, spans: Mapping[str, range]) -> Iterator[Finding]:
    """Yield the volumes that are larger than they may be, or that end before they must."""
    stated, pages = truth.publication.volumes, expected.last_numbered(spans)
    if stated is None:
        return
    most = stated.max_pages
    if not truth.volumes:
        if most is not None and pages > most:
            yield 0, f"The file has {pages} pages, and is not divided into volumes of up to {most}"
        return
    volumes, ranges = _held(truth, spans), ranges_of(truth, spans)
    for number, held in volumes.items():
        own = ranges[number - 1]
        if most is not None and len(own) > most:
            yield own.start, f"Volume {number} has {len(own)} pages, and may have {most}"
        following = volumes.get(number + 1, [""])[0]
        name = expected.names(truth).get(following, "")
        if goes_on(following) and not goes_on(held[-1]) and len(held) > 1:
            yield own.start, f"“{name}” goes on in volume {number + 1}, and does not begin a volume"
        if most is None or stated.max_mb is not None or number == len(volumes):
            continue
        end = max(spans[key].stop for key in held)
        room = most - (most % 2 if _begin_on_rectos(truth) else 0) - (end - own.start)
        more = 1
        if not goes_on(following):
            more = _needed(truth, spans, following, end) + (len(held) >= MANY)
        if more <= room:
            what = "more of " if goes_on(following) else ""
            yield end - goes_on(following), f"Volume {number} has room for {what}“{name}”"


def _needed(truth: Truth, spans: Mapping[str, range], section: str, page: int) -> int:
    """Return how many pages a section needs that would begin on a page or behind it, all of its parts.

    A source whose pages face those of its letter begins on a verso, and needs these, too.
    """
    opposite = faced(truth.publication, list(spans)).get(section)
    if opposite:
        behind = max(spans[section].stop, spans[opposite].stop)
        return page % 2 + behind - spans[section].start
    blank = page % 2 == 0 and _is_apart(truth, section)
    return blank + sum(len(spans[part]) for part in expected.parts_of(truth, section))


def _begin_on_rectos(truth: Truth) -> bool:
    printing = truth.publication.printing
    return (
        truth.furniture.sides == "facing"
        or bool(printing and printing.recto != "none")
        or truth.publication.enclose == FACING
    )


def _is_apart(truth: Truth, section: str) -> bool:
    """Tell whether a section begins on a recto, behind another that is of the same kind."""
    wanted = truth.publication.printing.recto if truth.publication.printing else "none"
    is_letter = section.startswith(f"{LETTERS}/")
    return wanted == "letters" or (wanted == "sections" and not is_letter)


def _held(truth: Truth, spans: Mapping[str, range]) -> dict[int, list[str]]:
    """Return the sections of each volume, by its number."""
    found: dict[int, list[str]] = {number: [] for number in range(1, len(truth.volumes) + 1)}
    for section, number in expected.volume_of(truth).items():
        if section in spans:
            found[number].append(section)
    return found


def file_names(stated: Volumes, stem: str, count: int) -> list[str]:
    """Return how the files of all volumes must be called, of the index volume last."""
    found = []
    for number in range(1, count + 1):
        figures = str(number).rjust(len(str(count)), "0")
        given = {"number": figures, "count": str(count)}
        # The name of the packet comes last: it may have what looks like a placeholder.
        name = stated.name
        for key, value in given.items():
            name = value.join(name.split(f"{{{key}}}"))
        found.append(f"{stem.join(name.split('{name}'))}.pdf")
    return [*found, f"{stem}.index.pdf"] if stated.index and count else found


def sized(truth: Truth, sizes: Sequence[int]) -> Iterator[Finding]:
    """Yield the files that are larger than they may be, and those that could be one.

    ``sizes`` are those of all volumes, that of the index volume last, or that of the whole where it is not
    divided.
    """
    stated = truth.publication.volumes
    if stated is None or stated.max_mb is None:
        return
    most = round(stated.max_mb * 1_000_000)
    free = ROOM if truth.publication.sign else 0
    for number, size in enumerate(sizes, 1):
        if size > most:
            yield 0, f"File {number} of {len(sizes)} has {size:,} bytes, and may have {most:,}"
    numbered = sizes[: len(truth.volumes)]
    together = min(map(sum, pairwise(numbered)), default=most)
    if stated.max_pages is None and together <= SPARE * (most - free):
        yield 0, "Two volumes that follow each other would fit into one"


def findings(content: bytes, proved: Proved, number: int, names: Sequence[str]) -> list[Finding]:
    """Return the findings in the file of a volume; ``names`` are those of the files of all volumes.

    The index volume has the number behind that of the last.
    """
    return _read(
        content, lambda objects: _compared(objects, _whole(proved.pdf), proved, number, names)
    )


def _read(content: bytes, compared: Callable[[Objects], Iterator[Finding]]) -> list[Finding]:
    """Return what is found in the file of a volume, or what forbids to read it."""
    try:
        return list(compared(printers.opened(content, VOLUME)))
    except WrongError as error:
        return list(error.args[0])
    except UnlikeError as error:
        return [(error.page, error.message)]
    except MALFORMED as error:
        return [(0, f"The file is damaged: a part of it is not what it should be ({error})")]


@functools.lru_cache(maxsize=1)
def _whole(pdf: bytes) -> Whole:
    """Return the whole file; it is compared with each of its volumes."""
    return Whole(pdf)


@dataclass(frozen=True)
class Division:
    """How a dossier is divided into volumes, as the corpus or the listing has it."""

    ranges: Sequence[range]
    """The pages of all volumes."""
    names: Sequence[str]
    """Those of their files."""
    begins: Mapping[int, str]
    """The first pages of its parts with their section letters; empty where pages have plain numbers."""
    attached: Sequence[Collection[str]] = ()
    """The names of the attachments of each volume; none where no file is attached."""


def alone(content: bytes, whole: bytes | None, number: int, division: Division) -> list[Finding]:
    """Return the findings in the file of a volume without the corpus.

    Without the ``whole`` the pages are only counted.
    """

    def compared(objects: Objects) -> Iterator[Finding]:
        pages, span = objects.pages(), division.ranges[number - 1]
        label = {"/Nums": lettering.ranges(division.begins, span)}
        if len(pages) != len(span) or objects.root["/PageLabels"] != label:
            yield 0, f"The volume has not the pages {span.start}–{span.stop - 1} of the listing"
        elif whole is not None:
            part = _beside(objects, _whole(whole), number, division)
            yield from part.bookmarks()

    return _read(content, compared)


def _beside(objects: Objects, whole: Whole, number: int, division: Division) -> Portion:
    """Compare the pages of a volume with those of the whole; raise UnlikeError where they differ."""
    pages, own = whole.numbers, division.ranges[number - 1]
    where = {
        pages[page - 1]: name
        for name, span in zip(division.names, division.ranges, strict=True)
        for page in span
        if span != own
    }
    there = pages[own.start - 1 : own.stop - 1]
    if len(there) != len(own) or len(objects.pages()) != len(own):
        raise UnlikeError(0, f"The volume has {len(objects.pages())} pages of {len(own)}")
    part = Portion(objects, whole, objects.pages(), there, where)
    part.compare_pages()
    attached = division.attached[number - 1] if division.attached else ()
    part.compare_catalog(lettering.ranges(division.begins, own), attached)
    part.compare_trees()
    part.compare_field()
    return part


def _compared(
    objects: Objects, whole: Whole, proved: Proved, number: int, names: Sequence[str]
) -> Iterator[Finding]:
    """Compare the file of a volume with the whole, and what it says of itself with the corpus."""
    truth, spans = proved.truth, proved.spans
    own = objects.pages()
    if objects[objects.root["/Pages"]]["/Count"] != len(own):
        yield 0, "The file says that it has another number of pages"
    ranges, begins = ranges_of(truth, spans), lettering.prefixes(truth, spans)
    part = _beside(objects, whole, number, Division(ranges, names, begins, _attached(truth)))
    title = expected.headings(truth)[covers(truth)[number - 1]]
    part.compare_titles(truth.words("labelled", label=truth.publication.title, title=title))
    begin = ranges[number - 1].start
    held = {key: span for key, span in spans.items() if span.start in ranges[number - 1]}
    label = lettering.labelled(begins)
    others = list(_elsewhere(truth, spans, number, names, label))
    yield from statements.outline(objects, truth, held, own, begin - 1, others, label)
    yield from part.findings()


def _attached(truth: Truth) -> list[set[str]]:
    """Return the names of the files that must be attached to each volume: the sources of its letters."""
    volumes = expected.volume_of(truth)
    return [
        {
            file.name
            for file in truth.attachments
            if any(volumes[section_of_letter(letter)] == number for letter in file.letters)
        }
        for number in range(1, len(covers(truth)) + 1)
    ]


def _elsewhere(
    truth: Truth, spans: Mapping[str, range], number: int, names: Sequence[str], label: Label
) -> Iterator[statements.Mark]:
    """Yield the bookmarks of a volume into the others: each volume, and below it its sections."""
    titles, held = expected.titles(truth), _held(truth, spans)
    for other, cover in enumerate(covers(truth), 1):
        if other == number:
            continue
        for level, key in ((1, cover), *((2, key) for key in held.get(other, ()))):
            title = truth.words("bookmark", title=titles[key], page=label(spans[key].start))
            yield level, title, f"{names[other - 1]} {key}#"


def covers(truth: Truth) -> list[str]:
    """Return the sections with which the files of all volumes begin, the index volume last."""
    numbered = [section_of_volume(number) for number in range(1, len(truth.volumes) + 1)]
    return [*numbered, INDEX_VOLUME] if expected.has_index(truth) else numbered


def ranges_of(truth: Truth, spans: Mapping[str, range]) -> list[range]:
    """Return the pages of each volume, with a blank page that follows."""
    begin = [spans[cover].start for cover in covers(truth)]
    behind = [*begin[1:], max(span.stop for span in spans.values())]
    return [range(first, after) for first, after in zip(begin, behind, strict=True)]
