"""Items with letters, roman figures and paragraph numbers, printed as written; and epigraphs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from conftest import Edition, make_edition, write_files

from dossier.machine import templates
from dossier.pipeline import BuildRequest, build
from dossier.read import markdown
from dossier.records.body import Block, BlockQuote, List, Paragraph, text_of
from dossier.records.diagnostics import RefusedError


def parsed(text: str, version: int = 2) -> tuple[Block, ...]:
    body, found = markdown.parse(text, "x.md", 0, version=version)
    assert not found
    return body.nodes


def outline(nodes: Sequence[Block]) -> list[object]:
    """Return markers with what is inside them, and the words of everything else."""
    found: list[object] = []
    for node in nodes:
        if isinstance(node, List):
            found += [(item.marker, *outline(item.children)) for item in node.children]
        else:
            found.append(text_of([node]))
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(a) one\n(b) two\n", [("(a)", "one"), ("(b)", "two")]),
        ("(a) one\n\n(b) two\n\nend", [("(a)", "one"), ("(b)", "two"), "end"]),
        ("a) one\nb) two\n", [("a)", "one"), ("b)", "two")]),
        ("a. one\nb. two\n", [("a.", "one"), ("b.", "two")]),
        ("(iv) one\n(v) two\n(vi) three\n", [("(iv)", "one"), ("(v)", "two"), ("(vi)", "three")]),
        ("(ix) one\n(x) two\n", [("(ix)", "one"), ("(x)", "two")]),
        ("(h) one\n(i) two\n(j) three\n", [("(h)", "one"), ("(i)", "two"), ("(j)", "three")]),
        ("(1) one\n(2) two\n", [("(1)", "one"), ("(2)", "two")]),
        ("2.1. one\n2.2. two\n", [("2.1.", "one"), ("2.2.", "two")]),
        ("2.9. one\n\n3.1. two\n", [("2.9.", "one"), ("3.1.", "two")]),
        ("(a) one\nruns on\n(b) two\n", [("(a)", "one runs on"), ("(b)", "two")]),
        ("(a) one\n    (i) in\n    (ii) it\n(b) two\n", [("(a)", "one", ("(i)", "in"), ("(ii)", "it")), ("(b)", "two")]),
        ("1. one\n\n   (a) in\n\n2. two\n", [("1.", "one", ("(a)", "in")), ("2.", "two")]),
        ("(a) one\n\n    more\n\nend\n", [("(a)", "one", "more"), "end"]),
        # What is none.
        ("Article 3\n(a) of the law\n", ["Article 3 (a) of the law"]),
        ("A. Smith wrote\n", ["A. Smith wrote"]),
        ("(a)\n", ["(a)"]),
        ("(a)one\n", ["(a)one"]),
        ("\\(a) one\n", ["(a) one"]),
        ("(xxviii) one\n", ["(xxviii) one"]),
        ("1.5 million\n", ["1.5 million"]),
        ("(a) one\nsee (b) two\n(d) three\n", [("(a)", "one see (b) two (d) three")]),
    ],
)  # fmt: skip
def test_what_is_an_item(text: str, wanted: list[object]) -> None:
    assert outline(parsed(text)) == wanted


def test_items_in_a_quotation_are_a_list() -> None:
    (quote,) = parsed("> (a) one\n> (b) two\n")
    assert isinstance(quote, BlockQuote)
    assert outline(quote.children) == [("(a)", "one"), ("(b)", "two")]


def test_version_1_reads_paragraphs() -> None:
    assert outline(parsed("(a) one\n(b) two\n", 1)) == ["(a) one (b) two"]
    (quote,) = parsed("> Words\n> — Somebody\n", 1)
    assert isinstance(quote, BlockQuote) and not quote.is_epigraph


@pytest.mark.parametrize(
    ("text", "words", "source"),
    [
        ("> Words\n> — Somebody\n\nText", ["Words"], "— Somebody"),
        ("> Words\\\n> in verse\\\n> -- Somebody\n\nText", ["Words in verse"], "-- Somebody"),
        ("> Words\n>\n> More\n>\n> – Somebody, *1839*\n\nText", ["Words", "More"], "– Somebody, 1839"),
    ],
)  # fmt: skip
def test_an_epigraph_has_its_source(text: str, words: list[str], source: str) -> None:
    quote, _ = parsed(text)
    assert isinstance(quote, BlockQuote) and quote.is_epigraph
    assert [text_of([node]) for node in quote.children] == [*words, source]
    assert [isinstance(node, Paragraph) and node.is_source for node in quote.children] == [
        *(False for _ in words),
        True,
    ]


@pytest.mark.parametrize(
    "text", ["Text\n\n> Words\n> — Somebody\n", "> Words\n", "> — Somebody\n", "> Words\n>\n> - item\n"]
)  # fmt: skip
def test_other_quotations_are_none(text: str) -> None:
    assert not any(isinstance(node, BlockQuote) and node.is_epigraph for node in parsed(text))


FILES = {
    "dossier.yaml": "title: Markers\nformat: 2\ndate: 2013-01-01\nsections: [contents, letters, index, bibliography]\n",
    "letters/one.md": """---
title: To the commission
date: 2012-01-08
to: The Commission
---
> Words of another
> — Somebody

1. First.

   (a) one
   (b) two

## Second part

2. Goes on.

(iv) four
(v) five

(xviii) is as wide as a marker gets

2.10. paragraph

A. Smith is no item.
""",
}


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("markers")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "x.pdf")


def test_markers_are_labels_of_lists(edition: Edition) -> None:
    (letter,) = edition.reading.structure().all("Art")
    labels = [label.text.strip() for label in letter.all("Lbl")]
    assert labels == ["1.", "(a)", "(b)", "2.", "(iv)", "(v)", "(xviii)", "2.10."]
    kinds = [
        str(element.A.ListNumbering)
        for element in edition.reading.pdf.objects
        if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/L" and "/A" in element
    ]
    assert {"/Decimal", "/LowerAlpha", "/LowerRoman"} <= set(kinds)


def test_the_edition_has_them(edition: Edition) -> None:
    assert '<blockquote class="epigraph">' in edition.html
    assert '<p class="by">— Somebody</p>' in edition.html
    assert 'data-numbering="LowerRoman"' in edition.html


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{ item.marker }}", "{{ item.marker | upper }}"),
        ("{{ item.marker }}", "{{ item.marker | replace('(', '') }}"),
        ("{% for item in node.children %}", "{% for item in node.children[1:] %}"),
        ("blocks(node.children, letter_id", "blocks(node.children[:-1], letter_id"),
    ],
)
def test_markers_printed_wrongly_are_refused(tmp_path: Path, old: str, new: str) -> None:
    page = (templates.folder() / "partials/body.html").read_text(encoding="utf-8")
    assert old in page
    own = {"templates/partials/body.html": page.replace(old, new)}
    write_files(tmp_path / "corpus", FILES | own)
    with pytest.raises(RefusedError):
        build(BuildRequest(tmp_path / "corpus", tmp_path / "x.pdf", jobs=1, cache=False))
