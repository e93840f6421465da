"""The HTML edition, changed by machine: every attribute, text and element, one after another."""

from __future__ import annotations

import collections
import random
from collections.abc import Iterator

import pytest
from test_listing_mutants import proved, rich  # noqa: F401  (a fixture)

from dossier.proof import page
from dossier.proof.markup import TOKEN, VALUE

LOOKS = {
    # A class has rules in a style sheet that is compared, and none that hides, moves away or adds words.
    "class", "data-numbering", "x", "y", "width", "height", "xmlns",
    # The words stay, and look plainer; or an element around nothing but whole lines is gone.
    "main", "p", "span", "b", "em", "strong", "i", "div", "section", "figure", "table", "ul", "h1", "h2", "h3",
}  # fmt: skip
"""What may be changed unnoticed, as it alters the looks alone: attributes, and elements that lose their tags."""


def mutants(text: str, chance: random.Random) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield pages with one change, each with its kind."""
    place = text.index("<body")
    opened: list[tuple[int, int, str]] = []
    while match := TOKEN.match(text, place):
        start, place = match.span()
        if words := match["text"]:
            if words.strip():
                at = chance.randrange(len(words))
                at = next(i for i in (*range(at, len(words)), *range(at)) if not words[i].isspace())
                # A reference such as &amp; is one character.
                yield (
                    ("text", "word"),
                    text[:start] + words[:at] + "x" + words[at + 1 :] + text[place:],
                )
                yield ("text", "lost"), text[:start] + text[place:]
                yield ("text", "more"), text[:start] + words + "x" + text[place:]
        elif tag := match["tag"]:
            base = match.start("values")
            for value in VALUE.finditer(match["values"]):
                begin, end = base + value.start(), base + value.end()
                yield (value[1], "lost"), text[:begin].rstrip() + text[end:]
                other = value[2][:-1] + ("y" if value[2][-1:] != "y" else "z")
                yield (
                    (value[1], "changed"),
                    text[: base + value.start(2)] + other + text[base + value.end(2) :],
                )
            for name, said in (
                ("lang", "xx"),
                ("lang", "en"),
                ("dir", "rtl"),
                ("dir", "ltr"),
                ("onclick", "x()"),
                ("style", "color:red"),
                ("role", "none"),
                ("tabindex", "0"),
                ("aria-label", "x"),
                ("id", "new"),
            ):
                if f'{name}="' not in match["values"]:
                    yield (
                        (name, f"added {said}"),
                        text[: match.end("values")]
                        + f' {name}="{said}"'
                        + text[match.end("values") :],
                    )
            if not match["closed"] and tag not in ("img", "meta", "br"):
                opened.append((start, place, tag))
            else:
                yield (tag, "lost"), text[:start] + text[place:]
        elif match["end"] and opened:
            begin, inside, tag = opened.pop()
            yield (tag, "lost with all in it"), text[:begin] + text[place:]
            yield (tag, "unwrapped"), text[:begin] + text[inside:start] + text[place:]
            yield (tag, "twice"), text[:place] + text[begin:place] + text[place:]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["real", "rich"])
def test_mutants(which: str, request: pytest.FixtureRequest) -> None:
    edition = request.getfixturevalue(which)
    _, there = proved(edition)
    text = edition.html
    assert page.compare(text.encode(), there, {})[0] == []
    survived: collections.Counter[tuple[str, ...]] = collections.Counter()
    everything = list(mutants(text, random.Random(1)))
    chosen = random.Random(2).sample(everything, min(len(everything), 1500))
    for kind, mutant in chosen:
        if mutant != text and not page.compare(mutant.encode(), there, {})[0]:
            survived[kind] += 1
    # Where words have figures, or none has letters, their direction is not told by them alone.
    for way in ("rtl", "ltr"):
        survived.pop(("dir", f"added {way}"), None)
    left = {kind: count for kind, count in survived.items() if kind[0] not in LOOKS}
    assert not left, left
    assert sum(survived.values()) < len(chosen) / 8
