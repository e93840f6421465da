"""Reads the corpus: returns typed records, or all faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from dossier.language import limits
from dossier.language.dates import letter_date
from dossier.language.words import Words
from dossier.machine.files import REPORT_FILES, SUFFIX_OF_LETTERS
from dossier.names.likeness import nearest
from dossier.names.matching import Authority
from dossier.names.signers import Signers
from dossier.read import guesses, markdown, placed_yaml
from dossier.read.attaching import check_attaching
from dossier.read.citation_styles import CitationStyles
from dossier.read.crosscheck import (
    check_citations,
    check_distinct,
    check_introduction,
    check_names,
    check_near_citations,
    check_signatures,
    check_uncited,
    faulty_entries,
)
from dossier.read.designs import Designs, read_templates
from dossier.read.enclosing import Enclosures
from dossier.read.filing import check_filing
from dossier.read.inline_text import broken_word
from dossier.read.kept_letters import KeptLetters, ReadLetter
from dossier.read.lists import signatures_of
from dossier.read.named_files import named_file
from dossier.read.nodes import PICTURES, TABLES
from dossier.read.nodes import SIGNATORIES as PLACE_OF_SIGNATORIES
from dossier.read.packets import check_packets
from dossier.read.packets import packets as packets_of
from dossier.read.pictures import Album
from dossier.read.printing import check_printing
from dossier.read.profiles import Profiles
from dossier.read.reader import PLACEHOLDERS, Reader, plain_text
from dossier.read.relations import check_relations, in_sequence
from dossier.read.reports import read_references
from dossier.read.signing import with_keys
from dossier.read.strange_files import what_document, what_file
from dossier.read.words import words_of
from dossier.records.authority import Names
from dossier.records.body import Body, text_of
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.dossier import Corpus, CorpusLetter
from dossier.records.enclosing import KINDS as ENCLOSED
from dossier.records.front_matter import FrontMatter
from dossier.records.packet import Packet
from dossier.records.publication import Publication
from dossier.records.relations import DRAFT, KINDS
from dossier.records.templates import Templates
from dossier.records.values import ID_PATTERN

MAX_LETTER_BYTES = 500_000
PASTED_BULLET = re.compile(r"\s*([•‣◦▪●])")
TABLE = re.compile(r"\s*(?:\|.*\||:?-+:?\s*(?:\|\s*:?-+:?\s*)+)\s*")
STATED = re.compile(r"^format\s*:\s*['\"]?([12])['\"]?\s*(?:#|$)", re.MULTILINE)
SIGNATORIES = re.compile(r"#* ?(\[ ?sign(?:ator|atur|er)\w* ?\])\s*", re.IGNORECASE)
"""What an editor may write for the line that stands for the signatures."""
FOOTNOTE = re.compile(r"(?<!\\)\[\^[^\]\s]+\]")
PICTURE = re.compile(r"!\[[^\]]{0,2000}\]\([^)]{0,2000}\)")
DASHES = re.compile(r"\s*[-‐-―−_=*~]+\s*")
"""A line that an editor or a word processor writes instead of three hyphens."""
THREE_HYPHENS = "It must be three hyphens: ---"


def read(
    root: Path,
    shown: str | None = None,
    drafts: bool = False,
    kept: KeptLetters | None = None,
) -> tuple[Corpus | None, tuple[Diagnostic, ...]]:
    """Read the corpus in the folder ``root``, which findings call ``shown``, with ``drafts`` or without.

    ``kept`` has letters that earlier builds have read. Returns the corpus, None where an error was found,
    and all findings, sorted by file and line. Raises MachineLacksError if a font is missing.
    """
    reader = Reader(root, shown if shown is not None else root.as_posix())
    if not root.is_dir():
        reader.fault(
            "", 1, 1, "There is no corpus here", "Create the folder, or name another with --corpus."
        )
        return None, reader.findings()
    own = read_templates(reader)
    publication, places = reader.yaml(Publication, "dossier.yaml", required=True)
    packets: tuple[Packet, ...] = ()
    words: Words | None = None
    if publication:
        words = words_of(publication, own, places, reader)
        packets = _packets(publication, own, places, reader)
    names, name_marks = reader.yaml(Names, "names.yaml", required=False)
    references, known, unused = read_references(reader)
    reader.version = _stated_version(reader)
    letters = _letters(reader, kept or KeptLetters())
    all_read = len(letters) == len(list(_letter_files(root)))
    check_relations(letters, [path.stem for path in _letter_files(root)], reader)
    for letter in letters:
        check_citations(letter, known, reader)
        if letter.id in reader.bodies:
            check_near_citations(letter, *reader.bodies[letter.id], known or set(), reader)
    if names is not None:
        ids = [str(where[1]) for where in name_marks.keys if len(where) == 2]
        check_names(names, ids, name_marks, reader)
        if all_read:
            check_distinct(names, ids, letters, name_marks, reader)
        faulty = faulty_entries(name_marks, reader.found + reader.placed)
        check_signatures(letters, Authority(names), ids, faulty, name_marks, reader)
    for body in dict.fromkeys(packet.introduction for packet in packets):
        check_introduction(body, reader)
    if publication and publication.packets:
        _check_packets(publication, names, letters, known, all_read, places, reader)
    check_attaching(packets, letters, places, reader)
    if all_read:
        check_uncited(unused, letters, reader)
    foreign = Enclosures(reader).of(packets, letters, places)
    _check_file_names(reader)
    if all_read and not drafts:
        _check_drafts(letters, reader)
    found_all = reader.findings()
    if any(item.severity is Severity.ERROR for item in found_all):
        return None, found_all
    assert publication and words and names is not None and references is not None
    ordered = tuple(in_sequence(letters, drafts))
    corpus = Corpus(
        publication, packets[0].introduction, ordered, names, references, packets, words, own, drafts,
        len(letters) - len(ordered), foreign,
    )  # fmt: skip
    return corpus, tuple(sorted({*found_all, *check_filing(corpus)}))


def _packets(
    publication: Publication, own: Templates, places: placed_yaml.Places, reader: Reader
) -> tuple[Packet, ...]:
    """Return the packets, with their introductions, designs, citation styles and profiles."""
    parse = partial(_introduction, places=places, reader=reader)
    text = publication.introduction
    found = packets_of(
        publication,
        parse(text, ("introduction",)) if text else None,
        parse,
        partial(Designs(own, reader).look, places=places),
        partial(CitationStyles(reader).look, places=places),
        partial(Profiles(own, reader).named, places=places),
        places,
    )
    check_printing(found, places, reader)
    return with_keys(found, places, reader)


def _check_drafts(letters: list[CorpusLetter], reader: Reader) -> None:
    """Report that every letter is a draft, so that there would be nothing to print."""
    if letters and all(letter.head.status == DRAFT for letter in letters):
        remedy = "Remove “status: draft” from a finished one, or build with --drafts."
        reader.fault("letters", 1, 1, "Every letter is a draft", remedy)


def _check_packets(
    publication: Publication,
    names: Names | None,
    letters: list[CorpusLetter],
    works: set[str] | None,
    all_read: bool,
    places: placed_yaml.Places,
    reader: Reader,
) -> None:
    """Report selections by what the corpus does not have, as far as faults elsewhere allow to tell."""
    paths = {path for letter in letters for path in letter.paths}
    sound = all_read and not any(
        item.path in paths and item.severity is Severity.ERROR for item in reader.found
    )
    signers = None
    if (
        names is not None
        and sound
        and not any(
            item.path == reader.name("names.yaml") and item.severity is Severity.ERROR
            for item in reader.found
        )
    ):
        signers = Signers(Authority(names), letters)
    ids = {path.stem for path in _letter_files(reader.root)}
    check_packets(publication, letters, ids, works, signers, sound, places, reader)


def _stated_version(reader: Reader) -> int:
    """Return the version of the format, from a faulty dossier.yaml too, whose letters may be sound."""
    stated = STATED.search(reader.texts.get("dossier.yaml", ""))
    return int(stated[1]) if stated else 1


def _introduction(
    text: str, where: placed_yaml.KeyPath, places: placed_yaml.Places, reader: Reader
) -> Body:
    """Return the introduction at ``where``; note its faults at their places in the file."""
    place = places.of(where)
    if len(text.split()) == 1 and guesses.FILE.fullmatch(text.strip().rpartition("/")[2]):
        message = f"“{text.strip()}” is printed as a text, not read as a file"
        remedy = "Write “introduction: |”, and the text on the lines below, indented by two spaces."
        reader.warn("dossier.yaml", place.line, place.column, message, remedy)
    first, *rest = reader.texts["dossier.yaml"].split("\n")[place.line - 1 :]
    begin = first[place.column - 1 :][:1]
    if begin in ("|", ">"):
        line = next((line for line in rest if line.strip()), "")
        before, indent, there = place.line, len(line) - len(line.lstrip()), rest
    else:
        indent = place.column - 1 + (begin in ("'", '"'))
        before, there = place.line - 1, [first]
    introduction, found = markdown.parse(text, reader.name("dossier.yaml"), before, indent)
    lines = text.rstrip("\n").split("\n")
    if [line[indent : indent + len(own)] for line, own in zip(there, lines, strict=False)] != lines:
        # YAML has joined the lines, so the place of each is lost.
        found = [replace(item, line=place.line, column=place.column) for item in found]
        citations = tuple(
            replace(citation, line=place.line, column=place.column)
            for citation in introduction.citations
        )
        introduction = replace(introduction, citations=citations)
    reader.found += found
    return introduction


def _check_file_names(reader: Reader) -> None:
    """Warn of files that are not read although their names look like those of files that are."""
    try:
        there = {path.name: path.is_dir() for path in reader.root.iterdir()}
    except OSError:
        return
    works = () if any(name in there for name in REPORT_FILES) else REPORT_FILES
    files = [name for name in ("dossier.yaml", "names.yaml", *works) if name not in there]
    folders = [name for name in ("letters",) if name not in there]
    read = {"dossier.yaml", "names.yaml", "letters", "sources", "templates", *REPORT_FILES}
    for name, is_folder in there.items():
        choices = folders if is_folder else files
        if name in read or _is_ignored(name) or not choices:
            continue
        stem = nearest(name.partition(".")[0], [choice.partition(".")[0] for choice in choices])
        found = nearest(name, [choice for choice in choices if choice.partition(".")[0] == stem])
        if found:
            kind = "folder" if is_folder else "file"
            message, remedy = f"The {kind} “{name}” is not read", f"Did you mean “{found}”?"
            reader.found.append(
                Diagnostic(reader.name(name), 1, 1, Severity.WARNING, message, remedy)
            )


# --- letters ---


def _letters(reader: Reader, kept: KeptLetters) -> list[CorpusLetter]:
    folder = reader.root / "letters"
    if not folder.is_dir():
        reader.fault("letters", 1, 1, "The folder is missing", "Create it and put letters into it.")
        return []
    files: dict[str, bytes] = {}
    try:
        names = sorted(path.name for path in folder.iterdir() if not _is_ignored(path.name))
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror}"
        reader.fault("letters", 1, 1, message, "Check that you may read it.")
        return []
    for name in names:
        relative = f"letters/{name}"
        if not name.endswith(SUFFIX_OF_LETTERS):
            what, remedy = what_file(name, (folder / name).is_dir(), names)
            reader.fault(relative, 1, 1, what, remedy)
            continue
        stem = name.removesuffix(SUFFIX_OF_LETTERS)
        if not re.fullmatch(ID_PATTERN, stem):
            reader.fault(
                relative, 1, 1, f"The file's name “{stem}” cannot be an id",
                guesses.file_name(stem, names) or "Use small letters a to z, digits and single hyphens.",
            )  # fmt: skip
        elif (raw := reader.raw(relative, MAX_LETTER_BYTES)) is not None:
            files[relative] = raw
    if not names:
        reader.fault("letters", 1, 1, "There is no letter here", "Add a letter as letters/ID.md.")
    return _read_all(reader, files, kept)


def _read_all(reader: Reader, files: Mapping[str, bytes], kept: KeptLetters) -> list[CorpusLetter]:
    """Return the letters whose files have these bytes by path, except those that cannot be read."""
    album = Album(reader)
    first = kept.open(reader.shown, reader.version, files)
    found = {
        relative: _letter(reader, album, kept, relative, files[relative])
        for relative in dict.fromkeys((*first, *files))
    }
    letters = [found[relative] for relative in files]
    return [letter for letter in letters if letter]


def _is_ignored(name: str) -> bool:
    """Tell whether a file is ignored: hidden, a lock file of Word, or a backup."""
    return name.startswith((".", "~$")) or name.endswith("~")


def _letter_files(root: Path) -> Iterator[Path]:
    """Yield the files that should be letters, by suffix."""
    with suppress(OSError):
        for path in (root / "letters").iterdir():
            if path.suffix == SUFFIX_OF_LETTERS and not _is_ignored(path.name):
                yield path


def _letter(
    reader: Reader, album: Album, kept: KeptLetters, relative: str, raw: bytes
) -> CorpusLetter | None:
    """Return a letter; None, with the reason noted, where it cannot be read."""
    recalled = kept.get(relative)
    if recalled:
        reader.found += recalled.findings
        return _with_its_source(recalled.letter, plain_text(raw), relative, reader)
    before, placed = len(reader.found), len(reader.placed)
    read = _read(reader, album, relative, raw)
    if read is None:
        return None
    letter, text = read
    # The places of findings depend on what was removed from a text.
    if reader.is_as_saved(relative) and len(reader.placed) == placed:
        kept.put(relative, letter, reader.found[before:])
    return _with_its_source(letter, text, relative, reader)


def _read(reader: Reader, album: Album, relative: str, raw: bytes) -> tuple[ReadLetter, str] | None:
    """Return what a letter's file says, and its text; None, with the reason noted, if that cannot be."""
    stem = PurePosixPath(relative).stem
    strange = what_document(raw, stem)
    if strange:
        reader.fault(relative, 1, 1, *strange)
        return None
    text = reader.decoded(raw, relative)
    if text is None:
        return None
    lines = text.split("\n")
    end = _end_of_front_matter(lines, relative, reader)
    if end is None:
        return None
    name = reader.name(relative)
    data, places, found = placed_yaml.load("\n".join(lines[1:end]), name, line_offset=1)
    reader.found += found
    below = "\n".join(lines[end + 1 :])
    parsed, found_in_body = markdown.parse(
        below, name, end + 1, version=reader.version, picture=album.picture
    )
    reader.found += found_in_body
    _check_body(below.split("\n"), end + 2, parsed.signed_at is not None, relative, reader)
    if data is None and found:
        # The text below is still checked.
        head: FrontMatter | None = FrontMatter.model_validate(PLACEHOLDERS[FrontMatter])
    else:
        data = reader.values(data, places, relative, text)
        _check_lines(lines[1:end], relative, reader)
        head = reader.model(FrontMatter, {} if data is None else data, places)
    if head is None:
        return None
    unread = data is None or (found_in_body and not parsed.nodes)
    if not unread and not text_of(parsed.nodes):
        reader.fault(relative, end + 2, 1, "The letter has no text", "Write it below the keys.")
    if parsed.signed_at is not None and "postscript" not in (head.sequence or ("postscript",)):
        place = places.of(("sequence",))
        message = "The text goes on behind the signatures, and the sequence does not name that part"
        remedy = "Add “postscript” where the letter has it."
        reader.fault(relative, place.line, place.column, message, remedy)
    signed = signatures_of(head, places, relative, reader)
    letter = ReadLetter(
        head=signed.head,
        body=parsed,
        signature_places=signed.places,
        lists=signed.files,
        body_line=end + 2,
        relations={kind: places.of((kind,)) for kind in KINDS},
        files={kind: places.of(about.key) for kind, about in ENCLOSED.items()},
    )
    return letter, text


