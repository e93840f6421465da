"""Proves that what stands behind a proved PDF fills its field with a signature, and does nothing else.

An incremental update (ISO 32000-1, 7.5.6) can change every object of a file. So all that it holds is read
byte by byte, and has to be in this list: the field with its value, the signature, what validates it, and
the table that leads to these. References are to ISO 32000-1 (PDF 1.7) unless another is named.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dossier.proof.objects import (
    MALFORMED,
    STRING,
    TOKEN,
    Objects,
    Ref,
    UnreadableError,
    parse,
    unpacked,
)
from dossier.proof.signatures import Signed
from dossier.proof.validation import is_known, validity
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.signing import Filled

OBJECT = re.compile(rb"(\d+) 0 obj\n(<<\n.*?\n>>)\n(stream\n|endobj\n)", re.DOTALL)
END_OF_STREAM = b"\nendstream\nendobj\n"
LAST = re.compile(rb"\n?startxref\n(\d+)\n%%EOF\n")
WIDTH = 11
"""The bytes of an entry of the table."""
KEYS_OF_TABLE = {
    "/W", "/Type", "/Filter", "/ID", "/Info", "/Root", "/Size", "/Prev", "/Index", "/Length",
}  # fmt: skip
KEYS_OF_VALUE = {"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents", "/M"}
SAID: Mapping[str, str] = {
    "name": "/Name",
    "reason": "/Reason",
    "location": "/Location",
    "contact": "/ContactInfo",
}
"""What the editor says of the signature: its keys in the signature dictionary (12.8.1)."""
UNSIGNED = "The file is not signed: its signature was taken away, or it was built without one"
WEAKER = "Sign it again while the time-stamp server answers, if its receiver needs that level."
DATE = re.compile(r"D:\d{14}(?:Z|[+-]\d\d'\d\d'?)")
HELPING = ("/Certs", "/CRLs", "/OCSPs")
"""What validates a signature later (ISO 32000-2, 12.8.4.3)."""


class _StrangeError(Exception):
    """Something stands behind the proved part that a signature does not need; the message says what."""


@dataclass(frozen=True)
class _Update:
    """The objects of an update, by number."""

    texts: Mapping[int, bytes]
    offsets: Mapping[int, int]
    streams: Mapping[int, bytes]
    table: int
    """The number of the cross-reference stream."""


def signature_of(
    pdf: Path, raw: bytes, appended: Signed | None, said: Mapping[str, Any] | None, remedy: str
) -> tuple[Filled | None, tuple[Diagnostic, ...]]:
    """Return the signature that a file's packet asks for, and what is wrong with what was appended to it.

    ``said`` has what the signature is to say, None for a packet that is not signed: then another program
    may have signed the file.
    """
    signature = None
    messages = appended.findings if appended else ()
    if said is not None:
        signature = (
            filled(raw, appended.length, said) if appended else Filled(len(raw), (UNSIGNED,))
        )
        messages = signature.findings
    name = pdf.as_posix()
    found = [Diagnostic(name, 0, 0, Severity.ERROR, message, remedy) for message in messages]
    known = signature.validity if signature else None
    if said and known and said.get("level") == "B-LT" != known.level:
        message = f"The signature has the level {known.level}, and B-LT was asked for"
        found.append(Diagnostic(name, 0, 0, Severity.WARNING, message, WEAKER))
    return signature, tuple(found)


def filled(raw: bytes, length: int, said: Mapping[str, Any]) -> Filled:
    """Return what is appended to the first ``length`` bytes of a file, which are proved.

    ``said`` has what the signature is to say, by the keys of ``sign`` in dossier.yaml.
    """
    try:
        before = Objects(raw[:length])
        if not before.is_bound:
            raise _StrangeError("The proved part is not in the form in which the program writes it")
        update = _read(raw, length)
        helped = _compare(raw, length, before, update, said)
    except _StrangeError as error:
        return Filled(length, (str(error),))
    except (UnreadableError, zlib.error, *MALFORMED):
        return Filled(length, ("What was appended to the file is not what signs it",))
    found = validity(raw, helped)
    return Filled(length, found.findings, found)


def _read(raw: bytes, length: int) -> _Update:
    """Return the objects of the update, which stand one behind another and up to the end of the file."""
    texts: dict[int, bytes] = {}
    offsets, streams = dict[int, int](), dict[int, bytes]()
    place, number = length, 0
    while match := OBJECT.match(raw, place):
        number = int(match[1])
        if number in texts:
            raise _StrangeError("An object of the signature stands there twice")
        texts[number], offsets[number], place = match[2], place, match.end()
        if match[3] == b"stream\n":
            end = place + parse(match[2])["/Length"]
            if raw[end : end + len(END_OF_STREAM)] != END_OF_STREAM:
                raise _StrangeError(
                    "A stream behind the proved part has another length than it says"
                )
            streams[number], place = raw[place:end], end + len(END_OF_STREAM)
    last = LAST.fullmatch(raw, place)
    if not last or int(last[1]) != offsets.get(number):
        raise _StrangeError("Something else than one signature was appended to the file")
    return _Update(texts, offsets, streams, number)


def _parsed(update: _Update, number: int) -> dict[str, Any]:
    """Return a dictionary of the update that every reader understands alike."""
    text = update.texts[number]
    value = parse(text)
    bare = TOKEN.sub(b" ", text)
    comment = b"%" in STRING.sub(b"", text)
    if bare.strip() or comment or len(TOKEN.findall(text)) != _size(value):
        raise _StrangeError(
            f"Object {number} behind the proved part is not written as it should be"
        )
    return dict(value)


def _size(value: Any) -> int:
    """Return of how many tokens a value consists: fewer than there are where a key stands twice."""
    if isinstance(value, Mapping):
        return 2 + sum(1 + _size(one) for one in value.values())
    if isinstance(value, list):
        return 2 + sum(map(_size, value))
    return 1


def _compare(
    raw: bytes, length: int, before: Objects, update: _Update, said: Mapping[str, Any]
) -> bool:
    """Compare the update with what fills the field; tell whether it has what helps to validate it.

    Raises _StrangeError.
    """
    (field,) = before.root["/AcroForm"]["/Fields"]
    if field not in update.texts:
        raise _StrangeError("What was appended to the file does not fill its field")
    new = _parsed(update, field)
    value = new.pop("/V", None)
    if new != before[field]:
        raise _StrangeError("The field for the signature was changed")
    used = {field, update.table}
    _compare_value(raw, length, update, value, said)
    used.add(value)
    root = before.trailer["/Root"]
    helped = root in update.texts
    if helped:
        used |= {root, *_helping(before, update, root)}
    if update.texts.keys() != used:
        raise _StrangeError("Something else than one signature was appended to the file")
    added = used - {field, root}
    if min(added) < before.trailer["/Size"] or update.streams.keys() & {field, root, value}:
        raise _StrangeError("An object of the proved part was replaced")
    _compare_table(raw, length, before, update)
    return helped


def _compare_value(
    raw: bytes, length: int, update: _Update, number: Any, said: Mapping[str, Any]
) -> None:
    """Compare the signature dictionary (12.8.1) with what the editor says, and what it covers."""
    if not isinstance(number, Ref) or number not in update.texts:
        raise _StrangeError("The field for the signature is empty")
    value = _parsed(update, number)
    wanted = {SAID[key]: text for key, text in said.items() if key in SAID}
    there = {key: value[key] for key in SAID.values() if key in value}
    if there != wanted:
        raise _StrangeError(f"The signature says {_shown(there)}, and should say {_shown(wanted)}")
    kind = [value.get(key) for key in ("/Type", "/Filter", "/SubFilter")]
    if kind != ["/Sig", "/Adobe.PPKLite", "/ETSI.CAdES.detached"]:
        raise _StrangeError("The signature is of another kind")
    if value.keys() != KEYS_OF_VALUE | wanted.keys() or not DATE.fullmatch(value["/M"]):
        raise _StrangeError("The signature has an entry that it should not have, or lacks one")
    start = raw.index(b"/Contents <", update.offsets[number]) + len(b"/Contents ")
    end = raw.index(b">", start) + 1
    if value["/ByteRange"] != [0, start, end, len(raw) - end] or start < length:
        raise _StrangeError("The signature does not cover the whole file")


def _shown(said: Mapping[str, str]) -> str:
    pairs = (f"{key[1:]} “{text}”" for key, text in said.items())
    return ", ".join(pairs) or "nothing"


def _helping(before: Objects, update: _Update, root: int) -> Iterator[int]:
    """Yield the numbers of what helps to validate the signature later, to which the catalog leads."""
    catalog = _parsed(update, root)
    store = catalog.pop("/DSS", None)
    if catalog != before.root or not isinstance(store, Ref):
        raise _StrangeError("The document’s catalog was changed")
    yield store
    held = _parsed(update, store)
    if held.pop("/Type", "/DSS") != "/DSS" or not held.keys() <= set(HELPING):
        raise _StrangeError(
            "What helps to validate the signature has an entry that it should not have"
        )
    for key, numbers in held.items():
        for number in numbers:
            entries = _parsed(update, number)
            packed = entries.get("/Filter")
            if entries.keys() - {"/Length", "/Filter"} or packed not in (None, "/FlateDecode"):
                raise _StrangeError("What helps to validate the signature is not what it should be")
            data = update.streams[number]
            if not is_known(key, unpacked(data) if packed else data):
                raise _StrangeError("What helps to validate the signature is not what it should be")
            yield number


def _compare_table(raw: bytes, length: int, before: Objects, update: _Update) -> None:
    """Compare the cross-reference stream (7.5.8): it leads to the objects of the update alone."""
    about = _parsed(update, update.table)
    was = before.trailer
    start = int(raw[:length].rsplit(b"startxref\n", 1)[1].split()[0])
    same = all(about[key] == was[key] for key in ("/Root", "/Info"))
    if about.keys() != KEYS_OF_TABLE or not same or about["/Prev"] != start:
        raise _StrangeError("The table of what was appended leads to another document")
    if about["/ID"][0] != was["/ID"][0] or about["/W"] != [1, 8, 2]:
        raise _StrangeError("The table of what was appended is not written as it should be")
    rows = unpacked(update.streams[update.table])
    index = about["/Index"]
    numbers = [
        first + place
        for first, count in zip(index[::2], index[1::2], strict=True)
        for place in range(count)
    ]
    wanted = {number: _row(offset) for number, offset in update.offsets.items()}
    there = [rows[at : at + WIDTH] for at in range(0, len(rows), WIDTH)]
    if len(there) != len(numbers) or len(set(numbers)) != len(numbers):
        raise _StrangeError("The table of what was appended is not written as it should be")
    for number, row in zip(numbers, there, strict=True):
        if row != wanted.get(number) and (number != 0 or row[:1] != b"\0"):
            raise _StrangeError("The table of what was appended leads to another object")
    if update.offsets.keys() - {*numbers, update.table}:
        raise _StrangeError("The table of what was appended does not lead to all of it")


def _row(offset: int) -> bytes:
    """Return the entry of an object that stands by itself (table 18)."""
    return b"\x01" + offset.to_bytes(8) + b"\0\0"
