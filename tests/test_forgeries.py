"""Forgeries of a finished dossier, each saved in the program's own form, with the checksum mended.

Each is seen, heard, clicked, printed or extracted by someone, and each has to be found. Letter 1 is on the
pages 5 to 7 of the real dossier, its signatures on page 7; the contents are on page 3, the table and the
chart on page 4.
"""

from __future__ import annotations

import functools
import io
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Edition
from fontTools.ttLib import TTFont
from forger import Forged, opened, put, written

from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.proof.prover import Proof
from dossier.proof.truth import Truth, truth_of
from dossier.render import renderer as render
from dossier.stages import read

AMNESTY, RIGHTS = 2, 3
"""The signatures “Amnesty International” and “Asia Justice and Rights” on page 7, by MCID."""
Change = Callable[[Forged], None]
FORGERIES: dict[str, Change] = {}


def forgery(change: Change) -> Change:
    FORGERIES[change.__name__.replace("_", " ")] = change
    return change


def drawn(file: Forged, mcid: int, page: int = 7) -> bytes:
    """Return the operators that draw a marked content."""
    shape = rb"/Span\n<</MCID %d>>\nBDC\n.*?\nEMC\n" % mcid
    found = re.search(shape, file.data[file.content(page)], re.DOTALL)
    assert found
    return found[0]


def shown(drawn: bytes) -> bytes:
    found = re.search(rb"\[.*\] TJ\n", drawn)
    assert found
    return found[0]


def place(drawn: bytes) -> bytes:
    found = re.search(rb"1 0 0 -1 \S+ \S+ Tm\n", drawn)
    assert found
    return found[0]


def redrawn(
    file: Forged, change: Callable[[bytes], bytes], mcid: int = AMNESTY, page: int = 7
) -> None:
    old = drawn(file, mcid, page)
    new = change(old)
    assert new != old
    file.redraw(file.content(page), old, new)


def behind(file: Forged, operators: bytes, page: int = 7) -> None:
    """Draw something over all text of a page."""
    number = file.content(page)
    file.data[number] = re.sub(rb"((?:Q\n?)+)\Z", lambda end: operators + end[0], file.data[number])


def before_text(operators: bytes) -> Change:
    return lambda file: redrawn(file, lambda old: old.replace(b"BT\n", operators + b"BT\n"))


def in_catalog(entry: bytes) -> Change:
    return lambda file: file.change(1, b"/Lang ", entry + b" /Lang ")


def on_page(entry: bytes) -> Change:
    return lambda file: file.change(file.pages[6], b"/Tabs", entry + b" /Tabs")


def link_of(file: Forged, page: int = 3, place: int = 0) -> int:
    found = re.search(rb"/Annots \[ ([^]]*)\]", file.texts[file.pages[page - 1]])
    assert found
    return int(found[1].split()[::3][place])


def in_link(old: bytes, new: bytes) -> Change:
    return lambda file: file.change(link_of(file), old, new)


def annotated(kind: bytes, entries: bytes = b"") -> Change:
    def change(file: Forged) -> None:
        made = b"<< %b/Rect [ 90 600 300 640 ] /Subtype /%b /Type /Annot >>" % (entries, kind)
        number = file.add(made)
        file.change(file.pages[6], b"/Tabs", b"/Annots [ %d 0 R ] /Tabs" % number)

    return change


def tag_of(file: Forged, mcid: int = AMNESTY, page: int = 7) -> int:
    """Return the number of the tag that holds a marked content."""
    number = file.pages[page - 1]
    key = re.search(rb"/StructParents (\d+)", file.texts[number])
    assert key
    (row,) = [
        int(found[1])
        for one in file.having(b"/Nums")
        if (found := re.search(rb"\b%b (\d+) 0 R" % key[1], file.texts[one]))
    ]
    return int(re.findall(rb"(\d+) 0 R|null", file.texts[row])[mcid])


def in_tag(entry: bytes) -> Change:
    return lambda file: file.change(tag_of(file), b"/K ", entry + b" /K ")


def fonts(file: Forged) -> list[int]:
    return [int(number) for number in re.findall(rb"(\d+) 0 R", file.texts[5])]


def of_font(file: Forged, key: bytes) -> int:
    """Return the number of a part of the first font."""
    for one in [
        fonts(file)[0],
        *(int(n) for n in re.findall(rb"(\d+) 0 R", file.texts[fonts(file)[0]])),
    ]:
        found = re.search(rb"/%b (?:\[ )?(\d+) 0 R" % key, file.texts[one])
        if found and key != b"FontFile2":
            return int(found[1])
    return int(re.search(rb"/FontFile2 (\d+) 0 R", file.texts[of_font(file, b"FontDescriptor")])[1])  # type: ignore[index]


# --- what is drawn ---


