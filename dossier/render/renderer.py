"""Fills the templates: a section of the dossier in, HTML out. The only module that knows Jinja2.

The data are the editors': everything is escaped, and of the corpus only what lies in its folder
``templates/`` is read as a template.
"""

from __future__ import annotations

import base64
import functools
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from dossier import __version__
from dossier.language.direction import nearer_language, runs_left
from dossier.language.words import Words
from dossier.machine import fonts, templates
from dossier.records.body import Node
from dossier.records.design import Design
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity
from dossier.records.dossier import Dossier, Letter, See, Span, anchor_of_citation
from dossier.records.furniture import RunningHead
from dossier.records.job import Info
from dossier.records.templates import NONE, Templates
from dossier.render.order import directed, ordered

UNBREAKABLE = re.compile(r"(?:[\u00a0\u202f]|[^\s/?&\u2e80-\U0003ffff-]){40}")
"""How a text begins that may not find room on a line that has begun."""
WORDS_BEFORE = re.compile(r"(?<=>)([^<>]*[^<>\s])\s+(?=<span (?:lang|dir)=)")
"""Words, and the space between them and a text with attributes, in HTML."""


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
    """Return a text for a running head, so that it keeps its direction among the others there."""
    return f"\u2067{text}\u2069" if runs_left(text) else text


@functools.lru_cache(maxsize=4)
def environment(own: Templates, folder: Path) -> jinja2.Environment:
    """Return the templates: those of a corpus, and where it brings none those in ``folder``.

    Everything is escaped and nothing left undefined. A template of a corpus can do no more than print what
    it is given: it may come from a stranger.
    """
    made = SandboxedEnvironment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.FunctionLoader(partial(_own, dict(own.texts), own.shown)),
                jinja2.FileSystemLoader(folder),
            ]
        ),
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


def _own(
    texts: Mapping[str, str], shown: str, name: str
) -> tuple[str, str, Callable[[], bool]] | None:
    """Return a template of the corpus with the name that findings have for it, None where it has none."""
    return (texts[name], f"{shown}/{name}", lambda: True) if name in texts else None


REMEDY = (
    "Mend it, or remove the file: the program's own is used then. docs/design.md tells what a template "
    "may use."
)


def faults(own: Templates) -> list[Diagnostic]:
    """Return what is wrong with templates of a corpus, as far as it can be told without filling them."""
    found = []
    for name, text in own.texts:
        if name.endswith((".html", ".css")):
            try:
                environment(own, templates.folder()).parse(text, name, f"{own.shown}/{name}")
            except jinja2.TemplateSyntaxError as error:
                found.append(_told(own, name, error.lineno, error.message or ""))
    return found


def _told(own: Templates, name: str, line: int, reason: str) -> Diagnostic:
    message = f"The template cannot be filled: {reason.rstrip('.')}"
    return Diagnostic(f"{own.shown}/{name}", line, 0, Severity.ERROR, message, REMEDY)


def filled(own: Templates, template: str, **values: Any) -> str:
    """Return a template, by its path among the templates, filled with ``values``.

    Raises CorpusFaultError where a template of the corpus cannot be filled.
    """
    try:
        return environment(own, templates.folder()).get_template(template).render(**values)
    except Exception as error:
        texts = dict(own.texts)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            name = frame.filename.removeprefix(f"{own.shown}/")
            if name in texts and name != frame.filename:
                raise CorpusFaultError([_told(own, name, frame.lineno or 0, str(error))]) from None
        raise


def style_sheet(own: Templates, design: Design, paper: str) -> str:
    """Return the printed dossier's style sheet in a design, for one of its papers, fonts included."""
    return filled(
        own,
        "styles/print.css",
        design=design,
        paper=design.papers[paper],
        side=round(design.side(paper), 3),
        foot=round(design.foot(paper), 3),
        faces="\n".join([fonts.font_faces(), *_faces(own, design)]),
        family=fonts.families(design.fonts.text),
    )


