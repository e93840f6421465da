"""The further outputs of a packet: what makes each kind of file, and what proves it.

Every packet has a PDF and a listing. What makes and proves the others is imported where they are wanted:
loading all would be a fifth of the time of starting. docs/extending.md says how to add an output.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dossier.keep.shelf import Shelf
from dossier.keep.store import Store
from dossier.proof import page
from dossier.proof.beside import Proved
from dossier.proof.markup import Known
from dossier.proof.tags import Finding
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity
from dossier.records.dossier import Corpus, Dossier
from dossier.records.job import Section
from dossier.render.sections import screen


@dataclass(frozen=True)
class Cache:
    """What makers and provers may keep from one build to the next."""

    store: Store | None
    program_checksum: str


NO_CACHE = Cache(None, "")


@dataclass(frozen=True)
class Bound:
    """A packet with its pages, which may still be in the binding."""

    dossier: Dossier
    sections: Sequence[Section]
    pdf: Callable[[], bytes]
    """Waits for the bound PDF: only what is made of its pages needs it."""
    corpus: Corpus
    """For what has more of it than is printed."""
    cache: Cache

    @functools.cached_property
    def page(self) -> str:
        """The HTML edition, of which other editions are made too."""
        cache, dossier = self.cache, self.dossier
        shelf = Shelf(cache.store, "articles 2", cache.program_checksum, dict[str, str])
        own = [part for text in dossier.templates.texts for part in text]
        key = shelf.key(dossier.publication.title, *own)
        known = shelf.get(key) or {}
        html, articles = screen(dossier, self.sections, known)
        if articles.keys() != known.keys():
            shelf.put(key, articles)
        return html


@dataclass(frozen=True)
class Output:
    """A kind of file that is made from a packet or from its PDF."""

    make: Callable[[Bound, Cache], bytes]
    prove: Callable[[bytes, Proved, Cache], Iterable[Finding]]
    """Shares no code with the maker."""


def _page(bound: Bound, cache: Cache) -> bytes:
    """Return the HTML edition. Its maker is in ``render``, the only room that knows the templates."""
    return bound.page.encode()


def _prove_page(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    """Return the findings in the HTML edition."""
    shelf = Shelf(cache.store, "compared sections 2", cache.program_checksum, dict[str, Known])
    key = shelf.key(proved.truth.publication.title)
    known = shelf.get(key) or {}
    found, compared = page.compare(content, proved, known)
    if not found and compared.keys() != known.keys():
        shelf.put(key, compared)
    return found


def _rows(bound: Bound, cache: Cache) -> bytes:
    from dossier.outputs.spreadsheet import spreadsheet

    return spreadsheet(bound.dossier, bound.sections)


def _prove_rows(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import spreadsheet as rows

    return rows.findings(content, proved)


def _works(bound: Bound, cache: Cache) -> bytes:
    from dossier.outputs.references import references

    return references(bound.dossier.works, bound.corpus.references)


def _prove_works(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import cited

    return cited.findings(content, proved.truth)


def _letters(bound: Bound, cache: Cache) -> bytes:
    from dossier.outputs.correspondence import correspondence

    return correspondence(bound.dossier, bound.corpus.names)


def _prove_letters(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import exchanged

    return exchanged.findings(content, proved)


def _of_page(bound: Bound, name: str, make: Callable[[str], bytes]) -> bytes:
    """Return an edition made of the HTML edition.

    Raises CorpusFaultError where templates of the corpus make this of other parts than the program's do.
    """
    try:
        return make(bound.page)
    except (LookupError, RuntimeError, StopIteration, ValueError):
        own = bound.dossier.templates
        if not own.texts:
            raise
        message = f"No {name} can be made of the HTML edition as the corpus’s own templates have it"
        remedy = "Keep the elements, classes and ids of the program's, or leave out this output."
        raise CorpusFaultError(
            [Diagnostic(own.shown, 0, 0, Severity.ERROR, message, remedy)]
        ) from None


def _word(bound: Bound, cache: Cache) -> bytes:
    from dossier.bind.deflate import deflated
    from dossier.outputs.word.document import document

    return _of_page(bound, "Word file", lambda page: document(page, bound.dossier, deflated))


def _prove_word(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import word

    return word.findings(content, proved)


def _book(bound: Bound, cache: Cache) -> bytes:
    from dossier.bind.deflate import deflated
    from dossier.bind.words import lines
    from dossier.outputs.book import book

    def made(page: str) -> bytes:
        return book(page, bound.dossier, bound.sections, lambda one: lines(one.leaf), deflated)

    return _of_page(bound, "book", made)


def _prove_book(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import bookread

    return bookread.findings(content, proved)


def _booklet(bound: Bound, cache: Cache) -> bytes:
    """Return the sheets of a booklet, whose pages are those of the bound PDF."""
    from dossier.bind.booklet import booklet

    printing = bound.dossier.publication.printing
    assert printing
    return booklet(bound.pdf(), printing, bound.dossier.words.right_to_left)


def _prove_booklet(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import booklet as sheets

    return sheets.findings(content, proved)


def _press(bound: Bound, cache: Cache) -> bytes:
    """Return the pages for a print shop, which are those of the bound PDF."""
    from dossier.bind.press import press

    printing = bound.dossier.publication.printing
    assert printing
    return press(bound.pdf(), printing)


def _prove_press(content: bytes, proved: Proved, cache: Cache) -> Iterable[Finding]:
    from dossier.proof import press as pressed

    return pressed.findings(content, proved)


OUTPUTS = {
    "html": Output(_page, _prove_page),
    "csv": Output(_rows, _prove_rows),
    "csl": Output(_works, _prove_works),
    "cmif": Output(_letters, _prove_letters),
    "docx": Output(_word, _prove_word),
    "epub": Output(_book, _prove_book),
    "booklet": Output(_booklet, _prove_booklet),
    "press": Output(_press, _prove_press),
}
"""By their names in ``outputs`` of dossier.yaml, in the sequence of :data:`.records.outputs.SUFFIXES`."""
