"""Fills the templates: a section of the dossier in, HTML out. The only module that knows Jinja2.

The templates are the project's, the data the editors': everything is escaped, nothing of the corpus is
ever read as a template.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import icu
import jinja2

from dossier import __version__, fonts
from dossier.compile import anchor_of_citation
from dossier.direction import directed
from dossier.job import Info
from dossier.records import Dossier, Letter, See

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


UNBREAKABLE = re.compile(r"[^\s/?&\u2e80-\U0003ffff-]{40}")
"""How a text begins that may not find room on a line that has begun."""


@dataclass(frozen=True)
class RunningHead:
    """The line above the text of all pages but a section's first."""

    left: str
    right: str


def spelled(number: int) -> str:
    """Return a number in words up to twelve, in figures above (Oxford Style Manual, 7.1)."""
    if number > 12:
        return str(number)
    rules = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale("en"))
    return str(rules.format(number))


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
    made.filters["spelled"] = spelled
    made.filters["directed"] = directed
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
            running=RunningHead(heading, dossier.publication.title),
            version=__version__,
            work_numbers={work.id: work.number for work in dossier.works},
            language=dossier.publication.language,
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
            running=RunningHead(one.head.title, f"Letter {one.number}, {one.date_words}"),
            title=dossier.publication.title,
            language=dossier.publication.language,
            work_numbers=numbers,
        )
    )


def metadata(folder: Path, info: Info) -> bytes:
    """Return the XMP packet (ISO 16684-1) that states both PDF/A-2a and PDF/UA-1."""
    packet = environment(folder).get_template("metadata.xmp").render(info=info, bom="\ufeff")
    return packet.encode()
