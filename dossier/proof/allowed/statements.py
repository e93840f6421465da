"""Compares what a file says of itself with the corpus: metadata, outline, destinations, viewing.

References are to ISO 32000-1 (PDF 1.7) unless another is named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import expected, trees
from dossier.proof.anatomy import Anatomy
from dossier.proof.lettering import Label, labelled, prefixes
from dossier.proof.objects import Objects, Ref
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.sections import section_of_letter, whole_section

CREATOR = re.compile(r"dossier \d[\w.+-]*")
PRODUCER = re.compile(r"weasyprint \d[\w.+-]*, pikepdf \d[\w.+-]*")
PROFILE = "384b832de3412066743b52a75ee906b6fb9fb8d9e09e936fc2c43223815c6e0a"
"""The checksum of the colour profile sRGB2014 of the International Color Consortium."""
PLACE = re.compile(
    rb"(\((?:[^()\\]|\\.)*\)|<[0-9a-f]*>) \[ (\d+) 0 R /XYZ 0 (-?\d+(?:\.\d+)?) 0 \]"
)
"""A named destination: an object of this kind has nothing else."""
NAMESPACES = (
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("pdf", "http://ns.adobe.com/pdf/1.3/"),
    ("pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
    ("pdfuaid", "http://www.aiim.org/pdfua/ns/id/"),
    ("pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
    ("pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
    ("pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
)
CLAIMS = """<pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the document conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
"""What the packet says of the standards to which the file conforms (ISO 19005-2, 6.6.2; ISO 14289-1, 5)."""
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"})


Mark = tuple[int, str, int | str]
"""The level and the title of a bookmark, and its page, or another file with the name of a place in it."""


def findings(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    anatomy: Anatomy,
    numbers: Collection[int],
) -> Iterator[Finding]:
    """Yield what the file says otherwise than the corpus; ``numbers`` are those of new objects."""
    pages = anatomy.numbers
    if objects.at(objects.root["/Pages"])["/Count"] != len(pages):
        yield 0, "The file says that it has another number of pages"
    if not objects.is_identified():
        yield 0, "The identifier of the file is not that of its bytes"
    yield from _info(objects, truth)
    yield from _packet(objects, truth)
    yield from _viewing(objects, truth, pages)
    yield from outline(objects, truth, spans, pages)
    yield from _places(objects, spans, anatomy)
    yield from _spoken(objects, truth, spans, anatomy, numbers)


def _info(objects: Objects, truth: Truth) -> Iterator[Finding]:
    """Compare the document information dictionary (14.3.3)."""
    # %Y has no leading zeros on some systems.
    data, stamp = truth.publication, f"D:{truth.day.isoformat().replace('-', '')}000000Z"
    wanted = {
        "/Author": data.prepared_by,
        "/CreationDate": stamp,
        "/ModDate": stamp,
        "/Subject": data.subtitle,
        "/Title": data.title,
    }
    for key, value in wanted.items():
        there = objects.info.get(key)
        if there != (value or None):
            yield (
                0,
                f"The file says of itself: {key[1:]} “{there or ''}”; it should be “{value or ''}”",
            )
    for key, shape in (("/Creator", CREATOR), ("/Producer", PRODUCER)):
        if not shape.fullmatch(str(objects.info.get(key))):
            yield 0, f"The file says of itself: {key[1:]} “{objects.info.get(key)}”"


def _packet(objects: Objects, truth: Truth) -> Iterator[Finding]:
    """Compare the XMP packet (ISO 16684-1) byte by byte."""
    there = objects.data(objects.root["/Metadata"]).decode(errors="replace").split("\n")
    for found, line in zip([*there, ""], [*_packet_lines(objects, truth), ""], strict=False):
        if found != line:
            yield (
                0,
                f"The metadata (XMP) say “{expected.cut(found)}”, and should say “{expected.cut(line)}”",
            )
            return


