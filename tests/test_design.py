"""Designs and the templates of a corpus: what a designer changes without touching the program."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import jinja2
import pytest
from conftest import ROOT, Edition, make_edition

from dossier.cli.main import main
from dossier.machine import fonts, templates
from dossier.pipeline import BuildRequest, build, check
from dossier.records.body import Block, Inline, ListItem
from dossier.records.templates import NONE
from dossier.render import renderer as render

Corpus = Callable[..., Path]
HOUSE = """
papers:
  A4: {width: 595.276, height: 841.89, lines: 30}
text: {head: 120, measure: 360, leading: 20, size: 13}
fonts: {text: Noto Serif}
colours: {accent: "#00557f"}
chart: {row: 20, bar: 12}
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The project's own corpus in a design of its own."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "corpus", folder / "corpus")
    settings = folder / "corpus/dossier.yaml"
    settings.write_text(settings.read_text("utf-8") + "design: house\n", encoding="utf-8")
    (folder / "corpus/templates/designs").mkdir(parents=True)
    (folder / "corpus/templates/designs/house.yaml").write_text(HOUSE, encoding="utf-8")
    return make_edition(folder / "corpus", folder / "dossier.pdf")


def test_a_design_changes_margins_measure_type_and_colour(house: Edition, real: Edition) -> None:
    page = house.reading.plumber.pages[5]
    body = [char for char in page.chars if 120 < char["top"] < 720 and char["text"].strip()]
    assert {char["fontname"].split("+")[-1] for char in body} <= {
        "Noto-Serif", "NotoSerif", "Noto-Serif-Italic", "NotoSerif-Italic",
    } | {name for name in {char["fontname"].split("+")[-1] for char in body} if "Noto" in name}  # fmt: skip
    assert min(char["x0"] for char in body) == pytest.approx((595.276 - 360) / 2, abs=2)
    assert max(char["x1"] for char in body) <= (595.276 + 360) / 2 + 2
    assert max(char["bottom"] for char in body) <= 120 + 30 * 20 + 1
    colours = {
        tuple(round(part, 2) for part in char["non_stroking_color"])
        for page in house.reading.plumber.pages
        for char in page.chars
    }
    assert (0.0, 0.33, 0.5) in colours
    assert house.reading.pages > real.reading.pages


def test_the_same_words_stand_in_every_design(house: Edition, real: Edition) -> None:
    def letters(edition: Edition) -> list[str]:
        return [letter.text for letter in edition.reading.structure().all("Art")]

    plain = [text.replace("\u00ad", "") for text in letters(house)]
    assert plain == [text.replace("\u00ad", "") for text in letters(real)]


def test_a_packet_has_a_design_of_its_own(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus(**{
        "dossier.yaml": "title: X\npackets:\n  small:\n    title: Small\n    design: small\n    paper: A5\n",
        "templates/designs/small.yaml": "papers: {A5: {width: 419.528, height: 595.276, lines: 22}}\n"
        "text: {measure: 340}\n",
    })  # fmt: skip
    build(BuildRequest(folder, tmp_path / "out/dossier.pdf", all_packets=True, jobs=1))
    sizes = {}
    for name in ("dossier", "small"):
        import pikepdf

        with pikepdf.open(tmp_path / f"out/{name}.pdf") as pdf:
            sizes[name] = [round(float(side)) for side in pdf.pages[0].mediabox[2:]]
    assert sizes == {"dossier": [595, 842], "small": [420, 595]}


def test_a_font_file_of_the_corpus_sets_the_text(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{
        "dossier.yaml": "title: X\n",
        "templates/designs/default.yaml": "fonts:\n  text: House\n  faces:\n"
        "  - {family: House, file: House.ttf}\n",
    })  # fmt: skip
    (file,) = [
        path
        for face, path in fonts.installed()
        if (face.family, face.weight, face.style) == ("Amiri", "400", "normal")
    ]
    (folder / "templates/fonts").mkdir()
    shutil.copy(file, folder / "templates/fonts/House.ttf")
    edition = make_edition(folder, tmp_path / "x.pdf")
    names = {char["fontname"] for page in edition.reading.plumber.pages for char in page.chars}
    assert any("House" in name for name in names), names
    # Its outlines are proved: those of another font are not those of the file.
    other = next(path for face, path in fonts.installed() if face.family == "Spectral")
    shutil.copy(other, folder / "templates/fonts/House.ttf")
    assert main(["verify", "--corpus", str(folder), str(tmp_path / "x.pdf")]) == 1
    assert "The font " in capsys.readouterr().err


# --- templates of the corpus ---


def test_a_section_and_a_part_of_the_style_sheet_can_be_replaced(
    corpus: Corpus, tmp_path: Path
) -> None:
    there = (ROOT / "templates/sections/colophon.html").read_text("utf-8")
    folder = corpus(**{
        "templates/sections/colophon.html": there.replace(
            "</section>", "<p>Printed by the Free Press.</p>\n</section>"
        ),
        "templates/styles/print/cover.css": ".cover h1 { font-size: 60pt; line-height: 72pt }",
    })  # fmt: skip
    edition = make_edition(folder, tmp_path / "x.pdf")
    assert "Printed by the Free Press." in edition.reading.structure().text
    assert max(char["size"] for char in edition.reading.plumber.pages[0].chars) > 59


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "partials/letter.html",
            "{% for line in head.closing %}{{ line | in_own_direction(around) }}",
            "{% for line in head.closing %}",
        ),
        (
            "partials/signatures.html",
            "{{- signed_lines(signature, around) -}}",
            "Somebody else",
        ),
        ("sections/index.html", "{{ places }}", "1:1"),
        (
            "sections/glance.html",
            'cell("signatures", letter.signature_count)',
            'cell("signatures", 7)',
        ),
    ],
)
def test_a_template_that_loses_or_changes_words_is_refused(
    corpus: Corpus,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
) -> None:
    there = (ROOT / "templates" / name).read_text("utf-8")
    assert old in there
    folder = corpus(**{
        f"templates/{name}": there.replace(old, new),
        "letters/one.md": "---\ntitle: One\ndate: 2012\nto: X\nclosing: Yours\nsignatories: [A]\n---\nText.\n",
    })  # fmt: skip
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    said = capsys.readouterr().err
    assert status == 1, said
    assert "the corpus’s own templates" in said
    assert not (tmp_path / "x.pdf").exists()


