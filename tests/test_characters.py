"""What can be printed and what cannot: characters without a glyph, variants, what nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.body import text_of
from dossier.cli import main
from dossier.diagnostics import Diagnostic
from dossier.read import read

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
    assert [node.text for node in nodes[0].children if node.kind == "address"] == [
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


@pytest.mark.parametrize("char", [*"\u202a\u202b\u202c\u202d\u202e\u2060\u206a\ufeff"])
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
