"""Reads the program's own words in the publication's language."""

from __future__ import annotations

from pathlib import Path

from dossier.language.dates import babel_locale
from dossier.language.direction import script_of
from dossier.language.word_files import FaultyWordsError, languages, words_for
from dossier.language.words import Words
from dossier.machine import templates
from dossier.machine.files import TEMPLATES
from dossier.read.placed_yaml import Places
from dossier.read.reader import Reader
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.publication import Publication
from dossier.records.templates import Templates


def words_of(
    publication: Publication, own: Templates, places: Places, reader: Reader
) -> Words | None:
    """Return the words in the publication's language; English ones, with a warning, where there are none.

    Words in the corpus's ``own`` templates take precedence over the program's. Returns None where a file of
    words is faulty, which is noted.
    """
    folders = [templates.folder()]
    if any(name.startswith("words/") for name, _ in own.texts):
        folders.insert(0, reader.root / TEMPLATES)
    language = publication.language
    try:
        words = words_for(language, folders)
    except FaultyWordsError as error:
        path = error.path
        if path.is_relative_to(reader.root):
            path = Path(reader.name(path.relative_to(reader.root).as_posix()))
        at = path.as_posix(), error.line, error.column
        reader.found.append(Diagnostic(*at, Severity.ERROR, error.message, error.remedy))
        return None
    if words.language != language:
        place = places.of(("language",))
        main = language.partition("-")[0].lower()
        known_main = len(main) > 1  # “x-…” is private use
        plain = known_main and script_of(main) == script_of(language)
        name = main if plain else language
        known = babel_locale("en").languages
        *others, last = (f"{known.get(tag, tag)} ({tag})" for tag in languages(folders))
        there = f"{', '.join(others)} and {last}"
        message = (
            f"The dossier’s own headings and sentences are English: there are none for “{language}”"
        )
        remedy = (
            f"There are those in {there}. To add a language, write templates/words/{name}.yaml: "
            "docs/languages.md says how."
        )
        reader.warn("dossier.yaml", place.line, place.column, message, remedy)
    return words