OWN_PAGE = (
    (ROOT / "templates/screen.html")
    .read_text("utf-8")
    .replace("</main>", "<p>No word more.</p></main>")
)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        # The page as it is, and without search and policy, as templates had it before there were any.
        ({"screen.html": OWN_PAGE.replace("<p>No word more.</p>", "")}, ""),
        (
            {
                "screen.html": re.sub(
                    '<p>No.*?</p>|<meta http-equiv.*?>|{% include "scripts.*?%}', "", OWN_PAGE
                )
            },
            "",
        ),
        # Another look of the search.
        ({"styles/screen.css": "body { margin: 0 } .controls { padding: 1rem }"}, ""),
        ({"screen.html": OWN_PAGE}, "goes on with “Nowordmore.”"),
        (
            {"screen.html": OWN_PAGE.replace("{{ policy }}", "script-src *")},
            "The policy of the page",
        ),
        ({"screen.html": re.sub("<meta http-equiv.*?>", "", OWN_PAGE)}, "The policy of the page"),
        (
            {
                "screen.html": OWN_PAGE.replace(
                    "<style>{{ style }}", "<style>{{ style }} p { margin: 0 }"
                )
            },
            "The policy of the page",
        ),
        (
            {"screen.html": OWN_PAGE.replace("</body>", "<script>{{ script }}</script></body>")},
            "<script> stands here",
        ),
        ({"scripts/screen.js": "alert(1)"}, "The file is not a template"),
        ({"scripts/controls.html": "<p>x</p>"}, "The file is not a template"),
    ],
    ids=[
        "the same",
        "as before there was a search",
        "another look",
        "more words",
        "a loose policy",
        "no policy",
        "a policy for another style",
        "the script twice",
        "another script",
        "other controls",
    ],
)
def test_the_page_of_a_corpus_runs_our_script_or_none(
    corpus: Corpus,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    said: str,
) -> None:
    folder = corpus(**{f"templates/{name}": text for name, text in files.items()})
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    told = capsys.readouterr().err
    assert (status == 0) == (not said), told
    assert said in told


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("{% block content %}\n{{ dossier.publication.titel }}\n{% endblock %}", 2, "titel"),
        ("{% block content %}\n\n{{ ''.__class__.__mro__ }}{% endblock %}", 3, "__class__"),
        ("{% block content %}{{ cycler.__init__.__globals__.os }}{% endblock %}", 1, "__init__"),
        ("{% block content %}\n{{ 1 / 0 }}{% endblock %}", 2, "division by zero"),
        ("{% block content %}\n{% include 'partials/none.html' %}{% endblock %}", 2, "none.html"),
    ],
)
def test_a_template_that_cannot_be_filled_is_a_fault_with_its_line(
    corpus: Corpus,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    line: int,
    reason: str,
) -> None:
    text = text.replace(
        "{% block",
        '{% extends "partials/document.html" %}{% block name %}cover{% endblock %}{% block',
        1,
    )
    folder = corpus(**{"templates/sections/cover.html": text})
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    said = capsys.readouterr().err
    assert status == 1, said
    assert f"templates/sections/cover.html:{line}:0: error: " in said
    assert reason in said


