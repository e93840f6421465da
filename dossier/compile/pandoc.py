"""Applies a citation style to works: gives them to pandoc, and turns what it gives back into spans.

The style is changed in what concerns more than one work, since works are printed in the dossier's own
sequence under its own numbers: it sorts nothing, prints no numbers, puts no dash for an author who stands
before, and tells no two works of a year apart by a letter. So the entry of a work depends on that work
alone, and is the same in each packet.
"""

from __future__ import annotations

import functools
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from dossier.compile.bibliography import ADDRESS, EAST_ASIAN
from dossier.language.dates import read_date
from dossier.language.words import ENGLISH
from dossier.machine import citation_styles
from dossier.records.citation_style import CitationStyle
from dossier.records.diagnostics import MachineLacksError
from dossier.records.dossier import Span
from dossier.records.references import CSL_DATES, CSL_NAMES, Reference

NAMESPACE = "http://purl.org/net/xbiblio/csl"
TAG = f"{{{NAMESPACE}}}"
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
OF_SEVERAL_WORKS = {
    "subsequent-author-substitute", "subsequent-author-substitute-rule", "second-field-align", "collapse",
    "disambiguate-add-names", "disambiguate-add-givenname", "disambiguate-add-year-suffix",
    "givenname-disambiguation-rule",
}  # fmt: skip
"""The attributes of a style that compare works, or set their numbers apart."""
OWN_NUMBERS = ("citation-number", "citation-label", "year-suffix")
"""The variables by which a style numbers works."""
GUARD = str.maketrans("<>", "\ue000\ue001")
RELEASE = str.maketrans("\ue000\ue001", "<>")
"""Translations to private-use characters: in CSL data an angle bracket begins markup."""
DATE = re.compile(r"(\d{4}(?:-\d\d){0,2})([?~%]?)(?:/(\d{4}(?:-\d\d){0,2}))?")
"""A date, perhaps uncertain, or two dates."""
FORMS = {
    "Strong": "bold", "SmallCaps": "small-caps", "Superscript": "superscript",
    "Subscript": "subscript",
}  # fmt: skip
QUOTES = {"SingleQuote": "‘’", "DoubleQuote": "“”"}
NOTHING = "[CSL STYLE ERROR"
"""What pandoc prints where a style prints nothing."""
RUSSIAN = "ru"
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
    "ноябрь", "декабрь",
)  # fmt: skip
OF_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
    "ноября", "декабря",
)  # fmt: skip
"""The Russian months, and their genitive, which stands behind a day; styles have one form for both."""
MONTH = "\ue004"
"""Stands behind the name of a month that comes from the language of styles, not from a work."""
NAMED_MONTH = re.compile(rf"(\d[ \u00a0\u202f])?({'|'.join(MONTHS)})?{MONTH}", re.IGNORECASE)
SECONDS = 120
"""After this time pandoc is taken to have stopped; a thousand works take it about two seconds."""


class StyleError(Exception):
    """Pandoc refuses a style; the text is what it says."""


# --- what pandoc is given ---


def formatted(
    references: Sequence[Reference], style: CitationStyle, language: str
) -> tuple[tuple[Span, ...], ...]:
    """Return the entry of each reference, empty where the style prints nothing; raise StyleError."""
    if not references:
        return ()
    keys = [f"work{number}" for number in range(len(references))]
    data = [
        _csl_json(reference, language) | {"id": key}
        for key, reference in zip(keys, references, strict=True)
    ]
    has_bibliography = style.has_bibliography
    metadata: dict[str, Any] = {
        "lang": {"t": "MetaString", "c": _locale(language)},
        "link-bibliography": {"t": "MetaBool", "c": False},
        "link-citations": {"t": "MetaBool", "c": False},
        "suppress-bibliography": {"t": "MetaBool", "c": not has_bibliography},
    }
    blocks = [{"t": "Para", "c": [_citation(key)]} for key in keys]
    document = {"pandoc-api-version": [1, 23, 1], "meta": metadata, "blocks": blocks}
    made = _pandoc(json.dumps(document), _alone(style.source, language), json.dumps(data))
    listed = dict(_listed(made["blocks"]))
    # A style of notes may leave some types out of its bibliography, as letters: their note is the entry.
    cited = [
        _Entry.of(block["c"]) if not has_bibliography or _has_note(block["c"]) else ()
        for block in made["blocks"][: len(keys)]
    ]
    return tuple(listed.get(key) or other for key, other in zip(keys, cited, strict=True))


