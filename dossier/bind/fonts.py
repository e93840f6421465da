"""The fonts that all sections share. References are to ISO 32000-1 (PDF 1.7)."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pikepdf
from pikepdf import Name, Pdf

from dossier.bind import facsimile
from dossier.bind.cut import Stream, Template, gathered, stream_of, template, text_of

HYPHEN = re.compile(rb"(<[0-9a-fA-F]+>)\s+<2010>")
"""A glyph's entry in a ToUnicode map that reads as U+2010."""


@dataclass(frozen=True)
class Fonts:
    """Fonts as text and streams, numbered from 0: first the streams."""

    dictionary: Template
    """The dictionary that page resources refer to."""
    streams: tuple[Stream, ...]
    objects: tuple[Template, ...]


def taken(fonts: bytes, soft: bool, facsimiles: bool = False) -> Fonts:
    """Take the fonts from the first page of a PDF.

    With ``soft`` the glyph of U+2010, which only hyphenation uses then, reads as a soft hyphen
    (14.8.2.2.3). With ``facsimiles`` there is that of the words over these, too.
    """
    with Pdf.open(io.BytesIO(fonts)) as pdf:
        dictionary = pdf.pages[0].Resources.Font
        if soft:
            for font in dictionary.values():
                if Name.ToUnicode in font:
                    content = font.ToUnicode.read_bytes()
                    font.ToUnicode.write(HYPHEN.sub(rb"\g<1> <00ad>", content))
        if facsimiles:
            facsimile.add_font(pdf, dictionary)
        root = text_of(dictionary)
        found = gathered(pdf, [root], ())
        objects = {number: pdf.get_object(number, 0) for number in found}
        streams = [n for n in found if isinstance(objects[n], pikepdf.Stream)]
        others = [n for n in found if not isinstance(objects[n], pikepdf.Stream)]
        places: dict[int, int | bytes] = {n: place for place, n in enumerate([*streams, *others])}
        return Fonts(
            template(root, places),
            tuple(stream_of(objects[number], places) for number in streams),
            tuple(template(text_of(objects[number]), places) for number in others),
        )
