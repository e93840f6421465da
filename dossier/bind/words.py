"""Reads the words of a galley's pages back from their drawings, to tell where in its text a page begins."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pikepdf import Pdf

from dossier.records.galley import Leaf

TOKEN = re.compile(
    rb"/(?P<font>\S+) [\d.]+ Tf|(?P<place>[-\d.]+) Tm|<(?P<glyphs>[0-9a-fA-F]*)>(?!>)"
)
"""Matches what sets a font, what sets a line's height, and glyphs, in the content streams of galleys."""
Lines = list[list[str]]


def lines(leaf: Leaf) -> list[Lines]:
    """Return the lines of each page, as the texts of their glyphs in the sequence of the drawing.

    Foreign pages have none: only a galley knows its glyphs.
    """
    uses = getattr(leaf, "font_uses", {})
    if not uses:
        return [[] for _ in range(leaf.pages)]
    texts = {name: use.text for name, use in uses.items()}
    with Pdf.open(io.BytesIO(leaf.pdf)) as pdf:
        contents = [page.Contents.read_bytes() for page in pdf.pages]
    return [list(_lines(content, texts)) for content in contents]


def _lines(content: bytes, texts: dict[str, dict[int, str]]) -> Iterator[list[str]]:
    line: list[str] = []
    known: dict[int, str] = {}
    height = b""
    for match in TOKEN.finditer(content):
        if match["font"]:
            known = texts.get(match["font"].decode(), {})
        elif match["place"]:
            if match["place"] != height and line:
                yield line
                line = []
            height = match["place"]
        else:
            codes = match["glyphs"]
            line += [known.get(int(codes[at : at + 4], 16), "") for at in range(0, len(codes), 4)]
    if line:
        yield line
