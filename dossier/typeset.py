"""Typesets one section: HTML in, a galley out. The only module that knows WeasyPrint.

WeasyPrint writes one structure element for each page that an element touches, and nothing of the
roles that HTML cannot say (https://github.com/Kozea/WeasyPrint/issues/2903). So its tag writer is
replaced by one that walks the same boxes and gives, for the binder to write, one tag for each HTML
element, wherever its pieces stand. ``data-role`` in a template names a role; ``data-artifact`` takes an
element out of the structure.
"""

from __future__ import annotations

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dossier.diagnostics import MachineLacksError
from dossier.galley import Anchor, Content, Galley, LinkBox, Tag

PX = 0.75
"""Points in a CSS pixel."""

ROLES = {
    "article": "Art", "blockquote": "BlockQuote", "caption": "Caption", "figcaption": "Caption",
    "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6", "li": "LI", "ol": "L",
    "p": "P", "section": "Sect", "table": "Table", "tbody": "TBody", "td": "TD", "th": "TH",
    "thead": "THead", "tr": "TR", "ul": "L", "a": "Link", "svg": "Figure", "img": "Figure",
}  # fmt: skip
"""Structure types of HTML elements; the others are transparent."""

FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir></fontconfig>
"""
"""A font configuration without any font: only those of the style sheet exist."""


@dataclass
class _Draft:
    """A tag while its pieces are gathered, page by page."""

    role: str
    first_page: int
    kids: list[Any] = field(default_factory=list)
    language: str = ""
    alt: str = ""
    scope: str = ""
    numbering: str = ""
    span: tuple[int, int] = (1, 1)
    box: tuple[float, float, float, float] | None = None
    body: _Draft | None = None
    """A list item's LBody, which takes all but the label."""

    def frozen(self) -> Tag:
        """Return the finished tag, without children that stayed empty."""
        kids = tuple(kid.frozen() if isinstance(kid, _Draft) else kid for kid in self.kids)
        return Tag(
            self.role,
            tuple(kid for kid in kids if not isinstance(kid, Tag) or kid.kids or kid.role == "TD"),
            self.language, self.alt, self.scope, self.numbering, self.span, self.box,
        )  # fmt: skip


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
            variant = "pdf/a-2a" if tagged else "pdf/a-2u"
            pdf = document.write_pdf(pdf_variant=variant, uncompressed_pdf=True)
        anchors: dict[str, Anchor] = {}
        for number, page in enumerate(document.pages, 1):
            for name, (x, y, *_) in page.anchors.items():
                anchors.setdefault(name, Anchor(number, x * PX, (page.height - y) * PX))
        return Galley(
            pdf, len(document.pages), anchors, document.dossier_tags, tuple(complaints)
        )

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
    weasyprint.pdf.add_tags = _add_tags
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


# --- tags ------------------------------------------------------------------------------------------


def _add_tags(pdf: Any, document: Any, pdf_version: str, page_streams: Sequence[Any]) -> None:
    """Stand in for WeasyPrint's function of the same name: keep the tags instead of writing them."""
    writer = _TagWriter()
    annotations = [_annotations(page) for page in _pages(pdf)]
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        writer.page(number, page, stream, annotations[number])
    document.dossier_tags = tuple(
        kid.frozen() for kid in writer.root.kids if isinstance(kid, _Draft)
    )


def _pages(pdf: Any) -> list[Any]:
    return [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]


def _annotations(page: Any) -> dict[bytes, int]:
    return {reference: place for place, reference in enumerate(page.get("Annots", ()))}