def _with_its_source(read: ReadLetter, text: str, relative: str, reader: Reader) -> CorpusLetter:
    """Return a letter as it was read, with its source; tell the reader what other checks need of it.

    ``text`` is its file's.
    """
    stem = PurePosixPath(relative).stem
    reader.relations |= {(stem, kind): place for kind, place in read.relations.items()}
    if "@" in text:  # the mark of a citation
        below = "\n".join(text.split("\n")[read.body_line - 1 :])
        reader.bodies[stem] = below, read.body_line
    head = read.head
    files = {}
    for kind, about in ENCLOSED.items():
        place = read.files[kind]
        reader.enclosed[stem, kind] = place.line, place.column
        name = head.value(about.key)
        file = named_file(reader, name, about.example, place, relative) if name else None
        if file:
            files[kind] = file
    return CorpusLetter(
        id=stem,
        path=reader.name(relative),
        head=head,
        date=letter_date(head.date, head.sort_date),
        body=read.body,
        signature_places=read.signature_places,
        lists=read.lists,
        files=files,
    )


def _end_of_front_matter(lines: list[str], relative: str, reader: Reader) -> int | None:
    """Return the index of the line below a letter's keys; None, with the reason noted, without one."""
    if lines[0].rstrip() != "---":
        reader.fault(relative, 1, 1, *_first_line(lines))
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is not None:
        return end
    like = next((n for n, line in enumerate(lines[1:], 1) if DASHES.fullmatch(line)), None)
    if like is not None:
        message = f"The line is “{lines[like].strip()}”"
        reader.fault(relative, like + 1, 1, message, THREE_HYPHENS)
        return None
    reader.fault(
        relative, 1, 1, "The front matter (the keys) has no end",
        "Put a line of three hyphens, ---, between the keys and the text.",
    )  # fmt: skip
    return None


