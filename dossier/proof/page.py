"""Compares the HTML edition with the corpus and the page numbers of the proved PDF."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from dossier.keep.shelf import Shelf
from dossier.proof import active, edition, expected, look, markup, phrases, pictures
from dossier.proof.beside import Proved
from dossier.proof.decisive import checksum
from dossier.proof.lines import Line, written
from dossier.proof.markup import OUTSIDE, Known, Markup
from dossier.proof.signing import struck
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.records.sections import LETTERS, section_of_letter

TABLE = "glance"
SCHEMES = ("http://", "https://", "mailto:")
NEARLY = 0.02
"""How much, in units of the chart, the length of a bar may differ from its figure."""
HREF = re.compile(r' href="#([^"<>]*)"')
ANCHOR = re.compile(r' id="([^"<>]*)"')
START = re.compile(r'<(?:article|nav|section) id="([^"<>]*)"')
"""Matches the beginning of a section; the reader decides whether it is one."""
MARKS = re.compile(r"[^\w]*")
VERSION = re.compile(r"[^\w]*|[^\w]*[0-9]+(\.[0-9]+)*((a|b|rc|\.dev)[0-9]+)?\.?")
ANYTHING = re.compile(r".*", re.DOTALL)
"""What may stand between phrases: punctuation, the program's version, in templates of a corpus anything."""
CONTEXT = 30
"""Characters that a finding shows on either side of a difference."""


PRINTED = re.compile(
    r'<article id="[^"<>]*">\n<h2>[^\n]*</h2>\n<p class="printed-on">([^<>\n]*)</p>\n'
)
"""Matches the beginning of a letter with the words that name its pages in the print."""


@dataclass(frozen=True)
class Told:
    """What decides what a section should say."""

    decisive: str
    """A checksum of all of that but its pages."""
    pages: str
    """The words that name its pages, of a letter."""


def findings(content: bytes, proved: Proved) -> list[Finding]:
    """Return the findings in an HTML page; sections that were compared before are in the cache."""
    shelf = Shelf(proved.store, "compared sections 2", proved.program_checksum, dict[str, Known])
    key = shelf.key(proved.truth.publication.title)
    known = shelf.get(key) or {}
    found, compared = compare(content, proved, known)
    if not found and compared.keys() != known.keys():
        shelf.put(key, compared)
    return found