PART = re.compile(r"^/\* (styles/print/[\w-]+\.css) \*/$", re.MULTILINE)
"""Says in the style sheet from which part the next lines come."""
PLACE = re.compile(r"^(.*?) at (\d+):(\d+)(.*)$", re.DOTALL)


def faults_of_style(own: Templates, style: str, complaints: Sequence[str]) -> list[Diagnostic]:
    """Return the typesetter's complaints as findings about the corpus's own parts of a style sheet.

    Nothing where the fault can only be the program's. A line that becomes several when the template is
    filled is counted as these.
    """
    found = []
    for complaint in complaints:
        match = PLACE.match(complaint)
        line, column = (int(match[2]), int(match[3])) if match else (1, 0)
        name, first = "styles/print.css", 0
        for part in PART.finditer(style):
            number = style.count("\n", 0, part.start()) + 1
            if number < line:
                name, first = part[1], number
        if name in dict(own.texts):
            reason = f"{match[1]}{match[4]}" if match else complaint
            message = f"The style sheet is not understood: {reason.rstrip('.')}"
            place = f"{own.shown}/{name}", line - first, column
            found.append(Diagnostic(*place, Severity.ERROR, message, REMEDY))
    if not found and own.texts:
        message = f"The typesetter complains: {complaints[0].rstrip('.')}"
        found.append(Diagnostic(own.shown, 0, 0, Severity.ERROR, message, REMEDY))
    return found


def _faces(own: Templates, design: Design) -> Iterator[str]:
    """Yield what makes the font files of the corpus known, with all that is in them."""
    files = dict(own.fonts)
    for face in design.fonts.faces:
        data = base64.b64encode(files[face.file]).decode()
        yield (
            f'@font-face {{ font-family: "{face.family}"; src: url("data:font/sfnt;base64,{data}"); '
            f"font-weight: {face.weight}; font-style: {face.style} }}"
        )


def section(name: str, dossier: Dossier, **values: Any) -> str:
    """Return the HTML document of one section; ``name`` is its template without ``.html``."""
    return filled(
        dossier.templates,
        f"{name}.html",
        dossier=dossier,
        design=dossier.design,
        title=dossier.publication.title,
        version=__version__,
        work_numbers={work.id: work.number for work in dossier.works},
        **_languages(dossier),
        **values,
    )


def letter(dossier: Dossier, one: Letter) -> str:
    """Return the HTML document of one letter: it depends on that letter alone."""
    numbers = {work.id: work.number for work in dossier.works if work.id in one.works}
    return filled(
        dossier.templates,
        "sections/letter.html",
        letter=one,
        title=one.head.title,
        work_numbers=numbers,
        **_languages(dossier),
    )


def heads(dossier: Dossier, lines: Sequence[tuple[str, str]]) -> str:
    """Return the HTML document of running heads, a page each; of every line what stands left and right."""
    return filled(dossier.templates, "heads.html", heads=lines, title="", **_languages(dossier))


def head_of_section(dossier: Dossier, title: str) -> RunningHead:
    """Return the running head of a section that is no letter."""
    return RunningHead(title, isolated(dossier.publication.title))


def head_of_letter(dossier: Dossier, one: Letter) -> RunningHead:
    """Return the running head of a letter."""
    dated = dossier.words("letter_dated", number=one.number, date=isolated(one.date_words))
    return RunningHead(isolated(one.head.title), dated)


def _languages(dossier: Dossier) -> dict[str, Any]:
    """Return the dossier's language, the words of ours, theirs, and the attribute that these need."""
    language, own = dossier.publication.language, dossier.words.language
    tag = Markup(' lang="{}"').format(own) if own != language else ""
    return {"language": language, "words": dossier.words, "own_language": own, "own_tag": tag}


def metadata(info: Info) -> bytes:
    """Return the XMP packet (ISO 16684-1) that states both PDF/A-2a and PDF/UA-1."""
    return filled(NONE, "metadata.xmp", info=info, bom="\ufeff").encode()
