"""The Word file: that it reads as the print does, opens in LibreOffice, and that its proof finds what is wrong."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from conftest import built_with, command, write_files
from test_chance import PICTURE as SEAL

from dossier import outputs_table
from dossier.cli.main import main
from dossier.outputs.archive import Part, archive
from dossier.outputs_table import OUTPUTS, Output
from dossier.pipeline import received

HEAD = "---\ntitle: {}\ndate: 2012-01-{:02}\nto: {}\n"
FILES = {
    "dossier.yaml": "title: Words & more\nsubtitle: Of many kinds\nformat: 2\nprepared_by: The Office\nidentifier: D-1\n"
    "rights: CC0\nedition: 3\ndate: 2026-01-01\noutputs: [docx]\nintroduction: |\n  An *editor’s* word.\n\n  ## A head\n"
    "packets:\n  some: {title: S, sections: [cover, letters, contents, index, bibliography], select: {letters: hebrew}}\n",
    "reports.yaml": "references: [{id: wp, type: report, title: A White Paper, issued: 2012, URL: 'https://example.org/wp'}]\n",
    "letters/rich.md": HEAD.format("Rich", 1, "{lines: [To, The Commission]}") + """\
closing: [Yours, truly]
subject: On everything
note: The editor says so.
source: {url: 'https://example.org/rich', accessed: 2020-01-02}
signatories:
  - {organization: First Union, withdrawn: 2013-01-02}
  - group: {heading: People, form: table, numbering: through, signatories: [{person: Ann Lee, country: DE}, {anonymous: 12}]}
  - group: {heading: Others, numbering: group, signatories: [Second Union, Third Union]}
