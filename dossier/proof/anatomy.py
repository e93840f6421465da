"""Looks into a finished PDF for what nobody sees on its pages: tags, links, fonts, actions, attachments.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.proof.objects import STRING, Objects, Ref, parse

ACTIONS = ("/GoTo", "/URI")
"""The actions (12.6.4) that a dossier has a use for."""
ACTIVE = re.compile(
    rb"/(?:S /(JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE|Movie|Sound|Rendition|SetOCGState|Trans"
    rb"|GoTo3DView|Hide|Named|ResetForm|RichMediaExecute|Thread)"
    rb"|(JS|AA|EF|OCProperties|RichMediaContent|XFA|EmbeddedFiles|JavaScript|AF|FFilter)"
    rb"|Type /(?:Filespec|EmbeddedFile)|FS /URL|F(?= [(<]))(?= )"
)
"""What runs, embeds or fetches something, other than by a link."""
NOTHING = re.compile(rb"<(?:[0-9a-fA-F]{4})*?0000(?:[0-9a-fA-F]{4})*>")
"""Glyph 0, which a font draws for what it has not."""
STRANGE = re.compile(rb"/ActualText|\(|(?<!\S)[1-7]\s+Tr(?!\S)")
"""Words for glyphs, strings that are no glyphs' numbers, text that is not painted."""
MARK = re.compile(rb"/MCID[ \n](\d+)")
ELEMENT = re.compile(
    rb"<< (?:/A <<[^<>]*>> )?/K (\d+ 0 R|\d+|\[[^][()]*\]) /P \d+ 0 R (?:/Pg (\d+) 0 R )?/S /(\w+) >>"
)
"""An element of the usual form: its kids, page and role. Any other is parsed, which takes far longer."""
KID = re.compile(
    rb"(\d+) 0 R|<< /MCID (\d+) /Pg (\d+) 0 R /Type /MCR >>|<< /Obj (\d+) 0 R [^>]*>>|(\d+)"
)
OWNER = re.compile(rb"\d+ 0 R|null")
LINK = re.compile(
    rb"<< /A << /D \[ (\d+) 0 R [^]]*\] /S /GoTo >> [^(<]*/Contents (\((?:[^()\\]|\\.)*\)|<[0-9a-fA-F]*>) "
    rb"[^(<]*/Rect \[ (\S+) (\S+) (\S+) (\S+) \] "
    rb"/StructParent \d+ /Subtype /Link /Type /Annot >>"
)
"""A link inside the file in the usual form: target, words read aloud, and place."""
DEEPEST = 200
"""Elements inside one another."""
Fault = tuple[int, str]
"""The page, 0 for the whole file, and what is wrong."""


@dataclass(frozen=True)
class Link:
    """A link annotation."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the page's bottom left."""
    target: int
    """The page it leads to, 0 where it leads out of the file or nowhere."""
    address: str
    """Where it leads out of the file."""
    words: tuple[int, ...]
    """The marked contents on its page that are tagged as its text."""
    aloud: str
    """What is read aloud of where it leads."""


@dataclass
class Anatomy:
    """What was found in a file."""

    pages: Sequence[Mapping[str, Any]]
    """Their dictionaries."""
    numbers: Sequence[int]
    """The numbers of their objects."""
    order: list[list[int]] = field(default_factory=list)
    """Each page's marked contents in the order in which they are read aloud."""
    actual: dict[tuple[int, int], str] = field(default_factory=dict)
    """What is read in place of a page's marked content (14.9.4)."""
    links: list[list[Link]] = field(default_factory=list)
    """Each page's links."""
    faults: list[Fault] = field(default_factory=list)
    title: str = ""
    language: str = ""
    alternatives: list[str] = field(default_factory=list)
    """What is read aloud in place of each figure."""


@dataclass(frozen=True)
class Marks:
    """What a page's content says besides what it draws."""

    numbers: frozenset[int]
    """Its marked contents."""
    nothing: bool
    """A glyph is drawn that its font does not have."""
    strange: bool
    """Something is drawn as no dossier does: unseen, or with its own word for what it says."""


def marks(objects: Objects, page: Mapping[str, Any]) -> Marks:
    """Read the content of a page, given by its dictionary."""
    contents = page.get("/Contents")
    parts = contents if isinstance(contents, list) else [contents]
    content = b"\n".join(objects.data(part) for part in parts if isinstance(part, Ref))
    numbers = frozenset(map(int, MARK.findall(content)))
    nothing, strange = NOTHING.search(content), STRANGE.search(content)
    return Marks(numbers, nothing is not None, strange is not None)


def dissect(objects: Objects) -> Anatomy:
    """Look at everything but the contents of pages."""
    numbers = objects.pages()
    found = Anatomy([objects[number] for number in numbers], numbers)
    found.faults += _statements(objects)
    found.title = str(objects.info.get("/Title", ""))
    found.language = str(objects.root.get("/Lang", ""))
    found.faults += _whole(objects, found.alternatives)
    walk = _Walk(objects, numbers)
    walk.tags()
    found.order, found.actual = walk.order, walk.actual
    found.faults += _sheets(found.pages)
    found.links = [[] for _ in found.pages]
    for number, page in enumerate(found.pages, 1):
        for annotation in objects.at(page.get("/Annots")) or ():
            found.links[number - 1].append(walk.link(number, annotation))
    found.faults += walk.faults
    return found


