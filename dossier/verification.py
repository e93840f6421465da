"""Reads finished files back and compares them with their corpus."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dossier.compile import styled
from dossier.compile.bibliography import entries
from dossier.compile.relations import signature_count
from dossier.compile.selection import selected
from dossier.compile.signing import without_withdrawn
from dossier.compile.styled import KeptStyles
from dossier.machine import earlier
from dossier.outputs_table import OUTPUTS
from dossier.proof import checksums, rules, warnings
from dossier.proof import volumes as proof_of_volumes
from dossier.proof.beside import Proved, findings, located
from dossier.proof.filled import signature_of
from dossier.proof.prover import REBUILD, Proof, checksum_in
from dossier.proof.signatures import Signed, signed
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity, printable, quoted
from dossier.records.dossier import Corpus
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES
from dossier.records.packet import EVERYTHING
from dossier.records.signing import Filled
from dossier.stages import read, warnings_of

OLDER = "Build it again, or name the corpus from which it was built with --corpus."
RENAMED = "Give all files of the packet the names again under which they were built."
BEHIND = "Do not use the file: ask for it as it was built, or build it again."


@dataclass(frozen=True)
class Verified:
    """The findings in a finished PDF and in the files beside it."""

    faults: tuple[Diagnostic, ...]
    """A missing file is a warning; everything else is an error."""
    letters: int = 0
    signatures: int = 0
    """The number of signatures under all letters."""
    signed: Signed | None = None
    """What was appended to the PDF since it was built, if it was changed in no other way."""
    filled: Filled | None = None
    """The signature of a packet that asks for one."""
    beside: tuple[Path, ...] = ()
    """The further outputs that were compared as well."""
    profile: str = ""
    """The name of its receiver's profile, whose rules were proved again."""


def verify(pdf: Path, corpus: Path, jobs: int, thorough: bool = False) -> Verified:
    """Compare a finished PDF with its corpus and the listing beside it, then its further outputs.

    A digitally signed PDF is compared as it was before signing; what was appended is checked by itself.
    ``jobs`` processes read the pages. With ``thorough`` they are drawn and looked at, too. Raises
    CorpusFaultError if the corpus has faults, OSError if a file cannot be read.
    """
    beside = pdf.with_suffix(LISTING_SUFFIX)
    listing = beside.read_bytes() if beside.is_file() else None
    raw = pdf.read_bytes()
    appended = signed(raw, checksum_in(listing))
    with tempfile.TemporaryDirectory() as folder:
        path = pdf
        if appended:
            path = Path(folder) / "proved.pdf"
            path.write_bytes(raw[: appended.length])
        with Proof(path, pdf.as_posix(), jobs) as proof:
            styles = KeptStyles()
            found, diagnostics = read(corpus, corpus.as_posix(), _has_drafts(listing), styles)
            if found is None:
                raise CorpusFaultError(diagnostics)
            name = _packet_named(listing, pdf, found)
            packet = next((packet for packet in found.packets if packet.name == name), None)
            if packet is None:
                return Verified((_unknown(pdf, name),))
            cite = styled.citing(packet, entries, styles.formatted)
            faults = proof.against(found, packet, cite, listing, thorough)
    sign = packet.publication.sign
    said = sign.stated if sign else None
    signature, wrong = signature_of(pdf, raw, appended, said, BEHIND)
    faults += wrong
    compared: tuple[Path, ...] = ()
    if proof.proved is not None:
        *others, listed, last = earlier.of_run(pdf, packet.outputs)[1:]
        compared = tuple(path for path in (*others, last) if path.is_file())
        wanted = warnings_of(found, packet, proof.proved.truth, diagnostics, styles)
        faults += located(
            beside, warnings.findings(listing or b"", wanted, corpus.as_posix()), OLDER
        )
        faults += tuple(_beside(pdf, proof.proved))
        volumes = tuple(earlier.volumes_of(pdf))
        faults += tuple(_volumes(pdf, proof.proved))
        compared += tuple(path for path in volumes if path.is_file())
        there = {path: path.read_bytes() for path in (*others, *volumes) if path.is_file()}
        files = {pdf: raw if sign else proof.proved.pdf, **dict.fromkeys(others), listed: listing}
        faults += checksums_of(last, files | dict.fromkeys(volumes) | there)
        if packet.profile:
            # As its receiver gets it: signatures, too, may break a rule.
            there |= {path: path.read_bytes() for path in (listed, last) if path.is_file()}
            broken, warned = rules.findings(packet.profile, pdf, {pdf: raw, **there})
            faults += (*broken, *warned)
    letters = selected(found, packet)
    own = sum(not letter.head.annex_to for letter in letters)
    printed = [without_withdrawn(letter, packet.publication.withdrawn) for letter in letters]
    kept = packet.profile.name if packet.profile and proof.proved else ""
    return Verified(faults, own, signature_count(printed), appended, signature, compared, kept)


