"""When two wordings are one name, in all scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.compile.compiler import compile_dossier
from dossier.language.folding import folded
from dossier.names.likeness import alike
from dossier.names.matching import Authority, fingerprint
from dossier.read.corpus import read
from dossier.records.authority import Names


def authority(*names: str) -> Authority:
    entries = {f"entry-{number}": {"name": name} for number, name in enumerate(names)}
    return Authority(Names.model_validate({"organizations": entries}))


@pytest.mark.parametrize(
    ("listed", "signed"),
    [
        ("दिन संघ", "दान संघ"),  # Devanagari: day, gift
        ("สมาคมมิตร", "สมาคมมูตร"),  # Thai: friends, something else
        ("সমিতি দিন", "সমিতি দান"),  # Bengali
        ("சங்கம் கல்", "சங்கம் கால்"),  # Tamil: stone, leg
        ("សមាគមមិត្ត", "សមាគមមាត់"),  # Khmer
        ("ညီ", "ညို"),  # Burmese: younger brother, brown
        ("مُدَرِّسَة", "مَدْرَسَة"),  # Arabic: teacher, school
        ("مدرسة", "مَدْرَسَة"),  # with vowel signs and without
        ("סֵפֶר", "סָפַר"),  # Hebrew: book, counted
        ("Cote", "Côté"),
        ("か", "が"),
    ],
)
def test_marks_tell_names_apart(listed: str, signed: str) -> None:
    assert authority(listed).organization(signed).ids == ()
    assert authority(signed).organization(listed).ids == ()


@pytest.mark.parametrize(
    ("listed", "signed"),
    [
        ("दिन संघ", "“दिन-संघ”।"),  # a danda is punctuation
        ("क़लम", unicodedata.normalize("NFD", "क़लम")),
        ("서울모임", unicodedata.normalize("NFD", "서울모임")),
        ("ガンダム", "ｶﾞﾝﾀﾞﾑ"),  # half the width
        ("Ελλάδα ΐ", "ΕΛΛΆΔΑ Ϊ́"),  # a capital that is three characters
        ("O'Neill", "O´Neill"),  # an acute accent as an apostrophe
        ("Straße", "STRASSE"),
        ("צה״ל", 'צה"ל'),
        ("Ärzte ohne Grenzen", "A\u0308rzte ohne Grenzen"),
        ("جمعية الرسائل", "\u200fجمعية\u00a0الرسائل\u061c"),
        ("Free Letters", "\u2066Free Letters\u2069"),
    ],
)
def test_what_prints_alike_is_one_name(listed: str, signed: str) -> None:
    assert authority(listed).organization(signed).ids == ("entry-0",)


@pytest.mark.parametrize(
    ("listed", "signed"),
    [("दिन संघ", "दान संघ"), ("สมาคมมิตร", "สมาคมมูตร"), ("جمعية مدرسة", "جمعية مَدرسة")],
)
def test_names_that_differ_by_a_mark_look_alike(listed: str, signed: str) -> None:
    (pair,) = alike([("entry", listed), ("signature", signed)])
    assert {pair.one, pair.other} == {("entry", listed), ("signature", signed)}


@settings(max_examples=300, derandomize=True)
@given(st.text(max_size=12))
def test_the_form_of_unicode_makes_no_difference(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert folded(unicodedata.normalize(form, text)) == once


@settings(max_examples=300, derandomize=True)
@given(st.text(st.characters(categories=["L", "M", "N"]), min_size=1, max_size=6), st.integers(0))
def test_no_letter_and_no_mark_on_it_is_lost(text: str, place: int) -> None:
    """Leaving one character out makes another name."""
    word = unicodedata.normalize("NFKC", "क" + text)
    at = place % len(word)
    rest = word[:at] + word[at + 1 :]
    assert fingerprint(rest) != fingerprint(word) or at == 0


@pytest.mark.parametrize(
    ("listed", "signed", "country"),
    [
        ("自由書簡連合", "自由書簡連合（日本）", "JP"),
        ("自由書簡連合", "自由書簡連合 (FLU)（日本）", "JP"),
        ("자유편지연합", "자유편지연합 (한국)", "KR"),
        ("자유편지연합", "자유편지연합(대한민국)", "KR"),
        ("自由信会", "自由信会（美国）", "US"),
        ("Союз писем", "Союз писем (Япония)", "JP"),
        ("اتحاد الرسائل", "اتحاد الرسائل (مصر)\u200f", "EG"),
        ("איגוד המכתבים", "איגוד המכתבים (ישראל)", "IL"),
        ("Free Letters Union", "Free Letters Union（日本）", "JP"),
    ],
)
def test_a_country_in_its_own_script_is_left_out(listed: str, signed: str, country: str) -> None:
    match = authority(listed).organization(signed)
    assert (match.ids, match.country) == (("entry-0",), country)


@pytest.mark.parametrize("signed", ["自由書簡連合（東京）", "Free Letters Union (Island)"])
def test_what_is_no_country_stays(signed: str) -> None:
    assert authority("自由書簡連合", "Free Letters Union").organization(signed).ids == ()


def test_two_spellings_that_print_alike_are_one(corpus: Callable[..., Path]) -> None:
    signed = ["Société Ö", unicodedata.normalize("NFD", "Société Ö"), "\u200eSociété  Ö\u200e"]
    lines = "".join(f'  - "{one}"\n' for one in signed)
    folder = corpus(
        **{
            f"letters/l{number}.md": f"---\ntitle: T\ndate: 2012\nto: X\nsignatories:\n{lines}---\nA.\n"
            for number in (1, 2)
        }
        | {"letters/one.md": None}
    )
    for names in ("", "organizations: {o: {name: The Society, aliases: [Société Ö]}}\n"):
        (folder / "names.yaml").write_text(names, encoding="utf-8")
        found, diagnostics = read(folder, "c")
        assert found is not None
        # In each letter, the second and the third are the same as the first.
        assert ["twice" in item.message for item in diagnostics] == [True] * 4
        dossier = compile_dossier(found, found.everything, lambda works, words: [()] * len(works))
        (entry,) = dossier.entries
        assert entry.wordings == (("Société Ö", ("1", "2")),)
        assert len(entry.locators) == 6
