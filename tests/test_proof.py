"""What `verify` says of a good file, and of one that was damaged in each way it has to notice."""

from __future__ import annotations

import functools
import io
import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from conftest import Edition, earlier_build, list_as, make_edition, still_there
from pikepdf import Array, Dictionary, Name, Pdf

from dossier import stages
from dossier.bind import furniture as bind
from dossier.cli.main import main
from dossier.compile.bibliography import entries
from dossier.proof import anatomy, readback, typefaces
from dossier.proof.drawing import drawings
from dossier.proof.objects import Objects
from dossier.proof.prover import AGAIN, REBUILD, REPORT, Kept, Proof
from dossier.read.corpus import read
from dossier.records.dossier import Corpus
from dossier.records.locators import PrintedPlaces, printed
from dossier.render import renderer as render
from dossier.render import sections

Damage = Callable[[Pdf], None]


def verify(edition: Edition, pdf: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `verify` says against a PDF; nothing where it finds nothing."""
    capsys.readouterr()
    status = main(["verify", str(pdf), "--corpus", str(edition.corpus)])
    said = capsys.readouterr()
    assert status == (1 if said.err else 0)
    assert bool(said.out) != bool(said.err)
    return said.err


def damaged(edition: Edition, folder: Path, damage: Damage) -> Path:
    """Return a damaged copy whose listing is that of the copy, so that only the damage can be noticed."""
    copy = folder / "copy.pdf"
    with Pdf.open(edition.pdf) as pdf:
        damage(pdf)
        pdf.save(copy, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    list_as(edition, copy)
    return copy


@pytest.mark.parametrize("edition", ["real", "real_on_letter", "big"])
def test_a_good_file_is_found_good(
    edition: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    one: Edition = request.getfixturevalue(edition)
    assert verify(one, one.pdf, capsys) == ""


ODD = f"""
\u0301begins with an accent, and \uff08\uff09 \uff5e or \u301c, \u2b95 or \u27a1, ab\u200cc\u200dd, x\u0303, *so\u2026*

1)
2) empty above, (*so*{"x" * 90} and [*so* (https://example.org/{"x" * 90})](http://example.org)

[one](HTTPS://EXAMPLE.ORG/) [two](https://例え.jp/日本)
"""
AND_SO_ON = "\nAnd so on, to the next page.\n" * 40
TURNED = "שלום “a” (abc [12]) \u00bd \U0001ee00, <b> \uff5e or \u301c"
"""What pdfium reads in a way of its own, or a galley once had under another reading."""


@pytest.mark.slow
def test_nothing_is_said_against_what_is_odd(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "A title of which a running head has not the room to show every word that it has"
    heads = {
        "a": f"title: {long}\ndate: 2012\nsource: {{url: https://例え.jp/日本}}",
        "b": f"title: {long} 2012\ndate: 2398-07-05\nlanguage: fa",
        "c": "title: '2012'\ndate: 2012",
        "g": "title: Colophon\ndate: 2012",
        "h": "title: On the freedom to speak … and the duty to listen … and to answer … in time … and in full\n"
        "date: 2012",
        "d": "title: '12:84'\ndate: 2012",
        "e": "title: '[1]'\ndate: 2012",
        "f": "title: עִבְרִית (ab)\ndate: 2012",
    }
    odd = dict.fromkeys(heads, ODD) | dict.fromkeys("bf", TURNED)
    folder = corpus(
        **{
            "reports.yaml": "references:\n- {id: w, type: book, title: A}\n",
            **{
                f"letters/{key}.md": f"---\n{head}\nto: X\n---\n{odd[key]}\n\n[@w]\n{AND_SO_ON}"
                for key, head in heads.items()
            },
        }
    )
    edition = make_edition(folder, tmp_path / "odd.pdf")
    assert verify(edition, edition.pdf, capsys) == ""
    with Pdf.open(edition.pdf) as pdf:
        addresses = {
            str(link.A.URI)
            for page in pdf.pages
            for link in page.get("/Annots", [])
            if "/A" in link and "/URI" in link.A
        }
    assert "https://xn--r8jz45g.jp/%E6%97%A5%E6%9C%AC" in addresses
    assert "https://%E4%BE%8B%E3%81%88.jp/%E6%97%A5%E6%9C%AC" in addresses
    assert all(address.isascii() for address in addresses)


# --- the pages of the real dossier: letter 1 on 5 to 7, letter 2 on 8 and 9, index on 10 and 11 ---


def lines(page: Any, change: Callable[[list[bytes]], None], part: int = 0) -> None:
    """Change the lines of one of a page's contents: its text, its running head if it has one, its folio."""
    stream = page.Contents[part]
    content = stream.read_bytes().split(b"\n")
    change(content)
    stream.write(b"\n".join(content))


def shown(content: list[bytes]) -> list[int]:
    return [place for place, line in enumerate(content) if line.endswith(b"TJ") and len(line) > 60]


def lose_a_line(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        content[shown(content)[5]] = b"[] TJ"

    lines(pdf.pages[5], change)


def double_a_line(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        place = shown(content)[5]
        content.insert(place, content[place])

    lines(pdf.pages[5], change)


def swap_lines(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        one, other = shown(content)[5:7]
        content[one], content[other] = content[other], content[one]

    lines(pdf.pages[5], change)


def draw_nothing(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        content.insert(shown(content)[5], b"[<0000>] TJ")

    lines(pdf.pages[5], change)


def leave_the_page(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        place = next(n for n, line in enumerate(content) if line.endswith(b" Tm"))
        parts = content[place].split()
        parts[4] = b"760"
        content[place] = b" ".join(parts)

    lines(pdf.pages[5], change)


def run_into_another(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        one, other = [n for n, line in enumerate(content) if line.endswith(b" Tm")][10:12]
        content[other] = content[one]

    lines(pdf.pages[5], change)


def untag_a_text(pdf: Pdf) -> None:
    extra = pdf.make_stream(b"BT /Nothing 10 Tf 100 100 Td <0041> Tj ET")
    pdf.pages[5].Contents.append(extra)


def empty_a_page(pdf: Pdf) -> None:
    pdf.pages[5].Contents[0].write(b"q Q")


def swap_pages(pdf: Pdf) -> None:
    one, other = pdf.pages[5].obj, pdf.pages[7].obj
    one.Contents, other.Contents = other.Contents, one.Contents


def lose_a_page(pdf: Pdf) -> None:
    del pdf.pages[6]


def lose_a_folio(pdf: Pdf) -> None:
    del pdf.pages[5].Contents[-1]


def start_labels_at_two(pdf: Pdf) -> None:
    pdf.Root.PageLabels.Nums[1].St = 2


def rename_a_bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[2].title = "Contents, p. 4"


def move_a_bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[2].destination = Array([pdf.pages[0].obj, Name.XYZ, 0, 800, 0])


def links(pdf: Pdf, page: int) -> list[Any]:
    return list(pdf.pages[page - 1].obj.Annots)


def lead(link: Any, pdf: Pdf) -> None:
    """Let a link lead to the first page."""
    link.A.D = Array([pdf.pages[0].obj, Name.XYZ, 0, 800, 0])


def move_a_locator(pdf: Pdf) -> None:
    lead(links(pdf, 10)[0], pdf)


def lose_a_locator(pdf: Pdf) -> None:
    del pdf.pages[9].obj.Annots[0]


def move_a_line_of_the_contents(pdf: Pdf) -> None:
    for link in links(pdf, 3):
        lead(link, pdf)


def lose_a_line_of_the_contents(pdf: Pdf) -> None:
    annotations = pdf.pages[2].obj.Annots
    del annotations[len(annotations) - 1]


def move_a_title(pdf: Pdf) -> None:
    lead(links(pdf, 3)[4], pdf)


def move_a_citation(pdf: Pdf) -> None:
    lead(links(pdf, 8)[0], pdf)


def lead_nowhere(pdf: Pdf) -> None:
    del links(pdf, 10)[0]["/A"]


def lead_to_a_file(pdf: Pdf) -> None:
    links(pdf, 10)[0].A = Dictionary(S=Name.URI, URI=pikepdf.String("file:///etc/passwd"))


def fonts(pdf: Pdf) -> list[Any]:
    return [
        one
        for one in pdf.objects
        if isinstance(one, Dictionary) and one.get("/Type") == Name.FontDescriptor
    ]


def take_out_a_font(pdf: Pdf) -> None:
    for key in ("/FontFile", "/FontFile2", "/FontFile3"):
        if key in fonts(pdf)[0]:
            del fonts(pdf)[0][key]


def orphan_a_content(pdf: Pdf) -> None:
    for node in pdf.Root.StructTreeRoot.ParentTree.Kids:
        for place, key in enumerate(list(node.Nums)[::2]):
            if key == pdf.pages[5].obj.StructParents:
                node.Nums[2 * place + 1][3] = None


def lose_a_section(pdf: Pdf) -> None:
    kids = pdf.Root.StructTreeRoot.K[0].K
    del kids[5]


def lose_all_tags(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot


def silence_the_figure(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get("/S") == Name.Figure:
            del one.Alt


def forget_the_language(pdf: Pdf) -> None:
    del pdf.Root.Lang


def forget_the_title(pdf: Pdf) -> None:
    del pdf.docinfo["/Title"]


def script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def launch(pdf: Pdf) -> None:
    links(pdf, 10)[0].A = Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe"))


def remote(pdf: Pdf) -> None:
    links(pdf, 10)[0].A = Dictionary(
        S=Name.GoToR, F=pikepdf.String("x.pdf"), D=Array([0, Name.Fit])
    )


def attach(pdf: Pdf) -> None:
    pdf.attachments["x.txt"] = b"x"


def misplace_a_locator(pdf: Pdf) -> None:
    one = links(pdf, 10)[0]
    one.Rect = Array([value + 30 for value in one.Rect])


def draw_nothing_among_others(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        place = shown(content)[5]
        content[place] = content[place].replace(b">", b"0000>", 1)

    lines(pdf.pages[5], change)


def run_something_afterwards(pdf: Pdf) -> None:
    action = links(pdf, 10)[0].A
    action.Next = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def act_when_a_page_opens(pdf: Pdf) -> None:
    pdf.pages[5].obj.AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.Print))


def draw_from_elsewhere(pdf: Pdf) -> None:
    picture = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Image)
    picture.F = Dictionary(FS=Name.URL, F=pikepdf.String("http://example.org/x.png"))
    pdf.pages[5].Resources.XObject = Dictionary(X=picture)


def read_in_another_order(pdf: Pdf) -> None:
    paragraphs = pdf.Root.StructTreeRoot.K[0].K[4].K
    paragraphs[2], paragraphs[3] = paragraphs[3], paragraphs[2]


def read_twice(pdf: Pdf) -> None:
    kids = pdf.Root.StructTreeRoot.K[0].K[4].K
    kids.append(kids[2])


def lose_the_end_of(page: int) -> Damage:
    def damage(pdf: Pdf) -> None:
        def change(content: list[bytes]) -> None:
            content[shown(content)[-1]] = b"[] TJ"

        lines(pdf.pages[page - 1], change)

    damage.__name__ = f"lose_the_end_of_page_{page}"
    return damage


def lose_the_context_of_a_running_head(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        content[shown(content)[-1]] = b"[] TJ"

    lines(pdf.pages[5], change, 1)


def lose_a_running_head(pdf: Pdf) -> None:
    del pdf.pages[5].Contents[1]


def put_the_running_head_of_another_section(pdf: Pdf) -> None:
    pdf.pages[5].Contents[1] = pdf.pages[8].Contents[1]


def put_a_running_head_on_a_first_page(pdf: Pdf) -> None:
    pdf.pages[4].Contents.insert(1, pdf.pages[5].Contents[1])


def lose_the_figure(pdf: Pdf) -> None:
    for one in pdf.objects:
        if isinstance(one, Dictionary) and one.get("/S") == Name.Figure:
            one.K = Array()


def swap_bookmarks(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[1], outline.root[2] = outline.root[2], outline.root[1]


def insert_an_empty_page(pdf: Pdf) -> None:
    pdf.add_blank_page(page_size=(595, 842))


def lead_by_name(pdf: Pdf) -> None:
    links(pdf, 10)[0].A.D = pikepdf.String("nowhere")


def lose_a_citation(pdf: Pdf) -> None:
    del pdf.pages[7].obj.Annots[0]


def move_a_see_reference(pdf: Pdf) -> None:
    inside = [link for link in links(pdf, 10) if str(link.A.D).startswith("index#")]
    lead(inside[0], pdf)


def move_the_colophon(pdf: Pdf) -> None:
    for link in links(pdf, 3)[-2:]:
        lead(link, pdf)


def change_the_title(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "Other letters"


def change_the_language(pdf: Pdf) -> None:
    pdf.Root.Lang = pikepdf.String("ko")


def cut_the_sheet(pdf: Pdf) -> None:
    pdf.pages[5].obj.MediaBox = Array([200, 0, 795, 842])


def turn_the_page(pdf: Pdf) -> None:
    pdf.pages[5].obj.Rotate = 180


def hide_a_line(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        content.insert(shown(content)[5], b"3 Tr")

    lines(pdf.pages[5], change)


def say_something_else(pdf: Pdf) -> None:
    def change(content: list[bytes]) -> None:
        place = next(n for n, line in enumerate(content) if line.startswith(b"<</MCID"))
        content[place] = content[place].replace(b">>", b" /ActualText (Letter) >>")

    lines(pdf.pages[5], change)


def read_letters_in_another_order(pdf: Pdf) -> None:
    kids = pdf.Root.StructTreeRoot.K[0].K
    kids[4], kids[5] = kids[5], kids[4]


def lead_on(pdf: Pdf) -> None:
    links(pdf, 10)[0].A.Next = Dictionary(S=Name.URI, URI=pikepdf.String("http://example.org"))


def lay_a_stamp(pdf: Pdf) -> None:
    links(pdf, 10)[0].Subtype = Name.Stamp


def nest_tags_in_themselves(pdf: Pdf) -> None:
    paragraph = pdf.Root.StructTreeRoot.K[0].K[4].K[2]
    paragraph.K = Array([pdf.Root.StructTreeRoot.K[0]])


def hide_a_layer(pdf: Pdf) -> None:
    pdf.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary())


DAMAGES: dict[Damage, str] = {
    lose_a_citation: ":8:0: error: Letter 2 has 3 links of 4 citations",
    move_a_see_reference: ":10:0: error: The link “",
    move_the_colophon: ":3:0: error: The link “Colophon” leads to page 1",
    change_the_title: ":0:0: error: The document’s title is “Other letters”, and should be “Letters to",
    change_the_language: ":0:0: error: The document’s language is “ko”, and should be “en-US”",
    cut_the_sheet: ":6:0: error: The page is cropped, or its size differs from the first page’s",
    turn_the_page: ":6:0: error: The page is rotated, scaled or cropped (Rotate)",
    hide_a_line: ":6:0: error: Text is drawn in a way that the program never uses",
    say_something_else: ":6:0: error: Text is drawn in a way that the program never uses",
    read_letters_in_another_order: ": error: The page is read aloud after a later page",
    lead_on: ":10:0: error: A link has a further action",
    lay_a_stamp: ":10:0: error: An annotation on the page is not a link",
    nest_tags_in_themselves: ":0:0: error: The document’s tags cannot be read",
    hide_a_layer: ":0:0: error: The document has an entry OCProperties",
    misplace_a_locator: ":10:0: error: The link “1:7” does not lie on its words",
    draw_nothing_among_others: ":6:0: error: A character is drawn that its font does not have",
    run_something_afterwards: ":0:0: error: The document has an action of the kind JavaScript",
    act_when_a_page_opens: ":0:0: error: The document has an entry AA, which runs",
    draw_from_elsewhere: ":0:0: error: The document refers to an external file",
    read_in_another_order: ": error: Letter 1 should read ",
    read_twice: ":0:0: error: The document’s tags cannot be read",
    lose_the_end_of(1): ":1:0: error: “Cover” should read ",
    lose_the_end_of(11): ":11:0: error: “Index of signatories” should read ",
    lose_the_end_of(12): ":12:0: error: “Bibliography of cited reports” should read ",
    lose_a_running_head: ":6:0: error: The running head reads “”",
    lose_the_context_of_a_running_head: ":6:0: error: The running head reads “",
    put_the_running_head_of_another_section: ":6:0: error: The running head reads “",
    put_a_running_head_on_a_first_page: ":5:0: error: The running head reads “",
    lose_the_figure: ":4:0: error: “The letters at a glance” should say “Signatures by country Japan 12",
    swap_bookmarks: ":0:0: error: The bookmarks are in another order",
    insert_an_empty_page: ":0:0: error: The file has 14 pages, the listing 13",
    lead_by_name: ":10:0: error: The link “1:7” leads nowhere",
    lose_a_line: ":6:0: error: Letter 1 should read ",
    double_a_line: ":6:0: error: Letter 1 should read ",
    swap_lines: ":6:0: error: Letter 1 should read ",
    draw_nothing: ":6:0: error: A character is drawn that its font does not have",
    leave_the_page: ":6:0: error: A text leaves the page",
    run_into_another: ":6:0: error: A text runs into another",
    untag_a_text: ":6:0: error: A text on the page is neither tagged nor marked as an artifact",
    empty_a_page: ":6:0: error: The page is empty",
    swap_pages: ":6:0: error: Letter 1 should read ",
    lose_a_page: ":0:0: error: The file has 12 pages, the listing 13",
    lose_a_folio: ":6:0: error: The page number reads “”",
    start_labels_at_two: ":1:0: error: The page’s label is “2”",
    rename_a_bookmark: ":3:0: error: The bookmark “Contents, p. 3” is missing or leads elsewhere",
    move_a_bookmark: ":1:0: error: The bookmark “Contents, p. 3” should not be there",
    move_a_locator: ":10:0: error: The link “1:7” leads to page 1",
    lose_a_locator: ":10:0: error: “Index of signatories” has ",
    move_a_line_of_the_contents: ":3:0: error: The link “12” leads to page 1",
    lose_a_line_of_the_contents: ":3:0: error: “Contents” has 6 links of 7",
    move_a_title: ":3:0: error: The link “Appeal to the Supreme Commander” leads to page 1",
    move_a_citation: ":8:0: error: The link “[1]” leads to page 1",
    lead_nowhere: ":10:0: error: The link “1:7” leads nowhere",
    lead_to_a_file: ":10:0: error: A link leads to “file:///etc/passwd”",
    take_out_a_font: ":0:0: error: The font ",
    orphan_a_content: ":6:0: error: Content of the page is not tagged",
    lose_a_section: ":8:0: error: The section that begins here has no tags",
    lose_all_tags: ":0:0: error: The document has no tags",
    silence_the_figure: ":0:0: error: A figure has no alternative text",
    forget_the_language: ":0:0: error: The document’s language is not stated",
    forget_the_title: ":0:0: error: The document has no title",
    script: ":0:0: error: The document runs an action when it is opened",
    launch: ":0:0: error: The document has an action of the kind Launch",
    remote: ":0:0: error: The document has an action of the kind GoToR",
    attach: ":0:0: error: The document has an attachment",
}


@pytest.mark.parametrize(
    ("damage", "message"), DAMAGES.items(), ids=lambda one: getattr(one, "__name__", "")
)
def test_damage_is_noticed(
    damage: Damage,
    message: str,
    real: Edition,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = damaged(real, tmp_path, damage)
    said = verify(real, copy, capsys)
    assert message in said, said
    # A build takes what good files have shown for granted, and has to notice the same. The good file is
    # saved as the damaged one is, so that the drawings of what was left alone are the same.
    kept = shown_by_a_copy(real)
    assert kept.pages.keys() & shown_in(copy)
    assert proved_in_a_build(real, copy, kept) == [
        line.replace(REBUILD, REPORT) for line in said.splitlines()[:-1]
    ]


@functools.cache
def shown_by_a_copy(edition: Edition) -> Kept:
    with tempfile.TemporaryDirectory() as folder:
        copy = damaged(edition, Path(folder), lambda pdf: None)
        with Proof(copy, "x.pdf", fresh=True) as proof:
            listing = copy.with_suffix(".json").read_bytes()
            corpus = corpus_of(edition)
            (found,) = proof.against(corpus, corpus.everything, entries, listing)
            assert found.message.startswith("The file is not in the form in which the program")
            return proof.shown()


def shown_in(pdf: Path) -> set[str]:
    """Return the keys of a file's drawings."""
    objects = Objects(pdf.read_bytes())
    fonts = typefaces.shared(objects)
    return {one.page for one in drawings(objects, objects.pages(), fonts) if one}


@functools.cache
def shown_by(edition: Edition) -> Kept:
    listing = edition.pdf.with_suffix(".json").read_bytes()
    with Proof(edition.pdf, "x.pdf", fresh=True) as proof:
        assert (
            proof.against(corpus_of(edition), corpus_of(edition).everything, entries, listing) == ()
        )
        return proof.shown()


def proved_in_a_build(edition: Edition, pdf: Path, kept: Kept) -> list[str]:
    with Proof(pdf, pdf.as_posix(), fresh=True, kept=kept) as proof:
        found = proof.against(
            corpus_of(edition),
            corpus_of(edition).everything,
            entries,
            pdf.with_suffix(".json").read_bytes(),
        )
    return [str(item) for item in found]


@functools.cache
def corpus_of(edition: Edition) -> Corpus:
    found, _ = read(edition.corpus, "c")
    assert found
    return found


def pages_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each page is added that is read from now on."""
    read: list[int] = []
    page = readback.Readback.page

    def counted(book: readback.Readback, number: int) -> readback.Page:
        read.append(number)
        return page(book, number)

    monkeypatch.setattr(readback.Readback, "page", counted)
    return read


@pytest.mark.parametrize("edition", ["real", pytest.param("big", marks=pytest.mark.slow)])
def test_what_a_good_file_has_shown_is_not_read_again(
    edition: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for some pages, by which it is seen that what is kept has not gone wrong as a whole."""
    one: Edition = request.getfixturevalue(edition)
    kept = shown_by(one)
    read = pages_read(monkeypatch)
    assert proved_in_a_build(one, one.pdf, kept) == []
    assert len(read) == min(AGAIN, one.json["pages"])


def of_fonts(edition: Edition) -> dict[str, typefaces.Typeface]:
    objects = Objects(edition.pdf.read_bytes())
    return typefaces.typefaces(objects, typefaces.shared(objects), {})


def test_fonts_with_more_glyphs_leave_pages_known(
    real: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that no page had before changes the fonts of all pages, and no other page is read again."""
    shutil.copytree(real.corpus, tmp_path / "c")
    letter = sorted((tmp_path / "c/letters").glob("*.md"))[-1]
    with letter.open("a", encoding="utf-8") as text:
        text.write("\nThe rivers Ǵ, Ḱ and Ǹ.\n")
    other = make_edition(tmp_path / "c", tmp_path / "x.pdf")
    before, now = of_fonts(real), of_fonts(other)
    assert before != now
    assert typefaces.have_grown(before, now)
    assert not typefaces.have_grown(now, before)
    kept = {"real": shown_by(real), "other": shown_by(other)}
    monkeypatch.setattr("dossier.proof.prover.AGAIN", 0)
    read = pages_read(monkeypatch)
    assert proved_in_a_build(other, other.pdf, kept["real"]) == []
    mine = {one["id"]: one for one in other.json["sections"]}["letters/" + letter.stem]
    assert {*read} <= {*range(mine["first_page"], mine["last_page"] + 1)}
    read.clear()
    assert proved_in_a_build(real, real.pdf, kept["other"]) == []
    assert len(read) == real.json["pages"]


@pytest.mark.parametrize("what", ["about", "glyphs", "lost", "damaged"])
def test_a_font_that_is_another_has_not_grown(real: Edition, what: str) -> None:
    before = of_fonts(real)
    name, one = next(iter(before.items()))
    glyph = next(iter(one.glyphs))
    other = {
        "about": replace(one, checksum="x", about="x"),
        "glyphs": replace(one, checksum="x", glyphs={**one.glyphs, glyph: "x"}),
        "lost": replace(
            one, checksum="x", glyphs={key: of for key, of in one.glyphs.items() if key != glyph}
        ),
        "damaged": typefaces.DAMAGED_FONT,
    }[what]
    assert typefaces.have_grown(before, {**before, name: replace(one, checksum="x")})
    # That of the words over facsimiles is not told glyph by glyph.
    blank = typefaces.Typeface("a")
    assert typefaces.have_grown({"F": blank}, {"F": blank})
    assert not typefaces.have_grown({"F": blank}, {"F": typefaces.Typeface("b")})
    assert not typefaces.have_grown(before, {**before, name: other})
    assert not typefaces.have_grown(before, {key: of for key, of in before.items() if key != name})


@pytest.mark.parametrize("edition", ["real", pytest.param("big", marks=pytest.mark.slow)])
def test_a_file_is_read_alike_as_it_stands_and_rewritten(
    edition: str, request: pytest.FixtureRequest
) -> None:
    one: Edition = request.getfixturevalue(edition)
    raw = one.pdf.read_bytes()
    quick, slow = (anatomy.dissect(Objects(raw, direct)) for direct in (True, False))
    assert len(quick.order) == one.json["pages"]
    assert (quick.order, quick.links, quick.findings) == (slow.order, slow.links, [])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(16))
def test_damage_at_random_is_noticed_and_never_a_traceback(
    seed: int, real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the file as it is, or with its parts in plain sight, where it does not end the reading."""
    chance = random.Random(seed)
    raw = bytearray(plain(real) if seed % 2 else real.pdf.read_bytes())
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(9, len(raw))
        raw[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(1, 3))
    (tmp_path / "x.pdf").write_bytes(raw)
    shutil.copy(real.pdf.with_suffix(".json"), tmp_path / "x.json")
    assert main(["verify", str(tmp_path / "x.pdf"), "--corpus", str(real.corpus)]) == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "a bug in the program" not in said


@functools.cache
def plain(edition: Edition) -> bytes:
    made = io.BytesIO()
    with Pdf.open(edition.pdf) as pdf:
        pdf.save(made, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue()


# --- a program that prints wrong numbers ---


def one_more(self: sections.Pages, letter: str, anchor: str) -> int:
    return TRUE_PAGE(self, letter, anchor) + 1


def one_fewer(self: sections.Pages, locators: Any, lettering: Any) -> PrintedPlaces:
    return PrintedPlaces(printed(locators, self.of, lettering)[: max(1, len(locators) - 1)])


TRUE_PAGE = sections.Pages.of


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "name", "wrong", "message"),
    [
        (sections.Pages, "of", one_more, "“Index of signatories” should read"),
        (sections.Pages, "printed", one_fewer, "“Index of signatories” should read"),
        (sections.Pages, "of", one_more, "“Bibliography of cited reports” should read"),
        (
            bind.Digits, "instead",
            lambda self, label, *rest: TRUE_NUMBER(self, str(int(label) + 1), *rest),
            "“Contents” should read",
        ),
        (
            bind.Digits, "show", lambda self, label, x, y: TRUE_FOLIO(self, str(int(label) + 1), x, y),
            "The page number reads “2”",
        ),
    ],
    ids=["page of the index", "locator missing", "page of a back-reference", "contents", "folio"],
)  # fmt: skip
def test_a_wrong_number_is_noticed_before_anything_is_written(
    where: type,
    name: str,
    wrong: Any,
    message: str,
    real: Edition,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--corpus", str(real.corpus), "--output", str(tmp_path / "x.pdf"), "--jobs", "1"]
    before = earlier_build(tmp_path / "x.pdf")
    monkeypatch.setattr(where, name, wrong)
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert message in said
    assert f"{REPORT}\n" in said
    assert said.rstrip().endswith(
        f"; the file that was refused is {tmp_path}/x.rejected.pdf, to look at."
    )
    assert still_there(before)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".cache") == [
        "x.html", "x.json", "x.pdf", "x.rejected.pdf", "x.rejected.txt",
    ]  # fmt: skip


TRUE_NUMBER, TRUE_FOLIO = bind.Digits.instead, bind.Digits.show


# --- a program that breaks words ---

WORD = "Arbeitsgemeinschaft"


@pytest.fixture
def wordy(corpus: Callable[..., Path]) -> Path:
    """Everywhere the same long word, behind words of many lengths."""
    names = [f"{'i' * place} {WORD} {'n' * place} {WORD}" for place in range(1, 30)]
    head = {
        "title": " ".join(names[:4]), "heading": " ".join(names[4:9]), "date": "2012", "language": "ko",
        "to": {"name": " ".join(names[9:15]), "lines": names[:2]}, "signatories": names,
        "source": {"note": " ".join(names[:12])},
    }  # fmt: skip
    works = [{"id": f"w{place}", "type": "book", "title": name} for place, name in enumerate(names)]
    cited = " ".join(f"{name} [@w{place}]" for place, name in enumerate(names))
    return corpus(
        **{
            "dossier.yaml": f"title: {' '.join(names[:6])}\nintroduction: {' '.join(names)}\n"
            f"rights: {' '.join(names)}\n",
            "reports.yaml": json.dumps({"references": works}),
            "letters/one.md": f"---\n{json.dumps(head)}\n---\n{cited}\n",
        }
    )


def refused(folder: Path, pdf: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what a build finds against its own file; nothing where it is built."""
    capsys.readouterr()
    status = main(["--corpus", str(folder), "--output", str(pdf), "--jobs", "1", "--no-cache"])
    said = capsys.readouterr().err
    assert pdf.exists() == (status == 0)
    return [line for line in said.splitlines() if " error: " in line]


def test_no_word_is_broken(wordy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(wordy, tmp_path / "x.pdf", capsys) == []


@pytest.mark.parametrize(
    "joint", [" ?\u00a0", " !\u00a0", "\u00a0( ", " : \u00a0"], ids=["?", "!", "(", ":"]
)
def test_words_that_no_line_may_end_between_may_be_broken(
    joint: str, corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Together they are longer than the line, though each would have room on one."""
    text = joint.join(["Donaudampfschifffahrtsgesellschaftskapitän"] * 2)
    head = "---\ntitle: A\ndate: 2012\nto: X\nlanguage: ko\n---\n"
    folder = corpus(**{"letters/one.md": f"{head}And so on, word after word, {text} and so on.\n"})
    assert refused(folder, tmp_path / "x.pdf", capsys) == []


LONG = "Rechtsschutzversicherungsgesellschaften"
COMPOUND = "Donaudampfschifffahrtsgesellschaftskapitän"
WHERE_LINES_MAY_END = {
    # The spacing acute begins a line, though compared texts have it as a combining mark.
    "before an accent": "{} שלום´Amnesty שלום",
    # No line ends between a thin space and a quotation mark.
    "before a quotation mark": f"{{}} {LONG}\u2009“\u00a0{LONG}ff“ x",
    # The direction of the context makes two texts of the first word.
    "in a word of two directions": f"{{}} שלום [12 שלום{COMPOUND}](https://example.org/) end",
    # A link that begins with a thin space at the end of a line has no words there.
    "at a link's thin space": (
        f"*السلام عليكم, “ ١٢٣*[´\n“\u2009١٢٣\u2009{'W' * 60}\n“\n´](https://example.org/)"
    ),
}
"""Paragraphs, of which the braces stand for words of any length."""
LEADS = [
    ("The undersigned ask that the commission consider every report of all" * 2)[:n]
    for n in range(2, 82, 2)
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", WHERE_LINES_MAY_END)
@pytest.mark.parametrize("language", ["ko", "he"])
def test_a_line_that_ends_where_it_may_is_no_fault(
    kind: str,
    language: str,
    corpus: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = [WHERE_LINES_MAY_END[kind].format(lead) for lead in LEADS]
    head = f"---\ntitle: A\ndate: 2012\nto: X\nlanguage: {language}\n---\n"
    works = [{"id": f"w{place}", "type": "book", "title": text} for place, text in enumerate(made)]
    cited = " ".join(f"[@{work['id']}]" for work in works)
    folder = corpus(**{
        "letters/one.md": head + "\n\n".join([*made, f"All. {cited}\n"]),
        "reports.yaml": json.dumps({"references": works}),
    })  # fmt: skip
    assert refused(folder, tmp_path / "x.pdf", capsys) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("cover", "“Cover”"), ("contents", "“Contents”"), ("glance", "The table of letters"),
        ("introduction", "“Introduction”"), ("letters/one", "Letter 1"),
        ("index", "“Index of signatories”"), ("bibliography", "“Bibliography of cited reports”"),
        ("colophon", "“Colophon”"),
    ],
)  # fmt: skip
def test_a_word_broken_without_a_hyphen_is_noticed(
    section: str,
    name: str,
    wordy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def spoilt(plan: sections.Plan, pages: sections.Pages) -> str:
        html = plan.html(pages)
        parts = re.findall("ft|.", WORD)
        return html.replace(WORD, "\u200b".join(parts)) if plan.id == section else html

    true = sections.plans
    monkeypatch.setattr(
        stages,
        "plans",
        lambda dossier: [
            replace(plan, html=functools.partial(spoilt, plan)) for plan in true(dossier)
        ],
    )
    found = refused(wordy, tmp_path / "x.pdf", capsys)
    assert found
    assert all(f" error: {name} breaks “{WORD}" in line for line in found), found
    assert all(f" at the end of a line, behind “{WORD[:1]}" in line for line in found)


def test_words_that_the_style_sheet_breaks_are_noticed(
    corpus: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    signers = [{"person": f"Maria {'i' * place}", "organization": WORD} for place in range(30)]
    head = json.dumps({"title": "A", "date": "2012", "to": "X", "signatories": signers})
    folder = corpus(**{"letters/one.md": f"---\n{head}\n---\nText.\n"})
    true = render.style_sheet
    monkeypatch.setattr(
        render, "style_sheet", lambda *given: true(*given) + ".index { word-break: break-all }"
    )
    found = refused(folder, tmp_path / "x.pdf", capsys)
    assert found
    assert all(f"“Index of signatories” breaks “{WORD}" in line for line in found), found


# --- files that are none ---


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda raw: b"a letter", "The file is not a PDF"),
        (lambda raw: raw[: len(raw) // 2], "The file is truncated: its end is missing"),
        (lambda raw: b"%PDF-1.7\nnothing\n%%EOF\n", "The file is damaged"),
    ],
    ids=["text", "cut", "empty"],
)
def test_a_file_that_cannot_be_read(
    content: Callable[[bytes], bytes],
    message: str,
    real: Edition,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "x.pdf").write_bytes(content(real.pdf.read_bytes()))
    shutil.copy(real.pdf.with_suffix(".json"), tmp_path / "x.json")
    said = verify(real, tmp_path / "x.pdf", capsys)
    assert message in said
    assert (
        "The file was changed or saved anew after it was built: it is not the one that x.json"
        in said
    )


def test_an_encrypted_file(
    real: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, password in (("a.pdf", ""), ("b.pdf", "secret")):
        with Pdf.open(real.pdf) as pdf:
            pdf.save(tmp_path / name, encryption=pikepdf.Encryption(owner="o", user=password))
        shutil.copy(real.pdf.with_suffix(".json"), tmp_path / name.replace("pdf", "json"))
    assert "The file is encrypted" in verify(real, tmp_path / "a.pdf", capsys)
    assert "The file asks for a password" in verify(real, tmp_path / "b.pdf", capsys)


def test_the_listing_is_missing_or_another_corpus(
    real: Edition, big: Edition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(real.pdf, tmp_path / "x.pdf")
    said = verify(real, tmp_path / "x.pdf", capsys)
    assert "The listing x.json does not stand beside the file. Put it there" in said
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    said = verify(real, tmp_path / "x.pdf", capsys)
    assert "The listing x.json beside the file is damaged" in said
    assert "The file was built from another corpus, or before" in verify(big, real.pdf, capsys)
    none = tmp_path / "none.pdf"
    assert main(["verify", str(none), "--corpus", str(real.corpus)]) == 2
    assert f"there is no file {none.as_posix()}. Build it first." in capsys.readouterr().err


def test_a_corpus_with_faults_cannot_be_compared(
    real: Edition, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "titel: X\n"})
    assert main(["verify", str(real.pdf), "--corpus", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "The key “titel” is unknown. Did you mean “title”?" in said
    assert said.endswith("1 error; no file can be compared with a corpus that has faults.\n")


def test_findings_as_json(real: Edition, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    arguments = ["verify", str(real.pdf), "--corpus", str(real.corpus), "--format", "json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_title_with_typographic_signs_is_read_as_it_is(
    corpus: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = corpus(**{"dossier.yaml": "title: “Don’t — wait…” • €\nsubtitle: „ﬁ‰” ˘˜\n"})
    edition = make_edition(folder, tmp_path / "x.pdf")
    assert verify(edition, edition.pdf, capsys) == ""
