"""Running heads, folios and the place of the text block, by the side of each page; pages from elsewhere."""

from __future__ import annotations

import dataclasses
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from conftest import ENGLISH, Edition, default_design, default_style, make_edition, write_files
from pikepdf import Pdf

from dossier import pagination, stages
from dossier.bind import furniture, pieces
from dossier.bind.bindery import Bindery
from dossier.bind.facsimile import leaf_of
from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.keep import galleys
from dossier.keep.store import Store
from dossier.proof import anatomy
from dossier.proof.objects import Objects
from dossier.proof.readback import Page, Readback, reading
from dossier.records.design import Design
from dossier.records.enclosing import Facsimile, Word
from dossier.records.furniture import Furniture, RunningHead
from dossier.records.galley import Leaf, merged
from dossier.records.job import Head, Info, Job, Section
from dossier.records.sections import section_of_letter
from dossier.render import renderer, sections
from dossier.render.sections import Plan
from dossier.typeset.color import srgb_profile
from dossier.typeset.typesetter import Typesetter

Corpus = Callable[..., Path]
CENTRED = default_design().placed_furniture
FACING = dataclasses.replace(
    CENTRED,
    sides="facing",
    heads="outer",
    folio="outer",
    head_line=54.0,
    folio_line=48.0,
    shift=15.0,
)
INWARD = dataclasses.replace(FACING, heads="left", folio="centre", shift=-10.0)
LONG = "A title of which a running head has not the room to show every word that it has"
LINE = "And so on, as [the report](https://example.org/) has it [@w], to the next page.\n\n"


def files_of(lines: int) -> dict[str, str]:
    """Return a corpus whose letters have that many lines, of which forty fill a page."""
    hebrew = "שלום רב. " * 13 * lines
    return {
        "dossier.yaml": "title: מכתבים לוועדה\n",
        "reports.yaml": "references:\n- {id: w, type: book, title: A}\n",
        "letters/a.md": f"---\ntitle: {LONG}\ndate: 2012\nto: X\nsignatories: [A, B]\n---\n{LINE * lines}",
        "letters/b.md": f"---\ntitle: רשימת אסירים\ndate: 2013\nto: X\nlanguage: he\n---\n{hebrew}\n",
        "letters/c.md": f"---\ntitle: Three\ndate: 2014\nto: X\nsignatories: [A, B]\n---\n{LINE * lines}",
    }


def pages_of(pdf: Path) -> list[Page]:
    book = Readback(pdf.read_bytes())
    try:
        return [book.page(number) for number in range(1, book.pages + 1)]
    finally:
        book.close()