@forgery
def a_longer_bar(file: Forged) -> None:
    """A bar of the chart is half as long again as its figure says."""
    chart = file.content(4)
    shortest = min(re.findall(rb" (\d[\d.]*) 12 re\n", file.data[chart]), key=float)
    longer = b"%g" % (float(shortest) * 1.5)
    file.redraw(chart, b" %b 12 re\n" % shortest, b" %b 12 re\n" % longer, -1)


@forgery
def another_name_drawn_over(file: Forged) -> None:
    old, other = drawn(file, AMNESTY), drawn(file, RIGHTS)
    behind(
        file,
        b"/Artifact\nBMC\nBT\n" + place(old) + b"/TRNCDH 14 Tf\n" + shown(other) + b"ET\nEMC\n",
    )


@forgery
def another_name_drawn_over_as_a_running_head(file: Forged) -> None:
    old, other = drawn(file, AMNESTY), drawn(file, RIGHTS)
    made = b"BT\n" + place(old) + b"/TRNCDH 14 Tf\n" + shown(other) + b"ET\nEMC\n"
    behind(file, b"/Artifact\n<</Type /Pagination /Subtype /Header>>\nBDC\n" + made)


@forgery
def another_name_instead_with_actual_text(file: Forged) -> None:
    """The letters of both names are the same, in another sequence."""
    redrawn(file, lambda old: old.replace(shown(old), b"[<%b>] TJ\n" % reversed_glyphs(shown(old))))
    file.change(tag_of(file), b"<< /K", b"<< /ActualText (Amnesty International) /K")


def reversed_glyphs(operand: bytes) -> bytes:
    codes = b"".join(re.findall(rb"<([0-9a-f]*)>", operand))
    return b"".join(codes[start : start + 4] for start in range(len(codes) - 4, -4, -4))


@forgery
def letters_in_another_sequence_by_moving_back(file: Forged) -> None:
    codes = b"".join(re.findall(rb"<([0-9a-f]*)>", shown(drawn(file, AMNESTY))))
    moved = (
        b"[" + b"".join(b"<%b>1200" % codes[n : n + 4] for n in range(0, len(codes), 4)) + b"] TJ\n"
    )
    redrawn(file, lambda old: old.replace(shown(old), moved))


@forgery
def lines_rearranged(file: Forged) -> None:
    one, other = place(drawn(file, AMNESTY)), place(drawn(file, RIGHTS))
    number = file.content(7)
    file.redraw(number, one, b"?")
    file.redraw(number, other, one)
    file.redraw(number, b"?", other)


@forgery
def a_name_moved_to_the_other_column(file: Forged) -> None:
    redrawn(file, lambda old: old.replace(b" 120.184 ", b" 420.184 "))


DRAWN: dict[str, bytes] = {
    "white text": b"1 1 1 rg\n",
    "pale text": b"0.95 0.95 0.95 rg\n",
    "text in a colour that the design has not": b"0.4 0 0 rg\n",
    "white text as grey": b"1 g\n",
    "white text in CMYK": b"0 0 0 0 k\n",
    "white text in a colour space": b"/lab-d50 cs\n100 0 0 sc\n",
    "invisible text": b"3 Tr\n",
    "text that clips": b"7 Tr\n",
    "text squeezed": b"1 Tz\n",
    "text spaced": b"-8 Tc\n",
    "words spaced": b"-30 Tw\n",
    "text raised": b"300 Ts\n",
    "text clipped": b"0 0 1 1 re\nW\nn\n",
    "text clipped to nothing": b"W\nn\n",
    "a state that the page has not": b"/a0 gs\n",
    "optional content": b"/OC /x BDC\nEMC\n",
    "a comment": b"% another word\n",
    "a shading": b"/s sh\n",
    "an image in line": b"BI\n/W 1 /H 1 /BPC 8 /CS /G\nID x\nEI\n",
    "properties with other words": b"/Span <</ActualText (X)>> BDC\nEMC\n",
    "an operator that nobody knows": b"BX\nfoo\nEX\n",
    "the page scaled": b"0.01 0 0 0.01 0 0 cm\n",
    "the page mirrored": b"-1 0 0 1 600 0 cm\n",
    "the page turned": b"0 1 -1 0 0 0 cm\n",
}
FORGERIES |= {name: before_text(operators) for name, operators in DRAWN.items()}
OVER: dict[str, bytes] = {
    "a white rectangle over a name": b"/Artifact\nBMC\nq\n1 1 1 rg\n110 215 300 20 re\nf\nQ\nEMC\n",
    "a dark rectangle over a name": b"/Artifact\nBMC\nq\n0 0 0 rg\n110 215 300 20 re\nf\nQ\nEMC\n",
    "a white line over a name": b"/Artifact\nBMC\nq\n1 1 1 RG\n20 w\n110 224 m\n400 224 l\nS\nQ\nEMC\n",
    "a thin line through a name": b"/Artifact\nBMC\nq\n0 0 0 RG\n1 w\n110 224 m\n300 224 l\nS\nQ\nEMC\n",
    "a white curve over a name": b"/Artifact\nBMC\n1 1 1 rg\n110 215 m\n200 200 400 200 410 240 c\nh\nf\nEMC\n",
    "dots over a name": (
        b"/Artifact BMC\nq .5 G .9 w 1 J [0 5] 0 d 110.00 224.00 m 300.00 224.00 l S Q\nEMC\n"
    ),
    "something outside of tags": b"q\n0 0 0 rg\n10 10 5 5 re\nf\nQ\n",
    "a form over a name": b"/Artifact\nBMC\n/x0 Do\nEMC\n",
    "words in the margin": b"/Artifact\nBMC\nBT\n1 0 0 -1 20 700 Tm\n/TRNCDH 14 Tf\n[<0009>] TJ\nET\nEMC\n",
    "a second page number": b"/Artifact <</Type /Pagination>> BDC\nBT /TRNCDH 10 Tf 90 56 Td <04c3> Tj ET\nEMC\n",
}  # fmt: skip
FORGERIES |= {name: functools.partial(behind, operators=drawn) for name, drawn in OVER.items()}


