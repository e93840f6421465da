"""Checks what packets say of their printing: what excludes each other, what does not fit on the paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dossier.read.placed_yaml import KeyPath, Place, Places
from dossier.read.reader import Reader
from dossier.records.diagnostics import Diagnostic
from dossier.records.packet import EVERYTHING, Packet
from dossier.records.placement import furniture
from dossier.records.printing import LEAST_MARGIN, MM, Print

DISTANCES = {2: 80 * MM, 3: 216 * MM, 4: 240 * MM}
"""From the middle of the first hole to that of the last."""
HOLE = 8 * MM
"""The width of the widest holes."""
FOLDED = "A booklet is printed on both sides of its sheets and folded"
LOOSE = "A booklet is folded and stitched, and its sheets are not filed by themselves"
SHOP = "A print shop imposes the pages itself"


def check_printing(packets: Sequence[Packet], places: Places, reader: Reader) -> None:
    """Note the faults in what each packet says of its printing, or in what it takes from the whole."""
    for packet in packets:
        reader.found += _stamped_volumes(packet, places)
        printing = packet.publication.printing
        if printing is None:
            continue
        where: KeyPath = () if packet.name == EVERYTHING else ("packets", packet.name)
        if packet.publication.bates and printing.recto != "none":
            stated = [(*where, "print"), (*where, "bates"), ("print",), ("bates",)]
            place = next(places.of_key(key) for key in stated if key in places.values)
            message = "“recto” does not go with “bates”. A blank page would have no Bates number"
            remedy = "Remove “recto” or “bates”, or make two packets."
            reader.found.append(places.error(place, message, remedy))
        if (*where, "print") in places.values:
            reader.found += _excluding(printing, (*where, "print"), places)
            reader.found += _too_large(packet, printing, (*where, "print"), places)
            continue
        # What it takes from the whole may not fit on paper of its own.
        changed = [(*where, key) for key in ("paper", "design") if (*where, key) in places.values]
        if changed:
            reader.found += _too_large(packet, printing, changed[0], places)


def _stamped_volumes(packet: Packet, places: Places) -> Iterator[Diagnostic]:
    """Yield that volumes whose pages face each other cannot have Bates numbers on all pages."""
    publication = packet.publication
    if not (publication.volumes and publication.bates):
        return
    if publication.paper not in packet.design.papers:
        return  # it is noted already
    if furniture(packet.design, publication, turned=False).sides != "facing":
        return
    where: KeyPath = () if packet.name == EVERYTHING else ("packets", packet.name)
    stated = [(*where, "volumes"), (*where, "bates"), ("volumes",), ("bates",)]
    place = next(places.of_key(key) for key in stated if key in places.values)
    message = (
        "“volumes” does not go with “bates” where pages face each other. Each volume begins on a "
        "right-hand page, and the blank page before would have no Bates number"
    )
    remedy = (
        "Use a design for one side of the paper, remove “volumes” or “bates”, or make two packets."
    )
    yield places.error(place, message, remedy)


def _excluding(printing: Print, where: KeyPath, places: Places) -> Iterator[Diagnostic]:
    """Yield keys of which a packet can have only one."""
    for key, other, is_wrong, why in (
        ("sides", "booklet", printing.booklet and printing.sides == "one", FOLDED),
        ("holes", "booklet", printing.booklet and printing.holes, LOOSE),
        ("staple", "booklet", printing.booklet and printing.staple, LOOSE),
        ("bleed", "booklet", printing.booklet and printing.bleed, SHOP),
        ("marks", "booklet", printing.booklet and printing.marks, SHOP),
        (
            "recto", "sides", printing.sides == "one" and printing.recto != "none",
            "Paper that is printed on one side has no versos",
        ),
    ):  # fmt: skip
        if is_wrong:
            message = f"“{key}” does not go with “{other}”. {why}"
            remedy = f"Remove “{key}” or “{other}”, or make two packets."
            yield places.error(places.of_key((*where, key)), message, remedy)
    if printing.flip and not printing.booklet:
        message = "“flip” says how the sheets of a booklet are turned, and there is no “booklet”"
        remedy = "Add “booklet: 16”, or remove “flip”."
        yield places.error(places.of_key((*where, "flip")), message, remedy)


def _too_large(
    packet: Packet, printing: Print, where: KeyPath, places: Places
) -> Iterator[Diagnostic]:
    """Yield the keys that leave no room for the text of the packet's design on its paper."""
    design, name = packet.design, packet.publication.paper
    if name not in design.papers:
        return  # it is noted already
    paper = design.papers[name]
    placed = furniture(design, packet.publication, turned=False)
    outer = design.side(name) - placed.outward - placed.inward
    if outer < LEAST_MARGIN:
        key = next(key for key in ("gutter", "holes", "staple", "sides") if getattr(printing, key))
        message = (
            f"“{key}” and the design “{packet.publication.design}” do not fit on {name} paper together: "
            f"they leave {max(0.0, outer / MM):.2g} mm between the text and the outer edge"
        )
        remedy = (
            f"Leave {LEAST_MARGIN / MM:g} mm at least: reduce or remove “{key}”, or use a design with a "
            "smaller “measure”."
        )
        yield places.error(_place(where, key, places), message, remedy)
    if printing.holes and DISTANCES[printing.holes] + HOLE > paper.height:
        message = (
            f"“holes: {printing.holes}” and “paper: {name}” do not go together. The holes do not fit "
            "on its edge"
        )
        yield places.error(
            _place(where, "holes", places), message, "Take fewer holes or larger paper."
        )


def _place(where: KeyPath, key: str, places: Places) -> Place:
    """Return the place of a key under ``where``; where that is another key, its own."""
    return places.of_key((*where, key) if (*where, key) in places.values else where)
