"""Tells whether the tags of a file may be as they are: which is in which, and what it says beside its text.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dossier.language.direction import language_runs_left
from dossier.proof import trees
from dossier.proof.anatomy import Anatomy
from dossier.proof.headings import levels
from dossier.proof.objects import Objects, Ref
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.front_matter import Entry, Signatory
from dossier.records.sections import goes_on

INSIDE: Mapping[str, frozenset[str]] = {
    "LI": frozenset({"L"}),
    "LBody": frozenset({"LI"}),
    "TOCI": frozenset({"TOC"}),
    "TR": frozenset({"Table", "THead", "TBody"}),
    "THead": frozenset({"Table"}),
    "TBody": frozenset({"Table"}),
    "TH": frozenset({"TR"}),
    "TD": frozenset({"TR"}),
}
"""The structure types (14.8.4) that stand only in certain others."""
LINES = frozenset(
    "P H1 H2 H3 H4 H5 H6 H7 LBody Lbl TD TH BibEntry Reference Link Span Quote Caption".split()
)
"""The structure types that hold lines."""
BLOCKS = frozenset("Art Sect Div BlockQuote LBody".split())
OURS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Document": frozenset({""}),
        "Art": frozenset({"Document"}),
        "Sect": frozenset({"Document"}),
        "Div": BLOCKS,
        "BlockQuote": BLOCKS,
        "L": BLOCKS | {"Index"},
        "Table": BLOCKS,
        "Figure": BLOCKS,
        "P": BLOCKS | {"Note"},
        "Index": frozenset({"Sect"}),
        "TOC": frozenset({"Sect"}),
        "Note": frozenset({"Reference"}),
        "BibEntry": frozenset({"LBody"}),
        "Lbl": frozenset({"LI", "P"}),
        "Reference": LINES | {"TOCI"},
        "Link": LINES,
        "Quote": LINES,
        "Span": LINES | {"Figure"},
        "Form": frozenset({"Document"}),
    }
    | {f"H{level}": BLOCKS | {"Index"} for level in range(1, 8)}
)
"""Where others stand in the program's own templates."""
ELEMENT = re.compile(
    rb"\A<< /.* /P \d+ 0 R (?:/Pg \d+ 0 R )?/S /\w+ (?:/Type /StructElem )?>>\Z", re.DOTALL
)
UNPLAIN = re.compile(
    "[\u0590-\u109f\u1100-\u11ff\u1780-\u18af\u1900-\u1aff\u200c-\u200f\u2066-\u2069\u2190-\U0010ffff]"
)
"""Some of these are not read back from their glyphs: texts on a page with one may have ActualText."""
TYPES = frozenset(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index P H1 H2 H3 H4 H5 H6 H7 L LI Lbl LBody "
    "Table TR TH TD THead TBody Span Quote Note Reference BibEntry Link Figure Form".split()
)


USUAL = re.compile(rb"<< /K (?:(\d+) 0 R|(\d+)) /P (\d+) 0 R (?:/Pg (\d+) 0 R )?/S (/\w+) >>")
LINKED = re.compile(
    rb"<< /K \[ << /Obj (\d+) 0 R /Pg \d+ 0 R /Type /OBJR >> (\d+) \]"
    rb" /P (\d+) 0 R /Pg (\d+) 0 R /S (/Link) >>"
)
"""Tags in two usual forms, of which nearly all are: they are read in a third of the time."""
OWNER = b"/StructParent "


class _Tags(dict[int, Mapping[str, Any]]):
    """The tags of a file by number, read when they are needed."""

    def __init__(self, objects: Objects) -> None:
        super().__init__()
        self._objects = objects

    def __missing__(self, number: int) -> Mapping[str, Any]:
        text = self._objects.text.get(number, b"")
        found: Any
        if usual := USUAL.fullmatch(text):
            kid, content, parent, page, role = usual.groups()
            found = {"/K": Ref(kid) if kid else int(content), "/P": Ref(parent)}
            if page:
                found["/Pg"] = Ref(page)
            found["/S"] = role.decode()
        elif linked := LINKED.fullmatch(text):
            link, content, parent, page, role = linked.groups()
            kids = [{"/Obj": Ref(link)}, int(content)]
            found = {"/K": kids, "/P": Ref(parent), "/Pg": Ref(page), "/S": role.decode()}
        else:
            found = self._objects[number]
        self[number] = found if isinstance(found, Mapping) else {}
        return self[number]


