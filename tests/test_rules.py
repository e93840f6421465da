"""The small rules: order of an index, dates, matching of names, folding of locators, Markdown."""

from __future__ import annotations

import time
from itertools import accumulate, combinations_with_replacement, pairwise
from unicodedata import normalize

import icu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.language.collation import DIGITS, Collation
from dossier.language.dates import read_date
from dossier.names.matching import Authority, fingerprint
from dossier.read.markdown import parse
from dossier.records.authority import Names
from dossier.records.body import text_of
from dossier.records.dossier import Locator
from dossier.records.lettering import PLAIN
from dossier.records.locators import printed
from dossier.typeset.columns import Piece, balanced

# --- order: Chicago and NISO TR03, with examples of our own ---


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Free Zone", "Freedom House"),  # word by word
        ("Free 2 Act", "Free Asia"),  # digits before letters
        ("Free-Asia Circle", "Free Asia Union"),  # a hyphen is a space
        ("Free/Asia Circle", "Free Asia Union"),  # so is a slash
        ("O’Neill Fund", "Onward"),  # an apostrophe is nothing
        ("Émile Union", "Emilia Union"),  # accents as the base letter
        ("The Ark", "Bridge"),  # a leading article is passed over
        ("10 Days", "Ark"),
    ],
)
def test_order_of_the_index(before: str, after: str) -> None:
    collation = Collation("en")
    assert sorted([after, before], key=collation.key) == [before, after]


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("The Ark", "A"), ("Émile", "E"), ("“Quoted”", "Q"), ("3 Wise", DIGITS), ("Łódź", "L"),
        ("서울", "ㅅ"), ("Жук", "Cyrillic"), ("自由", "Han"), ("½ Way", DIGITS),
    ],
)  # fmt: skip
def test_letters_over_the_groups(heading: str, label: str) -> None:
    assert Collation("en", ["ko"]).label(heading) == label


LANGUAGES = ("ar", "cs", "de", "el", "en", "fa", "he", "hi", "hu", "ja", "ko", "ru", "sv", "th", "tlh", "uk",
             "vi", "zh", "zh-Hant")  # fmt: skip


@settings(max_examples=400, derandomize=True)
@given(
    st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÉÖÇÅÑŠéöçåñšẬọ"),
    st.sampled_from(["e Union", "h", "harter", " ", "zsó", "ngwe", "ll"]),
    st.sampled_from(["en", "ru", "he", "ja", "ko", "ar", "el", "th", "zh", "zh-Hant", "tlh"]),
    st.sets(st.sampled_from(LANGUAGES)),
)
def test_a_latin_heading_stands_under_its_base_letter(
    first: str, rest: str, language: str, natives: set[str]
) -> None:
    collation = Collation(language, natives, ["Жук", "あ", "서울", first])
    assert collation.label(first + rest) == normalize("NFD", first)[0].upper()


@pytest.mark.parametrize(
    ("language", "groups"),
    [
        ("en", "5 A Z Γ Ж ש ك ㅅ あ Han"),
        ("ru", "5 Ж A Z Γ ש ك ㅅ あ Китайская"),
        ("he", "5 ש A Z Γ Ж ك ㅅ あ האן"),
        ("ja", "5 A Z あ 漢字 Γ Ж ש ك ㅅ"),
        ("ko", "5 ㅅ 한자 A Z Γ Ж ש ك あ"),
        ("ar", "5 ك A Z Γ Ж ש ㅅ あ الهان"),
        ("zh", "5 A Q Z Γ Ж ש ك ㅅ あ"),
    ],
)
def test_every_script_has_its_letters_and_its_place(language: str, groups: str) -> None:
    headings = ["Anna", "Zoo", "Жук", "שלום", "كتاب", "あゆみ", "青空会", "서울", "Γη", "5 Days"]
    collation = Collation(language, [], headings)
    ordered = sorted(headings, key=lambda one: (collation.place(one), collation.key(one)))
    labels = ["5" if (label := collation.label(one)) == DIGITS else label for one in ordered]
    assert labels == groups.split()


def test_the_index_of_a_language_that_nobody_knows_does_not_depend_on_the_machine() -> None:
    icu.Locale.setDefault(icu.Locale("ru"))
    assert Collation("tlh").label("Anna") == "A"


# --- dates: EDTF level 1 ---


