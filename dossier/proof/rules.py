"""Proves the rules of a profile on the finished files of a packet, by reading these back.

Nothing is known here of the corpus: the sections and their pages come from the listing, everything else
from the PDF and the bytes of the other files. A finding has its page, 0 for the whole file.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dossier.proof import anatomy, enclosed
from dossier.proof.anatomy import Anatomy
from dossier.proof.lettering import Label, of_listing, unturned
from dossier.proof.objects import MALFORMED, STRING, Objects, UnreadableError
from dossier.proof.readback import Page, Readback, Typed, reading
from dossier.proof.tags import Finding
from dossier.proof.wanted import squeezed
from dossier.records.diagnostics import Diagnostic, Severity
from dossier.records.outputs import LISTING_SUFFIX, SUFFIXES
from dossier.records.printing import MM
from dossier.records.profile import ALL, BY_HAND, PDF, Profile, Rule
from dossier.records.sections import goes_on, is_cover, section_of_letter, whole_section
from dossier.viewer import BROKEN

ATTACHED = re.compile(rb"/(EmbeddedFiles?|Filespec|FileAttachment|AF)(?![A-Za-z])")
FORM = re.compile(rb"/(AcroForm|Widget|XFA)(?![A-Za-z])")
SCRIPT = re.compile(
    rb"/(?:S|Subtype) /(JavaScript|Launch|SubmitForm|ImportData|ResetForm|RichMedia\w*|Movie|Sound"
    rb"|Rendition|Screen|3D|GoTo3DView)(?![A-Za-z])|/(JavaScript|JS|AA)(?![A-Za-z])"
)
LETTERED = re.compile("([A-Z])([1-9][0-9]*)")
"""A page number with the letter of its section."""
OUTWARD = re.compile(rb"/S /(URI|GoToR|GoToE|Launch)(?![A-Za-z])")
"""Matches actions that lead out of the file."""
OF_ALL = ("max_words", "file_name", "output_present")
"""The kinds of rules that are proved once, for all volumes together."""
NUMBERED = (
    "page_labels", "section_letters", "contents_linked", "volume_covers", "volume_names", "page_stamps",
)  # fmt: skip
"""The kinds of rules about the numbers of pages and volumes, which the index volume does not have."""
NONE: Mapping[Path, range] = MappingProxyType({})
PAPER_SLACK = 0.5 * MM
"""How far a page's size may be from that of the paper: papers have their sizes in whole millimetres."""
TYPE_SLACK = 0.05
LEADING_SLACK = 0.01
RAISED = 1.0
"""Points by which figures and signs are raised at least, as marks of footnotes are."""
ONE_LINE = 0.6
"""The part of its size by which text may stand above or below another in the same line."""
IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{IDEOGRAPH}]|[^\s{IDEOGRAPH}]+")
"""Matches what word processors count as a word: each ideograph and kana, else what spaces enclose."""
UNKNOWN = re.compile("[\ufffd\ue000-\uf8ff]")
"""Matches characters that stand for none."""
READ = "; with “enclose_ocr: true” scans are read by machine"


def findings(
    profile: Profile, pdf: Path, files: Mapping[Path, bytes]
) -> tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]]:
    """Return the rules that the finished ``files`` of a packet break: those that refuse, and warnings.

    ``pdf`` is the path of the PDF among them. Of one that is divided into volumes these are read, each as a
    file of its own.
    """
    whole = _Filed(pdf, files, pdf)
    volumes = _volumes(pdf, files) or [whole]
    refused: list[Diagnostic] = []
    warned: list[Diagnostic] = []
    for rule in profile.stated.rules:
        if rule.kind == BY_HAND:
            continue
        of_all = rule.kind in OF_ALL or (rule.of or PDF) != PDF
        for file in [whole] if of_all else volumes:
            if file.is_index and rule.kind in NUMBERED:
                continue
            if found := _found(file, rule):
                broken = _broken(profile, rule, file.pdf, found)
                (warned if rule.warns else refused).append(broken)
    return tuple(refused), tuple(warned)


def _found(file: _Filed, rule: Rule) -> list[Finding]:
    """Return what breaks a rule in a file."""
    try:
        return list(KINDS[rule.kind](file, rule))
    except UnreadableError as error:
        return [(0, f"the file {error}")]
    except MALFORMED as error:
        return [(0, f"a part of the file is not what it should be ({error})")]


