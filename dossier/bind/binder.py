"""Binds galleys into one PDF: pages, tags, links, bookmarks, folios, metadata.

The only module that knows pikepdf. References to ISO 32000-1 (PDF 1.7), ISO 14289-1 (PDF/UA-1) and
ISO 19005-2 (PDF/A-2) stand where a rule comes from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String

from dossier.language.words import Words
from dossier.records.galley import FOLIO, PX, Galley
from dossier.records.job import Job, NotStandingError, Section

SCHEME = "dossier:"
"""The private scheme of links from one section to another: ``dossier:SECTION#ANCHOR``."""
PLAIN = "!#$%&'()*+,/:;=?@[]~"
"""What stands in an address as it is (RFC 3986), besides letters and figures; PDF wants it all in ASCII."""
HYPHEN = re.compile(rb"(<[0-9a-fA-F]+>)\s+<2010>")
"""A glyph's entry in a ToUnicode map that reads as U+2010."""
GOTO, XYZ = Name.GoTo, Name.XYZ
"""Names that are written ten thousand times: making each takes longer than writing it."""
LARGE = 200_000
"""Bytes of a galley that is rather copied again with all behind it than put in the place of another."""
SPARE = 20
"""Object numbers that are left free behind every other galley, besides a quarter of what it has."""
ABOVE = 6.0
"""Points left above the place that a link or bookmark leads to."""


class DanglingLinkError(Exception):
    """A link leads to a place that does not exist: a fault of the templates."""


@dataclass
class _Binding:
    """The PDF while it grows."""

    pdf: Pdf
    sections: dict[str, Section]
    words: Words
    """Those of ours."""
    pages: list[Any] = field(default_factory=list)
    height: float = 0.0
    """Of every page, in points."""

    def target(self, address: str) -> tuple[Section, str]:
        """Return the section and the anchor that an address names; raise DanglingLinkError."""
        identifier, _, anchor = address.removeprefix(SCHEME).partition("#")
        section = self.sections.get(identifier)
        if section is None or (anchor and anchor not in section.galley.anchors):
            raise DanglingLinkError(address)
        return section, anchor

    def destination(self, section: Section, anchor: str) -> Array:
        """Return an explicit destination (ISO 32000-1, 12.3.2.2)."""
        page = self.pages[section.page_of(anchor) - 1]
        top = section.galley.anchors[anchor].y + ABOVE if anchor else self.height
        return Array([page, XYZ, 0, min(round(top, 2), self.height), 0])


@dataclass(frozen=True)
class _Copied:
    """A galley that stands in the PDF to be bound."""

    key: str
    pages: list[Any]
    tree: Any
    """Its structure tree."""
    first: int
    """The number of its first object."""
    room: int
    """How many object numbers from there belong to it, used or not."""


