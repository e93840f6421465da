"""Fills the templates: a section of the dossier in, HTML out. The only module that knows Jinja2.

The templates are the project's, the data the editors': everything is escaped, nothing of the corpus is
ever read as a template.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import icu
import jinja2
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dossier import __version__
from dossier.language.direction import nearer_language, runs_left
from dossier.machine import fonts
from dossier.records.body import Node
from dossier.records.dossier import Dossier, Letter, See, Span, anchor_of_citation
from dossier.records.furniture import RunningHead
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
OURS = "en"
"""The language of the templates' own words."""


def spelled(number: int) -> str:
    """Return a number in words up to twelve, in figures above (Oxford Style Manual, 7.1)."""
    if number > 12:
        return str(number)
    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale("en"))
    return str(rules.format(number))


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
    """Return a text for a running head, so that it keeps its direction among the others there."""
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
        {
            one.__name__: one
            for one in (apart, attributes, directed, pieces, spelled, turned, way, worded)
        }
    )
    made.globals["citation_anchor"] = anchor_of_citation
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


def section(folder: Path, name: str, dossier: Dossier, **values: Any) -> str:
    """Return the HTML document of one section; ``name`` is its template's stem."""
    return (
        environment(folder)
        .get_template(f"{name}.html")
        .render(
            dossier=dossier,
            title=dossier.publication.title,
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
            title=one.head.title,
            work_numbers=numbers,
            **_languages(dossier),
        )
    )


def heads(folder: Path, dossier: Dossier, lines: Sequence[tuple[str, str]]) -> str:
    """Return the HTML document of running heads, a page each; of every line what stands left and right."""
    return (
        environment(folder)
        .get_template("heads.html")
        .render(heads=lines, title="", **_languages(dossier))
    )


def head_of_section(dossier: Dossier, title: str) -> RunningHead:
    """Return the running head of a section that is no letter."""
    return RunningHead(title, isolated(dossier.publication.title))


def head_of_letter(one: Letter) -> RunningHead:
    """Return the running head of a letter."""
    return RunningHead(isolated(one.head.title), f"Letter {one.number}, {isolated(one.date_words)}")


def _languages(dossier: Dossier) -> dict[str, str]:
    """Return the dossier's language, that of the words of ours, and the attribute that these need."""
    language = dossier.publication.language
    own = language if language.partition("-")[0] == OURS else OURS
    ours = Markup(' lang="{}"').format(own) if own != language else ""
    return {"language": language, "own_language": own, "ours": ours}


def metadata(folder: Path, info: Info) -> bytes:
    """Return the XMP packet (ISO 16684-1) that states both PDF/A-2a and PDF/UA-1."""
    packet = environment(folder).get_template("metadata.xmp").render(info=info, bom="\ufeff")
    return packet.encode()
