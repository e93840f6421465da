"""Tells whether the tags of a file may be as they are: which is in which, and what it says beside its text.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.language.direction import language_runs_left
from dossier.proof import trees
from dossier.proof.anatomy import Anatomy
from dossier.proof.comparison import LAST_PLAIN, SHAPED
from dossier.proof.objects import Objects, Ref
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.proof.wanted import squeezed
from dossier.records.body import Heading, Leaf, Node
from dossier.records.front_matter import Entry, Signatory

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
TYPES = frozenset(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index P H1 H2 H3 H4 H5 H6 H7 L LI Lbl LBody "
    "Table TR TH TD THead TBody Span Quote Note Reference BibEntry Link Figure".split()
)


def findings(
    objects: Objects, truth: Truth, anatomy: Anatomy, kinds: Mapping[int, str]
) -> Iterator[Finding]:
    """Yield what is wrong with the tags; all objects are of the kinds that are allowed."""
    tags = {number: objects[number] for number, kind in kinds.items() if kind == "element"}
    if sum(anatomy.roles.values()) != len(tags):
        yield 0, "The document has tags that are not in its tree"
    content: dict[tuple[int, int], int] = {}
    links: dict[int, int] = {}
    for number, tag in tags.items():
        role, parent = tag["/S"][1:], tags.get(tag["/P"], {}).get("/S", "/")[1:]
        if role not in TYPES or parent not in INSIDE.get(role, {parent}):
            yield 0, f"A tag {role} stands in a tag {parent or 'of no kind'}"
        for page, mcid in _content(tag):
            content[page, mcid] = number
        links |= dict.fromkeys(_links(tag), number)
    yield from _owned(objects, content, links)
    yield from _attributes(truth, tags)
    yield from _headings(truth, anatomy)
    yield from _languages(truth, tags)
    if not _turns(truth):
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


def _owned(
    objects: Objects, content: Mapping[tuple[int, int], int], links: Mapping[int, int]
) -> Iterator[Finding]:
    """Compare the parent tree (14.7.4.4) with the tags."""
    rows, _ = trees.owners(objects)
    for page, number in enumerate(objects.pages(), 1):
        row = objects[rows.get(objects[number]["/StructParents"], 0)] or []
        there = {mcid: owner for mcid, owner in enumerate(row) if owner is not None}
        if there != {mcid: owner for (on, mcid), owner in content.items() if on == number}:
            yield page, "The owners of the page’s content are not the tags that hold it"
        for link in objects[number].get("/Annots", ()):
            if rows.get(objects[link]["/StructParent"]) != links.get(link):
                yield page, "The owner of a link on the page is not the tag that holds it"


def _attributes(truth: Truth, tags: Mapping[int, Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield attributes (14.8.5) that do not fit: heads of tables, labels of lists, cells over several."""
    for tag in tags.values():
        role, said = tag["/S"], tag.get("/A", {})
        if role in ("/TH", "/TD"):
            row = tags.get(tag["/P"], {})
            in_head = tags.get(row.get("/P", 0), {}).get("/S") == "/THead"
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
        wanted.update(above + level for level in _levels(letter.body.nodes))
        wanted.update(min(above + 1 + depth, 6) for depth in _groups(letter.head.signatories, 0))
    if truth.introduction:
        wanted.update(1 + level for level in _levels(truth.introduction.nodes))
    for level in range(3, 8):
        if anatomy.roles.get(f"H{level}", 0) != wanted[level]:
            yield 0, f"The file has other headings of level {level} than the letters"


def _levels(nodes: Sequence[Node]) -> Iterator[int]:
    for node in nodes:
        if isinstance(node, Heading):
            yield node.level
        elif not isinstance(node, Leaf):
            yield from _levels(node.children)


def _groups(entries: Sequence[Signatory], depth: int) -> Iterator[int]:
    """Yield the depth of each group of signatures that has a heading."""
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group:
            if group.heading:
                yield depth
            yield from _groups(group.signatories, depth + bool(group.heading))


def _languages(truth: Truth, tags: Mapping[int, Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield languages of tags that nothing in the corpus has."""
    known = {truth.publication.language, truth.words.language}
    known |= {letter.language for letter in truth.letters}
    known |= {tag for entry in truth.entries for tag, _ in entry.native}
    known |= {work.reference.language for work in truth.works if work.reference.language}
    for tag in tags.values():
        language = tag.get("/Lang")
        if language is not None and language not in known:
            yield 0, f"A tag has the language “{language}”, which the corpus does not have"


def _turns(truth: Truth) -> bool:
    """Tell whether something is set from right to left, where Latin words are read with ActualText too."""
    languages = [truth.publication.language, *(letter.language for letter in truth.letters)]
    return any(map(language_runs_left, languages))


def _replaced(anatomy: Anatomy) -> Iterator[Finding]:
    """Yield ActualText (14.9.4) on pages without a script that asks for it."""
    pages: dict[int, list[str]] = {}
    for (page, _), text in anatomy.actual.items():
        pages.setdefault(page, []).append(text)
    for page, texts in pages.items():
        together = squeezed("".join(texts))
        if not SHAPED.search(together) and all(
            char < LAST_PLAIN for char in together if char.isalpha()
        ):
            yield page, "Texts of the page are read aloud by what tags say instead of what is drawn"