def compare(
    content: bytes, proved: Proved, known: Mapping[str, Known]
) -> tuple[list[Finding], dict[str, Known]]:
    """Return the findings in an HTML page, each with its line, and the sections that were compared.

    A section that is ``known``, by the checksum of its HTML and of all that it should say, was compared
    before and is not compared again. The sections returned may be known next time if there are no findings.
    """
    keys = {edition.anchor(key): key for key in edition.section_ids(proved.truth)}
    verbatim = {anchor for anchor in keys if anchor.startswith("letter-")} | {"introduction"}
    wanted = {edition.anchor(key): lines for key, lines in _exactly(proved)}
    told = {edition.anchor(key): decisive for key, decisive in _told(proved)}
    try:
        text = content.decode()
        before = dict(_compared(text, told, known))
        block = active.block(proved.truth.words)
        there = markup.read(text, frozenset(keys), frozenset(verbatim), before, block)
    except UnicodeDecodeError as error:
        return [(0, f"The file is damaged: it is not UTF-8 ({error})")], {}
    except markup.MalformedError as error:
        line, message = error.args
        return [(line, message)], {}
    now: dict[str, Known] = {}
    new = (wanted.keys() & there.spans.keys()) - {TABLE} - there.in_all
    places = {start: section for start, (_, section) in before.items()}
    # The chart behind the table, struck texts and pictures are compared in the page as a whole.
    places |= {there.spans[anchor][0]: one for anchor, one in there.known(sorted(new)).items()}
    for start, section in places.items():
        html, pages = _cut(text[start : start + section.length])
        key = _checksum(html, told[section.anchors[0]], pages)
        now[key] = replace(section, length=section.length - len(pages))
    for anchor, _ in before.values():
        del wanted[anchor]
    left = {keys.get(anchor, OUTSIDE): list(lines) for anchor, lines in wanted.items()}
    found = list(_findings(there, proved, keys, left))
    if not found:
        lengths = [(start, section.length) for start, (_, section) in before.items()]
        found += look.findings(text, proved.truth, lengths)
    return found, now


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what is active or fetched, and links inside that lead nowhere; then compare the letters."""
    try:
        text = content.decode()
        there = markup.read(text, frozenset(), frozenset(), {}, active.block_in(text))
    except UnicodeDecodeError as error:
        yield 0, f"The file is damaged: it is not UTF-8 ({error})"
        return
    except markup.MalformedError as error:
        line, message = error.args
        yield line, message
        return
    yield from there.findings
    yield from active.findings(there, may_lack=True)
    if there.title != listing["title"]:
        yield 0, f"The page’s title is “{there.title}”, and the listing’s “{listing['title']}”"
    anchors = set(map(unescape, ANCHOR.findall(text)))
    for target in map(unescape, HREF.findall(text)):
        if target not in anchors:
            yield 0, f"A link leads to “#{target}”, which is not there"
    for key, items in (("letter", "letters"), ("entry", "index"), ("work", "bibliography")):
        wanted = {f"{key}-{item['id']}" for item in listing[items]}
        if {anchor for anchor in anchors if anchor.startswith(f"{key}-")} != wanted:
            yield 0, f"The page does not have the {items} of the listing"


def _compared(
    text: str, told: Mapping[str, Told], known: Mapping[str, Known]
) -> Iterator[tuple[int, tuple[str, Known]]]:
    """Yield the beginnings of the sections of a page that are known, with their anchors."""
    seen: set[str] = set()
    lengths: dict[str, set[int]] = {}
    for compared in known.values():
        lengths.setdefault(compared.anchors[0], set()).add(compared.length)
    for match in START.finditer(text):
        anchor = match[1]
        if anchor not in told or anchor in seen:
            continue
        seen.add(anchor)
        printed = PRINTED.match(text, match.start())
        pages = printed[1] if printed else ""
        if pages and unescape(pages) != told[anchor].pages:
            continue
        for length in lengths.get(anchor, ()):
            whole = length + len(pages)
            html, _ = _cut(text[match.start() : match.start() + whole])
            section = known.get(_checksum(html, told[anchor], pages))
            if section:
                yield match.start(), (anchor, replace(section, length=whole))
                break


def _cut(html: str) -> tuple[str, str]:
    """Return a section without the words that name its pages, and these, which are compared anew."""
    printed = PRINTED.match(html)
    return (
        (html[: printed.start(1)] + html[printed.end(1) :], printed[1]) if printed else (html, "")
    )


def _checksum(html: str, told: Told, pages: str) -> str:
    """Return the checksum of a section, and of all that decides what it should say.

    ``pages`` are the words that are cut out of it and name its pages; without them its pages decide, too.
    """
    digest = hashlib.sha256(told.decisive.encode())
    digest.update(b"" if pages else told.pages.encode())
    digest.update(b"\0" + html.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _findings(
    there: Markup,
    proved: Proved,
    keys: Mapping[str, str],
    wanted: Mapping[str, edition.Texts],
) -> Iterator[Finding]:
    """Yield the findings in a page; ``wanted`` are the expected lines of the sections to be compared."""
    truth = proved.truth
    yield from there.findings
    yield from _head(there, truth)
    if [anchor for anchor, _ in there.sections] != [OUTSIDE, *keys]:
        yield 0, "The page does not have the sections that it should have, in their sequence"
        return
    wrong = list(active.findings(there, may_lack=truth.has_templates))
    yield from wrong
    if wrong:
        return
    found = {keys.get(anchor, OUTSIDE): lines for anchor, lines in there.sections}
    yield from _links(there, truth, keys)
    yield from _struck(there, truth)
    yield from _pictures(there, truth, keys)
    for key, texts in wanted.items():
        lines = written(texts, spaced=key.startswith(f"{LETTERS}/") or key == "introduction")
        # The chart stands behind the table, and is compared by itself.
        end = len(lines) if key == TABLE else None
        yield from differing(named(key, truth), found[key][:end], lines)
        if key == TABLE:
            yield from _chart(proved, found[key][end:], there.bars)
    for key, wanted_phrases in (
        (edition.HEADER, edition.header(truth)),
        ("about", edition.about(truth)),
        ("colophon", edition.colophon(proved)),
    ):
        if key in found:
            between = ANYTHING if truth.has_templates else VERSION if key == "colophon" else MARKS
            yield from lacking(named(key, truth), found[key], wanted_phrases, between)
    if "colophon" in found and not truth.has_templates:
        begins = tuple(line.text for line in found["colophon"])
        for said in edition.checksums(truth):
            if not any(text.startswith("".join(said.split())) for text in begins):
                yield 0, f"{named('colophon', truth)} should say “{said}” on a line of its own"


def _head(there: Markup, truth: Truth) -> Iterator[Finding]:
    """Compare the page's title, language and labels."""
    title, language = truth.publication.title, truth.publication.language
    if there.title != title:
        yield 0, f"The page’s title is “{there.title}”, and should be “{title}”"
    if there.language != language:
        yield 0, f"The page’s language is “{there.language}”, and should be “{language}”"
    if sorted(label for _, label in there.labels) != sorted(edition.labels(truth)):
        yield 0, f"What is read aloud beside the text should be {edition.labels(truth)}"
    if there.skipping > 1:
        yield 0, "A text stands off the page, where nobody sees it"
    if there.unprinted:
        yield 0, "A text would be left out in print"


