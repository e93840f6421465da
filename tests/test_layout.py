"""What white space tells: a quotation that is not set in, a paragraph or a heading that nothing sets off is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Edition, command, make_edition, with_rule, write_files
from forger import Forged, opened
from test_heard import found_in

from dossier.cli.main import main
from dossier.render import renderer

WORDS = (
    "These are words enough that a line of them ends and another begins, as often as it takes. " * 2
)
FILES: dict[str, str | bytes] = {
    "dossier.yaml": "title: White space\nformat: 2\nsections: [contents, letters, index, bibliography]\n",
    "letters/one.md": f"""---
title: One
date: 2012-01-08
to: Somebody
signatories: [The League]
---
{WORDS}

Second. {WORDS}

# Why

Third. {WORDS}

> Quoted. {WORDS}
>
> And more of it. {WORDS}

Fourth. {WORDS}

1. First item. {WORDS}

   A paragraph in the item. {WORDS}

   - Inside. {WORDS}
2. Second item.

Fifth. {WORDS}

Sixth.
""",
    "letters/two.md": f"""---
title: Two
date: 2013-01-08
to: Somebody
language: ar
signatories: [The League]
---
{"هذه كلمات كافية لكي ينتهي سطر ويبدأ سطر آخر، كما يلزم. " * 3}

{"وهذه فقرة ثانية لكي ينتهي سطر ويبدأ سطر آخر، كما يلزم. " * 3}

> {"وهذا اقتباس لكي ينتهي سطر ويبدأ سطر آخر، كما يلزم. " * 3}
""",
}


@pytest.fixture(scope="module")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("layout")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "out/x.pdf")


STYLES = {
    ".body blockquote { padding: 9pt 0 !important }": "Letter 1 has “…Quoted. These…”, not set in as a quotation",
    ".body ul { padding-inline-start: 0 }": "Letter 1 has “…Inside. These…”, not set in as",
    ".body p + p { text-indent: 0 }": "Letter 1 has “…Second. These…”, which should begin a paragraph",
    ".body h2 { padding-top: 0 !important }": "Letter 1 has “…Why…”, a heading that no space sets off",
    ".body p { padding-inline-start: 18pt }": "which has a line set in as if a quotation or a paragraph began",
    ".body h2 + p { text-indent: 18pt }": "Letter 1 has “…Third. These…”, which is set in, and should not be",
    "[dir=rtl] p + p { padding-top: 0 !important }": "Letter 2 has “…”, which should begin a paragraph",
    "[dir=rtl] blockquote { padding: 9pt 0 !important }": "Letter 2 has “…”, not set in as",
}
"""Rules that a wrong style sheet has, and what is found."""


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "message"), STYLES.items())
def test_a_printer_with_other_white_space_is_refused(
    rule: str,
    message: str,
    spaced: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(renderer, "style_sheet", with_rule(rule))
    assert main(command(spaced.corpus, tmp_path / "x.pdf")) == 1
    shape = re.escape(message).replace("…", "[^”]*")
    errors = capsys.readouterr().err
    assert re.search(shape, errors), errors


def moved(file: Forged, words: int) -> None:
    """Set the second line of a paragraph in as a first one is."""
    number = file.content(2)
    lines = re.findall(rb"1 0 0 -1 [\d.]+ [\d.]+ Tm", file.data[number])
    old = lines[words]
    left = float(old.split()[4])
    new = old.replace(b" %s " % old.split()[4], b" %.3f " % (left + 18))
    file.redraw(number, old, new)


def test_a_line_that_looks_like_the_beginning_of_a_paragraph_is_found(
    spaced: Edition, tmp_path: Path
) -> None:
    file = opened(spaced.pdf.read_bytes())
    assert found_in(file, spaced, tmp_path) == []
    moved(file, 6)
    found = found_in(file, spaced, tmp_path)
    assert any("as if a quotation or a paragraph began" in one for one in found), found