class _TagWriter:
    """Walks the boxes of one page after another and grows one tree of tags."""

    def __init__(self) -> None:
        self.root = _Draft("Document", 0)
        self.drafts: dict[tuple[Any, str], _Draft] = {}
        self.number = 0
        self.stream: Any = None
        self.height = 0.0
        self.annotations: dict[bytes, int] = {}

    def page(self, number: int, page: Any, stream: Any, annotations: dict[bytes, int]) -> None:
        """Add the content of one page, counted from 0."""
        self.number, self.stream, self.height = number, stream, page.height
        self.annotations = annotations
        for child in page._page_box.children:
            if type(child).__name__ == "MarginBox":
                self._hide(child)
            else:
                self._visit(child, self.root)
        if stream._tags:
            raise ValueError(f"{len(stream._tags)} pieces of content have no tag")

    def _visit(self, box: Any, parent: _Draft) -> None:
        box = getattr(box, "_box", box)
        content = self.stream._tags.pop(box, None)
        element = getattr(box, "element", None)
        tag = getattr(box, "element_tag", None) or ""
        if hasattr(box, "text") and not hasattr(box, "children"):
            if content:
                self._holder(parent).kids.append(Content(self.number, content["mcid"]))
            return
        if element is not None and element.get("data-artifact") is not None:
            self._restore(box, content)
            self._hide(box)
            return
        draft = self._draft(box, element, tag, parent)
        if draft is None:
            self._restore(box, content)
            self._hide(box)
            return
        if getattr(box, "link_annotation", None):
            place = self.annotations[box.link_annotation.reference]
            self._holder(draft).kids.append(LinkBox(self.number, place))
        if content:
            self._holder(draft).kids.append(Content(self.number, content["mcid"]))
        for child in getattr(box, "children", ()):
            self._visit(child, draft)

    def _draft(self, box: Any, element: Any, tag: str, parent: _Draft) -> _Draft | None:
        """Return the draft that takes the content of ``box``; None where it repeats a header."""
        if element is None:
            return parent
        name, _, pseudo = tag.partition("::")
        name = name.rsplit("}", 1)[-1]
        if pseudo and pseudo != "marker":
            return parent
        role = "Lbl" if pseudo else element.get("data-role") or ROLES.get(name, "")
        own = element.get("lang") or ""
        if not role and own and name == "span":
            role = "Span"
        if not role:
            return parent
        key = (element, pseudo)
        draft = self.drafts.get(key)
        if draft is None:
            draft = self.drafts[key] = _Draft(role, self.number)
            self._describe(draft, box, element, name, own)
            self._holder(parent, role).kids.append(draft)
            if parent.role == "LI" and role == "LBody":
                parent.body = draft
        elif role == "THead" and draft.first_page != self.number:
            return None
        return draft

    def _holder(self, parent: _Draft, role: str = "") -> _Draft:
        """Return what takes a child of ``role``: of a list item, all but the label its LBody."""
        if parent.role != "LI" or role in ("Lbl", "LBody"):
            return parent
        if parent.body is None:
            parent.body = _Draft("LBody", self.number)
            parent.kids.append(parent.body)
        return parent.body

    def _describe(self, draft: _Draft, box: Any, element: Any, name: str, own: str) -> None:
        draft.language = own if name != "html" else ""
        if draft.role == "Figure":
            draft.alt = element.get("aria-label") or element.get("alt") or ""
            left, top = box.content_box_x(), box.content_box_y()
            draft.box = (
                left * PX,
                (self.height - top - box.height) * PX,
                (left + box.width) * PX,
                (self.height - top) * PX,
            )
        elif draft.role == "TH":
            draft.scope = "Row" if element.get("scope") == "row" else "Column"
        elif draft.role == "L":
            draft.numbering = element.get("data-numbering") or (
                "Decimal" if name == "ol" else "Disc"
            )
        if draft.role in ("TD", "TH"):
            draft.span = (box.rowspan, box.colspan)

    def _restore(self, box: Any, content: Any) -> None:
        if content:
            self.stream._tags[box] = content

    def _hide(self, box: Any) -> None:
        """Make all content of ``box`` an artifact."""
        box = getattr(box, "_box", box)
        content = self.stream._tags.pop(box, None)
        if content:
            _make_artifact(self.stream, content["mcid"])
        for child in getattr(box, "children", ()):
            self._hide(child)


def _make_artifact(stream: Any, mcid: int) -> None:
    """Turn one marked-content sequence of a page's stream into an artifact."""
    operators = stream.stream
    for place, operand in enumerate(operators):
        if isinstance(operand, dict) and operand.get("MCID") == mcid:
            operators[place - 1 : place + 2] = ["/Artifact", b"BMC"]
            return
    raise ValueError(f"there is no marked content {mcid}")
