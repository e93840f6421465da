"""Reads the text of a Word file strictly: it has only the elements that a build writes."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dossier.proof.lines import Line, Lines
from dossier.proof.tags import Finding
from dossier.records.pictures import MARK

OOXML = "http://schemas.openxmlformats.org"
W = f"{{{OOXML}/wordprocessingml/2006/main}}"
R = f"{{{OOXML}/officeDocument/2006/relationships}}"
DRAWN = tuple(
    f"{{{OOXML}/drawingml/2006/{name}}}" for name in ("wordprocessingDrawing", "main", "picture")
)
ELEMENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(values.split())
    for name, values in {
        "document": "", "body": "", "p": "", "pPr": "", "pStyle": "val", "pageBreakBefore": "", "bidi": "",
        "numPr": "", "ilvl": "val", "numId": "val", "ind": "left hanging", "jc": "val", "r": "", "rPr": "",
        "rStyle": "val", "b": "", "bCs": "", "i": "", "iCs": "", "smallCaps": "", "strike": "",
        "vertAlign": "val", "rtl": "", "lang": "val eastAsia bidi", "t": "", "br": "", "tab": "",
        "bookmarkStart": "id name", "bookmarkEnd": "id", "hyperlink": "anchor id",
        "fldChar": "fldCharType dirty",
        "instrText": "", "footnoteReference": "customMarkFollows id", "drawing": "", "tbl": "", "tblPr": "",
        "tblStyle": "val", "bidiVisual": "", "tblW": "w type", "tblLayout": "type", "tblGrid": "",
        "gridCol": "w",
        "tr": "", "trPr": "", "cantSplit": "", "tblHeader": "",
        "tc": "", "tcPr": "", "tcW": "w type", "sectPr": "",
        "headerReference": "type id", "footerReference": "type id", "pgSz": "w h",
        "pgMar": "top right bottom left header footer gutter", "titlePg": "", "footnotes": "",
        "footnote": "id type",
        "separator": "", "continuationSeparator": "",
    }.items()
}  # fmt: skip
"""The elements that a file may have, with their attributes."""
HEADING = re.compile(r"Heading([1-7])")
ENDING = ("ListNumber", "Work")
"""The styles of paragraphs in which a tab stands between a number and its text, which are two lines."""
UNSAID = "x-none"
"""Says nothing of the Latin words in a text of another script."""
BETWEEN = ("Citation", "FootnoteReference")
"""The styles of what stands between a letter's words and is none of them."""
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class StrangeError(Exception):
    """A part is not as a build writes it; the message says why."""


@dataclass
class Passage:
    """A section as it was read."""

    lines: list[Line] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    """All words by their languages, without spaces."""
    struck: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    """The relationship of each picture."""
    pages: list[str] = field(default_factory=list)
    """The bookmarks of which the page numbers are given."""
    styles: list[str] = field(default_factory=list)
    directions: list[tuple[bool, str]] = field(default_factory=list)
    """Of each paragraph whether it runs from right to left, and its text."""


def parsed(content: bytes) -> ET.Element:
    """Return the root of a part; raise StrangeError."""
    if b"<!" in content or content.count(b"<?") != 1:
        raise StrangeError("it has declarations or comments")
    try:
        return ET.fromstring(content)
    except (ET.ParseError, UnicodeDecodeError, ValueError) as error:
        raise StrangeError(f"it is not XML ({error})") from None


def strange(root: ET.Element) -> Iterator[str]:
    """Yield what a part has that a build does not write."""
    for element in root.iter():
        tag = str(element.tag)
        if tag.startswith(DRAWN):
            continue
        name = tag.removeprefix(W)
        allowed = ELEMENTS.get(name)
        if allowed is None or not tag.startswith(W):
            yield f"<{name}> stands in it, which a build does not write"
            continue
        for key in element.keys():  # noqa: SIM118 (an element is no mapping)
            if key != SPACE and key.removeprefix(W).removeprefix(R) not in allowed:
                yield f"<{name}> has “{key}”, which a build does not write"
        if name not in ("t", "instrText") and (element.text or "").strip():
            yield f"“{(element.text or '').strip()}” stands outside the text"
        if (element.tail or "").strip():
            yield f"“{(element.tail or '').strip()}” stands outside the text"


def value(element: ET.Element | None, name: str = "val") -> str:
    """Return an attribute of an element; empty where there is none."""
    return "" if element is None else element.get(W + name, "")


def language_of(stated: ET.Element | None) -> str:
    """Return the language that a run or a style states; empty without one, or where it states several."""
    if stated is None:
        return ""
    latin, language, other = (value(stated, name) for name in ("val", "eastAsia", "bidi"))
    return (
        language if latin in (language, UNSAID) and other == language else f"{latin} or {language}"
    )


