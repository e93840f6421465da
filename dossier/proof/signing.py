"""Works out a second time how the signatures under a letter are printed: lines, groups, numbers.

It is independent of the compiler and the templates; the rules are those of docs/corpus-format.md,
“Signatories”.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dossier.language.dates import babel_locale, day_in_words
from dossier.language.words import Words
from dossier.records.dossier import CorpusLetter, anchor_of_signature
from dossier.records.front_matter import Entry, FrontMatter, Group, Signatory

NUMBERED = ("through", "group")
FEW = 10
"""How many signatures of a group stand in one column; more stand in two."""
TIED = "\u00a0"
"""The space at which no line ends."""


@dataclass(frozen=True)
class Cell:
    """A line under a letter: a heading, a signature of a list, a cell of a table, a sentence of ours."""

    text: str
    level: int = 0
    """The level of a heading below that of the letter, counted from 1; 0 for other lines."""
    anchor: str = ""
    numeral: str = ""
    """The number at its beginning, which is a label of its own."""
    behind: str = ""
    """What parts it from the next signature in the same paragraph."""
    of_ours: bool = False
    """It has words of the program."""
    own: str = ""
    """The words of the letter before these, behind the number."""
    form: str = ""
    """What it is set as: in a list, in columns, in a table, as a head of one, as a qualifier of a group."""
    among: int = 0
    """How many signatures stand together with it."""


def line(signatory: Signatory) -> str:
    """Return a signature's printed line: the given one, else its parts in their sequence."""
    if signatory.as_signed is not None:
        return signatory.as_signed
    if signatory.anonymous:
        return ""
    person = [signatory.honorific, signatory.person, signatory.post_nominals]
    parts = [" ".join(filter(None, person))]
    parts += [
        part or ""
        for part in (signatory.role, signatory.organization, signatory.party, signatory.place)
    ]
    parts = [part for part in parts if part]
    whole = parts[0] + ("" if len(parts) == 1 else _after_name(signatory) + ", ".join(parts[1:]))
    restriction = signatory.qualifier or ""
    if restriction and restriction[0] not in "([（":
        restriction = f"({restriction})"
    return " ".join(filter(None, (whole, restriction)))


def _after_name(signatory: Signatory) -> str:
    """Return what stands between the first part of a line and the others, with its spaces."""
    given = signatory.separator or ","
    return f"{given} " if given[0] in ",;:.，；：、" else f" {given} "


def walk(entries: Iterable[Signatory]) -> Iterator[Signatory]:
    """Yield the signatures of a list in sequence, whatever groups they stand in."""
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group is None:
            yield entry
        else:
            yield from walk(group.signatories)


def signers(signatory: Signatory) -> list[Signatory]:
    """Return a signature, and that of the organization on whose behalf it is."""
    if not signatory.on_behalf_of:
        return [signatory]
    country = signatory.country if not signatory.organization else None
    return [signatory, Signatory(organization=signatory.on_behalf_of, country=country)]


def weight(signatory: Signatory) -> int:
    """Return how many signatures a line stands for."""
    return signatory.anonymous if signatory.anonymous is not None else 1


def printed(head: FrontMatter, withdrawn: str) -> FrontMatter:
    """Return a letter's front matter without the signatures that a packet does not print."""
    if withdrawn == "struck":
        return head
    return head.model_copy(update={"signatories": tuple(_staying(head.signatories))})


def _staying(entries: Iterable[Signatory]) -> Iterator[Signatory]:
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group is not None:
            members = {"signatories": tuple(_staying(group.signatories))}
            yield entry.model_copy(update={"group": group.model_copy(update=members)})
        elif entry.withdrawn is None:
            yield entry


def struck(head: FrontMatter, words: Words) -> Iterator[str]:
    """Yield the lines under a letter that are struck through, without what the program says of them."""
    for one in walk(head.signatories):
        if one.withdrawn:
            yield line(one) or words("signature_anonymous", count=weight(one))


def withdrawals(letter: CorpusLetter) -> int:
    """Return how many signatures under a letter were withdrawn."""
    return sum(weight(one) for one in walk(letter.head.signatories) if one.withdrawn)


def has_own_words(head: FrontMatter, withdrawn: int) -> bool:
    """Tell whether words of the program's stand among the signatures under a letter."""
    return (
        withdrawn > 0
        or any(one.added or one.withdrawn for one in walk(head.signatories))
        or any(one.anonymous and not one.as_signed for one in walk(head.signatories))
        or any(_tables(head.signatories, None))
    )


def _tables(entries: Iterable[Signatory], form: str | None) -> Iterator[bool]:
    """Yield for each group whether it is printed as a table; ``form`` is that of the group around."""
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group is not None:
            own = group.form or form
            direct = [
                one for one in group.signatories if not isinstance(one, Entry) or not one.group
            ]
            yield own == "table" and bool(direct)
            yield from _tables(group.signatories, own)


def in_paragraphs(head: FrontMatter) -> int:
    """Return how many lines under a letter would stand in paragraphs if these were many enough."""
    runs = _lists(head.signatories, "list")
    return sum(len(run) for run in runs if not any(map(_is_broken, run)))


def _is_broken(one: Signatory) -> bool:
    return "\n" in line(one)


