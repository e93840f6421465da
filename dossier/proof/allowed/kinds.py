"""The table of objects: the exact shape of each kind, and the kinds that it refers to.

In a shape, ``#`` is a number, ``$`` a string, ``@`` a reference, ``@*`` any number of them. The rest stands
for itself: the binder writes each kind of object in one way, so that a key which is missing, doubled, added
or moved does not fit. References are to ISO 32000-1 (PDF 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

NUMBER = rb"-?\d+(?:\.\d+)?"
STRING = rb"(?:\((?:[^()\\]|\\[0-7]{3}|\\[nrtbf()\\])*\)|<(?:[0-9a-f]{2})*>)"
NAME = rb"/[A-Za-z0-9+-]+"
DESTINATION = rb"\[ @ /XYZ 0 # 0 \]"
PAGE = (
    rb"<< /Contents \[ @* \] /Parent @ (?:/Annots \[ @* \] )?/BleedBox (BOX) "
    rb"/MediaBox \1 /Resources @ /Tabs /S /TrimBox \1 /Type /Page /StructParents # >>"
).replace(b"BOX", rb"\[ 0 0 # # \]")
DEFLATED = rb"/Filter /FlateDecode /Length # >>"
ATTRIBUTES = (
    rb"/A << (?:/ColSpan # )?/O /Table (?:/RowSpan # )?(?:/Scope /(?:Column|Row) )?>> ",
    rb"/A << /ListNumbering /(?:None|Decimal|Disc|(?:Lower|Upper)(?:Alpha|Roman)) /O /List >> ",
    rb"/A << /BBox \[ # # # # \] /O /Layout /Placement /Block >> ",
)
KID = rb"(?:#|@|<< /MCID # /Pg @ /Type /MCR >>|<< /Obj @ /Pg @ /Type /OBJR >>)"
ELEMENT = rb"<< (%b)?(EXTRA)?/K (?:\[ (?:%b )*\]|%b) (?:/Lang $ )?/P @ (?:/Pg @ )?/S /(ROLES) >>"
ROLES: Mapping[bytes, tuple[bytes, bytes]] = MappingProxyType(
    {
        rb"T[HD]": (ATTRIBUTES[0], b"(?!)"),
        rb"L": (ATTRIBUTES[1], b"(?!)"),
        rb"Figure": (ATTRIBUTES[2], rb"/Alt $ "),
        rb"Note": (b"(?!)", rb"/ID $ "),
        rb"Span": (b"(?!)", rb"/ActualText $ "),
        rb"[A-Za-z]+[1-7]?": (b"(?!)", b"(?!)"),
    }
)
"""The attributes and further entries that an element may have, by its structure type."""

_SHAPES: tuple[tuple[str, bytes], ...] = (
    ("owners", rb"\[(?: @| null)* \]"),
    ("spoken", rb"$"),
    ("link", (
        rb"<< /A << (?:/D $ /S /GoTo|/S /URI /URI $) >> /Border \[ 0 0 0 \] /Contents (?:@|$) /F 4 "
        rb"/Rect \[ # # # # \] /StructParent # /Subtype /Link /Type /Annot >>"
    )),
    ("field", (
        rb"<< /F 132 /FT /Sig /P @ /Rect \[ 0 0 0 0 \] /StructParent # /Subtype /Widget /T $ /TU $ "
        rb"/Type /Annot >>"
    )),
    ("attachment", (
        rb"<< (?:/Filter /FlateDecode )?/Params << /ModDate $ /Size # >> "
        rb"/Subtype /[a-z]+\x232f[a-z0-9.+-]+ /Type /EmbeddedFile /Length # >>"
    )),
    ("filespec", (
        rb"<< /AFRelationship /Source /Desc $ /EF << /F (@) /UF \1 >> /F ($) /Type /Filespec /UF \2 >>"
    )),
    ("page", PAGE),
    ("blank", (
        rb"<< /BleedBox (BOX) /MediaBox \1 /Parent @ /Resources << >> /TrimBox \1 /Type /Page >>"
    ).replace(b"BOX", rb"\[ 0 0 # # \]")),
    ("content", rb"<< " + DEFLATED),
    ("content", rb"<< /Length # >>"),
    ("numbers", rb"<< /Limits \[ # # \] /Nums \[ (?:# @ )*\] >>"),
    ("places", rb"<< /Limits \[ $ $ \] /Names \[ (?:$ %b )*\] >>" % DESTINATION),
    ("nodes", rb"<< /Kids \[ @* \] >>"),
    ("colours", (
        rb"<< /lab-d50 \[ /Lab << /Range RANGE /WhitePoint \[ 0.964296 1 0.825105 \] >> \] "
        rb"/lab-d65 \[ /Lab << /Range RANGE /WhitePoint \[ 0.950456 1 1.089058 \] >> \] >>"
    )),
    ("resources", (
        rb"<< /ColorSpace @ /ExtGState << (?:/A1(?:\.0)? << /CA 1 >> |/a1(?:\.0)? << /ca 1 >> )*>> "
        rb"/Font @ /Pattern << >> /Shading << >> /XObject << (?:/i[0-9a-f]+ @ )*>> >>"
    )),
    ("resources", rb"<< /ExtGState << >> /Font @ /XObject << (?:/i[0-9a-f]+ @ )*>> >>"),
    ("fonts", rb"<< (?:/[A-Z]{6} @ )*>>"),
    ("font", (
        rb"<< /BaseFont %b /DescendantFonts \[ @ \] /Encoding /Identity-H /Subtype /Type0 "
        rb"/ToUnicode @ /Type /Font >>"
    ) % NAME),
    ("glyphs", (
        rb"<< /BaseFont %b /CIDSystemInfo << /Ordering \(Identity\) /Registry \(Adobe\) /Supplement 0 >> "
        rb"/CIDToGIDMap /Identity /FontDescriptor @ /Subtype /CIDFontType[02] /Type /Font "
        rb"/W \[ (?:# \[ (?:# )*\] )*\] >>"
    ) % NAME),
    ("descriptor", (
        rb"<< /Ascent # /CapHeight # /Descent # /Flags # /FontBBox \[ # # # # \] /FontFamily $ "
        rb"/FontFile[23] @ /FontName %b /ItalicAngle # /StemH # /StemV # /Type /FontDescriptor >>"
    ) % NAME),
    ("fontfile", rb"<< (?:/Length1 # |/Subtype /OpenType )" + DEFLATED),
    ("image", (
        rb"<< /BitsPerComponent 8 /ColorSpace /Device(?:RGB|Gray) /Height # /Interpolate false "
        rb"/Subtype /Image /Type /XObject /Width # "
        rb"(?:/DecodeParms << (?:/Colors [13] )?/Columns # /Predictor 15 >> /Filter /FlateDecode|"
        rb"/Filter /DCTDecode) /Length # >>"
    )),
    ("profile", rb"<< /Filter /FlateDecode /N 3 /Length # >>"),
    ("xmp", rb"<< /Subtype /XML /Type /Metadata /Length # >>"),
    ("bookmark", (
        rb"<< /Dest %b (?:/Count # /First @ /Last @ )?(?:/Next @ )?"
        rb"(?:/Prev @ )?/Parent @ /Title $ >>"
    ) % DESTINATION),
    ("outline", rb"<< /Count # /First @ /Last @ /Type /Outlines >>"),
    ("pages", rb"<< /Count # /Kids \[ @* \] /Type /Pages >>"),
    ("element", rb"<< /K \[ @* \] /P @ /S /Document /Type /StructElem >>"),
    ("tree", (
        rb"<< (?:/IDTree @ )?/K \[ @ \] /ParentTree @ /ParentTreeNextKey # "
        rb"(?:/RoleMap << /H7 /P >> )?/Type /StructTreeRoot >>"
    )),
    ("notes", rb"<< /Names \[ (?:$ @ )*\] >>"),
    ("info", (
        rb"<< (?:/Author $ )?/CreationDate $ /Creator $ /ModDate $ /Producer $ (?:/Subject $ )?/Title $ >>"
    )),
    ("catalog", (
        rb"<< (?:/AF \[ @* \] )?(?:/AcroForm << /Fields \[ @ \] /SigFlags 3 >> /Extensions << /ESIC "
        rb"<< /BaseVersion /1.7 /ExtensionLevel 1 /Type /DeveloperExtensions >> >> )?"
        rb"/Lang $ /MarkInfo << /Marked true >> /Metadata @ /Names << /Dests @ "
        rb"(?:/EmbeddedFiles << /Names \[ (?:$ @ )*\] >> )?>> /OpenAction "
        rb"\[ @ /XYZ 0 # 1 \] /Outlines @ /OutputIntents \[ << /DestOutputProfile @ /Info "
        rb"\(sRGB\) /OutputConditionIdentifier \(sRGB\) /S /GTS_PDFA1 /Type /OutputIntent >> \] "
        rb"/PageLabels << /Nums \[ (?:0 << /S /D /St 1 >> |(?:# << /P \([ABC]\) /S /D /St 1 >> )+)"
        rb"(?:# << /S /r /St 1 >> )?\] >> "
        rb"/PageLayout "
        rb"/(?:SinglePage|TwoPageRight) /PageMode /UseOutlines /Pages @ /StructTreeRoot @ "
        rb"/Type /Catalog /ViewerPreferences << (?:/Direction /R2L )?/DisplayDocTitle true >> >>"
    )),
    ("table", (
        rb"<< /Filter /FlateDecode /DecodeParms << /Columns 6 /Predictor 12 >> /ID "
        rb"\[ (<[0-9a-f]{32}>) \1 \] /Index \[ (?:# )*\] /Info @ /Root @ /Size # "
        rb"/Type /XRef /W \[ 1 4 1 \] /Length # >>"
    )),
    ("pack", rb"<< /Filter /FlateDecode /First # /N # /Type /ObjStm /Length # >>"),
)  # fmt: skip


REFERS: Mapping[str, Mapping[bytes, str]] = MappingProxyType({
    "owners": {b"": "element"},
    "link": {b"Contents": "spoken"},
    "page": {
        b"Contents": "content", b"Parent": "pages", b"Annots": "link field",
        b"Resources": "resources",
    },
    "blank": {b"Parent": "pages"},
    "numbers": {b"Nums": "owners element"},
    "places": {b"Names": "page", b"XYZ": "page"},
    "nodes": {b"Kids": "numbers places"},
    "resources": {b"ColorSpace": "colours", b"Font": "fonts", b"": "image"},
    "fonts": {b"": "font"},
    "font": {b"DescendantFonts": "glyphs", b"ToUnicode": "content"},
    "glyphs": {b"FontDescriptor": "descriptor"},
    "descriptor": {b"FontFile2": "fontfile", b"FontFile3": "fontfile"},
    "bookmark": {
        b"Dest": "page", b"First": "bookmark", b"Last": "bookmark", b"Next": "bookmark",
        b"Prev": "bookmark", b"Parent": "outline bookmark",
    },
    "outline": {b"First": "bookmark", b"Last": "bookmark"},
    "pages": {b"Kids": "page blank"},
    "element": {
        b"K": "element", b"MCR": "element", b"OBJR": "element", b"P": "element tree", b"Pg": "page",
        b"Obj": "link field",
    },
    "field": {b"P": "page"},
    "filespec": {b"F": "attachment", b"UF": "attachment"},
    "tree": {b"IDTree": "notes", b"K": "element", b"ParentTree": "nodes"},
    "notes": {b"Names": "element"},
    "catalog": {
        b"AF": "filespec", b"Fields": "field", b"Names": "filespec",
        b"Metadata": "xmp", b"Dests": "nodes", b"OpenAction": "page", b"Outlines": "outline",
        b"DestOutputProfile": "profile", b"Pages": "pages", b"StructTreeRoot": "tree",
    },
    "table": {b"Info": "info", b"Root": "catalog"},
})  # fmt: skip
"""The kinds to which each kind refers, by the key; the empty key stands for any other."""
UPWARD = frozenset({b"Parent", b"P", b"Prev", b"Last", b"Pg"})
"""The keys of references that lead back, by which an object is not reached."""
TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|/([^ ]*)|(\d+) 0 R")


def _elements() -> Iterator[tuple[str, bytes]]:
    """Yield the shapes of structure elements (14.7.2), by type."""
    seen: list[bytes] = []
    for roles, (attributes, extra) in ROLES.items():
        others = b"".join(rb"(?!(?:%b) )" % role for role in seen)
        shape = ELEMENT % (attributes, KID, KID)
        yield "element", shape.replace(b"EXTRA", extra).replace(b"ROLES", others + roles)
        seen.append(roles)


def compiled(shape: bytes) -> re.Pattern[bytes]:
    """Return a shape as an expression that matches the whole text of an object."""
    several, one = rb"(?:\d+ 0 R(?= \]) ?|\d+ 0 R )*", rb"\d+ 0 R"
    shape = shape.replace(b"RANGE", rb"\[ -125 125 -125 125 \]")
    made = shape.replace(b"@*", several).replace(b"@", one)
    return re.compile(made.replace(b"#", NUMBER).replace(b"$", STRING), re.DOTALL)


SHAPES: tuple[tuple[str, re.Pattern[bytes]], ...] = tuple(
    (kind, compiled(shape)) for kind, shape in (*_elements(), *_SHAPES)
)


@dataclass(frozen=True)
class Table:
    """What a kind of file may hold."""

    shapes: tuple[tuple[str, re.Pattern[bytes]], ...]
    refers: Mapping[str, Mapping[bytes, str]]
    has_elements: bool = False
    """Elements are among the shapes."""


DOSSIER = Table(SHAPES, REFERS, has_elements=True)
_BY_ROLES = [shape for kind, shape in SHAPES[: len(ROLES)]]
_ANY_ELEMENT = _BY_ROLES[-1]
_ELEMENTS = {
    role.encode(): shape
    for names, shape in zip(("TH TD", "L", "Figure", "Note", "Span"), _BY_ROLES, strict=False)
    for role in names.split()
}
"""The shapes of elements of some types."""


def kind_of(text: bytes, table: Table = DOSSIER) -> str:
    """Return the kind of an object, given by its text; empty for one that is not allowed."""
    if table.has_elements and _is_element(text):
        return "element"
    for kind, shape in table.shapes:
        if shape.fullmatch(text):
            return kind
    return ""


def _is_element(text: bytes) -> bool:
    """Tell whether an object is an element, looking for its type first: most objects are.

    Each shape would be compared up to the type, which stands last.
    """
    role = text[text.rfind(b"/S /") + 4 : -3]
    return _ELEMENTS.get(role, _ANY_ELEMENT).fullmatch(text) is not None


Reference = tuple[str, int, bool]
"""The kinds that another object may be of, its number, and whether the way leads back to it from here."""


def references(kind: str, text: bytes, table: Table = DOSSIER) -> Iterator[Reference]:
    """Yield the references in an object of a kind."""
    known, key = table.refers.get(kind, {}), b""
    for name, number in TOKEN.findall(text):
        if number:
            kinds = known.get(key) or known.get(b"", "")
            yield kinds, int(number), key in UPWARD
        elif name:
            key = name
