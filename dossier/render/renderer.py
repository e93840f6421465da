"""Renders templates as HTML. The only module that uses Jinja2.

All data are escaped. Only files in the corpus's folder ``templates/`` are read as templates.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import traceback
import unicodedata
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
from dossier.language.words import Words, cut
from dossier.machine import fonts, templates
from dossier.records.body import Address, Leaf, Node, Note, text_of
from dossier.records.design import Design
from dossier.records.diagnostics import CorpusFaultError, Diagnostic, Severity
from dossier.records.dossier import (
    Dossier,
    Letter,
    See,
    anchor_of_call,
    anchor_of_citation,
    anchor_of_note,
)
from dossier.records.furniture import RunningHead
from dossier.records.job import Info, Section
from dossier.records.lettering import Lettering
from dossier.records.pictures import RESOLUTION
from dossier.records.sections import section_of_letter
from dossier.records.signatures import Signature
from dossier.records.templates import NONE, Templates
from dossier.render.bidi import NAMES, directed
from dossier.render.works import as_nodes

WORDS_BEFORE = re.compile(r"(?<=>)([^<>]*[^<>\s])\s+(?=<span (?:lang|dir)=)")
"""Matches words, and the space between them and an element with attributes, in HTML."""


def ours(words: Words, key: str, **values: object) -> Markup:
    """Return words of the program, see :class:`dossier.language.words.Words`; ``values`` may be HTML.

    A template has it with the words of its dossier. If Jinja2 passed the context to it, each call inside a
    loop would make a context of its own.
    """
    found: list[str] = []
    for before, name, form in _segments(words.form(key, values)):
        found.append(before)
        if name:
            found.append(escape(words.said(values[name], form)))
    return Markup("".join(found))


@functools.cache
def _segments(text: str) -> tuple[tuple[str, str, str], ...]:
    """Return the segments of a text, escaped, each with the placeholder that follows it."""
    return tuple((str(escape(words)), name, form) for words, name, form in cut(text))


@jinja2.pass_context
def attributes(context: Context, text: str, language: str = "", sure: bool = False) -> Markup:
    """Return the HTML attributes that a text of the corpus needs among the program's words.

    The text is in the dossier's language, or in ``language`` if that is ``sure`` or the script shows it.
    """
    dossier = context["language"]
    if not language:
        language = dossier
    elif not sure:
        language = nearer_language(text, language, dossier)
    lang = Markup(' lang="{}"').format(language) if language != context["own_language"] else ""
    return lang + direction_attribute(context, text)


@jinja2.pass_context
def worded(context: Context, text: str, language: str = "") -> Markup:
    """Return a text of the corpus, with the attributes that it needs among the program's words."""
    needed = attributes(context, text, language)
    return Markup("<span{}>{}</span>").format(needed, text) if needed else escape(text)


@jinja2.pass_context
def direction_attribute(context: Context, text: str) -> Markup:
    """Return the HTML attribute ``dir`` for a text that runs against the pages' direction, else nothing."""
    around = context["words"].right_to_left
    own = runs_left(text, around)
    return Markup(' dir="{}"').format(NAMES[own]) if own != around else Markup("")


def in_own_direction(text: str, around: bool) -> Markup:
    """Return a line of a letter, in a span with its direction where that differs from the letter's.

    ``around`` says that the letter runs from right to left.
    """
    own = runs_left(text, around)
    if own == around:
        return escape(text)
    return Markup('<span dir="{}">{}</span>').format("rtl" if own else "ltr", text)


SPACELESS = ("ja", "ko", "zh")
"""Languages in which a line may end between any two letters."""
AT_END = re.compile(r"[（(][^（()）]{1,12}[)）]$")
"""Matches what stands in parentheses at the end of a signature, such as its country."""


def with_tied_end(line: str, around: bool, language: str) -> Markup:
    """Return a line of a letter as :func:`in_own_direction` does, its end in parentheses not parted.

    ``language`` is the letter's.
    """
    found = AT_END.search(line) if language[:2] in SPACELESS and not around else None
    if not found or runs_left(line, around):
        return in_own_direction(line, around)
    return Markup('{}<span class="tied">{}</span>').format(line[: found.start()], found[0])


