"""Contents, table, index, bibliography, colophon: nothing about what is not there, and dense where long."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Edition, make_edition, write_files

from dossier.cli.main import main
from dossier.machine import templates
from dossier.pipeline import BuildRequest, build
from dossier.render import sections as sections_of_print

Corpus = Callable[..., Path]
WORK = "references:\n  - {id: w, type: book, title: Zeal}\n"


def letter(number: int, **keys: object) -> str:
    """Return a letter; ``keys`` are added to its head, and ``text`` is its text."""
    text = keys.pop("text", "A text.")
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\ntitle: Request {number}\ndate: 2012-01-{number:02}\n{more}---\n{text}\n"


def sections(edition: Edition) -> list[str]:
    return [one["id"] for one in edition.json["sections"] if not one["id"].startswith("letters/")]


def text_of(edition: Edition, section: str) -> str:
    """Return the words of a section, page by page."""
    there = next(one for one in edition.json["sections"] if one["id"] == section)
    pages = range(there["first_page"], there["last_page"] + 1)
    return " ".join(" ".join(edition.reading.text(page) for page in pages).split())


def test_nothing_is_said_of_what_is_not_there(corpus: Corpus, tmp_path: Path) -> None:
    edition = make_edition(corpus(**{"letters/one.md": letter(1)}), tmp_path / "x.pdf")
    assert sections(edition) == ["cover", "about", "contents", "glance", "colophon"]
    assert "1 letter" in text_of(edition, "cover")
    assert "0" not in text_of(edition, "cover").replace("2012", "")
    about = text_of(edition, "about")
    for word in ("index", "bibliography", "bracketed figures", "consolidated"):
        assert word not in about
        main = edition.html.partition("<main>")[2].partition("</main>")[0]
        assert word not in main.replace("tabindex", "")
    table = text_of(edition, "glance")
    assert "No. Date Title Page 1 January 8, 2012" not in table
    assert "Title" in table
    for head in ("Signatures", "Works", "Addressee", "–"):
        assert head not in table
    assert "No source is recorded: Letter 1." in text_of(edition, "colophon")


def test_what_all_letters_have_in_common_stands_once_above_the_table(
    corpus: Corpus, tmp_path: Path
) -> None:
    same = {"to": "X", "signatories": "[A, B]", "text": "See [@w]."}
    files = {f"letters/l{number}.md": letter(number, **same) for number in (1, 2)}
    folder = corpus(**files, **{"letters/one.md": None, "reports.yaml": WORK})
    edition = make_edition(folder, tmp_path / "x.pdf")
    table = text_of(edition, "glance")
    assert "All letters: 2 signatures · 1 cited work." in table
    assert "Signatures" not in table
    assert (
        "chart" not in edition.html.partition("</style>")[2]
    )  # it would have one bar, without a country


def test_sources_that_are_not_recorded_are_told_once(corpus: Corpus, tmp_path: Path) -> None:
    files = {f"letters/l{number}.md": letter(number) for number in (1, 2, 3, 5, 6)}
    files["letters/l4.md"] = letter(4, source="{url: https://e.org/4}")
    files["letters/l7.md"] = letter(7, place="Seoul")
    files["letters/l8.md"] = letter(8, annex_to="l3")
    folder = corpus(**files, **{"letters/one.md": None})
    edition = make_edition(folder, tmp_path / "x.pdf")
    colophon = text_of(edition, "colophon")
    assert "No source is recorded: Letters 1–3, 5–7; Annex 1 to letter 3." in colophon
    assert "Letter 7. Request 7, January 7, 2012, Seoul." in colophon
    assert "Request 6" not in colophon
    assert "No source is recorded: Letters 1–3, 5–7; Annex 1 to letter 3." in edition.html


DENSE = "lists: {letters: 3, works: 1, signatures: 2}\n"


@pytest.fixture(scope="module")
def related(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus whose design has its three letters in a dense form."""
    folder = tmp_path_factory.mktemp("related")
    write_files(folder, {
        "dossier.yaml": "title: Test\ndesign: dense\n",
        "templates/designs/dense.yaml": DENSE,
        "reports.yaml": WORK,
        "letters/l1.md": letter(1, to="X", signatories="[{organization: A, country: JP}, B]"),
        "letters/l2.md": letter(2, to="Y", signatories="[A, C]", reply_to="l1", text="See [@w]."),
        "letters/l3.md": letter(3, signatories="[A, {organization: D, country: KR}]", text="See [@w]."),
    })  # fmt: skip
    return folder


