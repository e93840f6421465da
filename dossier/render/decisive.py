"""Tells by a checksum whether a section would be rendered as before, without rendering it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import msgspec
from pydantic import BaseModel

from dossier.records.dossier import Dossier, Letter


def of_dossier(dossier: Dossier) -> str:
    """Return a checksum of what all letters of a dossier are rendered with, the program apart."""
    own = [list(text) for text in dossier.templates.texts]
    words = dossier.words
    said, lists = dossier.publication, [dossier.design.lists, dossier.design.run_in]
    return checksum([said.language, said.separators, words.language, dict(words.texts), own, lists])


def of_letter(context: str, letter: Letter, work_numbers: Mapping[str, int]) -> str:
    """Return a checksum of all that decides the HTML of a letter: of the values that its templates get.

    ``context`` is the dossier's, ``work_numbers`` are those of the letter's works.
    """
    return checksum([context, letter, dict(work_numbers)])


def of_front_and_back(dossier: Dossier) -> str:
    """Return a checksum of all that decides the HTML of the other sections, but for page numbers.

    That is everything except the text of the letters, which the program's templates print in letters only.
    Empty where the corpus has templates of its own, which may print it elsewhere.
    """
    if dossier.templates.texts:
        return ""
    letters = [[getattr(letter, name) for name in OUTSIDE] for letter in dossier.letters]
    rest = [getattr(dossier, name) for name in BESIDE_LETTERS]
    return checksum([of_dossier(dossier), rest, letters])


OUTSIDE = [field.name for field in fields(Letter) if field.name != "body"]
"""What other sections may print of a letter."""
BESIDE_LETTERS = [
    field.name for field in fields(Dossier) if field.name not in ("letters", "words", "templates")
]
"""What else there is in a dossier."""


def _values(record: Any) -> dict[str, Any]:
    """Return the values of a record of the corpus format, which MessagePack does not know."""
    if not isinstance(record, BaseModel):
        raise TypeError(f"{type(record).__name__} has no checksum")
    return record.__dict__


_encoded = partial(msgspec.msgpack.encode, enc_hook=_values)


def checksum(values: Any) -> str:
    """Return a checksum of values: records, and what is made of them, texts and numbers."""
    return hashlib.sha256(_encoded(values)).hexdigest()
