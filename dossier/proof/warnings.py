"""Compares the warnings in the listing with those about the corpus as it was read for the proof."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import PurePosixPath
from typing import Any

from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.diagnostics import Diagnostic
from dossier.records.dossier import CorpusLetter
from dossier.records.packet import Packet

REST = "the corpus or the program was changed since"


def concerning(
    packet: Packet,
    truth: Truth,
    letters: Sequence[CorpusLetter],
    found: Sequence[Diagnostic],
    of_style: Sequence[Diagnostic],
) -> list[Diagnostic]:
    """Return the warnings that the listing of a packet should have, of all that were ``found``.

    A selection has those in its letters alone, so as not to name others, and those ``of_style``, which its
    own citation style has caused.
    """
    if packet.select is None:
        return list(found)
    held = {letter.id for letter in truth.letters}
    files = {path for letter in letters if letter.id in held for path in letter.paths}
    return sorted([item for item in found if item.path in files] + list(of_style))


def findings(listing: bytes, wanted: Sequence[Diagnostic], shown: str) -> Iterator[Finding]:
    """Yield the first difference; ``shown`` is what the wanted warnings call the corpus.

    The build may have called it otherwise: that name has to be the same in all of them.
    """
    there: Any = json.loads(listing)["diagnostics"]
    if not isinstance(there, list) or len(there) != len(wanted):
        count = len(there) if isinstance(there, list) else "no"
        yield 0, f"The listing has {count} warnings about the corpus of {len(wanted)}; {REST}"
        return
    for number, (found, item) in enumerate(
        zip(there, _called(wanted, there, shown), strict=True), 1
    ):
        right = {key: value for key, value in asdict(item).items() if key != "rank"}
        if json.dumps(found) != json.dumps(right):
            yield (
                0,
                f"Warning {number} in the listing is not “{item.message}” in {item.path}; {REST}",
            )
            return


def _called(wanted: Sequence[Diagnostic], there: Sequence[Any], shown: str) -> Sequence[Diagnostic]:
    """Return the wanted warnings with the name that the listing has for the corpus."""
    own = str(PurePosixPath(shown) / "-").removesuffix("-")
    path = there[0].get("path") if there and isinstance(there[0], dict) else None
    if not wanted or not isinstance(path, str):
        return wanted
    inside = wanted[0].path.removeprefix(own)
    if not path.endswith(inside):
        return wanted
    other = path.removesuffix(inside)

    def named(text: str) -> str:
        return text.replace(own, other) if own else text

    return [
        replace(
            item,
            path=other + item.path.removeprefix(own),
            message=named(item.message),
            remedy=named(item.remedy),
        )
        for item in wanted
    ]