def _packet_lines(objects: Objects, truth: Truth) -> Iterator[str]:
    data, day = truth.publication, f"{truth.day.isoformat()}T00:00:00Z"
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in NAMESPACES)
    said = {
        key: str(objects.info.get(f"/{key}")).translate(ESCAPES) for key in ("Creator", "Producer")
    }
    yield '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    yield '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    yield '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    yield f'<rdf:Description rdf:about="" {spaces}>'
    yield "<dc:format>application/pdf</dc:format>"
    for key, kind, text in (
        ("title", "Alt", data.title),
        ("creator", "Seq", data.prepared_by),
        ("description", "Alt", data.subtitle),
        ("identifier", "", data.identifier),
        ("rights", "Alt", data.rights),
        ("language", "Bag", data.language),
    ):
        own = ' xml:lang="x-default"' if kind == "Alt" else ""
        around = (f"<rdf:{kind}><rdf:li{own}>", f"</rdf:li></rdf:{kind}>") if kind else ("", "")
        if text:
            yield f"<dc:{key}>{around[0]}{text.translate(ESCAPES)}{around[1]}</dc:{key}>"
    yield f"<xmp:CreatorTool>{said['Creator']}</xmp:CreatorTool>"
    for key in ("CreateDate", "ModifyDate", "MetadataDate"):
        yield f"<xmp:{key}>{day}</xmp:{key}>"
    yield f"<pdf:Producer>{said['Producer']}</pdf:Producer>"
    # Files of any kind may be attached by part 3 alone (ISO 19005-3, 6.8).
    yield from CLAIMS.format(part=3 if truth.attachments else 2).splitlines()


def _viewing(objects: Objects, truth: Truth, pages: Sequence[int]) -> Iterator[Finding]:
    """Compare how the file opens, and its colour profile."""
    root = objects.root
    facing = truth.furniture.sides == "facing"
    layout = "/TwoPageRight" if facing else "/SinglePage"
    if root["/PageLayout"] != layout:
        yield (
            0,
            f"The file opens with the layout {root['/PageLayout'][1:]}, and should with {layout[1:]}",
        )
    top = objects[pages[0]]["/MediaBox"][3]
    if root["/OpenAction"] != [pages[0], "/XYZ", 0, top, 1]:
        yield 0, "The file does not open at the top of its first page"
    if profile_of(objects) != PROFILE:
        yield 0, "The colour profile of the file is another than that of the program"


def profile_of(objects: Objects) -> str:
    """Return the checksum of the colour profile (14.11.5)."""
    profile = objects.root["/OutputIntents"][0]["/DestOutputProfile"]
    return hashlib.sha256(objects.data(profile)).hexdigest()


def outline(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    pages: Sequence[int],
    before: int = 0,
    elsewhere: Sequence[Mark] = (),
    label: Label | None = None,
) -> Iterator[Finding]:
    """Compare the outline (12.3.3): titles, levels, neighbours, and where they lead.

    ``pages`` are those of the file, ``before`` how many of the dossier are in other files before it.
    ``elsewhere`` has the bookmarks that lead into other files; ``label`` returns what is printed for a
    page.
    """
    words, titles = truth.words, expected.titles(truth)
    letters = {section_of_letter(letter.id) for letter in truth.letters}
    letters |= expected.enclosed_titles(truth).keys()
    label = label or labelled(prefixes(truth, spans))
    wanted: list[Mark] = []
    grouped = False
    for key, span in spans.items():
        is_one = whole_section(key) in letters
        if is_one and not grouped:
            wanted.append((1, words("heading_letters"), span.start))
        grouped = is_one
        title = words("bookmark", title=titles[key], page=label(span.start))
        wanted.append((2 if grouped else 1, title, span.start))
    found: list[Mark] = []
    sheet = {number: page for page, number in enumerate(pages, before + 1)}
    number = objects.root["/Outlines"]
    shown = len(wanted) + sum(level == 1 for level, _, _ in elsewhere)
    for level, item, is_sound in items(objects, number, 1):
        if "/A" in item:
            action = item["/A"]
            there = f"{action['/F']['/F']} {action['/D']}"
            is_one = action["/F"]["/F"] == action["/F"]["/UF"] and action["/S"] == "/GoToR"
            if not (is_sound and is_one):
                yield 0, f"The bookmark “{item['/Title']}” is damaged or leads to several files"
            found.append((level, item["/Title"], there))
            continue
        place = item["/Dest"]
        top = objects[place[0]].get("/MediaBox", [0, 0, 0, 0])[3]
        page = sheet.get(place[0], 0)
        if not is_sound or place[3] != top:
            yield page, f"The bookmark “{item['/Title']}” is damaged or leads to another place"
        found.append((level, item["/Title"], page))
    if found != [*wanted, *elsewhere] or objects[number]["/Count"] != shown:
        yield 0, "The bookmarks are not those of the sections, in their levels and order"


