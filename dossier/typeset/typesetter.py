"""Typesets one section: HTML in, a galley out. The only module that imports WeasyPrint.

:mod:`.tagging`, :mod:`.columns`, :mod:`.lines` and :mod:`.footnotes` replace functions of WeasyPrint.
"""

from __future__ import annotations

import ctypes.util
import functools
import io
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from dossier.machine import fonts
from dossier.machine.shortage import shortage
from dossier.records.diagnostics import MachineLacksError, StyleSheetError
from dossier.records.galley import PX, Anchor, FontUse, Galley, merged, together
from dossier.typeset import apart, footnotes, gathering, kept_layouts, styles, used_values
from dossier.typeset.ends import Ends
from dossier.typeset.glyph_runs import GlyphRuns
from dossier.typeset.lines import Lines
from dossier.typeset.placing import Entry
from dossier.typeset.strips import Strip, UnfitError
from dossier.typeset.tagging import tag

STYLES = ("normal", "oblique", "italic")
"""Pango's font styles, indexed by their numbers."""

FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir>{weights}</fontconfig>
"""
"""A fontconfig configuration without fonts: only those of the style sheet exist."""
WEIGHT = """<match target="font">
<test name="family"><string>{family}</string></test>
<test name="weight"><const>semibold</const></test>
<edit name="fontvariations" mode="assign"><string>wght={weight}</string></edit>
</match>
"""
"""Makes Pango measure a variable font in the weight that is embedded, not in its default weight."""
ELLIPSIS = "…"
MIRRORED = frozenset("()[]{}<>«»‹›")
SILENT = "\u2060"
"""The ToUnicode value of a glyph that is only part of a character, or of a dotted circle. Without a value,
readers would take the glyph's number for its character (ISO 14289-1, 7.21.7)."""


class Typesetter:
    """WeasyPrint with a style sheet and its fonts loaded, which sets one section after another."""

    def __init__(self, style: str) -> None:
        """Load WeasyPrint and the style sheet, with the style sheet's fonts and none of the system's.

        Keeps temporary files as long as it exists. Raises MachineLacksError where a library is missing.
        """
        self._weasyprint = _weasyprint()
        _hide_system_fonts()
        self._fonts = self._weasyprint.text.fonts.FontConfiguration()
        with _logged_warnings() as logged:
            self._style = self._weasyprint.CSS(
                string=style, font_config=self._fonts, url_fetcher=self._fetcher(True)
            )
        lost = [message for message in logged if message.startswith("Font-face")]
        if lost:
            raise MachineLacksError(
                f"A font cannot be loaded ({lost[0]}). The machine may be short of memory; if it is not, "
                "remove the folder .venv and run python3 generate.py, which makes it anew."
            )
        if logged:
            raise StyleSheetError(logged)

    def set(self, html: str, entries: Sequence[Entry] = ()) -> Galley:
        """Typeset a whole HTML document; return its galley.

        ``entries`` are those of the list in it that is set in pieces; raises UnfitError if it cannot be.
        """
        token = apart.held.set(entries)
        try:
            with _logged_warnings() as logged:
                document = self._rendered(html)
                font_uses = merged(apart.strips_on(document.pages) if entries else ())
                pdf, tagged = _written(document, partial(tag, font_uses=font_uses))
        finally:
            apart.held.reset(token)
        if logged:
            raise StyleSheetError(logged)
        anchors: dict[str, Anchor] = {}
        for number, page in enumerate(document.pages, 1):
            for name, (x, y, *_) in page.anchors.items():
                anchors.setdefault(name, Anchor(number, x * PX, (page.height - y) * PX))
        for name, (place, x, y) in tagged.anchors.items():
            height = document.pages[place].height
            anchors.setdefault(name, Anchor(place + 1, x * PX, (height - y) * PX))
        return Galley(
            pdf,
            len(document.pages),
            anchors,
            tagged.links,
            tagged.folios,
            tagged.figures,
            own_hyphens="\u2010" in html,
            font_uses=together([_font_uses(document.fonts), font_uses]),
        )

    def set_apart(self, html: str) -> list[Strip | None]:
        """Typeset the strips of a list, in a document made for that; None stands for what is no strip."""
        with _logged_warnings() as logged:
            document = self._rendered(html)
            *around, columns = apart.columns_of(document.pages[0]._page_box)
            fonts: list[Any] = []
            document.pages = [
                self._weasyprint.document.Page(apart.alone([*around, columns], column))
                for column in columns.children
            ]
            for page in document.pages:
                page.paint = gathering.paint_apart(page.paint, fonts)
            _, strips = _written(document, partial(_gathered, columns.children, fonts))
        if logged:
            raise StyleSheetError(logged)
        return strips

    def _rendered(self, html: str) -> Any:
        """Return a document whose pages are laid out."""
        return self._weasyprint.HTML(
            string=html, base_url=None, url_fetcher=self._fetcher(False)
        ).render(stylesheets=[self._style], font_config=self._fonts)

    def cast(self, font_uses: Mapping[str, FontUse]) -> bytes:
        """Return a PDF whose only page has these fonts, each a subset of the glyphs in use."""
        sample = "".join(
            f'<p style="font-family:&quot;{use.family}&quot;;font-weight:{use.weight};'
            f'font-style:{use.style}">{escape(_sample(use))}</p>'
            for use in font_uses.values()
        )
        with _logged_warnings() as logged:
            document = self._weasyprint.HTML(
                string=f'<html lang="en"><body>{sample}</body></html>', base_url=None
            ).render(stylesheets=[self._style], font_config=self._fonts)
            token = _casting.set(font_uses)
            try:
                pdf: bytes = document.write_pdf(uncompressed_pdf=True)
            finally:
                _casting.reset(token)
        cast = {font.hash for font in document.fonts.values()}
        if logged or not cast >= set(font_uses):
            raise ValueError(f"fonts are missing: {set(font_uses) - cast} {logged}")
        return pdf

    def _fetcher(self, for_style: bool) -> Any:
        """Return a URL fetcher that reads only the font files of the style sheet."""
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


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """Have libraries loaded by their names alone on Linux.

    WeasyPrint tries the names that each has on every system. For one that is not found, Python asks the
    compiler, the linker and others where it might be: twenty processes, a fifth of the time of starting. On
    Linux WeasyPrint knows the names that the loader finds.
    """
    if sys.platform != "linux":
        yield
        return
    before = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = before


