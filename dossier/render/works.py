"""The entries of the bibliography as inline nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dossier.language.direction import runs_left
from dossier.records.body import Address, Emphasis, Inline, Link, Strong, Text
from dossier.records.dossier import Span
from dossier.render.bidi import ordered


class Lettering(Emphasis, frozen=True, tag=True):
    """Words in small capitals, superscript or subscript, as a citation style has them."""

    kind: ClassVar[str] = "lettering"
    form: str
    """``small-caps``, ``superscript`` or ``subscript``."""


def as_nodes(spans: Sequence[Span]) -> tuple[Inline, ...]:
    """Return a bibliography entry as inline nodes, with runs where it has two directions."""
    return ordered([_node(span) for span in spans], runs_left("".join(span.text for span in spans)))


def _node(span: Span) -> Inline:
    node: Inline = Link((Address(span.text),), span.url) if span.url else Text(span.text)
    for form in reversed(span.forms):
        node = Strong((node,)) if form == "bold" else Lettering((node,), form)
    return Emphasis((node,)) if span.italic and not span.url else node
