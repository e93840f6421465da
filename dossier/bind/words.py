"""Reads the words of a galley's pages back from their drawings, to tell where in its text a page begins."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pikepdf import Pdf

from dossier.records.galley import Leaf

TOKEN = re.compile(
    rb"/(?P<font>\S+) [\d.]+ Tf|(?P<x>[-\d.]+) (?P<y>[-\d.]+) Tm|<(?P<glyphs>[0-9a-fA-F]*)>(?!>)"
)
"""Matches what sets a font, what sets a line's height, and glyphs, in the content streams of galleys."""
Lines = list[list[str]]
RAISED = 12
"""How much higher than the others of its line the mark of a note may stand, in units of the galley."""
Place = tuple[float, float]
"""How far a line is from the upper and the left edge of its page."""


def lines(leaf: Leaf) -> list[Lines]:
    """Return the lines of each page, as the texts of their glyphs, the uppermost first.

    Foreign pages have none: only a galley knows its glyphs.
    """
    uses = getattr(leaf, "font_uses", {})
    if not uses:
        return [[] for _ in range(leaf.pages)]
    texts = {name: use.text for name, use in uses.items()}
    with Pdf.open(io.BytesIO(leaf.pdf)) as pdf:
        contents = [page.Contents.read_bytes() for page in pdf.pages]
    return [_from_the_top(list(_lines(content, texts))) for content in contents]


def _from_the_top(found: list[tuple[Place, list[str]]]) -> Lines:
    """Return the lines from the uppermost on, then those drawn before it, as a text below a list is."""
    if not found:
        return []
    least = min(height for (height, _), _ in found)
    top = next(number for number, ((height, _), _) in enumerate(found) if height < least + RAISED)
    return [line for _, line in (*found[top:], *found[:top])]


def _lines(content: bytes, texts: dict[str, dict[int, str]]) -> Iterator[tuple[Place, list[str]]]:
    line: list[str] = []
    known: dict[int, str] = {}
    place = (0.0, 0.0)
    for match in TOKEN.finditer(content):
        if match["font"]:
            known = texts.get(match["font"].decode(), {})
        elif match["y"]:
            height = float(match["y"])
            if height != place[0]:
                if line:
                    yield place, line
                line, place = [], (height, float(match["x"]))
        else:
            codes = match["glyphs"]
            line += [known.get(int(codes[at : at + 4], 16), "") for at in range(0, len(codes), 4)]
    if line:
        yield place, line