@forgery
def text_too_small(file: Forged) -> None:
    redrawn(file, lambda old: old.replace(b" 14 Tf", b" 0.1 Tf"))


@forgery
def text_off_the_page(file: Forged) -> None:
    redrawn(file, lambda old: old.replace(b" 120.184 ", b" -5120 "))


@forgery
def text_upside_down(file: Forged) -> None:
    redrawn(file, lambda old: old.replace(b"1 0 0 -1 ", b"1 0 0 1 "))


@forgery
def two_fonts_exchanged(file: Forged) -> None:
    one, other = fonts(file)[:2]
    file.texts[one], file.texts[other] = file.texts[other], file.texts[one]


@forgery
def words_behind_the_page_number(file: Forged) -> None:
    file.data[file.content(7, 2)] += b"BT /TRNCDH 10 Tf 200 56 Td <0009> Tj ET\n"


@forgery
def a_page_number_beside_its_place(file: Forged) -> None:
    number = file.content(7, 2)
    file.data[number] = re.sub(rb" (\S+) Td", b" 40.000 Td", file.data[number])


@forgery
def a_running_head_lower(file: Forged) -> None:
    file.redraw(file.content(7, 1), b" 79.973633 Tm", b" 89.973633 Tm")


@forgery
def a_running_head_white(file: Forged) -> None:
    file.redraw(file.content(7, 1), b"0 0 0 rg", b"1 1 1 rg")


@forgery
def a_further_content(file: Forged) -> None:
    number = file.add(b"<< /Length 0 >>", b"q\n1 1 1 rg\n0 0 500 500 re\nf\nQ\n")
    file.change(file.pages[6], b"/Contents [ ", b"/Contents [ %d 0 R " % number)


@forgery
def a_bar_longer_than_its_number(file: Forged) -> None:
    file.redraw(file.content(4), b" 29.666667 12 re", b" 229.666667 12 re", 3)


# --- fonts ---


@forgery
def two_outlines_exchanged(file: Forged) -> None:
    number = of_font(file, b"FontFile2")
    with TTFont(io.BytesIO(file.data[number]), recalcTimestamp=False) as font:
        one, other = (font.getGlyphOrder()[glyph] for glyph in (0x138, 0x142))
        outlines = font["glyf"]
        outlines[one], outlines[other] = outlines[other], outlines[one]
        made = io.BytesIO()
        font.save(made, reorderTables=False)
    file.data[number] = made.getvalue()


@forgery
def an_outline_damaged(file: Forged) -> None:
    number = of_font(file, b"FontFile2")
    raw = bytearray(file.data[number])
    place = raw.index(b"glyf") + 8
    start, size = (int.from_bytes(raw[place + n : place + n + 4]) for n in (0, 4))
    raw[start + 40 : start + size - 40] = bytes(size - 80)
    file.data[number] = bytes(raw)


@forgery
def a_map_to_other_letters(file: Forged) -> None:
    number = of_font(file, b"ToUnicode")
    file.redraw(number, b"<0009> <0041>", b"<0009> <?>")
    file.redraw(number, b"<000a> <0042>", b"<000a> <0041>")
    file.redraw(number, b"<?>", b"<0042>")
    for page in range(1, len(file.pages) + 1):
        content = file.content(page)
        if content in file.data:
            swapped = re.sub(
                rb"<(?:[0-9a-f]{4})+>",
                lambda found: re.sub(
                    rb"[0-9a-f]{4}",
                    lambda code: {b"0009": b"000a", b"000a": b"0009"}.get(code[0], code[0]),
                    found[0],
                ),
                file.data[content],
            )
            file.data[content] = swapped


