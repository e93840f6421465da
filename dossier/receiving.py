"""Verifies finished files without their corpus, which their receiver does not have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.machine import earlier
from dossier.proof import alone, checksums, files, rules
from dossier.proof import volumes as proof_of_volumes
from dossier.proof.beside import located
from dossier.proof.filled import signature_of
from dossier.proof.lettering import begins_of
from dossier.proof.prover import checksum_in
from dossier.proof.signatures import Signed, signed
from dossier.read.profiles import built_in
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES
from dossier.records.profile import Profile
from dossier.records.sections import section_of_letter
from dossier.records.signing import Filled

REMEDY = "Do not use the files: ask for them as they were built."


@dataclass(frozen=True)
class Received:
    """The findings in finished files, compared with each other."""

    faults: tuple[Diagnostic, ...]
    beside: tuple[Path, ...]
    """The files beside the PDF that were compared."""
    signed: Signed | None = None
    """What was appended to the PDF since it was built, if it was changed in no other way."""
    filled: Filled | None = None
    """The signature of a packet that asks for one."""
    profile: str = ""
    """The name of its receiver's profile, where its rules were proved again."""
    unproved: str = ""
    """The name of the profile whose rules could not be."""
    whole: bool = True
    """The PDF itself was compared; else there are only the volumes into which it was divided."""


def received(pdf: Path) -> Received:
    """Compare a finished PDF with the files beside it; raises OSError if a file cannot be read."""
    beside = pdf.with_suffix(LISTING_SUFFIX)
    content = beside.read_bytes() if beside.is_file() else None
    listing = _read(content)
    if listing is not None and not pdf.is_file():
        return _without_whole(pdf, beside, listing)
    raw = pdf.read_bytes()
    appended = signed(raw, checksum_in(content))
    whole = raw
    if appended:
        raw = raw[: appended.length]
    if listing is None:
        return _unlisted(beside, is_there=bool(content))
    found = list(located(pdf, alone.findings(raw, listing), REMEDY))
    if hashlib.sha256(raw).hexdigest() != listing.get("sha256"):
        message = (
            f"The file was changed or saved anew: it is not the one that {beside.name} describes"
        )
        found.append(_of(pdf, message, REMEDY))
    signature, wrong = signature_of(pdf, whole, appended, listing.get("signature"), REMEDY)
    found += wrong
    names = [item["name"] for item in listing["outputs"]]
    *others, listed, last = earlier.of_run(pdf, names)[1:]
    there = {path: path.read_bytes() for path in others if path.is_file()}
    for name, path in zip(names, others, strict=True):
        if path in there:
            found += located(path, _compared(name, there[path], listing), REMEDY)
        else:
            found.append(_missing(path))
    volumes = earlier.volumes_of(pdf)
    found += _volumes(volumes, listing, raw)
    if last.is_file():
        every = {
            pdf: whole if signature else raw,
            **dict.fromkeys(others),
            **there,
            listed: content,
        }
        every |= {path: path.read_bytes() if path.is_file() else None for path in volumes}
        found += located(last, checksums.findings(last.read_bytes(), every), REMEDY)
    else:
        found.append(_missing(last))
    stated = listing.get("profile")
    profile = _profile(stated)
    more = [path for path in (*volumes, last) if path.is_file()]
    if profile:
        filed = {pdf: whole, **there, listed: content or b""}
        filed |= {path: path.read_bytes() for path in more}
        broken, warned = rules.findings(profile, pdf, filed)
        found += [*broken, *warned]
    return Received(
        tuple(sorted(set(found))),
        (listed, *there, *more),
        appended,
        signature,
        profile.name if profile else "",
        _name(stated) if stated is not None and profile is None else "",
    )


def _unlisted(beside: Path, is_there: bool) -> Received:
    """Return what is found where a PDF has no listing, or one that cannot be read."""
    message = "The listing is damaged" if is_there else "The listing does not stand beside the PDF"
    remedy = "Ask for the file that was made together with the PDF."
    return Received((_of(beside, message, remedy),), ())


