"""Sections longer than a volume: each begins one, fills it and goes on in the next, and all is proved."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import Edition, Refused, command, make_edition, write_files
from test_volumes import read, words_of

from dossier import pagination
from dossier.bind import outline, parting
from dossier.cli.main import main
from dossier.compile import volumes
from dossier.compile.volumes import Start
from dossier.proof.parts import follow, levelled
from dossier.proof.tags import Passage
from dossier.render import sections

SAID = "the commission asks the government again to say what it knows of those who are lost".split()


def words(count: int, start: int) -> str:
    return " ".join(SAID[(7 * n + 3 * start) % len(SAID)] for n in range(count)).capitalize() + "."


def long_letter() -> str:
    """Return a letter with headings, lists, notes and tables, of which none fits on a page."""
    text, notes = [], []
    for part in (1, 2, 3):
        text.append(f"## Part {part}\n\n### Chapter {part}\n\n{words(330, part)}[^{part}]")
        text.append(f"1. {words(200, part)}\n2. {words(190, part)}\n   - {words(90, part)}")
        rows = "\n".join(f"| {n} | {words(9, n)} | {'' if n % 3 else n} |" for n in range(22))
        text.append(f"| Number | Words | |\n|---|---|---|\n{rows}\n\n### Another chapter {part}")
        text.append(words(120, part))
        notes.append(f"[^{part}]: {words(170, part)}")
    names = (hashlib.sha256(bytes([number])).hexdigest()[:14] for number in range(90))
    signers = "\n".join(f"  - House {name}" for name in names)
    head = "heading: To all\ndate: 2012\nto: The Commission\nclosing: Sincerely,"
    return (
        f"---\ntitle: The long letter\n{head}\nsignatories:\n{signers}\n---\n"
        + "\n\n".join([*text, *notes])
        + "\n"
    )


SHORT = "---\ntitle: {}\ndate: {}\nto: X\nsignatories: [A, B]\n---\nA short text.\n"
FILES = {
    "letters/a.md": SHORT.format("Before", 2011),
    "letters/long.md": long_letter(),
    "letters/z.md": SHORT.format("Behind", 2013),
    "dossier.yaml": "title: Parted\nformat: 2\nvolumes: {max_pages: 5}\noutputs: [html, csv, epub]\n",
}


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("parted")
    write_files(folder / "corpus", FILES)
    return make_edition(folder / "corpus", folder / "dossier.pdf")


def parts(edition: Edition) -> list[dict[str, Any]]:
    return [one for one in edition.json["sections"] if one["id"].startswith("letters/long")]


@pytest.mark.slow
def test_a_letter_longer_than_a_volume_begins_one_and_fills_it(parted: Edition) -> None:
    ids = [one["id"] for one in parted.json["sections"]]
    held = parts(parted)
    assert len(held) > 2
    for one in held:
        assert ids[ids.index(one["id"]) - 1].startswith("volumes/")
    for one in held[:-1]:
        assert one["last_page"] - one["first_page"] + 1 == 4
    starts = {one["first_page"]: one["last_page"] for one in parted.json["volumes"]}
    for one in held[:-1]:
        assert starts[one["first_page"] - 1] == one["last_page"]
    # What follows it shares its last volume, if it fits.
    assert [one["title"] for one in held] == [
        "2. The long letter",
        *["2. The long letter (continued)"] * (len(held) - 1),
    ]


@pytest.mark.slow
def test_covers_contents_bookmarks_and_heads_tell_of_the_parts(parted: Edition) -> None:
    held, folder = parts(parted), parted.pdf.parent
    count = sum(one["last_page"] - one["first_page"] + 1 for one in held)
    files = {one["first_page"]: folder / one["file"] for one in parted.json["volumes"]}
    numbers = [sorted(files).index(one["first_page"] - 1) + 1 for one in held]
    done = 0
    for one in held:
        path, here = files[one["first_page"] - 1], one["last_page"] - one["first_page"] + 1
        pages = f"pp. {done + 1}–{done + here}" if here > 1 else f"p. {count}"
        assert f"The long letter · its {pages} of {count}" in read(path, lambda b: words_of(b, 1))
        marks = read(path, lambda book: [(mark.title, mark.page) for mark in book.bookmarks()])
        assert (f"{one['title']}, p. {one['first_page']}", 2) in marks
        heads = read(path, lambda b: ["".join(r[0] for r in b.page(n).head) for n in (2, 3)])
        assert bool(heads[0]) == (done > 0)
        done += here
    contents = next(one for one in parted.json["sections"] if one["id"] == "contents")
    said = read(parted.pdf, lambda book: words_of(book, contents["first_page"]))
    assert f"The long letter 2012 · volumes {numbers[0]}–{numbers[-1]}" in said


@pytest.mark.slow
def test_each_file_has_the_tags_of_its_pages(parted: Edition) -> None:
    """No level of heading is skipped in any file, and notes have names of their own."""
    names: list[str] = []
    for item in parted.json["volumes"]:
        with pikepdf.open(parted.pdf.parent / item["file"]) as pdf:
            levels = headings(pdf.Root.StructTreeRoot.K[0])
            tree = pdf.Root.StructTreeRoot.get("/IDTree")
            names += [str(name) for name in list(tree.Names)[::2]] if tree is not None else []
        assert all(now <= before + 1 for before, now in zip([0, *levels], levels, strict=False))
    assert len(names) == len(set(names)) >= 3


def headings(tag: Any) -> list[int]:
    kids = tag.K if isinstance(tag.K, pikepdf.Array) else [tag.K]
    own = [int(str(tag.S)[2:])] if re.fullmatch("/H[1-7]", str(tag.S)) else []
    return own + [
        level
        for kid in kids
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
        for level in headings(kid)
    ]


@pytest.mark.slow
def test_other_files_have_the_letter_whole(parted: Edition) -> None:
    held = parts(parted)
    first, last = held[0]["first_page"], held[-1]["last_page"]
    pages = sum(one["last_page"] - one["first_page"] + 1 for one in held)
    page = parted.pdf.with_suffix(".html").read_text(encoding="utf-8")
    assert f"pages {first}–{last}" in page or f"pp. {first}–{last}" in page or str(pages) in page
    for name in ("dossier.pdf", parted.json["volumes"][2]["file"]):
        path = parted.pdf.parent / name
        assert main(["verify", str(path), "--corpus", str(parted.corpus)]) == 0
        assert main(["verify", str(path), "--no-corpus"]) == 0


WRONG: dict[str, tuple[Any, str, Callable[[Any], Any], str]] = {
    "a part is shorter than it may be": (
        volumes._Divider,
        "_divide",
        lambda told: lambda self, place, section: (
            told(self, place, section),
            self.starts.__setitem__(-1, Start(place, self.starts[-1].page - 1)),
        ),
        "has room for more of “Letter 2",
    ),
    "a long letter shares a volume": (
        volumes._Divider,
        "_open",
        lambda told: lambda self, start, page: (
            None if start.page == 0 and self.starts and start.place == 5 else told(self, start, page)
        ),
        "and does not begin a volume",
    ),
    "a page stands twice": (
        parting,
        "part",
        lambda told: lambda leaf, pages, number: told(
            leaf, range(pages.start - (number == 2), pages.stop), number
        ),
        "should read",
    ),
    "headings keep their levels": (
        parting, "_follow", lambda told: lambda headings: None, "not tagged as a heading of level 3",
    ),
    "the cover has other pages": (
        sections,
        "_part",
        lambda told: lambda plan, pages: (part := told(plan, pages)) and (part[0], "1", part[2]),
        "“Volume 3 of",
    ),
    "the contents tell one volume": (
        sections.Pages, "last_volume", lambda told: lambda self, section: 0, "should read",
    ),
    "the bookmark does not say that it goes on": (
        pagination,
        "_sections",
        lambda told: lambda plans, *more: told(
            [dataclasses.replace(plan, continued="") for plan in plans], *more
        ),
        "The bookmark “2. The long letter (continued)",
    ),
    "a part has no running head on its first page": (
        pagination,
        "_heads",
        lambda told: lambda plans, *more: (
            {key: () if "~" in key else heads for key, heads in told(plans, *more)[0].items()},
            told(plans, *more)[1],
        ),
        "The running head reads “”",
    ),
    "the bookmark leads elsewhere": (
        outline,
        "bookmarks",
        lambda told: lambda sections, pieces, *more: told(
            sections, [*pieces[:1], *pieces[:-1]], *more
        ),
        "ookmark",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_printer_is_found(kind: str, parted: Edition, refused: Refused) -> None:
    where, name, wrong, said = WRONG[kind]
    refused(parted.corpus, where, name, wrong(getattr(where, name)), said)


@pytest.mark.slow
def test_from_the_cache_parts_are_the_same(tmp_path: Path) -> None:
    write_files(tmp_path / "corpus", FILES)
    letter = tmp_path / "corpus/letters/long.md"
    build = command(tmp_path / "corpus", tmp_path / "warm/x.pdf")[:-1]
    assert main(build) == 0
    text = letter.read_text(encoding="utf-8").replace("The commission", "Each commission", 1)
    letter.write_text(text, encoding="utf-8")
    assert main(build) == 0
    assert main(command(tmp_path / "corpus", tmp_path / "cold/x.pdf")) == 0
    warm, cold = (
        {path.name: path.read_bytes() for path in (tmp_path / out).glob("x*")}
        for out in ("warm", "cold")
    )
    assert warm == cold


def test_what_cannot_be_parted_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = "title: T\nformat: 2\nvolumes: {max_pages: 2}\nprint: {recto: letters}\n"
    write_files(tmp_path / "corpus", FILES | {"dossier.yaml": settings})
    assert main(command(tmp_path / "corpus", tmp_path / "out/x.pdf")) == 1
    assert (
        "With its cover and page 1 of “Cover” alone a volume has 3 pages" in capsys.readouterr().err
    )


# --- the functions ---


def test_the_parts_of_a_paragraph_are_one() -> None:
    first = Passage(((1, 0), (1, 1)), (("P", 0, 1), ("P", 1, 2)), (("fr", 1, 2),))
    second = Passage(((3, 0), (3, 1)), (("P", 0, 1), ("H2", 1, 2)), ())
    both = follow([first, second])
    assert both.places == ((1, 0), (1, 1), (3, 0), (3, 1))
    assert set(both.blocks) == {("P", 0, 1), ("P", 1, 2), ("P", 2, 3), ("H2", 3, 4), ("P", 1, 3)}
    assert both.spoken == (("fr", 1, 2),)


def test_headings_of_a_part_follow_those_of_the_cover() -> None:
    roles = ["H3", "H4", "H5", "H4", "H5", "H5", "H3", "H4", "P"]
    blocks = [(role, place, place + 1) for place, role in enumerate(roles)]
    assert [role for role, _, _ in levelled(blocks, [])] == roles
    made = [role for role, _, _ in levelled(blocks, [2])]
    assert made == ["H3", "H4", "H3", "H3", "H4", "H4", "H3", "H4", "P"]
    tags = [pikepdf.Dictionary(S=pikepdf.Name(f"/{role}")) for role in roles[2:-1]]
    parting._follow(tags)
    assert [str(tag.S) for tag in tags] == [f"/{role}" for role in made[2:-1]]
