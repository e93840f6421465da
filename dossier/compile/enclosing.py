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
        if named is None or getattr(publication, about.switch) not in about.values:
            continue
        if named.path in foreign:  # a source may be a text, which has no pages
            file = foreign[named.path]
            yield Enclosed(kind, file.path, file.sha256, file.pages)
