"""What replaces functions of WeasyPrint for speed alone gives the same drawing, byte for byte."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest.mock import patch

import tinyhtml5.inputstream
import weasyprint.css
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.typeset import styles
from dossier.typeset.ends import Ends

ORIGINAL = vars(weasyprint.css.ComputedStyle)["__missing__"]
"""That of WeasyPrint, as no section has been set yet in this process when the tests are collected."""
RULES = [
    "font-size: calc(1em + 2px)", "width: 50%", "width: calc(50% - 4px)", "color: #345", "display: flex",
    "margin-inline-start: 2em", "direction: rtl", "text-decoration: underline", "line-height: 1.4",
    "--gap: 3px; padding: var(--gap)", "page: other", "float: right", "position: relative; top: 2px",
    "border: 1px solid", "text-indent: calc(1em)", "font-variant: small-caps", "all: initial", "width: inherit",
    "columns: 2", "letter-spacing: 1px", "word-spacing: calc(2px + 1px)", "quotes: '<' '>'", "color: inherit",
]  # fmt: skip
TAGS = ["p", "div", "span", "ul", "li", "b", "q", "table", "td", "h2"]
TEXTS = st.text("abc דה é&<>\"'\n-", max_size=20).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;")
)
ELEMENTS = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, rules, held: (
            f'<{tag} title="a" style="{"; ".join(rules)}">{"".join(held)}</{tag}>'
        ),
        st.sampled_from(TAGS),
        st.lists(st.sampled_from(RULES), max_size=3),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


@contextlib.contextmanager
def standing_in() -> Iterator[None]:
    """Have the stand-ins for a while, and the originals before and behind."""
    css = weasyprint.css
    value_of = styles.missing(
        ORIGINAL,
        css.INHERITED,
        css.INITIAL_VALUES,
        css.INITIAL_NOT_COMPUTED,
        css.PHYSICAL_FUNCTIONS,
    )
    with (
        patch.object(css.ComputedStyle, "__missing__", value_of),
        patch.object(tinyhtml5.inputstream, "characters_until_regex", Ends()),
    ):
        yield


def drawn(body: str) -> bytes:
    html = f"<html><style>@page {{ size: 6cm }} @page other {{ margin: 5px }}</style>{body}</html>"
    made: bytes = weasyprint.HTML(string=html).write_pdf(uncompressed_pdf=True, pdf_identifier=b"x")
    return made


@settings(max_examples=25, deadline=None)
@given(ELEMENTS)
def test_a_document_is_drawn_as_without_stand_ins(body: str) -> None:
    assert ORIGINAL.__module__ == "weasyprint.css"
    with (
        patch.object(weasyprint.css.ComputedStyle, "__missing__", ORIGINAL),
        patch.object(tinyhtml5.inputstream, "characters_until_regex", {}),
    ):
        wanted = drawn(body)
    with standing_in():
        assert drawn(body) == wanted


def test_an_expression_is_made_once() -> None:
    ends = Ends()
    made = ends["&<", False]
    assert ends["&<", False] is made
    assert made.match("a b&")[0] == "a b"  # type: ignore[index]
    assert ends["ab", True].match("abc")[0] == "ab"  # type: ignore[index]
