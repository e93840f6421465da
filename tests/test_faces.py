"""How texts are set: other faces, sizes, colours and spaces than they should have are found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Edition, Refused, command, default_design, make_edition, with_rule, write_files
from forger import Forged, opened
from test_heard import FILES as HEARD
from test_heard import Change, found_in

from dossier.cli.main import main
from dossier.proof.allowed import glyphs
from dossier.proof.faces import LEGEND, TEXT, Judge, style_of
from dossier.render import renderer
from dossier.typeset import tagging

FILES: dict[str, str | bytes] = dict(HEARD) | {
    "letters/un.md": str(HEARD["letters/un.md"])
    .replace("to: Quelqu’un", "to: Quelqu’un\nsubject: Un sujet\nvia: [Par courrier]")
    .replace("ceci[^1]", "*ceci* et **cela**[^1]" + " et d’autres mots encore" * 8),
    # Only a letter of two pages has a running head.
    "letters/zwei.md": str(HEARD["letters/zwei.md"]) + "\nUnd noch einmal.\n" * 40,
}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("faces")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


def redrawn(page: int, old: bytes, new: bytes) -> Change:
    """Return a change of what is drawn on a page."""

    def change(file: Forged) -> None:
        file.redraw(file.content(page), old, new)

    return change


def renamed(file: Forged) -> None:
    """Say of the bold face that it is the regular one."""
    for number in file.having(b"Spectral-Semi-Bold"):
        file.change(number, b"Spectral-Semi-Bold", b"Spectral", 9)


def unspaced(file: Forged) -> None:
    """Take away a space on page 2."""
    data = file.data[file.content(2)]
    space = re.search(rb"<[0-9a-f]*0003>", data[len(data) // 2 :])
    assert space
    file.redraw(file.content(2), space[0], space[0][:-5] + b">")


FORGERIES: dict[str, tuple[Change, str]] = {
    "a list in another size": (
        redrawn(3, b" 16 Tf", b" 15 Tf"), "set in 11.25 points instead of 12"),
    "a title in the colour of labels": (
        redrawn(8, b"0 0 0 rg", b"0.356863 0.137255 0.2 rg"), "set in the colour #5b2333 instead of #000000"),
    "a label in the colour of the text": (
        redrawn(5, b"0.356863 0.137255 0.2 rg", b"0 0 0 rg"), "set in the colour #000000 instead of #5b2333"),
    "a space lost": (unspaced, "“About this dossier” should have a space in"),
    "a bold face named regular": (renamed, "The font YIQBZM+Spectral has another table"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_other_looks_are_found(name: str, several: Edition, tmp_path: Path) -> None:
    file = opened(several.pdf.read_bytes())
    change, message = FORGERIES[name]
    change(file)
    found = found_in(file, several, tmp_path)
    assert any(message in one for one in found), found


BROKEN = {
    "em { font-style: normal }": ", not set in italics",
    "strong { font-weight: 400 }": "not set in bold",
    ".via { font-weight: 600 }": "set in bold",
    ".dateline { font-style: italic }": "set in italics",
    ".verbatim p { font-size: 11.5pt }": "set in 11.5 points instead of 12",
    ".footnote { font-size: 9pt }": "A note of letter 1 has “…1 Une note.…”, set in 9 points instead of 9.5",
    ".index li { font-size: 9pt }": "“Index of signatories” has",
    ".toc .date { font-style: normal }": "“Contents” has",
    "td em { font-style: normal }": "“The letters at a glance” has",
    ".about p { font-size: 8pt }": "“About this dossier” has",
    ".works li { color: var(--accent) }": "“Bibliography of cited reports” has",
    ".colophon p { font-size: 10pt }": "“Colophon” has",
    ".body p { line-height: 16pt }": "16.0 points below the line before instead of 17",
    ".about p + p, .body p { line-height: 17.5pt }": "17.5 points below the line before instead of 17",
    ".heads p { font-size: 9pt }": "a running head of another size",
    ".folio p { font-size: 11pt }": "a page number of another size",
}
"""Rules that a wrong style sheet has, and what is found."""


@pytest.mark.parametrize(
    "rule",
    [pytest.param(one, marks=pytest.mark.slow) if n else one for n, one in enumerate(BROKEN)],
)
def test_a_printer_with_another_style_is_refused(
    rule: str, several: Edition, refused: Refused
) -> None:
    refused(several.corpus, renderer, "style_sheet", with_rule(rule), BROKEN[rule])


def test_a_printer_that_loses_the_spaces_at_line_ends_is_refused(
    several: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def end(*_: Any) -> None:
        """Add no space."""

    monkeypatch.setattr(tagging.WordSpaces, "end", end)
    assert main(command(several.corpus, tmp_path / "x.pdf")) == 1
    assert "“About this dossier” should have a space in" in capsys.readouterr().err


def test_a_plain_design_has_no_italics_and_nothing_smaller_than_its_text() -> None:
    design = default_design()
    text = design.text.model_copy(update={"plain": True, "size": 18.0})
    plain = Judge(design.model_copy(update={"text": text}), "en", False)
    assert plain.wrong(LEGEND, [("AAAAAA+Spectral", 18.0, 0)]) == ""
    assert plain.wrong(LEGEND, [("AAAAAA+Spectral-Italic", 18.0, 0)]) == "set in italics"
    assert plain.wrong(LEGEND, [("AAAAAA+Spectral", 17.0, 0)]) == "set in 17 points instead of 18"
    assert plain.wrong(TEXT.sized("mark"), [("AAAAAA+Spectral", 16.0, 0)]) == ""


def test_a_family_without_a_face_has_another_one() -> None:
    judge = Judge(default_design(), "en", False)
    assert judge.wrong(TEXT.emphasized, [("AAAAAA+Noto-Sans-CJK-JP", 12.0, 0)]) == ""
    assert judge.wrong(TEXT.emphasized, [("AAAAAA+Spectral", 12.0, 0)]) == "not set in italics"
    assert style_of("-Semi-Bold-Italic") == ("italic", 600)


def test_another_space_is_drawn_with_that_of_the_font() -> None:
    assert glyphs._draws({0x20: "space"}, "\u2009", "space")
    assert not glyphs._draws({0x20: "space"}, "a", "space")
