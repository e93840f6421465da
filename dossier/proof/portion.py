"""Compares the file of a volume with the pages of the proved whole, object by object.

Both graphs are walked side by side from each pair of pages: what they refer to must be alike in all but the
objects' numbers, and one object must always stand for the same other one. References are to ISO 32000-1
(PDF 1.7).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from dossier.proof import trees
from dossier.proof.allowed import statements
from dossier.proof.allowed.statements import ESCAPES
from dossier.proof.objects import Objects, Ref
from dossier.proof.tags import Finding

KEYS = ("/StructParents", "/StructParent")
"""Numbers in the parent tree (14.7.4.4), which differ from file to file."""


SPECIAL = re.compile(rb"/StructParents? |/Subtype /Link ")
"""Matches in objects that are parsed, as some of their values differ: pages and links."""
TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|(\d+) 0 R", re.DOTALL)
"""A string, which may hold anything, or a reference."""
UNLIKE = "The page is not as in the whole"


class UnlikeError(Exception):
    """The file differs from the whole."""

    def __init__(self, page: int, message: str) -> None:
        """Take the page, counted from 1 in the file, 0 for none, and the message."""
        super().__init__(message)
        self.page, self.message = page, message


class Whole(Objects):
    """The whole file, with what is looked up in it for each volume."""

    @functools.cached_property
    def numbers(self) -> Sequence[int]:
        """The numbers of its pages."""
        return self.pages()

    @functools.cached_property
    def places(self) -> Mapping[str, int]:
        """The page of each named destination."""
        return {name: page for name, (page, _) in trees.destinations(self)[0].items()}

    @functools.cached_property
    def owners(self) -> Mapping[int, int]:
        """The tags of each page and link, by its number in the parent tree."""
        return trees.owners(self)[0]

    @functools.cached_property
    def exact(self) -> Mapping[str, list[Any]]:
        """Where on its page each named destination lies."""
        return exact(self)


class Portion:
    """A volume beside the whole."""

    def __init__(
        self,
        objects: Objects,
        whole: Whole,
        pages: Sequence[int],
        same: Sequence[int],
        elsewhere: Mapping[int, str],
    ) -> None:
        """Take the volume and the whole, the pages of the volume, and the same pages of the whole.

        ``elsewhere`` has the name of the file in which each other page of the whole is.
        """
        self._objects, self._whole = objects, whole
        self._pages = pages
        self._known: dict[int, int] = {}
        """The objects of the whole, by those of the volume."""
        self._back: dict[int, int] = {}
        self._waiting: list[tuple[int, int, int]] = []
        self._elsewhere = elsewhere
        spots, self._sound = trees.destinations(objects)
        self._places = {name: page for name, (page, _) in spots.items()}
        self._owners, self._owned = trees.owners(objects)
        self._used: set[int] = set()
        """The keys of the parent tree that pages and links use."""
        for own, other in (
            *zip(pages, same, strict=True),
            (objects.root["/Pages"], whole.root["/Pages"]),
            (objects.root["/StructTreeRoot"], whole.root["/StructTreeRoot"]),
            (objects.tree["/K"][0], whole.tree["/K"][0]),
        ):
            self._pair(own, other)
        self._others = set(whole.numbers) - set(same)
        self._field, self._whole_field = field_of(objects), field_of(whole)
        """The fields for signatures, which each file has for itself; 0 for none."""

    def findings(self) -> Iterator[Finding]:
        """Yield what is there besides the pages and what they are made of."""
        for place, number in enumerate(self._pages, 1):
            if "/Contents" in self._objects[number]:
                there = self._objects[number + 1], self._whole[self._known[number] + 1]
                if there[0] != there[1]:
                    yield place, "Links to the page are read aloud otherwise than in the whole"

    def compare_pages(self) -> None:
        """Walk from each page; raise UnlikeError at the first difference."""
        for place, number in enumerate(self._pages, 1):
            self._waiting.append((place, number, self._known[number]))
            while self._waiting:
                page, own, other = self._waiting.pop()
                self._compare(page, own, other)

    def compare_catalog(self, labels: Sequence[Any], attached: Collection[str]) -> None:
        """Compare the catalog (7.7.2), the resources of which are those of the whole.

        ``labels`` are the ranges of page labels that it should have, ``attached`` the names of the files
        that are attached to it.
        """
        if (self._field == 0) != (self._whole_field == 0):
            message = "The file should have a field for a signature where the whole has one"
            raise UnlikeError(0, message)
        own, other = dict(self._objects.root), dict(self._whole.root)
        own.pop("/AcroForm", None)
        other.pop("/AcroForm", None)
        top = self._objects[self._pages[0]]["/MediaBox"][3]
        should = {
            "/OpenAction": [self._pages[0], "/XYZ", 0, top, 1],
            "/PageLabels": {"/Nums": labels},
        }
        for key, value in should.items():
            if own.pop(key) != value:
                raise UnlikeError(0, f"The file’s {key[1:]} are not those of the volume")
            other.pop(key)
        self._compare_attachments(own.pop("/AF", []), other.pop("/AF", []), attached)
        for key in ("/Metadata", "/Names", "/Outlines"):
            del own[key], other[key]
        self._alike(0, own, other)
        while self._waiting:
            self._compare(*self._waiting.pop())

    def _compare_attachments(
        self, own: list[Any], other: list[Any], attached: Collection[str]
    ) -> None:
        """Compare the attached files (ISO 19005-3, 6.8) with those of the whole that should be here."""
        wanted = [number for number in other if self._whole[number]["/F"] in attached]
        if len(own) != len(wanted):
            message = f"The volume has {len(own)} attachments, and should have {len(wanted)}"
            raise UnlikeError(0, message)
        self._alike(0, own, wanted)
        names, named = (
            (one.root["/Names"].get("/EmbeddedFiles") or {"/Names": []})["/Names"]
            for one in (self._objects, self._whole)
        )
        pairs = zip(named[::2], named[1::2], strict=True)
        should = [(name, number) for name, number in pairs if number in wanted]
        there = list(zip(names[::2], map(self._known.get, names[1::2]), strict=True))
        if there != should:
            raise UnlikeError(0, "The attachments by name are not those of the volume")

    def bookmarks(self) -> Iterator[Finding]:
        """Yield the bookmarks (12.3.3) that lead elsewhere than those of the whole that say the same."""
        whole = self._whole
        titled: dict[int, set[str]] = {}
        for _, item, _ in statements.items(whole, whole.root["/Outlines"], 1):
            titled.setdefault(item["/Dest"][0], set()).add(item["/Title"])
        reached: set[int] = set()
        for _, item, _ in statements.items(self._objects, self._objects.root["/Outlines"], 1):
            if "/A" in item:
                action = item["/A"]
                target = whole.places.get(action["/D"], 0)
                name = self._elsewhere.get(target, "")
                leads = action == {
                    "/D": action["/D"],
                    "/F": {"/F": name, "/UF": name},
                    "/S": "/GoToR",
                }
            else:
                target = self._known.get(item["/Dest"][0], 0)
                leads = item["/Dest"][1:] == [
                    "/XYZ",
                    0,
                    self._objects[item["/Dest"][0]]["/MediaBox"][3],
                    0,
                ]
            reached.add(target)
            if not leads or item["/Title"] not in titled.get(target, ()):
                yield 0, f"The bookmark “{item['/Title']}” leads elsewhere than in the whole"
        if titled.keys() - reached:
            yield 0, "The file lacks bookmarks that the whole has"

    def compare_titles(self, title: str) -> None:
        """Compare what the file says of itself: what the whole says, but for the title."""
        info = dict(self._whole.info)
        before, info["/Title"] = info["/Title"], title
        if dict(self._objects.info) != info:
            raise UnlikeError(0, "What the file says of itself is not what the volume should say")
        line = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>\n'
        own, other = (
            one.data(one.root["/Metadata"]).decode() for one in (self._objects, self._whole)
        )
        old, new = (line.format(one.translate(ESCAPES)) for one in (before, title))
        if other.count(old) != 1 or own != other.replace(old, new):
            raise UnlikeError(0, "The metadata (XMP) of the file are not those of the volume")

    def compare_trees(self) -> None:
        """Compare destinations (12.3.2.3), owners (14.7.4.4), names of tags, and the tags at the top."""
        here = set(map(self._known.__getitem__, self._pages))
        if not (self._sound and self._owned):
            raise UnlikeError(0, "A reader cannot look up all places or tags of the file")
        wanted = {name: page for name, page in self._whole.places.items() if page in here}
        there = {name: self._known.get(page) for name, page in self._places.items()}
        if there != wanted or exact(self._objects) != {
            name: place for name, place in self._whole.exact.items() if name in wanted
        }:
            raise UnlikeError(
                0, "The places to which links lead are not those of the volume’s pages"
            )
        own_field = {self._objects[self._field]["/StructParent"]} if self._field else set()
        if self._used != set(self._owners) - own_field:
            raise UnlikeError(0, "The file has the tags of other pages")
        self._compare_tops()
        own, other = (one.at(one.tree.get("/IDTree")) for one in (self._objects, self._whole))
        pairs = list(zip(own["/Names"][::2], own["/Names"][1::2], strict=True)) if own else []
        named = list(zip(other["/Names"][::2], other["/Names"][1::2], strict=True)) if other else []
        wanted_names = [(name, self._back[tag]) for name, tag in named if tag in self._back]
        if pairs != wanted_names:
            raise UnlikeError(0, "The names of notes are not those of the volume’s pages")
        for key, role in self._objects.tree.get("/RoleMap", {}).items():
            if self._whole.tree.get("/RoleMap", {}).get(key) != role:
                raise UnlikeError(0, "The file has other roles of tags than the whole")

    def _compare_tops(self) -> None:
        """Compare the tags at the top: those of the pages, in their sequence, and no others."""
        own = self._objects[self._objects.tree["/K"][0]]["/K"]
        other = self._whole[self._whole.tree["/K"][0]]["/K"]
        if self._field:
            # That of the field is read last.
            *own, _ = own
        if [self._known.get(tag) for tag in own] != [tag for tag in other if tag in self._back]:
            raise UnlikeError(0, "The tags of the file are not those of the volume’s pages")

    def compare_field(self) -> None:
        """Compare the field for a signature (12.7.4.5), which is on the last page that shows anything."""
        objects, whole = self._objects, self._whole
        if not self._field:
            return
        own, other = objects[self._field], whole[self._whole_field]
        last = [number for number in self._pages if "/Contents" in objects[number]][-1]
        on = [page for page in self._pages if self._field in objects[page].get("/Annots", ())]
        tag = Ref(objects[objects.tree["/K"][0]]["/K"][-1])
        alike = all(own[key] == other[key] for key in own.keys() - {"/P", "/StructParent"})
        held = {"/Obj": self._field, "/Pg": last, "/Type": "/OBJR"}
        if not (
            alike
            and on == [last] == [own["/P"]]
            and self._owners.get(own["/StructParent"]) == tag
            and (objects[tag]["/S"], objects[tag]["/K"]) == ("/Form", held)
        ):
            raise UnlikeError(
                0, "The field for the signature is not the one that the volume should have"
            )

    def _pair(self, own: int, other: int) -> None:
        self._known[own], self._back[other] = other, own

    def _compare(self, page: int, own: int, other: int) -> None:
        """Compare a pair of objects."""
        one, two = self._objects, self._whole
        if one.raw(own) != two.raw(other):
            raise UnlikeError(
                page, "What the page shows is not what the same page of the whole shows"
            )
        if not SPECIAL.search(one.text[own]):
            self._alike_text(page, one.text[own], two.text[other])
            return
        there, wanted = one[own], two[other]
        if isinstance(there, dict) and isinstance(wanted, dict):
            there, wanted = dict(there), dict(wanted)
            for key in KEYS:
                self._compare_owners(page, there.pop(key, None), wanted.pop(key, None))
            _leave_out(there, self._field)
            _leave_out(wanted, self._whole_field)
            if there.get("/Subtype") == "/Link" == wanted.get("/Subtype"):
                self._compare_link(page, there, wanted)
        self._alike(page, there, wanted)

    def _compare_owners(self, page: int, own: int | None, other: int | None) -> None:
        if (own is None) != (other is None):
            raise UnlikeError(page, "The page is not tagged as in the whole")
        if own is not None and other is not None:
            self._used.add(own)
            self._alike(page, Ref(self._owners[own]), Ref(self._whole.owners[other]))

    def _compare_link(self, page: int, there: dict[str, Any], wanted: dict[str, Any]) -> None:
        """Compare where a link leads, and leave out what differs as it should."""
        action = wanted["/A"]
        target = self._whole.places.get(action.get("/D", ""))
        if target is None or target not in self._elsewhere:
            return
        name = self._elsewhere[target]
        file = {"/F": name, "/UF": name}
        if there["/A"] != {"/D": action["/D"], "/F": file, "/S": "/GoToR"}:
            raise UnlikeError(page, f"A link should lead into {name}, and does not")
        if there["/Contents"] != self._whole.at(wanted["/Contents"]):
            raise UnlikeError(page, "A link is read aloud otherwise than in the whole")
        for key in ("/A", "/Contents"):
            del there[key], wanted[key]

    def _alike_text(self, page: int, there: bytes, wanted: bytes) -> None:
        """Compare the texts of two objects: alike but for the numbers of what they refer to."""
        own, other = (
            [found.span(1) for found in TOKEN.finditer(one) if found[1]] for one in (there, wanted)
        )
        if _without(there, own) != _without(wanted, other):
            raise UnlikeError(page, UNLIKE)
        for one, two in zip(own, other, strict=True):
            self._alike(page, Ref(there[slice(*one)]), Ref(wanted[slice(*two)]))

    def _alike(self, page: int, there: Any, wanted: Any) -> None:
        """Compare two values; raise UnlikeError where they differ."""
        if isinstance(there, Ref) and isinstance(wanted, Ref):
            if wanted in self._others:
                raise UnlikeError(page, "The page belongs to another volume")
            if there not in self._known and wanted not in self._back:
                self._pair(there, wanted)
                self._waiting.append((page, there, wanted))
            elif self._known.get(there) != wanted:
                raise UnlikeError(page, "The page is not made of the same parts as in the whole")
        elif isinstance(there, dict) and isinstance(wanted, dict) and there.keys() == wanted.keys():
            for key, value in there.items():
                self._alike(page, value, wanted[key])
        elif isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
            for one, other in zip(there, wanted, strict=True):
                self._alike(page, one, other)
        elif type(there) is not type(wanted) or there != wanted:
            raise UnlikeError(page, UNLIKE)


def field_of(objects: Objects) -> int:
    """Return the number of the field for a signature, 0 where a file has none."""
    fields = objects.root.get("/AcroForm", {}).get("/Fields", [])
    return int(fields[0]) if fields else 0


def _leave_out(page: dict[str, Any], field: int) -> None:
    """Leave the field for a signature out of the annotations of a page."""
    if field and field in page.get("/Annots", ()):
        page["/Annots"] = [one for one in page["/Annots"] if one != field]
        if not page["/Annots"]:
            del page["/Annots"]


def exact(objects: Objects) -> dict[str, list[Any]]:
    """Return where on its page each named destination lies."""
    found: dict[str, list[Any]] = {}
    for kid in objects[objects.root["/Names"]["/Dests"]]["/Kids"]:
        names = objects[kid]["/Names"]
        found |= {name: place[1:] for name, place in zip(names[::2], names[1::2], strict=True)}
    return found


def _without(text: bytes, spans: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return what stands between some parts of a text."""
    ends = [0, *(end for _, end in spans)]
    begins = [*(start for start, _ in spans), len(text)]
    return [text[start:end] for start, end in zip(ends, begins, strict=True)]
