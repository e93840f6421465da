"""The footnotes of a letter: their expected text, the pages on which they stand, and their links.

In the tags a note stands behind its call, and goes on behind it even where it is continued on a later page.
So the notes of a letter are read and compared apart from its text, each word as in the corpus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from dossier.proof.faces import Look
from dossier.proof.letter import Piece, around, pieces_of
from dossier.proof.readback import Page
from dossier.proof.tags import Finding, Link
from dossier.proof.truth import Letter
from dossier.records.body import Leaf, Node, NoteCall
from dossier.records.dossier import anchor_of_call, anchor_of_note
from dossier.records.sections import section_of_letter, whole_section

NOTE = Look("note", italic=False, bold=False)
"""How notes look; their colour is that of the text that calls them."""
SLACK = 2.0
"""Points by which the highest note may reach into the lowest line of the text, as accents do."""


def pieces(wanted: Letter, numbers: Mapping[str, int]) -> Iterator[Piece]:
    """Yield the notes of a letter; ``numbers`` are the numbers of the cited works."""
    look = around(NOTE, wanted.language, wanted.body)
    for note in wanted.body.notes:
        yield Piece(note.mark, anchor_of_note(wanted.id, note.number), look=NOTE)
        yield from pieces_of(note.paragraphs, wanted.id, numbers, look=look)


def calls(nodes: Sequence[Node]) -> Iterator[NoteCall]:
    """Yield the calls of notes in ``nodes``, in reading order."""
    for node in nodes:
        if isinstance(node, NoteCall):
            yield node
        elif not isinstance(node, Leaf):
            yield from calls(node.children)


def misplaced(
    wanted: Letter, page_of: Callable[[str], int], ends: Sequence[int], first: Container[str]
) -> Iterator[Finding]:
    """Yield where a note does not begin on the page of its call.

    It may begin later only behind the note before it, where that is continued. ``ends`` are the last pages
    of the notes. ``first`` are the anchors of calls in the first line of a page: where that calls several
    notes that do not all fit, the line has no other page to move to.
    """
    before = 0
    for note, end in zip(wanted.body.notes, ends, strict=True):
        called = page_of(anchor_of_call(wanted.id, note.number))
        begins = page_of(anchor_of_note(wanted.id, note.number))
        is_first = anchor_of_call(wanted.id, note.number) in first
        latest = max(called, before) + (is_first and before == called)
        if not called <= begins <= latest:
            yield begins, f"The note “{note.mark}” stands here, and is called on page {called}"
        before = end


def above(page: Page, notes: Sequence[int], order: Sequence[int]) -> bool:
    """Tell whether a note on a page stands above a line of the text; both are given by MCID."""
    tops = [page.texts[mcid][1][3] for mcid in notes if mcid in page.texts]
    bottoms = [
        box[1] for text, box in (page.texts[mcid] for mcid in order if mcid in page.texts)
        if text.strip()
    ]  # fmt: skip
    return bool(tops and bottoms) and max(tops) > min(bottoms) + SLACK


def leads(
    wanted: Letter,
    links: Sequence[tuple[int, Link, str, bool]],
    page_of: Callable[[str], int],
) -> Iterator[Finding]:
    """Yield faults of the links between calls and notes.

    ``links`` are those of the letter inside the file: page, link, words, and whether it stands in a note.
    """
    to_notes: dict[str, set[str]] = {}
    to_calls: dict[str, set[str]] = {}
    for note in wanted.body.notes:
        to_notes.setdefault(note.mark, set()).add(anchor_of_note(wanted.id, note.number))
        to_calls.setdefault(note.mark, set()).add(anchor_of_call(wanted.id, note.number))
    due = Counter((call.mark, False) for call in calls(wanted.body.nodes))
    due += Counter((note.mark, True) for note in wanted.body.notes)
    there: Counter[tuple[str, bool]] = Counter()
    for number, link, said, in_note in links:
        allowed = (to_calls if in_note else to_notes).get(said)
        if allowed is None:
            continue
        there[said, in_note] += 1
        section, _, anchor = link.place.partition("#")
        is_right = anchor in allowed and whole_section(section) == section_of_letter(wanted.id)
        if not is_right or link.target != page_of(anchor):
            yield number, f"The mark “{said}” leads to another place, on page {link.target}"
    for (mark, in_note), count in due.items():
        if there[mark, in_note] != count:
            what = "at notes" if in_note else "in the text"
            page = min(map(page_of, to_notes[mark]))
            yield page, f"Of {count} marks “{mark}” {what}, {there[mark, in_note]} are links"
