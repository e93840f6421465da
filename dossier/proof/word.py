"""Compares a Word file with the corpus: its words in sequence, links, languages, directions, pictures.

It is independent of the module that makes the file; both follow docs/outputs.md. The words are those of the
HTML edition (:mod:`.edition`), in the sequence of the print. The line of a finding is the paragraph.
"""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dossier.language.direction import language_runs_left, runs_left
from dossier.proof import archives, edition, expected, phrases, pictures
from dossier.proof.beside import Proved
from dossier.proof.enclosed import FOREIGN
from dossier.proof.lines import Line, written
from dossier.proof.page import ANYTHING, MARKS, TABLE, VERSION, differing, lacking, named
from dossier.proof.signing import struck
from dossier.proof.tags import Finding
from dossier.proof.truth import Truth
from dossier.proof.word_text import (
    Passage,
    R,
    Reader,
    StrangeError,
    W,
    language_of,
    parsed,
    strange,
    texts,
    value,
)
from dossier.records.body import text_of
from dossier.records.sections import LETTERS, section_of_letter

FIXED = (
    "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml",
    "word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/numbering.xml",
    "word/fontTable.xml", "word/footnotes.xml", "word/_rels/footnotes.xml.rels",
    "word/header1.xml", "word/footer1.xml",
)  # fmt: skip
"""The parts of every file, in their sequence."""
MEDIA = "word/media/"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}"
KINDS = (
    "styles",
    "settings",
    "numbering",
    "fontTable",
    "footnotes",
    "header",
    "footer",
    "image",
    "hyperlink",
)
UNSEEN = (
    "vanish",
    "webHidden",
    "specVanish",
    "color",
    "shd",
    "highlight",
    "position",
    "framePr",
    "w",
    "fitText",
    "bidi",
    "rtl",
)
"""What hides text, or may, and no style of ours has; of colours, there are those of the design."""
SMALLEST = 12
"""Half-points below which no text of ours is set."""
Parts = Mapping[str, bytes]


def findings(content: bytes, proved: Proved) -> Iterator[Finding]:
    """Yield the findings in a Word file."""
    truth = proved.truth
    shown = [file for files in pictures.expected(truth).values() for file in files]
    unique = list(dict.fromkeys(one.file.data for one in shown))
    try:
        parts = archives.read(content)
        names = tuple(name for name in parts if not name.startswith(MEDIA))
        if names != FIXED or len(parts) - len(FIXED) != len(shown):
            raise StrangeError(f"it should have the parts {FIXED} and {len(shown)} pictures")
        roots = {name: parsed(parts[name]) for name in FIXED}
    except (archives.MalformedError, StrangeError) as error:
        yield 0, f"The file is damaged: {error}"
        return
    if {*unique} != {data for name, data in parts.items() if name.startswith(MEDIA)}:
        yield 0, "The pictures in the file are not those of the letters"
        return
    yield from ((0, message) for message in _around(roots, truth))
    for name in ("word/document.xml", "word/footnotes.xml"):
        yield from ((0, f"In {name}, {message}") for message in strange(roots[name]))
    yield from _text(roots, parts, proved)


