"""Makes ``NAME.cmif.xml``: who wrote to whom and when, as TEI correspondence metadata (CMIF, version 1).

Catalogues of letters such as correspSearch collect such files. docs/outputs.md says what stands where.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from dossier.language.dates import SEVERAL, UNKNOWN, read_date
from dossier.records.authority import ADDRESSES, Names, Organization, Person
from dossier.records.bound import Bound
from dossier.records.dossier import Dossier, Letter
from dossier.records.publication import Publication
from dossier.records.relations import DRAFT

NAMESPACE = "http://www.tei-c.org/ns/1.0"
NOBODY = "Unknown"
"""What the format requires where a sender or an addressee is not known."""
PERSON, ORGANIZATION = "persName", "orgName"
CERTAINTY = {"~": "medium", "?": "low", "%": "low"}
"""How sure a date is, by what EDTF says of it."""
PLAIN = re.compile(r"\d{4}(-(0\d|1[0-2])(-\d\d)?)?")
"""Matches a year, month or day; not a season."""

Attributes = Mapping[str, str]


def made(bound: Bound) -> bytes:
    """Return the letters of a packet as correspondence metadata."""
    return correspondence(bound.dossier, bound.corpus.names)


def correspondence(dossier: Dossier, names: Names) -> bytes:
    """Return the metadata of the letters that were sent; ``names`` has addresses of who sent them."""
    publication = dossier.publication
    source = _source(publication)
    headings = {entry.id: entry.heading for entry in dossier.entries}
    described = "".join(_letter(letter, headings, names, source) for letter in _sent(dossier))
    prepared = escape(publication.prepared_by or "")
    address = publication.identifier or ""
    own = address if re.match("https?://", address) else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<TEI xmlns="{NAMESPACE}">\n<teiHeader>\n<fileDesc>\n'
        f"<titleStmt>\n<title>{escape(publication.title)}</title>\n<editor>{prepared}</editor>\n</titleStmt>\n"
        f"<publicationStmt>\n<publisher>{prepared}</publisher>\n"
        f'<idno type="url">{escape(_uri(own))}</idno>\n<date when="{dossier.date.isoformat()}"/>\n'
        f"<availability><p>{escape(publication.rights or '')}</p></availability>\n</publicationStmt>\n"
        f'<sourceDesc><bibl type="print" xml:id="{source}">'
        f"{escape(_edition(publication, dossier))}</bibl></sourceDesc>\n"
        f"</fileDesc>\n<profileDesc>\n{described}</profileDesc>\n</teiHeader>\n"
        "<text><body><p/></body></text>\n</TEI>\n"
    ).encode()


def _source(publication: Publication) -> str:
    """Return the id of the printed dossier: the same in each edition, as other files may name it."""
    what = publication.identifier or publication.title
    return f"dossier-{uuid.uuid5(uuid.NAMESPACE_URL, what)}"


def _edition(publication: Publication, dossier: Dossier) -> str:
    """Return the printed dossier as a reader cites it."""
    parts = [publication.title, publication.subtitle, publication.prepared_by]
    if publication.edition:
        parts.append(dossier.words("edition", edition=publication.edition))
    return ". ".join(part for part in [*parts, dossier.date.isoformat()] if part)


def _sent(dossier: Dossier) -> Iterator[Letter]:
    """Yield the letters but for drafts, annexes, and translations of letters that are here."""
    held = {letter.id for letter in dossier.letters}
    for letter in dossier.letters:
        head = letter.head
        if head.status != DRAFT and not head.annex_to and head.translation_of not in held:
            yield letter


def _letter(letter: Letter, headings: Mapping[str, str], names: Names, source: str) -> str:
    sender = "".join(dict.fromkeys(_signers(letter, headings, names))) or _name(PERSON, NOBODY)
    place = f"<placeName>{escape(letter.head.place)}</placeName>\n" if letter.head.place else ""
    addressees = "".join(_addressee(one.name, names) for one in letter.head.to)
    return (
        f'<correspDesc key="{letter.number}" source="#{source}">\n'
        f'<correspAction type="sent">\n{sender}{place}{_dates(letter.head.date)}</correspAction>\n'
        f'<correspAction type="received">\n{addressees or _name(PERSON, NOBODY)}</correspAction>\n'
        "</correspDesc>\n"
    )


def _signers(letter: Letter, headings: Mapping[str, str], names: Names) -> Iterator[str]:
    """Yield who signed, each under the heading of the index."""
    for signature in letter.signatures:
        if signature.heading:
            entries: Mapping[str, Organization | Person] = (
                names.people if signature.kind == "person" else names.organizations
            )
            tag = PERSON if signature.kind == "person" else ORGANIZATION
            yield _name(tag, headings[signature.heading], entries.get(signature.heading))


def _addressee(name: str, names: Names) -> str:
    """Return an addressee; one of the authority file is recognized by any of its names, to the letter."""
    for tag, entries in ((PERSON, names.people), (ORGANIZATION, names.organizations)):
        for entry in entries.values():
            if name in _wordings(entry):
                return _name(tag, name, entry)
    return _name(PERSON, name)


def _wordings(entry: Organization | Person) -> Iterator[str]:
    yield entry.name
    yield from entry.aliases
    yield from entry.native.values()
    if isinstance(entry, Organization):
        yield entry.acronym or entry.name
        yield from (former.name for former in entry.formerly)


def _name(tag: str, name: str, entry: Organization | Person | None = None) -> str:
    addresses = " ".join(_addresses(entry)) if entry else ""
    ref = f" ref={quoteattr(addresses)}" if addresses else ""
    return f"<{tag}{ref}>{escape(name)}</{tag}>\n"


def _addresses(entry: Organization | Person) -> Iterable[str]:
    """Return the addresses of a name's identifiers, or else that of its own page."""
    found = [
        ADDRESSES[key].format(value) if key in ADDRESSES else value
        for key, value in entry.identifiers.items()
        if key in ADDRESSES or re.match("https?://", value)
    ]
    return [_uri(address) for address in found or ([entry.url] if entry.url else [])]


def _uri(address: str) -> str:
    """Return an address without the white space that would end it."""
    return re.sub(r"\s", "%20", address)


def _dates(text: str) -> str:
    """Return the dates on which a letter was written."""
    if text == UNKNOWN:
        return ""
    return "".join(f"<date {_written(_date(one))}/>\n" for one in text.split(SEVERAL))


def _written(attributes: Attributes) -> str:
    return " ".join(f"{key}={quoteattr(value)}" for key, value in attributes.items())


def _date(edtf: str) -> Attributes:
    """Return a date in EDTF as the attributes of TEI.

    A day, month or year has ``when``; what EDTF leaves open, or a season, lies between two days; a span
    goes from its beginning to its end.
    """
    sure = next((CERTAINTY[sign] for sign in CERTAINTY if sign in edtf), "")
    first, _, last = edtf.partition("/")
    if last:
        span = {"from": _end(first, is_last=False), "to": _end(last, is_last=True)}
    elif PLAIN.fullmatch(plain := first.rstrip("?~%")):
        span = {"when": plain}
    else:
        span = {"notBefore": _end(first, is_last=False), "notAfter": _end(first, is_last=True)}
    return span | ({"cert": sure} if sure else {})


def _end(edtf: str, is_last: bool) -> str:
    """Return the first or the last day of a date, or the date itself where that is a plain one."""
    if PLAIN.fullmatch(plain := edtf.rstrip("?~%")):
        return plain
    date = read_date(edtf)
    return (date.latest if is_last else date.earliest).isoformat()
