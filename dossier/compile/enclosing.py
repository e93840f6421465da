"""Tells what is bound in with a letter: its source, the certificate of a translation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dossier.records.dossier import CorpusLetter
from dossier.records.enclosing import BOUND, Enclosed, ForeignFile
from dossier.records.publication import Publication


def enclosed(
    letter: CorpusLetter, publication: Publication, foreign: Mapping[str, ForeignFile]
) -> Iterator[Enclosed]:
    """Yield what a packet has bound in with a letter; ``foreign`` has the files by their paths."""
    wanted = []
    if publication.enclose in BOUND and letter.source_file:
        wanted.append(("source", letter.source_file.path))
    if publication.certificates and letter.certificate_file:
        wanted.append(("certificate", letter.certificate_file.path))
    for kind, path in wanted:
        if path in foreign:  # a source may be a text, which has no pages
            file = foreign[path]
            yield Enclosed(kind, path, file.sha256, file.pages)  # type: ignore[arg-type]