def _check_body(lines: list[str], first: int, signed: bool, relative: str, reader: Reader) -> None:
    """Note text beyond the limits of typesetting; warn of lists, tables and the like that are no markup.

    Each kind is warned of once. ``first`` is the number of the first line in the file; ``signed``
    tells whether a line stands for the signatures.
    """
    warned: set[str] = set()

    def warn(kind: str, index: int, column: int, message: str, remedy: str) -> None:
        if kind not in warned:
            reader.warn(relative, first + index, column + 1, message, remedy)
        warned.add(kind)

    for index, line in enumerate(lines):
        for beyond in limits.beyond(line):
            reader.fault(relative, first + index, beyond.place + 1, beyond.message, beyond.remedy)
        before = lines[index - 1] if index else ""
        runs_on = before.strip() and not before.endswith(("\\", "  "))
        if runs_on and (match := PASTED_BULLET.match(line)):
            message = f"A line that begins with “{match[1]}” is not a list here"
            remedy = (
                "Begin it with “- ”, or end the line before with a backslash to keep the break."
            )
            warn("list", index, match.start(1), message, remedy)
        if runs_on and (word := broken_word(before, line)):
            message = f"“{word}” stands at the end of a line, and prints with a space behind it"
            remedy = "Write the whole word or address on one line."
            column = len(before.rstrip()) - len(word)
            warn("word", index - 1, column, message, remedy)
        if reader.version < TABLES and runs_on and TABLE.fullmatch(line) and "|" in before:
            message = "A table is not read as one here, and its lines run together"
            remedy = (
                "Write “format: 2” into dossier.yaml, which reads tables; or write it as a list, or end "
                "each of its lines but the last with a backslash."
            )
            warn("table", index, len(line) - len(line.lstrip()), message, remedy)
        if reader.version < 2 and (match := FOOTNOTE.search(line)):
            message = f"“{match[0]}” is not read as a footnote, and prints as it stands"
            remedy = "Write “format: 2” into dossier.yaml, and the note as “[^1]: The note.”"
            warn("footnote", index, match.start(), message, remedy)
        if reader.version < PICTURES and (match := PICTURE.search(line)):
            message = "A picture is not read as one here, and its markup prints as it stands"
            remedy = (
                "Write “format: 2” into dossier.yaml, which reads pictures, or “!\\[” to print these "
                "characters."
            )
            warn("picture", index, match.start(), message, remedy)
        if not signed and (match := SIGNATORIES.fullmatch(line)):
            message = f"“{match[1]}” does not stand for the signatures here, and is printed"
            remedy = f"Write {PLACE_OF_SIGNATORIES} on a line of its own, between empty lines."
            if reader.version < 2:
                remedy = "Write “format: 2” into dossier.yaml."
            warn("signatories", index, match.start(1), message, remedy)


