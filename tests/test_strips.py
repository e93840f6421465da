"""A long list that is set in pieces looks as if it were set as a whole, however it was made."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import Refused, default_style, write_files

from dossier.keep.store import Store
from dossier.records.galley import Galley
from dossier.typeset import placing, strips, workshop
from dossier.typeset.placing import Column
from dossier.typeset.strips import UnfitError
from dossier.typeset.workshop import Document, Workshop

NAMES = (
    "Amnesty",
    "Zebra Society for the Freedom of Speech and Belief (Japan)",
    "Ärzte",
    "日本の会",
)
PLACE = re.compile(rb"([-\d.]+) ([-\d.]+) (cm|Tm)|(q)\n|(Q)\n|\[(.*?)\] TJ")

MARK = f" {strips.MARK}"


def entry(number: int, count: int) -> str:
    """Return an entry of an index with so many locators."""
    name = f"{NAMES[number % len(NAMES)]} {number}"
    places = [f"{place}:{place * 3}" for place in range(1, count + 1)]
    hrefs = " ".join(f"dossier:letters/l{place}" for place in range(1, count + 1))
    is_long = ' class="long"' if count > 14 else ""
    again = (
        f'<li class="again" data-artifact="continued">{name} (continued)</li>' if is_long else ""
    )
    return (
        f'<li id="entry-{number}"{is_long} data-hrefs="{hrefs}"><span>{name},</span> '
        f"{'; '.join(places)}</li>\n{again}"
    )


def document(counts: Callable[[int], int], shape: str = "dense three", mark: str = MARK) -> str:
    """Return an index of 200 entries under eight letters; some entries are higher than a column."""
    groups = "\n".join(
        f'<h2 id="index-{group}">{letter}</h2>\n{strips.UL}\n'
        + "\n".join(entry(group * 25 + number, counts(group * 25 + number)) for number in range(25))
        + f'\n</ul>\n<h2 data-artifact="continued">{letter} (continued)</h2>'
        for group, letter in enumerate("ABCDEFGH")
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><title>Index</title></head>\n<body class="index">\n'
        '<section id="index" data-role="Sect">\n<h1>Index</h1>\n<p class="legend">Where who signed.</p>\n'
        f'<div class="columns {shape}" data-role="Index"{mark}>\n{groups}\n</div>\n'
        '<h2 class="behind">Wordings</h2>\n<p class="legend">As they signed.</p>\n</section>\n</body>\n</html>'
    )


def mixed(number: int) -> int:
    """Return a number of locators: few, or more than stand in a column."""
    return 700 if number == 60 else number * 7 % 23


def shown(galley: Galley) -> list[list[tuple[int, int, bytes]]]:
    """Return the texts of each page with their places, in tenths of a CSS pixel."""
    pages = []
    with pikepdf.open(io.BytesIO(galley.pdf)) as pdf:
        for page in pdf.pages:
            found, moved, x, y = [], [(0.0, 0.0)], 0.0, 0.0
            for one in PLACE.finditer(page.Contents.read_bytes()):
                if one[4]:
                    moved.append(moved[-1])
                elif one[5]:
                    moved.pop()
                elif one[3] == b"cm" and len(moved) > 2:
                    moved[-1] = (moved[-1][0] + float(one[1]), moved[-1][1] + float(one[2]))
                elif one[3] == b"Tm":
                    x, y = moved[-1][0] + float(one[1]), moved[-1][1] + float(one[2])
                elif one[6]:
                    found.append((round(y * 10), round(x * 10), one[6].replace(b"><", b"")))
            pages.append(sorted(found))
    return pages


def set_in(shop: Workshop, html: str) -> Galley:
    return shop.set_all({"index": Document.of(html)}, lambda name, kept: None)["index"]


def shop(jobs: int = 1, store: Store | None = None) -> Workshop:
    made = Workshop(jobs, store, "x")
    made.use(default_style(), 1)
    return made


@pytest.mark.parametrize("shape", ["dense three", "dense"])
def test_strips_stand_where_the_whole_list_has_them(shape: str) -> None:
    whole = set_in(shop(), document(mixed, shape, mark=""))
    placed = set_in(shop(), document(mixed, shape))
    assert placed.pdf != whole.pdf
    assert placed.pages == whole.pages > 4
    assert shown(placed) == shown(whole)
    assert placed.links == whole.links
    assert placed.font_uses == whole.font_uses
    for name, anchor in whole.anchors.items():
        other = placed.anchors[name]
        assert (other.page, other.x, other.y) == pytest.approx((anchor.page, anchor.x, anchor.y))


def test_strips_that_are_kept_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = document(lambda number: 5 if number == 7 else mixed(number))
    cold = set_in(shop(), changed)
    set_in(shop(store=Store(tmp_path)), document(mixed))
    set_apart = workshop.set_apart
    made: list[int] = []

    def counted(style: str, html: str) -> list[bytes]:
        found = set_apart(style, html)
        made.append(len(found))
        return found

    monkeypatch.setattr(workshop, "set_apart", counted)
    assert set_in(shop(store=Store(tmp_path)), changed) == cold
    assert made == [1]


@pytest.mark.slow
def test_workers_give_the_same_bytes() -> None:
    with shop(jobs=2) as two:
        assert set_in(two, document(mixed)) == set_in(shop(), document(mixed))


def test_a_list_with_anything_else_is_set_as_a_whole() -> None:
    html = document(mixed).replace("<h2 id=", "<p>More</p><h2 id=", 1)
    with pytest.raises(UnfitError):
        strips.divided(html)
    whole = set_in(shop(), html.replace(MARK, ""))
    assert set_in(shop(), html) == whole


def test_a_part_that_is_no_strip_leaves_the_list_whole() -> None:
    picture = '<svg aria-label="x" width="9" height="9"><rect width="9" height="9"/></svg>'
    html = document(mixed).replace("<span>Amnesty 0,", f"<span>{picture}Amnesty 0,", 1)
    whole = set_in(shop(), html.replace(MARK, ""))
    assert strips.divided(html) is not None
    assert set_in(shop(), html) == whole


WRONG: dict[str, tuple[Callable[[list[Column]], list[Column]], str]] = {
    "an entry lost": (
        lambda columns: [replace(columns[0], placed=columns[0].placed[:-1]), *columns[1:]],
        "Index of signatories",
    ),
    "columns in another sequence": (lambda columns: columns[::-1], "Index of signatories"),
    "entries that overlap": (
        lambda columns: [
            replace(one, placed=tuple(replace(held, down=held.down - 12) if n else held for n, held in enumerate(one.placed)))
            for one in columns
        ],
        "Index of signatories",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRONG)
def test_strips_in_the_wrong_place_are_refused(kind: str, tmp_path: Path, refused: Refused) -> None:
    files = {
        "dossier.yaml": "title: Many\ndate: 2026-01-01\ndesign: tiny\n",
        "templates/designs/tiny.yaml": "lists: {entries: 5}\n",
    }
    for number in range(1, 6):
        names = "".join(f"  - {name} Society {number}\n" for name in ("Amnesty", "Belief", "Zebra"))
        files[f"letters/l{number}.md"] = (
            f"---\ntitle: Letter\ndate: 2020-01-0{number}\nsignatories:\n{names}---\n\nText.\n"
        )
    write_files(tmp_path / "corpus", files)
    change, said = WRONG[kind]
    true = placing.page

    def wrong(*given: Any) -> Any:
        columns, resume_at = true(*given)
        return change(columns), resume_at

    refused(tmp_path / "corpus", placing, "page", wrong, said)
