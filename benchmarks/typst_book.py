"""The same book in Typst: ``python -m benchmarks.typst_book CORPUS FILE.pdf [--warm]``, if installed.

With ``--warm`` a word is changed once the book is set, and the last line of the error output has the
seconds that the same compiler then needs, as JSON.

The same letters, contents, index and bibliography on the same page, with a link for each page number and
with tags; the tables of the front matter and the colophon are left out.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import typst

from dossier.compile.bibliography import entries
from dossier.compile.compiler import compile_dossier
from dossier.machine import fonts
from dossier.read.corpus import read
from dossier.records.body import Address, CitationMark, LineBreak, Node, NoteCall, Text
from dossier.records.dossier import Dossier, Letter, Locator, See, anchor_of_citation

SETUP = """#set document(title: "{title}")
#set page(
  width: {width}pt, height: {height}pt, margin: (x: {side}pt, top: {head}pt, bottom: {foot}pt),
  numbering: "1",
)
#set text(font: "Spectral", lang: "en", top-edge: 0.8em, bottom-edge: -0.2em)
#let prose(body) = {{
  set text(size: 12pt, hyphenate: true)
  set par(justify: true, leading: 5pt, spacing: 5pt, first-line-indent: 18pt)
  body
}}
#let names(size, lead, body) = {{
  set text(size: size, hyphenate: false)
  set par(leading: lead, spacing: lead, hanging-indent: 14pt)
  columns(2, gutter: 24pt, body)
}}
#show heading.where(level: 1): it => {{
  pagebreak(weak: true)
  text(size: 22pt, weight: 400, it.body)
  v(17pt)
}}
#let at(target) = link(target, context str(locate(target).page()))
#outline(title: "Contents", depth: 1)
"""


def main() -> None:
    """Set the corpus of the first argument into the file of the second."""
    corpus, output = Path(sys.argv[1]), Path(sys.argv[2])
    found, diagnostics = read(corpus, "corpus")
    if found is None:
        raise SystemExit(f"the corpus has faults: {diagnostics}")
    dossier = compile_dossier(found, found.everything, entries)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.typ"
        book.write_text("\n".join(_book(dossier)), encoding="utf-8")
        places = sorted({str(path.parent) for _, path in fonts.installed()})
        compiler = typst.Compiler(str(book), font_paths=places, ignore_system_fonts=True)
        compiler.compile(output=str(output))
        if "--warm" in sys.argv:
            text = book.read_text(encoding="utf-8")
            middle = text.index(" the ", text.index("= Index of signatories") // 2)
            changed = f"{text[:middle]} that {text[middle + len(' the ') :]}"
            book.write_text(changed, encoding="utf-8")
            start = time.monotonic()
            compiler.compile(output=str(output))
            print(json.dumps({"warm": time.monotonic() - start}), file=sys.stderr)


def _book(dossier: Dossier) -> Iterator[str]:
    design, name = dossier.design, dossier.publication.paper
    paper = design.papers[name]
    yield SETUP.format(
        title=_text(dossier.publication.title), width=paper.width, height=paper.height,
        head=design.text.head, side=design.side(name), foot=design.foot(name),
    )  # fmt: skip
    numbers = {work.id: work.number for work in dossier.works}
    for letter in dossier.letters:
        yield from _letter(letter, numbers)
    yield "= Index of signatories\n#names(10pt, 4pt)["
    for group in dossier.index:
        yield f"*{_text(group.label)}*\n"
        for item in group.items:
            if isinstance(item, See):
                yield f"{_text(item.heading)}, _see_ {_text(item.target_heading)}\n"
            else:
                yield f"{_text(item.heading)}, {_places(item.locators)}\n"
    yield "]\n= Bibliography of cited reports\n#set text(size: 12pt)"
    for work in dossier.works:
        words = "".join(_text(span.text) for span in work.spans)
        yield f"[{work.number} {words}] <work-{work.id}>\n\nCited in {_places(work.cited_in)}\n"


def _letter(letter: Letter, numbers: dict[str, int]) -> Iterator[str]:
    yield f"= {_text(letter.head.title)}\n#prose[\n{_text(letter.date_line)}\n"
    yield from (f"{_text(line)} \\" for one in letter.head.to for line in one.lines)
    for node in letter.body.nodes:
        yield "\n" + "".join(_inline(child, letter, numbers) for child in node.children) + "\n"
    yield f"{_text(' '.join(letter.head.closing))}\n]\n#names(10.5pt, 6.5pt)["
    for signature in letter.signatures:
        yield f"#block[{_text(signature.printed)}] <{signature.anchor}>"
    yield "]"


def _inline(node: Node, letter: Letter, numbers: dict[str, int]) -> str:
    match node:
        case Text() | Address():
            return _text(node.text)
        case LineBreak():
            return ""
        case CitationMark():
            anchor = anchor_of_citation(letter.id, node.order)
            number = numbers[node.report]
            return f"#box[#link(<work-{node.report}>)[\\[{number}\\]]] <{anchor}>"
        case NoteCall():
            return f"#super[{_text(node.mark)}]"
        case _:
            return "".join(_inline(child, letter, numbers) for child in node.children)


def _places(locators: tuple[Locator, ...]) -> str:
    return "; ".join(f"{place.number}:#at(<{place.anchor}>)" for place in locators)


def _text(words: str) -> str:
    return re.sub(r"([\\#$*_`<>@\[\]~=+/-])", r"\\\1", words)


if __name__ == "__main__":
    main()
