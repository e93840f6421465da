"""Sets every section and its running head, and numbers the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dossier.machine.progress import Progress
from dossier.records.diagnostics import LostAnchorError
from dossier.records.furniture import Furniture
from dossier.records.galley import Galley, Leaf
from dossier.records.job import Head, Section
from dossier.records.sections import goes_on, whole_section
from dossier.render.sections import Pages, Plan
from dossier.typeset.workshop import Document, Workshop

BATCH = 25
"""How many running heads are typeset in one document, a page each: one document per head would be slow."""


@dataclass(frozen=True)
class Paginated:
    """Everything that was typeset, with its page numbers."""

    sections: tuple[Section, ...]
    galleys: tuple[Galley, ...]
    """Those of the sections that were typeset, in the same sequence."""
    heads: tuple[Galley, ...]
    """Their pages hold the running heads that the sections refer to."""


Lines = list[tuple[str, str]]
"""The text at the left and at the right of each running head."""
PartOf = Callable[[str, Leaf, range, int], Leaf]
"""Returns some pages of a leaf, given by its key, as its part of a number."""


def paginate(
    plans: Sequence[Plan],
    heads_of: Callable[[Lines], str],
    furniture: Furniture,
    workshop: Workshop,
    plan: Callable[[Sequence[str | None]], None],
    progress: Progress,
    part_of: PartOf,
    waiting: Callable[[], None],
) -> Paginated:
    """Return the sections of ``plans``, typeset and numbered, and their running heads.

    ``heads_of`` returns the HTML of running heads; ``plan`` gets the keys of the galleys in sequence, as
    far as they are known before anything is typeset; ``part_of`` parts those that are longer than a volume;
    ``waiting`` is called when there is nothing to do but to wait for what is typeset.

    Only the sections that print pages inside letters, such as the index, wait for the letters; the page
    numbers of whole sections are drawn at binding. The waiting sections stand after the letters, so they
    move no page number. Running heads are typeset when it is known which letters have a second page.
    Foreign pages are there already, and have running heads too. Raises LostAnchorError if a template has
    lost an anchor.
    """
    ids = [plan.id for plan in plans]
    parts, plans = plans, [plan for plan in plans if not goes_on(plan.id)]
    letters = {plan.id for plan in plans if plan.letter}
    progress.stage("Setting the letters", len(letters))

    def done(name: str, kept: bool) -> None:
        if name in letters:
            progress.advance(kept)

    unknown = Pages(ids, {})
    foreign = {plan.id: plan.leaf for plan in plans if plan.leaf}
    keys = {key: hashlib.sha256(leaf.pdf).hexdigest() for key, leaf in foreign.items()}
    early = {
        plan.id: _document(plan, unknown)
        for plan in plans
        if not plan.needs_places and plan.id not in foreign
    }

    def begun(of_galleys: Mapping[str, str]) -> None:
        keys.update(of_galleys)
        # Of a galley that is parted nothing is bound itself.
        plan([keys.get(one.id) for one in parts if one.cut is None])
        waiting()

    galleys = workshop.set_all(early, done, begun)
    _check_anchors(plans, galleys)
    progress.stage("Setting index and bibliography")
    divide = partial(_divided, parts, keys, part_of)
    pages = Pages(ids, divide(galleys | foreign), _rectos(parts), _facing(parts))
    late = {
        plan.id: Document(partial(plan.html, pages), plan.decisive(pages))
        for plan in plans
        if plan.needs_places
    }
    keys |= {key: workshop.key(document) for key, document in late.items()}
    # A head that no page shows is not set: nothing of the file would prove its fonts right.
    leaves = divide(galleys | foreign)
    headed = [plan for plan in parts if whole_section(plan.id) not in late]
    heads, lines = _heads(headed, leaves, furniture)
    batches = _batches(lines, heads_of, 0)
    galleys |= workshop.set_all(late | batches, done)
    _check_anchors(plans, galleys)
    leaves = divide(galleys | foreign)
    headed = [plan for plan in parts if whole_section(plan.id) in late]
    more_heads, more_lines = _heads(headed, leaves, furniture, len(lines))
    more_batches = _batches(more_lines, heads_of, len(lines))
    galleys |= workshop.set_all(more_batches, done)
    heads, batches = heads | more_heads, batches | more_batches
    return Paginated(
        _sections(parts, leaves, galleys | foreign, keys, heads),
        tuple(galleys[key] for key in ids if key in galleys),
        tuple(galleys[key] for key in batches),
    )


def _rectos(plans: Sequence[Plan]) -> set[str]:
    """Return the ids of the sections that begin on a recto."""
    return {plan.id for plan in plans if plan.recto}


def _facing(plans: Sequence[Plan]) -> dict[str, str]:
    """Return the ids of the sections whose pages face those of the next, with its id."""
    return {plan.id: plan.faces for plan in plans if plan.faces}


def _divided(
    plans: Sequence[Plan], keys: Mapping[str, str], part_of: PartOf, wholes: Mapping[str, Leaf]
) -> dict[str, Leaf]:
    """Return the leaves of all sections that are set, those of parts too."""
    found: dict[str, Leaf] = {}
    numbers: dict[str, int] = {}
    for plan in plans:
        section = whole_section(plan.id)
        leaf = wholes.get(section)
        if leaf is None:
            continue
        if plan.cut is None:
            found[plan.id] = leaf
            continue
        first, behind = plan.cut
        # Until all pages are settled, there may be fewer than there were when the section was divided.
        pages = range(min(first, leaf.pages - 1), min(behind or leaf.pages, leaf.pages))
        numbers[section] = numbers.get(section, 0) + 1
        found[plan.id] = part_of(keys[section], leaf, pages, numbers[section])
    return found


def _key(plan: Plan, keys: Mapping[str, str]) -> str:
    """Return the key of a section's leaf; that of a part is made of its pages, too."""
    key = keys[whole_section(plan.id)]
    return hashlib.sha256(f"{key} {plan.id} {plan.cut}".encode()).hexdigest() if plan.cut else key


