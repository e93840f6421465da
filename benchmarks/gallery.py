"""Shows every section of a dossier, short and long, in each language.

``python -m benchmarks.gallery FOLDER`` writes a contact sheet for each language and length, such as
``FOLDER/ar-short.png`` and ``FOLDER/ar-long.png``, to be looked at after a change to ``templates/``. Of the
letters only the first is on it. ``--docs`` makes pictures of docs/ instead, from the project's own corpus.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks import synthetic
from dossier.cli import main as cli
from dossier.viewer import Document

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = "ar de en es fr ja ko pt ru zh".split()
LETTERS = 45
"""The letters of a long dossier: enough for dense contents, table, index and bibliography."""
GREY = (128, 128, 128)


@dataclass(frozen=True)
class Picture:
    """A picture of docs/."""

    file: str
    language: str
    pages: tuple[tuple[str, int], ...]
    """The id of each page's section, and its place in it, counted from 0."""
    scale: float = 0.44
    columns: int = 4
    gap: int = 14
    crop: float = 1.0
    """The part of a page's height that is shown, from the top."""
    is_long: bool = False
    edge: int = 0
    """The margin around all."""
    ground: tuple[int, int, int] = GREY


CONTENTS = (("contents", 0),)
SECTIONS = ("cover", "about", "contents", "glance", "index", "bibliography", "colophon")
PICTURES = (
    Picture(
        "pages.png",
        "en-US",
        (
            *CONTENTS,
            ("letters/2012-01-08-supreme-commander", 0),
            ("letters/2012-01-08-supreme-commander", 2),
            ("index", 0),
        ),
        scale=0.835,
        edge=14,
        ground=(200, 200, 200),
    ),
    Picture(
        "design.png",
        "en-US",
        (
            *((section, 0) for section in SECTIONS[:4]),
            ("letters/2012-01-08-supreme-commander", 0),
            ("letters/2012-01-08-supreme-commander", 2),
            *((section, 0) for section in SECTIONS[4:6]),
        ),
    ),
    Picture(
        "design-long.png",
        "en-US",
        (("contents", 0), ("glance", 0), ("index", 1), ("bibliography", 1)),
        is_long=True,
    ),
    Picture("contents-ar.png", "ar", CONTENTS, 0.9, 1, 0, 0.45),
    Picture("contents-ja.png", "ja", CONTENTS, 0.9, 1, 0, 0.45),
)
"""Those of docs/ that show pages side by side."""
OTHERS = ("print.png", "screen.png", "enclosing.png")
"""Those that show more than pages, which :mod:`benchmarks.pictures` makes."""


def main() -> int:
    """Make the sheets, or the pictures of docs/."""
    parser = argparse.ArgumentParser(description="Show every section, short and long.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument(
        "--docs", action="store_true", help="make the pictures of docs/ in the folder"
    )
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.docs:
        pictures(given.folder)
        others(given.folder)
        return 0
    for language in given.languages:
        for name in ("short", "long"):
            pdf = built(given.folder / name / language, language, name == "long")
            sheet(pages_of(pdf, shown(pdf), 0.6), 6, 4).save(
                given.folder / f"{language}-{name}.png"
            )
    return 0


def built(folder: Path, language: str, is_long: bool = False) -> Path:
    """Build a short or a long dossier in a language; return its PDF."""
    corpus = folder / "corpus"
    if is_long:
        shutil.rmtree(corpus, ignore_errors=True)
        synthetic.write(corpus, LETTERS)
        settings = "title: Forty-five letters\ndate: 2026-01-01\n"
        (corpus / "dossier.yaml").write_text(f"{settings}language: {language}\n", encoding="utf-8")
    else:
        corpus_in(corpus, language)
    for letter in (corpus / "letters").glob("*.md"):  # the letters remain English
        text = letter.read_text(encoding="utf-8")
        letter.write_text(text.replace("---\n", "---\nlanguage: en\n", 1), encoding="utf-8")
    pdf = folder / "dossier.pdf"
    status = cli.main(["build", "--corpus", str(corpus), "--output", str(pdf)])
    if status:
        sys.exit(f"{corpus} cannot be built")
    return pdf


def corpus_in(corpus: Path, language: str, more: str = "") -> Path:
    """Copy the project's own corpus, for a dossier in a language, with more settings."""
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.copytree(ROOT / "corpus", corpus)
    settings = corpus / "dossier.yaml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    said = "".join(line for line in lines if not line.startswith("language:"))
    settings.write_text(f"{said}language: {language}\n{more}", encoding="utf-8")
    return corpus


def first_pages(pdf: Path) -> dict[str, int]:
    """Return the first page of each section, by its id."""
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    return {section["id"]: section["first_page"] for section in listing["sections"]}


def shown(pdf: Path) -> list[int]:
    """Return the pages that a contact sheet shows: all but those of the second and later letters."""
    listing = json.loads(pdf.with_suffix(".json").read_text(encoding="utf-8"))
    letters = [one for one in listing["sections"] if one["id"].startswith("letters/")]
    return [
        page
        for one in listing["sections"]
        if one not in letters[1:]
        for page in range(one["first_page"], one["last_page"] + 1)
    ]


def pages_of(pdf: Path, numbers: Iterable[int], scale: float) -> list[Image.Image]:
    """Draw pages of a PDF."""
    drawn = []
    with Document(pdf.read_bytes()) as book:
        for number in numbers:
            with book.page(number - 1) as page:
                drawn.append(page.image(scale))
    return drawn


def sheet(
    pages: Sequence[Image.Image],
    columns: int,
    gap: int,
    edge: int = 0,
    ground: tuple[int, int, int] = GREY,
) -> Image.Image:
    """Return pages side by side, line by line, with an edge around all."""
    wide, high = pages[0].size
    lines = -(-len(pages) // columns)
    size = (columns * (wide + gap) - gap + 2 * edge, lines * (high + gap) - gap + 2 * edge)
    found = Image.new("RGB", size, ground)
    for number, page in enumerate(pages):
        line, column = divmod(number, columns)
        found.paste(page, (edge + column * (wide + gap), edge + line * (high + gap)))
    return found


def pictures(folder: Path, wanted: Sequence[Picture] = PICTURES) -> None:
    """Make pictures of docs/."""
    books = {
        (one.language, one.is_long): built(folder / Path(one.file).stem, one.language, one.is_long)
        for one in wanted
    }
    for one in wanted:
        pdf = books[one.language, one.is_long]
        first = first_pages(pdf)
        numbers = [first[section] + place for section, place in one.pages]
        drawn = pages_of(pdf, numbers, one.scale)
        cut = [page.crop((0, 0, page.width, round(page.height * one.crop))) for page in drawn]
        # Sixty-four colours are enough for print, and half the size.
        made = sheet(cut, one.columns, one.gap, one.edge, one.ground)
        made.quantize(64).save(folder / one.file, optimize=True)


def others(folder: Path) -> None:
    """Make the pictures of docs/ that show more than pages."""
    from benchmarks import pictures as more

    makers = (more.paper, more.screens, more.source)
    for file, made in zip(OTHERS, makers, strict=True):
        made(folder / Path(file).stem).quantize(64).save(folder / file, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
