"""Sends the pages of a file to be examined: what of the file, and of the corpus, decides how they look.

References are to ISO 32000-1 (PDF 1.7). Measures are points from a page's bottom left.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from types import MappingProxyType
from typing import Any

from dossier.proof import bars, expected, parts
from dossier.proof.allowed.approved import Approved
from dossier.proof.allowed.contents import (
    Colour,
    Face,
    Faces,
)
from dossier.proof.allowed.drawn import (
    UNNUMBERED,
    Bars,
    Drawn,
    Looks,
    Section,
    Sheet,
    examined,
)
from dossier.proof.anatomy import Anatomy
from dossier.proof.lettering import Label, labelled, prefixes, unnumbered
from dossier.proof.objects import Objects
from dossier.proof.tags import Figure, Finding
from dossier.proof.truth import Truth
from dossier.records.enclosing import FONT
from dossier.records.furniture import Furniture
from dossier.records.sections import section_of_letter

BLANK = re.compile(rb"<([0-9a-f]{4})> <(?:0020|00a0|200[0-9a-f]|202[89a-f]|205f|206[0-9a-f]|3000)>")
"""Glyphs that are read as spaces, or as signs that nobody sees."""
LATIN = re.compile(rb"<([0-9a-f]{4})> <(00[2-7][0-9a-f])>")
"""What glyphs of ASCII characters are read as, which are those of Bates numbers."""
NOTHING: Mapping[int, Any] = MappingProxyType({})
BATCH = 40
"""About how many pages a worker examines at once."""


def faces(objects: Objects, stamped: bool) -> dict[str, Face]:
    """Return the fonts that all pages share; what their glyphs are read as only for Bates numbers."""
    found: dict[str, Face] = {}
    fonts = objects[objects[objects[objects.pages()[0]]["/Resources"]]["/Font"]]
    for name, number in fonts.items():
        font = objects[number]
        listed = objects[font["/DescendantFonts"][0]]["/W"]
        widths = {
            first + place: float(width)
            for first, several in zip(listed[::2], listed[1::2], strict=True)
            for place, width in enumerate(several)
        }
        said = objects.data(font["/ToUnicode"])
        blank = frozenset(int(glyph, 16) for glyph in BLANK.findall(said))
        found_there = LATIN.findall(said) if stamped else ()
        read = {glyph: chr(int(char, 16)) for glyph, char in found_there}
        found[name[1:]] = Face(widths, blank, read)
    return found


Examine = Callable[[Sequence[Section], Furniture, Faces], list[Finding]]
Send = Callable[[Examine, Sequence[Section], Furniture, Faces], Callable[[], list[Finding]]]
"""Sends sections to be examined, here or in a worker; returns what waits for the findings."""


def sent(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    anatomy: Anatomy,
    kept: Approved,
    send: Send,
    label: Label,
) -> Iterator[Callable[[], list[Finding]]]:
    """Send the pages to be examined, and yield what returns what is wrong with them.

    ``spans`` has no foreign pages; ``label`` is what :func:`printed` returns for
    all. All objects are of the kinds that are allowed.
    """
    notes: dict[int, set[int]] = {}
    for on, mcid in anatomy.notes:
        notes.setdefault(on, set()).add(mcid)
    shown: dict[int, list[Figure]] = {}
    for figure in anatomy.figures:
        for on in {page for page, _ in figure.content}:
            shown.setdefault(on, []).append(figure)
    known = faces(objects, truth.furniture.stamp is not None or truth.publication.section_letters)
    known.pop(FONT, None)  # that of facsimiles, which draws nothing
    volumes = expected.volumes_on(truth, spans)
    struck = {section_of_letter(letter.id) for letter in truth.letters if letter.withdrawn}
    parted = {section_of_letter(letter.id) for letter in truth.letters if letter.separator}
    colours = () if truth.has_templates else of_design(truth)
    charts = () if truth.has_templates else bars.counts(truth)
    shape = Bars(truth.design.chart.bar, _bar_colours(truth))
    plain = truth.design.text.plain
    size = truth.design.text.size if plain else truth.design.sizes.furniture
    size = 0.0 if truth.has_templates else size
    numbered: list[Sheet] = []
    new: list[Section] = []
    for key, span in parts.joined(spans).items():
        charted = charts if key == "glance" else ()
        shaped = shape if charted else None
        looks = Looks(colours, key in struck, key == "index", key in parted, charted, shaped, size)
        is_known = kept.knows(_key(objects, truth, span, anatomy, looks, notes, shown, kept))
        sheets = tuple(
            sheet_of(
                objects,
                anatomy,
                number,
                notes,
                shown,
                is_known,
                volumes.get(number, 0),
                label(number),
            )
            for number in span
        )
        if is_known:
            numbered += sheets
        else:
            new.append(Section(looks, sheets))
    yield partial(_folios, numbered, truth.furniture, known)
    for several in _batches(new):
        yield send(examined, several, truth.furniture, known)


def sheet_of(
    objects: Objects,
    anatomy: Anatomy,
    number: int,
    notes: Mapping[int, Set[int]] = NOTHING,
    shown: Mapping[int, Sequence[Figure]] = NOTHING,
    is_known: bool = False,
    volume: int = 0,
    label: str = "",
) -> Sheet:
    """Return what decides how a page looks; of one that is known, only its page number."""
    page = anatomy.pages[number - 1]
    contents = page["/Contents"][-1:] if is_known else page["/Contents"]
    aside = notes.get(number, set())
    width, height = page["/MediaBox"][2:]
    figures = [
        (frozenset(mcid for on, mcid in figure.content if on == number), figure.box)
        for figure in shown.get(number, ())
    ]
    return Sheet(
        number,
        tuple(objects.data(part) for part in contents),
        (width, height),
        tuple(mcid for mcid in anatomy.order[number - 1] if mcid not in aside),
        tuple(anatomy.links[number - 1]),
        tuple((here, box) for here, box in figures if here and box),
        volume,
        label,
    )


def printed(truth: Truth, spans: Mapping[str, range]) -> Label:
    """Return the labels of pages with section letters; empty ones where pages have plain numbers.

    Those of the index volume, on which no number is printed, are :data:`UNNUMBERED`.
    """
    begins = prefixes(truth, spans)
    label, first = labelled(begins), unnumbered(begins)
    is_lettered = truth.publication.section_letters

    def told(page: int) -> str:
        if 0 < first <= page:
            return UNNUMBERED
        return label(page) if is_lettered else ""

    return told


def _batches(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """Yield sections by the :data:`BATCH` pages."""
    batch: list[Section] = []
    for section in sections:
        batch.append(section)
        if sum(len(one.sheets) for one in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _folios(sheets: Sequence[Sheet], furniture: Furniture, known: Faces) -> list[Finding]:
    """Return what is wrong with the page numbers of pages that are known."""
    return [
        (sheet.number, f"The page has {message}")
        for sheet in sheets
        for message in Drawn(sheet, furniture, known).folio()
    ]


def _key(
    objects: Objects,
    truth: Truth,
    span: Sequence[int],
    anatomy: Anatomy,
    looks: Looks,
    notes: Mapping[int, Set[int]],
    figures: Mapping[int, Sequence[Figure]],
    kept: Approved,
) -> str:
    """Return the key of all that decides what is found on the pages of a section, but for their numbers.

    ``notes`` and ``figures`` are those of each page. The widths of glyphs are those of the fonts, which are
    compared by themselves.
    """
    decisive = (
        looks,
        truth.furniture,
        [on - span[0] for on in span],
        span[0] % 2 if truth.furniture.sides == "facing" else None,
        [
            [packed(objects, part) for part in anatomy.pages[on - 1]["/Contents"][:-1]]
            for on in span
        ],
        [anatomy.pages[number - 1]["/MediaBox"] for number in span],
        [anatomy.order[number - 1] for number in span],
        [[(link.box, link.words) for link in anatomy.links[number - 1]] for number in span],
        [sorted(notes.get(number, ())) for number in span],
        [
            (one.box, [(on - span[0], mcid) for on, mcid in one.content])
            for number in span
            for one in figures.get(number, ())
        ],
    )
    return kept.key("section", repr(decisive))


def packed(objects: Objects, stream: int) -> str:
    """Return the checksum of a stream as it is packed, and of what its dictionary says of it."""
    return hashlib.sha256(objects.text[stream] + b"\0" + objects.raw(stream)).hexdigest()


def of_design(truth: Truth) -> tuple[Colour, ...]:
    """Return the colours of the design."""
    return tuple(map(_rgb, truth.design.colours.model_dump().values()))


def _bar_colours(truth: Truth) -> tuple[Colour, ...]:
    colours = truth.design.colours
    return _rgb(colours.accent), _rgb(colours.muted)


def _rgb(value: str) -> Colour:
    """Return a colour of a design."""
    return int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255