@forgery
def a_map_with_further_entries(file: Forged) -> None:
    file.redraw(of_font(file, b"ToUnicode"), b"<0057>", b"<0058>")


@forgery
def other_widths(file: Forged) -> None:
    file.change(of_font(file, b"DescendantFonts"), b"/W [ 3 [ 250 ]", b"/W [ 3 [ 950 ]")


@forgery
def another_map_to_glyphs(file: Forged) -> None:
    number = file.add(b"<< /Length 0 >>", bytes(2000))
    file.change(
        of_font(file, b"DescendantFonts"),
        b"/CIDToGIDMap /Identity",
        b"/CIDToGIDMap %d 0 R" % number,
    )


@forgery
def a_default_width(file: Forged) -> None:
    file.change(of_font(file, b"DescendantFonts"), b"/FontDescriptor", b"/DW 5 /FontDescriptor")


@forgery
def another_encoding(file: Forged) -> None:
    file.change(fonts(file)[0], b"/Identity-H", b"/Identity-V")


@forgery
def another_file_of_a_font(file: Forged) -> None:
    one, other = (
        int(re.search(rb"/FontFile2 (\d+)", file.texts[n])[1])  # type: ignore[index]
        for n in file.having(b"/Type /FontDescriptor")[:2]
    )
    file.data[one], file.data[other] = file.data[other], file.data[one]
    file.texts[one], file.texts[other] = file.texts[other], file.texts[one]


@forgery
def data_behind_a_font(file: Forged) -> None:
    file.data[of_font(file, b"FontFile2")] += b"a secret message"


# --- links and annotations ---

for name, old, new in (
    ("an appearance of a link", b"/F 4", b"/AP << >> /F 4"),
    ("an action when a link is seen", b"/F 4", b"/AA << >> /F 4"),
    ("a printed action of a link", b"/F 4", b"/PA << /S /URI /URI (http://example.org) >> /F 4"),
    ("a destination beside an action", b"/F 4", b"/Dest (colophon#) /F 4"),
    ("a link to an address", b"/D (about#) /S /GoTo", b"/S /URI /URI (http://example.org)"),
    ("a link to a file", b"/D (about#) /S /GoTo", b"/S /URI /URI (file:///etc/passwd)"),
    ("a link that runs a script", b"/D (about#) /S /GoTo", b"/JS (x) /S /JavaScript"),
    ("a link that starts a program", b"/D (about#) /S /GoTo", b"/F (x) /S /Launch"),
    ("a link to another place", b"(about#)", b"(glance#)"),
    ("a link with a further action", b"/S /GoTo >>", b"/S /GoTo /Next << /S /Named >> >>"),
    ("a hidden link", b"/F 4", b"/F 6"),
    ("a link with a border", b"[ 0 0 0 ]", b"[ 0 0 9 ]"),
    ("a link in a colour", b"/Contents", b"/C [ 1 0 0 ] /Contents"),
    ("a link described otherwise", b"/Contents 529 0 R", b"/Contents 1041 0 R"),
    ("a link described in itself", b"/Contents 529 0 R", b"/Contents (Nothing)"),
    ("a link with a name", b"/Rect", b"/NM (x) /Rect"),
    ("a link elsewhere", b"/Rect [ 90.14", b"/Rect [ 30.14"),
    ("a link over the whole page", b"/Rect [ 90.14 673.39 187.01 690.39 ]", b"/Rect [ 0 0 595 841 ]"),
    ("a link twice", b"/StructParent 1054", b"/StructParent 1056"),
):  # fmt: skip
    FORGERIES[name] = in_link(old, new)

FORGERIES |= {
    f"an annotation {kind.decode()}": annotated(kind, more)
    for kind, more in (
        (b"Text", b"/Contents (Not true) "), (b"FreeText", b"/Contents (X) /DA (/F 9 Tf) "),
        (b"Widget", b"/FT /Tx "), (b"Stamp", b""), (b"Redact", b""), (b"Highlight", b""),
        (b"Square", b"/IC [ 1 1 1 ] "), (b"Popup", b""), (b"Link", b"/A << /S /URI /URI (http://x.org) >> "),
        (b"Watermark", b""), (b"FileAttachment", b""), (b"Screen", b""),
    )
}  # fmt: skip


@forgery
def two_addresses_exchanged(file: Forged) -> None:
    one, other = link_of(file), link_of(file, place=2)
    for number, new in ((one, b"(glance#)"), (other, b"(about#)")):
        file.texts[number] = re.sub(rb"/D \([^)]*\)", b"/D " + new, file.texts[number])