---
A *first* paragraph,[^1] **strong**, with [a link](https://example.org/x?a=1&b=2) and a work [@wp, p. 3].
Its second line.[^*]

## A heading[^h]

(a) One.

(b) Two.[^1]

- A bullet

  with a second paragraph

  - and one inside.

> A quotation.

| Left | Number |
|:-----|-------:|
| a | 1 |
| b | 2 |

![A seal with a star](pictures/seal.png)

[signatories]

P.S. And one more.

[^1]: The first note [@wp].

    Its *second* paragraph.
[^*]: An asterisk.
[^h]: The note of a heading.
""",
    "letters/hebrew.md": HEAD.format("Hebrew", 2, "Somebody") + "language: he\n---\nשלום *לכולם*[^א] (NGO 2012) וברכה.\n\n"
    "An English sentence.\n\n[^א]: הערה של המכתב.\n",
    "letters/japan.md": HEAD.format("日本", 3, "会長") + "language: ja\nsignatories: [自由書簡連合]\n---\n拝啓、Amnesty のみなさま。\n",
    "letters/reply.md": HEAD.format("Reply", 4, "X") + "reply_to: rich\n---\nWe decline.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Build all packets; return corpus, PDF, and what proves a file as if the build had made it."""
    folder = tmp_path_factory.mktemp("docx")
    write_files(folder / "corpus", FILES)
    (folder / "corpus/pictures").mkdir()
    (folder / "corpus/pictures/seal.png").write_bytes(SEAL)
    return built_with("docx", folder)


def part(pdf: Path, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(pdf.with_suffix(".docx")) as file:
        return file.read(name).decode()


def styled(pdf: Path) -> list[tuple[str, str]]:
    """Return the style and the text of each paragraph outside tables, as another library reads them."""
    file = docx.Document(str(pdf.with_suffix(".docx")))
    return [(one.style.name if one.style else "", one.text) for one in file.paragraphs]


def test_another_library_reads_styles_and_words(run: Any) -> None:
    there = styled(run[1])
    for wanted in (
        ("Title", "Words & more"), ("Subtitle", "Of many kinds"), ("Heading 1", "Letter 1 Rich"), ("Date", "January 1, 2012"),
        ("Subject", "On everything"), ("Heading 2", "A headingh"), ("List Number", "(a)\tOne."), ("List Bullet", "A bullet"),
        ("Quote", "A quotation."), ("Closing", "Yours\ntruly"), ("Heading 2", "A head"),
        ("Heading 2", "People"), ("Signature", "1. Second Union"), ("Signature", "自由書簡連合"),
        ("Editorial Note", "The editor says so."), ("Heading 1", "Index of signatories"),
    ):  # fmt: skip
        assert wanted in there, wanted
    tables = docx.Document(str(run[1].with_suffix(".docx"))).tables
    cells = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    assert ["b", "2"] in cells and ["1", "Ann Lee", "Germany"] in cells
    properties = docx.Document(str(run[1].with_suffix(".docx"))).core_properties
    assert (properties.title, properties.author, properties.language) == (
        "Words & more",
        "The Office",
        "en",
    )


def test_footnotes_fields_pictures_and_links_are_word_s_own(run: Any) -> None:
    text, notes = part(run[1]), part(run[1], "word/footnotes.xml")
    # The note that is called twice is one note; its second call is a link.
    assert text.count("<w:footnoteReference ") == 4 and notes.count("<w:footnote ") == 6
    assert text.count(" TOC ") == 1 and text.count("PAGEREF") == 10
    assert " PAGE " in part(run[1], "word/footer1.xml")
    assert text.count('descr="A seal with a star"') == 2
    links = part(run[1], "word/_rels/document.xml.rels")
    assert 'Target="https://example.org/x?a=1&amp;b=2" TargetMode="External"' in links
    assert (
        "<w:cantSplit/>" in text
        and "<w:tblHeader/>" in text
        and '<w:lang w:val="he" w:eastAsia="he" w:bidi="he"/>' in text
    )
    assert (
        '<w:rtl/><w:lang w:val="he"' in text
        and '<w:lang w:val="x-none" w:eastAsia="ja" w:bidi="ja"/>' in text
    )


def test_a_packet_has_its_own_sequence_of_sections(run: Any) -> None:
    headings = [
        text for style, text in styled(run[1].with_name("some.pdf")) if style == "Heading 1"
    ]
    assert headings == [
        "Letter 2 Hebrew",
        "Contents",
    ]


def test_the_same_corpus_gives_the_same_bytes(run: Any) -> None:
    with zipfile.ZipFile(run[1].with_suffix(".docx")) as file:
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert main(["verify", str(run[1]), "--corpus", str(run[0]), "--rebuild"]) == 0
    assert not received(run[1]).faults


@pytest.mark.libreoffice
def test_libreoffice_opens_it(run: Any, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run(
        [*command, str(run[1].with_suffix(".docx"))], check=True, timeout=120, capture_output=True
    )
    text = (tmp_path / "x.txt").read_text("utf-8-sig")
    for words in (
        "Letter 1 Rich", "A first paragraph,", "P.S. And one more.", "שלום לכולם", "An English sentence.", "(a)\tOne.",
        "拝啓、Amnesty のみなさま。", "Index of signatories", "A White Paper",
    ):  # fmt: skip
        assert words in text


# --- what its proof finds ---


def deflate(contents: Any) -> list[bytes]:
    return [zlib.compress(content) for content in contents]


def repacked(change: Callable[[dict[str, bytes]], Any]) -> Callable[[bytes], bytes]:
    """Change the parts of a file."""

    def changed(raw: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        before = dict(parts)
        change(parts)
        assert parts != before
        return archive([Part(name, content) for name, content in parts.items()], deflate)

    return changed


def put(old: str, new: str, name: str = "document", count: int = 1) -> Callable[[bytes], bytes]:
    def change(parts: dict[str, bytes]) -> None:
        path = next(path for path in parts if path.endswith(f"{name}.xml") or path.endswith(name))
        assert old.encode() in parts[path], old
        parts[path] = parts[path].replace(old.encode(), new.encode(), count)

    return repacked(change)


HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r>"
DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a word": (put("paragraph,", "paragraphs,"), "Letter 1 should read"),
    "a comma": (put(" paragraph,", " paragraph;"), "Letter 1 should read"),
    "a paragraph is lost": (put(">A quotation.<", "><"), "Letter 1 should read"),
    "a word more": (put("We decline.", "We decline. Yes."), "should read"),
    "a line break is lost": (put("<w:r><w:br/></w:r>", "", count=99), "should read"),
    "a signature": (put("Second Union", "Second Onion"), "should read"),
    "the sequence of signatures": (put(">1.</w:t>", ">2.</w:t>"), "should read"),
    "a footnote": (put("An asterisk.", "No asterisk.", "footnotes"), "should read"),
    "the mark of a footnote": (put(">h</w:t>", ">i</w:t>"), "should"),
    "a call of another note": (put('w:id="2"/><w:t', 'w:id="3"/><w:t'), "should"),
    "a footnote more": (put("</w:footnotes>", '<w:footnote w:id="9"/></w:footnotes>', "footnotes"), "footnotes, and should have others"),
    "a heading's level": (put('"Heading2"/></w:pPr><w:r><w:t xml:space="preserve">A heading', '"Heading3"/></w:pPr><w:r><w:t xml:space="preserve">A heading'), "a heading of level"),
    "a heading that is none": (put('"Heading1"/><w:pageBreakBefore/></w:pPr>', '"BodyText"/><w:pageBreakBefore/></w:pPr>'), "does not begin with its heading"),
    "a letter's title": (put(">Rich<", ">Poor<"), "should read"),
    "the cover": (put("4 letters", "5 letters"), "should read"),
    "the note to the reader": (put("This file has the same", "This file has not the same"), "should say"),
    "the index": (put("Second Union,", "Second Union;"), "should read"),
    "a page in the index": (put("Third Union, </w:t>", "Third Union, 9</w:t>"), "should read"),
    "the bibliography": (put("A White Paper", "A Black Paper"), "should read"),
    "an address": (put("https://example.org/wp", "https://example.org/wq", "document.xml.rels"), "leads to"),
    "a link elsewhere": (put("https://example.org/x", "https://example.org/y", "document.xml.rels"), "leads to"),
    "the chart": (put(">Not stated<", ">Stated<"), "The chart should read"),
    "a cell": (put('>2</w:t></w:r></w:p></w:tc>', '>3</w:t></w:r></w:p></w:tc>'), "should"),
    "no strike": (put("<w:strike/>", ""), "should be struck through"),
    "a strike more": (put("<w:r><w:t xml:space=\"preserve\">We d", "<w:r><w:rPr><w:strike/></w:rPr><w:t xml:space=\"preserve\">We d"), "should be struck through"),
    "a field elsewhere": (put("PAGEREF _", "PAGEREF _0"), "The fields of the contents"),
    "a field that acts": (put(" PAGEREF ", " INCLUDETEXT "), "A field stands here"),
    "no contents field": (put("TOC \\o", "TOC \\x"), "A field stands here"),
    "another language": (put('w:eastAsia="he" w:bidi="he"', 'w:eastAsia="de" w:bidi="he"', count=99), "words have the language"),
    "a letter in the dossier's language": (put('<w:lang w:val="x-none" w:eastAsia="ja" w:bidi="ja"/>', "", count=99), "are not in their language"),
    "a run's direction": (put("<w:rtl/>", ""), "runs in another direction"),
    "a paragraph's direction": (put('<w:pStyle w:val="BodyText"/></w:pPr><w:r><w:t xml:space="preserve">We d', '<w:pStyle w:val="BodyText"/><w:bidi/></w:pPr><w:r><w:t xml:space="preserve">We d'), "runs in another direction"),
    "an alternative text": (put('descr="A seal with a star"', 'descr="A seal"', count=9), "should read"),
    "two alternative texts": (put('descr="A seal with a star"', 'descr="A seal"'), "without an alternative text, or with two"),
    "another picture": (repacked(lambda parts: parts.update({"word/media/image1.png": SEAL[:-1] + b"x"})), "The pictures in the file"),
    "a picture is lost": (repacked(lambda parts: parts.pop("word/media/image1.png")), "it should have the parts"),
    "a hidden text": (put("<w:sectPr>", f"<w:p>{HIDDEN}</w:p><w:sectPr>"), "<vanish> stands in it"),
    "a hidden style": (put('<w:vertAlign w:val="superscript"/>', "<w:vanish/>", "styles"), "may hide text"),
    "white text": (put('<w:color w:val="000000"/>', '<w:color w:val="FFFFFF"/>', "styles"), "may hide text"),
    "tiny text": (put('<w:sz w:val="24"/>', '<w:sz w:val="2"/>', "styles"), "in the size 2"),
    "a deleted text": (put("<w:sectPr>", "<w:p><w:del><w:r><w:t>x</w:t></w:r></w:del></w:p><w:sectPr>"), "<del> stands in it"),
    "a text outside": (put("</w:body>", "</w:body>x"), "stands outside the text"),
    "the file's title": (put("<dc:title>Words", "<dc:title>Word", "core"), "The properties of the file"),
    "the file's day": (put("2026-01-01T", "2026-01-02T", "core"), "The properties of the file"),
    "the running head": (put("Words &amp; more", "Words", "header1"), "reads"),
    "a macro": (repacked(lambda parts: parts.update({"word/vbaProject.bin": b"x"})), "it should have the parts"),
    "a template from elsewhere": (put("</Relationships>", '<Relationship Id="t" Type="x/attachedTemplate" Target="https://e.org/t.dotm" TargetMode="External"/></Relationships>', "document.xml.rels"), "that a build does not write"),
    "a setting": (put("<w:compat>", '<w:documentProtection/><w:compat>', "settings"), "The settings have"),
    "a declaration": (put("<w:document", "<!DOCTYPE x><w:document"), "declarations or comments"),
    "a broken part": (put("</w:body>", ""), "it is not XML"),
    "bytes behind": (lambda raw: raw + b"x", "bytes that belong to no file"),
    "bytes before": (lambda raw: b"x" + raw, "The file is damaged"),
    "another time": (lambda raw: raw.replace(b"\x00\x00\x21\x00", b"\x01\x00\x21\x00"), "another time"),
    "no archive": (lambda raw: b"", "The file is damaged"),
    "half a file": (lambda raw: raw[: len(raw) // 2], "The file is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_wrong_in_the_file_is_found(kind: str, run: Any) -> None:
    _, pdf, prove = run
    raw = pdf.with_suffix(".docx").read_bytes()
    assert prove(raw) == []
    change, said = DAMAGES[kind]
    damaged = change(raw)
    assert damaged != raw
    assert any(said in message for _, message in prove(damaged)), prove(damaged)


def test_a_build_with_a_wrong_file_is_refused(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    true = OUTPUTS["docx"]
    wrong = Output(lambda *given: put("We decline.", "Yes.")(true.make(*given)), true.prove)
    monkeypatch.setitem(outputs_table.OUTPUTS, "docx", wrong)
    assert main(command(run[0], tmp_path / "x.pdf")) == 1
    assert "Letter 4 should read “We decline.” here, and reads “Yes.”" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "x.rejected.docx",
        "x.rejected.txt",
    ]


@pytest.mark.parametrize("keys", ["", "signatories: [A Union]\n"])
def test_nothing_is_said_of_what_is_not_there(
    keys: str, corpus: Callable[..., Path], tmp_path: Path
) -> None:
    letter = f"---\ntitle: One\ndate: 2012-01-08\nto: Somebody\n{keys}---\nA text.\n"
    folder = corpus(**{"dossier.yaml": "title: All\noutputs: docx\n", "letters/one.md": letter})
    assert main(command(folder, tmp_path / "x.pdf")) == 0
    cover = [one.text for one in docx.Document(str(tmp_path / "x.docx")).paragraphs[:4]]
    assert ("1 letter · 1 signature" if keys else "1 letter") in cover


def test_a_file_saved_anew_is_found(
    run: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pdf = tmp_path / "x.pdf"
    for path in run[1].parent.glob("x.*"):
        shutil.copy(path, tmp_path)
    docx.Document(str(pdf.with_suffix(".docx"))).save(str(pdf.with_suffix(".docx")))
    assert main(["verify", str(pdf), "--corpus", str(run[0]), "--rebuild"]) == 1
    told = capsys.readouterr().err
    assert "was changed or saved anew" in told and "is another than the one built again" in told
    assert any("another checksum" in fault.message for fault in received(pdf).faults)
