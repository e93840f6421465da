"""Has the foreign pages of a packet drawn and made into leaves; keeps these by their files' checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dossier.bind.facsimile import leaf_of
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.language.machine_reading import reading_data
from dossier.language.words import Words
from dossier.machine.tesseract import UnreadError, tesseract
from dossier.records.design import Design
from dossier.records.dossier import Letter
from dossier.records.enclosing import EDGE, Enclosed, ForeignFile, Reading, UndrawableError
from dossier.records.galley import Leaf
from dossier.records.publication import Publication
from dossier.render.sections import Plan
from dossier.typeset.facsimile import facsimiles
from dossier.typeset.machine_reading import read


def with_leaves(
    plans: Sequence[Plan],
    letters: Mapping[str, Letter],
    foreign: Sequence[ForeignFile],
    design: Design,
    publication: Publication,
    words: Words,
    store: Store | None,
    program_checksum: str,
    advance: Callable[[bool], None],
) -> list[Plan]:
    """Return the plans of a packet, those of foreign pages with their leaves.

    ``letters`` has them by the ids of these sections. Raises UndrawableError.
    """
    files = {file.path: file for file in foreign}
    shelf = Shelf(store, "facsimiles 2", program_checksum, Leaf)
    readings = Shelf(store, "reading 1", "", Reading)
    made = []
    for plan in plans:
        if plan.encloses is None:
            made.append(plan)
            continue
        file, letter = files[plan.encloses.path], letters[plan.id]
        read = None
        if publication.enclose_ocr:
            read = _Machine(file, reading_data(letter.language), readings)
        leaf = _leaf(
            file, plan.encloses, letter.label, read, design, publication, words, shelf, advance
        )
        made.append(replace(plan, leaf=leaf))
    return made


class _Machine:
    """Reads the pages of a file by machine, each once; what was read is kept."""

    def __init__(self, file: ForeignFile, code: str, readings: Shelf[Reading]) -> None:
        self._file = file
        self._code = code
        self._readings = readings
        self._tesseract = tesseract()
        self.identity = self._tesseract.identity(code) if self._tesseract else ""

    def __call__(self, number: int, drawn: Callable[[], Any], dots: int) -> Reading:
        """Return what is read on a page; raise UndrawableError where it cannot be read."""
        key = self._readings.key(self._file.sha256, str(number), str(dots), self.identity)
        kept = self._readings.get(key)
        if kept is None:
            try:
                if self._tesseract is None:
                    raise UnreadError("it is not installed")
                kept = read(drawn(), dots, self._tesseract, self._code)
            except UnreadError as error:
                raise UndrawableError(
                    self._file,
                    f"Tesseract does not read page {number + 1} of “{self._file.path}”: {error}",
                    "Leave out “enclose_ocr”, or have the file read by another program.",
                ) from None
            self._readings.put(key, kept)
        return kept


def _leaf(
    file: ForeignFile,
    enclosed: Enclosed,
    label: str,
    read: _Machine | None,
    design: Design,
    publication: Publication,
    words: Words,
    shelf: Shelf[Leaf],
    advance: Callable[[bool], None],
) -> Leaf:
    """Return the leaf of a file's pages, from the cache if it is there."""
    paper = design.papers[publication.paper]
    side = (paper.width - design.text.measure) / 2
    frame = (side, EDGE, paper.width - side, paper.height - EDGE)
    resolution = publication.enclose_resolution

    def said(page: int, by_machine: bool) -> str:
        told = words(f"facsimile_of_{enclosed.kind}s", label=label, page=page, last=enclosed.pages)
        return words("facsimile_read", facsimile=told) if by_machine else told

    texts = hashlib.sha256(f"{said(1, False)}\0{said(1, True)}".encode()).hexdigest()
    key = shelf.key(
        enclosed.sha256, repr((frame, paper.width, paper.height, resolution)), texts,
        read.identity if read else "",
    )  # fmt: skip
    kept = shelf.get(key)
    if kept is None:
        pages = list(facsimiles(file, frame, resolution, partial(advance, False), read))
        told = [said(number, page.by_machine) for number, page in enumerate(pages, 1)]
        kept = leaf_of(pages, told, (paper.width, paper.height))
        shelf.put(key, kept)
    else:
        for _ in range(kept.pages):
            advance(True)
    return kept