@pytest.mark.parametrize(
    ("name", "old", "lost"),
    [
        (
            "partials/body.html",
            ' id="{{ anchor_of_citation(letter_id, node.order) }}"',
            "cite-one-1",
        ),
        ("partials/signatures.html", 'li id="{{ signature.anchor }}"', "sig-one-1"),
        ("partials/letter.html", '{% include "partials/signatures.html" %}', "sig-one-1"),
        ("sections/bibliography.html", ' id="work-{{ work.id }}"', "work-wp"),
    ],
)
def test_a_template_that_loses_an_anchor_is_named(
    corpus: Corpus,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    lost: str,
) -> None:
    there = (ROOT / "templates" / name).read_text("utf-8")
    assert old in there
    folder = corpus(**{
        f"templates/{name}": there.replace(old, "li" if old.startswith("li ") else ""),
        "letters/one.md": "---\ntitle: One\ndate: 2012\nsignatories: [A]\n---\nText [@wp].\n",
        "reports.yaml": "references: [{id: wp, type: report, title: A White Paper}]\n",
    })  # fmt: skip
    status = main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"])
    said = capsys.readouterr().err
    assert status == 1, said
    assert f"templates/{name}:0:0: error: The template does not print the id “{lost}”" in said
    assert not (tmp_path / "x.pdf").exists()


def test_a_template_of_the_corpus_is_never_filled_with_what_it_hides(corpus: Corpus) -> None:
    folder = corpus(**{"templates/sections/cover.html": "{% extends 'partials/x.html' %}"})
    outside = folder.parent / "secret.html"
    outside.write_text("secret", encoding="utf-8")
    (folder / "templates/partials").mkdir()
    (folder / "templates/partials/x.html").symlink_to(outside)
    (found,) = check(folder, "")
    assert found.path == "templates/partials/x.html"
    assert "leads out of the corpus" in found.message


@pytest.mark.slow
def test_a_change_in_any_of_them_is_noticed(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus(**{
        "templates/styles/print/cover.css": ".cover h1 { font-size: 60pt; line-height: 72pt }",
        "templates/designs/default.yaml": "text: {measure: 400}\n",
    })  # fmt: skip
    output = tmp_path / "x.pdf"
    assert build(BuildRequest(folder, output, jobs=1)).is_new
    assert not build(BuildRequest(folder, output, jobs=1)).is_new
    for name, old, new in (
        ("styles/print/cover.css", "60pt", "50pt"),
        ("designs/default.yaml", "400", "390"),
    ):
        path = folder / "templates" / name
        before = output.read_bytes()
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
        assert build(BuildRequest(folder, output, jobs=1)).is_new
        assert output.read_bytes() != before
    shutil.rmtree(folder / "templates")
    assert build(BuildRequest(folder, output, jobs=1)).is_new


def test_a_faulty_style_is_a_fault_with_its_place(
    corpus: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{
        "templates/styles/print/cover.css": ".cover h1 { font-size: 60pt }\n\n.cover p { colour: red }\n",
    })  # fmt: skip
    for jobs in ("1", "2"):
        output = tmp_path / f"{jobs}.pdf"
        status = main(["--corpus", str(folder), "--output", str(output), "--jobs", jobs])
        said = capsys.readouterr().err
        assert status == 1, said
        assert "templates/styles/print/cover.css:3:12: error: The style sheet is not" in said
        assert "colour" in said


def test_a_style_fetches_nothing(corpus: Corpus, tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    folder = corpus(**{
        "templates/styles/print/cover.css": f".cover {{ background: url({picture.as_uri()}) }}\n"
        f"@import url({picture.as_uri()});\n",
    })  # fmt: skip
    assert main(["--corpus", str(folder), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"]) == 1


# --- what the page on designs says ---

PAGE = (ROOT / "docs/design.md").read_text("utf-8").partition("## What a template may use")[2]


def test_the_page_names_all_that_a_template_may_use() -> None:
    made = render.environment(NONE, templates.folder())
    brought = jinja2.Environment()
    own = [
        *(made.filters.keys() - brought.filters.keys()),
        *(made.tests.keys() - brought.tests.keys()),
        *(made.globals.keys() - brought.globals.keys()),
    ]
    assert len(own) > 10
    assert [name for name in own if not re.search(rf"^\| `[^`]*\b{name}\b", PAGE, re.M)] == []


def test_the_page_names_each_kind_of_node() -> None:
    kinds = {node.kind for node in (*get_args(Inline), *get_args(Block), ListItem)}
    table = PAGE.partition("| `kind` |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.M)
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == kinds


def test_the_page_names_each_attribute_that_typesetting_reads() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "dossier/typeset").glob("*.py")]
    read = set(re.findall(r"\"(data-[a-z]+)\"", "".join(sources)))
    assert len(read) > 5
    assert set(re.findall(r"^\| `(data-[a-z]+)`", PAGE, re.M)) == read
