"""Makes those pictures of docs/ that show more than pages: sheets of paper, the HTML edition in a browser.

Chromium and Playwright make the latter (``requirements-browser.lock``).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from benchmarks.gallery import built, corpus_in, first_pages
from dossier.cli import main as cli
from dossier.machine import fonts
from dossier.viewer import Document

LETTER = "letters/2013-05-07-explanation"
SOURCE = "2013-05-07-kim-jong-un"
PACKETS = """\
packets:
  both: {print: {sides: two}}
  folded: {print: {booklet: 16, sides: two}}
  shop: {print: {bleed: 3mm, marks: true}}
  large: {design: large-print}
"""
HIGH = 430
"""The height of a sheet in the picture of paper, in pixels."""
LIGHT, LINE, DESK = (225, 225, 225), (90, 90, 90), (216, 212, 200)
SHEET = 3
"""The side of a booklet's sheet that is shown, counted from 0: one with two short pages."""
VIEW, LARGER = (320, 602), 1.328
"""The window of a telephone in CSS pixels, and how much larger it is shown."""
EDGE, BETWEEN = 24, 48
"""The margins of the picture of screens, in pixels."""


def paper(folder: Path) -> Image.Image:
    """Return pages for both sides, a sheet of a booklet, a page for a print shop and one in large print."""
    corpus = corpus_in(folder / "corpus", "en-US", PACKETS)
    pdf = _built(corpus, folder / "dossier.pdf", "both", "folded", "shop", "large")
    large = pdf.with_name("large.pdf")
    index = first_pages(pdf)["index"]
    letter = first_pages(large)["letters/2012-01-08-supreme-commander"] + 1
    shop = first_pages(pdf.with_name("shop.pdf"))["letters/2012-01-08-supreme-commander"]
    spread = [_page(pdf, number, HIGH) for number in (index, index + 1)]
    shown = [
        beside(spread, 1, LINE),
        _page(pdf.with_name("folded.booklet.pdf"), SHEET + 1, HIGH),
        _page(pdf.with_name("shop.press.pdf"), shop, HIGH),
        _page(large, letter, HIGH),
    ]
    return beside([ImageOps.expand(one, 1, LINE) for one in shown], 24, LIGHT, 24)


def source(folder: Path) -> Image.Image:
    """Return a spread of a letter with its source."""
    corpus = corpus_in(folder / "corpus", "en-US", "enclose: facing\n")
    text = (corpus / f"sources/{SOURCE}.txt").read_text(encoding="utf-8")
    _typed(text).save(corpus / f"sources/{SOURCE}.png")
    letter = corpus / f"{LETTER}.md"
    said = letter.read_text(encoding="utf-8")
    letter.write_text(said.replace(f"{SOURCE}.txt", f"{SOURCE}.png"), encoding="utf-8")
    pdf = _built(corpus, folder / "dossier.pdf")
    first = first_pages(pdf)[LETTER]
    spread = [_page(pdf, number, 702) for number in (first - 1, first)]
    return ImageOps.expand(beside(spread, 1, LINE), 1, LINE)


def screens(folder: Path) -> Image.Image:
    """Return the HTML edition on a telephone: the search, the filtered index in the dark, an Arabic one."""
    from playwright.sync_api import sync_playwright

    english, arabic = built(folder / "en", "en-US"), built(folder / "ar", "ar")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        shots = [
            _shot(browser, english, "light", "#search", "human rights", folder / "1.png"),
            _shot(browser, english, "dark", "#filter", "korea", folder / "2.png"),
            _shot(browser, arabic, "light", "#contents", "", folder / "3.png"),
        ]
        browser.close()
    return beside(shots, BETWEEN, DESK, EDGE)


def _shot(browser: Any, pdf: Path, scheme: str, field: str, words: str, file: Path) -> Image.Image:
    """Return the page with a text written into one of its fields, from somewhat above the field on."""
    wide, high = VIEW
    context = browser.new_context(
        viewport={"width": wide, "height": high},
        device_scale_factor=LARGER,
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(pdf.with_suffix(".html").as_uri())
    if words:
        page.fill(field, words)
        page.wait_for_timeout(1500)  # longer than the pause after which it searches
    page.evaluate(
        "field => scrollTo(0, document.querySelector(field).getBoundingClientRect().top + scrollY - 70)",
        field,
    )
    page.screenshot(path=str(file))
    context.close()
    with Image.open(file) as made:
        return made.convert("RGB")


def beside(
    pictures: Sequence[Image.Image], gap: int, colour: tuple[int, int, int], edge: int = 0
) -> Image.Image:
    """Return pictures side by side, with an edge around all."""
    wide = sum(one.width for one in pictures) + gap * (len(pictures) - 1) + 2 * edge
    high = max(one.height for one in pictures) + 2 * edge
    found = Image.new("RGB", (wide, high), colour)
    left = edge
    for one in pictures:
        found.paste(one, (left, edge))
        left += one.width + gap
    return found


def _built(corpus: Path, pdf: Path, *packets: str) -> Path:
    """Build packets of a corpus; return the PDF of the first."""
    status = cli.main(["build", *packets, "--corpus", str(corpus), "--output", str(pdf)])
    if status:
        sys.exit(f"{corpus} cannot be built")
    return pdf


def _page(pdf: Path, number: int, height: int) -> Image.Image:
    """Draw a page, so many pixels high."""
    with Document(pdf.read_bytes()) as book, book.page(number - 1) as page:
        wide, high = page.size
        return page.image(height / high).resize((round(wide * height / high), height))


def _typed(text: str) -> Image.Image:
    """Return a text as a page that was typed and scanned."""
    path = next(file for face, file in fonts.installed() if face.family == "Noto Sans")
    font = ImageFont.truetype(str(path), 22)
    page = Image.new("L", (1240, 1754), 252)
    drawing, top = ImageDraw.Draw(page), 150
    for line in text.splitlines():
        words, row = line.strip().split(), ""
        for word in [*words, ""]:
            longer = f"{row} {word}".strip()
            if row and (not word or drawing.textlength(longer, font) > 940):
                drawing.text((150, top), row, fill=30, font=font)
                top, longer = top + 28, word
            row = longer
        top += 0 if words else 28
    return page
