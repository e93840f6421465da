"""Makes the file of a booklet: the pages of a bound dossier, two on each side of a sheet, to be folded.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

from pikepdf import Pdf

from dossier.bind import catalog, numbers, text
from dossier.bind.book import Book
from dossier.bind.copies import add_copies, add_statements, content_of, resources_of
from dossier.bind.cut import text_of
from dossier.bind.deflate import deflated
from dossier.bind.imposition import Side, imposed
from dossier.records.bound import Bound
from dossier.records.printing import CREEP, OWN_SIZE, Print

CLAIMS = re.compile(
    rb"<pdfaid:part>.</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>\n"
    rb".*</pdfaExtension:schemas>\n",
    re.DOTALL,
)
"""What the dossier says of its tags, which sheets do not have."""
UNTAGGED = b"<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>U</pdfaid:conformance>\n"
"""PDF/A-2u: the text can be read, and is not tagged."""


def made(bound: Bound) -> bytes:
    """Return the sheets of a booklet, whose pages are those of the bound PDF."""
    printing = bound.dossier.publication.printing
    assert printing
    return booklet(bound.pdf(), printing, bound.dossier.words.right_to_left)


def booklet(raw: bytes, printing: Print, turned: bool) -> bytes:
    """Return the sheets of a bound dossier, which is ``turned`` if it is read from right to left."""
    assert printing.booklet
    with Pdf.open(io.BytesIO(raw)) as pdf:
        width, height = (float(pdf.pages[0].mediabox[place]) for place in (2, 3))
        book = Book(numbers.FIRST)
        copies = add_copies(book, pdf, resources_of(pdf), {})
        forms = _add_forms(book, pdf, copies, (width, height))
        sides = imposed(len(pdf.pages), printing.booklet, turned)
        _add_sheets(book, sides, forms, (width, height), printing.flip == "long")
        edge = b"Long" if printing.flip == "long" else b"Short"
        add_statements(
            book,
            _catalog(pdf, edge, turned),
            text_of(pdf.trailer.Info),
            CLAIMS.sub(UNTAGGED, pdf.Root.Metadata.read_bytes()),
            (catalog.PROFILE, pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()),
        )
        return book.finished()


def _catalog(pdf: Pdf, edge: bytes, turned: bool) -> bytes:
    """Return the catalog (7.7.2), with the wish that sheets are turned over an edge (table 150)."""
    return (
        b"<< /Lang %b /Metadata %d 0 R /OutputIntents [ %b ] /Pages %d 0 R /Type /Catalog "
        b"/ViewerPreferences << %b/DisplayDocTitle true /Duplex /DuplexFlip%bEdge /PrintScaling /None >> >>"
    ) % (
        pdf.Root.Lang.unparse(),
        numbers.METADATA,
        catalog.COLOURS,
        numbers.PAGES,
        b"/Direction /R2L " if turned else b"",
        edge,
    )


def _add_forms(
    book: Book, pdf: Pdf, copies: Mapping[int, int], paper: tuple[float, float]
) -> dict[int, int]:
    """Add each page as a form XObject (8.10); return their numbers by page, without blank pages."""
    shown = {number: page for number, page in enumerate(pdf.pages, 1) if "/Contents" in page.obj}
    box = text.array([b"0", b"0", *map(text.decimal, paper)])
    entries = [
        b"/BBox %b /Resources %d 0 R /Subtype /Form /Type /XObject "
        % (box, copies[page.obj.Resources.objgen[0]])
        + text.DEFLATED
        for page in shown.values()
    ]
    contents = deflated([content_of(page) for page in shown.values()])
    first = book.number(len(shown))
    book.add_streams(first, zip(entries, contents, strict=True))
    return {number: first + place for place, number in enumerate(shown)}


def sheet_of(paper: tuple[float, float]) -> tuple[float, float, float]:
    """Return the width and the height of the sheet for pages of a size, and the scale of these on it.

    Pages up to half of the usual papers keep their size; others are reduced to half of their own paper.
    """
    width, height = paper
    if width <= OWN_SIZE[0] and height <= OWN_SIZE[1]:
        return 2 * width, height, 1.0
    return height, width, min(height / 2 / width, width / height)


def _add_sheets(
    book: Book,
    sides: Sequence[Side],
    forms: Mapping[int, int],
    paper: tuple[float, float],
    long: bool,
) -> None:
    """Add the sides of the sheets as pages (7.7.3.3)."""
    wide, high, scale = sheet_of(paper)
    contents, used = [], []
    for side in sides:
        drawn = []
        here = [page for page in (side.left, side.right) if page in forms]
        # Sheets inside others come out farther at the edge that is cut: their pages move toward the fold.
        creep = side.depth * CREEP
        for page, x in (
            (side.left, wide / 2 - paper[0] * scale + creep),
            (side.right, wide / 2 - creep),
        ):
            if page in forms:
                corner = (scale, scale, x, (high - paper[1] * scale) / 2)
                matrix = b"%b 0 0 %b %b %b cm" % tuple(map(text.decimal_of_place, corner))
                drawn.append(b"q %b /P%d Do Q" % (matrix, page))
        if drawn and long and side.is_back:
            turned = b"-1 0 0 -1 %b %b cm" % (text.decimal(wide), text.decimal(high))
            drawn.insert(0, turned)
        contents.append(b"\n".join(drawn))
        used.append(here)
    first = book.number(2 * len(sides))
    book.add_streams(first, ((b"", content) for content in contents))
    box = text.array([b"0", b"0", text.decimal(wide), text.decimal(high)])
    kids = range(first + len(sides), first + 2 * len(sides))
    for place, (kid, pages) in enumerate(zip(kids, used, strict=True)):
        named = b"".join(b"/P%d %d 0 R " % (page, forms[page]) for page in sorted(pages))
        entries = b"/MediaBox %b /Parent %d 0 R /Resources << /XObject << %b>> >> /Type /Page" % (
            box, numbers.PAGES, named,
        )  # fmt: skip
        book.add_objects(kid, [b"<< /Contents %d 0 R %b >>" % (first + place, entries)])
    tree = b"<< /Count %d /Kids %b /Type /Pages >>" % (len(kids), text.references(kids))
    book.add_objects(numbers.PAGES, [tree])