@pytest.mark.parametrize(
    ("text", "earliest", "words"),
    [
        ("2012-01-08", "2012-01-08", "January 8, 2012"),
        ("2012-01", "2012-01-01", "January 2012"),
        ("2012", "2012-01-01", "2012"),
        ("2012-01-08?", "2012-01-08", "[January 8, 2012?]"),
        ("2012-01~", "2012-01-01", "[ca. January 2012]"),
        ("2012-01-08/2012-01-10", "2012-01-08", "January 8, 2012 – January 10, 2012"),
        ("2012-01-XX", "2012-01-01", "[January 2012]"),
        ("2012-XX-XX", "2012-01-01", "[2012]"),
        ("201X", "2010-01-01", "[2010–2019]"),
        ("2012-01-08/2012-01-10?", "2012-01-08", "[January 8, 2012 – January 10, 2012?]"),
        ("2012-21", "2012-03-01", "Spring 2012"),
        ("2012-21?", "2012-03-01", "[Spring 2012?]"),
        ("2012-XX/2013-02", "2012-01-01", "[2012 – February 2013]"),
        ("2012~/201X?", "2012-01-01", "[ca. 2012 – 2010–2019?]"),
    ],
)
def test_dates_are_ordered_by_their_first_day_and_put_in_words(
    text: str, earliest: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    date = read_date(text)
    assert capsys.readouterr().out == ""
    assert date.earliest.isoformat() == earliest
    assert " ".join(date.in_words("en-US").split()) == words


@pytest.mark.parametrize(
    ("language", "season", "about"),
    [
        ("ko", "2012년 봄", "[2012년 1월경]"),
        ("ja", "2012年春", "[2012年1月頃]"),
        ("zh", "2012年春", "[约2012年1月]"),
        ("zh-TW", "2012年春", "[約2012年1月]"),
        ("zh-Hant", "2012年春", "[約2012年1月]"),
        ("ru", "весна 2012 г.", "[ок. январь 2012 г.]"),
        ("de-AT", "Frühling 2012", "[ca. Jänner 2012]"),
        ("fr", "printemps 2012", "[vers janvier 2012]"),
        ("sw", "Spring 2012", "[ca. Januari 2012]"),
    ],
)
def test_seasons_and_approximate_dates_are_in_the_language_of_the_letter(
    language: str, season: str, about: str
) -> None:
    assert read_date("2012-21").in_words(language) == season
    assert read_date("2012-01~").in_words(language).replace("\u202f", " ") == about


@pytest.mark.parametrize(
    "text",
    ["", "8.1.2012", "2012-1-8", "2012-02-30", "2012-01-10/2012-01-08", "2012/..", "[2012, 2013]",
     "2012?-01", "Y170000002", "-0010", "2012-01-08T10:00:00", "2012/", "/2012", "2012-25", "2012-XX-08", "2012-01-1X", "2012/2013/2014"],
)  # fmt: skip
def test_what_is_no_date_of_level_1_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_date(text)


# --- names ---

NAMES = Names.model_validate(
    {
        "organizations": {
            "free-letters-union": {
                "name": "Free Letters Union", "country": "JP", "acronym": "FLU",
                "aliases": ["The Free Letters' Union of Tōkyō"],
                "formerly": [{"name": "Letters League", "until": "2009"}],
            }
        }
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "signed",
    [
        "Free Letters Union", "The Free Letters Union", "FREE LETTERS UNION (Japan)",
        "Free  Letters Union (FLU)", "Free Letters Union (FLU)(Japan)", "FLU", "Letters League",
        "The Free Letters’ Union of Tōkyō", "\uff26\uff32\uff25\uff25 Letters Union",
        "Free Letters Union [JP]",
    ],
)  # fmt: skip
def test_wordings_that_belong_together(signed: str) -> None:
    assert Authority(NAMES).organization(signed).ids == ("free-letters-union",)


@pytest.mark.parametrize(
    "signed",
    ["Free Letters Unions", "Letters Union", "Free Letters Union of Osaka", "Free Letters",
     "Free Letters Union (Friends of Prisoners)"],
)  # fmt: skip
def test_nothing_else_merges_two_names(signed: str) -> None:
    assert Authority(NAMES).organization(signed).ids == ()


def test_a_parenthesis_that_is_neither_country_nor_acronym_stays() -> None:
    assert fingerprint("PSALT NK (Prayer Service)") == "psalt nk prayer service"
    assert fingerprint("People In Need (Czech Republic)") == "people in need"
    assert fingerprint("(FIDH)") == "fidh"


# --- locators ---


def test_locators_fold_within_one_letter_only() -> None:
    pages = {("a", "1"): 42, ("a", "2"): 42, ("a", "3"): 43, ("a", "4"): 44, ("a", "5"): 45,
             ("a", "6"): 48, ("b", "7"): 49, ("b", "8"): 50}  # fmt: skip
    places = [
        Locator(letter, "ab".index(letter) + 1, anchor, "12"["ab".index(letter)])
        for letter, anchor in pages
    ]
    folded = printed(places, lambda letter, anchor: pages[letter, anchor], PLAIN)
    assert [(item.number, item.text) for item in folded] == [
        (1, "42–45"), (1, "48"), (2, "49"), (2, "50"),
    ]  # fmt: skip
    assert [item.anchor for item in folded] == ["1", "6", "7", "8"]


# --- Markdown ---


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("NO FENCE <Association> (Japan)", "NO FENCE <Association> (Japan)"),
        ("<b>bold</b> & {{ jinja }} {% raw %}", "<b>bold</b> & {{ jinja }} {% raw %}"),
        ("`code` and ``` fences", "`code` and ``` fences"),
        ("    indented", "indented"),
        ("* * *", "* * *"),
        ("One.\n\n#\n\nTwo.", "One. # Two."),
        ("## ##", "## ##"),
        ("> #", "#"),
        (">\n>\n\nTwo.", "> > Two."),
        ("![picture](https://example.org/x.png)", "![picture](https://example.org/x.png)"),
        ("AT&amp;T &copy;", "AT&amp;T &copy;"),
        ("[note]: https://example.org", "[note]: https://example.org"),
        ("As reported [1] by them.", "As reported [1] by them."),
        ("<https://example.org>", "<https://example.org>"),
        ("one  \ntwo", "one two"),
        ("*kwon-li-so* camps", "kwon-li-so camps"),
        ("words [@id, p. 12].", "words ."),
    ],
)
def test_nothing_of_a_letter_is_lost_to_markdown(markdown: str, text: str) -> None:
    body, found = parse(markdown, "x", 0)
    assert text_of(body.nodes) == text
    assert not found


