"""Compares what is struck through in a finished PDF with the signatures that were withdrawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from dossier.language.words import Words
from dossier.proof.readback import Page
from dossier.proof.signing import struck
from dossier.proof.tags import Finding
from dossier.proof.truth import Letter
from dossier.proof.wanted import squeezed

WHOLE = 0.9
"""The part of a text's width from which on a line strikes it through: spaces at its end are not struck."""


def findings(
    letter: Letter, words: Words, pages: Sequence[tuple[int, Page, Sequence[int]]]
) -> Iterator[Finding]:
    """Yield where other words of a letter are struck through than those of withdrawn signatures.

    ``pages`` are those of the letter: number, page, and the marked content in reading order.
    """
    wanted = [squeezed(text) for text in struck(letter.head, words)]
    due = "".join(wanted)
    there = ""
    for number, page, order in pages:
        for mcid in order:
            text = page.texts.get(mcid, ("",))[0]
            share = page.struck.get(mcid, 0.0)
            said = squeezed(text)
            if not said or not share:
                continue
            if share < WHOLE:
                yield number, f"“{text.strip()}” is struck through in part"
            if not due.startswith(said, len(there)):
                yield number, f"“{text.strip()}” is struck through, which nobody has withdrawn"
                return
            there += said
    if there != due:
        ends = itertools.accumulate(map(len, wanted))
        missing = next(n for n, end in enumerate(ends) if end > len(there))
        name = list(struck(letter.head, words))[missing]
        yield pages[0][0], f"“{name}” was withdrawn, and should be struck through"