def _volumes(pdf: Path, files: Mapping[Path, bytes]) -> list[_Filed]:
    """Return the volumes into which a PDF is divided, the index volume last; none where it is not."""
    try:
        items = json.loads(files[pdf.with_suffix(LISTING_SUFFIX)]).get("volumes", ())
        known = {
            pdf.with_name(str(item["file"])): range(
                int(item["first_page"]), int(item["last_page"]) + 1
            )
            for item in items
        }
        indexes = {pdf.with_name(str(item["file"])) for item in items if item.get("index")}
    except MALFORMED:
        return []  # another rule tells
    numbered = {path: pages for path, pages in known.items() if path not in indexes}
    return [
        _Filed(path, files, pdf, pages, numbered, path in indexes)
        for path, pages in known.items()
        if path in files
    ]


def _broken(profile: Profile, rule: Rule, pdf: Path, found: Sequence[Finding]) -> Diagnostic:
    """Return the finding that a rule is broken, at its first page."""
    page, what = min(found)
    pages = {page for page, _ in found}
    more = f" (so on {len(pages)} pages)" if len(pages) > 1 else ""
    message = f"The rule “{rule.id}” of the profile “{profile.name}” is broken: {what}{more}"
    remedy = f"{rule.says} Source: {rule.source}, read on {rule.read}."
    severity = Severity.WARNING if rule.warns else Severity.ERROR
    return Diagnostic(pdf.as_posix(), page, 0, severity, message, remedy)


@dataclass(frozen=True)
class _Section:
    """A section, as the listing has it."""

    id: str
    title: str
    pages: range

    @property
    def is_letter(self) -> bool:
        return self.id.startswith("letters/")


class _Filed:
    """The finished files of a packet; the PDF is read as far as a rule needs."""

    def __init__(
        self,
        pdf: Path,
        files: Mapping[Path, bytes],
        whole: Path,
        held: range | None = None,
        volumes: Mapping[Path, range] = NONE,
        is_index: bool = False,
    ) -> None:
        """Take the PDF, all files, and the PDF that has the name of the listing.

        A volume of that has the pages ``held``; ``volumes`` has those of all volumes that are numbered,
        of which the index volume, ``is_index``, is none.
        """
        self.is_index = is_index
        self.pdf = pdf
        self.files = files
        self.whole = whole
        self.volumes = volumes
        self.before = held.start - 1 if held else 0
        """How many pages are in the volumes before."""
        self._held = held
        self._pages: dict[int, Page] = {}

    @functools.cached_property
    def book(self) -> Readback:
        return Readback(self.files[self.pdf])

    @functools.cached_property
    def objects(self) -> Objects:
        return Objects(self.files[self.pdf])

    @functools.cached_property
    def anatomy(self) -> Anatomy:
        return anatomy.dissect(self.objects)

    @functools.cached_property
    def text(self) -> bytes:
        """The text of all objects, without what stands in strings."""
        return b"\n".join(STRING.sub(b"()", text) for text in self.objects.text.values())

    @functools.cached_property
    def sections(self) -> tuple[_Section, ...]:
        """The sections in the file, with their pages in it; raises one of MALFORMED without a listing."""
        return tuple(
            replace(one, pages=range(one.pages.start - self.before, one.pages.stop - self.before))
            for one in self.every
            if self._held is None or one.pages.start in self._held
        )

    @functools.cached_property
    def every(self) -> tuple[_Section, ...]:
        """The sections of all volumes, with their pages in the whole."""
        listing = json.loads(self.files[self.whole.with_suffix(LISTING_SUFFIX)])
        return tuple(
            _Section(
                str(item["id"]), str(item["title"]),
                range(
                    int(item["first_page"]), int(item["last_page"]) + 1, int(item.get("step", 1))
                ),
            )
            for item in listing["sections"]
        )  # fmt: skip

    @functools.cached_property
    def label(self) -> Label:
        """What is printed for each page of the whole, as the listing has it."""
        return of_listing(json.loads(self.files[self.whole.with_suffix(LISTING_SUFFIX)]))

    @property
    def letters(self) -> list[_Section]:
        """The sections of letters; raises ValueError where no file has any: nothing would be proved."""
        if not any(section.is_letter for section in self.every):
            raise ValueError("the listing has no letters")
        return [section for section in self.sections if section.is_letter]

    @property
    def numbers(self) -> range:
        return range(1, self.book.pages + 1)

    def page(self, number: int) -> Page:
        if number not in self._pages:
            self._pages[number] = self.book.page(number)
        return self._pages[number]

    def is_blank(self, number: int) -> bool:
        """Tell whether a page has no content at all, as a verso before a recto."""
        return "/Contents" not in self.objects[self.objects.pages()[number - 1]]

    def annotations(self, number: int) -> Iterator[Mapping[str, Any]]:
        page = self.objects[self.objects.pages()[number - 1]]
        for annotation in self.objects.at(page.get("/Annots")) or ():
            yield self.objects.at(annotation) or {}


