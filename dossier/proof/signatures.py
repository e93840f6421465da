"""Distinguishes a dossier that was signed after its proof from one that was changed.

A signature is appended to a file as an incremental update (ISO 32000-1, 7.5.6 and 12.8), which leaves the
signed bytes unchanged. So a signed dossier begins with the proved file, and only signatures may follow.
Certificates are not validated.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

END = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
MOST_UPDATES = 50
"""The maximum number of incremental updates, more than anyone signs."""
IN_CATALOG = {"/AcroForm", "/DSS", "/Perms", "/Extensions"}
"""Entries that a signature may add to the catalog (12.7.2, 12.8.4.3, 12.8.4, 7.12)."""
IN_FORM = {"/Fields", "/SigFlags", "/DR", "/DA"}
IN_INFO = {"/ModDate", "/Producer"}
IN_METADATA = {
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
}
"""The metadata that a signing program updates: its name and the date."""
CONTENTS = re.compile(rb"<[0-9A-Fa-f]*>")
"""Matches the signature's own value, the only bytes that it does not cover."""
IN_WIDGET = {
    "/Type", "/Subtype", "/FT", "/T", "/TU", "/Ff", "/F", "/P", "/Rect", "/V", "/Parent", "/Kids", "/Lock",
    "/SV", "/DR", "/DA", "/AP", "/StructParent", "/NM", "/M",
}  # fmt: skip
"""Entries of a signature's field and widget annotation (12.5.2, 12.7.3, 12.7.4.5)."""


@dataclass(frozen=True)
class Signed:
    """A proved file with incremental updates."""

    length: int
    """The size of the proved file in bytes."""
    names: tuple[str, ...]
    """The name that each signature states, or an empty string."""
    findings: tuple[str, ...]
    """Messages about updates other than signatures, and about doubtful signatures."""


def signed(raw: bytes, checksum: str) -> Signed | None:
    """Return the updates to a proved file, whose SHA-256 is ``checksum``.

    None where nothing was appended, or where the file does not begin with the proved one.
    """
    if hashlib.sha256(raw).hexdigest() == checksum:
        return None
    ends = [match.end() for match in END.finditer(raw)][:MOST_UPDATES]
    length = next(
        (end for end in ends if hashlib.sha256(raw[:end]).hexdigest() == checksum), len(raw)
    )
    if length == len(raw):
        return None
    try:
        with (
            pikepdf.open(io.BytesIO(raw[:length])) as before,
            pikepdf.open(io.BytesIO(raw)) as after,
        ):
            names, findings = _appended(before, after, raw, length)
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):
        names, findings = [], ["What was appended to the file cannot be read"]
    return Signed(length, tuple(names), tuple(findings))


def _appended(
    before: pikepdf.Pdf, after: pikepdf.Pdf, raw: bytes, proved: int
) -> tuple[list[str], list[str]]:
    """Return the names of the signatures and the findings; ``proved`` is the proved file's size."""
    fields = [field for field in _fields(after) if field.get("/FT") == "/Sig"]
    signatures = [field.V for field in fields if isinstance(field.get("/V"), Dictionary)]
    findings = list(_changes(before, after, {field.objgen for field in fields}))
    if not signatures:
        findings.append("Something other than a signature was appended to the file")
    last = max((sum(_range(signature)[2:4]) for signature in signatures), default=0)
    for signature in signatures:
        start, first, second, length = _range(signature)
        inside = start == 0 and proved <= first < second <= second + length <= len(raw)
        if not inside or not CONTENTS.fullmatch(raw, first, second):
            findings.append("A signature does not cover the whole of what was proved")
    if signatures and last != len(raw) and not _is_validation_data(after):
        findings.append("Something was appended to the file behind its last signature")
    if not set(map(str, after.Root.get("/AcroForm", Dictionary()).keys())) <= IN_FORM:
        findings.append("A form was appended to the file")
    for field in _fields(after):
        if field.get("/FT") != "/Sig" and field.get("/Parent", Dictionary()).get("/FT") != "/Sig":
            findings.append("A form was appended to the file")
        elif "/Rect" in field and _is_seen(field):
            findings.append("A signature shows something on a page, which nobody has proved")
    return [str(signature.get("/Name", "")) for signature in signatures], findings


def _range(signature: Any) -> list[int]:
    """Return the ByteRange of a signature (12.8.1): two pairs of offset and length."""
    found = [int(value) for value in signature.get("/ByteRange", ())]
    if len(found) != 4:
        raise ValueError("no ByteRange")
    return found


def _is_validation_data(pdf: pikepdf.Pdf) -> bool:
    """Tell whether the last update may be validation data for a signature (DSS)."""
    return "/DSS" in pdf.Root


