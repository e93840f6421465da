"""Binds leaves into one PDF: pages, furniture, tags, links, bookmarks, metadata.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from dossier.bind import catalog, furniture, outline, tree
from dossier.bind.binding import Binding
from dossier.records.job import Job, NotStandingError

HYPHEN = re.compile(rb"(<[0-9a-fA-F]+>)\s+<2010>")
"""A glyph's entry in a ToUnicode map that reads as U+2010."""
LARGE = 200_000
"""Bytes of a leaf that is not put in the place of an older one: moving so many objects takes longer than
copying the leaf and all that follow again."""
SPARE = 20
"""Object numbers that are left free behind every other leaf, besides a quarter of what it has."""


@dataclass(frozen=True)
class _Copied:
    """A leaf whose objects are in the PDF to be bound."""

    key: str
    pages: list[Any]
    tree: Any
    """Its structure tree."""
    first: int
    """The number of its first object."""
    room: int
    """How many object numbers from there belong to it, used or not."""


class Binder:
    """Binds one PDF: leaves are copied into it one after another, and then bound.

    The order of the objects' numbers decides the file's bytes: qpdf sorts by them what it packs together.
    So they always follow the order of the sections.
    """

    def __init__(self) -> None:
        """Begin an empty PDF."""
        self._pdf = Pdf.new()
        self._standing: list[_Copied] = []

    @property
    def standing(self) -> int:
        """How many leaves are copied."""
        return len(self._standing)

    def agrees(self, keys: Sequence[str], kept: Callable[[str], bytes | None]) -> bool:
        """Make the copies those of the first ``keys``, with the changed leaves that ``kept`` gives.

        A new leaf takes the place of the old where it fits; where not, all behind it is forgotten.
        Returns whether every copy is now that of its key.
        """
        agreed = True
        for place, (one, wanted) in enumerate(zip(self._standing, keys, strict=False)):
            if one.key == wanted:
                continue
            leaf = kept(wanted)
            if leaf is None:
                agreed = False
                continue
            new = self._in_place_of(one, wanted, leaf) if len(leaf) < LARGE else None
            if new is None:
                del self._standing[place:]
                if place < len(keys) // 2:
                    # Forgotten objects stay in memory. Most are forgotten here, so a new file is begun.
                    self._pdf, self._standing = Pdf.new(), []
                break
            self._standing[place] = new
        del self._standing[len(keys) :]
        return agreed

    def stand(self, key: str, leaf: bytes) -> None:
        """Copy the next leaf, given as a PDF, whether it will be bound or not."""
        pages, tree, first, end = self._copied(leaf)
        # What takes its place may need more numbers than this one.
        spare = SPARE + (end - first) // 4
        if len(leaf) < LARGE:
            for _ in range(spare):
                self._pdf.make_indirect(Dictionary())
        self._standing.append(_Copied(key, pages, tree, first, end - first + spare))

    def bind(self, job: Job, kept: Callable[[str], bytes | None]) -> bytes:
        """Return the bound PDF; the binder cannot be used again.

        ``kept`` gives the PDF of a leaf that is not copied yet; raises NotStandingError where it does not,
        and DanglingLinkError for a link without target. The hyphens that typesetting put at line ends
        read as soft hyphens (ISO 32000-1, 14.8.2.2.3), unless a text has the same character itself.
        """
        keys = [section.key for section in job.sections]
        if not self.agrees(keys, kept):
            raise NotStandingError
        for key in keys[len(self._standing) :]:
            leaf = kept(key)
            if leaf is None:
                raise NotStandingError
            self.stand(key, leaf)
        return _bound(self._pdf, job, self._standing)

    def _copied(self, leaf: bytes) -> tuple[list[Any], Any, int, int]:
        """Copy a leaf; return its pages, its tree, its first object's number and the next free one."""
        first = self._pdf.make_indirect(Dictionary()).objgen[0] + 1
        with Pdf.open(io.BytesIO(leaf)) as source:
            pages = [self._pdf.copy_foreign(page.obj) for page in source.pages]
            tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        return pages, tree, first, self._pdf.make_indirect(Dictionary()).objgen[0]

    def _in_place_of(self, old: _Copied, key: str, leaf: bytes) -> _Copied | None:
        """Copy a leaf to the object numbers of an old one; return None where they are too few."""
        pages, tree, first, end = self._copied(leaf)
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
    for leaf in copied:
        for page in leaf.pages:
            pdf.pages.append(pikepdf.Page(page))
    pages = [page.obj for page in pdf.pages]
    height = round(float(pages[0].MediaBox[3]), 3)
    binding = Binding(pdf, {section.id: section for section in sections}, job.words, pages, height)
    shared = _share_fonts(binding, job)
    furniture.draw(binding, job)
    catalog.write(binding, job)
    tree.graft(binding, sections, [leaf.tree for leaf in copied], job.furniture)
    outline.write(binding, sections)
    if not any(section.leaf.own_hyphens for section in sections):
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


def _share_fonts(binding: Binding, job: Job) -> Any:
    """Give all pages the same fonts, and the forms on them where these have none of their own."""
    with Pdf.open(io.BytesIO(job.fonts)) as source:
        fonts = source.make_indirect(source.pages[0].Resources.Font)
        shared = binding.pdf.copy_foreign(fonts)
    for section in job.sections:
        # The pages of a leaf share their resources.
        resources = binding.pages[section.first_page - 1].Resources
        resources.Font = shared
        if section.leaf.own_fonts:
            continue
        for form in resources.get("/XObject", {}).values():
            if Name.Resources in form:
                form.Resources.Font = shared
    return shared


def _soft_hyphens(fonts: Any) -> None:
    """Let the glyph of U+2010, which only hyphenation uses, read as a soft hyphen."""
    for font in fonts.values():
        if Name.ToUnicode in font:
            content = font.ToUnicode.read_bytes()
            font.ToUnicode.write(HYPHEN.sub(rb"\g<1> <00ad>", content))
