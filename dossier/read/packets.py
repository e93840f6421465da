"""Reads the packets of ``dossier.yaml``: the keys that each changes, and its selection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dossier.language.folding import folded, spelled
from dossier.names.likeness import did_you_mean
from dossier.names.signers import Signers
from dossier.read.placed_yaml import KeyPath, Places
from dossier.read.reader import Reader
from dossier.records.body import Body
from dossier.records.citation_style import CitationStyle
from dossier.records.design import Design
from dossier.records.diagnostics import quoted
from dossier.records.dossier import CorpusLetter
from dossier.records.packet import EVERYTHING, Packet
from dossier.records.profile import Profile, Settings
from dossier.records.publication import Conditions, Publication

NO_CHANGE = ("title", "paper", "design", "withdrawn", "enclose_resolution")
"""Keys that a packet must have: an empty value leaves the publication's value in force."""


def packets(
    publication: Publication,
    introduction: Body | None,
    parse: Callable[[str, KeyPath], Body],
    look: Callable[[Publication, KeyPath], Design],
    style: Callable[[Publication, KeyPath], CitationStyle | None],
    profile: Callable[[str, KeyPath], Profile | None],
    places: Places,
) -> tuple[Packet, ...]:
    """Return the packet of everything, then the others in the sequence of the file.

    ``introduction`` is that of the whole. ``parse`` parses another, given its text and key path; ``look``
    returns the design of a packet, and ``style`` its citation style, given the path of its keys;
    ``profile`` returns a profile, given its name and the path of the keys that name it.
    """
    named = profile(publication.profile, ()) if publication.profile else None
    settled = publication.model_copy(
        update=_settings(named, publication.model_fields_set, (), places)
    )
    whole = Packet(
        EVERYTHING, settled, introduction, look(settled, ()),
        bates_place=_place(places, (), "bates"), volumes_place=_place(places, (), "volumes"),
        profile=named,
    )  # fmt: skip
    found = [replace(whole, style=style(settled, ()))]
    where: KeyPath
    for name, entry in publication.packets.items():
        changed = {
            key: getattr(entry, key)
            for key in entry.model_fields_set - {"select"}
            if getattr(entry, key) is not None or key not in NO_CHANGE
        }
        base, its_profile = settled, named
        if "profile" in changed:
            # What another receiver asks for does not hold for this one.
            where = ("packets", name)
            base = publication
            its_profile = profile(entry.profile, where) if entry.profile else None
            changed = _settings(its_profile, entry.model_fields_set, where, places) | changed
        its_own = introduction
        if "introduction" in changed:
            where = ("packets", name, "introduction")
            its_own = parse(entry.introduction, where) if entry.introduction else None
        place = places.of(("packets", name, "select"))
        its_publication = base.model_copy(update=changed)
        found.append(
            Packet(
                name,
                its_publication,
                its_own,
                look(its_publication, ("packets", name)),
                entry.select,
                (place.line, place.column),
                _place(places, ("packets", name) if "bates" in changed else (), "bates"),
                _place(places, ("packets", name) if "volumes" in changed else (), "volumes"),
                style(its_publication, ("packets", name) if "citation_style" in changed else ()),
                its_profile,
            )
        )
    return tuple(found)


def _settings(
    profile: Profile | None, stated: Collection[str], where: KeyPath, places: Places
) -> dict[str, Any]:
    """Return the settings of a profile for keys that are not ``stated`` under ``where``.

    Whatever is found wrong with one of them stands where the profile is named.
    """
    found = profile.stated.settings.stated if profile else {}
    found = {key: value for key, value in found.items() if key not in stated}
    for key in found:
        alias = Settings.model_fields[key].alias
        places.values[(*where, alias or key)] = places.of((*where, "profile"))
    return found


def _place(places: Places, where: KeyPath, key: str) -> tuple[int, int]:
    """Return the place of a key among those under ``where``."""
    place = places.of((*where, key))
    return place.line, place.column