def _is_seen(field: Any) -> bool:
    left, bottom, right, top = (float(value) for value in field.Rect)
    hidden = int(field.get("/F", 0)) & 0b100010  # Hidden, NoView (12.5.3)
    return left != right and bottom != top and not hidden


def _fields(pdf: pikepdf.Pdf) -> Iterator[Any]:
    form = pdf.Root.get("/AcroForm")
    waiting = list(form.get("/Fields", ())) if isinstance(form, Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while waiting:
        field = waiting.pop(0)
        if isinstance(field, Dictionary) and field.objgen not in seen:
            seen.add(field.objgen)
            yield field
            waiting += list(field.get("/Kids", ()))


def _changes(
    before: pikepdf.Pdf, after: pikepdf.Pdf, fields: set[tuple[int, int]]
) -> Iterator[str]:
    """Yield the changes to the proved file's objects, except those that a signature requires."""
    if before.Root.objgen != after.Root.objgen or len(before.pages) != len(after.pages):
        yield "The file was changed behind the proved part"
        return
    pages = {page.obj.objgen: number for number, page in enumerate(before.pages, 1)}
    lists = {
        page.Annots.objgen for page in before.pages if "/Annots" in page and page.Annots.is_indirect
    }
    info, metadata = before.trailer.get("/Info"), before.Root.get("/Metadata")
    if (info is None) != ("/Info" not in after.trailer) or (
        info is not None and after.trailer.Info.objgen != info.objgen
    ):
        yield "The document’s information was changed behind the proved part"
    for old in before.objects:
        new = after.get_object(old.objgen)
        if old.objgen == before.Root.objgen:
            changed = _changed_keys(old, new) - IN_CATALOG
            if changed:
                yield f"The document’s catalog was changed ({', '.join(sorted(changed))})"
        elif old.objgen in pages:
            changed = _changed_keys(old, new) - {"/Annots"}
            added = _added(old.get("/Annots", Array()), new.get("/Annots", Array()))
            if changed or added is None or not _are_widgets(added, fields):
                yield f"Page {pages[old.objgen]} was changed behind the proved part"
        elif old.objgen in lists:
            added = _added(old, new)
            if added is None or not _are_widgets(added, fields):
                yield "An annotation was added to a page behind the proved part"
        elif metadata is not None and old.objgen == metadata.objgen:
            if _xmp(before) != _xmp(after):
                yield "The document’s metadata was changed behind the proved part"
        elif info is not None and old.objgen == info.objgen:
            if _changed_keys(old, new) - IN_INFO:
                yield "The document’s information was changed behind the proved part"
        elif not _same(old, new):
            yield "A part of the file was changed behind the proved part"
            return


def _xmp(pdf: pikepdf.Pdf) -> dict[str, list[str]]:
    """Return the properties of the XMP packet (ISO 16684-1), without those that signing updates."""
    metadata = pdf.open_metadata(set_pikepdf_as_editor=False)
    properties: dict[str, list[str]] = {}
    for key in metadata:
        value = metadata[key]
        parts = [value] if isinstance(value, str) or value is None else list(value)
        properties[key] = [" ".join(str(part or "").split()) for part in parts]
    return {key: parts for key, parts in properties.items() if key not in IN_METADATA}


def _changed_keys(old: Any, new: Any) -> set[str]:
    """Return the keys in which two dictionaries differ; references are equal if their numbers are."""
    if not isinstance(new, Dictionary | Stream):
        return {"all of it"}
    keys = {*map(str, old.keys()), *map(str, new.keys())}
    return {
        key
        for key in keys
        if key not in old or key not in new or _written(old[key]) != _written(new[key])
    }


def _added(old: Any, new: Any) -> list[Any] | None:
    """Return the items that ``new`` has after those of ``old``, None where it begins otherwise."""
    before, after = list(old), list(new)
    if [_written(item) for item in before] != [_written(item) for item in after[: len(before)]]:
        return None
    return after[len(before) :]


def _are_widgets(items: Iterable[Any], fields: set[tuple[int, int]]) -> bool:
    return all(
        isinstance(widget, Dictionary)
        and widget.get("/Subtype") == Name.Widget
        and {*map(str, widget.keys())} <= IN_WIDGET
        and (widget.objgen in fields or widget.get("/Parent", Dictionary()).objgen in fields)
        for widget in items
    )


def _same(old: Any, new: Any) -> bool:
    """Tell whether two objects are equal, stream data included."""
    if isinstance(old, Stream):
        return (
            isinstance(new, Stream)
            and not _changed_keys(old, new)
            and old.read_raw_bytes() == new.read_raw_bytes()
        )
    if isinstance(old, pikepdf.Object) and isinstance(new, pikepdf.Object):
        return old.unparse(resolved=True) == new.unparse(resolved=True)
    return _written(old) == _written(new)


def _written(value: Any) -> bytes:
    """Return a value as it is written in an object, with indirect objects as references."""
    return value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode()