def test_numbers_of_a_list_are_those_of_the_letter() -> None:
    body, _ = parse("03. three\n7. seven\n", "x", 0)
    assert [item.marker for item in body.nodes[0].children] == ["03.", "7."]


def test_heading_levels_never_skip() -> None:
    body, _ = parse("### A\n\n# B\n\n### C\n\n###### D\n", "x", 0)
    assert [node.level for node in body.nodes] == [1, 1, 2, 3]


def test_citations_know_their_place() -> None:
    body, _ = parse("A [@one].\n\n> - B [@two, p. 3] and [@one]\n", "x", 10)
    assert [(c.report, c.locator, c.line, c.column) for c in body.citations] == [
        ("one", "", 11, 3), ("two", "p. 3", 13, 7), ("one", "", 13, 24),
    ]  # fmt: skip


@settings(max_examples=200, derandomize=True)
@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(20, 200), st.integers(2, 3)
)
def test_columns_are_as_low_as_they_can_be(heights: list[int], room: int, count: int) -> None:
    edges = list(accumulate(heights, initial=0))
    pieces = [Piece(top, bottom) for top, bottom in pairwise(edges)]
    cuts = balanced(pieces, max(room, *heights), count)

    ways = [
        (0, *sorted(way), len(heights))
        for way in combinations_with_replacement(range(len(heights) + 1), count - 1)
    ]
    lowest = min(max(edges[b] - edges[a] for a, b in pairwise(way)) for way in ways)
    if lowest <= max(room, *heights):
        assert cuts[-1] == len(heights)
        assert max(edges[b] - edges[a] for a, b in pairwise(cuts)) == lowest
    else:
        assert cuts[-1] < len(heights)
        assert all(edges[b] - edges[a] <= max(room, *heights) for a, b in pairwise(cuts))


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["&", "`", "[", "![a](", "***\n\n", "a@", "[@a", "_a_*b*"])
def test_no_text_takes_the_parser_long(piece: str) -> None:
    """Each was tried against every other once, which took minutes."""
    start = time.monotonic()
    parse(piece * (200_000 // len(piece)), "x", 0)
    assert time.monotonic() - start < 30


def test_more_brackets_than_any_letter_has_are_refused() -> None:
    _, (found,) = parse("[" * 5_001, "x", 4)
    assert str(found) == (
        "x:5:1: error: The text has more than 5,000 opening square brackets. Check that it is the right "
        "text, or split it."
    )