# --- the catalog ---

CATALOG: dict[str, bytes] = {
    "an action of the document": b"/AA << /WC << /S /Named /N /Print >> >>",
    "a form": b"/AcroForm << /Fields [ ] >>",
    "optional content of the document": b"/OCProperties << >>",
    "a base for addresses": b"/URI << /Base (http://example.org/) >>",
    "threads": b"/Threads [ ]",
    "permissions": b"/Perms << >>",
    "a collection": b"/Collection << >>",
    "requirements": b"/Requirements [ ]",
    "private data of the document": b"/PieceInfo << >>",
    "another version": b"/Version /2.0",
    "extensions": b"/Extensions << >>",
    "a key that nobody knows": b"/Secret (x)",
    "files of the document": b"/AF [ ]",
}
FORGERIES |= {name: in_catalog(entry) for name, entry in CATALOG.items()}
FORGERIES |= {
    name: functools.partial(Forged.change, number=1, old=old, new=new)
    for name, old, new in (
        ("a script when opened", b"/OpenAction [ 16 0 R /XYZ 0 841.89 1 ]", b"/OpenAction << /S /JavaScript >>"),
        ("opened at another page", b"/OpenAction [ 16 0 R", b"/OpenAction [ 528 0 R"),
        ("a named script", b"/Names << ", b"/Names << /JavaScript << >> "),
        ("an attachment", b"/Names << ", b"/Names << /EmbeddedFiles << >> "),
        ("labels with a prefix", b"/St 1", b"/P (x) /St 1"),
        ("labels from two", b"/St 1", b"/St 2"),
        ("opened as a presentation", b"/UseOutlines", b"/FullScreen"),
        ("another layout", b"/SinglePage", b"/TwoPageRight"),
        ("a range to be printed", b"/DisplayDocTitle true", b"/DisplayDocTitle true /PrintPageRange [ 1 2 ]"),
        ("a toolbar hidden", b"/DisplayDocTitle true", b"/DisplayDocTitle true /HideToolbar true"),
        ("no title in the window", b"/DisplayDocTitle true", b"/DisplayDocTitle false"),
        ("another language", b"(en-US)", b"(fr)"),
        ("another output intent", b"/Info (sRGB)", b"/Info (CMYK)"),
        ("suspects", b"/Marked true", b"/Marked true /Suspects true"),
    )
}  # fmt: skip


@forgery
def another_colour_profile(file: Forged) -> None:
    file.data[8] = file.data[8][:-4] + b"\0\1\2\3"


# --- the outline and the places ---


def bookmark(file: Forged, place: int = 2) -> int:
    return file.having(b"/Parent 11 0 R")[place]


@forgery
def a_bookmark_renamed(file: Forged) -> None:
    file.change(bookmark(file), b"(Contents, p. 3)", b"(Contents, p. 4)")


@forgery
def a_bookmark_moved(file: Forged) -> None:
    file.change(bookmark(file), b"[ 1040 0 R", b"[ 16 0 R")


@forgery
def a_bookmark_to_the_middle(file: Forged) -> None:
    file.change(bookmark(file), b"/XYZ 0 841.89 0", b"/XYZ 0 41.89 0")


@forgery
def a_bookmark_with_an_action(file: Forged) -> None:
    file.change(bookmark(file), b"/Next", b"/A << /S /URI /URI (http://x.org) >> /Next")


@forgery
def a_bookmark_in_red(file: Forged) -> None:
    file.change(bookmark(file), b"/Dest", b"/C [ 1 0 0 ] /Dest")


@forgery
def a_bookmark_with_none_before_it(file: Forged) -> None:
    number = bookmark(file)
    file.texts[number] = re.sub(rb"/Prev \d+ 0 R ", b"", file.texts[number])


@forgery
def letters_closed_in_the_outline(file: Forged) -> None:
    file.change(file.having(b"/Title (Letters)")[0], b"/Count 2", b"/Count -2")


@forgery
def a_place_moved(file: Forged) -> None:
    number = file.having(b"(about#about) [")[0]
    file.change(number, b"(about#) [ 528 0 R", b"(about#) [ 16 0 R")


@forgery
def a_place_on_its_page_moved(file: Forged) -> None:
    number = file.having(b"(about#about) [")[0]
    file.change(number, b"/XYZ 0 841.89", b"/XYZ 0 41.89")


@forgery
def a_place_a_line_lower(file: Forged) -> None:
    number = file.having(
        b"(letters/2012-01-08-supreme-commander#sig-2012-01-08-supreme-commander-2) ["
    )[0]
    file.texts[number] = re.sub(
        rb"(commander-2\) \[ \d+ 0 R /XYZ 0 )([\d.]+)",
        lambda found: found[1] + b"%g" % (float(found[2]) - 14),
        file.texts[number],
    )


