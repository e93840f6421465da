"""The PDF in the making: all its pages stand, and what leads to them can be resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Name, Pdf, String

from dossier.language.words import Words
from dossier.records.job import Section

SCHEME = "dossier:"
"""The private scheme of links from one section to another: ``dossier:SECTION#ANCHOR``."""
ABOVE = 6.0
"""Points left above the place that a link or bookmark leads to."""
XYZ = Name.XYZ
"""Written ten thousand times: making the name takes longer than writing it."""


class DanglingLinkError(Exception):
    """A link leads to a place that does not exist: a fault of the templates."""


@dataclass(frozen=True)
class Binding:
    """A PDF whose pages stand in their order."""

    pdf: Pdf
    sections: Mapping[str, Section]
    words: Words
    """Those of ours."""
    pages: Sequence[Any]
    height: float
    """Of every page, in points."""

    def target(self, address: str) -> tuple[Section, str]:
        """Return the section and the anchor that an address names; raise DanglingLinkError."""
        identifier, _, anchor = address.removeprefix(SCHEME).partition("#")
        section = self.sections.get(identifier)
        if section is None or (anchor and anchor not in section.leaf.anchors):
            raise DanglingLinkError(address)
        return section, anchor

    def destination(self, section: Section, anchor: str) -> Array:
        """Return an explicit destination (ISO 32000-1, 12.3.2.2): a height on a page, from edge to edge.

        So no shift of the text block to a side makes a difference to it.
        """
        page = self.pages[section.page_of(anchor) - 1]
        top = section.leaf.anchors[anchor].y + ABOVE if anchor else self.height
        return Array([page, XYZ, 0, min(round(top, 2), self.height), 0])


def text_string(text: str) -> String:
    """Return a text string (7.9.2.2); the sign of a lost character has no place in PDFDocEncoding."""
    return String(b"\xfe\xff" + text.encode("utf-16-be")) if "\ufffd" in text else String(text)
