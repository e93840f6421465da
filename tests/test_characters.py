"""What can be printed and what cannot: characters without a glyph, variants, what nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

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