@forgery
def a_locator_to_another_signature_of_its_page(file: Forged) -> None:
    number = file.having(
        b"/D (letters/2012-01-08-supreme-commander#sig-2012-01-08-supreme-commander-2)"
    )[0]
    file.change(number, b"commander-2)", b"commander-3)")


@forgery
def a_citation_to_another_work(file: Forged) -> None:
    number = file.having(b"/D (bibliography#work-nkdb-white-paper-2012)")[0]
    file.change(number, b"nkdb-white-paper", b"nkdb-prisoners")


@forgery
def a_line_of_the_contents_to_another_place(file: Forged) -> None:
    file.change(file.having(b"/D (about#)")[0], b"(about#)", b"(about#about)")


# --- metadata ---

FORGERIES |= {
    name: functools.partial(Forged.change, number=6, old=old, new=new)
    for name, old, new in (
        ("another title", b"(Letters to Kim Jong-un)", b"(Letters)"),
        ("another date", b"/CreationDate (D:20261122", b"/CreationDate (D:20261123"),
        ("another date of change", b"/ModDate (D:20261122", b"/ModDate (D:20261123"),
        ("another producer", b"(weasyprint", b"(Acrobat"),
        ("another author", b"<< /Creat", b"<< /Author (Somebody) /Creat"),
        ("key words", b"/ModDate", b"/Keywords (x) /ModDate"),
        ("trapped", b"/Title", b"/Trapped /True /Title"),
    )
}
FORGERIES |= {
    f"{name} in XMP": functools.partial(Forged.redraw, number=7, old=old, new=new)
    for name, old, new in (
        ("another title", b"Letters to Kim Jong-un", b"Letters"),
        ("another date", b"2026-11-22T", b"2026-11-23T"),
        ("another producer", b"pikepdf", b"pikepdg"),
        ("a further property", b"<dc:format>", b"<dc:source>x</dc:source>\n<dc:format>"),
        ("another claim", b"<pdfaid:conformance>A", b"<pdfaid:conformance>B"),
        ("a comment", b"<rdf:RDF", b"<!-- x -->\n<rdf:RDF"),
        ("something behind the end", b'<?xpacket end="r"?>', b'<?xpacket end="r"?>\nx'),
    )
}

# --- tags ---

FORGERIES |= {
    name: in_tag(entry)
    for name, entry in (
        ("other words for a screen reader", b"/ActualText (X)"),
        ("an alternative text of a name", b"/Alt (X)"),
        ("an expansion of a name", b"/E (X)"),
        ("a title of a tag", b"/T (X)"),
        ("attributes of a tag", b"/A << /O /Layout /Color [ 1 1 1 ] >>"),
        ("a class of a tag", b"/C /x"),
        ("an id of a tag", b"/ID (x)"),
        ("a reference of a tag", b"/Ref [ ]"),
    )
}


@forgery
def another_language_of_a_name(file: Forged) -> None:
    file.change(tag_of(file), b" /P ", b" /Lang (de) /P ")


@forgery
def a_heading_as_a_paragraph(file: Forged) -> None:
    file.change(tag_of(file, 0, 5), b"/S /P", b"/S /H3")


@forgery
def a_head_of_a_column_as_a_cell(file: Forged) -> None:
    number = file.having(b"/Scope /Column")[0]
    file.change(number, b"/A << /O /Table /Scope /Column >> ", b"")
    file.change(number, b"/S /TH", b"/S /TD")


@forgery
def a_head_of_a_row(file: Forged) -> None:
    file.change(file.having(b"/Scope /Column")[0], b"/Scope /Column", b"/Scope /Row")


@forgery
def a_cell_over_two_columns(file: Forged) -> None:
    file.change(file.having(b"/S /TD")[0], b"<< /K", b"<< /A << /ColSpan 2 /O /Table >> /K")


@forgery
def labels_of_a_list(file: Forged) -> None:
    file.change(file.having(b"/ListNumbering /Disc")[0], b"/Disc", b"/Decimal")


@forgery
def another_alternative_text(file: Forged) -> None:
    number = file.having(b"/S /Figure")[0]
    file.texts[number] = re.sub(rb"/Alt \((?:[^()\\]|\\.)*\)", b"/Alt (X)", file.texts[number])


@forgery
def a_figure_elsewhere(file: Forged) -> None:
    number = file.having(b"/S /Figure")[0]
    file.texts[number] = re.sub(rb"/BBox \[ [^]]*\]", b"/BBox [ 0 0 9 9 ]", file.texts[number])


@forgery
def a_role_of_a_role(file: Forged) -> None:
    file.change(4, b"/Type", b"/RoleMap << /P /Artifact >> /Type")


@forgery
def a_map_of_classes(file: Forged) -> None:
    file.change(4, b"<< /K", b"<< /ClassMap << >> /K")


