"""Checks what packets say of their signatures, and finds the files with their keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    profile = packet.profile
    rule = (
        next((one for one in profile.refusing if one.kind == "no_forms"), None) if profile else None
    )
    if profile and rule:
        message = f"“sign” does not go with the profile “{profile.name}”. {rule.says.rstrip('.')}"
        remedy = "Remove “sign” or “profile”, or make two packets: a signature is a form field."
        reader.found.append(places.error(place, message, remedy))
    file = None
    if sign.pkcs12 is not None:
        file = named_file(reader, sign.pkcs12, USUAL_KEY, places.of((*where, "pkcs12")), DOSSIER)
    return replace(
        packet, key_sha256=file.sha256 if file else "", sign_place=(place.line, place.column)
    )


def key_of(packet: Packet, key: str, places: Places) -> KeyPath:
    """Return the path of a packet's key: its own, that of the whole, or the profile that sets it."""
    own: KeyPath = () if packet.name == EVERYTHING else ("packets", packet.name)
    stated: list[KeyPath] = [(*own, key), (key,), (*own, "profile"), ("profile",)]
    return next((path for path in stated if path in places.values), ())