def _has_note(inlines: Iterable[dict[str, Any]]) -> bool:
    return any(
        inline["t"] == "Note" or (inline["t"] == "Cite" and _has_note(inline["c"][1]))
        for inline in inlines
    )


def _citation(key: str) -> dict[str, Any]:
    cited = {
        "citationId": key, "citationPrefix": [], "citationSuffix": [],
        "citationMode": {"t": "NormalCitation"}, "citationNoteNum": 0, "citationHash": 0,
    }  # fmt: skip
    return {"t": "Cite", "c": [[cited], []]}


def _pandoc(document: str, style: str, works: str) -> dict[str, Any]:
    """Return a document with its citations set, as pandoc's JSON; raise StyleError."""
    program = citation_styles.pandoc()
    if program is None:
        raise MachineLacksError(f"Pandoc is not installed: {citation_styles.PACKAGES}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "style.csl").write_text(style, encoding="utf-8")
        (folder / "works.json").write_text(works, encoding="utf-8")
        try:
            run = subprocess.run(
                [
                    program, "--from=json", "--to=json", "--citeproc", "--csl=style.csl",
                    "--bibliography=works.json",
                ],
                input=document, capture_output=True, encoding="utf-8", cwd=folder, timeout=SECONDS,
                # Nothing of the user's own pandoc counts: no defaults, no locale.
                env={"LANG": "C.UTF-8", "HOME": name, "XDG_DATA_HOME": name}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise StyleError(f"pandoc did not finish within {SECONDS} seconds") from None
    if run.returncode:
        raise StyleError(" ".join(run.stderr.split()) or f"pandoc ends with {run.returncode}")
    made: dict[str, Any] = json.loads(run.stdout)
    return made


@functools.cache
def _alone(source: str, language: str) -> str:
    """Return a style in which the entry of a work depends on that work alone.

    In Russian its months are marked, so that they can be put into the genitive.
    """
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.fromstring(source)
    for parent in list(root.iter()):
        parent.attrib.pop("display", None)
        for child in list(parent):
            is_number = child.get("variable") in OWN_NUMBERS
            sorts = child.tag == f"{TAG}sort"
            if sorts or (is_number and child.tag in (f"{TAG}text", f"{TAG}number")):
                parent.remove(child)
    for part in ("citation", "bibliography"):
        element = root.find(f"{TAG}{part}")
        for name in OF_SEVERAL_WORKS & set(element.attrib if element is not None else ()):
            assert element is not None
            del element.attrib[name]
    if language.split("-")[0] == RUSSIAN:
        locale = ElementTree.Element(f"{TAG}locale", {XML_LANGUAGE: RUSSIAN})
        terms = ElementTree.SubElement(locale, f"{TAG}terms")
        for number, month in enumerate(MONTHS, 1):
            ElementTree.SubElement(terms, f"{TAG}term", {"name": f"month-{number:02}"}).text = (
                month + MONTH
            )
        root.insert(1, locale)
    return ElementTree.tostring(root, encoding="unicode")


def _locale(language: str) -> str:
    """Return the locale for a language; English is British, as in the program's own style."""
    return "en-GB" if language == ENGLISH else language


def _csl_json(reference: Reference, language: str) -> dict[str, Any]:
    """Return a work as CSL-JSON. What is not in CSL is left out, and a note, which is printed below."""
    data = reference.csl()
    for key in ("archive-url", "archived", "note"):
        data.pop(key, None)
    for key in CSL_DATES:
        if key in data:
            data[key] = _date(data[key], language)
    for key in CSL_NAMES:
        if key in data:
            data[key] = [_name(name) for name in data[key]]
    # A style that sets titles in capitals does so in English works.
    data.setdefault("language", _locale(language))
    return {key: _guarded(value) for key, value in data.items()}


def _name(name: Mapping[str, str]) -> Mapping[str, str]:
    """Return a name; one in Chinese, Japanese or Korean characters as one word, family name first."""
    if name.keys() == {"family", "given"} and EAST_ASIAN.fullmatch("".join(name.values())):
        return {"literal": name["family"] + name["given"]}
    return name


def _date(text: str, language: str) -> dict[str, Any]:
    """Return an EDTF date as CSL has it, in words where CSL has no form for it."""
    match = DATE.fullmatch(text)
    if not match:
        return {"literal": read_date(text).in_words(_locale(language))}
    parts = [[int(number) for number in day.split("-")] for day in match.group(1, 3) if day]
    return {"date-parts": parts} | ({"circa": True} if match[2] else {})


def _guarded(value: Any) -> Any:
    """Return a value in which angle brackets begin no markup."""
    if isinstance(value, str):
        return value.translate(GUARD)
    if isinstance(value, dict):
        return {key: _guarded(item) for key, item in value.items()}
    return [_guarded(item) for item in value] if isinstance(value, list | tuple) else value


# --- what pandoc gives ---


def _listed(blocks: Iterable[dict[str, Any]]) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Yield each work of the bibliography with its entry."""
    for block in blocks:
        if block["t"] != "Div":
            continue
        key: str = block["c"][0][0]
        classes, inside = block["c"][0][1], block["c"][1]
        if "csl-entry" in classes:
            yield key.removeprefix("ref-"), _Entry.of(_inlines(inside))
        else:
            yield from _listed(inside)


def _inlines(blocks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the inlines of paragraphs, with a space between two."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        inside = block["c"] if block["t"] in ("Para", "Plain") else _inlines(block["c"][1])
        found += [*([{"t": "Space"}] if found else []), *inside]
    return found


@dataclass(frozen=True)
class _Entry:
    """How the letters of a part of an entry are set."""

    italic: bool = False
    forms: tuple[str, ...] = ()

    @classmethod
    def of(cls, inlines: Iterable[dict[str, Any]]) -> tuple[Span, ...]:
        """Return inlines of pandoc's as spans, neighbours that look the same as one."""
        joined: list[Span] = []
        for span in cls()._spans(inlines):
            if joined and replace(joined[-1], text="") == replace(span, text=""):
                joined[-1] = replace(span, text=joined[-1].text + span.text)
            else:
                joined.append(span)
        joined = [replace(span, text=NAMED_MONTH.sub(_in_its_case, span.text)) for span in joined]
        if joined:
            joined[0] = replace(joined[0], text=joined[0].text.lstrip())
            joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
        if joined and joined[0].text.startswith(NOTHING):
            return ()
        return tuple(part for span in joined if span.text for part in linked(span))

    def _spans(self, inlines: Iterable[dict[str, Any]]) -> Iterator[Span]:
        for inline in inlines:
            kind: str = inline["t"]
            content: Any = inline.get("c")
            if kind == "Str":
                yield Span(content.translate(RELEASE), self.italic, forms=self.forms)
            elif kind in ("Space", "SoftBreak", "LineBreak"):
                yield Span(" ", self.italic, forms=self.forms)
            elif kind in ("Emph", "Underline"):
                # Emphasis within emphasis is upright.
                yield from replace(self, italic=not self.italic)._spans(content)
            elif kind in FORMS:
                yield from replace(self, forms=(*self.forms, FORMS[kind]))._spans(content)
            elif kind == "Quoted":
                begin, end = tuple(QUOTES[content[0]["t"]])
                text = [{"t": "Str", "c": begin}, *content[1], {"t": "Str", "c": end}]
                yield from self._spans(text)
            elif kind == "Note":
                yield from self._spans(_inlines(content))
            elif kind == "Span":
                plain = "nodecor" in content[0][1]
                yield from (_Entry() if plain else self)._spans(content[1])
            elif kind in ("Cite", "Link"):
                yield from self._spans(content[1])
            else:
                raise StyleError(f"pandoc gives a part of an entry as “{kind}”")


def _in_its_case(match: re.Match[str]) -> str:
    """Return the name of a month without its mark, in the genitive behind a day."""
    day, month = match[1] or "", match[2] or ""
    if not day or not month:
        return day + month
    return day + OF_MONTHS[MONTHS.index(month.casefold())]


def linked(span: Span) -> Iterator[Span]:
    """Yield a span with its addresses as links."""
    start = 0
    for match in ADDRESS.finditer(span.text):
        if match.start() > start:
            yield replace(span, text=span.text[start : match.start()])
        yield replace(span, text=match[0], url=match[0])
        start = match.end()
    if start < len(span.text):
        yield replace(span, text=span.text[start:])