def check_packets(
    publication: Publication,
    letters: Sequence[CorpusLetter],
    ids: Collection[str],
    works: Collection[str] | None,
    signers: Signers | None,
    all_sound: bool,
    places: Places,
    reader: Reader,
) -> None:
    """Report selections by letters, works, tags, addressees or signers that the corpus does not have.

    ``ids`` are those of all letters, including faulty ones, ``works`` those of the works that can be cited.
    Tags, addressees and ``signers`` are checked only if all letters are sound.
    """
    addressees = {folded(one.name): one.name for letter in letters for one in letter.head.to}
    tags = {spelled(tag): tag for letter in letters for tag in letter.head.tags}
    for name, entry in publication.packets.items():
        where: KeyPath = ("packets", name)
        if name == EVERYTHING:
            message = f"“{EVERYTHING}” is the packet that holds the whole corpus"
            remedy = (
                "Give this packet another name; the title of the whole corpus is set at the top of "
                "the file."
            )
            reader.found.append(places.error(places.of_key(where), message, remedy))
        for under, conditions in _conditions(entry.select, (*where, "select")):
            _missing(
                conditions.letters, (*under, "letters"), ids, "letter",
                "Use the id of a letter: its file's name without .md.", places, reader,
            )  # fmt: skip
            annexes = {one.id: one.head.annex_to for one in letters if one.head.annex_to}
            for number, word in enumerate(conditions.letters):
                if word in annexes:
                    remedy = f"Name that letter: “{annexes[word]}”."
                    place = places.of((*under, "letters", number))
                    message = f"“{word}” is an annex, which goes with its letter"
                    reader.found.append(places.error(place, message, remedy))
            if works is not None:
                _missing(
                    conditions.cites, (*under, "cites"), works, "work",
                    "Use the id of a work in the reports file.", places, reader,
                )  # fmt: skip
            if not all_sound:
                continue
            _missing(
                conditions.tags, (*under, "tags"), tags, "letter with the tag",
                "Use a tag of a letter, in the same spelling.", places, reader, spelled,
            )  # fmt: skip
            _missing(
                conditions.addressee, (*under, "addressee"), addressees, "letter to",
                "Use the “to” of a letter, or its “name”.", places, reader, folded,
            )  # fmt: skip
            if signers:
                _check_signers(conditions.signed_by, (*under, "signed_by"), signers, places, reader)


def _conditions(select: Conditions | None, where: KeyPath) -> Iterator[tuple[KeyPath, Conditions]]:
    """Yield a selection and its “except”, each with its key path."""
    if select is not None:
        yield where, select
        yield from _conditions(getattr(select, "but", None), (*where, "except"))


def _missing(
    words: Sequence[str],
    where: KeyPath,
    known: Collection[str] | Mapping[str, str],
    what: str,
    otherwise: str,
    places: Places,
    reader: Reader,
    same: Callable[[str], str] = str,
) -> None:
    """Report those of ``words`` that are not ``known``; ``same`` normalizes a word for the comparison."""
    choices = list(known.values()) if isinstance(known, Mapping) else list(known)
    for number, word in enumerate(words):
        if same(word) not in known:
            remedy = did_you_mean(word, choices, otherwise)
            place = places.of((*where, number))
            reader.found.append(places.error(place, f"There is no {what} “{word}”", remedy))


def _check_signers(
    words: Sequence[str], where: KeyPath, signers: Signers, places: Places, reader: Reader
) -> None:
    for number, word in enumerate(words):
        place, entries = places.of((*where, number)), signers.entries(word)
        if len(entries) > 1:
            message = f"“{word}” fits several entries of names.yaml: {quoted(entries)}"
            reader.found.append(places.error(place, message, "Write the ids of those you mean."))
        elif not signers.is_known(word):
            remedy = did_you_mean(
                word, signers.wordings, "Use the id of an entry of names.yaml, or a name as signed."
            )
            reader.found.append(places.error(place, f"Nobody signs as “{word}”", remedy))