def _without_whole(pdf: Path, beside: Path, listing: dict[str, Any]) -> Received:
    """Compare the volumes of a PDF that is not there itself with the listing."""
    volumes = earlier.volumes_of(pdf)
    found = [_missing(pdf), *_volumes(volumes, listing, None)]
    there = tuple(path for path in volumes if path.is_file())
    return Received(tuple(sorted(set(found))), (beside, *there), whole=False)


def _volumes(
    volumes: dict[Path, str], listing: dict[str, Any], whole: bytes | None
) -> list[Diagnostic]:
    """Return the findings in the volumes of a PDF; without the ``whole`` less of them is compared."""
    items = listing.get("volumes", [])
    try:
        ranges = [range(int(one["first_page"]), int(one["last_page"]) + 1) for one in items]
        names = [str(one["file"]) for one in items]
        follow = [span.start for span in ranges] == [1, *(span.stop for span in ranges[:-1])]
        sound = not ranges or (follow and ranges[-1].stop - 1 == int(listing["pages"]))
        division = proof_of_volumes.Division(
            ranges, names, begins_of(listing), _attached(listing, ranges)
        )
    except (LookupError, TypeError, ValueError):
        sound = False
    if not sound or [path.name for path in volumes] != names:
        path = next(iter(volumes), Path("the listing"))
        return [_of(path, "The listing’s volumes are not the whole, one behind the other", REMEDY)]
    found: list[Diagnostic] = []
    for number, (path, checksum) in enumerate(volumes.items(), 1):
        if not path.is_file():
            found.append(_missing(path))
            continue
        raw = path.read_bytes()
        appended = signed(raw, checksum)
        content = raw[: appended.length] if appended else raw
        found += signature_of(path, raw, appended, listing.get("signature"), REMEDY)[1]
        if hashlib.sha256(content).hexdigest() != checksum:
            message = (
                "The file was changed or saved anew: it is not the one that the listing describes"
            )
            found.append(_of(path, message, REMEDY))
        there = proof_of_volumes.alone(content, whole, number, division)
        found += located(path, there, REMEDY)
    return found


def _attached(listing: dict[str, Any], ranges: Sequence[range]) -> list[set[str]]:
    """Return the names of the files that are attached to each volume: the sources of its letters."""
    begins = {str(one["id"]): int(one["first_page"]) for one in listing["sections"]}
    return [
        {
            str(file["name"])
            for file in listing.get("attachments", ())
            if any(begins[section_of_letter(letter)] in span for letter in file["letters"])
        }
        for span in ranges
    ]


def _name(stated: Any) -> str:
    """Return the name of the profile that a listing states."""
    return str(stated.get("name", "?")) if isinstance(stated, dict) else "?"


def _profile(stated: Any) -> Profile | None:
    """Return the profile that a listing states; None where this program does not have the same."""
    profile = built_in(_name(stated))
    if profile is None or stated.get("sha256") != profile.sha256:
        return None
    return profile if stated.get("rules") == [rule.id for rule in profile.refusing] else None


def _compared(name: str, content: bytes, listing: dict[str, Any]) -> list[tuple[int, str]]:
    try:
        return list(files.findings(name, content, listing))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        return [(0, f"The file cannot be compared with the listing: {error}")]


def _read(content: bytes | None) -> dict[str, Any] | None:
    """Return the parsed listing, None where it is missing or no listing of ours."""
    try:
        listing = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    if not isinstance(listing, dict) or not listing.keys() >= earlier.LISTING:
        return None
    outputs = listing.get("outputs")
    named = isinstance(outputs, list) and all(
        isinstance(item, dict) and item.get("name") in tuple(SUFFIXES) and "sha256" in item
        for item in outputs
    )
    signed_so = isinstance(listing.get("signature", {}), dict)
    return listing if named and signed_so else None


def _missing(path: Path) -> Diagnostic:
    message = "The file was made together with the PDF, but is not beside it"
    remedy = "Put it there if it is to be compared too."
    return Diagnostic(path.as_posix(), 0, 0, Severity.WARNING, message, remedy)


def _of(path: Path, message: str, remedy: str) -> Diagnostic:
    return Diagnostic(path.as_posix(), 0, 0, Severity.ERROR, message, remedy)
