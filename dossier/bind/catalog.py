"""The catalog and the metadata of the bound PDF. References are to ISO 32000-1 unless another is named."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.bind import attaching, numbers, signing, text
from dossier.bind.pieces import Piece, place_name
from dossier.bind.signing import Field
from dossier.records.job import Info, Job, Section, page_count
from dossier.records.lettering import LabelRange

COLOURS = (
    b"<< /DestOutputProfile %d 0 R /Info (sRGB) /OutputConditionIdentifier (sRGB) /S /GTS_PDFA1 "
    b"/Type /OutputIntent >>"
) % numbers.PROFILE
"""PDF/A-2, 6.2.3: the output intent defines the colours."""
PROFILE = b"/N 3 "
METADATA = b"/Subtype /XML /Type /Metadata "
"""Not compressed: the words by which other programs find out who made the file stand in it."""


def catalog(job: Job, pieces: Sequence[Piece], files: Sequence[int] = (), field: int = 0) -> bytes:
    """Return the catalog (7.7.2).

    ``files`` has the numbers of the file specifications, ``field`` that of the field for a signature, 0 for
    none.
    """
    layout = b"TwoPageRight" if job.furniture.sides == "facing" else b"SinglePage"
    first = pieces[0]
    return (
        b"<< %b%b/Lang %b /MarkInfo << /Marked true >> /Metadata %d 0 R /Names << /Dests %d 0 R %b>> "
        b"/OpenAction [ %d 0 R /XYZ 0 %b 1 ] /Outlines %d 0 R /OutputIntents [ %b ] "
        b"/PageLabels << /Nums [ %b ] >> /PageLayout /%b /PageMode /UseOutlines "
        b"/Pages %d 0 R /StructTreeRoot %d 0 R /Type /Catalog "
        # PDF/UA-1, 7.1: the window shows the document's title.
        b"/ViewerPreferences << %b/DisplayDocTitle true >> >>"
    ) % (
        attaching.associated(files),
        signing.form(field),
        text.string(job.info.language),
        numbers.METADATA,
        numbers.PLACES,
        attaching.names(job.attached, files),
        first.page(0),
        text.decimal(first.paper[1]),
        numbers.OUTLINE,
        COLOURS,
        _labels(job),
        layout,
        numbers.PAGES,
        numbers.TREE,
        # Two pages side by side: the first of them is at the right.
        b"/Direction /R2L " if job.furniture.turned else b"",
    )


def _labels(job: Job) -> bytes:
    """Return the ranges of page labels (12.4.2): every page's label is the number that is printed on it."""
    part = job.portion
    first, last = (part.first_page, part.last_page) if part else (1, page_count(job.sections))
    return b" ".join(_range(one) for one in job.lettering.ranges(first, last))


def _range(one: LabelRange) -> bytes:
    style = b"r" if one.is_roman else b"D"
    prefix = b"/P %b " % text.string(one.prefix) if one.prefix else b""
    return b"%d << %b/S /%b /St %d >>" % (one.before, prefix, style, one.number)


def info(said: Info) -> bytes:
    """Return the document information dictionary (14.3.3)."""
    stamp = f"D:{said.date.replace('-', '')}000000Z"
    entries = {
        "Author": said.author,
        "CreationDate": stamp,
        "Creator": said.creator,
        "ModDate": stamp,
        "Producer": said.producer,
        "Subject": said.subject,
        "Title": said.title,
    }
    written = [
        b"/%b %b" % (key.encode(), text.string(value)) for key, value in entries.items() if value
    ]
    return b"<< %b >>" % b" ".join(written)


def places(sections: Sequence[Section], pieces: Sequence[Piece]) -> dict[int, bytes]:
    """Return the root of the tree of destinations (12.3.2.3)."""
    by_name = sorted(
        zip(sections, pieces, strict=True), key=lambda pair: place_name(pair[0].id, "")
    )
    return {
        numbers.PLACES: b"<< /Kids %b >>" % text.references(piece.places for _, piece in by_name)
    }


def tree(pieces: Sequence[Piece], field: Field | None) -> dict[int, bytes]:
    """Return the structure tree's root, its only element and its trees of owners and names (14.7.2).

    The ``field`` for a signature is read last.
    """
    tops = [top for piece in pieces for top in piece.tops]
    tops += [field.element] if field else []
    identified = sorted(pair for piece in pieces for pair in piece.identified)
    by_number = sorted(pieces, key=lambda piece: piece.base)
    last = by_number[-1]
    found = {
        numbers.DOCUMENT: b"<< /K %b /P %d 0 R /S /Document /Type /StructElem >>"
        % (text.references(tops), numbers.TREE),
        numbers.OWNERS: b"<< /Kids %b >>"
        % text.references(
            [*(piece.owners for piece in by_number), *([field.owner] if field else [])]
        ),
    }
    names = b""
    if identified:
        names = b"/IDTree %d 0 R " % numbers.NOTES
        entries = [b"%b %d 0 R" % (text.string(name), number) for name, number in identified]
        found[numbers.NOTES] = b"<< /Names %b >>" % text.array(entries)
    roles = sorted({f"/{key} /{role} ".encode() for piece in pieces for key, role in piece.roles})
    found[numbers.TREE] = (
        b"<< %b/K [ %d 0 R ] /ParentTree %d 0 R /ParentTreeNextKey %d %b/Type /StructTreeRoot >>"
    ) % (
        names,
        numbers.DOCUMENT,
        numbers.OWNERS,
        field.number + 1 if field else last.owners + last.packed,
        b"/RoleMap << %b>> " % b"".join(roles) if roles else b"",
    )
    return found