def test_a_dense_table_has_a_line_for_each_letter(related: Path, tmp_path: Path) -> None:
    edition = make_edition(related, tmp_path / "x.pdf")
    table = text_of(edition, "glance")
    assert "All letters: 2 signatures." in table
    assert "Y · Request 2 · Reply to letter 1 1" in table
    assert "January 3, 2012 Request 3 1" in table
    contents = text_of(edition, "contents")
    assert "2 Request 2 January 2, 2012 · Reply to letter 1" in contents
    section = next(one for one in edition.json["sections"] if one["id"] == "contents")
    page = edition.reading.plumber.pages[section["first_page"] - 1]
    sizes = {
        round(char["size"], 1) for char in page.chars if char["top"] > 150 and char["top"] < 700
    }
    assert sizes == {9.0}


SPOILT = {
    "a count of nothing": (
        "sections/cover.html", "if dossier.works else facts", "", "“Cover” should read",
    ),
    "a column of what is the same": (
        "sections/glance.html", "{% if name in table.columns or name", "{% if true or name", "The table of letters",
    ),
    "a column less": (
        "sections/glance.html", 'cell("works", ', 'cell("work", ', "The table of letters should have",
    ),
    "what is the same, unsaid": (
        "sections/glance.html", "{% if table.same %}", "{% if false %}", "The table of letters should have",
    ),
    "what is the same, wrongly": (
        "sections/glance.html", "count=letter.signature_count) }}", "count=1) }}", "The table of letters should have",
    ),
    "a chart that tells nothing": (
        "sections/glance.html", "{% if chart.bars %}", "{% if not chart.bars %}", "Below the table of letters",
    ),
    "a table that is not dense": (
        "sections/glance.html", "{% if dossier.is_long %}{{ in_one", "{% if false %}{{ in_one", "The table of letters should have",
    ),
    "contents that are not dense": (
        "sections/contents.html", "{% if dossier.is_long %}", "{% if false %}", "“Contents” should read",
    ),
    "a source, forgotten": (
        "partials/colophon.html", "{% if dossier.without_source %}", "{% if false %}", "“Colophon” should say",
    ),
    "an index that is not there": (
        "partials/about.html", '"_works" if dossier.works', '"" if dossier.works', "should say “This dossier reproduces",
    ),
}  # fmt: skip


CHANGES: dict[str, dict[str, object]] = {
    "a count of nothing": {"signatories": "[A]"},
    "an index that is not there": {"text": "See [@w]."},
    "a chart that tells nothing": {"signatories": "[{organization: A, country: JP}]"},
}
"""What the heads of all letters say in a test that needs another corpus."""


