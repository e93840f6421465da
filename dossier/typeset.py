"""Typesets one section: HTML in, a galley out. The only module that knows WeasyPrint.

Its tag writer is replaced by :mod:`dossier.tagging`.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dossier.diagnostics import MachineLacksError
from dossier.galley import Anchor, Galley
from dossier.tagging import add_tags

PX = 0.75
"""Points in a CSS pixel."""

FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir></fontconfig>
"""
"""A font configuration without any font: only those of the style sheet exist."""


class Typesetter:
    """A warm WeasyPrint with its style sheet and fonts, for one section after another."""

    def __init__(self, style: str) -> None:
        """Load WeasyPrint and the style sheet; raise MachineLacksError where a library is missing."""
        self._weasyprint = _weasyprint()
        self._fonts = self._weasyprint.text.fonts.FontConfiguration()
        with _complaints() as complaints:
            self._style = self._weasyprint.CSS(
                string=style, font_config=self._fonts, url_fetcher=self._fetcher(True)
            )
        if complaints:
            raise ValueError(f"the style sheet is faulty: {'; '.join(complaints)}")

    def set(self, html: str, tagged: bool = True) -> Galley:
        """Typeset a whole HTML document; return its galley, without tags where they are not wanted."""
        with _complaints() as complaints:
            document = self._weasyprint.HTML(
                string=html, base_url=None, url_fetcher=self._fetcher(False)
            ).render(stylesheets=[self._style], font_config=self._fonts)
            document.dossier_tags = ()
            pdf = document.write_pdf(pdf_tags=tagged, uncompressed_pdf=True)
        anchors: dict[str, Anchor] = {}
        for number, page in enumerate(document.pages, 1):
            for name, (x, y, *_) in page.anchors.items():
                anchors.setdefault(name, Anchor(number, x * PX, (page.height - y) * PX))
        return Galley(pdf, len(document.pages), anchors, document.dossier_tags, tuple(complaints))

    def _fetcher(self, for_style: bool) -> Any:
        """Return a fetcher that reads the fonts' files for the style sheet, and nothing else."""
        return self._weasyprint.urls.URLFetcher(
            allowed_protocols={"file", "data"} if for_style else {"data"}
        )


def _weasyprint() -> Any:
    """Import WeasyPrint without the system's fonts and with our tag writer in place of its own."""
    if "FONTCONFIG_FILE" not in os.environ or not os.environ.get("DOSSIER_FONTCONFIG"):
        folder = Path(tempfile.gettempdir()) / f"dossier-fontconfig-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / "fonts.conf"
        file.write_text(FONTCONFIG.format(cache=folder / "cache"), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        os.environ["DOSSIER_FONTCONFIG"] = "1"
    # fontTools stamps the fonts that it makes with this time, in seconds since 1970.
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No fonts configured", UserWarning)
            import weasyprint
            import weasyprint.pdf
            import weasyprint.text.fonts
            import weasyprint.urls
    except OSError as error:
        raise MachineLacksError(
            f"The text engine Pango cannot be loaded ({str(error).splitlines()[0]}). "
            "Run python3 generate.py once more: it installs it, or says how."
        ) from None
    weasyprint.pdf.add_tags = add_tags
    return weasyprint


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