@forgery
def two_tags_in_another_sequence(file: Forged) -> None:
    one, other = tag_of(file, AMNESTY), tag_of(file, RIGHTS)
    ones, others = (int(re.search(rb"/P (\d+)", file.texts[n])[1]) for n in (one, other))  # type: ignore[index]
    (holder,) = [
        n for n in file.having(b"/S /L ") if b" %d 0 R" % ones in file.texts[n].split(b"/P")[0]
    ]
    text = file.texts[holder].replace(b" %d 0 R" % ones, b" ?", 1)
    file.texts[holder] = text.replace(b" %d 0 R" % others, b" %d 0 R" % ones, 1).replace(
        b" ?", b" %d 0 R" % others, 1
    )


@forgery
def an_owner_exchanged(file: Forged) -> None:
    one, other = tag_of(file, AMNESTY), tag_of(file, RIGHTS)
    for number in file.having(b"[ ", b" %d 0 R " % one, b" %d 0 R " % other):
        if file.texts[number].startswith(b"["):
            file.change(number, b" %d 0 R " % one, b" %d 0 R " % other)


@forgery
def a_tag_in_two_others(file: Forged) -> None:
    file.change(3, b"/K [ ", b"/K [ %d 0 R " % tag_of(file))


# --- pages ---

PAGE: dict[str, bytes] = {
    "cropped": b"/CropBox [ 0 0 300 300 ]", "turned": b"/Rotate 180", "in larger units": b"/UserUnit 2",
    "a thumbnail": b"/Thumb 18 0 R", "private data": b"/PieceInfo << >>", "an action of the page": b"/AA << >>",
    "a transition": b"/Trans << >>", "shown for a while": b"/Dur 1", "a transparency group": b"/Group << >>",
    "metadata of the page": b"/Metadata 7 0 R", "viewports": b"/VP [ ]", "a key of the page": b"/Secret (x)",
    "an art box": b"/ArtBox [ 0 0 9 9 ]", "separations": b"/SeparationInfo << >>", "an id of the page": b"/ID (x)",
}  # fmt: skip
FORGERIES |= {name: on_page(entry) for name, entry in PAGE.items()}


@forgery
def trimmed(file: Forged) -> None:
    file.change(file.pages[6], b"/TrimBox [ 0 0 595.276", b"/TrimBox [ 0 0 300")


@forgery
def two_pages_exchanged(file: Forged) -> None:
    one, other = file.pages[5:7]
    file.texts[2] = file.texts[2].replace(
        b"%d 0 R %d 0 R" % (one, other), b"%d 0 R %d 0 R" % (other, one)
    )


@forgery
def a_state_that_hides(file: Forged) -> None:
    for number in file.having(b"/ExtGState"):
        file.change(number, b"/ca 1 ", b"/ca 0 ")


@forgery
def a_state_with_a_mask(file: Forged) -> None:
    file.change(file.having(b"/ExtGState")[0], b"/ca 1 ", b"/SMask /None /ca 1 ")


@forgery
def a_state_that_blends(file: Forged) -> None:
    file.change(file.having(b"/ExtGState")[0], b"/ca 1 ", b"/BM /Lighten /ca 1 ")


@forgery
def other_primaries(file: Forged) -> None:
    file.change(file.having(b"/lab-d50")[0], b"0.964296", b"0.364296")


@forgery
def a_font_of_the_page_alone(file: Forged) -> None:
    (number,) = (int(n) for n in re.findall(rb"/Resources (\d+)", file.texts[file.pages[6]]))
    made = file.add(b"<< /TRNCDH %d 0 R /VQRWNW %d 0 R >>" % (fonts(file)[1], fonts(file)[0]))
    file.change(number, b"/Font 5 0 R", b"/Font %d 0 R" % made)


# --- the file ---


@forgery
def an_object_that_nothing_refers_to(file: Forged) -> None:
    file.add(b"(a secret message)")


@forgery
def a_stream_that_nothing_refers_to(file: Forged) -> None:
    file.add(
        b"<< /Length 0 >>",
        b"a secret message\nendstream\nendobj\n9999 0 obj\n<< /S /JavaScript >>\nendobj\n",
    )


@forgery
def a_key_twice(file: Forged) -> None:
    file.change(1, b"/Lang (en-US)", b"/Lang (fr) /Lang (en-US)")


@forgery
def a_stream_with_two_lengths(file: Forged) -> None:
    file.change(file.content(7, 2), b"<< /Length", b"<< /Length 5 /Length")


@forgery
def a_value_behind_an_object(file: Forged) -> None:
    file.texts[6] += b" (more)"


@forgery
def a_page_of_private_data(file: Forged) -> None:
    file.texts[17] = b"(Cover, page 1)(more)"


