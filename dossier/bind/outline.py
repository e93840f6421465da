"""The bookmarks of the bound PDF. References are to ISO 32000-1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dossier.bind import numbers, text
from dossier.bind.pieces import Piece, Target, place_name, remote
from dossier.language.words import Words
from dossier.records.job import Job, Section
from dossier.records.lettering import Lettering
from dossier.records.sections import is_cover


@dataclass
class Bookmark:
    """A bookmark, and those below it."""

    title: str
    there: Piece | Target
    """The section to which it leads, or a place in another file."""
    children: list[Bookmark] = field(default_factory=list)


def bookmarks(
    sections: Sequence[Section], pieces: Sequence[Piece], words: Words, lettering: Lettering
) -> list[Bookmark]:
    """Return a bookmark for every section, with its page."""
    marks: list[Bookmark] = []
    group: Bookmark | None = None
    for section, piece in zip(sections, pieces, strict=True):
        if section.under and (group is None or group.title != section.under):
            group = Bookmark(section.under, piece)
            marks.append(group)
        title = words("bookmark", title=section.title, page=lettering.label(section.first_page))
        group = group if section.under else None
        (group.children if group else marks).append(Bookmark(title, piece))
    return marks


def elsewhere(job: Job) -> list[Bookmark]:
    """Return the bookmarks of a volume into each other one, in sequence; the sections are below these."""
    marks: list[Bookmark] = []
    files = job.portion.files if job.portion else {}
    for section in (one for one in job.sections if one.id in files):
        page = job.lettering.label(section.first_page)
        title = job.words("bookmark", title=section.title, page=page)
        mark = Bookmark(title, Target(place_name(section.id, ""), 0, page, files[section.id]))
        # Each volume begins with its cover.
        (marks if is_cover(section.id) or not marks else marks[-1].children).append(mark)
    return marks


def count(marks: Sequence[Bookmark]) -> int:
    """Return the number of bookmarks on all levels."""
    return sum(1 + count(mark.children) for mark in marks)


def objects(marks: Sequence[Bookmark], first: int) -> dict[int, bytes]:
    """Return the outline (12.3.3), its bookmarks numbered from ``first``."""
    found = dict(_level(marks, numbers.OUTLINE, first))
    # Those of another volume are hidden until it is opened.
    shown = [mark for mark in marks if isinstance(mark.there, Piece)]
    found[numbers.OUTLINE] = b"<< /Count %d /First %d 0 R /Last %d 0 R /Type /Outlines >>" % (
        count(shown) + len(marks) - len(shown),
        first,
        first + len(marks) - 1,
    )
    return found


def _level(marks: Sequence[Bookmark], parent: int, first: int) -> Iterator[tuple[int, bytes]]:
    """Yield the bookmarks of a level, numbered from ``first``, and behind them those below."""
    below = first + len(marks)
    for number, mark in enumerate(marks, first):
        entries = b""
        if mark.children:
            count = len(mark.children)
            entries = b"/Count %d /First %d 0 R /Last %d 0 R " % (
                count if isinstance(mark.there, Piece) else -count, below, below + count - 1,
            )  # fmt: skip
            yield from _level(mark.children, number, below)
            below += count
        if number + 1 < first + len(marks):
            entries += b"/Next %d 0 R " % (number + 1)
        if number > first:
            entries += b"/Prev %d 0 R " % (number - 1)
        yield (
            number,
            b"<< %b %b/Parent %d 0 R /Title %b >>"
            % (_lead(mark.there), entries, parent, text.string(mark.title)),
        )


def _lead(there: Piece | Target) -> bytes:
    """Return the entry of a bookmark that says where it leads."""
    if isinstance(there, Piece):
        return b"/Dest [ %d 0 R /XYZ 0 %b 0 ]" % (there.page(0), text.decimal(there.paper[1]))
    return b"/A << %b >>" % remote(there)
