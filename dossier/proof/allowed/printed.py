"""The tables of objects of the files for printers: sheets of a booklet, pages for a print shop.

They share the shapes of what pages are drawn with; see :mod:`.kinds` for how a shape is written. References
are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dossier.proof.allowed import kinds
from dossier.proof.allowed.kinds import DEFLATED, Table

DRAWN_WITH = frozenset(
    ["colours", "content", "descriptor", "font", "fontfile", "fonts", "glyphs", "image", "info",
     "pack", "pages", "profile", "resources", "table", "xmp"]
)  # fmt: skip
"""The kinds of objects that all files have."""


def _table(own: tuple[tuple[str, bytes], ...], refers: Mapping[str, Mapping[bytes, str]]) -> Table:
    """Return the table of a file that has kinds of its own; these come first."""
    replaced = {kind for kind, _ in own}
    shared = [
        (kind, shape)
        for kind, shape in kinds.DOSSIER.shapes
        if kind in DRAWN_WITH and kind not in replaced
    ]
    known = {kind: keys for kind, keys in kinds.DOSSIER.refers.items() if kind in DRAWN_WITH}
    made = [(kind, kinds.compiled(shape)) for kind, shape in own]
    return Table((*made, *shared), {**known, **refers})


BOOKLET = _table(
    (
        ("sheet", (
            rb"<< /Contents @ /MediaBox \[ 0 0 # # \] /Parent @ /Resources << /XObject << "
            rb"(?:/P[1-9]\d* @ ){0,2}>> >> /Type /Page >>"
        )),
        ("form", rb"<< /BBox \[ 0 0 # # \] /Resources @ /Subtype /Form /Type /XObject " + DEFLATED),
        ("catalog", (
            rb"<< /Lang $ /Metadata @ /OutputIntents \[ << /DestOutputProfile @ /Info \(sRGB\) "
            rb"/OutputConditionIdentifier \(sRGB\) /S /GTS_PDFA1 /Type /OutputIntent >> \] /Pages @ "
            rb"/Type /Catalog /ViewerPreferences << (?:/Direction /R2L )?/DisplayDocTitle true "
            rb"/Duplex /DuplexFlip(?:Short|Long)Edge /PrintScaling /None >> >>"
        )),
    ),
    {
        "sheet": {b"Contents": "content", b"Parent": "pages", b"": "form"},
        "form": {b"Resources": "resources"},
        "pages": {b"Kids": "sheet"},
        "catalog": {b"Metadata": "xmp", b"DestOutputProfile": "profile", b"Pages": "pages"},
    },
)  # fmt: skip
"""The sheets of a booklet: the only file with form XObjects (8.10), one for each page."""

BOX = rb"\[ # # # # \]"
PRESS = _table(
    (
        ("page", (
            rb"<< /BleedBox %b /Contents @ /MediaBox %b /Parent @ /Resources (?:@|<< >>) "
            rb"/TrimBox %b /Type /Page >>"
        ) % (BOX, BOX, BOX)),
        ("resources", (
            rb"<< /ExtGState << (?:/A1(?:\.0)? << /CA 1 >> |/a1(?:\.0)? << /ca 1 >> )*>> "
            rb"/Font @ /XObject << (?:/i[0-9a-f]+ @ )*>> >>"
        )),
        ("image", (
            rb"<< /BitsPerComponent 8 /ColorSpace /DeviceGray /Height # /Interpolate false "
            rb"/Subtype /Image /Type /XObject /Width # "
            rb"(?:/DecodeParms << (?:/Colors 1 )?/Columns # /Predictor 15 >> /Filter /FlateDecode|"
            rb"/Filter /(?:DCT|Flate)Decode) /Length # >>"
        )),
        ("profile", rb"<< /Filter /FlateDecode /N 1 /Length # >>"),
        ("info", (
            rb"<< (?:/Author $ )?/CreationDate $ /Creator $ /ModDate $ /Producer $ (?:/Subject $ )?"
            rb"/Title $ /Trapped /False >>"
        )),
        ("catalog", (
            rb"<< /Lang $ /Metadata @ /OutputIntents \[ << /DestOutputProfile @ /Info \(One black "
            rb"ink\) /OutputConditionIdentifier \(Custom\) /S /GTS_PDFX /Type /OutputIntent >> \] "
            rb"/Pages @ /Type /Catalog /ViewerPreferences << /DisplayDocTitle true >> >>"
        )),
    ),
    {
        "page": {b"Contents": "content", b"Parent": "pages", b"Resources": "resources"},
        "resources": {b"Font": "fonts", b"": "image"},
        "pages": {b"Kids": "page"},
        "catalog": {b"Metadata": "xmp", b"DestOutputProfile": "profile", b"Pages": "pages"},
    },
)  # fmt: skip
"""The pages for a print shop: without colours, tags, links and bookmarks."""


REMOTE = kinds.compiled(rb"/D $ /F << /F $ /UF $ >> /S /GoToR").pattern
"""An action that leads into another file (12.6.4.3)."""


def _volume() -> Table:
    """Return the table of a volume: that of a dossier, with other numbers and with links to other files."""
    shapes = []
    for kind, shape in kinds.DOSSIER.shapes:
        own = shape.pattern
        if kind == "link":
            own = own.replace(rb"/A << (?:", rb"/A << (?:%b|" % REMOTE, 1)
        elif kind == "bookmark":
            dest = kinds.compiled(rb"/Dest " + kinds.DESTINATION).pattern
            own = own.replace(dest, rb"(?:%b|/A << %b >>)" % (dest, REMOTE), 1)
        elif kind == "catalog":
            own = own.replace(rb"(?:0 << /S /D /St 1 >> |", rb"(?:0 << /S /[Dr] /St 1 >> |", 1)
            own = own.replace(rb"/St 1 ", rb"/St [1-9]\d* ")
        shapes.append((kind, re.compile(own, re.DOTALL)))
    return Table(tuple(shapes), kinds.DOSSIER.refers)


VOLUME = _volume()
"""A portion of a dossier."""