def _document(plan: Plan, pages: Pages) -> Document:
    return Document(partial(plan.html, pages), plan.decisive(pages))


def _sections(
    plans: Sequence[Plan],
    leaves: Mapping[str, Leaf],
    wholes: Mapping[str, Leaf],
    keys: Mapping[str, str],
    heads: Mapping[str, tuple[Head, ...]],
) -> tuple[Section, ...]:
    """Return the sections with their page numbers; ``wholes`` are the leaves of those that are parted."""
    pages = Pages([plan.id for plan in plans], leaves, _rectos(plans), _facing(plans))
    return tuple(
        Section(
            plan.id,
            plan.continued or plan.title,
            leaves[plan.id],
            pages.first[plan.id],
            plan.under,
            _key(plan, keys),
            heads.get(plan.id, ()),
            pages.step.get(plan.id, 1),
            wholes[plan.id] if plan.cut and not goes_on(plan.id) else None,
        )
        for plan in plans
    )


def _check_anchors(plans: Sequence[Plan], galleys: Mapping[str, Galley]) -> None:
    """Raise LostAnchorError if a section that is set lacks an anchor."""
    for plan in plans:
        if plan.id in galleys:
            for anchor in plan.anchors:
                if anchor not in galleys[plan.id].anchors:
                    raise LostAnchorError(plan.id, anchor)


def _batches(lines: Lines, heads_of: Callable[[Lines], str], first: int) -> dict[str, Document]:
    """Return the documents of running heads, of which ``first`` have been set before."""
    return {
        f"heads/{first + start}": Document.of(heads_of(lines[start : start + BATCH]))
        for start in range(0, len(lines), BATCH)
    }


def _heads(
    plans: Sequence[Plan], leaves: Mapping[str, Leaf], furniture: Furniture, first: int = 0
) -> tuple[dict[str, tuple[Head, ...]], Lines]:
    """Return the running heads of each section, as positions in the lines of all, and these lines.

    ``first`` is the position of the first of these.
    """
    is_fixed = furniture.heads == "left"
    differ = furniture.sides == "facing" and not is_fixed
    at_left = is_fixed != furniture.turned
    heads: dict[str, tuple[Head, ...]] = {}
    lines: Lines = []
    for plan in plans:
        placed = []
        if leaves[plan.id].pages == 1 and not goes_on(plan.id):
            continue
        for head in plan.heads(leaves[plan.id]):
            recto = verso = first + len(lines)
            line = (head.name, head.context)
            lines.append(line if at_left else line[::-1])
            if differ:
                verso = first + len(lines)
                lines.append(line[::-1] if at_left else line)
            placed.append(Head(recto, verso))
        heads[plan.id] = tuple(placed)
    return heads, lines