class Reader:
    """Reads the paragraphs of a file, section by section."""

    def __init__(
        self,
        notes: Mapping[str, ET.Element],
        targets: Mapping[str, str],
        own: str,
        begins: Mapping[str, str],
        spaced: frozenset[str],
    ) -> None:
        """Take the footnotes by id, the addresses of links, the file's language, and its sections.

        ``begins`` has the section that begins with a bookmark; in those that are ``spaced``, the spaces
        between words count.
        """
        self._notes, self._targets, self._own = notes, targets, own
        self._begins, self._spaced = begins, spaced
        self.passages: dict[str, Passage] = {"": Passage()}
        self.sequence: list[str] = []
        self.findings: list[Finding] = []
        self._passage = self.passages[""]
        self._lines = Lines(False)
        self._waiting: list[ET.Element] = []
        """The footnotes of the current section."""
        self._before: dict[str, str] = {}
        """The words before the current paragraph."""
        self._number = 0
        self._fields = 0
        """How many fields are open whose instruction is being read."""

    def read(self, body: ET.Element) -> None:
        """Read the whole text."""
        for paragraph in body.iter(f"{W}p"):
            self._paragraph(paragraph)
        self._end()

    def _end(self) -> None:
        """End a section: its footnotes are its last lines, as in the HTML edition."""
        for note in self._waiting:
            for paragraph in note.iter(f"{W}p"):
                self._paragraph(paragraph, in_note=True)
        self._waiting = []
        self._passage.lines = self._lines.lines

    def _section(self, key: str) -> None:
        self._end()
        if key in self.passages:
            self._wrong(f"The section “{key}” begins a second time")
        self._passage = self.passages[key] = Passage()
        self.sequence.append(key)
        self._lines = Lines(key in self._spaced)

    def _wrong(self, message: str) -> None:
        self.findings.append((self._number, message))

    def _paragraph(self, paragraph: ET.Element, in_note: bool = False) -> None:
        self._number += 1
        properties = paragraph.find(f"{W}pPr")
        style = value(None if properties is None else properties.find(f"{W}pStyle"))
        for mark in paragraph.iter(f"{W}bookmarkStart"):
            if value(mark, "name") in self._begins and not in_note:
                self._section(self._begins[value(mark, "name")])
        self._before = dict(self._passage.words)
        heading = HEADING.fullmatch(style)
        level = int(heading[1]) + 1 if heading else 0
        said: list[str] = []
        for one in paragraph:
            self._inside(one, style, level, said, in_note)
        self._lines.end(level)
        leftward = properties is not None and properties.find(f"{W}bidi") is not None
        self._passage.directions.append((leftward, "".join(said)))
        self._passage.styles.append(style)

    def _inside(
        self, element: ET.Element, style: str, level: int, said: list[str], in_note: bool
    ) -> None:
        match str(element.tag).removeprefix(W):
            case "bookmarkStart":
                self._lines.anchor(value(element, "name"))
            case "hyperlink":
                anchor = value(element, "anchor")
                link = element.get(f"{R}id", "")
                self._lines.open(f"#{anchor}" if anchor else self._targets.get(link, ""))
                for one in element:
                    self._inside(one, style, level, said, in_note)
                self._lines.close()
            case "r":
                self._run(element, style, level, said, in_note)

    def _run(self, run: ET.Element, style: str, level: int, said: list[str], in_note: bool) -> None:
        properties = run.find(f"{W}rPr")
        if properties is None:
            properties = ET.Element("")
        language = language_of(properties.find(f"{W}lang")) or self._own
        for one in run:
            match str(one.tag).removeprefix(W):
                case "br":
                    self._lines.end(level)
                    said.append("\n")
                case "tab":
                    if style in ENDING:
                        self._lines.end(level)
                        self._passage.words = dict(self._before)
                    else:
                        self._lines.text(" ")
                    said.append(" ")
                case "fldChar":
                    self._fields += {"begin": 1, "separate": -1}.get(value(one, "fldCharType"), 0)
                case "instrText":
                    self._instruction(one.text or "")
                case "drawing":
                    self._drawing(one)
                case "footnoteReference":
                    self._called(one, run, in_note)
                case "t":
                    self._text(one.text or "", properties, language, said)

    def _text(self, text: str, properties: ET.Element, language: str, said: list[str]) -> None:
        if self._fields:
            self._wrong(f"“{text}” stands in the instruction of a field, where nobody sees it")
        opened = self._call
        if opened:
            self._lines.open(opened)
        self._lines.text(text)
        if opened:
            self._lines.close()
            self._call = ""
        said.append(text)
        if value(properties.find(f"{W}rStyle")) not in BETWEEN:
            kept = self._passage.words
            kept[language] = kept.get(language, "") + "".join(text.split())
        if properties.find(f"{W}strike") is not None:
            self._passage.struck.append(text)
        turned = properties.find(f"{W}rtl") is not None
        kinds = {unicodedata.bidirectional(char) for char in text}
        if kinds & ({"L"} if turned else {"R", "AL"}):
            self._wrong(f"“{text[:40]}” runs in another direction than its letters")

    _call = ""
    """Where the text of the current run leads to, if it calls a footnote."""

    def _called(self, reference: ET.Element, run: ET.Element, in_note: bool) -> None:
        note = self._notes.get(value(reference, "id"))
        if note is None or in_note or run.find(f"{W}t") is None:
            self._wrong("A footnote is called here that is not there, or without its mark")
            return
        self._waiting.append(note)
        begins = note.find(f".//{W}bookmarkStart")
        self._call = f"#{value(begins, 'name')}"

    def _instruction(self, text: str) -> None:
        words = text.split()
        if words[:1] == ["PAGEREF"] and words[2:] == ["\\h"]:
            self._passage.pages.append(words[1])
        elif words != ["TOC", "\\o", '"1-1"', "\\h", "\\z"]:
            self._wrong(f"A field stands here that a build does not write: “{text.strip()}”")
        else:
            self._passage.pages.append("")

    def _drawing(self, drawing: ET.Element) -> None:
        described = [one.get("descr", "") for one in drawing.iter() if one.get("descr") is not None]
        embedded = [one.get(f"{R}embed", "") for one in drawing.iter() if one.get(f"{R}embed")]
        if len(set(described)) != 1 or len(embedded) != 1:
            self._wrong("A picture stands here without an alternative text, or with two")
            return
        self._passage.pictures += embedded
        self._lines.text(f"{MARK} {described[0]}")


def texts(pieces: Sequence[str]) -> str:
    """Return texts as one, without spaces."""
    return "".join("".join(pieces).split())
