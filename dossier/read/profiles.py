"""Reads profiles: those of the program, and those that a corpus has in ``templates/profiles/``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from dossier.machine import templates
from dossier.machine.files import TEMPLATES
from dossier.names.likeness import did_you_mean
from dossier.read import placed_yaml
from dossier.read.placed_yaml import KeyPath, Places
from dossier.read.reader import Reader, plain_text
from dossier.records.diagnostics import Severity
from dossier.records.profile import Profile, ProfileFile
from dossier.records.templates import Templates

FOLDER = "profiles"


class Profiles:
    """The profiles that the packets of a corpus may name; each is read once."""

    def __init__(self, own: Templates, reader: Reader) -> None:
        """Take the corpus's own profiles, and the reader that notes faults."""
        self._own: Mapping[str, str] = dict(own.profiles)
        self._reader = reader
        self._known: dict[str, Profile | None] = {}

    def named(self, name: str, where: KeyPath, places: Places) -> Profile | None:
        """Return the profile that the keys under ``where`` in dossier.yaml name.

        None, with the reason noted, where there is none or where it has faults.
        """
        names = self.names()
        if name not in names:
            remedy = did_you_mean(name, names, f"There is: {', '.join(names)}.")
            place = places.of((*where, "profile"))
            self._reader.found.append(places.error(place, f"There is no profile “{name}”", remedy))
            return None
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def names(self) -> list[str]:
        """Return the names of all profiles, sorted."""
        return sorted({*map(_stem, self._own), *(path.stem for path in _built_in())})

    def all(self) -> list[Profile]:
        """Return all profiles without faults, sorted by name; note the faults."""
        found = [self.named(name, (), Places("")) for name in self.names()]
        return [profile for profile in found if profile]

    def _read(self, name: str) -> Profile | None:
        own = f"{FOLDER}/{name}.yaml"
        if own not in self._own:
            return built_in(name)
        text = self._own[own]
        relative = f"{TEMPLATES}/{own}"
        data, places, found = placed_yaml.load(text, self._reader.name(relative))
        self._reader.found += found
        if data is None:
            if not found:
                message = "The profile is empty"
                self._reader.fault(relative, 1, 1, message, "Write its title, source and rules.")
            return None
        before = len(self._reader.found)
        data = self._reader.values(data, places, relative, text)
        stated = self._reader.model(ProfileFile, data, places)
        wrong = self._reader.found[before:]
        if stated is None or any(item.severity is Severity.ERROR for item in wrong):
            return None
        return _profile(name, text, stated)


def built_in(name: str) -> Profile | None:
    """Return a profile of the program; None where it has none of this name."""
    for path in _built_in():
        if path.stem == name:
            text = plain_text(path.read_bytes())
            data, _, _ = placed_yaml.load(text, path.name)
            return _profile(name, text, ProfileFile.model_validate(data))
    return None


def _profile(name: str, text: str, stated: ProfileFile) -> Profile:
    return Profile(name, hashlib.sha256(text.encode()).hexdigest(), stated)


def _built_in() -> list[Path]:
    return sorted((templates.folder() / FOLDER).glob("*.yaml"))


def _stem(name: str) -> str:
    return Path(name).stem
