"""Checks what a finished PDF has besides visible pages: tags, links, fonts, actions, attachments.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dossier.proof import trees
from dossier.proof.objects import STRING, Objects, Ref, UnreadableError, parse
from dossier.proof.tags import NONE, Branch, Figure, Finding, Link, Passage, Walk

ACTIVE = re.compile(
    rb"/(?:S /(JavaScript|Launch|SubmitForm|ImportData|GoToR|GoToE|Movie|Sound|Rendition|SetOCGState|Trans"
    rb"|GoTo3DView|Hide|Named|ResetForm|RichMediaExecute|Thread)"
    rb"|(JS|AA|EF|OCProperties|RichMediaContent|XFA|EmbeddedFiles|JavaScript|AF|FFilter)"
    rb"|Type /(?:Filespec|EmbeddedFile)|FS /URL|F(?= [(<]))(?= )"
)
"""Matches entries that run, embed or fetch something, other than link actions."""
NOTDEF = re.compile(rb"<(?:[0-9a-fA-F]{4})*?0000(?:[0-9a-fA-F]{4})*>")
"""Matches glyph 0, “.notdef”, which stands for a missing character."""
GLYPHS = re.compile(rb"<[0-9a-fA-F]*0000[0-9a-fA-F]*>")
"""Matches glyphs among which glyph 0 may be."""
INVISIBLE = re.compile(rb"(?<!\S)[1-7]\s+Tr(?!\S)")
"""Matches what makes the text behind it invisible."""
EMBEDS = re.compile(rb"/(?:EF|EmbeddedFiles|AF|Type /(?:Filespec|EmbeddedFile)|F) ?\Z")
"""Matches those of them that attach a file to the document. How they do is for the allow-list to say."""
FIELD = re.compile(
    rb"<< /F 132 /FT /Sig /P \d+ 0 R /Rect \[ 0 0 0 0 \] /StructParent \d+ /Subtype /Widget "
    rb"/T (?:(?! /).)* /TU (?:(?! /).)* /Type /Annot >>",
    re.DOTALL,
)
"""Matches an empty field for a signature."""
MCID = re.compile(rb"/MCID[ \n](\d+)")
OWNER = re.compile(rb"\d+ 0 R|null")


@dataclass(frozen=True)
class Held:
    """What a file has that others have not."""

    files: bool = False
    """Sources of letters are attached to it."""
    field: bool = False
    """It has a field for a signature."""


NOTHING = Held()


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
    turned: bool = False
    """It says that it is read from right to left."""
    alternatives: list[str] = field(default_factory=list)
    """The alternative text of each figure."""
    figures: list[Figure] = field(default_factory=list)
    """The figures in reading order."""
    roles: Counter[str] = field(default_factory=Counter)
    """How many elements have each structure type."""
    passages: Sequence[Passage] = ()
    """What is read of each section, in sequence."""
    named: Mapping[str, trees.Spot] = field(default_factory=dict)
    """Where each named destination leads."""
    places: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    """The page of each named destination, and the height on it."""
    branches: dict[str, Branch] = field(default_factory=dict)
    """What the branches of the structure tree hold."""
    late: list[int] = field(default_factory=list)
    """The pages that are read aloud after a later one."""


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
    return MarkedContent(numbers, _has_notdef(content), _is_unusual(content))


def _has_notdef(content: bytes) -> bool:
    """Tell whether glyph 0 is drawn. Most pages have no four zeros at all."""
    return b"0000" in content and any(map(NOTDEF.fullmatch, GLYPHS.findall(content)))


def _is_unusual(content: bytes) -> bool:
    """Tell whether there is ActualText, a string other than hexadecimal glyph ids, or invisible text."""
    if b"/ActualText" in content or b"(" in content:
        return True
    return b"Tr" in content and INVISIBLE.search(content) is not None


def dissect(objects: Objects, known: Mapping[str, Branch] = NONE, held: Held = NOTHING) -> Anatomy:
    """Return a file's anatomy, with findings; the pages' content streams are not looked at.

    ``known`` has branches of the structure tree of an earlier file, see :class:`.tags.Branch`. What is
    ``held`` is no finding, but it is not compared here.
    """
    numbers = objects.pages()
    found = Anatomy([objects[number] for number in numbers], numbers)
    if not all(isinstance(page.get("/MediaBox"), list) for page in found.pages):
        raise UnreadableError("is damaged: among its pages is something else")
    found.findings += _statements(objects, held)
    found.title = str(objects.info.get("/Title", ""))
    found.language = str(objects.root.get("/Lang", ""))
    wishes = objects.at(objects.root.get("/ViewerPreferences")) or {}
    found.turned = wishes.get("/Direction") == "/R2L"
    found.findings += _whole(objects, found.alternatives, held)
    walk = Walk(objects, numbers, known)
    walk.tags()
    found.order, found.actual, found.notes = walk.order, walk.actual, walk.notes
    found.branches, found.passages = walk.branches, walk.passages
    found.named, found.places = walk.named, walk.places
    found.figures, found.roles = walk.figures, walk.roles
    found.findings += _sheets(found.pages)
    found.links = [[] for _ in found.pages]
    for number, page in enumerate(found.pages, 1):
        for annotation in objects.at(page.get("/Annots")) or ():
            if not (held.field and is_field(objects, annotation)):
                found.links[number - 1].append(walk.link(number, annotation))
    found.findings += walk.findings
    found.late = walk.late
    return found


def tag_mismatches(
    objects: Objects,
    found: Anatomy,
    contents: Sequence[MarkedContent],
    foreign: Collection[int] = (),
    faced: Collection[int] = (),
) -> Iterator[Finding]:
    """Yield where marked content and tags do not match (14.7.4).

    ``foreign`` are the pages with facsimiles, whose words are not drawn; see :mod:`.allowed.facsimiles`.
    ``faced`` are the pages of letters that face such pages, and are read aloud after the last of these.
    """
    rows, is_sound = trees.owners(objects)
    if not is_sound:
        yield 0, "The owners of the document’s content cannot be looked up"
    for number, (page, content) in enumerate(zip(found.pages, contents, strict=True), 1):
        tagged = found.order[number - 1]
        if content.notdef:
            yield number, "A character is drawn that its font does not have"
        if content.unusual and number not in foreign:
            yield number, "Text is drawn in a way that the program never uses"
        row = objects.text.get(rows.get(page.get("/StructParents", -1), 0), b"")
        owned = {mcid for mcid, owner in enumerate(OWNER.findall(row)) if owner != b"null"}
        if content.numbers - set(tagged) or content.numbers - owned:
            yield number, "Content of the page is not tagged"
        if number in found.late and number not in faced:
            yield number, "The page is read aloud after a later page"
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


def is_field(objects: Objects, annotation: Any) -> bool:
    """Tell whether an annotation is a field for a signature, as the program writes it."""
    text = objects.text.get(annotation, b"") if isinstance(annotation, Ref) else b""
    return FIELD.fullmatch(text) is not None


def _statements(objects: Objects, held: Held) -> Iterator[Finding]:
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
        if entry in names and not (held.files and entry == "/EmbeddedFiles"):
            yield 0, f"The document has {word}"
    if "/AcroForm" in root and not held.field:
        yield 0, "The document has a form"


def _whole(objects: Objects, alternatives: list[str], held: Held) -> Iterator[Finding]:
    """Check all objects for active content, alternative texts and embedded fonts.

    The alternative texts of figures are added to ``alternatives``.
    """
    if ACTIVE.search(b"\n".join(objects.text.values())):
        for text in objects.text.values():
            yield from _active(text, held)
    for text in objects.text.values():
        if b"/Figure" in text or b"/Font" in text:
            yield from _figures_and_fonts(parse(text), alternatives)


def _active(text: bytes, held: Held) -> Iterator[Finding]:
    for match in ACTIVE.finditer(STRING.sub(b"()", text)):
        if held.files and EMBEDS.fullmatch(match[0]):
            continue
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