def _max_pages(file: _Filed, rule: Rule) -> Iterator[Finding]:
    if file.book.pages > rule.number:
        yield 0, f"the file has {file.book.pages} pages, and may have {rule.number:,.0f}"


def _max_bytes(file: _Filed, rule: Rule) -> Iterator[Finding]:
    of = rule.of or PDF
    paths = {PDF: [file.pdf], ALL: list(file.files)}.get(of)
    if paths is None:
        paths = [path for path in file.files if path == file.pdf.with_suffix(SUFFIXES[of])]
    if of == ALL and (volumes := _volumes(file.pdf, file.files)):
        # Each volume is sent by itself, and what is not divided together.
        apart = [one.pdf for one in volumes]
        others = [path for path in paths if path not in (*apart, file.pdf)]
        sendings = [[path] for path in apart] + [others]
        paths = max(sendings, key=lambda sent: sum(len(file.files[path]) for path in sent))
    size = sum(len(file.files[path]) for path in paths)
    if size > rule.number:
        what = {PDF: "the file has", ALL: "the files have together"}.get(of, f"the {of} file has")
        yield 0, f"{what} {size:,} bytes, and may have {rule.number:,.0f}"


def _paper(file: _Filed, rule: Rule) -> Iterator[Finding]:
    width, height = rule.paper
    for number in file.numbers:
        there = file.book.size(number)
        if max(abs(there[0] - width), abs(there[1] - height)) > PAPER_SLACK:
            yield number, f"the page measures {there[0] / MM:.0f} x {there[1] / MM:.0f} mm"


def _no_attachments(file: _Filed, rule: Rule) -> Iterator[Finding]:
    if match := ATTACHED.search(file.text):
        yield 0, f"the file has an attachment ({match[1].decode()})"


