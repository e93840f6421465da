"""Reads the files whose pages packets have bound in, such as the sources of letters."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from dossier.language.machine_reading import reading_data
from dossier.machine.tesseract import remedy, tesseract
from dossier.read.pictures import PictureFaultError
from dossier.read.placed_yaml import KeyPath, Place, Places
from dossier.read.reader import Reader
from dossier.read.scans import is_scan, read_scans
from dossier.records.diagnostics import Diagnostic
from dossier.records.dossier import CorpusLetter, SourceFile
from dossier.records.enclosing import (
    FACING,
    KINDS,
    LONGEST,
    MOST_BYTES,
    MOST_PAGES,
    SHORTEST,
    UNREAD,
    ForeignFile,
    Kind,
)
from dossier.records.packet import EVERYTHING, Packet
from dossier.records.printing import MM

BEGINNING = b"%PDF-"
CONVERTED = (".doc", ".docx", ".htm", ".html", ".odt", ".rtf")
"""The suffixes of files that LibreOffice makes PDFs of."""
PAGED = (".jpeg", ".jpg", ".pdf", ".png", ".tif", ".tiff")
"""The suffixes of files that have pages."""
WITHIN = 1024
"""A PDF may have other bytes before its beginning, as mail programs add; readers look so far for it."""


class ForeignFaultError(Exception):
    """A file cannot be bound in; ``args`` are the message and the remedy."""


class Enclosures:
    """The foreign files of a corpus, each read once."""

    def __init__(self, reader: Reader) -> None:
        """Take the corpus."""
        self._reader = reader
        self._read: dict[str, ForeignFile | None] = {}

    def of(
        self, packets: Sequence[Packet], letters: Sequence[CorpusLetter], places: Places | None
    ) -> tuple[ForeignFile, ...]:
        """Return the files that packets have bound in; note those that cannot be."""
        asked = [packet.publication for packet in packets]
        kinds = [kind for kind, about in KINDS.items() if any(map(about.is_asked_for, asked))]
        for letter in letters if kinds else ():
            for kind in kinds:
                self._add(letter, kind)
        if places:
            self._reader.found += _excluding(packets, places)
            self._check_reading(packets, letters, places)
        return tuple(file for file in self._read.values() if file)

    def _add(self, letter: CorpusLetter, kind: Kind) -> None:
        """Read the file of a letter, unless it is read already; note what is wrong with it."""
        named = letter.files.get(kind)
        if named is None or named.path in self._read:
            return
        self._read[named.path] = None
        relative = f"letters/{letter.id}.md"
        where = self._reader.enclosed.get((letter.id, kind), (1, 1))
        path = self._reader.resolve(named.path)
        try:
            raw = path.read_bytes() if path and named.size <= MOST_BYTES else b""
        except OSError as error:
            message = f"The file “{named.path}” cannot be read: {error.strerror}"
            self._reader.fault(relative, *where, message, "Check that you may read it.")
            return
        if named.size > MOST_BYTES:
            message = f"The file “{named.path}” is larger than {MOST_BYTES / 1_000_000:g} MB"
            smaller = "Save it smaller: 200 dots per inch are enough to be read."
            self._reader.fault(relative, *where, message, smaller)
            return
        if BEGINNING not in raw[:WITHIN] and not is_scan(raw):
            self._no_pages(named, kind, relative, where)
            return
        place = (self._reader.name(relative), *where)
        try:
            self._read[named.path] = _foreign(named, raw, place)
        except (ForeignFaultError, PictureFaultError) as error:
            self._reader.fault(relative, *where, *error.args)

    def _check_reading(
        self, packets: Sequence[Packet], letters: Sequence[CorpusLetter], places: Places
    ) -> None:
        """Note what is missing on this machine to read the pages that have no words."""
        asking = [packet for packet in packets if packet.publication.enclose_ocr]
        there = tesseract() if asking else None
        for letter in letters if asking else ():
            code = reading_data(letter.head.language or asking[0].publication.language)
            for kind, named in letter.files.items():
                file = self._read.get(named.path)
                if file is None or (there and code in there.data) or not _has_wordless(file):
                    continue
                if there is None:
                    message = (
                        f"Tesseract, which reads scans such as “{file.path}”, is not installed"
                    )
                    place = _place(asking[0], "enclose_ocr", places)
                    self._reader.found.append(places.error(place, message, remedy(code)))
                    return
                where = self._reader.enclosed.get((letter.id, kind), (1, 1))
                message = f"Tesseract has no data, “{code}”, to read “{file.path}” in its letter’s language"
                self._reader.fault(f"letters/{letter.id}.md", *where, message, remedy(code))

    def _no_pages(
        self, file: SourceFile, kind: Kind, relative: str, where: tuple[int, int]
    ) -> None:
        """Note a file that has no pages: a source may be a text, a certificate must have some."""
        suffix = Path(file.path).suffix
        if suffix.lower() in PAGED:
            message = f"The file “{file.path}” is named as a PDF or a picture, and is none"
            message = message if file.size else f"The file “{file.path}” is empty"
            self._reader.fault(relative, *where, message, "Fetch it again, or scan it anew.")
            return
        if KINDS[kind].must_have_pages:
            message = f"The {kind} “{file.path}” is neither a PDF nor a picture"
            instead = f"Name the scan of the {kind}: a PDF, PNG, JPEG or TIFF file."
            self._reader.fault(relative, *where, message, instead)
            return
        message = f"The source “{file.path}” is not bound in: it is neither a PDF nor a picture"
        instead = "To enclose it, name a scan, or save it as a PDF"
        instead += f" beside the {suffix} file" if suffix else ""
        if suffix.lower() in CONVERTED:
            folder = shlex.quote(Path(file.path).parent.as_posix())
            call = f"soffice --headless --convert-to pdf --outdir {folder} {shlex.quote(file.path)}"
            instead += f" and name that; LibreOffice makes one in the corpus’s folder with: {call}"
            self._reader.warn(relative, *where, message, instead)
            return
        self._reader.warn(relative, *where, message, f"{instead}.")


def _foreign(file: SourceFile, raw: bytes, place: tuple[str, int, int]) -> ForeignFile:
    """Return a file with its pages; raise ForeignFaultError or PictureFaultError."""
    if BEGINNING not in raw[:WITHIN]:
        scans = read_scans(file.path, raw)
        return ForeignFile(file.path, file.sha256, file.size, len(scans), place, pictures=scans)
    pages = _pages_of(file.path, raw)
    return ForeignFile(file.path, file.sha256, file.size, pages, place, pdf=raw)


def _pages_of(name: str, raw: bytes) -> int:
    """Return how many pages a PDF has; raise ForeignFaultError where they cannot be bound in."""
    from dossier.viewer import DamagedError, Document, PasswordError  # few corpora have use for it

    try:
        with Document(raw) as pdf:
            count = len(pdf)
            if count > MOST_PAGES:
                raise ForeignFaultError(
                    f"The PDF “{name}” has {count:,} pages, and {MOST_PAGES:,} can be bound in",
                    "Take the pages that belong to the letter into a PDF of their own.",
                )
            for number in range(count):
                wide, high = pdf.size(number)
                if not (SHORTEST <= wide <= LONGEST and SHORTEST <= high <= LONGEST):
                    raise ForeignFaultError(
                        f"Page {number + 1} of the PDF “{name}” measures {wide / MM:,.0f} x "
                        f"{high / MM:,.0f} mm",
                        f"Print it into a PDF of a usual size: each side has {SHORTEST / MM:.0f} to "
                        f"{LONGEST / MM:,.0f} mm.",
                    )
            return count
    except PasswordError:
        raise ForeignFaultError(
            f"The PDF “{name}” asks for a password",
            "Open it with the password, and print it into a new PDF without one.",
        ) from None
    except DamagedError:
        raise _damaged(name) from None


def _has_wordless(file: ForeignFile) -> bool:
    """Tell whether a file has pages without words of their own."""
    if file.pictures:
        return True
    from dossier.viewer import DamagedError, Document  # few corpora have use for it

    with Document(file.pdf) as pdf:
        try:
            for number in range(file.pages):
                with pdf.page(number) as page:
                    if not UNREAD.sub("", page.text()):
                        return True
        except DamagedError:
            return True  # what cannot be drawn is found when it is drawn
    return False


def _damaged(name: str) -> ForeignFaultError:
    message = f"The PDF “{name}” cannot be opened: it is damaged, or has no pages"
    return ForeignFaultError(message, "Fetch it again, or save it anew from a PDF reader.")


def _excluding(packets: Sequence[Packet], places: Places) -> Iterator[Diagnostic]:
    """Yield keys that do not go with enclosed pages."""
    for packet in packets:
        publication = packet.publication
        if publication.enclose != FACING:
            continue
        printing = publication.printing
        for key, is_wrong, why in (
            ("separators", publication.separators, "A sheet before a letter faces no page of its source"),
            ("bates", publication.bates, "A blank page would have no Bates number"),
            (
                "print", printing and printing.sides == "one",
                "Paper that is printed on one side has no versos",
            ),
        ):  # fmt: skip
            if is_wrong:
                message = f"“enclose: facing” does not go with “{key}”. {why}"
                otherwise = f"Remove “{key}”, or write “enclose: after”, or make two packets."
                yield places.error(_place(packet, "enclose", places), message, otherwise)


def _place(packet: Packet, key: str, places: Places) -> Place:
    """Return the place of a key of a packet: its own, or that of the whole."""
    own: KeyPath = (key,) if packet.name == EVERYTHING else ("packets", packet.name, key)
    return places.of_key(own if own in places.values else (key,))
