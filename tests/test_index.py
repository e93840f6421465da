"""The index has everyone once, and every page number in it is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml
from conftest import ENGLISH, ROOT, Edition, make_edition
from reader import words

BOTH_LETTERS = {
    # Found by reading the two letters, not by the program.
    "Life Funds for North Korean Refugees (Japan)",
    "Society to Help Returnees to North Korea (Japan)",
    "Investigation Commission on Missing Japanese Probably Related to North Korea (Japan)",
}


def signature_lines() -> dict[str, list[str]]:
    """Return the signatures of each letter as the sources have them."""
    folder = ROOT / "corpus/sources"
    first = (folder / "2012-01-08-kim-jong-un.txt").read_text(encoding="utf-8")
    second = (folder / "2013-05-07-kim-jong-un.txt").read_text(encoding="utf-8")
    tail = second[second.index("* Hiroshi") :]
    return {
        "2012-01-08-supreme-commander": [
            line[2:].strip() for line in first.splitlines() if line.startswith("- ")
        ],
        "2013-05-07-explanation": [
            " ".join(item.split())
            for item in re.split(r"^\* ", tail, flags=re.MULTILINE)
            if item.strip()
        ],
    }


def test_every_organization_and_person_has_one_heading(real: Edition) -> None:
    headings = [entry["heading"] for entry in real.json["index"]]
    assert len(headings) == len(set(headings))
    organizations = [entry for entry in real.json["index"] if entry["kind"] == "organization"]
    people = [entry for entry in real.json["index"] if entry["kind"] == "person"]
    assert (len(organizations), len(people)) == (42, 6)


def test_who_signed_both_letters_has_both(real: Edition) -> None:
    both = {
        entry["heading"]
        for entry in real.json["index"]
        if len({place["letter"] for place in entry["locators"]}) == 2
    }
    assert both == BOTH_LETTERS


def test_every_signature_is_behind_a_locator_whose_page_shows_it(real: Edition) -> None:
    lines = signature_lines()
    assert {key: len(value) for key, value in lines.items()} == {
        "2012-01-08-supreme-commander": 39,
        "2013-05-07-explanation": 6,
    }
    for letter, signatures in lines.items():
        pages = {
            place["page"]
            for entry in real.json["index"]
            for place in entry["locators"]
            if place["letter"] == letter
        }
        text = "".join(real.reading.flat(page) for page in sorted(pages))
        for signature in signatures:
            assert re.sub(r"\s", "", signature) in text


def test_every_locator_page_shows_that_very_name(real: Edition, big: Edition) -> None:
    checked = 0
    for edition in (real, big):
        for entry in edition.json["index"]:
            name = re.sub(r"\s*\([^)]*\)$", "", entry["heading"])
            spellings = [name, *entry["see"]]
            if entry["kind"] == "person":
                family, given = name.split(", ")
                spellings.append(f"{given} {family}")
            for place in entry["locators"]:
                text = edition.reading.flat(place["page"])
                assert any(re.sub(r"\s", "", spelling) in text for spelling in spellings), entry
                checked += 1
    assert checked == 51 + 35 * 2 + 260


def test_the_printed_index_says_what_the_listing_says(real: Edition) -> None:
    index = real.reading.structure().all("Index")[0]
    printed = [" ".join(words(item.text)) for item in index.all("LI")]
    numbers = {
        section["id"].removeprefix("letters/"): section["title"].split(".")[0]
        for section in real.json["sections"]
        if section["id"].startswith("letters/")
    }
    for entry in real.json["index"]:
        places = "; ".join(f"{numbers[p['letter']]}:{p['page']}" for p in entry["locators"])
        heading = entry["heading"]
        assert any(line.startswith(heading) and line.endswith(f", {places}") for line in printed), (
            heading
        )
        for variant in entry["see"]:
            assert f"{variant}, see {heading}" in printed


def test_variants_lead_to_the_heading(real: Edition) -> None:
    see = {entry["heading"]: entry["see"] for entry in real.json["index"]}
    assert see["International Federation for Human Rights"] == ["FIDH"]
    assert see["Liberty in North Korea (United States)"] == ["LiNK"]
    assert (
        "COMJAN"
        in see[
            "Investigation Commission on Missing Japanese Probably Related to North Korea (Japan)"
        ]
    )
    assert see["NO FENCE (Japan)"] == [
        "Association for the abolition of concentration camps in North Korea"
    ]


def test_former_native_and_short_names_lead_to_the_heading(big: Edition) -> None:
    entry = next(item for item in big.json["index"] if item["id"] == "free-letters-union")
    assert set(entry["see"]) == {"FLU", "Letters League", "Union of Free Letters", "自由書簡連合"}
    text = "".join(big.reading.text(n) for n in range(1, big.reading.pages + 1))
    assert "自由書簡連合" in text
    assert "서울모임" in text


def test_signing_twice_on_one_page_gives_one_locator(big: Edition) -> None:
    entry = next(item for item in big.json["index"] if item["id"] == "free-letters-union")
    fourth = [place for place in entry["locators"] if place["letter"] == "letter-04"]
    assert len(fourth) == 1


def test_no_chained_see_reference(real: Edition, big: Edition) -> None:
    for edition in (real, big):
        headings = {entry["heading"] for entry in edition.json["index"]}
        for entry in edition.json["index"]:
            assert not headings & set(entry["see"])
            assert entry["locators"]


LONG_WORDS = [
    "Universidad Iberoamericana de Humanidades", "Confederación Interdisciplinaria de Archiveros",
    "Observatorio Centroamericano", "Menschenrechtsorganisation Nordrhein-Westfalen", "Rechtsanwaltsvereinigung",
    "Bundesarbeitsgemeinschaft gegen Vorratsdatenspeicherung", "Ihmisoikeusjärjestöjen yhteistyövaltuuskunta",
    "Ympäristönsuojelun kattojärjestö Keski-Pohjanmaalla", "Arbeitsgemeinschaft",
]  # fmt: skip


def test_a_word_is_broken_only_where_it_is_longer_than_the_line(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    """Long words behind names of every length, so that each letter of one meets the margin somewhere."""
    signers: list[object] = [
        {"person": f"Maria {'i' * place} Etxeberria", "organization": name}
        for place in range(24)
        for name in LONG_WORDS[place % 3 :: 3]
    ]
    signers += [f"Asociación {'i' * place} {LONG_WORDS[place % 9]}" for place in range(60)]
    # In Korean, no word is divided with a hyphen.
    head = {"title": "A", "date": "2012", "to": "X", "language": "ko", "signatories": signers}
    text = " ".join(f"*{'n' * place} (**Arbeitsgemeinschaft** für* *uns*)" for place in range(40))
    text += f"\n\n*(**{'Wort' * 60}** am Ende*\n"
    folder = corpus(**{"letters/one.md": f"---\n{yaml.safe_dump(head)}---\n{text}"})
    edition = make_edition(folder, tmp_path / "x.pdf")
    pages = {section["id"]: section for section in edition.json["sections"]}
    whole = set(
        re.findall(
            r"\w+", f"{signers} {text} {ENGLISH('index_legend')} Index of signatories Letter Test"
        )
    )
    for section in (pages["letters/one"], pages["index"]):
        for number in range(section["first_page"], section["last_page"] + 1):
            page = edition.reading.plumber.pages[number - 1]
            found = " ".join(word["text"] for word in page.extract_words())
            parts = {word for word in re.findall(r"[^\W\d]{2,}", found) if word not in whole}
            assert all(re.fullmatch("[Wort]+", part) for part in parts), (number, parts)


def test_letters_of_one_direction_make_a_line_of_that_direction(
    corpus: Callable[..., Path], tmp_path: Path
) -> None:
    """Above the index of the HTML edition, where it was once refused."""
    head = "title: One\ndate: 2012\nsignatories: [בצלם, גישה, המוקד]"
    folder = corpus(**{"letters/one.md": f"---\n{head}\n---\nA text.\n"})
    html = make_edition(folder, tmp_path / "x.pdf").html
    assert '<p class="letters-of-index" dir="rtl"><a href="#index-1">ב</a>' in html
