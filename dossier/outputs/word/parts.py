"""The parts of a Word file around its text: styles in the packet's design, settings, relationships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from dossier.outputs.word.runs import spoken
from dossier.records.design import Design

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OOXML = "http://schemas.openxmlformats.org"
RELATION = f"{OOXML}/officeDocument/2006/relationships"
NAMESPACES = (
    f'xmlns:w="{OOXML}/wordprocessingml/2006/main" xmlns:r="{RELATION}" '
    f'xmlns:wp="{OOXML}/drawingml/2006/wordprocessingDrawing" xmlns:a="{OOXML}/drawingml/2006/main" '
    f'xmlns:pic="{OOXML}/drawingml/2006/picture"'
)
EAST_ASIAN, COMPLEX = "Noto Sans CJK JP", "Amiri"
"""The families for scripts that the design's own has not, as in print."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PARTS = ("styles", "settings", "numbering", "fontTable", "footnotes", "header1", "footer1")


@dataclass(frozen=True)
class Shape:
    """A paragraph style: its built-in name, and what it changes of the text's."""

    name: str
    base: str = "BodyText"
    size: float = 1
    """As a part of the text's."""
    before: float = 0
    """In lines, as all space above and below."""
    after: float = 0
    paragraph: str = ""
    run: str = ""
    indent: str = ""
    outline: int = 0
    """The level in the outline, from 1."""


BOLD, ITALIC = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>"
WITH_NEXT = "<w:keepNext/><w:keepLines/>"
HANGING = '<w:ind w:left="240" w:hanging="240"/>'
OWN = (
    "Cover Text", "Addressee", "Letterhead", "Subject", "Quote Source", "Note", "Editorial Note",
    "Editorial Heading",
    "Table Text", "Table Head", "Picture", "Citation", "Label", "Addition", "Checksum",
)  # fmt: skip
"""The names of styles that are not Word's."""
SHAPES: Mapping[str, Shape] = {
    "BodyText": Shape("Body Text", "Normal", after=0.5),
    "Title": Shape("Title", size=2, before=8, after=1, paragraph=WITH_NEXT),
    "Subtitle": Shape("Subtitle", size=1.25, after=6),
    "CoverText": Shape("Cover Text", after=0.25),
    **{
        f"Heading{level}": Shape(
            f"heading {level}", size=size, before=1 if level > 1 else 0, after=0.5, paragraph=WITH_NEXT,
            run=BOLD if level < 4 else ITALIC, outline=level,
        )
        for level, size in enumerate((1.5, 1.2, 1.05, 1, 1, 1, 1), 1)
    },
    "TOC1": Shape("toc 1", after=0.25),
    "Date": Shape("Date", after=0.5),
    "Closing": Shape("Closing", before=0.5, after=0.5, paragraph="<w:keepNext/>"),
    "Addressee": Shape("Addressee", after=0.5), "Letterhead": Shape("Letterhead", after=0.5),
    "Subject": Shape("Subject", before=0.5, after=0.5, run=BOLD),
    "Signature": Shape("Signature", after=0.1, indent=HANGING),
    "Quote": Shape("Quote", size=0.95, after=0.5), "QuoteSource": Shape("Quote Source", "Quote", after=0.5),
    "ListBullet": Shape("List Bullet", after=0.25), "ListNumber": Shape("List Number", after=0.25),
    "Work": Shape("Bibliography", after=0.1),
    "Index1": Shape("index 1", size=0.92, after=0.1, indent=HANGING),
    "Note": Shape("Note", size=0.9, after=0.25),
    "Editorial": Shape("Editorial Note", size=0.95, after=0.25),
    "EditorialHeading": Shape("Editorial Heading", "Editorial", run=BOLD, paragraph="<w:keepNext/>"),
    "TableText": Shape("Table Text", size=0.9),
    "TableHead": Shape("Table Head", "TableText", run=BOLD, size=0.9),
    "Picture": Shape("Picture", after=0.5), "FootnoteText": Shape("footnote text", "Normal", size=0.8),
    "Header": Shape("header", "Normal", size=0.8), "Footer": Shape("footer", "Normal", size=0.85),
}  # fmt: skip
"""The paragraph styles, by their ids."""
CHARACTERS: Mapping[str, tuple[str, str]] = {
    "FootnoteReference": ("footnote reference", '<w:vertAlign w:val="superscript"/>'),
    "Citation": ("Citation", "SMALL ACCENT"), "Label": ("Label", "ACCENT"),
    "Addition": ("Addition", ITALIC),
    "Checksum": ("Checksum", "SMALL"),
}  # fmt: skip
"""The character styles: their names and properties."""


