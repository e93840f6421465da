"""Typesets one section: HTML in, a galley out. The only module that knows WeasyPrint.

Its tag writer is replaced by :mod:`dossier.typeset.tagging`.
"""

from __future__ import annotations

import functools
import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from pathlib import Path
from typing import Any

from dossier.machine import fonts
from dossier.machine.shortage import shortage
from dossier.records.diagnostics import MachineLacksError, StyleSheetError
from dossier.records.galley import PX, Anchor, Galley, Type
from dossier.typeset.columns import Columns
from dossier.typeset.lines import Lines
from dossier.typeset.tagging import Tagged, tag

STYLES = ("normal", "oblique", "italic")
"""Pango's styles, in the order of their numbers."""

FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir>{weights}</fontconfig>
"""
"""A font configuration without any font: only those of the style sheet exist."""
WEIGHT = """<match target="font">
<test name="family"><string>{family}</string></test>
<test name="weight"><const>semibold</const></test>
<edit name="fontvariations" mode="assign"><string>wght={weight}</string></edit>
</match>
"""
"""Lets Pango measure a variable font in the weight in which it is embedded, not in its default."""
ELLIPSIS = "…"
MIRRORED = frozenset("()[]{}<>«»‹›")
SILENT = "\u2060"
"""How a glyph reads that is but a part of a character or a dotted circle under a mark: without a reading
of its own, its number would be taken for one (ISO 14289-1, 7.21.7)."""


class Typesetter:
    """A warm WeasyPrint with its style sheet and fonts, for one section after another."""

    def __init__(self, style: str) -> None:
        """Load WeasyPrint and the style sheet, with the fonts of that and none of the system's.

        Uses temporary files for as long as it lives. Raises MachineLacksError where a library is missing.
        """
        self._weasyprint = _weasyprint()
        _hide_system_fonts()
        self._fonts = self._weasyprint.text.fonts.FontConfiguration()
        with _complaints() as complaints:
            self._style = self._weasyprint.CSS(
                string=style, font_config=self._fonts, url_fetcher=self._fetcher(True)
            )
        lost = [words for words in complaints if words.startswith("Font-face")]
        if lost:
            raise MachineLacksError(
                f"A font cannot be loaded ({lost[0]}). The machine may be short of memory; if it is not, "
                "remove the folder .venv and run python3 generate.py, which makes it anew."
            )
        if complaints:
            raise StyleSheetError(complaints)

    def set(self, html: str) -> Galley:
        """Typeset a whole HTML document; return its galley."""
        with _complaints() as complaints:
            document = self._weasyprint.HTML(
                string=html, base_url=None, url_fetcher=self._fetcher(False)
            ).render(stylesheets=[self._style], font_config=self._fonts)
            pdf, tagged = _written(document)
        if complaints:
            raise StyleSheetError(complaints)
        anchors: dict[str, Anchor] = {}
        for number, page in enumerate(document.pages, 1):
            for name, (x, y, *_) in page.anchors.items():
                anchors.setdefault(name, Anchor(number, x * PX, (page.height - y) * PX))
        return Galley(
            pdf,
            len(document.pages),
            anchors,
            tagged.links,
            tagged.folios,
            tagged.figures,
            own_hyphens="\u2010" in html,
            types={
                font.hash: Type(
                    font.family,
                    int(font.weight),
                    STYLES[int(font.style)],
                    _readings(font),
                    {glyph: font.widths[glyph] for glyph in font.to_unicode},
                )
                for font in document.fonts.values()
            },
        )

    def cast(self, types: Mapping[str, Type]) -> bytes:
        """Return a PDF whose only page has ``types`` as its fonts, each a subset of what they use."""
        sample = "".join(
            f'<p style="font-family:&quot;{one.family}&quot;;font-weight:{one.weight};'
            f'font-style:{one.style}">{escape(_sample(one))}</p>'
            for one in types.values()
        )
        with _complaints() as complaints:
            document = self._weasyprint.HTML(
                string=f'<html lang="en"><body>{sample}</body></html>', base_url=None
            ).render(stylesheets=[self._style], font_config=self._fonts)
            token = _casting.set(types)
            try:
                pdf: bytes = document.write_pdf(uncompressed_pdf=True)
            finally:
                _casting.reset(token)
        cast = {font.hash for font in document.fonts.values()}
        if complaints or not cast >= set(types):
            raise ValueError(f"fonts are missing: {set(types) - cast} {complaints}")
        return pdf

    def _fetcher(self, for_style: bool) -> Any:
        """Return a fetcher that reads the fonts' files for the style sheet, and nothing else."""
        known = {path.as_uri() for _, path in fonts.installed()} if for_style else set()

        class Fetcher(self._weasyprint.urls.URLFetcher):  # type: ignore[misc, name-defined]
            def fetch(self, url: str, headers: Any = None) -> Any:
                if not url.startswith("data:") and url not in known:
                    raise ValueError(f"{url} may not be read")
                return super().fetch(url, headers)

        return Fetcher(allowed_protocols={"file", "data"} if for_style else {"data"})


def load() -> None:
    """Load WeasyPrint ahead of time; raise MachineLacksError where a library is missing."""
    _weasyprint()


