"""Checks what a finished PDF has besides visible pages: tags, links, fonts, actions, attachments.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.proof import trees
from dossier.proof.objects import STRING, Objects, Ref, parse

ACTIONS = ("/GoTo", "/URI")
"""The actions (12.6.4) that a dossier may have."""
ACTIVE = re.compile(
    rb"/(?:S /(JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE|Movie|Sound|Rendition|SetOCGState|Trans"
    rb"|GoTo3DView|Hide|Named|ResetForm|RichMediaExecute|Thread)"
    rb"|(JS|AA|EF|OCProperties|RichMediaContent|XFA|EmbeddedFiles|JavaScript|AF|FFilter)"
    rb"|Type /(?:Filespec|EmbeddedFile)|FS /URL|F(?= [(<]))(?= )"
)
"""Matches entries that run, embed or fetch something, other than link actions."""
NOTDEF = re.compile(rb"<(?:[0-9a-fA-F]{4})*?0000(?:[0-9a-fA-F]{4})*>")
"""Matches glyph 0, “.notdef”, which stands for a missing character."""
UNUSUAL = re.compile(rb"/ActualText|\(|(?<!\S)[1-7]\s+Tr(?!\S)")
"""Matches ActualText, strings other than hexadecimal glyph ids, and invisible text."""
MCID = re.compile(rb"/MCID[ \n](\d+)")
ELEMENT = re.compile(
    rb"<< (?:/A <<[^<>]*>> )?/K (\d+ 0 R|\d+|\[[^][()]*\]) /P \d+ 0 R (?:/Pg (\d+) 0 R )?/S /(\w+) >>"
)
"""A structure element in the usual form: kids, page, role. Others are parsed, which is far slower."""
KID = re.compile(
    rb"(\d+) 0 R|<< /MCID (\d+) /Pg (\d+) 0 R /Type /MCR >>|<< /Obj (\d+) 0 R [^>]*>>|(\d+)"
)
OWNER = re.compile(rb"\d+ 0 R|null")
LINK = re.compile(
    rb"<< /A << /D (\((?:[^()\\]|\\.)*\)) /S /GoTo >> [^(<]*/Contents (\d+) 0 R "
    rb"[^(<]*/Rect \[ (\S+) (\S+) (\S+) (\S+) \] "
    rb"/StructParent \d+ /Subtype /Link /Type /Annot >>"
)
"""An internal link in the usual form: target, alternate description, rectangle."""
DEEPEST = 200
"""The maximum depth of nested structure elements."""
Finding = tuple[int, str]
"""The page, 0 for the whole file, and the message."""


@dataclass(frozen=True)
class Link:
    """A link annotation."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the page's bottom left."""
    target: int
    """The target page; 0 for a link that leads out of the file or nowhere."""
    address: str
    """The web or mail address of a link that leads out of the file."""
    words: tuple[int, ...]
    """The marked content on its page that is tagged as its text, by MCID."""
    aloud: str
    """The alternate description, which screen readers read aloud (/Contents)."""


@dataclass(frozen=True)
class Figure:
    """A figure of the structure tree."""

    alternative: str
    """Its alternative text (14.9.3)."""
    content: tuple[tuple[int, int], ...]
    """Its marked content, by page and MCID."""


@dataclass
class Anatomy:
    """The tags, links and metadata of a file."""

    pages: Sequence[Mapping[str, Any]]
    """The page dictionaries."""
    numbers: Sequence[int]
    """The object numbers of the pages."""
    order: list[list[int]] = field(default_factory=list)
    """The marked content of each page, by MCID, in the sequence of the structure tree."""
    actual: dict[tuple[int, int], str] = field(default_factory=dict)
    """ActualText (14.9.4), by page and MCID."""
    notes: set[tuple[int, int]] = field(default_factory=set)
    """The marked content of footnotes, by page and MCID."""
    links: list[list[Link]] = field(default_factory=list)
    """The links of each page."""
    findings: list[Finding] = field(default_factory=list)
    title: str = ""
    language: str = ""
    alternatives: list[str] = field(default_factory=list)
    """The alternative text of each figure."""
    figures: list[Figure] = field(default_factory=list)
    """The figures in reading order."""
    roles: Counter[str] = field(default_factory=Counter)
    """How many elements have each structure type."""