class Binder:
    """Binds one PDF, galleys first.

    The order of the objects' numbers decides the file's bytes: qpdf sorts by them what it packs together.
    So they always follow the order of the sections.
    """

    def __init__(self) -> None:
        """Begin an empty PDF."""
        self._pdf = Pdf.new()
        self._standing: list[_Copied] = []

    @property
    def standing(self) -> int:
        """How many galleys stand."""
        return len(self._standing)

    def agrees(self, keys: Sequence[str], kept: Callable[[str], bytes | None]) -> bool:
        """Make what stands the beginning of ``keys``, with the changed galleys that ``kept`` gives.

        A new galley takes the place of the old where it fits; where not, all behind it is forgotten.
        Returns whether all that stands is as in ``keys``.
        """
        agreed = True
        for place, (one, wanted) in enumerate(zip(self._standing, keys, strict=False)):
            if one.key == wanted:
                continue
            galley = kept(wanted)
            if galley is None:
                agreed = False
                continue
            new = self._in_place_of(one, wanted, galley) if len(galley) < LARGE else None
            if new is None:
                del self._standing[place:]
                if place < len(keys) // 2:
                    # What is forgotten still takes room: better begin again than keep more of it than not.
                    self._pdf, self._standing = Pdf.new(), []
                break
            self._standing[place] = new
        del self._standing[len(keys) :]
        return agreed

    def stand(self, key: str, galley: bytes) -> None:
        """Copy the pages of the next galley, whether they will be bound or not."""
        pages, tree, first, end = self._copied(galley)
        # A changed galley may need more numbers than this one.
        spare = SPARE + (end - first) // 4
        if len(galley) < LARGE:
            for _ in range(spare):
                self._pdf.make_indirect(Dictionary())
        self._standing.append(_Copied(key, pages, tree, first, end - first + spare))

    def bind(self, job: Job, kept: Callable[[str], bytes | None]) -> bytes:
        """Return the bound PDF; the binder cannot be used again.

        ``kept`` gives the PDF of a galley that does not stand yet; raises NotStandingError where it does
        not, and DanglingLinkError for a link without target. The hyphens that typesetting put at line ends
        read as soft hyphens (ISO 32000-1, 14.8.2.2.3), unless a text has the same character itself.
        """
        keys = [section.key for section in job.sections]
        if not self.agrees(keys, kept):
            raise NotStandingError
        for key in keys[len(self._standing) :]:
            galley = kept(key)
            if galley is None:
                raise NotStandingError
            self.stand(key, galley)
        return _bound(self._pdf, job, self._standing)

    def _copied(self, galley: bytes) -> tuple[list[Any], Any, int, int]:
        """Copy a galley; return its pages, its tree, its first object's number and the next free one."""
        first = self._pdf.make_indirect(Dictionary()).objgen[0] + 1
        with Pdf.open(io.BytesIO(galley)) as source:
            pages = [self._pdf.copy_foreign(page.obj) for page in source.pages]
            tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        return pages, tree, first, self._pdf.make_indirect(Dictionary()).objgen[0]

    def _in_place_of(self, old: _Copied, key: str, galley: bytes) -> _Copied | None:
        """Copy a galley to the object numbers of an old one; return None where they are too few."""
        pages, tree, first, end = self._copied(galley)
        objects = [self._pdf.get_object(number, 0) for number in range(first, end)]
        # Streams are never packed together with others, so that their numbers make no difference.
        moved = [one.objgen for one in objects if not isinstance(one, pikepdf.Stream)]
        if len(moved) > old.room:
            return None
        places = {number: (old.first + place, 0) for place, number in enumerate(moved)}
        for one in objects:
            self._redirect(one, places)
        for number, place in places.items():
            self._pdf._swap_objects(number, place)
        pages = [self._pdf.get_object(places[page.objgen]) for page in pages]
        tree = self._pdf.get_object(places[tree.objgen])
        return _Copied(key, pages, tree, old.first, old.room)

    def _redirect(self, container: Any, places: Mapping[tuple[int, int], tuple[int, int]]) -> None:
        """Let all references inside a dictionary, array or stream lead to where things will be."""
        if isinstance(container, Array):
            entries: list[Any] = list(range(len(container)))
        elif isinstance(container, (Dictionary, pikepdf.Stream)):
            entries = list(container.keys())
        else:
            return
        for entry in entries:
            value = container[entry]
            if not isinstance(value, pikepdf.Object):
                continue
            if not value.is_indirect:
                self._redirect(value, places)
            elif value.objgen in places:
                container[entry] = self._pdf.get_object(places[value.objgen])


def _bound(pdf: Pdf, job: Job, copied: Sequence[_Copied]) -> bytes:
    sections = job.sections
    for galley in copied:
        for page in galley.pages:
            pdf.pages.append(pikepdf.Page(page))
    binding = _Binding(pdf, {section.id: section for section in sections}, job.words)
    with Pdf.open(io.BytesIO(job.fonts)) as source:
        shared = pdf.copy_foreign(source.make_indirect(source.pages[0].Resources.Font))
    binding.pages = [page.obj for page in pdf.pages]
    binding.height = round(float(binding.pages[0].MediaBox[3]), 3)
    for section in sections:
        # The pages of a galley share their resources.
        resources = binding.pages[section.first_page - 1].Resources
        resources.Font = shared
        for form in resources.get("/XObject", {}).values():
            if Name.Resources in form:
                form.Resources.Font = shared
    _number(binding, sections, _folio(job.digits))
    _catalog(binding, job)
    _structure(binding, sections, [galley.tree for galley in copied])
    _outline(binding, sections)
    if not any(section.galley.own_hyphens for section in sections):
        _soft_hyphens(shared)
    output = io.BytesIO()
    pdf.save(
        output,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        min_version="1.7",
    )
    return output.getvalue()


