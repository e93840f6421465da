"""What the proofs of all files for printers share: their objects, and what they say of themselves.

A page of a dossier is known by what draws it: the bytes of its contents, and a checksum of everything that
these use. Both were proved in the dossier itself. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dossier.proof.allowed import graph, statements
from dossier.proof.allowed.kinds import Table
from dossier.proof.objects import MALFORMED, REFERENCE, Objects, UnreadableError
from dossier.proof.tags import Finding

LENGTH = re.compile(rb"/Length \d+ (?=>>$)")
PACKED = re.compile(rb"/DCTDecode|/DecodeParms")
"""Pictures, whose data are compared as they are packed."""


class WrongError(Exception):
    """The file is not one that the program writes; the argument has the findings."""


def opened(raw: bytes, table: Table, version: str = "1.7") -> Objects:
    """Return the objects of a file of a kind; raise WrongError if it has any others."""
    try:
        objects = Objects(raw)
        if not objects.is_bound or objects.version != version:
            message = "The file is not in the form in which the program writes it"
            raise WrongError([(0, f"{message}: something was added or changed")])
        wrong = list(graph.findings(objects, list(objects.text), table))
        if not objects.is_identified():
            wrong.append((0, "The identifier of the file is not that of its bytes"))
    except UnreadableError as error:
        raise WrongError([(0, f"The file {error}")]) from None
    except MALFORMED as error:
        message = f"The file is damaged: a part of it is not what it should be ({error})"
        raise WrongError([(0, message)]) from None
    if wrong:
        raise WrongError(wrong)
    return objects


@dataclass
class Drawn:
    """What draws the pages of a file."""

    objects: Objects
    _digests: dict[int, bytes] = field(default_factory=dict)

    def content(self, page: Mapping[str, Any]) -> bytes:
        """Return the contents of a page, one behind another; empty for a blank page."""
        parts = page.get("/Contents", [])
        return b"\n".join(
            self.objects.data(part) for part in (parts if isinstance(parts, list) else [parts])
        )

    def used(self, holder: Mapping[str, Any]) -> bytes:
        """Return the checksum of all that a page or a form may use, whatever its objects’ numbers."""
        return self.digest(holder["/Resources"])

    def digest(self, number: int) -> bytes:
        """Return the checksum of an object and of all to which it refers."""
        if number not in self._digests:
            self._digests[number] = b""  # ends circular references
            about, data = self.objects.text[number], b""
            if self.objects.is_stream(number):
                about = LENGTH.sub(b"", about)
                data = (
                    self.objects.raw(number) if PACKED.search(about) else self.objects.data(number)
                )
            told = REFERENCE.sub(lambda match: self.digest(int(match[1])), about)
            self._digests[number] = hashlib.sha256(told + b"\0" + data).digest()
        return self._digests[number]


def said(objects: Objects, dossier: Objects, claims: str, profile: str) -> Iterator[Finding]:
    """Compare what the file says of itself with what the proved dossier says.

    ``claims`` are the last lines of its metadata; ``profile`` is the checksum of its colour profile.
    """
    if objects.root["/Lang"] != dossier.root["/Lang"]:
        yield 0, f"The file’s language is “{objects.root['/Lang']}”"
    there, proved = (
        one.data(one.root["/Metadata"]).decode(errors="replace") for one in (objects, dossier)
    )
    head, found, _ = proved.partition("<pdfaid:part>")
    if not found or there.rstrip("\n") != (head + claims).rstrip("\n"):
        yield 0, "The metadata (XMP) of the file are not those that it should have"
    if statements.profile_of(objects) != profile:
        yield 0, "The colour profile of the file is another than that of the program"
