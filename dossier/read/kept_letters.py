"""The cache of letters as they were read: a file that has not changed is not read as a letter again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.read.placed_yaml import Place
from dossier.records.body import Body, pictures_of
from dossier.records.diagnostics import Diagnostic
from dossier.records.dossier import SourceFile
from dossier.records.enclosing import Kind
from dossier.records.front_matter import FrontMatter

FORMAT = "letters 3"
"""Changes when the fields of what is kept do."""
AGAIN = 5
"""How many known letters are read nevertheless, which takes some milliseconds."""


@dataclass(frozen=True)
class ReadLetter:
    """What a letter's file says, and what checks of the whole corpus need of it."""

    head: FrontMatter
    body: Body
    signature_places: tuple[tuple[str, int, int], ...]
    """The file of each signature, as findings call it, with line and column."""
    lists: tuple[SourceFile, ...]
    body_line: int
    """The line of the file at which the text begins."""
    relations: dict[str, Place]
    """The place of each key that names another letter."""
    files: dict[Kind, Place]
    """The place of each key that names a file, such as the source."""


@dataclass(frozen=True)
class Recalled:
    """A letter that the cache has, and the findings in its file."""

    letter: ReadLetter
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Kept:
    """A letter as it is kept: its head as plain values, which have to be valid when they are used."""

    head: dict[str, Any]
    body: Body
    signature_places: tuple[tuple[str, int, int], ...]
    body_line: int
    relations: dict[str, Place]
    files: dict[Kind, Place]
    findings: tuple[Diagnostic, ...]


class KeptLetters:
    """The letters of a corpus as earlier builds have read them, under keys of all that decides this.

    Each entry depends on the bytes of one file, on the name of the corpus in findings, the version of its
    format, and on the program with its fonts. Letters with lists of signatures or pictures, which stand in
    files of their own, are not kept.

    That a kept letter is the one that was read rests on the store's seal. :data:`AGAIN` letters are read
    nevertheless, and if one of them was kept wrongly, all are. ``verify`` uses no cache.
    """

    def __init__(self, store: Store | None = None, program_checksum: str = "") -> None:
        """Take the cache; ``program_checksum`` also covers the installed packages and fonts."""
        self._shelf = Shelf(store, FORMAT, program_checksum, dict[str, Kept])
        self._has_store = store is not None
        self._known: Mapping[str, Kept] = {}
        self._new: dict[str, Kept] = {}
        self._place = ""
        self._keys: dict[str, str] = {}
        """The key of each file."""
        self._sample: list[str] = []

    def open(self, shown: str, version: int, files: Mapping[str, bytes]) -> list[str]:
        """Look up letters by the bytes of their ``files``; return the paths of those to be read first.

        ``shown`` is the name of the corpus in findings, ``version`` that of its format.
        """
        if not self._has_store:
            return []
        self._place = self._shelf.key(shown)
        context = self._shelf.key(shown, str(version))
        self._keys = {path: _key(context, path, raw) for path, raw in files.items()}
        self._known, self._new = self._shelf.get(self._place) or {}, {}
        run = hashlib.sha256("".join(self._keys.values()).encode()).hexdigest()

        def place(path: str) -> bytes:
            return hashlib.sha256(f"{run} {self._keys[path]}".encode()).digest()

        known = [path for path, key in self._keys.items() if key in self._known]
        self._sample = sorted(known, key=place)[:AGAIN]
        return self._sample

    def get(self, path: str) -> Recalled | None:
        """Return the letter that a file is, None where it has to be read."""
        kept = self._known.get(self._keys.get(path, ""))
        if kept is None or path in self._sample:
            return None
        try:
            head = FrontMatter.model_validate(kept.head)
        except ValidationError:
            return None
        self._new[self._keys[path]] = kept
        letter = ReadLetter(
            head, kept.body, kept.signature_places, (), kept.body_line, kept.relations, kept.files,
        )  # fmt: skip
        return Recalled(letter, kept.findings)

    def put(self, path: str, letter: ReadLetter, findings: Iterable[Diagnostic]) -> None:
        """Keep a letter that was read, and the findings in its file.

        If the file was known as another letter, nothing that earlier builds have kept is used from now on.
        """
        if not self._has_store or letter.lists or next(pictures_of(letter.body.nodes), None):
            return
        head = letter.head.model_dump(mode="json", exclude_defaults=True)
        try:
            if FrontMatter.model_validate(head) != letter.head:
                return
        except ValidationError:
            return
        key = self._keys[path]
        made = self._new[key] = Kept(
            head, letter.body, letter.signature_places, letter.body_line, letter.relations,
            letter.files, tuple(findings),
        )  # fmt: skip
        if key in self._known and self._known[key] != made:
            self._known = {}

    def save(self) -> None:
        """Keep the letters of this run, and none of earlier ones that it has not used."""
        if self._has_store and self._new.keys() != self._known.keys():
            self._shelf.put(self._place, self._new)


def _key(context: str, path: str, raw: bytes) -> str:
    digest = hashlib.sha256(f"{context}{path}\0".encode("utf-8", "surrogatepass"))
    digest.update(raw)
    return digest.hexdigest()
