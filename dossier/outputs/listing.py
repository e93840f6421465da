"""Makes ``dossier.json``, the listing for other programs; it is part of the corpus format, version 1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dossier.records.attaching import Attachment
from dossier.records.body import pictures_of
from dossier.records.diagnostics import Diagnostic, as_data
from dossier.records.dossier import Dossier, Letter, Locator, See, Work
from dossier.records.job import Section, joined, numbered_count, page_count
from dossier.records.lettering import lettering
from dossier.records.numbering import Bates
from dossier.records.packet import EVERYTHING
from dossier.records.profile import Profile
from dossier.records.relations import KINDS
from dossier.records.sections import section_of_letter
from dossier.records.signing import FIELD


@dataclass(frozen=True)
class BoundVolume:
    """The file of a volume."""

    file: str
    """Its name."""
    content: bytes
    first_page: int
    last_page: int
    is_index: bool = False
    """It is the index volume, whose pages have no numbers."""


def manifest(
    dossier: Dossier,
    sections: Sequence[Section],
    diagnostics: Sequence[Diagnostic],
    packet: str = EVERYTHING,
    outputs: Mapping[str, str] | None = None,
    profile: Profile | None = None,
    attached: Sequence[Attachment] = (),
    volumes: Sequence[BoundVolume] = (),
) -> Callable[[str], str]:
    """Return what returns the listing for the PDF's checksum, which is not known before it is bound.

    ``packet`` is the packet's name; ``outputs`` has the checksum of each further output, by name;
    ``profile`` is that of the receiver; ``attached`` are the files in the PDF, ``volumes`` those into
    which it is divided, if it is.
    """
    by_id = {section.id: section for section in joined(sections)}
    data: dict[str, Any] = {
        "format": 1,
        "title": dossier.publication.title,
        "pages": page_count(sections),
        "sha256": None,
        "outputs": [
            {"name": name, "sha256": checksum} for name, checksum in (outputs or {}).items()
        ],
        "sections": [_section(section) for section in sections],
        "letters": [_letter(letter) for letter in dossier.letters],
        "index": _index(dossier, by_id),
        "bibliography": [_work(work, by_id) for work in dossier.works],
        "diagnostics": [as_data(item) for item in diagnostics],
    }
    if dossier.draft_count:
        data["drafts"] = True
    if packet != EVERYTHING:
        data["packet"] = packet
    if dossier.publication.bates:
        data["bates"] = _bates(dossier.publication.bates, sections, volumes)
    labels = lettering(
        dossier.publication.section_letters, ((one.id, one.first_page) for one in sections)
    )
    if labels.parts:
        data["page_labels"] = [
            {"first_page": page, "prefix": letter} for letter, page in labels.parts
        ]
    if profile:
        rules = [rule.id for rule in profile.refusing]
        data["profile"] = {"name": profile.name, "sha256": profile.sha256, "rules": rules}
    if attached:
        data["attachments"] = [_attachment(one) for one in attached]
    if sign := dossier.publication.sign:
        said = sign.stated
        data["signature"] = {"field": FIELD, **said}
    if volumes:
        data["volumes"] = [
            {
                "file": one.file,
                "sha256": hashlib.sha256(one.content).hexdigest(),
                "first_page": one.first_page,
                "last_page": one.last_page,
                **({"index": True} if one.is_index else {}),
            }
            for one in volumes
        ]
    return partial(_written, {key: _value(value) for key, value in data.items()})


def _written(values: dict[str, str], sha256: str) -> str:
    """Return a listing of values that are written already, and of the PDF's checksum."""
    entries = (values | {"sha256": _value(sha256)}).items()
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {value}" for key, value in entries) + "\n}\n"


def _section(section: Section) -> dict[str, Any]:
    """Return a section with its pages."""
    return {
        "id": section.id,
        "title": section.title,
        "first_page": section.first_page,
        "last_page": section.last_page,
        **({"step": section.step} if section.step > 1 else {}),
    }


def _work(work: Work, by_id: Mapping[str, Section]) -> dict[str, Any]:
    """Return a work of the bibliography, with the pages on which it stands and is cited."""
    return {
        "id": work.id,
        "number": work.number,
        "text": work.text,
        "page": by_id["bibliography"].page_of(f"work-{work.id}"),
        "cited_in": _places(work.cited_in, by_id),
    }


def _attachment(one: Attachment) -> dict[str, Any]:
    """Return a file that is attached to the PDF."""
    return {
        "name": one.name,
        "file": one.path,
        "type": one.media_type,
        "description": one.description,
        "sha256": one.sha256,
        "letters": list(one.letters),
    }


def _bates(
    bates: Bates, sections: Sequence[Section], volumes: Sequence[BoundVolume]
) -> dict[str, str]:
    """Return the Bates numbers of the first and the last page that have one."""
    last = bates.start + numbered_count(sections) - 1
    count = sum(not one.is_index for one in volumes)
    ends = {"first": (bates.start, min(1, count)), "last": (last, count)}
    return {
        key: bates.in_volume(volume).prefix + str(number).zfill(bates.digits)
        for key, (number, volume) in ends.items()
    }


def _letter(letter: Letter) -> dict[str, Any]:
    """Return a letter: what it is, how many signed, how it relates to letters of the packet."""
    printed = letter.signatures
    data: dict[str, Any] = {
        "id": letter.id,
        "number": letter.number,
        "label": letter.label,
        "title": letter.head.title,
        "date": letter.head.date,
        "language": letter.language,
        "signatures": letter.signature_count,
        "anonymous": sum(one.count for one in printed if one.anonymous),
        "withdrawn": letter.left_out or letter.struck,
        "in_totals": letter.counts,
        "groups": [
            {
                "headings": list(group.headings),
                "signatures": sum(one.count for one in group.signatures),
            }
            for group in letter.groups
            if group.signatures
        ],
        "notes": len(letter.body.notes),
        "pictures": [
            {"file": picture.file.path, "sha256": picture.file.sha256}
            for picture in pictures_of(letter.body.nodes)
        ],
    }
    if letter.enclosed:
        data["enclosed"] = [
            {"section": one.section(letter.id), "file": one.path, "sha256": one.sha256}
            for one in letter.enclosed
        ]
    for relation in letter.relations:
        # A packet does not name the letters that it leaves out.
        if relation.kind in KINDS and relation.letters[0].is_here:
            data[relation.kind] = relation.letters[0].id
    return data


def _index(dossier: Dossier, sections: Mapping[str, Section]) -> list[dict[str, Any]]:
    """Return the headings with their pages and see references."""
    see: dict[str, list[str]] = {}
    for group in dossier.index:
        for item in group.items:
            if isinstance(item, See):
                see.setdefault(item.target, []).append(item.heading)
    return [
        {
            "id": entry.id,
            "heading": entry.shown,
            "kind": entry.kind,
            "locators": _places(entry.locators, sections),
            "see": see.get(entry.id, []),
        }
        for entry in dossier.entries
    ]


def _places(locators: Sequence[Locator], sections: Mapping[str, Section]) -> list[dict[str, Any]]:
    """Return pairs of letter and page, without duplicates."""
    unique = dict.fromkeys(
        (item.letter, sections[section_of_letter(item.letter)].page_of(item.anchor))
        for item in locators
    )
    return [{"letter": letter, "page": page} for letter, page in unique]


def _value(value: Any) -> str:
    """Return a value as JSON; each item of a list stands on a line of its own."""
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    items = ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in value)
    return f"[\n{items}\n]"
