"""Every word of the letters is in the PDF, in order, and nothing else is among them."""

from __future__ import annotations

import re

import pydyf
import pytest
from conftest import ROOT, Edition, make_edition
from reader import Element, words

from dossier.typeset import typesetter as typeset

SOURCES = {
    "2012-01-08-supreme-commander": "2012-01-08-kim-jong-un.txt",
    "2013-05-07-explanation": "2013-05-07-kim-jong-un.txt",
}


def source_words(name: str) -> list[str]:
    """Return the words of a source; its asterisks of emphasis and its bullets are no words."""
    text = (ROOT / "corpus/sources" / name).read_text(encoding="utf-8")
    text = re.sub(r"^\s*[-*•]\s+", "", text, flags=re.MULTILINE)
    return re.sub(r"\*([\w-]+)\*", r"\1", text).split()


def letters(document: Element) -> list[Element]:
    return document.all("Art")


@pytest.mark.parametrize(("number", "name"), list(enumerate(SOURCES.values())))
@pytest.mark.parametrize("paper", ["real", "real_on_letter"])
def test_every_word_of_the_source_stands_in_the_structure_in_order(
    paper: str, number: int, name: str, request: pytest.FixtureRequest
) -> None:
    edition: Edition = request.getfixturevalue(paper)
    letter = letters(edition.reading.structure())[number]
    found = words(re.sub(r"\[\d\]|•", " ", spaced(letter)))
    title = ["Letter", str(number + 1), *words(letter.all("H1")[0].text)]
    assert found[: len(title)] == title
    assert found[len(title) :] == source_words(name)


def spaced(element: Element) -> str:
    """Return an element's text with a space between its blocks."""
    blocks = {"P", "H1", "H2", "H3", "LI", "L", "LBody", "Lbl"}
    parts = [spaced(part) if isinstance(part, Element) else part for part in element.parts]
    text = "".join(parts)
    return f" {text} " if element.role in blocks else text


def test_running_heads_and_folios_are_no_part_of_the_structure(real: Edition) -> None:
    text = spaced(real.reading.structure())
    assert "Letter 2, May 7, 2013" not in text
    assert "Letter 2, May 7, 2013" in real.reading.text(9)
    for number in range(1, real.reading.pages + 1):
        assert real.reading.unmarked[number].strip().endswith(str(number))


def test_signatures_are_printed_as_signed_and_in_order(real: Edition) -> None:
    first = letters(real.reading.structure())[0]
    printed = [" ".join(words(item.text)) for item in first.all("LI")]
    source = (ROOT / "corpus/sources" / SOURCES["2012-01-08-supreme-commander"]).read_text("utf-8")
    assert printed == [line[2:].strip() for line in source.splitlines() if line.startswith("- ")]
    assert len(printed) == 39
    assert (
        "NO FENCE <Association for the abolition of concentration camps in North Korea> (Japan)"
        in printed
    )


def test_emphasis_is_set_in_a_true_italic(real: Edition) -> None:
    chars = [
        char for page in real.reading.plumber.pages[4:7] for char in page.chars
        if char["fontname"].endswith("Spectral-Italic") and char.get("mcid") is not None
    ]  # fmt: skip
    assert "".join(char["text"] for char in chars).count("kwon-li-so") == 2


def test_a_paragraph_that_crosses_a_page_is_one_element(real: Edition, big: Edition) -> None:
    for edition, number in ((real, 1), (big, 1)):
        letter = letters(edition.reading.structure())[number]
        assert any(len(block.pages) == 2 for block in letter.all("P"))
    sentence = (
        "The undersigned ask that the commission consider every report that has been submitted."
    )
    second = letters(big.reading.structure())[1]
    whole = [" ".join(words(block.text)) for block in second.all("P") if len(block.text) > 200]
    assert whole == [" ".join([sentence] * 9)] * 6


def test_a_list_of_signatures_over_several_pages_is_one_list_in_order(big: Edition) -> None:
    third = letters(big.reading.structure())[2]
    assert len(third.all("L")) == 1
    names = [" ".join(words(item.text)) for item in third.all("LI")]
    assert names[2:] == [f"Friends of Letter {place:03} and of Prisoners" for place in range(260)]
    assert len({page for item in third.walk() for page in item.pages}) >= 3


def test_no_signature_is_split_between_pages(real: Edition, big: Edition) -> None:
    for edition in (real, big):
        for letter in letters(edition.reading.structure()):
            for item in letter.all("LI"):
                assert len({page for part in item.walk() for page in part.pages}) == 1


