"""The packets of ``dossier.yaml``: what each says otherwise than the whole, and what it selects by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from dossier.language.folding import folded, spelled
from dossier.names.likeness import did_you_mean
from dossier.names.signers import Signers
from dossier.read.marked_yaml import Marks, Path
from dossier.read.reader import Reader
from dossier.records.body import Body
from dossier.records.design import Design
from dossier.records.diagnostics import quoted
from dossier.records.dossier import CorpusLetter
from dossier.records.packet import EVERYTHING, Packet
from dossier.records.schema import Conditions, Publication

NO_CHANGE = ("title", "paper", "design")
"""What a packet cannot do without: an empty key leaves it as it is."""


def packets(
    publication: Publication,
    introduction: Body | None,
    parse: Callable[[str, Path], Body],
    look: Callable[[Publication, Path], Design],
    marks: Marks,
) -> tuple[Packet, ...]:
    """Return the packet of everything, then the others as they stand in the file.

    ``introduction`` is that of the whole; ``parse`` reads the text of another, which stands at a path, and
    ``look`` the design of a packet whose keys stand under a path.
    """
    found = [Packet(EVERYTHING, publication, introduction, look(publication, ()))]
    for name, entry in publication.packets.items():
        changed = {
            key: getattr(entry, key)
            for key in entry.model_fields_set - {"select"}
            if getattr(entry, key) is not None or key not in NO_CHANGE
        }
        its_own = introduction
        if "introduction" in changed:
            where: Path = ("packets", name, "introduction")
            its_own = parse(entry.introduction, where) if entry.introduction else None
        mark = marks.of(("packets", name, "select"))
        its_publication = publication.model_copy(update=changed)
        found.append(
            Packet(
                name,
                its_publication,
                its_own,
                look(its_publication, ("packets", name)),
                entry.select,
                (mark.line, mark.column),
            )
        )
    return tuple(found)


def check_packets(
    publication: Publication,
    letters: Sequence[CorpusLetter],
    ids: Collection[str],
    works: Collection[str] | None,
    signers: Signers | None,
    all_sound: bool,
    marks: Marks,
    reader: Reader,
) -> None:
    """Report what packets select by and is nowhere in the corpus.

    ``ids`` are those of all letters, also of faulty ones, ``works`` those of the works that can be cited;
    ``signers`` knows who signed. What only letters can tell is looked for where these are ``all_sound``.
    """
    addressees = {folded(letter.head.to.name): letter.head.to.name for letter in letters}
    tags = {spelled(tag): tag for letter in letters for tag in letter.head.tags}
    for name, entry in publication.packets.items():
        where: Path = ("packets", name)
        if name == EVERYTHING:
            message = f"“{EVERYTHING}” is the packet that holds the whole corpus"
            remedy = "Give this packet another name; what the whole is called stands above."
            reader.found.append(marks.error(marks.of_key(where), message, remedy))
        for place, conditions in _conditions(entry.select, (*where, "select")):
            _missing(
                conditions.letters, (*place, "letters"), ids, "letter",
                "Use the id of a letter: its file's name without .md.", marks, reader,
            )  # fmt: skip
            if works is not None:
                _missing(
                    conditions.cites, (*place, "cites"), works, "work",
                    "Use the id of a work in the reports file.", marks, reader,
                )  # fmt: skip
            if not all_sound:
                continue
            _missing(
                conditions.tags, (*place, "tags"), tags, "letter with the tag",
                "Use a tag of a letter, in the same spelling.", marks, reader, spelled,
            )  # fmt: skip
            _missing(
                conditions.addressee, (*place, "addressee"), addressees, "letter to",
                "Use the “to” of a letter, or its “name”.", marks, reader, folded,
            )  # fmt: skip
            if signers:
                _check_signers(conditions.signed_by, (*place, "signed_by"), signers, marks, reader)


def _conditions(select: Conditions | None, where: Path) -> Iterator[tuple[Path, Conditions]]:
    """Yield a selection and what it leaves out, each with its place."""
    if select is not None:
        yield where, select
        yield from _conditions(getattr(select, "but", None), (*where, "except"))


def _missing(
    words: Sequence[str],
    where: Path,
    known: Collection[str] | Mapping[str, str],
    what: str,
    otherwise: str,
    marks: Marks,
    reader: Reader,
    same: Callable[[str], str] = str,
) -> None:
    """Report those of ``words`` that are not ``known``, where ``same`` words are one."""
    choices = list(known.values()) if isinstance(known, Mapping) else list(known)
    for number, word in enumerate(words):
        if same(word) not in known:
            remedy = did_you_mean(word, choices, otherwise)
            mark = marks.of((*where, number))
            reader.found.append(marks.error(mark, f"There is no {what} “{word}”", remedy))


def _check_signers(
    words: Sequence[str], where: Path, signers: Signers, marks: Marks, reader: Reader
) -> None:
    for number, word in enumerate(words):
        mark, entries = marks.of((*where, number)), signers.entries(word)
        if len(entries) > 1:
            message = f"“{word}” fits several entries of names.yaml: {quoted(entries)}"
            reader.found.append(marks.error(mark, message, "Write the ids of those you mean."))
        elif not signers.is_known(word):
            remedy = did_you_mean(
                word, signers.wordings, "Use the id of an entry of names.yaml, or a name as signed."
            )
            reader.found.append(marks.error(mark, f"Nobody signs as “{word}”", remedy))