def alone(content: bytes, listing: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the title and the headings with the letters of the listing."""
    try:
        parts = archives.read(content)
        core, body = parsed(parts["docProps/core.xml"]), parsed(parts["word/document.xml"])
    except (archives.MalformedError, StrangeError) as error:
        yield 0, f"The file is damaged: {error}"
        return
    yield from ((0, message) for message in strange(body))
    titles = [one.text for one in core if str(one.tag).endswith("}title")]
    if titles != [listing["title"]]:
        yield 0, f"The title is not the listing’s, “{listing['title']}”"
    headings = []
    for one in body.iter(f"{W}p"):
        if value(one.find(f"{W}pPr/{W}pStyle")) == "Heading1":
            headings.append("".join("".join(text.text or "" for text in one.iter(f"{W}t")).split()))
    for letter in listing["letters"]:
        if "".join(f"{letter['label']}{letter['title']}".split()) not in headings:
            yield 0, f"“{letter['title']}” has no heading in the file"


def mark(anchor: str) -> str:
    """Return the name of the bookmark of an anchor."""
    return "_" + hashlib.sha256(anchor.encode()).hexdigest()[:32]


# --- the text ---


def _text(roots: Mapping[str, ET.Element], parts: Parts, proved: Proved) -> Iterator[Finding]:
    truth = proved.truth
    # Facsimiles stand in the print alone.
    keys = [key for key in expected.section_ids(truth) if not key.startswith(FOREIGN)]
    spaced = frozenset(
        key for key in keys if key.startswith(f"{LETTERS}/") or key == "introduction"
    )
    notes = {value(one, "id"): one for one in roots["word/footnotes.xml"]}
    targets = _targets(roots["word/_rels/document.xml.rels"])
    begins = {mark(edition.anchor(key)): key for key in keys}
    reader = Reader(notes, targets, truth.words.language, begins, spaced)
    body = roots["word/document.xml"].find(f"{W}body")
    if body is None:
        yield 0, "The file has no text"
        return
    reader.read(body)
    yield from reader.findings
    if reader.sequence != keys or reader.passages[""].lines:
        yield 0, "The file does not have the sections that it should have, in their sequence"
        return
    if len(notes) - 2 != sum(len(letter.body.notes) for letter in truth.letters):
        yield 0, f"The file has {len(notes) - 2} footnotes, and should have others"
    found = reader.passages
    for key, wanted in _wanted(proved):
        lines = [_marked(line) for line in written(wanted, spaced=key in spaced)]
        end = len(lines) if key == TABLE else None
        yield from differing(named(key, truth), found[key].lines[:end], lines)
        if key == TABLE:
            yield from _chart(found[key].lines[end:], truth)
    for key, told in (
        ("about", [*phrases.texts(phrases.about(truth, apart=False)), truth.words("word_same")]),
        ("colophon", edition.colophon(proved)),
    ):
        if key in found:
            between = ANYTHING if truth.has_templates else VERSION if key == "colophon" else MARKS
            yield from lacking(named(key, truth), found[key].lines, told, between)
    yield from _links(found, truth, keys)
    yield from _struck(found, truth)
    yield from _headed(found, truth)
    yield from _contents(found["contents"])
    yield from _pictures(found, roots, parts, truth)
    yield from _voices(found, truth)


def _wanted(proved: Proved) -> Iterator[tuple[str, edition.Lines]]:
    """Yield the sections that are compared word for word, with their lines."""
    truth = proved.truth
    there = set(expected.section_ids(truth))
    for key, lines in (
        ("contents", edition.contents(proved)),
        (TABLE, edition.glance(truth)),
        ("introduction", edition.introduction(truth)),
        ("index", edition.index(proved)),
        ("bibliography", edition.bibliography(proved)),
        ("cover", ((0, line) for line in expected.lines_of(expected.cover(truth)))),
        *(
            (key, edition.plain(truth, key))
            for key in expected.PLAIN
            if key not in ("introduction", "cover")
        ),
    ):
        if key in there:
            yield key, lines
    yield from edition.letters(proved)


def _marked(line: Line) -> Line:
    """Return an expected line with bookmarks instead of anchors."""
    links = [
        replace(link, href=f"#{mark(link.href[1:])}" if link.href.startswith("#") else link.href)
        for link in line.links
    ]
    return replace(line, links=tuple(links), anchors=frozenset(map(mark, line.anchors)))


def _chart(found: Sequence[Line], truth: Truth) -> Iterator[Finding]:
    there = texts([line.text for line in found])
    wanted = texts(list(phrases.texts(phrases.chart(truth))))
    if there != wanted:
        number = found[0].number if found else 0
        yield (
            number,
            f"The chart should read “{expected.cut(wanted)}”, and reads “{expected.cut(there)}”",
        )


def _links(found: Mapping[str, Passage], truth: Truth, keys: Sequence[str]) -> Iterator[Finding]:
    """Check all links: inside the file to a bookmark, outside to an address of the corpus."""
    allowed = edition.addresses(truth)
    there = {
        anchor for passage in found.values() for line in passage.lines for anchor in line.anchors
    }
    for key in keys:
        hrefs = [link.href for line in found[key].lines for link in line.links]
        outside = [href for href in hrefs if not href.startswith("#")]
        for href in hrefs:
            if href[1:] not in there if href.startswith("#") else href not in allowed.get(key, ()):
                yield (
                    0,
                    f"In {named(key, truth)}, a link leads to “{href}”, which the corpus does not have",
                )
        if key == "colophon" and outside != edition.sources(truth):
            yield 0, "The links of the colophon are not those of the sources, in their order"


def _struck(found: Mapping[str, Passage], truth: Truth) -> Iterator[Finding]:
    wanted = {
        section_of_letter(letter.id): texts(list(struck(letter.head, truth.words)))
        for letter in truth.letters
    }
    for key, passage in found.items():
        right, there = wanted.get(key, ""), texts(passage.struck)
        if right != there:
            name = named(key, truth) if key else "the file"
            yield 0, f"In {name}, “{right}” should be struck through, and “{there}” is"


def _headed(found: Mapping[str, Passage], truth: Truth) -> Iterator[Finding]:
    """Yield the sections that do not begin with a heading of the first level."""
    for key, passage in found.items():
        if key not in ("", "cover") and [line.level for line in passage.lines[:1]] != [2]:
            yield 0, f"{named(key, truth)} does not begin with its heading"


def _contents(passage: Passage) -> Iterator[Finding]:
    """Check the fields of the contents: one around all, and in each line the page of its section."""
    wanted = [link.href[1:] for line in passage.lines for link in line.links[:1] if line.level == 0]
    pages = passage.pages
    # A line with relations is two lines; those of the relations lead to other letters.
    if pages[:1] != [""] or "" in pages[1:] or not _within(pages[1:], wanted):
        yield 0, "The fields of the contents do not give the pages of their sections"


def _within(pages: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether all pages are among those wanted, in their sequence."""
    rest = iter(wanted)
    return all(page in rest for page in pages)


def _pictures(
    found: Mapping[str, Passage], roots: Mapping[str, ET.Element], parts: Parts, truth: Truth
) -> Iterator[Finding]:
    """Compare the pictures; their alternative texts are among the lines of the letters."""
    files = {
        one.get("Id", ""): f"word/{one.get('Target')}"
        for one in roots["word/_rels/document.xml.rels"]
        if one.get("TargetMode") is None
    }
    for key, shown in pictures.expected(truth).items():
        there = [parts.get(files.get(name, "")) for name in found[key].pictures]
        if there != [picture.file.data for picture in shown]:
            yield 0, f"In {named(key, truth)}, other pictures stand than in the letter"


def _voices(found: Mapping[str, Passage], truth: Truth) -> Iterator[Finding]:
    """Compare languages and directions: a letter's words have those of the letter."""
    own = bool(language_runs_left(truth.words.language))
    languages = truth.languages
    letters = {section_of_letter(letter.id): letter for letter in truth.letters}
    for key, passage in found.items():
        for language in passage.words.keys() - languages:
            yield 0, f"In {named(key, truth)}, words have the language “{language}”"
        around = own
        if key in letters:
            letter = letters[key]
            known = language_runs_left(letter.language)
            around = runs_left(text_of(letter.body.nodes)) if known is None else known
            spoken = _letters(passage.words.get(letter.language, ""))
            if any(
                _letters(text_of(part)) not in spoken
                for part in (letter.body.text, letter.body.postscript)
            ):
                yield (
                    0,
                    f"The words of {letter.label} are not in their language, “{letter.language}”",
                )
        for leftward, text in passage.directions:
            fitting = (own, around, runs_left(text, own), runs_left(text, around))
            if text.strip() and leftward not in fitting:
                yield 0, f"In {named(key, truth)}, “{expected.cut(text)}” runs in another direction"


def _letters(text: str) -> str:
    """Return the letters of a text alone: numbers and bullets of lists stand between them."""
    return re.sub(r"[\d\W_]+", "", text)


# --- what stands around the text ---


def _targets(relations: ET.Element) -> dict[str, str]:
    """Return the addresses that links lead to, by their ids."""
    return {
        one.get("Id", ""): one.get("Target", "")
        for one in relations
        if one.get("TargetMode") == "External"
    }


def _around(roots: Mapping[str, ET.Element], truth: Truth) -> Iterator[str]:
    """Yield what is wrong in the other parts of a file."""
    data = truth.publication
    core = {str(one.tag).rpartition("}")[2]: one.text or "" for one in roots["docProps/core.xml"]}
    day = f"{truth.day.isoformat()}T00:00:00Z"
    wanted = {
        "title": data.title, "creator": data.prepared_by, "subject": data.subtitle,
        "identifier": data.identifier, "language": data.language, "created": day, "modified": day,
    }  # fmt: skip
    if core != {key: text for key, text in wanted.items() if text}:
        yield f"The properties of the file are {core}, and should be {wanted}"
    for name in ("word/header1.xml", "word/footer1.xml"):
        said = "".join(one.text or "" for one in roots[name].iter(f"{W}t"))
        fields = [(one.text or "").strip() for one in roots[name].iter(f"{W}instrText")]
        is_head = name == "word/header1.xml"
        if (said, fields) != ((data.title, []) if is_head else ("1", ["PAGE"])):
            yield f"{name} reads “{said}” with the fields {fields}"
        yield from (
            f"In {name}, {message}"
            for message in strange(roots[name])
            if "<hdr>" not in message and "<ftr>" not in message
        )
    yield from _styles(roots["word/styles.xml"], truth)
    for name in ("word/_rels/document.xml.rels", "word/_rels/footnotes.xml.rels", "_rels/.rels"):
        yield from _relations(name, roots[name])
    for one in roots["word/settings.xml"]:
        if str(one.tag).removeprefix(W) not in ("defaultTabStop", "footnotePr", "compat"):
            yield f"The settings have “{one.tag}”"
    for one in roots["[Content_Types].xml"]:
        if re.search("macro|vba|ole|activeX|template", one.get("ContentType", ""), re.IGNORECASE):
            yield f"A part has the type “{one.get('ContentType')}”"


def _styles(root: ET.Element, truth: Truth) -> Iterator[str]:
    """Yield the styles that hide text: no style may, and sizes and colours are those of the design."""
    colours = {truth.design.colours.ink[1:], truth.design.colours.accent[1:]}
    for one in root.iter():
        name = str(one.tag).removeprefix(W)
        if name == "color" and value(one) in colours:
            continue
        if name in UNSEEN:
            yield f"A style has “{name}”, which may hide text"
        if name in ("sz", "szCs") and not (value(one).isdecimal() and int(value(one)) >= SMALLEST):
            yield f"A style sets text in the size {value(one)}"
    languages = {language_of(one) for one in root.iter(f"{W}lang")}
    if languages != {truth.words.language}:
        yield f"The language of the file is {languages}, and should be {truth.words.language}"


def _relations(name: str, root: ET.Element) -> Iterator[str]:
    """Yield relationships to anything but parts of the file and addresses of links."""
    for one in root:
        kind = one.get("Type", "").rpartition("/")[2]
        outside = one.get("TargetMode") is not None
        if kind not in (*KINDS, "officeDocument", "core-properties") or outside != (
            kind == "hyperlink"
        ):
            yield f"{name} has a relationship to “{one.get('Target')}” that a build does not write"
        if str(one.tag) != f"{RELATION}Relationship" or one.get(R + "id"):
            yield f"{name} has “{one.tag}”"
