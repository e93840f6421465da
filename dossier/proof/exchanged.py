"""Compares the correspondence metadata (CMIF) with the corpus.

It is independent of the module that makes the file; both follow docs/outputs.md. The whole file is
compared, element for element, with the one that the corpus asks for.
"""

from __future__ import annotations

import itertools
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dossier.language.dates import SEVERAL, UNKNOWN, read_date
from dossier.proof.beside import Proved
from dossier.proof.signing import walk
from dossier.proof.spreadsheet import signing
from dossier.proof.tags import Finding
from dossier.proof.truth import IndexEntry, Letter, Truth
from dossier.records.authority import ADDRESSES, Organization, Person
from dossier.records.relations import DRAFT

TEI = "{http://www.tei-c.org/ns/1.0}"
ID = "{http://www.w3.org/XML/1998/namespace}id"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n'
SEASONS = ("21", "22", "23", "24")
UNKNOWN_NAME = "Unknown"
PATH = ("teiHeader", "profileDesc")


Headings = Mapping[str, Sequence[IndexEntry]]


@dataclass(frozen=True)
class Node:
    """An element that the file should have."""

    tag: str
    values: tuple[tuple[str, str], ...] = ()
    text: str = ""
    inside: tuple[Node, ...] = ()


def findings(content: bytes, proved: Proved) -> Iterator[Finding]:
    """Yield the findings in a file: the first difference in its head and in each letter."""
    if not content.startswith(HEAD) or b"<!" in content or content.count(b"<?") > 1:
        yield 1, "The file does not begin as TEI in UTF-8, or has declarations or comments"
        return
    try:
        root = ET.fromstring(content)
    except (ET.ParseError, UnicodeDecodeError) as error:
        yield 0, f"The file is damaged: it is not XML ({error})"
        return
    truth = proved.truth
    numbers = [str(letter.number) for letter in _sent(truth)]
    described = [
        item.get("key", "") for item in root.iterfind(f"{TEI}teiHeader/{TEI}profileDesc/*")
    ]
    if described != numbers:
        yield (
            0,
            f"The file should describe the letters {_said(numbers)}, and describes {_said(described)}",
        )
        return
    for message in _differences(_whole(proved), root, "TEI"):
        yield 0, message


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the described letters with those of the listing, of which some are not described."""
    if b"<!" in content:
        yield 0, "The file has declarations or comments"
        return
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        yield 0, f"The file is damaged: it is not XML ({error})"
        return
    there = [item.get("key") for item in root.iter(f"{TEI}correspDesc")]
    numbers = [str(letter["number"]) for letter in listing["letters"]]
    if there != [number for number in dict.fromkeys(numbers) if number in there]:
        yield 0, "The letters are not those of the listing, in their sequence"
    if root.findtext(f".//{TEI}titleStmt/{TEI}title") != listing["title"]:
        yield 0, f"The title is not the listing’s, “{listing['title']}”"


def _said(numbers: Sequence[str]) -> str:
    return ", ".join(numbers) or "none"


def _differences(right: Node, there: ET.Element, path: str) -> Iterator[str]:
    """Yield the first difference of an element and what is in it from what is expected."""
    for name, should, found in (
        ("name", TEI + right.tag, str(there.tag)),
        ("values", str(dict(right.values)), str(dict(there.attrib))),
        (
            "text",
            right.text,
            (there.text or "") if right.text or not right.inside else (there.text or "").strip(),
        ),
    ):
        if should != found:
            yield f"At {path}, the {name} should be “{should}”, and is “{found}”"
            return
    for wanted, found_one in itertools.zip_longest(right.inside, there):
        if wanted is None or found_one is None:
            missing = (
                f"“{wanted.tag}” is missing"
                if wanted
                else f"“{found_one.tag.removeprefix(TEI)}” should not be there"
            )
            yield f"At {path}, {missing}"
            return
        if (found_one.tail or "").strip():
            yield f"At {path}, “{(found_one.tail or '').strip()}” should not be there"
            return
        key = found_one.get("key")
        inner = list(
            _differences(wanted, found_one, f"{path}/{wanted.tag}{f' {key}' if key else ''}")
        )
        if inner:
            yield inner[0]
            return


def _whole(proved: Proved) -> Node:
    """Return the file that the corpus asks for."""
    truth = proved.truth
    data, day = truth.publication, truth.day.isoformat()
    own = data.identifier or ""
    edition = [truth.words("edition", edition=data.edition)] if data.edition else []
    cited = ". ".join(filter(None, [data.title, data.subtitle, data.prepared_by, *edition, day]))
    source = f"dossier-{uuid.uuid5(uuid.NAMESPACE_URL, own or data.title)}"
    address = "%20".join(own.split()) if urlsplit(own).scheme in ("http", "https") else ""
    by, rights = data.prepared_by or "", data.rights or ""
    file = _holding(
        "fileDesc",
        _holding("titleStmt", Node("title", text=data.title), Node("editor", text=by)),
        _holding(
            "publicationStmt", Node("publisher", text=by), Node("idno", (("type", "url"),), address),
            Node("date", (("when", day),)), _holding("availability", Node("p", text=rights)),
        ),
        _holding("sourceDesc", Node("bibl", (("type", "print"), (ID, source)), cited)),
    )  # fmt: skip
    headings = _headings(truth)
    letters = [_letter(proved, letter, source, headings) for letter in _sent(truth)]
    described = _holding("profileDesc", *letters)
    body = _holding("text", _holding("body", Node("p")))
    return _holding("TEI", _holding("teiHeader", file, described), body)


def _holding(tag: str, *inside: Node) -> Node:
    return Node(tag, inside=inside)


def _sent(truth: Truth) -> list[Letter]:
    """Return the letters that are neither drafts nor annexes nor translations of letters that are here."""
    here = [letter.id for letter in truth.letters]
    return [
        letter
        for letter in truth.letters
        if not (
            letter.head.status == DRAFT
            or letter.head.annex_to
            or letter.head.translation_of in here
        )
    ]


def _letter(proved: Proved, letter: Letter, source: str, headings: Headings) -> Node:
    head = letter.head
    sent = list(dict.fromkeys(_senders(proved, letter, headings))) or [
        Node("persName", text=UNKNOWN_NAME)
    ]
    place = [Node("placeName", text=head.place)] if head.place else []
    dates = [] if head.date == UNKNOWN else [_date(text) for text in head.date.split(SEVERAL)]
    received = [_addressee(proved.truth, one.name) for one in head.to]
    return Node(
        "correspDesc",
        (("key", str(letter.number)), ("source", f"#{source}")),
        inside=(
            Node("correspAction", (("type", "sent"),), inside=(*sent, *place, *dates)),
            Node(
                "correspAction", (("type", "received"),),
                inside=tuple(received) or (Node("persName", text=UNKNOWN_NAME),),
            ),
        ),
    )  # fmt: skip


def _headings(truth: Truth) -> Headings:
    """Return the headings under which each signature stands."""
    found: dict[str, list[IndexEntry]] = {}
    for entry in truth.entries:
        for place in entry.locators:
            found.setdefault(place.anchor, []).append(entry)
    return found


def _senders(proved: Proved, letter: Letter, headings: Headings) -> Iterator[Node]:
    """Yield who signed, under the heading of the index."""
    for signatory, signature in zip(walk(letter.head.signatories), letter.signatures, strict=True):
        if signature.nameless:
            continue
        entry = signing(signatory, headings[signature.anchor])
        people = entry.kind.name == "person"
        known = proved.truth.names.people if people else proved.truth.names.organizations
        yield _named(
            "persName" if people else "orgName", entry.heading, known.get(proved.ids[entry.id])
        )


def _addressee(truth: Truth, name: str) -> Node:
    """Return an addressee, who may be one of the authority file."""
    for person in truth.names.people.values():
        if name in (person.name, *person.aliases, *person.native.values()):
            return _named("persName", name, person)
    for body in truth.names.organizations.values():
        earlier = [former.name for former in body.formerly]
        if name in (body.name, body.acronym, *body.aliases, *body.native.values(), *earlier):
            return _named("orgName", name, body)
    return _named("persName", name, None)


def _named(tag: str, name: str, entry: Organization | Person | None) -> Node:
    found: list[str] = []
    for key, value in (entry.identifiers if entry else {}).items():
        if key in ADDRESSES:
            found.append(ADDRESSES[key].replace("{}", value))
        elif value.startswith(("http://", "https://")):
            found.append(value)
    if not found and entry and entry.url:
        found = [entry.url]
    ref = " ".join("%20".join(address.split()) for address in found)
    return Node(tag, (("ref", ref),) if ref else (), name)


def _date(edtf: str) -> Node:
    """Return a date as TEI has it, with what it says of its certainty."""
    ends = [end.strip("?~%") for end in edtf.split("/")]
    open_ends = ["X" in end or end[5:7] in SEASONS for end in ends]
    days = [read_date(end) for end in ends]
    first = days[0].earliest.isoformat() if open_ends[0] else ends[0]
    last = days[-1].latest.isoformat() if open_ends[-1] else ends[-1]
    if len(ends) == 2:
        values = [("from", first), ("to", last)]
    elif open_ends[0]:
        values = [("notBefore", first), ("notAfter", last)]
    else:
        values = [("when", ends[0])]
    if "~" in edtf:
        values.append(("cert", "medium"))
    elif "?" in edtf or "%" in edtf:
        values.append(("cert", "low"))
    return Node("date", tuple(values))
