"""Every key of ``print`` with every other: what goes together is built and proved, from the cache too."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from conftest import write_files
from test_printing import LINKS, files_of

from dossier.pipeline import BuildRequest, build, rebuilt, verify

PACKETS = {
    "a": "{paper: Letter, print: {sides: two, recto: letters, gutter: 10mm, holes: 3, staple: true}}",
    "b": "{design: facing, print: {recto: sections, holes: 4, bleed: 3mm, marks: true}}",
    "c": "{design: large-print, print: {sides: two, recto: letters, bleed: 5mm, staple: true}}",
    "d": "{design: large-print, paper: Letter, print: {gutter: 5mm, holes: 2, marks: true}}",
    "e": "{print: {sides: one, gutter: 0.5in, staple: true, bleed: 3mm, marks: true}}",
    "f": "{design: facing, paper: Letter, print: {booklet: 8, flip: long, recto: letters, gutter: 6mm}}",
    "g": "{design: large-print, print: {booklet: 32, sides: two, recto: sections}}",
    "h": "{design: facing, print: {sides: one, holes: 2, marks: true}}",
    "i": "{print: {booklet: 4, flip: short, sides: two}}",
}
SETTINGS = "title: Pairs\nformat: 2\noutputs: [html, csv]\npackets:\n" + "".join(
    f"  {name}: {said}\n" for name, said in PACKETS.items()
)
TOGETHER = ("sides", "recto", "gutter", "holes", "staple", "bleed", "marks")
WITH_BOOKLET = ("sides: two", "recto", "gutter", "flip")


def test_all_pairs_are_there() -> None:
    for one, other in itertools.combinations(TOGETHER, 2):
        assert any(f"{one}:" in said and f"{other}:" in said for said in PACKETS.values())
    for key in WITH_BOOKLET:
        assert any("booklet" in said and key in said for said in PACKETS.values())


@pytest.mark.slow
def test_every_pair_is_built_and_proved_and_from_the_cache_the_same(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write_files(corpus, files_of(SETTINGS) | {"letters/links.md": LINKS})
    warm = BuildRequest(corpus, tmp_path / "warm/a.pdf", jobs=1, packets=tuple(PACKETS))
    build(warm)
    letter = corpus / "letters/b.md"
    letter.write_text(
        letter.read_text(encoding="utf-8").replace("And so on", "Moreover", 1), encoding="utf-8"
    )
    build(warm)
    build(
        BuildRequest(corpus, tmp_path / "cold/a.pdf", jobs=2, cache=False, packets=tuple(PACKETS))
    )
    made = {
        path.name: path.read_bytes() for path in (tmp_path / "warm").iterdir() if path.is_file()
    }
    for name in PACKETS:
        assert not verify(tmp_path / f"warm/{name}.pdf", corpus).faults
    for name, content in made.items():
        assert (tmp_path / "cold" / name).read_bytes() == content, name
    assert not rebuilt(tmp_path / "warm/i.pdf", corpus)
    other = tmp_path / "warm/i.booklet.pdf"
    other.write_bytes(other.read_bytes().replace(b"<dc:format>", b"<dc:f0rmat>"))
    assert [item.path for item in rebuilt(tmp_path / "warm/i.pdf", corpus)] == [other.as_posix()]
    assert len([name for name in made if name.endswith((".booklet.pdf", ".press.pdf"))]) == 8
