"""Checks that what a packet asks for goes with its division into volumes."""

from __future__ import annotations

from collections.abc import Sequence

from dossier.read.placed_yaml import Places
from dossier.read.reader import Reader
from dossier.read.signing import key_of
from dossier.records.packet import Packet


def check_volumes(packets: Sequence[Packet], places: Places, reader: Reader) -> None:
    """Note the keys of which a packet can have only one."""
    for packet in packets:
        publication = packet.publication
        if publication.volumes is None:
            continue
        for key, is_wrong, why in (("sign", publication.sign, "A signature is that of one file"),):
            if is_wrong:
                place = places.of_key(key_of(packet, "volumes", places))
                message = f"“volumes” does not go with “{key}”. {why}"
                remedy = f"Remove “volumes” or “{key}”, or make two packets."
                reader.found.append(places.error(place, message, remedy))
