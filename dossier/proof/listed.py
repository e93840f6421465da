"""Compares the listing of a proved PDF with the corpus."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import expected
from dossier.proof.lettering import ROMAN, prefixes
from dossier.proof.places import stamped
from dossier.proof.signers import Place
from dossier.proof.signing import walk, weight
from dossier.proof.tags import Finding
from dossier.proof.truth import Letter, See, Truth
from dossier.records.body import pictures_of
from dossier.records.front_matter import Entry, Group, Signatory
from dossier.records.packet import EVERYTHING
from dossier.records.profile import BY_HAND
from dossier.records.relations import DRAFT
from dossier.records.sections import INDEX_VOLUME, section_of_volume
from dossier.records.signing import FIELD

Item = Mapping[str, Any]
WHOLE = 0
"""The page number of a finding about the whole listing."""
KEYS = {
    "format", "title", "pages", "sha256", "outputs", "sections", "letters", "index", "bibliography",
    "diagnostics", "drafts", "packet", "bates", "page_labels", "profile", "volumes", "attachments",
    "signature",
}  # fmt: skip
SHA256 = re.compile("[0-9a-f]{64}")
NAMED = object()
"""Stands for the name of another file."""
ANY = object()
"""Stands for the checksum of another file, which is compared with that file."""


def findings(
    content: bytes,
    listing: Item,
    truth: Truth,
    spans: Mapping[str, range],
    page_of: Callable[[str], int],
) -> Iterator[Finding]:
    """Yield the findings in ``listing``, the parsed ``content`` of the file.

    ``spans`` has the pages of each section, ``page_of`` returns the page of an anchor. The checksum of the
    PDF, the checksums of other files and the warnings about the corpus are compared elsewhere.
    """
    found = list(_values(listing, truth, spans, page_of))
    if not found and content != _written(listing):
        # Another program might read another value, of a key that stands there twice for example.
        found.append((WHOLE, "The listing is not written as a build writes it"))
    yield from found


def _values(
    listing: Item, truth: Truth, spans: Mapping[str, range], page_of: Callable[[str], int]
) -> Iterator[Finding]:
    """Yield the findings in the values of a listing."""
    named = None if truth.packet == EVERYTHING else truth.packet
    for key, value in (
        ("format", 1),
        ("title", truth.publication.title),
        ("pages", max(span[-1] for span in spans.values())),
        ("packet", named),
        ("bates", _bates(truth, expected.last_numbered(spans))),
        ("page_labels", _page_labels(truth, spans)),
        ("profile", _profile(truth)),
        ("attachments", _attachments(truth)),
        ("signature", _signature(truth)),
        ("drafts", any(letter.head.status == DRAFT for letter in truth.letters) or None),
    ):
        if not _same(listing, key, value):
            yield WHOLE, f"The listing’s “{key}” is “{listing.get(key)}”, and should be “{value}”"
    if not _are_items(listing.get("diagnostics")):
        yield WHOLE, "The listing’s “diagnostics” is damaged"
    if "volumes" in listing and not truth.volumes:
        yield WHOLE, "The listing has “volumes”, into which nothing is divided"
    for key in listing.keys() - KEYS:
        yield WHOLE, f"The listing has “{key}”, which a build does not write"
    for key, should in (
        ("outputs", [{"name": name, "sha256": ANY} for name in truth.outputs]),
        ("sections", _sections(truth, spans)),
        ("letters", _letters(truth)),
        ("index", _index(truth, page_of)),
        ("bibliography", _bibliography(truth, page_of)),
        *((("volumes", _volumes(truth, spans)),) if truth.volumes else ()),
    ):
        yield from _items(key, should, listing.get(key))


def _bates(truth: Truth, pages: int) -> Item | None:
    """Return the Bates numbers of the first and the last page; None for a packet without them."""
    stamp = truth.publication.bates
    if stamp is None:
        return None
    return {
        "first": stamped(stamp, 1, min(1, len(truth.volumes))),
        "last": stamped(stamp, pages, len(truth.volumes)),
    }


def _page_labels(truth: Truth, spans: Mapping[str, range]) -> list[Item] | None:
    """Return the first page and the letter of each part; None where pages have plain numbers."""
    begins = prefixes(truth, spans) if truth.publication.section_letters else {}
    return [
        {"first_page": page, "prefix": letter} for page, letter in begins.items() if letter != ROMAN
    ] or None


def _profile(truth: Truth) -> Item | None:
    """Return the receiver's profile with the rules that the files keep; None for a packet without one."""
    if truth.profile is None:
        return None
    kept = [rule for rule in truth.profile.stated.rules if not rule.warns and rule.kind != BY_HAND]
    ids = [rule.id for rule in kept]
    return {"name": truth.profile.name, "sha256": truth.profile.sha256, "rules": ids}


