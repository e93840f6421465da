"""Very many signatures stand in paragraphs, one behind another, and are proved as those of a list are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import command, write_files
from forger import Forged, opened, put, written
from reader import Reading

from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.proof.prover import Proof
from dossier.proof.truth import Truth, truth_of
from dossier.render import renderer
from dossier.stages import read

pytestmark = pytest.mark.slow
COUNT = 300
PEOPLE = "".join(
    f"        - {{person: Signer {number}, organization: 'University of Town {number}, Faculty {number % 7}'}}\n"
    for number in range(1, COUNT + 1)
)
ARABIC = ("ليلى حسن", "عمر صالح", "Jane Doe", "منى أحمد")
FILES = {
    "dossier.yaml": "title: Signed by many\ndate: 2026-01-01\noutputs: [html, docx, epub]\n"
    "packets:\n  large: {design: large-print, outputs: []}\n",
    "letters/many.md": "---\ntitle: Many\ndate: 2020-01-01\nto: Somebody\nsignatories:\n"
    "  - {person: Ann Lee, as_signed: 'Prof. Ann Lee, Chair'}\n  - The Society, Ltd.\n  - {anonymous: 12}\n"
    "  - group:\n      heading: People\n      numbering: group\n      signatories:\n" + PEOPLE +
    "  - group: {heading: In columns, form: columns, signatories: [House One, House Two]}\n"
    '  - group: {heading: Of two lines, signatories: [{organization: A, as_signed: "A\\nB"}, C]}\n'
    "---\nText.\n",
    "letters/arabic.md": "---\ntitle: رسالة مفتوحة\ndate: 2020-02-01\nlanguage: ar\nindex: false\nsignatories:\n"
    + "".join(f"  - {{person: {ARABIC[number % 4]} {number}, organization: جامعة المدينة}}\n"
              for number in range(COUNT))
    + "---\nنص.\n",
    "letters/few.md": "---\ntitle: Few\ndate: 2020-03-01\nsignatories: [A, B, C]\n---\nText.\n",
}  # fmt: skip
SIGN = re.compile(rb"/Artifact\n<</Type /Layout>>\nBDC\n.*?\nEMC\n", re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("run-in")
    write_files(folder / "corpus", FILES)
    assert main(command(folder / "corpus", folder / "x.pdf", "--all")) == 0
    return folder / "corpus", folder / "x.pdf"


@pytest.fixture(scope="module")
def reading(built: tuple[Path, Path]) -> Reading:
    return Reading(built[1])


@pytest.fixture(scope="module")
def truth(built: tuple[Path, Path]) -> Truth:
    corpus, _ = read(built[0], "c")
    assert corpus
    return truth_of(corpus, corpus.everything, entries)


def test_many_signatures_stand_one_behind_another(reading: Reading) -> None:
    text = "".join(reading.text(number) for number in range(1, reading.pages + 1))
    # Of the first three, of the people, and of the Arabic letter, but not behind the last.
    assert text.count("•") == 2 + 2 * (COUNT - 1)
    assert "House One •" not in text and "B •" not in text


def test_each_is_an_item_of_a_list(reading: Reading) -> None:
    lists = [one for one in reading.structure().all("L") if len(one.all("Lbl")) == COUNT]
    (people,) = lists
    items = people.all("LI")
    assert len(items) == COUNT
    assert items[6].all("Lbl")[0].text.strip() == "7."
    assert items[6].all("LBody")[0].text.strip() == "Signer 7, University of Town 7, Faculty 0"
    assert "•" not in people.text


def test_none_is_smaller_than_it_may_be(reading: Reading) -> None:
    sizes = [
        char["size"]
        for page in reading.plumber.pages
        for char in page.chars
        if "Signer" in page.extract_text()
    ]
    assert min(sizes) >= 8.5 - 0.01


def test_in_large_print_each_has_a_line(built: tuple[Path, Path]) -> None:
    reading = Reading(built[1].with_name("large.pdf"))
    text = "".join(reading.text(number) for number in range(1, reading.pages + 1))
    assert "•" not in text
    assert len(re.findall(r"^\d+\. Signer \d+", text, re.MULTILINE)) == COUNT


def test_other_editions_have_them_one_behind_another(built: tuple[Path, Path]) -> None:
    page = built[1].with_suffix(".html").read_text("utf-8")
    (paragraph,) = re.findall(r'<p class="run-in" [^>]*Decimal[^>]*>(.*?)</p>', page, re.DOTALL)
    assert paragraph.count('role="listitem"') == COUNT
    assert paragraph.count("•") == COUNT - 1
    from docx import Document

    (said,) = [
        one.text
        for one in Document(str(built[1].with_suffix(".docx"))).paragraphs
        if "8.\u00a0Signer 8" in one.text
    ]
    assert "6.\u00a0Signer 6, University of Town 6, Faculty 6\u00a0• 7.\u00a0Signer 7" in said


Change = Callable[[str], str]


def moved(html: str) -> str:
    """Let two signatures change places, with all that stands in them."""
    if "sig-many-10" not in html:
        return html
    first, second = re.findall(r'<span id="sig-many-(?:10|11)".*?</span></span>\n', html, re.DOTALL)
    return html.replace(first + second, second + first)


def merged(html: str) -> str:
    """Let two signatures be one item."""
    return re.sub(
        r'(<span id="sig-many-1".*?)</span>\n<span id="(sig-many-2)" data-role="LI">',
        r'\1 <i id="\2"></i>', html, count=1, flags=re.DOTALL,
    )  # fmt: skip


WRONG: dict[str, tuple[Change, str]] = {
    "one is lost": (
        lambda html: re.sub(r'(?s)<span id="sig-many-10".*?</span>\n(?=<span id)', '<i id="sig-many-10"></i>', html, count=1),
        "should read",
    ),
    "two change places": (moved, "should read"),
    "two are one": (merged, "is not tagged as an item of a list"),
    "nothing parts two": (
        lambda html: re.sub(r'(?s)(<span id="sig-many-10".*?)<span class="separator".*?</span>', r"\1", html, count=1),
        "should have one “•” behind “Signer 7, University of Town 7, Faculty 0”, and has 0",
    ),
    "a comma parts two": (
        lambda html: re.sub(r'(?s)(<span id="sig-many-10".*?)•', r"\1,", html, count=1),
        "should have one “•” behind “Signer 7, University of Town 7, Faculty 0”, and has 0",
    ),
    "what parts two stands inside of one": (
        lambda html: re.sub(
            r'(?s)(<span id="sig-many-10".*?</b>)(.*?)(<span class="separator".*?</span>)', r"\1\3\2", html, count=1
        ),
        "where no signature ends",
    ),
    "what parts signatures stands elsewhere": (
        lambda html: (
            html.replace("Text.", "Text.<span data-artifact='separator'> •</span>")
            if "sig-few" in html
            else html
        ),
        "where nothing parts them",
    ),
}  # fmt: skip


ON_SCREEN: dict[str, tuple[Change, str]] = {
    "nothing parts two on the screen": (
        lambda html: re.sub(r'<span class="separator">.*?</span>', "", html, count=1),
        "should read",
    ),
    "on the screen it is no list": (
        lambda html: html.replace(' role="list"', ""),
        "has another role",
    ),
}


@pytest.mark.parametrize("fault", [*WRONG, *ON_SCREEN])
def test_a_printer_that_makes_mistakes_is_refused(
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    change, said = (WRONG | ON_SCREEN)[fault]
    template = "partials/article.html" if fault in ON_SCREEN else "sections/letter.html"
    true, changed = renderer.filled, list[bool]()

    def filled(own: Any, *choice: str, **values: Any) -> str:
        html = true(own, *choice, **values)
        made = change(html) if choice == (template,) else html
        changed.append(made != html)
        return made

    monkeypatch.setattr(renderer, "filled", filled)
    settings = FILES["dossier.yaml"].partition("outputs")[0]
    settings += "outputs: [html]\n" if fault in ON_SCREEN else "outputs: []\n"
    # No Arabic letter and no index, which take most of the time.
    many = FILES["letters/many.md"].replace("to: Somebody\n", "to: Somebody\nindex: false\n")
    files = {"letters/many.md": many, "letters/few.md": FILES["letters/few.md"]}
    write_files(tmp_path / "corpus", files | {"dossier.yaml": settings})
    assert main(command(tmp_path / "corpus", tmp_path / "x.pdf")) == 1
    assert any(changed)
    assert said in capsys.readouterr().err


def test_a_template_of_before_goes_on_working(tmp_path: Path) -> None:
    """A corpus that has its own template of signatures, without such paragraphs, has a line for each."""
    name = "partials/signatures.html"
    there = (renderer.templates.folder() / name).read_text("utf-8")
    old = re.sub(r"{% elif runs_in.*?{% elif", "{% elif", there, flags=re.DOTALL)
    assert "run-in" not in old
    files = {key: text for key, text in FILES.items() if "arabic" not in key}
    settings = files["dossier.yaml"].partition("packets")[0]
    write_files(tmp_path / "corpus", files | {"dossier.yaml": settings, f"templates/{name}": old})
    assert main(command(tmp_path / "corpus", tmp_path / "x.pdf")) == 0
    assert "•" not in tmp_path.joinpath("x.html").read_text("utf-8")


# --- forgeries ---


@pytest.fixture(scope="module")
def pages(built: tuple[Path, Path], truth: Truth) -> Iterator[Callable[[Any, Path], list[str]]]:
    def found(change: Callable[[Forged, int], None], folder: Path) -> list[str]:
        forged = opened(built[1].read_bytes())
        content = max(
            (forged.content(page) for page in range(1, len(forged.pages) + 1)),
            key=lambda number: len(SIGN.findall(forged.data[number])),
        )
        change(forged, content)
        pdf = folder / "x.pdf"
        put(written(forged), built[1].with_suffix(".json"), pdf)
        with Proof(pdf, "x.pdf") as proof:
            return [
                one.message for one in proof.compared(truth, pdf.with_suffix(".json").read_bytes())
            ]

    yield found


def test_a_sign_that_is_gone_is_found(pages: Any, tmp_path: Path) -> None:
    def change(file: Forged, content: int) -> None:
        sign = SIGN.findall(file.data[content])[5]
        file.redraw(content, sign, b"")

    assert any("should have one “•” behind" in said for said in pages(change, tmp_path))


def test_a_sign_at_the_beginning_of_its_signature_is_found(pages: Any, tmp_path: Path) -> None:
    def change(file: Forged, content: int) -> None:
        sign = SIGN.findall(file.data[content])[5]
        place = re.search(rb"1 0 0 -1 (\S+) (\S+) Tm\n", sign)
        assert place
        up = b"1 0 0 -1 %b %g Tm\n" % (place[1], float(place[2]) - 11 / 0.75)
        file.redraw(content, sign, sign.replace(place[0], up))

    assert pages(change, tmp_path)
