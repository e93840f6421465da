"""The pictures of the documents are made by a command, and each is in a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from PIL import Image

from benchmarks import gallery


def test_each_picture_is_in_a_document_and_is_made() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    said = "".join(file.read_text(encoding="utf-8") for file in documents)
    made = {*gallery.OTHERS, *(picture.file for picture in gallery.PICTURES)}
    assert made == {file.name for file in (ROOT / "docs").glob("*.png")}
    for file in made:
        assert f"]({file})" in said or f"](docs/{file})" in said


@pytest.mark.slow
def test_a_picture_shows_its_pages(tmp_path: Path) -> None:
    picture = replace(next(one for one in gallery.PICTURES if one.file == "design.png"), scale=0.1)
    gallery.pictures(tmp_path, [picture])
    with Image.open(tmp_path / picture.file) as made:
        assert made.size == (4 * 60 + 3 * 14, 2 * 85 + 14)
        assert len(made.convert("L").getcolors(256) or []) > 4


def test_pages_stand_side_by_side() -> None:
    pages = [Image.new("RGB", (6, 8), colour) for colour in ("red", "green", "blue")]
    made = gallery.sheet(pages, 2, 1)
    assert made.size == (13, 17)
    assert [made.getpixel(place) for place in ((0, 0), (7, 0), (0, 9), (7, 9))] == [
        (255, 0, 0), (0, 128, 0), (0, 0, 255), gallery.GREY,
    ]  # fmt: skip
