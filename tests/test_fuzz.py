"""Bad input is a finding and never a traceback: files of a corpus, changed by chance."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOT, write_files
from test_listing import FILES as LISTED
from test_oracle import FILES

from dossier.pipeline import check
from dossier.records.diagnostics import StopError

SECONDS = float(os.environ.get("DOSSIER_FUZZ_SECONDS", "15"))
"""How long each kind of file is tried; more in a night."""
BIBTEX = """@book{z, title = {Zeal {\\"o}f {M}any}, author = {M{\\"u}ller, A. and {The Union}}, year = 2001,
  url = {https://example.org/a_b}, note = "Kept" # " here" }
@string{x = "Paris"}
@report{a, title = x, institution = {A & B}, date = {2012-01-08/2012-02}, number = {A/1} }
"""
CSL = (ROOT / "templates/csl/united-nations.csl").read_text(encoding="utf-8")
BITS = (
    "---", "\\n", ":", ": ", "- ", "{", "}", "[", "]", "[^1]", "[@z]", "[@z, p. 3]", "|", ">", "&a", "*a", "!!x",
    "<<: ", '"', "'", "\\", "\0", "\ufeff", "\u202e", "\u00ad", "\ud7ff", "#", "```", "<b>", "&amp;", "&#0;",
    "![x](y.png)", "[x](javascript:a)", "0x1F", "1e999", "2012-13-45", "2012-01-08~", "yes", "null", "~", "@book{",
    "\\\"{o}", "%", "$", "<", "</style>", "]]>", "<!DOCTYPE x>", "\t", "   ", "\r", "\n\n", "9" * 400, "(" * 300,
    "> " * 60, "[" * 80, "שלום", "漢字", "é", "e\u0301", "\U0001f468\u200d\U0001f469",
)  # fmt: skip


def mutated(text: bytes, chance: random.Random) -> bytes:
    """Return a text with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        at, other = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        other = min(other, at + chance.choice((1, 3, 20, 400)))
        bit = chance.choice(BITS).encode()
        lines = text.splitlines(keepends=True)
        match chance.randrange(6):
            case 0:
                text = text[:at] + bit + text[at:]
            case 1:
                text = text[:at] + text[other:]
            case 2:
                text = text[:at] + bit + text[other:]
            case 3:
                text = text[:other] + text[at:other] * chance.randint(1, 3) + text[other:]
            case 4:
                chance.shuffle(lines)
                text = b"".join(lines[: chance.randint(1, max(1, len(lines)))])
            case 5:
                text = text[:at] + bytes([chance.randrange(256)]) + text[at + 1 :]
    return text


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["dossier.yaml", "names.yaml", "reports.yaml", "reports.bib", "reports.json", "letters/one.md", "letters/ask.md",
     "styles/own.csl"],
)  # fmt: skip
def test_no_file_breaks_the_readers(name: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    texts = {key: text for key, text in LISTED.items() if isinstance(text, str)} | FILES
    texts["dossier.yaml"] = LISTED["dossier.yaml"].partition("packets:")[0]
    texts["letters/one.md"] += (
        "\n> A quotation [@z].\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n1. One\n2. Two[^1]\n\n[^1]: N.\n"
    )
    if name == "styles/own.csl":
        texts |= {
            name: CSL,
            "dossier.yaml": texts["dossier.yaml"] + "citation_style: styles/own.csl\n",
        }
    if name.startswith("reports."):
        given = {
            "reports.bib": BIBTEX,
            "reports.json": '[{"id": "z", "type": "book", "title": "Zeal"}]',
        }
        texts[name] = given.get(name) or texts.pop("reports.yaml")
        if name != "reports.yaml":
            del texts["reports.yaml"]
    write_files(corpus, texts)
    (corpus / "pictures").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests/faults/pictures/pictures/map.png", corpus / "pictures")
    check(corpus)
    path, end, seed = corpus / name, time.monotonic() + SECONDS, 0
    first = int(os.environ.get("DOSSIER_FUZZ_SEED", "0"))
    while time.monotonic() < end:
        seed += 1
        content = mutated(texts[name].encode(), random.Random(first + seed))
        path.write_bytes(content)
        try:
            found = check(corpus)
        except StopError:
            continue
        except Exception as error:
            raise AssertionError(f"seed {first + seed}: {content[:2000]!r}") from error
        assert all(item.message and item.path for item in found)
    assert seed > 20
