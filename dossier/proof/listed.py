"""Compares the listing of a proved PDF with the corpus."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import expected
from dossier.proof.signers import Place
from dossier.proof.signing import walk, weight
from dossier.proof.tags import Finding
from dossier.proof.truth import See, Truth
from dossier.records.body import pictures_of
from dossier.records.front_matter import Entry, Group, Signatory
from dossier.records.packet import EVERYTHING
from dossier.records.relations import DRAFT

Item = Mapping[str, Any]
WHOLE = 0
"""The page number of a finding about the whole listing."""


def findings(
    listing: Item, truth: Truth, pages: int, page_of: Callable[[str], int]
) -> Iterator[Finding]:
    """Yield the findings in ``listing``; ``page_of`` returns the page of an anchor."""
    named = None if truth.packet == EVERYTHING else truth.packet
    for key, value in (
        ("format", 1),
        ("title", truth.publication.title),
        ("pages", pages),
        ("packet", named),
        ("drafts", any(letter.head.status == DRAFT for letter in truth.letters) or None),
    ):
        if listing.get(key) != value:
            yield WHOLE, f"The listing’s “{key}” is “{listing.get(key)}”, and should be “{value}”"
    for key, should in (
        ("outputs", [{"name": name} for name in truth.outputs]),
        ("sections", _sections(truth)),
        ("letters", _letters(truth)),
        ("index", _index(truth, page_of)),
        ("bibliography", _bibliography(truth, page_of)),
    ):
        yield from _items(key, should, listing.get(key))
    ids = [item.get("id") for item in listing["index"]] if _are_items(listing["index"]) else []
    if len(set(map(str, ids))) < len(ids):
        yield WHOLE, "The listing’s “index” has an id twice"


def checksums(listing: Item) -> dict[str, str]:
    """Return the checksum of each further output in a proved listing, by name."""
    return {item["name"]: str(item.get("sha256")) for item in listing["outputs"]}


def ids(listing: Item, truth: Truth) -> dict[str, str]:
    """Return the id of each index heading in a proved listing, by its id in the truth."""
    items = zip(truth.entries, listing["index"], strict=True)
    return {entry.id: str(item.get("id")) for entry, item in items}


def _sections(truth: Truth) -> list[Item]:
    titles = expected.titles(truth)
    return [{"id": key, "title": titles[key]} for key in expected.section_ids(truth)]


def _letters(truth: Truth) -> list[Item]:
    """Return the letters, with what their front matter states; None for a key that is not there."""
    held = {letter.id for letter in truth.letters}
    found: list[Item] = []
    for letter in truth.letters:
        head = letter.head
        signed = list(walk(head.signatories))
        others = {key: getattr(head, key) for key in ("translation_of", "reply_to", "annex_to")}
        found.append(
            {
                "id": letter.id,
                "number": letter.number,
                "label": letter.label,
                "title": head.title,
                "date": head.date,
                "language": letter.language,
                "signatures": sum(map(weight, signed)),
                "anonymous": sum(one.anonymous or 0 for one in signed),
                "withdrawn": letter.withdrawn,
                "in_totals": letter.counts,
                "groups": list(_groups(head.signatories, [])),
                "notes": len(letter.body.notes),
                "pictures": [
                    {"file": picture.file.path, "sha256": picture.file.sha256}
                    for picture in pictures_of(letter.body.nodes)
                ],
            }
            | {key: other if other in held else None for key, other in others.items()}
        )
    return found


def _groups(entries: Sequence[Signatory], under: list[str]) -> Iterator[Item]:
    """Yield the signatures that stand together, with the headings above them."""
    for is_group, run in itertools.groupby(entries, lambda one: _group(one) is not None):
        if not is_group:
            yield {"headings": under, "signatures": sum(map(weight, run))}
            continue
        for group in filter(None, map(_group, run)):
            heading = [group.heading] if group.heading else []
            yield from _groups(group.signatories, under + heading)


def _group(entry: Signatory) -> Group | None:
    return entry.group if isinstance(entry, Entry) else None


def _index(truth: Truth, page_of: Callable[[str], int]) -> list[Item]:
    """Return the headings; those without an entry in names.yaml have no expected id."""
    items = [item for group in truth.index for item in group.items]
    see: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, See):
            see.setdefault(item.target, []).append(item.heading)
    return [
        ({"id": entry.id} if entry.listed else {})
        | {
            "heading": entry.shown,
            "kind": entry.kind.name,
            "locators": _places(entry.locators, page_of),
            "see": see.get(entry.id, []),
        }
        for entry in truth.entries
    ]


def _bibliography(truth: Truth, page_of: Callable[[str], int]) -> list[Item]:
    return [
        {
            "id": work.id,
            "number": work.number,
            "text": work.text,
            "page": page_of(f"work-{work.id}"),
            "cited_in": _places(work.cited_in, page_of),
        }
        for work in truth.works
    ]


def _places(places: Sequence[Place], page_of: Callable[[str], int]) -> list[Item]:
    pairs = dict.fromkeys((place.letter, page_of(place.anchor)) for place in places)
    return [{"letter": letter, "page": page} for letter, page in pairs]


def _items(name: str, wanted: Sequence[Item], there: Any) -> Iterator[Finding]:
    """Yield the first difference between two lists."""
    if not _are_items(there):
        yield WHOLE, f"The listing’s “{name}” is damaged"
        return
    for number, (right, found) in enumerate(itertools.zip_longest(wanted, there), 1):
        if right is None or found is None:
            yield WHOLE, f"The listing’s “{name}” has {len(there)} items of {len(wanted)}"
            return
        for key, value in right.items():
            if found.get(key) != value:
                said = f"“{key}” of item {number} should be {value!r}, and is {found.get(key)!r}"
                yield WHOLE, f"In the listing’s “{name}”, {said}"
                return


def _are_items(there: Any) -> bool:
    return isinstance(there, list) and all(isinstance(item, dict) for item in there)