@dataclass(frozen=True)
class _Folio:
    """How page numbers are shown."""

    font: str
    size: float
    baseline: float
    """Points from the page's lower edge."""
    codes: tuple[str, ...]
    """The glyphs of the digits 0 to 9, as hexadecimal strings."""
    advances: tuple[float, ...]
    """The widths of the digits in thousandths of the size."""

    def show(self, number: int, width: float) -> bytes:
        """Return the operators that show a number in the middle of a page ``width`` points wide.

        It is a pagination artifact (14.8.2.2.2).
        """
        digits = [int(digit) for digit in str(number)]
        x = (width - sum(self.advances[digit] for digit in digits) * self.size / 1000) / 2
        return (
            f"/Artifact <</Type /Pagination>> BDC\nBT /{self.font} {self.size:g} Tf "
            f"{x:.3f} {self.baseline:.3f} Td <{self._codes(digits)}> Tj ET\nEMC\n"
        ).encode()

    def instead(self, number: int, font: str) -> bytes:
        """Return the operator that shows a number in place of a 0, ending where that would."""
        if font != self.font:
            raise ValueError(f"a page number is set in {font}, the figures are in {self.font}")
        digits = [int(digit) for digit in str(number)]
        move = sum(self.advances[digit] for digit in digits) - self.advances[0]
        return f"[{move:g} <{self._codes(digits)}>] TJ".encode()

    def _codes(self, digits: list[int]) -> str:
        return "".join(self.codes[digit] for digit in digits)


def _number(binding: _Binding, sections: Sequence[Section], folio: _Folio) -> None:
    """Write its number on every page, and those of other pages where galleys have a place for them."""

    def number(match: re.Match[bytes]) -> bytes:
        section, anchor = binding.target(match[2].decode())
        return folio.instead(section.page_of(anchor), match[1].decode())

    for section in sections:
        for page in binding.pages[section.first_page - 1 : section.last_page]:
            if section.galley.folios:
                content = FOLIO.sub(number, page.Contents.read_bytes())
                page.Contents = binding.pdf.make_stream(content)
    for place, page in enumerate(binding.pages, 1):
        shown = binding.pdf.make_stream(folio.show(place, float(page.MediaBox[2])))
        page.Contents = Array([page.Contents, shown])


def _folio(digits: Galley) -> _Folio:
    """Read from a galley that shows the ten digits how a page number is shown."""
    with Pdf.open(io.BytesIO(digits.pdf)) as source:
        page = source.pages[0]
        height = float(page.mediabox[3])
        size = baseline = 0.0
        font, glyphs = "", b""
        instructions: Any = pikepdf.parse_content_stream(page)
        for operands, operator in instructions:
            match str(operator):
                case "Tf":
                    font, size = str(operands[0])[1:], float(operands[1]) * PX
                case "Tm":
                    baseline = height - float(operands[5]) * PX
                case "TJ":
                    shown = [item for item in operands[0] if isinstance(item, pikepdf.String)]
                    glyphs = b"".join(bytes(item) for item in shown)
    codes = [int.from_bytes(glyphs[n : n + 2], "big") for n in range(0, len(glyphs), 2)]
    if len(codes) < 10:
        raise ValueError("the galley of the folios does not show ten digits")
    widths = digits.types[font].widths
    return _Folio(
        font,
        round(size, 3),
        baseline,
        tuple(f"{code:04x}" for code in codes[:10]),
        tuple(widths[code] for code in codes[:10]),
    )


