"""What replaces functions of WeasyPrint for speed alone gives the same drawing, byte for byte."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from unittest.mock import patch

import tinyhtml5.inputstream
import weasyprint.css
import weasyprint.draw.text
import weasyprint.formatting_structure.boxes
import weasyprint.layout
import weasyprint.text.ffi
import weasyprint.text.line_break
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.typeset import kept_layouts, styles, used_values
from dossier.typeset.ends import Ends
from dossier.typeset.glyph_runs import GlyphRuns

ORIGINAL = vars(weasyprint.css.ComputedStyle)["__missing__"]
"""That of WeasyPrint, as no section has been set yet in this process when the tests are collected."""
OF_ANONYMOUS = vars(weasyprint.css.AnonymousStyle)["__missing__"]
RESOLVE = weasyprint.layout.percent.resolve_percentages
AVOID = weasyprint.layout.float.avoid_collisions
BOX = weasyprint.formatting_structure.boxes.Box
IN_FLOW = BOX.is_in_normal_flow
DRAW = weasyprint.draw.text.draw_first_line
LAYOUT = weasyprint.text.line_break.Layout
GIVE_UP, HAVE_BACK = LAYOUT.deactivate, LAYOUT.reactivate
USERS = [
    (module, name, original)
    for name, original in (("resolve_percentages", RESOLVE), ("avoid_collisions", AVOID))
    for key, module in sorted(sys.modules.items())
    if key.startswith("weasyprint.") and getattr(module, name, None) is original
]
"""The modules that use these two functions."""
RULES = [
    "font-size: calc(1em + 2px)", "width: 50%", "width: calc(50% - 4px)", "color: #345", "display: flex",
    "margin-inline-start: 2em", "direction: rtl", "text-decoration: underline", "line-height: 1.4",
    "--gap: 3px; padding: var(--gap)", "page: other", "float: right", "position: relative; top: 2px",
    "border: 1px solid", "text-indent: calc(1em)", "font-variant: small-caps", "all: initial", "width: inherit",
    "columns: 2", "letter-spacing: 1px", "box-sizing: border-box; padding: 3px", "max-width: 20px",
    "border-collapse: collapse; border: 2px solid", "margin: auto; width: 2em", "min-height: 3em",
    "text-align: justify", "position: absolute", "float: left; width: 1em", "font-style: italic",
    "text-overflow: ellipsis; overflow: hidden; white-space: nowrap; width: 2em", "border-top-style: solid",
    "block-ellipsis: auto; max-lines: 1", "padding-inline: 1em 2px", "visibility: hidden", "font-size: 0",
    "inline-size: 3em", "position: running(x)", "font-size: inherit", "margin-left: initial",
    "margin-inline: 1em; margin-left: 2px", "margin-left: 2px; margin-inline: 1em", "color: var(--none, red)",
    "border-inline-end: 3px solid", "page: auto", "font-weight: 700", "display: inline-block",
    "word-spacing: calc(2px + 1px)", "white-space: pre-wrap", "hyphens: auto", "overflow-wrap: anywhere", "quotes: '<' '>'", "color: inherit",
]  # fmt: skip
TAGS = ["p", "div", "span", "ul", "li", "b", "q", "table", "td", "h2"]
TEXTS = st.text("abc דה éAVfiǴ́&<>\"'\n-\u2029\xad\t", max_size=20).map(
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
        css.COMPUTER_FUNCTIONS,
        lambda value: isinstance(value, css.Pending) or css.check_math(value),
    )
    of_anonymous = styles.missing_of_anonymous(
        OF_ANONYMOUS, css.INHERITED, css.INITIAL_VALUES, css.INITIAL_NOT_COMPUTED
    )
    ffi = weasyprint.text.ffi
    runs = GlyphRuns(DRAW, ffi.pango, ffi.ffi, ffi.FROM_UNITS)
    line = weasyprint.formatting_structure.boxes.LineBox
    others = {
        "resolve_percentages": used_values.resolved(RESOLVE),
        "avoid_collisions": used_values.lines_without_floats(AVOID, line),
    }
    with (
        patch.object(css.ComputedStyle, "__missing__", value_of),
        patch.object(css.AnonymousStyle, "__missing__", of_anonymous),
        patch.object(weasyprint.draw.text, "draw_first_line", runs.draw),
        patch.object(LAYOUT, "deactivate", kept_layouts.deactivated(GIVE_UP)),
        patch.object(LAYOUT, "reactivate", kept_layouts.reactivated(HAVE_BACK)),
        patch.object(BOX, "is_in_normal_flow", used_values.in_normal_flow(IN_FLOW)),
        patch.object(tinyhtml5.inputstream, "characters_until_regex", Ends()),
        contextlib.ExitStack() as replaced,
    ):
        for module, name, _ in USERS:
            replaced.enter_context(patch.object(module, name, others[name]))
        yield


@contextlib.contextmanager
def originals() -> Iterator[None]:
    """Have WeasyPrint as it is for a while, also where a section was set before."""
    css = weasyprint.css
    with (
        patch.object(css.ComputedStyle, "__missing__", ORIGINAL),
        patch.object(css.AnonymousStyle, "__missing__", OF_ANONYMOUS),
        patch.object(weasyprint.draw.text, "draw_first_line", DRAW),
        patch.object(LAYOUT, "deactivate", GIVE_UP),
        patch.object(LAYOUT, "reactivate", HAVE_BACK),
        patch.object(BOX, "is_in_normal_flow", IN_FLOW),
        patch.object(tinyhtml5.inputstream, "characters_until_regex", {}),
        contextlib.ExitStack() as replaced,
    ):
        for module, name, original in USERS:
            replaced.enter_context(patch.object(module, name, original))
        yield


def drawn(body: str) -> bytes:
    """Return the PDF; what WeasyPrint cannot set (it has faults of its own) it cannot with stand-ins either."""
    html = f"<html><style>@page {{ size: 6cm }} @page other {{ margin: 5px }}</style>{body}</html>"
    try:
        made: bytes = weasyprint.HTML(string=html).write_pdf(
            uncompressed_pdf=True, pdf_identifier=b"x"
        )
    except (AssertionError, AttributeError, TypeError) as error:
        return repr(error).encode()
    return made


@settings(max_examples=25, deadline=None)
@given(ELEMENTS)
def test_a_document_is_drawn_as_without_stand_ins(body: str) -> None:
    assert ORIGINAL.__module__ == "weasyprint.css"
    with originals():
        wanted = drawn(body)
    with standing_in():
        assert drawn(body) == wanted


def test_an_expression_is_made_once() -> None:
    ends = Ends()
    made = ends["&<", False]
    assert ends["&<", False] is made
    assert made.match("a b&")[0] == "a b"  # type: ignore[index]
    assert ends["ab", True].match("abc")[0] == "ab"  # type: ignore[index]
