"""Tells what is bound in with a letter, such as its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dossier.records.dossier import CorpusLetter
from dossier.records.enclosing import KINDS, Enclosed, ForeignFile
from dossier.records.publication import Publication


def enclosed(
    letter: CorpusLetter, publication: Publication, foreign: Mapping[str, ForeignFile]
) -> Iterator[Enclosed]:
    """Yield what a packet has bound in with a letter; ``foreign`` has the files by their paths."""
    for kind, about in KINDS.items():
        named = letter.files.get(kind)
        # A source may be a text, which has no pages.
        if named and named.path in foreign and about.is_asked_for(publication):
            file = foreign[named.path]
            yield Enclosed(kind, file.path, file.sha256, file.pages)