@dataclass(frozen=True)
class MarkedContent:
    """The marked content of a page, and what is suspicious about its content stream."""

    numbers: frozenset[int]
    """The MCIDs."""
    notdef: bool
    """A glyph is drawn that its font lacks."""
    unusual: bool
    """Text is drawn invisibly, with ActualText, or otherwise as the program never draws."""


def marked_content(objects: Objects, page: Mapping[str, Any]) -> MarkedContent:
    """Return the marked content of a page, given by its dictionary."""
    contents = page.get("/Contents")
    parts = contents if isinstance(contents, list) else [contents]
    content = b"\n".join(objects.data(part) for part in parts if isinstance(part, Ref))
    numbers = frozenset(map(int, MCID.findall(content)))
    notdef, unusual = NOTDEF.search(content), UNUSUAL.search(content)
    return MarkedContent(numbers, notdef is not None, unusual is not None)


def dissect(objects: Objects) -> Anatomy:
    """Return a file's anatomy, with findings; the pages' content streams are not looked at."""
    numbers = objects.pages()
    found = Anatomy([objects[number] for number in numbers], numbers)
    found.findings += _statements(objects)
    found.title = str(objects.info.get("/Title", ""))
    found.language = str(objects.root.get("/Lang", ""))
    found.findings += _whole(objects, found.alternatives)
    walk = _Walk(objects, numbers)
    walk.tags()
    found.order, found.actual, found.notes = walk.order, walk.actual, walk.notes
    found.figures, found.roles = walk.figures, walk.roles
    found.findings += _sheets(found.pages)
    found.links = [[] for _ in found.pages]
    for number, page in enumerate(found.pages, 1):
        for annotation in objects.at(page.get("/Annots")) or ():
            found.links[number - 1].append(walk.link(number, annotation))
    found.findings += walk.findings
    return found


def tag_mismatches(
    objects: Objects, found: Anatomy, contents: Sequence[MarkedContent]
) -> Iterator[Finding]:
    """Yield where marked content and tags do not match (14.7.4)."""
    rows, is_sound = trees.owners(objects)
    if not is_sound:
        yield 0, "The owners of the document’s content cannot be looked up"
    for number, (page, content) in enumerate(zip(found.pages, contents, strict=True), 1):
        tagged = found.order[number - 1]
        if content.notdef:
            yield number, "A character is drawn that its font does not have"
        if content.unusual:
            yield number, "Text is drawn in a way that the program never uses"
        row = objects.text.get(rows.get(page.get("/StructParents", -1), 0), b"")
        owned = {mcid for mcid, owner in enumerate(OWNER.findall(row)) if owner != b"null"}
        if content.numbers - set(tagged) or content.numbers - owned:
            yield number, "Content of the page is not tagged"
        if set(tagged) - content.numbers:
            yield number, "A tag of the page has no content"
        if len(set(tagged)) < len(tagged):
            yield number, "Content of the page is tagged twice"