def _attachments(truth: Truth) -> list[Item] | None:
    """Return the files that are embedded in the PDF; None where there are none."""
    return [
        {
            "name": file.name,
            "file": file.path,
            "type": file.media_type,
            "description": file.description,
            "sha256": file.sha256,
            "letters": list(file.letters),
        }
        for file in truth.attachments
    ] or None


def _signature(truth: Truth) -> Item | None:
    """Return what the signature of the PDF must say; None for a packet that is not signed."""
    sign = truth.publication.sign
    if sign is None:
        return None
    said = {"name": sign.name, "reason": sign.reason, "location": sign.location}
    said |= {"contact": sign.contact, "level": sign.level}
    return {"field": FIELD} | {key: value for key, value in said.items() if value is not None}


def checksums(listing: Item) -> dict[str, str]:
    """Return the checksum of each further output in a proved listing, by name."""
    return {item["name"]: str(item.get("sha256")) for item in listing["outputs"]}


def ids(listing: Item, truth: Truth) -> dict[str, str]:
    """Return the id of each index heading in a proved listing, by its id in the truth."""
    items = zip(truth.entries, listing["index"], strict=True)
    return {entry.id: str(item.get("id")) for entry, item in items}


def _sections(truth: Truth, spans: Mapping[str, range]) -> list[Item]:
    titles = expected.titles(truth)
    return [
        {"id": key, "title": titles[key], "first_page": span.start, "last_page": span[-1]}
        | {"step": span.step if span.step > 1 else None}
        for key, span in spans.items()
    ]


def _volumes(truth: Truth, spans: Mapping[str, range]) -> list[Item]:
    """Return the volumes and their pages; the names of their files are compared with these."""
    begin = [spans[section_of_volume(n)].start for n in range(1, len(truth.volumes) + 1)]
    found: list[Item] = [
        {"file": NAMED, "sha256": ANY, "first_page": first, "last_page": after - 1}
        for first, after in zip(begin, [*begin[1:], expected.last_numbered(spans) + 1], strict=True)
    ]
    if INDEX_VOLUME in spans:
        span = spans[INDEX_VOLUME]
        ends = {"first_page": span.start, "last_page": span[-1]}
        found.append({"file": NAMED, "sha256": ANY, **ends, "index": True})
    return found


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
            | {"enclosed": _enclosed(letter)}
        )
    return found


def _enclosed(letter: Letter) -> list[Item] | None:
    """Return the files whose pages are bound in with a letter."""
    files: list[Item] = [
        {"section": f"{one.kind}s/{letter.id}", "file": one.path, "sha256": one.sha256}
        for one in letter.enclosed
    ]
    return files or None


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
    """Return the headings of the index."""
    items = [item for group in truth.index for item in group.items]
    see: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, See):
            see.setdefault(item.target, []).append(item.heading)
    return [
        {
            "id": entry.id,
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
            if not _same(found, key, value):
                said = f"“{key}” of item {number} should be {value!r}, and is {found.get(key)!r}"
                yield WHOLE, f"In the listing’s “{name}”, {said}"
                return
        if more := sorted(found.keys() - right.keys()):
            yield WHOLE, f"In the listing’s “{name}”, item {number} should not have “{more[0]}”"
            return


def _same(found: Item, key: str, value: Any) -> bool:
    """Tell whether an object has exactly a value, or no such key where that is None."""
    if value is None:
        return key not in found
    if value is NAMED:
        return isinstance(found.get(key), str)
    if value is ANY:
        return isinstance(found.get(key), str) and bool(SHA256.fullmatch(found[key]))
    if key not in found:
        return False
    there = found[key]
    if type(there) is type(value) and isinstance(there, (str, int)):
        return bool(there == value)
    # As texts: to Python, 1, 1.0 and True are equal.
    return json.dumps(there) == json.dumps(value)


def _written(listing: Item) -> bytes:
    """Return a listing as docs/outputs.md says: each item of a list stands on a line of its own."""
    entries = []
    for key, value in listing.items():
        text = json.dumps(value, ensure_ascii=False)
        if value and isinstance(value, list):
            lines = [f"  {json.dumps(item, ensure_ascii=False)}" for item in value]
            text = "[\n" + ",\n".join(lines) + "\n]"
        entries.append(f"{json.dumps(key)}: {text}")
    return ("{\n" + ",\n".join(entries) + "\n}\n").encode(errors="backslashreplace")


def _are_items(there: Any) -> bool:
    return isinstance(there, list) and all(isinstance(item, dict) for item in there)
