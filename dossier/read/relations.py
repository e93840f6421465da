"""Checks how letters relate to each other, and puts them into the sequence of the dossier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from dossier.names.likeness import did_you_mean
from dossier.read.reader import Reader
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.dossier import CorpusLetter
from dossier.records.relations import DRAFT, KINDS

Letters = Mapping[str, CorpusLetter]


def check_relations(letters: Iterable[CorpusLetter], ids: Iterable[str], reader: Reader) -> None:
    """Report relations to what is no letter, to the letter itself, in a circle, or to a draft.

    ``ids`` are those of all letters, including faulty ones.
    """
    known, every = {letter.id: letter for letter in letters}, set(ids)
    for letter in known.values():
        for kind in KINDS:
            target = getattr(letter.head, kind)
            if target is None:
                continue
            found = _fault(letter, kind, target, known, every)
            if found:
                place = reader.relations[letter.id, kind]
                where = letter.path, place.line, place.column
                reader.found.append(Diagnostic(*where, Severity.ERROR, *found))


def _fault(
    letter: CorpusLetter, kind: str, target: str, known: Letters, every: set[str]
) -> tuple[str, str] | None:
    """Return message and remedy for a relation that cannot be; None for one that can."""
    if target not in every:
        others = sorted(every - {letter.id})
        otherwise = "Use the id of a letter: its file's name without .md."
        path = PurePath(target)
        named = [one for one in others if one in (path.name, path.stem)]
        named += [one for one in others if one in known and known[one].head.title == target]
        if named:
            return f"There is no letter “{target}”", f"Did you mean “{named[0]}”?"
        return f"There is no letter “{target}”", did_you_mean(target, others, otherwise)
    if target == letter.id:
        return "The letter refers to itself", "Use the id of another letter, or remove the key."
    if target not in known:
        return None
    if letter.id in _chain(letter, kind, known):
        ids = ", ".join(f"“{one}”" for one in sorted({letter.id, *_chain(letter, kind, known)}))
        return f"The key goes round in a circle: {ids}", "Remove it from one of these letters."
    if kind == "annex_to" and known[target].head.annex_to is not None:
        remedy = "Write the id of the letter to which that one is annexed."
        return f"“{target}” is an annex itself", remedy
    if kind != "annex_to" and is_draft(known[target], known) and not is_draft(letter, known):
        remedy = "Remove the key until that letter is finished, or make this one a draft as well."
        return f"“{target}” is a draft, and in no packet", remedy
    return None


def _chain(letter: CorpusLetter, kind: str, known: Letters) -> list[str]:
    """Return the ids of the letters to which a letter leads by one kind of relation."""
    found: list[str] = []
    target = getattr(letter.head, kind)
    while target in known and target not in found:
        found.append(target)
        target = getattr(known[target].head, kind)
    return found


def is_draft(letter: CorpusLetter, known: Letters) -> bool:
    """Tell whether a letter is a draft, or annexed to one."""
    parent = known.get(letter.head.annex_to or "")
    return (parent or letter).head.status == DRAFT


def in_sequence(letters: Iterable[CorpusLetter], drafts: bool) -> Iterator[CorpusLetter]:
    """Yield the letters by date and id, each with its annexes behind it.

    With ``drafts`` these stand behind all others, else they are left out.
    """
    known = {letter.id: letter for letter in letters}
    ordered = sorted(known.values(), key=lambda letter: (letter.date.earliest, letter.id))
    annexes: dict[str, list[CorpusLetter]] = {}
    for letter in ordered:
        if letter.head.annex_to:
            annexes.setdefault(letter.head.annex_to, []).append(letter)
    for draft in (False, True) if drafts else (False,):
        for letter in ordered:
            if not letter.head.annex_to and is_draft(letter, known) == draft:
                yield letter
                yield from annexes.get(letter.id, ())
