"""Traverses the structure tree of a finished PDF, and reads its links.

References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from dossier.proof import trees
from dossier.proof.objects import Objects, Ref, parse

ACTIONS = ("/GoTo", "/URI")
"""The actions (12.6.4) that a dossier may have."""
ELEMENT = re.compile(
    rb"<< (?:/A <<[^<>]*>> )?/K (\d+ 0 R|\d+|\[[^][()]*\]) /P \d+ 0 R (?:/Pg (\d+) 0 R )?/S /(\w+) >>"
)
"""A structure element in the usual form: kids, page, role. Others are parsed, which is far slower."""
KID = re.compile(
    rb"(\d+) 0 R|<< /MCID (\d+) /Pg (\d+) 0 R /Type /MCR >>|<< /Obj (\d+) 0 R [^>]*>>|(\d+)"
)
LINK = re.compile(
    rb"<< /A << /D (\((?:[^()\\]|\\.)*\)) /S /GoTo >> [^(<]*/Contents (\d+) 0 R "
    rb"[^(<]*/Rect \[ (\S+) (\S+) (\S+) (\S+) \] "
    rb"/StructParent \d+ /Subtype /Link /Type /Annot >>"
)
"""An internal link in the usual form: target, alternate description, rectangle."""
BLOCKS = frozenset(b"P H1 H2 H3 H4 H5 H6 H7 Lbl LBody TD TH BibEntry Caption Reference".split())
"""The structure types (14.8.4) of elements that hold lines of their own."""
DEEPEST = 200
"""The maximum depth of nested structure elements."""
Finding = tuple[int, str]
"""The page, 0 for the whole file, and the message."""


@dataclass(frozen=True)
class Link:
    """A link annotation."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the page's bottom left."""
    target: int
    """The target page; 0 for a link that leads out of the file or nowhere."""
    address: str
    """The web or mail address of a link that leads out of the file."""
    words: tuple[int, ...]
    """The marked content on its page that is tagged as its text, by MCID."""
    aloud: str
    """The alternate description, which screen readers read aloud (/Contents)."""
    place: str = ""
    """The name of its destination."""


@dataclass(frozen=True)
class Figure:
    """A figure of the structure tree."""

    alternative: str
    """Its alternative text (14.9.3)."""
    content: tuple[tuple[int, int], ...]
    """Its marked content, by page and MCID."""
    box: tuple[float, float, float, float] | None
    """Its bounding box (14.8.5.4.3), where it has one."""


@dataclass(frozen=True)
class Target:
    """What a link annotation (12.5.6.5) states."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top, in points from the page's bottom left."""
    place: str
    """The name of its destination."""
    page: int
    """The number of the page to which it leads directly, 0 for none."""
    address: str
    spoken: int
    """The number of its alternate description; 0 where it stands in :attr:`aloud`."""
    aloud: str


Stretch = tuple[str, int, int]
"""A structure type or a language, and where in :attr:`Branch.read` an element begins and ends."""
Shape = tuple[str, tuple[tuple[int, int], ...], tuple[float, float, float, float] | None]
"""The alternative text, the marked content and the bounding box of a figure; pages by object number."""


@dataclass(frozen=True)
class Branch:
    """What a branch of the structure tree holds; pages are given by object number.

    All of that stands in a few object streams. So it holds for every file in which these are the same, and
    in which the branch begins with the same object.
    """

    packs: dict[int, str]
    """The checksums of the object streams, by number."""
    read: tuple[tuple[int, int], ...]
    """The page and MCID of all marked content in reading order."""
    actual: tuple[tuple[int, int, str], ...]
    """ActualText (14.9.4), by page and MCID."""
    roles: dict[str, int]
    figures: tuple[Shape, ...]
    notes: tuple[tuple[int, int], ...]
    """The marked content of footnotes."""
    identifiers: tuple[tuple[str, int], ...]
    """The ID of each note, empty where it has none, and its page."""
    words: dict[int, tuple[tuple[int, int], ...]]
    """The marked content in the element of each annotation."""
    targets: dict[int, Target]
    """The links among these annotations."""
    blocks: tuple[Stretch, ...]
    """The elements that hold lines of their own, by structure type."""
    spoken: tuple[Stretch, ...]
    """The elements with a language of their own, by language; of two, the inner one comes first."""