def findings(
    objects: Objects, truth: Truth, anatomy: Anatomy, numbers: Collection[int]
) -> Iterator[Finding]:
    """Yield what is wrong with tags and their content, given by number; their kinds are allowed."""
    tags = _Tags(objects)
    there = [number for number in numbers if ELEMENT.search(objects.text[number])]
    if len(numbers) == len(objects.text) and sum(anatomy.roles.values()) != len(there):
        yield 0, "The document has tags that are not in its tree"
    for number in there:
        tag = tags[number]
        role, parent = tag["/S"][1:], tags[tag["/P"]].get("/S", "/")[1:]
        misplaced = not truth.has_templates and parent not in OURS.get(role, {parent})
        if role not in TYPES or parent not in INSIDE.get(role, {parent}) or misplaced:
            yield 0, f"A tag {role} stands in a tag {parent or 'of no kind'}"
        if (role == "Document") != ("/Type" in tag):
            yield 0, "The tag of the document is not told from others"
        if not truth.has_templates and role not in LINES | {"Figure"} and any(_content(tag)):
            yield 0, f"A tag {role} holds words itself"
        if not truth.has_templates and not _kids(tag) and role not in ("TD", "TH"):
            yield 0, f"A tag {role} holds nothing"
        if role == "Figure" and "/A" not in tag:
            yield 0, "A figure does not say where it stands"
        if not truth.has_templates and role == "L" and "/A" not in tag:
            yield 0, "A list does not say how its items are labelled"
    yield from _identified(objects, tags, there)
    yield from _owned(objects, anatomy, tags, numbers)
    yield from _attributes(truth, tags, there)
    yield from _headings(truth, anatomy)
    yield from _languages(truth, tags, there)
    languages = {truth.publication.language, *(letter.language for letter in truth.letters)}
    if not any(map(language_runs_left, languages)):
        yield from _replaced(anatomy)


def _kids(tag: Mapping[str, Any]) -> list[Any]:
    kids = tag.get("/K", [])
    return kids if isinstance(kids, list) else [kids]


