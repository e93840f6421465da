"""How a letter relates to other letters: it translates one, answers one, or is annexed to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from dossier.records.values import fault, switch

KINDS = ("translation_of", "reply_to", "annex_to")
"""The keys of a letter that name another, in the sequence in which they are printed."""
REVERSE = {"translation_of": "translated", "reply_to": "answered", "annex_to": "annexed"}
"""What the other letter says of each, in the same sequence."""
DRAFT = "draft"


Answer = Annotated[bool, switch("Write “{key}: false”, or remove the key.")]
"""``true`` or ``false``."""


@dataclass(frozen=True)
class Related:
    """A letter to which another relates."""

    id: str
    name: str
    """In the program's words, inside a sentence: “letter 3”."""
    is_here: bool
    """The packet has it."""


@dataclass(frozen=True)
class Relation:
    """The letters to which a letter relates in one way."""

    kind: str
    """One of KINDS or of the values of REVERSE."""
    letters: tuple[Related, ...]


def fitting(key: str, value: Any, data: Mapping[str, Any]) -> Any:
    """Refuse a key of an annex beside ``data``, the other keys, that do not fit it."""
    if key == "endorsed" and value is not None and data.get("annex_to", "") is None:
        raise fault("annex", "“endorsed” is a key of annexes", "Add “annex_to: …”, or remove it.")
    if key == "annex_to" and value is not None and data.get("status") == DRAFT:
        message = "An annex has the status of its letter"
        raise fault("annex", message, "Remove “status: draft” here, or give it to the letter.")
    if key == "certificate" and value is not None and data.get("translation_of", "") is None:
        message = "“certificate” is a key of translations"
        raise fault("certificate", message, "Add “translation_of: …”, or remove it.")
    return value
