"""Compares finished files, byte for byte, with those that this machine has built again from the corpus."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from dossier.machine import earlier
from dossier.proof import anatomy, archives
from dossier.proof.drawing import drawings
from dossier.proof.objects import MALFORMED, Objects, UnreadableError
from dossier.proof.prover import checksum_in
from dossier.proof.readback import Page, Readback
from dossier.proof.signatures import signed
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.outputs import CHECKSUMS_SUFFIX, KINDS, LISTING_SUFFIX, SUFFIXES
from dossier.records.packet import EVERYTHING

MADE_WITH = re.compile(rb"<(?:pdf:Producer|xmp:CreatorTool)>([^<]*)<")
"""Matches what made a PDF, in its metadata, which are not compressed."""
REMEDY = "Do not use the file: build it again, or ask for it as it was built."
ARCHIVES = tuple(kind.suffix for kind in KINDS.values() if kind.is_archive)
"""The suffixes of files that are archives of others."""
VERSIONS = "Install those versions and build again: only the same versions give the same bytes."
STATES = re.compile(rb'"sha256": "[0-9a-f]{64}"|^[0-9a-f]{64}(?=  )')
"""Matches the checksum of another file: it differs wherever that file does."""


def named(listing: bytes | None, corpus: Path) -> tuple[str, bool, str]:
    """Return the packet that a listing describes, whether with drafts, and its name for the corpus."""
    try:
        data: Any = json.loads(listing or b"{}")
        packet, drafts = str(data.get("packet", EVERYTHING)), data.get("drafts") is True
        paths = [PurePosixPath(item["path"]) for item in data.get("diagnostics", ())]
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return EVERYTHING, False, corpus.as_posix()
    for path in paths[:1]:
        # An absolute path is that of a file whatever stands before it.
        for count in range(int(path.is_absolute()), len(path.parts)):
            inside = PurePosixPath(*path.parts[count:])
            if (corpus / inside).is_file():
                return packet, drafts, str(PurePosixPath(*path.parts[:count]))
    return packet, drafts, corpus.as_posix()


def differences(pdf: Path, again: Path) -> tuple[Diagnostic, ...]:
    """Return the differences between the files of ``pdf`` and those built ``again`` under the same name.

    Other versions come first, then the first page that differs, then each other file. A file that is not
    beside the PDF is not compared.
    """
    listing = pdf.with_suffix(LISTING_SUFFIX)
    own = whole = pdf.read_bytes()
    signature = signed(own, checksum_in(listing.read_bytes() if listing.is_file() else None))
    if signature:
        own = own[: signature.length]
    found: list[Diagnostic] = []
    there = again.read_bytes()
    if own != there:
        found += _of_pdf(pdf, own, there, _sections(again))
    pairs = zip(earlier.of_run(pdf, SUFFIXES), earlier.of_run(again, SUFFIXES), strict=True)
    volumes = [(pdf.with_name(path.name), path) for path in earlier.volumes_of(again)]
    listed = earlier.volumes_of(pdf)
    signed_so = {_sha256(whole): _sha256(own)}
    for path, other in (*volumes, *list(pairs)[1:]):
        if not path.is_file() or not other.is_file():
            continue
        own, there = path.read_bytes(), other.read_bytes()
        appended = signed(own, listed[path]) if path in listed else None
        if appended:
            signed_so[_sha256(own)] = _sha256(own[: appended.length])
            own = own[: appended.length]
        if path.suffix == CHECKSUMS_SUFFIX:
            # It lists the files as they were signed.
            for one, bound in signed_so.items():
                own = own.replace(one, bound)
        if own == there:
            continue
        if path.suffix == pdf.suffix:
            message = (
                f"The file differs from the one built again, from byte {_first(own, there):,} on"
            )
            found.append(_wrong(path, 0, message, REMEDY))
        else:
            compare = _of_archive if path.suffix in ARCHIVES else _of_text
            found += compare(path, own, there)
    return tuple(found)


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _of_pdf(
    pdf: Path, own: bytes, again: bytes, sections: Mapping[int, str]
) -> Iterator[Diagnostic]:
    """Yield why two PDFs may differ, and where they do first."""
    made, now = (
        b", ".join(MADE_WITH.findall(raw)).decode(errors="replace") for raw in (own, again)
    )
    if made != now:
        message = f"The file was made with “{made}”, and this machine has “{now}”"
        yield _wrong(pdf, 0, message, VERSIONS)
    page = _first_page(own, again)
    if page:
        where = f" ({sections[page]})" if page in sections else ""
        yield _wrong(pdf, page, f"The page is another than the one built again{where}", REMEDY)
    else:
        place = _first(own, again)
        message = f"The file differs from the one built again, from byte {place:,} on, on no page"
        yield _wrong(pdf, 0, message, REMEDY)


def _first_page(own: bytes, again: bytes) -> int:
    """Return the first page that reads or is drawn differently, or is missing in one file; 0 for none.

    The drawing comes second: its fonts have the glyphs of all pages, so one new letter changes all.
    """
    for seen in (_readings, _drawn):
        one, other = seen(own), seen(again)
        if not one or not other:
            return 0
        if len(one) != len(other):
            return min(len(one), len(other)) + 1
        for number, (left, right) in enumerate(zip(one, other, strict=True), 1):
            if left != right:
                return number
    return 0


def _readings(raw: bytes) -> Sequence[Page]:
    """Return what another library reads on each page; nothing where the file cannot be read."""
    try:
        book = Readback(raw)
    except UnreadableError:
        return ()
    try:
        return [book.page(number) for number in range(1, book.pages + 1)]
    except UnreadableError:
        return ()
    finally:
        book.close()


def _drawn(raw: bytes) -> Sequence[str]:
    """Return a checksum of each page with its fonts; none where the file cannot be read."""
    try:
        objects = Objects(raw, False)
        pages = drawings(objects, anatomy.dissect(objects).numbers)
        return [f"{drawing.page} {drawing.folio}" if drawing else "" for drawing in pages]
    except (UnreadableError, *MALFORMED):
        return ()


def _of_archive(path: Path, own: bytes, again: bytes) -> Iterator[Diagnostic]:
    """Yield the first part in which two archives differ."""
    try:
        left, right = archives.read(own), archives.read(again)
    except archives.MalformedError as error:
        yield _wrong(path, 0, f"The file is another than the one built again: {error}", REMEDY)
        return
    names = [name for name in {**right, **left} if left.get(name) != right.get(name)]
    where = f", first in its part “{names[0]}”" if names else ", but not in its parts"
    yield _wrong(path, 0, f"The file is another than the one built again{where}", REMEDY)


def _of_text(path: Path, own: bytes, again: bytes) -> Iterator[Diagnostic]:
    """Yield the first line in which two files differ; the checksums of other files are left out."""
    one, other = ([STATES.sub(b"", line) for line in raw.splitlines()] for raw in (own, again))
    if one == other and own.count(b"\n") == again.count(b"\n"):
        message = "The file differs from the one built again only in its checksums of other files"
        yield _wrong(path, 0, message, REMEDY)
        return
    pairs = enumerate(zip(one, other, strict=False), 1)
    line = next(
        (number for number, (left, right) in pairs if left != right), min(len(one), len(other))
    )
    yield _wrong(path, line, "The file differs from the one built again, here first", REMEDY)


def _first(own: bytes, again: bytes) -> int:
    pairs = enumerate(zip(own, again, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(own), len(again)))


def _sections(pdf: Path) -> dict[int, str]:
    """Return the title of the section of each page."""
    listing = json.loads(pdf.with_suffix(LISTING_SUFFIX).read_bytes())
    return {
        page: str(section["title"])
        for section in listing["sections"]
        for page in range(section["first_page"], section["last_page"] + 1, section.get("step", 1))
    }


def _wrong(path: Path, line: int, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(path.as_posix(), line, 0, Severity.ERROR, message, remedy)