@pytest.mark.parametrize("kind", SPOILT)
def test_a_list_that_is_printed_wrongly_is_refused(
    kind: str,
    related: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    shutil.copytree(related, tmp_path / "corpus")
    changes = CHANGES.get(kind, {})
    write_files(
        tmp_path / "corpus",
        {f"letters/l{n}.md": letter(n, **changes) for n in (1, 2, 3) if changes},
    )
    if kind == "a chart that tells nothing":
        # A corpus with templates of its own may print more.
        shutil.rmtree(tmp_path / "corpus/templates")
        write_files(tmp_path / "corpus", {"dossier.yaml": "title: Test\n"})
    name, right, wrong, said = SPOILT[kind]
    path = tmp_path / "templates" / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(templates, "folder", lambda: tmp_path / "templates")
    arguments = ["--corpus", str(tmp_path / "corpus"), "--output", str(tmp_path / "x.pdf")]
    assert main([*arguments, "--jobs", "1", "--no-cache"]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


# --- signatures ---


def test_no_signature_stands_alone_at_the_end_of_a_page_or_the_head_of_the_next(
    corpus: Corpus, tmp_path: Path
) -> None:
    """Lists of all lengths, behind texts that end at all heights of a page."""
    files: dict[str, str | None] = {"letters/one.md": None}
    for lines in range(20, 38):
        for count in (6, 7, 13, 16):
            names = ", ".join(f"Union {lines} {number}" for number in range(count))
            text = "\n\n".join(["A line."] * lines)
            files[f"letters/l{lines}-{count}.md"] = (
                f"---\ntitle: T\ndate: 2012\nsignatories: [{names}]\n---\n{text}\n"
            )
    folder = corpus(**files, **{"dossier.yaml": "title: Test\noutputs: []\n"})
    build(BuildRequest(folder, tmp_path / "x.pdf", "corpus", jobs=1, cache=False))
    listing = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    places: dict[str, list[int]] = {}
    for entry in listing["index"]:
        for place in entry["locators"]:
            places.setdefault(place["letter"], []).append(place["page"])
    counts = [tuple(pages.count(page) for page in sorted(set(pages))) for pages in places.values()]
    assert len([count for count in counts if len(count) > 1]) >= 8
    assert all(min(count) >= 3 for count in counts), sorted(set(counts))


def test_a_long_list_of_short_names_has_three_even_columns_of_small_type(
    corpus: Corpus, tmp_path: Path
) -> None:
    names = ", ".join(f"Given Family {number:03}" for number in range(200))
    text = letter(1, signatories=f"[{names}]", index="false")
    edition = make_edition(corpus(**{"letters/one.md": text}), tmp_path / "x.pdf")
    section = next(one for one in edition.json["sections"] if one["id"] == "letters/one")
    page = edition.reading.plumber.pages[section["last_page"] - 1]
    words = [word for word in page.extract_words(extra_attrs=["size"]) if word["text"] == "Given"]
    assert {round(word["size"], 1) for word in words} == {8.5}
    columns = [
        [w for w in words if round(w["x0"]) == x] for x in sorted({round(w["x0"]) for w in words})
    ]
    assert len(columns) == 3
    assert max(map(len, columns)) - min(map(len, columns)) <= 2
    # They are not in the index, which would hold nothing else and is not there.
    assert "index" not in sections(edition)
    assert "Left out of the index are the signatories of: Letter 1." in text_of(edition, "about")
    assert edition.json["index"] == []


def test_who_signs_a_letter_can_be_left_out_of_the_index(corpus: Corpus, tmp_path: Path) -> None:
    folder = corpus(**{
        "dossier.yaml": "title: Test\noutputs: [html, csv]\n",
        "letters/one.md": letter(1, signatories="[Union, {person: Ann Lee, organization: League}]"),
        "letters/two.md": letter(2, signatories="[Union, Circle]", index="false"),
    })  # fmt: skip
    edition = make_edition(folder, tmp_path / "x.pdf")
    headings = {one["heading"]: one["locators"] for one in edition.json["index"]}
    assert set(headings) == {"Union", "Ann Lee", "League"}
    assert [place["letter"] for place in headings["Union"]] == ["one"]
    assert "Left out of the index are the signatories of: Letter 2." in text_of(edition, "index")
    assert "Circle" not in text_of(edition, "index")
    assert "4 signatures" in text_of(edition, "cover")
    rows = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "two,2,2012-01-02,2,Circle,,,organization,," in rows[-1]


def everyone(headings: Any, unindexed: Any) -> Any:
    return dict(headings)


def alone(pieces: Any, height: float, count: int, cuts: list[int], behind: int) -> list[int]:
    return cuts


def crowd(corpus: Corpus) -> Path:
    """A letter of which one signature would stand on the next page."""
    names = ", ".join(f"Union {number}" for number in range(15))
    text = "\n\n".join(["A line."] * 23)
    return corpus(**{"letters/one.md": letter(1, signatories=f"[{names}]", text=text)})


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("dossier.compile.compiler._indexed", everyone, "“Index of signatories” should read"),
        ("dossier.typeset.columns._parted", alone, "stands alone on the page"),
    ],
)
def test_a_printer_that_breaks_lists_is_refused(
    name: str,
    wrong: Any,
    said: str,
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = crowd(corpus)
    if "compiler" in name:
        write_files(folder, {"letters/two.md": letter(2, signatories="[B]", index="false")})
    arguments = [
        "--corpus",
        str(folder),
        "--output",
        str(tmp_path / "x.pdf"),
        "--jobs",
        "1",
        "--no-cache",
    ]
    assert main(arguments) == 0
    (tmp_path / "x.pdf").unlink()
    monkeypatch.setattr(name, wrong)
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


# --- the index ---

NAMES = [f"{first}{second}ssociation of Unions" for first in "BCDFGH" for second in "aeiou"]
LONG_INDEX = {
    "dossier.yaml": "title: Test\ndesign: long\noutputs: [html]\n",
    "templates/designs/long.yaml": "papers:\n  A4: {width: 595.276, height: 841.89, lines: 8}\n"
    "lists: {entries: 20}\n",
    "letters/one.md": letter(1, signatories=f"[{', '.join(NAMES)}]"),
}


def test_the_running_heads_of_a_long_index_name_its_first_and_last_heading(
    corpus: Corpus, tmp_path: Path
) -> None:
    edition = make_edition(corpus(**LONG_INDEX), tmp_path / "x.pdf")
    section = next(one for one in edition.json["sections"] if one["id"] == "index")
    pages = edition.reading.plumber.pages[section["first_page"] - 1 : section["last_page"]]
    heads = [page.crop((0, 0, page.width, 75)).extract_text().strip() for page in pages]
    assert len(heads) > 2
    assert heads[0] == ""
    for page, head in zip(pages[1:], heads[1:], strict=True):
        names = re.findall(r"\w+ of Unions", page.extract_text())
        first, last = re.fullmatch("Index of signatories (.*) – (.*)", head).groups()  # type: ignore[union-attr]
        # There is room for eighteen letters of each.
        assert (first, last) == (f"{min(names)[:18]}…", f"{max(names)[:18]}…")


def test_wrong_guide_words_are_refused(
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    true = sections_of_print._guides

    def late(*given: Any) -> list[str]:
        first, *rest = true(*given)
        return [*rest, first]

    monkeypatch.setattr(sections_of_print, "_guides", late)
    folder, pdf = corpus(**LONG_INDEX), tmp_path / "x.pdf"
    assert main(["--corpus", str(folder), "--output", str(pdf), "--jobs", "1", "--no-cache"]) == 1
    assert "The running head reads “Index of signatories" in capsys.readouterr().err


# --- names with several wordings ---

BODIES = "ABCD"
APART = {
    "dossier.yaml": "title: Test\ndesign: apart\noutputs: [html]\n",
    "templates/designs/apart.yaml": "lists: {wordings: 4}\n",
    "names.yaml": "organizations:\n"
    + "".join(
        f"  {key.lower()}: {{name: {key} Union, aliases: [Union {key}]}}\n" for key in BODIES
    ),
    "letters/one.md": letter(1, signatories=f"[{', '.join(f'{key} Union' for key in BODIES)}]"),
    "letters/two.md": letter(2, signatories=f"[{', '.join(f'Union {key}' for key in BODIES)}]"),
}


def test_many_wordings_stand_behind_the_index(corpus: Corpus, tmp_path: Path) -> None:
    edition = make_edition(corpus(**APART), tmp_path / "x.pdf")
    assert "A Union: “A Union” (1); “Union A” (2)" in text_of(edition, "index")
    assert "“Union A”" not in text_of(edition, "about")
    assert "listed behind the index" in text_of(edition, "about")
    assert "A Union: “A Union” (1); “Union A” (2)" in " ".join(
        re.sub("<.*?>", "", edition.html).split()
    )
    few = {"templates/designs/apart.yaml": "lists: {wordings: 5}\n"}
    edition = make_edition(corpus(**APART | few), tmp_path / "few.pdf")
    assert "A Union: “A Union” (1); “Union A” (2)" in text_of(edition, "about")
    assert "“Union A”" not in text_of(edition, "index")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{% if dossier.has_wordings_apart %}", "{% if false %}"),
        ("listed(dossier.merged)", "listed(dossier.merged[1:])"),
    ],
)
def test_wordings_behind_the_index_that_are_lost_are_refused(
    old: str,
    new: str,
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    path = tmp_path / "templates/sections/index.html"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    monkeypatch.setattr(templates, "folder", lambda: tmp_path / "templates")
    folder, pdf = corpus(**APART), tmp_path / "x.pdf"
    assert main(["--corpus", str(folder), "--output", str(pdf), "--jobs", "1", "--no-cache"]) == 1
    assert "“Index of signatories” should read" in capsys.readouterr().err
