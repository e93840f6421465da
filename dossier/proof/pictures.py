"""Compares the pictures in a finished PDF with those of the corpus."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from dossier.proof.readback import Image, Page
from dossier.proof.tags import Figure, Finding
from dossier.proof.truth import Truth
from dossier.records.body import Picture, pictures_of
from dossier.records.pictures import RESOLUTION
from dossier.records.sections import section_of_letter

SLACK = 1.0
"""Points by which a picture may be higher than its width and its pixels ask for."""
NEARLY = 0.99
INCH = 72


def expected(truth: Truth) -> dict[str, list[Picture]]:
    """Return the pictures of each letter in reading order, by section."""
    return {
        section_of_letter(letter.id): list(pictures_of(letter.body.nodes))
        for letter in truth.letters
    }


def findings(
    truth: Truth,
    spans: Mapping[str, Sequence[int]],
    pages: Sequence[Page],
    figures: Sequence[Figure],
) -> Iterator[Finding]:
    """Yield where a picture is missing, another one, distorted, coarse, or read aloud wrongly."""
    wanted = expected(truth)
    said = {place: figure.alternative for figure in figures for place in figure.content}
    order = {place: number for number, place in enumerate(said)}
    for key, span in spans.items():
        there = [(page, image) for page in span for image in pages[page - 1].images]
        there.sort(key=lambda item: order.get((item[0], item[1].mcid), -1))
        for picture, found in itertools.zip_longest(wanted.get(key, ()), there):
            if found is None:
                yield span[0], f"The picture “{picture.file.path}” is missing"
            elif picture is None:
                yield found[0], "A picture stands here that the corpus does not have"
            else:
                page, image = found
                yield from _compared(picture, page, image, said, pages[page - 1])


def _compared(
    picture: Picture, page: int, image: Image, said: Mapping[tuple[int, int], str], around: Page
) -> Iterator[Finding]:
    """Yield the differences between a picture of the corpus and an image on a page."""
    name = f"The picture “{picture.file.path}”"
    if image.drawn != picture.file.drawn:
        yield page, f"{name} should stand here, and another does"
    aloud = said.get((page, image.mcid))
    if aloud is None:
        yield page, f"{name} is not tagged as a figure"
    elif aloud != picture.alt:
        yield page, f"{name} is read aloud as “{aloud}”, and should be as “{picture.alt}”"
    left, bottom, right, top = image.box
    wide, high = picture.file.width, picture.file.height
    if right <= left or abs((right - left) * high / wide - (top - bottom)) > SLACK:
        yield page, f"{name} is distorted"
    elif INCH * wide / (right - left) < NEARLY * RESOLUTION:
        yield page, f"{name} is printed in less than {RESOLUTION} dots per inch"
    for words, (start, low, end, upper) in around.texts.values():
        inside = left < (start + end) / 2 < right and bottom < (low + upper) / 2 < top
        if inside and words.strip():
            yield page, f"{name} covers the words “{words.strip()}”"
