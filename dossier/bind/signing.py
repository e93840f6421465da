"""The field for a signature, which is written at binding: a signature only fills it.

A field that a signing program adds has no tag, and makes the signed file lose its conformance to PDF/UA.
This one is tagged and described, and has no extent, so that it hides nothing: viewers show signatures
beside the page.
References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

from dataclasses import dataclass

from dossier.bind import numbers, text
from dossier.bind.book import Book
from dossier.records.job import Job
from dossier.records.signing import FIELD

ANNOTATIONS = b"/Annots [ "
FORM = (
    b"/AcroForm << /Fields [ %d 0 R ] /SigFlags 3 >> "
    b"/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 1 /Type /DeveloperExtensions >> >> "
)


@dataclass(frozen=True)
class Field:
    """The numbers of the objects of a field."""

    number: int
    """Of the field, which is its own annotation (12.5.6.19), and its key in the parent tree."""

    @property
    def element(self) -> int:
        """The number of its tag."""
        return self.number + 1

    @property
    def owner(self) -> int:
        """The number of its node of the parent tree."""
        return self.number + 2


def reserved(book: Book, job: Job) -> Field | None:
    """Return the numbers of a job's field behind all pieces; None where it has none."""
    return Field(book.number(3)) if job.is_signed else None


def add(book: Book, job: Job, field: Field, page: int) -> None:
    """Add the field (12.7.4.5) on a page, its tag (ISO 14289-1, 7.18.4) and who owns it."""
    book.add_objects(
        field.number,
        [
            (
                b"<< /F 132 /FT /Sig /P %d 0 R /Rect [ 0 0 0 0 ] /StructParent %d /Subtype /Widget /T %b "
                b"/TU %b /Type /Annot >>"
            )
            % (page, field.number, text.string(FIELD), text.string(job.words("signature_field"))),
            b"<< /K << /Obj %d 0 R /Pg %d 0 R /Type /OBJR >> /P %d 0 R /S /Form >>"
            % (field.number, page, numbers.DOCUMENT),
            b"<< /Limits [ %d %d ] /Nums [ %d %d 0 R ] >>"
            % (field.number, field.number, field.number, field.element),
        ],
    )


def form(field: int) -> bytes:
    """Return the entry of the catalog for the form (12.7.2) that a field is in, 0 for none.

    The flags say that the file has a signature and is only to be appended to; the extension is the one that
    such signatures name (ETSI EN 319 142-1, 5.6). Both stand here already, so that signing changes nothing
    of the catalog.
    """
    return FORM % field if field else b""


def on_page(entries: bytes, field: int) -> bytes:
    """Return the entries of a page with a field behind its other annotations."""
    if entries.startswith(ANNOTATIONS):
        end = entries.index(b" ]")
        return b"%b %d 0 R%b" % (entries[:end], field, entries[end:])
    return b"%b%d 0 R ] %b" % (ANNOTATIONS, field, entries)