def with_name(signature: Signature, around: bool) -> Markup:
    """Return the line of a signature with the name in bold type; ``around`` as for a line of a letter."""
    start, end = signature.name
    line = signature.printed
    shown = (
        Markup("{}<b>{}</b>{}").format(line[:start], line[start:end], line[end:])
        if start < end
        else escape(line)
    )
    own = runs_left(line, around)
    if own == around:
        return shown
    return Markup('<span dir="{}">{}</span>').format(NAMES[own], shown)


def with_breakable_spaces(html: str) -> Markup:
    """Return HTML with the words before an element with attributes in a span, without the space.

    Otherwise WeasyPrint may break the line after the first of the words.
    """
    return Markup(WORDS_BEFORE.sub(r"<span>\1</span> ", str(html)))


def direction_of_note(note: Note) -> str:
    """Return the direction in which most of a footnote's words run, ``ltr`` or ``rtl``."""
    return NAMES[runs_left(text_of(note.paragraphs))]


def isolated(text: str, around: bool = False) -> str:
    """Return a text, in directional isolates if it runs against the text around it.

    ``around`` says that this runs from right to left.
    """
    own = runs_left(text, around)
    return f"{ISOLATES[own]}{text}\u2069" if own != around else text


LONGEST_TIED = 24
"""The letters of a word that takes a citation behind it to the next line."""


def last_word(text: str) -> str:
    """Return the end of a text that stays with a citation: its last word, unless that is too long.

    Of languages without spaces between words it is the last character.
    """
    word = text.rpartition(" ")[2]
    if len(word) <= LONGEST_TIED:
        return word
    return text[-1] if unicodedata.east_asian_width(text[-1]) in "WF" else ""


LONG_ADDRESS = 20
"""The letters of an address that moves so many words to the next line that justification shows."""


def with_address(node: Node) -> bool:
    """Tell whether a web address stands among the words of a paragraph."""
    if isinstance(node, Address):
        return len(node.text) >= LONG_ADDRESS
    return not isinstance(node, Leaf) and any(map(with_address, node.children))


ISOLATES = ("\u2066", "\u2067")
"""What begins an isolate from left to right, and from right to left (UAX #9)."""
FILTERS: tuple[Callable[..., object], ...] = (
    as_nodes,
    attributes,
    direction_attribute,
    direction_of_note,
    directed,
    in_own_direction,
    last_word,
    with_breakable_spaces,
    with_name,
    with_tied_end,
    worded,
)
"""The filters of the templates, under the functions' own names."""
GLOBALS: tuple[Callable[..., object], ...] = (
    anchor_of_call,
    anchor_of_citation,
    anchor_of_note,
    section_of_letter,
)
"""The functions that a template may call."""