def styles(design: Design, language: str) -> str:
    """Return the styles in a design; direction is said by each paragraph itself."""
    size = round(design.text.size * 2)
    family = quoteattr(design.fonts.text)
    fonts = (
        f'<w:rFonts w:ascii={family} w:hAnsi={family} w:eastAsia="{EAST_ASIAN}" w:cs="{COMPLEX}"/>'
    )
    colour = f'<w:color w:val="{design.colours.ink[1:]}"/>'
    base = f"{fonts}{colour}{_sized(size)}{spoken(language)}"
    leading = round(design.text.leading * 20)
    spacing = f'<w:spacing w:before="0" w:after="0" w:line="{leading}" w:lineRule="atLeast"/>'
    made = "".join(_style(key, shape, size, leading) for key, shape in SHAPES.items())
    accent = f'<w:color w:val="{design.colours.accent[1:]}"/>'
    small = _sized(round(size * 0.85))
    for key, (name, run) in CHARACTERS.items():
        run = run.replace("SMALL ACCENT", accent + small).replace("ACCENT", accent)
        run = run.replace("SMALL", small)
        made += (
            f'<w:style w:type="character"{_custom(name)} w:styleId="{key}"><w:name w:val="{name}"/>'
            f"<w:rPr>{run}</w:rPr></w:style>\n"
        )
    return (
        f"{HEAD}<w:styles {NAMESPACES}>\n<w:docDefaults><w:rPrDefault><w:rPr>{base}</w:rPr></w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{spacing}</w:pPr></w:pPrDefault></w:docDefaults>\n"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f"</w:style>\n{made}{_grid(design)}</w:styles>\n"
    )


def _style(key: str, shape: Shape, size: int, leading: int) -> str:
    own = _sized(round(size * shape.size)) if shape.size != 1 else ""
    if key in ("Header", "Footer"):
        side = '<w:jc w:val="center"/>'
    elif key == "TOC1":
        side = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="MEASURE"/></w:tabs>'
    else:
        side = ""
    above, below = round(leading * shape.before), round(leading * shape.after)
    line = (
        f' w:line="{round(leading * shape.size)}" w:lineRule="atLeast"' if shape.size != 1 else ""
    )
    spacing = f'<w:spacing w:before="{above}" w:after="{below}"{line}/>'
    tabs, jc = (side, "") if side.startswith("<w:tabs>") else ("", side)
    outline = f'<w:outlineLvl w:val="{shape.outline - 1}"/>' if shape.outline else ""
    return (
        f'<w:style w:type="paragraph"{_custom(shape.name)} w:styleId="{key}"><w:name w:val="{shape.name}"/>'
        f'<w:basedOn w:val="{shape.base}"/><w:qFormat/>'
        f"<w:pPr>{shape.paragraph}{tabs}{spacing}{shape.indent}{jc}{outline}</w:pPr>"
        f"<w:rPr>{shape.run}{own}</w:rPr></w:style>\n"
    )


def _custom(name: str) -> str:
    return ' w:customStyle="1"' if name in OWN else ""