@functools.cache
def _weasyprint() -> Any:
    """Import WeasyPrint; replace its functions for columns, lines, footnotes, tags and fonts."""
    _hide_system_fonts()
    # The timestamp that fontTools writes into subset fonts, in seconds since 1970.
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No fonts configured", UserWarning)
            with _libraries_by_name():
                import tinyhtml5.inputstream  # type: ignore[import-untyped]
                import weasyprint
                import weasyprint.document
                import weasyprint.formatting_structure.build
                import weasyprint.layout.block
                import weasyprint.layout.inline
                import weasyprint.layout.page
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
    tinyhtml5.inputstream.characters_until_regex = Ends()
    _quicken(weasyprint)
    block = weasyprint.layout.block
    block.columns_layout = apart.StripColumns(
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
    layout = weasyprint.layout
    footnotes.install(layout.LayoutContext, layout.page, weasyprint.formatting_structure.build)
    weasyprint.pdf.add_tags = _add_tags
    weasyprint.pdf.build_fonts_dictionary = _fonts_dictionary(
        weasyprint.pdf.build_fonts_dictionary, weasyprint.pdf.pydyf.Dictionary
    )
    stream = weasyprint.pdf.pydyf.Stream
    stream.show_text = _shown(stream.show_text)
    return weasyprint


def _quicken(weasyprint: Any) -> None:
    """Replace functions of WeasyPrint by others that do the same in less time."""
    layout, text, ffi = weasyprint.layout, weasyprint.draw.text, weasyprint.text.ffi
    line = weasyprint.formatting_structure.boxes.LineBox
    resolve, avoid = layout.percent.resolve_percentages, layout.float.avoid_collisions
    for name, original, other in (
        ("resolve_percentages", resolve, used_values.resolved(resolve)),
        ("avoid_collisions", avoid, used_values.lines_without_floats(avoid, line)),
    ):
        # Modules import them by name.
        for module in [one for key, one in sys.modules.items() if key.startswith("weasyprint.")]:
            if getattr(module, name, None) is original:
                setattr(module, name, other)
    css = weasyprint.css
    values = css.INHERITED, css.INITIAL_VALUES, css.INITIAL_NOT_COMPUTED
    css.ComputedStyle.__missing__ = styles.missing(
        css.ComputedStyle.__missing__,
        *values,
        css.PHYSICAL_FUNCTIONS,
        css.COMPUTER_FUNCTIONS,
        lambda value: isinstance(value, css.Pending) or css.check_math(value),
    )
    css.AnonymousStyle.__missing__ = styles.missing_of_anonymous(
        css.AnonymousStyle.__missing__, *values
    )
    box = weasyprint.formatting_structure.boxes.Box
    box.is_in_normal_flow = used_values.in_normal_flow(box.is_in_normal_flow)
    runs = GlyphRuns(text.draw_first_line, ffi.pango, ffi.ffi, ffi.FROM_UNITS)
    text.draw_first_line = runs.draw
    shape = weasyprint.text.line_break.Layout
    shape.deactivate = kept_layouts.deactivated(shape.deactivate)
    shape.reactivate = kept_layouts.reactivated(shape.reactivate)


T = TypeVar("T")


def _written(document: Any, look: Callable[[Any, Any, Sequence[Any]], T]) -> tuple[bytes, T]:
    """Return a document as a PDF, and what ``look`` returns.

    That gets the PDF, the document and the streams of its pages where WeasyPrint would write tags.
    """
    found: list[T] = []
    token = _looking.set(lambda *drawn: found.append(look(*drawn)))
    try:
        pdf: bytes = document.write_pdf(uncompressed_pdf=True, pdf_tags=True)
    finally:
        _looking.reset(token)
    return pdf, found[0]


def _add_tags(pdf: Any, document: Any, pdf_version: str, page_streams: Sequence[Any]) -> None:
    """Replace WeasyPrint's function of the same name."""
    _looking.get()(pdf, document, page_streams)


_looking: ContextVar[Callable[..., None]] = ContextVar("looking")
"""Called when all pages of the document that is being written are drawn."""


def _gathered(
    columns: Sequence[Any], fonts: Sequence[Any], pdf: Any, document: Any, streams: Sequence[Any]
) -> list[Strip | None]:
    """Return the strips on the pages of a document; the PDF itself is not needed."""
    drawn = zip(document.pages, columns, streams, fonts, strict=True)
    strips: list[Strip | None] = []
    has_again = False
    for page, column, stream, used in drawn:
        strip = _strip(page, column, stream, used)
        if has_again:
            strips[-1] = strips[-1] and strip and replace(strips[-1], again=strip)
        else:
            strips.append(strip)
        has_again = getattr(column, "has_again", False)
    for stream in streams:
        stream.stream.clear()
    return strips


def _strip(page: Any, column: Any, stream: Any, fonts: Mapping[Any, Any]) -> Strip | None:
    """Return the strip on a page; None where it has anything that no strip may have."""
    try:
        return gathering.strip(page, column, stream, fonts, _font_uses(fonts))
    except UnfitError:
        return None


def _font_uses(fonts: Mapping[Any, Any]) -> dict[str, FontUse]:
    """Return how fonts of WeasyPrint are used."""
    return {
        font.hash: FontUse(
            font.family,
            int(font.weight),
            STYLES[int(font.style)],
            _readings(font),
            {glyph: font.widths[glyph] for glyph in font.to_unicode},
        )
        for font in fonts.values()
    }


def _shown(original: Any) -> Any:
    """Return the replacement of pydyf's ``show_text``.

    A TJ array that ends with an adjustment, as after a combining mark, must not contain empty strings:
    otherwise PDFium ignores the adjustment, and text overlaps. Adjustments of 0, which WeasyPrint writes
    between any two glyphs, are left out: they would be a quarter of a page's content.
    """

    def show_text(stream: Any, text: str) -> None:
        text = text.replace(">0<", "")
        original(stream, text if text.endswith(">") else text.replace("<>", " "))

    return show_text


def _hide_system_fonts() -> None:
    """Make fontconfig read a configuration without system fonts; called before each of its starts."""
    folder = Path(tempfile.mkdtemp(prefix="fontconfig-"))
    file = folder / "fonts.conf"
    weights = "".join(
        WEIGHT.format(family=face.family, weight=face.weight)
        for face in (*fonts.faces(), *fonts.named())
        if "[" in face.file and face.weight == "600" and face.style == "normal"
    )
    text = FONTCONFIG.format(cache=folder / "cache", weights=weights)
    file.write_text(text, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(file)


def _fonts_dictionary(original: Any, dictionary: Any) -> Any:
    """Return the replacement of WeasyPrint's ``build_fonts_dictionary``.

    A galley contains no fonts: its page resources name them, and the binder adds the same fonts to all
    galleys. When these are cast, each font gets the glyphs of all galleys before the original writes it.
    """

    def build(pdf: Any, fonts: Any, *rest: Any) -> Any:
        wanted = _casting.get()
        if wanted is None:
            return dictionary()
        for font in fonts.values():
            use = wanted.get(font.hash)
            font.to_unicode = (
                {glyph: words or SILENT for glyph, words in sorted(use.text.items())} if use else {}
            )
            font.widths = dict(sorted(use.widths.items())) if use else {}
        used = {key: font for key, font in fonts.items() if font.to_unicode}
        return original(pdf, used, *rest)

    return build


_casting: ContextVar[Mapping[str, FontUse] | None] = ContextVar("casting", default=None)
"""The fonts that are being cast; None while a galley is set."""


def _readings(font: Any) -> dict[int, str]:
    """Return the ToUnicode values of a font's glyphs.

    WeasyPrint gives the … of a cut running head the words that it replaces, and a mirrored bracket in
    right-to-left text the character as written. Both get the character that is drawn.
    """
    readings = dict(font.to_unicode)
    words = readings.values()
    if any(len(word) > 1 for word in words) or not MIRRORED.isdisjoint(words):
        signs = _signs(font.file_content, font.index)
        if any(word in MIRRORED and glyph not in signs for glyph, word in readings.items()):
            signs = _signs_of_all_forms(font.file_content, font.index)
        for glyph, char in signs.items():
            if glyph in readings and (char == ELLIPSIS or readings[glyph] in MIRRORED):
                readings[glyph] = char
    return readings


@functools.cache
def _signs(file: bytes, number: int) -> dict[int, str]:
    """Return the glyphs of … and of brackets in a font file, with their characters."""
    from fontTools.ttLib import TTFont

    with TTFont(file=io.BytesIO(file), fontNumber=number, lazy=True) as font:
        names = font.getBestCmap()
        signs = [char for char in (ELLIPSIS, *sorted(MIRRORED)) if ord(char) in names]
        return {int(font.getGlyphID(names[ord(char)])): char for char in signs}


@functools.cache
def _signs_of_all_forms(file: bytes, number: int) -> dict[int, str]:
    """Return these glyphs with those that replace one of them, as small capitals do."""
    from fontTools.ttLib import TTFont

    found = dict(_signs(file, number))
    with TTFont(file=io.BytesIO(file), fontNumber=number, lazy=True) as font:
        lookups = font["GSUB"].table.LookupList if "GSUB" in font else None
        for lookup in lookups.Lookup if lookups else ():
            for table in lookup.SubTable:
                table = getattr(table, "ExtSubTable", table)
                if table.LookupType != 1:  # one glyph for another
                    continue
                for name, made in table.mapping.items():
                    char = found.get(int(font.getGlyphID(name)))
                    if char:
                        found.setdefault(int(font.getGlyphID(made)), char)
    return found


def _sample(use: FontUse) -> str:
    """Return a text for which the font is certain to be chosen."""
    return next((text for _, text in sorted(use.text.items()) if text.strip()), "x")


@contextmanager
def _logged_warnings() -> Iterator[list[str]]:
    """Collect what WeasyPrint and fontTools log at level WARNING or above."""
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
