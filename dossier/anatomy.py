"""Looks into a finished PDF for what nobody sees on its pages: fonts, tags, actions, attachments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

ACTIVE = frozenset(
    f"/{name}"
    for name in (
        "JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Movie", "Sound", "Rendition",
        "SetOCGState", "Trans", "GoTo3DView", "Hide", "Named", "ResetForm", "RichMediaExecute",
    )
)  # fmt: skip
"""Actions (ISO 32000-1, 12.6.4) that a dossier has no use for."""
ENTRIES = ("/JS", "/AA", "/EF", "/RichMediaContent", "/XFA")
"""Entries that run, embed or fetch something."""
SHOWN = re.compile(rb"/MCID (\d+)|\b(BDC|BMC|EMC)\b|\bT[Jj]\b|<0000")


def faults(pdf: Path, sections: Sequence[int]) -> list[tuple[int, str]]:
    """Return the page, 0 for the whole file, and wording of each fault.

    ``sections`` are the pages on which sections begin.
    """
    return list(_faults(pdf, sections))


def _faults(pdf: Path, sections: Sequence[int]) -> Iterator[tuple[int, str]]:
    try:
        file = pikepdf.open(pdf)
    except pikepdf.PasswordError:
        yield 0, "The file asks for a password"
        return
    except pikepdf.PdfError:
        yield 0, "The file is damaged"
        return
    with file:
        if file.is_encrypted:
            yield 0, "The file is encrypted"
        yield from _statements(file)
        yield from _objects(file)
        yield from _pages(file, sections)


def _statements(file: pikepdf.Pdf) -> Iterator[tuple[int, str]]:
    """Check what the document says of itself."""
    root: Any = file.Root
    if not str(root.get("/Lang", "")):
        yield 0, "The document’s language is not stated"
    if not str(file.docinfo.get("/Title", "")):
        yield 0, "The document has no title"
    if not root.get("/MarkInfo", Dictionary()).get("/Marked"):
        yield 0, "The document is not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield 0, "The document has no tags"
    if not isinstance(root.get("/OpenAction", Array()), Array):
        yield 0, "The document acts when it is opened"
    names = root.get("/Names", Dictionary())
    for entry, word in (("/JavaScript", "a script"), ("/EmbeddedFiles", "an attachment")):
        if entry in names:
            yield 0, f"The document has {word}"
    if "/AcroForm" in root:
        yield 0, "The document has a form"


def _objects(file: pikepdf.Pdf) -> Iterator[tuple[int, str]]:
    """Look at every object for what it must not do, and what it must have."""
    for one in file.objects:
        if not isinstance(one, (Dictionary, Stream)):
            continue
        kind = str(one.get("/S", ""))
        action = one.get("/A")
        if isinstance(action, Dictionary) and str(action.get("/S", "")) in ACTIVE:
            kind = str(action.S)
        if kind in ACTIVE:
            yield 0, f"The document has an action of the kind {kind[1:]}"
        for entry in ENTRIES:
            if entry in one:
                yield 0, f"The document has an entry {entry[1:]}, which runs or embeds something"
        if kind == "/Figure" and not str(one.get("/Alt", "")):
            yield 0, "A figure has no text that stands for it"
        if one.get("/Type") == Name.FontDescriptor and not any(
            f"/FontFile{number}" in one for number in ("", "2", "3")
        ):
            yield 0, f"The font {one.get('/FontName', '')} is not embedded"
        if one.get("/Type") == Name.Font and one.get("/Subtype") not in (
            Name.Type0, Name.CIDFontType0, Name.CIDFontType2,
        ) and "/FontDescriptor" not in one:  # fmt: skip
            yield 0, f"The font {one.get('/BaseFont', '')} is not embedded"


def _pages(file: pikepdf.Pdf, sections: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Check that tags and contents of every page belong together."""
    numbers: dict[int, Any] = {}
    tree = file.Root.get("/StructTreeRoot") or Dictionary()
    parents = list((tree.get("/ParentTree") or Dictionary()).get("/Nums", ()))
    for key, value in zip(parents[::2], parents[1::2], strict=False):
        numbers[int(key)] = value
    tops: set[Any] = set()
    document = tree.get("/K")
    document = document[0] if isinstance(document, Array) and len(document) else document
    for kid in document.get("/K", ()) if isinstance(document, Dictionary) else ():
        tops.add(kid.objgen)
    for number, page in enumerate(file.pages, 1):
        content = b"\n".join(
            stream.read_bytes()
            for stream in (page.Contents if isinstance(page.Contents, Array) else [page.Contents])
        )
        shown, bare, nothing = _marked(content)
        if nothing:
            yield number, "A character is drawn that its font does not have"
        if bare:
            yield number, "A text on the page is neither tagged nor marked as an artifact"
        row = numbers.get(int(page.obj.get("/StructParents", -1)), ())
        owned = {mcid for mcid, owner in enumerate(row) if owner is not None}
        if shown - owned:
            yield number, "A content of the page belongs to no tag"
        if owned - shown:
            yield number, "A tag of the page has lost its content"
        if number in sections and not any(
            _under(owner, tops) for owner in row if owner is not None
        ):
            yield number, "The section that begins here has no tags"


def _marked(content: bytes) -> tuple[set[int], bool, bool]:
    """Return the marked contents of a page, whether a text is outside any, and one has no glyph."""
    shown: set[int] = set()
    bare = nothing = False
    depth = 0
    for match in SHOWN.finditer(content):
        word = match[0]
        if match[1]:
            shown.add(int(match[1]))
        elif word in (b"BDC", b"BMC"):
            depth += 1
        elif word == b"EMC":
            depth -= 1
        elif word == b"<0000":
            nothing = True
        elif depth < 1:
            bare = True
    return shown, bare, nothing


def _under(element: Any, tops: set[Any]) -> bool:
    """Tell whether an element is reached from the document."""
    for _ in range(100):
        if element.objgen in tops:
            return True
        element = element.get("/P")
        if not isinstance(element, Dictionary):
            return False
    return False