RAW: dict[str, Callable[[bytes], bytes]] = {
    "data behind the end": lambda raw: raw + b"a secret message\n",
    "a second revision": lambda raw: (
        raw
        + b"6 0 obj\n<< /Title (X) >>\nendobj\nxref\n6 1\n%010d 00000 n \ntrailer << /Root 1 0 R /Info 6 0 R "
        b"/Size 9999 /Prev 0 >>\nstartxref\n%d\n%%%%EOF\n" % (len(raw), len(raw) + 37)
    ),
    "words in the header": lambda raw: raw.replace(
        b"\n%\xbf\xf7\xa2\xfe\n", b"\n%\xbf\xf7\xa2\xfe secret\n", 1
    ),
    "words between objects": lambda raw: raw.replace(b"endobj\n", b"endobj\n\n", 1),
    "another version of the format": lambda raw: raw.replace(b"%PDF-1.7", b"%PDF-1.4", 1),
    "an identifier of another file": lambda raw: re.sub(
        rb"/ID \[ <..(.{30})> <..(.{30})>", rb"/ID [ <00\1> <00\2>", raw
    ),
}


# --- the tests ---


@functools.cache
def taken(edition: Edition) -> bytes:
    return edition.pdf.read_bytes()


@functools.cache
def wanted() -> Truth:
    corpus, _ = read(ROOT / "corpus", "c")
    assert corpus
    return truth_of(corpus, corpus.everything, entries)


def found_in(raw: bytes, edition: Edition, folder: Path) -> list[str]:
    pdf = folder / "x.pdf"
    put(raw, edition.pdf.with_suffix(".json"), pdf)
    with Proof(pdf, "x.pdf") as proof:
        found = proof.compared(wanted(), pdf.with_suffix(".json").read_bytes())
    return [item.message for item in found]


FEW = (
    "another name drawn over", "white text", "two outlines exchanged", "a map to other letters", "a printed action of a link",
    "a range to be printed", "a bookmark to the middle", "another producer in XMP", "other words for a screen reader",
    "a thumbnail", "an object that nothing refers to", "lines rearranged",
)  # fmt: skip
"""One of each class, for every run of the tests; the others are tried in CI."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in FEW else pytest.mark.slow) for name in FORGERIES],
)
def test_a_forgery_is_found(name: str, real: Edition, tmp_path: Path) -> None:
    file = opened(taken(real))
    FORGERIES[name](file)
    assert found_in(written(file), real, tmp_path)


def test_pages_that_are_sent_to_workers_are_examined_alike(
    real: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []

    def through_a_pipe(proof: Proof, task: Callable[..., Any], *given: Any) -> Callable[[], Any]:
        sent.append(pickle.loads(pickle.dumps((task, given))))
        task, given = sent[-1]
        return lambda: pickle.loads(pickle.dumps(task(*given)))

    monkeypatch.setattr(Proof, "_sent", through_a_pipe)
    assert found_in(taken(real), real, tmp_path) == []
    file = opened(taken(real))
    FORGERIES["white text"](file)
    assert "a text that cannot be seen" in " ".join(found_in(written(file), real, tmp_path))
    assert len(sent) >= 2


@pytest.mark.parametrize("name", RAW)
def test_what_is_hidden_in_the_bytes_is_found(name: str, real: Edition, tmp_path: Path) -> None:
    raw = RAW[name](taken(real))
    assert raw != taken(real)
    assert found_in(raw, real, tmp_path)


def test_what_is_not_forged_is_not_found(real: Edition, tmp_path: Path) -> None:
    """Also where it is packed otherwise."""
    assert found_in(taken(real), real, tmp_path) == []
    assert found_in(written(opened(taken(real))), real, tmp_path) == []


@pytest.mark.parametrize(
    ("style", "message"),
    [
        (".signatures { color: white }", "a text that cannot be seen"),
        (".signatures { color: #444444 }", "a text in a colour that the design does not have"),
        (".signatures { font-size: 3pt }", "a text that is too small to be read"),
        (".signatures li { text-decoration: line-through }", "a line through a text"),
    ],
)
def test_a_style_sheet_that_hides_signatures_is_refused(
    style: str,
    message: str,
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    head = "title: A\ndate: 2012\nto: X\nsignatories: [One Union, Two Unions]"
    folder = corpus(**{"letters/one.md": f"---\n{head}\n---\nText.\n"})
    true = render.style_sheet
    monkeypatch.setattr(render, "style_sheet", lambda *given: true(*given) + style)
    pdf = tmp_path / "x.pdf"
    arguments = ["--corpus", str(folder), "--output", str(pdf), "--jobs", "1", "--no-cache"]
    assert main(arguments) == 1
    assert message in capsys.readouterr().err
    assert not pdf.exists()