def _no_forms(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for number in file.numbers:
        if any(one.get("/Subtype") == "/Widget" for one in file.annotations(number)):
            yield number, "the page has a form field, as a digital signature is"
            return
    if match := FORM.search(file.text):
        yield 0, f"the file has a form ({match[1].decode()})"


def _no_encryption(file: _Filed, rule: Rule) -> Iterator[Finding]:
    if file.objects.encrypted or "/Encrypt" in file.objects.trailer:
        yield 0, "the file is encrypted"


def _no_links(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for number in file.numbers:
        if any(one.get("/Subtype") == "/Link" for one in file.annotations(number)):
            yield number, "the page has a link"


def _no_external_links(file: _Filed, rule: Rule) -> Iterator[Finding]:
    on_pages = False
    for number in file.numbers:
        for one in file.annotations(number):
            action = file.objects.at(one.get("/A")) or {}
            if OUTWARD.fullmatch(f"/S {action.get('/S', '')}".encode()):
                yield (
                    number,
                    f"a link leads out of the file, to {action.get('/URI', 'another file')}",
                )
                on_pages = True
                break
    if not on_pages and OUTWARD.search(file.text):
        yield 0, "an action leads out of the file"


def _no_scripts(file: _Filed, rule: Rule) -> Iterator[Finding]:
    if match := SCRIPT.search(file.text):
        yield 0, f"the file runs or plays something ({(match[1] or match[2]).decode()})"


def _type_size(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for section in file.letters:
        for number in section.pages:
            for piece in _level(file.book.typed(number)):
                if piece.size < rule.number - TYPE_SLACK:
                    words = piece.words.strip(f" {BROKEN}")
                    yield number, f"“{words[:40]}” is set in {piece.size:.3g} points"
                    break


def _level(pieces: Sequence[Typed]) -> list[Typed]:
    """Return texts without raised and lowered figures and signs, which are smaller."""
    return [
        piece
        for piece in pieces
        if not any(
            other.size > piece.size + TYPE_SLACK
            and RAISED <= abs(piece.baseline - other.baseline) < ONE_LINE * other.size
            for other in pieces
        )
    ]


def _leading(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Yield lines that are too near to the next below; only those in the usual size of the letters."""
    numbers = [number for section in file.letters for number in section.pages]
    pages = {number: _level(file.book.typed(number)) for number in numbers}
    sizes: Counter[float] = Counter()
    for pieces in pages.values():
        for piece in pieces:
            sizes[round(piece.size, 1)] += len(piece.words)
    if not sizes:
        return  # a volume without letters
    usual = max(sizes, key=lambda size: (sizes[size], size))
    for number, pieces in pages.items():
        lines = [piece for piece in pieces if round(piece.size, 1) == usual]
        for piece in lines:
            below = [
                piece.baseline - other.baseline
                for other in lines
                if piece.baseline - other.baseline > ONE_LINE / 2 * usual
                and other.left < piece.right
                and piece.left < other.right
            ]
            if below and min(below) < (rule.number - LEADING_SLACK) * usual:
                ratio = min(below) / usual
                yield number, f"two lines stand {ratio:.2f} times the type size apart"
                break


def _page_labels(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for number, label in zip(file.numbers, file.book.labels(), strict=True):
        # Numbers run on over all volumes.
        right = str(file.before + number)
        typed = right if file.is_blank(number) else reading(file.page(number).folio)
        if not label == typed == right:
            yield (
                number,
                f"a viewer displays “{label}” for page {right}, on which “{typed}” is printed",
            )


def _section_letters(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Look for the letter of a section and a number from 1 on, on all pages and in a viewer alike."""
    before = (ord("A") - 1, 0)
    if file.before:
        # Numbers run on from the volume before.
        match = LETTERED.fullmatch(file.label(file.before))
        before = (ord(match[1]), int(match[2])) if match else before
    for number, label in zip(file.numbers, file.book.labels(), strict=True):
        typed = label if file.is_blank(number) else reading(file.page(number).folio)
        if label != unturned(typed, file.anatomy.turned):
            yield number, f"a viewer displays “{label}” for the page on which “{typed}” is printed"
        match = LETTERED.fullmatch(label)
        there = (ord(match[1]), int(match[2])) if match else (0, 0)
        if there not in ((before[0], before[1] + 1), (before[0] + 1, 1)) or not there[1]:
            yield number, f"the page is numbered “{label}”, which does not follow the one before"
        before = there


def _bookmarks(file: _Filed, rule: Rule) -> Iterator[Finding]:
    marks = [(squeezed(mark.title), mark.page) for mark in file.book.bookmarks()]
    if not marks:
        yield 0, "the file has no bookmarks"
        return
    for section in file.letters:
        first, title = section.pages.start, squeezed(section.title)
        if not any(page == first and title in said for said, page in marks):
            yield first, f"no bookmark leads to “{section.title}”"


def _text_searchable(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for number in file.numbers:
        page = file.page(number)
        said = "".join(words for words, _ in page.texts.values())
        said += "".join(words for _, words in page.bare)
        if not said.strip():
            if not (file.is_blank(number) or file.book.shows_paper(number)):
                scans = enclosed.pages_of({one.id: one.pages for one in file.sections})
                yield (
                    number,
                    f"no text on the page can be searched{READ if number in scans else ''}",
                )
        elif match := UNKNOWN.search(said):
            yield (
                number,
                f"the page has a character that cannot be searched (U+{ord(match[0]):04X})",
            )


def _max_words(file: _Filed, rule: Rule) -> Iterator[Finding]:
    words = sum(
        len(_words(_said(file.page(number), file.anatomy.order[number - 1])))
        for section in file.letters
        for number in section.pages
    )
    if words > rule.number:
        yield 0, f"the pages of the letters have {words:,} words, and may have {rule.number:,.0f}"


def _words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if any(map(str.isalnum, word))]


def _said(page: Page, order: Sequence[int]) -> str:
    """Return the tagged text of a page, with spaces between lines but not within words."""
    said = ""
    before: tuple[float, float, float, float] | None = None
    for mcid in order:
        if mcid not in page.texts:
            continue
        words, box = page.texts[mcid]
        middle = (box[1] + box[3]) / 2
        goes_on = before is not None and before[1] < middle < before[3]
        if said.endswith(BROKEN):
            said = said[:-1]
        elif not goes_on and not said.endswith("-"):
            said += " "
        said += words
        before = box
    return said


def _file_name(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for path in file.files:
        if not re.fullmatch(rule.value or "", path.name):
            yield 0, f"the name “{path.name}” is not of the form {rule.value}"


def _contents_linked(file: _Filed, rule: Rule) -> Iterator[Finding]:
    first = next((one.pages.start for one in file.sections if one.id == "contents"), 0)
    if not first and any(one.id == "contents" for one in file.every):
        return  # they are in another volume
    targets: set[int] = set()
    remote: set[tuple[str, str]] = set()
    for other in _volumes(file.whole, file.files) or [file]:
        # Contents that are longer than a volume go on in the next.
        parts = [one for one in other.sections if whole_section(one.id) == "contents"]
        pages = [number for one in parts for number in one.pages]
        links = [link for number in pages for link in other.anatomy.links[number - 1]]
        targets |= {link.target + other.before for link in links if link.target}
        remote |= set(_remote(other, pages))
    for section in (one for one in file.every if one.is_letter and not goes_on(one.id)):
        begin = section.pages.start
        home = next((path.name for path, pages in file.volumes.items() if begin in pages), "")
        if begin not in targets and (home, f"{section.id}#") not in remote:
            yield first, f"no link in the contents leads to “{section.title}”"


def _certified_translations(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Yield letters in another language than the file's without a certified translation in this.

    A translation of a letter that is itself in the file's language needs none.
    """
    listed = json.loads(file.files[file.pdf.with_suffix(LISTING_SUFFIX)])["letters"]
    own = _primary(file.anatomy.language)
    languages = {letter["id"]: _primary(letter["language"]) for letter in listed}
    sections = {section.id: section for section in file.sections}
    certified: dict[str, bool] = {}
    for letter in listed:
        original = letter.get("translation_of")
        if original and languages[letter["id"]] == own:
            bound = [one["section"] for one in letter.get("enclosed", ())]
            has_one = any(_is_certificate(file, sections.get(key)) for key in bound)
            certified[original] = certified.get(original, False) or has_one
    for letter in listed:
        if languages[letter["id"]] == own or languages.get(letter.get("translation_of", "")) == own:
            continue
        first = sections[section_of_letter(letter["id"])].pages.start
        title = letter["title"]
        if letter["id"] not in certified:
            yield first, f"“{title}” is in another language, and no translation stands beside it"
        elif not certified[letter["id"]]:
            yield first, f"the translation of “{title}” has no certificate"


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _is_certificate(file: _Filed, section: _Section | None) -> bool:
    """Tell whether a section is a certificate, with something to be seen on each of its pages."""
    if section is None or not section.id.startswith("certificates/"):
        return False
    return all(file.page(number).images for number in section.pages)


def _remote(file: _Filed, numbers: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Yield the files and places to which links of pages lead outside of the file."""
    for number in numbers:
        for one in file.annotations(number):
            action = file.objects.at(one.get("/A")) or {}
            if action.get("/S") == "/GoToR":
                yield str((action.get("/F") or {}).get("/F")), str(action.get("/D"))


def _volume_covers(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Compare the figures on the cover of a volume with the pages and volumes of the listing."""
    if not file.volumes:
        return
    said = " ".join(words for words, _ in file.page(1).texts.values())
    there = [int(figures) for figures in re.findall(r"\d+", said)]

    def figures(page: int) -> int:
        return int(file.label(page).lstrip("ABC"))

    paths, pages = list(file.volumes), file.volumes[file.pdf]
    last = max(span.stop for span in file.volumes.values()) - 1
    told = (
        ("its number", paths.index(file.pdf) + 1), ("the number of volumes", len(paths)),
        ("its first page", figures(pages.start)), ("its last page", figures(pages.stop - 1)),
        ("the number of all pages", last),
    )  # fmt: skip
    for what, number in told:
        if number not in there:
            yield 1, f"the cover does not state {what}, {number}"
        else:
            there.remove(number)


def _page_stamps(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Compare the Bates number of each page with a form that has the volume and the page."""
    form = rule.value or ""
    paths = list(file.volumes)
    volume = f"{paths.index(file.pdf) + 1}" if paths else ""
    form = form.replace("{volume}", volume) if paths else re.sub(r"\{volume\}-?", "", form)
    for number in file.numbers:
        there = reading(file.page(number).stamp)
        right = form.replace("{page}", str(file.before + number))
        if there != right:
            yield number, f"the page is stamped “{there}”, not “{right}”"


def _index_volume(file: _Filed, rule: Rule) -> Iterator[Finding]:
    """Look for the index volume beside several; in it for a line of each section, with what cites it."""
    filed = _volumes(file.whole, file.files)
    if not file.is_index:
        if file.pdf == next(iter(file.volumes), None) and not any(one.is_index for one in filed):
            yield 0, "there are several volumes, and no index volume beside them"
        return
    for number, label in zip(file.numbers, file.book.labels(), strict=True):
        page = file.page(number)
        if number_there := reading(page.folio) or reading(page.stamp):
            yield number, f"the page of the index volume is numbered “{number_there}”"
        if any(map(str.isdecimal, label)):
            yield number, f"a viewer displays “{label}” for a page of the index volume"
    lines = list(_cited_lines(file))
    for other in (one for one in filed if not one.is_index):
        for section in other.sections:
            if is_cover(section.id) or whole_section(section.id) in ("cover", "contents"):
                continue
            first = other.page(section.pages.start)
            cited = reading(first.stamp) or reading(first.folio)
            if (other.pdf.name, f"{section.id}#", squeezed(cited)) not in lines:
                yield 1, f"no line leads to “{section.title}” and cites it as {cited}"


def _cited_lines(file: _Filed) -> Iterator[tuple[str, str, str]]:
    """Yield the file and the place to which each link leads that leads out of a file, and what it says."""
    for number in file.numbers:
        texts = file.page(number).texts
        links = [one for one in file.annotations(number) if one.get("/Subtype") == "/Link"]
        for link, one in zip(file.anatomy.links[number - 1], links, strict=False):
            action = file.objects.at(one.get("/A")) or {}
            if action.get("/S") == "/GoToR":
                said = "".join(texts[mcid][0] for mcid in link.words if mcid in texts)
                yield str((action.get("/F") or {}).get("/F")), str(action.get("/D")), squeezed(said)


def _volume_names(file: _Filed, rule: Rule) -> Iterator[Finding]:
    for path in file.volumes:
        if path == file.pdf and not re.fullmatch(rule.value or "", path.name):
            yield 0, f"the name “{path.name}” is not of the form {rule.value}"


def _output_present(file: _Filed, rule: Rule) -> Iterator[Finding]:
    path = file.pdf.with_suffix(SUFFIXES[rule.value or ""])
    if path not in file.files:
        yield 0, f"there is no {path.name} beside the PDF"


KINDS: Mapping[str, Callable[[_Filed, Rule], Iterator[Finding]]] = {
    "max_pages": _max_pages,
    "max_words": _max_words,
    "max_bytes": _max_bytes,
    "paper": _paper,
    "type_size": _type_size,
    "leading": _leading,
    "file_name": _file_name,
    "output_present": _output_present,
    "no_attachments": _no_attachments,
    "no_forms": _no_forms,
    "no_encryption": _no_encryption,
    "no_links": _no_links,
    "no_external_links": _no_external_links,
    "no_scripts": _no_scripts,
    "page_labels": _page_labels,
    "section_letters": _section_letters,
    "bookmarks": _bookmarks,
    "text_searchable": _text_searchable,
    "contents_linked": _contents_linked,
    "certified_translations": _certified_translations,
    "volume_covers": _volume_covers,
    "index_volume": _index_volume,
    "volume_names": _volume_names,
    "page_stamps": _page_stamps,
}
"""What proves a rule of each kind."""