ODD = """A first line\\
second line, with AT&amp;T <b>tags</b> and 1986 and www.example.org/a_very_long-Address/with/parts.

3. three
5) five

1986. A great year

- one
  - nested
- ***

Written [@r]next to words, *emphasis* and[@r, p. 3]. %s

> A quote.
>
> > Another.
""" % ("x" * 150)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """A letter of odd things, and signatures without entries that look alike."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "c/letters").mkdir(parents=True)
    (folder / "c/dossier.yaml").write_text(
        f"title: {'A long title ' * 16}\nsubtitle: {'and a subtitle ' * 14}\nrights: The last words\n",
        encoding="utf-8",
    )
    (folder / "c/reports.yaml").write_text(
        "references: [{id: r, type: book, title: R}]\n", encoding="utf-8"
    )
    signatures = [
        "Bar 7:15 Club",
        "Free Press (Japan)",
        "Free Press (Canada)",
        "Union (ABC)",
        "The Union",
        "y" * 120,
    ]
    head = "title: One\ndate: 2012\nto: X\nsignatories:\n" + "".join(
        f"  - {name}\n" for name in signatures
    )
    (folder / "c/letters/one.md").write_text(f"---\n{head}---\n{ODD}", encoding="utf-8")
    (folder / "c/letters/two.md").write_text(
        "---\ntitle: Two\ndate: 2013\nto: X\nlanguage: hu\n---\n" + "asszonnyal hosszúságú " * 60,
        encoding="utf-8",
    )
    return make_edition(folder / "c", folder / "dossier.pdf")


def test_odd_words_are_printed_as_they_stand(odd: Edition) -> None:
    text = " ".join(words(spaced(letters(odd.reading.structure())[0])))
    for part in (
        "A first line second line, with AT&amp;T <b>tags</b> and 1986",
        "www.example.org/a_very_long-Address/with/parts.",
        "• one • nested • ***",
        "Written [1]next to words, emphasis and[1, p. 3]. " + "x" * 150,
        "A quote. Another.",
    ):
        assert part in text, (part, text)


def test_lists_keep_the_numbers_of_the_letter(odd: Edition) -> None:
    letter = letters(odd.reading.structure())[0]
    labels = ["".join(label.text.split()) for label in letter.all("Lbl")]
    assert labels[:3] == ["3.", "5)", "1986."]


def test_signatures_without_entries_have_headings_of_their_own(odd: Edition) -> None:
    """But for those that differ by an article and an acronym in parentheses alone."""
    assert sorted(entry["heading"] for entry in odd.json["index"]) == [
        "Bar 7:15 Club", "Free Press (Canada)", "Free Press (Japan)", "Union (ABC)", "y" * 120,
    ]  # fmt: skip


def test_figures_in_a_heading_are_no_locator(odd: Edition) -> None:
    page = next(item["first_page"] for item in odd.json["sections"] if item["id"] == "index")
    links = [
        odd.reading.words_in(number, link.Rect)
        for number, link in odd.reading.links()
        if number == page
    ]
    assert len(links) == 5
    assert "7:15" not in links


def test_long_titles_and_words_stay_on_the_page(odd: Edition) -> None:
    cover = " ".join(words(spaced(odd.reading.structure().all("Sect")[0])))
    assert cover.count("A long title") == 16
    assert cover.count("and a subtitle") == 14
    assert cover.endswith("The last words")
    for page in odd.reading.plumber.pages:
        assert all(60 < char["x0"] <= char["x1"] < page.width - 60 for char in page.chars)
        assert all(char["bottom"] < page.height - 40 for char in page.chars)


def test_dividing_a_word_never_changes_it(odd: Edition) -> None:
    second = letters(odd.reading.structure())[1]
    assert set(words(second.all("P")[-1].text)) == {"asszonnyal", "hosszúságú"}


def test_what_follows_a_vowel_sign_is_not_set_over_it() -> None:
    """PDFium forgets a move at the end of a text that has an empty string anywhere in it."""
    typeset.load()
    stream = pydyf.Stream()
    stream.show_text("<0019>0<>402.4<003e>-402")
    stream.show_text("<0019>0<>402.4<003e>")
    stream.show_text("<0019>5<>402.4<003e>-402")
    stream.show_text("<0019>0<003e>")
    assert stream.stream == [
        b"[<0019>402.4<003e>-402] TJ", b"[<0019>402.4<003e>] TJ", b"[<0019>5 402.4<003e>-402] TJ",
        b"[<0019003e>] TJ",
    ]  # fmt: skip