def disowned(objects: Objects, found: Anatomy, all_marks: Sequence[Marks]) -> Iterator[Fault]:
    """Yield where the contents of pages and their tags do not belong together (14.7.4)."""
    numbers = (objects.at(objects.tree.get("/ParentTree")) or {}).get("/Nums", ())
    rows = dict(zip(numbers[::2], numbers[1::2], strict=False))
    for number, (page, marks) in enumerate(zip(found.pages, all_marks, strict=True), 1):
        tagged = found.order[number - 1]
        if marks.nothing:
            yield number, "A character is drawn that its font does not have"
        if marks.strange:
            yield number, "Something is drawn in a way in which no dossier draws"
        row = objects.text.get(rows.get(page.get("/StructParents"), 0), b"")
        owned = {mcid for mcid, owner in enumerate(OWNER.findall(row)) if owner != b"null"}
        if marks.numbers - set(tagged) or marks.numbers - owned:
            yield number, "A content of the page belongs to no tag"
        if set(tagged) - marks.numbers:
            yield number, "A tag of the page has lost its content"
        if len(set(tagged)) < len(tagged):
            yield number, "A content of the page is tagged twice"


def _sheets(pages: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Check that all pages are whole sheets of one size, as they are."""
    size = pages[0].get("/MediaBox") if pages else None
    for number, page in enumerate(pages, 1):
        if page.get("/MediaBox") != size or not isinstance(size, list) or size[:2] != [0, 0]:
            yield number, "The page is of another size than the first, or not whole"
        for entry in ("/Rotate", "/UserUnit", "/CropBox"):
            if entry in page:
                yield number, f"The page is shown otherwise than it is ({entry[1:]})"


def _statements(objects: Objects) -> Iterator[Fault]:
    """Check what the document says of itself."""
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
        yield 0, "The document acts when it is opened"
    names = objects.at(root.get("/Names")) or {}
    for entry, word in (("/JavaScript", "a script"), ("/EmbeddedFiles", "an attachment")):
        if entry in names:
            yield 0, f"The document has {word}"
    if "/AcroForm" in root:
        yield 0, "The document has a form"


def _whole(objects: Objects, alternatives: list[str]) -> Iterator[Fault]:
    """Look at every object for what it must not do, and what it must have.

    What is read aloud in place of figures is added to ``alternatives``.
    """
    if ACTIVE.search(b"\n".join(objects.text.values())):
        for text in objects.text.values():
            yield from _active(text)
    for text in objects.text.values():
        if b"/Figure" in text or b"/Font" in text:
            yield from _figures_and_fonts(parse(text), alternatives)


def _active(text: bytes) -> Iterator[Fault]:
    for match in ACTIVE.finditer(STRING.sub(b"()", text)):
        if match[1]:
            yield 0, f"The document has an action of the kind {match[1].decode()}"
        elif match[2]:
            yield (
                0,
                f"The document has an entry {match[2].decode()}, which runs or embeds something",
            )
        else:
            yield 0, "The document refers to a file outside it, or holds one"


def _figures_and_fonts(value: Any, alternatives: list[str]) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        return
    if value.get("/S") == "/Figure":
        if not value.get("/Alt"):
            yield 0, "A figure has no text that stands for it"
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
    """Goes through the tags in the order in which they are read aloud."""

    def __init__(self, objects: Objects, pages: Sequence[int]) -> None:
        self.objects = objects
        self.numbers = {page: number for number, page in enumerate(pages, 1)}
        self.order: list[list[int]] = [[] for _ in pages]
        self.actual: dict[tuple[int, int], str] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()
        self._words: dict[int, list[tuple[int, int]]] = {}
        """For each annotation, the pages and contents that its element has."""
        self._read: list[tuple[int, int]] = []
        """The page and number of each marked content, one after another."""

    def tags(self) -> None:
        """Go through the structure tree (14.7.2)."""
        kids = self.objects.tree.get("/K")
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, Ref):
                self._element(kid, 0)
        before = 0
        for page, mcid in self._read:
            if page < before:
                self.faults.append((page, "The page is read aloud behind a later one"))
            before = max(before, page)
            self.order[page - 1].append(mcid)

    def _element(self, number: int, depth: int) -> None:
        """Read an element and all that is in it."""
        text = self.objects.text.get(number, b"")
        if number in self._seen or depth > DEEPEST or number not in self.objects.text:
            self.faults.append((0, "The document’s tags cannot be read"))
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
        if role == b"Link":
            for annotation in annotations:
                self._words[annotation] = self._read[start:]

    def _unusual(self, text: bytes) -> tuple[bytes, bytes, bytes, str | None]:
        """Return kids, page, role and ActualText of any element; its kids in the usual form."""
        element = parse(text)
        if not isinstance(element, Mapping):
            return b"", b"", b"", None
        kids = []
        value = element.get("/K")
        listed = self.objects.at(value)  # its only kid, or a list that stands elsewhere
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
            target = self.numbers.get(int(usual[1]), 0)
            return Link((left, bottom, right, top), target, "", words, str(parse(usual[2])))
        dictionary = self.objects.at(annotation) or {}
        action = self.objects.at(dictionary.get("/A")) or {}
        kind = action.get("/S")
        if dictionary.get("/Subtype") != "/Link" or "/AP" in dictionary:
            self.faults.append((page, "Something lies on the page that is no link"))
        if "/Next" in action:
            self.faults.append((page, "A link does more than lead somewhere"))
        if kind is not None and kind not in ACTIONS:
            self.faults.append((0, f"The document has an action of the kind {kind[1:]}"))
        place = self.objects.at(action.get("/D") or dictionary.get("/Dest"))
        target = place[0] if isinstance(place, list) and place else 0
        rectangle = self.objects.at(dictionary.get("/Rect")) or (0, 0, 0, 0)
        left, bottom, right, top = (float(value) for value in rectangle)
        return Link(
            (left, bottom, right, top),
            self.numbers.get(target, 0),
            str(action.get("/URI") or ""),
            words,
            str(dictionary.get("/Contents") or ""),
        )