def _sheets(pages: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield where a page is rotated, scaled, cropped or of another size than the first."""
    size = pages[0].get("/MediaBox") if pages else None
    for number, page in enumerate(pages, 1):
        if page.get("/MediaBox") != size or not isinstance(size, list) or size[:2] != [0, 0]:
            yield number, "The page is cropped, or its size differs from the first page’s"
        for entry in ("/Rotate", "/UserUnit", "/CropBox"):
            if entry in page:
                yield number, f"The page is rotated, scaled or cropped ({entry[1:]})"


def _statements(objects: Objects) -> Iterator[Finding]:
    """Check the document's catalog and metadata."""
    root = objects.root
    if objects.encrypted:
        yield 0, "The file is encrypted"
    if not root.get("/Lang"):
        yield 0, "The document’s language is not stated"
    if not objects.info.get("/Title"):
        yield 0, "The document has no title"
    if not (objects.at(root.get("/MarkInfo")) or {}).get("/Marked"):
        yield 0, "The document is not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield 0, "The document has no tags"
    if not isinstance(objects.at(root.get("/OpenAction", [])), list):
        yield 0, "The document runs an action when it is opened"
    names = objects.at(root.get("/Names")) or {}
    for entry, word in (("/JavaScript", "a script"), ("/EmbeddedFiles", "an attachment")):
        if entry in names:
            yield 0, f"The document has {word}"
    if "/AcroForm" in root:
        yield 0, "The document has a form"


def _whole(objects: Objects, alternatives: list[str]) -> Iterator[Finding]:
    """Check all objects for active content, alternative texts and embedded fonts.

    The alternative texts of figures are added to ``alternatives``.
    """
    if ACTIVE.search(b"\n".join(objects.text.values())):
        for text in objects.text.values():
            yield from _active(text)
    for text in objects.text.values():
        if b"/Figure" in text or b"/Font" in text:
            yield from _figures_and_fonts(parse(text), alternatives)


def _active(text: bytes) -> Iterator[Finding]:
    for match in ACTIVE.finditer(STRING.sub(b"()", text)):
        if match[1]:
            yield 0, f"The document has an action of the kind {match[1].decode()}"
        elif match[2]:
            yield (
                0,
                f"The document has an entry {match[2].decode()}, which runs or embeds something",
            )
        else:
            yield 0, "The document refers to an external file, or embeds a file"


def _figures_and_fonts(value: Any, alternatives: list[str]) -> Iterator[Finding]:
    if not isinstance(value, Mapping):
        return
    if value.get("/S") == "/Figure":
        if not value.get("/Alt"):
            yield 0, "A figure has no alternative text"
        alternatives.append(str(value.get("/Alt", "")))
    if value.get("/Type") == "/FontDescriptor":
        if not any(f"/FontFile{number}" in value for number in ("", "2", "3")):
            yield 0, f"The font {str(value.get('/FontName'))[1:]} is not embedded"
    elif (
        value.get("/Type") == "/Font"
        and value.get("/Subtype") != "/Type0"
        and "/FontDescriptor" not in value
    ):
        yield 0, f"The font {str(value.get('/BaseFont'))[1:]} is not embedded"


class _Walk:
    """Traverses the structure tree in reading order."""

    def __init__(self, objects: Objects, pages: Sequence[int]) -> None:
        self.objects = objects
        self.numbers = {page: number for number, page in enumerate(pages, 1)}
        self.order: list[list[int]] = [[] for _ in pages]
        self.actual: dict[tuple[int, int], str] = {}
        self.findings: list[Finding] = []
        self.figures: list[Figure] = []
        self.roles = Counter[str]()
        self.notes: set[tuple[int, int]] = set()
        self._identifiers: set[str] = set()
        self._descriptions: dict[int, str] = {}
        named, is_sound = trees.destinations(objects)
        self.places = {name: self.numbers.get(page, 0) for name, page in named.items()}
        """The pages of the named destinations."""
        if not is_sound:
            self.findings.append((0, "The targets of the document’s links cannot be looked up"))
        self._seen: set[int] = set()
        self._words: dict[int, list[tuple[int, int]]] = {}
        """The page and MCID of all marked content in the element of each annotation."""
        self._read: list[tuple[int, int]] = []
        """The page and MCID of all marked content in reading order."""

    def tags(self) -> None:
        """Traverse the structure tree (14.7.2)."""
        kids = self.objects.tree.get("/K")
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, Ref):
                self._element(kid, 0)
        latest = 0
        for page, mcid in self._read:
            if (page, mcid) in self.notes:
                # A note is read behind its call, also where it goes on on the next page.
                self.order[page - 1].append(mcid)
                continue
            if page < latest:
                self.findings.append((page, "The page is read aloud after a later page"))
            latest = max(latest, page)
            self.order[page - 1].append(mcid)

    def _element(self, number: int, depth: int) -> None:
        """Read an element and its descendants."""
        text = self.objects.text.get(number, b"")
        if number in self._seen or depth > DEEPEST or number not in self.objects.text:
            self.findings.append((0, "The document’s tags cannot be read"))
            return
        self._seen.add(number)
        usual = ELEMENT.fullmatch(text)
        actual: str | None = None
        if usual:
            kids, home, role = usual.groups()
        else:
            kids, home, role, actual = self._unusual(text)
        start = len(self._read)
        annotations = []
        for child, marked, page, annotation, own in KID.findall(kids):
            if child:
                self._element(int(child), depth + 1)
            elif annotation:
                annotations.append(int(annotation))
            else:
                on = self.numbers.get(int(page or home or 0))
                if on is not None:
                    self._read.append((on, int(marked or own)))
        if actual is not None:
            for place in self._read[start:]:
                self.actual[place], actual = actual, ""
        self.roles[role.decode("latin-1")] += 1
        if role == b"Figure":
            alternative = str((parse(text) or {}).get("/Alt", ""))
            self.figures.append(Figure(alternative, tuple(self._read[start:])))
        if role == b"Note":
            self.notes.update(self._read[start:])
            name = str(parse(text).get("/ID", ""))
            if not name or name in self._identifiers:
                page = self._read[start][0] if self._read[start:] else 0
                self.findings.append((page, "A note on the page has no ID of its own"))
            self._identifiers.add(name)
        if role == b"Link":
            for annotation in annotations:
                self._words[annotation] = self._read[start:]

    def _unusual(self, text: bytes) -> tuple[bytes, bytes, bytes, str | None]:
        """Return kids, page, role and ActualText of an element in any form; the kids in the usual one."""
        element = parse(text)
        if not isinstance(element, Mapping):
            return b"", b"", b"", None
        kids = []
        value = element.get("/K")
        listed = self.objects.at(value)  # its only kid, or an indirect array of kids
        for kid in listed if isinstance(listed, list) else [value]:
            if isinstance(kid, Ref):
                kids.append(b"%d 0 R" % kid)
            elif isinstance(kid, int):
                kids.append(b"%d" % kid)
            elif isinstance(kid, Mapping) and "/Obj" in kid:
                kids.append(b"<< /Obj %d 0 R /Type /OBJR >>" % kid["/Obj"])
            elif isinstance(kid, Mapping) and "/MCID" in kid:
                page = kid.get("/Pg", element.get("/Pg", 0))
                kids.append(b"<< /MCID %d /Pg %d 0 R /Type /MCR >>" % (kid["/MCID"], page))
        role = str(element.get("/S", ""))[1:].encode()
        actual = str(element["/ActualText"]) if "/ActualText" in element else None
        return b" ".join(kids), b"%d" % element.get("/Pg", 0), role, actual

    def link(self, page: int, annotation: Any) -> Link:
        """Return a link annotation (12.5.6.5)."""
        usual = LINK.fullmatch(self.objects.text.get(annotation, b""))
        words = tuple(mcid for on, mcid in self._words.get(annotation, ()) if on == page)
        if usual:
            left, bottom, right, top = (float(usual[place]) for place in range(3, 7))
            target = self.places.get(str(parse(usual[1])), 0)
            return Link((left, bottom, right, top), target, "", words, self._spoken(Ref(usual[2])))
        dictionary = self.objects.at(annotation) or {}
        action = self.objects.at(dictionary.get("/A")) or {}
        kind = action.get("/S")
        if dictionary.get("/Subtype") != "/Link" or "/AP" in dictionary:
            self.findings.append((page, "An annotation on the page is not a link"))
        if "/Next" in action:
            self.findings.append((page, "A link has a further action"))
        if kind is not None and kind not in ACTIONS:
            self.findings.append((0, f"The document has an action of the kind {kind[1:]}"))
        place = self.objects.at(action.get("/D") or dictionary.get("/Dest"))
        target = self.numbers.get(place[0], 0) if isinstance(place, list) and place else 0
        if isinstance(place, str):
            target = self.places.get(place, 0)
        rectangle = self.objects.at(dictionary.get("/Rect")) or (0, 0, 0, 0)
        left, bottom, right, top = (float(value) for value in rectangle)
        return Link(
            (left, bottom, right, top),
            target,
            str(action.get("/URI") or ""),
            words,
            self._spoken(dictionary.get("/Contents")),
        )

    def _spoken(self, value: Any) -> str:
        """Return an alternate description; those of links to one page are the same object."""
        if isinstance(value, Ref) and value in self._descriptions:
            return self._descriptions[value]
        said = str(self.objects.at(value) or "")
        if isinstance(value, Ref):
            self._descriptions[value] = said
        return said