def items(
    objects: Objects, parent: int, level: int
) -> Iterator[tuple[int, Mapping[str, Any], bool]]:
    """Yield the items below one of the outline, depth first, and whether their neighbours are right."""
    holder = objects[parent]
    number, before, count = holder.get("/First"), None, 0
    while isinstance(number, Ref) and count <= len(objects.text):
        item = objects[number]
        yield level, item, item["/Parent"] == parent and item.get("/Prev") == before
        below = list(items(objects, number, level + 1)) if level < 2 else []
        yield from below
        count += 1
        # What is in other files is not shown until it is asked for.
        if item.get("/Count", 0) != (-len(below) if "/A" in item else len(below)) or (
            level == 2 and "/First" in item
        ):
            yield level, item, False
        before, number = number, item.get("/Next")
    if holder.get("/Last") != before:
        yield level, {"/Title": "", "/Dest": [0, "", 0, None]}, False


def _places(objects: Objects, spans: Mapping[str, range], anatomy: Anatomy) -> Iterator[Finding]:
    """Compare the named destinations (12.3.2.3): each lies on the pages of the section that it names."""
    sheet = {number: page for page, number in enumerate(anatomy.numbers, 1)}
    heights = [page["/MediaBox"][3] for page in anatomy.pages]
    for kid in objects[objects.root["/Names"]["/Dests"]]["/Kids"]:
        for name, number, top in _targets(objects, kid):
            here = sheet.get(number, 0)
            section, _, anchor = name.partition("#")
            span = spans.get(section)
            if span is None or here not in span or not 0 < top <= heights[here - 1]:
                yield here, f"The place “{name}” is not where it should be"
            elif anchor == "" and (here != span.start or top != heights[here - 1]):
                yield here, f"The place “{name}” is not at the top of its section"


def _targets(objects: Objects, kid: int) -> Iterator[tuple[str, int, float]]:
    """Yield the names in a node of the destinations, each with the number of its page and its height."""
    text = objects.text[kid]
    found = PLACE.findall(text, text.find(b"/Names [") + 8)
    if len(found) == text.count(b"/XYZ"):
        for name, number, top in found:
            yield trees.name_of(name), int(number), float(top)
        return
    names = objects[kid]["/Names"]  # a name has the same words
    for name, (number, _, _, top, _) in zip(names[::2], names[1::2], strict=True):
        yield name, number, top


def _spoken(
    objects: Objects,
    truth: Truth,
    spans: Mapping[str, range],
    anatomy: Anatomy,
    numbers: Collection[int],
) -> Iterator[Finding]:
    """Compare the descriptions of links to each page, and where each link says that it leads."""
    titles = expected.titles(truth)
    label = labelled(prefixes(truth, spans))
    for key, span in spans.items():
        for page in span:
            said = truth.words("link_to_page", title=titles[key], page=label(page))
            if objects[anatomy.numbers[page - 1] + 1] != said:
                yield page, f"Links to the page are read aloud otherwise than as “{said}”"
    for page, dictionary in enumerate(anatomy.pages, 1):
        for annotation in dictionary.get("/Annots", ()):
            if annotation not in numbers:
                continue
            link = objects[annotation]
            action = link.get("/A", {})  # the field of a signature has none
            wanted = anatomy.named.get(action["/D"], (-2, 0))[0] + 1 if "/D" in action else None
            if wanted is not None and link["/Contents"] != wanted:
                yield page, "A link on the page is read aloud as one to another page"