def _lists(entries: Iterable[Signatory], form: str) -> Iterator[list[Signatory]]:
    """Yield the signatures that stand in a list together, without tables and stated columns."""
    run: list[Signatory] = []
    for entry in entries:
        group = entry.group if isinstance(entry, Entry) else None
        if group is None:
            run.append(entry)
            continue
        yield run if form == "list" else []
        run = []
        yield from _lists(group.signatories, group.form or form)
    yield run if form == "list" else []


def _has_ours(one: Signatory) -> bool:
    """Tell whether the line of a signature has words of the program."""
    return bool(one.added or one.withdrawn or not line(one))


class Under:
    """The lines under a letter, with the numbers that run through it."""

    def __init__(
        self,
        letter: str,
        head: FrontMatter,
        withdrawn: int,
        struck: bool,
        words: Words,
        dossier: str,
        separator: str = "",
    ) -> None:
        """Take the letter's id, its printed head, what was withdrawn, and the language of the dossier.

        ``withdrawn`` is the number of the signatures withdrawn; they are ``struck`` through or left out.
        ``separator`` parts signatures that stand in a paragraph; without one none do.
        """
        self._separator = separator
        self._letter, self._head = letter, head
        self._withdrawn, self._struck = withdrawn, struck
        self._words, self._dossier = words, dossier
        self._count = 0
        """The signatures so far."""
        self._through = 0
        """The numbers given so far that run through the letter."""

    def lines(self, language: str) -> Iterator[Cell]:
        """Yield all lines; ``language`` is that of the letter."""
        self._language = language
        yield from self._entries(self._head.signatories, "none", "list", 1)
        if self._withdrawn:
            key = "signatures_struck" if self._struck else "signatures_left_out"
            yield Cell(self._words(key, count=self._withdrawn), of_ours=True, form="sentence")

    def _group(self, group: Group, numbering: str, form: str, level: int) -> Iterator[Cell]:
        if group.heading:
            yield Cell(group.heading, level)
            level += 1
        yield Cell(group.qualifier or "", form="qualifier")
        numbering, form = group.numbering or numbering, group.form or form
        yield from self._entries(group.signatories, numbering, form, level)

    def _entries(
        self, entries: Sequence[Signatory], numbering: str, form: str, level: int
    ) -> Iterator[Cell]:
        """Yield the lines of a group; ``level`` is that of the headings in it."""
        own, run = 0, list[Signatory]()
        for entry in [*entries, None]:
            group = entry.group if isinstance(entry, Entry) else None
            if entry is not None and group is None:
                run.append(entry)
                continue
            # Signatures before, between and behind groups make a list or a table each.
            numbers = list[int]()
            for one in run:
                if one.anonymous is not None or numbering not in NUMBERED:
                    numbers.append(0)
                elif numbering == "through":
                    self._through += 1
                    numbers.append(self._through)
                else:
                    own += 1
                    numbers.append(own)
            if form == "table":
                yield from self._table(run, numbers)
            else:
                yield from self._list(run, numbers, self._form(run, form))
            run = []
            if group is not None:
                yield from self._group(group, numbering, form, level)

    def _form(self, run: Sequence[Signatory], form: str) -> str:
        """Return what signatures that are in no table are set as."""
        if self._separator and form == "list" and not any(map(_is_broken, run)):
            return "run-in"
        return "columns" if form == "columns" or len(run) > FEW else "list"

    def _list(self, run: Sequence[Signatory], numbers: Sequence[int], form: str) -> Iterator[Cell]:
        """Yield the lines of a list; in a paragraph no line ends behind a number."""
        space = TIED if form == "run-in" else " "
        for place, (one, number) in enumerate(zip(run, numbers, strict=True), 1):
            before, ours = f"{number}.{space}" if number else "", _has_ours(one)
            behind = self._separator if form == "run-in" and place < len(run) else ""
            told = before + self._told(one)
            yield Cell(told, 0, self._anchor(), before, behind, ours, line(one), form, len(run))

    def _table(self, run: Sequence[Signatory], numbers: Sequence[int]) -> Iterator[Cell]:
        if not run:
            return
        has_numbers, has_nations = any(numbers), any(one.country for one in run)
        words, among = self._words, len(run)
        heads = (
            words("signer_number") if has_numbers else "",
            words("signer_name"),
            words("signer_country") if has_nations else "",
        )
        for head in heads:
            yield Cell(head, of_ours=True, form="head", among=among)
        for one, number in zip(run, numbers, strict=True):
            yield Cell(str(number) if number else "", form="table", among=among)
            told, ours = self._told(one), _has_ours(one)
            yield Cell(told, 0, self._anchor(), "", "", ours, line(one), "table", among)
            code = one.country or ""
            nation = babel_locale(self._language).territories.get(code, code)
            yield Cell(str(nation), form="table", among=among)

    def _anchor(self) -> str:
        self._count += 1
        return anchor_of_signature(self._letter, self._count)

    def _told(self, one: Signatory) -> str:
        """Return the line of a signature with what the program says of it."""
        words, said = self._words, [line(one)]
        if not said[0]:
            said = [words("signature_anonymous", count=weight(one))]
        for key, day in (("added", one.added), ("withdrawn", one.withdrawn)):
            if day:
                date = day_in_words(datetime.date.fromisoformat(day), self._dossier)
                said.append(words(f"signature_{key}", date=date))
        return " ".join(said)