def _content(tag: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the page and MCID of the marked content of a tag."""
    for kid in _kids(tag):
        if isinstance(kid, Mapping) and "/MCID" in kid:
            yield kid["/Pg"], kid["/MCID"]
        elif isinstance(kid, int) and not isinstance(kid, Ref):
            yield tag["/Pg"], kid


def _links(tag: Mapping[str, Any]) -> Iterator[int]:
    return (kid["/Obj"] for kid in _kids(tag) if isinstance(kid, Mapping) and "/Obj" in kid)


def _identified(objects: Objects, tags: _Tags, numbers: Sequence[int]) -> Iterator[Finding]:
    """Compare the IDs of elements with the tree in which they are looked up (14.7.4.1)."""
    listed, is_sound = trees.notes(objects)
    own = {number: tags[number]["/ID"] for number in numbers if "/ID" in tags[number]}
    if (
        not is_sound
        or any(listed.get(name) != number for number, name in own.items())
        or any(tags[number].get("/ID") != name for name, number in listed.items())
    ):
        yield 0, "A note cannot be looked up by its ID"


def _owned(
    objects: Objects, anatomy: Anatomy, tags: _Tags, numbers: Collection[int]
) -> Iterator[Finding]:
    """Compare the rows and the links of the parent tree (14.7.4.4) with the tags."""
    rows, _ = trees.owners(objects)
    if objects.tree["/ParentTreeNextKey"] <= max(rows, default=0):
        yield 0, "The next number of an owner is one that is given already"
    for page, (number, sheet) in enumerate(zip(anatomy.numbers, anatomy.pages, strict=True), 1):
        place = rows.get(sheet.get("/StructParents", -1), 0)  # a blank page has none
        if place in numbers:
            there = {mcid: one for mcid, one in enumerate(objects[place]) if one is not None}
            content = {
                mcid: owner
                for owner in set(there.values())
                for on, mcid in _content(tags[owner])
                if on == number
            }
            if there != content:
                yield page, "The owners of the page’s content are not the tags that hold it"
        for link in sheet.get("/Annots", ()):
            if link in numbers:
                text = objects.text[link]
                # No string of an annotation stands behind this key.
                row = int(text[text.rindex(OWNER) + len(OWNER) :].split(maxsplit=1)[0])
                owner = rows.get(row, 0)
                if link not in _links(tags[owner]):
                    yield page, "The owner of a link on the page is not the tag that holds it"


def _attributes(truth: Truth, tags: _Tags, numbers: Sequence[int]) -> Iterator[Finding]:
    """Yield attributes (14.8.5) that do not fit: heads of tables, labels of lists, cells over several."""
    for number in numbers:
        tag = tags[number]
        role, said = tag["/S"], tag.get("/A", {})
        if role in ("/TH", "/TD"):
            row = tags[tag["/P"]]
            in_head = tags[row.get("/P", 0)].get("/S") == "/THead"
            scope = said.get("/Scope")
            wanted = "/Column" if in_head else "/Row"
            if (role == "/TH" or in_head) and (role != "/TH" or scope != wanted):
                yield 0, "A cell of a table is not the head of its column or row that it should be"
            if not truth.has_templates and ("/ColSpan" in said or "/RowSpan" in said):
                yield 0, "A cell of a table is said to stand for several"
        if role == "/L":
            items = [tags[kid] for kid in _kids(tag) if isinstance(kid, Ref)]
            labelled = any(
                tags[kid]["/S"] == "/Lbl"
                for item in items
                for kid in _kids(item)
                if isinstance(kid, Ref)
            )
            numbering = said.get("/ListNumbering")
            is_free = numbering in (None, "/Disc")
            if not is_free and labelled == (numbering == "/None"):
                yield 0, "The labels of a list are not of the kind that its tag says"


def _headings(truth: Truth, anatomy: Anatomy) -> Iterator[Finding]:
    """Yield headings of levels that the program does not give, unless a corpus has templates of its own."""
    if truth.has_templates:
        return
    wanted = Counter[int]()
    for letter in truth.letters:
        above = 2 if letter.head.heading else 1
        wanted.update(above + level for level in levels(letter.body.nodes))
        wanted.update(min(above + 1 + depth, 6) for depth in _groups(letter.head.signatories, 0))
    if truth.introduction:
        wanted.update(1 + level for level in levels(truth.introduction.nodes))
    if any(map(goes_on, truth.volumes)):
        # Where a section goes on in another volume, levels change; :mod:`..heard` compares them all.
        there = sum(anatomy.roles.get(f"H{level}", 0) for level in range(3, 8))
        if there != sum(count for level, count in wanted.items() if level > 2):
            yield (
                0,
                "The file has more or fewer headings of levels below the second than the letters",
            )
        return
    for level in range(3, 8):
        if anatomy.roles.get(f"H{level}", 0) != wanted[level]:
            yield 0, f"The file has other headings of level {level} than the letters"


def _groups(entries: Sequence[Signatory], depth: int) -> Iterator[int]:
    """Yield the depth of each group of signatures that has a heading."""
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group:
            if group.heading:
                yield depth
            yield from _groups(group.signatories, depth + bool(group.heading))


def _languages(truth: Truth, tags: _Tags, numbers: Sequence[int]) -> Iterator[Finding]:
    """Yield languages of tags that nothing in the corpus has."""
    known = truth.languages
    for number in numbers:
        language = tags[number].get("/Lang")
        if language is not None and language not in known:
            yield 0, f"A tag has the language “{language}”, which the corpus does not have"


def _replaced(anatomy: Anatomy) -> Iterator[Finding]:
    """Yield ActualText (14.9.4) on pages without a script that asks for it."""
    pages: dict[int, list[str]] = {}
    for (page, _), text in anatomy.actual.items():
        pages.setdefault(page, []).append(text)
    for page, texts in pages.items():
        if not UNPLAIN.search("".join(texts)):
            message = "Texts of the page are read aloud by what tags say instead of what is drawn"
            yield page, message