def _struck(there: Markup, truth: Truth) -> Iterator[Finding]:
    """Compare what is struck through with the signatures that were withdrawn."""
    wanted = [text for letter in truth.letters for text in struck(letter.head, truth.words)]
    for right, found in itertools.zip_longest(wanted, there.struck):
        line, text = found or (0, "")
        if text.split() != (right or "").split():
            yield line, f"“{right or ''}” should be struck through here, and “{text}” is"
            return


def named(key: str, truth: Truth) -> str:
    """Return a section's name in findings."""
    if key.startswith(f"{LETTERS}/"):
        return expected.names(truth)[key].partition(",")[0]
    headings = expected.headings(truth)
    return {OUTSIDE: "The page", edition.HEADER: "The header"}.get(key) or f"“{headings[key]}”"


def _exactly(proved: Proved) -> Iterator[tuple[str, edition.Lines]]:
    """Yield the sections that are compared word for word, with their expected lines."""
    truth = proved.truth
    there = edition.section_ids(truth)
    for key, lines in (
        (OUTSIDE, edition.outside(truth)),
        ("contents", edition.contents(proved)),
        (TABLE, edition.glance(truth)),
        ("index", edition.index(proved)),
        ("bibliography", edition.bibliography(proved)),
        ("introduction", edition.introduction(truth)),
        *((key, edition.plain(truth, key)) for key in expected.PLAIN if key != "introduction"),
    ):
        if key == OUTSIDE or key in there:
            yield key, lines
    yield from edition.letters(proved)


def _told(proved: Proved) -> Iterator[tuple[str, Told]]:
    """Yield the same sections, with checksums of all that decides their expected lines."""
    others = checksum(
        proved.decisive.with_pages(proved.spans, proved.anchors), sorted(proved.ids.items())
    )
    letters = {section_of_letter(letter.id): letter for letter in proved.truth.letters}
    for key in (OUTSIDE, *edition.section_ids(proved.truth)):
        if key in letters:
            pages = edition.printed_on(proved.truth.words, proved.wholes[key], proved.label)
            yield key, Told(proved.decisive.of_letter(letters[key]), pages)
        else:
            yield key, Told(others, "")


def differing(name: str, found: Sequence[Line], wanted: Sequence[Line]) -> Iterator[Finding]:
    """Yield the first difference in a section's lines."""
    for there, right in itertools.zip_longest(found, wanted):
        if right is None:
            yield there.number, f"{name} goes on with “{expected.cut(there.text)}”"
        elif there is None:
            last = found[-1].number if found else 0
            yield last, f"{name} ends before “{expected.cut(right.text)}”"
        elif there.text != right.text:
            should, does = _around(right.text, there.text)
            yield there.number, f"{name} should read “{should}” here, and reads “{does}”"
        elif there.level != right.level:
            what = f"a heading of level {right.level}" if right.level else "no heading"
            yield there.number, f"{name} should have {what} in “{expected.cut(right.text)}”"
        elif wrong := _leads(there, right):
            yield there.number, f"{name}: {wrong} in “{expected.cut(right.text)}”"
        else:
            continue
        return


def _leads(there: Line, right: Line) -> str:
    """Return the first difference in a line's links and anchors; empty if there is none."""
    for wanted, found in itertools.zip_longest(right.links, there.links):
        if wanted != found:
            should, leads = "no link", "none"
            if wanted:
                should = f"“{right.text[wanted.start : wanted.end]}” leads to “{wanted.href}”"
            if found:
                leads = f"“{there.text[found.start : found.end]}” to “{found.href}”"
            return f"there should be: {should}; there is: {leads},"
    missing = sorted(right.anchors - there.anchors)
    return f"the anchor “{missing[0]}” is missing" if missing else ""


