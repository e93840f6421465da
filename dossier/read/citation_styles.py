"""Reads the citation style that a packet names: one of the official repository, or a file of the corpus.

A style is read as XML and taken as it is; whether its rules make sense shows when works are formatted.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from dossier.machine import citation_styles, files, fonts
from dossier.machine.citation_styles import SUFFIX
from dossier.machine.files import STYLES
from dossier.names.likeness import did_you_mean
from dossier.read import guesses
from dossier.read.placed_yaml import KeyPath, Place, Places
from dossier.read.reader import Reader
from dossier.records.citation_style import CitationStyle
from dossier.records.diagnostics import quoted
from dossier.records.publication import Publication

NAMESPACE = "{http://purl.org/net/xbiblio/csl}"
KEY = "citation_style"
SEE = "See docs/citations.md."
SEVERAL = 6
"""How many styles a remedy names at most."""


class CitationStyles:
    """The styles that the packets of a corpus name; each that is sound is read once."""

    def __init__(self, reader: Reader) -> None:
        """Take the reader that opens the corpus's own styles and notes faults."""
        self._reader = reader
        self._read: dict[str, tuple[str, bool] | None] = {}

    def look(
        self, publication: Publication, where: KeyPath, places: Places
    ) -> CitationStyle | None:
        """Return the style of a publication, whose key is under ``where`` in dossier.yaml.

        None for the program's own style, and for one that cannot be used, which is noted.
        """
        name = publication.citation_style
        if name is None:
            return None
        place = places.of((*where, KEY))
        if citation_styles.pandoc() is None:
            message = "Citation styles need a program that is not installed"
            remedy = f"Install it with: {fonts.pip_install(citation_styles.PACKAGES)}."
            self._reader.found.append(places.error(place, message, remedy))
            return None
        # A fault is noted at each key; those in the style's own file are the same, and count once.
        if self._read.get(name) is None:
            is_file = name.endswith(SUFFIX) and "://" not in name
            self._read[name] = (
                self._own(name, place, places) if is_file else self._installed(name, place, places)
            )
        found = self._read[name]
        at = (place.line, place.column)
        return CitationStyle(name, *found, places.path, at) if found else None

    def _installed(self, name: str, place: Place, places: Places) -> tuple[str, bool] | None:
        """Return an installed style, or its parent: its XML, and whether it has a bibliography."""
        known = citation_styles.known()
        path = known.get(name)
        if path is None:
            message = f"There is no citation style “{name}”"
            self._reader.found.append(places.error(place, message, _remedy(name, list(known))))
            return None
        raw = path.read_bytes()
        root = ElementTree.fromstring(raw)
        parent = _parent(root)
        if parent is not None:
            raw = known[parent].read_bytes()
            root = ElementTree.fromstring(raw)
        return raw.decode("utf-8"), root.find(f"{NAMESPACE}bibliography") is not None

    def _own(self, name: str, place: Place, places: Places) -> tuple[str, bool] | None:
        """Return a style of the corpus, or the style on which it depends."""
        reader = self._reader
        own = [path.relative_to(reader.root).as_posix() for path in files.styles_of(reader.root)]
        if name not in own:
            inside = PurePosixPath(name).parts[:1] == (STYLES,) and ".." not in name
            message = (
                f"There is no file “{name}” in the corpus"
                if inside
                else f"“{name}” is not a path in the corpus’s folder “{STYLES}”"
            )
            otherwise = f"Put the file into “{STYLES}”, and write {STYLES}/NAME{SUFFIX}."
            remedy = guesses.unquoted(name) or did_you_mean(name, own, otherwise)
            reader.found.append(places.error(place, message, remedy))
            return None
        raw = reader.raw(name)
        root = self._parsed(raw, name) if raw is not None else None
        if root is None:
            return None
        parent = _parent(root)
        if parent is not None:
            known = citation_styles.known()
            if parent not in known:
                message = f"The style depends on “{parent}”, which does not exist"
                reader.fault(name, 1, 1, message, _remedy(parent, list(known)))
                return None
            return self._installed(parent, place, places)
        layouts = [root.find(f"{NAMESPACE}{part}") for part in ("bibliography", "citation")]
        if layouts == [None, None]:
            message = "The style prints nothing: it has neither “bibliography” nor “citation”"
            reader.fault(name, 1, 1, message, "Use a complete style.")
            return None
        circle = _circle(root)
        if circle:
            message = f"The style’s macros call each other in a circle: {', '.join(circle)}"
            reader.fault(name, 1, 1, message, "Take one of these calls out.")
            return None
        return ElementTree.tostring(root, encoding="unicode"), layouts[0] is not None

    def _parsed(self, raw: bytes, name: str) -> ElementTree.Element | None:
        """Return the root of a style file; None, with the fault noted, where it is not CSL."""
        remedy = "Use a file of the Citation Style Language, as its repository has them."
        try:
            root = ElementTree.fromstring(raw)
        except ElementTree.ParseError as error:
            line, column = error.position
            why = expat.ErrorString(error.code)
            message = f"The file is not XML: {why}"
            self._reader.fault(name, line, column + 1, message, remedy)
            return None
        except (LookupError, ValueError) as error:  # an encoding that is unknown
            self._reader.fault(name, 1, 1, f"The file is not XML: {error}", remedy)
            return None
        if root.tag != f"{NAMESPACE}style":
            tag = root.tag.rpartition("}")[2]
            message = f"The file is not a citation style: it begins with “{tag}”"
            self._reader.fault(name, 1, 1, message, remedy)
            return None
        return root


def _circle(root: ElementTree.Element) -> list[str]:
    """Return the macros that call each other without end; empty where there are none."""
    calls = {
        macro.get("name", ""): sorted({text.get("macro", "") for text in macro.iter()} - {""})
        for macro in root.iterfind(f"{NAMESPACE}macro")
    }
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return circle
    return []


def _parent(root: ElementTree.Element) -> str | None:
    """Return the id of the style on which a style depends, if it depends on one."""
    for link in root.iterfind(f"{NAMESPACE}info/{NAMESPACE}link"):
        if link.get("rel") == "independent-parent":
            return link.get("href", "").rpartition("/")[2]
    return None


def _remedy(name: str, known: list[str]) -> str:
    """Return the remedy for a style that does not exist."""
    if not citation_styles.has_repository():
        install = fonts.pip_install(citation_styles.PACKAGES)
        return f"The official styles are not installed. Install them with: {install}."
    plain = name.rpartition("/")[2].removesuffix(SUFFIX).casefold().replace(" ", "-")
    if plain in known:
        return f"Did you mean “{plain}”?"
    begin = sorted((key for key in known if key.startswith(plain)), key=lambda key: (len(key), key))
    if plain and len(begin) > 1:
        return f"Did you mean one of {quoted(begin[:SEVERAL])}? {SEE}"
    return did_you_mean(plain, known, SEE)
