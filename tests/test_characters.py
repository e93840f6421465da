"""What can be printed and what cannot: characters without a glyph, variants, what nobody sees."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import make_edition

from dossier.cli.main import main
from dossier.language import limits
from dossier.names.matching import fingerprint
from dossier.read import unseen
from dossier.read.corpus import read
from dossier.records.body import Address, text_of
from dossier.records.diagnostics import Diagnostic

LETTER = "letters/one.md"
NO_PACKAGE = "No font package for them is known. Write them in other letters, transcribed, or ask the makers of this program for a font."  # fmt: skip


def letter(body: str, title: str = "One") -> str:
    return f"---\ntitle: {title}\ndate: 2012\nto: X\n---\n{body}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "จดหมาย\n\nไทย",
            [
                "6:1: error: No installed font has the characters จ (U+0E08), ด (U+0E14), ห (U+0E2B) and "
                "5 more. Install their font with: .venv/bin/pip install fontpkg-noto-sans-thai."
            ],
        ),
        (
            "আমরা।",
            [
                "6:1: error: No installed font has the characters আ (U+0986), ম (U+09AE), র (U+09B0) and "
                "2 more. Install their font with: .venv/bin/pip install manimgx-fonts."
            ],
        ),
        (
            "A।",
            [
                "6:2: error: No installed font has the character । (U+0964). Install its font with: "
                ".venv/bin/pip install fontpkg-noto-sans-devanagari."
            ],
        ),
        (
            "བོད ก ᠮ",
            [
                "6:1: error: No installed font has the characters བ (U+0F56), U+0F7C, ད (U+0F51) and 1 more. "
                + NO_PACKAGE,
                "6:5: error: No installed font has the character ก (U+0E01). Install its font with: "
                ".venv/bin/pip install fontpkg-noto-sans-thai.",
            ],
        ),
        (
            "בְּרֵאשִׁ֖ית",
            [
                "6:10: error: No installed font has the character U+0596. No font package for it is known. "
                "Leave it out, or ask the makers of this program for a font."
            ],
        ),
        (
            "辻\U000e01ef",
            [
                "6:2: error: No installed font has the variant U+8FBB U+E01EF. Delete the last of its "
                "characters, which chooses the variant."
            ],
        ),
        ("辻\U000e0100さん、葛\U000e0100城、©\ufe0f", []),
    ],
)
def test_characters_without_a_glyph(
    text: str, expected: list[str], corpus: Callable[..., Path]
) -> None:
    _, diagnostics = read(corpus(**{LETTER: letter(text)}), "c")
    assert [str(item) for item in diagnostics] == [f"c/{LETTER}:{line}" for line in expected]


def test_characters_without_a_glyph_behind_escapes(corpus: Callable[..., Path]) -> None:
    folder = corpus(**{LETTER: letter("A", r'"\u0e01\u0e02 \u8fbb\U000e0100 \u8fbb\U000e01ef"')})
    _, diagnostics = read(folder, "c")
    assert [item.message for item in diagnostics] == [
        "No installed font has the characters ก (U+0E01) and ข (U+0E02)",
        "No installed font has the variant U+8FBB U+E01EF",
    ]


# --- marks of direction ---


def printed(diagnostics: tuple[Diagnostic, ...]) -> list[str]:
    return [str(item) for item in diagnostics]


def test_marks_of_direction_are_part_of_a_text(corpus: Callable[..., Path]) -> None:
    body = "رقم \u200e+20 123\u200f و\u2067نص\u2069 \u061c12 \u2066Word\nmore\u2069 \u2068https://example.org/x\u2069."
    folder = corpus(**{LETTER: letter(body, '"\u2067عنوان\u2069 \\u200e"')})
    found, diagnostics = read(folder, "c")
    assert not diagnostics
    assert found is not None
    nodes = found.letters[0].body.nodes
    assert text_of(nodes) == body.replace("\n", " ")
    assert [node.text for node in nodes[0].children if isinstance(node, Address)] == [
        "https://example.org/x"
    ]


@pytest.mark.parametrize(
    ("body", "place", "what"),
    [
        ("One \u2067two.\n\nThree\u2069.", "6:5", "The isolate that begins with U+2067"),
        ("> a\n> one \u2066two \u2068three\u2069", "7:7", "The isolate that begins with U+2066"),
        ("- \u2068one\n- two", "6:3", "The isolate that begins with U+2068"),
        ("One\u2069 two.", "6:4", "U+2069 ends an isolate that has not begun"),
    ],
)
def test_an_isolate_ends_in_its_paragraph(
    body: str, place: str, what: str, corpus: Callable[..., Path]
) -> None:
    _, diagnostics = read(corpus(**{LETTER: letter(body)}), "c")
    assert printed(diagnostics)[0].startswith(f"c/{LETTER}:{place}: error: {what}")


@pytest.mark.parametrize("title", ['"\u2067A"', r'"\u2067A"', "A\u2069"])
def test_an_isolate_ends_in_its_value(title: str, corpus: Callable[..., Path]) -> None:
    _, diagnostics = read(corpus(**{LETTER: letter("A", title)}), "c")
    assert [(item.line, item.column) for item in diagnostics] == [(2, 8)]


@pytest.mark.parametrize("char", [*"\u202a\u202b\u202c\u202d\u202e\u206a\ufff9\U000e0041\x1b\x7f"])
def test_what_hides_stays_a_fault(char: str, corpus: Callable[..., Path]) -> None:
    _, diagnostics = read(corpus(**{LETTER: letter(f"A {char}b")}), "c")
    assert printed(diagnostics) == [
        f"c/{LETTER}:6:3: error: The invisible character U+{ord(char):04X} stands here. Delete it."
    ]


def test_an_address_has_no_marks_of_direction(corpus: Callable[..., Path]) -> None:
    text = "---\ntitle: A\ndate: 2012\nto: X\nsource: {url: 'https://example.org/\u200e'}\n---\nA\n"
    _, diagnostics = read(corpus(**{LETTER: text}), "c")
    assert "https://example.org/\\u200e” is not a web address" in printed(diagnostics)[0]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_mark_of_direction_reaches_a_terminal(
    form: str, corpus: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    text = letter("A").replace(
        "to: X", 'to: X\nsignatories: ["\u2067شبكة\u2069 \u200f\u061c!"]\nx\u202e: 1'
    )
    main(["check", "--corpus", str(corpus(**{LETTER: text})), "--format", form])
    out = "".join(capsys.readouterr())
    assert "\\u202e" in out or "U+202E" in out
    assert all(char.isprintable() or char == "\n" for char in out)


# --- unseen characters of pasted text ---


@pytest.mark.parametrize("char", list(unseen.LEFT_OUT))
def test_what_nobody_sees_is_left_out_and_told_of_once(
    char: str, corpus: Callable[..., Path]
) -> None:
    body = f"{char}*A{char}*{char} wo{char}rd, [@{char}w{char}]\n\n{char}- an item{char}"
    works = "references: [{id: w, type: book, title: W}]"
    folder = corpus(**{LETTER: letter(body, f"O{char}ne"), "reports.yaml": works})
    plain = letter(body.replace(char, ""))
    found, diagnostics = read(folder, "c")
    assert printed(diagnostics) == [
        f"c/{LETTER}:2:9: warning: 9 invisible characters are left out: U+{ord(char):04X} "
        f"{unseen.LEFT_OUT[char]} (9 times). Delete them, or leave them."
    ]
    (folder / LETTER).write_text(plain, encoding="utf-8")
    without, _ = read(folder, "c")
    assert found is not None
    assert without is not None
    assert found.letters[0].head == without.letters[0].head
    assert found.letters[0].body.nodes == without.letters[0].body.nodes


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("one\ftwo", ["one two"]),
        ("one \ftwo\n\f\nthree", ["one two", "three"]),
        ("one\n\ftwo", ["one two"]),
        ("one\u2028two\u2028\nthree", ["one two three"]),
        ("one\vtwo\u200b\vthree", ["one two three"]),
        ("one.\u2029Two.\u2029\nThree.", ["one.", "Two.", "Three."]),
        ("自由\u2028書簡", ["自由書簡"]),
    ],
)
def test_what_parts_words_still_does(
    text: str, paragraphs: list[str], corpus: Callable[..., Path]
) -> None:
    found, diagnostics = read(corpus(**{LETTER: letter(text)}), "c")
    assert found is not None
    assert [text_of((node,)) for node in found.letters[0].body.nodes] == paragraphs
    assert [item.line for item in diagnostics] == [6 + ("\n\f" in text and text[3] == "\n")]


def test_what_parts_words_is_a_space_among_the_keys(corpus: Callable[..., Path]) -> None:
    text = letter("A").replace("to: X", "\fto: {name: X\u2029Y, lines: ['a\v b', \"c\\Ld\"]}\u2028")
    found, diagnostics = read(corpus(**{LETTER: text}), "c")
    assert found is not None
    assert found.letters[0].head.to[0].name == "X Y"
    assert found.letters[0].head.to[0].lines == ("a b", "c d")
    assert [(item.line, item.column) for item in diagnostics] == [(4, 1)]


def test_a_zero_width_space_says_where_khmer_lines_end_and_makes_no_other_name() -> None:
    khmer = "សម្ព័ន្ធ\u200bខ្មែរ"
    assert unseen.cleaned(khmer, 0).text == khmer
    assert fingerprint(khmer) == fingerprint(khmer.replace("\u200b", ""))


def test_a_dossier_of_pasted_text_reads_as_if_it_were_clean(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    source = "The le\u00adtter.\f"
    signed = "signatories: [Odhi\u200bkar, {organization: Odhikar, as_signed: For O\u00addhikar}]\n"
    text = letter("Sin\u00adcere\u200bly\fwe *wr\u2060ite*\ufeff to you.", "O\u200bne")
    folder = corpus(
        **{
            "dossier.yaml": 'title: "Let\\u200bters"\n',
            LETTER: text.replace("to: X\n", f"to: X\n{signed}source: {{file: sources/one.txt}}\n"),
            "names.yaml": "organizations: {odhikar: {name: Odhikar\u200b, country: BD}}\n",
            "sources/one.txt": source,
        }
    )
    one = make_edition(folder, tmp_path / "out/dossier.pdf")
    assert "Sincerelywewritetoyou.OdhikarForOdhikar" in one.reading.flat(5)
    assert "Odhikar(Bangladesh),1:5" in one.reading.flat(6)
    assert not unseen.INVISIBLE.search(one.html.replace("\u200b", ""))
    assert one.json["title"] == "Letters"
    assert hashlib.sha256(source.encode()).hexdigest() in one.reading.flat(7)


# --- what is more than can be set ---


@pytest.mark.parametrize(
    ("form", "most"),
    [
        ("{}\n", "x" * limits.MAX_WORD),
        ("See [it](https://example.org/{}).\n", "a1" * 1000),
        ("{}\n", "自由書簡連合" * 2000),
        ("me{}ssage\n", "\u0323\u0302\u0301\u0308\u0304\u0306\u0307\u030a"),
        ("cafe{}\n", "\u0301\u0301"),
        ("x{}\n", "\ufe0f" * limits.MAX_MARKS),
        ("{}. item\n", "1" * limits.MAX_DIGITS),
    ],
)
def test_what_is_long_and_can_be_set_is_no_fault(
    form: str, most: str, corpus: Callable[..., Path]
) -> None:
    _, diagnostics = read(corpus(**{LETTER: letter(form.format(most))}), "c")
    assert not diagnostics


def test_what_is_within_the_limits_is_built(corpus: Callable[..., Path], tmp_path: Path) -> None:
    most = "M " * 166
    marked = "m\u0323\u0302\u0301\u0308\u0304\u0306\u0307\u030a\u030b\u030c"
    text = f"{'letters' * 100} https://example.org/{'a1b2' * 500} {marked} {'自由書簡連合' * 200}\n\n999999. item\n\n{'> ' * 26}words\n\n{'1. ' * 15}words"
    name = "The Association of " + "Letter Writers and " * 14 + "Friends"
    sentence = "We sign for all of those who cannot sign for themselves. " * 12
    head = f"title: {most}\ndate: 2012\nto: {most}\nsignatories: ['{name}', '{sentence}', '{marked}']\n"
    folder = corpus(
        **{
            "dossier.yaml": f"title: {'Letters ' * 100}\npaper: Letter\n",
            LETTER: f"---\n{head}---\n{text}\n",
        }
    )
    assert make_edition(folder, tmp_path / "out/dossier.pdf").reading.pages > 8


def test_odd_but_sound_texts_are_no_mistakes_of_the_program(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    """Marks without letters, variants of letters, headings in items, a line as a name: found by chance."""
    signed = "signatories:\n- {organization: _, withdrawn: '1186-05-21'}\n- Odhikar\n"
    text = letter("\u1de6 and \u1f73, \ufa66.\n\n- an item\n- ## A heading\n\n  and words.")
    folder = corpus(
        **{"dossier.yaml": "title: x\n", LETTER: text.replace("to: X\n", f"to: X\n{signed}")}
    )
    read_back = make_edition(folder, tmp_path / "x.pdf").reading
    assert "A heading" in read_back.text(5)


def test_odd_but_sound_lines_are_no_mistakes_of_the_program(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    """Characters without a bold glyph, mirrored small capitals, long locators and words, wide spaces in links."""
    long, words = "x" * 64, "and so on " * 12
    body = (
        "**مرحبا \U0001ee36 ض** and **bold**.\n\n"
        "##### ıª שלום [JP] שלום\n\n"
        + "".join(f"{'so ' * many}*on [@z, 12:84] -* [@z, pp. 3–4]\n\n" for many in range(16, 28))
        + f"11) > {words}[@z, {long}] and {words}word\U0000feffj$* *[@z, p. 2]*.\n\n"
        f"#### [10 000 Việt Nam\\\\ ](<https://example.org/>)السلام عليكم{'W' * 60}\n\n"
        + "\n\n".join(
            f"**word \u200b{'W' * many}\u200burl**[MĲÚ) and more](<https://example.org/>)"
            for many in range(64, 70)
        )
    )
    signed = 'to: X\nsignatories:\n- {organization: O, as_signed: "لا\\nMM 僈Ú-ﷺ\\nעִבְרִית O"}\n'
    files = {
        "dossier.yaml": 'title: x\nintroduction: "A\\rline.\\n\\n* * *"\n',
        "reports.yaml": "references:\n- {id: z, type: report, title: A report, issued: 2012}\n",
        LETTER: letter(body, "㝞 3. 日本語-السلام عليكم").replace("to: X\n", signed)
        + "A line.\n\n" * 60,
    }
    assert make_edition(corpus(**files), tmp_path / "x.pdf").reading.pages > 5


def test_a_heading_below_the_closing_is_set_off(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    keys = (
        "to: X\nheading: Heading\nclosing: Yours,\nsequence: [date, to, closing, heading, text]\n"
    )
    text = letter("Text.").replace("to: X\n", keys)
    assert make_edition(corpus(**{LETTER: text}), tmp_path / "x.pdf").reading.pages > 5


def test_the_sign_of_a_lost_character_is_no_mistake_of_the_program(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    folder = corpus(
        **{
            "dossier.yaml": "title: A\ufffdb\nsubtitle: \ufffd\nprepared_by: \ufffd\n",
            LETTER: letter("A", "On\ufffd"),
        }
    )
    titles = [one["title"] for one in make_edition(folder, tmp_path / "x.pdf").json["sections"]]
    assert "1. On\ufffd" in titles
