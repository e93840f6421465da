"""Works out a second time how a packet is printed: where its text stands, and which pages are blank.

The rules are those of docs/print.md. Measures are points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from dossier.proof.enclosed import FOREIGN
from dossier.proof.readback import Page
from dossier.proof.tags import Finding
from dossier.records.body import Body, Leaf, Link, Node, text_of
from dossier.records.design import Design
from dossier.records.enclosing import FACING
from dossier.records.furniture import Furniture
from dossier.records.publication import Publication
from dossier.records.sections import LETTERS, goes_on, is_cover
from dossier.viewer import Box

MM = 72 / 25.4
PUNCHED, STAPLED = 20 * MM, 15 * MM
"""What holes take of the paper's edge, and a staple of its corner."""
APART = {2: 80 * MM, 3: 108 * MM, 4: 80 * MM}
"""The distance between two holes, of which there are so many."""
MIDDLE, RADIUS = 12 * MM, 4.5 * MM
"""The distance of the holes' middles from the edge, and their radius with all tolerances (ISO 838)."""
HEAD_HEIGHT = 10.0


def furniture_of(design: Design, publication: Publication, turned: bool) -> Furniture:
    """Return where text and furniture must stand."""
    own = replace(design.placed_furniture, turned=turned, stamp=publication.bates)
    wishes = publication.printing
    if wishes is None:
        return own
    if wishes.sides == "two" and own.sides != "facing":
        both = design.furniture.two_sided
        own = replace(own, sides="facing", heads=both.heads, folio=both.folio, shift=both.shift)
    if wishes.sides == "one":
        own = replace(own, sides="single")
    inner = (design.papers[publication.paper].width - own.measure) / 2
    inner += own.shift if own.sides == "facing" else 0
    least = inner + wishes.gutter / 2
    if wishes.holes:
        least = max(least, PUNCHED)
    if wishes.staple and min(own.head_line - HEAD_HEIGHT, design.text.head) < STAPLED:
        least = max(least, STAPLED)
    return replace(own, inward=round(least - inner, 3))


def first_pages(
    publication: Publication, keys: Sequence[str], lengths: Mapping[str, int], facing: bool = False
) -> dict[str, int]:
    """Return the first page of each section, in the sequence of ``keys``, given how many each has.

    Where pages are ``facing``, each volume begins on a recto.
    """
    wanted = publication.printing.recto if publication.printing else "none"
    letters = [key for key in keys if key.startswith(f"{LETTERS}/")]
    apart: set[str] = {
        "none": set[str](),
        "sections": {*keys} - {*letters[1:]},
        "letters": {*keys},
    }[wanted]
    # What is bound in follows its letter, and what goes on from another volume the cover.
    apart -= {key for key in keys if key.startswith(FOREIGN) or goes_on(key)}
    if facing or publication.enclose == FACING:
        apart = apart | set(filter(is_cover, keys))
    found, page = dict[str, int](), 1
    opposite = faced(publication, keys)
    for key in keys:
        if key in opposite.values():
            continue  # with the one before
        if key in opposite:
            letter = opposite[key]
            found[key] = page + page % 2
            found[letter] = found[key] + 1
            ends = (found[one] + 2 * (lengths[one] - 1) for one in (key, letter))
            page = max(ends) + 1
            continue
        if key in apart and page % 2 == 0:
            page += 1
        found[key] = page
        page += lengths[key]
    return found


def faced(publication: Publication, keys: Sequence[str]) -> dict[str, str]:
    """Return the sections of sources that stand on versos, each with that of its letter, on rectos."""
    if publication.enclose != FACING:
        return {}
    letters = {key: f"{LETTERS}/{key.partition('/')[2]}" for key in keys}
    return {key: letter for key, letter in letters.items() if key.startswith("sources/")}


def blanks(spans: Collection[range]) -> list[int]:
    """Return the pages that no section has."""
    there = {page for span in spans for page in span}
    return [page for page in range(1, max(there)) if page not in there]


def clear(
    furniture: Furniture,
    publication: Publication,
    number: int,
    page: Page,
    paper: tuple[float, float],
) -> Iterator[Finding]:
    """Yield texts where holes are punched, or where a staple goes."""
    wishes = publication.printing
    if wishes is None or not (wishes.holes or wishes.staple):
        return
    width, height = paper
    at_left = (furniture.sides == "single" or number % 2 == 1) != furniture.turned
    # The heads and the number have no height of their own: they stand on their lines.
    up, low = height - furniture.head_line, furniture.folio_line
    boxes: list[Box] = [box for said, box in page.texts.values() if said.strip()]
    boxes += [(left, up, right, up + HEAD_HEIGHT) for _, left, right in page.head]
    boxes += [(left, low, right, low + HEAD_HEIGHT) for _, left, right in page.folio]
    boxes += [image.box for image in page.images]
    inner = [box if at_left else (width - box[2], box[1], width - box[0], box[3]) for box in boxes]
    if wishes.holes:
        for middle in _holes(wishes.holes, height):
            if any(
                box[0] < MIDDLE + RADIUS and box[1] < middle + RADIUS and box[3] > middle - RADIUS
                for box in inner
            ):
                yield number, "Something stands where a hole is punched"
    if wishes.staple and any(box[0] < STAPLED and box[3] > height - STAPLED for box in inner):
        yield number, "Something stands where the staple goes"


def _holes(count: int, height: float) -> list[float]:
    """Return the heights of the holes' middles, from the paper's lower edge."""
    lowest = height / 2 - (count - 1) * APART[count] / 2
    return [lowest + place * APART[count] for place in range(count)]


def unseen(body: Body) -> Iterator[tuple[str, str]]:
    """Yield each address that a link of a letter hides behind its words, behind these words."""
    told: set[tuple[str, str]] = set()
    noted = [paragraph for note in body.notes for paragraph in note.paragraphs]
    waiting: list[Node] = [*body.nodes, *noted]
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Leaf):
            continue
        waiting += reversed(node.children)
        if not isinstance(node, Link):
            continue
        words = " ".join(text_of(node.children).split())
        bare = node.href
        for scheme in ("http://", "https://", "www.", "mailto:"):
            if bare.lower().startswith(scheme):
                bare = bare[len(scheme) :]
        is_seen = bare.rstrip("/").casefold() in words.replace(" ", "").casefold()
        one = words, node.href.removeprefix("mailto:")
        if words and not is_seen and one not in told:
            told.add(one)
            yield one