@functools.cache
def _weasyprint() -> Any:
    """Import WeasyPrint with our own columns, lines, tags and fonts in place of its."""
    _hide_system_fonts()
    # fontTools stamps the fonts that it makes with this time, in seconds since 1970.
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No fonts configured", UserWarning)
            import weasyprint
            import weasyprint.layout.block
            import weasyprint.layout.inline
            import weasyprint.pdf
            import weasyprint.text.fonts
            import weasyprint.urls
    except OSError as error:
        if shortage(error):
            raise
        raise MachineLacksError(
            f"The text engine Pango cannot be loaded ({str(error).splitlines()[0]}). "
            "Run python3 generate.py once more: it installs it, or says how."
        ) from None
    block = weasyprint.layout.block
    block.columns_layout = Columns(
        block.columns_layout,
        block.block_box_layout,
        block.block_level_width,
        block.block_level_page_break,
        block.resolve_percentages,
        block.collapse_margin,
    ).layout
    inline = weasyprint.layout.inline
    lines = Lines(inline.get_next_linebox, inline.split_text_box, inline.can_break_text)
    inline.get_next_linebox, inline.split_text_box = lines.next_line, lines.split_text
    weasyprint.pdf.add_tags = _add_tags
    weasyprint.pdf.build_fonts_dictionary = _fonts_dictionary(
        weasyprint.pdf.build_fonts_dictionary, weasyprint.pdf.pydyf.Dictionary
    )
    stream = weasyprint.pdf.pydyf.Stream
    stream.show_text = _shown(stream.show_text)
    return weasyprint


def _written(document: Any) -> tuple[bytes, Tagged]:
    """Return a document as a PDF, and what was tagged in it."""
    found: list[Tagged] = []
    token = _tagging.set(found)
    try:
        pdf: bytes = document.write_pdf(uncompressed_pdf=True, pdf_tags=True)
    finally:
        _tagging.reset(token)
    return pdf, found[0]


def _add_tags(pdf: Any, document: Any, pdf_version: str, page_streams: Sequence[Any]) -> None:
    """Stand in for WeasyPrint's function of the same name, which returns nothing."""
    _tagging.get().append(tag(pdf, document, page_streams))


_tagging: ContextVar[list[Tagged]] = ContextVar("tagging")
"""Where what was tagged in the document goes that is being written."""


def _shown(original: Any) -> Any:
    """Return what stands in for pydyf's showing of text.

    A text that ends with a move, as behind a vowel sign, needs to be without empty strings: PDFium forgets
    the move otherwise, and sets what follows over it. Moves by nothing, which WeasyPrint writes between any
    two glyphs, are left out: they would be a quarter of a page's content.
    """

    def show_text(stream: Any, text: str) -> None:
        text = text.replace(">0<", "")
        original(stream, text if text.endswith(">") else text.replace("<>", " "))

    return show_text


def _hide_system_fonts() -> None:
    """Let fontconfig read a configuration of ours: at its import, and for each typesetter again."""
    folder = Path(tempfile.mkdtemp(prefix="fontconfig-"))
    file = folder / "fonts.conf"
    weights = "".join(
        WEIGHT.format(family=face.family, weight=face.weight)
        for face in fonts.faces()
        if "[" in face.file and face.weight == "600" and face.style == "normal"
    )
    text = FONTCONFIG.format(cache=folder / "cache", weights=weights)
    file.write_text(text, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(file)


def _fonts_dictionary(original: Any, dictionary: Any) -> Any:
    """Return what stands in for WeasyPrint's writing of fonts.

    A galley gets none: its page resources name them, and the binder gives all galleys the same. When
    these are cast, the fonts get the glyphs of all galleys before the original writes them.
    """

    def build(pdf: Any, fonts: Any, *rest: Any) -> Any:
        wanted = _casting.get()
        if wanted is None:
            return dictionary()
        for font in fonts.values():
            one = wanted.get(font.hash)
            font.to_unicode = (
                {glyph: words or SILENT for glyph, words in sorted(one.text.items())} if one else {}
            )
            font.widths = dict(sorted(one.widths.items())) if one else {}
        used = {key: font for key, font in fonts.items() if font.to_unicode}
        return original(pdf, used, *rest)

    return build


_casting: ContextVar[Mapping[str, Type] | None] = ContextVar("casting", default=None)
"""The fonts that are being cast; None while a galley is set."""


def _readings(font: Any) -> dict[int, str]:
    """Return how a font's glyphs read.

    The … of a running head reads not as the words that it stands for, nor a bracket as its other half,
    which is what was written where text that comes from the right has it.
    """
    readings = dict(font.to_unicode)
    words = readings.values()
    if any(len(word) > 1 for word in words) or not MIRRORED.isdisjoint(words):
        for glyph, char in _signs(font.file_content, font.index).items():
            if glyph in readings and (char == ELLIPSIS or readings[glyph] in MIRRORED):
                readings[glyph] = char
    return readings


@functools.cache
def _signs(file: bytes, number: int) -> dict[int, str]:
    """Return the glyphs of … and of brackets in a font file, and what they are."""
    from fontTools.ttLib import TTFont

    with TTFont(file=io.BytesIO(file), fontNumber=number, lazy=True) as font:
        names = font.getBestCmap()
        signs = [char for char in (ELLIPSIS, *sorted(MIRRORED)) if ord(char) in names]
        return {int(font.getGlyphID(names[ord(char)])): char for char in signs}


def _sample(one: Type) -> str:
    """Return a text that the font is sure to be chosen for."""
    return next((text for _, text in sorted(one.text.items()) if text.strip()), "x")


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what WeasyPrint and its libraries log as warnings or worse."""
    collected: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            collected.append(record.getMessage())

    handler = Collector(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    before = [(logger.handlers[:], logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
    try:
        yield collected
    finally:
        for logger, (handlers, propagate) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
