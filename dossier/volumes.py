"""Divides a packet into volumes: repeats its pagination until the pages of all volumes are settled.

The covers of volumes are sections like others, so that a packet has one pagination, one contents and one
whole file; its volumes have the same pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dossier.compile.volumes import Limits, Portioned, TooLongError, starts
from dossier.pagination import Paginated
from dossier.records.dossier import Dossier
from dossier.records.job import AttachedFile, Info, Portion, Section
from dossier.records.numbering import COUNT, INDEX_SUFFIX, NAME, NUMBER, Volumes
from dossier.records.sections import INDEX_VOLUME, is_cover, section_of_letter, whole_section
from dossier.render.sections import Pages, Plan, with_covers

ROUNDS = 8
"""How often pages are numbered anew: what a cover lists may move what follows."""


Weigh = Callable[[Section], int]
CAUTION = 0.99
"""Volumes are estimated to be a little smaller than they may be, so that they need not be bound often."""


@dataclass(frozen=True)
class Volume:
    """A volume: its place among all, and its sections."""

    number: int
    sections: tuple[Section, ...]
    first_page: int
    last_page: int

    @property
    def is_index(self) -> bool:
        """Whether it is the index volume, which is behind all others and has no number of its own."""
        return self.sections[0].id == INDEX_VOLUME


class UnsettledError(Exception):
    """The pages of volumes do not settle: an error of the program."""


def paginated(
    dossier: Dossier,
    plans: Sequence[Plan],
    limits: Limits,
    paginate: Callable[[Sequence[Plan]], Paginated],
    weigh: Weigh,
) -> Paginated:
    """Return the typeset sections, with the covers of volumes where there are several.

    ``weigh`` returns about how many bytes a section takes. Raises TooLongError where what cannot be divided
    is larger than a volume may be.
    """
    made = paginate(plans)
    weight = sum(map(weigh, made.sections))
    if not (limits.pages is not None and made.sections[-1].last_page > limits.pages) and not (
        limits.weight is not None and weight > limits.weight
    ):
        return made
    begin = _starts(plans, made.sections, (), limits, weigh)
    known = Pages.bound(made.sections)
    for _ in range(ROUNDS):
        covered = with_covers(dossier, plans, begin, known, limits.recto)
        made = paginate(covered)
        found = Pages.bound(made.sections)
        covers = [one.leaf.pages for one in made.sections if is_cover(one.id)]
        again = _starts(plans, made.sections, covers, limits, weigh)
        if again == begin and (found.first, found.last) == (known.first, known.last):
            return made
        begin, known = again, found
    raise UnsettledError


def _starts(
    plans: Sequence[Plan],
    sections: Sequence[Section],
    covers: Sequence[int],
    limits: Limits,
    weigh: Weigh,
) -> list[tuple[int, int]]:
    """Return the section with which each volume begins, and its page, both counted from 0."""
    units: list[Portioned] = []
    places: list[int] = []
    known: dict[str, list[Section]] = {}
    for section in sections:
        known.setdefault(whole_section(section.id), []).append(section)
    faced = ""
    for place, plan in enumerate(plans):
        if plan.id == faced:
            continue  # with the one before
        faced = plan.faces
        parts = known[plan.id]
        places.append(place)
        units.append(_facing(plan, known, weigh) if faced else _portioned(plan, parts, weigh))
    return [(places[one.place], one.page) for one in starts(units, covers, limits)]


def _portioned(plan: Plan, parts: Sequence[Section], weigh: Weigh) -> Portioned:
    """Return a section as far as it decides what a volume holds, given its parts.

    How it is parted must not decide what its pages are estimated to take.
    """
    first = parts[0]
    whole = replace(first, leaf=first.whole, key="") if first.whole else first
    weight = weigh(whole)

    def by_page() -> list[int]:
        from dossier.bind.parting import page_weights

        return page_weights(whole.leaf, weight)

    return Portioned(plan.id, whole.leaf.pages, plan.recto, weight, by_page)


def _facing(plan: Plan, known: Mapping[str, Sequence[Section]], weigh: Weigh) -> Portioned:
    """Return two sections whose pages face each other: the first has versos, the second rectos."""
    (first,), (second,) = known[plan.id], known[plan.faces]
    pages = max(2 * first.leaf.pages - 1, 2 * second.leaf.pages)
    return Portioned(plan.faces, pages, False, weigh(first) + weigh(second), verso=True)


def volumes(sections: Sequence[Section]) -> list[Volume]:
    """Return the volumes of which the sections have the covers; none where there are none."""
    begin = [place for place, section in enumerate(sections) if is_cover(section.id)]
    found = []
    ends = [*begin[1:], len(sections)][: len(begin)]
    for number, (start, end) in enumerate(zip(begin, ends, strict=True), 1):
        last = sections[end].first_page - 1 if end < len(sections) else sections[-1].last_page
        held = tuple(sections[start:end])
        found.append(Volume(number, held, held[0].first_page, last))
    return found


def file_names(stated: Volumes, stem: str, count: int) -> list[str]:
    """Return the names of the files of volumes; their numbers have as many figures as that of the last.

    Behind those of ``count`` volumes is that of the index volume, if there is to be one.
    """
    wide = len(str(count))
    numbered = [
        stated.name.replace(NUMBER, f"{number:0{wide}d}")
        .replace(COUNT, str(count))
        .replace(NAME, stem)
        + ".pdf"
        for number in range(1, count + 1)
    ]
    return [*numbered, f"{stem}{INDEX_SUFFIX}"] if stated.index else numbered


def portions(
    found: Sequence[Volume],
    names: Sequence[str],
    about: Callable[[Volume], tuple[Info, bytes]],
    attached: Sequence[AttachedFile],
) -> list[Portion]:
    """Return what is bound into the file of each volume; ``about`` returns its metadata.

    ``attached`` are the sources of all letters.
    """
    home = {
        section.id: name
        for volume, name in zip(found, names, strict=True)
        for section in volume.sections
    }
    made = []
    for volume in found:
        own = {section.id for section in volume.sections}
        elsewhere = {key: name for key, name in home.items() if key not in own}
        info, xmp = about(volume)
        sources = [
            file
            for file in attached
            if not own.isdisjoint(map(section_of_letter, file.about.letters))
        ]
        made.append(
            Portion(
                volume.sections, volume.first_page, volume.last_page, elsewhere, info, xmp, sources
            )
        )
    return made


def heaviest(sections: Sequence[Section], sizes: Sequence[int], weigh: Weigh) -> tuple[int, int]:
    """Return the size of the largest file, and about how many bytes its sections take.

    ``sizes`` are those of the files of all volumes, or of the whole where there are none.
    """
    found = volumes(sections)
    largest = max(range(len(sizes)), key=lambda place: sizes[place])
    held = found[largest].sections if found else sections
    return sizes[largest], sum(map(weigh, held))


def settled(
    limits: Limits,
    most: int | None,
    made_with: Callable[[Limits], Paginated],
    tried: Callable[[Paginated], Sequence[int]],
    weigh: Weigh,
    roughly: Callable[[Paginated], int],
) -> Paginated:
    """Return the typeset sections, divided so that no file has more than ``most`` bytes.

    ``tried`` returns the sizes of the files when they are bound, ``roughly`` how many bytes the whole has
    at most. What a file will have is estimated by its sections, and then measured: files are bound until
    all fit. Raises TooLongError where a section alone does not fit; without a section where nothing does.
    """
    made = made_with(limits)
    # Galleys take more bytes than what is bound of them; the proof measures the files in any case.
    while most is not None and roughly(made) > most / 2:
        size, weight = heaviest(made.sections, tried(made), weigh)
        if size <= most:
            break
        # What is no section's, as the fonts, is in each file.
        weight = int((most - (size - weight)) * CAUTION)
        # Each time volumes become smaller, so that this ends.
        weight = min(weight, int((limits.weight or weight) * CAUTION))
        if weight <= 0:
            raise TooLongError("", 0)
        limits = replace(limits, weight=weight)
        made = made_with(limits)
    return made