@functools.lru_cache(maxsize=4)
def environment(own: Templates, folder: Path) -> jinja2.Environment:
    """Return the Jinja2 environment: the corpus's own templates before those in ``folder``.

    Everything is escaped, and an undefined name is an error. A corpus may come from a stranger, so its
    templates run in a sandbox.
    """
    # The sandbox takes a third of the rendering time.
    kind = SandboxedEnvironment if own.texts else jinja2.Environment
    made = kind(
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
    made.tests["with_address"] = with_address
    made.filters.update({function.__name__: function for function in FILTERS})
    made.globals.update({function.__name__: function for function in GLOBALS})
    return made


def _own(
    texts: Mapping[str, str], shown: str, name: str
) -> tuple[str, str, Callable[[], bool]] | None:
    """Return a template of the corpus and the path that findings show, None where it has none."""
    return (texts[name], f"{shown}/{name}", lambda: True) if name in texts else None


REMEDY = (
    "Mend it, or remove the file: the program's own is used then. docs/design.md tells what a template "
    "may use."
)


def faults(own: Templates) -> list[Diagnostic]:
    """Return the syntax errors in a corpus's own templates."""
    found = []
    for name, text in own.texts:
        if name.endswith((".html", ".css")):
            try:
                environment(own, templates.folder()).parse(text, name, f"{own.shown}/{name}")
            except jinja2.TemplateSyntaxError as error:
                found.append(_fault(own, name, error.lineno, error.message or ""))
    return found


def _fault(own: Templates, name: str, line: int, reason: str) -> Diagnostic:
    message = f"The template cannot be filled: {reason.rstrip('.')}"
    return Diagnostic(f"{own.shown}/{name}", line, 0, Severity.ERROR, message, REMEDY)


def filled(own: Templates, *choice: str, **values: Any) -> str:
    """Return the text of a template rendered with ``values``: of the first of these paths that there is.

    Raises CorpusFaultError where a template of the corpus cannot be rendered.
    """
    try:
        return environment(own, templates.folder()).select_template(choice).render(**values)
    except Exception as error:
        texts = dict(own.texts)
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            name = frame.filename.removeprefix(f"{own.shown}/")
            if name in texts and name != frame.filename:
                raise CorpusFaultError([_fault(own, name, frame.lineno or 0, str(error))]) from None
        raise


def style_sheet(own: Templates, design: Design, paper: str) -> str:
    """Return the style sheet of the printed dossier in a design, for one of its papers."""
    return filled(
        own,
        "styles/print.css",
        design=design,
        paper=design.papers[paper],
        side=round(design.side(paper), 3),
        foot=round(design.foot(paper), 3),
        resolution=RESOLUTION,
        faces="\n".join([fonts.font_faces(), *_faces(own, design)]),
        family=fonts.families(design.fonts.text),
    )


PART = re.compile(r"^/\* (styles/print/[\w-]+\.css) \*/$", re.MULTILINE)
"""Matches the comment in the style sheet that names the part of the next lines."""
PLACE = re.compile(r"^(.*?) at (\d+):(\d+)(.*)$", re.DOTALL)


def faults_of_style(own: Templates, style: str, complaints: Sequence[str]) -> list[Diagnostic]:
    """Return the typesetter's complaints as findings about the corpus's own parts of a style sheet.

    Returns nothing where the fault can only be the program's. Lines are those of the rendered part.
    """
    found, texts = [], dict(own.texts)
    for complaint in complaints:
        match = PLACE.match(complaint)
        line, column = (int(match[2]), int(match[3])) if match else (1, 0)
        name, first = "styles/print.css", 0
        for part in PART.finditer(style):
            number = style.count("\n", 0, part.start()) + 1
            if number < line:
                name, first = part[1], number
        if name in texts:
            reason = f"{match[1]}{match[4]}" if match else complaint
            message = f"The style sheet is not understood: {reason.rstrip('.')}"
            place = f"{own.shown}/{name}", line - first, column
            found.append(Diagnostic(*place, Severity.ERROR, message, REMEDY))
    if not found and own.texts:
        message = f"The typesetter complains: {complaints[0].rstrip('.')}"
        found.append(Diagnostic(own.shown, 0, 0, Severity.ERROR, message, REMEDY))
    return found


PRINTERS = {
    "cite": ("partials/body.html", "partials/letter.html", "sections/letter.html"),
    "sig": ("partials/signatures.html", "partials/letter.html", "sections/letter.html"),
    "work": ("sections/bibliography.html",),
}
"""The templates that may lose an anchor, the nearest first, by the first part of its id."""


def faults_of_anchor(own: Templates, section: str, anchor: str) -> list[Diagnostic]:
    """Return a finding about the corpus's own template that has lost an anchor of a section.

    Returns nothing where the fault can only be the program's.
    """
    texts = dict(own.texts)
    chain = (*PRINTERS.get(anchor.partition("-")[0], ()), "partials/document.html")
    name = next((name for name in chain if name in texts), None)
    if name is None:
        return []
    message = f"The template does not print the id “{anchor}” on the pages of “{section}”"
    remedy = (
        "Take its id over from the program's own template: index and bibliography print its page."
    )
    return [Diagnostic(f"{own.shown}/{name}", 0, 0, Severity.ERROR, message, remedy)]


def _faces(own: Templates, design: Design) -> Iterator[str]:
    """Yield an ``@font-face`` rule, with its data, for each font file of the corpus."""
    files = dict(own.fonts)
    for face in design.fonts.faces:
        data = base64.b64encode(files[face.file]).decode()
        yield (
            f'@font-face {{ font-family: "{face.family}"; src: url("data:font/sfnt;base64,{data}"); '
            f"font-weight: {face.weight}; font-style: {face.style} }}"
        )


def section(dossier: Dossier, *names: str, **values: Any) -> str:
    """Return the HTML document of a section; from the first of these templates that there is."""
    return filled(
        dossier.templates,
        *(f"{name}.html" for name in names),
        dossier=dossier,
        design=dossier.design,
        title=dossier.publication.title,
        version=__version__,
        work_numbers={work.id: work.number for work in dossier.works},
        **_languages(dossier),
        **values,
    )


def screen(dossier: Dossier, **values: Any) -> str:
    """Return the HTML edition with the style sheet of its design, its script and its policy.

    The policy (Content Security Policy Level 3) lets the page run and load these two and nothing else. The
    script is the program's own in every corpus.
    """
    script = (templates.folder() / "scripts/screen.js").read_text(encoding="utf-8")
    shared = {"dossier": dossier, "design": dossier.design, **_languages(dossier)}
    style = filled(dossier.templates, "styles/screen.css", **shared)
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    own = {"script": Markup(script), "style": Markup(style), "policy": Markup(policy)}
    return section(dossier, "screen", on_screen=True, **own, **values)


def _source(text: str) -> str:
    """Return what names a script or a style sheet in a policy: its checksum."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def letter(dossier: Dossier, printed: Letter) -> str:
    """Return the HTML document of a letter, which depends on this letter alone."""
    separated = dossier.publication.separators
    return _letter(
        "sections/letter.html", dossier, printed, title=printed.head.title, separated=separated
    )


def article(dossier: Dossier, printed: Letter, section: Section, printed_on: str) -> str:
    """Return a letter as the HTML edition has it; ``section`` is that of the print.

    ``printed_on`` is what :func:`printed_on` returns, or stands in its place.
    """
    given = {"section": section, "printed_on": printed_on}
    return _letter("partials/article.html", dossier, printed, **given).rstrip("\n")


def printed_on(dossier: Dossier, section: Section, lettering: Lettering) -> Markup:
    """Return the words that name the pages of a section."""
    pages = lettering.range(section.first_page, section.last_page)
    return ours(dossier.words, "screen_printed", count=len(section.pages), pages=pages)


def _letter(template: str, dossier: Dossier, printed: Letter, **values: Any) -> str:
    return filled(
        dossier.templates,
        template,
        letter=printed,
        lists=dossier.design.lists,
        run_in=dossier.design.run_in,
        work_numbers=work_numbers(dossier, printed),
        **_languages(dossier),
        **values,
    )


def work_numbers(dossier: Dossier, printed: Letter) -> dict[str, int]:
    """Return the numbers of the works that a letter cites."""
    return {work.id: work.number for work in dossier.works if work.id in printed.works}


def heads(dossier: Dossier, lines: Sequence[tuple[str, str]]) -> str:
    """Return the HTML document of running heads, one a page, from their left and right texts."""
    return filled(dossier.templates, "heads.html", heads=lines, title="", **_languages(dossier))


def head_of_section(dossier: Dossier, title: str) -> RunningHead:
    """Return the running head of a section other than a letter.

    The lines of heads run from left to right in every book: WeasyPrint shortens others at the wrong place.
    """
    return RunningHead(isolated(title), isolated(dossier.publication.title))


def guide(dossier: Dossier, first: str, last: str) -> str:
    """Return the guide words of a page between two headings, each cut short so that both have room."""
    most = dossier.design.lists.guide
    first, last = (
        text if len(text) <= most else f"{text[:most].rstrip()}…" for text in (first, last)
    )
    return isolated(
        first if first == last else dossier.words("index_guide", first=first, last=last)
    )


def head_of_letter(dossier: Dossier, letter: Letter) -> RunningHead:
    """Return the running head of a letter."""
    date = isolated(letter.date_words, dossier.words.right_to_left)
    dated = dossier.words("letter_dated", number=letter.number, date=date)
    if not letter.is_numbered:
        dated = dossier.words("labelled_dated", label=letter.label, date=date)
    return RunningHead(isolated(letter.head.title), isolated(dated))


def title_of_letter(dossier: Dossier, letter: Letter) -> str:
    """Return the title of a letter with its number or label, as in bookmarks."""
    if letter.is_numbered:
        return dossier.words("letter_titled", number=letter.number, title=letter.head.title)
    return dossier.words("labelled", label=letter.label, title=letter.head.title)


def _languages(dossier: Dossier) -> dict[str, Any]:
    """Return the languages of the dossier and of the program's words, and the words themselves."""
    language, own = dossier.publication.language, dossier.words.language
    tag = Markup(' lang="{}"').format(own) if own != language else ""
    return {
        "language": language,
        "own_language": own,
        "own_tag": tag,
        "own_direction": Markup(' dir="rtl"' if dossier.words.right_to_left else ""),
        "words": dossier.words,
        "ours": partial(ours, dossier.words),
    }


def metadata(info: Info) -> bytes:
    """Return the XMP packet (ISO 16684-1), which claims PDF/A-2a and PDF/UA-1."""
    return filled(NONE, "metadata.xmp", info=info, bom="\ufeff").encode()