def _unknown(pdf: Path, packet: str) -> Diagnostic:
    """Return the finding about a file of a packet that is not in the corpus."""
    message = f"The file is the packet “{printable(packet)}”, which the corpus does not have"
    remedy = "Name its corpus with --corpus, or write the packet into dossier.yaml again."
    return _of_pdf(pdf, message, remedy)


def _of_pdf(pdf: Path, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(pdf.as_posix(), 0, 0, Severity.ERROR, message, remedy)


def _beside(pdf: Path, proved: Proved) -> Iterator[Diagnostic]:
    """Yield the faults of the further outputs of a proved PDF."""
    for name in proved.truth.outputs:
        path = pdf.with_suffix(SUFFIXES[name])
        if path.is_file():
            raw = path.read_bytes()
            there = OUTPUTS[name].prove(raw, proved)
            yield from findings(path, name, raw, proved, there, REBUILD)
        else:
            yield missing(path)


def _volumes(pdf: Path, proved: Proved) -> Iterator[Diagnostic]:
    """Yield the faults of the volumes into which a proved PDF is divided."""
    stated, count = proved.truth.publication.volumes, len(proved.truth.volumes)
    listed = earlier.volumes_of(pdf)
    names = proof_of_volumes.file_names(stated, pdf.stem, count) if stated else []
    if [path.name for path in listed] != names:
        there = quoted(path.name for path in listed) if listed else "nothing"
        message = (
            f"The listing calls the volumes {there}, and they should be called "
            f"{quoted(names) if names else 'nothing'}: links lead to these names"
        )
        yield _of_pdf(pdf.with_suffix(LISTING_SUFFIX), message, RENAMED)
        return
    sizes = []
    for number, (path, checksum) in enumerate(listed.items(), 1):
        if not path.is_file():
            yield missing(path)
            continue
        raw = path.read_bytes()
        sizes.append(len(raw))
        appended = signed(raw, checksum)
        sign = proved.truth.publication.sign
        yield from signature_of(path, raw, appended, sign.stated if sign else None, BEHIND)[1]
        bound = raw[: appended.length] if appended else raw
        found = proof_of_volumes.findings(bound, proved, number, names)
        if hashlib.sha256(bound).hexdigest() != checksum:
            found.append((0, f"The file is not the one that {pdf.stem}{LISTING_SUFFIX} describes"))
        yield from located(path, found, REBUILD)
    if len(sizes) == len(names):
        found = list(proof_of_volumes.sized(proved.truth, sizes or [len(proved.pdf)]))
        yield from located(pdf, found, REBUILD)


def missing(path: Path) -> Diagnostic:
    """Return the warning about a file that is not beside the PDF, which may be handed out by itself."""
    message = "The file was made together with the PDF, but is not beside it"
    remedy = "Put it there if it is to be compared too."
    return Diagnostic(path.as_posix(), 0, 0, Severity.WARNING, message, remedy)


def checksums_of(path: Path, files: Mapping[Path, bytes | None]) -> tuple[Diagnostic, ...]:
    """Return the findings in the list of checksums at ``path``; ``files`` are those it should list."""
    if not path.is_file():
        return (missing(path),)
    return located(path, checksums.findings(path.read_bytes(), files), REBUILD)


def _has_drafts(listing: bytes | None) -> bool:
    """Tell whether a PDF was built with drafts, as its listing says."""
    try:
        data = json.loads(listing or b"")
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get("drafts") is True


def _packet_named(listing: bytes | None, pdf: Path, corpus: Corpus) -> str:
    """Return the name of a PDF's packet: as its listing says or, without a listing, by its file name."""
    try:
        data = json.loads(listing or b"")
    except (ValueError, RecursionError):
        data = None
    if isinstance(data, dict) and data.keys() >= earlier.LISTING:
        return str(data.get("packet", EVERYTHING))
    names = [packet.name for packet in corpus.packets]
    return pdf.stem if pdf.stem in names else EVERYTHING
