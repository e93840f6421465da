"""A section, an output or a kind of foreign pages is what docs/extending.md says and no more: tried on a copy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, write_files
from reader import Reading
from test_enclosing import scan, typed_pdf

SECTION = """<p>{{ ours("thanks_to", count=dossier.letter_count) }}</p>
{% for letter in dossier.letters %}
<p>{{ letter.head.title | worded(letter.language) }}</p>
{% endfor %}
"""
EXPECTED = '''

def thanks(dossier: Truth) -> Iterator[Piece]:
    """Yield the thanks."""
    yield Piece(dossier.words("heading_thanks"))
    yield Piece(dossier.words("thanks_to", count=len(dossier.letters)))
    yield from (Piece(letter.head.title) for letter in dossier.letters)


PLAIN = {**PLAIN, "thanks": thanks}
'''
WORDS = 'heading_thanks: Thanks\nthanks_to: "We thank all who wrote these {count} letters."\n'
ENVELOPE = (
    '    "envelope": KindOfFile(("envelope",), "enclose", BOUND, "sources/envelope.png"),\n}\n'
    '"""In the sequence in which'
)
ENVELOPE_WORDS = (
    'enclosed_envelopes: {one: "{label}: envelope", other: "{label}: envelope, {count} pages"}\n'
    'facsimile_of_envelopes: "{label}, envelope: facsimile of page {page} of {last}"\n'
)
ROW = '    "list": Kind(".list.txt", "outputs.titles", "proof.titles"),\n'
MAKER = """
def made(bound):
    return "".join(f"{letter.head.title}\\n" for letter in bound.dossier.letters).encode()
"""
PROVER = """
def findings(content, proved):
    for line, letter in enumerate(proved.truth.letters, 1):
        if letter.head.title not in content.decode().splitlines():
            yield line, f"The title “{letter.head.title}” is not there"


def alone(content, listing):
    for letter in listing["letters"]:
        if letter["title"] not in content.decode():
            yield 0, f"The title “{letter['title']}” is not there"
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with a further section, added as the documentation says."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "dossier", folder / "dossier")
    shutil.copytree(ROOT / "templates", folder / "templates")
    ids = folder / "dossier/records/sections.py"
    before = ids.read_text(encoding="utf-8")
    assert before.count('"introduction", LETTERS') == 1
    added = before.replace('"introduction", LETTERS', '"introduction", "thanks", LETTERS')
    ids.write_text(added, encoding="utf-8")
    with (folder / "dossier/proof/expected.py").open("a", encoding="utf-8") as expected:
        expected.write(EXPECTED)
    for language in ("en", "fr"):
        with (folder / f"templates/words/{language}.yaml").open("a", encoding="utf-8") as words:
            words.write(WORDS + ENVELOPE_WORDS)
    changed(folder / "dossier/records/enclosing.py", '}\n"""In the sequence in which', ENVELOPE)
    key = "    certificate: Text | None = None\n"
    changed(
        folder / "dossier/records/front_matter.py", key, f"    envelope: Text | None = None\n{key}"
    )
    kinds = folder / "dossier/records/outputs.py"
    row = kinds.read_text(encoding="utf-8").replace(
        '    "booklet": Kind(', ROW + '    "booklet": Kind('
    )
    kinds.write_text(row, encoding="utf-8")
    (folder / "dossier/outputs/titles.py").write_text(MAKER, encoding="utf-8")
    (folder / "dossier/proof/titles.py").write_text(PROVER, encoding="utf-8")
    letter = "---\ntitle: {0}\ndate: 2012\nto: X\nsignatories: [A]\n---\nText.\n"
    letters = {f"corpus/letters/{name}.md": letter.format(name.title()) for name in ("one", "two")}
    write_files(folder, {"corpus/dossier.yaml": "title: T\n", **letters})
    return folder


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), encoding="utf-8")