def _catalog(binding: _Binding, job: Job) -> None:
    """Write what a document states of itself."""
    info = job.info
    pdf = binding.pdf
    root = pdf.Root
    root.Lang = String(info.language)
    root.MarkInfo = Dictionary(Marked=True)
    # PDF/UA-1, 7.1: the window's title is the document's.
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    root.PageLayout = Name.SinglePage
    root.OpenAction = Array([binding.pages[0], Name.XYZ, 0, float(binding.pages[0].MediaBox[3]), 1])
    # PDF/A-2, 6.2.3: what the colours of the pages mean.
    profile = pdf.make_stream(job.profile, N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB"),
        DestOutputProfile=profile,
    )
    root.OutputIntents = Array([intent])
    # 12.4.2: every page's label is its number, counted from 1, as printed.
    root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=1)]))
    metadata = pdf.make_stream(job.xmp)
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = metadata
    stamp = f"D:{info.date.replace('-', '')}000000Z"
    pdf.docinfo[Name.Title] = _string(info.title)
    pdf.docinfo[Name.Creator] = String(info.creator)
    pdf.docinfo[Name.Producer] = String(info.producer)
    pdf.docinfo[Name.CreationDate] = String(stamp)
    pdf.docinfo[Name.ModDate] = String(stamp)
    if info.author:
        pdf.docinfo[Name.Author] = _string(info.author)
    if info.subject:
        pdf.docinfo[Name.Subject] = _string(info.subject)


# --- structure ---


def _structure(binding: _Binding, sections: Sequence[Section], trees: Sequence[Any]) -> None:
    """Graft the structure trees of all galleys onto one document (14.7.2), and lead the links home."""
    pdf = binding.pdf
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    kids: list[Any] = []
    numbers: list[Any] = []
    of_links: list[Any] = []
    for section, tree in zip(sections, trees, strict=True):
        for kid in tree.K:
            kid.P = document
            kids.append(kid)
        owners = list(tree.ParentTree.Nums)[1::2]
        first = section.first_page - 1
        for number in range(section.galley.pages):
            binding.pages[first + number].StructParents = first + number
            numbers += [first + number, owners[number]]
        links = zip(section.galley.links, owners[section.galley.pages :], strict=True)
        for page in binding.pages[first : first + section.galley.pages]:
            for annotation in page.get("/Annots", ()):
                href, owner = next(links)
                _lead(binding, annotation, href)
                annotation.StructParent = len(binding.pages) + len(of_links)
                of_links.append(owner)
    for number, owner in enumerate(of_links, len(binding.pages)):
        numbers += [number, owner]
    document.K = Array(kids)
    root.K = Array([document])
    root.ParentTree = pdf.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = len(binding.pages) + len(of_links)
    pdf.Root.StructTreeRoot = root


def _lead(binding: _Binding, annotation: Any, address: str) -> None:
    """Let a link lead somewhere and say in words where (PDF/UA-1, 7.18.5)."""
    if not address.startswith(SCHEME):
        annotation.A = Dictionary(S=Name.URI, URI=String(quote(address, safe=PLAIN)))
        annotation.Contents = String(binding.words("link_to_address", address=address))
        return
    section, anchor = binding.target(address)
    annotation.A = Dictionary(S=GOTO, D=binding.destination(section, anchor))
    page = section.page_of(anchor)
    annotation.Contents = _string(binding.words("link_to_page", title=section.title, page=page))


# --- bookmarks ---


def _outline(binding: _Binding, sections: Iterable[Section]) -> None:
    """Write a bookmark for every section, with its page (12.3.3)."""
    with binding.pdf.open_outline() as outline:
        group: Any = None
        for section in sections:
            if section.under and (group is None or str(group.title) != section.under):
                group = _bookmark(section.under, binding.destination(section, ""))
                outline.root.append(group)
            target = group.children if section.under else outline.root
            title = binding.words("bookmark", title=section.title, page=section.first_page)
            target.append(_bookmark(title, binding.destination(section, "")))
            group = group if section.under else None


def _bookmark(title: str, destination: Array) -> Any:
    text: Any = _string(title)
    return pikepdf.OutlineItem(text, destination)


def _string(text: str) -> String:
    """Return a text string (7.9.2.2); the sign of a lost character has no place in PDFDocEncoding."""
    return String(b"\xfe\xff" + text.encode("utf-16-be")) if "\ufffd" in text else String(text)


# --- text ---


def _soft_hyphens(fonts: Any) -> None:
    """Let the glyph of U+2010, which only hyphenation uses, read as a soft hyphen."""
    for font in fonts.values():
        if Name.ToUnicode in font:
            content = font.ToUnicode.read_bytes()
            font.ToUnicode.write(HYPHEN.sub(rb"\g<1> <00ad>", content))