def _first_line(lines: list[str]) -> tuple[str, str]:
    """Return message and remedy for a letter whose first line is not three hyphens."""
    if DASHES.fullmatch(lines[0]):
        return f"The first line is “{lines[0].rstrip()}”", THREE_HYPHENS
    below = next((line for line in lines if line.strip()), "")
    if not lines[0].strip() and (below.rstrip() == "---" or DASHES.fullmatch(below)):
        return "The first line is empty", f"{THREE_HYPHENS}, without empty lines before it"
    return (
        "The letter does not begin with its front matter (the keys)",
        "Put a line of three hyphens, ---, the keys and another such line before the text.",
    )


def _check_lines(lines: list[str], relative: str, reader: Reader) -> None:
    """Warn of citations in front matter, and of text that YAML drops as a comment, as in ``Appeal #2``."""

    def warn(number: int, column: int, message: str, remedy: str) -> None:
        reader.found.append(
            Diagnostic(reader.name(relative), number, column, Severity.WARNING, message, remedy)
        )

    for number, line in enumerate(lines, 2):
        match = re.search(r"(?<=\S) #(?=.)", line)
        quotes = re.search(r"(?:^|[:,{\[-] *)['\"]", line[: match.start()]) if match else None
        if match and not quotes:
            warn(
                number,
                match.end(),
                "What follows the # is not read",
                "Put the whole text in quotes.",
            )
        for citation in markdown.CITATION.finditer("" if line.lstrip().startswith("#") else line):
            message = f"“{citation[0]}” is not read as a citation here"
            warn(
                number,
                citation.start() + 1,
                message,
                "Cite the work in the letter's text, below the keys.",
            )