def build(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    (folder / "templates/partials/thanks.html").write_text(text, encoding="utf-8")
    return run(folder, "build", "--jobs", "1", "--no-cache")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dossier", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def verified(folder: Path, *every: tuple[str, ...]) -> None:
    """Verify what was built, with each of some options."""
    for options in every:
        done = run(folder, "verify", *options)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_further_section_is_printed_listed_and_proved(copy: Path) -> None:
    done = build(copy, SECTION)
    assert done.returncode == 0, done.stderr
    listing = json.loads((copy / "build/dossier.json").read_text(encoding="utf-8"))
    ids = [section["id"] for section in listing["sections"]]
    assert ids[ids.index("thanks") + 1] == "letters/one"
    page = next(one["first_page"] for one in listing["sections"] if one["id"] == "thanks")
    printed = Reading(copy / "build/dossier.pdf").text(page).splitlines()
    assert printed[:4] == ["Thanks", "We thank all who wrote these 2 letters.", "One", "Two"]
    html = (copy / "build/dossier.html").read_text(encoding="utf-8")
    assert '<section id="thanks">\n<h2>Thanks</h2>\n<p>We thank all' in html


@pytest.mark.slow
@pytest.mark.parametrize("where", ["not on_screen", "on_screen"])
def test_a_further_section_that_says_something_else_is_refused(copy: Path, where: str) -> None:
    wrong = f"dossier.letter_count + (1 if {where} else 0)"
    done = build(copy, SECTION.replace("dossier.letter_count", wrong))
    assert done.returncode == 1, done.stderr
    assert "“Thanks” should read" in done.stderr


@pytest.mark.slow
def test_a_further_output_is_a_row_a_maker_and_a_prover(copy: Path) -> None:
    settings, maker = copy / "corpus/dossier.yaml", copy / "dossier/outputs/titles.py"
    settings.write_text("title: T\noutputs: [list]\n", encoding="utf-8")
    try:
        done = build(copy, SECTION)
        assert done.returncode == 0, done.stderr
        made = copy / "build/dossier.list.txt"
        assert made.read_text(encoding="utf-8") == "One\nTwo\n"
        verified(copy, (), ("--no-corpus",))
        made.write_text("One\n", encoding="utf-8")
        for options in ((), ("--no-corpus",)):
            done = run(copy, "verify", *options)
            assert done.returncode == 1
            assert "The title “Two” is not there" in done.stderr
        made.unlink()  # no build overwrites a file that was changed
        maker.write_text(MAKER.replace("dossier.letters", "dossier.letters[:1]"), encoding="utf-8")
        done = build(copy, SECTION)
        assert done.returncode == 1
        assert "The title “Two” is not there" in done.stderr
    finally:
        settings.write_text("title: T\n", encoding="utf-8")
        maker.write_text(MAKER, encoding="utf-8")


@pytest.mark.slow
def test_a_further_kind_of_foreign_pages_is_a_key_a_row_and_its_words(copy: Path) -> None:
    settings, letter = copy / "corpus/dossier.yaml", copy / "corpus/letters/one.md"
    (copy / "corpus/sources").mkdir()
    (copy / "corpus/sources/typed.pdf").write_bytes(typed_pdf())
    scan("From abroad").save(copy / "corpus/sources/envelope.png")
    before = letter.read_text(encoding="utf-8")
    settings.write_text("title: T\nenclose: after\n", encoding="utf-8")
    named = "envelope: sources/envelope.png\nsource: {file: sources/typed.pdf}\ndate:"
    letter.write_text(before.replace("date:", named), encoding="utf-8")
    try:
        done = build(copy, SECTION)
        assert done.returncode == 0, done.stderr
        listing = json.loads((copy / "build/dossier.json").read_text(encoding="utf-8"))
        sections = [(one["id"], one["title"]) for one in listing["sections"]]
        at = [section for section, _ in sections].index("letters/one")
        assert sections[at + 1 : at + 3] == [
            ("sources/one", "Letter 1: source, 2 pages"),
            ("envelopes/one", "Letter 1: envelope"),
        ]
        verified(copy, (), ("--thorough",), ("--no-corpus",))
        letter.write_text(before.replace("date:", "envelope: letters/two.md\ndate:"), "utf-8")
        done = build(copy, SECTION)
        assert done.returncode == 1
        assert "The envelope “letters/two.md” is neither a PDF nor a picture" in done.stderr
    finally:
        settings.write_text("title: T\n", encoding="utf-8")
        letter.write_text(before, encoding="utf-8")
