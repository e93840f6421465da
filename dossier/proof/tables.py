"""Counts the tags of tables in a finished PDF: without them a table is read aloud as a heap of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.body import Leaf, Node, Table

NAMES = {"Table": "tables", "TR": "rows", "TH": "heads of columns", "TD": "cells"}


def findings(truth: Truth, roles: Mapping[str, int]) -> Iterator[Finding]:
    """Yield where the letters' tables have fewer tags than the corpus asks for.

    ``roles`` counts the elements of each structure type. The table of letters and a corpus's own templates
    may add others.
    """
    wanted = Counter[str]()
    for letter in truth.letters:
        for table in _tables(letter.body.nodes):
            head, *rows = table.children
            wanted += {"Table": 1, "TR": 1 + len(rows), "TH": len(head.children)}
            wanted["TD"] += sum(len(row.children) for row in rows)
    if "glance" in truth.publication.sections and wanted:
        wanted += {"Table": 1, "TR": 1 + len(truth.letters)}
    for role, count in wanted.items():
        if roles.get(role, 0) < count:
            yield 0, f"The file has {roles.get(role, 0)} {NAMES[role]} tagged as such, of {count}"


def _tables(nodes: Sequence[Node]) -> Iterator[Table]:
    for node in nodes:
        if isinstance(node, Table):
            yield node
        elif not isinstance(node, Leaf):
            yield from _tables(node.children)
