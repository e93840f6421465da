"""Counts the tags of headings in a finished PDF, each by its level, as screen readers use them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.body import Heading, Leaf, Node
from dossier.records.sections import goes_on


def findings(truth: Truth, roles: Mapping[str, int]) -> Iterator[Finding]:
    """Yield where fewer headings are tagged than stand in the letters' texts.

    ``roles`` counts the elements of each structure type. Titles, and a corpus's own templates, add others.
    """
    wanted = Counter[str]()
    for letter in truth.letters:
        # The letter's title is the first level, its own heading the second.
        above = 2 if letter.head.heading else 1
        wanted.update(f"H{above + level}" for level in levels(letter.body.nodes))
    if any(map(goes_on, truth.volumes)):
        return  # levels differ in further volumes: :mod:`.heard` compares each heading with its place
    for role, count in sorted(wanted.items()):
        if roles.get(role, 0) < count:
            yield 0, f"The file has {roles.get(role, 0)} headings tagged as {role}, of {count}"


def levels(nodes: Sequence[Node]) -> Iterator[int]:
    """Yield the levels of the headings among ``nodes``, as the letter has them."""
    for node in nodes:
        if isinstance(node, Heading):
            yield node.level
        elif not isinstance(node, Leaf):
            yield from levels(node.children)
