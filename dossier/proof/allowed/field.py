"""Tells whether the field for a signature is there where a packet is signed, and is as it should be.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

from collections.abc import Iterator

from dossier.proof.anatomy import Anatomy, is_field
from dossier.proof.objects import Objects
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.signing import FIELD


def findings(objects: Objects, truth: Truth, anatomy: Anatomy) -> Iterator[Finding]:
    """Yield what is wrong with the field (12.7.4.5), whose shape is allowed; it stands on the last page."""
    wanted = truth.publication.sign is not None
    if ("/AcroForm" in objects.root) != wanted:
        yield (
            0,
            f"The document {'lacks the field for its' if wanted else 'has a field for a'} signature",
        )
        return
    if anatomy.roles.get("Form", 0) != wanted:
        yield 0, "The document has another number of tags of fields than it should have"
        return
    on = [
        (page, annotation)
        for page, sheet in enumerate(anatomy.pages, 1)
        for annotation in sheet.get("/Annots", ())
        if is_field(objects, annotation)
    ]
    if not wanted:
        yield from ((page, "The page has a field for a signature") for page, _ in on)
        return
    (number,) = objects.root["/AcroForm"]["/Fields"]
    last = len(anatomy.numbers)
    if on != [(last, number)] or objects[number]["/P"] != anatomy.numbers[-1]:
        yield 0, "The field for the signature is not the one on the last page"
    for key, value in (("/T", FIELD), ("/TU", truth.words("signature_field"))):
        there = objects[number][key]
        if there != value:
            yield last, f"The field for the signature is called “{there}”, and should be “{value}”"
