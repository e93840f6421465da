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
from dossier.records.job import Job, MissingCopyError

HYPHEN = re.compile(rb"(<[0-9a-fA-F]+>)\s+<2010>")
"""A glyph's entry in a ToUnicode map that reads as U+2010."""
LARGE = 200_000
"""Bytes from which a leaf does not replace an older one: renumbering its objects would take longer than
copying it and all leaves after it again."""
SPARE = 20
"""Spare object numbers after a smaller leaf, in addition to a quarter of its own."""


@dataclass(frozen=True)
class _Copied:
    """A leaf whose objects have been copied into the PDF."""

    key: str
    pages: list[Any]
    tree: Any
    """Its structure tree."""
    first: int
    """The number of its first object."""
    room: int
    """How many object numbers from there are reserved for it, used or not."""


class Binder:
    """Binds one PDF: leaves are copied into it one after another, and then bound.

    Object numbers decide the bytes of the file, since qpdf packs objects into object streams in the
    sequence of their numbers. So the numbers always follow the sequence of the sections.
    """

    def __init__(self) -> None:
        """Begin an empty PDF."""
        self._pdf = Pdf.new()
        self._leaves: list[_Copied] = []

    @property
    def copied(self) -> int:
        """How many leaves are copied."""
        return len(self._leaves)

    def replace_changed(self, keys: Sequence[str], cached: Callable[[str], bytes | None]) -> bool:
        """Replace the copied leaves whose keys differ from ``keys``; ``cached`` gives the new leaves.

        A new leaf reuses the object numbers of the old one where they are enough; where not, the old leaf
        and all after it are dropped. Returns whether every copied leaf now has its key.
        """
        all_agree = True
        for place, (old, key) in enumerate(zip(self._leaves, keys, strict=False)):
            if old.key == key:
                continue
            leaf = cached(key)
            if leaf is None:
                all_agree = False
                continue
            new = self._in_place_of(old, key, leaf) if len(leaf) < LARGE else None
            if new is None:
                del self._leaves[place:]
                if place < len(keys) // 2:
                    # Dropped objects stay in memory; where most are dropped, a new PDF is begun.
                    self._pdf, self._leaves = Pdf.new(), []
                break
            self._leaves[place] = new
        del self._leaves[len(keys) :]
        return all_agree

    def copy(self, key: str, leaf: bytes) -> None:
        """Copy the next leaf, given as a PDF."""
        pages, tree, first, end = self._copy(leaf)
        # A leaf that replaces it may need more object numbers.
        spare = SPARE + (end - first) // 4
        if len(leaf) < LARGE:
            for _ in range(spare):
                self._pdf.make_indirect(Dictionary())
        self._leaves.append(_Copied(key, pages, tree, first, end - first + spare))

    def bind(self, job: Job, cached: Callable[[str], bytes | None]) -> bytes:
        """Return the bound PDF; the binder cannot be used again.

        ``cached`` gives the PDF of a leaf that is not copied yet. Raises MissingCopyError where it gives
        none, and DanglingLinkError for a link without a target. Hyphens set by hyphenation get the Unicode
        value of a soft hyphen (ISO 32000-1, 14.8.2.2.3), unless a text itself contains their character.
        """
        keys = [section.key for section in job.sections]
        if not self.replace_changed(keys, cached):
            raise MissingCopyError
        for key in keys[len(self._leaves) :]:
            leaf = cached(key)
            if leaf is None:
                raise MissingCopyError
            self.copy(key, leaf)
        return _bound(self._pdf, job, self._leaves)

    def _copy(self, leaf: bytes) -> tuple[list[Any], Any, int, int]:
        """Copy a leaf; return its pages, its structure tree, its first and the next free object number."""
        first = self._pdf.make_indirect(Dictionary()).objgen[0] + 1
        with Pdf.open(io.BytesIO(leaf)) as source:
            pages = [self._pdf.copy_foreign(page.obj) for page in source.pages]
            tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        return pages, tree, first, self._pdf.make_indirect(Dictionary()).objgen[0]

    def _in_place_of(self, old: _Copied, key: str, leaf: bytes) -> _Copied | None:
        """Copy a leaf to the object numbers of an old one; return None where these are too few."""
        pages, tree, first, end = self._copy(leaf)
        objects = [self._pdf.get_object(number, 0) for number in range(first, end)]
        # Streams cannot be in object streams, so their numbers make no difference.
        moved = [found.objgen for found in objects if not isinstance(found, pikepdf.Stream)]
        if len(moved) > old.room:
            return None
        places = {number: (old.first + place, 0) for place, number in enumerate(moved)}
        for found in objects:
            self._redirect(found, places)
        for number, place in places.items():
            self._pdf._swap_objects(number, place)
        pages = [self._pdf.get_object(places[page.objgen]) for page in pages]
        tree = self._pdf.get_object(places[tree.objgen])
        return _Copied(key, pages, tree, old.first, old.room)

    def _redirect(self, container: Any, places: Mapping[tuple[int, int], tuple[int, int]]) -> None:
        """Change the references inside a dictionary, array or stream to the new object numbers."""
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
    """Return the PDF of the copied leaves, finished and saved."""
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
    """Give all pages the same fonts, and the forms on them unless they have their own; return the fonts."""
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
    """Map the glyph of U+2010, which only hyphenation uses, to the soft hyphen."""
    for font in fonts.values():
        if Name.ToUnicode in font:
            content = font.ToUnicode.read_bytes()
            font.ToUnicode.write(HYPHEN.sub(rb"\g<1> <00ad>", content))