def build(folder: Path, output: Path) -> int:
    return main(
        ["build", "--corpus", str(folder), "--output", str(output), "--jobs", "1", "--no-cache"]
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furniture") / "corpus"
    write_files(folder, files_of(70))
    return folder


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same letters with two pages each."""
    folder = tmp_path_factory.mktemp("short") / "corpus"
    write_files(folder, files_of(42))
    return folder


@pytest.fixture(scope="module")
def single(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return make_edition(written, tmp_path_factory.mktemp("single") / "single.pdf")


@pytest.fixture(scope="module", params=[FACING, INWARD], ids=["outward", "inward"])
def facing(
    request: pytest.FixtureRequest,
    written: Path,
    single: Edition,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Furniture, Edition, Edition]:
    """The same letters on facing pages and on single ones."""
    folder = tmp_path_factory.mktemp("facing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Design, "placed_furniture", request.param)
        edition = make_edition(written, folder / "facing.pdf")
    return request.param, edition, single


def test_all_moves_with_the_text_block(facing: tuple[Furniture, Edition, Edition]) -> None:
    wanted, edition, single = facing
    assert edition.reading.pages == single.reading.pages > 10
    (section,) = [one for one in edition.json["sections"] if one["id"] == "glance"]
    number = section["first_page"]
    (box,), (old,) = (
        [
            [float(value) for value in one.A.BBox]
            for one in made.reading.pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
        for made in (edition, single)
    )
    by = wanted.shift if number % 2 else -wanted.shift
    assert box == pytest.approx([old[0] + by, old[1], old[2] + by, old[3]])
    for number, (page, before) in enumerate(
        zip(edition.reading.pdf.pages, single.reading.pdf.pages, strict=True), 1
    ):
        by = wanted.shift if number % 2 else -wanted.shift
        for link, old in zip(page.get("/Annots", ()), before.get("/Annots", ()), strict=True):
            left, bottom, right, top = (float(value) for value in old.Rect)
            assert [float(value) for value in link.Rect] == pytest.approx(
                [left + by, bottom, right + by, top], abs=0.02
            )
            if "/D" in link.A:
                there, then = edition.reading.place(link.A.D), single.reading.place(old.A.D)
                assert list(map(str, there[1:])) == list(map(str, then[1:]))
        starts, old_starts = (
            [
                char["x0"]
                for char in made.reading.plumber.pages[number - 1].chars
                if char.get("mcid") is not None
            ]
            for made in (edition, single)
        )
        assert starts == pytest.approx([start + by for start in old_starts], abs=0.01)


def test_heads_and_folios_stand_by_the_side_of_their_page(
    facing: tuple[Furniture, Edition, Edition],
) -> None:
    wanted, edition, _ = facing
    layout = edition.reading.pdf.Root.PageLayout
    assert layout == "/TwoPageRight"
    by_title = {one["title"]: one for one in edition.json["sections"]}
    first, last = by_title["3. Three"]["first_page"], by_title["3. Three"]["last_page"]
    assert last > first + 1
    for number, page in enumerate(pages_of(edition.pdf), 1):
        recto = number % 2 == 1
        middle = 595.276 / 2 + (wanted.shift if recto else -wanted.shift)
        left, right = middle - wanted.measure / 2, middle + wanted.measure / 2
        ((shown, start_, end),) = page.folio
        assert shown == str(number)
        if wanted.folio == "outer":
            assert abs(end - right if recto else start_ - left) < 1
        else:
            assert (start_ + end) / 2 == pytest.approx(middle, abs=1)
        if first < number <= last:
            words = ["Three", "Letter 3, 2014"]
            if wanted.heads == "outer" and recto:
                words.reverse()
            assert [run[0].strip() for run in page.head] == words
            assert page.head[0][1] == pytest.approx(left, abs=1)
            assert page.head[1][2] == pytest.approx(right, abs=1)
        if number == first:
            assert page.head == ()


def test_lines_stand_where_they_are_told_to(facing: tuple[Furniture, Edition, Edition]) -> None:
    wanted, edition, single = facing
    for of, reading_ in ((wanted, edition.reading), (CENTRED, single.reading)):
        by_title = {one["title"]: one["first_page"] for one in edition.json["sections"]}
        chars = [
            one
            for one in reading_.plumber.pages[by_title["3. Three"]].chars
            if one.get("mcid") is None
        ]
        # A character's matrix has the place of its base line, from the page's lower edge.
        lines = {round(one["matrix"][5], 1) for one in chars}
        assert lines == {round(841.89 - of.head_line, 1), round(of.folio_line, 1)}


def test_the_pages_of_a_section_share_their_running_head(
    facing: tuple[Furniture, Edition, Edition],
) -> None:
    wanted, edition, single = facing
    by_title = {one["title"]: one for one in edition.json["sections"]}
    section = by_title["3. Three"]
    numbers = range(section["first_page"] + 1, section["last_page"] + 1)
    for reading_, place, streams in (
        (edition.reading, 2, 2 if wanted.heads == "outer" else 1),
        (single.reading, 1, 1),
    ):
        heads = {reading_.pdf.pages[number - 1].Contents[place].objgen for number in numbers}
        assert len(heads) == streams
        content = reading_.pdf.pages[numbers[0] - 1].Contents[place].read_bytes()
        assert content.count(b"/Type /Pagination /Subtype /Header") == 2


def test_a_galley_does_not_depend_on_what_is_above_it(written: Path, tmp_path: Path) -> None:
    """Neither in letters nor in their numbers is anything of the running heads."""
    found, _ = stages.read(written, "corpus")
    assert found
    made = []
    for title in ("One", "Another"):
        changed = dataclasses.replace(
            found.everything, publication=found.publication.model_copy(update={"title": title})
        )
        dossier = stages.compile_dossier(found, changed, entries)
        made.append([renderer.letter(dossier, one) for one in dossier.letters])
    assert made[0] == made[1]


# --- furniture that is drawn wrongly ---


def swapped(plans: Any, leaves: Any, of: Furniture, first: int = 0) -> Any:
    heads, lines = TRUE_HEADS(plans, leaves, of, first)
    return heads, [line[::-1] for line in lines]


def of_another(plans: Any, leaves: Any, of: Furniture, first: int = 0) -> Any:
    heads, lines = TRUE_HEADS(plans, leaves, of, first)
    keys = list(heads)
    return dict(zip(keys, [heads[key] for key in keys[1:] + keys[:1]], strict=True)), lines


def missing(plans: Any, leaves: Any, of: Furniture, first: int = 0) -> Any:
    heads, lines = TRUE_HEADS(plans, leaves, of, first)
    return dict(list(heads.items())[1:]), lines


def on_the_wrong_sides(plans: Any, leaves: Any, of: Furniture, first: int = 0) -> Any:
    heads, lines = TRUE_HEADS(plans, leaves, of, first)
    return {
        key: tuple(Head(one.verso, one.recto) for one in ones) for key, ones in heads.items()
    }, lines


def inside(of: Furniture, number: int, width: float, wide: float, end: str) -> float:
    return TRUE_PLACE(of, number + 1, width, wide, end)


TRUE_HEADS, TRUE_PLACE = pagination._heads, furniture._place
TRUE_SHIFT = furniture.outward
HEAD, FOLIO = "The running head reads “", "The page number stands in the wrong place"
WRONG: dict[str, tuple[Furniture, Any, str, Any, str]] = {
    "heads swapped": (CENTRED, pagination, "_heads", swapped, HEAD),
    "the head of another section": (CENTRED, pagination, "_heads", of_another, HEAD),
    "a head missing": (CENTRED, pagination, "_heads", missing, "The running head reads “”"),
    "heads on the wrong sides": (FACING, pagination, "_heads", on_the_wrong_sides, HEAD),
    "heads swapped on facing pages": (FACING, pagination, "_heads", swapped, HEAD),
    "folios on the wrong side": (FACING, furniture, "_place", inside, FOLIO),
    "folios at the edge": (CENTRED, furniture, "_place", lambda *of: 90.0, FOLIO),
    "nothing is shifted": (FACING, furniture, "outward", lambda *of: 0.0, "The text is not in its place"),
    "all is shifted to the other side": (
        FACING, furniture, "outward", lambda of, page: -TRUE_SHIFT(of, page), "The text is not in its place"
    ),
    "links stay behind": (FACING, pieces._Maker, "_rectangle", lambda self, frame: frame.text, "does not lie on its words"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_furniture_that_is_drawn_wrongly_is_found(
    kind: str,
    short: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    of, where, name, wrong, message = WRONG[kind]
    monkeypatch.setattr(Design, "placed_furniture", of)
    monkeypatch.setattr(where, name, wrong)
    assert build(short, tmp_path / "x.pdf") == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x.pdf").exists()


def test_a_head_on_a_first_page_is_found(
    written: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = furniture.heads
    heads: list[bytes] = []

    def kept(*of: Any) -> list[bytes]:
        heads.extend(drawn(*of))
        return heads

    show = furniture.Digits.show

    def with_head(self: Any, label: str, x: float, y: float) -> bytes:
        head = heads[0] if label == "12" else b""
        return head + show(self, label, x, y)

    monkeypatch.setattr(furniture, "heads", kept)
    monkeypatch.setattr(furniture.Digits, "show", with_head)
    assert build(written, tmp_path / "x.pdf") == 1
    assert f":12:0: error: {HEAD}" in capsys.readouterr().err


# --- pages from elsewhere ---


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    yield Typesetter(default_style())


def annex_of(pages: int, said: str) -> Leaf:
    """Return a leaf of white facsimiles with a word over each."""
    white = zlib.compress((b"\0" + b"\xff" * 4) * 4)
    box, word = (90.0, 110.0, 505.0, 750.0), Word("annexed", 100, 700, 180, 720)
    paper = default_design().papers["A4"]
    drawn = [Facsimile(4, 4, "png", 1, white, box, ((word,),))] * pages
    alternatives = [f"{said}, page {number} of {pages}" for number in range(1, pages + 1)]
    return leaf_of(drawn, alternatives, (paper.width, paper.height))


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("of", [CENTRED, FACING], ids=["single", "facing"])
def test_pages_from_elsewhere_are_bound_like_galleys(
    of: Furniture, apart: bool, typesetter: Typesetter, tmp_path: Path
) -> None:
    html = '<html lang="en"><body class="letter"><p id="p">{}</p>{}</body></html>'
    before = typesetter.set(html.format("Before.", '<a data-href="dossier:annex#">Annex</a>'))
    after = typesetter.set(html.format("After.", ""))
    folio = '<html lang="en"><body class="folio"><p>0123456789</p></body></html>'
    head = '<html lang="en"><body class="heads">{}</body></html>'
    sheet = '<div class="sheet" data-artifact="header"><p class="left">{}</p><p class="right">{}</p></div>'
    lines = [("An annex", "1 of 1"), ("1 of 1", "An annex")]
    heads = typesetter.set(head.format("".join(sheet.format(*line) for line in lines)))
    digits = typesetter.set(folio)
    annex = annex_of(2, "A letter of 2012")
    assert annex == annex_of(2, "A letter of 2012")
    assert (annex.pages, annex.links, annex.anchors) == (2, (), {})
    job = Job(
        [
            Section("before", "Before", before, 1, key="1" * 64),
            Section(
                "annex",
                "Annex",
                annex,
                2,
                key="2" * 64,
                heads=(Head(0, 0) if of == CENTRED else Head(1, 0),),
            ),
            Section("after", "After", after, 4, key="3" * 64),
        ],
        typesetter.cast(merged([before, after, heads, digits])),
        digits,
        [heads],
        of,
        Info("Three", "en", "2026-11-22", "x", "y"),
        renderer.metadata(Info("Three", "en", "2026-11-22", "x", "y")),
        srgb_profile(),
        ENGLISH,
    )
    store = Store(tmp_path / "cache") if apart else None
    if store:
        shelf = galleys.shelf(store, "")
        for one in (job.sections[0], job.sections[2]):
            shelf.put(one.key, one.leaf)
    with Bindery(store, "", tmp_path / "x.pdf", apart) as bindery:
        bindery.bind(job)
        made = bindery.result(job)
    with Bindery(None, "", tmp_path / "x.pdf", False) as bindery:
        bindery.bind(job)
        assert bindery.result(job) == made
    (tmp_path / "x.pdf").write_bytes(made)
    pages = pages_of(tmp_path / "x.pdf")
    assert [reading(page.folio) for page in pages] == ["1", "2", "3", "4"]
    assert [[run[0].strip() for run in page.head] for page in pages] == [
        [], [], ["An annex", "1 of 1"] if of == CENTRED else ["1 of 1", "An annex"], [],
    ]  # fmt: skip
    with pypdfium2.PdfDocument(made) as book:
        drawn = [page.get_textpage().get_text_bounded() for page in book]
    assert ["annexed" in text for text in drawn] == [False, True, True, False]
    objects = Objects(made)
    found = anatomy.dissect(objects)
    marks = [anatomy.marked_content(objects, page) for page in found.pages]
    assert [*found.findings, *anatomy.tag_mismatches(objects, found, marks, {2, 3})] == []
    (link,) = [link for links in found.links for link in links]
    assert link.target == 2
    with Pdf.open(io.BytesIO(made)) as pdf:
        part = pdf.Root.StructTreeRoot.K[0].K[-2]
        assert part.S == "/Sect"
        figures = [one for one in part.K if one.S == "/Figure"]
        alternatives = [str(figure.Alt) for figure in figures]
        assert alternatives == [f"A letter of 2012, page {number} of 2" for number in (1, 2)]
        by = of.shift if of.sides == "facing" else 0
        assert [float(figure.A.BBox[0]) for figure in figures] == [90 - by, 90 + by]
        assert "/Annots" not in pdf.pages[1]
        assert len({page.Resources.Font.objgen for page in pdf.pages}) == 1


def test_foreign_pages_behind_a_letter_are_numbered_and_refused_while_nobody_expects_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    annex = annex_of(1, "An annex")
    head = RunningHead("An annex", "1 of 1")
    of_letter = sections._of_letter

    def with_annex(letter: Any, heading: str, *others: Any) -> list[Plan]:
        key = f"{section_of_letter(letter.id)}/annex"
        foreign = Plan(key, "An annex", lambda pages: "", head, under=heading, leaf=annex)
        return [*of_letter(letter, heading, *others), foreign]

    monkeypatch.setattr(sections, "_of_letter", with_annex)
    letter = "---\ntitle: {0}\ndate: 2012\nto: X\nsignatories: [A]\n---\nText.\n"
    letters = {f"letters/{name}.md": letter.format(name) for name in ("one", "two")}
    write_files(tmp_path / "corpus", {"dossier.yaml": "title: T\n", **letters})
    assert build(tmp_path / "corpus", tmp_path / "x.pdf") == 1
    assert "“letters/two” do not follow those before" in capsys.readouterr().err
    rejected = tmp_path / "x.rejected.pdf"
    pages = pages_of(rejected)
    numbers = [str(number) for number in range(1, len(pages) + 1)]
    assert [reading(page.folio) for page in pages] == numbers
    with Pdf.open(rejected) as pdf:
        foreign = [
            number
            for number, page in enumerate(pdf.pages, 1)
            if "/i0" in page.obj.Resources.get("/XObject", {})
        ]
        with pdf.open_outline() as outline:
            group = next(item for item in outline.root if item.children)
            titles = [str(item.title) for item in group.children]
    first, second = foreign
    assert second == first + 2
    assert titles == [
        f"1. one, p. {first - 1}", f"An annex, p. {first}", f"2. two, p. {first + 1}",
        f"An annex, p. {second}",
    ]  # fmt: skip
