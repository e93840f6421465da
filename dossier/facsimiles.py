"""Has the foreign pages of a packet drawn and made into leaves; keeps these by their files' checksums."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from dossier.bind.facsimile import leaf_of
from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.language.words import Words
from dossier.records.design import Design
from dossier.records.enclosing import EDGE, Enclosed, ForeignFile
from dossier.records.galley import Leaf
from dossier.records.publication import Publication
from dossier.render.sections import Plan
from dossier.typeset.facsimile import facsimiles


def with_leaves(
    plans: Sequence[Plan],
    labels: Mapping[str, str],
    foreign: Sequence[ForeignFile],
    design: Design,
    publication: Publication,
    words: Words,
    store: Store | None,
    program_checksum: str,
    advance: Callable[[bool], None],
) -> list[Plan]:
    """Return the plans of a packet, those of foreign pages with their leaves.

    ``labels`` has the labels of letters by their sections' ids. Raises UndrawableError.
    """
    files = {file.path: file for file in foreign}
    shelf = Shelf(store, "facsimiles 1", program_checksum, Leaf)
    made = []
    for plan in plans:
        if plan.encloses is None:
            made.append(plan)
            continue
        label = labels[plan.id]
        said = [
            words(f"facsimile_of_{plan.encloses.kind}s", label=label, page=page, last=last)
            for last in (plan.encloses.pages,)
            for page in range(1, last + 1)
        ]
        file = files[plan.encloses.path]
        leaf = _leaf(file, plan.encloses, said, design, publication, shelf, advance)
        made.append(replace(plan, leaf=leaf))
    return made


def _leaf(
    file: ForeignFile,
    enclosed: Enclosed,
    said: Sequence[str],
    design: Design,
    publication: Publication,
    shelf: Shelf[Leaf],
    advance: Callable[[bool], None],
) -> Leaf:
    """Return the leaf of a file's pages, from the cache if it is there."""
    paper = design.papers[publication.paper]
    side = (paper.width - design.text.measure) / 2
    frame = (side, EDGE, paper.width - side, paper.height - EDGE)
    resolution = publication.enclose_resolution
    texts = hashlib.sha256("\0".join(said).encode()).hexdigest()
    key = shelf.key(enclosed.sha256, repr((frame, paper.width, paper.height, resolution)), texts)
    kept = shelf.get(key)
    if kept is None:
        pages = list(facsimiles(file, frame, resolution, partial(advance, False)))
        kept = leaf_of(pages, said, (paper.width, paper.height))
        shelf.put(key, kept)
    else:
        for _ in range(kept.pages):
            advance(True)
    return kept
