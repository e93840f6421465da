"""Tells a dossier that was signed after it was proved from one that was changed.

A signature is appended to a file as an incremental update (ISO 32000-1, 7.5.6 and 12.8): the bytes that
were signed stay as they are. So the first bytes of a signed dossier are the proved file, and what follows
may be a signature and nothing else. Whether a signature's certificate is to be trusted is not looked at.
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
"""How many updates are looked at: nobody signs so often."""
IN_CATALOG = {"/AcroForm", "/DSS", "/Perms", "/Extensions"}
"""What a signature adds to the catalog (12.7.2, 12.8.4.3, 12.8.4, 7.12)."""
IN_FORM = {"/Fields", "/SigFlags", "/DR", "/DA"}
IN_INFO = {"/ModDate", "/Producer"}
IN_METADATA = {
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
}
"""With what, and when, a program says that it has written the signature."""
CONTENTS = re.compile(rb"<[0-9A-Fa-f]*>")
"""The signature's own value, which alone it cannot cover."""
IN_WIDGET = {
    "/Type", "/Subtype", "/FT", "/T", "/TU", "/Ff", "/F", "/P", "/Rect", "/V", "/Parent", "/Kids", "/Lock",
    "/SV", "/DR", "/DA", "/AP", "/StructParent", "/NM", "/M",
}  # fmt: skip
"""The entries of a signature's field and annotation (12.5.2, 12.7.3, 12.7.4.5)."""


@dataclass(frozen=True)
class Signed:
    """A proved file to which something was appended."""

    length: int
    """How many bytes the proved file has."""
    names: tuple[str, ...]
    """Of each signature, the name that it states, or nothing."""
    faults: tuple[str, ...]
    """What was appended besides signatures, or makes them doubtful."""


def signed(raw: bytes, checksum: str) -> Signed | None:
    """Return what was appended to the proved file, whose SHA-256 is ``checksum``; None for others."""
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
            names, faults = _appended(before, after, raw, length)
    except (
        pikepdf.PdfError,
        pikepdf.PasswordError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):
        names, faults = [], ["What was appended to the file cannot be read"]
    return Signed(length, tuple(names), tuple(faults))


def _appended(
    before: pikepdf.Pdf, after: pikepdf.Pdf, raw: bytes, proved: int
) -> tuple[list[str], list[str]]:
    """Return the names of the signatures and what is wrong; ``proved`` is the length of the proved part."""
    fields = [field for field in _fields(after) if field.get("/FT") == "/Sig"]
    signatures = [field.V for field in fields if isinstance(field.get("/V"), Dictionary)]
    faults = list(_changes(before, after, {field.objgen for field in fields}))
    if not signatures:
        faults.append("Something was appended to the file that is no signature")
    last = max((sum(_range(signature)[2:4]) for signature in signatures), default=0)
    for signature in signatures:
        start, first, second, length = _range(signature)
        inside = start == 0 and proved <= first < second <= second + length <= len(raw)
        if not inside or not CONTENTS.fullmatch(raw, first, second):
            faults.append("A signature does not cover the whole of what was proved")
    if signatures and last != len(raw) and not _is_validation_data(after):
        faults.append("Something was appended to the file behind its last signature")
    if not set(map(str, after.Root.get("/AcroForm", Dictionary()).keys())) <= IN_FORM:
        faults.append("A form was appended to the file")
    for field in _fields(after):
        if field.get("/FT") != "/Sig" and field.get("/Parent", Dictionary()).get("/FT") != "/Sig":
            faults.append("A form was appended to the file")
        elif "/Rect" in field and _is_seen(field):
            faults.append("A signature shows something on a page, which nobody has proved")
    return [str(signature.get("/Name", "")) for signature in signatures], faults


def _range(signature: Any) -> list[int]:
    """Return the bytes that a signature covers (12.8.1): two starts and two lengths."""
    found = [int(value) for value in signature.get("/ByteRange", ())]
    if len(found) != 4:
        raise ValueError("no ByteRange")
    return found


def _is_validation_data(pdf: pikepdf.Pdf) -> bool:
    """Tell whether the last update may be what a reader needs to check a signature later (DSS)."""
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
    """Yield what was changed of the proved file's objects, but for what a signature has to change."""
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
        yield "What the document says of itself was changed behind the proved part"
    for one in before.objects:
        other = after.get_object(one.objgen)
        if one.objgen == before.Root.objgen:
            changed = _changed_keys(one, other) - IN_CATALOG
            if changed:
                yield f"The document’s catalog was changed ({', '.join(sorted(changed))})"
        elif one.objgen in pages:
            changed = _changed_keys(one, other) - {"/Annots"}
            added = _added(one.get("/Annots", Array()), other.get("/Annots", Array()))
            if changed or added is None or not _are_widgets(added, fields):
                yield f"Page {pages[one.objgen]} was changed behind the proved part"
        elif one.objgen in lists:
            added = _added(one, other)
            if added is None or not _are_widgets(added, fields):
                yield "Something was laid on a page behind the proved part"
        elif metadata is not None and one.objgen == metadata.objgen:
            if _told(before) != _told(after):
                yield "The document’s metadata was changed behind the proved part"
        elif info is not None and one.objgen == info.objgen:
            if _changed_keys(one, other) - IN_INFO:
                yield "What the document says of itself was changed behind the proved part"
        elif not _same(one, other):
            yield "A part of the file was changed behind the proved part"
            return


def _told(pdf: pikepdf.Pdf) -> dict[str, list[str]]:
    """Return what the metadata packet says (ISO 16684-1), but for what a signing program changes of it."""
    metadata = pdf.open_metadata(set_pikepdf_as_editor=False)
    told: dict[str, list[str]] = {}
    for key in metadata:
        value = metadata[key]
        parts = [value] if isinstance(value, str) or value is None else list(value)
        told[key] = [" ".join(str(part or "").split()) for part in parts]
    return {key: parts for key, parts in told.items() if key not in IN_METADATA}


def _changed_keys(one: Any, other: Any) -> set[str]:
    """Return the entries in which two dictionaries differ; references are the same to the same object."""
    if not isinstance(other, Dictionary | Stream):
        return {"all of it"}
    keys = {*map(str, one.keys()), *map(str, other.keys())}
    return {
        key
        for key in keys
        if key not in one or key not in other or _written(one[key]) != _written(other[key])
    }


def _added(one: Any, other: Any) -> list[Any] | None:
    """Return what a list has more than another, None where it does not begin as that does."""
    before, after = list(one), list(other)
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


def _same(one: Any, other: Any) -> bool:
    """Tell whether two objects of the same number are the same, stream data included."""
    if isinstance(one, Stream):
        return (
            isinstance(other, Stream)
            and not _changed_keys(one, other)
            and one.read_raw_bytes() == other.read_raw_bytes()
        )
    if isinstance(one, pikepdf.Object) and isinstance(other, pikepdf.Object):
        return one.unparse(resolved=True) == other.unparse(resolved=True)
    return _written(one) == _written(other)


def _written(value: Any) -> bytes:
    """Return a value as it stands in an object: what stands elsewhere as a reference."""
    return value.unparse() if isinstance(value, pikepdf.Object) else repr(value).encode()
