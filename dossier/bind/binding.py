"""The PDF while it is being bound: its pages are in sequence, so that links can be resolved."""

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
"""Points shown above the target of a link or bookmark."""
XYZ = Name.XYZ
"""Written ten thousand times: making the name takes longer than writing it."""


class DanglingLinkError(Exception):
    """The target of a link does not exist: an error in the templates."""


@dataclass(frozen=True)
class Binding:
    """A PDF whose pages are in sequence."""

    pdf: Pdf
    sections: Mapping[str, Section]
    words: Words
    """The program's words, for bookmarks and links."""
    pages: Sequence[Any]
    height: float
    """The height of every page, in points."""

    def target(self, address: str) -> tuple[Section, str]:
        """Return the section and the anchor that an address names; raise DanglingLinkError."""
        identifier, _, anchor = address.removeprefix(SCHEME).partition("#")
        section = self.sections.get(identifier)
        if section is None or (anchor and anchor not in section.leaf.anchors):
            raise DanglingLinkError(address)
        return section, anchor

    def destination(self, section: Section, anchor: str) -> Array:
        """Return an explicit destination (ISO 32000-1, 12.3.2.2) at a height of a page, from its left edge.

        It does not depend on the shift of the text block.
        """
        page = self.pages[section.page_of(anchor) - 1]
        top = section.leaf.anchors[anchor].y + ABOVE if anchor else self.height
        return Array([page, XYZ, 0, min(round(top, 2), self.height), 0])


def text_string(text: str) -> String:
    """Return a text string (7.9.2.2); one with U+FFFD, which PDFDocEncoding lacks, is in UTF-16."""
    return String(b"\xfe\xff" + text.encode("utf-16-be")) if "\ufffd" in text else String(text)
