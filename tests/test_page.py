"""What is wrong in the HTML edition is found, whoever made it so; what is right in it is left alone."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from conftest import write_files
from test_oracle import FILES, command

from dossier import outputs_table
from dossier.cli.main import main
from dossier.machine import earlier
from dossier.outputs.checksums import checksums
from dossier.outputs_table import OUTPUTS, Output
from dossier.proof import page as html_proof
from dossier.proof import prover
from dossier.proof.beside import Proved
from dossier.proof.tags import Finding

Change = Callable[[str], str]

LETTER = """---
title: To the commission
date: 2012-01-08
to: {name: The Commission, lines: [The Commission, 1 High Street]}
heading: Open letter
closing: Yours,
place: Seoul
signatories:
  - Free Letters Union
  - The Sea Bird Society (Canada)
  - {person: Keiko Sato, role: Chair, organization: FLU}
  - {person: Ann Lee, role: Poet}
source: {url: "https://example.org/one?a=1&b=2", archived_url: "https://example.org/kept", archived: 2013-01-01}
---
A text that cites [@z] and [@a, p. 3], well-known <b>as it is</b> & more.

## What we *ask*

3. First, [a page](https://example.org/page).
4. Second\\
   of two lines.

> A quotation.
"""
BOOK = FILES | {
    "dossier.yaml": "title: Letters of many\nidentifier: X/1\nprepared_by: An editor\nrights: Free\n"
    "introduction: |\n  Read *this* first.\n",
    "letters/one.md": LETTER,
    "reports.yaml": FILES["reports.yaml"].replace(
        "note: Kept}", 'note: Kept, URL: "https://example.org/white"}'
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("page")
    write_files(folder / "corpus", BOOK)
    pdf = folder / "out/x.pdf"
    assert main(command(folder / "corpus", pdf)) == 0
    return folder / "corpus", pdf


def put(old: str, new: str, place: int = 1) -> Change:
    """Put something in the place of what stands there, the first or a later time."""

    def change(page: str) -> str:
        parts = page.split(old)
        assert len(parts) > place, f"{old} does not stand there {place} times"
        return old.join(parts[:place]) + new + old.join(parts[place:])

    return change


def behind(old: str, new: str) -> Change:
    return put(old, old + new)


def swapped(pattern: str) -> Change:
    """Let the first two things that match change places."""

    def change(page: str) -> str:
        one, other = list(re.finditer(pattern, page, re.DOTALL))[:2]
        return (
            page[: one.start()] + other[0] + page[one.end() : other.start()] + one[0] + page[other.end() :]
        )  # fmt: skip

    return change


def without(pattern: str) -> Change:
    def change(page: str) -> str:
        changed, count = re.subn(pattern, "", page, count=1, flags=re.DOTALL)
        assert count
        return changed

    return change


SIGNED = r'<li id="sig-one-\d">.*?</li>'
INDEX, WORKS = "“Index of signatories”", "“Bibliography of cited reports”"
WORDS: dict[str, tuple[Change, str]] = {
    "a word of a letter": (put("text that cites", "text which cites"), "Letter 1 should read"),
    "a word is lost": (put("A quotation.", "A."), "Letter 1 should read"),
    "a space is lost": (put("text that", "textthat"), "Letter 1 should read"),
    "a hyphen is lost": (put("well-known", "wellknown"), "Letter 1 should read"),
    "a character that looks the same": (put("Another text", "Аnother text"), "Letter 2 should read"),
    "a line break is lost": (put("The Commission<br>", "The Commission ", 2), "Letter 1 should read"),
    "a paragraph is two": (put("First,</span> ", "First,</span></p><p>"), "Letter 1 should read"),
    "a paragraph is lost": (without("<blockquote>.*?</blockquote>"), "Letter 1 should read"),
    "a paragraph stands there twice": (behind("</blockquote>", "<p>A quotation.</p>"), "Letter 1 should read"),
    "a paragraph at the end": (put("</article>", "<p>P.S.</p></article>"), "Letter 1 goes on with “P.S.”"),
    "a heading is a paragraph": (
        lambda page: re.sub("<h4>(.*?)</h4>", r"<p>\1</p>", page), "a heading of level 4 in “What we ask”",
    ),
    "a paragraph is a heading": (put("<p>A quotation.</p>", "<h3>A quotation.</h3>"), "should have no heading"),
    "the number of an item": (put(">3.</span>", ">1.</span>"), "Letter 1 should read"),
    "the letter's own heading": (put("Open letter", "Letter"), "Letter 1 should read"),
    "the date line": (put('<p class="dateline">January 8', '<p class="dateline">January 9'), "Letter 1 should read"),
    "the closing": (put("Yours,", "Mine,"), "Letter 1 should read"),
    "two signatures change places": (swapped(SIGNED), "Letter 1 should read"),
    "two signatories change places": (swapped(r"(?<=<li id=\"sig-one-[12]\">)[^<]*"), "Letter 1 should read"),
    "a signature is lost": (without(SIGNED), "Letter 1 should read"),
    "a signature of nobody": (
        put('<li id="sig-one-4">', '<li>Ann Liar</li><li id="sig-one-4">'), "Letter 1 should read",
    ),
    "the pages of a letter": (put("Printed on page 6", "Printed on page 7"), "Letter 1 should read"),
    "the title of a letter": (put("</span> To the court", "</span> To a court"), "Letter 3 should read"),
    "two letters change places": (swapped('<article id="letter-.*?</article>'), "not have the sections"),
    "a letter is lost": (without('<article id="letter-two".*?</article>'), "not have the sections"),
    "a letter has another's anchor": (
        put('id="letter-two"', 'id="letter-x"'), "not have the sections",
    ),
    "a word of the introduction": (put("<em>this</em> first", "<em>this</em> last"), "“Introduction” should read"),
    "a page in the contents": (put("p.\u00a05", "p.\u00a06"), "“Contents” should read"),
    "a title in the contents": (put("To the council</a>", "To a council</a>"), "“Contents” should read"),
    "a line of the contents is lost": (without(r"<li><span>3\..*?</li>"), "“Contents” should read"),
    "an address in the table": (put("The Court<br>", "A Court<br>"), "“The letters at a glance” should read"),
    "a count in the table": (put('<td class="n">4</td>', '<td class="n">5</td>'), "at a glance” should read"),
    "a row of the table is lost": (without(r'<tr><td class="n">2</td>.*?</tr>'), "at a glance” should read"),
    "a figure of the chart": (put("10.5\">3</text>", "10.5\">4</text>"), "below the table"),
    "the length of a bar": (lambda page: re.sub(r'(<rect [^>]*width=")', r"\g<1>1", page, count=1), "another length"),
    "a bar is lost": (without("<rect [^>]*>"), "bars, and should have"),
    "what is read aloud for the chart": (put('Bar chart of the signatures by country: Canada', 'Bar chart of the signatures by country: Spain'), "read aloud"),
    "a heading of the index": (put("Satō, Keiko", "Sato, Keiko"), f"{INDEX} should read"),
    "a country in the index": (put("Free Letters Union (Japan)", "Free Letters Union (Chad)", 2), f"{INDEX} should read"),
    "a page in the index": (put('sig-one-3">p.\u00a06', 'sig-one-3">p.\u00a07'), f"{INDEX} should read"),
    "a letter's number in the index": (put("<b>1</b>", "<b>2</b>"), f"{INDEX} should read"),
    "a see reference is lost": (without(r"<li>FLU, <em>see.*?</li>"), f"{INDEX} should read"),
    "a see reference to another": (put("Letters League, <em>see</em>", "Letters Club, <em>see</em>"), f"{INDEX} should read"),
    "a see-also reference is lost": (without(r"\. <em>See also</em> <a[^>]*>[^<]*</a>"), f"{INDEX} should read"),
    "a native name": (put("自由書簡連合</span>,", "自由連合</span>,"), f"{INDEX} should read"),
    "two headings change places": (swapped(r'<li id="entry-[^>]*>.*?</li>'), INDEX),
    "a letter of the alphabet": (put('<h3 id="index-1">', '<h3 id="index-1">X'), f"{INDEX} should read"),
    "a title in the bibliography": (put("<em>Zeal</em>", "<em>Zest</em>"), f"{WORKS} should read"),
    "the number of a work": (put('<span class="number">1</span>', '<span class="number">2</span>'), f"{WORKS} should read"),
    "a note on a work": (put("Kept</p>", "Lost</p>"), f"{WORKS} should read"),
    "where a work is cited": (put('#cite-one-1">p.\u00a06', '#cite-one-1">p.\u00a07'), f"{WORKS} should read"),
    "a work is lost": (without(r'<li id="work-a".*?</li>'), f"{WORKS} should read"),
    "a citation's figure": (put(", p. 3]", ", p. 4]"), "Letter 1 should read"),
    "the title of all": (put("<h1>Letters of many", "<h1>Letters of few"), "The header should say “Letters of many”"),
    "the page's title": (put("<title>Letters of many", "<title>Letters of few"), "title is “Letters of few”"),
    "the page's language": (put('<html lang="en"', '<html lang="fr"'), "language is “fr”"),
    "who prepared it": (put("Prepared by An editor", "Prepared by Nobody"), "The header should say"),
    "the rights": (put("<br>Free", "<br>Bound"), "The header should say “Free”"),
    "a wording in the note": (put("“SEA BIRD SOCIETY”", "“BIRD SOCIETY”"), "“About this dossier” should say"),
    "the date in the note": (put("published on", "published after"), "“About this dossier” should say"),
    "that the page is the print's": (put("the same content as", "other content than"), "“About this dossier” should say"),
    "where a letter was taken from": (put("read on 2013-04-05", "read on 2014-04-05"), "“Colophon” should say"),
    "what the link to the contents says": (put("To the contents", "To the end"), "The page should read"),
}  # fmt: skip

LINKS: dict[str, tuple[Change, str]] = {
    "a citation leads to another work": (put('href="#work-z"', 'href="#work-b"'), "leads to “#work-z”"),
    "a citation leads nowhere": (put('href="#work-z"', 'href="#work-y"'), "“#work-y”, which is not there"),
    "a citation is no link": (
        lambda page: re.sub(r'<a class="cite"( id="cite-two-1") [^>]*>(.*?)</a>', r"<span\1>\2</span>", page),
        "“[2]” leads to “#work-a”",
    ),
    "a locator leads to another signature": (put('href="#sig-one-3"', 'href="#sig-one-1"'), "leads to “#sig-one-3”"),
    "a see reference leads elsewhere": (
        put('<em>see</em> <a href="#entry-free-letters-union"', '<em>see</em> <a href="#entry-seoul-circle"'),
        "leads to “#entry-free-letters-union”",
    ),
    "a line of the contents leads to another letter": (put('<a href="#letter-two">', '<a href="#letter-one">'), "leads to “#letter-two”"),
    "a row of the table leads to another letter": (put('<br><a href="#letter-two">', '<br><a href="#letter-one">'), "leads to “#letter-two”"),
    "a letter of the alphabet leads to another": (put('href="#index-2"', 'href="#index-1"'), "“AF” to “#index-1”"),
    "a back-reference leads to another letter": (put('href="#cite-three-1"', 'href="#cite-two-1"'), "leads to “#cite-three-1”"),
    "an address of a letter": (put('href="https://example.org/page"', 'href="https://example.com/page"'), "“https://example.com/page”, which the corpus does not have"),
    "an address of a work": (put('href="https://example.org/white"', 'href="https://example.org/page"'), "“https://example.org/page”, which the corpus does not have"),
    "an address of the colophon": (put('href="https://example.org/kept"', 'href="https://example.org/three"'), "The links of the colophon"),
    "a link of the colophon is lost": (lambda page: re.sub('<a href="https://example.org/kept">(.*?)</a>', r"\1", page), "The links of the colophon"),
    "a link in the note": (behind("<p>Each letter", '<a href="https://example.org/kept">x</a>'), "“https://example.org/kept”, which the corpus does not have"),
    "a link over other words": (put('">a page</a>', '">a</a> page'), "Letter 1: there should be"),
    "an anchor is lost": (put(' id="sig-two-2"', ""), "“#sig-two-2”, which is not there"),
    "an anchor stands elsewhere": (
        lambda page: page
        .replace('id="sig-two-2"', 'id="!"').replace('id="sig-two-3"', 'id="sig-two-2"').replace('id="!"', 'id="sig-two-3"'),
        "the anchor “sig-two-2” is missing",
    ),
    "an anchor stands twice": (put('id="sig-two-3"', 'id="sig-two-2"'), "“sig-two-2” stands here a second time"),
}  # fmt: skip

OURS = "The search and its script are not the program’s: “"
ACTIVE: dict[str, tuple[Change, str]] = {
    "a character of our script": (put("const AT_ONCE = 40", "const AT_ONCE = 41"), f"{OURS}const AT_ONCE = 41"),
    "our script does more": (put("main.before(search);", "main.before(search); main.remove();"), f"{OURS}main.before(search); main.remove();"),
    "our script is lost": (without("<script>.*</script>\n"), f"{OURS}</body>"),
    "our script has a type": (put("<script>", '<script type="text/plain">'), f'{OURS}<script type="text/plain">'),
    "a second script behind ours": (put("</script>", "</script><script>alert(1)</script>"), "<script> stands here"),
    "our script a second time": (put("</script>\n</body>", "</script>\n<script>x</script>\n</body>"), "<script> stands here"),
    "our search a second time": (
        lambda page: page.replace("</body>", page[page.index("<template") : page.index("</body>")] + "</body>"),
        "<template> stands here",
    ),
    "our search elsewhere": (
        lambda page: page.replace("<main>", "<main>" + page[page.index("<template") : page.index("</body>")]),
        "<template> stands here",
    ),
    "a text behind our script": (put("</script>\n</body>", "</script>\n<p>Secretly</p>\n</body>"), "Something stands behind the script"),
    "our search is lost": (without("<template.*</script>\n"), "The page has no search: the script is missing"),
    "what our search says": (put(">Search this page<", ">Pay to search<"), f"{OURS}<label for=\"search\">Pay to search"),
    "what our filter says": (put("Names shown: {number}", "Names lost: {number}"), f"{OURS}<p role=\"status\" data-words=\"Names lost"),
    "a field is sent": (put("<ol hidden></ol>", '<ol hidden></ol><form action="https://example.org"></form>'), OURS),
    "a field does something": (put('<input id="search"', '<input onfocus="x()" id="search"'), OURS),
    "no policy": (without('<meta http-equiv="Content-Security-Policy"[^>]*>\n'), "is nothing"),
    "another policy as well": (
        put("<title>", "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\"><title>"), "and “default-src 'self'”",
    ),
    "a policy that allows all scripts": (put("script-src 'sha256-", "script-src 'unsafe-inline' 'sha256-"), "The policy of the page should be"),
    "a policy that allows to fetch": (put("default-src 'none'", "default-src https:"), "The policy of the page should be"),
    "a policy for another style sheet": (put("style-src 'sha256-", "style-src 'sha256-x"), "The policy of the page should be"),
    "another directive": (put('http-equiv="Content-Security-Policy"', 'http-equiv="Content-Security-Policy-Report-Only"'), "<meta>"),
    "a text that is not printed": (put("<p>A quotation", '<p class="controls">A quotation'), "A text would be left out in print"),
    "a style that leaves out in print": (put(".controls { display: none }", ".body { display: none }"), "The style sheet hides"),
    "a search that is a picture": (put("<template", "<svg><template"), "<template> stands here"),
    "a script": (put("</body>", "<script>alert(1)</script></body>"), "<script> stands here"),
    "a script in the head": (put("</title>", '</title><script src="https://example.org/x.js"></script>'), "<script> stands here"),
    "what happens at a click": (put("<p>A quotation", '<p onclick="x()">A quotation'), "<p> has “onclick”"),
    "a frame": (put("<blockquote>", '<iframe src="https://example.org"></iframe><blockquote>'), "<iframe> stands here"),
    "a picture": (put("<blockquote>", '<img src="https://example.org/x.png"><blockquote>'), "A picture stands here that the corpus does not have"),
    "another style sheet": (put("<style>", '<link rel="stylesheet" href="x.css"><style>'), "<link> stands here"),
    "a form": (put("<blockquote>", '<form action="https://example.org"><p>x</p></form><blockquote>'), "<form> stands here"),
    "what leads on by itself": (put("<title>", '<meta http-equiv="refresh" content="0; https://example.org"><title>'), "<meta>"),
    "another base": (put("<title>", '<base href="https://example.org/"><title>'), "<base> stands here"),
    "an object": (put("<blockquote>", '<object data="x"></object><blockquote>'), "<object> stands here"),
    "a link that runs": (put('href="https://example.org/page"', 'href="javascript:alert(1)"'), "“javascript:alert(1)”"),
    "a link that calls": (put('href="https://example.org/page"', 'ping="https://example.org" href="https://example.org/page"'), "<a> has “ping”"),
    "a style that fetches": (put("</style>", "body { background: url(https://example.org/x) }\n</style>"), "The style sheet fetches"),
    "a style that imports": (put("<style>", "<style>@import 'x.css';"), "The style sheet fetches"),
    "a style in another spelling": (put("</style>", r"body { background: u\72l(x) }</style>"), "The style sheet fetches"),
    "a style that hides": (put("</style>", ".body { display: /* not */ none }</style>"), "The style sheet hides"),
    "a style that adds": (put("</style>", "p::after { content: 'not' }</style>"), "The style sheet hides"),
    "a style that moves away": (put("</style>", "blockquote { position: absolute; top: -9000px }</style>"), "The style sheet hides"),
    "a style of one place": (put("<p>A quotation", '<p style="color: #fdfcf9">A quotation'), "<p> has “style”"),
    "a hidden text": (put("<p>A quotation", "<p hidden>A quotation"), "not written as every reader"),
    "a text hidden from who listens": (put("<p>A quotation", '<p aria-hidden="true">A quotation'), "<p> has “aria-hidden”"),
    "a text read aloud otherwise": (put("<p>A quotation", '<p aria-label="No quotation">A quotation'), "read aloud"),
    "a text beside the page": (put("<p>A quotation", '<p class="skip">A quotation'), "A text stands off the page"),
    "a text in no section": (put("</main>", "<p>Secretly</p></main>"), "The page goes on with “Secretly”"),
    "a text behind the page": (lambda page: page + "<p>Secretly</p>", "<p> stands outside the page"),
    "a comment": (put("<blockquote>", "<!-- Secretly --><blockquote>"), "not written as every reader"),
    "an instruction": (put("<blockquote>", "<?php x ?><blockquote>"), "not written as every reader"),
    "a text that runs the other way": (put("A quotation", "&#8238;A quotation"), "A character stands here that nobody sees"),
    "an unseen character": (put("A quotation", "A\u200b quotation"), "Letter 1 should read"),
    "a direction of its own choice": (put("<blockquote>", '<blockquote dir="auto">'), "no known direction"),
    "an element that is not closed": (put("</blockquote>", ""), "stands here inside <blockquote>"),
    "elements that cross": (put("<em>ask</em></h4>", "<em>ask</h4></em>"), "</h4> stands here inside <em>"),
    "a paragraph in a paragraph": (put("<p>A quotation.</p>", "<p><p>A quotation.</p></p>"), "<p> stands in <p>"),
    "a text in a table": (put("<tbody>", "<tbody>Secretly"), "A text stands directly in <tbody>"),
    "a value twice": (put('<html lang="en"', '<html lang="en" lang="fr"'), "<html> has a value twice"),
    "a value without quotes": (put('<section id="about"', "<section id=about"), "not written as every reader"),
    "a bracket": (put("A quotation", "A < quotation"), "not written as every reader"),
    "another encoding": (lambda page: page.encode().decode("latin-1"), "should read"),
    "nothing": (lambda page: "", "not have the sections"),
}  # fmt: skip


@pytest.mark.parametrize("kind", [*WORDS, *LINKS, *ACTIVE])
def test_what_is_changed_on_the_page_is_found(
    kind: str, built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, pdf = built
    change, said = (WORDS | LINKS | ACTIVE)[kind]
    page = pdf.with_suffix(".html").read_text(encoding="utf-8")
    damaged = change(page)
    assert damaged != page
    there = tmp_path / "x.pdf"
    shutil.copy(pdf, there)
    there.with_suffix(".html").write_text(damaged, encoding="utf-8")
    # The listing says that it is the one that was built.
    listing = pdf.with_suffix(".json").read_text(encoding="utf-8")
    old, new = (hashlib.sha256(text.encode()).hexdigest() for text in (page, damaged))
    assert old in listing
    there.with_suffix(".json").write_text(listing.replace(old, new), encoding="utf-8")
    there.with_suffix(".sha256").write_bytes(
        checksums({path: path.read_bytes() for path in earlier.of_run(there, ["html"])[:-1]})
    )
    capsys.readouterr()
    assert main(["verify", str(there), "--corpus", str(corpus)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert all(line.startswith(f"{there.with_suffix('.html')}:") for line in told.splitlines()[:-1])


def test_a_page_of_an_earlier_version_is_told_apart(
    built: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, pdf = built
    there = tmp_path / "x.pdf"
    shutil.copy(pdf, there)
    shutil.copy(pdf.with_suffix(".json"), there.with_suffix(".json"))
    page = pdf.with_suffix(".html").read_text(encoding="utf-8")
    page = without("<template.*</script>\n")(without('<meta http-equiv="[^>]*>\n')(page))
    there.with_suffix(".html").write_text(page, encoding="utf-8")
    capsys.readouterr()
    assert main(["verify", str(there), "--corpus", str(corpus)]) == 1
    told = capsys.readouterr().err
    assert "an earlier version wrote the page, or both were taken out of it" in told


@pytest.mark.slow
def test_what_is_changed_is_found_beside_letters_that_were_compared_before(
    built: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[bytes, Proved]] = []
    true = OUTPUTS["html"]

    def prove(content: bytes, proved: Proved) -> Iterable[Finding]:
        given.append((content, proved))
        return true.prove(content, proved)

    monkeypatch.setitem(outputs_table.OUTPUTS, "html", Output(true.make, prove))
    assert main(command(built[0], tmp_path / "x.pdf")) == 0
    [(content, proved)] = given
    found, known = html_proof.compare(content, proved, {})
    assert found == []
    compared = {"introduction", "contents", "index", "bibliography"}
    compared |= {f"letter-{letter.id}" for letter in proved.truth.letters}
    assert {section.anchors[0] for section in known.values()} == compared
    assert html_proof.compare(content, proved, known) == ([], known)
    # The words that name the pages of a letter are compared anew.
    other = re.sub(r'(<p class="printed-on">\D*)\d+', r"\g<1>99", content.decode(), count=1)
    changes: list[Callable[[str], str]] = [lambda _: other]
    changes += [change for change, _ in (WORDS | LINKS | ACTIVE).values()]
    for kind, change in enumerate(changes):
        damaged = change(content.decode()).encode()
        assert damaged != content
        everything, _ = html_proof.compare(damaged, proved, {})
        assert everything, kind
        assert html_proof.compare(damaged, proved, known)[0] == everything, kind


def test_the_page_as_it_was_built_is_right(
    built: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, pdf = built
    assert main(["verify", str(pdf), "--corpus", str(corpus)]) == 0
    assert capsys.readouterr().out.endswith("So are x.html and x.sha256 beside it.\n")


def test_a_finding_names_the_line(
    built: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, pdf = built
    page = pdf.with_suffix(".html").read_text(encoding="utf-8")
    damaged(monkeypatch, put("A quotation.", "A question."))
    output = pdf.with_name("other") / "x.pdf"
    assert main(command(corpus, output)) == 1
    told = capsys.readouterr().err
    line = 1 + page[: page.index("A quotation.")].count("\n")
    assert told.startswith(
        f"{output.with_suffix('.html')}:{line}:0: error: Letter 1 should read “A quotation."
    )
    assert prover.REPORT in told
    kept = output.with_name("x.rejected.html")
    assert f"; the file that was refused is {kept}, to look at." in told
    assert "A question." in kept.read_text(encoding="utf-8")
    names = sorted(path.name for path in output.parent.iterdir() if path.is_file())
    assert names == ["x.rejected.html", "x.rejected.txt"]
    monkeypatch.undo()
    assert main(command(corpus, output)) == 0
    names = sorted(path.name for path in output.parent.iterdir() if path.is_file())
    assert names == ["x.html", "x.json", "x.pdf", "x.sha256"]


def damaged(patch: pytest.MonkeyPatch, change: Change) -> None:
    """Let every build write another page."""
    true = OUTPUTS["html"]
    patch.setitem(
        outputs_table.OUTPUTS,
        "html",
        Output(lambda *given: change(true.make(*given).decode()).encode(), true.prove),
    )


def test_both_files_that_are_refused_are_kept(
    built: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(built[0], corpus)
    with (corpus / "dossier.yaml").open("a", encoding="utf-8") as settings:
        settings.write("outputs: [html, csv]\n")
    damaged(monkeypatch, put("A quotation.", "A question."))
    true = OUTPUTS["csv"]
    wrong = Output(lambda *given: true.make(*given) + b"x\r\n", true.prove)
    monkeypatch.setitem(outputs_table.OUTPUTS, "csv", wrong)
    output = tmp_path / "out/x.pdf"
    assert main(command(corpus, output)) == 1
    html, csv = output.with_name("x.rejected.html"), output.with_name("x.rejected.csv")
    assert (
        f"; the files that were refused are {html} and {csv}, to look at."
        in capsys.readouterr().err
    )
    monkeypatch.undo()
    damaged(monkeypatch, put("A quotation.", "A question."))
    assert main(command(corpus, output)) == 1
    names = sorted(path.name for path in output.parent.iterdir() if path.is_file())
    assert names == ["x.rejected.html", "x.rejected.txt"]
    monkeypatch.undo()
    assert main(command(corpus, output)) == 0
    names = sorted(path.name for path in output.parent.iterdir() if path.is_file())
    assert names == ["x.csv", "x.html", "x.json", "x.pdf", "x.sha256"]
    assert [
        one["name"] for one in json.loads(output.with_suffix(".json").read_bytes())["outputs"]
    ] == ["html", "csv"]
