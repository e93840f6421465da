"""Fills the templates: a section of the dossier in, HTML out. The only module that knows Jinja2.

The templates are the project's, the data the editors': everything is escaped, nothing of the corpus is
ever read as a template.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dossier import __version__
from dossier.language.direction import nearer_language, runs_left
from dossier.language.words import Words
from dossier.machine import fonts
from dossier.records.body import Node
from dossier.records.dossier import Dossier, Letter, See, Span, anchor_of_citation
from dossier.records.job import Info
from dossier.render.order import directed, ordered

PAPERS = {"A4": (595.276, 841.89), "Letter": (612.0, 792.0)}
"""Width and height in points (ISO 216; ANSI Y14.1)."""
MEASURE = 415.0
"""The text's width in points, the same on every paper, so that lines break alike."""
LEADING = 17.0
"""The distance of the base lines in points: the unit of all vertical measures."""
LINES = {"A4": 38, "Letter": 35}
"""Lines on a full page."""
HEAD = 92.0
"""Points from the paper's upper edge to the text."""
UNBREAKABLE = re.compile(r"(?:[\u00a0\u202f]|[^\s/?&\u2e80-\U0003ffff-]){40}")
"""How a text begins that may not find room on a line that has begun."""
WORDS_BEFORE = re.compile(r"(?<=>)([^<>]*[^<>\s])\s+(?=<span (?:lang|dir)=)")
"""Words, and the space between them and a text with attributes, in HTML."""


@dataclass(frozen=True)
class RunningHead:
    """The line above the text of all pages but a section's first."""

    left: str
    right: str


@jinja2.pass_context
def ours(context: Context, key: str, **values: object) -> Markup:
    """Return words of ours, see :class:`dossier.language.words.Words`; ``values`` may be HTML."""
    words: Words = context["words"]
    return Markup("").join(escape(piece) for piece in words.pieces(key, **values))


@jinja2.pass_context
def attributes(context: Context, text: str, language: str = "", sure: bool = False) -> Markup:
    """Return the HTML attributes that a text of the corpus needs among words of ours.

    It is in the dossier's language; or in ``language``, if that is ``sure`` or its script tells so.
    """
    dossier = context["language"]
    if not language:
        language = dossier
    elif not sure:
        language = nearer_language(text, language, dossier)
    lang = Markup(' lang="{}"').format(language) if language != context["own_language"] else ""
    return lang + way(text)


@jinja2.pass_context
def worded(context: Context, text: str, language: str = "") -> Markup:
    """Return a text of the corpus, with the attributes that it needs among words of ours."""
    needed = attributes(context, text, language)
    return Markup("<span{}>{}</span>").format(needed, text) if needed else escape(text)


def way(text: str) -> Markup:
    """Return the HTML attribute of a text that runs from right to left among words of ours."""
    return Markup(' dir="rtl"' if runs_left(text) else "")


def turned(text: str, around: bool) -> Markup:
    """Return a line of a letter that runs left if ``around``, marked if it goes another way itself."""
    own = runs_left(text, around)
    if own == around:
        return escape(text)
    return Markup('<span dir="{}">{}</span>').format("rtl" if own else "ltr", text)


def apart(html: str) -> Markup:
    """Return HTML in which the space between words and a text with attributes stands alone.

    Otherwise WeasyPrint may break the line after the first of the words.
    """
    return Markup(WORDS_BEFORE.sub(r"<span>\1</span> ", str(html)))


def pieces(spans: Sequence[Span]) -> tuple[Node, ...]:
    """Return a bibliography entry as nodes, in order for the way in which it runs."""
    nodes: list[Node] = []
    for span in spans:
        text = Node("address" if span.url else "text", text=span.text)
        if span.url:
            nodes.append(Node("a", (text,), text=span.url))
        else:
            nodes.append(Node("em", (text,)) if span.italic else text)
    return ordered(nodes, runs_left("".join(span.text for span in spans)))


def isolated(text: str) -> str:
    """Return a text for the running heads, which know no elements, so that it keeps its direction."""
    return f"\u2067{text}\u2069" if runs_left(text) else text


@functools.cache
def environment(folder: Path) -> jinja2.Environment:
    """Return the templates of ``folder``, with everything escaped and nothing left undefined."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["see_reference"] = lambda item: isinstance(item, See)
    made.tests["unbreakable"] = UNBREAKABLE.match
    made.filters.update(
        {one.__name__: one for one in (apart, attributes, directed, pieces, turned, way, worded)}
    )
    made.globals["citation_anchor"] = anchor_of_citation
    made.globals["ours"] = ours
    return made


def style_sheet(folder: Path, paper: str) -> str:
    """Return the printed dossier's style sheet for a paper, fonts included."""
    width, height = PAPERS[paper]
    return (
        environment(folder)
        .get_template("print.css")
        .render(
            faces=fonts.font_faces(),
            family=fonts.family_stack(),
            width=width,
            height=height,
            head=HEAD,
            foot=height - HEAD - LINES[paper] * LEADING,
            side=(width - MEASURE) / 2,
            leading=LEADING,
        )
    )


def section(folder: Path, name: str, dossier: Dossier, heading: str = "", **values: Any) -> str:
    """Return the HTML document of one section.

    ``name`` is its template's stem, ``heading`` what stands to the left in its running heads.
    """
    return (
        environment(folder)
        .get_template(f"{name}.html")
        .render(
            dossier=dossier,
            title=dossier.publication.title,
            running=RunningHead(heading, isolated(dossier.publication.title)),
            version=__version__,
            work_numbers={work.id: work.number for work in dossier.works},
            **_languages(dossier),
            **values,
        )
    )


def letter(folder: Path, dossier: Dossier, one: Letter) -> str:
    """Return the HTML document of one letter: it depends on that letter alone."""
    numbers = {work.id: work.number for work in dossier.works if work.id in one.works}
    return (
        environment(folder)
        .get_template("letter.html")
        .render(
            letter=one,
            running=RunningHead(
                isolated(one.head.title),
                dossier.words("letter_dated", number=one.number, date=isolated(one.date_words)),
            ),
            title=one.head.title,
            work_numbers=numbers,
            **_languages(dossier),
        )
    )


def _languages(dossier: Dossier) -> dict[str, Any]:
    """Return the dossier's language, the words of ours, theirs, and the attribute that these need."""
    language, own = dossier.publication.language, dossier.words.language
    tag = Markup(' lang="{}"').format(own) if own != language else ""
    return {"language": language, "words": dossier.words, "own_language": own, "own_tag": tag}


def metadata(folder: Path, info: Info) -> bytes:
    """Return the XMP packet (ISO 16684-1) that states both PDF/A-2a and PDF/UA-1."""
    packet = environment(folder).get_template("metadata.xmp").render(info=info, bom="\ufeff")
    return packet.encode()