@dataclass(frozen=True)
class Passage:
    """What a branch says, as a screen reader goes through it."""

    places: tuple[tuple[int, int], ...]
    """The page and MCID of all marked content in reading order."""
    blocks: tuple[Stretch, ...]
    spoken: tuple[Stretch, ...]
    """As in :class:`Branch`."""


NONE: Mapping[str, Branch] = MappingProxyType({})


@dataclass
class _Growing:
    """A branch that is being traversed."""

    read: list[tuple[int, int]] = field(default_factory=list)
    actual: dict[tuple[int, int], str] = field(default_factory=dict)
    roles: Counter[str] = field(default_factory=Counter)
    figures: list[Shape] = field(default_factory=list)
    notes: list[tuple[int, int]] = field(default_factory=list)
    identifiers: list[tuple[str, int]] = field(default_factory=list)
    words: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    blocks: list[Stretch] = field(default_factory=list)
    spoken: list[Stretch] = field(default_factory=list)
    objects: list[int] = field(default_factory=list)
    """The numbers of its elements and annotations."""


class Walk:
    """Traverses the structure tree in reading order."""

    def __init__(self, objects: Objects, pages: Sequence[int], known: Mapping[str, Branch]) -> None:
        """Take the file, the numbers of its pages, and branches that are known from another file."""
        self.objects = objects
        self.numbers = {page: number for number, page in enumerate(pages, 1)}
        self.order: list[list[int]] = [[] for _ in pages]
        self.actual: dict[tuple[int, int], str] = {}
        self.findings: list[Finding] = []
        self.late: list[int] = []
        """The pages that are read aloud after a later one."""
        self.figures: list[Figure] = []
        self.roles = Counter[str]()
        self.notes: set[tuple[int, int]] = set()
        self.branches: dict[str, Branch] = {}
        """The branches of this file."""
        self.passages: list[Passage] = []
        """The branches in reading order."""
        self._known = known
        self._identifiers: set[str] = set()
        self._descriptions: dict[int, str] = {}
        self.named, is_sound = trees.destinations(objects)
        self.places = {
            name: (self.numbers.get(page, 0), top) for name, (page, top) in self.named.items()
        }
        """The pages of the named destinations, and the heights on them."""
        if not is_sound:
            self.findings.append((0, "The targets of the document’s links cannot be looked up"))
        self._seen: set[int] = set()
        self._packs: set[int] = set()
        """The object streams of the branches."""
        self._grown = _Growing()
        self._words: dict[int, list[tuple[int, int]]] = {}
        """The page and MCID of all marked content in the element of each annotation."""
        self._targets: dict[int, Target] = {}
        self._read: list[tuple[int, int]] = []
        """The page and MCID of all marked content in reading order."""

    def tags(self) -> None:
        """Traverse the structure tree (14.7.2)."""
        kids = self.objects.tree.get("/K")
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, Ref):
                self._element(kid, 0)
        self._add(self._grown)
        latest = 0
        for page, mcid in self._read:
            if (page, mcid) in self.notes:
                # A note is read behind its call, also where it goes on on the next page.
                self.order[page - 1].append(mcid)
                continue
            if page < latest:
                self.late.append(page)
            latest = max(latest, page)
            self.order[page - 1].append(mcid)

    def _branch(self, number: int) -> None:
        """Read an element directly below the document's, with its descendants."""
        pack = self.objects.pack_of.get(number, 0)
        key = f"{number} {self.objects.checksum(pack)}" if pack else ""
        known = self._known.get(key) if key else None
        if known and self._is_there(known):
            self._add(known)
            self._packs.update(known.packs)
            self.branches[key] = known
            return
        before, self._grown = self._grown, _Growing()
        findings = len(self.findings)
        self._element(number, 1)
        grown, self._grown = self._grown, before
        packs = {self.objects.pack_of.get(one, 0) for one in grown.objects}
        targets = {
            one: self._target(self.numbers.get(self._page_of(words), 0), Ref(one))
            for one, words in grown.words.items()
        }
        made = Branch(
            {one: self.objects.checksum(one) for one in sorted(packs)} if 0 not in packs else {},
            tuple(grown.read),
            tuple((*place, text) for place, text in grown.actual.items()),
            dict(sorted(grown.roles.items())),
            tuple(grown.figures),
            tuple(grown.notes),
            tuple(grown.identifiers),
            grown.words,
            targets,
            tuple(grown.blocks),
            tuple(grown.spoken),
        )
        self._add(made)
        if key and 0 not in packs and len(self.findings) == findings and not packs & self._packs:
            self.branches[key] = made
        self._packs |= packs

    def _is_there(self, known: Branch) -> bool:
        """Tell whether the object streams of a branch are in this file, and belong to no other branch."""
        return all(
            self.objects.checksum(pack) == checksum and pack not in self._packs
            for pack, checksum in known.packs.items()
        )

    def _add(self, grown: _Growing | Branch) -> None:
        """Add what a branch holds."""
        on = self.numbers
        self._read += [(on[page], mcid) for page, mcid in grown.read if page in on]
        actual = grown.actual
        if isinstance(actual, Mapping):
            actual = tuple((*place, text) for place, text in actual.items())
        self.actual |= {(on[page], mcid): text for page, mcid, text in actual if page in on}
        self.roles.update(grown.roles)
        for alternative, content, box in grown.figures:
            there = tuple((on[page], mcid) for page, mcid in content if page in on)
            self.figures.append(Figure(alternative, there, box))
        self.notes.update((on[page], mcid) for page, mcid in grown.notes if page in on)
        for name, page in grown.identifiers:
            if not name or name in self._identifiers:
                self.findings.append((on.get(page, 0), "A note on the page has no ID of its own"))
            self._identifiers.add(name)
        for annotation, words in grown.words.items():
            self._words[annotation] = [(on[page], mcid) for page, mcid in words if page in on]
        if isinstance(grown, Branch):
            self._targets |= grown.targets
            places = tuple((on.get(page, 0), mcid) for page, mcid in grown.read)
            self.passages.append(Passage(places, grown.blocks, grown.spoken))

    def _element(self, number: int, depth: int) -> None:
        """Read an element and its descendants."""
        text = self.objects.text.get(number, b"")
        if number in self._seen or depth > DEEPEST or number not in self.objects.text:
            self.findings.append((0, "The document’s tags cannot be read"))
            return
        self._seen.add(number)
        usual = ELEMENT.fullmatch(text)
        actual: str | None = None
        language = ""
        if usual:
            kids, home, role = usual.groups()
        else:
            kids, home, role, actual, language = self._unusual(text)
        grown = self._grown
        grown.objects.append(number)
        start = len(grown.read)
        annotations = []
        for child, marked, page, annotation, own in KID.findall(kids):
            if child and depth == 0:
                self._branch(int(child))
            elif child:
                self._element(int(child), depth + 1)
            elif annotation:
                annotations.append(int(annotation))
            else:
                grown.read.append((int(page or home or 0), int(marked or own)))
        content = tuple(grown.read[start:])
        if actual is not None:
            for place in content:
                grown.actual[place], actual = actual, ""
        grown.roles[role.decode("latin-1")] += 1
        if role in BLOCKS:
            grown.blocks.append((role.decode(), start, len(grown.read)))
        if language:
            grown.spoken.append((language, start, len(grown.read)))
        if role == b"Figure":
            grown.figures.append(_shape(parse(text) or {}, content))
        if role == b"Note":
            grown.notes += content
            grown.identifiers.append((str(parse(text).get("/ID", "")), self._page_of(content)))
        if role == b"Link":
            for annotation in annotations:
                grown.words[annotation] = content
                grown.objects.append(annotation)

    @staticmethod
    def _page_of(content: Sequence[tuple[int, int]]) -> int:
        return content[0][0] if content else 0

    def _unusual(self, text: bytes) -> tuple[bytes, bytes, bytes, str | None, str]:
        """Return kids (in their usual form), page, role, ActualText and language of any element."""
        element = parse(text)
        if not isinstance(element, Mapping):
            return b"", b"", b"", None, ""
        kids = []
        value = element.get("/K")
        listed = self.objects.at(value)  # its only kid, or an indirect array of kids
        for kid in listed if isinstance(listed, list) else [value]:
            if isinstance(kid, Ref):
                kids.append(b"%d 0 R" % kid)
            elif isinstance(kid, int):
                kids.append(b"%d" % kid)
            elif isinstance(kid, Mapping) and "/Obj" in kid:
                kids.append(b"<< /Obj %d 0 R /Type /OBJR >>" % kid["/Obj"])
            elif isinstance(kid, Mapping) and "/MCID" in kid:
                page = kid.get("/Pg", element.get("/Pg", 0))
                kids.append(b"<< /MCID %d /Pg %d 0 R /Type /MCR >>" % (kid["/MCID"], page))
        role = str(element.get("/S", ""))[1:].encode()
        actual = str(element["/ActualText"]) if "/ActualText" in element else None
        language = str(element.get("/Lang", ""))
        return b" ".join(kids), b"%d" % element.get("/Pg", 0), role, actual, language

    def link(self, page: int, annotation: Any) -> Link:
        """Return a link annotation (12.5.6.5) of a page."""
        words = tuple(mcid for on, mcid in self._words.get(annotation, ()) if on == page)
        target = self._targets.get(annotation)
        if target is None:
            target = self._target(page, annotation)
        there = (
            self.places.get(target.place, (0, 0))[0]
            if target.place
            else self.numbers.get(target.page, 0)
        )
        aloud = self._spoken(target.spoken) if target.spoken else target.aloud
        return Link(target.box, there, target.address, words, aloud, target.place)

    def _target(self, page: int, annotation: Any) -> Target:
        """Return what an annotation of a page states; note what is wrong with it."""
        usual = LINK.fullmatch(self.objects.text.get(annotation, b""))
        if usual:
            left, bottom, right, top = (float(usual[place]) for place in range(3, 7))
            place = trees.name_of(usual[1])
            return Target((left, bottom, right, top), place, 0, "", int(usual[2]), "")
        dictionary = self.objects.at(annotation) or {}
        action = self.objects.at(dictionary.get("/A")) or {}
        kind = action.get("/S")
        if dictionary.get("/Subtype") != "/Link" or "/AP" in dictionary:
            self.findings.append((page, "An annotation on the page is not a link"))
        if "/Next" in action:
            self.findings.append((page, "A link has a further action"))
        if kind is not None and kind not in ACTIONS:
            self.findings.append((0, f"The document has an action of the kind {kind[1:]}"))
        place = self.objects.at(action.get("/D") or dictionary.get("/Dest"))
        direct = place[0] if isinstance(place, list) and place else 0
        rectangle = self.objects.at(dictionary.get("/Rect")) or (0, 0, 0, 0)
        left, bottom, right, top = (float(value) for value in rectangle)
        said = dictionary.get("/Contents")
        spoken = int(said) if isinstance(said, Ref) else 0
        return Target(
            (left, bottom, right, top),
            place if isinstance(place, str) else "",
            int(direct) if isinstance(direct, Ref) else 0,
            str(action.get("/URI") or ""),
            spoken,
            "" if spoken else str(said or ""),
        )

    def _spoken(self, number: int) -> str:
        """Return an alternate description; those of links to one page are the same object."""
        if number not in self._descriptions:
            self._descriptions[number] = str(self.objects[number] or "")
        return self._descriptions[number]


def _shape(figure: Mapping[str, Any], content: tuple[tuple[int, int], ...]) -> Shape:
    """Return what is said of a figure with marked content."""
    said = figure.get("/A")
    box = said.get("/BBox") if isinstance(said, Mapping) else None
    alternative = str(figure.get("/Alt", ""))
    if not isinstance(box, list):
        return alternative, content, None
    left, bottom, right, top = map(float, box)
    return alternative, content, (left, bottom, right, top)
