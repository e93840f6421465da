"""Checks what packets say of their signatures, and finds the files with their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dossier.machine.files import DOSSIER
from dossier.read.named_files import named_file
from dossier.read.placed_yaml import KeyPath, Places
from dossier.read.reader import Reader
from dossier.records.packet import EVERYTHING, Packet

USUAL_KEY = "keys/desk.p12"


def with_keys(packets: Sequence[Packet], places: Places, reader: Reader) -> tuple[Packet, ...]:
    """Return the packets with the files of their keys; note what is wrong with their signatures."""
    return tuple(_with_key(packet, places, reader) for packet in packets)


def _with_key(packet: Packet, places: Places, reader: Reader) -> Packet:
    sign = packet.publication.sign
    if sign is None:
        return packet
    where = key_of(packet, "sign", places)
    place = places.of_key(where)
    check_rule(packet, "sign", "sign", "no_forms", places, reader)
    file = None
    if sign.pkcs12 is not None:
        file = named_file(reader, sign.pkcs12, USUAL_KEY, places.of((*where, "pkcs12")), DOSSIER)
    elif sign.pkcs11 is not None and not _is_installed(sign.pkcs11.module, reader):
        message = f"“{sign.pkcs11.module}” is not a module installed on this machine"
        remedy = "Write the full path of the maker’s module; a corpus must not bring one."
        module = places.of((*where, "pkcs11", "module"))
        reader.found.append(places.error(module, message, remedy))
    return replace(
        packet, key_sha256=file.sha256 if file else "", sign_place=(place.line, place.column)
    )


def _is_installed(module: str, reader: Reader) -> bool:
    """Tell whether a module may be loaded: it is a program, and a corpus may come from anybody."""
    path = Path(module)
    return path.is_absolute() and not path.resolve().is_relative_to(reader.root.resolve())


def check_rule(
    packet: Packet, key: str, shown: str, kind: str, places: Places, reader: Reader
) -> None:
    """Note that a rule of a packet's profile, of a kind, does not go with one of its keys, ``shown`` so."""
    profile = packet.profile
    for rule in profile.refusing if profile else ():
        if profile and rule.kind == kind:
            says = rule.says.rstrip(".")
            message = f"“{shown}” does not go with the profile “{profile.name}”. {says}"
            remedy = f"Remove “{key}” or “profile”, or make two packets."
            place = places.of_key(key_of(packet, key, places))
            reader.found.append(places.error(place, message, remedy))
            return


def key_of(packet: Packet, key: str, places: Places) -> KeyPath:
    """Return the path of a packet's key: its own, that of the whole, or the profile that sets it."""
    own: KeyPath = () if packet.name == EVERYTHING else ("packets", packet.name)
    stated: list[KeyPath] = [(*own, key), (key,), (*own, "profile"), ("profile",)]
    return next((path for path in stated if path in places.values), ())