def _sized(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _grid(design: Design) -> str:
    rule = f'w:val="single" w:sz="4" w:space="0" w:color="{design.colours.rule[1:]}"'
    borders = "".join(f"<w:{side} {rule}/>" for side in ("top", "bottom", "insideH"))
    return (
        '<w:style w:type="table" w:customStyle="1" w:styleId="Grid"><w:name w:val="Grid"/>'
        f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr></w:style>\n"
    )


def numbering() -> str:
    """Return the bullets of lists."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
        f'<w:lvlJc w:val="left"/><w:pPr>'
        f'<w:ind w:left="{(level + 1) * 360}" w:hanging="360"/></w:pPr></w:lvl>'
        for level in range(9)
    )
    return (
        f'{HEAD}<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0">'
        '<w:multiLevelType w:val="multilevel"/>'
        f'{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>\n'
    )


def font_table(design: Design) -> str:
    """Return what kind of fonts the text asks for, so that a machine without them takes similar ones."""
    kinds = {
        design.fonts.text: ("Georgia", "roman"),
        EAST_ASIAN: ("Yu Gothic", "swiss"),
        COMPLEX: ("Arial", "roman"),
    }
    fonts = "".join(
        f'<w:font w:name={quoteattr(name)}><w:altName w:val="{other}"/><w:family w:val="{kind}"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, (other, kind) in kinds.items()
    )
    return f"{HEAD}<w:fonts {NAMESPACES}>{fonts}</w:fonts>\n"


def settings() -> str:
    """Return the settings: the file is as Word 2013 and later write it."""
    return (
        f'{HEAD}<w:settings {NAMESPACES}><w:defaultTabStop w:val="360"/>'
        '<w:footnotePr><w:footnote w:id="0"/>'
        '<w:footnote w:id="1"/></w:footnotePr><w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>\n'
    )


def footnotes(notes: Sequence[str]) -> str:
    """Return the footnotes, behind the two separators that Word needs."""
    kinds = ("separator", "continuationSeparator")
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>\n'
        for number, kind in enumerate(kinds)
    )
    return f"{HEAD}<w:footnotes {NAMESPACES}>\n{separators}{''.join(notes)}</w:footnotes>\n"


def furniture(tag: str, style: str, content: str, leftward: bool) -> str:
    """Return a running head or foot; ``tag`` is ``hdr`` or ``ftr``."""
    bidi = "<w:bidi/>" if leftward else ""
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{bidi}</w:pPr>{content}</w:p>'
    return f"{HEAD}<w:{tag} {NAMESPACES}>{paragraph}</w:{tag}>\n"


def content_types(media: Sequence[str]) -> str:
    """Return the types of all parts; ``media`` are the names of pictures."""
    kinds = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    kinds |= {name.rpartition(".")[2]: f"image/{name.rpartition('.')[2]}" for name in media}
    defaults = "".join(
        f'<Default Extension="{key}" ContentType="{kind}"/>' for key, kind in kinds.items()
    )
    own = {f"/word/{name}.xml": f"{WORD}.{name.rstrip('1')}+xml" for name in PARTS}
    own = {"/word/document.xml": f"{WORD}.document.main+xml"} | own
    own["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in own.items()
    )
    return (
        f'{HEAD}<Types xmlns="{OOXML}/package/2006/content-types">{defaults}{overrides}</Types>\n'
    )


def relationships(targets: Sequence[tuple[str, str, str]], outside: Sequence[str] = ()) -> str:
    """Return the relationships of a part: id, type and target of each, then the addresses of links."""
    found = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'
        for key, kind, target in targets
    )
    found += "".join(
        f'<Relationship Id="link{number}" Type="{RELATION}/hyperlink" '
        f'Target={quoteattr(address)} TargetMode="External"/>'
        for number, address in enumerate(outside, 1)
    )
    return (
        f'{HEAD}<Relationships xmlns="{OOXML}/package/2006/relationships">{found}</Relationships>\n'
    )


def core(title: str, author: str, subject: str, identifier: str, language: str, day: str) -> str:
    """Return the properties of the file (Dublin Core); its day is the publication's."""
    said = {
        "dc:title": title, "dc:creator": author, "dc:subject": subject, "dc:identifier": identifier,
        "dc:language": language,
    }  # fmt: skip
    stated = "".join(f"<{key}>{escape(text)}</{key}>" for key, text in said.items() if text)
    days = "".join(
        f'<dcterms:{key} xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:{key}>'
        for key in ("created", "modified")
    )
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{OOXML}/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{stated}{days}</cp:coreProperties>\n'
    )
