"""The same book the other way: one HTML document, set by WeasyPrint in a single run.

``python -m benchmarks.single CORPUS FILE.pdf``. The sections are the project's own, put one after another;
every page number is a ``target-counter``, every locator a link of its own, the tags are WeasyPrint's. This
process loads nothing that changes WeasyPrint.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

import tinyhtml5
import weasyprint
from weasyprint.text.fonts import FontConfiguration

from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.read.corpus import read
from dossier.records.dossier import Dossier
from dossier.records.galley import Anchor, Galley
from dossier.records.sections import section_of_letter
from dossier.render import renderer as render
from dossier.render.sections import Pages, plans
from dossier.typeset.textlinks import LOCATOR

STYLE = """
.section { break-before: page; string-set: left attr(data-left), right attr(data-right) }
.section:first-child { break-before: auto }
@page { @top-left { content: string(left); width: 50%; font: italic 10pt Spectral }
  @top-right { content: string(right); width: 50%; font: italic 10pt Spectral; text-align: right } }
@page { @bottom-center { content: counter(page); font: 10pt Spectral } }
[data-leader]::after { content: leader("\\2009.\\2009"); color: #777 }
.at::after { content: target-counter(attr(href), page) }
"""
HTML = "{http://www.w3.org/1999/xhtml}"


def main() -> None:
    """Set the corpus of the first argument into the file of the second."""
    corpus, output = Path(sys.argv[1]), Path(sys.argv[2])
    found, diagnostics = read(corpus, "corpus")
    if found is None:
        raise SystemExit(f"the corpus has faults: {diagnostics}")
    dossier = compile_dossier(found, found.everything, entries)
    fonts = FontConfiguration()
    style = render.style_sheet(dossier.templates, dossier.design, dossier.publication.paper) + STYLE
    sheet = weasyprint.CSS(string=style, font_config=fonts)
    document = weasyprint.HTML(string=_book(dossier)).render(stylesheets=[sheet], font_config=fonts)
    document.write_pdf(output, pdf_variant="pdf/ua-1")
    print(f"{len(document.pages)} pages")


def _book(dossier: Dossier) -> str:
    """Return the whole dossier as one HTML document, with counters for numbers."""
    every = plans(dossier)
    pages = _anywhere(dossier, [plan.id for plan in every])
    root = _parsed("<!DOCTYPE html><html lang=en><title>Book</title><body></body></html>")
    body = root.find("body")
    for plan in every:
        part = _parsed(plan.html(pages)).find("body")
        part.tag = "div"
        part.set("class", f"section {part.get('class')}")
        part.set("id", _target(f"dossier:{plan.id}"))
        part.set("data-left", plan.head.name)
        part.set("data-right", plan.head.context)
        for element in part.iter():
            if element.get("id") in ("index", "contents", "letter", "bibliography"):
                del element.attrib["id"]
            _link(element)
        body.append(part)
    return tostring(root, encoding="unicode", method="html")


def _parsed(html: str) -> Any:
    return tinyhtml5.parse(html, namespace_html_elements=False)


def _target(href: str) -> str:
    section, _, anchor = href.removeprefix("dossier:").partition("#")
    return anchor or f"section-{section.replace('/', '-')}"


def _link(element: Any) -> None:
    """Make plain links of the project's, and a counter of each page number."""
    href = element.attrib.pop("data-href", None)
    if href is not None:
        outside = not href.startswith("dossier:")
        element.set("href", href if outside else f"#{_target(href)}")
        if not outside and (element.text or "").isdigit():
            element.text = ""
            element.set("class", f"at {element.get('class', '')}")
    hrefs = element.attrib.pop("data-hrefs", None)
    if hrefs is None:
        return
    targets = iter(hrefs.split())
    children: list[Any] = []
    element.text, *links = _cut(element.text or "", targets)
    children += links
    for child in list(element):
        child.tail, *links = _cut(child.tail or "", targets)
        children += [child, *links]
    element[:] = children


def _cut(text: str, targets: Iterator[str]) -> Iterator[Any]:
    """Yield the text before the first locator, then each as a link with the text behind it."""
    places = list(LOCATOR.finditer(text))
    yield text[: places[0].start()] if places else text
    for number, place in enumerate(places):
        link = Element("a")
        link.set("class", "at")
        link.set("href", f"#{_target(next(targets))}")
        link.text = place[0].partition(":")[0] + ":"
        end = places[number + 1].start() if number + 1 < len(places) else len(text)
        link.tail = text[place.end() : end]
        yield link


def _anywhere(dossier: Dossier, ids: list[str]) -> Pages:
    """Return pages on which every anchor has some place."""
    anchors = [locator for entry in dossier.entries for locator in entry.locators] + [
        locator for work in dossier.works for locator in work.cited_in
    ]
    found: dict[str, dict[str, Anchor]] = {key: {} for key in ids}
    for locator in anchors:
        found[section_of_letter(locator.letter)][locator.anchor] = Anchor(1, 0, 0)
    return Pages(ids, {key: Galley(b"", 1, places, ()) for key, places in found.items()})


if __name__ == "__main__":
    main()