def _chart(proved: Proved, found: Sequence[Line], bars: Sequence[float]) -> Iterator[Finding]:
    """Compare the text below the table of letters, and the lengths of the chart's bars."""
    name = named(TABLE, proved.truth)
    there = "".join(line.text for line in found)
    wanted = "".join("".join(phrases.texts(phrases.chart(proved.truth))).split())
    if there != wanted:
        should, does = _around(wanted, there)
        number = found[0].number if found else 0
        yield number, f"{name} should read “{should}” below the table, and reads “{does}”"
        return
    # Of each chart a heading, then the name and the figure of each bar; below that of countries a note.
    sizes = [len(phrases.years_of(proved.truth)), len(phrases.shown(proved.truth))]
    if len(bars) != sum(sizes):
        yield 0, f"The charts have {len(bars)} bars, and should have {sum(sizes)}"
        return
    start = drawn = 0
    for size in filter(None, sizes):
        counts = found[start + 2 : start + 2 + 2 * size : 2]
        yield from _lengths(counts, bars[drawn : drawn + size])
        start, drawn = start + 1 + 2 * size, drawn + size


def _lengths(counts: Sequence[Line], bars: Sequence[float]) -> Iterator[Finding]:
    """Compare the lengths of a chart's bars with their figures."""
    figures = [int(line.text) if line.text.isdecimal() else 0 for line in counts]
    most = max(figures)
    for line, bar, count in zip(counts, bars, figures, strict=True):
        if abs(bar - max(bars) * count / most) > NEARLY:
            yield line.number, f"The chart’s bar of {count} has another length"


def lacking(
    name: str, found: Sequence[Line], wanted_phrases: Iterable[str], between: re.Pattern[str]
) -> Iterator[Finding]:
    """Look for a section's phrases in sequence; ``between`` matches what may stand between them."""
    there, place = "".join(line.text for line in found), 0
    for phrase in wanted_phrases:
        wanted = "".join(phrase.split())
        at = there.find(wanted, place)
        if at < 0:
            yield _number(found, place), f"{name} should say “{phrase}” here"
            return
        if not between.fullmatch(there[place:at]):
            yield _number(found, place), f"{name} says “{expected.cut(there[place:at])}” as well"
            return
        place = at + len(wanted)
    if not between.fullmatch(there[place:]):
        yield _number(found, place), f"{name} says “{expected.cut(there[place:])}” as well"


def _number(found: Sequence[Line], place: int) -> int:
    """Return the line of the file at an offset in the text of all lines."""
    for line in found:
        if place < len(line.text):
            return line.number
        place -= len(line.text)
    return found[-1].number if found else 0


def _links(there: Markup, truth: Truth, keys: Mapping[str, str]) -> Iterator[Finding]:
    """Check the targets of links: inside the page an anchor, outside an address of the corpus.

    The links of lines that are compared word for word are compared there too.
    """
    allowed = edition.addresses(truth)
    colophon: list[str] = []
    for href, anchor, number in there.links:
        key = keys.get(anchor, OUTSIDE)
        if href.startswith("#"):
            if href[1:] not in there.anchors:
                yield number, f"A link leads to “{href}”, which is not there"
        elif href not in allowed.get(key, ()) or not href.lower().startswith(SCHEMES):
            yield number, f"A link leads to “{href}”, which the corpus does not have"
        if key == "colophon":
            colophon.append(href)
    if colophon != edition.sources(truth):
        yield 0, "The links of the colophon are not those of the sources, in their order"


def _pictures(there: Markup, truth: Truth, keys: Mapping[str, str]) -> Iterator[Finding]:
    """Compare the data of pictures; the alternative texts are among the lines of the letters."""
    wanted = [
        (key, picture.file) for key, shown in pictures.expected(truth).items() for picture in shown
    ]
    for right, found in itertools.zip_longest(wanted, there.pictures):
        if found is None:
            yield 0, f"The picture “{right[1].path}” is missing"
        elif right is None:
            yield found[2], "A picture stands here that the corpus does not have"
        else:
            data = base64.b64encode(right[1].data).decode("ascii")
            address = f"data:image/{right[1].kind};base64,{data}"
            if (keys.get(found[1]), found[0]) != (right[0], address):
                yield found[2], f"The picture “{right[1].path}” should stand here, and another does"


def _around(wanted: str, there: str) -> tuple[str, str]:
    """Return both texts around their first difference."""
    pairs = enumerate(zip(wanted, there, strict=False))
    shorter = min(len(wanted), len(there))
    place = next((at for at, (one, other) in pairs if one != other), shorter)
    start = max(0, place - CONTEXT)
    before = "…" if start else ""
    should, does = (f"{before}{text[start : place + CONTEXT]}" for text in (wanted, there))
    return should, does
