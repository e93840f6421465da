"""Reads the corpus's own templates, and the designs of both program and corpus."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from dossier.machine import files, fonts, templates
from dossier.machine.files import TEMPLATES as FOLDER
from dossier.names.likeness import did_you_mean
from dossier.read import guesses, placed_yaml
from dossier.read.placed_yaml import KeyPath, Places
from dossier.read.profiles import FOLDER as PROFILES
from dossier.read.reader import Reader
from dossier.records.design import Design
from dossier.records.publication import DEFAULT_DESIGN, Publication
from dossier.records.sections import LETTERS, ORDER
from dossier.records.templates import Templates

SUFFIXES = {
    "": (".html",),
    "sections": (".html",),
    "partials": (".html",),
    "styles": (".css",),
    "styles/print": (".css",),
    "words": (".yaml",),
    "designs": (".yaml",),
    PROFILES: (".yaml",),
    "fonts": (".ttf", ".otf"),
}
"""The suffixes of the files in each folder of templates."""
REPLACING = ("", "sections", "styles")
"""Folders in which a file is used only if it replaces one of the program's own."""
MAX_FONT = 20_000_000
"""Bytes."""
SEE = "docs/design.md tells which files there may be."


def read_templates(reader: Reader) -> Templates:
    """Return the templates of a corpus, from its folder ``templates/``; note files that cannot be used."""
    texts: dict[str, str] = {}
    profiles: dict[str, str] = {}
    own_fonts: dict[str, bytes] = {}
    for path in files.templates_of(reader.root):
        relative = path.relative_to(reader.root).as_posix()
        name = relative.removeprefix(f"{FOLDER}/")
        folder = name.rpartition("/")[0]
        if path.suffix not in SUFFIXES.get(folder, ()):
            reader.fault(relative, 1, 1, "The file is not a template", f"Move it elsewhere: {SEE}")
        elif folder in REPLACING and name not in _built_in():
            remedy = did_you_mean(name, _built_in(), SEE[0].upper() + SEE[1:])
            reader.fault(relative, 1, 1, f"There is no template “{name}” to be replaced", remedy)
        elif folder == "fonts":
            if (raw := reader.raw(relative, MAX_FONT)) is not None:
                own_fonts[path.name] = raw
        elif (text := reader.text(relative)) is not None:
            (profiles if folder == PROFILES else texts)[name] = text
    return Templates(
        tuple(sorted(texts.items())),
        tuple(sorted(own_fonts.items())),
        tuple(sorted(profiles.items())),
        reader.name(FOLDER),
    )


@functools.cache
def _built_in() -> tuple[str, ...]:
    """Return the names of the templates that can be replaced."""
    folder = templates.folder()
    names = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix in (".html", ".css")
    }
    # A section without a template of its own is filled in with "sections/plain.html".
    return tuple(
        sorted(names | {f"sections/{section}.html" for section in ORDER if section != LETTERS})
    )


class Designs:
    """The designs that the packets of a corpus name; each is read once."""

    def __init__(self, own: Templates, reader: Reader) -> None:
        """Take the corpus's own templates, and the reader that notes faults."""
        self._own = own
        self._reader = reader
        self._texts = dict(own.texts)
        self._known: dict[str, Design] = {}

    def look(self, publication: Publication, where: KeyPath, places: Places) -> Design:
        """Return the design of a packet, whose keys are under ``where`` in dossier.yaml.

        A design that does not exist is noted and replaced by the default design; a paper that the design
        does not have is noted.
        """
        names = self._names()
        name = publication.design
        if name not in names:
            remedy = did_you_mean(name, names, f"There is: {', '.join(names)}.")
            place = places.of((*where, "design"))
            self._reader.found.append(places.error(place, f"There is no design “{name}”", remedy))
            name = DEFAULT_DESIGN
        if name not in self._known:
            self._known[name] = self._read(name)
        design = self._known[name]
        if publication.paper not in design.papers:
            remedy = guesses.unquoted(publication.paper) or did_you_mean(
                publication.paper,
                list(design.papers),
                f"The values are: {', '.join(design.papers)}.",
            )
            message = f"“{publication.paper}” is not a value of “paper”"
            place = places.of((*where, "paper"))
            self._reader.found.append(places.error(place, message, remedy))
        elif publication.bates and (crowded := design.crowds(publication.bates)):
            message = f"In the design “{name}” {crowded[0]}"
            place = places.of((*where, "bates"))
            self._reader.found.append(places.error(place, message, crowded[1]))
        elif misfit := design.misfit(publication.paper):
            message = f"In the design “{name}” {misfit[0]}"
            place = places.of((*where, "design"))
            self._reader.found.append(places.error(place, message, misfit[1]))
        return design

    def _names(self) -> list[str]:
        there = [path.stem for path in (templates.folder() / "designs").glob("*.yaml")]
        own = [Path(name).stem for name in self._texts if name.startswith("designs/")]
        return sorted({*there, *own})

    def _read(self, name: str) -> Design:
        """Return a design, with the default design's values for the keys that it does not state."""
        stated: Any = {}
        files_ = [f"designs/{design}.yaml" for design in dict.fromkeys((DEFAULT_DESIGN, name))]
        for file in files_:
            path = templates.folder() / file
            if path.is_file():
                stated = _overlaid(stated, placed_yaml.load(path.read_text("utf-8"), file)[0])
        sound = Design.model_validate(stated)
        for file in files_:
            if file not in self._texts:
                continue
            relative = f"{FOLDER}/{file}"
            data, places, found = placed_yaml.load(self._texts[file], self._reader.name(relative))
            self._reader.found += found
            if data is None:
                continue
            if not isinstance(data, dict):
                data = {"design": data}
            stated = _overlaid(stated, data)
            design = self._reader.model(Design, stated, places)
            if design is None:
                continue
            sound = design
            self._check_families(design, places)
        return sound

    def _check_families(self, design: Design, places: Places) -> None:
        """Note font families that are not installed, and font files that are missing."""
        own = dict(self._own.fonts)
        for number, face in enumerate(design.fonts.faces):
            if face.file not in own:
                place = places.of(("fonts", "faces", number, "file"))
                remedy = did_you_mean(face.file, list(own), f"Put it into {FOLDER}/fonts.")
                message = f"There is no font file “{face.file}”"
                self._reader.found.append(places.error(place, message, remedy))
        there = [face.family for face, _ in fonts.installed()]
        known = dict.fromkeys([*(face.family for face in design.fonts.faces), *there])
        wanted = {("fonts", "text"): design.fonts.text} | {
            ("fonts", "languages", language): family
            for language, family in design.fonts.languages.items()
        }
        for where, family in wanted.items():
            if family not in known:
                remedy = did_you_mean(family, list(known), f"There is: {', '.join(known)}.")
                message = f"There is no font family “{family}”"
                self._reader.found.append(places.error(places.of(where), message, remedy))


def _overlaid(base: Any, stated: Any) -> Any:
    """Return the values of ``stated``, and those of ``base`` for keys that it does not have."""
    if not (isinstance(base, dict) and isinstance(stated, dict)):
        return stated
    return base | {
        key: _overlaid(base[key], value) if key in base else value for key, value in stated.items()
    }
