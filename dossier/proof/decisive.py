"""Tells by checksums what of the truth decides a section, without working out the section's text.

A section that was compared under the same checksums in an earlier build need not be compared again.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec
from pydantic import BaseModel

from dossier.proof.truth import Letter, Truth


def _values(record: Any) -> dict[str, Any]:
    """Return the values of a record of the corpus format, which MessagePack does not know."""
    if isinstance(record, BaseModel):
        return record.__dict__
    raise TypeError(f"{type(record).__name__} has no checksum")


_encoder = msgspec.msgpack.Encoder(enc_hook=_values, order="deterministic")


def checksum(*values: Any) -> str:
    """Return a checksum of values: records, and what is made of them, texts and numbers."""
    return hashlib.sha256(_encoder.encode(values)).hexdigest()


class Decisive:
    """The checksums of a truth."""

    def __init__(self, truth: Truth) -> None:
        """Take the truth."""
        self.truth = truth
        self._numbers = {work.id: work.number for work in truth.works}
        self._letters: dict[str, str] = {}

    @functools.cached_property
    def _words(self) -> str:
        """The checksum of what all letters are printed with."""
        truth = self.truth
        words = truth.words
        said, design = truth.publication, truth.design
        looks = design.text, design.notes, design.lists, design.sizes, design.colours
        return checksum(said.language, said.separators, words.language, dict(words.texts), looks)

    def of_letter(self, letter: Letter) -> str:
        """Return the checksum of all that decides the text of a letter."""
        if letter.id not in self._letters:
            numbers = sorted((key, self._numbers[key]) for key in letter.works)
            self._letters[letter.id] = checksum(self._words, letter, numbers)
        return self._letters[letter.id]

    @functools.cached_property
    def of_others(self) -> str:
        """The checksum of all that decides the text of the other sections, but for page numbers.

        That is everything except the text of the letters.
        """
        truth = self.truth
        rest = [getattr(truth, name) for name in BESIDE_LETTERS]
        letters = [[getattr(letter, name) for name in OUTSIDE] for letter in truth.letters]
        return checksum(self._words, rest, letters)

    def with_pages(self, spans: Mapping[str, range], anchors: Mapping[str, int]) -> str:
        """Return the checksum of all that decides them, with the pages of sections and anchors."""
        pages = [(key, span.start, span.stop, span.step) for key, span in spans.items()]
        return checksum(self.of_others, pages, list(anchors.items()))


OUTSIDE = [field.name for field in fields(Letter) if field.name != "body"]
"""What other sections print of a letter."""
UNPRINTED = ("names", "profile", "fonts", "foreign")
"""What no other section prints: the index has the printed names, letters tell what is bound in."""
BESIDE_LETTERS = [
    field.name for field in fields(Truth) if field.name not in ("letters", "words", *UNPRINTED)
]
"""What else there is to print."""
